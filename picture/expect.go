package picture

import (
	"math"
	"time"

	"portico/acd"
)

// Estimator says how the time is expected that a contact waits.
type Estimator uint8

const (
	// ByLine goes by how fast the line moves: so many are in front, so often one of them
	// is offered to an agent, so often one gives up.
	ByLine Estimator = iota
	// ByHead goes by how long the first of the line has waited: who comes now will wait as
	// long. It needs no knowledge of agents, and is late by that time.
	ByHead
)

const (
	// moveMemory is how many moves of the line are remembered: each counts for 1−1/40 of
	// the next. Many make a steady rate, few follow when agents come or go.
	moveMemory = 40
	// leaveMemory is the same for those who give up, which happens less often.
	leaveMemory = 4 * moveMemory
	// comeMemory is how many who came to an empty line are remembered.
	comeMemory = 10
	// idle is the share of those who had to wait below which an empty line means that an
	// agent is free.
	idle = 0.25
	// expectMax is the longest wait that is told: what is longer is not known well enough.
	expectMax = 3 * time.Hour
)

// movement is how the line of a queue has moved lately. The line are those who wait for
// an agent; those who are offered to one have left it, and wait for the answer.
//
// With r = moved/busy, how often the line moves while there is one, and θ = left/stood,
// how often each of those in it gives up, who stands at place p of the line is expected
// to be offered after
//
//	∫₀ᵖ dx/(r+θx) = ln(1+pθ/r)/θ
//
// and is answered after the usual time of an offer more. To an empty line comes who is
// offered at once, or who has to wait although nobody does: which, is expected as it was
// with those before.
type movement struct {
	at              acd.Time
	queued, offered int     // since at
	moved           float64 // offers of those who had to wait
	busy            float64 // milliseconds in which somebody waited, remembered as moved is
	left            float64 // who gave up
	stood           float64 // milliseconds of waiting of all, remembered as left is
	mustWait        float64 // share of those who came to an empty line and were not offered at once
	ring            float64 // milliseconds of an offer that is accepted; 0: not known
	last            float64 // milliseconds that the last one who was accepted had waited in all
	accepted        bool    // there was one
}

// newMovement knows nothing but who waits now.
func newMovement(at acd.Time, queued, offered int) movement {
	return movement{at: at, queued: queued, offered: offered, mustWait: 0.5}
}

// until moves on to a time; one that lies back changes nothing.
func (m *movement) until(t acd.Time) {
	if t <= m.at {
		return
	}
	passed := float64(t - m.at)
	if m.queued > 0 {
		m.busy += passed
	}
	m.stood += passed * float64(m.queued)
	m.at = t
}

// line notes how many wait, and how many are offered, from a time on.
func (m *movement) line(t acd.Time, queued, offered int) {
	m.until(t)
	m.queued, m.offered = queued, offered
}

// move counts one who had to wait and is offered now, or picked.
func (m *movement) move(t acd.Time) {
	m.until(t)
	const keep, keepLeft = 1 - 1./moveMemory, 1 - 1./leaveMemory
	m.moved = (m.moved + 1) * keep
	m.busy *= keep
	m.left *= keepLeft
	m.stood *= keepLeft
}

// leave counts one who gave up.
func (m *movement) leave(t acd.Time) {
	m.until(t)
	m.left++
}

// come counts one who came to an empty line, and was offered at once or not.
func (m *movement) come(atOnce bool) {
	must := 1.0
	if atOnce {
		must = 0
	}
	m.mustWait += (must - m.mustWait) / comeMemory
}

// rang counts an offer that was accepted.
func (m *movement) rang(took time.Duration) {
	ms := float64(took.Milliseconds())
	if m.ring == 0 {
		m.ring = ms
	}
	m.ring += (ms - m.ring) / comeMemory
}

// accept notes how long one who was accepted had waited.
func (m *movement) accept(waited time.Duration) {
	m.last, m.accepted = float64(waited.Milliseconds()), true
}

// byLine gives how long a contact at a place among all who wait or are offered, from 1,
// waits from now on. Those who are offered stand in front.
func (m movement) byLine(t acd.Time, place int) (wait time.Duration, ok bool) {
	m.until(t)
	ahead := float64(max(place-m.offered, 0))
	if m.queued == 0 {
		if m.mustWait < idle && m.ring > 0 {
			return within(m.ring)
		}
		ahead *= m.mustWait
	}
	if ahead == 0 && m.ring > 0 {
		return within(m.ring)
	}
	if m.moved == 0 || m.busy == 0 {
		return 0, false
	}
	rate := m.moved / m.busy
	ms := ahead / rate
	if m.left >= 1 && m.stood > 0 {
		gives := m.left / m.stood
		ms = math.Log1p(ahead*gives/rate) / gives
	}
	return within(ms + m.ring)
}

// byHead gives the same by how long the first of the line has waited.
func (m movement) byHead(place int, head time.Duration) (wait time.Duration, ok bool) {
	if n := m.queued + m.offered; n > 0 {
		return within(float64(head.Milliseconds()) * float64(place) / float64(n+1))
	}
	if !m.accepted {
		return 0, false
	}
	return within(m.last)
}

// within gives a wait that is told.
func within(ms float64) (time.Duration, bool) {
	if ms > float64(expectMax/time.Millisecond) {
		return 0, false
	}
	return time.Duration(math.Ceil(ms)) * time.Millisecond, true
}

// lineMoves tells a queue's movement what a contact's change means, before it is counted.
// Either may be nil.
func (u *unit) lineMoves(old, new *contact, at acd.Time) {
	inLine := old != nil && old.row.State == acd.Queued
	if inLine {
		m := &u.queue(old.row.Queue).movement
		switch {
		case new == nil || new.row.Queue != old.row.Queue:
			m.leave(at)
		case (new.row.State == acd.Offered || new.row.State == acd.Active) && at > old.row.Since:
			m.move(at)
		case new.row.State != acd.Queued && new.row.State != acd.Offered && new.row.State != acd.Active:
			m.leave(at)
		}
	}
	if new == nil || new.row.Queue.IsZero() {
		return
	}
	q := u.queue(new.row.Queue)
	switch {
	case old != nil && old.row.State == acd.Offered && new.row.State == acd.Active:
		q.movement.rang(new.row.Since.Sub(old.row.Since))
	case inLine || q.now.Waiting > 0:
	case new.row.State == acd.Offered || new.row.State == acd.Queued:
		if old == nil || old.row.State != acd.Offered {
			q.movement.come(new.row.State == acd.Offered)
		}
	}
}

// ExpectedWait gives how long a contact at a place of a queue's line, from 1, waits from
// now on; 0 stands for the place behind all who wait, that of a contact which comes now.
// ok is false when that is not known: after a start, or when the line has not moved yet.
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
	now := acd.At(p.o.Now())
	if p.o.Expect == ByLine {
		return q.movement.byLine(now, place)
	}
	var head time.Duration
	if c, ok := q.lineDue.Min(); ok {
		head = now.Sub(c.row.FirstQueued)
	}
	return q.movement.byHead(place, head)
}
