package acd

import (
	"slices"
)

// agent is an agent of the plan: its row, which is the truth, and what searches
// read of it, kept beside.
type agent struct {
	// What a search reads of every agent fills one line of the processor's cache: 64
	// bytes, which lie on a border because the whole is a multiple of them.
	edges     []edge
	able      uint32 // domains in which the agent may be offered a contact
	available uint32 // domains in which the agent is available
	loads     uint32 // domains with load
	full      uint32 // domains whose load is not below the capacity
	pending   int32  // the contact on offer, or none
	standing  int32  // interrupted contacts
	weight    int32  // load in all domains
	stands    uint32 // domains with interrupted contacts; it may name too many
	owns      uint32 // domains in which somebody is held for the agent; it may name too many
	seats     int32  // participations beside owners that count as load

	bloom [8]uint64 // two bits for each skill, by probeOf

	guarded  int32 // edges of the first step to queues with a minimum
	id       AgentID
	live     bool
	stirred  bool
	gained   bool // a domain came to able since the last search
	removed  bool // the plan has it no more
	domain   [DomainsMax]desk
	own      []ownList
	hand     []int32
	beside   []int32      // contacts in which the agent takes part beside the owner
	skills   []SkillLevel // by id
	excluded []ContactID  // contacts that may exclude the agent
	plan     Desk
	row      AgentRow
	touched  uint64
	_        [56]byte // to the border
}

// desk is what searches read of an agent in one domain.
type desk struct {
	idle     Time
	load     uint16
	capacity uint8
}

// ownList holds the contacts of one domain that wait for the agent alone.
type ownList struct {
	domain Domain
	line   line
}

// ownLine is the line of an agent's own list in a domain.
func (c *Core) ownLine(ai int32, d Domain) *line {
	a := &c.agents[ai]
	for i := range a.own {
		if a.own[i].domain == d {
			return &a.own[i].line
		}
	}
	a.own = append(a.own, ownList{domain: d})
	l := &a.own[len(a.own)-1].line
	l.reset(1)
	return l
}

// reach reports whether an agent is signed in and available in a domain.
func (c *Core) reach(ai int32, d Domain) bool {
	a := &c.agents[ai]
	return a.row.SignedIn && a.available>>d&1 != 0
}

// setDomain changes an agent's state in a domain and says so.
func (c *Core) setDomain(ai int32, d Domain, available bool, reason ReasonID, why Why) {
	a := &c.agents[ai]
	s := a.row.Domains.Of(d)
	f := c.agentFact(FactAgentState, ai, why)
	f.Domain, f.Reason, f.Took = d, reason, c.now.Sub(s.Since)
	if available {
		f.N = 1
		if !s.Available {
			s.Idle = c.now
		}
		a.available |= 1 << d
	} else {
		a.available &^= 1 << d
	}
	if a.guarded > 0 && s.Available != available {
		c.recount(a, d, available)
	}
	s.Available, s.Reason, s.Since = available, reason, c.now
	a.row.Domains.Set(d, s)
	a.domain[d].idle = s.Idle
	c.stir(ai)
}

// unavailable makes an agent unavailable in a domain: an offer there falls
// through, and what waits for the agent there enters its queue.
func (c *Core) unavailable(ai int32, d Domain, reason ReasonID, why Why) {
	a := &c.agents[ai]
	if s, ok := a.row.Domains.In(d); !ok || !s.Available && s.Reason == reason {
		return
	}
	c.setDomain(ai, d, false, reason, why)
	if ci := a.pending; ci != none && c.contacts[ci].row.Domain == d {
		c.offerFalls(ai, WhyUnavailable)
	}
	c.endHolds(ai, d, WhyUnavailable)
}

// offerFalls ends the offer or the invitation that an agent has not answered.
func (c *Core) offerFalls(ai int32, why Why) {
	ci := c.agents[ai].pending
	if ct := &c.contacts[ci]; ct.row.State == Offered {
		c.fallThrough(ci, why)
	} else {
		c.refuse(ci, ct.seatOf(c.agents[ai].id), why)
	}
}

// endHolds lets what waits for an agent in a domain enter its queue.
func (c *Core) endHolds(ai int32, d Domain, why Why) {
	a := &c.agents[ai]
	at := slices.IndexFunc(a.own, func(o ownList) bool { return o.domain == d })
	if at < 0 {
		return
	}
	held := make([]int32, 0, a.own[at].line.count)
	for _, w := range a.own[at].line.heaps[0] {
		held = append(held, w.contact)
	}
	for _, ci := range c.byID(held) {
		c.unhold(ci)
		c.enter(ci, why)
	}
}

// signedIn: an agent is present.
func (c *Core) signedIn(ev SignedIn) Refusal {
	ai, ok := c.agent(ev.Agent)
	if !ok {
		return Refusal{Code: RefusedUnknown}
	}
	a := &c.agents[ai]
	if a.row.SignedIn {
		return Refusal{}
	}
	a.row.SignedIn, a.row.Since, a.row.GraceEnds = true, c.now, 0
	for d := range Domain(DomainsMax) {
		if s, ok := a.row.Domains.In(d); ok {
			s.Available, s.Reason, s.Since = false, ev.Reason, c.now
			a.row.Domains.Set(d, s)
		}
	}
	c.agentFact(FactSignedIn, ai, WhyNone).Reason = ev.Reason
	c.stir(ai)
	return Refusal{}
}

// signedOut: an agent leaves.
func (c *Core) signedOut(ev SignedOut) Refusal {
	ai, ok := c.agent(ev.Agent)
	if !ok {
		return Refusal{Code: RefusedUnknown}
	}
	a := &c.agents[ai]
	if !a.row.SignedIn {
		return Refusal{}
	}
	if !ev.Force {
		if len(a.hand) > 0 || a.seats > 0 {
			return Refusal{Code: RefusedBusy}
		}
		if refusal := c.belowMinimum(a, a.available); refusal.Code != NotRefused {
			return refusal
		}
	}
	c.signOff(ai, WhySignedOut)
	return Refusal{}
}

// signOff ends an agent's presence. What the agent owned or was offered goes
// back, wrap-ups end, and what waited for the agent enters its queue.
func (c *Core) signOff(ai int32, why Why) {
	a := &c.agents[ai]
	for d := range Domain(DomainsMax) {
		if _, ok := a.row.Domains.In(d); ok {
			c.setDomain(ai, d, false, ReasonID{}, why)
		}
	}
	c.agentFact(FactSignedOut, ai, why).Took = c.now.Sub(a.row.Since)
	a.row.SignedIn, a.row.Since, a.row.GraceEnds = false, c.now, 0
	for _, ci := range c.byID(a.hand) {
		switch {
		case c.inWrapUp(ci):
			c.end(ci, why, c.settings.SystemEnd)
		case c.contacts[ci].row.State == Offered:
			c.fallThrough(ci, why)
		case c.inherit(ci, why):
		default:
			c.returnOwned(ci, why)
			c.resumeQueued(ci, why)
		}
	}
	for _, ci := range c.byID(a.beside) {
		if ct := &c.contacts[ci]; a.pending == ci {
			c.refuse(ci, ct.seatOf(a.id), why)
		} else {
			c.part(ci, ct.seatOf(a.id), why)
		}
	}
	for i := range a.own {
		c.endHolds(ai, a.own[i].domain, why)
	}
	c.stir(ai)
}

// resumeQueued gives back a contact that had an owner.
func (c *Core) resumeQueued(ci int32, why Why) {
	entered := c.contacts[ci].row.QueuedAt == 0
	c.giveBack(ci, why)
	if !entered {
		c.fact(FactQueued, ci, why)
	}
}

// stateChanged: an agent becomes available or unavailable.
func (c *Core) stateChanged(ev AgentStateChanged) Refusal {
	ai, ok := c.agent(ev.Agent)
	if !ok {
		return Refusal{Code: RefusedUnknown}
	}
	a := &c.agents[ai]
	if !a.row.SignedIn {
		return Refusal{Code: RefusedUnavailable}
	}
	if ev.Domains&a.domains() == 0 {
		return Refusal{Code: RefusedInvalid}
	}
	if !ev.Available && !ev.Force {
		if refusal := c.belowMinimum(a, a.available&ev.Domains); refusal.Code != NotRefused {
			return refusal
		}
	}
	for m := ev.Domains & a.domains(); m != 0; m &= m - 1 {
		d := lowest(m)
		if !ev.Available {
			c.unavailable(ai, d, ev.Reason, WhyNone)
		} else if a.available>>d&1 == 0 {
			c.setDomain(ai, d, true, ReasonID{}, WhyNone)
		}
	}
	return Refusal{}
}

// domains is the set of domains in which an agent has capacity.
func (a *agent) domains() (set uint32) {
	for d := range a.domain {
		if a.domain[d].capacity > 0 {
			set |= 1 << d
		}
	}
	return set
}

// desktopConnected: the desktop is there, or there again.
func (c *Core) desktopConnected(ev DesktopConnected) Refusal {
	ai, ok := c.agent(ev.Agent)
	if !ok {
		return Refusal{Code: RefusedUnknown}
	}
	a := &c.agents[ai]
	if !a.row.SignedIn {
		return Refusal{Code: RefusedUnavailable}
	}
	if a.row.GraceEnds != 0 {
		a.row.GraceEnds = 0
		c.agentFact(FactDesktopBack, ai, WhyNone)
		c.stir(ai)
	}
	return Refusal{}
}

// desktopLost: the desktop is gone; what the agent owns is kept for a while.
func (c *Core) desktopLost(ev DesktopLost) Refusal {
	ai, ok := c.agent(ev.Agent)
	if !ok {
		return Refusal{Code: RefusedUnknown}
	}
	a := &c.agents[ai]
	if !a.row.SignedIn {
		return Refusal{Code: RefusedUnavailable}
	}
	if a.row.GraceEnds != 0 {
		return Refusal{}
	}
	c.awaitDesktop(ai, WhyNone)
	if a.pending != none {
		c.offerFalls(ai, WhyDesktopLost)
	}
	return Refusal{}
}

// awaitDesktop starts an agent's desktop grace.
func (c *Core) awaitDesktop(ai int32, why Why) {
	a := &c.agents[ai]
	a.row.GraceEnds = c.now.Add(c.settings.DesktopGrace)
	c.set(a.row.GraceEnds, ai, timerGrace)
	c.agentFact(FactDesktopLost, ai, why)
	c.stir(ai)
}

// graceOver: a lost desktop stayed lost.
func (c *Core) graceOver(ai int32) { c.signOff(ai, WhyDesktopLost) }

// forgetAgent gives a removed agent's place back.
func (c *Core) forgetAgent(ai int32) {
	c.agents[ai] = agent{pending: none, own: nil}
	c.freeAgents = append(c.freeAgents, ai)
}
