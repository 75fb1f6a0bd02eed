package api

import (
	"net/http"
)

// Found is what a search gives.
type Found struct {
	Contacts []Contact `json:"contacts" nullable:"false"`
	People   []Person  `json:"people" nullable:"false"`
}

type (
	pageInput struct {
		Scope
		Paging
	}
	searchInput struct {
		Scope
		Words string `query:"words" required:"true" minLength:"1" maxLength:"200"`
		Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	}
)

func (s *Server) registerHistory() {
	register(s, operation{id: "list-history", method: http.MethodGet, path: "/history", summary: "List ended contacts, newest first",
		tag: "history", roles: rolesSupervisor}, s.listHistory)
	register(s, operation{id: "list-facts", method: http.MethodGet, path: "/facts", summary: "List facts, oldest first",
		tag: "history", roles: rolesSupervisor}, s.listFacts)
	register(s, operation{id: "search", method: http.MethodGet, path: "/search", summary: "Find contacts and people by words",
		tag: "search", roles: rolesEveryone}, s.search)
}
