package api

import (
	"net/http"

	"portico/acd"
)

// Message is one entry of a conversation.
type Message struct {
	Seq      uint64      `json:"seq" doc:"from 1, without gaps"`
	At       acd.Time    `json:"at"`
	Author   string      `json:"author" enum:"system,customer,agent"`
	By       acd.AgentID `json:"by,omitzero" doc:"the agent"`
	Name     string      `json:"name,omitempty" doc:"the agent's screen name"`
	Kind     string      `json:"kind" doc:"text, note (agents alone see it), joined, left, transferred …"`
	Text     string      `json:"text"`
	ClientID string      `json:"client_id"`
}

// Draft is what an agent has typed and not sent.
type Draft struct {
	Text string   `json:"text" maxLength:"20000"`
	At   acd.Time `json:"at,omitzero"`
}

// Sent is the answer to a message that is saved.
type Sent struct {
	Seq uint64   `json:"seq"`
	At  acd.Time `json:"at"`
}

type (
	messagesInput struct {
		Scope
		ID    acd.ContactID `path:"id"`
		After uint64        `query:"after" doc:"number of the last message that is known"`
		Limit int           `query:"limit" minimum:"1" maximum:"500" default:"100"`
	}
	sendInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			ClientID string `json:"client_id" minLength:"1" maxLength:"64" doc:"chosen by the caller: a repeat gives the same answer"`
			Kind     string `json:"kind,omitempty" enum:"text,note" default:"text"`
			Text     string `json:"text" minLength:"1" maxLength:"4000"`
		}
	}
	draftInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			Text string `json:"text" maxLength:"20000" doc:"empty: no draft"`
		}
	}
	readInput struct {
		ID   acd.ContactID `path:"id"`
		Body struct {
			Seq uint64 `json:"seq" minimum:"1" doc:"number of the last message that was read"`
		}
	}
)

func (s *Server) registerMessages() {
	const tag = "messages"
	register(s, operation{id: "list-messages", method: http.MethodGet, path: "/contacts/{id}/messages",
		summary: "Messages of a conversation, oldest first", tag: tag, roles: rolesEveryone}, s.listMessages)
	register(s, operation{id: "send-message", method: http.MethodPost, path: "/contacts/{id}/messages",
		summary: "Send a message to the customer, or leave a note", tag: tag, roles: rolesAgent, person: true, status: http.StatusCreated}, s.sendMessage)
	register(s, operation{id: "read-draft", method: http.MethodGet, path: "/contacts/{id}/draft",
		summary: "What I have typed and not sent", tag: tag, roles: rolesAgent, person: true}, s.readDraft)
	register(s, operation{id: "save-draft", method: http.MethodPut, path: "/contacts/{id}/draft",
		summary: "Keep what I have typed", tag: tag, roles: rolesAgent, person: true}, s.saveDraft)
	register(s, operation{id: "mark-read", method: http.MethodPut, path: "/contacts/{id}/read",
		summary: "Say how far I have read", tag: tag, roles: rolesAgent, person: true}, s.markRead)
}
