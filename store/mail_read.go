package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"portico/acd"
)

const mailColumns = `unit, contact, seq, direction, account, folder, uid_validity, uid, subject, body, html`

func scanMail(rows *sql.Rows, m *Mail) error {
	var body []byte
	if err := rows.Scan((*scanID)(&m.Unit), (*scanID)(&m.Contact), &m.Seq, &m.Direction, (*scanID)(&m.Account), &m.Place.Folder,
		&m.Place.UIDValidity, &m.Place.UID, &m.Subject, &body, &m.HTML); err != nil {
		return err
	}
	if err := json.Unmarshal(body, &m.MailBody); err != nil {
		return fmt.Errorf("reading a mail: %w", err)
	}
	return nil
}

// mailsMax is how many mails of a contact are read at a time: each may hold much HTML.
const mailsMax = 50

// Mails gives the mails of a contact after a number, in order, at most 50.
func (s *Store) Mails(ctx context.Context, unit acd.UnitID, contact acd.ContactID, after uint64) ([]Mail, error) {
	return list(ctx, s, scanMail, `select `+mailColumns+` from mail where site = ? and unit = ? and contact = ? and seq > ? order by seq limit ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(contact), int64(after), mailsMax)
}

// Mail gives one mail of a contact.
func (s *Store) Mail(ctx context.Context, unit acd.UnitID, contact acd.ContactID, seq uint64) (Mail, error) {
	return one(ctx, s, scanMail, `select `+mailColumns+` from mail where site = ? and unit = ? and contact = ? and seq = ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(contact), int64(seq))
}

// MailByMessageID gives the newest mail of a unit with a Message-ID.
func (s *Store) MailByMessageID(ctx context.Context, unit acd.UnitID, messageID string) (Mail, error) {
	key := KeyOf(messageID)
	if key == ([16]byte{}) {
		return Mail{}, ErrNone
	}
	return one(ctx, s, scanMail, `select `+mailColumns+` from mail where site = ? and unit = ? and message_key = ? order by contact desc limit 1`,
		s.encoder.site, s.engine.id(unit), s.engine.id(key))
}

// MailsAt gives the mails of all units whose message is at a place of an account's mailbox:
// one for each unit that it was for.
func (s *Store) MailsAt(ctx context.Context, account [16]byte, at MailPlace) ([]Mail, error) {
	if at.UID == 0 {
		return nil, nil
	}
	return list(ctx, s, scanMail, `select `+mailColumns+` from mail where site = ? and account = ? and folder = ? and uid_validity = ? and uid = ? and uid > 0 limit ?`,
		s.encoder.site, s.engine.id(account), at.Folder, int64(at.UIDValidity), int64(at.UID), mailsMax)
}

// MailByTracking gives the newest mail of a unit that was sent with a tracking id.
func (s *Store) MailByTracking(ctx context.Context, unit acd.UnitID, tracking string) (Mail, error) {
	if tracking == "" {
		return Mail{}, ErrNone
	}
	return one(ctx, s, scanMail, `select `+mailColumns+` from mail where site = ? and unit = ? and tracking = ? and tracking <> '' order by contact desc limit 1`,
		s.encoder.site, s.engine.id(unit), tracking)
}

// threadMax is how many contacts of a thread are given.
const threadMax = 200

// Thread gives the contacts of a thread, which is named by its first contact, newest first.
func (s *Store) Thread(ctx context.Context, unit acd.UnitID, first acd.ContactID) ([]HistoryRow, error) {
	return list(ctx, s, scanHistory, `select `+contactColumns+`, h.ended_at, coalesce(h.state, o.state) from contact c
		left join history h on h.site = c.site and h.unit = c.unit and h.id = c.id
		left join open_contact o on o.site = c.site and o.unit = c.unit and o.id = c.id
		where c.site = ? and c.unit = ? and c.id in (select t.id from contact t where t.site = ? and t.unit = ? and t.thread = ?
			union all select t.id from contact t where t.site = ? and t.unit = ? and t.id = ?)
		order by c.id desc limit ?`, s.encoder.site, s.engine.id(unit), s.encoder.site, s.engine.id(unit), s.engine.id(first),
		s.encoder.site, s.engine.id(unit), s.engine.id(first), threadMax)
}

const ledgerColumns = `account, uid_validity, uid, unit, parts, message_key, internal_at, size, header_key, sender_key, at, state, contact, seq, note`

func scanLedger(rows *sql.Rows, l *MailLedger) error {
	return rows.Scan((*scanID)(&l.Account), &l.UIDValidity, &l.UID, (*scanID)(&l.Unit), &l.Parts, (*scanID)(&l.Message), &l.InternalAt, &l.Size,
		(*scanID)(&l.Header), (*scanID)(&l.Sender), &l.At, &l.State, (*scanID)(&l.Contact), &l.Seq, &l.Note)
}

// Ledger gives what became of one message, for each unit.
func (s *Store) Ledger(ctx context.Context, account [16]byte, validity, uid uint32) ([]MailLedger, error) {
	return list(ctx, s, scanLedger, `select `+ledgerColumns+` from mail_ledger where site = ? and account = ? and uid_validity = ? and uid = ?`,
		s.encoder.site, s.engine.id(account), int64(validity), int64(uid))
}

// LedgerRange gives what became of the messages of a mailbox from one UID to another, in
// order, at most PageMax rows.
func (s *Store) LedgerRange(ctx context.Context, account [16]byte, validity, first, last uint32) ([]MailLedger, error) {
	return list(ctx, s, scanLedger, `select `+ledgerColumns+` from mail_ledger where site = ? and account = ? and uid_validity = ?
		and uid between ? and ? order by uid, unit limit ?`,
		s.encoder.site, s.engine.id(account), int64(validity), int64(first), int64(last), PageMax)
}

// LedgerTwins gives what became of messages of a mailbox that are the same as one by
// Message-ID, time and size, the oldest first.
func (s *Store) LedgerTwins(ctx context.Context, account [16]byte, t Twin) ([]MailLedger, error) {
	return list(ctx, s, scanLedger, `select `+ledgerColumns+` from mail_ledger where site = ? and account = ? and message_key = ?
		and internal_at = ? and size = ? order by uid_validity, uid, unit limit ?`,
		s.encoder.site, s.engine.id(account), s.engine.id(t.Message), int64(t.InternalAt), t.Size, PageMax)
}

// MailPosition gives how far an account's mailbox was read; ErrNone: never.
func (s *Store) MailPosition(ctx context.Context, account [16]byte) (MailPosition, error) {
	return one(ctx, s, func(rows *sql.Rows, p *MailPosition) error {
		return rows.Scan((*scanID)(&p.Account), &p.UIDValidity, &p.Next)
	}, `select account, uid_validity, next from mail_position where site = ? and account = ?`, s.encoder.site, s.engine.id(account))
}

// LedgerValidity gives the UIDVALIDITY of the last message that an account took in, ErrNone
// where there is none.
func (s *Store) LedgerValidity(ctx context.Context, account [16]byte) (uint32, error) {
	n, err := one(ctx, s, scanNumber, `select uid_validity from mail_ledger where site = ? and account = ? order by at desc limit 1`,
		s.encoder.site, s.engine.id(account))
	return uint32(n), err
}

// LedgerExceptions gives what was not routed of a unit since a time and waits for a
// person, the newest first.
func (s *Store) LedgerExceptions(ctx context.Context, unit acd.UnitID, since acd.Time, limit int) ([]MailLedger, error) {
	return list(ctx, s, scanLedger, `select `+ledgerColumns+` from mail_ledger where site = ? and unit = ? and state > 1 and state < 6 and at >= ? order by at desc limit ?`,
		s.encoder.site, s.engine.id(unit), int64(since), limited(limit))
}

// MailsOfSender counts what a sender has sent to a unit since an instant.
func (s *Store) MailsOfSender(ctx context.Context, unit acd.UnitID, sender [16]byte, since acd.Time) (int, error) {
	n, err := one(ctx, s, scanNumber, `select count(*) from mail_ledger where site = ? and unit = ? and sender_key = ? and at >= ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(sender), int64(since))
	return int(n), err
}

const outColumns = `unit, id, contact, seq, account, agent, at, state, attempts, next_at, error`

func scanOut(rows *sql.Rows, o *MailOut) error {
	return rows.Scan((*scanID)(&o.Unit), (*scanID)(&o.ID), (*scanID)(&o.Contact), &o.Seq, (*scanID)(&o.Account), (*scanID)(&o.Agent), &o.At,
		&o.State, &o.Attempts, &o.NextAt, &o.Error)
}

// MailsToSend gives what an account has to send or to file, in the order in which it was
// written, after an id.
func (s *Store) MailsToSend(ctx context.Context, account, after [16]byte, limit int) ([]MailOut, error) {
	return list(ctx, s, scanOut, `select `+outColumns+` from mail_out where site = ? and account = ? and id > ? and state in (2, 3) order by id limit ?`,
		s.encoder.site, s.engine.id(account), s.engine.id(after), limited(limit))
}

// MailsHeld gives the mails of a unit that wait for approval, the oldest first, after an id.
func (s *Store) MailsHeld(ctx context.Context, unit acd.UnitID, after [16]byte, limit int) ([]MailOut, error) {
	return list(ctx, s, scanOut, `select `+outColumns+` from mail_out where site = ? and unit = ? and id > ? and state = 1 order by id limit ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(after), limited(limit))
}

// MailOut gives a mail of a unit on its way out.
func (s *Store) MailOut(ctx context.Context, unit acd.UnitID, id [16]byte) (MailOut, error) {
	return one(ctx, s, scanOut, `select `+outColumns+` from mail_out where site = ? and unit = ? and id = ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(id))
}

// MailsOut gives how far the mails of a contact have come on their way out.
func (s *Store) MailsOut(ctx context.Context, unit acd.UnitID, contact acd.ContactID) ([]MailOut, error) {
	return list(ctx, s, scanOut, `select `+outColumns+` from mail_out where site = ? and unit = ? and contact = ? order by seq limit ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(contact), PageMax)
}

// MailsWaiting counts what each account of a unit has to send.
func (s *Store) MailsWaiting(ctx context.Context, unit acd.UnitID) (map[[16]byte]int, error) {
	type count struct {
		account scanID
		n       int
	}
	rows, err := list(ctx, s, func(rows *sql.Rows, c *count) error { return rows.Scan(&c.account, &c.n) },
		`select account, count(*) from mail_out where site = ? and unit = ? and state = 2 group by account`, s.encoder.site, s.engine.id(unit))
	out := make(map[[16]byte]int, len(rows))
	for _, r := range rows {
		out[r.account] = r.n
	}
	return out, err
}

func scanMailDraft(rows *sql.Rows, d *MailDraft) error {
	return rows.Scan((*scanID)(&d.Unit), (*scanID)(&d.Contact), (*scanID)(&d.Agent), &d.At, raw(&d.Body))
}

// MailDraft gives the mail that an agent writes in a contact.
func (s *Store) MailDraft(ctx context.Context, unit acd.UnitID, contact acd.ContactID, agent acd.AgentID) (MailDraft, error) {
	return one(ctx, s, scanMailDraft, `select unit, contact, agent, at, body from mail_draft where site = ? and unit = ? and contact = ? and agent = ?`,
		s.encoder.site, s.engine.id(unit), s.engine.id(contact), s.engine.id(agent))
}

// pruneLedger deletes what became of messages before an instant whose contacts are gone,
// or never were.
func (s *Store) pruneLedger(ctx context.Context, before acd.Time) error {
	err := drain(ctx, s, scanLedger, func(l MailLedger) op {
		return op{opDropLedger, []any{s.encoder.site, s.engine.id(l.Account), int64(l.UIDValidity), int64(l.UID), s.engine.id(l.Unit)}}
	}, `select `+ledgerColumns+` from mail_ledger l where l.site = ? and l.at < ? and (l.contact is null or not exists (
		select 1 from contact c where c.site = l.site and c.unit = l.unit and c.id = l.contact)) order by l.at`, s.encoder.site, int64(before))
	if err != nil {
		return err
	}
	type auto struct{ unit, key scanID }
	return drain(ctx, s, func(rows *sql.Rows, a *auto) error { return rows.Scan(&a.unit, &a.key) }, func(a auto) op {
		return op{opDropMailAuto, []any{s.encoder.site, s.engine.id(a.unit), s.engine.id(a.key)}}
	}, `select unit, key from mail_auto where site = ? and at < ? order by at`, s.encoder.site, int64(before))
}
