package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// drawing is the beginning of a picture, which is enough for one.
const drawing = "\x89PNG\r\n\x1a\nand so on"

// attach has Ben send a file in a chat of his, and gives the chat and the file.
func (s *side) attach(name, content string) (contact, file string) {
	s.w.t.Helper()
	contact = s.bring("active").ID
	if a := s.agents["ben"].attach(contact, "f", name, "image/png", content); a.status != http.StatusCreated {
		s.w.t.Fatalf("a file was answered %d %s", a.status, a.body)
	}
	for _, m := range s.agents["ben"].messages(contact) {
		if len(m.Attachments) > 0 {
			return contact, m.Attachments[0].ID
		}
	}
	s.w.t.Fatal("no message names the file")
	return "", ""
}

func (c *client) attach(contact, clientID, name, mediaType, content string) answer {
	c.h.t.Helper()
	sender := *c
	sender.headers = map[string]string{"Content-Type": mediaType}
	return sender.do("POST", "/contacts/"+contact+"/attachments?client_id="+clientID+"&name="+name, content)
}

// said is what tests read of a message.
type said struct {
	Seq         uint64
	Kind, Text  string
	Attachments []struct {
		ID, Name  string
		MediaType string `json:"media_type"`
		Size      int
	}
}

func (c *client) messages(contact string) []said {
	c.h.t.Helper()
	var page struct{ Items []said }
	c.want(200, "GET", "/contacts/"+contact+"/messages", nil).into(c.h.t, &page)
	return page.Items
}

// An agent's file is in the conversation, on the live feed too, and comes back as it
// was; a repeat is answered alike; what is no file of this contact is none.
func TestAttachment(t *testing.T) {
	w := newWorld(t)
	ben := w.east.agents["ben"]
	contact := w.east.bring("active").ID
	f := ben.live()
	defer f.close()
	f.say(map[string]any{"op": "subscribe", "topics": []any{map[string]any{"topic": "conversation/" + contact}}})
	first := ben.attach(contact, "f", "%C3%9C.png", "image/png", drawing)
	if first.status != http.StatusCreated {
		t.Fatalf("answered %d %s", first.status, first.body)
	}
	if again := ben.attach(contact, "f", "b.png", "image/png", drawing); again.body != first.body {
		t.Errorf("a repeat is answered %s, not %s", again.body, first.body)
	}
	got := f.until("the file", func(v liveFrame) bool { return v.Kind == "messages" && strings.Contains(string(v.Body), `"file"`) })
	var frames []said
	if err := json.Unmarshal(got.Body, &frames); err != nil {
		t.Fatal(err)
	}
	shown := frames[len(frames)-1]
	all := ben.messages(contact)
	last := all[len(all)-1]
	if last.Kind != "file" || last.Text != "Ü.png" || len(last.Attachments) != 1 || last.Attachments[0].Size != len(drawing) ||
		len(shown.Attachments) != 1 || shown.Attachments[0] != last.Attachments[0] {
		t.Fatalf("the message is %+v, live %+v", last, shown)
	}
	path := "/contacts/" + contact + "/attachments/" + last.Attachments[0].ID
	file := ben.want(200, "GET", path, nil)
	if file.body != drawing || file.header.Get("Content-Type") != "image/png" || !strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment;") ||
		!strings.HasPrefix(file.header.Get("Content-Security-Policy"), "sandbox;") || file.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the file is answered %v, %d bytes", file.header, len(file.body))
	}
	if a := ben.want(200, "GET", path+"?inline=1", nil); !strings.HasPrefix(a.header.Get("Content-Disposition"), "inline;") {
		t.Errorf("a picture is not shown: %v", a.header)
	}
	part := *ben
	part.headers = map[string]string{"Range": "bytes=1-3"}
	if a := part.want(http.StatusPartialContent, "GET", path, nil); a.body != "PNG" {
		t.Errorf("a part is %q", a.body)
	}
	other := w.east.bring("active").ID
	same(t, "another contact's file", ben.do("GET", "/contacts/"+other+"/attachments/"+last.Attachments[0].ID, nil),
		ben.do("GET", "/contacts/"+other+"/attachments/"+never(), nil))
}

// What an agent may not send is refused in words, with the file's name where one can
// be told; nothing of it is shown.
func TestRefusedAttachments(t *testing.T) {
	w := newWorld(t)
	ben, carla := w.east.agents["ben"], w.east.agents["carla"]
	contact := w.east.bring("active").ID
	before := len(ben.messages(contact))
	for _, test := range []struct {
		what    string
		a       answer
		status  int
		code    string
		mention string
	}{
		{"a page as a picture", ben.attach(contact, "f", "cat.png", "image/png", "<html><body>"), 422, "file_mismatch", "cat.png"},
		{"a page", ben.attach(contact, "f", "cat.html", "text/html", "<html><body>"), 422, "file_type", "cat.html"},
		{"nothing", ben.attach(contact, "f", "cat.png", "image/png", ""), 422, "file_empty", ""},
		{"no client id", ben.attach(contact, "", "cat.png", "image/png", drawing), 422, "invalid", "client_id"},
		{"somebody else's chat", carla.attach(contact, "f", "cat.png", "image/png", drawing), 409, "chat_moved", "agent"},
		{"too much", ben.attach(contact, "f", "cat.png", "image/png", drawing+strings.Repeat("x", 10<<20)), 422, "file_too_large", "10 MB"},
	} {
		if test.a.status != test.status || test.a.code() != test.code || !strings.Contains(test.a.body, test.mention) {
			t.Errorf("%s: answered %d %s, want %d %s", test.what, test.a.status, test.a.body, test.status, test.code)
		}
	}
	if n := len(ben.messages(contact)); n != before {
		t.Errorf("%d messages, %d before", n, before)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", w.url+"/api/v1/contacts/"+contact+"/attachments?client_id=f&name=a.png", unsized{bytes.NewReader([]byte(drawing))})
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "portico_session", Value: ben.cookie})
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 422 {
		t.Errorf("a file of unknown length is answered %d", resp.StatusCode)
	}
}

// unsized hides how long a body is.
type unsized struct{ *bytes.Reader }

// A page that the customer is asked to open has a whole address of the web.
func TestPagePush(t *testing.T) {
	w := newWorld(t)
	ben := w.east.agents["ben"]
	contact := w.east.bring("active").ID
	n := 0
	send := func(text string) answer {
		n++
		return ben.do("POST", "/contacts/"+contact+"/messages", map[string]any{"client_id": fmt.Sprint(n), "kind": "page", "text": text})
	}
	for _, bad := range []string{"javascript:alert(1)", "www.example.com", "https://", "ftp://example.com/a", "https://me:secret@example.com", "https://example.com/a b", "//example.com"} {
		if a := send(bad); a.status != 422 || a.code() != "page_address" {
			t.Errorf("%s: answered %d %s", bad, a.status, a.body)
		}
	}
	if a := send("https://example.com/help?q=1#top"); a.status != http.StatusCreated {
		t.Errorf("answered %d %s", a.status, a.body)
	}
}
