package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portico/store"
)

// caller is somebody who may pass.
func (w *world) caller(op documented) *client {
	for _, role := range op.Roles {
		switch role {
		case "agent":
			return w.east.agents["ben"]
		case "system_administrator":
			return w.sa
		}
	}
	return w.east.pa
}

// stored is all that the bad requests could have left behind.
func (w *world) stored() string {
	w.t.Helper()
	var b strings.Builder
	for _, kind := range []store.ObjectKind{"unit", "user", "queue", "skill", "reason", "site", "settings", "team", "schedule", "chat_language",
		"chat_settings", "response", "excluded_number", "view"} {
		all, err := w.store.AllObjects(w.t.Context(), kind)
		w.must(err)
		for _, o := range all {
			fmt.Fprintf(&b, "%s %s %d %s %t\n", o.Kind, o.Name, o.Version, o.Body, o.Deleted)
		}
	}
	for _, c := range []*client{w.sa, w.east.pa} {
		b.WriteString(c.want(200, "GET", "/audit?limit=500", nil).body)
		b.WriteString(c.want(200, "GET", "/tokens?limit=500", nil).body)
		b.WriteString(c.want(200, "GET", "/contacts?limit=500", nil).body)
	}
	return b.String()
}

// bad is a request that must be refused.
type bad struct {
	what string
	path string
	body any
}

// wrong gives values that a place of the schema cannot take.
func wrong(t *testing.T, where string, s *schema) map[string]any {
	t.Helper()
	out := map[string]any{}
	switch s.Type {
	case "string":
		out["a number"], out["a list"] = 7, []any{"x"}
		out["NUL"], out["half a pair"], out["no UTF-8"] = "a\x00b", rawJSON(`"a\ud800b"`), rawJSON("\"a\xffb\"")
		most := 5000
		if s.MaxLength != nil {
			most = *s.MaxLength
		} else if s.Format == "" && len(s.Enum) == 0 && s.Pattern == "" {
			t.Errorf("%s has no greatest length", where)
		}
		out["too long"] = strings.Repeat("x", most+1)
		if s.Format == "uuid" || len(s.Enum) > 0 {
			out["another word"] = "nonsense"
		}
	case "integer":
		out["a text"], out["a fraction"], out["too large"] = "7", 1.5, rawJSON("1e30")
		if s.Minimum != nil {
			out["too small"] = *s.Minimum - 1
		}
		if s.Maximum != nil {
			out["over the limit"] = *s.Maximum + 1
		}
	case "boolean":
		out["a text"] = "true"
	case "array":
		out["a text"], out["an object"] = "x", map[string]any{}
	case "object":
		out["a text"], out["a list"] = "x", []any{}
		out["an unknown field"] = map[string]any{"nonsense\x00": 1}
	}
	return out
}

// rawJSON stands for itself in a request's text.
type rawJSON string

// encoded writes a value with rawJSON as it stands, and NUL as an escape.
func encoded(t *testing.T, v any) []byte {
	t.Helper()
	var raws []string
	var mark func(v any) any
	mark = func(v any) any {
		switch v := v.(type) {
		case rawJSON:
			raws = append(raws, string(v))
			return fmt.Sprintf("@raw%d@", len(raws)-1)
		case map[string]any:
			for name := range v {
				v[name] = mark(v[name])
			}
		case []any:
			for i := range v {
				v[i] = mark(v[i])
			}
		}
		return v
	}
	text, err := json.Marshal(mark(v))
	if err != nil {
		t.Fatal(err)
	}
	out := string(text)
	for i, raw := range raws {
		out = strings.Replace(out, fmt.Sprintf(`"@raw%d@"`, i), raw, 1)
	}
	return []byte(out)
}

// bads makes the bad requests of an operation from the document.
func (d document) bads(t *testing.T, op documented) []bad {
	t.Helper()
	good := strings.Replace(op.path, "{id}", never(), 1)
	var out []bad
	if op.body() != nil {
		d.walk(op.body(), d.example(op.body()), "", nil, func(path string, s *schema, _ any, _ func(any)) {
			for what, value := range wrong(t, op.id+path, s) {
				whole := d.example(op.body())
				set := false
				d.walk(op.body(), whole, "", func(v any) { whole, set = v, true }, func(p string, _ *schema, _ any, put func(any)) {
					if p == path && !set {
						put(value)
						set = true
					}
				})
				out = append(out, bad{path + " is " + what, good, encoded(t, whole)})
			}
		})
		for what, text := range map[string]string{"no JSON": "{", "a list": "[]", "nothing": "", "null": "null", "two": "{}{}",
			"too much": `{"x":"` + strings.Repeat("x", 300<<10) + `"}`} {
			out = append(out, bad{"the body is " + what, good, []byte(text)})
		}
	}
	for _, p := range op.Parameters {
		for what, value := range map[string]string{"no UTF-8": "a%ffb", "NUL": "a%00b", "too long": strings.Repeat("x", 5000), "a bad escape": "%zz"} {
			if p.In == "path" {
				if what != "a bad escape" { // no client of ours sends it
					out = append(out, bad{"the path's " + p.Name + " is " + what, strings.Replace(op.path, "{id}", value, 1), nil})
				}
				continue
			}
			out = append(out, bad{"the query's " + p.Name + " is " + what, good + "?" + url.QueryEscape(p.Name) + "=" + value, nil})
		}
		if p.In == "query" && (p.Schema.Type == "integer" || p.Schema.Format == "uuid" || len(p.Schema.Enum) > 0) {
			out = append(out, bad{"the query's " + p.Name + " is a word", good + "?" + p.Name + "=nonsense", nil})
		}
	}
	return out
}

// Every operation refuses what no field could hold, with a sentence and a code, and
// stores nothing of it.
func TestBadInput(t *testing.T) {
	w, d := newWorld(t), readDocument(t)
	before, tried := w.stored(), 0
	for _, op := range d.operations {
		c := w.caller(op)
		for _, b := range d.bads(t, op) {
			tried++
			a := c.do(op.method, b.path, b.body)
			var p struct {
				Status       int
				Code, Detail string
			}
			err := json.Unmarshal([]byte(a.body), &p)
			if a.status < 400 || a.status >= 500 || err != nil || p.Code == "" || p.Detail == "" || p.Status != a.status ||
				a.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s, %s: %d %s", op.id, b.what, a.status, a.body)
			}
			if a.status == http.StatusUnauthorized || a.status == http.StatusForbidden {
				t.Errorf("%s, %s: not let in, so nothing was judged: %s", op.id, b.what, a.body)
			}
			if a.status == http.StatusNotFound && b.body != nil {
				t.Errorf("%s, %s: looked for before it was judged", op.id, b.what)
			}
		}
	}
	if after := w.stored(); after != before {
		t.Errorf("bad requests left something behind:\n%s\nbefore:\n%s", after, before)
	}
	if tried < 1000 {
		t.Errorf("only %d bad requests were tried", tried)
	}
	w.sa.want(200, "GET", "/session", nil)
	w.east.bring("active") // nobody else is disturbed
}

// Addresses that nothing serves, and methods that they do not take, are problems too.
func TestNoSuchDoor(t *testing.T) {
	h := newHouse(t)
	for _, try := range []struct {
		method, path string
		status       int
	}{{"GET", "/nonsense", 404}, {"PATCH", "/session", 405}, {"POST", "/openapi.json", 405}, {"GET", "/", 404}} {
		a := h.anybody().do(try.method, try.path, nil)
		if a.status != try.status || a.code() == "" {
			t.Errorf("%s %s: %d %s", try.method, try.path, a.status, a.body)
		}
	}
	c := h.anybody()
	c.headers = map[string]string{"Content-Type": "text/plain"}
	if a := c.do("POST", "/session", "x"); a.status != 415 {
		t.Errorf("a body that is no JSON: %d %s", a.status, a.body)
	}
}
