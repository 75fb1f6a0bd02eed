package webchat

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"portico/acd"
	"portico/dialogue"
	"portico/hub"
	"portico/store"
	"portico/talk"
)

// transcript gets the customer's copy.
func (c *customer) transcript(format string) (*http.Response, string) {
	c.h.t.Helper()
	response, body := c.h.fetch("api/chats/"+c.contact.String()+"/transcript?format="+format, "Authorization", "Bearer "+c.session)
	return response, string(body)
}

// What is to be told of the end of a chat is saved with it, once, also when the process
// begins again; the transcript that is told then holds what was said.
func TestEndIsTold(t *testing.T) {
	h := newHouseLike(t, &house{})
	h.ended = func(unit acd.UnitID, _ acd.ContactID) []store.Row { return h.row(unit, "ended") }
	h.stop()
	h.start(h.plan())
	h.ready(h.agents[0])
	c := h.arrive("Where is my parcel?")
	agent := h.accept(c.contact)
	if n := h.told("ended"); n != 0 {
		t.Fatalf("%d chats are told as ended before their end", n)
	}
	_, err := h.hub.Ask(t.Context(), hub.Command{Event: acd.Finished{Contact: c.contact, Agent: agent}, Lane: hub.Progress, Unit: h.unit})
	h.must(err)
	h.until("the end told", func() bool { return h.told("ended") == 1 })
	h.stop()
	h.start(h.plan())
	text, err := h.chats.TranscriptText(t.Context(), h.unit, c.contact)
	if err != nil || !contains(text, "Where is my parcel?") {
		t.Errorf("the transcript: %q, %v", text, err)
	}
	if n := h.told("ended"); n != 1 {
		t.Errorf("the end is told %d times", n)
	}
}

// A transcript holds what its reader may see, in order, in the contact's language, with
// the unit's times, and nothing that a browser would run.
func TestTranscript(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	settings := talk.Defaults()
	h := newHouseLike(t, &house{setup: func(acd.UnitID) talk.Setup {
		return talk.Setup{Company: "Acme", Zone: zone, Settings: settings, Pages: "english"}
	}})
	status, body := h.do("POST", "/api/chats", "", chatRequest{ClientID: "t1", Name: `Eve <script>alert(1)</script>`, Caption: "Olá <b>\nsegunda", Language: "portugues"})
	c := &customer{h: h}
	if status != 201 {
		t.Fatal(body)
	}
	c.take(body)
	h.ready(h.agents[0])
	agent := h.accept(c.contact)
	for i, kind := range []string{kindText, kindNote, kindPage} {
		text := map[string]string{kindText: "Bom dia & <i>", kindNote: "secret note", kindPage: "https://example.com/?a=1&b=2"}[kind]
		_, err := h.chats.Send(t.Context(), dialogue.Outgoing{Unit: h.unit, Contact: c.contact, Agent: agent, ClientID: fmt.Sprint(i), Kind: kind, Text: text})
		h.must(err)
	}
	if status, _, body := c.send("f", "foto.png", "image/png", drawing(2048)); status != 201 {
		t.Fatal(body)
	}
	response, text := c.transcript("text")
	now := time.Now().In(zone)
	for _, want := range []string{"Transcrição do chat com Acme\n", fmt.Sprintf("%d de ", now.Day()), now.Format("2006"), "(Europe/Lisbon)", "Eve <script>alert(1)</script>: Olá <b>\nsegunda",
		"Anna: Bom dia & <i>", "https://example.com/?a=1&b=2", "Ficheiro: foto.png (2 KB)", "Anna entrou no chat."} {
		if !contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if contains(text, "secret") {
		t.Error("the customer reads a note")
	}
	if r := response.Header; r.Get("Content-Type") != "text/plain; charset=utf-8" || r.Get("Content-Language") != "pt" || !strings.HasPrefix(r.Get("Content-Disposition"), `attachment; filename="chat-20`) {
		t.Errorf("answered %v", r)
	}
	response, page := c.transcript("html")
	for _, want := range []string{`<html lang="pt">`, "Eve &lt;script&gt;alert(1)&lt;/script&gt;", "Bom dia &amp; &lt;i&gt;", "foto.png"} {
		if !contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	for _, never := range []string{"<script", "<b>", "<i>", "secret", "http-equiv", "src="} {
		if contains(page, never) {
			t.Errorf("the page holds %q", never)
		}
	}
	if !strings.HasPrefix(response.Header.Get("Content-Security-Policy"), "sandbox; default-src 'none'") {
		t.Errorf("the page may do %q", response.Header.Get("Content-Security-Policy"))
	}
	w := httptest.NewRecorder()
	h.must(h.chats.ServeTranscript(w, httptest.NewRequest("GET", "/", nil), dialogue.Transcript{Unit: h.unit, Contact: c.contact, Notes: true}))
	if !contains(w.Body.String(), "Nota de Anna: secret note") {
		t.Errorf("agents read:\n%s", w.Body)
	}
	if err := h.chats.ServeTranscript(w, httptest.NewRequest("GET", "/", nil), dialogue.Transcript{Unit: acd.UnitID{9}, Contact: c.contact}); err == nil {
		t.Error("a foreign unit reads it")
	}
	if r, body := c.transcript("pdf"); r.StatusCode != 422 {
		t.Errorf("another format: %d %s", r.StatusCode, body)
	}
	settings.Transcript = false
	if r, body := c.transcript("text"); r.StatusCode != http.StatusUnprocessableEntity || !contains(body, "transcript_off") {
		t.Errorf("where none is given: %d %s", r.StatusCode, body)
	}
}

// A long conversation comes whole, page by page.
func TestLongTranscript(t *testing.T) {
	h := newHouse(t)
	c := h.arrive("Hello")
	conv := h.chats.pin(h.unit, c.contact)
	defer conv.unpin()
	const n = 2*transcriptPage + 7
	for i := range n {
		_, err := conv.send(t.Context(), store.Message{ClientID: fmt.Sprint(i), Author: store.AuthorCustomer, Kind: kindText, Text: fmt.Sprintf("line %d.", i)}, nil)
		h.must(err)
	}
	_, text := c.transcript("text")
	at := 0
	for i := range n {
		next := strings.Index(text[at:], fmt.Sprintf("line %d.", i))
		if next < 0 {
			t.Fatalf("line %d is not behind the one before", i)
		}
		at += next
	}
}

// The customer of a chat that ended looks back for a day, and not longer.
func TestLookBack(t *testing.T) {
	clock := &skewed{}
	h := newHouseLike(t, &house{now: clock.now})
	c := h.arrive("Hello")
	_, a, body := c.send("f", "a.png", "image/png", drawing(10))
	if a.Seq == 0 {
		t.Fatal(body)
	}
	h.do("POST", "/api/chats/"+c.contact.String()+"/end", c.session, nil)
	address, _, _ := strings.Cut(a.Attachment.URL, "?")
	for _, test := range []struct {
		after  time.Duration
		status int
	}{{0, 200}, {23 * time.Hour, 200}, {25 * time.Hour, 403}} {
		clock.set(test.after)
		r, _ := c.transcript("html")
		f, _ := h.fetch(address, "Authorization", "Bearer "+c.session)
		if r.StatusCode != test.status || f.StatusCode != test.status {
			t.Errorf("after %s: %d and %d, want %d", test.after, r.StatusCode, f.StatusCode, test.status)
		}
	}
}

// A chat that is over is sent to the address that its customer names, where the unit has a
// mailbox and an agent was there, and to a few addresses at most.
func TestCopyByMail(t *testing.T) {
	h, s := customHouse(t)
	h.ready(h.agents[0])
	want := func(c *customer, to string, status int) {
		t.Helper()
		if got, body := h.do("POST", "/api/chats/"+c.contact.String()+"/transcript", c.session, copyRequest{to}); got != status {
			t.Errorf("a copy to %q is answered %d %s, want %d", to, got, body, status)
		}
	}
	offered := func() bool {
		_, body := h.do("GET", "/api/entry?unit="+h.unit.String(), "", nil)
		return decoded[entryAnswer](t, body).Copies
	}
	c := h.arrive("Hello")
	agent := h.accept(c.contact)
	want(c, "maria@example.com", http.StatusUnprocessableEntity) // no mailbox
	if offered() {
		t.Error("without a mailbox copies are offered")
	}
	h.posts = true
	h.stop()
	h.start(h.plan())
	if !offered() {
		t.Error("with a mailbox no copies are offered")
	}
	want(c, "maria@example.com", http.StatusForbidden) // it goes on
	h.must(h.ask(acd.Finished{Contact: c.contact, Agent: agent}))
	want(c, "maria", http.StatusUnprocessableEntity)
	want(c, "maria@example.com\r\nBcc: all@example.com", http.StatusUnprocessableEntity)
	want(c, "maria@example.com", http.StatusNoContent)
	h.must(h.ask(acd.WrappedUp{Contact: c.contact, Agent: agent}))
	want(c, "maria@example.com", http.StatusNoContent)
	if n := h.told("copy maria@example.com"); n != 2 {
		t.Errorf("%d copies wait to be sent, want 2", n)
	}
	want(c, "joao@example.com", http.StatusNoContent)
	want(c, "all@example.com", http.StatusTooManyRequests)

	alone := h.arrive("Spam for somebody else")
	h.must(h.ask(acd.Abandoned{Contact: alone.contact}))
	want(alone, "victim@example.com", http.StatusUnprocessableEntity)
	s.Settings.Transcript = false
	want(c, "maria@example.com", http.StatusUnprocessableEntity)
}
