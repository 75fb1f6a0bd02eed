package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/outcall"
	"portico/plan"
	"portico/store"
	"portico/talk"
)

// draft gathers changes that are made together, all of them or none. Each is judged
// by the configuration as those before it would leave it.
type draft struct {
	s   *Server
	c   call
	was *catalogue
	// now is what would be configured. Its plan and its setups are those of was.
	now     *catalogue
	cloned  map[store.ObjectKind]bool
	objects []store.Object
	parts   [][]store.Row       // what is saved, each part as a unit
	fields  map[[16]byte]string // what faults of the plan are prefixed with, by object
	then    []func()
	// shortcuts are those of the unit's responses, once one is judged.
	// judged says that the operation has decided itself who may do this to a user.
	judged    bool
	shortcuts map[shortcutKey]store.Object
	many      *index // of many changes; nil: things are looked for one by one
}

// index finds what is configured by more than its id.
type index struct {
	names    map[nameKey][16]byte
	agentIDs map[nameKey][16]byte
	lastID   map[acd.UnitID]int
}

type nameKey struct {
	unit acd.UnitID
	kind store.ObjectKind
	name string // folded
}

func (s *Server) draft(c call, was *catalogue) *draft {
	now := *was
	return &draft{s: s, c: c, was: was, now: &now, cloned: map[store.ObjectKind]bool{}, fields: map[[16]byte]string{}}
}

// together makes the changes of one request, or none of them.
func (s *Server) together(ctx context.Context, c call, judge func(d *draft) error) error {
	_, err := s.tried(ctx, c, false, judge)
	return err
}

// tried makes the changes of one request, or, dry, says whom they would hurt and makes none.
func (s *Server) tried(ctx context.Context, c call, dry bool, judge func(d *draft) error) (preview *Preview, err error) {
	err = s.configuration.change(ctx, func(was *catalogue) (proposal, error) {
		d := s.draft(c, was)
		if err := judge(d); err != nil {
			return proposal{}, err
		}
		p, bad, err := d.proposal()
		if err != nil {
			return proposal{}, err
		}
		for _, err := range bad {
			return proposal{}, err // one object was asked for
		}
		if dry {
			would, err := s.preview(was, p.next)
			preview = &would
			return proposal{}, cmp.Or(err, errNotApplied)
		}
		return p, nil
	})
	if errors.Is(err, errNotApplied) {
		return preview, nil
	}
	return nil, err
}

// put adds a new, changed or removed object, with its audit entry. Before has version 0
// for a new one.
func (d *draft) put(before, o store.Object, verb string) error {
	if err := d.add(before, o); err != nil {
		return err
	}
	after := o.Body
	if o.Deleted {
		after = nil
	}
	d.row(d.s.audit(d.c, string(o.Kind)+"."+verb, o.Unit, o.ID, before.Body, after))
	return nil
}

// add adds an object as a part of another's change, without an audit entry of its own.
func (d *draft) add(before, o store.Object) error {
	if !d.cloned[o.Kind] {
		d.cloned[o.Kind] = true
		d.now.clone(o.Kind)
	}
	if err := d.now.put(o); err != nil {
		return err
	}
	d.objects = append(d.objects, o)
	if len(d.parts) == 0 || len(d.parts[len(d.parts)-1]) >= partMax {
		d.parts = append(d.parts, nil)
	}
	d.row(store.PutObject{Object: o, Expect: before.Version, Revive: before.Deleted})
	d.noteName(before, o)
	return nil
}

// partMax is how many rows one commit of a draft has: about a tenth of a second, in which
// nothing else is saved. A thousand objects, each with its audit entry, are one commit;
// of larger files a stop of the program in between leaves the first parts, and the same
// file imported again does the rest.
const partMax = 2_000

func (d *draft) row(r store.Row) {
	last := &d.parts[len(d.parts)-1]
	*last = append(*last, r)
}

// proposal gives the changes as one, and what the plan finds wrong with an object.
func (d *draft) proposal() (proposal, map[[16]byte]error, error) {
	p := proposal{next: d.was, then: func() {
		for _, f := range d.then {
			f()
		}
	}}
	if len(d.parts) == 0 {
		return p, nil, nil
	}
	p.rows, p.more = d.parts[0], d.parts[1:]
	inForce := slices.DeleteFunc(slices.Clone(d.objects), func(o store.Object) bool { return !d.was.holds(o.Kind) })
	if len(inForce) == 0 {
		return p, nil, nil
	}
	next, faults, err := d.was.with(inForce...)
	if err != nil {
		return p, nil, err
	}
	p.next = next
	bad := map[[16]byte]error{}
	for _, f := range faults {
		id, err := acd.ParseID[objectKind](f.Values["id"])
		if prefix, ours := d.fields[id]; err == nil && ours && bad[id] == nil {
			g := f.On(prefix + f.Field)
			g.Values = nil // they name the object, which whoever asked knows
			bad[id] = g
		}
	}
	return p, bad, nil
}

// find gives an object of the catalogue by its name, without case.
func (d *draft) find(unit acd.UnitID, kind store.ObjectKind, name string) (store.Object, error) {
	if d.many == nil {
		return d.now.find(unit, kind, name)
	}
	id, ok := d.many.names[nameKey{unit, kind, store.Fold(name)}]
	if !ok {
		return store.Object{}, store.ErrNone
	}
	return d.now.object(unit, kind, id)
}

// prepare makes ready for many changes of the unit.
func (d *draft) prepare(unit acd.UnitID) {
	d.many = &index{names: map[nameKey][16]byte{}, agentIDs: map[nameKey][16]byte{}, lastID: map[acd.UnitID]int{}}
	for _, kind := range []store.ObjectKind{identity.KindUnit, identity.KindUser, identity.KindTeam, identity.KindRole, plan.KindQueue, plan.KindSkill, plan.KindReason,
		plan.KindSchedule, plan.KindCategory, plan.KindDeskProfile, plan.KindWorkflow, talk.KindLanguage,
		outcall.KindSecret, outcall.KindConnection, outcall.KindFunction, talk.KindMailAccount, talk.KindBlockedSender, talk.KindSignature, talk.KindArticle} {
		for o := range d.now.all(kind) {
			if o.Unit == unit {
				d.many.names[nameKey{unit, kind, store.Fold(o.Name)}] = o.ID
			}
		}
	}
	for _, u := range d.now.users {
		if u.Unit == unit && u.body.AgentID != "" {
			d.many.agentIDs[nameKey{unit: unit, name: store.Fold(u.body.AgentID)}] = u.ID
			d.many.lastID[unit] = max(d.many.lastID[unit], agentNumber(u.body.AgentID))
		}
	}
}

// noteName keeps the index as the draft is.
func (d *draft) noteName(before, o store.Object) {
	if d.many == nil || !d.was.holds(o.Kind) {
		return
	}
	if before.Version > 0 {
		delete(d.many.names, nameKey{o.Unit, o.Kind, store.Fold(before.Name)})
	}
	if !o.Deleted {
		d.many.names[nameKey{o.Unit, o.Kind, store.Fold(o.Name)}] = o.ID
	}
	if o.Kind == identity.KindUser {
		if id := d.now.users[o.ID].body.AgentID; id != "" {
			d.many.agentIDs[nameKey{unit: o.Unit, name: store.Fold(id)}] = o.ID
			d.many.lastID[o.Unit] = max(d.many.lastID[o.Unit], agentNumber(id))
		}
	}
}

// firstAgentID is the number of a unit's first agent for whom one is made.
const firstAgentID = 1001

// agentNumber gives the number that an agent id is, below a thousand million; else 0.
func agentNumber(id string) int {
	n, err := strconv.Atoi(id)
	if err != nil || n < 0 || n >= 1_000_000_000 {
		return 0
	}
	return n
}

// nextAgentID is a number above all that the unit's agents have.
func (d *draft) nextAgentID(unit acd.UnitID) string {
	last := firstAgentID - 1
	if d.many != nil {
		last = max(last, d.many.lastID[unit])
	} else {
		for _, u := range d.now.users {
			if u.Unit == unit {
				last = max(last, agentNumber(u.body.AgentID))
			}
		}
	}
	return strconv.Itoa(last + 1)
}

// hasAgentID reports whether another user has the agent id.
func (d *draft) hasAgentID(unit acd.UnitID, but [16]byte, id string) bool {
	if d.many != nil {
		other, ok := d.many.agentIDs[nameKey{unit: unit, name: store.Fold(id)}]
		return ok && other != but && strings.EqualFold(d.now.users[other].body.AgentID, id)
	}
	for _, u := range d.now.users {
		if u.Unit == unit && u.ID != but && strings.EqualFold(u.body.AgentID, id) {
			return true
		}
	}
	return false
}

// named refuses an object that names what does not exist in its unit.
func (d *draft) named(o store.Object, refs []plan.Reference) error {
	for _, r := range refs {
		if _, err := d.now.reachable(o.Unit, store.ObjectKind(r.Kind), r.ID); err != nil && r.ID != o.ID {
			return errNoReference.On("body."+r.Field).With("kind", r.Kind)
		}
	}
	return nil
}

// encode writes a body as it is stored.
func encode(kind store.ObjectKind, body any) (json.RawMessage, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encoding the %s: %w", kind, err)
	}
	return raw, nil
}

// taken turns the answer of a search for a name into a refusal.
func taken(o, other store.Object, err error) error {
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

// fieldIn gives a fault's field without the body's prefix.
func fieldIn(f *fault.Fault) string { return strings.TrimPrefix(f.Field, "body.") }
