package api

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"portico/acd"
	"portico/store"
)

const (
	// alertsShown is how many open alerts of a unit the live feed shows: the newest.
	alertsShown = 500
	// goneMax is how many alerts that have gone are remembered for the next delta.
	goneMax = 1000
)

// alertBoard holds the open alerts of the units that somebody has watched, for the
// live feed. It is filled from the store when a unit is first watched, then told of each
// change. Its lock is never held while the store is asked.
type alertBoard struct {
	mu      sync.Mutex
	version uint64 // counts the changes of all units; above 0
	units   map[acd.UnitID]*unitAlerts
}

// unitAlerts are those of one unit.
type unitAlerts struct {
	ready bool // was filled from the store
	fills int  // that are under way
	rows  map[[16]byte]boardAlert
	gone  []goneAlert
	floor uint64 // what went up to this version is not in gone any more
	// done are those that were dealt with while a filling was under way: it may not
	// bring them back.
	done map[[16]byte]bool
}

type boardAlert struct {
	store.Alert
	version uint64
}

type goneAlert struct {
	id      [16]byte
	version uint64
}

func newAlertBoard() *alertBoard {
	return &alertBoard{version: 1, units: map[acd.UnitID]*unitAlerts{}}
}

// Alerted tells the live feed of an alert that is durable: a new one, or one that is
// dealt with. It does not block.
func (s *Server) Alerted(a store.Alert) {
	s.alerts.put(a)
	s.feed.tables.changed()
}

// watchAlerts has the board hold a unit's alerts.
func (s *Server) watchAlerts(ctx context.Context, unit acd.UnitID) error {
	if !s.alerts.begin(unit) {
		return nil
	}
	rows, _, err := s.store.AlertPage(ctx, unit, true, "", alertsShown)
	s.alerts.fill(unit, rows, err == nil)
	return err
}

// begin reports whether a unit's alerts must be filled in; then fill is to be called.
func (b *alertBoard) begin(unit acd.UnitID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	u := b.units[unit]
	if u == nil {
		u = &unitAlerts{rows: map[[16]byte]boardAlert{}, done: map[[16]byte]bool{}}
		b.units[unit] = u
	}
	if u.ready {
		return false
	}
	u.fills++
	return true
}

// fill takes what the store held. What was told meanwhile is newer.
func (b *alertBoard) fill(unit acd.UnitID, rows []store.Alert, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	u := b.units[unit]
	u.fills--
	u.ready = u.ready || ok
	b.version++
	for _, a := range rows {
		if _, known := u.rows[a.ID]; !known && !u.done[a.ID] {
			u.rows[a.ID] = boardAlert{a, b.version}
		}
	}
	if u.fills == 0 {
		clear(u.done)
	}
	b.trim(u)
}

// put takes an alert as it is now.
func (b *alertBoard) put(a store.Alert) {
	b.mu.Lock()
	defer b.mu.Unlock()
	u := b.units[a.Unit]
	if u == nil {
		return // whoever watches it first reads it
	}
	b.version++
	if a.DoneAt == 0 {
		u.rows[a.ID] = boardAlert{a, b.version}
		delete(u.done, a.ID)
		b.trim(u)
		return
	}
	if u.fills > 0 {
		u.done[a.ID] = true
	}
	b.take(u, a.ID)
}

// take removes an alert. b.mu is held.
func (b *alertBoard) take(u *unitAlerts, id [16]byte) {
	full := len(u.rows) == alertsShown
	delete(u.rows, id)
	u.gone = append(u.gone, goneAlert{id, b.version})
	if len(u.gone) > goneMax {
		cut := len(u.gone) / 2
		u.floor = u.gone[cut-1].version
		u.gone = slices.Clone(u.gone[cut:])
	}
	if full {
		u.ready = false // older ones may have their place now: whoever watches next reads them
	}
}

// trim drops the oldest of those that are too many. b.mu is held.
func (b *alertBoard) trim(u *unitAlerts) {
	for len(u.rows) > alertsShown {
		var oldest [16]byte
		for id := range u.rows {
			if oldest == ([16]byte{}) || bytes.Compare(id[:], oldest[:]) < 0 {
				oldest = id
			}
		}
		b.take(u, oldest)
	}
}

// now is the number of the last change.
func (b *alertBoard) now() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.version
}

// since gives what changed among a unit's alerts after a version: full for 0, or for one
// too long ago. The newest are first.
func (b *alertBoard) since(unit acd.UnitID, since uint64) (put []store.Alert, gone [][16]byte, version uint64, full bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	u := b.units[unit]
	if u == nil {
		return nil, nil, b.version, since == 0
	}
	full = since == 0 || since < u.floor
	for _, a := range u.rows {
		if full || a.version > since {
			put = append(put, a.Alert)
		}
	}
	slices.SortFunc(put, func(a, c store.Alert) int { return bytes.Compare(c.ID[:], a.ID[:]) })
	for _, g := range u.gone {
		if _, back := u.rows[g.id]; !full && g.version > since && !back {
			gone = append(gone, g.id)
		}
	}
	return put, gone, b.version, full
}
