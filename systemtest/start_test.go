package systemtest

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"portico/bench"
)

// A second process on the same store is refused, in words that say why; the first
// one goes on.
func TestSecondServeIsRefused(t *testing.T) {
	onEachStore(t, func(t *testing.T, store string) {
		s := install(t, store, false)
		s.start()
		data := s.data
		if store != "" {
			data = t.TempDir() // the store alone must tell
		}
		args := []string{"serve", "--data", data, "--listen", freePort(t)}
		if store != "" {
			args = append(args, "--store", store)
		}
		ctx := within(t, readyMax)
		out, err := exec.CommandContext(ctx, binary, args...).CombinedOutput()
		if err == nil || ctx.Err() != nil {
			t.Fatalf("the second process was not refused: %v\n%s", err, out)
		}
		if !strings.Contains(string(out), "another process has this store open") {
			t.Errorf("refused without saying why: %v\n%s", err, out)
		}
		if !s.ready() {
			t.Error("the first process is not ready any more")
		}
	})
}

// A start finds what the run before it was told: company, queues, people, sessions,
// waiting chats, conversations and ended contacts.
func TestSecondStartFindsTheData(t *testing.T) {
	onEachStore(t, func(t *testing.T, store string) {
		s := install(t, store, true)
		s.start()
		f := newFloor(t, s, nil)
		ann := f.desk("ann", 100, 1)
		ann.available()
		ended, waiting := f.ask(), f.ask()
		ann.accept(ended)
		ann.close(ended)
		ann.accept(waiting)
		eventually(t, "the conversation says who joined", func() bool {
			messages, err := f.admin.Messages(f.ctx, waiting)
			return err == nil && len(messages) > 2
		})
		before := inventory(f.ctx, t, s, f)
		if code := s.stop(); code != 0 {
			t.Fatalf("the exit code of a graceful stop is %d\n%s", code, s.tail(20))
		}
		s.start()
		if after := inventory(f.ctx, t, s, f); after != before {
			was, is := strings.Split(before, "\n"), strings.Split(after, "\n")
			for i := range was {
				if i >= len(is) || was[i] != is[i] {
					t.Errorf("before: %s", was[i])
				}
			}
			t.Errorf("after: %s", after)
		}
		ann.connect()
		ann.sees(waiting, "active")
		ann.close(waiting)
		f.facts(waiting, "arrived", "offered ann", "accepted ann", "finished ann finished", "ended ann wrapped_up")
	})
}

// inventory is what the lists of the API hold, as text.
func inventory(ctx context.Context, t *testing.T, s *server, f *floor) string {
	t.Helper()
	var all strings.Builder
	for _, list := range []string{"queues", "users", "skills", "reasons", "history"} {
		a, err := s.door.Do(ctx, http.MethodGet, "/api/v1/"+list+"?limit=500&unit="+f.admin.UnitID(), bench.Bearer(s.token), nil)
		if err != nil || a.Status != http.StatusOK {
			t.Fatalf("listing %s: %d %v %s", list, a.Status, err, a.Body)
		}
		fmt.Fprintf(&all, "%s: %s\n", list, a.Body)
	}
	for _, chat := range f.log.Chats() {
		contact, _ := chat.Contact()
		c, err := f.admin.Contact(ctx, contact)
		if err != nil {
			t.Fatal(err)
		}
		messages, err := f.admin.Messages(ctx, contact)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%+v %+v\n", c, messages)
	}
	return all.String()
}

// A graceful stop under load ends by itself, in order, and takes nothing back.
func TestGracefulStop(t *testing.T) {
	ctx := within(t, 2*time.Minute)
	s := install(t, "", false)
	s.start()
	c := gather(ctx, t, s)
	c.start(ctx)
	eventually(t, "load", func() bool { return c.messages.Load() > 300 })
	if code := s.stop(); code != 0 {
		t.Errorf("the exit code is %d\n%s", code, s.tail(20))
	}
	s.start()
	answered := c.messages.Load()
	eventually(t, "the load goes on", func() bool { return c.messages.Load() > answered+300 })
	c.end(ctx)
}
