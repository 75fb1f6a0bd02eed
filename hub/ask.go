package hub

import (
	"context"
	"errors"

	"portico/acd"
	"portico/fault"
	"portico/store"
	"portico/workflow"
)

// task is a command on its way.
type task struct {
	command Command
	client  clientKey     // zero for all but arrivals
	known   known         // of an arrival's customer
	done    chan struct{} // closed when answer and err are set
	answer  Answer
	err     error
}

// known is what workflows are told of an arrival's customer.
type known struct {
	customer workflow.Customer
	agent    acd.AgentID
}

// clientKey names an arrival by its caller's id.
type clientKey struct {
	unit acd.UnitID
	id   string
}

// errAgain answers those who joined an arrival whose first caller gave up before
// it was handed to the core: one of them takes its place.
var errAgain = errors.New("hub: the first caller gave up")

func newTask(c Command) *task { return &task{command: c, done: make(chan struct{})} }

// Ask hands the core a command and waits until the outcome is durable (nil error),
// refused (*fault.Fault), or ctx is over: then the fault store_away, although the
// command may still be saved. A ctx without deadline is given AskMax.
//
// An arrival with a client id that the same unit has used before is not made
// again: the answer names the first contact, with Existing.
func (h *Hub) Ask(ctx context.Context, c Command) (Answer, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, AskMax)
		defer cancel()
	}
	if err := c.check(); err != nil {
		return Answer{}, err
	}
	if c.Arrival != nil {
		return h.arrive(ctx, c)
	}
	t := newTask(c)
	if err := h.enter(ctx, t); err != nil {
		return Answer{}, err
	}
	return h.wait(ctx, t)
}

// check refuses what the store could not save, before the core decides: afterwards
// it would be a bad unit of the hub's own, which stops the hub.
func (c *Command) check() error {
	rows := c.Riders
	if c.Arrival != nil {
		if c.Arrival.ClientID == "" {
			return errNoClient
		}
		rows = append([]store.Row{c.Arrival.row(0)}, rows...)
	}
	if len(rows) == 0 {
		return nil
	}
	if err := store.Check(rows...); err != nil {
		return errUnsavable.With("why", err.Error())
	}
	return nil
}

// SetPlan hands the core a difference of the plan and waits until it is in force.
// It is applied whole or refused whole, such as the removal of a queue that still
// has contacts (fault in_use).
func (h *Hub) SetPlan(ctx context.Context, change acd.PlanChange) error {
	_, err := h.Ask(ctx, Command{Event: acd.PlanChanged{Change: change}, Lane: Progress})
	return err
}

// arrive sees to it that a client id makes one contact: callers with the same id
// join the first of them; earlier ones are found in the store. The id stays in the
// map from before the look-up until the outcome is durable, so that no moment is
// left in which it is in neither.
func (h *Hub) arrive(ctx context.Context, c Command) (Answer, error) {
	key := clientKey{c.Arrival.Unit, c.Arrival.ClientID}
	for {
		h.mu.Lock()
		t, joined := h.clients[key]
		if !joined {
			t = newTask(c)
			t.client = key
			h.clients[key] = t
		}
		h.mu.Unlock()
		if !joined {
			return h.first(ctx, t)
		}
		a, err := h.wait(ctx, t)
		if errors.Is(err, errAgain) {
			continue
		}
		a.Existing = err == nil
		return a, err
	}
}

// first hands in an arrival that nobody else has under way.
func (h *Hub) first(ctx context.Context, t *task) (Answer, error) {
	old, err := h.o.Store.ContactByClient(ctx, t.client.unit, t.client.id)
	switch {
	case err == nil:
		h.answer(t, Answer{Contact: old.ID, Existing: true}, nil)
	case ctx.Err() != nil:
		h.answer(t, Answer{}, errAgain)
		return Answer{}, errAway
	case !errors.Is(err, store.ErrNone):
		h.o.Log.Warn("looking up a client id", "err", err)
		h.answer(t, Answer{}, errAway)
	case h.congested(t.command.Arrival):
		h.answer(t, Answer{}, errCongested)
	default:
		t.known = h.known(ctx, t.command.Arrival)
		if err := h.enter(ctx, t); err != nil {
			h.answer(t, Answer{}, err)
		}
	}
	return h.wait(ctx, t)
}

// congested reports whether the unit has had as many contacts of the medium as it takes
// in a second. It is asked once an arrival is known to be new.
func (h *Hub) congested(a *Arrival) bool {
	if h.o.Congestion == nil {
		return false
	}
	return !h.gates.enter(stream{a.Unit, a.Medium}, h.o.Congestion(a.Unit, a.Medium), h.o.Now())
}

// known asks who the customer of an arrival is, where a workflow may want to know.
func (h *Hub) known(ctx context.Context, a *Arrival) (k known) {
	if ask := h.o.Flows.Known; ask != nil && a.Customer != ([16]byte{}) && h.flows.Load().Any(a.Unit) {
		k.customer, k.agent = ask(ctx, a.Unit, a.Customer)
	}
	return k
}

// enter puts a task into its lane. A full lane refuses arrivals; others wait.
func (h *Hub) enter(ctx context.Context, t *task) error {
	select {
	case <-h.stopping:
		return errAway
	case <-h.done:
		return errAway
	default:
	}
	if t.command.Lane == Arrivals {
		select {
		case h.arrivals <- t:
			return nil
		default:
			return errBusy
		}
	}
	select {
	case h.progress <- t:
		return nil
	case <-h.stopping:
	case <-h.done:
	case <-ctx.Done():
	}
	return errAway
}

// wait waits for the answer, the caller's deadline, or the hub's end.
func (h *Hub) wait(ctx context.Context, t *task) (Answer, error) {
	select {
	case <-t.done:
		return t.answer, t.err
	case <-ctx.Done():
		return Answer{}, errAway
	case <-h.done:
	}
	select {
	case <-t.done:
		return t.answer, t.err
	default:
		return Answer{}, errAway
	}
}

// answer releases whoever waits for the task. It is called once for each.
func (h *Hub) answer(t *task, a Answer, err error) {
	if t == nil {
		return
	}
	if t.client != (clientKey{}) {
		h.mu.Lock()
		delete(h.clients, t.client)
		h.mu.Unlock()
	}
	t.answer, t.err = a, err
	close(t.done)
}

// The faults of the hub itself.
var (
	errAway = fault.New(fault.Unavailable, "store_away",
		"Nothing can be saved at the moment. It may have been done all the same: please look again shortly.")
	errBusy = fault.New(fault.TooMany, "busy",
		"Too many contacts arrive at the moment. Please try again later.").With("number", "1013")
	errNoClient = fault.New(fault.Invalid, "invalid", "A new contact needs a client id.").On("client_id")
	// errUnsavable is for channels that did not bound what came from outside.
	errUnsavable = fault.New(fault.Invalid, "invalid", "A text is too long, or holds characters that cannot be saved. Shorten or mend it.")
	errNotFound  = fault.New(fault.Missing, "not_found", "There is no such thing.")
)
