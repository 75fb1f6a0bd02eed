package talk

import (
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"portico/acd"
	"portico/plan"
)

// Kinds of object that e-mail needs, as the store names them.
const (
	KindMailAccount   = "mail_account"
	KindBlockedSender = "blocked_sender"
	KindSignature     = "signature"
	KindMailSettings  = "mail_settings" // one a unit, with the unit's id
)

type signatureKind struct{}

// SignatureID names a signature.
type SignatureID = acd.ID[signatureKind]

// Limits of what is configured for e-mail.
const (
	AliasesMax      = 500
	SignatureMax    = 8_000 // characters of each form of a signature
	PinsMax         = 10
	AuthoritiesMax  = 60_000
	mailSecretMax   = 8_000
	mailSessionsMax = 100
	mailSizeMax     = 100 // MiB
	mailWindowsMax  = 20
	noticesMax      = 20
	sendAsMax       = 50
	keepAliveMain   = 5 * time.Minute
)

// MailAccount is a mailbox of the company's mail server with the addresses that lead to
// it. One of the unit Global serves several business units: each of its aliases names one.
type MailAccount struct {
	MailAccountBody
	// Sealed are the secrets, by name, as they are kept; Values are new ones, on their way
	// to be sealed.
	Sealed map[string]string `json:"sealed,omitempty"`
	Values map[string]string `json:"-"`
}

// MailSecrets are the names of an account's secrets.
var MailSecrets = []string{"imap_password", "smtp_password", "client_secret", "refresh_token"}

// MailSecretPlace is what a secret of an account is sealed for.
func MailSecretPlace(account [16]byte, name string) []byte {
	return []byte(KindMailAccount + ":" + hex.EncodeToString(account[:]) + ":" + name)
}

// MailAccountBody is what anybody who may read an account is shown.
type MailAccountBody struct {
	Preset        string      `json:"preset,omitempty" required:"false" enum:"other,microsoft365,google,exchange,domino" doc:"absent: other"`
	Disabled      bool        `json:"disabled" required:"false" doc:"nothing is fetched and nothing sent"`
	Main          bool        `json:"main" required:"false" doc:"sends reports and carries the keep-alive"`
	Address       string      `json:"address" maxLength:"320" doc:"the mailbox's own address; mails leave from it where no alias says another"`
	FromName      string      `json:"from_name,omitempty" required:"false" maxLength:"200"`
	IMAP          MailServer  `json:"imap"`
	SMTP          MailServer  `json:"smtp"`
	OAuth         MailOAuth   `json:"oauth,omitzero" required:"false" doc:"where auth is xoauth2"`
	Authorities   string      `json:"authorities,omitempty" required:"false" maxLength:"60000" doc:"PEM: whose certificates are trusted besides those that the machine trusts"`
	Pins          []Line      `json:"pins,omitempty" required:"false" nullable:"false" maxItems:"10" doc:"SHA-256 of certificates that are trusted as they are, in hexadecimal"`
	MaxSessions   int         `json:"max_sessions,omitempty" required:"false" minimum:"0" maximum:"100" default:"0" doc:"IMAP sessions at a time; 0: as the preset says"`
	RatePerMinute int         `json:"rate_per_minute,omitempty" required:"false" minimum:"0" maximum:"100000" default:"0" doc:"messages that leave in a minute; 0: as the preset says"`
	MaxSizeMiB    int         `json:"max_size_mib,omitempty" required:"false" minimum:"0" maximum:"100" default:"0" doc:"of one message; 0: 50"`
	Folders       MailFolders `json:"folders,omitzero" required:"false"`
	Reserve       int         `json:"reserve,omitempty" required:"false" minimum:"0" maximum:"99" default:"0" doc:"of the sessions, kept for the intake; 0: as the preset says"`
	OnlyNew       bool        `json:"only_new,omitempty" required:"false" doc:"leaves alone what was in the inbox before the first start"`
	Maintenance   []MailPause `json:"maintenance,omitempty" required:"false" nullable:"false" maxItems:"20" doc:"times at which alerts of this account are held"`
	PollS         int         `json:"poll_s,omitempty" required:"false" minimum:"0" maximum:"3600" default:"0" doc:"how often a server without IDLE is asked; 0: 5"`
	Aliases       []MailAlias `json:"aliases" required:"false" nullable:"false" maxItems:"500"`
	KeepAliveMin  int         `json:"keep_alive_min,omitempty" required:"false" minimum:"-1" maximum:"1440" default:"0" doc:"every how many minutes a message goes from the mailbox to itself; 0: the main account every 5, others never; -1: never"`
	SendAs        []Line      `json:"send_as,omitempty" required:"false" nullable:"false" maxItems:"50" doc:"further addresses that notices and reports may be sent from; the mail server has to allow it"`
}

// KeepAlive is how often a message goes from the mailbox to itself; 0: never.
func (a MailAccountBody) KeepAlive() time.Duration {
	switch {
	case a.KeepAliveMin > 0:
		return time.Duration(a.KeepAliveMin) * time.Minute
	case a.KeepAliveMin == 0 && a.Main:
		return keepAliveMain
	}
	return 0
}

// MailPause is a time that comes again at which a mail server is looked after, by the clock of the account's business unit.
type MailPause struct {
	Days    []int  `json:"days,omitempty" required:"false" nullable:"false" maxItems:"7" doc:"on which it begins, 0 for Monday to 6 for Sunday; none: every day"`
	From    string `json:"from" maxLength:"5" doc:"time of day, such as 22:00"`
	Minutes int    `json:"minutes" minimum:"1" maximum:"10080" doc:"how long it lasts"`
}

// Begin gives the time of day at which the window begins, in minutes since midnight; false
// where it is none.
func (w MailPause) Begin() (int, bool) {
	at, err := time.Parse("15:04", w.From)
	return at.Hour()*60 + at.Minute(), err == nil && len(w.From) == 5
}

// MailServer is where an account's IMAP or SMTP server listens, and how it is entered.
type MailServer struct {
	Host string `json:"host" maxLength:"253"`
	Port int    `json:"port,omitempty" required:"false" minimum:"0" maximum:"65535" default:"0" doc:"0: as TLS has it"`
	TLS  string `json:"tls,omitempty" required:"false" enum:"implicit,starttls,none" doc:"absent: implicit"`
	Auth string `json:"auth,omitempty" required:"false" enum:"password,xoauth2,none" doc:"absent: password; none: of SMTP alone"`
	User string `json:"user,omitempty" required:"false" maxLength:"320"`
}

// MailOAuth is where the tokens of XOAUTH2 are asked for. Without a refresh token they are
// those of the client itself.
type MailOAuth struct {
	TokenURL string `json:"token_url,omitempty" required:"false" maxLength:"1000"`
	ClientID string `json:"client_id,omitempty" required:"false" maxLength:"400"`
	Scope    string `json:"scope,omitempty" required:"false" maxLength:"1000"`
}

// MailFolders are the names of an account's folders; absent ones are Portico's own.
type MailFolders struct {
	Inbox      string `json:"inbox,omitempty" required:"false" maxLength:"200"`
	Working    string `json:"working,omitempty" required:"false" maxLength:"200"`
	Done       string `json:"done,omitempty" required:"false" maxLength:"200"`
	Exceptions string `json:"exceptions,omitempty" required:"false" maxLength:"200"`
	Sent       string `json:"sent,omitempty" required:"false" maxLength:"200"`
}

// MailAlias is an address that customers write to.
type MailAlias struct {
	Address   string      `json:"address" minLength:"3" maxLength:"320"`
	FromName  string      `json:"from_name,omitempty" required:"false" maxLength:"200"`
	Unit      acd.UnitID  `json:"unit,omitzero" required:"false" doc:"of an account of the site alone: whose address it is"`
	Queue     acd.QueueID `json:"queue,omitzero" required:"false" doc:"where no workflow says another; absent: the unit's first of e-mail"`
	Signature SignatureID `json:"signature,omitzero" required:"false" doc:"of what leaves from here"`
}

// BlockedSender is an address, or everybody of a domain, from whom nothing is routed.
type BlockedSender struct {
	Sender string `json:"sender" minLength:"2" maxLength:"320" doc:"an address, or @ and a domain"`
	Note   string `json:"note,omitempty" required:"false" maxLength:"1000"`
}

// Signature is what stands below mails, by the name of the language; the empty name is for
// all others. Places: {agent} {queue} {company}. It stands below the mails of its agents,
// and of its queues; with both named, below those of its agents in its queues. The standard
// one stands wherever no other does, and an alias may name one of its own.
type Signature struct {
	Texts    map[string]SignatureText `json:"texts"`
	Queues   []acd.QueueID            `json:"queues,omitempty" required:"false" nullable:"false" maxItems:"200" doc:"below the mails of these queues' contacts"`
	Agents   []acd.AgentID            `json:"agents,omitempty" required:"false" nullable:"false" maxItems:"1000" doc:"below the mails of these agents"`
	Standard bool                     `json:"standard,omitempty" required:"false" doc:"wherever no other signature is for the mail"`
}

// SignatureText is a signature in one language.
type SignatureText struct {
	Text string `json:"text" maxLength:"8000"`
	HTML string `json:"html,omitempty" required:"false" maxLength:"8000"`
}

// MailSettings say how a business unit handles mails.
type MailSettings struct {
	HoldS          int           `json:"hold_s" minimum:"0" maximum:"604800" doc:"how long a reply waits for the agent who handled its thread; 0: not at all"`
	LoopPerHour    int           `json:"loop_per_hour" minimum:"0" maximum:"100000" doc:"mails of one sender in an hour, beyond which they are held back; 0: no bound"`
	ApproveAll     bool          `json:"approve_all" required:"false" doc:"every mail waits for a supervisor"`
	ApproveAgents  []acd.AgentID `json:"approve_agents,omitempty" required:"false" nullable:"false" maxItems:"1000" doc:"whose mails wait for a supervisor"`
	ApproveQueues  []acd.QueueID `json:"approve_queues,omitempty" required:"false" nullable:"false" maxItems:"200" doc:"of whose contacts mails wait for a supervisor"`
	RetentionDoneD int           `json:"retention_done_d,omitempty" required:"false" minimum:"0" maximum:"36500" default:"0" doc:"days that handled messages stay in the mailbox; 0: for ever"`
	// RetentionExceptionsD and RetentionSentD are the same for two other folders.
	RetentionExceptionsD int `json:"retention_exceptions_d,omitempty" required:"false" minimum:"0" maximum:"36500" default:"0" doc:"days that messages stay in the folder of exceptions; 0: for ever"`
	RetentionSentD       int `json:"retention_sent_d,omitempty" required:"false" minimum:"0" maximum:"36500" default:"0" doc:"days that the copies of sent mails stay in the mailbox; 0: for ever"`
	// What is told by e-mail, and to whom.
	OfflineTo            []Line `json:"offline_to,omitempty" required:"false" nullable:"false" maxItems:"20" doc:"addresses that get what customers leave outside the hours"`
	AlertsTo             []Line `json:"alerts_to,omitempty" required:"false" nullable:"false" maxItems:"20" doc:"addresses that get the unit's alerts"`
	TranscriptsTo        []Line `json:"transcripts_to,omitempty" required:"false" nullable:"false" maxItems:"20" doc:"addresses that get each chat that is over, as a text"`
	TranscriptToCustomer bool   `json:"transcript_to_customer,omitempty" required:"false" doc:"customers who said their address get their chat"`
}

// MailDefaults are the settings of a unit that has changed nothing.
func MailDefaults() MailSettings { return MailSettings{HoldS: 2 * 60 * 60, LoopPerHour: 60} }

// Check gives the fault invalid, with the field, when something is out of range.
func (s MailSettings) Check() error {
	switch {
	case s.HoldS < 0 || s.HoldS > 7*24*60*60:
		return wrong("hold_s", "The time must be from 0 to 604800 seconds.")
	case s.LoopPerHour < 0 || s.LoopPerHour > 100_000:
		return wrong("loop_per_hour", "The number must be from 0 to 100,000.")
	case s.RetentionDoneD < 0 || s.RetentionDoneD > 36_500:
		return wrong("retention_done_d", "The days must be from 0 to 36,500.")
	case s.RetentionExceptionsD < 0 || s.RetentionExceptionsD > 36_500:
		return wrong("retention_exceptions_d", "The days must be from 0 to 36,500.")
	case s.RetentionSentD < 0 || s.RetentionSentD > 36_500:
		return wrong("retention_sent_d", "The days must be from 0 to 36,500.")
	case len(s.ApproveAgents) > 1000:
		return wrong("approve_agents", "There may be at most 1,000.")
	case len(s.ApproveQueues) > QueuesMax:
		return wrong("approve_queues", fmt.Sprintf("There may be at most %d.", QueuesMax))
	}
	if err := checkAddresses("offline_to", s.OfflineTo, noticesMax); err != nil {
		return err
	}
	if err := checkAddresses("alerts_to", s.AlertsTo, noticesMax); err != nil {
		return err
	}
	return checkAddresses("transcripts_to", s.TranscriptsTo, noticesMax)
}

// checkAddresses judges a list of addresses.
func checkAddresses(field string, list []Line, most int) error {
	if len(list) > most {
		return wrong(field, fmt.Sprintf("There may be at most %d.", most))
	}
	for i, address := range list {
		if !IsMailAddress(string(address)) {
			return wrong(index(field, i), "This is no address.")
		}
	}
	return nil
}

// References gives what the settings name of their unit.
func (s MailSettings) References() []plan.Reference {
	var refs []plan.Reference
	for i, id := range s.ApproveAgents {
		refs = append(refs, plan.Reference{Field: index("approve_agents", i), Kind: "user", ID: id})
	}
	for i, id := range s.ApproveQueues {
		refs = append(refs, plan.Reference{Field: index("approve_queues", i), Kind: plan.KindQueue, ID: id})
	}
	return refs
}

// NeedsApproval reports whether what an agent writes in a contact of a queue waits for a supervisor.
func (s MailSettings) NeedsApproval(agent acd.AgentID, queue acd.QueueID) bool {
	return s.ApproveAll || slices.Contains(s.ApproveAgents, agent) || slices.Contains(s.ApproveQueues, queue)
}

// IsMailAddress reports whether a text is an address as SMTP takes it, without a name.
func IsMailAddress(text string) bool {
	at := strings.LastIndexByte(text, '@')
	if at < 1 || at == len(text)-1 || len(text) > 320 || !utf8.ValidString(text) ||
		strings.ContainsFunc(text, func(r rune) bool {
			return unicode.IsControl(r) || unicode.IsSpace(r) || r == '<' || r == '>' || r == ','
		}) {
		return false
	}
	parsed, err := mail.ParseAddress(text)
	return err == nil && parsed.Name == "" && parsed.Address == text
}

// FoldAddress gives an address as addresses are compared.
func FoldAddress(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// Check gives the fault invalid, with the field, when something is out of range. Unit is
// whose account it is; global says that it is the one whose accounts serve others.
func (a MailAccount) Check(unit acd.UnitID, global bool) error {
	switch {
	case !IsMailAddress(a.Address):
		return wrong("address", "Name the mailbox's own address, such as info@example.com.")
	case !oneLine(a.FromName, nameMax):
		return wrong("from_name", "The name must be one line of at most 200 characters.")
	case a.MaxSessions < 0 || a.MaxSessions > mailSessionsMax || a.MaxSessions == 1:
		return wrong("max_sessions", "Two to 100 sessions are needed: one takes mails in, the others read for agents. 0 takes the preset's.")
	case a.RatePerMinute < 0 || a.RatePerMinute > 100_000:
		return wrong("rate_per_minute", "The rate must be from 0 to 100,000.")
	case a.MaxSizeMiB < 0 || a.MaxSizeMiB > mailSizeMax:
		return wrong("max_size_mib", "The size must be from 0 to 100 MiB.")
	case a.PollS < 0 || a.PollS > 3600:
		return wrong("poll_s", "The time must be from 0 to 3600 seconds.")
	case len(a.Authorities) > AuthoritiesMax || a.Authorities != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(a.Authorities)):
		return wrong("authorities", "These are no certificates in the form PEM.")
	case len(a.Pins) > PinsMax:
		return wrong("pins", fmt.Sprintf("There may be at most %d.", PinsMax))
	case len(a.Aliases) > AliasesMax:
		return wrong("aliases", fmt.Sprintf("There may be at most %d.", AliasesMax))
	case a.KeepAliveMin < -1 || a.KeepAliveMin > 1440:
		return wrong("keep_alive_min", "The minutes must be from 1 to 1440, 0 for the usual, or -1 for never.")
	}
	if err := checkAddresses("send_as", a.SendAs, sendAsMax); err != nil {
		return err
	}
	for i, pin := range a.Pins {
		if sum, err := hex.DecodeString(strings.ReplaceAll(string(pin), ":", "")); err != nil || len(sum) != 32 {
			return wrong(index("pins", i), "A pin is the SHA-256 of a certificate: 64 hexadecimal digits.")
		}
	}
	if err := a.IMAP.check("imap", false); err != nil {
		return err
	}
	if err := a.SMTP.check("smtp", true); err != nil {
		return err
	}
	if (a.IMAP.Auth == "xoauth2" || a.SMTP.Auth == "xoauth2") && (!strings.HasPrefix(a.OAuth.TokenURL, "https://") && !strings.HasPrefix(a.OAuth.TokenURL, "http://127.0.0.1:") || a.OAuth.ClientID == "") {
		return wrong("oauth.token_url", "XOAUTH2 needs the https address at which tokens are asked for, and a client id.")
	}
	if err := a.checkTimes(); err != nil {
		return err
	}
	return a.checkAliases(unit, global)
}

// checkTimes judges what the account does by the clock.
func (a MailAccount) checkTimes() error {
	switch {
	case a.Reserve < 0 || a.Reserve >= mailSessionsMax:
		return wrong("reserve", "The number must be from 0 to 99.")
	case a.MaxSessions > 0 && a.Reserve >= a.MaxSessions:
		return wrong("reserve", "At least one session must be left for agents.")
	case len(a.Maintenance) > mailWindowsMax:
		return wrong("maintenance", fmt.Sprintf("There may be at most %d.", mailWindowsMax))
	}
	for i, w := range a.Maintenance {
		at := index("maintenance", i)
		if _, ok := w.Begin(); !ok {
			return wrong(at+".from", "Write a time of day such as 22:00.")
		}
		if w.Minutes < 1 || w.Minutes > 7*24*60 {
			return wrong(at+".minutes", "A window lasts from 1 to 10,080 minutes.")
		}
		if len(w.Days) > 7 || slices.ContainsFunc(w.Days, func(day int) bool { return day < 0 || day > 6 }) {
			return wrong(at+".days", "Days are from 0 for Monday to 6 for Sunday.")
		}
	}
	return nil
}

func (a MailAccount) checkAliases(unit acd.UnitID, global bool) error {
	seen := map[string]bool{}
	for i, alias := range a.Aliases {
		at, folded := index("aliases", i), FoldAddress(alias.Address)
		switch {
		case !IsMailAddress(alias.Address):
			return wrong(at+".address", "This is no address.")
		case seen[folded]:
			return wrong(at+".address", "This address is in the list already.")
		case !oneLine(alias.FromName, nameMax):
			return wrong(at+".from_name", "The name must be one line of at most 200 characters.")
		case global && alias.Unit.IsZero():
			return wrong(at+".unit", "Say whose address it is: this account serves several business units.")
		case !global && !alias.Unit.IsZero() && alias.Unit != unit:
			return wrong(at+".unit", "The addresses of this account are its own business unit's.")
		}
		seen[folded] = true
	}
	for name, value := range a.Values {
		if len(value) > mailSecretMax || !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl) {
			return wrong("secrets."+name, "The value must be one line of at most 8,000 characters.")
		}
	}
	return nil
}

func (s MailServer) check(field string, open bool) error {
	switch {
	case s.Host == "" || !oneLine(s.Host, 253) || strings.ContainsAny(s.Host, "/ ,@"):
		return wrong(field+".host", "Name the host at which the server listens, without a port.")
	case s.Port < 0 || s.Port > 65535:
		return wrong(field+".port", "The port must be from 1 to 65535, or 0 for the usual one.")
	case !slices.Contains([]string{"", "implicit", "starttls", "none"}, s.TLS):
		return wrong(field+".tls", "TLS must be implicit, starttls or none.")
	case s.Auth == "none" && !open:
		return wrong(field+".auth", "IMAP needs a login.")
	case !slices.Contains([]string{"", "password", "xoauth2", "none"}, s.Auth):
		return wrong(field+".auth", "The login must be password, xoauth2 or none.")
	case s.User == "" && s.Auth != "none" || !oneLine(s.User, 320):
		return wrong(field+".user", "Name who signs in, in one line.")
	}
	return nil
}

func oneLine(text string, most int) bool {
	return utf8.RuneCountInString(text) <= most && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// References gives what an account names of its unit.
func (a MailAccount) References() []plan.Reference {
	var refs []plan.Reference
	for i, alias := range a.Aliases {
		if !alias.Queue.IsZero() && alias.Unit.IsZero() {
			refs = append(refs, plan.Reference{Field: index("aliases", i) + ".queue", Kind: plan.KindQueue, ID: alias.Queue})
		}
		if !alias.Signature.IsZero() && alias.Unit.IsZero() {
			refs = append(refs, plan.Reference{Field: index("aliases", i) + ".signature", Kind: KindSignature, ID: alias.Signature})
		}
	}
	return refs
}

// Check gives the fault invalid, with the field, when something is out of range.
func (b BlockedSender) Check() error {
	name := b.Sender
	if domain, ok := strings.CutPrefix(name, "@"); ok {
		name = "anybody@" + domain
	}
	if !IsMailAddress(name) {
		return wrong("sender", "Name an address, or @ and a domain, such as @example.com.")
	}
	if utf8.RuneCountInString(b.Note) > 1000 {
		return wrong("note", "A note has at most 1,000 characters.")
	}
	return nil
}

// Check gives the fault invalid, with the field, when something is out of range.
func (s Signature) Check() error {
	if len(s.Texts) > LanguagesMax {
		return wrong("texts", fmt.Sprintf("There may be at most %d.", LanguagesMax))
	}
	if len(s.Queues) > QueuesMax {
		return wrong("queues", fmt.Sprintf("There may be at most %d.", QueuesMax))
	}
	if len(s.Agents) > 1000 {
		return wrong("agents", "There may be at most 1,000.")
	}
	for _, language := range sortedKeys(s.Texts) {
		at, t := "texts."+language, s.Texts[language]
		if err := checkText(at+".text", t.Text, SignatureMax, signaturePlaces); err != nil {
			return err
		}
		if err := checkText(at+".html", t.HTML, SignatureMax, signaturePlaces); err != nil {
			return err
		}
	}
	return nil
}

var signaturePlaces = []string{"agent", "queue", "company"}

// MailSetup is all that the e-mail channel needs of the configuration, as it is at one
// moment. It never changes, so it may be shared.
type MailSetup struct {
	Accounts []MailBox
	// Settings are those of the units that changed them.
	Settings map[acd.UnitID]MailSettings
	// Blocked has the folded names of blocked senders.
	Blocked map[acd.UnitID]map[string]bool
	// Signatures by their ids.
	Signatures map[SignatureID]UnitSignature
	// Units are the languages of the units that there are, folders of texts; Zones their
	// time zones.
	Units, Zones map[acd.UnitID]string
}

// MailBox is an account with its names.
type MailBox struct {
	ID   [16]byte
	Unit acd.UnitID
	Name string
	MailAccount
}

// Of gives the settings of a unit.
func (s *MailSetup) Of(unit acd.UnitID) MailSettings {
	if own, ok := s.Settings[unit]; ok {
		return own
	}
	return MailDefaults()
}

// Blocks reports whether a unit blocks a sender.
func (s *MailSetup) Blocks(unit acd.UnitID, address string) bool {
	blocked := s.Blocked[unit]
	if len(blocked) == 0 {
		return false
	}
	address = FoldAddress(address)
	_, domain, _ := strings.Cut(address, "@")
	return blocked[address] || blocked["@"+domain]
}

// Account gives an account by its id.
func (s *MailSetup) Account(id [16]byte) (MailBox, bool) {
	for i := range s.Accounts {
		if s.Accounts[i].ID == id {
			return s.Accounts[i], true
		}
	}
	return MailBox{}, false
}
