package api

import (
	"portico/acd"
	"portico/identity"
	"portico/plan"
)

// The kinds of object that the API keeps.
func (s *Server) skills() kind[plan.Skill, Skill] {
	return kind[plan.Skill, Skill]{name: "skill", one: "skill", many: "skills", read: rolesEveryone, change: rolesBusiness,
		show: func(b plan.Skill) Skill { return Skill(b) },
		keep: func(b Skill) plan.Skill { return plan.Skill(b) }}
}

func (s *Server) reasons() kind[plan.Reason, Reason] {
	return kind[plan.Reason, Reason]{name: "reason", one: "reason", many: "reasons", read: rolesEveryone, change: rolesBusiness,
		show:    func(b plan.Reason) Reason { return Reason{Use: b.Use} },
		keep:    func(b Reason) plan.Reason { return plan.Reason{Use: b.Use} },
		builtIn: func(b plan.Reason) bool { return b.BuiltIn != "" }}
}

func (s *Server) queues() kind[plan.Queue, Queue] {
	return kind[plan.Queue, Queue]{name: "queue", one: "queue", many: "queues", read: rolesEveryone, change: rolesBusiness,
		show: showQueue, keep: keepQueue}
}

func (s *Server) users() kind[identity.User, Account] {
	return kind[identity.User, Account]{name: "user", one: "user", many: "users", read: rolesSupervisor, change: rolesBusiness,
		show: showUser, keep: keepUser}
}

func (s *Server) units() kind[identity.Unit, BusinessUnit] {
	return kind[identity.Unit, BusinessUnit]{name: "unit", one: "unit", many: "units", read: rolesSystem, change: rolesSystem,
		show:  func(b identity.Unit) BusinessUnit { return BusinessUnit(b) },
		keep:  func(b BusinessUnit) identity.Unit { return identity.Unit(b) },
		owner: func(call) acd.UnitID { return identity.Global }}
}
