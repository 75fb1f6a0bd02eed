package acd

// edge is an agent's eligibility for a queue. An agent's edges lie side by side:
// a search reads them all.
type edge struct {
	key    uint64 // under which the valid entry stands in the queue's ready heap
	queue  int32
	member int32 // place in the queue's members
	first  uint8
	tier   uint8 // as the plan has it
	domain Domain
	flags  uint8
}

// The flags of an edge.
const (
	edgeListed  uint8 = 1 << iota // it has a valid entry in the ready heap
	edgeLoaded                    // the tier is the agent's load: the queue's policy is LeastOccupied
	edgeGuarded                   // the agent counts for the queue's minimum
)

// member is an agent of a queue and the place of the edge among the agent's.
type member struct {
	agent int32
	edge  int32
}

// candidate is an entry in a queue's heap of ready agents. Its key is never
// above the agent's true one, so an entry that comes up with an old key is moved
// down, and one whose agent is not able is dropped until the agent is able
// again. That keeps the exact order, and costs nothing where nobody asks.
type candidate struct {
	key   uint64 // tier, then idle: smaller is chosen
	agent int32
	edge  int32
}

// ready holds the candidates of one queue that are admitted from one step on.
type ready struct {
	heap []candidate
	dead int // about how many entries are no longer valid and still lie in the heap
}

const (
	idleBits = 48
	idleMask = 1<<idleBits - 1
)

// tierOf is the policy's number for an agent by an edge, now.
func (a *agent) tierOf(e *edge) uint8 {
	if e.flags&edgeLoaded == 0 {
		return e.tier
	}
	if a.domain[e.domain].capacity == 0 {
		return TierMax
	}
	return uint8(min(int(a.domain[e.domain].load)*16/int(a.domain[e.domain].capacity), TierMax))
}

// keyOf is what orders an agent among the candidates of an edge's queue, now.
func (a *agent) keyOf(e *edge) uint64 {
	return uint64(a.tierOf(e))<<idleBits | uint64(a.domain[e.domain].idle)&idleMask
}

// join makes sure that an able agent stands in the ready heap of every queue
// that it is able for, with a key that is not too high.
func (c *Core) join(ai int32) {
	a := &c.agents[ai]
	for i := range a.edges {
		e := &a.edges[i]
		if a.able>>e.domain&1 == 0 {
			continue
		}
		if e.flags&edgeListed == 0 || e.flags&edgeLoaded != 0 && uint8(e.key>>idleBits) > a.tierOf(e) {
			c.enlist(ai, i)
		}
	}
}

// enlist gives an edge a new entry in its queue's ready heap.
func (c *Core) enlist(ai int32, i int) {
	a := &c.agents[ai]
	e := &a.edges[i]
	c.strike(e)
	e.key = a.keyOf(e)
	e.flags |= edgeListed
	q := &c.queues[e.queue]
	r := &q.ready[e.first]
	r.heap = append(r.heap, candidate{key: e.key, agent: ai, edge: int32(i)})
	q.firsts |= 1 << e.first
	c.climb(r.heap, len(r.heap)-1)
}

// strike makes an edge's entry invalid where it lies.
func (c *Core) strike(e *edge) {
	if e.flags&edgeListed == 0 {
		return
	}
	e.flags &^= edgeListed
	r := &c.queues[e.queue].ready[e.first]
	r.dead++
	if r.dead > 16 && r.dead > len(r.heap)/2 {
		c.sweep(e.queue, e.first)
	}
}

// sweep takes the dead entries out of a heap and orders the rest anew.
func (c *Core) sweep(qi int32, first uint8) {
	r := &c.queues[qi].ready[first]
	kept := r.heap[:0]
	for _, k := range r.heap {
		if c.listed(qi, first, k) != nil {
			kept = append(kept, k)
		}
	}
	r.heap, r.dead = kept, 0
	for i := len(kept)/2 - 1; i >= 0; i-- {
		c.fall(kept, i)
	}
}

// listed is the edge whose own entry k is, or nil where k is dead.
func (c *Core) listed(qi int32, first uint8, k candidate) *edge {
	a := &c.agents[k.agent]
	if int(k.edge) >= len(a.edges) {
		return nil
	}
	e := &a.edges[k.edge]
	if e.key != k.key || e.queue != qi || e.first != first || e.flags&edgeListed == 0 {
		return nil
	}
	return e
}

// head is the best able candidate of a heap, or false. What it finds on top that
// is dead, not able or out of date it drops or moves.
func (c *Core) head(qi int32, first uint8) (candidate, bool) {
	q := &c.queues[qi]
	r := &q.ready[first]
	for len(r.heap) > 0 {
		k := r.heap[0]
		e := c.listed(qi, first, k)
		if e == nil {
			r.dead = max(r.dead-1, 0)
			c.drop(r)
			continue
		}
		a := &c.agents[k.agent]
		if a.able>>e.domain&1 == 0 {
			e.flags &^= edgeListed
			c.drop(r)
			continue
		}
		if key := a.keyOf(e); key != k.key {
			e.key, r.heap[0].key = key, key
			c.fall(r.heap, 0)
			continue
		}
		return k, true
	}
	q.firsts &^= 1 << first
	return candidate{}, false
}

// drop takes the top off a heap.
func (c *Core) drop(r *ready) {
	last := len(r.heap) - 1
	r.heap[0] = r.heap[last]
	r.heap = r.heap[:last]
	if last > 1 {
		c.fall(r.heap, 0)
	}
}

// better is the one order of candidates: key, then id.
func (c *Core) better(a, b candidate) bool {
	if a.key != b.key {
		return a.key < b.key
	}
	return a.agent != b.agent && c.agents[a.agent].id.Compare(c.agents[b.agent].id) < 0
}

func (c *Core) climb(h []candidate, i int) {
	k := h[i]
	for i > 0 {
		up := (i - 1) / 2
		if !c.better(k, h[up]) {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = k
}

func (c *Core) fall(h []candidate, i int) {
	k := h[i]
	for {
		low := 2*i + 1
		if low >= len(h) {
			break
		}
		if low+1 < len(h) && c.better(h[low+1], h[low]) {
			low++
		}
		if !c.better(h[low], k) {
			break
		}
		h[i] = h[low]
		i = low
	}
	h[i] = k
}
