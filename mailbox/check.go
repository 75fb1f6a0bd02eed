package mailbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-smtp"

	"portico/letter"
	"portico/post"
)

// Finding is one thing that a test of the connection found out.
type Finding struct {
	// Step is what was tried: settings, imap, imap_login, folders, abilities, quota,
	// smtp, smtp_login, sender, header.
	Step string `json:"step"`
	OK   bool   `json:"ok"`
	// Code is the fault's, or of our own; empty where all is well.
	Code string `json:"code,omitempty"`
	// Sentence says what is; Hint what to do, or to think of. A hint may come with
	// what is well.
	Sentence string `json:"sentence"`
	Hint     string `json:"hint,omitempty"`
	// Address is the sender that it is about, if it is about one.
	Address string `json:"address,omitempty"`
	// Say and Advice name the sentence and the hint in the catalogue of texts, and Values
	// fill their places; see post.Say. Advice is empty where it is that of Say.
	Say    string            `json:"say,omitempty"`
	Advice string            `json:"advice,omitempty"`
	Values map[string]string `json:"values,omitempty"`
}

// probeMax is how long a test message may take to come back.
const probeMax = 45 * time.Second

// Check tries everything that an account needs, live, and says in plain words what it
// found. from are the addresses that are to send; none: the mailbox's own. It sends one
// message from the mailbox to itself, if Account.Address is set, and removes it again.
func (m *Mailboxes) Check(ctx context.Context, a Account, from []string) []Finding {
	c := &check{m: m, a: a.filled()}
	if a.IMAP.Auth == post.XOAuth2 || a.SMTP.Auth == post.XOAuth2 {
		if c.tokens = m.Tokens(a.ID); c.tokens == nil {
			c.tokens = post.NewTokens(a.OAuth)
		}
	}
	if len(from) == 0 && a.Address != "" {
		from = []string{a.Address}
	}
	for _, w := range Warnings(a) {
		c.bad("settings", w.Code, w.Said)
	}
	s := c.imap(ctx)
	sends := c.smtp(ctx, from)
	if s != nil {
		if sends && a.Address != "" {
			c.probe(ctx, s)
		}
		s.bye()
	}
	return c.found
}

// Check is Mailboxes.Check for an account that nobody reads now.
func Check(ctx context.Context, a Account, from []string) []Finding {
	m := New(Options{})
	defer m.Stop()
	return m.Check(ctx, a, from)
}

type check struct {
	m      *Mailboxes
	a      Account
	tokens *post.Tokens
	found  []Finding
}

func (c *check) add(f Finding) { c.found = append(c.found, f) }

func (c *check) well(step string, said post.Say) { c.add(findingOf(step, true, "", said)) }

// findingOf says something; its hint is the advice that belongs to it.
func findingOf(step string, ok bool, code string, said post.Say) Finding {
	return Finding{Step: step, OK: ok, Code: code, Sentence: said.String(), Hint: said.Advice(), Say: said.Code, Values: said.Values}
}

// hint notes what works, but should be thought of.
func (c *check) hint(step, code string, said post.Say) { c.add(findingOf(step, true, code, said)) }

// bad notes what does not work.
func (c *check) bad(step, code string, said post.Say) { c.add(findingOf(step, false, code, said)) }

// sendAs notes that an address may not send, with what helps at a kind of server.
func (c *check) sendAs(f Finding, preset string) {
	f.Advice = "send_as_other"
	if _, ok := post.Advice["send_as_"+preset]; ok {
		f.Advice = "send_as_" + preset
	}
	f.Hint = post.Advice[f.Advice]
	c.add(f)
}

func (c *check) fail(step string, err error) {
	code := "failed"
	var t *post.Trouble
	if errors.As(err, &t) {
		code = t.Fault.Code
	}
	c.bad(step, code, words(err))
}

// imap tries the reading side; nil when it does not even sign in.
func (c *check) imap(ctx context.Context) *session {
	s, err := connect(ctx, &c.a, c.m.o.StepMax)
	if err != nil {
		c.fail("imap", err)
		return nil
	}
	how := map[post.TLS]string{post.Implicit: "imap_implicit", post.StartTLS: "imap_starttls", post.NoTLS: "imap_none"}[c.a.IMAP.TLS]
	c.well("imap", post.NewSay(cmp.Or(how, "imap_none"), "server", c.a.IMAP.String()))
	if err := s.login(ctx, c.tokens); err != nil {
		s.close()
		c.fail("imap_login", err)
		return nil
	}
	c.well("imap_login", post.NewSay("imap_login", "user", c.a.IMAP.User))
	c.plainIMAP(ctx)
	if c.folders(ctx, s) {
		c.abilities(ctx, s)
	}
	return s
}

// plainIMAP asks without TLS, where that is to be had.
func (c *check) plainIMAP(ctx context.Context) {
	a := c.a
	switch {
	case a.IMAP.TLS == post.NoTLS:
		return
	case a.IMAP.TLS == post.Implicit && a.IMAP.Port == 993:
		a.IMAP.Port = 143
	case a.IMAP.TLS == post.Implicit:
		return // nobody knows where
	}
	a.IMAP.TLS = post.NoTLS
	s, err := connect(ctx, &a, min(c.m.o.StepMax, 3*time.Second))
	if err != nil {
		return
	}
	defer s.close()
	if !s.caps.Has(imap.CapLoginDisabled) {
		c.hint("imap_login", "plain_login", post.NewSay("imap_plain_login"))
	}
}

func (c *check) folders(ctx context.Context, s *session) bool {
	inbox, err := s.name(ctx, Inbox)
	if err == nil {
		err = s.enter(ctx, inbox, true)
	}
	if err != nil {
		if alive(err) {
			c.bad("folders", "folder_missing", post.NewSay("inbox_missing", "folder", inbox, "said", refusedWords(err)))
		} else {
			c.fail("folders", err)
		}
		return alive(err)
	}
	c.well("folders", post.NewSay("inbox", "folder", inbox, "count", strconv.FormatInt(s.count(), 10)))
	for _, p := range []Place{Working, Done, Exceptions, Sent} {
		name, err := s.name(ctx, p)
		found := false
		if err == nil {
			found, err = s.exists(ctx, name)
		}
		created := false
		if err == nil && !found {
			_, err = s.ensure(ctx, p)
			created = true
		}
		switch {
		case err != nil && !alive(err):
			c.fail("folders", err)
			return false
		case err != nil:
			c.bad("folders", "folder_missing", post.NewSay("folder_missing", "folder", name, "said", refusedWords(err)))
		case created:
			c.well("folders", post.NewSay("folder_made", "folder", name))
		default:
			c.well("folders", post.NewSay("folder", "folder", name))
		}
	}
	return true
}

func refusedWords(err error) string {
	var refused *imap.Error
	if errors.As(err, &refused) {
		return post.Words(refused.Text)
	}
	return post.Words(err.Error())
}

func (c *check) abilities(ctx context.Context, s *session) {
	for _, said := range hints(s) {
		c.hint("abilities", "ability", said)
	}
	if _, err := s.find(ctx, "<"+echoPrefix+"none@localhost>"); err != nil {
		if !alive(err) {
			c.fail("abilities", err)
			return
		}
		c.hint("abilities", "search", post.NewSay("search", "said", refusedWords(err)))
	}
	q, err := s.quota(ctx)
	switch {
	case err != nil:
		c.fail("quota", err)
	case q.Limit > 0 && float64(q.Used) >= quotaPart*float64(q.Limit):
		c.bad("quota", "mail_quota", post.NewSay("quota_full", "used", mebibytes(q.Used), "limit", mebibytes(q.Limit)))
	case q.Limit > 0:
		c.well("quota", post.NewSay("quota", "used", mebibytes(q.Used), "limit", mebibytes(q.Limit)))
	}
}

func mebibytes(bytes int64) string { return strconv.FormatInt(bytes>>20, 10) }

// smtp tries the sending side, and reports whether the mailbox's own address may send.
func (c *check) smtp(ctx context.Context, from []string) bool {
	o := c.a.Post(c.tokens)
	o.StepMax = c.m.o.StepMax
	client, err := o.Greet(ctx)
	if err != nil {
		c.fail("smtp", err)
		return false
	}
	defer client.Close()
	c.well("smtp", post.NewSay("smtp", "server", c.a.SMTP.String()))
	if size, ok := client.MaxMessageSize(); ok && size > 0 && int64(size) < 10<<20 {
		c.hint("smtp", "size", post.NewSay("smtp_size", "size", mebibytes(int64(size))))
	}
	if err := o.SignIn(ctx, client); err != nil {
		var refused *post.Refused
		if errors.As(err, &refused) {
			err = post.LoginRefused(c.a.SMTP, refused.Words, err)
		}
		c.fail("smtp_login", err)
		return false
	}
	if c.a.SMTP.Auth == post.Password || c.a.SMTP.Auth == post.XOAuth2 {
		c.well("smtp_login", post.NewSay("smtp_login", "user", c.a.SMTP.User))
		c.plainSMTP(ctx, o)
	}
	stop := context.AfterFunc(ctx, func() { client.Close() })
	defer stop()
	own := c.a.Address == ""
	for _, address := range from {
		ok := c.sender(client, address)
		own = own || ok && strings.EqualFold(address, c.a.Address)
	}
	return own
}

func (c *check) plainSMTP(ctx context.Context, o post.Options) {
	if c.a.SMTP.TLS == post.Implicit && c.a.SMTP.Port == 465 {
		o.Server.Port = 587
	} else if c.a.SMTP.TLS != post.StartTLS {
		return
	}
	o.StepMax = min(o.StepMax, 3*time.Second)
	if o.PlainOffered(ctx) {
		c.hint("smtp_login", "plain_login", post.NewSay("smtp_plain_login"))
	}
}

// sender asks whether an address may send, without sending.
func (c *check) sender(client *smtp.Client, address string) bool {
	err := client.Mail(address, nil)
	if err == nil {
		to := c.a.Address
		if to == "" {
			to = address
		}
		err = client.Rcpt(to, nil)
	}
	client.Reset()
	if err == nil {
		f := findingOf("sender", true, "", post.NewSay("sender", "address", address))
		f.Address = address
		c.add(f)
		return true
	}
	said := post.Words(err.Error())
	var answer *smtp.SMTPError
	if errors.As(err, &answer) {
		said = fmt.Sprint(answer.Code) + " " + post.Words(answer.Message)
	}
	f := findingOf("sender", false, "sender_refused", post.NewSay("sender_refused", "address", address, "said", said))
	f.Address = address
	c.sendAs(f, c.a.Preset)
	return false
}

// probe sends a message from the mailbox to itself and looks whether it comes back, and
// with our headers. Whoever reads the mailbox meanwhile tells of it too.
func (c *check) probe(ctx context.Context, s *session) {
	ctx, cancel := context.WithTimeout(ctx, probeMax)
	defer cancel()
	token := c.m.echoes.token(c.a.ID, time.Now())
	came, done := c.m.echoes.expect(token)
	defer done()
	inbox, err := s.name(ctx, Inbox)
	if err == nil {
		err = s.enter(ctx, inbox, true)
	}
	next := s.uidNext
	if err == nil {
		err = c.m.sendEcho(ctx, &c.a, c.tokens, token)
	}
	if err != nil {
		said := post.NewSay("probe_refused", "why", sentenceOf(err))
		if t := new(post.Trouble); errors.As(err, &t) {
			said = t.Said // whole, so that it can be said in other languages
		}
		c.sendAs(findingOf("header", false, "probe_refused", said), c.a.Preset)
		return
	}
	c.await(ctx, s, inbox, next, token, came)
}

// look searches the newest messages for the test message, without SEARCH.
func (c *check) look(ctx context.Context, s *session, inbox string, next uint32, token string) (has, found bool, err error) {
	if err := s.enter(ctx, inbox, true); err != nil {
		return false, false, err
	}
	uids, err := s.uids(ctx, max(next, 1))
	if err != nil || len(uids) == 0 {
		return false, false, err
	}
	prints, err := s.prints(ctx, uids[max(0, len(uids)-chunkMax):], false)
	if err != nil {
		return false, false, err
	}
	for _, p := range prints {
		if !strings.HasPrefix(p.MessageID, "<"+echoPrefix+token+"@") {
			continue
		}
		if has, err = s.hasHeader(ctx, p.UID, echoHeader); err != nil {
			return false, false, err
		}
		err = s.do(ctx, "removing a test message", answerMax, func() error { return s.delete(uidSet([]uint32{p.UID})) })
		return has, true, err
	}
	return false, false, nil
}

func sentenceOf(err error) string {
	var t *post.Trouble
	if errors.As(err, &t) {
		return strings.TrimSuffix(t.Fault.Sentence, ".")
	}
	return post.Words(err.Error())
}

// Promotion asks for a message that makes Exchange keep our headers.
type Promotion struct {
	From, To, Subject string
	SMTP              post.Server
	// IMAP is where To is read, to see whether it worked; without a host nobody looks.
	IMAP post.Server
}

// Preconditions of Promote, to be said before it is done.
var Preconditions = []string{
	"The message has to come in by authenticated SMTP: the login may not be “none”.",
	"The from-address has to belong to the login.",
	"On Exchange: Set-TransportConfig -HeaderPromotionModeSetting MayCreate, which can be taken back afterwards.",
	"On Exchange, Set-TransportConfig -ShadowRedundancyEnabled $false is advised, which can be taken back afterwards.",
}

// Promote sends one message with our headers by authenticated SMTP, after which
// Exchange lets such headers through to IMAP, and looks whether it does.
func Promote(ctx context.Context, p Promotion) []Finding {
	m := New(Options{})
	defer m.Stop()
	c := &check{m: m, a: Account{Address: p.To, SMTP: p.SMTP, IMAP: p.IMAP}.filled()}
	if p.SMTP.Auth != post.Password && p.SMTP.Auth != post.XOAuth2 {
		c.bad("smtp_login", "login_needed", post.NewSay("login_needed"))
		return c.found
	}
	var s *session
	if p.IMAP.Host != "" {
		var err error
		if s, err = open(ctx, &c.a, nil, m.o.StepMax); err != nil {
			c.fail("imap", err)
			return c.found
		}
		defer s.bye()
		if err := s.enter(ctx, "INBOX", true); err != nil {
			c.fail("folders", err)
			return c.found
		}
	}
	next := uint32(1)
	if s != nil {
		next = s.uidNext
	}
	token := m.echoes.token(c.a.ID, time.Now())
	body := echoMessage(p.From, p.To, p.Subject, token, time.Now())
	sender := post.New(c.a.Post(nil))
	err := sender.Send(ctx, post.Envelope{From: p.From, To: []string{p.To}}, func(w io.Writer) error {
		if _, err := fmt.Fprintf(w, "%s: promotion\r\n", letter.ContactHeader); err != nil {
			return err
		}
		return body(w)
	})
	sender.Close()
	if err != nil {
		f := findingOf("sender", false, "sender_refused", post.NewSay("promotion_refused", "why", sentenceOf(err)))
		f.Address = p.From
		c.sendAs(f, "exchange")
		return c.found
	}
	c.well("sender", post.NewSay("promoted", "from", p.From, "to", p.To))
	if s != nil {
		ctx, cancel := context.WithTimeout(ctx, probeMax)
		defer cancel()
		c.await(ctx, s, "INBOX", next, token, nil)
	}
	return c.found
}

// await waits for a test message that was sent already; came tells when somebody else
// has seen it.
func (c *check) await(ctx context.Context, s *session, inbox string, next uint32, token string, came <-chan bool) {
	began := time.Now()
	for {
		has, found, err := c.look(ctx, s, inbox, next, token)
		if err != nil && ctx.Err() == nil {
			c.fail("header", err)
			return
		}
		if !found {
			select {
			case has = <-came:
				found = true
			case <-ctx.Done():
			case <-time.After(300 * time.Millisecond):
				continue
			}
		}
		switch {
		case !found:
			c.bad("header", "probe_lost", post.NewSay("probe_lost", "address", c.a.Address, "seconds", strconv.Itoa(int(probeMax/time.Second))))
		case has:
			c.well("header", post.NewSay("probe", "seconds", strconv.FormatFloat(time.Since(began).Seconds(), 'f', 1, 64)))
		default:
			c.bad("header", "header_lost", post.NewSay("header_lost"))
		}
		return
	}
}
