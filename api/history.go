package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/plan"
	"portico/store"
	"portico/talk"
)

// Found is what a search gives.
type Found struct {
	Contacts  []Contact  `json:"contacts" nullable:"false"`
	Customers []Customer `json:"customers" nullable:"false"`
	People    []Person   `json:"people" nullable:"false"`
	// Next is where further contacts begin.
	Next    string   `json:"next,omitempty" doc:"there are more contacts: give it as after"`
	Objects []Titled `json:"objects" nullable:"false" doc:"what is configured; empty for those who may not change it"`
}

// Titled is a configured object as a search finds it.
type Titled struct {
	Kind string             `json:"kind" enum:"team,role,article,skill,queue,schedule,reason,category,desk_profile,workflow,chat_language" doc:"what it is"`
	ID   acd.ID[objectKind] `json:"id"`
	Name string             `json:"name"`
	Use  string             `json:"use,omitempty" doc:"of a reason: what it is for"`
}

type (
	pageInput struct {
		Scope
		Paging
	}
	searchInput struct {
		Scope
		Words       string             `query:"words" maxLength:"200" doc:"in the customer's name and address, the question, and the subject and text of mails; absent: by the rest alone, contacts alone"`
		From        acd.Time           `query:"from" minimum:"0" doc:"contacts that arrived since"`
		Until       acd.Time           `query:"until" minimum:"0" doc:"contacts that arrived before"`
		Medium      string             `query:"medium" maxLength:"32" doc:"contacts of this medium alone"`
		Queue       acd.QueueID        `query:"queue" doc:"contacts that were in this queue last"`
		Agent       acd.AgentID        `query:"agent" doc:"contacts that this agent had last"`
		Disposition acd.ReasonID       `query:"disposition" doc:"contacts that ended so"`
		Customer    acd.ID[objectKind] `query:"customer" doc:"contacts of this customer"`
		After       string             `query:"after" maxLength:"36" doc:"next of the page before; gives contacts alone"`
		Limit       int                `query:"limit" minimum:"1" maximum:"100" default:"20"`
	}
)

func (s *Server) registerHistory() {
	register(s, operation{id: "list-history", method: http.MethodGet, path: "/history", summary: "List ended contacts, newest first",
		tag: "history", roles: rolesSupervisor}, s.listHistory)
	register(s, operation{id: "list-facts", method: http.MethodGet, path: "/facts", summary: "List facts, oldest first",
		tag: "history", roles: rolesSupervisor}, s.listFacts)
	register(s, operation{id: "search", method: http.MethodGet, path: "/search", summary: "Find contacts, customers, people and what is configured by words",
		tag: "search", roles: rolesEveryone}, s.search)
}

func (s *Server) listHistory(ctx context.Context, c call, in *pageInput) (*Answer[Page[Contact]], error) {
	all, next, err := s.store.HistoryPage(ctx, c.unit, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	page := Page[Contact]{Items: make([]Contact, 0, len(all)), Next: next}
	names := s.names()
	scope := names.scopeOf(c.caller)
	for _, h := range all {
		if scope.has(h.Agent) {
			page.Items = append(page.Items, endedContact(names, h))
		}
	}
	return &Answer[Page[Contact]]{page}, nil
}

// parseFactKey reads a page's key: month, batch and number, parted by points.
func parseFactKey(text string) (store.FactKey, error) {
	if text == "" {
		return store.FactKey{}, nil
	}
	part := strings.Split(text, ".")
	if len(part) != 3 {
		return store.FactKey{}, errPage
	}
	month, err1 := strconv.ParseInt(part[0], 10, 32)
	batch, err2 := strconv.ParseUint(part[1], 10, 63)
	n, err3 := strconv.ParseUint(part[2], 10, 31)
	if err1 != nil || err2 != nil || err3 != nil || month < 0 {
		return store.FactKey{}, errPage
	}
	return store.FactKey{Month: month, Batch: batch, N: uint32(n)}, nil
}

func (s *Server) listFacts(ctx context.Context, c call, in *pageInput) (*Answer[Page[Fact]], error) {
	key, err := parseFactKey(in.After)
	if err != nil {
		return nil, err
	}
	all, err := s.store.FactsPage(ctx, c.unit, key, in.Limit)
	if err != nil {
		return nil, err
	}
	page := Page[Fact]{}
	if len(all) == in.Limit {
		last := all[len(all)-1].Key
		page.Next = fmt.Sprintf("%d.%d.%d", last.Month, last.Batch, last.N)
	}
	scope := s.names().scopeOf(c.caller)
	page.Items = s.facts(slices.DeleteFunc(all, func(f store.FactRow) bool { return !scope.has(f.Agent) }))
	return &Answer[Page[Fact]]{page}, nil
}

func (s *Server) facts(rows []store.FactRow) []Fact {
	names := s.names()
	out := make([]Fact, len(rows))
	for i, f := range rows {
		out[i] = Fact{Month: f.Key.Month, Batch: f.Key.Batch, N: f.Key.N, Kind: nameOf(factNames[:], f.Kind), Why: nameOf(whyNames[:], f.Why),
			Domain: DomainName(f.Domain), Step: f.Step, At: f.At, Contact: f.Contact, Agent: f.Agent, AgentName: names.agentName(f.Agent),
			Queue: f.Queue, QueueName: names.queues[f.Queue].Name, Reason: f.Reason, Number: f.Fact.N, TookMs: f.Took.Milliseconds()}
	}
	return out
}

// search finds ended and open contacts, and customers, by the store's indexes of words,
// and people by their names.
func (s *Server) search(ctx context.Context, c call, in *searchInput) (*Answer[Found], error) {
	q := store.ContactQuery{Words: in.Words, From: in.From, Until: in.Until, Medium: in.Medium, Queue: in.Queue, Agent: in.Agent,
		Disposition: in.Disposition, Customer: in.Customer}
	if q == (store.ContactQuery{}) {
		return nil, errSearch
	}
	var before acd.ContactID
	if in.After != "" && before.UnmarshalText([]byte(in.After)) != nil {
		return nil, errPage
	}
	rows, next, err := s.store.SearchContacts(ctx, c.unit, q, before, in.Limit)
	if err != nil {
		return nil, err
	}
	var customers []store.Customer
	if in.isWords() {
		if customers, _, err = s.store.CustomerPage(ctx, c.unit, in.Words, "", in.Limit); err != nil {
			return nil, err
		}
	}
	found := Found{Contacts: make([]Contact, 0, len(rows)), Customers: make([]Customer, 0, len(customers)), People: []Person{}}
	names := s.names()
	scope := names.scopeOf(c.caller)
	for _, h := range rows {
		if open, ok := s.picture.Contact(c.unit, h.Contact.ID); ok {
			if !scope.hasContact(open) {
				continue
			}
			found.Contacts = append(found.Contacts, openContact(names, open).shownTo(names, c))
			continue
		}
		if !scope.has(h.Agent) && !c.caller.Has(identity.Agent) {
			continue
		}
		found.Contacts = append(found.Contacts, endedContact(names, h).shownTo(names, c))
	}
	if !c.caller.Has(rolesFloor...) && !c.caller.May(identity.CustomersRead) {
		customers = nil
	}
	if !next.IsZero() {
		found.Next = next.String()
	}
	for _, v := range customers {
		found.Customers = append(found.Customers, showCustomer(names, v))
	}
	found.Objects = []Titled{}
	if in.isWords() {
		s.byName(c, names, &found, in)
	}
	return &Answer[Found]{found}, nil
}

// isWords reports whether all that a search asks for is words: what has them in its name
// is found too.
func (in *searchInput) isWords() bool {
	return in.Words != "" && in.After == "" && in.From == 0 && in.Until == 0 && in.Medium == "" && in.Queue.IsZero() && in.Agent.IsZero() && in.Disposition.IsZero() &&
		in.Customer.IsZero()
}

// byName adds the people, and what is configured, with the words of a search in their names.
func (s *Server) byName(c call, names *catalogue, found *Found, in *searchInput) {
	words := strings.Fields(strings.ToLower(in.Words))
	for _, u := range names.users {
		if u.Unit == c.unit && holdsAll(strings.ToLower(u.Name+" "+u.body.FirstName+" "+u.body.LastName), words) {
			found.People = append(found.People, Person{ID: u.ID, Name: u.Name, FirstName: u.body.FirstName, LastName: u.body.LastName,
				ScreenName: names.screenName(u.ID), Roles: append([]identity.Role{}, u.body.Roles...)})
		}
	}
	slices.SortFunc(found.People, func(a, b Person) int { return strings.Compare(a.Name, b.Name) })
	found.People = found.People[:min(len(found.People), in.Limit)]
	if slices.ContainsFunc(rolesBusiness, func(r identity.Role) bool { return slices.Contains(c.caller.Roles, r) }) {
		found.Objects = names.titled(c.unit, words, in.Limit)
	}
}

var errSearch = fault.New(fault.Invalid, "invalid", "Say what is looked for: words, a time, a queue, an agent, a disposition or a customer.").On("words")

// searchedKinds are found by their names; people have a list of their own.
var searchedKinds = [...]store.ObjectKind{identity.KindTeam, identity.KindRole, talk.KindArticle, plan.KindSkill, plan.KindQueue, plan.KindSchedule, plan.KindReason,
	plan.KindCategory, plan.KindDeskProfile, plan.KindWorkflow, talk.KindLanguage}

// titled finds what is configured in a unit by words of its names.
func (c *catalogue) titled(unit acd.UnitID, words []string, limit int) []Titled {
	found := []Titled{}
	for _, kind := range searchedKinds {
		for o := range c.all(kind) {
			if o.Unit != unit && !shares(o) || !holdsAll(strings.ToLower(o.Name), words) {
				continue
			}
			title := Titled{Kind: string(kind), ID: o.ID, Name: o.Name}
			if r, ok := c.reasons[reasonKey{o.Unit, o.ID}]; ok && kind == plan.KindReason {
				title.Use = r.body.Use
			}
			found = append(found, title)
		}
	}
	slices.SortFunc(found, func(a, b Titled) int { return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Kind, b.Kind)) })
	return found[:min(len(found), limit)]
}

func holdsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
