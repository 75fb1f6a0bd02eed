package email

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"portico/acd"
	"portico/dialogue"
	"portico/hub"
	"portico/letter"
	"portico/store"
)

const (
	kindMail = dialogue.KindMail
	// referencesMax is how many of the references of a mail are looked for, the newest first.
	referencesMax = 10
)

// thread is what a mail belongs to. The zero value: it begins one.
type thread struct {
	first acd.ContactID // of the thread
	agent acd.AgentID   // who handled it last
	of    store.Mail    // the mail that is answered
}

// threadOf finds the thread of a mail: by our own signed mark, then by the tracking id in
// its subject, then by what it answers.
func (c *Channel) threadOf(ctx context.Context, unit acd.UnitID, m *letter.Mail) (thread, error) {
	of, err := c.answers(ctx, unit, m)
	if err != nil || of.Contact.IsZero() {
		return thread{}, err
	}
	t := thread{of: of, first: of.Contact}
	contact, err := c.o.Store.Contact(ctx, unit, of.Contact)
	if errors.Is(err, store.ErrNone) {
		return thread{}, nil
	}
	if err != nil {
		return thread{}, fmt.Errorf("reading the thread of a mail: %w", err)
	}
	if !contact.Thread.IsZero() {
		t.first = contact.Thread
	}
	rows, err := c.o.Store.Thread(ctx, unit, t.first)
	if err != nil {
		return thread{}, fmt.Errorf("reading the thread of a mail: %w", err)
	}
	for _, r := range rows {
		if !r.Agent.IsZero() && r.AcceptedAt != 0 {
			t.agent = r.Agent
			break
		}
	}
	return t, nil
}

// answers finds the mail that a mail answers; one of the zero contact: none. Our own ids
// and marks are believed before what others number.
func (c *Channel) answers(ctx context.Context, unit acd.UnitID, m *letter.Mail) (store.Mail, error) {
	if id, ok := letter.OpenMark(c.o.Key[:], markOf(m)); ok {
		all, err := c.o.Store.Mails(ctx, unit, id, 0)
		if err != nil {
			return store.Mail{}, fmt.Errorf("looking for the thread of a mail: %w", err)
		}
		if of := markedOf(all, m); of != nil {
			return *of, nil
		}
	}
	var exact store.Mail
	keys := m.ThreadKeys()
	for _, id := range keys[:min(len(keys), referencesMax)] {
		found, err := c.o.Store.MailByMessageID(ctx, unit, id)
		if errors.Is(err, store.ErrNone) {
			continue
		}
		if err != nil || found.Direction == store.MailOutgoing {
			return found, err // nobody else knows an id of ours
		}
		if exact.Contact.IsZero() {
			exact = found
		}
	}
	found, err := c.o.Store.MailByTracking(ctx, unit, letter.Tracking(m.Subject))
	if errors.Is(err, store.ErrNone) {
		return exact, nil
	}
	return found, err
}

// answered deals with what is no new contact: a report that a mail of ours did not arrive,
// and the answer of an expert who was asked. done: that was it.
func (c *Channel) answered(ctx context.Context, in incoming) (entry store.MailLedger, done bool, err error) {
	of, err := c.answers(ctx, in.unit, in.mail)
	if err != nil {
		return entry, false, err
	}
	if in.mail.Bounce != nil {
		if of.Direction != store.MailOutgoing {
			return entry, false, nil // not of ours: somebody looks at it
		}
		entry, err = c.bounced(ctx, in, of)
		return entry, err == nil, err
	}
	if !of.Expert {
		return entry, false, nil
	}
	if _, open := c.open(in.unit, of.Contact); !open {
		return entry, false, nil
	}
	l, free := c.use(in.unit, of.Contact)
	defer free()
	row := store.Message{ClientID: in.clientOf(), Author: store.AuthorSystem, Kind: kindMail, Text: c.o.Masker(in.unit).Text(in.mail.Text)}
	m, _, err := l.append(ctx, row, func(seq uint64) []store.Row {
		entry = in.entry(store.LedgerRouted, c.o.Now())
		entry.Contact, entry.Seq = of.Contact, seq
		mail := c.mailOf(&in, of.Contact, seq)
		mail.Expert = true
		return []store.Row{mail, entry}
	})
	if err != nil {
		return entry, false, err
	}
	if entry.Seq == 0 { // it is there already
		entry = in.entry(store.LedgerRouted, c.o.Now())
		entry.Contact, entry.Seq = of.Contact, m.Seq
	}
	return entry, true, nil
}

// bounced brings the report of a mail that did not arrive back to who sent it.
func (c *Channel) bounced(ctx context.Context, in incoming, sent store.Mail) (store.MailLedger, error) {
	entry := in.entry(store.LedgerRouted, c.o.Now())
	mail := func(contact acd.ContactID, seq uint64) []store.Row {
		entry.Contact, entry.Seq = contact, seq
		return []store.Row{c.mailOf(&in, contact, seq), entry}
	}
	contact, err := c.bringBack(ctx, back{unit: in.unit, of: sent, clientID: in.clientOf(), kind: dialogue.KindBounce,
		text: wordsOf(in.mail), rows: mail})
	entry.Contact = contact
	return entry, err
}

// back is something that comes back to the agent of a mail.
type back struct {
	unit     acd.UnitID
	of       store.Mail // that was sent
	clientID string
	kind     string
	text     string
	rows     func(contact acd.ContactID, seq uint64) []store.Row // saved with it
}

// bringBack adds a message to the contact of a mail that was sent. If that is over, a new
// contact of its thread is made, for the agent who sent the mail.
func (c *Channel) bringBack(ctx context.Context, b back) (acd.ContactID, error) {
	contact := b.of.Contact
	text := c.o.Masker(b.unit).Text(b.text)
	if p, open := c.open(b.unit, contact); open && p.State != acd.Ended {
		l, free := c.use(b.unit, contact)
		defer free()
		_, _, err := l.append(ctx, store.Message{ClientID: b.clientID, Author: store.AuthorSystem, Kind: b.kind, Text: text},
			func(seq uint64) []store.Row { return b.rows(contact, seq) })
		return contact, err
	}
	old, err := c.o.Store.History(ctx, b.unit, contact)
	if err != nil && !errors.Is(err, store.ErrNone) {
		return contact, fmt.Errorf("reading whose mail it was: %w", err)
	}
	first := contact
	if !old.Contact.Thread.IsZero() {
		first = old.Contact.Thread
	}
	hold := c.o.Setup().Of(b.unit).HoldS
	a := &hub.Arrival{Contact: acd.ContactID(c.o.NewID()), Unit: b.unit, ClientID: b.clientID, Medium: Medium, Queue: old.Queue, Domain: acd.Email,
		Priority: priorityDefault, Language: old.Contact.Language, Thread: first, Name: old.Contact.Name, Caption: shorten(b.of.Subject, captionMax),
		Source: old.Contact.Source, Destination: old.Contact.Destination, Customer: old.Contact.Customer}
	if !old.Agent.IsZero() {
		a.Preferred, a.Hold = old.Agent, seconds(max(hold, 60))
	}
	rows := append([]store.Row{store.Message{Unit: b.unit, Contact: a.Contact, Seq: 1, ClientID: b.clientID, At: acd.At(c.o.Now()),
		Author: store.AuthorSystem, Kind: b.kind, Text: text}}, b.rows(a.Contact, 1)...)
	answer, err := c.o.Hub.Ask(ctx, hub.Command{Lane: hub.Arrivals, Unit: b.unit, Arrival: a, Riders: rows})
	if err != nil {
		return contact, fmt.Errorf("bringing a mail back: %w", err)
	}
	return answer.Contact, nil
}

// markOf gives our own mark in a mail, or in what it reports of.
func markOf(m *letter.Mail) string {
	if m.Contact == "" && m.Bounce != nil {
		return m.Bounce.Contact
	}
	return m.Contact
}

// markedOf gives the mail of a contact that a marked one answers: the one that it names,
// else the last that left.
func markedOf(all []store.Mail, m *letter.Mail) *store.Mail {
	for _, id := range m.ThreadKeys() {
		for i := range all {
			if all[i].MessageID == id {
				return &all[i]
			}
		}
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Direction == store.MailOutgoing || i == 0 {
			return &all[i]
		}
	}
	return nil
}

// wordsOf says what a report of delivery tells.
func wordsOf(m *letter.Mail) string {
	var words []string
	for _, f := range m.Bounce.Failures {
		line := f.Recipient + ": " + f.Action
		if f.Status != "" {
			line += " " + f.Status
		}
		if f.Words != "" {
			line += ": " + f.Words
		}
		words = append(words, line)
	}
	if len(words) == 0 {
		return m.Text
	}
	return strings.Join(words, "\n")
}
