package letter

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"strings"
)

// node is one part of a message's tree.
type node struct {
	path     string
	media    string
	params   map[string]string
	encoding string
	attached bool   // Content-Disposition: attachment
	inline   bool   // Content-Disposition: inline
	name     string // of the file
	cid      string
	inner    fields // of message/rfc822: the header of the message within
	children []*node
	source   []byte // as it was sent, up to SourceMax
	cut      bool   // source is not whole
	size     int64  // bytes as they were sent
}

func (n *node) multipart() bool { return strings.HasPrefix(n.media, "multipart/") }
func (n *node) message() bool {
	return (n.media == "message/rfc822" || n.media == "message/global") && n.encoding == ""
}

// bytes gives what the part says, decoded.
func (n *node) bytes() []byte { return decodeBytes(n.source, n.encoding) }

// decodedSize is near enough: line ends are a 78th of base64.
func (n *node) decodedSize() int64 {
	if n.encoding == "base64" {
		return n.size * 3 / 4 * 76 / 78
	}
	return n.size
}

// level is a multipart that is open.
type level struct {
	node     *node
	boundary []byte
	began    bool // its first boundary was seen
	depth    int
}

// walker reads a message line by line. Boundaries are looked for at every level at once,
// innermost first: so a multipart that nobody closed ends where the outer one goes on,
// and no reader is stacked upon another.
type walker struct {
	br       *bufio.Reader
	levels   []level
	root     *node
	header   fields // of the whole message
	junk     bool   // the message has no header
	parts    int
	room     int // of sources
	innards  int // of inner headers
	lines    int
	broken   string
	readErr  error
	pending  []byte // the line end before what may be a boundary
	previous bool   // the last piece was the beginning of a line that is not over
}

func newWalker(r io.Reader) *walker {
	return &walker{br: bufio.NewReaderSize(r, lineBuffer), room: sourcesMax, innards: innerMax}
}

// next gives a line, or a piece of one that is too long, with its end. whole says that
// a line begins with it. It is valid until the next call.
func (w *walker) next() (line []byte, whole bool, ok bool) {
	if w.readErr != nil {
		return nil, false, false
	}
	line, err := w.br.ReadSlice('\n')
	whole = !w.previous
	w.previous = err == bufio.ErrBufferFull
	if err != nil && err != bufio.ErrBufferFull {
		w.readErr = err
		if err != io.EOF {
			w.say("The message could not be read to its end.")
		}
	}
	return line, whole, len(line) > 0
}

// say notes the first thing that is wrong.
func (w *walker) say(sentence string) {
	if w.broken == "" {
		w.broken = sentence
	}
}

func chomp(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r"))
}

// walk reads the whole message.
func (w *walker) walk() {
	first := w.readTop()
	w.root = w.describe(w.header, "text/plain")
	at := w.begin(w.root, "", 0)
	if w.junk {
		w.keep(at, first)
	}
	for at != nil || len(w.levels) > 0 {
		at = w.body(at)
	}
}

// readTop reads the header. A message that begins with none is all text: first is what
// was read of it.
func (w *walker) readTop() (first []byte) {
	c := collector{room: headerMax}
	for {
		line, whole, ok := w.next()
		if !ok {
			break
		}
		text := chomp(line)
		if len(text) == 0 && whole {
			if w.lines > 0 || len(c.name) > 0 {
				break
			}
			continue // empty lines before the header
		}
		if !whole {
			continue // a field of more than lineBuffer: the rest of it
		}
		if w.lines++; w.lines == 1 {
			if bytes.HasPrefix(text, []byte("From ")) || bytes.HasPrefix(text, []byte(">From ")) {
				w.lines = 0
				continue // of a mailbox file
			}
			if _, _, ok := splitField(text); !ok {
				w.junk = true
				return bytes.Clone(line)
			}
		}
		c.line(text)
	}
	c.flush()
	w.header = c.out
	return nil
}

// partHeader reads the header of a part; boundary is set when it ended in one.
func (w *walker) partHeader(keep func(string) bool, room *int) (f fields, boundary int) {
	c := collector{room: min(partHeaderMax, *room), keep: keep}
	before := c.room
	defer func() { *room -= before - c.room }()
	for {
		line, whole, ok := w.next()
		if !ok {
			break
		}
		text := chomp(line)
		if !whole {
			continue
		}
		if len(text) == 0 {
			break
		}
		if at := w.boundary(text); at != 0 {
			c.flush()
			return c.out, at
		}
		c.line(text)
	}
	c.flush()
	return c.out, 0
}

// boundary says which level a line delimits: 1 is the outermost, below 0 its end; 0
// none. Trailing blanks do not count (RFC 2046, 5.1.1).
func (w *walker) boundary(text []byte) int {
	if len(text) < 2 || text[0] != '-' || text[1] != '-' || len(w.levels) == 0 {
		return 0
	}
	text = bytes.TrimRight(text[2:], " \t")
	for i := len(w.levels) - 1; i >= 0; i-- {
		b := w.levels[i].boundary
		if !bytes.HasPrefix(text, b) {
			continue
		}
		switch rest := text[len(b):]; {
		case len(rest) == 0:
			return i + 1
		case string(rest) == "--":
			return -(i + 1)
		}
	}
	return 0
}

// partFields are those of a part that matter.
func partFields(name string) bool {
	return strings.HasPrefix(name, "content-")
}

// innerFields are those of a message within that matter: what it is, and of which
// contact, when a server sends it back.
func innerFields(name string) bool {
	switch name {
	case "message-id", "subject", "from", "to", "date", "auto-submitted", "x-failed-recipients", strings.ToLower(ContactHeader):
		return true
	}
	return partFields(name)
}

// kept are the parameters of Content-Type that are asked for later.
var kept = []string{"boundary", "charset", "format", "delsp", "report-type", "method", "smime-type", "start"}

// describe makes a node of a header.
func (w *walker) describe(f fields, other string) *node {
	n := &node{media: other, encoding: transferEncoding(f.get("content-transfer-encoding")), params: map[string]string{}}
	media, params := parameters(f.get("content-type"))
	for _, name := range kept {
		if value := params[name]; value != "" {
			n.params[name] = value
		}
	}
	if isMediaType(media) {
		n.media = media
	} else if media == "text" || media == "html" {
		n.media = map[string]string{"text": "text/plain", "html": "text/html"}[media]
	} else if media != "" {
		n.media = "application/octet-stream" // RFC 2045, 5.2 leaves it open; saving does no harm
	}
	disposition, more := parameters(f.get("content-disposition"))
	n.attached, n.inline = disposition == "attachment", disposition == "inline"
	if n.name = fileName(more["filename"]); n.name == "" {
		n.name = fileName(params["name"])
	}
	n.cid = cut(strings.Trim(line(f.get("content-id")), "<> "), 250)
	if n.multipart() && strings.TrimSpace(params["boundary"]) == "" {
		n.media = "text/plain" // it says that it has parts, but not how they are told apart
		w.say("A part of the message says that it has parts, but not where they begin.")
	}
	return n
}

// isMediaType reports whether a text is a type of RFC 2045, 5.1: two tokens.
func isMediaType(s string) bool {
	kind, sub, ok := strings.Cut(s, "/")
	return ok && kind != "" && sub != "" && len(s) <= 100 && !strings.ContainsFunc(kind+sub, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?=`, c)
	})
}

// begin starts the body of a node and gives the node that the lines to come belong to;
// nil: none, a boundary is looked for.
func (w *walker) begin(n *node, path string, depth int) *node {
	w.parts++
	switch {
	case depth >= DepthMax && (n.multipart() || n.message()):
		w.say("The message is nested too deep; what is deeper is one part.")
		n.media = "application/octet-stream"
	case n.multipart():
		n.path = path
		w.levels = append(w.levels, level{node: n, boundary: []byte(strings.TrimRight(n.params["boundary"], " \t")), depth: depth})
		return nil
	case n.message():
		n.path = leafPath(path)
		var boundary int
		n.inner, boundary = w.partHeader(innerFields, &w.innards)
		child := w.describe(n.inner, "text/plain")
		n.children = append(n.children, child)
		if boundary != 0 {
			child.path = n.path + ".1"
			return w.crossed(boundary)
		}
		return w.begin(child, n.path+".", depth+1)
	}
	n.path = leafPath(path)
	return n
}

// leafPath is the number of a part that has no parts. A path that ends in a point is
// that of a message, whose only part is its first (RFC 9051, 6.4.5.1).
func leafPath(path string) string {
	if path == "" || strings.HasSuffix(path, ".") {
		return path + "1"
	}
	return path
}

// childPath is the number of the n-th part of a multipart.
func childPath(path string, n int) string {
	if path != "" && !strings.HasSuffix(path, ".") {
		path += "."
	}
	return path + strconv.Itoa(n)
}

// body reads lines that belong to a leaf, or to nobody, up to a boundary or the end.
func (w *walker) body(at *node) *node {
	for {
		line, whole, ok := w.next()
		if !ok {
			w.levels = nil
			return nil
		}
		if whole {
			if b := w.boundary(chomp(line)); b != 0 {
				return w.crossed(b)
			}
		}
		if at == nil {
			if n := len(w.levels); n > 0 && !w.levels[n-1].began {
				w.keep(w.levels[n-1].node, line) // the preamble, for want of better
			}
			continue
		}
		w.keep(at, line)
	}
}

// keep adds to the source of a node; the end of the line before a boundary belongs to
// the boundary, so it waits.
func (w *walker) keep(n *node, line []byte) {
	text := chomp(line)
	n.size += int64(len(w.pending) + len(text))
	if wanted(n) && !n.cut {
		need := len(w.pending) + len(text)
		if len(n.source)+need > SourceMax || need > w.room {
			n.cut = true
		} else {
			w.room -= need
			n.source = append(append(n.source, w.pending...), text...)
		}
	}
	w.pending = append(w.pending[:0], line[len(text):]...)
}

// wanted reports whether a part is read, not only counted.
func wanted(n *node) bool {
	switch n.media {
	case "text/plain", "text/html":
		return !n.attached || n.path == "1"
	case "text/calendar", "message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
		"message/global-disposition-notification", "message/feedback-report", "text/rfc822-headers", "message/global-headers":
		return true
	case "application/ms-tnef", "application/vnd.ms-tnef", "application/pkcs7-mime", "application/x-pkcs7-mime":
		return true
	}
	if n.multipart() {
		return true // a preamble
	}
	return tnefName(n.name)
}

// crossed goes on behind a boundary.
func (w *walker) crossed(boundary int) *node {
	i := max(boundary, -boundary) - 1
	if boundary < 0 {
		w.pending = w.pending[:0]
		w.levels = w.levels[:i] // what follows is an epilogue, or the outer level's
		return nil
	}
	w.levels = w.levels[:i+1]
	l := &w.levels[i]
	w.room += len(l.node.source)
	l.began, l.node.source, l.node.size = true, nil, 0
	w.pending = w.pending[:0]
	if w.parts >= PartsMax {
		w.say("The message has too many parts; the last ones are left out.")
		return nil
	}
	other := "text/plain"
	if l.node.media == "multipart/digest" {
		other = "message/rfc822" // RFC 2046, 5.1.5
	}
	room := partHeaderMax
	header, next := w.partHeader(partFields, &room)
	child := w.describe(header, other)
	l.node.children = append(l.node.children, child)
	path := childPath(l.node.path, len(l.node.children))
	if next != 0 {
		child.path = path
		w.parts++
		return w.crossed(next)
	}
	return w.begin(child, path, l.depth+1)
}
