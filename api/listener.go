package api

import (
	"encoding/json"
	"slices"

	"portico/acd"
	"portico/dialogue"
	"portico/store"
)

// Who listens in to a contact is shown to supervisors and administrators, and to its agents
// only where the business unit says so. Whoever whispers or barges in is seen by all of them.

// seesListeners reports whether a caller is shown who listens in.
func (c *catalogue) seesListeners(by call) bool {
	return supervises(by.caller) || c.units[by.unit].body.MonitoringShown
}

// shownTo takes those who listen in out of a contact, unless the caller may see them.
func (v Contact) shownTo(names *catalogue, by call) Contact {
	if !names.seesListeners(by) {
		v.Participants = slices.DeleteFunc(v.Participants, func(p Participant) bool {
			return p.Role == roleNames[acd.Monitoring] && p.Agent != by.caller.User
		})
	}
	return v
}

// shownTo takes the contacts to which an agent listens out of the agent's, likewise.
func (a AgentFigures) shownTo(names *catalogue, by call) AgentFigures {
	if !names.seesListeners(by) && a.Agent != by.caller.User {
		a.Contacts = slices.DeleteFunc(a.Contacts, func(c ContactInHand) bool { return c.Role == roleNames[acd.Monitoring] })
	}
	return a
}

// hidesFact reports whether a fact tells of somebody who listens in and is not to be seen.
func (c *catalogue) hidesFact(f store.FactRow, by call) bool {
	switch f.Kind {
	case acd.FactJoined, acd.FactLeft, acd.FactRole:
		return acd.Role(f.N) == acd.Monitoring && f.Agent != by.caller.User && !c.seesListeners(by)
	}
	return false
}

// hidesLine reports the same of a line of a conversation.
func (c *catalogue) hidesLine(m store.Message, by call) bool {
	if m.Kind != dialogue.KindBeside || m.By == by.caller.User || c.seesListeners(by) {
		return false
	}
	var line struct {
		Role string `json:"role"`
	}
	return json.Unmarshal([]byte(m.Text), &line) == nil && line.Role == roleNames[acd.Monitoring]
}
