package sim

import (
	"portico/acd"
)

// This file makes up what workflows do, and what owners and supervisors do with
// others in a contact.

// flow makes up what a workflow does with a contact that it has, or that waits.
func (d *Day) flow() acd.Event {
	c := d.contactIn(acd.Routing, acd.Routing, acd.Queued, acd.Held, acd.Timed)
	if c == nil || d.chance(5) {
		if c = pick(d, d.model.order); c == nil {
			return acd.Ticked{}
		}
	}
	id := c.row.ID
	switch n := d.dice.IntN(100); {
	case n < 8:
		return acd.Disconnected{Contact: id, Steered: d.chance(40)}
	case n < 16:
		return acd.PriorityChanged{Contact: id, Priority: uint8(1 + d.dice.IntN(100))}
	case n < 24:
		return acd.SkillsChanged{Contact: id, Skills: d.levels(20)}
	case n < 30:
		return d.customer(c.row)
	}
	return d.place(c.row)
}

func (d *Day) place(row acd.ContactRow) acd.Event {
	e := acd.Placed{Contact: row.ID, Queue: row.Queue, Overfill: d.chance(10)}
	if row.Queue.IsZero() || d.chance(60) {
		e.Queue = d.queueIn(row.Unit, row.Domain)
	}
	if d.chance(30) {
		e.Priority = uint8(1 + d.dice.IntN(100))
	}
	if d.chance(20) {
		e.Skills = append([]acd.SkillLevel{}, d.levels(20)...)
	}
	if d.chance(30) {
		e.Preferred, e.Hold = d.agentOf(row.Unit), d.seconds(0, 3, 10, 30)
	}
	return e
}

// queueIn picks a queue of the unit and domain, but for now and then.
func (d *Day) queueIn(unit acd.UnitID, domain acd.Domain) acd.QueueID {
	for range 10 {
		if id := pick(d, d.queues); d.model.plan.Queues[id].Unit == unit && d.model.plan.Queues[id].Domain == domain {
			return id
		}
	}
	return pick(d, d.queues)
}

// company makes up what an owner does with others in a contact, or a supervisor.
func (d *Day) company() acd.Event {
	c := d.contactIn(acd.Active, acd.Active, acd.Interrupted)
	if c == nil || d.chance(15) {
		if c = pick(d, d.model.order); c == nil {
			return acd.Ticked{}
		}
	}
	var accompanied []*contact
	for _, x := range d.model.order {
		if len(x.row.Beside) > 0 {
			accompanied = append(accompanied, x)
		}
	}
	if x := pick(d, accompanied); x != nil && d.chance(60) {
		return d.besideAct(x.row, pick(d, x.row.Beside))
	}
	row := c.row
	switch n := d.dice.IntN(100); {
	case n < 50:
		return acd.Invited{Contact: row.ID, From: row.Agent, To: d.agentOf(row.Unit), Role: acd.Consulted + acd.Role(d.dice.IntN(2))}
	case n < 72:
		e := acd.Invited{Contact: row.ID, From: row.Agent, Role: acd.Consulted + acd.Role(d.dice.IntN(2))}
		if d.chance(70) {
			e.Queue = d.queueIn(row.Unit, row.Domain)
		}
		return e
	case n < 94:
		return acd.Joined{Contact: row.ID, Agent: d.agentOf(row.Unit), Role: acd.Conferenced + acd.Role(d.dice.IntN(3))}
	}
	return acd.TakenOver{Contact: row.ID, Expect: acd.Place{State: row.State, Agent: row.Agent}, Agent: d.agentOf(row.Unit)}
}

func (d *Day) besideAct(row acd.ContactRow, p acd.Participation) acd.Event {
	switch n := d.dice.IntN(100); {
	case p.State == acd.Offered && n < 60:
		return acd.Accepted{Contact: row.ID, Agent: p.Agent, Offer: p.Offer}
	case p.State == acd.Offered && n < 75:
		return acd.Declined{Contact: row.ID, Agent: p.Agent, Offer: p.Offer}
	case p.State == acd.Offered && n < 82: // an answer to another invitation
		return acd.Accepted{Contact: row.ID, Agent: p.Agent, Offer: p.Offer - 1}
	case p.State == acd.Offered && n < 88:
		return acd.Ticked{}
	case n < 25:
		return acd.RoleChanged{Contact: row.ID, Agent: p.Agent, Role: acd.Consulted + acd.Role(d.dice.IntN(4))}
	case n < 55:
		return acd.HandedOver{Contact: row.ID, From: row.Agent, To: p.Agent, Stay: d.chance(50)}
	case n < 60:
		return acd.TakenOver{Contact: row.ID, Expect: acd.Place{State: row.State, Agent: row.Agent}, Agent: p.Agent}
	case n < 75:
		return acd.DesktopLost{Agent: pick(d, []acd.AgentID{row.Agent, p.Agent})}
	case n < 79:
		return acd.SignedOut{Agent: pick(d, []acd.AgentID{row.Agent, p.Agent}), Force: d.chance(70)}
	case n < 88:
		return acd.Left{Contact: row.ID, Agent: p.Agent, By: pick(d, []acd.AgentID{{}, row.Agent})}
	}
	return acd.Ticked{}
}

// mischief makes up what makes no sense about others in a contact, or of a
// workflow.
func (d *Day) mischief(contact acd.ContactID, agent acd.AgentID, place acd.Place) acd.Event {
	role := acd.Role(d.dice.IntN(6))
	switch d.dice.IntN(11) {
	case 0:
		return acd.Invited{Contact: contact, From: agent, To: pick(d, d.agents), Role: role}
	case 1:
		return acd.Invited{Contact: contact, From: place.Agent, Queue: pick(d, append(d.queues, d.id(7))), Role: role}
	case 2:
		return acd.Joined{Contact: contact, Agent: agent, Role: role}
	case 3:
		return acd.RoleChanged{Contact: contact, Agent: agent, Role: role}
	case 4:
		return acd.Left{Contact: contact, Agent: agent}
	case 5:
		return acd.HandedOver{Contact: contact, From: agent, To: pick(d, d.agents), Stay: d.chance(50)}
	case 6:
		return acd.TakenOver{Contact: contact, Expect: place, Agent: agent}
	case 7:
		return acd.Disconnected{Contact: contact, Steered: d.chance(50)}
	case 8:
		return acd.SkillsChanged{Contact: contact, Skills: []acd.SkillLevel{{Skill: pick(d, d.skills), Level: uint8(d.dice.IntN(2) * 101)}}}
	case 9:
		return acd.Finished{Contact: contact, Agent: agent, Steered: true}
	}
	return acd.Placed{Contact: contact, Queue: pick(d, append(d.queues, d.id(7))), Priority: uint8(d.dice.IntN(2) * 101), Hold: d.seconds(-1, 0, 9), Preferred: agent}
}
