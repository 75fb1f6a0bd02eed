package identity

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"portico/acd"
	"portico/store"
)

// Credentials is what somebody shows to sign in.
type Credentials struct {
	Unit     string // name of the business unit; empty: DEFAULT, then Global
	Name     string
	Password string
	Address  string // network address, for the session's list
	Agent    string // User-Agent
}

// Lock-out: so many failures are free, then each locks for twice as long as the
// one before.
const (
	failuresFree = 5
	lockFirst    = 30 * time.Second
	lockMax      = time.Hour
)

// trials are the failures since the last success.
type trials struct {
	failures int
	lockedTo acd.Time
}

// failed gives the trials after one more failure.
func (t trials) failed(now acd.Time) trials {
	t.failures++
	if over := t.failures - failuresFree; over >= 0 {
		wait := lockMax
		if over < 8 {
			wait = min(lockFirst<<over, lockMax)
		}
		t.lockedTo = now.Add(wait)
	}
	return t
}

// locked gives the fault while nothing may be tried.
func (t trials) locked(now acd.Time) error {
	if now >= t.lockedTo {
		return nil
	}
	wait := int(t.lockedTo.Sub(now)/time.Second) + 1
	return errLocked.With("retry_after_s", strconv.Itoa(wait))
}

// SignIn proves who somebody is by name and password, and begins a session. The
// secret is for the browser alone; it is kept nowhere. Failures are counted
// durably before they are told. It never tells whether a name exists: not by the
// fault, the time it takes, or the lock-out.
func (g *Gate) SignIn(ctx context.Context, c Credentials) (secret string, caller Caller, expires acd.Time, err error) {
	user, home, err := g.find(ctx, c)
	if err != nil && !isNone(err) {
		return "", caller, 0, err
	}
	known := err == nil
	err = g.hashes.do(ctx, func() error {
		if !known {
			return g.tryStranger(c)
		}
		return g.try(ctx, home, user, c.Password, c.Address)
	})
	if err != nil {
		return "", caller, 0, err
	}
	return g.begin(ctx, user, home, c)
}

// find looks for the user; a disabled one is none.
func (g *Gate) find(ctx context.Context, c Credentials) (store.Object, acd.UnitID, error) {
	units := []string{c.Unit}
	if c.Unit == "" {
		units = []string{FirstUnit, GlobalName}
	}
	for _, name := range units {
		unit, err := g.o.Store.ObjectByName(ctx, Global, KindUnit, name)
		if isNone(err) {
			continue
		}
		if err != nil {
			return store.Object{}, acd.UnitID{}, err
		}
		o, err := g.o.Store.ObjectByName(ctx, unit.ID, KindUser, c.Name)
		if isNone(err) {
			continue
		}
		if err != nil {
			return store.Object{}, acd.UnitID{}, err
		}
		_, err = g.user(ctx, unit.ID, o)
		return o, unit.ID, err
	}
	return store.Object{}, acd.UnitID{}, store.ErrNone
}

// attempt is the audit entry of a try to sign in.
func (g *Gate) attempt(unit acd.UnitID, user store.Object, address, action string) store.Audit {
	return store.Audit{ID: g.o.Mint.ID(), Unit: unit, At: g.now(), By: user.ID, ByName: user.Name, From: address, Action: action, Object: user.ID}
}

// try compares the password, and counts. A wrong one is audited; those that the lock-out
// keeps from being tried are not, so that nobody can fill the log.
func (g *Gate) try(ctx context.Context, unit acd.UnitID, o store.Object, password, address string) error {
	user := acd.AgentID(o.ID)
	c, err := g.o.Store.Credential(ctx, unit, user)
	if isNone(err) {
		c = store.Credential{Unit: unit, User: user, Hash: g.stranger}
	} else if err != nil {
		return err
	}
	now, t := g.now(), trials{c.Failures, c.LockedTo}
	if err := t.locked(now); err != nil {
		return err
	}
	ok, err := matches(c.Hash, password)
	if err != nil {
		return err
	}
	if ok && c.Failures == 0 {
		return nil
	}
	if ok {
		t = trials{}
	} else {
		t = t.failed(now)
	}
	c.Failures, c.LockedTo = t.failures, t.lockedTo
	rows := []store.Row{c}
	if !ok {
		rows = append(rows, g.attempt(unit, o, address, "session.refuse"))
	}
	if err := g.o.Store.Save(ctx, store.Unit{Rows: rows}); err != nil {
		return err
	}
	if !ok {
		return errRefused
	}
	return nil
}

// tryStranger behaves for a name that nobody has as try does for one that exists.
func (g *Gate) tryStranger(c Credentials) error {
	name := strings.ToLower(c.Unit) + "/" + strings.ToLower(c.Name)
	now := g.now()
	g.mu.Lock()
	t := g.strangers[name]
	g.mu.Unlock()
	if err := t.locked(now); err != nil {
		return err
	}
	if _, err := matches(g.stranger, c.Password); err != nil {
		return err
	}
	g.mu.Lock()
	room(g.strangers, strangersMax)
	g.strangers[name] = t.failed(now)
	g.mu.Unlock()
	return errRefused
}

// SetPassword gives a user a new password and ends all sessions but keep, in one
// unit with the rows of more, which say who did it. The user may try again at once.
func (g *Gate) SetPassword(ctx context.Context, unit acd.UnitID, user acd.AgentID, password string, keep string, more ...store.Row) error {
	o, err := g.o.Store.Object(ctx, unit, KindUser, user)
	if err != nil {
		return err
	}
	if err := CheckPassword(o.Name, password); err != nil {
		return err
	}
	err = g.hashes.do(ctx, func() error {
		rows := []store.Row{store.Credential{Unit: unit, User: user, Hash: newHash(password, g.o.Cost), At: g.now()}}
		ends, err := g.EndSessions(ctx, unit, user, keep)
		if err != nil {
			return err
		}
		return g.o.Store.Save(ctx, store.Unit{Rows: append(append(rows, ends...), more...)})
	})
	g.Forget(user)
	return err
}

// ChangePassword is a user's own change: it asks for the old password, and a wrong
// one counts as a failed sign-in.
func (g *Gate) ChangePassword(ctx context.Context, c Caller, old, password, keep string, more ...store.Row) error {
	err := g.hashes.do(ctx, func() error { return g.try(ctx, c.Unit, store.Object{ID: c.User, Name: c.Name}, old, c.Address) })
	if errors.Is(err, errRefused) {
		return errOldPassword
	}
	if err != nil {
		return err
	}
	return g.SetPassword(ctx, c.Unit, c.User, password, keep, more...)
}
