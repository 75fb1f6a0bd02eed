package api

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"portico/fault"
	"portico/talk"
)

const kindView = "view"

// View is how somebody looks at one of the live tables: columns, order and filter. Its
// name is the object's.
type View struct {
	Table   string            `json:"table" enum:"queues,agents,contacts"`
	Columns []talk.Line       `json:"columns" nullable:"false" maxItems:"60" doc:"in their order"`
	Sort    ViewSort          `json:"sort"`
	Filter  map[string]string `json:"filter" doc:"what is kept, by the name of the filter"`
	Shared  bool              `json:"shared" required:"false" default:"false" doc:"for all supervisors of the unit; else for whoever made it alone"`
}

// ViewSort is the order of a view.
type ViewSort struct {
	Column string `json:"column" maxLength:"60" doc:"empty: the table's own order"`
	Down   bool   `json:"down" required:"false" default:"false"`
}

// Check gives the fault invalid, with the field. The columns and filters are the
// screen's own: one that it does not know is left out there.
func (v View) Check() error {
	const wordMax, valueMax, filtersMax = 60, 400, 60
	bad := func(field, sentence string) error { return fault.New(fault.Invalid, "invalid", sentence).On(field) }
	if !slices.Contains([]string{"queues", "agents", "contacts"}, v.Table) {
		return bad("table", "The table must be queues, agents or contacts.")
	}
	for i, c := range v.Columns {
		if c == "" || utf8.RuneCountInString(string(c)) > wordMax {
			return bad(fmt.Sprintf("columns[%d]", i), fmt.Sprintf("A column's name has 1 to %d characters.", wordMax))
		}
	}
	if len(v.Filter) > filtersMax {
		return bad("filter", fmt.Sprintf("There may be at most %d.", filtersMax))
	}
	for name, value := range v.Filter {
		if name == "" || utf8.RuneCountInString(name) > wordMax || utf8.RuneCountInString(value) > valueMax {
			return bad("filter", fmt.Sprintf("A filter's name has 1 to %d characters, its value at most %d.", wordMax, valueMax))
		}
	}
	return nil
}
