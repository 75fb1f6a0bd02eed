package talk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"portico/mask"
)

// ChatSettings say how a business unit chats. Times are whole seconds.
type ChatSettings struct {
	IdleWarningS int         `json:"idle_warning_s" minimum:"0" maximum:"86400" doc:"how long a customer may be silent until warned; 0: never"`
	IdleEndS     int         `json:"idle_end_s" minimum:"0" maximum:"86400" doc:"how long a customer may be silent until the chat is ended; 0: never"`
	ShowTyped    bool        `json:"show_typed" doc:"agents see what customers are typing"`
	Transcript   bool        `json:"transcript" doc:"customers may take a copy of the chat"`
	Satisfaction bool        `json:"satisfaction" doc:"customers are asked how it was"`
	Attachments  Attachments `json:"attachments"`
	MaskCards    bool        `json:"mask_cards" doc:"numbers of payment cards are masked before anything is saved"`
	Masks        []Mask      `json:"masks" nullable:"false" maxItems:"20" doc:"what else is masked"`
	PreChat      Form        `json:"pre_chat" doc:"what customers are asked before a chat"`
	Offline      Form        `json:"offline" doc:"what customers may leave outside the hours"`
}

// Attachments say which files customers and agents may send.
type Attachments struct {
	Enabled  bool   `json:"enabled"`
	BytesMax int64  `json:"bytes_max" minimum:"1" maximum:"26214400" doc:"of one file"`
	Types    []Line `json:"types" nullable:"false" maxItems:"50" doc:"media types, such as application/pdf or image/*"`
}

// Line is a short text of one line, of at most 200 characters.
type Line string

// Mask is a pattern whose characters are not saved, but for the last KeepLast.
type Mask struct {
	Name     string `json:"name" minLength:"1" maxLength:"100"`
	Pattern  string `json:"pattern" minLength:"1" maxLength:"500" doc:"regular expression (RE2)"`
	KeepLast int    `json:"keep_last" required:"false" default:"0" minimum:"0" maximum:"8" doc:"how many of the last characters are kept"`
}

// Form is a list of fields that a customer fills in.
type Form struct {
	Enabled bool    `json:"enabled"`
	Fields  []Field `json:"fields" nullable:"false" maxItems:"20"`
}

// Field is one of a form. The program knows name, email, phone and question: they
// become the contact's own, others its contact data.
type Field struct {
	Name     string            `json:"name" minLength:"1" maxLength:"40" doc:"a–z, 0–9 and _; the program knows name, email, phone and question"`
	Kind     string            `json:"kind" enum:"text,email,phone,long,choice"`
	Label    map[string]string `json:"label,omitempty" doc:"by the name of the chat language; absent for a field that the program knows: the program's words"`
	Required bool              `json:"required" required:"false" default:"false"`
	Choices  []Line            `json:"choices,omitempty" nullable:"false" maxItems:"50"`
}

// The kinds of the fields that the program knows.
var known = map[string]string{"name": "text", "email": "email", "phone": "phone", "question": "long"}

// Known reports whether the program knows what the field means.
func (f Field) Known() bool { return known[f.Name] != "" }

// Defaults are the settings of a unit that has changed nothing.
func Defaults() ChatSettings {
	return ChatSettings{
		IdleWarningS: 300, IdleEndS: 600, Transcript: true, Satisfaction: true, MaskCards: true, Masks: []Mask{},
		Attachments: Attachments{Enabled: true, BytesMax: 10 << 20, Types: []Line{
			"image/*", "application/pdf", "text/plain", "text/csv",
			"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
			"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
			"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
			"application/vnd.openxmlformats-officedocument.presentationml.presentation",
			"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet",
			"application/vnd.oasis.opendocument.presentation",
		}},
		PreChat: Form{Enabled: true, Fields: []Field{{Name: "name", Kind: "text"}, {Name: "email", Kind: "email"},
			{Name: "question", Kind: "long", Required: true}}},
		Offline: Form{Enabled: true, Fields: []Field{{Name: "name", Kind: "text"}, {Name: "email", Kind: "email", Required: true},
			{Name: "question", Kind: "long", Required: true}}},
	}
}

// Check gives the fault invalid, with the field, when something is out of range.
func (s ChatSettings) Check() error {
	const day = 24 * 60 * 60
	switch {
	case s.IdleWarningS < 0 || s.IdleWarningS > day:
		return wrong("idle_warning_s", "The time must be from 0 to 86400 seconds.")
	case s.IdleEndS < 0 || s.IdleEndS > day:
		return wrong("idle_end_s", "The time must be from 0 to 86400 seconds.")
	case s.IdleEndS > 0 && s.IdleWarningS >= s.IdleEndS:
		return wrong("idle_end_s", "A chat must end later than the customer is warned.")
	}
	if err := s.Attachments.check(); err != nil {
		return err
	}
	if len(s.Masks) > MasksMax {
		return wrong("masks", fmt.Sprintf("There may be at most %d.", MasksMax))
	}
	for i, m := range s.Masks {
		if err := m.check(index("masks", i)); err != nil {
			return err
		}
	}
	if err := s.PreChat.check("pre_chat"); err != nil {
		return err
	}
	return s.Offline.check("offline")
}

func (a Attachments) check() error {
	if a.BytesMax < 1 || a.BytesMax > BytesMax {
		return wrong("attachments.bytes_max", fmt.Sprintf("A file may have at most %d bytes.", BytesMax))
	}
	if len(a.Types) > TypesMax {
		return wrong("attachments.types", fmt.Sprintf("There may be at most %d.", TypesMax))
	}
	for i, t := range a.Types {
		major, minor, _ := strings.Cut(string(t), "/")
		if !token(major) || (minor != "*" && !token(minor)) {
			return wrong(index("attachments.types", i), "A type is written as application/pdf or image/*.")
		}
	}
	return nil
}

// token tells a half of a media type, in lower case (RFC 6838, 4.2).
func token(text string) bool {
	return text != "" && len(text) <= 127 && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("!#$&-^_.+", r)
	})
}

func (m Mask) check(at string) error {
	if !printed(m.Name, LabelMax) {
		return wrong(at+".name", "A mask needs a name.")
	}
	if utf8.RuneCountInString(m.Pattern) > PatternMax {
		return wrong(at+".pattern", fmt.Sprintf("A pattern has at most %d characters.", PatternMax))
	}
	err := mask.Check(mask.Pattern{Expression: m.Pattern, KeepLast: m.KeepLast})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, mask.ErrKeep):
		return wrong(at+".keep_last", fmt.Sprintf("From 0 to %d characters may be kept.", mask.KeepMax))
	case errors.Is(err, mask.ErrEmpty):
		return wrong(at+".pattern", "The pattern would match everywhere, since it matches no characters at all.")
	case errors.Is(err, mask.ErrLarge):
		return wrong(at+".pattern", "The pattern is too large to be looked for in every message. Make its repetitions fewer.")
	}
	_, why, _ := strings.Cut(err.Error(), "error parsing regexp: ")
	return wrong(at+".pattern", "This is no regular expression: "+why+".")
}

func (f Form) check(at string) error {
	if len(f.Fields) > FieldsMax {
		return wrong(at+".fields", fmt.Sprintf("A form has at most %d fields.", FieldsMax))
	}
	if f.Enabled && len(f.Fields) == 0 {
		return wrong(at+".fields", "A form needs a field at least. Switch it off if nothing is to be asked.")
	}
	seen := map[string]bool{}
	for i, field := range f.Fields {
		here := index(at+".fields", i)
		if err := field.check(here); err != nil {
			return err
		}
		if seen[field.Name] {
			return wrong(here+".name", "There is a field of this name already.")
		}
		seen[field.Name] = true
	}
	return nil
}

func (f Field) check(at string) error {
	if f.Name == "" || len(f.Name) > 40 || strings.ContainsFunc(f.Name, func(r rune) bool { return r == '-' || notWord(r) }) {
		return wrong(at+".name", "A field's name has 1 to 40 characters: a–z, 0–9 and _.")
	}
	if !slices.Contains([]string{"text", "email", "phone", "long", "choice"}, f.Kind) {
		return wrong(at+".kind", "The kind must be text, email, phone, long or choice.")
	}
	if f.Known() && f.Kind != known[f.Name] {
		return wrong(at+".kind", "The field "+f.Name+" is of the kind "+known[f.Name]+".")
	}
	if !f.Known() && len(f.Label) == 0 {
		return wrong(at+".label", "A field needs a label in one language at least.")
	}
	if len(f.Label) > LanguagesMax {
		return wrong(at+".label", fmt.Sprintf("There may be labels in at most %d languages.", LanguagesMax))
	}
	for _, language := range sortedKeys(f.Label) {
		if !printed(language, nameMax) || !printed(f.Label[language], LabelMax) {
			return wrong(at+".label", fmt.Sprintf("A label has 1 to %d characters, for a chat language by its name.", LabelMax))
		}
	}
	if (f.Kind == "choice") != (len(f.Choices) > 0) || len(f.Choices) > ChoicesMax {
		return wrong(at+".choices", fmt.Sprintf("A field of the kind choice has 1 to %d choices; others have none.", ChoicesMax))
	}
	for i, c := range f.Choices {
		if text := string(c); !printed(text, LabelMax) || strings.TrimSpace(text) != text {
			return wrong(index(at+".choices", i), fmt.Sprintf("A choice has 1 to %d characters, without blanks at its ends.", LabelMax))
		}
		if slices.Contains(f.Choices[:i], c) {
			return wrong(index(at+".choices", i), "This choice is there already.")
		}
	}
	return nil
}
