package webchat

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"sync"
	"time"

	"portico/acd"
	"portico/dialogue"
	"portico/store"
)

const (
	// recentMax is how many of the last messages an open conversation keeps; older
	// ones are read from the store.
	recentMax = 64
	// messagesMax is how many messages one conversation may hold.
	messagesMax = 20_000
	pageMax     = 500 // messages of one read of the store
)

// The kinds of message. What customers see of them is isForCustomer's to say.
const (
	kindText        = "text"
	kindNote        = "note"              // among agents
	kindFile        = "file"              // it names a file; Text is its name
	kindPage        = "page"              // By asks the customer to open the address in Text
	kindWelcome     = "welcome"           // the chat has begun
	kindWaiting     = "waiting"           // nobody was free for a while
	kindJoined      = "joined"            // By accepted the contact
	kindLeft        = "left"              // By lost the contact, which waits again
	kindTransferred = "transferred"       // By passed the contact on
	kindReturned    = "returned"          // the customer has come back to By
	kindParted      = "parted"            // By left the conversation, which goes on with its owner
	kindHandedOver  = "handed_over"       // By is the owner now, in the place of another
	kindBeside      = dialogue.KindBeside // By came, went or changed beside the owner; among agents
	kindIdle        = "idle_warning"      // the customer has been silent for long
	kindEnded       = "ended"             // By ended the conversation; the zero By: the customer did
	kindSays        = "says"              // a text of a workflow
	kindForm        = "form"              // a workflow asks for data; Text is the question
	kindOffer       = "offer"             // a workflow asks whether the customer wants to be called back
	// kindVoid fills the number of a message whose data could not be saved.
	kindVoid = "void"

	kindWhisper = dialogue.KindWhisper // among the agents of the contact
	kindInvited = dialogue.KindInvited // By asked an agent in; among agents
)

// isForCustomer reports whether a kind of message is for the customer to see: what an
// agent writes, and what the program says. A kind that is not listed is for nobody there.
func isForCustomer(author store.Author, kind string) bool {
	switch author {
	case store.AuthorCustomer:
		return kind == kindText || kind == kindFile || kind == dialogue.KindMail
	case store.AuthorAgent:
		return kind == kindText || kind == kindFile || kind == kindPage || kind == kindTransferred || kind == dialogue.KindMail
	}
	switch kind {
	case kindWelcome, kindWaiting, kindJoined, kindLeft, kindTransferred, kindReturned, kindParted, kindHandedOver, kindIdle, kindEnded, kindSays, kindForm,
		kindOffer:
		return true
	}
	return false
}

// isWorkflows reports whether the words of a kind of message are a workflow's.
func isWorkflows(kind string) bool { return kind == kindSays || kind == kindForm || kind == kindOffer }

// conversation is one open contact's messages. It is their only numberer: a
// number is given under mu together with the place in the store's queue, so that
// the order of numbers is the order of commits.
type conversation struct {
	chats   *Chats
	unit    acd.UnitID
	contact acd.ContactID
	pins    int // who uses it; under its shard's mu

	loading sync.Mutex // held while the store is read for it; never taken with mu held

	mu     sync.Mutex
	loaded bool
	last   uint64          // the highest number given
	flight []*message      // given a number and not certain yet, ascending
	recent []store.Message // the last durable ones, ascending without gap
	// known are hashes of all client ids: one that is not among them is new without
	// asking the store.
	known []uint64
	// beside is not nil while a number is out with a command of the hub; closed then.
	beside   chan struct{}
	awaiting []transition // what could not be said yet
	missed   bool         // there were too many of them: their facts must be read

	silence silence
	flowing bool // a workflow said something: the program need not say that all are busy
	ending  bool // the core is being asked to end it, because of the silence

	sockets  map[*socket]struct{}       // nil until the first
	agents   map[*subscription]struct{} // nil until the first
	presence presence
	used     time.Time

	files   int // messages that name one
	uploads int // files on their way
	// marks are how far each side has read, by author.
	marks [store.AuthorAgent + 1]uint64
}

// message is one that has its number and waits to become durable.
type message struct {
	row     store.Message
	file    *store.Attachment // that it names, or nil
	certain chan struct{}     // closed when err holds what became of it, in order of numbers
	err     error
	settled bool
}

// errAgain: the conversation's memory was behind the store; look again.
var errAgain = errors.New("webchat: the number was taken")

// idHash is of this process alone: hashes are never saved.
func (c *Chats) idHash(clientID string) uint64 { return maphash.String(c.seed, clientID) }

// send saves one message and returns it once it is durable; a client id that is
// known gives the message that it made. allowed is asked only of a new message, just
// before it is given its number.
func (c *conversation) send(ctx context.Context, row store.Message, allowed func() error) (store.Message, error) {
	return c.sendNaming(ctx, row, nil, allowed)
}

// sendNaming is send for a message that names a file, unless that is nil. The file's
// pieces are saved already.
func (c *conversation) sendNaming(ctx context.Context, row store.Message, file *store.Attachment, allowed func() error) (store.Message, error) {
	if c.chats.away.Load() {
		return store.Message{}, errStoreAway // at once: the caller keeps it, and nothing piles up here
	}
	row.Text = c.chats.Masker(c.unit).Text(row.Text)
	for attempt := 0; ; attempt++ {
		m, old, err := c.enter(ctx, row, file, allowed)
		if err != nil || m == nil {
			return old, err
		}
		select {
		case <-m.certain:
		case <-ctx.Done():
			return store.Message{}, errStoreAway
		}
		if errors.Is(m.err, errAgain) && attempt < 3 {
			continue
		}
		return m.row, m.err
	}
}

// enter numbers a message. It gives nil and the old message when the client id is
// known and durable.
func (c *conversation) enter(ctx context.Context, row store.Message, file *store.Attachment, allowed func() error) (*message, store.Message, error) {
	fresh := false // the client id is none that the hash brings to mind
	for {
		if err := c.acquire(ctx); err != nil {
			return nil, store.Message{}, err
		}
		if m := c.inFlight(row.ClientID); m != nil {
			c.mu.Unlock()
			return m, store.Message{}, nil
		}
		if fresh || !c.isKnown(row.ClientID) {
			if allowed == nil {
				m, err := c.numberNaming(row, file)
				c.mu.Unlock()
				return m, store.Message{}, err
			}
			c.mu.Unlock()
			if err := allowed(); err != nil {
				return nil, store.Message{}, err
			}
			allowed = nil
			continue
		}
		old, err := c.former(ctx, row.ClientID)
		if !errors.Is(err, store.ErrNone) {
			return nil, old, err
		}
		fresh = true
	}
}

// former finds a durable message by its client id. It is called with mu held and
// returns without it.
func (c *conversation) former(ctx context.Context, clientID string) (store.Message, error) {
	for i := range c.recent {
		if c.recent[i].ClientID == clientID {
			old := c.recent[i]
			c.mu.Unlock()
			return old, nil
		}
	}
	c.mu.Unlock()
	return c.chats.o.Store.MessageByClient(ctx, c.unit, c.contact, clientID)
}

// acquire returns with mu held, the conversation loaded, and no number out.
func (c *conversation) acquire(ctx context.Context) error {
	for {
		c.mu.Lock()
		var wait <-chan struct{}
		switch {
		case c.beside != nil:
			wait = c.beside
		case c.loaded:
			return nil
		case len(c.flight) > 0:
			wait = c.flight[len(c.flight)-1].certain
		}
		c.mu.Unlock()
		if wait == nil {
			if err := c.load(ctx); err != nil {
				return err
			}
			continue
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return errStoreAway
		}
	}
}

func (c *conversation) inFlight(clientID string) *message {
	for _, m := range c.flight {
		if m.row.ClientID == clientID {
			return m
		}
	}
	return nil
}

func (c *conversation) isKnown(clientID string) bool {
	hash := c.chats.idHash(clientID)
	for _, h := range c.known {
		if h == hash {
			return true
		}
	}
	return false
}

// number gives the next number and queues the message for the store. mu is held.
func (c *conversation) number(row store.Message) (*message, error) { return c.numberNaming(row, nil) }

// numberNaming is number for a message that names a file, unless that is nil.
func (c *conversation) numberNaming(row store.Message, file *store.Attachment) (*message, error) {
	if c.last >= messagesMax {
		return nil, errTooManyMessages
	}
	row.Unit, row.Contact, row.Seq = c.unit, c.contact, c.last+1
	if row.At == 0 {
		row.At = acd.At(c.chats.o.Now())
	}
	m := &message{row: row, file: file, certain: make(chan struct{})}
	if err := c.submit(m); err != nil {
		return nil, err
	}
	c.last++
	c.flight = append(c.flight, m)
	c.known = append(c.known, c.chats.idHash(row.ClientID))
	c.used = c.chats.o.Now()
	return m, nil
}

func (c *conversation) submit(m *message) error {
	unit := store.Unit{Rows: []store.Row{m.row}}
	if m.file != nil {
		unit.Rows = append(unit.Rows, store.MessageAttachment{Unit: c.unit, Contact: c.contact, Seq: m.row.Seq, Attachment: m.file.ID})
	}
	if m.row.Kind == kindEnded && c.chats.o.Ended != nil {
		unit.Rows = append(unit.Rows, c.chats.o.Ended(c.unit, c.contact)...)
	}
	err := c.chats.o.Store.Submit(store.Channel, unit, func(o store.Outcome) { c.settle(m, o.Err) })
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrFull):
		return errBusy
	case errors.Is(err, store.ErrBadUnit):
		return errBadText
	}
	return fmt.Errorf("queue a message: %w", err)
}

// settle notes what became of a message. The store's writer calls it, so it waits
// for nothing.
func (c *conversation) settle(m *message, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err == nil:
		m.settled = true
	// Later numbers may be saved already, so this one must not stay empty.
	case errors.Is(err, store.ErrBadUnit) && m.row.Kind != kindVoid:
		c.void(m, errBadText)
	case errors.Is(err, store.ErrNone) && m.file != nil:
		c.void(m, errFileBroken)
	case errors.Is(err, store.ErrExists):
		m.settled, m.err, c.loaded = true, errAgain, false
	default:
		m.settled, m.err, c.loaded = true, fmt.Errorf("save a message: %w", err), false
	}
	c.release()
}

// void tells the sender of a message that cannot be saved, and gives its number to
// an empty one.
func (c *conversation) void(m *message, why error) {
	filler := &message{certain: make(chan struct{}), row: store.Message{Unit: c.unit, Contact: c.contact, Seq: m.row.Seq,
		At: m.row.At, ClientID: "void:" + strconv.FormatUint(m.row.Seq, 10), Kind: kindVoid}}
	c.flight[slices.Index(c.flight, m)] = filler
	m.err = why
	close(m.certain)
	if err := c.submit(filler); err != nil {
		filler.settled, filler.err, c.loaded = true, err, false
	}
}

// release answers and tells what is certain, in order of numbers. mu is held.
func (c *conversation) release() {
	for len(c.flight) > 0 && c.flight[0].settled {
		m := c.flight[0]
		c.flight = c.flight[1:]
		if m.err == nil {
			c.keep(m.row)
		}
		close(m.certain)
	}
	if len(c.flight) == 0 {
		c.flight = nil
	}
}

// keep adds a durable message and tells everybody who listens. mu is held.
func (c *conversation) keep(row store.Message) {
	if row.Kind == kindFile {
		c.files++
	}
	if n := len(c.recent); n > 0 && c.recent[n-1].Seq+1 != row.Seq {
		c.recent = c.recent[:0]
	}
	if len(c.recent) >= 2*recentMax {
		c.recent = append(c.recent[:0:0], c.recent[recentMax:]...)
	}
	c.recent = append(c.recent, row)
	c.silence.take(&row)
	for s := range c.sockets {
		s.wakeUp()
	}
	for a := range c.agents {
		kept := row
		a.tell(dialogue.Frame{Message: &kept})
	}
}
