package acd

import "time"

// Domain is the number of a media routing domain. It is given once, when the
// domain is registered, and never used again for another.
type Domain uint8

// The built-in domains, and how many there may be.
const (
	Voice Domain = iota
	Email
	Chat
	Outbound

	DomainsMax = 32
)

// Interruption says what an offer of one domain does to an agent who has work
// in another.
type Interruption uint8

const (
	// Refuse: no such offer while there is work in the active domain.
	Refuse Interruption = iota
	// Beside: the offer comes beside the work.
	Beside
	// Interrupt: the work is interrupted when the offer is made and resumes when
	// what interrupted it has ended, wrap-up included, or was not accepted.
	Interrupt
)

// Matrix holds the rule for active domain × offered domain. The diagonal is not
// read: within a domain the capacity alone decides.
type Matrix [DomainsMax][DomainsMax]Interruption

// Policy is how a contact chooses among the able agents that its step admits.
type Policy uint8

const (
	// LongestIdle takes the agent whose later of last assignment and becoming
	// available, in the queue's domain, is longest ago.
	LongestIdle Policy = iota
	// LeastOccupied takes the smallest load ÷ capacity in the queue's domain,
	// rounded down to sixteenths. Ties by longest idle.
	LeastOccupied
	// HighestLevel takes the highest mean level over the skills of the first step,
	// rounded down: Edge.Tier is 100 minus that mean. Ties by longest idle.
	HighestLevel
	// Preference takes the smallest number that agents carry for the queue:
	// Edge.Tier is that number. Ties by longest idle.
	Preference
)

// Limits of a plan. A change that breaks one is refused as a whole.
const (
	StepsMax           = 10
	TierMax            = 255
	PriorityMax        = 100
	CapacityMax        = 255
	ExclusionsMax      = 8      // live exclusions per agent; the ninth makes the agent unavailable
	ClassesMax         = 50_000 // distinct (queue, own skills)
	TimersPerStep      = 256    // due timers one Step handles
	EdgesPerStep       = 1_000  // eligibility edges one Step handles
	SkillsPerContact   = 16     // a contact's own skills
	BesideMax          = 16     // agents beside the owner of a contact
	ExclusionLife      = 60 * time.Second
	DefaultAgeing      = 30 * time.Second // what one point of priority is worth
	DefaultOfferTime   = 20 * time.Second
	DefaultDesktopWait = 60 * time.Second
	RoutingGrace       = 60 * time.Second // customer grace of a contact that has no queue yet
)

// Settings of the site. One value each for all business units.
type Settings struct {
	// Ageing is the time that one point of priority is worth; ≥ 0.
	Ageing time.Duration `json:"ageing"`
	// DesktopGrace is how long a lost desktop's contacts are kept for its agent.
	DesktopGrace time.Duration `json:"desktop_grace"`
	// Matrix is the interruption rule for all domains.
	Matrix Matrix `json:"matrix"`
	// NoAnswer and DeclinedTooOften are the reasons that the core itself gives
	// when it makes an agent unavailable. SystemEnd is the disposition of a wrap-up
	// that ended by itself.
	NoAnswer, DeclinedTooOften, SystemEnd ReasonID
}

// QueuePlan is all that the core knows of a queue. The zero durations mean what
// each field says.
type QueuePlan struct {
	ID        QueueID
	Unit      UnitID
	Domain    Domain
	Objective time.Duration // the service objective; part of a contact's due
	Policy    Policy
	// Steps[k] is how long after entering the queue step k is in force. Steps[0]
	// is 0, the rest ascend strictly. 1 to StepsMax.
	Steps []time.Duration
	// OfferTime is how long an agent has to accept; 0 means DefaultOfferTime.
	OfferTime time.Duration
	// AutoAccept makes an offer an acceptance at once: both facts, the effect Assign.
	AutoAccept bool
	// WrapUp ends a wrap-up by itself after this time; 0 means only the agent ends
	// it. NoWrapUp leaves the phase out.
	WrapUp   time.Duration
	NoWrapUp bool
	// WrapUpFreesSlot takes a contact in wrap-up out of its agent's load.
	WrapUpFreesSlot bool
	// NoAnswerStays leaves an agent available after RONA.
	NoAnswerStays bool
	// CustomerGrace is how long a customer whose page is lost is waited for; 0
	// means the loss itself ends the contact's conversation.
	CustomerGrace time.Duration
	// WaitingMax refuses arrivals when so many are Queued; 0 means no limit of its own.
	WaitingMax int
	// MinAvailable is how many of the agents whose edge is of the first step are to
	// be available in the domain: what agents and supervisors do is refused where it
	// would leave fewer, unless forced. The core itself leaves fewer (RONA, a lost
	// desktop, the plan). Which minimum is in force when is a change of the plan.
	MinAvailable uint16
}

// AgentPlan is all that the core knows of an agent but the state.
type AgentPlan struct {
	ID   AgentID
	Unit UnitID
	// Capacity per domain; 0 where the agent does not serve the domain.
	Capacity [DomainsMax]uint8
	// Skills hold levels 1–100. They decide only about contacts with skills of
	// their own: what queues demand is compiled into edges.
	Skills []SkillLevel
	// Desk is how the agent works where that is not as queues and settings have it.
	Desk Desk
}

// Desk is how an agent works. Its zero values mean: as the queue or the settings say.
type Desk struct {
	Accepts Acceptance
	// WrapUp takes the place of the queue's time, but where the queue has no wrap-up.
	WrapUp time.Duration
	// NoAnswer is the reason that the agent is unavailable for after RONA.
	NoAnswer ReasonID
}

// Acceptance is who decides whether an offer is accepted at once.
type Acceptance uint8

const (
	AsQueue Acceptance = iota
	AtOnce             // every offer is an acceptance
	ByHand             // the agent accepts, whatever the queue says
)

// SkillLevel is an ability and its level 1–100: what an agent has, or the least
// that a contact requires.
type SkillLevel struct {
	Skill SkillID `json:"skill"`
	Level uint8   `json:"level"`
}

// Edge says that an agent may take contacts of a queue from step First on.
type Edge struct {
	Queue QueueID
	Agent AgentID
	First uint8 // 0 to len(Steps)-1
	Tier  uint8 // of the queue's policy, smaller is better; 0 where the policy has none
}

// EdgeKey names an edge.
type EdgeKey struct {
	Queue QueueID
	Agent AgentID
}

// PlanChange is the difference between two plans. It is applied whole or refused
// whole; its edges take effect in portions of EdgesPerStep, in the order given,
// between which the core serves other events; each Step takes a portion, at its
// end. Objects named in Edges must be in the plan or in the same change. Removing
// a queue that still has contacts is refused, and so is moving one to another
// domain or unit; removing an agent signs the agent off and returns the contacts
// as a lost desktop would. Another ageing, objective or list of steps re-keys the
// contacts concerned in the same Step, each with a row; an edge that comes to lie
// beyond the last step takes nothing.
type PlanChange struct {
	Version       uint64
	Settings      *Settings // nil: unchanged
	Queues        []QueuePlan
	Agents        []AgentPlan
	Edges         []Edge // new or changed
	RemovedEdges  []EdgeKey
	RemovedQueues []QueueID
	RemovedAgents []AgentID
}
