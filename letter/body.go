package letter

import (
	"cmp"
	"html"
	"strings"
	"unicode"
)

// piece is a stretch of a message's text: plain, HTML, or both of the same.
type piece struct{ plain, html string }

// reader of bodies: it chooses what is the text; all else is a part.
type bodies struct {
	used   map[*node]bool
	broken string
	method string // of a calendar
	depth  int
}

// body fills in texts and parts.
func (m *Mail) body(root *node) {
	b := &bodies{used: make(map[*node]bool)}
	pieces := b.gather(root, true)
	if !said(pieces) {
		pieces = append(pieces, b.fallback(root)...)
	}
	m.join(pieces)
	m.list(root, b.used)
	m.Calendar = b.method
	m.Broken = cmp.Or(m.Broken, b.broken)
}

func said(pieces []piece) bool {
	for _, p := range pieces {
		if strings.TrimSpace(p.plain) != "" || strings.TrimSpace(p.html) != "" {
			return true
		}
	}
	return false
}

// gather gives the text below a node. alone: nothing but this node can be the text.
func (b *bodies) gather(n *node, alone bool) []piece {
	switch {
	case n.multipart() && len(n.children) == 0:
		return []piece{{plain: tidy(toUTF8(n.bytes(), ""))}} // its boundary never came
	case n.media == "multipart/alternative":
		return b.alternative(n)
	case n.media == "multipart/related":
		return b.gather(b.rootOf(n), alone)
	case n.media == "multipart/signed":
		return b.gather(n.children[0], alone)
	case n.multipart():
		var out []piece
		for _, c := range n.children {
			out = append(out, b.gather(c, false)...)
		}
		return out
	case n.media == "text/calendar":
		b.calendar(n)
		return nil
	case n.media == "text/plain" && (alone || !n.attached && n.name == ""):
		b.used[n] = true
		return []piece{{plain: b.plain(n)}}
	case n.media == "text/html" && (alone || !n.attached && n.name == ""):
		b.used[n] = true
		return []piece{{html: htmlToUTF8(n.bytes(), n.params["charset"])}}
	}
	return nil
}

// rootOf gives the part that the others of a multipart/related belong to (RFC 2387).
func (b *bodies) rootOf(n *node) *node {
	if start := strings.Trim(n.params["start"], "<> "); start != "" {
		for _, c := range n.children {
			if c.cid == start {
				return c
			}
		}
	}
	for _, c := range n.children { // some put an image first
		if c.multipart() || strings.HasPrefix(c.media, "text/") {
			return c
		}
	}
	return n.children[0]
}

// alternative takes the last plain text and the last HTML (RFC 2046, 5.1.4).
func (b *bodies) alternative(n *node) []piece {
	var out piece
	for _, c := range n.children {
		var plain, rich []string
		for _, p := range b.gather(c, false) {
			if p.html != "" {
				rich = append(rich, p.html)
			}
			if p.plain != "" {
				plain = append(plain, p.plain)
			}
		}
		switch {
		case len(rich) > 0:
			out.html = strings.Join(rich, "\n")
			if out.plain == "" {
				out.plain = strings.Join(plain, "\n")
			}
		case len(plain) > 0:
			out.plain = strings.Join(plain, "\n")
		}
	}
	return []piece{out}
}

// plain gives the text of a part, lines that were broken for the transport joined.
func (b *bodies) plain(n *node) string {
	text := tidy(toUTF8(n.bytes(), n.params["charset"]))
	if strings.EqualFold(n.params["format"], "flowed") {
		text = unflow(text, strings.EqualFold(n.params["delsp"], "yes"))
	}
	return text
}

// fallback looks for a text where none is expected: in Outlook's own format, in a signed
// container, in a message within, in an invitation.
func (b *bodies) fallback(n *node) []piece {
	if b.depth++; b.depth > DepthMax {
		return nil
	}
	defer func() { b.depth-- }()
	var out []piece
	switch {
	case isTNEF(n):
		plain, rich := tnefText(n.bytes())
		out = []piece{{tidy(plain), rich}}
	case strings.HasSuffix(n.media, "pkcs7-mime"):
		out = b.signed(n)
	case n.media == "text/calendar":
		out = []piece{{plain: calendarText(tidy(toUTF8(n.bytes(), cmp.Or(n.params["charset"], "utf-8"))))}}
	case n.message():
		for _, c := range n.children {
			out = append(out, b.inside(c)...)
		}
	}
	if said(out) {
		return out
	}
	for _, c := range n.children {
		if out = b.fallback(c); said(out) {
			return out
		}
	}
	return nil
}

// inside reads a message within, whose parts stay parts of the whole.
func (b *bodies) inside(n *node) []piece {
	within := &bodies{used: make(map[*node]bool), depth: b.depth}
	out := within.gather(n, true)
	for n := range within.used {
		b.used[n] = true
	}
	return out
}

// signed reads S/MIME (RFC 8551): a signed message shows its text without asking whether
// the signature is right, an encrypted one says what it is.
func (b *bodies) signed(n *node) []piece {
	content, ok := signedContent(n.bytes())
	if !ok {
		b.broken = "The message is encrypted (S/MIME). It can be read with the key of its recipient only, from the attachment."
		return nil
	}
	w := newWalker(strings.NewReader(content))
	w.walk()
	within := &bodies{used: make(map[*node]bool), depth: b.depth}
	out := within.gather(w.root, true)
	if !said(out) {
		within.depth = b.depth
		out = within.fallback(w.root)
	}
	return out
}

// join makes Text and HTML.
func (m *Mail) join(pieces []piece) {
	var plain, rich []string
	formatted := false
	for _, p := range pieces {
		formatted = formatted || strings.TrimSpace(p.html) != ""
	}
	for _, p := range pieces {
		switch {
		case strings.TrimSpace(p.html) != "":
			clean, remote := Sanitise(p.html)
			m.Cut = m.Cut || len(p.html) > htmlSourceMax
			m.RemoteImages += remote
			rich = append(rich, clean)
			if strings.TrimSpace(p.plain) == "" {
				p.plain = Plain(p.html)
			}
		case formatted && strings.TrimSpace(p.plain) != "":
			rich = append(rich, asHTML(p.plain))
		}
		if strings.TrimSpace(p.plain) != "" {
			plain = append(plain, strings.Trim(p.plain, "\n"))
		}
	}
	text := strings.Join(plain, "\n\n")
	m.Text, m.HTML = cut(text, TextMax), strings.Join(rich, "\n")
	m.Cut = m.Cut || len(m.Text) < len(text)
	if len(m.HTML) > HTMLMax {
		m.Cut = true
		m.HTML = cutHTML(m.HTML)
	}
}

// cutHTML shortens HTML, but not within a tag or a character's name.
func cutHTML(s string) string {
	s = cut(s, HTMLMax)
	if at := strings.LastIndexAny(s, "<>"); at >= 0 && s[at] == '<' {
		return s[:at]
	}
	if at := strings.LastIndexByte(s, '&'); at > len(s)-12 {
		return s[:max(at, 0)]
	}
	return s
}

// asHTML shows plain text beside HTML.
func asHTML(text string) string {
	return "<p>" + strings.ReplaceAll(html.EscapeString(text), "\n", "<br>\n") + "</p>"
}

// list gives the parts that are not the text.
func (m *Mail) list(n *node, used map[*node]bool) {
	if !n.multipart() && !used[n] && n.path != "" && (n.size > 0 || n.name != "" || n.message()) {
		m.Parts = append(m.Parts, Part{
			Path: n.path, Name: n.nameOr(), MediaType: n.media, ContentID: n.cid, Size: n.decodedSize(), Encoding: n.encoding, Charset: cut(n.params["charset"], 40),
			Inline: n.cid != "" && strings.HasPrefix(n.media, "image/") && strings.Contains(m.HTML, "cid:"+html.EscapeString(n.cid)),
		})
	}
	for _, c := range n.children {
		m.list(c, used)
	}
}

// endings are those of files that came without a name.
var endings = map[string]string{
	"text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "text/csv": ".csv", "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif",
	"image/webp": ".webp", "image/svg+xml": ".svg", "application/pdf": ".pdf", "message/rfc822": ".eml", "message/global": ".eml", "message/delivery-status": ".txt",
	"message/disposition-notification": ".txt", "message/feedback-report": ".txt", "text/rfc822-headers": ".txt", "application/pkcs7-mime": ".p7m",
	"application/x-pkcs7-mime": ".p7m", "application/pkcs7-signature": ".p7s", "application/x-pkcs7-signature": ".p7s", "application/pgp-signature": ".asc",
	"application/zip": ".zip", "audio/mpeg": ".mp3", "audio/wav": ".wav", "video/mp4": ".mp4", "application/json": ".json", "application/xml": ".xml", "text/xml": ".xml",
}

// nameOr gives the file's name, or makes one.
func (n *node) nameOr() string {
	switch {
	case n.name != "":
		return n.name
	case isTNEF(n):
		return "winmail.dat"
	case n.message():
		if name := fileName(decodeWords(n.inner.get("subject"))); name != "" {
			return cut(name, 190) + ".eml"
		}
	case n.media == "text/calendar":
		return "invitation.ics"
	}
	ending := endings[n.media]
	if ending == "" {
		ending = ".bin"
	}
	return "part-" + n.path + ending
}

// tidy makes lines of a text end in line feeds, and takes out what is not seen.
func tidy(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\r':
			return '\n'
		case c == '\n' || c == '\t':
			return c
		case c == 0xa0:
			return ' '
		case unicode.IsControl(c) || misleading(c) && c != 0x200b:
			return -1
		}
		return c
	}, s)
}

// unflow joins lines that end in a blank (RFC 3676). Delsp takes that blank away.
func unflow(s string, delsp bool) string {
	var (
		out   strings.Builder
		depth = -1 // of the open paragraph; below 0: none is open
	)
	for i, l := range strings.Split(s, "\n") {
		d := 0
		for d < len(l) && l[d] == '>' {
			d++
		}
		text := strings.TrimPrefix(l[d:], " ")
		flows := strings.HasSuffix(text, " ") && text != "-- "
		if depth != d || text == "-- " {
			if i > 0 {
				out.WriteByte('\n')
			}
			if d > 0 {
				out.WriteString(strings.Repeat(">", d) + " ")
			}
		}
		if flows && delsp {
			text = strings.TrimSuffix(text, " ")
		}
		out.WriteString(text)
		if depth = -1; flows {
			depth = d
		}
	}
	return out.String()
}
