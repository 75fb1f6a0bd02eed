package api

import (
	"context"
	"net/http"

	"portico/acd"
	"portico/dialogue"
	"portico/mask"
	"portico/store"
)

// Conversations is the channel that owns the conversations of contacts: it numbers
// their messages and tells of new ones. All methods answer for a contact of another
// unit as for one that never existed. It is safe for concurrent use.
type Conversations interface {
	// Send saves one more message of the conversation's owning agent and returns it
	// once it is durable. The same client id again gives the message that it made.
	Send(ctx context.Context, m dialogue.Outgoing) (store.Message, error)
	// Attach saves a file of the conversation's owning agent and a message that names it,
	// and returns both once they are durable. The same client id again gives those that
	// it made. It reads the file to its end, also when it refuses it, as long as that is short.
	Attach(ctx context.Context, u dialogue.Upload) (store.Message, store.Attachment, error)
	// ServeAttachment answers a request with a file that a message of the conversation
	// names. An error means that nothing was answered yet.
	ServeAttachment(w http.ResponseWriter, r *http.Request, d dialogue.Download) error
	// ServeTranscript answers a request with the conversation as a document; likewise.
	ServeTranscript(w http.ResponseWriter, r *http.Request, t dialogue.Transcript) error
	// Masker gives what takes out of a unit's texts what must not be kept.
	Masker(unit acd.UnitID) *mask.Masker
	// Beside numbers one more message and hands it to do, which has the hub save it
	// with the outcome of a command (a note with a wrap-up, a line with a transfer).
	// When do succeeds the message is told to subscribers, otherwise its number is
	// free again. When the client id is known already, do is not called, and the
	// message that exists is returned.
	Beside(ctx context.Context, m dialogue.Outgoing, do func(ctx context.Context, rider store.Row) error) (store.Message, error)
	// Typing tells the other side that the agent types. It never waits, and may be lost.
	Typing(unit acd.UnitID, contact acd.ContactID, agent acd.AgentID)
	// MarkRead says how far the agents' side has read, and tells the other side.
	// Lazy: the highest number wins. It never waits for the store.
	MarkRead(unit acd.UnitID, contact acd.ContactID, agent acd.AgentID, seq uint64)
	// Subscribe calls tell for how far each side has read, and then for every frame of
	// the conversation from now on, in order and one at a time, until cancel is called. tell must not block or call back.
	Subscribe(unit acd.UnitID, contact acd.ContactID, tell func(dialogue.Frame)) (cancel func())
}
