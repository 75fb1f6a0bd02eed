package api

import (
	"portico/acd"
	"portico/identity"
	"portico/plan"
)

// The API's shapes of what plan and identity keep: the same, but for domains by
// name and lists that are never null.

func showQueue(q plan.Queue) Queue {
	out := Queue{Description: q.Description, Domain: DomainName(q.Domain), ObjectiveS: q.ObjectiveS, Policy: q.Policy,
		Steps: make([]Step, len(q.Steps)), OfferS: q.OfferS, AutoAccept: q.AutoAccept, WrapUpS: q.WrapUpS,
		NoWrapUp: q.NoWrapUp, WrapUpFreesSlot: q.WrapUpFreesSlot, NoAnswerStays: q.NoAnswerStays,
		CustomerGraceS: q.CustomerGraceS, PreferredHoldS: q.PreferredHoldS, WaitingMax: q.WaitingMax,
		Dispositions: q.Dispositions, DispositionNeeded: q.DispositionNeeded, CherryPick: q.CherryPick}
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
		Dispositions: q.Dispositions, DispositionNeeded: q.DispositionNeeded, CherryPick: q.CherryPick}
	for i, s := range q.Steps {
		out.Steps[i] = plan.Step{AfterS: s.AfterS, Queues: s.Queues, Agents: s.Agents}
		for _, r := range s.Requirements {
			out.Steps[i].Requirements = append(out.Steps[i].Requirements, plan.Requirement(r))
		}
	}
	return out
}

func showUser(u identity.User) Account {
	out := Account{FirstName: u.FirstName, LastName: u.LastName, ScreenName: u.ScreenName, Mail: u.Mail,
		Roles: u.Roles, Language: u.Language, Disabled: u.Disabled,
		Agent: AgentProfile{Capacity: make(map[DomainName]uint8, len(u.Agent.Capacity)),
			Skills: make([]SkillLevel, len(u.Agent.Skills)), Preferences: u.Agent.Preferences}}
	if out.Roles == nil {
		out.Roles = []identity.Role{}
	}
	for d, n := range u.Agent.Capacity {
		out.Agent.Capacity[DomainName(d)] = n
	}
	for i, s := range u.Agent.Skills {
		out.Agent.Skills[i] = SkillLevel(s)
	}
	return out
}

func keepUser(a Account) identity.User {
	out := identity.User{FirstName: a.FirstName, LastName: a.LastName, ScreenName: a.ScreenName, Mail: a.Mail,
		Roles: a.Roles, Language: a.Language, Disabled: a.Disabled,
		Agent: plan.Agent{Capacity: make(map[acd.Domain]uint8, len(a.Agent.Capacity)),
			Skills: make([]acd.SkillLevel, len(a.Agent.Skills)), Preferences: a.Agent.Preferences}}
	for d, n := range a.Agent.Capacity {
		out.Agent.Capacity[acd.Domain(d)] = n
	}
	for i, s := range a.Agent.Skills {
		out.Agent.Skills[i] = acd.SkillLevel(s)
	}
	return out
}

func showSettings(s plan.Settings) Settings {
	out := Settings{AgeingS: s.AgeingS, DesktopGraceS: s.DesktopGraceS, Matrix: make(map[DomainName]map[DomainName]string, len(s.Matrix))}
	for active, row := range s.Matrix {
		out.Matrix[DomainName(active)] = make(map[DomainName]string, len(row))
		for offered, rule := range row {
			out.Matrix[DomainName(active)][DomainName(offered)] = rule
		}
	}
	return out
}

func keepSettings(s Settings) plan.Settings {
	out := plan.Settings{AgeingS: s.AgeingS, DesktopGraceS: s.DesktopGraceS, Matrix: make(map[acd.Domain]map[acd.Domain]string, len(s.Matrix))}
	for active, row := range s.Matrix {
		out.Matrix[acd.Domain(active)] = make(map[acd.Domain]string, len(row))
		for offered, rule := range row {
			out.Matrix[acd.Domain(active)][acd.Domain(offered)] = rule
		}
	}
	return out
}
