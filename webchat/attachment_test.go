package webchat

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/dialogue"
	"portico/store"
)

// png is the beginning of every picture of that kind.
const png = "\x89PNG\r\n\x1a\n"

// drawing makes one of a size; what follows its beginning is noise.
func drawing(size int) []byte {
	b := make([]byte, size)
	noise := rand.NewChaCha8([32]byte{byte(size)})
	noise.Read(b)
	copy(b, png)
	return b
}

// send posts a file and gives the status, the answer, and the body as it came.
func (c *customer) send(clientID, name, mediaType string, content []byte) (int, fileAnswer, string) {
	c.h.t.Helper()
	path := "/api/chats/" + c.contact.String() + "/attachments?client_id=" + url.QueryEscape(clientID) + "&name=" + url.QueryEscape(name)
	r, err := http.NewRequestWithContext(c.h.t.Context(), "POST", c.h.server.URL+"/web"+path, bytes.NewReader(content))
	c.h.must(err)
	r.Header.Set("Authorization", "Bearer "+c.session)
	r.Header.Set("Content-Type", mediaType)
	response, err := c.h.server.Client().Do(r)
	c.h.must(err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	c.h.must(err)
	var a fileAnswer
	if response.StatusCode == http.StatusCreated {
		c.h.must(json.Unmarshal(raw, &a))
	}
	return response.StatusCode, a, string(raw)
}

// fetch gets a file by its address below the virtual path.
func (h *house) fetch(address string, headers ...string) (*http.Response, []byte) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), "GET", h.server.URL+"/web/"+address, nil)
	h.must(err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := h.server.Client().Do(r)
	h.must(err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	h.must(err)
	return response, raw
}

// pieces counts the saved pieces of all files.
func (h *house) pieces() (n int) {
	h.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(h.dir, "portico.db")+"?_pragma=busy_timeout(10000)")
	h.must(err)
	defer db.Close()
	h.must(db.QueryRow(`select count(*) from attachment_piece`).Scan(&n))
	return n
}

// idle reports whether no file is on its way.
func (b *bounds) idle() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.uploads+b.downloads == 0
}

// page gives the customer's messages.
func (c *customer) page() []customerMessage {
	c.h.t.Helper()
	status, body := c.h.do("GET", "/api/chats/"+c.contact.String()+"/messages", c.session, nil)
	var p messagesPage
	if status != 200 {
		c.h.t.Fatalf("messages were answered %d %s", status, body)
	}
	c.h.must(json.Unmarshal([]byte(body), &p))
	return p.Items
}

// A customer's file is shown in the conversation and comes back as it was, whole or in
// part, by an address that opens it alone and for a while alone.
func TestCustomersFile(t *testing.T) {
	h := newHouse(t)
	c, other := h.arrive("Hello"), h.arrive("Hello")
	content := drawing(3*store.PieceMax + 17)
	status, a, body := c.send("f1", `C:\Users\me\Bild Größe "1".PNG`, "image/png", content)
	if status != http.StatusCreated {
		t.Fatalf("answered %d %s", status, body)
	}
	if a.Attachment.Name != "Bild Größe _1_.PNG" || a.Attachment.Size != uint64(len(content)) || a.Attachment.MediaType != "image/png" {
		t.Errorf("answered %+v", a)
	}
	all := c.page()
	last := all[len(all)-1]
	if last.Kind != kindFile || last.Text != a.Attachment.Name || len(last.Attachments) != 1 || last.Attachments[0] != a.Attachment || last.ClientID != "f1" {
		t.Errorf("the message is %+v, the answer was %+v", last, a)
	}
	response, got := h.fetch(a.Attachment.URL)
	if response.StatusCode != 200 || !bytes.Equal(got, content) {
		t.Fatalf("answered %d with %d bytes", response.StatusCode, len(got))
	}
	for name, want := range map[string]string{
		"Content-Type":                "image/png",
		"Content-Disposition":         `attachment; filename="Bild Gr__e _1_.PNG"; filename*=UTF-8''Bild%20Gr%C3%B6%C3%9Fe%20_1_.PNG`,
		"X-Content-Type-Options":      "nosniff",
		"Content-Security-Policy":     "sandbox; default-src 'none'; style-src 'unsafe-inline'",
		"Access-Control-Allow-Origin": "*",
		"Accept-Ranges":               "bytes",
		"Cache-Control":               "private, no-cache",
	} {
		if response.Header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, response.Header.Get(name), want)
		}
	}
	if r, _ := h.fetch(a.Attachment.URL + "&inline=1"); !strings.HasPrefix(r.Header.Get("Content-Disposition"), "inline;") {
		t.Errorf("a picture is not shown: %s", r.Header.Get("Content-Disposition"))
	}
	from := store.PieceMax - 5
	r, part := h.fetch(a.Attachment.URL, "Range", fmt.Sprintf("bytes=%d-%d", from, from+9))
	if r.StatusCode != http.StatusPartialContent || !bytes.Equal(part, content[from:from+10]) {
		t.Errorf("a part was answered %d with %d bytes", r.StatusCode, len(part))
	}
	if r, _ := h.fetch(a.Attachment.URL, "If-None-Match", response.Header.Get("ETag")); r.StatusCode != http.StatusNotModified {
		t.Errorf("what is known was answered %d", r.StatusCode)
	}

	address, key, _ := strings.Cut(a.Attachment.URL, "?key=")
	expired := h.chats.sessions.fileKey(h.unit, c.contact, a.Attachment.ID, 1)
	elsewhere := strings.Replace(a.Attachment.URL, c.contact.String(), other.contact.String(), 1)
	var first string
	for name, wrong := range map[string]string{"no key": address, "expired": address + "?key=" + expired, "changed": address + "?key=x" + key[1:],
		"another chat": elsewhere, "no ids": "api/chats/x/attachments/y?key=" + key} {
		r, body := h.fetch(wrong)
		if first == "" {
			first = string(body)
		}
		if r.StatusCode != http.StatusForbidden || string(body) != first {
			t.Errorf("%s: answered %d %s", name, r.StatusCode, body)
		}
	}
	if r, _ := h.fetch(address, "Authorization", "Bearer "+c.session); r.StatusCode != 200 {
		t.Errorf("the session was answered %d", r.StatusCode)
	}
	if r, _ := h.fetch(strings.Replace(address, c.contact.String(), other.contact.String(), 1), "Authorization", "Bearer "+other.session); r.StatusCode != http.StatusForbidden && r.StatusCode != http.StatusNotFound {
		t.Errorf("another chat's session was answered %d", r.StatusCode)
	}
}

// A repeat gives the same answer and stores nothing twice, whether it comes after the
// first or beside it.
func TestFileTwice(t *testing.T) {
	h := newHouse(t)
	c := h.arrive("Hello")
	content := drawing(store.PieceMax + 1)
	answers := make(chan fileAnswer, 3)
	for range cap(answers) {
		go func() {
			_, a, body := c.send("f1", "a.png", "image/png", content)
			if a.Seq == 0 {
				t.Errorf("answered %s", body)
			}
			answers <- a
		}()
	}
	first := <-answers
	for range cap(answers) - 1 {
		if a := <-answers; a != first {
			t.Errorf("a repeat was answered %+v, not %+v", a, first)
		}
	}
	if _, a, _ := c.send("f1", "other.png", "image/png", drawing(100)); a != first {
		t.Errorf("a late repeat was answered %+v, not %+v", a, first)
	}
	if n := c.count(kindFile); n != 1 {
		t.Errorf("%d messages", n)
	}
	if n := h.pieces(); n != 2 {
		t.Errorf("%d pieces are stored, want 2", n)
	}
	h.must(c.sayAll("t1"))
	if status, _, body := c.send("t1", "a.png", "image/png", content); status != 422 || !contains(body, "client_id") {
		t.Errorf("the client id of a text: %d %s", status, body)
	}
}

// count counts the saved messages of a kind.
func (c *customer) count(kind string) (n int) {
	for _, m := range c.saved() {
		if m.Kind == kind {
			n++
		}
	}
	return n
}

func (c *customer) sayAll(ids ...string) error {
	for _, id := range ids {
		if status, _ := c.say(id, "text"); status != 200 {
			return fmt.Errorf("answered %d", status)
		}
	}
	return nil
}

// What may not be sent is refused in words, and nothing of it is kept.
func TestRefusedFiles(t *testing.T) {
	h := newHouse(t)
	c := h.arrive("Hello")
	for _, test := range []struct {
		what, name, mediaType string
		content               []byte
		status                int
		code                  string
	}{
		{"a page declared as a picture", "cat.png", "image/png", []byte("<html><script>alert(1)</script>"), 422, "file_mismatch"},
		{"a program", "setup.exe", "application/octet-stream", []byte("MZ\x90\x00\x03\x00\x00\x00"), 422, "file_mismatch"},
		{"a program declared as a document", "a.pdf", "application/pdf", []byte("\x7fELF\x02\x01\x01\x00"), 422, "file_mismatch"},
		{"a page", "a.html", "text/html", []byte("<!doctype html><p>Hello"), 422, "file_type"},
		{"a drawing that may hold a program", "a.svg", "image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), 422, "file_type"},
		{"nothing", "a.png", "image/png", nil, 422, "file_empty"},
		{"too much", "a.png", "image/png", drawing(10<<20 + 1), 422, "file_too_large"},
		{"no client id", "a.png", "image/png", drawing(10), 422, "client_id"},
	} {
		id := "r"
		if test.code == "client_id" {
			id = ""
		}
		status, _, body := c.send(id, test.name, test.mediaType, test.content)
		if status != test.status || !contains(body, `"name":"`+test.code+`"`) {
			t.Errorf("%s: answered %d %s, want %d %s", test.what, status, body, test.status, test.code)
		}
	}
	if n := c.count(kindFile); n != 0 {
		t.Errorf("%d files are shown", n)
	}
	if n := h.pieces(); n != 0 {
		t.Errorf("%d pieces are kept", n)
	}
	other := h.arrive("Hello")
	other.session = c.session
	if status, _, _ := other.send("f", "a.png", "image/png", drawing(10)); status != http.StatusForbidden {
		t.Errorf("another's session was answered %d", status)
	}
	h.do("POST", "/api/chats/"+c.contact.String()+"/end", c.session, nil)
	if status, _, body := c.send("late", "a.png", "image/png", drawing(10)); status != http.StatusForbidden || !contains(body, "chat_ended") {
		t.Errorf("after the end: %d %s", status, body)
	}
}

// A file that breaks off, or comes too slowly, leaves nothing, and its slot is free for
// others.
func TestBrokenFile(t *testing.T) {
	h := &house{limits: Limits{PieceWait: 50 * time.Millisecond}}
	h = newHouseLike(t, h)
	c := h.arrive("Hello")
	for _, slow := range []bool{false, true} {
		reader, writer := io.Pipe()
		r, err := http.NewRequestWithContext(t.Context(), "POST", h.server.URL+"/web/api/chats/"+c.contact.String()+"/attachments?client_id=b&name=a.png", reader)
		h.must(err)
		r.ContentLength = 3 * store.PieceMax
		r.Header.Set("Authorization", "Bearer "+c.session)
		r.Header.Set("Content-Type", "image/png")
		go func() {
			writer.Write(drawing(store.PieceMax + 5))
			if !slow {
				writer.CloseWithError(io.ErrUnexpectedEOF)
			}
		}()
		if response, err := h.server.Client().Do(r); err == nil {
			if response.StatusCode == http.StatusCreated {
				t.Errorf("slow %v: answered %d", slow, response.StatusCode)
			}
			response.Body.Close()
		}
		writer.Close()
		h.until("nothing left of it", func() bool { return h.pieces() == 0 && h.chats.bounds.idle() })
	}
	if n := c.count(kindFile); n != 0 {
		t.Errorf("%d files are shown", n)
	}
	if status, _, body := c.send("b", "a.png", "image/png", drawing(10)); status != http.StatusCreated {
		t.Errorf("the repeat was answered %d %s", status, body)
	}
}

// An agent's file goes to the customer, as long as the chat is the agent's.
func TestAgentsFile(t *testing.T) {
	h := newHouse(t)
	c := h.arrive("Hello")
	h.ready(h.agents[0])
	agent := h.accept(c.contact)
	upload := func(id string, by int) dialogue.Upload {
		content := drawing(200)
		return dialogue.Upload{Unit: h.unit, Contact: c.contact, Agent: h.agents[by], ClientID: id, Name: "a.png", MediaType: "image/png",
			Size: int64(len(content)), Body: bytes.NewReader(content)}
	}
	m, a, err := h.chats.Attach(t.Context(), upload("f", 0))
	h.must(err)
	if m.By != agent || m.Kind != kindFile || a.By != agent {
		t.Errorf("saved %+v %+v", m, a)
	}
	items := c.page()
	last := items[len(items)-1]
	if last.Author != "agent" || last.Name != "Anna" || len(last.Attachments) != 1 || last.ClientID != "" {
		t.Errorf("the customer sees %+v", last)
	}
	if r, got := h.fetch(last.Attachments[0].URL); r.StatusCode != 200 || len(got) != 200 {
		t.Errorf("fetched %d, %d bytes", r.StatusCode, len(got))
	}
	if _, _, err := h.chats.Attach(t.Context(), upload("g", 1)); err == nil {
		t.Error("another agent's file is taken")
	}
	foreign := upload("h", 0)
	foreign.Unit = [16]byte{9}
	if _, _, err := h.chats.Attach(context.Background(), foreign); err == nil {
		t.Error("a foreign unit's file is taken")
	}
	if n := h.pieces(); n != 1 {
		t.Errorf("%d pieces", n)
	}
}
