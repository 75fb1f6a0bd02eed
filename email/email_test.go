package email

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/store"
	"portico/talk"
)

func order(b branch, contact acd.ContactID, agent acd.AgentID, id, to, subject, text string) dialogue.MailOrder {
	return dialogue.MailOrder{Unit: b.unit, Contact: contact, Agent: agent, ClientID: id, MailText: dialogue.MailText{Mode: dialogue.MailReply,
		MailWords: dialogue.MailWords{To: []store.MailAddress{{Address: to}}, Subject: subject, Text: text}}}
}

// A customer's mail becomes one contact; the answer arrives with the right thread, its
// attachment and a copy among what was sent; what the customer writes then comes to the
// same agent in a new contact of the thread; a message follows its contact's state.
func TestLifeOfAMail(t *testing.T) {
	h := newHouse(t)
	h.start()
	b, carla := h.branches[0], h.customer()
	h.ready(b, b.agents[0])
	h.send(carla, b.help, "My order", "Where is it?")
	first := h.only(b.unit, "My order")
	if first.Source != carla || first.Destination != b.help || first.Name != "Carla" || first.Medium != Medium {
		t.Errorf("the contact is %+v", first)
	}
	agent := h.accept(b, first.ID)
	h.got(b.box, "Portico/Working", 1)
	_, file, err := h.mails.Attach(t.Context(), dialogue.Upload{Unit: b.unit, Contact: first.ID, Agent: agent, ClientID: "f", Name: "invoice.txt",
		MediaType: "text/plain", Size: 8, Body: strings.NewReader("17 euros")})
	h.must(err)
	o := order(b, first.ID, agent, "answer", carla, "Re: My order", "It is on its way.")
	o.Attachments = []dialogue.AttachmentID{file.ID}
	sent, err := h.mails.SendMail(t.Context(), o)
	h.must(err)
	again, err := h.mails.SendMail(t.Context(), o)
	h.must(err)
	if again.Message.Seq != sent.Message.Seq {
		t.Error("the same client id made two mails")
	}
	got := h.got(carla, "", 1)
	mails, err := h.store.Mails(t.Context(), b.unit, first.ID, 0)
	h.must(err)
	if got.From.Address != b.help || got.InReplyTo != mails[0].MessageID || !strings.Contains(got.Subject, "[#") || !strings.Contains(got.Text, "on its way") ||
		len(got.Parts) != 1 || got.Parts[0].Name != "invoice.txt" {
		t.Errorf("the answer is %+v", got)
	}
	if filed := h.got(b.box, "Sent", 1); filed.MessageID != got.MessageID {
		t.Error("the copy is of another mail")
	}
	h.ask(b.unit, acd.Finished{Contact: first.ID, Agent: agent})
	h.got(b.box, "Portico/Done", 1)

	h.ready(b, b.agents[1]) // idle for longer, were it not for the thread
	h.send(carla, b.help, got.Subject, "Thank you", "In-Reply-To: "+got.MessageID)
	second := h.only(b.unit, "My order")
	if second.Thread != first.ID {
		t.Errorf("the answer's thread is %s, want %s", second.Thread, first.ID)
	}
	if next := h.accept(b, second.ID); next != agent {
		t.Error("the answer went to another agent")
	}
}

// Whatever is in one mailbox comes to its own business unit alone. A mail for aliases of
// both makes one contact in each; one for nobody is told and put aside.
func TestUnitsNeverMix(t *testing.T) {
	h := newHouse(t)
	h.start()
	carla := h.customer()
	for i, b := range h.branches {
		h.send(carla, b.help, fmt.Sprint("For ", i), "Hello")
		// The other one's address in To means nothing here: the server delivered it to ours.
		h.send(carla, b.help, fmt.Sprint("Also ", i), "Hello", "Cc: "+h.branches[1-i].help)
	}
	h.peer.Alias("nobody-"+h.branches[0].help, h.branches[0].box)
	h.send(carla, "nobody-"+h.branches[0].help, "For nobody", "Hello")
	for i, b := range h.branches {
		for _, caption := range []string{"For ", "Also "} {
			h.only(b.unit, fmt.Sprint(caption, i))
		}
	}
	h.got(h.branches[0].box, "Portico/Exceptions", 1)
	for _, b := range h.branches {
		if n := len(h.contacts(b.unit)); n != 2 {
			t.Errorf("%d contacts, want 2", n)
		}
	}
	unknown, err := h.store.LedgerExceptions(t.Context(), h.global, 0, 10)
	h.must(err)
	if len(unknown) != 1 || unknown[0].State != store.LedgerNoAlias {
		t.Errorf("what was for nobody: %+v", unknown)
	}
	outbox, err := h.store.OutboxPage(t.Context(), [16]byte{}, 10)
	h.must(err)
	if len(outbox) != 1 || !strings.Contains(string(outbox[0].Body), "mail_no_alias") {
		t.Errorf("the alert: %+v", outbox)
	}
	if _, err := h.mails.AccountState(h.branches[1].unit, h.branches[0].account); !errors.Is(err, store.ErrNone) {
		t.Errorf("another unit's account: %v", err)
	}
}

// What waits after an outage is all routed, each once, also when the mailbox has numbered
// its messages anew meanwhile and the process began again.
func TestWaitingMailsAreRoutedOnce(t *testing.T) {
	h := newHouse(t)
	b := h.branches[0]
	h.configure(func(s *talk.MailSetup) { s.Settings[b.unit] = talk.MailSettings{} })
	const n = 500
	h.must(h.peer.Fill(b.box, "", n, func(i int) []byte {
		return fmt.Appendf(nil, "From: c%d@example.org\r\nTo: %s\r\nSubject: Waiting %d\r\nMessage-ID: <w%d@example.org>\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n\r\nHello\r\n",
			i, b.help, i, i)
	}))
	h.start()
	once := func() {
		t.Helper()
		h.until("all contacts", func() bool { return len(h.contacts(b.unit)) >= n })
		seen := map[string]bool{}
		for _, c := range h.contacts(b.unit) {
			if seen[c.Caption] {
				t.Fatalf("%s is there twice", c.Caption)
			}
			seen[c.Caption] = true
		}
	}
	once()
	h.until("an empty inbox", func() bool { return h.peer.Count(b.box, "") == 0 })
	h.stop()
	// A message that was routed and not yet moved, under another number.
	again, err := h.peer.Messages(b.box, "Portico/Working")
	h.must(err)
	h.must(h.peer.Fill(b.box, "", 1, func(int) []byte { return []byte(again[0]) }))
	h.start()
	h.until("an empty inbox", func() bool { return h.peer.Count(b.box, "") == 0 })
	if got := len(h.contacts(b.unit)); got != n+1 { // delivered twice is two deliveries
		t.Errorf("%d contacts, want %d", got, n+1)
	}
}

// A mail that the server refuses for good comes back to its agent with the server's words,
// in a new contact of the thread where the first is over.
func TestRefusedMailComesBack(t *testing.T) {
	h := newHouse(t)
	h.start()
	b, carla := h.branches[0], h.customer()
	h.ready(b, b.agents[0])
	h.send(carla, b.help, "Question", "Hello")
	c := h.only(b.unit, "Question")
	agent := h.accept(b, c.ID)
	h.peer.Refuse("gone@example.com", "550 5.1.1 Nobody of that name")
	_, err := h.mails.SendMail(t.Context(), order(b, c.ID, agent, "m", "gone@example.com", "Re: Question", "Hello"))
	h.must(err)
	h.until("the server's words", func() bool {
		all, err := h.store.Messages(t.Context(), b.unit, c.ID, 0, 100)
		h.must(err)
		last := all[len(all)-1]
		return last.Kind == dialogue.KindBounce && strings.Contains(last.Text, "Nobody of that name")
	})
	h.until("the end of the mail", func() bool {
		all, err := h.store.MailsOut(t.Context(), b.unit, c.ID)
		h.must(err)
		return all[0].State == store.OutFailed
	})
	// Taken at first, sent back later: the report finds the mail, though its contact is over.
	h.peer.Bounce("later@example.com", "5.1.1 The box is gone")
	_, err = h.mails.SendMail(t.Context(), order(b, c.ID, agent, "m2", "later@example.com", "Re: Question", "Hello"))
	h.must(err)
	h.ask(b.unit, acd.Finished{Contact: c.ID, Agent: agent})
	var back acd.ContactID
	h.until("a contact for the report", func() bool {
		for _, o := range h.contacts(b.unit) {
			if o.Thread == c.ID {
				back = o.ID
			}
		}
		return !back.IsZero()
	})
	all, err := h.store.Messages(t.Context(), b.unit, back, 0, 10)
	h.must(err)
	if all[0].Kind != dialogue.KindBounce || !strings.Contains(all[0].Text, "later@example.com") {
		t.Errorf("what came back is %+v", all[0])
	}
	if got := h.accept(b, back); got != agent {
		t.Error("it came back to another agent")
	}
}

// Blocked senders and those who send too much are kept out, with an alert for the latter.
func TestSendersKeptOut(t *testing.T) {
	h := newHouse(t)
	b, carla, spam := h.branches[0], h.customer(), h.customer()
	h.configure(func(s *talk.MailSetup) {
		s.Settings[b.unit] = talk.MailSettings{LoopPerHour: 2}
		s.Blocked[b.unit] = map[string]bool{spam: true}
	})
	h.start()
	h.send(spam, b.help, "Spam", "Hello")
	for i := range 3 {
		h.send(carla, b.help, fmt.Sprint("Loop ", i), "Hello")
		if i < 2 {
			h.only(b.unit, fmt.Sprint("Loop ", i))
		}
	}
	h.got(b.box, "Portico/Exceptions", 1)
	h.got(b.box, "Portico/Done", 1)
	if n := len(h.contacts(b.unit)); n != 2 {
		t.Errorf("%d contacts, want 2", n)
	}
	outbox, err := h.store.OutboxPage(t.Context(), [16]byte{}, 10)
	h.must(err)
	if len(outbox) != 1 || !strings.Contains(string(outbox[0].Body), "mail_loop") {
		t.Errorf("the alert: %+v", outbox)
	}
}

// A mail that must be approved waits until a supervisor decides: it goes then, or comes
// back with what the supervisor says. Nobody decides twice.
func TestApproval(t *testing.T) {
	h := newHouse(t)
	b, carla := h.branches[0], h.customer()
	h.configure(func(s *talk.MailSetup) { s.Settings[b.unit] = talk.MailSettings{ApproveAll: true} })
	h.start()
	h.ready(b, b.agents[0])
	h.send(carla, b.help, "Question", "Hello")
	c := h.only(b.unit, "Question")
	agent := h.accept(b, c.ID)
	audit := func() store.Audit {
		return store.Audit{ID: h.mint.ID(), Unit: b.unit, ByName: "sven", Action: "mail.approve", Object: c.ID}
	}
	for i, approve := range []bool{false, true} {
		sent, err := h.mails.SendMail(t.Context(), order(b, c.ID, agent, fmt.Sprint("m", i), carla, "Re: Question", fmt.Sprint("Answer ", i)))
		h.must(err)
		if !sent.Held {
			t.Fatal("it does not wait for approval")
		}
		held, err := h.store.MailsHeld(t.Context(), b.unit, [16]byte{}, 10)
		h.must(err)
		d := dialogue.MailDecision{Unit: b.unit, ID: held[0].ID, Approve: approve, Note: "Be kinder."}
		h.must(h.mails.DecideMail(t.Context(), d, audit()))
		if f := fault.Of(h.mails.DecideMail(t.Context(), d, audit())); f == nil || f.Code != "mail_decided" {
			t.Errorf("a second decision: %v", f)
		}
		foreign := d
		foreign.Unit = h.branches[1].unit
		if err := h.mails.DecideMail(t.Context(), foreign, audit()); !errors.Is(err, store.ErrNone) {
			t.Errorf("another unit's mail: %v", err)
		}
	}
	if got := h.got(carla, "", 1); !strings.Contains(got.Text, "Answer 1") {
		t.Errorf("what was approved is %q", got.Text)
	}
	back, err := h.store.MessageByClient(t.Context(), b.unit, c.ID, "m0")
	h.must(err)
	rows, err := h.store.Messages(t.Context(), b.unit, c.ID, back.Seq, 1)
	h.must(err)
	if rows[0].Kind != dialogue.KindReturned || rows[0].Text != "Be kinder." {
		t.Errorf("what came back is %+v", rows[0])
	}
}

// An outside expert's answer comes back to the contact, whose customer never sees it.
func TestExpert(t *testing.T) {
	h := newHouse(t)
	h.start()
	b, carla, expert := h.branches[0], h.customer(), h.customer()
	h.ready(b, b.agents[0])
	h.send(carla, b.help, "Question", "How high is it?")
	c := h.only(b.unit, "Question")
	agent := h.accept(b, c.ID)
	o := order(b, c.ID, agent, "e", expert, "", "Do you know?")
	o.Mode = dialogue.MailExpert
	_, err := h.mails.SendMail(t.Context(), o)
	h.must(err)
	asked := h.got(expert, "", 1)
	if !strings.Contains(asked.Text, "Do you know?") || !strings.Contains(asked.Text, "> How high is it?") {
		t.Errorf("the expert was asked %q", asked.Text)
	}
	h.send(expert, b.help, "Re: "+asked.Subject, "300 m", "In-Reply-To: "+asked.MessageID)
	h.until("the expert's answer", func() bool {
		all, err := h.store.Messages(t.Context(), b.unit, c.ID, 0, 100)
		h.must(err)
		last := all[len(all)-1]
		return last.Kind == dialogue.KindMail && strings.Contains(last.Text, "300 m") && last.Author == store.AuthorSystem
	})
	if n := len(h.contacts(b.unit)); n != 1 {
		t.Errorf("%d contacts, want 1", n)
	}
}

// A part of a mail is fetched from the mailbox wherever the message is by then, and by its
// own unit alone.
func TestForeignPart(t *testing.T) {
	h := newHouse(t)
	h.start()
	b, carla := h.branches[0], h.customer()
	h.send(carla, b.help, "A file", "--x\r\nContent-Type: text/plain\r\n\r\nSee below\r\n--x\r\nContent-Type: text/html; name=\"a.html\"\r\nContent-Disposition: attachment; filename=\"a.html\"\r\n"+
		"Content-Transfer-Encoding: base64\r\n\r\nPGI+aGVsbG88L2I+\r\n--x--", "MIME-Version: 1.0", `Content-Type: multipart/mixed; boundary="x"`)
	c := h.only(b.unit, "A file")
	h.got(b.box, "Portico/Working", 1)
	serve := func(unit acd.UnitID, part string) (*httptest.ResponseRecorder, error) {
		w := httptest.NewRecorder()
		return w, h.mails.ServePart(w, httptest.NewRequest(http.MethodGet, "/", nil).WithContext(t.Context()),
			dialogue.MailPartRequest{Unit: unit, Contact: c.ID, Seq: 1, Part: part, Who: "anna"})
	}
	w, err := serve(b.unit, "2")
	h.must(err)
	if w.Body.String() != "<b>hello</b>" || w.Header().Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("the part is %q %v", w.Body, w.Header())
	}
	_, foreign := serve(h.branches[1].unit, "2")
	_, none := serve(b.unit, "9")
	if foreign == nil || !errors.Is(foreign, none) {
		t.Errorf("another unit's part: %v, none: %v", foreign, none)
	}
}
