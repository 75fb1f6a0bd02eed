package acd

import (
	"encoding/hex"
	"errors"
)

// ID is a sortable 128-bit identifier, unique across sites: a UUID of version 7
// (RFC 9562, 5.7) whose tail names the site that made it. K tells at compile
// time what the ID names; it has no value. The zero ID names nothing.
type ID[K any] [16]byte

// The kinds of thing that the core knows. People and agents are one kind: an
// agent is a user who may be offered contacts.
type (
	contactKind struct{}
	agentKind   struct{}
	queueKind   struct{}
	unitKind    struct{}
	skillKind   struct{}
	reasonKind  struct{}

	ContactID = ID[contactKind]
	AgentID   = ID[agentKind]
	QueueID   = ID[queueKind]
	UnitID    = ID[unitKind]
	SkillID   = ID[skillKind]
	// ReasonID names a wrap-up reason (disposition) or a reason of being unavailable.
	ReasonID = ID[reasonKind]
)

// ErrID is returned for a text that is not an ID.
var ErrID = errors.New("not an id: want 36 characters such as 0193a5c0-7f00-7000-8000-000000000000")

// IsZero reports whether the ID names nothing.
func (id ID[K]) IsZero() bool { return id == ID[K]{} }

// String gives the canonical form of RFC 9562, 4, in lower case.
func (id ID[K]) String() string {
	var b [36]byte
	id.put(&b)
	return string(b[:])
}

func (id ID[K]) put(b *[36]byte) {
	hex.Encode(b[0:8], id[0:4])
	hex.Encode(b[9:13], id[4:6])
	hex.Encode(b[14:18], id[6:8])
	hex.Encode(b[19:23], id[8:10])
	hex.Encode(b[24:36], id[10:16])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
}

// MarshalText writes the canonical form; the zero ID is the empty text.
func (id ID[K]) MarshalText() ([]byte, error) {
	if id.IsZero() {
		return []byte{}, nil
	}
	var b [36]byte
	id.put(&b)
	return b[:], nil
}

// UnmarshalText reads the canonical form in either case, or the empty text as
// the zero ID. Any other text is ErrID.
func (id *ID[K]) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = ID[K]{}
		return nil
	}
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return ErrID
	}
	var out ID[K]
	for _, part := range [...]struct{ from, to, at int }{{0, 8, 0}, {9, 13, 4}, {14, 18, 6}, {19, 23, 8}, {24, 36, 10}} {
		if _, err := hex.Decode(out[part.at:], text[part.from:part.to]); err != nil {
			return ErrID
		}
	}
	*id = out
	return nil
}

// ParseID reads the canonical form. The empty text and the zero ID are refused.
func ParseID[K any](text string) (ID[K], error) {
	var id ID[K]
	if err := id.UnmarshalText([]byte(text)); err != nil {
		return id, err
	}
	if id.IsZero() {
		return id, ErrID
	}
	return id, nil
}

// Compare orders IDs by their bytes, which for IDs of one site is the order in
// which they were made.
func (id ID[K]) Compare(other ID[K]) int {
	for i := range id {
		if id[i] != other[i] {
			if id[i] < other[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}
