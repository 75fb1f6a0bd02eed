package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"portico/acd"
	"portico/fault"
	"portico/hub"
	"portico/identity"
	"portico/plan"
	"portico/store"
)

// What supervisors change of agents while they work: state, skills and queues.

// AgentQueue is a queue that an agent serves.
type AgentQueue struct {
	Queue acd.QueueID `json:"queue"`
	Name  string      `json:"name"`
	Step  uint8       `json:"step" doc:"the first step, from 0, that admits the agent"`
	// Named is where the queue names the agent; what follows from skills cannot be changed here.
	Named bool `json:"named" doc:"the queue names the agent: this is what a change of queues is about. Otherwise the agent is admitted by skills, by another queue, or with everybody"`
	// NamedStep is the first step that names the agent.
	NamedStep uint8 `json:"named_step" doc:"the first step that names the agent; 0 where none does"`
}

// AgentQueues are the queues that an agent serves, by name, and those that could name the agent.
type AgentQueues struct {
	Items  []AgentQueue `json:"items" nullable:"false"`
	Others []NamedIn    `json:"others" nullable:"false" doc:"queues that do not name the agent and may, with the first step that does not admit everybody"`
}

// NamedIn says that a queue names an agent from a step on.
type NamedIn struct {
	Queue acd.QueueID `json:"queue"`
	Step  uint8       `json:"step" minimum:"0" maximum:"9" doc:"from 0"`
}

type (
	agentInput struct {
		Scope
		ID acd.AgentID `path:"id"`
	}
	steerStateInput struct {
		Scope
		ID   acd.AgentID `path:"id"`
		Body StateChange
	}
	steerSignOutInput struct {
		Scope
		ID   acd.AgentID `path:"id"`
		Body struct {
			Force bool `json:"force,omitempty" doc:"even with contacts in hand, which go back to their queues, and below a queue's minimum; the latter needs the permission override_minimum"`
		}
	}
	steerSkillsInput struct {
		Scope
		ID   acd.AgentID `path:"id"`
		Body struct {
			Version uint32       `json:"version" minimum:"1" doc:"the user's version that was seen"`
			Skills  []SkillLevel `json:"skills" nullable:"false" maxItems:"200"`
		}
	}
	steerQueuesInput struct {
		Scope
		ID   acd.AgentID `path:"id"`
		Body struct {
			Expect []NamedIn `json:"expect" nullable:"false" maxItems:"500" doc:"the queues that named the agent when they were seen"`
			Queues []NamedIn `json:"queues" nullable:"false" maxItems:"500" doc:"those that are to name the agent"`
		}
	}
)

var (
	errQueueOpen = fault.New(fault.Conflict, "queue_open",
		"From this step on everybody may take the queue's contacts, so nobody can be added, or taken out as the last one.").On("queues")
	errNoAgent = fault.New(fault.Invalid, "no_agent", "This person is not an agent.")
)

func (s *Server) registerAgentSteering() {
	const tag = "agents"
	register(s, operation{id: "steer-agent-state", method: http.MethodPut, path: "/agents/{id}/state",
		summary: "Make an agent who works available or unavailable", tag: tag, roles: rolesSupervisor}, s.steerState)
	register(s, operation{id: "steer-agent-sign-out", method: http.MethodPost, path: "/agents/{id}/sign-out",
		summary: "End an agent's work; the session goes on", tag: tag, roles: rolesSupervisor}, s.steerSignOut)
	register(s, operation{id: "steer-agent-skills", method: http.MethodPut, path: "/agents/{id}/skills",
		summary: "Change an agent's skills, at once", tag: tag, roles: rolesSupervisor}, s.steerSkills)
	register(s, operation{id: "read-agent-queues", method: http.MethodGet, path: "/agents/{id}/queues",
		summary: "The queues that an agent serves, and why", tag: tag, roles: rolesSupervisor}, s.agentQueues)
	register(s, operation{id: "steer-agent-queues", method: http.MethodPut, path: "/agents/{id}/queues",
		summary: "Change which queues name an agent, at once", tag: tag, roles: rolesSupervisor}, s.steerQueues)
}

// steers judges whether the caller may do something to an agent.
func (s *Server) steers(c call, agent acd.AgentID, p identity.Permission) (entry[identity.User], error) {
	u, ok := s.names().users[agent]
	if !ok || u.Unit != c.unit {
		return u, errMissing
	}
	if err := s.permit(c, p); err != nil {
		return u, err
	}
	if err := s.bound(c, agent); err != nil {
		return u, err
	}
	if !s.names().isAgent(agent) {
		return u, errNoAgent
	}
	return u, nil
}

// guarded puts the refusal of a queue's minimum into words.
func (s *Server) guarded(a hub.Answer, err error) (hub.Answer, error) {
	f := fault.Of(err)
	if f == nil || f.Code != "minimum" {
		return a, err
	}
	id, parse := acd.ParseID[objectKind](f.Values["queue"])
	if parse != nil {
		return a, err
	}
	name := s.names().queues[acd.QueueID(id)].Name
	need, _ := strconv.Atoi(f.Values["need"])
	sentence := "The queue " + name + " needs " + strconv.Itoa(need) + " available agents, and " + f.Values["have"] +
		" are. Wait until somebody else is available, or ask a supervisor to allow it."
	g := fault.New(f.Kind, f.Code, sentence)
	for key, value := range f.Values {
		g = g.With(key, value)
	}
	return a, g.With("queue_name", name)
}

// overridden is the audit entry of a change of one's own state that went below a minimum.
func (s *Server) overridden(c call, e acd.AgentStateChanged) []store.Row {
	if !e.Force {
		return nil
	}
	return []store.Row{s.audit(c, "agent.override_minimum", c.unit, e.Agent, nil, s.stateText(e))}
}

// agentStates is what the audit log keeps of an agent's state.
type agentStates struct {
	SignedIn bool          `json:"signed_in"`
	Domains  []DomainState `json:"domains,omitempty"`
}

// statesNow writes an agent's states for the audit log.
func (s *Server) statesNow(unit acd.UnitID, agent acd.AgentID) json.RawMessage {
	a, _ := s.picture.Agent(unit, agent)
	raw, _ := json.Marshal(agentStates{SignedIn: a.SignedIn, Domains: domainStates(a, nil)}) // plain data: it cannot fail
	return raw
}

// stateText writes a change of state for the audit log.
func (s *Server) stateText(e acd.AgentStateChanged) json.RawMessage {
	to := StateChange{Available: e.Available, Reason: e.Reason, Force: e.Force}
	for d := range acd.Domain(acd.DomainsMax) {
		if e.Domains>>d&1 == 1 {
			to.Domains = append(to.Domains, DomainName(d))
		}
	}
	raw, _ := json.Marshal(to) // plain data: it cannot fail
	return raw
}

func (s *Server) steerState(ctx context.Context, c call, in *steerStateInput) (*Answer[AgentFigures], error) {
	if _, err := s.steers(c, in.ID, identity.AgentState); err != nil {
		return nil, err
	}
	if in.Body.Force {
		if err := s.permit(c, identity.OverrideMinimum); err != nil {
			return nil, err
		}
	}
	agent, ok := s.picture.Agent(c.unit, in.ID)
	if !ok {
		return nil, errMissing
	}
	e, err := s.stateChanged(c, agent, in.Body)
	if err != nil {
		return nil, err
	}
	entry := s.audit(c, "agent.state", c.unit, in.ID, s.statesNow(c.unit, in.ID), s.stateText(e))
	if _, err := s.guarded(s.ask(ctx, c, e, entry)); err != nil {
		return nil, err
	}
	return s.agentNow(c, in.ID)
}

// agentNow answers with an agent as the real-time table shows one.
func (s *Server) agentNow(c call, agent acd.AgentID) (*Answer[AgentFigures], error) {
	a, ok := s.picture.Agent(c.unit, agent)
	if !ok {
		return nil, errMissing
	}
	return &Answer[AgentFigures]{s.agentRow(s.names(), a)}, nil
}

func (s *Server) steerSignOut(ctx context.Context, c call, in *steerSignOutInput) (*Answer[AgentFigures], error) {
	if _, err := s.steers(c, in.ID, identity.AgentState); err != nil {
		return nil, err
	}
	override := s.permit(c, identity.OverrideMinimum) == nil
	after, _ := json.Marshal(in.Body) // a flag: it cannot fail
	entry := s.audit(c, "agent.sign_out", c.unit, in.ID, s.statesNow(c.unit, in.ID), after)
	if err := s.signOutOf(ctx, c, in.ID, in.Body.Force, override, entry); err != nil {
		return nil, err
	}
	return s.agentNow(c, in.ID)
}

// steerSkills changes the user, as an administrator would, but for nothing else.
func (s *Server) steerSkills(ctx context.Context, c call, in *steerSkillsInput) (*Answer[AgentFigures], error) {
	if _, err := s.steers(c, in.ID, identity.AgentSkills); err != nil {
		return nil, err
	}
	k := s.users()
	err := s.together(ctx, c, func(d *draft) error {
		before, err := k.seen(ctx, d, in.ID, in.Body.Version)
		if err != nil {
			return err
		}
		body, err := k.decode(before)
		if err != nil {
			return err
		}
		d.judged = true
		body.Agent.Skills = make([]acd.SkillLevel, len(in.Body.Skills))
		for i, have := range in.Body.Skills {
			body.Agent.Skills[i] = acd.SkillLevel(have)
		}
		o := before
		o.Version++
		return k.save(ctx, d, before, &o, body, "skills")
	})
	if err != nil {
		return nil, err
	}
	return s.agentNow(c, in.ID)
}

func (s *Server) agentQueues(_ context.Context, c call, in *agentInput) (*Answer[AgentQueues], error) {
	names := s.names()
	if u, ok := names.users[in.ID]; !ok || u.Unit != c.unit {
		return nil, errMissing
	}
	if err := s.bound(c, in.ID); err != nil {
		return nil, err
	}
	out := AgentQueues{Items: []AgentQueue{}, Others: []NamedIn{}}
	serves := map[acd.QueueID]uint8{}
	for _, e := range names.plan.Queues(in.ID) {
		serves[e.Queue] = e.First
	}
	for id, q := range names.queues {
		if q.Unit != c.unit {
			continue
		}
		step, served := serves[id]
		at := namedAt(q.body, in.ID)
		if k := slices.IndexFunc(q.body.Steps, func(s plan.Step) bool { return !isOpen(s) }); at < 0 && k >= 0 {
			out.Others = append(out.Others, NamedIn{Queue: id, Step: uint8(k)})
		}
		if !served && at < 0 {
			continue
		}
		out.Items = append(out.Items, AgentQueue{Queue: id, Name: q.Name, Step: step, Named: at >= 0, NamedStep: uint8(max(at, 0))})
	}
	slices.SortFunc(out.Items, func(a, b AgentQueue) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(out.Others, func(a, b NamedIn) int { return a.Queue.Compare(b.Queue) })
	return &Answer[AgentQueues]{out}, nil
}

// namedAt gives the first step of a queue that names an agent, or -1.
func namedAt(q plan.Queue, agent acd.AgentID) int {
	return slices.IndexFunc(q.Steps, func(s plan.Step) bool { return slices.Contains(s.Agents, agent) })
}

// steerQueues has queues name an agent, and others no longer. All of it or nothing is done.
func (s *Server) steerQueues(ctx context.Context, c call, in *steerQueuesInput) (*Answer[AgentQueues], error) {
	if _, err := s.steers(c, in.ID, identity.AgentSkills); err != nil {
		return nil, err
	}
	k := s.queues()
	err := s.together(ctx, c, func(d *draft) error {
		want, seen := map[acd.QueueID]int{}, map[acd.QueueID]int{}
		for i, n := range in.Body.Queues {
			if q, ok := d.now.queues[n.Queue]; !ok || q.Unit != c.unit {
				return errMissing.On("queues[" + strconv.Itoa(i) + "].queue")
			}
			want[n.Queue] = int(n.Step)
		}
		for i, n := range in.Body.Expect {
			if q, ok := d.now.queues[n.Queue]; !ok || q.Unit != c.unit {
				return errMissing.On("expect[" + strconv.Itoa(i) + "].queue")
			}
			seen[n.Queue] = int(n.Step)
		}
		return s.nameIn(ctx, d, k, in.ID, want, seen)
	})
	if err != nil {
		return nil, err
	}
	return s.agentQueues(ctx, c, &agentInput{ID: in.ID})
}

// nameIn puts the queues into the draft that name an agent from now on, or no longer.
func (s *Server) nameIn(ctx context.Context, d *draft, k kind[plan.Queue, Queue], agent acd.AgentID, want, seen map[acd.QueueID]int) error {
	for _, q := range sortedQueues(d.now, d.c.unit) {
		at := namedAt(q.body, agent)
		if was, ok := seen[acd.QueueID(q.ID)]; ok != (at >= 0) || ok && was != at {
			return errChanged
		}
		step, wanted := want[acd.QueueID(q.ID)]
		if !wanted {
			step = -1
		}
		if step == at {
			continue
		}
		body, err := renamed(q.body, agent, step)
		if err != nil {
			return err
		}
		o := q.Object
		o.Version++
		if err := k.save(ctx, d, q.Object, &o, body, "agents"); err != nil {
			return err
		}
	}
	return nil
}

func sortedQueues(now *catalogue, unit acd.UnitID) []entry[plan.Queue] {
	var all []entry[plan.Queue]
	for _, q := range now.queues {
		if q.Unit == unit {
			all = append(all, q)
		}
	}
	slices.SortFunc(all, func(a, b entry[plan.Queue]) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// renamed gives a queue that names an agent from a step on, or nowhere for -1. A step that
// names nobody admits everybody, so that neither its first name nor its last is a matter
// of one agent.
func renamed(q plan.Queue, agent acd.AgentID, step int) (plan.Queue, error) {
	if step >= len(q.Steps) {
		return q, fault.New(fault.Invalid, "step", "The queue has no such step.").On("queues")
	}
	q.Steps = slices.Clone(q.Steps)
	for k, s := range q.Steps {
		open := isOpen(s)
		s.Agents = slices.DeleteFunc(slices.Clone(s.Agents), func(id acd.AgentID) bool { return id == agent })
		if k == step {
			s.Agents = append(s.Agents, agent)
		}
		if open != isOpen(s) {
			return q, errQueueOpen
		}
		q.Steps[k] = s
	}
	return q, nil
}

// isOpen reports whether a step admits everybody.
func isOpen(s plan.Step) bool { return len(s.Requirements)+len(s.Queues)+len(s.Agents) == 0 }
