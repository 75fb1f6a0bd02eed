package acd

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrRows is returned by Rebuild for a plan or rows that no core can have saved.
var ErrRows = errors.New("saved routing state does not fit the plan")

// Rebuild gives the core that wrote these rows, under a plan whose every object
// is in the change. It takes all edges at once, and it expects that the core left
// nothing undone: that the last Wake lay after now. The rows are copied. A time
// of the past that lies after now is taken as now, and the deadline beside it
// moves by as much; the Step that brings Restarted alerts of it. Contacts of an
// agent whom the plan does not have go back at the first Step as if the agent
// had been removed.
func Rebuild(now Time, plan PlanChange, agents []AgentRow, contacts []ContactRow) (*Core, error) {
	c := New(now)
	c.begin()
	if r := c.mayChange(&plan); r.Code != NotRefused {
		return nil, fmt.Errorf("rebuild the plan: %w (refusal %d)", ErrRows, r.Code)
	}
	c.change(&plan)
	for _, e := range plan.Edges {
		ai, _ := c.agent(e.Agent)
		qi, _ := c.queue(e.Queue)
		c.addEdge(qi, ai, e.First, e.Tier)
	}
	for i := range agents {
		c.restoreAgent(&agents[i])
	}
	for i := range contacts {
		if err := c.restoreContact(&contacts[i]); err != nil {
			return nil, fmt.Errorf("rebuild contact %s: %w", contacts[i].ID, err)
		}
	}
	for _, ai := range c.agentsByID() {
		a := &c.agents[ai]
		a.able, a.stirred, a.gained = c.ability(a), false, false
		c.join(ai)
	}
	c.stirred, c.seek = c.stirred[:0], c.seek[:0]
	return c, nil
}

// clamp takes a saved time of the past that lies after now as now.
func (c *Core) clamp(t *Time) {
	if *t > c.now {
		*t = c.now
		c.clockBack = true
	}
}

func (c *Core) restoreAgent(row *AgentRow) {
	ai, ok := c.agent(row.ID)
	if !ok {
		return // the plan has this agent no more
	}
	a := &c.agents[ai]
	a.row.SignedIn, a.row.Since, a.row.GraceEnds = row.SignedIn, row.Since, row.GraceEnds
	if ahead := row.Since - c.now; ahead > 0 && a.row.GraceEnds != 0 {
		a.row.GraceEnds -= ahead
	}
	c.clamp(&a.row.Since)
	for d, s := range row.Domains.All() {
		if d >= DomainsMax || a.domain[d].capacity == 0 {
			continue
		}
		c.clamp(&s.Since)
		c.clamp(&s.Idle)
		a.row.Domains.Set(d, s)
		a.domain[d].idle = s.Idle
		if s.Available {
			a.available |= 1 << d
			c.recount(a, d, true)
		}
	}
	if a.row.GraceEnds != 0 {
		c.set(a.row.GraceEnds, ai, timerGrace)
	}
}

// restoreContact puts a saved contact where it was.
func (c *Core) restoreContact(saved *ContactRow) error {
	row := *saved
	if row.State == Ended {
		return nil
	}
	if _, twice := c.contact(row.ID); twice || row.ID.IsZero() || row.State != Routing && (row.State < Timed || row.State > WrapUp) {
		return fmt.Errorf("%w: it is there twice, or in no state", ErrRows)
	}
	row.Skills, row.Exclusions, row.Beside = sortedSkills(row.Skills), slices.Clone(row.Exclusions), slices.Clone(row.Beside)
	if row.State == Routing {
		c.clamp(&row.Since)
		c.place(c.open(row, none, none))
		return nil
	}
	qi, ok := c.queue(row.Queue)
	if !ok || c.queues[qi].plan.Domain != row.Domain {
		return fmt.Errorf("%w: queue %s is not in it, or of another domain", ErrRows, row.Queue)
	}
	if ahead := row.Since - c.now; ahead > 0 && row.Deadline != 0 {
		row.Deadline -= ahead
	}
	for _, t := range []*Time{&row.FirstQueued, &row.QueuedAt, &row.Since, &row.AcceptedAt, &row.FinishedAt} {
		c.clamp(t)
	}
	for i := range row.Exclusions {
		row.Exclusions[i].Until = min(row.Exclusions[i].Until, c.now.Add(ExclusionLife))
	}
	for i := range row.Beside {
		p := &row.Beside[i]
		if ahead := p.Since - c.now; ahead > 0 && p.Deadline != 0 {
			p.Deadline -= ahead
		}
		c.clamp(&p.Since)
	}
	cl, ok := c.intern(qi, row.Skills)
	if !ok {
		return fmt.Errorf("%w: more than %d demands of skills", ErrRows, ClassesMax)
	}
	ci := c.open(row, qi, cl)
	c.place(ci)
	return nil
}

// place puts a restored contact into the structures, with its timers.
func (c *Core) place(ci int32) {
	ct := &c.contacts[ci]
	ct.row.Due = c.dueOf(ct)
	if ct.row.Deadline != 0 {
		c.set(ct.row.Deadline, ci, timerDeadline)
	}
	if ct.row.CustomerLost != 0 {
		c.set(ct.row.CustomerLost, ci, timerCustomer)
	}
	c.prune(ct)
	for _, x := range ct.row.Exclusions {
		c.set(x.Until, ci, timerExclusion)
		if ai, ok := c.agent(x.Agent); ok {
			c.agents[ai].excluded = append(c.agents[ai].excluded, ct.row.ID)
		}
	}
	switch ct.row.State {
	case Timed, Routing:
		return
	case Queued:
		c.inLine(ci)
		return
	}
	strangers := c.placeBeside(ci)
	ai, ok := c.agent(ct.row.Agent)
	if strangers {
		c.strangers = append(c.strangers, ci)
	}
	if !ok || ct.row.State == Offered && c.agents[ai].pending != none || ct.row.State == Held && !c.reach(ai, ct.row.Domain) {
		c.orphans = append(c.orphans, ci)
		return
	}
	ct.agent = ai
	a := &c.agents[ai]
	switch ct.row.State {
	case Held:
		a.owns |= 1 << ct.row.Domain
		c.stand(c.ownLine(ai, ct.row.Domain), 0, ci)
		return
	case Offered:
		a.pending = ci
	case Interrupted:
		a.standing++
		a.stands |= 1 << ct.row.Domain
	}
	c.takeInHand(ci, ai)
}

// placeBeside gives those who take part in a restored contact their seats. It
// reports whether somebody cannot have one any more.
func (c *Core) placeBeside(ci int32) (strangers bool) {
	ct := &c.contacts[ci]
	for i := range ct.row.Beside {
		p := &ct.row.Beside[i]
		if p.Deadline != 0 {
			c.set(p.Deadline, ci, timerInvitation)
		}
		ai, ok := c.agent(p.Agent)
		if !ok || p.State == Offered && c.agents[ai].pending != none {
			strangers = true
			continue
		}
		a := &c.agents[ai]
		a.beside = append(a.beside, ci)
		if p.Role.weighs() {
			a.takeSeat(ct.row.Domain)
		}
		if p.State == Offered {
			a.pending = ci
		}
	}
	return strangers
}

// adopt gives the contacts of agents who are gone back to their queues, and ends the
// participations of such agents.
func (c *Core) adopt() {
	for _, ci := range c.byID(c.strangers) {
		for seat := 0; seat < len(c.contacts[ci].row.Beside); {
			if c.seated(ci, seat) {
				seat++
			} else {
				c.part(ci, seat, WhyPlan)
			}
		}
	}
	c.strangers = c.strangers[:0]
	for _, ci := range c.byID(c.orphans) {
		ct := &c.contacts[ci]
		switch {
		case c.inWrapUp(ci):
			c.adoptEnded(ci)
			continue
		case (ct.row.State == Active || ct.row.State == Interrupted) && c.inherit(ci, WhyPlan):
			continue
		case ct.row.State == Active || ct.row.State == Interrupted:
			c.dissolve(ci, WhyPlan)
			c.fact(FactReturned, ci, WhyPlan).Took = c.now.Sub(ct.row.Since)
		case ct.row.State == Offered:
			f := c.fact(FactNotAccepted, ci, WhyPlan)
			f.N, f.Took = ct.row.Offer, c.now.Sub(ct.row.Since)
		}
		ct.row.Resume, ct.row.Left = 0, 0
		c.resumeQueued(ci, WhyPlan)
	}
	c.orphans = c.orphans[:0]
}

// adoptEnded ends the wrap-up of an agent who is gone.
func (c *Core) adoptEnded(ci int32) {
	ct := &c.contacts[ci]
	ct.row.State = Timed // in nobody's hand
	ct.row.Agent = AgentID{}
	c.end(ci, WhyPlan, c.settings.SystemEnd)
}

// restarted: the process is new. Deadlines that people must meet move by the
// time in which nobody could be served, offers are renewed, desktops are absent.
func (c *Core) restarted(ev Restarted) {
	gap := Time(max(ev.Gap, 0) / time.Millisecond)
	for _, ci := range c.byID(c.allContacts()) {
		ct := &c.contacts[ci]
		switch {
		case ct.row.State == Offered:
			c.renew(ci)
		case ct.row.State == WrapUp && ct.row.Deadline != 0 && gap > 0:
			c.until(ci, ct.row.Deadline+gap)
			c.touch(ci)
		}
		for seat := range ct.row.Beside {
			if ct.row.Beside[seat].State == Offered {
				c.reinvite(ci, seat)
			}
		}
		if ct.row.CustomerLost != 0 && gap > 0 {
			ct.row.CustomerLost += gap
			c.set(ct.row.CustomerLost, ci, timerCustomer)
			c.touch(ci)
		}
	}
	for _, ai := range c.agentsByID() {
		if c.agents[ai].row.SignedIn && (!ev.SameProcess || c.agents[ai].row.GraceEnds != 0) {
			c.awaitDesktop(ai, WhyRestart)
		}
	}
	if c.clockBack {
		c.clockBack = false
		c.out.Effects = append(c.out.Effects, Effect{Kind: Alert, Alert: AlertClockBack, Why: WhyRestart})
	}
}

// renew gives an open offer its whole time again.
func (c *Core) renew(ci int32) {
	ct := &c.contacts[ci]
	c.until(ci, c.now.Add(c.offerTime(ct)))
	c.touch(ci)
	c.effect(Offer, ci, WhyRestart)
}

// reinvite gives an open invitation its whole time again.
func (c *Core) reinvite(ci int32, seat int) {
	p := &c.contacts[ci].row.Beside[seat]
	p.Deadline = c.now.Add(c.offerTime(&c.contacts[ci]))
	c.set(p.Deadline, ci, timerInvitation)
	c.touch(ci)
	c.besideEffect(Offer, ci, seat, WhyRestart)
}

// seated reports whether whoever has a seat is an agent who knows of it.
func (c *Core) seated(ci int32, seat int) bool {
	ai, ok := c.agent(c.contacts[ci].row.Beside[seat].Agent)
	return ok && slices.Contains(c.agents[ai].beside, ci)
}

func (c *Core) allContacts() []int32 {
	all := make([]int32, 0, c.contactAt.used)
	for ci := range c.contacts {
		if c.contacts[ci].live {
			all = append(all, int32(ci))
		}
	}
	return all
}
