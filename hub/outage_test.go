package hub

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/store"
)

// When somebody sets the clock forward, what is due by it happens within SleepMax.
func TestClockSetForward(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ahead atomic.Int64
		m := newMemory()
		d := start(t, m)
		d.stop()
		d.hub = New(Options{Store: m, Log: quiet(), NewID: d.hub.o.NewID, Fold: d.hub.o.Fold,
			Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
		plan := thePlan()
		plan.Queues[0].OfferTime = time.Hour
		if err := d.hub.Start(t.Context(), plan); err != nil {
			t.Fatal(err)
		}
		defer d.stop()
		d.ready(ada)
		d.arrive(1)
		ahead.Store(int64(2 * time.Hour))
		time.Sleep(SleepMax + time.Second)
		synctest.Wait()
		if row := d.row(1); row.State != acd.Queued {
			t.Errorf("two hours by the clock after an offer of one the contact is in state %d", row.State)
		}
	})
}

// While a commit is under way the next batch forms: many events, few commits.
func TestBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		defer d.stop()
		m.slow(10 * time.Millisecond)
		m.commits = nil
		var callers sync.WaitGroup
		for n := range 3000 {
			callers.Go(func() { d.arrive(n) })
		}
		callers.Wait()
		if len(m.commits) > 5 || slices.Max(m.commits) > BatchMax {
			t.Errorf("commits of %v units", m.commits)
		}
		if len(m.open) != 3000 {
			t.Errorf("%d contacts", len(m.open))
		}
	})
}

// Callers hear store_away at their deadline; when the store is back, everything
// goes on, and no agent has missed a deadline meanwhile.
func TestStuckStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		defer d.stop()
		d.ready(ada)
		d.arrive(1)
		offered := d.row(1)
		release := m.jam(false)
		var away, busy atomic.Int32
		var callers sync.WaitGroup
		for n := range 6000 {
			callers.Go(func() {
				_, err := d.hub.Ask(within(5*time.Second), Command{Arrival: arrival(10 + n), Unit: sales})
				switch f := fault.Of(err); {
				case f == nil:
					t.Errorf("answered with %v", err)
				case f.Code == "busy":
					busy.Add(1)
				case f.Code == "store_away":
					away.Add(1)
				}
			})
		}
		callers.Wait()
		if taken := int(away.Load()); taken < ArrivalsMax || taken > ArrivalsMax+2*BatchMax || busy.Load() == 0 {
			t.Errorf("%d waited, %d were busy", away.Load(), busy.Load())
		}
		time.Sleep(time.Minute) // three times the offer's time
		var finished sync.WaitGroup
		for range ProgressMax + 100 { // more than the lane holds: the rest waits outside
			finished.Go(func() {
				if err := d.try(acd.CustomerLost{Contact: contact(65_000)}); fault.Of(err) == nil {
					t.Error("an event about a contact that is not there went well")
				}
			})
		}
		synctest.Wait()
		before := d.folded()
		release()
		finished.Wait()
		synctest.Wait()
		if d.folded() == before {
			t.Fatal("nothing went on")
		}
		row := d.row(1)
		if row.State != acd.Offered || row.Offer != offered.Offer || row.Deadline != acd.At(time.Now()).Add(20*time.Second) {
			t.Errorf("after the outage the offer is %+v, was %+v", row, offered)
		}
		for _, f := range m.facts {
			if f.Kind == acd.FactNotAccepted || f.Kind == acd.FactDesktopLost {
				t.Errorf("the outage made the fact %+v", f)
			}
		}
		if n := len(m.open); n < ArrivalsMax {
			t.Errorf("%d contacts were saved after the outage", n)
		}
		d.accept(1)
	})
}

// An outcome that stays unknown for long is not answered, neither way; then it is
// what it is, and the same client id finds the contact.
func TestUnknownOutcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		defer d.stop()
		release := m.jam(true)
		_, err := d.hub.Ask(within(3*time.Second), Command{Arrival: arrival(1), Unit: sales})
		wantCode(t, err, "store_away")
		if m.waiting() != 1 {
			t.Fatal("the test wants the contact saved and the outcome unknown")
		}
		if d.folded() > 1 {
			t.Error("a batch of which nothing is known was folded")
		}
		release()
		answer := d.arrive(1)
		if !answer.Existing || answer.Contact != contact(1) || len(m.open) != 1 {
			t.Errorf("the repeat was answered %+v, %d contacts are open", answer, len(m.open))
		}
	})
}

// A unit that the store cannot save, or a lost epoch, stops the hub for good: what
// was saved is said, all others hear store_away, and the app learns why.
func TestRefusedByTheStore(t *testing.T) {
	for _, cause := range []error{store.ErrBadUnit, store.ErrFenced} {
		synctest.Test(t, func(t *testing.T) {
			m := newMemory()
			d := start(t, m)
			m.slow(time.Millisecond)
			bad := contact(2)
			m.refuse = func(u store.Unit) error {
				for _, row := range u.Rows {
					if c, ok := row.(store.Contact); ok && c.ID == bad {
						return cause
					}
				}
				return nil
			}
			folded := d.folded()
			results := make([]error, 5)
			var callers sync.WaitGroup
			for n := range results {
				callers.Go(func() {
					_, results[n] = d.hub.Ask(t.Context(), Command{Arrival: arrival(n), Unit: sales})
				})
			}
			callers.Wait()
			<-d.hub.Done()
			if !errors.Is(d.hub.Err(), cause) {
				t.Errorf("the hub says %v", d.hub.Err())
			}
			for n, err := range results {
				_, saved := m.open[contact(n)]
				if n == 2 && saved || saved != (err == nil) {
					t.Errorf("contact %d: saved %v, answered %v", n, saved, err)
				}
			}
			if d.folded() > folded+1 {
				t.Error("a batch that was not saved whole was folded")
			}
			wantCode(t, d.try(acd.SignedIn{Agent: ada}), "store_away")
			d.stop()
		})
	}
}

// Stop finishes what was taken and refuses the rest; one that may not wait for a
// stuck store leaves the callers with store_away.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		m.slow(50 * time.Millisecond)
		var callers sync.WaitGroup
		for n := range 500 {
			callers.Go(func() { d.arrive(n) })
		}
		synctest.Wait()
		d.stop()
		callers.Wait()
		if len(m.open) != 500 || d.hub.Err() != nil {
			t.Errorf("%d contacts, %v", len(m.open), d.hub.Err())
		}
		wantCode(t, d.try(acd.SignedIn{Agent: ada}), "store_away")
		d.stop() // again is no harm
	})
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		release := m.jam(false)
		answers := make(chan error, 1)
		go func() {
			_, err := d.hub.Ask(t.Context(), Command{Arrival: arrival(1), Unit: sales})
			answers <- err
		}()
		synctest.Wait()
		if err := d.hub.Stop(within(2 * time.Second)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		wantCode(t, <-answers, "store_away")
		release()
		if err := d.hub.Stop(t.Context()); err != nil {
			t.Errorf("once stopped: %v", err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{Store: newMemory(), Now: time.Now, Log: quiet()})
		if err := h.Stop(t.Context()); err != nil {
			t.Errorf("a hub that never ran: %v", err)
		}
	})
}

// The core is woken when it wants, though nothing happens: an offer that nobody
// answers goes back after its time and not before.
func TestWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := start(t, newMemory())
		defer d.stop()
		d.ready(ada)
		d.arrive(1)
		time.Sleep(20*time.Second - time.Millisecond)
		synctest.Wait()
		if row := d.row(1); row.State != acd.Offered {
			t.Fatalf("before its time the offer is in state %d", row.State)
		}
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		if row := d.row(1); row.State != acd.Queued || row.Exclusions[0].Agent != ada {
			t.Fatalf("after its time: %+v", row)
		}
		if a := d.store.agents[ada]; a.Domains.Of(acd.Chat).Available || a.Domains.Of(acd.Chat).Reason != notReady {
			t.Errorf("after no answer the agent is %+v", a.Domains)
		}
	})
}

// A contact whose queue is gone, or of another domain, keeps nobody from being
// served: the rest is restored.
func TestRestoreWithoutQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		d.arrive(1)
		d.arrive(2)
		d.arrive(3)
		d.stop()
		for n, change := range map[int]func(*acd.ContactRow){
			1: func(c *acd.ContactRow) { c.Queue = acd.QueueID{7} },
			2: func(c *acd.ContactRow) { c.Domain = acd.Email },
		} {
			row := m.open[contact(n)]
			change(&row.ContactRow)
			m.open[contact(n)] = row
		}
		d = start(t, m)
		defer d.stop()
		d.ready(ada)
		d.accept(3)
		wantCode(t, d.try(acd.Abandoned{Contact: contact(1)}), "not_found")
		if m.waiting() != 3 {
			t.Errorf("%d contacts are in the store, want all", m.waiting())
		}
	})
}

// After a stop or a kill the contacts are where they were: order, owners, and offers.
// Deadlines that agents must meet move by the time in which nobody
// was served; desktops are awaited anew.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		d.ready(ada)
		d.arrive(1)
		d.accept(1)
		d.arrive(2)
		for n := 3; n < 8; n++ {
			d.arrive(n)
			time.Sleep(time.Second)
		}
		d.do(acd.PriorityChanged{Contact: contact(6), Priority: 60})
		d.stop()
		offered := m.open[contact(2)]

		time.Sleep(10 * time.Minute)
		d = start(t, m)
		defer d.stop()
		if row := d.row(2); row.State != acd.Offered || row.Offer != offered.Offer || row.Deadline != acd.At(time.Now()).Add(20*time.Second) {
			t.Errorf("the offer after the restart: %+v, before: %+v", row, offered.ContactRow)
		}
		if row := d.row(1); row.State != acd.Active || row.Agent != ada {
			t.Errorf("the owned contact: %+v", row)
		}
		if m.agents[ada].GraceEnds != acd.At(time.Now()).Add(time.Minute) {
			t.Error("the desktop is not awaited anew")
		}
		d.do(acd.DesktopConnected{Agent: ada})
		d.accept(2)
		var order []acd.ContactID
		d.do(acd.Finished{Contact: contact(1), Agent: ada})
		d.do(acd.WrappedUp{Contact: contact(1), Agent: ada})
		for range 5 {
			for n := 3; n < 8; n++ {
				if c, open := m.open[contact(n)]; open && c.State == acd.Offered {
					order = append(order, contact(n))
					d.accept(n)
					d.do(acd.Finished{Contact: contact(n), Agent: ada})
					d.do(acd.WrappedUp{Contact: contact(n), Agent: ada})
				}
			}
		}
		if want := []acd.ContactID{contact(6), contact(3), contact(4), contact(5), contact(7)}; !slices.Equal(order, want) {
			t.Errorf("served in the order %v, want %v", order, want)
		}
	})
}
