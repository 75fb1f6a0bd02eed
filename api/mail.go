package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/store"
	"portico/talk"
)

// Mails is the channel of the contacts that are e-mails. All methods answer for what is
// another unit's as for what never existed. It is safe for concurrent use.
type Mails interface {
	// SendMail saves a mail of the contact's owner and returns once that is durable: it is
	// then on its way. The same client id again gives the mail that it made.
	SendMail(ctx context.Context, o dialogue.MailOrder) (dialogue.MailSent, error)
	// ServePart answers a request with a part of a mail that came, from the mailbox. An
	// error means that nothing was answered yet.
	ServePart(w http.ResponseWriter, r *http.Request, q dialogue.MailPartRequest) error
	// ServeRaw answers a request with a whole mail, as ServePart does.
	ServeRaw(w http.ResponseWriter, r *http.Request, q dialogue.MailPartRequest) error
	// TakeMailFile saves a file for a mail that an agent has begun and that is nobody's
	// contact yet; u.ClientID is the one that the mail will be sent with.
	TakeMailFile(ctx context.Context, u dialogue.Upload) (store.Attachment, error)
	// DecideMail lets a mail that waits for approval go, or gives it back to its agent. The
	// audit's entry is saved with it.
	DecideMail(ctx context.Context, d dialogue.MailDecision, audit store.Audit) error
	// TryMail has a mail that waits to leave tried at once, and GiveUpMail brings it back to
	// its agent for good. The audit's entry is saved with it.
	TryMail(ctx context.Context, unit acd.UnitID, id [16]byte, audit store.Audit) error
	GiveUpMail(ctx context.Context, g dialogue.MailGiveUp, audit store.Audit) error
	// EraseMails deletes the messages of a contact from their mailboxes.
	EraseMails(ctx context.Context, unit acd.UnitID, contact acd.ContactID) error
	// CheckAccount tries an account, step by step.
	CheckAccount(ctx context.Context, unit acd.UnitID, id [16]byte) ([]dialogue.MailFinding, error)
	// WarnAccount says which settings of an account, as somebody types it, will make trouble.
	WarnAccount(unit acd.UnitID, body talk.MailAccountBody) []dialogue.MailWarning
	// Exceptions gives what was not routed of a unit, the newest first.
	Exceptions(ctx context.Context, unit acd.UnitID) ([]dialogue.MailException, error)
	// HandOver routes an exception after all, and gives its contact.
	HandOver(ctx context.Context, o dialogue.MailHandOver, audit func(acd.ContactID) store.Audit) (acd.ContactID, error)
	// Dismiss takes an exception off the list.
	Dismiss(ctx context.Context, unit acd.UnitID, id dialogue.MailExceptionID, audit store.Audit) error
	// AccountState says how an account does.
	AccountState(unit acd.UnitID, id [16]byte) (dialogue.MailAccountState, error)
}

// Mail is a mail of a contact. Its plain text is in the message of the same number.
type Mail struct {
	Seq       uint64              `json:"seq" doc:"number of its message"`
	At        acd.Time            `json:"at"`
	Direction string              `json:"direction" enum:"in,out"`
	MessageID string              `json:"message_id,omitempty"`
	InReplyTo string              `json:"in_reply_to,omitempty"`
	From      store.MailAddress   `json:"from"`
	ReplyTo   []store.MailAddress `json:"reply_to" nullable:"false"`
	To        []store.MailAddress `json:"to" nullable:"false"`
	Cc        []store.MailAddress `json:"cc" nullable:"false"`
	Bcc       []store.MailAddress `json:"bcc" nullable:"false"`
	Alias     string              `json:"alias,omitempty" doc:"of our addresses that it was sent to, or leaves from"`
	Subject   string              `json:"subject"`
	Date      acd.Time            `json:"date,omitzero" doc:"as its sender has it"`
	Text      string              `json:"text"`
	HTML      string              `json:"html,omitempty" doc:"sanitised; remote images are in data-remote"`
	Remote    int                 `json:"remote_images,omitempty"`
	Cut       bool                `json:"cut,omitempty" doc:"the whole is in the mailbox alone"`
	Auto      bool                `json:"auto,omitempty" doc:"the program wrote it"`
	Expert    bool                `json:"expert,omitempty" doc:"to, or from, an outside expert"`
	By        acd.AgentID         `json:"by,omitzero" doc:"the agent who wrote it"`
	ByName    string              `json:"by_name,omitempty"`
	Parts     []MailPart          `json:"parts" nullable:"false"`
	Marks     []store.MailMark    `json:"marks" nullable:"false" doc:"auto, spam, authentication, calendar, broken, no_auto_reply"`
	InMailbox bool                `json:"in_mailbox" doc:"its attachments can be fetched"`
	Sending   string              `json:"sending,omitempty" enum:"held,queued,sent,filed,failed,refused" doc:"of what leaves: how far it has come"`
	Error     string              `json:"error,omitempty" doc:"the mail server's words"`
	NextAt    acd.Time            `json:"next_at,omitzero" doc:"when it is tried again"`
}

// MailPart is an attachment or an inline image of a mail.
type MailPart struct {
	Part       string                `json:"part,omitempty" doc:"for /contacts/{id}/mails/{seq}/parts/{part}"`
	Attachment dialogue.AttachmentID `json:"attachment,omitzero" doc:"of what leaves: for /contacts/{id}/attachments/{attachment}"`
	Name       string                `json:"name"`
	MediaType  string                `json:"media_type"`
	Size       int64                 `json:"size" doc:"bytes, about"`
	ContentID  string                `json:"content_id,omitempty" doc:"shown by cid: in the HTML"`
	Inline     bool                  `json:"inline,omitempty"`
}

// MailDraft is a mail that an agent writes, as it was last saved.
type MailDraft struct {
	At    acd.Time           `json:"at,omitzero"`
	Draft *dialogue.MailText `json:"draft,omitempty" doc:"absent: there is none"`
	// Signature is for whoever begins to write.
	Signature *MailSignature `json:"signature,omitempty" doc:"where there is no draft: what is to stand below the mail; absent: nothing"`
}

// SentMail is the answer to a mail that is on its way.
type SentMail struct {
	Contact acd.ContactID `json:"contact"`
	Seq     uint64        `json:"seq"`
	At      acd.Time      `json:"at"`
	Held    bool          `json:"held" doc:"a supervisor must approve it first"`
}

type (
	mailPartInput struct {
		Scope
		ID     acd.ContactID `path:"id"`
		Seq    uint64        `path:"seq" minimum:"1"`
		Part   string        `path:"part" maxLength:"60"`
		Inline string        `query:"inline" enum:"1" doc:"1: to be shown, where that is safe, instead of saved"`
	}
	mailDraftInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			Draft *dialogue.MailText `json:"draft,omitempty" doc:"absent: no draft"`
		}
	}
	sendMailInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			dialogue.MailText
			ClientID string `json:"client_id" minLength:"1" maxLength:"64" doc:"chosen by the caller: a repeat gives the same answer"`
			Finish   bool   `json:"finish,omitempty" required:"false" doc:"the conversation ends with it; wrap-up begins"`
		}
	}
	newMailInput struct {
		Body struct {
			dialogue.MailWords
			ClientID string      `json:"client_id" minLength:"1" maxLength:"60" doc:"chosen by the caller: a repeat gives the same answer"`
			Queue    acd.QueueID `json:"queue" doc:"of e-mail, under which it counts"`
			// Attachments are files that were brought under the client id.
			Attachments []dialogue.AttachmentID `json:"attachments" required:"false" nullable:"false" maxItems:"50" doc:"see POST /mail-files"`
		}
	}
	deferInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			Until acd.Time `json:"until" doc:"when it enters its queue again"`
		}
	}
	expertInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			ClientID string            `json:"client_id" minLength:"1" maxLength:"64"`
			To       store.MailAddress `json:"to" doc:"somebody outside"`
			Note     string            `json:"note" minLength:"1" maxLength:"20000" doc:"what is asked; the customer's mail stands below it"`
		}
	}
)

func (s *Server) registerMail() {
	const tag = "mails"
	register(s, operation{id: "list-mails", method: http.MethodGet, path: "/contacts/{id}/mails", summary: "Mails of a contact, oldest first",
		tag: tag, roles: rolesEveryone}, s.listMails)
	register(s, operation{id: "read-mail-part", method: http.MethodGet, path: "/contacts/{id}/mails/{seq}/parts/{part}",
		summary: "An attachment of a mail that came, fetched from the mailbox", tag: tag, roles: rolesEveryone, raw: true}, s.readMailPart)
	register(s, operation{id: "read-thread", method: http.MethodGet, path: "/contacts/{id}/thread",
		summary: "The contacts of a thread, or of its customer, newest first, with what was written", tag: tag, roles: rolesEveryone}, s.readThread)
	register(s, operation{id: "read-mail-draft", method: http.MethodGet, path: "/contacts/{id}/mail-draft",
		summary: "The mail that I write", tag: tag, roles: rolesDesk, person: true}, s.readMailDraft)
	register(s, operation{id: "save-mail-draft", method: http.MethodPut, path: "/contacts/{id}/mail-draft",
		summary: "Keep the mail that I write", tag: tag, roles: rolesDesk, person: true, bytesMax: mailBytesMax}, s.saveMailDraft)
	register(s, operation{id: "send-mail", method: http.MethodPost, path: "/contacts/{id}/mails", summary: "Send a mail: answer, forward, or write anew",
		tag: tag, roles: rolesDesk, person: true, status: http.StatusCreated, bytesMax: mailBytesMax}, s.sendMail)
	register(s, operation{id: "create-mail", method: http.MethodPost, path: "/mails", summary: "Begin a new contact with a mail; my signature is put below it",
		tag: tag, roles: rolesDesk, person: true, status: http.StatusCreated, bytesMax: mailBytesMax}, s.createMail)
	register(s, operation{id: "defer-contact", method: http.MethodPost, path: "/contacts/{id}/defer", summary: "Put the contact back until a date",
		tag: tag, roles: rolesDesk, person: true}, s.deferContact)
	register(s, operation{id: "consult-expert", method: http.MethodPost, path: "/contacts/{id}/consult-expert",
		summary: "Ask somebody outside by e-mail; the answer comes back to the contact", tag: tag, roles: rolesDesk, person: true,
		status: http.StatusCreated}, s.consultExpert)
	register(s, operation{id: "list-mail-approvals", method: http.MethodGet, path: "/mail-approvals", summary: "Mails that wait for a supervisor, oldest first",
		tag: tag, roles: rolesSupervisor}, s.listMailApprovals)
	register(s, operation{id: "decide-mail-approval", method: http.MethodPost, path: "/mail-approvals/{id}",
		summary: "Let a mail go, or give it back to its agent", tag: tag, roles: rolesSupervisor}, s.decideMailApproval)
	s.registerMailQueue()
	s.answersFile("/contacts/{id}/mails/{seq}/parts/{part}", "application/octet-stream")
	s.registerMailFiles()
}

// mailBytesMax bounds the body of a request that holds a mail.
const mailBytesMax = 2 << 20

// outNames are how far a mail has come, as the API spells it.
var outNames = [...]string{store.OutHeld: "held", store.OutQueued: "queued", store.OutSent: "sent", store.OutFiled: "filed", store.OutFailed: "failed",
	store.OutRefused: "refused"}

func (s *Server) listMails(ctx context.Context, c call, in *contactInput) (*Answer[Page[Mail]], error) {
	if err := s.exists(ctx, c.unit, in.ID); err != nil {
		return nil, err
	}
	mails, err := s.store.Mails(ctx, c.unit, in.ID, 0)
	if err != nil {
		return nil, err
	}
	items, err := s.mailsOf(ctx, c.unit, in.ID, mails)
	if err != nil {
		return nil, err
	}
	return &Answer[Page[Mail]]{Page[Mail]{Items: items}}, nil
}

// mailsOf shows mails of a contact.
func (s *Server) mailsOf(ctx context.Context, unit acd.UnitID, id acd.ContactID, mails []store.Mail) ([]Mail, error) {
	out := make([]Mail, len(mails))
	if len(mails) == 0 {
		return out, nil
	}
	states, err := s.store.MailsOut(ctx, unit, id)
	if err != nil {
		return nil, err
	}
	under := make(map[uint64]store.MailOut, len(states))
	for _, o := range states {
		under[o.Seq] = o
	}
	rows, err := s.store.Messages(ctx, unit, id, mails[0].Seq-1, int(min(mails[len(mails)-1].Seq-mails[0].Seq+1, store.PageMax)))
	if err != nil {
		return nil, err
	}
	messages := make(map[uint64]store.Message, len(rows))
	for _, m := range rows {
		messages[m.Seq] = m
	}
	names := s.names()
	for i, m := range mails {
		row := messages[m.Seq]
		out[i] = showMail(m)
		out[i].At, out[i].Text, out[i].By, out[i].ByName = row.At, row.Text, row.By, names.agentName(row.By)
		if o, ok := under[m.Seq]; ok {
			out[i].Sending, out[i].Error, out[i].NextAt = nameOf(outNames[:], o.State), o.Error, o.NextAt
		}
	}
	return out, nil
}

func showMail(m store.Mail) Mail {
	out := Mail{Seq: m.Seq, Direction: "in", MessageID: m.MessageID, InReplyTo: m.InReplyTo, From: m.From, ReplyTo: listed(m.ReplyTo), To: listed(m.To),
		Cc: listed(m.Cc), Bcc: listed(m.Bcc), Alias: m.Alias, Subject: m.Subject, Date: m.Date, HTML: m.HTML, Remote: m.Remote, Cut: m.Cut,
		Auto: m.Auto, Expert: m.Expert, Parts: make([]MailPart, len(m.Parts)), Marks: listed(m.Marks), InMailbox: m.Direction == store.MailIn && !m.Place.IsGone()}
	if m.Direction == store.MailOutgoing {
		out.Direction = "out"
	}
	for i, p := range m.Parts {
		out.Parts[i] = MailPart{Part: p.Part, Attachment: p.Attachment, Name: p.Name, MediaType: p.MediaType, Size: p.Size, ContentID: p.ContentID, Inline: p.Inline}
	}
	return out
}

func (s *Server) readMailPart(_ context.Context, c call, in *mailPartInput) (*huma.StreamResponse, error) {
	q := dialogue.MailPartRequest{Unit: c.unit, Contact: in.ID, Seq: in.Seq, Part: in.Part, Inline: in.Inline == "1", Who: c.caller.Name}
	return &huma.StreamResponse{Body: func(huma.Context) {
		c.response.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		c.until()(time.Now().Add(answerMax))
		if err := s.mails.ServePart(c.response, c.request, q); err != nil {
			s.problem(err).write(c.response)
		}
	}}, nil
}

func (s *Server) readMailDraft(ctx context.Context, c call, in *plainInput) (*Answer[MailDraft], error) {
	if err := s.exists(ctx, c.unit, in.ID); err != nil {
		return nil, err
	}
	d, err := s.store.MailDraft(ctx, c.unit, in.ID, c.caller.User)
	if errors.Is(err, store.ErrNone) {
		signature, err := s.draftSignature(ctx, c, in.ID)
		return &Answer[MailDraft]{MailDraft{Signature: signature}}, err
	}
	if err != nil {
		return nil, err
	}
	var text dialogue.MailText
	if err := json.Unmarshal(d.Body, &text); err != nil {
		return nil, err
	}
	return &Answer[MailDraft]{MailDraft{At: d.At, Draft: &text}}, nil
}

// saveMailDraft returns when the draft is durable.
func (s *Server) saveMailDraft(ctx context.Context, c call, in *mailDraftInput) (*Nothing, error) {
	if err := s.exists(ctx, c.unit, in.ID); err != nil {
		return nil, err
	}
	row := store.MailDraft{Unit: c.unit, Contact: in.ID, Agent: c.caller.User, At: s.at()}
	if in.Body.Draft != nil {
		masker := s.conversations.Masker(c.unit)
		d := *in.Body.Draft
		for _, id := range d.Attachments {
			file, err := s.store.Attachment(ctx, c.unit, id)
			if errors.Is(err, store.ErrNone) || err == nil && file.Contact != in.ID {
				return nil, errMissing.On("draft.attachments")
			}
			if err != nil {
				return nil, err
			}
		}
		d.Text, d.HTML, d.Subject = masker.Draft(d.Text), masker.Draft(d.HTML), masker.Draft(d.Subject)
		body, err := json.Marshal(d)
		if err != nil {
			return nil, err
		}
		row.Body = body
	}
	return nil, s.saveLazy(ctx, row)
}

// saveLazy returns when a row of the class Lazy is durable.
func (s *Server) saveLazy(ctx context.Context, row store.Row) error {
	done := make(chan store.Outcome, 1)
	if err := s.store.Submit(store.Lazy, store.Unit{Rows: []store.Row{row}}, func(o store.Outcome) { done <- o }); err != nil {
		return err
	}
	select {
	case o := <-done:
		return o.Err
	case <-ctx.Done():
		return errAway
	}
}

func (s *Server) sendMail(ctx context.Context, c call, in *sendMailInput) (*Answer[SentMail], error) {
	if p, ok := s.picture.Contact(c.unit, in.ID); ok {
		if _, err := s.leavesFrom(c, p.Destination, p.Queue, in.Body.From); err != nil {
			return nil, err
		}
	}
	sent, err := s.mails.SendMail(ctx, dialogue.MailOrder{Unit: c.unit, Contact: in.ID, Agent: c.caller.User, ClientID: in.Body.ClientID,
		MailText: in.Body.MailText})
	if err != nil {
		return nil, err
	}
	s.dropMailDraft(c, in.ID)
	if in.Body.Finish {
		// A repeat finds it finished, or over.
		if _, err := s.ask(ctx, c, acd.Finished{Contact: in.ID, Agent: c.caller.User}); err != nil && fault.Of(err) == nil {
			return nil, err
		}
	}
	return &Answer[SentMail]{sentMail(sent)}, nil
}

// dropMailDraft forgets the draft of a mail that is on its way. One that stays is no harm.
func (s *Server) dropMailDraft(c call, id acd.ContactID) {
	row := store.MailDraft{Unit: c.unit, Contact: id, Agent: c.caller.User}
	if err := s.store.Submit(store.Lazy, store.Unit{Rows: []store.Row{row}}, nil); err != nil {
		s.log.Info("the draft of a mail stays", "contact", id, "err", err)
	}
}

func sentMail(sent dialogue.MailSent) SentMail {
	return SentMail{Contact: sent.Contact, Seq: sent.Message.Seq, At: sent.Message.At, Held: sent.Held}
}

var errMailQueue = fault.New(fault.Invalid, "mail_queue", "Choose a queue of e-mail.").On("queue")

func (s *Server) createMail(ctx context.Context, c call, in *newMailInput) (*Answer[SentMail], error) {
	queue, ok := s.names().queues[in.Body.Queue]
	if !ok || queue.Unit != c.unit {
		return nil, errMissing.On("queue")
	}
	if queue.body.Domain != acd.Email {
		return nil, errMailQueue
	}
	usual, err := s.leavesFrom(c, "", in.Body.Queue, in.Body.From)
	if err != nil {
		return nil, err
	}
	in.Body.From = cmp.Or(in.Body.From, usual)
	s.sign(c, &in.Body.MailWords, in.Body.Queue)
	sent, err := s.mails.SendMail(ctx, dialogue.MailOrder{Unit: c.unit, Queue: in.Body.Queue, Agent: c.caller.User, ClientID: in.Body.ClientID,
		MailText: dialogue.MailText{Mode: dialogue.MailNew, MailWords: in.Body.MailWords, Attachments: in.Body.Attachments}})
	if err != nil {
		return nil, err
	}
	return &Answer[SentMail]{sentMail(sent)}, nil
}

func (s *Server) deferContact(ctx context.Context, c call, in *deferInput) (*Answer[Done], error) {
	return s.command(ctx, c, in.ID, acd.Requeued{Contact: in.ID, From: c.caller.User, Until: in.Body.Until})
}

func (s *Server) consultExpert(ctx context.Context, c call, in *expertInput) (*Answer[SentMail], error) {
	signature, err := s.draftSignature(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	sent, err := s.mails.SendMail(ctx, dialogue.MailOrder{Unit: c.unit, Contact: in.ID, Agent: c.caller.User, ClientID: in.Body.ClientID,
		MailText: dialogue.MailText{Mode: dialogue.MailExpert, MailWords: dialogue.MailWords{To: []store.MailAddress{in.Body.To}, Text: undersigned(in.Body.Note, signature)}}})
	if err != nil {
		return nil, err
	}
	return &Answer[SentMail]{sentMail(sent)}, nil
}

// mailKey is where a page of mails goes on.
func mailKey(after string) (id [16]byte, err error) {
	if after == "" {
		return id, nil
	}
	parsed, err := acd.ParseID[objectKind](after)
	if err != nil {
		return id, store.ErrPage
	}
	return parsed, nil
}

// MailApproval is a mail that waits for a supervisor.
type MailApproval struct {
	ID        acd.ID[objectKind] `json:"id"`
	Contact   acd.ContactID      `json:"contact"`
	Agent     acd.AgentID        `json:"agent"`
	AgentName string             `json:"agent_name"`
	At        acd.Time           `json:"at"`
	Mail      Mail               `json:"mail"`
}

type (
	approvalsInput struct {
		Scope
		Paging
	}
	approvalInput struct {
		Scope
		ID   acd.ID[objectKind] `path:"id"`
		Body struct {
			Approve bool   `json:"approve"`
			Note    string `json:"note,omitempty" required:"false" maxLength:"4000" doc:"for the agent, where it is not approved"`
		}
	}
)

func (s *Server) listMailApprovals(ctx context.Context, c call, in *approvalsInput) (*Answer[Page[MailApproval]], error) {
	after, err := mailKey(in.After)
	if err != nil {
		return nil, err
	}
	limit := min(in.Limit, 50) // each may hold a long mail
	held, err := s.store.MailsHeld(ctx, c.unit, after, limit)
	if err != nil {
		return nil, err
	}
	page := Page[MailApproval]{Items: make([]MailApproval, 0, len(held))}
	for _, o := range held {
		mail, err := s.store.Mail(ctx, c.unit, o.Contact, o.Seq)
		if errors.Is(err, store.ErrNone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		shown, err := s.mailsOf(ctx, c.unit, o.Contact, []store.Mail{mail})
		if err != nil {
			return nil, err
		}
		page.Items = append(page.Items, MailApproval{ID: o.ID, Contact: o.Contact, Agent: o.Agent, AgentName: s.names().agentName(o.Agent), At: o.At, Mail: shown[0]})
	}
	if len(held) == limit {
		page.Next = acd.ID[objectKind](held[limit-1].ID).String()
	}
	return &Answer[Page[MailApproval]]{page}, nil
}

func (s *Server) decideMailApproval(ctx context.Context, c call, in *approvalInput) (*Nothing, error) {
	out, err := s.store.MailOut(ctx, c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	verb := "mail.refuse"
	if in.Body.Approve {
		verb = "mail.approve"
	}
	after, err := json.Marshal(map[string]any{"contact": out.Contact, "seq": out.Seq, "note": in.Body.Note})
	if err != nil {
		return nil, err
	}
	note := s.conversations.Masker(c.unit).Text(in.Body.Note)
	return nil, s.mails.DecideMail(ctx, dialogue.MailDecision{Unit: c.unit, ID: in.ID, Approve: in.Body.Approve, Note: note},
		s.audit(c, verb, c.unit, in.ID, nil, after))
}
