package api_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

type imported struct {
	Applied                         bool
	Created, Changed, Same, Refused int
	Rows                            []struct {
		Line                               int
		Name, Action, Code, Message, Field string
	}
}

func (c *client) load(many, text string, dry bool) (out imported) {
	c.h.t.Helper()
	d := *c
	d.headers = map[string]string{"Content-Type": "text/csv"}
	path := "/" + many + "/import"
	if dry {
		path += "?dry_run=true"
	}
	d.want(200, "POST", path, text).into(c.h.t, &out)
	return out
}

func (c *client) table(many string) string {
	c.h.t.Helper()
	return c.want(200, "GET", "/"+many+"/export", nil).body
}

// What was exported is the same when it is imported, whatever names and texts hold;
// imported into another unit it makes the same there.
func TestExportIsImportedAsTheSame(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	nasty := []string{"=1+1", "+49 30", "-x", "@home", "'=quoted", `a;b:c|d>e\f`, "new\tname"[:3] + " ünïcode 🙂", `"quoted", and more`}
	for _, name := range nasty {
		pa.want(201, "POST", "/skills", map[string]any{"name": name, "body": map[string]any{"description": name + "\r\nline; " + name}})
		skill := pa.objects("skills")[name].ID
		pa.want(201, "POST", "/reasons", map[string]any{"name": name, "body": map[string]any{"use": "disposition"}})
		team := w.made(w.east.unit, "teams", name, map[string]any{"description": name, "supervisors": []any{w.east.users["ben"], w.east.users["anna"]}})
		u := account([]any{map[string]any{"skill": skill, "level": 7}, map[string]any{"skill": w.east.skills["Support"], "level": 70}}, "agent", "supervisor")
		u["team"], u["supervised_teams"], u["description"], u["login_enabled"] = team, []any{team}, name, false
		user := w.made(w.east.unit, "users", name, u)
		q := queue(skill, 50)
		q["steps"] = append(q["steps"].([]any), map[string]any{"after_s": 30, "queues": []any{w.east.queues["Support"]}, "agents": []any{user}},
			map[string]any{"after_s": 90})
		q["dispositions"], q["schedule"], q["policy"] = []any{pa.objects("reasons")[name].ID}, w.east.schedule, "preference"
		made := w.made(w.east.unit, "queues", name, q)
		var o object
		pa.want(200, "GET", "/users/"+user, nil).into(t, &o)
		u["agent"].(map[string]any)["preferences"] = map[string]any{made: 3, w.east.queues["Quiet"]: 4}
		pa.want(200, "PUT", "/users/"+user, map[string]any{"name": name, "version": o.Version, "body": u})
		pa.want(201, "POST", "/responses", map[string]any{"name": name, "body": map[string]any{"shortcut": "", "category": name,
			"texts": map[string]any{"english": "Dear {customer},\n" + name, "deutsch": name}, "queues": []any{made},
			"mails": map[string]any{"english": map[string]any{"subject": "About " + name, "html": "<p>Dear {customer},</p>"}, "deutsch": map[string]any{"html": "<p>x</p>"}}}})
	}
	pa.want(201, "POST", "/excluded-numbers", map[string]any{"name": "premium", "body": map[string]any{"pattern": "+49900*", "why": "premium", "note": ""}})
	order := []string{"skills", "reasons", "users", "teams", "queues", "responses", "excluded-numbers"}
	tables := map[string]string{}
	for _, many := range order {
		tables[many] = pa.table(many)
		got := pa.load(many, tables[many], false)
		if !got.Applied || got.Same == 0 || got.Created+got.Changed+got.Refused > 0 || got.Same != len(got.Rows) {
			t.Errorf("%s: %+v", many, got)
		}
		for _, line := range readTable(t, tables[many]) {
			for _, cell := range line {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
					t.Errorf("%s has the formula %q", many, cell)
				}
			}
		}
		if w.east.pa.objects(many)["premium"].Version > 1 {
			t.Errorf("%s: what is the same was changed", many)
		}
	}
	// Semicolons, as spreadsheets of many countries write them.
	if got := pa.load("skills", "name;description\n"+`"a;b:c|d>e\f";changed`+"\n", true); got.Changed != 1 || got.Applied {
		t.Errorf("semicolons: %+v", got)
	}
	// Into the other unit: what names others later comes again with them.
	west := w.west.pa
	west.want(204, "DELETE", "/queues/"+w.west.queues["Quiet"]+"?version=1", nil)
	tables["users"] = without(t, tables["users"], "agent_id") // which were made in the order of the users
	strip := func(many string, columns ...string) string { return without(t, tables[many], columns...) }
	for _, step := range []struct{ many, text string }{
		{"skills", tables["skills"]}, {"reasons", tables["reasons"]}, {"teams", strip("teams", "supervisors")},
		{"users", strip("users", "preferences")}, {"queues", strip("queues", "dispositions")},
		{"teams", tables["teams"]}, {"users", tables["users"]}, {"queues", tables["queues"]}, {"responses", tables["responses"]},
	} {
		if got := west.load(step.many, step.text, false); !got.Applied {
			t.Fatalf("%s into the other unit: %+v", step.many, got)
		}
		if step.text != tables[step.many] {
			continue
		}
		have, want := without(t, west.table(step.many), "agent_id"), strings.ReplaceAll(without(t, step.text), "\r\n", "\n")
		if have != want {
			t.Errorf("%s of the other unit differ:\n%s\n%s", step.many, have, want)
		}
	}
}

// without takes columns away from a table.
func without(t *testing.T, table string, columns ...string) string {
	t.Helper()
	lines := readTable(t, table)
	var keep []int
	for i, name := range lines[0] {
		if !slices.Contains(columns, name) {
			keep = append(keep, i)
		}
	}
	for l, line := range lines {
		var kept []string
		for _, i := range keep {
			kept = append(kept, line[i])
		}
		lines[l] = kept
	}
	return writeTable(lines)
}

// A file is imported whole or not at all; each row says what it does, or in words what
// is wrong with which column; a dry run says the same and does nothing.
func TestImportSaysEachRow(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	text := "name,first_name,roles,skills,team,capacity,disabled\n" +
		"new one,New,agent,Support:50,First,chat:3;email:5,\n" +
		"anna,Anna,agent,Support:40,,chat:100,\n" +
		"ben,First,agent,Support:90,,chat:100,false\n" +
		"bad role,X,king,,,,\n" +
		"bad skill,X,agent,Latin:5,,,\n" +
		"bad level,X,agent,Support:500,,,\n" +
		"bad level 2,X,agent,Support,,,\n" +
		"bad team,X,agent,,Second,,\n" +
		"bad flag,X,agent,,,,perhaps\n" +
		"NEW ONE,twice,agent,,,,\n" +
		",nameless,agent,,,,\n" +
		"pa,Me,agent,,,,\n" +
		"long," + strings.Repeat("x", 101) + ",agent,,,,\n"
	want := []struct{ action, code, field string }{
		{"create", "", ""}, {"change", "", ""}, {"same", "", ""}, {"refuse", "invalid", "roles[0]"}, {"refuse", "no_such_name", "skills"},
		{"refuse", "cell_level", "skills"}, {"refuse", "cell_level", "skills"}, {"refuse", "no_such_name", "team"},
		{"refuse", "cell_yes_no", "disabled"}, {"refuse", "twice", "name"}, {"refuse", "name_invalid", "name"},
		{"refuse", "own_account", ""}, {"refuse", "invalid", "first_name"},
	}
	for _, dry := range []bool{true, false} {
		got := pa.load("users", text, dry)
		if got.Applied || got.Created != 1 || got.Changed != 1 || got.Same != 1 || got.Refused != len(want)-3 {
			t.Fatalf("%+v", got)
		}
		for i, row := range got.Rows {
			if row.Action != want[i].action || row.Code != want[i].code || row.Field != want[i].field || row.Line != i+2 {
				t.Errorf("row %d is %+v, want %+v", i, row, want[i])
			}
			if row.Action == "refuse" && row.Message == "" {
				t.Errorf("row %d says nothing", i)
			}
		}
	}
	if _, there := pa.objects("users")["new one"]; there {
		t.Error("a part of a file was imported")
	}
	good := strings.Join(strings.Split(text, "\n")[:4], "\n")
	if got := pa.load("users", good, true); got.Applied || got.Refused != 0 {
		t.Errorf("dry run: %+v", got)
	}
	if _, there := pa.objects("users")["new one"]; there {
		t.Error("a dry run has imported something")
	}
	if got := pa.load("users", good, false); !got.Applied {
		t.Errorf("%+v", got)
	}
	if got := pa.load("users", good, false); got.Same != 3 {
		t.Errorf("a second time: %+v", got)
	}
	users := pa.objects("users")
	if o := users["new one"]; !strings.Contains(string(o.Body), w.east.team) || !strings.Contains(string(o.Body), `"agent_id":"100`) {
		t.Errorf("the new one is %s", o.Body)
	}
	if o := users["anna"]; o.ID != w.east.users["anna"] || o.Version != 2 || strings.Contains(string(o.Body), `"last_name":""`) {
		t.Errorf("a column that is absent stays as it is: %s", o.Body)
	}
	for what, bad := range map[string]struct{ text, code string }{
		"an unknown column": {"name,salary\nx,1\n", "csv_column"}, "no name": {"first_name\nx\n", "csv_name"},
		"no table": {"\"", "csv_form"}, "nothing": {"\n", "csv_empty"},
	} {
		if a := pa.do("POST", "/users/import", []byte(bad.text)); a.code() != bad.code {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
	}
	if a := pa.do("POST", "/users/import", bytes.Repeat([]byte("name\n"), 2<<20)); a.status != 413 {
		t.Errorf("too large a file: %d %s", a.status, a.body)
	}
}

// Responses that are somebody's own are in no table, and no table changes them.
func TestTablesHoldWhatIsShared(t *testing.T) {
	w := newWorld(t)
	anna := w.east.agents["anna"]
	anna.want(201, "POST", "/responses", map[string]any{"name": "Hello", "body": map[string]any{"shortcut": "", "category": "", "personal": true,
		"texts": map[string]any{"english": "mine"}}})
	for _, c := range []*client{anna, w.east.pa} {
		if table := c.table("responses"); strings.Contains(table, "mine") {
			t.Errorf("the table holds %s", table)
		}
	}
	if got := w.east.pa.load("responses", "name,text:english\nHello,all\n", false); got.Created != 1 || !got.Applied {
		t.Errorf("%+v", got)
	}
	if o := anna.names("/responses?find=hello"); !slices.Equal(o, []string{"Hello", "Hello"}) {
		t.Errorf("Anna reads %v", o)
	}
}

func manyUsers(n int) string {
	var b strings.Builder
	b.WriteString("name,first_name,last_name,roles,skills,team,capacity\n")
	for i := range n {
		fmt.Fprintf(&b, "agent%05d,First%d,Last%d,agent,Support:%d,First,chat:3;email:5\n", i, i, i, 1+i%100)
	}
	return b.String()
}

// As many users as a file may hold are imported by one request, and routed at once.
func BenchmarkImportUsers(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		w := newWorld(b)
		text := manyUsers(10_000)
		b.StartTimer()
		if got := w.east.pa.load("users", text, false); got.Created != 10_000 {
			b.Fatalf("%d created, %d refused", got.Created, got.Refused)
		}
		if got := w.east.pa.load("users", text, false); got.Same != 10_000 {
			b.Fatalf("%d the same", got.Same)
		}
	}
}
