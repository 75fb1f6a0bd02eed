package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"portico/acd"
	"portico/store"
)

// OfflineRequest is what a customer left outside the hours, to be answered later.
type OfflineRequest struct {
	ID       acd.ID[objectKind] `json:"id"`
	At       acd.Time           `json:"at"`
	Kind     string             `json:"kind" enum:"question,callback" doc:"callback: whoever left it wants to be called back"`
	Contact  acd.ContactID      `json:"contact,omitzero" doc:"in which it was left"`
	From     acd.Time           `json:"promised_from,omitzero" doc:"from when on a callback was promised; absent: at any time"`
	Until    acd.Time           `json:"promised_until,omitzero" doc:"until when; absent: without an end"`
	Language string             `json:"language" doc:"the chat language"`
	Queue    acd.QueueID        `json:"queue,omitzero" doc:"whose customers it was left by"`
	Name     string             `json:"name,omitempty"`
	Email    string             `json:"email,omitempty"`
	Phone    string             `json:"phone,omitempty"`
	Question string             `json:"question,omitempty"`
	Fields   map[string]string  `json:"fields" doc:"what else the form asked for, and what the page knew"`
	DoneAt   acd.Time           `json:"done_at,omitzero" doc:"when somebody said that it is dealt with; absent: it is open"`
	DoneBy   string             `json:"done_by,omitempty" doc:"name of the person; empty: an API token"`
	Note     string             `json:"note" doc:"of whoever deals with it"`
}

type (
	offlinesInput struct {
		Scope
		Paging
		State string `query:"state" enum:"open,done" default:"open"`
	}
	offlineInput struct {
		Scope
		ID   acd.ID[objectKind] `path:"id"`
		Body struct {
			Done bool   `json:"done" doc:"true: it is dealt with; false: it is not after all"`
			Note string `json:"note,omitempty" maxLength:"4000" doc:"takes the place of the note before"`
		}
	}
)

func (s *Server) registerOffline() {
	const tag = "offline-requests"
	register(s, operation{id: "list-offline-requests", method: http.MethodGet, path: "/offline-requests",
		summary: "List what customers left outside the hours, newest first", tag: tag, roles: rolesSupervisor}, s.listOffline)
	register(s, operation{id: "change-offline-request", method: http.MethodPut, path: "/offline-requests/{id}",
		summary: "Say that an offline request is dealt with, or not", tag: tag, roles: rolesSupervisor}, s.changeOffline)
}

func (s *Server) listOffline(ctx context.Context, c call, in *offlinesInput) (*Answer[Page[OfflineRequest]], error) {
	all, next, err := s.store.OfflinePage(ctx, c.unit, in.State == "done", in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	page := Page[OfflineRequest]{Items: make([]OfflineRequest, len(all)), Next: next}
	names := s.names()
	for i, r := range all {
		page.Items[i] = offlineRow(names, r)
	}
	return &Answer[Page[OfflineRequest]]{page}, nil
}

func offlineRow(names *catalogue, r store.OfflineRequest) OfflineRequest {
	out := OfflineRequest{ID: r.ID, Kind: cmp.Or(r.Kind, "question"), Contact: r.Contact, From: r.From, Until: r.Until, At: r.At, Language: r.Language, Queue: r.Queue, Name: r.Name, Email: r.Email, Phone: r.Phone,
		Question: r.Question, Fields: make(map[string]string, len(r.Fields)+len(r.Data)), DoneAt: r.DoneAt, DoneBy: names.person(r.DoneBy), Note: r.Note}
	for _, some := range []map[string]string{r.Data, r.Fields} {
		for name, text := range some {
			out.Fields[name] = text
		}
	}
	return out
}

func (s *Server) changeOffline(ctx context.Context, c call, in *offlineInput) (*Answer[OfflineRequest], error) {
	done := store.OfflineDone{Unit: c.unit, ID: in.ID, Note: s.conversations.Masker(c.unit).Text(in.Body.Note)}
	if in.Body.Done {
		done.At, done.By = s.at(), c.caller.User
	}
	err := s.store.Save(ctx, store.Unit{Rows: []store.Row{done}})
	if err != nil && !errors.Is(err, store.ErrNone) {
		return nil, err
	}
	r, err := s.store.OfflineRequest(ctx, c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[OfflineRequest]{offlineRow(s.names(), r)}, nil
}
