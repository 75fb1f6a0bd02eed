// Package erasure forgets people: all that a customer wrote and was written, in the store
// at once, and in the company's mailboxes as soon as they can be reached. What is to be
// done is durable before anybody is told that it will be, and is gone on with after any
// end of the process. What is left says how much was reached, and never of whom.
package erasure

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"time"

	"portico/acd"
	"portico/store"
)

const (
	// look is how often what waits is looked at: a contact to be over, a mailbox to be back.
	look = time.Minute
	// together is how many messages are deleted from a mailbox at a time, and saved at a time.
	together = 50
	// pageMax is how many contacts are read at a time.
	pageMax = 100
	// reachMax is how long a mailbox may take to delete some messages.
	reachMax = 2 * time.Minute
)

// Store is what the erasing needs of the store.
type Store interface {
	Save(ctx context.Context, u store.Unit) error
	Customer(ctx context.Context, unit acd.UnitID, id [16]byte) (store.Customer, error)
	CustomerContacts(ctx context.Context, unit acd.UnitID, customer [16]byte, after string, limit int) ([]store.HistoryRow, string, error)
	ContactsFrom(ctx context.Context, unit acd.UnitID, address store.Address) ([]store.HistoryRow, error)
	MessageAttachments(ctx context.Context, unit acd.UnitID, contact acd.ContactID, first, last uint64) ([]store.Attachment, error)
	EraseContact(ctx context.Context, unit acd.UnitID, id acd.ContactID) error
	EraseOffline(ctx context.Context, unit acd.UnitID, addresses []store.Address) (int, error)
	ErasuresUnderWay(ctx context.Context) ([]store.Erasure, error)
	ErasureMails(ctx context.Context, unit acd.UnitID, erasure, account [16]byte, limit int) ([]store.ErasureMail, error)
	ErasureWaiting(ctx context.Context, unit acd.UnitID, erasure [16]byte) (map[[16]byte]int, error)
}

// Mails reaches what is in mailboxes.
type Mails interface {
	// Traces gives where the messages of a contact are, and how many mails it has.
	Traces(ctx context.Context, unit acd.UnitID, contact acd.ContactID) ([]store.ErasureMail, int, error)
	// Aside gives where a sender's messages are that were not routed, and what forgets them.
	Aside(ctx context.Context, unit acd.UnitID, sender string) ([]store.ErasureMail, []store.Row, error)
	// Discard deletes messages of an account and gives how many there were.
	Discard(ctx context.Context, account [16]byte, all []store.ErasureMail) (int, error)
}

// Options of the erasing.
type Options struct {
	Store Store
	Mails Mails
	// Lost tells of an error of Discard that what was to be deleted is out of reach for good.
	Lost func(error) bool
	Now  func() time.Time
	Log  *slog.Logger
}

// Erasures goes on with all erasures, one at a time. It is safe for concurrent use.
type Erasures struct {
	o    Options
	wake chan struct{}
}

// New makes it. Nothing is erased yet.
func New(o Options) *Erasures { return &Erasures{o: o, wake: make(chan struct{}, 1)} }

// Wake says that there is a new erasure. It does not block.
func (e *Erasures) Wake() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// Run goes on with what is under way, and with what is added, until ctx ends. Call it once,
// when the store and the mails serve.
func (e *Erasures) Run(ctx context.Context) {
	for {
		e.round(ctx)
		timer := time.NewTimer(look)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-e.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// round goes on with all that is under way.
func (e *Erasures) round(ctx context.Context) {
	all, err := e.o.Store.ErasuresUnderWay(ctx)
	if err != nil && ctx.Err() == nil {
		e.o.Log.Warn("erasures cannot be gone on with yet", "err", err)
	}
	for i := range all {
		if err := e.one(ctx, &all[i]); err != nil && ctx.Err() == nil {
			e.o.Log.Warn("an erasure is not done yet", "err", err)
		}
	}
}

// one goes on with one erasure as far as that is possible now.
func (e *Erasures) one(ctx context.Context, x *store.Erasure) error {
	if x.State == store.ErasureRunning {
		if err := e.inStore(ctx, x); err != nil || x.State == store.ErasureRunning {
			return err
		}
	}
	return e.inMailboxes(ctx, x)
}

// save notes how far it has come, with what was done.
func (e *Erasures) save(ctx context.Context, x *store.Erasure, with ...store.Row) error {
	x.ChangedAt = acd.At(e.o.Now())
	if err := e.o.Store.Save(ctx, store.Unit{Rows: append(with, *x)}); err != nil {
		return fmt.Errorf("saving how far an erasure has come: %w", err)
	}
	return nil
}

// inStore forgets all but what is in mailboxes. The customer goes last: as long as there
// is one it can be done again.
func (e *Erasures) inStore(ctx context.Context, x *store.Erasure) error {
	customer, err := e.o.Store.Customer(ctx, x.Unit, x.Customer)
	if errors.Is(err, store.ErrNone) { // somebody has removed the customer meanwhile
		x.State = store.ErasureMailboxes
		return e.save(ctx, x)
	}
	if err != nil {
		return fmt.Errorf("reading who is erased: %w", err)
	}
	open, err := e.contacts(ctx, x, customer)
	if err != nil {
		return err
	}
	n, err := e.o.Store.EraseOffline(ctx, x.Unit, customer.Addresses)
	x.Offline += n
	if err != nil {
		return fmt.Errorf("erasing what was left outside the hours: %w", err)
	}
	if err := e.aside(ctx, x, customer); err != nil {
		return err
	}
	x.Open = open
	if open > 0 {
		return e.save(ctx, x)
	}
	x.State, x.Last = store.ErasureMailboxes, acd.ContactID{}
	return e.save(ctx, x, store.RemoveCustomer{Old: customer})
}

// contacts erases the ended contacts of a customer, and those that came from there and are
// nobody's; it gives how many are still open.
func (e *Erasures) contacts(ctx context.Context, x *store.Erasure, customer store.Customer) (open int, err error) {
	each := func(rows []store.HistoryRow) error {
		for _, h := range rows {
			if h.EndedAt == 0 {
				open++
			} else if err := e.contact(ctx, x, h.Contact.ID); err != nil {
				return err
			}
		}
		return nil
	}
	for after := ""; ; {
		rows, next, err := e.o.Store.CustomerContacts(ctx, x.Unit, x.Customer, after, pageMax)
		if err == nil {
			err = each(rows)
		}
		if err != nil {
			return 0, fmt.Errorf("erasing the contacts of a customer: %w", err)
		}
		if after = next; next == "" {
			break
		}
	}
	for _, address := range customer.Addresses {
		for before := -1; x.Contacts > before; { // there may be others behind those that were found
			before = x.Contacts
			rows, err := e.o.Store.ContactsFrom(ctx, x.Unit, address)
			if err == nil {
				err = each(rows)
			}
			if err != nil {
				return 0, fmt.Errorf("erasing contacts that came from a customer: %w", err)
			}
		}
	}
	return open, nil
}

// contact erases one ended contact. Where its messages are in mailboxes is durable before
// the contact is gone, and it is counted once, whenever the process ends.
func (e *Erasures) contact(ctx context.Context, x *store.Erasure, id acd.ContactID) error {
	traces, mails, err := e.o.Mails.Traces(ctx, x.Unit, id)
	if err != nil {
		return err
	}
	files, err := e.o.Store.MessageAttachments(ctx, x.Unit, id, 1, math.MaxInt64)
	if err != nil {
		return fmt.Errorf("reading the files of a contact: %w", err)
	}
	if x.Last != id {
		x.Last = id
		x.Contacts, x.Mails, x.Files = x.Contacts+1, x.Mails+mails, x.Files+len(files)
	}
	if err := e.remember(ctx, x, traces); err != nil {
		return err
	}
	if err := e.o.Store.EraseContact(ctx, x.Unit, id); err != nil && !errors.Is(err, store.ErrNone) {
		return fmt.Errorf("erasing a contact: %w", err)
	}
	return nil
}

// remember saves which messages have still to be deleted from mailboxes.
func (e *Erasures) remember(ctx context.Context, x *store.Erasure, traces []store.ErasureMail, with ...store.Row) error {
	for chunk := range slices.Chunk(traces, together) {
		rows := make([]store.Row, len(chunk))
		for i, m := range chunk {
			m.Unit, m.Erasure = x.Unit, x.ID
			rows[i] = m
		}
		if err := e.o.Store.Save(ctx, store.Unit{Rows: rows}); err != nil {
			return fmt.Errorf("saving what is still in mailboxes: %w", err)
		}
	}
	return e.save(ctx, x, with...)
}

// aside forgets what a customer wrote that no contact came of, some at a time: what is
// forgotten is not found again.
func (e *Erasures) aside(ctx context.Context, x *store.Erasure, customer store.Customer) error {
	for _, a := range customer.Addresses {
		if a.Kind != store.AddressEmail {
			continue
		}
		for {
			traces, forget, err := e.o.Mails.Aside(ctx, x.Unit, a.Value)
			if err != nil {
				return err
			}
			if len(forget) == 0 {
				break
			}
			x.Aside += len(traces)
			if err := e.remember(ctx, x, traces, forget...); err != nil {
				return err
			}
		}
	}
	return nil
}

// inMailboxes deletes what is still in mailboxes, from those that can be reached.
func (e *Erasures) inMailboxes(ctx context.Context, x *store.Erasure) error {
	accounts, err := e.o.Store.ErasureWaiting(ctx, x.Unit, x.ID)
	if err != nil {
		return fmt.Errorf("reading what is still in mailboxes: %w", err)
	}
	var failed error
	for account := range accounts {
		failed = errors.Join(failed, e.inMailbox(ctx, x, account))
	}
	if failed != nil {
		return failed
	}
	x.State = store.ErasureDone
	return e.save(ctx, x)
}

func (e *Erasures) inMailbox(ctx context.Context, x *store.Erasure, account [16]byte) error {
	for {
		some, err := e.o.Store.ErasureMails(ctx, x.Unit, x.ID, account, together)
		if err != nil || len(some) == 0 {
			return err
		}
		reaching, cancel := context.WithTimeout(ctx, reachMax)
		gone, err := e.o.Mails.Discard(reaching, account, some)
		cancel()
		if err != nil && !e.o.Lost(err) {
			return err
		}
		if err != nil {
			x.Lost += len(some)
		}
		x.Messages += gone
		rows := make([]store.Row, len(some))
		for i, m := range some {
			rows[i] = store.ErasureMailDone{Unit: m.Unit, Erasure: m.Erasure, Account: m.Account, Item: m.Item}
		}
		if err := e.save(ctx, x, rows...); err != nil {
			return err
		}
	}
}
