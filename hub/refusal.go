package hub

import (
	"strconv"

	"portico/acd"
	"portico/fault"
)

// states are the names of contact states as the API spells them.
var states = [...]string{
	acd.Timed: "timed", acd.Held: "held", acd.Queued: "queued", acd.Offered: "offered", acd.Active: "active",
	acd.Interrupted: "interrupted", acd.WrapUp: "wrap_up", acd.Ended: "ended", acd.Routing: "routing",
}

// refusals turns the core's codes into faults. RefusedState is completed by who
// has the contact.
var refusals = map[acd.RefusalCode]*fault.Fault{
	acd.RefusedUnknown: errNotFound,
	acd.RefusedExists:  fault.New(fault.Conflict, "exists", "There is an open contact with this id already."),
	acd.RefusedInvalid: fault.New(fault.Invalid, "invalid", "A value is outside its range."),
	acd.RefusedState: fault.New(fault.Conflict, "contact_taken",
		"The contact is no longer where you saw it. Look at it again."),
	acd.RefusedBusy:        fault.New(fault.Conflict, "agent_busy", "The agent has no room for it, or still has contacts."),
	acd.RefusedUnavailable: fault.New(fault.Conflict, "agent_unavailable", "The agent is not signed in and available."),
	acd.RefusedFull:        errBusy,
	acd.RefusedInUse:       fault.New(fault.Conflict, "in_use", "It still has contacts. Move or end them first."),
	acd.RefusedClasses: fault.New(fault.TooMany, "too_many_demands",
		"Too many different demands of skills wait at the moment. Please ask for fewer skills."),
	acd.RefusedMinimum: fault.New(fault.Conflict, "minimum", "Too few agents would stay available for a queue. Wait until somebody else is available, or ask a supervisor."),
	acd.RefusedBeside:  fault.New(fault.Conflict, "takes_part", "The agent takes part in this contact already, or there is no room for one more."),
}

// faultOf gives the fault of a refusal, or nil when there was none.
func faultOf(r acd.Refusal) error {
	if r.Code == acd.NotRefused {
		return nil
	}
	f, ok := refusals[r.Code]
	if !ok {
		f = refusals[acd.RefusedInvalid]
	}
	if r.Code == acd.RefusedState {
		if int(r.Place.State) < len(states) {
			f = f.With("state", states[r.Place.State])
		}
		if !r.Place.Agent.IsZero() {
			f = f.With("agent", r.Place.Agent.String())
		}
	}
	if r.Code == acd.RefusedMinimum {
		f = f.With("queue", r.Queue.String()).With("have", strconv.Itoa(r.Have)).With("need", strconv.Itoa(r.Need))
	}
	return f
}

// names is what an event names; zero where it names nothing.
type names struct {
	contact acd.ContactID
	agents  [2]acd.AgentID
	queue   acd.QueueID
}

// named gives what an event of a caller names.
func named(e acd.Event) names {
	switch e := e.(type) {
	case acd.Arrived:
		return names{queue: e.Queue}
	case acd.Placed:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.Preferred}, queue: e.Queue}
	case acd.Disconnected:
		return names{contact: e.Contact}
	case acd.SkillsChanged:
		return names{contact: e.Contact}
	case acd.Accepted:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.Agent}}
	case acd.Declined:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.Agent}}
	case acd.Finished:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.Agent}}
	case acd.Invited:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.From, e.To}, queue: e.Queue}
	case acd.Joined:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.Agent}}
	case acd.RoleChanged:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.Agent}}
	case acd.Left:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.Agent, e.By}}
	case acd.HandedOver:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.From, e.To}}
	case acd.TakenOver:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.Agent}}
	case acd.WrapUpExtended:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.Agent}}
	case acd.WrappedUp:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.Agent}}
	case acd.Abandoned:
		return names{contact: e.Contact}
	case acd.CustomerLost:
		return names{contact: e.Contact}
	case acd.CustomerReturned:
		return names{contact: e.Contact}
	case acd.TransferredToQueue:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.From}, queue: e.Queue}
	case acd.TransferredToAgent:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.From, e.To}, queue: e.Queue}
	case acd.Requeued:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.From}}
	case acd.Reassigned:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.To}}
	case acd.Picked:
		return names{contact: e.Contact, agents: [2]acd.AgentID{e.Agent}}
	case acd.PriorityChanged:
		return names{contact: e.Contact}
	case acd.SignedIn:
		return names{agents: [2]acd.AgentID{e.Agent}}
	case acd.SignedOut:
		return names{agents: [2]acd.AgentID{e.Agent}}
	case acd.AgentStateChanged:
		return names{agents: [2]acd.AgentID{e.Agent}}
	case acd.DesktopConnected:
		return names{agents: [2]acd.AgentID{e.Agent}}
	case acd.DesktopLost:
		return names{agents: [2]acd.AgentID{e.Agent}}
	default:
		return names{}
	}
}

// foreign reports whether an event names something of another unit, or something
// that does not exist: the two are answered alike. The zero unit may all.
func (o *owner) foreign(unit acd.UnitID, e acd.Event) bool {
	if unit.IsZero() {
		return false
	}
	n := named(e)
	if !n.contact.IsZero() {
		if c, ok := o.open[n.contact]; !ok || c.unit != unit {
			return true
		}
	}
	for _, a := range n.agents {
		if !a.IsZero() && o.agents[a] != unit {
			return true
		}
	}
	return !n.queue.IsZero() && o.queues[n.queue].unit != unit
}
