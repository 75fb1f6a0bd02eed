package talk

import (
	"strings"
	"time"

	"portico/acd"
	"portico/plan"
	"portico/schedule"
)

// Setup is all that conversations of a business unit need of the configuration, as it
// is at one moment. It never changes, so it may be shared: whoever holds it must not
// write to its maps and lists.
type Setup struct {
	Company string
	// Zone is the unit's time zone; nil for a unit that does not exist.
	Zone *time.Location
	// Country is where the unit's telephone numbers are dialled (ISO 3166-1); empty: not known.
	Country string
	// Pages is the unit's language, a folder of texts.
	Pages string
	// Languages are the chat languages by name. None: those of the catalogue of texts
	// count, with the catalogue's messages.
	Languages []Language
	Settings  ChatSettings
	// Data bounds the contact data.
	Data plan.ContactData
	// Queues has the hours of each queue with a schedule; one that is absent is always open.
	Queues map[acd.QueueID]Hours
}

// Language is a chat language with its name.
type Language struct {
	Name string
	ChatLanguage
}

// Hours say when a queue is open, and what becomes of whoever comes at another time.
type Hours struct {
	Schedule schedule.Schedule
	// Outside is offline_form, message or accept.
	Outside string
}

// Language finds a chat language by its name, without case.
func (s Setup) Language(name string) (Language, bool) {
	for _, l := range s.Languages {
		if strings.EqualFold(l.Name, name) {
			return l, true
		}
	}
	return Language{}, false
}
