package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"portico/texts"
	"portico/workflow"
)

// Whatever a graph's check finds has a sentence in each language: by its code and what, or by
// its code alone.
func TestProblemsHaveTexts(t *testing.T) {
	catalogue, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	long, settings := strings.Repeat("x", 2001), func(kind workflow.Kind, text string) workflow.Node {
		return workflow.Node{ID: "n", Kind: kind, Settings: json.RawMessage(text)}
	}
	nodes := []workflow.Node{
		{ID: "UPPER", Kind: "start"}, {ID: "n", Kind: "no such"}, {ID: "n", Kind: "queue", Name: long}, settings("queue", `{"x":1}`),
		settings("decision", `{"branches":[{"id":"else","expression":""},{"id":"a","expression":"1 +"},{"id":"b","expression":"queue(\"x\").waiting > 1"}]}`),
		settings("decision", `{}`), settings("message", `{"texts":{"":"{nothing}"}}`), settings("message", `{"texts":{"":"\u0000"}}`),
		settings("collect", `{"fields":[{"key":"a","kind":"x"},{"key":"a","kind":"choice"},{"key":"","kind":"text"}],"timeout_s":-1}`),
		settings("web_request", `{"method":"BREW","url":"ftp://x","headers":[{"name":"a b"}],"ok":[1],"outputs":[{"path":"x","key":"k"}]}`),
		settings("queue", `{"queue":"x","preferred":"x","skills":[{"skill":"x","level":0},{"skill":"x","level":5}]}`),
		settings("queue", `{"skills":[{"skill":"00000000-0000-7000-8000-000000000001","level":5},{"skill":"00000000-0000-7000-8000-000000000001","level":6}]}`),
		settings("wait", `{"seconds":0,"every_s":1}`), settings("transfer", `{"to":"x"}`), settings("lookup", `{}`),
	}
	var found []workflow.Problem
	for _, n := range nodes {
		found = append(found, workflow.Check(workflow.Graph{Nodes: []workflow.Node{{ID: "s", Kind: "start"}, n}}, nobody{})...)
	}
	three := []workflow.Node{{ID: "s", Kind: "start"}, {ID: "a", Kind: "message", Settings: json.RawMessage(`{"texts":{"":"x"}}`)}, {ID: "q", Kind: "queue"}, {ID: "z", Kind: "queue"}}
	for _, edges := range [][]workflow.Edge{{{From: "s", Exit: "next", To: "gone"}}, {{From: "a", Exit: "next", To: "s"}}, {{From: "s", Exit: "x", To: "q"}},
		{{From: "s", Exit: "next", To: "q"}, {From: "s", Exit: "next", To: "a"}}, {{From: "s", Exit: "next", To: "a"}, {From: "a", Exit: "next", To: "a"}},
		{{From: "s", Exit: "next", To: "q"}, {From: "q", Exit: "next", To: "a"}, {From: "a", Exit: "next", To: "a"}}} {
		found = append(found, workflow.Check(workflow.Graph{Nodes: three, Edges: edges}, nobody{})...)
	}
	found = append(found, workflow.Check(workflow.Graph{Nodes: make([]workflow.Node, workflow.NodesMax+1), Edges: make([]workflow.Edge, workflow.EdgesMax+1)}, nil)...)
	found = append(found, workflow.Check(workflow.Graph{Nodes: []workflow.Node{settings("queue", `"`+strings.Repeat("x", workflow.SettingsMax)+`"`)}}, nil)...)
	has := func(language, key string) bool { _, there := catalogue.Group(language, "designer.")[key]; return there }
	codes := map[workflow.Code]bool{}
	for _, p := range found {
		codes[p.Code] = true
		key := "designer.problem_" + string(p.Code)
		for _, language := range catalogue.Languages() {
			if what := p.Values["what"]; what != "" && has(language, key+"_"+what) {
				continue
			}
			if !has(language, key) {
				t.Errorf("%s: %q has no sentence (%s, %v)", language, p.Message, key, p.Values)
			}
		}
	}
	if len(codes) < 16 {
		t.Errorf("only %d codes were found: %v", len(codes), codes)
	}
}

// nobody has nothing that a graph may name.
type nobody struct{}

func (nobody) Exists(workflow.Ref, string) bool { return false }
