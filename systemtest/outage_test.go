package systemtest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"portico/store/pgtest"
)

// While the store is away nothing is acknowledged: doors answer 503 with a sentence
// and Retry-After, /readyz is red, /healthz is green, the process lives. When it is
// back all goes on by itself, with nothing lost or doubled.
func TestStoreAway(t *testing.T) {
	cluster := new(pgtest.Cluster)
	t.Cleanup(cluster.Close)
	database := cluster.Database(t)
	lying := newLiar(t, cluster.Address())
	at, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	at.Host = lying.address()

	ctx := within(t, 6*time.Minute)
	s := install(t, at.String(), false)
	s.start()
	c := gather(ctx, t, s)
	c.start(ctx)
	for _, outage := range []struct {
		name        string
		begin, over func()
		gone        bool // the store cannot be reached at all meanwhile
	}{
		{"stopped", func() { cluster.Stop(t) }, func() { cluster.Start(t) }, true},
		{"killed", func() { cluster.Kill(t) }, func() { cluster.Start(t) }, true},
		{"frozen", cluster.Freeze, cluster.Thaw, true},
		{"cut off", lying.refuse, lying.honest, true},
		{"the answer to COMMIT is dropped", func() { lying.lie(dropAnswer) }, lying.honest, false},
		{"the answer to COMMIT comes late", func() { lying.lie(delayAnswer) }, lying.honest, false},
		{"cut after half a batch", func() { lying.lie(halve) }, lying.honest, false},
	} {
		// Its parts share the load, so that it is not a test of its own.
		t.Logf("%s: PostgreSQL %s", time.Now().Format(time.TimeOnly), outage.name)
		c.goesOn(outage.name + ": before")
		outage.begin()
		if outage.gone {
			s.awayInWords(ctx, outage.name)
		} else {
			lying.awaitLies(3)
		}
		outage.over()
		eventuallyReady(t, s, outage.name)
		c.goesOn(outage.name + ": after")
		s.alive()
	}
	c.end(ctx)
}

// goesOn waits for some more answers.
func (c *crowd) goesOn(when string) {
	c.t.Helper()
	from := c.messages.Load()
	deadline := time.Now().Add(time.Minute)
	for c.messages.Load() < from+200 {
		if time.Now().After(deadline) {
			c.t.Fatalf("%s: nothing is answered any more", when)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func eventuallyReady(t *testing.T, s *server, when string) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !s.ready() {
		s.alive()
		if time.Now().After(deadline) {
			t.Fatalf("%s: not ready again\n%s", when, s.tail(20))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// awayInWords asserts what the doors say while the store is away.
func (s *server) awayInWords(ctx context.Context, when string) {
	s.t.Helper()
	eventually(s.t, when+": /readyz is red", func() bool { return !s.ready() })
	if a, err := s.door.Do(ctx, http.MethodGet, "/healthz", "", nil); err != nil || a.Status != http.StatusOK {
		s.t.Errorf("%s: /healthz: %d %v", when, a.Status, err)
	}
	// What was written before may leave room for a few more: then they are taken.
	for deadline, n := time.Now().Add(awaitMax), 0; ; n++ {
		body := fmt.Appendf(nil, `{"client_id":"away-%s-%d","unit":"DEFAULT","queue":"crowd","name":"away","caption":"","language":"english","text":"hello"}`,
			strings.ReplaceAll(when, " ", "-"), n)
		a, err := s.door.Do(ctx, http.MethodPost, "/web/api/chats", "", body)
		if err != nil {
			s.t.Errorf("%s: a new chat is not answered: %v", when, err)
			return
		}
		if a.Status == http.StatusServiceUnavailable {
			if a.RetryAfter == "" || !strings.Contains(string(a.Body), ". ") {
				s.t.Errorf("%s: Retry-After %q, %s: want a time and a sentence", when, a.RetryAfter, a.Body)
			}
			return
		}
		if a.Status != http.StatusCreated || time.Now().After(deadline) {
			s.t.Errorf("%s: a new chat is answered %d %s, want 503", when, a.Status, a.Body)
			return
		}
	}
}

// A full file system under SQLite is a store that is away: in words, without a
// crash, and all goes on when there is room again.
func TestDiskFull(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("A FULL DISK IS NOT TESTED HERE: only root can mount a small file system")
	}
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=96m"); err != nil {
		t.Skipf("A FULL DISK IS NOT TESTED HERE: mounting a small file system: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(small, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmounting: %v", err)
		}
	})
	ctx := within(t, 3*time.Minute)
	s := installAt(t, filepath.Join(small, "data"), "", false)
	s.start()
	c := gather(ctx, t, s)
	c.start(ctx)
	for range 2 {
		c.goesOn("before the disk is full")
		stuffing := filepath.Join(small, "stuffing")
		fill(t, stuffing)
		s.awayInWords(ctx, "disk full")
		if err := os.Remove(stuffing); err != nil {
			t.Fatal(err)
		}
		eventuallyReady(t, s, "disk full")
		c.goesOn("after the disk was full")
		s.alive()
	}
	c.end(ctx)
}

// fill writes until nothing more fits.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for block := make([]byte, 1<<20); len(block) > 0; {
		if _, err := file.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
}
