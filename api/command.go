package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/hub"
	"portico/identity"
	"portico/plan"
	"portico/store"
)

type (
	contactInput struct {
		Scope
		ID acd.ContactID `path:"id"`
	}
	contactsInput struct {
		Scope
		Paging
		Queue acd.QueueID `query:"queue"`
		State string      `query:"state" enum:"timed,held,queued,offered,active,interrupted,wrap_up,routing"`
		Agent acd.AgentID `query:"agent"`
	}
	offerInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			Offer uint32 `json:"offer" minimum:"1" doc:"number of the offer, as the contact shows it"`
		}
	}
	plainInput struct {
		ID acd.ContactID `path:"id"`
	}
	wrapUpInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			Disposition acd.ReasonID `json:"disposition,omitzero"`
			Note        string       `json:"note,omitempty" maxLength:"4000"`
			ClientID    string       `json:"client_id" minLength:"1" maxLength:"64" doc:"chosen by the caller: a repeat does nothing twice"`
		}
	}
	extendInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			ByS int `json:"by_s" minimum:"1" maximum:"3600" doc:"the wrap-up ends so many seconds from now"`
		}
	}
	transferInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			Queue    acd.QueueID `json:"queue,omitzero" doc:"to this queue; or, with agent, where it goes when the agent does not take it"`
			Agent    acd.AgentID `json:"agent,omitzero" doc:"to this agent"`
			HoldS    int         `json:"hold_s,omitempty" minimum:"0" maximum:"86400" doc:"how long it waits for the agent"`
			Note     string      `json:"note,omitempty" maxLength:"4000" doc:"for whoever takes it; customers do not see it"`
			ClientID string      `json:"client_id" minLength:"1" maxLength:"64"`
		}
	}
	requeueInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			UntilAt acd.Time `json:"until_at,omitzero" doc:"when it enters its queue again; absent: at once"`
		}
	}
	pickInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			Expect Place `json:"expect"`
		}
	}
	priorityInput struct {
		Scope
		ID   acd.ContactID `path:"id"`
		Body struct {
			Priority uint8 `json:"priority" minimum:"1" maximum:"100" doc:"100 is most urgent"`
		}
	}
)

func (s *Server) registerContacts() {
	const tag = "contacts"
	register(s, operation{id: "list-contacts", method: http.MethodGet, path: "/contacts", summary: "List open contacts, what is due first",
		tag: tag, roles: rolesEveryone}, s.listContacts)
	register(s, operation{id: "create-contact", method: http.MethodPost, path: "/contacts", summary: "Bring a contact to a queue of any domain but chat",
		tag: tag, roles: rolesSupervisor, status: http.StatusCreated}, s.createContact)
	register(s, operation{id: "read-contact", method: http.MethodGet, path: "/contacts/{id}", summary: "Read a contact, open or ended",
		tag: tag, roles: rolesEveryone}, s.readContact)
	register(s, operation{id: "list-contact-facts", method: http.MethodGet, path: "/contacts/{id}/facts", summary: "The transitions of a contact, oldest first",
		tag: tag, roles: rolesEveryone}, s.contactFacts)
	command := func(id, summary string, roles ...identity.Role) operation {
		return operation{id: id + "-contact", method: http.MethodPost, path: "/contacts/{id}/" + id, summary: summary,
			tag: tag, roles: roles}
	}
	agent := func(id, summary string) operation {
		op := command(id, summary, rolesDesk...)
		op.person = true
		return op
	}
	register(s, agent("accept", "Accept an offer"), s.accept)
	register(s, agent("decline", "Decline an offer"), s.decline)
	register(s, agent("finish", "End the conversation; wrap-up begins"), s.finish)
	register(s, agent("wrap-up", "End the wrap-up and the contact"), s.wrapUp)
	register(s, agent("extend", "Ask for more time to wrap up"), s.extend)
	register(s, agent("transfer", "Give the contact to a queue or an agent"), s.transfer)
	register(s, agent("requeue", "Put the contact back into its queue, now or later"), s.requeue)
	register(s, agent("pick", "Take a waiting contact from a queue that allows it"), s.pick)
	s.registerSteering(command, agent)
	register(s, command("priority", "Change the contact's priority", rolesSupervisor...), s.priority)
}

// ask hands the hub an event of the caller's unit.
func (s *Server) ask(ctx context.Context, c call, e acd.Event, riders ...store.Row) (hub.Answer, error) {
	return s.core.Ask(ctx, hub.Command{Event: e, Lane: hub.Progress, Unit: c.unit, Riders: riders})
}

// command asks, and answers with the contact as it is now: the picture folded it
// before the hub replied.
func (s *Server) command(ctx context.Context, c call, id acd.ContactID, e acd.Event) (*Answer[Done], error) {
	a, err := s.ask(ctx, c, e)
	if err != nil {
		return nil, err
	}
	return s.done(ctx, c, id, a.Batch)
}

func (s *Server) done(ctx context.Context, c call, id acd.ContactID, batch uint64) (*Answer[Done], error) {
	v, err := s.contact(ctx, c, id)
	if err != nil {
		return nil, err
	}
	return &Answer[Done]{Done{Batch: batch, Contact: v}}, nil
}

func (s *Server) accept(ctx context.Context, c call, in *offerInput) (*Answer[Done], error) {
	return s.command(ctx, c, in.ID, acd.Accepted{Contact: in.ID, Agent: c.caller.User, Offer: in.Body.Offer})
}

var errNoDecline = fault.New(fault.Forbidden, "no_decline", "Offers of this queue cannot be declined. Accept it, or make yourself unavailable.")

// decline gives an offer back where the queue lets agents do that.
func (s *Server) decline(ctx context.Context, c call, in *offerInput) (*Answer[Done], error) {
	if open, ok := s.picture.Contact(c.unit, in.ID); ok && open.State == acd.Offered && s.names().queues[open.Queue].body.NoDecline {
		return nil, errNoDecline
	}
	return s.command(ctx, c, in.ID, acd.Declined{Contact: in.ID, Agent: c.caller.User, Offer: in.Body.Offer})
}

func (s *Server) finish(ctx context.Context, c call, in *plainInput) (*Answer[Done], error) {
	return s.command(ctx, c, in.ID, acd.Finished{Contact: in.ID, Agent: c.caller.User})
}

func (s *Server) extend(ctx context.Context, c call, in *extendInput) (*Answer[Done], error) {
	return s.command(ctx, c, in.ID, acd.WrapUpExtended{Contact: in.ID, Agent: c.caller.User, By: time.Duration(in.Body.ByS) * time.Second})
}

func (s *Server) requeue(ctx context.Context, c call, in *requeueInput) (*Answer[Done], error) {
	return s.command(ctx, c, in.ID, acd.Requeued{Contact: in.ID, From: c.caller.User, Until: in.Body.UntilAt})
}

func (s *Server) priority(ctx context.Context, c call, in *priorityInput) (*Answer[Done], error) {
	return s.command(ctx, c, in.ID, acd.PriorityChanged{Contact: in.ID, Priority: in.Body.Priority})
}

func (p Place) place() acd.Place {
	return acd.Place{State: numberOf[acd.ContactState](stateNames[:], p.State), Agent: p.Agent}
}

var errNoCherryPick = fault.New(fault.Forbidden, "no_cherry_pick", "This queue does not let agents choose contacts themselves.")

func (s *Server) pick(ctx context.Context, c call, in *pickInput) (*Answer[Done], error) {
	open, ok := s.picture.Contact(c.unit, in.ID)
	if !ok {
		return nil, errMissing
	}
	if !s.names().queues[open.Queue].body.CherryPick {
		return nil, errNoCherryPick
	}
	if err := s.permit(c, identity.Pick); err != nil {
		return nil, err
	}
	return s.command(ctx, c, in.ID, acd.Picked{Contact: in.ID, Expect: in.Body.Expect.place(), Agent: c.caller.User})
}

// wrapUp ends the contact. The note, where there is one, is saved with the outcome.
func (s *Server) wrapUp(ctx context.Context, c call, in *wrapUpInput) (*Answer[Done], error) {
	open, ok := s.picture.Contact(c.unit, in.ID)
	if !ok {
		return s.wrappedUp(ctx, c, in)
	}
	if err := s.names().checkDisposition(c.unit, open.Queue, in.Body.Disposition); err != nil {
		return nil, err
	}
	e := acd.WrappedUp{Contact: in.ID, Agent: c.caller.User, Disposition: in.Body.Disposition}
	if in.Body.Note == "" {
		return s.command(ctx, c, in.ID, e)
	}
	return s.beside(ctx, c, dialogue.Outgoing{Unit: c.unit, Contact: in.ID, Agent: c.caller.User, ClientID: in.Body.ClientID,
		Kind: "note", Text: in.Body.Note}, e)
}

// wrappedUp answers a repeat: the contact is over, by this agent and with this outcome.
func (s *Server) wrappedUp(ctx context.Context, c call, in *wrapUpInput) (*Answer[Done], error) {
	h, err := s.store.History(ctx, c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	if h.Agent != c.caller.User || h.ContactRow.Disposition != in.Body.Disposition {
		return nil, errTaken
	}
	return &Answer[Done]{Done{Contact: endedContact(s.names(), h).shownTo(s.names(), c)}}, nil
}

var errTaken = fault.New(fault.Conflict, "contact_taken", "The contact is no longer where you saw it. Look at it again.")

// beside asks with a message that is saved with the outcome. A client id that is
// known means that all of it happened already.
func (s *Server) beside(ctx context.Context, c call, m dialogue.Outgoing, e acd.Event) (*Answer[Done], error) {
	if !s.hasConversation(c.unit, m.Contact) {
		if m.Text != "" {
			return nil, errNoThread.On("note")
		}
		return s.alone(ctx, c, m, e)
	}
	var a hub.Answer
	_, err := s.conversations.Beside(ctx, m, func(ctx context.Context, rider store.Row) (err error) {
		a, err = s.ask(ctx, c, e, rider)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.done(ctx, c, m.Contact, a.Batch)
}

// alone is beside for a contact without a conversation: an empty line is kept all the
// same, for its client id. Nobody else numbers lines there, and of two commands at
// once the core refuses one.
func (s *Server) alone(ctx context.Context, c call, m dialogue.Outgoing, e acd.Event) (*Answer[Done], error) {
	last, err := s.store.LastSeq(ctx, c.unit, m.Contact)
	if err != nil {
		return nil, err
	}
	known := func() bool {
		_, err := s.store.MessageByClient(ctx, c.unit, m.Contact, m.ClientID)
		return err == nil
	}
	if last > 0 && known() {
		return s.done(ctx, c, m.Contact, 0)
	}
	a, err := s.ask(ctx, c, e, store.Message{Unit: c.unit, Contact: m.Contact, Seq: last + 1, ClientID: m.ClientID, At: s.at(),
		Author: store.AuthorAgent, By: m.Agent, Kind: m.Kind})
	if err != nil && !known() { // known: the same command was under way
		return nil, err
	}
	return s.done(ctx, c, m.Contact, a.Batch)
}

var errTransfer = fault.New(fault.Invalid, "transfer_target", "Name a queue or an agent to transfer to.").On("queue")

// transfer leaves a line in the conversation, where there is one: its client id
// makes the transfer safe to repeat.
func (s *Server) transfer(ctx context.Context, c call, in *transferInput) (*Answer[Done], error) {
	b := in.Body
	var e acd.Event
	switch {
	case !b.Agent.IsZero():
		e = acd.TransferredToAgent{Contact: in.ID, From: c.caller.User, To: b.Agent, Hold: time.Duration(b.HoldS) * time.Second, Queue: b.Queue}
	case !b.Queue.IsZero():
		e = acd.TransferredToQueue{Contact: in.ID, From: c.caller.User, Queue: b.Queue}
	default:
		return nil, errTransfer
	}
	return s.beside(ctx, c, dialogue.Outgoing{Unit: c.unit, Contact: in.ID, Agent: c.caller.User, ClientID: b.ClientID,
		Kind: "transferred", Text: b.Note}, e)
}

// checkDisposition judges what an agent chose at the end of a contact.
func (c *catalogue) checkDisposition(unit acd.UnitID, queue acd.QueueID, chosen acd.ReasonID) error {
	q := c.queues[queue].body
	if chosen.IsZero() {
		if q.DispositionNeeded {
			return errDisposition
		}
		return nil
	}
	r, ok := c.reason(unit, chosen)
	if !ok || r.body.Use != plan.Disposition {
		return errDisposition
	}
	if len(q.Dispositions) > 0 && !slices.Contains(q.Dispositions, chosen) {
		return errDisposition
	}
	return nil
}
