package api

import (
	"portico/acd"
	"portico/identity"
	"portico/plan"
	"portico/store"
	"portico/talk"
)

// sharedKinds are those of which every business unit has what Global has, beside its own: to
// use, not to change. Only who administers the site works in Global.
var sharedKinds = map[store.ObjectKind]bool{
	plan.KindSchedule: true, plan.KindReason: true, plan.KindCategory: true, plan.KindExcludedNumber: true,
	talk.KindResponse: true, talk.KindArticle: true,
}

// shares reports whether an object is every unit's.
func shares(o store.Object) bool {
	return o.Unit == identity.Global && sharedKinds[o.Kind] && o.Owner.IsZero()
}

// reachable gives an object that something of a unit may name: the unit's own, or a shared one.
func (c *catalogue) reachable(unit acd.UnitID, kind store.ObjectKind, id [16]byte) (store.Object, error) {
	o, err := c.object(unit, kind, id)
	if err != nil && sharedKinds[kind] {
		return c.object(identity.Global, kind, id)
	}
	return o, err
}

// reason gives a reason that a unit may use: its own, a built-in or a shared one.
func (c *catalogue) reason(unit acd.UnitID, id acd.ReasonID) (entry[plan.Reason], bool) {
	r, ok := c.reasons[reasonKey{unit, id}]
	if !ok {
		r, ok = c.reasons[reasonKey{identity.Global, id}]
	}
	return r, ok
}

// reachableBy is the same by the name, without case; the unit's own comes first.
func (c *catalogue) reachableBy(unit acd.UnitID, kind store.ObjectKind, name string) (store.Object, error) {
	o, err := c.find(unit, kind, name)
	if err != nil && sharedKinds[kind] {
		return c.find(identity.Global, kind, name)
	}
	return o, err
}
