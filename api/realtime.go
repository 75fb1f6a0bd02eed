package api

import (
	"net/http"

	"portico/acd"
)

// QueueFigures are what is going on in a queue now, and its counters of today.
type QueueFigures struct {
	Queue          acd.QueueID `json:"queue"`
	Name           string      `json:"name"`
	Domain         DomainName  `json:"domain"`
	ObjectiveS     int         `json:"objective_s"`
	Waiting        int         `json:"waiting"`
	WaitingSince   acd.Time    `json:"waiting_since,omitzero" doc:"when the longest waiting contact was first queued"`
	Offered        int         `json:"offered" doc:"with an agent who has not yet accepted"`
	Active         int         `json:"active"`
	WrapUp         int         `json:"wrap_up"`
	CherryPick     bool        `json:"cherry_pick"`
	Arrived        uint32      `json:"arrived_today"`
	Answered       uint32      `json:"answered_today"`
	AnsweredInTime uint32      `json:"answered_in_time_today" doc:"within the objective"`
	Abandoned      uint32      `json:"abandoned_today"`
	NotAnswered    uint32      `json:"not_answered_today" doc:"offers that ran out"`
	WaitMs         uint64      `json:"wait_ms_today" doc:"of the answered, together"`
	HandleMs       uint64      `json:"handle_ms_today" doc:"active and wrap-up of the ended, together"`
}

// AgentFigures are an agent's state now.
type AgentFigures struct {
	Agent     acd.AgentID     `json:"agent"`
	Name      string          `json:"name"`
	FirstName string          `json:"first_name"`
	LastName  string          `json:"last_name"`
	SignedIn  bool            `json:"signed_in"`
	Since     acd.Time        `json:"since,omitzero"`
	GraceEnds acd.Time        `json:"grace_ends_at,omitzero" doc:"the desktop is lost"`
	Domains   []DomainState   `json:"domains" nullable:"false"`
	Contacts  []ContactInHand `json:"contacts" nullable:"false"`
}

// ContactInHand is a contact as the list of agents shows it.
type ContactInHand struct {
	ID    acd.ContactID `json:"id"`
	Queue acd.QueueID   `json:"queue"`
	State string        `json:"state" enum:"timed,held,queued,offered,active,interrupted,wrap_up,ended"`
	Since acd.Time      `json:"since"`
}

// Table is a whole table of live figures.
type Table[T any] struct {
	Items   []T      `json:"items" nullable:"false"`
	Version uint64   `json:"version" doc:"number of the commit that this shows"`
	Now     acd.Time `json:"now" doc:"the server's time"`
}

type scopeInput struct{ Scope }

func (s *Server) registerRealTime() {
	register(s, operation{id: "queue-figures", method: http.MethodGet, path: "/real-time/queues", summary: "The queues now",
		tag: "real-time", roles: rolesEveryone}, s.queueFigures)
	register(s, operation{id: "agent-figures", method: http.MethodGet, path: "/real-time/agents", summary: "The agents now",
		tag: "real-time", roles: rolesEveryone}, s.agentFigures)
}
