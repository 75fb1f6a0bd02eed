package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"portico/acd"
	"portico/dialogue"
	"portico/picture"
	"portico/store"
)

// Message is one entry of a conversation.
type Message struct {
	Seq      uint64      `json:"seq" doc:"from 1, without gaps"`
	At       acd.Time    `json:"at"`
	Author   string      `json:"author" enum:"system,customer,agent"`
	By       acd.AgentID `json:"by,omitzero" doc:"the agent"`
	Name     string      `json:"name,omitempty" doc:"the agent's screen name"`
	Kind     string      `json:"kind" doc:"text, note (agents alone see it), whisper (the contact's agents alone), file, page (an address that the customer is asked to open), joined, left, transferred …; void: nothing that the reader may see"`
	Text     string      `json:"text" doc:"of a file its name"`
	ClientID string      `json:"client_id"`
	Subject  string      `json:"subject,omitempty" doc:"of a mail"`
	// Attachments are the files that it names.
	Attachments []Attachment `json:"attachments,omitempty" nullable:"false" doc:"the files that it names"`
}

// Draft is what an agent has typed and not sent.
type Draft struct {
	Text string   `json:"text" maxLength:"20000"`
	At   acd.Time `json:"at,omitzero"`
}

// Sent is the answer to a message that is saved.
type Sent struct {
	Seq uint64   `json:"seq"`
	At  acd.Time `json:"at"`
	// Attachment is what a mail names the file by.
	Attachment dialogue.AttachmentID `json:"attachment,omitzero" doc:"of a file: its id"`
}

type (
	messagesInput struct {
		Scope
		ID    acd.ContactID `path:"id"`
		After uint64        `query:"after" doc:"number of the last message that is known"`
		Limit int           `query:"limit" minimum:"1" maximum:"500" default:"100"`
	}
	sendInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			ClientID string `json:"client_id" minLength:"1" maxLength:"64" doc:"chosen by the caller: a repeat gives the same answer"`
			Kind     string `json:"kind,omitempty" enum:"text,note,page,whisper" default:"text" doc:"note: for all agents who ever see the conversation; whisper: for those who take part in it now; page: the text is an address, https or http, that the customer is asked to open"`
			Text     string `json:"text" minLength:"1" maxLength:"4000"`
		}
	}
	draftInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			Text string `json:"text" maxLength:"20000" doc:"empty: no draft"`
		}
	}
	readInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			Seq uint64 `json:"seq" minimum:"1" doc:"number of the last message that was read"`
		}
	}
)

func (s *Server) registerMessages() {
	const tag = "messages"
	register(s, operation{id: "list-messages", method: http.MethodGet, path: "/contacts/{id}/messages",
		summary: "Messages of a conversation, oldest first", tag: tag, roles: rolesEveryone}, s.listMessages)
	register(s, operation{id: "send-message", method: http.MethodPost, path: "/contacts/{id}/messages",
		summary: "Send a message to the customer or to the contact's agents, or leave a note", tag: tag, roles: rolesDesk, person: true, status: http.StatusCreated}, s.sendMessage)
	register(s, operation{id: "read-draft", method: http.MethodGet, path: "/contacts/{id}/draft",
		summary: "What I have typed and not sent", tag: tag, roles: rolesDesk, person: true}, s.readDraft)
	register(s, operation{id: "save-draft", method: http.MethodPut, path: "/contacts/{id}/draft",
		summary: "Keep what I have typed", tag: tag, roles: rolesDesk, person: true}, s.saveDraft)
	register(s, operation{id: "mark-read", method: http.MethodPut, path: "/contacts/{id}/read",
		summary: "Say how far I have read", tag: tag, roles: rolesDesk, person: true}, s.markRead)
}

func (s *Server) listMessages(ctx context.Context, c call, in *messagesInput) (*Answer[Page[Message]], error) {
	rows, err := s.store.Messages(ctx, c.unit, in.ID, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		if err := s.exists(ctx, c.unit, in.ID); err != nil {
			return nil, err
		}
	}
	heard, err := s.hearsWhispers(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	items, err := s.messages(ctx, c, in.ID, rows, heard)
	if err != nil {
		return nil, err
	}
	page := Page[Message]{Items: items}
	if len(rows) == in.Limit {
		page.Next = strconv.FormatUint(rows[len(rows)-1].Seq, 10)
	}
	return &Answer[Page[Message]]{page}, nil
}

// exists is nil for a contact of the unit, open or ended.
func (s *Server) exists(ctx context.Context, unit acd.UnitID, id acd.ContactID) error {
	if _, ok := s.picture.Contact(unit, id); ok {
		return nil
	}
	_, err := s.store.Contact(ctx, unit, id)
	return err
}

// messages shows messages of a contact, with the files that they name, to somebody who
// hears its whispers or does not.
func (s *Server) messages(ctx context.Context, c call, id acd.ContactID, rows []store.Message, heard bool) ([]Message, error) {
	files, err := s.attachments(ctx, c.unit, id, rows)
	if err != nil {
		return nil, err
	}
	subjects, err := s.subjects(ctx, c.unit, id, rows)
	if err != nil {
		return nil, err
	}
	names := s.names()
	out := make([]Message, len(rows))
	for i, m := range rows {
		out[i] = message(names, m, heard, c)
		out[i].Attachments, out[i].Subject = files[m.Seq], subjects[m.Seq]
	}
	return out, nil
}

// subjects gives those of the mails among the messages of a contact, by the message.
func (s *Server) subjects(ctx context.Context, unit acd.UnitID, id acd.ContactID, rows []store.Message) (map[uint64]string, error) {
	first := slices.IndexFunc(rows, func(m store.Message) bool { return m.Kind == dialogue.KindMail })
	if first < 0 {
		return nil, nil
	}
	mails, err := s.store.Mails(ctx, unit, id, rows[first].Seq-1)
	out := make(map[uint64]string, len(mails))
	for _, m := range mails {
		out[m.Seq] = m.Subject
	}
	return out, err
}

// message shows a message to somebody. A whisper or a listener that is none of the reader's
// business is a void one: the numbers of a conversation have no gaps.
func message(names *catalogue, m store.Message, heard bool, to call) Message {
	if m.Kind == dialogue.KindWhisper && !heard || names.hidesLine(m, to) {
		return Message{Seq: m.Seq, At: m.At, Author: nameOf(authorNames[:], store.AuthorSystem), Kind: kindVoid, ClientID: "void:" + strconv.FormatUint(m.Seq, 10)}
	}
	return Message{Seq: m.Seq, At: m.At, Author: nameOf(authorNames[:], m.Author), By: m.By, Name: names.screenName(m.By), Kind: m.Kind,
		Text: m.Text, ClientID: m.ClientID}
}

// kindVoid is the kind of a message that nobody is shown.
const kindVoid = "void"

// hearsWhispers reports whether the caller reads what the agents of a contact say among
// themselves: whoever takes part in it, or in one that is over took part, and supervisors.
func (s *Server) hearsWhispers(ctx context.Context, c call, id acd.ContactID) (bool, error) {
	if supervises(c.caller) {
		return true, nil
	}
	if open, ok := s.picture.Contact(c.unit, id); ok {
		return takesPart(open, c.caller.User), nil
	}
	facts, err := s.store.Facts(ctx, c.unit, id)
	if errors.Is(err, store.ErrNone) {
		return false, nil
	}
	return slices.ContainsFunc(facts, func(f store.FactRow) bool {
		return f.Agent == c.caller.User && (f.Kind == acd.FactAccepted || f.Kind == acd.FactJoined || f.Kind == acd.FactHandedOver)
	}), err
}

// takesPart reports whether an agent owns an open contact or takes part in it.
func takesPart(open picture.Contact, agent acd.AgentID) bool {
	p, beside := open.Part(agent)
	return beside && p.State == acd.Active || open.Agent == agent && isOwned(open.State)
}

// isOwned reports whether a contact in the state has an owner.
func isOwned(s acd.ContactState) bool {
	return s == acd.Active || s == acd.Interrupted || s == acd.WrapUp
}

func (s *Server) sendMessage(ctx context.Context, c call, in *sendInput) (*Answer[Sent], error) {
	if !s.hasConversation(c.unit, in.ID) {
		return nil, errNoThread
	}
	m, err := s.conversations.Send(ctx, dialogue.Outgoing{Unit: c.unit, Contact: in.ID, Agent: c.caller.User, ClientID: in.Body.ClientID,
		Kind: in.Body.Kind, Text: in.Body.Text})
	if err != nil {
		return nil, err
	}
	return &Answer[Sent]{Sent{Seq: m.Seq, At: m.At}}, nil
}

func (s *Server) readDraft(ctx context.Context, c call, in *plainInput) (*Answer[Draft], error) {
	if err := s.exists(ctx, c.unit, in.ID); err != nil {
		return nil, err
	}
	d, err := s.store.Draft(ctx, c.unit, in.ID, c.caller.User)
	if err != nil && !errors.Is(err, store.ErrNone) {
		return nil, err
	}
	return &Answer[Draft]{Draft{Text: d.Text, At: d.At}}, nil
}

// saveDraft returns when the draft is durable: what was typed must outlive a crash.
func (s *Server) saveDraft(ctx context.Context, c call, in *draftInput) (*Nothing, error) {
	if err := s.exists(ctx, c.unit, in.ID); err != nil {
		return nil, err
	}
	done := make(chan store.Outcome, 1)
	err := s.store.Submit(store.Lazy, store.Unit{Rows: []store.Row{store.Draft{Unit: c.unit, Contact: in.ID, Agent: c.caller.User,
		At: s.at(), Text: s.conversations.Masker(c.unit).Draft(in.Body.Text)}}}, func(o store.Outcome) { done <- o })
	if err != nil {
		return nil, err
	}
	select {
	case o := <-done:
		return nil, o.Err
	case <-ctx.Done():
		return nil, errAway
	}
}

func (s *Server) markRead(ctx context.Context, c call, in *readInput) (*Nothing, error) {
	if _, ok := s.picture.Contact(c.unit, in.ID); !ok {
		return nil, errMissing
	}
	s.conversations.MarkRead(c.unit, in.ID, c.caller.User, in.Body.Seq)
	return nil, nil
}
