package email

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/letter"
	"portico/mailbox"
	"portico/store"
	"portico/talk"
)

const (
	// exceptionsFor is how long an exception is shown: the message may be gone after that.
	exceptionsFor = 90 * 24 * time.Hour
	exceptionsMax = 500
	// handOverMax is how long it may take to fetch a message for somebody who waits for it.
	handOverMax = 45 * time.Second
)

// The refusals of those who deal with exceptions.
var (
	errHanded      = fault.New(fault.Conflict, "mail_handed", "Somebody has dealt with this message already.")
	errForeign     = fault.New(fault.Invalid, "mail_foreign", "This mailbox belongs to one business unit: its messages can be handed to that one alone.").On("unit")
	errMailGone    = fault.New(fault.Missing, "mail_exception_gone", "The message is not in the mailbox any more, or the mail server cannot find it. Move it back into the inbox with a mail program, then it is taken in again.")
	errMailboxAway = fault.New(fault.Unavailable, "mail_unreadable", "The mailbox cannot be read at the moment, so the message cannot be fetched. Please try again later.")
)

// about is what is kept of a message that no contact comes of, for people to see: the
// ledger's note, as JSON.
type about struct {
	MessageID string `json:"message_id,omitempty"`
	From      string `json:"from,omitempty"`
	Name      string `json:"name,omitempty"`
	Subject   string `json:"subject,omitempty"`
	To        string `json:"to,omitempty"`
	Code      string `json:"code,omitempty"`
	Why       string `json:"why,omitempty"`
}

// about gives the note of an entry; code and why are those of the fault that refused it.
func (in *incoming) about(code, why string) string {
	m := in.mail
	a := about{MessageID: m.MessageID, From: shorten(m.From.Address, 200), Name: shorten(in.masked(m.From.Name), 80), Subject: shorten(in.masked(m.Subject), 200),
		To: shorten(strings.Join(in.delivered(), ", "), 150), Code: code, Why: shorten(why, 200)}
	for {
		// Only texts, which can always be written.
		note, err := json.Marshal(a)
		if err != nil {
			return ""
		}
		if utf8.RuneCount(note) <= nameMax {
			return string(note)
		}
		if len(a.MessageID) > 250 || a.Subject == "" {
			a = about{From: shorten(a.From, 100)} // one of its kind
			continue
		}
		a.Subject, a.To, a.Why, a.Name = shorten(a.Subject, len(a.Subject)/2), "", shorten(a.Why, 80), ""
	}
}

// delivered are the addresses to which the server delivered a message; the mailbox's own
// stands there always, and alone where there is no other.
func (in *incoming) delivered() []string {
	own := talk.FoldAddress(in.account.Address)
	others := slices.DeleteFunc(slices.Clone(in.mail.DeliveredTo), func(to string) bool { return talk.FoldAddress(to) == own })
	if len(others) == 0 {
		return in.mail.DeliveredTo
	}
	return others
}

// aboutOf reads the note of an entry.
func aboutOf(note string) (a about) {
	if err := json.Unmarshal([]byte(note), &a); err != nil {
		a = about{Why: note}
	}
	return a
}

// Exceptions gives the messages of a unit that were not routed and wait for somebody, the
// newest first, at most 500 of the last 90 days.
func (c *Channel) Exceptions(ctx context.Context, unit acd.UnitID) ([]dialogue.MailException, error) {
	entries, err := c.o.Store.LedgerExceptions(ctx, unit, acd.At(c.o.Now()).Add(-exceptionsFor), exceptionsMax)
	if err != nil {
		return nil, fmt.Errorf("reading the exceptions: %w", err)
	}
	out := make([]dialogue.MailException, len(entries))
	for i, e := range entries {
		a := aboutOf(e.Note)
		out[i] = dialogue.MailException{MailExceptionID: dialogue.MailExceptionID{Account: e.Account, UIDValidity: e.UIDValidity, UID: e.UID}, At: e.At,
			State: e.State, MessageID: a.MessageID, From: store.MailAddress{Name: a.Name, Address: a.From}, Subject: a.Subject, To: a.To, Code: a.Code, Why: a.Why}
	}
	return out, nil
}

// exception gives what the ledger says of an exception of a unit.
func (c *Channel) exception(ctx context.Context, unit acd.UnitID, id dialogue.MailExceptionID) (store.MailLedger, error) {
	entries, err := c.o.Store.Ledger(ctx, id.Account, id.UIDValidity, id.UID)
	if err != nil {
		return store.MailLedger{}, fmt.Errorf("reading an exception: %w", err)
	}
	for _, e := range entries {
		switch {
		case e.Unit != unit:
		case e.State > store.LedgerRouted && e.State < store.LedgerKeepAlive:
			return e, nil
		default:
			return e, errHanded
		}
	}
	return store.MailLedger{}, store.ErrNone
}

// settle notes that somebody has dealt with an exception. The audit's entry is saved with it.
func (c *Channel) settle(ctx context.Context, e store.MailLedger, to store.MailLedgerState, audit store.Audit) error {
	to.Account, to.UIDValidity, to.UID, to.Unit, to.From = e.Account, e.UIDValidity, e.UID, e.Unit, e.State
	err := c.save(ctx, to, audit)
	if errors.Is(err, store.ErrChanged) {
		return errHanded
	}
	return err
}

// Dismiss takes an exception off the list; its message stays where it is.
func (c *Channel) Dismiss(ctx context.Context, unit acd.UnitID, id dialogue.MailExceptionID, audit store.Audit) error {
	e, err := c.exception(ctx, unit, id)
	if err != nil {
		return err
	}
	return c.settle(ctx, e, store.MailLedgerState{State: store.LedgerDismissed}, audit)
}

// HandOver has the message of an exception routed after all, and gives the contact that
// came of it. Done again after a death in between, it gives the same contact.
func (c *Channel) HandOver(ctx context.Context, o dialogue.MailHandOver, audit func(acd.ContactID) store.Audit) (acd.ContactID, error) {
	e, err := c.exception(ctx, o.Unit, o.MailExceptionID)
	if err != nil {
		return acd.ContactID{}, err
	}
	setup := c.o.Setup()
	account, ok := setup.Account(o.Account)
	if !ok {
		return acd.ContactID{}, errMailGone
	}
	if account.Unit != c.o.Global && account.Unit != o.To {
		return acd.ContactID{}, errForeign
	}
	mail, at, err := c.fetch(ctx, account, e)
	if err != nil {
		return acd.ContactID{}, err
	}
	in := incoming{account: &account, setup: setup, mail: mail, twin: e.Twin, parts: e.Parts, direct: !o.Queue.IsZero(),
		place: store.MailPlace{Folder: at.Folder, UIDValidity: e.UIDValidity, UID: e.UID}, destination: c.chosen(&account, o.To, mail)}
	if in.direct {
		in.alias.Queue = o.Queue
	}
	entry, err := c.arrive(ctx, in)
	if err != nil {
		return acd.ContactID{}, err
	}
	to := store.MailLedgerState{State: store.LedgerHanded}
	if e.Unit == o.To {
		to = store.MailLedgerState{State: store.LedgerRouted, Contact: entry.Contact, Seq: entry.Seq}
	}
	if err := c.settle(ctx, e, to, audit(entry.Contact)); err != nil {
		return entry.Contact, err
	}
	c.putAway(ctx, entry, mail.MessageID, at)
	return entry.Contact, nil
}

// chosen is where a message is for that somebody hands to a unit: the address of that unit
// that it was sent to, where there is one, else its first.
func (c *Channel) chosen(a *talk.MailBox, unit acd.UnitID, m *letter.Mail) destination {
	for _, to := range addressed(m) {
		if talk.FoldAddress(to) == talk.FoldAddress(a.Address) {
			continue // the server says that of any delivery
		}
		if alias, ok := owns(a, unit, c.o.Global, to); ok {
			return destination{unit, alias}
		}
	}
	for _, alias := range a.Aliases {
		if a.Unit != c.o.Global || alias.Unit == unit {
			return destination{unit, alias}
		}
	}
	own := ownDestination(a)
	own.unit = unit
	return own
}

// addressed are all addresses that a mail was for, the mail server's word first.
func addressed(m *letter.Mail) []string {
	out := slices.Clone(m.DeliveredTo)
	for _, to := range slices.Concat(m.To, m.Cc) {
		out = append(out, to.Address)
	}
	return out
}

// fetch reads the message of an exception where it lies now.
func (c *Channel) fetch(ctx context.Context, a talk.MailBox, e store.MailLedger) (*letter.Mail, mailbox.Ref, error) {
	ctx, cancel := context.WithTimeout(ctx, handOverMax)
	defer cancel()
	at := mailbox.Location{MessageID: aboutOf(e.Note).MessageID, Size: e.Size, Header: e.Header, Ref: mailbox.Ref{Account: a.ID, Folder: inboxOf(a), UIDValidity: e.UIDValidity, UID: e.UID}}
	body, err := c.boxes.Open(ctx, intakeWho, at, "")
	if errors.Is(err, mailbox.ErrGone) {
		return nil, mailbox.Ref{}, errMailGone
	}
	if err != nil {
		c.log.Warn("the message of an exception cannot be fetched", "peer", a.Name, "err", err)
		return nil, mailbox.Ref{}, errMailboxAway
	}
	defer body.Close()
	return letter.Read(body, letterOptions(c.loop)), body.At, nil
}

// inboxOf is the folder in which an account's messages arrive.
func inboxOf(a talk.MailBox) string {
	if a.Folders.Inbox != "" {
		return a.Folders.Inbox
	}
	return "INBOX"
}

// putAway moves the message of a new contact to those that are open, and notes where it
// lies. Where that fails the message is found by its Message-ID.
func (c *Channel) putAway(ctx context.Context, e store.MailLedger, messageID string, at mailbox.Ref) {
	ctx, cancel := context.WithTimeout(ctx, filingMax)
	defer cancel()
	from := mailbox.Ref{Account: e.Account, Folder: at.Folder, UIDValidity: e.UIDValidity, UID: e.UID}
	moves, err := c.boxes.Move(ctx, intakeWho, []mailbox.Location{{MessageID: messageID, Ref: at}}, mailbox.Working)
	if err == nil && len(moves) == 0 {
		moves = []mailbox.Move{{To: at}}
	}
	for i := range moves {
		moves[i].From = from // as the contact's mail has it
	}
	if err == nil {
		err = (sink{c}).Moved(ctx, moves)
	}
	if err != nil {
		c.log.Info("the message of an exception stays where it is", "contact", e.Contact, "err", err)
	}
}
