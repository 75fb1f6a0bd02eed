package acd

import (
	"slices"
	"time"
)

// settle ends an event or a timer: each contact that looks for an agent is
// matched in turn, then each agent whose ability grew looks for a contact.
func (c *Core) settle() {
	if len(c.seek) > 0 {
		for _, ai := range c.stirred {
			c.refresh(ai)
			if c.agents[ai].able != 0 {
				c.join(ai)
			}
		}
		for i := 0; i < len(c.seek); i++ {
			ci := c.seek[i]
			ct := &c.contacts[ci]
			if ct.row.State == Queued && !c.findAgent(ci) && c.pos[ci] == none {
				c.inLine(ci)
			}
			ct.alert = false
		}
		c.seek = c.seek[:0]
	}
	for i := 0; i < len(c.stirred); i++ {
		ai := c.stirred[i]
		c.refresh(ai)
		a := &c.agents[ai]
		a.stirred = false
		if a.gained {
			a.gained = false
			for a.able != 0 && c.findContact(ai) {
			}
		}
		if a.able != 0 {
			c.join(ai)
		}
	}
	c.stirred = c.stirred[:0]
}

// stir notes that an agent's ability may have changed.
func (c *Core) stir(ai int32) {
	if a := &c.agents[ai]; !a.stirred {
		a.stirred = true
		c.stirred = append(c.stirred, ai)
	}
}

// refresh brings an agent's ability up to date.
func (c *Core) refresh(ai int32) {
	a := &c.agents[ai]
	if a.standing > 0 {
		c.resume(ai)
	}
	able := c.ability(a)
	if able&^a.able != 0 {
		a.gained = true
	}
	a.able = able
}

// ability is the set of domains in which an agent may be offered a contact now.
func (c *Core) ability(a *agent) uint32 {
	if !a.row.SignedIn || a.row.GraceEnds != 0 || a.pending != none {
		return 0
	}
	able := a.available &^ a.full
	for l := a.loads; l != 0; l &= l - 1 {
		able &= c.allows[lowest(l)]
	}
	return able
}

// findAgent matches a queued contact by its queue's policy, and reports whether
// there was an agent for it.
func (c *Core) findAgent(ci int32) bool {
	c.searches++
	ct := &c.contacts[ci]
	q := &c.queues[ct.queue]
	firsts := q.firsts & (1<<(ct.bucket+1) - 1)
	if firsts == 0 {
		return false
	}
	if ct.class != none {
		ai := c.scan(ci)
		if ai != none {
			c.offer(ci, ai, WhyNone)
		}
		return ai != none
	}
	c.passed = c.passed[:0]
	chosen := none
	for {
		best, found := c.bestReady(ct.queue, firsts)
		if !found {
			break
		}
		if !c.excludes(ct, best.agent) {
			chosen = best.agent
			break
		}
		c.setAside(ct.queue, best)
	}
	c.putBack(ct.queue)
	if chosen != none {
		c.offer(ci, chosen, WhyNone)
	} else if len(c.passed) > 0 && ct.alert {
		c.alertExcluded(ci)
	}
	return chosen != none
}

// setAside takes the candidate that heads a queue's ready agents off its heap for as
// long as a search lasts; putBack ends that.
func (c *Core) setAside(qi int32, k candidate) {
	c.passed = append(c.passed, k)
	c.drop(&c.queues[qi].ready[c.agents[k.agent].edges[k.edge].first])
}

func (c *Core) putBack(qi int32) {
	q := &c.queues[qi]
	for _, k := range c.passed {
		first := c.agents[k.agent].edges[k.edge].first
		r := &q.ready[first]
		r.heap = append(r.heap, k)
		q.firsts |= 1 << first
		c.climb(r.heap, len(r.heap)-1)
	}
}

func (c *Core) alertExcluded(ci int32) {
	e := c.effect(Alert, ci, WhyNone)
	e.Alert, e.N, e.Agent, e.Until = AlertAllExcluded, 0, AgentID{}, 0
}

// bestReady is the best of the heads of a queue's ready heaps.
func (c *Core) bestReady(qi int32, firsts uint16) (best candidate, found bool) {
	for ; firsts != 0; firsts &= firsts - 1 {
		k, ok := c.head(qi, uint8(lowest(uint32(firsts))))
		if ok && (!found || c.better(k, best)) {
			best, found = k, true
		}
	}
	return best, found
}

// scan matches a contact with skills of its own: it looks at every ready agent
// of the queue, for the heaps know nothing of its skills.
func (c *Core) scan(ci int32) int32 {
	ct := &c.contacts[ci]
	q := &c.queues[ct.queue]
	var best candidate
	chosen, excluded := none, false
	probe := probeOf(&ct.row.Skills[0].Skill)
	for first := uint8(0); first <= ct.bucket; first++ {
		for _, k := range q.ready[first].heap {
			a := &c.agents[k.agent]
			if a.able>>q.plan.Domain&1 == 0 || !a.mayHave(probe) {
				continue
			}
			e := c.listed(ct.queue, first, k)
			if e == nil || !a.qualifies(ct.row.Skills) {
				continue
			}
			if c.excludes(ct, k.agent) {
				excluded = true
				continue
			}
			k.key = a.keyOf(e)
			if chosen == none || c.better(k, best) {
				best, chosen = k, k.agent
			}
		}
	}
	if chosen == none && excluded && ct.alert {
		c.alertExcluded(ci)
	}
	return chosen
}

// findContact lets an agent who became able look for a contact: the own list
// first, then everything that it may take, by due alone.
func (c *Core) findContact(ai int32) bool {
	c.searches++
	if ci := c.findOwn(ai); ci != none {
		c.offer(ci, ai, WhyPreferred)
		return true
	}
	c.aside = c.aside[:0]
	chosen := none
	for {
		best := c.leastDue(ai)
		if best.contact == none {
			break
		}
		ct := &c.contacts[best.contact]
		if !c.excludes(ct, ai) {
			chosen = best.contact
			break
		}
		c.aside = append(c.aside, best)
		c.leave(c.lineOf(ct), best.contact)
	}
	for _, w := range c.aside {
		ct := &c.contacts[w.contact]
		c.stand(c.lineOf(ct), int(ct.bucket), w.contact)
	}
	if chosen == none {
		return false
	}
	c.offer(chosen, ai, WhyNone)
	return true
}

// leastDue is the open contact with the smallest due among all that an agent
// may take, exclusions apart.
func (c *Core) leastDue(ai int32) waiting {
	a := &c.agents[ai]
	best := reading{due: never}
	special := false
	for i := range a.edges {
		e := &a.edges[i]
		if a.able>>e.domain&1 == 0 || c.crowded[e.queue>>6]>>(e.queue&63)&1 == 0 {
			continue
		}
		q := &c.queues[e.queue]
		special = special || len(q.classes) > 0
		if due := q.line.least[e.first]; due <= best.due && due != never {
			best = c.sooner(best, reading{due, &q.line, e.first})
		}
	}
	if special {
		best = c.leastSpecial(a, best)
	}
	if best.line == nil {
		return waiting{contact: none}
	}
	return c.first(best.line, int(best.first))
}

// reading is the least due of a line as an edge reads it.
type reading struct {
	due   Time
	line  *line
	first uint8
}

// sooner is the better of two readings; the contacts are looked up for a tie only.
func (c *Core) sooner(a, b reading) reading {
	if b.due > a.due {
		return a
	}
	if b.due == a.due && a.line != nil && c.before(c.first(a.line, int(a.first)), c.first(b.line, int(b.first))) {
		return a
	}
	return b
}

// leastSpecial looks also at the contacts with skills of their own.
func (c *Core) leastSpecial(a *agent, best reading) reading {
	for i := range a.edges {
		e := &a.edges[i]
		if a.able>>e.domain&1 == 0 || c.crowded[e.queue>>6]>>(e.queue&63)&1 == 0 {
			continue
		}
		for _, at := range c.queues[e.queue].classes {
			if !a.mayHave(at.probe) {
				continue
			}
			k := &c.classes[at.class]
			if due := k.line.least[e.first]; due <= best.due && due != never && a.qualifies(k.skills) {
				best = c.sooner(best, reading{due, &k.line, e.first})
			}
		}
	}
	return best
}

// findOwn is the contact with the smallest due in an agent's own lists.
func (c *Core) findOwn(ai int32) int32 {
	a := &c.agents[ai]
	if a.owns&a.able == 0 {
		return none
	}
	best := waiting{due: never, contact: none}
	a.owns = 0
	for i := range a.own {
		o := &a.own[i]
		if o.line.count == 0 {
			continue
		}
		a.owns |= 1 << o.domain
		if a.able>>o.domain&1 == 0 {
			continue
		}
		if w := c.first(&o.line, 0); best.contact == none || c.before(w, best) {
			best = w
		}
	}
	return best.contact
}

// excludes reports whether a contact is not to be offered to an agent now.
func (c *Core) excludes(ct *contact, ai int32) bool {
	if len(ct.row.Exclusions) == 0 {
		return false
	}
	id := c.agents[ai].id
	for _, x := range ct.row.Exclusions {
		if x.Agent == id && c.holds(ct, x) {
			return true
		}
	}
	return false
}

// holds reports whether an exclusion is live.
func (c *Core) holds(ct *contact, x Exclusion) bool {
	return x.Until > c.now && x.Step == c.stepOf(ct)
}

// prune takes out the exclusions that are over.
func (c *Core) prune(ct *contact) {
	if len(ct.row.Exclusions) > 0 {
		ct.row.Exclusions = slices.DeleteFunc(ct.row.Exclusions, func(x Exclusion) bool { return !c.holds(ct, x) })
	}
}

// exclude keeps a contact from an agent for a while.
func (c *Core) exclude(ci, ai int32) {
	ct, a := &c.contacts[ci], &c.agents[ai]
	c.prune(ct)
	ct.row.Exclusions = slices.DeleteFunc(ct.row.Exclusions, func(x Exclusion) bool { return x.Agent == a.id })
	until := c.now.Add(ExclusionLife)
	ct.row.Exclusions = append(ct.row.Exclusions, Exclusion{Agent: a.id, Step: c.stepOf(ct), Until: until})
	ct.alert = ct.row.State == Queued
	c.set(until, ci, timerExclusion)
	a.excluded = slices.DeleteFunc(a.excluded, func(id ContactID) bool {
		other, open := c.contact(id)
		return !open || other == ci || !c.excludes(&c.contacts[other], ai)
	})
	a.excluded = append(a.excluded, ct.row.ID)
	if len(a.excluded) > ExclusionsMax && c.reach(ai, ct.row.Domain) {
		c.unavailable(ai, ct.row.Domain, c.settings.DeclinedTooOften, WhyTooMany)
	}
}

// offer shows a waiting contact to an agent, or with automatic acceptance gives
// it to the agent.
func (c *Core) offer(ci, ai int32, why Why) {
	ct, a := &c.contacts[ci], &c.agents[ai]
	c.unline(ci)
	ct.row.Offer++
	ct.row.State, ct.row.Agent, ct.row.Since, ct.row.Deadline = Offered, a.id, c.now, 0
	ct.agent = ai
	c.fact(FactOffered, ci, why).N = ct.row.Offer
	c.interrupt(ai, ct.row.Domain)
	q := &c.queues[ct.queue]
	c.takeInHand(ci, ai)
	if a.plan.Accepts == AtOnce || q.plan.AutoAccept && a.plan.Accepts != ByHand {
		c.assign(ci, WhyNone)
		a.able = c.ability(a)
		return
	}
	a.pending, a.able = ci, 0
	c.until(ci, c.now.Add(c.offerTime(ct)))
	c.effect(Offer, ci, why)
}

// offerTime is how long an agent has to accept a contact.
func (c *Core) offerTime(ct *contact) time.Duration {
	if t := c.queues[ct.queue].plan.OfferTime; t >= time.Millisecond {
		return t
	}
	return DefaultOfferTime
}

// until gives a contact's state a deadline.
func (c *Core) until(ci int32, at Time) {
	c.contacts[ci].row.Deadline = at
	c.set(at, ci, timerDeadline)
}
