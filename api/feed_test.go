package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

type liveMessage struct {
	Seq      uint64
	Text     string
	ClientID string `json:"client_id"`
}

// conversation reads frames until the message with a number came, and gives all.
func (f *feed) conversation(id string, last uint64) []liveMessage {
	f.t.Helper()
	var out []liveMessage
	for len(out) == 0 || out[len(out)-1].Seq < last {
		v := f.until("messages", func(v liveFrame) bool { return v.Topic == "conversation/"+id && v.Kind == "messages" })
		var some []liveMessage
		if err := json.Unmarshal(v.Body, &some); err != nil {
			f.t.Fatal(err)
		}
		if v.N != some[len(some)-1].Seq {
			f.t.Errorf("the frame's number is %d, its last message's %d", v.N, some[len(some)-1].Seq)
		}
		out = append(out, some...)
	}
	return out
}

func contiguous(t *testing.T, messages []liveMessage, from uint64) {
	t.Helper()
	for i, m := range messages {
		if m.Seq != from+uint64(i) {
			t.Fatalf("message %d of the feed has the number %d, want %d", i, m.Seq, from+uint64(i))
		}
	}
}

func follow(id string, after uint64) map[string]any {
	return map[string]any{"op": "subscribe", "topics": []any{map[string]any{"topic": "conversation/" + id, "after": after}}}
}

// A conversation is told from the number on that the client knows, without a gap
// and without a repeat, and goes on live.
func TestResume(t *testing.T) {
	w := newWorld(t)
	ben := w.east.agents["ben"]
	id := w.east.bring("active").ID
	send := func(from, to int) {
		for i := from; i <= to; i++ {
			ben.want(201, "POST", "/contacts/"+id+"/messages", map[string]any{"client_id": fmt.Sprint("r", i), "text": fmt.Sprint(i)})
		}
	}
	send(1, 10)
	var page struct{ Items []liveMessage }
	ben.want(200, "GET", "/contacts/"+id+"/messages", nil).into(t, &page)
	last := page.Items[len(page.Items)-1].Seq
	f := ben.live()
	f.say(follow(id, last-4))
	contiguous(t, f.conversation(id, last), last-3)
	send(11, 20)
	contiguous(t, f.conversation(id, last+10), last+1)
	f.close()
	send(21, 25)
	f = ben.live()
	f.say(follow(id, last+10))
	contiguous(t, f.conversation(id, last+15), last+11)
}

// A reader that does not read holds nobody up: what it cannot take is dropped and
// read again, so that it ends with every message once, in order; others are told at once.
func TestSlowReader(t *testing.T) {
	w := newWorld(t)
	ben := w.east.agents["ben"]
	id := w.east.bring("active").ID
	narrow := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if err == nil {
			c.(*net.TCPConn).SetReadBuffer(64 << 10)
		}
		return c, err
	}}}
	conn, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(w.url, "http")+"/api/v1/live",
		&websocket.DialOptions{HTTPClient: narrow, HTTPHeader: http.Header{"Cookie": {"portico_session=" + ben.cookie}}})
	w.must(err)
	defer conn.CloseNow()
	conn.SetReadLimit(16 << 20)
	slow := &feed{t: t, conn: conn}
	slow.say(follow(id, 0))
	quick := ben.live()
	quick.say(follow(id, 0))
	first := quick.conversation(id, 1)
	const messages = 400
	text := strings.Repeat("x", 3900)
	var senders sync.WaitGroup
	for n := range 8 {
		senders.Go(func() {
			for i := range messages / 8 {
				if a := ben.do("POST", "/contacts/"+id+"/messages", map[string]any{"client_id": fmt.Sprintf("s%d-%d", n, i), "text": text}); a.status != 201 {
					t.Errorf("%d %s", a.status, a.body)
					return
				}
			}
		})
	}
	last := first[len(first)-1].Seq
	got := append(first, quick.conversation(id, last+messages)...)
	senders.Wait()
	contiguous(t, got, 1)
	slow.until("hello", func(v liveFrame) bool { return v.Topic == "hello" })
	began := slow.frames
	contiguous(t, slow.conversation(id, last+messages), 1)
	if frames := slow.frames - began; frames > messages/2 {
		t.Errorf("nothing was dropped and read again: %d frames", frames)
	}
}

// An agent's desktop is there while a socket shows it; when the last one is lost the
// contacts are kept for a while, and a new one finds them.
func TestDesktopPresence(t *testing.T) {
	w := newWorld(t)
	ben := w.east.agents["ben"]
	id := w.east.bring("active").ID
	lost := func() bool {
		var page struct {
			Items []struct {
				Name  string
				Grace int64 `json:"grace_ends_at"`
			}
		}
		w.east.pa.want(200, "GET", "/real-time/agents", nil).into(t, &page)
		i := slices.IndexFunc(page.Items, func(a struct {
			Name  string
			Grace int64 `json:"grace_ends_at"`
		}) bool {
			return a.Name == "ben"
		})
		return page.Items[i].Grace > 0
	}
	second := ben.live("agent")
	second.until("the desk", func(v liveFrame) bool { return v.Topic == "agent" })
	w.east.sockets[1].close() // one of two
	ben.want(200, "GET", "/agent", nil)
	if lost() {
		t.Fatal("the desktop is lost while a socket shows it")
	}
	second.close()
	w.until("the desktop is lost", lost)
	if v := ben.contact(id); v.State != "active" || v.Agent != w.east.users["ben"] {
		t.Fatalf("the contact is %+v", v)
	}
	third := ben.live("agent")
	w.until("the desktop is back", func() bool { return !lost() })
	desk := third.until("the desk", func(v liveFrame) bool { return v.Topic == "agent" && strings.Contains(string(v.Body), id) })
	if desk.Kind != "snapshot" {
		t.Errorf("the desk comes as %s", desk.Kind)
	}
}

// Tables come as a snapshot, then as what changed; the last value is right.
func TestTables(t *testing.T) {
	w := newWorld(t)
	f := w.east.sv.live("queues")
	type row struct {
		Name    string
		Waiting int
	}
	rows := map[string]row{}
	apply := func(v liveFrame) {
		var put []row
		var delta struct{ Put []row }
		if v.Kind == "snapshot" {
			w.must(json.Unmarshal(v.Body, &put))
			rows = map[string]row{}
		} else {
			w.must(json.Unmarshal(v.Body, &delta))
			put = delta.Put
		}
		for _, r := range put {
			rows[r.Name] = r
		}
	}
	apply(f.until("the snapshot", func(v liveFrame) bool { return v.Topic == "queues" && v.Kind == "snapshot" }))
	if len(rows) != 2 || rows["Quiet"].Waiting != 0 {
		t.Fatalf("the snapshot holds %v", rows)
	}
	var last uint64
	for i := range 20 {
		w.arrive(w.east.unit, w.east.queues["Quiet"], fmt.Sprint("t", i))
	}
	began, frames := time.Now(), 0
	f.until("twenty wait", func(v liveFrame) bool {
		if v.Topic != "queues" {
			return false
		}
		frames++
		if v.N < last {
			t.Errorf("the version went back from %d to %d", last, v.N)
		}
		last = v.N
		apply(v)
		return rows["Quiet"].Waiting == 20
	})
	if most := int(time.Since(began)/time.Second) + 3; frames > most {
		t.Errorf("%d frames of one table within %s", frames, time.Since(began))
	}
	if rows["Support"].Name == "" {
		t.Error("a row that did not change is gone")
	}
}

// A graceful stop is told before the sockets are closed, with the code that asks
// clients to come again.
func TestStopIsTold(t *testing.T) {
	h := newHouse(t)
	h.begin()
	f := h.signIn("", "pa").live("queues")
	f.until("the snapshot", func(v liveFrame) bool { return v.Topic == "queues" })
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		h.api.Stop(ctx)
	}()
	f.until("told of the stop", func(v liveFrame) bool { return v.Topic == "system" && v.Kind == "stopping" })
	_, err := f.read()
	var closed websocket.CloseError
	if !errors.As(err, &closed) || closed.Code != websocket.StatusServiceRestart {
		t.Errorf("closed by %v", err)
	}
	<-stopped
	if a := h.anybody().do("GET", "/readyz", nil); a.status != 503 || a.code() != "stopping" || a.header.Get("Retry-After") == "" {
		t.Errorf("readyz: %d %s", a.status, a.body)
	}
	if a := h.anybody().do("GET", "/healthz", nil); a.status != 200 {
		t.Errorf("healthz: %d %s", a.status, a.body)
	}
	if a := h.anybody().do("GET", "/setup", nil); a.status != 503 {
		t.Errorf("a request while stopping: %d %s", a.status, a.body)
	}
}

// A page of another site cannot open the feed with somebody's cookie.
func TestFeedChecksOrigin(t *testing.T) {
	h := newHouse(t)
	h.begin()
	pa := h.signIn("", "pa")
	for _, origin := range []string{"https://evil.example", "null", "http://127.0.0.1:1", "://"} {
		c := *pa
		c.headers = map[string]string{"Origin": origin}
		if _, resp, err := c.dial(); err == nil || resp.StatusCode != 403 {
			t.Errorf("%s opens the feed: %v", origin, err)
		}
	}
	c := *pa
	c.headers = map[string]string{"Origin": h.url}
	c.live().close()
}

// What is no frame is refused and the socket goes on; a flood of them ends it; one
// person has a bounded number of sockets.
func TestFeedIsBounded(t *testing.T) {
	h := newHouse(t)
	h.begin()
	pa := h.signIn("", "pa")
	f := pa.live()
	for _, text := range []string{"", "{", "[]", `{"op":"nonsense"}`, "\"\xff\"", `{"op":"subscribe","topics":[{"topic":"a\u0000"}]}`, `{"op":"subscribe","topics":"x"}`} {
		f.say(text)
		if v := f.next(); v.Kind != "refused" {
			t.Errorf("%q: %+v", text, v)
		}
	}
	f.say(`{"op":"ping"}`)
	if v := f.next(); v.Kind != "pong" {
		t.Errorf("after all: %+v", v)
	}
	for range 200 {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		err := f.conn.Write(ctx, websocket.MessageText, []byte(`{"op":"ping"}`))
		cancel()
		if err != nil {
			break
		}
	}
	f.until("told of the end", func(v liveFrame) bool { return v.Kind == "too_many" })
	var opened []*websocket.Conn
	defer func() {
		for _, conn := range opened {
			conn.CloseNow()
		}
	}()
	for {
		conn, resp, err := pa.dial()
		if err != nil {
			if resp == nil || resp.StatusCode != 429 {
				t.Fatalf("refused by %v", err)
			}
			break
		}
		if opened = append(opened, conn); len(opened) > 30 {
			t.Fatal("no bound")
		}
	}
	if len(opened) < 15 {
		t.Errorf("only %d sockets", len(opened))
	}
}

// Typing is told to the other sockets of the conversation, and to no other unit's.
func TestTypingReachesTheConversation(t *testing.T) {
	w := newWorld(t)
	id := w.east.bring("active").ID
	watcher := w.east.sv.live()
	watcher.say(follow(id, 0))
	watcher.conversation(id, 1)
	w.west.agents["ben"].live().say(map[string]any{"op": "typing", "contact": id})
	ben := w.east.agents["ben"].live()
	ben.say(map[string]any{"op": "typing", "contact": id})
	v := watcher.until("somebody types", func(v liveFrame) bool { return v.Kind == "typing" })
	if !strings.Contains(string(v.Body), w.east.users["ben"]) {
		t.Errorf("typing: %s", v.Body)
	}
}
