package email

import (
	"strconv"

	"portico/letter"
	"portico/store"
)

// markNoAuto is the mark of a mail that no program may answer; its note says why.
const markNoAuto = "no_auto_reply"

// marks are what the intake found out of a mail, for the agent to see.
func marks(m *letter.Mail, own []string) []store.MailMark {
	var out []store.MailMark
	add := func(kind, value, note string) {
		out = append(out, store.MailMark{Kind: kind, Value: shorten(value, 200), Note: shorten(note, 300)})
	}
	if m.Auto.Kind != letter.AutoNone {
		add("auto", string(m.Auto.Kind), m.Auto.Why)
	}
	if m.Spam.Flagged || m.Spam.By != "" {
		value := "no"
		if m.Spam.Flagged {
			value = "yes"
		}
		add("spam", value, m.Spam.By+" "+strconv.FormatFloat(m.Spam.Score, 'f', -1, 64))
	}
	for _, a := range m.Authentication {
		add("authentication", a.Method+"="+a.Result, a.Domain)
	}
	if m.Calendar != "" {
		add("calendar", m.Calendar, "")
	}
	if m.Broken != "" {
		add("broken", "", m.Broken)
	}
	if ok, why := letter.MayAutoReply(m, own); !ok {
		add(markNoAuto, "", why)
	}
	return out
}

// isAuthenticated reports whether a server whom we believe says that the mail is its sender's.
func isAuthenticated(m *letter.Mail) bool {
	for _, a := range m.Authentication {
		if a.Result == "pass" && (a.Method == "dmarc" || a.Method == "dkim" && m.From.Domain() == a.Domain) {
			return true
		}
	}
	return false
}
