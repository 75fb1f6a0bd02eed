package mailbox

import (
	"context"
	"slices"
	"sync"
	"time"

	"portico/fault"
)

const (
	// waitersMax bounds who may wait for a session, for one account.
	waitersMax = 500
	// waitMax is how long one may wait.
	waitMax = 30 * time.Second
	// keepMax is how long a session is kept that nobody uses.
	keepMax = 2 * time.Minute
)

var (
	errCrowded = fault.New(fault.TooMany, "mail_crowded", "Too many people read messages at the same time. Try again in a moment.")
	errStopped = fault.New(fault.Unavailable, "mail_stopped", "This mailbox is not in use now. Try again later.")
)

// pool shares an account's sessions among those who read messages and file sent ones.
// Who waits is served in turn: one session for each asking agent before anyone gets a
// second one.
type pool struct {
	size int
	dial func(context.Context) (*session, error)

	mu      sync.Mutex
	open    int // sessions there are, or that are being opened
	free    []*session
	waiting map[string][]chan *session // by who asks, each in order
	order   []string                   // whose turn is next
	waiters int
	closed  bool
	done    sync.WaitGroup // sessions that are out
}

func newPool(size int, dial func(context.Context) (*session, error)) *pool {
	return &pool{size: size, dial: dial, waiting: map[string][]chan *session{}}
}

// take gives a session; give it back with give. who is the agent, or what asks.
func (p *pool) take(ctx context.Context, who string) (*session, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, errStopped
	}
	if p.waiters == 0 && (len(p.free) > 0 || p.open < p.size) {
		s := p.pop()
		p.done.Add(1)
		p.mu.Unlock()
		return p.ready(ctx, s)
	}
	if p.waiters >= waitersMax {
		p.mu.Unlock()
		return nil, errCrowded
	}
	turn := make(chan *session, 1)
	if len(p.waiting[who]) == 0 {
		p.order = append(p.order, who)
	}
	p.waiting[who] = append(p.waiting[who], turn)
	p.waiters++
	p.mu.Unlock()
	timer := time.NewTimer(waitMax)
	defer timer.Stop()
	select {
	case s, ok := <-turn:
		if !ok {
			return nil, errStopped
		}
		return p.ready(ctx, s)
	case <-ctx.Done():
		p.leave(who, turn)
		return nil, context.Cause(ctx)
	case <-timer.C:
		p.leave(who, turn)
		return nil, errCrowded
	}
}

// pop takes a free session, or the right to open one (nil). The lock is held.
func (p *pool) pop() *session {
	if n := len(p.free); n > 0 {
		s := p.free[n-1] // the one used last: the others may end
		p.free = p.free[:n-1]
		return s
	}
	p.open++
	return nil
}

// ready opens a session where there is only the right to one, and looks whether one
// that lay idle still lives.
func (p *pool) ready(ctx context.Context, s *session) (*session, error) {
	if s != nil && time.Since(s.used) > time.Second {
		if err := s.do(ctx, "asking whether the connection lives", answerMax, func() error { return s.client.Noop().Wait() }); err != nil {
			s.close()
			s = nil
		}
	}
	if s != nil {
		return s, nil
	}
	s, err := p.dial(ctx)
	if err != nil {
		p.give(nil)
		return nil, err
	}
	return s, nil
}

// leave stops waiting. A session that came at the same moment goes on to the next.
func (p *pool) leave(who string, turn chan *session) {
	p.mu.Lock()
	if i := slices.Index(p.waiting[who], turn); i >= 0 {
		p.waiting[who] = slices.Delete(p.waiting[who], i, i+1)
		p.waiters--
		if len(p.waiting[who]) == 0 {
			delete(p.waiting, who)
			p.order = slices.DeleteFunc(p.order, func(o string) bool { return o == who })
		}
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	if s, ok := <-turn; ok {
		p.give(s)
	}
}

// give takes a session back; nil: it is gone, but another may be opened.
func (p *pool) give(s *session) {
	p.mu.Lock()
	if p.closed || (s == nil && p.waiters == 0) {
		p.open--
		p.mu.Unlock()
		if s != nil {
			s.bye()
		}
		p.done.Done()
		return
	}
	if p.waiters == 0 {
		p.free = append(p.free, s)
		p.mu.Unlock()
		p.done.Done()
		return
	}
	who := p.order[0]
	p.order = p.order[1:]
	turn := p.waiting[who][0]
	if p.waiting[who] = p.waiting[who][1:]; len(p.waiting[who]) > 0 {
		p.order = append(p.order, who)
	} else {
		delete(p.waiting, who)
	}
	p.waiters--
	turn <- s // it has room
	p.mu.Unlock()
}

// trim closes sessions that nobody has used for a while.
func (p *pool) trim() {
	p.mu.Lock()
	var old []*session
	p.free = slices.DeleteFunc(p.free, func(s *session) bool {
		if time.Since(s.used) < keepMax {
			return false
		}
		old = append(old, s)
		return true
	})
	p.open -= len(old)
	p.mu.Unlock()
	for _, s := range old {
		s.bye()
	}
}

// close ends all sessions and sends those who wait away. Those that are out are ended
// when they are given back; it waits for them.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	free := p.free
	p.free = nil
	p.open -= len(free)
	for _, turns := range p.waiting {
		for _, turn := range turns {
			close(turn)
		}
	}
	p.waiting, p.order, p.waiters = map[string][]chan *session{}, nil, 0
	p.mu.Unlock()
	for _, s := range free {
		s.bye()
	}
	p.done.Wait()
}

// figures are the sessions that there are, and who waits.
func (p *pool) figures() (open, waiting int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open, p.waiters
}
