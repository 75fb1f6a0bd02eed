package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"portico/acd"
	"portico/fault"
	"portico/hub"
	"portico/phone"
	"portico/store"
)

const (
	// customerFieldsMax is how many free fields a customer may have.
	customerFieldsMax = 50
	// customerFieldMax is how long the name of a free field may be, in characters.
	customerFieldMax = 64
)

// Customer is somebody whom the company knows.
type Customer struct {
	ID        acd.ID[objectKind] `json:"id"`
	Version   uint32             `json:"version" doc:"counts the changes; a change sends the version that it saw"`
	ChangedAt acd.Time           `json:"changed_at"`
	ChangedBy string             `json:"changed_by" doc:"name of the person; empty: an API token"`
	CustomerBody
}

// CustomerBody is what people keep of a customer.
type CustomerBody struct {
	Name      string                `json:"name" minLength:"1" maxLength:"200"`
	Company   string                `json:"company,omitempty" maxLength:"200"`
	Language  string                `json:"language,omitempty" maxLength:"40"`
	Addresses []CustomerAddress     `json:"addresses" required:"false" nullable:"false" maxItems:"20" doc:"each belongs to one customer of the business unit"`
	Note      string                `json:"note,omitempty" maxLength:"8000"`
	Fields    map[string]DetailText `json:"fields,omitempty" doc:"free fields: at most 50, with names of at most 64 characters"`
	Agent     acd.AgentID           `json:"agent,omitzero" doc:"who looks after the customer: a workflow may wait for this agent first; absent: nobody in particular"`
}

// CustomerAddress is where a customer is reached.
type CustomerAddress struct {
	Kind  string `json:"kind" enum:"email,phone,other"`
	Value string `json:"value" minLength:"1" maxLength:"320" doc:"compared without case; a telephone number by its digits, with + for an international one"`
}

// CustomerContact is a contact in a customer's history.
type CustomerContact struct {
	Contact         acd.ContactID `json:"contact"`
	Medium          string        `json:"medium"`
	Queue           acd.QueueID   `json:"queue"`
	QueueName       string        `json:"queue_name"`
	Caption         string        `json:"caption"`
	At              acd.Time      `json:"at" doc:"arrival"`
	EndedAt         acd.Time      `json:"ended_at,omitzero" doc:"absent: it is open"`
	Agent           acd.AgentID   `json:"agent,omitzero" doc:"who has it, or had it last"`
	AgentName       string        `json:"agent_name,omitempty"`
	Disposition     acd.ReasonID  `json:"disposition,omitzero"`
	DispositionName string        `json:"disposition_name,omitempty"`
	State           string        `json:"state" enum:"timed,held,queued,offered,active,interrupted,wrap_up,ended"`
}

type (
	customersInput struct {
		Scope
		Paging
		Find string `query:"find" maxLength:"200" doc:"customers whose name, company or address has words that begin so"`
	}
	newCustomerInput struct {
		Scope
		Body CustomerBody
	}
	changeCustomerInput struct {
		Scope
		ID   acd.ID[objectKind] `path:"id"`
		Body struct {
			CustomerBody
			Version uint32 `json:"version" minimum:"1" doc:"the version that the change is based on"`
		}
	}
	removeCustomerInput struct {
		Scope
		ID      acd.ID[objectKind] `path:"id"`
		Version uint32             `query:"version" required:"true" minimum:"1" doc:"the version that was seen"`
	}
	customerContactsInput struct {
		Scope
		Paging
		ID acd.ID[objectKind] `path:"id"`
	}
	linkInput struct {
		Scope
		ID   acd.ContactID `path:"id"`
		Body struct {
			Customer acd.ID[objectKind] `json:"customer,omitzero" doc:"absent: nobody's"`
		}
	}
)

var (
	errCustomerAddress = fault.New(fault.Invalid, "customer_address", "This is not an address of its kind: an e-mail address has an @, a telephone number at least five digits.")
	errCustomerField   = fault.New(fault.Invalid, "customer_field", "A customer has at most 50 free fields, with names of 1 to 64 characters.").On("fields")
	errCustomerAgent   = fault.New(fault.Invalid, "customer_agent", "Whoever is to look after the customer is no agent of the business unit.").On("agent")
	errAddressTaken    = fault.New(fault.Conflict, "address_taken", "Another customer has this address already. Open that customer, or take the address away there first.")
)

func (s *Server) registerCustomers() {
	const tag = "customers"
	register(s, operation{id: "list-customers", method: http.MethodGet, path: "/customers", summary: "List customers by name",
		tag: tag, roles: rolesEveryone}, s.listCustomers)
	register(s, operation{id: "create-customer", method: http.MethodPost, path: "/customers", summary: "Create a customer",
		tag: tag, roles: rolesEveryone, status: http.StatusCreated}, s.createCustomer)
	register(s, operation{id: "read-customer", method: http.MethodGet, path: "/customers/{id}", summary: "Read a customer",
		tag: tag, roles: rolesEveryone}, s.readCustomer)
	register(s, operation{id: "change-customer", method: http.MethodPut, path: "/customers/{id}", summary: "Change a customer",
		tag: tag, roles: rolesEveryone}, s.changeCustomer)
	register(s, operation{id: "remove-customer", method: http.MethodDelete, path: "/customers/{id}", summary: "Remove a customer; the contacts stay",
		tag: tag, roles: rolesBusiness}, s.removeCustomer)
	register(s, operation{id: "list-customer-contacts", method: http.MethodGet, path: "/customers/{id}/contacts",
		summary: "The contacts of a customer over all media, open and ended, newest first", tag: tag, roles: rolesEveryone}, s.listCustomerContacts)
	register(s, operation{id: "link-contact", method: http.MethodPut, path: "/contacts/{id}/customer", summary: "Say whose contact it is",
		tag: tag, roles: rolesEveryone}, s.linkContact)
	s.registerCustomerTable()
	s.registerCustomerBulk()
	s.registerErasures()
}

func showCustomer(names *catalogue, c store.Customer) Customer {
	out := Customer{ID: c.ID, Version: c.Version, ChangedAt: c.ChangedAt, ChangedBy: names.person(c.ChangedBy),
		CustomerBody: CustomerBody{Name: c.Name, Company: c.Company, Language: c.Language, Note: c.Note,
			Addresses: make([]CustomerAddress, len(c.Addresses)), Agent: c.Agent}}
	for i, a := range c.Addresses {
		out.Addresses[i] = CustomerAddress(a)
	}
	if len(c.Fields) > 0 {
		out.Fields = make(map[string]DetailText, len(c.Fields))
		for name, value := range c.Fields {
			out.Fields[name] = DetailText(value)
		}
	}
	return out
}

// keep judges what people want kept of a customer, whose telephone numbers are kept as they
// are dialled from abroad. An address that is there twice is
// kept once.
func (b CustomerBody) keep(country string) (name string, out store.CustomerBody, err error) {
	name = strings.TrimSpace(b.Name)
	if name == "" {
		return "", out, errInvalid.On("name")
	}
	out = store.CustomerBody{Company: strings.TrimSpace(b.Company), Language: b.Language, Note: b.Note, Agent: b.Agent}
	seen := map[store.Address]bool{}
	for i, a := range b.Addresses {
		kept := store.Address{Kind: a.Kind, Value: strings.TrimSpace(a.Value)}
		if kept.Kind == store.AddressPhone {
			kept.Value = phone.International(country, kept.Value)
		}
		key := store.Address{Kind: a.Kind, Value: kept.Key()}
		if key.Value == "" {
			return "", out, errCustomerAddress.On(fmt.Sprintf("addresses[%d].value", i))
		}
		if !seen[key] {
			seen[key] = true
			out.Addresses = append(out.Addresses, kept)
		}
	}
	if len(b.Fields) > customerFieldsMax {
		return "", out, errCustomerField
	}
	for field, value := range b.Fields {
		if n := utf8.RuneCountInString(field); n == 0 || n > customerFieldMax {
			return "", out, errCustomerField
		}
		if out.Fields == nil {
			out.Fields = make(map[string]string, len(b.Fields))
		}
		out.Fields[field] = string(value)
	}
	return name, out, nil
}

func (s *Server) listCustomers(ctx context.Context, c call, in *customersInput) (*Answer[Page[Customer]], error) {
	all, next, err := s.store.CustomerPage(ctx, c.unit, phone.International(s.names().talks[c.unit].Country, in.Find), in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	page := Page[Customer]{Items: make([]Customer, len(all)), Next: next}
	names := s.names()
	for i, v := range all {
		page.Items[i] = showCustomer(names, v)
	}
	return &Answer[Page[Customer]]{page}, nil
}

func (s *Server) readCustomer(ctx context.Context, c call, in *idInput) (*Answer[Customer], error) {
	v, err := s.store.Customer(ctx, c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[Customer]{showCustomer(s.names(), v)}, nil
}

func (s *Server) createCustomer(ctx context.Context, c call, in *newCustomerInput) (*Answer[Customer], error) {
	return s.putCustomer(ctx, c, in.Body, store.Customer{})
}

func (s *Server) changeCustomer(ctx context.Context, c call, in *changeCustomerInput) (*Answer[Customer], error) {
	old, err := s.store.Customer(ctx, c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	if old.Version != in.Body.Version {
		return nil, errChanged
	}
	return s.putCustomer(ctx, c, in.Body.CustomerBody, old)
}

// putCustomer saves a new customer, or a change of one. The audit names no more than the
// customer's id: what was kept of a person must be gone once the person is removed.
func (s *Server) putCustomer(ctx context.Context, c call, body CustomerBody, old store.Customer) (*Answer[Customer], error) {
	put, err := s.customerPut(c, body, old)
	if err != nil {
		return nil, err
	}
	action := "customer.create"
	if old.Version > 0 {
		action = "customer.change"
	}
	err = s.store.Save(ctx, store.Unit{Rows: []store.Row{put, s.audit(c, action, c.unit, put.Customer.ID, nil, nil)}})
	if errors.Is(err, store.ErrTaken) {
		return nil, s.whoseAddress(ctx, put.Customer)
	}
	if err != nil {
		return nil, err
	}
	put.Customer.Version = old.Version + 1
	s.joinEarlier(c, put.Customer, old)
	return &Answer[Customer]{showCustomer(s.names(), put.Customer)}, nil
}

// customerPut makes the row of a new or changed customer.
func (s *Server) customerPut(c call, body CustomerBody, old store.Customer) (store.PutCustomer, error) {
	name, kept, err := body.keep(s.names().talks[c.unit].Country)
	if err == nil && kept.Agent != old.Agent && !s.names().agentOf(c.unit, kept.Agent) {
		err = errCustomerAgent
	}
	masker := s.conversations.Masker(c.unit)
	name, kept.Company, kept.Note, kept.Fields = masker.Text(name), masker.Text(kept.Company), masker.Text(kept.Note), masker.Map(kept.Fields)
	if err != nil {
		return store.PutCustomer{}, err
	}
	v := store.Customer{ID: old.ID, Unit: c.unit, Name: name, ChangedAt: s.at(), ChangedBy: c.caller.User, CustomerBody: kept}
	if old.Version == 0 {
		v.ID = s.mint.ID()
	}
	return store.PutCustomer{Customer: v, Old: old}, nil
}

// whoseAddress says which address another customer has, and who that is.
func (s *Server) whoseAddress(ctx context.Context, c store.Customer) error {
	for i, a := range c.Addresses {
		id, err := s.store.CustomerOf(ctx, c.Unit, a)
		if err != nil || id == c.ID {
			continue
		}
		taken := errAddressTaken.On(fmt.Sprintf("addresses[%d].value", i)).With("address", a.Value).
			With("customer", acd.ID[objectKind](id).String())
		if other, err := s.store.Customer(ctx, c.Unit, id); err == nil {
			taken = taken.With("name", other.Name)
		}
		return taken
	}
	return errAddressTaken.On("addresses")
}

// removeCustomer takes a customer away. Open contacts are told first: they show whose
// they are.
func (s *Server) removeCustomer(ctx context.Context, c call, in *removeCustomerInput) (*Nothing, error) {
	old, err := s.store.Customer(ctx, c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	if old.Version != in.Version {
		return nil, errChanged
	}
	if err := s.unlink(ctx, c, old.ID); err != nil {
		return nil, err
	}
	return nil, s.store.Save(ctx, store.Unit{Rows: []store.Row{store.RemoveCustomer{Old: old},
		s.audit(c, "customer.remove", c.unit, old.ID, nil, nil)}})
}

// unlink tells the open contacts of a customer that they are nobody's.
func (s *Server) unlink(ctx context.Context, c call, customer [16]byte) error {
	recent, _, err := s.store.CustomerContacts(ctx, c.unit, customer, "", 100)
	if err != nil {
		return err
	}
	for _, h := range recent {
		if _, open := s.picture.Contact(c.unit, h.Contact.ID); open {
			if err := s.link(ctx, c, store.CustomerLink{Unit: c.unit, Contact: h.Contact.ID}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Server) listCustomerContacts(ctx context.Context, c call, in *customerContactsInput) (*Answer[Page[CustomerContact]], error) {
	if _, err := s.store.Customer(ctx, c.unit, in.ID); err != nil {
		return nil, err
	}
	rows, next, err := s.store.CustomerContacts(ctx, c.unit, in.ID, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	page := Page[CustomerContact]{Items: make([]CustomerContact, len(rows)), Next: next}
	names := s.names()
	for i, h := range rows {
		v := endedContact(names, h)
		if open, ok := s.picture.Contact(c.unit, h.Contact.ID); ok {
			v = openContact(names, open)
		}
		disposition, _ := names.reason(c.unit, v.Disposition)
		page.Items[i] = CustomerContact{Contact: h.Contact.ID, Medium: v.Medium, Queue: v.Queue, QueueName: v.QueueName, Caption: v.Caption,
			At: v.At, EndedAt: v.EndedAt, Agent: v.Agent, AgentName: v.AgentName, Disposition: v.Disposition,
			DispositionName: disposition.Name, State: v.State}
	}
	return &Answer[Page[CustomerContact]]{page}, nil
}

// linkContact says whose contact it is, open or ended.
func (s *Server) linkContact(ctx context.Context, c call, in *linkInput) (*Answer[Contact], error) {
	v, err := s.contact(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	if id := in.Body.Customer; !id.IsZero() {
		if _, err := s.store.Customer(ctx, c.unit, id); errors.Is(err, store.ErrNone) {
			return nil, errMissing.On("customer")
		} else if err != nil {
			return nil, err
		}
	}
	if err := s.link(ctx, c, store.CustomerLink{Unit: c.unit, Contact: in.ID, Customer: in.Body.Customer, At: v.At}); err != nil {
		return nil, err
	}
	v.Customer = in.Body.Customer
	return &Answer[Contact]{v}, nil
}

// link saves a link beside an event that brings nothing, so that it goes the way of
// all that lists and desks show.
func (s *Server) link(ctx context.Context, c call, l store.CustomerLink) error {
	_, err := s.core.Ask(ctx, hub.Command{Event: acd.Ticked{}, Lane: hub.Progress, Unit: c.unit, Riders: []store.Row{l}})
	return err
}
