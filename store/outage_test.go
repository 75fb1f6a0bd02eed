package store_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"portico/store"
	"portico/store/pgtest"
)

// away waits until the store says in words that it is away.
func away(t testing.TB, s *store.Store) {
	t.Helper()
	eventually(t, "the store is away", func() bool { return s.Health().Away })
	if h := s.Health(); h.Sentence == "" || h.Since.IsZero() || h.Lost {
		t.Errorf("health %+v", h)
	}
}

func back(t testing.TB, s *store.Store) {
	t.Helper()
	eventually(t, "the store is back", func() bool { return !s.Health().Away })
}

// While PostgreSQL is stopped, killed or frozen, nothing is answered and the health
// says so; when it is back all goes on by itself, and nothing is lost or doubled.
func TestPostgresOutages(t *testing.T) {
	var own pgtest.Cluster
	defer own.Close()
	o := store.Options{Dir: t.TempDir(), DSN: own.Database(t), Log: quiet(t), AnswerMax: time.Second}
	s := open(t, o)
	l := startLoad(t, s)
	l.goesOn(t)
	for _, outage := range []struct {
		what    string
		off, on func()
	}{
		{"stopped", func() { own.Stop(t) }, func() { own.Start(t) }},
		{"killed", func() { own.Kill(t) }, func() { own.Start(t) }},
		{"frozen", own.Freeze, own.Thaw},
	} {
		outage.off()
		away(t, s)
		before := l.progress.Load()
		if _, err := s.LastSeq(t.Context(), l.unit, l.hub); !errors.Is(err, store.ErrAway) {
			t.Errorf("%s: a read: %v", outage.what, err)
		}
		if n := l.progress.Load(); n != before {
			t.Errorf("%s: %d were answered while the store was away", outage.what, n-before)
		}
		outage.on()
		back(t, s)
		l.goesOn(t)
	}
	l.check(t, s)
}

// liar is a proxy before PostgreSQL that does something to each n-th commit.
type liar struct {
	t      testing.TB
	target string
	lie    atomic.Pointer[lie]
	seen   atomic.Uint64 // commits
	lies   atomic.Uint64

	listener net.Listener
	mu       sync.Mutex
	conns    []net.Conn
	running  sync.WaitGroup
}

type lie struct {
	every   uint64
	forward bool          // let the commit through
	half    bool          // or only the first half of it
	hold    time.Duration // then hold the answer for so long, and hang up
}

func startLiar(t testing.TB, target string) *liar {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p := &liar{t: t, target: target, listener: listener}
	p.running.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			p.running.Go(func() { p.serve(client) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		p.mu.Lock()
		for _, c := range p.conns {
			c.Close()
		}
		p.mu.Unlock()
		p.running.Wait()
	})
	return p
}

func (p *liar) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		client.Close()
		return
	}
	p.mu.Lock()
	p.conns = append(p.conns, client, server)
	p.mu.Unlock()
	var mute atomic.Bool
	p.running.Go(func() {
		b := make([]byte, 32<<10)
		for {
			n, err := server.Read(b)
			if !mute.Load() {
				client.Write(b[:n])
			}
			if err != nil {
				client.Close()
				return
			}
		}
	})
	p.pump(client, server, &mute)
	client.Close()
	server.Close()
}

// pump forwards what the client says, message by message, but for the lies.
func (p *liar) pump(client, server net.Conn, mute *atomic.Bool) {
	r := bufio.NewReader(client)
	head := 0 // the first message has no type
	for {
		message := make([]byte, head+4)
		if _, err := io.ReadFull(r, message); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(message[head:])-4)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		lie := p.lie.Load()
		if head == 1 && message[0] == 'B' && bytes.HasPrefix(body, []byte("\x00"+store.CommitStatement+"\x00")) &&
			p.seen.Add(1)%lie.every == 0 {
			p.lies.Add(1)
			mute.Store(lie.forward)
			if lie.forward {
				go func() { // hang up later; the writer does not wait for it
					time.Sleep(lie.hold)
					server.Close()
				}()
			} else if lie.half {
				server.Write(message)
				return
			} else {
				return
			}
		}
		head = 1
		if _, err := server.Write(append(message, body...)); err != nil {
			return
		}
	}
}

// Whatever becomes of the answer to a commit, its outcome is found out: nothing is
// lost, nothing saved twice.
func TestLiar(t *testing.T) {
	for what, lie := range map[string]lie{
		"drops the answer":         {every: 7, forward: true, hold: 20 * time.Millisecond},
		"delays it beyond measure": {every: 20, forward: true, hold: 3 * time.Second},
		"cuts before the commit":   {every: 5},
		"cuts within the commit":   {every: 5, half: true},
	} {
		t.Run(strings.ReplaceAll(what, " ", "_"), func(t *testing.T) {
			t.Parallel()
			dsn := cluster.Database(t)
			p := startLiar(t, cluster.Address())
			p.lie.Store(&lie)
			o := store.Options{Dir: t.TempDir(), DSN: strings.Replace(dsn, cluster.Address(), p.listener.Addr().String(), 1),
				Log: quiet(t), AnswerMax: 500 * time.Millisecond}
			s := open(t, o)
			l := startLoad(t, s)
			eventually(t, "lies were told", func() bool { return t.Failed() || p.lies.Load() >= 6 })
			if l.check(t, s); !t.Failed() {
				back(t, s)
			}
		})
	}
}

// When the disk is full nothing is answered and lists are read all the same; when
// there is room again all goes on by itself, and nothing is lost.
func TestFullDisk(t *testing.T) {
	if os.Getenv("STORE_TEST_FULL_DISK") == "" {
		inOwnNamespace(t)
		return
	}
	dir := t.TempDir()
	must(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64m,mode=0700"))
	defer syscall.Unmount(dir, syscall.MNT_DETACH)
	s := open(t, store.Options{Dir: dir, Log: quiet(t)})
	l := startLoad(t, s)
	l.goesOn(t)
	ballast := filepath.Join(dir, "ballast")
	for round := range 2 {
		f, err := os.Create(ballast)
		must(t, err)
		if _, err := io.Copy(f, zeros{}); !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
		f.Close()
		away(t, s)
		if h := s.Health(); !strings.Contains(h.Sentence, "full") {
			t.Errorf("round %d: health %+v", round, h)
		}
		reads := l.reads.Load()
		eventually(t, "lists are read", func() bool { return t.Failed() || l.reads.Load() > reads+3 })
		must(t, os.Remove(ballast))
		back(t, s)
		l.goesOn(t)
	}
	l.check(t, s)
	must(t, s.Close())
}

// inOwnNamespace runs the test again in a process with mounts of its own, which end
// with it whatever happens.
func inOwnNamespace(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=5m")
	cmd.Env = append(os.Environ(), "STORE_TEST_FULL_DISK=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) {
		t.Skipf("A FULL DISK IS NOT TESTED HERE: only root may mount one: %v", err)
	}
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
		t.Errorf("%v\n%s", err, out)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
