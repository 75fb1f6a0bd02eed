package hub

import (
	"sync"
	"time"

	"portico/acd"
	"portico/fault"
)

// errCongested is said when a unit has more new contacts of a medium than it takes. It is
// said before anything else suffers: what is under way is not touched.
var errCongested = fault.New(fault.TooMany, "congested",
	"More contacts arrive at the moment than can be served. Please try again in a moment.").With("number", "1013")

// stream is one medium of one business unit.
type stream struct {
	unit   acd.UnitID
	medium string
}

// gates hold each stream of arrivals to its rate by the generic cell rate algorithm
// (ITU-T I.371, annex A), with bursts of up to a second's worth. There are as many as
// units times media.
type gates struct {
	mu   sync.Mutex
	next map[stream]time.Time // when the next one would be on time
}

// enter reports whether one more contact may come in now, at so many a second; 0: always.
func (g *gates) enter(s stream, perSecond int, now time.Time) bool {
	if perSecond <= 0 {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	due := g.next[s]
	switch early := due.Sub(now); {
	case early > time.Second: // beyond any burst: somebody set the clock back
		due = now
	case early > time.Second-time.Second/time.Duration(perSecond):
		return false
	case early < 0:
		due = now
	}
	g.next[s] = due.Add(time.Second / time.Duration(perSecond))
	return true
}
