package plan

import (
	"time"

	"portico/acd"
)

// KindDeskProfile is the kind of the profiles of desks.
const KindDeskProfile = "desk_profile"

// DeskProfileID names a profile; zero: the system's, which leaves all to queues and settings.
type DeskProfileID = acd.ID[deskProfileKind]

type deskProfileKind struct{}

// How offers are accepted; the words of DeskProfile.Accept.
const (
	AcceptAsQueue = "queue"   // as the queue says
	AcceptAtOnce  = "at_once" // an offer is an acceptance
	AcceptByHand  = "by_hand" // the agent accepts, whatever the queue says
)

var acceptances = map[string]acd.Acceptance{"": acd.AsQueue, AcceptAsQueue: acd.AsQueue, AcceptAtOnce: acd.AtOnce, AcceptByHand: acd.ByHand}

// DeskProfile is how the agents work who name it.
type DeskProfile struct {
	Description string `json:"description,omitempty" maxLength:"1000"`
	Accept      string `json:"accept" required:"false" default:"queue" enum:"queue,at_once,by_hand" doc:"whether offers are accepted at once: as the queue says, always, or never"`
	WrapUpS     int    `json:"wrap_up_s" required:"false" default:"0" minimum:"0" maximum:"86400" doc:"after how long a wrap-up ends by itself; 0: as the queue says. A queue without wrap-up stays without"`
	// NoAnswer is a reason of use unavailable.
	NoAnswer acd.ReasonID `json:"no_answer,omitzero" doc:"why an agent is unavailable who let an offer pass; absent: the system's reason"`
}

// Check gives the fault invalid, with the field, when a value is out of range.
func (d DeskProfile) Check() error {
	var c checker
	c.text("description", d.Description, DescriptionMax)
	if _, ok := acceptances[d.Accept]; !ok {
		c.fail("accept", "Offers are accepted as the queue says, at once, or by hand.")
	}
	c.number("wrap_up_s", d.WrapUpS, 0, DaySeconds)
	return c.result()
}

// References gives all that the profile names.
func (d DeskProfile) References() []Reference {
	if d.NoAnswer.IsZero() {
		return nil
	}
	return []Reference{{"no_answer", KindReason, d.NoAnswer}}
}

// Desk is the profile as routing reads it.
func (d DeskProfile) Desk() acd.Desk {
	return acd.Desk{Accepts: acceptances[d.Accept], WrapUp: time.Duration(d.WrapUpS) * time.Second, NoAnswer: d.NoAnswer}
}
