package mailbox

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"portico/mailpeer"
	"portico/post"
)

func finding(found []Finding, step, code string) *Finding {
	for i := range found {
		if found[i].Step == step && found[i].Code == code {
			return &found[i]
		}
	}
	return nil
}

// A good account is told to be good, to the header that comes through; the message that
// shows it is removed again, whoever reads the mailbox meanwhile.
func TestCheckGood(t *testing.T) {
	for _, reading := range []bool{false, true} {
		t.Run(fmt.Sprint(reading), func(t *testing.T) {
			h := newHouse(t, nil)
			found := []Finding{}
			if reading {
				h.start()
				h.within("being connected", h.connected)
				found = h.boxes.Check(t.Context(), h.account, nil)
			} else {
				found = Check(t.Context(), h.account, nil)
			}
			for _, f := range found {
				if !f.OK {
					t.Errorf("%+v", f)
				}
			}
			for _, s := range []string{"imap", "imap_login", "folders", "smtp", "smtp_login", "sender", "header"} {
				if finding(found, s, "") == nil {
					t.Errorf("nothing is said of %s: %+v", s, found)
				}
			}
			if finding(found, "smtp_login", "plain_login") == nil {
				t.Error("nobody hints at logins without TLS")
			}
			if n := h.peer.Count(h.account.Address, "INBOX"); n != 0 {
				t.Errorf("%d messages are left", n)
			}
			if h.ledger.taken() != 0 {
				t.Error("the test message became a contact")
			}
		})
	}
}

// Each thing that can be wrong is told in its own words, with what to do.
func TestCheckBad(t *testing.T) {
	p := shared.Peer(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	port := func(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }
	other := mailpeer.Client{}
	for name, c := range map[string]struct {
		change func(*Account)
		step   string
		code   string
		words  string
	}{
		"name":           {func(a *Account) { a.IMAP.Host = "no-such-host.invalid" }, "imap", "mail_name", "no-such-host.invalid"},
		"port":           {func(a *Account) { a.IMAP.Port = port(closed) }, "imap", "mail_port", "closed"},
		"silent":         {func(a *Account) { a.IMAP.Port = port(silent); a.IMAP.TLS = post.NoTLS; a.SMTP.Port = port(closed) }, "imap", "mail_silent", "in time"},
		"authority":      {func(a *Account) { a.CAs = nil }, "imap", "mail_certificate", "Mail test authority"},
		"tls mode":       {func(a *Account) { a.IMAP.Port = p.IMAP }, "imap", "mail_no_tls", "does not begin with TLS"},
		"pem":            {func(a *Account) { a.CAs = []byte("nonsense") }, "imap", "mail_ca", "certificates"},
		"login":          {func(a *Account) { a.IMAP.Secret = "wrong" }, "imap_login", "mail_login", "refuses the login"},
		"smtp port":      {func(a *Account) { a.SMTP.Port = port(closed) }, "smtp", "mail_port", "closed"},
		"smtp authority": {func(a *Account) { a.CAs, a.IMAP.CAs = nil, p.CA }, "smtp", "mail_certificate", "Mail test authority"},
		"smtp login":     {func(a *Account) { a.SMTP.Secret = "wrong" }, "smtp_login", "mail_login", "refuses the login"},
		"folder":         {func(a *Account) { a.Folders.Inbox = "No/Such" }, "folders", "folder_missing", "No/Such"},
		"token": {func(a *Account) {
			a.IMAP.Auth = post.XOAuth2
			a.OAuth = post.OAuth{TokenURL: p.OAuthClient("x").TokenURL, ClientID: other.ID, Secret: "wrong"}
		}, "imap_login", "mail_token_refused", "invalid_client"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, nil)
			h.account.Address = "" // no test message
			c.change(&h.account)
			most := 10 * time.Second
			if name == "silent" {
				most = 200 * time.Millisecond
			}
			m := New(Options{StepMax: most})
			found := m.Check(t.Context(), h.account, []string{h.account.Name})
			f := finding(found, c.step, c.code)
			if f == nil || f.OK || !strings.Contains(f.Sentence, c.words) {
				t.Errorf("%+v", found)
			}
			for _, f := range found {
				if post.NewSay(f.Say).String() == "" {
					t.Errorf("nobody can say this in another language: %q", f.Sentence)
				}
			}
			if f != nil && f.Hint == "" {
				t.Errorf("no hint with %q", f.Sentence)
			}
		})
	}
}

// A sender that the server refuses is told with the server's words and what helps there.
func TestCheckSender(t *testing.T) {
	h := newHouse(t, func(a *Account, _ *Options) { a.Preset = "domino" })
	h.peer.Refuse("boss@company.test", "553 5.7.1 Not yours")
	defer h.peer.Refuse("boss@company.test", "")
	found := Check(t.Context(), h.account, []string{h.account.Address, "boss@company.test"})
	f := finding(found, "sender", "sender_refused")
	if f == nil || f.Address != "boss@company.test" || !strings.Contains(f.Sentence, "Not yours") || !strings.Contains(f.Hint, "SMTPVerifyAuthenticatedSender") {
		t.Errorf("%+v", found)
	}
}

// A self-signed certificate, or one of an unknown authority, is trusted by its
// fingerprint, and by no other.
func TestPins(t *testing.T) {
	h := newHouse(t, func(a *Account, _ *Options) {
		a.CAs = nil
		a.Pins = []string{post.Fingerprint(shared.Peer(t).Certificate)}
	})
	h.start()
	h.fill(1, "a")
	h.once(1)
	if f := finding(h.boxes.Check(t.Context(), h.account, nil), "header", ""); f == nil {
		t.Error("SMTP does not go by the pin")
	}
	h.account.Pins = []string{strings.Repeat("00", 32)}
	if f := finding(Check(t.Context(), h.account, nil), "imap", "mail_certificate"); f == nil || !strings.Contains(f.Hint, post.Fingerprint(h.peer.Certificate)) {
		t.Error("another fingerprint is trusted, or the right one is not told")
	}
}

// Tokens are fetched both ways, kept, and fetched anew when they are worth nothing.
func TestTokens(t *testing.T) {
	p := shared.Peer(t)
	for _, refresh := range []bool{false, true} {
		t.Run(fmt.Sprint(refresh), func(t *testing.T) {
			before := p.TokensGiven()
			h := newHouse(t, func(a *Account, _ *Options) {
				c := p.OAuthClient(a.Address)
				a.OAuth = post.OAuth{TokenURL: c.TokenURL, ClientID: c.ID, Secret: c.Secret}
				if refresh {
					a.OAuth.Refresh = c.Refresh
				}
				a.IMAP.Auth, a.SMTP.Auth, a.IMAP.Secret, a.SMTP.Secret = post.XOAuth2, post.XOAuth2, "", ""
			})
			h.start()
			h.fill(1, "a")
			h.once(1)
			for _, f := range h.boxes.Check(t.Context(), h.account, nil) {
				if !f.OK {
					t.Errorf("%+v", f)
				}
			}
			if n := p.TokensGiven() - before; n != 1 {
				t.Errorf("%d tokens were fetched for five logins", n)
			}
			p.Revoke()
			if err := p.Dovecot.Restart(); err != nil {
				t.Fatal(err)
			}
			h.fill(1, "b")
			h.once(2)
		})
	}
}

// A Dovecot that refuses a token says why, and so do we.
func TestTokenRefused(t *testing.T) {
	p := shared.Peer(t)
	h := newHouse(t, func(a *Account, _ *Options) {
		c := p.OAuthClient("somebody.else@company.test")
		a.OAuth = post.OAuth{TokenURL: c.TokenURL, ClientID: c.ID, Secret: c.Secret}
		a.IMAP.Auth = post.XOAuth2
	})
	f := finding(Check(t.Context(), h.account, nil), "imap_login", "mail_login")
	if f == nil || !strings.Contains(f.Hint, "application") {
		t.Errorf("%+v", f)
	}
}

// The header tool says its preconditions, sends, and sees the header.
func TestPromote(t *testing.T) {
	h := newHouse(t, nil)
	a := h.account.filled()
	found := Promote(t.Context(), Promotion{From: a.Address, To: a.Address, Subject: "Promotion", SMTP: a.SMTP, IMAP: a.IMAP})
	if finding(found, "header", "") == nil {
		t.Errorf("%+v", found)
	}
	a.SMTP.Auth = post.NoAuth
	if f := finding(Promote(t.Context(), Promotion{From: a.Address, To: a.Address, SMTP: a.SMTP}), "smtp_login", "login_needed"); f == nil {
		t.Error("it goes without a login")
	}
}

// More sessions than the server allows are told as that.
func TestSessionLimit(t *testing.T) {
	h := newHouse(t, nil)
	var held []*session
	a := h.account.filled()
	for range 12 {
		s, err := open(t.Context(), &a, nil, 5*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, s)
	}
	_, err := open(t.Context(), &a, nil, 5*time.Second)
	for _, s := range held {
		s.bye()
	}
	if err == nil || !strings.Contains(words(err).String(), "no more sessions") {
		t.Errorf("one session too many: %v", err)
	}
}

// What exceeds a server's limits is warned of.
func TestWarnings(t *testing.T) {
	for _, c := range []struct {
		a    Account
		want string
	}{
		{Account{Preset: "microsoft365", MaxSessions: 21, RatePerMinute: 30}, "sessions_above"},
		{Account{Preset: "microsoft365", MaxSessions: 20, RatePerMinute: 31}, "rate_above"},
		{Account{Preset: "microsoft365", MaxSessions: 20, RatePerMinute: 30, IMAP: post.Server{Auth: post.Password}}, "password"},
		{Account{Preset: "google", MaxSessions: 15, Reserve: 4}, "reserve_below"},
		{Account{IMAP: post.Server{Host: "mail.company.test", TLS: post.NoTLS}}, "no_tls"},
		{Account{Keepalive: time.Minute}, "no_address"},
		{Account{Preset: "google", MaxSessions: 15, Reserve: 5}, ""},
	} {
		got := ""
		for _, w := range Warnings(c.a) {
			got += w.Code
			if w.Sentence == "" || w.Setting == "" || w.Said.String() != w.Sentence {
				t.Errorf("%+v", w)
			}
		}
		if got != c.want {
			t.Errorf("%+v: %q, wanted %q", c.a, got, c.want)
		}
	}
}
