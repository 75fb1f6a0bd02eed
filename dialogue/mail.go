package dialogue

import (
	"crypto/sha256"

	"portico/acd"
	"portico/store"
)

// The kinds of message of contacts that are e-mails.
const (
	KindMail     = "mail"      // a mail, in or out: Text is its plain text
	KindMailFile = "mail_file" // an agent's file, to be sent with a mail; Text is its name
	KindBounce   = "bounce"    // a mail that was sent did not arrive; Text is the server's words
	KindReturned = "mail_back" // a supervisor did not let a mail go; Text says why
)

// How a mail begins.
const (
	MailReply    = "reply"
	MailReplyAll = "reply_all"
	MailForward  = "forward"
	MailNew      = "new"
	MailExpert   = "expert" // an outside expert is asked
)

// MailPath is the place of a part within a message, such as 2.1.
type MailPath string

// MailWords are what any mail has.
type MailWords struct {
	To      []store.MailAddress `json:"to" nullable:"false" maxItems:"200"`
	Cc      []store.MailAddress `json:"cc" required:"false" nullable:"false" maxItems:"200"`
	Bcc     []store.MailAddress `json:"bcc" required:"false" nullable:"false" maxItems:"200"`
	Subject string              `json:"subject" maxLength:"900"`
	Text    string              `json:"text" maxLength:"200000"`
	HTML    string              `json:"html,omitempty" required:"false" maxLength:"400000" doc:"absent: the mail is plain text"`
	From    string              `json:"from,omitempty" required:"false" maxLength:"320" doc:"one of the unit's own addresses; absent: the one that was written to, else the account's"`
}

// MailText is a mail that an agent writes.
type MailText struct {
	MailWords
	Mode        string         `json:"mode" enum:"reply,reply_all,forward,new"`
	InReplyTo   uint64         `json:"in_reply_to,omitempty" required:"false" doc:"number of the mail that is answered or forwarded"`
	Attachments []AttachmentID `json:"attachments" required:"false" nullable:"false" maxItems:"50" doc:"files of the contact, see POST /contacts/{id}/attachments"`
	Forwarded   []MailPath     `json:"forwarded" required:"false" nullable:"false" maxItems:"50" doc:"parts of the mail that is forwarded or answered, such as 2.1, that go along"`
}

// MailOrder asks for a mail of an agent to be sent.
type MailOrder struct {
	Unit    acd.UnitID
	Contact acd.ContactID // zero: a new contact of Queue
	Queue   acd.QueueID
	Agent   acd.AgentID
	// ClientID is chosen by whoever asks, 1–64 bytes; never empty.
	ClientID string
	MailText
}

// NewMailFiles names where the files wait that an agent brings to a mail that is no
// contact yet, by the client id that the mail will be sent with. Nobody else can name it.
func NewMailFiles(unit acd.UnitID, agent acd.AgentID, clientID string) acd.ContactID {
	h := sha256.New()
	h.Write([]byte("new mail"))
	h.Write(unit[:])
	h.Write(agent[:])
	h.Write([]byte(clientID))
	return acd.ContactID(h.Sum(nil)[:16])
}

// MailSent is a mail that is durable and on its way.
type MailSent struct {
	Contact acd.ContactID
	Message store.Message
	Held    bool // a supervisor must approve it first
}

// MailPartRequest asks for a part of a mail that came.
type MailPartRequest struct {
	Unit    acd.UnitID
	Contact acd.ContactID
	Seq     uint64
	Part    string // empty: the whole message
	Inline  bool
	Who     string // reads: sessions are shared fairly among those who do
}

// MailFinding is what one step of a check of an account has found.
type MailFinding struct {
	Step     string `json:"step"`
	OK       bool   `json:"ok"`
	Code     string `json:"code,omitempty" doc:"what is wrong, by a lasting name"`
	Sentence string `json:"sentence"`
	Hint     string `json:"hint,omitempty"`
	Address  string `json:"address,omitempty" doc:"the sender that it is about, if it is about one"`

	MailSaid
	Advice string `json:"advice,omitempty" doc:"names the hint among the texts where it is not that of say"`
}

// MailSaid names a sentence among the texts of the languages, and what fills its places.
type MailSaid struct {
	Say    string            `json:"say,omitempty" doc:"names the sentence, and its hint, among the texts"`
	Values map[string]string `json:"values,omitempty" doc:"what fills the places of the translated sentence"`
}

// MailWarning is a setting, or a peculiarity of a server, that an administrator should know.
type MailWarning struct {
	Setting  string `json:"setting,omitempty" doc:"the setting that it is about"`
	Sentence string `json:"sentence"`
	MailSaid
}

// MailAccountState is how an account does.
type MailAccountState struct {
	Connected bool     `json:"connected"`
	Since     acd.Time `json:"since,omitzero" doc:"when connected, or its opposite, began"`
	Waiting   int      `json:"waiting" doc:"messages that came and are not routed yet"`
	Sending   int      `json:"sending" doc:"mails that wait to leave"`
	Rate      int      `json:"rate_per_minute" doc:"how many leave in a minute at most; 0: no bound"`
	Error     string   `json:"error,omitempty" doc:"what is wrong, in a sentence"`
	Hint      string   `json:"hint,omitempty" doc:"what may help"`
	MailSaid
	QuotaUsed int64         `json:"quota_used,omitempty" doc:"of the mailbox, in percent"`
	Warnings  []MailWarning `json:"warnings" nullable:"false"`

	Mode            string   `json:"mode,omitempty" enum:"idle,poll" doc:"how it learns of new messages: it is told, or asks"`
	Taken           uint64   `json:"taken" doc:"messages routed since the program started"`
	Last            acd.Time `json:"last,omitzero" doc:"when one was routed last"`
	Aside           int      `json:"aside" doc:"of those that wait: messages that are tried again later, as ours refuse them"`
	Sessions        int      `json:"sessions" doc:"IMAP sessions that are open"`
	SessionsWaiting int      `json:"sessions_waiting" doc:"agents who wait for one"`
	KeepaliveSeen   acd.Time `json:"keepalive_seen,omitzero" doc:"when a message to itself came back last"`
}

// MailExceptionID names a message that was not routed, within the unit whose exception it is.
type MailExceptionID struct {
	Account          [16]byte
	UIDValidity, UID uint32
}

// MailException is a message that was not routed, for a person to deal with.
type MailException struct {
	MailExceptionID
	At acd.Time
	// State is why: store.LedgerNoAlias, LedgerBlocked, LedgerHeld or LedgerRefused.
	State     store.LedgerState
	MessageID string
	From      store.MailAddress
	Subject   string
	To        string // where the mail server delivered it
	Code, Why string // of the fault that refused it
}

// MailHandOver has an exception of a unit routed after all.
type MailHandOver struct {
	Unit acd.UnitID // whose exception it is
	MailExceptionID
	To acd.UnitID
	// Queue gets it, whatever workflows say; zero: it goes its usual way.
	Queue acd.QueueID
}

// MailDecision is what a supervisor says of a mail that waits for approval.
type MailDecision struct {
	Unit    acd.UnitID
	ID      [16]byte
	Approve bool
	Note    string
}

// MailGiveUp takes a mail that waits to leave out of the queue for good.
type MailGiveUp struct {
	Unit acd.UnitID
	ID   [16]byte
	By   string // who gives it up, for its agent
	Note string // for its agent; may be empty
}
