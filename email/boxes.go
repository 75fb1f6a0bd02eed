package email

import (
	"cmp"
	"context"
	"io"
	"time"

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
			return letterOptions(c.loop)
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

// letterOptions say how messages are read; loop marks what this installation sends.
func letterOptions(loop string) letter.Options {
	return letter.Options{Languages: []string{"en", "de", "fr", "pt"}, Loop: loop}
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
		out = append(out, dialogue.MailFinding{Step: f.Step, OK: f.OK, Code: f.Code, Sentence: f.Sentence, Hint: f.Hint, Address: f.Address,
			MailSaid: dialogue.MailSaid{Say: f.Say, Values: f.Values}, Advice: f.Advice})
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
	out := dialogue.MailAccountState{Rate: box.RatePerMinute, Warnings: warnings(box)}
	c.mu.Lock()
	if s := c.senders[id]; s != nil {
		out.Sending = s.post.Waiting()
	}
	c.mu.Unlock()
	state, _ := c.boxes.State(id)
	out.Connected, out.Waiting, out.Error, out.Hint = state.Connected, state.Waiting, state.Error, state.Hint
	out.MailSaid = dialogue.MailSaid{Say: state.Said.Code, Values: state.Said.Values}
	out.Mode, out.Taken, out.Aside, out.Sessions, out.SessionsWaiting = state.Mode, state.Taken, state.Aside, state.Sessions, state.SessionsWaiting
	out.Since, out.Last, out.KeepaliveSeen = instant(state.Since), instant(state.Last), instant(state.EchoSeen)
	if state.Quota.Limit > 0 {
		out.QuotaUsed = state.Quota.Used * 100 / state.Quota.Limit
	}
	for _, said := range state.Hints {
		out.Warnings = append(out.Warnings, dialogue.MailWarning{Sentence: said.String(), MailSaid: dialogue.MailSaid{Say: said.Code, Values: said.Values}})
	}
	return out, nil
}

// instant gives a time as the API has it; the zero one stays zero.
func instant(at time.Time) acd.Time {
	if at.IsZero() {
		return 0
	}
	return acd.At(at)
}

// WarnAccount says which settings of an account, as somebody types it, will make trouble.
func (c *Channel) WarnAccount(unit acd.UnitID, body talk.MailAccountBody) []dialogue.MailWarning {
	return warnings(c.boxOf(talk.MailBox{Unit: unit, MailAccount: talk.MailAccount{MailAccountBody: body}}))
}

// settings are how the API calls what the mailboxes warn of, where it has another name.
var settings = map[string]string{"keepalive": "keep_alive_min"}

func warnings(box mailbox.Account) []dialogue.MailWarning {
	out := []dialogue.MailWarning{}
	for _, w := range mailbox.Warnings(box) {
		out = append(out, dialogue.MailWarning{Setting: cmp.Or(settings[w.Setting], w.Setting), Sentence: w.Sentence,
			MailSaid: dialogue.MailSaid{Say: w.Said.Code, Values: w.Said.Values}})
	}
	return out
}
