package sim

import (
	"math"
	"time"
)

// Waiting is what queueing theory says of a line in equilibrium.
type Waiting struct {
	Wait    float64       // probability that a customer has to wait at all
	Mean    time.Duration // mean wait over all customers, those who gave up among them
	Within  float64       // share who wait no longer than the asked time; not set by ErlangA
	GiveUp  float64       // share who give up
	InQueue float64       // mean number waiting
	Busy    float64       // share of the agents' time in use
}

// ErlangB is the share of customers turned away by n agents without a line, at
// the offered load a (arrivals per unit of time × mean handling).
func ErlangB(a float64, n int) float64 {
	b := 1.0
	for i := 1; i <= n; i++ {
		b = a * b / (float64(i) + a*b)
	}
	return b
}

// ErlangC is M/M/n: a customers per mean handling time, n > a agents, and
// endless patience. Within is the share who wait up to target.
func ErlangC(a float64, n int, handling, target time.Duration) Waiting {
	b := ErlangB(a, n)
	c := b / (1 - a/float64(n)*(1-b))
	mean := c * float64(handling) / (float64(n) - a)
	return Waiting{
		Wait:    c,
		Mean:    time.Duration(mean),
		Within:  1 - c*math.Exp(-(float64(n)-a)*float64(target)/float64(handling)),
		InQueue: a * mean / float64(handling),
		Busy:    a / float64(n),
	}
}

// ErlangA is M/M/n+M: as ErlangC, with customers who give up after an
// exponential patience of the given mean. It needs no n > a.
func ErlangA(a float64, n int, handling, patience time.Duration) Waiting {
	// Birth and death in units of the handling time. The line is cut where its
	// weight no longer counts.
	theta := float64(handling) / float64(patience)
	weight, total, waiting, inQueue, busy := 1.0, 1.0, 0.0, 0.0, 0.0
	for k := 1; k < n+100_000; k++ {
		served, queued := float64(min(k, n)), float64(max(0, k-n))
		weight *= a / (served + queued*theta)
		total += weight
		busy += weight * served
		inQueue += weight * queued
		if k >= n {
			waiting += weight
		}
		if k > n && weight < total*1e-15 {
			break
		}
	}
	if n == 0 {
		waiting++ // weight of the empty system
	}
	q := inQueue / total
	return Waiting{
		Wait:    waiting / total,
		Mean:    time.Duration(q / a * float64(handling)), // Little
		GiveUp:  theta * q / a,
		InQueue: q,
		Busy:    busy / total / float64(max(n, 1)),
	}
}

// Cobham gives the mean wait of each class of M/M/n with classes of priority,
// most urgent first, equal handling and no interruption. loads are the offered
// loads of the classes.
func Cobham(loads []float64, n int, handling time.Duration) []time.Duration {
	a := 0.0
	for _, load := range loads {
		a += load
	}
	w0 := ErlangC(a, n, handling, 0).Wait * float64(handling) / float64(n)
	means := make([]time.Duration, len(loads))
	before := 0.0
	for i, load := range loads {
		after := before + load/float64(n)
		means[i] = time.Duration(w0 / ((1 - before) * (1 - after)))
		before = after
	}
	return means
}
