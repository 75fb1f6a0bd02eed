package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/identity"
	"portico/plan"
	"portico/store"
	"portico/talk"
)

// mediumEmail is the medium of contacts that are e-mails.
const mediumEmail = "email"

// MailAccount is a mailbox with its addresses. Its secrets are written and never read.
type MailAccount struct {
	talk.MailAccountBody
	Secrets    map[string]string `json:"secrets,omitempty" required:"false" writeOnly:"true" doc:"imap_password, smtp_password (absent: that of IMAP), client_secret, refresh_token; in a change, what is absent stays as it is"`
	SecretsSet []talk.Line       `json:"secrets_set" required:"false" readOnly:"true" nullable:"false" doc:"the names of those that there are"`
}

// MailChecked is what a check of an account has found.
type MailChecked struct {
	Findings []dialogue.MailFinding `json:"findings" nullable:"false" doc:"step by step"`
}

var errMailSecret = fault.New(fault.Invalid, "mail_secret", "An account has the secrets imap_password, smtp_password, client_secret and refresh_token.").On("body.secrets")

func (s *Server) registerMailConfig() {
	s.mailAccounts().register(s)
	s.blockedSenders().register(s)
	s.signatureKind().register(s)
	s.mailSettings().register(s)
	s.registerMailExceptions()
	s.registerMailSignature()
	const tag = "mail-accounts"
	register(s, operation{id: "check-mail-account", method: http.MethodPost, path: "/mail-accounts/{id}/check",
		summary: "Try a mailbox step by step, and say in words what is wrong", tag: tag, roles: rolesBusiness}, s.checkMailAccount)
	register(s, operation{id: "warn-mail-account", method: http.MethodPost, path: "/mail-accounts/warnings",
		summary: "Say which settings of a mailbox will make trouble; nothing is saved", tag: tag, roles: rolesBusiness}, s.warnMailAccount)
	register(s, operation{id: "mail-account-state", method: http.MethodGet, path: "/mail-accounts/{id}/state",
		summary: "How a mailbox does now", tag: tag, roles: rolesSupervisor}, s.mailAccountState)
}

func (s *Server) mailAccounts() kind[talk.MailAccount, MailAccount] {
	return kind[talk.MailAccount, MailAccount]{name: talk.KindMailAccount, one: "mail-account", many: "mail-accounts",
		read: rolesSupervisor, change: rolesBusiness, show: func(_ store.Object, b talk.MailAccount) MailAccount { return showMailAccount(b) },
		keep: func(a MailAccount) talk.MailAccount {
			a.Aliases, a.Pins = listed(a.Aliases), listed(a.Pins)
			return talk.MailAccount{MailAccountBody: a.MailAccountBody, Values: a.Secrets}
		},
		check: func(d *draft, before, o store.Object, b *talk.MailAccount) error {
			for name := range b.Values {
				if !slices.Contains(talk.MailSecrets, name) {
					return errMailSecret
				}
			}
			if b.Sealed == nil && before.Version > 0 {
				b.Sealed = maps.Clone(d.now.mailAccounts[before.ID].body.Sealed)
			}
			if err := b.Check(o.Unit, o.Unit == identity.Global); err != nil {
				return onBody(err)
			}
			if err := d.aliasesOf(o.Unit, b); err != nil {
				return err
			}
			sealed := maps.Clone(b.Sealed)
			if sealed == nil {
				sealed = map[string]string{}
			}
			for name, value := range b.Values {
				if value != "" {
					sealed[name] = d.s.seal.Seal(value, talk.MailSecretPlace(o.ID, name))
				}
			}
			b.Sealed, b.Values = sealed, nil
			return nil
		}, refs: func(a talk.MailAccount) []plan.Reference { return a.References() }}
}

// aliasesOf judges what the addresses of an account of the site name, each in its own unit.
func (d *draft) aliasesOf(unit acd.UnitID, a *talk.MailAccount) error {
	for i := range a.Aliases {
		alias := &a.Aliases[i]
		if alias.Unit == unit {
			alias.Unit = acd.UnitID{} // as it is by itself
		}
		if alias.Unit.IsZero() {
			continue
		}
		at := "body.aliases[" + strconv.Itoa(i) + "]"
		if _, ok := d.now.units[alias.Unit]; !ok {
			return errNoReference.On(at+".unit").With("kind", identity.KindUnit)
		}
		for _, r := range (talk.MailAccount{MailAccountBody: talk.MailAccountBody{Aliases: []talk.MailAlias{{Queue: alias.Queue, Signature: alias.Signature}}}}).References() {
			if _, err := d.now.object(alias.Unit, store.ObjectKind(r.Kind), r.ID); err != nil {
				return errNoReference.On(at+strings.TrimPrefix(r.Field, "aliases[0]")).With("kind", r.Kind)
			}
		}
	}
	return nil
}

func showMailAccount(b talk.MailAccount) MailAccount {
	b.Aliases = listed(b.Aliases)
	out := MailAccount{MailAccountBody: b.MailAccountBody, SecretsSet: []talk.Line{}}
	for _, name := range slices.Sorted(maps.Keys(b.Sealed)) {
		out.SecretsSet = append(out.SecretsSet, talk.Line(name))
	}
	return out
}

// hideMailSecrets takes what is sealed out of an account in the audit log.
func hideMailSecrets(body json.RawMessage) json.RawMessage {
	var a talk.MailAccount
	if len(body) == 0 || json.Unmarshal(body, &a) != nil {
		return nil
	}
	hidden, err := json.Marshal(showMailAccount(a))
	if err != nil {
		return nil
	}
	return hidden
}

func (s *Server) blockedSenders() kind[talk.BlockedSender, talk.BlockedSender] {
	return kind[talk.BlockedSender, talk.BlockedSender]{name: talk.KindBlockedSender, one: "blocked-sender", many: "blocked-senders",
		read: rolesEveryone, change: rolesSupervisor, show: shown[talk.BlockedSender], keep: plain[talk.BlockedSender],
		check: checked[talk.BlockedSender], table: func(*namer) []column[talk.BlockedSender] { return blockedColumns() },
		blank: func() talk.BlockedSender { return talk.BlockedSender{} }}
}

func (s *Server) signatureKind() kind[talk.Signature, talk.Signature] {
	return kind[talk.Signature, talk.Signature]{name: talk.KindSignature, one: "signature", many: "signatures", read: rolesEveryone,
		change: rolesBusiness, show: shown[talk.Signature], keep: plain[talk.Signature], check: checked[talk.Signature],
		refs: talk.Signature.References}
}

// mailSettings are how a business unit handles mails.
func (s *Server) mailSettings() single[talk.MailSettings] {
	return single[talk.MailSettings]{kind: talk.KindMailSettings, path: "mail-settings", words: "how the business unit handles e-mail",
		read: rolesSupervisor, change: rolesBusiness,
		have: func(now *catalogue, unit acd.UnitID) store.Object { return now.mailUnits[unit].Object },
		show: func(raw json.RawMessage) (talk.MailSettings, error) {
			settings := talk.MailDefaults()
			if len(raw) == 0 {
				return settings, nil
			}
			if err := json.Unmarshal(raw, &settings); err != nil {
				return settings, fmt.Errorf("reading the settings of e-mail: %w", err)
			}
			return settings, nil
		},
		keep: func(settings talk.MailSettings) (any, error) { return settings, settings.Check() }, refs: talk.MailSettings.References}
}

func (s *Server) checkMailAccount(ctx context.Context, c call, in *idInput) (*Answer[MailChecked], error) {
	findings, err := s.mails.CheckAccount(ctx, c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[MailChecked]{MailChecked{listed(findings)}}, nil
}

// MailWarnings are what is unwise about an account.
type MailWarnings struct {
	Warnings []dialogue.MailWarning `json:"warnings" nullable:"false"`
}

type warnInput struct {
	Scope
	Body struct {
		Preset        string          `json:"preset,omitempty" required:"false" enum:"other,microsoft365,google,exchange,domino" doc:"absent: other"`
		Address       string          `json:"address" maxLength:"320"`
		IMAP          talk.MailServer `json:"imap"`
		SMTP          talk.MailServer `json:"smtp"`
		MaxSessions   int             `json:"max_sessions,omitempty" required:"false" minimum:"0" maximum:"100" default:"0"`
		Reserve       int             `json:"reserve,omitempty" required:"false" minimum:"0" maximum:"99" default:"0"`
		RatePerMinute int             `json:"rate_per_minute,omitempty" required:"false" minimum:"0" maximum:"100000" default:"0"`
	}
}

func (s *Server) warnMailAccount(_ context.Context, c call, in *warnInput) (*Answer[MailWarnings], error) {
	b := in.Body
	return &Answer[MailWarnings]{MailWarnings{s.mails.WarnAccount(c.unit, talk.MailAccountBody{Preset: b.Preset, Address: b.Address, IMAP: b.IMAP, SMTP: b.SMTP,
		MaxSessions: b.MaxSessions, Reserve: b.Reserve, RatePerMinute: b.RatePerMinute})}}, nil
}

func (s *Server) mailAccountState(_ context.Context, c call, in *idInput) (*Answer[dialogue.MailAccountState], error) {
	state, err := s.mails.AccountState(c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[dialogue.MailAccountState]{state}, nil
}

// putMail adds, replaces or takes away an object of e-mail.
func (c *catalogue) putMail(o store.Object) error {
	switch o.Kind {
	case talk.KindMailAccount:
		return set(c.mailAccounts, o.ID, o)
	case talk.KindBlockedSender:
		return set(c.blocked, o.ID, o)
	case talk.KindSignature:
		return set(c.signatures, o.ID, o)
	case talk.KindMailSettings:
		return set(c.mailUnits, o.Unit, o)
	}
	return nil
}

func (c *catalogue) cloneMail(kind store.ObjectKind) {
	switch kind {
	case talk.KindMailAccount:
		c.mailAccounts = maps.Clone(c.mailAccounts)
	case talk.KindBlockedSender:
		c.blocked = maps.Clone(c.blocked)
	case talk.KindSignature:
		c.signatures = maps.Clone(c.signatures)
	case talk.KindMailSettings:
		c.mailUnits = maps.Clone(c.mailUnits)
	}
}

// setMail makes anew what the e-mail channel reads.
func (c *catalogue) setMail() {
	m := &talk.MailSetup{Settings: map[acd.UnitID]talk.MailSettings{}, Blocked: map[acd.UnitID]map[string]bool{},
		Signatures: map[talk.SignatureID]talk.UnitSignature{}, Units: map[acd.UnitID]string{}, Zones: map[acd.UnitID]string{}}
	for id, u := range c.units {
		m.Units[id], m.Zones[id] = u.body.Language, u.body.TimeZone
	}
	for id, a := range c.mailAccounts {
		if u, ok := c.units[a.Unit]; ok && !u.body.Disabled {
			m.Accounts = append(m.Accounts, talk.MailBox{ID: id, Unit: a.Unit, Name: a.Name, MailAccount: a.body})
		}
	}
	slices.SortFunc(m.Accounts, func(a, b talk.MailBox) int { return slices.Compare(a.ID[:], b.ID[:]) })
	for _, b := range c.blocked {
		if m.Blocked[b.Unit] == nil {
			m.Blocked[b.Unit] = map[string]bool{}
		}
		m.Blocked[b.Unit][talk.FoldAddress(b.body.Sender)] = true
	}
	for id, s := range c.signatures {
		m.Signatures[id] = talk.UnitSignature{Unit: s.Unit, Signature: s.body}
	}
	for unit, s := range c.mailUnits {
		m.Settings[unit] = s.body
	}
	c.mail = m
}

// Mail gives what is configured for e-mail.
func (c *Configuration) Mail() *talk.MailSetup { return c.now.Load().mail }
