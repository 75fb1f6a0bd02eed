package api

import (
	"context"
	"encoding/json"
	"slices"

	"portico/acd"
	"portico/fault"
	"portico/picture"
	"portico/store"
	"portico/workflow"
)

// Contact is one customer interaction, open or ended.
type Contact struct {
	ID                acd.ContactID      `json:"id"`
	Medium            string             `json:"medium" doc:"webchat; otherwise the domain's name: voice, email, outbound …"`
	Domain            DomainName         `json:"domain"`
	State             string             `json:"state" enum:"timed,held,queued,offered,active,interrupted,wrap_up,ended,routing"`
	Queue             acd.QueueID        `json:"queue"`
	QueueName         string             `json:"queue_name"`
	Agent             acd.AgentID        `json:"agent,omitzero" doc:"the owner, the agent who is offered it, or for whom it is held"`
	AgentName         string             `json:"agent_name,omitempty"`
	Priority          uint8              `json:"priority"`
	Step              uint8              `json:"step" doc:"routing step in force"`
	Name              string             `json:"name" doc:"the customer's"`
	Caption           string             `json:"caption" doc:"the customer's question"`
	Language          string             `json:"language"`
	Source            string             `json:"source,omitempty"`
	Destination       string             `json:"destination,omitempty"`
	Details           json.RawMessage    `json:"details,omitempty" doc:"contact data: free keys"`
	Customer          acd.ID[objectKind] `json:"customer,omitzero" doc:"whose contact it is, where that is known"`
	Category          acd.ID[objectKind] `json:"category,omitzero" doc:"that its workflow assigned"`
	CategoryName      string             `json:"category_name,omitempty"`
	At                acd.Time           `json:"at" doc:"arrival"`
	FirstQueuedAt     acd.Time           `json:"first_queued_at"`
	QueuedAt          acd.Time           `json:"queued_at"`
	DueAt             acd.Time           `json:"due_at" doc:"what is due first is offered first"`
	Since             acd.Time           `json:"since" doc:"when the state began"`
	DeadlineAt        acd.Time           `json:"deadline_at,omitzero" doc:"end of the offer, hold, timed wait or wrap-up"`
	CustomerGraceEnds acd.Time           `json:"customer_grace_ends_at,omitzero" doc:"the customer's page is lost and waited for until then"`
	Offer             uint32             `json:"offer" doc:"number of the last offer; accept and decline repeat it"`
	MayDecline        bool               `json:"may_decline" doc:"its queue lets agents decline an offer of it"`
	AcceptedAt        acd.Time           `json:"accepted_at,omitzero"`
	FinishedAt        acd.Time           `json:"finished_at,omitzero"`
	EndedAt           acd.Time           `json:"ended_at,omitzero"`
	EndWhy            string             `json:"end_why,omitempty"`
	Disposition       acd.ReasonID       `json:"disposition,omitzero"`
	// Participants are those who take part beside the owner.
	Participants []Participant `json:"participants" nullable:"false" doc:"who takes part beside the owner, in the order in which they came"`
	// Role is what the agent does whose desk shows the contact.
	Role string `json:"role,omitempty" enum:"owner,consulted,conferenced,monitoring,whispering" doc:"in a desk alone: what its agent does in the contact. For others than the owner, state, since, offer and deadline_at are then the agent's own"`
}

// Participant is somebody who takes part in a contact beside its owner.
type Participant struct {
	Agent      acd.AgentID `json:"agent"`
	Name       string      `json:"name" doc:"the whole name, as colleagues read it"`
	Role       string      `json:"role" enum:"consulted,conferenced,monitoring,whispering" doc:"consulted: the owner asks, unseen by the customer; conferenced: talks with the customer; monitoring: a supervisor reads along; whispering: a supervisor writes to the agents"`
	State      string      `json:"state" enum:"offered,active" doc:"offered: has not yet answered the invitation"`
	Since      acd.Time    `json:"since" doc:"of state"`
	Offer      uint32      `json:"offer,omitempty" doc:"number of the invitation"`
	DeadlineAt acd.Time    `json:"deadline_at,omitzero" doc:"end of the invitation"`
	By         acd.AgentID `json:"by,omitzero" doc:"who invited; absent: it was the participant's own choice"`
	ByName     string      `json:"by_name,omitempty"`
}

// Done is the durable outcome of a command.
type Done struct {
	Batch   uint64  `json:"batch" doc:"number of the commit that holds it"`
	Contact Contact `json:"contact" doc:"as it is now"`
}

// Place is where a contact is, as the caller saw it.
type Place struct {
	State string      `json:"state" enum:"timed,held,queued,offered,active,interrupted,wrap_up,ended,routing"`
	Agent acd.AgentID `json:"agent,omitzero"`
}

// Fact is one transition of a contact or of an agent.
type Fact struct {
	Month     int64         `json:"month" doc:"yyyymm"`
	Batch     uint64        `json:"batch"`
	N         uint32        `json:"n"`
	Kind      string        `json:"kind" doc:"arrived, queued, offered, accepted, ended …"`
	Why       string        `json:"why,omitempty"`
	Domain    DomainName    `json:"domain"`
	Step      uint8         `json:"step"`
	At        acd.Time      `json:"at"`
	Contact   acd.ContactID `json:"contact,omitzero"`
	Agent     acd.AgentID   `json:"agent,omitzero"`
	AgentName string        `json:"agent_name,omitempty"`
	Queue     acd.QueueID   `json:"queue,omitzero"`
	QueueName string        `json:"queue_name,omitempty"`
	Reason    acd.ReasonID  `json:"reason,omitzero"`
	Number    uint32        `json:"number,omitempty" doc:"number of the offer, priority, or as the kind says"`
	TookMs    int64         `json:"took_ms"`
}

// openContact shows a contact that the picture has.
func openContact(names *catalogue, c picture.Contact) Contact {
	out := routed(names, c.ContactRow)
	out.Medium, out.Name, out.Caption, out.Language = c.Medium, c.Name, c.Caption, c.Language
	out.Source, out.Destination, out.Details, out.At, out.Customer = c.Source, c.Destination, c.Details, c.At, c.Customer
	out.Category, out.CategoryName = c.Category, names.categories[c.Category].Name
	return out
}

// endedContact shows a contact of the history.
func endedContact(names *catalogue, h store.HistoryRow) Contact {
	out := routed(names, h.ContactRow)
	c := h.Contact
	out.Medium, out.Name, out.Caption, out.Language = c.Medium, c.Name, c.Caption, c.Language
	out.Source, out.Destination, out.At, out.Customer = c.Source, c.Destination, c.At, c.Customer
	out.Details = workflow.WithoutEmail(c.Medium, c.Details)
	out.Category, out.CategoryName = c.Category, names.categories[c.Category].Name
	out.State, out.EndedAt = nameOf(stateNames[:], acd.Ended), h.EndedAt
	return out
}

func routed(names *catalogue, r acd.ContactRow) Contact {
	return Contact{ID: r.ID, Domain: DomainName(r.Domain), State: nameOf(stateNames[:], r.State),
		Queue: r.Queue, QueueName: names.queues[r.Queue].Name, MayDecline: !names.queues[r.Queue].body.NoDecline, Agent: r.Agent, AgentName: names.agentName(r.Agent),
		Priority: r.Priority, Step: r.Step, FirstQueuedAt: r.FirstQueued, QueuedAt: r.QueuedAt, DueAt: r.Due, Since: r.Since,
		DeadlineAt: r.Deadline, CustomerGraceEnds: r.CustomerLost, Offer: r.Offer, AcceptedAt: r.AcceptedAt, FinishedAt: r.FinishedAt,
		EndWhy: nameOf(whyNames[:], r.EndWhy), Disposition: r.Disposition, Participants: participants(names, r.Beside)}
}

func participants(names *catalogue, beside []acd.Participation) []Participant {
	out := make([]Participant, len(beside))
	for i, p := range beside {
		out[i] = Participant{Agent: p.Agent, Name: names.agentName(p.Agent), Role: nameOf(roleNames[:], p.Role),
			State: nameOf(stateNames[:], p.State), Since: p.Since, Offer: p.Offer, DeadlineAt: p.Deadline, By: p.By,
			ByName: names.agentName(p.By)}
	}
	return out
}

// deskContact shows an open contact as the desk of one who takes part in it does: an
// invitation is an offer there.
func deskContact(names *catalogue, v picture.Contact, agent acd.AgentID) Contact {
	out := openContact(names, v)
	p, ok := v.Part(agent)
	if !ok {
		out.Role = nameOf(roleNames[:], acd.Owner)
		return out
	}
	out.Role = nameOf(roleNames[:], p.Role)
	out.Since, out.Offer, out.DeadlineAt = p.Since, p.Offer, p.Deadline
	if p.State == acd.Offered {
		out.State = nameOf(stateNames[:], acd.Offered)
	}
	return out
}

func (s *Server) listContacts(_ context.Context, c call, in *contactsInput) (*Answer[Page[Contact]], error) {
	f := picture.Filter{Queue: in.Queue, Agent: in.Agent}
	if in.State != "" {
		f.States = []acd.ContactState{numberOf[acd.ContactState](stateNames[:], in.State)}
	}
	found, err := s.picture.Contacts(c.unit, f, picture.ByDue, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	page := Page[Contact]{Items: make([]Contact, 0, len(found.Items)), Next: found.Next}
	names := s.names()
	scope := names.scopeOf(c.caller)
	for _, v := range found.Items {
		if scope.hasContact(v) {
			page.Items = append(page.Items, openContact(names, v).shownTo(names, c))
		}
	}
	return &Answer[Page[Contact]]{page}, nil
}

func (s *Server) readContact(ctx context.Context, c call, in *contactInput) (*Answer[Contact], error) {
	v, err := s.contact(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[Contact]{v}, nil
}

// contact gives a contact of the unit, open or ended, as the caller may see it.
func (s *Server) contact(ctx context.Context, c call, id acd.ContactID) (Contact, error) {
	names := s.names()
	if open, ok := s.picture.Contact(c.unit, id); ok {
		return openContact(names, open).shownTo(names, c), nil
	}
	h, err := s.store.History(ctx, c.unit, id)
	if err != nil {
		return Contact{}, err
	}
	return endedContact(names, h).shownTo(names, c), nil
}

func (s *Server) contactFacts(ctx context.Context, c call, in *contactInput) (*Answer[Page[Fact]], error) {
	rows, err := s.store.Facts(ctx, c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 { // every contact has arrived: it is nobody's here
		return nil, errMissing
	}
	names := s.names()
	rows = slices.DeleteFunc(rows, func(f store.FactRow) bool { return names.hidesFact(f, c) })
	return &Answer[Page[Fact]]{Page[Fact]{Items: s.facts(rows)}}, nil
}

var errDisposition = fault.New(fault.Invalid, "disposition", "Choose one of this queue's outcomes.").On("disposition")
