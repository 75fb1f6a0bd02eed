package store

import (
	"context"
	"database/sql"

	"portico/acd"
)

// AgentDay replaces the counters of an agent's day. Lazy; saved with the intervals, so
// that one IntervalMark says what both hold.
type AgentDay struct {
	Unit     acd.UnitID
	Agent    acd.AgentID
	Day      acd.Time // its beginning in the unit's time zone
	Handled  uint32   // contacts ended or transferred
	HandleMs uint64   // active and wrap-up
	WorkedMs uint64   // signed in, of what is over
}

func (AgentDay) row() {}

func scanAgentDay(rows *sql.Rows, d *AgentDay) error {
	return rows.Scan((*scanID)(&d.Unit), (*scanID)(&d.Agent), &d.Day, &d.Handled, &d.HandleMs, &d.WorkedMs)
}

// AgentDays gives the counters of all agents' last days, of all units.
func (s *Store) AgentDays(ctx context.Context, yield func(AgentDay) error) error {
	var unit, id [16]byte
	for {
		rows, err := list(ctx, s, scanAgentDay, `select unit, agent, day, handled, handle_ms, worked_ms from agent_day
			where site = ? and (unit, agent) > (?, ?) order by unit, agent limit ?`,
			s.encoder.site, s.engine.id(unit), s.engine.id(id), chunk)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := yield(r); err != nil {
				return err
			}
			unit, id = r.Unit, r.Agent
		}
		if len(rows) < chunk {
			return nil
		}
	}
}

// Day gives the quarters of an hour of a unit from an instant to before another, in
// order: those of one queue, or, with the zero queue, of all queues together. Quarters in
// which nothing happened are missing. A day is as long as it may ask for.
func (s *Store) Day(ctx context.Context, unit acd.UnitID, queue acd.QueueID, from, to acd.Time) ([]Interval, error) {
	const sums = `select start, cast(sum(offered) as bigint), cast(sum(answered) as bigint), cast(sum(answered_in_time) as bigint),
		cast(sum(abandoned) as bigint), cast(sum(abandoned_in_time) as bigint),
		cast(sum(not_answered) as bigint), cast(sum(wait_ms) as bigint), cast(sum(handle_ms) as bigint)
		from interval_count `
	scan := func(rows *sql.Rows, i *Interval) error {
		i.Unit, i.Queue = unit, queue
		return rows.Scan(&i.Start, &i.Offered, &i.Answered, &i.AnsweredInTime, &i.Abandoned, &i.AbandonedInTime, &i.NotAnswered, &i.WaitMs, &i.HandleMs)
	}
	if queue.IsZero() {
		return list(ctx, s, scan, sums+s.engine.using("interval_start")+` where site = ? and start >= ? and start < ? and unit = ?
			group by start order by start limit ?`, s.encoder.site, int64(from), int64(to), s.engine.id(unit), PageMax)
	}
	return list(ctx, s, scan, sums+` where site = ? and unit = ? and queue = ? and start >= ? and start < ?
		group by start order by start limit ?`, s.encoder.site, s.engine.id(unit), s.engine.id(queue), int64(from), int64(to), PageMax)
}
