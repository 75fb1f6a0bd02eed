package api

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"portico/acd"
	"portico/identity"
	"portico/store"
)

// While the store is away the server lives but is not ready, and says so at once,
// with a sentence and when to ask again.
func TestReadyFollowsTheStore(t *testing.T) {
	s := newServer()
	s.log, s.crossing = slog.New(slog.DiscardHandler), http.NewCrossOriginProtection()
	away := store.Health{Away: true, Sentence: "The disk is full."}
	for _, try := range []struct {
		health store.Health
		path   string
		status int
		holds  string
	}{
		{store.Health{}, "/readyz", 200, "ready"},
		{away, "/readyz", 503, "The disk is full."},
		{store.Health{Lost: true, Sentence: "Another process owns it."}, "/readyz", 503, "Another process"},
		{away, "/healthz", 200, "ok"},
	} {
		s.health = func() store.Health { return try.health }
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, httptest.NewRequest("GET", try.path, nil))
		if w.Code != try.status || !strings.Contains(w.Body.String(), try.holds) || (try.status == 503) != (w.Header().Get("Retry-After") != "") {
			t.Errorf("%s: %d %v %s", try.path, w.Code, w.Header(), w.Body)
		}
	}
}

// An error that is for nobody but the log is answered without its text.
func TestUnexpectedErrorsAreNotTold(t *testing.T) {
	s := newServer()
	s.log = slog.New(slog.DiscardHandler)
	for _, err := range []error{errFrame, &json.SyntaxError{}, http.ErrHandlerTimeout} {
		if p := s.problem(err); p.Status != 500 || strings.Contains(p.Detail, err.Error()) && err.Error() != "" {
			t.Errorf("%v: %+v", err, p)
		}
	}
}

// What passes the door can be kept: decoding it gives no text with NUL and replaces
// nothing; and what JSON can hold otherwise passes.
func FuzzCleanJSON(f *testing.F) {
	for _, text := range []string{`"a"`, `"\u0000"`, `"\\u0000"`, `"\\\u0000"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ude00\ud83d"`, `{"\ud800":1}`,
		"\"\xff\"", `["\uD83D\uDE00","\u00e9"]`, `"\u`, `"\ud83d\u0041"`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v any
		if json.Unmarshal(data, &v) != nil {
			cleanJSON(data)
			return
		}
		kept := true
		strs(v, func(text string) { kept = kept && !strings.ContainsRune(text, 0) })
		if !kept && cleanJSON(data) {
			t.Fatalf("%q passes with NUL", data)
		}
		if !utf8.Valid(data) && cleanJSON(data) {
			t.Fatalf("%q passes, though it is not UTF-8", data)
		}
		// Encoded again and read again it is the same, so nothing was refused that could
		// be kept: the encoder escapes no half pairs and writes no NUL but as an escape.
		again, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if kept && !cleanJSON(again) {
			t.Fatalf("%q is refused", again)
		}
	})
}

func strs(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		visit(v)
	case []any:
		for _, x := range v {
			strs(x, visit)
		}
	case map[string]any:
		for name, x := range v {
			visit(name)
			strs(x, visit)
		}
	}
}

// A frame of a client is one of four, holds few topics, and a topic that is taken is
// one that the caller may have.
func FuzzFrame(f *testing.F) {
	f.Add([]byte(`{"op":"subscribe","topics":[{"topic":"conversation/0193a5c0-7f00-7000-8000-000000000001","after":3}]}`))
	f.Add([]byte(`{"op":"typing","contact":"0193a5c0-7f00-7000-8000-000000000001"}`))
	f.Add([]byte(`{"op":"subscribe","topics":[{"topic":"conversation/"},{"topic":"agent/x"}]}`))
	supervisor := identity.Caller{Unit: acd.UnitID{1}, User: acd.AgentID{1}, Roles: []identity.Role{identity.Supervisor}}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parseRequest(data)
		if err != nil {
			return
		}
		if len(r.Topics) > topicsMax {
			t.Fatalf("%d topics", len(r.Topics))
		}
		for _, topic := range r.Topics {
			kind, contact, err := parseTopic(supervisor, topic.Topic)
			if err != nil {
				continue
			}
			if kind == "agent" || (kind == "conversation/") == contact.IsZero() {
				t.Fatalf("%q is taken as %s of %s", topic.Topic, kind, contact)
			}
		}
	})
}

// Cookies and tokens are read without harm, whatever a request carries.
func FuzzVisitor(f *testing.F) {
	f.Add("portico_session=abc; x=y", "Bearer ptk_x", "Agent/1.0", "same-origin", "https://a.example")
	f.Add("portico_session=\"a\xff\"", "Bearer", "\x00", "", "null")
	s := newServer()
	s.crossing = http.NewCrossOriginProtection()
	f.Fuzz(func(t *testing.T, cookie, authorization, agent, site, origin string) {
		r := httptest.NewRequest("POST", "http://here.example/api/v1/session", nil)
		for name, value := range map[string]string{"Cookie": cookie, "Authorization": authorization, "User-Agent": agent, "Sec-Fetch-Site": site, "Origin": origin} {
			r.Header[name] = []string{value}
		}
		v := s.visitor(r)
		if !cleanText(v.agent) {
			t.Fatalf("the User-Agent %q is kept", v.agent)
		}
		if (site == "cross-site" || site == "same-site") && !v.foreign {
			t.Fatal("a request of another site is taken for our own")
		}
	})
}

// The key of a page of facts is what was given out, or refused.
func FuzzFactKey(f *testing.F) {
	f.Add("202611.17.3")
	f.Add("-1.0.0")
	f.Add("1..")
	f.Fuzz(func(t *testing.T, text string) {
		k, err := parseFactKey(text)
		if err == nil && (k.Month < 0 || k.Batch > 1<<63) {
			t.Fatalf("%q is read as %+v", text, k)
		}
	})
}

// A domain's name has one spelling.
func FuzzDomainName(f *testing.F) {
	f.Add("chat")
	f.Add("domain-7")
	f.Add("domain-07")
	f.Fuzz(func(t *testing.T, text string) {
		var d DomainName
		if d.UnmarshalText([]byte(text)) == nil && (d.String() != text || d >= acd.DomainsMax) {
			t.Fatalf("%q is read as %s", text, d)
		}
	})
}

// Every state, reason, fact and author has a name, so that none is shown as a number.
func TestNamesAreComplete(t *testing.T) {
	for table, names := range map[string][]string{"states": stateNames[1:], "whys": whyNames[1:], "facts": factNames[1:], "roles": roleNames[:], "authors": authorNames[:], "domains": domainNames[:]} {
		seen := map[string]bool{}
		for i, name := range names {
			if name == "" || seen[name] {
				t.Errorf("%s: number %d is called %q", table, i, name)
			}
			seen[name] = true
		}
	}
	if len(stateNames) != int(acd.Routing)+1 || len(whyNames) != int(acd.WhySteered)+1 || len(factNames) != int(acd.FactHandedOver)+1 ||
		len(roleNames) != int(acd.Whispering)+1 {
		t.Error("a table is shorter than what it names")
	}
}
