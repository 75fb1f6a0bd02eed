package api

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"portico/acd"
	"portico/identity"
)

// operation declares one door. Whoever may pass is part of its registration:
// without roles nobody does, and a test refuses an operation that names none.
type operation struct {
	id      string // operationId, such as list-queues
	method  string
	path    string // below /api/v1
	summary string
	tag     string
	// roles may pass. everyone means anybody who is signed in, public anybody at all.
	roles []identity.Role
	// person keeps API tokens out: the operation is about whoever is signed in.
	person bool
	status int // of success; 0: 200, or 204 where nothing is answered
	// raw says that the body is not JSON: the operation reads it by itself, piece by piece,
	// and bounds how long that takes.
	raw bool
	// answer is the media type of an answer of bytes; empty: JSON.
	answer string
	// orNothing says that success may also be an answer of 204 without a body.
	orNothing bool
	// bytesMax bounds the request's body where huma reads it; 0: bodyMax.
	bytesMax int64
}

// The marks for operations that ask for no particular role.
const (
	everyone identity.Role = "*"
	public   identity.Role = "-"
)

// The usual sets of roles.
var (
	rolesPublic     = []identity.Role{public}
	rolesEveryone   = []identity.Role{everyone}
	rolesSystem     = []identity.Role{identity.SystemAdministrator}
	rolesBusiness   = []identity.Role{identity.SystemAdministrator, identity.BusinessAdministrator}
	rolesSupervisor = []identity.Role{identity.SystemAdministrator, identity.BusinessAdministrator, identity.Supervisor}
	// rolesFloor are those that everyone stands for; the others are made of rights.
	rolesFloor = []identity.Role{identity.SystemAdministrator, identity.BusinessAdministrator, identity.Supervisor, identity.Agent}
	// rolesDesk have a desk: supervisors too, who may come to own what they took over.
	rolesDesk = []identity.Role{identity.Agent, identity.Supervisor}
)

// rolesKey is the extension of the API's document that names an operation's roles.
const rolesKey = "x-roles"

// rightKey is the one that names the right which opens it to custom roles.
const rightKey = "x-right"

// call is one request, once it is known who asks and in which business unit.
type call struct {
	caller identity.Caller
	unit   acd.UnitID
	// secure tells that the request came over TLS.
	secure bool
	agent  string // User-Agent
	secret string // of the session; empty for an API token

	// request and response are for operations whose body or answer is not JSON.
	request  *http.Request
	response http.ResponseWriter
}

// Scope names the business unit that a system administrator works in.
type Scope struct {
	Unit acd.UnitID `query:"unit" doc:"business unit to work in; system administrators only, others are in their own"`
}

func (s Scope) scope() acd.UnitID { return s.Unit }

type scoped interface{ scope() acd.UnitID }

// Nothing is the input or the answer of an operation that has none.
type Nothing struct{}

// Answer is an operation's answer with body T.
type Answer[T any] struct{ Body T }

// answerMax is how long an operation may take until its outcome is durable.
const answerMax = 10 * time.Second

// register adds an operation to the document and the server.
func register[I, O any](s *Server, op operation, handle func(context.Context, call, *I) (*O, error)) {
	s.operations = append(s.operations, op)
	if op.raw {
		s.raw[op.method+" "+prefix+op.path] = true
	}
	huma.Register(s.huma, huma.Operation{
		OperationID:   op.id,
		Method:        op.method,
		Path:          prefix + op.path,
		Summary:       op.summary,
		Tags:          []string{op.tag},
		DefaultStatus: op.status,
		MaxBodyBytes:  cmp.Or(op.bytesMax, bodyMax),
		// Small bodies are read before; see checkBody.
		BodyReadTimeout: 30 * time.Second,
		Extensions:      op.extensions(),
		Security:        op.security(),
		Responses:       op.responses(s),
		Errors:          nil,
		Middlewares: huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
			c, err := s.admit(ctx.Context(), op)
			if err != nil {
				s.refuse(ctx, err)
				return
			}
			if id := (acd.ContactID{}); strings.HasPrefix(op.path, "/contacts/{id}") && id.UnmarshalText([]byte(ctx.Param("id"))) == nil {
				if err := s.sees(ctx.Context(), c, id); err != nil {
					s.refuse(ctx, err)
					return
				}
			}
			c.request, c.response = humago.Unwrap(ctx)
			next(huma.WithValue(ctx, callKey{}, c))
		}},
	}, func(ctx context.Context, in *I) (*O, error) {
		if !op.raw {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, answerMax)
			defer cancel()
		}
		c, _ := ctx.Value(callKey{}).(call)
		if in, ok := any(in).(scoped); ok {
			unit, err := s.scope(ctx, c.caller, in.scope())
			if err != nil {
				return nil, s.problem(err)
			}
			c.unit = unit
		}
		out, err := handle(ctx, c, in)
		if err != nil {
			return nil, s.problem(err)
		}
		return out, nil
	})
}

type callKey struct{}

func withVisitor(ctx context.Context, v visitor) context.Context {
	return context.WithValue(ctx, visitorKey{}, v)
}

// responses describes what the operation answers where that is no JSON, and problems.
func (op operation) responses(s *Server) map[string]*huma.Response {
	all := map[string]*huma.Response{"default": s.problemResponse()}
	if op.answer != "" {
		all["200"] = &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{op.answer: {Schema: &huma.Schema{Type: huma.TypeString}}}}
	}
	if op.orNothing {
		all["204"] = &huma.Response{Description: "No Content"}
	}
	return all
}

func (op operation) public() bool { return len(op.roles) == 1 && op.roles[0] == public }

func (op operation) security() []map[string][]string {
	if op.public() {
		return []map[string][]string{}
	}
	if op.person {
		return []map[string][]string{{"session": {}}}
	}
	return []map[string][]string{{"session": {}}, {"token": {}}}
}

// admits reports whether the caller may pass.
func (op operation) admits(c identity.Caller) bool {
	if op.person && c.User.IsZero() {
		return false
	}
	if right := op.right(); right != "" && c.May(right) {
		return true
	}
	if len(op.roles) == 1 && op.roles[0] == everyone {
		return c.Has(rolesFloor...) || op.own() && len(c.Roles)+len(c.Rights) > 0
	}
	return c.Has(op.roles...)
}

// extensions say in the document who may pass.
func (op operation) extensions() map[string]any {
	all := map[string]any{rolesKey: op.roles}
	if right := op.right(); right != "" {
		all[rightKey] = right
	}
	return all
}

// admit finds out who asks and whether they may.
func (s *Server) admit(ctx context.Context, op operation) (call, error) {
	v, _ := ctx.Value(visitorKey{}).(visitor)
	c := call{secure: v.secure, agent: v.agent, secret: v.session}
	if v.token == "" && v.foreign {
		return c, errOrigin
	}
	if h := s.health(); op.method != http.MethodGet && (h.Away || h.Lost) {
		return c, away(h)
	}
	if op.public() {
		c.caller.Address = v.address
		return c, nil
	}
	caller, err := s.recognise(ctx, v)
	if err != nil {
		return c, err
	}
	if !op.admits(caller) {
		return c, errForbidden
	}
	c.caller, c.unit = caller, caller.Unit
	return c, nil
}

// recognise turns what the request carries into the caller.
func (s *Server) recognise(ctx context.Context, v visitor) (identity.Caller, error) {
	var caller identity.Caller
	var err error
	switch {
	case v.token != "":
		caller, err = s.gate.Token(ctx, v.token)
	case v.session != "":
		caller, err = s.gate.Session(ctx, v.session)
	default:
		return caller, errSignedOut
	}
	caller.Address = v.address
	caller.Rights = s.names().rights(caller)
	return caller, err
}

// scope gives the business unit that the call works in.
func (s *Server) scope(ctx context.Context, c identity.Caller, asked acd.UnitID) (acd.UnitID, error) {
	if asked.IsZero() || asked == c.Unit {
		return c.Unit, nil
	}
	if !c.Has(identity.SystemAdministrator) {
		return acd.UnitID{}, errNoUnit
	}
	if _, ok := s.names().units[asked]; !ok {
		return acd.UnitID{}, errNoUnit
	}
	return asked, nil
}

// refuse answers from a middleware.
func (s *Server) refuse(ctx huma.Context, err error) {
	p := s.problem(err)
	for name, values := range p.GetHeaders() {
		ctx.SetHeader(name, values[0])
	}
	ctx.SetHeader("Content-Type", problemType)
	ctx.SetStatus(p.Status)
	s.huma.Marshal(ctx.BodyWriter(), "application/json", p)
}
