package api

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"testing"
)

// tableSide is a table as the tests' server keeps it: for each row the version in which
// it changed last.
type tableSide struct {
	version uint64
	rows    map[string]uint64
}

// since makes the frame of what changed after a version; 0 gives the snapshot.
func (t *tableSide) since(version uint64) tableBytes {
	out := map[string]uint64{}
	for row, changed := range t.rows {
		if changed > version {
			out[row] = changed
		}
	}
	if len(out) == 0 && version > 0 {
		return tableBytes{version: t.version}
	}
	data, _ := json.Marshal(out) // a map of plain values
	return tableBytes{data: data, version: t.version, full: version == 0}
}

// Whatever changes while a snapshot is made and sent: what a socket sends of a table
// never goes back behind what it sent before, and its last word is the truth.
func TestTableNeverGoesBack(t *testing.T) {
	const kind = tableKind("queues")
	for seed := range uint64(300) {
		chance := rand.New(rand.NewPCG(seed, 2))
		table := &tableSide{version: 1, rows: map[string]uint64{"a": 1, "b": 1, "c": 1}}
		k := &socket{wake: make(chan struct{}, 1), tables: map[tableKind]*tableState{kind: {whole: true}}}
		shown := map[string]uint64{}
		var sent uint64
		send := func(f tableBytes) {
			if f.version < sent {
				t.Fatalf("seed %d: version %d is sent after %d", seed, f.version, sent)
			}
			sent = f.version
			var rows map[string]uint64
			if err := json.Unmarshal(f.data, &rows); err != nil {
				t.Fatal(err)
			}
			if f.full {
				clear(shown)
			}
			maps.Copy(shown, rows)
		}
		change := func() {
			table.version++
			table.rows[string(rune('a'+chance.IntN(3)))] = table.version
		}
		var last uint64 // of the table's deltas
		var made []tableBytes
		deltas := func() { // what the goroutine of the tables does; a delta may be under way for a while
			if f := table.since(max(last, 1)); f.data != nil {
				made = append(made, f)
			}
			last = table.version
		}
		hand := func() {
			for _, f := range made {
				k.offer(kind, f)
			}
			made = nil
		}
		some := func() {
			for range chance.IntN(4) {
				switch chance.IntN(3) {
				case 0:
					change()
				case 1:
					deltas()
				default:
					hand()
				}
			}
		}
		flush := func() { // what sendTables does, with news at every moment
			for {
				name, whole, _, pending := k.nextTable()
				if name == "" {
					return
				}
				some()
				if whole {
					snapshot := table.since(0)
					some()
					k.snapped(kind, snapshot.version)
					pending = []tableBytes{snapshot}
				}
				for _, f := range pending {
					send(f)
					some()
				}
			}
		}
		for range 60 {
			switch chance.IntN(8) {
			case 0:
				k.markTables() // too many frames waited, or names have changed
			case 1, 2:
				flush()
			default:
				some()
			}
		}
		deltas()
		hand()
		for range 100 {
			flush()
			deltas()
			hand()
		}
		if !maps.Equal(shown, table.rows) {
			t.Fatalf("seed %d: %v is shown, %v is true", seed, shown, table.rows)
		}
	}
}
