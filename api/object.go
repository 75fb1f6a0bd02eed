package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"portico/acd"
	"portico/fault"
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
	Shared    bool               `json:"shared,omitempty" doc:"Global's: every business unit may use it, and none changes it"`
	Body      T                  `json:"body"`
	Preview   *Preview           `json:"preview,omitempty" doc:"of a change with dry_run"`
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

// Trial asks what would come of it, and changes nothing.
type Trial struct {
	DryRun bool `query:"dry_run" doc:"only say what would come of it, and whom it would hurt"`
}

// removed is the answer of a removal: nothing, or what it would hurt.
type removed struct {
	Status int
	Body   *Preview
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
		Trial
		ID   acd.ID[objectKind] `path:"id"`
		Body struct {
			Name    string `json:"name" minLength:"1" maxLength:"200"`
			Version uint32 `json:"version" minimum:"1" doc:"the version that the change is based on"`
			Body    T      `json:"body"`
		}
	}
	removeInput struct {
		Scope
		Trial
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
	check func(d *draft, before, o store.Object, body *Stored) error
	// fits refuses what does not go beside other objects of the unit; nil: all does.
	fits func(ctx context.Context, d *draft, before, o store.Object, body Stored) error
	// refs gives what an object names of its unit; nil: nothing.
	refs func(Stored) []plan.Reference
	// stored kinds are not read by the running program: they are not in the catalogue.
	stored bool
	// own tells which objects belong to whoever made them alone; nil: none.
	own func(Stored) bool
	// share may change objects of the whole unit where a kind has own ones; nil: all
	// who may change.
	share []identity.Role
	// fields is what a fault's field of the plan is prefixed with.
	fields string
	// leaves judges whether the caller may take an object away; nil: who may change may.
	leaves func(d *draft, before store.Object) error
	// beside puts what is saved with a new or changed object into the draft; nil: nothing.
	beside func(d *draft, before, o store.Object, body Stored) error
	// then is called when a change is in force; nil: nothing.
	then func(o store.Object)
	// builtIn marks those that can be neither changed nor removed; nil: none.
	builtIn func([16]byte, Stored) bool
	// home overrides whose the objects are; nil: the unit that the caller works in.
	home func(call) acd.UnitID
	// table gives the columns of the kind's table, and blank what a new row begins with;
	// nil: it is neither exported nor imported.
	table func(*namer) []column[Shown]
	blank func() Shown
	// list replaces the registration of the operation that lists; nil: by name alone.
	list func()
}

// register adds the operations of the kind.
func (k kind[Stored, Shown]) register(s *Server) {
	path, one := "/"+k.many, "/"+k.many+"/{id}"
	if k.list != nil {
		k.list()
	} else {
		register(s, k.listing(), func(ctx context.Context, c call, in *listInput) (*Answer[Page[Object[Shown]]], error) {
			return k.page(ctx, s, c, in.Paging, in.Find, nil)
		})
	}
	register(s, operation{id: "create-" + k.one, method: http.MethodPost, path: path, summary: "Create a " + k.words(),
		tag: k.many, roles: k.change, status: http.StatusCreated}, func(ctx context.Context, c call, in *createInput[Shown]) (*Answer[Object[Shown]], error) {
		return k.create(ctx, s, c, in)
	})
	register(s, operation{id: "read-" + k.one, method: http.MethodGet, path: one, summary: "Read a " + k.words(),
		tag: k.many, roles: k.read}, func(ctx context.Context, c call, in *idInput) (*Answer[Object[Shown]], error) {
		return k.readOne(ctx, s, c, in)
	})
	register(s, operation{id: "change-" + k.one, method: http.MethodPut, path: one, summary: "Change a " + k.words(),
		tag: k.many, roles: k.change}, func(ctx context.Context, c call, in *changeInput[Shown]) (*Answer[Object[Shown]], error) {
		return k.replace(ctx, s, c, in)
	})
	register(s, operation{id: "remove-" + k.one, method: http.MethodDelete, path: one, summary: "Remove a " + k.words(),
		tag: k.many, roles: k.change, orNothing: true}, func(ctx context.Context, c call, in *removeInput) (*removed, error) {
		return k.remove(ctx, s, c, in)
	})
	s.undo[string(k.name)] = func(ctx context.Context, c call, entry store.Audit, seen uint32, dry bool) (Reverted, error) {
		return k.undo(ctx, s, c, entry, seen, dry)
	}
	k.registerHistory(s)
	k.registerBulk(s)
	k.registerTable(s)
}

// listing is the operation that lists the kind.
func (k kind[Stored, Shown]) listing() operation {
	return operation{id: "list-" + k.many, method: http.MethodGet, path: "/" + k.many,
		summary: "List " + strings.ReplaceAll(k.many, "-", " ") + " by name", tag: k.many, roles: k.read}
}

// words names the kind within a sentence.
func (k kind[Stored, Shown]) words() string { return strings.ReplaceAll(k.one, "-", " ") }

// unit is whose objects the caller reads and changes.
func (k kind[Stored, Shown]) unit(c call) acd.UnitID {
	if k.home != nil {
		return k.home(c)
	}
	return c.unit
}

func (k kind[Stored, Shown]) view(s *Server, o store.Object) (Object[Shown], error) {
	body, err := k.decode(o)
	if err != nil {
		return Object[Shown]{}, err
	}
	return Object[Shown]{ID: o.ID, Name: o.Name, Version: o.Version, ChangedAt: o.ChangedAt,
		ChangedBy: s.names().person(o.ChangedBy), BuiltIn: k.isBuiltIn(o, body), Body: k.show(o, body)}, nil
}

func (k kind[Stored, Shown]) decode(o store.Object) (Stored, error) {
	var body Stored
	if err := json.Unmarshal(o.Body, &body); err != nil {
		return body, fmt.Errorf("reading the %s %q: %w", k.name, o.Name, err)
	}
	return body, nil
}

const (
	// ownEnd is behind the name in the key of a page that ends with somebody's own object.
	ownEnd = "\n"
	// sharedAfter is before the name in the key of a page that ends with a shared one: they
	// come behind the unit's own.
	sharedAfter = "\t"
)

// page lists objects by name, those that Global shares behind them. Only those that keep wants
// are there; nil: all.
func (k kind[Stored, Shown]) page(ctx context.Context, s *Server, c call, p Paging, find string, keep func(store.Object, Stored) bool) (*Answer[Page[Object[Shown]]], error) {
	page := Page[Object[Shown]]{Items: make([]Object[Shown], 0, p.Limit)}
	q := store.ObjectQuery{Find: find, Limit: p.Limit}
	unit, sharing := k.unit(c), sharedKinds[k.name]
	rest, shared := strings.CutPrefix(p.After, sharedAfter)
	if shared && sharing {
		unit, q.After = identity.Global, rest
	} else {
		if k.own != nil {
			q.Owner = c.caller.User
		}
		var own bool
		if q.After, own = strings.CutSuffix(p.After, ownEnd); own {
			q.AfterOwner = q.Owner
		}
	}
	for {
		all, err := s.store.Objects(ctx, unit, k.name, q)
		if err != nil {
			return nil, err
		}
		for _, o := range all {
			q.After, q.AfterOwner = o.Name, o.Owner
			if keep != nil {
				if body, err := k.decode(o); err != nil || !keep(o, body) {
					continue
				}
			}
			v, err := k.viewFor(s, c, o)
			if err != nil {
				return nil, err
			}
			if page.Items = append(page.Items, v); len(page.Items) == p.Limit {
				page.Next = pageKey(v.Shared, o)
				return &Answer[Page[Object[Shown]]]{page}, nil
			}
		}
		switch {
		case len(all) == q.Limit:
			q.Limit = store.PageMax // few fit: look at many
		case sharing && unit != identity.Global:
			unit, q = identity.Global, store.ObjectQuery{Find: find, Limit: p.Limit}
		default:
			return &Answer[Page[Object[Shown]]]{page}, nil
		}
	}
}

// pageKey is the key of the page that follows an object.
func pageKey(shared bool, o store.Object) string {
	switch {
	case shared:
		return sharedAfter + o.Name
	case !o.Owner.IsZero():
		return o.Name + ownEnd
	}
	return o.Name
}

// viewFor shows an object to a caller, who may work in another unit than it is from.
func (k kind[Stored, Shown]) viewFor(s *Server, c call, o store.Object) (Object[Shown], error) {
	v, err := k.view(s, o)
	v.Shared = o.Unit != k.unit(c)
	return v, err
}

func (k kind[Stored, Shown]) readOne(ctx context.Context, s *Server, c call, in *idInput) (*Answer[Object[Shown]], error) {
	o, err := s.store.Object(ctx, k.unit(c), k.name, in.ID)
	if errors.Is(err, store.ErrNone) && sharedKinds[k.name] {
		if o, err = s.store.Object(ctx, identity.Global, k.name, in.ID); err == nil && !shares(o) {
			err = store.ErrNone
		}
	}
	if err == nil {
		err = k.visible(c, o)
	}
	if err != nil {
		return nil, err
	}
	v, err := k.viewFor(s, c, o)
	if err != nil {
		return nil, err
	}
	return &Answer[Object[Shown]]{v}, nil
}

// visible refuses another person's own object as one that does not exist.
func (k kind[Stored, Shown]) visible(c call, o store.Object) error {
	if !o.Owner.IsZero() && o.Owner != c.caller.User {
		return store.ErrNone
	}
	return nil
}

func (k kind[Stored, Shown]) answer(s *Server, o store.Object) (*Answer[Object[Shown]], error) {
	v, err := k.view(s, o)
	if err != nil {
		return nil, err
	}
	return &Answer[Object[Shown]]{v}, nil
}

func (k kind[Stored, Shown]) isBuiltIn(o store.Object, body Stored) bool {
	return k.builtIn != nil && k.builtIn(o.ID, body)
}

// audit says who changed what.
func (s *Server) audit(c call, action string, unit acd.UnitID, object [16]byte, before, after json.RawMessage) store.Audit {
	return store.Audit{ID: s.mint.ID(), Unit: unit, At: s.at(), By: c.caller.User, ByName: c.caller.Name, From: c.caller.Address,
		Action: action, Object: object, Before: before, After: after}
}

// The refusals of a change.
var (
	errBuiltIn     = fault.New(fault.Forbidden, "built_in", "The system made this; it can be neither changed nor removed.")
	errNoReference = fault.New(fault.Invalid, "no_such_reference", "This names something that does not exist. Choose another.")
	errInUse       = fault.New(fault.Conflict, "in_use", "It is still in use. Take it out there first.")
	errOwnAccount  = fault.New(fault.Conflict, "own_account", "You cannot disable or remove yourself, or take your own role away.")
	errShared      = fault.New(fault.Forbidden, "shared", "Supervisors and administrators keep what is shared by all. Make one of your own.")
	errNoOwner     = fault.New(fault.Forbidden, "no_owner", "An API token is nobody, so it has nothing of its own. Make a shared one.")
)
