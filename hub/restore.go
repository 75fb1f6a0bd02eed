package hub

import (
	"context"
	"fmt"
	"time"

	"portico/acd"
	"portico/store"
)

// restore reads the store and builds the owner. A contact whose queue the plan does
// not have as it was is left out with an alarm: one contact must not keep all the
// others from being served. Its rows stay as they are.
func (h *Hub) restore(ctx context.Context, plan acd.PlanChange) (*owner, error) {
	o := &owner{
		h:       h,
		open:    make(map[acd.ContactID]openContact),
		agents:  make(map[acd.AgentID]acd.UnitID),
		queues:  make(map[acd.QueueID]acd.UnitID),
		forming: &batch{},
		saved:   h.o.Store.Core().Batch,
		timer:   time.NewTimer(time.Hour),
		patrol:  time.NewTimer(time.Hour),
	}
	o.timer.Stop()
	o.patrol.Stop()
	domains := make(map[acd.QueueID]acd.Domain, len(plan.Queues))
	for _, q := range plan.Queues {
		domains[q.ID] = q.Domain
	}
	var contacts []acd.ContactRow
	err := h.o.Store.OpenContacts(ctx, func(c store.OpenContact, _ store.Contact) error {
		if d, ok := domains[c.Queue]; !ok || d != c.Domain {
			h.o.Log.Error("a contact cannot be restored: its queue is not what it was", "contact", c.ID, "queue", c.Queue)
			return nil
		}
		contacts = append(contacts, c.ContactRow)
		o.open[c.ID] = openContact{c.Unit, c.Workflow}
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

// learn keeps the units of what a plan names.
func (o *owner) learn(c acd.PlanChange) {
	for _, q := range c.Queues {
		o.queues[q.ID] = q.Unit
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
