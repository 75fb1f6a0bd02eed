package api

import (
	"net/http"

	"portico/acd"
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
	Name     string          `json:"name"`
	Unit     string          `json:"unit"`
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
}

// Person is somebody inside the company.
type Person struct {
	ID         acd.AgentID     `json:"id"`
	Name       string          `json:"name"`
	FirstName  string          `json:"first_name"`
	LastName   string          `json:"last_name"`
	ScreenName string          `json:"screen_name"`
	Roles      []identity.Role `json:"roles" nullable:"false"`
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
