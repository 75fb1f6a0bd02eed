// Package hub runs the routing core. One goroutine owns the core and the workflow
// instances; everybody else sends it commands and learns of durable batches. It
// decides nothing itself, and answers no questions: the picture does that.
//
// A command passes: a lane of the inbox; a turn of the owner, in which workflow
// and core are stepped and the rows of the outcome join the batch that forms; one
// commit of the store; and the publisher, which folds the picture, releases the
// replies and tells the subscribers, in this order. Nothing is said of a batch,
// refusals included, before it and all before it are durable.
package hub

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"portico/acd"
	"portico/store"
	"portico/workflow"
)

// Bounds of a hub.
const (
	ArrivalsMax = 3072 // arrivals that wait for the core; more are refused as busy
	ProgressMax = 1024 // other commands that wait for the core; more wait outside
	BatchMax    = 1024 // events in one batch
	publishMax  = 4    // durable batches that wait for the publisher

	// AskMax is how long a caller waits who brought no deadline.
	AskMax = 30 * time.Second
	// StuckAfter is how long a commit may take before the core takes no more, not
	// even the time, until it is done.
	StuckAfter = time.Second
	// SleepMax is how long the core is left alone while it waits for a time, though
	// that be later: so late at most it learns that somebody set the clock.
	SleepMax = time.Minute
)

// Store is what the hub needs of the store.
type Store interface {
	// SubmitHub queues one batch; done is called once, when the outcome of every
	// unit is certain. The hub has one batch under way at a time.
	SubmitHub(units []store.Unit, done func(batch uint64, outcomes []store.Outcome))
	Core() store.Core
	OpenContacts(ctx context.Context, yield func(store.OpenContact, store.Contact) error) error
	AgentStates(ctx context.Context, yield func(store.AgentState) error) error
	ContactByClient(ctx context.Context, unit acd.UnitID, clientID string) (store.Contact, error)
}

// Options of a hub. All fields but Fold, Congestion and Flows are needed.
type Options struct {
	Store Store
	// Fold is called first with each durable batch, before any reply leaves, so
	// that whoever got an answer finds it in what Fold keeps. May be nil.
	Fold func(Batch)
	// Congestion gives how many new contacts of a medium a unit takes in a second; 0: as
	// many as come. It is asked for each arrival and must not block. Nil: no bounds.
	Congestion func(unit acd.UnitID, medium string) int

	NewID func() [16]byte // for rows of the outbox
	Flows Flows
	Now   func() time.Time
	Log   *slog.Logger
}

// Hub is the running core. Its methods are safe for concurrent use.
type Hub struct {
	o           Options
	flows       atomic.Pointer[workflow.Set]
	subscribers []func(Batch)

	arrivals chan *task
	progress chan *task
	saved    chan saved    // from the store's writer; one commit is in flight, so it never blocks
	publish  chan *batch   // from the owner to the publisher
	room     chan struct{} // a token when the publisher took a batch
	stopping chan struct{} // closed: take no more, finish
	abandon  chan struct{} // closed: finish nothing, leave
	done     chan struct{} // closed: both goroutines have ended
	running  sync.WaitGroup
	err      error // before done is closed

	mu        sync.Mutex
	started   bool
	stopped   bool
	abandoned bool
	clients   map[clientKey]*task // arrivals that are not yet durable

	gates gates
}

// New makes a hub that does nothing yet.
func New(o Options) *Hub {
	if o.Flows.World == nil {
		o.Flows.World = nowhere{}
	}
	return &Hub{
		o:        o,
		arrivals: make(chan *task, ArrivalsMax),
		progress: make(chan *task, ProgressMax),
		saved:    make(chan saved, 1),
		publish:  make(chan *batch, publishMax),
		room:     make(chan struct{}, 1),
		stopping: make(chan struct{}),
		abandon:  make(chan struct{}),
		done:     make(chan struct{}),
		clients:  make(map[clientKey]*task),
		gates:    gates{next: make(map[stream]time.Time)},
	}
}

// Subscribe has f called after each durable batch, in order, after the replies
// have left. It must be called before Start. f must not block.
func (h *Hub) Subscribe(f func(Batch)) { h.subscribers = append(h.subscribers, f) }

// Start rebuilds the core from the store's rows and the whole plan, and begins to
// serve. Open offers and deadlines that agents must meet are moved by the time in
// which nobody was served. It returns when the outcome of that is durable; ctx
// bounds the reading and the waiting. After an error the hub must be stopped.
func (h *Hub) Start(ctx context.Context, plan acd.PlanChange) error {
	o, err := h.restore(ctx, plan)
	if err != nil {
		return fmt.Errorf("rebuilding the routing core: %w", err)
	}
	h.mu.Lock()
	h.started = true
	h.mu.Unlock()
	first := newTask(Command{Event: o.restarted()})
	o.pending = append(o.pending, first)
	o.restartFlows()
	h.running.Add(2)
	go func() {
		defer h.running.Done()
		defer close(h.publish)
		o.run()
	}()
	go func() {
		defer h.running.Done()
		h.publishAll()
	}()
	go func() {
		h.running.Wait()
		close(h.done)
	}()
	_, err = h.wait(ctx, first)
	return err
}

// Stop takes no more commands, finishes those that were taken, and waits for
// that; ctx bounds the waiting. Commands that were not saved by then are answered
// with the fault store_away. It gives the error of ctx, or nil.
func (h *Hub) Stop(ctx context.Context) error {
	h.mu.Lock()
	if !h.stopped {
		h.stopped = true
		close(h.stopping)
		if !h.started {
			close(h.done)
		}
	}
	h.mu.Unlock()
	select {
	case <-h.done:
		return nil
	case <-ctx.Done():
	}
	h.mu.Lock()
	if !h.abandoned {
		h.abandoned = true
		close(h.abandon)
	}
	h.mu.Unlock()
	<-h.done
	return fmt.Errorf("stopping the hub: %w", ctx.Err())
}

// Done is closed when the hub has stopped, by Stop or by an error that Err names.
func (h *Hub) Done() <-chan struct{} { return h.done }

// Err says why the hub stopped by itself: data that the store refused, or another
// process that owns the store now. It is nil until Done is closed, and after Stop.
func (h *Hub) Err() error {
	select {
	case <-h.done:
		return h.err
	default:
		return nil
	}
}

// publishAll is the publisher: it tells the world of durable batches, in order.
func (h *Hub) publishAll() {
	for b := range h.publish {
		select {
		case h.room <- struct{}{}:
		default:
		}
		said := Batch{N: b.n, Changes: b.changes}
		if len(b.changes) > 0 && h.o.Fold != nil {
			h.o.Fold(said)
		}
		for _, r := range b.replies {
			r.answer.Batch = b.n
			h.answer(r.task, r.answer, r.err)
		}
		if len(b.changes) > 0 {
			for _, f := range h.subscribers {
				f(said)
			}
		}
	}
}
