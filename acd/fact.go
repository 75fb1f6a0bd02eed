package acd

import "time"

// FactKind names a transition. Names are past participles.
type FactKind uint8

const (
	FactArrived          FactKind = iota + 1 // Queue is zero when a workflow begins with it
	FactQueued                               // entered Queue after a hold, a timed wait, a return or a transfer; Why
	FactHeld                                 // waits for Agent
	FactTimed                                // waits for a time
	FactOffered                              // to Agent, in Step
	FactNotAccepted                          // the offer ended without acceptance; Why (RONA, declined …); Took is the ringing
	FactAccepted                             // Took is the time since FirstQueued
	FactInterrupted                          // Took is the active time so far
	FactResumed                              // Took is how long it stood
	FactReturned                             // an owner lost the contact; Why; Took is the owner's time
	FactFinished                             // wrap-up begins; Took is the active time
	FactEnded                                // Why, Disposition; Took is the wrap-up time, or the waiting time of an abandoned one
	FactPriority                             // N is the new priority
	FactSignedIn                             // an agent
	FactSignedOut                            // an agent; Why; Took is the time signed in
	FactAgentState                           // Domain, N is 1 when available; Reason; Took is the time in the state before
	FactDesktopLost                          // an agent
	FactDesktopBack                          // an agent
	FactCustomerLost                         //
	FactCustomerReturned                     //
	FactWrapUpExtended                       //
	FactMoved                                // its workflow took it out of Queue; Took is the time in its last state
	FactSkills                               // it demands other skills
	FactInvited                              // Agent is asked to take part; N is the role
	FactJoined                               // Agent takes part; N is the role; Took is the ringing
	FactLeft                                 // Agent takes part no longer, or did not accept; N is the role (Owner: see FactHandedOver); Why; Took is the time in it
	FactRole                                 // Agent takes part in another role, N; Took is the time in the one before
	FactHandedOver                           // Agent is the owner now, right after the FactLeft of the one before; N is the role before, Owner for none; Why; Took is the time in it
)

// Fact is one transition of a contact or of an agent's state, with everything
// that a report needs of it. Facts are only ever appended.
type Fact struct {
	Kind    FactKind
	Why     Why
	Domain  Domain
	Step    uint8
	At      Time
	Unit    UnitID
	Contact ContactID
	Agent   AgentID
	Queue   QueueID
	Reason  ReasonID // disposition, or reason of being unavailable
	N       uint32   // offer number, priority, role, or as the kind says
	Took    time.Duration
}
