package webchat

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"portico/acd"
	"portico/store"
	"portico/workflow"
)

// awaitingMax is how many transitions a conversation that cannot be written to
// remembers; more are read from the store.
const awaitingMax = 64

// transition is a fact, a timer that ran out, or what a workflow said, that customer and
// agents read of in the conversation.
type transition struct {
	batch uint64
	n     int                     // among the facts of the contact in the batch
	timer string                  // in place of both: the timer's name and number
	id    string                  // of what a workflow said; in place of all three
	text  string                  // the same
	offer *workflow.OfferCallback // that a workflow made; else nil
	kind  string
	by    acd.AgentID
	at    acd.Time
	told  told
}

// clientID is derived from the fact, the timer or the visit alone, so that its message is
// made once, by whatever process.
func (t transition) clientID() string {
	if t.id != "" {
		return t.id
	}
	if t.timer != "" {
		return "sys:" + t.timer
	}
	return "sys:" + strconv.FormatUint(t.batch, 10) + ":" + strconv.Itoa(t.n)
}

// stage is what a fact meets.
type stage struct {
	owned   bool // the contact is in an agent's conversation
	present bool // the fact's agent took part beside the owner until now
}

// transitionOf tells what a conversation says of a fact; ok is false for nothing. A
// transfer writes its own line, with its command.
func transitionOf(f acd.Fact, s stage) (t transition, ok bool) {
	t = transition{by: f.Agent, at: f.At}
	switch f.Kind {
	case acd.FactArrived:
		t.kind, t.by = kindWelcome, acd.AgentID{}
		return t, true
	case acd.FactAccepted:
		t.kind = kindJoined
		return t, true
	case acd.FactReturned:
		t.kind = kindLeft
		return t, f.Why != acd.WhyTransferred
	case acd.FactCustomerReturned:
		t.kind = kindReturned
		return t, s.owned
	case acd.FactJoined, acd.FactLeft, acd.FactRole, acd.FactHandedOver:
		return besideOf(t, f, s)
	case acd.FactEnded: // without an agent; of others their own fact tells
		t.kind, t.by, t.told.Why = kindEnded, acd.AgentID{}, whyClosed
		return t, f.Why == acd.WhyWorkflow || f.Why == acd.WhySteered
	case acd.FactFinished:
		t.kind = kindEnded
		switch f.Why {
		case acd.WhyAbandoned:
			t.by = acd.AgentID{}
		case acd.WhyCustomerLost:
			t.by, t.told.Why = acd.AgentID{}, whyLost
		case acd.WhyIdle:
			t.by, t.told.Why = acd.AgentID{}, whyIdle
		}
		return t, true
	}
	return t, false
}

// besideOf is transitionOf for what happens beside the owner. Customers read of those who
// are heard; of the others, and of invitations, the agents alone.
func besideOf(t transition, f acd.Fact, s stage) (transition, bool) {
	role := acd.Role(f.N)
	switch {
	case f.Kind == acd.FactHandedOver:
		t.kind = kindHandedOver
		return t, true
	case f.Kind == acd.FactLeft && (role == acd.Owner || endsAll(f.Why)):
		return t, false // the line of who came, or of the end, says it
	case f.Kind == acd.FactJoined && f.Why == acd.WhyHandedOver:
		return t, false // the owner before stays: nobody came
	case f.Kind != acd.FactLeft && role == acd.Conferenced:
		t.kind = kindJoined
		return t, true
	case f.Kind == acd.FactLeft && role == acd.Conferenced && s.present:
		t.kind = kindParted
		return t, true
	}
	t.kind = kindBeside
	t.told.Role, t.told.Event = roleWords[role], eventOf(f, s)
	return t, t.told.Role != ""
}

// endsAll reports whether a participation ended because the conversation did.
func endsAll(why acd.Why) bool {
	switch why {
	case acd.WhyFinished, acd.WhyAbandoned, acd.WhyCustomerLost, acd.WhyIdle, acd.WhySteered:
		return true
	}
	return false
}

// roleWords are the roles beside the owner's as a message keeps them.
var roleWords = map[acd.Role]string{acd.Consulted: "consulted", acd.Conferenced: "conferenced", acd.Monitoring: "monitoring",
	acd.Whispering: "whispering"}

// The events beside the owner, as a message keeps them.
const (
	eventJoined    = "joined"
	eventLeft      = "left"
	eventRole      = "role"
	eventDeclined  = "declined"  // an invitation
	eventNoAnswer  = "no_answer" // an invitation
	eventWithdrawn = "withdrawn" // an invitation that its owner took back, or that nobody could answer any more
)

func eventOf(f acd.Fact, s stage) string {
	switch {
	case f.Kind == acd.FactJoined:
		return eventJoined
	case f.Kind == acd.FactRole:
		return eventRole
	case s.present:
		return eventLeft
	case f.Why == acd.WhyDeclined:
		return eventDeclined
	case f.Why == acd.WhyNoAnswer:
		return eventNoAnswer
	}
	return eventWithdrawn
}

// attendance is who takes part, as the facts of one contact tell it in their order.
type attendance struct {
	owned   bool
	present map[acd.AgentID]bool
}

// meets gives what a fact meets.
func (a *attendance) meets(f acd.Fact) stage {
	return stage{owned: a.owned, present: a.present[f.Agent]}
}

// take goes on by one fact.
func (a *attendance) take(f acd.Fact) {
	switch f.Kind {
	case acd.FactAccepted:
		a.owned = true
	case acd.FactReturned, acd.FactFinished:
		a.owned = false
	case acd.FactJoined:
		if a.present == nil {
			a.present = map[acd.AgentID]bool{}
		}
		a.present[f.Agent] = true
	case acd.FactLeft, acd.FactHandedOver:
		delete(a.present, f.Agent)
	}
}

// The reasons of an end that nobody wanted, as its message keeps them.
const (
	whyIdle = "idle" // the customer was silent for too long
	whyLost = "lost" // the customer's page stayed away

	whyClosed = "closed" // a workflow ended it, or a supervisor while it waited
)

// say appends the message of a transition unless it is there, in the order in which it
// is told of them. It waits for nothing. mu is held.
func (c *conversation) say(t transition) {
	if c.loaded && c.beside == nil && len(c.awaiting) == 0 {
		id := t.clientID()
		if c.isKnown(id) {
			return
		}
		text, ok := c.textOf(t)
		if !ok {
			return
		}
		row := store.Message{ClientID: id, Author: store.AuthorSystem, By: t.by, Kind: t.kind, At: t.at, Text: text}
		c.flowing = c.flowing || t.kind == kindSays
		if _, err := c.number(row); err == nil {
			return
		}
		// The store's queue is full: the next sweep says it.
	}
	if len(c.awaiting) == awaitingMax {
		c.awaiting, c.missed, c.loaded = nil, true, false
		return
	}
	c.awaiting = append(c.awaiting, t)
}

// sayAwaiting says what could not be said before. mu is held.
func (c *conversation) sayAwaiting() {
	awaiting := c.awaiting
	c.awaiting = nil
	for _, t := range awaiting {
		c.say(t)
	}
}

// load reads the conversation from the store, and says what its facts tell and no
// message does: the process may have died between the two commits.
func (c *conversation) load(ctx context.Context) error {
	c.loading.Lock()
	defer c.loading.Unlock()
	for {
		if c.chats.away.Load() {
			// A message whose commit hangs would be missed, and its number given twice.
			return errStoreAway
		}
		c.mu.Lock()
		if c.loaded || len(c.flight) > 0 || c.beside != nil {
			c.mu.Unlock()
			return nil
		}
		c.missed = false
		c.mu.Unlock()

		read, err := c.read(ctx)
		if err != nil {
			return err
		}
		c.mu.Lock()
		if !c.missed || c.loaded {
			if !c.loaded {
				c.become(read)
			}
			c.mu.Unlock()
			return nil
		}
		c.mu.Unlock()
	}
}

// reading is what load reads.
type reading struct {
	last        uint64
	known       []uint64
	recent      []store.Message
	silence     silence
	files       int
	marks       []store.ReadMark
	transitions []transition
}

func (c *conversation) read(ctx context.Context) (reading, error) {
	var r reading
	for {
		page, err := c.chats.o.Store.Messages(ctx, c.unit, c.contact, r.last, pageMax)
		if err != nil {
			return r, fmt.Errorf("read a conversation: %w", err)
		}
		for _, m := range page {
			r.known = append(r.known, c.chats.idHash(m.ClientID))
			r.last = m.Seq
			r.silence.take(&m)
			if m.Kind == kindFile {
				r.files++
			}
		}
		r.recent = append(r.recent, page...)
		if over := len(r.recent) - recentMax; over > 0 {
			r.recent = append(r.recent[:0:0], r.recent[over:]...)
		}
		if len(page) < pageMax {
			break
		}
	}
	var err error
	if r.marks, err = c.chats.o.Store.ReadMarks(ctx, c.unit, c.contact); err != nil {
		return r, fmt.Errorf("read how far a conversation was read: %w", err)
	}
	facts, err := c.chats.o.Store.Facts(ctx, c.unit, c.contact)
	if err != nil && !errors.Is(err, store.ErrNone) {
		return r, fmt.Errorf("read a conversation's facts: %w", err)
	}
	var batch uint64
	var there attendance
	n := 0
	for _, f := range facts {
		if f.Key.Batch != batch {
			batch, n = f.Key.Batch, 0
		}
		if t, ok := transitionOf(f.Fact, there.meets(f.Fact)); ok {
			t.batch, t.n = batch, n
			r.transitions = append(r.transitions, t)
		}
		there.take(f.Fact)
		n++
	}
	path, err := c.chats.pathOf(ctx, c.unit, c.contact)
	if err != nil {
		return r, err
	}
	r.transitions = between(r.transitions, path)
	return r, nil
}

// become takes what was read. Listeners are told of what they have not seen by the
// sockets' own cursors. mu is held.
func (c *conversation) become(r reading) {
	r.silence.typed = c.silence.typed
	c.last, c.known, c.recent, c.silence, c.files = r.last, r.known, r.recent, r.silence, r.files
	c.loaded = true
	for _, mark := range r.marks {
		c.noteRead(mark)
	}
	// What is missing comes after the last that is there, since they are said in order:
	// what is missing before it, an earlier release did not say.
	said := len(r.transitions)
	for said > 0 && !c.isKnown(r.transitions[said-1].clientID()) {
		said--
	}
	for _, t := range r.transitions {
		c.flowing = c.flowing || t.kind == kindSays
	}
	for _, t := range r.transitions[said:] {
		c.say(t)
	}
	c.sayAwaiting()
	for s := range c.sockets {
		s.wakeUp()
	}
}
