package store

import (
	"encoding/json"

	"portico/acd"
)

// Row is one change of the store: an insert, an update or a delete of one row.
// Rows are values; the writer may send the same bytes again after an outage.
type Row interface{ row() }

type (
	// Contact is what a contact is, apart from where it is routed. Written at the
	// arrival; see ContactData. (Unit, ClientID) is unique: a repeat of the creating command
	// finds the contact that exists.
	Contact struct {
		ID          acd.ContactID
		Unit        acd.UnitID
		Medium      string // voice, callback, email, webchat, task
		At          acd.Time
		ClientID    string // chosen by whoever asked, 1–64 bytes; never empty
		Source      string // at most 320 bytes
		Destination string // at most 320 bytes
		Language    string
		Name        string // the customer's
		Caption     string // the customer's question
		Thread      acd.ContactID
		Details     json.RawMessage // free keys: contact data
		Category    [16]byte        // that a workflow assigned; zero: none
		// Customer is whose contact it is; zero: not known. What is read is as it is
		// now: see CustomerLink.
		Customer [16]byte
	}

	// OpenContact is the routing state of a contact, replaced at each transition.
	// Workflow is the state of its workflow instance.
	OpenContact struct {
		acd.ContactRow
		Workflow json.RawMessage
	}

	// History is what became of a contact; it takes the place of its OpenContact.
	History struct {
		acd.ContactRow
		EndedAt acd.Time
	}

	// AgentState replaces the saved state of an agent.
	AgentState struct{ acd.AgentRow }

	// Fact is appended. Its key (site, month, batch, n) is given by the commit.
	Fact struct{ acd.Fact }

	// Message is one entry of a conversation. (Contact, Seq) and (Contact, ClientID)
	// are unique. It is a guard: a unit whose message exists already is dropped,
	// with ErrExists.
	Message struct {
		Unit     acd.UnitID
		Contact  acd.ContactID
		Seq      uint64 // from 1, without gaps
		ClientID string
		At       acd.Time
		Author   Author
		By       acd.AgentID // with AuthorAgent
		Kind     string      // text, joined, left, note …
		Text     string
	}

	// Attachment announces a file of a conversation. Its pieces follow, each a unit of
	// its own, and then the message that names it, with a MessageAttachment; one that no
	// message names is swept. It is a guard.
	Attachment struct {
		ID        [16]byte
		Unit      acd.UnitID
		Contact   acd.ContactID
		Seq       uint64 // of the message that names it; 0: none yet; given by the store
		Name      string // as it was called where it came from, 1–255 characters
		MediaType string // as RFC 6838 has it, 1–255 characters
		Size      uint64 // bytes of all pieces, at least 1
		At        acd.Time
		By        acd.AgentID // zero: the customer
	}

	// AttachmentPiece is a part of an attachment. It is a guard: ErrExists for a number
	// that is there, ErrNone without its attachment or once a message names that. Bytes
	// must not be changed before the outcome is known.
	AttachmentPiece struct {
		Unit       acd.UnitID
		Attachment [16]byte
		N          uint32 // from 1, without gaps
		Bytes      []byte // 1 to PieceMax
	}

	// MessageAttachment says that a message names an attachment of its contact. It
	// comes behind the message in the same unit. It is a guard: ErrNone, and no message
	// either, when the attachment is not there, not whole, or another message's.
	MessageAttachment struct {
		Unit       acd.UnitID
		Contact    acd.ContactID
		Seq        uint64
		Attachment [16]byte
	}

	// AttachmentMoved has a message of a new contact name an attachment that was brought
	// before there was one. It is no guard: one that is not there any more, or was named
	// already, stays as it is, so whoever asks has looked before.
	AttachmentMoved struct {
		Unit       acd.UnitID
		Attachment [16]byte
		From       acd.ContactID // under which it was brought
		Contact    acd.ContactID
		Seq        uint64 // of the message
	}

	// Outbox is an effect that no state shows, to be done at least once.
	// ID lets the far side drop a repeat.
	Outbox struct {
		ID   [16]byte
		Unit acd.UnitID
		Kind string // alert, webhook, mail, dial
		At   acd.Time
		Body json.RawMessage
	}

	// OutboxDone takes a done entry away.
	OutboxDone struct{ ID [16]byte }

	// Interval counts a queue's quarter of an hour. Lazy. The intervals that changed
	// and one IntervalMark make a unit, saved at most once a second; a start folds
	// only the facts of later batches.
	Interval struct {
		Unit            acd.UnitID
		Queue           acd.QueueID
		Start           acd.Time // a multiple of 15 minutes
		Offered         uint32   // entered the queue
		Answered        uint32
		AnsweredInTime  uint32 // within the queue's objective
		Abandoned       uint32
		AbandonedInTime uint32 // within the queue's objective
		NotAnswered     uint32 // RONA
		WaitMs          uint64 // of the answered
		HandleMs        uint64 // active and wrap-up, of the ended
	}

	// IntervalMark is the number of the last batch that the intervals hold.
	IntervalMark struct{ Batch uint64 }

	// Draft is what a person has typed and not sent. Lazy; the last one wins. An
	// empty text deletes it.
	Draft struct {
		Unit    acd.UnitID
		Contact acd.ContactID
		Agent   acd.AgentID
		At      acd.Time
		Text    string
	}

	// ReadMark is how far one side has read a conversation. Lazy; the highest wins.
	ReadMark struct {
		Unit    acd.UnitID
		Contact acd.ContactID
		Reader  Author
		Seq     uint64
	}
)

// Author says who wrote a message.
type Author uint8

const (
	AuthorSystem Author = iota
	AuthorCustomer
	AuthorAgent
)

func (Contact) row()           {}
func (OpenContact) row()       {}
func (History) row()           {}
func (AgentState) row()        {}
func (Fact) row()              {}
func (Message) row()           {}
func (Attachment) row()        {}
func (AttachmentPiece) row()   {}
func (MessageAttachment) row() {}
func (AttachmentMoved) row()   {}
func (Outbox) row()            {}
func (OutboxDone) row()        {}
func (Interval) row()          {}
func (IntervalMark) row()      {}
func (Draft) row()             {}
func (ReadMark) row()          {}
