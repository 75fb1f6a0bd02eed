package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// names gives the names of a list, in its order.
func (c *client) names(path string) []string {
	c.h.t.Helper()
	names := []string{}
	for after := ""; ; {
		var page objects
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		c.want(200, "GET", path+sep+"limit=2&after="+url.QueryEscape(after), nil).into(c.h.t, &page)
		for _, o := range page.Items {
			names = append(names, o.Name)
		}
		if after = page.Next; after == "" {
			return names
		}
	}
}

func (c *client) read(path string) (o object) {
	c.h.t.Helper()
	c.want(200, "GET", path, nil).into(c.h.t, &o)
	return o
}

// Whatever an administrator did to an object can be undone: a change and a removal,
// each as a change of its own; nothing is brought back over another's change, or over
// a name that is taken meanwhile, and what is not there any more is not named again.
func TestRevert(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	made := w.made(w.east.unit, "teams", "Night", map[string]any{"description": "first", "supervisors": []any{w.east.users["anna"]}})
	pa.want(200, "PUT", "/teams/"+made, map[string]any{"name": "Day", "version": 1, "body": map[string]any{"description": "second", "supervisors": []any{}}})
	pa.want(204, "DELETE", "/teams/"+made+"?version=2", nil)
	var versions struct {
		Items []struct {
			Version   int
			Name      string
			Deleted   bool
			ChangedBy string `json:"changed_by"`
			Body      struct{ Description string }
		}
		Next string
	}
	pa.want(200, "GET", "/teams/"+made+"/versions?limit=2", nil).into(t, &versions)
	if v := versions.Items; len(v) != 2 || !v[0].Deleted || v[0].Version != 3 || v[1].Name != "Day" || v[1].ChangedBy != "pa" || versions.Next != "2" {
		t.Errorf("versions: %+v", versions)
	}
	pa.want(200, "GET", "/teams/"+made+"/versions?after="+versions.Next, nil).into(t, &versions)
	if v := versions.Items; len(v) != 1 || v[0].Body.Description != "first" || versions.Next != "" {
		t.Errorf("the first version: %+v", versions)
	}
	for _, try := range []struct {
		version, to int
		code        string
	}{{2, 1, "changed"}, {3, 3, "no_such_version"}, {3, 9, "no_such_version"}} {
		if a := pa.do("POST", "/teams/"+made+"/revert", map[string]any{"version": try.version, "to": try.to}); a.code() != try.code {
			t.Errorf("from %d to %d: %d %s", try.version, try.to, a.status, a.body)
		}
	}
	other := w.made(w.east.unit, "teams", "night", map[string]any{"description": "", "supervisors": []any{}})
	if a := pa.do("POST", "/teams/"+made+"/revert", map[string]any{"version": 3, "to": 1}); a.code() != "name_taken" {
		t.Errorf("a name that is taken meanwhile: %d %s", a.status, a.body)
	}
	pa.want(204, "DELETE", "/teams/"+other+"?version=1", nil)
	pa.want(200, "POST", "/teams/"+made+"/revert", map[string]any{"version": 3, "to": 1})
	if o := pa.read("/teams/" + made); o.Name != "Night" || o.Version != 4 || !strings.Contains(string(o.Body), w.east.users["anna"]) {
		t.Errorf("brought back as %+v", o)
	}
	var audit struct{ Items []struct{ Action string } }
	pa.want(200, "GET", "/audit", nil).into(t, &audit)
	if audit.Items[0].Action != "team.revert" {
		t.Errorf("the audit log says %s", audit.Items[0].Action)
	}
	w.restart()
	if o := w.signIn("East", "pa").read("/teams/" + made); o.Name != "Night" {
		t.Errorf("after a restart it is %+v", o)
	}
}

// A version that names what is gone is refused with the field; routing sees what was
// brought back at once.
func TestRevertIsJudged(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	skill := w.made(w.east.unit, "skills", "Latin", map[string]any{})
	q := w.made(w.east.unit, "queues", "Latin", queue(skill, 50))
	pa.want(200, "PUT", "/queues/"+q, map[string]any{"name": "Latin", "version": 1, "body": queue(w.east.skills["Support"], 50)})
	pa.want(204, "DELETE", "/skills/"+skill+"?version=1", nil)
	a := pa.do("POST", "/queues/"+q+"/revert", map[string]any{"version": 2, "to": 1})
	var p struct{ Code, Field string }
	a.into(t, &p)
	if p.Code != "no_such_reference" || p.Field != "body.steps[0].requirements[0].skill" {
		t.Errorf("a skill that is gone: %s", a.body)
	}
	pa.want(200, "POST", "/skills/"+skill+"/revert", map[string]any{"version": 2, "to": 1})
	pa.want(200, "POST", "/queues/"+q+"/revert", map[string]any{"version": 2, "to": 1})
	id := w.arrive(w.east.unit, q, "latin")
	if v := pa.contact(id); v.State != "queued" {
		t.Errorf("nobody speaks Latin again, but the contact is %s", v.State)
	}
}

// What depends on an object is listed whole; other people's responses count, too.
func TestUsesAreListed(t *testing.T) {
	w := newWorld(t)
	anna := w.east.agents["anna"]
	q := w.east.spare("queues")
	anna.want(201, "POST", "/responses", map[string]any{"name": "Mine", "body": map[string]any{"shortcut": "", "category": "", "personal": true,
		"texts": map[string]any{"english": "Hello"}, "queues": []any{q.ID}}})
	var uses struct {
		Items []struct{ Kind, ID, Name string }
	}
	w.east.pa.want(200, "GET", "/queues/"+q.ID+"/uses", nil).into(t, &uses)
	if len(uses.Items) != 1 || uses.Items[0].Kind != "response" || uses.Items[0].Name != "Mine" {
		t.Errorf("the queue's uses: %+v", uses)
	}
	w.east.pa.want(200, "GET", "/teams/"+w.east.team+"/uses", nil).into(t, &uses)
	if len(uses.Items) != 0 {
		t.Errorf("the team's uses: %+v", uses)
	}
}

// Many objects are changed together or not at all; a dry run says the same and changes
// nothing; and each that cannot be changed says why.
func TestBulk(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	bulk := func(many string, body map[string]any) (out struct {
		Applied bool
		Items   []struct {
			ID, Name, Code, Message, Field string
			Done                           bool
		}
	}) {
		t.Helper()
		pa.want(200, "POST", "/"+many+"/bulk", body).into(t, &out)
		return out
	}
	item := func(id string, version int) map[string]any { return map[string]any{"id": id, "version": version} }
	one, two := w.east.spare("users"), w.east.spare("users")
	set := map[string]any{"team": w.east.team, "agent": map[string]any{"capacity": map[string]any{"email": 5}}}
	body := map[string]any{"items": []any{item(one.ID, 1), item(two.ID, 1)}, "set": set, "dry_run": true}
	if got := bulk("users", body); got.Applied || !got.Items[0].Done || !got.Items[1].Done {
		t.Errorf("dry run: %+v", got)
	}
	if o := pa.read("/users/" + one.ID); o.Version != 1 {
		t.Error("a dry run has changed something")
	}
	body["dry_run"], body["items"] = false, []any{item(one.ID, 1), item(two.ID, 7)}
	if got := bulk("users", body); got.Applied || got.Items[0].Name != one.Name || got.Items[1].Code != "changed" {
		t.Errorf("with another version: %+v", got)
	}
	body["items"] = []any{item(one.ID, 1), item(two.ID, 1)}
	if got := bulk("users", body); !got.Applied {
		t.Errorf("applied: %+v", got)
	}
	var account struct {
		Team  string
		Agent struct{ Capacity map[string]int }
	}
	if err := json.Unmarshal(pa.read("/users/"+two.ID).Body, &account); err != nil || account.Team != w.east.team ||
		account.Agent.Capacity["email"] != 5 || account.Agent.Capacity["chat"] != 100 {
		t.Errorf("the second is %+v", account)
	}
	for field, set := range map[string]map[string]any{
		"roles[0]":        {"roles": []any{"king"}},
		"nonsense":        {"nonsense": 1},
		"team":            {"team": w.west.team},
		"agent.skills[0]": {"agent": map[string]any{"skills": []any{map[string]any{"skill": w.east.skills["Support"]}}}},
		"first_name":      {"first_name": nil},
	} {
		got := bulk("users", map[string]any{"items": []any{item(one.ID, 2)}, "set": set})
		if got.Applied || !strings.HasPrefix(got.Items[0].Field, strings.TrimSuffix(field, "first_name")) || got.Items[0].Message == "" {
			t.Errorf("%s: %+v", field, got)
		}
	}
	// What needs each other goes together, in any order.
	skill := w.made(w.east.unit, "skills", "Latin", map[string]any{})
	first := w.made(w.east.unit, "queues", "First", queue(w.east.skills["Support"], 100))
	q := queue(w.east.skills["Support"], 100)
	q["steps"].([]any)[0].(map[string]any)["queues"] = []any{first}
	second := w.made(w.east.unit, "queues", "Second", q)
	if got := bulk("queues", map[string]any{"items": []any{item(first, 1)}, "remove": true}); got.Applied || got.Items[0].Code != "in_use" {
		t.Errorf("a queue that another names: %+v", got)
	}
	if got := bulk("queues", map[string]any{"items": []any{item(first, 1), item(second, 1)}, "remove": true}); !got.Applied {
		t.Errorf("both: %+v", got)
	}
	if got := bulk("skills", map[string]any{"items": []any{item(skill, 1), item(skill, 1)}, "remove": true}); got.Applied || got.Items[1].Code != "twice" {
		t.Errorf("one twice: %+v", got)
	}
	for _, body := range []map[string]any{{"items": []any{item(skill, 1)}}, {"items": []any{item(skill, 1)}, "remove": true, "set": set}} {
		if a := pa.do("POST", "/skills/bulk", body); a.code() != "nothing_asked" {
			t.Errorf("%v: %d %s", body, a.status, a.body)
		}
	}
}

// A personal response is its owner's: nobody else lists, reads, changes or removes it,
// and its name is free for others. What is shared is kept by supervisors alone.
func TestOwnResponses(t *testing.T) {
	w := newWorld(t)
	anna, ben, sv := w.east.agents["anna"], w.east.agents["ben"], w.east.sv
	response := func(personal bool, text string) map[string]any {
		return map[string]any{"shortcut": "hi", "category": "", "personal": personal, "texts": map[string]any{"english": text}}
	}
	body := func(name string, personal bool, text string) map[string]any {
		r := response(personal, text)
		r["shortcut"] = "own-" + strings.ToLower(name)
		return map[string]any{"name": name, "body": r}
	}
	sv.want(201, "POST", "/responses", body("Hello", false, "all"))
	var annas object
	anna.want(201, "POST", "/responses", body("Hello", true, "anna's")).into(t, &annas)
	ben.want(201, "POST", "/responses", body("hello", true, "ben's"))
	ben.want(201, "POST", "/responses", body("Bye", true, "ben's"))
	if got := anna.names("/responses?find=hello"); !slices.Equal(got, []string{"Hello", "Hello"}) {
		t.Errorf("Anna reads %v", got)
	}
	if got := ben.names("/responses"); !slices.Contains(got, "Bye") || len(got) != len(sv.names("/responses"))+2 {
		t.Errorf("Ben reads %v", got)
	}
	if a := anna.do("POST", "/responses", body("HELLO", true, "again")); a.code() != "name_taken" {
		t.Errorf("Anna's name twice: %d %s", a.status, a.body)
	}
	for _, c := range []*client{ben, sv, w.east.pa} {
		for _, try := range []struct {
			method, path string
			body         any
		}{{"GET", "", nil}, {"GET", "/versions", nil}, {"GET", "/uses", nil}, {"DELETE", "?version=1", nil},
			{"PUT", "", map[string]any{"name": "Hello", "version": 1, "body": response(true, "mine now")}},
			{"POST", "/revert", map[string]any{"version": 1, "to": 1}}} {
			if a := c.do(try.method, "/responses/"+annas.ID+try.path, try.body); a.status != 404 {
				t.Errorf("%s %s of Anna's: %d %s", try.method, try.path, a.status, a.body)
			}
		}
	}
	if a := ben.do("POST", "/responses", body("For all", false, "x")); a.code() != "shared" || a.status != 403 {
		t.Errorf("an agent shares a response: %d %s", a.status, a.body)
	}
	shared := sv.objects("responses")["Hello"]
	for _, personal := range []bool{false, true} { // nor can it be made one's own
		if a := ben.do("PUT", "/responses/"+shared.ID, map[string]any{"name": "Hello you", "version": 1, "body": response(personal, "x")}); a.code() != "shared" {
			t.Errorf("an agent changes what is shared: %d %s", a.status, a.body)
		}
	}
	if a := ben.do("DELETE", "/responses/"+shared.ID+"?version=1", nil); a.code() != "shared" {
		t.Errorf("an agent removes what is shared: %d %s", a.status, a.body)
	}
	_, secret := w.east.token("supervisor")
	if a := (&client{h: w.house, token: secret}).do("POST", "/responses", body("Token's", true, "x")); a.code() != "no_owner" {
		t.Errorf("a token has something of its own: %d %s", a.status, a.body)
	}
	if a := ben.do("POST", "/responses", body("Place", true, "Dear {nobody}")); a.code() != "no_such_place" {
		t.Errorf("a place that nothing fills: %d %s", a.status, a.body)
	}
}

// Users are found by what an administrator knows of them, over pages.
func TestUsersAreFiltered(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	for i := range 3 {
		u := account([]any{map[string]any{"skill": w.east.skills["Support"], "level": 5}}, "agent", "supervisor")
		u["first_name"], u["last_name"], u["team"], u["disabled"] = "Zoë", fmt.Sprint("Zander", i), w.east.team, i == 2
		u["support_digital"] = i != 1
		w.made(w.east.unit, "users", fmt.Sprint("zz", i), u)
	}
	for query, want := range map[string][]string{
		"find=ZO%C3%8B+zander1":                                 {"zz1"},
		"find=zz":                                               {"zz0", "zz1", "zz2"},
		"team=" + w.east.team:                                   {"zz0", "zz1", "zz2"},
		"team=" + w.east.team + "&disabled=true":                {"zz2"},
		"team=" + w.east.team + "&digital=false":                {"zz1"},
		"role=supervisor":                                       {"sven", "zz0", "zz1", "zz2"},
		"role=business_administrator":                           {"pa"},
		"skill=" + w.east.skills["Support"] + "&disabled=false": {"anna", "ben", "carla", "zz0", "zz1"},
		"skill=" + w.west.skills["Support"]:                     {},
		"find=nobody":                                           {},
	} {
		if got := pa.names("/users?" + query); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
}

// A person's teams are told and changed on either side; agents have ids of their own;
// the switch for e-mail and chat keeps both away; and who may not sign in is signed out
// at once, and still is who they are.
func TestAccount(t *testing.T) {
	w := newWorld(t)
	pa := w.east.pa
	type shown struct {
		AgentID         string   `json:"agent_id"`
		SupervisedTeams []string `json:"supervised_teams"`
		LoginEnabled    bool     `json:"login_enabled"`
		SupportDigital  bool     `json:"support_digital"`
	}
	read := func(id string) (s shown) {
		t.Helper()
		if err := json.Unmarshal(pa.read("/users/"+id).Body, &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	change := func(id, name string, fields map[string]any) answer {
		t.Helper()
		u := account([]any{map[string]any{"skill": w.east.skills["Support"], "level": 90}}, "agent")
		for k, v := range fields {
			u[k] = v
		}
		return pa.do("PUT", "/users/"+id, map[string]any{"name": name, "version": pa.read("/users/" + id).Version, "body": u})
	}
	ben, anna := w.east.users["ben"], w.east.users["anna"]
	if b := read(ben); b.AgentID == "" || b.AgentID == read(anna).AgentID || !b.LoginEnabled || !b.SupportDigital || len(b.SupervisedTeams) != 0 {
		t.Errorf("Ben is %+v", b)
	}
	if a := change(ben, "ben", map[string]any{"agent_id": read(anna).AgentID}); a.code() != "agent_id_taken" {
		t.Errorf("another's agent id: %d %s", a.status, a.body)
	}
	if a := change(ben, "ben", map[string]any{"agent_id": "A-7", "supervised_teams": []any{w.east.team}}); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if team := pa.read("/teams/" + w.east.team); !strings.Contains(string(team.Body), ben) || team.Version != 2 {
		t.Errorf("the team is %s", team.Body)
	}
	if a := change(ben, "ben", nil); a.status != 200 { // what is absent stays
		t.Fatalf("%d %s", a.status, a.body)
	}
	if b := read(ben); b.AgentID != "A-7" || !slices.Equal(b.SupervisedTeams, []string{w.east.team}) {
		t.Errorf("Ben is %+v", b)
	}
	id := w.arrive(w.east.unit, w.east.queues["Support"], "digital")
	if v := pa.contact(id); v.Agent != ben {
		t.Fatalf("the chat goes to %s", v.AgentName)
	}
	if a := change(ben, "ben", map[string]any{"support_digital": false, "supervised_teams": []any{}}); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	again := w.arrive(w.east.unit, w.east.queues["Support"], "not digital")
	if v := pa.contact(again); v.Agent == ben {
		t.Error("a chat goes to an agent without e-mail and chat")
	}
	if a := change(anna, "anna", map[string]any{"login_enabled": false}); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := w.east.agents["anna"].do("GET", "/session", nil); a.status != 401 {
		t.Errorf("who may not sign in is still signed in: %d", a.status)
	}
	if a := w.anybody().do("POST", "/session", map[string]any{"unit": "East", "name": "anna", "password": password}); a.code() != "sign_in_refused" {
		t.Errorf("who may not sign in signs in: %d %s", a.status, a.body)
	}
	if a := change(w.east.users["pa"], "pa", map[string]any{"roles": []any{"business_administrator"}, "login_enabled": false}); a.code() != "own_account" {
		t.Errorf("an administrator locks out pa: %d %s", a.status, a.body)
	}
}

// Texts are kept under a chat language's name, so it keeps its name while there are some;
// and what an agent types behind a slash means one response of theirs, and one of all.
func TestNamesWithinConversations(t *testing.T) {
	w := newWorld(t)
	pa, anna := w.east.pa, w.east.agents["anna"]
	language := func(name string) answer {
		return pa.do("POST", "/chat-languages", map[string]any{"name": name, "body": wholeLanguage(nil)})
	}
	if a := language(strings.Repeat("ö", 65)); a.code() != "language_name" {
		t.Errorf("65 characters: %d %s", a.status, a.body)
	}
	var made object
	pa.want(201, "POST", "/chat-languages", map[string]any{"name": "Nordic", "body": wholeLanguage(nil)}).into(t, &made)
	response := func(c *client, name, shortcut, text string, personal bool) answer {
		return c.do("POST", "/responses", map[string]any{"name": name, "body": map[string]any{"shortcut": shortcut, "category": "", "personal": personal,
			"texts": map[string]any{text: "Hello"}}})
	}
	if a := response(pa, "Hei", "hei", "Nordic", false); a.status != 201 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	rename := map[string]any{"name": "Norsk", "version": 1, "body": wholeLanguage(nil)}
	if a := pa.do("PUT", "/chat-languages/"+made.ID, rename); a.code() != "language_used" || !strings.Contains(a.body, "Hei") {
		t.Errorf("another name while texts are under the old: %d %s", a.status, a.body)
	}
	pa.want(201, "POST", "/chat-languages", map[string]any{"name": "Suomi", "body": wholeLanguage(nil)}).into(t, &made)
	pa.want(201, "POST", "/responses", map[string]any{"name": "Letter home", "body": map[string]any{"shortcut": "", "category": "", "texts": map[string]any{},
		"mails": map[string]any{"Suomi": map[string]any{"subject": "Hei", "html": "<p>Hei</p>"}}}})
	rename["name"] = "Finnish"
	if a := pa.do("PUT", "/chat-languages/"+made.ID, rename); a.code() != "language_used" || !strings.Contains(a.body, "Letter home") {
		t.Errorf("another name while e-mails are under the old: %d %s", a.status, a.body)
	}
	if a := response(pa, "Hei again", "hei", "english", false); a.code() != "shortcut_taken" || !strings.Contains(a.body, "Hei") {
		t.Errorf("a shortcut twice: %d %s", a.status, a.body)
	}
	for _, c := range []*client{anna, w.east.agents["ben"]} {
		if a := response(c, "Mine", "hei", "english", true); a.status != 201 {
			t.Errorf("one's own beside the shared: %d %s", a.status, a.body)
		}
	}
	if a := response(anna, "Mine too", "hei", "english", true); a.code() != "shortcut_taken" {
		t.Errorf("one's own twice: %d %s", a.status, a.body)
	}
}

// Where a queue does not let agents decline, an offer says so and a refusal of it is refused.
func TestOffersThatMayNotBeDeclined(t *testing.T) {
	w := newWorld(t)
	s, pa := w.east, w.east.pa
	path := "/queues/" + s.queues["Support"]
	pa.want(200, "PUT", path, pa.changeOf(path, map[string]any{"may_decline": false}))
	id := w.arrive(s.unit, s.queues["Support"], "offered")
	var have struct {
		Offer      int
		MayDecline bool `json:"may_decline"`
	}
	w.until("it is offered", func() bool { pa.want(200, "GET", "/contacts/"+id, nil).into(t, &have); return have.Offer > 0 })
	if have.MayDecline {
		t.Error("the offer says that it may be declined")
	}
	if a := s.agents["ben"].do("POST", "/contacts/"+id+"/decline", map[string]any{"offer": have.Offer}); a.code() != "no_decline" || a.status != 403 {
		t.Errorf("declined: %d %s", a.status, a.body)
	}
	pa.want(200, "PUT", path, pa.changeOf(path, map[string]any{"may_decline": true}))
	s.agents["ben"].want(200, "POST", "/contacts/"+id+"/decline", map[string]any{"offer": have.Offer})
}
