package email

import (
	"errors"
	"strings"
	"testing"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/store"
)

// A mail that the server puts off is seen in the queue with the server's words. It is tried
// at once when somebody says so, not when its pause is over, and is then over with; one
// that is given up comes back to its agent, is never sent, and is given up once.
func TestWaitingMails(t *testing.T) {
	h := newHouse(t)
	h.start()
	b, other, carla := h.branches[0], h.branches[1], h.customer()
	h.ready(b, b.agents[0])
	h.send(carla, b.help, "Question", "Hello")
	c := h.only(b.unit, "Question")
	agent := h.accept(b, c.ID)
	h.peer.Refuse(carla, "450 4.2.0 Come back later")
	_, err := h.mails.SendMail(t.Context(), order(b, c.ID, agent, "m", carla, "Re: Question", "First"))
	h.must(err)
	waiting := func() []store.WaitingMail {
		rows, err := h.store.WaitingMails(t.Context(), b.unit, store.WaitingQuery{Account: b.account, Delayed: true}, [16]byte{}, 10)
		h.must(err)
		return rows
	}
	putOff := func(n int) store.WaitingMail {
		t.Helper()
		h.until("the server's words", func() bool {
			rows := waiting()
			return len(rows) == 1 && rows[0].Attempts == n && strings.Contains(rows[0].Error, "Come back later")
		})
		return waiting()[0]
	}
	audit := func() store.Audit {
		return store.Audit{ID: h.mint.ID(), Unit: b.unit, ByName: "sven", Action: "mail.try", Object: c.ID}
	}
	w := putOff(1)
	if len(w.To) != 1 || w.To[0].Address != carla || !strings.Contains(w.Subject, "Question") || w.From.Address != b.help || w.Agent != agent || w.NextAt == 0 {
		t.Errorf("what waits is %+v", w)
	}
	if rows, err := h.store.WaitingMails(t.Context(), other.unit, store.WaitingQuery{}, [16]byte{}, 10); err != nil || len(rows) > 0 {
		t.Errorf("another unit sees %+v, %v", rows, err)
	}
	if err := h.mails.TryMail(t.Context(), other.unit, w.ID, audit()); !errors.Is(err, store.ErrNone) {
		t.Errorf("another unit's mail is tried: %v", err)
	}
	h.must(h.mails.TryMail(t.Context(), b.unit, w.ID, audit()))
	w = putOff(2)

	g := dialogue.MailGiveUp{Unit: b.unit, ID: w.ID, By: "Sven", Note: "Call her."}
	if err := h.mails.GiveUpMail(t.Context(), dialogue.MailGiveUp{Unit: other.unit, ID: w.ID}, audit()); !errors.Is(err, store.ErrNone) {
		t.Errorf("another unit's mail is given up: %v", err)
	}
	free := h.mails.claim(w.ID) // as while it is handed to the server
	if f := fault.Of(h.mails.GiveUpMail(t.Context(), g, audit())); f == nil || f.Code != "mail_leaving" {
		t.Errorf("given up while it leaves: %v", f)
	}
	free()
	h.must(h.mails.GiveUpMail(t.Context(), g, audit()))
	if f := fault.Of(h.mails.GiveUpMail(t.Context(), g, audit())); f == nil || f.Code != "mail_left" {
		t.Errorf("given up twice: %v", f)
	}
	all, err := h.store.Messages(t.Context(), b.unit, c.ID, 0, 100)
	h.must(err)
	last := all[len(all)-1]
	if last.Kind != dialogue.KindReturned || !strings.Contains(last.Text, "Call her.") {
		t.Errorf("what came back is %+v", last)
	}
	h.peer.Refuse(carla, "OK")
	if f := fault.Of(h.mails.TryMail(t.Context(), b.unit, w.ID, audit())); f == nil || f.Code != "mail_left" {
		t.Errorf("tried after it was given up: %v", f)
	}
	_, err = h.mails.SendMail(t.Context(), order(b, c.ID, agent, "m2", carla, "Re: Question", "Second"))
	h.must(err)
	if got := h.got(carla, "", 1); !strings.Contains(got.Text, "Second") {
		t.Errorf("what arrived is %q", got.Text)
	}
	h.ask(b.unit, acd.Finished{Contact: c.ID, Agent: agent})
}
