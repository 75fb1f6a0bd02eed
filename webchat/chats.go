// Package webchat is the chat channel: it owns the conversations of chats, numbers
// and saves their messages, and serves the customers' doors: JSON and a WebSocket
// for the widget, and the classic pages that a company edits. It routes nothing:
// it tells the hub what happened and says what the hub's durable batches tell.
package webchat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"portico/acd"
	"portico/hub"
	"portico/picture"
	"portico/store"
	"portico/talk"
	"portico/texts"
)

// medium is that of the contacts whose conversations are kept here.
const medium = "webchat"

// Hub is what the channel asks of the hub.
type Hub interface {
	Ask(ctx context.Context, c hub.Command) (hub.Answer, error)
}

// Store is what the channel needs of the store.
type Store interface {
	Watch(f func(store.Health))
	Submit(class store.Class, u store.Unit, done func(store.Outcome)) error
	Save(ctx context.Context, u store.Unit) error
	ContactByClient(ctx context.Context, unit acd.UnitID, clientID string) (store.Contact, error)
	CustomerOf(ctx context.Context, unit acd.UnitID, addresses ...store.Address) ([16]byte, error)
	Messages(ctx context.Context, unit acd.UnitID, contact acd.ContactID, after uint64, limit int) ([]store.Message, error)
	MessageAttachments(ctx context.Context, unit acd.UnitID, contact acd.ContactID, first, last uint64) ([]store.Attachment, error)
	OpenAttachment(ctx context.Context, unit acd.UnitID, id [16]byte) (*store.AttachmentReader, error)
	DropAttachment(ctx context.Context, unit acd.UnitID, id [16]byte) error
	ReadMarks(ctx context.Context, unit acd.UnitID, contact acd.ContactID) ([]store.ReadMark, error)
	MessageByClient(ctx context.Context, unit acd.UnitID, contact acd.ContactID, clientID string) (store.Message, error)
	FlowSteps(ctx context.Context, unit acd.UnitID, contact acd.ContactID) ([]store.FlowStep, error)
	Facts(ctx context.Context, unit acd.UnitID, contact acd.ContactID) ([]store.FactRow, error)
	Rating(ctx context.Context, unit acd.UnitID, contact acd.ContactID) (store.Rating, error)
	OfflineByClient(ctx context.Context, unit acd.UnitID, clientID string) (store.OfflineRequest, error)
	History(ctx context.Context, unit acd.UnitID, contact acd.ContactID) (store.HistoryRow, error)
	AllObjects(ctx context.Context, kind store.ObjectKind) ([]store.Object, error)
	Object(ctx context.Context, unit acd.UnitID, kind store.ObjectKind, id [16]byte) (store.Object, error)
}

// Picture is what the channel reads of the picture.
type Picture interface {
	Contact(unit acd.UnitID, id acd.ContactID) (picture.Contact, bool)
	Position(unit acd.UnitID, id acd.ContactID) (position, waiting int, ok bool)
	Queue(unit acd.UnitID, id acd.QueueID) (picture.Queue, bool)
	ExpectedWait(unit acd.UnitID, id acd.QueueID, place int) (wait time.Duration, ok bool)
	Contacts(unit acd.UnitID, f picture.Filter, s picture.Sort, after string, limit int) (picture.Page, error)
}

// Options of the channel.
type Options struct {
	Hub     Hub
	Store   Store
	Picture Picture
	Texts   *texts.Catalogue
	// Setup gives what a business unit has configured of its conversations, as it is
	// now; nil: nothing.
	Setup func(unit acd.UnitID) talk.Setup
	NewID func() [16]byte
	Now   func() time.Time
	Log   *slog.Logger
	// Key signs the customers' sessions. It must outlive the process: at least 32 bytes.
	Key []byte
	// Pages is the folder of the classic pages, DATA/html. What is missing there is
	// copied; what is there is never overwritten.
	Pages string
	// Path is the virtual path, without a slash at its end; empty means /web.
	Path string
	// Widget holds widget.js and its parts. Without it, or the file, there is no widget.
	Widget fs.FS
	// Scanner looks through files before anybody sees them. Nil: nobody does.
	Scanner Scanner
	// Ended and Left give what else is to be saved with the end of a chat, and with what a
	// customer leaves outside the hours. Nil: nothing.
	Ended func(unit acd.UnitID, contact acd.ContactID) []store.Row
	Left  func(store.OfflineRequest) []store.Row
	// Posts reports whether a unit can send e-mails, and Copy gives what has a chat sent to
	// an address. Nil: copies are not sent.
	Posts func(unit acd.UnitID) bool
	Copy  func(unit acd.UnitID, contact acd.ContactID, to string) []store.Row
	// Proxies are those whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
	Limits  Limits
}

// Chats is the running channel. Its methods are safe for concurrent use.
type Chats struct {
	o        Options
	log      *slog.Logger
	names    *names
	pages    *pages
	bounds   *bounds
	sessions *sessions
	buffers  sync.Pool          // *bytes.Buffer
	widget   map[string]*script // by name; none: there is no widget
	seed     maphash.Seed
	shards   [shardCount]shard
	away     atomic.Bool // the store can save nothing now
	started  time.Time   // by Start
	// waitingAfter is how long customers wait until they are told that all are busy.
	waitingAfter time.Duration

	agentUploads atomic.Int32  // files of agents on their way
	scannerAway  atomic.Bool   // it did not answer the last time
	scans        chan struct{} // one for each file that is looked through
	maskers      maskers
	loads        chan *conversation

	gate    sync.Mutex
	stopped bool
	running sync.WaitGroup
	stop    context.CancelFunc
	context context.Context // of everything that runs on its own
}

const shardCount = 64

type shard struct {
	mu   sync.Mutex
	open map[acd.ContactID]*conversation
}

// New makes the channel, and the folder of pages where it is incomplete.
func New(o Options) (*Chats, error) {
	if len(o.Key) < 32 {
		return nil, errors.New("webchat: the key of the sessions is too short")
	}
	if o.Path == "" {
		o.Path = "/web"
	}
	c := &Chats{o: o, log: o.Log.With("channel", medium), loads: make(chan *conversation, loadsMax), seed: maphash.MakeSeed(),
		scans: make(chan struct{}, scansMax), waitingAfter: waitingAfter}
	c.names = newNames(o.Store, o.Now)
	c.sessions = newSessions(o.Key)
	c.buffers.New = func() any { return new(bytes.Buffer) }
	c.bounds = newBounds(o.Limits.orDefault(), o.Now)
	for i := range c.shards {
		c.shards[i].open = make(map[acd.ContactID]*conversation)
	}
	var err error
	if c.widget, err = readWidget(o.Widget); err != nil {
		return nil, fmt.Errorf("read the widget: %w", err)
	}
	pages, err := newPages(o.Pages)
	if err != nil {
		return nil, fmt.Errorf("prepare the pages: %w", err)
	}
	c.pages = pages
	c.context, c.stop = context.WithCancel(context.Background())
	o.Store.Watch(func(h store.Health) { c.storeAway(h.Away) })
	return c, nil
}

// Start begins to watch over customers' presence. Chats that are open from before
// have returnWait to be seen again. Call it once, when the hub and the picture serve.
func (c *Chats) Start(ctx context.Context) error {
	if err := c.expectCustomers(ctx); err != nil {
		return err
	}
	c.started = c.o.Now()
	c.running.Go(c.watch)
	for range loaders {
		c.running.Go(c.loader)
	}
	return nil
}

// Stop closes the customers' sockets, who come back with jitter, and waits for
// everything that runs; ctx bounds the waiting.
func (c *Chats) Stop(ctx context.Context) error {
	c.gate.Lock()
	c.stopped = true
	c.gate.Unlock()
	c.stop()
	done := make(chan struct{})
	go func() { // ends with the last of what it waits for
		c.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the chats to stop: %w", ctx.Err())
	}
}

// enter counts one more among what Stop waits for, unless that has begun.
func (c *Chats) enter() bool {
	c.gate.Lock()
	defer c.gate.Unlock()
	if !c.stopped {
		c.running.Add(1)
	}
	return !c.stopped
}

// storeAway notes whether the store can save now; customers are shown it. The store
// calls it at each change, so it does not block.
func (c *Chats) storeAway(away bool) {
	if c.away.Swap(away) == away {
		return
	}
	c.each(func(conv *conversation) {
		conv.mu.Lock()
		for s := range conv.sockets {
			s.wakeUp()
		}
		conv.mu.Unlock()
	})
}

// Configured tells that units, queues or people have changed, so that the next
// request sees them as they are. It does not block.
func (c *Chats) Configured() { c.names.forget() }

// Fold takes the hub's durable batches, in order: it is a subscriber of the hub and
// does not block.
func (c *Chats) Fold(b hub.Batch) {
	var seen map[acd.ContactID]int // facts so far, by contact
	for i := range b.Changes {
		change := &b.Changes[i]
		if change.Arrival != nil && change.Arrival.Medium == medium {
			c.arrived(change)
		}
		told := len(change.Flow) == 0 // what workflows said; it comes before the end
		for j := range change.Facts {
			f := &change.Facts[j]
			if !told && (f.Kind == acd.FactFinished || f.Kind == acd.FactEnded) {
				told = true
				c.flowed(change)
			}
			if f.Domain != acd.Chat || f.Contact.IsZero() {
				continue
			}
			if seen == nil {
				seen = make(map[acd.ContactID]int, len(b.Changes))
			}
			n := seen[f.Contact]
			seen[f.Contact] = n + 1
			meets := stage{owned: ownedIn(change.Rows, f.Contact), present: releasedIn(change.Effects, f)}
			if t, ok := transitionOf(*f, meets); ok {
				t.batch, t.n = b.N, n
				c.tellTransition(f.Unit, f.Contact, t)
			}
		}
		if !told {
			c.flowed(change)
		}
		for j := range change.Rows {
			c.moveTo(&change.Rows[j])
		}
	}
}

// ownedIn reports whether a contact is in an agent's conversation, as its new row has it.
func ownedIn(rows []acd.ContactRow, contact acd.ContactID) bool {
	for i := range rows {
		if row := &rows[i]; row.ID == contact {
			return row.State == acd.Active || row.State == acd.Interrupted && row.Resume != acd.WrapUp
		}
	}
	return false
}

// releasedIn reports whether a fact's agent took part in its contact until then.
func releasedIn(effects []acd.Effect, f *acd.Fact) bool {
	for i := range effects {
		if e := &effects[i]; e.Kind == acd.Release && e.Contact == f.Contact && e.Agent == f.Agent && e.Role != acd.Owner {
			return true
		}
	}
	return false
}

// arrived opens the conversation of a new chat with the messages that came with it.
func (c *Chats) arrived(change *hub.Change) {
	a := change.Arrival
	conv := c.pin(a.Unit, a.Contact)
	defer conv.unpin()
	conv.mu.Lock()
	defer conv.mu.Unlock()
	if conv.loaded {
		return
	}
	conv.loaded = true
	for _, row := range change.Riders {
		if m, ok := row.(store.Message); ok && m.Contact == a.Contact && m.Seq == conv.last+1 {
			conv.last = m.Seq
			conv.known = append(conv.known, c.idHash(m.ClientID))
			conv.keep(m)
		}
	}
	conv.sayAwaiting()
}

// tellTransition has a fact said in its conversation.
func (c *Chats) tellTransition(unit acd.UnitID, contact acd.ContactID, t transition) {
	conv := c.pinOpen(contact)
	if conv == nil {
		// An old chat that nobody has touched since the start, or another medium's.
		if p, ok := c.o.Picture.Contact(unit, contact); !ok || p.Medium != medium {
			return
		}
		conv = c.pin(unit, contact)
	}
	defer conv.unpin()
	conv.mu.Lock()
	conv.say(t)
	loaded := conv.loaded
	conv.mu.Unlock()
	if !loaded {
		c.loadSoon(conv)
	}
}

// moveTo notes where a contact is now and lets its sockets look.
func (c *Chats) moveTo(row *acd.ContactRow) {
	if row.Domain != acd.Chat {
		return
	}
	conv := c.pinOpen(row.ID)
	if conv == nil {
		return
	}
	defer conv.unpin()
	conv.mu.Lock()
	defer conv.mu.Unlock()
	conv.presence.moved(row)
	for s := range conv.sockets {
		s.wakeUp()
	}
}

func (c *Chats) shard(contact acd.ContactID) *shard { return &c.shards[contact[15]%shardCount] }

// pin gives the conversation of a contact, made if need be. It stays the only one
// of that contact until unpin is called.
func (c *Chats) pin(unit acd.UnitID, contact acd.ContactID) *conversation {
	s := c.shard(contact)
	s.mu.Lock()
	defer s.mu.Unlock()
	conv := s.open[contact]
	if conv == nil {
		now := c.o.Now()
		conv = &conversation{chats: c, unit: unit, contact: contact, used: now}
		conv.presence.lostAt = now.Add(pollWait)
		s.open[contact] = conv
	}
	conv.pins++
	return conv
}

// pinOpen gives the conversation of a contact if there is one in memory.
func (c *Chats) pinOpen(contact acd.ContactID) *conversation {
	s := c.shard(contact)
	s.mu.Lock()
	defer s.mu.Unlock()
	conv := s.open[contact]
	if conv != nil {
		conv.pins++
	}
	return conv
}

func (c *conversation) unpin() {
	s := c.chats.shard(c.contact)
	s.mu.Lock()
	c.pins--
	s.mu.Unlock()
}

// each calls f with every conversation in memory, with no lock held.
func (c *Chats) each(f func(*conversation)) {
	var all []*conversation
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		all = all[:0]
		for _, conv := range s.open {
			conv.pins++
			all = append(all, conv)
		}
		s.mu.Unlock()
		for _, conv := range all {
			f(conv)
		}
		s.mu.Lock()
		for _, conv := range all {
			conv.pins--
		}
		s.mu.Unlock()
	}
}

const (
	loaders  = 4
	loadsMax = 4096
	loadWait = 10 * time.Second
)

// loadSoon has a conversation read by a loader. It waits for nothing: what finds the
// queue full is loaded when somebody writes.
func (c *Chats) loadSoon(conv *conversation) {
	select {
	case c.loads <- conv:
	default:
		c.log.Warn("conversation not loaded ahead", "contact", conv.contact)
	}
}

func (c *Chats) loader() {
	for {
		select {
		case <-c.context.Done():
			return
		case conv := <-c.loads:
			// It may have been dropped from memory since.
			conv = c.pin(conv.unit, conv.contact)
			ctx, cancel := context.WithTimeout(c.context, loadWait)
			if err := conv.load(ctx); err != nil && c.context.Err() == nil {
				c.log.Warn("conversation not loaded", "contact", conv.contact, "err", err)
			}
			cancel()
			conv.unpin()
		}
	}
}
