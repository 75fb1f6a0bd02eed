package api_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"portico/acd"
	"portico/api"
	"portico/dialogue"
	"portico/email"
	"portico/hub"
	"portico/identity"
	"portico/mint"
	"portico/outcall"
	"portico/picture"
	"portico/plan"
	"portico/seal"
	"portico/store"
	"portico/texts"
	"portico/webchat"
)

// house is a whole contact center on a real store, with the API's doors open.
type house struct {
	t       testing.TB
	dir     string
	mint    *mint.Mint
	store   *store.Store
	hub     *hub.Hub
	picture *picture.Picture
	chats   *webchat.Chats
	mails   *email.Channel
	gate    *identity.Gate
	code    *identity.Code
	api     *api.Server
	outside *outcall.Outcall
	server  *httptest.Server
	url     string

	mu    sync.Mutex
	skew  time.Duration
	serve http.Handler
}

func newHouse(t testing.TB) *house {
	h := &house{t: t, dir: t.TempDir()}
	h.mint = mint.New(1, h.now)
	h.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		serve := h.serve
		h.mu.Unlock()
		serve.ServeHTTP(w, r)
	}))
	h.server.Listener = narrow{h.server.Listener}
	h.server.Start()
	h.url = h.server.URL
	h.start()
	t.Cleanup(func() {
		h.stop()
		h.server.Close()
	})
	return h
}

// narrow is a listener whose connections hold little of what nobody reads.
type narrow struct{ net.Listener }

func (l narrow) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		err = c.(*net.TCPConn).SetWriteBuffer(16 << 10)
	}
	return c, err
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Now().Add(h.skew)
}

func (h *house) start() {
	h.t.Helper()
	ctx := h.t.Context()
	log := slog.New(slog.NewTextHandler(h.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	var err error
	h.store, err = store.Open(ctx, store.Options{Dir: h.dir, Site: 1, Log: log})
	h.must(err)
	configuration, err := api.LoadConfiguration(ctx, h.store, log)
	h.must(err)
	h.gate = identity.New(identity.Options{Store: h.store, Mint: h.mint, Key: [32]byte{1}, Now: h.now, Cost: identity.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}})
	begun, err := h.gate.Started(ctx)
	h.must(err)
	h.code = nil
	if !begun {
		h.code = identity.NewCode()
	}
	h.picture = picture.New(picture.Options{Now: h.now, Zone: configuration.Zone})
	world := api.NewWorld(configuration, h.picture, h.store, h.now)
	h.hub = hub.New(hub.Options{Flows: hub.Flows{World: world, Release: world.Release, Known: world.Known}, Store: h.store, Fold: h.picture.Fold, NewID: h.mint.ID, Now: h.now, Log: log})
	h.hub.SetFlows(world.Flows())
	configuration.Watch(func() { h.hub.SetFlows(world.Flows()) })
	catalogue, err := texts.Load()
	h.must(err)
	h.chats, err = webchat.New(webchat.Options{Hub: h.hub, Store: h.store, Picture: h.picture, Texts: catalogue, NewID: h.mint.ID,
		Now: h.now, Log: log, Key: bytes.Repeat([]byte("k"), 32), Pages: filepath.Join(h.dir, "html")})
	h.must(err)
	box := seal.New([32]byte{7})
	h.outside = outcall.New(outcall.Options{
		Tell: func(context.Context, outcall.Call, outcall.Result) error { return nil },
		Secret: func(_ context.Context, unit acd.UnitID, id outcall.SecretID) (string, error) {
			return configuration.Secret(box, unit, id)
		},
		Connection: func(_ context.Context, unit acd.UnitID, id outcall.ConnectionID) (outcall.Connection, error) {
			return configuration.Connection(unit, id)
		},
		Function: func(_ context.Context, unit acd.UnitID, id outcall.FunctionID) (outcall.Function, error) {
			return configuration.Function(unit, id)
		},
		Allow: configuration.OutsideAllow, Lookups: h.dir, Log: log})
	h.mails = email.New(email.Options{Hub: h.hub, Store: h.store, Picture: h.picture, Files: h.chats, Setup: configuration.Mail, Masker: h.chats.Masker,
		Seal: box, Global: identity.Global, NewID: h.mint.ID, Now: h.now, Log: log, Key: [32]byte{9}})
	h.api, err = api.New(api.Deps{Mails: h.mails, Seal: box, Outside: h.outside, Store: h.store, Core: h.hub, Picture: h.picture, Gate: h.gate, Configuration: configuration,
		Conversations: both{h.chats, h.mails, h.picture}, Mint: h.mint, Now: h.now, Log: log, Setup: h.code, Languages: []string{"english", "deutsch"}, Version: "test"})
	h.must(err)
	whole := plan.Diff(nil, configuration.Plan())
	h.must(h.picture.Load(ctx, h.store, whole))
	h.hub.Subscribe(h.chats.Fold)
	h.hub.Subscribe(h.api.Batch)
	h.must(h.hub.Start(ctx, whole))
	h.must(h.chats.Start(ctx))
	h.mu.Lock()
	h.serve = h.api.Handler()
	h.mu.Unlock()
}

// both are the channels: a contact's own is asked.
type both struct {
	*webchat.Chats
	mails   *email.Channel
	picture *picture.Picture
}

func (b both) isMail(unit acd.UnitID, contact acd.ContactID) bool {
	p, ok := b.picture.Contact(unit, contact)
	return ok && p.Medium == email.Medium
}

func (b both) Send(ctx context.Context, m dialogue.Outgoing) (store.Message, error) {
	if b.isMail(m.Unit, m.Contact) {
		return b.mails.Send(ctx, m)
	}
	return b.Chats.Send(ctx, m)
}

func (b both) Attach(ctx context.Context, u dialogue.Upload) (store.Message, store.Attachment, error) {
	if b.isMail(u.Unit, u.Contact) {
		return b.mails.Attach(ctx, u)
	}
	return b.Chats.Attach(ctx, u)
}

func (b both) Beside(ctx context.Context, m dialogue.Outgoing, do func(context.Context, store.Row) error) (store.Message, error) {
	if b.isMail(m.Unit, m.Contact) {
		return b.mails.Beside(ctx, m, do)
	}
	return b.Chats.Beside(ctx, m, do)
}

func (h *house) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	h.api.Stop(ctx)
	h.outside.Stop()
	h.must(h.mails.Stop(ctx))
	h.must(h.chats.Stop(ctx))
	h.must(h.hub.Stop(ctx))
	h.must(h.store.Close())
}

func (h *house) restart() {
	h.t.Helper()
	h.stop()
	h.start()
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

const password = "a good password"

// begin does the first start of the sample company through its door.
func (h *house) begin() {
	h.t.Helper()
	h.anybody().want(http.StatusCreated, "POST", "/setup", map[string]any{"code": h.code.String(), "company": "Acme", "language": "english",
		"time_zone": "Europe/Berlin", "sa_password": password, "pa_password": password, "sample": true, "agent_password": password})
}

// client is somebody who asks: by session, by token, or as nobody.
type client struct {
	h       *house
	cookie  string
	token   string
	unit    string // the query parameter unit, where it is not empty
	headers map[string]string
}

func (h *house) anybody() *client { return &client{h: h} }

// signIn signs in; unit is a business unit's name.
func (h *house) signIn(unit, name string) *client {
	h.t.Helper()
	c := h.anybody()
	a := c.do("POST", "/session", map[string]any{"unit": unit, "name": name, "password": password})
	if a.status != http.StatusCreated {
		h.t.Fatalf("signing in as %s: %d %s", name, a.status, a.body)
	}
	for _, k := range a.cookies {
		if k.Name == "portico_session" {
			c.cookie = k.Value
		}
	}
	return c
}

func (c *client) in(unit string) *client {
	d := *c
	d.unit = unit
	return &d
}

// answer is what came back.
type answer struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
	body    string
}

func (a answer) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
}

func (a answer) code() string {
	var p struct{ Code string }
	json.Unmarshal([]byte(a.body), &p)
	return p.Code
}

// do asks; body is text, bytes or anything that becomes JSON.
func (c *client) do(method, path string, body any) answer {
	c.h.t.Helper()
	var raw []byte
	switch b := body.(type) {
	case nil:
	case string:
		raw = []byte(b)
	case []byte:
		raw = b
	default:
		var err error
		raw, err = json.Marshal(b)
		c.h.must(err)
	}
	if !strings.HasPrefix(path, "/healthz") && !strings.HasPrefix(path, "/readyz") {
		path = "/api/v1" + path
	}
	if c.unit != "" {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		path += sep + "unit=" + c.unit
	}
	r, err := http.NewRequestWithContext(c.h.t.Context(), method, c.h.url+path, bytes.NewReader(raw))
	c.h.must(err)
	if raw != nil {
		r.Header.Set("Content-Type", "application/json")
	} else {
		r.Body = http.NoBody
		r.ContentLength = 0
	}
	if c.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "portico_session", Value: c.cookie})
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for name, value := range c.headers {
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	c.h.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	c.h.must(err)
	return answer{resp.StatusCode, resp.Header, resp.Cookies(), string(text)}
}

// want asks and fails the test on another status.
func (c *client) want(status int, method, path string, body any) answer {
	c.h.t.Helper()
	a := c.do(method, path, body)
	if a.status != status {
		c.h.t.Fatalf("%s %s: %d %s, want %d", method, path, a.status, a.body, status)
	}
	return a
}

type object struct {
	ID      string          `json:"id"`
	Name    string          `json:"name"`
	Version int             `json:"version"`
	Body    json.RawMessage `json:"body"`
}

type objects struct {
	Items []object `json:"items"`
	Next  string   `json:"next"`
}

// objects gives the names and ids of a kind.
func (c *client) objects(many string) map[string]object {
	c.h.t.Helper()
	var page objects
	c.want(200, "GET", "/"+many+"?limit=500", nil).into(c.h.t, &page)
	out := map[string]object{}
	for _, o := range page.Items {
		out[o.Name] = o
	}
	return out
}

// arrive brings a chat to a queue and gives its id.
func (h *house) arrive(unit, queue, clientID string) string {
	h.t.Helper()
	id := acd.ContactID(h.mint.ID())
	_, err := h.hub.Ask(h.t.Context(), hub.Command{Lane: hub.Arrivals, Arrival: &hub.Arrival{Contact: id, Unit: parse[acd.UnitID](h, unit),
		ClientID: clientID, Medium: "webchat", Queue: parse[acd.QueueID](h, queue), Priority: 50, Language: "english",
		Name: "Customer " + clientID, Caption: "A question of " + clientID, Source: clientID + "@example.com"}})
	h.must(err)
	return id.String()
}

func parse[T ~[16]byte, P interface {
	*T
	UnmarshalText([]byte) error
}](h *house, text string) T {
	h.t.Helper()
	var id T
	h.must(P(&id).UnmarshalText([]byte(text)))
	return id
}

// contact is what tests read of a contact.
type contact struct {
	ID        string `json:"id"`
	State     string `json:"state"`
	Agent     string `json:"agent"`
	AgentName string `json:"agent_name"`
	Queue     string `json:"queue"`
	QueueName string `json:"queue_name"`
	Offer     int    `json:"offer"`
	Caption   string `json:"caption"`
	EndWhy    string `json:"end_why"`
	Role      string `json:"role"`

	Participants []participant `json:"participants"`
}

type participant struct {
	Agent string `json:"agent"`
	Role  string `json:"role"`
	State string `json:"state"`
	Offer int    `json:"offer"`
	By    string `json:"by"`
}

func (c *client) contact(id string) contact {
	c.h.t.Helper()
	var v contact
	c.want(200, "GET", "/contacts/"+id, nil).into(c.h.t, &v)
	return v
}

// until waits for something to become so; what never does fails the test.
func (h *house) until(what string, so func() bool) {
	h.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !so() {
		if time.Now().After(deadline) {
			h.t.Fatalf("never: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func never() string {
	return fmt.Sprintf("0199aaaa-bbbb-7ccc-8ddd-%012x", time.Now().UnixNano()&0xffffffffffff)
}

// readTable reads a table as another program would.
func readTable(t testing.TB, text string) [][]string {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func writeTable(lines [][]string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.WriteAll(lines)
	return b.String()
}
