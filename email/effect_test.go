package email

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"portico/acd"
	"portico/store"
	"portico/talk"
)

var errDying = errors.New("the process is about to die")

// dying is a store on which a process does no more than its death allows.
type dying struct {
	Store
	blind  atomic.Bool // nothing is read of the outbox any more
	undone atomic.Bool // no entry of the outbox is taken away any more
}

func (d *dying) OutboxOf(ctx context.Context, kind string, after [16]byte, limit int) ([]store.Outbox, error) {
	if d.blind.Load() {
		return nil, errDying
	}
	return d.Store.OutboxOf(ctx, kind, after, limit)
}

func (d *dying) Save(ctx context.Context, u store.Unit) error {
	if d.undone.Load() && slices.ContainsFunc(u.Rows, func(r store.Row) bool { _, ok := r.(store.OutboxDone); return ok }) {
		return errDying
	}
	return d.Store.Save(ctx, u)
}

// What a workflow has sent leaves exactly once, though the process dies after the commit
// of its turn, or after the mail's own commit and before that is noted.
func TestEffectsSurviveDeath(t *testing.T) {
	h := newHouse(t)
	b, carla, bert, expert := h.branches[0], h.customer(), h.customer(), h.customer()
	h.flow = flowOf(t, `acknowledge {"subject":"We have it","texts":{"":"Thank you"}}`, `forward {"to":"`+expert+`"}`)
	d := new(dying)
	h.wrap = func(s Store) Store { d.Store = s; return d }
	d.blind.Store(true)
	h.start()
	h.send(carla, b.help, "Before sending", "Hello")
	h.only(b.unit, "Before sending")
	h.stop()
	if got, err := h.peer.Messages(carla, ""); err != nil || len(got) > 0 {
		t.Fatalf("a blind process has sent %d, %v", len(got), err)
	}
	d.blind.Store(false)
	d.undone.Store(true)
	h.start()
	h.got(carla, "", 1)
	h.send(bert, b.help, "Before noting", "Hello")
	h.got(bert, "", 1)
	h.got(expert, "", 2)
	h.stop()
	d.undone.Store(false)
	h.start()
	h.until("an empty outbox", func() bool {
		rows, err := h.store.OutboxPage(t.Context(), [16]byte{}, 10)
		h.must(err)
		return len(rows) == 0
	})
	h.settled()
	h.got(carla, "", 1)
	h.got(bert, "", 1)
	h.got(expert, "", 2)
}

// settled waits until nothing is on its way out.
func (h *house) settled() {
	h.t.Helper()
	h.until("an end of sending", func() bool {
		for _, b := range h.branches {
			rows, err := h.store.MailsToSend(h.t.Context(), b.account, [16]byte{}, 10)
			h.must(err)
			if len(rows) > 0 {
				return false
			}
		}
		return true
	})
}

// RFC 3834: what a program has written, in the forms in which programs do, becomes a
// contact and is never answered by ours; a person's mail is, once in its thread.
func TestProgramsAreNeverAnswered(t *testing.T) {
	h := newHouse(t)
	h.flow = flowOf(t, `acknowledge {"subject":"We have it","texts":{"":"Thank you"}}`, `auto_reply {"subject":"Hours","texts":{"":"We open at 9"}}`)
	h.start()
	b, carla, bert := h.branches[0], h.customer(), h.customer()
	forms := [][]string{
		{"Auto-Submitted: auto-replied"}, // RFC 3834, and Sieve's vacation
		{"Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All", "X-MS-Exchange-Inbox-Rules-Loop: carla@example.com"}, // Exchange
		{"Precedence: bulk", "X-Autoreply: yes"},          // Gmail of old, and many scripts
		{"Precedence: auto_reply", "X-Autorespond: Away"}, // cPanel
		{"List-Id: <news.example.com>", "List-Unsubscribe: <mailto:off@example.com>", "Precedence: list"},
		{"X-Loop: carla@example.com", "Precedence: junk"}, // procmail
		{"Return-Path: <>", "Auto-Submitted: auto-generated (vacation)"},
	}
	for i, form := range forms {
		h.send(carla, b.help, fmt.Sprint("Away ", i), "I am away", form...)
	}
	for i := range forms {
		h.only(b.unit, fmt.Sprint("Away ", i))
	}
	h.send(bert, b.help, "Question", "Hello")
	acknowledged := h.got(bert, "", 2)
	h.send(bert, b.help, acknowledged.Subject, "One more thing", "In-Reply-To: "+acknowledged.MessageID)
	h.until("the contact of the answer", func() bool { return len(h.contacts(b.unit)) == len(forms)+2 })
	h.settled()
	for address, want := range map[string]int{carla: 0, bert: 2} {
		if got, err := h.peer.Messages(address, ""); err != nil || len(got) != want {
			t.Errorf("%d mails came to %s, want %d: %v", len(got), address, want, err)
		}
	}
}

// A mail for aliases of two business units of one mailbox makes a contact in each, and
// each answers from its own address.
func TestOneMailForTwoUnits(t *testing.T) {
	h := newHouse(t)
	a, b, carla := h.branches[0], h.branches[1], h.customer()
	sales, service := "sales-"+a.help, "service-"+a.help
	h.peer.Alias(sales, a.box)
	h.peer.Alias(service, a.box)
	h.configure(func(s *talk.MailSetup) {
		accounts := slices.Clone(s.Accounts)
		accounts[0].Unit = h.global
		accounts[0].Sealed = s.Accounts[0].Sealed
		accounts[0].Aliases = []talk.MailAlias{{Address: sales, Unit: a.unit, Queue: a.queue}, {Address: service, Unit: b.unit, Queue: b.queue}}
		s.Accounts = accounts
	})
	h.start()
	// One message in the mailbox, that names both.
	h.must(h.peer.Fill(a.box, "", 1, func(int) []byte {
		return fmt.Appendf(nil, "From: <%s>\r\nTo: %s\r\nCc: %s\r\nSubject: For both\r\nMessage-ID: <both-%s>\r\n\r\nHello\r\n", carla, sales, service, carla)
	}))
	for i, branch := range []branch{a, b} {
		h.ready(branch, branch.agents[0])
		c := h.only(branch.unit, "For both")
		agent := h.accept(branch, c.ID)
		_, err := h.mails.SendMail(t.Context(), order(branch, c.ID, agent, "m", carla, "Re: For both", "Hello"))
		h.must(err)
		if got := h.got(carla, "", i+1); got.From.Address != []string{sales, service}[i] {
			t.Errorf("unit %d answers from %s", i, got.From.Address)
		}
	}
	if n, m := len(h.contacts(a.unit)), len(h.contacts(b.unit)); n != 1 || m != 1 {
		t.Errorf("%d and %d contacts, want one each", n, m)
	}
}

// Notices leave through the unit's main account, each once, from the chosen address
// alone; one from an address that the account may not send as never does.
func TestNotices(t *testing.T) {
	h := newHouse(t)
	b, anna, carla := h.branches[0], h.customer(), h.customer()
	reports := "reports-" + b.help
	h.configure(func(s *talk.MailSetup) {
		accounts := slices.Clone(s.Accounts)
		accounts[0].SendAs = []talk.Line{talk.Line(reports)}
		s.Accounts = accounts
		s.Settings[b.unit] = talk.MailSettings{OfflineTo: []talk.Line{talk.Line(anna)}, AlertsTo: []talk.Line{talk.Line(anna)}}
	})
	h.start()
	rows := h.mails.OfflineNotice(store.OfflineRequest{Unit: b.unit, OfflineBody: store.OfflineBody{Name: "Carla", Question: "When do you open?"}})
	rows = append(rows, h.mails.AlertNotice(store.Alert{Unit: b.unit, Kind: "mail_away", Body: []byte(`{"code":"mail_away","why":"The port is closed."}`)})...)
	for _, from := range []string{"boss@example.com", reports} {
		row, err := h.mails.NoticeRow(b.unit, Notice{From: from, To: []string{carla}, Subject: "The week", Text: "17 mails"})
		h.must(err)
		rows = append(rows, row)
	}
	h.must(h.store.Save(t.Context(), store.Unit{Rows: rows}))
	if other := h.mails.OfflineNotice(store.OfflineRequest{Unit: h.branches[1].unit}); other != nil {
		t.Errorf("a unit that told nobody has %v sent", other)
	}
	h.until("an empty outbox", func() bool {
		left, err := h.store.OutboxPage(t.Context(), [16]byte{}, 10)
		h.must(err)
		return len(left) == 0
	})
	report := h.got(carla, "", 1)
	if report.From.Address != reports || report.Text == "" {
		t.Errorf("the report is from %s: %q", report.From.Address, report.Text)
	}
	if log := h.peer.Postfix.Log(); strings.Contains(log, "boss@example.com") {
		t.Errorf("a mail has left from an address that the account may not use")
	}
	raw, err := h.peer.Messages(carla, "")
	h.must(err)
	if strings.Contains(raw[0], "\nSender:") {
		t.Errorf("it names another sender:\n%s", raw[0])
	}
	h.got(anna, "", 2)
	told, err := h.peer.Messages(anna, "")
	h.must(err)
	if all := strings.Join(told, ""); !strings.Contains(all, "When do you open?") || !strings.Contains(all, "The port is closed.") || !strings.Contains(all, "From: Acme <"+b.box) {
		t.Errorf("what the administrator was told:\n%s", all)
	}
}

// A question from outside the hours for one of the unit's own mailboxes is routed and
// answered as the customer's e-mail, once even if the process ends before that is noted;
// others are told as before, and what nobody could answer is not put there.
func TestQuestionsBecomeMails(t *testing.T) {
	h := newHouse(t)
	b, anna, carla := h.branches[0], h.customer(), h.customer()
	h.configure(func(s *talk.MailSetup) {
		s.Settings[b.unit] = talk.MailSettings{OfflineTo: []talk.Line{talk.Line(b.help), talk.Line(anna)}}
	})
	h.start()
	ask := func(body store.OfflineBody) (store.OfflineRequest, []store.Row) {
		id := h.mint.ID()
		r := store.OfflineRequest{ID: id, Unit: b.unit, ClientID: fmt.Sprintf("%x", id), At: acd.At(time.Now()), Language: "english", OfflineBody: body}
		return r, h.mails.OfflineNotice(r)
	}
	r, rows := ask(store.OfflineBody{Name: "Carla Costa", Email: carla, Phone: "+49 30 1", Question: "When do you open?\nI was there.", Fields: map[string]string{"order": "4711"}})
	again := slices.Clone(rows)
	h.must(h.store.Save(t.Context(), store.Unit{Rows: append([]store.Row{r}, rows...)}))
	drained := func() bool {
		left, err := h.store.OutboxPage(t.Context(), [16]byte{}, 10)
		h.must(err)
		return len(left) == 0
	}
	h.until("an empty outbox", drained)
	h.ready(b, b.agents[0])
	c := h.only(b.unit, "When do you open?")
	mails, err := h.store.Mails(t.Context(), b.unit, c.ID, 0)
	h.must(err)
	said, err := h.store.Messages(t.Context(), b.unit, c.ID, 0, 10)
	h.must(err)
	if len(mails) != 1 || mails[0].From.Address != carla || len(said) == 0 || !strings.Contains(said[0].Text, "I was there.") || !strings.Contains(said[0].Text, "order: 4711") {
		t.Errorf("the mail of the question: %+v %+v", mails, said)
	}
	done, err := h.store.OfflineByClient(t.Context(), b.unit, r.ClientID)
	h.must(err)
	if done.DoneAt == 0 || done.Note == "" {
		t.Errorf("the request is still open: %+v", done)
	}
	for _, row := range again { // as after an end before the outbox was told
		if out := row.(store.Outbox); strings.Contains(string(out.Body), `"asked"`) {
			h.must(h.store.Save(t.Context(), store.Unit{Rows: []store.Row{out}}))
		}
	}
	h.until("an empty outbox", drained)

	agent := h.accept(b, c.ID)
	_, err = h.mails.SendMail(t.Context(), order(b, c.ID, agent, "m", carla, "Re: When do you open?", "At eight."))
	h.must(err)
	if got := h.got(carla, "", 1); got.From.Address != b.help {
		t.Errorf("the answer is from %s", got.From.Address)
	}
	h.got(anna, "", 1)
	if n := len(h.contacts(b.unit)); n != 1 {
		t.Errorf("%d contacts, want one", n)
	}

	for _, body := range []store.OfflineBody{{Question: "Call me", Phone: "+49 30 1"}, {Question: "Loop", Email: b.help}, {Kind: store.OfflineCallback, Question: "?", Email: carla}} {
		if _, rows := ask(body); len(rows) != 1 || strings.Contains(string(rows[0].(store.Outbox).Body), `"asked"`) {
			t.Errorf("%+v is put into the mailbox: %v", body, rows)
		}
	}
}
