package store

import (
	"context"
	"database/sql"
	"fmt"

	"portico/acd"
)

// Rating is how a customer found a conversation. Another one of the same contact
// takes its place, but for At.
type Rating struct {
	Unit      acd.UnitID
	Contact   acd.ContactID
	At        acd.Time    // of the first one
	ChangedAt acd.Time    // of this one
	Queue     acd.QueueID // who had the contact last
	Agent     acd.AgentID
	Score     uint8  // 1–5, 5 is best
	Comment   string // at most 1,000 characters
}

func (Rating) row() {}

func (e encoder) rating(w *work, r Rating) {
	w.limits(limit{"comment", r.Comment, 0, 1000})
	if r.Score < 1 || r.Score > 5 {
		w.spoil(fmt.Errorf("the score %d is not from 1 to 5", r.Score))
	}
	w.add(opRating, e.site, e.known(w, r.Unit), e.known(w, r.Contact), int64(r.At), int64(r.ChangedAt), e.orNull(r.Queue),
		e.orNull(r.Agent), int64(r.Score), r.Comment)
}

// RatingQuery says which ratings are asked for: those first given from From on and
// before To, of one queue or one agent where these are not zero.
type RatingQuery struct {
	From, To acd.Time
	Queue    acd.QueueID
	Agent    acd.AgentID
}

// RatingCount is how many ratings with a score a queue and an agent have.
type RatingCount struct {
	Queue acd.QueueID
	Agent acd.AgentID
	Score uint8
	N     int
}

const ratingColumns = `unit, contact, at, changed_at, queue, agent, score, comment`

func scanRating(rows *sql.Rows, r *Rating) error {
	return rows.Scan((*scanID)(&r.Unit), (*scanID)(&r.Contact), &r.At, &r.ChangedAt, (*scanID)(&r.Queue), (*scanID)(&r.Agent),
		&r.Score, &r.Comment)
}

// where gives the condition of a query and its arguments.
func (s *Store) where(unit acd.UnitID, q RatingQuery) (text string, args []any) {
	text = ` where site = ? and unit = ? and at >= ? and at < ?`
	args = []any{s.encoder.site, s.engine.id(unit), int64(q.From), int64(q.To)}
	if !q.Queue.IsZero() {
		text += ` and queue = ?`
		args = append(args, s.engine.id(q.Queue))
	}
	if !q.Agent.IsZero() {
		text += ` and agent = ?`
		args = append(args, s.engine.id(q.Agent))
	}
	return text, args
}

// Rating gives the rating of a contact.
func (s *Store) Rating(ctx context.Context, unit acd.UnitID, contact acd.ContactID) (Rating, error) {
	return one(ctx, s, scanRating, `select `+ratingColumns+` from rating where site = ? and unit = ? and contact = ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(contact))
}

// RatingPage gives a unit's ratings, the newest first, and the key of the next page,
// empty after the last.
func (s *Store) RatingPage(ctx context.Context, unit acd.UnitID, q RatingQuery, after string, limit int) ([]Rating, string, error) {
	key, err := newestFirst(after)
	if err != nil {
		return nil, "", err
	}
	limit = limited(limit)
	text, args := s.where(unit, q)
	rows, err := list(ctx, s, scanRating, `select `+ratingColumns+` from rating`+text+` and (at, contact) < (?, ?)
		order by at desc, contact desc limit ?`, append(args, int64(key.at), s.engine.id(key.id), limit+1)...)
	if err != nil {
		return nil, "", err
	}
	rows, after = next(rows, limit, func(r Rating) pageKey { return pageKey{r.At, r.Contact} })
	return rows, after, nil
}

// RatingCounts counts a unit's ratings by queue, agent and score.
func (s *Store) RatingCounts(ctx context.Context, unit acd.UnitID, q RatingQuery) ([]RatingCount, error) {
	text, args := s.where(unit, q)
	return list(ctx, s, func(rows *sql.Rows, c *RatingCount) error {
		return rows.Scan((*scanID)(&c.Queue), (*scanID)(&c.Agent), &c.Score, &c.N)
	}, `select queue, agent, score, count(*) from rating`+text+` group by queue, agent, score order by queue, agent, score`, args...)
}
