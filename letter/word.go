package letter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// decodeWords decodes a header's text: encoded words of RFC 2047, raw UTF-8 of RFC 6532,
// and raw bytes of no rule at all. Words that follow each other are put together before
// their charset is decoded, since many programs cut a letter of several bytes in two.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return line(toUTF8([]byte(s), ""))
	}
	var (
		out     strings.Builder
		charset string // of what is pending
		pending []byte
	)
	flush := func() {
		if len(pending) > 0 {
			out.WriteString(toUTF8(pending, charset))
			pending = pending[:0]
		}
	}
	for s != "" {
		at := strings.Index(s, "=?")
		if at < 0 {
			break
		}
		word, set, length := encodedWord(s[at:])
		if length == 0 {
			flush()
			out.WriteString(toUTF8([]byte(s[:at+2]), ""))
			s = s[at+2:]
			continue
		}
		// RFC 2047, 6.2: white space between encoded words is none.
		if between := s[:at]; strings.TrimSpace(between) != "" || len(pending) == 0 && out.Len() == 0 {
			flush()
			out.WriteString(toUTF8([]byte(between), ""))
		} else if set != charset {
			flush()
		}
		charset = set
		pending = append(pending, word...)
		s = s[at+length:]
	}
	flush()
	out.WriteString(toUTF8([]byte(s), ""))
	return line(out.String())
}

// encodedWord reads one at the beginning of s and says how long it is; 0: there is none.
// It takes what programs write against the rule: words that are too long, blanks within
// them, a base64 without its padding, the language of RFC 2231.
func encodedWord(s string) (word []byte, charset string, length int) {
	rest := s[2:]
	at := strings.IndexByte(rest, '?')
	if at <= 0 || at > 60 || at+2 >= len(rest) || rest[at+2] != '?' {
		return nil, "", 0
	}
	charset, _, _ = strings.Cut(rest[:at], "*")
	charset = strings.ToLower(charset)
	if strings.ContainsAny(charset, " \t\"<>=") {
		return nil, "", 0
	}
	encoding, body := rest[at+1], rest[at+3:]
	end := strings.Index(body, "?=")
	if end < 0 {
		return nil, "", 0
	}
	length = 2 + at + 3 + end + 2
	switch encoding {
	case 'Q', 'q':
		// =?…?Q??= stands for nothing; a text that begins with = hides the end: ?Q?=41?=
		if end == 0 && len(body) > 4 && isHex(body[2]) && isHex(body[3]) {
			more := strings.Index(body[2:], "?=")
			if more >= 0 {
				end = more + 2
				length = 2 + at + 3 + end + 2
			}
		}
		return decodeQ(body[:end]), charset, length
	case 'B', 'b':
		return decodeBase64([]byte(body[:end])), charset, length
	}
	return nil, "", 0
}

func decodeQ(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '_':
			out = append(out, ' ')
		case c == '=' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return out
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}

// line makes one line of a text: no control characters, no runs of blanks, bounded.
func line(s string) string {
	s = strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\r' || c == '\t':
			return ' '
		case unicode.IsControl(c) || misleading(c):
			return -1
		}
		return c
	}, s)
	return cut(strings.Join(strings.Fields(s), " "), subjectMax)
}

// misleading reports characters that make a text look like another one: they turn the
// direction of writing, or are not seen at all.
func misleading(c rune) bool {
	return c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 || c == 0xfeff || c == 0x200b || c == 0x2028 || c == 0x2029
}

// cut shortens a text to at most max bytes, between characters.
func cut(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}
