package webchat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"portico/acd"
	"portico/store"
)

const (
	// frameMax is how large a frame of a customer may be.
	frameMax = 4 << 10
	// frameRate and frameBurst bound a customer's frames; more ends the socket.
	frameRate  = 10 // per second
	frameBurst = 50
	// writeWait is how long one frame may take to leave: a slower reader is dropped
	// and comes back for the rest.
	writeWait = 5 * time.Second
	pingEvery = 25 * time.Second
	// helloWait is how long a socket may take to show its session.
	helloWait = 5 * time.Second

	// The subprotocols: ours, and the one whose tail is the session, since pages
	// cannot send headers with a WebSocket.
	protocol        = "portico.v1"
	sessionProtocol = "session."
)

// socket is one page of a customer that listens. It has no queue: it is woken, and
// reads what its cursor has not seen, so that a slow one costs nothing.
type socket struct {
	wake chan struct{} // one waiting signal

	typed acd.AgentID // who has typed since the last look; under the conversation's mu
}

func (s *socket) wakeUp() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// typing notes that an agent types. The conversation's mu is held.
func (s *socket) typing(agent acd.AgentID) {
	s.typed = agent
	s.wakeUp()
}

// frame is what a customer's page is sent.
type frame struct {
	Kind string `json:"kind"` // messages, state, read, typing, store, pong
	Body any    `json:"body,omitempty"`
}

// stateBody is the body of a state frame.
type stateBody struct {
	State    string `json:"state"`              // waiting, active, ended
	Position int    `json:"position,omitempty"` // while waiting, from 1; 0 when not known
	// ExpectedWait is in seconds, while waiting; 0 when not known. It moves in steps, so
	// that a page is not told of each second.
	ExpectedWait int    `json:"expected_wait_s,omitempty"`
	Agent        string `json:"agent,omitempty"` // while active
}

// readBody is the body of a read frame: the number of the last message that an agent
// has read.
type readBody struct {
	Seq uint64 `json:"seq"`
}

type storeBody struct {
	Away bool `json:"away"`
}

type typingBody struct {
	Name string `json:"name"`
}

// order is what a customer's page may send.
type order struct {
	Op      string `json:"op"` // session, typing, read, ping
	Session string `json:"session"`
	Seq     uint64 `json:"seq"`
	Text    string `json:"text"` // with typing: what stands there so far
}

func (c *Chats) serveLive(w http.ResponseWriter, r *http.Request) {
	after, err := afterOf(r)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	done, ok := c.bounds.socket(c.addressOf(r))
	if !ok {
		c.refuse(w, r, errBusy)
		return
	}
	defer done()
	if !c.enter() {
		c.refuse(w, r, errStopping)
		return
	}
	defer c.running.Done()
	session := sessionOf(r)
	if session != "" {
		if _, _, err := c.admit(r, session); err != nil {
			c.refuse(w, r, err)
			return
		}
	}
	// Any page may open the socket: the session in it is what counts, not a cookie.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true, Subprotocols: []string{protocol}})
	if err != nil {
		return // Accept has answered
	}
	defer conn.CloseNow()
	conn.SetReadLimit(frameMax)
	if session == "" {
		session = c.firstFrame(conn)
	}
	unit, contact, err := c.admit(r, session)
	if err != nil {
		conn.Close(websocket.StatusPolicyViolation, "1007")
		return
	}
	c.live(conn, unit, contact, after)
}

// sessionOf finds the session in the header or among the subprotocols.
func sessionOf(r *http.Request) string {
	if session := bearer(r); session != "" {
		return session
	}
	for _, header := range r.Header.Values("Sec-WebSocket-Protocol") {
		for offer := range strings.SplitSeq(header, ",") {
			if session, ok := strings.CutPrefix(strings.TrimSpace(offer), sessionProtocol); ok {
				return session
			}
		}
	}
	return ""
}

func (c *Chats) firstFrame(conn *websocket.Conn) string {
	ctx, cancel := context.WithTimeout(c.context, helloWait)
	defer cancel()
	_, raw, err := conn.Read(ctx)
	if err != nil {
		return ""
	}
	var o order
	if json.Unmarshal(raw, &o) != nil || o.Op != "session" {
		return ""
	}
	return o.Session
}

// live serves one socket until it or the chat ends.
func (c *Chats) live(conn *websocket.Conn, unit acd.UnitID, contact acd.ContactID, after uint64) {
	conv := c.pin(unit, contact)
	defer conv.unpin()
	s := &socket{wake: make(chan struct{}, 1)}
	conv.join(s)
	defer conv.leave(s)
	ctx, cancel := context.WithCancel(c.context)
	defer cancel()
	read := make(chan struct{})
	go func() { // ends with the connection, which live closes before it returns
		defer close(read)
		defer cancel()
		// Its context never ends: that would cut the connection before the farewell.
		c.readOrders(context.Background(), conn, conv)
	}()
	err := c.writeFrames(ctx, conn, conv, s, after)
	switch {
	case c.context.Err() != nil:
		conn.Close(websocket.StatusServiceRestart, "restart")
	case errors.Is(err, errEnded):
		conn.Close(websocket.StatusNormalClosure, "ended")
	}
	conn.CloseNow()
	<-read
}

// join adds a socket, which brings the customer back.
func (c *conversation) join(s *socket) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sockets == nil {
		c.sockets = make(map[*socket]struct{}, 1)
	}
	c.sockets[s] = struct{}{}
}

func (c *conversation) leave(s *socket) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sockets, s)
	c.used = c.chats.o.Now()
	if len(c.sockets) == 0 {
		c.presence.lostAt = c.used.Add(socketWait)
	}
}

// readOrders takes what the page sends until the connection ends.
func (c *Chats) readOrders(ctx context.Context, conn *websocket.Conn, conv *conversation) {
	pace := rate.NewLimiter(frameRate, frameBurst)
	for {
		_, raw, err := conn.Read(ctx)
		if err != nil {
			return
		}
		if !pace.Allow() {
			conn.Close(websocket.StatusPolicyViolation, "too many frames")
			return
		}
		pong, err := c.obey(conv, raw)
		if err != nil {
			conn.Close(websocket.StatusUnsupportedData, "not a frame")
			return
		}
		if pong && writeFrame(conn, "pong", nil) != nil {
			return
		}
	}
}

// obey does what one frame asks; what it does not know it passes over, since a page
// may be newer than the server. pong is set when the page wants to be answered,
// because it cannot see the protocol's own pings.
func (c *Chats) obey(conv *conversation, raw []byte) (pong bool, _ error) {
	var o order
	if err := json.Unmarshal(raw, &o); err != nil {
		return false, err
	}
	switch o.Op {
	case "ping":
		return true, nil
	case "typing":
		conv.customerTypes(c.typed(conv.unit, o.Text))
	case "read":
		if conv.holds(o.Seq) {
			c.markRead(store.ReadMark{Unit: conv.unit, Contact: conv.contact, Reader: store.AuthorCustomer, Seq: o.Seq})
		}
	}
	return false, nil
}

// typed gives what agents may see of what a customer is typing: nothing, unless the
// settings say so.
func (c *Chats) typed(unit acd.UnitID, text string) string {
	if text == "" || !c.setup(unit).Settings.ShowTyped {
		return ""
	}
	return c.Masker(unit).Typed(text)
}

// holds reports whether there is a message of this number.
func (c *conversation) holds(seq uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return seq > 0 && seq <= c.last
}

// writeFrames sends what is new whenever the socket is woken. It gives errEnded when
// the chat is over and all was sent.
func (c *Chats) writeFrames(ctx context.Context, conn *websocket.Conn, conv *conversation, s *socket, after uint64) error {
	load, cancel := context.WithTimeout(ctx, loadWait)
	err := conv.load(load)
	cancel()
	if err != nil {
		return err
	}
	over := c.isOpen(conv.unit, conv.contact) != nil
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	w := &frameWriter{ctx: ctx, conn: conn}
	cursor, state, away, read := after, stateBody{}, false, readBody{}
	for {
		// The state is read first: what it is the result of may be told after it, but
		// no message is missed that was there when the chat ended.
		now := c.stateOf(ctx, conv)
		var silent bool
		if cursor, silent, err = c.writeMessages(w, conv, cursor); err != nil {
			return err
		}
		if now != state {
			state = now
			w.send("state", state)
		}
		if now := conv.readByAgent(); now != read {
			read = now
			w.send("read", read)
		}
		if typed := conv.takeTyped(s); !typed.IsZero() {
			w.send("typing", typingBody{Name: c.names.screenName(ctx, conv.unit, typed)})
		}
		if now := c.away.Load(); now != away {
			away = now
			w.send("store", storeBody{Away: away})
		}
		if w.err != nil {
			return w.err
		}
		if state.State == stateEnded && (over || silent) {
			return errEnded
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.wake:
		case <-ping.C:
			w.ping()
		}
	}
}

// silent reports whether the conversation is over and its last word told. mu is held.
func (c *conversation) silent() bool {
	return c.presence.over && len(c.flight)+len(c.awaiting) == 0 && c.beside == nil
}

// readByAgent tells how far the agents' side has read.
func (c *conversation) readByAgent() readBody {
	c.mu.Lock()
	defer c.mu.Unlock()
	return readBody{Seq: c.marks[store.AuthorAgent]}
}

func (c *conversation) takeTyped(s *socket) acd.AgentID {
	c.mu.Lock()
	defer c.mu.Unlock()
	typed := s.typed
	s.typed = acd.AgentID{}
	return typed
}

// writeMessages sends all messages after the cursor and gives the new one; silent is set
// when no other will come.
func (c *Chats) writeMessages(w *frameWriter, conv *conversation, cursor uint64) (_ uint64, silent bool, _ error) {
	for {
		rows, silent, ok := conv.since(cursor)
		if !ok {
			ctx, cancel := context.WithTimeout(w.ctx, loadWait)
			var err error
			rows, err = c.o.Store.Messages(ctx, conv.unit, conv.contact, cursor, customerPageMax)
			cancel()
			if err != nil {
				return cursor, false, err
			}
		}
		if len(rows) == 0 {
			return cursor, silent, w.err
		}
		last := rows[len(rows)-1].Seq
		seen, err := c.forCustomer(w.ctx, conv.unit, rows)
		if err != nil {
			return cursor, false, err
		}
		if cursor = last; len(seen) > 0 {
			w.send("messages", seen)
		}
		if w.err != nil {
			return cursor, false, w.err
		}
	}
}

// since gives the durable messages after a number; ok is false when they begin
// before what is kept. silent is of the same moment: asked later, it could say so of a
// last word that was told meanwhile and is not among these.
func (c *conversation) since(seq uint64) (rows []store.Message, silent, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.recent)
	if n == 0 {
		return nil, c.silent(), true
	}
	first := c.recent[0].Seq
	if seq+1 < first {
		return nil, false, false
	}
	if from := seq + 1 - first; from < uint64(n) {
		return append([]store.Message(nil), c.recent[from:]...), c.silent(), true
	}
	return nil, c.silent(), true
}

const (
	stateWaiting = "waiting"
	stateActive  = "active"
	stateEnded   = "ended"
)

// stateOf gives what the customer is told of the contact.
func (c *Chats) stateOf(ctx context.Context, conv *conversation) stateBody {
	p, ok := c.o.Picture.Contact(conv.unit, conv.contact)
	switch {
	case !ok || isOver(&p.ContactRow):
		return stateBody{State: stateEnded}
	case isWaiting(p.State):
		position, _, _ := c.o.Picture.Position(conv.unit, conv.contact)
		return stateBody{State: stateWaiting, Position: position, ExpectedWait: c.expectedWait(conv.unit, p.Queue, position)}
	}
	return stateBody{State: stateActive, Agent: c.names.screenName(ctx, conv.unit, p.Agent)}
}

// waitStep is what a waiting time is rounded up to.
const waitStep = 15 * time.Second

// expectedWait gives how long a place of a queue is likely to wait, in seconds; 0 when
// that is not known.
func (c *Chats) expectedWait(unit acd.UnitID, queue acd.QueueID, place int) int {
	wait, ok := c.o.Picture.ExpectedWait(unit, queue, place)
	if !ok {
		return 0
	}
	return int((wait + waitStep - 1).Truncate(waitStep) / time.Second)
}

// frameWriter sends frames until the first error.
type frameWriter struct {
	ctx  context.Context
	conn *websocket.Conn
	err  error
}

func (w *frameWriter) send(kind string, body any) {
	if w.err != nil {
		return
	}
	w.err = writeFrame(w.conn, kind, body)
}

// writeFrame does not end with the program's context: that would cut the connection
// in the middle of a frame, before the farewell.
func writeFrame(conn *websocket.Conn, kind string, body any) error {
	raw, err := json.Marshal(frame{Kind: kind, Body: body})
	if err != nil {
		return fmt.Errorf("encode a frame: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeWait)
	defer cancel()
	return conn.Write(ctx, websocket.MessageText, raw)
}

// ping finds out whether the page is still there.
func (w *frameWriter) ping() {
	ctx, cancel := context.WithTimeout(context.Background(), writeWait)
	defer cancel()
	w.err = w.conn.Ping(ctx)
}
