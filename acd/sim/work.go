package sim

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"portico/acd"
)

// This file follows the facts about contacts in agents' hands, and about agents.

// timer says whether a deadline is due, in the order in which timers are handled.
func (m *Model) timer(deadline acd.Time, id [16]byte) error {
	if deadline == 0 || deadline > m.now {
		return fmt.Errorf("not due before %d", deadline)
	}
	if deadline < m.timerAt || deadline == m.timerAt && bytes.Compare(id[:], m.timerID[:]) < 0 {
		return errors.New("after a later timer")
	}
	if m.timers++; m.timers > acd.TimersPerStep {
		return errors.New("too many timers for one Step")
	}
	m.timerAt, m.timerID = deadline, id
	m.turn++
	return nil
}

func (m *Model) accepts(f acd.Fact, c *contact) error {
	a := m.agents[f.Agent]
	if a == nil || f.Took != m.now.Sub(c.row.FirstQueued) {
		return errors.New("no such agent, or not that long")
	}
	if m.grasps(f) {
		if c.row.State != nowhere {
			m.interruptBy(f.Agent, c.row.Domain)
		}
		if c.row.State == acd.Queued {
			c.row.Step = uint8(m.step(c))
		}
	} else if err := m.acceptsOffer(f, c); err != nil {
		return err
	}
	m.enter(c, acd.Active, f.Agent, 0)
	m.effect(acd.Assign, c, f)
	c.direct = false
	if c.row.AcceptedAt == 0 {
		c.row.AcceptedAt = m.now
	}
	if state, serves := a.row.Domains.In(c.row.Domain); serves {
		state.Idle = m.now
		a.row.Domains.Set(c.row.Domain, state)
	}
	m.touchedA[a.row.ID] = true
	return nil
}

// grasps says whether an agent takes by own choice a contact that nobody owns.
func (m *Model) grasps(f acd.Fact) bool {
	switch e := m.event.(type) {
	case acd.Picked:
		return e.Contact == f.Contact && e.Agent == f.Agent && f.Why == acd.WhyPicked
	case acd.TakenOver:
		return e.Contact == f.Contact && e.Agent == f.Agent && f.Why == acd.WhyTakenOver
	}
	return false
}

// grasper gives who is about to take a contact by own choice that waits, and its
// domain.
func (m *Model) grasper() (acd.AgentID, acd.Domain, bool) {
	var by acd.AgentID
	switch e := m.event.(type) {
	case acd.Picked:
		by = e.Agent
	case acd.TakenOver:
		by = e.Agent
	}
	c := m.contacts[contactOf(m.event)]
	if by.IsZero() || c == nil || !c.waits() {
		return by, 0, false
	}
	return by, c.row.Domain, true
}

func (m *Model) acceptsOffer(f acd.Fact, c *contact) error {
	if c.row.State != acd.Offered || c.row.Agent != f.Agent {
		return errors.New("no such offer")
	}
	e, ok := m.event.(acd.Accepted)
	if ok && e.Contact == c.row.ID && e.Agent == f.Agent && e.Offer == c.row.Offer {
		return nil
	}
	if !m.offered[c.row.ID] || !m.plan.Queues[c.row.Queue].AutoAccept {
		return errors.New("nobody accepted")
	}
	return nil
}

func (m *Model) interrupts(f acd.Fact, c *contact) error {
	if f.Took != m.now.Sub(c.row.Since) {
		return errors.New("not at work that long")
	}
	if c.row.Agent != f.Agent || c.row.State != acd.Active && c.row.State != acd.WrapUp {
		return errors.New("not at work")
	}
	if by, domain, ok := m.grasper(); ok && !m.done && by == f.Agent {
		m.interruptBy(f.Agent, domain)
	}
	if !m.stands[c.row.ID] {
		return errors.New("nothing interrupts it")
	}
	delete(m.stands, c.row.ID)
	was, deadline := c.row.State, c.row.Deadline
	m.enter(c, acd.Interrupted, f.Agent, 0)
	c.row.Resume = was
	if deadline != 0 {
		c.row.Left = max(1, int64(deadline-m.now)) // its timer may be late
	}
	m.effect(acd.InterruptWork, c, f)
	return nil
}

// interruptBy notes what has to stand when the agent is brought work of a domain.
func (m *Model) interruptBy(a acd.AgentID, by acd.Domain) {
	for _, c := range m.inHand(a) {
		works := c.row.State == acd.Active || c.row.State == acd.WrapUp && !m.frees(c)
		if works && c.row.Domain != by && m.plan.Settings.Matrix[c.row.Domain][by] == acd.Interrupt {
			m.stands[c.row.ID] = true
		}
	}
}

func (m *Model) resumes(f acd.Fact, c *contact) error {
	if c.row.Agent != f.Agent || c.row.State != acd.Interrupted || f.Took != m.now.Sub(c.row.Since) {
		return errors.New("not interrupted, or not that long")
	}
	if m.interrupter(c) && !m.mayGoOn(c) {
		return errors.New("what interrupted it goes on")
	}
	var deadline acd.Time
	if c.row.Left > 0 {
		deadline = m.now + acd.Time(c.row.Left)
	}
	m.enter(c, c.row.Resume, f.Agent, deadline)
	m.effect(acd.ResumeWork, c, f)
	return nil
}

// mayGoOn says whether the contact is the one to go on where all of the agent's
// work stands because each interrupts the other: the last interrupted.
func (m *Model) mayGoOn(c *contact) bool {
	if m.sits(c.row.Agent) {
		return false
	}
	for _, x := range m.inHand(c.row.Agent) {
		if x.row.State != acd.Interrupted && !m.frees(x) {
			return false
		}
		if x.row.State == acd.Interrupted && x.row.Since > c.row.Since {
			return false
		}
	}
	return true
}

// sits says whether the agent has a part beside another owner that counts as load.
func (m *Model) sits(a acd.AgentID) bool {
	return slices.ContainsFunc(m.order, func(c *contact) bool {
		p := c.part(a)
		return p != nil && counts(p.Role)
	})
}

// interrupter says whether the agent has a contact in hand whose domain interrupts
// this one.
func (m *Model) interrupter(c *contact) bool {
	l, _ := m.load(c.row.Agent)
	for d, n := range l {
		if n > 0 && d != int(c.row.Domain) && m.plan.Settings.Matrix[c.row.Domain][d] == acd.Interrupt {
			return true
		}
	}
	return false
}

func (m *Model) returns(f acd.Fact, c *contact) error {
	if c.row.Agent != f.Agent || !c.talks() || f.Took != m.now.Sub(c.row.Since) || len(c.row.Beside) > 0 {
		return errors.New("the agent does not own it, or not that long, or not alone")
	}
	c.dissolves = false
	switch f.Why {
	case acd.WhyTransferred, acd.WhyRequeued, acd.WhyReassigned, acd.WhySignedOut, acd.WhyPlan:
		if !m.done {
			return errors.New("nobody moved it")
		}
	case acd.WhyDesktopLost:
		if err := m.graceOver(f.Agent); err != nil {
			return err
		}
	default:
		return fmt.Errorf("why %d", f.Why)
	}
	m.effect(acd.Release, c, f)
	m.lose(c)
	switch f.Why {
	case acd.WhyDesktopLost, acd.WhySignedOut, acd.WhyPlan:
		c.keeps = c.row.QueuedAt != 0
	}
	if f.Why != acd.WhyTransferred {
		return nil
	}
	switch e := m.event.(type) {
	case acd.TransferredToQueue:
		c.row.Queue = e.Queue
	case acd.TransferredToAgent:
		c.row.Preferred = e.To
		if !e.Queue.IsZero() {
			c.row.Queue = e.Queue
		}
	}
	return nil
}

func (m *Model) graceOver(id acd.AgentID) error {
	a := m.agents[id]
	if a == nil {
		return errors.New("no such agent")
	}
	if m.left[id] { // one timer for all that it brings about
		return nil
	}
	m.left[id] = true
	return m.timer(a.row.GraceEnds, a.row.ID)
}

func (m *Model) finishes(f acd.Fact, c *contact) error {
	if c.row.Agent != f.Agent || !c.talks() || len(c.row.Beside) > 0 {
		return errors.New("the agent does not own it, or not alone")
	}
	if err := m.conversationOver(f, c); err != nil {
		return err
	}
	var active time.Duration // what was active before an interruption, its fact told
	if c.row.State == acd.Active {
		active = m.now.Sub(c.row.Since)
	}
	if f.Took != active {
		return fmt.Errorf("after %s, not %s", active, f.Took)
	}
	q := m.plan.Queues[c.row.Queue]
	c.row.FinishedAt, c.row.CustomerLost = m.now, 0
	switch {
	case q.NoWrapUp: // FactEnded must follow
		m.lose(c)
		c.row.Agent = f.Agent
		return nil
	case c.row.State == acd.Interrupted: // the wrap-up waits, too
		c.row.Resume, c.row.Left = acd.WrapUp, q.WrapUp.Milliseconds()
	case q.WrapUp > 0:
		m.enter(c, acd.WrapUp, f.Agent, m.now.Add(q.WrapUp))
	default:
		m.enter(c, acd.WrapUp, f.Agent, 0)
	}
	m.effect(acd.BeginWrapUp, c, f)
	return nil
}

// conversationOver checks that the reason given for the end of a contact or of its
// conversation is true.
func (m *Model) conversationOver(f acd.Fact, c *contact) error {
	switch f.Why {
	case acd.WhyFinished, acd.WhyAbandoned, acd.WhyWrappedUp, acd.WhyIdle, acd.WhySteered:
		if e, ok := m.event.(acd.Finished); ok && f.Why != finishedWhy(e) {
			return errors.New("it was ended for another reason")
		}
		if !m.done {
			return errors.New("nobody ended it")
		}
		return nil
	case acd.WhyCustomerLost:
		if e, ok := m.event.(acd.CustomerLost); ok && m.done && e.Contact == c.row.ID {
			return nil
		}
		if m.gone[c.row.ID] { // one timer for all that it brings about
			return nil
		}
		m.gone[c.row.ID] = true
		return m.timer(c.row.CustomerLost, c.row.ID)
	}
	return fmt.Errorf("why %d", f.Why)
}

func (m *Model) ends(f acd.Fact, c *contact) error {
	if c.row.State != nowhere {
		if err := m.mayEnd(f, c); err != nil {
			return err
		}
	}
	if took := m.endTook(c); f.Took != took {
		return fmt.Errorf("after %s, not %s", took, f.Took)
	}
	if c.row.State == acd.Queued {
		c.row.Step = uint8(m.step(c))
	}
	if c.row.State == nowhere || c.waits() {
		c.row.Agent = f.Agent // zero, but for an owner without wrap-up
	}
	c.row.State, c.row.EndWhy, c.row.Disposition = acd.Ended, f.Why, f.Reason
	c.row.Since, c.row.Deadline, c.row.Resume, c.row.Left, c.row.CustomerLost = m.now, 0, 0, 0, 0
	m.effect(acd.End, c, f)
	m.over[c.row.ID] = c.row
	delete(m.contacts, c.row.ID)
	m.order = slices.DeleteFunc(m.order, func(x *contact) bool { return x == c })
	m.ended++
	return nil
}

// endTook is the time in wrap-up of a contact that had an owner, else the time
// that it waited.
func (m *Model) endTook(c *contact) time.Duration {
	switch {
	case c.row.State == acd.WrapUp || c.row.State == acd.Interrupted:
		return m.now.Sub(c.row.Since)
	case c.row.FinishedAt != 0:
		return 0
	case c.row.State == acd.Routing:
		return m.now.Sub(c.row.Since)
	}
	return m.now.Sub(c.row.FirstQueued)
}

func (m *Model) mayEnd(f acd.Fact, c *contact) error {
	wraps := c.row.State == acd.WrapUp || c.row.State == acd.Interrupted && c.row.Resume == acd.WrapUp
	switch f.Why {
	case acd.WhyWrapUpTime:
		if f.Reason != m.plan.Settings.SystemEnd {
			return errors.New("not the system's disposition")
		}
		return m.timer(c.row.Deadline, c.row.ID)
	case acd.WhyWrappedUp:
		if e, ok := m.event.(acd.WrappedUp); !ok || !m.done || e.Contact != c.row.ID || e.Disposition != f.Reason {
			return errors.New("nobody wrapped it up so")
		}
	case acd.WhyDesktopLost, acd.WhySignedOut, acd.WhyPlan:
		if !wraps || f.Reason != m.plan.Settings.SystemEnd {
			return errors.New("only wrap-ups end so, with the system's disposition")
		}
		if f.Why == acd.WhyDesktopLost {
			return m.graceOver(f.Agent)
		}
		if !m.done {
			return errors.New("nobody signed off")
		}
	case acd.WhyWorkflow, acd.WhySteered:
		if e, ok := m.event.(acd.Disconnected); !ok || !m.done || e.Contact != f.Contact || f.Why != disconnectedWhy(e) || !c.waits() {
			return errors.New("neither workflow nor supervisor ended it")
		}
	case acd.WhyAbandoned, acd.WhyCustomerLost:
		if c.row.State != acd.Offered && !c.waits() {
			return errors.New("its owner was to wrap it up")
		}
		return m.conversationOver(f, c)
	default:
		return fmt.Errorf("why %d", f.Why)
	}
	return nil
}

// effect notes what the world has to be asked for, as the contact now is.
func (m *Model) effect(kind acd.EffectKind, c *contact, f acd.Fact) {
	e := acd.Effect{
		Kind: kind, Why: f.Why, Contact: c.row.ID, Agent: f.Agent, Queue: f.Queue, Unit: c.row.Unit,
		N: c.row.Offer, Until: c.row.Deadline,
	}
	if kind == acd.Withdraw {
		e.Until = 0
	}
	m.effects = append(m.effects, e)
}
