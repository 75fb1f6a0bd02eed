package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// liveFrame is a frame of the live feed.
type liveFrame struct {
	Topic string          `json:"topic"`
	N     uint64          `json:"n"`
	Kind  string          `json:"kind"`
	Body  json.RawMessage `json:"body"`
}

// feed is a test's socket.
type feed struct {
	t      testing.TB
	conn   *websocket.Conn
	frames int // that were read
}

func (c *client) dial() (*websocket.Conn, *http.Response, error) {
	header := http.Header{}
	if c.cookie != "" {
		header.Set("Cookie", "portico_session="+c.cookie)
	}
	if c.token != "" {
		header.Set("Authorization", "Bearer "+c.token)
	}
	for name, value := range c.headers {
		header.Set(name, value)
	}
	url := "ws" + strings.TrimPrefix(c.h.url, "http") + "/api/v1/live"
	if c.unit != "" {
		url += "?unit=" + c.unit
	}
	return websocket.Dial(c.h.t.Context(), url, &websocket.DialOptions{HTTPHeader: header})
}

// live opens a socket and subscribes.
func (c *client) live(topics ...string) *feed {
	c.h.t.Helper()
	conn, _, err := c.dial()
	c.h.must(err)
	conn.SetReadLimit(16 << 20)
	c.h.t.Cleanup(func() { conn.CloseNow() })
	f := &feed{t: c.h.t, conn: conn}
	if hello := f.next(); hello.Topic != "hello" {
		c.h.t.Fatalf("the first frame is %+v", hello)
	}
	for _, topic := range topics {
		f.say(map[string]any{"op": "subscribe", "topics": []any{map[string]any{"topic": topic}}})
	}
	return f
}

func (f *feed) say(v any) {
	f.t.Helper()
	data, ok := v.(string)
	if !ok {
		raw, err := json.Marshal(v)
		if err != nil {
			f.t.Fatal(err)
		}
		data = string(raw)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := f.conn.Write(ctx, websocket.MessageText, []byte(data)); err != nil {
		f.t.Fatal(err)
	}
}

func (f *feed) next() liveFrame {
	f.t.Helper()
	v, err := f.read()
	if err != nil {
		f.t.Fatal(err)
	}
	return v
}

func (f *feed) read() (liveFrame, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var v liveFrame
	_, data, err := f.conn.Read(ctx)
	f.frames++
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	return v, err
}

// until reads frames until one is what is waited for.
func (f *feed) until(what string, so func(liveFrame) bool) liveFrame {
	f.t.Helper()
	for {
		v, err := f.read()
		if err != nil {
			f.t.Fatalf("never: %s: %v", what, err)
		}
		if so(v) {
			return v
		}
	}
}

func (f *feed) close() { f.conn.CloseNow() }

type desk struct {
	SignedIn bool `json:"signed_in"`
	Contacts []contact
	Domains  []struct {
		Domain    string
		Available bool
		InHand    int `json:"in_hand"`
	}
}

func (c *client) desk() desk {
	c.h.t.Helper()
	var d desk
	c.want(200, "GET", "/agent", nil).into(c.h.t, &d)
	return d
}

type me struct {
	User struct{ ID, Name string }
	Unit struct{ ID, Name string }
}

func (c *client) me() me {
	c.h.t.Helper()
	var m me
	c.want(200, "GET", "/session", nil).into(c.h.t, &m)
	return m
}
