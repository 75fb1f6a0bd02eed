package picture

import (
	"context"
	"math"
	"testing"
	"time"

	"portico/acd"
	"portico/hub"
)

// What is told of a line that moves in even steps is what one reckons by hand: the moves
// in front, those who give up, and the offer itself.
func TestByLine(t *testing.T) {
	m := newMovement(0, 0, 0)
	now := acd.Time(1_000_000)
	m.line(now, 5, 0)
	for range 400 { // one is offered every 20 s, and rings for 4 s; five wait
		now = now.Add(20 * time.Second)
		m.move(now)
		m.rang(4 * time.Second)
		m.accept(100 * time.Second)
	}
	near := func(what string, place int, want float64) {
		t.Helper()
		got, ok := m.byLine(now, place)
		if !ok || math.Abs(got.Seconds()-want) > 0.01*want {
			t.Errorf("%s: %v %v, want %.1f s", what, got, ok, want)
		}
	}
	near("behind five", 6, 6*20+4)
	near("the first", 1, 20+4)
	m.line(now, 5, 2)
	near("behind two who are offered", 3, 20+4)
	near("one who is offered", 2, 4)
	m.line(now, 5, 0)
	for range 400 { // and every 40 s one gives up: with five in line each does so once in 200 s
		for range 2 {
			now = now.Add(20 * time.Second)
			m.move(now)
		}
		m.leave(now)
	}
	near("behind five of whom some give up", 6, 200*math.Log(1+6*20./200)+4)
	if wait, ok := m.byHead(6, 90*time.Second); !ok || wait != 90*time.Second {
		t.Errorf("by the head of five: %v %v", wait, ok)
	}
	if wait, ok := m.byHead(2, 90*time.Second); !ok || wait != 30*time.Second {
		t.Errorf("by the head, at the second place of five: %v %v", wait, ok)
	}
	m.line(now, 0, 0)
	if wait, ok := m.byHead(1, 0); !ok || wait != 100*time.Second {
		t.Errorf("by the head, when nobody waits: %v %v, want what the last one waited", wait, ok)
	}
}

// Where agents sit idle, who comes waits as long as an offer takes, however seldom
// anybody comes; where nobody is offered any more, the wait grows and is not told at last.
func TestIdleAndNobody(t *testing.T) {
	m := newMovement(0, 0, 0)
	now := acd.Time(1)
	if wait, ok := m.byLine(now, 1); ok {
		t.Errorf("told at the start: %v", wait)
	}
	for range 20 {
		m.come(true)
		m.line(now, 0, 1)
		now = now.Add(5 * time.Second)
		m.rang(5 * time.Second)
		m.accept(5 * time.Second)
		m.line(now, 0, 0)
		now = now.Add(4 * time.Minute)
	}
	if wait, ok := m.byLine(now, 1); !ok || wait != 5*time.Second {
		t.Errorf("idle agents: %v %v, want 5 s", wait, ok)
	}
	m.come(false)
	m.line(now, 1, 0)
	now = now.Add(30 * time.Second)
	m.move(now)
	m.line(now, 1, 1)
	last := time.Duration(0)
	for range 1000 {
		now = now.Add(time.Minute)
		wait, ok := m.byLine(now, 2)
		if !ok {
			return
		}
		if wait <= last {
			t.Fatalf("nobody is offered: %v after %v", wait, last)
		}
		last = wait
	}
	t.Error("a wait is told though nobody was offered for long")
}

// The picture tells it of its queues: unknown at the start, of another unit and of no
// queue; the place behind all who wait is told of 0.
func TestExpectedWait(t *testing.T) {
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	c := newCompany(1, 2, 1)
	p := New(Options{Now: func() time.Time { return now }})
	if err := p.Load(context.Background(), c, c.plan); err != nil {
		t.Fatal(err)
	}
	queue, began := c.plan.Queues[0], now
	n := uint64(0)
	fold := func(id byte, state acd.ContactState, kind acd.FactKind) {
		n++
		row := acd.ContactRow{ID: acd.ContactID{id}, Unit: queue.Unit, Queue: queue.ID, State: state, FirstQueued: acd.At(began), Since: acd.At(now)}
		change := hub.Change{At: acd.At(now), Rows: []acd.ContactRow{row}, Facts: []acd.Fact{{Kind: kind, At: acd.At(now), Unit: queue.Unit,
			Queue: queue.ID, Contact: row.ID, Domain: acd.Chat}}}
		if kind == acd.FactArrived {
			change.Arrival = &hub.Arrival{Contact: row.ID, Unit: queue.Unit, Queue: queue.ID, Medium: "webchat"}
		}
		p.Fold(hub.Batch{N: n, Changes: []hub.Change{change}})
	}
	if wait, ok := p.ExpectedWait(queue.Unit, queue.ID, 0); ok {
		t.Errorf("told at the start: %v", wait)
	}
	for id := range byte(10) { // each waits for 20 s behind the one before, and rings for 4 s
		fold(id, acd.Queued, acd.FactArrived)
	}
	for id := range byte(8) {
		now = now.Add(16 * time.Second)
		fold(id, acd.Offered, acd.FactOffered)
		now = now.Add(4 * time.Second)
		fold(id, acd.Active, acd.FactAccepted)
	}
	near := func(what string, want time.Duration, place int) {
		t.Helper()
		got, ok := p.ExpectedWait(queue.Unit, queue.ID, place)
		if !ok || got < want*96/100 || got > want*104/100 {
			t.Errorf("%s: %v %v, want about %v", what, got, ok, want)
		}
	}
	near("behind two", 64*time.Second, 0)
	near("the first", 24*time.Second, 1)
	now = now.Add(16 * time.Second)
	fold(8, acd.Offered, acd.FactOffered)
	near("one who is offered", 4*time.Second, 1)
	near("behind one who is offered", 24*time.Second, 2)
	p.o.Expect = ByHead
	now = now.Add(time.Minute)
	near("behind two, by the head", now.Sub(began), 0)
	p.o.Expect = ByLine
	for _, ask := range []struct {
		unit  acd.UnitID
		queue acd.QueueID
	}{{service, queue.ID}, {queue.Unit, acd.QueueID{9}}, {acd.UnitID{9}, queue.ID}} {
		if wait, ok := p.ExpectedWait(ask.unit, ask.queue, 0); ok {
			t.Errorf("told of what is not there: %v", wait)
		}
	}
}
