package picture

import (
	"slices"

	"portico/acd"
)

// Agent is an agent of the plan with the contacts in hand. Its slices and maps are
// shared: read only.
type Agent struct {
	acd.AgentRow
	Capacity [acd.DomainsMax]uint8
	// Contacts are those offered to, owned by, or held for the agent, by id.
	Contacts []acd.ContactID
}

// Desk is all that one agent's desktop shows of routing.
type Desk struct {
	Version  uint64
	Agent    Agent
	Contacts []Contact // by id; an offer's number and its end are Offer and Deadline
}

// agent is the state of an agent.
type agent struct {
	row     Agent
	planned bool
	count   agentCount
	logged  uint64
}

func (u *unit) agent(id acd.AgentID) *agent {
	a := u.agents[id]
	if a == nil {
		a = &agent{row: Agent{AgentRow: acd.AgentRow{ID: id, Unit: u.id}}}
		u.agents[id] = a
	}
	return a
}

// forget drops an agent whom the plan no longer has, once nothing is in hand.
func (u *unit) forget(a *agent) {
	if !a.planned && !a.row.SignedIn && len(a.row.Contacts) == 0 {
		delete(u.agents, a.row.ID)
	}
}

// hold and drop make a new list each time, as callers may hold the old one.
func (a *agent) hold(id acd.ContactID) {
	at, found := slices.BinarySearchFunc(a.row.Contacts, id, acd.ContactID.Compare)
	if !found {
		a.row.Contacts = slices.Insert(slices.Clone(a.row.Contacts), at, id)
	}
}

func (a *agent) drop(id acd.ContactID) {
	at, found := slices.BinarySearchFunc(a.row.Contacts, id, acd.ContactID.Compare)
	switch {
	case found && len(a.row.Contacts) == 1:
		a.row.Contacts = nil
	case found:
		a.row.Contacts = slices.Delete(slices.Clone(a.row.Contacts), at, at+1)
	}
}

// foldAgent takes the new state of an agent.
func (p *Picture) foldAgent(row acd.AgentRow) {
	u := p.unit(row.Unit)
	a := u.agent(row.ID)
	a.row.AgentRow = row
	p.touchAgent(u, a)
	u.forget(a)
}

func (p *Picture) touchAgent(u *unit, a *agent) {
	if a.logged != p.revision {
		a.logged = p.revision
		u.agentTable.changed(p.revision, a.row.ID, len(u.agents))
	}
}

// Agent gives one agent of the plan.
func (p *Picture) Agent(unit acd.UnitID, id acd.AgentID) (Agent, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.units[unit]
	if u == nil || u.agents[id] == nil || !u.agents[id].planned {
		return Agent{}, false
	}
	return u.agents[id].row, true
}

// Desk gives what an agent's desktop shows, all of one moment.
func (p *Picture) Desk(unit acd.UnitID, id acd.AgentID) (Desk, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.units[unit]
	if u == nil || u.agents[id] == nil || !u.agents[id].planned {
		return Desk{}, false
	}
	d := Desk{Version: p.version, Agent: u.agents[id].row}
	d.Contacts = make([]Contact, 0, len(d.Agent.Contacts))
	for _, c := range d.Agent.Contacts {
		d.Contacts = append(d.Contacts, p.contacts[c].shown())
	}
	return d, true
}
