package identity

import (
	"slices"

	"portico/acd"
	"portico/fault"
	"portico/plan"
)

// Right opens a group of doors of the API: to see something, or to change it. A custom
// role is made of rights; what no right names stays shut to it.
type Right string

// The rights. Who may change something needs the right to see it as well.
const (
	PeopleRead      Right = "people.read"      // users, teams, desk profiles, custom roles
	PeopleChange    Right = "people.change"    // the same, and passwords; never beyond what one has oneself
	RoutingRead     Right = "routing.read"     // queues, skills, reasons, schedules, categories
	RoutingChange   Right = "routing.change"   //
	WorkflowsRead   Right = "workflows.read"   //
	WorkflowsChange Right = "workflows.change" // and their releases and test runs
	ChatRead        Right = "chat.read"        // chat languages and settings, responses, contact data, excluded numbers
	ChatChange      Right = "chat.change"      //
	KnowledgeRead   Right = "knowledge.read"   // articles
	KnowledgeChange Right = "knowledge.change" //
	MailRead        Right = "mail.read"        // mail accounts and settings, signatures, blocked senders
	MailChange      Right = "mail.change"      //
	MailHandle      Right = "mail.handle"      // mails that wait for approval, that leave, that were not routed
	OutsideRead     Right = "outside.read"     // functions, connections, names of secrets
	OutsideChange   Right = "outside.change"   //
	CustomersRead   Right = "customers.read"   //
	CustomersChange Right = "customers.change" // one at a time
	CustomersRemove Right = "customers.remove" // and import, export and changes of many
	ContactsRead    Right = "contacts.read"    // contacts, their conversations and mails, search
	ContactsSteer   Right = "contacts.steer"   // bring, end, reassign; agents' state, skills and queues. Permissions say which
	ContactsErase   Right = "contacts.erase"   // what was said and written
	FloorRead       Right = "floor.read"       // queues and agents now, alerts, thresholds, views
	FloorChange     Right = "floor.change"     // alerts, thresholds, views
	ReportsRead     Right = "reports.read"     // history, facts, figures of the day, satisfaction
	RequestsHandle  Right = "requests.handle"  // what customers left outside of the hours
	AuditRead       Right = "audit.read"       // who changed what
)

// Rights are all there are, in the order in which people are shown them.
func Rights() []Right {
	return []Right{PeopleRead, PeopleChange, RoutingRead, RoutingChange, WorkflowsRead, WorkflowsChange, ChatRead, ChatChange, KnowledgeRead, KnowledgeChange, MailRead, MailChange, MailHandle,
		OutsideRead, OutsideChange, CustomersRead, CustomersChange, CustomersRemove, ContactsRead, ContactsSteer, ContactsErase, FloorRead, FloorChange,
		ReportsRead, RequestsHandle, AuditRead}
}

// RightsOf gives the rights that a built-in role brings. Administrators may hand on all;
// supervisors and agents have doors of their own, and hand on none.
func RightsOf(r Role) []Right {
	switch r {
	case SystemAdministrator, BusinessAdministrator:
		return Rights()
	case Auditor:
		return []Right{PeopleRead, RoutingRead, WorkflowsRead, ChatRead, KnowledgeRead, MailRead, FloorRead, ReportsRead, AuditRead}
	case Integrator:
		return []Right{RoutingRead, CustomersRead, CustomersChange, ContactsRead, ContactsSteer, FloorRead, ReportsRead}
	}
	return nil
}

// KindRole is the kind of the roles that a business unit makes itself.
const KindRole = "role"

type roleKind struct{}

// RoleID names a custom role.
type RoleID = acd.ID[roleKind]

// CustomRole is what somebody may do beside the built-in roles. Its name is the object's.
type CustomRole struct {
	Description string       `json:"description"`
	Rights      []Right      `json:"rights"`
	Permissions []Permission `json:"permissions"` // what the role brings where nothing else was said of a person
}

var (
	errRight     = fault.New(fault.Invalid, "right_unknown", "There is no such right.").On("rights")
	errRightRead = fault.New(fault.Invalid, "right_without_read", "Who may change something must see it: add the right to see it.").On("rights")
	errTwice     = fault.New(fault.Invalid, "invalid", "Name each only once.")
)

// reading is the right that goes before another.
var reading = map[Right]Right{PeopleChange: PeopleRead, RoutingChange: RoutingRead, WorkflowsChange: WorkflowsRead, ChatChange: ChatRead, KnowledgeChange: KnowledgeRead, MailChange: MailRead,
	OutsideChange: OutsideRead, CustomersChange: CustomersRead, CustomersRemove: CustomersRead, ContactsSteer: ContactsRead, ContactsErase: ContactsRead, FloorChange: FloorRead}

// Check gives the fault of a role that cannot be, with the field.
func (r CustomRole) Check() error {
	if len(r.Description) > plan.DescriptionMax {
		return errDescription
	}
	for i, right := range r.Rights {
		switch {
		case !slices.Contains(Rights(), right):
			return errRight
		case slices.Contains(r.Rights[:i], right):
			return errTwice.On("rights")
		}
		if needs, ok := reading[right]; ok && !slices.Contains(r.Rights, needs) {
			return errRightRead.With("right", string(right)).With("needs", string(needs))
		}
	}
	for i, p := range r.Permissions {
		switch {
		case !slices.Contains(Permissions(), p):
			return errPermission
		case slices.Contains(r.Permissions[:i], p):
			return errTwice.On("permissions")
		}
	}
	return nil
}

// May reports whether the caller has a right.
func (c Caller) May(r Right) bool { return slices.Contains(c.Rights, r) }
