package api_test

import (
	"fmt"
	"slices"
	"testing"
)

type previewed struct {
	Preview *struct {
		Harms []harm
	}
	Harms []harm // of a removal
}

type harm struct {
	What  string
	Count int
	Items []struct {
		ID, Name string
		Contacts int
	}
}

// of finds a harm.
func (p previewed) of(what string) harm {
	all := p.Harms
	if p.Preview != nil {
		all = p.Preview.Harms
	}
	for _, h := range all {
		if h.What == what {
			return h
		}
	}
	return harm{}
}

func (c *client) preview(method, path string, body any) (p previewed) {
	c.h.t.Helper()
	c.want(200, method, path, body).into(c.h.t, &p)
	return p
}

// changed gives an object's change of some fields of its body.
func (c *client) changeOf(path string, fields map[string]any) map[string]any {
	c.h.t.Helper()
	var o struct {
		Name    string
		Version int
		Body    map[string]any
	}
	c.want(200, "GET", path, nil).into(c.h.t, &o)
	for name, value := range fields {
		o.Body[name] = value
	}
	return map[string]any{"name": o.Name, "version": o.Version, "body": o.Body}
}

// Before a person is disabled or removed it is said who would be signed off, whose contacts
// would go back, and which queues nobody would serve; asking changes nothing.
func TestPreviewOfPeople(t *testing.T) {
	w := newWorld(t)
	s, pa := w.east, w.east.pa
	active := s.bring("active") // Ben's, who alone serves both queues
	path := "/users/" + s.users["ben"]
	for what, p := range map[string]previewed{
		"disabled": pa.preview("PUT", path+"?dry_run=1", pa.changeOf(path, map[string]any{"disabled": true})),
		"removed":  pa.preview("DELETE", path+fmt.Sprintf("?version=%v&dry_run=1", pa.changeOf(path, nil)["version"]), nil),
	} {
		if h := p.of("signed_off"); h.Count != 1 || h.Items[0].ID != s.users["ben"] || h.Items[0].Contacts != 1 {
			t.Errorf("%s: signed off %+v", what, h)
		}
		if h := p.of("rerouted"); h.Count != 1 || h.Items[0].ID != active.ID {
			t.Errorf("%s: re-routed %+v", what, h)
		}
		if h := p.of("unserved"); h.Count != 1 || h.Items[0].Name != "Support" || h.Items[0].Contacts != 1 {
			t.Errorf("%s: unserved %+v", what, h)
		}
	}
	if v := pa.contact(active.ID); v.State != "active" || v.Agent != s.users["ben"] {
		t.Errorf("asking alone made the contact %+v", v)
	}
	if o := pa.read(path); o.Version != 1 {
		t.Errorf("asking alone made version %d", o.Version)
	}
	chatless := pa.changeOf(path, nil)
	chatless["body"].(map[string]any)["agent"].(map[string]any)["capacity"] = map[string]any{"email": 1}
	p := pa.preview("PUT", path+"?dry_run=true", chatless)
	if h := p.of("unavailable"); h.Count != 1 || h.Items[0].ID != s.users["ben"] {
		t.Errorf("without chats: unavailable %+v", h)
	}
	if p := pa.preview("PUT", path+"?dry_run=true", pa.changeOf(path, map[string]any{"last_name": "Other"})); len(p.Preview.Harms) != 0 {
		t.Errorf("another name hurts: %+v", p.Preview.Harms)
	}
	pa.want(200, "PUT", path, pa.changeOf(path, map[string]any{"disabled": true}))
	if v := pa.contact(active.ID); v.Agent == s.users["ben"] {
		t.Errorf("what was foretold did not come: %+v", v)
	}
}

// Before a queue is changed it is said whose contacts would be put into another order and
// that nobody would serve it; what the core would refuse is refused already when asked.
func TestPreviewOfQueues(t *testing.T) {
	w := newWorld(t)
	s, pa := w.east, w.east.pa
	s.bring("queued")
	path := "/queues/" + s.queues["Quiet"]
	if h := pa.preview("PUT", path+"?dry_run=1", pa.changeOf(path, map[string]any{"objective_s": 5})).of("rekeyed"); h.Count != 1 || h.Items[0].Contacts != 1 {
		t.Errorf("another objective: %+v", h)
	}
	version := pa.changeOf(path, nil)["version"]
	if a := pa.do("DELETE", fmt.Sprintf("%s?version=%v&dry_run=1", path, version), nil); a.code() != "in_use" {
		t.Errorf("removing a queue with contacts: %d %s", a.status, a.body)
	}
	support := "/queues/" + s.queues["Support"]
	steep := queue(s.skills["Support"], 100)["steps"]
	if h := pa.preview("PUT", support+"?dry_run=1", pa.changeOf(support, map[string]any{"steps": steep})).of("unserved"); h.Count != 1 || h.Items[0].Name != "Support" {
		t.Errorf("a level that nobody has: %+v", h)
	}
	var bulk struct {
		Applied bool
		Items   []struct{ Done bool }
		previewed
	}
	pa.want(200, "POST", "/queues/bulk", map[string]any{"dry_run": true, "set": map[string]any{"steps": steep},
		"items": []any{map[string]any{"id": s.queues["Support"], "version": 1}, map[string]any{"id": s.queues["Quiet"], "version": version}}}).into(t, &bulk)
	if h := bulk.of("unserved"); bulk.Applied || h.Count != 1 {
		t.Errorf("many at once: %+v", bulk)
	}
	if a := pa.do("PUT", path+"?dry_run=1", map[string]any{"name": "Quiet", "version": 99, "body": queue(s.skills["Support"], 1)}); a.code() != "changed" {
		t.Errorf("a version that is not there: %d %s", a.status, a.body)
	}
}

// Hours that close an open queue are said before they are saved, and so is a unit's end.
func TestPreviewOfHoursAndUnits(t *testing.T) {
	w := newWorld(t)
	s, pa := w.east, w.east.pa
	week := []any{}
	for day := range 7 {
		week = append(week, map[string]any{"day": day, "from": "00:00", "to": "24:00"})
	}
	always := w.made(s.unit, "schedules", "Day and night", map[string]any{"time_zone": "", "holidays": []any{}, "week": week})
	support := "/queues/" + s.queues["Support"]
	pa.want(200, "PUT", support, pa.changeOf(support, map[string]any{"schedule": always}))
	if h := pa.preview("PUT", "/schedules/"+always+"?dry_run=1", pa.changeOf("/schedules/"+always, map[string]any{"week": []any{}})).of("closed"); h.Count != 1 || h.Items[0].Name != "Support" {
		t.Errorf("hours that close a queue: %+v", h)
	}
	p := w.sa.preview("PUT", "/units/"+s.unit+"?dry_run=1", w.sa.changeOf("/units/"+s.unit, map[string]any{"disabled": true}))
	names := []string{}
	for _, item := range p.of("signed_off").Items {
		names = append(names, item.ID)
	}
	if !slices.Contains(names, s.users["anna"]) || slices.Contains(names, w.west.users["anna"]) {
		t.Errorf("disabling a unit signs off %v", p.of("signed_off"))
	}
}

// Settings of which there is one have versions, go back to one, and are undone from the
// audit log, as other objects are; who may not change them does not undo them.
func TestSettingsAreKept(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	var have struct {
		Version   int
		ChangedBy string `json:"changed_by"`
		Settings  map[string]any
	}
	read := func(c *client, path string) {
		t.Helper()
		have.Settings = nil
		c.want(200, "GET", path, nil).into(t, &have)
	}
	for _, row := range []struct {
		c                 *client
		path, kind, field string
		first, second     any
	}{
		{pa, "/chat-settings", "chat_settings", "show_typed", true, false},
		{w.sa, "/settings", "settings", "ageing_s", 20.0, 40.0},
	} {
		read(row.c, row.path)
		begin := have.Version
		for _, value := range []any{row.first, row.second} {
			have.Settings[row.field] = value
			row.c.want(200, "PUT", row.path, map[string]any{"version": have.Version, "settings": have.Settings})
			read(row.c, row.path)
		}
		var versions struct {
			Items []struct {
				Version int
				Body    map[string]any
			}
		}
		row.c.want(200, "GET", row.path+"/versions", nil).into(t, &versions)
		if v := versions.Items; len(v) < 2 || v[0].Version != begin+2 || v[1].Body[row.field] != row.first {
			t.Fatalf("%s: versions %+v", row.path, versions)
		}
		if a := row.c.do("POST", row.path+"/revert", map[string]any{"version": begin + 1, "to": begin + 1}); a.code() != "changed" {
			t.Errorf("%s: over another's change: %d %s", row.path, a.status, a.body)
		}
		row.c.want(200, "POST", row.path+"/revert?dry_run=1", map[string]any{"version": begin + 2, "to": begin + 1})
		if read(row.c, row.path); have.Version != begin+2 {
			t.Errorf("%s: a dry run changed it", row.path)
		}
		row.c.want(200, "POST", row.path+"/revert", map[string]any{"version": begin + 2, "to": begin + 1})
		if read(row.c, row.path); have.Settings[row.field] != row.first || have.Version != begin+3 {
			t.Errorf("%s: gone back to %+v", row.path, have)
		}
		entry := row.c.audit("action=" + row.kind + ".revert").Items[0]
		row.c.want(200, "POST", "/audit/"+entry.ID+"/revert", map[string]any{"version": begin + 3})
		if read(row.c, row.path); have.Settings[row.field] != row.second {
			t.Errorf("%s: undone to %+v", row.path, have)
		}
	}
	if a := pa.do("POST", "/settings/revert", map[string]any{"version": 1, "to": 1}); a.status != 403 {
		t.Errorf("a business administrator changes the site's settings: %d", a.status)
	}
}

// A new name says which workflows still use the old one in an expression, where it would be
// found no longer; those that name the object by its id go on.
func TestPreviewOfNames(t *testing.T) {
	w := newWorld(t)
	s, pa := w.east, w.east.pa
	decide := func(expression string) map[string]any {
		return map[string]any{"branches": []any{map[string]any{"id": "yes", "name": "", "expression": expression}}}
	}
	flow := func(name, expression string) {
		s.flow(name, []any{node("start", "start", map[string]any{"source": []any{"never"}}), node("d", "decision", decide(expression)), node("q", "queue", nil)},
			[]any{edge("start", "next", "d"), edge("d", "yes", "q"), edge("d", "else", "q")})
	}
	flow("By name", `queue("support").waiting > 3 and open("Always")`)
	flow("By id", fmt.Sprintf(`queue(%q).waiting > 3`, s.queues["Support"]))
	for path, name := range map[string]string{"/queues/" + s.queues["Support"]: "Help", "/schedules/" + s.schedule: "All day"} {
		change := pa.changeOf(path, nil)
		if h := pa.preview("PUT", path+"?dry_run=1", change).of("misnamed"); h.Count != 0 {
			t.Errorf("%s keeps its name: %+v", path, h)
		}
		change["name"] = name
		if h := pa.preview("PUT", path+"?dry_run=1", change).of("misnamed"); h.Count != 1 || h.Items[0].Name != "By name" {
			t.Errorf("%s is called %s: %+v", path, name, h)
		}
	}
}
