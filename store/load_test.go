package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"portico/acd"
	"portico/store"
)

// load writes as the program does, through whatever happens to the store, and keeps
// a log of its own of what was answered: conversations, each with the next message
// once the last is durable, and the hub's batches, one under way.
type load struct {
	s        *store.Store
	unit     acd.UnitID
	contacts []acd.ContactID
	acked    []uint64 // the last durable message of each contact
	facts    uint64   // the last durable fact
	hub      acd.ContactID
	progress atomic.Uint64 // answers so far
	reads    atomic.Uint64 // lists that were answered
	stop     chan struct{}
	running  sync.WaitGroup
}

func startLoad(t testing.TB, s *store.Store) *load {
	const conversations = 8
	l := &load{s: s, unit: unitID(), hub: contactID(), stop: make(chan struct{}), acked: make([]uint64, conversations)}
	for range conversations {
		l.contacts = append(l.contacts, contactID())
	}
	for i := range conversations {
		l.running.Go(func() { l.converse(t, i) })
	}
	l.running.Go(func() { l.route(t) })
	l.running.Go(func() { l.look(t) })
	return l
}

func (l *load) over() bool {
	select {
	case <-l.stop:
		return true
	default:
		return false
	}
}

func (l *load) converse(t testing.TB, i int) {
	for seq := uint64(1); !l.over(); seq++ {
		m := store.Message{Unit: l.unit, Contact: l.contacts[i], Seq: seq, ClientID: fmt.Sprint("m", seq), Kind: "text", Text: "x"}
		if err := l.s.Save(context.Background(), store.Unit{Rows: []store.Row{m}}); err != nil {
			t.Errorf("message %d: %v", seq, err)
			return
		}
		l.acked[i] = seq
		l.progress.Add(1)
	}
}

func (l *load) route(t testing.TB) {
	last := uint64(0)
	for !l.over() {
		var units []store.Unit
		for range 3 {
			l.facts++
			units = append(units, store.Unit{Rows: []store.Row{store.Fact{Fact: acd.Fact{Kind: acd.FactPriority, At: 5, Unit: l.unit,
				Contact: l.hub, N: uint32(l.facts)}}}})
		}
		batch, outcomes := hubSubmit(l.s, units)
		for _, o := range outcomes {
			if o.Err != nil || o.Batch != batch || batch <= last {
				t.Errorf("batch %d after %d: %+v", batch, last, o)
				return
			}
		}
		last = batch
		l.progress.Add(1)
	}
}

// look reads lists all the time. A read may fail, in words, but never hangs.
func (l *load) look(t testing.TB) {
	for !l.over() {
		started := time.Now()
		_, err := l.s.Messages(context.Background(), l.unit, l.contacts[0], 0, 10)
		if err == nil {
			l.reads.Add(1)
		} else if !errors.Is(err, store.ErrAway) {
			t.Errorf("a list: %v", err)
		}
		if took := time.Since(started); took > 30*time.Second {
			t.Errorf("a list took %v", took)
		}
		time.Sleep(time.Millisecond)
	}
}

// goesOn waits until a good deal more is answered, from now on.
func (l *load) goesOn(t testing.TB) {
	t.Helper()
	from, reads := l.progress.Load(), l.reads.Load()
	eventually(t, "the load goes on", func() bool {
		return t.Failed() || l.progress.Load() > from+40 && l.reads.Load() > reads+2
	})
}

// check ends the load and compares its log with the store: what was answered is
// there once, and nothing else is.
func (l *load) check(t testing.TB, s *store.Store) {
	t.Helper()
	l.end()
	l.compare(t, s, 0)
}

func (l *load) end() {
	close(l.stop)
	l.running.Wait()
}

// compare allows so many last ones that were not answered and are there all the same.
func (l *load) compare(t testing.TB, s *store.Store, unanswered uint64) {
	t.Helper()
	for i, contact := range l.contacts {
		var seq uint64
		for {
			page, err := s.Messages(t.Context(), l.unit, contact, seq, 1000)
			must(t, err)
			for _, m := range page {
				if seq++; m.Seq != seq || m.ClientID != fmt.Sprint("m", seq) {
					t.Fatalf("message %d of %d is %+v", seq, i, m)
				}
			}
			if len(page) == 0 {
				break
			}
		}
		if seq < l.acked[i] || seq > l.acked[i]+unanswered {
			t.Errorf("conversation %d: %d messages were answered, %d are there", i, l.acked[i], seq)
		}
	}
	var facts uint64
	must(t, s.FactsSince(t.Context(), 0, func(f store.FactRow) error {
		if f.Contact != l.hub {
			return nil
		}
		if facts++; uint64(f.Fact.N) != facts {
			return fmt.Errorf("fact %d is number %d", facts, f.Fact.N)
		}
		return nil
	}))
	if facts < l.facts || facts > l.facts+3*unanswered {
		t.Errorf("%d facts were answered, %d are there", l.facts, facts)
	}
}
