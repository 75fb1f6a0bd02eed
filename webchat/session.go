package webchat

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
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
	// sessionUse and fileUse separate the uses of the key from each other and all others.
	sessionUse = "portico chat session 1\x00"
	fileUse    = "portico chat file 1\x00"

	// A file's key is what its address carries: the unit, until when it is good, and a
	// keyed hash of both with the contact and the file.
	fileKeySize = 16 + 8 + sessionMac
)

var sessionText = base64.RawURLEncoding

// sessions makes and checks sessions.
type sessions struct{ macs sync.Pool }

func newSessions(key []byte) *sessions {
	key = append([]byte(nil), key...)
	return &sessions{macs: sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}
}

func (s *sessions) sum(use string, b []byte, dst []byte) []byte {
	mac := s.macs.Get().(hash.Hash)
	mac.Reset()
	mac.Write([]byte(use))
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
	copy(b[32:], s.sum(sessionUse, b[:32], sum[:0])[:sessionMac])
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
	if !hmac.Equal(b[32:], s.sum(sessionUse, b[:32], sum[:0])[:sessionMac]) {
		return unit, contact, false
	}
	copy(unit[:], b[:16])
	copy(contact[:], b[16:32])
	return unit, contact, true
}

// fileKey gives the key of a file of a chat, good until an instant.
func (s *sessions) fileKey(unit acd.UnitID, contact acd.ContactID, file [16]byte, until acd.Time) string {
	var b [fileKeySize]byte
	copy(b[:16], unit[:])
	binary.BigEndian.PutUint64(b[16:24], uint64(until))
	copy(b[24:], s.fileSum(b[:24], contact, file))
	return sessionText.EncodeToString(b[:])
}

// openFile gives the unit of a file's key; ok is false for one that was not made here,
// or for another file, or that is no longer good.
func (s *sessions) openFile(text string, contact acd.ContactID, file [16]byte, now acd.Time) (unit acd.UnitID, ok bool) {
	var b [fileKeySize]byte
	if len(text) != sessionText.EncodedLen(fileKeySize) {
		return unit, false
	}
	if n, err := sessionText.Decode(b[:], []byte(text)); err != nil || n != fileKeySize {
		return unit, false
	}
	if !hmac.Equal(b[24:], s.fileSum(b[:24], contact, file)) || acd.Time(binary.BigEndian.Uint64(b[16:24])) < now {
		return unit, false
	}
	copy(unit[:], b[:16])
	return unit, true
}

func (s *sessions) fileSum(head []byte, contact acd.ContactID, file [16]byte) []byte {
	var of [24 + 16 + 16]byte
	copy(of[:24], head)
	copy(of[24:40], contact[:])
	copy(of[40:], file[:])
	return s.sum(fileUse, of[:], nil)[:sessionMac]
}
