package picture

import (
	"context"
	"fmt"
	"time"

	"portico/acd"
	"portico/store"
)

// recentMinutes is how many minutes a queue's figures of the last 15 minutes hold: the
// one under way and the 14 whole ones before it, by the clock of UTC. All that happened
// in the last 14 minutes is in them, nothing that is 15 minutes old.
const recentMinutes = 15

// recent are a queue's counters of the last 15 minutes, minute by minute. They are
// counted of the same facts as those of the quarters and of today.
type recent struct {
	newest  int64 // number of the newest minute since 1970
	minutes [recentMinutes]Counters
}

func minuteOf(t acd.Time) int64 { return int64(t) / int64(time.Minute/time.Millisecond) }

// count adds what a fact counts to its minute. What is too old is left out.
func (r *recent) count(at acd.Time, d Counters) {
	minute := minuteOf(at)
	r.turn(minute)
	if minute > r.newest-recentMinutes {
		r.minutes[minute%recentMinutes].add(d)
	}
}

// turn moves on to a minute; one that lies back changes nothing.
func (r *recent) turn(minute int64) {
	if minute <= r.newest {
		return
	}
	if minute-r.newest >= recentMinutes {
		r.minutes = [recentMinutes]Counters{}
	} else {
		for m := r.newest + 1; m <= minute; m++ {
			r.minutes[m%recentMinutes] = Counters{}
		}
	}
	r.newest = minute
}

// at gives the sum as it is at a time.
func (r *recent) at(now acd.Time) Counters {
	var sum Counters
	for m := max(minuteOf(now)-recentMinutes+1, r.newest-recentMinutes+1, 0); m <= r.newest; m++ {
		sum.add(r.minutes[m%recentMinutes])
	}
	return sum
}

// loadRecent counts the last 15 minutes anew from the facts.
func (p *Picture) loadRecent(ctx context.Context, rows Rows, now acd.Time) error {
	for _, u := range p.units {
		for _, q := range u.queues {
			q.recent = recent{}
		}
	}
	from := acd.Time((minuteOf(now) - recentMinutes + 1) * int64(time.Minute/time.Millisecond))
	err := rows.FactsBack(ctx, from, func(f store.FactRow) error {
		if f.Queue.IsZero() {
			return nil
		}
		q := p.unit(f.Unit).queue(f.Queue)
		if d := counted(f.Fact, q.objective); d != (Counters{}) {
			q.recent.count(f.At, d)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the facts of the last 15 minutes: %w", err)
	}
	return nil
}

// Turn moves the figures on that change by the passing of time alone: the last 15
// minutes, today, and what is to be expected where somebody waits. It reports whether
// a minute has passed since it was last called, so that the tables are to be read.
func (p *Picture) Turn() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := acd.At(p.o.Now())
	minute := minuteOf(now)
	if minute <= p.turned {
		return false
	}
	before := acd.Time(p.turned * int64(time.Minute/time.Millisecond))
	p.turned = minute
	p.revision++
	for _, u := range p.units {
		p.turnDay(u, now)
		for _, q := range u.queues {
			if q.planned && (q.lineDue.Len() > 0 || q.recent.at(before) != q.recent.at(now)) {
				p.touchQueue(u, q)
			}
		}
	}
	return true
}
