package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	Step string
	OK   bool
	// Code is the fault's, or of our own; empty where all is well.
	Code string
	// Sentence says what is; Hint what to do, or to think of. A hint may come with
	// what is well.
	Sentence, Hint string
	// Address is the sender that it is about, if it is about one.
	Address string
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
		c.add(Finding{Step: "settings", Code: w.Code, Sentence: w.Sentence})
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

func (c *check) well(step, format string, args ...any) {
	c.add(Finding{Step: step, OK: true, Sentence: fmt.Sprintf(format, args...)})
}

// hint notes what works, but should be thought of.
func (c *check) hint(step, code, sentence, hint string) {
	c.add(Finding{Step: step, OK: true, Code: code, Sentence: sentence, Hint: hint})
}

func (c *check) fail(step string, err error) {
	sentence, hint := words(err)
	code := "failed"
	var t *post.Trouble
	if errors.As(err, &t) {
		code = t.Fault.Code
	}
	c.add(Finding{Step: step, Code: code, Sentence: sentence, Hint: hint})
}

// imap tries the reading side; nil when it does not even sign in.
func (c *check) imap(ctx context.Context) *session {
	s, err := connect(ctx, &c.a, c.m.o.StepMax)
	if err != nil {
		c.fail("imap", err)
		return nil
	}
	how := map[post.TLS]string{post.Implicit: "with TLS, and its certificate is trusted", post.StartTLS: "with STARTTLS, and its certificate is trusted"}[c.a.IMAP.TLS]
	if how == "" {
		how = "without encryption"
	}
	c.well("imap", "The IMAP server %s answers %s.", c.a.IMAP, how)
	if err := s.login(ctx, c.tokens); err != nil {
		s.close()
		c.fail("imap_login", err)
		return nil
	}
	c.well("imap_login", "The IMAP server takes the login of %s.", c.a.IMAP.User)
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
		c.hint("imap_login", "plain_login", "The IMAP server would also take a login without TLS.", "Have the mail administrator refuse that, so that no program ever sends the password in the clear.")
	}
}

func (c *check) folders(ctx context.Context, s *session) bool {
	inbox, err := s.name(ctx, Inbox)
	if err == nil {
		err = s.enter(ctx, inbox, true)
	}
	if err != nil {
		if alive(err) {
			c.add(Finding{Step: "folders", Code: "folder_missing", Sentence: "There is no folder " + inbox + " to read, or it may not be opened: " + refusedWords(err) + ".", Hint: "Check the name of the inbox."})
		} else {
			c.fail("folders", err)
		}
		return alive(err)
	}
	c.well("folders", "The folder %s is there and holds %d messages.", inbox, s.count())
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
			c.add(Finding{Step: "folders", Code: "folder_missing", Sentence: "The folder " + name + " is missing and cannot be made: " + refusedWords(err) + ".", Hint: "Make it with a mail program, or choose another name."})
		case created:
			c.well("folders", "The folder %s was missing; it has been made.", name)
		default:
			c.well("folders", "The folder %s is there.", name)
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
	for _, sentence := range hints(s) {
		c.hint("abilities", "ability", sentence, "")
	}
	if _, err := s.find(ctx, "<"+echoPrefix+"none@localhost>"); err != nil {
		if !alive(err) {
			c.fail("abilities", err)
			return
		}
		c.hint("abilities", "search", "The server cannot search the mailbox: "+refusedWords(err)+".", "Messages are taken in all the same, but one that was moved by hand is not found again. On Domino, switch on a full-text index that is updated immediately.")
	}
	q, err := s.quota(ctx)
	switch {
	case err != nil:
		c.fail("quota", err)
	case q.Limit > 0 && float64(q.Used) >= quotaPart*float64(q.Limit):
		c.add(Finding{Step: "quota", Code: "mail_quota", Sentence: fmt.Sprintf("The mailbox is nearly full: %d of %d MiB are used.", q.Used>>20, q.Limit>>20), Hint: "Shorten the retention of its folders, or have the limit raised."})
	case q.Limit > 0:
		c.well("quota", "%d of %d MiB of the mailbox are used.", q.Used>>20, q.Limit>>20)
	}
}

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
	c.well("smtp", "The SMTP server %s answers.", c.a.SMTP)
	if size, ok := client.MaxMessageSize(); ok && size > 0 && int64(size) < 10<<20 {
		c.hint("smtp", "size", fmt.Sprintf("The SMTP server takes messages of at most %d MiB.", size>>20), "")
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
		c.well("smtp_login", "The SMTP server takes the login of %s.", c.a.SMTP.User)
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
		c.hint("smtp_login", "plain_login", "The SMTP server would also take a login without TLS.", "Have the mail administrator refuse that, so that no program ever sends the password in the clear.")
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
		c.add(Finding{Step: "sender", OK: true, Sentence: address + " may send.", Address: address})
		return true
	}
	said := post.Words(err.Error())
	var answer *smtp.SMTPError
	if errors.As(err, &answer) {
		said = fmt.Sprint(answer.Code) + " " + post.Words(answer.Message)
	}
	c.add(Finding{Step: "sender", Code: "sender_refused", Sentence: "The server does not let us send as " + address + ": " + said + ".", Hint: SendAsHint(c.a.Preset), Address: address})
	return false
}

// SendAsHint says what to do at a kind of server when it refuses a sender.
func SendAsHint(preset string) string {
	if hint := PresetOf(preset).SendAs; hint != "" {
		return hint
	}
	return "Let the login of this mailbox send as this address at the mail server, or let the server relay for this machine."
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
		c.add(Finding{Step: "header", Code: "probe_refused", Sentence: "A test message cannot be sent: " + sentenceOf(err) + ".", Hint: SendAsHint(c.a.Preset)})
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
		c.add(Finding{Step: "smtp_login", Code: "login_needed", Sentence: Preconditions[0], Hint: "Give the user and the password."})
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
		c.add(Finding{Step: "sender", Code: "sender_refused", Sentence: "The message cannot be sent: " + sentenceOf(err) + ".", Hint: SendAsHint("exchange"), Address: p.From})
		return c.found
	}
	c.well("sender", "The message with our headers has been sent from %s to %s.", p.From, p.To)
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
			c.add(Finding{Step: "header", Code: "probe_lost", Sentence: fmt.Sprintf("A test message to %s has not arrived within %d s.", c.a.Address, int(probeMax/time.Second)),
				Hint: "Look whether it is in the folder of unwanted mail, or whether the server is slow; then test again."})
		case has:
			c.well("header", "A test message has arrived after %.1f s, and the server keeps our headers.", time.Since(began).Seconds())
		default:
			c.add(Finding{Step: "header", Code: "header_lost", Sentence: "A test message has arrived, but the server has taken our headers out of it.",
				Hint: "Replies are then found by the subject and by References alone. On Exchange run portico email promote-headers once."})
		}
		return
	}
}
