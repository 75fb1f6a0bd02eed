package store

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"portico/acd"
)

type (
	// Mail is what a message of the kind mail is besides its text: it comes behind its
	// Message in the same unit. One that is there already stays as it is.
	Mail struct {
		Unit      acd.UnitID
		Contact   acd.ContactID
		Seq       uint64
		Direction MailDirection
		Account   [16]byte  // through which it came or goes; zero: none any more
		Place     MailPlace // of an incoming one
		Subject   string    // at most 1,000 characters
		MailBody
		HTML string // sanitised; at most MailHTMLMax characters
	}

	// MailPlace is where a message is in its mailbox. UID 0: not known. Without a folder it
	// is there no more.
	MailPlace struct {
		Folder      string // at most 255 characters
		UIDValidity uint32
		UID         uint32
	}

	// MailBody is what is kept of a mail beside what it is found by.
	MailBody struct {
		MessageID  string        `json:"message_id,omitempty"`
		InReplyTo  string        `json:"in_reply_to,omitempty"`
		References []string      `json:"references,omitempty"`
		From       MailAddress   `json:"from"`
		ReplyTo    []MailAddress `json:"reply_to,omitempty"`
		To         []MailAddress `json:"to,omitempty"`
		Cc         []MailAddress `json:"cc,omitempty"`
		Bcc        []MailAddress `json:"bcc,omitempty"`
		Date       acd.Time      `json:"date,omitzero"` // as its sender has it
		Size       int64         `json:"size,omitempty"`
		Alias      string        `json:"alias,omitempty"`    // of ours that it was sent to, or leaves from
		Tracking   string        `json:"tracking,omitempty"` // in the subject of what is sent
		Cut        bool          `json:"cut,omitempty"`      // the text is longer than what is kept of it
		Auto       bool          `json:"auto,omitempty"`     // the program wrote it by itself
		Expert     bool          `json:"expert,omitempty"`   // to, or from, somebody outside who was asked
		Parts      []MailPart    `json:"parts,omitempty"`
		Remote     int           `json:"remote_images,omitempty"`
		Marks      []MailMark    `json:"marks,omitempty"`
	}

	// MailAddress is a person of a mail.
	MailAddress struct {
		Name    string `json:"name,omitempty" required:"false" maxLength:"400"`
		Address string `json:"address" maxLength:"320"`
	}

	// MailPart is an attachment or an inline image. Part is its place in the message that
	// came; Attachment the file of ours that a message which leaves has.
	MailPart struct {
		Part       string   `json:"part,omitempty"`
		Attachment [16]byte `json:"attachment,omitzero"`
		Of         uint64   `json:"of,omitempty"` // of what leaves: the mail of the same contact whose Part it is
		Name       string   `json:"name,omitempty"`
		MediaType  string   `json:"media_type"`
		Size       int64    `json:"size"`
		ContentID  string   `json:"content_id,omitempty"`
		Inline     bool     `json:"inline,omitempty"`
		Encoding   string   `json:"encoding,omitempty"` // as a part that came is encoded
		Charset    string   `json:"charset,omitempty"`
	}

	// MailMark is what the intake, or the company's mail server, says of a mail: auto, list,
	// bounce, spam, dkim, spf, dmarc, broken …
	MailMark struct {
		Kind  string `json:"kind"`
		Value string `json:"value,omitempty"`
		Note  string `json:"note,omitempty"`
	}

	// MailMoved says where a message of an account has gone.
	MailMoved struct {
		Account  [16]byte
		From, To MailPlace
	}

	// MailPosition replaces how far an account's mailbox was read. Lazy.
	MailPosition struct {
		Account     [16]byte
		UIDValidity uint32
		Next        uint32 // the lowest UID of which nothing is known
	}

	// MailLedger says what became of a message of a mailbox in a business unit. One that
	// is there already stays as it is: the first word counts.
	MailLedger struct {
		Account     [16]byte
		UIDValidity uint32
		UID         uint32
		Unit        acd.UnitID
		Parts       int // how many units it is for
		Twin
		Sender  [16]byte // KeyOf the sender's address, folded
		At      acd.Time
		State   LedgerState
		Contact acd.ContactID // zero: none came of it
		Seq     uint64        // of its message
		Note    string        // why, at most 1,000 characters
	}

	// MailLedgerState says that a person has dealt with an exception. It is a guard:
	// ErrChanged when its state is not From any more.
	MailLedgerState struct {
		Account     [16]byte
		UIDValidity uint32
		UID         uint32
		Unit        acd.UnitID
		From, State LedgerState
		Contact     acd.ContactID // that came of it; zero: none
		Seq         uint64        // of its message
	}

	// Twin is what a message is known by once its UID is of no use any more.
	Twin struct {
		Message    [16]byte // KeyOf its Message-ID, or of its whole header where it has none
		InternalAt acd.Time
		Size       int64
		Header     [16]byte // KeyOf its header
	}

	// MailOut is a mail on its way out. State, Attempts, NextAt and Error are changed by
	// MailOutState.
	MailOut struct {
		Unit     acd.UnitID
		ID       [16]byte
		Contact  acd.ContactID
		Seq      uint64
		Account  [16]byte
		Agent    acd.AgentID // who sends it; zero: the program
		At       acd.Time
		State    OutState
		Attempts int
		NextAt   acd.Time
		Error    string // the server's words, at most 1,000 characters
	}

	// MailOutState goes on with a mail that is on its way out. It is a guard: ErrChanged
	// when its state is not From any more.
	MailOutState struct {
		Unit     acd.UnitID
		ID       [16]byte
		From     OutState
		State    OutState
		Attempts int
		NextAt   acd.Time
		Error    string
	}

	// MailDraft is a mail that an agent writes. Lazy; the last one wins. An empty body
	// deletes it.
	MailDraft struct {
		Unit    acd.UnitID
		Contact acd.ContactID
		Agent   acd.AgentID
		At      acd.Time
		Body    json.RawMessage
	}

	// MailAuto notes that the program answers somebody by itself. It is a guard: ErrTaken
	// when it did so since Since.
	MailAuto struct {
		Unit  acd.UnitID
		Key   [16]byte
		At    acd.Time
		Since acd.Time
	}
)

// MailDirection says which way a mail goes.
type MailDirection uint8

// The directions.
const (
	MailIn       MailDirection = 1
	MailOutgoing MailDirection = 2
)

// LedgerState says what became of a message.
type LedgerState uint8

// What became of a message. Numbers are saved: they are only ever added to.
const (
	LedgerRouted    LedgerState = 1 // it is in a contact
	LedgerNoAlias   LedgerState = 2 // it was for none of our addresses
	LedgerBlocked   LedgerState = 3 // its sender is blocked
	LedgerHeld      LedgerState = 4 // its sender had sent too much
	LedgerRefused   LedgerState = 5 // routing could not take it
	LedgerKeepAlive LedgerState = 6 // it was our own
	LedgerHanded    LedgerState = 7 // an exception that a person has routed
	LedgerDismissed LedgerState = 8 // an exception that a person wants nothing made of
)

// OutState says how far a mail has come on its way out.
type OutState uint8

// How far a mail has come. Numbers are saved.
const (
	OutHeld    OutState = 1 // a supervisor must approve it
	OutQueued  OutState = 2
	OutSent    OutState = 3 // the server has taken it; its copy is not filed yet
	OutFiled   OutState = 4
	OutFailed  OutState = 5 // for good; Error says why
	OutRefused OutState = 6 // by a supervisor
)

// MailHTMLMax is how much HTML of a mail is kept, in characters.
const MailHTMLMax = 512 << 10

// outErrorMax bounds what is kept of a server's words, in characters.
const outErrorMax = 1000

func (Mail) row()            {}
func (MailMoved) row()       {}
func (MailLedger) row()      {}
func (MailPosition) row()    {}
func (MailLedgerState) row() {}
func (MailOut) row()         {}
func (MailOutState) row()    {}
func (MailDraft) row()       {}
func (MailAuto) row()        {}

// KeyOf gives a key for a text of any length. The empty text has the zero key.
func KeyOf(text string) [16]byte {
	if text == "" {
		return [16]byte{}
	}
	sum := sha256.Sum256([]byte(text))
	return [16]byte(sum[:16])
}

// IsGone reports whether a message is in its mailbox no more.
func (p MailPlace) IsGone() bool { return p.Folder == "" }

// mailRow appends the ops of mails.
func (e encoder) mailRow(w *work, row Row) error {
	switch r := row.(type) {
	case Mail:
		w.limits(limit{"subject", r.Subject, 0, 1000}, limit{"HTML", r.HTML, 0, MailHTMLMax}, limit{"tracking id", r.Tracking, 0, 16},
			limit{"folder", r.Place.Folder, 0, 255})
		if r.Seq == 0 || r.Seq > math.MaxInt64 {
			w.spoil(errors.New("a mail has no number"))
		}
		body, err := json.Marshal(r.MailBody)
		if err != nil {
			return fmt.Errorf("encoding a mail: %w", err)
		}
		w.add(opMail, e.site, e.known(w, r.Unit), e.known(w, r.Contact), int64(r.Seq), int64(r.Direction), e.orNull(r.Account),
			r.Place.Folder, int64(r.Place.UIDValidity), int64(r.Place.UID), e.orNull(KeyOf(r.MessageID)), r.Tracking, r.Subject, w.json(body), r.HTML)
		w.add(opMailText, e.site, e.known(w, r.Unit), e.known(w, r.Contact), int64(r.Seq))
		w.words = true
	case MailMoved:
		w.limits(limit{"folder", r.To.Folder, 0, 255})
		w.add(opMailMoved, r.To.Folder, int64(r.To.UIDValidity), int64(r.To.UID), e.site, e.known(w, r.Account), r.From.Folder,
			int64(r.From.UIDValidity), int64(r.From.UID))
	case mailWords:
		w.key(lazyKey{'t', r.contact, r.unit, r.seq, ""})
		w.add(opMailWords, r.words, e.site, e.known(w, r.unit), e.known(w, r.contact), r.seq)
	case MailPosition:
		w.key(lazyKey{kind: 'p', a: r.Account})
		w.add(opMailPosition, e.site, e.known(w, r.Account), int64(r.UIDValidity), int64(r.Next))
	case MailLedger:
		w.limits(limit{"note", r.Note, 0, 1000})
		if r.State == 0 || r.Parts < 1 {
			w.spoil(errors.New("a ledger's entry says nothing"))
		}
		w.add(opMailLedger, e.site, e.known(w, r.Account), int64(r.UIDValidity), int64(r.UID), e.known(w, r.Unit), int64(r.Parts),
			e.id(r.Message), int64(r.InternalAt), r.Size, e.id(r.Header), e.id(r.Sender), int64(r.At), int64(r.State),
			e.orNull(r.Contact), int64(r.Seq), r.Note)
	case MailLedgerState:
		w.guard(opMailLedgerState, int64(r.State), e.orNull(r.Contact), int64(r.Seq), e.site, e.known(w, r.Account), int64(r.UIDValidity), int64(r.UID),
			e.known(w, r.Unit), int64(r.From))
	case MailOut:
		w.limits(limit{"error", r.Error, 0, outErrorMax})
		w.add(opMailOut, e.site, e.known(w, r.Unit), e.known(w, r.ID), e.known(w, r.Contact), int64(r.Seq), e.known(w, r.Account),
			e.orNull(r.Agent), int64(r.At), int64(r.State), int64(r.Attempts), int64(r.NextAt), r.Error)
	case MailOutState:
		if utf8.RuneCountInString(r.Error) > outErrorMax {
			r.Error = string([]rune(r.Error)[:outErrorMax])
		}
		w.guard(opMailOutState, int64(r.State), int64(r.Attempts), int64(r.NextAt), r.Error, e.site, e.known(w, r.Unit), e.known(w, r.ID), int64(r.From))
	case MailAuto:
		w.guard(opMailAuto, e.site, e.known(w, r.Unit), e.known(w, r.Key), int64(r.At), int64(r.Since))
	case MailDraft:
		w.key(lazyKey{'m', r.Contact, r.Agent, 0, ""})
		if len(r.Body) == 0 {
			w.add(opMailDraftDone, e.site, e.known(w, r.Unit), e.known(w, r.Contact), e.known(w, r.Agent))
			return nil
		}
		w.add(opMailDraft, e.site, e.known(w, r.Unit), e.known(w, r.Contact), e.known(w, r.Agent), int64(r.At), w.json(r.Body))
	}
	return nil
}
