package acd

// ContactState is where a contact is. A contact is in exactly one. The numbers are
// saved: a new state gets the next one, wherever a contact is in it.
type ContactState uint8

const (
	// Timed: it waits for a time (re-queued later).
	Timed ContactState = iota + 1
	// Held: it waits in a preferred agent's own list.
	Held
	// Queued: it waits in its queue.
	Queued
	// Offered: one agent is asked; the participation is pending.
	Offered
	// Active: its owner talks with the customer.
	Active
	// Interrupted: its owner has been given more urgent work; its clock stands.
	Interrupted
	// WrapUp: the conversation is over, its owner finishes the work.
	WrapUp
	// Ended: it is over.
	Ended
	// Routing: its workflow has it; it is in no queue yet.
	Routing
)

// Role is what an agent does in a contact. The numbers are saved.
type Role uint8

const (
	// Owner: the contact is the agent's. There is one at most.
	Owner Role = iota
	// Consulted: the owner asks the agent, unseen by the customer.
	Consulted
	// Conferenced: the agent talks with owner and customer.
	Conferenced
	// Monitoring: a supervisor reads along, unseen.
	Monitoring
	// Whispering: a supervisor speaks to the owner, unheard by the customer.
	Whispering
)

// weighs reports whether a participation counts in its agent's load, be it pending
// or active.
func (r Role) weighs() bool { return r == Owner || r == Consulted || r == Conferenced }

// Participation is an agent's place beside the owner of a contact.
type Participation struct {
	Agent AgentID `json:"agent"`
	Role  Role    `json:"role"`
	// State is Offered while the agent has not answered the invitation, then Active.
	State    ContactState `json:"state"`
	Offer    uint32       `json:"offer,omitempty"` // number of the invitation; zero: nobody invited
	Since    Time         `json:"since"`           // of State
	Deadline Time         `json:"deadline,omitempty"`
	By       AgentID      `json:"by"` // the owner who invited; zero: nobody
}

// Exclusion keeps a contact from an agent who declined or did not answer it,
// while the contact's step is Step and until Until.
type Exclusion struct {
	Agent AgentID `json:"agent"`
	Step  uint8   `json:"step"`
	Until Time    `json:"until"`
}

// ContactRow is the whole routing state of a contact, as it is saved after each
// transition. A core built from the rows decides as the one that wrote them.
type ContactRow struct {
	ID          ContactID    `json:"id"`
	Unit        UnitID       `json:"unit"`
	Queue       QueueID      `json:"queue"` // zero while Routing
	Domain      Domain       `json:"domain"`
	Priority    uint8        `json:"priority"`
	State       ContactState `json:"state"`
	Step        uint8        `json:"step"` // in force at the last transition; relaxing alone is none
	Skills      []SkillLevel `json:"skills,omitempty"`
	FirstQueued Time         `json:"first_queued"` // zero while Routing
	QueuedAt    Time         `json:"queued_at"`    // entry into Queue, from which steps count; zero: it did not come out of a queue
	Due         Time         `json:"due"`
	// Agent is the owner, the agent who is offered the contact, or, while Held,
	// the one in whose own list it waits.
	Agent AgentID `json:"agent"`
	// Preferred is the agent asked for at the arrival or by a transfer.
	Preferred AgentID `json:"preferred"`
	Offer     uint32  `json:"offer"` // number of the last offer
	Since     Time    `json:"since"` // of State
	// Deadline of State: end of the offer, hold, timed wait or wrap-up. Zero: none.
	Deadline Time `json:"deadline,omitempty"`
	// Resume is the state to go back to, while Interrupted; Left is what was left
	// of the deadline then, in milliseconds.
	Resume       ContactState `json:"resume,omitempty"`
	Left         int64        `json:"left,omitempty"`
	CustomerLost Time         `json:"customer_lost,omitempty"` // when customer grace ends; zero: present
	Exclusions   []Exclusion  `json:"exclusions,omitempty"`
	AcceptedAt   Time         `json:"accepted_at,omitempty"` // first acceptance
	FinishedAt   Time         `json:"finished_at,omitempty"`
	// Beside are those who take part beside the owner, in the order in which they
	// came. Without an owner who converses there is nobody.
	Beside []Participation `json:"beside,omitempty"`
	// EndWhy and Disposition are set with Ended.
	EndWhy      Why      `json:"end_why,omitempty"`
	Disposition ReasonID `json:"disposition"`
}

// DomainState is an agent's state in one domain.
type DomainState struct {
	Available bool     `json:"available"`
	Reason    ReasonID `json:"reason"`
	Since     Time     `json:"since"`
	// Idle is the later of the last assignment in the domain and becoming available.
	Idle Time `json:"idle"`
}

// AgentRow is the whole saved state of an agent; the contacts in hand are in
// their own rows.
type AgentRow struct {
	ID       AgentID `json:"id"`
	Unit     UnitID  `json:"unit"`
	SignedIn bool    `json:"signed_in"`
	Since    Time    `json:"since"` // of SignedIn
	// GraceEnds is set while the desktop of a signed-in agent is lost.
	GraceEnds Time `json:"grace_ends,omitempty"`
	// Domains holds a state for each domain in which the agent has capacity. In an
	// Out it is the core's own list.
	Domains DomainStates `json:"domains"`
}
