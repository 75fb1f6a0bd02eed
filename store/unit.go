package store

import "errors"

// Class orders the commit queue.
type Class uint8

const (
	// Hub units are the routing core's: first in each commit.
	Hub Class = iota
	// Channel units are messages, cursors, and changes by administrators.
	Channel
	// Lazy units are drafts, read marks and counters: coalesced by key, saved in
	// slices of at most 5 ms when nothing else waits or once a second.
	Lazy
)

// Unit is a set of rows that is saved whole or not at all. Guards (see Message,
// PutObject, PutCustomer) come first in it.
type Unit struct {
	Rows []Row
}

// Outcome is what became of a unit, once that is certain.
type Outcome struct {
	// Batch is the number of the commit that holds the unit.
	Batch uint64
	// Err is nil when the unit is durable. ErrExists, ErrChanged and ErrTaken are a guard's
	// answers; ErrBadUnit is an error of the data; anything else means that the
	// store was closed while it was away, or its epoch lost, before the unit was known
	// to be saved.
	Err error
	// Rider is what a guard within a unit of the class Hub answered. The core cannot
	// take back what it has decided, so the guard's row alone is left out and the rest
	// of the unit is durable.
	Rider error
}

// The answers of the commit queue.
var (
	// ErrExists: what the unit would create is there already.
	ErrExists = errors.New("store: it exists already")
	// ErrChanged: the object is no longer at the version that was expected.
	ErrChanged = errors.New("store: it was changed meanwhile")
	// ErrTaken: an address is another customer's.
	ErrTaken = errors.New("store: it is another's")
	// ErrBadUnit: the data of this unit cannot be saved; the rest of the batch was.
	ErrBadUnit = errors.New("store: the data cannot be saved")
	// ErrFull: the queue of the class is full; nothing was queued.
	ErrFull = errors.New("store: too much waits to be saved")
	// ErrFenced: another process owns the store now; this one must stop.
	ErrFenced = errors.New("store: another process owns this store")
	// ErrClosed: the store was closed.
	ErrClosed = errors.New("store: closed")
	// ErrHeld: another process has the store open.
	ErrHeld = errors.New("store: another process has it open")
	// ErrNone: there is no such thing, or it is another unit's: the two look alike.
	ErrNone = errors.New("store: there is none")
	// ErrAway: the store does not answer; see Store.Health.
	ErrAway = errors.New("store: it does not answer")
	// ErrNewer: the store was written by a newer release.
	ErrNewer = errors.New("store: its schema is newer than this program")
)
