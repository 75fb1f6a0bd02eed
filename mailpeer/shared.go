package mailpeer

import (
	"errors"
	"sync"
)

// Test is what of a testing.TB is needed here.
type Test interface {
	Helper()
	Skipf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Shared is a peer that the tests of one package share; the zero value starts at the
// first use. End it in TestMain.
type Shared struct {
	Options Options
	mu      sync.Mutex
	peer    *Peer
}

// Peer starts the peer, or gives the one that runs. Where it cannot run, the test is
// skipped, loudly.
func (s *Shared) Peer(t Test) *Peer {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.peer != nil {
		return s.peer
	}
	p, err := Start(s.Options)
	if errors.Is(err, ErrCannot) {
		t.Skipf("MAIL IS NOT TESTED HERE: %v", err)
	}
	if err != nil {
		t.Fatalf("%v", err)
	}
	s.peer = p
	return p
}

// Close ends the peer.
func (s *Shared) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.peer != nil {
		s.peer.Close()
		s.peer = nil
	}
}
