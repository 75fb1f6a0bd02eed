package acd

import (
	"cmp"
	"math/bits"
	"slices"
)

// timerKind says which time of a contact or an agent a timer stands for. Timers
// of one object at one time go off in this order.
type timerKind uint8

const (
	timerDeadline   timerKind = iota // ContactRow.Deadline
	timerRelax                       // the next step of a queued contact
	timerCustomer                    // ContactRow.CustomerLost
	timerExclusion                   // Exclusion.Until
	timerGrace                       // AgentRow.GraceEnds
	timerInvitation                  // Participation.Deadline
)

// timer is something to go off. It counts only while its object still has that
// time; nothing is taken out of the middle.
type timer struct {
	at   Time
	ref  int32 // contact, or with timerGrace agent
	kind timerKind
}

// timers holds what is to go off by time. Timers of the near future lie unsorted
// in slots of a quarter of a second; only those of the first slot are kept in a
// heap, and those beyond the slots in another.
type timers struct {
	near  timerHeap // slot base and before
	slots [slotCount][]timer
	full  [slotCount / 64]uint64 // a bit for each slot that is not empty
	base  int64                  // number of the slot that was taken into near last
	far   timerHeap              // from slot base+slotCount on
	swept int                    // length of far after the last sweep
}

const (
	slotBits  = 8 // 256 ms
	slotCount = 4096
)

func slotOf(at Time) int64 { return int64(at) >> slotBits }

// timerHeap is a heap by time.
type timerHeap []timer

func (p *timerHeap) push(t timer) {
	h := append(*p, t)
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 4
		if t.at >= h[up].at {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = t
	*p = h
}

func (p *timerHeap) pop() {
	last := len(*p) - 1
	t := (*p)[last]
	h := (*p)[:last]
	*p = h
	if last > 0 {
		h.sink(0, t)
	}
}

// sink puts t into the hole at i and lets it fall to its place.
func (h timerHeap) sink(i int, t timer) {
	for {
		low := 4*i + 1
		if low >= len(h) {
			break
		}
		for k := low + 1; k < min(low+4, len(h)); k++ {
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

// set adds a timer.
func (c *Core) set(at Time, ref int32, kind timerKind) {
	w := &c.timers
	t := timer{at, ref, kind}
	switch slot := slotOf(at); {
	case slot <= w.base:
		w.near.push(t)
	case slot < w.base+slotCount:
		i := slot & (slotCount - 1)
		w.slots[i] = append(w.slots[i], t)
		w.full[i/64] |= 1 << (i % 64)
	default:
		w.far.push(t)
		if len(w.far) > 2*w.swept+slotCount {
			c.sweepFar()
		}
	}
}

// sweepFar drops the far timers that no longer stand for anything.
func (c *Core) sweepFar() {
	w := &c.timers
	kept := w.far[:0]
	for _, t := range w.far {
		if c.counts(t) {
			kept = append(kept, t)
		}
	}
	for i := len(kept)/4 + 1; i >= 0; i-- {
		if i < len(kept) {
			kept.sink(i, kept[i])
		}
	}
	w.far, w.swept = kept, len(kept)
}

// advance takes the next slot that is not empty into the heap, without the timers
// that no longer count. It reports false when there is none.
func (c *Core) advance() bool {
	w := &c.timers
	for len(w.far) > 0 && !c.counts(w.far[0]) {
		w.far.pop()
	}
	next, found := w.nextSlot()
	if !found {
		if len(w.far) == 0 {
			return false
		}
		next = slotOf(w.far[0].at)
	}
	w.base = next
	for len(w.far) > 0 && slotOf(w.far[0].at) < w.base+slotCount {
		t := w.far[0]
		w.far.pop()
		c.set(t.at, t.ref, t.kind)
	}
	i := next & (slotCount - 1)
	for _, t := range w.slots[i] {
		if c.counts(t) {
			w.near.push(t)
		}
	}
	w.slots[i] = w.slots[i][:0]
	w.full[i/64] &^= 1 << (i % 64)
	return true
}

// nextSlot is the number of the first slot after base that is not empty.
func (w *timers) nextSlot() (int64, bool) {
	for ahead := int64(1); ahead < slotCount; {
		i := (w.base + ahead) & (slotCount - 1)
		if rest := w.full[i/64] >> (i % 64); rest != 0 {
			ahead += int64(bits.TrailingZeros64(rest))
			return w.base + ahead, ahead < slotCount
		}
		ahead += 64 - i%64
	}
	return 0, false
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
	case t.kind == timerInvitation:
		return slices.ContainsFunc(ct.row.Beside, func(p Participation) bool { return p.Deadline == t.at })
	}
	// A contact that is offered meanwhile may be queued again before the time.
	return slices.ContainsFunc(ct.row.Exclusions, func(x Exclusion) bool { return x.Until == t.at && x.Step == c.stepOf(ct) })
}

// nextTimer is the first timer that counts.
func (c *Core) nextTimer() (timer, bool) {
	for c.dueFrom < len(c.due) {
		if t := c.due[c.dueFrom]; c.counts(t) {
			return t, true
		}
		c.dueFrom++
	}
	w := &c.timers
	for len(w.near) > 0 || c.advance() {
		if len(w.near) == 0 {
			continue // nothing in that slot counted
		}
		if t := w.near[0]; c.counts(t) {
			return t, true
		}
		w.near.pop()
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
	if near := c.timers.near; len(near) > 0 && near[0].at > c.now {
		return
	}
	t, ok := c.nextTimer()
	if !ok || t.at > c.now {
		return
	}
	w := &c.timers
	for at := t.at; len(w.near) > 0 && w.near[0].at == at; w.near.pop() {
		if t := w.near[0]; c.counts(t) {
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
		c.prune(&c.contacts[t.ref])
		c.seek = append(c.seek, t.ref) // which matters to a queued contact only
	case timerCustomer:
		c.contacts[t.ref].row.CustomerLost = 0
		c.customerGone(t.ref, WhyCustomerLost)
	case timerDeadline:
		c.deadline(t.ref)
	case timerInvitation:
		c.unanswered(t.ref, t.at)
	}
}

// unanswered ends the first invitation whose time is over: each has its own timer.
func (c *Core) unanswered(ci int32, at Time) {
	ct := &c.contacts[ci]
	seat := slices.IndexFunc(ct.row.Beside, func(p Participation) bool { return p.Deadline == at })
	ai, _ := c.agent(ct.row.Beside[seat].Agent)
	c.refuse(ci, seat, WhyNoAnswer)
	c.noAnswer(ai, ct)
}

// noAnswer makes an agent unavailable who let an offer of a contact pass.
func (c *Core) noAnswer(ai int32, ct *contact) {
	if !c.queues[ct.queue].plan.NoAnswerStays {
		reason := c.settings.NoAnswer
		if own := c.agents[ai].plan.NoAnswer; !own.IsZero() {
			reason = own
		}
		c.unavailable(ai, ct.row.Domain, reason, WhyNoAnswer)
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
		ai := ct.agent
		c.fallThrough(ci, WhyNoAnswer)
		c.noAnswer(ai, ct)
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
