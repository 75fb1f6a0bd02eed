package mailbox

import (
	"bufio"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"portico/post"
)

// liar is an IMAP server that says what a test wants it to. It knows just enough to be
// signed in at.
type liar struct {
	mu    sync.Mutex
	fetch func(w *bufio.Writer, uids []uint32, items string) (hangUp bool)
	uids  []uint32
	port  int
	moved map[uint32]bool
	fails int // connections that ended within a FETCH
}

func newLiar(t *testing.T, uids ...uint32) *liar {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &liar{uids: uids, port: listener.Addr().(*net.TCPAddr).Port, moved: map[uint32]bool{}}
	var wait sync.WaitGroup
	var mu sync.Mutex
	conns := map[net.Conn]bool{}
	wait.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns[conn] = true
			mu.Unlock()
			wait.Go(func() { defer conn.Close(); l.talk(conn) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		mu.Lock()
		for c := range conns {
			c.Close()
		}
		mu.Unlock()
		wait.Wait()
	})
	return l
}

func (l *liar) talk(conn net.Conn) {
	in, w := bufio.NewScanner(conn), bufio.NewWriter(conn)
	fmt.Fprint(w, "* OK [CAPABILITY IMAP4rev1 UIDPLUS MOVE] here\r\n")
	w.Flush()
	for in.Scan() {
		tag, rest, _ := strings.Cut(in.Text(), " ")
		verb, rest, _ := strings.Cut(rest, " ")
		if strings.EqualFold(verb, "UID") {
			verb, rest, _ = strings.Cut(rest, " ")
		}
		switch strings.ToUpper(verb) {
		case "CAPABILITY":
			fmt.Fprint(w, "* CAPABILITY IMAP4rev1 UIDPLUS MOVE\r\n")
		case "LIST":
			fmt.Fprintf(w, "* LIST () \"/\" %s\r\n", strings.Fields(rest)[1])
		case "SELECT":
			l.mu.Lock()
			fmt.Fprintf(w, "* %d EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n", len(l.uids))
			l.mu.Unlock()
		case "FETCH":
			if !l.answer(w, rest) {
				w.Flush()
				return
			}
		case "MOVE":
			l.mu.Lock()
			for _, uid := range l.match(strings.Fields(rest)[0]) {
				l.moved[uid] = true
			}
			l.mu.Unlock()
			fmt.Fprint(w, "* OK [COPYUID 8 1:4294967295 1:4294967295] done\r\n")
		}
		fmt.Fprintf(w, "%s OK done\r\n", tag)
		if w.Flush() != nil {
			return
		}
	}
}

func (l *liar) match(set string) []uint32 {
	var out []uint32
	for part := range strings.SplitSeq(set, ",") {
		from, to, ranged := strings.Cut(part, ":")
		a, _ := strconv.ParseUint(from, 10, 32)
		b := a
		if ranged {
			if b, _ = strconv.ParseUint(to, 10, 32); to == "*" {
				b = 1 << 32
			}
		}
		for _, uid := range l.uids {
			if uint64(uid) >= a && uint64(uid) <= b && !l.moved[uid] {
				out = append(out, uid)
			}
		}
	}
	return out
}

func (l *liar) answer(w *bufio.Writer, rest string) bool {
	set, items, _ := strings.Cut(rest, " ")
	l.mu.Lock()
	uids := l.match(set)
	l.mu.Unlock()
	if items == "(UID)" {
		for i, uid := range uids {
			fmt.Fprintf(w, "* %d FETCH (UID %d)\r\n", i+1, uid)
		}
		return true
	}
	if l.fetch(w, uids, items) {
		l.mu.Lock()
		l.fails++
		l.mu.Unlock()
		return false
	}
	return true
}

func literal(name, s string) string { return fmt.Sprintf("%s {%d}\r\n%s", name, len(s), s) }

// honest answers as a good server would.
func honest(w *bufio.Writer, uid uint32, items string, size int) {
	header := fmt.Sprintf("Message-ID: <m%d@outside.test>\r\n", uid)
	switch {
	case strings.Contains(items, "HEADER.FIELDS"):
		fmt.Fprintf(w, "* 1 FETCH (UID %d INTERNALDATE \"02-Nov-2026 10:00:00 +0000\" RFC822.SIZE %d %s)\r\n", uid, size,
			literal(`BODY[HEADER.FIELDS ("Message-ID")]`, header+"\r\n"))
	case strings.Contains(items, "BODY.PEEK[]"):
		fmt.Fprintf(w, "* 1 FETCH (UID %d %s)\r\n", uid, literal("BODY[]", fmt.Sprintf("From: <a@outside.test>\r\nSubject: m%d\r\n%s\r\nHello\r\n", uid, header)))
	}
}

func liarHouse(t *testing.T, l *liar) *house {
	h := &house{t: t, ledger: newLedger(), alerts: make(chan Alert, 100)}
	h.account = Account{ID: ID{99}, Name: "liar", Poll: 10 * time.Millisecond,
		IMAP: post.Server{Host: "127.0.0.1", Port: l.port, TLS: post.NoTLS, Auth: post.Password, User: "u", Secret: "p"}}
	h.options = Options{Sink: h.ledger, RetryMax: 20 * time.Millisecond, StepMax: 300 * time.Millisecond, Alert: func(a Alert) { h.alerts <- a }}
	return h
}

// A message at which the server breaks off each time is routed as one that it does not
// give, and holds no other up.
func TestPoisonousMessage(t *testing.T) {
	for name, poison := range map[string]func(w *bufio.Writer) bool{
		"hangs up":  func(w *bufio.Writer) bool { return true },
		"rubbish":   func(w *bufio.Writer) bool { fmt.Fprint(w, "* 1 FETCH (UID 2 BODY[] )(((\r\n"); return false },
		"withholds": nil,
		"promises":  func(w *bufio.Writer) bool { fmt.Fprint(w, "* 1 FETCH (UID 2 BODY[] {4000000000}\r\nabc"); return true },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLiar(t, 1, 2, 3, 4)
			l.fetch = func(w *bufio.Writer, uids []uint32, items string) bool {
				for _, uid := range uids {
					if uid == 2 && strings.Contains(items, "BODY.PEEK[]") {
						if poison != nil {
							return poison(w)
						}
						continue
					}
					honest(w, uid, items, 100)
				}
				return false
			}
			h := liarHouse(t, l)
			h.start()
			h.within("taking all", func() bool { return h.ledger.taken() == 4 })
			if m := h.mail("(unreadable message)"); m == nil || m.Broken == "" {
				t.Errorf("taken: %v", h.ledger.subjects())
			}
		})
	}
}

// Whatever a server sends unasked ends the connection, not us.
func TestFlood(t *testing.T) {
	l := newLiar(t, 1)
	l.fetch = func(w *bufio.Writer, uids []uint32, items string) bool {
		for range 1 << 20 {
			if _, err := fmt.Fprint(w, "* OK still here, and here, and here, and here, and here, and here\r\n"); err != nil {
				return true
			}
		}
		return true
	}
	h := liarHouse(t, l)
	a := h.account.filled()
	s, err := open(t.Context(), &a, nil, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if err := s.enter(t.Context(), "INBOX", true); err != nil {
		t.Fatal(err)
	}
	_, err = s.prints(t.Context(), []uint32{1}, false)
	if !strings.Contains(words(err).String(), "far more than it was asked for") {
		t.Errorf("it says %v", err)
	}
}

// Odd structures of large messages, such as NIL where a text must be, do not keep the
// message from being read: then from end to end.
func TestOddStructure(t *testing.T) {
	for name, structure := range map[string]string{
		"nil":    `NIL`,
		"empty":  `(("TEXT" "PLAIN" NIL NIL NIL NIL -1 NIL) NIL)`,
		"nested": strings.Repeat("(", 200_000),
	} {
		t.Run(name, func(t *testing.T) {
			l := newLiar(t, 1, 2)
			l.fetch = func(w *bufio.Writer, uids []uint32, items string) bool {
				for _, uid := range uids {
					if uid == 1 && strings.Contains(items, "BODYSTRUCTURE") {
						fmt.Fprintf(w, "* 1 FETCH (UID 1 BODYSTRUCTURE %s)\r\n", structure)
						continue
					}
					size := 100
					if uid == 1 {
						size = 2 << 20
					}
					honest(w, uid, items, size)
				}
				return false
			}
			h := liarHouse(t, l)
			h.start()
			h.within("taking both", func() bool { return h.ledger.taken() == 2 })
			if m := h.mail("m1"); m == nil || strings.TrimSpace(m.Text) != "Hello" {
				t.Errorf("taken: %v", h.ledger.subjects())
			}
		})
	}
}

// Numbers that cannot be are no reason to take a message twice, or to hold gigabytes.
func TestOddNumbers(t *testing.T) {
	l := newLiar(t, 5, 3, 3, 4294967295, 1)
	l.fetch = func(w *bufio.Writer, uids []uint32, items string) bool {
		for _, uid := range uids {
			honest(w, uid, items, 100)
			honest(w, uid+1000, items, 100) // not asked for
		}
		return false
	}
	h := liarHouse(t, l)
	h.start()
	h.within("taking all", func() bool { return h.ledger.taken() == 4 })
	h.within("filing all", func() bool { l.mu.Lock(); defer l.mu.Unlock(); return len(l.moved) == 4 })
}
