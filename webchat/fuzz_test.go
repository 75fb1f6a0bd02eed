package webchat

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"portico/acd"
	"portico/hub"
	"portico/store"
	"portico/texts"
)

// gate stands for the hub: it fails the test when a door lets through what the
// store could not keep.
type gate struct {
	desk
	t     *testing.T
	marks []store.ReadMark
}

func (g *gate) Ask(_ context.Context, c hub.Command) (hub.Answer, error) {
	a := c.Arrival
	for name, text := range map[string]string{"name": a.Name, "caption": a.Caption, "source": a.Source, "destination": a.Destination,
		"language": a.Language, "client id": a.ClientID, "data": string(a.Details)} {
		if !isText(text) {
			g.t.Errorf("the %s %q passed", name, text)
		}
	}
	if len(a.Source) > addressMax || len(a.Destination) > addressMax || len([]rune(a.Name)) > nameMax || len([]rune(a.Caption)) > captionMax ||
		len(a.ClientID) < 1 || len(a.ClientID) > 64 || a.Priority < 1 || a.Priority > acd.PriorityMax {
		g.t.Errorf("%+v passed", a)
	}
	if len(a.Details) > 0 && !json.Valid(a.Details) {
		g.t.Errorf("the data %q passed", a.Details)
	}
	for _, row := range c.Riders {
		if m := row.(store.Message); !isText(m.Text) || m.Text == "" || len(m.Text) > requestMax {
			g.t.Errorf("the message %q passed", m.Text)
		}
	}
	return hub.Answer{Contact: a.Contact}, nil
}

// fuzzed gives chats behind which nothing but g is.
func fuzzed(f *testing.F) (*Chats, *gate) {
	g := &gate{desk: desk{rows: map[acd.ContactID]acd.ContactRow{}}}
	catalogue, err := texts.Load()
	if err != nil {
		f.Fatal(err)
	}
	c, err := New(Options{Hub: g, Store: g, Picture: g, Texts: catalogue, NewID: func() [16]byte { return [16]byte{1} }, Now: time.Now,
		Log: slog.New(slog.DiscardHandler), Key: key, Pages: f.TempDir()})
	if err != nil {
		f.Fatal(err)
	}
	c.names.objects = &objects{at: time.Now().Add(24 * time.Hour), units: []unitName{{deskUnit, "DEFAULT"}},
		queues: map[acd.UnitID][]queueName{deskUnit: {{acd.QueueID{1}, "Sales"}}}}
	return c, g
}

// Whatever a form holds, it is a chat that can be kept, or a page with a code.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{form().Encode(), form(fieldSource, "a*b").Encode(), form("extra", "x\xff").Encode(), "%zz", "a&b=c;d", form(fieldName, strings.Repeat("ñ", 3000)).Encode()} {
		f.Add(seed)
	}
	c, g := fuzzed(f)
	handler := c.Handler()
	f.Fuzz(func(t *testing.T, body string) {
		g.t = t
		r := httptest.NewRequest("POST", "/web/hppcwis.dll", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if page := w.Body.String(); w.Code == http.StatusInternalServerError || w.Code == 200 && !sessionOnPage.MatchString(page) || !isText(page) {
			t.Errorf("answered %d %s", w.Code, page)
		}
	})
}

// Whatever is posted as JSON, it is a chat that can be kept, or a problem with a code.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"client_id":"a","caption":"Hello"}`, `{"client_id":"a","data":{"k":"v"},"priority":3}`, `{"client_id":"a","name":"\ud800"}`,
		`{"client_id":"a","caption":"\u0000"}`, `[]`, `{"client_id":"a","unit":"x","queue":"Sales","text":"t","language":"deutsch"}`, `null`} {
		f.Add([]byte(seed))
	}
	c, g := fuzzed(f)
	handler := c.Handler()
	f.Fuzz(func(t *testing.T, body []byte) {
		g.t = t
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("POST", "/web/api/chats", strings.NewReader(string(body))))
		var p problem
		if w.Code != http.StatusCreated && (json.Unmarshal(w.Body.Bytes(), &p) != nil || p.Code == 0 || p.Code == codeGeneral || p.Message == "") {
			t.Errorf("answered %d %s", w.Code, w.Body)
		}
	})
}

// A session is opened only in the one form in which it was made.
func FuzzSession(f *testing.F) {
	s := newSessions(key)
	made := s.of(deskUnit, deskContact)
	f.Add(made)
	f.Add(made + "=")
	f.Add(strings.ToLower(made))
	f.Fuzz(func(t *testing.T, text string) {
		unit, contact, ok := s.open(text)
		if ok && (s.of(unit, contact) != text || text != made) {
			t.Errorf("%q opens %v", text, contact)
		}
	})
}

// A frame of a customer can mark as read only what is there, and nothing else.
func FuzzFrame(f *testing.F) {
	for _, seed := range []string{`{"op":"typing"}`, `{"op":"read","seq":3}`, `{"op":"read","seq":-1}`, `{"op":"read","seq":1e400}`, `{"op":"ping"}`, `[`, `"x"`} {
		f.Add([]byte(seed))
	}
	c, g := fuzzed(f)
	conv := c.pin(deskUnit, deskContact)
	conv.last = 5
	f.Fuzz(func(t *testing.T, raw []byte) {
		g.marks = nil
		clear(conv.marks[:])
		_, err := c.obey(conv, raw)
		for _, mark := range g.marks {
			if err != nil || mark.Seq < 1 || mark.Seq > 5 || mark.Contact != deskContact {
				t.Errorf("%q marked %+v", raw, mark)
			}
		}
	})
}

// Submit notes the read marks.
func (g *gate) Submit(class store.Class, u store.Unit, done func(store.Outcome)) error {
	for _, row := range u.Rows {
		if mark, ok := row.(store.ReadMark); ok {
			g.marks = append(g.marks, mark)
		}
	}
	return g.desk.Submit(class, u, done)
}
