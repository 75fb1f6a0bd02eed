package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"portico/acd"
	"portico/fault"
	"portico/picture"
	"portico/plan"
)

// Desk is what an agent works at.
type Desk struct {
	Agent     acd.AgentID   `json:"agent"`
	Name      string        `json:"name"`
	SignedIn  bool          `json:"signed_in"`
	Since     acd.Time      `json:"since,omitzero" doc:"of signed_in"`
	GraceEnds acd.Time      `json:"grace_ends_at,omitzero" doc:"the desktop is lost; its contacts are kept until then"`
	Domains   []DomainState `json:"domains" nullable:"false"`
	Contacts  []Contact     `json:"contacts" nullable:"false" doc:"in hand or offered; what needs the agent first is first"`
	Version   uint64        `json:"version" doc:"number of the commit that this shows"`
	Now       acd.Time      `json:"now" doc:"the server's time"`
}

// DomainState is an agent's state in one media routing domain.
type DomainState struct {
	Domain    DomainName   `json:"domain"`
	Capacity  uint8        `json:"capacity"`
	InHand    int          `json:"in_hand" doc:"contacts in hand or offered"`
	Available bool         `json:"available"`
	Reason    acd.ReasonID `json:"reason,omitzero" doc:"why unavailable"`
	Since     acd.Time     `json:"since,omitzero"`
}

type (
	stateInput struct {
		Body struct {
			Available bool         `json:"available"`
			Reason    acd.ReasonID `json:"reason,omitzero" doc:"needed when not available"`
			Domains   []DomainName `json:"domains,omitempty" nullable:"false" maxItems:"32" doc:"empty: all that the agent serves"`
		}
	}
	agentSignOutInput struct {
		Body struct {
			Force bool `json:"force,omitempty" doc:"leave even with contacts in hand: they go back to their queues"`
		}
	}
)

func (s *Server) registerDesk() {
	register(s, operation{id: "read-desk", method: http.MethodGet, path: "/agent", summary: "My desk: state and contacts",
		tag: "agent", roles: rolesAgent, person: true}, s.readDesk)
	register(s, operation{id: "set-agent-state", method: http.MethodPut, path: "/agent/state",
		summary: "Become available or unavailable; signs in to work when needed", tag: "agent", roles: rolesAgent, person: true}, s.setAgentState)
	register(s, operation{id: "sign-out-agent", method: http.MethodPost, path: "/agent/sign-out",
		summary: "Stop working; the session goes on", tag: "agent", roles: rolesAgent, person: true}, s.signOutAgent)
}

var errReason = fault.New(fault.Invalid, "reason", "Choose why you are unavailable.").On("reason")

func (s *Server) readDesk(_ context.Context, c call, _ *Nothing) (*Answer[Desk], error) {
	return &Answer[Desk]{s.desk(c.unit, c.caller.User)}, nil
}

// desk shows an agent's desk. An agent without capacity has an empty one.
func (s *Server) desk(unit acd.UnitID, agent acd.AgentID) Desk {
	names := s.names()
	out := Desk{Agent: agent, Name: names.person(agent), Domains: []DomainState{}, Contacts: []Contact{}, Now: s.at()}
	d, ok := s.picture.Desk(unit, agent)
	if !ok {
		out.Version = s.picture.Version()
		return out
	}
	out.Version, out.SignedIn, out.Since, out.GraceEnds = d.Version, d.Agent.SignedIn, d.Agent.Since, d.Agent.GraceEnds
	inHand := map[acd.Domain]int{}
	for _, v := range d.Contacts {
		inHand[v.Domain]++
		out.Contacts = append(out.Contacts, openContact(names, v))
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
		state := a.Domains[d]
		out = append(out, DomainState{Domain: DomainName(d), Capacity: a.Capacity[d], InHand: inHand[d],
			Available: state.Available, Reason: state.Reason, Since: state.Since})
	}
	return out
}

// setAgentState signs the agent in to work when that is needed, then changes the
// state. A second request finds the agent signed in, which is no change.
func (s *Server) setAgentState(ctx context.Context, c call, in *stateInput) (*Answer[Desk], error) {
	b := in.Body
	if !b.Available {
		if r, ok := s.names().reasons[reasonKey{c.unit, b.Reason}]; !ok || r.body.Use != plan.Unavailable {
			return nil, errReason
		}
	} else {
		b.Reason = acd.ReasonID{}
	}
	agent, ok := s.picture.Agent(c.unit, c.caller.User)
	if !ok {
		return nil, errMissing
	}
	var mask uint32
	for d := range acd.Domain(acd.DomainsMax) {
		if agent.Capacity[d] > 0 && (len(b.Domains) == 0 || slices.Contains(b.Domains, DomainName(d))) {
			mask |= 1 << d
		}
	}
	if !agent.SignedIn {
		if err := s.signInToWork(ctx, c.unit, c.caller.User); err != nil {
			return nil, err
		}
	}
	if _, err := s.ask(ctx, c, acd.AgentStateChanged{Agent: c.caller.User, Domains: mask, Available: b.Available, Reason: b.Reason}); err != nil {
		return nil, err
	}
	return s.readDesk(ctx, c, nil)
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

func (s *Server) signOutAgent(ctx context.Context, c call, in *agentSignOutInput) (*Answer[Desk], error) {
	if _, err := s.ask(ctx, c, acd.SignedOut{Agent: c.caller.User, Force: in.Body.Force}); err != nil {
		return nil, err
	}
	return s.readDesk(ctx, c, nil)
}
