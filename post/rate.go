package post

import (
	"context"
	"sync"
	"time"
)

// window lets at most so many through in any span of time, as mail servers count:
// it remembers when the last ones went. It is not a bucket, which after a pause would
// let nearly twice as many through.
type window struct {
	mu   sync.Mutex
	went []time.Time // a ring
	next int
	span time.Duration
}

// newWindow makes one; 0: no bound.
func newWindow(count int, span time.Duration) *window {
	if count <= 0 {
		return &window{}
	}
	return &window{went: make([]time.Time, count), span: span}
}

// wait returns when one more may go, and counts it.
func (w *window) wait(ctx context.Context) error {
	for {
		pause := w.take(time.Now())
		if pause <= 0 {
			return nil
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}

// take counts one, or says how long to wait.
func (w *window) take(now time.Time) time.Duration {
	if len(w.went) == 0 {
		return 0
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if oldest := w.went[w.next]; !oldest.IsZero() {
		if pause := w.span - now.Sub(oldest); pause > 0 {
			return pause
		}
	}
	w.went[w.next] = now
	w.next = (w.next + 1) % len(w.went)
	return 0
}
