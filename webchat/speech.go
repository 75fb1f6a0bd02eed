package webchat

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"portico/acd"
	"portico/store"
	"portico/talk"
)

// setup gives what a business unit has configured of its conversations.
func (c *Chats) setup(unit acd.UnitID) talk.Setup {
	if c.o.Setup == nil {
		return talk.Setup{Settings: talk.Defaults()}
	}
	return c.o.Setup(unit)
}

// languages gives the chat languages of a unit: where it has none, those of the
// catalogue.
func (c *Chats) languages(s talk.Setup) []talk.Language {
	if len(s.Languages) > 0 {
		return s.Languages
	}
	var all []talk.Language
	for _, name := range c.o.Texts.Languages() {
		all = append(all, talk.Language{Name: name, ChatLanguage: talk.ChatLanguage{Pages: name}})
	}
	return all
}

// language finds a unit's chat language by its name.
func (c *Chats) language(s talk.Setup, name string) (talk.Language, bool) {
	for _, l := range c.languages(s) {
		if strings.EqualFold(l.Name, name) {
			return l, true
		}
	}
	return talk.Language{}, false
}

// nearest gives the chat language for a customer who asks for one by its name, or for
// several by their tags as browsers do (de-AT,en;q=0.5): the first with such pages, else
// with the unit's own, else the first.
func (c *Chats) nearest(s talk.Setup, wish string) talk.Language {
	if l, ok := c.language(s, wish); ok {
		return l
	}
	all := c.languages(s)
	for choice := range strings.SplitSeq(wish, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(choice), ";")
		tag, _, _ = strings.Cut(tag, "-")
		for _, l := range all {
			if tag != "" && strings.EqualFold(c.o.Texts.Tag(l.Pages), tag) {
				return l
			}
		}
	}
	for _, l := range all {
		if l.Pages == s.Pages {
			return l
		}
	}
	return all[0]
}

// scene is what the texts of a chat's own messages are made from.
type scene struct {
	language talk.Language
	values   map[string]string // customer, queue, company
}

// sceneOf reads the scene of a chat, open or ended. One that is not known any more is
// spoken of in english.
func (c *Chats) sceneOf(ctx context.Context, unit acd.UnitID, contact acd.ContactID) scene {
	var language, customer string
	var queue acd.QueueID
	if p, ok := c.o.Picture.Contact(unit, contact); ok {
		language, customer, queue = p.Language, p.Name, p.Queue
	} else if h, err := c.o.Store.History(ctx, unit, contact); err == nil {
		language, customer, queue = h.Contact.Language, h.Contact.Name, h.Queue
	}
	s := c.setup(unit)
	return scene{language: c.nearest(s, language), values: map[string]string{
		"customer": customer, "queue": c.names.queueName(ctx, unit, queue), "company": s.Company}}
}

// told are the values that a message of the program's own keeps as its text, because
// they are not known any more when it is shown.
type told struct {
	Position int    `json:"position,omitempty"` // in the queue, from 1
	WaitS    int    `json:"wait_s,omitempty"`   // expected, in seconds
	Why      string `json:"why,omitempty"`      // of an end: idle, lost; empty: whoever ended it wanted it
	// Of what happens beside the owner: the role, and what became of it.
	Role  string `json:"role,omitempty"`
	Event string `json:"event,omitempty"`
}

// text gives what a message keeps; nothing for nothing.
func (t told) text() string {
	if t == (told{}) {
		return ""
	}
	raw, _ := json.Marshal(t) // numbers and words: it cannot fail
	return string(raw)
}

func toldIn(text string) told {
	var t told
	if text != "" {
		_ = json.Unmarshal([]byte(text), &t) // a text that is none of ours tells nothing
	}
	return t
}

// spoken gives the words of a message of the program's own, as the customer reads them.
func (c *Chats) spoken(s scene, row *store.Message, agent string) string {
	if isWorkflows(row.Kind) {
		return row.Text
	}
	values := maps.Clone(s.values)
	values["agent"] = agent
	if agent == "" {
		values["agent"] = c.o.Texts.Text(s.language.Pages, "chat.agent", nil)
	}
	t := toldIn(row.Text)
	key := row.Kind
	switch {
	case row.Kind == kindWaiting:
		if t.Position > 0 {
			values["position"] = strconv.Itoa(t.Position)
		}
		if t.WaitS > 0 {
			values["minutes"] = strconv.Itoa(minutesOf(t.WaitS))
		}
	case row.Kind == kindIdle && t.WaitS > 0:
		values["minutes"] = strconv.Itoa(minutesOf(t.WaitS))
	case row.Kind == kindEnded && !row.By.IsZero():
		key = "closing"
	case row.Kind == kindEnded && t.Why == whyClosed:
		key = "ended_by_company"
	case row.Kind == kindEnded && t.Why == whyIdle:
		key = "idle_end"
	case row.Kind == kindEnded:
		key = "ended_by_customer"
	}
	return c.say(s.language, key, values)
}

// minutesOf rounds a waiting time up.
func minutesOf(seconds int) int { return (seconds + 59) / 60 }

// optional are the places for what is not always known. A company's text that has one
// of them is not said without it: the catalogue's words need none.
var optional = [...]string{"position", "minutes", "opens"}

// say gives one of a chat's own messages, in the words of its language or, where that
// has none for it, of the catalogue.
func (c *Chats) say(l talk.Language, key string, values map[string]string) string {
	text := l.Messages[key]
	for place := range talk.Places(text) {
		for _, name := range optional {
			if place == name && values[name] == "" {
				text = ""
			}
		}
	}
	if strings.TrimSpace(text) == "" {
		text = c.o.Texts.Text(l.Pages, "chat."+c.variant(key, values), nil)
	}
	return talk.Fill(text, values)
}

// variant names the catalogue's text that tells as much as is known.
func (c *Chats) variant(key string, values map[string]string) string {
	switch {
	case key == "welcome" && values["customer"] != "":
		return "welcome_name"
	case key == kindWaiting && values["position"] != "" && values["minutes"] != "":
		return "waiting_minutes"
	case key == kindWaiting && values["position"] != "":
		return "waiting_position"
	case key == kindIdle && values["minutes"] != "":
		return "idle_warning_minutes"
	case key == "closed" && values["opens"] != "":
		return "closed_opens"
	}
	return key
}

// opensAt writes an instant as people say it, in the zone of whoever opens then.
func (c *Chats) opensAt(l talk.Language, now, opens time.Time) string {
	now = now.In(opens.Location())
	word := func(key string) string { return c.o.Texts.Text(l.Pages, "chat."+key, nil) }
	values := map[string]string{
		"time":    opens.Format("15:04"),
		"day":     strconv.Itoa(opens.Day()),
		"weekday": word(fmt.Sprintf("weekday_%d", (opens.Weekday()+6)%7)),
		"month":   word(fmt.Sprintf("month_%d", opens.Month())),
	}
	key := "chat.opens_on"
	if now.YearDay() == opens.YearDay() && now.Year() == opens.Year() {
		key = "chat.opens_today"
	}
	return talk.Fill(c.o.Texts.Text(l.Pages, key, nil), values)
}
