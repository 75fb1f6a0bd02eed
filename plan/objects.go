// Package plan holds what administrators configure for routing, and compiles it
// into the core's plan. It is pure: no I/O, no clock. Compiling is the only place
// that reads grants between business units.
package plan

import "portico/acd"

type scheduleKind struct{}

// ScheduleID names a schedule. Routing does not read it; channels do.
type ScheduleID = acd.ID[scheduleKind]

// Skill is an ability of a business unit. Its name is the object's.
type Skill struct {
	Description string `json:"description,omitempty"`
}

// Requirement is a skill at a least level 1–100.
type Requirement struct {
	Skill acd.SkillID `json:"skill"`
	Level uint8       `json:"level"`
}

// Step says who joins those who may take a contact, once it has waited AfterS
// seconds in the queue: agents who meet all Requirements, agents of Queues (who
// meet the first step of one of them), and Agents by name. A step with none of
// the three admits every agent of the unit with capacity in the domain.
type Step struct {
	AfterS       int           `json:"after_s"`
	Requirements []Requirement `json:"requirements,omitempty"`
	Queues       []acd.QueueID `json:"queues,omitempty"`
	Agents       []acd.AgentID `json:"agents,omitempty"`
}

// Queue is where contacts wait under one service objective. Its name is the
// object's. Times are whole seconds.
type Queue struct {
	Description     string     `json:"description,omitempty"`
	Domain          acd.Domain `json:"domain"`
	ObjectiveS      int        `json:"objective_s"`
	Policy          string     `json:"policy"` // longest_idle, least_occupied, highest_level, preference
	Steps           []Step     `json:"steps"`  // 1 to 10; the first has AfterS 0
	OfferS          int        `json:"offer_s"`
	AutoAccept      bool       `json:"auto_accept"`
	WrapUpS         int        `json:"wrap_up_s"` // 0: the agent ends it
	NoWrapUp        bool       `json:"no_wrap_up"`
	WrapUpFreesSlot bool       `json:"wrap_up_frees_slot"`
	NoAnswerStays   bool       `json:"no_answer_stays"`
	CustomerGraceS  int        `json:"customer_grace_s"`
	PreferredHoldS  int        `json:"preferred_hold_s"` // how long a contact waits for its preferred agent
	WaitingMax      int        `json:"waiting_max"`
	// Dispositions may be chosen at wrap-up; empty means all of the unit.
	Dispositions      []acd.ReasonID `json:"dispositions,omitempty"`
	DispositionNeeded bool           `json:"disposition_needed"`
	CherryPick        bool           `json:"cherry_pick"`
	// NoDecline keeps agents from declining offers; the core does not read it.
	NoDecline bool `json:"no_decline,omitempty"`
	// Schedule says when the queue is open; zero: always.
	Schedule ScheduleID `json:"schedule,omitzero"`
	// Outside is what becomes of customers who come when it is closed: offline_form
	// (also when empty), message or accept. Channels read it, routing does not.
	Outside string `json:"outside,omitempty"`
	// Minimum keeps agents from becoming unavailable who are needed.
	Minimum Minimum `json:"minimum,omitzero"`
}

// Minimum is how many agents of a queue's first step must stay available while a
// schedule is open; a zero schedule is always open. Whoever would leave fewer is refused,
// unless a supervisor overrides it. Zero Available: no minimum.
type Minimum struct {
	Available int        `json:"available"`
	Schedule  ScheduleID `json:"schedule,omitzero"`
}

// What becomes of customers who come when a queue is closed.
const (
	OfflineForm = "offline_form" // they may leave a question
	OnlyMessage = "message"      // they are told when it opens
	AcceptAll   = "accept"       // they wait as at any other time
)

// The kinds of reason.
const (
	Unavailable = "unavailable"
	Disposition = "disposition"
)

// Reason is why an agent is unavailable, or how a contact ended.
type Reason struct {
	Use     string `json:"use"`                // unavailable or disposition
	BuiltIn string `json:"built_in,omitempty"` // no_answer, declined, system_end, signed_in; cannot be removed
	// Description says when the reason is to be chosen.
	Description string `json:"description,omitempty"`
}

// Agent is the part of a user that routing reads.
type Agent struct {
	// Capacity by domain; a domain that is absent is not served.
	Capacity map[acd.Domain]uint8 `json:"capacity"`
	Skills   []acd.SkillLevel     `json:"skills"`
	// Preferences hold the agent's number for a queue, 1–100, for queues with the
	// policy preference; an absent queue counts as 50.
	Preferences map[acd.QueueID]uint8 `json:"preferences,omitempty"`
	// Desk is that of the user's profile, which is an object of its own.
	Desk acd.Desk `json:"-"`
}

// Settings of the site. Times are whole seconds.
type Settings struct {
	AgeingS       int                                  `json:"ageing_s"`
	DesktopGraceS int                                  `json:"desktop_grace_s"`
	Matrix        map[acd.Domain]map[acd.Domain]string `json:"matrix"` // refuse, beside, interrupt; absent: refuse
	// OutsideAllow lists the hosts and networks of the own network that workflows may
	// call; routing does not read it.
	OutsideAllow []string `json:"outside_allow,omitempty"`
}
