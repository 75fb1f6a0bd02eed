package mailbox

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"

	"portico/post"
)

// An echo is a test message that goes out by SMTP and is seen again by IMAP: that of
// the keep-alive, and that which finds out whether a header of ours survives. It is
// known by its Message-ID, which is signed, and is deleted when it comes back.
const (
	echoPrefix = "portico-echo."
	// echoHeader carries the same once more: it shows whether the server keeps headers
	// that it does not know.
	echoHeader = "X-Portico-Echo"
	// echoLife is how long an echo is believed.
	echoLife = 7 * 24 * time.Hour
)

// echoes makes and knows them, and tells those who wait for one.
type echoes struct {
	key     [32]byte
	mu      sync.Mutex
	waiting map[string]chan bool // by token; gets whether the header came through
}

// token is: when (8 bytes), chance (8), what both are signed with (16).
func (e *echoes) token(account ID, now time.Time) string {
	var b [32]byte
	rand.Read(b[8:16])
	at := now.Unix()
	for i := range 8 {
		b[i] = byte(at >> (56 - 8*i))
	}
	copy(b[16:], e.sign(account, b[:16]))
	return hex.EncodeToString(b[:])
}

func (e *echoes) sign(account ID, b []byte) []byte {
	h := hmac.New(sha256.New, e.key[:])
	h.Write([]byte("echo"))
	h.Write(account[:])
	h.Write(b)
	return h.Sum(nil)[:16]
}

// open gives the token of a Message-ID that is ours and still young.
func (e *echoes) open(account ID, messageID string, now time.Time) (token string, sent time.Time, ok bool) {
	rest, is := strings.CutPrefix(strings.TrimPrefix(messageID, "<"), echoPrefix)
	if !is {
		return "", time.Time{}, false
	}
	token, _, _ = strings.Cut(rest, "@")
	b, err := hex.DecodeString(token)
	if err != nil || len(b) != 32 || !hmac.Equal(b[16:], e.sign(account, b[:16])) {
		return "", time.Time{}, false
	}
	var at int64
	for _, c := range b[:8] {
		at = at<<8 | int64(c)
	}
	sent = time.Unix(at, 0)
	return token, sent, now.Sub(sent) < echoLife && sent.Sub(now) < time.Hour
}

// expect gives a channel that is told when the echo comes back; call done at the end.
func (e *echoes) expect(token string) (came <-chan bool, done func()) {
	c := make(chan bool, 1)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.waiting == nil {
		e.waiting = map[string]chan bool{}
	}
	e.waiting[token] = c
	return c, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.waiting, token)
	}
}

func (e *echoes) came(token string, header bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c := e.waiting[token]; c != nil {
		select {
		case c <- header:
		default:
		}
	}
}

// echoMessage is the text of one.
func echoMessage(from, to, subject, token string, now time.Time) func(io.Writer) error {
	domain := "localhost"
	if at := strings.LastIndexByte(from, '@'); at >= 0 {
		domain = from[at+1:]
	}
	var b bytes.Buffer
	for _, line := range []string{
		"From: <" + from + ">", "To: <" + to + ">", "Subject: " + subject, "Date: " + now.Format(time.RFC1123Z),
		"Message-ID: <" + echoPrefix + token + "@" + domain + ">", echoHeader + ": " + token,
		"Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All", "MIME-Version: 1.0", "Content-Type: text/plain; charset=us-ascii", "",
		"This message tests the way through the mail server. It may be deleted.",
	} {
		b.WriteString(line + "\r\n")
	}
	return func(w io.Writer) error {
		_, err := w.Write(b.Bytes())
		return err
	}
}

// echoes takes the test messages out of what has arrived, and deletes them.
func (in *intake) echoes(ctx context.Context, prints []Print) ([]Print, error) {
	rest := prints[:0:0]
	for _, p := range prints {
		token, sent, ok := in.r.m.echoes.open(in.r.account.ID, p.MessageID, time.Now())
		if !ok {
			rest = append(rest, p)
			continue
		}
		has, err := in.s.hasHeader(ctx, p.UID, echoHeader)
		if err != nil && !errors.Is(err, errGone) {
			return nil, err
		}
		in.r.m.echoes.came(token, has)
		in.r.note(func(s *State) {
			if sent.After(s.EchoSeen) {
				s.EchoSeen = sent
			}
		})
		err = in.s.do(ctx, "removing a test message", answerMax, func() error { return in.s.delete(uidSet([]uint32{p.UID})) })
		if err != nil && !alive(err) {
			return nil, err
		}
		in.seen[p.UID] = &progress{step: filed}
	}
	return rest, nil
}

// hasHeader reports whether a message of the selected folder has a header.
func (s *session) hasHeader(ctx context.Context, uid uint32, name string) (has bool, err error) {
	section := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: []string{name}, Peek: true}
	err = s.do(ctx, "reading a header", answerMax, func() error {
		messages, err := s.client.Fetch(uidSet([]uint32{uid}), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
		if err != nil {
			return err
		}
		for _, m := range messages {
			if uint32(m.UID) != uid || len(m.BodySection) == 0 {
				continue
			}
			header, _ := textproto.NewReader(bufio.NewReader(bytes.NewReader(m.BodySection[0].Bytes))).ReadMIMEHeader()
			has = header.Get(name) != ""
			return nil
		}
		return errGone
	})
	return has, err
}

// sendEcho sends a test message from the mailbox to itself, or another sender's.
func (m *Mailboxes) sendEcho(ctx context.Context, a *Account, tokens *post.Tokens, token string) error {
	e := post.Envelope{From: a.Address, To: []string{a.Address}}
	body := echoMessage(a.Address, a.Address, "Portico test", token, time.Now())
	if m != nil && m.o.Deliver != nil {
		return m.o.Deliver(ctx, a.ID, e, body)
	}
	sender := post.New(a.Post(tokens))
	defer sender.Close()
	if err := sender.Send(ctx, e, body); err != nil {
		return fmt.Errorf("sending a test message: %w", err)
	}
	return nil
}
