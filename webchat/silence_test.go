package webchat

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"portico/acd"
	"portico/hub"
	"portico/store"
	"portico/talk"
)

var deskAgent = acd.AgentID{15: 3}

// talking makes the desk's chat one that an agent has accepted, with the customer there.
func (d *desk) talking(c *Chats) *conversation {
	d.mu.Lock()
	row := d.rows[deskContact]
	row.State, row.Agent = acd.Active, deskAgent
	d.rows[deskContact] = row
	if len(d.facts) == 0 {
		d.facts = []store.FactRow{{Key: store.FactKey{Batch: 7}, Fact: acd.Fact{Kind: acd.FactAccepted, Domain: acd.Chat, Contact: deskContact, Unit: deskUnit,
			Agent: deskAgent, At: acd.At(time.Now())}}}
	}
	d.mu.Unlock()
	conv := c.pin(deskUnit, deskContact)
	conv.join(&socket{wake: make(chan struct{}, 1)})
	c.Fold(hub.Batch{N: 7, Changes: []hub.Change{{Rows: []acd.ContactRow{row}}}})
	return conv
}

var spoken int

// speaks has one side write something.
func speaks(t *testing.T, conv *conversation, author store.Author, kind string) {
	t.Helper()
	spoken++
	row := store.Message{ClientID: fmt.Sprint("m", spoken), Author: author, Kind: kind, Text: "text"}
	if author == store.AuthorAgent {
		row.By = deskAgent
	}
	if _, err := conv.send(context.Background(), row, nil); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) kinds() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var kinds []string
	for _, m := range d.saved {
		kinds = append(kinds, m.Kind)
	}
	return fmt.Sprint(kinds)
}

// later lets time pass and says what the conversation is then.
func (d *desk) later(t *testing.T, pass time.Duration, want string) {
	t.Helper()
	time.Sleep(pass) // of the bubble's clock
	synctest.Wait()
	if got := d.kinds(); got != want {
		t.Errorf("%v later the conversation is %s, want %s", pass, got, want)
	}
}

// A customer who was answered and says nothing is warned after five minutes, and after
// ten the chat ends as one whose customer fell silent. What the agent writes meanwhile
// gives no more time.
func TestSilence(t *testing.T) {
	inTime(t, func(d *desk, c *Chats) {
		conv := d.talking(c)
		defer conv.unpin()
		time.Sleep(time.Minute)
		speaks(t, conv, store.AuthorCustomer, kindText)
		speaks(t, conv, store.AuthorAgent, kindText)
		time.Sleep(4 * time.Minute)
		speaks(t, conv, store.AuthorAgent, kindText)
		d.later(t, 50*time.Second, "[joined text text text]")
		d.later(t, 15*time.Second, "[joined text text text idle_warning]")
		speaks(t, conv, store.AuthorAgent, kindText)
		d.after(t, 4*time.Minute+50*time.Second, "[]")
		d.after(t, 15*time.Second, "[finished idle=true]")
		d.after(t, time.Hour, "[finished idle=true]")
	})
}

// Nobody is silent who waits for an answer, however long that takes; the time begins
// with the answer.
func TestSilenceBeginsWithTheAnswer(t *testing.T) {
	inTime(t, func(d *desk, c *Chats) {
		conv := d.talking(c)
		defer conv.unpin()
		speaks(t, conv, store.AuthorCustomer, kindText)
		d.later(t, time.Hour, "[joined text]")
		speaks(t, conv, store.AuthorAgent, kindText)
		d.later(t, 4*time.Minute, "[joined text text]")
		d.later(t, 2*time.Minute, "[joined text text idle_warning]")
		d.after(t, 0, "[]")
	})
}

// Whatever the customer does begins the time anew, typing too; each silence has a
// warning of its own.
func TestSignsOfLife(t *testing.T) {
	inTime(t, func(d *desk, c *Chats) {
		conv := d.talking(c)
		defer conv.unpin()
		time.Sleep(time.Minute)
		speaks(t, conv, store.AuthorCustomer, kindText)
		speaks(t, conv, store.AuthorAgent, kindText)
		time.Sleep(4 * time.Minute)
		conv.customerTypes("")
		d.later(t, 4*time.Minute, "[joined text text]")
		d.later(t, 2*time.Minute, "[joined text text idle_warning]")
		conv.customerTypes("")
		d.later(t, 6*time.Minute, "[joined text text idle_warning idle_warning]")
		speaks(t, conv, store.AuthorCustomer, kindText)
		d.after(t, time.Hour, "[]")
	})
}

// A process that goes on after another died in the middle of a silence neither repeats
// the warning nor forgets the end, and gives customers time to come back.
func TestSilenceOverRestart(t *testing.T) {
	inTime(t, func(d *desk, c *Chats) {
		conv := d.talking(c)
		time.Sleep(time.Minute)
		speaks(t, conv, store.AuthorCustomer, kindText)
		speaks(t, conv, store.AuthorAgent, kindText)
		d.later(t, 6*time.Minute, "[joined text text idle_warning]")
		conv.unpin()
		if err := c.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
		next := d.open(t)
		conv = d.talking(next)
		d.later(t, 3*time.Minute+50*time.Second, "[joined text text idle_warning]")
		d.after(t, 0, "[]")
		d.after(t, 15*time.Second, "[finished idle=true]")
		conv.unpin()
		if err := next.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
}

// Time that passed while nobody could be warned ends nothing: the warning comes first,
// ten seconds after the start at the earliest, and the rest of the time behind it.
func TestNoEndWithoutWarning(t *testing.T) {
	inTime(t, func(d *desk, c *Chats) {
		conv := d.talking(c)
		time.Sleep(time.Minute)
		speaks(t, conv, store.AuthorCustomer, kindText)
		speaks(t, conv, store.AuthorAgent, kindText)
		conv.unpin()
		if err := c.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		next := d.open(t)
		conv = d.talking(next)
		d.later(t, 8*time.Second, "[joined text text]")
		d.later(t, 4*time.Second, "[joined text text idle_warning]")
		d.after(t, 4*time.Minute+50*time.Second, "[]")
		d.after(t, 15*time.Second, "[finished idle=true]")
		conv.unpin()
		if err := next.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
}

// Only chats with an agent who is there are ended by silence, and only where the
// settings say so.
func TestSilenceElsewhere(t *testing.T) {
	for _, test := range []struct {
		name     string
		settings func(*talk.ChatSettings)
		state    acd.ContactState
		want     string
	}{
		{"interrupted", func(*talk.ChatSettings) {}, acd.Interrupted, "[joined text text]"},
		{"in wrap-up", func(*talk.ChatSettings) {}, acd.WrapUp, "[joined text text]"},
		{"never ended", func(s *talk.ChatSettings) { s.IdleEndS = 0 }, acd.Active, "[joined text text idle_warning]"},
		{"neither", func(s *talk.ChatSettings) { s.IdleWarningS, s.IdleEndS = 0, 0 }, acd.Active, "[joined text text]"},
	} {
		inTime(t, func(d *desk, c *Chats) {
			test.settings(&d.setup.Settings)
			conv := d.talking(c)
			defer conv.unpin()
			speaks(t, conv, store.AuthorCustomer, kindText)
			speaks(t, conv, store.AuthorAgent, kindText)
			d.mu.Lock()
			row := d.rows[deskContact]
			row.State = test.state
			d.rows[deskContact] = row
			d.mu.Unlock()
			c.Fold(hub.Batch{N: 8, Changes: []hub.Change{{Rows: []acd.ContactRow{row}}}})
			time.Sleep(time.Hour)
			synctest.Wait()
			if got := d.kinds(); got != test.want || d.events() != "[]" {
				t.Errorf("%s: the conversation is %s and the hub was told %s, want %s and nothing", test.name, got, d.events(), test.want)
			}
		})
	}
	inTime(t, func(d *desk, c *Chats) { // ended without a warning
		d.setup.Settings.IdleWarningS = 0
		conv := d.talking(c)
		defer conv.unpin()
		time.Sleep(time.Minute)
		speaks(t, conv, store.AuthorCustomer, kindText)
		speaks(t, conv, store.AuthorAgent, kindText)
		d.after(t, 9*time.Minute, "[]")
		d.after(t, 2*time.Minute, "[finished idle=true]")
		d.later(t, 0, "[joined text text]")
	})
}

// A customer for whom nobody was free is told so once, with the place in the queue,
// by whatever process.
func TestWaiting(t *testing.T) {
	inTime(t, func(d *desk, c *Chats) {
		wait := func(c *Chats) {
			c.waitingAfter = 10 * time.Second
			d.mu.Lock()
			row := d.rows[deskContact]
			row.FirstQueued = acd.At(time.Now())
			d.rows[deskContact] = row
			d.mu.Unlock()
			conv := c.pin(deskUnit, deskContact)
			conv.join(&socket{wake: make(chan struct{}, 1)})
			if err := conv.load(context.Background()); err != nil {
				t.Fatal(err)
			}
			c.Fold(hub.Batch{N: 1, Changes: []hub.Change{{Rows: []acd.ContactRow{row}}}})
		}
		wait(c)
		d.later(t, 8*time.Second, "[]")
		d.later(t, 4*time.Second, "[waiting]")
		d.later(t, time.Hour, "[waiting]")
		if err := c.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
		next := d.open(t)
		wait(next)
		d.later(t, time.Hour, "[waiting]")
		if text := d.saved[0].Text; toldIn(text) != (told{Position: 1, WaitS: 75}) {
			t.Errorf("the message keeps %q, want the position 1 and 75 s", text)
		}
		if err := next.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
}

// What is missing among the messages of facts is said at the next look, once and in
// order; what an earlier release did not say is not said in the middle of a chat.
func TestFactsSaidOnce(t *testing.T) {
	fact := func(batch uint64, kind acd.FactKind, why acd.Why) store.FactRow {
		return store.FactRow{Key: store.FactKey{Batch: batch}, Fact: acd.Fact{Kind: kind, Why: why, Domain: acd.Chat, Contact: deskContact, Unit: deskUnit, Agent: deskAgent, At: 5}}
	}
	all := []store.FactRow{fact(3, acd.FactArrived, 0), fact(4, acd.FactCustomerReturned, 0), fact(5, acd.FactAccepted, 0),
		fact(6, acd.FactCustomerReturned, 0), fact(7, acd.FactReturned, acd.WhyRequeued), fact(8, acd.FactReturned, acd.WhyTransferred),
		fact(9, acd.FactFinished, acd.WhyIdle)}
	for _, test := range []struct {
		name string
		have []string // client ids
		want string
	}{
		{"nothing said", nil, "[welcome joined returned left ended]"},
		{"all said", []string{"sys:3:0", "sys:5:0", "sys:6:0", "sys:7:0", "sys:9:0"}, "[x x x x x]"},
		{"died in the middle", []string{"sys:3:0", "sys:5:0"}, "[x x returned left ended]"},
		{"an earlier release", []string{"sys:5:0", "sys:7:0"}, "[x x ended]"},
	} {
		inTime(t, func(d *desk, c *Chats) {
			d.facts = all
			for i, id := range test.have {
				d.saved = append(d.saved, store.Message{Unit: deskUnit, Contact: deskContact, Seq: uint64(i + 1), ClientID: id, Kind: "x"})
			}
			for range 2 {
				conv := c.pin(deskUnit, deskContact)
				conv.mu.Lock()
				conv.loaded = false
				conv.mu.Unlock()
				if err := conv.load(context.Background()); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				conv.unpin()
			}
			if got := d.kinds(); got != test.want {
				t.Errorf("%s: the conversation is %s, want %s", test.name, got, test.want)
			}
		})
	}
}
