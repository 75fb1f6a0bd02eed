package mailbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"portico/letter"
	"portico/mailpeer"
	"portico/post"
)

var (
	shared = mailpeer.Shared{Options: mailpeer.Options{SessionsMax: 12}}
	poor   = mailpeer.Shared{Options: mailpeer.Options{Without: []string{"IDLE", "MOVE", "UIDPLUS"}}}
)

func TestMain(m *testing.M) {
	code := m.Run()
	shared.Close()
	poor.Close()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Println(err)
			code = 1
		}
	}
	os.Exit(code)
}

// ledger is a Sink that remembers as the store does.
type ledger struct {
	mu       sync.Mutex
	validity uint32
	next     uint32
	known    map[string]Print // by validity/uid
	order    []string         // subjects, as they were taken
	mails    map[string]*letter.Mail
	refs     map[string]Ref // where a subject's message is
	moves    int
	place    Place
	fail     func(in *Incoming, attempt int) error
	attempts map[string]int
	matched  int
}

func newLedger() *ledger {
	return &ledger{known: map[string]Print{}, mails: map[string]*letter.Mail{}, refs: map[string]Ref{}, attempts: map[string]int{}, place: Working}
}

func key(validity, uid uint32) string { return fmt.Sprint(validity, "/", uid) }

func (l *ledger) Position(_ context.Context, _ ID, validity uint32) (Position, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.validity == validity {
		return Position{Next: l.next}, nil
	}
	changed := l.validity != 0
	l.validity, l.next = validity, 0
	return Position{Changed: changed}, nil
}

func (l *ledger) Known(_ context.Context, _ ID, validity uint32, prints []Print) (map[uint32]Outcome, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[uint32]Outcome{}
	for _, p := range prints {
		if _, ok := l.known[key(validity, p.UID)]; ok {
			out[p.UID] = Outcome{l.place}
			continue
		}
		if p.HeaderHash == ([32]byte{}) {
			continue
		}
		for _, old := range l.known {
			if old.MessageID == p.MessageID && old.Size == p.Size && old.HeaderHash == p.HeaderHash {
				l.matched++
				l.known[key(validity, p.UID)] = p
				out[p.UID] = Outcome{l.place}
				break
			}
		}
	}
	return out, nil
}

func (l *ledger) Take(_ context.Context, in *Incoming) (Outcome, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := key(in.UIDValidity, in.UID)
	l.attempts[k]++
	if l.fail != nil {
		if err := l.fail(in, l.attempts[k]); err != nil {
			return Outcome{}, err
		}
	}
	if _, ok := l.known[k]; ok {
		return Outcome{l.place}, nil
	}
	l.known[k] = in.Print()
	l.order = append(l.order, in.Mail.Subject)
	l.mails[in.Mail.Subject] = in.Mail
	l.refs[in.Mail.Subject] = in.Ref
	return Outcome{l.place}, nil
}

func (l *ledger) Moved(_ context.Context, moves []Move) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range moves {
		l.moves++
		for subject, ref := range l.refs {
			if ref == m.From {
				l.refs[subject] = m.To
			}
		}
	}
	return nil
}

func (l *ledger) Advance(_ context.Context, _ ID, validity, next uint32) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next = next
	return nil
}

func (l *ledger) taken() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.order)
}

func (l *ledger) subjects() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.order)
}

// house is a mailbox of its own in the shared mail server.
type house struct {
	t       *testing.T
	peer    *mailpeer.Peer
	ledger  *ledger
	boxes   *Mailboxes
	account Account
	options Options
	alerts  chan Alert
}

var userMu sync.Mutex
var userNumber int

func newHouse(t *testing.T, change func(*Account, *Options)) *house {
	t.Helper()
	return newHouseAt(t, shared.Peer(t), change)
}

func newHouseAt(t *testing.T, p *mailpeer.Peer, change func(*Account, *Options)) *house {
	t.Helper()
	h := benchHouse(t, p)
	h.t = t
	if change != nil {
		change(&h.account, &h.options)
	}
	return h
}

func benchHouse(t testing.TB, p *mailpeer.Peer) *house {
	t.Helper()
	userMu.Lock()
	userNumber++
	n := userNumber
	userMu.Unlock()
	address := fmt.Sprintf("box%d@company.test", n)
	if err := p.User(address, "secret"); err != nil {
		t.Fatal(err)
	}
	h := &house{peer: p, ledger: newLedger(), alerts: make(chan Alert, 100)}
	h.account = Account{ID: ID{byte(n)}, Name: address, Address: address, CAs: p.CA, MaxSessions: 4,
		IMAP: post.Server{Host: "127.0.0.1", Port: p.IMAPS, TLS: post.Implicit, Auth: post.Password, User: address, Secret: "secret"},
		SMTP: post.Server{Host: "127.0.0.1", Port: p.SMTP, TLS: post.StartTLS, Auth: post.Password, User: address, Secret: "secret"}}
	h.options = Options{Sink: h.ledger, RetryMax: 100 * time.Millisecond, StepMax: 5 * time.Second, Alert: func(a Alert) { h.alerts <- a }}
	return h
}

func (h *house) start() {
	h.t.Helper()
	h.boxes = New(h.options)
	boxes := h.boxes
	h.t.Cleanup(boxes.Stop)
	boxes.Configure([]Account{h.account})
}

func (h *house) restart() {
	h.t.Helper()
	h.boxes.Stop()
	h.start()
}

func (h *house) within(what string, ok func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			state, _ := h.boxes.State(h.account.ID)
			h.t.Fatalf("not in time: %s; taken %d, state %+v", what, h.ledger.taken(), state)
		}
	}
}

func (h *house) connected() bool {
	s, _ := h.boxes.State(h.account.ID)
	return s.Connected
}

func text(subject string) []byte {
	return []byte("From: Customer <customer@outside.test>\r\nTo: service@company.test\r\nSubject: " + subject + "\r\nMessage-ID: <" + subject + "@outside.test>\r\nDate: Mon, 02 Nov 2026 10:00:00 +0000\r\n\r\nHello, this is " + subject + "\r\n")
}

func (h *house) fill(n int, name string) {
	h.t.Helper()
	if err := h.peer.Fill(h.account.Address, "INBOX", n, func(i int) []byte { return text(fmt.Sprintf("%s-%04d", name, i)) }); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) send(message []byte) {
	h.t.Helper()
	if err := h.peer.Send("customer@outside.test", []string{h.account.Address}, message); err != nil {
		h.t.Fatal(err)
	}
}

// once tells that each message was taken exactly once, and none is left in the inbox.
func (h *house) once(n int) {
	h.t.Helper()
	h.within("taking all", func() bool { return h.ledger.taken() >= n })
	h.within("filing all", func() bool {
		return h.peer.Count(h.account.Address, "INBOX") == 0 && h.peer.Count(h.account.Address, "Portico/Working") == n
	})
	order := h.ledger.subjects()
	if sorted := slices.Sorted(slices.Values(order)); len(slices.Compact(sorted)) != len(order) || len(order) != n {
		h.t.Errorf("%d messages were taken, wanted %d, each once", len(order), n)
	}
}

func readAll(t *testing.T, r io.ReadCloser, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var errStoreAway = errors.New("the store is away")

func lines(s string) []byte {
	return bytes.ReplaceAll([]byte(strings.TrimPrefix(s, "\n")), []byte("\n"), []byte("\r\n"))
}

// where waits until it is known to where a message was filed.
func (h *house) where(subject string) Location {
	h.t.Helper()
	var ref Ref
	h.within("being told where it is", func() bool {
		h.ledger.mu.Lock()
		defer h.ledger.mu.Unlock()
		ref = h.ledger.refs[subject]
		return ref.Folder != "INBOX" && ref.UID != 0
	})
	return Location{Ref: ref, MessageID: "<" + subject + "@outside.test>"}
}

func (h *house) mail(subject string) *letter.Mail {
	h.ledger.mu.Lock()
	defer h.ledger.mu.Unlock()
	return h.ledger.mails[subject]
}

func (l *ledger) number() uint32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.validity
}
