package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// fake is an honest little server in memory with the doors that the bench uses:
// one queue, agents who are offered what is first. Its faults are set by tests.
type fake struct {
	*httptest.Server
	forgetChat    func(n int) bool // answer the n-th chat, keep nothing
	forgetMessage func(n int) bool
	twice         func(n int) bool // keep the n-th message twice

	mu       sync.Mutex
	chats    map[string]*fakeChat
	order    []string
	clients  map[string]string // contact by client id
	objects  map[string]object[map[string]any]
	desks    map[string]chan struct{} // agents with a live desktop, woken at each change
	messages int
}

type fakeChat struct {
	ContactView
	offer    uint32
	lines    []MessageView
	facts    []FactView
	watchers []chan struct{}
}

func newFake(t *testing.T) *fake {
	f := &fake{chats: map[string]*fakeChat{}, clients: map[string]string{}, objects: map[string]object[map[string]any]{"units DEFAULT": {ID: "u"}}, desks: map[string]chan struct{}{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /web/api/chats", f.newChat)
	mux.HandleFunc("POST /web/api/chats/{id}/messages", f.say("customer"))
	mux.HandleFunc("GET /web/api/chats/{id}/live", f.watch)
	mux.HandleFunc("POST /web/api/chats/{id}/end", f.leave)
	mux.HandleFunc("POST /api/v1/contacts/{id}/messages", f.say("agent"))
	mux.HandleFunc("POST /api/v1/contacts/{id}/{command}", f.command)
	mux.HandleFunc("GET /api/v1/contacts", f.list(func(c *fakeChat) bool { return c.State != "ended" }))
	mux.HandleFunc("GET /api/v1/history", f.list(func(c *fakeChat) bool { return c.State == "ended" }))
	mux.HandleFunc("GET /api/v1/contacts/{id}", f.one(func(c *fakeChat) any { return c.ContactView }))
	mux.HandleFunc("GET /api/v1/contacts/{id}/messages", f.one(func(c *fakeChat) any { return page[MessageView]{Items: slices.Clone(c.lines)} }))
	mux.HandleFunc("GET /api/v1/contacts/{id}/facts", f.one(func(c *fakeChat) any { return page[FactView]{Items: slices.Clone(c.facts)} }))
	mux.HandleFunc("GET /api/v1/live", f.live)
	mux.HandleFunc("GET /api/v1/agent", func(w http.ResponseWriter, r *http.Request) { answer(w, f.desk(agentOf(r))) })
	mux.HandleFunc("PUT /api/v1/agent/state", func(w http.ResponseWriter, r *http.Request) { f.offer(); w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("POST /api/v1/session", f.signIn)
	mux.HandleFunc("PUT /api/v1/users/{id}/password", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /api/v1/{kind}", f.find)
	mux.HandleFunc("POST /api/v1/{kind}", f.put)
	mux.HandleFunc("PUT /api/v1/{kind}/{id}", f.put)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

func agentOf(r *http.Request) string {
	c, err := r.Cookie("agent")
	if err != nil {
		return ""
	}
	return c.Value
}

func (f *fake) signIn(w http.ResponseWriter, r *http.Request) {
	var in map[string]string
	json.NewDecoder(r.Body).Decode(&in)
	f.mu.Lock()
	defer f.mu.Unlock()
	w.Header().Set("Set-Cookie", "agent="+f.objects["users "+in["name"]].ID+"; Path=/")
	answer(w, struct{}{})
}

func (f *fake) find(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := page[object[map[string]any]]{}
	if o, ok := f.objects[r.PathValue("kind")+" "+r.FormValue("find")]; ok {
		o.Name = r.FormValue("find")
		p.Items = append(p.Items, o)
	}
	answer(w, p)
}

func (f *fake) put(w http.ResponseWriter, r *http.Request) {
	var o object[map[string]any]
	json.NewDecoder(r.Body).Decode(&o)
	f.mu.Lock()
	defer f.mu.Unlock()
	o.ID = "id-" + o.Name
	f.objects[r.PathValue("kind")+" "+o.Name] = o
	answer(w, o)
}

func (f *fake) newChat(w http.ResponseWriter, r *http.Request) {
	var in newChat
	json.NewDecoder(r.Body).Decode(&in)
	f.mu.Lock()
	id, known := f.clients[in.ClientID]
	if !known {
		id = fmt.Sprintf("c-%d", len(f.clients)+1)
		f.clients[in.ClientID] = id
		if f.forgetChat == nil || !f.forgetChat(len(f.clients)) {
			c := &fakeChat{ContactView: ContactView{ID: id, Name: in.Name, State: "queued", EndedAt: time.Now().UnixMilli()}}
			c.fact("arrived", "")
			c.lines = append(c.lines, MessageView{Seq: 1, Author: "customer", ClientID: in.ClientID, Text: in.Text})
			f.chats[id] = c
			f.order = append(f.order, id)
		}
	}
	f.mu.Unlock()
	f.offer()
	answer(w, chatMade{Contact: id, Session: "s"})
}

func (c *fakeChat) fact(kind, agent string) {
	c.facts = append(c.facts, FactView{Kind: kind, Agent: agent, Contact: c.ID, Number: c.offer})
}

func (f *fake) say(author string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in newMessage
		json.NewDecoder(r.Body).Decode(&in)
		f.mu.Lock()
		defer f.mu.Unlock()
		c := f.chats[r.PathValue("id")]
		if c == nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		for _, m := range c.lines {
			if m.ClientID == in.ClientID {
				answer(w, messageMade{Seq: m.Seq})
				return
			}
		}
		f.messages++
		copies := 1
		if f.forgetMessage != nil && f.forgetMessage(f.messages) {
			copies = 0
		} else if f.twice != nil && f.twice(f.messages) {
			copies = 2
		}
		seq := uint64(len(c.lines) + 1)
		for i := range copies {
			c.lines = append(c.lines, MessageView{Seq: seq + uint64(i), Author: author, ClientID: in.ClientID + strings.Repeat("~", i), Text: in.Text})
		}
		for _, wake := range c.watchers {
			poke(wake)
		}
		answer(w, messageMade{Seq: seq})
	}
}

func poke(wake chan struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}

// offer gives the first waiting chat to each agent who has none.
func (f *fake) offer() {
	f.mu.Lock()
	defer f.mu.Unlock()
	busy := map[string]bool{}
	for _, c := range f.chats {
		if c.State != "queued" && c.State != "ended" {
			busy[c.Agent] = true
		}
	}
	for agent, wake := range f.desks {
		for len(f.order) > 0 && !busy[agent] {
			c := f.chats[f.order[0]]
			f.order, busy[agent] = f.order[1:], true
			c.offer++
			c.State, c.Agent = "offered", agent
			c.fact("offered", agent)
		}
		poke(wake)
	}
}

func (f *fake) leave(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	f.mu.Lock()
	defer f.mu.Unlock()
	if c := f.chats[id]; c != nil && c.State == "queued" {
		c.State = "ended"
		c.fact("ended", "")
		f.order = slices.DeleteFunc(f.order, func(other string) bool { return other == id })
	}
	w.WriteHeader(http.StatusNoContent)
}

func (f *fake) command(w http.ResponseWriter, r *http.Request) {
	next := map[string][3]string{"accept": {"offered", "active", "accepted"}, "finish": {"active", "wrap_up", "finished"}, "wrap-up": {"wrap_up", "ended", "ended"}}
	step := next[r.PathValue("command")]
	f.mu.Lock()
	c := f.chats[r.PathValue("id")]
	ok := c != nil && c.State == step[0] && c.Agent == agentOf(r)
	if ok {
		c.State = step[1]
		c.fact(step[2], c.Agent)
	}
	f.mu.Unlock()
	if !ok {
		w.WriteHeader(http.StatusConflict)
		return
	}
	f.offer()
	w.WriteHeader(http.StatusNoContent)
}

func (f *fake) list(of func(*fakeChat) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		p := page[ContactView]{}
		for _, c := range f.chats {
			if of(c) {
				p.Items = append(p.Items, c.ContactView)
			}
		}
		answer(w, p)
	}
}

func (f *fake) one(show func(*fakeChat) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		answer(w, show(f.chats[r.PathValue("id")]))
	}
}

func (f *fake) desk(agent string) Desk {
	f.mu.Lock()
	defer f.mu.Unlock()
	d := Desk{}
	for _, c := range f.chats {
		if c.Agent == agent && c.State != "ended" {
			d.Contacts = append(d.Contacts, DeskContact{ID: c.ID, Name: c.Name, State: c.State, Offer: c.offer})
		}
	}
	return d
}

func (f *fake) live(w http.ResponseWriter, r *http.Request) {
	socket, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer socket.CloseNow()
	ctx := r.Context()
	agent, wake := agentOf(r), make(chan struct{}, 1)
	f.mu.Lock()
	f.desks[agent] = wake
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(f.desks, agent)
		f.mu.Unlock()
	}()
	commands := make(chan feedCommand)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer cancel()
		for {
			var c feedCommand
			_, data, err := socket.Read(ctx)
			if err != nil || json.Unmarshal(data, &c) != nil {
				return
			}
			select {
			case commands <- c:
			case <-ctx.Done():
				return
			}
		}
	}()
	send := func(topic, kind string, body any) bool {
		raw, _ := json.Marshal(body)
		data, _ := json.Marshal(frame{Topic: topic, Kind: kind, Body: raw})
		return socket.Write(ctx, websocket.MessageText, data) == nil
	}
	followed := map[string]uint64{}
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-commands:
			for _, t := range c.Topics {
				if t.After != nil {
					id := t.Topic[len("conversation/"):]
					followed[id] = *t.After
					f.mu.Lock()
					f.chats[id].watchers = append(f.chats[id].watchers, wake)
					f.mu.Unlock()
				}
			}
		case <-wake:
		}
		if !send("agent", "snapshot", f.desk(agent)) {
			return
		}
		for id, after := range followed {
			if news := f.after(id, after); len(news) > 0 {
				followed[id] = news[len(news)-1].Seq
				send("conversation/"+id, "messages", news)
			}
		}
	}
}

func (f *fake) after(id string, after uint64) []MessageView {
	f.mu.Lock()
	defer f.mu.Unlock()
	lines := f.chats[id].lines
	return slices.Clone(lines[min(after, uint64(len(lines))):])
}

func (f *fake) watch(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	socket, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer socket.CloseNow()
	ctx := socket.CloseRead(r.Context())
	after, _ := strconv.ParseUint(r.FormValue("after"), 10, 64)
	wake := make(chan struct{}, 1)
	f.mu.Lock()
	f.chats[id].watchers = append(f.chats[id].watchers, wake)
	f.mu.Unlock()
	for {
		if news := f.after(id, after); len(news) > 0 {
			after = news[len(news)-1].Seq
			raw, _ := json.Marshal(news)
			data, _ := json.Marshal(frame{Kind: "messages", Body: raw})
			if socket.Write(ctx, websocket.MessageText, data) != nil {
				return
			}
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return
		}
	}
}
