package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"portico/acd"
)

// Retention says what has been kept long enough. Zero keeps all.
type Retention struct {
	// FactMonth is the first month whose facts are kept: yyyymm, UTC; not later than
	// the present one.
	FactMonth int64
	// Contacts that ended before this go, with all that is theirs, and what customers
	// left outside the hours before this. It is
	// at least keepMin ago.
	Contacts acd.Time
	// Alerts from before this go, open or not.
	Alerts acd.Time
}

// ErrRetention is returned for a Retention that would delete what is in use.
var ErrRetention = errors.New("store: this is not kept long enough")

const (
	// keepMin is how long a client id must be found again.
	keepMin = 24 * time.Hour
	// pruneRows is how many rows one unit deletes: as many as a slice of the class Lazy.
	pruneRows = lazyRows
)

// removal is a delete: the n-th of this process. It is lazy, and answers for nothing by
// itself, so that it may be done twice, or after its caller has gone.
type removal struct {
	n    int64
	do   statement
	args []any
}

func (removal) row() {}

// remove deletes in one unit of the class Lazy and waits until that is durable. The
// end of ctx ends the waiting alone.
func (s *Store) remove(ctx context.Context, ops ...op) error {
	u := Unit{Rows: make([]Row, len(ops))}
	for i, o := range ops {
		u.Rows[i] = removal{s.removed.Add(1), o.do, o.args}
	}
	saved := make(chan error, 1)
	if err := s.Submit(Lazy, u, func(o Outcome) { saved <- o.Err }); err != nil {
		return err
	}
	select {
	case err := <-saved:
		return err
	case <-ctx.Done():
		return fmt.Errorf("waiting for a deletion: %w", context.Cause(ctx))
	}
}

// drain deletes what a query finds, chunk by chunk, until it finds less than a chunk.
func drain[T any](ctx context.Context, s *Store, scan func(*sql.Rows, *T) error, do func(T) op, text string, args ...any) error {
	for {
		found, err := list(ctx, s, scan, text+` limit ?`, append(args[:len(args):len(args)], pruneRows)...)
		if err != nil || len(found) == 0 {
			return err
		}
		ops := make([]op, len(found))
		for i, row := range found {
			ops[i] = do(row)
		}
		if err := s.remove(ctx, ops...); err != nil || len(found) < pruneRows {
			return err
		}
	}
}

// Sweep deletes what nobody needs any more: sessions and tokens that expired before
// an instant, drafts and read marks of contacts that ended before it. It takes long and
// may be ended at any point; the next one goes on.
func (s *Store) Sweep(ctx context.Context, before acd.Time) error {
	site, at := s.encoder.site, int64(before)
	err := drain(ctx, s, func(rows *sql.Rows, v *[]byte) error { return rows.Scan(v) },
		func(key []byte) op { return op{opDropSession, []any{site, key, at}} },
		`select key from session where site = ? and expires < ? order by expires`, site, at)
	if err != nil {
		return fmt.Errorf("sweeping sessions: %w", err)
	}
	err = drain(ctx, s, func(rows *sql.Rows, v *Token) error { return rows.Scan((*scanID)(&v.Unit), (*scanID)(&v.ID)) },
		func(v Token) op { return op{opDropToken, []any{site, s.engine.id(v.Unit), s.engine.id(v.ID), at}} },
		`select unit, id from token where site = ? and expires > 0 and expires < ?`, site, at)
	if err != nil {
		return fmt.Errorf("sweeping tokens: %w", err)
	}
	// A cross join: SQLite then begins with the few trifles, not with all history.
	const ended = ` t cross join history h where t.site = ? and h.site = t.site and h.unit = t.unit and h.id = t.contact
		and h.ended_at < ?`
	err = drain(ctx, s, scanDraft, func(v Draft) op {
		return op{opDraftDone, []any{site, s.engine.id(v.Unit), s.engine.id(v.Contact), s.engine.id(v.Agent)}}
	}, `select t.unit, t.contact, t.agent, t.at, t.text from draft`+ended, site, at)
	if err != nil {
		return fmt.Errorf("sweeping drafts: %w", err)
	}
	err = drain(ctx, s, scanMailDraft, func(v MailDraft) op {
		return op{opMailDraftDone, []any{site, s.engine.id(v.Unit), s.engine.id(v.Contact), s.engine.id(v.Agent)}}
	}, `select t.unit, t.contact, t.agent, t.at, t.body from mail_draft`+ended, site, at)
	if err != nil {
		return fmt.Errorf("sweeping drafts of mails: %w", err)
	}
	err = drain(ctx, s, scanReadMark, func(v ReadMark) op {
		return op{opDropReadMark, []any{site, s.engine.id(v.Unit), s.engine.id(v.Contact), int64(v.Reader)}}
	}, `select t.unit, t.contact, t.reader, t.seq from read_mark`+ended, site, at)
	if err != nil {
		return fmt.Errorf("sweeping read marks: %w", err)
	}
	return nil
}

// SweepOrphans deletes attachments from before an instant that no message names.
func (s *Store) SweepOrphans(ctx context.Context, before acd.Time) error {
	return s.dropAttachments(ctx, `where site = ? and seq <= 0 and at < ? order by at`, s.encoder.site, int64(before))
}

// doomed is an attachment that is to go, with the seq it was found with.
type doomed struct {
	unit, id [16]byte
	seq      int64
}

func scanDoomed(rows *sql.Rows, d *doomed) error {
	return rows.Scan((*scanID)(&d.unit), (*scanID)(&d.id), &d.seq)
}

// dropAttachments deletes the attachments that a condition finds, pieces by pieces.
// Each is marked first, if it is still as it was found: from then on no message can
// name it, no reader finds it, and the next sweep would go on with it.
func (s *Store) dropAttachments(ctx context.Context, where string, args ...any) error {
	for {
		found, err := list(ctx, s, scanDoomed, `select unit, id, seq from attachment `+where+` limit ?`,
			append(args[:len(args):len(args)], pruneRows)...)
		if err != nil {
			return fmt.Errorf("looking for attachments: %w", err)
		}
		for _, a := range found {
			if err := s.dropAttachment(ctx, a); err != nil {
				return fmt.Errorf("deleting an attachment: %w", err)
			}
		}
		if len(found) < pruneRows {
			return nil
		}
	}
}

func (s *Store) dropAttachment(ctx context.Context, a doomed) error {
	key := []any{s.encoder.site, s.engine.id(a.unit), s.engine.id(a.id)}
	with := func(more ...any) []any { return append(key[:len(key):len(key)], more...) }
	ops := []op{{opDoomAttachment, with(a.seq)}}
	for {
		n, err := list(ctx, s, scanNumber, `select n from attachment_piece
			where site = ? and unit = ? and attachment = ? order by n limit ?`, with(piecesAtOnce)...)
		if err != nil {
			return err
		}
		last := int64(math.MaxInt64)
		if len(n) == piecesAtOnce {
			last = n[len(n)-1]
		}
		ops = append(ops, op{opDropPieces, append(with(last), key...)})
		if len(n) < piecesAtOnce {
			return s.remove(ctx, append(ops, op{opDropAttachment, key})...)
		}
		if err := s.remove(ctx, ops...); err != nil {
			return err
		}
		// Named after it was found: its pieces stay.
		if _, err := s.Attachment(ctx, a.unit, a.id); !errors.Is(err, ErrNone) {
			return err
		}
		ops = nil
	}
}

// Prune deletes what has been kept long enough. PostgreSQL drops whole months of
// facts; all else is deleted in chunks that no commit feels. It takes long and may be
// ended at any point; the next one goes on.
func (s *Store) Prune(ctx context.Context, r Retention) error {
	now := acd.At(s.now())
	if r.FactMonth > month(now) || max(r.Contacts, r.Alerts) > now.Add(-keepMin) {
		return ErrRetention
	}
	if r.FactMonth > 0 {
		if err := s.pruneFacts(ctx, r.FactMonth); err != nil {
			return fmt.Errorf("pruning facts: %w", err)
		}
	}
	if r.Contacts > 0 {
		if err := s.pruneContacts(ctx, r.Contacts); err != nil {
			return fmt.Errorf("pruning contacts: %w", err)
		}
		if err := s.pruneLedger(ctx, r.Contacts); err != nil {
			return fmt.Errorf("pruning the ledger of mails: %w", err)
		}
		if err := s.pruneOffline(ctx, r.Contacts); err != nil {
			return fmt.Errorf("pruning offline requests: %w", err)
		}
	}
	if r.Alerts > 0 {
		if err := s.pruneAlerts(ctx, r.Alerts); err != nil {
			return fmt.Errorf("pruning alerts: %w", err)
		}
	}
	return nil
}

func (s *Store) pruneFacts(ctx context.Context, before int64) error {
	if whole, err := s.engine.dropMonths(ctx, s.core.Epoch, before); whole || err != nil {
		return err
	}
	return drain(ctx, s, scanFactKey, func(k FactKey) op {
		return op{opDropFact, []any{s.encoder.site, k.Month, int64(k.Batch), int64(k.N)}}
	}, `select month, batch, n from fact where site = ? and month < ? order by month, batch, n`, s.encoder.site, before)
}

// pruneContacts goes from unit to unit: history is ordered by time within each.
func (s *Store) pruneContacts(ctx context.Context, before acd.Time) error {
	var unit [16]byte
	for {
		units, err := list(ctx, s, func(rows *sql.Rows, id *scanID) error { return rows.Scan(id) },
			`select unit from history where site = ? and unit > ? order by unit limit 1`, s.encoder.site, s.engine.id(unit))
		if err != nil || len(units) == 0 {
			return err
		}
		unit = units[0]
		if err := s.pruneUnit(ctx, unit, before); err != nil {
			return err
		}
	}
}

// pruneUnit deletes contacts, several in one commit where they are small.
func (s *Store) pruneUnit(ctx context.Context, unit acd.UnitID, before acd.Time) error {
	for {
		found, err := list(ctx, s, scanContact, `select `+contactColumns+` from (
			select * from history where site = ? and unit = ? and ended_at < ? order by ended_at, id limit ?) h
			join contact c on c.site = h.site and c.unit = h.unit and c.id = h.id`,
			s.encoder.site, s.engine.id(unit), int64(before), pruneRows)
		if err != nil || len(found) == 0 {
			return err
		}
		var ops []op
		weight := 0 // rows that ops delete
		for _, c := range found {
			left, err := s.shorten(ctx, c)
			if err != nil {
				return err
			}
			own := s.dropContact(c)
			if weight > 0 && weight+left+len(own) > pruneRows {
				if err := s.remove(ctx, ops...); err != nil {
					return err
				}
				ops, weight = nil, 0
			}
			ops = append(ops, own...)
			weight += left + len(own)
		}
		if err := s.remove(ctx, ops...); err != nil {
			return err
		}
	}
}

// EraseContact deletes an ended contact with all that is its, at once; ErrNone where there
// is none. Its facts, which hold no words, stay, and so does the ledger, which knows its
// mails by hashes: they are not taken in again.
func (s *Store) EraseContact(ctx context.Context, unit acd.UnitID, id acd.ContactID) error {
	h, err := s.History(ctx, unit, id)
	if err != nil {
		return err
	}
	if _, err := s.shorten(ctx, h.Contact); err != nil {
		return err
	}
	return s.remove(ctx, s.dropContact(h.Contact)...)
}

// shorten deletes a contact's attachments and all but the last chunk of its messages
// and of what workflows did to it, and gives how many are left.
func (s *Store) shorten(ctx context.Context, c Contact) (left int, err error) {
	site, unit, id := s.encoder.site, s.engine.id(c.Unit), s.engine.id(c.ID)
	err = s.dropAttachments(ctx, `where site = ? and unit = ? and contact = ? order by seq`, site, unit, id)
	if err != nil {
		return 0, err
	}
	for _, part := range []struct {
		text string
		drop statement
	}{
		{`select seq from message where site = ? and unit = ? and contact = ? order by seq limit ?`, opDropMessages},
		{`select n from flow_step where site = ? and unit = ? and contact = ? order by n limit ?`, opDropFlowSteps},
	} {
		for {
			numbers, err := list(ctx, s, scanNumber, part.text, site, unit, id, pruneRows)
			if err != nil {
				return 0, err
			}
			if len(numbers) < pruneRows {
				left += len(numbers)
				break
			}
			if err := s.remove(ctx, op{part.drop, []any{site, unit, id, numbers[len(numbers)-1]}}); err != nil {
				return 0, err
			}
		}
	}
	return left, nil
}

// dropContact gives what deletes a contact that was shortened.
func (s *Store) dropContact(c Contact) []op {
	site, unit, id := s.encoder.site, s.engine.id(c.Unit), s.engine.id(c.ID)
	key := []any{site, unit, id}
	ops := []op{{opDropMessages, []any{site, unit, id, int64(math.MaxInt64)}}, {opDropFlowSteps, []any{site, unit, id, int64(math.MaxInt64)}},
		{opDropDrafts, key}, {opDropReadMarks, key}, {opDropMailOuts, key}, {opDropMailTexts, key}, {opDropMails, key}, {opDropMailDrafts, key},
		{opCustomerLinkDone, key}, {opDropRating, key}, {opDropHistory, key}, {opDropContact, key}}
	for _, word := range contactWords(c) {
		ops = append(ops, op{opDropWord, []any{site, unit, word, id}})
	}
	return ops
}
