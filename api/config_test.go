package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// A change is in force when it is answered: the next contact is routed by it, and
// whoever made it reads it.
func TestChangeIsInForceWhenAnswered(t *testing.T) {
	w := newWorld(t)
	pa, carla := w.east.pa, w.east.agents["carla"]
	skill := w.made(w.east.unit, "skills", "Latin", map[string]any{})
	q := queue(skill, 50)
	var made object
	pa.want(201, "POST", "/queues", map[string]any{"name": "Latin", "body": q}).into(t, &made)
	id := w.arrive(w.east.unit, made.ID, "latin")
	if v := pa.contact(id); v.State != "queued" {
		t.Fatalf("nobody speaks Latin, but the contact is %s", v.State)
	}
	var o object
	pa.want(200, "GET", "/users/"+w.east.users["carla"], nil).into(t, &o)
	body := account([]any{map[string]any{"skill": skill, "level": 60}}, "agent")
	pa.want(200, "PUT", "/users/"+o.ID, map[string]any{"name": "carla", "version": o.Version, "body": body})
	if v := pa.contact(id); v.State != "offered" || v.Agent != o.ID {
		t.Fatalf("Carla learned Latin, but the contact is %s", v.State)
	}
	if d := carla.desk(); len(d.Contacts) != 1 || d.Contacts[0].ID != id {
		t.Fatalf("Carla's desk: %+v", d)
	}
	if got := pa.objects("queues")["Latin"]; got.ID != made.ID || !strings.Contains(string(got.Body), skill) {
		t.Fatalf("the queue reads %s", got.Body)
	}
	var audit struct {
		Items []struct {
			Action, By    string
			Before, After json.RawMessage
		}
	}
	pa.want(200, "GET", "/audit", nil).into(t, &audit)
	if a := audit.Items[0]; a.Action != "user.change" || a.By != "pa" || len(a.Before) == 0 || len(a.After) == 0 {
		t.Errorf("the audit log's newest entry is %+v", a)
	}
	w.restart()
	if got := w.signIn("East", "pa").objects("queues")["Latin"]; got.ID != made.ID {
		t.Fatal("the queue is gone after a restart")
	}
}

// Of two changes of the same version one wins; the other is told, and neither is
// half made. A name is taken once, without case.
func TestChangesMeet(t *testing.T) {
	w := newWorld(t)
	o := w.east.spare("skills")
	var won, lost int
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			a := w.east.pa.do("PUT", "/skills/"+o.ID, map[string]any{"name": fmt.Sprintf("mine %d", i), "version": o.Version, "body": map[string]any{}})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case a.status == 200:
				won++
			case a.status == 409 && a.code() == "changed":
				lost++
			default:
				t.Errorf("%d %s", a.status, a.body)
			}
		})
	}
	all.Wait()
	if won != 1 || lost != 7 {
		t.Errorf("%d won, %d lost", won, lost)
	}
	if a := w.east.pa.do("POST", "/queues", map[string]any{"name": "SUPPORT", "body": queue(w.east.skills["Support"], 1)}); a.code() != "name_taken" {
		t.Errorf("a name that is taken: %d %s", a.status, a.body)
	}
}

// What is in use cannot be removed, and the refusal says where; nor can what the
// system made, nor a queue that still has contacts.
func TestRemovalSaysWhatNeedsIt(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	a := pa.do("DELETE", "/skills/"+w.east.skills["Support"]+"?version=1", nil)
	var p struct{ Values map[string]string }
	a.into(t, &p)
	if a.status != 409 || a.code() != "in_use" || p.Values["uses"] != "queue Quiet, queue Support, user anna, user ben, user carla" {
		t.Errorf("%d %s", a.status, a.body)
	}
	id := w.arrive(w.east.unit, w.east.queues["Quiet"], "waits")
	if a := pa.do("DELETE", "/queues/"+w.east.queues["Quiet"]+"?version=1", nil); a.status != 409 || a.code() != "in_use" {
		t.Errorf("a queue with contacts: %d %s", a.status, a.body)
	}
	if v := pa.contact(id); v.State != "queued" || v.QueueName != "Quiet" {
		t.Errorf("the contact is %+v", v)
	}
	if a := w.sa.do("DELETE", "/units/"+w.east.unit+"?version=1", nil); a.code() != "in_use" {
		t.Errorf("a unit with people: %d %s", a.status, a.body)
	}
	builtIn := pa.objects("reasons")["Signed in"]
	if a := pa.do("DELETE", "/reasons/"+builtIn.ID+"?version=1", nil); a.code() != "built_in" {
		t.Errorf("a built-in reason: %d %s", a.status, a.body)
	}
	global := w.sa.objects("units")["Global"]
	if a := w.sa.do("PUT", "/units/"+global.ID, map[string]any{"name": "Mine", "version": global.Version,
		"body": map[string]any{"time_zone": "UTC", "language": "english", "disabled": false}}); a.code() != "built_in" {
		t.Errorf("the unit Global: %d %s", a.status, a.body)
	}
	spare := w.east.spare("queues")
	pa.want(204, "DELETE", "/queues/"+spare.ID+"?version=1", nil)
	pa.want(404, "GET", "/queues/"+spare.ID, nil)
}

// What the plan cannot use is refused with the field, and nothing is stored.
func TestPlanFaultsNameTheField(t *testing.T) {
	w := newWorld(t)
	q := queue(w.east.skills["Support"], 10)
	q["steps"] = append(q["steps"].([]any), map[string]any{"after_s": 0})
	a := w.east.pa.do("POST", "/queues", map[string]any{"name": "New", "body": q})
	var p struct{ Field string }
	a.into(t, &p)
	if a.status != 422 || p.Field != "body.steps[1].after_s" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if _, ok := w.east.pa.objects("queues")["New"]; ok {
		t.Error("the queue was stored")
	}
	for _, name := range []string{"Service", "api", "a/b", "GLOBAL"} {
		if a := w.sa.do("POST", "/units", map[string]any{"name": name, "body": map[string]any{"time_zone": "UTC", "language": "english", "disabled": false}}); a.status != 422 && a.status != 409 {
			t.Errorf("a unit called %s: %d %s", name, a.status, a.body)
		}
	}
}

// Settings are of the site and carry a version like everything else.
func TestSettings(t *testing.T) {
	w := newWorld(t)
	var s struct {
		Version  int            `json:"version"`
		Settings map[string]any `json:"settings"`
	}
	w.sa.want(200, "GET", "/settings", nil).into(t, &s)
	s.Settings["ageing_s"] = 60
	w.sa.want(200, "PUT", "/settings", s)
	if a := w.sa.do("PUT", "/settings", s); a.code() != "changed" {
		t.Errorf("an old version: %d %s", a.status, a.body)
	}
	w.sa.want(200, "GET", "/settings", nil).into(t, &s)
	if s.Settings["ageing_s"] != 60.0 {
		t.Errorf("settings: %v", s.Settings)
	}
	s.Settings["matrix"] = map[string]any{"chat": map[string]any{"voice": "sometimes"}}
	if a := w.sa.do("PUT", "/settings", s); a.status != 422 {
		t.Errorf("no such rule: %d %s", a.status, a.body)
	}
}

// Who is disabled or gets a new password is out at once, the live feed included.
func TestDisabledIsOutAtOnce(t *testing.T) {
	w := newWorld(t)
	carla := w.east.agents["carla"]
	f := carla.live("queues")
	var o object
	w.east.pa.want(200, "GET", "/users/"+w.east.users["carla"], nil).into(t, &o)
	body := account(nil, "agent")
	body["disabled"] = true
	w.east.pa.want(200, "PUT", "/users/"+o.ID, map[string]any{"name": "carla", "version": o.Version, "body": body})
	carla.want(401, "GET", "/agent", nil)
	f.until("told that the session is over", func(v liveFrame) bool { return v.Topic == "system" && v.Kind == "signed_out" })
	if _, err := f.read(); err == nil {
		t.Error("the socket goes on")
	}
	ben, other := w.east.agents["ben"], w.signIn("East", "ben")
	w.east.pa.want(204, "PUT", "/users/"+w.east.users["ben"]+"/password", map[string]any{"password": "another password"})
	ben.want(401, "GET", "/agent", nil)
	other.want(401, "GET", "/agent", nil)
}

// Lists are paged by key: every object once, in order, whatever the size of the pages.
func TestPages(t *testing.T) {
	w := newWorld(t)
	for range 7 {
		w.east.spare("skills")
	}
	for _, limit := range []int{1, 3, 500} {
		var names []string
		after := ""
		for {
			var page objects
			w.east.pa.want(200, "GET", fmt.Sprintf("/skills?limit=%d&after=%s", limit, strings.ReplaceAll(after, " ", "%20")), nil).into(t, &page)
			for _, o := range page.Items {
				names = append(names, o.Name)
			}
			if after = page.Next; after == "" {
				break
			}
		}
		if len(names) != 8 {
			t.Errorf("by %d: %v", limit, names)
		}
	}
	for range 3 {
		w.east.bring("ended")
	}
	var seen []string
	next := ""
	for {
		var page struct {
			Items []struct {
				Batch, N int
				Kind     string
			}
			Next string
		}
		w.east.pa.want(200, "GET", "/facts?limit=7&after="+next, nil).into(t, &page)
		for _, f := range page.Items {
			seen = append(seen, fmt.Sprintf("%d.%d", f.Batch, f.N))
		}
		if next = page.Next; next == "" {
			break
		}
	}
	unique := map[string]bool{}
	for _, key := range seen {
		unique[key] = true
	}
	if len(seen) < 20 || len(unique) != len(seen) {
		t.Errorf("%d facts, %d of them different", len(seen), len(unique))
	}
	for _, path := range []string{"/facts?after=x", "/facts?after=1.2", "/facts?after=-1.2.3", "/history?after=x", "/contacts?after=x", "/tokens?after=x", "/audit?after=x"} {
		if a := w.east.pa.do("GET", path, nil); a.status != 422 {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}
