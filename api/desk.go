package api

import (
	"net/http"

	"portico/acd"
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
