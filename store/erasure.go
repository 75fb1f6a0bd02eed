package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"portico/acd"
)

type (
	// Erasure is how far the erasing of a person has come. It never says who it was. A row
	// of the same id replaces what is known.
	Erasure struct {
		Unit      acd.UnitID
		ID        [16]byte
		Customer  [16]byte // is there no more once State is beyond ErasureRunning
		At        acd.Time
		By        acd.AgentID // zero: an API token
		State     ErasureState
		ChangedAt acd.Time
		ErasureBody
	}

	// ErasureBody counts what was reached.
	ErasureBody struct {
		Last     acd.ContactID `json:"last,omitzero"` // that was counted
		Contacts int           `json:"contacts"`
		Mails    int           `json:"mails"`
		Files    int           `json:"files"`
		Offline  int           `json:"offline"`  // left outside the hours
		Aside    int           `json:"aside"`    // messages that were not routed
		Messages int           `json:"messages"` // deleted from mailboxes
		Lost     int           `json:"lost"`     // out of reach: their mailbox is set up no more
		Open     int           `json:"open"`     // contacts that are waited for
	}

	// ErasureMail is a message of somebody who is erased that is still in a mailbox. One
	// that is there already stays as it is.
	ErasureMail struct {
		Unit      acd.UnitID
		Erasure   [16]byte
		Account   [16]byte
		Item      [16]byte // names the message within the erasure
		Place     MailPlace
		MessageID string
	}

	// ErasureMailDone says that a message is in its mailbox no more.
	ErasureMailDone struct {
		Unit                   acd.UnitID
		Erasure, Account, Item [16]byte
	}

	// LedgerForgotten takes out of the ledger what people see of a message that was not
	// routed; that it was there, by hashes, stays.
	LedgerForgotten struct {
		Account          [16]byte
		UIDValidity, UID uint32
		Unit             acd.UnitID
	}
)

// ErasureState says how far the erasing of a person has come.
type ErasureState uint8

// How far the erasing of a person has come. Numbers are saved.
const (
	ErasureRunning   ErasureState = 1
	ErasureMailboxes ErasureState = 2 // the store holds nothing of the person any more
	ErasureDone      ErasureState = 3
)

func (Erasure) row()         {}
func (ErasureMail) row()     {}
func (ErasureMailDone) row() {}
func (LedgerForgotten) row() {}

// erasureRow appends the ops of erasures.
func (e encoder) erasureRow(w *work, row Row) error {
	switch r := row.(type) {
	case Erasure:
		if r.State == 0 {
			w.spoil(errors.New("an erasure has no state"))
		}
		body, err := json.Marshal(r.ErasureBody)
		if err != nil {
			return fmt.Errorf("encoding an erasure: %w", err)
		}
		w.add(opErasure, e.site, e.known(w, r.Unit), e.known(w, r.ID), e.known(w, r.Customer), int64(r.At), e.orNull(r.By), int64(r.State),
			int64(r.ChangedAt), w.json(body))
	case ErasureMail:
		w.limits(limit{"folder", r.Place.Folder, 0, 255})
		w.add(opErasureMail, e.site, e.known(w, r.Unit), e.known(w, r.Erasure), e.known(w, r.Account), e.known(w, r.Item), r.Place.Folder,
			int64(r.Place.UIDValidity), int64(r.Place.UID), r.MessageID)
	case ErasureMailDone:
		w.add(opErasureMailDone, e.site, e.known(w, r.Unit), e.known(w, r.Erasure), e.known(w, r.Account), e.known(w, r.Item))
	case LedgerForgotten:
		w.add(opLedgerForgotten, int64(LedgerDismissed), e.site, e.known(w, r.Account), int64(r.UIDValidity), int64(r.UID), e.known(w, r.Unit))
	}
	return nil
}

const erasureColumns = `unit, id, customer, at, by_user, state, changed_at, body`

func scanErasure(rows *sql.Rows, e *Erasure) error {
	var body []byte
	if err := rows.Scan((*scanID)(&e.Unit), (*scanID)(&e.ID), (*scanID)(&e.Customer), &e.At, (*scanID)(&e.By), &e.State, &e.ChangedAt, &body); err != nil {
		return err
	}
	return json.Unmarshal(body, &e.ErasureBody)
}

// ErasuresUnderWay gives the erasures of all units that are not done, the oldest first, at
// most PageMax.
func (s *Store) ErasuresUnderWay(ctx context.Context) ([]Erasure, error) {
	return list(ctx, s, scanErasure, `select `+erasureColumns+` from erasure where site = ? and state < 3 order by id limit ?`, s.encoder.site, PageMax)
}

// Erasures gives the erasures of a unit, the newest first, and the key of the next page,
// empty after the last.
func (s *Store) Erasures(ctx context.Context, unit acd.UnitID, after string, limit int) ([]Erasure, string, error) {
	key, err := newestFirst(after)
	if err != nil {
		return nil, "", err
	}
	if after == "" {
		key.id = lastID
	}
	limit = limited(limit)
	// The ids ascend with time, so the key alone orders them.
	rows, err := list(ctx, s, scanErasure, `select `+erasureColumns+` from erasure where site = ? and unit = ? and id < ? order by id desc limit ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(key.id), limit+1)
	if err != nil {
		return nil, "", err
	}
	rows, after = next(rows, limit, func(e Erasure) pageKey { return pageKey{e.At, e.ID} })
	return rows, after, nil
}

// ErasureMails gives messages of an erasure that are still in a mailbox.
func (s *Store) ErasureMails(ctx context.Context, unit acd.UnitID, erasure, account [16]byte, limit int) ([]ErasureMail, error) {
	return list(ctx, s, func(rows *sql.Rows, m *ErasureMail) error {
		return rows.Scan((*scanID)(&m.Unit), (*scanID)(&m.Erasure), (*scanID)(&m.Account), (*scanID)(&m.Item), &m.Place.Folder, &m.Place.UIDValidity,
			&m.Place.UID, &m.MessageID)
	}, `select unit, erasure, account, item, folder, uid_validity, uid, message_id from erasure_mail
		where site = ? and unit = ? and erasure = ? and account = ? order by item limit ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(erasure), s.engine.id(account), limited(limit))
}

// counted is a number of an account.
type counted struct {
	account [16]byte
	n       int
}

func (s *Store) counts(ctx context.Context, text string, args ...any) (map[[16]byte]int, error) {
	rows, err := list(ctx, s, func(rows *sql.Rows, c *counted) error { return rows.Scan((*scanID)(&c.account), &c.n) }, text, args...)
	out := make(map[[16]byte]int, len(rows))
	for _, c := range rows {
		out[c.account] = c.n
	}
	return out, err
}

// ErasureWaiting counts the messages of an erasure that are still in mailboxes, by account.
func (s *Store) ErasureWaiting(ctx context.Context, unit acd.UnitID, erasure [16]byte) (map[[16]byte]int, error) {
	return s.counts(ctx, `select account, count(*) from erasure_mail where site = ? and unit = ? and erasure = ? group by account`,
		s.encoder.site, s.engine.id(unit), s.engine.id(erasure))
}

// Reach is what there is of a customer.
type Reach struct {
	Contacts, Open, Files int
	Mails                 map[[16]byte]int // in mailboxes, by account
}

// CustomerReach counts what there is of a customer in the contacts that are the customer's.
func (s *Store) CustomerReach(ctx context.Context, unit acd.UnitID, customer [16]byte) (r Reach, err error) {
	args := []any{s.encoder.site, s.engine.id(unit), s.engine.id(customer)}
	const of = ` from contact_customer l `
	const where = ` where l.site = ? and l.unit = ? and l.customer = ?`
	for _, part := range []struct {
		n    *int
		join string
	}{
		{&r.Contacts, ``},
		{&r.Open, `join open_contact o on o.site = l.site and o.unit = l.unit and o.id = l.contact`},
		{&r.Files, `join attachment a on a.site = l.site and a.unit = l.unit and a.contact = l.contact`},
	} {
		n, err := one(ctx, s, scanNumber, `select count(*)`+of+part.join+where, args...)
		if err != nil {
			return r, err
		}
		*part.n = int(n)
	}
	r.Mails, err = s.counts(ctx, `select m.account, count(*)`+of+`join mail m on m.site = l.site and m.unit = l.unit and m.contact = l.contact`+where+
		` and m.account is not null and (m.direction = 2 or m.folder <> '') group by m.account`, args...)
	return r, err
}

// ContactsFrom gives contacts of a unit that are nobody's and came from one of a
// customer's addresses, the newest first. It is found by words, at most PageMax of them.
func (s *Store) ContactsFrom(ctx context.Context, unit acd.UnitID, address Address) ([]HistoryRow, error) {
	rows, _, err := s.SearchContacts(ctx, unit, ContactQuery{Words: address.Value}, acd.ContactID{}, PageMax)
	return slices.DeleteFunc(rows, func(h HistoryRow) bool {
		from := Address{Kind: address.Kind, Value: h.Contact.Source}
		return h.Contact.Customer != ([16]byte{}) || from.Key() == "" || from.Key() != address.Key()
	}), err
}

// EraseOffline deletes what somebody left outside the hours: what has one of these
// addresses. It gives how many those were.
func (s *Store) EraseOffline(ctx context.Context, unit acd.UnitID, addresses []Address) (int, error) {
	n := 0
	for _, done := range []bool{false, true} {
		for after := ""; ; {
			rows, next, err := s.OfflinePage(ctx, unit, done, after, PageMax)
			if err != nil {
				return n, fmt.Errorf("looking for offline requests: %w", err)
			}
			var ops []op
			for _, r := range rows {
				if r.isOf(addresses) {
					ops = append(ops, op{opDropOffline, []any{s.encoder.site, s.engine.id(unit), s.engine.id(r.ID)}})
				}
			}
			for chunk := range slices.Chunk(ops, pruneRows) {
				if err := s.remove(ctx, chunk...); err != nil {
					return n, err
				}
				n += len(chunk)
			}
			if after = next; next == "" {
				break
			}
		}
	}
	return n, nil
}

// OfflineOf counts what somebody with these addresses left outside the hours.
func (s *Store) OfflineOf(ctx context.Context, unit acd.UnitID, addresses []Address) (n int, err error) {
	for _, done := range []bool{false, true} {
		for after := ""; ; {
			rows, next, err := s.OfflinePage(ctx, unit, done, after, PageMax)
			if err != nil {
				return n, fmt.Errorf("looking for offline requests: %w", err)
			}
			for _, r := range rows {
				if r.isOf(addresses) {
					n++
				}
			}
			if after = next; next == "" {
				break
			}
		}
	}
	return n, nil
}

// isOf reports whether a request names one of these addresses.
func (r OfflineRequest) isOf(addresses []Address) bool {
	has := map[Address]bool{}
	for _, a := range []Address{{AddressEmail, strings.TrimSpace(r.Email)}, {AddressPhone, strings.TrimSpace(r.Phone)}} {
		if a.Key() != "" {
			has[Address{a.Kind, a.Key()}] = true
		}
	}
	return slices.ContainsFunc(addresses, func(a Address) bool { return has[Address{a.Kind, a.Key()}] })
}

// LedgerOf gives what is kept for people to see of a sender's messages that no contact came
// of, at most PageMax.
func (s *Store) LedgerOf(ctx context.Context, unit acd.UnitID, sender [16]byte) ([]MailLedger, error) {
	return list(ctx, s, scanLedger, `select `+ledgerColumns+` from mail_ledger where site = ? and unit = ? and sender_key = ? and state > 1 and note <> '' limit ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(sender), PageMax)
}
