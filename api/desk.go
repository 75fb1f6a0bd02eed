package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/picture"
	"portico/plan"
	"portico/store"
)

// Desk is what an agent works at.
type Desk struct {
	Agent     acd.AgentID   `json:"agent"`
	Name      string        `json:"name"`
	SignedIn  bool          `json:"signed_in"`
	Since     acd.Time      `json:"since,omitzero" doc:"of signed_in"`
	GraceEnds acd.Time      `json:"grace_ends_at,omitzero" doc:"the desktop is lost; its contacts are kept until then"`
	Domains   []DomainState `json:"domains" nullable:"false"`
	Contacts  []Contact     `json:"contacts" nullable:"false" doc:"in hand or offered, and those in which the agent takes part; what needs the agent first is first"`
	Version   uint64        `json:"version" doc:"number of the commit that this shows"`
	Now       acd.Time      `json:"now" doc:"the server's time"`
}

// DomainState is an agent's state in one media routing domain.
type DomainState struct {
	Domain    DomainName   `json:"domain"`
	Capacity  uint8        `json:"capacity"`
	InHand    int          `json:"in_hand" doc:"contacts in hand or offered, consultations and conferences with them; who only listens or whispers has as much room as before"`
	Available bool         `json:"available"`
	Reason    acd.ReasonID `json:"reason,omitzero" doc:"why unavailable"`
	Since     acd.Time     `json:"since,omitzero"`
}

// StateChange makes an agent available or unavailable.
type StateChange struct {
	Available bool         `json:"available"`
	Reason    acd.ReasonID `json:"reason,omitzero" doc:"needed when not available"`
	Domains   []DomainName `json:"domains,omitempty" nullable:"false" maxItems:"32" doc:"empty: all that the agent serves"`
	Force     bool         `json:"force,omitempty" doc:"also where a queue is left with fewer agents than its minimum; needs the permission override_minimum"`
}

type (
	stateInput        struct{ Body StateChange }
	agentSignOutInput struct {
		Body struct {
			Force bool `json:"force,omitempty" doc:"leave even with contacts in hand: they go back to their queues"`
		}
	}
)

func (s *Server) registerDesk() {
	register(s, operation{id: "read-desk", method: http.MethodGet, path: "/agent", summary: "My desk: state and contacts",
		tag: "agent", roles: rolesDesk, person: true}, s.readDesk)
	register(s, operation{id: "set-agent-state", method: http.MethodPut, path: "/agent/state",
		summary: "Become available or unavailable; signs in to work when needed", tag: "agent", roles: rolesDesk, person: true}, s.setAgentState)
	register(s, operation{id: "sign-out-agent", method: http.MethodPost, path: "/agent/sign-out",
		summary: "Stop working; the session goes on", tag: "agent", roles: rolesDesk, person: true}, s.signOutAgent)
}

var errReason = fault.New(fault.Invalid, "reason", "Choose why you are unavailable.").On("reason")

func (s *Server) readDesk(_ context.Context, c call, _ *Nothing) (*Answer[Desk], error) {
	return &Answer[Desk]{s.desk(c)}, nil
}

// desk shows the caller's desk. An agent without capacity has an empty one.
func (s *Server) desk(c call) Desk {
	names, unit, agent := s.names(), c.unit, c.caller.User
	out := Desk{Agent: agent, Name: names.person(agent), Domains: []DomainState{}, Contacts: []Contact{}, Now: s.at()}
	d, ok := s.picture.Desk(unit, agent)
	if !ok {
		out.Version = s.picture.Version()
		return out
	}
	out.Version, out.SignedIn, out.Since, out.GraceEnds = d.Version, d.Agent.SignedIn, d.Agent.Since, d.Agent.GraceEnds
	inHand := map[acd.Domain]int{}
	for _, v := range d.Contacts {
		inHand[v.Domain] += v.Load(agent)
		out.Contacts = append(out.Contacts, deskContact(names, v, agent).shownTo(names, c))
	}
	slices.SortStableFunc(out.Contacts, func(a, b Contact) int {
		return cmp.Or(cmp.Compare(urgency[a.State], urgency[b.State]), cmp.Compare(a.Since, b.Since))
	})
	out.Domains = domainStates(d.Agent, inHand)
	return out
}

// urgency orders a desk's contacts: what needs the agent first is first.
var urgency = map[string]int{"offered": 0, "active": 1, "interrupted": 2, "wrap_up": 3, "held": 4}

// domainStates are an agent's states in the domains with capacity, by number.
func domainStates(a picture.Agent, inHand map[acd.Domain]int) []DomainState {
	out := []DomainState{}
	for d := range acd.Domain(acd.DomainsMax) {
		if a.Capacity[d] == 0 {
			continue
		}
		state := a.Domains.Of(d)
		out = append(out, DomainState{Domain: DomainName(d), Capacity: a.Capacity[d], InHand: inHand[d],
			Available: state.Available, Reason: state.Reason, Since: state.Since})
	}
	return out
}

// setAgentState signs the agent in to work when that is needed, then changes the
// state. A second request finds the agent signed in, which is no change.
func (s *Server) setAgentState(ctx context.Context, c call, in *stateInput) (*Answer[Desk], error) {
	if in.Body.Force {
		if err := s.permit(c, identity.OverrideMinimum); err != nil {
			return nil, err
		}
	}
	agent, ok := s.picture.Agent(c.unit, c.caller.User)
	if !ok {
		return nil, errMissing
	}
	e, err := s.stateChanged(c, agent, in.Body)
	if err != nil {
		return nil, err
	}
	if !agent.SignedIn {
		if err := s.signInToWork(ctx, c.unit, c.caller.User); err != nil {
			return nil, err
		}
	}
	if _, err := s.guarded(s.ask(ctx, c, e, s.overridden(c, e)...)); err != nil {
		return nil, err
	}
	return s.readDesk(ctx, c, nil)
}

// stateChanged judges a change of an agent's state.
func (s *Server) stateChanged(c call, agent picture.Agent, to StateChange) (acd.AgentStateChanged, error) {
	e := acd.AgentStateChanged{Agent: agent.ID, Available: to.Available, Reason: to.Reason, Force: to.Force}
	if to.Available {
		e.Reason = acd.ReasonID{}
	} else if r, ok := s.names().reason(c.unit, to.Reason); !ok || r.body.Use != plan.Unavailable {
		return e, errReason
	}
	for d := range acd.Domain(acd.DomainsMax) {
		if agent.Capacity[d] > 0 && (len(to.Domains) == 0 || slices.Contains(to.Domains, DomainName(d))) {
			e.Domains |= 1 << d
		}
	}
	return e, nil
}

// signInToWork makes the agent known as present, and the desktop too where its
// socket is open.
func (s *Server) signInToWork(ctx context.Context, unit acd.UnitID, agent acd.AgentID) error {
	c := call{unit: unit}
	if _, err := s.ask(ctx, c, acd.SignedIn{Agent: agent, Reason: plan.JustSignedIn}); err != nil {
		return err
	}
	if s.feed.present(agent) {
		_, err := s.ask(ctx, c, acd.DesktopConnected{Agent: agent})
		return err
	}
	return nil
}

// signOutAgent leaves work. With force the contacts in hand go back to their queues; whose
// leaving the minimum of a queue forbids is refused all the same, since that is another's
// to allow.
func (s *Server) signOutAgent(ctx context.Context, c call, in *agentSignOutInput) (*Answer[Desk], error) {
	override := s.permit(c, identity.OverrideMinimum) == nil
	if err := s.signOutOf(ctx, c, c.caller.User, in.Body.Force, override); err != nil {
		return nil, err
	}
	return s.readDesk(ctx, c, nil)
}

// signOutOf ends an agent's work. The core's Force is of both, the contacts in hand and
// the minimum: who may not override that is made unavailable first, which is refused.
func (s *Server) signOutOf(ctx context.Context, c call, agent acd.AgentID, force, override bool, riders ...store.Row) error {
	if force && !override {
		pause := acd.AgentStateChanged{Agent: agent, Domains: 1<<acd.DomainsMax - 1, Reason: plan.JustSignedIn}
		if _, err := s.guarded(s.ask(ctx, c, pause)); err != nil {
			return err
		}
	}
	_, err := s.guarded(s.ask(ctx, c, acd.SignedOut{Agent: agent, Force: force}, riders...))
	return err
}
