//go:build race

package sim

// Under the race detector everything takes ten times as long, and the core starts
// no goroutine: a few days suffice, and theory gets wider intervals.
const (
	days, events     = 6, 800
	customersCounted = 3_000
	narrow           = 2
)
