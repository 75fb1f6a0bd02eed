package letter

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"portico/fault"
)

// Draft is a message to be sent. Nothing in it can make a header of its own: line ends
// and control characters are taken out of every value.
type Draft struct {
	From    Address
	ReplyTo []Address
	To, Cc  []Address
	Bcc     []Address // in the envelope only
	Subject string
	Text    string
	// HTML is the same as Text, formatted; empty: there is plain text only. It is sent as
	// it is.
	HTML       string
	MessageID  string // with < and >: see MessageID
	InReplyTo  string
	References []string // see ReplyReferences
	Date       time.Time
	Contact    string // our own header: see Mark
	// Auto marks a message of a program (RFC 3834), which no program answers: answers to
	// a message are auto-replied, all others auto-generated.
	Auto bool
	// Loop marks the installation, so that it knows its own message if it comes back.
	Loop        string
	Attachments []Attachment
}

// Attachment is a file that is streamed into the message.
type Attachment struct {
	Name      string
	MediaType string // empty: application/octet-stream
	ContentID string // without < and >; set, it is an image that HTML shows by cid:
	Size      int64  // bytes
	Open      func() (io.ReadCloser, error)
}

// What is wrong with a draft.
var (
	ErrSender    = fault.New(fault.Invalid, "mail_sender", "The sender is not an e-mail address. Choose another sender.")
	ErrRecipient = fault.New(fault.Invalid, "mail_recipient", "One of the recipients is not an e-mail address: {address}. Mend it or take it out.")
	ErrNobody    = fault.New(fault.Invalid, "mail_nobody", "The message has no recipient. Name at least one.")
	ErrTooMany   = fault.New(fault.Invalid, "mail_recipients", "The message has too many recipients. Send it to 500 at most.")
)

// MessageID makes one of a token that is never used twice and the sender's domain.
func MessageID(token, domain string) string {
	sum := sha256.Sum256([]byte(token))
	domain = strings.Map(func(c rune) rune {
		if c == '.' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' {
			return c
		}
		return -1
	}, strings.ToLower(asciiDomain(domain)))
	if domain == "" {
		domain = "portico.invalid"
	}
	return "<" + hex.EncodeToString(sum[:16]) + "@" + cut(domain, 200) + ">"
}

// ReplyReferences are those of an answer: the references of the message and itself
// (RFC 5322, 3.6.4); of a long thread the first and the last twenty.
func ReplyReferences(m *Mail) []string {
	list := slices.Clone(m.References)
	if len(list) == 0 && m.InReplyTo != "" {
		list = []string{m.InReplyTo}
	}
	if m.MessageID != "" {
		list = append(slices.DeleteFunc(list, func(id string) bool { return id == m.MessageID }), m.MessageID)
	}
	return boundReferences(list)
}

func boundReferences(list []string) []string {
	const most = 21
	if len(list) > most {
		list = append([]string{list[0]}, list[len(list)-most+1:]...)
	}
	return list
}

// Check says what keeps a draft from being sent: a fault, or nil.
func (d *Draft) Check() error {
	if _, err := wireAddress(d.From.Address); err != nil {
		return ErrSender
	}
	n := 0
	for _, list := range [][]Address{d.To, d.Cc, d.Bcc} {
		for _, a := range list {
			if _, err := wireAddress(a.Address); err != nil {
				return ErrRecipient.With("address", cut(line(a.Address), 100))
			}
			n++
		}
	}
	switch {
	case n == 0:
		return ErrNobody
	case n > AddressesMax:
		return ErrTooMany
	}
	return nil
}

// Recipients are those of the envelope, none twice.
func (d *Draft) Recipients() []string {
	var out []string
	for _, list := range [][]Address{d.To, d.Cc, d.Bcc} {
		for _, a := range list {
			address, err := wireAddress(a.Address)
			if err == nil && !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, address) }) {
				out = append(out, address)
			}
		}
	}
	return out
}

// Size is about how many bytes WriteTo writes.
func (d *Draft) Size() int64 {
	size := int64(2000 + len(d.Text)*5/4 + len(d.HTML)*5/4)
	for _, a := range d.Attachments {
		size += a.Size*78/57 + 500
	}
	return size
}

// wireAddress gives an address as it is sent: the domain in ASCII (RFC 5891). A local
// part beyond ASCII cannot go through every server, so it is refused.
func wireAddress(address string) (string, error) {
	clean := mailbox(address)
	if clean == "" || clean != strings.TrimSpace(address) {
		return "", fmt.Errorf("not an address")
	}
	at := strings.LastIndexByte(clean, '@')
	local, domain := clean[:at], asciiDomain(clean[at+1:])
	if !ascii(local) || !ascii(domain) || len(local) > 64 || len(domain) > 255 {
		return "", fmt.Errorf("not an address that every server takes")
	}
	return local + "@" + domain, nil
}

func asciiDomain(domain string) string {
	if ascii(domain) {
		return domain
	}
	if out, err := idna.Lookup.ToASCII(domain); err == nil {
		return out
	}
	return domain
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c >= 0x7f })
}

// WriteTo writes the message: ASCII only, lines of at most 998 bytes, the same bytes
// each time as long as the attachments are. An error is that of w or of an attachment.
func (d *Draft) WriteTo(w io.Writer) (int64, error) {
	c := &counter{w: w}
	c.header(d)
	var inline, files []Attachment
	for _, a := range d.Attachments {
		if a.ContentID != "" && d.HTML != "" && strings.HasPrefix(a.MediaType, "image/") {
			inline = append(inline, a)
		} else {
			files = append(files, a)
		}
	}
	if len(files) == 0 {
		d.texts(c, inline)
		return c.n, c.err
	}
	b := d.boundary("mixed")
	c.field("Content-Type", `multipart/mixed; boundary="`+b+`"`)
	c.print("\r\n--" + b + "\r\n")
	d.texts(c, inline)
	for _, a := range files {
		c.print("\r\n--" + b + "\r\n")
		a.write(c)
	}
	c.print("\r\n--" + b + "--\r\n")
	return c.n, c.err
}

// boundary is not to be met in a text: it depends on all that is told apart by it.
func (d *Draft) boundary(level string) string {
	h := sha256.New()
	for _, s := range []string{level, d.MessageID, d.Text, d.HTML} {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return "=_" + level + "_" + hex.EncodeToString(h.Sum(nil)[:12])
}

// texts writes the text, beside it HTML (RFC 2046, 5.1.4: the plainest first), and with
// that its images (RFC 2387).
func (d *Draft) texts(c *counter, inline []Attachment) {
	if d.HTML == "" {
		c.text("text/plain", d.Text)
		return
	}
	b := d.boundary("alternative")
	c.field("Content-Type", `multipart/alternative; boundary="`+b+`"`)
	c.print("\r\n--" + b + "\r\n")
	c.text("text/plain", d.Text)
	c.print("\r\n--" + b + "\r\n")
	if len(inline) == 0 {
		c.text("text/html", d.HTML)
	} else {
		r := d.boundary("related")
		c.field("Content-Type", `multipart/related; type="text/html"; boundary="`+r+`"`)
		c.print("\r\n--" + r + "\r\n")
		c.text("text/html", d.HTML)
		for _, a := range inline {
			c.print("\r\n--" + r + "\r\n")
			a.write(c)
		}
		c.print("\r\n--" + r + "--\r\n")
	}
	c.print("\r\n--" + b + "--\r\n")
}

// header writes the fields of the whole message.
func (c *counter) header(d *Draft) {
	c.addresses("From", []Address{d.From})
	c.addresses("Reply-To", d.ReplyTo)
	c.addresses("To", d.To)
	c.addresses("Cc", d.Cc)
	if len(d.To)+len(d.Cc) == 0 {
		c.field("To", "undisclosed-recipients:;") // some servers refuse a message without any
	}
	c.field("Subject", encodeWords(line(d.Subject), len("Subject: ")))
	c.field("Date", d.Date.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	c.field("Message-ID", firstID(d.MessageID))
	c.field("In-Reply-To", firstID(d.InReplyTo))
	references := messageIDs(strings.Join(boundReferences(d.References), " "), ReferencesMax)
	c.field("References", strings.Join(references, "\r\n "))
	if d.Auto {
		said := "auto-generated"
		if d.InReplyTo != "" {
			said = "auto-replied"
		}
		c.field("Auto-Submitted", said)
		c.field("X-Auto-Response-Suppress", "All")
	}
	c.field(ContactHeader, token(d.Contact))
	c.field("X-Portico-Loop", token(d.Loop))
	c.field("MIME-Version", "1.0")
}

// token leaves of a value what can do no harm in a header.
func token(s string) string {
	return cut(strings.Map(func(c rune) rune {
		if c <= ' ' || c >= 0x7f {
			return -1
		}
		return c
	}, s), 200)
}

// counter writes, counts, and remembers the first error.
type counter struct {
	w   io.Writer
	n   int64
	err error
}

// Write passes on.
func (c *counter) Write(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.w.Write(p)
	c.n += int64(n)
	c.err = err
	return n, err
}

func (c *counter) print(s string) { _, _ = io.WriteString(c, s) }

// field writes one, if it has a value; value is ASCII, and folded already.
func (c *counter) field(name, value string) {
	if value != "" {
		c.print(name + ": " + value + "\r\n")
	}
}

func (c *counter) addresses(name string, list []Address) {
	var out []string
	for _, a := range list {
		address, err := wireAddress(a.Address)
		if err != nil {
			continue // Check has said so
		}
		if shown := phrase(line(a.Name)); shown != "" {
			address = shown + " <" + address + ">"
		}
		out = append(out, address)
	}
	c.field(name, strings.Join(out, ",\r\n "))
}

var plainPhrase = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]{1,60}$")

// phrase writes a name: as it is, quoted, or as encoded words.
func phrase(name string) string {
	name = cut(name, 200)
	switch {
	case name == "" || plainPhrase.MatchString(name) && !strings.Contains(name, "=?"):
		return name
	case ascii(name) && len(name) <= 60 && !strings.Contains(name, "=?"):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	}
	return words(name, 20)
}

// encodeWords writes a line of text, folded at blanks, or as encoded words. used is how
// much of the first line is taken.
func encodeWords(s string, used int) string {
	if !ascii(s) || strings.Contains(s, "=?") || slices.ContainsFunc(strings.Fields(s), func(w string) bool { return len(w) > 70 }) {
		return words(s, used)
	}
	var b strings.Builder
	for i, word := range strings.Fields(s) {
		if i > 0 {
			if used+1+len(word) > 76 {
				b.WriteString("\r\n")
				used = 0
			}
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += len(word)
	}
	return b.String()
}

// words writes encoded words of whole letters, each at most 75 bytes on its line (RFC
// 2047, 2).
func words(s string, used int) string {
	const around = len("=?utf-8?B??=")
	var (
		b    strings.Builder
		from int
	)
	room := func() int { return max((75-used-around)/4*3, 3) }
	left := room()
	put := func(to int) {
		if from < to {
			if b.Len() > 0 {
				b.WriteString("\r\n ")
			}
			b.WriteString("=?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(s[from:to])) + "?=")
			from, used = to, 1
			left = room()
		}
	}
	for i, c := range s {
		if n := utf8.RuneLen(c); left < n {
			put(i)
		}
		left -= utf8.RuneLen(c)
	}
	put(len(s))
	return b.String()
}

// text writes a text part in quoted-printable, which is read by people too.
func (c *counter) text(media, s string) {
	c.field("Content-Type", media+"; charset=utf-8")
	c.field("Content-Transfer-Encoding", "quoted-printable")
	c.print("\r\n")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\ufffd")
	q := quotedprintable.NewWriter(c)
	_, _ = io.WriteString(q, strings.ReplaceAll(s, "\n", "\r\n"))
	_ = q.Close()
}

// write streams an attachment in base64.
func (a *Attachment) write(c *counter) {
	media := a.MediaType
	// RFC 2046, 5.2.1: a message within must not be encoded, so it goes as a file.
	if _, _, err := mime.ParseMediaType(media); err != nil || !ascii(media) || len(media) > 100 || strings.HasPrefix(media, "multipart/") || strings.HasPrefix(media, "message/") {
		media = "application/octet-stream"
	}
	media, _, _ = strings.Cut(media, ";")
	name := fileName(a.Name)
	if name == "" {
		name = "attachment" + cmp.Or(endings[strings.ToLower(media)], ".bin")
	}
	c.field("Content-Type", strings.ToLower(strings.TrimSpace(media))+parameterOf("name", name, false))
	c.field("Content-Transfer-Encoding", "base64")
	kind := "attachment"
	if a.ContentID != "" {
		kind = "inline"
		c.field("Content-ID", "<"+strings.Trim(token(a.ContentID), "<>")+">")
	}
	c.field("Content-Disposition", kind+parameterOf("filename", name, true))
	c.print("\r\n")
	if c.err != nil {
		return
	}
	r, err := a.Open()
	if err != nil {
		c.err = fmt.Errorf("opening the attachment %s: %w", name, err)
		return
	}
	defer r.Close()
	lines := &folder{w: c}
	enc := base64.NewEncoder(base64.StdEncoding, lines)
	if _, err := io.Copy(enc, r); err != nil && c.err == nil {
		c.err = fmt.Errorf("reading the attachment %s: %w", name, err)
	}
	_ = enc.Close()
	_ = lines.flush()
}

// parameterOf writes a parameter on a line of its own: quoted, or beyond ASCII by RFC
// 2231 where coded (filename) and by RFC 2047 else, which is what programs read there.
func parameterOf(name, value string, coded bool) string {
	switch {
	case value == "":
		return ""
	case ascii(value) && len(value) <= 60:
		return ";\r\n " + name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
	case !coded:
		return ";\r\n " + name + `="` + words(value, len(name)+3) + `"`
	}
	var b strings.Builder
	piece, n := "utf-8''", 0
	flush := func() {
		fmt.Fprintf(&b, ";\r\n %s*%d*=%s", name, n, piece)
		piece, n = "", n+1
	}
	for i := 0; i < len(value); i++ {
		if len(piece) > 55 {
			flush()
		}
		if c := value[i]; c < 0x80 && (isAlphanumeric(c) || c == '.' || c == '-' || c == '_') {
			piece += string(rune(c))
		} else {
			piece += fmt.Sprintf("%%%02X", c)
		}
	}
	flush()
	return b.String()
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// folder breaks lines after 76 bytes. What is left of the last one waits for flush.
type folder struct {
	w    io.Writer
	line [78]byte
	n    int
}

func (f *folder) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n := copy(f.line[f.n:76], p[done:])
		done += n
		if f.n += n; f.n == 76 {
			if err := f.flush(); err != nil {
				return done, err
			}
		}
	}
	return done, nil
}

func (f *folder) flush() error {
	if f.n == 0 {
		return nil
	}
	_, err := f.w.Write(append(f.line[:f.n], "\r\n"...))
	f.n = 0
	return err
}
