package api_test

import (
	"database/sql"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

type auditPage struct {
	Items []struct {
		ID, Action, By, From, Object string
		At                           int64
	}
	Next string
}

func (c *client) audit(query string) (page auditPage) {
	c.h.t.Helper()
	c.want(200, "GET", "/audit?"+query, nil).into(c.h.t, &page)
	return page
}

// Who did what is found by what one knows of it; sign-ins are there, refused ones too,
// but none that the lock-out keeps from being tried.
func TestAuditIsFiltered(t *testing.T) {
	w := newWorld(t)
	pa, ben := w.east.pa, w.east.users["ben"]
	for range 20 {
		w.anybody().do("POST", "/session", map[string]any{"unit": "East", "name": "ben", "password": "a wrong password"})
	}
	refused := pa.audit("action=session.refuse&limit=500")
	if n := len(refused.Items); n < 5 || n > 6 {
		t.Errorf("%d of 20 refused sign-ins are in the log", n)
	}
	if a := refused.Items[0]; a.By != "ben" || a.Object != ben || a.From == "" {
		t.Errorf("a refused sign-in is %+v", a)
	}
	if page := pa.audit("action=session.begin&by=nn&limit=500"); len(page.Items) != 1 || page.Items[0].By != "anna" {
		t.Errorf("Anna's sign-ins: %+v", page)
	}
	o := w.east.spare("queues")
	page := pa.audit("object=" + o.ID)
	if len(page.Items) != 1 || page.Items[0].Action != "queue.create" {
		t.Errorf("of a queue: %+v", page)
	}
	if page := pa.audit("action=queue.&by=pa%25"); len(page.Items) != 0 {
		t.Errorf("a percent sign is no wildcard: %+v", page)
	}
	at := page.Items[0].At
	for query, want := range map[string]bool{
		"from=" + decimal(at): true, "to=" + decimal(at): false, "from=" + decimal(at+1): false, "to=" + decimal(at+1): true,
	} {
		found := false
		for _, a := range pa.audit(query + "&limit=500").Items {
			found = found || a.ID == page.Items[0].ID
		}
		if found != want {
			t.Errorf("%s: found %v", query, found)
		}
	}
	table := readTable(t, pa.want(200, "GET", "/audit/export?object="+o.ID, nil).body)
	if len(table) != 2 || table[1][1] != "sa" && table[1][1] != "pa" || table[1][3] != "queue.create" || !strings.Contains(table[1][6], "objective_s") {
		t.Errorf("exported as %q", table)
	}
}

// A change is undone from its entry, also a removal; what had nothing before is not.
func TestUndoFromAudit(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	o := w.east.spare("queues")
	pa.want(200, "PUT", "/queues/"+o.ID, map[string]any{"name": "renamed", "version": 1, "body": queue(w.east.skills["Support"], 3)})
	pa.want(204, "DELETE", "/queues/"+o.ID+"?version=2", nil)
	page := pa.audit("object=" + o.ID)
	undo := func(i, version int) answer {
		return pa.do("POST", "/audit/"+page.Items[i].ID+"/revert", map[string]any{"version": version})
	}
	if a := undo(1, 2); a.code() != "changed" {
		t.Errorf("not the version that was seen: %d %s", a.status, a.body)
	}
	if a := undo(0, 3); a.status != 200 || pa.read("/queues/"+o.ID).Name != "renamed" {
		t.Errorf("the removal: %d %s", a.status, a.body)
	}
	if a := undo(1, 4); a.status != 200 || pa.read("/queues/"+o.ID).Name != o.Name {
		t.Errorf("the change: %d %s", a.status, a.body)
	}
	if a := undo(2, 5); a.code() != "nothing_before" {
		t.Errorf("the creation: %d %s", a.status, a.body)
	}
}

// A row that is changed behind the program's back is found.
func TestAuditIsVerified(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	type check struct {
		OK       bool
		Entries  int
		FirstBad *struct{ ID, Action string } `json:"first_bad"`
	}
	verify := func(c *client) (got check) {
		t.Helper()
		c.want(200, "GET", "/audit/verify", nil).into(t, &got)
		return got
	}
	if got := verify(pa); !got.OK || got.Entries < 10 || got.FirstBad != nil {
		t.Errorf("untouched: %+v", got)
	}
	db, err := sql.Open("sqlite", filepath.Join(w.dir, "portico.db")+"?_pragma=busy_timeout(10000)")
	w.must(err)
	defer db.Close()
	entry := pa.audit("action=queue.create").Items[0]
	_, err = db.Exec(`update audit set by_name = 'somebody else' where action = 'queue.create' and id = (select max(id) from audit
		where action = 'queue.create' and unit = (select unit from object where kind = 'queue' and name = 'Quiet' order by unit limit 1))`)
	w.must(err)
	if got := verify(pa); got.OK || got.FirstBad == nil || got.FirstBad.ID != entry.ID {
		t.Errorf("a row was changed: %+v, want %s", got, entry.ID)
	}
	if got := verify(w.west.pa); !got.OK {
		t.Errorf("the other unit: %+v", got)
	}
}

// A person chooses the language of the own screens among those that there are, and
// stays signed in.
func TestOwnLanguage(t *testing.T) {
	w := newWorld(t)
	anna := w.east.agents["anna"]
	anna.want(204, "PUT", "/session/language", map[string]any{"language": "deutsch"})
	var me struct{ Language string }
	anna.want(200, "GET", "/session", nil).into(t, &me)
	if me.Language != "deutsch" {
		t.Errorf("it is %q", me.Language)
	}
	if a := anna.do("PUT", "/session/language", map[string]any{"language": "klingon"}); a.code() != "language" {
		t.Errorf("a language that is not there: %d %s", a.status, a.body)
	}
	anna.want(204, "PUT", "/session/language", map[string]any{"language": ""})
	anna.want(200, "GET", "/session", nil).into(t, &me)
	if me.Language != "english" {
		t.Errorf("the unit's is %q", me.Language)
	}
}

// Every unit begins with what conversations need, and all of it passes the checks that
// administrators' changes pass.
func TestUnitsBeginWithContent(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	for many, want := range map[string]int{"chat-languages": 4, "schedules": 2, "responses": 6, "excluded-numbers": 10} {
		all := pa.objects(many)
		if len(all) != want {
			t.Errorf("%d %s, want %d", len(all), many, want)
		}
		for name, o := range all {
			pa.want(200, "PUT", "/"+many+"/"+o.ID, map[string]any{"name": name, "version": o.Version, "body": o.Body})
		}
	}
	anna := w.signIn("DEFAULT", "pa").objects("users")["anna"]
	if teams := w.signIn("DEFAULT", "pa").objects("teams"); len(teams) != 2 || !strings.Contains(string(anna.Body), teams["Sales"].ID) {
		t.Errorf("the sample's teams: %+v; Anna is %s", teams, anna.Body)
	}
	for _, name := range []string{"Global", "service", "API", "system", "web", "Metrics", "components"} {
		if a := w.sa.do("POST", "/units", map[string]any{"name": name, "body": map[string]any{"time_zone": "UTC", "language": "english", "disabled": false}}); a.code() != "unit_name" && name != "Global" {
			t.Errorf("a unit named %s: %d %s", name, a.status, a.body)
		}
	}
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
