package store

import (
	"slices"
	"sync"
	"time"

	"portico/acd"
)

// Bounds of the commit queue.
const (
	channelMax      = 8192     // units that wait in the class Channel
	channelBytesMax = 64 << 20 // and their bytes
	lazyMax         = 32768    // units that wait in the class Lazy, after coalescing
	batchUnits      = 1024     // units of the class Channel in one commit
	batchBytes      = 8 << 20  // and their bytes; a single unit may be larger
	// lazyRows is a slice of the class Lazy: less than 5 ms at 30,000 rows/s.
	lazyRows = 128
	// lazyEvery is how long Lazy units wait while others keep the writer busy.
	lazyEvery = time.Second
	// lazyPause is how long they wait when nothing else does, so that they coalesce.
	lazyPause = 50 * time.Millisecond
)

// work is a unit on its way: encoded, with whoever waits for its outcome.
type work struct {
	class  Class
	guards []op
	rows   []op
	facts  []acd.Fact // encoded when the commit is formed: it gives their keys
	audits []Audit    // encoded in the commit: it gives their places in the chain
	keys   []lazyKey  // rows[i] has keys[i], with Lazy
	size   int
	bad    error // why it cannot be saved

	words bool // holds what the search is to find
	done  []func(Outcome)
}

// lazyKey names a row of the class Lazy: the latest one replaces those that wait.
type lazyKey struct {
	kind byte
	a, b [16]byte
	n    int64
	text string
}

func (w *work) key(k lazyKey) { w.keys = append(w.keys, k) }

// place is where a row of the class Lazy waits.
type place struct {
	in  *work
	row int
}

// hubCall is one SubmitHub.
type hubCall struct {
	units []*work
	done  func(batch uint64, outcomes []Outcome)
}

// queue holds what waits to be saved. Its lock is held for moments only.
type queue struct {
	wake chan struct{} // holds a token when something may have come

	mu           sync.Mutex
	closed       error // why nothing more is taken
	hub          []hubCall
	channel      []*work
	channelBytes int
	lazy         []*work // in order of their first submission; nil where merged away
	lazyGone     int     // how many nil
	byKey        map[lazyKey]place
	lazyAt       time.Time // when a slice was last taken
}

func newQueue() *queue {
	return &queue{wake: make(chan struct{}, 1), byKey: make(map[lazyKey]place)}
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// putHub takes a call whatever the bounds: the hub has one under way.
func (q *queue) putHub(c hubCall) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed != nil {
		return q.closed
	}
	q.hub = append(q.hub, c)
	q.signal()
	return nil
}

// put takes a unit of the classes Channel and Lazy, or says ErrFull.
func (q *queue) put(w *work) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed != nil:
		return q.closed
	case w.class == Lazy:
		if !q.putLazy(w) {
			return ErrFull
		}
	default:
		if len(q.channel) >= channelMax || q.channelBytes+w.size > channelBytesMax {
			return ErrFull
		}
		q.channel = append(q.channel, w)
		q.channelBytes += w.size
	}
	q.signal()
	return nil
}

// putLazy merges the unit with the waiting ones that share a row with it, or
// appends it. It reports whether there was room.
func (q *queue) putLazy(w *work) bool {
	var into *work
	for _, key := range w.keys {
		other := q.byKey[key].in
		switch {
		case other == nil || other == into:
		case into == nil:
			into = other
		default:
			q.merge(into, other)
			q.lazy[slices.Index(q.lazy, other)] = nil
			q.lazyGone++
		}
	}
	if into != nil {
		q.merge(into, w)
		return true
	}
	if len(q.lazy)-q.lazyGone >= lazyMax {
		return false
	}
	q.lazy = append(q.lazy, w)
	for i, key := range w.keys {
		q.byKey[key] = place{w, i}
	}
	return true
}

// merge moves the rows of a later unit into an earlier one.
func (q *queue) merge(into, from *work) {
	for i, key := range from.keys {
		if at := q.byKey[key]; at.in == into {
			into.rows[at.row] = from.rows[i]
			continue
		}
		q.byKey[key] = place{into, len(into.rows)}
		into.keys = append(into.keys, key)
		into.rows = append(into.rows, from.rows[i])
	}
	into.size += from.size
	into.done = append(into.done, from.done...)
}

// take gives what the next commit holds, or how long to wait for more; zero means
// until a signal. While the store is being closed nothing is left for later.
func (q *queue) take() (hub []hubCall, units []*work, wait time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	hub, q.hub = q.hub, nil
	n, bytes := 0, 0
	for n < len(q.channel) && n < batchUnits && (n == 0 || bytes+q.channel[n].size <= batchBytes) {
		bytes += q.channel[n].size
		n++
	}
	units = append(units, q.channel[:n]...)
	q.channel = slices.Delete(q.channel, 0, n)
	q.channelBytes -= bytes
	if len(q.lazy) == q.lazyGone {
		return hub, units, 0
	}
	pause := lazyPause
	if len(hub) > 0 || len(units) > 0 {
		pause = lazyEvery
	}
	if since := time.Since(q.lazyAt); q.closed == nil && since < pause {
		return hub, units, pause - since
	}
	return hub, append(units, q.takeLazy()...), 0
}

func (q *queue) takeLazy() []*work {
	q.lazyAt = time.Now()
	var out []*work
	rows, n := 0, 0
	for ; n < len(q.lazy) && rows < lazyRows; n++ {
		w := q.lazy[n]
		if w == nil {
			q.lazyGone--
			continue
		}
		for _, key := range w.keys {
			delete(q.byKey, key)
		}
		rows += len(w.rows)
		out = append(out, w)
	}
	q.lazy = slices.Delete(q.lazy, 0, n)
	return out
}

// close refuses all that comes from now on, in these words.
func (q *queue) close(why error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed == nil {
		q.closed = why
	}
	q.signal()
}

func (q *queue) isClosed() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed != nil
}
