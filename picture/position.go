package picture

import (
	"time"

	"portico/acd"
)

// positionsEvery is how often a queue's positions are worked out at most.
const positionsEvery = 5 * time.Second

// places are the positions in one queue at one moment. They never change.
type places struct{ of map[acd.ContactID]int32 }

// Position gives a waiting or offered contact's place in its queue, from 1, and how
// many wait there. Places are worked out once in 5 s for all; who came since stands
// at the end. ok is false for any other contact.
func (p *Picture) Position(unit acd.UnitID, id acd.ContactID) (position, waiting int, ok bool) {
	p.mu.Lock()
	c := p.contacts[id]
	if c == nil || c.row.Unit != unit || !c.waits() {
		p.mu.Unlock()
		return 0, 0, false
	}
	q := p.units[unit].queues[c.row.Queue]
	waiting = q.lineDue.Len()
	now := acd.At(p.o.Now())
	known := q.places
	if known != nil && now.Sub(q.placesRequested) < positionsEvery {
		p.mu.Unlock()
		return known.position(id, waiting), waiting, true
	}
	q.placesRequested = now // meanwhile the others make do with the former places
	line := q.lineDue.Copy()
	p.mu.Unlock()

	fresh := &places{of: make(map[acd.ContactID]int32, line.Len())}
	line.Scan(func(c *contact) bool {
		fresh.of[c.row.ID] = int32(len(fresh.of) + 1)
		return true
	})
	p.mu.Lock()
	q.places = fresh
	p.mu.Unlock()
	return fresh.position(id, waiting), waiting, true
}

func (l *places) position(id acd.ContactID, waiting int) int {
	if n, ok := l.of[id]; ok {
		return min(int(n), waiting)
	}
	return waiting
}
