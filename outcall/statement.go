package outcall

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"portico/fault"
)

// queryMax is how long a query may be, in bytes.
const queryMax = 10_000

// parametersMax is how many parameters a query may have.
const parametersMax = 50

var (
	errQuery      = fault.New(fault.Invalid, "lookup_query", "A look-up is one statement that begins with SELECT, WITH or VALUES.").On("query")
	errQuoted     = fault.New(fault.Invalid, "lookup_quoted", "A text, name or comment in the query does not end.").On("query")
	errParameter  = fault.New(fault.Invalid, "lookup_parameter", "The query names the parameter {name}, which has no value.").On("parameters")
	errManyValues = fault.New(fault.Invalid, "lookup_parameters", "A query has at most 50 parameters.").On("query")
)

// CheckQuery judges the query of a look-up, and gives the parameters that it names.
func CheckQuery(query string) (parameters []string, err error) {
	s, err := parseStatement(query, "$")
	return s.names, err
}

// statement is a query whose parameters are numbered.
type statement struct {
	text  string
	names []string // in order of their numbers, each once
}

// parseStatement reads one statement that reads, and numbers its parameters :name,
// written as sign and number. It knows texts, names and comments well enough to find
// parameters; that nothing else can be done is the business of the database.
func parseStatement(query, sign string) (statement, error) {
	if len(query) > queryMax || !utf8.ValidString(query) || strings.IndexByte(query, 0) >= 0 {
		return statement{}, errQuery
	}
	var s statement
	var b strings.Builder
	first, ended := "", false
	for i := 0; i < len(query); {
		n, err := skip(query[i:], i > 0 && isWord(query[i-1]))
		if err != nil {
			return s, err
		}
		comment := n > 0 && (strings.HasPrefix(query[i:], "--") || strings.HasPrefix(query[i:], "/*"))
		c := query[i]
		blank := comment || c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';' && n == 0
		if ended && !blank {
			return s, errQuery
		}
		switch {
		case n > 0:
			if first == "" && !comment {
				return s, errQuery
			}
		case c == ';':
			ended = true
			n = 1
			i += n
			continue
		case c == ':' && strings.HasPrefix(query[i:], "::"):
			n = 2
		case c == ':' && i+1 < len(query) && isLetter(query[i+1]):
			n = 1 + wordLength(query[i+1:])
			b.WriteString(sign + strconv.Itoa(s.number(query[i+1:i+n])))
			i += n
			continue
		case isLetter(c):
			n = wordLength(query[i:])
			if first == "" {
				first = strings.ToLower(query[i : i+n])
			}
		default:
			if n = 1; first == "" && !blank {
				return s, errQuery
			}
		}
		b.WriteString(query[i : i+n])
		i += n
	}
	if first != "select" && first != "with" && first != "values" {
		return s, errQuery
	}
	if len(s.names) > parametersMax {
		return s, errManyValues
	}
	s.text = b.String()
	return s, nil
}

// number gives the number of a parameter, from 1.
func (s *statement) number(name string) int {
	if i := slices.Index(s.names, name); i >= 0 {
		return i + 1
	}
	s.names = append(s.names, name)
	return len(s.names)
}

// values gives the parameters in order.
func (s statement) values(of map[string]string) ([]string, error) {
	values := make([]string, len(s.names))
	for i, name := range s.names {
		v, ok := of[name]
		if !ok {
			return nil, filled(errParameter, "name", name)
		}
		values[i] = v
	}
	return values, nil
}

// skip gives the length of the text, quoted name or comment that a rest of a query
// begins with; 0 for none. Within says that a word comes before it.
func skip(rest string, within bool) (int, error) {
	switch c := rest[0]; {
	case c == '\'' || c == '"' || c == '`':
		return quoted(rest, 0, false)
	case (c == 'E' || c == 'e') && !within && strings.HasPrefix(rest[1:], "'"):
		return quoted(rest, 1, true)
	case strings.HasPrefix(rest, "--"):
		if n := strings.IndexByte(rest, '\n'); n >= 0 {
			return n + 1, nil
		}
		return len(rest), nil
	case strings.HasPrefix(rest, "/*"):
		return comment(rest)
	case c == '$' && !within:
		return dollarQuoted(rest)
	}
	return 0, nil
}

// quoted gives the length of what begins with a quotation mark at an index, which
// doubled is within it. Escapes says that a backslash escapes.
func quoted(rest string, at int, escapes bool) (int, error) {
	mark := rest[at]
	for i := at + 1; i < len(rest); i++ {
		switch {
		case escapes && rest[i] == '\\':
			i++
		case rest[i] == mark && i+1 < len(rest) && rest[i+1] == mark:
			i++
		case rest[i] == mark:
			return i + 1, nil
		}
	}
	return 0, errQuoted
}

// comment gives the length of a comment, which may hold others.
func comment(rest string) (int, error) {
	depth := 0
	for i := 0; i < len(rest); {
		switch {
		case strings.HasPrefix(rest[i:], "/*"):
			depth++
			i += 2
		case strings.HasPrefix(rest[i:], "*/"):
			i += 2
			if depth--; depth == 0 {
				return i, nil
			}
		default:
			i++
		}
	}
	return 0, errQuoted
}

// dollarQuoted gives the length of $tag$…$tag$.
func dollarQuoted(rest string) (int, error) {
	n := 1
	if n < len(rest) && isLetter(rest[n]) {
		n += wordLength(rest[n:])
	}
	if n >= len(rest) || rest[n] != '$' {
		return 0, nil
	}
	tag := rest[:n+1]
	end := strings.Index(rest[len(tag):], tag)
	if end < 0 {
		return 0, errQuoted
	}
	return len(tag) + end + len(tag), nil
}

func isLetter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isWord(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' || c >= 0x80 || c == '$' }

// wordLength gives how long the word is that a text begins with.
func wordLength(text string) int {
	n := 0
	for n < len(text) && (isLetter(text[n]) || text[n] >= '0' && text[n] <= '9') {
		n++
	}
	return n
}
