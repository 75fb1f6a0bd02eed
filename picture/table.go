package picture

import (
	"slices"
	"sync"

	"portico/acd"
)

// Changes are the rows of one table that changed since a version. Full says that
// Put is the whole table and that what was known before is to be forgotten.
// The slices are shared: read only.
type Changes[T any, ID comparable] struct {
	Version uint64
	Full    bool
	Put     []T
	Gone    []ID
}

// logMin is how many changes a table's log holds at least; a table of more rows has
// as many.
const logMin = 8192

// table is the log of what changed in one table of one unit, and the answers that
// callers share. The log belongs to the picture's lock; the answers have their own,
// taken before it.
type table[T any, ID comparable] struct {
	floor   uint64 // changes up to this version are not in the log
	log     []logged[ID]
	sharing sync.Mutex
	version uint64 // of the answers
	answers map[uint64]Changes[T, ID]
}

type logged[ID comparable] struct {
	version uint64
	id      ID
}

// begin empties the log: changes up to version are to be had from the whole table.
func (t *table[T, ID]) begin(version uint64) {
	t.floor = version
	t.log = nil
}

// changed notes a change in a table of so many rows, and keeps the log from growing
// beyond the table.
func (t *table[T, ID]) changed(version uint64, id ID, rows int) {
	t.log = append(t.log, logged[ID]{version, id})
	if len(t.log) <= 2*max(logMin, rows) {
		return
	}
	cut := len(t.log) / 2
	t.floor = t.log[cut-1].version
	t.log = slices.Clone(t.log[cut:])
}

// since gives what changed after a version, each id once, or ok = false when the
// log does not reach back so far.
func (t *table[T, ID]) since(version uint64) (ids []ID, ok bool) {
	if version < t.floor || version == 0 {
		return nil, false
	}
	from, _ := slices.BinarySearchFunc(t.log, version+1, func(l logged[ID], v uint64) int {
		if l.version < v {
			return -1
		}
		return 1
	})
	seen := make(map[ID]struct{}, len(t.log)-from)
	for _, l := range t.log[from:] {
		if _, twice := seen[l.id]; !twice {
			seen[l.id] = struct{}{}
			ids = append(ids, l.id)
		}
	}
	return ids, true
}

// view is a moment of a table, taken under the picture's lock.
type view[T any, ID comparable] struct {
	version uint64
	ok      bool // put and gone are the changes; else all gives the table
	put     []T
	gone    []ID
	all     func() []T // may run outside the lock
}

// share gives the changes since a version, worked out once for all who ask at the
// same revision of the picture.
func (t *table[T, ID]) share(p *Picture, since uint64, look func() view[T, ID]) Changes[T, ID] {
	t.sharing.Lock()
	defer t.sharing.Unlock()
	p.mu.Lock()
	if t.version != p.revision || t.answers == nil {
		t.version, t.answers = p.revision, make(map[uint64]Changes[T, ID])
	}
	if known, ok := t.answers[since]; ok {
		p.mu.Unlock()
		return known
	}
	v := look()
	p.mu.Unlock()
	c := Changes[T, ID]{Version: v.version, Put: v.put, Gone: v.gone}
	if !v.ok {
		c.Full, c.Put = true, v.all()
	}
	t.answers[since] = c
	return c
}

// QueuesSince gives what changed among the queues of a unit after the version
// since, or, for 0 or a version too long ago, all of them.
func (p *Picture) QueuesSince(unit acd.UnitID, since uint64) Changes[Queue, acd.QueueID] {
	u := p.known(unit)
	if u == nil {
		return Changes[Queue, acd.QueueID]{Version: p.Revision(), Full: true}
	}
	return u.queueTable.share(p, since, func() view[Queue, acd.QueueID] {
		now := acd.At(p.o.Now())
		v := view[Queue, acd.QueueID]{version: p.revision}
		ids, ok := u.queueTable.since(since)
		v.ok = ok
		for _, id := range ids {
			if q := u.queues[id]; q != nil && q.planned {
				v.put = append(v.put, q.shown(u.day, now))
			} else {
				v.gone = append(v.gone, id)
			}
		}
		var all []Queue
		if !ok {
			for _, q := range u.queues {
				if q.planned {
					all = append(all, q.shown(u.day, now))
				}
			}
		}
		v.all = func() []Queue {
			slices.SortFunc(all, func(a, b Queue) int { return a.ID.Compare(b.ID) })
			return all
		}
		return v
	})
}

// AgentsSince gives what changed among the agents of a unit; see QueuesSince.
func (p *Picture) AgentsSince(unit acd.UnitID, since uint64) Changes[Agent, acd.AgentID] {
	u := p.known(unit)
	if u == nil {
		return Changes[Agent, acd.AgentID]{Version: p.Revision(), Full: true}
	}
	return u.agentTable.share(p, since, func() view[Agent, acd.AgentID] {
		v := view[Agent, acd.AgentID]{version: p.revision}
		ids, ok := u.agentTable.since(since)
		v.ok = ok
		for _, id := range ids {
			if a := u.agents[id]; a != nil && a.planned {
				v.put = append(v.put, a.row)
			} else {
				v.gone = append(v.gone, id)
			}
		}
		var all []Agent
		if !ok {
			for _, a := range u.agents {
				if a.planned {
					all = append(all, a.row)
				}
			}
		}
		v.all = func() []Agent {
			slices.SortFunc(all, func(a, b Agent) int { return a.ID.Compare(b.ID) })
			return all
		}
		return v
	})
}

// ContactsSince gives what changed among the open contacts of a unit; see
// QueuesSince. A whole table is in the order of due.
func (p *Picture) ContactsSince(unit acd.UnitID, since uint64) Changes[Contact, acd.ContactID] {
	u := p.known(unit)
	if u == nil {
		return Changes[Contact, acd.ContactID]{Version: p.Revision(), Full: true}
	}
	return u.contactTable.share(p, since, func() view[Contact, acd.ContactID] {
		v := view[Contact, acd.ContactID]{version: p.revision}
		ids, ok := u.contactTable.since(since)
		v.ok = ok
		for _, id := range ids {
			if c := p.contacts[id]; c != nil {
				v.put = append(v.put, c.shown())
			} else {
				v.gone = append(v.gone, id)
			}
		}
		if !ok {
			snapshot := u.byDue.Copy()
			v.all = func() []Contact {
				all := make([]Contact, 0, snapshot.Len())
				snapshot.Scan(func(c *contact) bool {
					all = append(all, c.shown())
					return true
				})
				return all
			}
		}
		return v
	})
}

// known gives the part of a unit that was ever seen, or nil.
func (p *Picture) known(id acd.UnitID) *unit {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.units[id]
}
