package api_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// alertRows are those of the tenant matrix.
var alertRows = map[string]tenantRow{
	"list-alerts":  {by: "sven", ask: func(s *side) asked { s.alert(); return asked{} }},
	"change-alert": {by: "sven", ask: func(s *side) asked { return asked{id: s.alert(), body: map[string]any{"done": true}} }},
}

type alert struct {
	ID       string
	Kind     string
	Severity string
	Text     string
	Values   map[string]string
	DoneAt   int64  `json:"done_at"`
	DoneBy   string `json:"done_by"`
}

func (c *client) alerts(query string) []string {
	c.h.t.Helper()
	var page struct{ Items []alert }
	c.want(200, "GET", "/alerts"+query, nil).into(c.h.t, &page)
	var out []string
	for _, a := range page.Items {
		out = append(out, a.ID)
	}
	return out
}

// An alert says in words what it is about, is open until somebody says that it is
// dealt with, and may be opened again. To say the same twice is no error.
func TestAlerts(t *testing.T) {
	w := newWorld(t)
	east := w.east
	first, second := east.alert(), east.alert()
	w.west.alert()
	if got := east.sv.alerts(""); !slices.Equal(got, []string{second, first}) {
		t.Errorf("open alerts %v, want %v and %v", got, second, first)
	}
	var a alert
	east.sv.want(200, "PUT", "/alerts/"+first, map[string]any{"done": true}).into(t, &a)
	if a.DoneAt == 0 || a.DoneBy == "" || a.Severity != "warning" || !strings.Contains(a.Text, "Quiet") || a.Values["queue"] != "Quiet" || a.Values["contact"] == "" {
		t.Errorf("done: %+v", a)
	}
	before := a
	east.pa.want(200, "PUT", "/alerts/"+first, map[string]any{"done": true}).into(t, &a)
	if a.DoneAt != before.DoneAt || a.DoneBy != before.DoneBy {
		t.Errorf("done again: %+v, was %+v", a, before)
	}
	if got := east.sv.alerts(""); !slices.Equal(got, []string{second}) {
		t.Errorf("open alerts %v, want %v", got, second)
	}
	if got := east.sv.alerts("?state=all"); !slices.Equal(got, []string{second, first}) {
		t.Errorf("all alerts %v", got)
	}
	a = alert{}
	east.sv.want(200, "PUT", "/alerts/"+first, map[string]any{"done": false}).into(t, &a)
	if a.DoneAt != 0 || a.DoneBy != "" {
		t.Errorf("open again: %+v", a)
	}
}

// Who watches is told of each alert, and when one is dealt with.
func TestAlertsAreTold(t *testing.T) {
	w := newWorld(t)
	first := w.east.alert()
	f := w.east.sv.live("alerts")
	snapshot := f.until("the snapshot", func(v liveFrame) bool { return v.Topic == "alerts" })
	var rows []alert
	w.must(json.Unmarshal(snapshot.Body, &rows))
	if snapshot.Kind != "snapshot" || len(rows) != 1 || rows[0].ID != first {
		t.Fatalf("%s %s", snapshot.Kind, snapshot.Body)
	}
	w.west.alert()
	second := w.east.alert()
	delta := func(what string) (put []alert, gone []string) {
		v := f.until(what, func(v liveFrame) bool { return v.Topic == "alerts" })
		var d struct {
			Put  []alert
			Gone []string
		}
		w.must(json.Unmarshal(v.Body, &d))
		return d.Put, d.Gone
	}
	if put, gone := delta("a new alert"); len(put) != 1 || put[0].ID != second || len(gone) != 0 {
		t.Errorf("put %v, gone %v", put, gone)
	}
	w.east.pa.want(200, "PUT", "/alerts/"+first, map[string]any{"done": true})
	if put, gone := delta("the first is dealt with"); len(put) != 0 || !slices.Equal(gone, []string{first}) {
		t.Errorf("put %v, gone %v", put, gone)
	}
	if refused := w.east.agents["ben"].live("alerts").until("refused", func(v liveFrame) bool { return v.Topic == "alerts" }); refused.Kind != "refused" {
		t.Errorf("an agent is shown alerts: %+v", refused)
	}
}
