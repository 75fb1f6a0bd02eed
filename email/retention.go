package email

import (
	"context"
	"errors"
	"fmt"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/mailbox"
	"portico/store"
	"portico/talk"
)

// keeps is a folder whose messages are kept for a while, and for how many days a unit does.
type keeps struct {
	place mailbox.Place
	days  func(talk.MailSettings) int
}

// kept are the folders that are cleared. What waits to be routed, and what is open, is in others.
var kept = [...]keeps{
	{mailbox.Done, func(s talk.MailSettings) int { return s.RetentionDoneD }},
	{mailbox.Exceptions, func(s talk.MailSettings) int { return s.RetentionExceptionsD }},
	{mailbox.Sent, func(s talk.MailSettings) int { return s.RetentionSentD }},
}

// Expire deletes from the mailboxes what has been kept long enough, and notes with its
// contacts that it is gone. It takes long and may be ended at any point; the next one
// goes on. A mailbox that is away does not hold up the others.
func (c *Channel) Expire(ctx context.Context) error {
	setup := c.o.Setup()
	var failed error
	for i := range setup.Accounts {
		a := &setup.Accounts[i]
		if a.Disabled {
			continue
		}
		for _, k := range kept {
			if err := c.expire(ctx, setup, a, k); err != nil {
				failed = errors.Join(failed, fmt.Errorf("clearing the mailbox %s: %w", a.Name, err))
				break
			}
		}
	}
	return failed
}

// expire clears one folder of an account.
func (c *Channel) expire(ctx context.Context, setup *talk.MailSetup, a *talk.MailBox, k keeps) error {
	least := c.leastDays(setup, a, k)
	if least == 0 {
		return nil
	}
	now := c.o.Now()
	e := mailbox.Expiry{Account: a.ID, Place: k.place, Before: now.Add(-days(least)),
		Keep: func(r mailbox.Ref) bool { return c.isKept(ctx, setup, a, k, r) }}
	for {
		gone, next, err := c.boxes.Expire(ctx, e)
		if saveErr := c.gone(ctx, gone); err == nil {
			err = saveErr
		}
		if err != nil || next == 0 {
			return err
		}
		e.From = next
	}
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// leastDays is the shortest time for which a unit of an account keeps its messages; 0:
// all do for ever.
func (c *Channel) leastDays(setup *talk.MailSetup, a *talk.MailBox, k keeps) int {
	least := k.days(setup.Of(a.Unit))
	if a.Unit != c.o.Global {
		return least
	}
	for _, alias := range a.Aliases {
		if n := k.days(setup.Of(alias.Unit)); n > 0 && (least == 0 || n < least) {
			least = n
		}
	}
	return least
}

// isKept spares a message that is still needed: of an open contact, or of a unit that
// keeps it for longer than others. What cannot be found out now is spared too.
func (c *Channel) isKept(ctx context.Context, setup *talk.MailSetup, a *talk.MailBox, k keeps, r mailbox.Ref) bool {
	mails, err := c.o.Store.MailsAt(ctx, a.ID, placeOf(r))
	if err != nil {
		return true
	}
	if len(mails) == 0 {
		return k.days(setup.Of(a.Unit)) == 0 // no contact has it: the account's own unit counts
	}
	for _, m := range mails {
		if _, open := c.open(m.Unit, m.Contact); open {
			return true
		}
		n := k.days(setup.Of(m.Unit))
		rows, err := c.o.Store.Messages(ctx, m.Unit, m.Contact, m.Seq-1, 1)
		if n == 0 || err != nil || len(rows) > 0 && rows[0].At > acd.At(c.o.Now().Add(-days(n))) {
			return true
		}
	}
	return false
}

// gone notes that messages are in their mailbox no more.
func (c *Channel) gone(ctx context.Context, refs []mailbox.Ref) error {
	moves := make([]mailbox.Move, len(refs))
	for i, r := range refs {
		moves[i] = mailbox.Move{From: r}
	}
	return sink{c}.Moved(ctx, moves)
}

// missing notes that a mail's message was not found in its mailbox: a person deleted it there.
func (c *Channel) missing(ctx context.Context, m store.Mail) {
	if m.Place.UID == 0 {
		return // its place is that of others too
	}
	err := c.gone(ctx, []mailbox.Ref{{Account: m.Account, Folder: m.Place.Folder, UIDValidity: m.Place.UIDValidity, UID: m.Place.UID}})
	if err != nil {
		c.log.Info("that a message is gone is not noted yet", "contact", m.Contact, "err", err)
	}
}

var errErase = fault.New(fault.Unavailable, "mail_away", "The mail server does not answer: the messages cannot be deleted there. Nothing of the contact was erased; please try again later.")

// EraseMails deletes the messages of a contact from their mailboxes: those that came, and
// the copies of those that left. An account that is there no more keeps what it has.
func (c *Channel) EraseMails(ctx context.Context, unit acd.UnitID, contact acd.ContactID) error {
	places := map[mailbox.ID][]mailbox.Location{}
	for after := uint64(0); ; {
		mails, err := c.o.Store.Mails(ctx, unit, contact, after)
		if err != nil {
			return fmt.Errorf("reading the mails of a contact: %w", err)
		}
		for _, m := range mails {
			after = m.Seq
			if a, ok := c.o.Setup().Account(m.Account); ok && !a.Disabled && (m.Direction == store.MailOutgoing || !m.Place.IsGone()) {
				places[m.Account] = append(places[m.Account], locate(m))
			}
		}
		if len(mails) == 0 {
			break
		}
	}
	for _, at := range places {
		if _, err := c.boxes.Remove(ctx, intakeWho, at); err != nil {
			c.log.Warn("messages are not erased from their mailbox", "contact", contact, "err", err)
			return errErase
		}
	}
	return nil
}
