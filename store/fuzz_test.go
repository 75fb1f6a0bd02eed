package store

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// The key of a page comes from outside: it is the one text that stands for a place,
// or ErrPage.
func FuzzPageKey(f *testing.F) {
	f.Add(pageKey{at: 1_700_000_000_000, id: lastID}.String())
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := parsePageKey(text)
		if err != nil && !errors.Is(err, ErrPage) {
			t.Fatalf("%q: %v", text, err)
		}
		if err == nil && (key.String() != text || key.at < 0) {
			t.Fatalf("%q became %+v, which is %q", text, key, key)
		}
	})
}

// Words come from customers and from whoever searches: few, short, valid, folded and
// different, and a word is found again by itself.
func FuzzSplitWords(f *testing.F) {
	f.Add("Ann O’Neil", "Straße 12, ΣΊΣΥΦΟΣ")
	f.Add(strings.Repeat("é", 300), "a\x00b\xff")
	f.Fuzz(func(t *testing.T, a, b string) {
		words := splitWords(wordsMax, a, b)
		if len(words) > wordsMax {
			t.Fatalf("%d words", len(words))
		}
		seen := make(map[string]bool)
		for _, word := range words {
			if word == "" || len(word) > wordMax || !utf8.ValidString(word) || strings.IndexByte(word, 0) >= 0 || seen[word] {
				t.Fatalf("word %q of %q", word, words)
			}
			seen[word] = true
		}
	})
}

// Names are compared without case: folding twice is folding once.
func FuzzFold(f *testing.F) {
	f.Add("Größe")
	f.Add("İstanbul")
	f.Fuzz(func(t *testing.T, name string) {
		if once := fold(name); fold(once) != once {
			t.Fatalf("%q folds to %q, and that to %q", name, once, fold(once))
		}
	})
}
