package email

import (
	"context"
	"encoding/json"
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
	// effectsPage is how many effects are under way at once.
	effectsPage = 100
	// autoOnce is in what time one sender of a thread is answered by the program once.
	autoOnce = 7 * 24 * time.Hour
	// effectPause is how long a store that is away is left alone, or an effect that could
	// not be done.
	effectPause = 3 * time.Second
)

// flowed wakes who does what workflows ask of this channel. It does not block.
func (c *Channel) flowed(p *workflow.Passed) {
	if _, ok := p.Mail(); ok {
		wake(c.effects)
	}
}

// wake leaves a token where somebody waits for one.
func wake(waiting chan struct{}) {
	select {
	case waiting <- struct{}{}:
	default:
	}
}

// affect does the effects of workflows until the channel stops. They are entries of the
// outbox, which came with the workflow's turn in one commit: what a process left undone
// the next one finds.
func (c *Channel) affect() {
	for {
		wait := idleLook
		if err := c.effectsOnce(c.context); err != nil && c.context.Err() == nil {
			c.log.Warn("what workflows say is not all sent yet", "err", err)
			wait = effectPause
		}
		timer := time.NewTimer(wait)
		select {
		case <-c.context.Done():
			timer.Stop()
			return
		case <-c.effects:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// effectsOnce goes through the effects that wait. One that cannot be done now holds up no other.
func (c *Channel) effectsOnce(ctx context.Context) error {
	var failed error
	for after := [16]byte{}; ; {
		page, err := c.o.Store.OutboxOf(ctx, workflow.OutboxMail, after, effectsPage)
		if err != nil {
			return fmt.Errorf("reading the outbox: %w", err)
		}
		for _, entry := range page {
			after = entry.ID
			if err := c.effect(ctx, entry); err != nil {
				failed = err
			}
		}
		if len(page) < effectsPage || ctx.Err() != nil {
			return failed
		}
	}
}

// effect does what one visit of a workflow asks for, and then takes its entry away. Each
// mail has a client id: done again, it makes none.
func (c *Channel) effect(ctx context.Context, entry store.Outbox) error {
	ctx, cancel := context.WithTimeout(ctx, 2*saveWait)
	defer cancel()
	var mail workflow.Mail
	if err := json.Unmarshal(entry.Body, &mail); err != nil {
		c.log.Warn("what a workflow says cannot be read", "err", err)
		return c.save(ctx, store.OutboxDone{ID: entry.ID})
	}
	p := passage{unit: entry.Unit, contact: mail.Contact}
	for _, s := range mail.Say {
		if err := c.say(ctx, p, s); err != nil {
			return err
		}
	}
	if mail.Forward != nil {
		if err := c.forward(ctx, p, *mail.Forward); err != nil {
			return err
		}
	}
	return c.save(ctx, store.OutboxDone{ID: entry.ID})
}

// passage is a contact that a workflow has.
type passage struct {
	unit    acd.UnitID
	contact acd.ContactID
}

// began gives the mail with which a contact began, and its thread; ok is false for
// another medium's contact, and for one that an agent began.
func (c *Channel) began(ctx context.Context, p passage) (first store.Mail, thread acd.ContactID, ok bool, err error) {
	first, err = c.o.Store.Mail(ctx, p.unit, p.contact, 1)
	if errors.Is(err, store.ErrNone) || err == nil && first.Direction != store.MailIn {
		return first, thread, false, nil
	}
	if err != nil {
		return first, thread, false, fmt.Errorf("reading the mail of a contact: %w", err)
	}
	contact, err := c.o.Store.Contact(ctx, p.unit, p.contact)
	if errors.Is(err, store.ErrNone) {
		return first, thread, false, nil // erased meanwhile
	}
	if err != nil {
		return first, thread, false, fmt.Errorf("reading a contact: %w", err)
	}
	if thread = contact.Thread; thread.IsZero() {
		thread = p.contact
	}
	return first, thread, true, nil
}

// say sends what a workflow says as an answer of the program to the mail that came: to one
// sender of a thread once in a week. An error is worth another try.
func (c *Channel) say(ctx context.Context, p passage, s workflow.Say) error {
	first, thread, ok, err := c.began(ctx, p)
	if err != nil || !ok || slices.ContainsFunc(first.Marks, func(m store.MailMark) bool { return m.Kind == markNoAuto }) {
		return err
	}
	to := first.From
	if len(first.ReplyTo) > 0 {
		to = first.ReplyTo[0]
	}
	w := writing{auto: true, system: true, MailOrder: dialogue.MailOrder{Unit: p.unit, Contact: p.contact, ClientID: flowID(s.Visit, number(s.N)),
		MailText: dialogue.MailText{Mode: dialogue.MailReply, InReplyTo: 1,
			MailWords: dialogue.MailWords{To: []store.MailAddress{to}, Subject: s.Subject, Text: s.Text}}}}
	if w.Subject == "" {
		w.Subject = letter.ReplySubject(first.Subject)
	}
	now := acd.At(c.o.Now())
	once := store.MailAuto{Unit: p.unit, Key: store.KeyOf(string(s.Kind) + thread.String() + talk.FoldAddress(to.Address)), At: now, Since: now.Add(-autoOnce)}
	return c.byItself(ctx, &w, thread, once)
}

// forward sends the mail of a contact on to somebody outside.
func (c *Channel) forward(ctx context.Context, p passage, f workflow.Forward) error {
	first, thread, ok, err := c.began(ctx, p)
	if err != nil || !ok {
		return err
	}
	text, err := c.textOf(ctx, first)
	if err != nil {
		return err
	}
	head := first.From.Name + " <" + first.From.Address + ">"
	if f.Note != "" {
		text = f.Note + "\n\n" + head + ":\n\n" + text
	} else {
		text = head + ":\n\n" + text
	}
	w := writing{auto: true, system: true, MailOrder: dialogue.MailOrder{Unit: p.unit, Contact: p.contact, ClientID: flowID(f.Visit, "forward"),
		MailText: dialogue.MailText{Mode: dialogue.MailForward, InReplyTo: 1, MailWords: dialogue.MailWords{To: []store.MailAddress{{Address: f.To}},
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
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		c.log.Warn("what a workflow says cannot be saved", "contact", w.Contact, "err", err)
		return nil
	}
	if err == nil {
		c.sendSoon(w.account.ID)
	}
	return err
}

// flowID is the client id of what a workflow does in a visit.
func flowID(visit uint32, what string) string { return "flow:" + number(visit) + ":" + what }

func number(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
