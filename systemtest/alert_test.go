package systemtest

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"testing"
	"time"

	"portico/bench"
	"portico/store"
)

// Each alert that routing raised is there once, though the process is killed between
// the commit that raised it and the one that delivers it, or after that.
func TestAlertsSurviveKills(t *testing.T) {
	const rounds, chats = 12, 3
	onEachStore(t, func(t *testing.T, dsn string) {
		s := install(t, dsn, false)
		s.start()
		seed := uint64(time.Now().UnixNano())
		chance := rand.New(rand.NewPCG(seed, 0))
		var asked []string
		undelivered := 0
		for round := range rounds {
			// All who are able decline, so that each contact raises one alert.
			f := prepareFloor(t, s, fmt.Sprintf("Alerts %d", round), nil)
			f.awaitQueue(f.name)
			ann := f.desk("ann", 100, 1)
			ann.available()
			for range chats - 1 {
				c := f.ask()
				asked = append(asked, c)
				ann.decline(c)
			}
			// The last one is under way when the process ends, or just over.
			last := f.ask()
			asked = append(asked, last)
			offer := map[string]any{"offer": ann.sees(last, "offered").Offer}
			answered := make(chan struct{})
			go func() {
				defer close(answered)
				ann.call(http.MethodPost, "/contacts/"+last+"/decline", offer, nil)
			}()
			rest(time.Duration(chance.Int64N(int64(3 * time.Millisecond))))
			s.kill()
			<-answered
			left, _ := heldAlerts(f.ctx, t, s)
			undelivered += left
			s.start()
		}
		f := prepareFloor(t, s, "Alerts at the end", nil)
		raised := map[string]bool{}
		for _, contact := range asked {
			facts, err := f.admin.Facts(f.ctx, contact)
			if err != nil {
				t.Fatal(err)
			}
			for _, fact := range facts {
				if fact.Why == "declined" {
					raised[contact] = true
				}
			}
		}
		var page struct {
			Items []struct {
				Kind   string
				Values map[string]string
			}
		}
		path := "/api/v1/alerts?" + url.Values{"unit": {f.admin.UnitID()}, "limit": {"500"}}.Encode()
		eventually(t, "all alerts are delivered", func() bool {
			if err := s.door.JSON(f.ctx, http.MethodGet, path, bench.Bearer(s.token), nil, &page); err != nil {
				t.Fatal(err)
			}
			return len(page.Items) >= len(raised)
		})
		told := map[string]int{}
		for _, a := range page.Items {
			if a.Kind == "all_excluded" {
				told[a.Values["contact"]]++
			}
		}
		for _, contact := range asked {
			want := 0
			if raised[contact] {
				want = 1
			}
			if told[contact] != want {
				t.Errorf("%d alerts about the contact %s, want %d", told[contact], contact, want)
			}
		}
		if code := s.stop(); code != 0 {
			t.Errorf("ended with %d", code)
		}
		left, alerts := heldAlerts(f.ctx, t, s)
		if left != 0 || alerts != len(raised) {
			t.Errorf("%d entries are left in the outbox, and there are %d alerts, want %d", left, alerts, len(raised))
		}
		t.Logf("seed %d: %d of %d alerts were still in the outbox at a kill", seed, undelivered, len(raised))
	})
}

// heldAlerts counts what the store of a server that does not run holds.
func heldAlerts(ctx context.Context, t *testing.T, s *server) (undelivered, alerts int) {
	t.Helper()
	held, err := store.Open(ctx, store.Options{Dir: s.data, DSN: s.store, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	box, err := held.OutboxPage(ctx, [16]byte{}, store.PageMax)
	if err != nil {
		t.Fatal(err)
	}
	units, err := held.AllObjects(ctx, "unit")
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range units {
		page, _, err := held.AlertPage(ctx, unit.ID, false, "", store.PageMax)
		if err != nil {
			t.Fatal(err)
		}
		alerts += len(page)
	}
	return len(box), alerts
}
