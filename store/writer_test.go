package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"portico/acd"
	"portico/store"
)

// A message that exists already, by number or by client id, drops its unit whole,
// alone of its batch, however many rows the unit has.
func TestMessageGuard(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		c := contact(unitID(), "c1")
		must(t, save(t, s, message(c, 1, "m1"), c))
		alert := func() store.Outbox { return store.Outbox{ID: ids.ID(), Kind: "alert"} }
		cases := []struct {
			what string
			rows []store.Row
			err  error
		}{
			{"the same client id", []store.Row{message(c, 2, "m1"), alert()}, store.ErrExists},
			{"the same number", []store.Row{message(c, 1, "m2"), alert()}, store.ErrExists},
			{"a new one", []store.Row{message(c, 2, "m2"), alert()}, nil},
			{"new, then known", []store.Row{message(c, 3, "m3"), message(c, 4, "m1"), alert()}, store.ErrExists},
			{"known, then new", []store.Row{message(c, 2, "m9"), message(c, 3, "m3"), alert()}, store.ErrExists},
			{"two new ones", []store.Row{message(c, 3, "m3"), message(c, 4, "m4"), alert()}, nil},
		}
		// Together in one queue, so that they share commits.
		errs := make([]error, len(cases))
		var saved sync.WaitGroup
		for i, x := range cases {
			saved.Add(1)
			must(t, s.Submit(store.Channel, store.Unit{Rows: x.rows}, func(o store.Outcome) {
				errs[i] = o.Err
				saved.Done()
			}))
		}
		saved.Wait()
		for i, x := range cases {
			if !errors.Is(errs[i], x.err) {
				t.Errorf("%s: got %v, want %v", x.what, errs[i], x.err)
			}
		}
		got, err := s.Messages(ctx, c.Unit, c.ID, 0, 10)
		must(t, err)
		want(t, "client ids in order", texts(got, func(m store.Message) string { return m.ClientID }),
			[]string{"m1", "m2", "m3", "m4"})
		outbox, err := s.OutboxPage(ctx, [16]byte{}, 10)
		must(t, err)
		want(t, "units that were saved", len(outbox), 2)
	})
}

// The core cannot take back what it decided: a rider's guard that does nothing
// leaves out the rider alone, and says so.
func TestRiderGuard(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		c := contact(unitID(), "c1")
		must(t, save(t, s, message(c, 1, "m1"), c))
		row := openRow(c, acd.Queued)
		_, outcomes := hubSubmit(s, []store.Unit{
			{Rows: []store.Row{row, message(c, 2, "m1"), message(c, 2, "m2")}},
			{Rows: []store.Row{fact(c, acd.FactOffered, 5)}},
		})
		for i, o := range outcomes {
			must(t, o.Err)
			if known := i == 0; known != errors.Is(o.Rider, store.ErrExists) {
				t.Errorf("rider of unit %d: %v", i, o.Rider)
			}
		}
		_, err := s.OpenContact(ctx, c.Unit, c.ID)
		must(t, err)
		seq, err := s.LastSeq(ctx, c.Unit, c.ID)
		must(t, err)
		want(t, "the other rider", seq, 2)
	})
}

// badRows are rows that no engine can save, each for its own reason.
func badRows() map[string]store.Row {
	c := contact(unitID(), "c1")
	noUnit, noClient, longMedium := c, c, c
	noUnit.Unit, noClient.ClientID, longMedium.Medium = acd.UnitID{}, "", strings.Repeat("x", 33)
	invalid, nul, long := c, c, c
	invalid.Name, nul.Caption, long.Caption = "\xff", "a\x00b", strings.Repeat("é", 1<<20)
	details := c
	details.Details = []byte(`{"a":`)
	return map[string]store.Row{"no unit": noUnit, "no client id": noClient, "a long medium": longMedium,
		"not JSON": details, "no seq": store.Message{Unit: c.Unit, Contact: c.ID, ClientID: "m1", Kind: "text"},
		"invalid UTF-8": invalid, "NUL": nul, "over-long text": long,
		"a name without letters": store.PutObject{Object: store.Object{Unit: c.Unit, Kind: "queue", ID: ids.ID(), Body: []byte("{}")}}}
}

// A unit whose data cannot be saved is told so; the rest of its batch is saved, its
// own rows are not, in whatever class it came.
func TestBadUnitAlone(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		bad := badRows()
		taken := contact(unitID(), "taken")
		must(t, save(t, s, taken))
		taken.ID = contactID()
		bad["taken"] = taken // as only the store can know
		for what, bad := range bad {
			t.Run(strings.ReplaceAll(what, " ", "_"), func(t *testing.T) {
				if err := store.Check(bad); what != "taken" && !errors.Is(err, store.ErrBadUnit) {
					t.Errorf("checked before: %v", err)
				}
				badBetweenGood(t, s, bad)
			})
		}
	})
}

func badBetweenGood(t *testing.T, s *store.Store, bad store.Row) {
	c := contact(unitID(), "c1")
	good := [][]store.Row{{message(c, 1, "m1"), c}, {message(c, 2, "m2"), fact(c, acd.FactArrived, 5)}}
	must(t, store.Check(append(good[0], good[1]...)...))
	mark := store.Outbox{ID: ids.ID(), Kind: "alert"}
	errs := make([]error, 3)
	var saved sync.WaitGroup
	for i, rows := range [][]store.Row{good[0], {mark, bad}, good[1]} {
		saved.Add(1)
		err := s.Submit(store.Channel, store.Unit{Rows: rows}, func(o store.Outcome) {
			errs[i] = o.Err
			saved.Done()
		})
		if err != nil { // found before it was queued
			errs[i] = err
			saved.Done()
		}
	}
	saved.Wait()
	if errs[0] != nil || !errors.Is(errs[1], store.ErrBadUnit) || errs[2] != nil {
		t.Errorf("outcomes: %v", errs)
	}
	seq, err := s.LastSeq(t.Context(), c.Unit, c.ID)
	must(t, err)
	want(t, "the neighbours' messages", seq, 2)
	outbox, err := s.OutboxPage(t.Context(), [16]byte{}, 10)
	must(t, err)
	want(t, "what the bad unit saved", len(outbox), 0)
	want(t, "away", s.Health().Away, false)
}

// Behind a bad unit of the hub nothing of the hub is saved in that batch: what is
// durable is a beginning of what the core decided.
func TestBadHubUnitCutsTheBatch(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		a, b := contact(unitID(), "c1"), contact(unitID(), "c2")
		double := a
		double.ID = contactID() // the same client id again
		_, outcomes := hubSubmit(s, []store.Unit{
			{Rows: []store.Row{a, fact(a, acd.FactArrived, 5)}}, {Rows: []store.Row{double}}, {Rows: []store.Row{b}}})
		want(t, "the unit before", outcomes[0].Err, nil)
		for _, o := range outcomes[1:] {
			if !errors.Is(o.Err, store.ErrBadUnit) {
				t.Errorf("outcome %v", o)
			}
		}
		_, err := s.Contact(ctx, a.Unit, a.ID)
		must(t, err)
		none[store.Contact](t, "the unit behind")(s.Contact(ctx, b.Unit, b.ID))
		facts, err := s.Facts(ctx, a.Unit, a.ID)
		must(t, err)
		want(t, "facts", len(facts), 1)
	})
}

// Nothing that is not known, or of the wrong class, is queued.
func TestRefusedBeforeQueued(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		c := contact(unitID(), "c1")
		for what, submit := range map[string]func() error{
			"hub":                  func() error { return s.Submit(store.Hub, store.Unit{}, nil) },
			"lazy without a key":   func() error { return s.Submit(store.Lazy, store.Unit{Rows: []store.Row{c}}, nil) },
			"lazy guard":           func() error { return s.Submit(store.Lazy, store.Unit{Rows: []store.Row{message(c, 1, "m")}}, nil) },
			"no row":               func() error { return s.Submit(store.Channel, store.Unit{Rows: []store.Row{nil}}, nil) },
			"lazy object of hub's": func() error { return s.Submit(store.Lazy, store.Unit{Rows: []store.Row{store.PutObject{}}}, nil) },
		} {
			if err := submit(); !errors.Is(err, store.ErrBadUnit) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// All classes share commits, each with the next number and none left out, and every
// caller hears of its own.
func TestBatchNumbersAscend(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		c := contact(unitID(), "c1")
		var mu sync.Mutex
		seen := make(map[uint64]bool)
		note := func(o store.Outcome) {
			mu.Lock()
			defer mu.Unlock()
			if o.Err != nil {
				t.Error(o.Err)
			}
			seen[o.Batch] = true
		}
		var callers sync.WaitGroup
		for w := range 16 {
			callers.Go(func() {
				for i := range 50 {
					done := make(chan struct{})
					err := s.Submit(store.Channel, store.Unit{Rows: []store.Row{message(c, uint64(w*50+i+1), ids2())}},
						func(o store.Outcome) { note(o); close(done) })
					if err != nil {
						t.Error(err)
						return
					}
					<-done
				}
			})
		}
		callers.Go(func() {
			last := uint64(0)
			for range 50 {
				n, outcomes := hubSubmit(s, []store.Unit{{Rows: []store.Row{fact(c, acd.FactOffered, 5)}}})
				if n <= last || outcomes[0].Batch != n {
					t.Errorf("batch %d came after %d: %+v", n, last, outcomes)
				}
				last = n
				note(outcomes[0])
			}
		})
		callers.Wait()
		must(t, s.Close())
		if again := open(t, o); again.Core().Batch < uint64(len(seen)) || again.Core().Epoch != s.Core().Epoch+1 {
			t.Errorf("core %+v after %d batches of epoch %d", again.Core(), len(seen), s.Core().Epoch)
		}
	})
}

func ids2() string { return acd.ContactID(ids.ID()).String() }

// Close saves what is queued, of every class, answers everybody once, and takes no
// more.
func TestCloseSavesWhatIsQueued(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		c := contact(unitID(), "c1")
		const n = 3000
		var mu sync.Mutex
		answers := 0
		for i := range n {
			class, row := store.Channel, store.Row(message(c, uint64(i+1), ids2()))
			if i%3 == 0 {
				class, row = store.Lazy, store.ReadMark{Unit: c.Unit, Contact: contactID(), Seq: 1}
			}
			must(t, s.Submit(class, store.Unit{Rows: []store.Row{row}}, func(o store.Outcome) {
				mu.Lock()
				defer mu.Unlock()
				if o.Err != nil {
					t.Error(o.Err)
				}
				answers++
			}))
		}
		must(t, s.Close())
		must(t, s.Close())
		want(t, "answers", answers, n)
		if err := s.Save(t.Context(), store.Unit{}); !errors.Is(err, store.ErrClosed) {
			t.Errorf("after the end: %v", err)
		}
		_, outcomes := hubSubmit(s, make([]store.Unit, 2))
		if len(outcomes) != 2 || !errors.Is(outcomes[1].Err, store.ErrClosed) {
			t.Errorf("hub after the end: %v", outcomes)
		}
		again := open(t, o)
		seqs, err := again.Messages(t.Context(), c.Unit, c.ID, 0, n)
		must(t, err)
		want(t, "messages", len(seqs), 1000)
	})
}

// The row budget of docs/architecture.md: a simple contact's life is 13 rows, its
// first message one more.
func TestRowBudget(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		units := life(unitID(), agentID(), queueID(), 1)
		wanted := []int{3, 2, 3, 2, 3}
		total := 0
		for i, u := range units {
			if got := s.RowsOf(u); got != wanted[i] {
				t.Errorf("transition %d writes %d rows, want %d", i, got, wanted[i])
			}
			total += s.RowsOf(u)
		}
		want(t, "rows of a life", total, 13)
		hubSave(t, s, units)
	})
}

// The end of a caller's patience is not the end of the saving.
func TestSaveGoesOnWithoutItsCaller(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		c := contact(unitID(), "c1")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Save(ctx, store.Unit{Rows: []store.Row{c}}); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("save: %v", err)
		}
		must(t, save(t, s))
		_, err := s.Contact(t.Context(), c.Unit, c.ID)
		must(t, err)
	})
}

// Lazy rows coalesce by their key while they wait, units that share a row stay
// whole, and all callers hear of it.
func TestLazyCoalesces(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		unit, queue, other := unitID(), queueID(), queueID()
		const n = 1000
		batches := make(map[uint64]int)
		var mu sync.Mutex
		var saved sync.WaitGroup
		for i := range n {
			q := queue
			if i == 0 {
				q = other // in the first unit alone
			}
			saved.Add(1)
			must(t, s.Submit(store.Lazy, store.Unit{Rows: []store.Row{
				store.Interval{Unit: unit, Queue: q, Start: 900_000, Offered: uint32(i + 1)}, store.IntervalMark{Batch: uint64(i)}}},
				func(o store.Outcome) {
					mu.Lock()
					defer mu.Unlock()
					if o.Err != nil {
						t.Error(o.Err)
					}
					batches[o.Batch]++
					saved.Done()
				}))
		}
		saved.Wait()
		if len(batches) > n/10 {
			t.Errorf("%d submissions took %d commits", n, len(batches))
		}
		got, mark, err := s.Intervals(ctx, 0)
		must(t, err)
		want(t, "intervals", len(got), 2)
		want(t, "mark", mark, uint64(n-1))
		for _, i := range got {
			if i.Queue == queue && i.Offered != n || i.Queue == other && i.Offered != 1 {
				t.Errorf("interval %+v", i)
			}
		}
	})
}
