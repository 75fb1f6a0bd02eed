package identity

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the zones, wherever the program runs
	"unicode"
	"unicode/utf8"

	"portico/acd"
	"portico/fault"
	"portico/plan"
)

// The kinds of object that this package gives meaning to.
const (
	KindUnit     = "unit"
	KindUser     = "user"
	KindTeam     = "team"
	KindSite     = "site"     // one, in Global
	KindSettings = "settings" // one, in Global: plan.Settings
)

// The names of the units that every site has.
const (
	GlobalName = "Global"
	FirstUnit  = "DEFAULT"
)

// Limits of people and teams.
const (
	SupervisorsMax = 100
	agentIDMax     = 40 // bytes
)

// nameMax bounds every object's name, in bytes.
const nameMax = 200

// reserved are the names that no unit may have: the built-in ones, and the first
// path segments of the server, since a unit is reached at /name.
var reserved = []string{"global", "service", "api", "assets", "app", "components", "demo", "desk", "docs", "favicon.ico", "healthz", "hppcwebchat", "hppcwis.dll",
	"live", "manager", "metrics", "monitor", "readyz", "robots.txt", "setup", "sign-in", "static", "supervisor", "system", "wallboard", "web", ".well-known"}

var (
	errName            = fault.New(fault.Invalid, "name_invalid", "A name needs 1 to 200 bytes, without control characters and without blanks at its ends.").On("name")
	errUnitName        = fault.New(fault.Invalid, "unit_name", "This name cannot be used for a business unit: it is reserved, or holds a character that an address gives a meaning.").On("name")
	errZone            = fault.New(fault.Invalid, "time_zone", "There is no such time zone. Use a name such as Europe/Berlin.").On("time_zone")
	errRole            = fault.New(fault.Invalid, "role_unknown", "There is no such role.").On("roles")
	errDescription     = fault.New(fault.Invalid, "too_long", "A description may have at most 1000 bytes.").On("description")
	errAgentID         = fault.New(fault.Invalid, "agent_id_invalid", "An agent id has at most 40 bytes, without control characters and without blanks at its ends.").On("agent_id")
	errPermission      = fault.New(fault.Invalid, "permission_unknown", "There is no such permission.").On("permissions")
	errSupervisors     = fault.New(fault.Invalid, "too_many", "A team may have at most 100 supervisors.").On("supervisors")
	errSupervisorTwice = fault.New(fault.Invalid, "invalid", "A person supervises a team only once.")
	errRoleUnit        = fault.New(fault.Forbidden, "role_unit", "System administrators belong to Global and nobody else does.").On("roles")
)

// CheckName refuses a text that cannot name an object.
func CheckName(name string) error {
	if name == "" || len(name) > nameMax || !utf8.ValidString(name) || strings.TrimSpace(name) != name ||
		strings.ContainsFunc(name, unicode.IsControl) {
		return errName
	}
	return nil
}

// CheckUnit refuses a unit that cannot be.
func CheckUnit(name string, u Unit) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if strings.ContainsAny(name, `/\?#%&+;:@"<>`) || strings.HasPrefix(name, ".") || slices.Contains(reserved, strings.ToLower(name)) {
		return errUnitName
	}
	for medium, rate := range u.Congestion {
		if !slices.Contains(media, medium) || rate < 1 || rate > CongestionMax {
			return errCongestion
		}
	}
	if min(u.Quota.Users, u.Quota.Queues) < 0 || max(u.Quota.Users, u.Quota.Queues) > QuotaMax {
		return errQuota
	}
	return CheckZone(u.TimeZone)
}

var errQuota = fault.New(fault.Invalid, "invalid", fmt.Sprintf("A quota is from 0, which is no bound, to %d.", QuotaMax)).On("quota")

// media are the names of the media, as contacts have them.
var media = []string{"voice", "callback", "email", "webchat", "task"}

var errCongestion = fault.New(fault.Invalid, "invalid",
	fmt.Sprintf("A bound of new contacts is for voice, callback, email, webchat or task, from 1 to %d a second.", CongestionMax)).On("congestion")

// CheckZone refuses what is no IANA time zone.
func CheckZone(name string) error {
	if name == "" || name == "Local" {
		return errZone
	}
	if _, err := time.LoadLocation(name); err != nil {
		return errZone
	}
	return nil
}

// CheckUser refuses a user that cannot be in the unit.
func CheckUser(unit acd.UnitID, name string, u User) error {
	if err := CheckName(name); err != nil {
		return err
	}
	for _, r := range u.Roles {
		if !slices.Contains(Roles(), r) {
			return errRole
		}
		if (r == SystemAdministrator) != (unit == Global) {
			return errRoleUnit
		}
	}
	if unit == Global && len(u.CustomRoles) > 0 {
		return errRoleUnit
	}
	for i, id := range u.CustomRoles {
		if slices.Contains(u.CustomRoles[:i], id) {
			return errTwice.On("custom_roles")
		}
	}
	for _, p := range u.Permissions {
		if !slices.Contains(Permissions(), p) {
			return errPermission
		}
	}
	if len(u.Description) > plan.DescriptionMax {
		return errDescription
	}
	if len(u.AgentID) > agentIDMax || strings.TrimSpace(u.AgentID) != u.AgentID || strings.ContainsFunc(u.AgentID, unicode.IsControl) {
		return errAgentID
	}
	if err := u.Agent.Check(); err != nil {
		f := fault.Of(err)
		return f.On("agent." + f.Field)
	}
	return nil
}

// Check gives the fault invalid, with the field. Who is named is checked by whoever
// knows who exists.
func (t Team) Check() error {
	if len(t.Description) > plan.DescriptionMax {
		return errDescription
	}
	if len(t.Supervisors) > SupervisorsMax {
		return errSupervisors
	}
	for i, id := range t.Supervisors {
		if slices.Contains(t.Supervisors[:i], id) {
			return errSupervisorTwice.On("supervisors[" + strconv.Itoa(i) + "]")
		}
	}
	return nil
}
