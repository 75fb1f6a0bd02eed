package acd

import (
	"testing"
	"time"
)

// Rule 5: what keeps an agent from being offered a contact. In each case the agent
// would be offered it but for one thing, and is when that is over.
func TestAble(t *testing.T) {
	q := chat(1)
	mail := chat(2)
	mail.Domain = Email
	for name, c := range map[string]struct{ hinder, free func(h *hall) }{
		"unavailable": {
			func(h *hall) { h.available(1, false) },
			func(h *hall) { h.available(1, true) },
		},
		"unavailable in this domain only": {
			func(h *hall) { h.do(AgentStateChanged{Agent: agentN(1), Domains: 1 << Chat}) },
			func(h *hall) { h.do(AgentStateChanged{Agent: agentN(1), Domains: 1 << Chat, Available: true}) },
		},
		"desktop lost": {
			func(h *hall) { h.do(DesktopLost{agentN(1)}) },
			func(h *hall) { h.do(DesktopConnected{agentN(1)}) },
		},
		"signed out": {
			func(h *hall) { h.do(SignedOut{Agent: agentN(1)}) },
			func(h *hall) { h.do(SignedIn{Agent: agentN(1)}); h.available(1, true) },
		},
		"an offer pending in another domain": {
			func(h *hall) { h.arrive(9, mail) },
			func(h *hall) { h.accept(9) },
		},
		"at capacity": {
			func(h *hall) { h.arrive(9, q); h.accept(9) },
			func(h *hall) { h.finish(9); h.wrap(9) },
		},
		"no capacity": {
			func(h *hall) { h.do(PlanChanged{PlanChange{Agents: []AgentPlan{person(1, 0)}}}) },
			func(h *hall) { h.do(PlanChanged{PlanChange{Agents: []AgentPlan{person(1, 1)}}}); h.available(1, true) },
		},
		"the matrix refuses": {
			func(h *hall) {
				h.settings(nil)
				h.arrive(9, mail)
				h.accept(9)
			},
			func(h *hall) { h.settings(func(s *Settings) { s.Matrix[Email][Chat] = Beside }) },
		},
		"no edge": {
			func(h *hall) { h.do(PlanChanged{PlanChange{RemovedEdges: []EdgeKey{{q.ID, agentN(1)}}}}) },
			func(h *hall) { h.edge(q, 1, 0, 0) },
		},
		"a later step": {
			func(h *hall) { h.edge(q, 1, 1, 0) },
			func(h *hall) { h.edge(q, 1, 0, 0) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHall(t)
			h.serve(q)
			h.serve(mail)
			p := person(1, 1)
			p.Capacity[Email] = 1
			h.settings(func(s *Settings) { s.Matrix[Email][Chat] = Beside })
			h.staff(p)
			h.edge(q, 1, 0, 0)
			h.edge(mail, 1, 0, 0)
			c.hinder(h)
			h.arrive(1, q)
			h.offeredTo(1, 0)
			c.free(h)
			h.offeredTo(1, 1)
		})
	}
}

// Rule 6: after RONA the contact is back at its due, the agent is unavailable in
// that domain with the reason for it, and only there.
func TestNoAnswer(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q)
	h.settings(nil)
	p := person(1, 1)
	p.Capacity[Email] = 1
	h.staff(p)
	h.edge(q, 1, 0, 0)
	h.at(0)
	h.arrive(1, q)
	was := h.rows[1]
	h.at(19.9)
	h.offeredTo(1, 1)
	h.at(20)
	if r := h.in(1, Queued); r.Due != was.Due || r.QueuedAt != was.QueuedAt {
		t.Fatal("it did not come back to its place")
	}
	a := h.agents[1]
	if s := a.Domains.Of(Chat); s.Available || s.Reason != reasonN(1) || !a.Domains.Of(Email).Available {
		t.Fatalf("the agent is %+v", a.Domains)
	}
	q.NoAnswerStays = true
	h.do(PlanChanged{PlanChange{Queues: []QueuePlan{q}}})
	h.available(1, true)
	h.at(80) // the exclusion is over
	h.offeredTo(1, 1)
	h.at(100)
	if h.in(1, Queued); !h.agents[1].Domains.Of(Chat).Available {
		t.Fatal("the queue lets the agent stay available")
	}
}

// A contact excludes who declined it for 60 s; if that was the only able agent,
// people are told.
func TestDeclineExcludes(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	q.Steps = []time.Duration{0}
	h.serve(q, 1, 2)
	h.at(10)
	h.arrive(1, q)
	h.decline(1)
	h.offeredTo(1, 2)
	if h.alerts(AlertAllExcluded) != 0 {
		t.Fatal("somebody was left")
	}
	h.decline(1)
	h.offeredTo(1, 0)
	if h.alerts(AlertAllExcluded) != 1 {
		t.Fatal("nobody is left, and nobody is told")
	}
	h.at(69.9)
	h.offeredTo(1, 0)
	h.at(70)
	h.offeredTo(1, 1)
}

// An exclusion ends when the contact's step changes, and when the contact enters a
// queue anew.
func TestExclusionEnds(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1)
	h.at(10)
	h.arrive(1, q)
	h.decline(1)
	h.at(30) // step 1 begins at 30 s
	h.offeredTo(1, 1)
	h.decline(1)
	h.staff(person(2, 1))
	h.do(Picked{contactN(1), Place{State: Queued}, agentN(2)})
	h.do(Requeued{contactN(1), agentN(2), 0})
	h.offeredTo(1, 1)
}

// The ninth live exclusion makes the agent unavailable, with the reason for it.
func TestNinthExclusion(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1)
	h.settings(nil)
	h.at(10)
	for n := 1; n <= ExclusionsMax+1; n++ {
		if s := h.agents[1].Domains.Of(Chat); !s.Available {
			t.Fatalf("unavailable before the decline %d", n)
		}
		h.arrive(n, q)
		h.decline(n)
	}
	if s := h.agents[1].Domains.Of(Chat); s.Available || s.Reason != reasonN(2) {
		t.Fatalf("the agent is %+v", s)
	}
}

// Rule 7: a preferred agent who is there has the contact held in the own list,
// which comes before the queues; at the end of the hold it enters its queue, with
// its own due.
func TestPreferredAgent(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1, 2)
	ask := func(n int) {
		h.do(Arrived{Contact: contactN(n), Unit: q.Unit, Queue: q.ID, Priority: 50, Preferred: agentN(1), Hold: 30 * time.Second})
	}
	h.at(10)
	ask(1)
	h.offeredTo(1, 1) // though agent 2 was idle for longer after this:
	h.accept(1)
	h.available(2, false)
	h.at(20)
	h.arrivePriority(2, q, 100)
	ask(3)
	if r := h.in(3, Held); r.Agent != agentN(1) || r.QueuedAt != 0 || r.Deadline != h.now+30_000 {
		t.Fatalf("held as %+v", r)
	}
	h.finish(1)
	h.wrap(1)
	h.offeredTo(3, 1) // before the more urgent one in the queue
	h.accept(3)
	ask(4)
	h.at(50)
	if r := h.in(4, Queued); r.QueuedAt != doors+50_000 || r.FirstQueued != doors+20_000 {
		t.Fatalf("after the hold %+v", r)
	}
	ask(5)
	h.available(1, false)
	h.in(5, Queued)
	ask(6)
	h.in(6, Queued)
}

// A held contact that its agent declines enters its queue, and excludes that agent.
func TestPreferredDeclines(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1, 2)
	h.at(10)
	h.do(Arrived{Contact: contactN(1), Unit: q.Unit, Queue: q.ID, Priority: 50, Preferred: agentN(2), Hold: time.Minute})
	h.offeredTo(1, 2)
	h.decline(1)
	if h.offeredTo(1, 1); h.has(FactQueued) != 1 {
		t.Fatal("it did not enter its queue")
	}
	h.decline(1)
	h.offeredTo(1, 0)
}

// Rule 8: re-queue later is a timer; what was first queued stays so.
func TestRequeuedLater(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1)
	h.at(10)
	h.arrive(1, q)
	h.accept(1)
	h.at(20)
	h.do(Requeued{contactN(1), agentN(1), doors + 100_000})
	if r := h.in(1, Timed); r.QueuedAt != 0 {
		t.Fatal("it is in no queue meanwhile")
	}
	h.at(99.9)
	h.in(1, Timed)
	h.at(100)
	h.offeredTo(1, 1)
	if r := h.rows[1]; r.FirstQueued != doors+10_000 || r.QueuedAt != doors+100_000 {
		t.Fatalf("queued %d, first %d", r.QueuedAt-doors, r.FirstQueued-doors)
	}
}

// A transfer to a queue keeps first queued, begins the steps anew and takes the
// other queue's objective.
func TestTransferredToQueue(t *testing.T) {
	h := newHall(t)
	a, b := chat(1), chat(2)
	b.Objective = 90 * time.Second
	h.serve(a, 1)
	h.serve(b, 2)
	h.at(10)
	h.arrive(1, a)
	h.accept(1)
	h.at(50)
	h.do(TransferredToQueue{contactN(1), agentN(1), b.ID})
	h.offeredTo(1, 2)
	r := h.rows[1]
	if r.FirstQueued != doors+10_000 || r.QueuedAt != doors+50_000 || r.Due != (doors+10_000).Add(90*time.Second-50*30*time.Second) {
		t.Fatalf("after the transfer %+v", r)
	}
	if h.has(FactReturned) != 1 || h.has(FactQueued) != 1 || h.has(FactOffered) != 1 {
		t.Fatalf("facts %+v", h.out.Facts)
	}
}

// A transfer to an agent is offered there at once, or held in the own list, or goes
// to the queue that was named; that agent must be there.
func TestTransferredToAgent(t *testing.T) {
	h := newHall(t)
	q, other := chat(1), chat(2)
	h.serve(q, 1)
	h.serve(other)
	h.staff(person(2, 1))
	to := func(n int, hold time.Duration) TransferredToAgent {
		return TransferredToAgent{Contact: contactN(n), From: agentN(1), To: agentN(2), Hold: hold, Queue: other.ID}
	}
	for i, hold := range []time.Duration{0, time.Minute, 0} {
		n := i + 1
		h.arrive(n, q)
		h.accept(n)
		if n == 1 {
			h.available(2, false)
			h.refuse(RefusedUnavailable, to(1, time.Minute))
			h.available(2, true)
		}
		h.do(to(n, hold))
	}
	h.offeredTo(1, 2)
	if r := h.in(2, Held); r.Agent != agentN(2) || r.Queue != other.ID || r.Preferred != agentN(2) {
		t.Fatalf("held as %+v", r)
	}
	if r := h.in(3, Queued); r.Queue != other.ID {
		t.Fatalf("queued as %+v", r)
	}
}

// Reassignment goes beyond queue and skills, never beyond capacity and matrix; it
// names what the supervisor saw, and the loser is told who has the contact.
func TestReassigned(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1)
	h.staff(person(2, 1)) // serves no queue
	h.arrive(1, q)
	move := func(s ContactState, from, to int) Reassigned {
		p := Place{State: s}
		if from > 0 {
			p.Agent = agentN(from)
		}
		return Reassigned{contactN(1), p, agentN(to)}
	}
	h.refuse(RefusedState, move(Queued, 0, 2))
	if p := h.out.Refusal.Place; p != (Place{Offered, agentN(1)}) {
		t.Fatalf("told %+v", p)
	}
	h.refuse(RefusedInvalid, move(Offered, 1, 1))
	h.do(move(Offered, 1, 2))
	h.offeredTo(1, 2)
	h.accept(1)
	h.do(move(Active, 2, 1))
	h.offeredTo(1, 1)
	h.decline(1) // falls through: enters its queue, where nobody else is
	if r := h.in(1, Queued); r.QueuedAt != h.now || h.has(FactQueued) != 1 {
		t.Fatalf("fell through to %+v", r)
	}
	h.do(Picked{contactN(1), Place{State: Queued}, agentN(2)})
	h.arrive(2, q)
	h.accept(2)
	h.refuse(RefusedBusy, move(Active, 2, 1))
	h.finish(2)
	h.wrap(2)
	h.do(DesktopLost{agentN(1)})
	h.refuse(RefusedUnavailable, move(Active, 2, 1))
	h.do(DesktopConnected{agentN(1)})
	h.finish(1)
	h.refuse(RefusedState, move(WrapUp, 2, 1))
}

// A pick makes the agent the owner at once, of what waits and nothing else.
func TestPicked(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1)
	h.staff(person(2, 1))
	h.arrive(1, q)
	h.refuse(RefusedState, Picked{contactN(1), Place{Offered, agentN(1)}, agentN(2)})
	h.arrive(2, q)
	h.do(Picked{contactN(2), Place{State: Queued}, agentN(2)})
	if r := h.in(2, Active); r.Agent != agentN(2) || h.agents[2].Domains.Of(Chat).Idle != h.now {
		t.Fatalf("picked as %+v", r)
	}
	h.arrive(3, q)
	h.refuse(RefusedBusy, Picked{contactN(3), Place{State: Queued}, agentN(2)})
}
