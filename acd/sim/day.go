package sim

import (
	"encoding/binary"
	"time"

	"portico/acd"
)

// Dice draws a number from 0 to n−1. A *rand.Rand is one.
type Dice interface{ IntN(n int) int }

// Day makes up events as they could come on a busy floor. It looks at the model to
// act on what there is, and errs often enough. Its clock is coarse, so that many
// things happen at the same time.
type Day struct {
	dice    Dice
	model   *Model
	now     acd.Time
	wake    acd.Time // when the core wants to be stepped
	units   []acd.UnitID
	queues  []acd.QueueID
	agents  []acd.AgentID
	skills  []acd.SkillID
	reasons []acd.ReasonID
	domains []acd.Domain
	gone    []acd.ContactID // some that ended
	made    uint32          // ids so far
	version uint64
	busy    int // of ten events, how many arrivals
	social  int // of a hundred events, how many are about others in a contact
	routed  int // of a hundred arrivals, how many a workflow has first
}

// dayStart is an ordinary morning; the core knows nothing of calendars.
const dayStart acd.Time = 1_790_000_000_000

// beat is the grain of the day's clock.
const beat = 1000

// NewDay makes a day whose events concern what the model knows.
func NewDay(dice Dice, model *Model) *Day {
	return &Day{dice: dice, model: model, now: dayStart, busy: 1 + dice.IntN(4), social: 30 * dice.IntN(3), routed: 20 * dice.IntN(3)}
}

// id makes an id that does not follow the order in which ids are made: ties are
// broken by id, and must not be broken by chance in the same way as by age.
func (d *Day) id(kind byte) [16]byte {
	var id [16]byte
	d.made++
	id[0] = byte(d.dice.IntN(4))
	id[6] = 0x70
	id[8] = 0x80 | kind
	binary.BigEndian.PutUint32(id[12:], d.made)
	return id
}

func (d *Day) chance(percent int) bool { return d.dice.IntN(100) < percent }

func pick[T any](d *Day, from []T) (one T) {
	if len(from) > 0 {
		one = from[d.dice.IntN(len(from))]
	}
	return one
}

func (d *Day) seconds(choices ...int) time.Duration {
	return time.Duration(pick(d, choices)) * time.Second
}

// Plan makes up the plan that the day begins with.
func (d *Day) Plan() acd.PlanChange {
	d.domains = []acd.Domain{acd.Voice, acd.Email, acd.Chat, acd.Outbound, 9}[:1+d.dice.IntN(5)]
	for range 1 + d.dice.IntN(2) {
		d.units = append(d.units, d.id(1))
	}
	for range 4 {
		d.skills = append(d.skills, d.id(2))
		d.reasons = append(d.reasons, d.id(3))
	}
	change := acd.PlanChange{Settings: d.settings()}
	for range 2 + d.dice.IntN(7) {
		q := d.queue(d.id(4), pick(d, d.units), pick(d, d.domains))
		change.Queues = append(change.Queues, q)
		d.queues = append(d.queues, q.ID)
	}
	for range 2 + d.dice.IntN(14) {
		a := d.agent(d.id(5), pick(d, d.units))
		change.Agents = append(change.Agents, a)
		d.agents = append(d.agents, a.ID)
	}
	dense := 20 + d.dice.IntN(70)
	for _, q := range change.Queues {
		for _, a := range change.Agents {
			if q.Unit == a.Unit && d.chance(dense) {
				change.Edges = append(change.Edges, d.edge(q, a.ID))
			}
		}
	}
	d.version++
	change.Version = d.version
	return change
}

func (d *Day) settings() *acd.Settings {
	s := acd.Settings{
		Ageing:           d.seconds(0, 1, 30, 30, 1000),
		DesktopGrace:     d.seconds(5, 60),
		NoAnswer:         d.reasons[0],
		DeclinedTooOften: d.reasons[1],
		SystemEnd:        d.reasons[2],
	}
	for _, x := range d.domains {
		for _, y := range d.domains {
			s.Matrix[x][y] = acd.Interruption(d.dice.IntN(3))
		}
	}
	return &s
}

func (d *Day) queue(id acd.QueueID, unit acd.UnitID, domain acd.Domain) acd.QueuePlan {
	q := acd.QueuePlan{
		ID: id, Unit: unit, Domain: domain,
		Objective:       d.seconds(0, 10, 20, 60),
		Policy:          acd.Policy(d.dice.IntN(4)),
		Steps:           []time.Duration{0},
		OfferTime:       d.seconds(0, 3, 10, 20),
		AutoAccept:      d.chance(10),
		WrapUp:          d.seconds(0, 5, 10, 30),
		NoWrapUp:        d.chance(15),
		WrapUpFreesSlot: d.chance(30),
		NoAnswerStays:   d.chance(50),
		CustomerGrace:   d.seconds(0, 10, 30),
	}
	for range d.dice.IntN(4) {
		q.Steps = append(q.Steps, q.Steps[len(q.Steps)-1]+d.seconds(2, 5, 10, 30, 90))
	}
	if d.chance(15) {
		q.WaitingMax = 1 + d.dice.IntN(8)
	}
	if d.chance(20) {
		q.MinAvailable = uint16(1 + d.dice.IntN(4))
	}
	return q
}

func (d *Day) agent(id acd.AgentID, unit acd.UnitID) acd.AgentPlan {
	a := acd.AgentPlan{ID: id, Unit: unit}
	for _, domain := range d.domains {
		a.Capacity[domain] = uint8(d.dice.IntN(5))
	}
	a.Skills = d.levels(0)
	return a
}

// levels makes up skills, each once, of at least the given level.
func (d *Day) levels(least int) []acd.SkillLevel {
	var levels []acd.SkillLevel
	for _, s := range d.skills {
		if d.chance(60) {
			levels = append(levels, acd.SkillLevel{Skill: s, Level: uint8(max(least, 1) + d.dice.IntN(100-least))})
		}
	}
	return levels
}

func (d *Day) edge(q acd.QueuePlan, a acd.AgentID) acd.Edge {
	e := acd.Edge{Queue: q.ID, Agent: a}
	if d.chance(50) {
		e.First = uint8(d.dice.IntN(len(q.Steps)))
	}
	if q.Policy == acd.HighestLevel || q.Policy == acd.Preference {
		e.Tier = uint8(d.dice.IntN(4))
	}
	return e
}

// Woken tells the day when the core wants to be stepped next.
func (d *Day) Woken(wake acd.Time) { d.wake = wake }

// Next makes up what happens next, and when.
func (d *Day) Next() (acd.Time, acd.Event) {
	d.pass()
	if d.chance(d.social) {
		return d.now, d.company()
	}
	switch n := d.dice.IntN(100); {
	case n < 10*d.busy:
		return d.now, d.arrival()
	case n < 45+5*d.busy:
		return d.now, d.answer()
	case n < 55+4*d.busy:
		return d.now, d.flow()
	case n < 75+2*d.busy:
		return d.now, d.presence()
	case n < 83+2*d.busy:
		return d.now, d.move()
	case n < 90+2*d.busy:
		return d.now, d.nonsense()
	}
	return d.now, acd.Ticked{}
}

// pass lets time go by, or stand still.
func (d *Day) pass() {
	switch n := d.dice.IntN(100); {
	case n < 35:
	case n < 70:
		d.now += acd.Time(beat * (1 + d.dice.IntN(3)))
	case n < 95:
		if d.wake > d.now && d.wake < d.now+1_000_000 {
			d.now = d.wake
		}
	case n < 98:
		d.now += acd.Time(beat * d.dice.IntN(40))
	case n < 99 || d.chance(80):
		d.now += acd.Time(beat*d.dice.IntN(200) + d.dice.IntN(1000))
	default: // nobody came by for hours
		d.now += acd.Time(beat * d.dice.IntN(20_000))
	}
}

func (d *Day) arrival() acd.Event {
	q := d.model.plan.Queues[pick(d, d.queues)]
	e := acd.Arrived{Contact: d.id(6), Unit: q.Unit, Queue: q.ID, Priority: uint8(1 + d.dice.IntN(100))}
	if d.chance(60) {
		e.Priority = 50
	}
	if d.chance(d.routed) { // its workflow has it
		e.Queue, e.Domain = acd.QueueID{}, q.Domain
	}
	if d.chance(20) {
		e.Skills = d.levels(20)
	}
	if d.chance(20) { // often the same one's, or own lists stay short
		e.Preferred, e.Hold = pick(d, d.agents), d.seconds(0, 3, 10, 30, 90)
		if d.chance(60) && len(d.agents) > 0 {
			e.Preferred = d.agents[0]
		}
	}
	return e
}
