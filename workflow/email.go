package workflow

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
)

// Email is what a workflow knows of the message that a contact is about. The channel
// writes it as JSON under EmailKey into the contact's details at the arrival; in
// expressions it is contact.email. Of other media it is empty.
type Email struct {
	Alias           string     `json:"alias,omitempty" maxLength:"320" doc:"the address of ours that it was sent to"`
	Sender          string     `json:"sender,omitempty" maxLength:"320"`
	SenderName      string     `json:"sender_name,omitempty" maxLength:"200"`
	SenderDomain    string     `json:"sender_domain,omitempty" maxLength:"255"`
	Subject         string     `json:"subject,omitempty" maxLength:"998"`
	Body            string     `json:"body,omitempty" maxLength:"16384" doc:"plain text, its beginning"`
	Language        string     `json:"language,omitempty" maxLength:"35" doc:"as it was detected; empty: unsure"`
	AttachmentNames []FileName `json:"attachment_names,omitempty" maxItems:"1000" nullable:"false"`
	Auto            string     `json:"auto,omitempty" maxLength:"40" doc:"the kind of program that wrote it (auto_submitted, vacation, list, bulk, bounce, mdn, complaint, calendar); empty: a person"`
	Spam            bool       `json:"spam,omitempty"`
	SpamScore       float64    `json:"spam_score,omitempty"`
	Bounce          bool       `json:"bounce,omitempty"`
	Authenticated   bool       `json:"authenticated,omitempty" doc:"the sender's own domain vouches for it"`
	Reply           bool       `json:"reply,omitempty" doc:"it belongs to a thread that is there already"`
	// NoReply says why no program may answer; empty: one may.
	NoReply string `json:"no_reply,omitempty" maxLength:"300"`
	// Acknowledged: in this thread the sender had an acknowledgement not long ago.
	Acknowledged bool `json:"acknowledged,omitempty"`
}

// FileName is what a sender calls a file, at most 255 characters.
type FileName string

// EmailKey is the key of a contact's details that holds its Email.
const EmailKey = "email"

// EmailBodyMax is how much of a body a workflow sees, in bytes.
const EmailBodyMax = 16 << 10

// WithoutEmail gives the details of a contact without its Email, which is as long as a
// message: what people are shown, and what is kept in memory for that, is in its mails.
func WithoutEmail(medium string, details json.RawMessage) json.RawMessage {
	var data map[string]json.RawMessage
	if medium != "email" || json.Unmarshal(details, &data) != nil || data[EmailKey] == nil {
		return details
	}
	if delete(data, EmailKey); len(data) == 0 {
		return nil
	}
	rest, err := json.Marshal(data)
	if err != nil {
		return nil // what was just read can be written
	}
	return rest
}

// email gives what is known of the contact's message; of other media nothing.
func (c *Contact) email() Email {
	var e Email
	if c.Medium == "email" && json.Unmarshal([]byte(c.Data[EmailKey]), &e) != nil {
		return Email{}
	}
	return e
}

// emailView is an Email as expressions see it.
type emailView struct {
	Alias           string   `expr:"alias"`
	Sender          string   `expr:"sender"`
	SenderName      string   `expr:"sender_name"`
	SenderDomain    string   `expr:"sender_domain"`
	Subject         string   `expr:"subject"`
	Body            string   `expr:"body"`
	Language        string   `expr:"language"`
	Attachments     int      `expr:"attachments"`
	AttachmentNames []string `expr:"attachment_names"`
	Auto            string   `expr:"auto"`
	Spam            bool     `expr:"spam"`
	SpamScore       float64  `expr:"spam_score"`
	Bounce          bool     `expr:"bounce"`
	Authenticated   bool     `expr:"authenticated"`
	Reply           bool     `expr:"reply"`
	Answerable      bool     `expr:"answerable"`
}

// emailView gives what expressions see; the JSON is read once a turn.
func (r *run) emailView() emailView {
	if r.email == nil {
		e := r.contact.email()
		r.email = &emailView{
			e.Alias, e.Sender, e.SenderName, e.SenderDomain, e.Subject, e.Body, e.Language, len(e.AttachmentNames), plain(e.AttachmentNames), e.Auto, e.Spam, e.SpamScore,
			e.Bounce, e.Authenticated, e.Reply, e.NoReply == "",
		}
	}
	return *r.email
}

// matchesAny tells whether a text is like one of some patterns with * and ?; letter case
// does not count.
func matchesAny(text string, patterns ...string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(patterns, func(p string) bool { return like(strings.ToLower(p), text) })
}

// mentions tells whether one of some words, or rows of words, stands in a text; letter
// case does not count, and a word within a longer one is none.
func mentions(text string, words ...string) bool {
	text = " " + spaced(text) + " "
	return slices.ContainsFunc(words, func(w string) bool {
		w = spaced(w)
		return w != "" && strings.Contains(text, " "+w+" ")
	})
}

// spaced leaves words with one blank between them.
func spaced(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsMark(c) }), " ")
}

// acknowledge tells the sender that the message has come.
type acknowledge struct {
	subject template
	texts   map[string]template
}

func (a *acknowledge) enter(r *run) Exit {
	if medium(r.contact.Medium) != "email" {
		return r.fail("Only e-mail is acknowledged; the medium of the contact is another one.")
	}
	e := r.contact.email()
	switch {
	case e.NoReply != "":
		r.note = "No acknowledgement: " + e.NoReply
	case e.Acknowledged:
		r.note = "No acknowledgement: the sender had one not long ago."
	default:
		r.say(SayAcknowledge, escapeHeader(r.render(a.subject, nil)), r.choose(a.texts))
	}
	return ExitNext
}

// forward sends the message on to somebody outside. The contact goes on.
type forward struct {
	to   string
	note template
}

func (f *forward) enter(r *run) Exit {
	if medium(r.contact.Medium) != "email" {
		return r.fail("Only e-mail is forwarded; the medium of the contact is another one.")
	}
	r.here().Forward = &Forward{Visit: r.in.Visit, To: f.to, Note: r.render(f.note, nil)}
	r.note = "It is sent on to " + f.to + "."
	return ExitNext
}

// discard ends a contact that nobody is to see. It stays in the log with the reason.
type discard struct{ reason template }

func (d *discard) enter(r *run) Exit {
	reason := cut(printable(strings.TrimSpace(r.render(d.reason, nil))), noteMax)
	p := r.here()
	p.Discard, p.Note = &Discard{Reason: reason}, reason
	r.effects = append(r.effects, Disconnect{})
	r.over()
	return stay
}

func makeAcknowledge(b *builder, settings json.RawMessage) component {
	s := read[AcknowledgeSettings](b, settings)
	b.short("subject", s.Subject, subjectMax)
	return &acknowledge{b.template("subject", s.Subject), b.texts(s.Texts, true)}
}

func makeForward(b *builder, settings json.RawMessage) component {
	s := read[ForwardSettings](b, settings)
	s.To = strings.TrimSpace(s.To)
	switch {
	case s.To == "":
		b.problem("to", CodeRequired, "Write an address.")
	case !isMailbox(s.To):
		b.problem("to", CodeValue, "This is no e-mail address.")
	}
	return &forward{s.To, b.template("note", s.Note)}
}

func makeDiscard(b *builder, settings json.RawMessage) component {
	s := read[DiscardSettings](b, settings)
	if strings.TrimSpace(s.Reason) == "" {
		b.problem("reason", CodeRequired, "Write a reason.")
	}
	b.short("reason", s.Reason, reasonMax)
	return &discard{b.template("reason", s.Reason)}
}

const (
	subjectMax = 250 // characters of the subject of an answer
	reasonMax  = 200
)

// isMailbox reports whether a text may be an address: one @ with something on both
// sides, no blank, no sign that would make it several.
func isMailbox(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || domain == "" || len(s) > 320 || strings.Contains(domain, "@") {
		return false
	}
	return !strings.ContainsFunc(s, func(c rune) bool {
		return c <= ' ' || c == 0x7f || unicode.IsControl(c) || unicode.IsSpace(c) || strings.ContainsRune(`,;:<>()[]"\`, c)
	})
}

// plain gives names as the texts that expressions compare.
func plain(names []FileName) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = string(name)
	}
	return out
}
