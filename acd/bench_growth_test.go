package acd

import (
	"fmt"
	"math"
	"testing"
)

// How the cost grows with the number of queues that an agent serves, at a twelfth
// of the reference set, in overload. There is no goal for it.
func BenchmarkDegree(b *testing.B) {
	for _, degree := range []float64{15, 50, 200, 1000} {
		b.Run(fmt.Sprint(degree), func(b *testing.B) {
			ref := referenceSet(8_000)
			ref.agents, ref.degree = 1_000, degree
			b.ReportMetric(newBench(ref, 100_000).run(b, 0, 400_000), "ns/decision")
		})
	}
}

// How the cost grows with the size of the center: agents, queues and waiting
// contacts grow together, the degree stays. The slope of log(ns) over log(agents),
// by least squares, is to be at most 0.35.
func BenchmarkScaling(b *testing.B) {
	var x, y []float64
	for _, agents := range []int{1_000, 3_000, 10_000, 30_000, 100_000} {
		b.Run(fmt.Sprint(agents), func(b *testing.B) {
			ref := referenceSet(agents * 8)
			ref.agents, ref.queues = agents, agents/3
			ns := newBench(ref, 10*agents+100_000).run(b, 0, 400_000)
			b.ReportMetric(ns, "ns/decision")
			x, y = append(x, math.Log(float64(agents))), append(y, math.Log(ns))
		})
	}
	b.Run("slope", func(b *testing.B) {
		for b.Loop() {
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(slope(x, y), "slope")
	})
}

func slope(x, y []float64) float64 {
	var sx, sy, sxx, sxy float64
	for i := range x {
		sx, sy, sxx, sxy = sx+x[i], sy+y[i], sxx+x[i]*x[i], sxy+x[i]*y[i]
	}
	n := float64(len(x))
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}
