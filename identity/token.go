package identity

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/store"
)

// tokenPrefix makes a secret recognisable, to people and to scanners of leaks.
const tokenPrefix = "ptk_"

// TokenLifeMax is how long an API token may be good for.
const TokenLifeMax = 366 * 24 * time.Hour

var (
	errOldPassword = fault.New(fault.Invalid, "old_password_wrong", "The old password is wrong.").On("old")
	errTokenRole   = fault.New(fault.Forbidden, "token_role", "A token may not do more than you, and cannot stand for an agent.").On("role")
	errTokenGrant  = fault.New(fault.Invalid, "token_grant", "A token has one role: a built-in one, or one that the business unit made.").On("role")
	errTokenLife   = fault.New(fault.Invalid, "token_life", "A token is good for a minute at least and 366 days at most.").On("expires_in_s")
)

// tokenKey is the keyed hash under which a token is kept. The secret holds 256 bits
// of chance, so a fast hash is enough; the key keeps a copy of the database from
// telling whether a guessed secret is one.
func (g *Gate) tokenKey(raw []byte) [32]byte {
	h := hmac.New(sha256.New, g.o.Key[:])
	h.Write([]byte("token"))
	h.Write(raw)
	return [32]byte(h.Sum(nil))
}

func parseToken(text string) ([]byte, bool) {
	rest, ok := strings.CutPrefix(text, tokenPrefix)
	if !ok {
		return nil, false
	}
	return parseSecret(rest)
}

// TokenGrant is what a token may do: one of a built-in role and a role that its business
// unit made. Whether the unit has such a role is the caller's to know.
type TokenGrant struct {
	Role   Role
	Custom RoleID
}

// GrantOf gives what a kept token may do.
func GrantOf(t store.Token) TokenGrant {
	if id, err := acd.ParseID[roleKind](t.Role); err == nil {
		return TokenGrant{Custom: id}
	}
	return TokenGrant{Role: Role(t.Role)}
}

// kept is a grant as it stands in the row of a token.
func (t TokenGrant) kept() string {
	if t.Custom.IsZero() {
		return string(t.Role)
	}
	return t.Custom.String()
}

// mayGrant judges whether a caller may make a token of a unit.
func mayGrant(by Caller, unit acd.UnitID, t TokenGrant) error {
	if (t.Role == "") == t.Custom.IsZero() {
		return errTokenGrant
	}
	administers := by.Has(SystemAdministrator) || (by.Has(BusinessAdministrator) && by.Unit == unit && t.Role != SystemAdministrator)
	stands := !t.Custom.IsZero() || slices.Contains([]Role{SystemAdministrator, BusinessAdministrator, Supervisor, Auditor, Integrator}, t.Role)
	if !administers || !stands || (t.Role == SystemAdministrator) != (unit == Global) {
		return errTokenRole
	}
	return nil
}

// NewToken makes an API token of a unit. The row is to be saved by the caller; the
// secret is shown once. By is who makes it.
func (g *Gate) NewToken(by Caller, unit acd.UnitID, name string, may TokenGrant, life time.Duration) (store.Token, string, error) {
	if err := mayGrant(by, unit, may); err != nil {
		return store.Token{}, "", err
	}
	if err := CheckName(name); err != nil {
		return store.Token{}, "", err
	}
	if life < time.Minute || life > TokenLifeMax {
		return store.Token{}, "", errTokenLife
	}
	secret, raw := newSecret()
	now := g.now()
	return store.Token{ID: g.o.Mint.ID(), Key: g.tokenKey(raw), Unit: unit, Name: name, Role: may.kept(), By: by.User,
		Created: now, Expires: now.Add(life)}, tokenPrefix + secret, nil
}

// Token gives the caller whom an API token's secret proves.
func (g *Gate) Token(ctx context.Context, secret string) (Caller, error) {
	raw, ok := parseToken(secret)
	if !ok {
		return Caller{}, errToken
	}
	key := g.tokenKey(raw)
	g.mu.Lock()
	t, known := g.tokens[key]
	g.mu.Unlock()
	if !known {
		var err error
		if t, err = g.o.Store.Token(ctx, key); isNone(err) {
			return Caller{}, errToken
		} else if err != nil {
			return Caller{}, err
		}
		g.mu.Lock()
		room(g.tokens, tokensMax)
		g.tokens[key] = t
		g.mu.Unlock()
	}
	if t.Revoked || g.now() >= t.Expires {
		return Caller{}, errToken
	}
	c := Caller{Unit: t.Unit, Token: t.ID, Name: t.Name}
	if may := GrantOf(t); may.Custom.IsZero() {
		c.Roles = []Role{may.Role}
	} else {
		c.Custom = may.Custom
	}
	return c, nil
}

// ForgetToken makes the gate read a token anew: it was revoked.
func (g *Gate) ForgetToken(key [32]byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.tokens, key)
}
