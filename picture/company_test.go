package picture

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"portico/acd"
	"portico/hub"
	"portico/store"
	"portico/workflow"
)

// company makes batches by chance, and keeps what the store would hold after them.
type company struct {
	r    *rand.Rand
	now  time.Time // written under ticking
	plan acd.PlanChange
	n    uint64

	ticking sync.Mutex
	mints   uint32

	open   map[acd.ContactID]store.OpenContact
	known  map[acd.ContactID]store.Contact
	agents map[acd.AgentID]acd.AgentRow
	facts  []store.FactRow

	intervals map[intervalKey]store.Interval
	days      map[acd.AgentID]store.AgentDay
	counts    map[string]store.FlowCount
	steps     []step
	mark      uint64
	core      store.Core
}

var (
	sales    = acd.UnitID{15: 1}
	service  = acd.UnitID{15: 2}
	units    = []acd.UnitID{sales, service}
	everyone = []acd.ContactState{acd.Timed, acd.Held, acd.Queued, acd.Offered, acd.Active, acd.Interrupted, acd.WrapUp}
)

func newCompany(seed uint64, queues, agents int) *company {
	c := &company{
		r:         rand.New(rand.NewPCG(seed, 1)),
		now:       time.Date(2026, 3, 28, 21, 50, 0, 0, time.UTC),
		open:      map[acd.ContactID]store.OpenContact{},
		known:     map[acd.ContactID]store.Contact{},
		agents:    map[acd.AgentID]acd.AgentRow{},
		intervals: map[intervalKey]store.Interval{},
		days:      map[acd.AgentID]store.AgentDay{},
		counts:    map[string]store.FlowCount{},
	}
	for n := range queues {
		c.plan.Queues = append(c.plan.Queues, acd.QueuePlan{
			ID: acd.QueueID{0: 1, 14: byte(n >> 8), 15: byte(n)}, Unit: units[n%2], Domain: acd.Chat, Objective: time.Duration(n%60) * time.Second,
		})
	}
	for n := range agents {
		a := acd.AgentPlan{ID: acd.AgentID{0: 2, 14: byte(n >> 8), 15: byte(n)}, Unit: units[n%2]}
		a.Capacity[acd.Chat] = 5
		c.plan.Agents = append(c.plan.Agents, a)
	}
	return c
}

// clock is read by the picture's own goroutine, too.
func (c *company) clock() time.Time {
	c.ticking.Lock()
	defer c.ticking.Unlock()
	return c.now
}

// picture is one with the plan and nothing else.
func (c *company) picture() *Picture {
	p := New(Options{Now: c.clock})
	if err := p.Load(context.Background(), c, c.plan); err != nil {
		panic(err)
	}
	return p
}

// batch makes a batch of up to size changes.
func (c *company) batch(size int) hub.Batch {
	c.n += 1 + c.r.Uint64N(3)
	c.ticking.Lock()
	c.now = c.now.Add(time.Duration(c.r.IntN(40)) * time.Second)
	c.ticking.Unlock()
	b := hub.Batch{N: c.n}
	for range 1 + c.r.IntN(size) {
		b.Changes = append(b.Changes, c.change())
	}
	c.core.Batch, c.core.SavedAt = c.n, acd.At(c.now)
	for _, change := range b.Changes {
		for i, f := range change.Facts {
			c.facts = append(c.facts, store.FactRow{Key: store.FactKey{Batch: c.n, N: uint32(i)}, Fact: f})
		}
	}
	return b
}

func (c *company) change() hub.Change {
	at := acd.At(c.now)
	out := hub.Change{At: at}
	switch c.r.IntN(9) {
	case 8:
		c.flow(&out, at)
	case 0, 1, 2:
		q := c.plan.Queues[c.r.IntN(len(c.plan.Queues))]
		out.Arrival = c.arrival(q)
		row := acd.ContactRow{ID: out.Arrival.Contact, Unit: q.Unit, Queue: q.ID, FirstQueued: at, State: acd.Queued,
			Due: at.Add(time.Duration(c.r.IntN(100)-50) * time.Second)}
		c.known[row.ID] = store.Contact{ID: row.ID, Unit: q.Unit, Medium: out.Arrival.Medium, At: at, Name: out.Arrival.Name,
			Caption: out.Arrival.Caption, Source: out.Arrival.Source}
		c.keep(row)
		out.Rows = []acd.ContactRow{row}
		out.Facts = []acd.Fact{{Kind: acd.FactArrived, At: at, Unit: q.Unit, Contact: row.ID, Queue: q.ID}}
	case 3:
		a := c.plan.Agents[c.r.IntN(len(c.plan.Agents))]
		row := acd.AgentRow{ID: a.ID, Unit: a.Unit, SignedIn: c.r.IntN(4) > 0, Since: at,
			Domains: acd.DomainStates{{Domain: acd.Chat, DomainState: acd.DomainState{Available: c.r.IntN(2) == 0, Since: at}}}}
		c.agents[a.ID] = row
		out.Agents = []acd.AgentRow{row}
		out.Facts = []acd.Fact{{Kind: acd.FactAgentState, At: at, Unit: a.Unit, Agent: a.ID}}
	default:
		if row, ok := c.move(at); ok {
			out.Rows = []acd.ContactRow{row}
			out.Facts = []acd.Fact{c.fact(at, row)}
		}
	}
	return out
}

func (c *company) arrival(q acd.QueuePlan) *hub.Arrival {
	c.mints++
	names := []string{"Ada Lovelace", "Blaise Pascal", "Émilie", "Grace Hopper"}
	return &hub.Arrival{
		Contact: acd.ContactID{0: 3, 12: byte(c.mints >> 24), 13: byte(c.mints >> 16), 14: byte(c.mints >> 8), 15: byte(c.mints)},
		Unit:    q.Unit, Queue: q.ID, Medium: []string{"webchat", "email"}[c.r.IntN(2)], Name: names[c.r.IntN(len(names))],
		Caption: fmt.Sprint("Where is order ", c.mints, "?"), Source: "page",
	}
}

// move brings some open contact into another state, queue and hand.
func (c *company) move(at acd.Time) (acd.ContactRow, bool) {
	if len(c.open) == 0 {
		return acd.ContactRow{}, false
	}
	ids := make([]acd.ContactID, 0, len(c.open))
	for id := range c.open {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, acd.ContactID.Compare)
	row := c.open[ids[c.r.IntN(len(ids))]].ContactRow
	row.Since = at
	row.Agent = acd.AgentID{}
	if c.r.IntN(5) == 0 {
		row.State = acd.Ended
		c.keep(row)
		return row, true
	}
	row.State = everyone[c.r.IntN(len(everyone))]
	if row.State != acd.Queued && row.State != acd.Timed {
		for row.Agent.IsZero() {
			if a := c.plan.Agents[c.r.IntN(len(c.plan.Agents))]; a.Unit == row.Unit {
				row.Agent = a.ID
			}
		}
	}
	switch c.r.IntN(6) {
	case 0:
		row.Due = row.Due.Add(time.Duration(c.r.IntN(60)-30) * time.Second)
	case 1:
		if q := c.plan.Queues[c.r.IntN(len(c.plan.Queues))]; q.Unit == row.Unit {
			row.Queue = q.ID
		}
	}
	c.keep(row)
	return row, true
}

func (c *company) keep(row acd.ContactRow) {
	if row.State == acd.Ended {
		delete(c.open, row.ID)
		return
	}
	c.open[row.ID] = store.OpenContact{ContactRow: row, Workflow: c.open[row.ID].Workflow}
}

var workflows = []workflow.ID{{15: 61}, {15: 62}}

// flow moves some open contact in a workflow, or out of it, and now and then changes its data.
func (c *company) flow(out *hub.Change, at acd.Time) {
	row, ok := c.move(at)
	if !ok {
		return
	}
	out.Rows = []acd.ContactRow{row}
	if row.State == acd.Ended {
		return
	}
	in := workflow.Instance{Workflow: workflows[c.r.IntN(2)], Release: 1, Node: workflow.NodeID([]string{"a", "b"}[c.r.IntN(2)]), Since: at}
	place := hub.FlowPlace{Unit: row.Unit, Contact: row.ID}
	if c.r.IntN(4) == 0 {
		in = workflow.Instance{Over: true}
	} else {
		place.Workflow, place.Release, place.Node, place.Since = in.Workflow, 1, in.Node, at
		passed := workflow.Passed{Unit: row.Unit, Contact: row.ID, Workflow: in.Workflow, Node: in.Node, At: at, Entered: c.r.IntN(3) > 0}
		out.Flow = []workflow.Passed{passed}
		body, err := json.Marshal(out.Flow)
		if err != nil {
			panic(err)
		}
		c.steps = append(c.steps, step{c.n, store.FlowStep{Unit: row.Unit, Contact: row.ID, At: at, Workflow: in.Workflow, Body: body}})
	}
	out.Places = []hub.FlowPlace{place}
	saved, err := in.Encode()
	if err != nil {
		panic(err)
	}
	c.open[row.ID] = store.OpenContact{ContactRow: row, Workflow: saved}
	if c.r.IntN(2) == 0 {
		is := c.known[row.ID]
		is.Language, is.Category, is.Details = "de", [16]byte{byte(c.n)}, json.RawMessage(fmt.Sprintf(`{"n":"%d"}`, c.n))
		c.known[row.ID] = is
		out.Data = []store.ContactData{{Unit: is.Unit, ID: is.ID, Language: is.Language, Category: is.Category, Details: is.Details}}
	}
}

// step is a saved step and the batch that saved it.
type step struct {
	batch uint64
	store.FlowStep
}

func (c *company) FlowCounts(_ context.Context, yield func(store.FlowCount) error) error {
	for _, f := range c.counts {
		if err := yield(f); err != nil {
			return err
		}
	}
	return nil
}

func (c *company) FlowStepsSince(_ context.Context, batch uint64, yield func(store.FlowStep) error) error {
	for _, s := range c.steps {
		if s.batch > batch {
			if err := yield(s.FlowStep); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *company) fact(at acd.Time, row acd.ContactRow) acd.Fact {
	f := acd.Fact{
		Kind: acd.FactKind(1 + c.r.IntN(int(acd.FactWrapUpExtended))), Why: acd.Why(c.r.IntN(int(acd.WhyIdle))),
		At: at, Unit: row.Unit, Contact: row.ID, Queue: row.Queue, Agent: row.Agent, Took: time.Duration(c.r.IntN(90)) * time.Second,
	}
	return f
}

// What follows is the company as a store.

func (c *company) Core() store.Core { return c.core }

func (c *company) OpenContacts(_ context.Context, yield func(store.OpenContact, store.Contact) error) error {
	for id, o := range c.open {
		if err := yield(o, c.known[id]); err != nil {
			return err
		}
	}
	return nil
}

func (c *company) AgentStates(_ context.Context, yield func(store.AgentState) error) error {
	for _, a := range c.agents {
		if err := yield(store.AgentState{AgentRow: a}); err != nil {
			return err
		}
	}
	return nil
}

func (c *company) Intervals(_ context.Context, from acd.Time) ([]store.Interval, uint64, error) {
	var out []store.Interval
	for _, i := range c.intervals {
		if i.Start >= from {
			out = append(out, i)
		}
	}
	return out, c.mark, nil
}

func (c *company) AgentDays(_ context.Context, yield func(store.AgentDay) error) error {
	for _, d := range c.days {
		if err := yield(d); err != nil {
			return err
		}
	}
	return nil
}

func (c *company) FactsSince(_ context.Context, batch uint64, yield func(store.FactRow) error) error {
	for _, f := range c.facts {
		if f.Key.Batch > batch {
			if err := yield(f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *company) FactsBack(_ context.Context, from acd.Time, yield func(store.FactRow) error) error {
	for _, f := range slices.Backward(c.facts) {
		if f.At >= from {
			if err := yield(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// saver is a store that takes counters, or fails when told to.
type saver struct {
	mu    sync.Mutex
	c     *company
	fail  error // outcome of the next units
	units int
}

func (s *saver) Submit(class store.Class, u store.Unit, done func(store.Outcome)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.units++
	if s.fail == nil {
		for _, row := range u.Rows {
			switch row := row.(type) {
			case store.Interval:
				s.c.intervals[intervalKey{row.Queue, row.Start}] = row
			case store.AgentDay:
				s.c.days[row.Agent] = row
			case store.FlowCount:
				s.c.counts[fmt.Sprint(row.Unit, row.Workflow, row.Node)] = row
			case store.IntervalMark:
				s.c.mark = row.Batch
			}
		}
	}
	done(store.Outcome{Err: s.fail})
	return nil
}
