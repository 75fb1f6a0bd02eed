package letter

import (
	"regexp"
	"slices"
	"strings"
)

// Bounce is a report that a message of ours was not delivered, or not yet.
type Bounce struct {
	OriginalID string // of our message, with < and >; may be empty
	Contact    string // its Mark, when the report brings back our header
	Subject    string // of our message
	Failures   []Failure
	how        string
}

// Failure is what became of one recipient.
type Failure struct {
	Recipient string
	Action    string // failed, delayed, delivered, relayed, expanded (RFC 3464, 2.3.3)
	Status    string // 5.1.1 (RFC 3463); empty: not told
	Words     string // the server's
}

// Permanent reports that at least one recipient will never get the message.
func (b *Bounce) Permanent() bool {
	return slices.ContainsFunc(b.Failures, func(f Failure) bool { return f.Action == "failed" })
}

// failuresMax bounds Bounce.Failures.
const failuresMax = 100

// bounceOf reads a report of delivery, whether it follows RFC 3464 or only looks like
// what a certain server writes; nil when the message is none.
func bounceOf(m *Mail, root *node, f fields) *Bounce {
	status := find(root, "message/delivery-status", "message/global-delivery-status")
	b := &Bounce{}
	switch {
	case status != nil && (root.media == "multipart/report" || m.daemon(f)):
		b.how = "RFC 3464: a report of delivery"
		b.statuses(string(status.bytes()))
	case root.media == "multipart/report" && strings.EqualFold(root.params["report-type"], "delivery-status"):
		b.how = "RFC 3464: a report of delivery without its status"
	case f.has("x-failed-recipients"):
		b.how = "X-Failed-Recipients"
	case m.daemon(f) && failing(m):
		b.how = "it reads as a report of delivery"
	default:
		return nil
	}
	original := returned(root)
	if original == nil {
		original = appended(m.Text)
	}
	b.OriginalID, b.Subject = firstID(original.get("message-id")), decodeWords(original.get("subject"))
	b.Contact = cut(original.get(strings.ToLower(ContactHeader)), 200)
	if b.OriginalID == "" && m.InReplyTo != "" {
		b.OriginalID = m.InReplyTo // Exchange answers the message that failed
	}
	if b.OriginalID == "" && len(m.References) > 0 {
		b.OriginalID = m.References[len(m.References)-1]
	}
	if len(b.Failures) == 0 {
		b.guess(m, f)
	}
	return b
}

// daemon reports whether a mail server itself seems to have written a message.
func (m *Mail) daemon(f fields) bool {
	from := strings.ToLower(m.From.Address)
	local, _, _ := strings.Cut(from, "@")
	raw := strings.ToLower(f.get("from"))
	return m.NullSender || local == "mailer-daemon" || local == "postmaster" || strings.HasPrefix(local, "microsoftexchange") ||
		strings.Contains(raw, "mailer-daemon") || strings.Contains(raw, "mail delivery s") || strings.Contains(raw, "system administrator")
}

// failures begin subjects and texts of reports that carry nothing else to know them by.
var failures = []string{"undeliverable", "undelivered mail", "delivery failure", "delivery status notification", "failure notice", "mail delivery failed", "returned mail",
	"delivery failed", "mail delivery failure", "message not delivered", "mail system error", "unzustellbar", "non remis", "não é possível entregar", "non délivré",
	"delivery delayed", "delayed mail", "warning: message", "nondeliverable", "no se puede entregar", "onbestelbaar", "impossibile recapitare", "delivery report"}

var failingTexts = []string{"this is the qmail-send program", "did not reach some or all of the intended recipients", "could not be delivered", "created automatically by mail delivery software",
	"delivery to the following recipient", "was not delivered to", "wasn't delivered to", "couldn't be delivered", "the following addresses had permanent fatal errors", "could not be reached",
	"your document:", "konnte nicht zugestellt werden", "n'a pas pu être remis", "não pôde ser entregue"}

func failing(m *Mail) bool {
	subject := strings.ToLower(m.Subject)
	if slices.ContainsFunc(failures, func(f string) bool { return strings.Contains(subject, f) }) {
		return true
	}
	text := strings.ToLower(cut(m.Text, 4096))
	return slices.ContainsFunc(failingTexts, func(f string) bool { return strings.Contains(text, f) })
}

// statuses reads the groups of fields of RFC 3464, 2.1: the first is of the message, the
// others of a recipient each.
func (b *Bounce) statuses(text string) {
	for group := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		f := parseHeader([]byte(strings.TrimLeft(group, "\n")))
		recipient := typed(f.get("final-recipient"))
		if original := typed(f.get("original-recipient")); original != "" && strings.Contains(original, "@") {
			recipient = original // what we wrote to, before others forwarded it
		}
		action := strings.ToLower(strings.TrimSpace(withoutComments(f.get("action"))))
		if recipient == "" && action == "" || len(b.Failures) == failuresMax {
			continue
		}
		one := Failure{Recipient: recipient, Action: cut(line(action), 20), Status: statusOf(f.get("status"))}
		one.Words = cut(typed(f.get("diagnostic-code")), 500)
		one.settle()
		b.Failures = append(b.Failures, one)
	}
}

// typed takes the type off a value: rfc822;a@b, smtp; 550 …
func typed(value string) string {
	if kind, rest, ok := strings.Cut(value, ";"); ok && !strings.ContainsAny(strings.TrimSpace(kind), " @") {
		value = rest
	}
	return strings.Trim(decodeWords(value), "<> ")
}

// settle fills in what one of action and status says of the other.
func (f *Failure) settle() {
	if f.Status == "" {
		f.Status = statusOf(f.Words)
	}
	switch f.Action {
	case "failed", "delayed", "delivered", "relayed", "expanded":
		return
	}
	switch {
	case strings.HasPrefix(f.Status, "4"):
		f.Action = "delayed"
	case strings.HasPrefix(f.Status, "2"):
		f.Action = "delivered"
	default:
		f.Action = "failed"
	}
}

var (
	enhanced = regexp.MustCompile(`\b([245]\.[0-9]{1,3}\.[0-9]{1,3})\b`)
	basic    = regexp.MustCompile(`\b([45][0-5][0-9])\b`)
	anywhere = regexp.MustCompile(`<?\b([A-Za-z0-9._%+=/&'~-]{1,64}@[A-Za-z0-9.-]{1,200}\.[A-Za-z0-9-]{2,24})\b>?`)
)

// statusOf finds a status of RFC 3463 in words, or makes one of a reply code.
func statusOf(words string) string {
	if m := enhanced.FindString(words); m != "" {
		return m
	}
	if m := basic.FindString(cut(words, 200)); m != "" {
		return m[:1] + ".0.0"
	}
	return ""
}

// copies are the lines below which servers put what they send back.
var copies = []string{"--- Below this line is a copy of the message", "------ This is a copy of", "----- Original message -----", "--- The header of the original message is following",
	"Original message headers:", "------ This is a copy of your message", "----- Message header follows -----", "The header of the original message", "--- Original message follows"}

// parted cuts a text where the returned message begins.
func parted(text string) (report, original string) {
	at := len(text)
	for _, mark := range copies {
		if i := strings.Index(text, mark); i >= 0 && i < at {
			at = i
		}
	}
	return text[:at], text[at:]
}

// appended reads the header of a message that stands in the text of a report.
func appended(text string) fields {
	_, original := parted(text)
	_, original, _ = strings.Cut(original, "\n")
	original = strings.TrimLeft(original, "\n ")
	if f := parseHeader([]byte(original)); f.has("message-id") || f.has("from") {
		return f
	}
	return nil
}

// guess finds in words who was not reached, and why.
func (b *Bounce) guess(m *Mail, f fields) {
	report, _ := parted(m.Text)
	delayed := strings.Contains(strings.ToLower(m.Subject), "delay") || strings.Contains(strings.ToLower(m.Subject), "warning")
	add := func(recipient, words string) {
		if len(b.Failures) == failuresMax || slices.ContainsFunc(b.Failures, func(o Failure) bool { return strings.EqualFold(o.Recipient, recipient) }) {
			return
		}
		one := Failure{Recipient: recipient, Words: cut(line(words), 500)}
		if delayed {
			one.Action = "delayed"
		}
		one.settle()
		b.Failures = append(b.Failures, one)
	}
	for _, a := range addresses(f.get("x-failed-recipients")) {
		add(a.Address, around(report, a.Address))
	}
	if len(b.Failures) > 0 {
		return
	}
	own := []string{m.From.Address}
	for _, to := range m.To {
		own = append(own, to.Address) // the report came to us: we are not who was missed
	}
	for _, found := range anywhere.FindAllStringSubmatch(cut(report, TextMax), 50) {
		if !slices.ContainsFunc(own, func(o string) bool { return strings.EqualFold(o, found[1]) }) {
			add(found[1], around(report, found[1]))
			return // addresses further down are those of servers and hostmasters
		}
	}
	add("", strings.Join(strings.Fields(cut(report, 500)), " "))
}

// around gives the words about a recipient: its line and what follows, up to an empty
// line.
func around(text, recipient string) string {
	at := strings.Index(text, recipient)
	if at < 0 {
		return line(cut(text, 500))
	}
	from := strings.LastIndexByte(text[:at], '\n') + 1
	words := text[from:]
	if end := strings.Index(words, "\n\n"); end >= 0 {
		rest := strings.TrimSpace(words[end:])
		words = words[:end]
		if len(words) < len(recipient)+5 { // the reason is a paragraph of its own
			next, _, _ := strings.Cut(rest, "\n\n")
			words += " " + next
		}
	}
	return cut(words, 500)
}
