package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/plan"
	"portico/store"
)

// Account is what the API shows of a user.
type Account struct {
	FirstName  string          `json:"first_name" maxLength:"100"`
	LastName   string          `json:"last_name" maxLength:"100"`
	ScreenName string          `json:"screen_name" maxLength:"100" doc:"what customers see; empty: the first name"`
	Mail       string          `json:"mail,omitempty" maxLength:"254"`
	Roles      []identity.Role `json:"roles" nullable:"false" maxItems:"6" enum:"system_administrator,business_administrator,supervisor,agent,auditor,integrator"`
	Language   string          `json:"language" maxLength:"40" doc:"english, deutsch …; empty: the unit's"`
	Disabled   bool            `json:"disabled" required:"false" default:"false" doc:"may not sign in, and is offered nothing"`
	Agent      AgentProfile    `json:"agent" doc:"read only when the roles hold agent"`

	Description     string            `json:"description,omitempty" maxLength:"1000"`
	AgentID         string            `json:"agent_id,omitempty" maxLength:"40" doc:"what the company calls an agent by; blank: one is made"`
	Team            identity.TeamID   `json:"team,omitzero"`
	SupervisedTeams []identity.TeamID `json:"supervised_teams,omitempty" nullable:"false" maxItems:"500" doc:"a scope, apart from the roles; absent in a change: as it is"`
	LoginEnabled    *bool             `json:"login_enabled,omitempty" doc:"may sign in; absent: yes. Apart from disabled"`
	SupportDigital  *bool             `json:"support_digital,omitempty" doc:"is offered e-mails and chats; absent: as the capacity says"`
	// Permissions are what the person may do to the work of others.
	Permissions []identity.Permission `json:"permissions,omitzero" nullable:"false" maxItems:"20" enum:"monitor,whisper,barge_in,take_over,reassign,end,agent_state,agent_skills,override_minimum,mail_queue,erase,pick" doc:"what the person may do to the work of others; absent: as the roles bring it"`
	CustomRoles []identity.RoleID     `json:"custom_roles,omitempty" nullable:"false" maxItems:"20" doc:"roles that the business unit made, beside the built-in ones"`
	DeskProfile plan.DeskProfileID    `json:"desk_profile,omitzero" doc:"how the agent's desk works; absent: the system's, which leaves it to queues"`
	SignIn      string                `json:"sign_in" required:"false" default:"local" enum:"local" doc:"how the person proves who it is"`
}

// Team is a group of people. Its members name it.
type Team struct {
	Description string        `json:"description" maxLength:"1000"`
	Supervisors []acd.AgentID `json:"supervisors" nullable:"false" maxItems:"100" doc:"see and steer the team; a scope, apart from their roles"`
}

// AgentProfile is the part of a user that routing reads.
type AgentProfile struct {
	Capacity    map[DomainName]uint8  `json:"capacity" doc:"how many contacts at once, by media routing domain; an absent one is not served"`
	Skills      []SkillLevel          `json:"skills" nullable:"false" maxItems:"200"`
	Preferences map[acd.QueueID]uint8 `json:"preferences,omitempty" doc:"the agent's number for a queue with the policy preference, 1–100, smaller first; absent: 50"`
}

// SkillLevel is an ability at a level.
type SkillLevel struct {
	Skill acd.SkillID `json:"skill"`
	Level uint8       `json:"level" minimum:"1" maximum:"100"`
}

// BusinessUnit is what the API shows of a unit.
type BusinessUnit struct {
	TimeZone string `json:"time_zone" minLength:"1" maxLength:"64" doc:"IANA name, such as Europe/Berlin"`
	Language string `json:"language" maxLength:"40"`
	Disabled bool   `json:"disabled"`
	Country  string `json:"country,omitempty" maxLength:"2" doc:"where telephone numbers are dialled (ISO 3166-1), such as DE; empty: the country of the time zone"`

	Congestion map[string]int `json:"congestion,omitempty" doc:"how many new contacts a second the unit takes, by medium (voice, callback, email, webchat, task), from 1 to 100,000; more are refused with 1013"`
	// PickByPermission keeps agents from picking unless they were given the permission.
	PickByPermission bool `json:"pick_by_permission" required:"false" default:"false" doc:"only agents with the permission pick may take waiting contacts themselves; otherwise every agent may, where the queue allows it"`
	// Quota is how much the unit may set up.
	Quota identity.Quota `json:"quota,omitzero" doc:"how much the unit may set up; absent: as much as it likes"`
	// MonitoringShown lets agents see who listens in to their contacts.
	MonitoringShown bool `json:"monitoring_shown" required:"false" default:"false" doc:"the agents of a contact see who listens in; otherwise supervisors and administrators alone do"`
}

// Token is an API token without its secret.
type Token struct {
	ID         acd.ID[objectKind] `json:"id"`
	Name       string             `json:"name"`
	Role       identity.Role      `json:"role,omitempty" doc:"absent where the token has a role that the business unit made"`
	CustomRole *TokenRole         `json:"custom_role,omitempty" doc:"the role that the business unit made; what the token may do changes with it"`
	CreatedAt  acd.Time           `json:"created_at"`
	CreatedBy  string             `json:"created_by"`
	ExpiresAt  acd.Time           `json:"expires_at"`
	Revoked    bool               `json:"revoked"`
}

// TokenRole names a role that a business unit made.
type TokenRole struct {
	ID   identity.RoleID `json:"id"`
	Name string          `json:"name"`
}

// NewToken is the answer that shows a token's secret, once.
type NewToken struct {
	Token  Token  `json:"token"`
	Secret string `json:"secret" doc:"shown this once; send it as Authorization: Bearer"`
}

// usersInput asks for users; whoever meets all that is asked is there.
type usersInput struct {
	Scope
	Paging
	Find     string          `query:"find" maxLength:"200" doc:"part of the user name, the person's name, the address or the agent id, without regard to case"`
	Role     identity.Role   `query:"role" enum:"system_administrator,business_administrator,supervisor,agent,auditor,integrator"`
	Team     identity.TeamID `query:"team"`
	Skill    acd.SkillID     `query:"skill"`
	Disabled string          `query:"disabled" enum:"true,false"`
	Digital  string          `query:"digital" enum:"true,false" doc:"is offered e-mails and chats"`
}

// keep reports whether a user meets what is asked.
func (in *usersInput) keep(o store.Object, u identity.User) bool {
	is := func(asked string, so bool) bool { return asked == "" || (asked == "true") == so }
	has := func(s acd.SkillLevel) bool { return s.Skill == in.Skill }
	switch {
	case in.Role != "" && !slices.Contains(u.Roles, in.Role):
	case !in.Team.IsZero() && u.Team != in.Team:
	case !in.Skill.IsZero() && !slices.ContainsFunc(u.Agent.Skills, has):
	case !is(in.Disabled, u.Disabled):
	case !is(in.Digital, slices.Contains(u.Roles, identity.Agent) && u.Digital()):
	case in.Find == "":
		return true
	default:
		find := store.Fold(in.Find)
		for _, text := range []string{o.Name, fullName(o.Name, u), u.ScreenName, u.Mail, u.AgentID} {
			if strings.Contains(store.Fold(text), find) {
				return true
			}
		}
	}
	return false
}

type (
	passwordInput struct {
		Scope
		ID   acd.AgentID `path:"id"`
		Body struct {
			Password string `json:"password" minLength:"1" maxLength:"200"`
		}
	}
	ownPasswordInput struct {
		Body struct {
			Old string `json:"old" minLength:"1" maxLength:"200"`
			New string `json:"new" minLength:"1" maxLength:"200"`
		}
	}
	ownLanguageInput struct {
		Body struct {
			Language string `json:"language" maxLength:"40" doc:"english, deutsch …; empty: the unit's"`
		}
	}
	tokensInput struct {
		Scope
		Paging
	}
	newTokenInput struct {
		Scope
		Body struct {
			Name       string          `json:"name" minLength:"1" maxLength:"200"`
			Role       identity.Role   `json:"role" required:"false" enum:"system_administrator,business_administrator,supervisor,auditor,integrator"`
			CustomRole identity.RoleID `json:"custom_role" required:"false" doc:"instead of role: one that the business unit made"`
			ExpiresInS int             `json:"expires_in_s" minimum:"60" maximum:"31622400" doc:"at most 366 days"`
		}
	}
)

func (s *Server) registerPeople() {
	s.users().register(s)
	s.teams().register(s)
	s.units().register(s)
	s.customRoles().register(s)
	register(s, operation{id: "set-password", method: http.MethodPut, path: "/users/{id}/password",
		summary: "Set a user's password; ends the user's sessions", tag: "users", roles: rolesBusiness}, s.setPassword)
	register(s, operation{id: "change-own-password", method: http.MethodPut, path: "/session/password",
		summary: "Change my password", tag: "session", roles: rolesEveryone, person: true}, s.changeOwnPassword)
	register(s, operation{id: "change-own-language", method: http.MethodPut, path: "/session/language",
		summary: "Change the language of my screens", tag: "session", roles: rolesEveryone, person: true}, s.changeOwnLanguage)
	register(s, operation{id: "list-tokens", method: http.MethodGet, path: "/tokens", summary: "List API tokens, newest first",
		tag: "tokens", roles: rolesBusiness}, s.listTokens)
	register(s, operation{id: "create-token", method: http.MethodPost, path: "/tokens", summary: "Create an API token",
		tag: "tokens", roles: rolesBusiness, status: http.StatusCreated}, s.createToken)
	register(s, operation{id: "revoke-token", method: http.MethodDelete, path: "/tokens/{id}", summary: "Revoke an API token",
		tag: "tokens", roles: rolesBusiness}, s.revokeToken)
}

func (s *Server) setPassword(ctx context.Context, c call, in *passwordInput) (*Nothing, error) {
	if u, ok := s.names().users[in.ID]; ok && u.Unit == c.unit {
		if err := s.mayTouch(s.names(), c, u.Object); err != nil {
			return nil, err
		}
	}
	err := s.gate.SetPassword(ctx, c.unit, in.ID, in.Body.Password, c.secret,
		s.audit(c, "user.password", c.unit, in.ID, nil, nil))
	if err == nil {
		s.feed.recheck(ofUser(in.ID))
	}
	return nil, err
}

func (s *Server) changeOwnPassword(ctx context.Context, c call, in *ownPasswordInput) (*Nothing, error) {
	err := s.gate.ChangePassword(ctx, c.caller, in.Body.Old, in.Body.New, c.secret,
		s.audit(c, "user.password", c.unit, c.caller.User, nil, nil))
	if err == nil {
		s.feed.recheck(ofUser(c.caller.User))
	}
	if f := fault.Of(err); f != nil && f.Field == "password" {
		return nil, f.On("new")
	}
	return nil, err
}

func (s *Server) changeOwnLanguage(ctx context.Context, c call, in *ownLanguageInput) (*Nothing, error) {
	if in.Body.Language != "" && !slices.Contains(s.languages, in.Body.Language) {
		return nil, errNoLanguage
	}
	k := s.users()
	c.unit = c.caller.Unit
	return nil, s.together(ctx, c, func(d *draft) error {
		d.judged = true
		before, err := k.object(ctx, d, c.caller.User)
		if err != nil {
			return err
		}
		body, err := k.decode(before)
		if err != nil || body.Language == in.Body.Language {
			return err
		}
		body.Language = in.Body.Language
		o := before
		o.Version++
		return k.save(ctx, d, before, &o, body, "change")
	})
}

func (s *Server) listTokens(ctx context.Context, c call, in *tokensInput) (*Answer[Page[Token]], error) {
	all, err := s.store.Tokens(ctx, c.unit, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	page := Page[Token]{Items: make([]Token, len(all))}
	for i, t := range all {
		page.Items[i] = s.token(t)
	}
	if len(all) == in.Limit {
		page.Next = acd.QueueID(all[len(all)-1].ID).String()
	}
	return &Answer[Page[Token]]{page}, nil
}

func (s *Server) token(t store.Token) Token {
	shown := Token{ID: t.ID, Name: t.Name, CreatedAt: t.Created, CreatedBy: s.names().person(t.By), ExpiresAt: t.Expires, Revoked: t.Revoked}
	may := identity.GrantOf(t)
	if shown.Role = may.Role; !may.Custom.IsZero() {
		shown.CustomRole = &TokenRole{may.Custom, s.names().roles[may.Custom].Name}
	}
	return shown
}

var errTokenCustom = fault.New(fault.Invalid, "no_such_reference", "There is no such role in this business unit.").On("body.custom_role")

func (s *Server) createToken(ctx context.Context, c call, in *newTokenInput) (*Answer[NewToken], error) {
	may := identity.TokenGrant{Role: in.Body.Role, Custom: in.Body.CustomRole}
	if r, known := s.names().roles[may.Custom]; !may.Custom.IsZero() && (!known || r.Unit != c.unit) {
		return nil, errTokenCustom
	}
	t, secret, err := s.gate.NewToken(c.caller, c.unit, in.Body.Name, may, time.Duration(in.Body.ExpiresInS)*time.Second)
	if err != nil {
		return nil, err
	}
	shown, err := json.Marshal(s.token(t))
	if err != nil {
		return nil, err
	}
	err = s.store.Save(ctx, store.Unit{Rows: []store.Row{t, s.audit(c, "token.create", c.unit, t.ID, nil, shown)}})
	if err != nil {
		return nil, err
	}
	return &Answer[NewToken]{NewToken{s.token(t), secret}}, nil
}

func (s *Server) revokeToken(ctx context.Context, c call, in *idInput) (*Nothing, error) {
	t, err := s.findToken(ctx, c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	t.Revoked = true
	err = s.store.Save(ctx, store.Unit{Rows: []store.Row{t, s.audit(c, "token.revoke", c.unit, t.ID, nil, nil)}})
	if err != nil {
		return nil, err
	}
	s.gate.ForgetToken(t.Key)
	s.feed.recheck(ofToken(t.ID))
	return nil, nil
}

func (s *Server) findToken(ctx context.Context, unit acd.UnitID, id [16]byte) (store.Token, error) {
	found := store.Token{}
	err := s.eachToken(ctx, unit, func(t store.Token) {
		if t.ID == id {
			found = t
		}
	})
	if err == nil && found.ID != id {
		err = store.ErrNone
	}
	return found, err
}

// eachToken looks a unit's tokens through: they are few, and seldom asked for.
func (s *Server) eachToken(ctx context.Context, unit acd.UnitID, visit func(store.Token)) error {
	for after := ""; ; {
		all, err := s.store.Tokens(ctx, unit, after, 500)
		if err != nil {
			return fmt.Errorf("reading the tokens: %w", err)
		}
		for _, t := range all {
			visit(t)
		}
		if len(all) < 500 {
			return nil
		}
		after = acd.QueueID(all[len(all)-1].ID).String()
	}
}
