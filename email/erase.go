package email

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"portico/acd"
	"portico/mailbox"
	"portico/store"
	"portico/talk"
)

// ErrNoMailbox says that an account is set up no more: what is in its mailbox is out of reach.
var ErrNoMailbox = errors.New("the mailbox is set up no more")

var errMailboxOff = errors.New("the mailbox is switched off")

// Traces gives where the messages of a contact are in mailboxes: those that came, and the
// copies of those that left; and how many mails it has. Unit and Erasure are the caller's to fill.
func (c *Channel) Traces(ctx context.Context, unit acd.UnitID, contact acd.ContactID) (out []store.ErasureMail, mails int, err error) {
	for after := uint64(0); ; {
		page, err := c.o.Store.Mails(ctx, unit, contact, after)
		if err != nil {
			return nil, 0, fmt.Errorf("reading the mails of a contact: %w", err)
		}
		for _, m := range page {
			after = m.Seq
			mails++
			if m.Account != ([16]byte{}) && (m.Direction == store.MailOutgoing || !m.Place.IsGone()) {
				out = append(out, store.ErasureMail{Account: m.Account, Item: store.KeyOf(contact.String() + ":" + strconv.FormatUint(m.Seq, 10)),
					Place: m.Place, MessageID: m.MessageID})
			}
		}
		if len(page) == 0 {
			return out, mails, nil
		}
	}
}

// Aside gives where the messages of a sender are that were not routed, and what takes out
// of the ledger what people see of them.
func (c *Channel) Aside(ctx context.Context, unit acd.UnitID, sender string) (out []store.ErasureMail, forget []store.Row, err error) {
	entries, err := c.o.Store.LedgerOf(ctx, unit, store.KeyOf(talk.FoldAddress(sender)))
	if err != nil {
		return nil, nil, fmt.Errorf("reading what was not routed: %w", err)
	}
	for _, e := range entries {
		if e.State != store.LedgerHanded { // that one is in a contact
			a, _ := c.o.Setup().Account(e.Account)
			out = append(out, store.ErasureMail{Account: e.Account, Item: store.KeyOf(fmt.Sprintf("%x:%d:%d", e.Account, e.UIDValidity, e.UID)),
				Place: store.MailPlace{Folder: inboxOf(a), UIDValidity: e.UIDValidity, UID: e.UID}, MessageID: aboutOf(e.Note).MessageID})
		}
		forget = append(forget, store.LedgerForgotten{Account: e.Account, UIDValidity: e.UIDValidity, UID: e.UID, Unit: unit})
	}
	return out, forget, nil
}

// Discard deletes messages of one account from its mailbox, and gives how many of them were there.
// ErrNoMailbox: they are out of reach for good.
func (c *Channel) Discard(ctx context.Context, account [16]byte, all []store.ErasureMail) (int, error) {
	a, ok := c.o.Setup().Account(account)
	if !ok {
		return 0, ErrNoMailbox
	}
	if a.Disabled {
		return 0, errMailboxOff
	}
	at := make([]mailbox.Location, len(all))
	for i, m := range all {
		at[i] = mailbox.Location{MessageID: m.MessageID, Ref: mailbox.Ref{Account: account, Folder: m.Place.Folder, UIDValidity: m.Place.UIDValidity, UID: m.Place.UID}}
	}
	gone, err := c.boxes.Remove(ctx, intakeWho, at)
	if err != nil {
		return len(gone), fmt.Errorf("deleting messages from the mailbox %s: %w", a.Name, err)
	}
	return len(gone), nil
}
