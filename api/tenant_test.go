package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// asked is a request whose ids are all of one side.
type asked struct {
	id     string // of the path
	second string // of the path, behind id
	body   any
	file   string // a body that is a picture, not JSON
	// query are filters, by name.
	query map[string]string
}

// tenantRow says how an operation is asked with ids of a side, by whom, and why an
// operation has nothing to do with business units.
type tenantRow struct {
	by   string // a user of the side
	ask  func(*side) asked
	none string
	// extra gives bodies with an id in a place that the document cannot name.
	extra func(s *side, id string) any
}

func nothing(*side) asked { return asked{} }

func simple(by string) tenantRow { return tenantRow{by: by, ask: nothing} }

func contactIn(by, state string, body any) tenantRow {
	return tenantRow{by: by, ask: func(s *side) asked { return asked{id: s.bring(state).ID, body: body} }}
}

func offered(by string) tenantRow {
	return tenantRow{by: by, ask: func(s *side) asked {
		v := s.bring("offered")
		return asked{id: v.ID, body: map[string]any{"offer": v.Offer}}
	}}
}

func oneOf(many string) tenantRow {
	return tenantRow{by: "pa", ask: func(s *side) asked { return asked{id: s.spare(many).ID} }}
}

func removed(many string) tenantRow {
	return tenantRow{by: "pa", ask: func(s *side) asked { return asked{id: s.spare(many).ID, query: map[string]string{"version": "1"}} }}
}

// created asks to create and, with an id, to change.
func created(body func(*side) map[string]any) tenantRow {
	return tenantRow{by: "pa", ask: func(s *side) asked {
		s.n++
		return asked{body: map[string]any{"name": fmt.Sprintf("new %d", s.n), "body": body(s)}}
	}}
}

func changed(many string, body func(*side) map[string]any) tenantRow {
	return tenantRow{by: "pa", ask: func(s *side) asked {
		o := s.spare(many)
		return asked{id: o.ID, body: map[string]any{"name": o.Name, "version": o.Version, "body": body(s)}}
	}}
}

func wholeQueue(s *side) map[string]any {
	q := queue(s.skills["Support"], 50)
	step := q["steps"].([]any)[0].(map[string]any)
	step["queues"], step["agents"] = []any{s.queues["Quiet"]}, []any{s.users["anna"]}
	q["dispositions"] = []any{s.reasons["Solved"]}
	q["schedule"] = s.schedule
	q["minimum"] = map[string]any{"available": 0, "schedule": s.schedule}
	return q
}

func wholeUser(s *side) map[string]any {
	u := account([]any{map[string]any{"skill": s.skills["Support"], "level": 10}}, "agent")
	u["team"], u["supervised_teams"], u["desk_profile"] = s.team, []any{s.team}, s.spare("desk-profiles").ID
	u["custom_roles"] = []any{s.spare("roles").ID}
	return u
}

func wholeTeam(s *side) map[string]any {
	return map[string]any{"description": "", "supervisors": []any{s.users["ben"]}}
}

func wholeResponse(s *side) map[string]any {
	return map[string]any{"shortcut": "", "category": "Greetings", "texts": map[string]any{"english": "Hello {customer}"},
		"queues": []any{s.queues["Support"]}}
}

func wholeSchedule(*side) map[string]any {
	return map[string]any{"time_zone": "", "week": []any{map[string]any{"day": 0, "from": "08:00", "to": "18:00"}}, "holidays": []any{}}
}

func wholeLanguage(*side) map[string]any {
	return map[string]any{"pages": "english", "messages": map[string]any{"welcome": "Welcome to {company}"}, "emoticons": []any{}}
}

func wholeNumber(*side) map[string]any {
	return map[string]any{"pattern": "+49900*", "why": "premium", "note": ""}
}

func wholeThreshold(s *side) map[string]any {
	return map[string]any{"table": "queues", "measure": "waiting", "queues": []any{s.queues["Quiet"]}, "above": true, "warn": 5}
}

func wholeView(*side) map[string]any {
	return map[string]any{"table": "queues", "columns": []any{"name"}, "sort": map[string]any{"column": "name"}, "filter": map[string]any{}}
}

// tableRows are those of the kinds that are exported and imported. A table names
// objects by their names, which are looked for in the own unit alone.
func tableRows(kinds ...string) map[string]tenantRow {
	rows := map[string]tenantRow{}
	for _, many := range kinds {
		rows["export-"+many] = simple("pa")
		rows["import-"+many] = tenantRow{by: "pa", ask: func(s *side) asked {
			return asked{body: s.pa.want(200, "GET", "/"+many+"/export", nil).body}
		}}
	}
	return rows
}

// keptRows are the rows that every kind of object has.
func keptRows(one, many string, body func(*side) map[string]any) map[string]tenantRow {
	bodies[many] = body
	return map[string]tenantRow{
		"list-" + many:    simple("pa"),
		"create-" + one:   created(body),
		"read-" + one:     oneOf(many),
		"change-" + one:   changed(many, body),
		"remove-" + one:   removed(many),
		one + "-uses":     oneOf(many),
		one + "-versions": oneOf(many),
		"revert-" + one: {by: "pa", ask: func(s *side) asked {
			return asked{id: s.spare(many).ID, body: map[string]any{"version": 1, "to": 1}}
		}},
		"bulk-" + many: {by: "pa", ask: func(s *side) asked {
			return asked{body: map[string]any{"items": []any{map[string]any{"id": s.spare(many).ID, "version": 1}}, "remove": true}}
		}},
	}
}

func plainSkill(*side) map[string]any  { return map[string]any{} }
func plainReason(*side) map[string]any { return map[string]any{"use": "unavailable"} }

// preferring puts a queue's id where the document has the name of a property.
func preferring(s *side, id string) any {
	s.n++
	u := wholeUser(s)
	u["agent"].(map[string]any)["preferences"] = map[string]any{id: 1}
	return map[string]any{"name": fmt.Sprintf("preferring %d", s.n), "body": u}
}

// tenantRows has a row for every operation: a new one without a row fails the test.
var tenantRows = allRows(map[string]tenantRow{
	"setup-state":         {none: "before anybody is there"},
	"first-start":         {none: "before anybody is there"},
	"sign-in":             {none: "names a unit by name, and is refused alike (identity's tests)"},
	"list-units":          {none: "system administrators alone"},
	"create-unit":         {none: "system administrators alone"},
	"read-unit":           {none: "system administrators alone"},
	"change-unit":         {none: "system administrators alone"},
	"remove-unit":         {none: "system administrators alone"},
	"unit-uses":           {none: "system administrators alone"},
	"unit-versions":       {none: "system administrators alone"},
	"revert-unit":         {none: "system administrators alone"},
	"bulk-units":          {none: "system administrators alone"},
	"export-units":        {none: "system administrators alone"},
	"import-units":        {none: "system administrators alone"},
	"change-settings":     {none: "of the site; system administrators alone"},
	"sign-out":            {none: "one's own session"},
	"change-own-password": {none: "one's own"},
	"change-own-language": {none: "one's own"},
	"export-audit":        {by: "pa", ask: func(s *side) asked { return asked{query: map[string]string{"object": s.users["ben"]}} }},
	"verify-audit":        simple("pa"),
	"revert-audit": {by: "pa", ask: func(s *side) asked {
		o := s.spare("teams")
		s.pa.want(200, "PUT", "/teams/"+o.ID, map[string]any{"name": o.Name, "version": 1, "body": wholeTeam(s)})
		var page struct{ Items []struct{ ID string } }
		s.pa.want(200, "GET", "/audit?object="+o.ID, nil).into(s.w.t, &page)
		return asked{id: page.Items[0].ID, body: map[string]any{"version": 2}}
	}},
	"who-am-i":       simple("pa"),
	"read-settings":  simple("pa"),
	"list-audit":     {by: "pa", ask: func(s *side) asked { return asked{query: map[string]string{"object": s.users["ben"]}} }},
	"list-tokens":    simple("pa"),
	"list-history":   simple("pa"),
	"list-facts":     simple("pa"),
	"queue-figures":  simple("pa"),
	"agent-figures":  simple("pa"),
	"read-desk":      simple("ben"),
	"sign-out-agent": {by: "anna", ask: func(s *side) asked { return asked{body: map[string]any{"force": true}} }},
	"set-agent-state": {by: "ben", ask: func(s *side) asked {
		return asked{body: map[string]any{"available": false, "reason": s.reasons["Break"]}}
	}},
	"search": {by: "pa", ask: func(s *side) asked {
		return asked{query: map[string]string{"words": "customer", "queue": s.queues["Quiet"], "agent": s.users["ben"], "disposition": s.reasons["Break"],
			"customer": s.customer().ID}}
	}},
	"erase-contact":       {by: "pa", ask: func(s *side) asked { return asked{id: s.bring("ended").ID} }},
	"read-customer-reach": {by: "pa", ask: func(s *side) asked { return asked{id: s.customer().ID} }},
	"erase-customer": {by: "pa", ask: func(s *side) asked {
		return asked{id: s.customer().ID, body: map[string]any{"version": 1}}
	}},
	"list-erasures": {by: "pa", ask: func(s *side) asked {
		s.pa.want(202, "POST", "/customers/"+s.customer().ID+"/erasure", map[string]any{"version": 1})
		return asked{}
	}},
	"list-contacts": {by: "pa", ask: func(s *side) asked {
		return asked{query: map[string]string{"queue": s.queues["Quiet"], "agent": s.users["ben"]}}
	}},
	"create-contact": {by: "sven", ask: func(s *side) asked {
		s.n++
		return asked{body: map[string]any{"client_id": fmt.Sprintf("mail-%d", s.n), "queue": s.mail(), "preferred": s.users["ben"],
			"skills": []any{map[string]any{"skill": s.skills["Support"], "level": 10}}}}
	}},
	"read-contact":       contactIn("pa", "queued", nil),
	"list-contact-facts": contactIn("pa", "active", nil),
	"list-messages":      contactIn("pa", "active", nil),
	"accept-contact":     offered("ben"),
	"decline-contact":    offered("ben"),
	"finish-contact":     contactIn("ben", "active", nil),
	"wrap-up-contact": {by: "ben", ask: func(s *side) asked {
		return asked{id: s.bring("wrap_up").ID, body: map[string]any{"client_id": "w", "disposition": s.reasons["Solved"], "note": "done"}}
	}},
	"extend-contact": contactIn("ben", "wrap_up", map[string]any{"by_s": 60}),
	"transfer-contact": {by: "ben", ask: func(s *side) asked {
		return asked{id: s.bring("active").ID, body: map[string]any{"client_id": "t", "queue": s.queues["Quiet"], "agent": s.users["carla"], "hold_s": 10}}
	}},
	"requeue-contact": contactIn("ben", "active", map[string]any{}),
	"reassign-contact": {by: "sven", ask: func(s *side) asked {
		v := s.bring("active")
		return asked{id: v.ID, body: map[string]any{"agent": s.users["carla"], "expect": map[string]any{"state": "active", "agent": v.Agent}}}
	}},
	"pick-contact": {by: "ben", ask: func(s *side) asked {
		return asked{id: s.bring("queued").ID, body: map[string]any{"expect": map[string]any{"state": "queued"}}}
	}},
	"priority-contact": contactIn("sven", "queued", map[string]any{"priority": 90}),
	"send-message":     contactIn("ben", "active", map[string]any{"client_id": "x", "text": "Hello"}),
	"read-draft":       contactIn("ben", "active", nil),
	"save-draft":       contactIn("ben", "active", map[string]any{"text": "I was about to"}),
	"attach-file": {by: "ben", ask: func(s *side) asked {
		return asked{id: s.bring("active").ID, file: drawing, query: map[string]string{"client_id": "f", "name": "a.png"}}
	}},
	"read-attachment": {by: "pa", ask: func(s *side) asked {
		contact, file := s.attach("a.png", drawing)
		return asked{id: contact, second: file}
	}},
	"read-transcript": contactIn("pa", "active", nil),
	"mark-read":       contactIn("ben", "active", map[string]any{"seq": 1}),
	"set-password":    {by: "pa", ask: func(s *side) asked { return asked{id: s.spare("users").ID, body: map[string]any{"password": password}} }},
	"create-token": {by: "pa", ask: func(s *side) asked {
		return asked{body: map[string]any{"name": "t", "custom_role": s.spare("roles").ID, "expires_in_s": 60}}
	}},
	"list-offline-requests": {by: "sven", ask: func(s *side) asked { s.offline(); return asked{} }},
	"change-offline-request": {by: "sven", ask: func(s *side) asked {
		return asked{id: s.offline(), body: map[string]any{"done": true, "note": "called"}}
	}},
	"read-satisfaction": {by: "sven", ask: func(s *side) asked {
		s.rate()
		return asked{query: map[string]string{"queue": s.queues["Quiet"], "agent": s.users["ben"]}}
	}},
	"revoke-token":           {by: "pa", ask: func(s *side) asked { id, _ := s.token("supervisor"); return asked{id: id} }},
	"read-chat-settings":     simple("ben"),
	"chat-settings-versions": simple("pa"),
	"settings-versions":      simple("pa"),
	"revert-settings":        {none: "of the site; system administrators alone"},
	"revert-chat-settings": {by: "pa", ask: func(s *side) asked {
		var have map[string]any
		s.pa.want(200, "GET", "/chat-settings", nil).into(s.w.t, &have)
		s.pa.want(200, "PUT", "/chat-settings", map[string]any{"version": have["version"], "settings": have["settings"]})
		return asked{body: map[string]any{"version": have["version"].(float64) + 1, "to": have["version"].(float64) + 1}}
	}},
	"change-chat-settings": {by: "pa", ask: func(s *side) asked {
		var have map[string]any
		s.pa.want(200, "GET", "/chat-settings", nil).into(s.w.t, &have)
		return asked{body: map[string]any{"version": have["version"], "settings": have["settings"]}}
	}},
},
	keptRows("user", "users", wholeUser), keptRows("skill", "skills", plainSkill), keptRows("queue", "queues", wholeQueue),
	keptRows("reason", "reasons", plainReason), keptRows("team", "teams", wholeTeam), keptRows("schedule", "schedules", wholeSchedule),
	keptRows("chat-language", "chat-languages", wholeLanguage), keptRows("response", "responses", wholeResponse),
	keptRows("excluded-number", "excluded-numbers", wholeNumber), keptRows("view", "views", wholeView),
	keptRows("desk-profile", "desk-profiles", wholeDesk), keptRows("category", "categories", plainSkill), keptRows("secret", "secrets", plainSecret),
	keptRows("connection", "connections", wholeConnection), keptRows("function", "functions", wholeFunction), outsideRows,
	keptRows("threshold", "thresholds", wholeThreshold), keptRows("role", "roles", wholeRole), keptRows("article", "articles", wholeArticle), tableRows("articles"), articleRows,
	tableRows("users", "teams", "skills", "queues", "reasons", "responses", "excluded-numbers", "categories", "desk-profiles", "schedules", "chat-languages", "blocked-senders"),
	keptRows("workflow", "workflows", wholeWorkflow), workflowRows,
	keptRows("signature", "signatures", wholeSignature), keptRows("blocked-sender", "blocked-senders", wholeBlocked),
	keptRows("mail-account", "mail-accounts", wholeMailAccount), mailRows,
	alertRows, customerRows, steerRows, tableRows("customers"), dayRows,
	map[string]tenantRow{"list-users": {by: "pa", ask: func(s *side) asked {
		return asked{query: map[string]string{"team": s.team, "skill": s.skills["Support"]}}
	}}, "create-user": {by: "pa", ask: created(wholeUser).ask, extra: preferring}})

func wholeArticle(s *side) map[string]any {
	return map[string]any{"language": "english", "keywords": "refund", "text": "Send it back.", "link": "https://help.example.com/returns", "queues": []any{s.queues["Support"]}}
}

var articleRows = map[string]tenantRow{"find-articles": {by: "ben", ask: func(s *side) asked {
	return asked{query: map[string]string{"words": "send", "queue": s.queues["Support"]}}
}}}

func wholeRole(*side) map[string]any {
	return map[string]any{"description": "", "rights": []string{"floor.read"}, "permissions": []string{"monitor"}}
}

func wholeDesk(s *side) map[string]any {
	return map[string]any{"accept": "by_hand", "wrap_up_s": 30, "no_answer": s.reasons["Break"]}
}

// bodies makes a whole body of each kind, by its path.
var bodies = map[string]func(*side) map[string]any{}

// allRows puts rows together; later ones count.
func allRows(all ...map[string]tenantRow) map[string]tenantRow {
	rows := map[string]tenantRow{}
	for _, some := range all {
		maps.Copy(rows, some)
	}
	return rows
}

func (s *side) by(name string) *client {
	switch name {
	case "pa":
		return s.pa
	case "sven":
		return s.sv
	}
	return s.agents[name]
}

// send asks an operation.
func (a asked) send(c *client, op documented) answer {
	path := strings.Replace(op.path, "{id}", a.id, 1)
	if i := strings.IndexByte(path, '{'); i >= 0 {
		path = path[:i] + a.second + path[i+strings.IndexByte(path[i:], '}')+1:]
	}
	sep := "?"
	for name, value := range a.query {
		path += sep + name + "=" + value
		sep = "&"
	}
	if a.file != "" {
		sender := *c
		sender.headers = map[string]string{"Content-Type": "image/png"}
		return sender.do(op.method, path, a.file)
	}
	return c.do(op.method, path, a.body)
}

// hole is a place of a request that holds an id.
type hole struct {
	name string
	put  func(a *asked, id string)
	of   func(a asked) string // the id that is there
}

// holes finds every place for an id that the document names.
func (d document) holes(t *testing.T, op documented, a asked) []hole {
	t.Helper()
	var out []hole
	for _, p := range op.Parameters {
		switch {
		case p.Schema.Format != "uuid":
		case p.In == "path" && p.Name != "id":
			out = append(out, hole{"path " + p.Name, func(a *asked, id string) { a.second = id }, func(a asked) string { return a.second }})
		case p.In == "path":
			out = append(out, hole{"path " + p.Name, func(a *asked, id string) { a.id = id }, func(a asked) string { return a.id }})
		case p.Name == "unit": // tried for every operation, by itself
		default:
			if a.query[p.Name] == "" {
				t.Fatalf("%s: the row has nothing for the query's %s", op.id, p.Name)
			}
			out = append(out, hole{"query " + p.Name, func(a *asked, id string) {
				a.query = maps.Clone(a.query)
				a.query[p.Name] = id
			}, func(a asked) string { return a.query[p.Name] }})
		}
	}
	want := map[string]bool{}
	d.places(op.body(), "", func(path string, s *schema) {
		if s.Format == "uuid" {
			want[path] = true
		}
	})
	d.walk(op.body(), a.body, "", nil, func(path string, s *schema, v any, _ func(any)) {
		if s.Format != "uuid" || !want[path] {
			return
		}
		delete(want, path)
		out = append(out, hole{"body " + path, func(a *asked, id string) {
			a.body = copied(t, a.body)
			d.walk(op.body(), a.body, "", nil, func(p string, _ *schema, _ any, set func(any)) {
				if p == path {
					set(id)
				}
			})
		}, func(asked) string { return v.(string) }})
	})
	for path := range want {
		if path != ".expect.agent" { // who has it: compared, never looked for
			t.Errorf("%s: the row has nothing for the body's %s", op.id, path)
		}
	}
	// Bodies are walked in any order, and holes of two requests are matched by place.
	slices.SortFunc(out, func(a, b hole) int { return strings.Compare(a.name, b.name) })
	return out
}

// same fails unless two answers are the same, byte for byte.
func same(t *testing.T, what string, foreign, none answer) {
	t.Helper()
	for _, a := range []answer{foreign, none} {
		a.header.Del("Date")
	}
	if foreign.status != none.status || foreign.body != none.body || fmt.Sprint(foreign.header) != fmt.Sprint(none.header) {
		t.Errorf("%s: a foreign id is answered %d %s %v; one that never existed %d %s %v", what, foreign.status, foreign.body, foreign.header,
			none.status, none.body, none.header)
	}
}

// Whatever belongs to another business unit is answered, byte for byte, as if it had
// never existed, wherever a request can name it; the same request in the own unit
// succeeds; and nothing that is shown names anything of the other unit.
func TestTenantMatrix(t *testing.T) {
	w, d := newWorld(t), readDocument(t)
	for _, op := range d.operations {
		row, ok := tenantRows[op.id]
		if !ok {
			t.Errorf("%s has no row in the tenant matrix", op.id)
			continue
		}
		if row.none != "" {
			continue
		}
		t.Run(op.id, func(t *testing.T) {
			c := w.east.by(row.by)
			own, foreign := row.ask(w.east), row.ask(w.west)
			own.body, foreign.body = copied(t, own.body), copied(t, foreign.body)
			theirs := d.holes(t, op, foreign)
			for i, h := range d.holes(t, op, own) {
				a, b := own, own
				his, nobodys := theirs[i].of(foreign), never()
				h.put(&a, his)
				h.put(&b, nobodys)
				got, none := a.send(c, op), b.send(c, op)
				// An answer may say again what was asked for.
				got.body, none.body = strings.ReplaceAll(got.body, his, "asked"), strings.ReplaceAll(none.body, nobodys, "asked")
				same(t, h.name, got, none)
				if op.method != http.MethodGet && got.status < 400 && !strings.Contains(got.body, `"applied":false`) {
					t.Errorf("%s: a foreign id succeeds: %d %s", h.name, got.status, got.body)
				}
			}
			if row.extra != nil {
				a, b := own, own
				a.body, b.body = row.extra(w.east, w.west.queues["Support"]), row.extra(w.east, never())
				got := a.send(c, op)
				same(t, "extra", got, b.send(c, op))
				if got.status < 400 {
					t.Errorf("extra: a foreign id succeeds: %s", got.body)
				}
			}
			scoped := false
			for _, p := range op.Parameters {
				scoped = scoped || p.Name == "unit"
			}
			if scoped {
				same(t, "query unit", own.send(c.in(w.west.unit), op), own.send(c.in(never()), op))
				c = c.in(w.east.unit)
			}
			got := own.send(c, op)
			if got.status >= 300 {
				t.Fatalf("the control run in the own unit fails: %d %s", got.status, got.body)
			}
			w.west.absent(t, got.body)
		})
	}
	for id := range tenantRows {
		if !d.has(id) {
			t.Errorf("the row %s is of no operation", id)
		}
	}
}

func (d document) has(id string) bool {
	for _, op := range d.operations {
		if op.id == id {
			return true
		}
	}
	return false
}

// absent fails when a text holds an id of the side.
func (s *side) absent(t *testing.T, text string) {
	t.Helper()
	for _, ids := range []map[string]string{s.users, s.queues, s.skills, s.reasons, {"": s.unit}} {
		for name, id := range ids {
			if strings.Contains(text, id) {
				t.Errorf("the other unit's %s is shown", name)
			}
		}
	}
}

// topicRows has a row for every topic of the live feed, asked by Ben, or by Sven where
// Ben may not.
var topicRows = map[string]func(*side) string{
	"agent":         nil, // one's own desk
	"queues":        nil, // the unit's tables: they name no id
	"agents":        nil,
	"contacts":      nil,
	"alerts":        nil,
	"conversation/": func(s *side) string { return "conversation/" + s.bring("active").ID },
	"workflow/":     func(s *side) string { return "workflow/" + s.spare("workflows").ID },
}

// A topic of another unit is refused as one that never existed, and the tables hold
// the own unit's rows alone.
func TestTenantTopics(t *testing.T) {
	w := newWorld(t)
	for name, row := range topicRows {
		c := w.east.agents["ben"]
		if name == "alerts" || name == "workflow/" {
			c = w.east.sv
		}
		f := c.live()
		if row == nil {
			for _, s := range []*side{w.east, w.west} {
				s.bring("active")
				s.alert()
			}
			f.say(map[string]any{"op": "subscribe", "topics": []any{map[string]any{"topic": name}}})
			got := f.until(name, func(v liveFrame) bool { return v.Topic == name })
			if got.Kind != "snapshot" {
				t.Errorf("%s: %s", name, got.Kind)
			}
			w.west.absent(t, string(got.Body))
			f.close()
			continue
		}
		var refused []string
		own, foreign, none := row(w.east), row(w.west), name+never()
		for _, topic := range []string{foreign, none} {
			f.say(map[string]any{"op": "subscribe", "topics": []any{map[string]any{"topic": topic}}})
			got := f.until(topic, func(v liveFrame) bool { return v.Topic == topic })
			refused = append(refused, got.Kind+string(got.Body))
		}
		if refused[0] != refused[1] || !strings.HasPrefix(refused[0], "refused") {
			t.Errorf("%s: foreign %s, never %s", name, refused[0], refused[1])
		}
		f.say(map[string]any{"op": "subscribe", "topics": []any{map[string]any{"topic": own}}})
		if got := f.until(own, func(v liveFrame) bool { return v.Topic == own }); got.Kind != "messages" && got.Kind != "snapshot" {
			t.Errorf("%s: the control run gives %+v", name, got)
		}
		f.close()
	}
	var answers []answer
	for _, unit := range []string{w.west.unit, never()} {
		_, resp, err := w.east.pa.in(unit).dial()
		if err == nil {
			t.Fatal("a feed of another unit is opened")
		}
		answers = append(answers, answer{status: resp.StatusCode, header: resp.Header})
	}
	same(t, "live feed", answers[0], answers[1])
	conn, _, err := w.east.pa.in(w.east.unit).dial()
	if err != nil {
		t.Fatal(err)
	}
	conn.Close(websocket.StatusNormalClosure, "")
}

// What one unit is told, the other cannot find: words of customers and names of people.
func TestTenantSearch(t *testing.T) {
	w := newWorld(t)
	w.arrive(w.west.unit, w.west.queues["Quiet"], "xylophone")
	w.until("found in the own unit", func() bool {
		return strings.Contains(w.west.pa.want(200, "GET", "/search?words=xylophone", nil).body, "xylophone")
	})
	same(t, "words", w.east.pa.do("GET", "/search?words=xylophone", nil), w.east.pa.do("GET", "/search?words=zzzzzzzz", nil))
	same(t, "contacts", w.east.pa.do("GET", "/contacts?queue="+w.west.queues["Quiet"], nil), w.east.pa.do("GET", "/contacts?queue="+never(), nil))
}
