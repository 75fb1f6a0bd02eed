package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/coder/websocket"
)

// Customers are the people on the public pages of one business unit and queue.
type Customers struct {
	Door  *Door
	Log   *Log
	Path  string // the virtual path, such as /web
	Unit  string // name of the business unit
	Queue string // name of the queue
	// Troubled is called for each request that was not answered as hoped, before
	// it is tried again; may be nil.
	Troubled func(error)
}

// Ask makes the chat with its first line, and tries again with the same client id
// until the outcome is known or ctx is over.
func (cs *Customers) Ask(ctx context.Context, c *Chat) error {
	first := c.firstLine()
	body, err := json.Marshal(newChat{ClientID: c.Name, Unit: cs.Unit, Queue: cs.Queue, Name: c.Name,
		Caption: "a question of the bench", Language: "english", Text: first.name + " I have a question."})
	if err != nil {
		return fmt.Errorf("encoding a chat: %w", err)
	}
	c.mu.Lock()
	c.sent = true
	c.mu.Unlock()
	return again(ctx, cs.Troubled, func() error {
		a, err := cs.Door.Do(ctx, http.MethodPost, cs.Path+"/api/chats", "", body)
		if err == nil {
			err = a.refused("POST " + cs.Path + "/api/chats of " + c.Name)
		}
		var refused *Refused
		if errors.As(err, &refused) && !Later(err) {
			c.Refused()
		}
		if err != nil {
			return err
		}
		var made chatMade
		if err := json.Unmarshal(a.Body, &made); err != nil || made.Contact == "" {
			return fmt.Errorf("the answer to a new chat cannot be read: %q", a.Body)
		}
		c.Made(made.Contact, made.Session)
		c.said(first, 0)
		return nil
	})
}

// queueMax is how long the customers' doors may take to know of a new queue.
const queueMax = 10 * time.Second

// AwaitQueue waits until the customers' doors know the queue, by a chat that leaves
// at once. Call it before any agent is there.
func (cs *Customers) AwaitQueue(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, queueMax)
	defer cancel()
	probe := newChat{ClientID: NewRun(), Unit: cs.Unit, Queue: cs.Queue, Name: "probe", Language: "english", Text: "probe"}
	for {
		var made chatMade
		err := cs.Door.JSON(ctx, http.MethodPost, cs.Path+"/api/chats", "", probe, &made)
		if err == nil {
			return cs.Door.JSON(ctx, http.MethodPost, cs.Path+"/api/chats/"+made.Contact+"/end", Bearer(made.Session), struct{}{}, nil)
		}
		if rest(ctx, pauseLeast); ctx.Err() != nil {
			return fmt.Errorf("the customers' doors do not know the queue %s: %w", cs.Queue, err)
		}
	}
}

// Say sends the customer's next line, and tries again with the same client id
// until the outcome is known or ctx is over.
func (cs *Customers) Say(ctx context.Context, c *Chat) error {
	contact, session := c.Contact()
	l := c.nextLine(customerSide)
	var made messageMade
	err := again(ctx, cs.Troubled, func() error {
		return cs.Door.JSON(ctx, http.MethodPost, cs.Path+"/api/chats/"+contact+"/messages", Bearer(session),
			newMessage{ClientID: l.name, Text: l.name + " And another thing."}, &made)
	})
	if err == nil {
		c.said(l, made.Seq)
	}
	return err
}

// Repeat asks for the chat and sends its last answered line once more, with their
// client ids. The log notes when an answer differs from the first.
func (cs *Customers) Repeat(ctx context.Context, c *Chat) error {
	if err := cs.Ask(ctx, c); err != nil {
		return err
	}
	contact, session := c.Contact()
	l := c.lastAnswered()
	if l == nil {
		return nil
	}
	var made messageMade
	err := again(ctx, cs.Troubled, func() error {
		return cs.Door.JSON(ctx, http.MethodPost, cs.Path+"/api/chats/"+contact+"/messages", Bearer(session),
			newMessage{ClientID: l.name, Text: l.name + " And another thing."}, &made)
	})
	if err == nil {
		c.said(l, made.Seq)
	}
	return err
}

// Leave ends the chat for the customer.
func (cs *Customers) Leave(ctx context.Context, c *Chat) error {
	contact, session := c.Contact()
	err := again(ctx, cs.Troubled, func() error {
		return cs.Door.JSON(ctx, http.MethodPost, cs.Path+"/api/chats/"+contact+"/end", Bearer(session), struct{}{}, nil)
	})
	if err == nil {
		c.End()
	}
	return err
}

// Watch keeps the customer's socket open until ctx is over, and comes back after
// each loss from the last message that it has seen.
func (cs *Customers) Watch(ctx context.Context, c *Chat) {
	c.Watched(customerSide, true)
	for pause := pauseLeast; ctx.Err() == nil; pause = longer(pause) {
		began := time.Now()
		err := cs.watchOnce(ctx, c)
		if ctx.Err() != nil || errors.Is(err, errOver) {
			return
		}
		if cs.Troubled != nil {
			cs.Troubled(err)
		}
		if time.Since(began) > pauseMost {
			pause = pauseLeast
		}
		rest(ctx, pause)
	}
}

var errOver = errors.New("the chat is over")

func (cs *Customers) watchOnce(ctx context.Context, c *Chat) error {
	contact, session := c.Contact()
	path := cs.Path + "/api/chats/" + contact + "/live?after=" + strconv.FormatUint(c.After(customerSide), 10)
	socket, err := cs.Door.Live(ctx, path, Bearer(session))
	if err != nil {
		return err
	}
	defer socket.CloseNow()
	for {
		var f frame
		if err := readFrame(ctx, socket, &f); err != nil {
			if websocket.CloseStatus(err) == websocket.StatusNormalClosure {
				return errOver
			}
			return err
		}
		if f.Kind != "messages" {
			continue
		}
		var messages []MessageView
		if err := json.Unmarshal(f.Body, &messages); err != nil {
			return fmt.Errorf("reading pushed messages: %w", err)
		}
		c.Pushed(customerSide, messages)
	}
}

func (c *Chat) firstLine() *line {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.lines) == 0 {
		c.lines = append(c.lines, &line{name: c.Name + "/0", by: customerSide})
	}
	return c.lines[0]
}

// lastAnswered gives the customer's last line with a number, or nil.
func (c *Chat) lastAnswered() *line {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(c.lines) - 1; i > 0; i-- {
		if l := c.lines[i]; l.by == customerSide && l.acked {
			return l
		}
	}
	return nil
}

func (c *Chat) nextLine(by string) *line {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := &line{name: c.Name + "/" + strconv.Itoa(len(c.lines)), by: by}
	c.lines = append(c.lines, l)
	return l
}

func readFrame(ctx context.Context, socket *websocket.Conn, f *frame) error {
	kind, data, err := socket.Read(ctx)
	if err != nil {
		return err
	}
	if kind != websocket.MessageText {
		return errors.New("a frame that is not text")
	}
	*f = frame{}
	if err := json.Unmarshal(data, f); err != nil {
		return fmt.Errorf("reading a frame: %w", err)
	}
	return nil
}

// The pauses between two attempts.
const (
	pauseLeast = 25 * time.Millisecond
	pauseMost  = 400 * time.Millisecond
)

func longer(pause time.Duration) time.Duration { return min(2*pause, pauseMost) }

func rest(ctx context.Context, pause time.Duration) {
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// again does the same until it succeeds, is refused for good, or ctx is over.
func again(ctx context.Context, troubled func(error), do func() error) error {
	for pause := pauseLeast; ; pause = longer(pause) {
		err := do()
		if err == nil {
			return nil
		}
		if troubled != nil && ctx.Err() == nil {
			troubled(err)
		}
		if !Later(err) || ctx.Err() != nil {
			return err
		}
		rest(ctx, pause)
	}
}
