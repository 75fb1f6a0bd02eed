package sim

import (
	"slices"
	"time"

	"portico/acd"
)

// This file makes up what agents, customers and supervisors do.

func (d *Day) contactIn(states ...acd.ContactState) *contact {
	var in []*contact
	for _, c := range d.model.order {
		if slices.Contains(states, c.row.State) {
			in = append(in, c)
		}
	}
	return pick(d, in)
}

// answer makes up what becomes of a contact in somebody's hand, or of one that
// waits.
func (d *Day) answer() acd.Event {
	c := d.contactIn(acd.Offered, acd.Offered, acd.Active, acd.Interrupted, acd.WrapUp)
	if c == nil || d.chance(10) {
		if c = d.contactIn(acd.Queued, acd.Held, acd.Timed, acd.Routing); c == nil {
			return acd.Ticked{}
		}
	}
	row := c.row
	switch row.State {
	case acd.Offered:
		switch n := d.dice.IntN(100); {
		case n < 60:
			return acd.Accepted{Contact: row.ID, Agent: row.Agent, Offer: row.Offer}
		case n < 80:
			return acd.Declined{Contact: row.ID, Agent: row.Agent, Offer: row.Offer}
		case n < 90:
			return acd.Ticked{}
		}
	case acd.Active, acd.Interrupted:
		switch n := d.dice.IntN(100); {
		case n < 45:
			return acd.Finished{Contact: row.ID, Agent: row.Agent, Idle: n < 5, Steered: n >= 5 && n < 8}
		case n < 70:
			return acd.Ticked{}
		}
	case acd.WrapUp:
		switch n := d.dice.IntN(100); {
		case n < 50:
			return acd.WrappedUp{Contact: row.ID, Agent: row.Agent, Disposition: pick(d, d.reasons)}
		case n < 60:
			return acd.WrapUpExtended{Contact: row.ID, Agent: row.Agent, By: d.seconds(1, 10, 60)}
		}
		return acd.Ticked{}
	}
	return d.customer(row)
}

func (d *Day) customer(row acd.ContactRow) acd.Event {
	switch n := d.dice.IntN(100); {
	case n < 40:
		return acd.Abandoned{Contact: row.ID}
	case n < 60:
		return acd.CustomerLost{Contact: row.ID}
	case n < 75:
		return acd.CustomerReturned{Contact: row.ID}
	}
	return acd.PriorityChanged{Contact: row.ID, Priority: uint8(1 + d.dice.IntN(100))}
}

// presence makes up what an agent does about being there.
func (d *Day) presence() acd.Event {
	a := d.model.agents[pick(d, d.agents)]
	if a == nil {
		return acd.Ticked{}
	}
	id := a.row.ID
	if !a.row.SignedIn {
		return acd.SignedIn{Agent: id, Reason: pick(d, d.reasons)}
	}
	if a.row.GraceEnds != 0 && d.chance(60) {
		return acd.DesktopConnected{Agent: id}
	}
	var serves, away uint32
	for domain, state := range a.row.Domains.All() {
		serves |= 1 << domain
		if !state.Available {
			away |= 1 << domain
		}
	}
	switch n := d.dice.IntN(100); {
	case n < 60 && away != 0:
		return acd.AgentStateChanged{Agent: id, Domains: away, Available: true}
	case n < 75 && serves != 0:
		return acd.AgentStateChanged{Agent: id, Domains: serves & (1 << pick(d, d.domains)), Available: d.chance(50), Force: d.chance(20)}
	case n < 80:
		return acd.AgentStateChanged{Agent: id, Domains: serves, Reason: pick(d, d.reasons)}
	case n < 88:
		return acd.DesktopLost{Agent: id}
	case n < 91:
		return acd.SignedOut{Agent: id, Force: d.chance(50)}
	}
	return acd.Ticked{}
}

// move makes up a transfer, a delay, a supervisor's or an agent's own choice.
func (d *Day) move() acd.Event {
	if d.chance(50) {
		if c := d.contactIn(acd.Active, acd.Interrupted); c != nil {
			return d.giveAway(c.row)
		}
	}
	c := d.contactIn(acd.Queued, acd.Queued, acd.Held, acd.Timed, acd.Offered, acd.Active)
	if c == nil {
		return acd.Ticked{}
	}
	saw := acd.Place{State: c.row.State, Agent: c.row.Agent}
	if d.chance(50) {
		return acd.Picked{Contact: c.row.ID, Expect: saw, Agent: d.agentOf(c.row.Unit)}
	}
	return acd.Reassigned{Contact: c.row.ID, Expect: saw, To: d.agentOf(c.row.Unit)}
}

func (d *Day) giveAway(row acd.ContactRow) acd.Event {
	switch d.dice.IntN(4) {
	case 0:
		return acd.TransferredToQueue{Contact: row.ID, From: row.Agent, Queue: d.queueOf(row.Unit)}
	case 1:
		e := acd.TransferredToAgent{Contact: row.ID, From: row.Agent, To: d.agentOf(row.Unit), Hold: d.seconds(0, 5, 30)}
		if d.chance(30) {
			e.Queue = d.queueOf(row.Unit)
		}
		return e
	case 2:
		return acd.Requeued{Contact: row.ID, From: row.Agent, Until: d.now.Add(d.seconds(-10, 0, 5, 20, 3_000))}
	}
	return acd.Requeued{Contact: row.ID, From: row.Agent}
}

// agentOf picks an agent of the unit, but for now and then.
func (d *Day) agentOf(unit acd.UnitID) acd.AgentID {
	for range 5 {
		if id := pick(d, d.agents); d.model.plan.Agents[id].Unit == unit {
			return id
		}
	}
	return pick(d, d.agents)
}

func (d *Day) queueOf(unit acd.UnitID) acd.QueueID {
	for range 5 {
		if id := pick(d, d.queues); d.model.plan.Queues[id].Unit == unit {
			return id
		}
	}
	return pick(d, d.queues)
}

// nonsense makes up what comes too late, twice, from the wrong one, or makes no
// sense at all.
func (d *Day) nonsense() acd.Event {
	var contact acd.ContactID
	var offer uint32
	if c := pick(d, d.model.order); c != nil {
		contact, offer = c.row.ID, c.row.Offer
	}
	agent := pick(d, d.agents)
	switch d.dice.IntN(4) {
	case 0:
		contact = d.id(7)
	case 1:
		agent = d.id(7)
	case 2: // an answer to an offer that was made before
		if c := d.contactIn(acd.Offered); c != nil {
			contact, agent, offer = c.row.ID, c.row.Agent, c.row.Offer-1
		}
	}
	place := acd.Place{State: acd.ContactState(d.dice.IntN(10)), Agent: agent}
	switch d.dice.IntN(28) {
	case 0, 17, 18:
		return acd.Accepted{Contact: contact, Agent: agent, Offer: offer}
	case 1, 19:
		return acd.Declined{Contact: contact, Agent: agent, Offer: offer}
	case 2:
		return acd.Finished{Contact: contact, Agent: agent}
	case 3:
		return acd.WrapUpExtended{Contact: contact, Agent: agent, By: d.seconds(-1, 0, 1)}
	case 4:
		return acd.WrappedUp{Contact: contact, Agent: agent}
	case 5:
		return acd.Abandoned{Contact: d.id(7)}
	case 6:
		return acd.TransferredToQueue{Contact: contact, From: agent, Queue: pick(d, append(d.queues, d.id(7)))}
	case 7:
		return acd.TransferredToAgent{Contact: contact, From: agent, To: pick(d, d.agents), Hold: d.seconds(-1, 0, 9), Queue: pick(d, append(d.queues, d.id(7)))}
	case 8:
		return acd.Requeued{Contact: contact}
	case 9:
		return acd.Reassigned{Contact: contact, Expect: place, To: agent}
	case 10:
		return acd.Picked{Contact: contact, Expect: place, Agent: agent}
	case 11:
		return acd.PriorityChanged{Contact: contact, Priority: uint8(d.dice.IntN(2) * 101)}
	case 12:
		return acd.SignedOut{Agent: agent}
	case 13:
		return acd.AgentStateChanged{Agent: agent, Domains: 1 << d.dice.IntN(12), Available: true}
	case 14:
		return acd.CustomerReturned{Contact: contact}
	case 15:
		return acd.DesktopConnected{Agent: agent}
	case 20, 21, 22, 23, 24, 25, 26, 27:
		return d.mischief(contact, agent, place)
	}
	return d.badArrival()
}

// badArrival makes up an arrival with one thing wrong.
func (d *Day) badArrival() acd.Event {
	e := d.arrival().(acd.Arrived)
	switch d.dice.IntN(6) {
	case 0: // twice; but not one that may end just before, for ids are not used again
		if c := d.contactIn(acd.Queued, acd.Held, acd.Active); c != nil && c.row.CustomerLost == 0 {
			e.Contact = c.row.ID
		}
	case 1:
		e.Queue = d.id(7)
	case 2:
		e.Unit = d.id(7)
	case 3:
		e.Priority = uint8(d.dice.IntN(2) * 101)
	case 4:
		e.Skills = []acd.SkillLevel{{Skill: pick(d, d.skills), Level: uint8(d.dice.IntN(2) * 101)}}
	case 5:
		e.Hold = -time.Second
	}
	return e
}

// Replan makes up a change of the plan.
func (d *Day) Replan() acd.PlanChange {
	d.version++
	change := acd.PlanChange{Version: d.version}
	plan := d.model.plan
	edges := plan.edges()
	switch d.dice.IntN(8) {
	case 0:
		change.Settings = d.settings()
	case 1: // an agent's capacity and skills
		a := plan.Agents[pick(d, d.agents)]
		next := d.agent(a.ID, a.Unit)
		if d.chance(50) {
			next.Capacity = a.Capacity
		}
		change.Agents = []acd.AgentPlan{next}
	case 2: // a queue's numbers; its steps stay as many, so that its edges stay valid
		q := plan.Queues[pick(d, d.queues)]
		next := d.queue(q.ID, q.Unit, q.Domain)
		next.Steps = slices.Clone(q.Steps)
		for k := 1; k < len(next.Steps); k++ {
			next.Steps[k] += time.Duration(k) * time.Second
		}
		change.Queues = []acd.QueuePlan{next}
		for _, e := range edges {
			// The tier is the policy's; an edge whose tier stays is not named.
			if tier := d.edge(next, e.Agent).Tier; e.Queue == q.ID && e.Tier != tier {
				e.Tier = tier
				change.Edges = append(change.Edges, e)
			}
		}
	case 3:
		for range d.dice.IntN(4) {
			if len(edges) > 0 {
				e := pick(d, edges)
				change.RemovedEdges = append(change.RemovedEdges, acd.EdgeKey{Queue: e.Queue, Agent: e.Agent})
			}
		}
	case 4:
		for range d.dice.IntN(6) {
			q, a := plan.Queues[pick(d, d.queues)], plan.Agents[pick(d, d.agents)]
			if q.Unit == a.Unit {
				change.Edges = append(change.Edges, d.edge(q, a.ID))
			}
		}
	case 5: // somebody leaves, another comes
		if len(d.agents) > 2 {
			left := pick(d, d.agents)
			d.agents = slices.DeleteFunc(d.agents, func(a acd.AgentID) bool { return a == left })
			change.RemovedAgents = []acd.AgentID{left}
		}
		a := d.agent(d.id(5), pick(d, d.units))
		d.agents = append(d.agents, a.ID)
		change.Agents = []acd.AgentPlan{a}
		for _, q := range sortedBy(plan.Queues, func(q acd.QueuePlan) acd.QueueID { return q.ID }) {
			if q.Unit == a.Unit && d.chance(60) {
				change.Edges = append(change.Edges, d.edge(q, a.ID))
			}
		}
	case 6: // a queue goes, if nobody is in it
		change.RemovedQueues = []acd.QueueID{pick(d, d.queues)}
	case 7: // broken in one of many ways
		change.Edges = []acd.Edge{{Queue: pick(d, d.queues), Agent: d.id(7)}}
	}
	return change
}

// Replanned tells the day that the core took a change.
func (d *Day) Replanned(change acd.PlanChange) {
	d.queues = slices.DeleteFunc(d.queues, func(q acd.QueueID) bool { return slices.Contains(change.RemovedQueues, q) })
}
