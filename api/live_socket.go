package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/store"
)

// socket is one connection of the live feed. Whoever has news marks it and wakes
// its writer, which makes the frames: so a slow reader costs marks, not memory.
type socket struct {
	feed *feed
	call call
	// bounded tells whether the teams that the person supervises bound what is shown.
	bounded bool
	visitor visitor
	conn    *websocket.Conn
	wake    chan struct{}
	hangUp  context.CancelFunc // ends the connection at once

	mu        sync.Mutex
	frames    []any // frames and talkFrames that wait, at most framesMax
	desk      bool  // subscribed to the topic agent
	deskDirty bool
	check     bool // find out whether the session still holds
	closing   websocket.StatusCode
	reason    string
	talks     map[acd.ContactID]*follow
	tables    map[tableKind]*tableState
}

// follow is a socket's subscription to a conversation.
type follow struct {
	contact acd.ContactID
	cancel  func()
	// last is the number of the last message that was put into a frame.
	last uint64
	// behind says that messages after last are to be read from the store.
	behind bool
	// reading is set while they are.
	reading bool
}

// talkFrame is news of a conversation that waits to be made into a frame.
type talkFrame struct {
	contact acd.ContactID
	news    dialogue.Frame
}

// tableState is a socket's subscription to a table.
type tableState struct {
	packed  bool         // frames are wanted small
	whole   bool         // a snapshot is due
	version uint64       // of the last snapshot that was made
	pending []tableBytes // deltas that wait
}

func (k *socket) who() string {
	return k.call.caller.User.String() + acd.QueueID(k.call.caller.Token).String()
}

// run serves the socket until it ends. The reader is a goroutine of its own.
func (k *socket) run() {
	ctx, cancel := context.WithCancel(k.feed.life)
	defer cancel()
	k.hangUp = cancel
	s := k.feed.s
	k.push(frame{Topic: "hello", Kind: "hello", Body: s.me(k.call.caller, s.gate.Expires(k.call.secret))})
	if h := s.health(); h.Away {
		k.push(frame{Topic: "system", Kind: "store", Body: storeState{h.Away, h.Sentence}})
	}
	var reader sync.WaitGroup
	reader.Go(func() {
		defer cancel()
		k.read(ctx)
	})
	k.write(ctx)
	k.conn.CloseNow()
	cancel()
	reader.Wait()
}

// read takes the client's frames until the socket ends.
func (k *socket) read(ctx context.Context) {
	pace := rate.NewLimiter(20, 100)
	for {
		kind, data, err := k.conn.Read(ctx)
		if err != nil {
			return
		}
		if !pace.Allow() {
			k.close(closeTooMany, "too many frames") // the writer ends the socket; until then nothing is taken
			continue
		}
		r, err := parseRequest(data)
		if kind != websocket.MessageText || err != nil {
			k.push(frame{Topic: "system", Kind: "refused", Body: refusal{errInvalid.Code, errInvalid.Sentence}})
			continue
		}
		k.take(ctx, r)
	}
}

func (k *socket) take(ctx context.Context, r request) {
	s := k.feed.s
	switch r.Op {
	case "subscribe":
		for _, t := range r.Topics {
			if err := k.subscribe(ctx, t, r.Packed); err != nil {
				f := faultOf(err)
				k.push(frame{Topic: t.Topic, Kind: "refused", Body: refusal{f.Code, f.Sentence}})
			}
		}
	case "unsubscribe":
		for _, t := range r.Topics {
			k.unsubscribe(t.Topic)
		}
	case "typing":
		if _, ok := s.picture.Contact(k.call.unit, r.Contact); ok && !k.call.caller.User.IsZero() && k.call.caller.Has(rolesDesk...) {
			s.conversations.Typing(k.call.unit, r.Contact, k.call.caller.User)
		}
	case "ping":
		k.push(frame{Topic: "system", Kind: "pong", N: uint64(s.at())})
	}
}

func (k *socket) subscribe(ctx context.Context, t topicRequest, packed bool) error {
	kind, contact, err := parseTopic(k.call.caller, t.Topic)
	if err != nil {
		return err
	}
	switch kind {
	case "agent":
		k.mu.Lock()
		first := !k.desk
		k.desk, k.deskDirty = true, true
		k.mu.Unlock()
		if first {
			k.feed.openDesk(k)
		}
		k.rouse()
		return nil
	case "conversation/":
		return k.listen(ctx, contact, t.After)
	case "alerts":
		if err := k.feed.s.watchAlerts(ctx, k.call.unit); err != nil {
			return err
		}
	default:
		if id, ok := flowOfTopic(kind); ok {
			if _, err := k.feed.s.flow(k.call.unit, id); err != nil {
				return errTopic
			}
		}
	}
	k.mu.Lock()
	k.tables[tableKind(kind)] = &tableState{whole: true, packed: packed}
	k.mu.Unlock()
	k.feed.tables.join(k, tableKind(kind))
	k.rouse()
	return nil
}

// listen subscribes to a conversation. What came after the number that the client
// knows is read from the store.
func (k *socket) listen(ctx context.Context, contact acd.ContactID, after uint64) error {
	s := k.feed.s
	if err := s.exists(ctx, k.call.unit, contact); errors.Is(err, store.ErrNone) {
		return errTopic
	} else if err != nil {
		return err
	}
	if err := s.sees(ctx, k.call, contact); err != nil {
		return err
	}
	k.mu.Lock()
	if t := k.talks[contact]; t != nil { // again: from another number
		t.last, t.behind = after, true
		k.mu.Unlock()
		k.rouse()
		return nil
	}
	if len(k.talks) >= topicsMax {
		k.mu.Unlock()
		return errSockets
	}
	t := &follow{contact: contact, last: after, behind: true, cancel: func() {}}
	k.talks[contact] = t
	k.mu.Unlock()
	cancel := s.conversations.Subscribe(k.call.unit, contact, func(news dialogue.Frame) { k.tell(t, news) })
	k.mu.Lock()
	t.cancel = cancel
	k.mu.Unlock()
	k.rouse()
	return nil
}

// tell takes news of a conversation. It does not block.
func (k *socket) tell(t *follow, news dialogue.Frame) {
	k.mu.Lock()
	switch {
	case news.Message == nil:
		k.queue(talkFrame{t.contact, news})
	// The files that a message names, and what a mail is besides its text, are read with it from the store.
	case t.reading || t.behind || news.Message.Seq > t.last+1 || news.Message.Kind == kindFile ||
		news.Message.Kind == dialogue.KindMail || news.Message.Kind == dialogue.KindMailFile:
		t.behind = true
	case news.Message.Seq == t.last+1:
		if k.queue(talkFrame{t.contact, news}) {
			t.last++
		}
	}
	k.mu.Unlock()
	k.rouse()
}

func (k *socket) unsubscribe(topic string) {
	kind, contact, err := parseTopic(k.call.caller, topic)
	if err != nil {
		return
	}
	var cancel func()
	closed := false
	k.mu.Lock()
	switch kind {
	case "agent":
		closed, k.desk = k.desk, false
	case "conversation/":
		if t := k.talks[contact]; t != nil {
			cancel = t.cancel
			delete(k.talks, contact)
		}
	default:
		delete(k.tables, tableKind(kind))
	}
	k.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	if closed {
		k.feed.closeDesk(k)
	}
}

// push adds a frame.
func (k *socket) push(f frame) {
	k.mu.Lock()
	k.queue(f)
	k.mu.Unlock()
	k.rouse()
}

// queue adds a frame, or, when too many wait, drops them all: everything that the
// socket shows is then sent anew. It reports whether the frame was added. k.mu is held.
func (k *socket) queue(f any) bool {
	if len(k.frames) < framesMax {
		k.frames = append(k.frames, f)
		return true
	}
	// What waited is the oldest: messages are read again from before it.
	for _, old := range k.frames {
		if tf, ok := old.(talkFrame); ok && tf.news.Message != nil {
			if t := k.talks[tf.contact]; t != nil {
				t.last, t.behind = min(t.last, tf.news.Message.Seq-1), true
			}
		}
	}
	if tf, ok := f.(talkFrame); ok && tf.news.Message != nil {
		if t := k.talks[tf.contact]; t != nil {
			t.behind = true
		}
	}
	k.frames = nil
	k.deskDirty = k.desk
	for _, t := range k.tables {
		t.whole, t.pending = true, nil
	}
	return false
}

func (k *socket) rouse() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

func (k *socket) markDesk() {
	k.mu.Lock()
	k.deskDirty = k.desk
	k.mu.Unlock()
	k.rouse()
}

func (k *socket) markTables() {
	k.mu.Lock()
	for _, t := range k.tables {
		t.whole, t.pending = true, nil
	}
	k.mu.Unlock()
	k.rouse()
}

func (k *socket) markCheck() {
	k.mu.Lock()
	k.check = true
	k.mu.Unlock()
	k.rouse()
}

// close has the writer send what waits, then the close frame.
func (k *socket) close(code websocket.StatusCode, reason string) {
	k.mu.Lock()
	if k.closing == 0 {
		k.closing, k.reason = code, reason
	}
	k.mu.Unlock()
	k.rouse()
}

// write sends frames until the socket ends. A write that takes longer than writeMax
// ends it.
func (k *socket) write(ctx context.Context) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		if err := k.flush(ctx); err != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-k.wake:
		case <-ping.C:
			limited, cancel := context.WithTimeout(ctx, writeMax)
			err := k.conn.Ping(limited)
			cancel()
			if err != nil {
				return
			}
			k.markCheck() // an open desktop uses its session
		}
	}
}

// flush sends all that waits.
func (k *socket) flush(ctx context.Context) error {
	for {
		k.mu.Lock()
		frames, desk, check, closing, reason := k.frames, k.deskDirty, k.check, k.closing, k.reason
		k.frames, k.deskDirty, k.check = nil, false, false
		k.mu.Unlock()
		if check && closing == 0 {
			closing, reason = k.judge(ctx)
		}
		for _, f := range frames {
			if err := k.sendQueued(ctx, f); err != nil {
				return err
			}
		}
		if desk {
			d := k.feed.s.desk(k.call)
			if err := k.send(ctx, frame{Topic: "agent", N: d.Version, Kind: "snapshot", Body: d}); err != nil {
				return err
			}
		}
		if err := k.catchUp(ctx); err != nil {
			return err
		}
		if err := k.sendTables(ctx); err != nil {
			return err
		}
		if closing != 0 {
			k.send(ctx, frame{Topic: "system", Kind: farewells[closing]})
			impatient := time.AfterFunc(farewellMax, k.hangUp)
			defer impatient.Stop()
			return errors.Join(errClosed, k.conn.Close(closing, reason))
		}
		if !k.waiting() {
			return nil
		}
	}
}

var (
	errClosed = errors.New("api: the socket was closed")
	// farewells are the kinds of the last frame of a socket, by how it is closed.
	farewells = map[websocket.StatusCode]string{closeRestarting: "stopping", closeSignedOut: "signed_out", closeTooMany: "too_many"}
)

// waiting reports whether more came while the last was sent.
func (k *socket) waiting() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.frames) > 0 || k.deskDirty || k.check || k.closing != 0 {
		return true
	}
	for _, t := range k.talks {
		if t.behind {
			return true
		}
	}
	for _, t := range k.tables {
		if t.whole || len(t.pending) > 0 {
			return true
		}
	}
	return false
}

// judge finds out whether the session or token is still good, and for the same: who
// was given other roles comes again. While the store cannot be read, nothing changes.
func (k *socket) judge(ctx context.Context) (websocket.StatusCode, string) {
	caller, err := k.feed.s.recognise(ctx, k.visitor)
	if f := fault.Of(err); f != nil && f.Kind == fault.SignedOut {
		return closeSignedOut, "signed out"
	}
	if err == nil && (!slices.Equal(caller.Roles, k.call.caller.Roles) || !slices.Equal(caller.Rights, k.call.caller.Rights)) {
		return closeRestarting, "other roles"
	}
	if err == nil && (k.feed.s.names().scopeOf(caller) != nil) != k.bounded {
		return closeRestarting, "other teams"
	}
	return 0, ""
}

func (k *socket) sendQueued(ctx context.Context, f any) error {
	switch f := f.(type) {
	case frame:
		return k.send(ctx, f)
	case talkFrame:
		return k.send(ctx, k.talkFrame(f))
	}
	return fmt.Errorf("api: no such frame: %T", f)
}

func (k *socket) talkFrame(f talkFrame) frame {
	names := k.feed.s.names()
	out := frame{Topic: "conversation/" + f.contact.String()}
	switch {
	case f.news.Message != nil:
		out.N, out.Kind, out.Body = f.news.Message.Seq, "messages", []Message{message(names, *f.news.Message, k.hears(f.contact, f.news.Message.Kind), k.call)}
	case f.news.Typing != nil:
		out.Kind, out.Body = "typing", typingBody{nameOf(authorNames[:], f.news.Typing.Author), f.news.Typing.By, f.news.Typing.Text}
	case f.news.Read != nil:
		out.N, out.Kind, out.Body = f.news.Read.Seq, "read", readBody{nameOf(authorNames[:], f.news.Read.Reader), f.news.Read.Seq}
	}
	return out
}

// hears reports whether the socket may show a new message of a conversation. Whispers are
// written while their contact is open, so memory knows who takes part.
func (k *socket) hears(contact acd.ContactID, kind string) bool {
	if kind != dialogue.KindWhisper || supervises(k.call.caller) {
		return true
	}
	open, ok := k.feed.s.picture.Contact(k.call.unit, contact)
	return ok && takesPart(open, k.call.caller.User)
}

type (
	typingBody struct {
		Author string      `json:"author"`
		By     acd.AgentID `json:"by,omitzero"`
		Text   string      `json:"text,omitempty"`
	}
	readBody struct {
		Reader string `json:"reader"`
		Seq    uint64 `json:"seq"`
	}
)

// catchUpPage is how many messages one frame of a catch-up holds.
const catchUpPage = 200

// catchUp reads from the store what conversations are behind by.
func (k *socket) catchUp(ctx context.Context) error {
	for {
		t, after := k.nextBehind()
		if t == nil {
			return nil
		}
		s := k.feed.s
		limited, cancel := context.WithTimeout(ctx, writeMax)
		rows, err := s.store.Messages(limited, k.call.unit, t.contact, after, catchUpPage)
		var body []Message
		var heard bool
		if err == nil {
			heard, err = s.hearsWhispers(limited, k.call, t.contact)
		}
		if err == nil {
			body, err = s.messages(limited, k.call, t.contact, rows, heard)
		}
		cancel()
		k.caughtUp(t, rows, err)
		if err != nil {
			return k.pause(ctx, err)
		}
		if len(rows) == 0 {
			continue
		}
		last := rows[len(rows)-1].Seq
		if err := k.send(ctx, frame{Topic: "conversation/" + t.contact.String(), N: last, Kind: "messages",
			Body: body}); err != nil {
			return err
		}
	}
}

// caughtUp notes what was read. What was told meanwhile is read too.
func (k *socket) caughtUp(t *follow, rows []store.Message, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	t.reading = false
	if err != nil {
		t.behind = true
	} else if len(rows) > 0 {
		t.last = rows[len(rows)-1].Seq
		t.behind = t.behind || len(rows) == catchUpPage
	}
}

// pause waits a moment before the store is asked again.
func (k *socket) pause(ctx context.Context, err error) error {
	k.feed.s.log.Debug("conversation not read", "err", err)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Second):
		return nil
	}
}

func (k *socket) nextBehind() (*follow, uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, t := range k.talks {
		if t.behind {
			t.behind, t.reading = false, true
			k.unqueue(t)
			return t, t.last
		}
	}
	return nil, 0
}

// unqueue takes a conversation's waiting messages out: they are read with the others,
// so that all stay in order. k.mu is held.
func (k *socket) unqueue(t *follow) {
	k.frames = slices.DeleteFunc(k.frames, func(f any) bool {
		tf, ok := f.(talkFrame)
		if !ok || tf.contact != t.contact || tf.news.Message == nil {
			return false
		}
		t.last = min(t.last, tf.news.Message.Seq-1)
		return true
	})
}

func (k *socket) send(ctx context.Context, f frame) error {
	data, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("encoding a frame of %s: %w", f.Topic, err)
	}
	return k.sendAs(ctx, websocket.MessageText, data)
}

// sendAs gives a large frame more time: writeMax and a second for each 32 KiB.
func (k *socket) sendAs(ctx context.Context, kind websocket.MessageType, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, writeMax+time.Duration(len(data)>>15)*time.Second)
	defer cancel()
	return k.conn.Write(ctx, kind, data)
}
