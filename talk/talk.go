// Package talk holds what administrators configure for conversations: the chat
// languages with their messages, standard responses, and how a business unit chats.
// It is pure: no I/O, no clock.
package talk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"portico/fault"
	"portico/mask"
)

// Kinds of object, as the store names them.
const (
	KindLanguage = "chat_language"
	KindResponse = "response"
	KindSettings = "chat_settings" // one a unit, with the unit's id
)

// Limits, in characters where nothing else is said.
const (
	MessageMax   = 2_000
	EmoticonsMax = 200
	EmoticonMax  = 20
	ResponseMax  = 4_000
	// ResponseHTMLMax and SubjectMax bound a response in an e-mail.
	ResponseHTMLMax = 20_000
	SubjectMax      = 300
	CategoryMax     = 100
	LanguagesMax    = 40 // that one response or label has texts for
	FieldsMax       = 20
	LabelMax        = 200
	ChoicesMax      = 50
	MasksMax        = mask.PatternsMax
	PatternMax      = 500
	TypesMax        = 50
	BytesMax        = 26_214_400 // of one attachment
	QueuesMax       = 200        // that one response names
	nameMax         = 200        // bytes
)

// Languages of the pages and of the program's own texts.
var pages = []string{"english", "deutsch", "francais", "portugues"}

// Messages are the keys of what a chat says by itself. One that a chat language does
// not have is said in the words of the catalogue, chat.<key>.
var messages = []string{"welcome", "waiting", "joined", "left", "transferred", "idle_warning", "idle_end", "closing",
	"closed", "returned", "busy"}

// The places that a text may have.
var (
	messagePlaces  = []string{"agent", "customer", "queue", "position", "minutes", "company", "opens"}
	responsePlaces = []string{"customer", "agent", "queue", "company", "date", "time"}
)

// ChatLanguage is a language that customers chat in. The object's name is what the
// customer's pages call it. A key of Messages that is absent means the catalogue's text.
type ChatLanguage struct {
	Pages     string            `json:"pages" enum:"english,deutsch,francais,portugues" doc:"language of the program's own words in such a chat"`
	Messages  map[string]string `json:"messages" doc:"by key: welcome, waiting, joined, left, transferred, idle_warning, idle_end, closing, closed (outside hours), returned, busy; an absent one is said in the program's words. Places: {agent} {customer} {queue} {position} {minutes} {company} {opens}"`
	Emoticons []Emoticon        `json:"emoticons" nullable:"false" maxItems:"200"`
}

// Emoticon is what is shown in place of some characters.
type Emoticon struct {
	Code  string `json:"code" minLength:"1" maxLength:"20" doc:"as it is typed, such as :-)"`
	Shows string `json:"shows" minLength:"1" maxLength:"20"`
}

// Messages gives the keys of what a chat says by itself.
func Messages() []string { return slices.Clone(messages) }

// Check gives the fault invalid, with the field, when something is out of range.
func (l ChatLanguage) Check() error {
	if !slices.Contains(pages, l.Pages) {
		return wrong("pages", "The pages must be english, deutsch, francais or portugues.")
	}
	for _, key := range sortedKeys(l.Messages) {
		at := "messages." + key
		if !slices.Contains(messages, key) {
			return wrong(at, "A chat says nothing of this name. There are: "+strings.Join(messages, ", ")+".")
		}
		if err := checkText(at, l.Messages[key], MessageMax, messagePlaces); err != nil {
			return err
		}
	}
	if len(l.Emoticons) > EmoticonsMax {
		return wrong("emoticons", fmt.Sprintf("There may be at most %d.", EmoticonsMax))
	}
	seen := make(map[string]bool, len(l.Emoticons))
	for i, e := range l.Emoticons {
		at := index("emoticons", i)
		if !printed(e.Code, EmoticonMax) || strings.ContainsFunc(e.Code, unicode.IsSpace) {
			return wrong(at+".code", fmt.Sprintf("It needs 1 to %d characters without blanks.", EmoticonMax))
		}
		if !printed(e.Shows, EmoticonMax) {
			return wrong(at+".shows", fmt.Sprintf("It needs 1 to %d characters.", EmoticonMax))
		}
		if seen[e.Code] {
			return wrong(at+".code", "These characters are in the list already.")
		}
		seen[e.Code] = true
	}
	return nil
}

func printed(text string, most int) bool {
	n := utf8.RuneCountInString(text)
	return n >= 1 && n <= most && !strings.ContainsFunc(text, unicode.IsControl)
}

// checkText refuses a text that is too long, holds control characters, or has a place
// that nothing fills.
func checkText(field, text string, most int, places []string) error {
	if utf8.RuneCountInString(text) > most {
		return fault.New(fault.Invalid, "too_long", fmt.Sprintf("The text may have at most %d characters.", most)).On(field)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		return wrong(field, "The text holds characters that cannot be shown.")
	}
	for place := range Places(text) {
		if !slices.Contains(places, place) {
			return fault.New(fault.Invalid, "no_such_place", "Nothing fills the place {"+place+"}. There are: {"+
				strings.Join(places, "} {")+"}.").On(field).With("place", place).With("places", "{"+strings.Join(places, "} {")+"}")
		}
	}
	return nil
}

func index(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

func wrong(field, sentence string) error {
	return fault.New(fault.Invalid, "invalid", sentence).On(field)
}
