package identity

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"portico/acd"
	"portico/fault"
	"portico/plan"
	"portico/store"
)

// FirstStart is what an installation begins with.
type FirstStart struct {
	Company    string
	Language   string
	TimeZone   string
	SAPassword string // of sa, the system administrator
	PAPassword string // of pa, the business administrator of the unit DEFAULT
	// Sample makes a company to try: two queues with skills and steps, four agents.
	Sample bool
	// AgentPassword is that of each agent of the sample; empty makes one for each.
	AgentPassword string
}

// Made is what a first start made.
type Made struct {
	Unit  acd.UnitID `json:"unit"`
	Users []MadeUser `json:"users"`
}

// MadeUser is one user of a first start. Password is set only when it was made
// here; it is kept nowhere.
type MadeUser struct {
	ID       acd.AgentID `json:"id"`
	Unit     string      `json:"unit"`
	Name     string      `json:"name"`
	Roles    []Role      `json:"roles"`
	Password string      `json:"password,omitempty"`
}

var (
	// ErrStarted: who does the first start a second time changes nothing.
	ErrStarted = fault.New(fault.Conflict, "started_already", "The first start was done already. Sign in.")
	errCode    = fault.New(fault.Forbidden, "code_wrong", "This is not the code on the server's console.").On("code")
	errCodes   = fault.New(fault.TooMany, "code_attempts", "Too many wrong codes: wait a moment.").On("code")
)

// Started reports whether the first start was done.
func (g *Gate) Started(ctx context.Context) (bool, error) {
	_, err := g.o.Store.Object(ctx, Global, KindUnit, Global)
	if isNone(err) {
		return false, nil
	}
	return err == nil, err
}

// Begin does the first start, as one unit of the store: all of it is there, or
// nothing. The second of two is refused.
func (g *Gate) Begin(ctx context.Context, in FirstStart) (Made, error) {
	b := &beginning{gate: g, at: g.now(), language: in.Language, zone: in.TimeZone}
	if err := b.check(in); err != nil {
		return Made{}, err
	}
	err := g.hashes.do(ctx, func() error {
		b.build(in)
		return b.err
	})
	if err != nil {
		return Made{}, err
	}
	err = g.o.Store.Save(ctx, store.Unit{Rows: b.rows})
	if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrChanged) {
		return Made{}, ErrStarted
	}
	if err != nil {
		return Made{}, err
	}
	return b.made, nil
}

// beginning gathers the rows of a first start. Guards come first in a unit, and the
// first of all is the unit Global: whoever comes second fails on it.
type beginning struct {
	gate           *Gate
	at             acd.Time
	language, zone string
	rows           []store.Row
	made           Made
	err            error
}

func (b *beginning) check(in FirstStart) error {
	if err := CheckName(in.Company); err != nil {
		return fault.Of(err).On("company")
	}
	if err := CheckName(in.Language); err != nil {
		return fault.Of(err).On("language")
	}
	if err := CheckZone(in.TimeZone); err != nil {
		return err
	}
	if err := CheckPassword("sa", in.SAPassword); err != nil {
		return fault.Of(err).On("sa_password")
	}
	if err := CheckPassword("pa", in.PAPassword); err != nil {
		return fault.Of(err).On("pa_password")
	}
	if in.AgentPassword != "" {
		if err := CheckPassword("", in.AgentPassword); err != nil {
			return fault.Of(err).On("agent_password")
		}
	}
	return nil
}

func (b *beginning) build(in FirstStart) {
	unit := acd.UnitID(b.gate.o.Mint.ID())
	b.made.Unit = unit
	b.object(Global, KindUnit, Global, GlobalName, Unit{TimeZone: in.TimeZone, Language: in.Language})
	b.object(Global, KindUnit, unit, FirstUnit, Unit{TimeZone: in.TimeZone, Language: in.Language})
	b.object(Global, KindSite, Global, KindSite, Site{Company: in.Company, Language: in.Language, TimeZone: in.TimeZone})
	b.object(Global, KindSettings, Global, KindSettings, plan.Defaults())
	content, err := UnitContent(b.gate.o.Mint.ID, unit, b.at, acd.AgentID{})
	b.err = errors.Join(b.err, err)
	for _, row := range content {
		b.rows = append(b.rows, row)
	}
	var credentials []store.Row
	person := func(id acd.AgentID, unit acd.UnitID, home, name, password string, u User) {
		b.object(unit, KindUser, id, name, u)
		made := MadeUser{ID: id, Unit: home, Name: name, Roles: u.Roles}
		if password == "" {
			password = MakePassword()
			made.Password = password
		}
		credentials = append(credentials, store.Credential{Unit: unit, User: id, Hash: newHash(password, b.gate.o.Cost), At: b.at})
		b.made.Users = append(b.made.Users, made)
	}
	person(b.gate.o.Mint.ID(), Global, GlobalName, "sa", in.SAPassword, User{FirstName: "System", LastName: "Administrator",
		Roles: []Role{SystemAdministrator}, Language: in.Language})
	person(b.gate.o.Mint.ID(), unit, FirstUnit, "pa", in.PAPassword, User{FirstName: "Business", LastName: "Administrator",
		Roles: []Role{BusinessAdministrator}, Language: in.Language})
	if in.Sample {
		for _, a := range b.sample(unit) {
			person(a.id, unit, FirstUnit, a.name, in.AgentPassword, a.user)
		}
	}
	b.rows = append(b.rows, credentials...)
	b.rows = append(b.rows, store.Audit{ID: b.gate.o.Mint.ID(), Unit: Global, At: b.at, ByName: "first start", Action: "site.begin"})
}

// object adds a new object.
func (b *beginning) object(unit acd.UnitID, kind store.ObjectKind, id [16]byte, name string, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		b.err = errors.Join(b.err, fmt.Errorf("encoding the %s %s: %w", kind, name, err))
	}
	b.rows = append(b.rows, store.PutObject{Object: store.Object{Unit: unit, Kind: kind, ID: id, Name: name, Version: 1,
		ChangedAt: b.at, Body: raw}})
}

// Code is the one-time code of the first start. It is printed on the server's
// console, since "loopback only" means nothing behind a proxy.
type Code struct {
	text string

	mu   sync.Mutex
	used bool
	pace *rate.Limiter
}

// NewCode makes a code of about 49 bits, such as 7kdp-x3mq-9f.
func NewCode() *Code {
	return &Code{text: letters(4) + "-" + letters(4) + "-" + letters(2), pace: rate.NewLimiter(rate.Every(time.Second), 10)}
}

func (c *Code) String() string { return c.text }

// Check compares what somebody typed, at most once a second in the long run.
func (c *Code) Check(typed string, now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.pace.AllowN(now, 1) {
		return errCodes
	}
	typed = strings.ToLower(strings.TrimSpace(typed))
	if c.used || subtle.ConstantTimeCompare([]byte(typed), []byte(c.text)) != 1 {
		return errCode
	}
	return nil
}

// Spend makes the code worthless: the first start is done.
func (c *Code) Spend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.used = true
}
