package talk

import (
	"bytes"
	"cmp"
	"html"
	"slices"
	"strings"

	"portico/acd"
	"portico/plan"
)

// UnitSignature is a signature of a business unit.
type UnitSignature struct {
	Unit acd.UnitID
	Signature
}

// Signed says which mail a signature is looked for.
type Signed struct {
	Unit  acd.UnitID
	Agent acd.AgentID
	Queue acd.QueueID
	// Alias is the signature that the address names from which the mail leaves; zero: none.
	Alias SignatureID
	// Language is the name of the contact's; empty: not known.
	Language string
}

// SignatureOf gives the signature that one of a unit's own addresses names; zero: none.
func (s *MailSetup) SignatureOf(unit acd.UnitID, address string) (id SignatureID) {
	folded := FoldAddress(address)
	for i := range s.Accounts {
		a := &s.Accounts[i]
		for _, alias := range a.Aliases {
			if (alias.Unit == unit || a.Unit == unit) && FoldAddress(alias.Address) == folded {
				return alias.Signature
			}
		}
	}
	return id
}

// Signature gives what stands below a mail, with its places still open: what the address
// names from which it leaves, else what is for the agent in the queue, for the agent, for
// the queue, or for all. Of several the first by its id counts. Empty: nothing.
func (s *MailSetup) Signature(of Signed) SignatureText {
	if own, ok := s.Signatures[of.Alias]; ok && own.Unit == of.Unit {
		return own.in(of.Language, s.Units[of.Unit])
	}
	var best SignatureID
	most := 0
	for id, one := range s.Signatures {
		fit := one.fits(of)
		if one.Unit != of.Unit || fit == 0 {
			continue
		}
		if fit > most || fit == most && bytes.Compare(id[:], best[:]) < 0 {
			best, most = id, fit
		}
	}
	if most == 0 {
		return SignatureText{}
	}
	return s.Signatures[best].in(of.Language, s.Units[of.Unit])
}

// fits says how closely a signature is meant for a mail; 0: it is not.
func (s Signature) fits(of Signed) int {
	agent, queue := slices.Contains(s.Agents, of.Agent), slices.Contains(s.Queues, of.Queue)
	switch {
	case len(s.Agents) > 0 && !agent, len(s.Queues) > 0 && !queue:
		if s.Standard {
			return 1
		}
		return 0
	case agent && queue:
		return 4
	case agent:
		return 3
	case queue:
		return 2
	case s.Standard:
		return 1
	}
	return 0
}

// in gives the text in a language, else the one for all others, else in the unit's
// language, else any: a mail without a signature is the worse.
func (s Signature) in(language, unit string) SignatureText {
	for _, name := range []string{language, "", unit} {
		if t, ok := s.Texts[name]; ok && t != (SignatureText{}) {
			return t
		}
	}
	for _, name := range sortedKeys(s.Texts) {
		if t := s.Texts[name]; t != (SignatureText{}) {
			return t
		}
	}
	return SignatureText{}
}

// Filled gives a signature with its places filled, in both forms: without HTML of its own
// it has that of its text.
func (t SignatureText) Filled(values map[string]string) SignatureText {
	t.HTML = cmp.Or(t.HTML, strings.ReplaceAll(html.EscapeString(t.Text), "\n", "<br>"))
	var plain, marked []string
	for name, value := range values {
		plain, marked = append(plain, "{"+name+"}", value), append(marked, "{"+name+"}", html.EscapeString(value))
	}
	t.Text, t.HTML = strings.NewReplacer(plain...).Replace(t.Text), strings.NewReplacer(marked...).Replace(t.HTML)
	return t
}

// References gives what a signature names of its unit.
func (s Signature) References() []plan.Reference {
	var refs []plan.Reference
	for i, id := range s.Queues {
		refs = append(refs, plan.Reference{Field: index("queues", i), Kind: plan.KindQueue, ID: id})
	}
	for i, id := range s.Agents {
		refs = append(refs, plan.Reference{Field: index("agents", i), Kind: "user", ID: id})
	}
	return refs
}
