package api

import (
	"strings"

	"portico/acd"
	"portico/identity"
	"portico/outcall"
	"portico/plan"
	"portico/store"
	"portico/talk"
	"portico/threshold"
)

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
	case identity.KindRole:
		o = c.roles[id].Object
	case plan.KindSchedule:
		o = c.schedules[id].Object
	case talk.KindLanguage:
		o = c.languages[id].Object
	case plan.KindCategory:
		o = c.categories[id].Object
	case plan.KindDeskProfile:
		o = c.desks[id].Object
	case outcall.KindSecret:
		o = c.secrets[id].Object
	case outcall.KindConnection:
		o = c.connections[id].Object
	case outcall.KindFunction:
		o = c.functions[id].Object
	case threshold.Kind:
		o = c.thresholds[id].Object
	case plan.KindWorkflow:
		o = c.workflows[id].Object
	case talk.KindArticle:
		o = c.articles[id].Object
	case talk.KindMailAccount:
		o = c.mailAccounts[id].Object
	case talk.KindBlockedSender:
		o = c.blocked[id].Object
	case talk.KindSignature:
		o = c.signatures[id].Object
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
		case identity.KindRole:
			each(c.roles, yield)
		case plan.KindSchedule:
			each(c.schedules, yield)
		case talk.KindLanguage:
			each(c.languages, yield)
		case plan.KindCategory:
			each(c.categories, yield)
		case plan.KindDeskProfile:
			each(c.desks, yield)
		case outcall.KindSecret:
			each(c.secrets, yield)
		case outcall.KindConnection:
			each(c.connections, yield)
		case outcall.KindFunction:
			each(c.functions, yield)
		case threshold.Kind:
			each(c.thresholds, yield)
		case plan.KindWorkflow:
			each(c.workflows, yield)
		case talk.KindArticle:
			each(c.articles, yield)
		case talk.KindMailAccount:
			each(c.mailAccounts, yield)
		case talk.KindBlockedSender:
			each(c.blocked, yield)
		case talk.KindSignature:
			each(c.signatures, yield)
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

// holds reports whether the catalogue holds objects of the kind.
func (c *catalogue) holds(kind store.ObjectKind) bool {
	switch kind {
	case identity.KindSite, identity.KindSettings, identity.KindUnit, identity.KindUser, identity.KindTeam, identity.KindRole, plan.KindQueue,
		plan.KindSkill, plan.KindReason, plan.KindSchedule, plan.KindCategory, plan.KindDeskProfile, plan.KindWorkflow, talk.KindLanguage, talk.KindSettings,
		threshold.Kind, plan.KindContactData, outcall.KindSecret, outcall.KindConnection, outcall.KindFunction,
		talk.KindArticle, talk.KindMailAccount, talk.KindBlockedSender, talk.KindSignature, talk.KindMailSettings:
		return true
	}
	return false
}
