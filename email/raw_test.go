package email

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/letter"
	"portico/store"
	"portico/talk"
)

// A mail that begins a contact takes the files that were brought to it, and leaves from
// its queue's address; repeated, it is the same mail. Files of somebody else, of another
// mail, or too old to be kept, are refused before anything is saved.
func TestFilesOfANewMail(t *testing.T) {
	h := newHouse(t)
	b, carla := h.branches[0], h.customer()
	sales := "sales-" + b.help
	h.configure(func(s *talk.MailSetup) {
		s.Accounts[0].Aliases = []talk.MailAlias{{Address: "first-" + b.help}, {Address: sales, Queue: b.queue}}
	})
	late := time.Duration(0)
	h.now = func() time.Time { return time.Now().Add(late) }
	h.start()
	agent := b.agents[0]
	h.ready(b, agent)
	bring := func(agent acd.AgentID, mail string) store.Attachment {
		a, err := h.mails.TakeMailFile(t.Context(), dialogue.Upload{Unit: b.unit, Agent: agent, ClientID: mail, Name: "offer.txt", MediaType: "text/plain", Size: 8,
			Body: strings.NewReader("17 euros")})
		h.must(err)
		return a
	}
	o := order(b, acd.ContactID{}, agent, "new", carla, "Our offer", "See below")
	o.Mode, o.Queue = dialogue.MailNew, b.queue
	for name, file := range map[string]store.Attachment{"another mail's": bring(agent, "other"), "a colleague's": bring(b.agents[1], "new")} {
		o.Attachments = []dialogue.AttachmentID{file.ID}
		if _, err := h.mails.SendMail(t.Context(), o); fault.Of(err) == nil || fault.Of(err).Code != "file_unknown" {
			t.Errorf("%s file: %v", name, err)
		}
	}
	o.Attachments = []dialogue.AttachmentID{bring(agent, "new").ID}
	late = fileWait + time.Minute
	if _, err := h.mails.SendMail(t.Context(), o); fault.Of(err) == nil || fault.Of(err).Code != "mail_file_old" {
		t.Errorf("an old file: %v", err)
	}
	late = 0
	if n := len(h.contacts(b.unit)); n != 0 {
		t.Fatalf("%d contacts of what was refused", n)
	}
	sent, err := h.mails.SendMail(t.Context(), o)
	h.must(err)
	again, err := h.mails.SendMail(t.Context(), o)
	h.must(err)
	if again.Contact != sent.Contact || again.Message.Seq != sent.Message.Seq {
		t.Error("the same client id made two mails")
	}
	got := h.got(carla, "", 1)
	if len(got.Parts) != 1 || got.Parts[0].Name != "offer.txt" || got.From.Address != sales {
		t.Errorf("what arrived is %+v", got)
	}
	if p, _ := h.picture.Contact(b.unit, sent.Contact); p.State != acd.Active || p.Agent != agent {
		t.Errorf("the contact is %v at %s, not its writer's", p.State, p.Agent)
	}
	files, err := h.store.MessageAttachments(t.Context(), b.unit, sent.Contact, 1, 1)
	h.must(err)
	if len(files) != 1 {
		t.Errorf("the contact has %d files", len(files))
	}
}

// A unit's mails never leave from another unit's address, whoever asks for it.
func TestForeignFrom(t *testing.T) {
	h := newHouse(t)
	h.start()
	b, other, carla := h.branches[0], h.branches[1], h.customer()
	o := order(b, acd.ContactID{}, b.agents[0], "new", carla, "Hello", "Hello")
	o.Mode, o.Queue = dialogue.MailNew, b.queue
	for _, from := range []string{other.help, other.box, "boss@example.com"} {
		o.From = from
		if _, err := h.mails.SendMail(t.Context(), o); fault.Of(err) == nil || fault.Of(err).Code != "mail_from" {
			t.Errorf("from %s: %v", from, err)
		}
	}
}

// A whole mail is given as the mailbox has it, or as it was sent, to its own unit alone;
// where it is gone, that is said.
func TestRawMail(t *testing.T) {
	h := newHouse(t)
	h.start()
	b, carla := h.branches[0], h.customer()
	h.ready(b, b.agents[0])
	h.send(carla, b.help, "Height", "How high is it?", "X-Odd: kept")
	c := h.only(b.unit, "Height")
	agent := h.accept(b, c.ID)
	h.got(b.box, "Portico/Working", 1)
	sent, err := h.mails.SendMail(t.Context(), order(b, c.ID, agent, "a", carla, "Re: Height", "300 m"))
	h.must(err)
	h.got(carla, "", 1)
	serve := func(unit acd.UnitID, seq uint64) (*httptest.ResponseRecorder, error) {
		w := httptest.NewRecorder()
		return w, h.mails.ServeRaw(w, httptest.NewRequest(http.MethodGet, "/", nil).WithContext(t.Context()),
			dialogue.MailPartRequest{Unit: unit, Contact: c.ID, Seq: seq, Who: "anna"})
	}
	for seq, want := range map[uint64]string{1: "How high is it?", sent.Message.Seq: "300 m"} {
		w, err := serve(b.unit, seq)
		h.must(err)
		if m := letter.Read(strings.NewReader(w.Body.String()), letter.Options{}); !strings.Contains(m.Text, want) || !strings.Contains(m.Subject, "Height") {
			t.Errorf("the message is %q", w.Body)
		}
		if seq == 1 && !strings.Contains(w.Body.String(), "X-Odd: kept\r\n") {
			t.Errorf("the message is not as it came: %q", w.Body)
		}
		if w.Header().Get("Content-Type") != "message/rfc822" || !strings.Contains(w.Header().Get("Content-Disposition"), ".eml") {
			t.Errorf("its header is %v", w.Header())
		}
	}
	for unit, seq := range map[acd.UnitID]uint64{b.unit: 99, h.branches[1].unit: 1} {
		if _, err := serve(unit, seq); fault.Of(err) == nil || fault.Of(err).Code != "not_found" {
			t.Errorf("another unit's mail, or none: %v", err)
		}
	}
	if _, err := h.peer.Remove(b.box, "Portico/Working", "How high"); err != nil {
		t.Fatal(err)
	}
	if _, err := serve(b.unit, 1); fault.Of(err) == nil || fault.Of(err).Code != "mail_part_gone" {
		t.Errorf("a message that is gone: %v", err)
	}
}
