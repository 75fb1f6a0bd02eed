package outcall

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"portico/workflow"
)

// A host that hangs fills its own lane: calls to another are answered meanwhile.
func TestHangingHostStarvesNobody(t *testing.T) {
	h := newHouse(t, "127.0.0.1")
	hanging := peer(t, func(conn net.Conn) { io.Copy(io.Discard, conn) })
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	for i := range PlaceMax + PlaceWaitMax {
		h.Take(Call{Call: workflow.Call{Token: workflow.Token{Visit: uint32(i)}, Web: &workflow.WebCall{URL: "http://" + hanging}}})
	}
	if r := h.get(t, workflow.WebCall{URL: server.URL}, 0); r.Exit != workflow.ExitNext {
		t.Errorf("the other host: %+v", r)
	}
	if len(h.results) != 0 {
		t.Error("the hanging calls are over already: the test shows nothing")
	}
	h.Take(Call{Call: workflow.Call{Web: &workflow.WebCall{URL: "http://" + hanging}}})
	want(t, "one too many", <-h.results, workflow.ExitError, "outcall_crowded")
}

// Nothing runs beyond the bounds, every job ends once, and waiting ones take turns.
func TestLanes(t *testing.T) {
	l := newLanes()
	var mu sync.Mutex
	running, ended := map[string]int{}, 0
	total, most, mostTotal := 0, 0, 0
	release := make(chan struct{})
	var all sync.WaitGroup
	const places, each = 20, 100
	for i := range each {
		for p := range places {
			place := fmt.Sprint(p)
			all.Add(1)
			l.add(&job{place: place, ctx: context.Background(), fail: func(err error) { t.Error(err); all.Done() }, run: func() {
				mu.Lock()
				running[place]++
				total++
				most, mostTotal = max(most, running[place]), max(mostTotal, total)
				mu.Unlock()
				<-release
				mu.Lock()
				running[place]--
				total--
				ended++
				mu.Unlock()
				all.Done()
			}})
		}
		_ = i
	}
	close(release)
	all.Wait()
	l.wait()
	if ended != places*each || most > PlaceMax || mostTotal > WorkersMax {
		t.Errorf("%d ended, at most %d of a place and %d in all", ended, most, mostTotal)
	}
	if len(l.places) != 0 || len(l.turns) != 0 || l.running != 0 || l.waiting != 0 {
		t.Errorf("left behind: %+v", &l)
	}
}

// A call whose time is over before its turn comes is told so, by then.
func TestWaitingForATurn(t *testing.T) {
	h := newHouse(t, "127.0.0.1")
	hanging := peer(t, func(conn net.Conn) { io.Copy(io.Discard, conn) })
	for i := range PlaceMax {
		h.Take(Call{Call: workflow.Call{Token: workflow.Token{Visit: uint32(i)}, Web: &workflow.WebCall{URL: "http://" + hanging}}})
	}
	h.Take(Call{Call: workflow.Call{Timeout: short, Web: &workflow.WebCall{URL: "http://" + hanging}}})
	want(t, "waiting", <-h.results, workflow.ExitTimeout, "outcall_timeout")
	if n := len(h.results); n != 0 {
		t.Errorf("%d of those before it ended with it", n)
	}
}

// Stop cuts calls off, tells nobody of them, and waits for all of it.
func TestStop(t *testing.T) {
	h := newHouse(t, "127.0.0.1")
	begun := make(chan struct{})
	once := sync.OnceFunc(func() { close(begun) })
	hanging := peer(t, func(conn net.Conn) { once(); io.Copy(io.Discard, conn) })
	for i := range 3 * PlaceMax {
		h.Take(Call{Call: workflow.Call{Token: workflow.Token{Visit: uint32(i)}, Web: &workflow.WebCall{URL: "http://" + hanging}}})
	}
	<-begun
	h.Stop()
	if n := len(h.results); n != 0 {
		t.Errorf("%d results of calls that were cut off", n)
	}
}
