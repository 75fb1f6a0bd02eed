package email

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/mask"
	"portico/picture"
	"portico/store"
)

const (
	// textMax is how long what an agent writes to colleagues may be, in bytes.
	textMax = 16 << 10
	// saveWait is how long a message may take until it is durable.
	saveWait = 10 * time.Second
	// numberTries is how often a number that was taken meanwhile is given anew.
	numberTries = 5
	kindNote    = "note"
)

// line is the conversation of one contact. A mail contact gets few messages, so each is
// numbered by what the store has, under a lock that is held until its outcome is certain.
type line struct {
	channel *Channel
	unit    acd.UnitID
	contact acd.ContactID
	users   int           // under lines.mu
	turn    chan struct{} // holds a token while a number is out

	mu        sync.Mutex
	listeners map[*listener]struct{}
}

type listener struct{ tell func(dialogue.Frame) }

// lines are the conversations that somebody uses now.
type lines struct {
	mu   sync.Mutex
	open map[acd.ContactID]*line
}

// use gives the only line of a contact; done is to be called once.
func (c *Channel) use(unit acd.UnitID, contact acd.ContactID) (l *line, done func()) {
	c.lines.mu.Lock()
	defer c.lines.mu.Unlock()
	l = c.lines.open[contact]
	if l == nil {
		l = &line{channel: c, unit: unit, contact: contact, turn: make(chan struct{}, 1), listeners: map[*listener]struct{}{}}
		c.lines.open[contact] = l
	}
	l.users++
	return l, func() {
		c.lines.mu.Lock()
		defer c.lines.mu.Unlock()
		if l.users--; l.users == 0 {
			delete(c.lines.open, contact)
		}
	}
}

// tell gives a frame to everybody who listens.
func (l *line) tell(f dialogue.Frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for k := range l.listeners {
		k.tell(f)
	}
}

// with is what is saved with a message once its number is known.
type with func(seq uint64) []store.Row

// append saves a message with the next number, and rows beside it, and gives it once it
// is durable. A client id that is known gives the message that it made: existing.
func (l *line) append(ctx context.Context, row store.Message, beside with) (m store.Message, existing bool, err error) {
	for range numberTries {
		if err := l.lock(ctx); err != nil {
			return row, false, err
		}
		next, existing, err := l.next(ctx, row)
		if err != nil || existing {
			l.unlock()
			return next, existing, err
		}
		rows := []store.Row{next}
		if beside != nil {
			rows = append(rows, beside(next.Seq)...)
		}
		// The lock goes with the outcome, not with whoever waits for it.
		outcome := make(chan error, 1)
		_, done := l.channel.use(l.unit, l.contact)
		err = l.channel.o.Store.Submit(store.Channel, store.Unit{Rows: rows}, func(o store.Outcome) {
			if o.Err == nil {
				l.tell(dialogue.Frame{Message: &next})
			}
			l.unlock()
			outcome <- o.Err
			done()
		})
		if err != nil {
			l.unlock()
			done()
			return row, false, saveFault(err)
		}
		select {
		case err = <-outcome:
		case <-ctx.Done():
			return row, false, errAway
		}
		if !errors.Is(err, store.ErrExists) {
			return next, false, saveFault(err)
		}
	}
	return row, false, errAway
}

// next gives the message its number, or the one that its client id has made. The lock is held.
func (l *line) next(ctx context.Context, row store.Message) (m store.Message, existing bool, err error) {
	s := l.channel.o.Store
	old, err := s.MessageByClient(ctx, l.unit, l.contact, row.ClientID)
	if err == nil {
		return old, true, nil
	}
	if !errors.Is(err, store.ErrNone) {
		return row, false, fmt.Errorf("looking for a message: %w", err)
	}
	last, err := s.LastSeq(ctx, l.unit, l.contact)
	if err != nil {
		return row, false, fmt.Errorf("looking for the last message: %w", err)
	}
	row.Unit, row.Contact, row.Seq = l.unit, l.contact, last+1
	if row.At == 0 {
		row.At = acd.At(l.channel.o.Now())
	}
	return row, false, nil
}

func (l *line) lock(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errAway
	}
}

func (l *line) unlock() { <-l.turn }

// saveFault says in words why something was not saved.
func saveFault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrFull):
		return errBusy
	case errors.Is(err, store.ErrBadUnit):
		return errBadText
	case errors.Is(err, store.ErrNone):
		return errFile
	}
	return fmt.Errorf("saving a message: %w", err)
}

// Send saves a note or a whisper of an agent. What goes to the customer is a mail.
func (c *Channel) Send(ctx context.Context, m dialogue.Outgoing) (store.Message, error) {
	if m.Kind != kindNote && m.Kind != dialogue.KindWhisper {
		return store.Message{}, errWriteMail
	}
	if !isText(m.Text) || m.Text == "" || len(m.Text) > textMax || m.ClientID == "" || len(m.ClientID) > 64 {
		return store.Message{}, errBadText
	}
	if err := c.mayWrite(m); err != nil {
		return store.Message{}, err
	}
	l, done := c.use(m.Unit, m.Contact)
	defer done()
	row, _, err := l.append(ctx, c.row(m), nil)
	return row, err
}

func (c *Channel) row(m dialogue.Outgoing) store.Message {
	return store.Message{ClientID: m.ClientID, Author: store.AuthorAgent, By: m.Agent, Kind: m.Kind, Text: c.Masker(m.Unit).Text(m.Text)}
}

// mayWrite says whether an agent may add something now. In wrap-up notes and mails may be
// added: a mail is not a talk that is over.
func (c *Channel) mayWrite(m dialogue.Outgoing) error {
	p, ok := c.open(m.Unit, m.Contact)
	if !ok {
		return errEnded
	}
	role, ok := roleIn(p, m.Agent)
	switch {
	case !ok:
		return errMoved
	case role == acd.Monitoring:
		return errUnheard
	case slices.Contains([]string{kindNote, dialogue.KindWhisper}, m.Kind):
		return nil
	case role != acd.Owner:
		return errUnheard
	}
	return nil
}

// open gives an open contact of this channel.
func (c *Channel) open(unit acd.UnitID, contact acd.ContactID) (picture.Contact, bool) {
	p, ok := c.o.Picture.Contact(unit, contact)
	return p, ok && p.Medium == Medium
}

// roleIn gives what an agent does in a contact now; ok is false for one who does not take
// part, or has not yet accepted.
func roleIn(p picture.Contact, agent acd.AgentID) (role acd.Role, ok bool) {
	if agent.IsZero() {
		return 0, false
	}
	if isOwned(p.State) && p.Agent == agent {
		return acd.Owner, true
	}
	beside, ok := p.Part(agent)
	return beside.Role, ok && beside.State == acd.Active
}

func isOwned(s acd.ContactState) bool {
	return s == acd.Active || s == acd.Interrupted || s == acd.WrapUp
}

// Beside numbers a message that a command of the hub saves. It goes on when ctx is over,
// since its message may be saved all the same.
func (c *Channel) Beside(ctx context.Context, m dialogue.Outgoing, do func(context.Context, store.Row) error) (store.Message, error) {
	if !isText(m.Text) || len(m.Text) > textMax || m.ClientID == "" || len(m.ClientID) > 64 {
		return store.Message{}, errBadText
	}
	if _, ok := c.open(m.Unit, m.Contact); !ok {
		return store.Message{}, errUnknown
	}
	l, done := c.use(m.Unit, m.Contact)
	if err := l.lock(ctx); err != nil {
		done()
		return store.Message{}, err
	}
	row, existing, err := l.next(ctx, c.row(m))
	if err != nil || existing {
		l.unlock()
		done()
		return row, err
	}
	result := make(chan error, 1)
	if !c.enter() {
		l.unlock()
		done()
		return store.Message{}, errAway
	}
	go func() { // Stop waits for it
		defer c.running.Done()
		defer done()
		err := do(context.WithoutCancel(ctx), row)
		if err == nil {
			l.tell(dialogue.Frame{Message: &row})
		}
		l.unlock()
		result <- err
	}()
	select {
	case err := <-result:
		return row, err
	case <-ctx.Done():
		return store.Message{}, errAway
	}
}

// Attach saves a file that an agent will send with a mail.
func (c *Channel) Attach(ctx context.Context, u dialogue.Upload) (store.Message, store.Attachment, error) {
	asked := dialogue.Outgoing{Unit: u.Unit, Contact: u.Contact, Agent: u.Agent, Kind: dialogue.KindMailFile}
	if err := c.mayWrite(asked); err != nil {
		return store.Message{}, store.Attachment{}, err
	}
	if old, err := c.o.Store.MessageByClient(ctx, u.Unit, u.Contact, u.ClientID); err == nil {
		return c.attached(ctx, old)
	}
	a, err := c.o.Files.Take(ctx, u)
	if err != nil {
		return store.Message{}, a, err
	}
	l, done := c.use(u.Unit, u.Contact)
	defer done()
	row := store.Message{ClientID: u.ClientID, Author: store.AuthorAgent, By: u.Agent, Kind: dialogue.KindMailFile, Text: a.Name}
	m, existing, err := l.append(ctx, row, func(seq uint64) []store.Row {
		return []store.Row{store.MessageAttachment{Unit: u.Unit, Contact: u.Contact, Seq: seq, Attachment: a.ID}}
	})
	if err != nil {
		return m, a, err // the night sweeps a file that nothing names
	}
	if existing {
		return c.attached(ctx, m)
	}
	a.Seq = m.Seq
	return m, a, nil
}

// attached gives a message with the file that it names.
func (c *Channel) attached(ctx context.Context, m store.Message) (store.Message, store.Attachment, error) {
	all, err := c.o.Store.MessageAttachments(ctx, m.Unit, m.Contact, m.Seq, m.Seq)
	if err != nil {
		return m, store.Attachment{}, fmt.Errorf("reading the file of a message: %w", err)
	}
	if len(all) == 0 {
		return m, store.Attachment{}, errBadText.On("client_id")
	}
	return m, all[0], nil
}

// MarkRead notes how far an agent has read.
func (c *Channel) MarkRead(unit acd.UnitID, contact acd.ContactID, agent acd.AgentID, seq uint64) {
	p, ok := c.open(unit, contact)
	if !ok {
		return
	}
	if _, ok := roleIn(p, agent); !ok {
		return
	}
	mark := store.ReadMark{Unit: unit, Contact: contact, Reader: store.AuthorAgent, Seq: seq}
	// A mark that finds the queue full is lost: the next one says more.
	_ = c.o.Store.Submit(store.Lazy, store.Unit{Rows: []store.Row{mark}}, func(store.Outcome) {})
	l, done := c.use(unit, contact)
	defer done()
	l.tell(dialogue.Frame{Read: &mark})
}

// Subscribe tells a desktop what is new in a conversation.
func (c *Channel) Subscribe(unit acd.UnitID, contact acd.ContactID, tell func(dialogue.Frame)) (cancel func()) {
	l, done := c.use(unit, contact)
	k := &listener{tell}
	l.mu.Lock()
	l.listeners[k] = struct{}{}
	l.mu.Unlock()
	return sync.OnceFunc(func() {
		l.mu.Lock()
		delete(l.listeners, k)
		l.mu.Unlock()
		done()
	})
}

// Masker gives what takes out of a unit's texts what must not be kept.
func (c *Channel) Masker(unit acd.UnitID) *mask.Masker { return c.o.Masker(unit) }

// Typing is of no use to somebody who reads a mail later.
func (c *Channel) Typing(acd.UnitID, acd.ContactID, acd.AgentID) {}

// isText reports whether a text can be kept and shown.
func isText(text string) bool {
	for _, r := range text {
		if r == utf8.RuneError || unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' {
			return false
		}
	}
	return utf8.ValidString(text)
}

// shorten cuts a text to so many characters.
func shorten(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// clientID makes an id of at most 64 characters of what happened.
func clientID(what string, n uint64) string { return what + ":" + strconv.FormatUint(n, 10) }

// The refusals of the channel.
var (
	errAway      = fault.New(fault.Unavailable, "store_away", "Nothing can be saved at the moment. It may have been done all the same: please look again shortly.")
	errBusy      = fault.New(fault.TooMany, "busy", "Too much waits to be saved at the moment. Please try again later.")
	errBadText   = fault.New(fault.Invalid, "invalid", "A text is too long, or holds characters that cannot be saved. Shorten or mend it.")
	errFile      = fault.New(fault.Missing, "file_unknown", "There is no such file.").On("attachments")
	errWriteMail = fault.New(fault.Invalid, "write_mail", "Customers of this contact are written to by e-mail: send a mail, or leave a note.").On("kind")
	errEnded     = fault.New(fault.Conflict, "chat_ended", "The conversation is over.")
	errMoved     = fault.New(fault.Conflict, "contact_taken", "The contact is no longer where you saw it. Look at it again.")
	errUnheard   = fault.New(fault.Forbidden, "not_to_customer", "You take part in this conversation without being seen by the customer: you can write to its agents only.")
	errUnknown   = fault.New(fault.Missing, "not_found", "There is no such thing.")
)
