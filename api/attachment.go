package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/store"
)

// kindFile is a message that names a file.
const kindFile = "file"

// Attachment is a file of a conversation.
type Attachment struct {
	ID        dialogue.AttachmentID `json:"id"`
	Name      string                `json:"name"`
	MediaType string                `json:"media_type"`
	Size      uint64                `json:"size" doc:"bytes"`
}

type (
	attachInput struct {
		ID       acd.ContactID `path:"id"`
		ClientID string        `query:"client_id" required:"true" minLength:"1" maxLength:"64" doc:"chosen by the caller: a repeat gives the same answer"`
		Name     string        `query:"name" maxLength:"1000" doc:"of the file"`
	}
	fileInput struct {
		Scope
		ID         acd.ContactID         `path:"id"`
		Attachment dialogue.AttachmentID `path:"attachment"`
		Inline     string                `query:"inline" enum:"1" doc:"1: to be shown, where that is safe, instead of saved"`
	}
	transcriptInput struct {
		Scope
		ID     acd.ContactID `path:"id"`
		Format string        `query:"format" enum:"text,html" default:"text"`
	}
)

// errFileLength: whoever sends a file must say beforehand how long it is.
var errFileLength = fault.New(fault.Invalid, "file_length", "Say with Content-Length how long the file is.").On("file")

func (s *Server) registerAttachments() {
	const tag = "messages"
	register(s, operation{id: "attach-file", method: http.MethodPost, path: "/contacts/{id}/attachments",
		summary: "Send the customer a file: its bytes are the body, Content-Type says what it is", tag: tag, roles: rolesDesk, person: true,
		status: http.StatusCreated, raw: true}, s.attach)
	register(s, operation{id: "read-attachment", method: http.MethodGet, path: "/contacts/{id}/attachments/{attachment}",
		summary: "A file of a conversation; parts of it by Range", tag: tag, roles: rolesEveryone, raw: true}, s.readAttachment)
	register(s, operation{id: "read-transcript", method: http.MethodGet, path: "/contacts/{id}/transcript",
		summary: "The conversation as a document, with notes", tag: tag, roles: rolesEveryone, raw: true}, s.readTranscript)
	s.describeFiles()
}

// describeFiles adds to the document what types cannot say.
func (s *Server) describeFiles() {
	s.huma.OpenAPI().Paths[prefix+"/contacts/{id}/attachments"].Post.RequestBody = &huma.RequestBody{Required: true, Content: bytesOf("application/octet-stream")}
	s.answersFile("/contacts/{id}/attachments/{attachment}", "application/octet-stream")
	s.answersFile("/contacts/{id}/transcript", "text/plain", "text/html")
}

// attachments gives the files that messages of a contact name, by the message.
func (s *Server) attachments(ctx context.Context, unit acd.UnitID, id acd.ContactID, rows []store.Message) (map[uint64][]Attachment, error) {
	first, last := uint64(0), uint64(0)
	for i := range rows {
		if rows[i].Kind != kindFile && rows[i].Kind != dialogue.KindMailFile {
			continue
		}
		if last = rows[i].Seq; first == 0 {
			first = last
		}
	}
	if first == 0 {
		return nil, nil
	}
	all, err := s.store.MessageAttachments(ctx, unit, id, first, last)
	if err != nil {
		return nil, err
	}
	files := make(map[uint64][]Attachment, len(all))
	for _, a := range all {
		files[a.Seq] = append(files[a.Seq], Attachment{ID: a.ID, Name: a.Name, MediaType: a.MediaType, Size: a.Size})
	}
	return files, nil
}

// until gives what extends the time of a request and its answer. Servers of tests know
// no deadlines.
func (c call) until() func(time.Time) error {
	control := http.NewResponseController(c.response)
	return func(at time.Time) error {
		if err := control.SetReadDeadline(at); err != nil {
			return err
		}
		return control.SetWriteDeadline(at.Add(writeMax))
	}
}

func (s *Server) attach(ctx context.Context, c call, in *attachInput) (*Answer[Sent], error) {
	if !s.hasConversation(c.unit, in.ID) {
		return nil, errNoThread
	}
	r := c.request
	if r.ContentLength < 0 {
		return nil, errFileLength
	}
	m, file, err := s.conversations.Attach(ctx, dialogue.Upload{Unit: c.unit, Contact: in.ID, Agent: c.caller.User, ClientID: in.ClientID,
		Name: in.Name, MediaType: r.Header.Get("Content-Type"), Size: r.ContentLength, Body: r.Body, Until: c.until()})
	if err != nil {
		return nil, err
	}
	return &Answer[Sent]{Sent{Seq: m.Seq, At: m.At, Attachment: file.ID}}, nil
}

// readAttachment finds the file before anything is answered; whatever is wrong with the
// ids is answered alike.
func (s *Server) readAttachment(_ context.Context, c call, in *fileInput) (*huma.StreamResponse, error) {
	d := dialogue.Download{Unit: c.unit, Contact: in.ID, Attachment: in.Attachment, Inline: in.Inline == "1"}
	return &huma.StreamResponse{Body: func(huma.Context) {
		c.response.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		if err := s.conversations.ServeAttachment(c.response, c.request, d); err != nil {
			s.problem(err).write(c.response)
		}
	}}, nil
}

func (s *Server) readTranscript(ctx context.Context, c call, in *transcriptInput) (*huma.StreamResponse, error) {
	if err := s.exists(ctx, c.unit, in.ID); err != nil {
		return nil, err
	}
	heard, err := s.hearsWhispers(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	t := dialogue.Transcript{Unit: c.unit, Contact: in.ID, HTML: in.Format == "html", Notes: true, Whispers: heard}
	return &huma.StreamResponse{Body: func(huma.Context) {
		until := c.until()
		until(time.Now().Add(answerMax))
		if err := s.conversations.ServeTranscript(c.response, c.request, t); err != nil {
			s.problem(err).write(c.response)
		}
	}}, nil
}
