package letter

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

// served is what a mail server tells of a message: its header, its structure, and the
// bytes of a part. It is made by the walker, less the texts.
func served(message string) (header []byte, parts []Part, texts map[string][]byte) {
	w := newWalker(strings.NewReader(message))
	w.walk()
	end := strings.Index(message, "\r\n\r\n")
	header = []byte(message[:end+4])
	texts = map[string][]byte{}
	var tell func(n *node)
	tell = func(n *node) {
		if n != w.root || !n.multipart() {
			p := Part{Path: n.path, Name: n.name, MediaType: n.media, ContentID: n.cid, Size: n.decodedSize(), Inline: n.inline, Encoding: n.encoding, Charset: n.params["charset"]}
			parts = append(parts, p)
			texts[n.path] = n.source
			if n.message() {
				var b bytes.Buffer
				for _, f := range n.inner {
					b.WriteString(f.name + ": " + f.value + "\r\n")
				}
				texts[n.path] = b.Bytes()
			}
		}
		for _, c := range n.children {
			tell(c)
		}
	}
	tell(w.root)
	return header, parts, texts
}

const assembled = `
From: Eve <eve@customer.example>
Subject: Order
Message-ID: <1@customer.example>
Content-Type: multipart/mixed; boundary="m"

--m
Content-Type: multipart/alternative; boundary="a"

--a
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe
--a
Content-Type: multipart/related; boundary="r"

--r
Content-Type: text/html; charset=utf-8

<p>Grüße <img src="cid:logo@x"></p>
--r
Content-Type: image/png; name=logo.png
Content-ID: <logo@x>
Content-Transfer-Encoding: base64

aGVsbG8=
--r--
--a--
--m
Content-Type: application/pdf; name="a.pdf"
Content-Disposition: attachment
Content-Transfer-Encoding: base64

aGVsbG8=
--m
Content-Type: message/rfc822

Subject: Within
Message-ID: <0@company.example>
Content-Type: multipart/mixed; boundary=w

--w

inner
--w
Content-Type: image/png; name=b.png

x
--w--
--m--
`

// A big message that is put together of what a server tells in pieces is the same as one
// that was read whole, whether the multiparts are told or have to be guessed.
func TestAssemble(t *testing.T) {
	for name, message := range map[string]string{
		"nested": assembled, "one part": "Subject: x\nContent-Type: text/html; charset=utf-8\n\n<p>Hello</p>\n", "no type": "Subject: x\n\nHello\n",
		"a message": "Subject: x\nContent-Type: message/rfc822\n\nSubject: y\n\nHello\n",
	} {
		message = crlf(message)
		header, parts, texts := served(message)
		want := readString(message, Options{})
		for _, told := range []bool{true, false} {
			list := parts
			if !told {
				list = nil
				for _, p := range parts {
					if !strings.HasPrefix(p.MediaType, "multipart/") {
						list = append(list, p)
					}
				}
			}
			got := assemble(header, texts, list, Options{})
			if got.Text != want.Text || got.HTML != want.HTML || got.Subject != want.Subject || got.Broken != want.Broken {
				t.Errorf("%s, multiparts told %v: %q, %q, %q; want %q, %q", name, told, got.Text, got.HTML, got.Broken, want.Text, want.HTML)
			}
			if !reflect.DeepEqual(paths(got), paths(want)) {
				t.Errorf("%s, multiparts told %v: parts %q, want %q", name, told, paths(got), paths(want))
			}
			for i := range got.Parts {
				if got.Parts[i].Inline != want.Parts[i].Inline || got.Parts[i].Encoding != want.Parts[i].Encoding {
					t.Errorf("%s, multiparts told %v: part %+v, want %+v", name, told, got.Parts[i], want.Parts[i])
				}
			}
		}
	}
}

// Of a structure only texts, reports and headers of messages within are asked for.
func TestWanted(t *testing.T) {
	_, parts, _ := served(crlf(assembled))
	var got []string
	for _, p := range Wanted(parts) {
		got = append(got, p.Path)
	}
	if s := strings.Join(got, " "); s != "1.1 1.2.1 3 3.1" {
		t.Errorf("wanted are %s", s)
	}
	var many []Part
	for range 100 {
		many = append(many, Part{Path: "1", MediaType: "text/plain", Size: 1 << 20})
	}
	if n := len(Wanted(many)); n > 7 {
		t.Errorf("of 100 texts of 1 MiB %d are wanted", n)
	}
}

// A bounce that is put together names the message that it is about.
func TestAssembleBounce(t *testing.T) {
	message := crlf(`
From: MAILER-DAEMON@x.example
Content-Type: multipart/report; report-type=delivery-status; boundary=P

--P

no
--P
Content-Type: message/delivery-status

Reporting-MTA: dns; x

Final-Recipient: rfc822;eve@customer.example
Action: failed
Status: 5.1.1
--P
Content-Type: message/rfc822

Message-ID: <1@company.example>
X-Portico-Contact: mark

text
--P--
`)
	header, parts, texts := served(message)
	m := assemble(header, texts, parts, Options{})
	if m.Bounce == nil || m.Bounce.OriginalID != "<1@company.example>" || m.Bounce.Contact != "mark" || len(m.Bounce.Failures) != 1 {
		t.Errorf("%+v", m.Bounce)
	}
}
