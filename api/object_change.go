package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/plan"
	"portico/store"
)

var (
	errBuiltIn    = fault.New(fault.Forbidden, "built_in", "The system made this; it can be neither changed nor removed.")
	errInUse      = fault.New(fault.Conflict, "in_use", "It is still in use. Take it out there first.")
	errOwnAccount = fault.New(fault.Conflict, "own_account", "You cannot disable or remove yourself, or take your own role away.")
)

// usesMax is how many uses a refusal names.
const usesMax = 20

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
		if _, err := now.find(o.Unit, k.name, o.Name); err == nil {
			return proposal{}, errNameTaken
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
		before, err := k.seen(now, k.unit(c), in.ID, in.Body.Version)
		if err != nil {
			return proposal{}, err
		}
		if other, err := now.find(before.Unit, k.name, in.Body.Name); err == nil && other.ID != before.ID {
			return proposal{}, errNameTaken
		}
		o = before
		o.Name, o.Version = in.Body.Name, before.Version+1
		return k.propose(s, c, now, before, &o, body, "change")
	})
	if err != nil {
		return nil, err
	}
	return k.answer(s, o)
}

// seen gives the object that is to be changed, at the version that was seen.
func (k kind[Stored, Shown]) seen(now *catalogue, unit acd.UnitID, id [16]byte, version uint32) (store.Object, error) {
	o, err := now.object(unit, k.name, id)
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
	if err := k.check(c, before, *o, body); err != nil {
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
		for _, more := range k.beside(s, c, before, *o) {
			if put, ok := more.(store.PutObject); ok {
				objects = append(objects, put.Object)
			}
			rows = append(rows, more)
		}
	}
	next, faults, err := now.with(objects...)
	if err != nil {
		return proposal{}, err
	}
	if err := faultOn(faults, o.ID, k.fields); err != nil {
		return proposal{}, err
	}
	rows = append(rows, s.audit(c, string(k.name)+"."+verb, o.Unit, o.ID, before.Body, o.Body))
	return proposal{next: next, rows: rows, then: k.after(s, *o)}, nil
}

// after says what happens when the change is in force.
func (k kind[Stored, Shown]) after(s *Server, o store.Object) func() {
	if k.then == nil {
		return nil
	}
	return func() { k.then(s, o) }
}

func (k kind[Stored, Shown]) remove(ctx context.Context, s *Server, c call, in *removeInput) (*Nothing, error) {
	return nil, s.configuration.change(ctx, func(now *catalogue) (proposal, error) {
		before, err := k.seen(now, k.unit(c), in.ID, in.Version)
		if err != nil {
			return proposal{}, err
		}
		if before.Kind == identity.KindUser && c.caller.User == acd.AgentID(before.ID) {
			return proposal{}, errOwnAccount
		}
		if uses := now.uses(before); len(uses) > 0 {
			return proposal{}, errInUse.With("uses", strings.Join(uses, ", "))
		}
		o := before
		o.Deleted, o.Version, o.ChangedAt, o.ChangedBy = true, before.Version+1, s.at(), c.caller.User
		next, _, err := now.with(o)
		if err != nil {
			return proposal{}, err
		}
		rows := []store.Row{store.PutObject{Object: o, Expect: before.Version},
			s.audit(c, string(k.name)+".remove", o.Unit, o.ID, before.Body, nil)}
		return proposal{next: next, rows: rows, then: k.after(s, o)}, nil
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

// uses names what still needs an object, such as "queue Sales".
func (c *catalogue) uses(o store.Object) []string {
	var uses []string
	add := func(kind, name string) {
		if len(uses) < usesMax {
			uses = append(uses, kind+" "+name)
		}
	}
	if o.Kind == identity.KindUnit {
		for _, kind := range []store.ObjectKind{identity.KindUser, plan.KindQueue} {
			for other := range c.all(kind) {
				if other.Unit == acd.UnitID(o.ID) {
					add(string(kind), other.Name)
				}
			}
		}
	}
	for _, q := range c.queues {
		if q.Unit == o.Unit && q.ID != o.ID && q.body.Uses(string(o.Kind), o.ID) != "" {
			add(plan.KindQueue, q.Name)
		}
	}
	for _, u := range c.users {
		if u.Unit == o.Unit && u.body.Agent.Uses(string(o.Kind), o.ID) != "" {
			add(identity.KindUser, u.Name)
		}
	}
	slices.Sort(uses)
	return uses
}
