package picture

import (
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"portico/acd"
)

// Packed or not, intervals hold what was counted in each quarter of an hour, also when the
// clock goes back, and forget what is old.
func TestIntervalsArePacked(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	for range 50 {
		var have intervals
		want := map[acd.Time]Counters{}
		now := acd.At(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
		now -= now % quarter
		for n := range 300 {
			switch r.IntN(20) {
			case 0:
				now -= acd.Time(r.IntN(12)) * quarter
			case 1, 2, 3, 4, 5:
				now += acd.Time(r.IntN(3)) * quarter
			case 6:
				before := now - acd.Time(r.IntN(40))*quarter
				have.forget(before)
				maps.DeleteFunc(want, func(start acd.Time, _ Counters) bool { return start < before })
			}
			d := Counters{Offered: uint32(r.IntN(3)), Answered: r.Uint32() >> r.IntN(32), InTime: 1, Abandoned: 2, LeftInTime: 3, NotAnswered: 4,
				WaitMs: r.Uint64() >> (8 + r.IntN(50)), HandleMs: uint64(n)}
			i := have.at(now, sales)
			i.count.add(d)
			if i.unit != sales || i.start != now {
				t.Fatalf("the interval is %v of %v, want %v", i.start, i.unit, now)
			}
			c := want[now]
			c.add(d)
			want[now] = c
		}
		last := acd.Time(0)
		for start, count := range have.all() {
			if start <= last {
				t.Fatalf("%v comes after %v", start, last)
			}
			if last = start; count != want[start] {
				t.Fatalf("at %v %+v was counted, want %+v", start, count, want[start])
			}
			delete(want, start)
		}
		if len(want) > 0 {
			t.Fatalf("%d are forgotten: %v", len(want), want)
		}
	}
}
