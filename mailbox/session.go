package mailbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"portico/post"
)

// Bounds of what a server may send for one command, besides what was asked for.
const (
	answerMax = 256 << 10
	// lineMax is what one message's numbers, dates and headers of a list may take.
	lineMax = 4 << 10
)

// session is one IMAP connection after the login. It belongs to one goroutine at a
// time, and is of no use any more after an error of the connection.
type session struct {
	account  *Account
	client   *imapclient.Client
	conn     *meter
	nest     nest
	caps     imap.CapSet
	stepMax  time.Duration
	news     chan struct{} // something may have come
	names    map[Place]string
	delim    string // between the levels of a folder's name
	prefix   string // before the names of one's own folders
	selected string
	validity uint32
	uidNext  uint32
	held     atomic.Uint32 // messages of the selected folder
	used     time.Time
}

// connect opens a session up to before the login.
func connect(ctx context.Context, a *Account, stepMax time.Duration) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, stepMax)
	defer cancel()
	conn, err := a.IMAP.Connect(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{account: a, conn: &meter{Conn: conn}, stepMax: stepMax, news: make(chan struct{}, 1), names: map[Place]string{}}
	s.conn.allow(answerMax)
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	// What the client takes for a log keeps nothing.
	options := &imapclient.Options{DebugWriter: &s.nest, UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		// It runs where answers are read: it may not ask for anything.
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				s.held.Store(*d.NumMessages)
				select {
				case s.news <- struct{}{}:
				default:
				}
			}
		}}}
	if a.IMAP.TLS == post.StartTLS {
		if options.TLSConfig, err = a.IMAP.Trust(); err == nil {
			s.client, err = imapclient.NewStartTLS(s.conn, options)
		}
		var refused *imap.Error
		if errors.As(err, &refused) {
			err = post.NewTrouble("starttls", post.NewSay("starttls", "usual", "993"), err)
		}
	} else {
		s.client = imapclient.New(s.conn, options)
		err = s.client.WaitGreeting()
	}
	if err == nil {
		if s.caps = s.client.Caps(); s.caps == nil {
			err = context.DeadlineExceeded
		}
	}
	if err != nil {
		conn.Close()
		return nil, explain(ctx, a, err)
	}
	return s, nil
}

// open connects and signs in.
func open(ctx context.Context, a *Account, tokens *post.Tokens, stepMax time.Duration) (*session, error) {
	s, err := connect(ctx, a, stepMax)
	if err != nil {
		return nil, err
	}
	if err := s.login(ctx, tokens); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// close ends the session without a word, which IMAP servers take well.
func (s *session) close() {
	s.conn.Close()
	s.client.Close()
}

// bye ends the session politely, if the server is quick.
func (s *session) bye() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	s.do(ctx, "signing out", answerMax, func() error { return s.client.Logout().Wait() })
	s.close()
}

// do runs commands under a deadline and a budget of bytes. When either is over, the
// connection ends, and with it whatever waits for it.
func (s *session) do(ctx context.Context, what string, budget int64, f func() error) error {
	return s.doWithin(ctx, s.stepMax, what, budget, f)
}

func (s *session) doWithin(ctx context.Context, most time.Duration, what string, budget int64, f func() error) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	s.conn.allow(budget)
	stop := context.AfterFunc(ctx, func() { s.conn.Close() })
	err := f()
	stop()
	s.used = time.Now()
	if err == nil {
		return nil
	}
	var refused *imap.Error
	if ctx.Err() != nil && !errors.As(err, &refused) {
		err = errors.Join(ctx.Err(), err)
	}
	return fmt.Errorf("%s: %w", what, explain(ctx, s.account, err))
}

// explain leaves a server's own answers as they are and says in words what else went
// wrong.
func explain(ctx context.Context, a *Account, err error) error {
	var refused *imap.Error
	switch {
	case errors.As(err, &refused) && refused.Type != imap.StatusResponseTypeBye:
		return err
	case refused != nil:
		return post.NewTrouble("refused", post.NewSay("refused", "said", post.Words(refused.Text)), err)
	case errors.Is(err, errFlood):
		return post.NewTrouble("flood", post.NewSay("flood"), err)
	case ctx.Err() != nil && !errors.Is(err, context.DeadlineExceeded):
		err = errors.Join(ctx.Err(), err)
	}
	// The client loses the kind of an error of the connection, but not its words.
	switch text := err.Error(); {
	case strings.Contains(text, "unexpected EOF"), strings.Contains(text, "connection reset"), strings.Contains(text, "before greeting"), strings.Contains(text, "broken pipe"):
		err = errors.Join(net.ErrClosed, err)
	case strings.Contains(text, errFlood.Error()):
		return explain(ctx, a, errFlood)
	}
	return a.IMAP.Explain(err)
}

// alive reports whether the connection may be used after an error.
func alive(err error) bool {
	var refused *imap.Error
	return err == nil || errors.As(err, &refused) && refused.Type != imap.StatusResponseTypeBye
}

// login signs in by what the account says and the server offers.
func (s *session) login(ctx context.Context, tokens *post.Tokens) error {
	a := s.account
	var said func() string
	var refused *imap.Error
	err := s.do(ctx, "signing in", answerMax, func() error {
		if a.IMAP.Auth != post.XOAuth2 && !s.caps.Has(imap.CapLoginDisabled) && plainASCII(a.IMAP.User+a.IMAP.Secret) {
			return s.client.Login(a.IMAP.User, a.IMAP.Secret).Wait()
		}
		mechanism, refusal, err := a.IMAP.Mechanism(ctx, func(m string) bool { return s.caps.Has(imap.AuthCap(m)) }, tokens)
		if err != nil {
			return err
		}
		said = refusal
		return s.client.Authenticate(mechanism)
	})
	if err != nil {
		why := ""
		if said != nil {
			why = said() // only the server's words about a token; else empty
		}
		if !errors.As(err, &refused) {
			return err
		}
		if why == "" {
			why = refused.Text
		}
		switch refused.Code {
		case imap.ResponseCodeLimit:
			return post.NewTrouble("sessions", post.NewSay("sessions", "said", post.Words(why)), err)
		case imap.ResponseCodeUnavailable:
			return post.NewTrouble("unavailable", post.NewSay("unavailable", "said", post.Words(why)), err)
		}
		return post.LoginRefused(a.IMAP, why, err)
	}
	return s.do(ctx, "asking what the server can do", answerMax, func() error {
		// Dovecot tells after the login; others are asked.
		if s.caps = s.client.Caps(); s.caps == nil {
			return context.DeadlineExceeded
		}
		return nil
	})
}

func plainASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// layout learns how the server writes the names of folders.
func (s *session) layout(ctx context.Context) error {
	if s.delim != "" {
		return nil
	}
	return s.do(ctx, "asking for the folders' layout", answerMax, func() error {
		roots, err := s.client.List("", "", nil).Collect()
		if err != nil {
			return err
		}
		s.delim = "/"
		if len(roots) > 0 && roots[0].Delim != 0 {
			s.delim = string(roots[0].Delim)
		}
		if !s.caps.Has(imap.CapNamespace) {
			return nil
		}
		spaces, err := s.client.Namespace().Wait()
		if err != nil {
			return err
		}
		if len(spaces.Personal) > 0 {
			s.prefix = spaces.Personal[0].Prefix
			if d := spaces.Personal[0].Delim; d != 0 {
				s.delim = string(d)
			}
		}
		return nil
	})
}

// name is what the server calls a place.
func (s *session) name(ctx context.Context, p Place) (string, error) {
	if known := s.names[p]; known != "" {
		return known, nil
	}
	if err := s.layout(ctx); err != nil {
		return "", err
	}
	name := s.account.Folders.name(p)
	if p == Sent && name == "" {
		var err error
		if name, err = s.specialSent(ctx); err != nil {
			return "", err
		}
		if name == "" {
			name = s.spell("Sent")
		}
	} else {
		name = s.spell(name)
	}
	s.names[p] = name
	return name, nil
}

// spell writes a name with slashes as the server does.
func (s *session) spell(name string) string {
	if strings.EqualFold(name, "INBOX") {
		return "INBOX"
	}
	if s.delim != "/" {
		name = strings.ReplaceAll(name, "/", s.delim)
	}
	if s.prefix != "" && !strings.HasPrefix(name, s.prefix) {
		name = s.prefix + name
	}
	return name
}

// specialSent is the folder that the server calls that of sent messages.
func (s *session) specialSent(ctx context.Context) (name string, err error) {
	if !s.caps.Has(imap.CapSpecialUse) {
		return "", nil
	}
	err = s.do(ctx, "looking for the folder of sent messages", answerMax, func() error {
		folders, err := s.client.List("", "*", &imap.ListOptions{SelectSpecialUse: true}).Collect()
		if err != nil {
			return err
		}
		for _, f := range folders {
			if slices.Contains(f.Attrs, imap.MailboxAttrSent) {
				name = f.Mailbox
				break
			}
		}
		return nil
	})
	if err != nil && alive(err) {
		return "", nil // it says that it can, and cannot: the usual name will do
	}
	return name, err
}

// exists reports whether there is a folder of a name.
func (s *session) exists(ctx context.Context, name string) (bool, error) {
	found := false
	err := s.do(ctx, "looking for the folder "+name, answerMax, func() error {
		folders, err := s.client.List("", name, nil).Collect()
		for _, f := range folders {
			found = found || strings.EqualFold(f.Mailbox, name) && !slices.Contains(f.Attrs, imap.MailboxAttrNonExistent)
		}
		return err
	})
	return found, err
}

// ensure makes a place's folder where it is missing.
func (s *session) ensure(ctx context.Context, p Place) (string, error) {
	name, err := s.name(ctx, p)
	if err != nil || name == "INBOX" {
		return name, err
	}
	found, err := s.exists(ctx, name)
	if err != nil || found {
		return name, err
	}
	err = s.do(ctx, "creating the folder "+name, answerMax, func() error {
		err := s.client.Create(name, nil).Wait()
		var refused *imap.Error
		if errors.As(err, &refused) && refused.Code == imap.ResponseCodeAlreadyExists {
			err = nil
		}
		if err != nil {
			return err
		}
		if err := s.client.Subscribe(name).Wait(); !alive(err) {
			return err
		}
		return nil // not to be subscribed to it does no harm
	})
	return name, err
}

// enter selects a folder, unless it is. It always asks again when fresh is wanted.
func (s *session) enter(ctx context.Context, name string, fresh bool) error {
	if s.selected == name && !fresh {
		return nil
	}
	s.selected = ""
	s.held.Store(0)
	return s.do(ctx, "opening the folder "+name, answerMax, func() error {
		data, err := s.client.Select(name, nil).Wait()
		if err != nil {
			return err
		}
		s.selected, s.validity, s.uidNext = name, data.UIDValidity, uint32(data.UIDNext)
		s.held.CompareAndSwap(0, data.NumMessages) // unless more have come meanwhile
		return nil
	})
}

// count is how many messages the selected folder holds, or held a moment ago. The client's
// own count is not there yet when its SELECT has returned.
func (s *session) count() int64 { return int64(s.held.Load()) }
