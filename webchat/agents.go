package webchat

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/picture"
	"portico/store"
)

// subscription is one listener of the agents' side.
type subscription struct{ tell func(dialogue.Frame) }

// Send saves a message of an agent, once it is durable. An agent who is not the owner is refused, and
// told who is.
func (c *Chats) Send(ctx context.Context, m dialogue.Outgoing) (store.Message, error) {
	if err := checkText(m.ClientID, m.Text); err != nil {
		return store.Message{}, err
	}
	if m.Kind == kindPage && !isPageAddress(m.Text) {
		return store.Message{}, errPageAddress
	}
	conv, err := c.ofAgent(m.Unit, m.Contact)
	if err != nil {
		return store.Message{}, err
	}
	defer conv.unpin()
	return conv.send(ctx, outgoing(m), func() error { return c.mayWrite(m) })
}

// isPageAddress reports whether a customer may be asked to open an address: one of the
// web, whole, without a name and password in it.
func isPageAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil &&
		!strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}

func outgoing(m dialogue.Outgoing) store.Message {
	return store.Message{ClientID: m.ClientID, Author: store.AuthorAgent, By: m.Agent, Kind: m.Kind, Text: m.Text}
}

// ofAgent gives the conversation of an open chat of the unit, pinned.
func (c *Chats) ofAgent(unit acd.UnitID, contact acd.ContactID) (*conversation, error) {
	p, ok := c.o.Picture.Contact(unit, contact)
	if !ok || p.Medium != medium {
		return nil, errUnknown
	}
	return c.pin(unit, contact), nil
}

// writes are the kinds that somebody who takes part in a conversation may add. Who only
// listens adds nothing.
var writes = map[acd.Role][]string{
	acd.Owner:       {kindText, kindNote, kindFile, kindPage, kindWhisper},
	acd.Conferenced: {kindText, kindNote, kindFile, kindPage, kindWhisper},
	acd.Consulted:   {kindNote, kindWhisper},
	acd.Whispering:  {kindNote, kindWhisper},
}

var errUnheard = fault.New(fault.Forbidden, "not_to_customer", "You take part in this conversation without being seen by the customer: you can write to its agents only.")

// mayWrite says whether an agent may add a message now: as the agent's role in the
// conversation allows it. In wrap-up, when the owner is alone, notes may be added.
func (c *Chats) mayWrite(m dialogue.Outgoing) error {
	p, ok := c.o.Picture.Contact(m.Unit, m.Contact)
	if !ok {
		return errEnded
	}
	role, ok := roleIn(p, m.Agent)
	switch {
	case !ok:
		return c.moved(m.Unit, p.State, p.Agent)
	case isOver(&p.ContactRow) && m.Kind != kindNote:
		return errEnded
	case !slices.Contains(writes[role], m.Kind):
		return errUnheard
	}
	return nil
}

// roleIn gives what an agent does in a contact now; ok is false for one who does not take
// part, or has not yet accepted.
func roleIn(p picture.Contact, agent acd.AgentID) (role acd.Role, ok bool) {
	if agent.IsZero() {
		return 0, false
	}
	switch p.State {
	case acd.Active, acd.Interrupted, acd.WrapUp:
		if p.Agent == agent {
			return acd.Owner, true
		}
	}
	beside, ok := p.Part(agent)
	return beside.Role, ok && beside.State == acd.Active
}

// isHeard reports whether the customer knows of somebody with the role.
func isHeard(r acd.Role) bool { return r == acd.Owner || r == acd.Conferenced }

// moved tells the loser who has the contact.
func (c *Chats) moved(unit acd.UnitID, state acd.ContactState, owner acd.AgentID) *fault.Fault {
	switch state {
	case acd.Active, acd.Interrupted, acd.WrapUp, acd.Offered:
		ctx, cancel := context.WithTimeout(context.Background(), nameWait)
		defer cancel()
		return errMoved.With("agent", c.names.screenName(ctx, unit, owner))
	}
	return errMoved
}

// Beside numbers a message that a command of the hub saves. The command goes on when ctx is over, since
// its message may be saved all the same; until that is certain nothing else is
// numbered.
func (c *Chats) Beside(ctx context.Context, m dialogue.Outgoing, do func(context.Context, store.Row) error) (store.Message, error) {
	if err := checkText(m.ClientID, m.Text); err != nil && (m.Text != "" || !isClientID(m.ClientID)) {
		return store.Message{}, err // a line of a transfer may be empty
	}
	conv, err := c.ofAgent(m.Unit, m.Contact)
	if err != nil {
		return store.Message{}, err
	}
	defer conv.unpin()
	m.Text = c.Masker(m.Unit).Text(m.Text)
	row, known, err := conv.reserve(ctx, outgoing(m))
	if err != nil || known {
		return row, err
	}
	result := make(chan error, 1)
	if !c.enter() {
		conv.settleBeside(row, errStopping)
		return store.Message{}, errStopping
	}
	go func() {
		defer c.running.Done()
		err := do(context.WithoutCancel(ctx), row)
		conv.settleBeside(row, err)
		result <- err
	}()
	select {
	case err := <-result:
		return row, err
	case <-ctx.Done():
		return store.Message{}, errStoreAway
	}
}

// reserve gives the next number to a message that the hub will save. known is set
// when the client id is: then the message is the old one.
func (c *conversation) reserve(ctx context.Context, row store.Message) (_ store.Message, known bool, _ error) {
	fresh := false
	for {
		if err := c.acquire(ctx); err != nil {
			return row, false, err
		}
		if m := c.inFlight(row.ClientID); m != nil {
			c.mu.Unlock()
			<-m.certain
			return m.row, true, m.err
		}
		if fresh || !c.isKnown(row.ClientID) {
			break
		}
		old, err := c.former(ctx, row.ClientID)
		if !errors.Is(err, store.ErrNone) {
			return old, true, err
		}
		fresh = true
	}
	defer c.mu.Unlock()
	if c.last >= messagesMax {
		return row, false, errTooManyMessages
	}
	c.beside = make(chan struct{})
	row.Unit, row.Contact, row.Seq, row.At = c.unit, c.contact, c.last+1, acd.At(c.chats.o.Now())
	return row, false, nil
}

// settleBeside takes the reserved number or frees it.
func (c *conversation) settleBeside(row store.Message, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.last = row.Seq
		c.known = append(c.known, c.chats.idHash(row.ClientID))
		// Those with lower numbers may not be certain yet.
		m := &message{row: row, certain: make(chan struct{}), settled: true}
		c.flight = append(c.flight, m)
		c.release()
	} else if fault.Of(err) == nil || fault.Of(err).Kind == fault.Unavailable {
		c.loaded = false // it may have been saved: ask the store
	}
	close(c.beside)
	c.beside = nil
	c.sayAwaiting()
}

// Typing tells the customer, and the other agents who look on, that an agent types.
func (c *Chats) Typing(unit acd.UnitID, contact acd.ContactID, agent acd.AgentID) {
	p, ok := c.o.Picture.Contact(unit, contact)
	if !ok || isOver(&p.ContactRow) {
		return
	}
	if role, ok := roleIn(p, agent); !ok || !isHeard(role) {
		return
	}
	if conv := c.pinOpen(contact); conv != nil {
		conv.agentTypes(agent)
		conv.unpin()
	}
}

func (c *conversation) agentTypes(agent acd.AgentID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for s := range c.sockets {
		s.typing(agent)
	}
	frame := dialogue.Frame{Typing: &dialogue.Typing{Author: store.AuthorAgent, By: agent}}
	for a := range c.agents {
		a.tell(frame)
	}
}

// customerTypes tells the agents' side, with what stands there so far where the
// settings allow that.
func (c *conversation) customerTypes(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.silence.typed = acd.At(c.chats.o.Now())
	frame := dialogue.Frame{Typing: &dialogue.Typing{Author: store.AuthorCustomer, Text: text}}
	for a := range c.agents {
		a.tell(frame)
	}
}

// MarkRead notes how far an agent has read.
func (c *Chats) MarkRead(unit acd.UnitID, contact acd.ContactID, agent acd.AgentID, seq uint64) {
	p, ok := c.o.Picture.Contact(unit, contact)
	if !ok {
		return
	}
	if role, ok := roleIn(p, agent); !ok || !isHeard(role) {
		return
	}
	c.markRead(store.ReadMark{Unit: unit, Contact: contact, Reader: store.AuthorAgent, Seq: seq})
}

// markRead saves how far one side has read, when the store has time, and tells the
// other.
func (c *Chats) markRead(mark store.ReadMark) {
	if conv := c.pinOpen(mark.Contact); conv != nil {
		defer conv.unpin()
		conv.mu.Lock()
		if conv.loaded {
			mark.Seq = min(mark.Seq, conv.last)
		}
		news := conv.noteRead(mark)
		conv.mu.Unlock()
		if !news {
			return
		}
	}
	// A mark that finds the queue full is lost: the next one says more.
	_ = c.o.Store.Submit(store.Lazy, store.Unit{Rows: []store.Row{mark}}, func(store.Outcome) {})
}

// noteRead takes a mark, unless it says less than is known, and tells everybody who
// listens. mu is held.
func (c *conversation) noteRead(mark store.ReadMark) (news bool) {
	if mark.Seq <= c.marks[mark.Reader] {
		return false
	}
	c.marks[mark.Reader] = mark.Seq
	for a := range c.agents {
		a.tell(dialogue.Frame{Read: &mark})
	}
	if mark.Reader == store.AuthorAgent {
		for s := range c.sockets {
			s.wakeUp()
		}
	}
	return true
}

// Subscribe tells an agent's desktop what is new, and at once how far each side has
// read. For a contact that is not an open chat of
// the unit nothing is ever told.
func (c *Chats) Subscribe(unit acd.UnitID, contact acd.ContactID, tell func(dialogue.Frame)) (cancel func()) {
	conv, err := c.ofAgent(unit, contact)
	if err != nil {
		return func() {}
	}
	s := &subscription{tell: tell}
	conv.mu.Lock()
	if conv.agents == nil {
		conv.agents = make(map[*subscription]struct{}, 1)
	}
	conv.agents[s] = struct{}{}
	for reader, seq := range conv.marks {
		if seq > 0 {
			tell(dialogue.Frame{Read: &store.ReadMark{Unit: unit, Contact: contact, Reader: store.Author(reader), Seq: seq}})
		}
	}
	loaded := conv.loaded
	conv.mu.Unlock()
	if !loaded {
		c.loadSoon(conv)
	}
	return sync.OnceFunc(func() {
		conv.mu.Lock()
		delete(conv.agents, s)
		conv.mu.Unlock()
		conv.unpin()
	})
}

// nameWait bounds the reading of a name that only explains something.
const nameWait = time.Second
