package email

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/hub"
	"portico/letter"
	"portico/store"
	"portico/talk"
	"portico/workflow"
)

const (
	// The limits of what a contact shows, in characters.
	nameMax    = 1000
	captionMax = 900
	addressMax = 320 // bytes
	// priorityDefault is that of a contact that nothing says more of.
	priorityDefault = 50
	// loopWindow is in what time the mails of a sender are counted.
	loopWindow = time.Hour
	// attachmentNamesMax is how many names of attachments workflows see.
	attachmentNamesMax = 100
)

// incoming is a message of a mailbox on its way to its contacts.
type incoming struct {
	account     *talk.MailBox
	place       store.MailPlace // where it came in
	twin        store.Twin
	mail        *letter.Mail
	setup       *talk.MailSetup
	destination // of the part that is dealt with
	parts       int
	direct      bool // a person has chosen the queue
	masked      func(string) string
}

// take makes contacts of a message, one in each business unit that it is for, and gives
// what became of it in each. Done again, for whatever reason, it gives the same. After an
// error the message must come again.
func (c *Channel) take(ctx context.Context, in incoming) ([]store.MailLedger, error) {
	entries, err := c.o.Store.Ledger(ctx, in.account.ID, in.place.UIDValidity, in.place.UID)
	if err != nil {
		return nil, fmt.Errorf("looking for a message in the ledger: %w", err)
	}
	if isWhole(entries) {
		return entries, nil
	}
	to := destinations(in.account, c.o.Global, in.mail)
	in.parts = max(1, len(to))
	if len(to) == 0 {
		in.destination = destination{unit: c.o.Global}
		in.masked = c.o.Masker(in.unit).Text
		entry := in.entry(store.LedgerNoAlias, c.o.Now())
		entry.Note = in.about("", "")
		err := c.note(ctx, in, entry, "mail_no_alias")
		return append(entries, entry), err
	}
	for _, d := range to {
		if hasUnit(entries, d.unit) {
			continue
		}
		in.destination = d
		entry, err := c.part(ctx, in)
		if err != nil {
			return entries, err
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

// isWhole reports whether a message was dealt with in every unit that it was for.
func isWhole(entries []store.MailLedger) bool {
	return len(entries) > 0 && len(entries) >= entries[0].Parts
}

func hasUnit(entries []store.MailLedger, unit acd.UnitID) bool {
	for _, e := range entries {
		if e.Unit == unit {
			return true
		}
	}
	return false
}

// entry begins what the ledger says of a part.
func (in *incoming) entry(state store.LedgerState, now time.Time) store.MailLedger {
	return store.MailLedger{Account: in.account.ID, UIDValidity: in.place.UIDValidity, UID: in.place.UID, Unit: in.unit, Parts: in.parts,
		Twin: in.twin, Sender: store.KeyOf(talk.FoldAddress(in.mail.From.Address)), At: acd.At(now), State: state}
}

// part deals with a message in one business unit.
func (c *Channel) part(ctx context.Context, in incoming) (store.MailLedger, error) {
	in.masked = c.o.Masker(in.unit).Text
	if in.setup.Blocks(in.unit, in.mail.From.Address) {
		entry := in.entry(store.LedgerBlocked, c.o.Now())
		entry.Note = in.about("", "")
		return entry, c.note(ctx, in, entry, "")
	}
	if entry, done, err := c.answered(ctx, in); done || err != nil {
		return entry, err
	}
	if most := in.setup.Of(in.unit).LoopPerHour; most > 0 {
		entry := in.entry(store.LedgerHeld, c.o.Now())
		n, err := c.o.Store.MailsOfSender(ctx, in.unit, entry.Sender, entry.At.Add(-loopWindow))
		if err != nil {
			return entry, fmt.Errorf("counting the mails of a sender: %w", err)
		}
		if n >= most {
			entry.Note = in.about("", "")
			return entry, c.note(ctx, in, entry, "mail_loop")
		}
	}
	entry, err := c.arrive(ctx, in)
	if f := fault.Of(err); f != nil && f.Kind != fault.Unavailable && f.Kind != fault.TooMany {
		// Waiting would not help, and what is behind it waits too.
		c.log.Warn("a mail cannot be routed", "err", err, "peer", in.account.Name)
		entry = in.entry(store.LedgerRefused, c.o.Now())
		entry.Note = in.about(f.Code, f.Sentence)
		return entry, c.note(ctx, in, entry, "mail_refused", f.Sentence)
	}
	return entry, err
}

// save returns when rows are durable.
func (c *Channel) save(ctx context.Context, rows ...store.Row) error {
	ctx, cancel := context.WithTimeout(ctx, saveWait)
	defer cancel()
	if err := c.o.Store.Save(ctx, store.Unit{Rows: rows}); err != nil {
		return fmt.Errorf("saving what became of a mail: %w", err)
	}
	return nil
}

// note saves what became of a message that no contact came of, with an alert where code
// is not empty: at most one an hour about the same sender or account.
func (c *Channel) note(ctx context.Context, in incoming, entry store.MailLedger, code string, why ...string) error {
	rows := []store.Row{entry}
	about := code + in.unit.String() + talk.FoldAddress(in.mail.From.Address)
	raise := code != "" && c.mayAlert(about)
	if raise {
		alert, err := c.alert(in.unit, code, map[string]string{"account": in.account.Name, "sender": in.mail.From.Address,
			"subject": shorten(in.mail.Subject, 200), "to": shorten(strings.Join(in.mail.DeliveredTo, ", "), 300), "why": strings.Join(why, " ")})
		if err != nil {
			return err
		}
		rows = append(rows, alert)
	}
	if err := c.save(ctx, rows...); err != nil {
		return err
	}
	if raise && c.o.Raised != nil {
		c.o.Raised()
	}
	return nil
}

// alertEvery is how often an alert about the same thing is raised.
const alertEvery = time.Hour

// mayAlert reports whether an alert about something is due.
func (c *Channel) mayAlert(about string) bool {
	const most = 10_000
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.o.Now()
	if at, ok := c.alerts[about]; ok && now.Sub(at) < alertEvery {
		return false
	}
	if len(c.alerts) >= most {
		clear(c.alerts)
	}
	c.alerts[about] = now
	return true
}

// alert makes the outbox's entry of an alert.
func (c *Channel) alert(unit acd.UnitID, code string, values map[string]string) (store.Outbox, error) {
	values["code"] = code
	body, err := json.Marshal(values)
	if err != nil {
		return store.Outbox{}, fmt.Errorf("writing an alert: %w", err)
	}
	return store.Outbox{ID: c.o.NewID(), Unit: unit, Kind: "alert", At: acd.At(c.o.Now()), Body: body}, nil
}

// clientOf is the client id of what comes of a message: the same whoever tries again.
func (in *incoming) clientOf() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%x/%d/%d", in.account.ID, in.place.UIDValidity, in.place.UID))
	return "mail:" + hex.EncodeToString(sum[:20])
}

// arrive has the hub take a new contact with the message, in one commit with the ledger.
func (c *Channel) arrive(ctx context.Context, in incoming) (store.MailLedger, error) {
	thread, err := c.threadOf(ctx, in.unit, in.mail)
	if err != nil {
		return store.MailLedger{}, err
	}
	id := in.clientOf()
	a := &hub.Arrival{Contact: acd.ContactID(c.o.NewID()), Unit: in.unit, ClientID: id, Medium: Medium, Queue: in.alias.Queue,
		Domain: acd.Email, Priority: priorityDefault, Language: languages[in.mail.Language], Thread: thread.first, Direct: in.direct}
	if hold := in.setup.Of(in.unit).HoldS; hold > 0 && !thread.agent.IsZero() {
		a.Preferred, a.Hold = thread.agent, time.Duration(hold)*time.Second
	}
	masker := c.o.Masker(in.unit)
	a.Name = masker.Text(shorten(nameOf(in.mail.From), nameMax))
	a.Caption = masker.Text(shorten(in.mail.Subject, captionMax))
	a.Source, a.Destination = addressOf(in.mail.From.Address), addressOf(in.alias.Address)
	if a.Details, err = details(&in, !thread.first.IsZero()); err != nil {
		return store.MailLedger{}, err
	}
	if a.Customer, err = c.customerOf(ctx, in.unit, in.mail); err != nil {
		return store.MailLedger{}, err
	}
	entry := in.entry(store.LedgerRouted, c.o.Now())
	entry.Contact, entry.Seq = a.Contact, 1
	message := store.Message{Unit: in.unit, Contact: a.Contact, Seq: 1, ClientID: id, At: entry.At, Author: store.AuthorCustomer,
		Kind: kindMail, Text: masker.Text(in.mail.Text)}
	answer, err := c.o.Hub.Ask(ctx, hub.Command{Lane: hub.Arrivals, Unit: in.unit, Arrival: a,
		Riders: []store.Row{message, c.mailOf(&in, a.Contact, 1), entry}})
	if err != nil {
		return entry, fmt.Errorf("bringing a mail: %w", err)
	}
	if answer.Existing { // its commit is there, with its entry: the answer to it was lost
		entry.Contact = answer.Contact
	}
	return entry, nil
}

// nameOf is how a sender is called.
func nameOf(a letter.Address) string {
	if a.Name != "" {
		return a.Name
	}
	return a.Address
}

// addressOf gives an address as a contact keeps it.
func addressOf(text string) string {
	if len(text) <= addressMax {
		return text
	}
	return strings.ToValidUTF8(text[:addressMax], "")
}

// languages are the names of languages that letter finds, as workflows and texts know them.
var languages = map[string]string{"en": "english", "de": "deutsch", "fr": "francais", "pt": "portugues"}

// details are what workflows ask a mail for: contact.email.
func details(in *incoming, isReply bool) (json.RawMessage, error) {
	m := in.mail
	e := workflow.Email{Alias: talk.FoldAddress(in.alias.Address), Sender: talk.FoldAddress(m.From.Address), SenderName: shorten(m.From.Name, 200),
		Subject: shorten(m.Subject, captionMax), Body: m.Text, Language: m.Language, Auto: string(m.Auto.Kind), Spam: m.Spam.Flagged,
		SpamScore: m.Spam.Score, Bounce: m.Bounce != nil, Authenticated: isAuthenticated(m), Reply: isReply}
	_, e.SenderDomain, _ = strings.Cut(e.Sender, "@")
	if len(e.Body) > workflow.EmailBodyMax {
		e.Body = strings.ToValidUTF8(e.Body[:workflow.EmailBodyMax], "")
	}
	for _, p := range m.Parts {
		if !p.Inline && len(e.AttachmentNames) < attachmentNamesMax {
			e.AttachmentNames = append(e.AttachmentNames, workflow.FileName(shorten(p.Name, 255)))
		}
	}
	if ok, why := letter.MayAutoReply(m, ownOf(in.setup)); !ok {
		e.NoReply = why
	}
	out, err := json.Marshal(map[string]workflow.Email{workflow.EmailKey: e})
	if err != nil {
		return nil, fmt.Errorf("writing the data of a mail: %w", err)
	}
	return out, nil
}

// customerOf finds whose mail it is. One who is not found can be named by an agent, but a
// store that is away is waited for.
func (c *Channel) customerOf(ctx context.Context, unit acd.UnitID, m *letter.Mail) ([16]byte, error) {
	addresses := []store.Address{{Kind: store.AddressEmail, Value: m.From.Address}}
	for _, a := range m.ReplyTo {
		addresses = append(addresses, store.Address{Kind: store.AddressEmail, Value: a.Address})
	}
	if len(addresses) > 4 {
		addresses = addresses[:4]
	}
	id, err := c.o.Store.CustomerOf(ctx, unit, addresses...)
	if err != nil && !errors.Is(err, store.ErrNone) {
		return id, fmt.Errorf("looking for the customer of a mail: %w", err)
	}
	return id, nil
}

// mailOf is what is kept of a message beside its text.
func (c *Channel) mailOf(in *incoming, contact acd.ContactID, seq uint64) store.Mail {
	m := in.mail
	masker := c.o.Masker(in.unit)
	out := store.Mail{Unit: in.unit, Contact: contact, Seq: seq, Direction: store.MailIn, Account: in.account.ID, Place: in.place,
		Subject: masker.Text(shorten(m.Subject, captionMax)), HTML: masker.Text(m.HTML)}
	if len(out.HTML) > store.MailHTMLMax { // masks are no longer than what they hide, but who knows
		out.HTML = ""
	}
	out.MailBody = store.MailBody{MessageID: m.MessageID, InReplyTo: m.InReplyTo, References: m.References,
		From: store.MailAddress(m.From), ReplyTo: addresses(m.ReplyTo), To: addresses(m.To), Cc: addresses(m.Cc), Size: in.twin.Size,
		Alias: in.alias.Address, Cut: m.Cut, Remote: m.RemoteImages, Marks: marks(m, ownOf(in.setup))}
	if !m.Date.IsZero() {
		out.Date = acd.At(m.Date)
	}
	for _, p := range m.Parts {
		out.Parts = append(out.Parts, store.MailPart{Part: p.Path, Name: masker.Text(p.Name), MediaType: p.MediaType, Size: p.Size, ContentID: p.ContentID,
			Inline: p.Inline, Encoding: p.Encoding, Charset: p.Charset})
	}
	return out
}

func addresses(list []letter.Address) []store.MailAddress {
	out := make([]store.MailAddress, len(list))
	for i, a := range list {
		out[i] = store.MailAddress(a)
	}
	return out
}
