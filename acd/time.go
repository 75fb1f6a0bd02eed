package acd

import "time"

// Time is an instant in milliseconds since the Unix epoch, UTC. Zero means never.
// The core is given the time with every event; it never reads a clock.
type Time int64

// At turns a wall-clock time into the core's.
func At(t time.Time) Time { return Time(t.UnixMilli()) }

// Add gives the instant d later; d is rounded down to milliseconds.
func (t Time) Add(d time.Duration) Time { return t + Time(d/time.Millisecond) }

// Sub gives the span from u to t.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t-u) * time.Millisecond }

// Std turns the instant into a time.Time in UTC; zero becomes the zero time.Time.
func (t Time) Std() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(t)).UTC()
}
