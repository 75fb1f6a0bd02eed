package api

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strings"

	"portico/acd"
	"portico/identity"
	"portico/picture"
)

// QueueFigures are what is going on in a queue now, and its counters of today.
type QueueFigures struct {
	Queue          acd.QueueID `json:"queue"`
	Name           string      `json:"name"`
	Domain         DomainName  `json:"domain"`
	ObjectiveS     int         `json:"objective_s"`
	Waiting        int         `json:"waiting"`
	WaitingSince   acd.Time    `json:"waiting_since,omitzero" doc:"when the longest waiting contact was first queued"`
	Held           int         `json:"held" doc:"waiting for one agent"`
	Timed          int         `json:"timed" doc:"waiting for a time"`
	Offered        int         `json:"offered" doc:"with an agent who has not yet accepted"`
	Active         int         `json:"active"`
	WrapUp         int         `json:"wrap_up"`
	ExpectedWaitS  *int        `json:"expected_wait_s,omitempty" doc:"how long a contact that comes now has to wait, by how fast the line has moved lately; absent: not known"`
	CherryPick     bool        `json:"cherry_pick"`
	Arrived        uint32      `json:"arrived_today"`
	Answered       uint32      `json:"answered_today"`
	AnsweredInTime uint32      `json:"answered_in_time_today" doc:"within the objective"`
	Abandoned      uint32      `json:"abandoned_today"`
	LeftInTime     uint32      `json:"abandoned_in_time_today" doc:"within the objective"`
	NotAnswered    uint32      `json:"not_answered_today" doc:"offers that ran out"`
	WaitMs         uint64      `json:"wait_ms_today" doc:"of the answered, together"`
	HandleMs       uint64      `json:"handle_ms_today" doc:"active and wrap-up of the ended, together"`
	Recent         Recent      `json:"recent,omitzero" doc:"of the last 15 minutes: the minute under way and the 14 whole ones before it; absent: nothing happened"`
}

// Recent are a queue's counters of the last 15 minutes.
type Recent struct {
	Offered        uint32 `json:"offered"`
	Answered       uint32 `json:"answered"`
	AnsweredInTime uint32 `json:"answered_in_time" doc:"within the objective"`
	Abandoned      uint32 `json:"abandoned"`
	LeftInTime     uint32 `json:"abandoned_in_time" doc:"within the objective"`
	NotAnswered    uint32 `json:"not_answered" doc:"offers that ran out"`
	WaitMs         uint64 `json:"wait_ms" doc:"of the answered, together"`
	HandleMs       uint64 `json:"handle_ms" doc:"active and wrap-up, together"`
}

// AgentFigures are an agent's state now.
type AgentFigures struct {
	Agent      acd.AgentID     `json:"agent"`
	Name       string          `json:"name"`
	FirstName  string          `json:"first_name"`
	LastName   string          `json:"last_name"`
	Supervisor bool            `json:"supervisor"`
	SignedIn   bool            `json:"signed_in"`
	Since      acd.Time        `json:"since,omitzero"`
	GraceEnds  acd.Time        `json:"grace_ends_at,omitzero" doc:"the desktop is lost"`
	Domains    []DomainState   `json:"domains" nullable:"false"`
	Contacts   []ContactInHand `json:"contacts" nullable:"false"`
	OtherTeam  bool            `json:"other_team,omitempty" doc:"of a team that the supervisor who asks does not supervise: what the agent has in hand is not shown"`
}

// ContactInHand is a contact as the list of agents shows it.
type ContactInHand struct {
	ID    acd.ContactID `json:"id"`
	Queue acd.QueueID   `json:"queue"`
	State string        `json:"state" enum:"timed,held,queued,offered,active,interrupted,wrap_up,ended,routing"`
	Role  string        `json:"role" enum:"owner,consulted,conferenced,monitoring,whispering" doc:"what the agent does in it"`
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

func (s *Server) queueFigures(_ context.Context, c call, _ *scopeInput) (*Answer[Table[QueueFigures]], error) {
	all := s.picture.QueuesSince(c.unit, 0)
	out := Table[QueueFigures]{Items: make([]QueueFigures, 0, len(all.Put)), Version: all.Version, Now: s.at()}
	names := s.names()
	for _, q := range all.Put {
		out.Items = append(out.Items, s.queueRow(names, q))
	}
	slices.SortFunc(out.Items, func(a, b QueueFigures) int { return strings.Compare(a.Name, b.Name) })
	return &Answer[Table[QueueFigures]]{out}, nil
}

func (s *Server) queueRow(names *catalogue, q picture.Queue) QueueFigures {
	o := names.queues[q.ID]
	out := QueueFigures{Queue: q.ID, Name: o.Name, Domain: DomainName(q.Domain), ObjectiveS: o.body.ObjectiveS, CherryPick: o.body.CherryPick,
		Waiting: q.Waiting, Held: q.Held, Timed: q.Timed, WaitingSince: q.WaitingSince, Offered: q.Offered, Active: q.Active + q.Interrupted,
		WrapUp: q.WrapUp, Arrived: q.Today.Offered, Answered: q.Today.Answered, AnsweredInTime: q.Today.InTime,
		Abandoned: q.Today.Abandoned, LeftInTime: q.Today.LeftInTime, NotAnswered: q.Today.NotAnswered, WaitMs: q.Today.WaitMs,
		HandleMs: q.Today.HandleMs, Recent: recentOf(q.Recent)}
	if wait, ok := s.picture.ExpectedWait(q.Unit, q.ID, 0); ok {
		seconds := int(math.Ceil(wait.Seconds()))
		out.ExpectedWaitS = &seconds
	}
	return out
}

func recentOf(c picture.Counters) Recent {
	return Recent{c.Offered, c.Answered, c.InTime, c.Abandoned, c.LeftInTime, c.NotAnswered, c.WaitMs, c.HandleMs}
}

func (s *Server) agentFigures(_ context.Context, c call, _ *scopeInput) (*Answer[Table[AgentFigures]], error) {
	all := s.picture.AgentsSince(c.unit, 0)
	out := Table[AgentFigures]{Items: make([]AgentFigures, 0, len(all.Put)), Version: all.Version, Now: s.at()}
	names := s.names()
	for _, a := range all.Put {
		if names.isAgent(a.ID) {
			out.Items = append(out.Items, s.agentRow(names, a).shownTo(names, c).within(names.scopeOf(c.caller)))
		}
	}
	slices.SortFunc(out.Items, func(a, b AgentFigures) int { return strings.Compare(a.Name, b.Name) })
	return &Answer[Table[AgentFigures]]{out}, nil
}

func (s *Server) agentRow(names *catalogue, a picture.Agent) AgentFigures {
	u := names.users[a.ID]
	out := AgentFigures{Agent: a.ID, Name: u.Name, FirstName: u.body.FirstName, LastName: u.body.LastName, SignedIn: a.SignedIn,
		Since: a.Since, GraceEnds: a.GraceEnds, Contacts: []ContactInHand{},
		Supervisor: identity.Caller{Roles: u.body.Roles}.Has(identity.Supervisor)}
	inHand := map[acd.Domain]int{}
	for _, id := range a.Contacts {
		if c, ok := s.picture.Contact(a.Unit, id); ok {
			inHand[c.Domain] += c.Load(a.ID)
			mine := deskContact(names, c, a.ID)
			out.Contacts = append(out.Contacts, ContactInHand{ID: id, Queue: c.Queue, State: mine.State, Role: mine.Role, Since: mine.Since})
		}
	}
	out.Domains = domainStates(a, inHand)
	return out
}
