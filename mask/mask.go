// Package mask replaces what must not be kept, card numbers and what a company's own
// patterns find, by dots, before a text is stored, pushed or logged. It is pure: it
// knows no text but the one it is given, and a masked text masks to itself.
package mask

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Dot stands for each digit or letter that was masked.
const Dot = '•'

// Limits of patterns: together they bound what the masking of one text costs.
const (
	PatternsMax = 20
	patternMax  = 2000 // bytes of one
	// programMax is how large a pattern may become when it is compiled: 16 KiB of text
	// then cost some tens of milliseconds at most.
	programMax = 1000
	// KeepMax is the most characters that a pattern leaves readable.
	KeepMax = 8
)

// Pattern is one of a company's own.
type Pattern struct {
	// Expression is in the syntax of RE2. Where it has groups, what they hold is masked,
	// else all that it finds.
	Expression string
	// KeepLast is how many letters and digits at the end of each find stay readable, 0 to KeepMax.
	KeepLast int
}

// Masker masks texts. Its methods are safe for concurrent use; the nil Masker masks nothing.
type Masker struct {
	cards    bool
	patterns []pattern
}

type pattern struct {
	find *regexp.Regexp
	keep int
}

// Errors of a pattern.
var (
	ErrPattern = errors.New("mask: this is not a pattern that can be searched for")
	ErrEmpty   = errors.New("mask: the pattern finds the empty text")
	ErrLarge   = errors.New("mask: the pattern is too large")
	ErrKeep    = fmt.Errorf("mask: a pattern keeps 0 to %d characters", KeepMax)
	ErrMany    = fmt.Errorf("mask: there are more than %d patterns", PatternsMax)
)

// New makes a Masker of card numbers, where cards is set, and of patterns.
func New(cards bool, patterns []Pattern) (*Masker, error) {
	if len(patterns) > PatternsMax {
		return nil, ErrMany
	}
	m := &Masker{cards: cards}
	for _, p := range patterns {
		find, err := compile(p)
		if err != nil {
			return nil, err
		}
		m.patterns = append(m.patterns, pattern{find, p.KeepLast})
	}
	return m, nil
}

// Check gives what is wrong with a pattern, nil for nothing.
func Check(p Pattern) error {
	_, err := compile(p)
	return err
}

func compile(p Pattern) (*regexp.Regexp, error) {
	switch {
	case p.KeepLast < 0 || p.KeepLast > KeepMax:
		return nil, ErrKeep
	case len(p.Expression) > patternMax:
		return nil, ErrLarge
	}
	tree, err := syntax.Parse(p.Expression, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPattern, err)
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPattern, err)
	}
	if len(program.Inst) > programMax {
		return nil, ErrLarge
	}
	find, err := regexp.Compile(p.Expression)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPattern, err)
	}
	if find.MatchString("") {
		return nil, ErrEmpty
	}
	return find, nil
}

// Text masks a text. What holds nothing to mask is given back as it is.
func (m *Masker) Text(text string) string { return m.mask(text, whole) }

// Draft masks a text that somebody may still be writing: also a card number that
// lacks some of its digits.
func (m *Masker) Draft(text string) string { return m.mask(text, begun) }

// Typed masks a text that is shown to somebody else while it is typed: of what may
// become a card number not more than the first six digits are seen.
func (m *Masker) Typed(text string) string { return m.mask(text, typed) }

func (m *Masker) mask(text string, n need) string {
	if m == nil || text == "" {
		return text
	}
	// Invalid text is the doors' to refuse; here it must not come out changed.
	if !utf8.ValidString(text) {
		return text
	}
	if m.cards {
		text = maskCards(text, n)
	}
	for _, p := range m.patterns {
		text = p.mask(text)
	}
	return text
}

// mask replaces what a pattern finds.
func (p pattern) mask(text string) string {
	var out strings.Builder
	done := 0
	for _, at := range p.find.FindAllStringSubmatchIndex(text, -1) {
		spans := at[2:]
		if len(spans) == 0 {
			spans = at[:2]
		}
		for i := 0; i < len(spans); i += 2 {
			from, to := spans[i], spans[i+1]
			if from < done || to <= from { // within what is masked already, or not found
				continue
			}
			out.WriteString(text[done:from])
			dot(&out, text[from:to], p.keep)
			done = to
		}
	}
	if done == 0 {
		return text
	}
	out.WriteString(text[done:])
	return out.String()
}

// dot writes a text with dots for its letters and digits but the last ones. Signs
// between them stay, so that one sees what it was.
func dot(out *strings.Builder, text string, keep int) {
	marks := 0
	for _, r := range text {
		if counts(r) {
			marks++
		}
	}
	for _, r := range text {
		if counts(r) {
			if marks > keep {
				r = Dot
			}
			marks--
		}
		out.WriteRune(r)
	}
}

// counts says what is masked. A dot counts too: it was a digit, and a text that is masked
// again must not show more, or less, than before.
func counts(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == Dot }

// Map masks the keys and values of contact data. The map is changed and given back.
// A key that becomes one that is there already takes a dot more.
func (m *Masker) Map(data map[string]string) map[string]string {
	if m == nil {
		return data
	}
	for key, value := range data {
		if masked := m.Text(value); masked != value {
			data[key] = masked
		}
	}
	for _, key := range changing(data, m.Text) {
		masked := m.Text(key)
		for _, taken := data[masked]; taken; _, taken = data[masked] {
			masked += string(Dot)
		}
		data[masked] = data[key]
		delete(data, key)
	}
	return data
}

// changing gives the keys that a masking changes.
func changing(data map[string]string, text func(string) string) (keys []string) {
	for key := range data {
		if text(key) != key {
			keys = append(keys, key)
		}
	}
	return keys
}

// JSON masks all texts and numbers of a JSON value; a number that is masked becomes
// a text. What is no JSON is an error, and nothing of it may be kept.
func (m *Masker) JSON(raw json.RawMessage) (json.RawMessage, error) {
	if m == nil || len(raw) == 0 {
		return raw, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("reading what is to be masked: %w", err)
	}
	out, err := json.Marshal(m.value(value))
	if err != nil {
		return nil, fmt.Errorf("writing what was masked: %w", err)
	}
	return out, nil
}

func (m *Masker) value(v any) any {
	switch v := v.(type) {
	case string:
		return m.Text(v)
	case json.Number:
		if masked := m.Text(v.String()); masked != v.String() {
			return masked
		}
	case []any:
		for i := range v {
			v[i] = m.value(v[i])
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			out[m.Text(key)] = m.value(inner)
		}
		return out
	}
	return v
}
