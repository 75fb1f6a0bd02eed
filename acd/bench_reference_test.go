package acd

import (
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
)

// bench is a world and a second core, to which every Step of the first is made
// again. Only the second is timed: so the cost of making up the world, of hashing
// what comes out and of the clock stays out of the figures. Both must agree.
//
// The Steps are repeated in blocks. Every second block is timed as a whole, which
// gives the throughput; in the others each Step is timed, which gives the
// percentiles. Throughput is stated for the time on the wall, and beside it for the
// processor time of the thread (cpu-…), which other programs on the machine disturb
// less.
type bench struct {
	*world
	core     *Core
	searches uint64 // in blocks timed as a whole
	offers   int
	cpu      time.Duration
	wall     time.Duration
	took     []uint32 // ns of each Step in the other blocks
	blocks   int
	timing   bool
}

const block = 65_536 // Steps

func newBench(ref reference, warmUp int) *bench {
	w := startWorld(ref, 1, true)
	b := &bench{world: w, core: New(w.tape[0].now), took: make([]uint32, 0, 1<<22)}
	for n := 0; n < warmUp || w.inLine < w.waiting*99/100; n++ {
		w.turn()
		b.replay()
	}
	b.timing = true
	return b
}

// replay makes the Steps on the tape again, once they are enough for a block.
func (b *bench) replay() {
	if len(b.tape) < block {
		return
	}
	b.blocks++
	switch {
	case !b.timing:
		for i := range b.tape {
			b.core.Step(b.tape[i].now, b.tape[i].ev)
		}
	case b.blocks%2 == 0:
		searches := b.core.searches
		wall, cpu := time.Now(), threadTime()
		for i := range b.tape {
			o := b.core.Step(b.tape[i].now, b.tape[i].ev)
			for k := range o.Facts {
				b.offers += count(o.Facts[k].Kind == FactOffered)
			}
		}
		b.cpu += threadTime() - cpu
		b.wall += time.Since(wall)
		b.searches += b.core.searches - searches
	default:
		for i := range b.tape {
			start := time.Now()
			b.core.Step(b.tape[i].now, b.tape[i].ev)
			b.took = append(b.took, uint32(min(time.Since(start), 1<<32-1)))
		}
	}
	clear(b.tape)
	b.tape = b.tape[:0]
}

// threadTime is the processor time of the calling thread.
func threadTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_THREAD, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// run goes on until the time in blocks timed as a whole and the number of Steps are
// reached, and gives the processor time for a decision.
func (b *bench) run(t *testing.B, atLeast time.Duration, steps int) float64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for n := 0; n < steps || b.cpu < atLeast; n++ {
		b.turn()
		b.replay()
		if n == steps-1 {
			t.Logf("after %d Steps: %d wait, %d in hand, digest of all that came out %016x", b.steps, b.inLine, b.inHand, uint64(b.hash))
		}
	}
	for len(b.tape) > 0 && len(b.tape) < block {
		b.turn()
		b.replay()
	}
	if len(b.tape) == 0 && b.core.Digest() != b.c.Digest() {
		t.Fatal("the two cores differ")
	}
	t.ReportMetric(0, "ns/op")
	return float64(b.cpu.Nanoseconds()) / float64(b.searches)
}

// The goal: 500,000 decisions and 100,000 offers a second in both, the 99th
// percentile below 50 µs and the 99.9th below 200 µs. Decisions are counted by the
// core: searches for a partner.
func BenchmarkReference(b *testing.B) {
	for _, set := range []struct {
		name    string
		waiting int
	}{{"overload", 100_000}, {"balanced", 0}} {
		b.Run(set.name, func(b *testing.B) {
			m := newBench(referenceSet(set.waiting), 1_000_000)
			m.run(b, 10*time.Second, 1_000_000)
			slices.Sort(m.took)
			at := func(q float64) float64 { return float64(m.took[int(q*float64(len(m.took)-1))]) }
			b.ReportMetric(float64(m.searches)/m.wall.Seconds(), "decisions/s")
			b.ReportMetric(float64(m.offers)/m.wall.Seconds(), "offers/s")
			b.ReportMetric(float64(m.searches)/m.cpu.Seconds(), "cpu-decisions/s")
			b.ReportMetric(float64(m.offers)/m.cpu.Seconds(), "cpu-offers/s")
			b.ReportMetric(at(0.5), "p50-ns")
			b.ReportMetric(at(0.99), "p99-ns")
			b.ReportMetric(at(0.999), "p999-ns")
			b.ReportMetric(at(1), "max-ns")
		})
	}
}
