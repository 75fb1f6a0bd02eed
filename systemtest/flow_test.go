package systemtest

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"portico/workflow"
)

// killsOfFlows is how often the process is killed while contacts are in components.
const killsOfFlows = 5

// travel is a workflow with one component of each kind that takes time. A slow server answers
// its first request, nobody the second, and no customer fills in its form.
func travel(queue, shop, address string) workflow.Graph {
	node := func(id string, kind workflow.Kind, settings string) workflow.Node {
		return workflow.Node{ID: workflow.NodeID(id), Kind: kind, Name: id, Settings: json.RawMessage(settings)}
	}
	edge := func(from string, exit workflow.Exit, to string) workflow.Edge {
		return workflow.Edge{From: workflow.NodeID(from), Exit: exit, To: workflow.NodeID(to)}
	}
	return workflow.Graph{
		Nodes: []workflow.Node{
			node("begin", workflow.KindStart, fmt.Sprintf(`{"queues":[%q]}`, queue)),
			node("hello", workflow.KindMessage, `{"texts":{"":"Welcome, {name}."}}`),
			node("ask", workflow.KindWebRequest, fmt.Sprintf(`{"url":"http://%s/orders/{contact}","timeout_s":5,"outputs":[{"path":"/state","key":"state"}]}`, shop)),
			node("pause", workflow.KindWait, `{"seconds":3,"every_s":5,"texts":{"":"One moment."}}`),
			node("request", workflow.KindWebRequest, fmt.Sprintf(`{"url":"http://%s/","timeout_s":2}`, address)),
			node("note", workflow.KindSet, `{"data":[{"key":"asked","value":"'yes'"}]}`),
			node("form", workflow.KindCollect, `{"fields":[{"key":"order","label":{"":"Order"},"kind":"text"}],"timeout_s":4}`),
			node("line", workflow.KindQueue, `{}`),
			node("rest", workflow.KindWait, `{"seconds":2}`),
			node("raise", workflow.KindSet, `{"priority":"77"}`),
			node("stay", workflow.KindQueue, `{}`),
		},
		Edges: []workflow.Edge{
			edge("begin", "next", "hello"), edge("hello", "next", "ask"), edge("ask", "next", "pause"), edge("ask", "timeout", "pause"), edge("pause", "next", "request"),
			edge("request", "next", "note"), edge("request", "timeout", "note"), edge("request", "error", "note"),
			edge("note", "next", "form"), edge("form", "next", "line"), edge("form", "timeout", "line"), edge("line", "next", "rest"),
			edge("rest", "next", "raise"), edge("raise", "next", "stay"),
		},
	}
}

// Contacts that wait in a component (for time, for an answer, for an address, for their customer, in a
// queue) go on where they were, however often the process is killed: each component is
// entered once, in order, no text is said twice, and what was set is there.
func TestFlowKill(t *testing.T) {
	onEachStore(t, func(t *testing.T, store string) {
		s := install(t, store, false)
		s.start()
		f := newFloor(t, s, nil)
		address, shop := f.deaf(), newShop(t)
		at := func(path string) string { return "/api/v1/" + path + "?unit=" + f.admin.UnitID() }
		var made struct {
			ID      string `json:"id"`
			Version int    `json:"version"`
		}
		body := map[string]any{"name": f.name, "body": map[string]any{"order": 1, "enabled": true, "graph": travel(f.queue, shop.address, address)}}
		if err := s.door.JSON(f.ctx, http.MethodPost, at("workflows"), f.admin.Pass, body, &made); err != nil {
			t.Fatal(err)
		}
		why := map[string]any{"version": made.Version, "why": "kill test"}
		if err := s.door.JSON(f.ctx, http.MethodPost, at("workflows/"+made.ID+"/release"), f.admin.Pass, why, nil); err != nil {
			t.Fatal(err)
		}
		seed := uint64(time.Now().UnixNano())
		chance := rand.New(rand.NewPCG(seed, 0))
		t.Logf("seed %d", seed)
		var contacts []string
		for range killsOfFlows {
			for range 4 {
				contacts = append(contacts, f.ask())
				rest(time.Duration(chance.Int64N(int64(200 * time.Millisecond))))
			}
			rest(time.Duration(chance.Int64N(int64(1500 * time.Millisecond))))
			s.alive()
			s.kill()
			s.start()
		}
		for _, contact := range contacts {
			f.travelled(contact, at)
			shop.asked(contact)
		}
		t.Logf("%d requests for %d contacts", shop.requests(), len(contacts))
	})
}

// shop is another system that takes its time to answer, so that the process is killed while
// it is asked.
type shop struct {
	t       *testing.T
	address string
	mu      sync.Mutex
	keys    map[string][]string // the idempotency keys of the requests, by path
}

func newShop(t *testing.T) *shop {
	s := &shop{t: t, keys: map[string][]string{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.keys[r.URL.Path] = append(s.keys[r.URL.Path], r.Header.Get("Idempotency-Key"))
		s.mu.Unlock()
		select {
		case <-r.Context().Done():
		case <-time.After(700 * time.Millisecond):
			io.WriteString(w, `{"state":"sent"}`)
		}
	}))
	t.Cleanup(server.Close)
	s.address = strings.TrimPrefix(server.URL, "http://")
	return s
}

// asked demands that a contact's request came, once or again after a kill, under one key.
func (s *shop) asked(contact string) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := slices.Compact(slices.Clone(s.keys["/orders/"+contact]))
	if len(keys) != 1 || !strings.HasPrefix(keys[0], contact+"-") {
		s.t.Errorf("the shop was asked about contact %s with the keys %q", contact, keys)
	}
}

func (s *shop) requests() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, keys := range s.keys {
		n += len(keys)
	}
	return n
}

// deaf opens an address that takes requests and never answers, and lets workflows call it.
func (f *floor) deaf() (address string) {
	f.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { l.Close() })
	var site struct {
		Version  int            `json:"version"`
		Settings map[string]any `json:"settings"`
	}
	if err := f.s.door.JSON(f.ctx, http.MethodGet, "/api/v1/settings", f.admin.Pass, nil, &site); err != nil {
		f.t.Fatal(err)
	}
	site.Settings["outside_allow"] = []string{"127.0.0.1"}
	if err := f.s.door.JSON(f.ctx, http.MethodPut, "/api/v1/settings", f.admin.Pass, site, nil); err != nil {
		f.t.Fatal(err)
	}
	return l.Addr().String() // the system takes connections, and nobody reads
}

// travelled waits for the end of a contact's way and checks all of it.
func (f *floor) travelled(contact string, at func(string) string) {
	f.t.Helper()
	type step struct {
		Visit int    `json:"visit"`
		Node  string `json:"node"`
		Exit  string `json:"exit"`
	}
	var path struct {
		Steps []step `json:"steps"`
	}
	want := []string{"begin", "hello", "ask", "pause", "request", "note", "form", "line", "rest", "raise", "stay"}
	for deadline := time.Now().Add(awaitMax); ; rest(50 * time.Millisecond) {
		path.Steps = nil
		err := f.s.door.JSON(f.ctx, http.MethodGet, at("contacts/"+contact+"/path"), f.admin.Pass, nil, &path)
		if err == nil && len(path.Steps) >= len(want) {
			break
		}
		if time.Now().After(deadline) {
			f.t.Fatalf("contact %s has not come to its queue: %+v, %v", contact, path.Steps, err)
		}
	}
	var got []string
	for n, step := range path.Steps {
		if step.Visit != n+1 {
			f.t.Errorf("contact %s: visit %d is the %d. of its path", contact, step.Visit, n+1)
		}
		if got = append(got, step.Node); step.Node == "request" && step.Exit != "timeout" {
			f.t.Errorf("contact %s left its request by %q", contact, step.Exit)
		} else if step.Node == "ask" && step.Exit != "next" {
			f.t.Errorf("the answer of the shop about contact %s is lost: it left by %q", contact, step.Exit)
		}
	}
	if !slices.Equal(got, want) {
		f.t.Errorf("contact %s went %v, want %v", contact, got, want)
	}
	var is struct {
		State    string            `json:"state"`
		Priority int               `json:"priority"`
		Details  map[string]string `json:"details"`
	}
	if err := f.s.door.JSON(f.ctx, http.MethodGet, at("contacts/"+contact), f.admin.Pass, nil, &is); err != nil {
		f.t.Fatal(err)
	}
	if is.State != "queued" || is.Priority != 77 || is.Details["asked"] != "yes" || is.Details["state"] != "sent" {
		f.t.Errorf("contact %s is %+v", contact, is)
	}
	messages, err := f.admin.Messages(f.ctx, contact)
	if err != nil {
		f.t.Fatal(err)
	}
	welcomes := 0
	for _, m := range messages {
		if strings.Contains(m.Text, "Welcome, ") {
			welcomes++
		}
	}
	if welcomes != 1 {
		f.t.Errorf("contact %s was welcomed %d times: %+v", contact, welcomes, messages)
	}
}
