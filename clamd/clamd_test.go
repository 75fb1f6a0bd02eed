package clamd

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"portico/clamd/clamdtest"
)

// The real clamd finds what its signatures know, wherever in the stream it is, and
// nothing in what is clean; a stream beyond its limit is refused, never clean.
func TestRealClamd(t *testing.T) {
	tcp, unix := clamdtest.Start(t)
	noise := make([]byte, 300<<10)
	rand.NewChaCha8([32]byte{1}).Read(noise)
	late := append(append([]byte(nil), noise...), clamdtest.Harmful...)
	for _, address := range []string{tcp, unix} {
		c, err := New(address)
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			what   string
			stream []byte
			found  bool
		}{
			{"nothing", nil, false}, {"text", []byte("Hello"), false}, {"noise", noise, false}, {"harmful", []byte(clamdtest.Harmful), true}, {"harmful at its end", late, true},
		} {
			found, err := c.Scan(t.Context(), bytes.NewReader(test.stream))
			if err != nil || (found != "") != test.found || test.found && !strings.HasPrefix(found, "Portico.Test") {
				t.Errorf("%s, %s: found %q, %v", c.Network, test.what, found, err)
			}
		}
		if found, err := c.Scan(t.Context(), bytes.NewReader(make([]byte, 4<<20))); err == nil {
			t.Errorf("%s: a stream beyond the limit is clean, or %q", c.Network, found)
		}
	}
}

// peer is a clamd that does as told.
func peer(t *testing.T, serve func(net.Conn)) *Client {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serve(conn)
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return &Client{Network: "tcp", Address: l.Addr().String(), DialMax: time.Second, StepMax: 100 * time.Millisecond, AnswerMax: 100 * time.Millisecond}
}

// take reads a whole stream as the protocol has it, and gives what it held.
func take(conn net.Conn) (stream []byte, err error) {
	command := make([]byte, len("zINSTREAM\x00"))
	if _, err := io.ReadFull(conn, command); err != nil || string(command) != "zINSTREAM\x00" {
		return nil, fmt.Errorf("the command %q: %w", command, err)
	}
	for {
		var size [4]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return stream, err
		}
		n := binary.BigEndian.Uint32(size[:])
		if n == 0 {
			return stream, nil
		}
		chunk := make([]byte, n)
		if _, err := io.ReadFull(conn, chunk); err != nil {
			return stream, err
		}
		stream = append(stream, chunk...)
	}
}

// A stream arrives as it is, in chunks, and every answer is understood; only the one
// that says so means that it is clean.
func TestAnswers(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 20_000)
	for _, test := range []struct {
		answer string
		found  string
		fails  bool
	}{
		{"stream: OK\x00", "", false},
		{"stream: Win.Test.EICAR_HDB-1 FOUND\x00", "Win.Test.EICAR_HDB-1", false},
		{"stream:  FOUND\x00", "unknown", false},
		{"INSTREAM size limit exceeded. ERROR\x00", "", true},
		{"stream: OK", "", true},
		{"stream: NOT OK\x00", "", true},
		{"OK\x00", "", true},
		{"\x00", "", true},
		{"", "", true},
		{strings.Repeat("x", 1<<20) + "stream: OK\x00", "", true},
		{"stream: OK\nstream: X FOUND\x00", "OK\nstream: X", false},
	} {
		got := make(chan []byte, 1)
		c := peer(t, func(conn net.Conn) {
			stream, err := take(conn)
			if err != nil {
				t.Error(err)
			}
			got <- stream
			io.WriteString(conn, test.answer)
		})
		found, err := c.Scan(t.Context(), bytes.NewReader(content))
		if found != test.found || (err != nil) != test.fails {
			t.Errorf("%.40q: found %q, %v", test.answer, found, err)
		}
		if stream := <-got; !bytes.Equal(stream, content) {
			t.Errorf("%d bytes arrived", len(stream))
		}
	}
}

// Whoever hears nothing, says nothing, drips, or says that all is well before it has
// heard all, is no clamd: the caller is told in time, and never that a file is clean.
func TestHostilePeers(t *testing.T) {
	large := func() io.Reader { return io.LimitReader(zeros{}, 16<<20) }
	stop := make(chan struct{})
	for name, serve := range map[string]func(net.Conn){
		"deaf": func(net.Conn) { <-stop },
		"mute": func(conn net.Conn) { take(conn); <-stop },
		"drip": func(conn net.Conn) {
			take(conn)
			for _, c := range []byte(strings.Repeat(" ", 100) + "stream: OK\x00") {
				if _, err := conn.Write([]byte{c}); err != nil {
					return
				}
				select {
				case <-stop:
					return
				case <-time.After(20 * time.Millisecond):
				}
			}
		},
		"liar":     func(conn net.Conn) { io.WriteString(conn, "stream: OK\x00") },
		"hangs up": func(net.Conn) {},
	} {
		c := peer(t, serve)
		if name == "mute" || name == "drip" {
			c.StepMax = 10 * time.Second
		}
		found, err := c.Scan(t.Context(), large())
		if err == nil || found != "" {
			t.Errorf("%s: found %q, %v", name, found, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	c := peer(t, func(net.Conn) { cancel(); <-stop })
	c.StepMax, c.AnswerMax = time.Minute, time.Minute
	if _, err := c.Scan(ctx, large()); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	close(stop)
	nobody := &Client{Network: "unix", Address: filepath.Join(t.TempDir(), "none")}
	if _, err := nobody.Scan(t.Context(), large()); err == nil {
		t.Error("nobody listens, and all is well")
	}
	broken := errors.New("broken")
	c = peer(t, func(conn net.Conn) { take(conn); io.WriteString(conn, "stream: OK\x00") })
	for _, cause := range []error{broken, io.ErrUnexpectedEOF} {
		if _, err := c.Scan(t.Context(), io.MultiReader(strings.NewReader("half"), failing{cause})); !errors.Is(err, cause) {
			t.Errorf("a stream that breaks off: %v", err)
		}
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// An address is host:port or a path; nothing else is taken for one.
func TestAddress(t *testing.T) {
	for address, network := range map[string]string{"127.0.0.1:3310": "tcp", "scanner.example.com:3310": "tcp", "[::1]:3310": "tcp", "/run/clamav/clamd.ctl": "unix",
		"": "", "clamd": "", ":3310": "", "localhost:": "", "run/clamd": ""} {
		c, err := New(address)
		if network == "" && !errors.Is(err, ErrAddress) || network != "" && (err != nil || c.Network != network) {
			t.Errorf("%q: %+v, %v", address, c, err)
		}
	}
}

// Whatever is answered, only one answer means that a stream is clean.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"stream: OK", "stream: X FOUND", "stream: ERROR", "stream: OK FOUND", " stream: OK\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, answer string) {
		found, err := read(answer)
		if clean := found == "" && err == nil; clean != (strings.TrimSpace(answer) == "stream: OK") {
			t.Errorf("%s is clean: %v", strconv.Quote(answer), clean)
		}
	})
}
