package sim

import "portico/acd"

// own says whether the fact is the one by which the event itself shows, rather
// than a timer that was due before it.
func (m *Model) own(f acd.Fact) bool {
	about := !f.Contact.IsZero() && f.Contact == contactOf(m.event)
	switch e := m.event.(type) {
	case acd.PlanChanged, acd.Restarted:
		return true
	case acd.Arrived:
		return about && f.Kind == acd.FactArrived
	case acd.Placed:
		return about && m.showsPlacing(e, f)
	case acd.Disconnected:
		return about && f.Why == disconnectedWhy(e)
	case acd.SkillsChanged:
		return about && f.Kind == acd.FactSkills
	case acd.Accepted:
		joins := f.Kind == acd.FactJoined && f.Agent == e.Agent
		return joins && about || about && f.Kind == acd.FactAccepted && f.Agent == e.Agent && m.contacts[f.Contact].row.Offer == e.Offer
	case acd.Declined:
		return about && (f.Kind == acd.FactNotAccepted || f.Kind == acd.FactLeft) && f.Why == acd.WhyDeclined
	case acd.Invited:
		return about && f.Kind == acd.FactInvited
	case acd.Joined:
		return about && f.Kind == acd.FactJoined
	case acd.RoleChanged:
		return about && f.Kind == acd.FactRole
	case acd.Left:
		return about && f.Kind == acd.FactLeft && (f.Why == acd.WhyLeft || f.Why == acd.WhyRemoved)
	case acd.HandedOver:
		return about && f.Why == acd.WhyHandedOver
	case acd.TakenOver:
		return about && f.Why == acd.WhyTakenOver
	case acd.Finished:
		return about && f.Why == finishedWhy(e)
	case acd.WrapUpExtended:
		return about && f.Kind == acd.FactWrapUpExtended
	case acd.WrappedUp:
		return about && f.Why == acd.WhyWrappedUp
	case acd.Abandoned:
		return about && f.Why == acd.WhyAbandoned
	case acd.CustomerLost:
		return about && f.Kind == acd.FactCustomerLost
	case acd.CustomerReturned:
		return about && f.Kind == acd.FactCustomerReturned
	case acd.TransferredToQueue, acd.TransferredToAgent:
		return about && f.Why == acd.WhyTransferred
	case acd.Requeued:
		return about && f.Why == acd.WhyRequeued && m.contacts[f.Contact].row.State != acd.Timed
	case acd.Reassigned:
		return about && f.Why == acd.WhyReassigned
	case acd.Picked:
		return about && f.Why == acd.WhyPicked
	case acd.PriorityChanged:
		return about && f.Kind == acd.FactPriority
	case acd.SignedIn:
		return f.Kind == acd.FactSignedIn && f.Agent == e.Agent
	case acd.SignedOut:
		return f.Agent == e.Agent && f.Why == acd.WhySignedOut && (f.Kind == acd.FactAgentState || f.Kind == acd.FactSignedOut)
	case acd.AgentStateChanged:
		return f.Kind == acd.FactAgentState && f.Agent == e.Agent && f.Why == acd.WhyNone
	case acd.DesktopLost:
		return f.Kind == acd.FactDesktopLost && f.Agent == e.Agent
	case acd.DesktopConnected:
		return f.Kind == acd.FactDesktopBack && f.Agent == e.Agent
	}
	return false
}

// finishedWhy is the reason of the end that an event asks for.
func finishedWhy(e acd.Finished) acd.Why {
	switch {
	case e.Steered:
		return acd.WhySteered
	case e.Idle:
		return acd.WhyIdle
	}
	return acd.WhyFinished
}

// disconnectedWhy is the same for a contact without an owner.
func disconnectedWhy(e acd.Disconnected) acd.Why {
	if e.Steered {
		return acd.WhySteered
	}
	return acd.WhyWorkflow
}

// contactOf is the contact that an event names, zero when it names none.
func contactOf(event acd.Event) acd.ContactID {
	switch e := event.(type) {
	case acd.Arrived:
		return e.Contact
	case acd.Placed:
		return e.Contact
	case acd.Disconnected:
		return e.Contact
	case acd.SkillsChanged:
		return e.Contact
	case acd.Invited:
		return e.Contact
	case acd.Joined:
		return e.Contact
	case acd.RoleChanged:
		return e.Contact
	case acd.Left:
		return e.Contact
	case acd.HandedOver:
		return e.Contact
	case acd.TakenOver:
		return e.Contact
	case acd.Accepted:
		return e.Contact
	case acd.Declined:
		return e.Contact
	case acd.Finished:
		return e.Contact
	case acd.WrapUpExtended:
		return e.Contact
	case acd.WrappedUp:
		return e.Contact
	case acd.Abandoned:
		return e.Contact
	case acd.CustomerLost:
		return e.Contact
	case acd.CustomerReturned:
		return e.Contact
	case acd.TransferredToQueue:
		return e.Contact
	case acd.TransferredToAgent:
		return e.Contact
	case acd.Requeued:
		return e.Contact
	case acd.Reassigned:
		return e.Contact
	case acd.Picked:
		return e.Contact
	case acd.PriorityChanged:
		return e.Contact
	}
	return acd.ContactID{}
}

// agentOf is the agent whose presence an event is about.
func agentOf(event acd.Event) acd.AgentID {
	switch e := event.(type) {
	case acd.SignedIn:
		return e.Agent
	case acd.SignedOut:
		return e.Agent
	case acd.AgentStateChanged:
		return e.Agent
	case acd.DesktopConnected:
		return e.Agent
	case acd.DesktopLost:
		return e.Agent
	}
	return acd.AgentID{}
}
