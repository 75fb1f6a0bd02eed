package outcall

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"portico/workflow"
)

// An answer that cannot be taken now is told again until it is, and is told once then; Stop
// does not wait for one that nobody takes.
func TestToldAgain(t *testing.T) {
	h := newHouse(t, "127.0.0.1")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"state":"sent"}`)) }))
	defer server.Close()
	var tries atomic.Int32
	take := h.o.Tell
	h.o.Tell = func(ctx context.Context, c Call, r Result) error {
		if tries.Add(1) < 3 {
			return errors.New("the store is away")
		}
		return take(ctx, c, r)
	}
	call := Call{Call: workflow.Call{Kind: workflow.KindWebRequest, Web: &workflow.WebCall{URL: server.URL, Outputs: out("/state", "state")}}}
	h.Take(call)
	select {
	case r := <-h.results:
		if r.Exit != workflow.ExitNext || r.Values["state"] != "sent" {
			t.Errorf("told %+v", r)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("nobody was told of the answer")
	}
	if n := tries.Load(); n != 3 {
		t.Errorf("told %d times, want 3", n)
	}
	h.o.Tell = func(context.Context, Call, Result) error { tries.Add(1); return errors.New("away for good") }
	h.Take(call)
	for end := time.Now().Add(20 * time.Second); tries.Load() < 5; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it is not told again")
		}
	}
	h.Stop()
	if len(h.results) != 0 {
		t.Error("an answer was told twice")
	}
}
