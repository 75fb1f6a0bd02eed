package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/plan"
	"portico/workflow"
)

// Bounds of a test run. A graph that goes in circles while its contact waits ends with the
// agent who takes it, one that does not by the bound of visits.
const (
	testStepsMax = 300
	testAgent    = 10 * time.Minute
)

var errNoGraph = fault.New(fault.Invalid, "nothing_to_test", "Say which workflow is tested, or send a graph.").On("graph")

func (s *Server) testFlow(ctx context.Context, c call, in *testFlowInput) (*Answer[FlowTestResult], error) {
	contact, err := s.madeUp(c.unit, in.Body.Contact)
	if err != nil {
		return nil, err
	}
	graph, err := s.tested(ctx, c.unit, in.Body)
	if err != nil {
		return nil, err
	}
	flow, problems := workflow.Compile(graph, s.names().references(c.unit))
	out := FlowTestResult{Steps: []FlowTestStep{}, Problems: append([]workflow.Problem{}, problems...)}
	if flow == nil {
		out.End = FlowTestEnd{How: "stopped", Skills: []SkillLevel{}, Data: map[string]string{}, Note: "The graph has errors. Mend them first."}
		return &Answer[FlowTestResult]{out}, nil
	}
	r := &rehearsal{s: s, c: c, in: in.Body, flow: flow, now: cmp.Or(in.Body.At, s.at()), contact: contact, steps: out.Steps}
	r.run(ctx)
	out.Steps, out.End = r.steps, r.end()
	return &Answer[FlowTestResult]{out}, nil
}

// tested gives the graph that is to be tested.
func (s *Server) tested(ctx context.Context, unit acd.UnitID, in FlowTest) (workflow.Graph, error) {
	var w entry[plan.Workflow]
	if !in.ID.IsZero() {
		var err error
		if w, err = s.flow(unit, in.ID); err != nil {
			return workflow.Graph{}, errMissing.On("id")
		}
	}
	switch {
	case in.Graph != nil:
		return *in.Graph, nil
	case in.ID.IsZero():
		return workflow.Graph{}, errNoGraph
	case in.Release == 0:
		return w.body.Graph, nil
	}
	old, err := s.oneRelease(ctx, unit, w.ID, in.Release)
	if err != nil {
		return workflow.Graph{}, faultOf(err).On("release")
	}
	return old.Graph, nil
}

// madeUp makes the contact of a test. It is addressed to the first chat queue of the unit
// where nothing else is said.
func (s *Server) madeUp(unit acd.UnitID, in FlowTestContact) (workflow.Contact, error) {
	names := s.names()
	if in.Queue.IsZero() {
		in.Queue = names.firstQueue(unit)
	} else if q, ok := names.queues[in.Queue]; !ok || q.Unit != unit {
		return workflow.Contact{}, errMissing.On("contact.queue")
	}
	data := make(map[string]string, len(in.Data))
	for key, value := range in.Data {
		data[key] = string(value)
	}
	if in.Email != nil {
		told, err := json.Marshal(in.Email)
		if err != nil {
			return workflow.Contact{}, fmt.Errorf("write the message of a test: %w", err)
		}
		data[workflow.EmailKey] = string(told)
	}
	return workflow.Contact{ID: acd.ContactID(s.mint.ID()), Unit: unit, Medium: cmp.Or(in.Medium, "webchat"), Source: in.Source,
		Destination: in.Destination, Language: in.Language, Name: in.Name, Caption: in.Caption, Queue: in.Queue,
		Priority: uint8(cmp.Or(in.Priority, normalPriority)), Data: data}, nil
}

// normalPriority is that of a contact for which none was chosen.
const normalPriority = 50

// firstQueue gives a unit's first chat queue by name; zero: it has none.
func (c *catalogue) firstQueue(unit acd.UnitID) acd.QueueID {
	var first entry[plan.Queue]
	for _, q := range c.queues {
		if q.Unit == unit && q.body.Domain == acd.Chat && (first.ID == [16]byte{} || q.Name < first.Name) {
			first = q
		}
	}
	return first.ID
}

// rehearsal plays the hub, the core, the customer and the outside for one made-up
// contact, in made-up time.
type rehearsal struct {
	s       *Server
	c       call
	in      FlowTest
	flow    *workflow.Flow
	now     acd.Time
	at      workflow.Instance
	contact workflow.Contact
	queued  acd.Time // since when it waits in a queue; 0: not yet
	last    workflow.Passed
	steps   []FlowTestStep
	how     string
	agent   acd.AgentID
	note    string
}

func (r *rehearsal) run(ctx context.Context) {
	r.at = workflow.Begin(r.flow, r.contact)
	for input := workflow.Input(workflow.Began{}); input != nil; input = r.next(ctx) {
		if len(r.steps) >= testStepsMax {
			r.stop("stopped", "The contact has gone through many components already; here the test ends.")
			return
		}
		before := r.contact
		out := workflow.Step(r.now, r.flow, r.at, r.contact, input, r.s.world)
		r.at, r.contact = out.Instance, out.Contact
		for _, e := range out.Effects {
			r.grant(e)
		}
		for _, p := range out.Passed {
			r.pass(p)
		}
		if len(out.Passed) > 0 {
			r.noteChanges(before, out.Passed[0].Visit)
		}
		r.at.Arrived = true
	}
}

// grant does what the core would do: here it refuses nothing.
func (r *rehearsal) grant(e workflow.Effect) {
	switch e := e.(type) {
	case workflow.Place:
		r.contact.Queue = e.Queue
		if e.Priority > 0 {
			r.contact.Priority = e.Priority
		}
		if len(e.Skills) > 0 {
			r.contact.Skills = e.Skills
		}
		r.agent = e.Preferred
		if r.queued == 0 {
			r.queued = r.now
		}
	case workflow.Fallback:
		if !e.Queue.IsZero() {
			r.contact.Queue = e.Queue
		}
		r.note = "The workflow was given up: the contact goes to the queue that it was addressed to."
	case workflow.Disconnect:
		r.stop("disconnected", "")
	case workflow.Alert:
		r.note = e.Why
	}
}

func (r *rehearsal) stop(how, note string) { r.how, r.note = how, cmp.Or(note, r.note) }

// next gives what happens next; nil ends the test.
func (r *rehearsal) next(ctx context.Context) workflow.Input {
	if r.how != "" || r.at.Over {
		return nil
	}
	taken := r.queued.Add(cmp.Or(time.Duration(r.in.AgentS)*time.Second, testAgent))
	answer := r.in.Answers[string(r.at.Node)]
	switch r.at.Doing {
	case workflow.DoingCore:
		return workflow.Done{}
	case workflow.DoingFallback:
		return workflow.Done{}
	case workflow.DoingWait:
		if r.queued > 0 && r.at.Deadline > taken {
			r.now = max(r.now, taken)
			r.stop("", "An agent takes the contact while it waits here.")
			return nil
		}
		r.now = max(r.now, r.at.Deadline)
		return workflow.Due{}
	case workflow.DoingCall:
		return r.call(ctx, answer)
	case workflow.DoingCollect:
		if answer.Exit == "timeout" {
			r.now = max(r.now, r.at.Deadline)
			return workflow.Due{}
		}
		return workflow.Collected{Visit: r.at.Visit, Values: r.filled(answer)}
	case workflow.DoingCallback:
		if answer.Exit == "timeout" {
			r.now = max(r.now, r.at.Deadline)
			return workflow.Due{}
		}
		return workflow.Chosen{Visit: r.at.Visit, Accepted: answer.Exit != "declined"}
	}
	return nil
}

// call gives what comes of an outside call: as the test says, as the outside says, or
// what is hoped for.
func (r *rehearsal) call(ctx context.Context, answer FlowAnswer) workflow.Input {
	answered := workflow.Answered{Token: workflow.Token{Contact: r.contact.ID, Visit: r.at.Visit}}
	switch {
	case answer.Exit == "timeout" || answer.Exit == "" && r.last.Call == nil:
		r.now = max(r.now, r.at.Deadline)
		return workflow.Due{}
	case answer.Exit == "" && r.in.Calls == "really" && r.s.outside != nil:
		answered.Result = r.s.outside.Call(ctx, r.c.unit, *r.last.Call)
	default:
		exit := workflow.Exit(answer.Exit)
		if exit == "" {
			exit = workflow.ExitNext
			if r.last.Kind == workflow.KindLookup {
				exit = workflow.ExitFound
			}
		}
		answered.Result = workflow.Result{Exit: exit, Values: plainTexts(answer.Data), Note: "Nothing was called: this is only a test."}
	}
	return answered
}

// filled gives what the customer fills in: as the test says, else something likely.
func (r *rehearsal) filled(answer FlowAnswer) map[string]string {
	values := plainTexts(answer.Data)
	if r.last.Ask == nil || len(values) > 0 {
		return values
	}
	for _, f := range r.last.Ask.Fields {
		switch {
		case len(f.Choices) > 0:
			values[f.Key] = f.Choices[0]
		case f.Kind == "email":
			values[f.Key] = "customer@example.com"
		case f.Kind == "phone":
			values[f.Key] = "+441632960123"
		case f.Kind == "number":
			values[f.Key] = "1"
		default:
			values[f.Key] = "…"
		}
	}
	return values
}

func plainTexts(data map[string]DetailText) map[string]string {
	out := make(map[string]string, len(data))
	for key, value := range data {
		out[key] = string(value)
	}
	return out
}

// pass adds what happened in a visit to the steps.
func (r *rehearsal) pass(p workflow.Passed) {
	step := r.step(p)
	step.At = r.now
	if p.Exit != "" {
		step.Exit = string(p.Exit)
	}
	step.Note = cmp.Or(p.Note, step.Note)
	for _, say := range p.Say {
		wait := time.Duration(-1)
		if q, ok := r.s.world.Queue(r.c.unit, r.contact.Queue.String()); ok {
			wait = q.ExpectedWait
		}
		if text := workflow.FillWait(say.Text, 1, wait); text != "" {
			step.Say = append(step.Say, text)
		}
	}
	r.mail(p, step)
	if p.Ask != nil {
		step.Say = appendText(step.Say, p.Ask.Text)
		for _, f := range p.Ask.Fields {
			step.Ask = append(step.Ask, FlowQuestion{Key: f.Key, Label: f.Label, Kind: f.Kind, Required: f.Required,
				Choices: append([]string{}, f.Choices...)})
		}
	}
	if p.Offer != nil {
		opens := ""
		if p.Offer.Later {
			if zone, err := time.LoadLocation(p.Offer.Zone); err == nil {
				opens = p.Offer.From.Std().In(zone).Format("2006-01-02 15:04")
			}
		}
		step.Say = appendText(step.Say, workflow.FillOpens(p.Offer.Text, opens))
	}
	for key, value := range p.Set {
		step.Set["data."+key] = value
	}
	if p.Call == nil && r.last.Visit == p.Visit {
		p.Call, p.Ask = r.last.Call, r.last.Ask
	}
	r.last = p
}

// mail tells what would be sent, and to whom, in place of the sentence that the path has.
func (r *rehearsal) mail(p workflow.Passed, step *FlowTestStep) {
	for _, say := range p.Say {
		if say.Subject != "" {
			step.Set["subject"] = say.Subject
		}
	}
	if p.Forward != nil {
		step.Set["forward"], step.Note = p.Forward.To, ""
		step.Say = appendText(step.Say, p.Forward.Note)
	}
	if p.Discard != nil {
		step.Set["discard"], step.Note = p.Discard.Reason, ""
	}
}

func appendText(all []string, text string) []string {
	if text == "" {
		return all
	}
	return append(all, text)
}

// step gives the record of a visit, made when it is first told of.
func (r *rehearsal) step(p workflow.Passed) *FlowTestStep {
	if n := len(r.steps); n > 0 && r.steps[n-1].Visit == int(p.Visit) {
		return &r.steps[n-1]
	}
	kind, name := r.flow.Kind(p.Node)
	r.steps = append(r.steps, FlowTestStep{Visit: int(p.Visit), Node: string(p.Node), Name: name, Kind: string(kind), Say: []string{},
		Ask: []FlowQuestion{}, Set: map[string]string{}})
	return &r.steps[len(r.steps)-1]
}

// noteChanges tells what a turn, whose first visit is given, made of the contact, in the
// step that did it.
func (r *rehearsal) noteChanges(before workflow.Contact, first uint32) {
	note := func(key, value string, kinds ...workflow.Kind) {
		for i := len(r.steps) - 1; i >= 0 && r.steps[i].Visit >= int(first); i-- {
			if slices.Contains(kinds, workflow.Kind(r.steps[i].Kind)) {
				r.steps[i].Set[key] = value
				return
			}
		}
	}
	names := r.s.names()
	if before.Priority != r.contact.Priority {
		note("priority", strconv.Itoa(int(r.contact.Priority)), workflow.KindSet, workflow.KindQueue)
	}
	if before.Language != r.contact.Language {
		note("language", r.contact.Language, workflow.KindSet)
	}
	if before.Category != r.contact.Category {
		o, _ := names.references(r.c.unit).find(workflow.RefCategory, r.contact.Category)
		note("category", o.Name, workflow.KindCategory, workflow.KindDisconnect)
	}
	if !slices.Equal(before.Skills, r.contact.Skills) {
		var all []string
		for _, have := range r.contact.Skills {
			all = append(all, names.skills[have.Skill].Name+" "+strconv.Itoa(int(have.Level)))
		}
		note("skills", strings.Join(all, ", "), workflow.KindSet, workflow.KindQueue)
	}
}

// end tells where the contact is at the end.
func (r *rehearsal) end() FlowTestEnd {
	names := r.s.names()
	out := FlowTestEnd{How: r.how, Priority: int(r.contact.Priority), Language: r.contact.Language, Skills: []SkillLevel{},
		Data: maps.Clone(r.contact.Data), Note: r.note}
	delete(out.Data, workflow.EmailKey)
	for _, have := range r.contact.Skills {
		out.Skills = append(out.Skills, SkillLevel(have))
	}
	if r.how == "disconnected" {
		return out
	}
	out.Queue, out.QueueName = r.contact.Queue, names.queues[r.contact.Queue].Name
	switch {
	case r.how == "stopped":
	case !r.agent.IsZero():
		out.How, out.Agent, out.AgentName = "agent", r.agent, names.agentName(r.agent)
	case r.contact.Queue.IsZero():
		out.How, out.Note = "stopped", cmp.Or(r.note, "The contact was not brought to any queue.")
	default:
		out.How = "queue"
	}
	return out
}
