package picture

import (
	"time"

	"portico/acd"
	"portico/store"
)

// Queue is a queue of the plan with its counts now and its counters of today.
type Queue struct {
	ID     acd.QueueID
	Unit   acd.UnitID
	Domain acd.Domain
	// Contacts by state.
	Waiting, Held, Timed, Offered, Active, Interrupted, WrapUp int
	// WaitingSince is the least FirstQueued of those waiting or offered; zero when none is.
	WaitingSince acd.Time
	Today        Counters
	Recent       Counters // of the last 15 minutes
}

// Counters are a queue's figures over some time. A transfer or a return from an
// owner is a new offer in the queue that is entered.
type Counters struct {
	Offered     uint32 // entered the queue
	Answered    uint32
	InTime      uint32 // answered within the queue's objective
	Abandoned   uint32
	LeftInTime  uint32 // abandoned within the queue's objective
	NotAnswered uint32 // offers that no agent answered
	WaitMs      uint64 // of the answered
	HandleMs    uint64 // active and wrap-up
}

// ServiceLevel is one of the ways in which a service level counts those who left within
// the objective. Of those whose waiting is over, A were answered in time, B left in time,
// and O are all.
type ServiceLevel uint8

// The variants, with the level of 100 contacts of which 70 are answered in time, 10 leave
// in time, and 20 are answered or leave later.
const (
	LeaversCount   ServiceLevel = iota // A/O: leaving is a failure; 70 %
	LeaversIgnored                     // A/(O−B): who leaves in time does not count; 77.8 %
	LeaversServed                      // (A+B)/O: who leaves in time counts as served; 80 %
	LeaversLeftOut                     // A of the answered alone, whenever the others left
)

// Level is the share, 0 to 1, by a variant; ok is false when there is nothing to share.
func (c Counters) Level(v ServiceLevel) (level float64, ok bool) {
	part, all := c.InTime, c.Answered+c.Abandoned
	switch v {
	case LeaversIgnored:
		all -= c.LeftInTime
	case LeaversServed:
		part += c.LeftInTime
	case LeaversLeftOut:
		all = c.Answered
	}
	if all == 0 {
		return 0, false
	}
	return float64(part) / float64(all), true
}

func (c *Counters) add(d Counters) {
	c.Offered += d.Offered
	c.Answered += d.Answered
	c.InTime += d.InTime
	c.Abandoned += d.Abandoned
	c.LeftInTime += d.LeftInTime
	c.NotAnswered += d.NotAnswered
	c.WaitMs += d.WaitMs
	c.HandleMs += d.HandleMs
}

// queue is the state of a queue.
type queue struct {
	now       Queue
	planned   bool
	objective time.Duration
	logged    uint64

	byDue, byFirst  *tree // all open contacts
	lineDue         *tree // those that wait
	lineFirst       *tree
	intervals       intervals
	places          *places // positions; replaced, never changed
	placesRequested acd.Time
	movement        movement
	recent          recent
}

// day is what is today in a unit's time zone.
type day struct {
	from, to acd.Time
	zone     string
}

func (u *unit) queue(id acd.QueueID) *queue {
	q := u.queues[id]
	if q == nil {
		q = &queue{
			now:       Queue{ID: id, Unit: u.id},
			byDue:     newTree(dueBefore),
			byFirst:   newTree(firstBefore),
			lineDue:   newTree(dueBefore),
			lineFirst: newTree(firstBefore),
			movement:  newMovement(0, 0, 0),
		}
		u.queues[id] = q
	}
	return q
}

// count gives the place where contacts of a state are counted.
func (q *Queue) count(s acd.ContactState) *int {
	switch s {
	case acd.Timed:
		return &q.Timed
	case acd.Held:
		return &q.Held
	case acd.Offered:
		return &q.Offered
	case acd.Active:
		return &q.Active
	case acd.Interrupted:
		return &q.Interrupted
	case acd.WrapUp:
		return &q.WrapUp
	default:
		return &q.Waiting
	}
}

// put lists and counts a contact's new state; an equal place is overwritten.
func (q *queue) put(c *contact) {
	q.byDue.Set(c)
	q.byFirst.Set(c)
	if c.waits() {
		q.lineDue.Set(c)
		q.lineFirst.Set(c)
	}
	*q.now.count(c.row.State)++
}

// take removes a contact's old state: from the lists when it leaves its place in
// them, from the line also when it waits no longer.
func (q *queue) take(c *contact, leaves, goesOnWaiting bool) {
	if leaves {
		q.byDue.Delete(c)
		q.byFirst.Delete(c)
	}
	if c.waits() && (leaves || !goesOnWaiting) {
		q.lineDue.Delete(c)
		q.lineFirst.Delete(c)
	}
	*q.now.count(c.row.State)--
}

// lineCounted notes how many wait in the queue from a time on.
func (q *queue) lineCounted(at acd.Time) { q.movement.line(at, q.now.Waiting, q.now.Offered) }

// shown gives the queue as it is now. When the day is over, nothing was counted since.
func (q *queue) shown(today day, now acd.Time) Queue {
	out := q.now
	if now >= today.to {
		out.Today = Counters{}
	}
	out.Recent = q.recent.at(now)
	if c, ok := q.lineFirst.Min(); ok {
		out.WaitingSince = c.row.FirstQueued
	}
	return out
}

// foldFact counts a fact in the queue and the quarter of an hour that own it:
// those in which it happened.
func (p *Picture) foldFact(f acd.Fact) {
	if f.Queue.IsZero() {
		return
	}
	u := p.unit(f.Unit)
	q := u.queue(f.Queue)
	if f.Kind == acd.FactAccepted {
		q.movement.accept(f.Took)
	}
	d := counted(f, q.objective)
	if d == (Counters{}) {
		return
	}
	start := f.At - f.At%quarter
	i := q.intervals.at(start, u.id)
	i.count.add(d)
	p.dirty[intervalKey{f.Queue, start}] = i
	q.recent.count(f.At, d)
	if start >= u.day.from && start < u.day.to {
		q.now.Today.add(d)
	}
	p.touchQueue(u, q)
}

// counted says what a fact adds to the counters of its queue. Offered grows when a
// contact begins to wait for somebody to answer: at its arrival, and again when an
// owner loses it, in the queue where it waits then. So each queue's Offered is the
// sum of its Answered, its Abandoned, those that wait, and those that their workflow
// or a supervisor moved on or ended.
func counted(f acd.Fact, objective time.Duration) Counters {
	switch f.Kind {
	case acd.FactArrived:
		return Counters{Offered: 1}
	case acd.FactReturned:
		if f.Why != acd.WhyTransferred { // it stays in its queue
			return Counters{Offered: 1}
		}
	case acd.FactQueued, acd.FactHeld, acd.FactOffered:
		if f.Why == acd.WhyTransferred || f.Why == acd.WhyWorkflow { // the first place in another queue
			return Counters{Offered: 1}
		}
	case acd.FactAccepted:
		d := Counters{Answered: 1, WaitMs: uint64(f.Took.Milliseconds())}
		if f.Took <= objective {
			d.InTime = 1
		}
		return d
	case acd.FactNotAccepted:
		if f.Why == acd.WhyNoAnswer {
			return Counters{NotAnswered: 1}
		}
	case acd.FactInterrupted, acd.FactFinished:
		return Counters{HandleMs: uint64(f.Took.Milliseconds())}
	case acd.FactLeft:
		if f.N == uint32(acd.Owner) {
			return Counters{HandleMs: uint64(f.Took.Milliseconds())}
		}
	case acd.FactEnded:
		if f.Agent.IsZero() { // nobody owned it
			if f.Why != acd.WhyAbandoned && f.Why != acd.WhyCustomerLost {
				return Counters{}
			}
			d := Counters{Abandoned: 1}
			if f.Took <= objective {
				d.LeftInTime = 1
			}
			return d
		}
		return Counters{HandleMs: uint64(f.Took.Milliseconds())}
	}
	return Counters{}
}

// loadInterval takes a saved interval.
func (p *Picture) loadInterval(i store.Interval) {
	u := p.unit(i.Unit)
	q := u.queue(i.Queue)
	count := Counters{
		Offered: i.Offered, Answered: i.Answered, InTime: i.AnsweredInTime, Abandoned: i.Abandoned, LeftInTime: i.AbandonedInTime,
		NotAnswered: i.NotAnswered, WaitMs: i.WaitMs, HandleMs: i.HandleMs,
	}
	q.intervals.at(i.Start, i.Unit).count = count
	if i.Start >= u.day.from && i.Start < u.day.to {
		q.now.Today.add(count)
	}
}

// turnDay begins a new day in a unit if now lies after the present one, or if the
// unit has another time zone: today's counters are summed anew, and what is too old
// is forgotten. Whoever calls it, a reader too, it is a change of the tables.
func (p *Picture) turnDay(u *unit, now acd.Time) {
	zone := time.UTC
	if p.o.Zone != nil {
		if z := p.o.Zone(u.id); z != nil {
			zone = z
		}
	}
	if now < u.day.to && zone.String() == u.day.zone {
		return
	}
	if u.day.to != 0 {
		p.revision++
		for _, f := range u.flows {
			f.version = p.revision
		}
	}
	u.day.zone = zone.String()
	y, m, d := now.Std().In(zone).Date()
	u.day.from = acd.At(time.Date(y, m, d, 0, 0, 0, 0, zone))
	u.day.to = acd.At(time.Date(y, m, d+1, 0, 0, 0, 0, zone))
	for _, q := range u.queues {
		q.now.Today = Counters{}
		q.intervals.forget(now.Add(-keepIntervals))
		for start, count := range q.intervals.all() {
			if start >= u.day.from && start < u.day.to {
				q.now.Today.add(count)
			}
		}
		p.touchQueue(u, q)
	}
}

func (p *Picture) touchQueue(u *unit, q *queue) {
	if q.logged != p.revision {
		q.logged = p.revision
		u.queueTable.changed(p.revision, q.now.ID, len(u.queues))
	}
}

// Queue gives one queue of the plan.
func (p *Picture) Queue(unit acd.UnitID, id acd.QueueID) (Queue, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.units[unit]
	if u == nil || u.queues[id] == nil || !u.queues[id].planned {
		return Queue{}, false
	}
	return u.queues[id].shown(u.day, acd.At(p.o.Now())), true
}
