package api

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"portico/fault"
	"portico/talk"
)

const kindView = "view"

// View is how somebody looks at one of the live tables: columns, order and filter; or at
// all of them: which are there, in which order, and each one's look. Its name is the
// object's.
type View struct {
	Table   string            `json:"table" enum:"queues,agents,contacts,workflow,floor"`
	Columns []talk.Line       `json:"columns" nullable:"false" maxItems:"60" doc:"in their order"`
	Sort    ViewSort          `json:"sort"`
	Filter  map[string]string `json:"filter" doc:"what is kept, by the name of the filter"`
	Parts   []ViewPart        `json:"parts,omitempty" nullable:"false" maxItems:"4" doc:"of the whole floor: its tables in their order, the first over the whole width"`
	Shared  bool              `json:"shared" required:"false" default:"false" doc:"for all supervisors of the unit; else for whoever made it alone"`
}

// ViewPart is one table of a view of the whole floor.
type ViewPart struct {
	Table   string            `json:"table" enum:"queues,agents,contacts,workflow"`
	Columns []talk.Line       `json:"columns" nullable:"false" maxItems:"60" doc:"in their order"`
	Sort    ViewSort          `json:"sort"`
	Filter  map[string]string `json:"filter" doc:"what is kept, by the name of the filter"`
}

// ViewSort is the order of a view.
type ViewSort struct {
	Column string `json:"column" maxLength:"60" doc:"empty: the table's own order"`
	Down   bool   `json:"down" required:"false" default:"false"`
}

// Check gives the fault invalid, with the field. The columns and filters are the
// screen's own: one that it does not know is left out there.
func (v View) Check() error {
	bad := func(field, sentence string) error { return fault.New(fault.Invalid, "invalid", sentence).On(field) }
	if v.Table != "floor" {
		if !slices.Contains(floorTables, v.Table) {
			return bad("table", "The table must be queues, agents, contacts, workflow, or floor for all.")
		}
		if len(v.Parts) > 0 {
			return bad("parts", "Only a view of the whole floor has parts.")
		}
		return checkLook("", v.Columns, v.Filter)
	}
	if len(v.Parts) == 0 || len(v.Parts) > len(floorTables) {
		return bad("parts", fmt.Sprintf("A view of the whole floor has 1 to %d tables.", len(floorTables)))
	}
	seen := map[string]bool{}
	for i, p := range v.Parts {
		at := fmt.Sprintf("parts[%d].", i)
		if !slices.Contains(floorTables, p.Table) || seen[p.Table] {
			return bad(at+"table", "Each table is there once: queues, agents, contacts or workflow.")
		}
		seen[p.Table] = true
		if err := checkLook(at, p.Columns, p.Filter); err != nil {
			return err
		}
	}
	return nil
}

// floorTables are the live tables that a supervisor looks at.
var floorTables = []string{"queues", "agents", "contacts", "workflow"}

// checkLook judges columns and filters of a table.
func checkLook(at string, columns []talk.Line, filter map[string]string) error {
	const wordMax, valueMax, filtersMax = 60, 400, 60
	bad := func(field, sentence string) error {
		return fault.New(fault.Invalid, "invalid", sentence).On(at + field)
	}
	for i, c := range columns {
		if c == "" || utf8.RuneCountInString(string(c)) > wordMax {
			return bad(fmt.Sprintf("columns[%d]", i), fmt.Sprintf("A column's name has 1 to %d characters.", wordMax))
		}
	}
	if len(filter) > filtersMax {
		return bad("filter", fmt.Sprintf("There may be at most %d.", filtersMax))
	}
	for name, value := range filter {
		if name == "" || utf8.RuneCountInString(name) > wordMax || utf8.RuneCountInString(value) > valueMax {
			return bad("filter", fmt.Sprintf("A filter's name has 1 to %d characters, its value at most %d.", wordMax, valueMax))
		}
	}
	return nil
}
