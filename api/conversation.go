package api

import (
	"context"

	"portico/acd"
	"portico/store"
)

// Conversations is the channel that owns the conversations of contacts: it numbers
// their messages and tells of new ones. All methods answer for a contact of another
// unit as for one that never existed. It is safe for concurrent use.
type Conversations interface {
	// Send saves one more message of the conversation's owning agent and returns it
	// once it is durable. The same client id again gives the message that it made.
	Send(ctx context.Context, m Outgoing) (store.Message, error)
	// Beside numbers one more message and hands it to do, which has the hub save it
	// with the outcome of a command (a note with a wrap-up, a line with a transfer).
	// When do succeeds the message is told to subscribers, otherwise its number is
	// free again. When the client id is known already, do is not called, and the
	// message that exists is returned.
	Beside(ctx context.Context, m Outgoing, do func(ctx context.Context, rider store.Row) error) (store.Message, error)
	// Typing tells the other side that the agent types. It never waits, and may be lost.
	Typing(unit acd.UnitID, contact acd.ContactID, agent acd.AgentID)
	// MarkRead says how far the agents' side has read, and tells the other side.
	// Lazy: the highest number wins. It never waits for the store.
	MarkRead(unit acd.UnitID, contact acd.ContactID, agent acd.AgentID, seq uint64)
	// Subscribe calls tell for every frame of the conversation from now on, in order
	// and one at a time, until cancel is called. tell must not block or call back.
	Subscribe(unit acd.UnitID, contact acd.ContactID, tell func(ConversationFrame)) (cancel func())
}

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

// ConversationFrame is one thing that happened in a conversation; exactly one of
// its fields is set.
type ConversationFrame struct {
	Message *store.Message // durable
	Typing  *Typing
	Read    *store.ReadMark
}

// Typing says that somebody types; it is worth a few seconds.
type Typing struct {
	Author store.Author
	By     acd.AgentID // with AuthorAgent
}
