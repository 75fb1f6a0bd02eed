package webchat

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"portico/acd"
	"portico/store"
)

// awaitingMax is how many transitions a conversation that cannot be written to
// remembers; more are read from the store.
const awaitingMax = 64

// transition is a fact that customer and agents read of in the conversation.
type transition struct {
	batch uint64
	n     int // among the facts of the contact in the batch
	kind  string
	by    acd.AgentID
	at    acd.Time
}

// clientID is derived from the fact alone, so that the message of a fact is made
// once, by whatever process.
func (t transition) clientID() string {
	return "sys:" + strconv.FormatUint(t.batch, 10) + ":" + strconv.Itoa(t.n)
}

// transitionOf tells what a conversation says of a fact; ok is false for nothing. A
// transfer writes its own line, with its command.
func transitionOf(f acd.Fact) (kind string, by acd.AgentID, ok bool) {
	switch f.Kind {
	case acd.FactAccepted:
		return kindJoined, f.Agent, true
	case acd.FactReturned:
		return kindLeft, f.Agent, f.Why != acd.WhyTransferred
	case acd.FactFinished:
		if f.Why == acd.WhyAbandoned || f.Why == acd.WhyCustomerLost {
			return kindEnded, acd.AgentID{}, true
		}
		return kindEnded, f.Agent, true
	}
	return "", acd.AgentID{}, false
}

// say appends the message of a transition unless it is there. It waits for nothing.
// mu is held.
func (c *conversation) say(t transition) {
	if c.loaded && c.beside == nil {
		id := t.clientID()
		if c.isKnown(id) {
			return
		}
		row := store.Message{ClientID: id, Author: store.AuthorSystem, By: t.by, Kind: t.kind, At: t.at}
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
	files       int
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
	if p, ok := c.chats.o.Picture.Contact(c.unit, c.contact); ok && p.AcceptedAt == 0 {
		return r, nil // nobody has joined it: whatever comes is told by Fold
	}
	facts, err := c.chats.o.Store.Facts(ctx, c.unit, c.contact)
	if err != nil && !errors.Is(err, store.ErrNone) {
		return r, fmt.Errorf("read a conversation's facts: %w", err)
	}
	var batch uint64
	n := 0
	for _, f := range facts {
		if f.Key.Batch != batch {
			batch, n = f.Key.Batch, 0
		}
		if kind, by, ok := transitionOf(f.Fact); ok {
			r.transitions = append(r.transitions, transition{batch: batch, n: n, kind: kind, by: by, at: f.At})
		}
		n++
	}
	return r, nil
}

// become takes what was read. Listeners are told of what they have not seen by the
// sockets' own cursors. mu is held.
func (c *conversation) become(r reading) {
	c.last, c.known, c.recent, c.files = r.last, r.known, r.recent, r.files
	c.loaded = true
	for _, t := range r.transitions {
		c.say(t)
	}
	c.sayAwaiting()
	for s := range c.sockets {
		s.wakeUp()
	}
}
