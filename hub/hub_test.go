package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"portico/acd"
	"portico/fault"
	"portico/store"
	"portico/workflow"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// within gives a context for callers who wait so long.
func within(d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	context.AfterFunc(ctx, cancel)
	return ctx
}

func wantCode(t *testing.T, err error, code string) *fault.Fault {
	t.Helper()
	f := fault.Of(err)
	if f == nil || f.Code != code {
		t.Fatalf("got %v, want the fault %s", err, code)
	}
	return f
}

// A simple life keeps to the row budget, and every row is where it belongs.
func TestLifeAndRowBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := start(t, newMemory())
		defer d.stop()
		d.ready(ada)
		d.store.rows = 0
		budget := func(want int, what string) {
			t.Helper()
			d.store.mu.Lock()
			defer d.store.mu.Unlock()
			if d.store.rows != want {
				t.Errorf("after %s: %d rows, want %d", what, d.store.rows, want)
			}
		}
		d.do(acd.AgentStateChanged{Agent: ada, Domains: chatsOnly, Reason: notReady})
		budget(2, "the agent's own change")
		d.store.rows = 0
		d.arrive(1)
		budget(3, "the arrival")
		d.do(acd.AgentStateChanged{Agent: ada, Domains: chatsOnly, Available: true})
		budget(3+2+2, "the offer") // beside the agent's own change
		d.accept(1)
		budget(3+2+2+3, "the acceptance")
		d.do(acd.Finished{Contact: contact(1), Agent: ada})
		budget(3+2+2+3+2, "the end of the conversation")
		d.do(acd.WrappedUp{Contact: contact(1), Agent: ada, Disposition: resolved})
		budget(3+2+2+3+2+2, "the end") // the deletion of open_contact goes with history
		if len(d.store.open) != 0 || len(d.store.history) != 1 || d.store.history[0].Disposition != resolved {
			t.Errorf("open %v, history %+v", d.store.open, d.store.history)
		}
		if got := d.store.known[contact(1)]; got.ClientID != "client 1" || got.At == 0 || got.Name != "A customer" {
			t.Errorf("the contact was saved as %+v", got)
		}
	})
}

// Nothing is said before the batch is durable; then the picture folds, the reply
// leaves, and the subscribers are told, in this order.
func TestDurableBeforeSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		defer d.stop()
		d.ready(ada)
		synctest.Wait()
		m.delay = 100 * time.Millisecond
		d.said = nil
		began := time.Now()
		go func() {
			d.arrive(1)
			d.note("reply")
			if took := time.Since(began); took < 100*time.Millisecond {
				t.Errorf("the reply left after %v", took)
			}
		}()
		time.Sleep(99 * time.Millisecond)
		synctest.Wait()
		if len(d.said) > 0 {
			t.Errorf("before the commit was durable: %v", d.said)
		}
		time.Sleep(10 * time.Millisecond)
		synctest.Wait()
		if len(d.said) != 3 || !strings.HasPrefix(d.said[0], "fold") {
			t.Fatalf("said %v", d.said)
		}
		if m.core.Batch != d.batches[len(d.batches)-1].N {
			t.Error("the batch has not the number of its commit")
		}
	})
}

// The reply leaves after the fold and before the push: whoever was answered finds
// the outcome in the picture, and no subscriber delays an answer.
func TestOrderOfSaying(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		defer d.stop()
		for n := range 20 {
			replied := false
			d.hub.subscribers = []func(Batch){func(Batch) {
				time.Sleep(time.Millisecond) // lets the caller run as far as it can
				d.mu.Lock()
				defer d.mu.Unlock()
				if !replied {
					t.Error("a subscriber was told before the caller")
				}
			}}
			answer := d.arrive(n)
			d.mu.Lock()
			replied = true
			if n := len(d.batches); n == 0 || d.batches[n-1].N != answer.Batch {
				t.Error("answered before the picture was folded")
			}
			d.mu.Unlock()
			time.Sleep(2 * time.Millisecond)
		}
	})
}

// A refusal tells of the world, so it too waits until what it tells is durable.
func TestRefusalWaitsForTheCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		defer d.stop()
		d.ready(ada)
		d.arrive(1)
		row := d.row(1)
		release := m.jam(false)
		won := make(chan error, 2)
		accept := func() {
			won <- d.try(acd.Accepted{Contact: row.ID, Agent: ada, Offer: row.Offer})
		}
		go accept()
		synctest.Wait()
		go accept()
		synctest.Wait()
		if len(won) > 0 {
			t.Fatal("answered before the acceptance was durable")
		}
		release()
		winner, loser := <-won, <-won
		if winner != nil {
			winner, loser = loser, winner
		}
		if winner != nil {
			t.Error(winner)
		}
		f := wantCode(t, loser, "contact_taken")
		if f.Values["state"] != "active" || f.Values["agent"] != ada.String() {
			t.Errorf("the loser is told %v", f.Values)
		}
	})
}

// Riders are saved in the same unit as the outcome, and dropped when the core refuses.
func TestRiders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		var first store.Unit
		m.refuse = func(u store.Unit) error {
			if kinds(u)["Message"] > 0 {
				first = u
			}
			return nil
		}
		d := start(t, m)
		defer d.stop()
		text := func(seq uint64) store.Message {
			return store.Message{Unit: sales, Contact: contact(1), Seq: seq, ClientID: fmt.Sprint(seq), Text: "hello"}
		}
		d.arrive(1, text(1))
		if want := map[string]int{"Contact": 1, "Message": 1, "OpenContact": 1, "Fact": 1}; !maps.Equal(kinds(first), want) {
			t.Errorf("the arrival's unit holds %v", kinds(first))
		}
		wantCode(t, d.try(acd.Finished{Contact: contact(1), Agent: ada}, text(2)), "contact_taken")
		wantCode(t, d.try(acd.Finished{Contact: contact(2), Agent: ada}, text(3)), "not_found")
		d.do(acd.Abandoned{Contact: contact(1)}, text(4))
		var seqs []uint64
		for _, x := range m.texts {
			seqs = append(seqs, x.Seq)
		}
		if !slices.Equal(seqs, []uint64{1, 4}) {
			t.Errorf("messages %v were saved, want 1 and 4", seqs)
		}
		last := d.batches[len(d.batches)-1].Changes[0]
		if !reflect.DeepEqual(last.Riders, []store.Row{text(4)}) {
			t.Errorf("subscribers see the riders %v", last.Riders)
		}
	})
}

// A message that exists already is left out of its unit; the event goes on, and
// whoever asked is told.
func TestRiderThatExists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		defer d.stop()
		text := store.Message{Unit: sales, Contact: contact(1), Seq: 1, ClientID: "x", Text: "hello"}
		mark := store.ReadMark{Unit: sales, Contact: contact(1), Seq: 1}
		if a := d.arrive(1, text); a.Rider != nil {
			t.Fatal(a.Rider)
		}
		a := d.do(acd.Abandoned{Contact: contact(1)}, text, mark)
		if !errors.Is(a.Rider, store.ErrExists) || len(m.texts) != 1 || len(m.history) != 1 {
			t.Errorf("answered %v; %d messages, %d ended", a.Rider, len(m.texts), len(m.history))
		}
		if last := d.batches[len(d.batches)-1].Changes[0]; !reflect.DeepEqual(last.Riders, []store.Row{mark}) {
			t.Errorf("subscribers see the riders %v", last.Riders)
		}
	})
}

// Without a client id nothing is made: all such arrivals would be one.
func TestArrivalWithoutClientID(t *testing.T) {
	h := New(Options{Store: newMemory(), Now: time.Now, Log: quiet()})
	_, err := h.Ask(t.Context(), Command{Arrival: &Arrival{Unit: sales, Queue: chats}})
	if f := wantCode(t, err, "invalid"); f.Field != "client_id" {
		t.Errorf("the fault is on %q", f.Field)
	}
}

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

// Whatever an event names of another unit is answered as if it did not exist, and
// the same event of the own unit is not.
func TestUnits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := start(t, newMemory())
		defer d.stop()
		d.ready(ada)
		d.arrive(1)
		d.accept(1)
		alien := arrival(2)
		alien.Unit, alien.Queue = service, foreign
		if _, err := d.hub.Ask(t.Context(), Command{Arrival: alien, Unit: service}); err != nil {
			t.Fatal(err)
		}
		c, other, never := contact(1), contact(2), contact(77)
		nobody, nowhere := acd.AgentID{9}, acd.QueueID{9}
		tests := []struct {
			name           string
			foreign, never acd.Event
		}{
			{"abandoned", acd.Abandoned{Contact: other}, acd.Abandoned{Contact: never}},
			{"lost", acd.CustomerLost{Contact: other}, acd.CustomerLost{Contact: never}},
			{"returned", acd.CustomerReturned{Contact: other}, acd.CustomerReturned{Contact: never}},
			{"accepted", acd.Accepted{Contact: other, Agent: ada}, acd.Accepted{Contact: never, Agent: ada}},
			{"declined", acd.Declined{Contact: other, Agent: ada}, acd.Declined{Contact: never, Agent: ada}},
			{"finished", acd.Finished{Contact: other, Agent: ada}, acd.Finished{Contact: never, Agent: ada}},
			{"finished by", acd.Finished{Contact: c, Agent: stranger}, acd.Finished{Contact: c, Agent: nobody}},
			{"extended", acd.WrapUpExtended{Contact: other, Agent: ada, By: 1e9}, acd.WrapUpExtended{Contact: never, Agent: ada, By: 1e9}},
			{"wrapped up", acd.WrappedUp{Contact: other, Agent: ada}, acd.WrappedUp{Contact: never, Agent: ada}},
			{"to queue", acd.TransferredToQueue{Contact: c, From: ada, Queue: foreign}, acd.TransferredToQueue{Contact: c, From: ada, Queue: nowhere}},
			{"to agent", acd.TransferredToAgent{Contact: c, From: ada, To: stranger}, acd.TransferredToAgent{Contact: c, From: ada, To: nobody}},
			{"to agent, then queue", acd.TransferredToAgent{Contact: c, From: ada, To: bob, Queue: foreign},
				acd.TransferredToAgent{Contact: c, From: ada, To: bob, Queue: nowhere}},
			{"requeued", acd.Requeued{Contact: other, From: ada}, acd.Requeued{Contact: never, From: ada}},
			{"reassigned", acd.Reassigned{Contact: c, To: stranger}, acd.Reassigned{Contact: c, To: nobody}},
			{"picked", acd.Picked{Contact: other, Agent: ada}, acd.Picked{Contact: never, Agent: ada}},
			{"priority", acd.PriorityChanged{Contact: other, Priority: 5}, acd.PriorityChanged{Contact: never, Priority: 5}},
			{"signed in", acd.SignedIn{Agent: stranger}, acd.SignedIn{Agent: nobody}},
			{"signed out", acd.SignedOut{Agent: stranger}, acd.SignedOut{Agent: nobody}},
			{"state", acd.AgentStateChanged{Agent: stranger, Domains: 4}, acd.AgentStateChanged{Agent: nobody, Domains: 4}},
			{"desktop", acd.DesktopConnected{Agent: stranger}, acd.DesktopConnected{Agent: nobody}},
			{"desktop lost", acd.DesktopLost{Agent: stranger}, acd.DesktopLost{Agent: nobody}},
		}
		for _, test := range tests {
			a, b := wantCode(t, d.try(test.foreign), "not_found"), wantCode(t, d.try(test.never), "not_found")
			if !reflect.DeepEqual(a, b) {
				t.Errorf("%s: a foreign id is told from one that never was: %v, %v", test.name, a, b)
			}
		}
		into := arrival(3)
		into.Queue = foreign
		_, err := d.hub.Ask(t.Context(), Command{Arrival: into, Unit: sales})
		wantCode(t, err, "not_found")
		into.Unit = service
		_, err = d.hub.Ask(t.Context(), Command{Arrival: into, Unit: sales})
		wantCode(t, err, "not_found")
		d.do(acd.CustomerLost{Contact: c})
		d.do(acd.PriorityChanged{Contact: c, Priority: 9})
	})
}

// A preferred agent of another unit, or who is gone, is no reason to refuse a contact.
func TestPreferredElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := start(t, newMemory())
		defer d.stop()
		d.ready(ada)
		a := arrival(1)
		a.Preferred, a.Hold = stranger, time.Minute
		if _, err := d.hub.Ask(t.Context(), Command{Arrival: a, Unit: sales}); err != nil {
			t.Fatal(err)
		}
		if row := d.row(1); row.State != acd.Offered || row.Agent != ada {
			t.Errorf("state %d with %v", row.State, row.Agent)
		}
	})
}

// One client id is one contact: callers at the same time join the first, later ones
// find it, in its own unit only.
func TestClientIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		defer d.stop()
		m.delay = 50 * time.Millisecond
		var made, existing atomic.Int32
		var callers sync.WaitGroup
		ask := func(n int) {
			a := arrival(n)
			a.ClientID = "the same"
			got, err := d.hub.Ask(t.Context(), Command{Arrival: a, Unit: sales})
			switch {
			case err != nil:
				t.Error(err)
			case !got.Existing:
				made.Add(1)
			default:
				existing.Add(1)
			}
			if len(m.known) != 1 || m.known[got.Contact].ClientID != "the same" {
				t.Errorf("answered %v of %v", got.Contact, m.known)
			}
		}
		for n := range 20 {
			callers.Go(func() { ask(n) })
			time.Sleep(10 * time.Millisecond)
		}
		callers.Wait()
		ask(99)
		if made.Load() != 1 || existing.Load() != 20 {
			t.Errorf("%d made, %d existing", made.Load(), existing.Load())
		}
		other := arrival(50)
		other.ClientID, other.Unit, other.Queue = "the same", service, foreign
		if got, err := d.hub.Ask(t.Context(), Command{Arrival: other, Unit: service}); err != nil || got.Existing {
			t.Errorf("another unit's client id: %+v, %v", got, err)
		}
		if len(d.hub.clients) > 0 {
			t.Error("client ids are kept though nothing is under way")
		}
	})
}

// When the first caller gives up before the core was asked, one who joined takes
// its place; when the store cannot be asked, all are told.
func TestFirstCallerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		defer d.stop()
		block := make(chan struct{})
		m.lookup = func(ctx context.Context) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-block:
				return nil
			}
		}
		ask := func(wait time.Duration, out chan<- error) {
			_, err := d.hub.Ask(within(wait), Command{Arrival: arrival(1), Unit: sales})
			out <- err
		}
		first, second := make(chan error, 1), make(chan error, 1)
		go ask(time.Second, first)
		synctest.Wait()
		go ask(time.Minute, second)
		time.Sleep(2 * time.Second)
		wantCode(t, <-first, "store_away")
		close(block)
		if err := <-second; err != nil {
			t.Errorf("who joined: %v", err)
		}
		m.lookup = func(context.Context) error { return errors.New("the connection is gone") }
		_, err := d.hub.Ask(t.Context(), Command{Arrival: arrival(2), Unit: sales})
		wantCode(t, err, "store_away")
		if len(d.hub.clients) > 0 {
			t.Error("client ids are kept though nothing is under way")
		}
	})
}

// While a commit is under way the next batch forms: many events, few commits.
func TestBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		defer d.stop()
		m.delay = 10 * time.Millisecond
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

// While nothing can be saved the core takes no event and no time: a bounded number
// of arrivals waits, the next are refused as busy; progress waits for its place.
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
		d.mu.Lock()
		before := len(d.batches)
		d.mu.Unlock()
		release()
		finished.Wait()
		synctest.Wait()
		if len(d.batches) == before {
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
		if len(m.open) != 1 {
			t.Fatal("the test wants the contact saved and the outcome unknown")
		}
		if n := len(d.batches); n > 1 {
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
			m.delay = time.Millisecond
			bad := contact(2)
			m.refuse = func(u store.Unit) error {
				for _, row := range u.Rows {
					if c, ok := row.(store.Contact); ok && c.ID == bad {
						return cause
					}
				}
				return nil
			}
			folded := len(d.batches)
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
			if len(d.batches) > folded+1 {
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
		m.delay = 50 * time.Millisecond
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
		if a := d.store.agents[ada]; a.Domains[acd.Chat].Available || a.Domains[acd.Chat].Reason != notReady {
			t.Errorf("after no answer the agent is %+v", a.Domains)
		}
	})
}

// An alert is one row of the outbox, in the unit of what it tells of.
func TestOutbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		var unit store.Unit
		m.refuse = func(u store.Unit) error {
			if kinds(u)["Outbox"] > 0 {
				unit = u
			}
			return nil
		}
		d := start(t, m)
		defer d.stop()
		d.ready(ada)
		d.arrive(1)
		row := d.row(1)
		d.do(acd.Declined{Contact: row.ID, Agent: ada, Offer: row.Offer})
		if len(m.outbox) != 1 || m.outbox[0].Kind != "alert" || m.outbox[0].Unit != sales || m.outbox[0].ID == [16]byte{} {
			t.Fatalf("outbox: %+v", m.outbox)
		}
		if body := string(m.outbox[0].Body); !strings.Contains(body, `"code":"all_excluded"`) || !strings.Contains(body, row.ID.String()) {
			t.Errorf("body %s", body)
		}
		if kinds(unit)["OpenContact"] != 1 {
			t.Errorf("the alert's unit holds %v", kinds(unit))
		}
	})
}

// A plan's difference is in force when SetPlan returns, for the hub's own checks
// too; one that the core refuses changes nothing.
func TestSetPlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := start(t, newMemory())
		defer d.stop()
		fresh := thePlan().Queues[0]
		fresh.ID = acd.QueueID{15: 13}
		if err := d.hub.SetPlan(t.Context(), acd.PlanChange{Version: 2, Queues: []acd.QueuePlan{fresh}}); err != nil {
			t.Fatal(err)
		}
		if last := d.batches[len(d.batches)-1]; last.Changes[0].Plan == nil || last.Changes[0].Plan.Version != 2 {
			t.Error("the subscribers were not told of the plan")
		}
		a := arrival(1)
		a.Queue = fresh.ID
		if _, err := d.hub.Ask(t.Context(), Command{Arrival: a, Unit: sales}); err != nil {
			t.Fatal(err)
		}
		remove := acd.PlanChange{Version: 3, RemovedQueues: []acd.QueueID{fresh.ID}}
		wantCode(t, d.hub.SetPlan(t.Context(), remove), "in_use")
		d.do(acd.Abandoned{Contact: contact(1)})
		if err := d.hub.SetPlan(t.Context(), remove); err != nil {
			t.Fatal(err)
		}
		a = arrival(2)
		a.Queue = fresh.ID
		_, err := d.hub.Ask(t.Context(), Command{Arrival: a, Unit: sales})
		wantCode(t, err, "not_found")
	})
}

// Every code of the core has its fault, and who has the contact is told by name.
func TestFaultOf(t *testing.T) {
	for code := acd.RefusedUnknown; code <= acd.RefusedClasses; code++ {
		if _, ok := refusals[code]; !ok {
			t.Errorf("refusal %d has no fault", code)
		}
		if f := fault.Of(faultOf(acd.Refusal{Code: code})); f == nil || f.Kind == 0 || f.Sentence == "" {
			t.Errorf("refusal %d: %+v", code, f)
		}
	}
	if err := faultOf(acd.Refusal{}); err != nil {
		t.Errorf("no refusal: %v", err)
	}
	if f := fault.Of(faultOf(acd.Refusal{Code: acd.RefusedFull})); f.Code != "busy" || f.Values["number"] != "1013" {
		t.Errorf("full: %+v", f)
	}
}

// After a stop or a kill the contacts are where they were: order, owners, offers
// and workflow. Deadlines that agents must meet move by the time in which nobody
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
		flow := m.open[contact(5)].Workflow
		if in, err := workflow.Decode(flow); err != nil || in.Node != "queue" {
			t.Fatalf("workflow %s, %v", flow, err)
		}
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
		if got := m.open[contact(5)].Workflow; string(got) != string(flow) {
			t.Errorf("workflow %s, was %s", got, flow)
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
