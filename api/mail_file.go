package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/identity"
	"portico/talk"
)

// MailFrom is an address that a mail of the caller's may leave from.
type MailFrom struct {
	Address string `json:"address"`
	Name    string `json:"name,omitempty" doc:"stands beside the address"`
}

// MailFroms are the addresses that a mail may leave from.
type MailFroms struct {
	Items []MailFrom `json:"items" nullable:"false" doc:"the first is the usual one"`
}

type (
	mailFromInput struct {
		Contact acd.ContactID `query:"contact" doc:"that is answered"`
		Queue   acd.QueueID   `query:"queue" doc:"of a new mail"`
	}
	newMailFileInput struct {
		Mail string `query:"mail" required:"true" minLength:"1" maxLength:"60" doc:"the client id that the mail will be sent with"`
		Name string `query:"name" maxLength:"1000" doc:"of the file"`
	}
	mailFileInput struct {
		Attachment dialogue.AttachmentID `path:"id"`
		Mail       string                `query:"mail" required:"true" minLength:"1" maxLength:"60" doc:"the client id that it was brought under"`
		Inline     string                `query:"inline" enum:"1" doc:"1: to be shown, where that is safe, instead of saved"`
	}
	rawMailInput struct {
		Scope
		ID  acd.ContactID `path:"id"`
		Seq uint64        `path:"seq" minimum:"1"`
	}
)

func (s *Server) registerMailFiles() {
	const tag = "mails"
	register(s, operation{id: "list-mail-addresses", method: http.MethodGet, path: "/mail-addresses",
		summary: "The addresses that a mail of mine may leave from", tag: tag, roles: rolesDesk, person: true}, s.listMailAddresses)
	register(s, operation{id: "bring-mail-file", method: http.MethodPost, path: "/mail-files",
		summary: "Bring a file for a mail that begins a new contact: its bytes are the body; kept for a day", tag: tag, roles: rolesDesk, person: true,
		status: http.StatusCreated, raw: true}, s.bringMailFile)
	register(s, operation{id: "read-mail-file", method: http.MethodGet, path: "/mail-files/{id}",
		summary: "A file that I have brought for a mail that is not sent yet", tag: tag, roles: rolesDesk, person: true, raw: true}, s.readMailFile)
	register(s, operation{id: "read-raw-mail", method: http.MethodGet, path: "/contacts/{id}/mails/{seq}/raw",
		summary: "A whole mail as it travels, for a file", tag: tag, roles: rolesEveryone, raw: true}, s.readRawMail)
	s.huma.OpenAPI().Paths[prefix+"/mail-files"].Post.RequestBody = &huma.RequestBody{Required: true, Content: bytesOf("application/octet-stream")}
	s.answersFile("/mail-files/{id}", "application/octet-stream")
	s.answersFile("/contacts/{id}/mails/{seq}/raw", "message/rfc822")
}

// bytesOf describes content that is no JSON.
func bytesOf(media ...string) map[string]*huma.MediaType {
	content := map[string]*huma.MediaType{}
	for _, m := range media {
		content[m] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	return content
}

// answersFile says in the document that a path answers with a file.
func (s *Server) answersFile(path string, media ...string) {
	s.huma.OpenAPI().Paths[prefix+path].Get.Responses["200"] = &huma.Response{Description: "OK", Content: bytesOf(media...)}
}

var errMailFrom = fault.New(fault.Forbidden, "mail_from_other", "Mails of yours cannot leave from this address. Choose one that is offered.").On("from")

// senders gives the addresses that a mail of the caller's may leave from, the usual one
// first. Those of other queues are for who serves them, and for supervisors.
func (s *Server) senders(c call, came string, queue acd.QueueID) []talk.MailFrom {
	names := s.names()
	all := names.mail.Senders(c.unit, identity.Global, came, queue)
	if len(all) == 0 || c.caller.Has(rolesSupervisor...) {
		return all
	}
	served := names.plan.Queues(c.caller.User)
	usual := all[0].Address
	return slices.DeleteFunc(all, func(f talk.MailFrom) bool {
		return f.Address != usual && !f.Queue.IsZero() && f.Queue != queue &&
			!slices.ContainsFunc(served, func(e acd.Edge) bool { return e.Queue == f.Queue })
	})
}

// leavesFrom judges the address that the caller wants a mail to leave from; empty: the
// usual one, which is given. A unit without a mailbox is the channel's to refuse.
func (s *Server) leavesFrom(c call, came string, queue acd.QueueID, from string) (usual string, err error) {
	all := s.senders(c, came, queue)
	if from != "" && !slices.ContainsFunc(all, func(f talk.MailFrom) bool { return talk.FoldAddress(f.Address) == talk.FoldAddress(from) }) {
		return "", errMailFrom
	}
	if len(all) == 0 {
		return "", nil
	}
	return all[0].Address, nil
}

func (s *Server) listMailAddresses(ctx context.Context, c call, in *mailFromInput) (*Answer[MailFroms], error) {
	queue, came := in.Queue, ""
	if !in.Contact.IsZero() {
		of, from, err := s.signedIn(ctx, c, in.Contact)
		if err != nil {
			return nil, err
		}
		queue, came = of.Queue, from
	}
	out := MailFroms{Items: []MailFrom{}}
	for _, f := range s.senders(c, came, queue) {
		out.Items = append(out.Items, MailFrom{Address: f.Address, Name: f.Name})
	}
	return &Answer[MailFroms]{out}, nil
}

func (s *Server) bringMailFile(ctx context.Context, c call, in *newMailFileInput) (*Answer[Attachment], error) {
	r := c.request
	if r.ContentLength < 0 {
		return nil, errFileLength
	}
	a, err := s.mails.TakeMailFile(ctx, dialogue.Upload{Unit: c.unit, Agent: c.caller.User, ClientID: in.Mail, Name: in.Name,
		MediaType: r.Header.Get("Content-Type"), Size: r.ContentLength, Body: r.Body, Until: c.until()})
	if err != nil {
		return nil, err
	}
	return &Answer[Attachment]{Attachment{ID: a.ID, Name: a.Name, MediaType: a.MediaType, Size: a.Size}}, nil
}

func (s *Server) readMailFile(_ context.Context, c call, in *mailFileInput) (*huma.StreamResponse, error) {
	d := dialogue.Download{Unit: c.unit, Contact: dialogue.NewMailFiles(c.unit, c.caller.User, in.Mail), Attachment: in.Attachment,
		Inline: in.Inline == "1", Waiting: true}
	return &huma.StreamResponse{Body: func(huma.Context) {
		c.response.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		if err := s.conversations.ServeAttachment(c.response, c.request, d); err != nil {
			s.problem(err).write(c.response)
		}
	}}, nil
}

func (s *Server) readRawMail(_ context.Context, c call, in *rawMailInput) (*huma.StreamResponse, error) {
	q := dialogue.MailPartRequest{Unit: c.unit, Contact: in.ID, Seq: in.Seq, Who: c.caller.Name}
	return &huma.StreamResponse{Body: func(huma.Context) {
		c.response.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		c.until()(time.Now().Add(answerMax))
		if err := s.mails.ServeRaw(c.response, c.request, q); err != nil {
			s.problem(err).write(c.response)
		}
	}}, nil
}
