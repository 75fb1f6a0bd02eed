package api_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

func plainSecret(*side) map[string]any { return map[string]any{"value": "open sesame"} }

// anySecret gives the id of a secret of the side.
func anySecret(s *side) string { return s.spare("secrets").ID }

func wholeConnection(s *side) map[string]any {
	return map[string]any{"driver": "postgres", "host": "127.0.0.1", "database": "orders", "user": "reader", "secret": anySecret(s)}
}

func wholeFunction(s *side) map[string]any {
	return map[string]any{"url": "http://127.0.0.1:9/f", "headers": []any{map[string]any{"name": "X-Key", "secret": anySecret(s)}},
		"inputs": []any{map[string]any{"name": "id"}}, "outputs": []any{map[string]any{"name": "state"}}}
}

var outsideRows = map[string]tenantRow{
	"test-connection": oneOf("connections"),
	"test-function": {by: "pa", ask: func(s *side) asked {
		return asked{id: s.spare("functions").ID, body: map[string]any{"inputs": map[string]any{"id": "1"}}}
	}},
	"read-contact-data":     simple("sven"),
	"contact-data-versions": simple("pa"),
	"revert-contact-data": {by: "pa", ask: func(s *side) asked {
		var have map[string]any
		s.pa.want(200, "GET", "/contact-data", nil).into(s.w.t, &have)
		s.pa.want(200, "PUT", "/contact-data", map[string]any{"version": have["version"], "settings": have["settings"]}).into(s.w.t, &have)
		return asked{body: map[string]any{"version": have["version"], "to": have["version"]}}
	}},
	"change-contact-data": {by: "pa", ask: func(s *side) asked {
		var have map[string]any
		s.pa.want(200, "GET", "/contact-data", nil).into(s.w.t, &have)
		return asked{body: map[string]any{"version": have["version"], "settings": have["settings"]}}
	}},
}

// trial is what the door says that tries a connection or a function.
type trial struct {
	OK            bool
	Code, Message string
	Outputs       map[string]string
}

// No answer, no page of the audit log, no export and no file of the store holds a
// secret, whatever is done to it; yet it is sent where it belongs.
func TestSecretsAreNeverShown(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	w.allow("127.0.0.1")
	const first, second = "hunter2-was-first", "hunter2-came-second"
	var said []string
	say := func(a answer) answer { said = append(said, a.body); return a }
	var o object
	say(pa.want(201, "POST", "/secrets", map[string]any{"name": "Key", "body": map[string]any{"value": first, "description": "of the CRM"}})).into(t, &o)
	say(pa.want(200, "PUT", "/secrets/"+o.ID, map[string]any{"name": "Key", "version": 1, "body": map[string]any{"value": second}}))
	say(pa.want(200, "PUT", "/secrets/"+o.ID, map[string]any{"name": "Key", "version": 2, "body": map[string]any{"description": "kept"}}))
	say(pa.want(200, "POST", "/secrets/bulk", map[string]any{"items": []any{map[string]any{"id": o.ID, "version": 3}}, "set": map[string]any{"description": "many"}}))

	var got string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("X-Key")
		raw, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, `{"outputs":{"state":%q}}`, raw)
	}))
	defer server.Close()
	var f object
	pa.want(201, "POST", "/functions", map[string]any{"name": "State", "body": map[string]any{"url": server.URL,
		"headers": []any{map[string]any{"name": "X-Key", "secret": o.ID}}, "inputs": []any{map[string]any{"name": "id", "required": true}},
		"outputs": []any{map[string]any{"name": "state"}}}}).into(t, &f)
	try := func() (tr trial) {
		t.Helper()
		say(pa.want(200, "POST", "/functions/"+f.ID+"/test", map[string]any{"inputs": map[string]any{"id": "4711"}})).into(t, &tr)
		return tr
	}
	if tr := try(); !tr.OK || got != second || !strings.Contains(tr.Outputs["state"], `"id":"4711"`) {
		t.Errorf("%+v, the key was %q", tr, got)
	}
	say(pa.want(200, "POST", "/secrets/"+o.ID+"/revert", map[string]any{"version": 4, "to": 1}))
	if try(); got != first {
		t.Errorf("after going back the key was %q", got)
	}
	if a := pa.do("DELETE", "/secrets/"+o.ID+"?version=5", nil); a.code() != "in_use" || !strings.Contains(a.body, "function State") {
		t.Errorf("removing what a function needs: %d %s", a.status, a.body)
	}
	w.restart()
	pa = w.signIn("East", "pa")
	if try(); got != first {
		t.Errorf("after a restart the key was %q", got)
	}
	for _, path := range []string{"/secrets", "/secrets/" + o.ID, "/secrets/" + o.ID + "/versions", "/secrets/" + o.ID + "/uses", "/audit", "/audit/export", "/functions/" + f.ID} {
		say(pa.want(200, "GET", path, nil))
	}
	for _, text := range said {
		if strings.Contains(text, "hunter2") {
			t.Errorf("it is shown: %s", text)
		}
		if strings.Contains(text, "sealed") {
			t.Errorf("what is sealed is shown: %s", text)
		}
	}
	w.stop()
	defer w.start()
	_ = filepath.WalkDir(w.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if raw, err := os.ReadFile(path); err != nil || strings.Contains(string(raw), "hunter2") {
				t.Errorf("%s holds it (%v)", path, err)
			}
		}
		return nil
	})
}

// allow lists what of the own network may be reached.
func (w *world) allow(entries ...string) {
	w.t.Helper()
	var have struct {
		Version  int
		Settings map[string]any
	}
	w.sa.want(200, "GET", "/settings", nil).into(w.t, &have)
	have.Settings["outside_allow"] = entries
	w.sa.want(200, "PUT", "/settings", map[string]any{"version": have.Version, "settings": have.Settings})
}

// A secret has one line and a value; what is registered wrongly is refused by its field.
func TestOutsideIsJudged(t *testing.T) {
	w := newWorld(t)
	for _, try := range []struct {
		path  string
		body  map[string]any
		field string
	}{
		{"/secrets", map[string]any{}, "body.value"},
		{"/secrets", map[string]any{"value": "two\nlines"}, "body.value"},
		{"/connections", map[string]any{"driver": "sqlite", "file": "../x.db"}, "body.file"},
		{"/connections", map[string]any{"driver": "sqlite", "file": "/etc/x.db"}, "body.file"},
		{"/connections", map[string]any{"driver": "postgres", "host": "a b", "database": "d", "user": "u"}, "body.host"},
		{"/connections", map[string]any{"driver": "postgres", "host": "a", "database": "d"}, "body.user"},
		{"/connections", map[string]any{"driver": "postgres", "host": "a", "database": "d", "user": "u", "certificate_authority": "x"}, "body.certificate_authority"},
		{"/connections", map[string]any{"driver": "postgres", "host": "a", "database": "d", "user": "u", "secret": anySecret(w.west)}, "body.secret"},
		{"/functions", map[string]any{"url": "ftp://a"}, "body.url"},
		{"/functions", map[string]any{"url": "http://a", "headers": []any{map[string]any{"name": "Host", "value": "b"}}}, "body.headers[0]"},
		{"/functions", map[string]any{"url": "http://a", "headers": []any{map[string]any{"name": "X", "secret": anySecret(w.west)}}}, "body.headers[0].secret"},
	} {
		a := w.east.pa.do("POST", try.path, map[string]any{"name": "x", "body": try.body})
		var p struct{ Field string }
		if json.Unmarshal([]byte(a.body), &p); a.status != 422 || p.Field != try.field {
			t.Errorf("%s %v: %d %s", try.path, try.body, a.status, a.body)
		}
	}
}

// Only a system administrator opens the own network, and from then on it is open.
func TestOutsideAllow(t *testing.T) {
	w := newWorld(t)
	db, err := sql.Open("sqlite", filepath.Join(w.dir, "orders.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("create table a(b)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	try := func(body map[string]any, name string) (tr trial) {
		t.Helper()
		id := w.made(w.east.unit, "connections", name, body)
		w.east.pa.want(200, "POST", "/connections/"+id+"/test", nil).into(t, &tr)
		return tr
	}
	if tr := try(map[string]any{"driver": "sqlite", "file": "orders.db"}, "file"); !tr.OK {
		t.Errorf("a file: %+v", tr)
	}
	if tr := try(map[string]any{"driver": "sqlite", "file": "none.db"}, "no file"); tr.Code != "lookup_no_file" || tr.Message == "" {
		t.Errorf("no file: %+v", tr)
	}
	closed := map[string]any{"driver": "postgres", "host": "127.0.0.1", "port": 1, "database": "d", "user": "u", "tls": "off"}
	if tr := try(closed, "closed"); tr.Code != "outcall_forbidden" || !strings.Contains(tr.Message, "127.0.0.1") {
		t.Errorf("inside: %+v", tr)
	}
	w.allow("127.0.0.1")
	if tr := try(closed, "open"); tr.Code != "outcall_not_reached" {
		t.Errorf("allowed: %+v", tr)
	}
	var have struct {
		Version  int
		Settings map[string]any
	}
	w.sa.want(200, "GET", "/settings", nil).into(t, &have)
	delete(have.Settings, "outside_allow")
	w.sa.want(200, "PUT", "/settings", map[string]any{"version": have.Version, "settings": have.Settings}).into(t, &have)
	if fmt.Sprint(have.Settings["outside_allow"]) != "[127.0.0.1]" {
		t.Errorf("a program that does not know the list changed it: %v", have.Settings)
	}
	have.Settings["outside_allow"] = []string{"*"}
	if a := w.sa.do("PUT", "/settings", map[string]any{"version": have.Version, "settings": have.Settings}); a.code() != "outside_allow" || !strings.Contains(a.body, "settings.outside_allow") {
		t.Errorf("everything: %d %s", a.status, a.body)
	}
}

// Contact data are bounded by the unit's own bounds, at the door for programs too.
func TestContactDataBounds(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	var have struct {
		Version  int
		Settings map[string]int
	}
	pa.want(200, "GET", "/contact-data", nil).into(t, &have)
	if have.Version != 0 || have.Settings["keys"] != 100 || have.Settings["key_length"] != 64 || have.Settings["value_length"] != 1000 {
		t.Errorf("at first %+v", have)
	}
	mail := queue(w.east.skills["Support"], 80)
	mail["domain"] = "email"
	q := w.made(w.east.unit, "queues", "Mail", mail)
	n := 0
	bring := func(details map[string]string) answer {
		n++
		return w.east.sv.do("POST", "/contacts", map[string]any{"client_id": fmt.Sprint("c", n), "queue": q, "details": details})
	}
	if a := bring(map[string]string{strings.Repeat("ü", 64): strings.Repeat("ü", 1000)}); a.status != 200 && a.status != 201 {
		t.Errorf("within the bounds: %d %s", a.status, a.body)
	}
	if a := bring(map[string]string{"k": strings.Repeat("x", 1001)}); a.code() != "data_value" {
		t.Errorf("a long value: %d %s", a.status, a.body)
	}
	pa.want(200, "PUT", "/contact-data", map[string]any{"version": 0, "settings": map[string]any{"keys": 99, "key_length": 32, "value_length": 128}})
	if a := pa.do("PUT", "/contact-data", map[string]any{"version": 0, "settings": map[string]any{"keys": 1, "key_length": 1, "value_length": 1}}); a.code() != "changed" {
		t.Errorf("over another's change: %d %s", a.status, a.body)
	}
	many := map[string]string{}
	for i := range 100 {
		many[fmt.Sprint("k", i)] = "x"
	}
	for code, details := range map[string]map[string]string{"data_keys": many, "data_key": {strings.Repeat("k", 33): ""}, "data_value": {"k": strings.Repeat("x", 129)}} {
		if a := bring(details); a.code() != code || !strings.Contains(a.body, `"details"`) {
			t.Errorf("%s: %d %s", code, a.status, a.body)
		}
	}
	w.restart()
	if a := w.signIn("East", "sven").do("POST", "/contacts", map[string]any{"client_id": "z", "queue": q, "details": map[string]string{"k": strings.Repeat("x", 129)}}); a.code() != "data_value" {
		t.Errorf("after a restart: %d %s", a.status, a.body)
	}
	if o := w.west.pa; o.want(200, "GET", "/contact-data", nil).status != 200 {
		t.Error("the other unit")
	}
}
