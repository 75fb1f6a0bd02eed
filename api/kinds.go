package api

import (
	"context"
	"slices"
	"strings"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/phone"
	"portico/plan"
	"portico/schedule"
	"portico/store"
	"portico/talk"
	"portico/threshold"
)

// The kinds of object that the API keeps.

// plain is for kinds whose stored body is what the API shows.
func plain[T any](v T) T { return v }

func shown[T any](_ store.Object, v T) T { return v }

// checked judges a body by itself.
func checked[T interface{ Check() error }](_ *draft, _, _ store.Object, b *T) error {
	return onBody((*b).Check())
}

func (s *Server) skills() kind[plan.Skill, Skill] {
	return kind[plan.Skill, Skill]{name: plan.KindSkill, one: "skill", many: "skills", read: rolesEveryone, change: rolesBusiness,
		show:  func(_ store.Object, b plan.Skill) Skill { return Skill(b) },
		keep:  func(b Skill) plan.Skill { return plan.Skill(b) },
		check: checked[plan.Skill],
		table: func(*namer) []column[Skill] { return skillColumns() }, blank: func() Skill { return Skill{} }}
}

func (s *Server) reasons() kind[plan.Reason, Reason] {
	return kind[plan.Reason, Reason]{name: plan.KindReason, one: "reason", many: "reasons", read: rolesEveryone, change: rolesBusiness,
		show:    func(_ store.Object, b plan.Reason) Reason { return Reason{Use: b.Use, Description: b.Description} },
		keep:    func(b Reason) plan.Reason { return plan.Reason{Use: b.Use, Description: b.Description} },
		builtIn: func(_ [16]byte, b plan.Reason) bool { return b.BuiltIn != "" },
		check:   checked[plan.Reason],
		table:   func(*namer) []column[Reason] { return reasonColumns() }, blank: func() Reason { return Reason{Use: plan.Unavailable} }}
}

func (s *Server) queues() kind[plan.Queue, Queue] {
	return kind[plan.Queue, Queue]{name: plan.KindQueue, one: "queue", many: "queues", read: rolesEveryone, change: rolesBusiness,
		show: func(_ store.Object, b plan.Queue) Queue { return showQueue(b) }, keep: keepQueue, fields: "body.",
		check: checked[plan.Queue], fits: withinQuota[plan.Queue](plan.KindQueue, func(q identity.Quota) int { return q.Queues }), refs: plan.Queue.References,
		table: func(*namer) []column[Queue] { return queueColumns() }, blank: blankQueue}
}

func (s *Server) schedules() kind[schedule.Schedule, schedule.Schedule] {
	return kind[schedule.Schedule, schedule.Schedule]{name: plan.KindSchedule, one: "schedule", many: "schedules",
		read: rolesEveryone, change: rolesBusiness, show: shown[schedule.Schedule], keep: plain[schedule.Schedule],
		check: checked[schedule.Schedule],
		table: func(*namer) []column[schedule.Schedule] { return scheduleColumns() },
		blank: func() schedule.Schedule {
			return schedule.Schedule{Week: []schedule.Opening{}, Holidays: []schedule.Holiday{}}
		}}
}

func (s *Server) chatLanguages() kind[talk.ChatLanguage, talk.ChatLanguage] {
	return kind[talk.ChatLanguage, talk.ChatLanguage]{name: talk.KindLanguage, one: "chat-language", many: "chat-languages",
		read: rolesEveryone, change: rolesBusiness, show: shown[talk.ChatLanguage], keep: plain[talk.ChatLanguage],
		check: checked[talk.ChatLanguage], fits: languageFits,
		table: func(*namer) []column[talk.ChatLanguage] { return languageColumns() },
		blank: func() talk.ChatLanguage {
			return talk.ChatLanguage{Pages: "english", Messages: map[string]string{}, Emoticons: []talk.Emoticon{}}
		}}
}

func (s *Server) responseKind() kind[talk.Response, talk.Response] {
	return kind[talk.Response, talk.Response]{name: talk.KindResponse, one: "response", many: "responses", stored: true,
		read: rolesEveryone, change: rolesEveryone, show: shown[talk.Response], keep: plain[talk.Response],
		check: checked[talk.Response], fits: shortcutFits, refs: talk.Response.References,
		own: func(r talk.Response) bool { return r.Personal }, share: rolesSupervisor,
		table: s.responseColumns, blank: func() talk.Response { return talk.Response{Texts: map[string]string{}} }}
}

func (s *Server) excludedNumbers() kind[plan.ExcludedNumber, plan.ExcludedNumber] {
	return kind[plan.ExcludedNumber, plan.ExcludedNumber]{name: plan.KindExcludedNumber, one: "excluded-number", many: "excluded-numbers",
		stored: true, read: rolesEveryone, change: rolesBusiness, show: shown[plan.ExcludedNumber], keep: plain[plan.ExcludedNumber],
		check: checked[plan.ExcludedNumber],
		table: func(*namer) []column[plan.ExcludedNumber] { return numberColumns() },
		blank: func() plan.ExcludedNumber { return plan.ExcludedNumber{Why: "other"} }}
}

func (s *Server) categories() kind[plan.Category, plan.Category] {
	return kind[plan.Category, plan.Category]{name: plan.KindCategory, one: "category", many: "categories", read: rolesEveryone,
		change: rolesBusiness, show: shown[plan.Category], keep: plain[plan.Category], check: checked[plan.Category],
		table: func(*namer) []column[plan.Category] { return categoryColumns() }, blank: func() plan.Category { return plan.Category{} }}
}

func (s *Server) deskProfiles() kind[plan.DeskProfile, plan.DeskProfile] {
	return kind[plan.DeskProfile, plan.DeskProfile]{name: plan.KindDeskProfile, one: "desk-profile", many: "desk-profiles", read: rolesEveryone,
		change: rolesBusiness, show: shown[plan.DeskProfile], keep: plain[plan.DeskProfile], check: checked[plan.DeskProfile],
		fits: reasonFits, refs: plan.DeskProfile.References,
		table: func(*namer) []column[plan.DeskProfile] { return deskColumns() },
		blank: func() plan.DeskProfile { return plan.DeskProfile{Accept: plan.AcceptAsQueue} }}
}

var errNoAnswerUse = fault.New(fault.Invalid, "no_answer_use", "This reason says how contacts end. Choose one for which agents are unavailable.").On("body.no_answer")

// reasonFits refuses a reason that is not for being unavailable.
func reasonFits(_ context.Context, d *draft, _, o store.Object, p plan.DeskProfile) error {
	if r, ok := d.now.reason(o.Unit, p.NoAnswer); ok && r.body.Use != plan.Unavailable {
		return errNoAnswerUse
	}
	return nil
}

func (s *Server) views() kind[View, View] {
	return kind[View, View]{name: kindView, one: "view", many: "views", stored: true, read: rolesSupervisor, change: rolesSupervisor,
		show: shown[View], keep: plain[View], check: checked[View], own: func(v View) bool { return !v.Shared }}
}

func (s *Server) thresholds() kind[threshold.Threshold, threshold.Threshold] {
	return kind[threshold.Threshold, threshold.Threshold]{name: threshold.Kind, one: "threshold", many: "thresholds",
		read: rolesSupervisor, change: rolesSupervisor, show: shown[threshold.Threshold], keep: plain[threshold.Threshold],
		check: checked[threshold.Threshold], refs: threshold.Threshold.References}
}

func (s *Server) teams() kind[identity.Team, Team] {
	return kind[identity.Team, Team]{name: identity.KindTeam, one: "team", many: "teams", read: rolesEveryone, change: rolesBusiness,
		show: func(_ store.Object, b identity.Team) Team {
			return Team{Description: b.Description, Supervisors: append([]acd.AgentID{}, b.Supervisors...)}
		},
		keep:  func(b Team) identity.Team { return identity.Team(b) },
		check: checkTeam, refs: identity.Team.References,
		table: func(*namer) []column[Team] { return teamColumns() }, blank: func() Team { return Team{Supervisors: []acd.AgentID{}} },
		then: func(o store.Object) { s.feed.recheck(ofUnit(o.Unit)) }}
}

func (s *Server) users() kind[identity.User, Account] {
	k := kind[identity.User, Account]{name: identity.KindUser, one: "user", many: "users", read: rolesSupervisor, change: rolesBusiness,
		show: s.showUser, keep: keepUser, fields: "body.agent.", check: checkUser,
		fits: withinQuota[identity.User](identity.KindUser, func(q identity.Quota) int { return q.Users }), refs: identity.User.References,
		leaves: (*draft).mayTouch, beside: superviseTeams, table: func(*namer) []column[Account] { return userColumns() }, blank: blankAccount,
		then: func(o store.Object) {
			s.gate.Forget(o.ID)
			s.feed.recheck(ofUnit(o.Unit)) // who supervises a team may see others now
		}}
	k.list = func() {
		register(s, k.listing(), func(ctx context.Context, c call, in *usersInput) (*Answer[Page[Object[Account]]], error) {
			return k.page(ctx, s, c, in.Paging, "", in.keep)
		})
	}
	return k
}

var errQuota = fault.New(fault.Conflict, "quota", "The business unit has as many of these as its quota allows. Remove what is not needed, or ask the system administrator for more.")

// withinQuota refuses a new object of a kind when its unit has as many as it may.
func withinQuota[T any](kind store.ObjectKind, bound func(identity.Quota) int) func(context.Context, *draft, store.Object, store.Object, T) error {
	return func(_ context.Context, d *draft, before, o store.Object, _ T) error {
		most := bound(d.now.units[o.Unit].body.Quota)
		if most == 0 || before.Version > 0 {
			return nil
		}
		have := 0
		for other := range d.now.all(kind) {
			if other.Unit == o.Unit {
				have++
			}
		}
		if have >= most {
			return errQuota
		}
		return nil
	}
}

var errAgentIDTaken = fault.New(fault.Conflict, "agent_id_taken", "Another user has this agent id already. Choose another, or leave it blank: then one is made.").On("body.agent_id")

// checkUser judges a user, and gives an agent an id where none was chosen.
func checkUser(d *draft, before, o store.Object, u *identity.User) error {
	was := d.now.users[before.ID].body
	if u.AgentID == "" {
		u.AgentID = was.AgentID
	}
	if u.AgentID == "" && slices.Contains(u.Roles, identity.Agent) {
		u.AgentID = d.nextAgentID(o.Unit)
	}
	if err := identity.CheckUser(o.Unit, o.Name, *u); err != nil {
		return onBody(err)
	}
	if err := handsOn(d, before, o, *u); err != nil {
		return err
	}
	if u.AgentID != was.AgentID && u.AgentID != "" && d.hasAgentID(o.Unit, o.ID, u.AgentID) {
		return errAgentIDTaken
	}
	if me := d.c.caller; !me.User.IsZero() && me.User == acd.AgentID(before.ID) &&
		(u.Disabled || u.SignInOff || !keepsRoles(me.Roles, u.Roles)) {
		return errOwnAccount
	}
	return nil
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

var errCountry = fault.New(fault.Invalid, "country", "There is no such country. Use its two letters, such as DE.").On("body.country")

func (s *Server) units() kind[identity.Unit, BusinessUnit] {
	return kind[identity.Unit, BusinessUnit]{name: identity.KindUnit, one: "unit", many: "units", read: rolesSystem, change: rolesSystem,
		show:    func(_ store.Object, b identity.Unit) BusinessUnit { return BusinessUnit(b) },
		keep:    func(b BusinessUnit) identity.Unit { return identity.Unit(b) },
		home:    func(call) acd.UnitID { return identity.Global },
		builtIn: func(id [16]byte, _ identity.Unit) bool { return id == identity.Global },
		table:   func(*namer) []column[BusinessUnit] { return unitColumns() }, blank: func() BusinessUnit {
			return BusinessUnit{TimeZone: s.names().site.TimeZone, Language: s.names().site.Language}
		},
		check: func(_ *draft, _, o store.Object, b *identity.Unit) error {
			if b.Country = strings.ToUpper(b.Country); b.Country != "" && !phone.Known(b.Country) {
				return errCountry
			}
			return onBody(identity.CheckUnit(o.Name, *b))
		},
		beside: func(d *draft, before, o store.Object, _ identity.Unit) error {
			if before.Version > 0 {
				return nil
			}
			content, err := identity.UnitContent(s.mint.ID, o.ID, s.at(), d.c.caller.User)
			if err != nil {
				return err
			}
			for _, r := range content {
				if err := d.add(store.Object{}, r.Object); err != nil {
					return err
				}
			}
			return nil
		},
		then: func(o store.Object) {
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
