package email

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"portico/acd"
	"portico/letter"
	"portico/post"
	"portico/store"
	"portico/talk"
)

// OutboxNotice is the kind of the outbox's entries that hold a Notice.
const OutboxNotice = "notice"

// Notice is a mail that belongs to no contact: what customers leave outside the hours, an
// alert, a transcript, a report. It is saved with what it tells of, in one commit, and
// leaves through the business unit's main account until the mail server has it.
type Notice struct {
	// From is an address of the unit's, or one that its account may send as; empty: the
	// account's own.
	From    string   `json:"from,omitempty"`
	To      []string `json:"to"`
	Subject string   `json:"subject,omitempty"`
	Text    string   `json:"text,omitempty"`
	HTML    string   `json:"html,omitempty"`
	// Chat is a chat whose words are the text, and its customer gets them too where
	// Customer is set and the address is known.
	Chat     acd.ContactID `json:"chat,omitzero"`
	Customer bool          `json:"customer,omitempty"`
	// Asked, unless nil, has it put into the mailbox of the one address in To instead.
	Asked *asked `json:"asked,omitempty"`
}

var (
	errNoticeFrom = errors.New("none of the accounts may send from this address")
	errNoticeNone = errors.New("the business unit has no mailbox")
	errNobody     = errors.New("nobody is to get it")
)

// noticeLook is how often notices are looked for.
const noticeLook = 2 * time.Second

// NoticeRow makes the row that has a notice sent once it is saved.
func (c *Channel) NoticeRow(unit acd.UnitID, n Notice) (store.Row, error) {
	body, err := json.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("writing a notice: %w", err)
	}
	return store.Outbox{ID: c.o.NewID(), Unit: unit, Kind: OutboxNotice, At: acd.At(c.o.Now()), Body: body}, nil
}

// notice gives the row of a notice for a list of addresses, or nothing for an empty one.
func (c *Channel) notice(unit acd.UnitID, to []talk.Line, n Notice) []store.Row {
	for _, address := range to {
		n.To = append(n.To, string(address))
	}
	if len(n.To) == 0 && !n.Customer {
		return nil
	}
	row, err := c.NoticeRow(unit, n)
	if err != nil {
		c.log.Warn("a notice cannot be written", "err", err)
		return nil
	}
	return []store.Row{row}
}

// OfflineNotice gives what is to be saved with what a customer left outside the hours.
func (c *Channel) OfflineNotice(r store.OfflineRequest) []store.Row {
	to := c.o.Setup().Of(r.Unit).OfflineTo
	if len(to) == 0 {
		return nil
	}
	var rows []store.Row
	if own, filed, ok := c.askedNotice(r); ok {
		rows = c.notice(r.Unit, nil, filed)
		to = slices.DeleteFunc(slices.Clone(to), func(address talk.Line) bool { return address == own })
	}
	kind := "question"
	if r.Kind == store.OfflineCallback {
		kind = "callback"
	}
	var b strings.Builder
	b.WriteString(c.word(r.Unit, "offline_"+kind) + "\n")
	put := func(label, value string) {
		if value != "" {
			b.WriteString("\n" + label + ": " + value)
		}
	}
	put(c.word(r.Unit, "name"), r.Name)
	put(c.word(r.Unit, "email"), r.Email)
	put(c.word(r.Unit, "question"), r.Question)
	c.askedFields(&b, r)
	b.WriteString("\n\n" + c.word(r.Unit, "offline_more") + "\n")
	subject := c.word(r.Unit, "offline_subject")
	if r.Name != "" {
		subject += ": " + shorten(strings.Join(strings.Fields(r.Name), " "), 200)
	}
	return append(rows, c.notice(r.Unit, to, Notice{Subject: subject, Text: b.String()})...)
}

// AlertNotice gives what is to be saved with an alert.
func (c *Channel) AlertNotice(a store.Alert) []store.Row {
	to := c.o.Setup().Of(a.Unit).AlertsTo
	if len(to) == 0 {
		return nil
	}
	values := map[string]any{}
	_ = json.Unmarshal(a.Body, &values) // what cannot be read is left out: the kind says enough
	var b strings.Builder
	b.WriteString(c.word(a.Unit, "alert") + "\n\n" + a.Kind)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if text := fmt.Sprint(values[key]); key != "code" && text != "" {
			b.WriteString("\n" + key + ": " + text)
		}
	}
	b.WriteString("\n\n" + c.word(a.Unit, "alert_more") + "\n")
	return c.notice(a.Unit, to, Notice{Subject: c.word(a.Unit, "alert_subject") + ": " + a.Kind, Text: b.String()})
}

// ChatEnded gives what is to be saved with the end of a chat.
func (c *Channel) ChatEnded(unit acd.UnitID, contact acd.ContactID) []store.Row {
	s := c.o.Setup().Of(unit)
	return c.notice(unit, s.TranscriptsTo, Notice{Chat: contact, Customer: s.TranscriptToCustomer, Subject: c.word(unit, "transcript_subject")})
}

// word gives a text in the language of a business unit.
func (c *Channel) word(unit acd.UnitID, key string) string {
	if c.o.Text == nil {
		return key
	}
	return c.o.Text(c.o.Setup().Units[unit], "notice."+key)
}

// later is when a notice is tried again.
type later struct {
	tries int
	at    time.Time
}

// notify sends notices until the channel stops. Those that wait are in the outbox.
func (c *Channel) notify() {
	put := map[[16]byte]later{}
	for pause := noticeLook; ; {
		timer := time.NewTimer(pause)
		select {
		case <-c.context.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		if err := c.noticesOnce(c.context, put); err == nil {
			pause = noticeLook
		} else if c.context.Err() == nil {
			c.log.Warn("notices wait to be sent", "err", err)
			pause = min(2*pause, idleLook)
		}
	}
}

// noticesOnce goes through the notices that wait. An error is of the store, or of a
// server that does not answer; put holds when the others are tried again.
func (c *Channel) noticesOnce(ctx context.Context, put map[[16]byte]later) error {
	var failed error
	for after := [16]byte{}; ; {
		page, err := c.o.Store.OutboxOf(ctx, OutboxNotice, after, effectsPage)
		if err != nil {
			return fmt.Errorf("reading the outbox: %w", err)
		}
		for _, entry := range page {
			after = entry.ID
			if c.o.Now().Before(put[entry.ID].at) {
				continue
			}
			if err := c.noticeOne(ctx, entry, put); err != nil {
				failed = err
			}
		}
		if len(page) < effectsPage || ctx.Err() != nil {
			return failed
		}
	}
}

// noticeOne sends a notice, and takes its entry away when that is certain, or can never be.
func (c *Channel) noticeOne(ctx context.Context, entry store.Outbox, put map[[16]byte]later) error {
	err := c.sendNotice(ctx, entry)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var refused *post.Refused
	switch {
	case err == nil, errors.Is(err, errNobody):
	case errors.As(err, &refused) && refused.Permanent, errors.Is(err, errUnsendable), errors.Is(err, errNoticeFrom),
		acd.At(c.o.Now()).Sub(entry.At) > giveUpAfter:
		c.log.Error("a notice cannot be sent", "err", err, "unit", entry.Unit)
	case refused != nil, errors.Is(err, errNoticeNone):
		was := put[entry.ID]
		put[entry.ID] = later{was.tries + 1, c.o.Now().Add(min(retryMin<<min(was.tries, 10), retryMax))}
		c.log.Warn("a notice is not taken for now", "err", err, "unit", entry.Unit)
		return nil
	default:
		return err
	}
	delete(put, entry.ID)
	return c.save(ctx, store.OutboxDone{ID: entry.ID})
}

// sendNotice hands a notice to the mail server. Done again, it has the same Message-ID.
func (c *Channel) sendNotice(ctx context.Context, entry store.Outbox) error {
	var n Notice
	if err := json.Unmarshal(entry.Body, &n); err != nil {
		return fmt.Errorf("%w: %w", errUnsendable, err)
	}
	if n.Asked != nil {
		return c.fileAsked(ctx, entry, &n)
	}
	if !n.Chat.IsZero() {
		if err := c.transcribe(ctx, entry.Unit, &n); err != nil {
			return err
		}
	}
	account, from, err := c.noticeFrom(entry.Unit, n.From)
	if err != nil {
		return err
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	d := &letter.Draft{From: from, Subject: n.Subject, Text: n.Text, HTML: n.HTML, Date: entry.At.Std(), Auto: true, Loop: c.loop,
		MessageID: letter.MessageID("notice"+hex.EncodeToString(entry.ID[:]), domain)}
	for _, to := range n.To {
		d.To = append(d.To, letter.Address{Address: to})
	}
	if len(d.To) == 0 {
		return errNobody
	}
	if err := d.Check(); err != nil {
		return fmt.Errorf("%w: %w", errUnsendable, err)
	}
	c.mu.Lock()
	s := c.senders[account.ID]
	c.mu.Unlock()
	if s == nil {
		return errNoticeNone // it is about to start, or was taken away a moment ago
	}
	ctx, cancel := context.WithTimeout(ctx, sendMax)
	defer cancel()
	return s.post.Send(ctx, post.Envelope{From: from.Address, To: d.Recipients(), Size: d.Size()}, func(w io.Writer) error {
		_, err := d.WriteTo(w)
		return err
	})
}

// transcribe puts the words of a chat into its notice.
func (c *Channel) transcribe(ctx context.Context, unit acd.UnitID, n *Notice) error {
	contact, err := c.o.Store.Contact(ctx, unit, n.Chat)
	if errors.Is(err, store.ErrNone) {
		return errNobody // erased meanwhile
	}
	if err != nil {
		return fmt.Errorf("reading a chat: %w", err)
	}
	if n.Customer {
		var data map[string]any
		_ = json.Unmarshal(contact.Details, &data) // no data: no address
		if address, _ := data[store.AddressEmail].(string); talk.IsMailAddress(address) {
			n.To = append(n.To, address)
		}
	}
	if len(n.To) == 0 || c.o.Transcript == nil {
		return errNobody
	}
	if n.Text, err = c.o.Transcript(ctx, unit, n.Chat); err != nil {
		return fmt.Errorf("reading a chat: %w", err)
	}
	return nil
}

// noticeFrom finds the account and the sender of a notice: the unit's main account, else
// the site's, else any of theirs.
func (c *Channel) noticeFrom(unit acd.UnitID, from string) (talk.MailBox, letter.Address, error) {
	setup, found := c.o.Setup(), false
	for _, owner := range []acd.UnitID{unit, c.o.Global} {
		for _, main := range []bool{true, false} {
			for _, a := range setup.Accounts {
				if a.Disabled || a.Main != main || a.Unit != owner {
					continue
				}
				found = true
				if name, ok := sendsAs(&a, unit, c.o.Global, from); ok {
					return a, letter.Address{Name: name, Address: firstOf(from, a.Address)}, nil
				}
			}
		}
	}
	if !found {
		return talk.MailBox{}, letter.Address{}, errNoticeNone
	}
	return talk.MailBox{}, letter.Address{}, errNoticeFrom
}

// sendsAs reports whether an account may send from an address, and under which name.
func sendsAs(a *talk.MailBox, unit, global acd.UnitID, from string) (name string, ok bool) {
	if from == "" || talk.FoldAddress(from) == talk.FoldAddress(a.Address) {
		return a.FromName, true
	}
	if alias, ok := owns(a, unit, global, from); ok {
		return firstOf(alias.FromName, a.FromName), true
	}
	return a.FromName, slices.ContainsFunc(a.SendAs, func(l talk.Line) bool { return talk.FoldAddress(string(l)) == talk.FoldAddress(from) })
}
