package email

import (
	"context"
	"io"

	"portico/acd"
	"portico/dialogue"
	"portico/letter"
	"portico/mailbox"
	"portico/post"
	"portico/store"
	"portico/talk"
)

// intakeWho is who moves and files messages, among those who share the sessions.
const intakeWho = "portico"

// newBoxes makes the mailboxes of the configured accounts.
func (c *Channel) newBoxes() *mailbox.Mailboxes {
	return mailbox.New(mailbox.Options{Sink: sink{c}, Key: c.o.Key, Log: c.log, Alert: c.alerted,
		Letter: func(account mailbox.ID) letter.Options {
			return letter.Options{Languages: []string{"en", "de", "fr", "pt"}, Loop: c.loop}
		},
		Deliver: func(ctx context.Context, account mailbox.ID, e post.Envelope, body func(io.Writer) error) error {
			c.mu.Lock()
			s := c.senders[account]
			c.mu.Unlock()
			if s == nil {
				return errAccountGone
			}
			return s.post.Send(ctx, e, body)
		}})
}

// alerted raises an alert of a mailbox. That it is over is for the log: who deals with
// the alert sees how the mailbox does. It does not block.
func (c *Channel) alerted(a mailbox.Alert) {
	box, ok := c.o.Setup().Account(a.Account)
	if !ok {
		return
	}
	if !a.Raised {
		c.log.Info("a mailbox is well again", "peer", box.Name, "kind", a.Kind)
		return
	}
	entry, err := c.alert(box.Unit, a.Kind, map[string]string{"account": box.Name, "why": a.Sentence})
	if err == nil {
		err = c.o.Store.Submit(store.Channel, store.Unit{Rows: []store.Row{entry}}, func(o store.Outcome) {
			if o.Err == nil && c.o.Raised != nil {
				c.o.Raised()
			}
		})
	}
	if err != nil {
		c.log.Warn("an alert of a mailbox is not raised", "peer", box.Name, "kind", a.Kind, "err", err)
	}
}

// locate says where a mail should be.
func locate(m store.Mail) mailbox.Location {
	return mailbox.Location{MessageID: m.MessageID, Ref: mailbox.Ref{Account: m.Account, Folder: m.Place.Folder,
		UIDValidity: m.Place.UIDValidity, UID: m.Place.UID}}
}

// appendSent files the copy of a mail that was sent, where the server does not do so itself.
func (c *Channel) appendSent(ctx context.Context, a talk.MailBox, d *letter.Draft) error {
	if mailbox.PresetOf(a.Preset).FilesSent {
		return nil
	}
	_, err := c.boxes.Append(ctx, intakeWho, a.ID, mailbox.Sent, -1, func(w io.Writer) error {
		_, err := d.WriteTo(w)
		return err
	})
	return err
}

// CheckAccount tries an account, step by step, in words.
func (c *Channel) CheckAccount(ctx context.Context, unit acd.UnitID, id [16]byte) ([]dialogue.MailFinding, error) {
	a, err := c.account(unit, id)
	if err != nil {
		return nil, err
	}
	from := []string{a.Address}
	for _, alias := range a.Aliases {
		from = append(from, alias.Address)
	}
	var out []dialogue.MailFinding
	for _, f := range c.boxes.Check(ctx, c.boxOf(a), from) {
		out = append(out, dialogue.MailFinding{Step: f.Step, OK: f.OK, Code: f.Code, Sentence: f.Sentence, Hint: f.Hint, Address: f.Address})
	}
	return out, nil
}

// AccountState says how an account does.
func (c *Channel) AccountState(unit acd.UnitID, id [16]byte) (dialogue.MailAccountState, error) {
	a, err := c.account(unit, id)
	if err != nil {
		return dialogue.MailAccountState{}, err
	}
	box := c.boxOf(a)
	out := dialogue.MailAccountState{Rate: box.RatePerMinute, Warnings: []string{}}
	for _, w := range mailbox.Warnings(box) {
		out.Warnings = append(out.Warnings, w.Sentence)
	}
	c.mu.Lock()
	if s := c.senders[id]; s != nil {
		out.Sending = s.post.Waiting()
	}
	c.mu.Unlock()
	state, _ := c.boxes.State(id)
	out.Connected, out.Waiting, out.Error, out.Hint = state.Connected, state.Waiting, state.Error, state.Hint
	if !state.Since.IsZero() {
		out.Since = acd.At(state.Since)
	}
	if state.Quota.Limit > 0 {
		out.QuotaUsed = state.Quota.Used * 100 / state.Quota.Limit
	}
	out.Warnings = append(out.Warnings, state.Hints...)
	return out, nil
}
