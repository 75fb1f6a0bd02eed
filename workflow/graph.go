package workflow

import "encoding/json"

// Graph is a workflow as it is drawn, saved and exchanged.
type Graph struct {
	Nodes []Node `json:"nodes" nullable:"false" maxItems:"500"`
	Edges []Edge `json:"edges" nullable:"false" maxItems:"5000"`
}

// Node is one component of a graph. X and Y are where it is drawn; they decide nothing.
type Node struct {
	ID       NodeID          `json:"id" pattern:"^[a-z0-9_-]{1,40}$"`
	Kind     Kind            `json:"kind"`
	Name     string          `json:"name" maxLength:"100"`
	X        float64         `json:"x"`
	Y        float64         `json:"y"`
	Settings json.RawMessage `json:"settings" doc:"by the kind"`
}

// Edge leads from one exit of a component to another component. An exit has at most one.
type Edge struct {
	From NodeID `json:"from" maxLength:"40"`
	Exit Exit   `json:"exit" maxLength:"40"`
	To   NodeID `json:"to" maxLength:"40"`
}

// Severity of a Problem.
type Severity string

// A graph with an error cannot be released; one with warnings can.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Problem is what is wrong with a graph. Node, Exit and Field say where, as far as
// it is in one place. Message is a sentence; Code and Values are the same for programs; the
// value what tells the sentences of one code apart.
type Problem struct {
	Node     NodeID            `json:"node,omitempty"`
	Exit     Exit              `json:"exit,omitempty"`
	Field    string            `json:"field,omitempty" doc:"of the settings, such as branches.0.expression"`
	Code     Code              `json:"code"`
	Message  string            `json:"message"`
	Severity Severity          `json:"severity" enum:"error,warning"`
	Values   map[string]string `json:"values,omitempty"`
}

// Code names what a Problem is about.
type Code string

// The codes of problems.
const (
	CodeTooLarge    Code = "too_large"   // more nodes, edges or bytes than allowed
	CodeNoStart     Code = "no_start"    // no start, or several
	CodeNode        Code = "node"        // an id is malformed or there twice
	CodeKind        Code = "kind"        // there is no such kind
	CodeSettings    Code = "settings"    // the settings cannot be read
	CodeEdge        Code = "edge"        // an edge leads from or to nowhere, or an exit has two
	CodeOpenExit    Code = "open_exit"   // an exit leads nowhere
	CodeUnreachable Code = "unreachable" // no way leads there (warning)
	CodeNeverEnds   Code = "never_ends"  // no way leads from there to a queue or to an end
	CodeCircle      Code = "circle"      // a circle in which nothing waits
	CodeRequired    Code = "required"    // a field is empty
	CodeRange       Code = "range"       // a number or a length is out of its range
	CodeReference   Code = "reference"   // there is no such object
	CodeExpression  Code = "expression"  // an expression does not compile; Values: line, column
	CodePlace       Code = "place"       // a text has a place {…} that there is not
	CodeValue       Code = "value"       // a value is not one of those possible
)

// Ref is a kind of object that a graph may name.
type Ref string

// The kinds of object that a graph may name.
const (
	RefQueue      Ref = "queue"
	RefAgent      Ref = "agent"
	RefSkill      Ref = "skill"
	RefSchedule   Ref = "schedule"
	RefCategory   Ref = "category"
	RefFunction   Ref = "function"
	RefConnection Ref = "connection"
	RefSecret     Ref = "secret"
)

// References answers what of a unit's configuration exists. ref is an id or, in an
// expression, a name.
type References interface {
	Exists(kind Ref, ref string) bool
}

// Use is one reference of a graph: who removes or renames that object breaks it.
type Use struct {
	Node  NodeID `json:"node"`
	Field string `json:"field"`
	Kind  Ref    `json:"kind"`
	Ref   string `json:"ref" doc:"the id; in an expression the name or the id"`
}
