package app

import (
	"context"
	"net/http"

	"portico/acd"
	"portico/api"
	"portico/dialogue"
	"portico/email"
	"portico/mask"
	"portico/picture"
	"portico/store"
	"portico/webchat"
)

// conversations hands what is asked of a conversation to the channel of its contact.
// Files and documents are the same for all: webchat answers for them.
type conversations struct {
	chats   *webchat.Chats
	mails   *email.Channel
	picture *picture.Picture
}

// channel is what differs between the channels.
type channel interface {
	Send(ctx context.Context, m dialogue.Outgoing) (store.Message, error)
	Attach(ctx context.Context, u dialogue.Upload) (store.Message, store.Attachment, error)
	Beside(ctx context.Context, m dialogue.Outgoing, do func(ctx context.Context, rider store.Row) error) (store.Message, error)
	Typing(unit acd.UnitID, contact acd.ContactID, agent acd.AgentID)
	MarkRead(unit acd.UnitID, contact acd.ContactID, agent acd.AgentID, seq uint64)
	Subscribe(unit acd.UnitID, contact acd.ContactID, tell func(dialogue.Frame)) (cancel func())
}

var _ api.Conversations = conversations{}

// of gives the channel of a contact; that of one that is over, or was never, is webchat,
// which says so.
func (c conversations) of(unit acd.UnitID, contact acd.ContactID) channel {
	if p, ok := c.picture.Contact(unit, contact); ok && p.Medium == email.Medium {
		return c.mails
	}
	return c.chats
}

func (c conversations) Send(ctx context.Context, m dialogue.Outgoing) (store.Message, error) {
	return c.of(m.Unit, m.Contact).Send(ctx, m)
}

func (c conversations) Attach(ctx context.Context, u dialogue.Upload) (store.Message, store.Attachment, error) {
	return c.of(u.Unit, u.Contact).Attach(ctx, u)
}

func (c conversations) Beside(ctx context.Context, m dialogue.Outgoing, do func(ctx context.Context, rider store.Row) error) (store.Message, error) {
	return c.of(m.Unit, m.Contact).Beside(ctx, m, do)
}

func (c conversations) Typing(unit acd.UnitID, contact acd.ContactID, agent acd.AgentID) {
	c.of(unit, contact).Typing(unit, contact, agent)
}

func (c conversations) MarkRead(unit acd.UnitID, contact acd.ContactID, agent acd.AgentID, seq uint64) {
	c.of(unit, contact).MarkRead(unit, contact, agent, seq)
}

func (c conversations) Subscribe(unit acd.UnitID, contact acd.ContactID, tell func(dialogue.Frame)) (cancel func()) {
	return c.of(unit, contact).Subscribe(unit, contact, tell)
}

func (c conversations) Masker(unit acd.UnitID) *mask.Masker { return c.chats.Masker(unit) }

func (c conversations) ServeAttachment(w http.ResponseWriter, r *http.Request, d dialogue.Download) error {
	return c.chats.ServeAttachment(w, r, d)
}

func (c conversations) ServeTranscript(w http.ResponseWriter, r *http.Request, t dialogue.Transcript) error {
	return c.chats.ServeTranscript(w, r, t)
}
