package api

import (
	"context"
	"encoding/json"
	"net/http"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/outcall"
	"portico/plan"
	"portico/store"
)

// Skill is what the API shows of a skill.
type Skill struct {
	Description string `json:"description,omitempty" maxLength:"1000"`
}

// Reason is why an agent is unavailable, or how a contact ended.
type Reason struct {
	Use string `json:"use" enum:"unavailable,disposition"`
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

	Schedule plan.ScheduleID `json:"schedule,omitzero" doc:"when it is open; absent: always"`
	Outside  string          `json:"outside" required:"false" default:"offline_form" enum:"offline_form,message,accept" doc:"what becomes of customers who come when it is closed"`
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

// VersionedSettings are the settings with the version that a change must name.
type VersionedSettings struct {
	Version  uint32   `json:"version" doc:"0 until they are changed for the first time"`
	Settings Settings `json:"settings"`
}

type settingsInput struct{ Body VersionedSettings }

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
	s.registerChatSettings()
	s.registerContactData()
	s.registerOutside()
	register(s, operation{id: "read-settings", method: http.MethodGet, path: "/settings", summary: "Read the site's settings",
		tag: "settings", roles: rolesBusiness}, s.readSettings)
	register(s, operation{id: "change-settings", method: http.MethodPut, path: "/settings", summary: "Change the site's settings",
		tag: "settings", roles: rolesSystem}, s.changeSettings)
	s.registerAudit()
}

func (s *Server) readSettings(context.Context, call, *Nothing) (*Answer[VersionedSettings], error) {
	now := s.names()
	return &Answer[VersionedSettings]{VersionedSettings{now.settings.Version, showSettings(now.siteSettings())}}, nil
}

func (s *Server) changeSettings(ctx context.Context, c call, in *settingsInput) (*Answer[VersionedSettings], error) {
	settings := keepSettings(in.Body.Settings)
	if settings.OutsideAllow == nil { // from a program that does not know it
		settings.OutsideAllow = s.names().siteSettings().OutsideAllow
	}
	err := settings.Check()
	if err == nil {
		_, err = outcall.ParseAllow(settings.OutsideAllow)
	}
	if err != nil {
		if f := fault.Of(err); f != nil {
			return nil, f.On("settings." + f.Field)
		}
		return nil, err
	}
	raw, err := json.Marshal(settings)
	if err != nil {
		return nil, err
	}
	err = s.configuration.change(ctx, func(now *catalogue) (proposal, error) {
		if now.settings.Version != in.Body.Version {
			return proposal{}, errChanged
		}
		o := store.Object{Unit: identity.Global, Kind: identity.KindSettings, ID: identity.Global, Name: identity.KindSettings,
			Version: in.Body.Version + 1, ChangedAt: s.at(), ChangedBy: c.caller.User, Body: raw}
		next, _, err := now.with(o)
		return proposal{next: next, rows: []store.Row{store.PutObject{Object: o, Expect: in.Body.Version},
			s.audit(c, "settings.change", o.Unit, o.ID, now.settings.Body, raw)}}, err
	})
	if err != nil {
		return nil, err
	}
	return s.readSettings(ctx, c, nil)
}
