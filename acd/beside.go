package acd

import "slices"

// This file is about those who take part in a contact beside its owner. A seat is a
// participation's place in the contact's row.

// seatOf gives an agent's seat in a contact, or −1.
func (ct *contact) seatOf(id AgentID) int {
	return slices.IndexFunc(ct.row.Beside, func(p Participation) bool { return p.Agent == id })
}

// besideFact adds a transition of the participation in a seat.
func (c *Core) besideFact(kind FactKind, ci int32, seat int, why Why) *Fact {
	f := c.fact(kind, ci, why)
	p := &c.contacts[ci].row.Beside[seat]
	f.Agent, f.N, f.Took = p.Agent, uint32(p.Role), c.now.Sub(p.Since)
	return f
}

// besideEffect asks the world for something about the participation in a seat.
func (c *Core) besideEffect(kind EffectKind, ci int32, seat int, why Why) {
	e := c.effect(kind, ci, why)
	p := &c.contacts[ci].row.Beside[seat]
	e.Agent, e.Role, e.N, e.Until = p.Agent, p.Role, p.Offer, p.Deadline
}

// sit gives an agent a seat, and says so.
func (c *Core) sit(ci, ai int32, p Participation, why Why) {
	ct, a := &c.contacts[ci], &c.agents[ai]
	p.Agent, p.Since = a.id, c.now
	seat := len(ct.row.Beside)
	ct.row.Beside = append(ct.row.Beside, p)
	a.beside = append(a.beside, ci)
	if p.State == Offered {
		c.besideFact(FactInvited, ci, seat, why)
	} else {
		c.besideFact(FactJoined, ci, seat, why)
	}
	if p.Role.weighs() {
		if why != WhyHandedOver { // the one who stays had the load already
			c.interrupt(ai, ct.row.Domain)
		}
		a.takeSeat(ct.row.Domain)
	}
	if p.State == Offered {
		c.besideEffect(Offer, ci, seat, why)
	} else {
		c.besideEffect(Assign, ci, seat, why)
	}
	c.stir(ai)
}

// takeSeat counts a participation as load of its agent; leaveSeat ends that.
func (a *agent) takeSeat(d Domain) {
	a.burden(d)
	a.seats++
}

func (a *agent) leaveSeat(d Domain) {
	a.relieve(d)
	a.seats--
}

// unseat takes a seat away. The row is the caller's to tell of.
func (c *Core) unseat(ci int32, seat int) {
	ct := &c.contacts[ci]
	p := ct.row.Beside[seat]
	ct.row.Beside = slices.Delete(ct.row.Beside, seat, seat+1)
	ai, ok := c.agent(p.Agent)
	if !ok {
		return // the plan has this agent no more
	}
	a := &c.agents[ai]
	at := slices.Index(a.beside, ci)
	if at < 0 {
		return // nor had it at the rebuild
	}
	a.beside = slices.Delete(a.beside, at, at+1)
	if p.Role.weighs() {
		a.leaveSeat(ct.row.Domain)
	}
	if a.pending == ci {
		a.pending = none
	}
	c.stir(ai)
}

// part ends a participation or an invitation, and says so.
func (c *Core) part(ci int32, seat int, why Why) {
	pending := c.contacts[ci].row.Beside[seat].State == Offered
	c.besideFact(FactLeft, ci, seat, why)
	c.contacts[ci].row.Beside[seat].Deadline = 0
	if pending {
		c.besideEffect(Withdraw, ci, seat, why)
	} else {
		c.besideEffect(Release, ci, seat, why)
	}
	c.unseat(ci, seat)
}

// refuse ends an invitation that the agent did not accept, and keeps the contact
// from that agent for a while.
func (c *Core) refuse(ci int32, seat int, why Why) {
	ai, _ := c.agent(c.contacts[ci].row.Beside[seat].Agent)
	c.part(ci, seat, why)
	c.exclude(ci, ai)
}

// dissolve ends all participations of a contact that is about to lose its owner.
func (c *Core) dissolve(ci int32, why Why) {
	for len(c.contacts[ci].row.Beside) > 0 {
		c.part(ci, 0, why)
	}
}

// mayJoin reports why an agent may not take part in a contact. The contact has an
// owner who converses.
func (c *Core) mayJoin(ci, ai int32) RefusalCode {
	ct := &c.contacts[ci]
	switch id := c.agents[ai].id; {
	case c.agents[ai].row.Unit != ct.row.Unit:
		return RefusedUnknown
	case ct.row.Agent == id || ct.seatOf(id) >= 0 || len(ct.row.Beside) >= BesideMax:
		return RefusedBeside
	}
	return NotRefused
}

// invited: the owner asks an agent to take part.
func (c *Core) invited(ev Invited) Refusal {
	ci, refusal := c.conversing(ev.Contact, ev.From)
	if refusal.Code != NotRefused {
		return refusal
	}
	if ev.Role != Consulted && ev.Role != Conferenced {
		return Refusal{Code: RefusedInvalid}
	}
	ai, refusal := c.guest(ci, &ev)
	if refusal.Code != NotRefused {
		return refusal
	}
	ct := &c.contacts[ci]
	ct.row.Offer++
	p := Participation{
		Role: ev.Role, State: Offered, Offer: ct.row.Offer, Deadline: c.now.Add(c.offerTime(ct)), By: ev.From,
	}
	c.sit(ci, ai, p, WhyNone)
	a := &c.agents[ai]
	a.pending, a.able = ci, 0
	c.set(p.Deadline, ci, timerInvitation)
	return Refusal{}
}

// guest finds the agent whom an invitation is for.
func (c *Core) guest(ci int32, ev *Invited) (int32, Refusal) {
	ct := &c.contacts[ci]
	if !ev.To.IsZero() {
		ai, ok := c.agent(ev.To)
		if !ok {
			return none, Refusal{Code: RefusedUnknown}
		}
		if code := c.mayJoin(ci, ai); code != NotRefused {
			return none, Refusal{Code: code}
		}
		return ai, c.room(ai, ct.row.Domain)
	}
	qi := ct.queue
	if !ev.Queue.IsZero() {
		var ok bool
		if qi, ok = c.queue(ev.Queue); !ok || c.queues[qi].plan.Unit != ct.row.Unit {
			return none, Refusal{Code: RefusedUnknown}
		}
		if c.queues[qi].plan.Domain != ct.row.Domain {
			return none, Refusal{Code: RefusedInvalid}
		}
	}
	if len(ct.row.Beside) >= BesideMax {
		return none, Refusal{Code: RefusedBeside}
	}
	for firsts := c.queues[qi].firsts; firsts != 0; firsts &= firsts - 1 {
		if ai := c.findGuest(ct, qi, firsts&-firsts); ai != none {
			return ai, Refusal{}
		}
	}
	return none, Refusal{Code: RefusedUnavailable}
}

// findGuest is the agent whom a queue's policy asks to take part in a contact, of
// those admitted from certain steps on, or none.
func (c *Core) findGuest(ct *contact, qi int32, firsts uint16) int32 {
	c.searches++
	c.passed = c.passed[:0]
	chosen := none
	for chosen == none {
		best, found := c.bestReady(qi, firsts)
		if !found {
			break
		}
		if id := c.agents[best.agent].id; ct.row.Agent != id && ct.seatOf(id) < 0 && !c.excludes(ct, best.agent) {
			chosen = best.agent
			break
		}
		c.setAside(qi, best)
	}
	c.putBack(qi)
	return chosen
}

// comes lets an agent accept an invitation.
func (c *Core) comes(ci int32, seat int) {
	p := &c.contacts[ci].row.Beside[seat]
	c.besideFact(FactJoined, ci, seat, WhyNone)
	p.State, p.Since, p.Deadline = Active, c.now, 0
	ai, _ := c.agent(p.Agent)
	a := &c.agents[ai]
	a.pending = none
	c.besideEffect(Assign, ci, seat, WhyNone)
	c.touchAgent(ai)
	a.rest(c.contacts[ci].row.Domain, c.now)
	c.stir(ai)
}

// conversation finds a contact whose owner converses, for a supervisor.
func (c *Core) conversation(contact ContactID, agent AgentID) (ci, ai int32, refusal Refusal) {
	ci, refusal = c.known(contact, agent)
	if refusal.Code != NotRefused {
		return none, none, refusal
	}
	ai, _ = c.agent(agent)
	if s := c.contacts[ci].row.State; s != Active && s != Interrupted || c.inWrapUp(ci) {
		return none, none, c.elsewhere(ci)
	}
	return ci, ai, Refusal{}
}

// joined: a supervisor takes part at once.
func (c *Core) joined(ev Joined) Refusal {
	ci, ai, refusal := c.conversation(ev.Contact, ev.Agent)
	if refusal.Code != NotRefused {
		return refusal
	}
	if ev.Role != Monitoring && ev.Role != Whispering && ev.Role != Conferenced {
		return Refusal{Code: RefusedInvalid}
	}
	if code := c.mayJoin(ci, ai); code != NotRefused {
		return Refusal{Code: code}
	}
	if !c.atDesk(ai) {
		return Refusal{Code: RefusedUnavailable}
	}
	c.sit(ci, ai, Participation{Role: ev.Role, State: Active}, WhyJoined)
	return Refusal{}
}

// atDesk reports whether an agent is signed in and has a desktop.
func (c *Core) atDesk(ai int32) bool {
	a := &c.agents[ai]
	return a.row.SignedIn && a.row.GraceEnds == 0
}

// roleChanged: a participant does something else.
func (c *Core) roleChanged(ev RoleChanged) Refusal {
	ci, ai, refusal := c.conversation(ev.Contact, ev.Agent)
	if refusal.Code != NotRefused {
		return refusal
	}
	if ev.Role == Owner || ev.Role > Whispering {
		return Refusal{Code: RefusedInvalid}
	}
	ct := &c.contacts[ci]
	seat := ct.seatOf(ev.Agent)
	if seat < 0 || ct.row.Beside[seat].State != Active {
		return c.elsewhere(ci)
	}
	p := &ct.row.Beside[seat]
	was := p.Role
	if was == ev.Role {
		return Refusal{}
	}
	c.besideFact(FactRole, ci, seat, WhyNone).N = uint32(ev.Role)
	p.Role, p.Since = ev.Role, c.now
	switch {
	case ev.Role.weighs() && !was.weighs():
		c.interrupt(ai, ct.row.Domain)
		c.agents[ai].takeSeat(ct.row.Domain)
	case was.weighs() && !ev.Role.weighs():
		c.agents[ai].leaveSeat(ct.row.Domain)
	}
	c.besideEffect(Assign, ci, seat, WhyNone)
	c.stir(ai)
	return Refusal{}
}

// left: a participant goes, or is sent away.
func (c *Core) left(ev Left) Refusal {
	ci, refusal := c.known(ev.Contact, ev.Agent)
	if refusal.Code != NotRefused {
		return refusal
	}
	seat := c.contacts[ci].seatOf(ev.Agent)
	if seat < 0 {
		return c.elsewhere(ci)
	}
	why := WhyRemoved
	if ev.By.IsZero() || ev.By == ev.Agent {
		why = WhyLeft
	}
	c.part(ci, seat, why)
	return Refusal{}
}
