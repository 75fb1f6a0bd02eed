package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"

	"portico/acd"
	"portico/store"
	"portico/threshold"
	"portico/workflow"
)

// Alert tells people of something that the system cannot mend by itself.
type Alert struct {
	ID       acd.ID[objectKind] `json:"id"`
	At       acd.Time           `json:"at"`
	Kind     string             `json:"kind" doc:"a short lasting name, the key of the sentence's translation: all_excluded, clock_back, classes …"`
	Severity string             `json:"severity" enum:"info,warning,error"`
	Text     string             `json:"text" doc:"what happened and what to do, in English"`
	Values   map[string]string  `json:"values,omitempty" doc:"what fills the places of the translated sentence: names of queue and agent; the id of the contact"`
	DoneAt   acd.Time           `json:"done_at,omitzero" doc:"when somebody said that it is dealt with; absent: it is open"`
	DoneBy   string             `json:"done_by,omitempty" doc:"name of the person; empty: an API token"`
}

// alertKind is what is said of all alerts of a kind.
type alertKind struct{ severity, sentence string }

// alertKinds are the alerts that this program knows. Each has a row in docs/alarms.md
// and a text in the catalogue.
var alertKinds = map[string]alertKind{
	"all_excluded": {"warning", "Every agent who could take a contact of the queue {queue} has declined or missed it. Ask somebody to take it, or add agents to the queue."},
	"clock_back":   {"warning", "The server's clock was set back. Times of contacts are kept in order; check the clock."},
	"classes":      {"warning", "Waiting contacts ask for too many different combinations of skills. New combinations are refused; bring contacts with fewer."},
	// What a figure is called is in the value measure; screens have a text for each.
	"threshold_warning":  {"warning", "{where}: the figure {measure} is {value}; the threshold {threshold} warns from {limit}."},
	"threshold_critical": {"error", "{where}: the figure {measure} is {value}; for the threshold {threshold} it is critical from {limit}."},
	"unknown":            {"error", "Something happened that this version of the program has no words for. It is in the server's log."},
}

type (
	alertsInput struct {
		Scope
		Paging
		State string `query:"state" enum:"open,all" default:"open"`
	}
	alertInput struct {
		Scope
		ID   acd.ID[objectKind] `path:"id"`
		Body struct {
			Done bool `json:"done" doc:"true: it is dealt with; false: it is not after all"`
		}
	}
)

func (s *Server) registerAlerts() {
	register(s, operation{id: "list-alerts", method: http.MethodGet, path: "/alerts", summary: "List alerts, newest first",
		tag: "alerts", roles: rolesSupervisor}, s.listAlerts)
	register(s, operation{id: "change-alert", method: http.MethodPut, path: "/alerts/{id}", summary: "Say that an alert is dealt with, or not",
		tag: "alerts", roles: rolesSupervisor}, s.changeAlert)
}

func (s *Server) listAlerts(ctx context.Context, c call, in *alertsInput) (*Answer[Page[Alert]], error) {
	all, next, err := s.store.AlertPage(ctx, c.unit, in.State == "open", in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	page := Page[Alert]{Items: make([]Alert, len(all)), Next: next}
	names := s.names()
	for i, a := range all {
		page.Items[i] = alertRow(names, a)
	}
	return &Answer[Page[Alert]]{page}, nil
}

// changeAlert: who comes second is not told so when both say the same.
func (s *Server) changeAlert(ctx context.Context, c call, in *alertInput) (*Answer[Alert], error) {
	for {
		a, err := s.store.Alert(ctx, c.unit, in.ID)
		if err != nil {
			return nil, err
		}
		if (a.DoneAt != 0) == in.Body.Done {
			return &Answer[Alert]{alertRow(s.names(), a)}, nil
		}
		done := store.AlertDone{Unit: c.unit, ID: a.ID, Seen: a.DoneAt}
		if in.Body.Done {
			done.At, done.By = s.at(), c.caller.User
		}
		err = s.store.Save(ctx, store.Unit{Rows: []store.Row{done}})
		if errors.Is(err, store.ErrChanged) {
			continue // somebody was faster: look again
		}
		if err != nil {
			return nil, err
		}
		a.DoneAt, a.DoneBy = done.At, done.By
		s.Alerted(a)
		return &Answer[Alert]{alertRow(s.names(), a)}, nil
	}
}

// alertRow shows an alert. Names are as they are now.
func alertRow(names *catalogue, a store.Alert) Alert {
	kind, ok := alertKinds[a.Kind]
	if !ok {
		kind = alertKinds["unknown"]
	}
	out := Alert{ID: a.ID, At: a.At, Kind: a.Kind, Severity: kind.severity, Text: kind.sentence, DoneAt: a.DoneAt,
		DoneBy: names.person(a.DoneBy)}
	var about struct {
		Contact acd.ContactID `json:"contact"`
		Agent   acd.AgentID   `json:"agent"`
		Queue   acd.QueueID   `json:"queue"`
		// Of a threshold.
		Name    string            `json:"name"`
		Table   threshold.Table   `json:"table"`
		Measure threshold.Measure `json:"measure"`
		Value   float64           `json:"value"`
		Limit   int               `json:"limit"`

		Workflow workflow.ID     `json:"workflow"`
		Node     workflow.NodeID `json:"node"`
	}
	if json.Unmarshal(a.Body, &about) != nil {
		return out // a newer program's body: the sentence alone
	}
	values := map[string]string{"contact": about.Contact.String(), "agent": names.agentName(about.Agent), "queue": names.queues[about.Queue].Name}
	if about.Contact.IsZero() {
		delete(values, "contact")
	}
	if about.Measure != "" {
		maps.Copy(values, map[string]string{"threshold": about.Name, "table": string(about.Table), "measure": string(about.Measure),
			"where": cmp.Or(values["queue"], values["agent"], names.component(about.Workflow, about.Node)), "value": threshold.Written(about.Table, about.Measure, about.Value),
			"limit": threshold.Written(about.Table, about.Measure, float64(about.Limit))})
	}
	for key, value := range values {
		if value == "" {
			delete(values, key)
			continue
		}
		out.Text = strings.ReplaceAll(out.Text, "{"+key+"}", value)
	}
	if len(values) > 0 {
		out.Values = values
	}
	return out
}

// component calls a component of a workflow by the names of both; one without a name by its
// kind. It is empty when the workflow is gone.
func (c *catalogue) component(id workflow.ID, node workflow.NodeID) string {
	w, ok := c.workflows[id]
	if !ok {
		return ""
	}
	called := string(node)
	graph := w.body.Graph
	if w.body.Released != nil {
		graph = w.body.Released.Graph
	}
	for _, n := range graph.Nodes {
		if n.ID == node {
			called = cmp.Or(n.Name, strings.ReplaceAll(string(n.Kind), "_", " "))
		}
	}
	return w.Name + ": " + called
}
