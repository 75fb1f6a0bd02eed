// Package dialogue holds what a channel and the agents' door say to each other
// of conversations: messages on their way, and what subscribers are told. It is
// values only; a channel owns each conversation, and the store keeps it.
package dialogue

import (
	"io"
	"time"

	"portico/acd"
	"portico/store"
)

type attachmentKind struct{}

// AttachmentID names a file of a conversation.
type AttachmentID = acd.ID[attachmentKind]

// Outgoing is a message of an agent on its way to the conversation.
type Outgoing struct {
	Unit    acd.UnitID
	Contact acd.ContactID
	Agent   acd.AgentID
	// ClientID is chosen by whoever asks, 1–64 bytes; never empty.
	ClientID string
	Kind     string // text, note (seen by agents alone), page (an address to open), transferred, or one of the kinds below
	Text     string
}

// The kinds of what the agents of one contact alone read. Customers never see them.
const (
	KindWhisper = "whisper" // of the contact's agents, to each other
	KindInvited = "invited" // its owner asked somebody in; Text says why
	KindBeside  = "beside"  // By came, went or changed beside the owner; Text is JSON {role, event}
)

// Upload is a file on its way to a conversation.
type Upload struct {
	Unit    acd.UnitID
	Contact acd.ContactID
	Agent   acd.AgentID // zero: the customer
	// ClientID is chosen by whoever asks, 1–64 bytes; never empty.
	ClientID  string
	Name      string // as it was called where it comes from
	MediaType string // as whoever sends it has it; may be empty
	Size      int64  // bytes of Body, said beforehand
	Body      io.Reader
	// Until says how long Body, and then the answer, may take from now on. Nil: for ever.
	Until func(time.Time) error
}

// Download asks for a file of a conversation.
type Download struct {
	Unit       acd.UnitID
	Contact    acd.ContactID
	Attachment AttachmentID
	// Inline lets a browser show what is safe to show; all else is saved to a file.
	Inline bool
	// Waiting asks for a file that no message names yet.
	Waiting bool
}

// Transcript asks for a conversation as a document.
type Transcript struct {
	Unit    acd.UnitID
	Contact acd.ContactID
	HTML    bool // else plain text
	Notes   bool // also what agents wrote among themselves
	// Whispers also gives what the agents of the contact alone read.
	Whispers bool
}

// Frame is one thing that happened in a conversation; exactly one of its fields
// is set.
type Frame struct {
	Message *store.Message // durable
	Typing  *Typing
	Read    *store.ReadMark
}

// Typing says that somebody types; it is worth a few seconds.
type Typing struct {
	Author store.Author
	By     acd.AgentID // with AuthorAgent
	Text   string      // what a customer has typed so far, where agents may see it
}
