package sim

import (
	"cmp"
	"time"

	"portico/acd"
)

// This file is the contract's idea of a choice, looked for in everything there is.

// step is the step in force: the last whose time has come.
func (m *Model) step(c *contact) int {
	k := 0
	if c.row.QueuedAt == 0 { // not in its queue yet
		return k
	}
	for i, after := range m.plan.Queues[c.row.Queue].Steps {
		if c.row.QueuedAt.Add(after) <= m.now {
			k = i
		}
	}
	return k
}

func (m *Model) due(c *contact) acd.Time {
	if c.row.State == acd.Routing || c.row.FirstQueued == 0 {
		return 0
	}
	q := m.plan.Queues[c.row.Queue]
	return c.row.FirstQueued.Add(q.Objective - time.Duration(c.row.Priority)*m.plan.Settings.Ageing)
}

// before orders contacts as agents take them.
func (m *Model) before(x, y *contact) bool {
	return cmp.Or(cmp.Compare(m.due(x), m.due(y)),
		cmp.Compare(x.row.FirstQueued, y.row.FirstQueued),
		x.row.ID.Compare(y.row.ID)) < 0
}

// inHand calls what the agent is offered, works at, has interrupted or wraps up.
func (m *Model) inHand(a acd.AgentID) []*contact {
	var hand []*contact
	for _, c := range m.order {
		if c.row.Agent == a && c.row.State >= acd.Offered && c.row.State <= acd.WrapUp {
			hand = append(hand, c)
		}
	}
	return hand
}

// frees says that the contact is in a wrap-up that counts for nothing.
func (m *Model) frees(c *contact) bool {
	return c.row.State == acd.WrapUp && m.plan.Queues[c.row.Queue].WrapUpFreesSlot
}

type load [acd.DomainsMax]int

func (m *Model) load(a acd.AgentID) (l load, pending bool) {
	for _, c := range m.inHand(a) {
		if !m.frees(c) {
			l[c.row.Domain]++
		}
		pending = pending || c.row.State == acd.Offered
	}
	for _, c := range m.order {
		if p := c.part(a); p != nil {
			if counts(p.Role) {
				l[c.row.Domain]++
			}
			pending = pending || p.State == acd.Offered
		}
	}
	return l, pending
}

// able gives the domains in which the agent can be offered a contact, as a mask.
func (m *Model) able(a *agent) uint32 {
	if !a.row.SignedIn || a.row.GraceEnds != 0 {
		return 0
	}
	l, pending := m.load(a.row.ID)
	if pending {
		return 0
	}
	var mask uint32
	for d, state := range a.row.Domains.All() {
		if state.Available && m.room(a, d, l) {
			mask |= 1 << d
		}
	}
	return mask
}

// room says whether capacity and matrix admit one more contact of the domain.
func (m *Model) room(a *agent, d acd.Domain, l load) bool {
	if l[d] >= int(m.plan.Agents[a.row.ID].Capacity[d]) {
		return false
	}
	for e := range l {
		if e != int(d) && l[e] > 0 && m.plan.Settings.Matrix[e][d] == acd.Refuse {
			return false
		}
	}
	return true
}

// skilled says whether the agent meets the contact's own demands.
func (m *Model) skilled(a acd.AgentID, c *contact) bool {
	for _, want := range c.row.Skills {
		met := false
		for _, has := range m.plan.Agents[a].Skills {
			met = met || has.Skill == want.Skill && has.Level >= want.Level
		}
		if !met {
			return false
		}
	}
	return true
}

func (m *Model) excludes(c *contact, a acd.AgentID, step int) bool {
	for _, x := range c.row.Exclusions {
		if x.Agent == a && int(x.Step) == step && x.Until > m.now {
			return true
		}
	}
	return false
}

// admits says whether a contact that waits in its queue may go to the agent, were
// the agent able.
func (m *Model) admits(c *contact, a acd.AgentID, step int) bool {
	e, ok := m.plan.Edges[acd.EdgeKey{Queue: c.row.Queue, Agent: a}]
	return ok && int(e.First) <= step && m.skilled(a, c)
}

// open says whether the agent, able in the mask's domains, could be offered the
// contact now.
func (m *Model) open(c *contact, a *agent, able uint32) bool {
	if able&(1<<c.row.Domain) == 0 {
		return false
	}
	switch c.row.State {
	case acd.Held:
		return c.row.Agent == a.row.ID
	case acd.Queued:
		k := m.step(c)
		return m.admits(c, a.row.ID, k) && !m.excludes(c, a.row.ID, k)
	}
	return false
}

// best is the agent whom the contact's queue chooses, or nil.
func (m *Model) best(c *contact) *agent {
	var best *agent
	var key [2]int64
	for _, a := range m.staff { // by id: the first of equals stays
		if !m.open(c, a, m.able(a)) {
			continue
		}
		if k := m.rank(c, a); best == nil || k[0] < key[0] || k[0] == key[0] && k[1] < key[1] {
			best, key = a, k
		}
	}
	return best
}

func (m *Model) rank(c *contact, a *agent) [2]int64 {
	d := c.row.Domain
	key := [2]int64{0, int64(a.row.Domains.Of(d).Idle)}
	switch m.plan.Queues[c.row.Queue].Policy {
	case acd.LeastOccupied:
		l, _ := m.load(a.row.ID)
		key[0] = int64(l[d] * 16 / int(m.plan.Agents[a.row.ID].Capacity[d]))
	case acd.HighestLevel, acd.Preference:
		key[0] = int64(m.plan.Edges[acd.EdgeKey{Queue: c.row.Queue, Agent: a.row.ID}].Tier)
	}
	return key
}

// least is the contact that an agent who became able takes, or nil: the own list
// first, then whatever is open, by due. Contacts for which skip is true do not
// count.
func (m *Model) least(a *agent, skip func(*contact) bool) *contact {
	able := m.able(a)
	var least *contact
	for _, c := range m.order {
		if !m.open(c, a, able) || skip(c) {
			continue
		}
		own, ownLeast := c.row.State == acd.Held, least != nil && least.row.State == acd.Held
		if least == nil || own && !ownLeast || own == ownLeast && m.before(c, least) {
			least = c
		}
	}
	return least
}
