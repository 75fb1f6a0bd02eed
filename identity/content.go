package identity

import (
	"encoding/json"
	"fmt"

	"portico/acd"
	"portico/plan"
	"portico/schedule"
	"portico/store"
	"portico/talk"
)

// UnitContent is what every business unit has from its beginning: the built-in
// reasons, four chat languages, office hours, a few standard responses, and the
// numbers of emergency services, which are never called. All but the reasons may be
// changed and removed.
func UnitContent(newID func() [16]byte, unit acd.UnitID, at acd.Time, by acd.AgentID) ([]store.PutObject, error) {
	var rows []store.PutObject
	var failed error
	add := func(kind store.ObjectKind, id [16]byte, name string, body any) {
		raw, err := json.Marshal(body)
		if err != nil && failed == nil {
			failed = fmt.Errorf("encoding the %s %s: %w", kind, name, err)
		}
		rows = append(rows, store.PutObject{Object: store.Object{Unit: unit, Kind: kind, ID: id, Name: name, Version: 1,
			ChangedAt: at, ChangedBy: by, Body: raw}})
	}
	for _, r := range plan.BuiltIns() {
		add(plan.KindReason, r.ID, r.Name, r.Reason)
	}
	for _, name := range contentLanguages {
		add(talk.KindLanguage, newID(), name, talk.ChatLanguage{Pages: name, Messages: map[string]string{}, Emoticons: emoticons})
	}
	add(plan.KindSchedule, newID(), "Office hours", officeHours())
	for _, r := range responses {
		texts := make(map[string]string, len(contentLanguages))
		for i, name := range contentLanguages {
			texts[name] = r.texts[i]
		}
		add(talk.KindResponse, newID(), r.name, talk.Response{Shortcut: r.shortcut, Category: r.category, Texts: texts})
	}
	mails := make(map[string]talk.ResponseMail, len(contentLanguages))
	for i, name := range contentLanguages {
		mails[name] = letter[i]
	}
	add(talk.KindResponse, newID(), "Letter", talk.Response{Shortcut: "letter", Category: "E-mail", Texts: map[string]string{}, Mails: mails})
	for _, n := range emergency {
		add(plan.KindExcludedNumber, newID(), n.name, plan.ExcludedNumber{Pattern: n.number, Why: "emergency", Note: n.note})
	}
	return rows, failed
}

var contentLanguages = [...]string{"english", "deutsch", "francais", "portugues"}

var emoticons = []talk.Emoticon{{Code: ":-)", Shows: "🙂"}, {Code: ":)", Shows: "🙂"}, {Code: ";-)", Shows: "😉"}, {Code: ":-D", Shows: "😀"},
	{Code: ":-(", Shows: "🙁"}, {Code: ":-O", Shows: "😮"}, {Code: "<3", Shows: "❤️"}, {Code: "(y)", Shows: "👍"}}

// officeHours are Monday to Friday, 08:00 to 18:00, with the holidays that nearly all
// countries keep.
func officeHours() schedule.Schedule {
	s := schedule.Schedule{Week: []schedule.Opening{}, Holidays: []schedule.Holiday{
		{Name: "New Year", Date: "01-01", Yearly: true},
		{Name: "Christmas Day", Date: "12-25", Yearly: true},
	}}
	for day := range 5 {
		s.Week = append(s.Week, schedule.Opening{Day: day, From: "08:00", To: "18:00"})
	}
	return s
}

// emergency are numbers that nobody calls back.
var emergency = []struct{ name, number, note string }{
	{"Emergency 112", "112", "Europe, and mobile telephones everywhere"},
	{"Emergency 110", "110", "Police in Germany and elsewhere"},
	{"Emergency 911", "911", "North America"},
	{"Emergency 999", "999", "United Kingdom and Ireland"},
	{"Emergency 15", "15", "Ambulance in France"},
	{"Emergency 17", "17", "Police in France"},
	{"Emergency 18", "18", "Fire brigade in France"},
	{"Emergency 190", "190", "Police in Brazil"},
	{"Emergency 192", "192", "Ambulance in Brazil"},
	{"Emergency 193", "193", "Fire brigade in Brazil"},
}

// responses are standard responses to begin with, in the order of contentLanguages.
var responses = []struct {
	name, shortcut, category string
	texts                    [len(contentLanguages)]string
}{
	{"Greeting", "hello", "Greetings", [...]string{
		"Hello {customer}, my name is {agent}. How can I help you?",
		"Guten Tag {customer}, mein Name ist {agent}. Wie kann ich Ihnen helfen?",
		"Bonjour {customer}, je m’appelle {agent}. Comment puis-je vous aider ?",
		"Olá {customer}, o meu nome é {agent}. Em que posso ajudar?",
	}},
	{"One moment", "moment", "During the chat", [...]string{
		"One moment, please. I am looking into it for you.",
		"Einen Moment bitte, ich sehe das für Sie nach.",
		"Un instant, s’il vous plaît. Je vérifie cela pour vous.",
		"Um momento, por favor. Vou verificar.",
	}},
	{"Anything else", "else", "During the chat", [...]string{
		"Is there anything else that I can do for you?",
		"Kann ich sonst noch etwas für Sie tun?",
		"Puis-je faire autre chose pour vous ?",
		"Posso ajudar em mais alguma coisa?",
	}},
	{"Passing on", "pass", "During the chat", [...]string{
		"A colleague knows more about this. I am passing you on now; you need not repeat anything.",
		"Hierzu weiß eine Kollegin oder ein Kollege mehr. Ich verbinde Sie; Sie müssen nichts wiederholen.",
		"Un autre conseiller en sait davantage. Je vous mets en relation ; vous n’aurez rien à répéter.",
		"Há um colega que sabe mais sobre este assunto. Vou transferir a conversa; não terá de repetir nada.",
	}},
	{"Goodbye", "bye", "Greetings", [...]string{
		"Thank you for writing to {company}. Have a nice day!",
		"Vielen Dank, dass Sie {company} geschrieben haben. Ich wünsche Ihnen einen schönen Tag!",
		"Merci d’avoir écrit à {company}. Bonne journée !",
		"Obrigado por ter escrito à {company}. Tenha um bom dia!",
	}},
}

// letter is the frame of an answer by e-mail, in the order of contentLanguages.
var letter = [len(contentLanguages)]talk.ResponseMail{
	{Subject: "Your message to {company}", HTML: "<p>Dear {customer},</p><p>thank you for your message.</p><p></p><p>Kind regards<br>{agent}</p>"},
	{Subject: "Ihre Nachricht an {company}", HTML: "<p>Guten Tag {customer},</p><p>vielen Dank für Ihre Nachricht.</p><p></p><p>Freundliche Grüße<br>{agent}</p>"},
	{Subject: "Votre message à {company}", HTML: "<p>Bonjour {customer},</p><p>merci de votre message.</p><p></p><p>Cordialement<br>{agent}</p>"},
	{Subject: "A sua mensagem à {company}", HTML: "<p>Olá {customer},</p><p>obrigado pela sua mensagem.</p><p></p><p>Com os melhores cumprimentos<br>{agent}</p>"},
}
