package api

import (
	"maps"
	"reflect"
	"slices"
	"testing"
)

// Whatever stands in a cell of the table of customers: what was read of it is written
// and read again as the same.
func FuzzCustomerCell(f *testing.F) {
	for _, seed := range []string{"a@b;c@d", `a\;b@c;d:e`, "+49 30 12345; 0049", "key:value;other:", ":", `\`, "a:b:c", " ; "} {
		for column := range customerColumns {
			f.Add(column, seed)
		}
	}
	f.Fuzz(func(t *testing.T, at int, cell string) {
		if at < 0 || at >= len(customerColumns) {
			return
		}
		col := customerColumns[at]
		var first, second CustomerBody
		if col.set(nil, cell, &first) != nil {
			return
		}
		written := col.get(nil, first)
		if err := col.set(nil, written, &second); err != nil {
			t.Fatalf("%q is written %q, which is refused: %v", cell, written, err)
		}
		if !slices.Equal(first.Addresses, second.Addresses) || !maps.Equal(first.Fields, second.Fields) {
			t.Fatalf("%q is written %q: %+v, then %+v", cell, written, first, second)
		}
		first.Addresses, second.Addresses, first.Fields, second.Fields = nil, nil, nil, nil
		if !reflect.DeepEqual(first, second) {
			t.Fatalf("%q is written %q", cell, written)
		}
	})
}
