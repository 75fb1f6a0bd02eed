package mailbox

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"
)

// One who asks for much does not keep others waiting for all of it: sessions go round
// by who asks. Who gives up leaves no trace, and sessions are not lost.
func TestPoolIsFair(t *testing.T) {
	h := newHouse(t, func(a *Account, _ *Options) { a.MaxSessions = 2 })
	a := h.account.filled()
	p := newPool(1, func(ctx context.Context) (*session, error) { return open(ctx, &a, nil, 5*time.Second) })
	first, err := p.take(t.Context(), "first")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var order []string
	var wait sync.WaitGroup
	ask := func(ctx context.Context, who string, waiting int) {
		wait.Go(func() {
			s, err := p.take(ctx, who)
			if err != nil {
				return
			}
			mu.Lock()
			order = append(order, who)
			mu.Unlock()
			p.give(s)
		})
		for deadline := time.Now().Add(10 * time.Second); ; {
			if _, n := p.figures(); n == waiting {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("nobody waits")
			}
			time.Sleep(time.Millisecond)
		}
	}
	for i := range 3 {
		ask(t.Context(), "greedy", i+1)
	}
	gone, leave := context.WithCancel(t.Context())
	ask(gone, "impatient", 4)
	ask(t.Context(), "modest", 5)
	leave()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, n := p.figures(); n == 4 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("who gave up still waits")
		}
	}
	p.give(first)
	wait.Wait()
	if want := []string{"greedy", "modest", "greedy", "greedy"}; !slices.Equal(order, want) {
		t.Errorf("served %v, wanted %v", order, want)
	}
	if open, waiting := p.figures(); open != 1 || waiting != 0 {
		t.Errorf("%d sessions, %d wait", open, waiting)
	}
	p.close()
	if open, _ := p.figures(); open != 0 {
		t.Errorf("%d sessions are left", open)
	}
	if _, err := p.take(t.Context(), "late"); !errors.Is(err, errStopped) {
		t.Errorf("after the end: %v", err)
	}
}

// A session that broke while it was out is replaced, and who waits gets another.
func TestPoolReplaces(t *testing.T) {
	h := newHouse(t, nil)
	a := h.account.filled()
	opened := 0
	p := newPool(1, func(ctx context.Context) (*session, error) {
		if opened++; opened == 2 {
			return nil, errStoreAway
		}
		return open(ctx, &a, nil, 5*time.Second)
	})
	defer p.close()
	s, err := p.take(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	s.close()
	p.give(nil)
	if _, err := p.take(t.Context(), "a"); err == nil {
		t.Fatal("the failed one came through")
	}
	if s, err = p.take(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	p.give(s)
	if n, _ := p.figures(); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// Agents who read, however many, leave the intake its session.
func TestReadersLeaveTheIntakeAlone(t *testing.T) {
	h := newHouse(t, func(a *Account, _ *Options) { a.MaxSessions = 2 })
	h.fill(1, "first")
	h.start()
	h.once(1)
	at := h.where("first-0000")
	part, err := h.boxes.Open(t.Context(), "agent", at, "1") // holds the only one
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if p, err := h.boxes.Open(ctx, "agent", at, "1"); err == nil {
				p.Close()
			}
		})
	}
	h.send(text("second"))
	h.once(2)
	cancel()
	part.Close()
	wait.Wait()
}
