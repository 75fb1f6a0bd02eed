package api

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"portico/acd"
	"portico/identity"
	"portico/store"
)

// Whatever stands in a cell of the table of customers: what was read of it is written
// and read again as the same.
func FuzzCustomerCell(f *testing.F) {
	for _, seed := range []string{"a@b;c@d", `a\;b@c;d:e`, "+49 30 12345; 0049", "key:value;other:", ":", `\`, "a:b:c", " ; ", "mia"} {
		for column := range customerColumns {
			f.Add(column, seed)
		}
	}
	mia := store.Object{Unit: acd.UnitID{15: 1}, Kind: identity.KindUser, ID: [16]byte{15: 1}, Name: "mia"}
	people := &namer{d: &draft{now: &catalogue{users: map[acd.AgentID]entry[identity.User]{mia.ID: {Object: mia}}}}, unit: mia.Unit}
	f.Fuzz(func(t *testing.T, at int, cell string) {
		if at < 0 || at >= len(customerColumns) {
			return
		}
		col := customerColumns[at]
		var first, second CustomerBody
		if col.set(people, cell, &first) != nil {
			return
		}
		written := col.get(people, first)
		if err := col.set(people, written, &second); err != nil {
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
