package systemtest

import (
	"errors"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"portico/bench"
	"portico/mailpeer"
)

const (
	// mailsFor is how long mails come in TestMailKill, mailRate how many a second;
	// PORTICO_MAIL says another time, such as 5m.
	mailsFor  = 12 * time.Second
	mailRate  = 12
	mailKill  = 3 * time.Second // between two kills, about
	mailAfter = 60 * time.Second
)

// Each mail that the company's mail server has taken becomes one contact, though Portico
// is killed at any moment, and the mail server is restarted, killed and stalled.
func TestMailKill(t *testing.T) {
	lasts := mailsFor
	if d, err := time.ParseDuration(os.Getenv("PORTICO_MAIL")); err == nil {
		lasts = d
	}
	peer, err := mailpeer.Start(mailpeer.Options{})
	if errors.Is(err, mailpeer.ErrCannot) {
		t.Skipf("MAIL IS NOT TESTED HERE: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(peer.Close)
	ctx := within(t, lasts+3*time.Minute)
	s := install(t, "", false)
	s.start()
	a := s.administrator(ctx, "DEFAULT")
	box := bench.MailBox{Name: "kill", Peer: peer}
	if err := box.Prepare(ctx, a); err != nil {
		t.Fatal(err)
	}
	if err := box.Open(ctx, a); err != nil {
		t.Fatal(err)
	}
	sent, coming := 0, make(chan struct{})
	var postman sync.WaitGroup
	postman.Go(func() {
		tick := time.NewTicker(time.Second / mailRate)
		defer tick.Stop()
		for {
			select {
			case <-coming:
				return
			case <-tick.C:
			}
			if err := peer.Send("somebody@example.org", []string{box.Alias()}, box.Message(sent, 2000)); err != nil {
				t.Errorf("the mail server takes nothing: %v", err)
				return
			}
			sent++
		}
	})
	seed := uint64(time.Now().UnixNano())
	chance := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	kills := 0
	for end := time.Now().Add(lasts); time.Now().Before(end); kills++ {
		rest(mailKill/2 + time.Duration(chance.Int64N(int64(mailKill))))
		switch kills % 3 {
		case 0:
			err = peer.Dovecot.Restart()
		case 1:
			peer.Dovecot.Stall()
			rest(time.Second)
			peer.Dovecot.Resume()
		case 2:
			if err = peer.Dovecot.Kill(); err == nil {
				err = peer.Dovecot.Start()
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		s.alive()
		s.kill()
		s.start()
	}
	close(coming)
	postman.Wait()
	deadline := time.Now().Add(mailAfter)
	for n := 0; n < sent; {
		if n, err = box.Waiting(ctx, a); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Errorf("%d of %d mails are routed after %v", n, sent, mailAfter)
			break
		}
		rest(20 * time.Millisecond)
	}
	lost, duplicated, err := box.Count(ctx, a, sent)
	if err != nil || lost+duplicated > 0 {
		t.Fatalf("of %d mails %d are lost and %d doubled: %v", sent, lost, duplicated, err)
	}
	t.Logf("%d mails, %d kills", sent, kills)
}
