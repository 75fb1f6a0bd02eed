package acd

import (
	"slices"
	"time"
)

// weighs reports whether a contact in hand counts in its agent's load.
func (c *Core) weighs(ct *contact) bool {
	switch ct.row.State {
	case Offered, Active, Interrupted:
		return true
	case WrapUp:
		return !c.queues[ct.queue].plan.WrapUpFreesSlot
	}
	return false
}

// burden adds to an agent's load in a domain; relieve takes from it.
func (a *agent) burden(d Domain) {
	a.domain[d].load++
	a.weight++
	a.loads |= 1 << d
	if a.domain[d].load >= uint16(a.domain[d].capacity) {
		a.full |= 1 << d
	}
}

func (a *agent) relieve(d Domain) {
	a.domain[d].load--
	a.weight--
	if a.domain[d].load == 0 {
		a.loads &^= 1 << d
	}
	if a.domain[d].load < uint16(a.domain[d].capacity) {
		a.full &^= 1 << d
	}
}

// takeInHand adds a contact, whose state says already that it is the agent's, to
// the agent's hand.
func (c *Core) takeInHand(ci, ai int32) {
	ct, a := &c.contacts[ci], &c.agents[ai]
	a.hand = append(a.hand, ci)
	if c.weighs(ct) {
		a.burden(ct.row.Domain)
	}
}

// outOfHand takes a contact out of its agent's hand; its state is still the old
// one.
func (c *Core) outOfHand(ci int32) {
	ct := &c.contacts[ci]
	a := &c.agents[ct.agent]
	if at := slices.Index(a.hand, ci); at >= 0 {
		a.hand = slices.Delete(a.hand, at, at+1)
	}
	if c.weighs(ct) {
		a.relieve(ct.row.Domain)
	}
	if ct.row.State == Interrupted {
		a.standing--
		ct.row.Resume, ct.row.Left = 0, 0
	}
	if a.pending == ci {
		a.pending = none
	}
	c.stir(ct.agent)
}

// notTaken ends an offer without acceptance. The contact is in no state after it.
func (c *Core) notTaken(ci int32, why Why) {
	ct := &c.contacts[ci]
	ct.row.Deadline = 0
	f := c.fact(FactNotAccepted, ci, why)
	f.N, f.Took = ct.row.Offer, c.now.Sub(ct.row.Since)
	c.effect(Withdraw, ci, why)
	c.outOfHand(ci)
	ct.row.Agent, ct.agent = AgentID{}, none
}

// fallThrough returns an offered contact that the agent did not take, and keeps
// it from that agent.
func (c *Core) fallThrough(ci int32, why Why) {
	ai := c.contacts[ci].agent
	c.notTaken(ci, why)
	c.giveBack(ci, why)
	c.exclude(ci, ai)
}

// returnOwned takes a contact from its owner.
func (c *Core) returnOwned(ci int32, why Why) {
	ct := &c.contacts[ci]
	c.dissolve(ci, why)
	c.fact(FactReturned, ci, why).Took = c.now.Sub(ct.row.Since)
	c.effect(Release, ci, why)
	c.outOfHand(ci)
	ct.row.Agent, ct.agent, ct.row.Deadline = AgentID{}, none, 0
}

// assign makes the agent in whose hand a contact is its owner.
func (c *Core) assign(ci int32, why Why) {
	ct := &c.contacts[ci]
	a := &c.agents[ct.agent]
	ct.row.State, ct.row.Since, ct.row.Deadline = Active, c.now, 0
	if ct.row.AcceptedAt == 0 {
		ct.row.AcceptedAt = c.now
	}
	if a.pending == ci {
		a.pending = none
	}
	f := c.fact(FactAccepted, ci, why)
	f.N, f.Took = ct.row.Offer, c.now.Sub(ct.row.FirstQueued)
	c.effect(Assign, ci, why)
	c.touchAgent(ct.agent)
	a.rest(ct.row.Domain, c.now)
}

// rest notes an assignment, from which the agent's idle time counts anew.
func (a *agent) rest(d Domain, now Time) {
	for i := range a.row.Domains {
		if s := &a.row.Domains[i]; s.Domain == d {
			s.Idle, a.domain[d].idle = now, now
			return
		}
	}
}

// accepted: the agent takes an offer.
func (c *Core) accepted(ev Accepted) Refusal {
	ci, seat, refusal := c.offered(ev.Contact, ev.Agent, ev.Offer)
	switch {
	case refusal.Code != NotRefused:
	case seat >= 0:
		c.comes(ci, seat)
	default:
		c.assign(ci, WhyNone)
		c.stir(c.contacts[ci].agent)
	}
	return refusal
}

// declined: the agent refuses an offer.
func (c *Core) declined(ev Declined) Refusal {
	ci, seat, refusal := c.offered(ev.Contact, ev.Agent, ev.Offer)
	switch {
	case refusal.Code != NotRefused:
	case seat >= 0:
		c.refuse(ci, seat, WhyDeclined)
	default:
		c.fallThrough(ci, WhyDeclined)
	}
	return refusal
}

// offered finds the contact of an offer that still stands, or of an invitation: then
// seat is the participation's, else it is −1.
func (c *Core) offered(contact ContactID, agent AgentID, offer uint32) (ci int32, seat int, refusal Refusal) {
	ci, refusal = c.known(contact, agent)
	if refusal.Code != NotRefused {
		return none, -1, refusal
	}
	row := &c.contacts[ci].row
	if row.State == Offered && row.Agent == agent && row.Offer == offer {
		return ci, -1, Refusal{}
	}
	for seat, p := range row.Beside {
		if p.Agent == agent && p.State == Offered && p.Offer == offer {
			return ci, seat, Refusal{}
		}
	}
	return none, -1, c.elsewhere(ci)
}

// known finds a contact named together with an agent.
func (c *Core) known(contact ContactID, agent AgentID) (int32, Refusal) {
	ci, ok := c.contact(contact)
	if !ok {
		return none, Refusal{Code: RefusedUnknown}
	}
	if _, ok := c.agent(agent); !ok {
		return none, Refusal{Code: RefusedUnknown}
	}
	return ci, Refusal{}
}

// owned finds a contact that an agent owns and whose state is one of those given.
func (c *Core) owned(contact ContactID, agent AgentID, states ...ContactState) (int32, Refusal) {
	ci, refusal := c.known(contact, agent)
	if refusal.Code != NotRefused {
		return none, refusal
	}
	if row := &c.contacts[ci].row; row.Agent != agent || !slices.Contains(states, row.State) {
		return none, c.elsewhere(ci)
	}
	return ci, Refusal{}
}

// conversing finds a contact whose owner may still give it away.
func (c *Core) conversing(contact ContactID, agent AgentID) (int32, Refusal) {
	ci, refusal := c.owned(contact, agent, Active, Interrupted)
	if refusal.Code == NotRefused && c.inWrapUp(ci) {
		return none, c.elsewhere(ci)
	}
	return ci, refusal
}

// finished: the owner ends the conversation, or the customer's silence does, or a
// supervisor.
func (c *Core) finished(ev Finished) Refusal {
	ci, refusal := c.conversing(ev.Contact, ev.Agent)
	if refusal.Code != NotRefused {
		return refusal
	}
	why := WhyFinished
	switch {
	case ev.Steered:
		why = WhySteered
	case c.contacts[ci].row.State != Active:
		return c.elsewhere(ci)
	case ev.Idle:
		why = WhyIdle
	}
	c.conclude(ci, why)
	return refusal
}

// conclude ends the conversation of an owned contact: wrap-up begins, or where
// the queue has none, the contact is over.
func (c *Core) conclude(ci int32, why Why) {
	ct := &c.contacts[ci]
	plan := &c.queues[ct.queue].plan
	c.dissolve(ci, why)
	f := c.fact(FactFinished, ci, why)
	ct.row.FinishedAt, ct.row.CustomerLost = c.now, 0
	if ct.row.State == Interrupted {
		ct.row.Resume = WrapUp
		ct.row.Left = int64(c.wrapUpTime(ct) / time.Millisecond)
	} else {
		f.Took = c.now.Sub(ct.row.Since)
	}
	if plan.NoWrapUp {
		ct.row.Since = c.now // there is no wrap-up whose time to tell
		c.end(ci, why, ReasonID{})
		return
	}
	if ct.row.State == Active {
		ct.row.State, ct.row.Since = WrapUp, c.now
		if most := c.wrapUpTime(ct); most >= time.Millisecond {
			c.until(ci, c.now.Add(most))
		}
		if plan.WrapUpFreesSlot {
			c.agents[ct.agent].relieve(ct.row.Domain)
			c.stir(ct.agent)
		}
	}
	c.effect(BeginWrapUp, ci, why)
}

// wrapUpTime is after what time the wrap-up of an owned contact ends by itself; 0: never.
func (c *Core) wrapUpTime(ct *contact) time.Duration {
	if own := c.agents[ct.agent].plan.WrapUp; own >= time.Millisecond {
		return own
	}
	return c.queues[ct.queue].plan.WrapUp
}

// extended: the owner wants more time for the wrap-up.
func (c *Core) extended(ev WrapUpExtended) Refusal {
	ci, refusal := c.owned(ev.Contact, ev.Agent, WrapUp)
	if refusal.Code != NotRefused {
		return refusal
	}
	if ev.By < time.Millisecond {
		return Refusal{Code: RefusedInvalid}
	}
	c.until(ci, c.now.Add(ev.By))
	c.fact(FactWrapUpExtended, ci, WhyNone).Took = ev.By
	return Refusal{}
}

// wrappedUp: the owner is done.
func (c *Core) wrappedUp(ev WrappedUp) Refusal {
	ci, refusal := c.owned(ev.Contact, ev.Agent, WrapUp)
	if refusal.Code == NotRefused {
		c.end(ci, WhyWrappedUp, ev.Disposition)
	}
	return refusal
}
