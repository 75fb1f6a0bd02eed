package acd

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func num[K any](kind byte, n int) (id ID[K]) {
	id[0] = kind
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

func contactN(n int) ContactID { return num[contactKind](1, n) }
func agentN(n int) AgentID     { return num[agentKind](2, n) }
func queueN(n int) QueueID     { return num[queueKind](3, n) }
func unitN(n int) UnitID       { return num[unitKind](4, n) }
func skillN(n int) SkillID     { return num[skillKind](5, n) }
func reasonN(n int) ReasonID   { return num[reasonKind](6, n) }

// day makes random events against a small center, remembering the rows.
type day struct {
	r        *rand.Rand
	t        testing.TB
	c        *Core
	now      Time
	plan     PlanChange
	agents   map[AgentID]AgentRow
	contacts map[ContactID]ContactRow
	next     int
}

func newDay(t testing.TB, seed uint64) *day {
	d := &day{r: rand.New(rand.NewPCG(seed, 1)), t: t, now: 1_000_000,
		agents: map[AgentID]AgentRow{}, contacts: map[ContactID]ContactRow{}}
	d.c = New(d.now)
	s := Settings{Ageing: 30 * time.Second, DesktopGrace: 60 * time.Second, NoAnswer: reasonN(1), DeclinedTooOften: reasonN(2), SystemEnd: reasonN(3)}
	for a := range 4 {
		for b := range 4 {
			s.Matrix[a][b] = Interruption(d.r.IntN(3))
		}
	}
	d.plan.Settings = &s
	for q := range 8 {
		p := d.queue(q)
		d.plan.Queues = append(d.plan.Queues, p)
		for a := range 12 {
			if d.r.IntN(2) == 0 {
				d.plan.Edges = append(d.plan.Edges, Edge{p.ID, agentN(a), uint8(d.r.IntN(len(p.Steps))), uint8(d.r.IntN(3))})
			}
		}
	}
	for a := range 12 {
		d.plan.Agents = append(d.plan.Agents, d.agent(a))
	}
	d.step(PlanChanged{d.plan})
	return d
}

func (d *day) queue(q int) QueuePlan {
	r := d.r
	p := QueuePlan{ID: queueN(q), Unit: unitN(1), Domain: Domain(q % 4), Objective: time.Duration(r.IntN(100)) * time.Second, Policy: Policy(r.IntN(4)),
		AutoAccept: r.IntN(5) == 0, NoWrapUp: r.IntN(5) == 0, WrapUpFreesSlot: r.IntN(3) == 0, NoAnswerStays: r.IntN(3) == 0,
		WrapUp: time.Duration(r.IntN(3)) * 10 * time.Second, CustomerGrace: time.Duration(r.IntN(2)) * 20 * time.Second, WaitingMax: r.IntN(2) * 20,
		MinAvailable: uint16(max(r.IntN(6)-3, 0))}
	p.Steps = append(p.Steps, 0)
	for n := 1 + r.IntN(4); len(p.Steps) < n; {
		p.Steps = append(p.Steps, p.Steps[len(p.Steps)-1]+time.Duration(1+r.IntN(40))*time.Second)
	}
	return p
}

func (d *day) agent(a int) AgentPlan {
	p := AgentPlan{ID: agentN(a), Unit: unitN(1)}
	if d.r.IntN(4) == 0 {
		p.Desk = Desk{Accepts: Acceptance(d.r.IntN(3)), WrapUp: time.Duration(d.r.IntN(20)) * time.Second, NoAnswer: reasonN(d.r.IntN(4))}
	}
	for m := range 4 {
		p.Capacity[m] = uint8(d.r.IntN(4))
	}
	for s := range 5 {
		if d.r.IntN(2) == 0 {
			p.Skills = append(p.Skills, SkillLevel{skillN(s), uint8(1 + d.r.IntN(100))})
		}
	}
	return p
}

func (d *day) step(ev Event) *Out {
	o := d.c.Step(d.now, ev)
	for _, r := range o.Contacts {
		r.Exclusions = append([]Exclusion(nil), r.Exclusions...)
		r.Beside = append([]Participation(nil), r.Beside...)
		if r.State == Ended {
			delete(d.contacts, r.ID)
			continue
		}
		d.contacts[r.ID] = r
	}
	for _, a := range o.Agents {
		a.Domains = slices.Clone(a.Domains)
		d.agents[a.ID] = a
	}
	d.check(o)
	return o
}

func (d *day) anyContact() ContactRow {
	k := d.r.IntN(len(d.c.contacts) + 1)
	if k == len(d.c.contacts) || !d.c.contacts[k].live {
		return ContactRow{ID: contactN(d.r.IntN(d.next + 2))}
	}
	return d.c.contacts[k].row
}

func (d *day) event() Event {
	r := d.r
	a := agentN(r.IntN(13))
	ct := d.anyContact()
	owner := ct.Agent
	if r.IntN(20) == 0 {
		owner = a
	}
	switch r.IntN(32) {
	case 26, 27, 28, 29:
		return d.beside(ct, a)
	case 30, 31:
		return d.workflow(ct, a)
	case 0, 1, 2, 3:
		d.next++
		ev := Arrived{Contact: contactN(d.next), Unit: unitN(1), Queue: queueN(r.IntN(9)), Priority: uint8(r.IntN(4) * 33)}
		if r.IntN(3) == 0 {
			ev.Preferred, ev.Hold = a, time.Duration(r.IntN(60))*time.Second
		}
		if r.IntN(3) == 0 {
			ev.Skills = []SkillLevel{{skillN(r.IntN(5)), uint8(1 + r.IntN(60))}}
		}
		return ev
	case 4, 5, 6:
		return Accepted{ct.ID, owner, ct.Offer}
	case 7:
		return Declined{ct.ID, owner, ct.Offer}
	case 8, 9:
		return Finished{Contact: ct.ID, Agent: owner}
	case 10, 11:
		return WrappedUp{ct.ID, owner, reasonN(9)}
	case 12:
		return WrapUpExtended{ct.ID, owner, time.Duration(r.IntN(30)) * time.Second}
	case 13:
		return Abandoned{ct.ID}
	case 14:
		return CustomerLost{ct.ID}
	case 15:
		return CustomerReturned{ct.ID}
	case 16:
		return TransferredToQueue{ct.ID, owner, queueN(r.IntN(8))}
	case 17:
		return TransferredToAgent{ct.ID, owner, a, time.Duration(r.IntN(3)) * 10 * time.Second, QueueID{}}
	case 18:
		return Requeued{ct.ID, owner, d.now + Time(r.IntN(3)*10_000)}
	case 19:
		return Reassigned{ct.ID, Place{ct.State, ct.Agent}, a}
	case 20:
		return Picked{ct.ID, Place{ct.State, ct.Agent}, a}
	case 21:
		return PriorityChanged{ct.ID, uint8(r.IntN(102))}
	case 22:
		if r.IntN(3) > 0 {
			return DesktopConnected{a}
		}
		return DesktopLost{a}
	case 23:
		if r.IntN(4) == 0 {
			return SignedOut{a, r.IntN(2) == 0}
		}
		return SignedIn{a, reasonN(4)}
	case 24:
		return AgentStateChanged{Agent: a, Domains: r.Uint32N(16), Available: r.IntN(5) > 0, Reason: reasonN(5)}
	}
	return d.change()
}

// beside is something about those who take part in a contact.
func (d *day) beside(ct ContactRow, a AgentID) Event {
	r := d.r
	role := Role(r.IntN(6))
	guest := a
	var offer uint32
	if len(ct.Beside) > 0 {
		p := ct.Beside[r.IntN(len(ct.Beside))]
		guest, offer = p.Agent, p.Offer
	}
	switch r.IntN(11) {
	case 0:
		return Invited{Contact: ct.ID, From: ct.Agent, To: a, Role: Role(1 + r.IntN(2))}
	case 1:
		return Invited{Contact: ct.ID, From: ct.Agent, Queue: queueN(r.IntN(8)), Role: role}
	case 2, 3, 4:
		return Accepted{ct.ID, guest, offer}
	case 5:
		return Declined{ct.ID, guest, offer}
	case 6:
		return Joined{ct.ID, a, role}
	case 7:
		return RoleChanged{ct.ID, guest, role}
	case 8:
		return Left{ct.ID, guest, []AgentID{{}, ct.Agent}[r.IntN(2)]}
	case 9:
		return HandedOver{ct.ID, ct.Agent, guest, r.IntN(2) == 0}
	}
	return TakenOver{ct.ID, Place{ct.State, ct.Agent}, a}
}

// workflow is something that a contact's workflow does.
func (d *day) workflow(ct ContactRow, a AgentID) Event {
	r := d.r
	switch r.IntN(5) {
	case 0:
		d.next++
		return Arrived{Contact: contactN(d.next), Unit: unitN(1), Domain: Domain(r.IntN(4)), Priority: uint8(1 + r.IntN(99)), Skills: []SkillLevel{{skillN(r.IntN(5)), 30}}}
	case 1:
		return Disconnected{ct.ID, r.IntN(2) == 0}
	case 2:
		return SkillsChanged{ct.ID, []SkillLevel{{skillN(r.IntN(5)), uint8(1 + r.IntN(60))}}}
	}
	ev := Placed{Contact: ct.ID, Queue: queueN(r.IntN(9)), Priority: uint8(r.IntN(101))}
	if r.IntN(3) == 0 {
		ev.Preferred, ev.Hold = a, time.Duration(r.IntN(60))*time.Second
	}
	return ev
}

func (d *day) change() Event {
	r := d.r
	var ch PlanChange
	switch r.IntN(8) {
	case 0:
		q := r.IntN(8)
		p := d.queue(q)
		if qi, ok := d.c.queue(p.ID); ok {
			for len(p.Steps) < len(d.c.queues[qi].steps()) {
				p.Steps = append(p.Steps, p.Steps[len(p.Steps)-1]+time.Duration(1+r.IntN(40))*time.Second)
			}
		}
		ch.Queues = []QueuePlan{p}
	case 1:
		ch.Agents = []AgentPlan{d.agent(r.IntN(12))}
	case 2, 3:
		ch.Edges = []Edge{{queueN(r.IntN(8)), agentN(r.IntN(12)), uint8(r.IntN(3)), uint8(r.IntN(3))}}
	case 4:
		ch.RemovedEdges = []EdgeKey{{queueN(r.IntN(8)), agentN(r.IntN(12))}}
	case 5:
		if r.IntN(4) == 0 {
			s := d.c.settings
			s.Ageing = time.Duration(r.IntN(60)) * time.Second
			s.Matrix[r.IntN(4)][r.IntN(4)] = Interruption(r.IntN(3))
			ch.Settings = &s
		}
	case 6:
		if r.IntN(4) == 0 {
			ch.RemovedAgents = []AgentID{agentN(r.IntN(12))}
		}
	case 7:
		if r.IntN(4) == 0 {
			ch.RemovedQueues = []QueueID{queueN(r.IntN(8))}
		}
	}
	return PlanChanged{ch}
}

// current is the plan in force, read off the core.
func (d *day) current() PlanChange {
	var p PlanChange
	s := d.c.settings
	p.Settings = &s
	for qi := range d.c.queues {
		if len(d.c.queues[qi].steps()) > 0 {
			p.Queues = append(p.Queues, d.c.queues[qi].plan)
		}
	}
	for ai := range d.c.agents {
		a := &d.c.agents[ai]
		if !a.live {
			continue
		}
		p.Agents = append(p.Agents, AgentPlan{a.id, a.row.Unit, a.capacities(), a.skills, a.plan})
		for _, e := range a.edges {
			p.Edges = append(p.Edges, Edge{d.c.queues[e.queue].plan.ID, a.id, e.first, e.tier})
		}
	}
	return p
}

func (a *agent) capacities() (all [DomainsMax]uint8) {
	for d := range a.domain {
		all[d] = a.domain[d].capacity
	}
	return all
}

func (d *day) check(o *Out) {
	c := d.c
	if c.contactAt.used != len(d.contacts) {
		d.t.Fatalf("%d open contacts, rows say %d", c.contactAt.used, len(d.contacts))
	}
	for ai := range c.agents {
		a := &c.agents[ai]
		if !a.live {
			continue
		}
		if got := c.ability(a); got != a.able {
			d.t.Fatalf("agent %s able %b, is %b", a.id, a.able, got)
		}
		var load [DomainsMax]uint16
		for _, ci := range a.beside {
			ct := &c.contacts[ci]
			if ct.row.Beside[ct.seatOf(a.id)].Role.weighs() {
				load[ct.row.Domain]++
			}
		}
		for _, ci := range a.hand {
			if ct := &c.contacts[ci]; c.weighs(ct) {
				load[ct.row.Domain]++
			}
		}
		for m := range load {
			if load[m] != a.domain[m].load {
				d.t.Fatalf("agent %s load %d in domain %d, is %d", a.id, a.domain[m].load, m, load[m])
			}
		}
	}
	if o.Wake != 0 && o.Wake <= d.now {
		return
	}
	for id := range d.contacts {
		ci, _ := c.contact(id)
		ct := &c.contacts[ci]
		if ct.row.State != Queued {
			continue
		}
		if ct.bucket != c.stepOf(ct) {
			d.t.Fatalf("contact %s in step %d, is %d", id, ct.bucket, c.stepOf(ct))
		}
		for _, m := range c.queues[ct.queue].members {
			a := &c.agents[m.agent]
			e := &a.edges[m.edge]
			if a.able>>ct.row.Domain&1 != 0 && e.first <= ct.row.Step && a.qualifies(ct.row.Skills) && !c.excludes(ct, m.agent) {
				d.t.Fatalf("at %d contact %s waits beside able agent %s", d.now, id, a.id)
			}
		}
	}
}

func (d *day) rebuild() {
	var as []AgentRow
	var cs []ContactRow
	for _, a := range d.agents {
		as = append(as, a)
	}
	for _, ct := range d.contacts {
		cs = append(cs, ct)
	}
	slices.SortFunc(as, func(a, b AgentRow) int { return a.ID.Compare(b.ID) })
	slices.SortFunc(cs, func(a, b ContactRow) int { return a.ID.Compare(b.ID) })
	c, err := Rebuild(d.now, d.current(), as, cs)
	if err != nil {
		d.t.Fatal(err)
	}
	if c.Digest() != d.c.Digest() {
		for i := range c.contacts {
			ct := &c.contacts[i]
			if ci, ok := d.c.contact(ct.row.ID); !ok || c.digestContact(ct) != d.c.digestContact(&d.c.contacts[ci]) {
				d.t.Errorf("contact was %+v, is %+v", d.c.contacts[ci].row, ct.row)
			}
		}
		for i := range c.agents {
			a := &c.agents[i]
			if ai, ok := d.c.agent(a.id); !ok || c.digestAgent(a) != d.c.digestAgent(&d.c.agents[ai]) {
				d.t.Errorf("agent was %+v, is %+v", d.c.agents[ai].row, a.row)
			}
		}
		d.t.Fatal("the rebuilt core differs")
	}
	d.c = c
}

// live lets random events happen, each checked, with rebuilds between.
func (d *day) live(events int) {
	for range 12 {
		d.step(SignedIn{agentN(d.r.IntN(12)), reasonN(4)})
		d.step(AgentStateChanged{Agent: agentN(d.r.IntN(12)), Domains: 15, Available: true})
	}
	for range events {
		d.now += Time(d.r.IntN(3) * d.r.IntN(3) * 500)
		o := d.step(d.event())
		for o.Wake != 0 && o.Wake <= d.now {
			o = d.step(Ticked{})
		}
		switch d.r.IntN(400) {
		case 0, 1, 2, 3, 4, 5, 6, 7, 8:
			d.rebuild()
		case 9:
			d.rebuild()
			d.step(Restarted{Gap: time.Duration(d.r.IntN(3)) * time.Second})
		}
	}
}

// Step never panics, keeps its books and leaves no able agent beside a waiting
// contact, whatever comes; and a core rebuilt from its rows is the same core.
func TestRandomDays(t *testing.T) {
	for seed := range uint64(60) {
		newDay(t, seed).live(2000)
	}
}

// The same, for whatever seed.
func FuzzRandomDay(f *testing.F) {
	f.Add(uint64(1000))
	f.Fuzz(func(t *testing.T, seed uint64) { newDay(t, seed).live(500) })
}

// A Step allocates less than once: its output is used again, and its structures grow
// seldom.
func TestAllocations(t *testing.T) {
	w := newWorld(reference{agents: 100, queues: 40, skills: 100, domains: 8, degree: 8, waiting: 300}, 1)
	w.warm(20_000)
	w.allocs = true
	for range 20_000 {
		w.turn()
	}
	if mean := float64(w.made) / 20_000; mean > 0.5 {
		t.Errorf("%.3f allocations a Step", mean)
	}
}

// Two runs of the same world give the same, to the byte.
func TestSameWorldTwice(t *testing.T) {
	var sums [2]uint64
	for i := range sums {
		w := newWorld(reference{agents: 300, queues: 100, skills: 100, domains: 20, degree: 15, waiting: 500}, 7)
		w.warm(20_000)
		sums[i] = uint64(w.hash) ^ w.c.Digest()
	}
	if sums[0] != sums[1] {
		t.Errorf("%x and %x", sums[0], sums[1])
	}
}
