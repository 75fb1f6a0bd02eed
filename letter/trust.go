package letter

import (
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/authres"
)

// Spam is what the company's filter found.
type Spam struct {
	Flagged bool    `json:"flagged,omitempty"`
	Score   float64 `json:"score,omitempty"`
	By      string  `json:"by,omitempty"` // the header; empty: no filter said anything
}

// spamOf reads the headers of filters. One that says yes is believed; a score is of the
// first that gives one.
func spamOf(f fields) Spam {
	var s Spam
	note := func(by string, flagged bool, score float64, scored bool) {
		if scored && s.Score == 0 {
			s.Score = score
		}
		if s.By == "" || flagged && !s.Flagged {
			s.By = by
		}
		s.Flagged = s.Flagged || flagged
	}
	if v := strings.ToLower(f.get("x-spam-flag")); v != "" {
		note("X-Spam-Flag", strings.HasPrefix(v, "yes") || v == "true", 0, false)
	}
	if v := strings.ToLower(f.get("x-spam-status")); v != "" {
		score, scored := after(v, "score=")
		if !scored {
			score, scored = after(v, "hits=")
		}
		note("X-Spam-Status", strings.HasPrefix(v, "yes"), score, scored)
	}
	if v := f.get("x-spam-score"); v != "" {
		score, scored := number(v)
		note("X-Spam-Score", false, score, scored)
	}
	// Rspamd: default: False [2.10 / 15.00]; SYMBOL(…)…
	if v := strings.ToLower(f.get("x-spamd-result")); v != "" {
		_, rest, _ := strings.Cut(v, "[")
		score, scored := number(rest)
		verdict, _, _ := strings.Cut(v, "[")
		note("X-Spamd-Result", strings.Contains(verdict, "true"), score, scored)
	}
	if v := f.get("x-rspamd-score"); v != "" {
		score, scored := number(v)
		note("X-Rspamd-Score", false, score, scored)
	}
	if v := strings.ToLower(f.get("x-rspamd-action")); v != "" {
		note("X-Rspamd-Action", v == "reject" || v == "add header" || v == "rewrite subject" || v == "quarantine", 0, false)
	}
	// Exchange: spam confidence level −1 (trusted) to 9; 5 and above is spam.
	if v := f.get("x-ms-exchange-organization-scl"); v != "" {
		score, scored := number(v)
		note("X-MS-Exchange-Organization-SCL", scored && score >= 5, score, scored)
	}
	if v := strings.ToLower(f.get("x-forefront-antispam-report")); v != "" {
		score, scored := after(v, "scl:")
		note("X-Forefront-Antispam-Report", scored && score >= 5 || strings.Contains(v, "sfv:spm"), score, scored)
	}
	return s
}

// after gives the number that follows a word.
func after(s, word string) (float64, bool) {
	_, rest, ok := strings.Cut(s, word)
	if !ok {
		return 0, false
	}
	return number(rest)
}

// Authentication is one result of the company's server about who sent a message.
type Authentication struct {
	Method string `json:"method"` // dkim, spf, dmarc
	Result string `json:"result"` // pass, fail, softfail, none …
	Domain string `json:"domain,omitempty"`
}

// Authenticated reports whether the sender's own domain vouches for the message: DMARC
// passed, or DKIM passed for that very domain.
func (m *Mail) Authenticated() bool {
	from := m.From.Domain()
	for _, a := range m.Authentication {
		if a.Result != "pass" || from == "" {
			continue
		}
		if a.Method == "dmarc" && (a.Domain == "" || strings.EqualFold(a.Domain, from)) || a.Method == "dkim" && strings.EqualFold(a.Domain, from) {
			return true
		}
	}
	return false
}

// authenticationOf reads the results of trusted servers (RFC 8601). Anybody can write
// such a header; the company's servers remove those with their own name on the way in.
func authenticationOf(f fields, trusted []string) []Authentication {
	var out []Authentication
	for _, value := range f.all("authentication-results") {
		id, rest, _ := strings.Cut(withoutComments(value), ";")
		if id = strings.ToLower(strings.TrimSpace(id)); strings.Contains(id, "=") {
			id, rest = "", value // Microsoft 365 gives no name
		}
		id, _, _ = strings.Cut(id, " ") // its version
		if !slices.ContainsFunc(trusted, func(t string) bool { return strings.EqualFold(t, id) }) {
			continue
		}
		_, results, err := authres.Parse("x; " + withoutComments(rest))
		if err != nil {
			continue
		}
		for _, r := range results {
			if one, ok := result(r); ok && len(out) < 20 {
				out = append(out, one)
			}
		}
	}
	return out
}

func result(r authres.Result) (Authentication, bool) {
	switch r := r.(type) {
	case *authres.DKIMResult:
		domain := r.Domain
		if domain == "" {
			domain = r.Identifier[strings.LastIndexByte(r.Identifier, '@')+1:]
		}
		return Authentication{"dkim", string(r.Value), cut(line(domain), 255)}, true
	case *authres.SPFResult:
		from := r.From
		if from == "" {
			from = r.Helo
		}
		return Authentication{"spf", string(r.Value), cut(line(from[strings.LastIndexByte(from, '@')+1:]), 255)}, true
	case *authres.DMARCResult:
		return Authentication{"dmarc", string(r.Value), cut(line(r.From), 255)}, true
	}
	return Authentication{}, false
}
