// Package identity knows people: who they are, how they prove it, what they may
// do. It holds no SQL; what it needs of the store it declares as interfaces.
package identity

import (
	"maps"
	"strconv"

	"portico/acd"
	"portico/plan"
)

// Role is what a person may do within a business unit. The zero role may nothing.
type Role string

const (
	SystemAdministrator   Role = "system_administrator" // of the whole site; belongs to the unit Global
	BusinessAdministrator Role = "business_administrator"
	Supervisor            Role = "supervisor"
	Agent                 Role = "agent"
	// These two are made of rights alone (see RightsOf), as custom roles are.
	Auditor    Role = "auditor"    // sees how all is set up and what became of it, and changes nothing
	Integrator Role = "integrator" // a program that brings contacts and keeps customers
)

// Roles are the built-in ones, those that may do most first.
func Roles() []Role {
	return []Role{SystemAdministrator, BusinessAdministrator, Supervisor, Agent, Auditor, Integrator}
}

type teamKind struct{}

// TeamID names a team.
type TeamID = acd.ID[teamKind]

// Team is a group of people within a business unit. Its name is the object's; its
// members name it (see User.Team).
type Team struct {
	Description string `json:"description"`
	// Supervisors see and steer the team. It is a scope, apart from their roles.
	Supervisors []acd.AgentID `json:"supervisors"`
}

// User is a person who signs in. The object's name is the user name.
type User struct {
	FirstName  string     `json:"first_name"`
	LastName   string     `json:"last_name"`
	ScreenName string     `json:"screen_name"` // what customers see
	Mail       string     `json:"mail,omitempty"`
	Roles      []Role     `json:"roles"`
	Language   string     `json:"language"` // a folder of texts: english, deutsch …
	Disabled   bool       `json:"disabled"`
	Agent      plan.Agent `json:"agent"` // read only when Roles holds Agent

	Description string `json:"description,omitempty"`
	// AgentID is what the company calls an agent by; unique within the unit. It has no
	// meaning to the program.
	AgentID string `json:"agent_id,omitempty"`
	Team    TeamID `json:"team,omitzero"`
	// SignInOff keeps a person from signing in, and does nothing else.
	SignInOff bool `json:"sign_in_off,omitempty"`
	// DigitalOff keeps e-mails and chats from an agent, whatever the capacity says.
	// Nil is from before there was a choice: the capacity says it.
	DigitalOff *bool `json:"digital_off,omitempty"`
	// Supervises is asked for by a change of the user; nil: as it is. It is kept in the
	// teams.
	Supervises []TeamID `json:"-"`
	// Permissions are what the person may do to the work of others; nil: as the roles
	// bring it (see Permitted).
	Permissions []Permission `json:"permissions,omitzero"`
	// CustomRoles are those of the business unit, beside the built-in ones.
	CustomRoles []RoleID `json:"custom_roles,omitempty"`
	// Desk is the profile of the agent's desk; zero: the system's.
	Desk plan.DeskProfileID `json:"desk,omitzero"`
}

// Digital reports whether the agent is offered e-mails and chats.
func (u User) Digital() bool {
	if u.DigitalOff != nil {
		return !*u.DigitalOff
	}
	return u.Agent.Capacity[acd.Email] > 0 || u.Agent.Capacity[acd.Chat] > 0
}

// Works reports whether the user has a desk: agents, and supervisors, who are offered
// nothing unless they are agents too, but may take part in what agents do.
func (u User) Works() bool { return Caller{Roles: u.Roles}.Has(Agent, Supervisor) }

// Routed is what routing reads of the user. A supervisor who is no agent has no capacity.
func (u User) Routed() plan.Agent {
	a := u.Agent
	if !(Caller{Roles: u.Roles}).Has(Agent) {
		return plan.Agent{Skills: []acd.SkillLevel{}}
	}
	if !u.Digital() {
		a.Capacity = maps.Clone(a.Capacity)
		delete(a.Capacity, acd.Email)
		delete(a.Capacity, acd.Chat)
	}
	return a
}

// References gives all objects of the unit that the user names.
func (u User) References() []plan.Reference {
	var all []plan.Reference
	if !u.Team.IsZero() {
		all = append(all, plan.Reference{Field: "team", Kind: KindTeam, ID: u.Team})
	}
	if !u.Desk.IsZero() {
		all = append(all, plan.Reference{Field: "desk_profile", Kind: plan.KindDeskProfile, ID: u.Desk})
	}
	for i, id := range u.CustomRoles {
		all = append(all, plan.Reference{Field: "custom_roles[" + strconv.Itoa(i) + "]", Kind: KindRole, ID: id})
	}
	for _, r := range u.Agent.References() {
		r.Field = "agent." + r.Field
		all = append(all, r)
	}
	return all
}

// References gives all objects of the unit that the team names.
func (t Team) References() []plan.Reference {
	var all []plan.Reference
	for i, id := range t.Supervisors {
		all = append(all, plan.Reference{Field: "supervisors[" + strconv.Itoa(i) + "]", Kind: KindUser, ID: id})
	}
	return all
}

// Unit is a business unit: a tenant. The object's name is its name; the row
// belongs to the unit Global.
type Unit struct {
	TimeZone string `json:"time_zone"` // IANA name
	Language string `json:"language"`
	Disabled bool   `json:"disabled"`
	// Country is where telephone numbers are dialled (ISO 3166-1); empty: that of the time zone.
	Country string `json:"country,omitempty"`
	// Congestion is how many new contacts of a medium the unit takes in a second; more are
	// refused with 1013. A medium that is not named has no bound of its own.
	Congestion map[string]int `json:"congestion,omitempty"`
	// PickByPermission lets only those agents pick waiting contacts who were given the
	// permission; otherwise every agent may, from the queues that allow it.
	PickByPermission bool `json:"pick_by_permission,omitempty"`
	// Quota is how much the unit may set up.
	Quota Quota `json:"quota,omitzero"`
	// MonitoringShown lets the agents of a contact see who listens in; otherwise supervisors
	// and administrators alone do.
	MonitoringShown bool `json:"monitoring_shown,omitempty"`
}

// Quota bounds what a business unit sets up; 0: no bound. What is there when a bound is
// set below it stays.
type Quota struct {
	Users  int `json:"users,omitempty" minimum:"0" maximum:"100000" doc:"people; 0: no bound"`
	Queues int `json:"queues,omitempty" minimum:"0" maximum:"100000" doc:"0: no bound"`
}

// QuotaMax is the highest bound of a Quota.
const QuotaMax = 100_000

// CongestionMax is the highest bound of Unit.Congestion.
const CongestionMax = 100_000

// Site is what is known of the installation since its first start.
type Site struct {
	Company  string `json:"company"`
	Language string `json:"language"`
	TimeZone string `json:"time_zone"`
}

// Caller is whoever asks, once that is proven: the only way to name a business
// unit to the rest of the program.
type Caller struct {
	Unit  acd.UnitID
	User  acd.AgentID // zero for an API token
	Token [16]byte    // zero for a person
	Name  string
	Roles []Role
	// Custom is a token's role if its business unit made it; a person's are looked up.
	Custom RoleID
	// Rights are what roles made of rights bring. They are looked up for each request: a
	// change of a role is in force at once.
	Rights  []Right
	Address string
}

// Has reports whether the caller holds one of the roles.
func (c Caller) Has(roles ...Role) bool {
	for _, have := range c.Roles {
		for _, want := range roles {
			if have == want {
				return true
			}
		}
	}
	return false
}

// Global is the built-in unit: it is no tenant, and holds the units themselves, the
// site and the system administrators. Its id is the same in every site.
var Global = acd.UnitID{6: 0x70, 8: 0x80, 15: 1}
