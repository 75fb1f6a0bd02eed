package picture

import (
	"testing"
	"time"

	"portico/acd"
	"portico/hub"
	"portico/workflow"
)

// At midnight, in the unit's time zone, today's counts of a workflow begin anew by
// themselves, and whoever follows them sees it, whoever was the first to look at the clock.
func TestFlowCountsTurnAtMidnight(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 28, 22, 59, 0, 0, time.UTC) // 23:59 before the day that has 23 hours
	p := New(Options{Now: func() time.Time { return now }, Zone: func(acd.UnitID) *time.Location { return berlin }})
	flow, unit := workflow.ID{7}, acd.UnitID{1}
	entered := func(visit uint32) {
		p.Fold(hub.Batch{N: p.Revision() + 1, Changes: []hub.Change{{At: acd.At(now), Flow: []workflow.Passed{
			{Unit: unit, Workflow: flow, Visit: visit, Node: "hello", At: acd.At(now), Entered: true}}}}})
	}
	today := func() (n uint32, version uint64) {
		counts, version := p.FlowCounts(unit, flow)
		for _, c := range counts {
			n += c.Today
		}
		return n, version
	}
	p.Turn()
	entered(1)
	entered(2)
	n, seen := today()
	if n != 2 {
		t.Fatalf("%d entered today, want 2", n)
	}
	now = now.Add(2 * time.Minute)
	if !p.Turn() {
		t.Error("the live feed is not told of the new day")
	}
	if n, version := today(); n != 0 || version <= seen || version > p.Revision() {
		t.Errorf("after midnight %d entered today, version %d after %d", n, version, seen)
	}
	entered(3)
	_, seen = today()
	now = now.Add(23 * time.Hour) // somebody looks before the minute is turned
	if n, version := today(); n != 0 || version <= seen {
		t.Errorf("after the next midnight %d entered today, version %d after %d", n, version, seen)
	}
}
