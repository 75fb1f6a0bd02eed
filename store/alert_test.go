package store_test

import (
	"encoding/json"
	"errors"
	"testing"

	"portico/acd"
	"portico/store"
)

func alertOf(o store.Outbox) store.Alert {
	return store.Alert{ID: o.ID, Unit: o.Unit, Kind: "all_excluded", At: o.At, Body: o.Body}
}

func entry(unit acd.UnitID, at acd.Time) store.Outbox {
	return store.Outbox{ID: ids.ID(), Unit: unit, Kind: "alert", At: at, Body: json.RawMessage(`{"code":"all_excluded"}`)}
}

// An alert is saved and its entry of the outbox taken away in one unit: a delivery that
// is repeated saves nothing, not even over what people did with the alert meanwhile.
func TestAlertOnce(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		e := entry(unitID(), 5)
		must(t, save(t, s, e))
		deliver := func() error { return save(t, s, alertOf(e), store.OutboxDone{ID: e.ID}) }
		must(t, deliver())
		must(t, save(t, s, store.AlertDone{Unit: e.Unit, ID: e.ID, At: 9, By: agentID()}))
		if err := deliver(); !errors.Is(err, store.ErrExists) {
			t.Errorf("delivered twice: %v", err)
		}
		got, err := s.Alert(ctx, e.Unit, e.ID)
		must(t, err)
		want(t, "done", got.DoneAt, 9)
		none[store.Alert](t, "foreign alert")(s.Alert(ctx, unitID(), e.ID))
		left, err := s.OutboxPage(ctx, [16]byte{}, 10)
		must(t, err)
		want(t, "what is left in the outbox", len(left), 0)
	})
}

// Alerts are listed newest first, page by page; one that is dealt with leaves the
// open ones. Who has seen another state changes nothing.
func TestAlertPages(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		unit := unitID()
		var all []store.Alert
		for i := range 5 {
			all = append(all, alertOf(entry(unit, acd.Time(i))))
			must(t, save(t, s, all[i]))
		}
		must(t, save(t, s, alertOf(entry(unitID(), 7))))
		by := agentID()
		must(t, save(t, s, store.AlertDone{Unit: unit, ID: all[2].ID, At: 20, By: by}))
		for _, refused := range []store.AlertDone{{Unit: unit, ID: all[2].ID, At: 30}, {Unit: unitID(), ID: all[1].ID, At: 30},
			{Unit: unit, ID: all[1].ID, Seen: 3}} {
			if err := save(t, s, refused); !errors.Is(err, store.ErrChanged) {
				t.Errorf("%+v: %v", refused, err)
			}
		}
		all[2].DoneAt, all[2].DoneBy = 20, by
		for _, test := range []struct {
			open bool
			want []store.Alert
		}{{false, []store.Alert{all[4], all[3], all[2], all[1], all[0]}}, {true, []store.Alert{all[4], all[3], all[1], all[0]}}} {
			var got []store.Alert
			after := ""
			for {
				page, next, err := s.AlertPage(ctx, unit, test.open, after, 2)
				must(t, err)
				got = append(got, page...)
				if after = next; after == "" {
					break
				}
			}
			want(t, "alerts", got, test.want)
		}
		must(t, save(t, s, store.AlertDone{Unit: unit, ID: all[2].ID, Seen: 20}))
		got, err := s.Alert(ctx, unit, all[2].ID)
		must(t, err)
		want(t, "open again", got.DoneAt, 0)
		want(t, "by nobody", got.DoneBy, acd.AgentID{})
		_, _, err = s.AlertPage(ctx, unit, true, "?", 2)
		if !errors.Is(err, store.ErrPage) {
			t.Errorf("a page of nonsense: %v", err)
		}
	})
}

// Alerts go with the rest of what was kept long enough.
func TestPruneAlerts(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		unit := unitID()
		var rows []store.Row
		for i := range 300 { // more than one chunk
			rows = append(rows, alertOf(entry(unit, acd.Time(i))))
		}
		must(t, save(t, s, rows...))
		must(t, s.Prune(t.Context(), store.Retention{Alerts: 290}))
		want(t, "rows", rowsOf(t, o, "alert"), map[string]int{"alert": 10})
	})
}
