package api_test

import (
	"net/http"
	"strings"
	"testing"
)

// The first page asks for the code of the console; one minute later a chat is with
// the agent whom the skills choose, is passed on, and ends with an outcome.
func TestFromFirstStartToHistory(t *testing.T) {
	h := newHouse(t)
	var state struct{ Needed bool }
	h.anybody().want(200, "GET", "/setup", nil).into(t, &state)
	if !state.Needed {
		t.Fatal("a new store needs no first start")
	}
	if a := h.anybody().do("POST", "/session", map[string]any{"name": "sa", "password": password}); a.code() != "not_started" {
		t.Fatalf("signing in before the first start: %s", a.body)
	}
	start := map[string]any{"code": "wrong", "company": "Acme", "language": "english", "time_zone": "Europe/Berlin",
		"sa_password": password, "pa_password": password, "sample": true}
	if a := h.anybody().do("POST", "/setup", start); a.status != 403 || a.code() != "code_wrong" {
		t.Fatalf("a wrong code: %d %s", a.status, a.body)
	}
	h.begin()
	h.anybody().want(200, "GET", "/setup", nil).into(t, &state)
	if state.Needed {
		t.Fatal("the first start is still needed")
	}
	start["code"] = h.code.String()
	if a := h.anybody().do("POST", "/setup", start); a.code() != "started_already" {
		t.Fatalf("the second first start: %d %s", a.status, a.body)
	}

	pa, anna, ben := h.signIn("", "pa"), h.signIn("default", "anna"), h.signIn("DEFAULT", "ben")
	annaLive, benLive := anna.live("agent"), ben.live("agent")
	defer annaLive.close()
	defer benLive.close()
	for _, c := range []*client{anna, ben} {
		h.until("signed in to work", func() bool { return c.desk().SignedIn })
		c.want(200, "PUT", "/agent/state", map[string]any{"available": true})
	}
	queues, unit := pa.objects("queues"), pa.me().Unit.ID
	id := h.arrive(unit, queues["Support"].ID, "c1")
	if v := pa.contact(id); v.State != "offered" || v.AgentName != "Ben Brandt" {
		t.Fatalf("a chat for support is %s with %s; want it offered to Ben, who knows best", v.State, v.AgentName)
	}
	benLive.until("the offer on Ben's desk", func(f liveFrame) bool { return f.Topic == "agent" && strings.Contains(string(f.Body), id) })
	offer := ben.contact(id).Offer
	if a := anna.do("POST", "/contacts/"+id+"/accept", map[string]any{"offer": offer}); a.status != 409 || a.code() != "contact_taken" {
		t.Fatalf("accepting somebody else's offer: %d %s", a.status, a.body)
	}
	ben.want(200, "POST", "/contacts/"+id+"/accept", map[string]any{"offer": offer})
	ben.want(201, "POST", "/contacts/"+id+"/messages", map[string]any{"client_id": "m1", "text": "Good morning"})
	ben.want(200, "POST", "/contacts/"+id+"/transfer", map[string]any{"client_id": "t1", "queue": queues["Sales"].ID, "note": "wants to buy"})
	h.until("offered to Anna", func() bool { return pa.contact(id).AgentName == "Anna Abel" })
	// The answer to the transfer was lost: the same client id does nothing twice.
	ben.want(200, "POST", "/contacts/"+id+"/transfer", map[string]any{"client_id": "t1", "queue": queues["Sales"].ID, "note": "wants to buy"})
	anna.want(200, "POST", "/contacts/"+id+"/accept", map[string]any{"offer": anna.contact(id).Offer})
	anna.want(200, "POST", "/contacts/"+id+"/finish", nil)
	reason := pa.objects("reasons")["Order taken"].ID
	if a := anna.do("POST", "/contacts/"+id+"/wrap-up", map[string]any{"client_id": "w1", "disposition": pa.objects("reasons")["Lunch"].ID}); a.code() != "disposition" {
		t.Fatalf("lunch is no outcome: %d %s", a.status, a.body)
	}
	done := map[string]any{"client_id": "w1", "disposition": reason, "note": "ordered two"}
	anna.want(200, "POST", "/contacts/"+id+"/wrap-up", done)
	anna.want(200, "POST", "/contacts/"+id+"/wrap-up", done) // a repeat
	if v := pa.contact(id); v.State != "ended" || v.EndWhy != "wrapped_up" {
		t.Fatalf("the contact is %s (%s)", v.State, v.EndWhy)
	}
	var facts struct {
		Items []struct{ Kind string }
	}
	pa.want(200, "GET", "/contacts/"+id+"/facts", nil).into(t, &facts)
	var kinds []string
	for _, f := range facts.Items {
		kinds = append(kinds, f.Kind)
	}
	want := "arrived queued offered accepted returned queued offered accepted finished ended"
	if got := strings.Join(kinds, " "); got != want && got != strings.Replace(want, "arrived queued", "arrived", 1) {
		t.Errorf("facts: %s", got)
	}
	var messages struct {
		Items []struct {
			Seq        int
			Kind, Text string
		}
	}
	pa.want(200, "GET", "/contacts/"+id+"/messages", nil).into(t, &messages)
	notes := 0
	for i, m := range messages.Items {
		if m.Seq != i+1 {
			t.Errorf("message %d has the number %d", i+1, m.Seq)
		}
		if m.Text == "ordered two" || m.Text == "wants to buy" {
			notes++
		}
	}
	if notes != 2 {
		t.Errorf("notes of transfer and wrap-up: %d of 2 in %v", notes, messages.Items)
	}
	var history struct{ Items []contact }
	pa.want(200, "GET", "/history", nil).into(t, &history)
	if len(history.Items) != 1 || history.Items[0].ID != id {
		t.Errorf("history: %v", history.Items)
	}
}

// A person's session and an API token outlive the process.
func TestSessionsOutliveTheProcess(t *testing.T) {
	h := newHouse(t)
	h.begin()
	pa := h.signIn("", "pa")
	var made struct {
		Secret string
		Token  struct{ ID string }
	}
	pa.want(201, "POST", "/tokens", map[string]any{"name": "reports", "role": "supervisor", "expires_in_s": 3600}).into(t, &made)
	program := &client{h: h, token: made.Secret}
	program.want(200, "GET", "/queues", nil)
	h.restart()
	pa.want(200, "GET", "/session", nil)
	program.want(200, "GET", "/queues", nil)
	program.want(http.StatusForbidden, "GET", "/tokens", nil)
	pa.want(204, "DELETE", "/tokens/"+made.Token.ID, nil)
	program.want(http.StatusUnauthorized, "GET", "/queues", nil)
	pa.want(204, "DELETE", "/session", nil)
	pa.want(http.StatusUnauthorized, "GET", "/session", nil)
}

// The session's cookie cannot be read by a page's scripts, and a page of another
// site can do nothing with it.
func TestForeignPagesCanDoNothing(t *testing.T) {
	h := newHouse(t)
	h.begin()
	a := h.anybody().want(201, "POST", "/session", map[string]any{"name": "pa", "password": password})
	if set := a.header.Get("Set-Cookie"); !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Lax") {
		t.Errorf("the cookie is %s", set)
	}
	pa := h.signIn("", "pa")
	for _, headers := range []map[string]string{
		{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"},
	} {
		foreign := *pa
		foreign.headers = headers
		if a := foreign.do("POST", "/skills", map[string]any{"name": "x", "body": map[string]any{}}); a.status != 403 || a.code() != "foreign_origin" {
			t.Errorf("%v: %d %s", headers, a.status, a.body)
		}
	}
	own := *pa
	own.headers = map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": h.url}
	own.want(201, "POST", "/skills", map[string]any{"name": "x", "body": map[string]any{}})
}
