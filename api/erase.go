package api

import (
	"context"
	"fmt"
	"net/http"

	"portico/fault"
	"portico/store"
)

var errStillOpen = fault.New(fault.Conflict, "contact_open", "The contact is still open. End it first.")

func (s *Server) registerErase() {
	register(s, operation{id: "erase-contact", method: http.MethodDelete, path: "/contacts/{id}",
		summary: "Erase an ended contact: its words, files and mails, in the mailbox too", tag: "history", roles: rolesBusiness}, s.eraseContact)
}

// eraseContact takes away all that an ended contact holds. What is left are figures. Where
// it is cut short it can be done again; the audit's entry comes first.
func (s *Server) eraseContact(ctx context.Context, c call, in *plainInput) (*Nothing, error) {
	if _, open := s.picture.Contact(c.unit, in.ID); open {
		return nil, errStillOpen
	}
	if _, err := s.store.History(ctx, c.unit, in.ID); err != nil {
		return nil, err
	}
	if err := s.store.Save(ctx, store.Unit{Rows: []store.Row{s.audit(c, "contact.erase", c.unit, in.ID, nil, nil)}}); err != nil {
		return nil, err
	}
	if err := s.mails.EraseMails(ctx, c.unit, in.ID); err != nil {
		return nil, err
	}
	if err := s.store.EraseContact(ctx, c.unit, in.ID); err != nil {
		return nil, fmt.Errorf("erasing a contact: %w", err)
	}
	return nil, nil
}
