package sim

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"portico/acd"
)

// This file follows the facts of a Step: whether each may happen now, and what it
// makes of the world.

// follow checks one fact and makes it true.
func (m *Model) follow(f acd.Fact, refused bool) error {
	if f.At != m.now {
		return fmt.Errorf("at %d, the Step is at %d", f.At, m.now)
	}
	if !m.done && m.own(f) {
		if refused {
			return errors.New("the event was refused")
		}
		m.done = true
		m.turn++
		if o := m.objections(); len(o.must) > 0 {
			return fmt.Errorf("the event had to be refused with one of %v", o.must)
		}
		if e, ok := m.event.(acd.Placed); ok {
			if err := m.takePlaced(e, f); err != nil {
				return err
			}
		}
	}
	before := m.ableOf(f)
	if err := m.transition(f); err != nil {
		return err
	}
	m.noteGains(before)
	return nil
}

// ableOf gives what the agents whom the fact can concern are able for.
func (m *Model) ableOf(f acd.Fact) map[*agent]uint32 {
	able := make(map[*agent]uint32)
	for _, a := range m.staff {
		c := m.contacts[f.Contact]
		if a.row.ID == f.Agent || c != nil && c.row.Agent == a.row.ID {
			able[a] = m.able(a)
		}
	}
	return able
}

func (m *Model) noteGains(before map[*agent]uint32) {
	for a, was := range before {
		if m.able(a)&^was != 0 {
			a.gains = m.turn
		}
	}
}

func (m *Model) transition(f acd.Fact) error {
	if f.Contact.IsZero() {
		return m.ofAgent(f)
	}
	m.touched[f.Contact] = true
	if f.Kind == acd.FactArrived {
		return m.arrives(f)
	}
	c := m.contacts[f.Contact]
	if c == nil {
		return errors.New("no such contact is open")
	}
	if f.Unit != c.row.Unit {
		return errors.New("another unit's")
	}
	if c.row.State == nowhere && !fromNowhere(f.Kind) {
		return errors.New("the contact is nowhere")
	}
	switch f.Kind {
	case acd.FactQueued, acd.FactHeld, acd.FactOffered:
		if err := c.finds(f); err != nil {
			return err
		}
	}
	switch f.Kind {
	case acd.FactQueued:
		return m.queues(f, c)
	case acd.FactHeld:
		return m.holds(f, c)
	case acd.FactTimed:
		return m.times(f, c)
	case acd.FactOffered:
		return m.offers(f, c)
	case acd.FactNotAccepted:
		return m.notAccepted(f, c)
	case acd.FactAccepted:
		return m.accepts(f, c)
	case acd.FactInterrupted:
		return m.interrupts(f, c)
	case acd.FactResumed:
		return m.resumes(f, c)
	case acd.FactReturned:
		return m.returns(f, c)
	case acd.FactFinished:
		return m.finishes(f, c)
	case acd.FactEnded:
		return m.ends(f, c)
	case acd.FactInvited:
		return m.invites(f, c)
	case acd.FactJoined:
		return m.joins(f, c)
	case acd.FactLeft:
		return m.leavesContact(f, c)
	case acd.FactRole:
		return m.changesRole(f, c)
	case acd.FactHandedOver:
		return m.handsOver(f, c)
	case acd.FactSkills:
		return m.demands(f, c)
	default:
		return m.notes(f, c)
	}
}

// fromNowhere says whether a fact may be about a contact that has lost its place
// in this Step.
func fromNowhere(k acd.FactKind) bool {
	switch k {
	case acd.FactQueued, acd.FactTimed, acd.FactHeld, acd.FactOffered, acd.FactEnded, acd.FactAccepted,
		acd.FactMoved, acd.FactPriority, acd.FactSkills, acd.FactHandedOver, acd.FactInterrupted:
		return true
	}
	return false
}

// enter puts the contact into a state.
func (m *Model) enter(c *contact, s acd.ContactState, a acd.AgentID, deadline acd.Time) {
	c.row.State, c.row.Agent, c.row.Deadline = s, a, deadline
	c.row.Since, c.row.Resume, c.row.Left = m.now, 0, 0
}

func (m *Model) arrives(f acd.Fact) error {
	e, ok := m.event.(acd.Arrived)
	if !ok || e.Contact != f.Contact || m.contacts[f.Contact] != nil {
		return errors.New("nobody arrived")
	}
	q := m.plan.Queues[e.Queue]
	if e.Queue.IsZero() {
		q.Domain = e.Domain
	}
	if f.Queue != e.Queue || f.Domain != q.Domain || f.Unit != e.Unit || f.N != uint32(e.Priority) {
		return errors.New("not where the contact arrived")
	}
	c := &contact{row: acd.ContactRow{
		ID: e.Contact, Unit: e.Unit, Queue: e.Queue, Domain: q.Domain, Priority: e.Priority,
		Skills: slices.Clone(e.Skills), FirstQueued: m.now, Preferred: e.Preferred,
	}}
	m.arrived++
	m.contacts[e.Contact] = c
	m.order = append(m.order, c)
	if e.Queue.IsZero() {
		c.row.Domain, c.row.FirstQueued, c.row.Skills = e.Domain, 0, sorted(e.Skills)
		m.enter(c, acd.Routing, acd.AgentID{}, 0)
		return nil
	}
	slices.SortFunc(c.row.Skills, func(x, y acd.SkillLevel) int { return x.Skill.Compare(y.Skill) })
	a := m.agents[e.Preferred]
	if a != nil && a.row.Unit == e.Unit && m.present(a, q.Domain) && (e.Hold > 0 || m.able(a)&(1<<q.Domain) != 0) {
		m.lose(c) // the agent must get it, or have it held
		c.row.Since = m.now
		return nil
	}
	m.enterQueue(c)
	return nil
}

// present says whether a contact of the domain can be held for the agent. It can
// while the desktop is lost: the agent may come back in time.
func (m *Model) present(a *agent, d acd.Domain) bool {
	return a.row.SignedIn && a.row.Domains.Of(d).Available
}

// lose takes the contact out of its place; another fact must give it one.
func (m *Model) lose(c *contact) { m.enter(c, nowhere, acd.AgentID{}, 0) }

func (m *Model) enterQueue(c *contact) {
	m.enter(c, acd.Queued, acd.AgentID{}, 0)
	c.row.QueuedAt, c.row.Exclusions, c.row.Step = m.now, nil, 0
	if !c.refusedBy.IsZero() {
		m.exclude(c, c.refusedBy)
	}
	c.refusedBy, c.direct, c.seeks, c.widens = acd.AgentID{}, false, m.turn, false
}

func (m *Model) exclude(c *contact, a acd.AgentID) {
	m.alerts[c.row.ID] = false
	m.excludeQuietly(c, a)
}

// excludeQuietly is exclude for a contact that waits for nobody.
func (m *Model) excludeQuietly(c *contact, a acd.AgentID) {
	x := acd.Exclusion{Agent: a, Step: uint8(m.step(c)), Until: m.now.Add(acd.ExclusionLife)}
	c.row.Exclusions = append(slices.DeleteFunc(slices.Clone(c.row.Exclusions), func(y acd.Exclusion) bool {
		return y.Agent == a || y.Until <= m.now || y.Step != x.Step
	}), x)
	if m.exclusionsOf(a) > acd.ExclusionsMax {
		m.leaves[leave{a, c.row.Domain, acd.WhyTooMany}] = true
	}
}

func (m *Model) queues(f acd.Fact, c *contact) error {
	switch c.row.State {
	case acd.Timed:
		if err := m.timer(c.row.Deadline, c.row.ID); err != nil {
			return err
		}
	case acd.Held:
		if a := m.agents[c.row.Agent]; a != nil && m.present(a, c.row.Domain) {
			if f.Why != acd.WhyHoldOver {
				return errors.New("the agent it is held for is there")
			}
			if err := m.timer(c.row.Deadline, c.row.ID); err != nil {
				return err
			}
		}
	case nowhere:
	default:
		return fmt.Errorf("from state %d", c.row.State)
	}
	if f.Queue != c.row.Queue || f.Domain != c.row.Domain {
		return fmt.Errorf("another queue than %s", c.row.Queue)
	}
	if c.keeps {
		m.backInQueue(c)
		return nil
	}
	m.enterQueue(c)
	return nil
}

// backInQueue returns a contact to its place in the queue, with its steps and
// exclusions.
func (m *Model) backInQueue(c *contact) {
	m.enter(c, acd.Queued, acd.AgentID{}, 0)
	c.row.Step, c.seeks, c.widens, c.keeps = uint8(m.step(c)), m.turn, false, false
}

func (m *Model) holds(f acd.Fact, c *contact) error {
	var hold time.Duration
	switch e := m.event.(type) {
	case acd.Arrived:
		hold = e.Hold
		if e.Contact != c.row.ID || f.Agent != e.Preferred {
			return errors.New("nobody asked for it")
		}
	case acd.TransferredToAgent:
		hold = e.Hold
		if e.Contact != c.row.ID || f.Agent != e.To {
			return errors.New("nobody asked for it")
		}
	case acd.Placed:
		hold = e.Hold
		if e.Contact != c.row.ID || f.Agent != e.Preferred {
			return errors.New("nobody asked for it")
		}
	default:
		return errors.New("nobody asked for it")
	}
	if a := m.agents[f.Agent]; c.row.State != nowhere || hold <= 0 || a == nil || !m.present(a, c.row.Domain) {
		return errors.New("it cannot be held")
	}
	m.enter(c, acd.Held, f.Agent, m.now.Add(hold))
	c.row.QueuedAt, c.row.Step, c.row.Exclusions, c.seeks = 0, 0, nil, m.turn
	return nil
}

func (m *Model) times(f acd.Fact, c *contact) error {
	e, ok := m.event.(acd.Requeued)
	if !ok || e.Contact != c.row.ID || c.row.State != nowhere || e.Until <= m.now {
		return errors.New("nobody asked for it")
	}
	m.enter(c, acd.Timed, acd.AgentID{}, e.Until)
	c.row.QueuedAt, c.row.Step, c.row.Exclusions = 0, 0, nil
	return nil
}

// offers checks the choice itself.
func (m *Model) offers(f acd.Fact, c *contact) error {
	a := m.agents[f.Agent]
	if a == nil {
		return errors.New("no such agent")
	}
	if f.N != c.row.Offer+1 || f.Queue != c.row.Queue || f.Domain != c.row.Domain {
		return fmt.Errorf("offer %d of queue %s, want %d of %s", f.N, f.Queue, c.row.Offer+1, c.row.Queue)
	}
	direct, err := m.direct(f, c, a)
	if err != nil {
		return err
	}
	if !direct {
		if err := m.chosen(c, a); err != nil {
			return err
		}
	}
	c.direct = direct || c.row.State == acd.Held
	if c.direct {
		c.row.QueuedAt, c.row.Step, c.row.Exclusions = 0, 0, nil
	} else {
		c.row.Step = uint8(m.step(c))
	}
	if f.Step != c.row.Step {
		return fmt.Errorf("step %d, want %d", f.Step, c.row.Step)
	}
	m.offered[c.row.ID] = true
	m.interruptBy(a.row.ID, c.row.Domain)
	q := m.plan.Queues[c.row.Queue]
	c.row.Offer = f.N
	if q.AutoAccept { // FactAccepted must follow
		m.enter(c, acd.Offered, a.row.ID, 0)
		return nil
	}
	m.enter(c, acd.Offered, a.row.ID, m.now.Add(offerTime(q)))
	m.effect(acd.Offer, c, f)
	return nil
}

func offerTime(q acd.QueuePlan) time.Duration {
	if q.OfferTime == 0 {
		return acd.DefaultOfferTime
	}
	return q.OfferTime
}

// direct says whether somebody sends the contact to this very agent, who must
// have room for it all the same.
func (m *Model) direct(f acd.Fact, c *contact, a *agent) (bool, error) {
	var to acd.AgentID
	switch e := m.event.(type) {
	case acd.Reassigned:
		if e.Contact == c.row.ID && f.Why == acd.WhyReassigned {
			to = e.To
		}
	case acd.TransferredToAgent:
		if e.Contact == c.row.ID && c.row.State == nowhere {
			to = e.To
		}
	case acd.Arrived:
		if e.Contact == c.row.ID && c.row.State == nowhere {
			to = e.Preferred
		}
	case acd.Placed:
		if e.Contact == c.row.ID && c.row.State == nowhere {
			to = e.Preferred
		}
	}
	if to != a.row.ID {
		return false, nil
	}
	if m.able(a)&(1<<c.row.Domain) == 0 {
		return true, errors.New("the agent is not able")
	}
	return true, nil
}

// chosen says whether the search that led to the offer, the contact's by policy or
// the agent's by due, had to end so. Which of the two it was follows from what
// happened last.
func (m *Model) chosen(c *contact, a *agent) error {
	if !m.open(c, a, m.able(a)) {
		return errors.New("the contact is not open to the agent, or the agent is not able")
	}
	var err error
	if c.row.State != acd.Held && (c.seeks >= a.gains || c.widens) {
		best := m.best(c)
		if best == a {
			return nil
		}
		err = fmt.Errorf("policy %d, step %d: agent %s with %v, not %v, is wanted", m.plan.Queues[c.row.Queue].Policy, m.step(c),
			best.row.ID, m.rank(c, best), m.rank(c, a))
	}
	if a.gains >= c.seeks || c.row.State == acd.Held {
		least := m.least(a, func(*contact) bool { return false })
		if least == c || c == m.least(a, func(x *contact) bool { return x != c && x.widens }) {
			return nil
		}
		err = errors.Join(err, fmt.Errorf("the smallest due is that of %s", least.row.ID))
	}
	return err
}

func (m *Model) notAccepted(f acd.Fact, c *contact) error {
	if c.row.State != acd.Offered || c.row.Agent != f.Agent || f.N != c.row.Offer || f.Took != m.now.Sub(c.row.Since) {
		return errors.New("no such offer, or not that long")
	}
	m.effect(acd.Withdraw, c, f)
	back := true
	switch f.Why {
	case acd.WhyNoAnswer:
		if err := m.timer(c.row.Deadline, c.row.ID); err != nil {
			return err
		}
		if !m.plan.Queues[c.row.Queue].NoAnswerStays {
			m.leaves[leave{f.Agent, c.row.Domain, acd.WhyNoAnswer}] = true
		}
	case acd.WhyDesktopLost:
		if e, ok := m.event.(acd.DesktopLost); ok && m.done && e.Agent == f.Agent {
			break
		}
		// An offer that a restart renewed waits until the grace is over.
		if err := m.graceOver(f.Agent); err != nil {
			return err
		}
	case acd.WhyDeclined, acd.WhyUnavailable, acd.WhySignedOut, acd.WhyPlan, acd.WhyReassigned:
		if !m.done {
			return errors.New("nothing of the kind happened")
		}
		back = f.Why != acd.WhyReassigned
	case acd.WhyTakenOver:
		e, ok := m.event.(acd.TakenOver)
		if !ok || !m.done || e.Contact != f.Contact {
			return errors.New("nobody took it")
		}
		m.interruptBy(e.Agent, c.row.Domain)
		back = false
	case acd.WhySteered:
		if e, ok := m.event.(acd.Disconnected); !ok || !m.done || !e.Steered || e.Contact != f.Contact {
			return errors.New("no supervisor ended it")
		}
		back = false
	case acd.WhyAbandoned, acd.WhyCustomerLost:
		if err := m.conversationOver(f, c); err != nil {
			return err
		}
		c.row.CustomerLost, back = 0, false
	default:
		return fmt.Errorf("why %d", f.Why)
	}
	agent := c.row.Agent
	if c.direct || !back {
		m.lose(c)
		if back {
			c.refusedBy = agent
		}
		return nil
	}
	m.backInQueue(c)
	m.exclude(c, agent)
	return nil
}
