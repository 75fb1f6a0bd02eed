package acd

import (
	"testing"
	"time"
)

// Every event that names what does not exist, what is not so, or what is out of
// range is refused with a code of its own, and leaves no trace.
func TestRefusals(t *testing.T) {
	h := newHall(t)
	q, foreign, mail := chat(1), chat(2), chat(3)
	foreign.Unit, mail.Domain = unitN(2), Email
	h.serve(q, 1)
	h.serve(foreign)
	h.serve(mail)
	h.staff(person(2, 1))
	stranger := person(3, 1)
	stranger.Unit = unitN(2)
	h.staff(stranger)
	h.do(PlanChanged{PlanChange{Agents: []AgentPlan{person(4, 1)}}}) // never signed in
	h.arrive(1, q)
	h.accept(1) // active with agent 1
	h.arrive(2, q)
	h.arrive(3, q) // queued
	h.do(Picked{contactN(2), Place{State: Queued}, agentN(2)})
	h.finish(2) // wrap-up with agent 2

	one, two, three, nine := contactN(1), contactN(2), contactN(3), contactN(9)
	a, b, missing := agentN(1), agentN(2), agentN(9)
	good := Arrived{Contact: nine, Unit: q.Unit, Queue: q.ID, Priority: 50}
	with := func(change func(ev *Arrived)) Arrived {
		ev := good
		change(&ev)
		return ev
	}
	for _, c := range []struct {
		code RefusalCode
		ev   Event
	}{
		{RefusedInvalid, with(func(ev *Arrived) { ev.Contact = ContactID{} })},
		{RefusedInvalid, with(func(ev *Arrived) { ev.Priority = 0 })},
		{RefusedInvalid, with(func(ev *Arrived) { ev.Priority = PriorityMax + 1 })},
		{RefusedInvalid, with(func(ev *Arrived) { ev.Hold = -1 })},
		{RefusedInvalid, with(func(ev *Arrived) { ev.Skills = []SkillLevel{{skillN(1), 0}} })},
		{RefusedInvalid, with(func(ev *Arrived) { ev.Skills = []SkillLevel{{skillN(1), 101}} })},
		{RefusedInvalid, with(func(ev *Arrived) { ev.Skills = []SkillLevel{{skillN(1), 1}, {skillN(1), 2}} })},
		{RefusedInvalid, with(func(ev *Arrived) { ev.Skills = make([]SkillLevel, SkillsPerContact+1) })},
		{RefusedExists, with(func(ev *Arrived) { ev.Contact = one })},
		{RefusedUnknown, with(func(ev *Arrived) { ev.Queue = queueN(9) })},
		{RefusedUnknown, with(func(ev *Arrived) { ev.Queue = foreign.ID })},

		{RefusedUnknown, Accepted{nine, a, 1}},
		{RefusedUnknown, Accepted{one, missing, 1}},
		{RefusedState, Accepted{one, a, 1}},
		{RefusedState, Accepted{three, a, 1}},
		{RefusedState, Declined{three, a, 1}},
		{RefusedUnknown, Declined{nine, a, 1}},

		{RefusedUnknown, Finished{Contact: nine, Agent: a}},
		{RefusedState, Finished{Contact: one, Agent: b}},
		{RefusedState, Finished{Contact: two, Agent: b}},
		{RefusedState, Finished{Contact: three, Agent: a}},
		{RefusedState, WrapUpExtended{one, a, time.Second}},
		{RefusedInvalid, WrapUpExtended{two, b, 0}},
		{RefusedState, WrappedUp{Contact: one, Agent: a}},
		{RefusedState, WrappedUp{Contact: two, Agent: a}},
		{RefusedUnknown, WrappedUp{Contact: nine, Agent: a}},

		{RefusedUnknown, Abandoned{nine}},
		{RefusedState, Abandoned{two}},
		{RefusedUnknown, CustomerLost{nine}},
		{RefusedState, CustomerLost{two}},
		{RefusedUnknown, CustomerReturned{nine}},
		{RefusedState, CustomerReturned{two}},

		{RefusedState, TransferredToQueue{one, b, q.ID}},
		{RefusedState, TransferredToQueue{three, a, q.ID}},
		{RefusedState, TransferredToQueue{two, b, q.ID}},
		{RefusedUnknown, TransferredToQueue{one, a, queueN(9)}},
		{RefusedUnknown, TransferredToQueue{one, a, foreign.ID}},
		{RefusedInvalid, TransferredToQueue{one, a, mail.ID}},
		{RefusedUnknown, TransferredToQueue{one, AgentID{}, q.ID}},

		{RefusedInvalid, TransferredToAgent{Contact: one, From: a, To: a}},
		{RefusedInvalid, TransferredToAgent{Contact: one, From: a, To: b, Hold: -1}},
		{RefusedUnknown, TransferredToAgent{Contact: one, From: a, To: missing}},
		{RefusedUnknown, TransferredToAgent{Contact: one, From: a, To: agentN(3)}},
		{RefusedUnavailable, TransferredToAgent{Contact: one, From: a, To: agentN(4)}},
		{RefusedUnknown, TransferredToAgent{Contact: one, From: a, To: b, Queue: queueN(9)}},
		{RefusedState, TransferredToAgent{Contact: one, From: b, To: a}},

		{RefusedState, Requeued{one, b, 0}},
		{RefusedState, Requeued{two, b, 0}},
		{RefusedUnknown, Requeued{nine, a, 0}},

		{RefusedUnknown, Reassigned{nine, Place{Active, a}, b}},
		{RefusedUnknown, Reassigned{one, Place{Active, a}, missing}},
		{RefusedUnknown, Reassigned{one, Place{Active, a}, agentN(3)}},
		{RefusedState, Reassigned{one, Place{Active, b}, agentN(4)}},
		{RefusedState, Reassigned{two, Place{WrapUp, b}, a}},
		{RefusedInvalid, Reassigned{one, Place{Active, a}, a}},
		{RefusedUnavailable, Reassigned{one, Place{Active, a}, agentN(4)}},
		{RefusedBusy, Reassigned{one, Place{Active, a}, b}},

		{RefusedUnknown, Picked{nine, Place{State: Queued}, a}},
		{RefusedUnknown, Picked{three, Place{State: Queued}, agentN(3)}},
		{RefusedState, Picked{one, Place{Active, a}, b}},
		{RefusedState, Picked{three, Place{State: Held}, b}},
		{RefusedBusy, Picked{three, Place{State: Queued}, a}},
		{RefusedUnavailable, Picked{three, Place{State: Queued}, agentN(4)}},

		{RefusedUnknown, PriorityChanged{nine, 1}},
		{RefusedInvalid, PriorityChanged{three, 0}},
		{RefusedInvalid, PriorityChanged{three, PriorityMax + 1}},

		{RefusedUnknown, SignedIn{Agent: missing}},
		{RefusedUnknown, SignedOut{Agent: missing}},
		{RefusedBusy, SignedOut{Agent: a}},
		{RefusedUnknown, AgentStateChanged{Agent: missing, Domains: 1 << Chat}},
		{RefusedUnavailable, AgentStateChanged{Agent: agentN(4), Domains: 1 << Chat}},
		{RefusedInvalid, AgentStateChanged{Agent: a, Domains: 0}},
		{RefusedInvalid, AgentStateChanged{Agent: a, Domains: 1 << Voice}},
		{RefusedUnknown, DesktopConnected{missing}},
		{RefusedUnavailable, DesktopConnected{agentN(4)}},
		{RefusedUnknown, DesktopLost{missing}},
		{RefusedUnavailable, DesktopLost{agentN(4)}},
	} {
		h.refuse(c.code, c.ev)
	}
	h.do(good)
}

// A change of the plan is refused as a whole when any of it is wrong.
func TestPlanRefusals(t *testing.T) {
	h := newHall(t)
	q, empty := chat(1), chat(2)
	h.serve(q, 1)
	h.serve(empty)
	h.arrive(1, q)
	queue := func(change func(p *QueuePlan)) PlanChange {
		p := chat(5)
		change(&p)
		return PlanChange{Queues: []QueuePlan{chat(6), p}}
	}
	moved, shared := q, q
	moved.Domain, shared.Unit = Email, unitN(2)
	bad := person(5, 1)
	bad.Skills = []SkillLevel{{skillN(1), 5}, {skillN(2), 5}, {skillN(1), 6}}
	for _, c := range []struct {
		code RefusalCode
		ch   PlanChange
	}{
		{RefusedInvalid, PlanChange{Settings: &Settings{Ageing: -1}}},
		{RefusedInvalid, PlanChange{Settings: &Settings{DesktopGrace: -1}}},
		{RefusedInvalid, PlanChange{Settings: &Settings{Matrix: Matrix{{1: Interrupt + 1}}}}},
		{RefusedInvalid, queue(func(p *QueuePlan) { p.ID = QueueID{} })},
		{RefusedInvalid, queue(func(p *QueuePlan) { p.Domain = DomainsMax })},
		{RefusedInvalid, queue(func(p *QueuePlan) { p.Policy = Preference + 1 })},
		{RefusedInvalid, queue(func(p *QueuePlan) { p.Objective = -1 })},
		{RefusedInvalid, queue(func(p *QueuePlan) { p.OfferTime = -1 })},
		{RefusedInvalid, queue(func(p *QueuePlan) { p.WrapUp = -1 })},
		{RefusedInvalid, queue(func(p *QueuePlan) { p.CustomerGrace = -1 })},
		{RefusedInvalid, queue(func(p *QueuePlan) { p.WaitingMax = -1 })},
		{RefusedInvalid, queue(func(p *QueuePlan) { p.Steps = nil })},
		{RefusedInvalid, queue(func(p *QueuePlan) { p.Steps = []time.Duration{1} })},
		{RefusedInvalid, queue(func(p *QueuePlan) { p.Steps = []time.Duration{0, 5, 5} })},
		{RefusedInvalid, queue(func(p *QueuePlan) { p.Steps = make([]time.Duration, StepsMax+1) })},
		{RefusedInvalid, PlanChange{Agents: []AgentPlan{{}}}},
		{RefusedInvalid, PlanChange{Agents: []AgentPlan{bad}}},
		{RefusedInUse, PlanChange{Queues: []QueuePlan{moved}}},
		{RefusedInUse, PlanChange{Queues: []QueuePlan{shared}}},
		{RefusedInUse, PlanChange{RemovedQueues: []QueueID{q.ID}}},
		{RefusedUnknown, PlanChange{RemovedQueues: []QueueID{queueN(9)}}},
		{RefusedUnknown, PlanChange{RemovedAgents: []AgentID{agentN(9)}}},
		{RefusedInvalid, PlanChange{Queues: []QueuePlan{empty}, RemovedQueues: []QueueID{empty.ID}}},
		{RefusedInvalid, PlanChange{Agents: []AgentPlan{person(1, 1)}, RemovedAgents: []AgentID{agentN(1)}}},
		{RefusedUnknown, PlanChange{Edges: []Edge{{queueN(9), agentN(1), 0, 0}}}},
		{RefusedUnknown, PlanChange{Edges: []Edge{{q.ID, agentN(9), 0, 0}}}},
		{RefusedUnknown, PlanChange{Edges: []Edge{{empty.ID, agentN(1), 0, 0}}, RemovedQueues: []QueueID{empty.ID}}},
		{RefusedUnknown, PlanChange{Edges: []Edge{{q.ID, agentN(1), 0, 0}}, RemovedAgents: []AgentID{agentN(1)}}},
		{RefusedInvalid, PlanChange{Edges: []Edge{{q.ID, agentN(1), 3, 0}}}},
	} {
		h.refuse(c.code, PlanChanged{c.ch})
	}
	if _, err := Rebuild(h.now, PlanChange{RemovedQueues: []QueueID{q.ID}}, nil, nil); err == nil {
		t.Error("such a plan is no plan to rebuild under")
	}
}

// Edges take effect in portions, between which other events are served; a later
// change may take away what an earlier one still has edges for.
func TestPlanInPortions(t *testing.T) {
	h := newHall(t)
	ch := PlanChange{Queues: []QueuePlan{chat(1)}}
	for a := range 100 {
		ch.Agents = append(ch.Agents, person(a, 1))
	}
	for n := range 25 {
		q := chat(n)
		ch.Queues = append(ch.Queues, q)
		for a := range 100 {
			ch.Edges = append(ch.Edges, Edge{q.ID, agentN(a), 0, 0})
		}
	}
	h.do(PlanChanged{ch})
	edges := func() (n int) {
		for i := range h.c.agents {
			n += len(h.c.agents[i].edges)
		}
		return n
	}
	for _, want := range []int{1000, 2000} {
		if edges() != want || h.out.Wake != h.now {
			t.Fatalf("%d edges, want %d; woken at %d", edges(), want, h.out.Wake-h.now)
		}
		h.do(SignedIn{Agent: agentN(want / 100)})
	}
	if edges() != 2500 || h.out.Wake != 0 {
		t.Fatalf("%d edges; woken at %d", edges(), h.out.Wake)
	}
	ch.Queues, ch.Agents = nil, nil
	h.do(PlanChanged{ch})
	h.do(PlanChanged{PlanChange{RemovedQueues: []QueueID{queueN(24)}, RemovedAgents: []AgentID{agentN(99)}}})
	h.do(Ticked{})
	if want := 24 * 99; edges() != want || h.out.Wake != 0 {
		t.Fatalf("%d edges, want %d", edges(), want)
	}
}

// An agent removed from the plan is signed off; the contacts go back as after a
// lost desktop, those that waited for the agent enter their queue.
func TestAgentRemoved(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1)
	h.staff(person(2, 1))
	h.arrive(1, q)
	h.accept(1)
	h.do(Arrived{Contact: contactN(2), Unit: q.Unit, Queue: q.ID, Priority: 1, Preferred: agentN(1), Hold: time.Hour})
	h.do(PlanChanged{PlanChange{RemovedAgents: []AgentID{agentN(1)}}})
	h.in(1, Queued)
	h.in(2, Queued)
	if h.agents[1].SignedIn || h.has(FactSignedOut) != 1 {
		t.Fatal("the agent is still there")
	}
	h.edge(q, 2, 0, 0)
	h.offeredTo(1, 2)
	h.do(PlanChanged{PlanChange{Agents: []AgentPlan{person(1, 1)}}})
	h.do(SignedIn{Agent: agentN(1)})
}

// At most 256 timers go off in one Step, in the order of time and id; then the core
// asks to be woken at once.
func TestTimersInPortions(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1)
	h.arrive(1000, q)
	h.accept(1000)
	for n := range 600 { // all to the own list of the busy agent
		h.do(Arrived{Contact: contactN(599 - n), Unit: q.Unit, Queue: q.ID, Priority: 50, Preferred: agentN(1), Hold: 10 * time.Second})
	}
	h.now += 10_000
	last := -1
	for _, want := range []int{TimersPerStep, TimersPerStep, 600 - 2*TimersPerStep} {
		h.do(Ticked{})
		for _, f := range h.out.Facts {
			n := int(f.Contact[15]) | int(f.Contact[14])<<8
			if f.Kind != FactQueued || n <= last {
				t.Fatalf("%+v after contact %d", f, last)
			}
			last = n
		}
		if h.has(FactQueued) != want || (h.out.Wake == h.now) != (want == TimersPerStep) {
			t.Fatalf("%d timers, woken at %d", h.has(FactQueued), h.out.Wake-h.now)
		}
	}
}
