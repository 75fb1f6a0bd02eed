package mailbox

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/post"
)

// What waits in the mailbox, and what comes while the server is watched, is taken in
// order, once, and filed; with IDLE and without, by every kind of connection.
func TestIntake(t *testing.T) {
	plain := func(a *Account, _ *Options) { a.IMAP.TLS = post.NoTLS; a.IMAP.Port = shared.Peer(t).IMAP }
	starttls := func(a *Account, _ *Options) { a.IMAP.TLS = post.StartTLS; a.IMAP.Port = shared.Peer(t).IMAP }
	for name, change := range map[string]func(*Account, *Options){"implicit": nil, "starttls": starttls, "plain": plain} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, change)
			h.fill(30, "old")
			h.start()
			h.once(30)
			if order := h.ledger.subjects(); !slices.IsSorted(order) {
				t.Errorf("out of order: %v", order)
			}
			h.within("being connected", h.connected)
			for i := range 3 {
				h.send(text(fmt.Sprintf("live-%d", i)))
				h.once(31 + i)
			}
			h.within("saying that nothing waits", func() bool { s, _ := h.boxes.State(h.account.ID); return s.Waiting == 0 })
			s, _ := h.boxes.State(h.account.ID)
			if s.Mode != "idle" || s.Error != "" || s.Taken != 33 {
				t.Errorf("state %+v", s)
			}
			h.restart()
			h.within("being connected again", h.connected)
			h.send(text("after"))
			h.once(34)
		})
	}
}

// 2,000 messages, through restarts of the program and of the server in the middle:
// each is taken exactly once.
func TestManyThroughRestarts(t *testing.T) {
	h := newHouse(t, nil)
	h.fill(2000, "many")
	h.start()
	h.within("taking some", func() bool { return h.ledger.taken() > 200 })
	h.restart()
	h.within("taking some more", func() bool { return h.ledger.taken() > 700 })
	if err := h.peer.Dovecot.Kill(); err != nil {
		t.Fatal(err)
	}
	h.within("noticing", func() bool { return !h.connected() })
	if err := h.peer.Dovecot.Start(); err != nil {
		t.Fatal(err)
	}
	h.once(2000)
}

// A server that hangs is noticed and left; when it comes to, everything goes on.
func TestHangingServer(t *testing.T) {
	h := newHouse(t, func(a *Account, o *Options) { o.StepMax, o.IdleMax = 300*time.Millisecond, 100*time.Millisecond })
	h.start()
	h.within("being connected", h.connected)
	h.peer.Dovecot.Stall()
	h.within("noticing", func() bool { return !h.connected() })
	s, _ := h.boxes.State(h.account.ID)
	if !strings.Contains(s.Error, "does not answer") {
		t.Errorf("said of a hanging server: %q", s.Error)
	}
	h.peer.Dovecot.Resume()
	h.fill(3, "after")
	h.once(3)
}

// After a change of UIDVALIDITY messages are known by what they are, not by their number.
func TestNumbersChange(t *testing.T) {
	h := newHouse(t, func(a *Account, o *Options) {})
	h.ledger.place = Stay
	h.fill(20, "a")
	h.start()
	h.within("taking all", func() bool { return h.ledger.taken() == 20 })
	before := h.ledger.number()
	if err := h.peer.RenewUIDs(h.account.Address, "INBOX"); err != nil {
		t.Fatal(err)
	}
	h.ledger.mu.Lock()
	h.ledger.place = Working
	h.ledger.mu.Unlock()
	h.within("being connected", func() bool { return h.ledger.number() != before })
	h.fill(5, "b")
	h.once(25)
	if h.ledger.matched != 20 {
		t.Errorf("%d of 20 messages were known by what they are", h.ledger.matched)
	}
}

// What cannot be saved now waits, and is taken when it can; nobody overtakes a message
// of the same sender.
func TestStoreAway(t *testing.T) {
	h := newHouse(t, nil)
	away := true
	h.ledger.fail = func(*Incoming, int) error { // under the ledger's lock
		if away {
			return errStoreAway
		}
		return nil
	}
	h.fill(10, "wait")
	h.start()
	h.within("trying", func() bool { h.ledger.mu.Lock(); defer h.ledger.mu.Unlock(); return len(h.ledger.attempts) > 0 })
	if n := h.peer.Count(h.account.Address, "INBOX"); n != 10 {
		t.Errorf("%d of 10 messages are left in the inbox, though none is certain", n)
	}
	h.within("saying so", func() bool { s, _ := h.boxes.State(h.account.ID); return strings.Contains(s.Error, "not taken") })
	h.ledger.mu.Lock()
	away = false
	h.ledger.mu.Unlock()
	h.once(10)
	if order := h.ledger.subjects(); !slices.IsSorted(order) {
		t.Errorf("out of order: %v", order)
	}
}

// Large messages are taken by their texts alone; their parts can be read afterwards,
// wherever they have been filed to; what a person deletes is told as gone.
func TestLargeMessage(t *testing.T) {
	h := newHouse(t, nil)
	attachment := strings.Repeat("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAx\r\n", 40_000)
	h.fill(1, "small")
	if err := h.peer.Fill(h.account.Address, "INBOX", 1, func(int) []byte {
		return append(lines(`
From: Customer <customer@outside.test>
To: service@company.test
Subject: large
Message-ID: <large@outside.test>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe
--b
Content-Type: application/octet-stream; name="big.bin"
Content-Disposition: attachment; filename="big.bin"
Content-Transfer-Encoding: base64

`), attachment+"--b--\r\n"...)
	}); err != nil {
		t.Fatal(err)
	}
	h.start()
	h.once(2)
	m := h.mail("large")
	if m == nil || strings.TrimSpace(m.Text) != "Grüße" || m.Broken != "" || len(m.Parts) != 1 || m.Parts[0].Name != "big.bin" {
		t.Fatalf("taken as %+v", m)
	}
	ctx := t.Context()
	at := h.where("large")
	if at.Folder != "Portico/Working" || at.UID == 0 {
		t.Errorf("filed to %+v", at)
	}
	part, err := h.boxes.Open(ctx, "agent", at, m.Parts[0].Path)
	if got := readAll(t, part, err); got != strings.TrimSuffix(attachment, "\r\n") && got != attachment {
		t.Errorf("%d bytes of %d were read", len(got), len(attachment))
	}
	// Closing early costs the connection at most, not the next reader.
	part, err = h.boxes.Open(ctx, "agent", at, m.Parts[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	part.Close()
	if moves, err := h.boxes.Move(ctx, "agent", []Location{at}, Done); err != nil || len(moves) != 1 || moves[0].To.Folder != "Portico/Done" {
		t.Fatalf("moved %+v, %v", moves, err)
	}
	// The old place is worth nothing now, but the message is found.
	part, err = h.boxes.Open(ctx, "agent", at, "1")
	if got := readAll(t, part, err); strings.TrimSpace(got) != "Gr=FC=DFe" {
		t.Errorf("read %q", got)
	}
	if gone, err := h.boxes.Remove(ctx, "agent", []Location{at}); err != nil || len(gone) != 1 {
		t.Fatalf("removed %v, %v", gone, err)
	}
	if _, err := h.boxes.Open(ctx, "agent", at, "1"); err != ErrGone {
		t.Errorf("of a removed message: %v", err)
	}
}

// A server without IDLE, MOVE and UIDPLUS is asked again and again, and messages are
// filed by copies; what stays in the inbox is not taken twice.
func TestPoorServer(t *testing.T) {
	p := poor.Peer(t)
	h := newHouseAt(t, p, func(a *Account, o *Options) { a.Poll = 20 * time.Millisecond })
	h.fill(5, "a")
	h.start()
	h.within("filing", func() bool { return p.Count(h.account.Address, "Portico/Working") == 5 })
	h.fill(2, "b")
	h.within("filing", func() bool { return p.Count(h.account.Address, "Portico/Working") == 7 })
	s, _ := h.boxes.State(h.account.ID)
	if s.Mode != "poll" || len(s.Hints) != 2 {
		t.Errorf("state %+v", s)
	}
	h.restart()
	h.fill(1, "c")
	h.within("filing", func() bool { return p.Count(h.account.Address, "Portico/Working") == 8 })
	if n := h.ledger.taken(); n != 8 {
		t.Errorf("%d messages were taken of 8", n)
	}
}
