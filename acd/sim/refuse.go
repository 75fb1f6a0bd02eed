package sim

import (
	"errors"
	"fmt"
	"slices"

	"portico/acd"
)

// objection is what stands against an event in the world as it is. With any of
// must it has to be refused, with one of must or may; with none of must it may
// still be refused with one of may, where the contract leaves the choice.
type objection struct{ must, may []acd.RefusalCode }

func (o *objection) must1(when bool, code acd.RefusalCode) {
	if when {
		o.must = append(o.must, code)
	}
}

func (o *objection) may1(when bool, code acd.RefusalCode) {
	if when {
		o.may = append(o.may, code)
	}
}

// judgeRefusal checks the answer to the event, after all timers were done.
func (m *Model) judgeRefusal(r acd.Refusal) error {
	if r.Code == acd.NotRefused {
		if m.done || m.changesNothing() {
			return nil
		}
		if o := m.objections(); len(o.must) > 0 {
			return fmt.Errorf("the event had to be refused with one of %v", o.must)
		}
		return errors.New("the event was taken, but nothing happened")
	}
	o := m.objections()
	if !slices.Contains(o.must, r.Code) && !slices.Contains(o.may, r.Code) {
		return fmt.Errorf("refused with %d; against it stand %v or %v", r.Code, o.must, o.may)
	}
	if r.Code == acd.RefusedMinimum {
		if q, have, short := m.leavesShort(); !short || r.Queue != q.ID || r.Have != have || r.Need != int(q.MinAvailable) {
			return fmt.Errorf("refused for queue %s with %d of %d, want %s with %d of %d", r.Queue, r.Have, r.Need, q.ID, have, q.MinAvailable)
		}
	}
	if r.Code == acd.RefusedState {
		if place := m.place(); place != (acd.Place{}) && place != r.Place {
			return fmt.Errorf("refused with the place %+v, it is %+v", r.Place, place)
		}
	}
	return nil
}

// place is where the contact of the event is, zero where it names none.
func (m *Model) place() acd.Place {
	c := m.contacts[contactOf(m.event)]
	if c == nil {
		return acd.Place{}
	}
	return acd.Place{State: c.row.State, Agent: c.row.Agent}
}

// changesNothing says whether the event finds the world as it wants it.
func (m *Model) changesNothing() bool {
	switch e := m.event.(type) {
	case acd.Ticked, acd.PlanChanged, acd.Restarted:
		return true
	case acd.SignedIn:
		return m.agents[e.Agent].row.SignedIn
	case acd.SignedOut:
		return !m.agents[e.Agent].row.SignedIn
	case acd.DesktopConnected:
		return m.agents[e.Agent].row.GraceEnds == 0
	case acd.DesktopLost:
		a := m.agents[e.Agent]
		return a.row.GraceEnds != 0
	case acd.CustomerLost:
		c := m.contacts[e.Contact]
		return c != nil && c.row.CustomerLost != 0
	case acd.CustomerReturned:
		c := m.contacts[e.Contact]
		return c != nil && c.row.CustomerLost == 0
	case acd.PriorityChanged:
		c := m.contacts[e.Contact]
		return c != nil && c.row.Priority == e.Priority
	case acd.Placed:
		c := m.contacts[e.Contact]
		return c != nil && m.stays(e, c) && (e.Priority == 0 || e.Priority == c.row.Priority) &&
			(e.Skills == nil || slices.Equal(sorted(e.Skills), c.row.Skills))
	case acd.SkillsChanged:
		c := m.contacts[e.Contact]
		return c != nil && slices.Equal(sorted(e.Skills), c.row.Skills)
	case acd.RoleChanged:
		c := m.contacts[e.Contact]
		return c != nil && c.part(e.Agent) != nil && c.part(e.Agent).Role == e.Role
	case acd.AgentStateChanged:
		for d, state := range m.agents[e.Agent].row.Domains.All() {
			same := state.Available == e.Available && (e.Available || state.Reason == e.Reason)
			if e.Domains&(1<<d) != 0 && !same {
				return false
			}
		}
		return true
	}
	return false
}

func (m *Model) objections() objection {
	var o objection
	switch e := m.event.(type) {
	case acd.Arrived:
		m.againstArrival(&o, e)
	case acd.PlanChanged:
		m.againstPlan(&o, e.Change)
	case acd.SignedIn:
		o.must1(m.agents[e.Agent] == nil, acd.RefusedUnknown)
	case acd.SignedOut, acd.AgentStateChanged, acd.DesktopConnected, acd.DesktopLost:
		m.againstAgent(&o)
	case acd.Ticked, acd.Restarted:
	default:
		c := m.contacts[contactOf(m.event)]
		if c == nil {
			o.must1(true, acd.RefusedUnknown)
			o.may1(true, acd.RefusedInvalid) // when that too is true
			return o
		}
		m.againstContact(&o, c)
	}
	return o
}

func (m *Model) againstArrival(o *objection, e acd.Arrived) {
	q, known := m.plan.Queues[e.Queue]
	routed := e.Queue.IsZero() // its workflow is to have it
	o.must1(routed && e.Unit.IsZero() || !routed && (!known || q.Unit != e.Unit), acd.RefusedUnknown)
	o.must1(routed && e.Domain >= acd.DomainsMax, acd.RefusedInvalid)
	o.must1(m.contacts[e.Contact] != nil, acd.RefusedExists)
	o.must1(e.Contact.IsZero() || e.Priority == 0 || e.Priority > acd.PriorityMax || badSkills(e.Skills) || e.Hold < 0, acd.RefusedInvalid)
	o.must1(known && q.WaitingMax > 0 && m.waiting(e.Queue) >= q.WaitingMax, acd.RefusedFull)
}

func (m *Model) againstPlan(o *objection, change acd.PlanChange) {
	for _, id := range change.RemovedAgents {
		o.must1(m.agents[id] == nil, acd.RefusedUnknown)
	}
	for _, id := range change.RemovedQueues {
		_, known := m.plan.Queues[id]
		o.must1(!known, acd.RefusedUnknown)
		for _, c := range m.order {
			o.must1(c.row.Queue == id, acd.RefusedInUse)
		}
	}
	for _, q := range change.Queues {
		bad := len(q.Steps) == 0 || len(q.Steps) > acd.StepsMax || q.Domain >= acd.DomainsMax
		for i, after := range q.Steps {
			bad = bad || i == 0 && after != 0 || i > 0 && after <= q.Steps[i-1]
		}
		o.must1(bad, acd.RefusedInvalid)
	}
	after := m.plan.clone()
	after.Apply(acd.PlanChange{Queues: change.Queues, Agents: change.Agents})
	for _, e := range change.Edges {
		q, queue := after.Queues[e.Queue]
		_, agent := after.Agents[e.Agent]
		o.must1(!queue || !agent, acd.RefusedUnknown)
		o.must1(queue && int(e.First) >= len(q.Steps), acd.RefusedInvalid)
	}
	if len(o.must) > 0 { // an unknown object makes the change invalid, too
		o.may1(true, acd.RefusedInvalid)
	}
}

func (m *Model) againstAgent(o *objection) {
	id := agentOf(m.event)
	a := m.agents[id]
	if a == nil {
		o.must1(true, acd.RefusedUnknown)
		o.may1(true, acd.RefusedInvalid)
		return
	}
	if e, ok := m.event.(acd.SignedOut); ok {
		o.must1(!e.Force && (len(m.inHand(id)) > 0 || m.sits(id)), acd.RefusedBusy)
	}
	_, _, short := m.leavesShort()
	o.must1(short, acd.RefusedMinimum)
	switch e := m.event.(type) {
	case acd.SignedOut:
	case acd.AgentStateChanged:
		o.must1(!a.row.SignedIn, acd.RefusedUnavailable)
		serves := false
		for d := range a.row.Domains.All() {
			serves = serves || e.Domains&(1<<d) != 0
		}
		o.must1(!serves, acd.RefusedInvalid)
	default:
		o.must1(!a.row.SignedIn, acd.RefusedUnavailable)
	}
}

func (m *Model) againstContact(o *objection, c *contact) {
	row := &c.row
	wraps := row.State == acd.WrapUp || row.State == acd.Interrupted && row.Resume == acd.WrapUp
	owns := func(a acd.AgentID) bool { return c.talks() && row.Agent == a }
	offered := func(a acd.AgentID, offer uint32) bool {
		p := c.part(a)
		return row.State == acd.Offered && row.Agent == a && row.Offer == offer || p != nil && p.State == acd.Offered && p.Offer == offer
	}
	switch e := m.event.(type) {
	case acd.Placed:
		m.againstPlacing(o, e, c)
	case acd.Disconnected:
		o.must1(!c.waits() && !(e.Steered && row.State == acd.Offered), acd.RefusedState)
	case acd.SkillsChanged:
		o.must1(wraps, acd.RefusedState)
		o.must1(badSkills(e.Skills), acd.RefusedInvalid)
	case acd.Accepted:
		o.must1(!offered(e.Agent, e.Offer), acd.RefusedState)
		o.may1(m.agents[e.Agent] == nil, acd.RefusedUnknown)
	case acd.Declined:
		o.must1(!offered(e.Agent, e.Offer), acd.RefusedState)
		o.may1(m.agents[e.Agent] == nil, acd.RefusedUnknown)
	case acd.Finished:
		o.must1(!owns(e.Agent) || row.State != acd.Active && !e.Steered, acd.RefusedState)
		o.may1(m.agents[e.Agent] == nil, acd.RefusedUnknown)
	case acd.WrapUpExtended:
		o.must1(row.State != acd.WrapUp || row.Agent != e.Agent, acd.RefusedState)
		o.may1(m.agents[e.Agent] == nil, acd.RefusedUnknown)
		o.must1(e.By <= 0, acd.RefusedInvalid)
	case acd.WrappedUp:
		o.must1(row.State != acd.WrapUp || row.Agent != e.Agent, acd.RefusedState)
		o.may1(m.agents[e.Agent] == nil, acd.RefusedUnknown)
	case acd.Abandoned, acd.CustomerLost, acd.CustomerReturned:
		o.must1(wraps, acd.RefusedState)
	case acd.TransferredToQueue:
		q, ok := m.plan.Queues[e.Queue]
		o.must1(!ok || q.Unit != row.Unit, acd.RefusedUnknown)
		o.must1(ok && q.Domain != row.Domain, acd.RefusedInvalid)
		m.againstOwner(o, owns(e.From), e.From)
	case acd.TransferredToAgent:
		q, ok := m.plan.Queues[e.Queue]
		o.must1(!e.Queue.IsZero() && (!ok || q.Unit != row.Unit), acd.RefusedUnknown)
		m.againstOwner(o, owns(e.From), e.From)
		o.must1(ok && q.Domain != row.Domain, acd.RefusedInvalid)
		m.againstTarget(o, row, e.To)
		o.must1(e.Hold < 0 || e.To == e.From, acd.RefusedInvalid)
	case acd.Requeued:
		m.againstOwner(o, owns(e.From), e.From)
	case acd.Reassigned:
		o.must1(!m.asSeen(e.Expect) || wraps || row.State == acd.Routing, acd.RefusedState)
		m.againstTarget(o, row, e.To)
		m.againstRoom(o, row, e.To)
		o.must1(row.State != acd.Held && row.Agent == e.To, acd.RefusedInvalid)
	case acd.Picked:
		o.must1(!m.asSeen(e.Expect) || row.State >= acd.Offered, acd.RefusedState) // Routing is one of them
		if _, shared := m.plan.Edges[acd.EdgeKey{Queue: row.Queue, Agent: e.Agent}]; !shared {
			m.againstTarget(o, row, e.Agent)
		}
		m.againstRoom(o, row, e.Agent)
	case acd.Invited, acd.Joined, acd.RoleChanged, acd.Left, acd.HandedOver, acd.TakenOver:
		m.againstBeside(o, c)
	case acd.PriorityChanged:
		o.must1(e.Priority == 0 || e.Priority > acd.PriorityMax, acd.RefusedInvalid)
	}
}

func (m *Model) againstOwner(o *objection, owns bool, from acd.AgentID) {
	o.must1(!owns, acd.RefusedState)
	o.may1(from.IsZero(), acd.RefusedInvalid)
	o.may1(m.agents[from] == nil, acd.RefusedUnknown)
}

// againstTarget is about an agent who is to have the contact.
func (m *Model) againstTarget(o *objection, row *acd.ContactRow, to acd.AgentID) {
	a := m.agents[to]
	if a == nil || a.row.Unit != row.Unit {
		o.must1(true, acd.RefusedUnknown)
		return
	}
	o.must1(!m.present(a, row.Domain), acd.RefusedUnavailable)
}

// againstRoom is about an agent who is to have the contact at once.
func (m *Model) againstRoom(o *objection, row *acd.ContactRow, to acd.AgentID) {
	a := m.agents[to]
	if a == nil {
		return
	}
	there := m.present(a, row.Domain) && a.row.GraceEnds == 0
	o.must1(!there, acd.RefusedUnavailable)
	o.must1(there && m.able(a)&(1<<row.Domain) == 0, acd.RefusedBusy)
}

// asSeen says whether the contact of the event is where somebody saw it.
func (m *Model) asSeen(expect acd.Place) bool {
	place := m.place()
	free := place.State < acd.Offered || place.State == acd.Routing
	return place.State == expect.State && (free || place.Agent == expect.Agent)
}
