package acd

import (
	"cmp"
	"slices"
)

// timerKind says which time of a contact or an agent a timer stands for. Timers
// of one object at one time go off in this order.
type timerKind uint8

const (
	timerDeadline  timerKind = iota // ContactRow.Deadline
	timerRelax                      // the next step of a queued contact
	timerCustomer                   // ContactRow.CustomerLost
	timerExclusion                  // Exclusion.Until
	timerGrace                      // AgentRow.GraceEnds
)

// timer is an entry of the heap of timers. It counts only while its object still
// has that time; nothing is taken out of the middle.
type timer struct {
	at   Time
	ref  int32 // contact, or with timerGrace agent
	kind timerKind
}

// set adds a timer.
func (c *Core) set(at Time, ref int32, kind timerKind) {
	h := append(c.timers, timer{at, ref, kind})
	i := len(h) - 1
	t := h[i]
	for i > 0 {
		up := (i - 1) / 4
		if t.at >= h[up].at {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = t
	c.timers = h
}

// unset takes the first timer off the heap.
func (c *Core) unset() {
	last := len(c.timers) - 1
	t := c.timers[last]
	h := c.timers[:last]
	c.timers = h
	if last == 0 {
		return
	}
	i := 0
	for {
		low := 4*i + 1
		if low >= last {
			break
		}
		for k := low + 1; k < min(low+4, last); k++ {
			if h[k].at < h[low].at {
				low = k
			}
		}
		if h[low].at >= t.at {
			break
		}
		h[i] = h[low]
		i = low
	}
	h[i] = t
}

// counts reports whether a timer still stands for something.
func (c *Core) counts(t timer) bool {
	if t.kind == timerGrace {
		a := &c.agents[t.ref]
		return a.live && a.row.GraceEnds == t.at
	}
	ct := &c.contacts[t.ref]
	switch {
	case !ct.live:
		return false
	case t.kind == timerDeadline:
		return ct.row.Deadline == t.at
	case t.kind == timerRelax:
		return ct.relaxAt == t.at && ct.row.State == Queued
	case t.kind == timerCustomer:
		return ct.row.CustomerLost == t.at
	}
	return ct.row.State == Queued && slices.ContainsFunc(ct.row.Exclusions, func(x Exclusion) bool { return x.Until == t.at })
}

// nextTimer is the first timer that counts.
func (c *Core) nextTimer() (timer, bool) {
	for c.dueFrom < len(c.due) {
		if t := c.due[c.dueFrom]; c.counts(t) {
			return t, true
		}
		c.dueFrom++
	}
	for len(c.timers) > 0 {
		if t := c.timers[0]; c.counts(t) {
			return t, true
		}
		c.unset()
	}
	return timer{}, false
}

// gather moves the timers of the least time that are due into c.due, in the
// order in which they go off: by id.
func (c *Core) gather() {
	if c.dueFrom < len(c.due) {
		return
	}
	c.due, c.dueFrom = c.due[:0], 0
	t, ok := c.nextTimer()
	if !ok || t.at > c.now {
		return
	}
	for at := t.at; len(c.timers) > 0 && c.timers[0].at == at; c.unset() {
		if t := c.timers[0]; c.counts(t) {
			c.due = append(c.due, t)
		}
	}
	if len(c.due) > 1 {
		slices.SortFunc(c.due, func(a, b timer) int {
			if n := slices.Compare(c.timerID(a), c.timerID(b)); n != 0 {
				return n
			}
			return cmp.Compare(a.kind, b.kind)
		})
	}
}

func (c *Core) timerID(t timer) []byte {
	if t.kind == timerGrace {
		return c.agents[t.ref].id[:]
	}
	return c.contacts[t.ref].row.ID[:]
}

// runTimers lets at most budget timers go off that are due, and gives what is
// left of the budget.
func (c *Core) runTimers(budget int) int {
	for budget > 0 {
		c.gather()
		if c.dueFrom == len(c.due) {
			break
		}
		t := c.due[c.dueFrom]
		c.dueFrom++
		if !c.counts(t) {
			continue
		}
		budget--
		c.goOff(t)
		c.settle()
	}
	return budget
}

// goOff does what is due.
func (c *Core) goOff(t timer) {
	switch t.kind {
	case timerGrace:
		c.graceOver(t.ref)
	case timerRelax:
		c.relax(t.ref)
	case timerExclusion:
		c.seek = append(c.seek, t.ref)
		c.prune(&c.contacts[t.ref])
	case timerCustomer:
		c.contacts[t.ref].row.CustomerLost = 0
		c.customerGone(t.ref, WhyCustomerLost)
	case timerDeadline:
		c.deadline(t.ref)
	}
}

// deadline ends a contact's state by time.
func (c *Core) deadline(ci int32) {
	ct := &c.contacts[ci]
	ct.row.Deadline = 0
	switch ct.row.State {
	case Timed:
		c.enter(ci, WhyRequeued)
	case Held:
		c.unhold(ci)
		c.enter(ci, WhyHoldOver)
	case WrapUp:
		c.end(ci, WhyWrapUpTime, c.settings.SystemEnd)
	case Offered:
		ai, domain := ct.agent, ct.row.Domain
		c.fallThrough(ci, WhyNoAnswer)
		if !c.queues[ct.queue].plan.NoAnswerStays {
			c.unavailable(ai, domain, c.settings.NoAnswer, WhyNoAnswer)
		}
	}
}

// wake is when the core wants to be stepped next.
func (c *Core) wake() Time {
	if c.planLeft() {
		return c.now
	}
	if t, ok := c.nextTimer(); ok {
		return max(t.at, c.now)
	}
	return 0
}
