package email

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/store"
	"portico/talk"
)

// attached is the text of a mail with a file; its headers are mixed.
const attached = "--x\r\nContent-Type: text/plain\r\n\r\nSee below\r\n--x\r\nContent-Type: text/plain; name=\"a.txt\"\r\nContent-Disposition: attachment; filename=\"a.txt\"\r\n\r\n17 euros\r\n--x--"

var mixed = []string{"MIME-Version: 1.0", `Content-Type: multipart/mixed; boundary="x"`}

func (h *house) part(b branch, contact acd.ContactID) (*httptest.ResponseRecorder, error) {
	w := httptest.NewRecorder()
	return w, h.mails.ServePart(w, httptest.NewRequest(http.MethodGet, "/", nil).WithContext(h.t.Context()),
		dialogue.MailPartRequest{Unit: b.unit, Contact: contact, Seq: 1, Part: "2", Who: "anna"})
}

// After the retention a handled message leaves the mailbox; its contact keeps the text and
// says that the rest is gone. What is open, and another unit's, stays.
func TestRetention(t *testing.T) {
	h := newHouse(t)
	h.start()
	b, other, carla := h.branches[0], h.branches[1], h.customer()
	done := [2]acd.ContactID{}
	for i, at := range h.branches {
		h.ready(at, at.agents[0])
		h.send(carla, at.help, "Old", attached, mixed...)
		c := h.only(at.unit, "Old")
		agent := h.accept(at, c.ID)
		h.ask(at.unit, acd.Finished{Contact: c.ID, Agent: agent})
		h.got(at.box, "Portico/Done", 1)
		done[i] = c.ID
	}
	h.send(carla, b.help, "Open", attached, mixed...)
	open := h.only(b.unit, "Open")
	h.got(b.box, "Portico/Working", 1)
	h.until("its new place", func() bool {
		m, err := h.store.Mail(t.Context(), b.unit, done[0], 1)
		h.must(err)
		return strings.HasSuffix(m.Place.Folder, "Done")
	})
	h.stop()
	h.now = func() time.Time { return time.Now().Add(48 * time.Hour) }
	h.configure(func(s *talk.MailSetup) {
		s.Settings[b.unit] = talk.MailSettings{RetentionDoneD: 1, RetentionExceptionsD: 1}
	})
	h.start()
	h.until("the mailbox cleared", func() bool {
		return h.mails.Expire(t.Context()) == nil && h.peer.Count(b.box, "Portico/Done") == 0
	})
	if n := h.peer.Count(other.box, "Portico/Done"); n != 1 {
		t.Errorf("another unit has %d messages left", n)
	}
	if n := h.peer.Count(b.box, "Portico/Working"); n != 1 {
		t.Errorf("%d open messages are left", n)
	}
	m, err := h.store.Mail(t.Context(), b.unit, done[0], 1)
	h.must(err)
	rows, err := h.store.Messages(t.Context(), b.unit, done[0], 0, 10)
	h.must(err)
	if !m.Place.IsGone() || !strings.Contains(rows[0].Text, "See below") {
		t.Errorf("what is left of it: %+v, %q", m.Place, rows[0].Text)
	}
	if _, err := h.part(b, done[0]); !errors.Is(err, errPartGone) {
		t.Errorf("its part: %v", err)
	}
	if w, err := h.part(b, open.ID); err != nil || w.Body.String() != "17 euros" {
		t.Errorf("the part of an open one: %q, %v", w.Body, err)
	}
}

// In a mailbox that serves two business units each message is kept as long as its unit
// says, and one for both as long as the longer of them.
func TestRetentionOfSeveralUnits(t *testing.T) {
	h := newHouse(t)
	b, other, carla := h.branches[0], h.branches[1], h.customer()
	h.peer.Alias(other.help, b.box)
	h.configure(func(s *talk.MailSetup) {
		shared := s.Accounts[0]
		shared.Unit = h.global
		shared.Aliases = []talk.MailAlias{{Address: b.help, Unit: b.unit, Queue: b.queue}, {Address: other.help, Unit: other.unit, Queue: other.queue}}
		s.Accounts = []talk.MailBox{shared}
	})
	h.start()
	h.ready(b, b.agents[0])
	h.ready(other, other.agents[0])
	finish := func(at branch, subject string) acd.ContactID {
		c := h.only(at.unit, subject)
		h.ask(at.unit, acd.Finished{Contact: c.ID, Agent: h.accept(at, c.ID)})
		return c.ID
	}
	h.send(carla, b.help, "Short", attached, mixed...)
	h.send(carla, other.help, "Long", attached, mixed...)
	h.only(b.unit, "Short") // which is offered before what comes next
	h.only(other.unit, "Long")
	h.must(h.peer.Fill(b.box, "", 1, func(int) []byte { // one message that names both
		return []byte("From: " + carla + "\r\nTo: " + b.help + ", " + other.help + "\r\nSubject: Both\r\nMessage-ID: <both-" + carla + ">\r\n\r\nHello\r\n")
	}))
	short, long := finish(b, "Short"), finish(other, "Long")
	ended := map[acd.ContactID]branch{short: b, long: other, finish(b, "Both"): b, finish(other, "Both"): other}
	left := func(n int) {
		t.Helper()
		h.until(fmt.Sprint(n, " messages among the handled ones"), func() bool { return h.peer.Count(b.box, "Portico/Done") == n })
	}
	left(3)
	h.until("their new places", func() bool {
		for id, at := range ended {
			m, err := h.store.Mail(t.Context(), at.unit, id, 1)
			h.must(err)
			if !strings.HasSuffix(m.Place.Folder, "Done") {
				return false
			}
		}
		return true
	})
	h.stop()
	h.now = func() time.Time { return time.Now().Add(48 * time.Hour) }
	days := func(first, second int) {
		h.configure(func(s *talk.MailSetup) {
			s.Settings = map[acd.UnitID]talk.MailSettings{b.unit: {RetentionDoneD: first}, other.unit: {RetentionDoneD: second}}
		})
	}
	days(1, 30)
	h.start()
	isGone := func(at branch, id acd.ContactID) bool {
		m, err := h.store.Mail(t.Context(), at.unit, id, 1)
		h.must(err)
		return m.Place.IsGone()
	}
	h.until("the one of the shorter time gone", func() bool {
		return h.mails.Expire(t.Context()) == nil && isGone(b, short)
	})
	if isGone(other, long) {
		t.Error("what is kept for longer is gone too")
	}
	left(2)
	days(1, 0)
	h.must(h.mails.Expire(t.Context()))
	left(2)
	days(1, 1)
	h.until("the others gone", func() bool { return h.mails.Expire(t.Context()) == nil && isGone(other, long) })
	left(0)
}

// A message that a person deletes from the mailbox leaves its contact alive, which says
// from then on what is missing.
func TestDeletedByAPerson(t *testing.T) {
	h := newHouse(t)
	h.start()
	b := h.branches[0]
	h.send(h.customer(), b.help, "A file", attached, mixed...)
	c := h.only(b.unit, "A file")
	h.got(b.box, "Portico/Working", 1)
	h.until("its new place", func() bool {
		m, err := h.store.Mail(t.Context(), b.unit, c.ID, 1)
		h.must(err)
		return strings.HasSuffix(m.Place.Folder, "Working")
	})
	if n, err := h.peer.Remove(b.box, "Portico/Working", "A file"); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	h.until("the mark", func() bool {
		if _, err := h.part(b, c.ID); !errors.Is(err, errPartGone) {
			t.Fatalf("its part: %v", err)
		}
		m, err := h.store.Mail(t.Context(), b.unit, c.ID, 1)
		h.must(err)
		return m.Place.IsGone()
	})
	if _, open := h.mails.open(b.unit, c.ID); !open {
		t.Error("the contact is gone too")
	}
}

// Erasing a contact deletes what came from the mailbox, and the copy of what was answered,
// and nothing of others.
func TestErase(t *testing.T) {
	h := newHouse(t)
	h.start()
	b, carla := h.branches[0], h.customer()
	h.ready(b, b.agents[0])
	h.send(carla, b.help, "Private", "Hello")
	c := h.only(b.unit, "Private")
	agent := h.accept(b, c.ID)
	_, err := h.mails.SendMail(t.Context(), order(b, c.ID, agent, "m", carla, "Re: Private", "Hello"))
	h.must(err)
	h.got(b.box, "Sent", 1)
	h.ask(b.unit, acd.Finished{Contact: c.ID, Agent: agent})
	h.got(b.box, "Portico/Done", 1)
	h.send(carla, b.help, "Other", "Hello")
	h.only(b.unit, "Other")
	h.got(b.box, "Portico/Working", 1)
	h.must(h.mails.EraseMails(t.Context(), b.unit, c.ID))
	h.must(h.store.EraseContact(t.Context(), b.unit, c.ID))
	for folder, want := range map[string]int{"Portico/Done": 0, "Sent": 0, "Portico/Working": 1} {
		if n := h.peer.Count(b.box, folder); n != want {
			t.Errorf("%d messages are left in %s, want %d", n, folder, want)
		}
	}
	if _, err := h.store.Contact(t.Context(), b.unit, c.ID); !errors.Is(err, store.ErrNone) {
		t.Errorf("the contact is still there: %v", err)
	}
	if all, err := h.store.Mails(t.Context(), b.unit, c.ID, 0); err != nil || len(all) > 0 {
		t.Errorf("%d mails are left, %v", len(all), err)
	}
}

// A part is looked through before anybody gets a byte of it; one that is harmful is refused.
func TestPartsAreLookedThrough(t *testing.T) {
	h := newHouse(t)
	harmful := fault.New(fault.Invalid, "harmful", "The file is harmful.")
	var seen string
	h.scan = func(_ string, r io.Reader) error {
		all, err := io.ReadAll(r)
		seen = string(all)
		if err == nil && strings.Contains(seen, "EICAR") {
			return harmful
		}
		return err
	}
	h.start()
	b := h.branches[0]
	for subject, text := range map[string]string{"Clean": attached, "Harmful": strings.Replace(attached, "17 euros", "EICAR", 1)} {
		h.send(h.customer(), b.help, subject, text, mixed...)
		c := h.only(b.unit, subject)
		w, err := h.part(b, c.ID)
		if subject == "Clean" && (err != nil || w.Body.String() != "17 euros" || seen != "17 euros") {
			t.Errorf("the clean part: %q, %v; looked at %q", w.Body, err, seen)
		}
		if subject == "Harmful" && (!errors.Is(err, harmful) || w.Body.Len() > 0) {
			t.Errorf("the harmful part: %q, %v", w.Body, err)
		}
	}
}
