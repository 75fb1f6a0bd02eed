package mailbox

import (
	"context"
	"hash/maphash"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// lanesMax is how many messages are handed to the Sink at once.
const lanesMax = 16

const (
	retryFirst = time.Second
	retryMax   = 30 * time.Second
	// asideAfter is how often a message is handed over in vain, while others are
	// taken, before the others no longer wait for it.
	asideAfter = 8
)

// verdict is what came of one message.
type verdict struct {
	uid      uint32
	validity uint32
	outcome  Outcome
	aside    bool // not taken; it is tried again later
}

// lanes hand messages to the Sink: several at once, but those of one sender one after
// the other and in order. A lane whose message is not taken waits and tries again; when
// only that one message is refused, it is set aside.
type lanes struct {
	sink     Sink
	log      *slog.Logger
	seed     maphash.Seed
	in       [lanesMax]chan *Incoming
	work     sync.WaitGroup
	poke     func() // called after each verdict; must not block
	mu       sync.Mutex
	out      int           // messages on their way
	changed  chan struct{} // closed, and made anew, when out changes
	verdicts []verdict
	taken    uint64 // so far
	trouble  string // why a message is not taken; empty: all is well
}

func newLanes(ctx context.Context, sink Sink, log *slog.Logger, poke func()) *lanes {
	l := &lanes{sink: sink, log: log, seed: maphash.MakeSeed(), poke: poke, changed: make(chan struct{})}
	for i := range l.in {
		l.in[i] = make(chan *Incoming, 2)
		l.work.Go(func() {
			for m := range l.in[i] {
				l.hand(ctx, m)
			}
		})
	}
	return l
}

// close waits until every lane has ended. Nothing may be given any more.
func (l *lanes) close() {
	for _, in := range l.in {
		close(in)
	}
	l.work.Wait()
}

// give waits for room in the sender's lane.
func (l *lanes) give(ctx context.Context, m *Incoming) error {
	sender := strings.ToLower(m.Mail.From.Address)
	lane := maphash.String(l.seed, sender) % lanesMax
	l.mu.Lock()
	l.out++
	l.mu.Unlock()
	select {
	case l.in[lane] <- m:
		return nil
	case <-ctx.Done():
		l.finished()
		return context.Cause(ctx)
	}
}

// settled waits until every message that was given has its verdict, but no longer than
// most, and tells whether it is so.
func (l *lanes) settled(ctx context.Context, most time.Duration) bool {
	timer := time.NewTimer(most)
	defer timer.Stop()
	for {
		l.mu.Lock()
		out, changed := l.out, l.changed
		l.mu.Unlock()
		if out == 0 {
			return true
		}
		select {
		case <-changed:
		case <-timer.C:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// finished counts one message less on its way, and wakes who waits.
func (l *lanes) finished() {
	l.mu.Lock()
	l.out--
	close(l.changed)
	l.changed = make(chan struct{})
	l.mu.Unlock()
	l.poke()
}

// results gives the verdicts since the last call.
func (l *lanes) results() []verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := l.verdicts
	l.verdicts = nil
	return out
}

// figures are how many messages were taken, and why one is not.
func (l *lanes) figures() (taken uint64, trouble string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.taken, l.trouble
}

// hand gives one message to the Sink until it is taken.
func (l *lanes) hand(ctx context.Context, m *Incoming) {
	defer l.finished()
	before, _ := l.figures()
	for attempt := 1; ; attempt++ {
		outcome, err := l.sink.Take(ctx, m)
		if err == nil {
			l.mu.Lock()
			l.taken++
			l.trouble = ""
			l.verdicts = append(l.verdicts, verdict{uid: m.UID, validity: m.UIDValidity, outcome: outcome})
			l.mu.Unlock()
			return
		}
		if ctx.Err() != nil {
			return // stopping: it is found again at the next start
		}
		l.log.Warn("a message is not taken yet", "uid", m.UID, "attempt", attempt, "err", err)
		l.mu.Lock()
		l.trouble = err.Error()
		others := l.taken > before
		if attempt >= asideAfter && others {
			l.verdicts = append(l.verdicts, verdict{uid: m.UID, validity: m.UIDValidity, aside: true})
			l.mu.Unlock()
			return
		}
		l.mu.Unlock()
		timer := time.NewTimer(min(retryFirst<<min(attempt-1, 10), retryMax))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}
