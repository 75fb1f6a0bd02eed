package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"portico/acd"
	"portico/dialogue"
	"portico/post"
	"portico/store"
	"portico/talk"
)

const (
	// The pauses between two tries of a mail that the server does not take for now.
	retryMin = time.Minute
	retryMax = 4 * time.Hour
	// giveUpAfter is how long a mail is tried.
	giveUpAfter = 72 * time.Hour
	// idleLook is how often the outbox is looked at though nobody said that there is something.
	idleLook = time.Minute
	// awayPause is how long a server, or a store, that does not answer is left alone.
	awayPause = 5 * time.Second
	sendPage  = 100
	// sendMax is how long the handing over of one mail may take.
	sendMax = 15 * time.Minute
)

// sender sends what one account has in the outbox, in order.
type sender struct {
	channel *Channel
	account talk.MailBox
	post    *post.Post
	wake    chan struct{}
	cancel  context.CancelFunc
}

// sendSoon says that an account has something to send. It does not block.
func (c *Channel) sendSoon(account [16]byte) {
	c.mu.Lock()
	s := c.senders[account]
	c.mu.Unlock()
	if s != nil {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// startSender begins to send for an account. c.mu is held.
func (c *Channel) startSender(a talk.MailBox) {
	if !c.enter() {
		return
	}
	ctx, cancel := context.WithCancel(c.context)
	box := c.boxOf(a)
	s := &sender{channel: c, account: a, post: post.New(c.postOptions(box)), wake: make(chan struct{}, 1), cancel: cancel}
	c.senders[a.ID] = s
	go func() { // Stop waits for it
		defer c.running.Done()
		s.run(ctx)
		s.post.Close()
	}()
}

// run sends until ctx ends.
func (s *sender) run(ctx context.Context) {
	for {
		wait, err := s.round(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.channel.log.Warn("mails wait to be sent", "peer", s.account.Name, "err", err)
			wait = awayPause
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-s.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// round goes through the outbox once, and gives how long until something is due.
func (s *sender) round(ctx context.Context) (time.Duration, error) {
	wait := idleLook
	var after [16]byte
	for {
		page, err := s.channel.o.Store.MailsToSend(ctx, s.account.ID, after, sendPage)
		if err != nil {
			return wait, fmt.Errorf("reading the outbox: %w", err)
		}
		for _, o := range page {
			after = o.ID
			if due := o.NextAt.Sub(acd.At(s.channel.o.Now())); due > 0 {
				wait = min(wait, due)
				continue
			}
			next, err := s.one(ctx, o)
			if err != nil {
				return wait, err
			}
			if next > 0 {
				wait = min(wait, next)
			}
		}
		if len(page) < sendPage {
			return wait, nil
		}
	}
}

// one goes on with one mail. An error is of the store or of the connection: what is
// behind it waits too. next is when this mail is tried again; 0: it is done.
func (s *sender) one(ctx context.Context, o store.MailOut) (next time.Duration, err error) {
	free := s.channel.claim(o.ID)
	if free == nil { // somebody gives it up
		return time.Second, nil
	}
	defer free()
	now, err := s.channel.o.Store.MailOut(ctx, o.Unit, o.ID)
	if err != nil && !errors.Is(err, store.ErrNone) {
		return 0, fmt.Errorf("reading the outbox: %w", err)
	}
	if err != nil || now.State != o.State || now.NextAt > o.NextAt { // it went on since the page was read
		return time.Second, nil
	}
	o = now
	mail, err := s.channel.o.Store.Mail(ctx, o.Unit, o.Contact, o.Seq)
	if errors.Is(err, store.ErrNone) { // its contact was erased meanwhile
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading a mail: %w", err)
	}
	if o.State == store.OutQueued {
		if next, err := s.send(ctx, &o, mail); next > 0 || err != nil || o.State != store.OutSent {
			return next, err
		}
	}
	return 0, s.fileCopy(ctx, o, mail)
}

// send hands a mail to the server.
func (s *sender) send(ctx context.Context, o *store.MailOut, mail store.Mail) (next time.Duration, err error) {
	draft, err := s.channel.compose(ctx, mail)
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, sendMax)
		err = s.post.Send(ctx, post.Envelope{From: envelopeFrom(mail), To: draft.Recipients(), Size: draft.Size()}, func(w io.Writer) error {
			_, err := draft.WriteTo(w)
			return err
		})
		cancel()
	}
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err == nil {
		return 0, s.move(ctx, o, store.OutSent, 0, "")
	}
	var refused *post.Refused
	words := shorten(err.Error(), 1000)
	if errors.As(err, &refused) {
		words = shorten(refused.Error(), 1000)
	}
	now := acd.At(s.channel.o.Now())
	if refused != nil && refused.Permanent || errors.Is(err, errUnsendable) || now.Sub(o.At) > giveUpAfter {
		return 0, s.fail(ctx, o, mail, words)
	}
	s.channel.log.Warn("a mail is not taken for now", "contact", o.Contact, "peer", s.account.Name, "err", err)
	// A mail alone is put off; a server that does not answer holds up all.
	pause := min(retryMin<<min(o.Attempts, 10), retryMax)
	if refused == nil {
		if o.Error != words { // once: the log says the rest
			if err := s.move(ctx, o, store.OutQueued, 0, words); err != nil {
				return 0, err
			}
		}
		return 0, fmt.Errorf("sending: %w", err)
	}
	o.Attempts++
	return pause, s.move(ctx, o, store.OutQueued, now.Add(pause), words)
}

// move saves how far a mail has come.
func (s *sender) move(ctx context.Context, o *store.MailOut, to store.OutState, next acd.Time, words string) error {
	row := store.MailOutState{Unit: o.Unit, ID: o.ID, From: o.State, State: to, Attempts: o.Attempts, NextAt: next, Error: words}
	if err := s.channel.save(ctx, row); err != nil {
		if errors.Is(err, store.ErrChanged) {
			return nil // it went on by another hand
		}
		return err
	}
	o.State, o.NextAt, o.Error = to, next, words
	return nil
}

// fail brings a mail that will never arrive back to its agent, and then lets it be.
func (s *sender) fail(ctx context.Context, o *store.MailOut, mail store.Mail, words string) error {
	if !mail.Auto {
		_, err := s.channel.bringBack(ctx, back{unit: o.Unit, of: mail, clientID: clientID("bounce:"+mailKey(o), o.Seq), kind: dialogue.KindBounce,
			text: words, rows: func(acd.ContactID, uint64) []store.Row { return nil }})
		if err != nil {
			return err
		}
	}
	return s.move(ctx, o, store.OutFailed, 0, words)
}

// fileCopy puts a copy of what was sent into the folder of sent mails.
func (s *sender) fileCopy(ctx context.Context, o store.MailOut, mail store.Mail) error {
	draft, err := s.channel.compose(ctx, mail)
	if err == nil {
		err = s.channel.appendSent(ctx, s.account, draft)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		o.Attempts++
		pause := min(retryMin<<min(o.Attempts-1, 10), retryMax)
		if acd.At(s.channel.o.Now()).Sub(o.At) > giveUpAfter || errors.Is(err, errUnsendable) {
			return s.move(ctx, &o, store.OutFiled, 0, shorten("The copy could not be filed: "+err.Error(), 1000))
		}
		s.channel.log.Warn("a copy of a sent mail is not filed yet", "contact", o.Contact, "peer", s.account.Name, "err", err)
		return s.move(ctx, &o, store.OutSent, acd.At(s.channel.o.Now()).Add(pause), shorten(err.Error(), 1000))
	}
	return s.move(ctx, &o, store.OutFiled, 0, "")
}
