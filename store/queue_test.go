package store

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func unitOf(class Class, key int64) *work {
	w := &work{class: class, rows: []op{{do: opReadMark}}, size: 100}
	if class == Lazy {
		w.keys = []lazyKey{{kind: 'r', n: key}}
	}
	return w
}

// Trifles wait at most a second behind a channel that is never quiet, and only a
// moment when nothing else is to be saved; they are taken in slices.
func TestLazyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		q.lazyAt = time.Now()
		for i := range 3 * lazyRows {
			if err := q.put(unitOf(Lazy, int64(i))); err != nil {
				t.Fatal(err)
			}
		}
		taken, started := 0, time.Now()
		for taken == 0 {
			if err := q.put(unitOf(Channel, 0)); err != nil {
				t.Fatal(err)
			}
			_, units, _ := q.take()
			taken = len(units) - 1
			time.Sleep(time.Millisecond)
		}
		if took := time.Since(started); taken != lazyRows || took < lazyEvery || took > lazyEvery+10*time.Millisecond {
			t.Errorf("%d trifles were taken after %v", taken, took)
		}
		time.Sleep(lazyPause)
		if _, units, _ := q.take(); len(units) != lazyRows {
			t.Errorf("%d trifles were taken when nothing else waited", len(units))
		}
		if _, units, wait := q.take(); len(units) != 0 || wait != lazyPause {
			t.Errorf("%d trifles at once, the next in %v", len(units), wait)
		}
		q.close(ErrClosed)
		if _, units, _ := q.take(); len(units) != lazyRows {
			t.Errorf("%d trifles were taken at the end", len(units))
		}
	})
}

// Every queue is bounded, by units and by bytes, and says so; what was taken makes
// room.
func TestQueueFull(t *testing.T) {
	q := newQueue()
	for i := range channelMax {
		if err := q.put(unitOf(Channel, 0)); err != nil {
			t.Fatalf("unit %d: %v", i, err)
		}
	}
	if err := q.put(unitOf(Channel, 0)); !errors.Is(err, ErrFull) {
		t.Errorf("one too many: %v", err)
	}
	for i := range lazyMax {
		if err := q.put(unitOf(Lazy, int64(i))); err != nil {
			t.Fatalf("trifle %d: %v", i, err)
		}
	}
	if err := q.put(unitOf(Lazy, lazyMax)); !errors.Is(err, ErrFull) {
		t.Errorf("one trifle too many: %v", err)
	}
	if err := q.put(unitOf(Lazy, 5)); err != nil {
		t.Errorf("a trifle that replaces one: %v", err)
	}
	if _, units, _ := q.take(); len(units) < batchUnits {
		t.Errorf("%d units in a batch", len(units))
	}
	if err := q.put(unitOf(Channel, 0)); err != nil {
		t.Errorf("after a batch was taken: %v", err)
	}

	q = newQueue()
	big := unitOf(Channel, 0)
	big.size = channelBytesMax - 50
	if err := errors.Join(q.put(big)); err != nil {
		t.Fatal(err)
	}
	if err := q.put(unitOf(Channel, 0)); !errors.Is(err, ErrFull) {
		t.Errorf("too many bytes: %v", err)
	}
	if _, units, _ := q.take(); len(units) != 1 {
		t.Errorf("a unit larger than a batch is taken alone, not %d", len(units))
	}
}

// Units that come to share a row become one, whatever the order in which they came,
// and every caller is kept.
func TestLazyMerges(t *testing.T) {
	q := newQueue()
	heard, submitted := 0, 0
	put := func(keys ...int64) {
		submitted++
		w := &work{class: Lazy, done: []func(Outcome){func(Outcome) { heard++ }}}
		for _, key := range keys {
			w.keys = append(w.keys, lazyKey{n: key})
			w.rows = append(w.rows, op{args: []any{key, submitted}})
		}
		if err := q.put(w); err != nil {
			t.Fatal(err)
		}
	}
	put(1)
	put(2, 3)
	put(4)
	put(3, 1) // joins the first two
	put(5, 4)
	_, units, _ := q.take()
	if len(units) != 2 || len(units[0].rows) != 3 || len(units[1].rows) != 2 {
		t.Fatalf("units: %+v", units)
	}
	latest := map[int64]int{1: 4, 2: 2, 3: 4, 4: 5, 5: 5}
	for _, u := range units {
		for i, o := range u.rows {
			if key := o.args[0].(int64); u.keys[i].n != key || o.args[1] != latest[key] {
				t.Errorf("row %d of %v is that of submission %v", key, u.keys, o.args[1])
			}
		}
		for _, done := range u.done {
			done(Outcome{})
		}
	}
	if heard != 5 || len(q.byKey) != 0 || len(q.lazy) != q.lazyGone {
		t.Errorf("%d callers, %d keys, %d units left", heard, len(q.byKey), len(q.lazy))
	}
}
