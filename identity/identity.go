// Package identity knows people: who they are, how they prove it, what they may
// do. It holds no SQL; what it needs of the store it declares as interfaces.
package identity

import (
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
)

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
}

// Unit is a business unit: a tenant. The object's name is its name; the row
// belongs to the unit Global.
type Unit struct {
	TimeZone string `json:"time_zone"` // IANA name
	Language string `json:"language"`
	Disabled bool   `json:"disabled"`
}

// Site is what is known of the installation since its first start.
type Site struct {
	Company  string `json:"company"`
	Language string `json:"language"`
	TimeZone string `json:"time_zone"`
}

// Caller is whoever asks, once that is proven: the only way to name a business
// unit to the rest of the program.
type Caller struct {
	Unit    acd.UnitID
	User    acd.AgentID // zero for an API token
	Token   [16]byte    // zero for a person
	Name    string
	Roles   []Role
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
