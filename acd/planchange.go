package acd

import (
	"slices"
)

// planWork is what is left of the edges of one change, in order.
type planWork struct {
	edges   []Edge
	removed []EdgeKey
}

// planChanged puts a change of the plan in force: settings and objects at once,
// edges in portions at the end of this Step and of later ones.
func (c *Core) planChanged(ch *PlanChange) Refusal {
	if refusal := c.mayChange(ch); refusal.Code != NotRefused {
		return refusal
	}
	c.change(ch)
	c.plans = append(c.plans, planWork{slices.Clone(ch.Edges), slices.Clone(ch.RemovedEdges)})
	return Refusal{}
}

// change puts all of a change in force but the edges.
func (c *Core) change(ch *PlanChange) {
	if ch.Settings != nil {
		c.configure(ch.Settings)
	}
	for _, q := range ch.Queues {
		q.Steps = slices.Clone(q.Steps)
		if qi, ok := c.queue(q.ID); ok {
			c.alterQueue(qi, q)
		} else {
			c.newQueue(q)
		}
	}
	for i := range ch.Agents {
		c.changeAgent(&ch.Agents[i])
	}
	for _, id := range ch.RemovedAgents {
		if ai, ok := c.agent(id); ok {
			c.dropAgent(ai)
		}
	}
	for _, id := range ch.RemovedQueues {
		if qi, ok := c.queue(id); ok {
			c.dropQueue(qi)
		}
	}
}

// configure puts settings in force. Another ageing re-keys every open contact,
// another matrix concerns every agent with work.
func (c *Core) configure(s *Settings) {
	old := c.settings
	c.settings = *s
	if old.Ageing != s.Ageing {
		for _, ci := range c.byID(c.allContacts()) {
			c.rekey(ci)
		}
	}
	c.allows, c.breaks = [DomainsMax]uint32{}, [DomainsMax]uint32{}
	for active := range s.Matrix {
		c.allows[active] = 1 << active
		for offered, rule := range s.Matrix[active] {
			switch {
			case offered == active || rule == Refuse:
			case rule == Interrupt:
				c.breaks[active] |= 1 << offered
				c.allows[active] |= 1 << offered
			default:
				c.allows[active] |= 1 << offered
			}
		}
	}
	if old.Matrix == s.Matrix {
		return
	}
	for _, ai := range c.agentsByID() {
		if c.agents[ai].loads != 0 {
			c.stir(ai)
		}
	}
}

func (c *Core) agentsByID() []int32 {
	all := make([]int32, 0, c.agentAt.used)
	for ai := range c.agents {
		if c.agents[ai].live {
			all = append(all, int32(ai))
		}
	}
	slices.SortFunc(all, func(a, b int32) int { return c.agents[a].id.Compare(c.agents[b].id) })
	return all
}

// changeAgent adds an agent to the plan or puts another capacity and other
// skills in force.
func (c *Core) changeAgent(p *AgentPlan) {
	ai, ok := c.agent(p.ID)
	if !ok {
		if n := len(c.freeAgents); n > 0 {
			ai = c.freeAgents[n-1]
			c.freeAgents = c.freeAgents[:n-1]
		} else {
			ai = int32(len(c.agents))
			c.agents = append(c.agents, agent{})
		}
		c.agents[ai] = agent{id: p.ID, pending: none, live: true}
		c.agents[ai].row = AgentRow{ID: p.ID}
		c.agentAt.add(hashOf((*[16]byte)(&p.ID)), ai)
	}
	a := &c.agents[ai]
	a.row.Unit, a.skills, a.bloom, a.plan = p.Unit, sortedSkills(p.Skills), [8]uint64{}, p.Desk
	for i := range a.skills {
		probe := probeOf(&a.skills[i].Skill)
		a.bloom[probe.a>>6] |= 1 << (probe.a & 63)
		a.bloom[probe.b>>6] |= 1 << (probe.b & 63)
	}
	for d := range Domain(DomainsMax) {
		was, is := a.domain[d].capacity, p.Capacity[d]
		a.domain[d].capacity = is
		if a.domain[d].load >= uint16(is) {
			a.full |= 1 << d
		} else {
			a.full &^= 1 << d
		}
		switch {
		case was == 0 && is > 0:
			s := DomainState{}
			if a.row.SignedIn {
				s.Since = c.now
				c.touchAgent(ai)
			}
			a.row.Domains.Set(d, s)
			a.domain[d].idle = 0
		case was > 0 && is == 0:
			c.withdrawDomain(ai, d)
		}
	}
	// Other skills may open contacts with skills of their own, another capacity
	// changes the occupancy.
	a.gained = true
	c.stir(ai)
}

// withdrawDomain takes a domain from an agent who has no capacity in it any more.
func (c *Core) withdrawDomain(ai int32, d Domain) {
	a := &c.agents[ai]
	if a.available>>d&1 != 0 {
		c.unavailable(ai, d, ReasonID{}, WhyPlan)
	}
	a.row.Domains.Drop(d)
	a.domain[d].idle = 0
	c.touchAgent(ai)
}

// dropAgent takes an agent out of the plan.
func (c *Core) dropAgent(ai int32) {
	a := &c.agents[ai]
	if a.row.SignedIn {
		c.signOff(ai, WhyPlan)
	}
	for len(a.edges) > 0 {
		c.removeEdge(ai, len(a.edges)-1)
	}
	c.agentAt.remove(hashOf((*[16]byte)(&a.id)), ai)
	a.live, a.removed = false, true
	a.row = AgentRow{ID: a.id, Unit: a.row.Unit} // should the agent come back
	c.touchAgent(ai)
}

// planLeft reports whether edges still wait to take effect.
func (c *Core) planLeft() bool { return len(c.plans) > 0 }

// runPlans lets at most budget edges take effect. An agent who gains by one
// looks for a contact before the next.
func (c *Core) runPlans(budget int) {
	for len(c.plans) > 0 {
		w := &c.plans[0]
		for ; budget > 0 && len(w.edges) > 0; budget-- {
			e := w.edges[0]
			w.edges = w.edges[1:]
			c.takeEdge(e)
			c.settle()
		}
		for ; budget > 0 && len(w.removed) > 0; budget-- {
			k := w.removed[0]
			w.removed = w.removed[1:]
			c.losesEdge(k)
		}
		if len(w.edges) > 0 || len(w.removed) > 0 {
			return
		}
		c.plans = slices.Delete(c.plans, 0, 1)
	}
}

// takeEdge puts one edge in force, unless a later change took its queue or agent
// away meanwhile.
func (c *Core) takeEdge(e Edge) {
	qi, ok := c.queue(e.Queue)
	ai, known := c.agent(e.Agent)
	if !ok || !known {
		return
	}
	if c.addEdge(qi, ai, e.First, e.Tier) {
		c.agents[ai].gained = true
	}
	c.stir(ai)
}

func (c *Core) losesEdge(k EdgeKey) {
	qi, ok := c.queue(k.Queue)
	ai, known := c.agent(k.Agent)
	if !ok || !known {
		return
	}
	a := &c.agents[ai]
	if i := slices.IndexFunc(a.edges, func(e edge) bool { return e.queue == qi }); i >= 0 {
		c.removeEdge(ai, i)
		c.settle()
	}
}
