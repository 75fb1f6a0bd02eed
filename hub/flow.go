package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/store"
	"portico/workflow"
)

// Flows is what a hub needs to run configured workflows. The zero value has none: every
// contact goes to the queue that it is addressed to.
type Flows struct {
	World workflow.World
	// Release gives a release that open contacts are in and that the set of SetFlows does
	// not hold. It is called while the hub starts, once for each; nil, or a nil answer,
	// sends those contacts to their queue, with an alert.
	Release func(ctx context.Context, unit acd.UnitID, id workflow.ID, number uint32) (*workflow.Flow, error)
	// Known gives what is known of a customer and who had their last contact. It is called
	// for each arrival with a customer in a unit with workflows, before the core is asked. May be nil.
	Known func(ctx context.Context, unit acd.UnitID, customer [16]byte) (workflow.Customer, acd.AgentID)
}

// alertPause is how long a component's alerts are not repeated: a server that is down
// fails every contact.
const alertPause = 10 * time.Minute

// alertKey names what is not told again so soon.
type alertKey struct {
	unit     acd.UnitID
	workflow workflow.ID
	node     workflow.NodeID
	code     workflow.AlertCode
}

// SetFlows puts other workflows in force: contacts that arrive from now on enter them.
// Contacts that are in a workflow finish on the release that they entered. It does not wait.
func (h *Hub) SetFlows(set *workflow.Set) { h.flows.Store(set) }

// flowing is an open contact that a configured workflow has. The owner keeps it.
type flowing struct {
	flow    *workflow.Flow // nil: its release is gone
	in      workflow.Instance
	contact workflow.Contact
	row     acd.ContactRow  // the last that the core gave
	details json.RawMessage // as saved
	saved   json.RawMessage // the instance; nil: to be encoded anew
	arrival *Arrival        // until the core knows the contact
	refusal error           // why the core does not take the arrival
	timer   int             // place in the heap, -1: none
}

// saved gives the instance as it is kept with the contact.
func (c openContact) saved(o *owner) json.RawMessage {
	f := c.flow
	if f == nil || f.in.Over {
		return nil
	}
	if f.saved == nil {
		b, err := f.in.Encode()
		if err != nil {
			o.h.o.Log.Error("a workflow's state cannot be written", "err", err, "contact", f.contact.ID)
			return nil
		}
		f.saved = b
	}
	return f.saved
}

// enter gives what a new contact's workflow knows of it, or nil when it is in none.
func (o *owner) enter(a *Arrival, k known) *flowing {
	set := o.h.flows.Load()
	if a.Direct || !set.Any(a.Unit) {
		return nil
	}
	c := workflow.Contact{
		ID: a.Contact, Unit: a.Unit, Medium: a.Medium, Source: a.Source, Destination: a.Destination, Language: a.Language,
		Name: a.Name, Caption: a.Caption, Queue: a.Queue, Priority: a.Priority, Skills: a.Skills,
		Preferred: a.Preferred, Hold: a.Hold, Data: dataOf(a.Details), Customer: k.customer, LastAgent: k.agent,
	}
	flow := set.Choose(&c)
	if flow == nil {
		return nil
	}
	return &flowing{flow: flow, in: workflow.Begin(flow, c), contact: c, details: a.Details, arrival: a, timer: -1}
}

// begin runs a new contact's workflow, and tells the core of the contact on the way: with
// its first queue if it comes to one in this turn, which costs what an arrival without a
// workflow costs.
func (o *owner) begin(t *turn, f *flowing) error {
	a := f.arrival
	o.open[a.Contact] = openContact{a.Unit, f}
	o.flow(t, f, workflow.Began{})
	if f.arrival != nil && f.refusal == nil {
		o.bring(t, f, workflow.Place{})
	}
	if f.arrival != nil {
		// Nothing was promised to anybody yet: the contact is refused as ever.
		o.timers.drop(f)
		delete(o.open, a.Contact)
		delete(t.changed, a.Contact)
		delete(t.paths, a.Contact)
		t.change.Flow, t.change.Places, t.change.Data = nil, nil, nil
		return f.refusal
	}
	a.Language, a.Category = f.contact.Language, categoryOf(f.contact.Category)
	a.Details = merged(a.Details, f.contact.Data)
	f.details, t.change.Data = a.Details, nil
	t.change.Arrival = a
	return nil
}

// bring tells the core of a contact that arrives.
func (o *owner) bring(t *turn, f *flowing, p workflow.Place) acd.Refusal {
	a := f.arrival
	domain := a.Domain
	if q, ok := o.queues[a.Queue]; ok {
		domain = q.domain
	}
	e := acd.Arrived{
		Contact: a.Contact, Unit: a.Unit, Queue: p.Queue, Domain: domain, Priority: f.contact.Priority, Skills: f.contact.Skills,
	}
	if !p.Queue.IsZero() {
		e.Preferred, e.Hold = p.Preferred, p.Hold
		if e.Preferred.IsZero() {
			e.Preferred, e.Hold = a.Preferred, a.Hold
		}
	}
	refusal := o.step(t, e)
	if f.refusal = faultOf(refusal); f.refusal == nil {
		f.arrival, f.in.Arrived, f.saved = nil, true, nil
	}
	return refusal
}

// flow tells a workflow of something, and the core of what it wants, until it waits.
func (o *owner) flow(t *turn, f *flowing, input workflow.Input) (ignored bool) {
	for first := true; input != nil; first = false {
		out := workflow.Step(t.at, f.flow, f.in, f.contact, input, o.h.o.Flows.World)
		if out.Ignored {
			return first
		}
		_, restarted := input.(workflow.Restarted)
		o.keep(t, f, out, restarted && len(out.Effects) == 0)
		input = o.effects(t, f, out.Effects)
	}
	return false
}

// keep takes the outcome of a workflow's step over.
// With retold all that happened is that the world is asked once more.
func (o *owner) keep(t *turn, f *flowing, out workflow.Outcome, retold bool) {
	id, was := f.contact.ID, f.in
	f.in, f.contact, f.saved = out.Instance, out.Contact, nil
	t.changed[id] = true
	if len(out.Passed) > 0 {
		t.change.Flow = workflow.Join(t.change.Flow, out.Passed)
		if _, begun := t.paths[id]; !begun && !retold {
			f.in.Turn++
			t.paths[id] = f.in.Turn
		}
	}
	if out.Changed && f.arrival == nil {
		f.details = merged(f.details, f.contact.Data)
		data := store.ContactData{
			Unit: f.contact.Unit, ID: id, Language: f.contact.Language, Category: categoryOf(f.contact.Category), Details: f.details,
		}
		if i := slices.IndexFunc(t.change.Data, func(d store.ContactData) bool { return d.ID == id }); i >= 0 {
			t.change.Data[i] = data
		} else {
			t.change.Data = append(t.change.Data, data)
		}
	}
	o.timers.set(f)
	if was.Node != f.in.Node || was.Visit != f.in.Visit || was.Over != f.in.Over {
		o.placed(t, f)
	}
}

// placed notes where in its workflow a contact is.
func (o *owner) placed(t *turn, f *flowing) {
	at := FlowPlace{Unit: f.contact.Unit, Contact: f.contact.ID}
	if !f.in.Over {
		at.Workflow, at.Release, at.Node, at.Since = f.in.Workflow, f.in.Release, f.in.Node, f.in.Since
	}
	if i := slices.IndexFunc(t.change.Places, func(p FlowPlace) bool { return p.Contact == at.Contact }); i >= 0 {
		t.change.Places[i] = at
		return
	}
	t.change.Places = append(t.change.Places, at)
}

// effects does what a workflow wants, and gives what it is to be told of that; nil: nothing.
func (o *owner) effects(t *turn, f *flowing, effects []workflow.Effect) workflow.Input {
	var answer workflow.Input
	for _, e := range effects {
		if a, ok := e.(workflow.Alert); ok {
			o.alert(t, f, a)
			continue
		}
		if _, refused := answer.(workflow.Refused); refused {
			continue // what follows it goes with it
		}
		if why := o.effect(t, f, e); why != nil {
			answer = workflow.Refused{Why: why.Code}
		} else {
			answer = workflow.Done{}
		}
		if o.open[f.contact.ID].flow == nil || f.row.State == acd.Ended {
			return nil
		}
		f.in.Paused = f.arrival == nil && busy(f.row.State)
	}
	return answer
}

// effect asks the core for one thing, and gives the fault of a refusal.
func (o *owner) effect(t *turn, f *flowing, e workflow.Effect) *fault.Fault {
	id, unit := f.contact.ID, f.contact.Unit
	switch e := e.(type) {
	case workflow.Place:
		if o.queues[e.Queue].unit != unit {
			return errNotFound
		}
		if o.agents[e.Preferred] != unit {
			e.Preferred, e.Hold = acd.AgentID{}, 0
		}
		if f.arrival != nil {
			return fault.Of(faultOf(o.bring(t, f, e)))
		}
		return o.ask(t, acd.Placed{
			Contact: id, Queue: e.Queue, Priority: e.Priority, Skills: e.Skills, Preferred: e.Preferred, Hold: e.Hold,
		})
	case workflow.Fallback:
		queue := o.anyQueue(f, e.Queue)
		if queue.IsZero() {
			f.refusal = errNotFound
			return errNotFound
		}
		if f.arrival != nil {
			return fault.Of(faultOf(o.bring(t, f, workflow.Place{Queue: queue})))
		}
		return o.ask(t, acd.Placed{Contact: id, Queue: queue, Overfill: true})
	case workflow.Prioritise:
		return o.ask(t, acd.PriorityChanged{Contact: id, Priority: e.Priority})
	case workflow.Demand:
		return o.ask(t, acd.SkillsChanged{Contact: id, Skills: e.Skills})
	case workflow.Disconnect:
		if f.arrival != nil {
			if refusal := o.bring(t, f, workflow.Place{}); refusal.Code != acd.NotRefused {
				return fault.Of(faultOf(refusal))
			}
		}
		return o.ask(t, acd.Disconnected{Contact: id})
	}
	return nil
}

func (o *owner) ask(t *turn, e acd.Event) *fault.Fault { return fault.Of(faultOf(o.step(t, e))) }

// anyQueue gives the queue for a contact whose workflow has given up: the one that it was
// addressed to, or the unit's oldest of its domain.
func (o *owner) anyQueue(f *flowing, addressed acd.QueueID) acd.QueueID {
	domain := f.row.Domain
	if a := f.arrival; a != nil {
		domain = a.Domain
		if q, ok := o.queues[a.Queue]; ok {
			domain = q.domain
		}
	}
	return o.firstQueue(f.contact.Unit, domain, addressed)
}

func (o *owner) firstQueue(unit acd.UnitID, domain acd.Domain, wanted acd.QueueID) acd.QueueID {
	if o.queues[wanted] == (queueOf{unit, domain}) {
		return wanted
	}
	var first acd.QueueID
	for id, q := range o.queues {
		if q == (queueOf{unit, domain}) && (first.IsZero() || id.Compare(first) < 0) {
			first = id
		}
	}
	return first
}

// alert tells people that a workflow is in trouble, the same trouble once in a while.
func (o *owner) alert(t *turn, f *flowing, a workflow.Alert) {
	key := alertKey{f.contact.Unit, f.in.Workflow, a.Node, a.Code}
	maps.DeleteFunc(o.alerted, func(_ alertKey, at acd.Time) bool { return t.at >= at.Add(alertPause) })
	if _, told := o.alerted[key]; told {
		return
	}
	o.alerted[key] = t.at
	t.change.Effects = append(t.change.Effects, acd.Effect{Kind: acd.Alert, Unit: f.contact.Unit, Contact: f.contact.ID})
	t.outbox = append(t.outbox, o.outbox(t.at, f.contact.Unit, outboxAlert, alert{
		Code: string(a.Code), Contact: f.contact.ID, Queue: f.in.Queue, Workflow: f.in.Workflow, Node: a.Node, Why: a.Why,
	}))
}

// busy reports whether a workflow has to wait because an agent is asked, or has it.
func busy(s acd.ContactState) bool {
	switch s {
	case acd.Offered, acd.Active, acd.Interrupted, acd.WrapUp:
		return true
	}
	return false
}

// moved notes that the core changed a contact that a workflow has.
func (o *owner) moved(t *turn, row *acd.ContactRow) {
	f := o.open[row.ID].flow
	if f == nil {
		return
	}
	f.row = *row
	f.contact.Priority, f.contact.Skills = row.Priority, row.Skills
	if !slices.Contains(t.follow, row.ID) {
		t.follow = append(t.follow, row.ID)
	}
}

// followAll tells workflows what became of their contacts in this turn. left is the
// contact that an agent gave away.
func (o *owner) followAll(t *turn, left acd.ContactID) {
	for i := 0; i < len(t.follow); i++ {
		f := o.open[t.follow[i]].flow
		if f == nil {
			continue
		}
		switch state := f.row.State; {
		case state == acd.Ended:
		case state == acd.WrapUp, f.contact.ID == left:
			o.flow(t, f, workflow.Left{})
		case busy(state):
			o.flow(t, f, workflow.Paused{})
		default:
			o.flow(t, f, workflow.Resumed{})
		}
	}
	t.follow = t.follow[:0]
}

// finishFlows writes the paths that went on in this turn, and lets go of contacts whose
// workflow is over.
func (o *owner) finishFlows(t *turn) {
	for _, id := range slices.SortedFunc(maps.Keys(t.changed), acd.ContactID.Compare) {
		f := o.open[id].flow
		if f == nil {
			continue
		}
		if n, on := t.paths[id]; on {
			if row := o.stepRow(t, f, n); row != nil {
				t.steps = append(t.steps, row)
			}
		}
		if f.in.Over && f.row.State != acd.Ended {
			o.timers.drop(f)
			o.open[id] = openContact{unit: f.contact.Unit}
			t.again()
			t.row(&f.row) // saved without a workflow
		}
	}
}

// end lets go of a contact that has ended.
func (o *owner) end(t *turn, id acd.ContactID) {
	if f := o.open[id].flow; f != nil {
		o.timers.drop(f)
		f.in.Over = true
		o.placed(t, f)
	}
	delete(o.open, id)
}

// leftBy gives the contact that an agent gives away by an event.
func leftBy(e acd.Event) acd.ContactID {
	switch e := e.(type) {
	case acd.TransferredToQueue:
		return e.Contact
	case acd.TransferredToAgent:
		return e.Contact
	case acd.Requeued:
		return e.Contact
	}
	return acd.ContactID{}
}

// dataOf gives the contact data as workflows see it: texts by key. What is no text is
// seen as its JSON.
func dataOf(details json.RawMessage) map[string]string {
	var raw map[string]json.RawMessage
	if len(details) == 0 || json.Unmarshal(details, &raw) != nil {
		return nil
	}
	out := make(map[string]string, len(raw))
	for key, value := range raw {
		var text string
		if json.Unmarshal(value, &text) != nil {
			text = string(value)
		}
		out[key] = text
	}
	return out
}

// merged puts what a workflow set into saved contact data; what it did not touch stays
// as it was written.
func merged(details json.RawMessage, data map[string]string) json.RawMessage {
	was := dataOf(details)
	if maps.Equal(was, data) {
		return details
	}
	raw := make(map[string]json.RawMessage, len(data))
	if len(details) > 0 && json.Unmarshal(details, &raw) != nil {
		raw = make(map[string]json.RawMessage, len(data))
	}
	for key, value := range data {
		if old, there := was[key]; there && old == value {
			continue
		}
		text, err := json.Marshal(value)
		if err != nil {
			continue // a text can always be written
		}
		raw[key] = text
	}
	out, err := json.Marshal(raw)
	if err != nil {
		return details
	}
	return out
}

func categoryOf(text string) [16]byte {
	var id workflow.ID // any id is written alike
	if id.UnmarshalText([]byte(text)) != nil {
		return [16]byte{}
	}
	return id
}

// stepRow makes the row of a contact's path, or nothing when the store would refuse it:
// a path must not stop the hub.
func (o *owner) stepRow(t *turn, f *flowing, n uint32) store.Row {
	var passed []workflow.Passed
	for _, p := range t.change.Flow {
		if p.Contact == f.contact.ID {
			passed = append(passed, p)
		}
	}
	body, err := json.Marshal(passed)
	row := store.FlowStep{
		Unit: f.contact.Unit, Contact: f.contact.ID, N: n, At: t.at, Workflow: f.in.Workflow, Release: f.in.Release, Body: body,
	}
	if err == nil {
		err = store.Check(row)
	}
	if err != nil {
		o.h.o.Log.Error("a workflow's step cannot be written", "err", err, "contact", f.contact.ID)
		return nil
	}
	return row
}

// errTooLate answers an input that nobody waits for any more.
var errTooLate = fault.New(fault.Conflict, "too_late", "This is no longer asked. Nothing was changed.")

// nowhere is the world of a hub that was given none.
type nowhere struct{}

func (nowhere) Zone(acd.UnitID) *time.Location { return time.UTC }
func (nowhere) Queue(acd.UnitID, string) (workflow.QueueFigures, bool) {
	return workflow.QueueFigures{}, false
}
func (nowhere) Hours(acd.UnitID, string, time.Time) (workflow.Hours, bool) {
	return workflow.HoursClosed, false
}
func (nowhere) Opening(acd.UnitID, string, time.Time) (from, until time.Time, ok bool) {
	return from, until, false
}
func (nowhere) Limits(acd.UnitID) workflow.Limits { return workflow.Limits{} }

// restoreFlow builds what the owner keeps of a contact that a workflow has. ctx bounds
// the reading of a release.
func (o *owner) restoreFlow(ctx context.Context, c store.OpenContact, is store.Contact) (*flowing, error) {
	in, err := workflow.Decode(c.Workflow)
	if err != nil {
		o.h.o.Log.Error("a contact's workflow cannot be read", "err", err, "contact", c.ID)
	}
	if in.BuiltIn() && c.State != acd.Routing || in.Over {
		return nil, nil
	}
	f := &flowing{in: in, row: c.ContactRow, details: is.Details, timer: -1}
	f.contact = workflow.Contact{
		ID: is.ID, Unit: is.Unit, Medium: is.Medium, Source: is.Source, Destination: is.Destination, Language: is.Language,
		Name: is.Name, Caption: is.Caption, Queue: in.Addressed, Priority: c.Priority, Skills: c.Skills, Preferred: c.Preferred,
		Data: dataOf(is.Details), Customer: in.Customer, LastAgent: in.LastAgent,
	}
	if is.Category != ([16]byte{}) {
		f.contact.Category = workflow.ID(is.Category).String()
	}
	if in.BuiltIn() {
		f.in.Doing, f.in.Deadline = workflow.DoingFallback, 1 // nobody knows whose it was: it goes to a queue
		return f, nil
	}
	if f.flow = o.h.flows.Load().Flow(in.Workflow, in.Release); f.flow == nil {
		f.flow, err = o.release(ctx, is.Unit, in)
	}
	return f, err
}

// release asks for a release once.
func (o *owner) release(ctx context.Context, unit acd.UnitID, in workflow.Instance) (*workflow.Flow, error) {
	key := releaseKey{in.Workflow, in.Release}
	flow, asked := o.releases[key]
	if asked || o.h.o.Flows.Release == nil {
		return flow, nil
	}
	flow, err := o.h.o.Flows.Release(ctx, unit, in.Workflow, in.Release)
	if err != nil {
		return nil, fmt.Errorf("reading release %d of the workflow %s: %w", in.Release, in.Workflow, err)
	}
	o.releases[key] = flow
	return flow, nil
}

type releaseKey struct {
	workflow workflow.ID
	number   uint32
}
