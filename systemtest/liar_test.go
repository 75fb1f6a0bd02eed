package systemtest

import (
	"bytes"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// lie is what a liar does to a client that commits.
type lie int32

const (
	honest      lie = iota
	refuse          // no connection at all
	dropAnswer      // the server commits, the client is not told
	delayAnswer     // the client is told late
	halve           // half of what was sent reaches the server, then the line is cut
)

// answerDelay is how late a delayed answer comes.
const answerDelay = 30 * time.Second

// liar stands between a server and its database.
type liar struct {
	t        *testing.T
	listener net.Listener
	upstream string
	mode     atomic.Int32
	lies     atomic.Int32
	group    sync.WaitGroup
	closing  chan struct{}

	mu    sync.Mutex
	pairs map[net.Conn]net.Conn
}

func newLiar(t *testing.T, upstream string) *liar {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &liar{t: t, listener: listener, upstream: upstream, closing: make(chan struct{}), pairs: map[net.Conn]net.Conn{}}
	l.group.Go(l.accept)
	t.Cleanup(func() {
		close(l.closing)
		listener.Close()
		l.cut()
		l.group.Wait()
	})
	return l
}

func (l *liar) address() string { return l.listener.Addr().String() }

func (l *liar) honest() { l.mode.Store(int32(honest)) }

func (l *liar) lie(how lie) {
	l.lies.Store(0)
	l.mode.Store(int32(how))
}

// refuse cuts all connections and takes no new one.
func (l *liar) refuse() {
	l.mode.Store(int32(refuse))
	l.cut()
}

// awaitLies waits until the liar has lied so often; a delayed answer once.
func (l *liar) awaitLies(n int32) {
	l.t.Helper()
	if lie(l.mode.Load()) == delayAnswer {
		n = 1
	}
	eventually(l.t, "the liar has lied", func() bool { return l.lies.Load() >= n })
}

func (l *liar) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for a, b := range l.pairs {
		a.Close()
		b.Close()
	}
}

func (l *liar) accept() {
	for {
		client, err := l.listener.Accept()
		if err != nil {
			return
		}
		if lie(l.mode.Load()) == refuse {
			client.Close()
			continue
		}
		server, err := net.Dial("tcp", l.upstream)
		if err != nil {
			client.Close()
			continue
		}
		l.mu.Lock()
		l.pairs[client] = server
		l.mu.Unlock()
		p := &line{liar: l, client: client, server: server}
		l.group.Go(p.up)
		l.group.Go(p.down)
	}
}

// line is one connection through the liar.
type line struct {
	liar           *liar
	client, server net.Conn
}

func (p *line) end() {
	p.client.Close()
	p.server.Close()
	p.liar.mu.Lock()
	delete(p.liar.pairs, p.client)
	p.liar.mu.Unlock()
}

// batchLeast is the size from which something that the client sends is a batch.
const batchLeast = 512

// up carries what the client says.
func (p *line) up() {
	defer p.end()
	buffer := make([]byte, 64<<10)
	for {
		n, err := p.client.Read(buffer)
		if err != nil {
			return
		}
		if n >= batchLeast && lie(p.liar.mode.Load()) == halve {
			p.liar.lies.Add(1)
			p.server.Write(buffer[:n/2])
			return
		}
		if _, err := p.server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// down carries what the server answers, and looks for the end of a commit.
func (p *line) down() {
	defer p.end()
	buffer := make([]byte, 64<<10)
	for {
		n, err := p.server.Read(buffer)
		if err != nil {
			return
		}
		if bytes.Contains(buffer[:n], []byte("COMMIT\x00")) {
			switch lie(p.liar.mode.Load()) {
			case dropAnswer:
				p.liar.lies.Add(1)
				return
			case delayAnswer:
				if p.liar.lies.Add(1) > 1 {
					break
				}
				select {
				case <-time.After(answerDelay):
				case <-p.liar.closing:
					return
				}
			}
		}
		if _, err := p.client.Write(buffer[:n]); err != nil {
			return
		}
	}
}
