package store

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"portico/acd"
)

// link is the connection that writes. Only the writer uses it. Every call has a
// deadline of its own, after which the link is of no use.
type link interface {
	// exec runs statements in order, in one round trip where the engine can, and
	// gives how many rows each changed. It stops at the first error.
	exec(ops []op) ([]int64, error)
	// number reads one number outside or inside the transaction.
	number(query string, args ...any) (n int64, found bool, err error)
	// month makes room for the facts of a month.
	month(m int64) error
	close()
}

// dialer makes links and judges their errors.
type dialer interface {
	dial() (link, error)
	// ofData reports whether an error speaks of the data, not of the connection or
	// the disk: sending it again would not help.
	ofData(err error) bool
	// sentence says in words what the error means for people.
	sentence(err error) string
}

const (
	pauseMin = 20 * time.Millisecond
	pauseMax = time.Second // between tries while the store is away
	// stallMax is how long a commit may take before the store counts as away.
	stallMax = time.Second
)

// errMoved means that core was not as expected: fenced, or done before.
var errMoved = errors.New("the batch number has moved")

// writer owns the link and everything that is written. It is one goroutine.
type writer struct {
	dialer  dialer
	encoder encoder
	queue   *queue
	health  *health
	log     *slog.Logger
	now     func() time.Time
	epoch   int64
	last    uint64 // number of the last durable batch
	link    link
	months  map[int64]bool          // with room for their facts
	ends    map[acd.UnitID]chainEnd // of the audit entries that are durable
	closing chan struct{}
	// since is when the commit in flight began, in Unix nanoseconds; 0: none is.
	since atomic.Int64
	// saved is when a commit was last durable, in Unix nanoseconds.
	saved atomic.Int64
	// wrote is told when a batch brought what the search is to find.
	wrote func()
}

// batch is one commit: formed once, sent until its outcome is certain.
type batch struct {
	n        uint64
	at       int64
	hub      []hubCall
	units    []*work // the hub's first, in their order
	facts    [][]op  // of each unit
	months   []int64
	careful  bool                    // unit by unit, under savepoints
	outcomes []Outcome               // of the last attempt that came as far as its commit
	ends     map[acd.UnitID]chainEnd // of the audit entries that it appended
}

// run writes until the queue is closed and empty, or the epoch is lost.
func (w *writer) run() {
	defer func() {
		if w.link != nil {
			w.link.close()
		}
	}()
	for {
		hub, units, wait := w.queue.take()
		if len(hub) == 0 && len(units) == 0 {
			if !w.idle(wait) {
				return
			}
			continue
		}
		b := w.form(hub, units)
		if err := w.save(b); err != nil {
			w.queue.close(err)
			w.answer(b, err)
			w.refuseAll(err)
			return
		}
		w.answer(b, nil)
	}
}

// idle waits for work; false means that there will be none.
func (w *writer) idle(wait time.Duration) bool {
	var over <-chan time.Time
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		over = timer.C
	} else if w.queue.isClosed() {
		return false
	}
	select {
	case <-w.queue.wake:
	case <-over:
	}
	return true
}

// form gives the batch its number and the facts their keys.
func (w *writer) form(hub []hubCall, units []*work) *batch {
	b := &batch{n: w.last + 1, at: w.now().UnixMilli(), hub: hub}
	for _, call := range hub {
		b.units = append(b.units, call.units...)
	}
	b.units = append(b.units, units...)
	b.facts = make([][]op, len(b.units))
	n := 0
	for i, u := range b.units {
		for _, fact := range u.facts {
			b.facts[i] = append(b.facts[i], w.encoder.fact(fact, b.n, n))
			n++
			if m := month(fact.At); !slices.Contains(b.months, m) {
				b.months = append(b.months, m)
			}
		}
	}
	return b
}

// save sends the batch until it is durable. The error means that it never will be
// by this process: ErrFenced, or ErrClosed while the store is away.
func (w *writer) save(b *batch) error {
	w.since.Store(time.Now().UnixNano())
	defer w.since.Store(0)
	pause := pauseMin
	for {
		err := w.try(b)
		if err == nil {
			w.last = b.n
			maps.Copy(w.ends, b.ends)
			w.saved.Store(time.Now().UnixNano())
			if pause > pauseMin {
				w.log.Info("the store is back")
				w.health.set(causeWriter, "")
			}
			return nil
		}
		if errors.Is(err, ErrFenced) {
			w.health.lose()
			w.log.Error("another process owns the store now; nothing more is saved", "err", err)
			return err
		}
		if w.dialer.ofData(err) && !b.careful {
			b.careful = true
			continue
		}
		w.health.set(causeWriter, w.dialer.sentence(err))
		if pause == pauseMin {
			w.log.Error("the store is away", "err", err)
		}
		w.drop()
		select {
		case <-time.After(pause):
		case <-w.closing:
			return ErrClosed
		}
		pause = min(2*pause, pauseMax)
	}
}

func (w *writer) drop() {
	if w.link != nil {
		w.link.close()
		w.link = nil
	}
}

// try makes one attempt. On a new link it first asks what became of the last one.
func (w *writer) try(b *batch) error {
	if w.link == nil {
		l, err := w.dialer.dial()
		if err != nil {
			return fmt.Errorf("connecting: %w", err)
		}
		w.link = l
		if done, err := w.resolve(b); err != nil || done {
			return err
		}
	}
	err := w.attempt(b)
	if errors.Is(err, errMoved) {
		// Either the epoch is another's, or an attempt thought lost was not.
		w.rollback()
		if w.link == nil {
			return err
		}
		done, err := w.resolve(b)
		if err == nil && !done {
			err = fmt.Errorf("batch %d: %w", b.n, errMoved)
		}
		return err
	}
	if err != nil && w.dialer.ofData(err) {
		w.rollback()
	}
	return err
}

// resolve reads what the store says of the batch: done, not done, or fenced.
func (w *writer) resolve(b *batch) (done bool, err error) {
	at, found, err := w.link.number(`select batch from core where site = ? and epoch = ?`, w.encoder.site, w.epoch)
	switch {
	case err != nil:
		return false, fmt.Errorf("reading the batch number: %w", err)
	case !found:
		return false, ErrFenced
	case uint64(at) == b.n && b.outcomes != nil:
		return true, nil
	case uint64(at) == b.n-1:
		return false, nil
	}
	return false, fmt.Errorf("%w: batch %d is saved, %d was to be next", ErrFenced, at, b.n)
}

// attempt sends the batch once.
func (w *writer) attempt(b *batch) error {
	for _, m := range b.months {
		if w.months[m] {
			continue
		}
		if err := w.link.month(m); err != nil {
			return fmt.Errorf("making room for the facts of %d: %w", m, err)
		}
		w.months[m] = true
	}
	if b.careful {
		return w.attemptCarefully(b)
	}
	ops := []op{{do: opBegin}, w.moveCore(b)}
	for _, u := range b.units {
		if u.bad != nil {
			b.careful = true
			return w.attemptCarefully(b)
		}
		ops = append(ops, u.guards...)
	}
	counts, err := w.link.exec(ops)
	if err != nil {
		return err
	}
	if counts[1] != 1 {
		return errMoved
	}
	outcomes, ends := make([]Outcome, len(b.units)), map[acd.UnitID]chainEnd{}
	counts, ops = counts[2:], nil
	for i, u := range b.units {
		refused, mixed := u.refused(counts[:len(u.guards)])
		counts = counts[len(u.guards):]
		if mixed {
			b.careful = true
			w.rollback()
			return w.again(b)
		}
		if err := w.refuse(u, refused, &outcomes[i]); err != nil {
			return err
		}
		if outcomes[i].Err == nil {
			outcomes[i].Batch = b.n
			var entries []op
			entries, ends = w.chain(u, ends)
			ops = append(append(append(ops, u.rows...), entries...), b.facts[i]...)
		}
	}
	b.outcomes, b.ends = outcomes, ends
	_, err = w.link.exec(append(ops, op{do: opCommit}))
	return err
}

// again goes on with a careful attempt, unless the rollback before it failed.
func (w *writer) again(b *batch) error {
	if w.link == nil {
		return errors.New("the connection broke at a rollback")
	}
	return w.attempt(b)
}

// attemptCarefully sends the batch unit by unit, each under a savepoint, so that
// bad data cost their own unit alone.
func (w *writer) attemptCarefully(b *batch) error {
	counts, err := w.link.exec([]op{{do: opBegin}, w.moveCore(b)})
	if err != nil {
		return err
	}
	if counts[1] != 1 {
		return errMoved
	}
	outcomes, ends := make([]Outcome, len(b.units)), map[acd.UnitID]chainEnd{}
	var cut error // set once a unit of the hub is bad
	for i, u := range b.units {
		if cut != nil && u.class == Hub {
			outcomes[i].Err = cut
			continue
		}
		entries, longer := w.chain(u, ends)
		if err := w.one(u, append(entries, b.facts[i]...), &outcomes[i]); err != nil {
			return err
		}
		if outcomes[i].Err == nil {
			outcomes[i].Batch, ends = b.n, longer
		} else if u.class == Hub {
			cut = fmt.Errorf("%w: it follows a bad one", ErrBadUnit)
		}
	}
	b.outcomes, b.ends = outcomes, ends
	_, err = w.link.exec([]op{{do: opCommit}})
	return err
}

// one saves a unit under a savepoint. The error is of the connection; what is
// wrong with the unit is in its outcome.
func (w *writer) one(u *work, late []op, out *Outcome) error {
	if u.bad != nil {
		out.Err = u.bad
		return nil
	}
	counts, err := w.link.exec(append([]op{{do: opSavepoint}}, u.guards...))
	if err == nil {
		refused, _ := u.refused(counts[1:])
		if err := w.refuse(u, refused, out); err != nil {
			return err
		}
		if out.Err == nil {
			_, err = w.link.exec(append(slices.Concat(u.rows, late), op{do: opRelease}))
		}
	}
	if err != nil {
		if !w.dialer.ofData(err) {
			return err
		}
		w.log.Error("a unit cannot be saved", "err", err)
		out.Err = fmt.Errorf("%w: %w", ErrBadUnit, err)
	}
	if out.Err != nil {
		_, err = w.link.exec([]op{{do: opRollbackTo}, {do: opRelease}})
		return err
	}
	return nil
}

func (w *writer) moveCore(b *batch) op {
	return op{opMoveCore, []any{int64(b.n), b.at, w.encoder.site, w.epoch, int64(b.n) - 1}}
}

// rollback ends a failed transaction; a link that cannot is dropped.
func (w *writer) rollback() {
	if _, err := w.link.exec([]op{{do: opRollback}}); err != nil {
		w.drop()
	}
}

// refused gives the first guard that did nothing, or nil. Mixed means that another
// one did something, which has to be undone.
func (u *work) refused(counts []int64) (guard *op, mixed bool) {
	did := 0
	for i, n := range counts {
		if n > 0 {
			did++
		} else if guard == nil {
			guard = &u.guards[i]
		}
	}
	return guard, guard != nil && did > 0 && u.class != Hub
}

// refuse says in the outcome what a guard that did nothing means. The core cannot
// take back what it decided: of its units the guard's own row alone is left out.
func (w *writer) refuse(u *work, guard *op, out *Outcome) error {
	if guard == nil {
		return nil
	}
	answer, err := w.meaning(guard)
	if err != nil {
		return err
	}
	if u.class == Hub {
		out.Rider = answer
	} else {
		out.Err = answer
	}
	return nil
}

// meaning gives what it means that a guard did nothing. The places are those of the
// arguments that the encoder gave: see encoder.object and encoder.attachmentRow.
func (w *writer) meaning(guard *op) (answer, err error) {
	args := guard.args
	switch guard.do {
	case opObjectPut:
		const from, to, version = 8, 12, 12
		saved, found, err := w.link.number(
			`select version from object where site = ? and unit = ? and kind = ? and id = ? and not deleted`,
			args[from:to]...)
		if err != nil || !found || saved != args[version].(int64) {
			return ErrChanged, err
		}
	case opAlertDone, opCustomerPut, opCustomerDone, opMailOutState, opMailLedgerState:
		return ErrChanged, nil
	case opCustomerAddress, opMailAuto:
		return ErrTaken, nil
	case opOfflineDone:
		return ErrNone, nil
	case opAttachmentPiece:
		const n, from = 0, 2
		_, found, err := w.link.number(`select n from attachment_piece where site = ? and unit = ? and attachment = ? and n = ?`,
			append(slices.Clone(args[from:]), args[n])...)
		if err != nil || !found {
			return ErrNone, err
		}
	case opMessageAttachment:
		const seq, from, to = 0, 1, 4
		saved, found, err := w.link.number(`select seq from attachment where site = ? and unit = ? and id = ?`, args[from:to]...)
		if err != nil || !found || saved != args[seq].(int64) {
			return ErrNone, err
		}
	}
	return ErrExists, nil
}

// answer tells everybody who waits for the batch.
func (w *writer) answer(b *batch, err error) {
	outcomes := b.outcomes
	if err != nil {
		outcomes = make([]Outcome, len(b.units))
		for i := range outcomes {
			outcomes[i].Err = err
		}
	}
	words, at := false, 0
	for i, u := range b.units {
		words = words || u.words
		for _, done := range u.done {
			done(outcomes[i])
		}
	}
	for _, call := range b.hub {
		call.done(b.n, outcomes[at:at+len(call.units):at+len(call.units)])
		at += len(call.units)
	}
	if words && err == nil {
		w.wrote()
	}
}

// refuseAll answers what still waits once nothing can be saved any more.
func (w *writer) refuseAll(err error) {
	for {
		hub, units, _ := w.queue.take()
		if len(hub) == 0 && len(units) == 0 {
			return
		}
		w.answer(w.form(hub, units), err)
	}
}
