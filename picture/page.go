package picture

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"

	"portico/acd"
	"portico/fault"
)

// Filter chooses contacts of one unit. Zero fields choose all.
type Filter struct {
	Queue  acd.QueueID
	States []acd.ContactState
	Agent  acd.AgentID // who owns it, is offered it, or has it in the own list
	Medium string
	Text   string // in name, caption or source, without case
}

// Sort is the order of a list of contacts.
type Sort uint8

const (
	ByDue Sort = iota
	ByFirstQueued
)

const (
	// PageMax is how many contacts a page holds at most.
	PageMax = 500
	// lookMax is how many contacts are looked at for one page, so that a filter
	// that hardly takes any costs no more than another.
	lookMax = 10_000
)

// Page is a part of a list. Next is the place to go on from; empty at the end. A
// page may hold fewer contacts than were asked for, even none, though more follow.
type Page struct {
	Version uint64
	Items   []Contact
	Next    string
}

// errAfter answers a place that no page gave.
var errAfter = fault.New(fault.Invalid, "invalid", "This is not a place in the list. Begin at its beginning.").On("after")

// Contacts gives a page of 1 to PageMax open contacts; after is the Next of the
// page before, or empty. The only error is the fault invalid, for another after.
// Contacts that move while one pages may be met twice or not at all.
func (p *Picture) Contacts(unit acd.UnitID, f Filter, s Sort, after string, limit int) (Page, error) {
	limit = min(max(limit, 1), PageMax)
	var from *contact
	if after != "" {
		var err error
		if from, err = place(after); err != nil {
			return Page{}, err
		}
	}
	list, version := p.list(unit, f, s)
	page := Page{Version: version, Items: []Contact{}}
	f.Text = strings.ToLower(f.Text)
	var last *contact
	looked := 0
	visit := func(c *contact) bool {
		if from != nil && c.row.ID == from.row.ID {
			return true // the last of the page before
		}
		if len(page.Items) == limit || looked == lookMax {
			page.Next = placeOf(last)
			return false
		}
		looked++
		last = c
		if f.takes(c) {
			page.Items = append(page.Items, c.shown())
		}
		return true
	}
	switch {
	case list == nil:
	case from == nil:
		list.Scan(visit)
	default:
		list.Ascend(from, visit)
	}
	return page, nil
}

// list gives a snapshot of the shortest list that holds all that the filter takes.
func (p *Picture) list(unit acd.UnitID, f Filter, s Sort) (*tree, uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.units[unit]
	if u == nil {
		return nil, p.version
	}
	byDue, byFirst := u.byDue, u.byFirst
	switch {
	case !f.Agent.IsZero():
		own := newTree(dueBefore)
		if s == ByFirstQueued {
			own = newTree(firstBefore)
		}
		if a := u.agents[f.Agent]; a != nil {
			for _, id := range a.row.Contacts {
				own.Set(p.contacts[id])
			}
		}
		return own, p.version
	case !f.Queue.IsZero():
		q := u.queues[f.Queue]
		if q == nil {
			return nil, p.version
		}
		byDue, byFirst = q.byDue, q.byFirst
		if f.waitingOnly() {
			byDue, byFirst = q.lineDue, q.lineFirst
		}
	}
	if s == ByFirstQueued {
		return byFirst.Copy(), p.version
	}
	return byDue.Copy(), p.version
}

// waitingOnly reports whether the filter takes none but those in a queue's line.
func (f Filter) waitingOnly() bool {
	for _, s := range f.States {
		if s != acd.Queued && s != acd.Offered {
			return false
		}
	}
	return len(f.States) > 0
}

func (f Filter) takes(c *contact) bool {
	return (f.Queue.IsZero() || c.row.Queue == f.Queue) &&
		(f.Medium == "" || c.arrival.medium == f.Medium) &&
		(len(f.States) == 0 || slices.Contains(f.States, c.row.State)) &&
		(f.Text == "" || strings.Contains(c.find, f.Text))
}

// placeOf gives the place of a contact in both orders: due, first queued, id.
func placeOf(c *contact) string {
	b := make([]byte, 0, 32)
	b = binary.BigEndian.AppendUint64(b, uint64(c.row.Due))
	b = binary.BigEndian.AppendUint64(b, uint64(c.row.FirstQueued))
	b = append(b, c.row.ID[:]...)
	return base64.RawURLEncoding.EncodeToString(b)
}

// place reads what placeOf gave, as a contact that stands there.
func place(text string) (*contact, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) != 32 {
		return nil, errAfter
	}
	c := &contact{arrival: &arrival{}}
	c.row.Due = acd.Time(binary.BigEndian.Uint64(b))
	c.row.FirstQueued = acd.Time(binary.BigEndian.Uint64(b[8:]))
	copy(c.row.ID[:], b[16:])
	return c, nil
}
