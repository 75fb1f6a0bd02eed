package api

import (
	"slices"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/plan"
	"portico/store"
)

// The kinds of object that the API keeps.

func (s *Server) skills() kind[plan.Skill, Skill] {
	return kind[plan.Skill, Skill]{name: plan.KindSkill, one: "skill", many: "skills", read: rolesEveryone, change: rolesBusiness,
		show: func(b plan.Skill) Skill { return Skill(b) },
		keep: func(b Skill) plan.Skill { return plan.Skill(b) },
		check: func(_ call, _, _ store.Object, b plan.Skill) error {
			return onBody(b.Check())
		}}
}

func (s *Server) reasons() kind[plan.Reason, Reason] {
	return kind[plan.Reason, Reason]{name: plan.KindReason, one: "reason", many: "reasons", read: rolesEveryone, change: rolesBusiness,
		show:    func(b plan.Reason) Reason { return Reason{Use: b.Use} },
		keep:    func(b Reason) plan.Reason { return plan.Reason{Use: b.Use} },
		builtIn: func(_ [16]byte, b plan.Reason) bool { return b.BuiltIn != "" },
		check: func(_ call, _, _ store.Object, b plan.Reason) error {
			return onBody(b.Check())
		}}
}

func (s *Server) queues() kind[plan.Queue, Queue] {
	return kind[plan.Queue, Queue]{name: plan.KindQueue, one: "queue", many: "queues", read: rolesEveryone, change: rolesBusiness,
		show: showQueue, keep: keepQueue, fields: "body.",
		check: func(_ call, _, _ store.Object, b plan.Queue) error {
			return onBody(b.Check())
		}}
}

func (s *Server) users() kind[identity.User, Account] {
	return kind[identity.User, Account]{name: identity.KindUser, one: "user", many: "users", read: rolesSupervisor, change: rolesBusiness,
		show: showUser, keep: keepUser, fields: "body.agent.",
		check: func(c call, before, o store.Object, u identity.User) error {
			if err := identity.CheckUser(o.Unit, o.Name, u); err != nil {
				return err
			}
			if !c.caller.User.IsZero() && c.caller.User == acd.AgentID(before.ID) && (u.Disabled || !keepsRoles(c.caller.Roles, u.Roles)) {
				return errOwnAccount
			}
			return nil
		},
		then: func(s *Server, o store.Object) {
			s.gate.Forget(o.ID)
			s.feed.recheck(ofUser(o.ID))
		}}
}

// keepsRoles reports whether an administrator's change of the own account leaves
// what made it possible.
func keepsRoles(have, want []identity.Role) bool {
	for _, r := range []identity.Role{identity.SystemAdministrator, identity.BusinessAdministrator} {
		if slices.Contains(have, r) && !slices.Contains(want, r) {
			return false
		}
	}
	return true
}

func (s *Server) units() kind[identity.Unit, BusinessUnit] {
	return kind[identity.Unit, BusinessUnit]{name: identity.KindUnit, one: "unit", many: "units", read: rolesSystem, change: rolesSystem,
		show:    func(b identity.Unit) BusinessUnit { return BusinessUnit(b) },
		keep:    func(b BusinessUnit) identity.Unit { return identity.Unit(b) },
		owner:   func(call) acd.UnitID { return identity.Global },
		builtIn: func(id [16]byte, _ identity.Unit) bool { return id == identity.Global },
		check: func(_ call, _, o store.Object, b identity.Unit) error {
			return onBody(identity.CheckUnit(o.Name, b))
		},
		beside: func(s *Server, c call, before, o store.Object) []store.Row {
			if before.Version > 0 {
				return nil
			}
			var rows []store.Row
			for _, r := range identity.UnitRows(o.ID, s.at(), c.caller.User) {
				rows = append(rows, r)
			}
			return rows
		},
		then: func(s *Server, o store.Object) {
			s.gate.ForgetUnit(o.ID)
			s.feed.recheck(ofUnit(o.ID))
		}}
}

// onBody names a fault's field as the API spells it: but for the name, it is in the body.
func onBody(err error) error {
	f := fault.Of(err)
	if f == nil || f.Field == "" || f.Field == "name" {
		return err
	}
	return f.On("body." + f.Field)
}
