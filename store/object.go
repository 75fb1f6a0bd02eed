package store

import (
	"encoding/json"

	"portico/acd"
)

// ObjectKind names a kind of configured object: unit, user, skill, queue, reason …
type ObjectKind string

// Object is anything that an administrator configures. All kinds share one table,
// one history and one way to be listed, changed and audited; their Go types are
// in the packages that give them meaning (plan, identity).
type Object struct {
	Unit acd.UnitID
	Kind ObjectKind
	ID   [16]byte
	// Name is unique within (unit, kind), compared without case. At most 200 bytes.
	Name string
	// Version counts the changes from 1. Facts name objects by id; the name at any
	// time is found in the history.
	Version   uint32
	ChangedAt acd.Time
	ChangedBy acd.AgentID
	Deleted   bool // kept, so that history keeps its names
	// Owner is the person whom it belongs to; zero: the whole unit. Names are unique
	// among an owner's objects of a kind. The history does not keep it.
	Owner acd.AgentID
	Body  json.RawMessage
}

type (
	// PutObject creates an object (Expect 0) or replaces version Expect. It is a
	// guard: ErrExists for a name that is taken, ErrChanged for another version.
	// The old version is kept in the history. Revive takes one that was removed, too.
	PutObject struct {
		Object Object
		Expect uint32
		Revive bool
	}

	// Audit says who changed what. Append-only, and part of the unit's chain: see CheckAudit.
	Audit struct {
		ID     [16]byte
		Unit   acd.UnitID
		At     acd.Time
		By     acd.AgentID
		ByName string
		From   string // network address
		Action string // such as queue.update
		Object [16]byte
		Before json.RawMessage
		After  json.RawMessage
	}

	// Credential replaces what a person proves to sign in.
	Credential struct {
		Unit     acd.UnitID
		User     acd.AgentID
		Hash     string // PHC string of argon2id
		Failures int
		LockedTo acd.Time
		At       acd.Time
	}

	// Session replaces a signed-in session. Key is the SHA-256 of what the browser
	// holds; the secret itself is nowhere.
	Session struct {
		Key     [32]byte
		Unit    acd.UnitID
		User    acd.AgentID
		Created acd.Time
		Seen    acd.Time
		Expires acd.Time // absolute
		Address string
		Agent   string // User-Agent, at most 200 bytes
	}

	// SessionEnd takes a session away.
	SessionEnd struct{ Key [32]byte }

	// Token replaces an API token. Key is its keyed hash. Role is what it may do: the name
	// of a built-in role, or the id of one that the unit made.
	Token struct {
		ID      [16]byte
		Key     [32]byte
		Unit    acd.UnitID
		Name    string
		Role    string
		By      acd.AgentID
		Created acd.Time
		Expires acd.Time
		Revoked bool
	}
)

func (PutObject) row()  {}
func (Audit) row()      {}
func (Credential) row() {}
func (Session) row()    {}
func (SessionEnd) row() {}
func (Token) row()      {}
