package api

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"portico/acd"
	"portico/store"
)

// Whoever folds the deltas has the open alerts of the unit at each moment, whatever is
// raised, dealt with and opened again while the board is filled from the store.
func TestAlertBoard(t *testing.T) {
	for seed := range uint64(200) {
		chance := rand.New(rand.NewPCG(seed, 3))
		b, unit := newAlertBoard(), acd.UnitID{1}
		saved := map[[16]byte]store.Alert{} // what the store holds open
		var ids [][16]byte
		seen, version := map[[16]byte]bool{}, uint64(0)
		fold := func() {
			put, gone, at, full := b.since(unit, version)
			if at < version {
				t.Fatalf("seed %d: the version went back", seed)
			}
			if version = at; full {
				clear(seen)
			}
			for _, a := range put {
				seen[a.ID] = true
			}
			for _, id := range gone {
				delete(seen, id)
			}
		}
		change := func() {
			if len(ids) == 0 || chance.IntN(3) > 0 {
				ids = append(ids, [16]byte{byte(len(ids) >> 8), byte(len(ids)), 1})
			}
			id := ids[chance.IntN(len(ids))]
			a := store.Alert{ID: id, Unit: unit, At: 1}
			if _, open := saved[id]; open {
				a.DoneAt = 5
				delete(saved, id)
			} else {
				saved[id] = a
			}
			b.put(a)
			b.put(store.Alert{ID: [16]byte{9}, Unit: acd.UnitID{2}})
		}
		for range chance.IntN(20) {
			change()
		}
		fills := 1 + chance.IntN(2)
		var read [][]store.Alert
		for range fills {
			if !b.begin(unit) {
				t.Fatal("not to be filled")
			}
			read = append(read, slices.Collect(maps.Values(saved)))
			for range chance.IntN(10) {
				change()
			}
		}
		fold()
		for _, rows := range read {
			b.fill(unit, rows, true)
			for range chance.IntN(3) {
				change()
			}
		}
		for range 30 {
			fold()
			if len(seen) != len(saved) {
				t.Fatalf("seed %d: %d alerts are shown, %d are open", seed, len(seen), len(saved))
			}
			for id := range saved {
				if !seen[id] {
					t.Fatalf("seed %d: an open alert is not shown", seed)
				}
			}
			for range chance.IntN(4) {
				change()
			}
		}
	}
}

// The board is bounded: it holds the newest, and who has missed too much begins anew.
func TestAlertBoardIsBounded(t *testing.T) {
	b, unit := newAlertBoard(), acd.UnitID{1}
	b.begin(unit)
	b.fill(unit, nil, true)
	_, _, first, _ := b.since(unit, 0)
	for i := range alertsShown + goneMax + 10 {
		b.put(store.Alert{ID: [16]byte{byte(i >> 8), byte(i), 1}, Unit: unit})
	}
	put, _, _, full := b.since(unit, first)
	if !full || len(put) != alertsShown || len(b.units[unit].gone) > goneMax {
		t.Errorf("full %v with %d rows; %d are remembered as gone", full, len(put), len(b.units[unit].gone))
	}
	if newest := put[0].ID; !bytes.Equal(newest[:2], []byte{(alertsShown + goneMax + 9) >> 8, (alertsShown + goneMax + 9) & 0xff}) {
		t.Errorf("the first row is %x", newest)
	}
	// One of so many is dealt with: the next who watches reads the older ones again.
	b.put(store.Alert{ID: put[0].ID, Unit: unit, DoneAt: 1})
	if !b.begin(unit) {
		t.Error("the older ones are not read again")
	}
}

// Every kind of alert is described for whoever runs the server.
func TestAlertKindsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/alarms.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, kind := range alertKinds {
		if !strings.Contains(string(page), "| "+name+" | "+kind.severity+" |") {
			t.Errorf("%s has no row in docs/alarms.md", name)
		}
	}
}
