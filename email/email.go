// Package email is the e-mail channel: it turns what comes into the company's mailboxes
// into contacts, keeps their conversations, and sends what agents write. It routes
// nothing: it tells the hub what came and does what the hub's durable batches tell.
//
// Nothing is lost and nothing doubled, whatever dies in between. A message stays in the
// mailbox until its contact is durable, with an entry of the ledger in the same commit; its
// place in the mailbox makes the contact's client id, so that another try finds the contact
// that exists. A mail that leaves is durable, with its Message-ID, before anybody is
// told so, and is sent until the server has taken it or refused it for good.
package email

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"portico/acd"
	"portico/dialogue"
	"portico/hub"
	"portico/mailbox"
	"portico/mask"
	"portico/picture"
	"portico/seal"
	"portico/store"
	"portico/talk"
)

// Medium is that of the contacts of this channel.
const Medium = "email"

// Hub is what the channel asks of the hub.
type Hub interface {
	Ask(ctx context.Context, c hub.Command) (hub.Answer, error)
}

// Store is what the channel needs of the store.
type Store interface {
	Submit(class store.Class, u store.Unit, done func(store.Outcome)) error
	Save(ctx context.Context, u store.Unit) error
	Contact(ctx context.Context, unit acd.UnitID, id acd.ContactID) (store.Contact, error)
	ContactByClient(ctx context.Context, unit acd.UnitID, clientID string) (store.Contact, error)
	History(ctx context.Context, unit acd.UnitID, contact acd.ContactID) (store.HistoryRow, error)
	Thread(ctx context.Context, unit acd.UnitID, first acd.ContactID) ([]store.HistoryRow, error)
	CustomerOf(ctx context.Context, unit acd.UnitID, addresses ...store.Address) ([16]byte, error)
	LastSeq(ctx context.Context, unit acd.UnitID, contact acd.ContactID) (uint64, error)
	Messages(ctx context.Context, unit acd.UnitID, contact acd.ContactID, after uint64, limit int) ([]store.Message, error)
	MessageByClient(ctx context.Context, unit acd.UnitID, contact acd.ContactID, clientID string) (store.Message, error)
	MessageAttachments(ctx context.Context, unit acd.UnitID, contact acd.ContactID, first, last uint64) ([]store.Attachment, error)
	Attachment(ctx context.Context, unit acd.UnitID, id [16]byte) (store.Attachment, error)
	OpenAttachment(ctx context.Context, unit acd.UnitID, id [16]byte) (*store.AttachmentReader, error)
	Mail(ctx context.Context, unit acd.UnitID, contact acd.ContactID, seq uint64) (store.Mail, error)
	Mails(ctx context.Context, unit acd.UnitID, contact acd.ContactID, after uint64) ([]store.Mail, error)
	MailByMessageID(ctx context.Context, unit acd.UnitID, messageID string) (store.Mail, error)
	MailsAt(ctx context.Context, account [16]byte, at store.MailPlace) ([]store.Mail, error)
	MailByTracking(ctx context.Context, unit acd.UnitID, tracking string) (store.Mail, error)
	MailOut(ctx context.Context, unit acd.UnitID, id [16]byte) (store.MailOut, error)
	MailsOut(ctx context.Context, unit acd.UnitID, contact acd.ContactID) ([]store.MailOut, error)
	MailsToSend(ctx context.Context, account, after [16]byte, limit int) ([]store.MailOut, error)
	Ledger(ctx context.Context, account [16]byte, validity, uid uint32) ([]store.MailLedger, error)
	LedgerRange(ctx context.Context, account [16]byte, validity, first, last uint32) ([]store.MailLedger, error)
	LedgerTwins(ctx context.Context, account [16]byte, t store.Twin) ([]store.MailLedger, error)
	MailPosition(ctx context.Context, account [16]byte) (store.MailPosition, error)
	LedgerExceptions(ctx context.Context, unit acd.UnitID, since acd.Time, limit int) ([]store.MailLedger, error)
	LedgerValidity(ctx context.Context, account [16]byte) (uint32, error)
	LedgerOf(ctx context.Context, unit acd.UnitID, sender [16]byte) ([]store.MailLedger, error)
	OutboxOf(ctx context.Context, kind string, after [16]byte, limit int) ([]store.Outbox, error)
	MailsOfSender(ctx context.Context, unit acd.UnitID, sender [16]byte, since acd.Time) (int, error)
}

// Picture is what the channel reads of the picture.
type Picture interface {
	Contact(unit acd.UnitID, id acd.ContactID) (picture.Contact, bool)
}

// Files takes in what agents attach.
type Files interface {
	// Take saves a file that no message names yet, once it was judged and looked through.
	Take(ctx context.Context, u dialogue.Upload) (store.Attachment, error)
	// Looks reports whether somebody looks through files at all.
	Looks() bool
	// Look has a stream looked through before anybody sees it; nil: it is clean.
	Look(ctx context.Context, name string, r io.Reader) error
}

// Options of the channel.
type Options struct {
	Hub     Hub
	Store   Store
	Picture Picture
	Files   Files
	// Setup gives what is configured for e-mail, as it is now.
	Setup func() *talk.MailSetup
	// Masker gives what takes out of a unit's texts what must not be kept.
	Masker func(unit acd.UnitID) *mask.Masker
	Seal   *seal.Box
	// Global is the unit whose accounts serve others.
	Global acd.UnitID
	// Text gives a text of the catalogue in a language; Transcript the words of a chat that
	// is over. Without them notices have neither.
	Text       func(language, key string) string
	Transcript func(ctx context.Context, unit acd.UnitID, chat acd.ContactID) (string, error)
	// Raised is told that an alert waits in the outbox; it must not block. May be nil.
	Raised func()
	NewID  func() [16]byte
	Now    func() time.Time
	Log    *slog.Logger
	// Key signs what leads answers back to their contacts. It must outlive the process.
	Key [32]byte
}

// Channel is the running channel. Its methods are safe for concurrent use.
type Channel struct {
	o     Options
	log   *slog.Logger
	lines lines
	loop  string // marks what this installation sends, see letter.Draft.Loop
	boxes *mailbox.Mailboxes

	gate    sync.Mutex
	stopped bool
	running sync.WaitGroup
	context context.Context // of everything that runs on its own
	stop    context.CancelFunc

	mu      sync.Mutex
	senders map[[16]byte]*sender
	inHand  map[[16]byte]bool    // mails that somebody sends, or gives up, just now
	alerts  map[string]time.Time // when an alert was last raised, by what it is about
	filing  chan filing
	effects chan struct{} // holds a token when workflows asked for something
	reload  chan struct{}
}

// New makes the channel. Nothing is fetched or sent yet.
func New(o Options) *Channel {
	c := &Channel{o: o, log: o.Log.With("channel", Medium), lines: lines{open: map[acd.ContactID]*line{}},
		senders: map[[16]byte]*sender{}, inHand: map[[16]byte]bool{}, alerts: map[string]time.Time{}, filing: make(chan filing, filingsMax), effects: make(chan struct{}, 1), reload: make(chan struct{}, 1)}
	mark := sha256.Sum256(append([]byte("loop"), o.Key[:]...))
	c.loop = hex.EncodeToString(mark[:8])
	c.context, c.stop = context.WithCancel(context.Background())
	c.boxes = c.newBoxes()
	return c
}

// Start begins to fetch and to send. Call it once, when the hub and the picture serve.
func (c *Channel) Start() {
	c.running.Go(c.file)
	c.running.Go(c.affect)
	c.running.Go(c.notify)
	c.running.Go(c.reloads)
	c.Configured()
}

// Stop ends what runs and waits for it; ctx bounds the waiting. Mails that wait stay in
// the store, messages in their mailboxes.
func (c *Channel) Stop(ctx context.Context) error {
	c.gate.Lock()
	c.stopped = true
	c.gate.Unlock()
	c.stop()
	done := make(chan struct{})
	go func() { // ends with the last of what it waits for
		c.running.Wait() // what configures the mailboxes has ended then
		c.boxes.Stop()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for the e-mail channel to stop: %w", ctx.Err())
	}
}

// enter counts one more among what Stop waits for, unless that has begun.
func (c *Channel) enter() bool {
	c.gate.Lock()
	defer c.gate.Unlock()
	if !c.stopped {
		c.running.Add(1)
	}
	return !c.stopped
}

// Fold takes the hub's durable batches, in order: it is a subscriber of the hub and
// does not block.
func (c *Channel) Fold(b hub.Batch) {
	for i := range b.Changes {
		change := &b.Changes[i]
		for j := range change.Flow {
			c.flowed(&change.Flow[j])
		}
		for j := range change.Facts {
			f := &change.Facts[j]
			if f.Domain == acd.Email && f.Kind == acd.FactEnded {
				c.fileSoon(f.Unit, f.Contact)
			}
		}
	}
}
