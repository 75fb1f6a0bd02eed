package workflow

import (
	"fmt"
	"maps"
	"time"

	"portico/acd"
)

// Times that no graph sets.
const (
	callGrace    = 2 * time.Second // what a call's answer may be late
	fallbackTime = 5 * time.Second // until a contact that no queue took is tried again
	noteMax      = 300             // characters
)

// component is a node made ready to run. enter gives the exit that is taken at once,
// or stay.
type component interface {
	enter(r *run) Exit
}

// lasting is a component that something happens to while the contact is in it.
type lasting interface {
	// again asks the world once more after a restart.
	again(r *run)
	// due is told that the deadline has come.
	due(r *run) Exit
}

// run is one turn of an instance.
type run struct {
	now     acd.Time
	flow    *Flow
	world   World
	in      Instance
	contact Contact
	passed  []Passed
	effects []Effect
	note    string // why the component that runs fails
	email   *emailView
}

// Step tells an instance of something and runs it on until it waits for something
// else. A nil flow (the release is gone) sends the contact to its queue. f, in and c
// are not changed.
func Step(now acd.Time, f *Flow, in Instance, c Contact, input Input, w World) Outcome {
	r := &run{now: now, flow: f, world: w, in: in, contact: c}
	r.in.Visits = maps.Clone(in.Visits)
	if !r.take(input) {
		return Outcome{Instance: in, Contact: c, Ignored: true}
	}
	for i := range r.passed {
		p := &r.passed[i]
		p.Unit, p.Contact, p.Workflow, p.Release = c.Unit, c.ID, r.in.Workflow, r.in.Release
	}
	return Outcome{
		Instance: r.in, Contact: r.contact, Changed: !c.equal(&r.contact), Passed: r.passed, Effects: r.effects,
	}
}

// Begin gives the instance of a contact that enters a workflow.
func Begin(f *Flow, c Contact) Instance {
	return Instance{Workflow: f.Workflow, Release: f.Release, Customer: c.Customer, LastAgent: c.LastAgent, Addressed: c.Queue}
}

// take brings the input in, and reports whether it meant anything.
func (r *run) take(input Input) bool {
	if r.in.Over {
		return false
	}
	switch input.(type) {
	case Left:
		r.over()
		return true
	case Paused:
		changed := !r.in.Paused
		r.in.Paused = true
		return changed
	case Resumed:
		return r.resume()
	case Restarted:
		return r.restart()
	case Due:
		return r.due()
	}
	if r.flow == nil {
		return r.lost(input)
	}
	switch input := input.(type) {
	case Began:
		r.visit(r.flow.start)
		r.advance(ExitNext)
	case Done:
		return r.done()
	case Refused:
		return r.refused(input.Why)
	case Answered:
		if r.in.Doing != DoingCall || input.Token != (Token{r.contact.ID, r.in.Visit}) || r.in.Exit != stay {
			return false
		}
		r.advance(r.answered(input.Result))
	case Collected:
		if r.in.Doing != DoingCollect || input.Visit != r.in.Visit || r.in.Exit != stay {
			return false
		}
		r.advance(r.collected(input.Values))
	case Chosen:
		if r.in.Doing != DoingCallback || input.Visit != r.in.Visit || r.in.Exit != stay {
			return false
		}
		exit := ExitDeclined
		if input.Accepted {
			exit = ExitAccepted
		}
		r.advance(exit)
	default:
		return false
	}
	return true
}

// lost is taken when the release that the contact is in is not there any more.
func (r *run) lost(input Input) bool {
	if r.in.Doing == DoingFallback {
		switch input := input.(type) {
		case Done:
			return r.done()
		case Refused:
			return r.refused(input.Why)
		}
		return false
	}
	const why = "The release of the workflow that the contact entered is not there any more."
	r.here().Note = why
	r.alert(AlertFailed, why)
	r.fall()
	return true
}

// done goes on after the core did what it was asked.
func (r *run) done() bool {
	switch r.in.Doing {
	case DoingFallback:
		r.over()
	case DoingCore:
		if !r.in.Placing.IsZero() {
			r.in.Queue, r.in.Placing = r.in.Placing, acd.QueueID{}
		}
		if r.flow == nil {
			return r.lost(Due{})
		}
		r.advance(ExitNext)
	default:
		return false
	}
	return true
}

// refused goes on after the core did not do what it was asked.
func (r *run) refused(why string) bool {
	switch r.in.Doing {
	case DoingFallback:
		r.in.Deadline = r.now.Add(fallbackTime)
	case DoingCore:
		r.in.Placing = acd.QueueID{}
		if r.flow == nil {
			return r.lost(Due{})
		}
		r.advance(r.fail("The routing refused it: " + why + "."))
	default:
		return false
	}
	return true
}

// due does what the deadline was for.
func (r *run) due() bool {
	if r.in.Paused || r.in.Deadline == 0 || r.now < r.in.Deadline {
		return false
	}
	if r.in.Doing == DoingFallback {
		r.fall()
		return true
	}
	node := r.node()
	if node == nil {
		return r.lost(Due{})
	}
	if c, ok := node.component.(lasting); ok {
		r.advance(c.due(r))
		return true
	}
	return false
}

// resume goes on after the contact came back to wait.
func (r *run) resume() bool {
	if !r.in.Paused {
		return false
	}
	r.in.Paused = false
	if exit := r.in.Exit; exit != stay {
		r.in.Exit = stay
		if r.flow == nil {
			return r.lost(Due{})
		}
		r.advance(exit)
		return true
	}
	r.due()
	return true
}

// restart asks the world again what it had been asked.
func (r *run) restart() bool {
	switch {
	case r.in.Exit != stay, r.in.Doing == DoingNothing, r.in.Doing == DoingFallback:
		return false // nothing is asked, or it is asked again anyway
	case r.flow == nil:
		return !r.in.Paused && r.lost(Due{})
	}
	node := r.node()
	if node == nil {
		return r.lost(Due{})
	}
	c, ok := node.component.(lasting)
	if !ok {
		return false
	}
	c.again(r)
	return len(r.passed) > 0
}

// node gives the component that the contact is in, or nil.
func (r *run) node() *node {
	if r.flow == nil {
		return nil
	}
	return r.flow.nodes[r.in.Node]
}

// advance leaves the present component by an exit and runs on until one stays.
func (r *run) advance(exit Exit) {
	for exit != stay {
		if r.in.Paused {
			r.in.Exit, r.in.Doing, r.in.Deadline, r.in.Until = exit, DoingNothing, 0, 0
			return
		}
		to := r.leave(exit)
		if to == "" {
			return
		}
		if r.in.Visit >= VisitsMax {
			why := fmt.Sprintf("The contact entered %d components.", VisitsMax)
			r.here().Note = why
			r.alert(AlertLoop, why)
			r.fall()
			return
		}
		r.visit(to)
		exit = r.flow.nodes[to].component.enter(r)
	}
}

// leave takes an exit, and gives where it leads; empty is the end of the path.
func (r *run) leave(exit Exit) NodeID {
	p := r.here()
	p.Exit, p.Note = exit, cut(r.note, noteMax)
	why := r.note
	r.note = ""
	r.in.Doing, r.in.Deadline, r.in.Until = DoingNothing, 0, 0
	node := r.node()
	if to := node.exits[exit]; to != "" {
		return to
	}
	switch {
	case exit == ExitNext && ends(node.kind):
		p.Exit = stay
		return ""
	case exit == ExitHoliday:
		return r.leave(ExitClosed)
	case exit != ExitError:
		r.note = "Its exit leads nowhere."
		return r.leave(ExitError)
	}
	if !r.in.Alerted {
		r.in.Alerted = true
		r.alert(AlertFailed, why)
	}
	if to := r.flow.nodes[r.flow.start].exits[ExitError]; to != "" {
		return to
	}
	r.fall()
	return ""
}

// ends reports whether a path may end at a component's next exit: the contact waits
// in a queue.
func ends(k Kind) bool { return k == KindQueue || k == KindTransfer }

// visit enters a component.
func (r *run) visit(to NodeID) {
	r.in.Visit++
	r.in.Node, r.in.Since, r.in.Said = to, r.now, 0
	if r.flow.visits {
		if r.in.Visits == nil {
			r.in.Visits = make(map[NodeID]uint32)
		}
		r.in.Visits[to]++
	}
	r.here().Entered = true
}

// here gives the record of the present visit in this turn.
func (r *run) here() *Passed {
	if n := len(r.passed); n > 0 && r.passed[n-1].Visit == r.in.Visit {
		return &r.passed[n-1]
	}
	p := Passed{Visit: r.in.Visit, Node: r.in.Node, At: r.now}
	if node := r.node(); node != nil {
		p.Kind = node.kind
	}
	r.passed = append(r.passed, p)
	return &r.passed[len(r.passed)-1]
}

// fail is the exit of a component that cannot do what it should.
func (r *run) fail(why string) Exit {
	r.note = why
	return ExitError
}

// fall gives the workflow up: the contact waits where it waits, or goes to any queue
// that takes it.
func (r *run) fall() {
	if !r.in.Queue.IsZero() {
		r.over()
		return
	}
	r.in.Doing, r.in.Deadline, r.in.Until = DoingFallback, 0, 0
	r.effects = append(r.effects, Fallback{r.in.Addressed})
}

// over ends the workflow; the contact goes on without it.
func (r *run) over() {
	r.in.Over, r.in.Paused, r.in.Exit = true, false, stay
	r.in.Doing, r.in.Deadline, r.in.Until = DoingNothing, 0, 0
	r.in.Visits = nil
}

func (r *run) alert(code AlertCode, why string) {
	r.effects = append(r.effects, Alert{code, r.in.Node, cut(why, noteMax)})
}

// core asks the core, and ends the turn. Before the arrival there is nobody to ask:
// what changes is part of it.
func (r *run) core(effects ...Effect) Exit {
	r.in.Doing = DoingCore
	r.effects = append(r.effects, effects...)
	return stay
}

// say puts a text into the record of the visit; an empty one is not said.
func (r *run) say(kind SayKind, subject, text string) {
	if text == "" || r.in.Texts >= TextsMax {
		return
	}
	p := r.here()
	r.in.Said++
	r.in.Texts++
	p.Say = append(p.Say, Say{r.in.Visit, r.in.Said, kind, subject, text})
}

// set changes the contact data, and notes it in the path.
func (r *run) set(key, value string) bool {
	if !r.contact.set(key, value, r.world.Limits(r.contact.Unit)) {
		return false
	}
	p := r.here()
	if p.Set == nil {
		p.Set = make(map[string]string, 1)
	}
	p.Set[key] = r.contact.Data[key]
	return true
}

func (r *run) wait(doing Doing, seconds int) {
	r.in.Doing, r.in.Deadline = doing, r.now.Add(time.Duration(seconds)*time.Second)
}
