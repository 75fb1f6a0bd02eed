package api_test

import (
	"fmt"
	"testing"
)

// Who looks after a customer is asked first: the agent whom the customer's record names; else
// whoever had the customer last, of whatever medium.
func TestCustomersOwnAgent(t *testing.T) {
	w := newWorld(t)
	s, pa := w.east, w.east.pa
	for _, name := range []string{"mia", "max"} {
		body := account(nil, "agent")
		body["agent"].(map[string]any)["capacity"] = map[string]any{"email": 9}
		s.users[name] = w.made(s.unit, "users", name, body)
		w.sa.in(s.unit).want(204, "PUT", "/users/"+s.users[name]+"/password", map[string]any{"password": password})
		s.agents[name] = s.atWork(name)
		s.agents[name].want(200, "PUT", "/agent/state", map[string]any{"available": true})
	}
	line := queue(s.skills["Support"], 100) // nobody is able by skill
	line["domain"] = "email"
	mail := w.made(s.unit, "queues", "Mail", line)
	s.flow("Own", []any{node("start", "start", nil), node("q", "queue", map[string]any{"queue": mail, "preferred": "customer_agent", "hold_s": 600})},
		[]any{edge("start", "next", "q")})
	known := map[string]customer{}
	for _, name := range []string{"mia", "max", "nobody"} {
		body := customerBody("Of "+name, "email "+name+"@example.com")
		if s.users[name] != "" {
			body["agent"] = s.users[name]
		}
		var v customer
		pa.want(201, "POST", "/customers", body).into(t, &v)
		known[name] = v
	}
	asks := 0
	write := func(from, to string) contact {
		t.Helper()
		asks++
		var made createdContact
		s.sv.want(201, "POST", "/contacts", map[string]any{"client_id": fmt.Sprint("own-", asks), "queue": mail, "source": from + "@example.com"}).into(t, &made)
		v := pa.contact(made.ID)
		if to == "" && v.State != "queued" || to != "" && (v.State != "offered" || v.Agent != s.users[to]) {
			t.Fatalf("the mail of %s is %s with %q, want %q", from, v.State, v.Agent, to)
		}
		if to != "" {
			s.agents[to].want(200, "POST", "/contacts/"+v.ID+"/accept", map[string]any{"offer": v.Offer})
		}
		return v
	}
	for _, name := range []string{"mia", "max", "mia", "mia"} {
		write(name, name)
	}
	first := write("nobody", "") // who was never here
	s.sv.want(200, "POST", "/contacts/"+first.ID+"/reassign", map[string]any{"agent": s.users["max"], "expect": map[string]any{"state": "queued"}})
	s.agents["max"].want(200, "POST", "/contacts/"+first.ID+"/accept", map[string]any{"offer": pa.contact(first.ID).Offer})
	write("nobody", "max")
	change := map[string]any{"version": 1, "name": "Of nobody", "agent": s.users["sven"]}
	if a := pa.do("PUT", "/customers/"+known["nobody"].ID, change); a.code() != "customer_agent" {
		t.Errorf("a supervisor is to look after a customer: %d %s", a.status, a.body)
	}
	if done := pa.load("customers", "name;email;agent\nOf nobody;nobody@example.com;mia\n", false); !done.Applied {
		t.Fatalf("the import: %+v", done)
	}
	write("nobody", "mia")
}
