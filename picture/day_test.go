package picture

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/hub"
	"portico/mint"
	"portico/plan"
	"portico/store"
)

// clockwork is a clock that the test moves.
type clockwork struct{ ms atomic.Int64 }

func (c *clockwork) now() time.Time { return time.UnixMilli(c.ms.Load()) }

// office is the real thing: plan, core, hub and store, with a picture beside them.
type office struct {
	t     testing.TB
	r     *rand.Rand
	dir   string
	clock *clockwork
	plan  *plan.Plan
	store *store.Store
	hub   *hub.Hub
	p     *Picture
	mint  *mint.Mint

	queues []acd.QueueID
	agents []acd.AgentID
	asked  int
	done   map[string]int
}

func newOffice(t testing.TB, seed uint64) *office {
	o := &office{t: t, r: rand.New(rand.NewPCG(seed, 3)), dir: t.TempDir(), clock: &clockwork{}, done: map[string]int{}}
	o.clock.ms.Store(time.Date(2026, 11, 2, 22, 0, 0, 0, time.UTC).UnixMilli())
	o.mint = mint.New(1, o.clock.now)
	in := plan.Input{Settings: plan.Defaults()}
	for n := range 3 {
		q := plan.QueueObject{Head: plan.Head{ID: o.mint.ID(), Unit: sales, Name: fmt.Sprint("queue ", n)}}
		q.Queue = plan.Queue{Domain: acd.Chat, ObjectiveS: 20, Policy: "longest_idle", Steps: []plan.Step{{}}, WrapUpS: 30 * n, NoWrapUp: n == 2}
		in.Queues = append(in.Queues, q)
		o.queues = append(o.queues, q.ID)
	}
	for n := range 4 {
		a := plan.AgentObject{Head: plan.Head{ID: o.mint.ID(), Unit: sales, Name: fmt.Sprint("agent ", n)}}
		a.Capacity = map[acd.Domain]uint8{acd.Chat: uint8(3 + n)}
		in.Agents = append(in.Agents, a)
		o.agents = append(o.agents, a.ID)
	}
	compiled, faults := plan.Compile(in)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	o.plan = compiled
	o.open()
	return o
}

// open starts everything on the folder, as the program does.
func (o *office) open() {
	o.t.Helper()
	ctx := context.Background()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	var err error
	if o.store, err = store.Open(ctx, store.Options{Dir: o.dir, Site: 1, Log: log, Now: o.clock.now}); err != nil {
		o.t.Fatal(err)
	}
	o.p = New(Options{Now: o.clock.now})
	if err := o.p.Load(ctx, o.store, plan.Diff(nil, o.plan)); err != nil {
		o.t.Fatal(err)
	}
	o.hub = hub.New(hub.Options{Store: o.store, Fold: o.p.Fold, NewID: o.mint.ID, Now: o.clock.now, Log: log})
	if err := o.hub.Start(ctx, plan.Diff(nil, o.plan)); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) close() {
	o.t.Helper()
	if err := o.hub.Stop(context.Background()); err != nil {
		o.t.Error(err)
	}
	if err := o.store.Close(); err != nil {
		o.t.Error(err)
	}
}

// ask asks for an event; a refusal is the day's business, anything else a failure.
func (o *office) ask(c hub.Command) {
	o.t.Helper()
	c.Unit = sales
	_, err := o.hub.Ask(context.Background(), c)
	if f := fault.Of(err); err != nil && (f == nil || f.Kind == fault.Unavailable) {
		o.t.Fatalf("%T: %v", c.Event, err)
	}
	o.asked++
	if err == nil && c.Event != nil {
		o.done[fmt.Sprintf("%T", c.Event)]++
	}
}

// act does what somebody might do now.
func (o *office) act() {
	o.clock.ms.Add(o.r.Int64N(1200))
	agent := o.agents[o.r.IntN(len(o.agents))]
	other := o.agents[o.r.IntN(len(o.agents))]
	queue := o.queues[o.r.IntN(len(o.queues))]
	page, _ := o.p.Contacts(sales, Filter{}, ByDue, "", PageMax)
	n := o.r.IntN(12)
	if n < 3 && len(page.Items) > 3+o.asked/100%2*20 {
		n = 11 // by turns there is little to do and too much
	}
	switch n {
	case 0, 1, 2:
		a := &hub.Arrival{Contact: o.mint.ID(), Unit: sales, ClientID: fmt.Sprint("c", o.asked), Medium: "webchat", Queue: queue,
			Priority: uint8(1 + o.r.IntN(100)), Name: "Ada", Caption: "Where is it?"}
		if o.r.IntN(4) == 0 {
			a.Preferred, a.Hold = agent, 10*time.Second
		}
		o.ask(hub.Command{Arrival: a})
	case 3, 4:
		o.ask(hub.Command{Event: acd.SignedIn{Agent: agent}})
		o.ask(hub.Command{Event: acd.DesktopConnected{Agent: agent}})
		o.ask(hub.Command{Event: acd.AgentStateChanged{Agent: agent, Domains: 1 << acd.Chat, Available: true}})
	case 5:
		if o.r.IntN(8) == 0 {
			o.ask(hub.Command{Event: acd.DesktopLost{Agent: agent}})
		}
	default:
		if len(page.Items) == 0 {
			return
		}
		c := page.Items[o.r.IntN(len(page.Items))]
		o.serve(c, other, queue)
	}
}

// serve does something with a contact that fits its state, mostly.
func (o *office) serve(c Contact, other acd.AgentID, queue acd.QueueID) {
	ask := func(e acd.Event) { o.ask(hub.Command{Event: e, Lane: hub.Progress}) }
	seen := acd.Place{State: c.State, Agent: c.Agent}
	switch c.State {
	case acd.Offered:
		if o.r.IntN(5) == 0 {
			ask(acd.Declined{Contact: c.ID, Agent: c.Agent, Offer: c.Offer})
			return
		}
		ask(acd.Accepted{Contact: c.ID, Agent: c.Agent, Offer: c.Offer})
	case acd.Active:
		switch o.r.IntN(8) {
		case 0:
			ask(acd.TransferredToQueue{Contact: c.ID, From: c.Agent, Queue: queue})
		case 1:
			ask(acd.TransferredToAgent{Contact: c.ID, From: c.Agent, To: other, Hold: 5 * time.Second, Queue: queue})
		case 2:
			ask(acd.Requeued{Contact: c.ID, From: c.Agent, Until: acd.At(o.clock.now()).Add(5 * time.Second)})
		case 3:
			ask(acd.Reassigned{Contact: c.ID, Expect: seen, To: other})
		case 4:
			ask(acd.Abandoned{Contact: c.ID})
		default:
			ask(acd.Finished{Contact: c.ID, Agent: c.Agent})
		}
	case acd.WrapUp:
		ask(acd.WrappedUp{Contact: c.ID, Agent: c.Agent})
	default:
		switch o.r.IntN(4) {
		case 0:
			ask(acd.Abandoned{Contact: c.ID})
		case 1:
			ask(acd.Picked{Contact: c.ID, Expect: seen, Agent: other})
		case 2:
			ask(acd.Reassigned{Contact: c.ID, Expect: seen, To: other})
		}
	}
}

// Over a whole day, with restarts in it, the folded picture is the one that the
// store's rows give; and of each queue's offered contacts every one was answered,
// was abandoned, or waits.
func TestDay(t *testing.T) {
	o := newOffice(t, 1)
	for n := range 800 {
		o.act()
		if n%200 == 199 {
			o.check(n)
		}
		if n%200 == 199 {
			o.close()
			o.clock.ms.Add(70_000)
			o.open()
		}
	}
	o.close()
	for _, kind := range []acd.Event{acd.Accepted{}, acd.Finished{}, acd.WrappedUp{}, acd.TransferredToQueue{}, acd.TransferredToAgent{},
		acd.Requeued{}, acd.Reassigned{}, acd.Picked{}, acd.Abandoned{}, acd.Declined{}, acd.DesktopLost{}} {
		if o.done[fmt.Sprintf("%T", kind)] == 0 {
			t.Errorf("the day had no %T", kind)
		}
	}
}

func (o *office) check(n int) {
	o.t.Helper()
	anew := New(Options{Now: o.clock.now})
	if err := anew.Load(context.Background(), o.store, plan.Diff(nil, o.plan)); err != nil {
		o.t.Fatal(err)
	}
	// The store tells the batch that it found at its opening.
	anew.version, anew.revision = o.p.Version(), o.p.Revision()
	have, want := all(o.p), all(anew)
	for k := range have {
		have[k], want[k] = fmt.Sprintf("%+v", have[k]), fmt.Sprintf("%+v", want[k])
	}
	if d := differing(have, want); len(d) > 0 {
		o.t.Fatalf("event %d: the picture differs from the rows in %v:\n%v\n%v", n, d, have[d[0]], want[d[0]])
	}
	for _, id := range o.queues {
		q, _ := o.p.Queue(sales, id)
		waits := uint32(q.Waiting + q.Held + q.Timed + q.Offered)
		var c Counters
		o.p.mu.Lock()
		for _, count := range o.p.units[sales].queues[id].intervals.all() {
			c.add(count)
		}
		o.p.mu.Unlock()
		if c.Offered != c.Answered+c.Abandoned+waits {
			o.t.Fatalf("event %d: of %d offered, %d were answered, %d abandoned and %d wait", n, c.Offered, c.Answered, c.Abandoned, waits)
		}
	}
}

// An agent's day is that of the agent's facts since midnight in the unit's zone.
func TestAgentDayEqualsFacts(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c := newCompany(8, 4, 6)
	p := New(Options{Now: c.clock, Zone: func(acd.UnitID) *time.Location { return berlin }})
	if err := p.Load(context.Background(), c, c.plan); err != nil {
		t.Fatal(err)
	}
	counted := 0
	for n := range 300 {
		p.Fold(c.batch(4))
		if n%10 == 0 {
			c.now = c.now.Add(2 * time.Hour)
		}
		y, m, d := c.now.In(berlin).Date()
		for _, a := range c.plan.Agents {
			var want AgentDay
			for _, f := range c.facts {
				if f.Agent != a.ID || f.At < acd.At(time.Date(y, m, d, 0, 0, 0, 0, berlin)) {
					continue
				}
				switch {
				case f.Kind == acd.FactFinished, f.Kind == acd.FactInterrupted, f.Kind == acd.FactEnded, f.Kind == acd.FactReturned:
					want.Handle += f.Took
				}
				if f.Kind == acd.FactEnded || f.Kind == acd.FactReturned && f.Why == acd.WhyTransferred {
					want.Handled++
				}
			}
			got, _ := p.AgentDay(a.Unit, a.ID)
			got.Worked = 0
			if got != want {
				t.Fatalf("batch %d: %+v, the facts say %+v", n, got, want)
			}
			counted += int(want.Handled)
		}
	}
	if counted == 0 {
		t.Error("nothing was counted")
	}
}

// Who is signed in over midnight has worked since midnight; what was worked before a
// sign-out counts on.
func TestWorked(t *testing.T) {
	now := time.Date(2026, 3, 2, 23, 0, 0, 0, time.UTC)
	c := newCompany(1, 2, 2)
	agent := c.plan.Agents[0]
	p := New(Options{Now: func() time.Time { return now }})
	if err := p.Load(context.Background(), c, c.plan); err != nil {
		t.Fatal(err)
	}
	var n uint64
	var since time.Time
	sign := func(in bool) {
		n++
		row := acd.AgentRow{ID: agent.ID, Unit: agent.Unit, SignedIn: in, Since: acd.At(now)}
		f := acd.Fact{Kind: acd.FactSignedIn, At: acd.At(now), Unit: agent.Unit, Agent: agent.ID}
		if !in {
			f.Kind, f.Took = acd.FactSignedOut, now.Sub(since)
		}
		since = now
		p.Fold(hub.Batch{N: n, Changes: []hub.Change{{At: acd.At(now), Agents: []acd.AgentRow{row}, Facts: []acd.Fact{f}}}})
	}
	worked := func(what string, want time.Duration) {
		t.Helper()
		if got, ok := p.AgentDay(agent.Unit, agent.ID); !ok || got.Worked != want {
			t.Errorf("%s: worked %v, want %v", what, got.Worked, want)
		}
	}
	worked("before", 0)
	sign(true)
	now = now.Add(30 * time.Minute)
	worked("signed in", 30*time.Minute)
	now = now.Add(time.Hour) // half an hour after midnight
	worked("over midnight", 30*time.Minute)
	now = now.Add(10 * time.Minute)
	sign(false)
	now = now.Add(time.Hour)
	worked("signed out", 40*time.Minute)
	sign(true)
	now = now.Add(5 * time.Minute)
	worked("signed in again", 45*time.Minute)
}
