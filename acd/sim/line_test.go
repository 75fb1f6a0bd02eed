package sim

import (
	"math"
	"testing"
	"time"
)

// seeds is how many runs make up a mean, and quantile Student's 99.5 % quantile
// for one degree of freedom less: together, a two-sided interval of 99 %.
const (
	seeds    = 30
	quantile = 2.756
)

// means runs the line once for each seed and gives what is measured of each run.
func means(t *testing.T, l Line, measure func([]Observed) []float64) [][]float64 {
	t.Helper()
	var all [][]float64
	for seed := range uint64(seeds) {
		observed, overtaken, err := l.Run(dice(seed))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if overtaken > 0 {
			t.Errorf("seed %d: %d customers were answered before somebody who came earlier", seed, overtaken)
		}
		all = append(all, measure(observed))
	}
	return all
}

// agrees demands that what theory says lies within the interval of the i-th
// measure, and that the interval is narrow enough to mean something.
func agrees(t *testing.T, what string, all [][]float64, i int, theory float64) {
	t.Helper()
	mean, squares := 0.0, 0.0
	for _, run := range all {
		mean += run[i] / float64(len(all))
	}
	for _, run := range all {
		squares += (run[i] - mean) * (run[i] - mean)
	}
	half := quantile * math.Sqrt(squares/float64(len(all)-1)/float64(len(all)))
	t.Logf("%s: %.4f ± %.4f, theory %.4f", what, mean, half, theory)
	if math.Abs(mean-theory) > half {
		t.Errorf("%s: %.4f ± %.4f, but theory says %.4f", what, mean, half, theory)
	}
	if half > theory/narrow {
		t.Errorf("%s: the interval ± %.4f is too wide to tell", what, half)
	}
}

func one(o []Observed) []float64 {
	n := float64(o[0].Customers)
	return []float64{o[0].Wait.Seconds() / n, float64(o[0].Within) / n, float64(o[0].GaveUp) / n}
}

// With endless patience customers wait as Erlang C says (the table's rows for 100
// and 200 calls in half an hour).
func TestErlangCLine(t *testing.T) {
	for _, l := range []Line{
		{Agents: 14, Handling: 180 * time.Second, Classes: []Class{{10, 50}}},
		{Agents: 30, Handling: 240 * time.Second, Classes: []Class{{200 * 240 / 1800., 50}}},
	} {
		l.Ageing, l.Target, l.Warm, l.Count = 30*time.Second, 20*time.Second, 1_000, customersCounted
		all := means(t, l, one)
		theory := ErlangC(l.Classes[0].Load, l.Agents, l.Handling, l.Target)
		agrees(t, "mean wait", all, 0, theory.Mean.Seconds())
		agrees(t, "service level", all, 1, theory.Within)
	}
}

// With customers who give up they wait, and give up, as Erlang A says.
func TestErlangALine(t *testing.T) {
	l := Line{
		Agents: 12, Handling: 180 * time.Second, Patience: 60 * time.Second, Classes: []Class{{10, 50}},
		Ageing: 30 * time.Second, Warm: 500, Count: customersCounted,
	}
	all := means(t, l, one)
	theory := ErlangA(10, 12, l.Handling, l.Patience)
	agrees(t, "mean wait", all, 0, theory.Mean.Seconds())
	agrees(t, "share who give up", all, 2, theory.GiveUp)
}

func two(o []Observed) []float64 {
	return []float64{
		o[0].Wait.Seconds() / float64(o[0].Customers), o[1].Wait.Seconds() / float64(o[1].Customers),
		(o[0].Wait + o[1].Wait).Seconds() / float64(o[0].Customers+o[1].Customers),
	}
}

// Where a point of priority is worth more than anybody waits, two priorities wait
// as Cobham says.
func TestCobhamLine(t *testing.T) {
	l := Line{
		Agents: 12, Handling: 180 * time.Second, Classes: []Class{{3, 100}, {7, 1}},
		Ageing: 24 * time.Hour, Warm: 1_000, Count: customersCounted,
	}
	all := means(t, l, two)
	theory := Cobham([]float64{3, 7}, 12, l.Handling)
	agrees(t, "urgent", all, 0, theory[0].Seconds())
	agrees(t, "not urgent", all, 1, theory[1].Seconds())
}

// Where a point of priority is worth nothing, priorities change nothing: first
// come, first served, and all wait as Erlang C says.
func TestNoAgeingLine(t *testing.T) {
	l := Line{
		Agents: 14, Handling: 180 * time.Second, Classes: []Class{{5, 100}, {5, 1}},
		Warm: 1_000, Count: customersCounted,
	}
	all := means(t, l, two)
	theory := ErlangC(10, 14, l.Handling, 0).Mean.Seconds()
	agrees(t, "urgent", all, 0, theory)
	agrees(t, "not urgent", all, 1, theory)
	agrees(t, "together", all, 2, theory)
}
