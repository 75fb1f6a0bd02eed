package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"portico/acd"
	"portico/dialogue"
	"portico/store"
	"portico/talk"
)

// MailSignature is what stands below a mail, with its places filled.
type MailSignature struct {
	HTML string `json:"html"`
	Text string `json:"text"`
}

type signatureInput struct {
	Contact  acd.ContactID `query:"contact" doc:"that is answered; its queue and its language count"`
	Queue    acd.QueueID   `query:"queue" doc:"of a new mail"`
	From     string        `query:"from" maxLength:"320" doc:"the address that the mail leaves from; absent: the one that the contact came to"`
	Language string        `query:"language" maxLength:"40" doc:"of the mail; absent: the contact's"`
}

func (s *Server) registerMailSignature() {
	register(s, operation{id: "read-mail-signature", method: http.MethodGet, path: "/mail-signature",
		summary: "What stands below a mail of mine", tag: "mails", roles: rolesDesk, person: true}, s.readMailSignature)
}

func (s *Server) readMailSignature(ctx context.Context, c call, in *signatureInput) (*Answer[MailSignature], error) {
	of := talk.Signed{Unit: c.unit, Agent: c.caller.User, Queue: in.Queue, Language: in.Language}
	from := in.From
	if !in.Contact.IsZero() {
		about, alias, err := s.signedIn(ctx, c, in.Contact)
		if err != nil {
			return nil, err
		}
		if !of.Queue.IsZero() {
			about.Queue = of.Queue
		}
		about.Language = cmp.Or(of.Language, about.Language)
		of, from = about, cmp.Or(from, alias)
	}
	return &Answer[MailSignature]{s.signature(of, from)}, nil
}

// signedIn says which mail an agent writes in a contact, and from which address it leaves
// unless the agent says another.
func (s *Server) signedIn(ctx context.Context, c call, id acd.ContactID) (of talk.Signed, from string, err error) {
	contact, err := s.store.Contact(ctx, c.unit, id)
	if err != nil {
		return of, "", err
	}
	of = talk.Signed{Unit: c.unit, Agent: c.caller.User, Language: contact.Language}
	if p, ok := s.picture.Contact(c.unit, id); ok {
		of.Queue = p.Queue
	}
	return of, contact.Destination, nil
}

// signature gives what stands below a mail from an address, filled; empty: nothing.
func (s *Server) signature(of talk.Signed, from string) MailSignature {
	names := s.names()
	of.Alias = names.mail.SignatureOf(of.Unit, from)
	text := names.mail.Signature(of)
	if text == (talk.SignatureText{}) {
		return MailSignature{}
	}
	text = text.Filled(map[string]string{"agent": names.screenName(of.Agent), "queue": names.queues[of.Queue].Name, "company": names.site.Company})
	return MailSignature{HTML: text.HTML, Text: text.Text}
}

// draftSignature is the signature of a mail that an agent begins; nil: none.
func (s *Server) draftSignature(ctx context.Context, c call, id acd.ContactID) (*MailSignature, error) {
	of, from, err := s.signedIn(ctx, c, id)
	if errors.Is(err, store.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	signature := s.signature(of, from)
	if signature == (MailSignature{}) {
		return nil, nil
	}
	return &signature, nil
}

// sign puts the signature of whoever calls below a new mail of a queue.
func (s *Server) sign(c call, words *dialogue.MailWords, queue acd.QueueID) {
	signature := s.signature(talk.Signed{Unit: c.unit, Agent: c.caller.User, Queue: queue}, words.From)
	if signature == (MailSignature{}) {
		return
	}
	words.Text = undersigned(words.Text, &signature)
	if words.HTML != "" {
		words.HTML += "<br>" + signature.HTML
	}
}

// undersigned gives a plain text with a signature below it (RFC 3676, 4.3).
func undersigned(text string, signature *MailSignature) string {
	if signature == nil || strings.TrimSpace(signature.Text) == "" {
		return text
	}
	return strings.TrimRight(text, "\n") + "\n\n-- \n" + strings.TrimRight(signature.Text, "\n")
}
