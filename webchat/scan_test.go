package webchat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// scanner finds a word, unless it is away.
type scanner struct {
	mu   sync.Mutex
	away bool
	seen int
}

func (s *scanner) Scan(_ context.Context, file io.Reader) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return "", errors.New("nobody listens")
	}
	content, err := io.ReadAll(file)
	s.seen += len(content)
	if bytes.Contains(content, []byte("harmful")) {
		return "Test.Harmful", err
	}
	return "", err
}

func (s *scanner) set(away bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = away
}

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) count(part string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), part)
}

// A file in which the scanner finds something is refused with its name, and nothing of it
// is kept. While the scanner is away no file is taken, one alarm is raised, and the chat
// goes on.
func TestScanner(t *testing.T) {
	s, log := &scanner{}, &lines{}
	h := newHouseLike(t, &house{scanner: s, log: log})
	c := h.arrive("Hello")
	status, _, body := c.send("bad", "report.png", "image/png", append(drawing(200_000), "harmful"...))
	if status != http.StatusUnprocessableEntity || !contains(body, "report.png") || !contains(body, "Test.Harmful") || !contains(body, `"file_harmful"`) {
		t.Errorf("a finding is answered %d %s", status, body)
	}
	s.set(true)
	for _, id := range []string{"a1", "a2"} {
		if status, _, body := c.send(id, "a.png", "image/png", drawing(10)); status != http.StatusServiceUnavailable || !contains(body, `"scanner_away"`) {
			t.Errorf("without a scanner: %d %s", status, body)
		}
	}
	if n := log.count("the virus scanner does not answer"); n != 1 {
		t.Errorf("%d alarms", n)
	}
	h.must(c.sayAll("m1"))
	h.until("nothing of them", func() bool { return h.pieces() == 0 })
	s.set(false)
	if status, _, body := c.send("a1", "a.png", "image/png", drawing(300_000)); status != http.StatusCreated {
		t.Errorf("with the scanner again: %d %s", status, body)
	}
	if n := log.count("the virus scanner is back"); n != 1 {
		t.Errorf("%d times back", n)
	}
	if c.count(kindFile) != 1 || s.seen < 500_000 {
		t.Errorf("%d files are shown, %d bytes were looked through", c.count(kindFile), s.seen)
	}
}
