package email

import (
	"slices"
	"strings"

	"portico/acd"
	"portico/letter"
	"portico/talk"
)

// destination is where a mail is for, in one business unit.
type destination struct {
	unit  acd.UnitID
	alias talk.MailAlias // the first of its addresses that the mail was sent to
}

// destinations gives the business units that a message of an account is for, each once:
// by the addresses to which the mail server delivered it, else by those that its sender
// named, else by the mailbox's own. None: it is for nobody whom we know. The addresses
// of an account are looked for in its own mailbox alone, so that units never mix.
func destinations(a *talk.MailBox, global acd.UnitID, m *letter.Mail) []destination {
	known := make(map[string]talk.MailAlias, len(a.Aliases))
	for _, alias := range a.Aliases {
		if a.Unit != global {
			alias.Unit = a.Unit
		}
		known[talk.FoldAddress(alias.Address)] = alias
	}
	var out []destination
	take := func(address string) {
		alias, ok := known[foldTagged(address, known)]
		if !ok {
			return
		}
		for _, d := range out {
			if d.unit == alias.Unit {
				return
			}
		}
		out = append(out, destination{alias.Unit, alias})
	}
	for _, address := range m.DeliveredTo {
		take(address)
	}
	if len(out) > 0 {
		return out
	}
	for _, list := range [][]letter.Address{m.To, m.Cc} {
		for _, to := range list {
			take(to.Address)
		}
	}
	if len(out) > 0 || a.Unit == global {
		return out
	}
	// The mailbox's own address stands in what the server says of any delivery: it counts
	// where nothing else does.
	own := talk.FoldAddress(a.Address)
	isOwn := func(address string) bool { return talk.FoldAddress(address) == own }
	if len(m.DeliveredTo) > 0 {
		if !slices.ContainsFunc(m.DeliveredTo, func(to string) bool { return !isOwn(to) }) {
			out = append(out, ownDestination(a))
		}
		return out
	}
	for _, to := range slices.Concat(m.To, m.Cc) {
		if len(out) == 0 && isOwn(to.Address) {
			out = append(out, ownDestination(a))
		}
	}
	return out
}

// ownDestination is that of mails to the mailbox's own address.
func ownDestination(a *talk.MailBox) destination {
	return destination{a.Unit, talk.MailAlias{Address: a.Address, FromName: a.FromName, Unit: a.Unit}}
}

// foldTagged gives an address as it is looked for: without what stands behind a plus
// sign, where it is not known with it.
func foldTagged(address string, known map[string]talk.MailAlias) string {
	folded := talk.FoldAddress(address)
	if _, ok := known[folded]; ok {
		return folded
	}
	local, domain, _ := strings.Cut(folded, "@")
	if base, _, tagged := strings.Cut(local, "+"); tagged {
		return base + "@" + domain
	}
	return folded
}

// owns reports whether an address of an account is a unit's.
func owns(a *talk.MailBox, unit, global acd.UnitID, address string) (talk.MailAlias, bool) {
	folded := talk.FoldAddress(address)
	for _, alias := range a.Owned(unit, global) {
		if talk.FoldAddress(alias.Address) == folded {
			return alias, true
		}
	}
	return talk.MailAlias{}, false
}

// ownOf are all addresses of the installation: nothing of theirs is answered by a program.
func ownOf(setup *talk.MailSetup) []string {
	var out []string
	for i := range setup.Accounts {
		out = append(out, setup.Accounts[i].Address)
		for _, alias := range setup.Accounts[i].Aliases {
			out = append(out, alias.Address)
		}
	}
	return out
}
