package acd

// never is later than every time: the least due of an empty line.
const never = Time(1<<63 - 1)

// none is the dense index of nothing.
const none = int32(-1)

// waiting is a contact's place in a line.
type waiting struct {
	due     Time
	contact int32
}

// line holds the contacts that wait under one demand: a heap by due for each
// step, and for each step the least due that it or a later step has, which is
// the one number an able agent reads. A queue has a line, every class of
// contacts with skills of their own has one, and so has an agent's own list in
// each domain (with one step).
type line struct {
	least [StepsMax]Time
	count int32
	heaps [][]waiting
}

func (l *line) reset(steps int) {
	for s := range l.least {
		l.least[s] = never
	}
	l.count = 0
	l.heaps = make([][]waiting, steps)
}

// freshen recomputes the least numbers that heap s takes part in.
func (l *line) freshen(s int) {
	low := never
	if s+1 < len(l.heaps) {
		low = l.least[s+1]
	}
	for ; s >= 0; s-- {
		if h := l.heaps[s]; len(h) > 0 && h[0].due < low {
			low = h[0].due
		}
		if l.least[s] == low {
			return // and so nothing changes below
		}
		l.least[s] = low
	}
}

// before is the one order of waiting contacts: due, first queued, id.
func (c *Core) before(a, b waiting) bool {
	if a.due != b.due {
		return a.due < b.due
	}
	x, y := &c.contacts[a.contact].row, &c.contacts[b.contact].row
	if x.FirstQueued != y.FirstQueued {
		return x.FirstQueued < y.FirstQueued
	}
	return x.ID.Compare(y.ID) < 0
}

// lineOf is the line in which a contact waits, or would.
func (c *Core) lineOf(ct *contact) *line {
	switch {
	case ct.row.State == Held:
		return c.ownLine(ct.agent, ct.row.Domain)
	case ct.class != none:
		return &c.classes[ct.class].line
	}
	return &c.queues[ct.queue].line
}

// stand puts a contact into heap s of a line.
func (c *Core) stand(l *line, s int, ci int32) {
	h := append(l.heaps[s], waiting{due: c.contacts[ci].row.Due, contact: ci})
	l.heaps[s] = h
	c.contacts[ci].bucket = uint8(s)
	l.count++
	c.rise(h, len(h)-1)
	if c.pos[ci] == 0 {
		l.freshen(s)
	}
}

// leave takes a contact out of the line it stands in.
func (c *Core) leave(l *line, ci int32) {
	ct := &c.contacts[ci]
	s, at := int(ct.bucket), int(c.pos[ci])
	h := l.heaps[s]
	last := len(h) - 1
	moved := h[last]
	h[last] = waiting{}
	h = h[:last]
	l.heaps[s] = h
	l.count--
	c.pos[ci] = none
	if at < last {
		h[at] = moved
		c.pos[moved.contact] = int32(at)
		if at > 0 && c.before(moved, h[(at-1)/2]) {
			c.rise(h, at)
		} else {
			c.sink(h, at)
		}
	}
	if at == 0 {
		l.freshen(s)
	}
}

// rise moves the element at i up to its place.
func (c *Core) rise(h []waiting, i int) {
	w := h[i]
	for i > 0 {
		up := (i - 1) / 2
		if !c.before(w, h[up]) {
			break
		}
		h[i] = h[up]
		c.pos[h[i].contact] = int32(i)
		i = up
	}
	h[i] = w
	c.pos[w.contact] = int32(i)
}

// sink moves the element at i down to its place.
func (c *Core) sink(h []waiting, i int) {
	w := h[i]
	for {
		low := 2*i + 1
		if low >= len(h) {
			break
		}
		if low+1 < len(h) && c.before(h[low+1], h[low]) {
			low++
		}
		if !c.before(h[low], w) {
			break
		}
		h[i] = h[low]
		c.pos[h[i].contact] = int32(i)
		i = low
	}
	h[i] = w
	c.pos[w.contact] = int32(i)
}

// first is the contact that heads the line for an agent who is admitted from
// step s on.
func (c *Core) first(l *line, s int) waiting {
	best := waiting{due: never, contact: none}
	for ; s < len(l.heaps); s++ {
		if h := l.heaps[s]; len(h) > 0 && h[0].due == l.least[s] {
			if best.contact == none || c.before(h[0], best) {
				best = h[0]
			}
		}
	}
	return best
}
