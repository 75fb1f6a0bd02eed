package api

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"portico/acd"
	"portico/dialogue"
	"portico/identity"
	"portico/outcall"
	"portico/plan"
	"portico/talk"
	"portico/workflow"
)

// DomainName is a media routing domain as the API spells it: voice, email, chat,
// outbound, or domain-7 for one that was registered later.
//
// It is no byte, so that a list of them is described as a list, not as base64.
type DomainName uint16

var domainNames = [...]string{acd.Voice: "voice", acd.Email: "email", acd.Chat: "chat", acd.Outbound: "outbound"}

func (d DomainName) String() string {
	if int(d) < len(domainNames) {
		return domainNames[d]
	}
	return "domain-" + strconv.Itoa(int(d))
}

// MarshalText writes the name.
func (d DomainName) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes, and nothing else.
func (d *DomainName) UnmarshalText(text []byte) error {
	for i, name := range domainNames {
		if name == string(text) {
			*d = DomainName(i)
			return nil
		}
	}
	rest, ok := strings.CutPrefix(string(text), "domain-")
	n, err := strconv.ParseUint(rest, 10, 8)
	if !ok || err != nil || n >= acd.DomainsMax || DomainName(n).String() != string(text) {
		return fmt.Errorf("no such media routing domain: want voice, email, chat, outbound or domain-N below %d", acd.DomainsMax)
	}
	*d = DomainName(n)
	return nil
}

// Schema describes the name in the API's document.
func (DomainName) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: "media routing domain: voice, email, chat, outbound or domain-N",
		Pattern: `^(voice|email|chat|outbound|domain-([4-9]|[12][0-9]|3[01]))$`, Examples: []any{"chat"}}
}

var stateNames = [...]string{"", acd.Timed: "timed", acd.Held: "held", acd.Queued: "queued", acd.Offered: "offered",
	acd.Active: "active", acd.Interrupted: "interrupted", acd.WrapUp: "wrap_up", acd.Ended: "ended", acd.Routing: "routing"}

var whyNames = [...]string{acd.WhyNone: "", acd.WhyNoAnswer: "no_answer", acd.WhyDeclined: "declined",
	acd.WhyDesktopLost: "desktop_lost", acd.WhyUnavailable: "unavailable", acd.WhySignedOut: "signed_out",
	acd.WhyAbandoned: "abandoned", acd.WhyCustomerLost: "customer_lost", acd.WhyFinished: "finished",
	acd.WhyWrappedUp: "wrapped_up", acd.WhyWrapUpTime: "wrap_up_time", acd.WhyTransferred: "transferred",
	acd.WhyRequeued: "requeued", acd.WhyReassigned: "reassigned", acd.WhyPicked: "picked", acd.WhyRestart: "restart",
	acd.WhyPlan: "plan", acd.WhyHoldOver: "hold_over", acd.WhyPreferred: "preferred", acd.WhyTooMany: "too_many",
	acd.WhyIdle: "customer_idle", acd.WhyWorkflow: "workflow", acd.WhyJoined: "joined", acd.WhyLeft: "left", acd.WhyRemoved: "removed",
	acd.WhyHandedOver: "handed_over", acd.WhyTakenOver: "taken_over", acd.WhySteered: "supervisor"}

// roleNames are what agents do in a contact.
var roleNames = [...]string{acd.Owner: "owner", acd.Consulted: "consulted", acd.Conferenced: "conferenced",
	acd.Monitoring: "monitoring", acd.Whispering: "whispering"}

var factNames = [...]string{"", acd.FactArrived: "arrived", acd.FactQueued: "queued", acd.FactHeld: "held",
	acd.FactTimed: "timed", acd.FactOffered: "offered", acd.FactNotAccepted: "not_accepted",
	acd.FactAccepted: "accepted", acd.FactInterrupted: "interrupted", acd.FactResumed: "resumed",
	acd.FactReturned: "returned", acd.FactFinished: "finished", acd.FactEnded: "ended",
	acd.FactPriority: "priority", acd.FactSignedIn: "signed_in", acd.FactSignedOut: "signed_out",
	acd.FactAgentState: "agent_state", acd.FactDesktopLost: "desktop_lost", acd.FactDesktopBack: "desktop_back",
	acd.FactCustomerLost: "customer_lost", acd.FactCustomerReturned: "customer_returned",
	acd.FactWrapUpExtended: "wrap_up_extended", acd.FactMoved: "moved", acd.FactSkills: "skills",
	acd.FactInvited: "invited", acd.FactJoined: "joined", acd.FactLeft: "left", acd.FactRole: "role", acd.FactHandedOver: "handed_over"}

var authorNames = [...]string{"system", "customer", "agent"}

// nameOf gives a table's name for a number that a newer release may have added to.
func nameOf[N ~uint8](names []string, n N) string {
	if int(n) < len(names) {
		return names[n]
	}
	return strconv.Itoa(int(n))
}

// numberOf finds a name's number; 0 for none.
func numberOf[N ~uint8](names []string, name string) N {
	for i, have := range names {
		if have == name {
			return N(i)
		}
	}
	return 0
}

// idSchema describes every kind of id in the API's document.
type idSchema struct{}

// Schema says that an id is a UUID.
func (idSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid"}
}

// lineSchema describes a short text within a list.
type lineSchema struct{}

// Schema says how long it may be.
func (lineSchema) Schema(huma.Registry) *huma.Schema {
	most := talk.LabelMax
	return &huma.Schema{Type: huma.TypeString, MaxLength: &most}
}

// fileNameSchema describes what a sender calls a file.
type fileNameSchema struct{}

// Schema says how long it may be.
func (fileNameSchema) Schema(huma.Registry) *huma.Schema {
	most := 255
	return &huma.Schema{Type: huma.TypeString, MaxLength: &most}
}

// schemaName names a type in the API's document: those of workflows say so, as they
// have everyday names.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if strings.HasSuffix(t.PkgPath(), "workflow") && t.Name() != "" {
		return "Flow" + name
	}
	return name
}

func describeIDs(r huma.Registry) {
	r.RegisterTypeAlias(reflect.TypeFor[talk.Line](), reflect.TypeFor[lineSchema]())
	r.RegisterTypeAlias(reflect.TypeFor[dialogue.MailPath](), reflect.TypeFor[lineSchema]())
	r.RegisterTypeAlias(reflect.TypeFor[workflow.FileName](), reflect.TypeFor[fileNameSchema]())
	r.RegisterTypeAlias(reflect.TypeFor[workflow.Kind](), reflect.TypeFor[kindSchema]())
	for _, t := range []reflect.Type{reflect.TypeFor[acd.ContactID](), reflect.TypeFor[acd.AgentID](), reflect.TypeFor[acd.QueueID](),
		reflect.TypeFor[acd.UnitID](), reflect.TypeFor[acd.SkillID](), reflect.TypeFor[acd.ReasonID](),
		reflect.TypeFor[identity.TeamID](), reflect.TypeFor[identity.RoleID](), reflect.TypeFor[plan.ScheduleID](), reflect.TypeFor[plan.DeskProfileID](), reflect.TypeFor[acd.ID[objectKind]](),
		reflect.TypeFor[dialogue.AttachmentID](), reflect.TypeFor[outcall.SecretID](), reflect.TypeFor[talk.SignatureID]()} {
		r.RegisterTypeAlias(t, reflect.TypeFor[idSchema]())
	}
}
