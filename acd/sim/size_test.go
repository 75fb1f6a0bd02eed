//go:build !race

package sim

const (
	days, events     = 50, 1_500 // the model looks at so many days of so many events
	customersCounted = 40_000    // in each run of a line
	narrow           = 10        // an interval is at most the n-th part of what it is about
)
