package plan

import (
	"slices"
	"strings"
)

// ExcludedNumber is a telephone number, or the beginning of numbers, that is never called.
type ExcludedNumber struct {
	Pattern string `json:"pattern" minLength:"1" maxLength:"32" doc:"digits, with a plus in front where it is international; * at the end: all that begin so"`
	Why     string `json:"why" enum:"premium,emergency,internal,other"`
	Note    string `json:"note" maxLength:"1000"`
}

// Check gives the fault invalid, with the field, when a value is out of range.
func (n ExcludedNumber) Check() error {
	var c checker
	digits := strings.TrimSuffix(strings.TrimPrefix(n.Pattern, "+"), "*")
	if digits == "" || len(digits) > 20 || strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) {
		c.fail("pattern", "A number is written in digits, with a plus in front where it is international, and * at the end for all that begin so: +49900*.")
	}
	if !slices.Contains([]string{"premium", "emergency", "internal", "other"}, n.Why) {
		c.fail("why", "The reason must be premium, emergency, internal or other.")
	}
	c.text("note", n.Note, DescriptionMax)
	return c.result()
}

// Excludes reports whether a number, in digits with or without a plus, is meant.
func (n ExcludedNumber) Excludes(number string) bool {
	if begin, ok := strings.CutSuffix(n.Pattern, "*"); ok {
		return strings.HasPrefix(number, begin)
	}
	return number == n.Pattern
}
