package email

import (
	"errors"
	"strings"
	"testing"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/letter"
	"portico/store"
	"portico/talk"
)

// A message for nobody stands among the exceptions of the site alone, with what people
// know it by. Whoever hands it over makes a contact of it in the mailbox's own unit, with
// its file to be fetched, and its answer leaves from there; nobody hands it over twice, nor
// to a unit whose mailbox it was not in.
func TestHandOver(t *testing.T) {
	h := newHouse(t)
	h.start()
	b, other := h.branches[0], h.branches[1]
	carla := h.customer()
	h.peer.Alias("nobody-"+b.help, b.box)
	h.send(carla, "nobody-"+b.help, "For nobody", "Hello")
	h.got(b.box, "Portico/Exceptions", 1)
	all, err := h.mails.Exceptions(t.Context(), h.global)
	h.must(err)
	if len(all) != 1 || all[0].From.Address != carla || all[0].From.Name != "Carla" || all[0].Subject != "For nobody" || all[0].State != store.LedgerNoAlias ||
		all[0].To != "nobody-"+b.help {
		t.Fatalf("%+v", all)
	}
	audit := func(acd.ContactID) store.Audit {
		return store.Audit{ID: h.mint.ID(), Unit: h.global, Action: "mail.hand_over"}
	}
	order := dialogue.MailHandOver{Unit: h.global, MailExceptionID: all[0].MailExceptionID, To: other.unit, Queue: other.queue}
	if _, err := h.mails.HandOver(t.Context(), order, audit); fault.Of(err) == nil || fault.Of(err).Code != "mail_foreign" {
		t.Errorf("to another unit: %v", err)
	}
	order.To, order.Queue, order.Unit = b.unit, b.queue, b.unit
	if _, err := h.mails.HandOver(t.Context(), order, audit); !errors.Is(err, store.ErrNone) {
		t.Errorf("by whom it is no exception of: %v", err)
	}
	if err := h.mails.Dismiss(t.Context(), b.unit, order.MailExceptionID, audit(acd.ContactID{})); !errors.Is(err, store.ErrNone) {
		t.Errorf("dismissed by another unit: %v", err)
	}
	order.Unit = h.global
	contact, err := h.mails.HandOver(t.Context(), order, audit)
	h.must(err)
	if got := h.only(b.unit, "For nobody"); got.ID != contact || got.Queue != b.queue {
		t.Errorf("%+v, want %s", got, contact)
	}
	h.got(b.box, "Portico/Working", 1)
	mail, err := h.store.Mail(t.Context(), b.unit, contact, 1)
	h.must(err)
	if mail.Place.Folder != "Portico/Working" || mail.Place.UID == 0 || mail.Alias != b.help {
		t.Errorf("it lies in %+v, for %s", mail.Place, mail.Alias)
	}
	if _, err := h.mails.HandOver(t.Context(), order, audit); fault.Of(err) == nil || fault.Of(err).Code != "mail_handed" {
		t.Errorf("again: %v", err)
	}
	if all, err := h.mails.Exceptions(t.Context(), h.global); err != nil || len(all) > 0 {
		t.Errorf("it is still there: %+v, %v", all, err)
	}
}

// A message without a Message-ID that a person has moved is found by its size and header,
// and not taken for another of the same size.
func TestHandOverWithoutMessageID(t *testing.T) {
	h := newHouse(t)
	h.start()
	b, carla := h.branches[0], h.customer()
	nobody := "nobody-" + b.help
	for i, text := range []string{"one", "two"} { // both of a size
		raw := "Delivered-To: " + nobody + "\r\nFrom: " + carla + "\r\nTo: " + nobody + "\r\nSubject: Odd " + text + "\r\n\r\n" + text + "\r\n"
		h.must(h.peer.Fill(b.box, "", 1, func(int) []byte { return []byte(raw) }))
		h.got(b.box, "Portico/Exceptions", i+1)
	}
	for i, raw := range h.raw(b.box, "Portico/Exceptions") {
		h.must(h.peer.Fill(b.box, "Portico/Done", 1, func(int) []byte { return []byte(raw) })) // moved by hand
		if n, err := h.peer.Remove(b.box, "Portico/Exceptions", []string{"Odd one", "Odd two"}[i]); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	all, err := h.mails.Exceptions(t.Context(), h.global)
	h.must(err)
	for _, e := range all {
		contact, err := h.mails.HandOver(t.Context(), dialogue.MailHandOver{Unit: h.global, MailExceptionID: e.MailExceptionID, To: b.unit, Queue: b.queue},
			func(acd.ContactID) store.Audit {
				return store.Audit{ID: h.mint.ID(), Unit: h.global, Action: "mail.hand_over"}
			})
		h.must(err)
		rows, err := h.store.Messages(t.Context(), b.unit, contact, 0, 10)
		h.must(err)
		if got := h.only(b.unit, e.Subject); got.ID != contact || !strings.HasSuffix(e.Subject, strings.TrimSpace(rows[0].Text)) {
			t.Errorf("%s became %+v with %q", e.Subject, got, rows[0].Text)
		}
	}
}

// What a sender sent too much of is routed in its own unit once somebody wants it, and
// what nobody wants leaves the list and stays in the mailbox.
func TestHeldMailsWaitForSomebody(t *testing.T) {
	h := newHouse(t)
	h.start()
	b := h.branches[0]
	h.configure(func(s *talk.MailSetup) { s.Settings[b.unit] = talk.MailSettings{LoopPerHour: 1} })
	carla := h.customer()
	h.send(carla, b.help, "First", "Hello")
	h.only(b.unit, "First")
	h.send(carla, b.help, "Second", "Hello")
	h.got(b.box, "Portico/Exceptions", 1)
	h.send(carla, b.help, "Third", "Hello")
	h.got(b.box, "Portico/Exceptions", 2)
	all, err := h.mails.Exceptions(t.Context(), b.unit)
	h.must(err)
	if len(all) != 2 {
		t.Fatalf("%+v", all)
	}
	audit := store.Audit{ID: h.mint.ID(), Unit: b.unit, Action: "mail.dismiss"}
	for _, e := range all {
		if e.Subject == "Third" {
			h.must(h.mails.Dismiss(t.Context(), b.unit, e.MailExceptionID, audit))
			continue
		}
		contact, err := h.mails.HandOver(t.Context(), dialogue.MailHandOver{Unit: b.unit, MailExceptionID: e.MailExceptionID, To: b.unit},
			func(acd.ContactID) store.Audit {
				return store.Audit{ID: h.mint.ID(), Unit: b.unit, Action: "mail.hand_over"}
			})
		h.must(err)
		if got := h.only(b.unit, "Second"); got.ID != contact {
			t.Errorf("%+v, want %s", got, contact)
		}
	}
	if all, err := h.mails.Exceptions(t.Context(), b.unit); err != nil || len(all) > 0 {
		t.Errorf("still there: %+v, %v", all, err)
	}
	h.got(b.box, "Portico/Exceptions", 1)
}

// The ledger's note of an exception always fits, whatever a message calls itself.
func TestAboutFits(t *testing.T) {
	long := make([]rune, 3000)
	for i := range long {
		long[i] = '"'
	}
	for _, m := range []*letter.Mail{
		{},
		{Subject: string(long), MessageID: string(long), From: letter.Address{Name: string(long), Address: string(long)}, DeliveredTo: []string{string(long)}},
		{Subject: "Order", MessageID: "<" + string(long[:200]) + "@x>", From: letter.Address{Address: "a@example.com"}},
	} {
		in := incoming{account: &talk.MailBox{}, mail: m, masked: func(text string) string { return text }}
		note := in.about("refused", string(long))
		if n := len([]rune(note)); n > 1000 || n == 0 {
			t.Errorf("%d characters", n)
		}
		if m.Subject == "Order" && aboutOf(note).MessageID != m.MessageID {
			t.Error("the Message-ID is not kept")
		}
	}
}
