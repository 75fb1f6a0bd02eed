// Package fault holds the one kind of error that a person may read: a sentence
// that says what happened and what to do, and a code that never changes. All other
// errors are for the log. The api package alone turns a Kind into an HTTP status.
package fault

import "errors"

// Kind sorts faults by what the caller can do about them.
type Kind uint8

const (
	Invalid     Kind = iota + 1 // the input is wrong; mend it
	SignedOut                   // nobody is signed in
	Forbidden                   // signed in, but not allowed
	Missing                     // it does not exist, or is another unit's: the two look alike
	Conflict                    // the world has changed; look again
	TooMany                     // refused by a limit; try later
	Unavailable                 // nothing can be saved or answered now; try later
)

// Fault is an error for people. It is compared by Code.
type Fault struct {
	Kind Kind
	// Code is a short lasting name such as contact_taken, the key of the sentence's
	// translation.
	Code string
	// Sentence is the English text: what happened, and what to do.
	Sentence string
	// Field names the input that is wrong, as the API spells it; may be empty.
	Field string
	// Values fill the places of the translated sentence, by name.
	Values map[string]string
}

func (f *Fault) Error() string { return f.Sentence }

// Is makes errors.Is compare by code.
func (f *Fault) Is(target error) bool {
	var other *Fault
	return errors.As(target, &other) && other.Code == f.Code
}

// New makes a fault.
func New(kind Kind, code, sentence string) *Fault {
	return &Fault{Kind: kind, Code: code, Sentence: sentence}
}

// On gives a copy that names the wrong input field.
func (f *Fault) On(field string) *Fault {
	g := *f
	g.Field = field
	return &g
}

// With gives a copy that carries one more value for the translated sentence.
func (f *Fault) With(name, value string) *Fault {
	g := *f
	g.Values = make(map[string]string, len(f.Values)+1)
	for k, v := range f.Values {
		g.Values[k] = v
	}
	g.Values[name] = value
	return &g
}

// Of gives the fault within an error, or nil.
func Of(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}
