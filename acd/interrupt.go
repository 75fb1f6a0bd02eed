package acd

import "slices"

// interrupt makes the work stand that an offer in a domain interrupts. A wrap-up
// that frees its slot counts for nothing and goes on.
func (c *Core) interrupt(ai int32, offered Domain) {
	a := &c.agents[ai]
	hit := uint32(0)
	for l := a.loads; l != 0; l &= l - 1 {
		if d := lowest(l); d != offered && c.breaks[d]>>offered&1 != 0 {
			hit |= 1 << d
		}
	}
	if hit == 0 {
		return
	}
	for _, ci := range c.byID(a.hand) {
		ct := &c.contacts[ci]
		if hit>>ct.row.Domain&1 == 0 || ct.row.State != Active && ct.row.State != WrapUp || !c.weighs(ct) {
			continue
		}
		f := c.fact(FactInterrupted, ci, WhyNone)
		f.Took = c.now.Sub(ct.row.Since)
		ct.row.Resume, ct.row.Left = ct.row.State, 0
		if ct.row.Deadline != 0 {
			ct.row.Left = max(int64(ct.row.Deadline-c.now), 1)
		}
		ct.row.State, ct.row.Since, ct.row.Deadline = Interrupted, c.now, 0
		a.standing++
		a.stands |= 1 << ct.row.Domain
		c.effect(InterruptWork, ci, WhyNone)
	}
}

// resume lets the work go on that nothing interrupts any more. Work that goes on
// as a wrap-up that frees its slot interrupts nothing either, so that it looks
// again after such a one.
func (c *Core) resume(ai int32) {
	a := &c.agents[ai]
	for again := true; again && a.standing > 0 && c.mayResume(a); {
		loads := a.loads
		c.resumeOnce(ai)
		again = a.loads != loads
	}
}

// resumeOnce is one look at an agent's hand. Where all of the work stands because
// each interrupts the other, the contact that was interrupted last goes on.
func (c *Core) resumeOnce(ai int32) {
	a := &c.agents[ai]
	hand := c.byID(a.hand)
	a.stands = 0
	last, running := none, a.seats > 0
	for _, ci := range hand {
		ct := &c.contacts[ci]
		switch {
		case ct.row.State != Interrupted:
			running = running || c.weighs(ct)
		case c.breaks[ct.row.Domain]&a.loads == 0:
			c.goOn(ci)
			running = true
		default:
			a.stands |= 1 << ct.row.Domain
			if last == none || ct.row.Since > c.contacts[last].row.Since {
				last = ci
			}
		}
	}
	if !running && last != none {
		c.goOn(last)
	}
}

// mayResume reports whether some of an agent's standing work may go on: without
// a look at the contacts.
func (c *Core) mayResume(a *agent) bool {
	if a.weight == a.standing {
		return true
	}
	for d := a.stands; d != 0; d &= d - 1 {
		if c.breaks[lowest(d)]&a.loads == 0 {
			return true
		}
	}
	return false
}

// goOn restarts the clock of an interrupted contact.
func (c *Core) goOn(ci int32) {
	ct := &c.contacts[ci]
	f := c.fact(FactResumed, ci, WhyNone)
	f.Took = c.now.Sub(ct.row.Since)
	a := &c.agents[ct.agent]
	left := ct.row.Left
	ct.row.State, ct.row.Since = ct.row.Resume, c.now
	ct.row.Resume, ct.row.Left = 0, 0
	a.standing--
	if ct.row.State == WrapUp && left > 0 {
		c.until(ci, c.now+Time(left))
	}
	if !c.weighs(ct) {
		a.relieve(ct.row.Domain)
	}
	c.effect(ResumeWork, ci, WhyNone)
}

// byID copies a list of contacts in the order of their ids, so that the order of
// what is done to them does not depend on how they came to be listed.
func (c *Core) byID(list []int32) []int32 {
	out := append([]int32(nil), list...)
	if len(out) > 1 {
		slices.SortFunc(out, func(a, b int32) int { return c.contacts[a].row.ID.Compare(c.contacts[b].row.ID) })
	}
	return out
}
