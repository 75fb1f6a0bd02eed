package picture

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/tidwall/btree"

	"portico/acd"
	"portico/hub"
	"portico/store"
	"portico/workflow"
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
	Category    [16]byte // that a workflow assigned; zero: none
	Customer    [16]byte // whose contact it is; zero: not known
	Flow        FlowAt   // where in its workflow it is
}

// contact is one state of a contact. It never changes: the next state is another.
type contact struct {
	row     acd.ContactRow
	arrival *arrival
	flow    *FlowAt // nil: in none
	find    string  // the arrival's, nearer by for those who look through all
	logged  uint64  // version of the last entry in the table's log
}

// arrival is what a contact is, whatever its state.
type arrival struct {
	at                                                   acd.Time
	medium, source, destination, language, name, caption string
	thread                                               acd.ContactID
	details                                              json.RawMessage
	category, customer                                   [16]byte
	find                                                 string // what a text is looked for in
}

func arrivalOf(c store.Contact) *arrival {
	return (&arrival{
		at: c.At, medium: c.Medium, source: c.Source, destination: c.Destination, language: c.Language,
		name: c.Name, caption: c.Caption, thread: c.Thread, details: workflow.WithoutEmail(c.Medium, c.Details),
		category: c.Category, customer: c.Customer,
	}).indexed()
}

func arrivalFrom(at acd.Time, a *hub.Arrival) *arrival {
	return (&arrival{
		at: at, medium: a.Medium, source: a.Source, destination: a.Destination, language: a.Language,
		name: a.Name, caption: a.Caption, thread: a.Thread, details: workflow.WithoutEmail(a.Medium, a.Details),
		category: a.Category, customer: a.Customer,
	}).indexed()
}

func (a *arrival) indexed() *arrival {
	a.find = strings.ToLower(a.name + "\x00" + a.caption + "\x00" + a.source)
	return a
}

func (c *contact) shown() Contact {
	a := c.arrival
	out := Contact{
		ContactRow: c.row, At: a.at, Medium: a.medium, Source: a.source, Destination: a.destination,
		Language: a.language, Name: a.name, Caption: a.caption, Thread: a.thread, Details: a.details,
		Category: a.category, Customer: a.customer,
	}
	if c.flow != nil {
		out.Flow = *c.flow
	}
	return out
}

// waits reports whether the contact stands in its queue's line.
func (c *contact) waits() bool { return c.row.State == acd.Queued || c.row.State == acd.Offered }

// desks gives the agents whose desks show the contact: whoever owns it, is offered it or
// has it held, and all who take part beside the owner.
func (c *contact) desks() []acd.AgentID {
	if c == nil {
		return nil
	}
	all := make([]acd.AgentID, 0, 1+len(c.row.Beside))
	switch c.row.State {
	case acd.Queued, acd.Timed, acd.Routing:
	default:
		all = append(all, c.row.Agent)
	}
	for _, p := range c.row.Beside {
		all = append(all, p.Agent)
	}
	return all
}

// Part gives what an agent does in the contact beside its owner; ok is false for none
// who takes part so.
func (c Contact) Part(agent acd.AgentID) (p acd.Participation, ok bool) {
	for _, p := range c.ContactRow.Beside {
		if p.Agent == agent {
			return p, true
		}
	}
	return p, false
}

// Load is what the contact counts towards the capacity of an agent who has it in hand or
// takes part: who only listens, or whispers, has as much room as before.
func (c Contact) Load(agent acd.AgentID) int {
	if p, ok := c.Part(agent); ok && (p.Role == acd.Monitoring || p.Role == acd.Whispering) {
		return 0
	}
	return 1
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
	if old != nil && !old.row.Queue.IsZero() {
		defer u.queue(old.row.Queue).lineCounted(row.Since)
	}
	if !row.Queue.IsZero() {
		defer u.queue(row.Queue).lineCounted(row.Since)
	}
	if new == nil {
		new = &arrival{}
		if old != nil {
			new = old.arrival
		}
	}
	if row.State == acd.Ended {
		u.lineMoves(old, nil, row.Since)
		p.leaveFlow(u, old)
		p.replace(u, old, nil)
		delete(p.contacts, row.ID)
		u.contactTable.changed(p.revision, row.ID, u.byDue.Len())
		return
	}
	c := &contact{row: row, arrival: new, find: new.find, logged: p.revision}
	u.lineMoves(old, c, row.Since)
	if old != nil {
		c.flow = old.flow
	}
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
		if !old.row.Queue.IsZero() { // its workflow has it, else
			q := u.queue(old.row.Queue)
			q.take(old, new == nil || moved || new.row.Queue != old.row.Queue, new != nil && new.waits())
			p.touchQueue(u, q)
		}
	}
	if new != nil {
		u.byDue.Set(new)
		u.byFirst.Set(new)
		if !new.row.Queue.IsZero() {
			q := u.queue(new.row.Queue)
			q.put(new)
			p.touchQueue(u, q)
		}
	}
	before, after := old.desks(), new.desks()
	for _, id := range before {
		a := u.agent(id)
		if !slices.Contains(after, id) {
			a.drop(old.row.ID)
		}
		p.touchAgent(u, a)
		u.forget(a)
	}
	for _, id := range after {
		a := u.agent(id)
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
