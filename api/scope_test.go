package api_test

import (
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// inTeams puts Anna and Carla into one team and Ben into another, and gives the second.
func (s *side) inTeams() (second string) {
	s.w.t.Helper()
	second = s.w.made(s.unit, "teams", "Second", map[string]any{"description": "", "supervisors": []any{}})
	for name, team := range map[string]string{"anna": s.team, "carla": s.team, "ben": second} {
		o := s.pa.objects("users")[name]
		s.pa.want(200, "POST", "/users/bulk", map[string]any{"items": []any{map[string]any{"id": o.ID, "version": o.Version}}, "set": map[string]any{"team": team}})
	}
	return second
}

// supervise has Sven supervise teams.
func (s *side) supervise(teams ...string) {
	s.w.t.Helper()
	o := s.pa.objects("users")["sven"]
	s.pa.want(200, "POST", "/users/bulk", map[string]any{"items": []any{map[string]any{"id": o.ID, "version": o.Version}}, "set": map[string]any{"supervised_teams": teams}})
}

func (c *client) seen(path string) map[string]bool {
	c.h.t.Helper()
	var page struct{ Items []struct{ ID string } }
	c.want(200, "GET", path, nil).into(c.h.t, &page)
	seen := map[string]bool{}
	for _, v := range page.Items {
		seen[v.ID] = true
	}
	return seen
}

// Supervised teams bound what a supervisor sees and does: every operation on a contact of
// another team's agent is refused, lists and live tables leave it out, and what agents of
// other teams have in hand is not shown. What waits for anybody is everybody's.
func TestSupervisedTeamsBound(t *testing.T) {
	w, d := newWorld(t), readDocument(t)
	s := w.east
	second := s.inTeams()
	waits, over, talks := s.bring("queued").ID, s.bring("ended").ID, s.bring("active").ID // with Ben
	s.sv.want(200, "GET", "/contacts/"+talks, nil)                                        // who supervises no team sees all
	if !s.sv.seen("/contacts")[talks] || !s.sv.seen("/history")[over] {
		t.Fatal("a supervisor without teams does not see the unit's contacts")
	}
	before := s.sv.live("contacts")
	before.until("a table", func(v liveFrame) bool { return v.Topic == "contacts" })
	s.supervise(s.team)
	for _, err := before.read(); ; _, err = before.read() {
		if err != nil {
			if websocket.CloseStatus(err) != websocket.StatusServiceRestart {
				t.Errorf("the feed of who supervises teams now ended with %v", err)
			}
			break
		}
	}
	for _, op := range d.operations {
		if !strings.HasPrefix(op.path, "/contacts/{id}") {
			continue
		}
		for _, id := range []string{talks, over} {
			path := strings.Replace(op.path, "{id}", id, 1)
			if i := strings.IndexByte(path, '{'); i >= 0 {
				path = path[:i] + never() + path[i+strings.IndexByte(path[i:], '}')+1:]
			}
			var body any
			if op.body() != nil {
				body = map[string]any{}
			}
			a := s.sv.do(op.method, path, body)
			if a.status != 403 || a.code() != "other_team" && a.code() != "forbidden" {
				t.Errorf("%s of another team's contact: %d %s", op.id, a.status, a.body)
			}
		}
	}
	if seen := s.sv.seen("/contacts"); seen[talks] || !seen[waits] {
		t.Errorf("the contacts of a bounded supervisor: %v", seen)
	}
	if s.sv.seen("/history")[over] {
		t.Error("the history shows another team's contact")
	}
	for _, path := range []string{"/search?words=" + "customer", "/facts?limit=500"} {
		if body := s.sv.want(200, "GET", path, nil).body; strings.Contains(body, s.users["ben"]) {
			t.Errorf("%s shows another team's agent: %s", path, body)
		}
	}
	var agents struct {
		Items []struct {
			Agent     string
			Contacts  []struct{ ID string }
			OtherTeam bool `json:"other_team"`
		}
	}
	s.sv.want(200, "GET", "/real-time/agents", nil).into(t, &agents)
	for _, a := range agents.Items {
		if other := a.Agent == s.users["ben"]; a.OtherTeam != other || other && len(a.Contacts) > 0 {
			t.Errorf("an agent as a bounded supervisor sees one: %+v", a)
		}
	}
	for _, path := range []string{"/state", "/skills", "/queues", "/sign-out"} {
		method, body := "PUT", map[string]any{"version": 1, "skills": []any{}, "available": true, "expect": []any{}, "queues": []any{}}
		switch path {
		case "/sign-out":
			method, body = "POST", map[string]any{}
		case "/state":
			body = map[string]any{"available": true}
		case "/skills":
			body = map[string]any{"version": 1, "skills": []any{}}
		case "/queues":
			body = map[string]any{"expect": []any{}, "queues": []any{}}
		}
		if a := s.sv.do(method, "/agents/"+s.users["ben"]+path, body); a.code() != "other_team" {
			t.Errorf("%s of another team's agent: %d %s", path, a.status, a.body)
		}
	}
	f := s.sv.live("contacts", "agents", "conversation/"+talks)
	for range 3 {
		v := f.until("an answer", func(v liveFrame) bool { return v.Topic != "system" })
		switch {
		case strings.HasPrefix(v.Topic, "conversation/"):
			if v.Kind != "refused" {
				t.Errorf("another team's conversation: %s", v.Kind)
			}
		case strings.Contains(string(v.Body), talks):
			t.Errorf("the table %s shows another team's contact: %s", v.Topic, v.Body)
		}
	}
	// What the team gets in hand is there at once, and what leaves it is gone.
	s.supervise(s.team, second)
	f.until("the other team's contact", func(v liveFrame) bool { return v.Topic == "contacts" && strings.Contains(string(v.Body), talks) })
	s.sv.want(200, "GET", "/contacts/"+talks+"/messages", nil)
	s.supervise(s.team)
	f.until("the table without it", func(v liveFrame) bool {
		return v.Topic == "contacts" && v.Kind == "snapshot" && !strings.Contains(string(v.Body), talks)
	})
}
