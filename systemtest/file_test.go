package systemtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"
)

// filesKilled is how often one run kills the server around an upload, on each store.
const filesKilled = 6

// A file is shown whole or not at all, though the process is killed while it comes, or
// between its pieces and its message; and sent again with the same client id it is
// there once.
func TestKillAroundFiles(t *testing.T) {
	onEachStore(t, func(t *testing.T, store string) {
		ctx := within(t, 3*time.Minute)
		s := install(t, store, true)
		s.start()
		c := s.visitor(ctx)
		chance := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
		content := make([]byte, 1<<20+123)
		rand.NewChaCha8([32]byte{7}).Read(content)
		copy(content, "\x89PNG\r\n\x1a\n")
		broken := 0
		for i := range filesKilled {
			id := fmt.Sprint("file-", i)
			reader, writer := io.Pipe()
			answered := make(chan error, 1)
			go func() { answered <- c.upload(ctx, id, reader, len(content)) }()
			sent := len(content)
			if i%2 == 0 {
				sent = chance.IntN(len(content))
			}
			writer.Write(content[:sent])
			rest(time.Duration(chance.Int64N(int64(20 * time.Millisecond))))
			s.kill()
			writer.Close()
			said := <-answered
			s.start()
			if said != nil {
				broken++
			}
			c.look(ctx, content, id, said == nil)
			if err := c.upload(ctx, id, bytes.NewReader(content), len(content)); err != nil {
				t.Fatalf("sent again: %v", err)
			}
			c.look(ctx, content, id, true)
		}
		if broken == 0 {
			t.Error("no kill met an upload")
		}
		t.Logf("%d of %d uploads met the kill", broken, filesKilled)
	})
}

// visitor is a customer in a chat, by the doors alone.
type visitor struct {
	s       *server
	chat    string // address of the chat's doors
	session string
}

func (s *server) visitor(ctx context.Context) *visitor {
	s.t.Helper()
	c := &visitor{s: s, chat: s.url + "/web/api/chats"}
	status, body, err := c.ask(ctx, "POST", "", "application/json", strings.NewReader(`{"client_id":"visitor","name":"Eve","caption":"Files"}`), -1)
	if err != nil || status != http.StatusCreated {
		s.t.Fatalf("a chat: %d %s %v", status, body, err)
	}
	var begun struct{ Contact, Session string }
	if err := json.Unmarshal(body, &begun); err != nil {
		s.t.Fatal(err)
	}
	c.chat, c.session = c.chat+"/"+begun.Contact, begun.Session
	return c
}

func (c *visitor) ask(ctx context.Context, method, path, mediaType string, body io.Reader, size int) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.chat+path, body)
	if err != nil {
		return 0, nil, err
	}
	if size >= 0 {
		r.ContentLength = int64(size)
	}
	r.Header.Set("Content-Type", mediaType)
	r.Header.Set("Authorization", "Bearer "+c.session)
	r.Close = true
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, text, err
}

func (c *visitor) upload(ctx context.Context, clientID string, content io.Reader, size int) error {
	status, body, err := c.ask(ctx, "POST", "/attachments?name=a.png&client_id="+clientID, "image/png", content, size)
	if err == nil && status != http.StatusCreated {
		err = fmt.Errorf("answered %d %s", status, body)
	}
	return err
}

// look checks that every file that is shown is whole, and that the one of a client id is
// shown at most once; once, where it must be there.
func (c *visitor) look(ctx context.Context, content []byte, clientID string, must bool) {
	c.s.t.Helper()
	status, body, err := c.ask(ctx, "GET", "/messages", "", nil, -1)
	var page struct {
		Items []struct {
			Kind        string
			ClientID    string `json:"client_id"`
			Attachments []struct{ URL string }
		}
	}
	if err != nil || status != 200 || json.Unmarshal(body, &page) != nil {
		c.s.t.Fatalf("messages: %d %s %v", status, body, err)
	}
	n := 0
	for _, m := range page.Items {
		if m.Kind != "file" {
			continue
		}
		if m.ClientID == clientID {
			n++
		}
		if len(m.Attachments) != 1 {
			c.s.t.Fatalf("a message names %d files", len(m.Attachments))
		}
		resp, err := http.Get(c.s.url + "/web/" + m.Attachments[0].URL)
		if err != nil {
			c.s.t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != 200 || !bytes.Equal(got, content) {
			c.s.t.Fatalf("a file that is shown: %d, %d bytes of %d, %v", resp.StatusCode, len(got), len(content), err)
		}
	}
	if n > 1 || must && n != 1 {
		c.s.t.Errorf("the file %s is shown %d times, must be there: %v", clientID, n, must)
	}
}
