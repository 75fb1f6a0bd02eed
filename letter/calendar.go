package letter

import (
	"cmp"
	"strings"
	"time"
)

// calendar notes the method of an invitation (RFC 5546): that of the part, else that of
// the calendar itself.
func (b *bodies) calendar(n *node) {
	if b.method == "" {
		method := cmp.Or(n.params["method"], properties(toUTF8(n.bytes(), cmp.Or(n.params["charset"], "utf-8")))["method"])
		b.method = cut(strings.ToLower(line(method)), 20)
	}
}

// calendarText tells an invitation in words that need no translation.
func calendarText(source string) string {
	p := properties(source)
	var out []string
	for _, name := range []string{"summary", "location"} {
		if p[name] != "" {
			out = append(out, p[name])
		}
	}
	if start := moment(p["dtstart"]); start != "" {
		if end := moment(p["dtend"]); end != "" {
			start += " – " + end
		}
		out = append(out, start)
	}
	if p["description"] != "" {
		out = append(out, "", p["description"])
	}
	return strings.Join(out, "\n")
}

// properties gives the first of each property of a calendar (RFC 5545, 3.1), those of
// its first event before those of its time zones.
func properties(source string) map[string]string {
	out := make(map[string]string)
	source = strings.NewReplacer("\r\n", "\n").Replace(cut(source, 256<<10))
	source = strings.NewReplacer("\n ", "", "\n\t", "").Replace(source)
	skip := ""
	for l := range strings.SplitSeq(source, "\n") {
		name, value, ok := strings.Cut(l, ":")
		if !ok || len(name) > 500 {
			continue
		}
		name, _, _ = strings.Cut(strings.ToLower(name), ";")
		value = strings.TrimSpace(value)
		switch {
		case name == "begin" && (strings.EqualFold(value, "VTIMEZONE") || strings.EqualFold(value, "VALARM")):
			skip = value
		case name == "end" && strings.EqualFold(value, skip):
			skip = ""
		case skip == "" && out[name] == "":
			out[name] = strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(value)
		}
	}
	return out
}

// moment writes a time of a calendar as ISO 8601 has it, in the zone that it was given in.
func moment(value string) string {
	for layout, shown := range map[string]string{"20060102T150405Z": "2006-01-02 15:04 UTC", "20060102T150405": "2006-01-02 15:04", "20060102": "2006-01-02"} {
		if t, err := time.Parse(layout, value); err == nil {
			return t.Format(shown)
		}
	}
	return ""
}
