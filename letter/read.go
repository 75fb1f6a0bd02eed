package letter

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// ContactHeader is the header in which our messages carry a Mark.
const ContactHeader = "X-Portico-Contact"

// Read reads a whole message, up to its last part's end. It keeps 20 MiB at most
// however long the message is.
func Read(r io.Reader, o Options) *Mail {
	return guard(func() *Mail { return read(r, o) })
}

func read(r io.Reader, o Options) *Mail {
	w := newWalker(r)
	w.walk()
	m := &Mail{Broken: w.broken}
	m.head(w.header, o)
	m.body(w.root)
	m.judge(w.root, w.header, o)
	switch {
	case len(w.header) == 0 && w.root.size == 0:
		m.Broken = "The message is empty."
	case m.Broken == "" && (len(w.header) == 0 || w.junk):
		m.Broken = "The message has no header."
	}
	if m.Text == "" {
		m.Text = m.Broken
	}
	return m
}

// Header reads the header alone and leaves the rest of r. The error is that of r.
func Header(r io.Reader, o Options) (*Mail, error) {
	w := newWalker(r)
	first := w.readTop()
	m := &Mail{Broken: w.broken}
	m.head(w.header, o)
	m.judge(w.describe(w.header, "text/plain"), w.header, o)
	if len(first) > 0 || len(w.header) == 0 {
		m.Broken = "The message has no header."
	}
	if w.readErr != nil && !errors.Is(w.readErr, io.EOF) {
		return m, fmt.Errorf("reading a header: %w", w.readErr)
	}
	return m, nil
}

// Wanted gives those parts of a structure that Assemble wants the bytes of: the first
// SourceMax bytes of each as the server has them, and of a message within its header.
func Wanted(parts []Part) []Part {
	var out []Part
	room := sourcesMax
	for _, p := range parts {
		n := nodeOf(p)
		if n.multipart() || !n.message() && !wanted(n) {
			continue
		}
		if p.Size < int64(room) || room >= SourceMax {
			room -= int(min(p.Size, SourceMax))
			out = append(out, p)
		}
	}
	return out
}

// Assemble makes a Mail of what a server was asked for one by one, so that a message of
// any size costs no more than its texts. Parts are the server's structure in its order:
// the leaves, and, where they are known, the multiparts around them (Path "" is the
// message itself). Texts are by path, as Wanted says.
func Assemble(header []byte, texts map[string][]byte, parts []Part, o Options) *Mail {
	return guard(func() *Mail { return assemble(header, texts, parts, o) })
}

func assemble(header []byte, texts map[string][]byte, parts []Part, o Options) *Mail {
	m := &Mail{}
	f := parseHeader(header)
	m.head(f, o)
	w := &walker{}
	root := w.describe(f, "text/plain")
	t := tree{nodes: map[string]*node{"": root}, root: root}
	for i, p := range parts {
		if i == PartsMax {
			m.Broken = "The message has too many parts; the last ones are left out."
			break
		}
		t.add(p, texts[p.Path])
	}
	m.body(root)
	m.judge(root, f, o)
	if m.Broken == "" && len(f) == 0 {
		m.Broken = "The message has no header."
	}
	if m.Text == "" {
		m.Text = m.Broken
	}
	return m
}

// tree puts the parts of a structure in their places.
type tree struct {
	nodes map[string]*node
	root  *node
}

func nodeOf(p Part) *node {
	n := &node{
		path: p.Path, media: strings.ToLower(p.MediaType), encoding: transferEncoding(p.Encoding), name: fileName(p.Name),
		cid: strings.Trim(p.ContentID, "<>"), inline: p.Inline, size: p.Size, params: map[string]string{"charset": p.Charset},
	}
	if !isMediaType(n.media) {
		n.media = "application/octet-stream"
	}
	n.attached = n.name != "" && !n.inline && n.cid == ""
	if n.encoding == "base64" {
		n.size = p.Size * 4 / 3 * 78 / 76
	}
	return n
}

func (t *tree) add(p Part, text []byte) {
	n := nodeOf(p)
	if p.Path == "" || t.nodes[p.Path] != nil || len(p.Path) > 4*DepthMax {
		return // the header tells more of the message itself
	}
	if p.Path == "1" && !t.root.multipart() && !t.root.message() {
		t.root.path, t.root.size = "1", n.size
		t.root.source, t.nodes["1"] = text, t.root
		return
	}
	if n.message() {
		n.inner = parseHeader(text)
	} else if wanted(n) {
		n.source = text[:min(len(text), SourceMax)]
	}
	if p.Path == "1" && t.root.message() {
		t.root.path, t.root.inner, t.nodes["1"] = "1", n.inner, t.root
		return
	}
	t.nodes[p.Path] = n
	parent := t.parent(p.Path)
	parent.children = append(parent.children, n)
	t.guess(parent)
}

// parent gives the node that a path hangs below, which is made where the server was not
// asked for it.
func (t *tree) parent(path string) *node {
	at := strings.LastIndexByte(path, '.')
	if at < 0 {
		return t.root
	}
	path = path[:at]
	if n := t.nodes[path]; n != nil {
		return n
	}
	n := &node{path: path, media: "multipart/mixed", params: map[string]string{"guess": "yes"}}
	t.nodes[path] = n
	parent := t.parent(path)
	parent.children = append(parent.children, n)
	t.guess(parent)
	return n
}

// guess says what a multipart is whose type was not told: texts of different types side
// by side are the same text twice.
func (t *tree) guess(n *node) {
	if n.params["guess"] == "" {
		return
	}
	var plain, html, other int
	for _, c := range n.children {
		switch {
		case c.media == "text/plain":
			plain++
		case c.media == "text/html" || c.multipart():
			html++
		case c.media != "text/calendar":
			other++
		}
	}
	switch {
	case plain == 1 && html == 1 && other == 0:
		n.media = "multipart/alternative"
	case plain == 0 && html == 1 && other > 0:
		n.media = "multipart/related"
	default:
		n.media = "multipart/mixed"
	}
}

// guard turns a panic of ours, or of what we build on, into a broken message: intake
// goes on whatever comes.
func guard(read func() *Mail) (m *Mail) {
	defer func() {
		if p := recover(); p != nil {
			m = &Mail{Broken: "The message could not be read: " + cut(line(fmt.Sprint(p)), 200) + "."}
			m.Text = m.Broken
		}
	}()
	return read()
}

// head fills in what the header says by itself.
func (m *Mail) head(f fields, o Options) {
	m.MessageID = firstID(f.get("message-id"))
	m.InReplyTo = firstID(f.get("in-reply-to"))
	m.References = messageIDs(strings.Join(f.all("references"), " "), ReferencesMax)
	if from := addresses(f.get("from")); len(from) > 0 {
		m.From = from[0]
	}
	if sender := addresses(f.get("sender")); len(sender) > 0 {
		m.Sender = sender[0]
	}
	if m.From.Address == "" {
		m.From = m.Sender
	}
	m.ReplyTo = addresses(f.get("reply-to"))
	m.To = addresses(strings.Join(f.all("to"), ", "))
	m.Cc = addresses(strings.Join(f.all("cc"), ", "))
	m.Subject = decodeWords(f.get("subject"))
	m.Date = date(f.get("date"))
	m.Contact = cut(f.get(strings.ToLower(ContactHeader)), 200)
	m.Hops = len(f.all("received"))
	if f.has("return-path") {
		m.ReturnPath = addressOnly(f.get("return-path"))
		m.NullSender = strings.ReplaceAll(withoutComments(f.get("return-path")), " ", "") == "<>"
	}
	for _, name := range []string{"delivered-to", "x-original-to", "x-envelope-to", "envelope-to", "x-delivered-to", "x-forwarded-to", "x-ms-exchange-organization-originalenveloperecipients"} {
		for _, value := range f.all(name) {
			m.deliveredTo(value)
		}
	}
	for _, name := range []string{"x-loop", "x-portico-loop"} {
		for _, value := range f.all(name) {
			m.Looped = m.Looped || o.Loop != "" && value == o.Loop
		}
	}
	m.suppress = strings.ToLower(f.get("x-auto-response-suppress"))
}

func (m *Mail) deliveredTo(value string) {
	for _, a := range addresses(value) {
		known := false
		for _, o := range m.DeliveredTo {
			known = known || strings.EqualFold(o, a.Address)
		}
		if !known && len(m.DeliveredTo) < AddressesMax {
			m.DeliveredTo = append(m.DeliveredTo, a.Address)
		}
	}
}

// number reads a number at the beginning of a text.
func number(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == '.' || s[end] == '-' && end == 0 || s[end] == '+' && end == 0) {
		end++
	}
	n, err := strconv.ParseFloat(s[:end], 64)
	return n, err == nil
}
