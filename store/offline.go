package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"portico/acd"
)

type (
	// OfflineRequest is what a customer left outside the hours. It is a guard: ErrExists
	// when the client id has made one already.
	OfflineRequest struct {
		ID       [16]byte
		Unit     acd.UnitID
		ClientID string // 1–64 bytes, unique in the unit
		At       acd.Time
		Queue    acd.QueueID // zero: none was named
		Language string      // the chat language, at most 64 characters
		OfflineBody
		DoneAt acd.Time // when somebody said that it is dealt with; 0: it is open
		DoneBy acd.AgentID
		Note   string // of whoever deals with it
	}

	// OfflineBody is what the customer wrote.
	OfflineBody struct {
		Kind     string            `json:"kind,omitempty"`   // empty: a question
		Contact  acd.ContactID     `json:"contact,omitzero"` // in which it was left
		Name     string            `json:"name,omitempty"`
		Email    string            `json:"email,omitempty"`
		Phone    string            `json:"phone,omitempty"`
		Question string            `json:"question,omitempty"`
		Fields   map[string]string `json:"fields,omitempty"` // of the form, but for those above
		Data     map[string]string `json:"data,omitempty"`   // what the page knew
		// From and Until are when a callback was promised; zero: at any time, or without an end.
		From  acd.Time `json:"from,omitempty"`
		Until acd.Time `json:"until,omitempty"`
	}

	// OfflineDone says that an offline request is dealt with, or, with At 0, that it is
	// not, and keeps a note. It is a guard: ErrNone when there is no such request.
	OfflineDone struct {
		Unit acd.UnitID
		ID   [16]byte
		At   acd.Time
		By   acd.AgentID
		Note string
	}
)

// OfflineCallback is the kind of a wish to be called back.
const OfflineCallback = "callback"

func (OfflineRequest) row() {}
func (OfflineDone) row()    {}

// offlineRow appends the guard of an offline request.
func (e encoder) offlineRow(w *work, row Row) error {
	switch r := row.(type) {
	case OfflineRequest:
		w.limits(limit{"client id", r.ClientID, 1, 64}, limit{"language", r.Language, 0, 64})
		body, err := json.Marshal(r.OfflineBody)
		if err != nil {
			return err
		}
		w.guard(opOffline, e.site, e.known(w, r.Unit), e.known(w, r.ID), r.ClientID, int64(r.At), e.orNull(r.Queue), r.Language,
			w.json(body), int64(r.DoneAt), e.orNull(r.DoneBy), r.Note)
	case OfflineDone:
		w.guard(opOfflineDone, int64(r.At), e.orNull(r.By), r.Note, e.site, e.known(w, r.Unit), e.known(w, r.ID))
	}
	return nil
}

const offlineColumns = `unit, id, client_id, at, queue, language, body, done_at, done_by, note`

func scanOffline(rows *sql.Rows, r *OfflineRequest) error {
	var body []byte
	if err := rows.Scan((*scanID)(&r.Unit), (*scanID)(&r.ID), &r.ClientID, &r.At, (*scanID)(&r.Queue), &r.Language, &body,
		&r.DoneAt, (*scanID)(&r.DoneBy), &r.Note); err != nil {
		return err
	}
	return json.Unmarshal(body, &r.OfflineBody)
}

// OfflineRequest gives an offline request of a unit.
func (s *Store) OfflineRequest(ctx context.Context, unit acd.UnitID, id [16]byte) (OfflineRequest, error) {
	return one(ctx, s, scanOffline, `select `+offlineColumns+` from offline_request where site = ? and unit = ? and id = ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(id))
}

// OfflineByClient gives the offline request that a client id has made.
func (s *Store) OfflineByClient(ctx context.Context, unit acd.UnitID, clientID string) (OfflineRequest, error) {
	return one(ctx, s, scanOffline, `select `+offlineColumns+` from offline_request where site = ? and unit = ? and client_id = ?`,
		s.encoder.site, s.engine.id(unit), clientID)
}

// OfflinePage gives the unit's offline requests that are open, or those that are done,
// the newest first, and the key of the next page, empty after the last.
func (s *Store) OfflinePage(ctx context.Context, unit acd.UnitID, done bool, after string, limit int) ([]OfflineRequest, string, error) {
	key, err := newestFirst(after)
	if err != nil {
		return nil, "", err
	}
	if after == "" {
		key.id = lastID
	}
	limit = limited(limit)
	which := `done_at = 0`
	if done {
		which = `done_at > 0`
	}
	// The ids ascend with time, so the key alone orders them.
	rows, err := list(ctx, s, scanOffline, `select `+offlineColumns+` from offline_request where site = ? and unit = ? and id < ?
		and `+which+` order by id desc limit ?`, s.encoder.site, s.engine.id(unit), s.engine.id(key.id), limit+1)
	if err != nil {
		return nil, "", err
	}
	rows, after = next(rows, limit, func(r OfflineRequest) pageKey { return pageKey{r.At, r.ID} })
	return rows, after, nil
}

// pruneOffline deletes the offline requests from before an instant.
func (s *Store) pruneOffline(ctx context.Context, before acd.Time) error {
	return drain(ctx, s, scanOffline, func(r OfflineRequest) op {
		return op{opDropOffline, []any{s.encoder.site, s.engine.id(r.Unit), s.engine.id(r.ID)}}
	}, `select `+offlineColumns+` from offline_request where site = ? and at < ? order by at`, s.encoder.site, int64(before))
}
