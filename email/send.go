package email

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/hub"
	"portico/letter"
	"portico/store"
	"portico/talk"
)

const (
	// recipientsMax is how many people one mail may go to.
	recipientsMax = 200
	// keptReferences is how many references an answer has, the oldest and the newest ones.
	keptReferences = 20
	takeOverTries  = 4
	// fileWait is how long a file may wait for its mail. It ends before the night sweeps
	// what no message names, so that none goes missing while a mail is saved.
	fileWait = 23 * time.Hour
)

// The refusals of mails.
var (
	errRecipient = fault.New(fault.Invalid, "mail_recipient", "Name whom the mail is for: a whole address, such as anna@example.com.").On("to")
	errFrom      = fault.New(fault.Invalid, "mail_from", "Mails cannot leave from this address: it is none of your business unit's.").On("from")
	errNoAccount = fault.New(fault.Invalid, "mail_no_account", "Your business unit has no mailbox from which mails could leave. An administrator has to set one up.")
	errSubject   = fault.New(fault.Invalid, "mail_subject", "The subject must be one line of at most 900 characters.").On("subject")
	errFileOld   = fault.New(fault.Conflict, "mail_file_old", "The file was brought more than a day ago and is no longer kept. Take it off and attach it again.").On("attachments")
	errPart      = fault.New(fault.Missing, "file_unknown", "There is no such file.").On("forwarded")
)

// writing is a mail on its way to be durable.
type writing struct {
	dialogue.MailOrder
	account talk.MailBox
	from    store.MailAddress
	came    string      // the address of ours that the conversation came to
	queue   acd.QueueID // of the conversation
	mail    store.Mail
	text    string
	held    bool
	expert  bool
	auto    bool
	system  bool // the program writes it
}

// SendMail saves a mail of the contact's owner, who is told that it is on its way once it
// is durable. The same client id gives the mail that it made. With the zero contact it is
// the first of a new one.
func (c *Channel) SendMail(ctx context.Context, o dialogue.MailOrder) (dialogue.MailSent, error) {
	if o.Contact.IsZero() {
		return c.outbound(ctx, o)
	}
	p, ok := c.open(o.Unit, o.Contact)
	if !ok {
		return c.sentBefore(ctx, o)
	}
	if old, err := c.o.Store.MessageByClient(ctx, o.Unit, o.Contact, o.ClientID); err == nil {
		return dialogue.MailSent{Contact: o.Contact, Message: old}, nil
	}
	if err := c.mayWrite(dialogue.Outgoing{Unit: o.Unit, Contact: o.Contact, Agent: o.Agent, Kind: kindMail}); err != nil {
		return dialogue.MailSent{}, err
	}
	w := writing{MailOrder: o, came: p.Destination, queue: p.Queue, expert: o.Mode == dialogue.MailExpert, held: c.o.Setup().Of(o.Unit).NeedsApproval(o.Agent, p.Queue)}
	first := p.Thread
	if first.IsZero() {
		first = o.Contact
	}
	if w.expert {
		if err := c.ask(ctx, &w, p.Caption); err != nil {
			return dialogue.MailSent{}, err
		}
	}
	if err := c.prepare(ctx, &w, first); err != nil {
		return dialogue.MailSent{}, err
	}
	return c.submit(ctx, &w)
}

// ask makes the mail to an outside expert of a note: the customer's last mail stands below it.
func (c *Channel) ask(ctx context.Context, w *writing, caption string) error {
	w.Subject = shorten(letter.ForwardSubject(caption), captionMax-20)
	mails, err := c.o.Store.Mails(ctx, w.Unit, w.Contact, 0)
	if err != nil {
		return fmt.Errorf("reading the mails of a contact: %w", err)
	}
	of := answeredOf(mails, 0)
	if of == nil {
		return nil
	}
	text, err := c.textOf(ctx, *of)
	if err != nil {
		return err
	}
	w.Text += "\n\n> " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n> ")
	return nil
}

// sentBefore answers a repeat for a contact that is over.
func (c *Channel) sentBefore(ctx context.Context, o dialogue.MailOrder) (dialogue.MailSent, error) {
	old, err := c.o.Store.MessageByClient(ctx, o.Unit, o.Contact, o.ClientID)
	if errors.Is(err, store.ErrNone) {
		return dialogue.MailSent{}, errUnknown
	}
	return dialogue.MailSent{Contact: o.Contact, Message: old}, err
}

// submit saves a mail with its place in the outbox.
func (c *Channel) submit(ctx context.Context, w *writing) (dialogue.MailSent, error) {
	l, done := c.use(w.Unit, w.Contact)
	defer done()
	message := w.message()
	m, _, err := l.append(ctx, message, func(seq uint64) []store.Row { return w.rows(c, w.Contact, seq) })
	if err != nil {
		return dialogue.MailSent{}, err
	}
	c.sendSoon(w.account.ID)
	return dialogue.MailSent{Contact: w.Contact, Message: m, Held: w.held}, nil
}

func (w *writing) message() store.Message {
	m := store.Message{ClientID: w.ClientID, Author: store.AuthorAgent, By: w.Agent, Kind: kindMail, Text: w.text}
	if w.system {
		m.Author, m.By = store.AuthorSystem, acd.AgentID{}
	}
	return m
}

// rows are what is saved behind the message.
func (w *writing) rows(c *Channel, contact acd.ContactID, seq uint64) []store.Row {
	mail := w.mail
	mail.Contact, mail.Seq = contact, seq
	state := store.OutQueued
	if w.held {
		state = store.OutHeld
	}
	return []store.Row{mail, store.MailOut{Unit: w.Unit, ID: c.o.NewID(), Contact: contact, Seq: seq, Account: w.account.ID, Agent: w.Agent,
		At: acd.At(c.o.Now()), State: state}}
}

// prepare judges a mail and makes all of it but its number: what stands in it from now on,
// its Message-ID too, stays whatever happens on the way.
func (c *Channel) prepare(ctx context.Context, w *writing, first acd.ContactID) error {
	if w.ClientID == "" || len(w.ClientID) > 64 || !isText(w.Text) || !isText(w.HTML) {
		return errBadText
	}
	if strings.ContainsAny(w.Subject, "\r\n\t") || !isText(w.Subject) || len([]rune(w.Subject)) > captionMax {
		return errSubject
	}
	if err := checkRecipients(w.To, w.Cc, w.Bcc); err != nil {
		return err
	}
	mails, err := c.o.Store.Mails(ctx, w.Unit, w.Contact, 0)
	if err != nil {
		return fmt.Errorf("reading the mails of a contact: %w", err)
	}
	answered := answeredOf(mails, w.InReplyTo)
	if err := c.chooseFrom(w, answered); err != nil {
		return err
	}
	masker := c.o.Masker(w.Unit)
	w.text = masker.Text(w.Text)
	w.mail = store.Mail{Unit: w.Unit, Direction: store.MailOutgoing, Account: w.account.ID}
	w.mail.MailBody = store.MailBody{MessageID: c.messageID(w.from.Address), From: w.from, To: w.To, Cc: w.Cc, Bcc: w.Bcc,
		Date: acd.At(c.o.Now()), Alias: w.from.Address, Expert: w.expert, Auto: w.auto, Tracking: letter.TrackingID(c.o.Key[:], first)}
	w.mail.Subject = shorten(masker.Text(letter.WithTracking(w.Subject, w.mail.Tracking)), 1000)
	if w.HTML != "" {
		html, _ := letter.Sanitise(masker.Text(w.HTML))
		if len(html) > store.MailHTMLMax {
			return errBadText.On("html")
		}
		w.mail.HTML = html
	}
	if answered != nil && w.Mode != dialogue.MailNew && !w.expert { // whom else it concerns is not the expert's business
		w.mail.InReplyTo = answered.MessageID
		w.mail.References = references(answered)
	}
	return c.attach(ctx, w, answered)
}

func checkRecipients(lists ...[]store.MailAddress) error {
	n := 0
	for _, list := range lists {
		for _, a := range list {
			if !talk.IsMailAddress(a.Address) || strings.ContainsAny(a.Name, "\r\n") || !isText(a.Name) || len(a.Name) > 400 {
				return errRecipient.With("address", shorten(a.Address, 100))
			}
			n++
		}
	}
	if n == 0 || n > recipientsMax {
		return errRecipient
	}
	return nil
}

// answeredOf gives the mail that is answered: the one that is named, else the last that came.
func answeredOf(mails []store.Mail, seq uint64) *store.Mail {
	for i := range mails {
		if seq != 0 && mails[i].Seq == seq {
			return &mails[i]
		}
	}
	for i := len(mails) - 1; i >= 0 && seq == 0; i-- {
		if mails[i].Direction == store.MailIn && !mails[i].Expert {
			return &mails[i]
		}
	}
	return nil
}

// references is what an answer refers to (RFC 5322, 3.6.4).
func references(m *store.Mail) []string {
	all := append([]string{}, m.References...)
	if len(all) == 0 && m.InReplyTo != "" {
		all = append(all, m.InReplyTo)
	}
	if m.MessageID != "" {
		all = append(all, m.MessageID)
	}
	if len(all) > keptReferences { // the first names the thread for many programs
		all = append(all[:1:1], all[len(all)-keptReferences+1:]...)
	}
	return all
}

// chooseFrom finds the account and the address from which a mail leaves: the one that is
// asked for, else the one to which what is answered came, else the usual one.
func (c *Channel) chooseFrom(w *writing, answered *store.Mail) error {
	setup := c.o.Setup()
	if w.From != "" {
		for _, a := range setup.Accounts {
			if alias, ok := owns(&a, w.Unit, c.o.Global, w.From); ok && !a.Disabled {
				w.account, w.from = a, store.MailAddress{Name: firstOf(alias.FromName, a.FromName), Address: alias.Address}
				return nil
			}
		}
		return errFrom
	}
	came := w.came
	if answered != nil {
		came = answered.Alias
	}
	senders := setup.Senders(w.Unit, c.o.Global, came, w.queue)
	if len(senders) == 0 {
		return errNoAccount
	}
	w.account, _ = setup.Account(senders[0].Account)
	w.from = store.MailAddress{Name: senders[0].Name, Address: senders[0].Address}
	return nil
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// messageID makes an id for a mail that leaves from an address.
func (c *Channel) messageID(from string) string {
	id := c.o.NewID()
	_, domain, ok := strings.Cut(from, "@")
	if !ok || domain == "" {
		domain = "portico.invalid"
	}
	return "<" + hex.EncodeToString(id[:]) + "@" + domain + ">"
}

// attach names the files that go with a mail: those that the agent has brought, and parts
// of the mail that is forwarded.
func (c *Channel) attach(ctx context.Context, w *writing, from *store.Mail) error {
	for _, id := range w.Attachments {
		a, err := c.fileOf(ctx, w, id)
		if err != nil {
			return err
		}
		content := hex.EncodeToString(a.ID[:]) + "@portico"
		part := store.MailPart{Attachment: a.ID, Name: a.Name, MediaType: a.MediaType, Size: int64(a.Size)}
		if strings.Contains(w.mail.HTML, "cid:"+content) {
			part.ContentID, part.Inline = content, true
		}
		w.mail.Parts = append(w.mail.Parts, part)
	}
	for _, path := range w.Forwarded {
		found := false
		if from != nil {
			for _, p := range from.Parts {
				if p.Part == string(path) && path != "" {
					p.Of, found = from.Seq, true
					w.mail.Parts = append(w.mail.Parts, p)
				}
			}
		}
		if !found {
			return errPart
		}
	}
	return nil
}

// fileOf gives a file that an agent has brought to a mail: one that a message of the
// contact names, or one that waits for a contact that is not there yet.
func (c *Channel) fileOf(ctx context.Context, w *writing, id dialogue.AttachmentID) (a store.Attachment, err error) {
	if w.Contact.IsZero() {
		// A file that is not whole cannot be opened.
		file, err := c.o.Store.OpenAttachment(ctx, w.Unit, id)
		switch {
		case errors.Is(err, store.ErrNone):
			return a, errFile
		case err != nil:
			return a, fmt.Errorf("looking for a file: %w", err)
		case file.Of.Contact != w.waiting() || file.Of.Seq != 0:
			return a, errFile
		case acd.At(c.o.Now()) > file.Of.At.Add(fileWait):
			return a, errFileOld.With("name", file.Of.Name)
		}
		return file.Of, nil
	}
	if a, err = c.o.Store.Attachment(ctx, w.Unit, id); err == nil && a.Contact == w.Contact && a.Seq > 0 {
		return a, nil
	}
	if err == nil || errors.Is(err, store.ErrNone) {
		return a, errFile
	}
	return a, fmt.Errorf("looking for a file: %w", err)
}

// waiting is where the files of a new mail wait.
func (w *writing) waiting() acd.ContactID { return dialogue.NewMailFiles(w.Unit, w.Agent, w.ClientID) }

// TakeMailFile saves a file for a mail that an agent has begun and that is nobody's contact
// yet; u.ClientID is the mail's. What is not sent within a day is forgotten.
func (c *Channel) TakeMailFile(ctx context.Context, u dialogue.Upload) (store.Attachment, error) {
	u.Contact = dialogue.NewMailFiles(u.Unit, u.Agent, u.ClientID)
	u.ClientID = "file" // a mail's may hold what those of files must not
	return c.o.Files.Take(ctx, u)
}

// outbound makes a new contact with a mail of an agent, who owns it at once where that is
// possible, else has it held.
func (c *Channel) outbound(ctx context.Context, o dialogue.MailOrder) (dialogue.MailSent, error) {
	id := "out:" + o.ClientID
	if len(id) > 64 {
		return dialogue.MailSent{}, errBadText.On("client_id")
	}
	if old, err := c.o.Store.ContactByClient(ctx, o.Unit, id); err == nil {
		return c.begun(ctx, o, old.ID)
	}
	w := writing{MailOrder: o, queue: o.Queue, held: c.o.Setup().Of(o.Unit).NeedsApproval(o.Agent, o.Queue)}
	w.Mode, w.InReplyTo, w.Forwarded = dialogue.MailNew, 0, nil
	contact := acd.ContactID(c.o.NewID())
	if err := c.prepare(ctx, &w, contact); err != nil {
		return dialogue.MailSent{}, err
	}
	to := w.To
	if len(to) == 0 {
		to = append(w.Cc, w.Bcc...)
	}
	a := &hub.Arrival{Contact: contact, Unit: o.Unit, ClientID: id, Medium: Medium, Queue: o.Queue, Domain: acd.Email,
		Priority: priorityDefault, Preferred: o.Agent, Hold: time.Hour, Source: addressOf(to[0].Address), Destination: w.from.Address,
		Name: shorten(nameOf(letter.Address(to[0])), nameMax), Caption: shorten(w.Subject, captionMax)}
	a.Customer, _ = c.o.Store.CustomerOf(ctx, o.Unit, store.Address{Kind: store.AddressEmail, Value: to[0].Address})
	m := w.message()
	m.Unit, m.Contact, m.Seq, m.At = o.Unit, contact, 1, acd.At(c.o.Now())
	riders := append([]store.Row{m}, w.rows(c, contact, 1)...)
	for _, file := range w.Attachments {
		riders = append(riders, store.AttachmentMoved{Unit: o.Unit, Attachment: file, From: w.waiting(), Contact: contact, Seq: 1})
	}
	answer, err := c.o.Hub.Ask(ctx, hub.Command{Lane: hub.Arrivals, Unit: o.Unit, Arrival: a, Riders: riders})
	if err != nil {
		return dialogue.MailSent{}, err
	}
	if answer.Existing {
		return c.begun(ctx, o, answer.Contact)
	}
	c.sendSoon(w.account.ID)
	c.own(ctx, o.Unit, contact, o.Agent)
	return dialogue.MailSent{Contact: contact, Message: m, Held: w.held}, nil
}

// begun answers a repeat for a contact that an order has made already.
func (c *Channel) begun(ctx context.Context, o dialogue.MailOrder, contact acd.ContactID) (dialogue.MailSent, error) {
	old, err := c.o.Store.MessageByClient(ctx, o.Unit, contact, o.ClientID)
	return dialogue.MailSent{Contact: contact, Message: old}, err
}

// own gives an agent a contact that was just made for it. Somebody who cannot have it now
// has it held, or finds it in the queue: the mail is on its way whoever that is.
func (c *Channel) own(ctx context.Context, unit acd.UnitID, contact acd.ContactID, agent acd.AgentID) {
	for range takeOverTries {
		p, ok := c.open(unit, contact)
		if !ok || isOwned(p.State) {
			return
		}
		var event acd.Event = acd.TakenOver{Contact: contact, Expect: acd.Place{State: p.State, Agent: p.Agent}, Agent: agent}
		if p.State == acd.Offered && p.Agent == agent { // who is available has it offered at once
			event = acd.Accepted{Contact: contact, Agent: agent, Offer: p.Offer}
		}
		_, err := c.o.Hub.Ask(ctx, hub.Command{Lane: hub.Progress, Unit: unit, Event: event})
		if err == nil {
			return
		}
		if f := fault.Of(err); f == nil || f.Code != "contact_taken" {
			c.log.Info("an outgoing mail's contact waits for its agent", "contact", contact, "agent", agent, "err", err)
			return
		}
	}
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }
