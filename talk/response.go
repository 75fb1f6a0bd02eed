package talk

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"portico/acd"
	"portico/plan"
)

// Response is a standard response: a text that agents put into what they write. Its
// name is the object's.
type Response struct {
	Shortcut string            `json:"shortcut" maxLength:"32" doc:"what an agent types behind a slash: a–z, 0–9, _ and -; empty: none"`
	Category string            `json:"category" maxLength:"100"`
	Texts    map[string]string `json:"texts" doc:"by the name of the chat language. Places: {customer} {agent} {queue} {company} {date} {time}"`
	// Mails are what stands in e-mails instead of the text of the language.
	Mails    map[string]ResponseMail `json:"mails,omitempty" required:"false" nullable:"false" doc:"by the name of the chat language: what stands in e-mails instead of the text, with the same places"`
	Personal bool                    `json:"personal" required:"false" default:"false" doc:"of whoever made it alone"`
	Queues   []acd.QueueID           `json:"queues,omitempty" nullable:"false" maxItems:"200" doc:"offered in contacts of these queues; empty: in all"`
}

// ResponseMail is a response as it stands in an e-mail.
type ResponseMail struct {
	Subject string `json:"subject,omitempty" required:"false" maxLength:"300" doc:"of a mail that has none yet; empty: it stays"`
	HTML    string `json:"html,omitempty" required:"false" maxLength:"20000" doc:"empty: the text of the language"`
}

// Check gives the fault invalid or no_such_place, with the field. Queues and languages
// are checked by whoever knows what exists.
func (r Response) Check() error {
	if len(r.Shortcut) > 32 || strings.ContainsFunc(r.Shortcut, notWord) {
		return wrong("shortcut", "A shortcut has at most 32 characters: a–z, 0–9, _ and -.")
	}
	if utf8.RuneCountInString(r.Category) > CategoryMax || strings.ContainsFunc(r.Category, unicode.IsControl) {
		return wrong("category", fmt.Sprintf("A category has at most %d characters.", CategoryMax))
	}
	if err := r.checkTexts(); err != nil {
		return err
	}
	if len(r.Queues) > QueuesMax {
		return wrong("queues", fmt.Sprintf("There may be at most %d.", QueuesMax))
	}
	return nil
}

// checkTexts looks at what there is in each language; somewhere there has to be something.
func (r Response) checkTexts() error {
	if len(r.Texts) > LanguagesMax {
		return wrong("texts", fmt.Sprintf("There may be texts in at most %d languages.", LanguagesMax))
	}
	some := false
	for _, language := range sortedKeys(r.Texts) {
		at := "texts." + language
		if !printed(language, nameMax) {
			return wrong("texts", "A text belongs to a chat language, by its name.")
		}
		if err := checkText(at, r.Texts[language], ResponseMax, responsePlaces); err != nil {
			return err
		}
		some = some || strings.TrimSpace(r.Texts[language]) != ""
	}
	if len(r.Mails) > LanguagesMax {
		return wrong("mails", fmt.Sprintf("There may be e-mails in at most %d languages.", LanguagesMax))
	}
	for _, language := range sortedKeys(r.Mails) {
		at, m := "mails."+language, r.Mails[language]
		if !printed(language, nameMax) {
			return wrong("mails", "An e-mail belongs to a chat language, by its name.")
		}
		if err := checkText(at+".subject", m.Subject, SubjectMax, responsePlaces); err != nil {
			return err
		}
		if strings.ContainsFunc(m.Subject, unicode.IsControl) {
			return wrong(at+".subject", "A subject is one line.")
		}
		if err := checkText(at+".html", m.HTML, ResponseHTMLMax, responsePlaces); err != nil {
			return err
		}
		some = some || strings.TrimSpace(m.HTML) != ""
	}
	if !some {
		return wrong("texts", "A response needs a text in one language at least, for chats or for e-mails.")
	}
	return nil
}

func notWord(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r != '-'
}

// References gives the queues that the response names.
func (r Response) References() []plan.Reference {
	var all []plan.Reference
	for i, q := range r.Queues {
		all = append(all, plan.Reference{Field: index("queues", i), Kind: plan.KindQueue, ID: q})
	}
	return all
}
