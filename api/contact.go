package api

import (
	"encoding/json"
	"net/http"

	"portico/acd"
	"portico/identity"
)

// Contact is one customer interaction, open or ended.
type Contact struct {
	ID                acd.ContactID   `json:"id"`
	Medium            string          `json:"medium" doc:"voice, callback, email, webchat, task"`
	Domain            DomainName      `json:"domain"`
	State             string          `json:"state" enum:"timed,held,queued,offered,active,interrupted,wrap_up,ended"`
	Queue             acd.QueueID     `json:"queue"`
	QueueName         string          `json:"queue_name"`
	Agent             acd.AgentID     `json:"agent,omitzero" doc:"the owner, the agent who is offered it, or for whom it is held"`
	AgentName         string          `json:"agent_name,omitempty"`
	Priority          uint8           `json:"priority"`
	Step              uint8           `json:"step" doc:"routing step in force"`
	Name              string          `json:"name" doc:"the customer's"`
	Caption           string          `json:"caption" doc:"the customer's question"`
	Language          string          `json:"language"`
	Source            string          `json:"source,omitempty"`
	Destination       string          `json:"destination,omitempty"`
	Details           json.RawMessage `json:"details,omitempty" doc:"contact data: free keys"`
	At                acd.Time        `json:"at" doc:"arrival"`
	FirstQueuedAt     acd.Time        `json:"first_queued_at"`
	QueuedAt          acd.Time        `json:"queued_at"`
	DueAt             acd.Time        `json:"due_at" doc:"what is due first is offered first"`
	Since             acd.Time        `json:"since" doc:"when the state began"`
	DeadlineAt        acd.Time        `json:"deadline_at,omitzero" doc:"end of the offer, hold, timed wait or wrap-up"`
	CustomerGraceEnds acd.Time        `json:"customer_grace_ends_at,omitzero" doc:"the customer's page is lost and waited for until then"`
	Offer             uint32          `json:"offer" doc:"number of the last offer; accept and decline repeat it"`
	AcceptedAt        acd.Time        `json:"accepted_at,omitzero"`
	FinishedAt        acd.Time        `json:"finished_at,omitzero"`
	EndedAt           acd.Time        `json:"ended_at,omitzero"`
	EndWhy            string          `json:"end_why,omitempty"`
	Disposition       acd.ReasonID    `json:"disposition,omitzero"`
}

// Done is the durable outcome of a command.
type Done struct {
	Batch   uint64  `json:"batch" doc:"number of the commit that holds it"`
	Contact Contact `json:"contact" doc:"as it is now"`
}

// Place is where a contact is, as the caller saw it.
type Place struct {
	State string      `json:"state" enum:"timed,held,queued,offered,active,interrupted,wrap_up,ended"`
	Agent acd.AgentID `json:"agent,omitzero"`
}

// Fact is one transition of a contact or of an agent.
type Fact struct {
	Month     uint32        `json:"month" doc:"yyyymm"`
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

type (
	contactInput struct {
		Scope
		ID acd.ContactID `path:"id"`
	}
	contactsInput struct {
		Scope
		Paging
		Queue acd.QueueID `query:"queue"`
		State string      `query:"state" enum:"timed,held,queued,offered,active,interrupted,wrap_up"`
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
	reassignInput struct {
		Scope
		ID   acd.ContactID `path:"id"`
		Body struct {
			Agent  acd.AgentID `json:"agent"`
			Expect Place       `json:"expect"`
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
	register(s, operation{id: "read-contact", method: http.MethodGet, path: "/contacts/{id}", summary: "Read a contact, open or ended",
		tag: tag, roles: rolesEveryone}, s.readContact)
	register(s, operation{id: "list-contact-facts", method: http.MethodGet, path: "/contacts/{id}/facts", summary: "The transitions of a contact, oldest first",
		tag: tag, roles: rolesEveryone}, s.contactFacts)
	command := func(id, summary string, roles ...identity.Role) operation {
		return operation{id: id + "-contact", method: http.MethodPost, path: "/contacts/{id}/" + id, summary: summary,
			tag: tag, roles: roles}
	}
	agent := func(id, summary string) operation {
		op := command(id, summary, rolesAgent...)
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
	register(s, command("reassign", "Offer the contact to an agent", rolesSupervisor...), s.reassign)
	register(s, command("priority", "Change the contact's priority", rolesSupervisor...), s.priority)
}
