package picture

import "portico/acd"

// Available counts those of some agents who are there for a domain's contacts: signed in,
// their desktop present, and available, whatever they have in hand.
func (p *Picture) Available(unit acd.UnitID, domain acd.Domain, among []acd.AgentID) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.units[unit]
	if u == nil {
		return 0
	}
	n := 0
	for _, id := range among {
		if a := u.agents[id]; a != nil && a.row.SignedIn && a.row.GraceEnds == 0 && a.row.Domains.Of(domain).Available {
			n++
		}
	}
	return n
}
