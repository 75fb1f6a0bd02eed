package mailbox

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"

	"portico/post"
)

// runner is one account at work: the intake, which owns its session; the tender, which
// looks after everything that comes by the clock; and the pool.
type runner struct {
	m       *Mailboxes
	asked   Account // as it was configured
	account Account // with its defaults
	tokens  *post.Tokens
	pool    *pool
	lanes   *lanes
	log     *slog.Logger
	cancel  context.CancelFunc
	work    sync.WaitGroup
	mu      sync.Mutex
	state   State
	news    chan struct{} // of the session at work, nil: none
	alerts  map[string]bool
}

func (m *Mailboxes) start(a Account) *runner {
	ctx, cancel := context.WithCancel(context.Background())
	r := &runner{m: m, asked: a, account: a.filled(), cancel: cancel, log: m.o.Log.With("account", a.Name), alerts: map[string]bool{}}
	r.state = State{Account: a.ID, Since: time.Now()}
	r.state.tell(post.NewSay("not_connected"))
	if a.IMAP.Auth == post.XOAuth2 || a.SMTP.Auth == post.XOAuth2 {
		r.tokens = post.NewTokens(a.OAuth)
		if m.o.Rotated != nil {
			r.tokens.Rotated = func(refresh string) { m.o.Rotated(a.ID, refresh) }
		}
	}
	r.pool = newPool(r.account.MaxSessions-r.account.Reserve, func(asker context.Context) (*session, error) {
		asker, stop := context.WithCancel(asker)
		defer stop()
		defer context.AfterFunc(ctx, stop)()
		return open(asker, &r.account, r.tokens, m.o.StepMax)
	})
	r.lanes = newLanes(ctx, m.o.Sink, r.log, r.poke)
	r.work.Go(func() {
		newIntake(r).run(ctx)
		r.lanes.close()
	})
	r.work.Go(func() { r.tend(ctx) })
	return r
}

func (r *runner) stop() {
	r.cancel()
	r.pool.close()
	r.work.Wait()
}

// poke wakes the intake while it waits for messages.
func (r *runner) poke() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.news != nil {
		select {
		case r.news <- struct{}{}:
		default:
		}
	}
}

func (r *runner) snapshot() State {
	open, waiting := r.pool.figures()
	taken, why := r.lanes.figures()
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.state
	s.Taken = taken
	if why != "" && s.Connected {
		s.tell(post.NewSay("not_taken", "why", post.Words(why)))
	}
	s.Sessions, s.SessionsWaiting = open, waiting
	if s.Connected {
		s.Sessions++
	}
	return s
}

func (r *runner) note(f func(*State)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(&r.state)
}

// connected notes that the intake is at work.
func (r *runner) connected(s *session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.news = s.news
	if !r.state.Connected {
		r.state.Connected, r.state.Since = true, time.Now()
	}
	r.state.tell(post.Say{})
	r.state.Mode = "poll"
	if s.caps.Has(imap.CapIdle) {
		r.state.Mode = "idle"
	}
	r.state.Hints = hints(s)
}

// tell notes what is wrong, in words; the zero one: nothing.
func (s *State) tell(said post.Say) {
	s.Said, s.Error, s.Hint = said, said.String(), said.Advice()
}

// hints are what an administrator should know of a server's abilities.
func hints(s *session) []post.Say {
	var out []post.Say
	if !s.caps.Has(imap.CapIdle) {
		out = append(out, post.NewSay("no_idle", "every", s.account.Poll.String()))
	}
	if !s.caps.Has(imap.CapMove) && !s.caps.Has(imap.CapUIDPlus) {
		out = append(out, post.NewSay("no_move"))
	}
	return out
}

// lost notes why the intake is not connected.
func (r *runner) lost(err error) {
	said := words(err)
	r.mu.Lock()
	r.news = nil
	if r.state.Connected {
		r.state.Connected, r.state.Since = false, time.Now()
	}
	changed := r.state.Error != said.String()
	r.state.tell(said)
	r.mu.Unlock()
	if changed {
		r.log.Warn("the mailbox is not read", "peer", r.account.IMAP.String(), "err", err)
	}
}

// words is what a person is told of an error.
func words(err error) post.Say {
	var t *post.Trouble
	if errors.As(err, &t) {
		return t.Said
	}
	var refused *imap.Error
	if errors.As(err, &refused) {
		return post.NewSay("command", "said", post.Words(refused.Text))
	}
	return post.NewSay("unreadable", "why", post.Words(err.Error()))
}

// sleep waits; false when the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// backoff is the pause before the n-th attempt in a row, from 1; it differs a little so
// that not all accounts come at once after an outage.
func backoff(n int, most time.Duration) time.Duration {
	d := min(500*time.Millisecond<<min(n-1, 10), most)
	return d*3/4 + rand.N(d/4+1)
}
