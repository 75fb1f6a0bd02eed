// Package hub runs the routing core. One goroutine owns the core and the workflow
// instances; everybody else sends it commands and learns of durable batches. It
// decides nothing itself, and answers no questions: the picture does that.
package hub

import (
	"context"
	"log/slog"
	"time"

	"portico/acd"
	"portico/store"
)

// Store is what the hub needs of the store.
type Store interface {
	// SubmitHub queues one batch; done is called once, when the outcome of every
	// unit is certain. The hub has one batch under way at a time.
	SubmitHub(units []store.Unit, done func(batch uint64, outcomes []store.Outcome))
	OpenContacts(ctx context.Context, yield func(store.OpenContact, store.Contact) error) error
	AgentStates(ctx context.Context, yield func(store.AgentState) error) error
	ContactByClient(ctx context.Context, unit acd.UnitID, clientID string) (store.Contact, error)
}

// Options of a hub. All fields but Fold are needed.
type Options struct {
	Store Store
	// Fold is called first with each durable batch, before any reply leaves, so
	// that whoever got an answer finds it in what Fold keeps. May be nil.
	Fold  func(Batch)
	NewID func() [16]byte // for rows of the outbox
	Now   func() time.Time
	Log   *slog.Logger
}

// Hub is the running core. Its methods are safe for concurrent use.
type Hub struct{ o Options }

// New makes a hub that does nothing yet.
func New(o Options) *Hub { return &Hub{o: o} }

// Subscribe has f called after each durable batch, in order, after the replies
// have left. It must be called before Start. f must not block.
func (h *Hub) Subscribe(f func(Batch)) {}

// Start rebuilds the core from the store's rows and the whole plan, and begins to
// serve. Open offers and deadlines that agents must meet are moved by the time in
// which nobody was served. Errors are the store's; ctx bounds the reading only.
func (h *Hub) Start(ctx context.Context, plan acd.PlanChange) error { return nil }

// Ask hands the core a command and waits until the outcome is durable (nil error),
// refused (*fault.Fault), or ctx is over: then the fault store_away, although the
// command may still be saved. A ctx without deadline is given AskMax.
func (h *Hub) Ask(ctx context.Context, c Command) (Answer, error) { return Answer{}, nil }

// SetPlan hands the core a difference of the plan and waits until it is in force.
// It is applied whole or refused whole, such as the removal of a queue that still
// has contacts (fault in_use).
func (h *Hub) SetPlan(ctx context.Context, change acd.PlanChange) error { return nil }

// Stop takes no more commands, finishes those that were taken, and waits for
// that; ctx bounds the waiting. Commands that were not saved are answered with the
// fault store_away.
func (h *Hub) Stop(ctx context.Context) error { return nil }

// Done is closed when the hub has stopped, by Stop or by an error that Err names.
func (h *Hub) Done() <-chan struct{} { return nil }

// Err says why the hub stopped by itself: a commit that the store refused, or
// another process that owns the store now. It is nil until Done is closed, and
// after Stop.
func (h *Hub) Err() error { return nil }
