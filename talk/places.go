package talk

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// Places gives the names of the places {name} of a text, in their order; one that is
// there twice is given twice. Braces around anything but small letters and _ are text.
func Places(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			_, place, rest, ok := cut(text)
			if !ok || !yield(place) {
				return
			}
			text = rest
		}
	}
}

// Fill puts values into the places of a text. A place without a value is left out,
// so that customers never read braces. Values are not looked at again.
func Fill(text string, values map[string]string) string {
	var b strings.Builder
	for {
		before, place, rest, ok := cut(text)
		if !ok {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(before)
		b.WriteString(values[place])
		text = rest
	}
}

// cut finds the first place.
func cut(text string) (before, place, rest string, ok bool) {
	for at := 0; ; {
		open := strings.IndexByte(text[at:], '{')
		if open < 0 {
			return "", "", "", false
		}
		open += at
		end := open + 1
		for end < len(text) && (text[end] == '_' || text[end] >= 'a' && text[end] <= 'z') {
			end++
		}
		if end < len(text) && text[end] == '}' && end > open+1 {
			return text[:open], text[open+1 : end], text[end+1:], true
		}
		at = open + 1
	}
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
