package sim

import (
	"errors"
	"fmt"
	"slices"

	"portico/acd"
)

// This file follows what a workflow does with its contact.

// waits says whether a workflow may move the contact.
func (c *contact) waits() bool {
	switch c.row.State {
	case acd.Routing, acd.Queued, acd.Held, acd.Timed:
		return true
	}
	return false
}

// asks says whether the contact goes to the agent whom its workflow prefers.
func (m *Model) asks(e acd.Placed, c *contact) bool {
	a := m.agents[e.Preferred]
	d := c.row.Domain
	return a != nil && a.row.Unit == c.row.Unit && !m.excludes(c, e.Preferred, m.step(c)) &&
		(e.Hold > 0 && m.present(a, d) || m.able(a)&(1<<d) != 0)
}

// stays says whether the contact only keeps its place in the queue where it is.
func (m *Model) stays(e acd.Placed, c *contact) bool {
	return c.row.State == acd.Queued && c.row.Queue == e.Queue && !m.asks(e, c)
}

// placedWhy is what the facts of a contact say that leaves its place.
func (m *Model) placedWhy(e acd.Placed, c *contact) acd.Why {
	switch {
	case c.row.Queue != e.Queue:
		return acd.WhyWorkflow
	case m.asks(e, c):
		return acd.WhyPreferred
	case c.row.State == acd.Held:
		return acd.WhyHoldOver
	}
	return acd.WhyRequeued
}

// showsPlacing says whether a fact is the first by which a placing shows.
func (m *Model) showsPlacing(e acd.Placed, f acd.Fact) bool {
	c := m.contacts[e.Contact]
	switch f.Kind {
	case acd.FactMoved, acd.FactPriority, acd.FactSkills:
		return true
	case acd.FactQueued:
		return f.Why == acd.WhyWorkflow || c.row.Deadline > m.now
	case acd.FactHeld:
		return true
	case acd.FactOffered:
		return f.Why == acd.WhyWorkflow || f.Why == acd.WhyPreferred && !(c.row.State == acd.Held && c.row.Agent == f.Agent)
	}
	return false
}

// takePlaced takes the contact out of its place for the queue where its workflow
// wants it. It is given the first fact that shows it.
func (m *Model) takePlaced(e acd.Placed, f acd.Fact) error {
	c := m.contacts[e.Contact]
	if m.stays(e, c) {
		return nil
	}
	leaves := !c.row.Queue.IsZero() && c.row.Queue != e.Queue
	if leaves != (f.Kind == acd.FactMoved) {
		return errors.New("a queue is left without a fact, or the other way round")
	}
	if leaves && (f.Queue != c.row.Queue || f.Took != m.now.Sub(c.row.Since) || f.Why != acd.WhyWorkflow) {
		return errors.New("not that queue, or not that long")
	}
	c.placed, c.asks = m.placedWhy(e, c), m.asks(e, c)
	m.lose(c)
	c.row.Queue = e.Queue
	if c.row.FirstQueued == 0 {
		c.row.FirstQueued = m.now
	}
	if !e.Preferred.IsZero() {
		c.row.Preferred = e.Preferred
	}
	return nil
}

// finds checks a fact that gives a placed contact its place.
func (c *contact) finds(f acd.Fact) error {
	if c.placed == acd.WhyNone {
		return nil
	}
	if f.Why != c.placed || c.asks == (f.Kind == acd.FactQueued) {
		return fmt.Errorf("placed for the reason %d, and asks for an agent: %t", c.placed, c.asks)
	}
	c.placed, c.asks = acd.WhyNone, false
	return nil
}

// demands follows that a contact has other skills of its own.
func (m *Model) demands(f acd.Fact, c *contact) error {
	var skills []acd.SkillLevel
	switch e := m.event.(type) {
	case acd.SkillsChanged:
		skills = sorted(e.Skills)
	case acd.Placed:
		if e.Skills == nil {
			return errors.New("nobody asked for it")
		}
		skills = sorted(e.Skills)
	default:
		return errors.New("nobody asked for it")
	}
	if f.Contact != contactOf(m.event) || slices.Equal(skills, c.row.Skills) {
		return errors.New("not this contact, or as it was")
	}
	c.row.Skills = skills
	if c.row.State == acd.Queued {
		c.seeks = m.turn
	}
	return nil
}

func sorted(skills []acd.SkillLevel) []acd.SkillLevel {
	return slices.SortedFunc(slices.Values(skills), func(x, y acd.SkillLevel) int { return x.Skill.Compare(y.Skill) })
}

// againstPlacing is about a workflow that wants the contact in a queue.
func (m *Model) againstPlacing(o *objection, e acd.Placed, c *contact) {
	o.must1(!c.waits(), acd.RefusedState)
	o.must1(e.Priority > acd.PriorityMax || e.Hold < 0 || badSkills(e.Skills), acd.RefusedInvalid)
	q, ok := m.plan.Queues[e.Queue]
	o.must1(!ok || q.Unit != c.row.Unit, acd.RefusedUnknown)
	o.must1(ok && q.Domain != c.row.Domain, acd.RefusedInvalid)
	stands := c.row.State == acd.Queued && c.row.Queue == e.Queue
	o.must1(ok && q.WaitingMax > 0 && m.waiting(e.Queue) >= q.WaitingMax && !stands && !e.Overfill, acd.RefusedFull)
}

func badSkills(skills []acd.SkillLevel) bool {
	bad := len(skills) > acd.SkillsPerContact
	for i, s := range skills {
		bad = bad || s.Level == 0 || s.Level > 100 || s.Skill.IsZero()
		for _, other := range skills[:i] {
			bad = bad || other.Skill == s.Skill
		}
	}
	return bad
}

// waiting counts those who are Queued in a queue.
func (m *Model) waiting(q acd.QueueID) int {
	n := 0
	for _, c := range m.order {
		if c.row.Queue == q && c.row.State == acd.Queued {
			n++
		}
	}
	return n
}

// checkWishes: a contact whose workflow was heard is as the workflow wanted it.
func (m *Model) checkWishes(out *acd.Out) error {
	c := m.contacts[contactOf(m.event)]
	if c == nil || out.Refusal.Code != acd.NotRefused {
		return nil
	}
	switch e := m.event.(type) {
	case acd.Placed:
		if c.row.Queue != e.Queue || e.Priority != 0 && c.row.Priority != e.Priority || e.Skills != nil && !slices.Equal(sorted(e.Skills), c.row.Skills) {
			return fmt.Errorf("contact %s is not as its workflow wants it", c.row.ID)
		}
	case acd.SkillsChanged:
		if !slices.Equal(sorted(e.Skills), c.row.Skills) {
			return fmt.Errorf("contact %s has not the skills that it was given", c.row.ID)
		}
	case acd.Disconnected:
		return fmt.Errorf("contact %s is not over", c.row.ID)
	}
	return nil
}
