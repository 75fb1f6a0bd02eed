package letter

import (
	"strings"
)

// addresses reads a list of addresses (RFC 5322, 3.4) as programs write it: names with
// commas that are not quoted are taken as they come, groups lose their name, what has no
// @ is left out.
func addresses(value string) []Address {
	var out []Address
	for _, item := range splitAddresses(value) {
		a := address(item)
		if a.Address == "" {
			continue
		}
		if out = append(out, a); len(out) == AddressesMax {
			break
		}
	}
	return out
}

// splitAddresses cuts at commas and semicolons that are not within quotes, comments or
// brackets, and drops the names of groups.
func splitAddresses(s string) []string {
	var (
		out           []string
		from, comment int
		quoted, angle bool
	)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '"' && comment == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			comment++
		case c == ')' && comment > 0:
			comment--
		case comment > 0:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case angle && c != ',':
		case c == ',' || c == ';':
			out = append(out, s[from:i])
			from, angle = i+1, false
		case c == ':' && !strings.Contains(s[from:i], "@"):
			from = i + 1 // the name of a group
		}
	}
	return append(out, s[from:])
}

// address reads one mailbox; Address is empty when there is none.
func address(s string) Address {
	s = strings.TrimSpace(s)
	open := angle(s)
	if open < 0 {
		spec := strings.TrimSpace(withoutComments(s))
		name := ""
		if from, to := strings.IndexByte(s, '('), strings.LastIndexByte(s, ')'); from >= 0 && to > from {
			name = s[from+1 : to] // the old way: a@b (Name)
		}
		if at := strings.LastIndexAny(spec, " \t"); at >= 0 && !strings.HasPrefix(spec, `"`) {
			name, spec = spec[:at], spec[at+1:]
		}
		return Address{displayName(name), mailbox(spec)}
	}
	spec := s[open+1:]
	if end := strings.IndexByte(spec, '>'); end >= 0 {
		spec = spec[:end]
	}
	if at := strings.LastIndexByte(spec, ':'); at >= 0 && strings.HasPrefix(strings.TrimSpace(spec), "@") {
		spec = spec[at+1:] // RFC 5322, 4.4: a route before the address says nothing any more
	}
	return Address{displayName(s[:open]), mailbox(spec)}
}

// angle finds the bracket that opens the address, outside of quotes.
func angle(s string) int {
	quoted, at := false, -1
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '<' && !quoted:
			at = i
		}
	}
	if at < 0 && quoted { // a quote that does not end hides nothing
		at = strings.LastIndexByte(s, '<')
	}
	return at
}

// mailbox cleans local@domain; empty when it is none. Encoded words have no place there,
// but are met.
func mailbox(s string) string {
	s = strings.Trim(strings.TrimSpace(withoutComments(s)), "<>'")
	if strings.HasPrefix(s, "=?") {
		s = decodeWords(s)
	}
	s, _ = strings.CutPrefix(s, "mailto:")
	s = toUTF8([]byte(s), "")
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 || len(s) > 320 {
		return ""
	}
	local, domain := strings.TrimSpace(s[:at]), strings.TrimSpace(s[at+1:])
	domain = strings.TrimSuffix(domain, ".")
	quoted := strings.HasPrefix(local, `"`) && strings.HasSuffix(local, `"`) && len(local) > 2
	bad := func(c rune) bool {
		return c < ' ' || c == 0x7f || misleading(c) || c == 0xfffd || !quoted && strings.ContainsRune(" ,;:<>()[]\"\\@", c)
	}
	if local == "" || strings.ContainsFunc(local, bad) {
		return ""
	}
	literal := strings.HasPrefix(domain, "[") && strings.HasSuffix(domain, "]")
	if literal {
		domain = domain[1 : len(domain)-1]
	}
	if domain == "" || strings.ContainsFunc(domain, func(c rune) bool {
		return c <= ' ' || c == 0x7f || misleading(c) || c == 0xfffd || strings.ContainsRune(",;<>()[]\"\\@/", c) || c == ':' && !literal
	}) {
		return ""
	}
	if literal {
		domain = "[" + domain + "]"
	}
	return local + "@" + domain
}

func displayName(s string) string {
	s = strings.TrimSpace(s)
	if strings.Contains(s, `"`) {
		var b strings.Builder
		for i := 0; i < len(s); i++ {
			switch {
			case s[i] == '\\' && i+1 < len(s):
				i++
				b.WriteByte(s[i])
			case s[i] != '"':
				b.WriteByte(s[i])
			}
		}
		s = b.String()
	}
	return cut(strings.Trim(decodeWords(s), "'< "), 200)
}

// addressOnly gives the first address of a value.
func addressOnly(value string) string {
	if list := addresses(value); len(list) > 0 {
		return list[0].Address
	}
	return ""
}

// Domain gives the part behind the @, in lower case.
func (a Address) Domain() string {
	return strings.ToLower(a.Address[strings.LastIndexByte(a.Address, '@')+1:])
}

// Same reports whether two addresses reach the same mailbox, as nearly all servers see
// it: case does not matter.
func (a Address) Same(other string) bool { return strings.EqualFold(a.Address, other) }
