package sim

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"portico/acd"
)

// This file holds what is true after every Step.

// checkRows: each changed contact and agent once, as the model sees them, and
// no others.
func (m *Model) checkRows(out *acd.Out) error {
	seen := make(map[acd.ContactID]bool)
	for _, row := range out.Contacts {
		if seen[row.ID] {
			return fmt.Errorf("contact %s has two rows", row.ID)
		}
		seen[row.ID] = true
		if !m.touched[row.ID] && !m.rekeys() {
			return fmt.Errorf("contact %s has a row, but no fact", row.ID)
		}
		if err := m.compareContact(row); err != nil {
			return fmt.Errorf("row of contact %s: %w", row.ID, err)
		}
	}
	for id := range m.touched {
		if !seen[id] {
			return fmt.Errorf("contact %s changed, but has no row", id)
		}
	}
	seenA := make(map[acd.AgentID]bool)
	for _, row := range out.Agents {
		a := m.agents[row.ID]
		if a == nil || seenA[row.ID] || !m.touchedA[row.ID] && !m.rekeys() {
			return fmt.Errorf("agent %s has two rows, or one without a change", row.ID)
		}
		seenA[row.ID] = true
		if err := m.compareAgent(a, row); err != nil {
			return fmt.Errorf("row of agent %s: %w", row.ID, err)
		}
	}
	for id := range m.touchedA {
		if !seenA[id] {
			return fmt.Errorf("agent %s changed, but has no row", id)
		}
	}
	return nil
}

// rekeys says whether the event may change rows without a fact for each.
func (m *Model) rekeys() bool {
	switch m.event.(type) {
	case acd.PlanChanged, acd.Restarted:
		return true
	}
	return false
}

func (m *Model) compareContact(got acd.ContactRow) error {
	want, ended := m.over[got.ID]
	if !ended {
		c := m.contacts[got.ID]
		if c == nil {
			return errors.New("no such contact is open")
		}
		want = c.row
		want.Due = m.due(c)
		step := uint8(m.step(c))
		if c.row.State == acd.Queued {
			want.Step = step
		}
		want.Exclusions, got.Exclusions = m.live(want.Exclusions, step), m.live(got.Exclusions, step)
	} else {
		// What is left of a contact that is over is for history.
		want.Due, want.Exclusions, got.Exclusions = got.Due, nil, nil
	}
	return difference(got, want)
}

func (m *Model) live(from []acd.Exclusion, step uint8) []acd.Exclusion {
	var live []acd.Exclusion
	for _, x := range from {
		if x.Until > m.now && x.Step == step {
			live = append(live, x)
		}
	}
	slices.SortFunc(live, func(x, y acd.Exclusion) int { return x.Agent.Compare(y.Agent) })
	return live
}

func (m *Model) compareAgent(a *agent, got acd.AgentRow) error {
	if _, stays := m.plan.Agents[got.ID]; !stays {
		if got.SignedIn {
			return errors.New("signed in, but no longer in the plan")
		}
		return nil
	}
	if !slices.Equal(got.Domains, a.row.Domains) {
		return fmt.Errorf("domains %v, want %v", got.Domains, a.row.Domains)
	}
	want := a.row
	want.Domains, got.Domains = nil, nil
	return difference(got, want)
}

// difference names the first field in which two rows differ.
func difference[Row any](got, want Row) error {
	g, w := reflect.ValueOf(got), reflect.ValueOf(want)
	for i := range g.NumField() {
		x, y := g.Field(i), w.Field(i)
		if x.Kind() == reflect.Slice && x.Len() == 0 && y.Len() == 0 {
			continue
		}
		if !reflect.DeepEqual(x.Interface(), y.Interface()) {
			return fmt.Errorf("%s is %v, want %v", g.Type().Field(i).Name, x.Interface(), y.Interface())
		}
	}
	return nil
}

// checkEffects: the world is asked to do what the facts say, contact by contact in
// their order, and nothing else. Alerts are for people, and not compared.
func (m *Model) checkEffects(out *acd.Out) error {
	got := slices.DeleteFunc(slices.Clone(out.Effects), func(e acd.Effect) bool { return e.Kind == acd.Alert })
	byContact := func(x, y acd.Effect) int { return x.Contact.Compare(y.Contact) }
	slices.SortStableFunc(got, byContact)
	want := slices.Clone(m.effects)
	slices.SortStableFunc(want, byContact)
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(want):
			return fmt.Errorf("effect %+v without a fact", got[i])
		case i >= len(got):
			return fmt.Errorf("effect %+v is missing", want[i])
		}
		w, g := want[i], got[i]
		if w.Why == acd.WhyNone {
			w.Why = g.Why
		}
		if w != g {
			return fmt.Errorf("effect %+v, want %+v", g, w)
		}
	}
	return nil
}

// checkAlerts: when a contact was refused and now every able agent is excluded from
// it, an alert says so; and none says so of another.
func (m *Model) checkAlerts(out *acd.Out) error {
	for _, e := range out.Effects {
		if e.Kind != acd.Alert || e.Alert != acd.AlertAllExcluded {
			continue
		}
		if told, refused := m.alerts[e.Contact]; told || !refused {
			return fmt.Errorf("an alert about contact %s, which nobody refused, or twice", e.Contact)
		}
		m.alerts[e.Contact] = true
	}
	for id, told := range m.alerts {
		c := m.contacts[id]
		if told || c == nil || c.row.State != acd.Queued {
			continue
		}
		for _, a := range m.staff {
			// Who became able later than the contact looked is no part of it.
			if a.gains <= c.seeks && m.able(a)&(1<<c.row.Domain) != 0 && m.admits(c, a.row.ID, m.step(c)) {
				return fmt.Errorf("agent %s is able, but excluded from contact %s, and no alert says so", a.row.ID, id)
			}
		}
	}
	return nil
}

// checkPlaces: every contact that came is in exactly one place, or over.
func (m *Model) checkPlaces(*acd.Out) error {
	if m.arrived != m.ended+len(m.contacts) || len(m.order) != len(m.contacts) {
		return fmt.Errorf("%d arrived, %d ended, %d are open", m.arrived, m.ended, len(m.contacts))
	}
	for _, c := range m.order {
		inHand := c.row.State >= acd.Offered && c.row.State <= acd.WrapUp || c.row.State == acd.Held
		if c.row.State == nowhere || c.row.State == acd.Ended || c.row.Queue.IsZero() != (c.row.State == acd.Routing) || inHand == c.row.Agent.IsZero() {
			return fmt.Errorf("contact %s is in state %d with agent %s", c.row.ID, c.row.State, c.row.Agent)
		}
		if c.row.State == acd.Held && !m.present(m.agents[c.row.Agent], c.row.Domain) {
			return fmt.Errorf("contact %s waits for agent %s, who is not there", c.row.ID, c.row.Agent)
		}
	}
	for id, absent := range m.absent {
		if absent {
			return fmt.Errorf("the desktop of agent %s was not missed", id)
		}
	}
	for l := range m.leaves {
		if a := m.agents[l.agent]; a != nil && a.row.Domains.Of(l.domain).Available {
			return fmt.Errorf("agent %s is still available in domain %d (why %d)", l.agent, l.domain, l.why)
		}
	}
	for id := range m.stands {
		return fmt.Errorf("contact %s goes on beside what interrupts it", id)
	}
	return nil
}

// checkHands: nobody has more than capacity and matrix allow, nor two offers; and
// work stands as long as what interrupts it goes on, and no longer.
func (m *Model) checkHands(*acd.Out) error {
	for _, a := range m.staff {
		hand := m.inHand(a.row.ID)
		pending, runs := 0, len(hand) == 0 || m.sits(a.row.ID)
		for _, c := range hand {
			if c.row.State == acd.Offered {
				pending++
			}
			if c.row.State == acd.Interrupted && !m.interrupter(c) {
				return fmt.Errorf("contact %s stands, though nothing interrupts it", c.row.ID)
			}
			runs = runs || c.row.State != acd.Interrupted
		}
		if !runs {
			return fmt.Errorf("all the work of agent %s stands", a.row.ID)
		}
		for _, c := range m.order {
			if p := c.part(a.row.ID); p != nil && p.State == acd.Offered {
				pending++
			}
		}
		// After a restart an offer may wait for its desktop to come back.
		if pending > 1 || pending > 0 && !a.row.SignedIn {
			return fmt.Errorf("agent %s has %d offers", a.row.ID, pending)
		}
		l, _ := m.load(a.row.ID)
		for d := range l {
			// A plan may lower a capacity below what is in hand, or make wrap-ups
			// count; then the load only sinks.
			if !m.rekeys() && !m.ownChoice(a.row.ID) && l[d] > int(m.plan.Agents[a.row.ID].Capacity[d]) && l[d] > a.had[d] {
				return fmt.Errorf("agent %s has %d contacts in domain %d", a.row.ID, l[d], d)
			}
		}
	}
	return nil
}

// ownChoice says whether the event brings a supervisor work beyond the capacity.
func (m *Model) ownChoice(a acd.AgentID) bool {
	switch e := m.event.(type) {
	case acd.Joined:
		return e.Agent == a
	case acd.RoleChanged:
		return e.Agent == a
	case acd.TakenOver:
		return e.Agent == a
	}
	return false
}

// checkDeadlines: what was due is done, and the core asks to be woken in time for
// what comes next.
func (m *Model) checkDeadlines(out *acd.Out) error {
	if !bound(m.now, out) {
		return nil
	}
	next := func(at acd.Time, id fmt.Stringer) error {
		if at != 0 && (at <= m.now || out.Wake == 0 || out.Wake > at) {
			return fmt.Errorf("%s is due at %d, it is %d, woken at %d", id, at, m.now, out.Wake)
		}
		return nil
	}
	for _, c := range m.order {
		if err := cmp.Or(next(c.row.Deadline, c.row.ID), next(c.row.CustomerLost, c.row.ID)); err != nil {
			return err
		}
		for _, p := range c.row.Beside {
			if err := next(p.Deadline, c.row.ID); err != nil {
				return err
			}
		}
	}
	for _, a := range m.staff {
		if err := next(a.row.GraceEnds, a.row.ID); err != nil {
			return err
		}
	}
	return nil
}

// bound says whether the Step left nothing for another one at once.
func bound(now acd.Time, out *acd.Out) bool { return out.Wake == 0 || out.Wake > now }

// checkNobodyBeside: no able agent beside a contact that is open to that agent;
// nor later, before the core asks to be woken.
func (m *Model) checkNobodyBeside(out *acd.Out) error {
	if !bound(m.now, out) {
		return nil
	}
	for _, a := range m.staff {
		able := m.able(a)
		if able == 0 {
			continue
		}
		for _, c := range m.order {
			if m.open(c, a, able) {
				return fmt.Errorf("agent %s is able beside contact %s", a.row.ID, c.row.ID)
			}
			if at, opens := m.opens(c, a, able); opens && (out.Wake == 0 || out.Wake > at) {
				return fmt.Errorf("contact %s opens to agent %s at %d, woken at %d", c.row.ID, a.row.ID, at, out.Wake)
			}
		}
	}
	return nil
}

// opens gives the first time to come at which the contact will be open to the
// able agent by waiting alone.
func (m *Model) opens(c *contact, a *agent, able uint32) (acd.Time, bool) {
	if c.row.State != acd.Queued || able&(1<<c.row.Domain) == 0 {
		return 0, false
	}
	now := m.now
	defer func() { m.now = now }()
	times := make([]acd.Time, 0, acd.StepsMax+acd.ExclusionsMax)
	for _, after := range m.plan.Queues[c.row.Queue].Steps {
		times = append(times, c.row.QueuedAt.Add(after))
	}
	for _, x := range c.row.Exclusions {
		times = append(times, x.Until)
	}
	slices.Sort(times)
	for _, at := range times {
		if at <= now {
			continue
		}
		m.now = at
		if m.open(c, a, able) {
			return at, true
		}
	}
	return 0, false
}

func (m *Model) finish(out *acd.Out) {
	m.bound = bound(m.now, out)
	m.last = m.now
	m.dismiss()
	for _, a := range m.staff {
		a.had, _ = m.load(a.row.ID)
	}
	if !m.bound {
		return
	}
	for _, c := range m.order {
		c.seeks, c.widens, c.saw = 0, false, m.step(c)
		c.row.Exclusions = m.live(c.row.Exclusions, uint8(c.saw))
	}
	for _, a := range m.staff {
		a.gains = 0
	}
}
