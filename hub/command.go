package hub

import (
	"encoding/json"
	"time"

	"portico/acd"
	"portico/store"
	"portico/workflow"
)

// Lane is the part of the inbox that a command may use.
type Lane uint8

const (
	// Arrivals may be refused when the inbox is full (code 1013).
	Arrivals Lane = iota
	// Progress (accept, end, state …) has a reserved share.
	Progress
)

// Arrival is a new contact as its channel describes it. The first workflow whose start
// it fits has it; without one it goes to Queue, or, where that is zero, to the first
// queue of Domain.
type Arrival struct {
	Contact     acd.ContactID // made by the caller
	Unit        acd.UnitID
	ClientID    string // 1–64 bytes; the same one in the same unit is the same contact
	Medium      string
	Queue       acd.QueueID // that it is addressed to; zero: none
	Domain      acd.Domain  // read where Queue is zero
	Priority    uint8
	Skills      []acd.SkillLevel
	Preferred   acd.AgentID
	Hold        time.Duration
	Source      string
	Destination string
	Language    string
	Name        string
	Caption     string
	Thread      acd.ContactID
	Details     json.RawMessage
	Category    [16]byte // that the workflow assigned
	Customer    [16]byte // whose contact it is; zero: not known
	Direct      bool     // a person chose Queue: no workflow takes the contact
}

// Command is what a caller asks of the core or of a workflow: an arrival, an event or
// an input, one of the three.
type Command struct {
	Arrival *Arrival
	Event   acd.Event
	Flow    *FlowInput
	Lane    Lane
	// Unit is the caller's: a contact, agent or queue of another unit is answered
	// like one that never existed. Zero is the program itself, which may all.
	Unit acd.UnitID
	// Riders are saved with the outcome, and dropped when the core refuses. At most
	// one may be a guard (Message, PutObject): when what it would create exists, it
	// alone is left out, as the core cannot take back what it decided.
	Riders []store.Row
}

// Answer is the durable outcome of a command.
type Answer struct {
	Batch   uint64
	Contact acd.ContactID
	// Existing is set when the arrival's client id was known: Contact is the one
	// that it made before, and nothing was created.
	Existing bool
	// Rider says why the rider that is a guard was left out: store.ErrExists or
	// store.ErrChanged. The command itself is done.
	Rider error
}

// FlowInput tells a contact's workflow of what it waits for. One that comes too late, or
// twice, is refused with the fault too_late.
type FlowInput struct {
	Contact acd.ContactID
	Input   workflow.Input
}

// FlowPlace is where in its workflow a contact is from now on. The empty Node is nowhere:
// no workflow has it.
type FlowPlace struct {
	Unit     acd.UnitID
	Contact  acd.ContactID
	Workflow workflow.ID
	Release  uint32
	Node     workflow.NodeID
	Since    acd.Time
}

// Change is one durable unit of the hub: what an event, or time, did. Whoever is
// handed one only reads it: all subscribers share its slices.
type Change struct {
	At      acd.Time
	Arrival *Arrival        // set when the unit brought this contact
	Plan    *acd.PlanChange // set when the unit changed the plan
	Effects []acd.Effect
	Rows    []acd.ContactRow
	Agents  []acd.AgentRow
	Facts   []acd.Fact
	Riders  []store.Row // those that were saved
	// Flow is what workflows did, for the channels; Places where contacts are in them
	// since; Data what they made of contacts.
	Flow   []workflow.Passed
	Places []FlowPlace
	Data   []store.ContactData
}

// Batch is one durable commit of the hub. N ascends strictly; numbers between are
// commits of other classes.
type Batch struct {
	N       uint64
	Changes []Change
}
