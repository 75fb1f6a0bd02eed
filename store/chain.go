package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"

	"portico/acd"
)

// The audit entries of a business unit are a chain: each holds a hash of itself and
// of the hash before it, so that whoever changes, adds or takes one away behind the
// program's back has to write anew all that follow, and the row that tells the end.
// The writer alone makes it, in the order of the commits.

// chainEnd is the end of a unit's chain.
type chainEnd struct {
	n    int64
	hash [sha256.Size]byte
}

// next gives the end after one more entry.
func (c chainEnd) next(site int64, a Audit) chainEnd {
	c.n++
	return c.with(site, a)
}

// with mixes an entry in. Every part has its length in front, so that no two entries
// are written alike.
func (c chainEnd) with(site int64, a Audit) chainEnd {
	b := append([]byte(nil), c.hash[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(c.n))
	b = binary.BigEndian.AppendUint64(b, uint64(site))
	b = binary.BigEndian.AppendUint64(b, uint64(a.At))
	for _, id := range [][16]byte{a.Unit, a.ID, a.By, a.Object} {
		b = append(b, id[:]...)
	}
	for _, text := range []string{a.ByName, a.From, a.Action, string(a.Before), string(a.After)} {
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	c.hash = sha256.Sum256(b)
	return c
}

// chain gives the statements that append a unit of work's audit entries, and the ends
// of the chains after them. Ends holds what this commit has appended so far.
func (w *writer) chain(u *work, ends map[acd.UnitID]chainEnd) ([]op, map[acd.UnitID]chainEnd) {
	if len(u.audits) == 0 {
		return nil, ends
	}
	ends = maps.Clone(ends)
	var ops []op
	touched := map[acd.UnitID]bool{}
	for _, a := range u.audits {
		end, ok := ends[a.Unit]
		if !ok {
			end = w.ends[a.Unit]
		}
		end = end.next(w.encoder.site, a)
		ends[a.Unit], touched[a.Unit] = end, true
		ops = append(ops, w.encoder.audit(a, end))
	}
	for unit := range touched {
		end := ends[unit]
		ops = append(ops, op{opAuditEnd, []any{w.encoder.site, w.encoder.id(unit), end.n, end.hash[:]}})
	}
	return ops, ends
}

// audit encodes an entry once its place in the chain is known.
func (e encoder) audit(a Audit, end chainEnd) op {
	text := func(raw []byte) any {
		if len(raw) == 0 {
			return nil
		}
		return string(raw)
	}
	return op{opAudit, []any{e.site, e.id(a.Unit), e.id(a.ID), int64(a.At), e.orNull(a.By), a.ByName, a.From, a.Action,
		e.orNull(a.Object), text(a.Before), text(a.After), end.n, end.hash[:]}}
}

// chainEnds reads where the chains end. Those of units with entries from before the
// chain alone begin with a hash of these.
func (s *Store) chainEnds(ctx context.Context) (map[acd.UnitID]chainEnd, error) {
	type row struct {
		unit acd.UnitID
		end  chainEnd
	}
	rows, err := list(ctx, s, func(rows *sql.Rows, r *row) error {
		var hash []byte
		err := rows.Scan((*scanID)(&r.unit), &r.end.n, &hash)
		copy(r.end.hash[:], hash)
		return err
	}, `select unit, n, hash from audit_end where site = ?`, s.encoder.site)
	if err != nil {
		return nil, err
	}
	ends := make(map[acd.UnitID]chainEnd, len(rows))
	for _, r := range rows {
		ends[r.unit] = r.end
	}
	older, err := list(ctx, s, func(rows *sql.Rows, unit *acd.UnitID) error { return rows.Scan((*scanID)(unit)) },
		`select distinct unit from audit where site = ? and n = 0`, s.encoder.site)
	if err != nil {
		return nil, err
	}
	for _, unit := range older {
		if _, ok := ends[unit]; ok {
			continue
		}
		if ends[unit], _, err = s.beforeChain(ctx, unit); err != nil {
			return nil, err
		}
	}
	return ends, nil
}

// beforeChain gives the hash that a unit's chain begins with, and how many entries
// are from before it.
func (s *Store) beforeChain(ctx context.Context, unit acd.UnitID) (chainEnd, int64, error) {
	var end chainEnd
	var count int64
	err := s.eachEntry(ctx, unit, 0, 0, func(e chained) bool {
		end = end.with(s.encoder.site, e.Audit)
		count++
		return true
	})
	return end, count, err
}

// chained is an entry with its place.
type chained struct {
	Audit
	n    int64
	hash []byte
}

// eachEntry visits the entries of a unit with numbers from one to another, in the
// order of the chain, until visit wants no more.
func (s *Store) eachEntry(ctx context.Context, unit acd.UnitID, from, to int64, visit func(chained) bool) error {
	var id [16]byte
	for n := from; ; {
		rows, err := list(ctx, s, scanChained, `select `+auditColumns+`, n, hash from audit
			where site = ? and unit = ? and (n, id) > (?, ?) and n <= ? order by n, id limit ?`,
			s.encoder.site, s.engine.id(unit), n, s.engine.id(id), to, chunk)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if !visit(r) {
				return nil
			}
		}
		if len(rows) < chunk {
			return nil
		}
		n, id = rows[chunk-1].n, rows[chunk-1].ID
	}
}

func scanChained(rows *sql.Rows, c *chained) error {
	return rows.Scan((*scanID)(&c.ID), (*scanID)(&c.Unit), &c.At, (*scanID)(&c.By), &c.ByName, &c.From, &c.Action,
		(*scanID)(&c.Object), raw(&c.Before), raw(&c.After), &c.n, &c.hash)
}

// ChainCheck is what a look at a unit's audit entries found.
type ChainCheck struct {
	// Entries is how many were looked at, to the first bad one.
	Entries int64
	// Bad says that an entry is not as it was saved, or not there. Number is its place
	// in the chain: 0 for one that was put among those from before the chain.
	Bad    bool
	Number int64
	// Entry is the one at that place; with the zero id it is missing.
	Entry Audit
}

// CheckAudit verifies a unit's chain of audit entries, as far as it went when the
// check began.
func (s *Store) CheckAudit(ctx context.Context, unit acd.UnitID) (ChainCheck, error) {
	var check ChainCheck
	// First the last entry, then the end that is noted, which is never before it.
	last, err := one(ctx, s, scanNumber, `select coalesce(max(n), 0) from audit where site = ? and unit = ?`,
		s.encoder.site, s.engine.id(unit))
	if err != nil {
		return check, fmt.Errorf("reading the audit log: %w", err)
	}
	saved, err := one(ctx, s, func(rows *sql.Rows, end *chainEnd) error {
		var hash []byte
		err := rows.Scan(&end.n, &hash)
		copy(end.hash[:], hash)
		return err
	}, `select n, hash from audit_end where site = ? and unit = ?`, s.encoder.site, s.engine.id(unit))
	if err != nil && !errors.Is(err, ErrNone) {
		return check, fmt.Errorf("reading the end of the audit log: %w", err)
	}
	end, older, err := s.beforeChain(ctx, unit)
	if err != nil {
		return check, fmt.Errorf("reading the audit log: %w", err)
	}
	check.Entries = older
	err = s.eachEntry(ctx, unit, 1, saved.n, func(e chained) bool {
		end = end.next(s.encoder.site, e.Audit)
		check.Entries++
		if e.n == end.n && string(e.hash) == string(end.hash[:]) {
			return true
		}
		check.Bad, check.Number = true, end.n
		if e.n == end.n {
			check.Entry = e.Audit
		}
		return false
	})
	if err != nil {
		return check, fmt.Errorf("reading the audit log: %w", err)
	}
	if !check.Bad && (last > saved.n || (saved.n > 0 && end != saved)) {
		check.Bad, check.Number = true, end.n+1 // the last ones are gone, or their end
	}
	return check, nil
}
