package hub

import (
	"context"
	"encoding/json"
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
		m.slow(100 * time.Millisecond)
		d.mu.Lock()
		d.said = nil
		d.mu.Unlock()
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
		if said := d.sayings(); len(said) > 0 {
			t.Errorf("before the commit was durable: %v", said)
		}
		time.Sleep(10 * time.Millisecond)
		synctest.Wait()
		said := d.sayings()
		if want := fmt.Sprint("fold ", m.Core().Batch); len(said) != 3 || said[0] != want {
			t.Fatalf("said %v, want first %s", said, want)
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
		d.pause.Store(int64(time.Millisecond))
		for n := range 20 {
			answer := d.arrive(n)
			d.note("reply")
			time.Sleep(2 * time.Millisecond)
			said := d.sayings()
			want := []string{fmt.Sprint("fold ", answer.Batch), "reply", fmt.Sprint("push ", answer.Batch)}
			if got := said[max(0, len(said)-3):]; !slices.Equal(got, want) {
				t.Fatalf("said %v, want %v", got, want)
			}
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
			return store.Message{Kind: "text", Unit: sales, Contact: contact(1), Seq: seq, ClientID: fmt.Sprint(seq), Text: "hello"}
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
		text := store.Message{Kind: "text", Unit: sales, Contact: contact(1), Seq: 1, ClientID: "x", Text: "hello"}
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

// What the store could not save never reaches the core: there it would stop the hub.
func TestOutsideTextCannotStopTheHub(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		defer d.stop()
		good := Arrival{Contact: contact(1), Unit: sales, ClientID: "1", Medium: "webchat", Queue: chats, Priority: 50}
		for _, spoil := range []func(*Arrival){
			func(a *Arrival) { a.Caption = strings.Repeat("x", 8001) },
			func(a *Arrival) { a.Name = "bad \xff" },
			func(a *Arrival) { a.Source = "nul \x00" },
			func(a *Arrival) { a.ClientID = strings.Repeat("x", 65) },
			func(a *Arrival) { a.Details = json.RawMessage("{") },
		} {
			bad := good
			spoil(&bad)
			_, err := d.hub.Ask(t.Context(), Command{Arrival: &bad})
			wantCode(t, err, "invalid")
		}
		_, err := d.hub.Ask(t.Context(), Command{Event: acd.Ticked{}, Riders: []store.Row{store.Message{Unit: sales, Text: "no contact"}}})
		wantCode(t, err, "invalid")
		if len(m.open) != 0 {
			t.Errorf("%d contacts were saved", len(m.open))
		}
		d.arrive(1)
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
		m.slow(50 * time.Millisecond)
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

// While nothing can be saved the core takes no event and no time: a bounded number
// of arrivals waits, the next are refused as busy; progress waits for its place.
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
