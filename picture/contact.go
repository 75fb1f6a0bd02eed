package picture

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/btree"

	"portico/acd"
	"portico/hub"
	"portico/store"
)

// Contact is an open contact as lists show it. Its slices are shared: read only.
type Contact struct {
	acd.ContactRow
	At          acd.Time // of the arrival
	Medium      string
	Source      string
	Destination string
	Language    string
	Name        string
	Caption     string
	Thread      acd.ContactID
	Details     json.RawMessage
	Customer    [16]byte // whose contact it is; zero: not known
}

// contact is one state of a contact. It never changes: the next state is another.
type contact struct {
	row     acd.ContactRow
	arrival *arrival
	find    string // the arrival's, nearer by for those who look through all
	logged  uint64 // version of the last entry in the table's log
}

// arrival is what a contact is, whatever its state.
type arrival struct {
	at                                                   acd.Time
	medium, source, destination, language, name, caption string
	thread                                               acd.ContactID
	details                                              json.RawMessage
	customer                                             [16]byte
	find                                                 string // what a text is looked for in
}

func arrivalOf(c store.Contact) *arrival {
	return (&arrival{
		at: c.At, medium: c.Medium, source: c.Source, destination: c.Destination, language: c.Language,
		name: c.Name, caption: c.Caption, thread: c.Thread, details: c.Details, customer: c.Customer,
	}).indexed()
}

func arrivalFrom(at acd.Time, a *hub.Arrival) *arrival {
	return (&arrival{
		at: at, medium: a.Medium, source: a.Source, destination: a.Destination, language: a.Language,
		name: a.Name, caption: a.Caption, thread: a.Thread, details: a.Details, customer: a.Customer,
	}).indexed()
}

func (a *arrival) indexed() *arrival {
	a.find = strings.ToLower(a.name + "\x00" + a.caption + "\x00" + a.source)
	return a
}

func (c *contact) shown() Contact {
	a := c.arrival
	return Contact{
		ContactRow: c.row, At: a.at, Medium: a.medium, Source: a.source, Destination: a.destination,
		Language: a.language, Name: a.name, Caption: a.caption, Thread: a.thread, Details: a.details, Customer: a.customer,
	}
}

// waits reports whether the contact stands in its queue's line.
func (c *contact) waits() bool { return c.row.State == acd.Queued || c.row.State == acd.Offered }

// inHand gives the agent whose desk shows the contact, or the zero id.
func (c *contact) inHand() acd.AgentID {
	if c.row.State == acd.Queued || c.row.State == acd.Timed {
		return acd.AgentID{}
	}
	return c.row.Agent
}

// tree keeps contacts in one order. A copy of it costs nothing and never changes.
type tree = btree.BTreeG[*contact]

func newTree(before func(a, b *contact) bool) *tree {
	return btree.NewBTreeGOptions(before, btree.Options{NoLocks: true})
}

func dueBefore(a, b *contact) bool {
	if a.row.Due != b.row.Due {
		return a.row.Due < b.row.Due
	}
	return firstBefore(a, b)
}

func firstBefore(a, b *contact) bool {
	if a.row.FirstQueued != b.row.FirstQueued {
		return a.row.FirstQueued < b.row.FirstQueued
	}
	return a.row.ID.Compare(b.row.ID) < 0
}

// foldContact takes the new state of a contact; new is set with its arrival.
func (p *Picture) foldContact(row acd.ContactRow, new *arrival) {
	u := p.unit(row.Unit)
	old := p.contacts[row.ID]
	if old != nil {
		defer u.queue(old.row.Queue).lineCounted(row.Since)
	}
	defer u.queue(row.Queue).lineCounted(row.Since)
	if new == nil {
		new = &arrival{}
		if old != nil {
			new = old.arrival
		}
	}
	if row.State == acd.Ended {
		u.lineMoves(old, nil, row.Since)
		p.replace(u, old, nil)
		delete(p.contacts, row.ID)
		u.contactTable.changed(p.revision, row.ID, u.byDue.Len())
		return
	}
	c := &contact{row: row, arrival: new, find: new.find, logged: p.revision}
	u.lineMoves(old, c, row.Since)
	p.replace(u, old, c)
	p.contacts[row.ID] = c
	if old == nil || old.logged != p.revision {
		u.contactTable.changed(p.revision, row.ID, u.byDue.Len())
	}
}

// foldLink takes whose contact an open one is.
func (p *Picture) foldLink(l store.CustomerLink) {
	old := p.contacts[l.Contact]
	if old == nil || old.row.Unit != l.Unit {
		return
	}
	is := *old.arrival
	is.customer = l.Customer
	p.foldContact(old.row, &is)
}

// replace puts the new state in the place of the old one wherever the contact is
// listed and counted. Either may be nil.
func (p *Picture) replace(u *unit, old, new *contact) {
	moved := old != nil && new != nil && (old.row.Due != new.row.Due || old.row.FirstQueued != new.row.FirstQueued)
	if old != nil {
		if new == nil || moved {
			u.byDue.Delete(old)
			u.byFirst.Delete(old)
		}
		q := u.queue(old.row.Queue)
		q.take(old, new == nil || moved || new.row.Queue != old.row.Queue, new != nil && new.waits())
		p.touchQueue(u, q)
	}
	if new != nil {
		u.byDue.Set(new)
		u.byFirst.Set(new)
		q := u.queue(new.row.Queue)
		q.put(new)
		p.touchQueue(u, q)
	}
	var before, after acd.AgentID
	if old != nil {
		before = old.inHand()
	}
	if new != nil {
		after = new.inHand()
	}
	if !before.IsZero() && before != after {
		a := u.agent(before)
		a.drop(old.row.ID)
		p.touchAgent(u, a)
		u.forget(a)
	}
	if !after.IsZero() {
		a := u.agent(after)
		a.hold(new.row.ID)
		p.touchAgent(u, a)
	}
}

// Contact gives an open contact.
func (p *Picture) Contact(unit acd.UnitID, id acd.ContactID) (Contact, bool) {
	p.mu.Lock()
	c := p.contacts[id]
	p.mu.Unlock()
	if c == nil || c.row.Unit != unit {
		return Contact{}, false
	}
	return c.shown(), true
}

// Open gives the rows of all open contacts of a unit, in the order of due.
func (p *Picture) Open(unit acd.UnitID) []acd.ContactRow {
	p.mu.Lock()
	u := p.units[unit]
	if u == nil {
		p.mu.Unlock()
		return nil
	}
	line := u.byDue.Copy()
	p.mu.Unlock()
	all := make([]acd.ContactRow, 0, line.Len())
	line.Scan(func(c *contact) bool {
		all = append(all, c.row)
		return true
	})
	return all
}
