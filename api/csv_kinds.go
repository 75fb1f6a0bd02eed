package api

import (
	"maps"
	"slices"
	"strings"

	"portico/acd"
	"portico/identity"
	"portico/plan"
	"portico/talk"
)

// The tables of the kinds that are exported and imported. Beside these columns each
// has the column name.

func skillColumns() []column[Skill] {
	return []column[Skill]{textColumn("description", func(b *Skill) *string { return &b.Description })}
}

func categoryColumns() []column[plan.Category] {
	return []column[plan.Category]{textColumn("description", func(b *plan.Category) *string { return &b.Description })}
}

func deskColumns() []column[plan.DeskProfile] {
	return []column[plan.DeskProfile]{
		textColumn("description", func(b *plan.DeskProfile) *string { return &b.Description }),
		wordColumn("accept", func(b *plan.DeskProfile) *string { return &b.Accept }, plan.AcceptAsQueue, plan.AcceptAtOnce, plan.AcceptByHand),
		numberColumn("wrap_up_s", func(b *plan.DeskProfile) *int { return &b.WrapUpS }),
		nameColumn("no_answer", plan.KindReason, func(b *plan.DeskProfile) *acd.ReasonID { return &b.NoAnswer }),
	}
}

func reasonColumns() []column[Reason] {
	return []column[Reason]{
		wordColumn("use", func(b *Reason) *string { return &b.Use }, plan.Unavailable, plan.Disposition),
		textColumn("description", func(b *Reason) *string { return &b.Description }),
	}
}

func teamColumns() []column[Team] {
	return []column[Team]{
		textColumn("description", func(b *Team) *string { return &b.Description }),
		listColumn("supervisors", identity.KindUser, func(b *Team) *[]acd.AgentID { return &b.Supervisors }),
	}
}

func numberColumns() []column[plan.ExcludedNumber] {
	return []column[plan.ExcludedNumber]{
		textColumn("pattern", func(b *plan.ExcludedNumber) *string { return &b.Pattern }),
		wordColumn("why", func(b *plan.ExcludedNumber) *string { return &b.Why }, "other", "premium", "emergency", "internal"),
		textColumn("note", func(b *plan.ExcludedNumber) *string { return &b.Note }),
	}
}

func queueColumns() []column[Queue] {
	return []column[Queue]{
		textColumn("description", func(b *Queue) *string { return &b.Description }),
		{name: "domain", get: func(_ *namer, b Queue) string { return b.Domain.String() },
			set: func(_ *namer, cell string, b *Queue) error {
				if b.Domain.UnmarshalText([]byte(strings.ToLower(strings.TrimSpace(cell)))) != nil {
					return errDomains
				}
				return nil
			}},
		numberColumn("objective_s", func(b *Queue) *int { return &b.ObjectiveS }),
		wordColumn("policy", func(b *Queue) *string { return &b.Policy }, "longest_idle", "least_occupied", "highest_level", "preference"),
		{name: "steps", get: func(n *namer, b Queue) string { return steps(n, b.Steps) },
			set: func(n *namer, cell string, b *Queue) (err error) { b.Steps, err = stepsOf(n, cell); return err }},
		numberColumn("offer_s", func(b *Queue) *int { return &b.OfferS }),
		boolColumn("auto_accept", func(b *Queue) *bool { return &b.AutoAccept }),
		numberColumn("wrap_up_s", func(b *Queue) *int { return &b.WrapUpS }),
		boolColumn("no_wrap_up", func(b *Queue) *bool { return &b.NoWrapUp }),
		boolColumn("wrap_up_frees_slot", func(b *Queue) *bool { return &b.WrapUpFreesSlot }),
		boolColumn("no_answer_stays", func(b *Queue) *bool { return &b.NoAnswerStays }),
		numberColumn("customer_grace_s", func(b *Queue) *int { return &b.CustomerGraceS }),
		numberColumn("preferred_hold_s", func(b *Queue) *int { return &b.PreferredHoldS }),
		numberColumn("waiting_max", func(b *Queue) *int { return &b.WaitingMax }),
		listColumn("dispositions", plan.KindReason, func(b *Queue) *[]acd.ReasonID { return &b.Dispositions }),
		boolColumn("disposition_needed", func(b *Queue) *bool { return &b.DispositionNeeded }),
		boolColumn("cherry_pick", func(b *Queue) *bool { return &b.CherryPick }),
		flagColumn("may_decline", func(b *Queue) **bool { return &b.MayDecline }),
		nameColumn("schedule", plan.KindSchedule, func(b *Queue) *plan.ScheduleID { return &b.Schedule }),
		wordColumn("outside", func(b *Queue) *string { return &b.Outside }, plan.OfflineForm, plan.OnlyMessage, plan.AcceptAll),
		numberColumn("minimum_available", func(b *Queue) *int { return &b.Minimum.Available }),
		nameColumn("minimum_schedule", plan.KindSchedule, func(b *Queue) *plan.ScheduleID { return &b.Minimum.Schedule }),
	}
}

// blankQueue is what a row of a new queue begins with.
func blankQueue() Queue {
	return Queue{Domain: DomainName(acd.Chat), ObjectiveS: 60, Policy: "longest_idle", Steps: []Step{{}}, OfferS: 20, WrapUpS: 120,
		CustomerGraceS: 60, Outside: plan.OfflineForm}
}

func userColumns() []column[Account] {
	return []column[Account]{
		textColumn("first_name", func(b *Account) *string { return &b.FirstName }),
		textColumn("last_name", func(b *Account) *string { return &b.LastName }),
		textColumn("screen_name", func(b *Account) *string { return &b.ScreenName }),
		textColumn("mail", func(b *Account) *string { return &b.Mail }),
		{name: "roles", get: func(_ *namer, b Account) string {
			parts := make([]string, len(b.Roles))
			for i, r := range b.Roles {
				parts[i] = string(r)
			}
			return joinList(';', parts)
		}, set: func(_ *namer, cell string, b *Account) error {
			b.Roles = []identity.Role{}
			for _, part := range splitList(';', cell) {
				b.Roles = append(b.Roles, identity.Role(strings.ToLower(part)))
			}
			return nil
		}},
		listColumn("custom_roles", identity.KindRole, func(b *Account) *[]identity.RoleID { return &b.CustomRoles }),
		textColumn("language", func(b *Account) *string { return &b.Language }),
		textColumn("description", func(b *Account) *string { return &b.Description }),
		textColumn("agent_id", func(b *Account) *string { return &b.AgentID }),
		nameColumn("team", identity.KindTeam, func(b *Account) *identity.TeamID { return &b.Team }),
		nameColumn("desk_profile", plan.KindDeskProfile, func(b *Account) *plan.DeskProfileID { return &b.DeskProfile }),
		listColumn("supervised_teams", identity.KindTeam, func(b *Account) *[]identity.TeamID { return &b.SupervisedTeams }),
		{name: "permissions", get: func(_ *namer, b Account) string { return permissions(b.Permissions) },
			set: func(_ *namer, cell string, b *Account) (err error) {
				b.Permissions, err = permissionsOf(cell)
				return err
			}},
		boolColumn("disabled", func(b *Account) *bool { return &b.Disabled }),
		flagColumn("login_enabled", func(b *Account) **bool { return &b.LoginEnabled }),
		flagColumn("support_digital", func(b *Account) **bool { return &b.SupportDigital }),
		{name: "capacity", get: func(_ *namer, b Account) string { return capacity(b.Agent.Capacity) },
			set: func(_ *namer, cell string, b *Account) (err error) {
				b.Agent.Capacity, err = capacityOf(cell)
				return err
			}},
		{name: "skills", get: func(n *namer, b Account) string { return levels(n, b.Agent.Skills) },
			set: func(n *namer, cell string, b *Account) (err error) {
				b.Agent.Skills, err = levelsOf(n, cell)
				return err
			}},
		{name: "preferences", get: func(n *namer, b Account) string { return preferences(n, b.Agent.Preferences) },
			set: func(n *namer, cell string, b *Account) (err error) {
				b.Agent.Preferences, err = preferencesOf(n, cell)
				return err
			}},
	}
}

// blankAccount is what a row of a new user begins with.
func blankAccount() Account {
	return Account{Roles: []identity.Role{}, SignIn: "local", Agent: AgentProfile{Capacity: map[DomainName]uint8{}, Skills: []SkillLevel{}}}
}

// responseColumns has a column text:<language> for each chat language of the unit.
func (s *Server) responseColumns(n *namer) []column[talk.Response] {
	columns := []column[talk.Response]{
		textColumn("shortcut", func(b *talk.Response) *string { return &b.Shortcut }),
		textColumn("category", func(b *talk.Response) *string { return &b.Category }),
		listColumn("queues", plan.KindQueue, func(b *talk.Response) *[]acd.QueueID { return &b.Queues }),
	}
	for _, language := range s.chatLanguageNames(n.d.now, n.unit) {
		columns = append(columns, column[talk.Response]{name: "text:" + strings.ToLower(language),
			get: func(_ *namer, b talk.Response) string { return b.Texts[language] },
			set: func(_ *namer, cell string, b *talk.Response) error {
				if cell == "" {
					delete(b.Texts, language)
				} else {
					b.Texts[language] = cell
				}
				return nil
			}},
			mailColumn("subject:", language, func(m *talk.ResponseMail) *string { return &m.Subject }),
			mailColumn("mail:", language, func(m *talk.ResponseMail) *string { return &m.HTML }))
	}
	return columns
}

// mailColumn is one of what a response says in e-mails of a language.
func mailColumn(name, language string, of func(*talk.ResponseMail) *string) column[talk.Response] {
	return column[talk.Response]{name: name + strings.ToLower(language),
		get: func(_ *namer, b talk.Response) string {
			m := b.Mails[language]
			return *of(&m)
		},
		set: func(_ *namer, cell string, b *talk.Response) error {
			m := b.Mails[language]
			*of(&m) = cell
			b.Mails = maps.Clone(b.Mails) // that of before is not touched
			if m == (talk.ResponseMail{}) {
				delete(b.Mails, language)
			} else if b.Mails == nil {
				b.Mails = map[string]talk.ResponseMail{language: m}
			} else {
				b.Mails[language] = m
			}
			return nil
		}}
}

// chatLanguageNames are the chat languages of a unit; where it has none, those of the
// catalogue of texts count.
func (s *Server) chatLanguageNames(now *catalogue, unit acd.UnitID) []string {
	var all []string
	for _, l := range now.talks[unit].Languages {
		all = append(all, l.Name)
	}
	if len(all) == 0 {
		return slices.Clone(s.languages)
	}
	return all
}
