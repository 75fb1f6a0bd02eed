package mailbox

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"reflect"
	"slices"
	"sync"
	"time"

	"portico/letter"
	"portico/post"
)

// Options set the mailboxes up. Zero durations have defaults.
type Options struct {
	// Sink takes what arrives.
	Sink Sink
	// Letter says how an account's messages are read; nil: by the defaults.
	Letter func(account ID) letter.Options
	// Key signs the package's own test messages, so that nobody else's are taken for
	// them; zero: one that ends with the process.
	Key [32]byte
	// Deliver sends a test message; nil: by a connection of its own.
	Deliver func(ctx context.Context, account ID, e post.Envelope, body func(io.Writer) error) error
	// Alert is told when something needs heeding, and when it is over. It may be nil,
	// and must not block.
	Alert func(Alert)
	// Rotated is told when an account's refresh token has changed. It may be nil.
	Rotated func(account ID, refresh string)
	Log     *slog.Logger
	// StepMax is how long a server may take for one command; 0: 30 s. IdleMax is how
	// long it is waited without asking anything, below 29 min (RFC 2177); 0: 4 min.
	StepMax, IdleMax time.Duration
	// RetryMax is the longest pause between attempts to connect; 0: 60 s.
	RetryMax time.Duration
	// AwayMax is how long a server may be away before an alert is raised; 0: 2 min.
	AwayMax time.Duration
}

// Mailboxes are all accounts. It is safe for concurrent use.
type Mailboxes struct {
	o       Options
	echoes  echoes
	mu      sync.Mutex
	running map[ID]*runner
	stopped bool
}

// New connects to nobody yet.
func New(o Options) *Mailboxes {
	o.StepMax, o.IdleMax = or(o.StepMax, 30*time.Second), min(or(o.IdleMax, 4*time.Minute), 28*time.Minute)
	o.RetryMax, o.AwayMax = or(o.RetryMax, time.Minute), or(o.AwayMax, 2*time.Minute)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Letter == nil {
		o.Letter = func(ID) letter.Options { return letter.Options{} }
	}
	if o.Alert == nil {
		o.Alert = func(Alert) {}
	}
	if o.Key == ([32]byte{}) {
		rand.Read(o.Key[:])
	}
	m := &Mailboxes{o: o, running: map[ID]*runner{}}
	m.echoes.key = o.Key
	return m
}

func or(d, other time.Duration) time.Duration {
	if d <= 0 {
		return other
	}
	return d
}

// Configure makes the accounts be these: new ones are started, those that have gone are
// stopped, changed ones started anew, all others left in peace. It returns when what
// has gone has ended. Calls must not overlap.
func (m *Mailboxes) Configure(accounts []Account) {
	wanted := map[ID]Account{}
	for _, a := range accounts {
		wanted[a.ID] = a
	}
	m.mu.Lock()
	if m.stopped {
		m.mu.Unlock()
		return
	}
	var gone []*runner
	for id, r := range m.running {
		if a, ok := wanted[id]; !ok || !reflect.DeepEqual(a, r.asked) {
			gone = append(gone, r)
			delete(m.running, id)
		} else {
			delete(wanted, id)
		}
	}
	m.mu.Unlock()
	end(gone)
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, a := range wanted {
		if !m.stopped {
			m.running[id] = m.start(a)
		}
	}
}

// Stop ends everything and waits for it. Messages that are not certain by then are
// taken after the next start.
func (m *Mailboxes) Stop() {
	m.mu.Lock()
	m.stopped = true
	var all []*runner
	for _, r := range m.running {
		all = append(all, r)
	}
	clear(m.running)
	m.mu.Unlock()
	end(all)
}

func end(gone []*runner) {
	var wait sync.WaitGroup
	for _, r := range gone {
		wait.Go(r.stop)
	}
	wait.Wait()
}

// of gives the account's runner, or nil.
func (m *Mailboxes) of(account ID) *runner {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.running[account]
}

// Tokens are those of a running account, to sign in at its other server with; nil when
// it does not run, or signs in with a password.
func (m *Mailboxes) Tokens(account ID) *post.Tokens {
	if r := m.of(account); r != nil {
		return r.tokens
	}
	return nil
}

// State is what can be told of an account now.
type State struct {
	Account   ID
	Connected bool
	// Since is when that began.
	Since time.Time
	// Error says why it is not connected, or what else does not work; Hint what may help.
	Error, Hint string
	// Said is Error, to be said in other languages.
	Said post.Say
	// Mode is idle or poll.
	Mode string
	// Waiting messages are in the inbox and not taken yet; Aside of them are refused by
	// ourselves and tried again. Taken is the number since the start.
	Waiting, Aside int
	Taken          uint64
	// Last is when a message was taken last.
	Last time.Time
	// Sessions there are, the intake's included, and who waits for one.
	Sessions, SessionsWaiting int
	Quota                     Quota
	// When a test message went out last, and when one came back last.
	EchoSent, EchoSeen time.Time
	// Hints are peculiarities of the server that an administrator should know.
	Hints []post.Say
}

// State tells of an account; false when it does not run.
func (m *Mailboxes) State(account ID) (State, bool) {
	r := m.of(account)
	if r == nil {
		return State{Account: account}, false
	}
	return r.snapshot(), true
}

// States tells of all accounts, in the order of their ids.
func (m *Mailboxes) States() []State {
	m.mu.Lock()
	runners := make([]*runner, 0, len(m.running))
	for _, r := range m.running {
		runners = append(runners, r)
	}
	m.mu.Unlock()
	out := make([]State, 0, len(runners))
	for _, r := range runners {
		out = append(out, r.snapshot())
	}
	slices.SortFunc(out, func(a, b State) int { return slices.Compare(a.Account[:], b.Account[:]) })
	return out
}
