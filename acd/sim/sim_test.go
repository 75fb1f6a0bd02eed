package sim

import (
	"math/rand/v2"
	"testing"
	"time"

	"portico/acd"
)

func dice(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x706f727469636f)) }

func floor(t *testing.T, seed uint64) *Floor {
	t.Helper()
	f, err := NewFloor(dice(seed))
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	return f
}

// Whatever happens on whatever day, the model agrees with the core after every
// Step; a core rebuilt from the rows alone goes on as its undisturbed twin; and
// after a restart everything is where it was.
func TestDays(t *testing.T) {
	for seed := range uint64(days) {
		f := floor(t, seed)
		f.RebuildEvery = 97
		if err := f.Run(events); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// The same day twice gives the same, byte for byte: nothing depends on chance, on
// the order of a map or on a clock.
func TestSameDayTwice(t *testing.T) {
	for seed := range uint64(5) {
		var sums [2]uint64
		for i := range sums {
			f := floor(t, 1_000+seed)
			f.RebuildEvery = 97
			if err := f.Run(600); err != nil {
				t.Fatalf("seed %d: %v", 1_000+seed, err)
			}
			sums[i] = f.Sum()
		}
		if sums[0] != sums[1] {
			t.Errorf("seed %d: %x and %x", 1_000+seed, sums[0], sums[1])
		}
	}
}

// Days have all kinds of facts, refusals and effects in them, or the days above
// would show less than they seem to.
func TestDaysHaveEverything(t *testing.T) {
	facts, refusals, effects := make(map[acd.FactKind]int), make(map[acd.RefusalCode]int), make(map[acd.EffectKind]int)
	whys := make(map[acd.Why]int)
	for seed := range uint64(25) {
		f := floor(t, seed)
		f.RebuildEvery = 97
		f.Seen = func(out *acd.Out) {
			refusals[out.Refusal.Code]++
			for _, fact := range out.Facts {
				facts[fact.Kind]++
				whys[fact.Why]++
			}
			for _, e := range out.Effects {
				effects[e.Kind]++
			}
		}
		if err := f.Run(600); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	for k := acd.FactArrived; k <= acd.FactHandedOver; k++ {
		if facts[k] == 0 {
			t.Errorf("no day has a fact of kind %d", k)
		}
	}
	for w := acd.WhyNone; w <= acd.WhySteered; w++ {
		if whys[w] == 0 {
			t.Errorf("no day has a fact for the reason %d", w)
		}
	}
	for k := acd.Offer; k <= acd.Alert; k++ {
		if effects[k] == 0 {
			t.Errorf("no day has an effect of kind %d", k)
		}
	}
	for c := acd.NotRefused; c <= acd.RefusedBeside; c++ {
		if refusals[c] == 0 && c != acd.RefusedClasses { // that one needs 50,000 demands
			t.Errorf("no day has a refusal with code %d", c)
		}
	}
}

// stage adds a queue for chats and so many agents without edges, for days that are
// not made up by chance.
func stage(t *testing.T, agents int) (*Floor, acd.QueuePlan, []acd.AgentID) {
	t.Helper()
	f := floor(t, 1)
	q := acd.QueuePlan{ID: acd.QueueID{1: 1}, Unit: acd.UnitID{1: 2}, Domain: acd.Chat, Steps: []time.Duration{0}}
	change := acd.PlanChange{Version: 2, Queues: []acd.QueuePlan{q}}
	var ids []acd.AgentID
	for n := range agents {
		a := acd.AgentPlan{ID: acd.AgentID{1: 3, 15: byte(n)}, Unit: q.Unit}
		a.Capacity[acd.Chat] = 1
		change.Agents = append(change.Agents, a)
		ids = append(ids, a.ID)
	}
	tell(t, f, 0, acd.PlanChanged{Change: change})
	return f, q, ids
}

// tell steps the floor so many seconds after the beginning of the day.
func tell(t *testing.T, f *Floor, seconds int, event acd.Event) {
	t.Helper()
	f.Day.now = dayStart + acd.Time(seconds*1000)
	if err := f.step(f.Day.now, event); err != nil {
		t.Fatal(err)
	}
}

// When more timers are due than one Step may handle, the inbox is served between,
// all are handled in order, and afterwards all is as if there had been no storm.
func TestTimerStorm(t *testing.T) {
	const held = 3 * acd.TimersPerStep
	f, q, agents := stage(t, 2)
	tell(t, f, 0, acd.PlanChanged{Change: acd.PlanChange{Version: 3, Edges: []acd.Edge{{Queue: q.ID, Agent: agents[0]}}}})
	for _, a := range agents {
		tell(t, f, 0, acd.SignedIn{Agent: a})
		tell(t, f, 0, acd.AgentStateChanged{Agent: a, Domains: 1 << acd.Chat, Available: true})
	}
	for n := range held {
		tell(t, f, 0, acd.Arrived{
			Contact: contactID(n), Unit: q.Unit, Queue: q.ID, Priority: 50, Preferred: agents[1], Hold: 10 * time.Second,
		})
	}
	tell(t, f, 10, acd.Ticked{})
	if f.Model.bound {
		t.Fatalf("one Step handled %d timers", held)
	}
	tell(t, f, 10, acd.Abandoned{Contact: contactID(held - 1)})
	if f.Model.bound {
		t.Fatalf("two Steps handled %d timers", held)
	}
	if err := f.drain(f.Day.now); err != nil {
		t.Fatal(err)
	}
	if err := f.rebuild(); err != nil {
		t.Fatal(err)
	}
	tell(t, f, 60, acd.Ticked{})
}

// A large plan takes effect in portions, between which other events are served.
func TestPlanInPortions(t *testing.T) {
	f, q, agents := stage(t, 100)
	change := acd.PlanChange{Version: 3}
	for n := range 25 {
		more := q
		more.ID = acd.QueueID{1: 9, 15: byte(n)}
		change.Queues = append(change.Queues, more)
		for _, a := range agents {
			change.Edges = append(change.Edges, acd.Edge{Queue: more.ID, Agent: a})
		}
	}
	tell(t, f, 0, acd.PlanChanged{Change: change})
	tell(t, f, 0, acd.SignedIn{Agent: agents[7]})
	if f.Model.bound {
		t.Fatalf("two Steps took %d edges", len(change.Edges))
	}
	tell(t, f, 0, acd.AgentStateChanged{Agent: agents[7], Domains: 1 << acd.Chat, Available: true})
	if err := f.drain(f.Day.now); err != nil {
		t.Fatal(err)
	}
	for n, more := range change.Queues { // each of them found the agent
		tell(t, f, 1, acd.Arrived{Contact: contactID(n), Unit: q.Unit, Queue: more.ID, Priority: 50})
	}
	if err := f.rebuild(); err != nil {
		t.Fatal(err)
	}
}

// bytesDice draws from outside bytes, and then only zeros.
type bytesDice struct{ left []byte }

func (d *bytesDice) IntN(n int) int {
	drawn := 0
	for high := n - 1; high > 0; high >>= 8 {
		drawn <<= 8
		if len(d.left) > 0 {
			drawn |= int(d.left[0])
			d.left = d.left[1:]
		}
	}
	return drawn % n
}

// Whatever bytes the day is drawn from, the model agrees with the core.
func FuzzDay(f *testing.F) {
	for seed := range uint64(4) {
		some := dice(seed)
		drawn := make([]byte, 3_000)
		for i := range drawn {
			drawn[i] = byte(some.IntN(256))
		}
		f.Add(drawn)
	}
	f.Fuzz(func(t *testing.T, drawn []byte) {
		d := &bytesDice{left: drawn[:min(len(drawn), 6_000)]}
		day, err := NewFloor(d)
		if err != nil {
			t.Fatal(err)
		}
		day.RebuildEvery = 31
		for n := 0; len(d.left) > 0; n++ {
			if err := day.one(n); err != nil {
				t.Fatalf("event %d: %v", n, err)
			}
		}
	})
}

// A chat interrupts a mail, a call the chat, whose customer leaves meanwhile. When
// the call ends the chat goes on as a wrap-up that counts for nothing, so the mail
// goes on as well.
func TestNestedInterruption(t *testing.T) {
	f, _, _ := stage(t, 0)
	unit := acd.UnitID{1: 2}
	change := acd.PlanChange{Version: 3, Settings: &acd.Settings{}}
	change.Settings.Matrix[acd.Email][acd.Chat] = acd.Interrupt
	change.Settings.Matrix[acd.Email][acd.Voice] = acd.Beside
	change.Settings.Matrix[acd.Chat][acd.Voice] = acd.Interrupt
	a := acd.AgentPlan{ID: acd.AgentID{1: 3}, Unit: unit}
	domains := []acd.Domain{acd.Email, acd.Chat, acd.Voice}
	queues := make([]acd.QueueID, len(domains))
	for i, d := range domains {
		queues[i] = acd.QueueID{1: 7, 15: byte(i)}
		a.Capacity[d] = 1
		change.Queues = append(change.Queues, acd.QueuePlan{
			ID: queues[i], Unit: unit, Domain: d, Steps: []time.Duration{0}, AutoAccept: true, NoWrapUp: d == acd.Voice, WrapUpFreesSlot: true,
		})
		change.Edges = append(change.Edges, acd.Edge{Queue: queues[i], Agent: a.ID})
	}
	change.Agents = []acd.AgentPlan{a}
	tell(t, f, 0, acd.PlanChanged{Change: change})
	tell(t, f, 0, acd.SignedIn{Agent: a.ID})
	tell(t, f, 0, acd.AgentStateChanged{Agent: a.ID, Domains: 1<<acd.Email | 1<<acd.Chat | 1<<acd.Voice, Available: true})
	for i, q := range queues {
		tell(t, f, 1+i, acd.Arrived{Contact: contactID(i), Unit: unit, Queue: q, Priority: 50})
	}
	tell(t, f, 5, acd.Abandoned{Contact: contactID(1)})
	tell(t, f, 6, acd.Finished{Contact: contactID(2), Agent: a.ID})
	for i, want := range []acd.ContactState{acd.Active, acd.WrapUp} {
		if got := f.contacts[contactID(i)].State; got != want {
			t.Errorf("contact %d is in state %d, want %d", i, got, want)
		}
	}
}

// Who hands a chat over and stays in it had its load before: a mail that came beside
// the chat goes on, though a chat would interrupt it.
func TestStayingKeepsOtherWork(t *testing.T) {
	f, q, agents := stage(t, 2)
	change := acd.PlanChange{Version: 3, Settings: &acd.Settings{}}
	change.Settings.Matrix[acd.Chat][acd.Email] = acd.Beside
	change.Settings.Matrix[acd.Email][acd.Chat] = acd.Interrupt
	mail := acd.QueuePlan{ID: acd.QueueID{1: 7}, Unit: q.Unit, Domain: acd.Email, Steps: []time.Duration{0}}
	change.Queues = []acd.QueuePlan{mail}
	for _, id := range agents {
		a := acd.AgentPlan{ID: id, Unit: q.Unit}
		a.Capacity[acd.Chat], a.Capacity[acd.Email] = 1, 1
		change.Agents = append(change.Agents, a)
	}
	tell(t, f, 0, acd.PlanChanged{Change: change})
	for _, a := range agents {
		tell(t, f, 0, acd.SignedIn{Agent: a})
		tell(t, f, 0, acd.AgentStateChanged{Agent: a, Domains: 1<<acd.Chat | 1<<acd.Email, Available: true})
	}
	chat, letter := contactID(1), contactID(2)
	tell(t, f, 1, acd.Arrived{Contact: chat, Unit: q.Unit, Queue: q.ID, Priority: 50})
	tell(t, f, 1, acd.Picked{Contact: chat, Expect: acd.Place{State: acd.Queued}, Agent: agents[0]})
	tell(t, f, 2, acd.Arrived{Contact: letter, Unit: q.Unit, Queue: mail.ID, Priority: 50})
	tell(t, f, 2, acd.Picked{Contact: letter, Expect: acd.Place{State: acd.Queued}, Agent: agents[0]})
	tell(t, f, 3, acd.Invited{Contact: chat, From: agents[0], To: agents[1], Role: acd.Consulted})
	tell(t, f, 4, acd.Accepted{Contact: chat, Agent: agents[1], Offer: f.contacts[chat].Beside[0].Offer})
	tell(t, f, 5, acd.HandedOver{Contact: chat, From: agents[0], To: agents[1], Stay: true})
	if row := f.contacts[letter]; row.State != acd.Active {
		t.Errorf("the mail is in state %d", row.State)
	}
	if row := f.contacts[chat]; row.Agent != agents[1] || len(row.Beside) != 1 || row.Beside[0].Agent != agents[0] {
		t.Errorf("the chat is %+v", row)
	}
}
