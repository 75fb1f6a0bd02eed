package picture

import (
	"testing"
	"time"

	"portico/acd"
)

// A queue's figures of the last 15 minutes are those of its facts of the minute under way
// and of the 14 before it, at any moment, however long nothing happens, and after a
// restart; so they are never more than today's and the day's before.
func TestRecentEqualsFacts(t *testing.T) {
	for seed := range uint64(4) {
		c := newCompany(seed, 6, 4)
		p := c.picture()
		for n := range 300 {
			p.Fold(c.batch(4))
			switch c.r.IntN(12) {
			case 0:
				c.now = c.now.Add(time.Duration(c.r.IntN(40)) * time.Minute)
			case 1:
				p = c.picture()
			}
			from := c.now.Truncate(time.Minute).Add(-14 * time.Minute)
			for _, q := range c.plan.Queues {
				var want Counters
				for _, f := range c.facts {
					if f.Queue == q.ID && f.At >= acd.At(from) {
						want.add(counted(f.Fact, q.Objective))
					}
				}
				if got, _ := p.Queue(q.Unit, q.ID); got.Recent != want {
					t.Fatalf("seed %d, batch %d at %v: %+v, the facts say %+v", seed, n, c.now, got.Recent, want)
				}
			}
		}
	}
}

// The figures of the last 15 minutes run out minute by minute though nothing happens, and
// whoever follows the table sees it: a turn of the minute is a change of the queue.
func TestRecentRunsOut(t *testing.T) {
	c := newCompany(1, 2, 2)
	p := c.picture()
	b := c.batch(1)
	for len(b.Changes[0].Facts) == 0 || b.Changes[0].Facts[0].Kind != acd.FactArrived {
		b = c.batch(1)
	}
	p.Fold(b)
	queue := b.Changes[0].Facts[0].Queue
	unit := b.Changes[0].Facts[0].Unit
	seen := p.QueuesSince(unit, 0).Version
	p.Turn()
	for minute := range 20 {
		c.now = c.now.Add(time.Minute)
		if !p.Turn() || p.Turn() {
			t.Fatal("a minute turns once")
		}
		q, _ := p.Queue(unit, queue)
		if want := minute < 14; (q.Recent.Offered > 0) != want {
			t.Errorf("%d minutes later the last 15 minutes hold %d offered", minute+1, q.Recent.Offered)
		}
	}
	told := false
	for _, row := range p.QueuesSince(unit, seen).Put {
		told = told || row.ID == queue && row.Recent.Offered == 0
	}
	if !told {
		t.Error("nobody was told that the figures ran out")
	}
}
