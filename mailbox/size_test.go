package mailbox

import (
	"bytes"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A message of 25 MiB is taken in without ever being held: not in one piece, and not
// in all its pieces.
func TestHugeMessageInLittleMemory(t *testing.T) {
	h := newHouse(t, nil)
	line := strings.Repeat("QUJD", 19) + "\r\n"
	huge := append(lines(`
From: Customer <customer@outside.test>
Subject: huge
Message-ID: <huge@outside.test>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain

Look at this.
--b
Content-Type: application/zip; name="huge.zip"
Content-Transfer-Encoding: base64

`), bytes.Repeat([]byte(line), 25<<20/len(line))...)
	huge = append(huge, "--b--\r\n"...)
	if err := h.peer.Fill(h.account.Address, "INBOX", 1, func(int) []byte { return huge }); err != nil {
		t.Fatal(err)
	}
	huge = nil
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var most atomic.Uint64
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			most.Store(max(most.Load(), now.HeapInuse))
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	h.start()
	h.once(1)
	m := h.mail("huge")
	if m == nil || strings.TrimSpace(m.Text) != "Look at this." || len(m.Parts) != 1 || m.Parts[0].Size < 18<<20 {
		t.Fatalf("taken as %+v", m)
	}
	part, err := h.boxes.Open(t.Context(), "agent", h.where("huge"), m.Parts[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	buffer := make([]byte, 32<<10)
	for {
		n, err := part.Read(buffer)
		total += int64(n)
		if err != nil {
			break
		}
	}
	part.Close()
	close(stop)
	<-done
	if total < 24<<20 {
		t.Errorf("%d bytes of the attachment were read", total)
	}
	if grew := int64(most.Load()) - int64(before.HeapInuse); grew > 20<<20 {
		t.Errorf("memory grew by %d MiB", grew>>20)
	}
}

// Old messages in the mailbox, 10,000 here, cost nothing: neither at the start, nor when
// something comes, nor while nothing does.
func TestOldMessagesCostNothing(t *testing.T) {
	h := newHouse(t, func(a *Account, o *Options) { a.OnlyNew = true; o.IdleMax = 50 * time.Millisecond })
	if err := h.peer.Fill(h.account.Address, "INBOX", 10_000, func(i int) []byte {
		if i%1000 != 0 { // a file bears so many names
			return nil
		}
		return text("old")
	}); err != nil {
		t.Fatal(err)
	}
	// The server's own first look at them is not what is asked here.
	a := h.account.filled()
	s, err := open(t.Context(), &a, nil, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.enter(t.Context(), "INBOX", true); err != nil || s.count() != 10_000 {
		t.Fatal(s.count(), err)
	}
	// What is asked when nothing is new is answered with one line.
	uids, err := s.uids(t.Context(), s.uidNext)
	if err != nil || len(uids) != 0 {
		t.Fatal(uids, err)
	}
	if came := s.count()*lineMax/16 + answerMax - s.conn.left.Load(); came > 1<<10 {
		t.Errorf("%d bytes came to tell that nothing is new", came)
	}
	s.bye()
	h.start()
	h.within("being connected", h.connected)
	h.send(text("new"))
	h.within("taking the new one", func() bool { return h.ledger.taken() == 1 })
}
