package letter

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// corpus gives messages to begin with: those of the other tests in short.
func corpus(f *testing.F) {
	for _, s := range []string{
		"", "\r\n", "Subject: x\r\n\r\nHello", crlf(assembled), "From: MAILER-DAEMON@x\r\nSubject: failure notice\r\n\r\n<a@b.example>:\r\n550 no\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nMessage-ID: <1@x>\r\n",
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822;a@b\r\nAction: failed\r\n--b--\r\n",
		"Subject: =?iso-2022-jp?B?GyRCNEE7ehsoQg==?= =?utf-8?q?=C3?=\r\nTo: \"a, b\" <c@d>, x: y@z;\r\nContent-Type: text/plain; charset*0*=utf-7''; format=flowed; delsp=yes\r\n\r\n> a \r\n> b\r\n",
		"Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAGCSqGSIb3DQEHAqCAMIACAQExADCABgkqhkiG9w0BBwGggCSABANhYmMAAAAA\r\n",
		"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\x01\x00\x01\x0c\x80\x02\x00\x02\x00\x00\x00hi\x00\x00",
		"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nSUMMARY:x\r\n y\r\nDTSTART:20260305T143000Z\r\n",
		"Content-Type: text/html\r\n\r\n<p style='color:red'>x<a href=http://a.b>c.d</a><img src=cid:a><img src=http://x/y>",
		"Content-Type: multipart/digest; boundary=a\r\n\r\n--a\r\n\r\nSubject: x\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n--a\r\n--b--\r\n",
	} {
		f.Add([]byte(s))
	}
}

// Reading never panics, keeps its bounds, and reads the same message alike however it
// comes in. What a workflow or a store is told can be saved.
func FuzzRead(f *testing.F) {
	corpus(f)
	o := Options{Languages: []string{"en", "de"}, Trusted: []string{"", "a"}}
	f.Fuzz(func(t *testing.T, message []byte) {
		m := read(bytes.NewReader(message), o)
		sound(t, "fuzzed", m)
		torn := read(&drip{bytes.NewReader(message), 3}, o)
		if m.Text != torn.Text || m.HTML != torn.HTML || len(m.Parts) != len(torn.Parts) || m.Subject != torn.Subject {
			t.Error("torn into pieces it is read otherwise")
		}
		MayAutoReply(m, []string{"a@b.example"})
		Quote(m, m.Subject)
		BaseSubject(m.Subject)
		if again := WithTracking(m.Subject, "00000000"); Tracking(again) != "00000000" {
			t.Errorf("%q has no tracking id", again)
		}
	})
}

// The header alone says what the whole message says.
func FuzzHeader(f *testing.F) {
	corpus(f)
	f.Fuzz(func(t *testing.T, message []byte) {
		h, err := Header(bytes.NewReader(message), Options{})
		if err != nil {
			t.Fatal(err)
		}
		sound(t, "fuzzed", h)
		m := read(bytes.NewReader(message), Options{})
		if h.Subject != m.Subject || h.MessageID != m.MessageID || h.From != m.From || h.Hops != m.Hops || len(h.To) != len(m.To) || h.Spam != m.Spam {
			t.Errorf("the header alone is %+v, with the rest %+v", h, m)
		}
		for _, list := range [][]Address{h.To, h.Cc, h.ReplyTo, {h.From}} {
			for _, a := range list {
				if a.Address != "" && mailbox(a.Address) != a.Address {
					t.Errorf("%q is cleaned once more to %q", a.Address, mailbox(a.Address))
				}
			}
		}
	})
}

// What is made harmless has no element and no attribute that is not on a list that is
// written here once more, and loads nothing from elsewhere.
func FuzzSanitise(f *testing.F) {
	for _, s := range []string{
		"<p style='color:red;background:url(x)'>a</p>", "<a href='https://x/y' onclick=x>b.c</a>", "<img src=https://x><img src=cid:y>", "<svg><style><img src=x onerror=y></style>",
		"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=x&gt;\">", "<a href=\"java\tscript:x\">", "<noscript><p title=\"</noscript><img src=x onerror=y>\">",
		"<table><a href=x><tr><td background=y>", "<!--[if mso]><x><![endif]-->", "<p title='\"'>", "&#x6a;avascript:", "<xmp><script>", "<textarea></textarea><script>",
	} {
		f.Add(s)
	}
	elements := " p div span br hr b i u s em strong small big sub sup strike del ins code pre tt kbd samp var blockquote q cite center h1 h2 h3 h4 h5 h6 ul ol li dl dt dd abbr address font table thead tbody tfoot tr td th caption colgroup col a img figure figcaption section article header footer main aside html head body "
	attributes := " style href src alt dir lang width height cellpadding cellspacing border colspan rowspan span align valign bgcolor color face size type start data-remote data-other title rel target "
	f.Fuzz(func(t *testing.T, source string) {
		clean, remote := Sanitise(source)
		root, err := html.Parse(strings.NewReader(clean))
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for n := range root.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			if !strings.Contains(elements, " "+n.Data+" ") {
				t.Fatalf("%q leaves the element %s: %q", source, n.Data, clean)
			}
			for _, a := range n.Attr {
				value := strings.ToLower(strings.TrimSpace(a.Val))
				switch {
				case !strings.Contains(attributes, " "+a.Key+" "):
					t.Fatalf("%q leaves the attribute %s: %q", source, a.Key, clean)
				case a.Key == "src" && !strings.HasPrefix(value, "cid:"):
					t.Fatalf("%q loads %s: %q", source, a.Val, clean)
				case a.Key == "href" && !strings.HasPrefix(value, "http://") && !strings.HasPrefix(value, "https://") && !strings.HasPrefix(value, "mailto:") && !strings.HasPrefix(value, "tel:"):
					t.Fatalf("%q links to %s: %q", source, a.Val, clean)
				case a.Key == "style" && (strings.Contains(value, "url") || strings.Contains(value, "position") || strings.Contains(value, "expression")):
					t.Fatalf("%q has the style %s: %q", source, a.Val, clean)
				case a.Key == "data-remote":
					found++
				}
			}
		}
		if found > remote {
			t.Errorf("%d images from elsewhere, and %d are told", found, remote)
		}
		Plain(source)
	})
}

// Whatever is put into a draft: what is written is lawful, and read back as it was meant.
func FuzzDraft(f *testing.F) {
	f.Add("Eve", "Hello", "text", "<p>x</p>", "a.pdf", "application/pdf", []byte("x"))
	f.Add("a\r\nBcc: x", "ä\r\n\r\nx", ".\r\n--=_", "\r\n--=_mixed", "長い\"\r\n", "text/html;x=\r\ny", []byte("\r\n--=_mixed"))
	f.Add("=?utf-8?q?x?=", strings.Repeat("ü", 300), "From \n", "", "=?utf-8?q?x?=.txt", "message/rfc822", []byte{0, 255})
	f.Fuzz(func(t *testing.T, name, subject, text, rich, fileName, media string, content []byte) {
		d := &Draft{
			From: Address{name, "help@company.example"}, To: []Address{{name, "eve@customer.example"}}, Subject: subject, Text: text, HTML: rich, MessageID: MessageID(text, "company.example"),
			InReplyTo: subject, References: []string{name, subject}, Date: time.Unix(1_800_000_000, 0).UTC(), Contact: name, Loop: subject, Attachments: []Attachment{file(fileName, media, string(content))},
		}
		message := written(t, d)
		lawful(t, message)
		m := readString(message, Options{})
		if len(m.To) != 1 || m.To[0].Address != "eve@customer.example" || m.From.Address != "help@company.example" || m.MessageID != d.MessageID || m.Broken != "" {
			t.Fatalf("the header is read as %+v", m)
		}
		if want := line(subject); m.Subject != want && !strings.ContainsRune(want, '\ufffd') {
			t.Errorf("the subject %q is read as %q", want, m.Subject)
		}
		if len(m.Parts) != 1 || m.Parts[0].Encoding != "base64" {
			if len(content) > 0 || fileName != "" {
				t.Errorf("the attachment is read as %+v", m.Parts)
			}
		}
		if len(text) < TextMax && strings.TrimSpace(tidy(strings.ToValidUTF8(text, "?"))) == strings.TrimSpace(text) && strings.TrimSpace(text) != "" && strings.TrimSpace(m.Text) != strings.TrimSpace(text) {
			t.Errorf("the text %q is read as %q", text, m.Text)
		}
	})
}

// A message as customers send them: text, HTML, a small picture; 20 KiB.
func BenchmarkRead(b *testing.B) {
	d := example()
	d.Text = strings.Repeat("Ich habe eine Frage zu meiner Bestellung, die gestern kam.\n", 30)
	d.HTML = strings.Repeat("<p style=\"color:#333\">Ich habe eine <b>Frage</b> zu meiner <a href=\"https://shop.example/order\">Bestellung</a>.</p>\n", 40)
	d.Attachments = []Attachment{file("a.jpg", "image/jpeg", strings.Repeat("x", 8<<10))}
	message := []byte(written(b, d))
	b.SetBytes(int64(len(message)))
	b.ReportAllocs()
	o := Options{Languages: []string{"en", "de", "fr", "pt"}}
	for b.Loop() {
		if m := Read(bytes.NewReader(message), o); m.Language != "de" || len(m.Parts) != 1 {
			b.Fatalf("%q, %v", m.Language, paths(m))
		}
	}
}
