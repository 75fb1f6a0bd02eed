package letter

import (
	"slices"
	"strings"
)

// AutoKind says what kind of a machine wrote a message.
type AutoKind string

// The kinds of automatic messages. None: a person wrote it, as far as one can tell.
const (
	AutoNone      AutoKind = ""
	AutoSubmitted AutoKind = "auto_submitted" // a program, for whatever reason
	AutoVacation  AutoKind = "vacation"       // an answer to a message of ours
	AutoList      AutoKind = "list"
	AutoBulk      AutoKind = "bulk"
	AutoBounce    AutoKind = "bounce"
	AutoReceipt   AutoKind = "mdn"
	AutoComplaint AutoKind = "complaint"
	AutoCalendar  AutoKind = "calendar" // an answer to an invitation
)

// Auto is the kind, and what showed it.
type Auto struct {
	Kind AutoKind `json:"kind,omitempty"`
	Why  string   `json:"why,omitempty"`
}

// Complaint is a report of abuse (RFC 5965): somebody called a message of ours spam.
type Complaint struct {
	Type       string // abuse, fraud, not-spam …
	OriginalID string
	Contact    string // the original's Mark
	Recipient  string
}

// judge sorts a message by what its header and its reports say.
func (m *Mail) judge(root *node, f fields, o Options) {
	m.Bounce = bounceOf(m, root, f)
	m.Complaint = complaintOf(root)
	m.Auto = m.auto(root, f)
	m.Spam = spamOf(f)
	m.Authentication = authenticationOf(f, o.Trusted)
	m.Language = Language(m.Text, o.Languages)
	if m.Broken == "" && root.cut {
		m.Cut = true
	}
}

func (m *Mail) auto(root *node, f fields) Auto {
	report := ""
	if root.media == "multipart/report" {
		report = strings.ToLower(root.params["report-type"])
	}
	switch {
	case m.Bounce != nil:
		return Auto{AutoBounce, m.Bounce.how}
	case m.Complaint != nil:
		return Auto{AutoComplaint, "RFC 5965: a report of abuse"}
	case report == "disposition-notification" || find(root, "message/disposition-notification") != nil:
		return Auto{AutoReceipt, "RFC 8098: a receipt"}
	case slices.Contains([]string{"reply", "refresh", "counter", "declinecounter"}, m.Calendar):
		return Auto{AutoCalendar, "RFC 5546: the method " + m.Calendar}
	}
	// RFC 3834, 5: anything but "no" means a program; what follows a semicolon is comment.
	said, _, _ := strings.Cut(strings.ToLower(withoutComments(f.get("auto-submitted"))), ";")
	switch said = strings.TrimSpace(said); {
	case said == "auto-replied":
		return Auto{AutoVacation, "Auto-Submitted: auto-replied"}
	case said != "" && said != "no":
		return Auto{AutoSubmitted, "Auto-Submitted: " + cut(line(said), 60)}
	}
	for _, name := range vacationFields {
		if value := strings.ToLower(f.get(name)); value != "" && value != "no" && value != "none" {
			return Auto{AutoVacation, name}
		}
	}
	precedence := strings.ToLower(strings.TrimSpace(f.get("precedence")))
	if precedence == "auto_reply" {
		return Auto{AutoVacation, "Precedence: auto_reply"}
	}
	for _, name := range listFields {
		if f.has(name) {
			return Auto{AutoList, name}
		}
	}
	switch precedence {
	case "list":
		return Auto{AutoList, "Precedence: list"}
	case "bulk", "junk":
		return Auto{AutoBulk, "Precedence: " + precedence}
	}
	if strings.ToLower(f.get("x-auto-submitted")) != "" || f.has("feedback-id") || f.has("x-campaign-id") || f.has("x-mailgun-tag") {
		return Auto{AutoBulk, "a header of mass mailings"}
	}
	if vacationSubject(m.Subject) {
		return Auto{AutoVacation, "the subject"}
	}
	return Auto{}
}

// vacationFields are what programs wrote before RFC 3834, and some still write.
var vacationFields = []string{"x-autoreply", "x-autorespond", "x-autoreply-from", "x-mail-autoreply", "x-auto-reply-from", "x-autoresponder", "auto-reply", "x-vacation"}

// listFields are those of RFC 2369, RFC 2919 and of programs of lists.
var listFields = []string{"list-id", "list-post", "list-unsubscribe", "list-help", "list-subscribe", "list-owner", "list-archive", "x-mailing-list", "x-mailman-version",
	"x-beenthere", "mailing-list", "x-listname"}

// vacations begin subjects of answers that carry no header to know them by.
var vacations = []string{"out of office:", "out of the office:", "automatic reply:", "auto:", "autoreply:", "auto-reply:", "auto reply:", "automatische antwort:",
	"abwesenheitsnotiz:", "abwesend:", "réponse automatique", "absence du bureau:", "resposta automática:", "respuesta automática:", "risposta automatica:",
	"automatisch antwoord:", "ausência temporária:", "fora do escritório:", "automatiskt svar:", "odpowiedź automatyczna:"}

func vacationSubject(subject string) bool {
	subject = strings.ToLower(strings.TrimSpace(subject))
	return slices.ContainsFunc(vacations, func(v string) bool { return strings.HasPrefix(subject, v) })
}

// find gives the first part of a type, in the message itself and not in one within.
func find(n *node, media ...string) *node {
	if slices.Contains(media, n.media) {
		return n
	}
	if n.message() {
		return nil
	}
	for _, c := range n.children {
		if found := find(c, media...); found != nil {
			return found
		}
	}
	return nil
}

// HopsMax is how many servers a message may have passed before it is taken for one that
// goes in a circle.
const HopsMax = 25

// MayAutoReply says whether a program may answer a message (RFC 3834, 2), and if not,
// why. own are the addresses of this company's accounts and aliases. That a sender gets
// one answer in seven days is the caller's business.
func MayAutoReply(m *Mail, own []string) (bool, string) {
	to := m.ReplyAddress()
	switch {
	case m.NullSender:
		return false, "Its envelope has no sender."
	case m.From.Address == "" || to == "":
		return false, "It names no sender."
	case m.Looped:
		return false, "It has passed this installation before."
	case m.Auto.Kind != AutoNone:
		return false, "A program wrote it (" + m.Auto.Why + ")."
	case m.Hops > HopsMax:
		return false, "It has passed too many servers."
	case m.Spam.Flagged:
		return false, "A filter calls it spam."
	}
	for _, word := range strings.FieldsFunc(m.suppress, func(c rune) bool { return c == ',' || c == ';' || c == ' ' }) {
		if word == "all" || word == "oof" || word == "autoreply" {
			return false, "It asks for no automatic answer (X-Auto-Response-Suppress)."
		}
	}
	for _, sender := range []string{to, m.From.Address, m.ReturnPath} {
		if slices.ContainsFunc(own, func(o string) bool { return strings.EqualFold(o, sender) }) {
			return false, "It comes from an address of this company's own contact center."
		}
		if machine(sender) {
			return false, "Nobody reads what is sent to " + sender + "."
		}
	}
	return true, ""
}

// ReplyAddress is where an answer goes: Reply-To, else From (RFC 5322, 3.6.2). Empty:
// nowhere.
func (m *Mail) ReplyAddress() string {
	if len(m.ReplyTo) > 0 {
		return m.ReplyTo[0].Address
	}
	return m.From.Address
}

// machine reports addresses that RFC 3834, 2 and custom give to programs.
func machine(address string) bool {
	local := strings.ToLower(address[:max(strings.LastIndexByte(address, '@'), 0)])
	local, _, _ = strings.Cut(local, "+")
	switch local {
	case "mailer-daemon", "postmaster", "listserv", "majordomo", "mailman", "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply", "nobody",
		"bounce", "bounces", "root", "daemon", "mailerdaemon", "nao-responder", "ne-pas-repondre", "nepasrepondre", "nicht-antworten", "keine-antwort":
		return true
	}
	return strings.HasPrefix(local, "owner-") || strings.HasSuffix(local, "-owner") || strings.HasSuffix(local, "-request") || strings.HasSuffix(local, "-bounces") ||
		strings.HasPrefix(local, "bounce-") || strings.HasPrefix(local, "bounces-") || strings.HasPrefix(local, "noreply-") || strings.HasPrefix(local, "no-reply-")
}

// complaintOf reads a report of abuse.
func complaintOf(root *node) *Complaint {
	n := find(root, "message/feedback-report")
	if n == nil {
		return nil
	}
	f := parseHeader(n.bytes())
	c := &Complaint{Type: cut(line(strings.ToLower(f.get("feedback-type"))), 40), Recipient: addressOnly(f.get("original-rcpt-to"))}
	original := returned(root)
	c.OriginalID, c.Contact = firstID(original.get("message-id")), cut(original.get(strings.ToLower(ContactHeader)), 200)
	if c.Recipient == "" {
		c.Recipient = addressOnly(original.get("to"))
	}
	return c
}

// returned gives the header of the message that a report sends back.
func returned(root *node) fields {
	if n := find(root, "message/rfc822", "message/global"); n != nil {
		return n.inner
	}
	if n := find(root, "text/rfc822-headers", "message/global-headers"); n != nil {
		return parseHeader(n.bytes())
	}
	return nil
}
