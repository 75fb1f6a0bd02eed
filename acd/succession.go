package acd

// This file is about a contact that gets another owner without being without one.

// handedOver: the owner gives a contact to a participant.
func (c *Core) handedOver(ev HandedOver) Refusal {
	ci, refusal := c.conversing(ev.Contact, ev.From)
	if refusal.Code != NotRefused {
		return refusal
	}
	ct := &c.contacts[ci]
	seat := ct.seatOf(ev.To)
	if seat < 0 || ct.row.Beside[seat].State != Active || !ct.row.Beside[seat].Role.weighs() {
		return c.elsewhere(ci)
	}
	old := ct.agent
	ai, _ := c.agent(ev.To)
	c.succeed(ci, ai, WhyHandedOver)
	if ev.Stay {
		c.sit(ci, old, Participation{Role: Conferenced, State: Active}, WhyHandedOver)
	}
	return Refusal{}
}

// succeed makes an agent the owner of a contact in the place of the one who has it.
func (c *Core) succeed(ci, ai int32, why Why) {
	ct, a := &c.contacts[ci], &c.agents[ai]
	f := c.fact(FactLeft, ci, why)
	f.N, f.Took = uint32(Owner), c.now.Sub(ct.row.Since)
	c.effect(Release, ci, why)
	if ct.agent != none {
		c.outOfHand(ci)
	}
	ct.row.Resume, ct.row.Left = 0, 0
	var was Participation
	if seat := ct.seatOf(a.id); seat >= 0 {
		was = ct.row.Beside[seat]
		c.unseat(ci, seat)
	}
	ct.row.Agent, ct.agent = a.id, ai
	ct.row.State, ct.row.Since, ct.row.Deadline = Active, c.now, 0
	f = c.fact(FactHandedOver, ci, why)
	f.N = uint32(was.Role)
	if was.Since != 0 {
		f.Took = c.now.Sub(was.Since)
	}
	if was.Role == Owner || !was.Role.weighs() { // the load is new
		c.interrupt(ai, ct.row.Domain)
	}
	c.takeInHand(ci, ai)
	c.effect(Assign, ci, why)
	c.touchAgent(ai)
	a.rest(ct.row.Domain, c.now)
	c.stir(ai)
}

// inherit gives the contact of an owner who is gone to the first who is conferenced
// and at a desk. It reports false where there is nobody.
func (c *Core) inherit(ci int32, why Why) bool {
	for _, p := range c.contacts[ci].row.Beside {
		if p.State != Active || p.Role != Conferenced {
			continue
		}
		if ai, ok := c.agent(p.Agent); ok && c.atDesk(ai) {
			c.succeed(ci, ai, why)
			return true
		}
	}
	return false
}

// takenOver: a supervisor takes a contact.
func (c *Core) takenOver(ev TakenOver) Refusal {
	ci, refusal := c.known(ev.Contact, ev.Agent)
	if refusal.Code != NotRefused {
		return refusal
	}
	ct := &c.contacts[ci]
	ai, _ := c.agent(ev.Agent)
	if c.agents[ai].row.Unit != ct.row.Unit {
		return Refusal{Code: RefusedUnknown}
	}
	if !c.expected(ct, ev.Expect) || c.inWrapUp(ci) || ct.row.State == Routing {
		return c.elsewhere(ci)
	}
	if ct.row.State != Held && ct.row.Agent == ev.Agent {
		return Refusal{Code: RefusedInvalid}
	}
	if !c.atDesk(ai) {
		return Refusal{Code: RefusedUnavailable}
	}
	switch ct.row.State {
	case Active, Interrupted:
		c.succeed(ci, ai, WhyTakenOver)
		return Refusal{}
	case Offered:
		c.notTaken(ci, WhyTakenOver)
	default:
		c.unhold(ci)
	}
	c.grasp(ci, ai, WhyTakenOver)
	return Refusal{}
}

// grasp makes an agent the owner of a contact that is in no state.
func (c *Core) grasp(ci, ai int32, why Why) {
	ct := &c.contacts[ci]
	c.interrupt(ai, ct.row.Domain)
	ct.row.Agent, ct.agent = c.agents[ai].id, ai
	ct.row.State = Active
	c.takeInHand(ci, ai)
	c.assign(ci, why)
	c.stir(ai)
}
