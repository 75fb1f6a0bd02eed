package workflow

import (
	"time"

	"portico/acd"
)

// Input is what a workflow is told. Names are past participles, or adjectives.
type Input interface{ input() }

type (
	// Began: the contact has just arrived; the core does not know it yet.
	Began struct{}
	// Done: the core did what the last effect asked.
	Done struct{}
	// Refused: the core did not. Why is the code of a fault.
	Refused struct{ Why string }
	// Due: Instance.Deadline has come.
	Due struct{}
	// Answered: an outside call is over.
	Answered struct {
		Token  Token
		Result Result
	}
	// Collected: the customer has filled in the form of a visit.
	Collected struct {
		Visit  uint32
		Values map[string]string
	}
	// Chosen: the customer has decided about a callback.
	Chosen struct {
		Visit    uint32
		Accepted bool
	}
	// Paused: the contact was offered to, or given to, somebody.
	Paused struct{}
	// Resumed: it waits again.
	Resumed struct{}
	// Restarted: the process began anew; what was asked of the world is asked again.
	Restarted struct{}
	// Left: an agent has finished, transferred or re-queued it. The workflow is over.
	Left struct{}
)

func (Began) input()     {}
func (Done) input()      {}
func (Refused) input()   {}
func (Due) input()       {}
func (Answered) input()  {}
func (Collected) input() {}
func (Chosen) input()    {}
func (Paused) input()    {}
func (Resumed) input()   {}
func (Restarted) input() {}
func (Left) input()      {}

// Result of an outside call.
type Result struct {
	// Exit is ExitNext, ExitFound, ExitNone, ExitTimeout or ExitError.
	Exit   Exit
	Values map[string]string // by the key of the contact data
	Note   string            // a sentence for the path: what went wrong
}

// Effect is what the core, or the people who run it, are asked. Names are imperatives.
// A turn ends with each that the core may refuse.
type Effect interface{ effect() }

type (
	// Place puts the contact into a queue. Zero and nil leave things as they are.
	Place struct {
		Queue     acd.QueueID
		Priority  uint8
		Skills    []acd.SkillLevel
		Preferred acd.AgentID
		Hold      time.Duration
	}
	// Fallback puts the contact into any queue that takes it: Queue, if that is there,
	// else the first of its domain in its unit.
	Fallback struct{ Queue acd.QueueID }
	// Prioritise changes the priority, Demand the skills (in place of all). Those that
	// are left at zero or nil stay.
	Prioritise struct{ Priority uint8 }
	// Demand changes the skills that the contact demands.
	Demand struct{ Skills []acd.SkillLevel }
	// Disconnect ends the contact.
	Disconnect struct{}
	// Alert is for people.
	Alert struct {
		Code AlertCode
		Node NodeID
		Why  string
	}
)

func (Place) effect()      {}
func (Fallback) effect()   {}
func (Prioritise) effect() {}
func (Demand) effect()     {}
func (Disconnect) effect() {}
func (Alert) effect()      {}

// AlertCode names what an Alert is about. Each has a row in docs/alarms.md.
type AlertCode string

const (
	// AlertLoop: a contact entered more than VisitsMax components.
	AlertLoop AlertCode = "workflow_loop"
	// AlertFailed: a component failed that has no error exit of its own.
	AlertFailed AlertCode = "workflow_failed"
)

// Passed is what happened in one visit during one turn: what is saved as a step of the
// contact's path, and what channels act on after the commit. A visit that lasts has
// several, the last with an Exit.
type Passed struct {
	Unit     acd.UnitID    `json:"-"`
	Contact  acd.ContactID `json:"-"`
	Workflow ID            `json:"-"`
	Release  uint32        `json:"-"`
	Visit    uint32        `json:"visit"`
	Node     NodeID        `json:"node"`
	Kind     Kind          `json:"kind"`
	At       acd.Time      `json:"at"`
	Entered  bool          `json:"entered,omitempty"` // the visit begins with it
	Exit     Exit          `json:"exit,omitempty"`    // empty: it is still there, or the path ends there
	// Note is a sentence: why an error exit was taken.
	Note string `json:"note,omitempty"`
	// Set is what became of the contact data.
	Set map[string]string `json:"set,omitempty"`
	Say []Say             `json:"say,omitempty"`
	Ask *Ask              `json:"ask,omitempty"`
	// Offer asks whether the customer wants to be called back.
	Offer *OfferCallback `json:"offer,omitempty"`
	// Forward is an e-mail to be sent on, Discard why the contact was ended unseen.
	Forward *Forward `json:"forward,omitempty"`
	Discard *Discard `json:"discard,omitempty"`
	// Call is made anew at each start, so it is not saved.
	Call *Call `json:"-"`
}

// Join puts what was passed in several steps of one turn together: one entry a visit.
func Join(list, more []Passed) []Passed {
	for _, p := range more {
		n := len(list) - 1
		if n < 0 || list[n].Contact != p.Contact || list[n].Visit != p.Visit {
			list = append(list, p)
			continue
		}
		to := &list[n]
		to.Exit, to.Say = p.Exit, append(to.Say, p.Say...)
		if p.Note != "" {
			to.Note = p.Note
		}
		if p.Forward != nil {
			to.Forward = p.Forward
		}
		if p.Discard != nil {
			to.Discard = p.Discard
		}
		for key, value := range p.Set {
			if to.Set == nil {
				to.Set = make(map[string]string, len(p.Set))
			}
			to.Set[key] = value
		}
	}
	return list
}

// SayKind says why something is said.
type SayKind string

// The kinds of Say.
const (
	SayMessage   SayKind = "message"
	SayWait      SayKind = "wait"
	SayAutoReply SayKind = "auto_reply"
	SayGoodbye   SayKind = "goodbye"
	// SayAcknowledge: the channel says it once a thread and sender in seven days.
	SayAcknowledge SayKind = "acknowledge"
)

// Say is a text for the customer, in the contact's language. {position} and {minutes}
// are still in it: see FillWait. Its client id in a conversation is flow:<visit>:<n>.
type Say struct {
	Visit   uint32  `json:"visit"`
	N       uint32  `json:"n"`
	Kind    SayKind `json:"kind"`
	Subject string  `json:"subject,omitempty"`
	Text    string  `json:"text"`
}

// Forward asks the channel to send the contact's e-mail on. It is sent once a visit.
type Forward struct {
	Visit uint32 `json:"visit"`
	To    string `json:"to"`
	Note  string `json:"note,omitempty"`
}

// Mail is what a workflow asks the e-mail channel to send in one visit of a contact. The
// hub saves it with the visit, in one commit, and it stays until that is done.
type Mail struct {
	Contact acd.ContactID `json:"contact"`
	Say     []Say         `json:"say,omitempty"`
	Forward *Forward      `json:"forward,omitempty"`
}

// OutboxMail is the kind of the outbox's entries that hold a Mail.
const OutboxMail = "mail"

// Mail gives what is to be sent by e-mail; ok is false for nothing.
func (p *Passed) Mail() (m Mail, ok bool) {
	m = Mail{Contact: p.Contact, Forward: p.Forward}
	for _, s := range p.Say {
		if s.Kind == SayAutoReply || s.Kind == SayAcknowledge {
			m.Say = append(m.Say, s)
		}
	}
	return m, m.Forward != nil || len(m.Say) > 0
}

// Discard says why a contact was ended that nobody saw.
type Discard struct {
	Reason string `json:"reason"`
}

// Ask shows a form until Deadline; Collected answers it.
type Ask struct {
	Visit    uint32     `json:"visit"`
	Text     string     `json:"text"`
	Fields   []AskField `json:"fields"`
	Deadline acd.Time   `json:"deadline"`
}

// AskField is one field of a form, labelled in the contact's language.
type AskField struct {
	Key      string   `json:"key"`
	Label    string   `json:"label"`
	Kind     string   `json:"kind"`
	Required bool     `json:"required,omitempty"`
	Choices  []string `json:"choices,omitempty"`
}

// OfferCallback asks until Deadline; Chosen answers it.
type OfferCallback struct {
	Visit    uint32   `json:"visit"`
	Text     string   `json:"text"` // {opens} is still in it, see FillOpens
	Deadline acd.Time `json:"deadline"`
	// From and Until are when a callback is promised; zero: at any time, or without an
	// end. Later: that has not begun yet. Zone is the schedule's time zone.
	From  acd.Time `json:"from,omitempty"`
	Until acd.Time `json:"until,omitempty"`
	Later bool     `json:"later,omitempty"`
	Zone  string   `json:"zone,omitempty"`
}

// Call is an outside call to be made; Answered brings its result. One of Web, Function
// and Lookup is set, by Kind.
type Call struct {
	Token    Token
	Kind     Kind
	Timeout  time.Duration // for the whole call
	Web      *WebCall
	Function *FunctionCall
	Lookup   *LookupCall
}

// WebCall is a request, ready to be sent but for secrets.
type WebCall struct {
	Method  string
	URL     string
	Headers []CallHeader
	Body    string
	OK      []int
	Outputs []Output
}

// CallHeader is a field of a request: a value, or the id of the secret that is its
// value. Only the graph names secrets: a customer who writes secret:… names none.
type CallHeader struct {
	Name   string
	Value  string
	Secret string
}

// FunctionCall calls a registered function.
type FunctionCall struct {
	Function string
	Inputs   map[string]string
	Outputs  map[string]string // name of the output: key of the contact data
}

// LookupCall asks a database.
type LookupCall struct {
	Connection string
	Query      string
	Parameters map[string]string
	Outputs    []Column
}

// Outcome of a turn.
type Outcome struct {
	Instance Instance
	Contact  Contact
	// Changed: what is saved of the contact (language, category, data) changed.
	Changed bool
	Passed  []Passed
	Effects []Effect
	// Ignored: the input was too late or meant something else; nothing changed.
	Ignored bool
}
