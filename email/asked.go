package email

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"portico/acd"
	"portico/letter"
	"portico/mailbox"
	"portico/store"
	"portico/talk"
)

// asked is a question from outside the hours that goes on as an e-mail of its customer's:
// it is put into one of the unit's own mailboxes, from where it is routed as any other.
type asked struct {
	Request [16]byte `json:"request"`
	Name    string   `json:"name,omitempty"`
	Email   string   `json:"email"`
}

// subjectMax is how much of a question stands in the subject, in characters.
const subjectMax = 120

// askedNotice gives the first of the addresses that is the unit's own, and what is to be put
// into its mailbox; false when nobody could answer the customer there.
func (c *Channel) askedNotice(r store.OfflineRequest) (talk.Line, Notice, bool) {
	if r.Kind == store.OfflineCallback || r.Question == "" || !talk.IsMailAddress(r.Email) {
		return "", Notice{}, false
	}
	// An answer to one of our own addresses would come in as a question again.
	if _, ours := c.ownBox(r.Unit, r.Email); ours {
		return "", Notice{}, false
	}
	for _, address := range c.o.Setup().Of(r.Unit).OfflineTo {
		if _, ours := c.ownBox(r.Unit, string(address)); !ours {
			continue
		}
		var b strings.Builder
		b.WriteString(r.Question + "\n")
		c.askedFields(&b, r)
		first, _, _ := strings.Cut(strings.TrimSpace(r.Question), "\n")
		return address, Notice{To: []string{string(address)}, Subject: shorten(strings.Join(strings.Fields(first), " "), subjectMax), Text: b.String(),
			Asked: &asked{Request: r.ID, Name: r.Name, Email: r.Email}}, true
	}
	return "", Notice{}, false
}

// askedFields writes what is known beside the question, a line each.
func (c *Channel) askedFields(b *strings.Builder, r store.OfflineRequest) {
	if r.Phone != "" {
		b.WriteString("\n" + c.word(r.Unit, "phone") + ": " + r.Phone)
	}
	for _, values := range []map[string]string{r.Fields, r.Data} {
		for _, key := range slices.Sorted(maps.Keys(values)) {
			if values[key] != "" {
				b.WriteString("\n" + key + ": " + values[key])
			}
		}
	}
}

// ownBox finds the mailbox in which mails to an address come in for a unit.
func (c *Channel) ownBox(unit acd.UnitID, address string) (talk.MailBox, bool) {
	for _, a := range c.o.Setup().Accounts {
		if a.Disabled || a.Unit != unit && a.Unit != c.o.Global {
			continue
		}
		if _, ok := owns(&a, unit, c.o.Global, address); ok || a.Unit == unit && talk.FoldAddress(address) == talk.FoldAddress(a.Address) {
			return a, true
		}
	}
	return talk.MailBox{}, false
}

// fileAsked puts a question into its mailbox, and says so in the request. Done again, it
// finds the message: in the inbox, or, since that is emptied only after what came of it is
// durable, in the store.
func (c *Channel) fileAsked(ctx context.Context, entry store.Outbox, n *Notice) error {
	to := n.To[0]
	a, ok := c.ownBox(entry.Unit, to)
	if !ok {
		return errNoticeNone
	}
	_, domain, _ := strings.Cut(to, "@")
	d := &letter.Draft{From: letter.Address{Name: n.Asked.Name, Address: n.Asked.Email}, To: []letter.Address{{Address: to}}, Subject: n.Subject, Text: n.Text,
		Date: entry.At.Std(), MessageID: letter.MessageID("asked"+hex.EncodeToString(n.Asked.Request[:]), domain)}
	if err := d.Check(); err != nil {
		return fmt.Errorf("%w: %w", errUnsendable, err)
	}
	ctx, cancel := context.WithTimeout(ctx, sendMax)
	defer cancel()
	_, found, err := c.boxes.Find(ctx, intakeWho, a.ID, mailbox.Inbox, d.MessageID)
	if err == nil && !found {
		_, err = c.o.Store.MailByMessageID(ctx, entry.Unit, d.MessageID)
		if errors.Is(err, store.ErrNone) {
			_, err = c.boxes.Append(ctx, intakeWho, a.ID, mailbox.Inbox, -1, func(w io.Writer) error {
				_, err := d.WriteTo(w)
				return err
			})
		}
	}
	if err != nil {
		return fmt.Errorf("putting a question into a mailbox: %w", err)
	}
	note := strings.ReplaceAll(c.word(entry.Unit, "offline_filed"), "{address}", to)
	err = c.save(ctx, store.OfflineDone{Unit: entry.Unit, ID: n.Asked.Request, At: acd.At(c.o.Now()), Note: note})
	if errors.Is(err, store.ErrNone) {
		return nil // erased meanwhile
	}
	return err
}
