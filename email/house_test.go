package email

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"portico/acd"
	"portico/dialogue"
	"portico/hub"
	"portico/letter"
	"portico/mailpeer"
	"portico/mask"
	"portico/mint"
	"portico/picture"
	"portico/plan"
	"portico/seal"
	"portico/store"
	"portico/talk"
	"portico/workflow"
)

var peers mailpeer.Shared

func TestMain(m *testing.M) {
	code := m.Run()
	peers.Close()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Println(err)
			code = 1
		}
	}
	os.Exit(code)
}

const password = "open sesame"

// branch is a business unit with a mailbox of its own.
type branch struct {
	unit    acd.UnitID
	queue   acd.QueueID
	agents  []acd.AgentID
	account [16]byte
	box     string // the mailbox's own address
	help    string // an alias that leads to it
}

// house is a contact center with two business units, on a real store and a real mail server.
type house struct {
	t        testing.TB
	peer     *mailpeer.Peer
	dir      string
	mint     *mint.Mint
	store    *store.Store
	hub      *hub.Hub
	picture  *picture.Picture
	mails    *Channel
	branches [2]branch
	flow     *workflow.Flow
	global   acd.UnitID

	wrap func(Store) Store                    // nil: the channel has the store itself
	scan func(name string, r io.Reader) error // nil: nobody looks through files
	now  func() time.Time                     // nil: time.Now

	mu    sync.Mutex
	setup *talk.MailSetup
}

func newHouse(t testing.TB) *house {
	h := &house{t: t, peer: peers.Peer(t.(mailpeer.Test)), dir: t.TempDir(), mint: mint.New(1, time.Now), global: acd.UnitID{6: 0x70, 8: 0x80, 15: 1}}
	box := seal.New([32]byte{3})
	h.setup = &talk.MailSetup{Settings: map[acd.UnitID]talk.MailSettings{}, Blocked: map[acd.UnitID]map[string]bool{}}
	for i := range h.branches {
		b := &h.branches[i]
		id := h.mint.ID()
		name := fmt.Sprintf("%x", id[4:10])
		*b = branch{unit: h.mint.ID(), queue: h.mint.ID(), agents: []acd.AgentID{h.mint.ID(), h.mint.ID()}, account: h.mint.ID(),
			box: "box-" + name + "@example.com", help: "help-" + name + "@example.com"}
		h.must(h.peer.User(b.box, password))
		h.peer.Alias(b.help, b.box)
		account := talk.MailAccount{Sealed: map[string]string{"imap_password": box.Seal(password, talk.MailSecretPlace(b.account, "imap_password"))},
			MailAccountBody: talk.MailAccountBody{Address: b.box, FromName: "Acme", Authorities: string(h.peer.CA),
				IMAP:    talk.MailServer{Host: mailpeer.Host, Port: h.peer.IMAPS, User: b.box},
				SMTP:    talk.MailServer{Host: mailpeer.Host, Port: h.peer.SMTP, TLS: "starttls", User: b.box},
				Aliases: []talk.MailAlias{{Address: b.help, Queue: b.queue}}}}
		h.setup.Accounts = append(h.setup.Accounts, talk.MailBox{ID: b.account, Unit: b.unit, Name: name, MailAccount: account})
	}
	return h
}

// start opens the house on its folder.
func (h *house) start() {
	h.t.Helper()
	ctx := h.t.Context()
	log := slog.New(slog.NewTextHandler(h.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	var err error
	h.store, err = store.Open(ctx, store.Options{Dir: h.dir, Site: 1, Log: log})
	h.must(err)
	h.picture = picture.New(picture.Options{Now: time.Now})
	change := plan.Diff(nil, h.plan())
	h.must(h.picture.Load(ctx, h.store, change))
	h.hub = hub.New(hub.Options{Store: h.store, Fold: h.picture.Fold, NewID: h.mint.ID, Now: time.Now, Log: log})
	masker, err := mask.New(false, nil)
	h.must(err)
	var s Store = h.store
	if h.wrap != nil {
		s = h.wrap(s)
	}
	now := h.now
	if now == nil {
		now = time.Now
	}
	h.mails = New(Options{Hub: h.hub, Store: s, Picture: h.picture, Files: files{h}, Setup: h.configured,
		Masker: func(acd.UnitID) *mask.Masker { return masker }, Seal: seal.New([32]byte{3}), Global: h.global, NewID: h.mint.ID, Now: now,
		Text: func(_, key string) string { return key }, Log: log, Key: [32]byte{5}})
	h.hub.Subscribe(h.mails.Fold)
	if h.flow != nil {
		h.hub.SetFlows(workflow.NewSet([]workflow.Entry{{Unit: h.branches[0].unit, Name: "test", Enters: true, Flow: h.flow}}))
	}
	h.must(h.hub.Start(ctx, change))
	h.mails.Start()
	h.t.Cleanup(h.stop)
}

func (h *house) configured() *talk.MailSetup {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.setup
}

// configure changes what is configured.
func (h *house) configure(change func(*talk.MailSetup)) {
	h.mu.Lock()
	next := *h.setup
	change(&next)
	h.setup = &next
	h.mu.Unlock()
	if h.mails != nil {
		h.mails.Configured()
	}
}

// stop closes the house in the order in which a process does.
func (h *house) stop() {
	if h.mails == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	h.must(h.mails.Stop(ctx))
	h.must(h.hub.Stop(ctx))
	h.must(h.store.Close())
	h.mails = nil
}

func (h *house) plan() *plan.Plan {
	in := plan.Input{Version: 2, Settings: plan.Defaults()}
	for _, b := range h.branches {
		in.Queues = append(in.Queues, plan.QueueObject{Head: plan.Head{ID: b.queue, Unit: b.unit, Name: "Mail"},
			Queue: plan.Queue{Domain: acd.Email, Policy: "longest_idle", ObjectiveS: 3600, Steps: []plan.Step{{}}, OfferS: 600, NoWrapUp: true}})
		for _, id := range b.agents {
			in.Agents = append(in.Agents, plan.AgentObject{Head: plan.Head{ID: id, Unit: b.unit, Name: id.String()},
				Agent: plan.Agent{Capacity: map[acd.Domain]uint8{acd.Email: 5}}})
		}
	}
	p, faults := plan.Compile(in)
	if len(faults) > 0 {
		h.t.Fatal(faults)
	}
	return p
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// until polls a condition for at most 30 s.
func (h *house) until(what string, is func() bool) {
	h.t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatalf("no %s within 30 s", what)
		}
	}
}

func (h *house) ask(unit acd.UnitID, event acd.Event) {
	h.t.Helper()
	_, err := h.hub.Ask(h.t.Context(), hub.Command{Event: event, Lane: hub.Progress, Unit: unit})
	h.must(err)
}

// flowOf makes a workflow whose components follow one another: kind, a space, settings.
func flowOf(t testing.TB, parts ...string) *workflow.Flow {
	t.Helper()
	g := workflow.Graph{}
	for i, part := range append(append([]string{"start"}, parts...), "queue") {
		kind, settings, _ := strings.Cut(part, " ")
		node := workflow.Node{ID: workflow.NodeID(fmt.Sprint("n", i)), Kind: workflow.Kind(kind), Settings: json.RawMessage(cmp.Or(settings, "{}"))}
		if i > 0 {
			g.Edges = append(g.Edges, workflow.Edge{From: g.Nodes[i-1].ID, Exit: workflow.ExitNext, To: node.ID})
		}
		g.Nodes = append(g.Nodes, node)
	}
	flow, problems := workflow.Compile(g, nil)
	if flow == nil {
		t.Fatal(problems)
	}
	return flow
}

// ready has an agent wait for mails.
func (h *house) ready(b branch, agent acd.AgentID) {
	h.t.Helper()
	h.ask(b.unit, acd.SignedIn{Agent: agent})
	h.ask(b.unit, acd.DesktopConnected{Agent: agent})
	h.ask(b.unit, acd.AgentStateChanged{Agent: agent, Domains: 1 << acd.Email, Available: true})
}

// contacts are the open ones of a unit.
func (h *house) contacts(unit acd.UnitID) []picture.Contact {
	h.t.Helper()
	var all []picture.Contact
	for after := ""; ; {
		page, err := h.picture.Contacts(unit, picture.Filter{}, picture.ByDue, after, 500)
		h.must(err)
		all = append(all, page.Items...)
		if after = page.Next; after == "" {
			return all
		}
	}
}

// only waits for the one open contact with a caption and gives it.
func (h *house) only(unit acd.UnitID, caption string) (found picture.Contact) {
	h.t.Helper()
	h.until("contact "+caption, func() bool {
		n := 0
		for _, c := range h.contacts(unit) {
			if letter.BaseSubject(c.Caption) == caption {
				found, n = c, n+1
			}
		}
		if n > 1 {
			h.t.Fatalf("%d contacts %s", n, caption)
		}
		return n == 1
	})
	return found
}

// accept takes the offer of a contact.
func (h *house) accept(b branch, contact acd.ContactID) acd.AgentID {
	h.t.Helper()
	var p picture.Contact
	h.until("an offer", func() bool {
		p, _ = h.picture.Contact(b.unit, contact)
		return p.State == acd.Offered
	})
	h.ask(b.unit, acd.Accepted{Contact: contact, Agent: p.Agent, Offer: p.Offer})
	return p.Agent
}

// send hands a mail of a customer to the mail server.
func (h *house) send(from, to, subject, text string, headers ...string) {
	h.t.Helper()
	id := h.mint.ID()
	lines := append([]string{"From: Carla <" + from + ">", "To: " + to, "Subject: " + subject, "Message-ID: <" + fmt.Sprintf("%x", id) + "@customer.example>",
		"Date: " + time.Now().Format(time.RFC1123Z)}, headers...)
	h.must(h.peer.Send(from, []string{to}, []byte(strings.Join(lines, "\r\n")+"\r\n\r\n"+text+"\r\n")))
}

// customer makes somebody with a mailbox.
func (h *house) customer() string {
	h.t.Helper()
	id := h.mint.ID()
	address := fmt.Sprintf("carla-%x@example.com", id[4:10])
	h.must(h.peer.User(address, password))
	return address
}

// got waits for so many mails in somebody's mailbox and gives the last.
func (h *house) got(address, folder string, n int) *letter.Mail {
	h.t.Helper()
	var all []string
	h.until(fmt.Sprint(n, " mails for ", address), func() bool {
		var err error
		all, err = h.peer.Messages(address, folder)
		h.must(err)
		return len(all) >= n
	})
	if len(all) != n {
		h.t.Fatalf("%d mails in %s of %s, want %d", len(all), folder, address, n)
	}
	return letter.Read(strings.NewReader(all[n-1]), letter.Options{})
}

// raw gives the messages of a folder as they are.
func (h *house) raw(address, folder string) []string {
	h.t.Helper()
	all, err := h.peer.Messages(address, folder)
	h.must(err)
	return all
}

// files takes in what agents attach, without judging it.
type files struct{ h *house }

func (f files) Looks() bool { return f.h.scan != nil }

func (f files) Look(_ context.Context, name string, r io.Reader) error { return f.h.scan(name, r) }

func (f files) Take(ctx context.Context, u dialogue.Upload) (store.Attachment, error) {
	bytes, err := io.ReadAll(u.Body)
	if err != nil {
		return store.Attachment{}, err
	}
	a := store.Attachment{ID: f.h.mint.ID(), Unit: u.Unit, Contact: u.Contact, Name: u.Name, MediaType: u.MediaType, Size: uint64(len(bytes)),
		At: acd.At(time.Now()), By: u.Agent}
	return a, f.h.store.Save(ctx, store.Unit{Rows: []store.Row{a, store.AttachmentPiece{Unit: a.Unit, Attachment: a.ID, N: 1, Bytes: bytes}}})
}
