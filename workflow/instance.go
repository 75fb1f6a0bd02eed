package workflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"portico/acd"
)

// Doing is what an instance does between two turns.
type Doing string

const (
	// DoingNothing: a path has ended in a queue, or the contact has left its workflow.
	DoingNothing Doing = ""
	// DoingCore: the core was asked; Done or Refused follows in the same turn.
	DoingCore Doing = "core"
	// DoingWait: time passes until Deadline.
	DoingWait Doing = "wait"
	// DoingCall: an outside call is under way; Deadline is when it counts as lost.
	DoingCall Doing = "call"
	// DoingCollect and DoingCallback: the customer is asked, until Deadline.
	DoingCollect  Doing = "collect"
	DoingCallback Doing = "callback"
	// DoingFallback: no queue takes the contact; it is tried again at Deadline.
	DoingFallback Doing = "fallback"
)

// Instance is where a contact is in its workflow. It is saved with the contact. The
// zero Instance is that of the built-in workflow.
type Instance struct {
	Workflow ID       `json:"workflow,omitzero"`
	Release  uint32   `json:"release,omitempty"` // a contact finishes on the release that it entered
	Node     NodeID   `json:"node,omitempty"`
	Visit    uint32   `json:"visit,omitempty"` // counts the components entered; names the present visit
	Since    acd.Time `json:"since,omitempty"` // of the visit
	Doing    Doing    `json:"doing,omitempty"`
	Deadline acd.Time `json:"deadline,omitempty"` // when Due comes; zero: never
	Until    acd.Time `json:"until,omitempty"`    // the end of a wait, which Deadline may come before
	Said     uint32   `json:"said,omitempty"`     // texts of this visit
	Texts    uint32   `json:"texts,omitempty"`    // texts of all visits
	Turn     uint32   `json:"turn,omitempty"`     // counts what the hub saved of the path
	// Queue is the one that it was put into last; zero: none yet.
	Queue acd.QueueID `json:"queue,omitzero"`
	// Placing is the one that the core was just asked for.
	Placing acd.QueueID `json:"placing,omitzero"`
	// Paused: somebody is offered the contact, or has it.
	Paused bool `json:"paused,omitempty"`
	// Exit is how the visit ended while Paused; it is followed when the contact is back.
	Exit Exit `json:"exit,omitempty"`
	// Over: the workflow does nothing more to this contact.
	Over bool `json:"over,omitempty"`
	// Visits counts by component, where an expression asks for that.
	Visits map[NodeID]uint32 `json:"visits,omitempty"`
	// Customer and LastAgent are what was known at the arrival.
	Customer  Customer    `json:"customer,omitzero"`
	LastAgent acd.AgentID `json:"last_agent,omitzero"`
	// Addressed is the queue that the contact was addressed to.
	Addressed acd.QueueID `json:"addressed,omitzero"`
	// Arrived is set by the hub once the core was told of the contact.
	Arrived bool `json:"arrived,omitempty"`
	// Alerted: somebody was told already that a component failed.
	Alerted bool `json:"alerted,omitempty"`
}

// BuiltIn reports whether the contact is in the built-in workflow.
func (in *Instance) BuiltIn() bool { return in.Workflow.IsZero() }

// Encode gives the instance as it is saved.
func (in Instance) Encode() (json.RawMessage, error) {
	b, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("encoding a workflow instance: %w", err)
	}
	return b, nil
}

// Decode reads a saved instance; nothing at all is the zero Instance.
func Decode(saved json.RawMessage) (Instance, error) {
	var in Instance
	if len(saved) == 0 {
		return in, nil
	}
	if err := json.Unmarshal(saved, &in); err != nil {
		return in, fmt.Errorf("decoding a workflow instance: %w", err)
	}
	return in, nil
}

// Token names one outside call for ever: it is the call's idempotency key, and an
// answer with the token of another visit is ignored.
type Token struct {
	Contact acd.ContactID
	Visit   uint32
}

// String gives <contact>-<visit>.
func (t Token) String() string { return fmt.Sprintf("%s-%d", t.Contact, t.Visit) }

// MarshalText gives the same as String.
func (t Token) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

var errToken = errors.New("not a token of a call")

// UnmarshalText reads what String gives.
func (t *Token) UnmarshalText(text []byte) error {
	at := strings.LastIndexByte(string(text), '-')
	if at < 0 {
		return errToken
	}
	var out Token
	visit, err := strconv.ParseUint(string(text[at+1:]), 10, 32)
	if err != nil || out.Contact.UnmarshalText(text[:at]) != nil || out.Contact.IsZero() {
		return errToken
	}
	out.Visit = uint32(visit)
	*t = out
	return nil
}
