package api

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"portico/acd"
	"portico/fault"
	"portico/hub"
	"portico/mask"
	"portico/phone"
	"portico/store"
)

const (
	// addressMax bounds a source and a destination, in bytes.
	addressMax = 320
	// detailsMax bounds all contact data of one contact, in bytes of JSON.
	detailsMax = 64 << 10
	// detailMax bounds one value of the contact data, in characters.
	detailMax = 4000
)

// DetailText is one value of a contact's data.
type DetailText string

// Schema describes the value in the API's document.
func (DetailText) Schema(huma.Registry) *huma.Schema {
	most := detailMax
	return &huma.Schema{Type: huma.TypeString, MaxLength: &most}
}

// CreatedContact tells which contact a program or a supervisor brought.
type CreatedContact struct {
	ID       acd.ContactID `json:"id"`
	Existing bool          `json:"existing" doc:"the client id was known: this is the contact that it made before, and nothing was created"`
}

type createContactInput struct {
	Scope
	Body struct {
		ClientID    string                `json:"client_id" minLength:"1" maxLength:"64" doc:"chosen by the caller: a repeat gives the same contact"`
		Queue       acd.QueueID           `json:"queue" doc:"of any media routing domain but chat; the contact's medium follows from it"`
		Priority    uint8                 `json:"priority,omitempty" minimum:"1" maximum:"100" default:"50" doc:"100 is most urgent"`
		Name        string                `json:"name,omitempty" maxLength:"1000" doc:"the customer's"`
		Caption     string                `json:"caption,omitempty" maxLength:"8000" doc:"what it is about"`
		Language    string                `json:"language,omitempty" maxLength:"40"`
		Source      string                `json:"source,omitempty" maxLength:"320" doc:"address or number that it comes from; at most 320 bytes, no control characters"`
		Destination string                `json:"destination,omitempty" maxLength:"320" doc:"address or number that it was sent to; as source"`
		Skills      []SkillLevel          `json:"skills,omitempty" nullable:"false" maxItems:"16" doc:"what it needs beyond its queue's steps"`
		Preferred   acd.AgentID           `json:"preferred,omitzero" doc:"agent for whom it waits first, as long as its queue says"`
		Details     map[string]DetailText `json:"details,omitempty" doc:"contact data: free keys; at most 64 KiB as a whole"`
	}
}

var (
	errChatDoor = fault.New(fault.Invalid, "chat_has_its_door",
		"Chats begin at the customer's page. Choose a queue of another media routing domain.").On("queue")
	errAddress  = fault.New(fault.Invalid, "address", "An address has at most 320 bytes and no control characters.")
	errSkills   = fault.New(fault.Invalid, "skill_twice", "Each skill can be asked for once.").On("skills")
	errIDTaken  = fault.New(fault.Conflict, "client_id_taken", "The client id belongs to a contact of another medium. Choose another.").On("client_id")
	errNoThread = fault.New(fault.Invalid, "no_conversation", "This contact has no conversation in which something could be written.")
)

// createContact brings a contact to a queue: for programs whose medium has no
// channel of its own here. Everything is judged before the hub is asked.
func (s *Server) createContact(ctx context.Context, c call, in *createContactInput) (*Answer[CreatedContact], error) {
	in.mask(s.conversations.Masker(c.unit))
	a, err := in.arrival(s.names(), c.unit)
	if err != nil {
		return nil, err
	}
	a.Contact = acd.ContactID(s.mint.ID())
	a.Customer = s.customerOf(ctx, a.Unit, in)
	answer, err := s.core.Ask(ctx, hub.Command{Arrival: a, Lane: hub.Arrivals, Unit: c.unit})
	if err != nil {
		return nil, err
	}
	if answer.Existing {
		// Customers choose client ids too: one of theirs must not pass for this contact.
		old, err := s.contact(ctx, c, answer.Contact)
		if err != nil {
			return nil, err
		}
		if old.Medium != a.Medium {
			return nil, errIDTaken
		}
	}
	return &Answer[CreatedContact]{CreatedContact{ID: answer.Contact, Existing: answer.Existing}}, nil
}

// customerOf finds whose contact it is. Nothing is held up by it: who is not found now
// can be named later.
func (s *Server) customerOf(ctx context.Context, unit acd.UnitID, in *createContactInput) [16]byte {
	data := map[string]string{"email": string(in.Body.Details["email"]), "phone": string(in.Body.Details["phone"])}
	id, err := s.store.CustomerOf(ctx, unit, addresses(s.names().talks[unit].Country, in.Body.Source, data)...)
	if err != nil && !errors.Is(err, store.ErrNone) {
		s.log.Warn("customer not looked up", "err", err)
	}
	return id
}

// addresses are those by which a contact tells whose it is: telephone numbers as they are
// dialled from abroad, then all as they came.
func addresses(country, source string, data map[string]string) []store.Address {
	return append(store.ContactAddresses(phone.International(country, source), phone.In(country, data)), store.ContactAddresses(source, data)...)
}

// mask takes out what must not be kept.
func (in *createContactInput) mask(m *mask.Masker) {
	b := &in.Body
	for _, text := range []*string{&b.Name, &b.Caption, &b.Source, &b.Destination} {
		*text = m.Text(*text)
	}
	details := make(map[string]string, len(b.Details))
	for key, value := range b.Details {
		details[key] = string(value)
	}
	clear(b.Details)
	for key, value := range m.Map(details) {
		b.Details[key] = DetailText(value)
	}
}

// arrival judges the input. What belongs to another unit is answered like what does
// not exist, and only when all the rest is right.
func (in *createContactInput) arrival(names *catalogue, unit acd.UnitID) (*hub.Arrival, error) {
	b := &in.Body
	switch {
	case !isAddress(b.Source):
		return nil, errAddress.On("source")
	case !isAddress(b.Destination):
		return nil, errAddress.On("destination")
	}
	a := &hub.Arrival{Unit: unit, ClientID: b.ClientID, Queue: b.Queue, Priority: b.Priority, Preferred: b.Preferred, Source: b.Source,
		Destination: b.Destination, Language: b.Language, Name: b.Name, Caption: b.Caption}
	if len(b.Details) > 0 {
		details, err := json.Marshal(b.Details)
		if err != nil {
			return nil, err
		}
		if len(details) > detailsMax {
			return nil, errTooLong.On("details")
		}
		plain := make(map[string]string, len(b.Details))
		for key, value := range b.Details {
			plain[key] = string(value)
		}
		if f := names.dataBounds(unit).Refuse(plain); f != nil {
			return nil, f.On("details")
		}
		a.Details = details
	}
	seen := make(map[acd.SkillID]bool, len(b.Skills))
	for _, skill := range b.Skills {
		if seen[skill.Skill] {
			return nil, errSkills
		}
		seen[skill.Skill] = true
		a.Skills = append(a.Skills, acd.SkillLevel(skill))
	}
	queue, ok := names.queues[b.Queue]
	if !ok || queue.Unit != unit {
		return nil, errMissing.On("queue")
	}
	for id := range seen {
		if skill, ok := names.skills[id]; !ok || skill.Unit != unit {
			return nil, errMissing.On("skills")
		}
	}
	if !b.Preferred.IsZero() {
		if agent, ok := names.users[b.Preferred]; !ok || agent.Unit != unit {
			return nil, errMissing.On("preferred")
		}
	}
	if queue.body.Domain == acd.Chat {
		return nil, errChatDoor
	}
	a.Medium = DomainName(queue.body.Domain).String()
	a.Hold = time.Duration(queue.body.PreferredHoldS) * time.Second
	return a, nil
}

func isAddress(text string) bool {
	return len(text) <= addressMax && !strings.ContainsFunc(text, unicode.IsControl)
}

// hasConversation reports whether something can be written to a contact's
// conversation: chats and e-mails have one. Of a contact that is not open, its channel
// says more.
func (s *Server) hasConversation(unit acd.UnitID, id acd.ContactID) bool {
	open, ok := s.picture.Contact(unit, id)
	return !ok || open.Domain == acd.Chat || open.Medium == mediumEmail
}
