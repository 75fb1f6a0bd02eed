package webchat

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/hub"
	"portico/identity"
	"portico/picture"
	"portico/plan"
	"portico/store"
	"portico/talk"
	"portico/texts"
)

// desk stands for hub, picture and store where time is made up: it has one unit
// and notes what the hub is told.
type desk struct {
	mu     sync.Mutex
	rows   map[acd.ContactID]acd.ContactRow
	told   []string
	refuse error
	saved  []store.Message
	facts  []store.FactRow
	ended  acd.Time // when deskContact did, for a chat that is over
	setup  talk.Setup
}

func (d *desk) Ask(_ context.Context, c hub.Command) (hub.Answer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refuse != nil {
		d.told = append(d.told, "refused")
		return hub.Answer{}, d.refuse
	}
	switch e := c.Event.(type) {
	case acd.CustomerLost:
		d.note("lost", e.Contact, 1)
	case acd.CustomerReturned:
		d.note("returned", e.Contact, 0)
	case acd.Finished:
		d.note(fmt.Sprintf("finished idle=%v", e.Idle), e.Contact, 0)
	}
	return hub.Answer{}, nil
}

func (d *desk) note(what string, contact acd.ContactID, lost acd.Time) {
	d.told = append(d.told, what)
	row := d.rows[contact]
	row.CustomerLost = lost
	d.rows[contact] = row
}

func (d *desk) events() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return fmt.Sprint(d.told)
}

func (d *desk) Contact(unit acd.UnitID, id acd.ContactID) (picture.Contact, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	row, ok := d.rows[id]
	return picture.Contact{ContactRow: row, Medium: medium}, ok && row.Unit == unit
}

func (d *desk) Position(acd.UnitID, acd.ContactID) (int, int, bool) { return 1, 1, true }

func (d *desk) Contacts(unit acd.UnitID, _ picture.Filter, _ picture.Sort, _ string, _ int) (picture.Page, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var p picture.Page
	for _, row := range d.rows {
		p.Items = append(p.Items, picture.Contact{ContactRow: row, Medium: medium})
	}
	return p, nil
}

func (d *desk) Watch(func(store.Health)) {}

func (d *desk) Submit(_ store.Class, u store.Unit, done func(store.Outcome)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, row := range u.Rows {
		if m, ok := row.(store.Message); ok {
			d.saved = append(d.saved, m)
		}
	}
	go done(store.Outcome{})
	return nil
}
func (d *desk) Messages(_ context.Context, _ acd.UnitID, _ acd.ContactID, after uint64, _ int) ([]store.Message, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.saved[min(int(after), len(d.saved)):]), nil
}
func (d *desk) MessageByClient(context.Context, acd.UnitID, acd.ContactID, string) (store.Message, error) {
	return store.Message{}, store.ErrNone
}
func (d *desk) CustomerOf(context.Context, acd.UnitID, ...store.Address) ([16]byte, error) {
	return [16]byte{}, store.ErrNone
}

func (d *desk) ContactByClient(context.Context, acd.UnitID, string) (store.Contact, error) {
	return store.Contact{}, store.ErrNone
}
func (d *desk) History(context.Context, acd.UnitID, acd.ContactID) (store.HistoryRow, error) {
	if d.ended == 0 {
		return store.HistoryRow{}, store.ErrNone
	}
	return store.HistoryRow{History: store.History{EndedAt: d.ended}}, nil
}
func (d *desk) Rating(context.Context, acd.UnitID, acd.ContactID) (store.Rating, error) {
	return store.Rating{}, store.ErrNone
}
func (d *desk) OfflineByClient(context.Context, acd.UnitID, string) (store.OfflineRequest, error) {
	return store.OfflineRequest{}, store.ErrNone
}
func (d *desk) ExpectedWait(acd.UnitID, acd.QueueID, int) (time.Duration, bool) {
	return 61 * time.Second, true
}
func (d *desk) Queue(acd.UnitID, acd.QueueID) (picture.Queue, bool) { return picture.Queue{}, false }
func (d *desk) Facts(context.Context, acd.UnitID, acd.ContactID) ([]store.FactRow, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.facts), nil
}
func (d *desk) AllObjects(_ context.Context, kind store.ObjectKind) ([]store.Object, error) {
	body, err := json.Marshal(identity.Unit{})
	if kind == plan.KindUnit {
		return []store.Object{{ID: deskUnit, Name: "DEFAULT", Body: body}}, err
	}
	return nil, nil
}
func (d *desk) Object(context.Context, acd.UnitID, store.ObjectKind, [16]byte) (store.Object, error) {
	return store.Object{}, store.ErrNone
}

var (
	deskUnit    = acd.UnitID{15: 1}
	deskContact = acd.ContactID{15: 2}
)

// inTime runs a test in made-up time with one open chat.
func inTime(t *testing.T, test func(d *desk, c *Chats)) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{rows: map[acd.ContactID]acd.ContactRow{
			deskContact: {ID: deskContact, Unit: deskUnit, Domain: acd.Chat, State: acd.Queued},
		}, setup: talk.Setup{Settings: talk.Defaults()}}
		c := d.open(t)
		test(d, c)
		if err := c.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
}

// open begins to serve the chats of the desk.
func (d *desk) open(t *testing.T) *Chats {
	t.Helper()
	catalogue, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Options{Hub: d, Store: d, Picture: d, Texts: catalogue, NewID: func() [16]byte { return [16]byte{} }, Now: time.Now,
		Setup: func(acd.UnitID) talk.Setup { return d.setup },
		Log:   slog.New(slog.NewTextHandler(t.Output(), nil)), Key: key, Pages: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	c.waitingAfter = 24 * time.Hour
	if err := c.Start(context.Background()); err != nil { // the test may be that around the bubble
		t.Fatal(err)
	}
	return c
}

// after lets time pass and says what the hub was told until then.
func (d *desk) after(t *testing.T, pass time.Duration, want string) {
	t.Helper()
	time.Sleep(pass) // of the bubble's clock
	synctest.Wait()
	if got := d.events(); got != want {
		t.Errorf("%v later the hub was told %s, want %s", pass, got, want)
	}
}

// A page that loads anew within 3 s was never away; one that stays away is lost,
// and comes back with its next socket. Each is told once.
func TestPresence(t *testing.T) {
	inTime(t, func(d *desk, c *Chats) {
		conv := c.pin(deskUnit, deskContact)
		defer conv.unpin()
		first, second := &socket{wake: make(chan struct{}, 1)}, &socket{wake: make(chan struct{}, 1)}
		conv.join(first)
		d.after(t, 10*time.Minute, "[]")
		conv.leave(first)
		d.after(t, 2*time.Second, "[]")
		conv.join(first)
		conv.join(second)
		d.after(t, 10*time.Minute, "[]")
		conv.leave(first)
		d.after(t, 10*time.Minute, "[]")
		conv.leave(second)
		d.after(t, 5*time.Second, "[lost]")
		d.after(t, 10*time.Minute, "[lost]")
		conv.join(first)
		d.after(t, 2*time.Second, "[lost returned]")
		conv.leave(first)
	})
}

// A customer whose network lets no socket through counts as there for a minute
// after each request.
func TestPresenceByRequests(t *testing.T) {
	inTime(t, func(d *desk, c *Chats) {
		conv := c.pin(deskUnit, deskContact)
		defer conv.unpin()
		for range 5 {
			conv.seen()
			d.after(t, 50*time.Second, "[]")
		}
		d.after(t, 15*time.Second, "[lost]")
		conv.seen()
		d.after(t, 2*time.Second, "[lost returned]")
	})
}

// After a start the customers of open chats have half a minute to come back.
func TestPresenceAfterStart(t *testing.T) {
	inTime(t, func(d *desk, c *Chats) {
		d.after(t, 29*time.Second, "[]")
		d.after(t, 5*time.Second, "[lost]")
	})
	inTime(t, func(d *desk, c *Chats) {
		conv := c.pin(deskUnit, deskContact)
		defer conv.unpin()
		conv.join(&socket{wake: make(chan struct{}, 1)})
		d.after(t, time.Hour, "[]")
	})
}

// A refusal, or a store that is away, is tried again, but not at once; nobody is
// told of a contact whose conversation is over.
func TestPresenceRefused(t *testing.T) {
	inTime(t, func(d *desk, c *Chats) {
		d.mu.Lock()
		d.refuse = fault.New(fault.Unavailable, "store_away", "away")
		d.mu.Unlock()
		d.after(t, 32*time.Second, "[refused]")
		d.after(t, 12*time.Second, "[refused refused]")
		d.mu.Lock()
		d.refuse = nil
		d.mu.Unlock()
		d.after(t, 12*time.Second, "[refused refused lost]")
	})
	inTime(t, func(d *desk, c *Chats) {
		d.mu.Lock()
		row := d.rows[deskContact]
		row.State = acd.WrapUp
		d.rows[deskContact] = row
		d.mu.Unlock()
		c.Fold(hub.Batch{N: 1, Changes: []hub.Change{{Rows: []acd.ContactRow{row}}}})
		d.after(t, time.Hour, "[]")
	})
}

// A conversation that nobody uses leaves the memory, one that is used stays.
func TestIdleConversationsAreDropped(t *testing.T) {
	inTime(t, func(d *desk, c *Chats) {
		open := func() bool {
			conv := c.pinOpen(deskContact)
			if conv == nil {
				return false
			}
			conv.unpin()
			return true
		}
		conv := c.pin(deskUnit, deskContact)
		time.Sleep(time.Hour)
		if !open() {
			t.Error("a pinned conversation was dropped")
		}
		s := &socket{wake: make(chan struct{}, 1)}
		conv.join(s)
		conv.unpin()
		time.Sleep(time.Hour)
		if !open() {
			t.Error("a conversation with a socket was dropped")
		}
		conv.leave(s)
		time.Sleep(time.Hour)
		if open() {
			t.Error("an idle conversation is kept")
		}
	})
}
