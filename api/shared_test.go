package api_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

// What Global has of texts, hours, reasons, categories and excluded numbers is every unit's to use and nobody's to change; other
// units' things stay theirs.
func TestGlobalShares(t *testing.T) {
	w := newWorld(t)
	global := w.sa.in(w.sa.objects("units")["Global"].ID)
	make := func(many, name string, body map[string]any) string {
		t.Helper()
		var o object
		global.want(201, "POST", "/"+many, map[string]any{"name": name, "body": body}).into(t, &o)
		return o.ID
	}
	always := map[string]any{"week": []any{map[string]any{"day": 0, "from": "08:00", "to": "18:00"}}, "holidays": []any{}, "time_zone": ""}
	response := map[string]any{"shortcut": "corp", "category": "", "texts": map[string]any{"english": "As the company says"}}
	ids := map[string]string{
		"schedules": make("schedules", "Company hours", always), "responses": make("responses", "Company line", response),
		"articles":         make("articles", "Company handbook", map[string]any{"language": "", "keywords": "", "queues": []any{}, "link": "", "text": "How we whistle"}),
		"reasons":          make("reasons", "Company outcome", map[string]any{"use": "disposition", "description": ""}),
		"categories":       make("categories", "Company category", map[string]any{"description": ""}),
		"excluded-numbers": make("excluded-numbers", "Company numbers", map[string]any{"pattern": "0900*", "why": "premium", "note": ""}),
	}
	away := make("reasons", "Company meeting", map[string]any{"use": "unavailable", "description": ""})
	skill := make("skills", "Company skill", map[string]any{"description": ""})
	global.want(201, "POST", "/responses", map[string]any{"name": "The administrator's own", "body": map[string]any{"shortcut": "", "category": "", "personal": true,
		"texts": map[string]any{"english": "Mine"}}})

	for _, s := range []*side{w.east, w.west} {
		pa := s.pa
		for many, id := range ids {
			names := pa.names("/" + many)
			if slices.Contains(names, "The administrator's own") || !strings.HasPrefix(names[len(names)-1], "Company ") {
				t.Errorf("%s of %s are %q", many, s.unit, names)
			}
			var paged []string // one a page
			for after := ""; ; {
				var page struct {
					Items []struct {
						Name   string
						Shared bool
					}
					Next string
				}
				pa.want(200, "GET", "/"+many+"?limit=1&after="+url.QueryEscape(after), nil).into(t, &page)
				for _, o := range page.Items {
					paged = append(paged, o.Name)
					if o.Shared != strings.HasPrefix(o.Name, "Company ") {
						t.Errorf("%s is shared: %v", o.Name, o.Shared)
					}
				}
				if after = page.Next; after == "" {
					break
				}
			}
			if !slices.Equal(paged, names) {
				t.Errorf("%s by pages are %q, want %q", many, paged, names)
			}
			var o struct {
				Name    string
				Version int
				Shared  bool
				Body    map[string]any
			}
			pa.want(200, "GET", "/"+many+"/"+id, nil).into(t, &o)
			if !o.Shared {
				t.Errorf("%s is not said to be shared", o.Name)
			}
			if a := pa.do("PUT", "/"+many+"/"+id, map[string]any{"name": "Ours now", "version": o.Version, "body": o.Body}); a.status != 404 {
				t.Errorf("a unit changes %s: %d %s", o.Name, a.status, a.body)
			}
			if a := pa.do("DELETE", "/"+many+"/"+id+"?version=1", nil); a.status != 404 {
				t.Errorf("a unit removes %s: %d %s", o.Name, a.status, a.body)
			}
		}
		pa.want(404, "GET", "/skills/"+skill, nil)
	}
	east := w.east.pa
	if a := w.east.agents["anna"].want(200, "GET", "/article-search?words=whistle", nil); !strings.Contains(a.body, "Company handbook") {
		t.Errorf("the handbook is not found: %s", a.body)
	}
	if table := east.table("responses"); strings.Contains(table, "Company line") {
		t.Errorf("what is shared is in the unit's own table:\n%s", table)
	}

	// A queue of the unit keeps the company's hours; these know who needs them.
	path := "/queues/" + w.east.queues["Support"]
	east.want(200, "PUT", path, east.changeOf(path, map[string]any{"schedule": ids["schedules"]}))
	if table := east.table("queues"); !strings.Contains(table, "Company hours") {
		t.Errorf("the hours have no name in the table of queues:\n%s", table)
	}
	if a := global.do("DELETE", "/schedules/"+ids["schedules"]+"?version=1", nil); a.code() != "in_use" || !strings.Contains(a.body, ": Support") {
		t.Errorf("hours in use are removed: %d %s", a.status, a.body)
	}
	sharedInUse(t, w, path, ids, away)
	if a := east.do("PUT", path, east.changeOf(path, map[string]any{"schedule": skill})); a.code() != "no_such_reference" {
		t.Errorf("something else of Global's is named: %d %s", a.status, a.body)
	}
}

// sharedInUse has the shared reasons and the category do what the unit's own do: in the
// pauses and at the end of a contact, in a queue, in a workflow, on a desk profile, in the
// customer's history and in the palette.
func sharedInUse(t *testing.T, w *world, queue string, ids map[string]string, away string) {
	t.Helper()
	s := w.east
	v := s.bring("wrap_up")
	ben := s.agents["ben"]
	if a := ben.do("POST", "/contacts/"+v.ID+"/wrap-up", map[string]any{"client_id": "o", "disposition": away}); a.code() != "disposition" {
		t.Errorf("a pause ends a contact: %d %s", a.status, a.body)
	}
	s.pa.want(200, "PUT", queue, s.pa.changeOf(queue, map[string]any{"dispositions": []any{ids["reasons"]}}))
	ben.want(200, "POST", "/contacts/"+v.ID+"/wrap-up", map[string]any{"client_id": "o", "disposition": ids["reasons"]})
	customer := s.customer()
	s.pa.want(200, "PUT", "/contacts/"+v.ID+"/customer", map[string]any{"customer": customer.ID})
	if a := s.pa.want(200, "GET", "/customers/"+customer.ID+"/contacts", nil); !strings.Contains(a.body, "Company outcome") {
		t.Errorf("the history does not name the outcome: %s", a.body)
	}
	ben.want(200, "PUT", "/agent/state", map[string]any{"available": false, "reason": away})
	ben.want(200, "PUT", "/agent/state", map[string]any{"available": true})
	profile := func(reason string) map[string]any {
		return map[string]any{"name": "Quick", "body": map[string]any{"accept": "queue", "no_answer": reason}}
	}
	if a := s.pa.do("POST", "/desk-profiles", profile(ids["reasons"])); a.code() != "no_answer_use" {
		t.Errorf("an outcome for no answer: %d %s", a.status, a.body)
	}
	s.pa.want(201, "POST", "/desk-profiles", profile(away))
	s.flow("Marked by the company", []any{node("start", "start", nil), node("m", "category", map[string]any{"category": ids["categories"]}),
		node("q", "queue", nil)}, []any{edge("start", "next", "m"), edge("m", "next", "q")})
	if a := s.pa.want(200, "GET", "/search?words=company", nil); !strings.Contains(a.body, "Company category") {
		t.Errorf("what is shared is not found: %s", a.body)
	}
	global := w.sa.in(w.sa.objects("units")["Global"].ID)
	for _, path := range []string{"/reasons/" + ids["reasons"], "/reasons/" + away, "/categories/" + ids["categories"]} {
		if a := global.do("DELETE", path+"?version=1", nil); a.code() != "in_use" {
			t.Errorf("%s is removed in use: %d %s", path, a.status, a.body)
		}
	}
}
