package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"portico/acd"
	"portico/fault"
	"portico/hub"
	"portico/identity"
	"portico/store"
)

const livePath = prefix + "/live"

// Bounds of the live feed.
const (
	socketsMax     = 16_384
	socketsEachMax = 20       // of one person or token
	topicsMax      = 64       // of one socket
	framesMax      = 256      // that wait for one socket; beyond it gets snapshots instead
	frameReadMax   = 16 << 10 // bytes of a client's frame
	writeMax       = 10 * time.Second
	pingEvery      = 25 * time.Second
	farewellMax    = time.Second // for the peer's close frame
	// tableEvery leaves room within the second in which a supervisor is to see a step
	// for the way to the browser and for drawing.
	tableEvery = 800 * time.Millisecond
)

// Ends of a socket that a client tells apart; those of RFC 6455 have their meaning.
const (
	closeSignedOut  = websocket.StatusCode(4401)
	closeTooMany    = websocket.StatusCode(4429)
	closeRestarting = websocket.StatusServiceRestart
)

var errSockets = fault.New(fault.TooMany, "too_many_sockets", "Too many live connections are open. Close some.")

// feed is the live feed: its sockets, the tables they share and the presence of
// desktops. Its lock is held briefly, and no other is taken meanwhile.
type feed struct {
	s        *Server
	life     context.Context // of everything that it runs
	end      context.CancelFunc
	work     sync.WaitGroup
	presence *presence
	tables   *tables

	mu      sync.Mutex
	stopped bool
	sockets map[*socket]struct{}
	each    map[string]int                       // sockets by person or token
	desks   map[acd.AgentID]map[*socket]struct{} // sockets with the topic agent
}

func newFeed(s *Server) *feed {
	f := &feed{s: s, sockets: map[*socket]struct{}{}, each: map[string]int{}, desks: map[acd.AgentID]map[*socket]struct{}{}}
	f.life, f.end = context.WithCancel(context.Background())
	f.presence = &presence{feed: f, desks: map[acd.AgentID]*desktop{}}
	f.tables = newTables(f)
	f.work.Go(f.tables.run)
	return f
}

// serveLive opens a socket of the live feed.
func (s *Server) serveLive(w http.ResponseWriter, r *http.Request) {
	v, _ := r.Context().Value(visitorKey{}).(visitor)
	c, err := s.admitLive(r, v)
	if err != nil {
		s.problem(err).write(w)
		return
	}
	k := &socket{feed: s.feed, call: c, bounded: s.names().scopeOf(c.caller) != nil, visitor: v, wake: make(chan struct{}, 1), talks: map[acd.ContactID]*follow{},
		tables: map[tableKind]*tableState{}}
	if err := s.feed.join(k); err != nil {
		s.problem(err).write(w)
		return
	}
	defer s.feed.leave(k)
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // admitLive verified the origin
	if err != nil {
		s.log.Debug("live feed not opened", "err", err, "peer", v.address)
		return
	}
	k.conn = conn
	conn.SetReadLimit(frameReadMax)
	k.run()
}

// admitLive finds out who asks. A browser sends cookies with a page of any origin,
// so the origin decides too.
func (s *Server) admitLive(r *http.Request, v visitor) (call, error) {
	if origin := r.Header.Get("Origin"); origin != "" && !s.origins[origin] {
		u, err := url.Parse(origin)
		if err != nil || !strings.EqualFold(u.Host, r.Host) {
			return call{}, errOrigin
		}
	}
	caller, err := s.recognise(r.Context(), v)
	if err != nil {
		return call{}, err
	}
	var asked acd.UnitID
	if err := asked.UnmarshalText([]byte(r.URL.Query().Get("unit"))); err != nil {
		return call{}, errInvalid.On("unit")
	}
	unit, err := s.scope(r.Context(), caller, asked)
	return call{caller: caller, unit: unit, secret: v.session}, err
}

// join counts a socket in, or refuses it.
func (f *feed) join(k *socket) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.stopped:
		return errStopping
	case len(f.sockets) >= socketsMax:
		return errBusy
	case f.each[k.who()] >= socketsEachMax:
		return errSockets
	}
	f.sockets[k] = struct{}{}
	f.each[k.who()]++
	f.work.Add(1)
	return nil
}

// leave undoes join and every subscription.
func (f *feed) leave(k *socket) {
	defer f.work.Done()
	k.mu.Lock()
	desk, talks := k.desk, k.talks
	k.talks = nil
	k.mu.Unlock()
	for _, t := range talks {
		t.cancel()
	}
	f.tables.leave(k)
	f.mu.Lock()
	delete(f.sockets, k)
	if f.each[k.who()]--; f.each[k.who()] <= 0 {
		delete(f.each, k.who())
	}
	f.mu.Unlock()
	if desk {
		f.closeDesk(k)
	}
}

// openDesk notes that a socket shows an agent's desk.
func (f *feed) openDesk(k *socket) {
	agent := k.call.caller.User
	f.mu.Lock()
	if f.desks[agent] == nil {
		f.desks[agent] = map[*socket]struct{}{}
	}
	f.desks[agent][k] = struct{}{}
	f.mu.Unlock()
	f.presence.set(k.call.unit, agent, true)
}

func (f *feed) closeDesk(k *socket) {
	agent := k.call.caller.User
	f.mu.Lock()
	delete(f.desks[agent], k)
	last := len(f.desks[agent]) == 0
	if last {
		delete(f.desks, agent)
	}
	f.mu.Unlock()
	if last {
		f.presence.set(k.call.unit, agent, false)
	}
}

// online gives the people who have a live connection open.
func (f *feed) online() map[acd.AgentID]bool {
	people := map[acd.AgentID]bool{}
	f.all(func(k *socket) { people[k.call.caller.User] = true })
	return people
}

// present reports whether an agent's desktop is open.
func (f *feed) present(agent acd.AgentID) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.desks[agent]) > 0
}

// batch marks the desks that a durable batch concerns, and the tables.
func (f *feed) batch(b hub.Batch) {
	touched := map[acd.AgentID]struct{}{}
	for _, c := range b.Changes {
		for _, e := range c.Effects {
			touched[e.Agent] = struct{}{}
		}
		for i := range c.Rows {
			touched[c.Rows[i].Agent] = struct{}{}
			for _, p := range c.Rows[i].Beside {
				touched[p.Agent] = struct{}{}
			}
		}
		for _, r := range c.Agents {
			touched[r.ID] = struct{}{}
		}
		for _, e := range c.Facts {
			touched[e.Agent] = struct{}{}
		}
		for _, row := range c.Riders {
			if link, ok := row.(store.CustomerLink); ok {
				open, _ := f.s.picture.Contact(link.Unit, link.Contact)
				touched[open.Agent] = struct{}{}
				for _, p := range open.ContactRow.Beside {
					touched[p.Agent] = struct{}{}
				}
			}
		}
	}
	var shown []*socket
	f.mu.Lock()
	for agent := range touched {
		for k := range f.desks[agent] {
			shown = append(shown, k)
		}
	}
	f.mu.Unlock()
	for _, k := range shown {
		k.markDesk()
	}
	f.tables.changed()
}

// all calls do for every socket, without holding the lock.
func (f *feed) all(do func(*socket)) {
	f.mu.Lock()
	sockets := slices.Collect(maps.Keys(f.sockets))
	f.mu.Unlock()
	for _, k := range sockets {
		do(k)
	}
}

// configured shows everybody new names and capacities.
func (f *feed) configured() {
	f.all(func(k *socket) {
		k.markDesk()
		k.markTables()
	})
	f.tables.changed()
}

// recheck has some callers' sockets find out whether they may still be open.
func (f *feed) recheck(whose func(identity.Caller) bool) {
	f.all(func(k *socket) {
		if whose(k.call.caller) {
			k.markCheck()
		}
	})
}

func ofUser(id acd.AgentID) func(identity.Caller) bool {
	return func(c identity.Caller) bool { return c.User == id }
}

func ofUnit(id acd.UnitID) func(identity.Caller) bool {
	return func(c identity.Caller) bool { return c.Unit == id }
}

func ofToken(id [16]byte) func(identity.Caller) bool {
	return func(c identity.Caller) bool { return c.Token == id }
}

// storeChanged tells everybody whether things can be saved. It does not block.
func (f *feed) storeChanged(h store.Health) {
	f.all(func(k *socket) { k.push(frame{Topic: "system", Kind: "store", Body: storeState{h.Away, h.Sentence}}) })
}

// storeState is the body of the system's frame of kind store.
type storeState struct {
	Away     bool   `json:"away"`
	Sentence string `json:"sentence,omitempty"`
}

// stop tells desktops that the server goes, closes their sockets and waits.
func (f *feed) stop(ctx context.Context) {
	f.mu.Lock()
	f.stopped = true
	f.mu.Unlock()
	f.presence.stop()
	f.all(func(k *socket) { k.close(closeRestarting, "stopping") })
	waited := make(chan struct{})
	go func() {
		f.work.Wait()
		close(waited)
	}()
	f.tables.stop()
	f.s.earlier.end()
	select {
	case <-waited:
	case <-ctx.Done():
		f.end()
		<-waited
	}
	f.end()
}

// frame is what the server says on a socket.
type frame struct {
	Topic string `json:"topic"`
	N     uint64 `json:"n,omitempty"`
	Kind  string `json:"kind"`
	Body  any    `json:"body,omitempty"`
}

// refusal is the body of a frame of kind refused.
type refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// request is what a client says on a socket.
type request struct {
	Op      string         `json:"op"`
	Topics  []topicRequest `json:"topics"`
	Packed  bool           `json:"packed"` // larger frames of tables are wanted as raw deflate, in binary messages
	Contact acd.ContactID  `json:"contact"`
}

type topicRequest struct {
	Topic string `json:"topic"`
	After uint64 `json:"after"` // of a conversation: the number of the last message that is known
}

var errFrame = errors.New("api: not a frame of the live feed")

// parseRequest reads a client's frame.
func parseRequest(data []byte) (request, error) {
	var r request
	if !cleanJSON(data) {
		return r, errFrame
	}
	if err := json.Unmarshal(data, &r); err != nil || len(r.Topics) > topicsMax {
		return request{}, errFrame
	}
	switch r.Op {
	case "subscribe", "unsubscribe", "typing", "ping":
		return r, nil
	}
	return request{}, errFrame
}

// topics says who may subscribe to what; a conversation's topic names its contact. The tag
// says which right opens it, as that of an operation does.
var topics = map[string]operation{
	"agent":         {roles: rolesDesk, person: true},
	"conversation/": {roles: rolesEveryone, tag: "messages", method: http.MethodGet},
	"queues":        {roles: rolesEveryone, tag: "real-time", method: http.MethodGet},
	"agents":        {roles: rolesEveryone, tag: "real-time", method: http.MethodGet},
	"contacts":      {roles: rolesEveryone, tag: "contacts", method: http.MethodGet},
	"alerts":        {roles: rolesSupervisor, tag: "alerts", method: http.MethodGet},
	flowTopic:       {roles: rolesSupervisor, tag: "workflows", method: http.MethodGet},
}

// errTopic looks the same for a topic that does not exist and for one that is not
// the caller's.
var errTopic = fault.New(fault.Missing, "no_such_topic", "There is no such topic here.")

// parseTopic gives the kind of topic, and the contact of a conversation's. That of a
// workflow is its name: each is a table of its own.
func parseTopic(c identity.Caller, name string) (kind string, contact acd.ContactID, err error) {
	kind = name
	if rest, ok := strings.CutPrefix(name, "conversation/"); ok {
		kind = "conversation/"
		if contact.UnmarshalText([]byte(rest)) != nil {
			return "", contact, errTopic
		}
	}
	if _, ok := flowOfTopic(kind); ok {
		if topics[flowTopic].admits(c) {
			return kind, contact, nil
		}
		return "", contact, errTopic
	}
	op, ok := topics[kind]
	if !ok || (kind == "conversation/") != !contact.IsZero() || !op.admits(c) {
		return "", contact, errTopic
	}
	return kind, contact, nil
}
