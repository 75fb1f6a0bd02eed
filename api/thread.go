package api

import (
	"context"
	"strconv"

	"portico/acd"
	"portico/store"
)

// Bounds of a page of a thread.
const (
	threadMessages = 50 // of each contact, the first ones
)

// ThreadContact is a contact of a thread with what was written in it.
type ThreadContact struct {
	Contact  Contact   `json:"contact"`
	Messages []Message `json:"messages" nullable:"false" doc:"the first 50"`
	Mails    []Mail    `json:"mails" nullable:"false"`
}

type threadInput struct {
	Scope
	ID    acd.ContactID `path:"id"`
	After string        `query:"after" maxLength:"400" doc:"the next of the page before"`
	Limit int           `query:"limit" minimum:"1" maximum:"50" default:"10"`
	All   string        `query:"all" enum:"1" doc:"1: all contacts of the customer, over all media"`
}

func (s *Server) readThread(ctx context.Context, c call, in *threadInput) (*Answer[Page[ThreadContact]], error) {
	contact, err := s.store.Contact(ctx, c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	rows, next, err := s.threadRows(ctx, c, in, contact)
	if err != nil {
		return nil, err
	}
	page := Page[ThreadContact]{Items: make([]ThreadContact, 0, len(rows)), Next: next}
	for _, r := range rows {
		shown, err := s.contact(ctx, c, r.Contact.ID)
		if err != nil {
			return nil, err
		}
		messages, err := s.store.Messages(ctx, c.unit, r.Contact.ID, 0, threadMessages)
		if err != nil {
			return nil, err
		}
		heard, err := s.hearsWhispers(ctx, c, r.Contact.ID)
		if err != nil {
			return nil, err
		}
		item := ThreadContact{Contact: shown}
		if item.Messages, err = s.messages(ctx, c, r.Contact.ID, messages, heard); err != nil {
			return nil, err
		}
		mails, err := s.store.Mails(ctx, c.unit, r.Contact.ID, 0)
		if err != nil {
			return nil, err
		}
		if item.Mails, err = s.mailsOf(ctx, c.unit, r.Contact.ID, mails); err != nil {
			return nil, err
		}
		page.Items = append(page.Items, item)
	}
	return &Answer[Page[ThreadContact]]{page}, nil
}

// threadRows gives a page of the contacts of a thread, or of its customer.
func (s *Server) threadRows(ctx context.Context, c call, in *threadInput, contact store.Contact) (rows []store.HistoryRow, next string, err error) {
	if in.All == "1" && contact.Customer != ([16]byte{}) {
		return s.store.CustomerContacts(ctx, c.unit, contact.Customer, in.After, in.Limit)
	}
	first := contact.Thread
	if first.IsZero() {
		first = contact.ID
	}
	if rows, err = s.store.Thread(ctx, c.unit, first); err != nil {
		return nil, "", err
	}
	at := 0
	if in.After != "" {
		if at, err = strconv.Atoi(in.After); err != nil || at < 0 {
			return nil, "", store.ErrPage
		}
	}
	at = min(at, len(rows))
	end := min(at+in.Limit, len(rows))
	if end < len(rows) {
		next = strconv.Itoa(end)
	}
	return rows[at:end], next, nil
}
