package email

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"portico/acd"
	"portico/erasure"
	"portico/store"
	"portico/talk"
)

// forgetting runs the erasing until the test is over.
func (h *house) forgetting() *erasure.Erasures {
	e := erasure.New(erasure.Options{Store: h.store, Mails: h.mails, Lost: func(err error) bool { return errors.Is(err, ErrNoMailbox) }, Now: time.Now,
		Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { e.Run(ctx) })
	h.t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return e
}

// A person is erased with all contacts, what was set aside, the messages in the mailbox and
// the copies of the answers. What is open is waited for, and so is a mailbox that is away,
// while the store forgets at once; another unit keeps what is its own.
func TestErasePerson(t *testing.T) {
	h := newHouse(t)
	h.start()
	b, other, carla := h.branches[0], h.branches[1], h.customer()
	customer := store.Customer{ID: h.mint.ID(), Unit: b.unit, Name: "Carla", ChangedAt: 1,
		CustomerBody: store.CustomerBody{Addresses: []store.Address{{Kind: store.AddressEmail, Value: carla}}}}
	h.send(carla, b.help, "Before she was known", "Hello")
	stray := h.only(b.unit, "Before she was known")
	h.must(h.store.Save(t.Context(), store.Unit{Rows: []store.Row{store.PutCustomer{Customer: customer}}}))
	h.ready(b, b.agents[0])
	h.ask(b.unit, acd.Finished{Contact: stray.ID, Agent: h.accept(b, stray.ID)})
	h.send(carla, b.help, "Private", "Hello")
	h.send(carla, other.help, "Elsewhere", "Hello")
	kept := h.only(other.unit, "Elsewhere")
	c := h.only(b.unit, "Private")
	agent := h.accept(b, c.ID)
	_, err := h.mails.SendMail(t.Context(), order(b, c.ID, agent, "m", carla, "Re: Private", "Hello"))
	h.must(err)
	h.got(b.box, "Sent", 1)
	h.configure(func(s *talk.MailSetup) { s.Blocked[b.unit] = map[string]bool{carla: true} })
	h.send(carla, b.help, "Blocked", "Hello")
	h.got(b.box, "Portico/Done", 2)
	h.until("its words among those of the store", func() bool {
		found, err := h.store.ContactsFrom(t.Context(), b.unit, customer.Addresses[0])
		h.must(err)
		return len(found) == 1 && found[0].EndedAt > 0
	})

	x := store.Erasure{Unit: b.unit, ID: h.mint.ID(), Customer: customer.ID, At: 1, State: store.ErasureRunning}
	h.must(h.store.Save(t.Context(), store.Unit{Rows: []store.Row{x}}))
	e := h.forgetting()
	now := func() store.Erasure {
		all, _, err := h.store.Erasures(t.Context(), b.unit, "", 10)
		h.must(err)
		return all[0]
	}
	h.until("the open contact waited for", func() bool { return now().Open == 1 })
	h.ask(b.unit, acd.Finished{Contact: c.ID, Agent: agent})
	h.got(b.box, "Portico/Done", 3)
	h.configure(func(s *talk.MailSetup) {
		s.Accounts = append([]talk.MailBox{}, s.Accounts...)
		s.Accounts[0].Disabled = true
	})
	h.until("the store forgetting her", func() bool {
		e.Wake()
		return now().State == store.ErasureMailboxes
	})
	if got := now(); got.Contacts != 2 || got.Mails != 3 || got.Aside != 1 || got.Messages != 0 || got.Open != 0 {
		t.Errorf("what was reached at first: %+v", got)
	}
	for _, id := range []acd.ContactID{c.ID, stray.ID} {
		if _, err := h.store.Contact(t.Context(), b.unit, id); !errors.Is(err, store.ErrNone) {
			t.Errorf("a contact is still there: %v", err)
		}
	}
	if _, err := h.store.Customer(t.Context(), b.unit, customer.ID); !errors.Is(err, store.ErrNone) {
		t.Errorf("the customer is still there: %v", err)
	}
	aside, err := h.store.LedgerExceptions(t.Context(), b.unit, 0, 10)
	h.must(err)
	if len(aside) > 0 {
		t.Errorf("what was set aside is still there: %+v", aside)
	}
	if n := h.peer.Count(b.box, "Portico/Done"); n != 3 {
		t.Errorf("%d messages are left in a mailbox that cannot be reached, want 3", n)
	}
	h.configure(func(s *talk.MailSetup) {
		s.Accounts = append([]talk.MailBox{}, s.Accounts...)
		s.Accounts[0].Disabled = false
	})
	h.until("the mailbox forgetting her", func() bool {
		e.Wake()
		return now().State == store.ErasureDone
	})
	for _, folder := range []string{"", "Portico/Done", "Portico/Working", "Portico/Exceptions", "Sent"} {
		all, err := h.peer.Messages(b.box, folder)
		h.must(err)
		if len(all) > 0 {
			t.Errorf("%d messages are left in %q: %s", len(all), folder, strings.Join(all, "\n"))
		}
	}
	if got := now(); got.Messages != 4 || got.Lost != 0 {
		t.Errorf("what was reached at last: %+v", got)
	}
	if _, err := h.store.Contact(t.Context(), other.unit, kept.ID); err != nil || h.peer.Count(other.box, "Portico/Working") != 1 {
		t.Errorf("another unit's contact: %v", err)
	}
}
