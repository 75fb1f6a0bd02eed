package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"portico/acd"
	"portico/store"
)

// visits notes what the night asks of the store, and fails the first part.
type visits struct {
	at        []time.Time
	before    []acd.Time
	orphans   []acd.Time
	retention []store.Retention
}

func (v *visits) Sweep(_ context.Context, before acd.Time) error {
	v.at, v.before = append(v.at, time.Now()), append(v.before, before)
	return errors.New("away")
}

func (v *visits) SweepOrphans(_ context.Context, before acd.Time) error {
	v.orphans = append(v.orphans, before)
	return nil
}

func (v *visits) Prune(_ context.Context, r store.Retention) error {
	v.retention = append(v.retention, r)
	return nil
}

// The store is cleaned once a night, all parts though one fails, and the goroutine ends
// with its owner.
func TestNight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var v visits
		now := func() time.Time { return time.Now().UTC() }
		n := &night{store: &v, months: 2, now: now, log: slog.New(slog.DiscardHandler)}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		began := now()
		go func() { n.run(ctx); close(ended) }()
		time.Sleep(48 * time.Hour)
		cancel()
		<-ended
		first := nextNight(began)
		if len(v.at) != 2 || !v.at[0].Equal(first) || !v.at[1].Equal(first.AddDate(0, 0, 1)) {
			t.Fatalf("cleaned at %v, began at %v", v.at, began)
		}
		old := []acd.Time{acd.At(first.AddDate(0, 0, -1)), acd.At(first)}
		if !reflect.DeepEqual(v.before, old) || !reflect.DeepEqual(v.orphans, old) {
			t.Errorf("swept before %v and %v, want %v", v.before, v.orphans, old)
		}
		if want := retention(first, 2); len(v.retention) != 2 || v.retention[0] != want {
			t.Errorf("pruned %+v, want twice %+v", v.retention, want)
		}
	})
}

// Every day has one night by the server's clock, the days too on which it is changed.
func TestNextNight(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[string]string{
		"2026-11-22T02:59:59+01:00": "2026-11-22T03:00:00+01:00",
		"2026-11-22T03:00:00+01:00": "2026-11-23T03:00:00+01:00",
		"2026-12-31T12:00:00+01:00": "2027-01-01T03:00:00+01:00",
		"2026-03-29T01:30:00+01:00": "2026-03-29T03:00:00+02:00",
		"2026-10-24T12:00:00+02:00": "2026-10-25T03:00:00+01:00",
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := nextNight(at.In(berlin)).Format(time.RFC3339); got != want {
			t.Errorf("after %s: %s, want %s", now, got, want)
		}
	}
}

// The present month and so many whole ones before it are kept; none configured, all.
func TestRetention(t *testing.T) {
	at := time.Date(2026, 2, 28, 23, 0, 0, 0, time.FixedZone("west", -3600*5)) // March in UTC
	if got := retention(at, 0); got != (store.Retention{}) {
		t.Errorf("no retention: %+v", got)
	}
	first := acd.At(time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC))
	want := store.Retention{FactMonth: 202512, Contacts: first, Alerts: first}
	if got := retention(at, 3); got != want {
		t.Errorf("three months: %+v, want %+v", got, want)
	}
}

// A retention that makes no sense stops the start in words; none keeps all.
func TestRetentionMonths(t *testing.T) {
	dir := t.TempDir()
	read := func(text string) (Config, error) {
		if err := os.WriteFile(filepath.Join(dir, configName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return readConfig(dir)
	}
	for text, want := range map[string]int{`{}`: 0, `{"retention_months": 24}`: 24} {
		if c, err := read(text); err != nil || c.RetentionMonths != want {
			t.Errorf("%s: %d, %v", text, c.RetentionMonths, err)
		}
	}
	for _, text := range []string{`{"retention_months": -1}`, `{"retention_months": 1201}`} {
		if _, err := read(text); err == nil || !strings.Contains(err.Error(), "retention_months") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
