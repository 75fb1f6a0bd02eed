package seal

import (
	"crypto/rand"
	"strings"
	"testing"
)

func newBox() *Box {
	var key [32]byte
	rand.Read(key[:])
	return New(key)
}

// What is sealed opens with the same key and for the same place alone, and no part of
// it shows.
func TestSealing(t *testing.T) {
	box := newBox()
	for _, text := range []string{"", "pass phrase ü", strings.Repeat("x", 4000)} {
		sealed := box.Seal(text, []byte("here"))
		if text != "" && strings.Contains(sealed, text) {
			t.Errorf("%q shows in %q", text, sealed)
		}
		if got, err := box.Open(sealed, []byte("here")); err != nil || got != text {
			t.Errorf("opened %q, %v", got, err)
		}
		if _, err := box.Open(sealed, []byte("there")); err == nil {
			t.Error("it opened elsewhere")
		}
		if _, err := newBox().Open(sealed, []byte("here")); err == nil {
			t.Error("another key opened it")
		}
		for i := range sealed {
			torn := sealed[:i] + string(sealed[i]^1) + sealed[i+1:]
			if got, err := box.Open(torn, []byte("here")); err == nil && got != text {
				t.Fatalf("a torn one opened as %q", got)
			}
			if i > 60 {
				break
			}
		}
		if _, err := box.Open(sealed[:len(sealed)/2], []byte("here")); err == nil {
			t.Error("half of it opened")
		}
	}
}

// The same text is never sealed to the same twice, so that equal secrets do not show.
func TestSealingTwice(t *testing.T) {
	box := newBox()
	if box.Seal("a", nil) == box.Seal("a", nil) {
		t.Error("the same twice")
	}
}
