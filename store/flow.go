package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"portico/acd"
)

type (
	// FlowStep is what a workflow did to a contact in one turn. Appended.
	FlowStep struct {
		Unit     acd.UnitID
		Contact  acd.ContactID
		N        uint32 // of the turn, from 1
		At       acd.Time
		Workflow [16]byte
		Release  uint32
		Body     json.RawMessage // what was passed and said, as the workflow's package has it
	}

	// FlowCount replaces the count of a component's day. Lazy; saved with the intervals,
	// so that one IntervalMark says what all hold.
	FlowCount struct {
		Unit     acd.UnitID
		Workflow [16]byte
		Node     string
		Day      acd.Time // its beginning in the unit's time zone
		Entered  uint32
	}

	// ContactData replaces what a workflow changes of what a contact is. It comes behind
	// the Contact.
	ContactData struct {
		Unit     acd.UnitID
		ID       acd.ContactID
		Language string
		Category [16]byte // zero: none
		Details  json.RawMessage
	}
)

func (FlowStep) row()    {}
func (FlowCount) row()   {}
func (ContactData) row() {}

// flowRow appends the ops of what workflows do.
func (e encoder) flowRow(w *work, row Row) {
	switch r := row.(type) {
	case FlowStep:
		w.add(opFlowStep, e.site, e.known(w, r.Unit), e.known(w, r.Contact), int64(r.N), e.site, int64(r.At), e.known(w, r.Workflow),
			int64(r.Release), w.json(r.Body))
	case FlowCount:
		w.limits(limit{"component", r.Node, 1, 40})
		w.key(lazyKey{'f', r.Workflow, r.Unit, 0, r.Node})
		w.add(opFlowCount, e.site, e.known(w, r.Unit), e.known(w, r.Workflow), r.Node, int64(r.Day), int64(r.Entered))
	case ContactData:
		w.limits(limit{"language", r.Language, 0, 64})
		w.add(opContactData, r.Language, e.orNull(r.Category), w.json(r.Details), e.site, e.known(w, r.Unit), e.known(w, r.ID))
	}
}

const flowColumns = `unit, contact, n, at, workflow, release, body`

func scanFlowStep(rows *sql.Rows, f *FlowStep) error {
	return rows.Scan((*scanID)(&f.Unit), (*scanID)(&f.Contact), &f.N, &f.At, (*scanID)(&f.Workflow), &f.Release, raw(&f.Body))
}

// FlowSteps gives what workflows did to a contact, in order.
func (s *Store) FlowSteps(ctx context.Context, unit acd.UnitID, contact acd.ContactID) ([]FlowStep, error) {
	var out []FlowStep
	for {
		after := int64(0)
		if len(out) > 0 {
			after = int64(out[len(out)-1].N)
		}
		rows, err := list(ctx, s, scanFlowStep, `select `+flowColumns+` from flow_step where site = ? and unit = ? and contact = ?
			and n > ? order by n limit ?`, s.encoder.site, s.engine.id(unit), s.engine.id(contact), after, chunk)
		out = append(out, rows...)
		if err != nil || len(rows) < chunk {
			return out, err
		}
	}
}

// FlowStepsSince gives the steps of all units that came after a batch, in the order of
// the batches.
func (s *Store) FlowStepsSince(ctx context.Context, batch uint64, yield func(FlowStep) error) error {
	type numbered struct {
		FlowStep
		batch int64
	}
	scan := func(rows *sql.Rows, f *numbered) error {
		return rows.Scan((*scanID)(&f.Unit), (*scanID)(&f.Contact), &f.N, &f.At, (*scanID)(&f.Workflow), &f.Release, raw(&f.Body),
			&f.batch)
	}
	at, unit, contact, n := int64(batch)+1, [16]byte{}, [16]byte{}, int64(0) // before the first of the next batch
	for {
		rows, err := list(ctx, s, scan, `select `+flowColumns+`, batch from flow_step where site = ?
			and (batch, unit, contact, n) > (?, ?, ?, ?) order by batch, unit, contact, n limit ?`,
			s.encoder.site, at, s.engine.id(unit), s.engine.id(contact), n, chunk)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := yield(r.FlowStep); err != nil {
				return err
			}
			at, unit, contact, n = r.batch, r.Unit, r.Contact, int64(r.N)
		}
		if len(rows) < chunk {
			return nil
		}
	}
}

// FlowCounts gives the counts of all components of all units.
func (s *Store) FlowCounts(ctx context.Context, yield func(FlowCount) error) error {
	scan := func(rows *sql.Rows, f *FlowCount) error {
		return rows.Scan((*scanID)(&f.Unit), (*scanID)(&f.Workflow), &f.Node, &f.Day, &f.Entered)
	}
	var unit, workflow [16]byte
	var node string
	for {
		rows, err := list(ctx, s, scan, `select unit, workflow, node, day, entered from flow_count
			where site = ? and (unit, workflow, node) > (?, ?, ?) order by unit, workflow, node limit ?`,
			s.encoder.site, s.engine.id(unit), s.engine.id(workflow), node, chunk)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := yield(r); err != nil {
				return err
			}
			unit, workflow, node = r.Unit, r.Workflow, r.Node
		}
		if len(rows) < chunk {
			return nil
		}
	}
}
