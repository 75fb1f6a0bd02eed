package hub

import (
	"context"
	"fmt"
	"slices"
	"time"

	"portico/acd"
	"portico/store"
	"portico/workflow"
)

// restore reads the store and builds the owner. A contact whose queue the plan does
// not have as it was is left out with an alarm: one contact must not keep all the
// others from being served. Its rows stay as they are.
func (h *Hub) restore(ctx context.Context, plan acd.PlanChange) (*owner, error) {
	o := &owner{
		h:        h,
		open:     make(map[acd.ContactID]openContact),
		agents:   make(map[acd.AgentID]acd.UnitID),
		queues:   make(map[acd.QueueID]queueOf),
		alerted:  make(map[alertKey]acd.Time),
		releases: make(map[releaseKey]*workflow.Flow),
		forming:  &batch{},
		saved:    h.o.Store.Core().Batch,
		timer:    time.NewTimer(time.Hour),
		patrol:   time.NewTimer(time.Hour),
	}
	o.timer.Stop()
	o.patrol.Stop()
	domains := make(map[acd.QueueID]acd.Domain, len(plan.Queues))
	for _, q := range plan.Queues {
		domains[q.ID] = q.Domain
	}
	var contacts []acd.ContactRow
	err := h.o.Store.OpenContacts(ctx, func(c store.OpenContact, is store.Contact) error {
		if d, ok := domains[c.Queue]; (!ok || d != c.Domain) && c.State != acd.Routing {
			h.o.Log.Error("a contact cannot be restored: its queue is not what it was", "contact", c.ID, "queue", c.Queue)
			return nil
		}
		contacts = append(contacts, c.ContactRow)
		flow, err := o.restoreFlow(ctx, c, is)
		if err != nil {
			return err
		}
		o.open[c.ID] = openContact{c.Unit, flow}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading open contacts: %w", err)
	}
	var agents []acd.AgentRow
	err = h.o.Store.AgentStates(ctx, func(a store.AgentState) error {
		agents = append(agents, a.AgentRow)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading agents' states: %w", err)
	}
	o.learn(plan)
	core, err := acd.Rebuild(o.now(), plan, agents, contacts)
	if err != nil {
		return nil, err
	}
	o.core = core
	return o, nil
}

// restarted is the first event: nobody was served since the store's last commit.
func (o *owner) restarted() acd.Event {
	gap := time.Duration(0)
	if at := o.h.o.Store.Core().SavedAt; at != 0 {
		gap = max(0, o.now().Sub(at))
	}
	return acd.Restarted{Gap: gap}
}

// restartFlows are what workflows are told after the core was: each asks the world anew
// for what it waits for.
func (o *owner) restartFlows() {
	var ids []acd.ContactID
	for id, open := range o.open {
		if open.flow == nil {
			continue
		}
		o.timers.set(open.flow)
		if in := open.flow.in; open.flow.flow == nil || in.Doing != workflow.DoingNothing && in.Doing != workflow.DoingWait {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, acd.ContactID.Compare)
	for _, id := range ids {
		o.pending = append(o.pending, newTask(Command{Flow: &FlowInput{id, workflow.Restarted{}}}))
	}
	clear(o.releases)
}

// learn keeps the units of what a plan names.
func (o *owner) learn(c acd.PlanChange) {
	for _, q := range c.Queues {
		o.queues[q.ID] = queueOf{q.Unit, q.Domain}
	}
	for _, a := range c.Agents {
		o.agents[a.ID] = a.Unit
	}
	for _, id := range c.RemovedQueues {
		delete(o.queues, id)
	}
	for _, id := range c.RemovedAgents {
		delete(o.agents, id)
	}
}
