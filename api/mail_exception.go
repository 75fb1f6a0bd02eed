package api

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"portico/acd"
	"portico/dialogue"
	"portico/identity"
	"portico/store"
)

// MailException is a message that was not routed, and waits for somebody who says what
// becomes of it. Those for none of the site's addresses are the unit's that is the site.
type MailException struct {
	ID          string             `json:"id"`
	At          acd.Time           `json:"at" doc:"when it was taken in"`
	Account     acd.ID[objectKind] `json:"account"`
	AccountName string             `json:"account_name"`
	AccountUnit acd.UnitID         `json:"account_unit,omitzero" doc:"whose mailbox it is, where it is one business unit's: it can be handed to that one alone"`
	Reason      string             `json:"reason" enum:"no_alias,blocked,held,refused" doc:"no_alias: it was for no known address; held: its sender had sent too much; refused: it could not be routed"`
	From        store.MailAddress  `json:"from"`
	To          string             `json:"to,omitempty" doc:"where the mail server delivered it"`
	Subject     string             `json:"subject,omitempty"`
	Code        string             `json:"code,omitempty" doc:"of refused: why, by a lasting name"`
	Why         string             `json:"why,omitempty" doc:"of refused: why, in English"`
}

// MailExceptions are those of a business unit, or of the site.
type MailExceptions struct {
	Items []MailException `json:"items" nullable:"false"`
}

// HandedMail is the contact that came of an exception.
type HandedMail struct {
	Contact acd.ContactID `json:"contact"`
}

type (
	exceptionInput struct {
		Scope
		ID string `path:"id" maxLength:"60"`
	}
	handMailInput struct {
		exceptionInput
		Body struct {
			Unit  acd.UnitID  `json:"unit,omitzero" required:"false" doc:"who gets it; needed for an exception of the site"`
			Queue acd.QueueID `json:"queue,omitzero" required:"false" doc:"of e-mail, that gets it; absent: it goes its usual way"`
		}
	}
)

// exceptionReasons are why a message was not routed, as the API spells it.
var exceptionReasons = [...]string{store.LedgerNoAlias: "no_alias", store.LedgerBlocked: "blocked", store.LedgerHeld: "held", store.LedgerRefused: "refused"}

func (s *Server) registerMailExceptions() {
	const tag = "mail-exceptions"
	register(s, operation{id: "list-mail-exceptions", method: http.MethodGet, path: "/mail-exceptions",
		summary: "Messages that were not routed, newest first; at most 500 of the last 90 days", tag: tag, roles: rolesSupervisor}, s.listMailExceptions)
	register(s, operation{id: "hand-over-mail", method: http.MethodPost, path: "/mail-exceptions/{id}/hand-over",
		summary: "Route a message after all", tag: tag, roles: rolesSupervisor}, s.handOverMail)
	register(s, operation{id: "dismiss-mail-exception", method: http.MethodPost, path: "/mail-exceptions/{id}/dismiss",
		summary: "Take a message off the list; it stays in the mailbox", tag: tag, roles: rolesSupervisor}, s.dismissMailException)
}

func (s *Server) listMailExceptions(ctx context.Context, c call, _ *scopeInput) (*Answer[MailExceptions], error) {
	all, err := s.mails.Exceptions(ctx, c.unit)
	if err != nil {
		return nil, err
	}
	out := MailExceptions{Items: make([]MailException, len(all))}
	mail := s.names().mail
	for i, e := range all {
		row := MailException{ID: fmt.Sprintf("%x-%d-%d", e.Account, e.UIDValidity, e.UID), At: e.At, Account: e.Account, Reason: nameOf(exceptionReasons[:], e.State),
			From: e.From, To: e.To, Subject: e.Subject, Code: e.Code, Why: e.Why}
		if account, ok := mail.Account(e.Account); ok {
			row.AccountName = account.Name
			if account.Unit != identity.Global {
				row.AccountUnit = account.Unit
			}
		}
		out.Items[i] = row
	}
	return &Answer[MailExceptions]{out}, nil
}

// exceptionOf reads the id of an exception.
func exceptionOf(id string) (out dialogue.MailExceptionID, err error) {
	parts := strings.Split(id, "-")
	if len(parts) != 3 {
		return out, errMissing
	}
	account, err := hex.DecodeString(parts[0])
	validity, err2 := strconv.ParseUint(parts[1], 10, 32)
	uid, err3 := strconv.ParseUint(parts[2], 10, 32)
	if err != nil || err2 != nil || err3 != nil || len(account) != len(out.Account) {
		return out, errMissing
	}
	return dialogue.MailExceptionID{Account: [16]byte(account), UIDValidity: uint32(validity), UID: uint32(uid)}, nil
}

func (s *Server) handOverMail(ctx context.Context, c call, in *handMailInput) (*Answer[HandedMail], error) {
	id, err := exceptionOf(in.ID)
	if err != nil {
		return nil, err
	}
	o := dialogue.MailHandOver{Unit: c.unit, MailExceptionID: id, To: c.unit, Queue: in.Body.Queue}
	names := s.names()
	if c.unit == identity.Global {
		o.To = in.Body.Unit
	} else if !in.Body.Unit.IsZero() && in.Body.Unit != c.unit {
		return nil, errNoUnit.On("body.unit")
	}
	if unit, ok := names.units[o.To]; !ok || o.To == identity.Global || unit.body.Disabled {
		return nil, errNoUnit.On("body.unit")
	}
	if !o.Queue.IsZero() {
		queue, ok := names.queues[o.Queue]
		if !ok || queue.Unit != o.To {
			return nil, errMissing.On("body.queue")
		}
		if queue.body.Domain != acd.Email {
			return nil, errMailQueue.On("body.queue")
		}
	}
	contact, err := s.mails.HandOver(ctx, o, func(contact acd.ContactID) store.Audit {
		// Only ids and texts, which can always be written.
		after, _ := json.Marshal(map[string]any{"contact": contact, "unit": o.To, "queue": o.Queue, "message": in.ID})
		return s.audit(c, "mail.hand_over", c.unit, id.Account, nil, after)
	})
	if err != nil {
		return nil, err
	}
	return &Answer[HandedMail]{HandedMail{contact}}, nil
}

func (s *Server) dismissMailException(ctx context.Context, c call, in *exceptionInput) (*Nothing, error) {
	id, err := exceptionOf(in.ID)
	if err != nil {
		return nil, err
	}
	after, err := json.Marshal(map[string]string{"message": in.ID})
	if err != nil {
		return nil, err
	}
	return nil, s.mails.Dismiss(ctx, c.unit, id, s.audit(c, "mail.dismiss", c.unit, id.Account, nil, after))
}
