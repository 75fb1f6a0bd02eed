package store

import "strconv"

// statement numbers one of the texts that write. Both engines take the same texts;
// the places are written as question marks and rebound where that must be.
type statement uint8

const (
	opBegin statement = iota
	opCommit
	opRollback
	opSavepoint
	opRelease
	opRollbackTo
	opMoveCore
	opContact
	opOpenContact
	opCloseContact
	opHistory
	opAgentState
	opFact
	opMessage
	opOutbox
	opOutboxDone
	opInterval
	opAgentDay
	opProgress
	opDraft
	opDraftDone
	opReadMark
	opObjectNew
	opObjectPut
	opObjectVersion
	opAudit
	opAuditEnd
	opCredential
	opSession
	opSessionEnd
	opToken
	opWord
	opAttachment
	opAttachmentPiece
	opMessageAttachment
	opAttachmentMoved
	opAlert
	opAlertDone
	opCustomerNew
	opCustomerPut
	opCustomerAddress
	opCustomerAddressDone
	opCustomerWord
	opCustomerWordDone
	opCustomerDone
	opCustomerLinksDone
	opCustomerLink
	opCustomerLinkDone
	opDoomAttachment
	opDropPieces
	opDropAttachment
	opDropSession
	opDropToken
	opDropReadMark
	opDropFact
	opDropMessages
	opDropWord
	opDropDrafts
	opDropReadMarks
	opDropHistory
	opDropContact
	opOffline
	opOfflineDone
	opDropOffline
	opRating
	opDropRating
	opDropAlert
	opFlowStep
	opFlowCount
	opContactData
	opDropFlowSteps
	opMail
	opMailMoved
	opMailText
	opMailWords
	opDropMailTexts
	opMailLedger
	opMailLedgerState
	opMailPosition
	opMailOut
	opMailOutState
	opMailDraft
	opMailDraftDone
	opMailAuto
	opDropMails
	opDropMailOuts
	opDropMailDrafts
	opDropLedger
	opDropMailAuto
	opErasure
	opErasureMail
	opErasureMailDone
	opLedgerForgotten
	statements
)

// texts is what each statement says.
var texts = [statements]string{
	opBegin:      `begin`,
	opCommit:     `commit`,
	opRollback:   `rollback`,
	opSavepoint:  `savepoint unit`,
	opRelease:    `release savepoint unit`,
	opRollbackTo: `rollback to savepoint unit`,
	opMoveCore:   `update core set batch = ?, saved_at = ? where site = ? and epoch = ? and batch = ?`,
	opContact: `insert into contact (site, unit, id, medium, at, client_id, source, destination, language, name, caption,
		thread, details, category) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
	opOpenContact: `insert into open_contact (site, unit, id, state, workflow) values (?,?,?,?,?)
		on conflict (site, unit, id) do update set state = excluded.state, workflow = excluded.workflow`,
	opCloseContact: `delete from open_contact where site = ? and unit = ? and id = ?`,
	opHistory:      `insert into history (site, unit, id, ended_at, state) values (?,?,?,?,?)`,
	opAgentState: `insert into agent_state (site, unit, agent, state) values (?,?,?,?)
		on conflict (site, unit, agent) do update set state = excluded.state`,
	opFact: `insert into fact (site, month, batch, n, unit, kind, why, domain, step, at, contact, agent, queue, reason,
		number, took_ms) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
	opMessage: `insert into message (site, unit, contact, seq, client_id, at, author, by_agent, kind, text)
		values (?,?,?,?,?,?,?,?,?,?) on conflict do nothing`,
	opOutbox:     `insert into outbox (site, id, unit, kind, at, body) values (?,?,?,?,?,?)`,
	opOutboxDone: `delete from outbox where site = ? and id = ?`,
	opInterval: `insert into interval_count (site, unit, queue, start, offered, answered, answered_in_time, abandoned,
		abandoned_in_time, not_answered, wait_ms, handle_ms) values (?,?,?,?,?,?,?,?,?,?,?,?)
		on conflict (site, unit, queue, start) do update set offered = excluded.offered, answered = excluded.answered,
		answered_in_time = excluded.answered_in_time, abandoned = excluded.abandoned,
		abandoned_in_time = excluded.abandoned_in_time, not_answered = excluded.not_answered, wait_ms = excluded.wait_ms, handle_ms = excluded.handle_ms`,
	opAgentDay: `insert into agent_day (site, unit, agent, day, handled, handle_ms, worked_ms) values (?,?,?,?,?,?,?)
		on conflict (site, unit, agent) do update set day = excluded.day, handled = excluded.handled,
		handle_ms = excluded.handle_ms, worked_ms = excluded.worked_ms`,
	opProgress: `insert into progress (site, name, batch) values (?,?,?)
		on conflict (site, name) do update set batch = excluded.batch`,
	opDraft: `insert into draft (site, unit, contact, agent, at, text) values (?,?,?,?,?,?)
		on conflict (site, unit, contact, agent) do update set at = excluded.at, text = excluded.text`,
	opDraftDone: `delete from draft where site = ? and unit = ? and contact = ? and agent = ?`,
	opReadMark: `insert into read_mark (site, unit, contact, reader, seq) values (?,?,?,?,?)
		on conflict (site, unit, contact, reader) do update set seq = excluded.seq where excluded.seq > read_mark.seq`,
	opObjectNew: `insert into object (site, unit, kind, id, name, fold, version, changed_at, changed_by, deleted, body, owner)
		values (?,?,?,?,?,?,?,?,?,?,?,?) on conflict do nothing`,
	opObjectPut: `update object set name = ?, fold = ?, version = ?, changed_at = ?, changed_by = ?, deleted = ?, body = ?, owner = ?
		where site = ? and unit = ? and kind = ? and id = ? and version = ? and (not deleted or ?) and not exists (
			select 1 from object o where o.site = ? and o.unit = ? and o.kind = ? and o.fold = ? and o.owner = ? and o.id <> ?
			and not o.deleted)`,
	opObjectVersion: `insert into object_version (site, unit, kind, id, version, name, changed_at, changed_by, deleted, body)
		values (?,?,?,?,?,?,?,?,?,?)`,
	opAudit: `insert into audit (site, unit, id, at, by_user, by_name, from_address, action, object, before, after, n, hash)
		values (?,?,?,?,?,?,?,?,?,?,?,?,?)`,
	opAuditEnd: `insert into audit_end (site, unit, n, hash) values (?,?,?,?)
		on conflict (site, unit) do update set n = excluded.n, hash = excluded.hash`,
	opCredential: `insert into credential (site, unit, user_id, hash, failures, locked_to, at) values (?,?,?,?,?,?,?)
		on conflict (site, unit, user_id) do update set hash = excluded.hash, failures = excluded.failures,
		locked_to = excluded.locked_to, at = excluded.at`,
	opSession: `insert into session (site, key, unit, user_id, created, seen, expires, address, agent)
		values (?,?,?,?,?,?,?,?,?) on conflict (site, key) do update set seen = excluded.seen,
		expires = excluded.expires, address = excluded.address, agent = excluded.agent`,
	opSessionEnd: `delete from session where site = ? and key = ?`,
	opToken: `insert into token (site, unit, id, key, name, role, by_user, created, expires, revoked)
		values (?,?,?,?,?,?,?,?,?,?) on conflict (site, unit, id) do update set name = excluded.name,
		role = excluded.role, expires = excluded.expires, revoked = excluded.revoked`,
	opWord: `insert into word (site, unit, word, contact) values (?,?,?,?) on conflict do nothing`,
	opAttachment: `insert into attachment (site, unit, id, contact, seq, name, media_type, size, at, by_agent)
		values (?,?,?,?,0,?,?,?,?,?) on conflict do nothing`,
	opAttachmentPiece: `insert into attachment_piece (site, unit, attachment, n, bytes)
		select a.site, a.unit, a.id, ?, ? from attachment a
		where a.site = ? and a.unit = ? and a.id = ? and a.seq = 0 on conflict do nothing`,
	// Only a whole attachment is named, and only by a message that is there.
	opMessageAttachment: `update attachment set seq = ? where site = ? and unit = ? and id = ? and contact = ? and seq = 0
		and size = (select coalesce(sum(length(p.bytes)), 0) from attachment_piece p
			where p.site = ? and p.unit = ? and p.attachment = ?)
		and exists (select 1 from message m where m.site = ? and m.unit = ? and m.contact = ? and m.seq = ?)`,
	opAttachmentMoved: `update attachment set contact = ?, seq = ? where site = ? and unit = ? and id = ? and contact = ? and seq = 0`,
	opAlert: `insert into alert (site, unit, id, kind, at, body, done_at, done_by) values (?,?,?,?,?,?,?,?)
		on conflict do nothing`,
	opAlertDone: `update alert set done_at = ?, done_by = ? where site = ? and unit = ? and id = ? and done_at = ?`,
	opCustomerNew: `insert into customer (site, unit, id, name, fold, words, version, changed_at, changed_by, body)
		values (?,?,?,?,?,?,?,?,?,?) on conflict do nothing`,
	opCustomerPut: `update customer set name = ?, fold = ?, words = ?, version = ?, changed_at = ?, changed_by = ?, body = ?
		where site = ? and unit = ? and id = ? and version = ?`,
	// Nothing is changed where the address is another customer's.
	opCustomerAddress: `insert into customer_address (site, unit, kind, fold, customer) values (?,?,?,?,?)
		on conflict (site, unit, kind, fold) do update set customer = excluded.customer
		where customer_address.customer = excluded.customer`,
	opCustomerAddressDone: `delete from customer_address where site = ? and unit = ? and kind = ? and fold = ? and customer = ?`,
	opCustomerWord:        `insert into customer_word (site, unit, word, customer) values (?,?,?,?) on conflict do nothing`,
	opCustomerWordDone:    `delete from customer_word where site = ? and unit = ? and word = ? and customer = ?`,
	opCustomerDone:        `delete from customer where site = ? and unit = ? and id = ? and version = ?`,
	opCustomerLinksDone:   `delete from contact_customer where site = ? and unit = ? and customer = ?`,
	// A customer who was removed meanwhile is nobody's.
	opCustomerLink: `insert into contact_customer (site, unit, contact, customer, at)
		select c.site, c.unit, ?, c.id, ? from customer c where c.site = ? and c.unit = ? and c.id = ?
		on conflict (site, unit, contact) do update set customer = excluded.customer`,
	opCustomerLinkDone: `delete from contact_customer where site = ? and unit = ? and contact = ?`,
	opDoomAttachment:   `update attachment set seq = -1 where site = ? and unit = ? and id = ? and seq = ?`,
	opDropPieces: `delete from attachment_piece where site = ? and unit = ? and attachment = ? and n <= ? and exists (
		select 1 from attachment a where a.site = ? and a.unit = ? and a.id = ? and a.seq < 0)`,
	opDropAttachment: `delete from attachment where site = ? and unit = ? and id = ? and seq < 0`,
	opDropSession:    `delete from session where site = ? and key = ? and expires < ?`,
	opDropToken:      `delete from token where site = ? and unit = ? and id = ? and expires > 0 and expires < ?`,
	opDropReadMark:   `delete from read_mark where site = ? and unit = ? and contact = ? and reader = ?`,
	opDropFact:       `delete from fact where site = ? and month = ? and batch = ? and n = ?`,
	opDropMessages:   `delete from message where site = ? and unit = ? and contact = ? and seq <= ?`,
	opDropWord:       `delete from word where site = ? and unit = ? and word = ? and contact = ?`,
	opDropDrafts:     `delete from draft where site = ? and unit = ? and contact = ?`,
	opDropReadMarks:  `delete from read_mark where site = ? and unit = ? and contact = ?`,
	opDropHistory:    `delete from history where site = ? and unit = ? and id = ?`,
	opDropContact:    `delete from contact where site = ? and unit = ? and id = ?`,
	opOffline: `insert into offline_request (site, unit, id, client_id, at, queue, language, body, done_at, done_by, note)
		values (?,?,?,?,?,?,?,?,?,?,?) on conflict do nothing`,
	opOfflineDone: `update offline_request set done_at = ?, done_by = ?, note = ? where site = ? and unit = ? and id = ?`,
	opDropOffline: `delete from offline_request where site = ? and unit = ? and id = ?`,
	opRating: `insert into rating (site, unit, contact, at, changed_at, queue, agent, score, comment) values (?,?,?,?,?,?,?,?,?)
		on conflict (site, unit, contact) do update set changed_at = excluded.changed_at, queue = excluded.queue,
		agent = excluded.agent, score = excluded.score, comment = excluded.comment`,
	opDropRating: `delete from rating where site = ? and unit = ? and contact = ?`,
	opDropAlert:  `delete from alert where site = ? and unit = ? and id = ?`,
	// The number of the commit is that which its first statement has just written.
	opFlowStep: `insert into flow_step (site, unit, contact, n, batch, at, workflow, release, body)
		values (?,?,?,?,(select batch from core where site = ?),?,?,?,?)`,
	opFlowCount: `insert into flow_count (site, unit, workflow, node, day, entered) values (?,?,?,?,?,?)
		on conflict (site, unit, workflow, node) do update set day = excluded.day, entered = excluded.entered`,
	opContactData:   `update contact set language = ?, category = ?, details = ? where site = ? and unit = ? and id = ?`,
	opDropFlowSteps: `delete from flow_step where site = ? and unit = ? and contact = ? and n <= ?`,
	opMail: `insert into mail (site, unit, contact, seq, direction, account, folder, uid_validity, uid, message_key, tracking,
		subject, body, html) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?) on conflict do nothing`,
	opMailText:      `insert into mail_text (site, unit, contact, seq) values (?,?,?,?) on conflict do nothing`,
	opMailWords:     `update mail_text set words = ? where site = ? and unit = ? and contact = ? and seq = ?`,
	opDropMailTexts: `delete from mail_text where site = ? and unit = ? and contact = ?`,
	opMailMoved: `update mail set folder = ?, uid_validity = ?, uid = ?
		where site = ? and account = ? and folder = ? and uid_validity = ? and uid = ?`,
	opMailPosition: `insert into mail_position (site, account, uid_validity, next) values (?,?,?,?)
		on conflict (site, account) do update set uid_validity = excluded.uid_validity, next = excluded.next`,
	opMailLedger: `insert into mail_ledger (site, account, uid_validity, uid, unit, parts, message_key, internal_at, size,
		header_key, sender_key, at, state, contact, seq, note) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) on conflict do nothing`,
	opMailLedgerState: `update mail_ledger set state = ?, contact = ?, seq = ?
		where site = ? and account = ? and uid_validity = ? and uid = ? and unit = ? and state = ?`,
	opMailOut: `insert into mail_out (site, unit, id, contact, seq, account, agent, at, state, attempts, next_at, error)
		values (?,?,?,?,?,?,?,?,?,?,?,?) on conflict do nothing`,
	opMailOutState: `update mail_out set state = ?, attempts = ?, next_at = ?, error = ?
		where site = ? and unit = ? and id = ? and state = ?`,
	opMailDraft: `insert into mail_draft (site, unit, contact, agent, at, body) values (?,?,?,?,?,?)
		on conflict (site, unit, contact, agent) do update set at = excluded.at, body = excluded.body`,
	opMailDraftDone: `delete from mail_draft where site = ? and unit = ? and contact = ? and agent = ?`,
	opMailAuto: `insert into mail_auto (site, unit, key, at) values (?,?,?,?)
		on conflict (site, unit, key) do update set at = excluded.at where mail_auto.at < ?`,
	opDropMails:      `delete from mail where site = ? and unit = ? and contact = ?`,
	opDropMailOuts:   `delete from mail_out where site = ? and unit = ? and contact = ?`,
	opDropMailDrafts: `delete from mail_draft where site = ? and unit = ? and contact = ?`,
	opDropLedger:     `delete from mail_ledger where site = ? and account = ? and uid_validity = ? and uid = ? and unit = ?`,
	opDropMailAuto:   `delete from mail_auto where site = ? and unit = ? and key = ?`,

	opErasure: `insert into erasure (site, unit, id, customer, at, by_user, state, changed_at, body) values (?,?,?,?,?,?,?,?,?)
		on conflict (site, unit, id) do update set state = excluded.state, changed_at = excluded.changed_at, body = excluded.body`,
	opErasureMail: `insert into erasure_mail (site, unit, erasure, account, item, folder, uid_validity, uid, message_id)
		values (?,?,?,?,?,?,?,?,?) on conflict do nothing`,
	opErasureMailDone: `delete from erasure_mail where site = ? and unit = ? and erasure = ? and account = ? and item = ?`,
	opLedgerForgotten: `update mail_ledger set note = '', state = ? where site = ? and account = ? and uid_validity = ? and uid = ? and unit = ?`,
}

// bare reports whether the statement is sent as it stands, not prepared.
func (s statement) bare() bool { return s < opMoveCore }

// rebind writes the places of a text as PostgreSQL wants them: $1, $2 …
func rebind(text string) string {
	out := make([]byte, 0, len(text)+32)
	n := 0
	for i := range len(text) {
		if text[i] != '?' {
			out = append(out, text[i])
			continue
		}
		n++
		out = append(out, '$')
		out = strconv.AppendInt(out, int64(n), 10)
	}
	return string(out)
}
