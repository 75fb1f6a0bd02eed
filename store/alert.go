package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"portico/acd"
)

type (
	// Alert tells people of something that routing or the machine cannot mend by
	// itself. Its ID is that of the outbox's entry that it is made of, and it is saved
	// with that entry's OutboxDone. It is a guard: ErrExists for one that was saved before.
	Alert struct {
		ID     [16]byte
		Unit   acd.UnitID
		Kind   string // such as all_excluded, 1–32 characters; docs/alarms.md has them all
		At     acd.Time
		Body   json.RawMessage
		DoneAt acd.Time // when somebody said that it is dealt with; 0: it is open
		DoneBy acd.AgentID
	}

	// AlertDone says that an alert is dealt with, or, with At 0, that it is not. It is
	// a guard: ErrChanged when the alert's DoneAt is not Seen.
	AlertDone struct {
		Unit acd.UnitID
		ID   [16]byte
		Seen acd.Time
		At   acd.Time
		By   acd.AgentID
	}
)

func (Alert) row()     {}
func (AlertDone) row() {}

// alertRow appends the guard of an alert.
func (e encoder) alertRow(w *work, row Row) {
	switch r := row.(type) {
	case Alert:
		w.limits(limit{"kind", r.Kind, 1, 32})
		w.guard(opAlert, e.site, e.known(w, r.Unit), e.known(w, r.ID), r.Kind, int64(r.At), w.json(r.Body), int64(r.DoneAt),
			e.orNull(r.DoneBy))
	case AlertDone:
		w.guard(opAlertDone, int64(r.At), e.orNull(r.By), e.site, e.known(w, r.Unit), e.known(w, r.ID), int64(r.Seen))
	}
}

const alertColumns = `unit, id, kind, at, body, done_at, done_by`

func scanAlert(rows *sql.Rows, a *Alert) error {
	return rows.Scan((*scanID)(&a.Unit), (*scanID)(&a.ID), &a.Kind, &a.At, raw(&a.Body), &a.DoneAt, (*scanID)(&a.DoneBy))
}

// Alert gives an alert of a unit.
func (s *Store) Alert(ctx context.Context, unit acd.UnitID, id [16]byte) (Alert, error) {
	return one(ctx, s, scanAlert, `select `+alertColumns+` from alert where site = ? and unit = ? and id = ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(id))
}

// AlertPage gives the unit's alerts, or its open ones alone, the newest first, and
// the key of the next page, empty after the last.
func (s *Store) AlertPage(ctx context.Context, unit acd.UnitID, open bool, after string, limit int) ([]Alert, string, error) {
	key, err := newestFirst(after)
	if err != nil {
		return nil, "", err
	}
	if after == "" {
		key.id = lastID
	}
	limit = limited(limit)
	only := ""
	if open {
		only = ` and done_at = 0`
	}
	// The ids ascend with time, so the key alone orders them.
	rows, err := list(ctx, s, scanAlert, `select `+alertColumns+` from alert where site = ? and unit = ? and id < ?`+only+`
		order by id desc limit ?`, s.encoder.site, s.engine.id(unit), s.engine.id(key.id), limit+1)
	if err != nil {
		return nil, "", err
	}
	rows, after = next(rows, limit, func(a Alert) pageKey { return pageKey{a.At, a.ID} })
	return rows, after, nil
}

// pruneAlerts deletes the alerts from before an instant.
func (s *Store) pruneAlerts(ctx context.Context, before acd.Time) error {
	return drain(ctx, s, scanAlert, func(a Alert) op {
		return op{opDropAlert, []any{s.encoder.site, s.engine.id(a.Unit), s.engine.id(a.ID)}}
	}, `select `+alertColumns+` from alert where site = ? and at < ? order by at`, s.encoder.site, int64(before))
}
