package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/mint"
	"portico/store"
)

// Records is what the gate needs of the store.
type Records interface {
	Object(ctx context.Context, unit acd.UnitID, kind store.ObjectKind, id [16]byte) (store.Object, error)
	ObjectByName(ctx context.Context, unit acd.UnitID, kind store.ObjectKind, name string) (store.Object, error)
	Credential(ctx context.Context, unit acd.UnitID, user acd.AgentID) (store.Credential, error)
	Session(ctx context.Context, key [32]byte) (store.Session, error)
	Sessions(ctx context.Context, unit acd.UnitID, user acd.AgentID) ([]store.Session, error)
	Token(ctx context.Context, key [32]byte) (store.Token, error)
	Save(ctx context.Context, u store.Unit) error
	Submit(class store.Class, u store.Unit, done func(store.Outcome)) error
}

// Options of a gate. Store, Mint and Key are needed.
type Options struct {
	Store Records
	Mint  *mint.Mint
	// Key is the site's secret; the hashes of API tokens are keyed with it.
	Key [32]byte
	Now func() time.Time
	Log *slog.Logger
	// Idle ends a session that nobody used, Life ends any. Zero: 12 and 24 hours.
	Idle, Life time.Duration
	// Cost of a password's hash. Zero: DefaultCost.
	Cost Cost
}

// Gate proves who somebody is, and keeps what proves it. It is safe for concurrent
// use. The process that holds it is the only one that writes to its store, so what
// it remembers is what is saved; whoever changes a user or a unit tells it by Forget.
type Gate struct {
	o      Options
	hashes queue
	// stranger is a hash that nobody's password has, so that an unknown name takes as
	// long as a wrong password.
	stranger string

	mu        sync.Mutex
	sessions  map[[32]byte]*session
	tokens    map[[32]byte]store.Token
	strangers map[string]trials // failures of names that nobody has
}

// What the gate remembers at most; beyond it anything is forgotten, and read again.
const (
	sessionsMax  = 20_000
	tokensMax    = 10_000
	strangersMax = 10_000
)

// The faults of the gate.
var (
	errSignedOut = fault.New(fault.SignedOut, "signed_out", "You are not signed in, or your session has ended. Sign in again.")
	errRefused   = fault.New(fault.SignedOut, "sign_in_refused", "The name or the password is wrong.")
	errToken     = fault.New(fault.SignedOut, "token_refused", "The API token is unknown, revoked or past its time.")
	errLocked    = fault.New(fault.TooMany, "locked_out", "Too many wrong passwords: wait a while before you try again.")
	errBusy      = fault.New(fault.TooMany, "busy", "Too many people are signing in at the moment. Try again shortly.")
)

// New makes a gate.
func New(o Options) *Gate {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Idle == 0 {
		o.Idle = 12 * time.Hour
	}
	if o.Life == 0 {
		o.Life = 24 * time.Hour
	}
	if o.Cost == (Cost{}) {
		o.Cost = DefaultCost
	}
	return &Gate{o: o, hashes: newQueue(), stranger: newHash(MakePassword(), o.Cost),
		sessions: make(map[[32]byte]*session), tokens: make(map[[32]byte]store.Token), strangers: make(map[string]trials)}
}

func (g *Gate) now() acd.Time { return acd.At(g.o.Now()) }

// user reads a user with the name and the home unit. A disabled user or unit is
// none, with store.ErrNone.
func (g *Gate) user(ctx context.Context, unit acd.UnitID, o store.Object) (User, error) {
	var u User
	if err := json.Unmarshal(o.Body, &u); err != nil {
		return u, fmt.Errorf("reading the user %s: %w", acd.AgentID(o.ID), err)
	}
	home, err := g.o.Store.Object(ctx, Global, KindUnit, unit)
	if err != nil {
		return u, err
	}
	var body Unit
	if err := json.Unmarshal(home.Body, &body); err != nil {
		return u, fmt.Errorf("reading the unit %s: %w", unit, err)
	}
	if u.Disabled || u.SignInOff || body.Disabled || o.Deleted || home.Deleted {
		return u, store.ErrNone
	}
	return u, nil
}

// Forget makes the gate read a user anew: it was changed, disabled or removed, or
// its sessions were ended.
func (g *Gate) Forget(user acd.AgentID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for key, s := range g.sessions {
		if s.caller.User == user {
			delete(g.sessions, key)
		}
	}
}

// ForgetUnit makes the gate read everybody of a unit anew.
func (g *Gate) ForgetUnit(unit acd.UnitID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for key, s := range g.sessions {
		if s.caller.Unit == unit {
			delete(g.sessions, key)
		}
	}
	for key, t := range g.tokens {
		if t.Unit == unit {
			delete(g.tokens, key)
		}
	}
}

// room makes room for one more in a map that may hold so many.
func room[K comparable, V any](m map[K]V, most int) {
	for key := range m {
		if len(m) < most {
			return
		}
		delete(m, key)
	}
}

func isNone(err error) bool { return errors.Is(err, store.ErrNone) }
