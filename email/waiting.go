package email

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/store"
)

var (
	errLeft    = fault.New(fault.Conflict, "mail_left", "This mail does not wait any more: it has left, or somebody has dealt with it.")
	errLeaving = fault.New(fault.Conflict, "mail_leaving", "This mail is being handed to the mail server just now. Look again in a moment.")
)

// claim takes a mail that waits to leave into one hand: whoever sends it and whoever gives
// it up never do so at the same time. free must be called; nil: another hand has it.
func (c *Channel) claim(id [16]byte) (free func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inHand[id] {
		return nil
	}
	c.inHand[id] = true
	return func() {
		c.mu.Lock()
		delete(c.inHand, id)
		c.mu.Unlock()
	}
}

// waiting gives a mail that waits to leave.
func (c *Channel) waiting(ctx context.Context, unit acd.UnitID, id [16]byte) (store.MailOut, error) {
	out, err := c.o.Store.MailOut(ctx, unit, id)
	if err == nil && out.State != store.OutQueued {
		err = errLeft
	}
	return out, err
}

// TryMail has a mail that waits tried as soon as its account can. The audit's entry is
// saved with it.
func (c *Channel) TryMail(ctx context.Context, unit acd.UnitID, id [16]byte, audit store.Audit) error {
	free := c.claim(id)
	if free == nil {
		return nil // it is being tried
	}
	defer free()
	out, err := c.waiting(ctx, unit, id)
	if err != nil {
		return err
	}
	err = c.save(ctx, store.MailOutState{Unit: unit, ID: id, From: out.State, State: out.State, Attempts: out.Attempts, Error: out.Error}, audit)
	if errors.Is(err, store.ErrChanged) {
		return errLeft
	}
	if err == nil {
		c.sendSoon(out.Account)
	}
	return err
}

// GiveUpMail takes a mail that waits out of the queue for good and brings it back to the
// agent who wrote it. The audit's entry is saved with it.
func (c *Channel) GiveUpMail(ctx context.Context, g dialogue.MailGiveUp, audit store.Audit) error {
	free := c.claim(g.ID)
	if free == nil {
		return errLeaving
	}
	defer free()
	out, err := c.waiting(ctx, g.Unit, g.ID)
	if err != nil {
		return err
	}
	mail, err := c.o.Store.Mail(ctx, g.Unit, out.Contact, out.Seq)
	if err != nil {
		return fmt.Errorf("reading a mail that is given up: %w", err)
	}
	words := c.givenUp(g, out.Error)
	if !mail.Auto {
		// It comes back before it is out of the queue: done again, the same message is found.
		_, err = c.bringBack(ctx, back{unit: g.Unit, of: mail, clientID: clientID("given up:"+mailKey(&out), out.Seq), kind: dialogue.KindReturned,
			text: words, rows: func(acd.ContactID, uint64) []store.Row { return nil }})
		if err != nil {
			return err
		}
	}
	err = c.save(ctx, store.MailOutState{Unit: g.Unit, ID: g.ID, From: out.State, State: store.OutRefused, Attempts: out.Attempts,
		Error: shorten(words, 1000)}, audit)
	if errors.Is(err, store.ErrChanged) {
		return errLeft
	}
	return err
}

// givenUp says to a mail's agent what became of it.
func (c *Channel) givenUp(g dialogue.MailGiveUp, server string) string {
	say := func(key, place, value string) string {
		return strings.ReplaceAll(c.word(g.Unit, key), place, value)
	}
	words := []string{say("mail_given_up", "{name}", g.By)}
	if g.Note != "" {
		words = append(words, g.Note)
	}
	if server != "" {
		words = append(words, say("mail_server_said", "{words}", server))
	}
	return strings.Join(words, "\n")
}
