package letter

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"portico/fault"
)

func file(name, media, content string) Attachment {
	return Attachment{Name: name, MediaType: media, Size: int64(len(content)), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
}

func example() *Draft {
	image := file("logo.png", "image/png", "PNG")
	image.ContentID = "logo@x"
	return &Draft{
		From: Address{"Müller & Söhne, Service", "help@company.example"}, To: []Address{{"Eve, \"the\" customer", "eve@customer.example"}}, Cc: []Address{{"", "bob@bücher.example"}},
		Bcc: []Address{{"", "secret@company.example"}, {"", "EVE@customer.example"}}, Subject: "Re: Grüße an alle – und ein recht langer Betreff, der gefaltet werden muss [#7K2M9QXA]",
		Text: "Hallo Eve,\n\nschöne Grüße.\n\n.\nFrom here on a line that is much longer than seventy-eight characters, so that it has to be broken softly somewhere.\n",
		HTML: `<p>Hallo <b>Eve</b>, schöne Grüße.</p><img src="cid:logo@x">`, MessageID: MessageID("token", "company.example"), InReplyTo: "<1@customer.example>",
		References: []string{"<0@customer.example>", "<1@customer.example>"}, Date: time.Date(2026, 3, 5, 14, 30, 15, 0, time.UTC), Contact: Mark([]byte("key"), [16]byte{1}), Loop: "site-1",
		Attachments: []Attachment{image, file("Rechnung März.pdf", "application/pdf", strings.Repeat("PDF ", 1000)), file(strings.Repeat("長い名前", 12)+".txt", "", "x")},
	}
}

func written(t testing.TB, d *Draft) string {
	t.Helper()
	var b bytes.Buffer
	n, err := d.WriteTo(&b)
	if err != nil || n != int64(b.Len()) {
		t.Fatalf("writing: %d of %d bytes, %v", n, b.Len(), err)
	}
	return b.String()
}

// lawful checks what every server asks for: ASCII, CRLF only, lines of at most 998 bytes
// (RFC 5322, 2.1.1; 2.3), header lines of at most 78 but for what cannot be folded.
func lawful(t testing.TB, message string) {
	t.Helper()
	header := true
	for i, l := range strings.Split(message, "\r\n") {
		header = header && l != ""
		if strings.ContainsAny(l, "\r\n\x00") || strings.ContainsFunc(l, func(c rune) bool { return c >= 0x7f }) {
			t.Fatalf("line %d is not lawful: %q", i, l)
		}
		if len(l) > 998 || header && len(l) > 250 {
			t.Fatalf("line %d has %d bytes: %q", i, len(l), l)
		}
	}
	if _, err := mail.ReadMessage(strings.NewReader(message)); err != nil {
		t.Fatalf("the standard library cannot read it: %v", err)
	}
}

// What is written is read back as it was meant: by us, and the header by the standard
// library, which is strict.
func TestDraftRoundTrip(t *testing.T) {
	d := example()
	message := written(t, d)
	lawful(t, message)
	m := readString(message, Options{Loop: "site-1"})
	if m.Broken != "" || m.From != d.From || len(m.To) != 1 || m.To[0] != d.To[0] || m.Subject != d.Subject || !m.Date.Equal(d.Date) || m.MessageID != d.MessageID ||
		m.InReplyTo != d.InReplyTo || strings.Join(m.References, " ") != strings.Join(d.References, " ") || m.Contact != d.Contact || !m.Looped {
		t.Errorf("the header is read as %+v", m)
	}
	if m.Cc[0].Address != "bob@xn--bcher-kva.example" {
		t.Errorf("RFC 5891: a domain beyond ASCII is written as %q", m.Cc[0].Address)
	}
	if m.Text != d.Text && m.Text != strings.Trim(d.Text, "\n") {
		t.Errorf("the text is read as %q", m.Text)
	}
	if want, _ := Sanitise(d.HTML); m.HTML != want {
		t.Errorf("the HTML is read as %q", m.HTML)
	}
	if len(m.Parts) != 3 || m.Parts[0].ContentID != "logo@x" || !m.Parts[0].Inline || m.Parts[1].Name != "Rechnung März.pdf" || m.Parts[1].MediaType != "application/pdf" ||
		m.Parts[2].Name != strings.Repeat("長い名前", 12)+".txt" || m.Parts[2].Inline {
		t.Errorf("the parts are read as %+v", m.Parts)
	}
	if got, want := m.Parts[1].Size, int64(4000); got < want-50 || got > want+50 {
		t.Errorf("a file of %d bytes is told to have %d", want, got)
	}
	if strings.Contains(message, "secret@") || strings.Contains(strings.ToLower(message), "\nbcc") {
		t.Error("a hidden recipient is told to all")
	}
	if got := strings.Join(d.Recipients(), " "); got != "eve@customer.example bob@xn--bcher-kva.example secret@company.example" {
		t.Errorf("it goes to %s", got)
	}
	if again := written(t, d); again != message {
		t.Error("written twice it is not the same: a retry would be another message")
	}
	if size := d.Size(); size < int64(len(message))*9/10 || size > int64(len(message))*3/2 {
		t.Errorf("it has %d bytes, and %d were told", len(message), size)
	}
}

// The smallest message has one part; a mark of a program where a program wrote it.
func TestDraftPlain(t *testing.T) {
	d := &Draft{From: Address{"", "help@company.example"}, To: []Address{{"", "eve@customer.example"}}, Subject: "Hi", Text: "Hello", MessageID: "<1@x>", Date: time.Unix(1_800_000_000, 0).UTC()}
	want := "From: help@company.example\r\nTo: eve@customer.example\r\nSubject: Hi\r\nDate: Fri, 15 Jan 2027 08:00:00 +0000\r\nMessage-ID: <1@x>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHello"
	if got := written(t, d); got != want {
		t.Errorf("written as\n%s", got)
	}
	d.Auto = true
	if m := readString(written(t, d), Options{}); m.Auto.Kind != AutoSubmitted {
		t.Errorf("a program's message is %q", m.Auto.Kind)
	}
	d.InReplyTo = "<2@x>"
	m := readString(written(t, d), Options{})
	if may, _ := MayAutoReply(m, nil); m.Auto.Kind != AutoVacation || may {
		t.Errorf("RFC 3834, 3.1.7: a program's answer is %q", m.Auto.Kind)
	}
}

// Nothing in a value makes a header, a part or a recipient of its own.
func TestDraftInjection(t *testing.T) {
	evil := "x\r\nBcc: evil@evil.example\r\n\r\n--b\n\rbody\x00\u2028"
	d := &Draft{
		From: Address{evil, "help@company.example"}, ReplyTo: []Address{{evil, "a@b.example"}}, To: []Address{{evil, "eve@customer.example"}}, Subject: evil, Text: evil, HTML: evil,
		MessageID: "<1@x>\r\nX-Evil: 1", InReplyTo: evil, References: []string{evil, "<a@b>\r\nX-Evil: 1"}, Contact: evil, Loop: evil, Date: time.Unix(0, 0),
		Attachments: []Attachment{file(evil+`";x="`, "text/html\r\nX-Evil: 1", evil), file("a", evil, evil), file("b.eml", "message/rfc822", evil)},
	}
	d.Attachments[0].ContentID = evil
	message := written(t, d)
	lawful(t, message)
	parsed, err := mail.ReadMessage(strings.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	// The headers of the message and of its parts; texts may say what they like.
	var header string
	for _, part := range strings.Split(message, "\r\n--=_") {
		head, _, _ := strings.Cut(part, "\r\n\r\n")
		header += "\r\n" + head
	}
	for _, name := range []string{"Bcc", "X-Evil"} {
		if parsed.Header.Get(name) != "" || strings.Contains(header, "\r\n"+name+":") {
			t.Errorf("a value made the header %s", name)
		}
	}
	m := readString(message, Options{})
	if len(m.To) != 1 || m.To[0].Address != "eve@customer.example" || len(m.Parts) != 3 {
		t.Errorf("a value made a recipient or a part: %+v, %v", m.To, paths(m))
	}
	for _, bad := range []string{"a@b.example\r\nBcc: x@y.example", "a@b.example, c@d.example", "a b@c.example", "a@b.example>", "", "a", "@b", "a@", strings.Repeat("a", 65) + "@b.example", "jürg@b.example"} {
		d.To = []Address{{"", bad}}
		if err := d.Check(); !errors.Is(err, ErrRecipient) {
			t.Errorf("%q is taken for a recipient: %v", bad, err)
		}
	}
}

// What keeps a draft from being sent is told in a sentence.
func TestDraftCheck(t *testing.T) {
	for want, d := range map[error]*Draft{
		ErrSender:    {From: Address{"", "nobody"}, To: []Address{{"", "a@b.example"}}},
		ErrNobody:    {From: Address{"", "a@b.example"}},
		ErrRecipient: {From: Address{"", "a@b.example"}, Cc: []Address{{"", "x"}}},
		ErrTooMany:   {From: Address{"", "a@b.example"}, Bcc: make([]Address, 501)},
	} {
		for i := range d.Bcc {
			d.Bcc[i].Address = fmt.Sprintf("a%d@b.example", i)
		}
		if err := d.Check(); !errors.Is(err, want) || fault.Of(err) == nil {
			t.Errorf("want %v, got %v", want, err)
		}
	}
	if err := (&Draft{From: Address{"", "a@b.example"}, Bcc: []Address{{"", "c@d.example"}}}).Check(); err != nil {
		t.Error(err)
	}
	if id := MessageID("t", "Bücher.Example\r\nX: y"); id != MessageID("t", "Bücher.Example\r\nX: y") || strings.ContainsAny(id, "\r\n :") {
		t.Errorf("a Message-ID is %q", id)
	}
}

// An attachment that cannot be opened or read, and a connection that breaks, end the
// writing with what happened.
func TestDraftBroken(t *testing.T) {
	d := example()
	d.Attachments[1].Open = func() (io.ReadCloser, error) { return nil, errors.New("gone") }
	if _, err := d.WriteTo(io.Discard); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("an attachment that is gone: %v", err)
	}
	d.Attachments[1].Open = func() (io.ReadCloser, error) { return io.NopCloser(iotest.ErrReader(errors.New("torn"))), nil }
	if _, err := d.WriteTo(io.Discard); err == nil || !strings.Contains(err.Error(), "torn") {
		t.Errorf("an attachment that is torn: %v", err)
	}
	if n, err := example().WriteTo(&limited{left: 3000}); err == nil || n > 3000 {
		t.Errorf("a connection that breaks: %d bytes, %v", n, err)
	}
}

// limited fails after some bytes.
type limited struct{ left int }

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		n := l.left
		l.left = 0
		return n, errors.New("broken")
	}
	l.left -= len(p)
	return len(p), nil
}

// A message that is streamed costs no memory for its attachments.
func TestDraftStreams(t *testing.T) {
	d := example()
	const size = 25 << 20
	d.Attachments[1].Open = func() (io.ReadCloser, error) { return io.NopCloser(io.LimitReader(zeros{}, size)), nil }
	var before, after = allocated(), uint64(0)
	n, err := d.WriteTo(io.Discard)
	after = allocated()
	if err != nil || n < size*4/3 {
		t.Fatalf("%d bytes, %v", n, err)
	}
	if after-before > 2<<20 {
		t.Errorf("25 MiB cost %d KiB of memory", (after-before)>>10)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
