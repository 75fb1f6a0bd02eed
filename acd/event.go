package acd

import "time"

// Event is something that happened and that the core is told of. Names are past
// participles. An event is applied whole or refused whole: a refused one leaves
// no trace. Commands that could meet a changed world name the state they expect.
type Event interface{ event() }

type (
	// PlanChanged brings a new difference of the plan.
	PlanChanged struct{ Change PlanChange }

	// Arrived brings a contact to its queue. FirstQueued is the time of the Step.
	// A Preferred agent who is signed in and not unavailable in the domain has it
	// held in the own list for up to Hold before it enters the queue. With the zero
	// Queue the contact is its workflow's (state Routing) until Placed.
	Arrived struct {
		Contact   ContactID
		Unit      UnitID
		Queue     QueueID
		Domain    Domain // read where Queue is zero; Hold is not, then
		Priority  uint8  // 1–100, 100 is most urgent
		Skills    []SkillLevel
		Preferred AgentID
		Hold      time.Duration
	}

	// Placed is a workflow's: a contact that is Routing, Queued, Held or Timed goes to
	// a queue of its domain, and on from there as one that arrives. The first queue
	// sets FirstQueued, the next ones keep it. A contact that is Queued there already
	// keeps its place, unless it goes to Preferred; it does not go to an agent whom it
	// excludes. Refused with RefusedFull where WaitingMax is reached,
	// unless Overfill.
	Placed struct {
		Contact   ContactID
		Queue     QueueID
		Priority  uint8        // zero: as it is
		Skills    []SkillLevel // nil: as they are; empty: none
		Preferred AgentID      // zero: as it is, and nobody is asked for
		Hold      time.Duration
		Overfill  bool // the last resort of a workflow that failed
	}

	// Disconnected ends a contact that is Routing, Queued, Held or Timed: by its
	// workflow, or Steered by a supervisor, who may end an offered one, too.
	Disconnected struct {
		Contact ContactID
		Steered bool
	}

	// SkillsChanged gives a contact other skills of its own, at once where it waits,
	// else for when it is queued again.
	SkillsChanged struct {
		Contact ContactID
		Skills  []SkillLevel
	}

	// Accepted answers an offer or an invitation. Offer is the number that the
	// effect Offer carried.
	Accepted struct {
		Contact ContactID
		Agent   AgentID
		Offer   uint32
	}

	// Declined refuses an offer or an invitation; the contact excludes the agent
	// (see Exclusion).
	Declined struct {
		Contact ContactID
		Agent   AgentID
		Offer   uint32
	}

	// Finished ends the conversation; its owner's wrap-up begins.
	Finished struct {
		Contact ContactID
		Agent   AgentID // the owner
		Idle    bool    // not the owner ended it: the customer was silent for too long
		Steered bool    // not the owner ended it: a supervisor, who may end interrupted ones, too
	}

	// Invited asks an agent to take part in an owner's contact, Consulted or
	// Conferenced. The agent must be able to be offered it; with the zero To one is
	// found by Queue's policy, the contact's where that is zero: of those who are
	// able now, the agents of the earliest step, but nobody whom the contact
	// excludes; RefusedUnavailable where there is none. Not accepted, the invitation
	// ends as an offer does, and the contact stays its owner's.
	Invited struct {
		Contact ContactID
		From    AgentID // the owner
		To      AgentID
		Queue   QueueID
		Role    Role
	}

	// Joined is a supervisor's own choice to take part in a conversation at once:
	// Monitoring, Whispering or Conferenced. It goes beyond state, capacity and
	// matrix, but not without being signed in, nor without a desktop.
	Joined struct {
		Contact ContactID
		Agent   AgentID
		Role    Role
	}

	// RoleChanged gives an active participant another role than Owner, beyond
	// capacity and matrix.
	RoleChanged struct {
		Contact ContactID
		Agent   AgentID
		Role    Role
	}

	// Left ends a participation, or an invitation that is not yet answered. By is who
	// wants it; zero or Agent itself: the participant.
	Left struct {
		Contact ContactID
		Agent   AgentID
		By      AgentID
	}

	// HandedOver makes an active consulted or conferenced participant the owner. The
	// old one leaves without wrap-up, or with Stay is conferenced.
	HandedOver struct {
		Contact ContactID
		From    AgentID // the owner
		To      AgentID
		Stay    bool
	}

	// TakenOver makes a supervisor the owner at once, of what is Queued, Held, Timed,
	// Offered, Active or Interrupted, beyond state, capacity and matrix as Joined.
	// Expect is what the supervisor saw. Who takes part goes on to. From wrap-up
	// nothing can be taken over, nor from oneself (RefusedInvalid).
	TakenOver struct {
		Contact ContactID
		Expect  Place
		Agent   AgentID
	}

	// WrapUpExtended moves the automatic end of a wrap-up to By from now.
	WrapUpExtended struct {
		Contact ContactID
		Agent   AgentID
		By      time.Duration // > 0
	}

	// WrappedUp ends a wrap-up and with it the contact.
	WrappedUp struct {
		Contact     ContactID
		Agent       AgentID
		Disposition ReasonID
	}

	// Abandoned says that the customer ended the contact: one that waits, is held,
	// timed or offered ends as abandoned; one that has an owner goes on to wrap-up.
	Abandoned struct{ Contact ContactID }

	// CustomerLost and CustomerReturned tell of the customer's page. A lost
	// customer is waited for during the queue's CustomerGrace, then the contact
	// goes on as if Abandoned. A contact in wrap-up takes neither, nor
	// Abandoned: RefusedState.
	CustomerLost struct{ Contact ContactID }
	// CustomerReturned ends the wait for a lost customer.
	CustomerReturned struct{ Contact ContactID }

	// TransferredToQueue gives an owner's contact to another queue, keeping
	// FirstQueued. From zero is not allowed: only an owner transfers.
	TransferredToQueue struct {
		Contact ContactID
		From    AgentID
		Queue   QueueID
	}

	// TransferredToAgent gives an owner's contact to an agent: it is offered there
	// at once if that agent is able, else held in the own list for up to Hold, after
	// which (or when that agent is not available) it enters Queue, or the queue it
	// has where Queue is zero. It keeps FirstQueued. Refused with
	// RefusedUnavailable when the agent is not signed in and available in the domain.
	TransferredToAgent struct {
		Contact ContactID
		From    AgentID
		To      AgentID
		Hold    time.Duration
		Queue   QueueID
	}

	// Requeued puts an owner's contact back into its queue, at once (Until zero or
	// not after now) or at Until. It keeps FirstQueued; it does not exclude the agent.
	Requeued struct {
		Contact ContactID
		From    AgentID
		Until   Time
	}

	// Reassigned is a supervisor's move of a contact to an agent, offered beyond
	// queue and skills but never beyond capacity and matrix. Expect is what the
	// supervisor saw. From wrap-up nothing can be reassigned, and to the agent who
	// has it already neither (RefusedInvalid).
	Reassigned struct {
		Contact ContactID
		Expect  Place
		To      AgentID
	}

	// Picked is an agent's own choice of a waiting contact (cherry-pick); the agent
	// becomes its owner at once, if able to be offered it but for queue and skills.
	// Expect is what the agent saw: queued, held or timed.
	Picked struct {
		Contact ContactID
		Expect  Place
		Agent   AgentID
	}

	// PriorityChanged re-keys a contact that is not yet owned, or notes the
	// priority for when it is queued again.
	PriorityChanged struct {
		Contact  ContactID
		Priority uint8
	}

	// SignedIn makes an agent known as present; every domain is unavailable with
	// Reason until AgentStateChanged says otherwise. Signing in twice is no change.
	SignedIn struct {
		Agent  AgentID
		Reason ReasonID
	}

	// SignedOut ends an agent's presence. Refused with RefusedBusy while the agent
	// owns or is offered contacts, is consulted or conferenced, unless Force: then
	// they return as by a desktop that stayed lost. Refused with RefusedMinimum as
	// AgentStateChanged is, unless Force.
	SignedOut struct {
		Agent AgentID
		Force bool
	}

	// AgentStateChanged makes an agent available or unavailable in the domains of
	// the mask (bit d is domain d). Unavailable takes a pending offer of such a
	// domain back as a decline does, and ends holds in the own list for them. It is
	// refused with RefusedMinimum when it would leave a queue with fewer agents than
	// its MinAvailable, unless Force.
	AgentStateChanged struct {
		Agent     AgentID
		Domains   uint32
		Available bool
		Reason    ReasonID // why unavailable; zero when available
		Force     bool     // below the minimum, too
	}

	// DesktopConnected and DesktopLost tell of the agent's desktop. A lost one
	// returns a pending offer at once (the contact excludes the agent); owned
	// contacts are kept for DesktopGrace and then re-queued at their due, wrap-ups
	// end by themselves, and the agent is signed out.
	DesktopConnected struct{ Agent AgentID }
	// DesktopLost begins DesktopGrace.
	DesktopLost struct{ Agent AgentID }

	// Ticked brings nothing but the time: what is due is done.
	Ticked struct{}

	// Restarted is the first event after Rebuild. Gap is how long nobody could be
	// served: the ends of wrap-ups and of customer grace move by it, open offers are
	// renewed with their whole time (the effect Offer comes again, with the same
	// number), desktops are absent and their grace starts anew. Age, steps, holds and
	// timed waits go on. It is applied before what is due by time. With SameProcess
	// it ends an outage through which the process lived, its core and the desktops with
	// it: the desktops are as they were.
	Restarted struct {
		Gap         time.Duration
		SameProcess bool
	}
)

// Place is where a contact is, as somebody saw it.
type Place struct {
	State ContactState `json:"state"`
	Agent AgentID      `json:"agent"` // owner or offered agent; not looked at where there is none
}

func (PlanChanged) event()        {}
func (Arrived) event()            {}
func (Placed) event()             {}
func (Disconnected) event()       {}
func (SkillsChanged) event()      {}
func (Accepted) event()           {}
func (Declined) event()           {}
func (Finished) event()           {}
func (Invited) event()            {}
func (Joined) event()             {}
func (RoleChanged) event()        {}
func (Left) event()               {}
func (HandedOver) event()         {}
func (TakenOver) event()          {}
func (WrapUpExtended) event()     {}
func (WrappedUp) event()          {}
func (Abandoned) event()          {}
func (CustomerLost) event()       {}
func (CustomerReturned) event()   {}
func (TransferredToQueue) event() {}
func (TransferredToAgent) event() {}
func (Requeued) event()           {}
func (Reassigned) event()         {}
func (Picked) event()             {}
func (PriorityChanged) event()    {}
func (SignedIn) event()           {}
func (SignedOut) event()          {}
func (AgentStateChanged) event()  {}
func (DesktopConnected) event()   {}
func (DesktopLost) event()        {}
func (Ticked) event()             {}
func (Restarted) event()          {}

// RefusalCode says why an event was refused. The zero code means it was not.
type RefusalCode uint8

const (
	NotRefused         RefusalCode = iota
	RefusedUnknown                 // the contact, agent or queue does not exist, or is another unit's
	RefusedExists                  // a contact with this id is open already
	RefusedInvalid                 // a field is outside its range
	RefusedState                   // the world is not as expected; Refusal.Place tells how it is
	RefusedBusy                    // the agent has no room, or still has contacts
	RefusedUnavailable             // the agent is not signed in and available
	RefusedFull                    // the queue or the site has no room for more (1013)
	RefusedInUse                   // the object still has contacts
	RefusedClasses                 // more than ClassesMax distinct demands of skills
	RefusedMinimum                 // a queue would have too few agents; Refusal.Queue, Have and Need tell
	RefusedBeside                  // the agent takes part already, or BesideMax do
)

// Refusal is the core's answer to an event that it did not take.
type Refusal struct {
	Code  RefusalCode
	Place Place // with RefusedState: who has the contact
	// With RefusedMinimum: the queue, how many agents of its first step are available
	// in its domain now, and how many have to be.
	Queue      QueueID
	Have, Need int
}
