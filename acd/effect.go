package acd

// EffectKind names what the world is asked to do. Names are imperatives.
type EffectKind uint8

const (
	// Offer shows a contact to an agent until Until. N is the offer's number,
	// which Accepted and Declined repeat.
	Offer EffectKind = iota + 1
	// Withdraw takes an offer back. N is the offer's number, Why says why.
	Withdraw
	// Assign tells that the agent owns the contact from now on, or takes part in it
	// in another Role.
	Assign
	// Release tells that the agent no longer has that part in it.
	Release
	// InterruptWork and ResumeWork stop and restart the clock of an owned contact.
	InterruptWork
	ResumeWork
	// BeginWrapUp tells that the conversation is over. Until is the automatic end,
	// or zero.
	BeginWrapUp
	// End tells that the contact is over; Why says how.
	End
	// Alert is for people. It is the only effect that no state shows, so it goes
	// through the outbox.
	Alert
)

// Effect is one thing for the world to do after the commit. All but Alert can be
// derived again from the rows.
type Effect struct {
	Kind    EffectKind
	Why     Why
	Alert   AlertCode
	Role    Role // of Offer, Withdraw, Assign and Release
	Contact ContactID
	Agent   AgentID
	Queue   QueueID
	Unit    UnitID
	N       uint32
	Until   Time
}

// AlertCode names what an Alert is about. Each has a row in docs/alarms.md.
type AlertCode uint8

const (
	// AlertAllExcluded: every able agent is excluded from a waiting contact.
	AlertAllExcluded AlertCode = iota + 1
	// AlertClockBack: a saved time lay after now and was clamped.
	AlertClockBack
	// AlertClasses: ClassesMax is reached.
	AlertClasses
)

// Why says what led to a fact or an effect.
type Why uint8

const (
	WhyNone         Why = iota
	WhyNoAnswer         // RONA: the offer time passed
	WhyDeclined         // the agent declined
	WhyDesktopLost      // the agent's desktop is gone
	WhyUnavailable      // the agent became unavailable
	WhySignedOut        // the agent was signed out
	WhyAbandoned        // the customer ended it
	WhyCustomerLost     // the customer's page stayed lost
	WhyFinished         // the agent ended the conversation
	WhyWrappedUp        // the agent ended the wrap-up
	WhyWrapUpTime       // the wrap-up ended by itself
	WhyTransferred      // an agent gave it to a queue or an agent
	WhyRequeued         // an agent put it back
	WhyReassigned       // a supervisor moved it
	WhyPicked           // an agent picked it
	WhyRestart          // the process started anew
	WhyPlan             // the plan changed
	WhyHoldOver         // the time in a preferred agent's own list passed
	WhyPreferred        // it waits for, or was offered to, its preferred agent
	WhyTooMany          // too many exclusions
	WhyIdle             // the customer was silent for too long
	WhyWorkflow         // its workflow brought it to another queue, or ended it
	WhyJoined           // a supervisor's own choice to take part
	WhyLeft             // the participant's own choice to leave
	WhyRemoved          // the owner or a supervisor ended the participation
	WhyHandedOver       // the owner gave it to a participant
	WhyTakenOver        // a supervisor took it
	WhySteered          // a supervisor ended it
)
