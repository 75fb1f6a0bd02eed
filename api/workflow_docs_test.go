package api_test

import (
	"os"
	"strings"
	"testing"
)

// Every expression that the guide for administrators shows can be written as it stands
// there.
func TestWorkflowGuide(t *testing.T) {
	w := newWorld(t)
	guide, err := os.ReadFile("../docs/workflows.md")
	w.must(err)
	_, table, _ := strings.Cut(string(guide), "| to | write |")
	table, _, _ = strings.Cut(table, "\n\n")
	w.made(w.east.unit, "queues", "Sales", queue(w.east.skills["Support"], 1))
	n := 0
	for line := range strings.Lines(table) {
		part := strings.Split(line, "`")
		if len(part) != 3 {
			continue
		}
		n++
		body := map[string]any{"graph": map[string]any{"nodes": []any{node("start", "start", nil),
			node("set", "set", map[string]any{"data": []any{map[string]any{"key": "x", "value": part[1]}}}), node("callback", "queue", nil)},
			"edges": []any{edge("start", "next", "set"), edge("set", "next", "callback")}}}
		if a := w.east.pa.want(200, "POST", "/workflows/check", body).body; !strings.Contains(a, `"problems":[]`) {
			t.Errorf("%s: %s", part[1], a)
		}
	}
	if n < 5 {
		t.Errorf("the guide shows %d expressions", n)
	}
}
