package picture

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"portico/acd"
	"portico/hub"
)

// The pace is what its formula says of the acceptances and of the time in which
// somebody waited, whenever it was last looked at.
func TestPaceIsItsFormula(t *testing.T) {
	for seed := range uint64(20) {
		chance := rand.New(rand.NewPCG(seed, 1))
		begin := acd.Time(1_000_000)
		p, now := pace{at: begin}, begin
		var accepted []acd.Time
		type span struct{ from, to acd.Time }
		var busy []span
		waiting := false
		age := func(now, t acd.Time) float64 {
			return math.Exp2(-float64(now-t) / float64(paceHalf.Milliseconds()))
		}
		for range 200 {
			next := now.Add(time.Duration(chance.IntN(120_000)) * time.Millisecond)
			if waiting {
				busy = append(busy, span{now, next})
			}
			now = next
			switch chance.IntN(4) {
			case 0:
				p.accept(now)
				accepted = append(accepted, now)
			case 1:
				p.until(now)
				p.until(begin) // time that lies back
			default:
				waiting = chance.IntN(2) == 0
				p.line(now, waiting)
			}
			var a, b float64
			for _, t := range accepted {
				a += age(now, t)
			}
			const h = float64(paceHalf/time.Millisecond) / math.Ln2
			for _, s := range busy {
				b += h * (age(now, s.to) - age(now, s.from)) // the integral over the span
			}
			got, ok := p.expect(now, 3)
			want := 3 * b / a
			if known := a >= paceMin && want <= float64(expectMax.Milliseconds()); known != ok && math.Abs(a-paceMin) > 1e-9 {
				t.Fatalf("seed %d: known %v, want %v (%f accepted)", seed, ok, known, a)
			}
			if ok && math.Abs(float64(got.Milliseconds())-want) > 1.001 {
				t.Fatalf("seed %d: %v, the formula says %f ms", seed, got, want)
			}
		}
	}
}

// Where agents sit idle, who comes waits as long as an offer takes, however seldom
// anybody comes; where nobody accepts any more, the wait grows and is not told at last.
func TestPaceOfIdleAndOfNobody(t *testing.T) {
	var p pace
	now := acd.Time(1)
	for range 10 {
		p.line(now, true)
		now = now.Add(5 * time.Second)
		p.line(now, false)
		p.accept(now)
		now = now.Add(4 * time.Minute)
	}
	if wait, ok := p.expect(now, 1); !ok || wait < 4900*time.Millisecond || wait > 5100*time.Millisecond {
		t.Errorf("idle agents: %v %v, want about 5 s", wait, ok)
	}
	p.line(now, true)
	last := time.Duration(0)
	for range 100 {
		now = now.Add(time.Minute)
		wait, ok := p.expect(now, 1)
		if !ok {
			return
		}
		if wait <= last {
			t.Fatalf("nobody accepts: %v after %v", wait, last)
		}
		last = wait
	}
	t.Error("a wait is told though nobody has accepted for long")
}

// In a made-up hour of a busy queue what is told is near to what comes: right on the
// average, and nearer than the mean of the waits before.
func TestExpectedWaitOfABusyQueue(t *testing.T) {
	const agents, service, arrival = 6, 180.0, 31.0 // seconds; they come a little faster than they are served
	var told, bias, naive, waits float64
	n := 0
	for seed := range uint64(20) {
		chance := rand.New(rand.NewPCG(seed, 7))
		var p pace
		free := make([]float64, agents) // when each agent is free again
		at := 0.0
		type event struct {
			at   float64
			line int // +1 joins, -1 is accepted
			wait float64
		}
		var events []event
		for range 400 {
			at += chance.ExpFloat64() * arrival
			slices.Sort(free)
			begins := max(at+3, free[0]) // three seconds of ringing
			free[0] = begins + chance.ExpFloat64()*service
			events = append(events, event{at, 1, begins - at}, event{begins, -1, begins - at})
		}
		slices.SortStableFunc(events, func(a, b event) int {
			if a.at < b.at {
				return -1
			}
			return 1
		})
		line, mean, seen := 0, 0.0, 0.0
		for _, e := range events {
			now := acd.Time(1 + e.at*1000)
			if e.line > 0 {
				if wait, ok := p.expect(now, line+1); ok && e.at > 1800 {
					told += math.Abs(wait.Seconds() - e.wait)
					bias += wait.Seconds() - e.wait
					naive += math.Abs(mean/max(seen, 1) - e.wait)
					waits += e.wait
					n++
				}
			}
			line += e.line
			p.line(now, line > 0)
			if e.line < 0 {
				p.accept(now)
				mean, seen = mean+e.wait, seen+1
			}
		}
	}
	count := float64(n)
	t.Logf("%d arrivals waited %.0f s on the average; told with an error of %.0f s (bias %.0f s), the mean so far has %.0f s",
		n, waits/count, told/count, bias/count, naive/count)
	if n < 1000 || told > 0.8*naive || math.Abs(bias) > 0.2*waits {
		t.Error("what is told is not near enough")
	}
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
	queue := c.plan.Queues[0]
	n := uint64(0)
	fold := func(id byte, state acd.ContactState, kind acd.FactKind) {
		n++
		row := acd.ContactRow{ID: acd.ContactID{id}, Unit: queue.Unit, Queue: queue.ID, State: state, Since: acd.At(now)}
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
	for id := range byte(4) {
		fold(id, acd.Queued, acd.FactArrived)
		now = now.Add(20 * time.Second)
		fold(id, acd.Active, acd.FactAccepted)
		now = now.Add(time.Minute)
	}
	near := func(what string, want time.Duration, place int) {
		t.Helper()
		got, ok := p.ExpectedWait(queue.Unit, queue.ID, place)
		if !ok || got < want*98/100 || got > want*102/100 {
			t.Errorf("%s: %v %v, want about %v", what, got, ok, want)
		}
	}
	near("nobody waits", 20*time.Second, 0)
	fold(10, acd.Queued, acd.FactArrived)
	fold(11, acd.Queued, acd.FactArrived)
	near("behind two", time.Minute, 0)
	near("the first", 20*time.Second, 1)
	for _, ask := range []struct {
		unit  acd.UnitID
		queue acd.QueueID
	}{{service, queue.ID}, {queue.Unit, acd.QueueID{9}}, {acd.UnitID{9}, queue.ID}} {
		if wait, ok := p.ExpectedWait(ask.unit, ask.queue, 0); ok {
			t.Errorf("told of what is not there: %v", wait)
		}
	}
}
