package letter

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"
)

func allocated() uint64 {
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.TotalAlloc
}

// repeated is a message of any size that is nowhere in memory: a head, a body again and
// again, a tail.
func repeated(head, body string, size int, tail string) io.Reader {
	return io.MultiReader(strings.NewReader(head), io.LimitReader(&loop{text: body}, int64(size)), strings.NewReader(tail))
}

type loop struct {
	text string
	at   int
}

func (l *loop) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		c := copy(p[n:], l.text[l.at:])
		n += c
		l.at = (l.at + c) % len(l.text)
	}
	return n, nil
}

// Most reach every bound with much; those that are met in life come whole.
const (
	big  = 25 << 20
	much = 3 << 20
)

// hostiles are messages of 25 MiB of which each makes some reader of mail fall over.
func hostiles() map[string]io.Reader {
	const mixed = "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
	nest := strings.Builder{}
	for i := range 2000 {
		fmt.Fprintf(&nest, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	within := strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 5000)
	return map[string]io.Reader{
		"an attachment":                  repeated(mixed+"--b\r\n\r\nHello\r\n--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n", strings.Repeat("QUJD", 19)+"\r\n", big, "\r\n--b--\r\n"),
		"one text":                       repeated("Subject: x\r\n\r\n", "All work and no play.\r\n", much, ""),
		"one line":                       repeated("Subject: x\r\n\r\n", "x", much, ""),
		"HTML":                           repeated("Content-Type: text/html\r\n\r\n", "<p style='color:red'>x</p><img src=http://x/y><a href=http://a.b/>c.d</a>\r\n", much, ""),
		"HTML within HTML":               repeated("Content-Type: text/html\r\n\r\n", "<div><b>", much, ""),
		"an attribute without an end":    repeated("Content-Type: text/html\r\n\r\n<a href=\"", "x", much, ""),
		"a comment without an end":       repeated("Content-Type: text/html\r\n\r\n<!--", "x", much, ""),
		"entities":                       repeated("Content-Type: text/html\r\n\r\n", "&lt;", much, ""),
		"a header field":                 repeated("Subject: ", "x", much, "\r\n\r\nHello"),
		"a folded field":                 repeated("Subject: x\r\n", " x\r\n", much, "\r\nHello"),
		"header fields":                  repeated("", "A: b\r\n", much, "\r\nHello"),
		"references":                     repeated("References: ", "<a@b> ", much, "\r\n\r\nHello"),
		"recipients":                     repeated("To: x@y.example", ",\r\n a@b.example", much, "\r\n\r\nHello"),
		"brackets in an address":         repeated("To: ", "<(\"", 200<<10, "\r\n\r\nHello"),
		"encoded words":                  repeated("Subject: ", "=?utf-8?q?a?=\r\n ", 200<<10, "\r\n\r\nHello"),
		"the beginnings of such":         repeated("Subject: ", "=?", 200<<10, "\r\n\r\nHello"),
		"comments":                       repeated("Date: ", "(", 200<<10, "\r\n\r\nHello"),
		"parameters":                     repeated("Content-Type: text/plain", ";a*1*=x", 200<<10, "\r\n\r\nHello"),
		"parts":                          repeated(mixed, "--b\r\n\r\nx\r\n", much, ""),
		"boundaries alone":               repeated(mixed, "--b\r\n", much, ""),
		"parts with long headers":        repeated(mixed, "--b\r\nContent-Type: text/plain; name="+strings.Repeat("x", 8000)+"\r\n\r\nx\r\n", much, ""),
		"parts within parts":             repeated(nest.String(), "x\r\n", much, ""),
		"messages within messages":       repeated(within, "x\r\n", much, ""),
		"lines that begin as boundaries": repeated(nest.String(), "--b1x\r\n", much, ""),
		"quoted-printable":               repeated("Content-Transfer-Encoding: quoted-printable\r\n\r\n", "=\r\n=41=", much, ""),
		"base64 of nothing":              repeated("Content-Transfer-Encoding: base64\r\n\r\n", "====", much, ""),
		"a bounce":                       repeated("Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n", "Final-Recipient: rfc822;a@b.example\r\nAction: failed\r\n\r\n", much, ""),
		"words of a bounce":              repeated("From: mailer-daemon@x\r\nSubject: failure notice\r\n\r\n", "a.b.c@d.e.f@", much, ""),
		"winmail.dat":                    repeated("Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\x00\x00", "\x01\x03\x90\x06\x00\x00\x00\x00\x00\x00\x00", much, ""),
		"a calendar":                     repeated("Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n", "BEGIN:VEVENT\r\nSUMMARY:x\r\n y\r\n", much, ""),
		"flowed text":                    repeated("Content-Type: text/plain; format=flowed\r\n\r\n", ">> x \r\n", much, ""),
		"nested BER":                     repeated("Content-Type: application/pkcs7-mime\r\n\r\n", "\x30\x80", much, ""),
		"zeros":                          repeated("", "\x00", much, ""),
		"line ends":                      repeated("", "\r\n", much, ""),
		"carriage returns":               repeated("Subject: x\r\r", "\r", much, ""),
	}
}

// Whatever comes, reading ends, keeps its bounds, and gives text that can be saved. All
// that was ever allocated is counted (of which a third lives at once), so that no machine's load changes the result.
func TestReadHostile(t *testing.T) {
	for name, r := range hostiles() {
		before := allocated()
		m := read(r, Options{Languages: []string{"en", "de"}})
		used := allocated() - before
		if measured && used > 80<<20 {
			t.Errorf("%s: reading it took %d MiB of memory", name, used>>20)
		}
		sound(t, name, m)
	}
}

// sound checks what every Mail keeps to.
func sound(t testing.TB, name string, m *Mail) {
	t.Helper()
	clean := func(s string) bool {
		return utf8.ValidString(s) && !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' && c != '\n' && c != '\t' || c == 0x7f })
	}
	switch {
	case len(m.Text) > TextMax || len(m.HTML) > HTMLMax || len(m.Parts) > PartsMax:
		t.Errorf("%s: too much is kept: %d of text, %d of HTML, %d parts", name, len(m.Text), len(m.HTML), len(m.Parts))
	case len(m.To) > AddressesMax || len(m.Cc) > AddressesMax || len(m.References) > ReferencesMax || len(m.DeliveredTo) > AddressesMax:
		t.Errorf("%s: lists are too long", name)
	case !clean(m.Text) || !utf8.ValidString(m.HTML) || strings.Contains(m.HTML, "\x00"):
		t.Errorf("%s: a text cannot be saved", name)
	case strings.ContainsAny(m.Subject+m.From.Name+m.From.Address+m.MessageID+m.ReturnPath+m.Broken+m.Auto.Why, "\r\n\x00") || len(m.Subject) > 998:
		t.Errorf("%s: a line is not one", name)
	}
	if b := m.Bounce; b != nil && len(b.Failures) > failuresMax {
		t.Errorf("%s: %d failures", name, len(b.Failures))
	}
	seen := map[string]bool{}
	for _, p := range m.Parts {
		if p.Name == "" || p.Path == "" || seen[p.Path] || strings.ContainsAny(p.Name, "/\\\r\n\x00") || p.Size < 0 || !clean(p.Name+p.MediaType+p.ContentID+p.Charset) {
			t.Errorf("%s: a part is %+v, seen %v", name, p, seen[p.Path])
		}
		seen[p.Path] = true
	}
}

// An empty message, one without a header, and one that breaks off are routed with what
// there is, and say so.
func TestReadBroken(t *testing.T) {
	tests := []struct{ rule, message, text string }{
		{"no byte at all", "", "The message is empty."},
		{"line ends only", "\r\n\r\n", "The message is empty."},
		{"no header", "Hello,\r\nthis is all.\r\n", "Hello,\nthis is all.\n"},
		{"an empty header", "\r\nHello\r\n", "Hello\n"},
		{"parts that are not told apart", "Content-Type: multipart/mixed\r\n\r\nHello\r\n", "Hello\n"},
	}
	for _, tt := range tests {
		m := readString(tt.message, Options{})
		if m.Broken == "" || strings.TrimSpace(m.Text) != strings.TrimSpace(tt.text) {
			t.Errorf("%s: broken %q, text %q", tt.rule, m.Broken, m.Text)
		}
	}
	m := read(io.MultiReader(strings.NewReader("Subject: x\r\n\r\nHel"), &failing2{}), Options{})
	if m.Broken == "" || m.Subject != "x" || m.Text != "Hel" {
		t.Errorf("a message that breaks off is %+v", m)
	}
	if _, err := Header(&failing2{}, Options{}); err == nil {
		t.Error("a header that cannot be read is none")
	}
	// A panic of whatever reads is a broken message, not the end of the intake.
	if m := guard(func() *Mail { panic("oops") }); m.Broken == "" || m.Text == "" {
		t.Errorf("a panic gives %+v", m)
	}
}

type failing2 struct{}

func (failing2) Read([]byte) (int, error) { return 0, errors.New("torn") }

// Lines before the header that mailbox files have, blank ones, and lines that are no
// field do no harm.
func TestReadOddHeaders(t *testing.T) {
	for _, message := range []string{
		"From eve@x.example Thu Mar  5 14:30:15 2026\r\nSubject: a\r\n\r\nHello\r\n", "\r\n\r\nSubject: a\r\n\r\nHello\r\n", "Subject: a\r\nthis is no field\r\nX: y\r\n\r\nHello\r\n",
		"Subject : a\r\n\r\nHello\r\n", "SUBJECT:a\r\n\r\nHello\r\n", "X: y\r\nSubject:\r\n a\r\n\r\nHello\r\n",
	} {
		if m := readString(message, Options{}); m.Subject != "a" || strings.TrimSpace(m.Text) != "Hello" {
			t.Errorf("%q is read as %q, %q", message, m.Subject, m.Text)
		}
	}
}

// Where it was delivered to: what the last server wrote comes first, none twice.
func TestDeliveredTo(t *testing.T) {
	m := readString(crlf("X-Original-To: Sales@company.example\nDelivered-To: box@company.example\nDelivered-To: sales@company.example\nTo: x@y.example\n\nHello\n"), Options{})
	if got := strings.Join(m.DeliveredTo, " "); got != "box@company.example sales@company.example" {
		t.Errorf("it was delivered to %s", got)
	}
}

// S/MIME: a signed message shows its text, in whichever of the two forms; an encrypted
// one says what it is.
func TestSMIME(t *testing.T) {
	inner := "Content-Type: text/plain; charset=utf-8\r\n\r\nSigned text\r\n"
	clear := readString("Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=b\r\n\r\n--b\r\n"+inner+"\r\n--b\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx\r\n--b--\r\n", Options{})
	if strings.TrimSpace(clear.Text) != "Signed text" || len(clear.Parts) != 1 || clear.Parts[0].Name != "smime.p7s" {
		t.Errorf("signed beside: %q, %v", clear.Text, paths(clear))
	}
	for name, content := range map[string][]byte{
		"in one piece": der(0x04, []byte(inner)), "in pieces": append(append([]byte{0x24, 0x80}, append(der(0x04, []byte(inner[:20])), der(0x04, []byte(inner[20:]))...)...), 0, 0),
	} {
		message := der(0x30, der(0x06, []byte(oidSignedData)), der(0xa0, der(0x30, der(0x02, []byte{1}), der(0x31), der(0x30, der(0x06, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")), der(0xa0, content)))))
		m := readString("Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64.StdEncoding.EncodeToString(message)+"\r\n", Options{})
		if strings.TrimSpace(m.Text) != "Signed text" || m.Broken != "" || len(m.Parts) != 1 {
			t.Errorf("signed around, %s: %q, %q, %v", name, m.Text, m.Broken, paths(m))
		}
	}
	m := readString("Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n\r\nx\r\n", Options{})
	if !strings.Contains(m.Text, "encrypted") || m.Broken == "" || len(m.Parts) != 1 {
		t.Errorf("encrypted: %q, %v", m.Text, paths(m))
	}
}

// der writes an element of ASN.1.
func der(tag byte, values ...[]byte) []byte {
	value := bytes.Join(values, nil)
	switch n := len(value); {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, value...)
	default:
		return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, value...)
	}
}

// winmail.dat is an attachment by its name; its text is the message's where that has none.
func TestTNEF(t *testing.T) {
	attribute := func(id uint32, value []byte) []byte {
		out := []byte{1, byte(id), byte(id >> 8), byte(id >> 16), byte(id >> 24), byte(len(value)), byte(len(value) >> 8), 0, 0}
		return append(append(out, value...), 0, 0)
	}
	property := func(kind, id uint16, value []byte) []byte {
		out := []byte{byte(kind), byte(kind >> 8), byte(id), byte(id >> 8), 1, 0, 0, 0, byte(len(value)), byte(len(value) >> 8), 0, 0}
		out = append(out, value...)
		return append(out, make([]byte, (4-len(value)%4)%4)...)
	}
	head := []byte{0x78, 0x9f, 0x3e, 0x22, 1, 0}
	rtf := []byte(`{\rtf1\ansi{\fonttbl{\f0 Arial;}}\pard Gr\'fc\u223?e\par {\*\htmltag <b>}two\tab lines}`)
	compressed := append([]byte{0, 0, 0, 0, byte(len(rtf)), 0, 0, 0, 'M', 'E', 'L', 'A', 0, 0, 0, 0}, rtf...)
	for name, tt := range map[string]struct {
		body []byte
		want string
	}{
		"attBody":            {attribute(tnefBody, []byte("Plain text\r\n\x00")), "Plain text"},
		"PidTagBody":         {attribute(tnefProps, append([]byte{2, 0, 0, 0, 3, 0, 1, 0x0e, 7, 0, 0, 0}, property(0x1f, propBody, []byte("H\x00i\x00\x00\x00"))...)), "Hi"},
		"PidTagBodyHtml":     {attribute(tnefProps, append([]byte{1, 0, 0, 0}, property(0x102, propHTML, []byte("<p>Formatted</p>"))...)), "Formatted"},
		"PidTagRtf":          {attribute(tnefProps, append([]byte{1, 0, 0, 0}, property(0x102, propRTF, compressed)...)), "Grüße\ntwo\tlines"},
		"torn in the middle": {attribute(tnefBody, []byte("Plain text"))[:12], ""},
	} {
		message := "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
			base64.StdEncoding.EncodeToString(append(bytes.Clone(head), tt.body...)) + "\r\n--b--\r\n"
		m := readString(message, Options{})
		if strings.TrimSpace(m.Text) != tt.want || len(m.Parts) != 1 || m.Parts[0].Name != "winmail.dat" {
			t.Errorf("%s: %q, %v", name, m.Text, paths(m))
		}
	}
	// MS-OXRTFCP, 4.1: the example of the standard.
	sample := "\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0"
	if got := string(inflateRTF([]byte(sample))); got != "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n" {
		t.Errorf("the standard's example is %q", got)
	}
}

// A part is decoded as it streams, torn anywhere, with what does not belong there.
func TestDecode(t *testing.T) {
	tests := []struct{ rule, encoding, in, want string }{
		{"base64", "base64", "SGVs\r\nbG8=\r\n", "Hello"},
		{"base64 without padding", "BASE64", "SGVsbG8", "Hello"},
		{"base64 of pieces that were padded each", "base64", "SGU=bGxv", "Hello"},
		{"base64 with a footer", "base64", "SGVsbG8=\r\n\r\n--", "Hello"},
		{"one digit alone is no byte", "base64", "SGVsbG8=S", "Hello"},
		{"quoted-printable", "quoted-printable", "Gr=C3=BC=C3=9Fe=\r\n aus =\r\nBern", "Grüße aus Bern"},
		{"lower case, which RFC 2045 forbids", "quoted-printable", "=c3=bc", "ü"},
		{"a code that is none", "quoted-printable", "1=2 =XY =", "1=2 =XY "},
		{"blanks that were added at the end", "quoted-printable", "a \t\r\nb", "a\r\nb"},
		{"none", "8bit", "Grüße", "Grüße"},
		{"one that there is not", "x-odd", "Grüße", "Grüße"},
	}
	for _, tt := range tests {
		for size := 1; size < 9; size++ {
			got, err := io.ReadAll(Decode(&drip{strings.NewReader(tt.in), size}, tt.encoding))
			if err != nil || string(got) != tt.want {
				t.Errorf("%s, %d bytes at a time: %q, %v", tt.rule, size, got, err)
			}
		}
		if got := string(decodeBytes([]byte(tt.in), tt.encoding)); got != tt.want {
			t.Errorf("%s, in memory: %q", tt.rule, got)
		}
	}
	long := strings.Repeat("=C3=BC", 100_000)
	if got, err := io.ReadAll(Decode(strings.NewReader(long), "quoted-printable")); err != nil || string(got) != strings.Repeat("ü", 100_000) {
		t.Errorf("a line without an end: %d bytes, %v", len(got), err)
	}
}

// drip gives a few bytes at a time.
type drip struct {
	r    io.Reader
	size int
}

func (d *drip) Read(p []byte) (int, error) { return d.r.Read(p[:min(len(p), d.size)]) }
