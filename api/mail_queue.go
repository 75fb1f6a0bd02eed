package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"portico/acd"
	"portico/dialogue"
	"portico/identity"
	"portico/store"
)

const (
	// waitingScanMax is how many mails that wait are looked at for one page of a search.
	waitingScanMax = 5_000
	// waitingToMax is how many of a mail's recipients are listed.
	waitingToMax = 10
)

// WaitingMail is a mail that waits to leave.
type WaitingMail struct {
	ID          acd.ID[objectKind]  `json:"id"`
	Contact     acd.ContactID       `json:"contact"`
	Seq         uint64              `json:"seq" doc:"number of its message"`
	Account     acd.ID[objectKind]  `json:"account"`
	AccountName string              `json:"account_name,omitempty"`
	Agent       acd.AgentID         `json:"agent,omitzero" doc:"who wrote it; absent: the program"`
	AgentName   string              `json:"agent_name,omitempty"`
	From        store.MailAddress   `json:"from"`
	To          []store.MailAddress `json:"to" nullable:"false" doc:"at most the first ten"`
	Recipients  int                 `json:"recipients" doc:"how many it is for"`
	Subject     string              `json:"subject"`
	At          acd.Time            `json:"at" doc:"since when it waits"`
	Attempts    int                 `json:"attempts" doc:"how often the mail server put it off"`
	Error       string              `json:"error,omitempty" doc:"the mail server's last words"`
	NextAt      acd.Time            `json:"next_at,omitzero" doc:"when it is tried next; absent: when its turn comes"`
}

type (
	waitingMailsInput struct {
		Scope
		Paging
		Account acd.ID[objectKind] `query:"account" doc:"only what leaves through this mailbox"`
		Delayed bool               `query:"delayed" doc:"only what the mail server did not take at once"`
		Find    string             `query:"find" maxLength:"200" doc:"words of the subject, the recipients and the agent's name"`
	}
	giveUpMailInput struct {
		Scope
		ID   acd.ID[objectKind] `path:"id"`
		Body struct {
			Note string `json:"note,omitempty" required:"false" maxLength:"400" doc:"for its agent"`
		}
	}
)

func (s *Server) registerMailQueue() {
	const tag = "mail-queue"
	register(s, operation{id: "read-mail-queue", method: http.MethodGet, path: "/mail-queue", summary: "What waits to leave, by mailbox",
		tag: tag, roles: rolesSupervisor}, s.readMailQueue)
	register(s, operation{id: "list-waiting-mails", method: http.MethodGet, path: "/mail-queue/mails",
		summary: "The mails that wait to leave, oldest first", tag: tag, roles: rolesSupervisor}, s.listWaitingMails)
	register(s, operation{id: "try-waiting-mail", method: http.MethodPost, path: "/mail-queue/mails/{id}/try",
		summary: "Try a mail that waits at once; needs the permission mail_queue", tag: tag, roles: rolesSupervisor}, s.tryWaitingMail)
	register(s, operation{id: "give-up-waiting-mail", method: http.MethodPost, path: "/mail-queue/mails/{id}/give-up",
		summary: "Give a mail that waits back to its agent, for good; needs the permission mail_queue", tag: tag, roles: rolesSupervisor}, s.giveUpWaitingMail)
}

// listWaitingMails reads page by page until it has found enough.
func (s *Server) listWaitingMails(ctx context.Context, c call, in *waitingMailsInput) (*Answer[Page[WaitingMail]], error) {
	after, err := mailKey(in.After)
	if err != nil {
		return nil, err
	}
	names, words := s.names(), strings.Fields(strings.ToLower(in.Find))
	page := Page[WaitingMail]{Items: []WaitingMail{}}
	for seen := 0; seen < waitingScanMax; {
		rows, err := s.store.WaitingMails(ctx, c.unit, store.WaitingQuery{Account: in.Account, Delayed: in.Delayed}, after, store.PageMax)
		if err != nil {
			return nil, err
		}
		for _, w := range rows {
			after = w.ID
			if v := names.waitingMail(w); v.holds(words) {
				if page.Items = append(page.Items, v); len(page.Items) == in.Limit {
					page.Next = acd.ID[objectKind](after).String()
					return &Answer[Page[WaitingMail]]{page}, nil
				}
			}
		}
		if seen += len(rows); len(rows) < store.PageMax {
			return &Answer[Page[WaitingMail]]{page}, nil
		}
	}
	page.Next = acd.ID[objectKind](after).String()
	return &Answer[Page[WaitingMail]]{page}, nil
}

func (c *catalogue) waitingMail(w store.WaitingMail) WaitingMail {
	out := WaitingMail{ID: w.ID, Contact: w.Contact, Seq: w.Seq, Account: w.Account, Agent: w.Agent, AgentName: c.agentName(w.Agent), From: w.From,
		To: listed(w.To[:min(len(w.To), waitingToMax)]), Recipients: len(w.To), Subject: w.Subject, At: w.At, Attempts: w.Attempts, Error: w.Error, NextAt: w.NextAt}
	if account, ok := c.mail.Account(w.Account); ok {
		out.AccountName = account.Name
	}
	return out
}

// holds reports whether all words are somewhere in what is shown of a mail.
func (w WaitingMail) holds(words []string) bool {
	if len(words) == 0 {
		return true
	}
	all := w.Subject + " " + w.AgentName
	for _, to := range w.To {
		all += " " + to.Name + " " + to.Address
	}
	all = strings.ToLower(all)
	for _, word := range words {
		if !strings.Contains(all, word) {
			return false
		}
	}
	return true
}

// steersMail gives a mail that waits to whoever may say what becomes of it, and the audit's words for it.
func (s *Server) steersMail(ctx context.Context, c call, id acd.ID[objectKind]) ([]byte, error) {
	if err := s.permit(c, identity.MailQueue); err != nil {
		return nil, err
	}
	out, err := s.store.MailOut(ctx, c.unit, id)
	if err != nil {
		return nil, err
	}
	if err := s.bound(c, out.Agent); err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{"contact": out.Contact, "seq": out.Seq})
}

func (s *Server) tryWaitingMail(ctx context.Context, c call, in *idInput) (*Nothing, error) {
	about, err := s.steersMail(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	return nil, s.mails.TryMail(ctx, c.unit, in.ID, s.audit(c, "mail.try", c.unit, in.ID, nil, about))
}

func (s *Server) giveUpWaitingMail(ctx context.Context, c call, in *giveUpMailInput) (*Nothing, error) {
	about, err := s.steersMail(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	note := s.conversations.Masker(c.unit).Text(strings.TrimSpace(in.Body.Note))
	return nil, s.mails.GiveUpMail(ctx, dialogue.MailGiveUp{Unit: c.unit, ID: in.ID, By: c.caller.Name, Note: note},
		s.audit(c, "mail.give_up", c.unit, in.ID, nil, about))
}

// MailQueue is what waits to leave from one mailbox.
type MailQueue struct {
	Account acd.ID[objectKind] `json:"account"`
	Name    string             `json:"name"`
	Waiting int                `json:"waiting"`
	Rate    int                `json:"rate_per_minute" doc:"how many leave in a minute at most; 0: no bound"`
	Error   string             `json:"error,omitempty"`
	Hint    string             `json:"hint,omitempty"`
	dialogue.MailSaid
	Connected bool `json:"connected" doc:"the mailbox is read"`
	Disabled  bool `json:"disabled,omitempty" doc:"nothing is sent"`
}

// MailQueues are those of a business unit.
type MailQueues struct {
	Items []MailQueue `json:"items" nullable:"false"`
}

func (s *Server) readMailQueue(ctx context.Context, c call, _ *scopeInput) (*Answer[MailQueues], error) {
	waiting, err := s.store.MailsWaiting(ctx, c.unit)
	if err != nil {
		return nil, err
	}
	out := MailQueues{Items: []MailQueue{}}
	for _, a := range s.names().mail.Accounts {
		n, some := waiting[a.ID]
		if a.Unit != c.unit && !some {
			continue
		}
		q := MailQueue{Account: a.ID, Name: a.Name, Waiting: n, Disabled: a.Disabled}
		if state, err := s.mails.AccountState(a.Unit, a.ID); err == nil {
			q.Rate, q.Error, q.Hint, q.MailSaid, q.Connected = state.Rate, state.Error, state.Hint, state.MailSaid, state.Connected
		}
		out.Items = append(out.Items, q)
	}
	return &Answer[MailQueues]{out}, nil
}
