package identity

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/mint"
	"portico/plan"
	"portico/store"
)

// house is a gate on a real store, with a clock that the test turns.
type house struct {
	*Gate
	t     *testing.T
	dir   string
	store *store.Store
	milli atomic.Int64
	made  Made
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir()}
	h.milli.Store(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC).UnixMilli())
	h.open()
	t.Cleanup(func() { h.store.Close() })
	return h
}

func (h *house) now() time.Time { return time.UnixMilli(h.milli.Load()) }

func (h *house) pass(d time.Duration) { h.milli.Add(d.Milliseconds()) }

func (h *house) open() {
	h.t.Helper()
	var err error
	if h.store, err = store.Open(context.Background(), store.Options{Dir: h.dir, Now: h.now}); err != nil {
		h.t.Fatal(err)
	}
	h.Gate = New(Options{Store: h.store, Mint: mint.New(1, h.now), Key: [32]byte{1}, Now: h.now, Cost: Cost{64, 1, 1}})
}

func (h *house) restart() {
	h.t.Helper()
	if err := h.store.Close(); err != nil {
		h.t.Fatal(err)
	}
	h.open()
}

func (h *house) begin(sample bool) {
	h.t.Helper()
	made, err := h.Begin(h.t.Context(), FirstStart{Company: "Acme", Language: "english", TimeZone: "Europe/Berlin",
		SAPassword: "secret of sa", PAPassword: "secret of pa", Sample: sample})
	if err != nil {
		h.t.Fatal(err)
	}
	h.made = made
}

func (h *house) signIn(unit, name, password string) (string, error) {
	secret, _, _, err := h.SignIn(h.t.Context(), Credentials{Unit: unit, Name: name, Password: password, Address: "127.0.0.1"})
	return secret, err
}

func (h *house) mustSignIn(name, password string) string {
	h.t.Helper()
	secret, err := h.signIn("", name, password)
	if err != nil {
		h.t.Fatalf("signing in as %s: %v", name, err)
	}
	return secret
}

func wantFault(t *testing.T, err error, code string) *fault.Fault {
	t.Helper()
	f := fault.Of(err)
	if f == nil || f.Code != code {
		t.Fatalf("got %v, want the fault %s", err, code)
	}
	return f
}

// A first start makes everything at once and can be done once; who comes second is
// told so and changes nothing.
func TestFirstStartHappensOnce(t *testing.T) {
	h := newHouse(t)
	if started, err := h.Started(t.Context()); err != nil || started {
		t.Fatalf("a new store: started %v, %v", started, err)
	}
	h.begin(true)
	if started, err := h.Started(t.Context()); err != nil || !started {
		t.Fatalf("after the first start: started %v, %v", started, err)
	}
	batch := h.lastBatch()
	_, err := h.Begin(t.Context(), FirstStart{Company: "Other", Language: "english", TimeZone: "UTC",
		SAPassword: "another secret", PAPassword: "another secret"})
	wantFault(t, err, "started_already")
	users, err := h.store.AllObjects(t.Context(), KindUser)
	if err != nil || len(users) != 6 {
		t.Fatalf("%d users, %v; want sa, pa and four agents", len(users), err)
	}
	if h.lastBatch() < batch {
		t.Fatal("the batch number went back")
	}
	for _, u := range h.made.Users {
		if (u.Password != "") != (u.Name != "sa" && u.Name != "pa") {
			t.Errorf("%s: a made password is shown for agents alone", u.Name)
		}
		if u.Password != "" {
			h.mustSignIn(u.Name, u.Password)
		}
	}
	h.mustSignIn("sa", "secret of sa")
	h.mustSignIn("pa", "secret of pa")
}

func (h *house) lastBatch() uint64 { return h.store.Core().Batch }

// The sample company's plan has no fault, and both queues admit somebody at once.
func TestSampleCompanyCompiles(t *testing.T) {
	h := newHouse(t)
	h.begin(true)
	in := plan.Input{Version: 1, Settings: plan.Defaults()}
	read(t, h, plan.KindQueue, func(head plan.Head, q plan.Queue) {
		in.Queues = append(in.Queues, plan.QueueObject{Head: head, Queue: q})
	})
	read(t, h, plan.KindSkill, func(head plan.Head, _ plan.Skill) {
		in.Skills = append(in.Skills, plan.SkillObject{Head: head})
	})
	read(t, h, plan.KindReason, func(head plan.Head, r plan.Reason) {
		in.Reasons = append(in.Reasons, plan.ReasonObject{Head: head, Reason: r})
	})
	read(t, h, KindUser, func(head plan.Head, u User) {
		if err := CheckUser(head.Unit, head.Name, u); err != nil {
			t.Errorf("%s: %v", head.Name, err)
		}
		in.Agents = append(in.Agents, plan.AgentObject{Head: head, Agent: u.Agent})
	})
	if len(in.Queues) != 2 || len(in.Skills) != 2 || len(in.Reasons) != 7+len(plan.BuiltIns()) {
		t.Fatalf("%d queues, %d skills, %d reasons", len(in.Queues), len(in.Skills), len(in.Reasons))
	}
	if _, faults := plan.Compile(in); len(faults) > 0 {
		t.Fatalf("faults: %v", faults)
	}
}

func read[T any](t *testing.T, h *house, kind store.ObjectKind, add func(plan.Head, T)) {
	t.Helper()
	all, err := h.store.AllObjects(t.Context(), kind)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		var body T
		if err := json.Unmarshal(o.Body, &body); err != nil {
			t.Fatal(err)
		}
		add(plan.Head{ID: o.ID, Unit: o.Unit, Name: o.Name}, body)
	}
}

// Wrong passwords lock a user out for longer and longer; the count survives a
// restart; the right password ends it, but not while locked.
func TestLockOut(t *testing.T) {
	h := newHouse(t)
	h.begin(false)
	for i := range failuresFree {
		_, err := h.signIn("", "pa", "wrong password")
		wantFault(t, err, "sign_in_refused")
		if i == 2 {
			h.restart()
		}
	}
	_, err := h.signIn("", "pa", "secret of pa")
	if f := wantFault(t, err, "locked_out"); f.Values["retry_after_s"] != "31" {
		t.Errorf("retry after %s s, want 31", f.Values["retry_after_s"])
	}
	h.restart()
	_, err = h.signIn("", "pa", "secret of pa")
	wantFault(t, err, "locked_out")
	h.mustSignIn("sa", "secret of sa") // nobody else is locked out
	h.pass(lockFirst)
	_, err = h.signIn("", "pa", "wrong password")
	wantFault(t, err, "sign_in_refused")
	h.pass(lockFirst)
	_, err = h.signIn("", "pa", "secret of pa")
	wantFault(t, err, "locked_out") // twice as long now
	h.pass(lockFirst)
	h.mustSignIn("pa", "secret of pa")
	_, err = h.signIn("", "pa", "wrong password")
	wantFault(t, err, "sign_in_refused")
	h.mustSignIn("pa", "secret of pa") // the count began anew
}

// A name that nobody has is answered, again and again, as one that exists.
func TestNamesAreNotTold(t *testing.T) {
	h := newHouse(t)
	h.begin(false)
	for range failuresFree + 3 {
		_, have := h.signIn("", "pa", "wrong password")
		_, none := h.signIn("", "nobody", "wrong password")
		_, noUnit := h.signIn("No such unit", "pa", "wrong password")
		if fault.Of(have).Code != fault.Of(none).Code || fault.Of(have).Code != fault.Of(noUnit).Code {
			t.Fatalf("%v, but %v and %v", have, none, noUnit)
		}
	}
}

// A session outlives the process, ends when nobody uses it, at its absolute end,
// and when it is ended.
func TestSessions(t *testing.T) {
	h := newHouse(t)
	h.begin(false)
	valid := func(secret string, want bool) {
		t.Helper()
		c, err := h.Session(t.Context(), secret)
		if (err == nil) != want {
			t.Fatalf("valid %v (%v), want %v", err == nil, err, want)
		}
		if want && (c.Name != "pa" || !c.Has(BusinessAdministrator) || c.Has(SystemAdministrator)) {
			t.Fatalf("caller %+v", c)
		}
	}
	secret := h.mustSignIn("pa", "secret of pa")
	valid(secret, true)
	h.restart()
	valid(secret, true)
	h.pass(11 * time.Hour)
	valid(secret, true)
	h.restart()
	h.pass(11 * time.Hour)
	valid(secret, true) // used in between: idle for 11 hours only
	h.pass(2 * time.Hour)
	valid(secret, false) // 24 hours are over
	idle := h.mustSignIn("pa", "secret of pa")
	h.pass(12 * time.Hour)
	valid(idle, false)
	out := h.mustSignIn("pa", "secret of pa")
	if err := h.SignOut(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	valid(out, false)
	h.restart()
	valid(out, false)
}

// A new password ends the sessions of the old one, but the one that changed it.
func TestPasswordEndsSessions(t *testing.T) {
	h := newHouse(t)
	h.begin(false)
	mine, other := h.mustSignIn("pa", "secret of pa"), h.mustSignIn("pa", "secret of pa")
	c, err := h.Session(t.Context(), mine)
	if err != nil {
		t.Fatal(err)
	}
	wantFault(t, h.ChangePassword(t.Context(), c, "wrong password", "a new secret", mine), "old_password_wrong")
	wantFault(t, h.ChangePassword(t.Context(), c, "secret of pa", "short", mine), "password_short")
	if err := h.ChangePassword(t.Context(), c, "secret of pa", "a new secret", mine); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Session(t.Context(), mine); err != nil {
		t.Errorf("my own session ended: %v", err)
	}
	_, err = h.Session(t.Context(), other)
	wantFault(t, err, "signed_out")
	_, err = h.signIn("", "pa", "secret of pa")
	wantFault(t, err, "sign_in_refused")
	h.mustSignIn("pa", "a new secret")
}

// A person has a bounded number of sessions: the oldest goes.
func TestSessionsAreBounded(t *testing.T) {
	h := newHouse(t)
	h.begin(false)
	first := h.mustSignIn("pa", "secret of pa")
	for range sessionsEach {
		h.pass(time.Second)
		h.mustSignIn("pa", "secret of pa")
	}
	_, err := h.Session(t.Context(), first)
	wantFault(t, err, "signed_out")
	all, err := h.store.Sessions(t.Context(), h.made.Unit, h.made.Users[1].ID)
	if err != nil || len(all) != sessionsEach {
		t.Fatalf("%d sessions, %v", len(all), err)
	}
}

// A user or unit that is disabled is signed out at once, and cannot sign in.
func TestDisabledIsOut(t *testing.T) {
	h := newHouse(t)
	h.begin(false)
	secret := h.mustSignIn("pa", "secret of pa")
	o, err := h.store.ObjectByName(t.Context(), h.made.Unit, KindUser, "pa")
	if err != nil {
		t.Fatal(err)
	}
	o.Version, o.Body = 2, json.RawMessage(`{"disabled":true,"roles":["business_administrator"]}`)
	if err := h.store.Save(t.Context(), store.Unit{Rows: []store.Row{store.PutObject{Object: o, Expect: 1}}}); err != nil {
		t.Fatal(err)
	}
	h.Forget(o.ID)
	_, err = h.Session(t.Context(), secret)
	wantFault(t, err, "signed_out")
	_, err = h.signIn("", "pa", "secret of pa")
	wantFault(t, err, "sign_in_refused")
}

// An API token is good for its role, unit and time, until it is revoked; the site's
// key is part of what is kept; nobody grants more than they have.
func TestTokens(t *testing.T) {
	h := newHouse(t)
	h.begin(false)
	sa := Caller{Unit: Global, Roles: []Role{SystemAdministrator}}
	pa := Caller{Unit: h.made.Unit, User: h.made.Users[1].ID, Roles: []Role{BusinessAdministrator}}
	row, secret, err := h.NewToken(pa, h.made.Unit, "reports", TokenGrant{Role: Supervisor}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.store.Save(t.Context(), store.Unit{Rows: []store.Row{row}}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		c, err := h.Token(t.Context(), secret)
		if err != nil || c.Unit != h.made.Unit || !c.Has(Supervisor) || c.Has(BusinessAdministrator) || !c.User.IsZero() {
			t.Fatalf("caller %+v, %v", c, err)
		}
		h.restart()
	}
	other := New(Options{Store: h.store, Mint: mint.New(1, h.now), Key: [32]byte{2}, Now: h.now, Cost: Cost{64, 1, 1}})
	_, err = other.Token(t.Context(), secret)
	wantFault(t, err, "token_refused")
	h.pass(time.Hour)
	_, err = h.Token(t.Context(), secret)
	wantFault(t, err, "token_refused")

	row, secret, err = h.NewToken(sa, Global, "backup", TokenGrant{Role: SystemAdministrator}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	row.Revoked = true
	if err := h.store.Save(t.Context(), store.Unit{Rows: []store.Row{row}}); err != nil {
		t.Fatal(err)
	}
	_, err = h.Token(t.Context(), secret)
	wantFault(t, err, "token_refused")

	for _, try := range []struct {
		by   Caller
		unit acd.UnitID
		role Role
	}{
		{pa, h.made.Unit, SystemAdministrator}, {pa, Global, SystemAdministrator}, {pa, Global, Supervisor},
		{pa, h.made.Unit, Agent}, {sa, h.made.Unit, SystemAdministrator}, {sa, Global, Supervisor},
		{Caller{Unit: h.made.Unit, Roles: []Role{Supervisor}}, h.made.Unit, Supervisor},
	} {
		_, _, err := h.NewToken(try.by, try.unit, "x", TokenGrant{Role: try.role}, time.Hour)
		wantFault(t, err, "token_role")
	}

	// A role that the unit made is kept by its id, and is never read as a built-in one.
	own := TokenGrant{Custom: RoleID{6: 0x70, 8: 0x80, 15: 9}}
	row, secret, err = h.NewToken(pa, h.made.Unit, "board", own, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.store.Save(t.Context(), store.Unit{Rows: []store.Row{row}}); err != nil {
		t.Fatal(err)
	}
	if c, err := h.Token(t.Context(), secret); err != nil || c.Custom != own.Custom || len(c.Roles) != 0 || GrantOf(row) != own {
		t.Errorf("caller %+v, %v", c, err)
	}
	_, _, err = h.NewToken(sa, Global, "x", own, time.Hour)
	wantFault(t, err, "token_role")
	_, _, err = h.NewToken(Caller{Unit: h.made.Unit, Roles: []Role{Supervisor}}, h.made.Unit, "x", own, time.Hour)
	wantFault(t, err, "token_role")
	for _, none := range []TokenGrant{{}, {Role: Auditor, Custom: own.Custom}} {
		_, _, err = h.NewToken(pa, h.made.Unit, "x", none, time.Hour)
		wantFault(t, err, "token_grant")
	}
}

// Passwords are hashed one at a time and few wait; a full queue and a wait that is
// too long are told as busy.
func TestHashesQueue(t *testing.T) {
	q := newQueue()
	ctx, cancel := context.WithCancel(t.Context())
	held, release := make(chan struct{}), make(chan struct{})
	first := make(chan error)
	go func() {
		first <- q.do(t.Context(), func() error { close(held); <-release; return nil })
	}()
	<-held
	answers := make(chan error)
	for range waitingMax {
		go func() { answers <- q.do(ctx, func() error { return errors.New("not its turn") }) }()
	}
	wantFault(t, <-answers, "busy") // one too many: the first waits in the queue too
	cancel()
	for range waitingMax - 1 {
		wantFault(t, <-answers, "busy")
	}
	close(release)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
}

// The one-time code is compared without case and blanks, at a bounded pace, and is
// worth nothing once spent.
func TestCode(t *testing.T) {
	c, now := NewCode(), time.Unix(0, 0)
	if err := c.Check(" "+strings.ToUpper(c.String())+" ", now); err != nil {
		t.Fatal(err)
	}
	for range 9 {
		wantFault(t, c.Check("wrong", now), "code_wrong")
	}
	wantFault(t, c.Check(c.String(), now), "code_attempts")
	if err := c.Check(c.String(), now.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	c.Spend()
	wantFault(t, c.Check(c.String(), now.Add(time.Minute)), "code_wrong")
}

// No unit is called like a path of the server or what an address gives a meaning.
func TestUnitNames(t *testing.T) {
	zone := Unit{TimeZone: "UTC"}
	for _, name := range []string{"Global", "SERVICE", "Api", "web", "metrics", "system", "a/b", "..", "a%20b", "", " x", "x\x00", strings.Repeat("x", 201)} {
		if CheckUnit(name, zone) == nil {
			t.Errorf("%q is taken for a name", name)
		}
	}
	for _, name := range []string{"DEFAULT", "Sales and Service", "Köln", "web2"} {
		if err := CheckUnit(name, zone); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, zone := range []string{"", "Local", "Mars/Olympus", "../etc/passwd"} {
		if CheckUnit("DEFAULT", Unit{TimeZone: zone}) == nil {
			t.Errorf("%q is taken for a time zone", zone)
		}
	}
}

// System administrators are in Global, and nobody else is.
func TestRolesFitTheUnit(t *testing.T) {
	tenant := acd.UnitID{1}
	if CheckUser(tenant, "x", User{Roles: []Role{SystemAdministrator}}) == nil ||
		CheckUser(Global, "x", User{Roles: []Role{Agent}}) == nil ||
		CheckUser(tenant, "x", User{Roles: []Role{"owner"}}) == nil {
		t.Error("a role in the wrong place is taken")
	}
	if err := CheckUser(tenant, "x", User{Roles: []Role{Agent, Supervisor, BusinessAdministrator}}); err != nil {
		t.Error(err)
	}
}

// What reads a stored hash never takes more than the limits, and reads what it writes.
func FuzzPHC(f *testing.F) {
	f.Add(newHash("password", Cost{64, 1, 1}))
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA")
	f.Add("$argon2id$v=19$m=1,t=1,p=1,x=1$$")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePHC(text)
		if err != nil {
			return
		}
		if p.cost.MemoryKiB > memoryMaxKiB || p.cost.Passes > passesMax || p.cost.Lanes > lanesMax {
			t.Fatalf("%+v is over the limits", p.cost)
		}
		again, err := parsePHC(p.String())
		if err != nil || again.String() != p.String() {
			t.Fatalf("%q is read as %q", p.String(), again.String())
		}
	})
}

// A secret has one spelling; whatever else is shown is nobody's, and asks the store
// for nothing.
func FuzzSecrets(f *testing.F) {
	secret, _ := newSecret()
	f.Add(secret)
	f.Add(tokenPrefix + secret)
	f.Add("ptk_")
	f.Add(secret[:42] + "=")
	g := New(Options{Store: nil, Mint: mint.New(1, time.Now), Cost: Cost{64, 1, 1}})
	f.Fuzz(func(t *testing.T, text string) {
		if raw, ok := parseSecret(text); ok {
			if len(raw) != secretSize {
				t.Fatalf("%d bytes", len(raw))
			}
		} else if _, err := g.Session(t.Context(), text); err == nil {
			t.Fatal("a caller out of nothing")
		}
		if _, ok := parseToken(text); !ok {
			if _, err := g.Token(t.Context(), text); err == nil {
				t.Fatal("a caller out of nothing")
			}
		}
	})
}
