package api_test

// wholeWorkflow is a workflow that names what a graph can name.
func wholeWorkflow(s *side) map[string]any {
	return map[string]any{"description": "", "order": 500, "enabled": false, "graph": wholeGraph(s)}
}

func wholeGraph(s *side) map[string]any {
	return map[string]any{
		"nodes": []any{
			node("start", "start", map[string]any{"queues": []any{s.queues["Quiet"]}}),
			node("hours", "schedule", map[string]any{"schedule": s.schedule}),
			node("queue", "queue", map[string]any{"queue": s.queues["Support"]}),
			node("bye", "disconnect", map[string]any{}),
		},
		"edges": []any{edge("start", "next", "hours"), edge("hours", "open", "queue"), edge("hours", "closed", "bye")},
	}
}

func node(id, kind string, settings map[string]any) map[string]any {
	return map[string]any{"id": id, "kind": kind, "name": "", "x": 0, "y": 0, "settings": settings}
}

func edge(from, exit, to string) map[string]any {
	return map[string]any{"from": from, "exit": exit, "to": to}
}

// released makes a workflow with a release and gives its id.
func (s *side) released() object {
	s.w.t.Helper()
	o := s.spare("workflows")
	s.pa.want(200, "POST", "/workflows/"+o.ID+"/release", map[string]any{"version": 1, "why": "First"}).into(s.w.t, &o)
	return o
}

var workflowRows = map[string]tenantRow{
	"check-workflow": {by: "pa", ask: func(s *side) asked { return asked{body: map[string]any{"graph": wholeGraph(s)}} }},
	"test-workflow": {by: "pa", ask: func(s *side) asked {
		return asked{body: map[string]any{"id": s.released().ID, "contact": map[string]any{"queue": s.queues["Quiet"]}}}
	}},
	"import-workflow": {by: "pa", ask: func(s *side) asked {
		file := s.pa.want(200, "GET", "/workflows/"+s.spare("workflows").ID+"/export", nil).body
		return asked{body: file}
	}},
	"release-workflow": {by: "pa", ask: func(s *side) asked {
		return asked{id: s.spare("workflows").ID, body: map[string]any{"version": 1, "why": "Because"}}
	}},
	"use-workflow-release": {by: "pa", ask: func(s *side) asked {
		o := s.released()
		s.pa.want(200, "POST", "/workflows/"+o.ID+"/release", map[string]any{"version": 2, "why": "Second"})
		return asked{id: o.ID, second: "1", body: map[string]any{"version": 3, "why": "Back"}}
	}},
	"list-workflow-releases": {by: "sven", ask: func(s *side) asked { return asked{id: s.released().ID} }},
	"read-workflow-release":  {by: "sven", ask: func(s *side) asked { return asked{id: s.released().ID, second: "1"} }},
	"compare-workflow": {by: "sven", ask: func(s *side) asked {
		return asked{id: s.released().ID, query: map[string]string{"from": "1", "to": "draft"}}
	}},
	"export-workflow": {by: "sven", ask: func(s *side) asked { return asked{id: s.released().ID} }},
	"workflow-counts": {by: "sven", ask: func(s *side) asked { return asked{id: s.released().ID} }},
	"contact-path":    contactIn("ben", "active", nil),
}
