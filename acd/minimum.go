package acd

// belowMinimum refuses what would take an agent out of some domains, in all of which
// the agent is available, where a queue would be left with fewer agents than its
// minimum. Of several queues it names the one with the least id.
func (c *Core) belowMinimum(a *agent, domains uint32) Refusal {
	if a.guarded == 0 || domains == 0 {
		return Refusal{}
	}
	var refusal Refusal
	for i := range a.edges {
		e := &a.edges[i]
		if e.flags&edgeGuarded == 0 || domains>>e.domain&1 == 0 {
			continue
		}
		q := &c.queues[e.queue]
		need := int(q.plan.MinAvailable)
		if int(q.staff) > need || refusal.Code != NotRefused && refusal.Queue.Compare(q.plan.ID) < 0 {
			continue
		}
		refusal = Refusal{Code: RefusedMinimum, Queue: q.plan.ID, Have: int(q.staff), Need: need}
	}
	return refusal
}

// recount notes in the queues that have a minimum that an agent became available in
// a domain, or is so no longer.
func (c *Core) recount(a *agent, d Domain, available bool) {
	for i := range a.edges {
		e := &a.edges[i]
		if e.flags&edgeGuarded == 0 || e.domain != d {
			continue
		}
		if available {
			c.queues[e.queue].staff++
		} else {
			c.queues[e.queue].staff--
		}
	}
}

// guard counts an edge for its queue's minimum, if it has one and the edge is of the
// first step; unguard ends that.
func (c *Core) guard(a *agent, e *edge) {
	q := &c.queues[e.queue]
	if q.plan.MinAvailable == 0 || e.first != 0 {
		return
	}
	e.flags |= edgeGuarded
	a.guarded++
	q.staff += int32(a.available >> e.domain & 1)
}

func (c *Core) unguard(a *agent, e *edge) {
	if e.flags&edgeGuarded == 0 {
		return
	}
	e.flags &^= edgeGuarded
	a.guarded--
	c.queues[e.queue].staff -= int32(a.available >> e.domain & 1)
}
