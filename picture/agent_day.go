package picture

import (
	"time"

	"portico/acd"
	"portico/store"
)

// AgentDay is what an agent has done today, in the unit's time zone.
type AgentDay struct {
	Handled uint32        // contacts that the agent has ended or transferred
	Handle  time.Duration // active and wrap-up, of all contacts of today
	Worked  time.Duration // signed in
}

// agentCount are an agent's counters of one day.
type agentCount struct {
	day      acd.Time // its beginning
	handled  uint32
	handleMs uint64
	workedMs uint64 // of what is over
}

// foldAgentFact counts a fact for the agent in whose hands it happened.
func (p *Picture) foldAgentFact(f acd.Fact) {
	if f.Agent.IsZero() {
		return
	}
	u := p.unit(f.Unit)
	a := u.agents[f.Agent]
	if a == nil || f.At < u.day.from || f.At >= u.day.to {
		return
	}
	var d agentCount
	took := uint64(f.Took.Milliseconds())
	switch f.Kind {
	case acd.FactInterrupted, acd.FactFinished:
		d.handleMs = took
	case acd.FactReturned:
		d.handleMs = took
		if f.Why == acd.WhyTransferred {
			d.handled = 1
		}
	case acd.FactLeft:
		if f.N != uint32(acd.Owner) {
			return
		}
		d.handleMs = took
		if f.Why == acd.WhyHandedOver {
			d.handled = 1
		}
	case acd.FactEnded:
		d.handled, d.handleMs = 1, took
	case acd.FactSignedOut:
		d.workedMs = uint64(min(f.Took, f.At.Sub(u.day.from)).Milliseconds())
	default:
		return
	}
	if a.count.day != u.day.from {
		a.count = agentCount{day: u.day.from}
	}
	a.count.handled += d.handled
	a.count.handleMs += d.handleMs
	a.count.workedMs += d.workedMs
	p.dirtyAgents[a.row.ID] = a
}

// loadAgentDay takes saved counters of today.
func (p *Picture) loadAgentDay(d store.AgentDay) {
	u := p.unit(d.Unit)
	if a := u.agents[d.Agent]; a != nil && d.Day == u.day.from {
		a.count = agentCount{day: d.Day, handled: d.Handled, handleMs: d.HandleMs, workedMs: d.WorkedMs}
	}
}

func (a *agent) countRow() store.Row {
	c := a.count
	return store.AgentDay{Unit: a.row.Unit, Agent: a.row.ID, Day: c.day, Handled: c.handled, HandleMs: c.handleMs, WorkedMs: c.workedMs}
}

// AgentDay gives what an agent of the plan has done today.
func (p *Picture) AgentDay(unit acd.UnitID, id acd.AgentID) (AgentDay, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.units[unit]
	if u == nil || u.agents[id] == nil || !u.agents[id].planned {
		return AgentDay{}, false
	}
	now := acd.At(p.o.Now())
	p.turnDay(u, now)
	a := u.agents[id]
	var out AgentDay
	if a.count.day == u.day.from {
		out = AgentDay{Handled: a.count.handled, Handle: time.Duration(a.count.handleMs) * time.Millisecond,
			Worked: time.Duration(a.count.workedMs) * time.Millisecond}
	}
	if a.row.SignedIn {
		out.Worked += max(0, now.Sub(max(a.row.Since, u.day.from)))
	}
	return out, true
}
