package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"portico/acd"
	"portico/email"
	"portico/hub"
	"portico/identity"
	"portico/store"
	"portico/workflow"
)

const (
	// outboxPage is how many entries of the outbox are under way at once.
	outboxPage = 100
	// outboxEvery is how often the outbox is looked at though nobody said that there
	// is something: what a process before this one left is found so, too.
	outboxEvery = time.Minute
	// outboxPauseMin and outboxPauseMax bound how long a store that is away is left alone.
	outboxPauseMin = 50 * time.Millisecond
	outboxPauseMax = 5 * time.Second
	// kindAlert is that of the entries which become alerts.
	kindAlert = "alert"
	// alertKindMax is how long the kind of an alert may be.
	alertKindMax = 32
)

// outbox is what the deliverer needs of the store.
type outbox interface {
	OutboxPage(ctx context.Context, after [16]byte, limit int) ([]store.Outbox, error)
	Submit(class store.Class, u store.Unit, done func(store.Outcome)) error
}

// deliverer makes alerts of the outbox's entries: each once, whatever happens, because
// the alert is saved and its entry taken away in one unit. Only what is durable is logged
// and told.
type deliverer struct {
	store outbox
	tell  func(store.Alert) // the live feed; must not block
	// beside gives what else is to be saved with an alert; nil: nothing.
	beside func(store.Alert) []store.Row
	log    *slog.Logger
	wake   chan struct{}
	// strange are the kinds of entry that nobody here delivers, once they were said.
	strange map[string]bool
}

func newDeliverer(s outbox, tell func(store.Alert), log *slog.Logger) *deliverer {
	return &deliverer{store: s, tell: tell, log: log, wake: make(chan struct{}, 1), strange: map[string]bool{}}
}

// batch wakes the deliverer when a durable batch of the hub holds an alert. It is for
// hub.Subscribe and does not block.
func (d *deliverer) batch(b hub.Batch) {
	for i := range b.Changes {
		for _, e := range b.Changes[i].Effects {
			if e.Kind == acd.Alert {
				d.rouse()
				return
			}
		}
	}
}

// rouse says that there is something in the outbox. It does not block.
func (d *deliverer) rouse() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// run delivers until ctx ends.
func (d *deliverer) run(ctx context.Context) {
	slow := time.NewTicker(outboxEvery)
	defer slow.Stop()
	pause := outboxPauseMin
	for {
		err := d.deliver(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			d.log.Debug("the outbox waits", "err", err, "took", pause) // the store says that it is away
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
			pause = min(2*pause, outboxPauseMax)
			continue
		}
		pause = outboxPauseMin
		select {
		case <-ctx.Done():
			return
		case <-d.wake:
		case <-slow.C:
		}
	}
}

// deliver goes through the outbox once, page by page.
func (d *deliverer) deliver(ctx context.Context) error {
	var after [16]byte
	for {
		page, err := d.store.OutboxPage(ctx, after, outboxPage)
		if err != nil {
			return fmt.Errorf("reading the outbox: %w", err)
		}
		if err := d.page(ctx, page); err != nil {
			return err
		}
		if len(page) < outboxPage {
			return nil
		}
		after = page[len(page)-1].ID
	}
}

// delivery is an alert on its way into the store.
type delivery struct {
	alert   store.Alert
	outcome error
}

// page saves the alerts of one page, several in a commit, and waits for all.
func (d *deliverer) page(ctx context.Context, page []store.Outbox) error {
	saved := make(chan delivery, len(page))
	waiting := 0
	var failed error
	for _, entry := range page {
		if entry.Kind != kindAlert {
			d.leave(entry.Kind)
			continue
		}
		a := alertOf(entry)
		rows := []store.Row{a, store.OutboxDone{ID: entry.ID}}
		if d.beside != nil {
			rows = append(rows, d.beside(a)...)
		}
		err := d.store.Submit(store.Channel, store.Unit{Rows: rows},
			func(o store.Outcome) { saved <- delivery{a, o.Err} })
		if err != nil {
			failed = err
			break
		}
		waiting++
	}
	for ; waiting > 0; waiting-- {
		select {
		case s := <-saved:
			if err := d.saved(s); err != nil {
				failed = err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return failed
}

// saved takes the store's word on one alert.
func (d *deliverer) saved(s delivery) error {
	switch {
	case s.outcome == nil:
		d.log.Error("an alert was raised", "kind", s.alert.Kind, "unit", s.alert.Unit, "body", string(s.alert.Body))
		d.tell(s.alert)
	case errors.Is(s.outcome, store.ErrExists):
		// The alert is there, its entry too: a copy of the store was put together by hand.
		return d.store.Submit(store.Channel, store.Unit{Rows: []store.Row{store.OutboxDone{ID: s.alert.ID}}}, nil)
	case errors.Is(s.outcome, store.ErrBadUnit):
		d.log.Error("an alert cannot be delivered", "err", s.outcome, "kind", s.alert.Kind)
	default:
		return fmt.Errorf("saving an alert: %w", s.outcome)
	}
	return nil
}

// elsewhere are the kinds of entry that the e-mail channel deals with.
var elsewhere = map[string]bool{workflow.OutboxMail: true, email.OutboxNotice: true}

// leave says once that nobody here delivers entries of a kind: a newer program put them there.
func (d *deliverer) leave(kind string) {
	if !d.strange[kind] && !elsewhere[kind] {
		d.strange[kind] = true
		d.log.Warn("the outbox holds entries that this program does not deliver; they stay", "kind", kind)
	}
}

// alertOf makes the alert of an entry. What is of no unit is the site's.
func alertOf(entry store.Outbox) store.Alert {
	var body struct {
		Code string `json:"code"`
	}
	if json.Unmarshal(entry.Body, &body) != nil || body.Code == "" || len(body.Code) > alertKindMax {
		body.Code = "unknown"
	}
	a := store.Alert{ID: entry.ID, Unit: entry.Unit, Kind: body.Code, At: entry.At, Body: entry.Body}
	if a.Unit.IsZero() {
		a.Unit = identity.Global
	}
	return a
}
