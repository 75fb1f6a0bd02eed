package email

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/letter"
	"portico/store"
	"portico/talk"
	"portico/workflow"
)

const (
	// effectsMax is how many contacts' effects may wait to be done.
	effectsMax = 8192
	// autoOnce is in what time one sender of a thread is answered by the program once.
	autoOnce = 7 * 24 * time.Hour
	// effectTries is how often an effect that could not be saved is tried again.
	effectTries = 100
	effectPause = 3 * time.Second
)

// flowed has what a workflow asks of this channel done. It does not block.
func (c *Channel) flowed(p *workflow.Passed) {
	if p.Forward == nil && !slices.ContainsFunc(p.Say, isSent) {
		return
	}
	select {
	case c.effects <- *p:
	default:
		c.log.Warn("what a workflow says is not sent: too much waits", "contact", p.Contact)
	}
}

// affect does the effects of workflows until the channel stops.
func (c *Channel) affect() {
	for {
		select {
		case <-c.context.Done():
			return
		case p := <-c.effects:
			for _, s := range p.Say {
				if isSent(s) {
					c.persist(p.Contact, func(ctx context.Context) error { return c.say(ctx, &p, s) })
				}
			}
			if p.Forward != nil {
				c.persist(p.Contact, func(ctx context.Context) error { return c.forward(ctx, &p) })
			}
		}
	}
}

// isSent reports whether a text of a workflow leaves as a mail.
func isSent(s workflow.Say) bool {
	return s.Kind == workflow.SayAutoReply || s.Kind == workflow.SayAcknowledge
}

// persist does one effect, as often as it takes.
func (c *Channel) persist(contact acd.ContactID, do func(context.Context) error) {
	for range effectTries {
		ctx, cancel := context.WithTimeout(c.context, saveWait)
		err := do(ctx)
		cancel()
		if err == nil || c.context.Err() != nil {
			return
		}
		c.log.Warn("what a workflow says is not sent yet", "contact", contact, "err", err)
		select {
		case <-c.context.Done():
			return
		case <-time.After(effectPause):
		}
	}
}

// began gives the mail with which a contact began, and its thread; ok is false for
// another medium's contact, and for one that an agent began.
func (c *Channel) began(ctx context.Context, p *workflow.Passed) (first store.Mail, thread acd.ContactID, ok bool, err error) {
	first, err = c.o.Store.Mail(ctx, p.Unit, p.Contact, 1)
	if errors.Is(err, store.ErrNone) || err == nil && first.Direction != store.MailIn {
		return first, thread, false, nil
	}
	if err != nil {
		return first, thread, false, fmt.Errorf("reading the mail of a contact: %w", err)
	}
	contact, err := c.o.Store.Contact(ctx, p.Unit, p.Contact)
	if err != nil {
		return first, thread, false, fmt.Errorf("reading a contact: %w", err)
	}
	if thread = contact.Thread; thread.IsZero() {
		thread = p.Contact
	}
	return first, thread, true, nil
}

// say sends what a workflow says as an answer of the program to the mail that came: to one
// sender of a thread once in a week. An error is worth another try.
func (c *Channel) say(ctx context.Context, p *workflow.Passed, s workflow.Say) error {
	first, thread, ok, err := c.began(ctx, p)
	if err != nil || !ok || slices.ContainsFunc(first.Marks, func(m store.MailMark) bool { return m.Kind == markNoAuto }) {
		return err
	}
	to := first.From
	if len(first.ReplyTo) > 0 {
		to = first.ReplyTo[0]
	}
	w := writing{auto: true, system: true, MailOrder: dialogue.MailOrder{Unit: p.Unit, Contact: p.Contact, ClientID: flowID(s.Visit, number(s.N)),
		MailText: dialogue.MailText{Mode: dialogue.MailReply, InReplyTo: 1,
			MailWords: dialogue.MailWords{To: []store.MailAddress{to}, Subject: s.Subject, Text: s.Text}}}}
	if w.Subject == "" {
		w.Subject = letter.ReplySubject(first.Subject)
	}
	now := acd.At(c.o.Now())
	once := store.MailAuto{Unit: p.Unit, Key: store.KeyOf(string(s.Kind) + thread.String() + talk.FoldAddress(to.Address)), At: now, Since: now.Add(-autoOnce)}
	return c.byItself(ctx, &w, thread, once)
}

// forward sends the mail of a contact on to somebody outside.
func (c *Channel) forward(ctx context.Context, p *workflow.Passed) error {
	first, thread, ok, err := c.began(ctx, p)
	if err != nil || !ok {
		return err
	}
	text, err := c.textOf(ctx, first)
	if err != nil {
		return err
	}
	head := first.From.Name + " <" + first.From.Address + ">"
	if p.Forward.Note != "" {
		text = p.Forward.Note + "\n\n" + head + ":\n\n" + text
	} else {
		text = head + ":\n\n" + text
	}
	w := writing{auto: true, system: true, MailOrder: dialogue.MailOrder{Unit: p.Unit, Contact: p.Contact, ClientID: flowID(p.Forward.Visit, "forward"),
		MailText: dialogue.MailText{Mode: dialogue.MailForward, InReplyTo: 1, MailWords: dialogue.MailWords{To: []store.MailAddress{{Address: p.Forward.To}},
			Subject: letter.ForwardSubject(first.Subject), Text: text}}}}
	for _, part := range first.Parts {
		w.Forwarded = append(w.Forwarded, dialogue.MailPath(part.Part))
	}
	return c.byItself(ctx, &w, thread)
}

// byItself saves a mail of the program. What can never be sent is left out, and said.
func (c *Channel) byItself(ctx context.Context, w *writing, thread acd.ContactID, guards ...store.Row) error {
	if err := c.prepare(ctx, w, thread); fault.Of(err) != nil {
		c.log.Warn("what a workflow says cannot be sent", "contact", w.Contact, "err", err)
		return nil
	} else if err != nil {
		return err
	}
	l, done := c.use(w.Unit, w.Contact)
	defer done()
	_, _, err := l.append(ctx, w.message(), func(seq uint64) []store.Row { return append(w.rows(c, w.Contact, seq), guards...) })
	if errors.Is(err, store.ErrTaken) {
		return nil // this sender was answered in this thread already
	}
	if err == nil {
		c.sendSoon(w.account.ID)
	}
	return err
}

// flowID is the client id of what a workflow does in a visit.
func flowID(visit uint32, what string) string { return "flow:" + number(visit) + ":" + what }

func number(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
