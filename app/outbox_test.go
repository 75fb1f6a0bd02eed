package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"portico/acd"
	"portico/hub"
	"portico/identity"
	"portico/store"
)

// shelf is an outbox that is away at times; each unit is saved whole.
type shelf struct {
	mu     sync.Mutex
	box    []store.Outbox // by id
	alerts []store.Alert
	tries  []time.Time // of reading
	away   bool
	full   bool
	pages  int // the largest that was asked for
}

func (s *shelf) OutboxPage(_ context.Context, after [16]byte, limit int) ([]store.Outbox, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tries = append(s.tries, time.Now())
	s.pages = max(s.pages, limit)
	if s.away {
		return nil, store.ErrAway
	}
	var out []store.Outbox
	for _, e := range s.box {
		if bytes.Compare(e.ID[:], after[:]) > 0 && len(out) < limit {
			out = append(out, e)
		}
	}
	return out, nil
}

func (s *shelf) Submit(_ store.Class, u store.Unit, done func(store.Outcome)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		return store.ErrFull
	}
	for _, row := range u.Rows {
		switch r := row.(type) {
		case store.Alert:
			if slices.ContainsFunc(s.alerts, func(a store.Alert) bool { return a.ID == r.ID }) {
				done(store.Outcome{Err: store.ErrExists})
				return nil
			}
			s.alerts = append(s.alerts, r)
		case store.OutboxDone:
			s.box = slices.DeleteFunc(s.box, func(e store.Outbox) bool { return e.ID == r.ID })
		}
	}
	if done != nil {
		done(store.Outcome{})
	}
	return nil
}

func (s *shelf) put(kinds ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, kind := range kinds {
		n := len(s.box) + len(s.alerts) + 1
		s.box = append(s.box, store.Outbox{ID: [16]byte{byte(n >> 8), byte(n)}, Unit: acd.UnitID{1}, Kind: kind, At: acd.Time(n),
			Body: json.RawMessage(fmt.Sprintf(`{"code":"all_excluded","n":%d}`, n))})
	}
}

func (s *shelf) state() (box, alerts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.box), len(s.alerts)
}

// heard are the alerts that the live feed was told of, and the lines of the log.
type heard struct {
	mu   sync.Mutex
	told []store.Alert
	log  bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.Write(p)
}

func (h *heard) tell(a store.Alert) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told = append(h.told, a)
}

// delivering runs a deliverer until the test ends it.
func delivering(t *testing.T, s *shelf) (*deliverer, *heard, func()) {
	h := &heard{}
	d := newDeliverer(s, h.tell, slog.New(slog.NewTextHandler(h, nil)))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { d.run(ctx); close(ended) }()
	return d, h, func() { cancel(); <-ended }
}

var alerted = hub.Batch{N: 1, Changes: []hub.Change{{}, {Effects: []acd.Effect{{Kind: acd.Offer}, {Kind: acd.Alert}}}}}

// What a process before left, and what the hub's batches bring, becomes alerts, each
// once; all of it is logged and told. What nobody here delivers stays, and is said once.
func TestDelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s shelf
		for range 2*outboxPage + 7 {
			s.put("alert")
		}
		s.put("webhook", "webhook")
		d, h, stop := delivering(t, &s)
		synctest.Wait()
		if box, alerts := s.state(); box != 2 || alerts != 2*outboxPage+7 {
			t.Errorf("at the start: %d entries are left, %d alerts were made", box, alerts)
		}
		s.put("alert")
		d.batch(hub.Batch{Changes: []hub.Change{{}}}) // nothing for us
		synctest.Wait()
		if box, _ := s.state(); box != 3 {
			t.Errorf("woken for nothing: %d entries are left", box)
		}
		d.batch(alerted)
		synctest.Wait()
		if box, _ := s.state(); box != 2 {
			t.Errorf("woken by a batch: %d entries are left", box)
		}
		s.put("alert") // whose batch was never told
		time.Sleep(outboxEvery)
		synctest.Wait()
		if box, alerts := s.state(); box != 2 || alerts != len(h.told) {
			t.Errorf("after a while %d entries are left, %d of %d alerts were told", box, len(h.told), alerts)
		}
		stop()
		if n := strings.Count(h.log.String(), "an alert was raised"); n != len(h.told) {
			t.Errorf("%d of %d alerts are in the log", n, len(h.told))
		}
		if n := strings.Count(h.log.String(), "webhook"); n != 1 {
			t.Errorf("the unknown kind was said %d times", n)
		}
		if s.pages > outboxPage {
			t.Errorf("a page of %d", s.pages)
		}
	})
}

// A store that is away or full is asked again with growing pauses, and nothing is lost;
// the goroutine ends with its owner meanwhile too.
func TestDeliveryWaitsForTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := shelf{away: true}
		s.put("alert")
		_, h, stop := delivering(t, &s)
		time.Sleep(time.Minute)
		synctest.Wait()
		s.mu.Lock()
		tries := slices.Clone(s.tries)
		s.away, s.full = false, true
		s.mu.Unlock()
		for i := 2; i < len(tries); i++ {
			if pause := tries[i].Sub(tries[i-1]); pause < tries[i-1].Sub(tries[i-2]) || pause > outboxPauseMax {
				t.Errorf("pause %d is %v", i, pause)
			}
		}
		if len(tries) < 10 || len(tries) > 30 {
			t.Errorf("asked %d times in a minute", len(tries))
		}
		time.Sleep(outboxPauseMax)
		s.mu.Lock()
		s.full = false
		s.mu.Unlock()
		time.Sleep(outboxPauseMax)
		synctest.Wait()
		if box, alerts := s.state(); box != 0 || alerts != 1 || len(h.told) != 1 {
			t.Errorf("%d entries are left, %d alerts, %d told", box, alerts, len(h.told))
		}
		s.mu.Lock()
		s.away = true
		s.mu.Unlock()
		time.Sleep(2 * outboxEvery)
		stop()
	})
}

// An entry whose alert is there already is taken away and told to nobody again.
func TestDeliveredBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s shelf
		s.put("alert")
		s.alerts = []store.Alert{{ID: s.box[0].ID}}
		_, h, stop := delivering(t, &s)
		synctest.Wait()
		stop()
		if box, alerts := s.state(); box != 0 || alerts != 1 || len(h.told) != 0 {
			t.Errorf("%d entries are left, %d alerts, %d told", box, alerts, len(h.told))
		}
	})
}

// What is of no unit is the site's; a body that nobody understands is an alert all the same.
func TestAlertOf(t *testing.T) {
	for _, test := range []struct{ body, kind string }{{`{"code":"clock_back"}`, "clock_back"}, {`[]`, "unknown"}, {``, "unknown"},
		{`{"code":""}`, "unknown"}, {`{"code":"` + strings.Repeat("x", 33) + `"}`, "unknown"}} {
		a := alertOf(store.Outbox{ID: [16]byte{1}, Kind: "alert", At: 5, Body: json.RawMessage(test.body)})
		if a.Kind != test.kind || a.Unit != identity.Global || a.At != 5 || a.ID != [16]byte{1} {
			t.Errorf("%s: %+v", test.body, a)
		}
		if err := store.Check(store.Alert{ID: a.ID, Unit: a.Unit, Kind: a.Kind}); err != nil {
			t.Errorf("%s: %v", test.body, err)
		}
	}
}

// On a real store: a process that ends at any moment leaves each alert once.
func TestDeliveryOverStops(t *testing.T) {
	dir := t.TempDir()
	const entries = 300
	opened := func() *store.Store {
		s, err := store.Open(t.Context(), store.Options{Dir: dir, Site: 1, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := opened()
	for n := range entries {
		row := store.Outbox{ID: [16]byte{byte(n >> 8), byte(n), 1}, Unit: acd.UnitID{1}, Kind: "alert", Body: json.RawMessage(`{"code":"classes"}`)}
		if err := s.Submit(store.Channel, store.Unit{Rows: []store.Row{row}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	rounds := 0
	for left := entries; left > 0; rounds++ {
		if rounds > entries {
			t.Fatalf("%d entries are left", left)
		}
		s := opened()
		// Ended in the middle: when the store was asked for its n-th page.
		ctx, cancel := context.WithCancel(t.Context())
		d := newDeliverer(&ending{s, cancel, 5 + 10*(rounds%4)}, func(store.Alert) {}, slog.New(slog.DiscardHandler))
		d.run(ctx)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = opened()
		box, err := s.OutboxPage(t.Context(), [16]byte{}, 1000)
		if err != nil {
			t.Fatal(err)
		}
		all, _, err := s.AlertPage(t.Context(), acd.UnitID{1}, true, "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		if left = len(box); len(all)+left != entries {
			t.Fatalf("round %d: %d alerts and %d entries of %d", rounds, len(all), left, entries)
		}
		s.Close()
	}
	if rounds < 3 {
		t.Errorf("all was delivered in %d rounds: nothing was ended in the middle", rounds)
	}
}

// ending is an outbox whose owner ends while the rest of a page is still to be saved.
type ending struct {
	*store.Store
	end  context.CancelFunc
	left int
}

func (e *ending) OutboxPage(ctx context.Context, after [16]byte, _ int) ([]store.Outbox, error) {
	page, err := e.Store.OutboxPage(ctx, after, 40)
	e.left = min(e.left, len(page))
	return page, err
}

func (e *ending) Submit(class store.Class, u store.Unit, done func(store.Outcome)) error {
	if e.left == 0 {
		return errors.New("ended")
	}
	err := e.Store.Submit(class, u, done)
	if e.left--; e.left == 0 {
		e.end()
	}
	return err
}
