package webchat

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"sync"

	"portico/acd"
)

// A session is what a customer's page shows to be let at its chat: the unit, the
// contact, and a keyed hash of both. Nothing is stored for it, so that any process
// with the site's key can answer.
const (
	sessionMac  = 24
	sessionSize = 16 + 16 + sessionMac
	// sessionUse separates this use of the key from all others.
	sessionUse = "portico chat session 1\x00"
)

var sessionText = base64.RawURLEncoding

// sessions makes and checks sessions.
type sessions struct{ macs sync.Pool }

func newSessions(key []byte) *sessions {
	key = append([]byte(nil), key...)
	return &sessions{macs: sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}
}

func (s *sessions) sum(b []byte, dst []byte) []byte {
	mac := s.macs.Get().(hash.Hash)
	mac.Reset()
	mac.Write([]byte(sessionUse))
	mac.Write(b)
	dst = mac.Sum(dst)
	s.macs.Put(mac)
	return dst
}

// of gives the session of a chat.
func (s *sessions) of(unit acd.UnitID, contact acd.ContactID) string {
	var b [sessionSize]byte
	copy(b[:16], unit[:])
	copy(b[16:32], contact[:])
	var sum [sha256.Size]byte
	copy(b[32:], s.sum(b[:32], sum[:0])[:sessionMac])
	return sessionText.EncodeToString(b[:])
}

// open gives the chat of a session; ok is false for one that was not made here.
func (s *sessions) open(text string) (unit acd.UnitID, contact acd.ContactID, ok bool) {
	var b [sessionSize]byte
	if len(text) != sessionText.EncodedLen(sessionSize) {
		return unit, contact, false
	}
	if n, err := sessionText.Decode(b[:], []byte(text)); err != nil || n != sessionSize {
		return unit, contact, false
	}
	var sum [sha256.Size]byte
	if !hmac.Equal(b[32:], s.sum(b[:32], sum[:0])[:sessionMac]) {
		return unit, contact, false
	}
	copy(unit[:], b[:16])
	copy(contact[:], b[16:32])
	return unit, contact, true
}
