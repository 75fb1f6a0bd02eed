package email

import (
	"context"
	"errors"
	"fmt"
	"io"

	"portico/letter"
	"portico/store"
)

// errUnsendable: a mail can never be sent as it is.
var errUnsendable = errors.New("it cannot be sent")

// compose makes the message of a mail that leaves; done again, it is the same.
func (c *Channel) compose(ctx context.Context, m store.Mail) (*letter.Draft, error) {
	text, err := c.textOf(ctx, m)
	if err != nil {
		return nil, err
	}
	d := &letter.Draft{From: letter.Address(m.From), To: people(m.To), Cc: people(m.Cc), Bcc: people(m.Bcc), Subject: m.Subject, Text: text,
		HTML: m.HTML, MessageID: m.MessageID, InReplyTo: m.InReplyTo, References: m.References, Date: m.Date.Std(),
		Contact: letter.Mark(c.o.Key[:], m.Contact), Auto: m.Auto, Loop: c.loop}
	for _, p := range m.Parts {
		a := letter.Attachment{Name: p.Name, MediaType: p.MediaType, ContentID: p.ContentID, Size: p.Size}
		a.Open = func() (io.ReadCloser, error) { return c.openFor(ctx, m, p) }
		d.Attachments = append(d.Attachments, a)
	}
	if err := d.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", errUnsendable, err)
	}
	return d, nil
}

// textOf reads the plain text of a mail.
func (c *Channel) textOf(ctx context.Context, m store.Mail) (string, error) {
	rows, err := c.o.Store.Messages(ctx, m.Unit, m.Contact, m.Seq-1, 1)
	if err != nil {
		return "", fmt.Errorf("reading the text of a mail: %w", err)
	}
	if len(rows) == 0 || rows[0].Seq != m.Seq {
		return "", fmt.Errorf("%w: its text is gone", errUnsendable)
	}
	return rows[0].Text, nil
}

func people(list []store.MailAddress) []letter.Address {
	out := make([]letter.Address, len(list))
	for i, a := range list {
		out[i] = letter.Address(a)
	}
	return out
}

// openFor opens what goes along with a mail: a file of ours, or a part of the mail that
// is forwarded.
func (c *Channel) openFor(ctx context.Context, m store.Mail, p store.MailPart) (io.ReadCloser, error) {
	if p.Attachment != ([16]byte{}) {
		file, err := c.o.Store.OpenAttachment(ctx, m.Unit, p.Attachment)
		if errors.Is(err, store.ErrNone) {
			return nil, fmt.Errorf("%w: the file %s is gone", errUnsendable, p.Name)
		}
		if err != nil {
			return nil, fmt.Errorf("opening a file: %w", err)
		}
		return io.NopCloser(file), nil
	}
	from, err := c.o.Store.Mail(ctx, m.Unit, m.Contact, p.Of)
	if err != nil {
		return nil, fmt.Errorf("reading the mail that is forwarded: %w", err)
	}
	return c.openPart(ctx, intakeWho, from, p)
}

// openPart opens a part of a mail that came, decoded.
func (c *Channel) openPart(ctx context.Context, who string, m store.Mail, p store.MailPart) (io.ReadCloser, error) {
	body, err := c.boxes.Open(ctx, who, locate(m), p.Part)
	if err != nil {
		return nil, fmt.Errorf("fetching a part of a mail: %w", err)
	}
	return struct {
		io.Reader
		io.Closer
	}{letter.Decode(body, p.Encoding), body}, nil
}

// envelopeFrom is where reports of a mail go: nowhere for what a program writes.
func envelopeFrom(m store.Mail) string {
	if m.Auto {
		return ""
	}
	return m.From.Address
}

// mailKey names a mail on its way out.
func mailKey(o *store.MailOut) string { return fmt.Sprintf("%x", o.ID) }
