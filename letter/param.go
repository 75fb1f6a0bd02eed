package letter

import (
	"slices"
	"strconv"
	"strings"
)

// parameters reads a value with parameters, such as that of Content-Type (RFC 2045, 5.1;
// RFC 2231), as programs write it: quotes that do not end, missing semicolons, encoded
// words where none may be, raw letters, a name twice (the first counts). The value and
// the names are in lower case.
func parameters(s string) (value string, params map[string]string) {
	value, rest, _ := strings.Cut(withoutComments(s), ";")
	value = strings.ToLower(strings.TrimSpace(value))
	if at := strings.IndexAny(value, " \t"); at >= 0 { // text/plain charset=utf-8
		rest = value[at:] + ";" + rest
		value = value[:at]
	}
	params = make(map[string]string)
	pieces := make(map[string]map[int]segment)
	for n := 0; rest != "" && n < 100; n++ {
		var name, val string
		name, val, rest = parameter(rest)
		if name == "" {
			continue
		}
		base, index, coded := piecesOf(name)
		if index < 0 && !coded {
			if _, there := params[base]; !there {
				params[base] = decodeWords(val)
			}
			continue
		}
		if pieces[base] == nil {
			pieces[base] = make(map[int]segment)
		}
		pieces[base][max(index, 0)] = segment{val, coded}
	}
	for base, list := range pieces {
		params[base] = line(join(list)) // RFC 2231 is there for those that know it
	}
	return value, params
}

// parameter takes the first name=value off s.
func parameter(s string) (name, value, rest string) {
	s = strings.TrimLeft(s, " \t;")
	end := strings.IndexAny(s, "=;")
	if end < 0 {
		return "", "", ""
	}
	if s[end] == ';' {
		return "", "", s[end+1:]
	}
	name = strings.ToLower(strings.TrimSpace(s[:end]))
	s = strings.TrimLeft(s[end+1:], " \t")
	if !strings.HasPrefix(s, `"`) {
		if end = strings.IndexByte(s, ';'); end < 0 {
			return name, strings.TrimSpace(s), ""
		}
		return name, strings.TrimSpace(s[:end]), s[end+1:]
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			return name, b.String(), s[i+1:]
		default:
			b.WriteByte(s[i])
		}
	}
	return name, b.String(), "" // the quote does not end
}

type segment struct {
	value string
	coded bool
}

// piecesOf reads name, name*, name*0 and name*0*; index is below 0 for a whole value.
func piecesOf(name string) (base string, index int, coded bool) {
	base, coded = strings.CutSuffix(name, "*")
	at := strings.LastIndexByte(base, '*')
	if at < 0 {
		return base, -1, coded
	}
	n, err := strconv.Atoi(base[at+1:])
	if err != nil || n < 0 || n > 1000 {
		return base, -1, coded
	}
	return base[:at], n, coded
}

// join puts continuations together (RFC 2231, 3 and 4.1).
func join(list map[int]segment) string {
	var (
		out     []byte
		charset string
	)
	order := make([]int, 0, len(list))
	for i := range list {
		order = append(order, i)
	}
	slices.Sort(order)
	for n, i := range order {
		p := list[i]
		if !p.coded {
			out = append(out, p.value...)
			continue
		}
		value := p.value
		if set, after, ok := strings.Cut(value, "'"); ok && n == 0 {
			if _, text, ok := strings.Cut(after, "'"); ok {
				charset, value = set, text
			}
		}
		out = append(out, unpercent(value)...)
	}
	return toUTF8(out, charset)
}

func unpercent(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return out
}

// fileName makes a name that is safe to be shown and to be saved under: no folder, no
// control characters, not hidden, at most 200 bytes, the ending kept.
func fileName(s string) string {
	if at := strings.LastIndexAny(s, `/\`); at >= 0 {
		s = s[at+1:]
	}
	s = strings.Map(func(c rune) rune {
		if strings.ContainsRune(`<>:"|?*`, c) {
			return '_'
		}
		return c
	}, line(s))
	s = strings.TrimLeft(strings.TrimRight(s, ". "), ". ")
	if len(s) <= 200 {
		return s
	}
	ending := ""
	if at := strings.LastIndexByte(s, '.'); at > 0 && len(s)-at <= 20 {
		ending = s[at:]
	}
	return cut(s, 200-len(ending)) + ending
}
