package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"portico/acd"
	"portico/fault"
	"portico/identity"
)

// SetupState tells whether the first start is still to be done.
type SetupState struct {
	Needed    bool     `json:"needed"`
	Company   string   `json:"company"`
	Languages []string `json:"languages" nullable:"false"`
}

// FirstStart is what the first page asks for.
type FirstStart struct {
	Code       string `json:"code" minLength:"1" maxLength:"64" doc:"the one-time code from the server's console"`
	Company    string `json:"company" minLength:"1" maxLength:"200"`
	Language   string `json:"language" minLength:"1" maxLength:"40"`
	TimeZone   string `json:"time_zone" minLength:"1" maxLength:"64"`
	SAPassword string `json:"sa_password" minLength:"1" maxLength:"200" doc:"for sa, the system administrator"`
	PAPassword string `json:"pa_password" minLength:"1" maxLength:"200" doc:"for pa, the business administrator"`
	Sample     bool   `json:"sample" doc:"make the sample company: queues, skills, four agents"`
	// AgentPassword is given to all agents of the sample company; empty makes one each.
	AgentPassword string `json:"agent_password,omitempty" maxLength:"200" doc:"for the sample company's agents; empty: one is made for each, and shown in the answer"`
}

// FirstStarted is what the first start made.
type FirstStarted struct {
	Unit  string    `json:"unit" doc:"name of the first business unit"`
	Users []NewUser `json:"users" nullable:"false"`
}

// NewUser is a user that the first start made.
type NewUser struct {
	ID       acd.AgentID     `json:"id"`
	Unit     string          `json:"unit"`
	Name     string          `json:"name"`
	Roles    []identity.Role `json:"roles" nullable:"false"`
	Password string          `json:"password,omitempty" doc:"shown this once, and only when it was made by the server"`
}

// SignIn is what proves who somebody is.
type SignIn struct {
	Unit     string `json:"unit,omitempty" maxLength:"200" doc:"name of the business unit; empty: DEFAULT, then Global"`
	Name     string `json:"name" minLength:"1" maxLength:"200"`
	Password string `json:"password" minLength:"1" maxLength:"200"`
}

// Me is who is signed in.
type Me struct {
	User       Person   `json:"user"`
	Unit       UnitName `json:"unit" doc:"the unit that the caller belongs to"`
	Company    string   `json:"company"`
	TimeZone   string   `json:"time_zone" doc:"of the unit"`
	Language   string   `json:"language" doc:"of the person, else of the unit"`
	ServerTime acd.Time `json:"server_time" doc:"milliseconds since 1970 UTC"`
	ExpiresAt  acd.Time `json:"expires_at" doc:"when the session ends at the latest"`
	Version    string   `json:"version" doc:"of the server"`
	// DesktopGraceS is how long a lost desktop's contacts are kept for its agent.
	// Rights are what the roles that are made of rights bring; administrators have all.
	Rights        []identity.Right `json:"rights" nullable:"false" doc:"what auditors, integrators and custom roles are let in to; administrators have all"`
	DesktopGraceS int              `json:"desktop_grace_s" doc:"how long the contacts of a lost desktop are kept for its agent"`
}

// Person is somebody inside the company.
type Person struct {
	ID         acd.AgentID     `json:"id,omitzero" doc:"absent for an API token"`
	Name       string          `json:"name"`
	FirstName  string          `json:"first_name"`
	LastName   string          `json:"last_name"`
	ScreenName string          `json:"screen_name"`
	Roles      []identity.Role `json:"roles" nullable:"false"`
	// Permissions are what the person may do to the work of others.
	Permissions []identity.Permission `json:"permissions" nullable:"false" doc:"what the person may do to the work of others"`
}

// UnitName names a business unit.
type UnitName struct {
	ID   acd.UnitID `json:"id"`
	Name string     `json:"name"`
}

type (
	setupInput  struct{ Body FirstStart }
	signInInput struct{ Body SignIn }
	// signedIn hands the browser its session.
	signedIn struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
		Body      Me
	}
	signedOut struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
	}
)

func (s *Server) registerSession() {
	register(s, operation{id: "setup-state", method: http.MethodGet, path: "/setup", summary: "Is the first start still to be done?",
		tag: "setup", roles: rolesPublic}, s.setupState)
	register(s, operation{id: "first-start", method: http.MethodPost, path: "/setup", summary: "Do the first start, with the one-time code",
		tag: "setup", roles: rolesPublic, status: http.StatusCreated}, s.firstStart)
	register(s, operation{id: "sign-in", method: http.MethodPost, path: "/session", summary: "Sign in; the session is a cookie",
		tag: "session", roles: rolesPublic, status: http.StatusCreated}, s.signIn)
	register(s, operation{id: "who-am-i", method: http.MethodGet, path: "/session", summary: "Who am I?",
		tag: "session", roles: rolesEveryone}, s.whoAmI)
	register(s, operation{id: "sign-out", method: http.MethodDelete, path: "/session", summary: "End my session",
		tag: "session", roles: rolesEveryone, person: true}, s.signOut)
}

var (
	errNotStarted = fault.New(fault.Conflict, "not_started", "This installation has not been set up yet. Do the first start.")
	errNoLanguage = fault.New(fault.Invalid, "language", "There is no such language here.").On("language")
)

func (s *Server) setupState(context.Context, call, *Nothing) (*Answer[SetupState], error) {
	return &Answer[SetupState]{SetupState{Needed: s.setup.Load() != nil, Company: s.names().site.Company, Languages: s.languages}}, nil
}

func (s *Server) firstStart(ctx context.Context, c call, in *setupInput) (*Answer[FirstStarted], error) {
	code := s.setup.Load()
	if code == nil {
		return nil, identity.ErrStarted
	}
	if err := code.Check(in.Body.Code, s.now()); err != nil {
		return nil, err
	}
	if !slices.Contains(s.languages, in.Body.Language) {
		return nil, errNoLanguage
	}
	made, err := s.gate.Begin(ctx, identity.FirstStart{Company: in.Body.Company, Language: in.Body.Language, TimeZone: in.Body.TimeZone,
		SAPassword: in.Body.SAPassword, PAPassword: in.Body.PAPassword, Sample: in.Body.Sample, AgentPassword: in.Body.AgentPassword})
	if err != nil && !errors.Is(err, identity.ErrStarted) {
		return nil, err
	}
	// An earlier attempt may have been saved without being answered.
	if reload := s.configuration.reload(ctx); reload != nil {
		return nil, reload
	}
	code.Spend()
	s.setup.Store(nil)
	if err != nil {
		return nil, err
	}
	out := FirstStarted{Unit: identity.FirstUnit, Users: make([]NewUser, len(made.Users))}
	for i, u := range made.Users {
		out.Users[i] = NewUser{ID: u.ID, Name: u.Name, Unit: u.Unit, Roles: u.Roles, Password: u.Password}
	}
	return &Answer[FirstStarted]{out}, nil
}

func (s *Server) signIn(ctx context.Context, c call, in *signInInput) (*signedIn, error) {
	if s.setup.Load() != nil {
		return nil, errNotStarted
	}
	secret, caller, expires, err := s.gate.SignIn(ctx, identity.Credentials{Unit: in.Body.Unit, Name: in.Body.Name,
		Password: in.Body.Password, Address: c.caller.Address, Agent: c.agent})
	if err != nil {
		return nil, err
	}
	out := &signedIn{SetCookie: cookie(secret, c.secure), Body: s.me(caller, expires)}
	return out, nil
}

// cookie carries a session's secret; the empty one takes it away. It ends with the
// browser; how long it is good for is the server's to say.
func cookie(secret string, secure bool) http.Cookie {
	c := http.Cookie{Name: cookieName, Value: secret, Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
	if secret == "" {
		c.MaxAge = -1
	}
	return c
}

func (s *Server) whoAmI(_ context.Context, c call, _ *Nothing) (*Answer[Me], error) {
	return &Answer[Me]{s.me(c.caller, s.gate.Expires(c.secret))}, nil
}

func (s *Server) me(c identity.Caller, expires acd.Time) Me {
	names := s.names()
	unit := names.units[c.Unit]
	u := names.users[c.User]
	me := Me{Unit: UnitName{c.Unit, unit.Name}, Company: names.site.Company, TimeZone: unit.body.TimeZone, Language: unit.body.Language,
		ServerTime: s.at(), ExpiresAt: expires, Version: s.version, DesktopGraceS: names.siteSettings().DesktopGraceS, Rights: append([]identity.Right{}, slices.Compact(slices.Sorted(slices.Values(names.rights(c))))...),
		User: Person{ID: c.User, Name: c.Name, FirstName: u.body.FirstName, LastName: u.body.LastName,
			ScreenName: names.screenName(c.User), Roles: append([]identity.Role{}, c.Roles...), Permissions: names.permissions(c)}}
	if u.body.Language != "" {
		me.Language = u.body.Language
	}
	return me
}

func (s *Server) signOut(ctx context.Context, c call, _ *Nothing) (*signedOut, error) {
	if err := s.gate.SignOut(ctx, c.secret); err != nil {
		return nil, err
	}
	s.feed.recheck(ofUser(c.caller.User))
	return &signedOut{SetCookie: cookie("", c.secure)}, nil
}
