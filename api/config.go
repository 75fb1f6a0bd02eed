package api

import (
	"portico/acd"
	"portico/plan"
	"portico/talk"
)

// Skill is what the API shows of a skill.
type Skill struct {
	Description string `json:"description,omitempty" maxLength:"1000"`
}

// Reason is why an agent is unavailable, or how a contact ended.
type Reason struct {
	Use         string `json:"use" enum:"unavailable,disposition"`
	Description string `json:"description,omitempty" maxLength:"1000" doc:"when it is to be chosen"`
}

// Queue is where contacts wait under one service objective. Times are whole seconds.
type Queue struct {
	Description       string         `json:"description,omitempty" maxLength:"1000"`
	Domain            DomainName     `json:"domain"`
	ObjectiveS        int            `json:"objective_s" minimum:"0" maximum:"604800" doc:"service objective: how soon a contact is to be answered"`
	Policy            string         `json:"policy" required:"false" default:"longest_idle" enum:"longest_idle,least_occupied,highest_level,preference" doc:"how a contact chooses among the agents who are able"`
	Steps             []Step         `json:"steps" nullable:"false" minItems:"1" maxItems:"10" doc:"who may take a contact from when on; the first has after_s 0"`
	OfferS            int            `json:"offer_s" required:"false" default:"0" minimum:"0" maximum:"3600" doc:"how long an agent has to accept; 0: 20 s"`
	AutoAccept        bool           `json:"auto_accept" required:"false" default:"false"`
	WrapUpS           int            `json:"wrap_up_s" required:"false" default:"0" minimum:"0" maximum:"86400" doc:"0: the agent ends it"`
	NoWrapUp          bool           `json:"no_wrap_up" required:"false" default:"false"`
	WrapUpFreesSlot   bool           `json:"wrap_up_frees_slot" required:"false" default:"false"`
	NoAnswerStays     bool           `json:"no_answer_stays" required:"false" default:"false" doc:"an agent stays available after an offer without answer"`
	CustomerGraceS    int            `json:"customer_grace_s" required:"false" default:"0" minimum:"0" maximum:"86400" doc:"how long a lost customer is waited for"`
	PreferredHoldS    int            `json:"preferred_hold_s" required:"false" default:"0" minimum:"0" maximum:"86400" doc:"how long a contact waits for its preferred agent"`
	WaitingMax        int            `json:"waiting_max" required:"false" default:"0" minimum:"0" maximum:"1000000" doc:"0: no limit"`
	Dispositions      []acd.ReasonID `json:"dispositions,omitempty" nullable:"false" maxItems:"200" doc:"may be chosen at wrap-up; empty: all of the unit"`
	DispositionNeeded bool           `json:"disposition_needed" required:"false" default:"false"`
	CherryPick        bool           `json:"cherry_pick" required:"false" default:"false" doc:"agents may pick waiting contacts themselves"`
	MayDecline        *bool          `json:"may_decline,omitempty" doc:"agents may decline offers; absent: yes"`

	Schedule plan.ScheduleID `json:"schedule,omitzero" doc:"when it is open; absent: always"`
	Outside  string          `json:"outside" required:"false" default:"offline_form" enum:"offline_form,message,accept" doc:"what becomes of customers who come when it is closed"`

	Minimum Minimum `json:"minimum" required:"false" doc:"absent: none"`
}

// Minimum is how many agents must stay available: who would leave fewer is refused.
type Minimum struct {
	Available int             `json:"available" required:"false" default:"0" minimum:"0" maximum:"10000" doc:"agents of the queue's first step; 0: no minimum"`
	Schedule  plan.ScheduleID `json:"schedule,omitzero" doc:"when the minimum is in force; absent: always"`
}

// Step says who joins those who may take a contact, once it has waited after_s
// seconds. A step that names nobody admits every agent of the unit.
type Step struct {
	AfterS       int           `json:"after_s" minimum:"0" maximum:"604800"`
	Requirements []SkillLevel  `json:"requirements,omitempty" nullable:"false" maxItems:"16" doc:"agents who meet all of them"`
	Queues       []acd.QueueID `json:"queues,omitempty" nullable:"false" maxItems:"50" doc:"agents of these queues"`
	Agents       []acd.AgentID `json:"agents,omitempty" nullable:"false" maxItems:"200" doc:"these agents"`
}

// Settings of the site.
type Settings struct {
	AgeingS       int                                  `json:"ageing_s" minimum:"0" maximum:"3600" doc:"what one point of priority is worth"`
	DesktopGraceS int                                  `json:"desktop_grace_s" minimum:"0" maximum:"3600" doc:"how long a lost desktop's contacts are kept for its agent"`
	Matrix        map[DomainName]map[DomainName]string `json:"matrix" doc:"active domain × offered domain: refuse, beside, interrupt; absent: refuse"`
	OutsideAllow  []talk.Line                          `json:"outside_allow" required:"false" nullable:"false" maxItems:"200" doc:"hosts (*.intern.example.com) and networks (10.1.0.0/16) of the own network that workflows may call; in a change, absent: as they are"`
}

func (s *Server) registerConfig() {
	s.skills().register(s)
	s.queues().register(s)
	s.reasons().register(s)
	s.schedules().register(s)
	s.chatLanguages().register(s)
	s.responseKind().register(s)
	s.excludedNumbers().register(s)
	s.views().register(s)
	s.categories().register(s)
	s.deskProfiles().register(s)
	s.thresholds().register(s)
	s.chatSettings().register(s)
	s.contactData().register(s)
	s.registerArticles()
	s.registerOutside()
	s.registerMailConfig()
	s.siteSettings().register(s)
	s.registerAudit()
}
