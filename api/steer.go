package api

import (
	"context"
	"encoding/json"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/identity"
	"portico/picture"
)

// What several people do in one contact: an owner's consultations and conferences, and
// what a supervisor does to the work of others. The latter asks for a permission, keeps
// to the supervisor's teams, and is in the audit log.

type (
	inviteInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			ClientID string      `json:"client_id" minLength:"1" maxLength:"64" doc:"chosen by the caller: a repeat does nothing twice"`
			To       acd.AgentID `json:"to,omitzero" doc:"this agent; or, with queue, one whom its policy finds"`
			Queue    acd.QueueID `json:"queue,omitzero"`
			Role     string      `json:"role,omitempty" enum:"consulted,conferenced" default:"consulted" doc:"consulted: unseen by the customer; conferenced: in the conversation"`
			Note     string      `json:"note,omitempty" maxLength:"4000" doc:"why; customers do not see it"`
		}
	}
	joinInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			Role string `json:"role" enum:"monitoring,whispering,conferenced"`
		}
	}
	roleInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			Agent acd.AgentID `json:"agent,omitzero" doc:"whom the owner gives another role; absent: oneself"`
			Role  string      `json:"role" enum:"consulted,conferenced,monitoring,whispering"`
		}
	}
	leaveInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			Agent acd.AgentID `json:"agent,omitzero" doc:"whom the owner takes out of it; absent: oneself"`
		}
	}
	handOverInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			To   acd.AgentID `json:"to" doc:"who is consulted or conferenced now"`
			Stay bool        `json:"stay,omitempty" doc:"the owner goes on in the conversation, as conferenced"`
		}
	}
	expectInput struct {
		Scope
		ID   acd.ContactID `path:"id"`
		Body struct {
			Expect Place `json:"expect"`
		}
	}
	reassignInput struct {
		Scope
		ID   acd.ContactID `path:"id"`
		Body struct {
			Agent  acd.AgentID `json:"agent"`
			Expect Place       `json:"expect"`
		}
	}
	takeOverInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			Expect Place `json:"expect"`
		}
	}
)

var (
	errInvite   = fault.New(fault.Invalid, "invite_target", "Name an agent or a queue to ask.").On("to")
	errOwner    = fault.New(fault.Conflict, "not_owner", "Only the agent whose contact it is can do this.")
	errNoRole   = fault.New(fault.Conflict, "role", "Whoever takes part cannot be given this role.").On("role")
	errStays    = fault.New(fault.Conflict, "supervisor_stays", "Whoever takes part as a supervisor leaves when they choose to.").On("agent")
	errNotThere = fault.New(fault.Conflict, "not_participant", "This agent does not take part in the contact, or has not accepted yet.").On("agent")
)

func (s *Server) registerSteering(command func(id, summary string, roles ...identity.Role) operation, agent func(id, summary string) operation) {
	register(s, agent("invite", "Ask an agent into the contact: as an adviser, or into the conversation"), s.invite)
	register(s, agent("join", "Take part by one's own choice: listen in, whisper, or barge in"), s.join)
	register(s, agent("role", "Change what somebody does in the contact: oneself, or for its owner another"), s.changeRole)
	register(s, agent("leave", "Leave the contact; its owner may send others out"), s.leave)
	register(s, agent("hand-over", "Make a participant the owner"), s.handOver)
	register(s, agent("take-over", "Become the owner at once, whoever has it"), s.takeOver)
	register(s, command("end", "End a contact: a conversation goes to its owner's wrap-up", rolesSupervisor...), s.endContact)
	register(s, command("reassign", "Offer the contact to an agent", rolesSupervisor...), s.reassign)
}

func roleOf(name string) acd.Role { return numberOf[acd.Role](roleNames[:], name) }

// invite leaves a line in the conversation, where there is one: its client id makes the
// invitation safe to repeat.
func (s *Server) invite(ctx context.Context, c call, in *inviteInput) (*Answer[Done], error) {
	b := in.Body
	if b.To.IsZero() && b.Queue.IsZero() {
		return nil, errInvite
	}
	return s.beside(ctx, c, dialogue.Outgoing{Unit: c.unit, Contact: in.ID, Agent: c.caller.User, ClientID: b.ClientID,
		Kind: dialogue.KindInvited, Text: b.Note},
		acd.Invited{Contact: in.ID, From: c.caller.User, To: b.To, Queue: b.Queue, Role: roleOf(b.Role)})
}

// entering are the permissions of those who take part by their own choice.
var entering = map[acd.Role]identity.Permission{acd.Monitoring: identity.Monitor, acd.Whispering: identity.Whisper, acd.Conferenced: identity.BargeIn}

func (s *Server) join(ctx context.Context, c call, in *joinInput) (*Answer[Done], error) {
	role := roleOf(in.Body.Role)
	return s.steer(ctx, c, in.ID, entering[role], acd.Joined{Contact: in.ID, Agent: c.caller.User, Role: role})
}

// steer does what a permission is needed for to a contact, and writes it into the audit
// log with the outcome.
func (s *Server) steer(ctx context.Context, c call, id acd.ContactID, p identity.Permission, e acd.Event) (*Answer[Done], error) {
	open, ok := s.picture.Contact(c.unit, id)
	if !ok {
		return nil, errMissing
	}
	if err := s.permit(c, p); err != nil {
		return nil, err
	}
	if err := s.bound(c, open.Agent); err != nil {
		return nil, err
	}
	before, after := s.steered(c, open, e)
	a, err := s.ask(ctx, c, e, s.audit(c, "contact."+string(p), c.unit, id, before, after))
	if err != nil {
		return nil, err
	}
	return s.done(ctx, c, id, a.Batch)
}

// steeredContact is what the audit log keeps of a contact.
type steeredContact struct {
	State     string      `json:"state,omitempty"`
	Agent     acd.AgentID `json:"agent,omitzero"`
	AgentName string      `json:"agent_name,omitempty"`
	Role      string      `json:"role,omitempty"`
}

// steered tells how a contact was, and what is to become of it, for the audit log.
func (s *Server) steered(c call, open picture.Contact, e acd.Event) (before, after json.RawMessage) {
	names := s.names()
	was := steeredContact{State: nameOf(stateNames[:], open.State), Agent: open.Agent, AgentName: names.agentName(open.Agent)}
	if p, ok := open.Part(c.caller.User); ok && p.State == acd.Active {
		was.Role = nameOf(roleNames[:], p.Role)
	}
	to := func(agent acd.AgentID, role acd.Role) steeredContact {
		return steeredContact{Agent: agent, AgentName: names.agentName(agent), Role: nameOf(roleNames[:], role)}
	}
	var is steeredContact
	switch e := e.(type) {
	case acd.Joined:
		is = to(e.Agent, e.Role)
	case acd.RoleChanged:
		is = to(e.Agent, e.Role)
	case acd.TakenOver:
		is = to(e.Agent, acd.Owner)
	case acd.Reassigned:
		is = steeredContact{State: nameOf(stateNames[:], acd.Offered), Agent: e.To, AgentName: names.agentName(e.To)}
	case acd.Finished:
		is = steeredContact{State: nameOf(stateNames[:], acd.WrapUp), Agent: e.Agent, AgentName: names.agentName(e.Agent)}
	case acd.Disconnected:
		is = steeredContact{State: nameOf(stateNames[:], acd.Ended)}
	}
	before, _ = json.Marshal(was) // texts and ids: it cannot fail
	after, _ = json.Marshal(is)
	return before, after
}

// changeRole changes what somebody does in a contact. An owner's guests are consulted or
// conferenced as the owner wants it; what one does by one's own choice asks for the
// permission that joining so does.
func (s *Server) changeRole(ctx context.Context, c call, in *roleInput) (*Answer[Done], error) {
	open, ok := s.picture.Contact(c.unit, in.ID)
	if !ok {
		return nil, errMissing
	}
	role, agent := roleOf(in.Body.Role), in.Body.Agent
	if agent.IsZero() {
		agent = c.caller.User
	}
	p, ok := open.Part(agent)
	if !ok || p.State != acd.Active {
		return nil, errNotThere
	}
	if agent != c.caller.User {
		switch {
		case open.Agent != c.caller.User:
			return nil, errOwner
		case p.Role != acd.Consulted || role != acd.Conferenced:
			return nil, errNoRole
		}
		return s.command(ctx, c, in.ID, acd.RoleChanged{Contact: in.ID, Agent: agent, Role: role})
	}
	needed, ok := entering[role]
	if !ok || role == p.Role {
		return nil, errNoRole
	}
	if p.Role == acd.Conferenced { // the customer is to read that one is gone
		if err := s.permit(c, needed); err != nil {
			return nil, err
		}
		if _, err := s.ask(ctx, c, acd.Left{Contact: in.ID, Agent: agent}); err != nil {
			return nil, err
		}
		return s.steer(ctx, c, in.ID, needed, acd.Joined{Contact: in.ID, Agent: agent, Role: role})
	}
	return s.steer(ctx, c, in.ID, needed, acd.RoleChanged{Contact: in.ID, Agent: agent, Role: role})
}

// leave ends a participation: one's own, or for the owner that of a guest. Supervisors
// who came by their own choice are sent out by nobody.
func (s *Server) leave(ctx context.Context, c call, in *leaveInput) (*Answer[Done], error) {
	agent := in.Body.Agent
	if agent.IsZero() {
		agent = c.caller.User
	}
	if agent != c.caller.User {
		open, ok := s.picture.Contact(c.unit, in.ID)
		if !ok {
			return nil, errMissing
		}
		p, there := open.Part(agent)
		switch {
		case open.Agent != c.caller.User:
			return nil, errOwner
		case !there:
			return nil, errNotThere
		case p.By.IsZero() && s.names().bargesIn(agent):
			return nil, errStays
		}
	}
	return s.command(ctx, c, in.ID, acd.Left{Contact: in.ID, Agent: agent, By: c.caller.User})
}

func (s *Server) handOver(ctx context.Context, c call, in *handOverInput) (*Answer[Done], error) {
	return s.command(ctx, c, in.ID, acd.HandedOver{Contact: in.ID, From: c.caller.User, To: in.Body.To, Stay: in.Body.Stay})
}

func (s *Server) takeOver(ctx context.Context, c call, in *takeOverInput) (*Answer[Done], error) {
	return s.steer(ctx, c, in.ID, identity.TakeOver,
		acd.TakenOver{Contact: in.ID, Expect: in.Body.Expect.place(), Agent: c.caller.User})
}

// endContact ends what somebody talks in as if its owner had; what waits is over.
func (s *Server) endContact(ctx context.Context, c call, in *expectInput) (*Answer[Done], error) {
	open, ok := s.picture.Contact(c.unit, in.ID)
	if !ok {
		return nil, errMissing
	}
	expect := in.Body.Expect.place()
	if open.State != expect.State || !expect.Agent.IsZero() && open.Agent != expect.Agent {
		return nil, errTaken.With("state", nameOf(stateNames[:], open.State)).With("agent", open.Agent.String())
	}
	var e acd.Event = acd.Disconnected{Contact: in.ID, Steered: true}
	if open.State == acd.Active || open.State == acd.Interrupted {
		e = acd.Finished{Contact: in.ID, Agent: open.Agent, Steered: true}
	}
	return s.steer(ctx, c, in.ID, identity.End, e)
}

func (s *Server) reassign(ctx context.Context, c call, in *reassignInput) (*Answer[Done], error) {
	if err := s.bound(c, in.Body.Agent); err != nil {
		return nil, err
	}
	return s.steer(ctx, c, in.ID, identity.Reassign,
		acd.Reassigned{Contact: in.ID, Expect: in.Body.Expect.place(), To: in.Body.Agent})
}
