package sim

import (
	"errors"
	"fmt"

	"portico/acd"
)

// notes follows the facts that leave a contact where it is.
func (m *Model) notes(f acd.Fact, c *contact) error {
	if !m.done {
		return errors.New("nobody asked for it")
	}
	switch f.Kind {
	case acd.FactMoved:
		if e, ok := m.event.(acd.Placed); !ok || e.Contact != f.Contact || c.row.State != nowhere || f.Queue == c.row.Queue {
			return errors.New("its workflow did not move it")
		}
	case acd.FactPriority:
		if f.Contact != contactOf(m.event) || f.N != uint32(priorityOf(m.event)) || uint8(f.N) == c.row.Priority {
			return fmt.Errorf("priority %d", f.N)
		}
		c.row.Priority = uint8(f.N)
	case acd.FactCustomerLost:
		grace := m.plan.Queues[c.row.Queue].CustomerGrace
		if c.row.State == acd.Routing {
			grace = acd.RoutingGrace
		}
		if grace > 0 {
			c.row.CustomerLost = m.now.Add(grace)
		}
	case acd.FactCustomerReturned:
		c.row.CustomerLost = 0
	case acd.FactWrapUpExtended:
		c.row.Deadline = m.now.Add(m.event.(acd.WrapUpExtended).By)
	default:
		return errors.New("no such fact of a contact")
	}
	return nil
}

// priorityOf is the priority that an event gives a contact; zero for none.
func priorityOf(event acd.Event) uint8 {
	switch e := event.(type) {
	case acd.PriorityChanged:
		return e.Priority
	case acd.Placed:
		return e.Priority
	}
	return 0
}

// ofAgent follows the facts about agents alone.
func (m *Model) ofAgent(f acd.Fact) error {
	a := m.agents[f.Agent]
	if a == nil || a.row.Unit != f.Unit {
		return errors.New("no such agent of the unit")
	}
	m.touchedA[f.Agent] = true
	switch f.Kind {
	case acd.FactSignedIn:
		return m.signsIn(f, a)
	case acd.FactSignedOut:
		return m.signsOut(f, a)
	case acd.FactAgentState:
		return m.changesState(f, a)
	case acd.FactDesktopLost:
		if !m.done || !a.row.SignedIn || a.row.GraceEnds != 0 && !m.absent[f.Agent] {
			return errors.New("no desktop was lost")
		}
		delete(m.absent, f.Agent)
		a.row.GraceEnds = m.now.Add(m.plan.Settings.DesktopGrace)
	case acd.FactDesktopBack:
		if !m.done || a.row.GraceEnds == 0 {
			return errors.New("no desktop came back")
		}
		a.row.GraceEnds = 0
	default:
		return errors.New("no such fact of an agent")
	}
	return nil
}

func (m *Model) signsIn(f acd.Fact, a *agent) error {
	e, ok := m.event.(acd.SignedIn)
	if !ok || e.Agent != f.Agent || a.row.SignedIn || f.Reason != e.Reason {
		return errors.New("nobody signed in")
	}
	a.row.SignedIn, a.row.Since, a.row.GraceEnds = true, m.now, 0
	for d, state := range a.row.Domains.All() {
		a.row.Domains.Set(d, acd.DomainState{Reason: e.Reason, Since: m.now, Idle: state.Idle})
	}
	return nil
}

func (m *Model) signsOut(f acd.Fact, a *agent) error {
	if !a.row.SignedIn || f.Took != m.now.Sub(a.row.Since) {
		return errors.New("not signed in, or not that long")
	}
	switch f.Why {
	case acd.WhyDesktopLost:
		if err := m.graceOver(f.Agent); err != nil {
			return err
		}
	default:
		if !m.done {
			return errors.New("nobody signed out")
		}
	}
	a.row.SignedIn, a.row.Since, a.row.GraceEnds = false, m.now, 0
	return nil
}

func (m *Model) changesState(f acd.Fact, a *agent) error {
	state, serves := a.row.Domains.In(f.Domain)
	available := f.N == 1
	if !serves || !a.row.SignedIn || f.Took != m.now.Sub(state.Since) {
		return errors.New("no such state, or not that long")
	}
	switch f.Why {
	case acd.WhyNoAnswer, acd.WhyTooMany:
		reason := m.plan.Settings.NoAnswer
		if f.Why == acd.WhyTooMany {
			reason = m.plan.Settings.DeclinedTooOften
		}
		duty := leave{f.Agent, f.Domain, f.Why}
		if !m.leaves[duty] || f.Reason != reason || available {
			return fmt.Errorf("the agent gave no cause, or reason %s", f.Reason)
		}
		delete(m.leaves, duty)
	case acd.WhyDesktopLost:
		if err := m.graceOver(f.Agent); err != nil || available {
			return errors.Join(errors.New("nobody signed off"), err)
		}
	case acd.WhySignedOut, acd.WhyPlan:
		if !m.done || available {
			return errors.New("nobody signed off")
		}
	default:
		reason := acd.ReasonID{}
		e, ok := m.event.(acd.AgentStateChanged)
		if ok && !e.Available {
			reason = e.Reason
		}
		if !ok || !m.done || e.Agent != f.Agent || e.Domains&(1<<f.Domain) == 0 || e.Available != available || f.Reason != reason {
			return errors.New("nobody asked for it")
		}
		if state.Available == available && state.Reason == f.Reason {
			return errors.New("it was so already")
		}
	}
	idle := state.Idle
	if available {
		idle = m.now
	}
	a.row.Domains.Set(f.Domain, acd.DomainState{Available: available, Reason: f.Reason, Since: m.now, Idle: idle})
	return nil
}

// exclusionsOf counts the live exclusions that the agent is under.
func (m *Model) exclusionsOf(a acd.AgentID) int {
	n := 0
	for _, c := range m.order {
		if m.excludes(c, a, m.step(c)) {
			n++
		}
	}
	return n
}
