package workflow

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// template is a text with places. Braces around what is no word are text, so that a
// body of JSON needs no escapes.
type template struct {
	parts []part
}

// part is a text, or a place.
type part struct {
	text  string
	place string
}

// places are those that every template may have; data.<key> comes to them.
var places = []string{"name", "language", "caption", "queue", "source", "destination", "priority", "contact", "medium"}

// told are the places that a channel fills when it says the text: they change while
// the contact waits, and are known after the commit only.
var told = []string{"position", "minutes"}

// compileTemplate parses a text. The places in later stay in it for the channel; bad are
// those that there are not.
func compileTemplate(text string, later ...string) (t template, bad []string) {
	rest := text
	var plain strings.Builder
	for {
		before, place, after, ok := cutPlace(rest)
		if !ok {
			plain.WriteString(rest)
			break
		}
		plain.WriteString(before)
		rest = after
		key, data := strings.CutPrefix(place, "data.")
		switch {
		case slices.Contains(later, place):
			plain.WriteString("{" + place + "}")
		case data && key != "" || slices.Contains(places, place):
			if plain.Len() > 0 {
				t.parts = append(t.parts, part{text: plain.String()})
				plain.Reset()
			}
			t.parts = append(t.parts, part{place: place})
		default:
			bad = append(bad, place)
			plain.WriteString("{" + place + "}")
		}
	}
	if plain.Len() > 0 {
		t.parts = append(t.parts, part{text: plain.String()})
	}
	return t, bad
}

// cutPlace finds the first {word}.
func cutPlace(text string) (before, place, rest string, ok bool) {
	for at := 0; ; {
		open := strings.IndexByte(text[at:], '{')
		if open < 0 {
			return "", "", "", false
		}
		open += at
		end := open + 1
		for end < len(text) && (text[end] == '_' || text[end] == '.' || text[end] == '-' || isAlphanumeric(text[end])) {
			end++
		}
		if end < len(text) && text[end] == '}' && end > open+1 && text[open+1] >= 'a' && text[open+1] <= 'z' {
			return text[:open], text[open+1 : end], text[end+1:], true
		}
		at = open + 1
	}
}

func isAlphanumeric(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}

// render puts the values in, each through escape (nil: as it is).
func (r *run) render(t template, escape func(string) string) string {
	var b strings.Builder
	for _, p := range t.parts {
		if p.place == "" {
			b.WriteString(p.text)
			continue
		}
		value := r.value(p.place)
		if escape != nil {
			value = escape(value)
		}
		b.WriteString(value)
	}
	return b.String()
}

// value of a place.
func (r *run) value(place string) string {
	c := &r.contact
	switch place {
	case "name":
		return c.Name
	case "language":
		return c.Language
	case "caption":
		return c.Caption
	case "source":
		return c.Source
	case "destination":
		return c.Destination
	case "priority":
		return strconv.Itoa(int(c.Priority))
	case "contact":
		return c.ID.String()
	case "medium":
		return c.Medium
	case "queue":
		queue := r.in.Queue
		if queue.IsZero() {
			queue = c.Queue
		}
		if queue.IsZero() {
			return ""
		}
		figures, _ := r.world.Queue(c.Unit, queue.String())
		return figures.Name
	default:
		return c.Data[strings.TrimPrefix(place, "data.")]
	}
}

// escapeURL escapes a value for any part of a URL.
func escapeURL(v string) string { return strings.ReplaceAll(url.QueryEscape(v), "+", "%20") }

// escapeJSON escapes a value for the inside of a JSON string.
func escapeJSON(v string) string {
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b[1 : len(b)-1])
}

// escapeHeader keeps a value on its line (RFC 9110, 5.5).
func escapeHeader(v string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, v)
}

// FillWait fills the places {position} and {minutes} of a text that a workflow says.
// Position counts from 1, 0 is not known; a wait below 0 is not known, and what is begun
// of a minute counts. A line with a place that is not known is left out.
func FillWait(text string, position int, wait time.Duration) string {
	lines := strings.Split(text, "\n")
	kept := lines[:0]
	for _, line := range lines {
		if position <= 0 && strings.Contains(line, "{position}") || wait < 0 && strings.Contains(line, "{minutes}") {
			continue
		}
		minutes := max(1, int((wait+time.Minute-1)/time.Minute))
		line = strings.ReplaceAll(line, "{position}", strconv.Itoa(position))
		kept = append(kept, strings.ReplaceAll(line, "{minutes}", strconv.Itoa(minutes)))
	}
	return strings.TrimSpace(strings.Join(kept, "\n"))
}

// FillOpens fills the place {opens} of an offer of a callback, with when customers are
// called back next, in the customer's words; where opens is empty, its lines are left out.
func FillOpens(text, opens string) string {
	lines := strings.Split(text, "\n")
	if opens == "" {
		lines = slices.DeleteFunc(lines, func(line string) bool { return strings.Contains(line, "{opens}") })
	}
	return strings.TrimSpace(strings.ReplaceAll(strings.Join(lines, "\n"), "{opens}", opens))
}

// pick gives what is for a language: its own, that of the language without the
// country, that of the empty name, or the first by name.
func pick[T any](by map[string]T, language string) (T, bool) {
	base, _, _ := strings.Cut(language, "-")
	for _, name := range []string{language, base, ""} {
		if v, ok := by[name]; ok {
			return v, true
		}
	}
	for _, name := range sorted(by) {
		return by[name], true
	}
	var none T
	return none, false
}

func runes(s string) int { return utf8.RuneCountInString(s) }

// cut shortens a text to n characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	at := 0
	for i := range s {
		if at == n {
			return s[:i]
		}
		at++
	}
	return s
}

// printable takes out what no store and no screen takes: broken UTF-8 and control
// characters but tab and line feed.
func printable(s string) string {
	clean := func(c rune) rune {
		if c == utf8.RuneError || unicode.IsControl(c) && c != '\n' && c != '\t' {
			return -1
		}
		return c
	}
	return strings.Map(clean, s)
}
