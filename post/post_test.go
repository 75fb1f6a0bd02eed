package post

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"portico/mailpeer"
)

var (
	shared = mailpeer.Shared{}
	strict = mailpeer.Shared{Options: mailpeer.Options{LoginToSend: true, TLSOnly: true}}
)

func TestMain(m *testing.M) {
	code := m.Run()
	shared.Close()
	strict.Close()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Println(err)
			code = 1
		}
	}
	os.Exit(code)
}

func server(t *testing.T, p *mailpeer.Peer, tls TLS, auth Auth) Server {
	t.Helper()
	for _, u := range []string{"service@company.test", "customer@outside.test"} {
		if err := p.User(u, "secret"); err != nil {
			t.Fatal(err)
		}
	}
	s := Server{Host: "127.0.0.1", Port: p.SMTP, TLS: tls, Auth: auth, User: "service@company.test", Secret: "secret", CAs: p.CA}
	if tls == Implicit {
		s.Port = p.SMTPS
	}
	return s
}

func letterOf(subject string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "From: service@company.test\r\nTo: customer@outside.test\r\nSubject: %s\r\n\r\nHello\r\n.dot\r\n", subject)
		return err
	}
}

var envelope = Envelope{From: "service@company.test", To: []string{"customer@outside.test"}}

func arrived(t *testing.T, p *mailpeer.Peer, subject string) string {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		texts, err := p.Messages("customer@outside.test", "INBOX")
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			if strings.Contains(text, "Subject: "+subject+"\n") || strings.Contains(text, "Subject: "+subject+"\r\n") {
				return text
			}
		}
	}
	t.Fatalf("%s has not arrived", subject)
	return ""
}

// A message goes out by each way to encrypt and each way to sign in, also at a server
// that takes nothing without.
func TestWaysOut(t *testing.T) {
	for _, c := range []struct {
		peer *mailpeer.Shared
		tls  TLS
		auth Auth
	}{{&shared, NoTLS, NoAuth}, {&shared, NoTLS, Password}, {&strict, StartTLS, Password}, {&strict, Implicit, Password}, {&strict, StartTLS, XOAuth2}} {
		t.Run(fmt.Sprint(c.tls, c.auth), func(t *testing.T) {
			p := c.peer.Peer(t)
			o := Options{Server: server(t, p, c.tls, c.auth)}
			if c.auth == XOAuth2 {
				client := p.OAuthClient("service@company.test")
				o.Tokens = NewTokens(OAuth{TokenURL: client.TokenURL, ClientID: client.ID, Secret: client.Secret})
			}
			out := New(o)
			defer out.Close()
			subject := rand.Text()
			if err := out.Send(t.Context(), envelope, letterOf(subject)); err != nil {
				t.Fatal(err)
			}
			if text := arrived(t, p, subject); !strings.Contains(text, "\n.dot") || strings.Contains(text, "\n..dot") {
				t.Errorf("it arrived as %q", text)
			}
		})
	}
}

// A server's refusal is told with its words, and whether it is for good; the connection
// is good for the next message.
func TestRefusals(t *testing.T) {
	p := shared.Peer(t)
	out := New(Options{Server: server(t, p, StartTLS, NoAuth)})
	defer out.Close()
	p.Refuse("for-good@outside.test", "550 5.7.1 We do not like you")
	p.Refuse("for-now@outside.test", "451 4.7.1 Come back later")
	for _, c := range []struct {
		e         Envelope
		permanent bool
		code      string
		words     string
		address   string
	}{
		{Envelope{From: "service@company.test", To: []string{"customer@outside.test", "for-good@outside.test"}}, true, "550 5.7.1", "We do not like you", "for-good@outside.test"},
		{Envelope{From: "service@company.test", To: []string{"for-now@outside.test"}}, false, "451 4.7.1", "Come back later", "for-now@outside.test"},
		{Envelope{From: "service@company.test", To: []string{"nobody@outside.test"}}, true, "550 5.1.1", "User unknown", "nobody@outside.test"},
		{Envelope{From: "service@company.test", To: []string{"no address"}}, true, "553 5.1.3", "no mail address", "no address"},
		{Envelope{From: "service@company.test", To: []string{"x@y\r\nRCPT TO:<z@z>"}}, true, "553 5.1.3", "no mail address", "x@y\r\nRCPT TO:<z@z>"},
		{Envelope{From: "service@company.test", To: []string{"customer@outside.test"}, Size: 1 << 40}, true, "552 5.3.4", "size", "service@company.test"},
	} {
		err := out.Send(t.Context(), c.e, letterOf("never"))
		var r *Refused
		if !errors.As(err, &r) || r.Permanent != c.permanent || r.Code != c.code || !strings.Contains(r.Words, c.words) || r.Address != c.address {
			t.Errorf("%v: %#v", c.e.To, err)
		}
	}
	subject := rand.Text()
	if err := out.Send(t.Context(), envelope, letterOf(subject)); err != nil {
		t.Fatal(err)
	}
	arrived(t, p, subject)
	if texts, _ := p.Messages("customer@outside.test", "INBOX"); strings.Contains(strings.Join(texts, ""), "Subject: never") {
		t.Error("a message with a refused recipient went to the other one")
	}
}

// A message whose writing fails is not taken in part.
func TestBodyFails(t *testing.T) {
	p := shared.Peer(t)
	out := New(Options{Server: server(t, p, StartTLS, NoAuth)})
	defer out.Close()
	own := errors.New("the attachment is gone")
	half := rand.Text()
	err := out.Send(t.Context(), envelope, func(w io.Writer) error { letterOf(half)(w); return own })
	if err != own {
		t.Errorf("it says %v", err)
	}
	subject := rand.Text()
	if err := out.Send(t.Context(), envelope, letterOf(subject)); err != nil {
		t.Fatal(err)
	}
	arrived(t, p, subject)
	if texts, _ := p.Messages("customer@outside.test", "INBOX"); strings.Contains(strings.Join(texts, ""), half) {
		t.Error("half a message was taken")
	}
}

// A kept connection that is gone is opened anew; a server that is away, or hangs, is
// told as that and not as a refusal.
func TestServerAway(t *testing.T) {
	p := shared.Peer(t)
	out := New(Options{Server: server(t, p, StartTLS, NoAuth), StepMax: 500 * time.Millisecond})
	defer out.Close()
	if err := out.Send(t.Context(), envelope, letterOf(rand.Text())); err != nil {
		t.Fatal(err)
	}
	if err := p.Postfix.Restart(); err != nil {
		t.Fatal(err)
	}
	if err := out.Send(t.Context(), envelope, letterOf(rand.Text())); err != nil {
		t.Errorf("after a restart: %v", err)
	}
	p.Postfix.Stall()
	err := out.Send(t.Context(), envelope, letterOf(rand.Text()))
	p.Postfix.Resume()
	var tr *Trouble
	var r *Refused
	if !errors.As(err, &tr) || tr.Fault.Code != "mail_silent" || errors.As(err, &r) {
		t.Errorf("of a hanging server: %v", err)
	}
	if err := p.Postfix.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := out.Send(t.Context(), envelope, letterOf(rand.Text())); !errors.As(err, &tr) || tr.Fault.Code != "mail_port" {
		t.Errorf("of a dead server: %v", err)
	}
	if err := p.Postfix.Start(); err != nil {
		t.Fatal(err)
	}
	if err := out.Send(t.Context(), envelope, letterOf(rand.Text())); err != nil {
		t.Errorf("after the end of the trouble: %v", err)
	}
}

// liar answers each line with the next of its answers, and hangs up when they end.
func liar(t *testing.T, answers ...string) Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	t.Cleanup(func() { listener.Close(); wait.Wait() })
	wait.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conn.SetDeadline(time.Now().Add(10 * time.Second))
			buffer := make([]byte, 4096)
			for _, a := range answers {
				if _, err := io.WriteString(conn, a+"\r\n"); err != nil {
					break
				}
				if n, err := conn.Read(buffer); err != nil || strings.HasSuffix(string(buffer[:n]), "\r\n.\r\n") && a[:3] == "354" {
					break
				}
			}
			conn.Close()
		}
	})
	return Server{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, TLS: NoTLS, Auth: NoAuth}
}

// When the connection breaks after the last dot nobody knows whether the message was
// taken, and that is said; when the server shuts down within a message it is no refusal
// for good.
func TestUncertain(t *testing.T) {
	out := New(Options{Server: liar(t, "220 hi", "250 hi", "250 ok", "250 ok", "354 go")})
	defer out.Close()
	if err := out.Send(t.Context(), envelope, letterOf("x")); !errors.Is(err, ErrUncertain) {
		t.Errorf("after the dot: %v", err)
	}
	shut := New(Options{Server: liar(t, "220 hi", "250 hi", "421 4.3.2 shutting down")})
	defer shut.Close()
	var r *Refused
	if err := shut.Send(t.Context(), envelope, letterOf("x")); !errors.As(err, &r) || r.Permanent || errors.Is(err, ErrUncertain) {
		t.Errorf("of a server that shuts down: %v", err)
	}
	flood := New(Options{Server: liar(t, "220 "+strings.Repeat("x", 1<<20))})
	defer flood.Close()
	if err := flood.Send(t.Context(), envelope, letterOf("x")); err == nil {
		t.Error("an endless line is taken")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := out.Send(ctx, envelope, letterOf("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("of a caller that gave up: %v", err)
	}
}

// Never more than the rate in any minute, also after a pause; and who waits is counted.
func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWindow(30, time.Minute)
		var went []time.Time
		for i := range 100 {
			if i == 45 {
				time.Sleep(59 * time.Second)
			}
			if err := w.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			went = append(went, time.Now())
		}
		for i := 30; i < len(went); i++ {
			if span := went[i].Sub(went[i-30]); span < time.Minute {
				t.Fatalf("31 messages within %s", span)
			}
		}
		if took := went[99].Sub(went[0]); took > 5*time.Minute {
			t.Errorf("100 messages took %s", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		full := newWindow(1, time.Hour)
		full.wait(ctx)
		if err := full.wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who gave up: %v", err)
		}
		if free := newWindow(0, time.Minute); free.wait(t.Context()) != nil {
			t.Error("without a bound nobody waits")
		}
	})
}

// An idle connection is closed after a while, and messages that wait are counted.
func TestIdleAndWaiting(t *testing.T) {
	p := shared.Peer(t)
	out := New(Options{Server: server(t, p, StartTLS, NoAuth), IdleMax: 10 * time.Millisecond, RatePerMinute: 1})
	defer out.Close()
	if err := out.Send(t.Context(), envelope, letterOf(rand.Text())); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		out.turn <- struct{}{}
		open := out.conn != nil
		<-out.turn
		if !open {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the connection is still open")
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() { out.Send(ctx, envelope, letterOf("x")) })
	}
	for deadline := time.Now().Add(10 * time.Second); out.Waiting() != 3; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d wait", out.Waiting())
		}
	}
	cancel()
	wait.Wait()
}

// A token is kept until shortly before its end, fetched once for all who want it, and
// told when it cannot be had.
func TestTokens(t *testing.T) {
	p := shared.Peer(t)
	client := p.OAuthClient("service@company.test")
	tokens := NewTokens(OAuth{TokenURL: client.TokenURL, ClientID: client.ID, Secret: client.Secret, Refresh: client.Refresh})
	before := p.TokensGiven()
	now := time.Now()
	tokens.now = func() time.Time { return now }
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if _, err := tokens.Token(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := p.TokensGiven() - before; n != 1 {
		t.Errorf("%d tokens for 20 who wanted one", n)
	}
	now = now.Add(59 * time.Minute)
	if _, err := tokens.Token(t.Context()); err != nil || p.TokensGiven()-before != 2 {
		t.Errorf("a token that is about to end is given: %v", err)
	}
	bad := NewTokens(OAuth{TokenURL: client.TokenURL, ClientID: client.ID, Secret: "wrong"})
	var tr *Trouble
	if _, err := bad.Token(t.Context()); !errors.As(err, &tr) || !strings.Contains(tr.Fault.Sentence, "unknown application or wrong secret") || strings.Contains(err.Error(), client.Secret) {
		t.Errorf("a wrong secret: %v", err)
	}
}

// What a server says is shown on one line, bounded, without what a terminal or a page
// would take for a command.
func TestWords(t *testing.T) {
	for said, want := range map[string]string{
		"No\r\n such  user.":      "No such user",
		"\x1b[31mred\x00\xff":     "[31mred",
		strings.Repeat("é", 1000): strings.Repeat("é", 250) + "…",
	} {
		if got := Words(said); got != want {
			t.Errorf("%q: %q", said, got)
		}
	}
}
