package acd

import "time"

// mayChange checks a change as a whole, before anything of it is done.
func (c *Core) mayChange(ch *PlanChange) Refusal {
	if ch.Settings != nil && !validSettings(ch.Settings) {
		return Refusal{Code: RefusedInvalid}
	}
	queues, refusal := c.mayChangeQueues(ch)
	if refusal.Code != NotRefused {
		return refusal
	}
	agents, refusal := c.mayChangeAgents(ch)
	if refusal.Code != NotRefused {
		return refusal
	}
	for _, e := range ch.Edges {
		steps, ok := queues[e.Queue]
		if !ok {
			var qi int32
			if qi, ok = c.queue(e.Queue); ok {
				steps = len(c.queues[qi].steps())
			}
		}
		there, named := agents[e.Agent]
		if !named {
			_, there = c.agent(e.Agent)
		}
		if !ok || steps == 0 || !there {
			return Refusal{Code: RefusedUnknown}
		}
		if int(e.First) >= steps {
			return Refusal{Code: RefusedInvalid}
		}
	}
	return Refusal{}
}

// mayChangeQueues gives how many steps each queue of the change will have; none
// where it is removed.
func (c *Core) mayChangeQueues(ch *PlanChange) (map[QueueID]int, Refusal) {
	steps := make(map[QueueID]int, len(ch.Queues)+len(ch.RemovedQueues))
	for i := range ch.Queues {
		p := &ch.Queues[i]
		if !validQueue(p) {
			return nil, Refusal{Code: RefusedInvalid}
		}
		if qi, ok := c.queue(p.ID); ok {
			if q := &c.queues[qi]; q.count > 0 && (q.plan.Domain != p.Domain || q.plan.Unit != p.Unit) {
				return nil, Refusal{Code: RefusedInUse}
			}
		}
		steps[p.ID] = len(p.Steps)
	}
	for _, id := range ch.RemovedQueues {
		qi, ok := c.queue(id)
		if _, both := steps[id]; both {
			return nil, Refusal{Code: RefusedInvalid}
		}
		if !ok {
			return nil, Refusal{Code: RefusedUnknown}
		}
		if c.queues[qi].count > 0 {
			return nil, Refusal{Code: RefusedInUse}
		}
	}
	for _, id := range ch.RemovedQueues {
		steps[id] = 0
	}
	return steps, Refusal{}
}

// mayChangeAgents tells of each agent of the change whether it will be there.
func (c *Core) mayChangeAgents(ch *PlanChange) (map[AgentID]bool, Refusal) {
	there := make(map[AgentID]bool, len(ch.Agents)+len(ch.RemovedAgents))
	for i := range ch.Agents {
		p := &ch.Agents[i]
		if p.ID.IsZero() || !validSkills(sortedSkills(p.Skills)) || p.Desk.Accepts > ByHand || p.Desk.WrapUp < 0 {
			return nil, Refusal{Code: RefusedInvalid}
		}
		there[p.ID] = true
	}
	for _, id := range ch.RemovedAgents {
		if there[id] {
			return nil, Refusal{Code: RefusedInvalid}
		}
		if _, ok := c.agent(id); !ok {
			return nil, Refusal{Code: RefusedUnknown}
		}
	}
	for _, id := range ch.RemovedAgents {
		there[id] = false
	}
	return there, Refusal{}
}

func validSettings(s *Settings) bool {
	if s.Ageing < 0 || s.DesktopGrace < 0 {
		return false
	}
	for _, row := range s.Matrix {
		for _, rule := range row {
			if rule > Interrupt {
				return false
			}
		}
	}
	return true
}

func validQueue(p *QueuePlan) bool {
	if p.ID.IsZero() || p.Domain >= DomainsMax || p.Policy > Preference || p.WaitingMax < 0 {
		return false
	}
	for _, d := range []time.Duration{p.Objective, p.OfferTime, p.WrapUp, p.CustomerGrace} {
		if d < 0 {
			return false
		}
	}
	if len(p.Steps) < 1 || len(p.Steps) > StepsMax || p.Steps[0] != 0 {
		return false
	}
	for i := 1; i < len(p.Steps); i++ {
		if p.Steps[i] <= p.Steps[i-1] {
			return false
		}
	}
	return true
}
