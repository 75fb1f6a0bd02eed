package api

import (
	"context"
	"net/http"
	"slices"

	"portico/acd"
	"portico/identity"
	"portico/store"
)

func (k kind[Stored, Shown]) create(ctx context.Context, s *Server, c call, in *createInput[Shown]) (*Answer[Object[Shown]], error) {
	o := store.Object{Unit: k.unit(c), Kind: k.name, ID: s.mint.ID(), Name: in.Body.Name, Version: 1}
	err := s.together(ctx, c, func(d *draft) error {
		return k.save(ctx, d, store.Object{}, &o, k.keep(in.Body.Body), "create")
	})
	if err != nil {
		return nil, err
	}
	return k.answer(s, o)
}

func (k kind[Stored, Shown]) replace(ctx context.Context, s *Server, c call, in *changeInput[Shown]) (*Answer[Object[Shown]], error) {
	var o store.Object
	preview, err := s.tried(ctx, c, in.DryRun, func(d *draft) error {
		before, err := k.seen(ctx, d, in.ID, in.Body.Version)
		if err != nil {
			return err
		}
		o = before
		o.Name, o.Version = in.Body.Name, before.Version+1
		return k.save(ctx, d, before, &o, k.keep(in.Body.Body), "change")
	})
	if err != nil {
		return nil, err
	}
	return k.answered(s, o, preview)
}

// answered is the answer with what a change would hurt, where that was asked.
func (k kind[Stored, Shown]) answered(s *Server, o store.Object, preview *Preview) (*Answer[Object[Shown]], error) {
	a, err := k.answer(s, o)
	if err != nil {
		return nil, err
	}
	a.Body.Preview = preview
	return a, nil
}

// object gives an object of the kind as it is now, in the draft.
func (k kind[Stored, Shown]) object(ctx context.Context, d *draft, id [16]byte) (store.Object, error) {
	if !k.stored {
		return d.now.object(k.unit(d.c), k.name, id)
	}
	o, err := d.s.store.Object(ctx, k.unit(d.c), k.name, id)
	if err == nil {
		err = k.visible(d.c, o)
	}
	return o, err
}

// seen gives the object that is to be changed, at the version that was seen.
func (k kind[Stored, Shown]) seen(ctx context.Context, d *draft, id [16]byte, version uint32) (store.Object, error) {
	o, err := k.object(ctx, d, id)
	if err != nil {
		return o, err
	}
	body, err := k.decode(o)
	if err != nil {
		return o, err
	}
	if k.isBuiltIn(o, body) {
		return o, errBuiltIn
	}
	if o.Version != version {
		return o, errChanged
	}
	return o, nil
}

// free refuses a name that another object of the kind has.
func (k kind[Stored, Shown]) free(ctx context.Context, d *draft, o store.Object) error {
	if k.stored {
		other, err := d.s.store.OwnObjectByName(ctx, o.Unit, k.name, o.Owner, o.Name)
		return taken(o, other, err)
	}
	other, err := d.find(o.Unit, k.name, o.Name)
	return taken(o, other, err)
}

// whose gives an object its owner, and refuses who may not make or change it.
func (k kind[Stored, Shown]) whose(c call, before store.Object, o *store.Object, own bool) error {
	if own {
		if c.caller.User.IsZero() {
			return errNoOwner
		}
		o.Owner = c.caller.User
	} else {
		o.Owner = acd.AgentID{}
	}
	shared := !own || (before.Version > 0 && before.Owner.IsZero())
	if shared && k.share != nil && !k.shares(c.caller) {
		return errShared
	}
	return nil
}

// shares reports whether a caller may change what is shared by all.
func (k kind[Stored, Shown]) shares(c identity.Caller) bool {
	return c.Has(k.share...) || c.May(rightsOf[k.many].change)
}

// save judges a new or changed object and puts it into the draft. O becomes what is saved.
func (k kind[Stored, Shown]) save(ctx context.Context, d *draft, before store.Object, o *store.Object, body Stored, verb string) error {
	if err := identity.CheckName(o.Name); err != nil {
		return err
	}
	if k.own != nil {
		if err := k.whose(d.c, before, o, k.own(body)); err != nil {
			return err
		}
	}
	if err := k.free(ctx, d, *o); err != nil {
		return err
	}
	if err := k.check(d, before, *o, &body); err != nil {
		return err
	}
	if k.fits != nil {
		if err := k.fits(ctx, d, before, *o, body); err != nil {
			return err
		}
	}
	if k.refs != nil {
		if err := d.named(*o, k.refs(body)); err != nil {
			return err
		}
	}
	raw, err := encode(k.name, body)
	if err != nil {
		return err
	}
	o.Body, o.Deleted, o.ChangedAt, o.ChangedBy = raw, false, d.s.at(), d.c.caller.User
	if err := d.put(before, *o, verb); err != nil {
		return err
	}
	d.fields[o.ID] = k.fields
	k.after(d, *o)
	if k.beside != nil {
		return k.beside(d, before, *o, body)
	}
	return nil
}

// after notes what happens when the change is in force.
func (k kind[Stored, Shown]) after(d *draft, o store.Object) {
	if k.then != nil {
		d.then = append(d.then, func() { k.then(o) })
	}
}

func (k kind[Stored, Shown]) remove(ctx context.Context, s *Server, c call, in *removeInput) (*removed, error) {
	preview, err := s.tried(ctx, c, in.DryRun, func(d *draft) error {
		before, err := k.takeAway(ctx, d, in.ID, in.Version)
		if err != nil {
			return err
		}
		return d.unused(ctx, before)
	})
	switch {
	case err != nil:
		return nil, err
	case preview != nil:
		return &removed{Status: http.StatusOK, Body: preview}, nil
	}
	return &removed{Status: http.StatusNoContent}, nil
}

// takeAway puts the removal of an object into the draft. Whether something needs it is
// looked for afterwards, when all that goes with it is gone.
func (k kind[Stored, Shown]) takeAway(ctx context.Context, d *draft, id [16]byte, version uint32) (store.Object, error) {
	before, err := k.seen(ctx, d, id, version)
	if err != nil {
		return before, err
	}
	if before.ID == d.c.caller.User && !d.c.caller.User.IsZero() {
		return before, errOwnAccount
	}
	if k.share != nil && before.Owner.IsZero() && !k.shares(d.c.caller) {
		return before, errShared
	}
	if k.leaves != nil {
		if err := k.leaves(d, before); err != nil {
			return before, err
		}
	}
	o := before
	o.Deleted, o.Version, o.ChangedAt, o.ChangedBy = true, before.Version+1, d.s.at(), d.c.caller.User
	if err := d.put(before, o, "remove"); err != nil {
		return before, err
	}
	k.after(d, o)
	return before, nil
}

// unused refuses the removal of what is still needed.
func (d *draft) unused(ctx context.Context, o store.Object) error {
	uses, err := d.s.uses(ctx, d.now, o)
	if err != nil {
		return err
	}
	uses = slices.DeleteFunc(uses, func(u Use) bool { return u.Loose })
	if len(uses) > 0 {
		return errInUse.With("uses", inWords(uses))
	}
	return nil
}
