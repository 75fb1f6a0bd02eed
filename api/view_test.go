package api

import (
	"testing"

	"portico/fault"
	"portico/talk"
)

// A view of the whole floor names each table once, and judges each as a view of its own;
// a view of one table has no parts.
func TestViewOfTheFloor(t *testing.T) {
	part := func(table string, columns ...talk.Line) ViewPart { return ViewPart{Table: table, Columns: columns} }
	for _, test := range []struct {
		view  View
		field string
	}{
		{View{Table: "floor", Parts: []ViewPart{part("agents", "name"), part("queues"), part("contacts"), part("workflow")}}, ""},
		{View{Table: "workflow"}, ""},
		{View{Table: "floor"}, "parts"},
		{View{Table: "floor", Parts: []ViewPart{part("agents"), part("agents")}}, "parts[1].table"},
		{View{Table: "floor", Parts: []ViewPart{part("floor")}}, "parts[0].table"},
		{View{Table: "floor", Parts: []ViewPart{part("agents"), part("queues", "name", "")}}, "parts[1].columns[1]"},
		{View{Table: "queues", Parts: []ViewPart{part("agents")}}, "parts"},
		{View{Table: "rooms"}, "table"},
	} {
		got := ""
		if f := fault.Of(test.view.Check()); f != nil {
			got = f.Field
		}
		if got != test.field {
			t.Errorf("%+v: the fault is of %q, want %q", test.view, got, test.field)
		}
	}
}
