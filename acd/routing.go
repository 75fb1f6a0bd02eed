package acd

import "slices"

// routed brings in a contact that its workflow has: it is in no queue.
func (c *Core) routed(ev *Arrived) Refusal {
	switch {
	case ev.Unit.IsZero():
		return Refusal{Code: RefusedUnknown}
	case ev.Domain >= DomainsMax:
		return Refusal{Code: RefusedInvalid}
	}
	ci := c.open(ContactRow{
		ID: ev.Contact, Unit: ev.Unit, Domain: ev.Domain, Priority: ev.Priority, State: Routing,
		Skills: sortedSkills(ev.Skills), Preferred: ev.Preferred, Since: c.now,
	}, none, none)
	c.fact(FactArrived, ci, WhyNone).N = uint32(ev.Priority)
	return Refusal{}
}

// placed: a workflow brings its contact to a queue.
func (c *Core) placed(ev Placed) Refusal {
	ci, ok := c.contact(ev.Contact)
	if !ok {
		return Refusal{Code: RefusedUnknown}
	}
	if ev.Priority > PriorityMax || ev.Hold < 0 || !mayDemand(ev.Skills) {
		return Refusal{Code: RefusedInvalid}
	}
	ct := &c.contacts[ci]
	if !ct.waits() {
		return c.elsewhere(ci)
	}
	skills := ct.row.Skills
	if ev.Skills != nil {
		skills = sortedSkills(ev.Skills)
	}
	qi, cl, refusal := c.mayPlace(ct, &ev, skills)
	if refusal.Code != NotRefused {
		return refusal
	}
	ai, ok := c.agent(ev.Preferred)
	asks := ok && c.mayWaitFor(ai, ct, ev.Hold) && !c.excludes(ct, ai)
	if ct.row.State == Queued && ct.queue == qi && !asks {
		c.demand(ci, skills, cl)
		c.reprioritise(ci, ev.Priority)
		c.alertClasses(ci)
		return Refusal{}
	}
	why := WhyWorkflow
	switch {
	case ct.queue != qi:
	case asks:
		why = WhyPreferred
	case ct.row.State == Held:
		why = WhyHoldOver
	default:
		why = WhyRequeued
	}
	c.unhold(ci)
	if ct.queue != none && ct.queue != qi {
		c.fact(FactMoved, ci, WhyWorkflow).Took = c.now.Sub(ct.row.Since)
	}
	if ct.row.FirstQueued == 0 {
		ct.row.FirstQueued = c.now
	}
	if !ev.Preferred.IsZero() {
		ct.row.Preferred = ev.Preferred
	}
	c.demand(ci, skills, none)
	c.move(ci, qi, cl)
	c.reprioritise(ci, ev.Priority)
	if asks {
		c.bring(ci, ai, ev.Hold, why)
	} else {
		c.enter(ci, why)
	}
	c.alertClasses(ci)
	return Refusal{}
}

// waits reports whether a contact's workflow may still move it.
func (ct *contact) waits() bool {
	switch ct.row.State {
	case Routing, Queued, Held, Timed:
		return true
	}
	return false
}

// mayPlace finds the queue in which a workflow wants its contact, and a use of the
// class of the skills that it will have there.
func (c *Core) mayPlace(ct *contact, ev *Placed, skills []SkillLevel) (qi, cl int32, refusal Refusal) {
	qi, ok := c.queue(ev.Queue)
	if !ok || c.queues[qi].plan.Unit != ct.row.Unit {
		return none, none, Refusal{Code: RefusedUnknown}
	}
	q := &c.queues[qi]
	if q.plan.Domain != ct.row.Domain {
		return none, none, Refusal{Code: RefusedInvalid}
	}
	stands := ct.row.State == Queued && ct.queue == qi
	if q.plan.WaitingMax > 0 && q.waiting >= q.plan.WaitingMax && !stands && !ev.Overfill {
		return none, none, Refusal{Code: RefusedFull}
	}
	cl, ok = c.intern(qi, skills)
	if !ok {
		return none, none, Refusal{Code: RefusedClasses}
	}
	return qi, cl, Refusal{}
}

// reprioritise gives a contact another priority, zero for the same.
func (c *Core) reprioritise(ci int32, priority uint8) {
	ct := &c.contacts[ci]
	if priority == 0 || priority == ct.row.Priority {
		return
	}
	ct.row.Priority = priority
	c.fact(FactPriority, ci, WhyNone).N = uint32(priority)
	c.rekey(ci)
}

// skillsChanged: a contact demands other skills.
func (c *Core) skillsChanged(ev SkillsChanged) Refusal {
	ci, ok := c.contact(ev.Contact)
	if !ok {
		return Refusal{Code: RefusedUnknown}
	}
	if !mayDemand(ev.Skills) {
		return Refusal{Code: RefusedInvalid}
	}
	ct := &c.contacts[ci]
	if c.inWrapUp(ci) {
		return c.elsewhere(ci)
	}
	skills, cl := sortedSkills(ev.Skills), none
	if ct.queue != none {
		if cl, ok = c.intern(ct.queue, skills); !ok {
			return Refusal{Code: RefusedClasses}
		}
	}
	c.demand(ci, skills, cl)
	c.alertClasses(ci)
	return Refusal{}
}

// demand gives a contact skills of its own and the class that they are in its
// queue, of which the caller has made a use. One that is queued looks for an agent
// anew if they are others.
func (c *Core) demand(ci int32, skills []SkillLevel, cl int32) {
	ct := &c.contacts[ci]
	if slices.Equal(ct.row.Skills, skills) {
		c.release(cl)
		return
	}
	c.fact(FactSkills, ci, WhyNone)
	queued := c.pos[ci] != none && ct.row.State == Queued
	if queued {
		c.unline(ci)
	}
	c.release(ct.class)
	ct.row.Skills, ct.class = skills, cl
	if queued {
		ct.bucket = ct.row.Step
		c.seek = append(c.seek, ci)
	}
}

// disconnected ends a contact that has no owner.
func (c *Core) disconnected(ev Disconnected) Refusal {
	ci, ok := c.contact(ev.Contact)
	if !ok {
		return Refusal{Code: RefusedUnknown}
	}
	ct := &c.contacts[ci]
	why := WhyWorkflow
	if ev.Steered {
		why = WhySteered
	}
	if !ct.waits() && !(ev.Steered && ct.row.State == Offered) {
		return c.elsewhere(ci)
	}
	c.end(ci, why, ReasonID{})
	return Refusal{}
}

// mayDemand reports whether skills may be a contact's own.
func mayDemand(skills []SkillLevel) bool {
	return len(skills) <= SkillsPerContact && validSkills(sortedSkills(skills))
}
