package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"portico/acd"
)

// WaitingMail is a mail that waits to leave, and what people tell it by.
type WaitingMail struct {
	MailOut
	Subject string
	Auto    bool          // the program wrote it
	From    MailAddress   // from which it leaves
	To      []MailAddress // all whom it is for
}

// WaitingQuery narrows which mails that wait are meant. Zero fields ask for nothing.
type WaitingQuery struct {
	Account [16]byte
	Delayed bool // only what the mail server did not take at once
}

func scanWaiting(rows *sql.Rows, w *WaitingMail) error {
	var body []byte
	err := rows.Scan((*scanID)(&w.Unit), (*scanID)(&w.ID), (*scanID)(&w.Contact), &w.Seq, (*scanID)(&w.Account), (*scanID)(&w.Agent), &w.At,
		&w.State, &w.Attempts, &w.NextAt, &w.Error, &w.Subject, &body)
	if err != nil {
		return err
	}
	var m MailBody
	if err := json.Unmarshal(body, &m); err != nil {
		return fmt.Errorf("reading a mail that waits: %w", err)
	}
	w.From, w.Auto = m.From, m.Auto
	w.To = append(append(m.To, m.Cc...), m.Bcc...)
	return nil
}

// WaitingMails gives the mails of a unit that wait to leave, in the order in which they
// were written, after an id.
func (s *Store) WaitingMails(ctx context.Context, unit acd.UnitID, q WaitingQuery, after [16]byte, limit int) ([]WaitingMail, error) {
	text := `select o.unit, o.id, o.contact, o.seq, o.account, o.agent, o.at, o.state, o.attempts, o.next_at, o.error, m.subject, m.body
		from mail_out o join mail m on m.site = o.site and m.unit = o.unit and m.contact = o.contact and m.seq = o.seq
		where o.site = ? and o.unit = ? and o.id > ? and o.state = 2`
	args := []any{s.encoder.site, s.engine.id(unit), s.engine.id(after)}
	if q.Account != ([16]byte{}) {
		text += ` and o.account = ?`
		args = append(args, s.engine.id(q.Account))
	}
	if q.Delayed {
		text += ` and o.error <> ''`
	}
	return list(ctx, s, scanWaiting, text+` order by o.id limit ?`, append(args, limited(limit))...)
}
