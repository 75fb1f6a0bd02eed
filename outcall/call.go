package outcall

import (
	"portico/acd"
	"portico/workflow"
	"time"
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

// Call is what a workflow of a business unit asks. Its token is the idempotency key:
// the same question asked again, after a restart, has the same one. A Timeout of 0, or
// of more than TimeoutMax, is TimeoutMax.
type Call struct {
	Unit acd.UnitID
	workflow.Call
}

// Header is a line of a request's head. The value of one that names a secret is the
// secret's, with Value before it.
type Header struct {
	Name   string   `json:"name" minLength:"1" maxLength:"128"`
	Value  string   `json:"value,omitempty" required:"false" maxLength:"4000"`
	Secret SecretID `json:"secret,omitzero" required:"false" doc:"the value is this secret's, behind what is in value: Bearer and a space, for example"`
}

// Result is what came of a call. Err, a fault in words, says why its exit is timeout or
// error; neither holds a secret.
type Result struct {
	workflow.Result
	Err error
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
		return "function " + c.Function.Function
	case c.Lookup != nil:
		return "connection " + c.Lookup.Connection
	}
	return ""
}

// idOf reads an id that a graph names; none is not there.
func idOf[K any](text string) (acd.ID[K], error) {
	id, err := acd.ParseID[K](text)
	if err != nil || id.IsZero() {
		return id, errMissing
	}
	return id, nil
}
