package acd

import (
	"slices"
	"time"
)

// queue is a queue of the plan, its waiting contacts and its ready agents.
type queue struct {
	classes   []listed // classes with waiting contacts; first, for searches read it with the line
	line      line     // of the contacts without skills of their own
	firsts    uint16   // the steps whose ready heap may hold somebody
	plan      QueuePlan
	times     [StepsMax]Time // QueuePlan.Steps in milliseconds
	stepCount uint8
	ready     [StepsMax]ready
	open      []int32  // open contacts, and some that are no longer
	count     int      // open contacts
	members   []member // agents with an edge here
	waiting   int      // queued contacts
	staff     int32    // with MinAvailable: agents of the first step who are available
}

// steps is how long after entering each step is in force.
func (q *queue) steps() []Time { return q.times[:q.stepCount] }

// crowd notes that one contact more, or less, waits in a queue's lines.
func (c *Core) crowd(qi int32, more int) {
	q := &c.queues[qi]
	q.waiting += more
	if q.waiting > 0 {
		c.crowded[qi>>6] |= 1 << (qi & 63)
	} else {
		c.crowded[qi>>6] &^= 1 << (qi & 63)
	}
}

func (q *queue) setSteps() {
	q.stepCount = uint8(len(q.plan.Steps))
	for k, d := range q.plan.Steps {
		q.times[k] = Time(d / time.Millisecond)
	}
}

// addEdge makes or changes an agent's edge to a queue. It reports whether the
// agent may take more than before.
func (c *Core) addEdge(qi, ai int32, first, tier uint8) bool {
	a, q := &c.agents[ai], &c.queues[qi]
	var flags uint8
	if q.plan.Policy == LeastOccupied {
		flags = edgeLoaded
	}
	for i := range a.edges {
		e := &a.edges[i]
		if e.queue != qi {
			continue
		}
		more := first < e.first
		c.strike(e)
		c.unguard(a, e)
		e.first, e.tier, e.flags = first, tier, flags
		c.guard(a, e)
		return more
	}
	q.members = append(q.members, member{agent: ai, edge: int32(len(a.edges))})
	a.edges = append(a.edges, edge{
		queue: qi, member: int32(len(q.members) - 1), first: first, tier: tier, domain: q.plan.Domain, flags: flags,
	})
	c.guard(a, &a.edges[len(a.edges)-1])
	return true
}

// removeEdge takes the edge at i from an agent.
func (c *Core) removeEdge(ai int32, i int) {
	a := &c.agents[ai]
	e := a.edges[i]
	c.strike(&a.edges[i])
	c.unguard(a, &a.edges[i])
	q := &c.queues[e.queue]
	last := len(q.members) - 1
	moved := q.members[last]
	q.members[e.member] = moved
	c.agents[moved.agent].edges[moved.edge].member = e.member
	q.members = q.members[:last]
	if end := len(a.edges) - 1; i < end {
		// The last edge takes the place; its entry names the old one.
		c.strike(&a.edges[end])
		a.edges[i] = a.edges[end]
		c.queues[a.edges[i].queue].members[a.edges[i].member].edge = int32(i)
	}
	a.edges = a.edges[:len(a.edges)-1]
	c.stir(ai) // the edge that took the place wants a new entry
}

// alterQueue puts a changed plan of a queue in force.
func (c *Core) alterQueue(qi int32, plan QueuePlan) {
	q := &c.queues[qi]
	old := q.plan
	reguard := (old.MinAvailable > 0) != (plan.MinAvailable > 0) || old.Domain != plan.Domain
	if reguard {
		c.eachEdge(q, c.unguard)
	}
	q.plan = plan
	restep := !slices.Equal(old.Steps, plan.Steps)
	if restep {
		q.setSteps()
	}
	if old.Policy != plan.Policy || old.Domain != plan.Domain {
		c.reorder(qi)
	}
	if reguard {
		c.eachEdge(q, c.guard)
	}
	contacts := c.openOf(qi)
	if restep {
		c.restep(qi, contacts)
	}
	for _, ci := range contacts {
		ct := &c.contacts[ci]
		if ct.row.State == WrapUp && old.WrapUpFreesSlot != plan.WrapUpFreesSlot {
			if plan.WrapUpFreesSlot {
				c.agents[ct.agent].relieve(ct.row.Domain)
			} else {
				c.agents[ct.agent].burden(ct.row.Domain)
			}
			c.stir(ct.agent)
		}
		c.rekey(ci)
	}
}

// eachEdge does something with every edge to a queue.
func (c *Core) eachEdge(q *queue, do func(*agent, *edge)) {
	for _, m := range q.members {
		a := &c.agents[m.agent]
		do(a, &a.edges[m.edge])
	}
}

// reorder keys the ready agents of a queue anew, under another policy.
func (c *Core) reorder(qi int32) {
	q := &c.queues[qi]
	q.ready, q.firsts = [StepsMax]ready{}, 0
	for _, m := range q.members {
		e := &c.agents[m.agent].edges[m.edge]
		e.domain, e.flags = q.plan.Domain, e.flags&edgeGuarded
		if q.plan.Policy == LeastOccupied {
			e.flags |= edgeLoaded
		}
	}
	for _, m := range q.members {
		if c.agents[m.agent].able>>q.plan.Domain&1 != 0 {
			c.enlist(m.agent, int(m.edge))
		}
	}
}

// restep moves the contacts of a queue to the steps that its new times give
// them, and lets them look for an agent.
func (c *Core) restep(qi int32, contacts []int32) {
	q := &c.queues[qi]
	q.line.reset(len(q.steps()))
	q.classes = q.classes[:0]
	c.crowd(qi, -q.waiting)
	for _, ci := range contacts {
		if k := c.contacts[ci].class; k != none {
			c.classes[k].line.reset(len(q.steps()))
			c.classes[k].listed = none
		}
	}
	for _, ci := range contacts {
		if ct := &c.contacts[ci]; ct.row.State == Queued {
			c.pos[ci] = none
			c.inLine(ci)
			c.prune(ct)
			c.seek = append(c.seek, ci)
		}
	}
}

// newQueue adds a queue to the plan.
func (c *Core) newQueue(plan QueuePlan) {
	var qi int32
	if n := len(c.freeQueues); n > 0 {
		qi = c.freeQueues[n-1]
		c.freeQueues = c.freeQueues[:n-1]
	} else {
		qi = int32(len(c.queues))
		c.queues = append(c.queues, queue{})
		if int(qi)>>6 == len(c.crowded) {
			c.crowded = append(c.crowded, 0)
		}
	}
	q := &c.queues[qi]
	q.plan = plan
	q.setSteps()
	q.line.reset(len(q.steps()))
	c.queueAt.add(hashOf((*[16]byte)(&plan.ID)), qi)
}

// dropQueue takes a queue without contacts out of the plan, with its edges.
func (c *Core) dropQueue(qi int32) {
	for len(c.queues[qi].members) > 0 {
		m := c.queues[qi].members[len(c.queues[qi].members)-1]
		c.removeEdge(m.agent, int(m.edge))
	}
	c.queueAt.remove(hashOf((*[16]byte)(&c.queues[qi].plan.ID)), qi)
	c.queues[qi] = queue{}
	c.freeQueues = append(c.freeQueues, qi)
}
