// Package threshold holds when a figure of the floor is to be heeded, and watches for it:
// what screens colour by themselves the server judges once a second, and tells people by
// an alert that goes away when it is over.
package threshold

import (
	"fmt"
	"strconv"

	"portico/acd"
	"portico/fault"
	"portico/plan"
)

// Kind is that of the configured objects.
const Kind = "threshold"

// Limits of a threshold.
const (
	QueuesMax = 500
	LimitMax  = 1_000_000
)

// Threshold says from when on a figure is to be heeded, and from when on it is bad. Its
// name is the object's.
type Threshold struct {
	Table    Table         `json:"table" enum:"queues,agents,contacts,workflow"`
	Measure  Measure       `json:"measure" maxLength:"40" doc:"a figure of the table; times are seconds, shares percent"`
	Queues   []acd.QueueID `json:"queues" nullable:"false" maxItems:"500" doc:"only of these queues; empty: of all. Agents have none"`
	Above    bool          `json:"above" doc:"true: a figure of the limit or more is beyond it; false: of the limit or less"`
	Warn     *int          `json:"warn,omitempty" minimum:"0" maximum:"1000000"`
	Critical *int          `json:"critical,omitempty" minimum:"0" maximum:"1000000"`
	Tone     bool          `json:"tone" required:"false" default:"false" doc:"screens that show the figure sound a tone when it gets worse"`
	Alert    bool          `json:"alert" required:"false" default:"false" doc:"an alert is raised, and taken back when it is over"`
}

// Table is one of the live tables.
type Table string

// The tables that have thresholds.
const (
	Queues   Table = "queues"
	Agents   Table = "agents"
	Contacts Table = "contacts"
	Workflow Table = "workflow"
)

// Measure is a figure of a table's rows.
type Measure string

// unit is what a measure counts.
type unit uint8

const (
	count unit = iota
	seconds
	percent
)

// Measures of each table.
var measures = map[Table]map[Measure]unit{
	Queues: {
		"waiting": count, "longest_wait": seconds, "expected_wait": seconds, "active": count,
		"offered_recent": count, "answered_recent": count, "abandoned_recent": count, "abandoned_share_recent": percent,
		"level_recent": percent, "mean_wait_recent": seconds,
		"offered_today": count, "answered_today": count, "abandoned_today": count, "abandoned_share_today": percent,
		"level_today": percent, "mean_wait_today": seconds,
	},
	Agents:   {"contacts": count, "handling": seconds, "wrap_up": seconds, "unavailable": seconds},
	Contacts: {"wait": seconds, "handling": seconds, "wrap_up": seconds},
	Workflow: {"present": count},
}

// Written gives a figure of a table with the sign of what it counts, such as 75 s or
// 80 %, which every language reads.
func Written(table Table, m Measure, value float64) string {
	text := strconv.Itoa(int(value))
	switch measures[table][m] {
	case seconds:
		return text + " s"
	case percent:
		return text + " %"
	}
	return text
}

// References gives all objects of the unit that the threshold names.
func (t Threshold) References() []plan.Reference {
	var all []plan.Reference
	for i, id := range t.Queues {
		all = append(all, plan.Reference{Field: "queues[" + strconv.Itoa(i) + "]", Kind: plan.KindQueue, ID: id})
	}
	return all
}

// Check gives the fault invalid, with the field.
func (t Threshold) Check() error {
	bad := func(field, sentence string) error { return fault.New(fault.Invalid, "invalid", sentence).On(field) }
	of, ok := measures[t.Table]
	if !ok {
		return bad("table", "The table must be queues, agents, contacts or workflow.")
	}
	unit, ok := of[t.Measure]
	if !ok {
		return bad("measure", "The table has no such figure.")
	}
	if len(t.Queues) > QueuesMax {
		return bad("queues", fmt.Sprintf("There may be at most %d queues. Without any, the threshold is of all.", QueuesMax))
	}
	if len(t.Queues) > 0 && (t.Table == Agents || t.Table == Workflow) {
		return bad("queues", "Only figures of queues and of contacts are of a queue.")
	}
	if t.Warn == nil && t.Critical == nil {
		return bad("warn", "A threshold needs a limit: for a warning, or for what is critical.")
	}
	least, most := 0, LimitMax
	if t.Above {
		least = 1 // from 0 on everything is
	}
	if unit == percent {
		most = 100
		if !t.Above {
			most = 99 // 100 and less is everything
		}
	}
	for field, limit := range map[string]*int{"warn": t.Warn, "critical": t.Critical} {
		if limit != nil && (*limit < least || *limit > most) {
			return bad(field, fmt.Sprintf("The limit must be from %d to %d.", least, most))
		}
	}
	if t.Warn != nil && t.Critical != nil && (*t.Critical < *t.Warn) == t.Above && *t.Critical != *t.Warn {
		return bad("critical", "The critical limit must lie beyond the warning's.")
	}
	return nil
}

// Level is how bad a figure is.
type Level uint8

// Levels, from good to bad.
const (
	Good Level = iota
	Warning
	Critical
)

// Level is that of a figure by itself.
func (t Threshold) Level(value float64) Level { return t.level(value, 0) }

// Eased is the level of a figure that was at a level before: it is left only when the
// figure is better than the limit by a twentieth of it, so that a figure which hovers
// about a limit does not come and go.
func (t Threshold) Eased(before Level, value float64) Level {
	return max(t.level(value, 0), min(before, t.level(value, 1./20)))
}

// level judges a figure that is thought worse by a share of the limit.
func (t Threshold) level(value, share float64) Level {
	beyond := func(limit *int) bool {
		if limit == nil {
			return false
		}
		l := float64(*limit)
		margin := l * share
		if measures[t.Table][t.Measure] == percent {
			margin = min(margin, (100-l)/2) // else a limit near all could never be left
		}
		if share > 0 && margin == 0 {
			margin = share // of a limit of 0
		}
		if t.Above {
			return value+margin > l || value >= l
		}
		return value-margin < l || value <= l
	}
	switch {
	case beyond(t.Critical):
		return Critical
	case beyond(t.Warn):
		return Warning
	}
	return Good
}
