package post

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"golang.org/x/net/idna"
)

// Options of a sender. Zero durations have defaults.
type Options struct {
	Server Server
	// Tokens are asked when the login is by a token; nil otherwise.
	Tokens *Tokens
	// RatePerMinute bounds how many messages are begun in any 60 s; 0: no bound.
	RatePerMinute int
	// IdleMax is how long a connection is kept for the next message; 0: 20 s.
	IdleMax time.Duration
	// StepMax is how long the server may take for one command, DataMax for a whole
	// message and its answer; 0: 60 s, 10 min.
	StepMax, DataMax time.Duration
	// Hello is the name that is said to the server; empty: this machine's.
	Hello string
}

// Envelope is who a message is from and for, as the servers see it.
type Envelope struct {
	// From is where bounces go; empty: nowhere (RFC 3834, 3.3).
	From string
	To   []string
	// Size in bytes, about; 0: not known. A server may refuse it before it comes.
	Size int64
}

// waitingMax bounds how many calls of Send may wait at once.
const waitingMax = 1000

// ErrBusy: too many messages wait already.
var ErrBusy = errors.New("post: too many messages wait for their turn")

// ErrUncertain: the connection broke after the message was given and before the
// server's answer came. It may have been taken: send the same Message-ID again.
var ErrUncertain = errors.New("post: whether the server took the message is not known")

// Post is one server's way out. It is safe for concurrent use; messages go one after
// the other.
type Post struct {
	o       Options
	turn    chan struct{} // holds one: who has it owns conn and idle
	rate    *window
	waiting atomic.Int64
	conn    *session
	idle    *time.Timer
	closed  atomic.Bool
	timers  sync.WaitGroup
}

// session is an open connection after the login.
type session struct {
	client *smtp.Client
	used   bool // a message went before
}

// New connects to nobody yet.
func New(o Options) *Post {
	o.IdleMax, o.StepMax, o.DataMax = or(o.IdleMax, 20*time.Second), or(o.StepMax, time.Minute), or(o.DataMax, 10*time.Minute)
	if o.Hello == "" {
		o.Hello = ownName()
	}
	return &Post{o: o, turn: make(chan struct{}, 1), rate: newWindow(o.RatePerMinute, time.Minute)}
}

func or(d, other time.Duration) time.Duration {
	if d <= 0 {
		return other
	}
	return d
}

// ownName is for EHLO (RFC 5321, 4.1.1.1).
func ownName() string {
	name, err := os.Hostname()
	if ascii, bad := idna.Lookup.ToASCII(name); err == nil && bad == nil && ascii != "" {
		return ascii
	}
	return "localhost"
}

// Waiting is how many messages wait for their turn, or for the rate to allow them.
func (p *Post) Waiting() int { return int(p.waiting.Load()) }

// Send hands one message over and returns when the server has taken it: with nil, with
// a *Refused, or with another error when the connection failed (a *Trouble says why).
// All recipients are taken, or none. body writes the message, with CRLF or LF ends; it
// is called once for each attempt, and its own error comes back as it is.
func (p *Post) Send(ctx context.Context, e Envelope, body func(io.Writer) error) error {
	if p.waiting.Add(1) > waitingMax {
		p.waiting.Add(-1)
		return ErrBusy
	}
	release, err := p.take(ctx)
	p.waiting.Add(-1)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, p.o.DataMax)
	defer cancel()
	err = p.attempt(ctx, e, body)
	if errors.Is(err, errStale) {
		err = p.attempt(ctx, e, body)
	}
	return err
}

// take waits for the turn and for the rate.
func (p *Post) take(ctx context.Context) (release func(), err error) {
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	release = func() { <-p.turn }
	if p.closed.Load() {
		release()
		return nil, net.ErrClosed
	}
	if err := p.rate.wait(ctx); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// Close says good-bye to the server. A Send that runs is waited for.
func (p *Post) Close() {
	p.closed.Store(true)
	p.turn <- struct{}{}
	p.hangUp(true)
	<-p.turn
	p.timers.Wait()
}

// hangUp closes the connection. The caller has the turn.
func (p *Post) hangUp(politely bool) {
	if p.idle != nil && p.idle.Stop() {
		p.timers.Done()
	}
	p.idle = nil
	if p.conn == nil {
		return
	}
	if politely {
		p.conn.client.CommandTimeout = time.Second
		p.conn.client.Quit()
	}
	p.conn.client.Close()
	p.conn = nil
}

// keep leaves the connection open for the next message, for a while.
func (p *Post) keep() {
	if p.idle != nil && p.idle.Stop() {
		p.timers.Done()
	}
	p.timers.Add(1)
	p.idle = time.AfterFunc(p.o.IdleMax, func() {
		defer p.timers.Done()
		select {
		case p.turn <- struct{}{}:
			p.idle = nil // it has run
			p.hangUp(true)
			<-p.turn
		default: // a message goes out, and keeps it anew
		}
	})
}

// errStale: a kept connection was closed meanwhile, and nothing was sent over it.
var errStale = errors.New("the kept connection is gone")

// attempt sends over the kept connection or a new one. The caller has the turn.
func (p *Post) attempt(ctx context.Context, e Envelope, body func(io.Writer) error) error {
	if p.conn == nil {
		conn, err := p.o.Open(ctx)
		if err != nil {
			return err
		}
		p.conn = &session{client: conn}
	}
	s := p.conn
	stop := context.AfterFunc(ctx, func() { s.client.Close() })
	began, err := s.send(e, body)
	if !stop() && ctx.Err() != nil && err != nil {
		err = fmt.Errorf("sending a message: %w", errors.Join(context.Cause(ctx), err))
	}
	var refused *Refused
	switch {
	case err == nil:
		s.used = true
		p.keep()
		return nil
	case errors.As(err, &refused) && !strings.HasPrefix(refused.Code, "421"):
		if s.client.Reset() != nil {
			p.hangUp(false)
		} else {
			s.used = true
			p.keep()
		}
		return err
	}
	p.hangUp(false)
	if s.used && !began && ctx.Err() == nil {
		return errStale
	}
	var own bodyError
	if refused != nil || errors.As(err, &own) || ctx.Err() != nil {
		return unwrapBody(err)
	}
	t := p.o.Server.Explain(err)
	if errors.Is(err, ErrUncertain) {
		return errors.Join(t, ErrUncertain)
	}
	return t
}

// bodyError is an error of the caller's writing function.
type bodyError struct{ err error }

func (b bodyError) Error() string { return b.err.Error() }
func (b bodyError) Unwrap() error { return b.err }

func unwrapBody(err error) error {
	var own bodyError
	if errors.As(err, &own) {
		return own.err
	}
	return err
}

// send is one mail transaction (RFC 5321, 3.3). began: the message's text was begun.
func (s *session) send(e Envelope, body func(io.Writer) error) (began bool, err error) {
	from, err := asciiDomain(e.From)
	if err != nil {
		return false, refusal(err, "sender", e.From)
	}
	options := &smtp.MailOptions{Size: e.Size, UTF8: !ascii(from)}
	to := make([]string, len(e.To))
	for i, address := range e.To {
		if to[i], err = asciiDomain(address); err != nil {
			return false, refusal(err, "recipient", address)
		}
		options.UTF8 = options.UTF8 || !ascii(to[i])
	}
	if options.UTF8 {
		if has, _ := s.client.Extension("SMTPUTF8"); !has {
			return false, &Refused{Permanent: true, Code: "553 5.6.7", Words: "The mail server takes only addresses of plain letters", Step: "recipient", Address: firstNonASCII(append(to, from))}
		}
	}
	if err := s.client.Mail(from, options); err != nil {
		return false, refusal(err, "sender", e.From)
	}
	for i, address := range to {
		if err := s.client.Rcpt(address, nil); err != nil {
			return false, refusal(err, "recipient", e.To[i])
		}
	}
	w, err := s.client.Data()
	if err != nil {
		return false, refusal(err, "message", "")
	}
	out := &writer{w: w}
	if err := body(out); err != nil {
		// Without the dot the server takes nothing: the connection has to end.
		if out.err != nil {
			return true, fmt.Errorf("sending a message: %w", out.err)
		}
		return true, bodyError{err}
	}
	if err := w.Close(); err != nil {
		var answer *smtp.SMTPError
		if errors.As(err, &answer) {
			return true, refusal(err, "message", "")
		}
		return true, fmt.Errorf("%w: %w", ErrUncertain, err)
	}
	return true, nil
}

// writer keeps the connection's error apart from the body's.
type writer struct {
	w   io.Writer
	err error
}

func (w *writer) Write(b []byte) (int, error) {
	n, err := w.w.Write(b)
	if err != nil {
		w.err = err
	}
	return n, err
}

// refusal makes a *Refused of a server's answer, and leaves other errors.
func refusal(err error, step, address string) error {
	var answer *smtp.SMTPError
	if !errors.As(err, &answer) {
		return fmt.Errorf("sending a message: %w", err)
	}
	code := fmt.Sprint(answer.Code)
	if answer.EnhancedCode[0] > 0 {
		code += fmt.Sprintf(" %d.%d.%d", answer.EnhancedCode[0], answer.EnhancedCode[1], answer.EnhancedCode[2])
	}
	return &Refused{Permanent: answer.Code >= 500, Code: code, Words: Words(answer.Message), Step: step, Address: address}
}

// asciiDomain writes the domain of an address as the name servers know it (RFC 5891).
func asciiDomain(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	if strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '<' || r == '>' }) || (address != "" && (at <= 0 || at == len(address)-1)) {
		return "", &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 1, 3}, Message: "This is no mail address"}
	}
	if ascii(address) {
		return address, nil
	}
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		return "", &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 1, 2}, Message: "The domain of the address cannot be"}
	}
	return address[:at+1] + domain, nil
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7e })
}

func firstNonASCII(addresses []string) string {
	for _, a := range addresses {
		if !ascii(a) {
			return a
		}
	}
	return ""
}

// Open connects and signs in. An error is a *Trouble, or a *Refused of the login for
// now. It is also the test of a connection.
func (o Options) Open(ctx context.Context) (*smtp.Client, error) {
	client, err := o.Greet(ctx)
	if err != nil {
		return nil, err
	}
	if err := o.SignIn(ctx, client); err != nil {
		client.Close()
		return nil, err
	}
	return client, nil
}

// Greet connects, says EHLO, and begins TLS where it is by a command.
func (o Options) Greet(ctx context.Context) (*smtp.Client, error) {
	conn, err := o.Server.Connect(ctx)
	if err != nil {
		return nil, err
	}
	// The client's own deadlines are minutes, and begin before they can be set.
	ctx, cancel := context.WithTimeout(ctx, or(o.StepMax, time.Minute))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	var client *smtp.Client
	if o.Server.TLS == StartTLS {
		client, err = o.startTLS(conn)
	} else {
		client = smtp.NewClient(conn)
	}
	if err == nil {
		client.CommandTimeout, client.SubmissionTimeout = or(o.StepMax, time.Minute), or(o.DataMax, 10*time.Minute)
		hello := o.Hello
		if hello == "" {
			hello = ownName()
		}
		err = client.Hello(hello)
	}
	if err != nil {
		conn.Close()
		return nil, o.explain(ctx, err)
	}
	return client, nil
}

func (o Options) startTLS(conn net.Conn) (*smtp.Client, error) {
	config, err := o.Server.Trust()
	if err != nil {
		return nil, err
	}
	client, err := smtp.NewClientStartTLS(conn, config)
	if err != nil {
		var answer *smtp.SMTPError
		if !errors.As(err, &answer) && strings.Contains(err.Error(), "doesn't support STARTTLS") {
			return nil, trouble("starttls", NewSay("starttls", "usual", "465"), err)
		}
		return nil, err
	}
	return client, nil
}

func (o Options) explain(ctx context.Context, err error) error {
	var answer *smtp.SMTPError
	if errors.As(err, &answer) {
		return trouble("refused", NewSay("refused", "said", fmt.Sprint(answer.Code)+" "+Words(answer.Message)), err)
	}
	if ctx.Err() != nil {
		err = errors.Join(context.DeadlineExceeded, err)
	}
	return o.Server.Explain(err)
}

// SignIn signs in at a server that was greeted, where the account asks for it.
func (o Options) SignIn(ctx context.Context, client *smtp.Client) error {
	if o.Server.Auth == NoAuth || o.Server.Auth == "" {
		return nil
	}
	stop := context.AfterFunc(ctx, func() { client.Close() })
	defer stop()
	mechanism, said, err := o.Server.Mechanism(ctx, client.SupportsAuth, o.Tokens)
	if err != nil {
		return err
	}
	err = client.Auth(mechanism)
	if err == nil {
		return nil
	}
	refused := said()
	var answer *smtp.SMTPError
	switch {
	case errors.As(err, &answer) && answer.Code/100 == 4:
		return refusal(err, "login", "")
	case errors.As(err, &answer):
		if refused == "" {
			refused = answer.Message
		}
		return LoginRefused(o.Server, refused, err)
	}
	return o.explain(ctx, err)
}

// PlainOffered reports whether a server, asked without TLS, would take a login: then
// nothing keeps a wrongly set program from sending its password in the clear.
func (o Options) PlainOffered(ctx context.Context) bool {
	o.Server.TLS = NoTLS
	client, err := o.Greet(ctx)
	if err != nil {
		return false
	}
	defer client.Close()
	return client.SupportsAuth(sasl.Plain) || client.SupportsAuth(sasl.Login)
}
