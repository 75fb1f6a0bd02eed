package hub

import (
	"fmt"
	"time"

	"portico/acd"
	"portico/store"
	"portico/workflow"
)

// stepper is the core as the owner sees it.
type stepper interface {
	Step(now acd.Time, e acd.Event) *acd.Out
}

// owner is the state that one goroutine owns. Nobody else touches it.
type owner struct {
	h    *Hub
	core stepper

	// What commands are checked against, and what the core does not keep.
	open   map[acd.ContactID]openContact
	agents map[acd.AgentID]acd.UnitID
	queues map[acd.QueueID]queueOf

	// Of workflows: the deadlines, what was alerted lately, and, while the hub starts,
	// the releases that contacts are in.
	timers   flowTimers
	alerted  map[alertKey]acd.Time
	releases map[releaseKey]*workflow.Flow

	last    acd.Time // of the last Step
	forming *batch
	flying  *batch // in the store's hands, or nil
	since   acd.Time
	stuck   bool // the flying commit takes too long
	saved   uint64
	pending []*task // the hub's own, before all others
	closing bool

	coreWake acd.Time // when the core wants to be stepped, as it said last
	wake     acd.Time
	timer    *time.Timer // for wake
	patrol   *time.Timer // for stuck
}

// openContact is what the hub keeps of an open contact beside the core.
type openContact struct {
	unit acd.UnitID
	flow *flowing // nil: the built-in workflow has it
}

// queueOf is what the hub keeps of a queue.
type queueOf struct {
	unit   acd.UnitID
	domain acd.Domain
}

// batch is what one commit holds. units and changes go together one to one.
type batch struct {
	n       uint64
	events  int
	units   []store.Unit
	changes []Change
	replies []reply
}

// reply is an answer that waits for the batch to be durable. unit is the index of
// the unit that holds the outcome, or -1.
type reply struct {
	task   *task
	answer Answer
	err    error
	unit   int
}

// saved is the store's word on the batch in flight.
type saved struct {
	batch    uint64
	outcomes []store.Outcome
}

// run is the owner's goroutine. It ends when it is told to stop and all is done,
// when it is abandoned, or when the store refuses a batch.
func (o *owner) run() {
	defer o.timer.Stop()
	defer o.patrol.Stop()
	for {
		o.drain()
		o.submit()
		if o.closing && o.flying == nil && o.forming.events == 0 && len(o.h.progress)+len(o.h.arrivals) == 0 {
			return
		}
		if len(o.pending) > 0 && o.accepting() {
			continue // room came with the submission, and nobody goes before them
		}
		var progress, arrivals chan *task
		var due <-chan time.Time
		if o.accepting() {
			progress, arrivals, due = o.h.progress, o.h.arrivals, o.timer.C
		}
		stopping := o.h.stopping
		if o.closing {
			stopping = nil
		}
		select {
		case t := <-progress:
			o.take(t)
		case t := <-arrivals:
			o.take(t)
		case <-due:
			o.wake = 0
			o.tick()
		case s := <-o.h.saved:
			if err := o.durable(s); err != nil {
				o.h.err = err
				return
			}
		case <-o.patrol.C:
			o.stuck = o.flying != nil
		case <-o.h.room:
		case <-stopping:
			o.closing = true
		case <-o.h.abandon:
			return
		}
	}
}

// accepting reports whether the core may take an event: the batch that forms has
// room, and the one in flight is not stuck.
func (o *owner) accepting() bool { return !o.stuck && o.forming.events < BatchMax }

// drain takes what waits, the hub's own events first, so that one commit holds it.
func (o *owner) drain() {
	for o.accepting() {
		if len(o.pending) > 0 {
			t := o.pending[0]
			o.pending = o.pending[1:]
			o.take(t)
			continue
		}
		select {
		case t := <-o.h.progress:
			o.take(t)
		case t := <-o.h.arrivals:
			o.take(t)
		default:
			return
		}
	}
}

// submit hands the batch that forms to the store if none is in flight. One that
// holds answers alone needs no commit: all that they tell of is durable.
func (o *owner) submit() {
	b := o.forming
	if o.flying != nil || b.events == 0 || len(o.h.publish) == cap(o.h.publish) {
		return
	}
	o.forming = &batch{}
	if len(b.units) == 0 {
		b.n = o.saved
		o.h.publish <- b
		return
	}
	o.flying = b
	o.since = o.now()
	o.patrol.Reset(StuckAfter)
	o.h.o.Store.SubmitHub(b.units, func(n uint64, outcomes []store.Outcome) {
		o.h.saved <- saved{n, outcomes}
	})
}

// durable takes the store's word on the batch in flight. An error means that the
// core holds what the store does not: the hub must stop.
func (o *owner) durable(s saved) error {
	b := o.flying
	o.flying = nil
	o.patrol.Stop()
	for i, outcome := range s.outcomes {
		switch {
		case outcome.Err != nil:
			return o.broken(b, s, i)
		case outcome.Rider != nil:
			b.leaveOut(i, outcome.Rider)
		}
	}
	b.n = s.batch
	o.saved = s.batch
	o.h.publish <- b
	if o.stuck {
		o.stuck = false
		o.resume()
	}
	return nil
}

// leaveOut takes the guard out of a unit's riders, as the store did.
func (b *batch) leaveOut(unit int, why error) {
	var saved []store.Row
	for _, row := range b.changes[unit].Riders {
		switch row.(type) {
		case store.Message, store.PutObject:
		default:
			saved = append(saved, row)
		}
	}
	b.changes[unit].Riders = saved
	for i := range b.replies {
		if b.replies[i].unit == unit {
			b.replies[i].answer.Rider = why
		}
	}
}

// broken answers what is certain of a batch that was not saved whole.
func (o *owner) broken(b *batch, s saved, at int) error {
	err := s.outcomes[at].Err
	o.h.o.Log.Error("the hub stops: a batch was not saved", "err", err, "batch", s.batch)
	for _, r := range b.replies {
		if r.unit >= 0 && s.outcomes[r.unit].Err == nil {
			r.answer.Batch = s.batch
			o.h.answer(r.task, r.answer, r.err)
		}
	}
	return fmt.Errorf("saving a batch of the hub: %w", err)
}

// now is the time of the next Step: it never runs backward.
func (o *owner) now() acd.Time {
	o.last = max(o.last, acd.At(o.h.o.Now()))
	return o.last
}

// resume goes on after an outage of the store, in which no agent could meet a
// deadline: the core moves them.
func (o *owner) resume() {
	gap := o.now().Sub(o.since)
	o.h.o.Log.Info("the store is back", "took", gap)
	o.delayCalls(gap)
	o.pending = append(o.pending, newTask(Command{Event: acd.Restarted{Gap: gap, SameProcess: true}}))
}

// tick does what is due: the core's timers, then those of workflows.
func (o *owner) tick() {
	o.take(newTask(Command{Event: acd.Ticked{}}))
	for o.accepting() && len(o.timers) > 0 && o.timers.next() <= o.now() {
		f := o.timers[0]
		o.timers.drop(f) // so that nothing is tried again and again
		o.take(newTask(Command{Flow: &FlowInput{f.contact.ID, workflow.Due{}}}))
	}
}

// take does a task and joins the outcome to the batch.
func (o *owner) take(task *task) {
	t := &turn{at: o.now(), changed: map[acd.ContactID]bool{}, paths: map[acd.ContactID]uint32{}}
	o.forming.events++
	done := task.command
	err := o.do(t, task)
	if err != nil {
		done = Command{}
	}
	o.followAll(t, leftBy(done.Event))
	o.finishFlows(t)
	unit := o.record(t, done)
	o.wakeAt(t.at, earliest(o.coreWake, o.timers.next()))
	r := reply{task: task, err: err, unit: -1}
	if a := t.change.Arrival; a != nil {
		r.answer.Contact = a.Contact
	}
	if len(unit.Rows) > 0 || t.change.Plan != nil {
		if err == nil {
			r.unit = len(o.forming.units)
		}
		o.forming.units = append(o.forming.units, unit)
		o.forming.changes = append(o.forming.changes, t.change)
	}
	o.reply(r)
}

func (o *owner) reply(r reply) { o.forming.replies = append(o.forming.replies, r) }

// do tells the core, or a workflow, what a task says; it gives the fault of a refusal.
func (o *owner) do(t *turn, task *task) error {
	c := task.command
	switch {
	case c.Arrival != nil:
		return o.arrive(t, task)
	case c.Flow != nil:
		return o.tell(t, c)
	case o.foreign(c.Unit, c.Event):
		return errNotFound
	}
	return faultOf(o.step(t, c.Event))
}

// arrive brings a new contact in.
func (o *owner) arrive(t *turn, task *task) error {
	a := *task.command.Arrival // the caller's stays as it is
	if unit := task.command.Unit; !unit.IsZero() && unit != a.Unit {
		return errNotFound
	}
	if o.agents[a.Preferred] != a.Unit {
		a.Preferred = acd.AgentID{} // left, or never was: anybody will do
	}
	if !a.Queue.IsZero() && o.queues[a.Queue].unit != a.Unit {
		return errNotFound
	}
	if _, open := o.open[a.Contact]; open {
		return faultOf(acd.Refusal{Code: acd.RefusedExists})
	}
	if f := o.enter(&a, task.known); f != nil {
		return o.begin(t, f)
	}
	if a.Queue.IsZero() {
		if a.Queue = o.firstQueue(a.Unit, a.Domain, acd.QueueID{}); a.Queue.IsZero() {
			return errNotFound
		}
	}
	refusal := o.step(t, acd.Arrived{
		Contact: a.Contact, Unit: a.Unit, Queue: a.Queue, Priority: a.Priority, Skills: a.Skills, Preferred: a.Preferred, Hold: a.Hold,
	})
	if err := faultOf(refusal); err != nil {
		return err
	}
	o.open[a.Contact] = openContact{unit: a.Unit}
	t.change.Arrival = &a
	return nil
}

// tell brings a workflow what it waits for. What is due in the core comes first, so that
// the workflow and the core agree on where the contact is.
func (o *owner) tell(t *turn, c Command) error {
	open, ok := o.open[c.Flow.Contact]
	if !ok || !c.Unit.IsZero() && c.Unit != open.unit {
		return errNotFound
	}
	if open.flow == nil {
		return errTooLate
	}
	o.step(t, acd.Ticked{})
	o.followAll(t, acd.ContactID{})
	if open.flow.row.State == acd.Ended || open.flow.in.Over {
		return errTooLate
	}
	if o.flow(t, open.flow, c.Flow.Input) {
		return errTooLate
	}
	return nil
}

// earliest gives the earlier of two times; zero is never.
func earliest(a, b acd.Time) acd.Time {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// wakeAt has the owner woken when the core wants it, or a little earlier: the timer
// does not follow when somebody sets the clock, so it is never set for long.
func (o *owner) wakeAt(now, at acd.Time) {
	if at == o.wake {
		return
	}
	o.wake = at
	if at == 0 {
		o.timer.Stop()
		return
	}
	o.timer.Reset(min(max(0, at.Sub(now)), SleepMax))
}
