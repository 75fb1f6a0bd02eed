package picture

import (
	"math"
	"time"

	"portico/acd"
)

const (
	// paceHalf is after how long an acceptance counts half.
	paceHalf = 15 * time.Minute
	// paceMin is how much must have been accepted lately, each acceptance counting by its
	// age, for a wait to be expected at all.
	paceMin = 1.0
	// expectMax is the longest wait that is told: what is longer is not known well enough.
	expectMax = 3 * time.Hour
)

// pace is how fast a queue's line has moved lately: acceptances, and the time in
// which anybody waited, both counting by their age:
//
//	accepted(t) = Σ 2^(-(t-tᵢ)/h)             over the acceptances at tᵢ
//	busy(t)     = ∫ w(s) 2^(-(t-s)/h) ds      w is 1 while the line is not empty, else 0
//
// with h = paceHalf. A contact at place p of the line, from 1, is expected to wait
//
//	p · busy(t) / accepted(t)
//
// Only time in which somebody waited counts, so a queue where agents sit idle tells how
// long an offer takes, and one whose agents are all busy tells how often one of them
// becomes free; when nobody accepts any more, busy grows and so does what is told.
type pace struct {
	at       acd.Time // of accepted and busy
	accepted float64
	busy     float64 // milliseconds
	waiting  bool    // somebody has waited since at
}

// until moves the pace to a time; one that lies back changes nothing.
func (p *pace) until(t acd.Time) {
	if t <= p.at {
		return
	}
	const perMs = math.Ln2 / float64(paceHalf/time.Millisecond)
	passed := float64(t - p.at)
	left := math.Exp(-passed * perMs)
	p.accepted *= left
	p.busy *= left
	if p.waiting {
		p.busy += (1 - left) / perMs
	}
	p.at = t
}

// line notes whether anybody waits from a time on.
func (p *pace) line(t acd.Time, waiting bool) {
	p.until(t)
	p.waiting = waiting
}

// accept counts an acceptance.
func (p *pace) accept(t acd.Time) {
	p.until(t)
	p.accepted++
}

// expect gives how long a contact at a place of the line waits from now on.
func (p pace) expect(t acd.Time, place int) (wait time.Duration, ok bool) {
	p.until(t)
	if p.accepted < paceMin || place < 1 {
		return 0, false
	}
	ms := float64(place) * p.busy / p.accepted
	if ms > float64(expectMax/time.Millisecond) {
		return 0, false
	}
	return time.Duration(math.Ceil(ms)) * time.Millisecond, true
}

// ExpectedWait gives how long a contact at a place of a queue's line, from 1, waits
// from now on, by how fast the line has moved lately; 0 stands for the place behind all
// who wait, that of a contact which comes now. ok is false when that is not known: after a
// start, or when hardly anything was accepted lately.
func (p *Picture) ExpectedWait(unit acd.UnitID, id acd.QueueID, place int) (wait time.Duration, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.units[unit]
	if u == nil || u.queues[id] == nil || !u.queues[id].planned {
		return 0, false
	}
	q := u.queues[id]
	if place == 0 {
		place = q.lineDue.Len() + 1
	}
	return q.pace.expect(acd.At(p.o.Now()), place)
}
