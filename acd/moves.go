package acd

// toQueue: the owner gives a contact to another queue.
func (c *Core) toQueue(ev TransferredToQueue) Refusal {
	ci, refusal := c.conversing(ev.Contact, ev.From)
	if refusal.Code != NotRefused {
		return refusal
	}
	qi, cl, refusal := c.mayMove(ci, ev.Queue)
	if refusal.Code != NotRefused {
		return refusal
	}
	c.returnOwned(ci, WhyTransferred)
	c.move(ci, qi, cl)
	c.enter(ci, WhyTransferred)
	c.alertClasses(ci)
	return Refusal{}
}

// mayMove finds the queue to which a contact is to move, and a use of the class
// that it has there.
func (c *Core) mayMove(ci int32, queue QueueID) (qi, cl int32, refusal Refusal) {
	ct := &c.contacts[ci]
	qi, ok := c.queue(queue)
	if !ok || c.queues[qi].plan.Unit != ct.row.Unit {
		return none, none, Refusal{Code: RefusedUnknown}
	}
	if c.queues[qi].plan.Domain != ct.row.Domain {
		return none, none, Refusal{Code: RefusedInvalid}
	}
	cl, ok = c.intern(qi, ct.row.Skills)
	if !ok {
		return none, none, Refusal{Code: RefusedClasses}
	}
	return qi, cl, Refusal{}
}

// move makes a contact that stands in no line one of another queue's.
func (c *Core) move(ci, qi, cl int32) {
	c.dismiss(ci)
	ct := &c.contacts[ci]
	ct.queue, ct.class = qi, cl
	ct.row.Queue = c.queues[qi].plan.ID
	c.enroll(ci)
}

// toAgent: the owner gives a contact to another agent.
func (c *Core) toAgent(ev TransferredToAgent) Refusal {
	ci, refusal := c.conversing(ev.Contact, ev.From)
	if refusal.Code != NotRefused {
		return refusal
	}
	ct := &c.contacts[ci]
	ai, ok := c.agent(ev.To)
	if !ok || c.agents[ai].row.Unit != ct.row.Unit {
		return Refusal{Code: RefusedUnknown}
	}
	if ev.Hold < 0 || ev.To == ev.From {
		return Refusal{Code: RefusedInvalid}
	}
	if !c.reach(ai, ct.row.Domain) {
		return Refusal{Code: RefusedUnavailable}
	}
	queue := ev.Queue
	if queue.IsZero() {
		queue = ct.row.Queue
	}
	qi, cl, refusal := c.mayMove(ci, queue)
	if refusal.Code != NotRefused {
		return refusal
	}
	c.returnOwned(ci, WhyTransferred)
	c.move(ci, qi, cl)
	ct.row.Preferred = ev.To
	c.bring(ci, ai, ev.Hold, WhyTransferred)
	c.alertClasses(ci)
	return Refusal{}
}

// requeued: the owner puts a contact back, now or later.
func (c *Core) requeued(ev Requeued) Refusal {
	ci, refusal := c.conversing(ev.Contact, ev.From)
	if refusal.Code != NotRefused {
		return refusal
	}
	c.returnOwned(ci, WhyRequeued)
	if ev.Until <= c.now {
		c.enter(ci, WhyRequeued)
		return Refusal{}
	}
	ct := &c.contacts[ci]
	ct.row.State, ct.row.Since = Timed, c.now
	ct.row.QueuedAt, ct.row.Step, ct.row.Exclusions = 0, 0, ct.row.Exclusions[:0]
	c.until(ci, ev.Until)
	c.fact(FactTimed, ci, WhyRequeued)
	return Refusal{}
}

// reassigned: a supervisor gives a contact to an agent.
func (c *Core) reassigned(ev Reassigned) Refusal {
	ci, refusal := c.known(ev.Contact, ev.To)
	if refusal.Code != NotRefused {
		return refusal
	}
	ct := &c.contacts[ci]
	ai, _ := c.agent(ev.To)
	if c.agents[ai].row.Unit != ct.row.Unit {
		return Refusal{Code: RefusedUnknown}
	}
	if !c.expected(ct, ev.Expect) || c.inWrapUp(ci) || ct.row.State == Routing {
		return c.elsewhere(ci)
	}
	if ct.row.State != Held && ct.row.Agent == ev.To {
		return Refusal{Code: RefusedInvalid}
	}
	if refusal := c.room(ai, ct.row.Domain); refusal.Code != NotRefused {
		return refusal
	}
	switch ct.row.State {
	case Offered:
		c.notTaken(ci, WhyReassigned)
	case Active, Interrupted:
		c.returnOwned(ci, WhyReassigned)
	default:
		c.unhold(ci)
	}
	c.bring(ci, ai, 0, WhyReassigned)
	return Refusal{}
}

// picked: an agent takes a waiting contact.
func (c *Core) picked(ev Picked) Refusal {
	ci, refusal := c.known(ev.Contact, ev.Agent)
	if refusal.Code != NotRefused {
		return refusal
	}
	ct := &c.contacts[ci]
	ai, _ := c.agent(ev.Agent)
	if c.agents[ai].row.Unit != ct.row.Unit && !c.serves(ai, ct.queue) {
		return Refusal{Code: RefusedUnknown}
	}
	if s := ct.row.State; !c.expected(ct, ev.Expect) || s != Queued && s != Held && s != Timed {
		return c.elsewhere(ci)
	}
	if refusal := c.room(ai, ct.row.Domain); refusal.Code != NotRefused {
		return refusal
	}
	c.unhold(ci)
	c.grasp(ci, ai, WhyPicked)
	return Refusal{}
}

// expected reports whether a contact is where somebody saw it. Of a contact that
// nobody owns or is offered, the agent says nothing.
func (c *Core) expected(ct *contact, p Place) bool {
	if ct.row.State != p.State {
		return false
	}
	switch p.State {
	case Timed, Held, Queued, Routing:
		return true
	}
	return ct.row.Agent == p.Agent
}

// room says whether an agent may be given a contact of a domain by name, and why
// not: beyond queue and skills, never beyond capacity and matrix.
func (c *Core) room(ai int32, d Domain) Refusal {
	a := &c.agents[ai]
	switch {
	case !c.reach(ai, d) || a.row.GraceEnds != 0:
		return Refusal{Code: RefusedUnavailable}
	case c.ability(a)>>d&1 == 0:
		return Refusal{Code: RefusedBusy}
	}
	return Refusal{}
}

// serves reports whether an agent has an edge to a queue.
func (c *Core) serves(ai, qi int32) bool {
	for i := range c.agents[ai].edges {
		if c.agents[ai].edges[i].queue == qi {
			return true
		}
	}
	return false
}
