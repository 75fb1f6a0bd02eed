// Package texts is the one catalogue of what people read, a folder per language.
// Each language has the same files, each file the same keys; a key's first part is
// the name of its file and of the place that uses it: chat. is what the server says
// in a conversation, widget. the chat on a customer's page, pages. the classic pages,
// fault. what customers are told of faults, notice. what the server writes by e-mail, kit. what all screens share, and app.,
// desk., manager., setup., supervisor. the screens. Places to be filled are written
// {name}. A text that a language lacks is shown in english. The catalogue is
// immutable once loaded.
package texts

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"sort"
	"strings"
)

//go:embed english/*.json deutsch/*.json francais/*.json portugues/*.json
var files embed.FS

// English is the language that all others fall back to.
const English = "english"

// tags are the BCP 47 names of the languages, in the order in which people choose.
var tags = []struct{ name, tag string }{
	{English, "en"},
	{"deutsch", "de"},
	{"francais", "fr"},
	{"portugues", "pt"},
}

// Catalogue holds the texts of all languages.
type Catalogue struct {
	languages map[string]map[string]string
}

// Load reads the embedded catalogue. It fails only when a file is not what it
// should be, which a test excludes.
func Load() (*Catalogue, error) {
	c := &Catalogue{languages: make(map[string]map[string]string, len(tags))}
	for _, language := range tags {
		entries, err := files.ReadDir(language.name)
		if err != nil {
			return nil, fmt.Errorf("read texts of %s: %w", language.name, err)
		}
		all := make(map[string]string)
		for _, entry := range entries {
			if err := add(all, path.Join(language.name, entry.Name())); err != nil {
				return nil, err
			}
		}
		c.languages[language.name] = all
	}
	return c, nil
}

func add(all map[string]string, file string) error {
	raw, err := files.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read texts: %w", err)
	}
	var some map[string]string
	if err := json.Unmarshal(raw, &some); err != nil {
		return fmt.Errorf("read texts %s: %w", file, err)
	}
	for key, text := range some {
		if _, twice := all[key]; twice {
			return fmt.Errorf("read texts %s: %s is there twice", file, key)
		}
		all[key] = text
	}
	return nil
}

// Languages lists the languages by name, english first.
func (c *Catalogue) Languages() []string {
	names := make([]string, len(tags))
	for i, language := range tags {
		names[i] = language.name
	}
	return names
}

// Has reports whether there are texts in the language.
func (c *Catalogue) Has(language string) bool { return c.languages[language] != nil }

// Tag gives the BCP 47 tag of a language, en for one that is not known.
func (c *Catalogue) Tag(language string) string {
	for _, l := range tags {
		if l.name == language {
			return l.tag
		}
	}
	return tags[0].tag
}

// Text gives the text of a key with its places filled. A key that is nowhere is
// returned itself, so that it is seen.
func (c *Catalogue) Text(language, key string, values map[string]string) string {
	text, ok := c.languages[language][key]
	if !ok {
		if text, ok = c.languages[English][key]; !ok {
			return key
		}
	}
	return fill(text, values)
}

// Group gives the texts whose keys begin with prefix, english ones where the
// language lacks them. The map is the caller's.
func (c *Catalogue) Group(language, prefix string) map[string]string {
	group := make(map[string]string)
	for _, source := range []string{English, language} {
		for key, text := range c.languages[source] {
			if strings.HasPrefix(key, prefix) {
				group[key] = text
			}
		}
	}
	return group
}

func fill(text string, values map[string]string) string {
	if len(values) == 0 || !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, 2*len(values))
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		pairs = append(pairs, "{"+name+"}", values[name])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
