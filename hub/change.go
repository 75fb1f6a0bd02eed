package hub

import (
	"encoding/json"
	"maps"
	"slices"

	"portico/acd"
	"portico/store"
	"portico/workflow"
)

// alerts are the names of the core's alerts, as the outbox spells them.
var alerts = map[acd.AlertCode]string{
	acd.AlertAllExcluded: "all_excluded",
	acd.AlertClockBack:   "clock_back",
	acd.AlertClasses:     "classes",
}

// alert is the body of an outbox row of the kind alert.
type alert struct {
	Code     string          `json:"code"`
	Contact  acd.ContactID   `json:"contact"`
	Agent    acd.AgentID     `json:"agent"`
	Queue    acd.QueueID     `json:"queue"`
	Workflow workflow.ID     `json:"workflow,omitzero"`
	Node     workflow.NodeID `json:"node,omitempty"`
	Why      string          `json:"why,omitempty"`
}

// turn gathers what one command does: the Steps of the core and of workflows that it
// takes. It becomes one unit.
type turn struct {
	at      acd.Time
	change  Change
	place   map[acd.ContactID]int // in change.Rows, made with the second Step
	agents  map[acd.AgentID]int   // likewise
	steps   []store.Row           // of the paths
	outbox  []store.Row
	changed map[acd.ContactID]bool   // whose instance has to be saved, whatever the core did
	paths   map[acd.ContactID]uint32 // whose path went on, and the number of its step
	follow  []acd.ContactID          // contacts with a workflow that the core moved
}

// step steps the core and gathers what it did. What it answers is valid only until the
// next Step, so it is copied.
func (o *owner) step(t *turn, e acd.Event) acd.Refusal {
	out := o.core.Step(t.at, e)
	o.coreWake = out.Wake
	c := &t.change
	c.Effects = append(c.Effects, out.Effects...)
	c.Facts = append(c.Facts, out.Facts...)
	t.again()
	for i := range out.Contacts {
		o.moved(t, t.row(&out.Contacts[i]))
	}
	for i := range out.Agents {
		t.agent(&out.Agents[i])
	}
	for _, e := range out.Effects {
		if e.Kind == acd.Alert {
			t.outbox = append(t.outbox, o.outbox(t.at, e.Unit, outboxAlert, alert{Code: alerts[e.Alert], Contact: e.Contact, Agent: e.Agent, Queue: e.Queue}))
		}
	}
	return out.Refusal
}

// again makes the maps by which a second Step finds the rows of those before it. Most
// turns have one Step, and none.
func (t *turn) again() {
	if t.place != nil || len(t.change.Rows)+len(t.change.Agents) == 0 {
		return
	}
	t.place, t.agents = make(map[acd.ContactID]int), make(map[acd.AgentID]int)
	for i := range t.change.Rows {
		t.place[t.change.Rows[i].ID] = i
	}
	for i := range t.change.Agents {
		t.agents[t.change.Agents[i].ID] = i
	}
}

// row keeps the state of a contact; of several in one turn the last.
func (t *turn) row(r *acd.ContactRow) *acd.ContactRow {
	row := *r
	row.Skills = slices.Clone(r.Skills)
	row.Exclusions = slices.Clone(r.Exclusions)
	row.Beside = slices.Clone(r.Beside)
	rows := &t.change.Rows
	if i, there := t.place[r.ID]; there {
		(*rows)[i] = row
		return &(*rows)[i]
	}
	*rows = append(*rows, row)
	if t.place != nil {
		t.place[r.ID] = len(*rows) - 1
	}
	return &(*rows)[len(*rows)-1]
}

// agent keeps the state of an agent likewise.
func (t *turn) agent(r *acd.AgentRow) {
	row := *r
	row.Domains = slices.Clone(r.Domains)
	if i, there := t.agents[r.ID]; there {
		t.change.Agents[i] = row
		return
	}
	t.change.Agents = append(t.change.Agents, row)
	if t.agents != nil {
		t.agents[r.ID] = len(t.change.Agents) - 1
	}
}

// record keeps what the hub must know of a turn, and gives the unit that saves it.
// command is zero when it was refused: then the turn holds what was due before it, and
// nothing of the command's.
func (o *owner) record(t *turn, command Command) store.Unit {
	c := &t.change
	c.At, c.Riders = t.at, command.Riders
	if p, ok := command.Event.(acd.PlanChanged); ok {
		c.Plan = &p.Change
		o.learn(p.Change)
	}
	rows := make([]store.Row, 0, 1+len(c.Riders)+len(c.Rows)+len(c.Agents)+len(c.Facts))
	if a := c.Arrival; a != nil {
		rows = append(rows, a.row(t.at))
	}
	rows = append(rows, c.Riders...)
	for i := range c.Rows {
		row := &c.Rows[i]
		if row.State == acd.Ended {
			o.end(t, row.ID)
			rows = append(rows, store.History{ContactRow: *row, EndedAt: row.Since})
			continue
		}
		delete(t.changed, row.ID)
		rows = append(rows, store.OpenContact{ContactRow: *row, Workflow: o.open[row.ID].saved(o)})
	}
	for _, id := range slices.SortedFunc(maps.Keys(t.changed), acd.ContactID.Compare) {
		if open := o.open[id]; open.flow != nil {
			rows = append(rows, store.OpenContact{ContactRow: open.flow.row, Workflow: open.saved(o)})
		}
	}
	for i := range c.Agents {
		rows = append(rows, store.AgentState{AgentRow: c.Agents[i]})
	}
	for _, f := range c.Facts {
		rows = append(rows, store.Fact{Fact: f})
	}
	for _, d := range c.Data {
		rows = append(rows, d)
	}
	for i := range c.Flow {
		if mail, ok := c.Flow[i].Mail(); ok {
			rows = append(rows, o.outbox(t.at, c.Flow[i].Unit, workflow.OutboxMail, mail))
		}
	}
	return store.Unit{Rows: append(append(rows, t.steps...), t.outbox...)}
}

// outboxAlert is the kind of entries that become alerts.
const outboxAlert = "alert"

// outbox makes the row of an effect that no state shows.
func (o *owner) outbox(at acd.Time, unit acd.UnitID, kind string, body any) store.Row {
	b, err := json.Marshal(body)
	if err != nil {
		o.h.o.Log.Error("an alert cannot be written", "err", err)
	}
	return store.Outbox{ID: o.h.o.NewID(), Unit: unit, Kind: kind, At: at, Body: b}
}

// row is what is saved of an arrival once.
func (a *Arrival) row(at acd.Time) store.Contact {
	return store.Contact{
		ID: a.Contact, Unit: a.Unit, Medium: a.Medium, At: at, ClientID: a.ClientID,
		Source: a.Source, Destination: a.Destination, Language: a.Language,
		Name: a.Name, Caption: a.Caption, Thread: a.Thread, Details: a.Details, Category: a.Category, Customer: a.Customer,
	}
}
