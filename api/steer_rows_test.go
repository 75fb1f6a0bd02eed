package api_test

import "fmt"

// fresh makes an agent who works, without a skill, and gives the id and the desk.
func (s *side) fresh() (string, *client) {
	s.w.t.Helper()
	s.n++
	name := fmt.Sprintf("fresh %d", s.n)
	s.person(name, nil, "agent")
	c := s.atWork(name)
	s.agents[name] = c
	c.want(200, "PUT", "/agent/state", map[string]any{"available": true})
	return s.users[name], c
}

// atWork signs a person in and opens the desk.
func (s *side) atWork(name string) *client {
	s.w.t.Helper()
	c := s.in(name)
	s.sockets = append(s.sockets, c.live("agent"))
	s.w.until(name+" is at work", func() bool { return c.desk().SignedIn })
	return c
}

// talking is a contact of Ben's into which somebody new has come.
func (s *side) talking(role string) (contact, string, *client) {
	s.w.t.Helper()
	v := s.bring("active")
	guest, c := s.fresh()
	s.agents["ben"].want(200, "POST", "/contacts/"+v.ID+"/invite", map[string]any{"client_id": "invite", "to": guest, "role": role, "note": "please look"})
	c.want(200, "POST", "/contacts/"+v.ID+"/accept", map[string]any{"offer": c.contact(v.ID).Participants[0].Offer})
	return v, guest, c
}

func expected(v contact) map[string]any {
	e := map[string]any{"state": v.State}
	if v.Agent != "" {
		e["agent"] = v.Agent
	}
	return map[string]any{"expect": e}
}

// steerRows are those of conferences and of what supervisors do.
var steerRows = map[string]tenantRow{
	"invite-contact": {by: "ben", ask: func(s *side) asked {
		guest, _ := s.fresh()
		return asked{id: s.bring("active").ID, body: map[string]any{"client_id": "i", "to": guest, "queue": s.queues["Quiet"], "role": "consulted"}}
	}},
	"join-contact": {by: "sven", ask: func(s *side) asked {
		s.atWork("sven")
		return asked{id: s.bring("active").ID, body: map[string]any{"role": "monitoring"}}
	}},
	"role-contact": {by: "ben", ask: func(s *side) asked {
		v, guest, _ := s.talking("consulted")
		return asked{id: v.ID, body: map[string]any{"agent": guest, "role": "conferenced"}}
	}},
	"leave-contact": {by: "ben", ask: func(s *side) asked {
		v, guest, _ := s.talking("conferenced")
		return asked{id: v.ID, body: map[string]any{"agent": guest}}
	}},
	"hand-over-contact": {by: "ben", ask: func(s *side) asked {
		v, guest, _ := s.talking("consulted")
		return asked{id: v.ID, body: map[string]any{"to": guest, "stay": true}}
	}},
	"take-over-contact": {by: "sven", ask: func(s *side) asked {
		s.atWork("sven")
		v := s.bring("active")
		return asked{id: v.ID, body: expected(v)}
	}},
	"end-contact": {by: "sven", ask: func(s *side) asked {
		v := s.bring("active")
		return asked{id: v.ID, body: expected(v)}
	}},
	"steer-agent-state": {by: "sven", ask: func(s *side) asked {
		agent, _ := s.fresh()
		return asked{id: agent, body: map[string]any{"available": false, "reason": s.reasons["Break"]}}
	}},
	"steer-agent-sign-out": {by: "sven", ask: func(s *side) asked {
		agent, _ := s.fresh()
		return asked{id: agent, body: map[string]any{}}
	}},
	"steer-agent-skills": {by: "sven", ask: func(s *side) asked {
		return asked{id: s.spare("users").ID, body: map[string]any{"version": 1, "skills": []any{map[string]any{"skill": s.skills["Support"], "level": 5}}}}
	}},
	"read-agent-queues": {by: "sven", ask: func(s *side) asked { return asked{id: s.users["ben"]} }},
	"steer-agent-queues": {by: "sven", ask: func(s *side) asked {
		id := s.spare("users").ID
		named := func(name string) []any { return []any{map[string]any{"queue": s.queues[name], "step": 0}} }
		s.sv.want(200, "PUT", "/agents/"+id+"/queues", map[string]any{"expect": []any{}, "queues": named("Quiet")})
		return asked{id: id, body: map[string]any{"expect": named("Quiet"), "queues": named("Support")}}
	}},
}
