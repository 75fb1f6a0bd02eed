package sim

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"portico/acd"
)

// This file follows the facts about those who take part beside an owner, and about
// a contact that gets another owner.

// counts says whether a part in a contact is load of the agent who has it.
func counts(r acd.Role) bool { return r != acd.Monitoring && r != acd.Whispering }

func (c *contact) talks() bool {
	return c.row.State == acd.Active || c.row.State == acd.Interrupted && c.row.Resume == acd.Active
}

// part gives the agent's part beside the owner, or nil.
func (c *contact) part(a acd.AgentID) *acd.Participation {
	for i := range c.row.Beside {
		if c.row.Beside[i].Agent == a {
			return &c.row.Beside[i]
		}
	}
	return nil
}

// loses takes the agent's part away.
func (c *contact) loses(a acd.AgentID) {
	c.row.Beside = slices.DeleteFunc(slices.Clone(c.row.Beside), func(p acd.Participation) bool { return p.Agent == a })
}

// gets adds a part; what the agent does elsewhere may have to stand for it.
func (m *Model) gets(c *contact, p acd.Participation, interrupts bool) {
	p.Since = m.now
	if counts(p.Role) && interrupts {
		m.interruptBy(p.Agent, c.row.Domain)
	}
	c.row.Beside = append(slices.Clone(c.row.Beside), p)
}

// besideEffect notes what the world has to be asked for about a part.
func (m *Model) besideEffect(kind acd.EffectKind, c *contact, p acd.Participation, why acd.Why) {
	m.effects = append(m.effects, acd.Effect{
		Kind: kind, Why: why, Role: p.Role, Contact: c.row.ID, Agent: p.Agent, Queue: c.row.Queue, Unit: c.row.Unit,
		N: p.Offer, Until: p.Deadline,
	})
}

// atDesk says whether a supervisor can take part at all.
func atDesk(a *agent) bool { return a.row.SignedIn && a.row.GraceEnds == 0 }

// heir is who gets the contact when its owner is gone, or the zero id.
func (m *Model) heir(c *contact) acd.AgentID {
	for _, p := range c.row.Beside {
		if a := m.agents[p.Agent]; a != nil && p.Role == acd.Conferenced && p.State == acd.Active && atDesk(a) {
			return p.Agent
		}
	}
	return acd.AgentID{}
}

// guest is the agent whom a queue finds for an invitation, or nil: of the earliest
// step at which anybody is able, the best by its policy.
func (m *Model) guest(c *contact, queue acd.QueueID) *agent {
	if queue.IsZero() {
		queue = c.row.Queue
	}
	asked := &contact{row: acd.ContactRow{Queue: queue, Domain: c.row.Domain}}
	var best *agent
	var key [3]int64
	for _, a := range m.staff {
		e, serves := m.plan.Edges[acd.EdgeKey{Queue: queue, Agent: a.row.ID}]
		if !serves || int(e.First) >= len(m.plan.Queues[queue].Steps) || m.able(a)&(1<<c.row.Domain) == 0 {
			continue
		}
		if c.row.Agent == a.row.ID || c.part(a.row.ID) != nil || m.excludes(c, a.row.ID, m.step(c)) {
			continue
		}
		rank := m.rank(asked, a)
		if k := [3]int64{int64(e.First), rank[0], rank[1]}; best == nil || slices.Compare(k[:], key[:]) < 0 {
			best, key = a, k
		}
	}
	return best
}

func (m *Model) invites(f acd.Fact, c *contact) error {
	e, ok := m.event.(acd.Invited)
	if !ok || !m.done || e.Contact != f.Contact || f.N != uint32(e.Role) {
		return errors.New("nobody asked for it")
	}
	a := m.agents[f.Agent]
	switch {
	case a == nil || m.able(a)&(1<<c.row.Domain) == 0:
		return errors.New("the agent is not able")
	case !e.To.IsZero() && e.To != f.Agent:
		return errors.New("another agent was asked for")
	case e.To.IsZero() && m.guest(c, e.Queue) != a:
		return fmt.Errorf("agent %s was to be asked", m.guest(c, e.Queue).row.ID)
	}
	c.row.Offer++
	p := acd.Participation{
		Agent: f.Agent, Role: e.Role, State: acd.Offered, Offer: c.row.Offer, By: e.From,
		Deadline: m.now.Add(offerTime(m.plan.Queues[c.row.Queue])),
	}
	m.gets(c, p, true)
	m.besideEffect(acd.Offer, c, p, f.Why)
	return nil
}

func (m *Model) joins(f acd.Fact, c *contact) error {
	a := m.agents[f.Agent]
	if a == nil || !m.done || f.Contact != contactOf(m.event) {
		return errors.New("nobody asked for it")
	}
	switch e := m.event.(type) {
	case acd.Accepted:
		p := c.part(f.Agent)
		if e.Agent != f.Agent || p == nil || p.State != acd.Offered || p.Offer != e.Offer || f.N != uint32(p.Role) || f.Took != m.now.Sub(p.Since) {
			return errors.New("no such invitation, or not that long")
		}
		p.State, p.Since, p.Deadline = acd.Active, m.now, 0
		m.besideEffect(acd.Assign, c, *p, f.Why)
		m.assigned(a, c)
		return nil
	case acd.Joined:
		if e.Agent != f.Agent || f.N != uint32(e.Role) || f.Why != acd.WhyJoined || !atDesk(a) {
			return errors.New("the supervisor wanted something else")
		}
	case acd.HandedOver:
		if !e.Stay || e.From != f.Agent || e.To != c.row.Agent || f.N != uint32(acd.Conferenced) || f.Why != acd.WhyHandedOver {
			return errors.New("the owner did not want to stay")
		}
	default:
		return errors.New("nobody asked for it")
	}
	if c.row.Agent == f.Agent || c.part(f.Agent) != nil || f.Took != 0 {
		return errors.New("the agent takes part already")
	}
	p := acd.Participation{Agent: f.Agent, Role: acd.Role(f.N), State: acd.Active}
	m.gets(c, p, f.Why == acd.WhyJoined)
	m.besideEffect(acd.Assign, c, p, f.Why)
	return nil
}

// assigned notes that an agent was given work, from which idle time counts anew.
func (m *Model) assigned(a *agent, c *contact) {
	if state, serves := a.row.Domains.In(c.row.Domain); serves {
		state.Idle = m.now
		a.row.Domains.Set(c.row.Domain, state)
	}
	m.touchedA[a.row.ID] = true
}

func (m *Model) leavesContact(f acd.Fact, c *contact) error {
	if f.N == uint32(acd.Owner) {
		return m.ownerLeaves(f, c)
	}
	p := c.part(f.Agent)
	if p == nil || f.N != uint32(p.Role) || f.Took != m.now.Sub(p.Since) {
		return errors.New("the agent has no such part, or not that long")
	}
	pending := p.State == acd.Offered
	excluded, err := m.mayLeave(f, c, *p)
	if err != nil {
		return err
	}
	p.Deadline = 0
	kind := acd.Release
	if pending {
		kind = acd.Withdraw
	}
	m.besideEffect(kind, c, *p, f.Why)
	c.loses(f.Agent)
	if excluded {
		m.excludeQuietly(c, f.Agent)
	}
	return nil
}

// mayLeave says why a part may end now, and whether the contact then excludes who
// had it.
func (m *Model) mayLeave(f acd.Fact, c *contact, p acd.Participation) (excluded bool, err error) {
	pending := p.State == acd.Offered
	switch f.Why {
	case acd.WhyLeft, acd.WhyRemoved:
		e, ok := m.event.(acd.Left)
		own := e.By.IsZero() || e.By == e.Agent
		if !ok || !m.done || e.Contact != f.Contact || e.Agent != f.Agent || own != (f.Why == acd.WhyLeft) {
			return false, errors.New("nobody asked for it")
		}
	case acd.WhyDeclined:
		e, ok := m.event.(acd.Declined)
		if !ok || !m.done || e.Contact != f.Contact || e.Agent != f.Agent || !pending || e.Offer != p.Offer {
			return false, errors.New("nobody declined it")
		}
		return true, nil
	case acd.WhyNoAnswer:
		if !pending {
			return false, errors.New("it was accepted")
		}
		if !m.plan.Queues[c.row.Queue].NoAnswerStays {
			m.leaves[leave{f.Agent, c.row.Domain, acd.WhyNoAnswer}] = true
		}
		return true, m.timer(p.Deadline, c.row.ID)
	case acd.WhyUnavailable:
		if !pending || m.present(m.agents[f.Agent], c.row.Domain) {
			return false, errors.New("the agent is available, or has accepted")
		}
		return true, nil
	case acd.WhyDesktopLost, acd.WhySignedOut, acd.WhyPlan:
		return m.leavesAbsent(f, c, pending)
	case acd.WhyTransferred, acd.WhyRequeued, acd.WhyReassigned, acd.WhyFinished, acd.WhyIdle, acd.WhySteered, acd.WhyAbandoned:
		if !m.done || f.Contact != contactOf(m.event) {
			return false, errors.New("the conversation goes on")
		}
	case acd.WhyCustomerLost:
		return false, m.conversationOver(f, c)
	default:
		return false, fmt.Errorf("why %d", f.Why)
	}
	return false, nil
}

// leavesAbsent is about somebody who is gone: the participant, or the owner, whom
// nobody inherits.
func (m *Model) leavesAbsent(f acd.Fact, c *contact, pending bool) (excluded bool, err error) {
	if a := m.agents[f.Agent]; !a.row.SignedIn {
		return pending, nil
	}
	if e, ok := m.event.(acd.DesktopLost); ok && m.done && pending && e.Agent == f.Agent && f.Why == acd.WhyDesktopLost {
		return true, nil
	}
	owner := m.agents[c.row.Agent]
	if owner == nil || owner.row.SignedIn {
		return false, errors.New("both are there")
	}
	if heir := m.heir(c); !heir.IsZero() && !c.dissolves {
		return false, fmt.Errorf("agent %s inherits it", heir)
	}
	c.dissolves = true
	return false, nil
}

// ownerLeaves: the contact is to have another owner at once.
func (m *Model) ownerLeaves(f acd.Fact, c *contact) error {
	if !c.talks() || f.Agent != c.row.Agent || f.Took != m.now.Sub(c.row.Since) {
		return errors.New("the agent does not own it, or not that long")
	}
	switch f.Why {
	case acd.WhyHandedOver:
		e, ok := m.event.(acd.HandedOver)
		if !ok || !m.done || e.Contact != f.Contact {
			return errors.New("nobody asked for it")
		}
		c.heir = e.To
	case acd.WhyTakenOver:
		e, ok := m.event.(acd.TakenOver)
		if !ok || !m.done || e.Contact != f.Contact {
			return errors.New("nobody asked for it")
		}
		c.heir = e.Agent
	case acd.WhyDesktopLost, acd.WhySignedOut, acd.WhyPlan:
		if m.agents[f.Agent].row.SignedIn {
			return errors.New("the owner is there")
		}
		if c.heir = m.heir(c); c.heir.IsZero() {
			return errors.New("nobody inherits it")
		}
	default:
		return fmt.Errorf("why %d", f.Why)
	}
	c.changes = f.Why
	m.effect(acd.Release, c, f)
	m.lose(c)
	return nil
}

func (m *Model) handsOver(f acd.Fact, c *contact) error {
	a := m.agents[f.Agent]
	if c.row.State != nowhere || c.changes == acd.WhyNone || f.Why != c.changes || f.Agent != c.heir || a == nil {
		return errors.New("not the next owner")
	}
	was := acd.Participation{}
	if p := c.part(f.Agent); p != nil {
		was = *p
		c.loses(f.Agent)
	}
	var took time.Duration
	if was.Since != 0 {
		took = m.now.Sub(was.Since)
	}
	if f.N != uint32(was.Role) || f.Took != took {
		return errors.New("another part before, or not that long")
	}
	if was.Role == acd.Owner || !counts(was.Role) {
		m.interruptBy(f.Agent, c.row.Domain)
	}
	m.enter(c, acd.Active, f.Agent, 0)
	m.effect(acd.Assign, c, f)
	m.assigned(a, c)
	c.heir, c.changes = acd.AgentID{}, acd.WhyNone
	return nil
}

func (m *Model) changesRole(f acd.Fact, c *contact) error {
	e, ok := m.event.(acd.RoleChanged)
	p := c.part(f.Agent)
	if !ok || !m.done || e.Contact != f.Contact || e.Agent != f.Agent || p == nil || p.State != acd.Active {
		return errors.New("nobody asked for it")
	}
	if f.N != uint32(e.Role) || p.Role == e.Role || f.Took != m.now.Sub(p.Since) {
		return errors.New("another role, or not that long")
	}
	if counts(e.Role) && !counts(p.Role) {
		m.interruptBy(f.Agent, c.row.Domain)
	}
	p.Role, p.Since = e.Role, m.now
	m.besideEffect(acd.Assign, c, *p, f.Why)
	return nil
}

// checkBeside: others take part only beside an owner who talks, each once; and who
// are gone leave.
func (m *Model) checkBeside(*acd.Out) error {
	for _, c := range m.order {
		if len(c.row.Beside) > 0 && !c.talks() || len(c.row.Beside) > acd.BesideMax {
			return fmt.Errorf("%d take part in contact %s, which is in state %d", len(c.row.Beside), c.row.ID, c.row.State)
		}
		for i, p := range c.row.Beside {
			twice := slices.ContainsFunc(c.row.Beside[:i], func(x acd.Participation) bool { return x.Agent == p.Agent })
			if twice || p.Agent == c.row.Agent || p.Role == acd.Owner {
				return fmt.Errorf("agent %s takes part in contact %s twice", p.Agent, c.row.ID)
			}
			if a := m.agents[p.Agent]; a == nil || !a.row.SignedIn {
				return fmt.Errorf("agent %s takes part in contact %s, but is not there", p.Agent, c.row.ID)
			}
		}
	}
	return nil
}
