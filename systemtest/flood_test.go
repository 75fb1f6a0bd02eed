package systemtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"portico/bench"
)

// A flood of chats is bounded: beyond what the queue may hold each is refused with
// code 1013 and told when to come again, and a chat in another queue is served as
// if nothing were.
func TestFloodIsBounded(t *testing.T) {
	const room, flood, hands = 200, 3000, 64
	s := install(t, "", false)
	s.start()
	f := newFloor(t, s, nil)
	f.addQueue(f.name+" flooded", f.skill, func(_ string, q bench.QueueBody) {
		q["waiting_max"] = room
		q["steps"] = []any{bench.QueueStep(0, f.skill, 100)}
	})
	f.awaitQueue(f.name + " flooded")
	ann := f.desk("ann", 60, 1)
	ann.available()

	var accepted, refused atomic.Int64
	var group sync.WaitGroup
	wrong := make(chan error, hands)
	for w := range hands {
		group.Go(func() {
			for i := w; i < flood; i += hands {
				err := s.askOnce(f.ctx, f.name+" flooded", fmt.Sprintf("flood-%d", i))
				switch {
				case err == nil:
					accepted.Add(1)
				case isBusy(err):
					refused.Add(1)
				default:
					select {
					case wrong <- err:
					default:
					}
				}
			}
		})
	}
	for range 5 {
		c := f.ask()
		ann.accept(c)
		ann.close(c)
	}
	group.Wait()
	close(wrong)
	for err := range wrong {
		t.Errorf("neither taken nor refused with 1013: %v", err)
	}
	if accepted.Load() != room || refused.Load() != flood-room {
		t.Errorf("%d were taken and %d refused, want %d and %d", accepted.Load(), refused.Load(), room, flood-room)
	}
}

// Congestion control: above the unit's rate new chats are refused with 1013 before
// anything else suffers, in bursts of a second's worth at most; whoever has a chat and
// whoever serves it notice nothing, and when the bound is taken away all are let in.
func TestCongestionControl(t *testing.T) {
	const rate, flood, hands = 10, 400, 16
	s := install(t, "", false)
	s.start()
	f := newFloor(t, s, nil)
	ann := f.desk("ann", 60, 1)
	ann.available()
	c := f.ask()
	ann.accept(c)
	if err := f.admin.Congestion(f.ctx, "webchat", rate); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var accepted, refused, next atomic.Int64
	var group sync.WaitGroup
	for range hands {
		group.Go(func() {
			for i := next.Add(1); i <= flood; i = next.Add(1) {
				switch err := s.askOnce(f.ctx, f.name, fmt.Sprintf("flood-%d", i)); {
				case err == nil:
					accepted.Add(1)
				case isBusy(err):
					refused.Add(1)
				}
			}
		})
	}
	ann.close(c) // served as if nothing were
	group.Wait()
	most := int64(rate * (time.Since(began).Seconds() + 2))
	if accepted.Load() < rate || accepted.Load() > most || accepted.Load()+refused.Load() != flood {
		t.Errorf("%d were taken and %d refused with 1013, want %d to %d taken of %d", accepted.Load(), refused.Load(), rate, most, flood)
	}
	if err := f.admin.Congestion(f.ctx, "webchat", 0); err != nil {
		t.Fatal(err)
	}
	for i := range 5 * rate {
		if err := s.askOnce(f.ctx, f.name, fmt.Sprintf("calm-%d", i)); err != nil {
			t.Fatalf("without a bound: %v", err)
		}
	}
}

// askOnce asks for a chat and does not try again.
func (s *server) askOnce(ctx context.Context, queue, name string) error {
	return s.door.JSON(ctx, http.MethodPost, "/web/api/chats", "", map[string]any{"client_id": name, "unit": "DEFAULT",
		"queue": queue, "name": name, "caption": "", "language": "english", "text": "hello"}, nil)
}

// isBusy reports whether an error is a refusal with code 1013 and Retry-After.
func isBusy(err error) bool {
	var r *bench.Refused
	return errors.As(err, &r) && strings.HasPrefix(r.Code, "1013") && r.RetryAfter != "" && r.Detail != ""
}

// Readers who do not read hold nothing: while they stand there the others are
// served, the process does not grow, and one that reads again gets what it missed.
func TestSlowReadersAreBounded(t *testing.T) {
	const readers, lines = 100, 60
	s := install(t, "", false)
	s.start()
	f := newFloor(t, s, nil)
	ann := f.desk("ann", 100, 1)
	ann.available()
	c := f.ask()
	ann.accept(c)
	chat := f.log.Chats()[0]
	_, session := chat.Contact()
	subscribe := `{"op":"subscribe","topics":[{"topic":"agent"},{"topic":"conversation/` + c + `"}]}`
	desks := 0
	for range readers {
		if !deafSocket(t, s.addr, "/web/api/chats/"+c+"/live?after=0", "Authorization: Bearer "+session, "") {
			t.Fatal("a customer's socket was refused")
		}
		if deafSocket(t, s.addr, "/api/v1/live", string(ann.pass), subscribe) {
			desks++ // one person may have some, and is refused more
		}
	}
	if desks == 0 {
		t.Fatal("no desktop's socket was taken")
	}
	before := memory(t, s)
	text := strings.Repeat("x", 3900)
	for i := range lines {
		ann.do(c, "messages", map[string]any{"client_id": fmt.Sprintf("%s-%d", c, i), "text": text})
	}
	if after := memory(t, s); after > before+200<<20 {
		t.Errorf("the process grew from %d to %d MiB", before>>20, after>>20)
	}
	watching, stop := context.WithCancel(f.ctx)
	defer stop()
	customers := f.customers(f.name)
	var group sync.WaitGroup
	group.Go(func() { customers.Watch(watching, chat) })
	if err := customers.Say(f.ctx, chat); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a reader who reads has everything", func() bool {
		heard, err := chat.Heard(f.ctx, f.admin)
		return heard && err == nil
	})
	stop()
	group.Wait()
	ann.close(c)
	next := f.ask()
	ann.accept(next)
}

// deafSocket opens a WebSocket, says one thing, and never reads. It gives false when
// the socket is refused as one too many.
func deafSocket(t *testing.T, addr, path, pass, first string) bool {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if tcp, ok := c.(*net.TCPConn); ok {
		tcp.SetReadBuffer(4096)
	}
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n\r\n", path, addr, addr, pass)
	answer := make([]byte, 12)
	c.SetReadDeadline(time.Now().Add(awaitMax))
	_, err = c.Read(answer)
	if err == nil && string(answer) == "HTTP/1.1 429" {
		return false
	}
	if err != nil || string(answer) != "HTTP/1.1 101" {
		t.Fatalf("opening %s: %q %v", path, answer, err)
	}
	if first == "" {
		return true
	}
	// RFC 6455, 5.2: a masked text frame; the mask is zero.
	head := []byte{0x81, 0x80 | byte(len(first)), 0, 0, 0, 0}
	if len(first) > 125 {
		head = []byte{0x81, 0x80 | 126, byte(len(first) >> 8), byte(len(first)), 0, 0, 0, 0}
	}
	if _, err := c.Write(append(head, first...)); err != nil {
		t.Fatal(err)
	}
	return true
}

// memory gives the resident size of the server in bytes.
func memory(t *testing.T, s *server) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kib << 10
		}
	}
	t.Fatal("the resident size cannot be read")
	return 0
}
