package api_test

import (
	"fmt"
	"strings"
	"testing"
)

// mail gives a queue for e-mails.
func (s *side) mail() string {
	s.w.t.Helper()
	if s.queues["Mail"] == "" {
		body := queue(s.skills["Support"], 80)
		body["domain"] = "email"
		s.queues["Mail"] = s.w.made(s.unit, "queues", "Mail", body)
	}
	return s.queues["Mail"]
}

// calls gives a queue for what is called.
func (s *side) calls() string {
	s.w.t.Helper()
	if s.queues["Calls"] == "" {
		body := queue(s.skills["Support"], 80)
		body["domain"] = "outbound"
		s.queues["Calls"] = s.w.made(s.unit, "queues", "Calls", body)
	}
	return s.queues["Calls"]
}

// createdContact is the answer of create-contact.
type createdContact struct {
	ID       string
	Existing bool
}

// A program's contact of another medium goes through its whole life by the same
// commands as a chat. It has no conversation, so that what would be written there is
// refused with a sentence, and nothing of the command is done.
func TestContactOfAnotherMedium(t *testing.T) {
	w := newWorld(t)
	s := w.east
	body := account([]any{map[string]any{"skill": s.skills["Support"], "level": 90}}, "agent")
	body["agent"].(map[string]any)["capacity"] = map[string]any{"outbound": 3}
	id := w.made(s.unit, "users", "mia", body)
	w.sa.in(s.unit).want(204, "PUT", "/users/"+id+"/password", map[string]any{"password": password})
	mia := s.in("mia")
	mia.live("agent")
	w.until("mia is signed in to work", func() bool { return mia.desk().SignedIn })
	mia.want(200, "PUT", "/agent/state", map[string]any{"available": true})

	ask := map[string]any{"client_id": "call-1", "queue": s.calls(), "name": "Ada", "caption": "An invoice", "language": "english",
		"source": "ada@example.com", "destination": "help@example.com", "details": map[string]any{"order": "17"}}
	var made, again createdContact
	s.sv.want(201, "POST", "/contacts", ask).into(t, &made)
	s.sv.want(201, "POST", "/contacts", ask).into(t, &again)
	if made.Existing || !again.Existing || again.ID != made.ID {
		t.Errorf("made %+v, again %+v: want one contact", made, again)
	}
	var shown struct {
		Medium, Domain, State, Name, Caption, Source, Destination string
		Priority, Offer                                           int
		Details                                                   map[string]string
	}
	path := "/contacts/" + made.ID
	s.sv.want(200, "GET", path, nil).into(t, &shown)
	want := "outbound outbound offered Ada An invoice ada@example.com help@example.com 50 1 map[order:17]"
	if have := fmt.Sprint(shown.Medium, " ", shown.Domain, " ", shown.State, " ", shown.Name, " ", shown.Caption, " ", shown.Source, " ",
		shown.Destination, " ", shown.Priority, " ", shown.Offer, " ", shown.Details); have != want {
		t.Errorf("shown %s, want %s", have, want)
	}
	mia.want(200, "POST", path+"/accept", map[string]any{"offer": shown.Offer})
	feed := mia.live("agent", "conversation/"+made.ID)
	for command, text := range map[string]map[string]any{
		"messages": {"client_id": "m", "text": "Good morning"},
		"transfer": {"client_id": "t", "queue": s.calls(), "note": "please"},
		"wrap-up":  {"client_id": "w", "note": "done"},
	} {
		if a := mia.do("POST", path+"/"+command, text); a.status != 422 || a.code() != "no_conversation" {
			t.Errorf("%s with a text: %d %s", command, a.status, a.body)
		}
	}
	mia.want(200, "GET", path+"/messages", nil)
	mia.want(204, "PUT", path+"/read", map[string]any{"seq": 1})
	mia.want(200, "POST", path+"/transfer", map[string]any{"client_id": "t", "queue": s.calls()})
	// Offered anew, to the same agent: a repeat is known by its client id, another is not.
	repeat := mia.want(200, "POST", path+"/transfer", map[string]any{"client_id": "t", "queue": s.calls()})
	if !strings.Contains(repeat.body, made.ID) {
		t.Errorf("the repeat is answered %s", repeat.body)
	}
	mia.want(409, "POST", path+"/transfer", map[string]any{"client_id": "t2", "queue": s.calls()})
	feed.until("the new offer", func(v liveFrame) bool {
		if strings.HasPrefix(v.Topic, "conversation/") {
			t.Errorf("the conversation of a call, which has none, is answered %s %s", v.Kind, v.Body)
		}
		return v.Topic == "agent" && strings.Contains(string(v.Body), `"offer":2`)
	})
	mia.want(200, "POST", path+"/accept", map[string]any{"offer": mia.contact(made.ID).Offer})
	mia.want(200, "POST", path+"/finish", nil)
	mia.want(200, "POST", path+"/wrap-up", map[string]any{"client_id": "w", "disposition": s.reasons["Solved"]})
	if v := mia.contact(made.ID); v.State != "ended" || v.EndWhy != "wrapped_up" {
		t.Errorf("the contact is %+v", v)
	}
	s.sv.want(201, "POST", "/contacts", ask).into(t, &again)
	if !again.Existing || again.ID != made.ID {
		t.Errorf("after its end: %+v, want %s", again, made.ID)
	}
}

// What is wrong is refused with its field before anything is queued.
func TestCreateContactRefuses(t *testing.T) {
	w := newWorld(t)
	s := w.east
	skill := map[string]any{"skill": s.skills["Support"], "level": 10}
	large := map[string]any{}
	for i := range 20 {
		large[fmt.Sprint("key ", i)] = strings.Repeat("x", 3900)
	}
	w.arrive(s.unit, s.queues["Quiet"], "of a chat")
	before := s.pa.want(200, "GET", "/contacts", nil).body
	for _, try := range []struct {
		change map[string]any
		status int
		code   string
	}{
		{map[string]any{"queue": s.queues["Quiet"]}, 422, "chat_has_its_door"},
		{map[string]any{"source": "a\tb"}, 422, "address"},
		{map[string]any{"destination": strings.Repeat("é", 161)}, 422, "address"},
		{map[string]any{"skills": []any{skill, skill}}, 422, "skill_twice"},
		{map[string]any{"details": large}, 422, "too_long"},
		{map[string]any{"details": map[string]any{"a": strings.Repeat("x", 4001)}}, 422, "too_long"},
		{map[string]any{"priority": 0}, 422, "invalid"},
		{map[string]any{"client_id": "of a chat"}, 409, "client_id_taken"},
	} {
		body := map[string]any{"client_id": "x", "queue": s.mail()}
		for name, v := range try.change {
			body[name] = v
		}
		if a := s.sv.do("POST", "/contacts", body); a.status != try.status || a.code() != try.code {
			t.Errorf("%v: %d %s, want %d %s", try.change, a.status, a.body, try.status, try.code)
		}
	}
	if after := s.pa.want(200, "GET", "/contacts", nil).body; after != before {
		t.Errorf("something was queued: %s", after)
	}
}
