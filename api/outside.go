package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/outcall"
	"portico/seal"
	"portico/store"
	"portico/talk"
	"portico/workflow"
)

// What workflows need to call the outside: secrets, connections and functions.

// Outside makes calls to the outside, for administrators who try things.
type Outside interface {
	Call(ctx context.Context, unit acd.UnitID, c workflow.Call) workflow.Result
	TestConnection(ctx context.Context, unit acd.UnitID, c outcall.Connection) error
	Do(ctx context.Context, c outcall.Call) outcall.Result
}

// Secret is a password, key or token. Its value can be set and never read.
type Secret struct {
	Description string `json:"description,omitempty" required:"false" maxLength:"1000"`
	Value       string `json:"value,omitempty" required:"false" writeOnly:"true" maxLength:"4000" doc:"one line; in a change, absent or empty: as it is"`
	Set         bool   `json:"set" required:"false" readOnly:"true" doc:"there is a value; it is never shown"`
}

// Tried is what came of trying a connection or a function.
type Tried struct {
	OK      bool              `json:"ok"`
	Code    string            `json:"code,omitempty" doc:"what is wrong, by a lasting name"`
	Message string            `json:"message,omitempty" doc:"the same in a sentence"`
	Values  map[string]string `json:"values,omitempty" doc:"what fills the places of the translated sentence"`
	Outputs map[string]string `json:"outputs,omitempty" doc:"of a function"`
	TookMS  int64             `json:"took_ms" doc:"milliseconds"`
}

type tryFunctionInput struct {
	Scope
	ID   acd.ID[objectKind] `path:"id"`
	Body struct {
		Inputs map[string]string `json:"inputs" required:"false" doc:"by the name of the parameter"`
	}
}

func (s *Server) registerOutside() {
	s.secrets().register(s)
	s.connections().register(s)
	s.functions().register(s)
	register(s, operation{id: "test-connection", method: http.MethodPost, path: "/connections/{id}/test",
		summary: "Connect, and say in words what is wrong if anything is", tag: "connections", roles: rolesBusiness}, s.testConnection)
	register(s, operation{id: "test-function", method: http.MethodPost, path: "/functions/{id}/test",
		summary: "Ask a function, as a workflow would", tag: "functions", roles: rolesBusiness}, s.testFunction)
}

func (s *Server) secrets() kind[outcall.Secret, Secret] {
	return kind[outcall.Secret, Secret]{name: outcall.KindSecret, one: "secret", many: "secrets", read: rolesBusiness, change: rolesBusiness,
		show: func(_ store.Object, b outcall.Secret) Secret {
			return Secret{Description: b.Description, Set: b.Sealed != ""}
		},
		keep: func(b Secret) outcall.Secret { return outcall.Secret{Description: b.Description, Value: b.Value} },
		check: func(d *draft, before, o store.Object, b *outcall.Secret) error {
			if b.Value == "" && b.Sealed == "" && before.Version > 0 {
				b.Sealed = d.now.secrets[before.ID].body.Sealed
			}
			if err := b.Check(); err != nil {
				return onBody(err)
			}
			*b = b.Seal(d.s.seal, o.ID)
			return nil
		}}
}

func (s *Server) connections() kind[outcall.Connection, outcall.Connection] {
	return kind[outcall.Connection, outcall.Connection]{name: outcall.KindConnection, one: "connection", many: "connections",
		read: rolesSupervisor, change: rolesBusiness, show: shown[outcall.Connection], keep: plain[outcall.Connection],
		check: checked[outcall.Connection], refs: outcall.Connection.References}
}

func (s *Server) functions() kind[outcall.Function, outcall.Function] {
	return kind[outcall.Function, outcall.Function]{name: outcall.KindFunction, one: "function", many: "functions",
		read: rolesSupervisor, change: rolesBusiness, show: shown[outcall.Function], keep: func(f outcall.Function) outcall.Function {
			f.Headers, f.Inputs, f.Outputs = listed(f.Headers), listed(f.Inputs), listed(f.Outputs)
			return f
		},
		check: checked[outcall.Function], refs: outcall.Function.References}
}

// listed gives an empty list for none.
func listed[T any](all []T) []T { return append([]T{}, all...) }

func (s *Server) testConnection(ctx context.Context, c call, in *idInput) (*Answer[Tried], error) {
	o, err := s.names().object(c.unit, outcall.KindConnection, in.ID)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	err = s.outside.TestConnection(ctx, c.unit, s.names().connections[o.ID].body)
	return &Answer[Tried]{triedAt(began, err)}, nil
}

func (s *Server) testFunction(ctx context.Context, c call, in *tryFunctionInput) (*Answer[Tried], error) {
	o, err := s.names().object(c.unit, outcall.KindFunction, in.ID)
	if err != nil {
		return nil, err
	}
	f := s.names().functions[o.ID].body
	ask := &workflow.FunctionCall{Function: outcall.FunctionID(o.ID).String(), Inputs: in.Body.Inputs, Outputs: map[string]string{}}
	for _, p := range f.Outputs {
		ask.Outputs[p.Name] = p.Name
	}
	began := time.Now()
	r := s.outside.Do(ctx, outcall.Call{Unit: c.unit, Call: workflow.Call{Token: workflow.Token{Contact: s.mint.ID(), Visit: 1}, Function: ask}})
	tried := triedAt(began, r.Err)
	tried.Outputs = r.Values
	return &Answer[Tried]{tried}, nil
}

func triedAt(began time.Time, err error) Tried {
	t := Tried{OK: err == nil, TookMS: time.Since(began).Milliseconds()}
	if f := fault.Of(err); f != nil {
		t.Code, t.Message, t.Values = f.Code, f.Sentence, f.Values
	}
	return t
}

// hideSealed takes what is sealed out of a body in the audit log: nobody needs it there.
func hideSealed(action string, body json.RawMessage) json.RawMessage {
	if strings.HasPrefix(action, talk.KindMailAccount+".") {
		return hideMailSecrets(body)
	}
	if !strings.HasPrefix(action, outcall.KindSecret+".") || len(body) == 0 {
		return body
	}
	var b outcall.Secret
	if json.Unmarshal(body, &b) != nil {
		return nil
	}
	hidden, err := json.Marshal(Secret{Description: b.Description, Set: b.Sealed != ""})
	if err != nil {
		return nil
	}
	return hidden
}

// Secret gives the value of a secret of a business unit, opened with the box.
func (c *Configuration) Secret(box *seal.Box, unit acd.UnitID, id outcall.SecretID) (string, error) {
	e, ok := c.now.Load().secrets[id]
	if !ok || e.Unit != unit {
		return "", store.ErrNone
	}
	return e.body.Open(box, id)
}

// Connection gives a database connection of a business unit.
func (c *Configuration) Connection(unit acd.UnitID, id outcall.ConnectionID) (outcall.Connection, error) {
	e, ok := c.now.Load().connections[id]
	if !ok || e.Unit != unit {
		return outcall.Connection{}, store.ErrNone
	}
	return e.body, nil
}

// Function gives a custom function of a business unit.
func (c *Configuration) Function(unit acd.UnitID, id outcall.FunctionID) (outcall.Function, error) {
	e, ok := c.now.Load().functions[id]
	if !ok || e.Unit != unit {
		return outcall.Function{}, store.ErrNone
	}
	return e.body, nil
}

// OutsideAllow gives what of the own network calls may reach.
func (c *Configuration) OutsideAllow() outcall.Allow {
	allow, err := outcall.ParseAllow(c.now.Load().siteSettings().OutsideAllow)
	if err != nil {
		return outcall.Allow{} // it was checked when it was saved
	}
	return allow
}
