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
	case acd.AgentStateChanged:
		for d, state := range m.agents[e.Agent].row.Domains {
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
	o.must1(!known || q.Unit != e.Unit, acd.RefusedUnknown)
	o.must1(m.contacts[e.Contact] != nil, acd.RefusedExists)
	bad := e.Contact.IsZero() || e.Priority == 0 || e.Priority > acd.PriorityMax || len(e.Skills) > acd.SkillsPerContact || e.Hold < 0
	for _, s := range e.Skills {
		bad = bad || s.Level == 0 || s.Level > 100 || s.Skill.IsZero()
	}
	o.must1(bad, acd.RefusedInvalid)
	waiting := 0
	for _, c := range m.order {
		if c.row.Queue == e.Queue && c.row.State == acd.Queued {
			waiting++
		}
	}
	o.must1(known && q.WaitingMax > 0 && waiting >= q.WaitingMax, acd.RefusedFull)
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
		o.must1(!e.Force && len(m.inHand(id)) > 0, acd.RefusedBusy)
	}
	switch e := m.event.(type) {
	case acd.SignedOut:
	case acd.AgentStateChanged:
		o.must1(!a.row.SignedIn, acd.RefusedUnavailable)
		serves := false
		for d := range a.row.Domains {
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
	talks := row.State == acd.Active || row.State == acd.Interrupted && row.Resume == acd.Active
	owns := func(a acd.AgentID) bool { return talks && row.Agent == a }
	switch e := m.event.(type) {
	case acd.Accepted:
		o.must1(row.State != acd.Offered || row.Agent != e.Agent || row.Offer != e.Offer, acd.RefusedState)
		o.may1(m.agents[e.Agent] == nil, acd.RefusedUnknown)
	case acd.Declined:
		o.must1(row.State != acd.Offered || row.Agent != e.Agent || row.Offer != e.Offer, acd.RefusedState)
		o.may1(m.agents[e.Agent] == nil, acd.RefusedUnknown)
	case acd.Finished:
		o.must1(row.State != acd.Active || row.Agent != e.Agent, acd.RefusedState)
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
		o.must1(!m.asSeen(e.Expect) || wraps, acd.RefusedState)
		m.againstTarget(o, row, e.To)
		m.againstRoom(o, row, e.To)
		o.must1(row.State != acd.Held && row.Agent == e.To, acd.RefusedInvalid)
	case acd.Picked:
		o.must1(!m.asSeen(e.Expect) || row.State >= acd.Offered, acd.RefusedState)
		if _, shared := m.plan.Edges[acd.EdgeKey{Queue: row.Queue, Agent: e.Agent}]; !shared {
			m.againstTarget(o, row, e.Agent)
		}
		m.againstRoom(o, row, e.Agent)
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
	return place.State == expect.State && (place.State < acd.Offered || place.Agent == expect.Agent)
}
