package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/plan"
	"portico/store"
	"portico/talk"
)

var (
	errBuiltIn     = fault.New(fault.Forbidden, "built_in", "The system made this; it can be neither changed nor removed.")
	errNoReference = fault.New(fault.Invalid, "no_such_reference", "This names something that does not exist. Choose another.")
	errInUse       = fault.New(fault.Conflict, "in_use", "It is still in use. Take it out there first.")
	errOwnAccount  = fault.New(fault.Conflict, "own_account", "You cannot disable or remove yourself, or take your own role away.")
)

func (k kind[Stored, Shown]) unit(c call) acd.UnitID {
	if k.owner != nil {
		return k.owner(c)
	}
	return c.unit
}

func (k kind[Stored, Shown]) list(ctx context.Context, s *Server, c call, in *listInput) (*Answer[Page[Object[Shown]]], error) {
	all, err := s.store.Objects(ctx, k.unit(c), k.name, store.ObjectQuery{After: in.After, Find: in.Find, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	page := Page[Object[Shown]]{Items: make([]Object[Shown], 0, len(all))}
	for _, o := range all {
		v, err := k.view(s, o)
		if err != nil {
			return nil, err
		}
		page.Items = append(page.Items, v)
	}
	if len(all) == in.Limit {
		page.Next = all[len(all)-1].Name
	}
	return &Answer[Page[Object[Shown]]]{page}, nil
}

func (k kind[Stored, Shown]) readOne(ctx context.Context, s *Server, c call, in *idInput) (*Answer[Object[Shown]], error) {
	o, err := s.store.Object(ctx, k.unit(c), k.name, in.ID)
	if err != nil {
		return nil, err
	}
	return k.answer(s, o)
}

func (k kind[Stored, Shown]) answer(s *Server, o store.Object) (*Answer[Object[Shown]], error) {
	v, err := k.view(s, o)
	if err != nil {
		return nil, err
	}
	return &Answer[Object[Shown]]{v}, nil
}

func (k kind[Stored, Shown]) create(ctx context.Context, s *Server, c call, in *createInput[Shown]) (*Answer[Object[Shown]], error) {
	o := store.Object{Unit: k.unit(c), Kind: k.name, ID: s.mint.ID(), Name: in.Body.Name, Version: 1}
	body := k.keep(in.Body.Body)
	err := s.configuration.change(ctx, func(now *catalogue) (proposal, error) {
		if err := k.free(ctx, s, now, o); err != nil {
			return proposal{}, err
		}
		return k.propose(s, c, now, store.Object{}, &o, body, "create")
	})
	if err != nil {
		return nil, err
	}
	return k.answer(s, o)
}

func (k kind[Stored, Shown]) replace(ctx context.Context, s *Server, c call, in *changeInput[Shown]) (*Answer[Object[Shown]], error) {
	var o store.Object
	body := k.keep(in.Body.Body)
	err := s.configuration.change(ctx, func(now *catalogue) (proposal, error) {
		before, err := k.seen(ctx, s, now, k.unit(c), in.ID, in.Body.Version)
		if err != nil {
			return proposal{}, err
		}
		o = before
		o.Name, o.Version = in.Body.Name, before.Version+1
		if err := k.free(ctx, s, now, o); err != nil {
			return proposal{}, err
		}
		return k.propose(s, c, now, before, &o, body, "change")
	})
	if err != nil {
		return nil, err
	}
	return k.answer(s, o)
}

// free refuses a name that another object of the kind has.
func (k kind[Stored, Shown]) free(ctx context.Context, s *Server, now *catalogue, o store.Object) error {
	find := now.find
	if k.stored {
		find = func(unit acd.UnitID, kind store.ObjectKind, name string) (store.Object, error) {
			return s.store.ObjectByName(ctx, unit, kind, name)
		}
	}
	other, err := find(o.Unit, k.name, o.Name)
	switch {
	case errors.Is(err, store.ErrNone):
		return nil
	case err != nil:
		return err
	case other.ID != o.ID:
		return errNameTaken
	}
	return nil
}

// object gives an object of the kind as it is now.
func (k kind[Stored, Shown]) object(ctx context.Context, s *Server, now *catalogue, unit acd.UnitID, id [16]byte) (store.Object, error) {
	if k.stored {
		return s.store.Object(ctx, unit, k.name, id)
	}
	return now.object(unit, k.name, id)
}

// seen gives the object that is to be changed, at the version that was seen.
func (k kind[Stored, Shown]) seen(ctx context.Context, s *Server, now *catalogue, unit acd.UnitID, id [16]byte, version uint32) (store.Object, error) {
	o, err := k.object(ctx, s, now, unit, id)
	if err != nil {
		return o, err
	}
	body, err := decode[Stored](o)
	if err != nil {
		return o, err
	}
	if k.isBuiltIn(o, body.body) {
		return o, errBuiltIn
	}
	if o.Version != version {
		return o, errChanged
	}
	return o, nil
}

func (k kind[Stored, Shown]) isBuiltIn(o store.Object, body Stored) bool {
	return k.builtIn != nil && k.builtIn(o.ID, body)
}

// propose judges a new or changed object.
func (k kind[Stored, Shown]) propose(s *Server, c call, now *catalogue, before store.Object, o *store.Object, body Stored, verb string) (proposal, error) {
	if err := identity.CheckName(o.Name); err != nil {
		return proposal{}, err
	}
	if err := k.check(c, now, before, *o, &body); err != nil {
		return proposal{}, err
	}
	if err := k.named(now, *o, body); err != nil {
		return proposal{}, err
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return proposal{}, fmt.Errorf("encoding the %s: %w", k.name, err)
	}
	o.Body, o.ChangedAt, o.ChangedBy = raw, s.at(), c.caller.User
	objects := []store.Object{*o}
	rows := []store.Row{store.PutObject{Object: *o, Expect: before.Version}}
	if k.beside != nil {
		beside, err := k.beside(c, now, before, *o, body)
		if err != nil {
			return proposal{}, err
		}
		for _, more := range beside {
			if put, ok := more.(store.PutObject); ok {
				objects = append(objects, put.Object)
			}
			rows = append(rows, more)
		}
	}
	next, faults, err := k.next(now, objects...)
	if err != nil {
		return proposal{}, err
	}
	if err := faultOn(faults, o.ID, k.fields); err != nil {
		return proposal{}, err
	}
	rows = append(rows, s.audit(c, string(k.name)+"."+verb, o.Unit, o.ID, before.Body, o.Body))
	return proposal{next: next, rows: rows, then: k.after(*o)}, nil
}

// next gives the catalogue with some objects changed: the same for a kind that it
// does not hold.
func (k kind[Stored, Shown]) next(now *catalogue, objects ...store.Object) (*catalogue, []*fault.Fault, error) {
	if k.stored {
		return now, nil, nil
	}
	return now.with(objects...)
}

// named refuses an object that names what does not exist in its unit.
func (k kind[Stored, Shown]) named(now *catalogue, o store.Object, body Stored) error {
	if k.refs == nil {
		return nil
	}
	for _, r := range k.refs(body) {
		if _, err := now.object(o.Unit, store.ObjectKind(r.Kind), r.ID); err != nil && r.ID != o.ID {
			return errNoReference.On("body."+r.Field).With("kind", r.Kind)
		}
	}
	return nil
}

// after says what happens when the change is in force.
func (k kind[Stored, Shown]) after(o store.Object) func() {
	if k.then == nil {
		return nil
	}
	return func() { k.then(o) }
}

func (k kind[Stored, Shown]) remove(ctx context.Context, s *Server, c call, in *removeInput) (*Nothing, error) {
	return nil, s.configuration.change(ctx, func(now *catalogue) (proposal, error) {
		before, err := k.seen(ctx, s, now, k.unit(c), in.ID, in.Version)
		if err != nil {
			return proposal{}, err
		}
		if before.Kind == identity.KindUser && c.caller.User == acd.AgentID(before.ID) {
			return proposal{}, errOwnAccount
		}
		uses, err := s.uses(ctx, now, before)
		if err != nil {
			return proposal{}, err
		}
		if len(uses) > 0 {
			return proposal{}, errInUse.With("uses", inWords(uses))
		}
		o := before
		o.Deleted, o.Version, o.ChangedAt, o.ChangedBy = true, before.Version+1, s.at(), c.caller.User
		next, _, err := k.next(now, o)
		if err != nil {
			return proposal{}, err
		}
		rows := []store.Row{store.PutObject{Object: o, Expect: before.Version},
			s.audit(c, string(k.name)+".remove", o.Unit, o.ID, before.Body, nil)}
		return proposal{next: next, rows: rows, then: k.after(o)}, nil
	})
}

// audit says who changed what.
func (s *Server) audit(c call, action string, unit acd.UnitID, object [16]byte, before, after json.RawMessage) store.Audit {
	return store.Audit{ID: s.mint.ID(), Unit: unit, At: s.at(), By: c.caller.User, ByName: c.caller.Name, From: c.caller.Address,
		Action: action, Object: object, Before: before, After: after}
}

// find gives an object by its name, without case.
func (c *catalogue) find(unit acd.UnitID, kind store.ObjectKind, name string) (store.Object, error) {
	for o := range c.all(kind) {
		if o.Unit == unit && strings.EqualFold(o.Name, name) {
			return o, nil
		}
	}
	return store.Object{}, store.ErrNone
}

// object gives an object of a unit; another unit's is none.
func (c *catalogue) object(unit acd.UnitID, kind store.ObjectKind, id [16]byte) (store.Object, error) {
	var o store.Object
	switch kind {
	case identity.KindUnit:
		o = c.units[id].Object
	case identity.KindUser:
		o = c.users[id].Object
	case plan.KindQueue:
		o = c.queues[id].Object
	case plan.KindSkill:
		o = c.skills[id].Object
	case plan.KindReason:
		o = c.reasons[reasonKey{unit, id}].Object
	case identity.KindTeam:
		o = c.teams[id].Object
	case plan.KindSchedule:
		o = c.schedules[id].Object
	case talk.KindLanguage:
		o = c.languages[id].Object
	}
	if o.Unit != unit || unit.IsZero() {
		return store.Object{}, store.ErrNone
	}
	return o, nil
}

// all gives the objects of a kind, of every unit.
func (c *catalogue) all(kind store.ObjectKind) func(yield func(store.Object) bool) {
	return func(yield func(store.Object) bool) {
		switch kind {
		case identity.KindUnit:
			each(c.units, yield)
		case identity.KindUser:
			each(c.users, yield)
		case plan.KindQueue:
			each(c.queues, yield)
		case plan.KindSkill:
			each(c.skills, yield)
		case plan.KindReason:
			each(c.reasons, yield)
		case identity.KindTeam:
			each(c.teams, yield)
		case plan.KindSchedule:
			each(c.schedules, yield)
		case talk.KindLanguage:
			each(c.languages, yield)
		}
	}
}

func each[K comparable, T any](m map[K]entry[T], yield func(store.Object) bool) {
	for _, e := range m {
		if !yield(e.Object) {
			return
		}
	}
}
