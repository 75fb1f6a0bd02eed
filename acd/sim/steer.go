package sim

import (
	"portico/acd"
)

// This file says what stands against what owners and supervisors do with others in
// a contact, and against leaving a queue with too few agents.

func (m *Model) againstBeside(o *objection, c *contact) {
	switch e := m.event.(type) {
	case acd.Invited:
		o.must1(!c.talks() || c.row.Agent != e.From, acd.RefusedState)
		o.may1(m.agents[e.From] == nil, acd.RefusedUnknown)
		o.must1(e.Role != acd.Consulted && e.Role != acd.Conferenced, acd.RefusedInvalid)
		m.againstGuest(o, e, c)
	case acd.Joined:
		o.must1(!c.talks(), acd.RefusedState)
		o.must1(e.Role != acd.Monitoring && e.Role != acd.Whispering && e.Role != acd.Conferenced, acd.RefusedInvalid)
		m.againstCompany(o, c, e.Agent)
		m.againstSupervisor(o, c, e.Agent)
	case acd.RoleChanged:
		p := c.part(e.Agent)
		o.must1(!c.talks() || p == nil || p.State != acd.Active, acd.RefusedState)
		o.must1(e.Role == acd.Owner || e.Role > acd.Whispering, acd.RefusedInvalid)
		o.may1(m.agents[e.Agent] == nil, acd.RefusedUnknown)
	case acd.Left:
		o.must1(c.part(e.Agent) == nil, acd.RefusedState)
		o.may1(m.agents[e.Agent] == nil, acd.RefusedUnknown)
	case acd.HandedOver:
		p := c.part(e.To)
		o.must1(!c.talks() || c.row.Agent != e.From, acd.RefusedState)
		o.must1(p == nil || p.State != acd.Active || !counts(p.Role), acd.RefusedState)
		o.may1(m.agents[e.From] == nil || m.agents[e.To] == nil, acd.RefusedUnknown)
	case acd.TakenOver:
		free := c.row.State != acd.Held && c.row.Agent == e.Agent
		o.must1(!m.asSeen(e.Expect) || !c.talks() && c.row.State != acd.Offered && !c.waits() || c.row.State == acd.Routing, acd.RefusedState)
		o.must1(free, acd.RefusedInvalid)
		m.againstSupervisor(o, c, e.Agent)
	}
}

// againstCompany is about one more beside the owner.
func (m *Model) againstCompany(o *objection, c *contact, a acd.AgentID) {
	o.must1(c.row.Agent == a || c.part(a) != nil || len(c.row.Beside) >= acd.BesideMax, acd.RefusedBeside)
}

// againstSupervisor is about who goes to a contact beyond capacity and matrix.
func (m *Model) againstSupervisor(o *objection, c *contact, id acd.AgentID) {
	a := m.agents[id]
	o.must1(a == nil || a.row.Unit != c.row.Unit, acd.RefusedUnknown)
	o.must1(a != nil && !atDesk(a), acd.RefusedUnavailable)
}

func (m *Model) againstGuest(o *objection, e acd.Invited, c *contact) {
	if !e.To.IsZero() {
		m.againstCompany(o, c, e.To)
		m.againstTarget(o, &c.row, e.To)
		m.againstRoom(o, &c.row, e.To)
		return
	}
	q, ok := m.plan.Queues[e.Queue]
	o.must1(!e.Queue.IsZero() && (!ok || q.Unit != c.row.Unit), acd.RefusedUnknown)
	o.must1(!e.Queue.IsZero() && ok && q.Domain != c.row.Domain, acd.RefusedInvalid)
	o.must1(len(c.row.Beside) >= acd.BesideMax, acd.RefusedBeside)
	o.must1(!c.row.Queue.IsZero() && len(o.must) == 0 && m.guest(c, e.Queue) == nil, acd.RefusedUnavailable)
}

// shortage is the queue with the least id that would be left with fewer agents than
// its minimum, were the agent no longer available in the domains of the mask.
func (m *Model) shortage(a *agent, domains uint32) (short acd.QueuePlan, have int, found bool) {
	for _, q := range sortedBy(m.plan.Queues, func(q acd.QueuePlan) acd.QueueID { return q.ID }) {
		if q.MinAvailable == 0 || domains&(1<<q.Domain) == 0 || !m.serving(a, q) {
			continue
		}
		have = 0
		for _, x := range m.staff {
			if m.serving(x, q) {
				have++
			}
		}
		if have-1 < int(q.MinAvailable) {
			return q, have, true
		}
	}
	return acd.QueuePlan{}, 0, false
}

// serving says whether an agent counts for a queue's minimum.
func (m *Model) serving(a *agent, q acd.QueuePlan) bool {
	e, ok := m.plan.Edges[acd.EdgeKey{Queue: q.ID, Agent: a.row.ID}]
	return ok && e.First == 0 && a.row.SignedIn && a.row.Domains.Of(q.Domain).Available
}

// leavesShort gives the shortage that the event would make and must not.
func (m *Model) leavesShort() (acd.QueuePlan, int, bool) {
	switch e := m.event.(type) {
	case acd.SignedOut:
		if a := m.agents[e.Agent]; a != nil && !e.Force {
			return m.shortage(a, ^uint32(0))
		}
	case acd.AgentStateChanged:
		if a := m.agents[e.Agent]; a != nil && !e.Available && !e.Force {
			return m.shortage(a, e.Domains)
		}
	}
	return acd.QueuePlan{}, 0, false
}
