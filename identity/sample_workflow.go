package identity

import (
	"encoding/json"
	"errors"

	"portico/acd"
	"portico/plan"
	"portico/store"
	"portico/workflow"
)

// sampleWorkflow adds what chats for sales pass, released. It shows the usual parts and
// keeps nobody waiting: outside the office hours a chat is only marked; urgent ones go
// straight to the queue; the others are told after a minute in the line how it stands,
// and are asked after three whether they would rather be called back.
func (b *beginning) sampleWorkflow(unit acd.UnitID, sales acd.QueueID) {
	late, wanted := b.gate.o.Mint.ID(), b.gate.o.Mint.ID()
	b.object(unit, plan.KindCategory, late, "Outside office hours", plan.Category{Description: "Came when the office was closed"})
	b.object(unit, plan.KindCategory, wanted, "Callback wanted", plan.Category{Description: "Would rather be called back than wait"})
	id := workflow.ID(b.gate.o.Mint.ID())
	graph := b.sampleGraph(sales, b.scheduleOf(unit), late, wanted)
	release := plan.Release{Number: 1, At: b.at, Why: "To begin with", Graph: graph}
	b.object(unit, plan.KindWorkflow, id, "Sales chats", plan.Workflow{
		Description: "Office hours, urgent chats first, news while waiting, and the offer to be called back",
		Order:       plan.OrderNormal, Enabled: true, Graph: graph, Releases: 1, Released: &release})
	b.object(unit, plan.KindRelease, b.gate.o.Mint.ID(), plan.ReleaseName(id, 1), release)
}

// scheduleOf gives the office hours that the unit begins with.
func (b *beginning) scheduleOf(unit acd.UnitID) plan.ScheduleID {
	for _, row := range b.rows {
		if put, ok := row.(store.PutObject); ok && put.Object.Unit == unit && put.Object.Kind == plan.KindSchedule {
			return put.Object.ID
		}
	}
	b.err = errors.Join(b.err, errors.New("the business unit has no schedule"))
	return plan.ScheduleID{}
}

func (b *beginning) sampleGraph(sales acd.QueueID, hours plan.ScheduleID, late, wanted [16]byte) workflow.Graph {
	var g workflow.Graph
	node := func(id workflow.NodeID, kind workflow.Kind, name string, column, row float64, settings any) {
		raw, err := json.Marshal(settings)
		b.err = errors.Join(b.err, err)
		g.Nodes = append(g.Nodes, workflow.Node{ID: id, Kind: kind, Name: name, X: column * 320, Y: row * 180, Settings: raw})
	}
	category := func(id [16]byte) string { return workflow.ID(id).String() } // any id is written alike
	position := workflow.Texts(samplePosition)
	node("start", workflow.KindStart, "Chats for sales", 0, 0, workflow.StartSettings{Media: []string{"chat"}, Queues: []string{sales.String()}})
	node("hours", workflow.KindSchedule, "Office hours?", 1, 0, workflow.ScheduleSettings{Schedule: hours.String()})
	node("late", workflow.KindCategory, "Mark as late", 2, 1, workflow.CategorySettings{Category: category(late)})
	node("urgent", workflow.KindDecision, "Urgent?", 3, 0, workflow.DecisionSettings{Branches: []workflow.Branch{
		{ID: "urgent", Name: "Urgent", Expression: "contact.priority >= 80"}}})
	node("first", workflow.KindQueue, "Straight to sales", 4, -1, workflow.QueueSettings{Queue: sales.String()})
	node("line", workflow.KindQueue, "In line for sales", 4, 0, workflow.QueueSettings{Queue: sales.String()})
	node("calm", workflow.KindWait, "A minute without news", 5, 0, workflow.WaitSettings{Seconds: 60})
	node("news", workflow.KindWait, "How it stands", 6, 0, workflow.WaitSettings{Seconds: 120, EveryS: 60, Texts: position})
	node("callback", workflow.KindOfferCallback, "Rather be called back?", 7, 0,
		workflow.OfferCallbackSettings{Texts: sampleOffer, TimeoutS: 60})
	node("patient", workflow.KindWait, "Goes on waiting", 8, 1, workflow.WaitSettings{Seconds: 1800, EveryS: 120, Texts: position})
	node("noted", workflow.KindDisconnect, "We will call back", 8, 0, workflow.DisconnectSettings{Texts: sampleNoted, Category: category(wanted)})
	for _, e := range [][3]string{
		{"start", "next", "hours"}, {"hours", "open", "urgent"}, {"hours", "closed", "late"}, {"late", "next", "urgent"},
		{"urgent", "urgent", "first"}, {"urgent", "else", "line"}, {"line", "next", "calm"}, {"calm", "next", "news"},
		{"news", "next", "callback"}, {"callback", "accepted", "noted"}, {"callback", "declined", "patient"},
		{"callback", "timeout", "patient"}, {"patient", "next", "patient"},
	} {
		g.Edges = append(g.Edges, workflow.Edge{From: workflow.NodeID(e[0]), Exit: workflow.Exit(e[1]), To: workflow.NodeID(e[2])})
	}
	return g
}

// The texts of the sample are in the chat languages that every unit
// begins with; other languages are told the first of them.
var (
	samplePosition = map[string]string{
		"":          "You are number {position} in the line.\nIt will take about {minutes} min.",
		"deutsch":   "Sie sind Nummer {position} in der Warteschlange.\nEs dauert noch etwa {minutes} Min.",
		"francais":  "Vous êtes en position {position} dans la file d’attente.\nIl reste environ {minutes} min d’attente.",
		"portugues": "O seu lugar na fila é o {position}.\nFaltam cerca de {minutes} min.",
	}
	sampleOffer = map[string]string{
		"":          "It is taking longer than we would like. Would you rather be called back?",
		"deutsch":   "Es dauert länger, als uns lieb ist. Möchten Sie lieber zurückgerufen werden?",
		"francais":  "L’attente est plus longue que nous le souhaiterions. Préférez-vous être rappelé ?",
		"portugues": "A espera está a ser mais longa do que gostaríamos. Prefere que lhe telefonemos?",
	}
	sampleNoted = map[string]string{
		"":          "Thank you. We have noted your wish and will call you back.",
		"deutsch":   "Vielen Dank. Wir haben Ihren Wunsch notiert und rufen Sie zurück.",
		"francais":  "Merci. Nous avons noté votre demande et nous vous rappellerons.",
		"portugues": "Obrigado. Registámos o seu pedido e iremos telefonar-lhe.",
	}
)
