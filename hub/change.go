package hub

import (
	"encoding/json"
	"maps"
	"slices"

	"portico/acd"
	"portico/store"
)

// alerts are the names of the core's alerts, as the outbox spells them.
var alerts = map[acd.AlertCode]string{
	acd.AlertAllExcluded: "all_excluded",
	acd.AlertClockBack:   "clock_back",
	acd.AlertClasses:     "classes",
}

// alert is the body of an outbox row of the kind alert.
type alert struct {
	Code    string        `json:"code"`
	Contact acd.ContactID `json:"contact"`
	Agent   acd.AgentID   `json:"agent"`
	Queue   acd.QueueID   `json:"queue"`
}

// outcome is what one Step did. command is zero when the core refused the event:
// then out holds what was due before it, and nothing of the event's.
type outcome struct {
	at      acd.Time
	command Command
	out     *acd.Out
	flow    json.RawMessage // of an arrival
}

// record copies the outcome out of the core, keeps what the hub must know of it,
// and gives the unit that saves it.
func (o *owner) record(x outcome) (Change, store.Unit) {
	change := Change{
		At:      x.at,
		Arrival: x.command.Arrival,
		Effects: slices.Clone(x.out.Effects),
		Rows:    slices.Clone(x.out.Contacts),
		Agents:  slices.Clone(x.out.Agents),
		Facts:   slices.Clone(x.out.Facts),
		Riders:  x.command.Riders,
	}
	if p, ok := x.command.Event.(acd.PlanChanged); ok {
		change.Plan = &p.Change
		o.learn(p.Change)
	}
	rows := make([]store.Row, 0, 1+len(change.Riders)+len(change.Rows)+len(change.Agents)+len(change.Facts))
	if a := x.command.Arrival; a != nil {
		o.open[a.Contact] = openContact{a.Unit, x.flow}
		rows = append(rows, a.row(x.at))
	}
	rows = append(rows, change.Riders...)
	for i := range change.Rows {
		row := &change.Rows[i]
		row.Skills = slices.Clone(row.Skills)
		row.Exclusions = slices.Clone(row.Exclusions)
		row.Beside = slices.Clone(row.Beside)
		if row.State == acd.Ended {
			delete(o.open, row.ID)
			rows = append(rows, store.History{ContactRow: *row, EndedAt: row.Since})
			continue
		}
		rows = append(rows, store.OpenContact{ContactRow: *row, Workflow: o.open[row.ID].workflow})
	}
	for i := range change.Agents {
		row := &change.Agents[i]
		row.Domains = maps.Clone(row.Domains)
		rows = append(rows, store.AgentState{AgentRow: *row})
	}
	for _, f := range change.Facts {
		rows = append(rows, store.Fact{Fact: f})
	}
	for _, e := range change.Effects {
		if e.Kind == acd.Alert {
			rows = append(rows, o.outbox(x.at, e))
		}
	}
	return change, store.Unit{Rows: rows}
}

// outbox makes the row of an effect that no state shows.
func (o *owner) outbox(at acd.Time, e acd.Effect) store.Row {
	body, err := json.Marshal(alert{alerts[e.Alert], e.Contact, e.Agent, e.Queue})
	if err != nil {
		o.h.o.Log.Error("an alert cannot be written", "err", err)
	}
	return store.Outbox{ID: o.h.o.NewID(), Unit: e.Unit, Kind: "alert", At: at, Body: body}
}

// row is what is saved of an arrival once.
func (a *Arrival) row(at acd.Time) store.Contact {
	return store.Contact{
		ID: a.Contact, Unit: a.Unit, Medium: a.Medium, At: at, ClientID: a.ClientID,
		Source: a.Source, Destination: a.Destination, Language: a.Language,
		Name: a.Name, Caption: a.Caption, Thread: a.Thread, Details: a.Details, Customer: a.Customer,
	}
}
