package plan

import (
	"portico/acd"
	"portico/fault"
)

// Kinds of object, as the store names them.
const (
	KindUnit   = "unit"
	KindSkill  = "skill"
	KindQueue  = "queue"
	KindUser   = "user"
	KindReason = "reason"
)

// Head is what all configured objects have in common.
type Head struct {
	ID   [16]byte
	Unit acd.UnitID
	Name string
}

// The configured objects that routing reads.
type (
	QueueObject struct {
		Head
		Queue
	}
	SkillObject  struct{ Head }
	ReasonObject struct {
		Head
		Reason
	}
	// AgentObject is the routing part of a user who is an agent and not disabled.
	AgentObject struct {
		Head
		Agent
	}
)

// Input is everything that routing reads, of all business units.
type Input struct {
	Version  uint64 // ascends with each change
	Settings Settings
	Queues   []QueueObject
	Skills   []SkillObject
	Reasons  []ReasonObject
	Agents   []AgentObject
}

// Plan is a compiled Input. It never changes.
type Plan struct{}

// Compile makes the plan. It always makes one: an object whose own fields are out
// of range is left out, and a reference to nothing, or to another unit's object,
// admits nobody. The faults say so; each carries the values kind, id, name and unit
// of its object, and Field.
func Compile(in Input) (*Plan, []*fault.Fault) { return &Plan{}, nil }

// WithAgent gives the plan with one agent added or replaced, without compiling the
// rest anew. Version is the new plan's.
func (p *Plan) WithAgent(version uint64, a AgentObject) (*Plan, []*fault.Fault) { return p, nil }

// WithoutAgent gives the plan without an agent.
func (p *Plan) WithoutAgent(version uint64, id acd.AgentID) *Plan { return p }

// Diff gives the difference that turns old into new. A nil old is the empty plan.
func Diff(old, new *Plan) acd.PlanChange { return acd.PlanChange{} }

// Use is an object that depends on another, and the field that says so.
type Use struct {
	Kind  string
	ID    [16]byte
	Name  string
	Field string
}

// Uses gives what depends on an object of a unit: it cannot be removed while any does.
func (p *Plan) Uses(unit acd.UnitID, kind string, id [16]byte) []Use { return nil }

// Check gives a fault that names the field when a value is out of range.
func (q Queue) Check() error    { return nil }
func (a Agent) Check() error    { return nil }
func (r Reason) Check() error   { return nil }
func (s Skill) Check() error    { return nil }
func (s Settings) Check() error { return nil }

// Defaults gives the settings of a new site.
func Defaults() Settings { return Settings{} }

// DomainNamed finds a domain by its name or an accepted alias, without case.
func DomainNamed(name string) (acd.Domain, bool) { return 0, false }

// DomainName gives the name of a built-in domain, or "".
func DomainName(d acd.Domain) string { return "" }

// BuiltIns are the reasons that every unit has from its beginning. Their ids are
// the same in all units.
func BuiltIns() []ReasonObject { return nil }
