package outcall

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"portico/fault"
	"portico/seal"
)

// The kinds of object that calls need, as the store names them.
const (
	KindSecret     = "secret"
	KindConnection = "connection"
	KindFunction   = "function"
)

// Secret is a password, key or token. Only Sealed, which needs the key file, is kept.
type Secret struct {
	Description string `json:"description,omitempty"`
	Sealed      string `json:"sealed"`
	// Value is a new one, on its way to be sealed; it is never saved.
	Value string `json:"-"`
}

// SecretMax is how long a secret may be, in bytes.
const SecretMax = 4000

// Check judges a new value, where there is one.
func (s Secret) Check() error {
	switch {
	case utf8.RuneCountInString(s.Description) > descriptionMax:
		return errDescription
	case s.Value == "" && s.Sealed == "":
		return fault.New(fault.Invalid, "secret_empty", "A secret needs a value.").On("value")
	case len(s.Value) > SecretMax, !utf8.ValidString(s.Value), strings.ContainsFunc(s.Value, unicode.IsControl):
		return fault.New(fault.Invalid, "secret_value", "The value must be one line of at most 4,000 characters.").On("value")
	}
	return nil
}

// Seal puts a new value away, for the object with this id alone.
func (s Secret) Seal(box *seal.Box, id SecretID) Secret {
	if s.Value != "" {
		s.Sealed, s.Value = box.Seal(s.Value, place(id)), ""
	}
	return s
}

// Open gives the value.
func (s Secret) Open(box *seal.Box, id SecretID) (string, error) {
	value, err := box.Open(s.Sealed, place(id))
	if err != nil {
		return "", fmt.Errorf("opening the secret %s: %w", id, err)
	}
	return value, nil
}

func place(id SecretID) []byte { return append([]byte(KindSecret+":"), id[:]...) }

const descriptionMax = 1000

var errDescription = fault.New(fault.Invalid, "description", "A description has at most 1,000 characters.").On("description")
