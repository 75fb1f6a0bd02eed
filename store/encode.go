package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"portico/acd"
)

// op is one statement with its arguments.
type op struct {
	do   statement
	args []any
}

// encoder turns rows into ops. Encoding is done by whoever submits, not by the
// writer, so that it costs the path of the commits nothing.
type encoder struct {
	site int64
	id   func([16]byte) any // how the engine takes an id that is not zero
}

// textMax bounds every text and body, in bytes: what no row of ours needs. The
// doors have limits of their own, far below.
const textMax = 1 << 20

// fold gives a name as names are compared: without case, and the same however its
// accents were typed (The Unicode Standard, 3.13, D145).
func fold(name string) string {
	return norm.NFC.String(cases.Fold().String(norm.NFD.String(name)))
}

// Fold gives a name as names are compared: two with the same result are one name.
func Fold(name string) string { return fold(name) }

// month gives the partition of an instant: yyyymm in UTC.
func month(t acd.Time) int64 {
	at := time.UnixMilli(int64(t)).UTC()
	return int64(at.Year())*100 + int64(at.Month())
}

// orNull gives nil for the zero id.
func (e encoder) orNull(id [16]byte) any {
	if id == [16]byte{} {
		return nil
	}
	return e.id(id)
}

// unit encodes a unit. What is wrong with its data is in bad.
func (e encoder) unit(class Class, u Unit) *work {
	w := &work{class: class, rows: make([]op, 0, len(u.Rows)+1)}
	for _, row := range u.Rows {
		if err := e.row(w, row); err != nil {
			w.spoil(err)
		}
	}
	for _, ops := range [2][]op{w.guards, w.rows} {
		for _, o := range ops {
			size, err := check(o.args)
			if err != nil {
				w.spoil(err)
			}
			w.size += size
		}
	}
	return w
}

// check refuses what one engine would take and the other not: text that is not
// UTF-8, holds NUL or is too long.
func check(args []any) (size int, err error) {
	for _, arg := range args {
		size += 16
		text, ok := arg.(string)
		if !ok {
			continue
		}
		size += len(text)
		switch {
		case len(text) > textMax:
			return size, errors.New("a text is too long")
		case !utf8.ValidString(text):
			return size, errors.New("a text is not UTF-8")
		case strings.IndexByte(text, 0) >= 0:
			return size, errors.New("a text holds NUL")
		}
	}
	return size, nil
}

// limit is how many characters a text may have. The schema has the same limits.
type limit struct {
	what, text string
	min, max   int
}

func (w *work) limits(limits ...limit) {
	for _, l := range limits {
		if n := utf8.RuneCountInString(l.text); n < l.min || n > l.max {
			w.spoil(fmt.Errorf("the %s has %d characters, not %d to %d", l.what, n, l.min, l.max))
		}
	}
}

// known gives an id that must not be zero.
func (e encoder) known(w *work, id [16]byte) any {
	if id == [16]byte{} {
		w.spoil(errors.New("an id is missing"))
	}
	return e.id(id)
}

// json gives a body, which may be missing.
func (w *work) json(raw json.RawMessage) any {
	if len(raw) == 0 {
		return nil
	}
	if !json.Valid(raw) {
		w.spoil(errors.New("a body is not JSON"))
	}
	return string(raw)
}

// spoil notes why the unit cannot be saved.
func (w *work) spoil(err error) {
	if w.bad == nil {
		w.bad = fmt.Errorf("%w: %w", ErrBadUnit, err)
	}
}

// Check says whether rows could be saved, as far as they themselves tell: ErrBadUnit
// for a text that is too long, not UTF-8 or missing, for an id that is missing, a body
// that is not JSON. The hub asks before the core decides, so that nothing from
// outside can spoil one of its units.
func Check(rows ...Row) error {
	e := encoder{id: func(id [16]byte) any { return id }}
	return e.unit(Channel, Unit{Rows: rows}).bad
}

func (w *work) guard(do statement, args ...any) { w.guards = append(w.guards, op{do, args}) }
func (w *work) add(do statement, args ...any)   { w.rows = append(w.rows, op{do, args}) }

// row appends the ops of one row.
func (e encoder) row(w *work, row Row) error {
	switch r := row.(type) {
	case Contact:
		w.limits(limit{"medium", r.Medium, 1, 32}, limit{"client id", r.ClientID, 1, 64}, limit{"source", r.Source, 0, 320},
			limit{"destination", r.Destination, 0, 320}, limit{"language", r.Language, 0, 64},
			limit{"name", r.Name, 0, 1000}, limit{"caption", r.Caption, 0, 8000})
		w.add(opContact, e.site, e.known(w, r.Unit), e.known(w, r.ID), r.Medium, int64(r.At), r.ClientID, r.Source,
			r.Destination, r.Language, r.Name, r.Caption, e.orNull(r.Thread), w.json(r.Details), e.orNull(r.Category))
		if r.Customer != ([16]byte{}) {
			e.link(w, CustomerLink{Unit: r.Unit, Contact: r.ID, Customer: r.Customer, At: r.At})
		}
		w.words = true
	case OpenContact:
		state, err := json.Marshal(r.ContactRow)
		if err != nil {
			return err
		}
		w.add(opOpenContact, e.site, e.known(w, r.Unit), e.known(w, r.ID), string(state), w.json(r.Workflow))
	case History:
		state, err := json.Marshal(r.ContactRow)
		if err != nil {
			return err
		}
		w.add(opHistory, e.site, e.known(w, r.Unit), e.known(w, r.ID), int64(r.EndedAt), string(state))
		w.add(opCloseContact, e.site, e.known(w, r.Unit), e.known(w, r.ID))
	case AgentState:
		state, err := json.Marshal(r.AgentRow)
		if err != nil {
			return err
		}
		w.add(opAgentState, e.site, e.known(w, r.Unit), e.known(w, r.ID), string(state))
	case Fact:
		w.facts = append(w.facts, r.Fact)
	case Message:
		w.limits(limit{"client id", r.ClientID, 1, 64}, limit{"kind", r.Kind, 1, 32})
		if r.Seq == 0 || r.Seq > math.MaxInt64 {
			w.spoil(errors.New("a message has no number"))
		}
		w.guard(opMessage, e.site, e.known(w, r.Unit), e.known(w, r.Contact), int64(r.Seq), r.ClientID, int64(r.At),
			int64(r.Author), e.orNull(r.By), r.Kind, r.Text)
	case Outbox:
		w.add(opOutbox, e.site, e.known(w, r.ID), e.orNull(r.Unit), r.Kind, int64(r.At), w.json(r.Body))
	case OutboxDone:
		w.add(opOutboxDone, e.site, e.orNull(r.ID))
	case Attachment, AttachmentPiece, MessageAttachment, AttachmentMoved:
		e.attachmentRow(w, row)
	case Alert, AlertDone:
		e.alertRow(w, row)
	case PutCustomer, RemoveCustomer, CustomerLink:
		e.customerRow(w, row)
	case OfflineRequest, OfflineDone:
		return e.offlineRow(w, row)
	case Rating:
		e.rating(w, r)
	case FlowStep, FlowCount, ContactData:
		e.flowRow(w, row)
	case Mail, MailMoved, MailPosition, MailLedger, MailLedgerState, MailOut, MailOutState, MailDraft, MailAuto, mailWords:
		return e.mailRow(w, row)
	case Erasure, ErasureMail, ErasureMailDone, LedgerForgotten:
		return e.erasureRow(w, row)
	case Interval, IntervalMark, AgentDay, Draft, ReadMark, words, wordMark, removal:
		e.lazyRow(w, row)
	case PutObject, Audit, Credential, Session, SessionEnd, Token:
		return e.adminRow(w, row)
	default:
		return fmt.Errorf("unknown row %T", row)
	}
	return nil
}

// lazyRow appends the ops of the rows that may be submitted as Lazy, with the keys
// by which they are coalesced.
func (e encoder) lazyRow(w *work, row Row) {
	switch r := row.(type) {
	case Interval:
		w.key(lazyKey{'i', r.Queue, r.Unit, int64(r.Start), ""})
		w.add(opInterval, e.site, e.known(w, r.Unit), e.known(w, r.Queue), int64(r.Start), int64(r.Offered), int64(r.Answered),
			int64(r.AnsweredInTime), int64(r.Abandoned), int64(r.AbandonedInTime), int64(r.NotAnswered), int64(r.WaitMs), int64(r.HandleMs))
	case AgentDay:
		w.key(lazyKey{'a', r.Agent, r.Unit, 0, ""})
		w.add(opAgentDay, e.site, e.known(w, r.Unit), e.known(w, r.Agent), int64(r.Day), int64(r.Handled), int64(r.HandleMs),
			int64(r.WorkedMs))
	case IntervalMark:
		w.key(lazyKey{kind: 'I'})
		w.add(opProgress, e.site, progressInterval, int64(r.Batch))
	case Draft:
		w.key(lazyKey{'d', r.Contact, r.Agent, 0, ""})
		if r.Text == "" {
			w.add(opDraftDone, e.site, e.orNull(r.Unit), e.orNull(r.Contact), e.orNull(r.Agent))
			return
		}
		w.add(opDraft, e.site, e.known(w, r.Unit), e.known(w, r.Contact), e.known(w, r.Agent), int64(r.At), r.Text)
	case ReadMark:
		w.key(lazyKey{'r', r.Contact, r.Unit, int64(r.Reader), ""})
		w.add(opReadMark, e.site, e.known(w, r.Unit), e.known(w, r.Contact), int64(r.Reader), int64(r.Seq))
	case words:
		for _, word := range r.words {
			w.key(lazyKey{kind: 'w', a: r.contact, n: int64(len(w.rows))})
			w.add(opWord, e.site, e.orNull(r.unit), word, e.orNull(r.contact))
		}
	case wordMark:
		w.key(lazyKey{kind: 'W'})
		w.add(opProgress, e.site, progressWord, int64(r.batch))
	case removal:
		w.key(lazyKey{kind: 'x', n: r.n})
		w.add(r.do, r.args...)
	}
}

// attachmentRow appends the ops of a file. All but the last are guards, so that a piece
// finds its attachment, and a message the pieces, within one commit.
func (e encoder) attachmentRow(w *work, row Row) {
	switch r := row.(type) {
	case Attachment:
		w.limits(limit{"name", r.Name, 1, 255}, limit{"media type", r.MediaType, 1, 255})
		if r.Size == 0 || r.Size > math.MaxInt64 {
			w.spoil(errors.New("an attachment has no size"))
		}
		w.guard(opAttachment, e.site, e.known(w, r.Unit), e.known(w, r.ID), e.known(w, r.Contact), r.Name, r.MediaType,
			int64(r.Size), int64(r.At), e.orNull(r.By))
	case AttachmentPiece:
		if r.N == 0 || len(r.Bytes) == 0 || len(r.Bytes) > PieceMax {
			w.spoil(fmt.Errorf("piece %d of an attachment has %d bytes, not 1 to %d", r.N, len(r.Bytes), PieceMax))
		}
		w.size += len(r.Bytes)
		w.guard(opAttachmentPiece, int64(r.N), r.Bytes, e.site, e.known(w, r.Unit), e.known(w, r.Attachment))
	case MessageAttachment:
		if r.Seq == 0 || r.Seq > math.MaxInt64 {
			w.spoil(errors.New("an attachment's message has no number"))
		}
		unit, id, contact := e.known(w, r.Unit), e.known(w, r.Attachment), e.known(w, r.Contact)
		w.guard(opMessageAttachment, int64(r.Seq), e.site, unit, id, contact, e.site, unit, id,
			e.site, unit, contact, int64(r.Seq))
	case AttachmentMoved:
		if r.Seq == 0 || r.Seq > math.MaxInt64 {
			w.spoil(errors.New("an attachment's message has no number"))
		}
		w.add(opAttachmentMoved, e.known(w, r.Contact), int64(r.Seq), e.site, e.known(w, r.Unit), e.known(w, r.Attachment), e.known(w, r.From))
	}
}

// adminRow appends the ops of what administrators and people change.
func (e encoder) adminRow(w *work, row Row) error {
	switch r := row.(type) {
	case PutObject:
		return e.object(w, r)
	case Audit:
		e.known(w, r.Unit)
		e.known(w, r.ID)
		w.json(r.Before)
		w.json(r.After)
		size, err := check(e.audit(r, chainEnd{}).args)
		if err != nil {
			w.spoil(err)
		}
		w.size += size
		w.audits = append(w.audits, r)
	case Credential:
		w.add(opCredential, e.site, e.known(w, r.Unit), e.known(w, r.User), r.Hash, int64(r.Failures), int64(r.LockedTo),
			int64(r.At))
	case Session:
		w.add(opSession, e.site, r.Key[:], e.known(w, r.Unit), e.known(w, r.User), int64(r.Created), int64(r.Seen),
			int64(r.Expires), r.Address, r.Agent)
	case SessionEnd:
		w.add(opSessionEnd, e.site, r.Key[:])
	case Token:
		w.add(opToken, e.site, e.known(w, r.Unit), e.known(w, r.ID), r.Key[:], r.Name, r.Role, e.orNull(r.By),
			int64(r.Created), int64(r.Expires), r.Revoked)
	}
	return nil
}

// object appends the guard of a PutObject and its row of the history.
func (e encoder) object(w *work, r PutObject) error {
	if w.class != Channel {
		return errors.New("an object is changed by a unit of the class channel alone")
	}
	o := r.Object
	w.limits(limit{"kind", string(o.Kind), 1, 32}, limit{"name", o.Name, 1, 200})
	if len(o.Body) == 0 {
		w.spoil(errors.New("an object has no body"))
	}
	unit, id, by, version := e.known(w, o.Unit), e.known(w, o.ID), e.orNull(o.ChangedBy), int64(r.Expect)+1
	kind, folded, text, owner := string(o.Kind), fold(o.Name), w.json(o.Body), e.id(o.Owner)
	if r.Expect == 0 {
		w.guard(opObjectNew, e.site, unit, kind, id, o.Name, folded, version, int64(o.ChangedAt), by, o.Deleted, text, owner)
	} else {
		w.guard(opObjectPut, o.Name, folded, version, int64(o.ChangedAt), by, o.Deleted, text, owner,
			e.site, unit, kind, id, int64(r.Expect), r.Revive, e.site, unit, kind, folded, owner, id)
	}
	w.add(opObjectVersion, e.site, unit, kind, id, version, o.Name, int64(o.ChangedAt), by, o.Deleted, text)
	return nil
}

// fact encodes a fact once its key is known.
func (e encoder) fact(f acd.Fact, batch uint64, n int) op {
	return op{opFact, []any{e.site, month(f.At), int64(batch), int64(n), e.orNull(f.Unit), int64(f.Kind), int64(f.Why),
		int64(f.Domain), int64(f.Step), int64(f.At), e.orNull(f.Contact), e.orNull(f.Agent), e.orNull(f.Queue),
		e.orNull(f.Reason), int64(f.N), f.Took.Milliseconds()}}
}
