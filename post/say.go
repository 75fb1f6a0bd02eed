package post

import "strings"

// Say is a sentence for a person that can be said in other languages too: the catalogue
// of texts has it as manager.said_ and its code, advice as manager.advice_ and its code.
// The zero one says nothing.
type Say struct {
	Code   string
	Values map[string]string // fill the places
}

// NewSay makes one; places are names and values in turn.
func NewSay(code string, places ...string) Say {
	s := Say{Code: code}
	if len(places) > 1 {
		s.Values = make(map[string]string, len(places)/2)
	}
	for i := 0; i+1 < len(places); i += 2 {
		s.Values[places[i]] = places[i+1]
	}
	return s
}

// String is the sentence in English.
func (s Say) String() string { return s.fill(Said[s.Code]) }

// Advice is the advice under the same code, in English, with the same places; empty: none.
func (s Say) Advice() string {
	text := Advice[s.Code]
	if s.Values[fingerprint] != "" {
		text = strings.TrimSpace(text + " " + Advice[fingerprint])
	}
	return s.fill(text)
}

func (s Say) fill(text string) string {
	for name, value := range s.Values {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}

// fingerprint is the place of a refused certificate's fingerprint, and the code of the
// advice that follows where it is filled.
const fingerprint = "fingerprint"

// Said are all sentences that administrators are told of mail servers, in English.
var Said = map[string]string{
	"ca":                    "The company's certificates cannot be read: the text holds none.",
	"pin":                   "A pinned certificate's fingerprint is not one of SHA-256.",
	"name":                  "The name {host} does not resolve.",
	"name_server":           "The name {host} cannot be looked up: the name server does not answer.",
	"port":                  "The port is closed: {host}, port {port}.",
	"unreachable":           "There is no way to {host}, port {port}.",
	"no_tls_implicit":       "The server does not begin with TLS: {host}, port {port}.",
	"no_tls_other":          "The server does not speak TLS as it should: {host}, port {port}.",
	"tls":                   "The server refuses TLS: {why}.",
	"silent":                "The server does not answer in time: {host}, port {port}.",
	"hung_up":               "The server broke the connection off: {host}, port {port}.",
	"failed":                "The server {host}, port {port} cannot be used: {why}.",
	"certificate_name":      "The server's certificate is not trusted: it is for {names}, not for {host}.",
	"certificate_nameless":  "The server's certificate is not trusted: it is for no name at all, not for {host}.",
	"certificate_time":      "The server's certificate is not trusted: it is not valid now: it is from {from} to {to}.",
	"certificate_self":      "The server's certificate is not trusted: it is signed by itself.",
	"certificate_authority": "The server's certificate is not trusted: its authority is “{authority}”, which is unknown here.",
	"certificate_stranger":  "The server's certificate is not trusted: its authority is an unknown authority.",
	"certificate_other":     "The server's certificate is not trusted: {why}.",
	"login_password":        "The server refuses the login of {user}: {said}.",
	"login_token":           "The server refuses the login of {user}: {said}.",
	"login_password_silent": "The server refuses the login of {user}.",
	"login_token_silent":    "The server refuses the login of {user}.",
	"login_method_password": "The server offers no way to sign in with a password.",
	"login_method_token":    "The server offers neither XOAUTH2 nor OAUTHBEARER.",
	"starttls":              "The server does not offer STARTTLS on this port.",
	"refused":               "The server does not want to talk: {said}.",
	"flood":                 "The server sends far more than it was asked for; the connection was ended.",
	"sessions":              "The server allows no more sessions: {said}.",
	"unavailable":           "The server cannot check the login now: {said}.",
	"token_none":            "There is no token endpoint for the login.",
	"token_other":           "The token endpoint gave no token but something else.",
	"token_refused":         "The token endpoint gives no token: {said}.",
	"token_url":             "The address of the token endpoint cannot be used.",
	"token_away":            "The token endpoint cannot be reached.",
	"token_broken":          "The token endpoint broke off its answer.",
	"command":               "The mail server refuses a command: {said}.",
	"unreadable":            "The mailbox cannot be read: {why}.",
	"not_connected":         "Not connected yet.",
	"not_taken":             "A message is not taken yet: {why}.",
	"no_idle":               "The server does not tell of new messages by itself (IDLE): it is asked every {every}.",
	"no_move":               "The server has neither MOVE nor UIDPLUS: messages that were filed stay in the inbox, marked as deleted, until the inbox is compacted.",
	"imap_implicit":         "The IMAP server {server} answers with TLS, and its certificate is trusted.",
	"imap_starttls":         "The IMAP server {server} answers with STARTTLS, and its certificate is trusted.",
	"imap_none":             "The IMAP server {server} answers without encryption.",
	"imap_login":            "The IMAP server takes the login of {user}.",
	"imap_plain_login":      "The IMAP server would also take a login without TLS.",
	"inbox_missing":         "There is no folder {folder} to read, or it may not be opened: {said}.",
	"inbox":                 "The folder {folder} is there and holds {count} messages.",
	"folder_missing":        "The folder {folder} is missing and cannot be made: {said}.",
	"folder_made":           "The folder {folder} was missing; it has been made.",
	"folder":                "The folder {folder} is there.",
	"search":                "The server cannot search the mailbox: {said}.",
	"quota_full":            "The mailbox is nearly full: {used} of {limit} MiB are used.",
	"quota":                 "{used} of {limit} MiB of the mailbox are used.",
	"smtp":                  "The SMTP server {server} answers.",
	"smtp_size":             "The SMTP server takes messages of at most {size} MiB.",
	"smtp_login":            "The SMTP server takes the login of {user}.",
	"smtp_plain_login":      "The SMTP server would also take a login without TLS.",
	"sender":                "{address} may send.",
	"sender_refused":        "The server does not let us send as {address}: {said}.",
	"probe_refused":         "A test message cannot be sent: {why}.",
	"probe_lost":            "A test message to {address} has not arrived within {seconds} s.",
	"probe":                 "A test message has arrived after {seconds} s, and the server keeps our headers.",
	"header_lost":           "A test message has arrived, but the server has taken our headers out of it.",
	"login_needed":          "The message has to come in by authenticated SMTP: the login may not be “none”.",
	"promoted":              "The message with our headers has been sent from {from} to {to}.",
	"promotion_refused":     "The message cannot be sent: {why}.",
	"sessions_above":        "{preset} allows {limit} IMAP sessions; {set} are set.",
	"rate_above":            "{preset} takes {limit} messages a minute; set the rate to at most that.",
	"reserve_below":         "{preset} wants {limit} sessions kept for the intake; {set} are.",
	"password":              "{preset} takes no passwords by IMAP any more; choose XOAUTH2.",
	"no_encryption":         "Messages, and the password, go to {host} without encryption.",
	"no_address":            "The keep-alive needs the mailbox's own address.",
}

// Advice says what to do, in English.
var Advice = map[string]string{
	"ca":                    "Paste them in PEM: blocks that begin with -----BEGIN CERTIFICATE-----.",
	"pin":                   "Paste its 64 hexadecimal digits.",
	"name":                  "Check the spelling, and whether this machine's name server knows it.",
	"name_server":           "Check this machine's name server.",
	"port":                  "Check the port, and whether the server listens there and lets this machine in.",
	"unreachable":           "Check the network between this machine and the server.",
	"no_tls_implicit":       "Choose STARTTLS for this port (usual: 143 and 587), or the port that begins with TLS (usual: 993 and 465).",
	"no_tls_other":          "Check the TLS mode and the port.",
	"tls":                   "It may know only old versions; TLS 1.2 is needed at least.",
	"silent":                "Check whether it is overloaded, or a firewall swallows the connection; a port that begins with TLS is silent until TLS begins.",
	"hung_up":               "It may be restarting, or not let this machine in.",
	"certificate_name":      "Use a name that the certificate is for.",
	"certificate_nameless":  "Use a name that the certificate is for.",
	"certificate_time":      "Have it renewed, and check this machine's clock.",
	"certificate_self":      "Pin it, or give the server one of an authority.",
	"certificate_authority": "Add the certificate of the company's authority to the trusted ones.",
	"certificate_stranger":  "Add the certificate of the company's authority to the trusted ones.",
	"fingerprint":           "The certificate's SHA-256 fingerprint is {fingerprint}; pin it only if the mail administrator confirms it.",
	"login_password":        "Check the user's name and the password.",
	"login_password_silent": "Check the user's name and the password.",
	"login_token":           "Check whether the application may use this mailbox, and its scope.",
	"login_token_silent":    "Check whether the application may use this mailbox, and its scope.",
	"login_method_password": "Choose XOAUTH2, or have the mail administrator allow passwords; some servers offer them only when TLS is on.",
	"login_method_token":    "Choose a password, or switch the login by tokens on at the server.",
	"starttls":              "Choose the port that begins with TLS (usual: {usual}), or have the mail administrator switch STARTTLS on.",
	"flood":                 "Check whether this is the right server.",
	"sessions":              "Lower the maximum of IMAP sessions, or close other programs that use this mailbox.",
	"unavailable":           "It is tried again; ask the mail administrator if it stays.",
	"token_none":            "Enter the token endpoint and the application's credentials.",
	"token_other":           "Check the token endpoint, the client id, its secret and the permissions of the application.",
	"token_refused":         "Check the token endpoint, the client id, its secret and the permissions of the application.",
	"token_url":             "Check the token endpoint, the client id, its secret and the permissions of the application.",
	"token_away":            "Check the token endpoint, the client id, its secret and the permissions of the application.",
	"token_broken":          "Check the token endpoint, the client id, its secret and the permissions of the application.",
	"imap_plain_login":      "Have the mail administrator refuse that, so that no program ever sends the password in the clear.",
	"smtp_plain_login":      "Have the mail administrator refuse that, so that no program ever sends the password in the clear.",
	"inbox_missing":         "Check the name of the inbox.",
	"folder_missing":        "Make it with a mail program, or choose another name.",
	"search":                "Messages are taken in all the same, but one that was moved by hand is not found again. On Domino, switch on a full-text index that is updated immediately.",
	"quota_full":            "Shorten the retention of its folders, or have the limit raised.",
	"probe_lost":            "Look whether it is in the folder of unwanted mail, or whether the server is slow; then test again.",
	"header_lost":           "Replies are then found by the subject and by References alone. On Exchange run portico email promote-headers once.",
	"login_needed":          "Give the user and the password.",
	"send_as_other":         "Let the login of this mailbox send as this address at the mail server, or let the server relay for this machine.",
	"send_as_microsoft365":  "Give the mailbox the right “Send as” for this address.",
	"send_as_google":        "Add this address to the mailbox's accounts under “Send mail as”, and confirm it.",
	"send_as_exchange":      "Give the user the right to send as this address on its mailbox, and make a mail contact for it; or let a receive connector accept it.",
	"send_as_domino":        "Set SMTPVerifyAuthenticatedSender=0 in notes.ini, or sign in as the owner of this address.",
}
