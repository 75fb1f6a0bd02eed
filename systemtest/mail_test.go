package systemtest

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"portico/bench"
	"portico/mailpeer"
)

const (
	// mailRate is how many mails come in a second, mailKill the time between two kills,
	// about. PORTICO_MAIL says for how long, such as 5m; otherwise until what can happen has
	// happened once.
	mailRate = 12
	mailKill = time.Second
	// mailAfter ends a test that fails. Postfix itself tries a message again only after a
	// minute when it finds it still locked by the attempt before.
	mailAfter = 150 * time.Second
	// mailStop is how long the mail server is stopped; with PORTICO_MAIL mailStopLong.
	mailStop     = time.Second
	mailStopLong = time.Minute
	// mailOutage is how many mails wait after an outage.
	mailOutage = 500
)

// office is a business unit with a mailbox of its own.
type office struct {
	admin *bench.Admin
	box   bench.MailBox
	sent  int
}

// Each mail that the company's mail server has taken becomes one contact of its own
// business unit, though Portico is killed at any moment, and the mail server is restarted,
// killed, stalled, stopped for a while, and numbers its messages anew. What waits after
// an outage is all routed.
func TestMailKill(t *testing.T) {
	peer, err := mailpeer.Start(mailpeer.Options{})
	if errors.Is(err, mailpeer.ErrCannot) {
		t.Skipf("MAIL IS NOT TESTED HERE: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(peer.Close)
	var turn sync.Mutex // the stores' tests run beside each other, with the same mail server
	onEachStore(t, func(t *testing.T, store string) {
		lasts, _ := time.ParseDuration(os.Getenv("PORTICO_MAIL"))
		ctx := within(t, lasts+6*time.Minute)
		s := install(t, store, false)
		s.start()
		offices := openOffices(ctx, t, s, peer)
		coming := make(chan struct{})
		var postman sync.WaitGroup
		postman.Go(func() { deliver(t, peer, offices, coming) })
		mishaps(t, s, peer, &turn, offices[0].box.Address(), lasts)
		close(coming)
		postman.Wait()
		s.kill()
		first := &offices[0]
		if err := peer.Fill(first.box.Address(), "", mailOutage, func(i int) []byte { return first.box.Message(first.sent+i, 2000) }); err != nil {
			t.Fatal(err)
		}
		first.sent += mailOutage
		began := time.Now()
		s.start()
		for i := range offices {
			offices[i].settle(ctx, t)
		}
		t.Logf("%d and %d mails; the %d after the outage were routed %v after the start", first.sent, offices[1].sent, mailOutage, time.Since(began).Round(time.Millisecond))
		if s.store == "" {
			notices(ctx, t, s, peer, first.admin)
		}
	})
}

// notices checks that what a customer leaves outside the hours arrives by e-mail, as one
// message, though the server is killed once that is acknowledged.
func notices(ctx context.Context, t *testing.T, s *server, peer *mailpeer.Peer, admin *bench.Admin) {
	t.Helper()
	const to, words = "notices@example.com", "When do you open?"
	body := bench.ChatQueue("", 0)
	body["steps"] = []any{map[string]any{"after_s": 0}}
	_, err := admin.Queue(ctx, "Chats", body)
	if err := errors.Join(err, peer.User(to, "open sesame"), admin.MailSettings(ctx, map[string]any{"offline_to": []any{to}})); err != nil {
		t.Fatal(err)
	}
	left := visitor{s: s, chat: s.url + "/web/api/offline"}
	status, text, err := left.ask(ctx, "POST", "", "application/json",
		strings.NewReader(`{"client_id":"left","fields":{"name":"Eve","email":"eve@example.org","question":"`+words+`"}}`), -1)
	if err != nil || status/100 != 2 {
		t.Fatalf("what is left outside the hours: %d %s %v", status, text, err)
	}
	s.kill()
	s.start()
	eventually(t, "the notice", func() bool {
		all, err := peer.Messages(to, "")
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{} // one that is sent again has the same
		for _, m := range all {
			if strings.Contains(m, words) {
				_, id, _ := strings.Cut(m, "Message-ID:")
				id, _, _ = strings.Cut(strings.TrimSpace(id), "\n")
				ids[strings.TrimSpace(id)] = true
			}
		}
		if len(ids) > 1 {
			t.Fatalf("%d notices of one request", len(ids))
		}
		return len(ids) == 1
	})
}

// openOffices makes a mailbox in each of two business units.
func openOffices(ctx context.Context, t *testing.T, s *server, peer *mailpeer.Peer) []office {
	t.Helper()
	offices := []office{{admin: s.administrator(ctx, "DEFAULT")}, {}}
	if err := offices[0].admin.NewUnit(ctx, "WEST"); err != nil {
		t.Fatal(err)
	}
	offices[1].admin = s.administrator(ctx, "WEST")
	for i, name := range []string{"east", "west"} {
		o := &offices[i]
		if s.store != "" {
			name += "-pg" // the mail server is the same
		}
		o.box = bench.MailBox{Name: name, Peer: peer}
		if err := errors.Join(o.box.Prepare(ctx, o.admin), o.box.Open(ctx, o.admin)); err != nil {
			t.Fatal(err)
		}
	}
	return offices
}

// deliver sends mails to the offices in turn until coming is closed.
func deliver(t *testing.T, peer *mailpeer.Peer, offices []office, coming chan struct{}) {
	tick := time.NewTicker(time.Second / mailRate)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-coming:
			return
		case <-tick.C:
		}
		o := &offices[n%len(offices)]
		if err := peer.Send("somebody@example.org", []string{o.box.Alias()}, o.box.Message(o.sent, 2000)); err != nil {
			t.Errorf("the mail server takes nothing: %v", err)
			return
		}
		o.sent++
	}
}

// mishaps lets happen what can, each at least once (on PostgreSQL some) and for as long
// as asked, and kills the server after each.
func mishaps(t *testing.T, s *server, peer *mailpeer.Peer, turn *sync.Mutex, address string, lasts time.Duration) {
	t.Helper()
	stop := mailStop
	if lasts > 0 {
		stop = mailStopLong
	}
	all := []func() error{
		peer.Dovecot.Restart,
		func() error {
			peer.Dovecot.Stall()
			rest(stop)
			peer.Dovecot.Resume()
			return nil
		},
		func() error { return errors.Join(peer.Dovecot.Kill(), peer.Dovecot.Start()) },
		func() error {
			err := peer.Dovecot.Stop()
			rest(stop)
			return errors.Join(err, peer.Dovecot.Start())
		},
		func() error { return peer.RenewUIDs(address, "") },
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	chance.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	n, least := 0, len(all)
	if s.store != "" {
		least = 2 // any: each run has others
	}
	for end := time.Now().Add(lasts); n < least || time.Now().Before(end); n++ {
		rest(mailKill/2 + time.Duration(chance.Int64N(int64(mailKill))))
		turn.Lock()
		err := all[n%len(all)]()
		turn.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		s.alive()
		s.kill()
		s.start()
	}
	t.Logf("%d kills", n)
}

// settle waits until all mails of an office are routed, and counts them.
func (o *office) settle(ctx context.Context, t *testing.T) {
	t.Helper()
	deadline, again := time.Now().Add(mailAfter), 0
	for n := 0; n < o.sent+again; {
		var err error
		if n, err = o.box.Waiting(ctx, o.admin); err != nil {
			t.Fatal(err)
		}
		if n >= o.sent {
			again = o.deliveredAgain(t)
		}
		if time.Now().After(deadline) {
			t.Errorf("%d of %d mails are routed after %v", n, o.sent+again, mailAfter)
			o.tell(ctx, t)
			break
		}
		rest(20 * time.Millisecond)
	}
	lost, more, err := o.box.Count(ctx, o.admin, o.sent)
	if err != nil || lost > 0 || more != again {
		t.Errorf("of %d mails %d are lost, and %d contacts are doubled or strange; the mail server itself has delivered %d twice: %v", o.sent, lost, more, again, err)
	}
}

// tell says where the mails are that are not routed, and what the servers say.
func (o *office) tell(ctx context.Context, t *testing.T) {
	t.Helper()
	missing, err := o.box.Missing(ctx, o.admin, o.sent)
	if err != nil {
		t.Error(err)
	}
	for _, n := range missing {
		id, at := o.box.MessageID(n), []string{}
		for _, folder := range mailFolders {
			messages, err := o.box.Peer.Messages(o.box.Address(), folder)
			if err != nil {
				t.Error(err)
			}
			if slices.ContainsFunc(messages, func(m string) bool { return strings.Contains(m, id) }) {
				at = append(at, cmp.Or(folder, "INBOX"))
			}
		}
		t.Logf("the mail %d is in the folders %q, and of it the mail servers say:\n%s", n, at, strings.Join(o.box.Peer.Said(id), "\n"))
	}
}

// mailFolders are those in which a mail may be.
var mailFolders = []string{"", "Portico/Working", "Portico/Done", "Portico/Exceptions"}

// delivery is how Dovecot numbers what Postfix brings.
var delivery = regexp.MustCompile(`with LMTPS?\s+id (\S+)`)

// deliveredAgain counts the mails that the mail server has delivered once more: killed
// before it could say so to Postfix, it has the message already. They are messages of
// their own, and contacts of their own. What has the same number was only moved.
func (o *office) deliveredAgain(t *testing.T) int {
	t.Helper()
	seen := map[string]map[string]bool{}
	for _, folder := range mailFolders {
		messages, err := o.box.Peer.Messages(o.box.Address(), folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			id, number := "", ""
			if _, rest, ok := strings.Cut(m, "Message-ID: "); ok {
				id, _, _ = strings.Cut(rest, "\r\n")
				id, _, _ = strings.Cut(id, "\n")
			}
			if found := delivery.FindStringSubmatch(m); found != nil {
				number = found[1]
			}
			if seen[id] == nil {
				seen[id] = map[string]bool{}
			}
			seen[id][number] = true
		}
	}
	again := 0
	for _, numbers := range seen {
		again += len(numbers) - 1
	}
	return again
}
