package webchat

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"portico/acd"
	"portico/hub"
	"portico/identity"
	"portico/mint"
	"portico/picture"
	"portico/plan"
	"portico/store"
	"portico/talk"
	"portico/texts"
	"portico/workflow"
)

// house is a whole contact center but for its own people's doors: store, hub,
// picture and chats, and a server for the customers.
type house struct {
	t       testing.TB
	dir     string
	mint    *mint.Mint
	store   *store.Store
	hub     *hub.Hub
	picture *picture.Picture
	chats   *Chats
	server  *httptest.Server
	wrap    func(Store) Store // what stands between chats and store
	limits  Limits
	scanner Scanner
	ended   func(acd.UnitID, acd.ContactID) []store.Row
	posts   bool             // e-mails can be sent
	log     io.Writer        // beside the test's own
	now     func() time.Time // the chats'; nil: the present
	// waitingAfter is when customers are told that all are busy: not within a test that
	// is not about it.
	waitingAfter time.Duration
	setup        func(acd.UnitID) talk.Setup
	widget       fs.FS
	flow         *workflow.Flow // that chats enter; nil: the built-in one
	world        workflow.World // that it asks; nil: one in which nothing is

	unit   acd.UnitID
	queue  acd.QueueID
	agents []acd.AgentID // Anna, Bert
}

var key = bytes.Repeat([]byte("k"), 32)

func newHouse(t testing.TB) *house { return newHouseLike(t, &house{}) }

// newHouseLike makes a house with the options that another has.
func newHouseLike(t testing.TB, h *house) *house {
	h.t, h.dir, h.mint, h.waitingAfter = t, t.TempDir(), mint.New(1, time.Now), time.Hour
	h.start(nil)
	h.people()
	h.stop()
	h.start(h.plan())
	return h
}

// row is a row of the outbox that tells of something.
func (h *house) row(unit acd.UnitID, what string) []store.Row {
	return []store.Row{store.Outbox{ID: h.mint.ID(), Unit: unit, Kind: what, At: acd.At(time.Now()), Body: []byte(`{}`)}}
}

// told counts what the outbox holds of a kind.
func (h *house) told(what string) int {
	h.t.Helper()
	rows, err := h.store.OutboxOf(h.t.Context(), what, [16]byte{}, 100)
	h.must(err)
	return len(rows)
}

// start opens the house on its folder.
func (h *house) start(p *plan.Plan) {
	h.t.Helper()
	ctx := h.t.Context()
	log := slog.New(slog.NewTextHandler(io.MultiWriter(h.t.Output(), cmp.Or(h.log, io.Discard)), nil))
	var err error
	if h.store, err = store.Open(ctx, store.Options{Dir: h.dir, Site: 1, Log: log}); err != nil {
		h.t.Fatal(err)
	}
	if p == nil {
		p, _ = plan.Compile(plan.Input{Version: 1, Settings: plan.Defaults()})
	}
	change := plan.Diff(nil, p)
	h.picture = picture.New(picture.Options{Now: time.Now})
	h.must(h.picture.Load(ctx, h.store, change))
	h.hub = hub.New(hub.Options{Store: h.store, Fold: h.picture.Fold, NewID: h.mint.ID, Now: time.Now, Log: log, Flows: hub.Flows{World: h.world}})
	catalogue, err := texts.Load()
	h.must(err)
	var s Store = h.store
	if h.wrap != nil {
		s = h.wrap(s)
	}
	now := h.now
	if now == nil {
		now = time.Now
	}
	h.chats, err = New(Options{Hub: h.hub, Store: s, Picture: h.picture, Texts: catalogue, Setup: h.setup, NewID: h.mint.ID, Now: now, Log: log,
		Key: key, Pages: filepath.Join(h.dir, "html"), Limits: h.limits, Scanner: h.scanner, Widget: h.widget,
		Ended: h.ended, Left: func(r store.OfflineRequest) []store.Row { return h.row(r.Unit, "left") },
		Posts: func(acd.UnitID) bool { return h.posts }, Copy: func(unit acd.UnitID, _ acd.ContactID, to string) []store.Row { return h.row(unit, "copy "+to) }})
	h.must(err)
	h.chats.waitingAfter = h.waitingAfter
	h.hub.Subscribe(h.chats.Fold)
	if h.flow != nil {
		h.hub.SetFlows(workflow.NewSet([]workflow.Entry{{Unit: h.unit, Name: "test", Enters: true, Flow: h.flow}}))
	}
	h.must(h.hub.Start(ctx, change))
	h.must(h.chats.Start(ctx))
	h.server = httptest.NewServer(h.chats.Handler())
	h.t.Cleanup(h.stop)
}

// stop closes the house in the order in which a process does.
func (h *house) stop() {
	if h.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	h.must(h.chats.Stop(ctx))
	h.server.CloseClientConnections()
	h.server.Close()
	h.must(h.hub.Stop(ctx))
	h.must(h.store.Close())
	h.server = nil
}

// people saves a unit with one queue and two agents.
func (h *house) people() {
	global := acd.UnitID(h.mint.ID())
	h.unit = acd.UnitID(h.mint.ID())
	h.put(global, plan.KindUnit, "DEFAULT", h.unit, identity.Unit{TimeZone: "UTC", Language: "english"})
	h.queue = acd.QueueID(h.mint.ID())
	h.put(h.unit, plan.KindQueue, "Sales", h.queue, queueOf())
	for _, name := range []string{"Anna", "Bert"} {
		id := acd.AgentID(h.mint.ID())
		h.agents = append(h.agents, id)
		h.put(h.unit, plan.KindUser, strings.ToLower(name), id, identity.User{FirstName: name, ScreenName: name, Roles: []identity.Role{identity.Agent}, Agent: agentOf()})
	}
}

func queueOf() plan.Queue {
	return plan.Queue{Domain: acd.Chat, ObjectiveS: 60, Policy: "longest_idle", Steps: []plan.Step{{}}, OfferS: 60, CustomerGraceS: 60}
}

func agentOf() plan.Agent { return plan.Agent{Capacity: map[acd.Domain]uint8{acd.Chat: 200}} }

func (h *house) put(unit acd.UnitID, kind store.ObjectKind, name string, id [16]byte, body any) {
	h.t.Helper()
	raw, err := json.Marshal(body)
	h.must(err)
	o := store.Object{Unit: unit, Kind: kind, ID: id, Name: name, Version: 1, Body: raw}
	h.must(h.store.Save(h.t.Context(), store.Unit{Rows: []store.Row{store.PutObject{Object: o}}}))
}

func (h *house) plan() *plan.Plan {
	in := plan.Input{Version: 2, Settings: plan.Defaults(),
		Queues: []plan.QueueObject{{Head: plan.Head{ID: h.queue, Unit: h.unit, Name: "Sales"}, Queue: queueOf()}}}
	for _, id := range h.agents {
		in.Agents = append(in.Agents, plan.AgentObject{Head: plan.Head{ID: id, Unit: h.unit, Name: id.String()}, Agent: agentOf()})
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

func (h *house) ask(event acd.Event) error {
	_, err := h.hub.Ask(h.t.Context(), hub.Command{Event: event, Lane: hub.Progress, Unit: h.unit})
	return err
}

// ready signs an agent in and makes it available for chats.
func (h *house) ready(agent acd.AgentID) {
	h.t.Helper()
	h.must(h.ask(acd.SignedIn{Agent: agent}))
	h.must(h.ask(acd.DesktopConnected{Agent: agent}))
	h.must(h.ask(acd.AgentStateChanged{Agent: agent, Domains: 1 << acd.Chat, Available: true}))
}

// accept waits until the contact is offered to somebody and takes the offer.
func (h *house) accept(contact acd.ContactID) acd.AgentID {
	h.t.Helper()
	joined := func() (n int) {
		messages, err := h.store.Messages(h.t.Context(), h.unit, contact, 0, 500)
		h.must(err)
		for _, m := range messages {
			if m.Kind == kindJoined {
				n++
			}
		}
		return n
	}
	before := joined()
	agent := h.acceptAlone(contact)
	// Whoever accepts is answered before the channel is told.
	h.until("the line of who joined", func() bool { return joined() > before })
	return agent
}

// acceptAlone does not wait for the channel to say who joined.
func (h *house) acceptAlone(contact acd.ContactID) acd.AgentID {
	h.t.Helper()
	var p picture.Contact
	h.until("an offer", func() bool {
		p, _ = h.picture.Contact(h.unit, contact)
		return p.State == acd.Offered
	})
	h.must(h.ask(acd.Accepted{Contact: contact, Agent: p.Agent, Offer: p.Offer}))
	return p.Agent
}

// until polls a condition for at most 20 s.
func (h *house) until(what string, is func() bool) {
	h.t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatalf("no %s within 20 s", what)
		}
	}
}

// do asks one of the JSON doors.
func (h *house) do(method, path, session string, body any) (int, string) {
	h.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		h.must(err)
		reader = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.server.URL+"/web"+path, reader)
	h.must(err)
	if session != "" {
		r.Header.Set("Authorization", "Bearer "+session)
	}
	response, err := h.server.Client().Do(r)
	h.must(err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	h.must(err)
	return response.StatusCode, string(raw)
}

// customer is a chat as its page holds it.
type customer struct {
	h       *house
	contact acd.ContactID
	session string
	sent    int
}

var chatNumber int

// arrive begins a chat.
func (h *house) arrive(text string) *customer {
	h.t.Helper()
	chatNumber++
	status, body := h.do("POST", "/api/chats", "", chatRequest{ClientID: fmt.Sprintf("chat-%d", chatNumber), Name: "Carla", Caption: text})
	if status != http.StatusCreated {
		h.t.Fatalf("a chat was answered %d: %s", status, body)
	}
	c := &customer{h: h}
	c.take(body)
	return c
}

// take reads the answer to a new chat.
func (c *customer) take(body string) {
	h := c.h
	h.t.Helper()
	var b begun
	h.must(json.Unmarshal([]byte(body), &b))
	c.contact, c.session = b.Contact, b.Session
	// Whoever begins is answered before the channel is told.
	h.until("the welcome", func() bool {
		saved := c.saved()
		return len(saved) > 0 && saved[len(saved)-1].Kind == kindWelcome
	})
}

// skewed is a clock that a test sets forward.
type skewed struct{ by atomic.Int64 }

func (s *skewed) now() time.Time       { return time.Now().Add(time.Duration(s.by.Load())) }
func (s *skewed) set(by time.Duration) { s.by.Store(int64(by)) }

// say posts a message and gives the answer.
func (c *customer) say(clientID, text string) (int, messageAnswer) {
	c.h.t.Helper()
	status, body := c.h.do("POST", "/api/chats/"+c.contact.String()+"/messages", c.session, messageRequest{ClientID: clientID, Text: text})
	var a messageAnswer
	if status == http.StatusOK {
		c.h.must(json.Unmarshal([]byte(body), &a))
	}
	return status, a
}

// saved gives all messages of the chat as the store has them.
func (c *customer) saved() []store.Message {
	c.h.t.Helper()
	rows, err := c.h.store.Messages(c.h.t.Context(), c.h.unit, c.contact, 0, pageMax)
	c.h.must(err)
	return rows
}

func contains(text, part string) bool { return strings.Contains(text, part) }
