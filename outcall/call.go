package outcall

import (
	"strconv"
	"time"

	"portico/acd"
)

// SecretID, ConnectionID and FunctionID name what administrators registered.
type (
	SecretID     = acd.ID[secretKind]
	ConnectionID = acd.ID[connectionKind]
	FunctionID   = acd.ID[functionKind]
)

type (
	secretKind     struct{}
	connectionKind struct{}
	functionKind   struct{}
)

// Call is one question of a workflow's component: Web, Function or Lookup, one of them.
// Contact and Visit name it; the same question asked again, after a restart, has the
// same ones.
type Call struct {
	Unit    acd.UnitID
	Contact acd.ContactID
	Visit   uint32
	// Timeout is how long it may take; 0 and more than TimeoutMax are TimeoutMax.
	Timeout  time.Duration
	Web      *Web
	Function *FunctionCall
	Lookup   *Lookup
}

// Web is a request with all its templates filled.
type Web struct {
	Method  string
	URL     string
	Headers []Header
	Body    string
	// OK are the statuses that are a success; none: 200 to 299.
	OK      []int
	Outputs []Output
}

// Header is a line of a request's head. The value of one that names a secret is the
// secret's.
type Header struct {
	Name   string   `json:"name" minLength:"1" maxLength:"128"`
	Value  string   `json:"value,omitempty" required:"false" maxLength:"4000"`
	Secret SecretID `json:"secret,omitzero" required:"false" doc:"the value is this secret's, behind value: Bearer and a space, for example"`
}

// Output says where in an answer a value is, and under which key the contact keeps it.
type Output struct {
	Path string // a JSON pointer (RFC 6901); empty: the whole answer
	Key  string
}

// FunctionCall asks a custom function.
type FunctionCall struct {
	Function FunctionID
	Inputs   map[string]string
	Outputs  map[string]string // name of the function's → key of the contact's data
}

// Lookup is one question to a database.
type Lookup struct {
	Connection ConnectionID
	Query      string
	Parameters map[string]string
	Outputs    []Column
}

// Column says under which key the contact keeps a column of the first row.
type Column struct{ Column, Key string }

// The exits of calls.
const (
	ExitNext    = "next"
	ExitFound   = "found"
	ExitNone    = "none"
	ExitTimeout = "timeout"
	ExitError   = "error"
)

// Result is what came of a call. Err, a fault in words, says why the exit is timeout
// or error; it never holds a secret.
type Result struct {
	Exit string
	Data map[string]string // by the contact's keys
	Err  error
}

func (c Call) timeout() time.Duration {
	if c.Timeout <= 0 || c.Timeout > TimeoutMax {
		return TimeoutMax
	}
	return c.Timeout
}

// place names where a call goes, for the bounds.
func (c Call) place() string {
	switch {
	case c.Web != nil:
		return hostOf(c.Web.URL)
	case c.Function != nil:
		return "function " + c.Function.Function.String()
	case c.Lookup != nil:
		return "connection " + c.Lookup.Connection.String()
	}
	return ""
}

// key is the idempotency key: the same for the same question, asked again.
func (c Call) key() string {
	return c.Contact.String() + "-" + strconv.FormatUint(uint64(c.Visit), 10)
}
