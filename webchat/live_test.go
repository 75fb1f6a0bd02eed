package webchat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"portico/acd"
	"portico/dialogue"
	"portico/store"
)

// page is a customer's page: one socket and what it was sent.
type page struct {
	t     testing.TB
	conn  *websocket.Conn
	seqs  []uint64
	texts []string
	state stateBody
	away  bool
	typed string
	seen  uint64 // by the agent
}

// open opens a socket after a message number.
func (c *customer) open(after uint64) *page {
	c.h.t.Helper()
	p, err := c.dial(after, &websocket.DialOptions{Subprotocols: []string{protocol, sessionProtocol + c.session}})
	c.h.must(err)
	return p
}

func (c *customer) dial(after uint64, o *websocket.DialOptions) (*page, error) {
	address := fmt.Sprintf("ws%s/web/api/chats/%s/live?after=%d", strings.TrimPrefix(c.h.server.URL, "http"), c.contact, after)
	conn, _, err := websocket.Dial(c.h.t.Context(), address, o)
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(1 << 20)
	c.h.t.Cleanup(func() { conn.CloseNow() })
	return &page{t: c.h.t, conn: conn}, nil
}

// read reads frames until the page is as wanted, or the connection's end, which it gives.
func (p *page) read(wanted func() bool) error {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 20*time.Second)
	defer cancel()
	for !wanted() {
		_, raw, err := p.conn.Read(ctx)
		if err != nil {
			return err
		}
		var f struct {
			Kind string
			Body json.RawMessage
		}
		if err := json.Unmarshal(raw, &f); err != nil {
			p.t.Fatal(err)
		}
		switch f.Kind {
		case "messages":
			var messages []customerMessage
			json.Unmarshal(f.Body, &messages)
			for _, m := range messages {
				p.seqs = append(p.seqs, m.Seq)
				p.texts = append(p.texts, m.Kind+" "+m.Text+m.Name)
			}
		case "state":
			p.state = stateBody{}
			json.Unmarshal(f.Body, &p.state)
		case "store":
			var s storeBody
			json.Unmarshal(f.Body, &s)
			p.away = s.Away
		case "typing":
			var s typingBody
			json.Unmarshal(f.Body, &s)
			p.typed = s.Name
		case "read":
			var s readBody
			json.Unmarshal(f.Body, &s)
			p.seen = s.Seq
		}
	}
	return nil
}

func (p *page) must(wanted func() bool) {
	p.t.Helper()
	if err := p.read(wanted); err != nil {
		p.t.Fatalf("the socket ended: %v; it has %v and state %v", err, p.texts, p.state)
	}
}

// A page sees its place in the queue, who joins, what is written and typed, that the
// store is away, and the end, after which its socket is closed.
func TestLive(t *testing.T) {
	h := newHouse(t)
	first, c := h.arrive("first"), h.arrive("Hello")
	p := c.open(0)
	p.must(func() bool { return p.state == stateBody{State: stateWaiting, Position: 2} && len(p.seqs) == 2 })
	h.ready(h.agents[0])
	h.accept(first.contact)
	agent := h.accept(c.contact)
	p.must(func() bool { return p.state == stateBody{State: stateActive, Agent: "Anna"} && len(p.seqs) == 3 })
	_, err := h.chats.Send(t.Context(), dialogue.Outgoing{Unit: h.unit, Contact: c.contact, Agent: agent, ClientID: "a", Kind: kindText, Text: "Hi "})
	h.must(err)
	p.must(func() bool { return len(p.seqs) == 4 })
	h.chats.Typing(h.unit, c.contact, agent)
	p.must(func() bool { return p.typed == "Anna" })
	h.chats.storeAway(true)
	p.must(func() bool { return p.away })
	h.chats.storeAway(false)
	p.must(func() bool { return !p.away })
	h.must(h.ask(acd.Finished{Contact: c.contact, Agent: agent}))
	err = p.read(func() bool { return false })
	if websocket.CloseStatus(err) != websocket.StatusNormalClosure || p.state.State != stateEnded {
		t.Errorf("at the end the socket gave %v in state %v", err, p.state)
	}
	if want := "[text Hello welcome Hello Carla, thank you for writing to us. Somebody will be with you shortly. " +
		"joined Anna has joined the chat.Anna text Hi Anna ended Anna has ended the chat. Thank you for writing to us.Anna]"; fmt.Sprint(p.texts) != want {
		t.Errorf("the page shows %v, want %s", p.texts, want)
	}
	late := c.open(3)
	if late.read(func() bool { return false }); fmt.Sprint(late.seqs) != "[4 5]" || late.state.State != stateEnded {
		t.Errorf("a page that comes back after the end is sent %v in state %v", late.seqs, late.state)
	}
}

// Each side learns how far the other has read: at once, on coming back, and after a
// restart; a mark never goes back, nor beyond the last message.
func TestRead(t *testing.T) {
	h := newHouse(t)
	c := h.arrive("Hello")
	h.ready(h.agents[0])
	agent := h.accept(c.contact)
	p := c.open(0)
	last := c.saved()[len(c.saved())-1].Seq
	h.chats.MarkRead(h.unit, c.contact, h.agents[1], 1) // not the chat's agent
	h.chats.MarkRead(h.unit, c.contact, agent, 2)
	p.must(func() bool { return p.seen == 2 })
	h.chats.MarkRead(h.unit, c.contact, agent, 1)
	h.chats.MarkRead(h.unit, c.contact, agent, 1_000)
	p.must(func() bool { return p.seen != 2 })
	if p.seen != last {
		t.Errorf("read up to %d, the last message is %d", p.seen, last)
	}
	h.must(p.conn.Write(t.Context(), websocket.MessageText, []byte(`{"op":"read","seq":2}`)))
	marks := func() string {
		saved, err := h.store.ReadMarks(t.Context(), h.unit, c.contact)
		h.must(err)
		text := ""
		for _, m := range saved {
			text += fmt.Sprint(authors[m.Reader], m.Seq, " ")
		}
		return text
	}
	h.until("both marks", func() bool { return marks() == fmt.Sprint("customer", 2, " agent", last, " ") })
	p.conn.CloseNow()
	for _, restart := range []bool{false, true} {
		if restart {
			h.stop()
			h.start(h.plan())
		}
		again := c.open(last)
		again.must(func() bool { return again.seen == last })
		again.conn.CloseNow()
		told := make(chan dialogue.Frame, 100)
		cancel := h.chats.Subscribe(h.unit, c.contact, func(f dialogue.Frame) { told <- f })
		for customer := false; !customer; {
			f := <-told
			customer = f.Read != nil && f.Read.Reader == store.AuthorCustomer && f.Read.Seq == 2
		}
		cancel()
	}
}

// The agents' side is told of every durable message once, in order, and of typing.
func TestAgentsAreTold(t *testing.T) {
	h := newHouse(t)
	c := h.arrive("Hello")
	frames := make(chan dialogue.Frame, 100)
	cancel := h.chats.Subscribe(h.unit, c.contact, func(f dialogue.Frame) { frames <- f })
	for i := range 5 {
		c.say(fmt.Sprint("m", i), "text")
	}
	p := c.open(0)
	h.must(p.conn.Write(t.Context(), websocket.MessageText, []byte(`{"op":"typing"}`)))
	h.must(p.conn.Write(t.Context(), websocket.MessageText, []byte(`{"op":"read","seq":3}`)))
	next := uint64(3)
	for read := false; !read; {
		switch f := <-frames; {
		case f.Message != nil:
			if f.Message.Seq != next {
				t.Fatalf("told of message %d, want %d", f.Message.Seq, next)
			}
			next++
		case f.Read != nil:
			read = f.Read.Seq == 3 && f.Read.Reader == store.AuthorCustomer
		}
	}
	if next != 8 {
		t.Errorf("told up to message %d, want 7", next-1)
	}
	cancel()
	cancel()
	c.say("after", "text")
	if len(frames) > 0 {
		t.Error("told after cancel")
	}
	foreign := h.chats.Subscribe(acd.UnitID(h.mint.ID()), c.contact, func(dialogue.Frame) { t.Error("another unit is told") })
	c.say("again", "text")
	foreign()
}

// A page whose socket breaks again and again, while both sides write and the server
// is started anew, has in the end every message once and in order.
func TestResumeWithoutLossOrDoubles(t *testing.T) {
	h := newHouse(t)
	c := h.arrive("Hello")
	var seqs []uint64
	last := func() uint64 {
		if len(seqs) == 0 {
			return 0
		}
		return seqs[len(seqs)-1]
	}
	sent := 0
	for round := range 6 {
		p := c.open(last())
		for range 40 {
			sent++
			if status, _ := c.say(fmt.Sprint("m", sent), "text"); status != http.StatusOK {
				t.Fatalf("message %d was answered %d", sent, status)
			}
		}
		p.must(func() bool { return len(p.seqs) >= 20+round })
		p.conn.CloseNow()
		seqs = append(seqs, p.seqs...)
		if round%2 == 1 {
			h.stop()
			h.start(h.plan())
		}
	}
	p := c.open(last())
	p.must(func() bool { return len(p.seqs) > 0 && p.seqs[len(p.seqs)-1] == uint64(sent)+2 })
	seqs = append(seqs, p.seqs...)
	for i, seq := range seqs {
		if seq != uint64(i+1) {
			t.Fatalf("message %d has number %d", i+1, seq)
		}
	}
}

// A socket may show its session in the header, as a subprotocol or in its first
// frame; without one that is right it is closed.
func TestSocketSessions(t *testing.T) {
	h := newHouse(t)
	c := h.arrive("Hello")
	header := http.Header{"Authorization": {"Bearer " + c.session}}
	p, err := c.dial(0, &websocket.DialOptions{HTTPHeader: header})
	h.must(err)
	p.must(func() bool { return len(p.seqs) == 2 })
	p, err = c.dial(0, nil)
	h.must(err)
	h.must(p.conn.Write(t.Context(), websocket.MessageText, fmt.Appendf(nil, `{"op":"session","session":%q}`, c.session)))
	p.must(func() bool { return len(p.seqs) == 2 })
	p, err = c.dial(0, nil)
	h.must(err)
	h.must(p.conn.Write(t.Context(), websocket.MessageText, []byte(`{"op":"session","session":"x"}`)))
	if err := p.read(func() bool { return false }); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("a wrong session in the first frame ends with %v", err)
	}
	if _, err := c.dial(0, &websocket.DialOptions{Subprotocols: []string{sessionProtocol + "x"}}); err == nil {
		t.Error("a wrong session as a subprotocol is let in")
	}
}

// What a customer's page must not send ends its socket, and nobody else notices:
// frames that are too large, no JSON, or too many.
func TestHostileFrames(t *testing.T) {
	h := newHouse(t)
	c := h.arrive("Hello")
	good := c.open(0)
	for _, test := range []struct {
		name  string
		frame []byte
		times int
	}{
		{"giant", bytes.Repeat([]byte(" "), frameMax+1), 1},
		{"no JSON", []byte("\x00\xff"), 1},
		{"a flood", []byte(`{"op":"typing"}`), 10 * frameBurst},
	} {
		p := c.open(0)
		for range test.times {
			if p.conn.Write(t.Context(), websocket.MessageText, test.frame) != nil {
				break
			}
		}
		if err := p.read(func() bool { return false }); err == nil {
			t.Errorf("%s: the socket goes on", test.name)
		}
	}
	c.say("m", "still here")
	good.must(func() bool { return len(good.seqs) == 3 })
}

// A peer that reads nothing costs neither the conversation nor the stop.
func TestDeafPeer(t *testing.T) {
	h := newHouse(t)
	c := h.arrive("Hello")
	conn, err := net.Dial("tcp", h.server.Listener.Addr().String())
	h.must(err)
	defer conn.Close()
	conn.(*net.TCPConn).SetReadBuffer(4096)
	fmt.Fprintf(conn, "GET /web/api/chats/%s/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer %s\r\n\r\n", c.contact, c.session)
	good := c.open(0)
	text := strings.Repeat("x", textMax)
	for i := range 100 {
		if status, _ := c.say(fmt.Sprint("m", i), text); status != http.StatusOK {
			t.Fatalf("beside a deaf peer a message is answered %d", status)
		}
	}
	good.must(func() bool { return len(good.seqs) == 102 })
}

// Sockets are bounded: the next one is refused in words, and room is given back.
func TestSocketBound(t *testing.T) {
	h := newHouse(t)
	h.stop()
	h.limits = Limits{Sockets: 2}
	h.start(h.plan())
	c := h.arrive("Hello")
	a, _ := c.open(0), c.open(0)
	if _, err := c.dial(0, &websocket.DialOptions{Subprotocols: []string{sessionProtocol + c.session}}); err == nil || !contains(err.Error(), "429") {
		t.Errorf("the third socket gives %v", err)
	}
	a.conn.CloseNow()
	h.until("room", func() bool {
		_, err := c.dial(0, &websocket.DialOptions{Subprotocols: []string{sessionProtocol + c.session}})
		return err == nil
	})
}

// A server that stops says so: the page knows that it may come back soon.
func TestStopSaysSo(t *testing.T) {
	h := newHouse(t)
	c := h.arrive("Hello")
	p := c.open(0)
	p.must(func() bool { return p.state.State == stateWaiting })
	ended := make(chan error, 1)
	go func() { ended <- p.read(func() bool { return false }) }()
	h.stop()
	if err := <-ended; websocket.CloseStatus(err) != websocket.StatusServiceRestart {
		t.Errorf("the stop ends the socket with %v", err)
	}
}
