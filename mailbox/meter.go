package mailbox

import (
	"errors"
	"net"
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
