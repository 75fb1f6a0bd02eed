package letter

import (
	"bytes"
	"net/mail"
	"strings"
	"time"
)

// fields is a header: names in lower case, values unfolded but not decoded.
type fields []field

type field struct{ name, value string }

// get gives the first field of a name, trimmed.
func (f fields) get(name string) string {
	for i := range f {
		if f[i].name == name {
			return f[i].value
		}
	}
	return ""
}

func (f fields) has(name string) bool {
	for i := range f {
		if f[i].name == name {
			return true
		}
	}
	return false
}

// all gives every field of a name, topmost first.
func (f fields) all(name string) []string {
	var out []string
	for i := range f {
		if f[i].name == name {
			out = append(out, f[i].value)
		}
	}
	return out
}

// splitField reads "Name: value"; false when the line is none. RFC 5322, 2.2: a name is
// printable ASCII but the colon; a blank before the colon is of the obsolete syntax.
func splitField(line []byte) (name, value string, ok bool) {
	at := bytes.IndexByte(line, ':')
	if at <= 0 || at > 200 {
		return "", "", false
	}
	key := bytes.TrimRight(line[:at], " \t")
	for _, c := range key {
		if c <= ' ' || c >= 0x7f {
			return "", "", false
		}
	}
	if len(key) == 0 {
		return "", "", false
	}
	return strings.ToLower(string(key)), strings.TrimSpace(string(line[at+1:])), true
}

// collector gathers a header line by line, up to a bound.
type collector struct {
	out   fields
	room  int // bytes left
	keep  func(name string) bool
	skip  bool // the field at hand is not kept
	value []byte
	name  string
}

func (c *collector) line(line []byte) {
	if len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
		if c.name != "" && !c.skip && len(line) <= c.room {
			c.room -= len(line)
			c.value = append(append(c.value, ' '), bytes.TrimSpace(line)...)
		}
		return
	}
	name, value, ok := splitField(line)
	if !ok {
		return // no field: passed over, and what follows it belongs to the field before
	}
	c.flush()
	c.name, c.skip = name, c.keep != nil && !c.keep(name)
	if len(line) > c.room || len(c.out) >= fieldsMax {
		c.skip = true
	}
	if !c.skip {
		c.room -= len(line)
		c.value = append(c.value[:0], value...)
	}
}

func (c *collector) flush() {
	if c.name != "" && !c.skip {
		c.out = append(c.out, field{c.name, string(bytes.TrimSpace(c.value))})
	}
	c.name = ""
}

// parseHeader reads a header that is in memory.
func parseHeader(header []byte) fields {
	c := collector{room: headerMax}
	for len(header) > 0 {
		line := header
		if at := bytes.IndexByte(header, '\n'); at >= 0 {
			line, header = header[:at], header[at+1:]
		} else {
			header = nil
		}
		if line = bytes.TrimRight(line, "\r"); len(line) == 0 {
			break
		}
		c.line(line)
	}
	c.flush()
	return c.out
}

// messageIDs gives the ids in a value, in its order, none twice (RFC 5322, 3.6.4; some
// programs leave out the brackets, or put words between).
func messageIDs(value string, max int) []string {
	var out []string
	add := func(id string) {
		if id = strings.TrimSpace(id); len(id) < 3 || len(id) > idMax || strings.ContainsFunc(id, func(c rune) bool { return c <= ' ' || c >= 0x7f }) {
			return
		}
		for _, o := range out {
			if o == id {
				return
			}
		}
		if len(out) >= max { // the first and the youngest count
			out = append(out[:1], out[2:]...)
		}
		out = append(out, id)
	}
	if !strings.Contains(value, "<") {
		for word := range strings.FieldsSeq(value) {
			if strings.Contains(word, "@") {
				add("<" + strings.Trim(word, ">,;\"'") + ">")
			}
		}
		return out
	}
	for {
		from := strings.IndexByte(value, '<')
		if from < 0 {
			return out
		}
		value = value[from:]
		to := strings.IndexByte(value, '>')
		if to < 0 {
			return out
		}
		// Folding in the middle of an id leaves blanks that were never part of it.
		add(strings.Join(strings.Fields(value[:to+1]), ""))
		value = value[to+1:]
	}
}

func firstID(value string) string {
	if ids := messageIDs(value, 2); len(ids) > 0 {
		return ids[0]
	}
	return ""
}

// dates are forms that are met though RFC 5322 has none of them.
var dates = []string{
	"Mon, 2 Jan 2006 15:04:05", "2 Jan 2006 15:04:05", "Mon Jan 2 15:04:05 2006", "Mon Jan 2 15:04:05 MST 2006", "Mon Jan 2 15:04:05 -0700 2006",
	"2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05", "02.01.2006 15:04:05", "Mon, 2 Jan 2006 15:04:05 MST-0700", "Mon, 2 Jan 2006 15.04.05 -0700",
}

// date reads a date; zero when nobody can.
func date(value string) time.Time {
	value = strings.TrimSpace(withoutComments(value))
	if value == "" || len(value) > 100 {
		return time.Time{}
	}
	t, err := mail.ParseDate(value)
	for i := 0; err != nil && i < len(dates); i++ {
		t, err = time.Parse(dates[i], value)
	}
	if err != nil || t.Year() < 1970 || t.Year() > 9998 {
		return time.Time{}
	}
	return t.UTC()
}

// withoutComments takes (comments) out, but not those within quotes.
func withoutComments(s string) string {
	if !strings.Contains(s, "(") {
		return s
	}
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			if depth == 0 {
				b.WriteString(s[i : i+2])
			}
			i++
		case c == '"' && depth == 0:
			quoted = !quoted
			b.WriteByte(c)
		case c == '(' && !quoted:
			depth++
		case c == ')' && !quoted && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}
