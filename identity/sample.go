package identity

import (
	"strconv"

	"portico/acd"
	"portico/plan"
	"portico/talk"
)

// sampleAgent is a user of the sample company.
type sampleAgent struct {
	id   acd.AgentID
	name string
	user User
}

// sample adds the queues, skills, reasons and teams of a company to try, and gives its
// four agents. Anna is best at sales and Ben at support; Carla knows some of both, and
// so does Dora, who is also the supervisor. A chat waits for who knows best, then
// for who knows some, then for whoever is there.
func (b *beginning) sample(unit acd.UnitID) []sampleAgent {
	id := b.gate.o.Mint.ID
	sales, support := acd.SkillID(id()), acd.SkillID(id())
	b.object(unit, plan.KindSkill, sales, "Sales", plan.Skill{Description: "Products, prices, orders"})
	b.object(unit, plan.KindSkill, support, "Support", plan.Skill{Description: "Questions and troubles of customers"})
	queue := func(name, policy string, skill acd.SkillID, best uint8, wrapUpS int) acd.QueueID {
		made := acd.QueueID(id())
		need := func(level uint8) []plan.Requirement { return []plan.Requirement{{Skill: skill, Level: level}} }
		b.object(unit, plan.KindQueue, made, name, plan.Queue{Domain: acd.Chat, ObjectiveS: 60, Policy: policy,
			Steps: []plan.Step{
				{AfterS: 0, Requirements: need(best)},
				{AfterS: 30, Requirements: need(1)},
				{AfterS: 120},
			},
			OfferS: 20, WrapUpS: wrapUpS, CustomerGraceS: 60, PreferredHoldS: 30, WaitingMax: 10_000, CherryPick: true})
		return made
	}
	b.sampleWorkflow(unit, queue("Sales", "longest_idle", sales, 60, 120))
	b.sampleArticles(unit, queue("Support", "highest_level", support, 60, 180))
	for _, r := range []struct{ name, use string }{
		{"Break", plan.Unavailable}, {"Lunch", plan.Unavailable}, {"Meeting", plan.Unavailable},
		{"Solved", plan.Disposition}, {"Order taken", plan.Disposition}, {"To be followed up", plan.Disposition},
		{"Not our business", plan.Disposition},
	} {
		b.object(unit, plan.KindReason, id(), r.name, plan.Reason{Use: r.use})
	}
	salesTeam, supportTeam, dora := TeamID(id()), TeamID(id()), acd.AgentID(id())
	b.object(unit, KindTeam, salesTeam, "Sales", Team{Description: "Advises before and after an order", Supervisors: []acd.AgentID{dora}})
	b.object(unit, KindTeam, supportTeam, "Support", Team{Description: "Helps with what was bought", Supervisors: []acd.AgentID{dora}})
	number := 1000
	agent := func(id acd.AgentID, name, first, last string, team TeamID, salesLevel, supportLevel uint8, roles ...Role) sampleAgent {
		number++
		return sampleAgent{id, name, User{Team: team, AgentID: strconv.Itoa(number),
			FirstName: first, LastName: last, ScreenName: first, Roles: append([]Role{Agent}, roles...),
			Language: b.language, Agent: plan.Agent{
				Capacity: map[acd.Domain]uint8{acd.Voice: 1, acd.Email: 5, acd.Chat: 3},
				Skills:   []acd.SkillLevel{{Skill: sales, Level: salesLevel}, {Skill: support, Level: supportLevel}},
			}}}
	}
	return []sampleAgent{
		agent(id(), "anna", "Anna", "Abel", salesTeam, 90, 20),
		agent(id(), "ben", "Ben", "Brandt", supportTeam, 20, 90),
		agent(id(), "carla", "Carla", "Costa", salesTeam, 50, 50),
		agent(dora, "dora", "Dora", "Dupont", supportTeam, 40, 40, Supervisor),
	}
}

// sampleArticles adds a small knowledge base, of a queue.
func (b *beginning) sampleArticles(unit acd.UnitID, queue acd.QueueID) {
	for _, a := range []struct{ title, keywords, text string }{
		{"Returning something", "refund money back exchange", "Customers may send back what they bought within 14 days.\n\n1. Ask for the order number.\n2. Send the label for the parcel.\n3. The money is back within five working days of its arrival."},
		{"When a delivery is late", "parcel tracking delay", "Look the parcel up by its tracking number. After ten working days it counts as lost: send the order again."},
	} {
		b.object(unit, talk.KindArticle, b.gate.o.Mint.ID(), a.title, talk.Article{Language: "english", Keywords: a.keywords, Text: a.text, Queues: []acd.QueueID{queue}})
	}
}
