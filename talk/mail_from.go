package talk

import (
	"portico/acd"
)

// MailFrom is an address that mails of a business unit may leave from.
type MailFrom struct {
	Account [16]byte
	Address string
	Name    string      // that stands beside the address; empty: none
	Queue   acd.QueueID // whose mails come to the address; zero: of no queue alone
}

// Owned gives an account's addresses that are a unit's: its aliases, and the mailbox's own
// where the account is the unit's. global is the unit whose accounts serve others.
func (a *MailBox) Owned(unit, global acd.UnitID) []MailAlias {
	var out []MailAlias
	own := a.Unit == unit
	for _, alias := range a.Aliases {
		if a.Unit == unit && a.Unit != global || a.Unit == global && alias.Unit == unit {
			out = append(out, alias)
			own = own && FoldAddress(alias.Address) != FoldAddress(a.Address)
		}
	}
	if own {
		out = append(out, MailAlias{Address: a.Address, FromName: a.FromName, Unit: a.Unit})
	}
	return out
}

// Senders gives the addresses that a unit's mails may leave from through one account, the
// usual one first: the account, and the address, that came says, to which the conversation
// came; else those of the queue; else the unit's main account with its own address. Empty:
// the unit has no mailbox.
func (s *MailSetup) Senders(unit, global acd.UnitID, came string, queue acd.QueueID) []MailFrom {
	rank := func(a *MailBox, alias MailAlias) int {
		switch {
		case came != "" && FoldAddress(alias.Address) == FoldAddress(came):
			return 5
		case !queue.IsZero() && alias.Queue == queue:
			return 4
		case a.Main && FoldAddress(alias.Address) == FoldAddress(a.Address):
			return 3
		case a.Main:
			return 2
		}
		return 1
	}
	best, at, most := -1, 0, 0
	for i := range s.Accounts {
		a := &s.Accounts[i]
		if a.Disabled {
			continue
		}
		for k, alias := range a.Owned(unit, global) {
			if n := rank(a, alias); n > most {
				best, at, most = i, k, n
			}
		}
	}
	if best < 0 {
		return nil
	}
	a := &s.Accounts[best]
	owned := a.Owned(unit, global)
	out := make([]MailFrom, 0, len(owned))
	for k := range owned {
		alias := owned[(at+k)%len(owned)]
		name := alias.FromName
		if name == "" {
			name = a.FromName
		}
		out = append(out, MailFrom{Account: a.ID, Address: alias.Address, Name: name, Queue: alias.Queue})
	}
	return out
}
