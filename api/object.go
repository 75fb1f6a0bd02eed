package api

import (
	"context"
	"encoding/json"
	"net/http"

	"portico/acd"
	"portico/identity"
	"portico/plan"
	"portico/store"
)

// Object is what an administrator configures: a queue, a skill, a user … T is what
// the kind adds to what all kinds have.
type Object[T any] struct {
	ID        acd.ID[objectKind] `json:"id"`
	Name      string             `json:"name"`
	Version   uint32             `json:"version" doc:"counts the changes; a change sends the version that it saw"`
	ChangedAt acd.Time           `json:"changed_at" doc:"milliseconds since 1970 UTC"`
	ChangedBy string             `json:"changed_by" doc:"name of the person; empty: the system or an API token"`
	BuiltIn   bool               `json:"built_in" doc:"made by the system; it can be neither changed nor removed"`
	Body      T                  `json:"body"`
}

type objectKind struct{}

// Page is one page of a list. Next is empty on the last page; otherwise it is the
// after of the next request.
type Page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next"`
}

// Paging asks for a page.
type Paging struct {
	After string `query:"after" maxLength:"400" doc:"the next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type (
	listInput struct {
		Scope
		Paging
		Find string `query:"find" maxLength:"200" doc:"only names that hold this text, without regard to case"`
	}
	idInput struct {
		Scope
		ID acd.ID[objectKind] `path:"id"`
	}
	createInput[T any] struct {
		Scope
		Body struct {
			Name string `json:"name" minLength:"1" maxLength:"200"`
			Body T      `json:"body"`
		}
	}
	changeInput[T any] struct {
		Scope
		ID   acd.ID[objectKind] `path:"id"`
		Body struct {
			Name    string `json:"name" minLength:"1" maxLength:"200"`
			Version uint32 `json:"version" minimum:"1" doc:"the version that the change is based on"`
			Body    T      `json:"body"`
		}
	}
	removeInput struct {
		Scope
		ID      acd.ID[objectKind] `path:"id"`
		Version uint32             `query:"version" required:"true" minimum:"1" doc:"the version that was seen"`
	}
)

// kind describes how one kind of object is kept. Stored is the type of the stored
// body, Shown the API's.
type kind[Stored, Shown any] struct {
	name         store.ObjectKind
	one, many    string // as in paths and operation ids: queue, queues
	read, change []identity.Role
	show         func(store.Object, Stored) Shown
	keep         func(Shown) Stored
	// check judges a new or changed object, and may complete it. What it names is
	// judged by refs, and by the plan.
	check func(c call, now *catalogue, before, o store.Object, body *Stored) error
	// refs gives what an object names of its unit; nil: nothing.
	refs func(Stored) []plan.Reference
	// stored kinds are not read by the running program: they are not in the catalogue.
	stored bool
	// fields is what a fault's field of the plan is prefixed with.
	fields string
	// beside gives what is saved with a new or changed object; nil: nothing.
	beside func(c call, now *catalogue, before, o store.Object, body Stored) ([]store.Row, error)
	// then is called when a change is in force; nil: nothing.
	then func(o store.Object)
	// builtIn marks those that can be neither changed nor removed; nil: none.
	builtIn func([16]byte, Stored) bool
	// owner overrides whose the objects are; nil: the unit that the caller works in.
	owner func(call) acd.UnitID
}

// register adds the five operations of the kind.
func (k kind[Stored, Shown]) register(s *Server) {
	path, one := "/"+k.many, "/"+k.many+"/{id}"
	register(s, operation{id: "list-" + k.many, method: http.MethodGet, path: path, summary: "List " + k.many + " by name",
		tag: k.many, roles: k.read}, func(ctx context.Context, c call, in *listInput) (*Answer[Page[Object[Shown]]], error) {
		return k.list(ctx, s, c, in)
	})
	register(s, operation{id: "create-" + k.one, method: http.MethodPost, path: path, summary: "Create a " + k.one,
		tag: k.many, roles: k.change, status: http.StatusCreated}, func(ctx context.Context, c call, in *createInput[Shown]) (*Answer[Object[Shown]], error) {
		return k.create(ctx, s, c, in)
	})
	register(s, operation{id: "read-" + k.one, method: http.MethodGet, path: one, summary: "Read a " + k.one,
		tag: k.many, roles: k.read}, func(ctx context.Context, c call, in *idInput) (*Answer[Object[Shown]], error) {
		return k.readOne(ctx, s, c, in)
	})
	register(s, operation{id: "change-" + k.one, method: http.MethodPut, path: one, summary: "Change a " + k.one,
		tag: k.many, roles: k.change}, func(ctx context.Context, c call, in *changeInput[Shown]) (*Answer[Object[Shown]], error) {
		return k.replace(ctx, s, c, in)
	})
	register(s, operation{id: "remove-" + k.one, method: http.MethodDelete, path: one, summary: "Remove a " + k.one,
		tag: k.many, roles: k.change}, func(ctx context.Context, c call, in *removeInput) (*Nothing, error) {
		return k.remove(ctx, s, c, in)
	})
}

func (k kind[Stored, Shown]) view(s *Server, o store.Object) (Object[Shown], error) {
	var body Stored
	if err := json.Unmarshal(o.Body, &body); err != nil {
		return Object[Shown]{}, err
	}
	return Object[Shown]{ID: o.ID, Name: o.Name, Version: o.Version, ChangedAt: o.ChangedAt,
		ChangedBy: s.names().person(o.ChangedBy), BuiltIn: k.isBuiltIn(o, body), Body: k.show(o, body)}, nil
}
