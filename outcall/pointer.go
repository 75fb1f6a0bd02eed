package outcall

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"portico/workflow"
)

// pointerMax is how long a JSON pointer may be, in bytes.
const pointerMax = 1000

// checkOutputs judges the paths before anything is asked.
func checkOutputs(all []workflow.Output) error {
	for _, o := range all {
		if !isPointer(o.Path) {
			return errPointer
		}
	}
	return nil
}

// isPointer reports whether a text is a JSON pointer. RFC 6901, 3.
func isPointer(p string) bool {
	if p == "" {
		return true
	}
	if p[0] != '/' || len(p) > pointerMax || !utf8.ValidString(p) {
		return false
	}
	for rest := p; ; {
		i := strings.IndexByte(rest, '~')
		if i < 0 {
			return true
		}
		if rest = rest[i+1:]; rest == "" || rest[0] != '0' && rest[0] != '1' {
			return false
		}
	}
}

// RFC 6901, 4: first ~1, then ~0, which a replacer does in one pass.
var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// at gives the value that a pointer names within a decoded document.
func at(v any, pointer string) (found any, ok bool, err error) {
	if !isPointer(pointer) {
		return nil, false, errPointer
	}
	if pointer == "" {
		return v, true, nil
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		token = unescape.Replace(token)
		switch in := v.(type) {
		case map[string]any:
			if v, ok = in[token]; !ok {
				return nil, false, nil
			}
		case []any:
			i, is := index(token)
			if !is || i >= len(in) {
				return nil, false, nil
			}
			v = in[i]
		default:
			return nil, false, nil
		}
	}
	return v, true, nil
}

// index reads the number of an element. RFC 6901, 4: digits without a leading zero.
func index(token string) (int, bool) {
	if token == "" || len(token) > 9 || len(token) > 1 && token[0] == '0' || strings.Trim(token, "0123456789") != "" {
		return 0, false
	}
	i, err := strconv.Atoi(token)
	return i, err == nil
}

// plainText gives a value as contact data hold it: texts as they are, numbers as they were
// written, true and false, and what is composed as JSON. Null is nothing.
func plainText(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", false
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err == nil
}

// clean takes out of a value what no store keeps: NUL and bytes that are no text.
func clean(value string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(value, "\uFFFD"), "\x00", "")
}
