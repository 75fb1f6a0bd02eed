package letter

import (
	"slices"
	"strings"
	"testing"
)

// crlf writes a message as it goes over the wire.
func crlf(s string) string { return strings.ReplaceAll(strings.TrimPrefix(s, "\n"), "\n", "\r\n") }

func readString(s string, o Options) *Mail { return read(strings.NewReader(s), o) }

func paths(m *Mail) []string {
	var out []string
	for _, p := range m.Parts {
		out = append(out, p.Path+" "+p.Name)
	}
	return out
}

// A message is text, formatted text, and parts; parts are numbered as IMAP does.
func TestReadShapes(t *testing.T) {
	tests := []struct {
		rule, message, text, html string
		parts                     []string
	}{
		{"a message of text only", `
Subject: a

Hello
`, "Hello", "", nil},
		{"RFC 2046, 5.1.4: the two texts of an alternative are one", `
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe=
 aus Bern
--b
Content-Type: text/html; charset=utf-8

<p>Grüße aus <b>Bern</b></p>
--b--
`, "Grüße aus Bern", "<p>Grüße aus <b>Bern</b></p>", nil},
		{"plain text is made of HTML where there is none", `
Content-Type: text/html

<p>One</p><ul><li>two<li>three</ul>
`, "One\n\n- two\n- three", "<p>One</p><ul><li>two<li>three</ul>", nil},
		{"RFC 9051, 6.4.5.1: multiparts in multiparts, and a message within", `
Content-Type: multipart/mixed; boundary="m"

preamble
--m
Content-Type: multipart/alternative; boundary="a"

--a

Text
--a
Content-Type: multipart/related; boundary="r"

--r
Content-Type: text/html

<img src="cid:logo@x">
--r
Content-Type: image/png; name=logo.png
Content-ID: <logo@x>
Content-Transfer-Encoding: base64

aGVsbG8=
--r--
--a--
--m
Content-Type: message/rfc822

Subject: Within
Content-Type: multipart/mixed; boundary=w

--w

inner text
--w
Content-Type: application/pdf
Content-Disposition: attachment; filename="a.pdf"

x
--w--
--m
Content-Type: message/rfc822

Subject: Plain

only text
--m--
`, "Text", `<img src="cid:logo@x">`, []string{"1.2.2 logo.png", "2 Within.eml", "2.1 part-2.1.txt", "2.2 a.pdf", "3 Plain.eml", "3.1 part-3.1.txt"}},
		{"a multipart that nobody closed ends where the outer one goes on", `
Content-Type: multipart/mixed; boundary=o

--o
Content-Type: multipart/alternative; boundary=i

--i

Text
--o
Content-Type: application/zip; name=z.zip

z
--o--
`, "Text", "", []string{"2 z.zip"}},
		{"a boundary that never comes: what is there is the text", `
Content-Type: multipart/mixed; boundary=never

Still read
`, "Still read", "", nil},
		{"texts before and after a picture are one text, as Apple Mail sends it", `
Content-Type: multipart/mixed; boundary=x

--x

Before
--x
Content-Type: image/jpeg; name=p.jpg
Content-Disposition: inline

j
--x

After
--x--
`, "Before\n\nAfter", "", []string{"2 p.jpg"}},
		{"a text file that is attached is no text of the message", `
Content-Type: multipart/mixed; boundary=x

--x

See the log
--x
Content-Type: text/plain; name=log.txt
Content-Disposition: attachment

log
--x--
`, "See the log", "", []string{"2 log.txt"}},
	}
	for _, tt := range tests {
		m := readString(crlf(tt.message), Options{})
		if got := strings.TrimSpace(m.Text); got != tt.text {
			t.Errorf("%s: text %q, want %q", tt.rule, got, tt.text)
		}
		if m.HTML != tt.html && strings.TrimSpace(m.HTML) != tt.html {
			t.Errorf("%s: HTML %q, want %q", tt.rule, m.HTML, tt.html)
		}
		if got := paths(m); !slices.Equal(got, tt.parts) {
			t.Errorf("%s: parts %q, want %q", tt.rule, got, tt.parts)
		}
		// Line ends of another world change nothing.
		if n := readString(strings.TrimPrefix(tt.message, "\n"), Options{}); strings.TrimSpace(n.Text) != tt.text {
			t.Errorf("%s, with bare line feeds: text %q, want %q", tt.rule, n.Text, tt.text)
		}
	}
}
