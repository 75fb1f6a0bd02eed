package mailbox

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// A maintenance window comes on its days, passes midnight, and keeps to the wall clock.
func TestWindow(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		out, err := time.ParseInLocation("2006-01-02 15:04", s, berlin)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	night := Window{Days: []time.Weekday{time.Saturday}, From: 23 * time.Hour, For: 3 * time.Hour, Zone: berlin}
	always := Window{From: 2 * time.Hour, For: time.Hour}
	for _, c := range []struct {
		w    Window
		at   time.Time
		want bool
	}{
		{night, at("2026-11-21 22:59"), false},
		{night, at("2026-11-21 23:00"), true},
		{night, at("2026-11-22 01:59"), true},
		{night, at("2026-11-22 02:00"), false},
		{night, at("2026-11-22 23:30"), false},
		{Window{From: 3 * time.Hour, For: time.Hour, Zone: berlin}, at("2026-10-25 03:30"), true}, // the night of 25 hours
		{Window{From: 3 * time.Hour, For: time.Hour, Zone: berlin}, at("2026-03-29 03:30"), true}, // of 23
		{always, time.Date(2026, 1, 1, 2, 30, 0, 0, time.UTC), true},
		{always, time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC), false},
	} {
		if got := c.w.Holds(c.at); got != c.want {
			t.Errorf("%+v at %s: %v", c.w, c.at, got)
		}
	}
}

func (h *house) alert(kind string, raised bool) Alert {
	h.t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		select {
		case a := <-h.alerts:
			if a.Kind == kind && a.Raised == raised {
				return a
			}
		case <-deadline:
			s, _ := h.boxes.State(h.account.ID)
			h.t.Fatalf("no alert %s %v; state %+v", kind, raised, s)
		}
	}
}

// An alert is raised when the mailbox is away for a while and ended when it is back;
// within a maintenance window it is held.
func TestAwayAlert(t *testing.T) {
	quick := func(a *Account, o *Options) { o.AwayMax = 500 * time.Millisecond }
	h := newHouse(t, quick)
	held := newHouse(t, func(a *Account, o *Options) {
		quick(a, o)
		a.Maintenance = []Window{{For: 24 * time.Hour}}
	})
	h.start()
	held.start()
	h.within("being connected", h.connected)
	held.within("being connected", held.connected)
	if err := h.peer.Dovecot.Kill(); err != nil {
		t.Fatal(err)
	}
	h.alert(AlertAway, true)
	if err := h.peer.Dovecot.Start(); err != nil {
		t.Fatal(err)
	}
	h.alert(AlertAway, false)
	held.within("being connected", held.connected)
	if len(held.alerts) > 0 {
		t.Errorf("an alert within the window: %+v", <-held.alerts)
	}
}

// The keep-alive goes out, comes back, leaves nothing behind, and is no contact; when
// it does not come back an alert is raised.
func TestKeepalive(t *testing.T) {
	h := newHouse(t, func(a *Account, o *Options) { a.Keepalive = time.Second; o.AwayMax = 50 * time.Millisecond })
	h.start()
	h.within("seeing one again", func() bool {
		s, _ := h.boxes.State(h.account.ID)
		return !s.EchoSeen.IsZero() && !s.EchoSeen.Before(s.EchoSent)
	})
	h.peer.Refuse(h.account.Address, "450 4.7.1 later")
	defer h.peer.Refuse(h.account.Address, "")
	h.alert(AlertKeepalive, true)
	h.peer.Refuse(h.account.Address, "")
	h.alert(AlertKeepalive, false)
	h.within("removing them", func() bool { return h.peer.Count(h.account.Address, "INBOX") == 0 })
	if h.ledger.taken() != 0 {
		t.Error("a test message became a contact")
	}
}

// Nobody else's message is taken for a test of ours.
func TestForgedEcho(t *testing.T) {
	h := newHouse(t, nil)
	other := echoes{key: [32]byte{1}}
	token := other.token(h.account.ID, time.Now())
	h.start()
	h.send([]byte("From: <x@outside.test>\r\nSubject: forged\r\nMessage-ID: <" + echoPrefix + token + "@outside.test>\r\n\r\nx\r\n"))
	h.once(1)
	for _, bad := range []string{"", "<>", "<portico-echo.@x>", "<portico-echo.zz@x>", "<portico-echo." + strings.Repeat("00", 32) + "@x>"} {
		if _, _, ok := h.boxes.echoes.open(h.account.ID, bad, time.Now()); ok {
			t.Errorf("%q is believed", bad)
		}
	}
	own := h.boxes.echoes.token(h.account.ID, time.Now())
	id := "<" + echoPrefix + own + "@company.test>"
	if _, _, ok := h.boxes.echoes.open(h.account.ID, id, time.Now()); !ok {
		t.Error("our own is not believed")
	}
	if _, _, ok := h.boxes.echoes.open(ID{9, 9}, id, time.Now()); ok {
		t.Error("another account's is believed")
	}
	if _, _, ok := h.boxes.echoes.open(h.account.ID, id, time.Now().Add(2*echoLife)); ok {
		t.Error("an old one is believed")
	}
}

// The quota is read, and an alert raised when the mailbox is nearly full.
func TestQuota(t *testing.T) {
	h := newHouse(t, func(a *Account, o *Options) { o.AwayMax = 50 * time.Millisecond })
	if err := h.peer.User(h.account.Address, "secret", "userdb_quota_rule=*:storage=100K"); err != nil {
		t.Fatal(err)
	}
	if err := h.peer.Fill(h.account.Address, "INBOX", 1, func(int) []byte {
		return append(text("fat"), strings.Repeat("x", 70)...)
	}); err != nil {
		t.Fatal(err)
	}
	if err := h.peer.Fill(h.account.Address, "Other", 1, func(int) []byte {
		return append(text("fat"), strings.Repeat("0123456789\r\n", 8200)...)
	}); err != nil {
		t.Fatal(err)
	}
	h.start()
	a := h.alert(AlertQuota, true)
	s, _ := h.boxes.State(h.account.ID)
	if s.Quota.Limit != 100<<10 || s.Quota.Used < 90<<10 || !strings.Contains(a.Sentence, "nearly full") {
		t.Errorf("%+v: %q", s.Quota, a.Sentence)
	}
}

// Retention removes what is old enough, step by step, and spares what is wanted.
func TestExpire(t *testing.T) {
	h := newHouse(t, nil)
	h.ledger.place = Done
	h.fill(10, "a")
	h.start()
	h.within("filing", func() bool { return h.peer.Count(h.account.Address, "Portico/Done") == 10 })
	ctx := t.Context()
	e := Expiry{Account: h.account.ID, Place: Done, Before: time.Now().Add(-time.Hour), Max: 4}
	if gone, next, err := h.boxes.Expire(ctx, e); err != nil || len(gone) != 0 || next == 0 {
		t.Fatalf("young ones: %v %d %v", gone, next, err)
	}
	e.Before = time.Now().Add(time.Hour)
	spared := Ref{}
	e.Keep = func(r Ref) bool {
		if spared.UID == 0 {
			spared = r
		}
		return r == spared
	}
	steps, all := 0, 0
	for steps == 0 || e.From != 0 {
		gone, next, err := h.boxes.Expire(ctx, e)
		if err != nil || len(gone) > 4 {
			t.Fatalf("%d went, %v", len(gone), err)
		}
		all += len(gone)
		e.From = next
		steps++
	}
	if all != 9 || steps != 3 || h.peer.Count(h.account.Address, "Portico/Done") != 1 {
		t.Errorf("%d went in %d steps, %d are left", all, steps, h.peer.Count(h.account.Address, "Portico/Done"))
	}
	e = Expiry{Account: h.account.ID, Place: Exceptions, Before: time.Now()}
	if gone, next, err := h.boxes.Expire(ctx, e); err != nil || len(gone) != 0 || next != 0 {
		t.Errorf("an empty folder: %v %d %v", gone, next, err)
	}
}

// A sent message is filed among the sent ones, and found there again.
func TestAppend(t *testing.T) {
	h := newHouse(t, nil)
	h.start()
	ctx := t.Context()
	if _, found, err := h.boxes.Find(ctx, "agent", h.account.ID, Sent, "<sent@company.test>"); err != nil || found {
		t.Fatal(found, err)
	}
	for _, size := range []int64{int64(len(text("sent"))), -1} {
		ref, err := h.boxes.Append(ctx, "agent", h.account.ID, Sent, size, func(w io.Writer) error { _, err := w.Write(text("sent")); return err })
		if err != nil || ref.UID == 0 || ref.Folder != "Sent" {
			t.Fatal(ref, err)
		}
	}
	if ref, found, err := h.boxes.Find(ctx, "agent", h.account.ID, Sent, "<sent@outside.test>"); err != nil || !found || ref.Folder != "Sent" {
		t.Fatal(ref, found, err)
	}
	if _, err := h.boxes.Append(ctx, "agent", h.account.ID, Sent, 10, func(w io.Writer) error { _, err := fmt.Fprint(w, "longer than ten"); return err }); err == nil {
		t.Error("a message that is longer than it was said to be is filed")
	}
	if n := h.peer.Count(h.account.Address, "Sent"); n != 2 {
		t.Errorf("%d messages are filed", n)
	}
}

// Messages that were in the mailbox before are left alone when that is wished; and an
// account that goes away leaves its mailbox.
func TestOnlyNew(t *testing.T) {
	h := newHouse(t, func(a *Account, _ *Options) { a.OnlyNew = true })
	h.fill(20, "old")
	h.start()
	h.within("being connected", h.connected)
	h.send(text("new"))
	h.within("taking", func() bool { return h.ledger.taken() == 1 })
	h.restart()
	h.within("being connected", h.connected)
	h.send(text("newer"))
	h.within("taking", func() bool { return h.ledger.taken() == 2 })
	if n := h.peer.Count(h.account.Address, "INBOX"); n != 20 {
		t.Errorf("%d of 20 old messages are left", n)
	}
	h.boxes.Configure(nil)
	if _, ok := h.boxes.State(h.account.ID); ok {
		t.Error("the account is still at work")
	}
	if _, err := h.boxes.Open(t.Context(), "agent", Location{Ref: Ref{Account: h.account.ID}}, "1"); err != errStopped {
		t.Errorf("reading from an account that is gone: %v", err)
	}
}
