package email

import (
	"context"
	"errors"
	"fmt"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/store"
)

var errDecided = fault.New(fault.Conflict, "mail_decided", "Somebody has decided about this mail already.")

// DecideMail lets a mail that waits for approval go, or gives it back to its agent with a
// note. The audit's entry is saved with it.
func (c *Channel) DecideMail(ctx context.Context, d dialogue.MailDecision, audit store.Audit) error {
	out, err := c.o.Store.MailOut(ctx, d.Unit, d.ID)
	if err != nil {
		return err
	}
	if out.State != store.OutHeld {
		return errDecided
	}
	next := store.OutQueued
	if !d.Approve {
		next = store.OutRefused
		mail, err := c.o.Store.Mail(ctx, d.Unit, out.Contact, out.Seq)
		if err != nil {
			return fmt.Errorf("reading a mail that is not approved: %w", err)
		}
		// It comes back before it is out of the list: a second decision finds the same message.
		_, err = c.bringBack(ctx, back{unit: d.Unit, of: mail, clientID: clientID("back:"+mailKey(&out), out.Seq), kind: dialogue.KindReturned,
			text: d.Note, rows: func(acd.ContactID, uint64) []store.Row { return nil }})
		if err != nil {
			return err
		}
	}
	err = c.save(ctx, store.MailOutState{Unit: d.Unit, ID: d.ID, From: store.OutHeld, State: next}, audit)
	if errors.Is(err, store.ErrChanged) {
		return errDecided
	}
	if err == nil && d.Approve {
		c.sendSoon(out.Account)
	}
	return err
}
