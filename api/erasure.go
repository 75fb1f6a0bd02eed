package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/store"
	"portico/talk"
)

var (
	errCustomerOpen = fault.New(fault.Conflict, "customer_open", "The customer has contacts that are open. End them first: nothing of an open contact is erased.")
	errErasing      = fault.New(fault.Conflict, "erasing", "This customer is being erased already.")
)

// ErasureBox is a mailbox that holds messages of a customer.
type ErasureBox struct {
	Account  acd.ID[objectKind] `json:"account"`
	Name     string             `json:"name,omitempty" doc:"absent: it is set up no more"`
	Messages int                `json:"messages"`
	State    string             `json:"state" enum:"connected,away,disabled,removed" doc:"away, disabled: they are deleted once it is back; removed: they are out of reach"`
}

// ErasureReach is what erasing a customer will reach.
type ErasureReach struct {
	Contacts  int          `json:"contacts" doc:"over all media, with messages, notes, files and drafts"`
	Open      int          `json:"open" doc:"of them: contacts that have to be ended first"`
	Files     int          `json:"files"`
	Offline   int          `json:"offline_requests" doc:"what was left outside the hours from the customer's addresses"`
	Mailboxes []ErasureBox `json:"mailboxes" nullable:"false"`
}

// Erasure is how far the erasing of somebody has come. It does not say of whom.
type Erasure struct {
	ID        acd.ID[objectKind] `json:"id"`
	At        acd.Time           `json:"at"`
	By        string             `json:"by,omitempty" doc:"name of the person; absent: an API token"`
	State     string             `json:"state" enum:"running,mailboxes,done" doc:"mailboxes: the store holds nothing any more, mailboxes do"`
	ChangedAt acd.Time           `json:"changed_at"`
	Contacts  int                `json:"contacts"`
	Mails     int                `json:"mails"`
	Files     int                `json:"files"`
	Offline   int                `json:"offline_requests"`
	Aside     int                `json:"aside" doc:"messages that were not routed"`
	Messages  int                `json:"messages" doc:"deleted from mailboxes"`
	Lost      int                `json:"lost" doc:"messages out of reach: their mailbox was set up no more"`
	Open      int                `json:"open" doc:"contacts that came meanwhile; it goes on when they are over"`
	Waiting   []ErasureBox       `json:"waiting" nullable:"false" doc:"what is still in mailboxes, and goes once they can be reached"`
}

type (
	eraseCustomerInput struct {
		Scope
		ID   acd.ID[objectKind] `path:"id"`
		Body struct {
			Version uint32 `json:"version" minimum:"1" doc:"the version that was seen"`
		}
	}
	erasuresInput struct {
		Scope
		Paging
	}
)

func (s *Server) registerErasures() {
	const tag = "customers"
	register(s, operation{id: "read-customer-reach", method: http.MethodGet, path: "/customers/{id}/erasure",
		summary: "What erasing a customer will reach", tag: tag, roles: rolesBusiness}, s.readCustomerReach)
	register(s, operation{id: "erase-customer", method: http.MethodPost, path: "/customers/{id}/erasure",
		summary: "Erase a customer with all contacts, files and mails, in mailboxes too; needs the permission erase", tag: tag, roles: rolesBusiness,
		status: http.StatusAccepted}, s.eraseCustomer)
	register(s, operation{id: "list-erasures", method: http.MethodGet, path: "/erasures",
		summary: "How far the erasing of people has come, newest first", tag: tag, roles: rolesBusiness}, s.listErasures)
}

// boxesOf says how the mailboxes do that hold something.
func (s *Server) boxesOf(counts map[[16]byte]int) []ErasureBox {
	out := make([]ErasureBox, 0, len(counts))
	mail := s.names().mail
	for id, n := range counts {
		b := ErasureBox{Account: id, Messages: n, State: "removed"}
		if account, ok := mail.Account(id); ok {
			b.Name, b.State = account.Name, s.boxState(account)
		}
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b ErasureBox) int {
		return strings.Compare(a.Name+a.Account.String(), b.Name+b.Account.String())
	})
	return out
}

func (s *Server) boxState(a talk.MailBox) string {
	if a.Disabled {
		return "disabled"
	}
	if state, err := s.mails.AccountState(a.Unit, a.ID); err == nil && state.Connected {
		return "connected"
	}
	return "away"
}

func (s *Server) readCustomerReach(ctx context.Context, c call, in *idInput) (*Answer[ErasureReach], error) {
	v, err := s.store.Customer(ctx, c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	r, err := s.store.CustomerReach(ctx, c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	offline, err := s.store.OfflineOf(ctx, c.unit, v.Addresses)
	if err != nil {
		return nil, err
	}
	return &Answer[ErasureReach]{ErasureReach{Contacts: r.Contacts, Open: r.Open, Files: r.Files, Offline: offline, Mailboxes: s.boxesOf(r.Mails)}}, nil
}

// eraseCustomer has a customer erased. What is done is durable, and the audit names nothing
// but the id.
func (s *Server) eraseCustomer(ctx context.Context, c call, in *eraseCustomerInput) (*Answer[Erasure], error) {
	if err := s.permit(c, identity.Erase); err != nil {
		return nil, err
	}
	v, err := s.store.Customer(ctx, c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	if v.Version != in.Body.Version {
		return nil, errChanged
	}
	r, err := s.store.CustomerReach(ctx, c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	if r.Open > 0 {
		return nil, errCustomerOpen
	}
	under, err := s.store.ErasuresUnderWay(ctx)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(under, func(x store.Erasure) bool { return x.Unit == c.unit && x.Customer == [16]byte(in.ID) }) {
		return nil, errErasing
	}
	x := store.Erasure{Unit: c.unit, ID: s.mint.ID(), Customer: in.ID, At: s.at(), By: c.caller.User, State: store.ErasureRunning, ChangedAt: s.at()}
	if err := s.store.Save(ctx, store.Unit{Rows: []store.Row{x, s.audit(c, "customer.erase", c.unit, in.ID, nil, nil)}}); err != nil {
		return nil, err
	}
	s.erase()
	return &Answer[Erasure]{s.showErasure(x, nil)}, nil
}

// erasureStates are how far an erasure has come, as the API spells it.
var erasureStates = [...]string{store.ErasureRunning: "running", store.ErasureMailboxes: "mailboxes", store.ErasureDone: "done"}

func (s *Server) showErasure(x store.Erasure, waiting map[[16]byte]int) Erasure {
	return Erasure{ID: x.ID, At: x.At, By: s.names().person(x.By), State: nameOf(erasureStates[:], x.State), ChangedAt: x.ChangedAt,
		Contacts: x.Contacts, Mails: x.Mails, Files: x.Files, Offline: x.Offline, Aside: x.Aside, Messages: x.Messages, Lost: x.Lost, Open: x.Open,
		Waiting: s.boxesOf(waiting)}
}

func (s *Server) listErasures(ctx context.Context, c call, in *erasuresInput) (*Answer[Page[Erasure]], error) {
	rows, next, err := s.store.Erasures(ctx, c.unit, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	page := Page[Erasure]{Items: make([]Erasure, len(rows)), Next: next}
	for i, x := range rows {
		var waiting map[[16]byte]int
		if x.State < store.ErasureDone {
			if waiting, err = s.store.ErasureWaiting(ctx, c.unit, x.ID); err != nil {
				return nil, err
			}
		}
		page.Items[i] = s.showErasure(x, waiting)
	}
	return &Answer[Page[Erasure]]{page}, nil
}
