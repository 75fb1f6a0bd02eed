package identity

import (
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the zones, wherever the program runs
	"unicode"
	"unicode/utf8"

	"portico/acd"
	"portico/fault"
)

// The kinds of object that this package gives meaning to.
const (
	KindUnit     = "unit"
	KindUser     = "user"
	KindSite     = "site"     // one, in Global
	KindSettings = "settings" // one, in Global: plan.Settings
)

// The names of the units that every site has.
const (
	GlobalName = "Global"
	FirstUnit  = "DEFAULT"
)

// nameMax bounds every object's name, in bytes.
const nameMax = 200

// reserved are the names that no unit may have: the built-in ones, and the first
// path segments of the server, since a unit is reached at /name.
var reserved = []string{"global", "service", "api", "assets", "favicon.ico", "healthz", "hppcwebchat", "hppcwis.dll",
	"live", "metrics", "monitor", "readyz", "robots.txt", "setup", "sign-in", "static", "system", "wallboard", "web", ".well-known"}

var (
	errName     = fault.New(fault.Invalid, "name_invalid", "A name needs 1 to 200 bytes, without control characters and without blanks at its ends.").On("name")
	errUnitName = fault.New(fault.Invalid, "unit_name", "This name cannot be used for a business unit: it is reserved, or holds a character that an address gives a meaning.").On("name")
	errZone     = fault.New(fault.Invalid, "time_zone", "There is no such time zone. Use a name such as Europe/Berlin.").On("time_zone")
	errRole     = fault.New(fault.Invalid, "role_unknown", "There is no such role.").On("roles")
	errRoleUnit = fault.New(fault.Forbidden, "role_unit", "System administrators belong to Global and nobody else does.").On("roles")
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
	return CheckZone(u.TimeZone)
}

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
		if !slices.Contains([]Role{SystemAdministrator, BusinessAdministrator, Supervisor, Agent}, r) {
			return errRole
		}
		if (r == SystemAdministrator) != (unit == Global) {
			return errRoleUnit
		}
	}
	return u.Agent.Check()
}
