package webchat

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"portico/talk"
)

// The fields of a form that the program understands.
const (
	formName     = "name"
	formEmail    = "email"
	formPhone    = "phone"
	formQuestion = "question"
)

const (
	longMax  = 4000 // characters of a field of the kind long
	shortMax = 200  // of any other
	// digitsMin and digitsMax are of a telephone number (ITU-T E.164: at most 15).
	digitsMin, digitsMax = 5, 15
)

// isMail tells what may be an e-mail address: whether it is one shows when somebody
// writes to it.
var isMail = regexp.MustCompile(`^[^\s@<>,;]+@[^\s@<>,;.]+(\.[^\s@<>,;.]+)+$`)

// isPhone tells what may be a telephone number but for the number of digits.
var isPhone = regexp.MustCompile(`^\+?[\d\s()./-]+$`)

// isNumber tells what may be a number, with a comma or a point.
var isNumber = regexp.MustCompile(`^[+-]?\d{1,15}([.,]\d{1,15})?$`)

// checkForm reads what a customer has filled in: trimmed, without what is blank. A
// field that must be filled and is not is mandatory; others must be of their kind.
// Fields that the form does not have are kept, too: a company's page may ask for more.
func checkForm(form talk.Form, given map[string]string) (map[string]string, error) {
	filled := make(map[string]string, len(given))
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !isText(name) || !isText(given[name]) || utf8.RuneCountInString(name) > shortMax || name == "" {
			return nil, errWrong.On("fields")
		}
		if text := strings.TrimSpace(given[name]); text != "" {
			filled[name] = text
		}
	}
	if !form.Enabled {
		return filled, nil
	}
	for _, field := range form.Fields {
		text, ok := filled[field.Name]
		switch {
		case !ok && field.Required:
			return nil, errMandatory.On(field.Name)
		case ok && !fits(field, text):
			return nil, errWrong.On(field.Name)
		}
	}
	return filled, nil
}

// fits reports whether a text is of the kind of its field.
func fits(field talk.Field, text string) bool {
	most := shortMax
	if field.Kind == "long" {
		most = longMax
	}
	if utf8.RuneCountInString(text) > most {
		return false
	}
	if field.Kind != "long" && strings.ContainsFunc(text, unicode.IsControl) {
		return false
	}
	switch field.Kind {
	case "email":
		return isMail.MatchString(text)
	case "phone":
		digits := 0
		for _, r := range text {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		return isPhone.MatchString(text) && digits >= digitsMin && digits <= digitsMax
	case "number":
		return isNumber.MatchString(text)
	case "choice":
		return slices.Contains(field.Choices, talk.Line(text))
	}
	return true
}

// fill takes what the form before a chat holds into the request: the name and the
// question are the contact's own, all else is contact data. What the request says
// itself comes first.
func (a *arrival) fill(fields map[string]string) {
	for name, text := range fields {
		switch {
		case name == formName && a.name == "":
			a.name = text
		case name == formQuestion && a.caption == "":
			a.caption = text
		default:
			if a.data == nil {
				a.data = make(map[string]string, len(fields))
			}
			if _, ok := a.data[name]; !ok {
				a.data[name] = text
			}
		}
	}
}

// entryField is a field of a form with its label in the customer's language.
type entryField struct {
	Name     string      `json:"name"`
	Kind     string      `json:"kind"`
	Label    string      `json:"label"`
	Required bool        `json:"required"`
	Choices  []talk.Line `json:"choices,omitempty"`
}

type entryForm struct {
	Enabled bool         `json:"enabled"`
	Fields  []entryField `json:"fields"`
}

func (c *Chats) entryForm(form talk.Form, l talk.Language) entryForm {
	out := entryForm{Enabled: form.Enabled, Fields: make([]entryField, len(form.Fields))}
	for i, field := range form.Fields {
		out.Fields[i] = entryField{Name: field.Name, Kind: field.Kind, Label: c.label(field, l), Required: field.Required, Choices: field.Choices}
	}
	return out
}

// label gives a field's label in a chat language, else in one with the same pages,
// else in any.
func (c *Chats) label(field talk.Field, l talk.Language) string {
	for name, text := range field.Label {
		if strings.EqualFold(name, l.Name) {
			return text
		}
	}
	if text := field.Label[l.Pages]; text != "" {
		return text
	}
	if field.Known() {
		return c.o.Texts.Text(l.Pages, "chat.field_"+field.Name, nil)
	}
	for _, name := range slices.Sorted(maps.Keys(field.Label)) {
		return field.Label[name]
	}
	return field.Name
}
