package talk

import (
	"slices"
	"strings"
	"testing"

	"portico/fault"
)

// Places are filled once, with what is known; what is not known is left out, and
// braces around anything else are text.
func TestFill(t *testing.T) {
	values := map[string]string{"customer": "{agent} & Co", "agent": "Ann"}
	for text, want := range map[string]string{
		"Dear {customer}, {agent}":   "Dear {agent} & Co, Ann",
		"Queue {queue}.":             "Queue .",
		"{} {Agent} {a b} { {agent}": "{} {Agent} {a b} { Ann",
		"{{agent}}":                  "{Ann}",
		"no place":                   "no place",
		"":                           "",
		"{agent":                     "{agent",
	} {
		if got := Fill(text, values); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	if got := slices.Collect(Places("{a} x {b_c} {a} {D}")); !slices.Equal(got, []string{"a", "b_c", "a"}) {
		t.Errorf("places %v", got)
	}
}

// What is filled holds no place any more, but for those that values bring; and nothing
// is taken for a place that Places does not name.
func FuzzFill(f *testing.F) {
	f.Add("Dear {customer}, {{agent}} {x")
	f.Fuzz(func(t *testing.T, text string) {
		length := len(text)
		for place := range Places(text) {
			length -= len(place) + 2
		}
		if got := Fill(text, nil); len(got) != length {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}

func field(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Code + " " + f.Field
	}
	return ""
}

// What cannot be said is refused, with the field that is wrong.
func TestLanguageIsChecked(t *testing.T) {
	good := func() ChatLanguage {
		return ChatLanguage{Pages: "deutsch", Messages: map[string]string{"welcome": "Willkommen bei {company}"},
			Emoticons: []Emoticon{{Code: ":-)", Shows: "🙂"}}}
	}
	if err := good().Check(); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*ChatLanguage){
		"invalid pages":                  func(l *ChatLanguage) { l.Pages = "klingon" },
		"invalid messages.hello":         func(l *ChatLanguage) { l.Messages["hello"] = "x" },
		"no_such_place messages.closing": func(l *ChatLanguage) { l.Messages["closing"] = "{date}" },
		"too_long messages.busy":         func(l *ChatLanguage) { l.Messages["busy"] = strings.Repeat("ü", MessageMax+1) },
		"invalid messages.waiting":       func(l *ChatLanguage) { l.Messages["waiting"] = "a\x07" },
		"invalid emoticons[1].code":      func(l *ChatLanguage) { l.Emoticons = append(l.Emoticons, l.Emoticons[0]) },
		"invalid emoticons[0].code":      func(l *ChatLanguage) { l.Emoticons[0].Code = ": )" },
		"invalid emoticons[0].shows":     func(l *ChatLanguage) { l.Emoticons[0].Shows = "" },
	} {
		l := good()
		spoil(&l)
		if got := field(l.Check()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestSettingsAreChecked(t *testing.T) {
	if err := Defaults().Check(); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*ChatSettings){
		"invalid idle_end_s":                func(s *ChatSettings) { s.IdleWarningS = s.IdleEndS },
		"invalid idle_warning_s":            func(s *ChatSettings) { s.IdleWarningS = -1 },
		"invalid attachments.bytes_max":     func(s *ChatSettings) { s.Attachments.BytesMax = BytesMax + 1 },
		"invalid attachments.types[0]":      func(s *ChatSettings) { s.Attachments.Types = []Line{"pdf"} },
		"invalid masks[0].pattern":          func(s *ChatSettings) { s.Masks = []Mask{{Name: "x", Pattern: "("}} },
		"invalid pre_chat.fields[0].kind":   func(s *ChatSettings) { s.PreChat.Fields[0].Kind = "email" },
		"invalid pre_chat.fields[3].name":   func(s *ChatSettings) { s.PreChat.Fields = append(s.PreChat.Fields, s.PreChat.Fields[0]) },
		"invalid pre_chat.fields[3].label":  func(s *ChatSettings) { s.PreChat.Fields = append(s.PreChat.Fields, Field{Name: "order", Kind: "text"}) },
		"invalid offline.fields[0].choices": func(s *ChatSettings) { s.Offline.Fields[0].Choices = []Line{"x"} },
		"invalid offline.fields":            func(s *ChatSettings) { s.Offline.Fields = nil },
	} {
		s := Defaults()
		spoil(&s)
		if got := field(s.Check()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	never := Defaults()
	never.IdleWarningS, never.IdleEndS = 0, 0
	if err := never.Check(); err != nil {
		t.Errorf("never to be warned or ended: %v", err)
	}
}

func TestResponseIsChecked(t *testing.T) {
	for _, r := range []Response{{Mails: map[string]ResponseMail{"english": {HTML: "<p>Dear {customer}</p>"}}}, {Texts: map[string]string{"english": "x"},
		Mails: map[string]ResponseMail{"english": {Subject: "{queue}"}}}} {
		if err := r.Check(); err != nil {
			t.Errorf("%+v: %v", r, err)
		}
	}
	if got := field((Response{Mails: map[string]ResponseMail{"english": {Subject: "alone"}}}).Check()); got != "invalid texts" {
		t.Errorf("a subject alone: %q", got)
	}
	for want, r := range map[string]Response{
		"":                                 {Shortcut: "hi_2-x", Texts: map[string]string{"english": "Dear {customer}, {date}", "deutsch": ""}},
		"invalid shortcut":                 {Shortcut: "Hi", Texts: map[string]string{"english": "x"}},
		"invalid texts":                    {Texts: map[string]string{"english": " "}},
		"no_such_place texts.german":       {Texts: map[string]string{"german": "{position}"}},
		"no_such_place mails.english.html": {Mails: map[string]ResponseMail{"english": {HTML: "<p>{position}</p>"}}},
		"invalid mails.english.subject":    {Mails: map[string]ResponseMail{"english": {Subject: "two\nlines", HTML: "<p>x</p>"}}},
		"too_long mails.english.subject":   {Mails: map[string]ResponseMail{"english": {Subject: strings.Repeat("x", SubjectMax+1)}}},
		"too_long mails.english.html":      {Mails: map[string]ResponseMail{"english": {HTML: strings.Repeat("x", ResponseHTMLMax+1)}}},
	} {
		if got := field(r.Check()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
