package store

import (
	"context"
	"database/sql"

	"portico/acd"
)

const messageColumns = `unit, contact, seq, client_id, at, author, by_agent, kind, text`

func scanMessage(rows *sql.Rows, m *Message) error {
	return rows.Scan((*scanID)(&m.Unit), (*scanID)(&m.Contact), &m.Seq, &m.ClientID, &m.At, &m.Author, (*scanID)(&m.By),
		&m.Kind, &m.Text)
}

// Messages gives the messages of a conversation after a number, in order.
func (s *Store) Messages(ctx context.Context, unit acd.UnitID, contact acd.ContactID, after uint64, limit int,
) ([]Message, error) {
	return list(ctx, s, scanMessage, `select `+messageColumns+` from message
		where site = ? and unit = ? and contact = ? and seq > ? order by seq limit ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(contact), int64(after), limited(limit))
}

// LastSeq gives the number of the last message of a conversation; 0 when it has none.
func (s *Store) LastSeq(ctx context.Context, unit acd.UnitID, contact acd.ContactID) (uint64, error) {
	n, err := one(ctx, s, scanNumber, `select coalesce(max(seq), 0) from message where site = ? and unit = ? and contact = ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(contact))
	return uint64(n), err
}

// MessageByClient gives the message that was sent with a client id.
func (s *Store) MessageByClient(ctx context.Context, unit acd.UnitID, contact acd.ContactID, clientID string,
) (Message, error) {
	return one(ctx, s, scanMessage, `select `+messageColumns+` from message
		where site = ? and unit = ? and contact = ? and client_id = ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(contact), clientID)
}

// Draft gives what an agent has typed in a conversation and not sent.
func (s *Store) Draft(ctx context.Context, unit acd.UnitID, contact acd.ContactID, agent acd.AgentID) (Draft, error) {
	return one(ctx, s, scanDraft, `select unit, contact, agent, at, text from draft
		where site = ? and unit = ? and contact = ? and agent = ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(contact), s.engine.id(agent))
}

func scanDraft(rows *sql.Rows, d *Draft) error {
	return rows.Scan((*scanID)(&d.Unit), (*scanID)(&d.Contact), (*scanID)(&d.Agent), &d.At, &d.Text)
}

// ReadMarks gives how far each side has read a conversation.
func (s *Store) ReadMarks(ctx context.Context, unit acd.UnitID, contact acd.ContactID) ([]ReadMark, error) {
	return list(ctx, s, scanReadMark, `select unit, contact, reader, seq from read_mark
		where site = ? and unit = ? and contact = ? order by reader`,
		s.encoder.site, s.engine.id(unit), s.engine.id(contact))
}

func scanReadMark(rows *sql.Rows, m *ReadMark) error {
	return rows.Scan((*scanID)(&m.Unit), (*scanID)(&m.Contact), &m.Reader, &m.Seq)
}

// OutboxPage gives the effects that wait to be done, the oldest first, after an id.
func (s *Store) OutboxPage(ctx context.Context, after [16]byte, limit int) ([]Outbox, error) {
	return list(ctx, s, scanOutbox, `select id, unit, kind, at, body from outbox where site = ? and id > ? order by id limit ?`,
		s.encoder.site, s.engine.id(after), limited(limit))
}

// OutboxOf is OutboxPage for the effects of one kind.
func (s *Store) OutboxOf(ctx context.Context, kind string, after [16]byte, limit int) ([]Outbox, error) {
	return list(ctx, s, scanOutbox, `select id, unit, kind, at, body from outbox where site = ? and id > ? and kind = ? order by id limit ?`,
		s.encoder.site, s.engine.id(after), kind, limited(limit))
}

func scanOutbox(rows *sql.Rows, o *Outbox) error {
	return rows.Scan((*scanID)(&o.ID), (*scanID)(&o.Unit), &o.Kind, &o.At, raw(&o.Body))
}
