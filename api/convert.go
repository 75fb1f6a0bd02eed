package api

import (
	"cmp"
	"slices"

	"portico/acd"
	"portico/identity"
	"portico/plan"
	"portico/store"
	"portico/talk"
)

// The API's shapes of what plan and identity keep: the same, but for domains by
// name and lists that are never null.

func showQueue(q plan.Queue) Queue {
	decline := !q.NoDecline
	out := Queue{Description: q.Description, Domain: DomainName(q.Domain), ObjectiveS: q.ObjectiveS, Policy: q.Policy,
		Steps: make([]Step, len(q.Steps)), OfferS: q.OfferS, AutoAccept: q.AutoAccept, WrapUpS: q.WrapUpS,
		NoWrapUp: q.NoWrapUp, WrapUpFreesSlot: q.WrapUpFreesSlot, NoAnswerStays: q.NoAnswerStays,
		CustomerGraceS: q.CustomerGraceS, PreferredHoldS: q.PreferredHoldS, WaitingMax: q.WaitingMax,
		Dispositions: q.Dispositions, DispositionNeeded: q.DispositionNeeded, CherryPick: q.CherryPick, MayDecline: &decline,
		Schedule: q.Schedule, Outside: cmp.Or(q.Outside, plan.OfflineForm), Minimum: Minimum(q.Minimum)}
	for i, s := range q.Steps {
		out.Steps[i] = Step{AfterS: s.AfterS, Queues: s.Queues, Agents: s.Agents}
		for _, r := range s.Requirements {
			out.Steps[i].Requirements = append(out.Steps[i].Requirements, SkillLevel(r))
		}
	}
	return out
}

func keepQueue(q Queue) plan.Queue {
	out := plan.Queue{Description: q.Description, Domain: acd.Domain(q.Domain), ObjectiveS: q.ObjectiveS, Policy: q.Policy,
		Steps: make([]plan.Step, len(q.Steps)), OfferS: q.OfferS, AutoAccept: q.AutoAccept, WrapUpS: q.WrapUpS,
		NoWrapUp: q.NoWrapUp, WrapUpFreesSlot: q.WrapUpFreesSlot, NoAnswerStays: q.NoAnswerStays,
		CustomerGraceS: q.CustomerGraceS, PreferredHoldS: q.PreferredHoldS, WaitingMax: q.WaitingMax,
		Dispositions: q.Dispositions, DispositionNeeded: q.DispositionNeeded, CherryPick: q.CherryPick, NoDecline: q.MayDecline != nil && !*q.MayDecline,
		Schedule: q.Schedule, Outside: cmp.Or(q.Outside, plan.OfflineForm), Minimum: plan.Minimum(q.Minimum)}
	for i, s := range q.Steps {
		out.Steps[i] = plan.Step{AfterS: s.AfterS, Queues: s.Queues, Agents: s.Agents}
		for _, r := range s.Requirements {
			out.Steps[i].Requirements = append(out.Steps[i].Requirements, plan.Requirement(r))
		}
	}
	return out
}

func (s *Server) showUser(o store.Object, u identity.User) Account {
	signs, digital := !u.SignInOff, u.Digital()
	out := Account{FirstName: u.FirstName, LastName: u.LastName, ScreenName: u.ScreenName, Mail: u.Mail,
		Roles: append([]identity.Role{}, u.Roles...), Language: u.Language, Disabled: u.Disabled,
		Agent: AgentProfile{Capacity: make(map[DomainName]uint8, len(u.Agent.Capacity)),
			Skills: make([]SkillLevel, len(u.Agent.Skills)), Preferences: u.Agent.Preferences},
		Description: u.Description, AgentID: u.AgentID, Team: u.Team, SupervisedTeams: s.names().supervised(o.Unit, o.ID),
		LoginEnabled: &signs, SupportDigital: &digital, DeskProfile: u.Desk, SignIn: "local", Permissions: slices.Clone(u.Permissions), CustomRoles: u.CustomRoles}
	for d, n := range u.Agent.Capacity {
		out.Agent.Capacity[DomainName(d)] = n
	}
	for i, have := range u.Agent.Skills {
		out.Agent.Skills[i] = SkillLevel(have)
	}
	return out
}

func keepUser(a Account) identity.User {
	out := identity.User{FirstName: a.FirstName, LastName: a.LastName, ScreenName: a.ScreenName, Mail: a.Mail,
		Roles: a.Roles, Language: a.Language, Disabled: a.Disabled,
		Agent: plan.Agent{Capacity: make(map[acd.Domain]uint8, len(a.Agent.Capacity)),
			Skills: make([]acd.SkillLevel, len(a.Agent.Skills)), Preferences: a.Agent.Preferences},
		Description: a.Description, AgentID: a.AgentID, Team: a.Team, Supervises: a.SupervisedTeams,
		SignInOff: a.LoginEnabled != nil && !*a.LoginEnabled, Permissions: a.Permissions, Desk: a.DeskProfile, CustomRoles: a.CustomRoles}
	for d, n := range a.Agent.Capacity {
		out.Agent.Capacity[acd.Domain(d)] = n
	}
	for i, s := range a.Agent.Skills {
		out.Agent.Skills[i] = acd.SkillLevel(s)
	}
	if a.SupportDigital != nil {
		off := !*a.SupportDigital
		out.DigitalOff = &off
	}
	return out
}

func showSettings(s plan.Settings) Settings {
	out := Settings{AgeingS: s.AgeingS, DesktopGraceS: s.DesktopGraceS, OutsideAllow: lines(s.OutsideAllow), Matrix: make(map[DomainName]map[DomainName]string, len(s.Matrix))}
	for active, row := range s.Matrix {
		out.Matrix[DomainName(active)] = make(map[DomainName]string, len(row))
		for offered, rule := range row {
			out.Matrix[DomainName(active)][DomainName(offered)] = rule
		}
	}
	return out
}

func keepSettings(s Settings) plan.Settings {
	out := plan.Settings{AgeingS: s.AgeingS, DesktopGraceS: s.DesktopGraceS, OutsideAllow: texts(s.OutsideAllow), Matrix: make(map[acd.Domain]map[acd.Domain]string, len(s.Matrix))}
	for active, row := range s.Matrix {
		out.Matrix[acd.Domain(active)] = make(map[acd.Domain]string, len(row))
		for offered, rule := range row {
			out.Matrix[acd.Domain(active)][acd.Domain(offered)] = rule
		}
	}
	return out
}

func lines(all []string) []talk.Line {
	out := make([]talk.Line, len(all))
	for i, text := range all {
		out[i] = talk.Line(text)
	}
	return out
}

// texts gives nil for nil.
func texts(all []talk.Line) []string {
	if all == nil {
		return nil
	}
	out := make([]string, len(all))
	for i, line := range all {
		out[i] = string(line)
	}
	return out
}
