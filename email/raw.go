package email

import (
	"context"
	"errors"
	"io"
	"net/http"

	"portico/dialogue"
	"portico/letter"
	"portico/store"
)

// ServeRaw answers a request with a whole mail as it travels (RFC 5322), for a file: one
// that came as the mailbox has it, one that leaves as it is, or will be, sent. q names no
// part. An error means that nothing was answered yet.
func (c *Channel) ServeRaw(w http.ResponseWriter, r *http.Request, q dialogue.MailPartRequest) error {
	ctx := r.Context()
	m, err := c.asked(ctx, q)
	if err != nil {
		return err
	}
	g := given{contact: q.Contact, name: firstOf(shorten(m.Subject, 100), "message") + ".eml", kind: "message/rfc822"}
	if m.Direction == store.MailOutgoing {
		draft, err := c.whole(ctx, q.Who, m)
		if err != nil {
			return err
		}
		c.give(w, g, func(w io.Writer) error {
			_, err := draft.WriteTo(w)
			return err
		})
		return nil
	}
	message := store.MailPart{Name: g.name, Encoding: "8bit"}
	body, err := c.harmless(ctx, q.Who, m, message)
	if err != nil {
		return err
	}
	defer body.Close()
	c.give(w, g, func(w io.Writer) error {
		_, err := io.Copy(w, body)
		return err
	})
	return nil
}

// whole makes the message of a mail that leaves anew. What goes along from a mailbox is
// looked through, and must still be there.
func (c *Channel) whole(ctx context.Context, who string, m store.Mail) (*letter.Draft, error) {
	for _, p := range m.Parts {
		if p.Attachment != ([16]byte{}) {
			continue // it was looked through when it was brought
		}
		from, err := c.o.Store.Mail(ctx, m.Unit, m.Contact, p.Of)
		if err != nil {
			return nil, errPartGone
		}
		body, err := c.harmless(ctx, who, from, p)
		if err != nil {
			return nil, err
		}
		body.Close()
	}
	draft, err := c.compose(ctx, m)
	if errors.Is(err, errUnsendable) {
		return nil, errPartGone
	}
	return draft, err
}
