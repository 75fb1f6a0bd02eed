package store_test

import (
	"encoding/json"
	"testing"

	"portico/store"
)

// What a workflow did is read back in order, and by the batch that saved it; what it made
// of a contact is seen; counts of components are replaced by key. Another unit finds nothing.
func TestFlowRows(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		unit := unitID()
		c := contact(unit, "c1")
		flow, category := [16]byte(ids.ID()), [16]byte(ids.ID())
		step := func(n uint32) store.FlowStep {
			return store.FlowStep{Unit: unit, Contact: c.ID, N: n, At: 1000, Workflow: flow, Release: 2, Body: json.RawMessage(`[{"visit":1}]`)}
		}
		must(t, save(t, s, c, step(1)))
		c.Language, c.Category, c.Details = "deutsch", category, json.RawMessage(`{"k":"v"}`)
		must(t, save(t, s, step(2), store.ContactData{Unit: unit, ID: c.ID, Language: c.Language, Category: category, Details: c.Details}))
		got, err := s.Contact(ctx, unit, c.ID)
		must(t, err)
		want(t, "contact", got, c)
		steps, err := s.FlowSteps(ctx, unit, c.ID)
		must(t, err)
		want(t, "steps", steps, []store.FlowStep{step(1), step(2)})
		steps, err = s.FlowSteps(ctx, unitID(), c.ID)
		must(t, err)
		want(t, "foreign steps", len(steps), 0)
		since := func(batch uint64) (out []store.FlowStep) {
			must(t, s.FlowStepsSince(ctx, batch, func(f store.FlowStep) error { out = append(out, f); return nil }))
			return out
		}
		want(t, "all steps", since(0), []store.FlowStep{step(1), step(2)})
		first := uint64(0)
		for len(since(first)) == 2 {
			first++
		}
		want(t, "steps after the first batch", since(first), []store.FlowStep{step(2)})

		lazy := func(rows ...store.Row) {
			t.Helper()
			saved := make(chan error, 1)
			must(t, s.Submit(store.Lazy, store.Unit{Rows: rows}, func(o store.Outcome) { saved <- o.Err }))
			must(t, <-saved)
		}
		count := func(node string, entered uint32) store.FlowCount {
			return store.FlowCount{Unit: unit, Workflow: flow, Node: node, Day: 5, Entered: entered}
		}
		lazy(count("a", 1), count("b", 2), store.IntervalMark{Batch: 1})
		lazy(count("a", 7), store.IntervalMark{Batch: 2})
		var counts []store.FlowCount
		must(t, s.FlowCounts(ctx, func(f store.FlowCount) error { counts = append(counts, f); return nil }))
		want(t, "counts", counts, []store.FlowCount{count("a", 7), count("b", 2)})
	})
}
