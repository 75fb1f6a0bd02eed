package texts

import (
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var place = regexp.MustCompile(`\{[a-z_]+\}`)

// Every language says the same: the same keys, none of them empty, with the same
// places to be filled.
func TestLanguagesAgree(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	english := c.languages[English]
	if len(english) == 0 {
		t.Fatal("no english texts")
	}
	for _, language := range c.Languages() {
		texts := c.languages[language]
		for key := range maps.Keys(texts) {
			if _, ok := english[key]; !ok {
				t.Errorf("%s: %s is not in english", language, key)
			}
		}
		for key, want := range english {
			text, ok := texts[key]
			if !ok || strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is missing or empty", language, key)
				continue
			}
			a, b := place.FindAllString(want, -1), place.FindAllString(text, -1)
			slices.Sort(a)
			slices.Sort(b)
			if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
				t.Errorf("%s: %s has places %v, english has %v", language, key, b, a)
			}
		}
	}
}

// All languages have the same files, and a file holds the keys of its own name: whoever
// looks for a text finds it by its key.
func TestFilesHoldTheirOwnKeys(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	want, err := fs.Glob(files, English+"/*.json")
	if err != nil || len(want) == 0 {
		t.Fatalf("no english files: %v", err)
	}
	for _, language := range c.Languages() {
		have, err := fs.Glob(files, language+"/*.json")
		if err != nil {
			t.Fatal(err)
		}
		if len(have) != len(want) {
			t.Errorf("%s has %d files, english %d", language, len(have), len(want))
		}
		for _, file := range want {
			name := path.Join(language, path.Base(file))
			raw, err := files.ReadFile(name)
			if err != nil {
				t.Error(err)
				continue
			}
			var texts map[string]string
			if err := json.Unmarshal(raw, &texts); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			prefix := strings.TrimSuffix(path.Base(file), ".json") + "."
			for key := range texts {
				if !strings.HasPrefix(key, prefix) {
					t.Errorf("%s: %s belongs into another file", name, key)
				}
			}
		}
	}
}

// A text is filled by name, falls back to english, and an unknown key is seen.
func TestText(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	name := map[string]string{"agent": "Anna {x}"}
	for _, test := range []struct{ language, key, want string }{
		{"english", "chat.joined", "Anna {x} has joined the chat."},
		{"deutsch", "chat.joined", "Anna {x} ist jetzt im Chat."},
		{"francais", "chat.joined", "Anna {x} a rejoint le chat."},
		{"portugues", "chat.joined", "Anna {x} entrou no chat."},
		{"klingon", "chat.joined", "Anna {x} has joined the chat."},
		{"english", "chat.nothing", "chat.nothing"},
	} {
		if got := c.Text(test.language, test.key, name); got != test.want {
			t.Errorf("%s %s: got %q, want %q", test.language, test.key, got, test.want)
		}
	}
	if group := c.Group("deutsch", "widget."); group["widget.send"] != "Senden" || group["chat.joined"] != "" {
		t.Errorf("group widget. of deutsch is %v", group)
	}
}
