package store

import (
	"context"
	"unicode"

	"portico/acd"
)

// ContactQuery says which contacts are looked for. Zero fields ask for nothing; all
// others must hold.
type ContactQuery struct {
	// Words are looked for in the customer's name, address and question, and in the subject
	// and text of mails: each must be the beginning of one there.
	Words       string
	From, Until acd.Time // of the arrival; until without the instant itself
	Medium      string
	Queue       acd.QueueID  // the last one
	Agent       acd.AgentID  // the last one
	Disposition acd.ReasonID // of an ended contact
	Customer    [16]byte
}

const (
	// searchPage is how many contacts are read at a time, searchPages how many pages of
	// them: beyond that a search has to be narrower.
	searchPage  = 500
	searchPages = 40
)

// SearchContacts gives the unit's contacts that a query is for, open or ended, the newest
// first, and before which contact the next page begins; zero: that was all. before is where
// this page begins; zero: with the newest. A contact and its mails are found from about a
// second after they came on. A page looks at no more than 20,000 that hold the words or lie
// in the time: it may have less than limit, or nothing, and still not be the last.
func (s *Store) SearchContacts(ctx context.Context, unit acd.UnitID, q ContactQuery, before acd.ContactID, limit int) (out []HistoryRow, next acd.ContactID, err error) {
	find := splitWords(searchMax, q.Words)
	if len(find) == 0 && q.Words != "" || q == (ContactQuery{}) {
		return nil, next, nil
	}
	where, args := s.conditions(unit, q, find)
	limit = limited(limit)
	last := before
	for i := range last {
		if before.IsZero() {
			last[i] = 0xff
		}
	}
	for range searchPages {
		page, err := list(ctx, s, scanHistory, `select `+contactColumns+`, h.ended_at, coalesce(h.state, o.state) from contact c
			left join history h on h.site = c.site and h.unit = c.unit and h.id = c.id
			left join open_contact o on o.site = c.site and o.unit = c.unit and o.id = c.id
			where c.site = ? and c.unit = ?`+where+` and c.id < ? order by c.id desc limit ?`,
			append(args[:len(args):len(args)], s.engine.id(last), searchPage)...)
		if err != nil {
			return nil, next, err
		}
		for i := range page {
			last = page[i].Contact.ID
			if !q.holds(&page[i]) {
				continue
			}
			if out = append(out, page[i]); len(out) == limit {
				return out, last, nil
			}
		}
		if len(page) < searchPage {
			return out, next, nil
		}
	}
	return out, last, nil
}

// conditions gives what the store itself asks of contacts, and its places from the site on.
func (s *Store) conditions(unit acd.UnitID, q ContactQuery, find []string) (where string, args []any) {
	args = []any{s.encoder.site, s.engine.id(unit)}
	if len(find) > 0 {
		where = ` and (c.id in (`
		for i, word := range find {
			if i > 0 {
				where += ` intersect `
			}
			where += `select contact from word where site = ? and unit = ? and word >= ? and word < ?`
			args = append(args, s.encoder.site, s.engine.id(unit), word, word+string(unicode.MaxRune))
		}
		mails, more := s.mailsWith(unit, find)
		where += `) or c.id in (` + mails + `))`
		args = append(args, more...)
	}
	if q.From > 0 {
		where, args = where+` and c.at >= ?`, append(args, int64(q.From))
	}
	if q.Until > 0 {
		where, args = where+` and c.at < ?`, append(args, int64(q.Until))
	}
	if q.Medium != "" {
		where, args = where+` and c.medium = ?`, append(args, q.Medium)
	}
	if q.Customer != ([16]byte{}) {
		where += ` and c.id in (select contact from contact_customer where site = ? and unit = ? and customer = ?)`
		args = append(args, s.encoder.site, s.engine.id(unit), s.engine.id(q.Customer))
	}
	return where, args
}

// holds reports whether a contact is as the query wants it in what only its state tells.
func (q *ContactQuery) holds(h *HistoryRow) bool {
	return (q.Queue.IsZero() || h.Queue == q.Queue) && (q.Agent.IsZero() || h.Agent == q.Agent) &&
		(q.Disposition.IsZero() || h.Disposition == q.Disposition)
}
