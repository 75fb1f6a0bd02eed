package mailpeer

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

var shared Shared

func TestMain(m *testing.M) {
	code := m.Run()
	shared.Close()
	os.Exit(code)
}

// within waits for what a server does in its own time.
func within(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s\n%s\n%s", what, shared.peer.Dovecot.Log(), shared.peer.Postfix.Log())
		}
	}
}

func message(to, subject string) []byte {
	return []byte("From: customer@outside.test\r\nTo: " + to + "\r\nSubject: " + subject + "\r\nMessage-ID: <" + subject + "@outside.test>\r\n\r\nHello\r\n")
}

// Mail to an alias arrives in the mailbox behind it and still says where it was sent;
// mail to nobody is refused, and what is to bounce comes back as a report.
func TestDelivery(t *testing.T) {
	p := shared.Peer(t)
	if err := p.User("service@company.test", "secret"); err != nil {
		t.Fatal(err)
	}
	if err := p.User("customer@outside.test", "secret"); err != nil {
		t.Fatal(err)
	}
	p.Alias("orders@company.test", "service@company.test")
	p.Bounce("gone@outside.test", "5.1.1 The box is gone")
	p.Refuse("banned@outside.test", "550 5.7.1 We do not like you")
	if err := p.Send("customer@outside.test", []string{"orders@company.test"}, message("orders@company.test", "alias")); err != nil {
		t.Fatal(err)
	}
	within(t, "delivery", func() bool { return p.Count("service@company.test", "INBOX") == 1 })
	texts, err := p.Messages("service@company.test", "INBOX")
	if err != nil || len(texts) != 1 {
		t.Fatal(texts, err)
	}
	if !strings.Contains(texts[0], "X-Original-To: orders@company.test") || !strings.Contains(texts[0], "Delivered-To: service@company.test") {
		t.Errorf("the destination is lost: %s", texts[0])
	}
	if err := p.Send("customer@outside.test", []string{"nobody@company.test"}, message("nobody@company.test", "nobody")); err == nil || !strings.Contains(err.Error(), "550") {
		t.Errorf("mail to nobody: %v", err)
	}
	if err := p.Send("customer@outside.test", []string{"banned@outside.test"}, message("x", "y")); err == nil || !strings.Contains(err.Error(), "We do not like you") {
		t.Errorf("refused recipient: %v", err)
	}
	if err := p.Send("customer@outside.test", []string{"gone@outside.test"}, message("gone@outside.test", "bounce")); err != nil {
		t.Fatal(err)
	}
	within(t, "bounce", func() bool { return p.Count("customer@outside.test", "INBOX") == 1 })
}

// A filled folder holds what was put into it, in order.
func TestFill(t *testing.T) {
	p := shared.Peer(t)
	if err := p.User("full@company.test", "secret"); err != nil {
		t.Fatal(err)
	}
	if err := p.Fill("full@company.test", "Old/Ones", 500, func(i int) []byte {
		if i%10 != 0 {
			return nil
		}
		return message("full@company.test", fmt.Sprint("m", i))
	}); err != nil {
		t.Fatal(err)
	}
	if n := p.Count("full@company.test", "Old/Ones"); n != 500 {
		t.Errorf("%d messages", n)
	}
}

// A stalled server takes connections and says nothing; a killed one is gone at once,
// and comes back on the same ports.
func TestTroubleToOrder(t *testing.T) {
	p := shared.Peer(t)
	for _, s := range []struct {
		server *Server
		port   int
	}{{p.Dovecot, p.IMAP}, {p.Postfix, p.SMTP}} {
		s.server.Stall()
		conn, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(s.port))
		if err != nil {
			t.Fatal(err)
		}
		conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		if n, err := conn.Read(make([]byte, 1)); err == nil {
			t.Errorf("a stalled server said %d bytes", n)
		}
		conn.Close()
		s.server.Resume()
		within(t, "an answer after the stall", func() bool { return greets(s.port) })
		if err := s.server.Kill(); err != nil {
			t.Fatal(err)
		}
		if greets(s.port) {
			t.Error("a killed server answers")
		}
		if err := s.server.Start(); err != nil {
			t.Fatal(err)
		}
	}
}

// Both servers are there in no time, so that every package can have its own.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		p, err := Start(Options{})
		if err != nil {
			b.Skip(err)
		}
		p.Close()
	}
}

// A program that is killed leaves no server behind, and no files.
func TestKilledWithItsOwner(t *testing.T) {
	if os.Getenv("MAILPEER_OWNER") != "" {
		p, err := Start(Options{})
		if err != nil {
			t.Skip(err)
		}
		fmt.Println("dir", p.dir)
		select {}
	}
	shared.Peer(t) // or skip
	owner := exec.Command(os.Args[0], "-test.run=^TestKilledWithItsOwner$")
	owner.Env = append(os.Environ(), "MAILPEER_OWNER=1")
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	dir := ""
	for in := bufio.NewScanner(out); dir == "" && in.Scan(); {
		dir, _ = strings.CutPrefix(in.Text(), "dir ")
	}
	owner.Process.Kill()
	owner.Wait()
	if !strings.Contains(dir, "mailpeer-") {
		t.Fatalf("it said %q", dir)
	}
	within(t, "ending the servers", func() bool {
		lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, path := range lines {
			if text, _ := os.ReadFile(path); strings.Contains(string(text), dir) {
				return false
			}
		}
		_, err := os.Stat(dir)
		return os.IsNotExist(err)
	})
}
