// Package picture is the read model: what lists, desks and real-time figures show.
// It is folded from the hub's durable batches alone, in order, and never asks the
// core. Every question names a business unit; what belongs to another is unknown.
package picture

import (
	"context"
	"encoding/json"
	"time"

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
}

// Agent is an agent of the plan with the contacts in hand. Its slices and maps are
// shared: read only.
type Agent struct {
	acd.AgentRow
	Capacity [acd.DomainsMax]uint8
	// Contacts are those offered to, owned by, or held for the agent, by id.
	Contacts []acd.ContactID
}

// Queue is a queue of the plan with its counts now and its counters of today.
type Queue struct {
	ID     acd.QueueID
	Unit   acd.UnitID
	Domain acd.Domain
	// Contacts by state.
	Waiting, Held, Timed, Offered, Active, Interrupted, WrapUp int
	// WaitingSince is the least FirstQueued of those waiting or offered; zero when none is.
	WaitingSince acd.Time
	Today        Counters
}

// Counters are a queue's figures over some time. A transfer or a return from an
// owner is a new offer in the queue that is entered.
type Counters struct {
	Offered, Answered, InTime, Abandoned, NotAnswered uint32
	WaitMs                                            uint64 // of the answered
	HandleMs                                          uint64 // active and wrap-up, of the ended
}

// ServiceLevel is the share, 0 to 1, of those answered in time among those
// answered or abandoned; ok is false when there were none.
func (c Counters) ServiceLevel() (level float64, ok bool) { return 0, false }

// Desk is all that one agent's desktop shows of routing.
type Desk struct {
	Version  uint64
	Agent    Agent
	Contacts []Contact // by id; an offer's number and deadline are Offer and Deadline
}

// Filter chooses contacts of one unit. Zero fields choose all.
type Filter struct {
	Queue  acd.QueueID
	States []acd.ContactState
	Agent  acd.AgentID
	Medium string
	Text   string // in name, caption or source, without case; at most 200 bytes
}

// Sort is the order of a list of contacts.
type Sort uint8

const (
	ByDue Sort = iota
	ByFirstQueued
)

// Page is a part of a list. Next is the place to go on from; empty at the end.
type Page struct {
	Version uint64
	Items   []Contact
	Next    string
}

// Changes are the rows of one table that changed since a version. Full says that
// Put is the whole table and that what was known before is to be forgotten.
type Changes[T any, ID any] struct {
	Version uint64
	Full    bool
	Put     []T
	Gone    []ID
}

// Options of a picture.
type Options struct {
	Now func() time.Time
	// Zone gives a unit's time zone, for what is today. Nil, or a nil answer: UTC.
	Zone func(acd.UnitID) *time.Location
}

// Rows is what the picture reads of the store at the start.
type Rows interface {
	OpenContacts(ctx context.Context, yield func(store.OpenContact, store.Contact) error) error
	AgentStates(ctx context.Context, yield func(store.AgentState) error) error
}

// Saver takes the counters that the picture writes back.
type Saver interface {
	Submit(class store.Class, u store.Unit, done func(store.Outcome)) error
}

// Picture is the read model. Its methods are safe for concurrent use.
type Picture struct{}

// New makes an empty picture.
func New(o Options) *Picture { return &Picture{} }

// Load fills the picture from the store and the whole plan. Call it once, before
// the hub starts.
func (p *Picture) Load(ctx context.Context, rows Rows, plan acd.PlanChange) error { return nil }

// Start begins to write the counters back, at most once a second.
func (p *Picture) Start(s Saver) {}

// Stop writes what is left of the counters and waits for the writer's goroutine.
func (p *Picture) Stop() {}

// Fold takes the next durable batch. It is the hub's Fold.
func (p *Picture) Fold(b hub.Batch) {}

// Version is the number of the last batch folded.
func (p *Picture) Version() uint64 { return 0 }

// Contact gives an open contact.
func (p *Picture) Contact(unit acd.UnitID, id acd.ContactID) (Contact, bool) { return Contact{}, false }

// Contacts gives a page of at most limit open contacts; after is the Next of the
// page before, or empty. The only error is the fault invalid, for another after.
func (p *Picture) Contacts(unit acd.UnitID, f Filter, s Sort, after string, limit int) (Page, error) {
	return Page{}, nil
}

// Position gives a waiting or offered contact's place in its queue, from 1, and how
// many wait there. It is at most 5 s old; ok is false for any other contact.
func (p *Picture) Position(unit acd.UnitID, id acd.ContactID) (position, waiting int, ok bool) {
	return 0, 0, false
}

// Desk gives what an agent's desktop shows.
func (p *Picture) Desk(unit acd.UnitID, agent acd.AgentID) (Desk, bool) { return Desk{}, false }

// Queue gives one queue of the plan.
func (p *Picture) Queue(unit acd.UnitID, id acd.QueueID) (Queue, bool) { return Queue{}, false }

// Agent gives one agent of the plan.
func (p *Picture) Agent(unit acd.UnitID, id acd.AgentID) (Agent, bool) { return Agent{}, false }

// QueuesSince, AgentsSince and ContactsSince give what changed after the version
// since; since 0 gives the whole table. Callers with the same since share the work.
func (p *Picture) QueuesSince(unit acd.UnitID, since uint64) Changes[Queue, acd.QueueID] {
	return Changes[Queue, acd.QueueID]{}
}

// AgentsSince: see QueuesSince.
func (p *Picture) AgentsSince(unit acd.UnitID, since uint64) Changes[Agent, acd.AgentID] {
	return Changes[Agent, acd.AgentID]{}
}

// ContactsSince: see QueuesSince.
func (p *Picture) ContactsSince(unit acd.UnitID, since uint64) Changes[Contact, acd.ContactID] {
	return Changes[Contact, acd.ContactID]{}
}
