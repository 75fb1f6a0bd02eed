package mailbox

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
)

// errFlood: a server sent far more than it was asked for.
var errFlood = errors.New("the server sends more than it was asked for")

// meter is a connection that ends when the server sends more than is expected. It
// bounds what a lying server can make us hold in memory, whatever it lies about.
type meter struct {
	net.Conn
	left atomic.Int64
}

// allow sets how many bytes may come until the next call.
func (m *meter) allow(n int64) { m.left.Store(n) }

func (m *meter) Read(b []byte) (int, error) {
	n, err := m.Conn.Read(b)
	if m.left.Add(-int64(n)) < 0 {
		m.Conn.Close()
		return 0, errFlood
	}
	return n, err
}

// nestMax is how deep parentheses may go in an answer with a message's structure; a
// message may have letter.DepthMax levels, each of which takes a few.
const nestMax = 500

// nest looks at what goes over the connection, in the clear, and ends it when lists are
// nested too deep: the client takes ever longer for each level. It is asked for while
// structures are fetched alone, since a text may hold anything.
type nest struct {
	mu    sync.Mutex
	on    bool
	depth int
}

func (n *nest) watch(on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.on, n.depth = on, 0
}

func (n *nest) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.on {
		return len(b), nil
	}
	for _, c := range b {
		switch c {
		case '(':
			n.depth++
		case ')':
			n.depth--
		}
		if n.depth > nestMax {
			return 0, errFlood
		}
	}
	return len(b), nil
}
