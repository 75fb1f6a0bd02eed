package outcall

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"portico/acd"
	"portico/fault"
	"portico/store/pgtest"
	"portico/workflow"
)

// cluster is shared by all tests of this package.
var cluster pgtest.Cluster

func TestMain(m *testing.M) {
	code := m.Run()
	cluster.Close()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			println(err.Error())
			code = 1
		}
	}
	os.Exit(code)
}

// house is an Outcall with what it asks of its surroundings.
type house struct {
	*Outcall
	log         *syncBuffer
	names       resolver
	secrets     map[SecretID]string
	connections map[ConnectionID]Connection
	functions   map[FunctionID]Function
	results     chan Result
	allow       []string
	own         []netip.Addr
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// resolver knows some names; what it answers may change from question to question.
type resolver struct {
	mu    sync.Mutex
	names map[string][][]netip.Addr // the answers, one after the other; the last stays
	asked map[string]int
}

func (r *resolver) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked[host]++
	answers := r.names[host]
	if len(answers) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if len(answers) > 1 {
		r.names[host] = answers[1:]
	}
	return append([]netip.Addr(nil), answers[0]...), nil
}

func (r *resolver) set(host string, answers ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.names[host] = nil
	for _, a := range answers {
		r.names[host] = append(r.names[host], []netip.Addr{netip.MustParseAddr(a)})
	}
}

func newHouse(t testing.TB, allow ...string) *house {
	t.Helper()
	h := &house{log: new(syncBuffer), names: resolver{names: map[string][][]netip.Addr{}, asked: map[string]int{}},
		secrets: map[SecretID]string{}, connections: map[ConnectionID]Connection{}, functions: map[FunctionID]Function{},
		results: make(chan Result, 10_000), allow: allow}
	h.Outcall = New(Options{
		Tell: func(_ context.Context, _ Call, r Result) error { h.results <- r; return nil },
		Secret: func(_ context.Context, _ acd.UnitID, id SecretID) (string, error) {
			value, ok := h.secrets[id]
			if !ok {
				return "", os.ErrNotExist
			}
			return value, nil
		},
		Connection: func(_ context.Context, _ acd.UnitID, id ConnectionID) (Connection, error) {
			c, ok := h.connections[id]
			if !ok {
				return c, os.ErrNotExist
			}
			return c, nil
		},
		Function: func(_ context.Context, _ acd.UnitID, id FunctionID) (Function, error) {
			f, ok := h.functions[id]
			if !ok {
				return f, os.ErrNotExist
			}
			return f, nil
		},
		Allow: func() Allow {
			a, err := ParseAllow(h.allow)
			if err != nil {
				t.Error(err)
			}
			return a
		},
		Lookups: t.TempDir(), Log: slog.New(slog.NewTextHandler(h.log, nil)), Resolver: &h.names,
		Own: func() []netip.Addr { return h.own },
	})
	t.Cleanup(h.Stop)
	return h
}

// get makes one web request.
func (h *house) get(t testing.TB, w workflow.WebCall, timeout time.Duration) Result {
	t.Helper()
	return h.Do(context.Background(), Call{Call: workflow.Call{Token: workflow.Token{Contact: acd.ContactID{1, 2}, Visit: 7}, Timeout: timeout, Web: &w}})
}

// want checks how a call ended: its exit, and the code of its fault.
func want(t testing.TB, what string, r Result, exit workflow.Exit, code string) {
	t.Helper()
	got := ""
	if r.Err != nil {
		if f := fault.Of(r.Err); f != nil {
			got = f.Code
		} else {
			got = "no fault: " + r.Err.Error()
		}
	}
	if r.Exit != exit || got != code {
		t.Errorf("%s: exit %q, %q (%v); want %q, %q", what, r.Exit, got, r.Err, exit, code)
	}
}

// peer listens, and handles each connection with talk.
func peer(t testing.TB, talk func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[conn] = true
			mu.Unlock()
			all.Go(func() {
				defer conn.Close()
				talk(conn)
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		mu.Lock()
		for conn := range open {
			conn.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return listener.Addr().String()
}

// hears reads the head of a request.
func hears(conn net.Conn) {
	b := make([]byte, 1)
	seen := ""
	for {
		if _, err := conn.Read(b); err != nil {
			return
		}
		if seen += string(b); len(seen) >= 4 && seen[len(seen)-4:] == "\r\n\r\n" {
			return
		}
	}
}

// out gives outputs by pairs of path and key.
func out(pairs ...string) []workflow.Output {
	var all []workflow.Output
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, workflow.Output{Path: pairs[i], Key: pairs[i+1]})
	}
	return all
}
