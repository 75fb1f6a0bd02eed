package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"

	"portico/acd"
	"portico/store"
)

// session is a signed-in session that the gate remembers.
type session struct {
	row    store.Session
	caller Caller
	// saved is the Seen that the store has, or is about to have.
	saved acd.Time
}

const (
	secretSize = 32 // bytes of chance in a secret
	// seenEvery is how old the saved Seen of a used session may become.
	seenEvery = time.Minute
	// sessionsEach is how many sessions one person may have; the oldest is ended.
	sessionsEach = 50
	agentMax     = 200 // bytes of a User-Agent that are kept
)

// newSecret gives 256 random bits as text, and as bytes.
func newSecret() (string, []byte) {
	b := make([]byte, secretSize)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b), b
}

// parseSecret reads what newSecret writes.
func parseSecret(text string) ([]byte, bool) {
	if len(text) != base64.RawURLEncoding.EncodedLen(secretSize) {
		return nil, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	// The decoder skips line breaks, so the length tells whether there were any.
	return b, err == nil && len(b) == secretSize
}

// begin saves a new session.
func (g *Gate) begin(ctx context.Context, o store.Object, unit acd.UnitID, c Credentials) (string, Caller, acd.Time, error) {
	u, err := g.user(ctx, unit, o)
	if err != nil {
		return "", Caller{}, 0, err
	}
	secret, raw := newSecret()
	now := g.now()
	row := store.Session{Key: sha256.Sum256(raw), Unit: unit, User: o.ID, Created: now, Seen: now,
		Expires: now.Add(g.o.Life), Address: c.Address, Agent: c.Agent[:min(len(c.Agent), agentMax)]}
	ends, err := g.stale(ctx, unit, o.ID)
	if err != nil {
		return "", Caller{}, 0, err
	}
	if err := g.o.Store.Save(ctx, store.Unit{Rows: append([]store.Row{row, g.attempt(unit, o, c.Address, "session.begin")}, ends...)}); err != nil {
		return "", Caller{}, 0, err
	}
	caller := Caller{Unit: unit, User: o.ID, Name: o.Name, Roles: u.Roles, Address: c.Address}
	g.mu.Lock()
	room(g.sessions, sessionsMax)
	g.sessions[row.Key] = &session{row: row, caller: caller, saved: now}
	g.mu.Unlock()
	return secret, caller, row.Expires, nil
}

// stale ends a person's sessions that are past their time, and the oldest beyond
// sessionsEach, so that they do not gather.
func (g *Gate) stale(ctx context.Context, unit acd.UnitID, user acd.AgentID) ([]store.Row, error) {
	all, err := g.o.Store.Sessions(ctx, unit, user)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b store.Session) int { return int(b.Created - a.Created) })
	var ends []store.Row
	now := g.now()
	for i, s := range all {
		if i >= sessionsEach-1 || g.over(s, now) {
			ends = append(ends, store.SessionEnd{Key: s.Key})
			g.mu.Lock()
			delete(g.sessions, s.Key)
			g.mu.Unlock()
		}
	}
	return ends, nil
}

func (g *Gate) over(s store.Session, now acd.Time) bool {
	return now >= s.Expires || now.Sub(s.Seen) >= g.o.Idle
}

// Session gives the caller whom a session's secret proves, and notes that the
// session is in use.
func (g *Gate) Session(ctx context.Context, secret string) (Caller, error) {
	raw, ok := parseSecret(secret)
	if !ok {
		return Caller{}, errSignedOut
	}
	key := sha256.Sum256(raw)
	g.mu.Lock()
	s := g.sessions[key]
	g.mu.Unlock()
	if s == nil {
		var err error
		if s, err = g.load(ctx, key); err != nil {
			return Caller{}, err
		}
	}
	now := g.now()
	g.mu.Lock()
	over := g.over(s.row, now)
	var touch *store.Session
	if over {
		delete(g.sessions, key)
	} else {
		s.row.Seen = max(s.row.Seen, now)
		if now.Sub(s.saved) >= seenEvery {
			row := s.row
			s.saved, touch = now, &row
		}
	}
	caller := s.caller
	g.mu.Unlock()
	if over {
		g.submit(store.SessionEnd{Key: key})
		return Caller{}, errSignedOut
	}
	if touch != nil {
		g.submit(*touch)
	}
	return caller, nil
}

// submit saves what may be lost: a session is then seen a little earlier, or ends
// when it is next used.
func (g *Gate) submit(row store.Row) {
	if err := g.o.Store.Submit(store.Channel, store.Unit{Rows: []store.Row{row}}, func(store.Outcome) {}); err != nil {
		g.o.Log.Debug("session not noted", "err", err)
	}
}

// load reads a session that the gate does not remember.
func (g *Gate) load(ctx context.Context, key [32]byte) (*session, error) {
	row, err := g.o.Store.Session(ctx, key)
	if isNone(err) {
		return nil, errSignedOut
	}
	if err != nil {
		return nil, err
	}
	o, err := g.o.Store.Object(ctx, row.Unit, KindUser, row.User)
	if err == nil {
		var u User
		if u, err = g.user(ctx, row.Unit, o); err == nil {
			s := &session{row: row, saved: row.Seen,
				caller: Caller{Unit: row.Unit, User: row.User, Name: o.Name, Roles: u.Roles, Address: row.Address}}
			g.mu.Lock()
			defer g.mu.Unlock()
			if have := g.sessions[key]; have != nil {
				return have, nil
			}
			room(g.sessions, sessionsMax)
			g.sessions[key] = s
			return s, nil
		}
	}
	if isNone(err) {
		return nil, errSignedOut
	}
	return nil, err
}

// Expires is when a session ends at the latest; zero for one that the gate does not
// remember.
func (g *Gate) Expires(secret string) acd.Time {
	raw, ok := parseSecret(secret)
	if !ok {
		return 0
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if s := g.sessions[sha256.Sum256(raw)]; s != nil {
		return s.row.Expires
	}
	return 0
}

// SignOut ends a session, durably. One that does not exist is ended already.
func (g *Gate) SignOut(ctx context.Context, secret string) error {
	raw, ok := parseSecret(secret)
	if !ok {
		return nil
	}
	key := sha256.Sum256(raw)
	if err := g.o.Store.Save(ctx, store.Unit{Rows: []store.Row{store.SessionEnd{Key: key}}}); err != nil {
		return err
	}
	g.mu.Lock()
	delete(g.sessions, key)
	g.mu.Unlock()
	return nil
}

// EndSessions gives the rows that end a user's sessions, but the one with the secret
// keep. Whoever saves them calls Forget afterwards.
func (g *Gate) EndSessions(ctx context.Context, unit acd.UnitID, user acd.AgentID, keep string) ([]store.Row, error) {
	var kept [32]byte
	if raw, ok := parseSecret(keep); ok {
		kept = sha256.Sum256(raw)
	}
	all, err := g.o.Store.Sessions(ctx, unit, user)
	if err != nil {
		return nil, err
	}
	var ends []store.Row
	for _, s := range all {
		if s.Key != kept {
			ends = append(ends, store.SessionEnd{Key: s.Key})
		}
	}
	return ends, nil
}

// Enter makes a session without a password, for the made-up people of a load test: there
// are too many of them for a password hash each. The row is to be saved by the caller.
func (g *Gate) Enter(unit acd.UnitID, user acd.AgentID, life time.Duration) (store.Session, string) {
	secret, raw := newSecret()
	now := g.now()
	return store.Session{Key: sha256.Sum256(raw), Unit: unit, User: user, Created: now, Seen: now,
		Expires: now.Add(life), Agent: "portico bench"}, secret
}
