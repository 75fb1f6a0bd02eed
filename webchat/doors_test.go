package webchat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"portico/acd"
	"portico/hub"
	"portico/picture"
	"portico/plan"
	"portico/store"
)

// refusals of the JSON doors carry the code, a lasting name and the wrong field, and
// nothing of a refused request is kept.
func TestBadRequests(t *testing.T) {
	h := newHouse(t)
	c := h.arrive("Hello")
	chat := func(change func(*chatRequest)) chatRequest {
		q := chatRequest{ClientID: "bad", Caption: "Hello"}
		change(&q)
		return q
	}
	number := func(n int) *int { return &n }
	messages := "/api/chats/" + c.contact.String() + "/messages"
	for _, test := range []struct {
		name   string
		path   string
		body   any
		status int
		code   code
		field  string
	}{
		{"not JSON", "/api/chats", "hello", 422, 1011, "body"},
		{"empty", "/api/chats", "", 422, 1011, "body"},
		{"wrong type", "/api/chats", `{"client_id":7}`, 422, 1011, "client_id"},
		{"priority as text", "/api/chats", `{"client_id":"a","priority":"high"}`, 422, 1011, "priority"},
		{"invalid UTF-8", "/api/chats", "{\"client_id\":\"a\",\"name\":\"\xff\"}", 422, 1011, "body"},
		{"NUL in the name", "/api/chats", `{"client_id":"a","name":"a\u0000b"}`, 422, 1011, "name"},
		{"NUL in the data", "/api/chats", `{"client_id":"a","data":{"k":"\u0000"}}`, 422, 1011, "data"},
		{"no client id", "/api/chats", chat(func(q *chatRequest) { q.ClientID = "" }), 422, 1011, "client_id"},
		{"long client id", "/api/chats", chat(func(q *chatRequest) { q.ClientID = strings.Repeat("x", 65) }), 422, 1011, "client_id"},
		{"our own client id", "/api/chats", chat(func(q *chatRequest) { q.ClientID = "sys:1:0" }), 422, 1011, "client_id"},
		{"priority 0", "/api/chats", chat(func(q *chatRequest) { q.Priority = number(0) }), 422, 1011, "priority"},
		{"priority 101", "/api/chats", chat(func(q *chatRequest) { q.Priority = number(101) }), 422, 1011, "priority"},
		{"language", "/api/chats", chat(func(q *chatRequest) { q.Language = "klingon" }), 422, 1011, "language"},
		{"queue", "/api/chats", chat(func(q *chatRequest) { q.Queue = "Nowhere" }), 422, 1011, "queue"},
		{"long source", "/api/chats", chat(func(q *chatRequest) { q.Source = strings.Repeat("s", 321) }), 422, 1011, "source"},
		{"control in destination", "/api/chats", chat(func(q *chatRequest) { q.Destination = "a\nb" }), 422, 1011, "destination"},
		{"all too long", "/api/chats", chat(func(q *chatRequest) { q.Caption = strings.Repeat("é", requestMax/2+1) }), 422, 1011, "data"},
		{"body too long", "/api/chats", chat(func(q *chatRequest) { q.Caption = strings.Repeat("x", bodyMax) }), 422, 1011, "body"},
		{"empty message", messages, messageRequest{"a", "  \n "}, 422, 1011, "text"},
		{"long message", messages, messageRequest{"a", strings.Repeat("x", textMax+1)}, 422, 1011, "text"},
		{"NUL in the message", messages, messageRequest{"a", "\x00"}, 422, 1011, "text"},
		{"message without id", messages, messageRequest{"", "hello"}, 422, 1011, "client_id"},
		{"blank in the id", messages, messageRequest{"a b", "hello"}, 422, 1011, "client_id"},
		{"message of a wrong type", messages, `{"client_id":"a","text":["x"]}`, 422, 1011, "text"},
	} {
		status, body := h.do("POST", test.path, c.session, test.body)
		var p problem
		if err := json.Unmarshal([]byte(body), &p); err != nil {
			t.Errorf("%s: the answer %q is no problem", test.name, body)
		} else if status != test.status || p.Code != test.code || p.Field != test.field || p.Message == "" || p.Name == "" {
			t.Errorf("%s: answered %d %s, want %d, code %d, field %q", test.name, status, body, test.status, test.code, test.field)
		}
	}
	if n := len(c.saved()); n != 2 {
		t.Errorf("%d messages are saved, want the first and the welcome alone", n)
	}
	page, err := h.picture.Contacts(h.unit, picture.Filter{}, picture.ByDue, "", 10)
	if h.must(err); len(page.Items) != 1 {
		t.Errorf("%d contacts are open, want one", len(page.Items))
	}
}

// A chat opens to its own session alone, and every other answer is the same to the
// byte, be the chat another's or none at all.
func TestSessions(t *testing.T) {
	h := newHouse(t)
	mine, other := h.arrive("mine"), h.arrive("other")
	flip := func(i int) string {
		b := []byte(mine.session)
		b[i] ^= 1
		return string(b)
	}
	foreign := newSessions(bytes.Repeat([]byte("x"), 32)).of(h.unit, mine.contact)
	nowhere := acd.ContactID(h.mint.ID())
	var first string
	for _, test := range []struct {
		name, contact, session string
	}{
		{"none", mine.contact.String(), ""},
		{"another chat's", mine.contact.String(), other.session},
		{"mine for another chat", other.contact.String(), mine.session},
		{"mine for no chat", nowhere.String(), mine.session},
		{"mine for no id", "x", mine.session},
		{"another key's", mine.contact.String(), foreign},
		{"unit changed", mine.contact.String(), flip(3)},
		{"contact changed", mine.contact.String(), flip(30)},
		{"hash changed", mine.contact.String(), flip(70)},
		{"shortened", mine.contact.String(), mine.session[:60]},
	} {
		for _, door := range []struct{ method, path string }{
			{"POST", "/messages"}, {"GET", "/messages"}, {"POST", "/end"}, {"GET", "/live"},
		} {
			status, body := h.do(door.method, "/api/chats/"+test.contact+door.path, test.session, nil)
			if door.path == "/live" && status == http.StatusUpgradeRequired && test.session == "" {
				continue // the first frame may still show one
			}
			if first == "" {
				first = body
			}
			if status != http.StatusForbidden || body != first || !contains(body, `"code":1007`) {
				t.Errorf("%s at %s %s: answered %d %s, want %s", test.name, door.method, door.path, status, body, first)
			}
		}
	}
	if status, body := h.do("GET", "/api/chats/"+mine.contact.String()+"/messages", mine.session, nil); status != 200 || !contains(body, "mine") {
		t.Errorf("the own session was answered %d %s", status, body)
	}
}

// Customers never see what agents write among themselves, but that they are passed
// on; and the pages go on after what was skipped.
func TestNotesStayInside(t *testing.T) {
	h := newHouse(t)
	c := h.arrive("Hello")
	conv := h.chats.pin(h.unit, c.contact)
	defer conv.unpin()
	for i, kind := range []string{kindNote, kindTransferred, kindText} {
		row := store.Message{ClientID: fmt.Sprint(i), Author: store.AuthorAgent, By: h.agents[0], Kind: kind, Text: "secret " + kind}
		_, err := conv.send(t.Context(), row, nil)
		h.must(err)
	}
	_, body := h.do("GET", "/api/chats/"+c.contact.String()+"/messages?after=2", c.session, nil)
	if contains(body, "secret note") || contains(body, "secret transferred") || !contains(body, "secret text") || !contains(body, `"after":5`) ||
		!contains(body, `"author":"system","name":"`) || !contains(body, `"kind":"transferred"`) {
		t.Errorf("the customer's page is %s", body)
	}
}

// A flood of chats is bounded: who is over the bound is told 1013 with a sentence
// and when to come again, and the others are served.
func TestFlood(t *testing.T) {
	h := newHouse(t)
	h.stop()
	h.limits = Limits{ChatsPerAddress: 3, Free: []netip.Prefix{}}
	h.start(h.plan())
	refused := 0
	for i := range 6 {
		body, _ := json.Marshal(chatRequest{ClientID: fmt.Sprint("f", i), Caption: "Hello"})
		response, err := http.Post(h.server.URL+"/web/api/chats", "application/json", bytes.NewReader(body))
		h.must(err)
		var p problem
		json.NewDecoder(response.Body).Decode(&p)
		response.Body.Close()
		switch {
		case i < 3 && response.StatusCode != http.StatusCreated:
			t.Errorf("chat %d was answered %d %v, want to be served", i, response.StatusCode, p)
		case i >= 3 && response.StatusCode == http.StatusTooManyRequests:
			refused++
			if p.Code != codeAllocation || p.Message == "" || response.Header.Get("Retry-After") == "" {
				t.Errorf("chat %d was refused with %v, Retry-After %q", i, p, response.Header.Get("Retry-After"))
			}
		}
	}
	if refused != 3 {
		t.Errorf("%d chats were refused, want 3", refused)
	}
	if _, ok := h.chats.bounds.chat(netip.MustParseAddr("192.0.2.1")); !ok {
		t.Error("another address is refused")
	}
}

// All bounds together: sockets and chats per address, in all, an IPv6 network
// counting as one address, and rights that come back with time.
func TestBounds(t *testing.T) {
	now := time.Unix(1000, 0)
	b := newBounds(Limits{Sockets: 3, SocketsPerAddress: 2, Arriving: 2, ChatsPerAddress: 2}.orDefault(), func() time.Time { return now })
	a1, a2 := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
	c, local := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("127.0.0.1")
	first, ok1 := b.socket(a1)
	_, ok2 := b.socket(a2)
	if _, ok3 := b.socket(a1); !ok1 || !ok2 || ok3 {
		t.Error("want two sockets for one network")
	}
	_, ok1 = b.socket(c)
	if _, ok2 = b.socket(local); !ok1 || ok2 {
		t.Error("want three sockets in all")
	}
	first()
	if _, ok := b.socket(local); !ok {
		t.Error("a socket that was closed is still counted")
	}
	done, ok1 := b.chat(c)
	_, ok2 = b.chat(c)
	if _, ok3 := b.chat(local); !ok1 || !ok2 || ok3 {
		t.Error("want two chats under way in all")
	}
	done()
	if _, ok := b.chat(c); ok {
		t.Error("want two chats a minute for an address")
	}
	if _, ok := b.chat(local); !ok {
		t.Error("this machine is bounded as an address")
	}
	b.limits.MessagesPerAddress = 1
	b.uses[c].messages = 1
	if !b.message(c) || b.message(c) || !b.message(local) {
		t.Error("want one message of an address, and any number of this machine")
	}
	b.arriving = 0
	now = now.Add(30 * time.Second)
	if _, ok := b.chat(c); !ok {
		t.Error("half a minute later one more chat should be let in")
	}
	b.sockets = 0
	for _, u := range b.uses {
		u.sockets = 0
	}
	now = now.Add(time.Hour)
	if b.sweep(); len(b.uses) != 0 {
		t.Errorf("%d addresses are remembered without need", len(b.uses))
	}
}

// The address of a customer behind proxies is the last one that a trusted proxy did
// not make up.
func TestAddressBehindProxies(t *testing.T) {
	c := &Chats{o: Options{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	for _, test := range []struct{ peer, header, want string }{
		{"203.0.113.9:1", "198.51.100.1", "203.0.113.9"},
		{"10.0.0.1:1", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:1", "192.0.2.66, 198.51.100.1, 10.0.0.2", "198.51.100.1"},
		{"10.0.0.1:1", "", "10.0.0.1"},
		{"10.0.0.1:1", "nonsense", "10.0.0.1"},
		{"[::ffff:10.0.0.1]:1", "2001:db8::7", "2001:db8::7"},
	} {
		r := &http.Request{RemoteAddr: test.peer, Header: http.Header{}}
		if test.header != "" {
			r.Header.Set("X-Forwarded-For", test.header)
		}
		if got := c.addressOf(r).String(); got != test.want {
			t.Errorf("%s with %q is %s, want %s", test.peer, test.header, got, test.want)
		}
	}
}

// While the store is away nothing is acknowledged: 503 with a sentence and when to
// come again; the same message sent again later is there once.
func TestStoreAway(t *testing.T) {
	h := newHouse(t)
	h.stop()
	s := &holding{}
	h.wrap = func(real Store) Store { s.Store = real; return s }
	h.start(h.plan())
	c := h.arrive("Hello")
	s.hold = true
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // the caller's patience is over at once
	conv := h.chats.pin(h.unit, c.contact)
	row := store.Message{ClientID: "m", Author: store.AuthorCustomer, Kind: kindText, Text: "kept"}
	_, err := conv.send(ctx, row, nil)
	conv.unpin()
	f := h.chats.faultOf(err)
	if codeOf(f) != codeInternal || statuses[codeOf(f)] != http.StatusServiceUnavailable {
		t.Errorf("while the store is away a message is answered %v", err)
	}
	h.chats.storeAway(true)
	for _, door := range []struct {
		path string
		body any
	}{{"/api/chats", chatRequest{ClientID: "away", Caption: "Hello"}}, {"/api/chats/" + c.contact.String() + "/messages", messageRequest{"n", "text"}},
		{"/api/chats/" + c.contact.String() + "/end", nil}} {
		if status, body := h.do("POST", door.path, c.session, door.body); status != http.StatusServiceUnavailable || !contains(body, `"code":1012`) {
			t.Errorf("while the store is away %s is answered %d %s", door.path, status, body)
		}
	}
	h.chats.storeAway(false)
	s.release()
	if status, a := c.say("m", "kept"); status != http.StatusOK || a.Seq != 3 {
		t.Errorf("sent again it was answered %d, number %d", status, a.Seq)
	}
	if n := len(c.saved()); n != 3 {
		t.Errorf("%d messages are saved, want 3", n)
	}
}

// holding keeps what is submitted while hold is set, as a store that is away does.
type holding struct {
	Store
	hold bool
	kept []func()
}

func (s *holding) Submit(class store.Class, u store.Unit, done func(store.Outcome)) error {
	if !s.hold {
		return s.Store.Submit(class, u, done)
	}
	s.kept = append(s.kept, func() {
		if err := s.Store.Submit(class, u, done); err != nil {
			done(store.Outcome{Err: err})
		}
	})
	return nil
}

func (s *holding) release() {
	s.hold = false
	for _, f := range s.kept {
		f()
	}
}

// A message whose data the store refuses costs its sender a sentence, and the others
// nothing: its number is filled, and no customer sees what fills it.
func TestBadUnitLeavesNoGap(t *testing.T) {
	h := newHouse(t)
	h.stop()
	h.wrap = func(real Store) Store { return &picky{real} }
	h.start(h.plan())
	c := h.arrive("Hello")
	if status, _ := c.say("bad", "poison"); status != http.StatusUnprocessableEntity {
		t.Errorf("the refused message was answered %d", status)
	}
	if _, a := c.say("good", "fine"); a.Seq != 4 {
		t.Errorf("the next message has number %d, want 4", a.Seq)
	}
	rows := c.saved()
	if len(rows) != 4 || rows[2].Kind != kindVoid {
		t.Errorf("the conversation is %v", rows)
	}
	if _, body := h.do("GET", "/api/chats/"+c.contact.String()+"/messages", c.session, nil); contains(body, kindVoid) {
		t.Errorf("the customer sees %s", body)
	}
}

// picky refuses messages with the text poison.
type picky struct{ Store }

func (p *picky) Submit(class store.Class, u store.Unit, done func(store.Outcome)) error {
	if m, ok := u.Rows[0].(store.Message); ok && m.Text == "poison" {
		go done(store.Outcome{Err: store.ErrBadUnit})
		return nil
	}
	return p.Store.Submit(class, u, done)
}

// A chat goes to the queue that it names, else to the one called like its
// destination, else to the unit's oldest; where there are several units it must
// name one.
func TestRouting(t *testing.T) {
	h := newHouse(t)
	support := acd.QueueID(h.mint.ID())
	h.put(h.unit, plan.KindQueue, "Support", support, queueOf())
	h.chats.names.objects = nil
	ctx := t.Context()
	for _, test := range []struct {
		name, destination string
		want              acd.QueueID
	}{
		{"", "", h.queue}, {"Support", "", support}, {"support", "Sales", support}, {"", "SUPPORT", support},
		{"", "somewhere", h.queue}, {support.String(), "", support},
	} {
		if got, err := h.chats.names.queue(ctx, h.unit, test.name, test.destination); err != nil || got != test.want {
			t.Errorf("queue %q, destination %q gives %v %v, want %v", test.name, test.destination, got, err, test.want)
		}
	}
	if _, err := h.chats.names.queue(ctx, h.unit, "Nowhere", "Sales"); err == nil {
		t.Error("a queue that does not exist was found")
	}
	if unit, err := h.chats.names.unit(ctx, "anything"); err != nil || unit != h.unit {
		t.Errorf("with one unit its name is not ignored: %v", err)
	}
	second := acd.UnitID(h.mint.ID())
	h.put(acd.UnitID(h.mint.ID()), plan.KindUnit, "Second", second, plan.Skill{})
	h.put(second, plan.KindQueue, "Sales", h.mint.ID(), queueOf())
	h.chats.names.objects = nil
	if unit, err := h.chats.names.unit(ctx, "second"); err != nil || unit != second {
		t.Errorf("the second unit is %v %v", unit, err)
	}
	if _, err := h.chats.names.unit(ctx, ""); codeOf(h.chats.faultOf(err)) != codeMandatory {
		t.Errorf("no unit where there are two gives %v", err)
	}
	if _, err := h.chats.names.unit(ctx, "third"); codeOf(h.chats.faultOf(err)) != codeWrong {
		t.Errorf("an unknown unit gives %v", err)
	}
}

// A peer that drips its body, or says nothing at all, holds nobody up.
func TestDrip(t *testing.T) {
	h := newHouse(t)
	for range 20 {
		conn, err := net.Dial("tcp", h.server.Listener.Addr().String())
		h.must(err)
		defer conn.Close()
		fmt.Fprintf(conn, "POST /web/api/chats HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
	}
	c := h.arrive("served all the same")
	if status, _ := c.say("m", "and so is this"); status != http.StatusOK {
		t.Errorf("beside drips a message is answered %d", status)
	}
}

// The core's busy is 1013, a store that is away 1012, and what is unexpected 1000
// without a word of the inside.
func TestCodes(t *testing.T) {
	h := newHouse(t)
	for _, test := range []struct {
		err  error
		want code
	}{
		{errBusy, codeAllocation}, {store.ErrFull, codeAllocation}, {errStoreAway, codeInternal}, {store.ErrAway, codeInternal},
		{context.DeadlineExceeded, codeInternal}, {errEnded, codeSession}, {errUnknown, codeSession}, {errPage, codeUnreachable},
		{errMandatory, codeMandatory}, {errWrong, codeWrong}, {fmt.Errorf("password is hunter2"), codeGeneral},
	} {
		f := h.chats.faultOf(test.err)
		if got := codeOf(f); got != test.want || statuses[got] == 0 {
			t.Errorf("%v has code %d, want %d", test.err, got, test.want)
		}
		for _, language := range []string{"english", "deutsch"} {
			if text := h.chats.sentence(language, f); text == "" || contains(text, "fault.") || contains(text, "hunter2") {
				t.Errorf("%v reads %q in %s", test.err, text, language)
			}
		}
	}
}

// What a contact cannot show in full is not lost: a long question is whole in the
// first message, a long name among the contact data.
func TestLongFieldsAreKept(t *testing.T) {
	h := newHouse(t)
	name, caption := strings.Repeat("ñ", nameMax+1), strings.Repeat("é", captionMax+1)
	status, body := h.do("POST", "/api/chats", "", chatRequest{ClientID: "long", Name: name, Caption: caption})
	var b begun
	if json.Unmarshal([]byte(body), &b); status != http.StatusCreated {
		t.Fatalf("answered %d %s", status, body)
	}
	p, _ := h.picture.Contact(h.unit, b.Contact)
	var data map[string]string
	h.must(json.Unmarshal(p.Details, &data))
	if data["name"] != name || len([]rune(p.Name)) != nameMax || len([]rune(p.Caption)) != captionMax {
		t.Errorf("the contact shows %d and %d characters, its data hold %d", len([]rune(p.Name)), len([]rune(p.Caption)), len([]rune(data["name"])))
	}
	c := &customer{h: h, contact: b.Contact, session: b.Session}
	if rows := c.saved(); len(rows) == 0 || rows[0].Text != caption {
		t.Error("the first message is not the whole question")
	}
	if short, cut := firstRunes(strings.Repeat("é", nameMax), nameMax); cut || len([]rune(short)) != nameMax {
		t.Error("a name of the full length is cut")
	}
}

// A page of another origin may use the doors and load the widget, which it is sent
// packed and only when it has changed.
func TestOtherOrigins(t *testing.T) {
	h := newHouse(t)
	h.stop()
	h.widget = fstest.MapFS{"widget.js": {Data: []byte(strings.Repeat("widget();", 500))}}
	h.start(h.plan())
	send := func(method, path string, header ...string) *http.Response {
		r, err := http.NewRequest(method, h.server.URL+path, nil)
		h.must(err)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		response, err := h.server.Client().Do(r)
		h.must(err)
		response.Body.Close()
		return response
	}
	r := send("OPTIONS", "/web/api/chats", "Origin", "https://shop.example", "Access-Control-Request-Method", "POST")
	if r.StatusCode != 204 || r.Header.Get("Access-Control-Allow-Origin") != "*" || !contains(r.Header.Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("the preflight is answered %d %v", r.StatusCode, r.Header)
	}
	if r = send("POST", "/web/api/chats"); r.Header.Get("Access-Control-Allow-Origin") != "*" || !contains(r.Header.Get("Access-Control-Expose-Headers"), "Retry-After") {
		t.Errorf("a refusal is not shown to another origin: %v", r.Header)
	}
	r = send("GET", "/web/widget.js", "Accept-Encoding", "gzip")
	if r.StatusCode != 200 || r.Header.Get("Content-Encoding") != "gzip" || r.ContentLength > 500 {
		t.Errorf("the widget is sent %d, %d bytes, %v", r.StatusCode, r.ContentLength, r.Header)
	}
	if r = send("GET", "/web/widget.js", "If-None-Match", r.Header.Get("ETag")); r.StatusCode != http.StatusNotModified {
		t.Errorf("the same widget is sent again: %d", r.StatusCode)
	}
	if r = send("GET", "/web/widget.js", "Accept-Encoding", "identity"); r.ContentLength != 4500 {
		t.Errorf("the plain widget has %d bytes", r.ContentLength)
	}
}

// A customer whose client id is that of a contact of another medium does not get in.
func TestContactOfAnotherMedium(t *testing.T) {
	h := newHouse(t)
	_, err := h.hub.Ask(t.Context(), hub.Command{Lane: hub.Arrivals, Unit: h.unit, Arrival: &hub.Arrival{Contact: acd.ContactID(h.mint.ID()),
		Unit: h.unit, ClientID: "guessed", Medium: "email", Queue: h.queue, Priority: 50}})
	h.must(err)
	status, body := h.do("POST", "/api/chats", "", chatRequest{ClientID: "guessed", Caption: "Hello"})
	if status != http.StatusUnprocessableEntity || contains(body, "session") {
		t.Errorf("a program's contact is answered to a customer: %d %s", status, body)
	}
}
