package store

import (
	"encoding/json"
	"reflect"
	"testing"

	"portico/acd"
)

// A row of an agent from before the states of domains were a list is read as it was meant.
func TestFormerAgentRow(t *testing.T) {
	want := acd.AgentRow{ID: acd.AgentID{15: 1}, Unit: acd.UnitID{15: 2}, SignedIn: true, Since: 7, GraceEnds: 9,
		Domains: acd.DomainStates{{Domain: acd.Email, DomainState: acd.DomainState{Reason: acd.ReasonID{15: 3}, Since: 5}},
			{Domain: acd.Chat, DomainState: acd.DomainState{Available: true, Since: 4, Idle: 6}}}}
	if acd.Email > acd.Chat {
		want.Domains[0], want.Domains[1] = want.Domains[1], want.Domains[0]
	}
	object := map[acd.Domain]acd.DomainState{}
	for d, s := range want.Domains.All() {
		object[d] = s
	}
	type row acd.AgentRow
	former, err := json.Marshal(struct {
		row
		Domains map[acd.Domain]acd.DomainState `json:"domains"`
	}{row(want), object})
	if err != nil {
		t.Fatal(err)
	}
	now, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{former, now} {
		var got acd.AgentRow
		if err := readAgent(text, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s was read as %+v, %v", text, got, err)
		}
	}
	for _, bad := range []string{`{"domains":7}`, `{"id":7}`, `{`} {
		if err := readAgent([]byte(bad), new(acd.AgentRow)); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}
