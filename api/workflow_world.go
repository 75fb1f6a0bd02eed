package api

import (
	"context"
	"errors"
	"sync"
	"time"

	"portico/acd"
	"portico/identity"
	"portico/picture"
	"portico/plan"
	"portico/store"
	"portico/workflow"
)

// availableFor is how long the number of available agents of a queue is believed: it
// costs a look at every agent, and is asked for within the hub's turn.
const availableFor = time.Second

// World answers what workflows ask while contacts pass them: from the configuration and
// the picture, both in memory. It is safe for concurrent use.
type World struct {
	configuration *Configuration
	picture       *picture.Picture
	past          Past
	now           func() time.Time

	mu   sync.Mutex
	able map[acd.QueueID]availability
}

// availability is how many agents of a queue were available at a time.
type availability struct {
	agents int
	at     time.Time
}

// Past is what the world of workflows reads of the store, outside the hub's turns.
type Past interface {
	ObjectByName(ctx context.Context, unit acd.UnitID, kind store.ObjectKind, name string) (store.Object, error)
	Customer(ctx context.Context, unit acd.UnitID, id [16]byte) (store.Customer, error)
	CustomerContacts(ctx context.Context, unit acd.UnitID, customer [16]byte, after string, limit int) ([]store.HistoryRow, string, error)
}

// NewWorld makes the world of workflows.
func NewWorld(c *Configuration, p *picture.Picture, past Past, now func() time.Time) *World {
	return &World{configuration: c, picture: p, past: past, now: now, able: map[acd.QueueID]availability{}}
}

// Flows is what contacts enter that arrive now.
func (w *World) Flows() *workflow.Set { return w.configuration.now.Load().flows }

// Release gives a former release that contacts are still in, or nil when it is not there.
func (w *World) Release(ctx context.Context, unit acd.UnitID, id workflow.ID, number uint32) (*workflow.Flow, error) {
	o, err := w.past.ObjectByName(ctx, unit, plan.KindRelease, plan.ReleaseName(id, number))
	if errors.Is(err, store.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r, err := decodeRelease(o)
	if err != nil {
		return nil, err
	}
	return plan.CompileRelease(id, number, r.Graph), nil
}

const (
	// knownMax is how long an arrival is held up to find out about its customer.
	knownMax = time.Second
	// lastContacts is how many of a customer's contacts are looked at for the last agent.
	lastContacts = 5
)

// Known gives what is known of a customer, and who had their last contact, of whatever
// medium; zero where that is nobody, or cannot be found out now. The agent of a customer
// whose record names none, or somebody who is no agent any more, is whoever had them last.
func (w *World) Known(ctx context.Context, unit acd.UnitID, id [16]byte) (known workflow.Customer, last acd.AgentID) {
	ctx, cancel := context.WithTimeout(ctx, knownMax)
	defer cancel()
	customer, err := w.past.Customer(ctx, unit, id)
	if err != nil {
		return known, last
	}
	known = workflow.Customer{Known: true, Name: customer.Name, Fields: customer.Fields}
	names := w.configuration.now.Load()
	if names.agentOf(unit, customer.Agent) {
		known.Agent = customer.Agent
	}
	contacts, _, err := w.past.CustomerContacts(ctx, unit, id, "", lastContacts)
	if err != nil {
		return known, last
	}
	for _, c := range contacts {
		if !c.Agent.IsZero() && c.AcceptedAt != 0 {
			last = c.Agent
			break
		}
	}
	if known.Agent.IsZero() {
		known.Agent = last
	}
	return known, last
}

// Zone gives a business unit's time zone; that of a unit which does not exist is UTC.
func (w *World) Zone(unit acd.UnitID) *time.Location {
	if zone := w.configuration.Zone(unit); zone != nil {
		return zone
	}
	return time.UTC
}

// Limits gives the bounds of the contact data of a business unit.
func (w *World) Limits(unit acd.UnitID) workflow.Limits {
	d := w.configuration.ContactData(unit)
	return workflow.Limits{Keys: d.Keys, Key: d.KeyLength, Value: d.ValueLength}
}

// reference gives what an id or a name means within a unit.
func (c *catalogue) reference(unit acd.UnitID, kind store.ObjectKind, ref string) (store.Object, error) {
	id, err := acd.ParseID[objectKind](ref)
	if err != nil {
		named, ok := c.named[nameKey{unit, kind, store.Fold(ref)}]
		if !ok && sharedKinds[kind] {
			named, ok = c.named[nameKey{identity.Global, kind, store.Fold(ref)}]
		}
		if !ok {
			return store.Object{}, store.ErrNone
		}
		id = named
	}
	return c.reachable(unit, kind, id)
}

// Queue gives the figures of a queue; ok is false when the unit has no such queue.
func (w *World) Queue(unit acd.UnitID, ref string) (figures workflow.QueueFigures, ok bool) {
	names := w.configuration.now.Load()
	o, err := names.reference(unit, plan.KindQueue, ref)
	if err != nil {
		return workflow.QueueFigures{}, false
	}
	q, ok := w.picture.Queue(unit, o.ID)
	if !ok {
		return workflow.QueueFigures{}, false
	}
	out := workflow.QueueFigures{ID: q.ID, Name: o.Name, Waiting: q.Waiting, ExpectedWait: -1, ServiceLevel: 100}
	if q.WaitingSince != 0 {
		out.LongestWait = max(0, acd.At(w.now()).Sub(q.WaitingSince))
	}
	if wait, known := w.picture.ExpectedWait(unit, q.ID, 0); known {
		out.ExpectedWait = wait
	}
	if level, known := q.Today.Level(picture.LeaversCount); known {
		out.ServiceLevel = level * 100
	}
	out.Available = w.available(names, q)
	return out, true
}

func (w *World) available(names *catalogue, q picture.Queue) int {
	now := w.now()
	w.mu.Lock()
	have, ok := w.able[q.ID]
	w.mu.Unlock()
	if age := now.Sub(have.at); ok && age >= 0 && age < availableFor {
		return have.agents
	}
	have = availability{w.picture.Available(q.Unit, q.Domain, names.plan.Serving(q.ID)), now}
	w.mu.Lock()
	w.able[q.ID] = have
	w.mu.Unlock()
	return have.agents
}

// Opening gives when a schedule is open next, in its time zone; ok is false when the unit
// has no such schedule, or it never opens.
func (w *World) Opening(unit acd.UnitID, ref string, at time.Time) (from, until time.Time, ok bool) {
	names := w.configuration.now.Load()
	o, err := names.reference(unit, plan.KindSchedule, ref)
	hours := names.hours[hoursKey{unit, o.ID}]
	if err != nil || hours == nil {
		return from, until, false
	}
	if from, ok = hours.NextOpening(at); ok {
		until, _ = hours.NextChange(from)
	}
	return from.In(hours.Zone()), until, ok
}

// Hours tells whether a schedule is open at an instant; ok is false when the unit has no
// such schedule.
func (w *World) Hours(unit acd.UnitID, ref string, at time.Time) (hours workflow.Hours, ok bool) {
	names := w.configuration.now.Load()
	o, err := names.reference(unit, plan.KindSchedule, ref)
	if err != nil {
		return workflow.HoursClosed, false
	}
	open, ok := names.hours[hoursKey{unit, o.ID}]
	switch {
	case !ok:
		return workflow.HoursClosed, false
	case open.Open(at):
		return workflow.HoursOpen, true
	case open.Holiday(at):
		return workflow.HoursHoliday, true
	}
	return workflow.HoursClosed, true
}
