// Package dialogue holds what a channel and the agents' door say to each other
// of conversations: messages on their way, and what subscribers are told. It is
// values only; a channel owns each conversation, and the store keeps it.
package dialogue

import (
	"portico/acd"
	"portico/store"
)

// Outgoing is a message of an agent on its way to the conversation.
type Outgoing struct {
	Unit    acd.UnitID
	Contact acd.ContactID
	Agent   acd.AgentID
	// ClientID is chosen by whoever asks, 1–64 bytes; never empty.
	ClientID string
	Kind     string // text, note (seen by agents alone), transferred
	Text     string
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
}
