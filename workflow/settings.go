package workflow

// Texts are by the name of the chat language; the text of the empty name is for all
// others. Places: {name} {data.key} {language} {caption} {queue} {position} {minutes}.
// A line with a position or minutes that are not known is left out; so is one with
// {opens}, which offers of a callback alone have, while customers are called back at once.
type Texts map[string]string

// StartSettings say which contacts enter: those that fit every list that is not empty.
type StartSettings struct {
	Media       []string `json:"media"`
	Source      []string `json:"source"`      // patterns: * is any text, ? any character; letter case does not count
	Destination []string `json:"destination"` // likewise
	Queues      []string `json:"queues"`      // that the contact was addressed to
}

// DecisionSettings are tried in order; the first branch whose expression is true is taken.
type DecisionSettings struct {
	Branches []Branch `json:"branches"`
}

// Branch is one way of a decision; its id is the exit.
type Branch struct {
	ID         Exit   `json:"id"`
	Name       string `json:"name"`
	Expression string `json:"expression"`
}

// ScheduleSettings ask a schedule at the time of the visit.
type ScheduleSettings struct {
	Schedule string `json:"schedule"`
}

// SetSettings change the contact. What is empty stays as it is.
type SetSettings struct {
	Priority string    `json:"priority"` // expression: 1–100
	Language string    `json:"language"` // template
	Data     []SetData `json:"data"`
	Skills   []Skill   `json:"skills"` // in place of those that it demands
}

// SetData sets one key of the contact data to the value of an expression.
type SetData struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Skill is a demand.
type Skill struct {
	Skill string `json:"skill"`
	Level int    `json:"level"` // 1–100
}

// CategorySettings assign a category to the contact.
type CategorySettings struct {
	Category string `json:"category"`
}

// MessageSettings are said to the customer.
type MessageSettings struct {
	Texts Texts `json:"texts"`
}

// CollectSettings ask the customer to fill in a form.
type CollectSettings struct {
	Texts    Texts   `json:"texts"`
	Fields   []Field `json:"fields"`
	TimeoutS int     `json:"timeout_s"` // 0: 300
}

// Field is one field of a form; its value becomes the contact datum Key.
type Field struct {
	Key      string            `json:"key"`
	Label    map[string]string `json:"label"` // by language
	Kind     string            `json:"kind"`  // text, long, email, phone, number or choice
	Required bool              `json:"required"`
	Choices  []string          `json:"choices,omitempty"`
}

// WebRequestSettings call an address. Values that are put into the URL and into a body
// of JSON are escaped for their place.
type WebRequestSettings struct {
	Method   string   `json:"method"` // empty: GET
	URL      string   `json:"url"`    // template
	Headers  []Header `json:"headers"`
	Body     string   `json:"body"`      // template
	TimeoutS int      `json:"timeout_s"` // 1–5; 0: 5
	OK       []int    `json:"ok"`        // statuses that are a success; empty: 200–299
	Outputs  []Output `json:"outputs"`
}

// Header of a request. Value is a template, or secret:<id>.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Output keeps a part of the answer as the contact datum Key.
type Output struct {
	Path string `json:"path"` // JSON pointer (RFC 6901); empty: the whole
	Key  string `json:"key"`
}

// FunctionSettings call a registered function.
type FunctionSettings struct {
	Function string            `json:"function"`
	Inputs   map[string]string `json:"inputs"`  // name of the input: template
	Outputs  map[string]string `json:"outputs"` // name of the output: key of the contact data
	TimeoutS int               `json:"timeout_s"`
}

// LookupSettings ask a database. Of the answer's first row columns are kept.
type LookupSettings struct {
	Connection string            `json:"connection"`
	Query      string            `json:"query"`      // with :name for parameters
	Parameters map[string]string `json:"parameters"` // name: expression
	Outputs    []Column          `json:"outputs"`
	TimeoutS   int               `json:"timeout_s"`
}

// Column keeps a column of the answer as the contact datum Key.
type Column struct {
	Column string `json:"column"`
	Key    string `json:"key"`
}

// QueueSettings bring the contact into a queue. What follows goes on while it waits.
type QueueSettings struct {
	Queue     string  `json:"queue"`     // empty: the one that it was addressed to
	Priority  string  `json:"priority"`  // expression; empty: as it is
	Skills    []Skill `json:"skills"`    // empty: as they are
	Preferred string  `json:"preferred"` // none, last_agent, customer_agent, agent:<id>; empty: none
	HoldS     int     `json:"hold_s"`    // how long the preferred agent is waited for; 0: 60
}

// WaitSettings let time pass.
type WaitSettings struct {
	Seconds int   `json:"seconds"`
	EveryS  int   `json:"every_s"` // how often Texts are said; 0: once, at the beginning
	Texts   Texts `json:"texts"`
}

// OfferCallbackSettings ask whether the customer would rather be called back.
type OfferCallbackSettings struct {
	Texts    Texts  `json:"texts"`     // with the place {opens} too: when the schedule opens next
	TimeoutS int    `json:"timeout_s"` // 0: 60
	Schedule string `json:"schedule"`  // when customers are called back; empty: at any time
}

// TransferSettings give the contact away.
type TransferSettings struct {
	To      string `json:"to"` // queue, agent or address
	Queue   string `json:"queue"`
	Agent   string `json:"agent"`
	Address string `json:"address"`
}

// AutoReplySettings answer by a message of its own, where the medium has one.
type AutoReplySettings struct {
	Subject string `json:"subject"`
	Texts   Texts  `json:"texts"`
}

// AcknowledgeSettings tell the sender of an e-mail that it has come: once a thread and
// sender in seven days, and never a program.
type AcknowledgeSettings struct {
	Subject string `json:"subject"` // template; empty: that of the message, as an answer has it
	Texts   Texts  `json:"texts"`
}

// ForwardSettings send an e-mail on, as an attachment of a message of ours.
type ForwardSettings struct {
	To   string `json:"to"`
	Note string `json:"note"` // template: what stands above it
}

// DiscardSettings end a contact that nobody is to see.
type DiscardSettings struct {
	Reason string `json:"reason"` // template
}

// DisconnectSettings end the contact.
type DisconnectSettings struct {
	Texts    Texts  `json:"texts"`
	Category string `json:"category"` // empty: as it is
}

// The defaults of times that are left at 0.
const (
	collectSeconds  = 300
	callbackSeconds = 60
	holdSeconds     = 60
)
