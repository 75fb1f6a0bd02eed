package acd

import (
	"math/bits"
	"slices"
	"time"
)

// contact is an open contact: its row, which is the truth, and where it stands
// in the structures that are built from the rows.
type contact struct {
	relaxAt Time // when the next step is in force, while it stands in line; zero: never
	queue   int32
	class   int32 // class of its own skills, or none
	agent   int32 // of Row.Agent, or none
	inQueue int32 // place in the queue's list of open contacts
	bucket  uint8 // the heap of its line: the step, unless that is about to change
	live    bool
	alert   bool // an exclusion came in this Step: tell if it was the last able agent
	touched uint64
	row     ContactRow
}

func lowest(set uint32) Domain { return Domain(bits.TrailingZeros32(set)) }

// stepOf is the step in force for a contact now.
func (c *Core) stepOf(ct *contact) uint8 {
	if ct.row.QueuedAt == 0 {
		return 0
	}
	steps := c.queues[ct.queue].steps()
	k := len(steps) - 1
	for k > 0 && ct.row.QueuedAt+steps[k] > c.now {
		k--
	}
	return uint8(k)
}

// dueOf is the formula of the due.
func (c *Core) dueOf(ct *contact) Time {
	if ct.queue == none {
		return 0 // its workflow has it
	}
	q := &c.queues[ct.queue]
	ageing := Time(c.settings.Ageing / time.Millisecond)
	return ct.row.FirstQueued.Add(q.plan.Objective) - Time(ct.row.Priority)*ageing
}

// arrived brings a new contact in.
func (c *Core) arrived(ev Arrived) Refusal {
	if refusal := c.mayArrive(&ev); refusal.Code != NotRefused {
		return refusal
	}
	if ev.Queue.IsZero() {
		return c.routed(&ev)
	}
	qi, _ := c.queue(ev.Queue)
	q := &c.queues[qi]
	skills := sortedSkills(ev.Skills)
	cl, ok := c.intern(qi, skills)
	if !ok {
		return Refusal{Code: RefusedClasses}
	}
	ci := c.open(ContactRow{
		ID: ev.Contact, Unit: ev.Unit, Queue: ev.Queue, Domain: q.plan.Domain, Priority: ev.Priority,
		Skills: skills, FirstQueued: c.now, Preferred: ev.Preferred, Since: c.now,
	}, qi, cl)
	ct := &c.contacts[ci]
	ct.row.Due = c.dueOf(ct)
	c.fact(FactArrived, ci, WhyNone).N = uint32(ev.Priority)
	c.alertClasses(ci)
	if ai, ok := c.agent(ev.Preferred); ok && c.mayWaitFor(ai, ct, ev.Hold) {
		c.bring(ci, ai, ev.Hold, WhyPreferred)
	} else {
		c.queueUp(ci)
	}
	return Refusal{}
}

// mayWaitFor reports whether an arrived contact goes to the agent that it asks
// for: whether the agent is able, or there and it may be held.
func (c *Core) mayWaitFor(ai int32, ct *contact, hold time.Duration) bool {
	a := &c.agents[ai]
	if a.row.Unit != ct.row.Unit {
		return false
	}
	return hold >= time.Millisecond && c.reach(ai, ct.row.Domain) || c.ability(a)>>ct.row.Domain&1 != 0
}

func (c *Core) mayArrive(ev *Arrived) Refusal {
	if ev.Contact.IsZero() || ev.Priority < 1 || ev.Priority > PriorityMax || ev.Hold < 0 || !mayDemand(ev.Skills) {
		return Refusal{Code: RefusedInvalid}
	}
	if _, ok := c.contact(ev.Contact); ok {
		return Refusal{Code: RefusedExists}
	}
	if ev.Queue.IsZero() {
		return Refusal{}
	}
	qi, ok := c.queue(ev.Queue)
	if !ok || c.queues[qi].plan.Unit != ev.Unit {
		return Refusal{Code: RefusedUnknown}
	}
	if q := &c.queues[qi]; q.plan.WaitingMax > 0 && q.waiting >= q.plan.WaitingMax {
		return Refusal{Code: RefusedFull}
	}
	return Refusal{}
}

// open makes a place for a contact that is in no state yet.
func (c *Core) open(row ContactRow, qi, cl int32) int32 {
	var ci int32
	if n := len(c.freeContacts); n > 0 {
		ci = c.freeContacts[n-1]
		c.freeContacts = c.freeContacts[:n-1]
	} else {
		ci = int32(len(c.contacts))
		c.contacts = append(c.contacts, contact{})
		c.pos = append(c.pos, none)
	}
	c.contacts[ci] = contact{row: row, queue: qi, class: cl, agent: none, live: true}
	c.pos[ci] = none
	c.contactAt.add(hashOf((*[16]byte)(&row.ID)), ci)
	if qi != none {
		c.enroll(ci)
	}
	return ci
}

// enroll adds a contact to the open contacts of its queue; dismiss takes it out.
func (c *Core) enroll(ci int32) {
	ct := &c.contacts[ci]
	q := &c.queues[ct.queue]
	if len(q.open) > 2*q.count+16 {
		q.open = slices.Delete(q.open, c.sift(ct.queue), len(q.open))
	}
	ct.inQueue = int32(len(q.open))
	q.open = append(q.open, ci)
	q.count++
}

// sift moves the contacts that still are a queue's to the front of its list, which
// keeps those that are gone until they are many. It gives their number.
func (c *Core) sift(qi int32) int {
	q, n := &c.queues[qi], 0
	for at, ci := range q.open {
		if ct := &c.contacts[ci]; ct.live && ct.queue == qi && ct.inQueue == int32(at) {
			ct.inQueue, q.open[n] = int32(n), ci
			n++
		}
	}
	return n
}

// openOf gives the open contacts of a queue, by id.
func (c *Core) openOf(qi int32) []int32 { return c.byID(c.queues[qi].open[:c.sift(qi)]) }

func (c *Core) dismiss(ci int32) {
	ct := &c.contacts[ci]
	if ct.queue == none {
		return
	}
	c.queues[ct.queue].count--
	ct.inQueue = none
	c.release(ct.class)
	ct.class = none
}

// forget gives an ended contact's place back.
func (c *Core) forget(ci int32) {
	c.contacts[ci] = contact{class: none, agent: none, queue: none}
	c.freeContacts = append(c.freeContacts, ci)
}

// queueUp lets a contact enter its queue: the steps count from now.
func (c *Core) queueUp(ci int32) {
	ct := &c.contacts[ci]
	ct.row.QueuedAt = c.now
	ct.row.Exclusions = ct.row.Exclusions[:0]
	c.lineUp(ci)
}

// enter is queueUp for one that was elsewhere before.
func (c *Core) enter(ci int32, why Why) {
	c.queueUp(ci)
	c.fact(FactQueued, ci, why)
}

// giveBack returns a contact to its place in the queue; one that has not been in
// its queue yet enters it.
func (c *Core) giveBack(ci int32, why Why) {
	if c.contacts[ci].row.QueuedAt == 0 {
		c.enter(ci, why)
		return
	}
	c.lineUp(ci)
}

// lineUp queues a contact: it looks for an agent, and stands in line if it finds
// none.
func (c *Core) lineUp(ci int32) {
	ct := &c.contacts[ci]
	ct.row.State, ct.row.Since, ct.row.Deadline = Queued, c.now, 0
	ct.row.Agent, ct.agent = AgentID{}, none
	ct.row.Due = c.dueOf(ct)
	ct.row.Step = c.stepOf(ct)
	ct.bucket = ct.row.Step
	c.seek = append(c.seek, ci)
	c.touch(ci)
}

// inLine puts a queued contact where its step says.
func (c *Core) inLine(ci int32) {
	ct := &c.contacts[ci]
	q := &c.queues[ct.queue]
	c.crowd(ct.queue, 1)
	ct.row.Step = c.stepOf(ct)
	c.stand(c.lineOf(ct), int(ct.row.Step), ci)
	c.list(ct.class)
	ct.relaxAt = 0
	if next := int(ct.row.Step) + 1; next < len(q.steps()) {
		ct.relaxAt = ct.row.QueuedAt + q.steps()[next]
		c.set(ct.relaxAt, ci, timerRelax)
	}
}

// unline takes a contact out of the line in which it waits, if it does.
func (c *Core) unline(ci int32) {
	ct := &c.contacts[ci]
	if c.pos[ci] == none {
		return
	}
	l := c.lineOf(ct)
	c.leave(l, ci)
	if ct.row.State == Queued {
		c.crowd(ct.queue, -1)
		ct.relaxAt, ct.row.Step = 0, c.stepOf(ct)
		c.unlist(ct.class)
	}
}

// relax puts a queued contact into the step that is in force now.
func (c *Core) relax(ci int32) {
	c.unline(ci)
	ct := &c.contacts[ci]
	ct.bucket = ct.row.Step
	c.prune(ct)
	c.seek = append(c.seek, ci)
}

// bring gives a contact to an agent by name: it is offered at once if the agent
// is able, else held for a while, else it enters its queue. The contact is in no
// line and in nobody's hand.
func (c *Core) bring(ci, ai int32, hold time.Duration, why Why) {
	ct := &c.contacts[ci]
	ct.row.QueuedAt, ct.row.Step = 0, 0
	ct.row.Exclusions = ct.row.Exclusions[:0]
	ct.row.Due = c.dueOf(ct)
	ct.row.Agent, ct.agent = AgentID{}, none
	a := &c.agents[ai]
	switch {
	case c.ability(a)>>ct.row.Domain&1 != 0:
		c.offer(ci, ai, why)
	case hold >= time.Millisecond:
		ct.row.State, ct.row.Since = Held, c.now
		ct.row.Agent, ct.agent = a.id, ai
		c.until(ci, c.now.Add(hold))
		a.owns |= 1 << ct.row.Domain
		c.stand(c.ownLine(ai, ct.row.Domain), 0, ci)
		c.fact(FactHeld, ci, why)
	default:
		c.enter(ci, why)
	}
}

// unhold takes a contact out of an agent's own list.
func (c *Core) unhold(ci int32) {
	c.unline(ci)
	ct := &c.contacts[ci]
	ct.row.Agent, ct.agent, ct.row.Deadline = AgentID{}, none, 0
}

// end makes a contact be over, wherever it was.
func (c *Core) end(ci int32, why Why, disposition ReasonID) {
	ct := &c.contacts[ci]
	since := ct.row.Since
	switch ct.row.State {
	case Routing:
	case Offered:
		c.notTaken(ci, why)
		since = ct.row.FirstQueued
	case Held:
		c.unhold(ci)
		since = ct.row.FirstQueued
	case Queued, Timed:
		c.unline(ci)
		since = ct.row.FirstQueued
	default:
		c.outOfHand(ci)
	}
	ct.row.State, ct.row.Since, ct.row.Deadline, ct.row.CustomerLost = Ended, c.now, 0, 0
	ct.row.Resume, ct.row.Left = 0, 0
	ct.row.EndWhy, ct.row.Disposition = why, disposition
	f := c.fact(FactEnded, ci, why)
	f.Reason, f.Took = disposition, c.now.Sub(since)
	c.effect(End, ci, why)
	c.dismiss(ci)
	c.contactAt.remove(hashOf((*[16]byte)(&ct.row.ID)), ci)
}

// abandoned: the customer ended it.
func (c *Core) abandoned(ev Abandoned) Refusal {
	ci, ok := c.contact(ev.Contact)
	if !ok {
		return Refusal{Code: RefusedUnknown}
	}
	if c.inWrapUp(ci) {
		return c.elsewhere(ci)
	}
	c.customerGone(ci, WhyAbandoned)
	return Refusal{}
}

// inWrapUp reports whether a contact's conversation is over.
func (c *Core) inWrapUp(ci int32) bool {
	row := &c.contacts[ci].row
	return row.State == WrapUp || row.State == Interrupted && row.Resume == WrapUp
}

// customerGone ends a contact that nobody owns, and the conversation of one that
// has an owner.
func (c *Core) customerGone(ci int32, why Why) {
	ct := &c.contacts[ci]
	if ct.row.State == Active || ct.row.State == Interrupted {
		c.conclude(ci, why)
		return
	}
	c.end(ci, why, ReasonID{})
}

func (c *Core) customerLost(ev CustomerLost) Refusal {
	ci, ok := c.contact(ev.Contact)
	if !ok {
		return Refusal{Code: RefusedUnknown}
	}
	if c.inWrapUp(ci) {
		return c.elsewhere(ci)
	}
	ct := &c.contacts[ci]
	if ct.row.CustomerLost != 0 {
		return Refusal{}
	}
	c.fact(FactCustomerLost, ci, WhyNone)
	grace := RoutingGrace
	if ct.queue != none {
		grace = c.queues[ct.queue].plan.CustomerGrace
	}
	if grace < time.Millisecond {
		c.customerGone(ci, WhyCustomerLost)
		return Refusal{}
	}
	ct.row.CustomerLost = c.now.Add(grace)
	c.set(ct.row.CustomerLost, ci, timerCustomer)
	return Refusal{}
}

func (c *Core) customerReturned(ev CustomerReturned) Refusal {
	ci, ok := c.contact(ev.Contact)
	if !ok {
		return Refusal{Code: RefusedUnknown}
	}
	if c.inWrapUp(ci) {
		return c.elsewhere(ci)
	}
	if ct := &c.contacts[ci]; ct.row.CustomerLost != 0 {
		ct.row.CustomerLost = 0
		c.fact(FactCustomerReturned, ci, WhyNone)
	}
	return Refusal{}
}

func (c *Core) priority(ev PriorityChanged) Refusal {
	ci, ok := c.contact(ev.Contact)
	if !ok {
		return Refusal{Code: RefusedUnknown}
	}
	if ev.Priority < 1 || ev.Priority > PriorityMax {
		return Refusal{Code: RefusedInvalid}
	}
	ct := &c.contacts[ci]
	if ct.row.Priority == ev.Priority {
		return Refusal{}
	}
	ct.row.Priority = ev.Priority
	c.fact(FactPriority, ci, WhyNone).N = uint32(ev.Priority)
	c.rekey(ci)
	return Refusal{}
}

// rekey brings a contact's due up to date, and its place with it.
func (c *Core) rekey(ci int32) {
	ct := &c.contacts[ci]
	due := c.dueOf(ct)
	if due == ct.row.Due {
		return
	}
	c.touch(ci)
	if c.pos[ci] == none {
		ct.row.Due = due
		return
	}
	l := c.lineOf(ct)
	c.leave(l, ci)
	ct.row.Due = due
	c.stand(l, int(ct.bucket), ci)
}

// elsewhere is the refusal that tells where a contact is.
func (c *Core) elsewhere(ci int32) Refusal {
	row := &c.contacts[ci].row
	return Refusal{Code: RefusedState, Place: Place{State: row.State, Agent: row.Agent}}
}

// sortedSkills copies skills in the order of their ids.
func sortedSkills(skills []SkillLevel) []SkillLevel {
	if len(skills) == 0 {
		return nil
	}
	out := slices.Clone(skills)
	slices.SortFunc(out, func(a, b SkillLevel) int { return a.Skill.Compare(b.Skill) })
	return out
}

// validSkills reports whether skills, sorted, are distinct and of levels 1–100.
func validSkills(skills []SkillLevel) bool {
	for i, s := range skills {
		if s.Skill.IsZero() || s.Level < 1 || s.Level > 100 || i > 0 && s.Skill == skills[i-1].Skill {
			return false
		}
	}
	return true
}
