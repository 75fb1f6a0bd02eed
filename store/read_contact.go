package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"

	"portico/acd"
)

// HistoryRow is a contact that has ended. In the answer of a search it may be open
// still: EndedAt is zero then.
type HistoryRow struct {
	History
	Contact Contact
}

// FactKey is the place of a fact. The zero key is before all.
type FactKey struct {
	Month int64 // yyyymm, UTC
	Batch uint64
	N     uint32
}

// FactRow is a saved fact.
type FactRow struct {
	Key FactKey
	acd.Fact
}

const contactColumns = `c.unit, c.id, c.medium, c.at, c.client_id, c.source, c.destination, c.language, c.name, c.caption,
	c.thread, c.details, c.category,
	(select x.customer from contact_customer x where x.site = c.site and x.unit = c.unit and x.contact = c.id)`

func contactPlaces(c *Contact) []any {
	return []any{(*scanID)(&c.Unit), (*scanID)(&c.ID), &c.Medium, &c.At, &c.ClientID, &c.Source, &c.Destination,
		&c.Language, &c.Name, &c.Caption, (*scanID)(&c.Thread), raw(&c.Details), (*scanID)(&c.Category),
		(*scanID)(&c.Customer)}
}

func scanContact(rows *sql.Rows, c *Contact) error { return rows.Scan(contactPlaces(c)...) }

// openRow is an open contact with what it is.
type openRow struct {
	open    OpenContact
	contact Contact
}

func scanOpen(rows *sql.Rows, r *openRow) error {
	var state []byte
	if err := rows.Scan(append(contactPlaces(&r.contact), &state, raw(&r.open.Workflow))...); err != nil {
		return err
	}
	return json.Unmarshal(state, &r.open.ContactRow)
}

// OpenContacts gives every open contact of all units, by (unit, id). An error of
// yield ends it.
func (s *Store) OpenContacts(ctx context.Context, yield func(OpenContact, Contact) error) error {
	var unit, id [16]byte
	for {
		rows, err := list(ctx, s, scanOpen, `select `+contactColumns+`, o.state, o.workflow from (
			select * from open_contact where site = ? and (unit, id) > (?, ?) order by unit, id limit ?) o
			join contact c on c.site = o.site and c.unit = o.unit and c.id = o.id order by c.unit, c.id`,
			s.encoder.site, s.engine.id(unit), s.engine.id(id), chunk)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := yield(r.open, r.contact); err != nil {
				return err
			}
			unit, id = r.contact.Unit, r.contact.ID
		}
		if len(rows) < chunk {
			return nil
		}
	}
}

// OpenContact gives the saved state of one open contact.
func (s *Store) OpenContact(ctx context.Context, unit acd.UnitID, id acd.ContactID) (OpenContact, error) {
	r, err := one(ctx, s, scanOpen, `select `+contactColumns+`, o.state, o.workflow from open_contact o
		join contact c on c.site = o.site and c.unit = o.unit and c.id = o.id
		where o.site = ? and o.unit = ? and o.id = ?`, s.encoder.site, s.engine.id(unit), s.engine.id(id))
	return r.open, err
}

// AgentStates gives the saved state of every agent of all units.
func (s *Store) AgentStates(ctx context.Context, yield func(AgentState) error) error {
	var unit, id [16]byte
	for {
		rows, err := list(ctx, s, scanAgentState, `select state from agent_state
			where site = ? and (unit, agent) > (?, ?) order by unit, agent limit ?`,
			s.encoder.site, s.engine.id(unit), s.engine.id(id), chunk)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := yield(r); err != nil {
				return err
			}
			unit, id = r.Unit, r.ID
		}
		if len(rows) < chunk {
			return nil
		}
	}
}

func scanAgentState(rows *sql.Rows, a *AgentState) error {
	var state []byte
	if err := rows.Scan(&state); err != nil {
		return err
	}
	return readAgent(state, &a.AgentRow)
}

// readAgent reads a row as it is saved, also as it was when the states of domains were an
// object by domain.
func readAgent(state []byte, a *acd.AgentRow) error {
	err := json.Unmarshal(state, a)
	var mistyped *json.UnmarshalTypeError
	if !errors.As(err, &mistyped) {
		return err
	}
	type row acd.AgentRow
	var former struct {
		row
		Domains map[acd.Domain]acd.DomainState `json:"domains"`
	}
	if json.Unmarshal(state, &former) != nil {
		return err
	}
	*a = acd.AgentRow(former.row)
	for d, in := range former.Domains {
		a.Domains.Set(d, in)
	}
	return nil
}

// Contact gives what a contact of the unit is, open or ended.
func (s *Store) Contact(ctx context.Context, unit acd.UnitID, id acd.ContactID) (Contact, error) {
	return one(ctx, s, scanContact, `select `+contactColumns+` from contact c where c.site = ? and c.unit = ? and c.id = ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(id))
}

// ContactByClient gives the contact that a creating command with this client id made.
func (s *Store) ContactByClient(ctx context.Context, unit acd.UnitID, clientID string) (Contact, error) {
	return one(ctx, s, scanContact, `select `+contactColumns+` from contact c
		where c.site = ? and c.unit = ? and c.client_id = ?`, s.encoder.site, s.engine.id(unit), clientID)
}

func scanHistory(rows *sql.Rows, h *HistoryRow) error {
	var state []byte
	var ended sql.NullInt64
	if err := rows.Scan(append(contactPlaces(&h.Contact), &ended, &state)...); err != nil {
		return err
	}
	h.EndedAt = acd.Time(ended.Int64)
	if len(state) == 0 { // found by a search while it begins
		h.ID, h.Unit = h.Contact.ID, h.Contact.Unit
		return nil
	}
	return json.Unmarshal(state, &h.ContactRow)
}

// History gives an ended contact.
func (s *Store) History(ctx context.Context, unit acd.UnitID, id acd.ContactID) (HistoryRow, error) {
	return one(ctx, s, scanHistory, `select `+contactColumns+`, h.ended_at, h.state from history h
		join contact c on c.site = h.site and c.unit = h.unit and c.id = h.id where h.site = ? and h.unit = ? and h.id = ?`, s.encoder.site, s.engine.id(unit), s.engine.id(id))
}

// HistoryPage gives the unit's ended contacts, the last one ended first, and the key
// of the next page, empty after the last.
func (s *Store) HistoryPage(ctx context.Context, unit acd.UnitID, after string, limit int) ([]HistoryRow, string, error) {
	key, err := newestFirst(after)
	if err != nil {
		return nil, "", err
	}
	limit = limited(limit)
	// The page is cut before it is joined, whatever the engine believes of the tables.
	rows, err := list(ctx, s, scanHistory, `select `+contactColumns+`, h.ended_at, h.state from (
		select * from history where site = ? and unit = ? and (ended_at, id) < (?, ?)
		order by ended_at desc, id desc limit ?) h
		join contact c on c.site = h.site and c.unit = h.unit and c.id = h.id order by h.ended_at desc, h.id desc`,
		s.encoder.site, s.engine.id(unit), int64(key.at), s.engine.id(key.id), limit+1)
	if err != nil {
		return nil, "", err
	}
	rows, after = next(rows, limit, func(h HistoryRow) pageKey { return pageKey{h.EndedAt, h.ID} })
	return rows, after, nil
}

// newestFirst gives where a list that ends with the oldest goes on; it begins
// after all times.
func newestFirst(after string) (pageKey, error) {
	if after == "" {
		return pageKey{at: math.MaxInt64}, nil
	}
	return parsePageKey(after)
}

const factColumns = `month, batch, n, unit, kind, why, domain, step, at, contact, agent, queue, reason, number, took_ms`

func scanFact(rows *sql.Rows, f *FactRow) error {
	var took int64
	err := rows.Scan(&f.Key.Month, &f.Key.Batch, &f.Key.N, (*scanID)(&f.Unit), &f.Kind, &f.Why, &f.Domain, &f.Step, &f.At,
		(*scanID)(&f.Contact), (*scanID)(&f.Agent), (*scanID)(&f.Queue), (*scanID)(&f.Reason), &f.N, &took)
	f.Took = acd.Time(took).Sub(0)
	return err
}

// Facts gives the life of a contact, in order.
func (s *Store) Facts(ctx context.Context, unit acd.UnitID, contact acd.ContactID) ([]FactRow, error) {
	return list(ctx, s, scanFact, `select `+factColumns+` from fact `+s.engine.using("fact_contact")+`
		where site = ? and contact = ? and unit = ? order by month, batch, n limit ?`, s.encoder.site, s.engine.id(contact), s.engine.id(unit), PageMax)
}

// factsWindow is how many facts of all units one transaction looks at for one unit's.
const factsWindow = 20_000

// FactsPage gives a unit's facts after a key, in order. Facts have no index by unit:
// they are looked through in windows, each a short transaction.
func (s *Store) FactsPage(ctx context.Context, unit acd.UnitID, after FactKey, limit int) ([]FactRow, error) {
	limit = limited(limit)
	var out []FactRow
	for {
		from := []any{s.encoder.site, after.Month, int64(after.Batch), int64(after.N)}
		rows, err := list(ctx, s, scanFact, `select `+factColumns+` from (select `+factColumns+` from fact
			where site = ? and (month, batch, n) > (?, ?, ?) order by month, batch, n limit ?) w
			where unit = ? order by month, batch, n limit ?`,
			append(from, factsWindow, s.engine.id(unit), limit-len(out))...)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
		if len(out) == limit {
			return out, nil
		}
		ends, err := list(ctx, s, scanFactKey, `select month, batch, n from (select month, batch, n from fact
			where site = ? and (month, batch, n) > (?, ?, ?) order by month, batch, n limit ?) w
			order by month desc, batch desc, n desc limit 1`, append(from, factsWindow)...)
		if err != nil || len(ends) == 0 {
			return out, err
		}
		after = ends[0]
	}
}

func scanFactKey(rows *sql.Rows, k *FactKey) error { return rows.Scan(&k.Month, &k.Batch, &k.N) }

// FactsSince gives the facts of all units that came after a batch, month by month,
// in the order of their batches.
func (s *Store) FactsSince(ctx context.Context, batch uint64, yield func(FactRow) error) error {
	var month int64
	for {
		months, err := list(ctx, s, scanNumber, `select month from fact where site = ? and month > ? order by month limit 1`,
			s.encoder.site, month)
		if err != nil || len(months) == 0 {
			return err
		}
		month = months[0]
		if err := s.monthSince(ctx, month, batch, yield); err != nil {
			return err
		}
	}
}

func (s *Store) monthSince(ctx context.Context, month int64, batch uint64, yield func(FactRow) error) error {
	at, n := int64(batch), int64(math.MaxInt32)
	for {
		rows, err := list(ctx, s, scanFact, `select `+factColumns+` from fact where site = ? and month = ?
			and (batch, n) > (?, ?) order by batch, n limit ?`, s.encoder.site, month, at, n, chunk)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := yield(r); err != nil {
				return err
			}
			at, n = int64(r.Key.Batch), int64(r.Key.N)
		}
		if len(rows) < chunk {
			return nil
		}
	}
}

// FactsBack gives the facts of all units that happened at or after an instant, the
// newest first. Facts of one commit may lie a little before or after those of the next:
// it looks on until a page of them is older.
func (s *Store) FactsBack(ctx context.Context, from acd.Time, yield func(FactRow) error) error {
	after := FactKey{Month: math.MaxInt32, Batch: math.MaxInt64, N: math.MaxInt32}
	for {
		rows, err := list(ctx, s, scanFact, `select `+factColumns+` from fact where site = ? and (month, batch, n) < (?, ?, ?)
			order by month desc, batch desc, n desc limit ?`, s.encoder.site, after.Month, int64(after.Batch), int64(after.N), chunk)
		if err != nil {
			return err
		}
		old := true
		for _, r := range rows {
			if r.Fact.At >= from {
				old = false
				if err := yield(r); err != nil {
					return err
				}
			}
			after = r.Key
		}
		if old || len(rows) < chunk {
			return nil
		}
	}
}

func scanInterval(rows *sql.Rows, i *Interval) error {
	return rows.Scan((*scanID)(&i.Unit), (*scanID)(&i.Queue), &i.Start, &i.Offered, &i.Answered, &i.AnsweredInTime,
		&i.Abandoned, &i.AbandonedInTime, &i.NotAnswered, &i.WaitMs, &i.HandleMs)
}

// Intervals gives the quarters of an hour that start at or after from, of all units,
// and the last batch that they hold.
func (s *Store) Intervals(ctx context.Context, from acd.Time) ([]Interval, uint64, error) {
	batch, err := s.progress(ctx, progressInterval)
	if err != nil {
		return nil, 0, err
	}
	var out []Interval
	start, queue := int64(from)-1, [16]byte{}
	for i := range queue {
		queue[i] = 0xff
	}
	for {
		rows, err := list(ctx, s, scanInterval, `select unit, queue, start, offered, answered, answered_in_time, abandoned,
			abandoned_in_time, not_answered, wait_ms, handle_ms from interval_count where site = ? and (start, queue) > (?, ?)
			order by start, queue limit ?`, s.encoder.site, start, s.engine.id(queue), chunk)
		if err != nil {
			return nil, 0, err
		}
		out = append(out, rows...)
		if len(rows) < chunk {
			return out, batch, nil
		}
		last := rows[len(rows)-1]
		start, queue = int64(last.Start), last.Queue
	}
}

// The readers of batches whose progress is saved.
const (
	progressInterval = "interval"
	progressWord     = "word"
)

func (s *Store) progress(ctx context.Context, name string) (uint64, error) {
	found, err := list(ctx, s, scanNumber, `select batch from progress where site = ? and name = ?`, s.encoder.site, name)
	if err != nil || len(found) == 0 {
		return 0, err
	}
	return uint64(found[0]), nil
}
