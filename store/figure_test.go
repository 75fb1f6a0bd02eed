package store_test

import (
	"testing"

	"portico/acd"
	"portico/store"
)

// A day is the sum of its quarters by unit and queue, without those before and after;
// an agent's counters are replaced.
func TestFigures(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx, unit := open(t, o), t.Context(), unitID()
		a, b := queueID(), queueID()
		const quarter = 900_000
		of := func(unit acd.UnitID, queue acd.QueueID, n int, offered uint32) store.Interval {
			return store.Interval{Unit: unit, Queue: queue, Start: acd.Time(n * quarter), Offered: offered, Answered: 2 * offered,
				AnsweredInTime: 3, Abandoned: 4, NotAnswered: 5, WaitMs: 6, HandleMs: 1 << 40}
		}
		lazy := func(rows ...store.Row) {
			t.Helper()
			saved := make(chan error, 1)
			must(t, s.Submit(store.Lazy, store.Unit{Rows: rows}, func(o store.Outcome) { saved <- o.Err }))
			must(t, <-saved)
		}
		lazy(of(unit, a, 1, 1), of(unit, a, 2, 2), of(unit, b, 2, 4), of(unit, a, 3, 8), of(unitID(), a, 2, 16), store.IntervalMark{Batch: 1})
		got, err := s.Day(ctx, unit, a, quarter, 3*quarter)
		must(t, err)
		want(t, "one queue", got, []store.Interval{of(unit, a, 1, 1), of(unit, a, 2, 2)})
		got, err = s.Day(ctx, unit, acd.QueueID{}, 2*quarter, 4*quarter)
		must(t, err)
		both := of(unit, acd.QueueID{}, 2, 6)
		both.AnsweredInTime, both.Abandoned, both.NotAnswered, both.WaitMs, both.HandleMs = 6, 8, 10, 12, 1<<41
		want(t, "all queues", got, []store.Interval{both, of(unit, acd.QueueID{}, 3, 8)})

		day := store.AgentDay{Unit: unit, Agent: agentID(), Day: 5, Handled: 6, HandleMs: 7, WorkedMs: 8}
		lazy(day, store.IntervalMark{Batch: 2})
		day.Day, day.Handled = 9, 1
		lazy(day, store.IntervalMark{Batch: 3})
		var days []store.AgentDay
		must(t, s.AgentDays(ctx, func(d store.AgentDay) error { days = append(days, d); return nil }))
		want(t, "days", days, []store.AgentDay{day})
	})
}
