package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Agent is one person at a desktop: it takes what it is offered, answers, ends the
// conversation and wraps up. A contact of another run is declined.
type Agent struct {
	Door *Door
	Log  *Log
	ID   string // the user's id
	Pass Pass
	// Talk is how many lines the agent writes before it ends a conversation.
	// Negative: it never ends one.
	Talk int
	// Follow reads the conversation over the live feed.
	Follow bool
	// OnOffer is called at the first sight of each offer, from the socket's reader;
	// may be nil. It must not block.
	OnOffer func(c *Chat, seen time.Time)
	// Troubled is called for each request that was not answered as hoped; may be nil.
	Troubled func(error)

	mu     sync.Mutex
	socket *websocket.Conn
	desk   map[string]DeskContact
	hands  map[string]*hand
	group  sync.WaitGroup
}

// hand is what the agent has done about one contact. Pages and pushes may still
// show an earlier stage of the same offer.
type hand struct {
	chat  *Chat
	offer uint32
	stage int
	owned bool // its acceptance is in the log
	busy  bool // a goroutine works on it
	// followed is the connection over which the conversation is read.
	followed *websocket.Conn
}

// The stages of a contact in hand.
const (
	stageOffered = iota
	stageActive
	stageWrapUp
	stageGone
)

var stages = map[string]int{"offered": stageOffered, "active": stageActive, "interrupted": stageActive, "wrap_up": stageWrapUp}

// Serve works until ctx is over, and comes back after each loss. It returns when
// all work in hand has stopped.
func (a *Agent) Serve(ctx context.Context) {
	a.mu.Lock()
	a.hands, a.desk = map[string]*hand{}, map[string]DeskContact{}
	a.mu.Unlock()
	defer a.group.Wait()
	for pause := pauseLeast; ctx.Err() == nil; pause = longer(pause) {
		began := time.Now()
		if err := a.connect(ctx); err != nil && ctx.Err() == nil {
			a.trouble(err)
		}
		if time.Since(began) > pauseMost {
			pause = pauseLeast
		}
		rest(ctx, pause)
	}
}

func (a *Agent) trouble(err error) {
	if a.Troubled != nil {
		a.Troubled(err)
	}
}

// connect opens the desktop, becomes available, and reads until the socket is lost.
func (a *Agent) connect(ctx context.Context) error {
	socket, err := a.Door.Live(ctx, "/api/v1/live", a.Pass)
	if err != nil {
		return err
	}
	defer socket.CloseNow()
	a.mu.Lock()
	a.socket = socket
	a.mu.Unlock()
	if err := tell(ctx, socket, topic{Topic: "agent"}); err != nil {
		return err
	}
	ready := false
	for {
		var f frame
		if err := readFrame(ctx, socket, &f); err != nil {
			return err
		}
		switch {
		case f.Topic == "agent" && f.Kind == "snapshot":
			var d Desk
			if err := json.Unmarshal(f.Body, &d); err != nil {
				return fmt.Errorf("reading the desk: %w", err)
			}
			a.see(ctx, d)
			if !ready {
				ready = true
				a.group.Go(func() { a.becomeAvailable(ctx) })
			}
		case f.Kind == "messages" && strings.HasPrefix(f.Topic, "conversation/"):
			if err := a.read(strings.TrimPrefix(f.Topic, "conversation/"), f.Body); err != nil {
				return err
			}
		}
	}
}

func (a *Agent) becomeAvailable(ctx context.Context) {
	again(ctx, a.Troubled, func() error {
		return a.Door.JSON(ctx, http.MethodPut, "/api/v1/agent/state", a.Pass, map[string]any{"available": true}, nil)
	})
}

func (a *Agent) read(contact string, body json.RawMessage) error {
	a.mu.Lock()
	h := a.hands[contact]
	a.mu.Unlock()
	if h == nil {
		return nil
	}
	var messages []MessageView
	if err := json.Unmarshal(body, &messages); err != nil {
		return fmt.Errorf("reading pushed messages: %w", err)
	}
	h.chat.Pushed(a.ID, messages)
	return nil
}

// see takes a snapshot of the desk and starts work on what it shows.
func (a *Agent) see(ctx context.Context, d Desk) {
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.desk = make(map[string]DeskContact, len(d.Contacts))
	for _, c := range d.Contacts {
		if _, mine := stages[c.State]; !mine {
			continue // held in the own list
		}
		a.desk[c.ID] = c
		h := a.hands[c.ID]
		if h == nil {
			h = &hand{chat: a.Log.Find(c.Name)}
			a.hands[c.ID] = h
		}
		if h.chat != nil && c.State == "offered" && h.chat.Offered(a.ID, c.Offer) && a.OnOffer != nil {
			a.OnOffer(h.chat, now)
		}
		if stage := h.at(c); stage == stageActive && h.owned && h.followed != a.socket {
			a.group.Go(func() { a.follow(ctx, c.ID, h) }) // a new connection
		}
		if !h.busy && h.at(c) < stageGone {
			h.busy = true
			a.group.Go(func() { a.work(ctx, c.ID, h) })
		}
	}
	for id, h := range a.hands {
		if _, listed := a.desk[id]; !listed && !h.busy {
			delete(a.hands, id)
		}
	}
}

// at gives the stage of a contact as shown, or as known from our own commands when
// that is later. A new offer number starts anew.
func (h *hand) at(c DeskContact) int {
	if c.Offer != h.offer {
		h.offer, h.stage, h.owned = c.Offer, stageOffered, false
	}
	h.stage = max(h.stage, stages[c.State])
	return h.stage
}

// work takes one contact through its life, as far as it stays on the desk.
func (a *Agent) work(ctx context.Context, id string, h *hand) {
	defer func() {
		a.mu.Lock()
		h.busy = false
		a.mu.Unlock()
	}()
	for pause := pauseLeast; ctx.Err() == nil; {
		a.mu.Lock()
		c, listed := a.desk[id]
		stage := stageGone
		if listed {
			stage = h.at(c)
		}
		a.mu.Unlock()
		if stage == stageGone {
			return
		}
		if h.chat != nil && stage != stageOffered {
			a.own(ctx, id, h)
			if a.Talk < 0 {
				return // whoever drives the agent goes on: see Say and Close
			}
		}
		err := a.step(ctx, c, h, stage)
		if err == nil {
			a.mu.Lock()
			if h.offer == c.Offer {
				h.stage = max(h.stage, stage+1)
				if h.chat == nil {
					h.stage = stageGone
				}
			}
			a.mu.Unlock()
			pause = pauseLeast
			continue
		}
		if ctx.Err() == nil {
			a.trouble(err)
		}
		rest(ctx, pause)
		pause = longer(pause)
		if !Later(err) {
			a.look(ctx)
		}
	}
}

// step does what the stage asks for.
func (a *Agent) step(ctx context.Context, c DeskContact, h *hand, stage int) error {
	if h.chat == nil {
		return a.command(ctx, c.ID, "decline", map[string]any{"offer": c.Offer})
	}
	switch stage {
	case stageOffered:
		if err := a.command(ctx, c.ID, "accept", map[string]any{"offer": c.Offer}); err != nil {
			return err
		}
		a.own(ctx, c.ID, h)
		return nil
	case stageActive:
		if err := a.talk(ctx, c.ID, h.chat); err != nil {
			return err
		}
		if err := a.command(ctx, c.ID, "finish", nil); err != nil {
			return err
		}
		h.chat.Did("finished", a.ID)
		return nil
	default:
		if err := a.command(ctx, c.ID, "wrap-up", map[string]any{"client_id": h.chat.Name + "/end"}); err != nil {
			return err
		}
		h.chat.Did("ended", a.ID)
		return nil
	}
}

// own notes that the contact is the agent's, by an answer or by what the desk shows
// after a lost answer, and begins to follow it.
func (a *Agent) own(ctx context.Context, id string, h *hand) {
	a.mu.Lock()
	known := h.owned
	h.owned = true
	a.mu.Unlock()
	if known {
		return
	}
	h.chat.Did("accepted", a.ID)
	a.follow(ctx, id, h)
}

// follow reads the conversation, once over each connection.
func (a *Agent) follow(ctx context.Context, id string, h *hand) {
	a.mu.Lock()
	socket := a.socket
	known := h.followed == socket
	h.followed = socket
	a.mu.Unlock()
	if known || !a.Follow || h.chat == nil {
		return
	}
	if a.Talk < 0 {
		h.chat.Watched(a.ID, true)
	}
	if err := tell(ctx, socket, conversation(id, h.chat.After(a.ID))); err != nil && ctx.Err() == nil {
		a.trouble(err) // the next connection asks again
	}
}

func (a *Agent) talk(ctx context.Context, contact string, chat *Chat) error {
	for chat.linesOf(a.ID) < a.Talk {
		if err := a.Say(ctx, contact, chat); err != nil {
			return err
		}
	}
	return nil
}

// Say sends the agent's next line, and tries again with the same client id until
// the outcome is known or ctx is over. The chat itself may not know its contact
// yet: an offer can be faster than the answer to the customer.
//
// A request that is under way when ctx ends is waited for: the server would save its
// line after everybody was thought to have heard all, and the checker would miss a push.
func (a *Agent) Say(ctx context.Context, contact string, c *Chat) error {
	l := c.nextLine(a.ID)
	var made messageMade
	err := again(ctx, a.Troubled, func() error {
		return a.Door.JSON(context.WithoutCancel(ctx), http.MethodPost, "/api/v1/contacts/"+contact+"/messages", a.Pass,
			newMessage{ClientID: l.name, Text: l.name + " Let me see."}, &made)
	})
	if err == nil {
		c.said(l, made.Seq)
	}
	return err
}

// Close ends a conversation that the agent owns, and its wrap-up.
func (a *Agent) Close(ctx context.Context, c *Chat) error {
	contact, _ := c.Contact()
	for _, stage := range []int{stageActive, stageWrapUp} {
		err := again(ctx, a.Troubled, func() error {
			return a.step(ctx, DeskContact{ID: contact}, &hand{chat: c}, stage)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *Agent) command(ctx context.Context, contact, name string, body any) error {
	if body == nil {
		body = struct{}{}
	}
	return a.Door.JSON(ctx, http.MethodPost, "/api/v1/contacts/"+contact+"/"+name, a.Pass, body, nil)
}

// look reads the desk, when a command was refused because the world had changed.
func (a *Agent) look(ctx context.Context) {
	var d Desk
	if err := a.Door.JSON(ctx, http.MethodGet, "/api/v1/agent", a.Pass, nil, &d); err != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.desk = make(map[string]DeskContact, len(d.Contacts))
	for _, c := range d.Contacts {
		if _, mine := stages[c.State]; mine {
			a.desk[c.ID] = c
		}
	}
}

// tell subscribes to a topic.
func tell(ctx context.Context, socket *websocket.Conn, t topic) error {
	data, err := json.Marshal(feedCommand{Op: "subscribe", Topics: []topic{t}})
	if err != nil {
		return fmt.Errorf("encoding for the live feed: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, exchangeMax)
	defer cancel()
	return socket.Write(ctx, websocket.MessageText, data)
}

func conversation(contact string, after uint64) topic {
	return topic{Topic: "conversation/" + contact, After: &after}
}

func (c *Chat) linesOf(by string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, l := range c.lines {
		if l.by == by && l.acked {
			n++
		}
	}
	return n
}
