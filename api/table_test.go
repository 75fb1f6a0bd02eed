package api_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// Hours, chat languages and profiles of desks are written and read again as they were,
// with texts that hold the signs of the table; into the other unit they come the same.
func TestTablesOfTalksAndHours(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	nasty := `a;b>c|d:e\f =1+1 "quoted", 🙂`
	w.made(w.east.unit, "schedules", nasty, map[string]any{"time_zone": "Europe/Lisbon",
		"week": []any{opening(0, "08:00", "12:00"), opening(0, "13:00", "17:15"), opening(6, "00:00", "24:00")},
		"holidays": []any{
			map[string]any{"name": nasty, "date": "2026-12-24", "yearly": false, "periods": []any{map[string]any{"from": "08:00", "to": "12:00"}, map[string]any{"from": "13:00", "to": "14:00"}}},
			map[string]any{"name": "Every year", "date": "02-29", "yearly": true}, map[string]any{"name": "Good Friday", "easter": -2, "yearly": false},
			map[string]any{"name": "Easter", "easter": 0, "yearly": false}}})
	w.made(w.east.unit, "chat-languages", "Klingon", map[string]any{"pages": "deutsch",
		"messages":  map[string]any{"welcome": "Hello {customer}; " + nasty + "\nsecond line"},
		"emoticons": []any{map[string]any{"code": ":-)", "shows": "🙂"}, map[string]any{"code": ";>", "shows": "a;b>c"}}})
	w.made(w.east.unit, "desk-profiles", nasty, map[string]any{"description": nasty, "accept": "at_once", "wrap_up_s": 45, "no_answer": w.east.reasons["Break"]})
	for _, many := range []string{"schedules", "chat-languages", "desk-profiles"} {
		table := pa.table(many)
		if got := pa.load(many, table, false); !got.Applied || got.Same != len(got.Rows) || got.Same == 0 {
			t.Errorf("%s is not read as it was written: %+v\n%s", many, got, table)
		}
		west := w.west.pa
		if got := west.load(many, table, false); !got.Applied || got.Created == 0 {
			t.Fatalf("%s into the other unit: %+v", many, got)
		}
		if have := west.table(many); have != table {
			t.Errorf("%s of the other unit differ:\n%s\n%s", many, have, table)
		}
	}
	for _, bad := range []struct{ many, text, code, field string }{
		{"schedules", "name,week\nx,0>08:00\n", "cell_week", "week"},
		{"schedules", "name,week\nx,Monday>08:00>10:00\n", "cell_week", "week"},
		{"schedules", "name,holidays\nx,Feast>12-24>08:00\n", "cell_holidays", "holidays"},
		{"schedules", "name,holidays\nx,Feast>easter?\n", "cell_holidays", "holidays"},
		{"chat-languages", "name,emoticons\nx,:-)\n", "cell_pairs", "emoticons"},
		{"desk-profiles", "name,no_answer\nx,Nobody\n", "no_such_name", "no_answer"},
		{"desk-profiles", "name,no_answer\nx,Solved\n", "no_answer_use", "no_answer"},
	} {
		got := pa.load(bad.many, bad.text, false)
		if got.Applied || len(got.Rows) != 1 || got.Rows[0].Code != bad.code || got.Rows[0].Field != bad.field {
			t.Errorf("%s %q: %+v", bad.many, bad.text, got)
		}
	}
}

func opening(day int, from, to string) map[string]any {
	return map[string]any{"day": day, "from": from, "to": to}
}

// The table of business units is the system administrator's: what it says of a unit is
// read again as it was, and a new row makes a unit that has all that a unit has.
func TestTableOfUnits(t *testing.T) {
	w := newWorld(t)
	sa := w.sa.in("")
	sa.want(200, "PUT", "/units/"+w.east.unit, map[string]any{"name": "East", "version": 1, "body": map[string]any{"time_zone": "Europe/Lisbon",
		"language": "portugues", "disabled": false, "country": "PT", "pick_by_permission": true, "quota": map[string]any{"users": 40, "queues": 7},
		"congestion": map[string]any{"webchat": 5}}})
	table := sa.table("units")
	if got := sa.load("units", table, false); !got.Applied || got.Same != len(got.Rows)-got.Refused || got.Same < 2 {
		t.Errorf("%+v\n%s", got, table)
	}
	if got := sa.load("units", "name,language\nEast,english\nNorth,deutsch\n", false); !got.Applied || got.Changed != 1 || got.Created != 1 {
		t.Fatalf("%+v", got)
	}
	units := sa.objects("units")
	if body := string(units["East"].Body); !strings.Contains(body, `"congestion":{"webchat":5}`) || !strings.Contains(body, `"quota":{"users":40,"queues":7}`) {
		t.Errorf("a column that is absent stays as it is: %s", body)
	}
	if reasons := sa.in(units["North"].ID).objects("reasons"); len(reasons) == 0 {
		t.Error("a unit from a table begins with nothing")
	}
	if got := sa.load("units", "name,time_zone\nSouth,Atlantis/City\nGlobal,Europe/Lisbon\n", false); got.Applied || got.Refused != 2 {
		t.Errorf("%+v", got)
	}
}

// Many at once may each be given something of their own: it goes before what all are given.
func TestBulkWithPartsOfTheirOwn(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	var result struct {
		Applied bool
		Items   []struct{ Code, Field string }
	}
	item := func(name string, set any) map[string]any {
		return map[string]any{"id": w.east.reasons[name], "version": 1, "set": set}
	}
	break2 := map[string]any{"description": "Ten minutes"}
	pa.want(200, "POST", "/reasons/bulk", map[string]any{"set": map[string]any{"description": "All"},
		"items": []any{item("Break", break2), map[string]any{"id": w.east.reasons["Solved"], "version": 1}}}).into(t, &result)
	said := func(name string) string {
		var body struct{ Use, Description string }
		if err := json.Unmarshal(pa.objects("reasons")[name].Body, &body); err != nil {
			t.Fatal(err)
		}
		return body.Use + " " + body.Description
	}
	if !result.Applied || said("Break") != "unavailable Ten minutes" || said("Solved") != "disposition All" {
		t.Errorf("%+v: %q, %q", result, said("Break"), said("Solved"))
	}
	// One that is wrong keeps all from being changed, and is named.
	bad := item("Solved", map[string]any{"use": "nonsense"})
	bad["version"], break2["description"] = 2, "Twenty minutes"
	good := item("Break", break2)
	good["version"] = 2
	pa.want(200, "POST", "/reasons/bulk", map[string]any{"items": []any{good, bad}}).into(t, &result)
	if result.Applied || result.Items[0].Code != "" || result.Items[1].Code != "invalid" || said("Break") != "unavailable Ten minutes" {
		t.Errorf("%+v: %q", result, said("Break"))
	}
}

// A unit sets up as many people and queues as its quota says, by whatever way; what is
// there when the quota is set stays, and may be changed.
func TestQuota(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	sa := w.sa.in("")
	unit := map[string]any{"time_zone": "Europe/Berlin", "language": "english", "disabled": false, "quota": map[string]any{"users": 6, "queues": 1}}
	sa.want(200, "PUT", "/units/"+w.east.unit, map[string]any{"name": "East", "version": 1, "body": unit})
	pa.want(201, "POST", "/users", map[string]any{"name": "sixth", "body": account(nil, "agent")})
	if a := pa.do("POST", "/users", map[string]any{"name": "seventh", "body": account(nil, "agent")}); a.code() != "quota" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if got := pa.load("users", "name,first_name,last_name,roles\neighth,E,E,agent\nsixth,Six,Th,agent\n", false); got.Applied || got.Rows[0].Code != "quota" || got.Rows[1].Code != "" {
		t.Errorf("%+v", got)
	}
	if a := pa.do("POST", "/queues", map[string]any{"name": "Third", "body": queue(w.east.skills["Support"], 1)}); a.code() != "quota" {
		t.Errorf("%d %s", a.status, a.body)
	}
	var q struct {
		Version int
		Body    map[string]any
	}
	pa.want(200, "GET", "/queues/"+w.east.queues["Quiet"], nil).into(t, &q)
	pa.want(200, "PUT", "/queues/"+w.east.queues["Quiet"], map[string]any{"name": "Quieter", "version": q.Version, "body": q.Body})
	w.west.pa.want(201, "POST", "/queues", map[string]any{"name": "Third", "body": queue(w.west.skills["Support"], 1)})
}

// A profile says how the desks work of those who name it, at once; it is kept while
// somebody names it, and its reason with it.
func TestDeskProfile(t *testing.T) {
	w := newWorld(t)
	s, pa := w.east, w.east.pa
	profile := w.made(s.unit, "desk-profiles", "Newcomers", map[string]any{"accept": "at_once", "wrap_up_s": 5, "no_answer": s.reasons["Break"]})
	if a := pa.do("POST", "/desk-profiles", map[string]any{"name": "x", "body": map[string]any{"no_answer": s.reasons["Solved"]}}); a.code() != "no_answer_use" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := pa.do("POST", "/desk-profiles", map[string]any{"name": "x", "body": map[string]any{"no_answer": w.west.reasons["Break"]}}); a.status != 422 {
		t.Errorf("%d %s", a.status, a.body)
	}
	give := func(name string, to any) {
		t.Helper()
		var o object
		pa.want(200, "GET", "/users/"+s.users[name], nil).into(t, &o)
		pa.want(200, "POST", "/users/bulk", map[string]any{"items": []any{map[string]any{"id": o.ID, "version": o.Version}}, "set": map[string]any{"desk_profile": to}})
	}
	give("ben", profile)
	id := w.arrive(s.unit, s.queues["Support"], "at once")
	w.until("Ben has the contact without accepting it", func() bool { return s.agents["ben"].contact(id).State == "active" })
	for _, path := range []string{"/desk-profiles/" + profile + "?version=1", "/reasons/" + s.reasons["Break"] + "?version=1"} {
		if a := pa.do("DELETE", path, nil); a.code() != "in_use" {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	s.agents["ben"].want(200, "POST", "/contacts/"+id+"/finish", nil)
	s.agents["ben"].want(200, "POST", "/contacts/"+id+"/wrap-up", map[string]any{"client_id": "w"})
	give("ben", nil)
	id = w.arrive(s.unit, s.queues["Support"], "by hand")
	w.until("it is offered to Ben", func() bool { return s.agents["ben"].contact(id).State == "offered" })
	pa.want(204, "DELETE", "/desk-profiles/"+profile+"?version=1", nil)
}
