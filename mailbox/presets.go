package mailbox

import (
	"slices"
	"strconv"

	"portico/post"
)

// Preset is what is known of one kind of mail server.
type Preset struct {
	Name  string // as Account.Preset has it
	Title string
	// What the servers are called and how they are reached; Host is empty where each
	// company has its own.
	IMAPHost, SMTPHost string
	IMAPPort, SMTPPort int
	IMAPTLS, SMTPTLS   post.TLS
	Auth               post.Auth
	// SessionsMax and RateMax are the server's limits; 0: none known.
	SessionsMax, RateMax int
	// Reserve of the sessions are kept for the intake.
	Reserve int
	// FilesSent: what is sent by SMTP comes into the folder of sent messages by itself.
	FilesSent bool
	// Notes are for the administrator.
	Notes []string
}

// presets of the servers whose peculiarities are known.
var presets = []Preset{
	{Name: "microsoft365", Title: "Microsoft 365", IMAPHost: "outlook.office365.com", IMAPPort: 993, IMAPTLS: post.Implicit,
		SMTPHost: "smtp.office365.com", SMTPPort: 587, SMTPTLS: post.StartTLS, Auth: post.XOAuth2, SessionsMax: 20, RateMax: 30, Reserve: 1,
		Notes: []string{
			"The login is by XOAUTH2: register an application with the permissions IMAP.AccessAsApp and SMTP.SendAsApp, and give it the mailbox. Token endpoint: https://login.microsoftonline.com/TENANT/oauth2/v2.0/token, scope: https://outlook.office365.com/.default.",
			"At most 30 messages a minute may be sent, and at most 20 IMAP sessions be open."}},
	{Name: "google", Title: "Google Workspace", IMAPHost: "imap.gmail.com", IMAPPort: 993, IMAPTLS: post.Implicit,
		SMTPHost: "smtp.gmail.com", SMTPPort: 587, SMTPTLS: post.StartTLS, Auth: post.Password, SessionsMax: 15, Reserve: 5, FilesSent: true,
		Notes: []string{
			"IMAP must be switched on for the mailbox. The login is by an app password or by XOAUTH2.",
			"At most 15 IMAP sessions may be open, 5 of which are kept for the intake.",
			"Messages sent by SMTP are filed among the sent ones by the server itself."}},
	{Name: "exchange", Title: "Exchange 2007–2019", IMAPPort: 993, IMAPTLS: post.Implicit, SMTPPort: 587, SMTPTLS: post.StartTLS, Auth: post.Password, Reserve: 1,
		Notes: []string{
			"Exchange rewrites aliases to the primary address: give each alias a mailbox of its own that forwards here, so that the destination is kept.",
			"Custom headers reach IMAP only after one message with them came in by authenticated SMTP: run portico email promote-headers.",
			"A throttling policy with ImapMaxBurst and ImapRechargeRate of at least 8,000,000 is advised."}},
	{Name: "domino", Title: "HCL/IBM Domino", IMAPPort: 993, IMAPTLS: post.Implicit, SMTPPort: 465, SMTPTLS: post.Implicit, Auth: post.Password, Reserve: 1,
		Notes: []string{
			"Set the format of incoming mail in the person document to “Prefers MIME”.",
			"Switch on a full-text index that is updated immediately, or searching the mailbox fails; taking messages in does not depend on it.",
			"While the database is compacted the mailbox is away; it is waited for. Enter that time as a maintenance window."}},
}

// Presets lists the kinds of servers that are known.
func Presets() []Preset { return slices.Clone(presets) }

// PresetOf gives the preset of a name; the zero one for any other server.
func PresetOf(name string) Preset {
	for _, p := range presets {
		if p.Name == name {
			return p
		}
	}
	return Preset{}
}

// Warning is a setting that will make trouble.
type Warning struct {
	Code     string
	Setting  string // as Account spells it, in snake_case
	Said     post.Say
	Sentence string // Said, in English
	Limit    int    // that is exceeded; 0: none
}

// Warnings says which settings exceed what the account's kind of server allows, or are
// unwise with any.
func Warnings(a Account) []Warning {
	p := PresetOf(a.Preset)
	filled := a.filled()
	var out []Warning
	add := func(code, setting string, limit int, said post.Say) {
		out = append(out, Warning{code, setting, said, said.String(), limit})
	}
	number := strconv.Itoa
	if p.SessionsMax > 0 && filled.MaxSessions > p.SessionsMax {
		add("sessions_above", "max_sessions", p.SessionsMax, post.NewSay("sessions_above", "preset", p.Title, "limit", number(p.SessionsMax), "set", number(filled.MaxSessions)))
	}
	if p.RateMax > 0 && (a.RatePerMinute == 0 || a.RatePerMinute > p.RateMax) {
		add("rate_above", "rate_per_minute", p.RateMax, post.NewSay("rate_above", "preset", p.Title, "limit", number(p.RateMax)))
	}
	if p.Reserve > filled.Reserve {
		add("reserve_below", "reserve", p.Reserve, post.NewSay("reserve_below", "preset", p.Title, "limit", number(p.Reserve), "set", number(filled.Reserve)))
	}
	if p.Name == "microsoft365" && a.IMAP.Auth == post.Password {
		add("password", "imap.auth", 0, post.NewSay("password", "preset", p.Title))
	}
	for _, s := range []struct {
		setting string
		server  post.Server
	}{{"imap.tls", a.IMAP}, {"smtp.tls", a.SMTP}} {
		if s.server.TLS == post.NoTLS && s.server.Host != "" && !loopback(s.server.Host) {
			add("no_tls", s.setting, 0, post.NewSay("no_encryption", "host", s.server.Host))
		}
	}
	if a.Keepalive > 0 && a.Address == "" {
		add("no_address", "keepalive", 0, post.NewSay("no_address"))
	}
	return out
}

func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}
