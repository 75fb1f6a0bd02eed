package soak

import (
	"errors"
	"maps"
	"time"

	"portico/acd"
	"portico/store"
)

// tell says how the day goes, once an hour.
func (d *day) tell(hour int) {
	heap := memory()
	d.mu.Lock()
	defer d.mu.Unlock()
	open := d.facts[acd.FactArrived] - d.facts[acd.FactEnded]
	d.heap = append(d.heap, heap)
	d.t.Logf("%02d:00  heap %6.1f MiB  arrived %8d  open %6d  accepted %8d  refused %v",
		hour, heap, d.facts[acd.FactArrived], open, d.facts[acd.FactAccepted], d.refused)
}

// check holds the end of the day against what was asked for.
func (d *day) check() {
	d.mu.Lock()
	told := maps.Clone(d.facts)
	d.mu.Unlock()
	if told[acd.FactArrived] != d.size.contacts || told[acd.FactEnded] != d.size.contacts {
		d.t.Errorf("%d contacts arrived and %d ended, want %d", told[acd.FactArrived], told[acd.FactEnded], d.size.contacts)
	}
	ctx := d.t.Context()
	err := d.store.OpenContacts(ctx, func(c store.OpenContact, _ store.Contact) error {
		return errors.New("a contact is open: " + c.ID.String())
	})
	if err != nil {
		d.t.Error(err)
	}
	kept := map[acd.FactKind]int{}
	if err := d.store.FactsSince(ctx, 0, func(f store.FactRow) error { kept[f.Kind]++; return nil }); err != nil {
		d.t.Error(err)
	}
	if !maps.Equal(kept, told) {
		d.t.Errorf("the store has facts %v, told were %v", kept, told)
	}
	// The counters of the day are saved at most once a second.
	time.Sleep(2 * time.Second)
	quarters, err := d.store.Day(ctx, unit, acd.QueueID{}, acd.At(time.Now().Add(-25*time.Hour)), acd.At(time.Now()))
	if err != nil {
		d.t.Error(err)
	}
	var answered, abandoned int
	for _, q := range quarters {
		answered, abandoned = answered+int(q.Answered), abandoned+int(q.Abandoned)
	}
	if answered != told[acd.FactAccepted] {
		d.t.Errorf("the counters have %d answered, the facts %d", answered, told[acd.FactAccepted])
	}
	if answered == 0 || abandoned == 0 || told[acd.FactNotAccepted] == 0 || told[acd.FactReturned]+told[acd.FactQueued] == 0 {
		d.t.Errorf("the day was too quiet to tell anything: %v", told)
	}
	d.checkMemory()
}

// checkMemory compares hours with the same load before noon and after, and the night
// after with the night before.
func (d *day) checkMemory() {
	const slack = 24 // MiB: what the garbage collector and the pools keep
	for _, pair := range [][2]int{{2, 24}, {10, 18}, {12, 16}} {
		before, after := d.heap[pair[0]-1], d.heap[pair[1]-1]
		if after > 1.25*before+slack {
			d.t.Errorf("the heap has %.1f MiB at %d:00 and had %.1f MiB at %d:00", after, pair[1], before, pair[0])
		}
	}
}
