// Package picture is the read model: what lists, desks and real-time figures show.
// It is folded from the hub's durable batches alone, in order, and never asks the
// core. Every question names a business unit; what belongs to another is unknown.
//
// One lock guards it. What a caller gets is a copy, or shares memory that never
// changes again: slices and maps within rows are read only. Long work (pages,
// whole tables, positions) is done on a snapshot, outside the lock.
package picture

import (
	"context"
	"fmt"
	"sync"
	"time"

	"portico/acd"
	"portico/hub"
	"portico/store"
	"portico/workflow"
)

// Options of a picture.
type Options struct {
	Now func() time.Time
	// Zone gives a unit's time zone, for what is today. Nil, or a nil answer: UTC.
	// It is called under the picture's lock: it must neither wait nor ask the picture.
	Zone func(acd.UnitID) *time.Location
	// Expect is how waiting times are expected.
	Expect Estimator
}

// Rows is what the picture reads of the store at the start.
type Rows interface {
	Core() store.Core
	OpenContacts(ctx context.Context, yield func(store.OpenContact, store.Contact) error) error
	AgentStates(ctx context.Context, yield func(store.AgentState) error) error
	Intervals(ctx context.Context, from acd.Time) ([]store.Interval, uint64, error)
	AgentDays(ctx context.Context, yield func(store.AgentDay) error) error
	FlowCounts(ctx context.Context, yield func(store.FlowCount) error) error
	FlowStepsSince(ctx context.Context, batch uint64, yield func(store.FlowStep) error) error
	FactsSince(ctx context.Context, batch uint64, yield func(store.FactRow) error) error
	FactsBack(ctx context.Context, from acd.Time, yield func(store.FactRow) error) error
}

// Picture is the read model. Its methods are safe for concurrent use.
type Picture struct {
	o      Options
	writer writer

	mu          sync.Mutex
	version     uint64 // the last batch
	turned      int64  // the last minute of Turn
	revision    uint64 // of the tables; a batch moves it, and so does a minute's turn
	units       map[acd.UnitID]*unit
	contacts    map[acd.ContactID]*contact
	dirty       map[intervalKey]*interval // counters that are not written back
	dirtyAgents map[acd.AgentID]*agent
	dirtyFlows  map[*flowCount]bool
}

// unit is the part of one business unit.
type unit struct {
	id      acd.UnitID
	byDue   *tree
	byFirst *tree
	queues  map[acd.QueueID]*queue
	agents  map[acd.AgentID]*agent
	flows   map[workflow.ID]*flows
	day     day

	contactTable table[Contact, acd.ContactID]
	queueTable   table[Queue, acd.QueueID]
	agentTable   table[Agent, acd.AgentID]
}

// New makes an empty picture.
func New(o Options) *Picture {
	return &Picture{
		o:           o,
		units:       make(map[acd.UnitID]*unit),
		contacts:    make(map[acd.ContactID]*contact),
		dirty:       make(map[intervalKey]*interval),
		dirtyAgents: make(map[acd.AgentID]*agent),
		dirtyFlows:  make(map[*flowCount]bool),
	}
}

// Load fills the picture from the store and the whole plan. Call it once, before
// the hub starts.
func (p *Picture) Load(ctx context.Context, rows Rows, plan acd.PlanChange) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	core := rows.Core()
	p.version, p.revision = core.Batch, core.Batch
	p.foldPlan(plan)
	err := rows.OpenContacts(ctx, func(o store.OpenContact, c store.Contact) error {
		p.foldContact(o.ContactRow, arrivalOf(c))
		return p.loadFlow(o)
	})
	if err != nil {
		return fmt.Errorf("reading open contacts: %w", err)
	}
	err = rows.AgentStates(ctx, func(a store.AgentState) error {
		p.foldAgent(a.AgentRow)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading agents' states: %w", err)
	}
	// The facts that are still to be counted are as old as the last commit. Their
	// intervals must be here in full before they are added to.
	from := acd.At(p.o.Now())
	if core.SavedAt != 0 {
		from = min(from, core.SavedAt)
	}
	intervals, batch, err := rows.Intervals(ctx, from.Add(-keepIntervals))
	if err != nil {
		return fmt.Errorf("reading counters: %w", err)
	}
	for _, i := range intervals {
		p.loadInterval(i)
	}
	err = rows.AgentDays(ctx, func(d store.AgentDay) error {
		p.loadAgentDay(d)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading agents' days: %w", err)
	}
	err = rows.FactsSince(ctx, batch, func(f store.FactRow) error {
		p.foldFact(f.Fact)
		p.foldAgentFact(f.Fact)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading facts: %w", err)
	}
	if err := p.loadFlows(ctx, rows, batch); err != nil {
		return err
	}
	now := acd.At(p.o.Now())
	p.turned = minuteOf(now)
	if err := p.loadRecent(ctx, rows, now); err != nil {
		return err
	}
	for _, u := range p.units {
		for _, q := range u.queues {
			// How fast the lines moved before is not known, so that their waiting until now says nothing.
			last, accepted := q.movement.last, q.movement.accepted
			q.movement = newMovement(now, q.now.Waiting, q.now.Offered)
			q.movement.last, q.movement.accepted = last, accepted
		}
		u.contactTable.begin(p.revision)
		u.queueTable.begin(p.revision)
		u.agentTable.begin(p.revision)
	}
	return nil
}

// Fold takes the next durable batch. It is the hub's Fold.
func (p *Picture) Fold(b hub.Batch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.version, p.revision = b.N, max(p.revision+1, b.N)
	if n := len(b.Changes); n > 0 {
		for _, u := range p.units {
			p.turnDay(u, b.Changes[n-1].At)
		}
	}
	for i := range b.Changes {
		c := &b.Changes[i]
		if c.Plan != nil {
			p.foldPlan(*c.Plan)
		}
		for _, row := range c.Rows {
			var new *arrival
			if c.Arrival != nil && c.Arrival.Contact == row.ID {
				new = arrivalFrom(c.At, c.Arrival)
			}
			p.foldContact(row, new)
		}
		for _, row := range c.Agents {
			p.foldAgent(row)
		}
		for _, f := range c.Facts {
			p.foldFact(f)
			p.foldAgentFact(f)
		}
		for _, row := range c.Riders {
			if link, ok := row.(store.CustomerLink); ok {
				p.foldLink(link)
			}
		}
		p.foldFlow(c)
	}
}

// foldPlan takes what a plan says of queues and agents.
func (p *Picture) foldPlan(c acd.PlanChange) {
	for _, q := range c.Queues {
		u := p.unit(q.Unit)
		have := u.queue(q.ID)
		have.planned = true
		have.now.Domain = q.Domain
		have.objective = q.Objective
		p.touchQueue(u, have)
	}
	for _, a := range c.Agents {
		u := p.unit(a.Unit)
		have := u.agent(a.ID)
		have.planned = true
		have.row.Capacity = a.Capacity
		p.touchAgent(u, have)
	}
	for _, u := range p.units {
		for _, id := range c.RemovedQueues {
			if q := u.queues[id]; q != nil {
				q.planned = false
				p.touchQueue(u, q)
			}
		}
		for _, id := range c.RemovedAgents {
			if a := u.agents[id]; a != nil {
				a.planned = false
				p.touchAgent(u, a)
				u.forget(a)
			}
		}
	}
}

// unit gives the part of a unit, made when it is first seen.
func (p *Picture) unit(id acd.UnitID) *unit {
	u := p.units[id]
	if u == nil {
		u = &unit{
			id:      id,
			byDue:   newTree(dueBefore),
			byFirst: newTree(firstBefore),
			queues:  make(map[acd.QueueID]*queue),
			agents:  make(map[acd.AgentID]*agent),
			flows:   make(map[workflow.ID]*flows),
		}
		u.contactTable.begin(p.revision)
		u.queueTable.begin(p.revision)
		u.agentTable.begin(p.revision)
		p.units[id] = u
		p.turnDay(u, acd.At(p.o.Now()))
	}
	return u
}

// Version is the number of the last batch folded.
func (p *Picture) Version() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.version
}

// Revision is the number of the last change of what the tables show; it is at least
// Version.
func (p *Picture) Revision() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.revision
}
