package sim

import (
	"fmt"
	"slices"
	"time"

	"portico/acd"
)

// Model is the second opinion on the core. It is told each event and what the
// core's Step gave out, and says what is wrong with it. It trusts no Step: it
// follows the facts one by one, asks of each whether the contract allows it at
// that moment, and compares what it then believes with rows and effects.
type Model struct {
	plan     *Plan
	now      acd.Time
	last     acd.Time // time of the Step before
	contacts map[acd.ContactID]*contact
	order    []*contact // those of contacts, by arrival
	agents   map[acd.AgentID]*agent
	staff    []*agent // those of agents, by id

	arrived, ended int
	bound          bool // the Step before did not ask to be woken at once

	// Of the present Step:
	event    acd.Event
	done     bool     // a fact of the event itself was followed
	turn     int      // number of the timer, or of the event, that facts now follow from
	timers   int      // that went off
	timerAt  acd.Time // time and id of the last one
	timerID  [16]byte
	leaves   map[leave]bool         // agents who are to become unavailable
	stands   map[acd.ContactID]bool // work that an offer is to interrupt
	left     map[acd.AgentID]bool   // agents whose desktop grace is over
	offered  map[acd.ContactID]bool // offers made
	absent   map[acd.AgentID]bool   // agents whose desktop a restart has to miss
	alerts   map[acd.ContactID]bool // contacts that were refused, and whether an alert said that all refuse
	gone     map[acd.ContactID]bool // contacts whose customer's grace is over
	effects  []acd.Effect           // that the facts call for
	touched  map[acd.ContactID]bool
	touchedA map[acd.AgentID]bool
	over     map[acd.ContactID]acd.ContactRow
}

// contact is what the model believes of a contact.
type contact struct {
	row acd.ContactRow
	// direct: the offer came out of the own list, by a transfer or a supervisor;
	// not accepted, the contact enters its queue anew and excludes refusedBy.
	direct    bool
	refusedBy acd.AgentID
	// keeps: nowhere for the moment, it goes back to its place in the queue.
	keeps bool
	// seeks is the turn of this Step in which it came to wait.
	seeks int
	// widens: a step or the end of an exclusion is due in this Step, and since
	// that shows in no fact, nobody can say whether it was done already.
	widens bool
	// saw is the step that was in force after the last bound Step.
	saw int
	// placed is why its next place is given to it that its workflow wants, and asks
	// that this is an agent's.
	placed acd.Why
	asks   bool
	// changes is why it is between two owners, and heir who is the next.
	changes acd.Why
	heir    acd.AgentID
	// dissolves: its owner is gone, and those beside the owner leave.
	dissolves bool
}

// nowhere is the state between losing one place and finding the next, within a
// Step.
const nowhere acd.ContactState = 0

type agent struct {
	row   acd.AgentRow
	gains int  // the turn of this Step in which the agent became able for more
	had   load // after the Step before
}

// leave is an agent's duty to become unavailable in a domain.
type leave struct {
	agent  acd.AgentID
	domain acd.Domain
	why    acd.Why
}

// NewModel makes a model that knows nothing yet.
func NewModel() *Model {
	return &Model{
		plan:     NewPlan(),
		contacts: make(map[acd.ContactID]*contact),
		agents:   make(map[acd.AgentID]*agent),
		bound:    true,
	}
}

// Check takes one Step and returns the first thing that is wrong with it.
func (m *Model) Check(now acd.Time, event acd.Event, out *acd.Out) error {
	m.begin(now, event)
	refused := out.Refusal.Code != acd.NotRefused
	if !refused {
		if err := m.takeWhole(); err != nil {
			return err
		}
	}
	for _, f := range out.Facts {
		if err := m.follow(f, refused); err != nil {
			return fmt.Errorf("%s: %w", said(f), err)
		}
	}
	if err := m.judgeRefusal(out.Refusal); err != nil {
		return err
	}
	if err := m.shed(); err != nil {
		return err
	}
	for _, check := range []func(*acd.Out) error{m.checkRows, m.checkEffects, m.checkAlerts, m.checkPlaces, m.checkBeside, m.checkWishes, m.checkHands, m.checkDeadlines, m.checkNobodyBeside} {
		if err := check(out); err != nil {
			return err
		}
	}
	m.finish(out)
	return nil
}

func (m *Model) begin(now acd.Time, event acd.Event) {
	m.now, m.event = now, event
	m.done, m.turn, m.timers = false, 1, 0
	m.timerAt, m.timerID = 0, [16]byte{}
	m.offered = make(map[acd.ContactID]bool)
	m.leaves = make(map[leave]bool)
	m.stands = make(map[acd.ContactID]bool)
	m.left = make(map[acd.AgentID]bool)
	m.absent = make(map[acd.AgentID]bool)
	m.alerts = make(map[acd.ContactID]bool)
	m.gone = make(map[acd.ContactID]bool)
	m.touched = make(map[acd.ContactID]bool)
	m.touchedA = make(map[acd.AgentID]bool)
	m.over = make(map[acd.ContactID]acd.ContactRow)
	m.effects = m.effects[:0]
	for _, c := range m.order {
		c.seeks = min(c.seeks, 1)
		c.widens = c.row.State == acd.Queued && m.step(c) != c.saw
		for _, x := range c.row.Exclusions {
			c.widens = c.widens || x.Until > m.last && x.Until <= now
		}
	}
	for _, a := range m.staff {
		a.gains = min(a.gains, 1)
	}
}

// takeWhole makes those events true that concern everything at once. They come
// when no timer is due, so that nothing can have happened before them.
func (m *Model) takeWhole() error {
	switch e := m.event.(type) {
	case acd.PlanChanged:
		if o := m.objections(); len(o.must) > 0 {
			return fmt.Errorf("the plan had to be refused with one of %v", o.must)
		}
		m.replan(e.Change)
	case acd.Restarted:
		m.restart(e.Gap)
	default:
		return nil
	}
	m.done = true
	// Who looks for whom after a change of everything is left to the core.
	for _, c := range m.order {
		c.seeks = 1
	}
	for _, a := range m.staff {
		a.gains = 1
	}
	return nil
}

func (m *Model) replan(change acd.PlanChange) {
	m.plan.Apply(change)
	for _, p := range change.Agents {
		a := m.agents[p.ID]
		if a == nil {
			a = &agent{row: acd.AgentRow{ID: p.ID, Unit: p.Unit}}
			m.agents[p.ID] = a
			m.staff = append(m.staff, a)
		}
		m.serve(a, p)
	}
	slices.SortFunc(m.staff, func(x, y *agent) int { return x.row.ID.Compare(y.row.ID) })
}

// restart moves the deadlines that people could not meet while nobody was served.
// That the desktops are absent, the core says in facts.
func (m *Model) restart(gap time.Duration) {
	for _, c := range m.order {
		switch {
		case c.row.State == acd.Offered:
			c.row.Deadline = m.now.Add(offerTime(m.plan.Queues[c.row.Queue]))
			m.touched[c.row.ID] = true
			m.effect(acd.Offer, c, acd.Fact{Agent: c.row.Agent, Queue: c.row.Queue, Why: acd.WhyRestart})
		case c.row.State == acd.WrapUp && c.row.Deadline != 0 && gap > 0:
			c.row.Deadline = c.row.Deadline.Add(gap)
			m.touched[c.row.ID] = true
		}
		for i := range c.row.Beside {
			if p := &c.row.Beside[i]; p.State == acd.Offered {
				p.Deadline = m.now.Add(offerTime(m.plan.Queues[c.row.Queue]))
				m.touched[c.row.ID] = true
				m.besideEffect(acd.Offer, c, *p, acd.WhyRestart)
			}
		}
		if c.row.CustomerLost != 0 && gap > 0 {
			c.row.CustomerLost = c.row.CustomerLost.Add(gap)
			m.touched[c.row.ID] = true
		}
	}
	for _, a := range m.staff {
		m.absent[a.row.ID] = a.row.SignedIn
	}
}

// serve gives the agent a state for each domain that the plan has a capacity for.
func (m *Model) serve(a *agent, p acd.AgentPlan) {
	for d, n := range p.Capacity {
		if _, has := a.row.Domains.In(acd.Domain(d)); n > 0 && !has {
			state := acd.DomainState{}
			if a.row.SignedIn {
				state.Since = m.now
			}
			a.row.Domains.Set(acd.Domain(d), state)
		}
	}
}

// shed takes away the states in domains that the agents no longer serve; they have
// left them by now.
func (m *Model) shed() error {
	for _, a := range m.staff {
		for d, state := range a.row.Domains.All() {
			if m.plan.Agents[a.row.ID].Capacity[d] > 0 {
				continue
			}
			if state.Available {
				return fmt.Errorf("agent %s is available in domain %d, but does not serve it", a.row.ID, d)
			}
			a.row.Domains.Drop(d)
		}
	}
	return nil
}

// dismiss forgets the agents whom the plan no longer has.
func (m *Model) dismiss() {
	m.staff = slices.DeleteFunc(m.staff, func(a *agent) bool {
		_, stays := m.plan.Agents[a.row.ID]
		if !stays {
			delete(m.agents, a.row.ID)
		}
		return !stays
	})
}

// said gives a fact in words short enough for a failing test.
func said(f acd.Fact) string {
	return fmt.Sprintf("fact kind %d why %d contact %s agent %s queue %s n %d", f.Kind, f.Why, f.Contact, f.Agent, f.Queue, f.N)
}
