// Package seal encrypts secrets at rest with a key that is kept outside of the store,
// so that no copy of the database holds one.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"strings"
)

// Box seals and opens. It is safe for concurrent use.
type Box struct{ aead cipher.AEAD }

// version stands before what is sealed, so that another way can follow.
const version = "1:"

// ErrSealed is given for what was not sealed with this key for this place.
var ErrSealed = errors.New("seal: not sealed with this key, or for something else")

// New makes a box of a key of 32 bytes.
func New(key [32]byte) *Box {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // only for keys of another length
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // only for other ciphers
	}
	return &Box{aead}
}

// Seal encrypts a text for a place: what is sealed opens there alone. It is printable.
func (b *Box) Seal(text string, place []byte) string {
	return version + base64.StdEncoding.EncodeToString(b.aead.Seal(nil, nil, []byte(text), place))
}

// Open gives the text that was sealed for the place.
func (b *Box) Open(sealed string, place []byte) (string, error) {
	raw, ok := strings.CutPrefix(sealed, version)
	if !ok {
		return "", ErrSealed
	}
	bytes, err := base64.StdEncoding.DecodeString(raw)
	if err != nil {
		return "", ErrSealed
	}
	text, err := b.aead.Open(nil, nil, bytes, place)
	if err != nil {
		return "", ErrSealed
	}
	return string(text), nil
}

// String keeps a box out of logs.
func (b *Box) String() string { return "(a key)" }
