// Package workflow is the graph of components that a contact passes before and while
// it is queued: what one may look like (Graph, Check), what it becomes (Compile,
// Flow, Set), and what it does (Step). It is pure, as the core is: no clock, no I/O,
// no lock. The hub steps an instance in its own turn and saves it in the same commit
// as what the core made of it.
//
// A graph that is checked still meets a changed world: a queue that is gone, a
// schedule that was renamed, an address that does not answer. So every component may
// fail. It then leaves by its error exit; without one by the error exit of the start,
// and without that the contact goes to the queue that it was addressed to. The last
// two raise an alert. No graph loses a contact.
package workflow

import "portico/acd"

// Bounds of a graph and of what runs it.
const (
	// VisitsMax is how many components one contact may enter; at one more its
	// workflow is stopped, so that a graph that goes in a circle does no harm.
	VisitsMax = 1_000

	// TextsMax is how many texts one contact is told; after that waits are silent.
	TextsMax = 500

	NodesMax      = 500
	EdgesMax      = 5_000
	SettingsMax   = 64 << 10 // bytes of one node's settings
	NameMax       = 100      // characters of a node's name
	TextMax       = 4_000    // characters of one text
	ExpressionMax = 2_000    // characters of one expression
	BranchesMax   = 50       // of one decision
	FieldsMax     = 20       // of one form
	DataMax       = 100      // keys that one component sets, headers, parameters, outputs

	CallSecondsMax = 5             // that an outside call may take
	WaitSecondsMax = 7 * 24 * 3600 // that a contact may wait in one component
)

type workflowKind struct{}

// ID names a workflow: it is the id of the configured object. Zero is the workflow
// that is built in: the queue that the contact was addressed to.
type ID = acd.ID[workflowKind]

// NodeID names a component within its graph: [a-z0-9_-]{1,40}.
type NodeID string

// Kind says what a component does.
type Kind string

// The kinds of component.
const (
	KindStart         Kind = "start"
	KindDecision      Kind = "decision"
	KindSchedule      Kind = "schedule"
	KindSet           Kind = "set"
	KindCategory      Kind = "category"
	KindMessage       Kind = "message"
	KindCollect       Kind = "collect"
	KindWebRequest    Kind = "web_request"
	KindFunction      Kind = "function"
	KindLookup        Kind = "lookup"
	KindQueue         Kind = "queue"
	KindWait          Kind = "wait"
	KindOfferCallback Kind = "offer_callback"
	KindTransfer      Kind = "transfer"
	KindAutoReply     Kind = "auto_reply"
	KindDisconnect    Kind = "disconnect"
	KindAcknowledge   Kind = "acknowledge"
	KindForward       Kind = "forward"
	KindDiscard       Kind = "discard"
)

// Kinds lists every kind, in the order of a palette.
func Kinds() []Kind {
	return []Kind{
		KindStart, KindDecision, KindSchedule, KindSet, KindCategory, KindMessage, KindCollect, KindWebRequest,
		KindFunction, KindLookup, KindQueue, KindWait, KindOfferCallback, KindTransfer, KindAutoReply, KindDisconnect,
		KindAcknowledge, KindForward, KindDiscard,
	}
}

// Exit names a way out of a component. A decision's branches are exits too, by
// their ids.
type Exit string

// The exits that components share.
const (
	ExitNext     Exit = "next"
	ExitError    Exit = "error"
	ExitElse     Exit = "else"
	ExitOpen     Exit = "open"
	ExitClosed   Exit = "closed"
	ExitHoliday  Exit = "holiday"
	ExitTimeout  Exit = "timeout"
	ExitFound    Exit = "found"
	ExitNone     Exit = "none"
	ExitAccepted Exit = "accepted"
	ExitDeclined Exit = "declined"
)

// stay is the exit of a component that goes on later.
const stay Exit = ""
