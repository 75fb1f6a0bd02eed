package plan

import (
	"strings"
	"time"

	"portico/acd"
)

// DomainInfo names a media routing domain. Aliases are other accepted names of
// the same domain, not further domains.
type DomainInfo struct {
	Domain  acd.Domain
	Name    string
	Aliases []string
}

// builtInDomains are the domains of every site.
var builtInDomains = [...]DomainInfo{
	{acd.Voice, "Voice", nil},
	{acd.Email, "Email", []string{"ECE_Email"}},
	{acd.Chat, "Chat", []string{"ECE_Chat"}},
	{acd.Outbound, "Outbound", []string{"ECE_Outbound"}},
}

// Domains lists the built-in domains by number.
func Domains() []DomainInfo { return append([]DomainInfo(nil), builtInDomains[:]...) }

// DomainNamed finds a domain by its name or an accepted alias, without case.
func DomainNamed(name string) (acd.Domain, bool) {
	for _, d := range builtInDomains {
		if strings.EqualFold(d.Name, name) {
			return d.Domain, true
		}
		for _, alias := range d.Aliases {
			if strings.EqualFold(alias, name) {
				return d.Domain, true
			}
		}
	}
	return 0, false
}

// DomainName gives the name of a built-in domain, or "".
func DomainName(d acd.Domain) string {
	if int(d) < len(builtInDomains) {
		return builtInDomains[d].Name
	}
	return ""
}

// The words of a matrix.
const (
	RefuseWork    = "refuse"
	BesideWork    = "beside"
	InterruptWork = "interrupt"
)

// Defaults gives the settings of a new site. An e-mail can wait, so it is
// interrupted by whatever has a person at the other end; it may be written beside a
// chat. Nothing comes to somebody who speaks.
func Defaults() Settings {
	return Settings{
		AgeingS:       int(acd.DefaultAgeing / time.Second),
		DesktopGraceS: int(acd.DefaultDesktopWait / time.Second),
		Matrix: map[acd.Domain]map[acd.Domain]string{
			acd.Voice:    {acd.Email: RefuseWork, acd.Chat: RefuseWork, acd.Outbound: RefuseWork},
			acd.Email:    {acd.Voice: InterruptWork, acd.Chat: InterruptWork, acd.Outbound: InterruptWork},
			acd.Chat:     {acd.Voice: RefuseWork, acd.Email: BesideWork, acd.Outbound: RefuseWork},
			acd.Outbound: {acd.Voice: RefuseWork, acd.Email: RefuseWork, acd.Chat: RefuseWork},
		},
	}
}

// The reasons that the program itself gives. They have the same ids in every unit.
var (
	NoAnswer         = builtInReason(1)
	DeclinedTooOften = builtInReason(2)
	SystemEnd        = builtInReason(3)
	JustSignedIn     = builtInReason(4)
)

func builtInReason(n byte) acd.ReasonID {
	return acd.ReasonID{6: 0x70, 8: 0x80, 15: n}
}

// BuiltIns are the reasons that every unit has from its beginning. Unit is zero.
func BuiltIns() []ReasonObject {
	return []ReasonObject{
		{Head: Head{ID: NoAnswer, Name: "No answer"}, Reason: Reason{Use: Unavailable, BuiltIn: "no_answer"}},
		{Head: Head{ID: DeclinedTooOften, Name: "Declined too often"}, Reason: Reason{Use: Unavailable, BuiltIn: "declined"}},
		{Head: Head{ID: SystemEnd, Name: "Ended by the system"}, Reason: Reason{Use: Disposition, BuiltIn: "system_end"}},
		{Head: Head{ID: JustSignedIn, Name: "Signed in"}, Reason: Reason{Use: Unavailable, BuiltIn: "signed_in"}},
	}
}
