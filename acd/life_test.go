package acd

import (
	"testing"
	"time"
)

// mailAndCalls is a center where calls interrupt e-mail.
func mailAndCalls(t *testing.T) (h *hall, mail, calls QueuePlan) {
	h = newHall(t)
	mail, calls = chat(1), chat(2)
	mail.Domain, calls.Domain = Email, Voice
	mail.WrapUp = 30 * time.Second
	h.serve(mail)
	h.serve(calls)
	h.settings(func(s *Settings) {
		s.Matrix[Email][Voice] = Interrupt
		s.Matrix[Voice][Email] = Beside
	})
	p := AgentPlan{ID: agentN(1), Unit: unitN(1)}
	p.Capacity[Email], p.Capacity[Voice] = 2, 1
	h.staff(p)
	h.edge(mail, 1, 0, 0)
	h.edge(calls, 1, 0, 0)
	h.at(0)
	return h, mail, calls
}

// A call interrupts e-mail when it is offered; the work keeps its slot, its clock
// stands, and it goes on when the call is wrapped up.
func TestInterruption(t *testing.T) {
	h, mail, calls := mailAndCalls(t)
	h.arrive(1, mail)
	h.accept(1)
	h.at(10)
	h.arrive(2, calls)
	if r := h.in(1, Interrupted); r.Resume != Active {
		t.Fatalf("interrupted %+v", r)
	}
	h.arrive(3, mail)
	h.refuse(RefusedState, Finished{Contact: contactN(1), Agent: agentN(1)})
	h.accept(2)
	h.offeredTo(3, 1) // beside the call there is room for one more
	h.accept(3)
	h.arrive(4, mail)
	h.offeredTo(4, 0) // but not for two: interrupted work keeps its slot
	h.at(40)
	h.finish(2)
	h.in(1, Interrupted)
	h.wrap(2)
	if h.in(1, Active); h.has(FactResumed) != 1 || h.out.Facts[1].Took != 30*time.Second {
		t.Fatalf("facts %+v", h.out.Facts)
	}
}

// Interrupted work goes on at once when the call is not answered.
func TestInterruptionEndsByNoAnswer(t *testing.T) {
	h, mail, calls := mailAndCalls(t)
	h.arrive(1, mail)
	h.accept(1)
	h.arrive(2, calls)
	h.in(1, Interrupted)
	h.at(20)
	h.in(2, Queued)
	h.in(1, Active)
}

// The end of an interrupted wrap-up moves by the time that it stood.
func TestInterruptedWrapUp(t *testing.T) {
	h, mail, calls := mailAndCalls(t)
	h.arrive(1, mail)
	h.accept(1)
	h.finish(1)
	h.at(10)
	h.arrive(2, calls)
	if r := h.in(1, Interrupted); r.Resume != WrapUp || r.Left != 20_000 || r.Deadline != 0 {
		t.Fatalf("interrupted %+v", r)
	}
	h.at(15)
	h.do(Abandoned{contactN(2)})
	if r := h.in(1, WrapUp); r.Deadline != doors+35_000 {
		t.Fatalf("ends at %d", r.Deadline-doors)
	}
	h.at(35)
	if r := h.in(1, Ended); r.EndWhy != WhyWrapUpTime || r.Disposition != reasonN(3) {
		t.Fatalf("ended %+v", r)
	}
}

// A customer who leaves while the work stands leaves a wrap-up to come back to.
func TestCustomerLeavesInterrupted(t *testing.T) {
	h, mail, calls := mailAndCalls(t)
	h.arrive(1, mail)
	h.accept(1)
	h.arrive(2, calls)
	h.do(Abandoned{contactN(1)})
	if r := h.in(1, Interrupted); r.Resume != WrapUp || r.Left != 30_000 || r.FinishedAt != h.now {
		t.Fatalf("interrupted %+v", r)
	}
	h.do(Abandoned{contactN(2)})
	h.in(1, WrapUp)
}

// Where each interrupts the other and all of an agent's work stands, what was
// interrupted last goes on.
func TestMutualInterruption(t *testing.T) {
	h, mail, calls := mailAndCalls(t)
	h.settings(func(s *Settings) { s.Matrix[Email][Voice], s.Matrix[Voice][Email] = Interrupt, Interrupt })
	h.arrive(1, mail)
	h.accept(1)
	h.at(1)
	h.arrive(2, calls)
	h.accept(2)
	h.at(2)
	h.arrive(3, mail)
	h.in(2, Interrupted)
	h.accept(3)
	h.finish(3)
	h.wrap(3)
	h.in(2, Active)
	h.in(1, Interrupted)
}

// An offer of a queue with automatic acceptance is an acceptance; the agent looks
// on as long as there is room.
func TestAutoAccept(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	q.AutoAccept = true
	h.serve(q)
	for n := 1; n <= 3; n++ {
		h.arrive(n, q)
	}
	h.staff(person(1, 2))
	h.edge(q, 1, 0, 0)
	h.in(1, Active)
	h.in(2, Active)
	h.in(3, Queued)
}

// A wrap-up holds its slot unless the queue says otherwise, ends by itself after
// its time unless extended, and is left out where the queue has none.
func TestWrapUp(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	q.WrapUp = 10 * time.Second
	h.serve(q, 1)
	h.settings(nil)
	h.at(10)
	h.arrive(1, q)
	h.accept(1)
	h.arrive(2, q)
	h.finish(1)
	h.offeredTo(2, 0)
	h.at(15)
	h.refuse(RefusedInvalid, WrapUpExtended{contactN(1), agentN(1), 0})
	h.do(WrapUpExtended{contactN(1), agentN(1), 20 * time.Second})
	h.at(34.9)
	h.in(1, WrapUp)
	h.at(35)
	h.in(1, Ended)
	h.offeredTo(2, 1)
	h.accept(2)
	q.WrapUpFreesSlot = true
	h.do(PlanChanged{PlanChange{Queues: []QueuePlan{q}}})
	h.arrive(3, q)
	h.finish(2)
	h.in(2, WrapUp)
	h.offeredTo(3, 1)
	h.accept(3)
	h.at(50)
	q.NoWrapUp = true
	h.do(PlanChanged{PlanChange{Queues: []QueuePlan{q}}})
	h.finish(3)
	if r := h.in(3, Ended); r.EndWhy != WhyFinished || h.has(FactFinished) != 1 || h.out.Facts[1].Took != 0 {
		t.Fatalf("ended %+v", r)
	}
}

// A customer may leave from anywhere; only an owner's work goes on to wrap-up.
func TestAbandoned(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1)
	h.arrive(1, q)
	h.arrive(2, q)
	h.do(Arrived{Contact: contactN(3), Unit: q.Unit, Queue: q.ID, Priority: 1, Preferred: agentN(1), Hold: time.Hour})
	h.in(3, Held)
	h.do(Abandoned{contactN(3)})
	h.in(3, Ended)
	h.do(Abandoned{contactN(1)}) // offered: the agent takes the next
	if r := h.in(1, Ended); r.EndWhy != WhyAbandoned || !r.Agent.IsZero() {
		t.Fatalf("ended %+v", r)
	}
	h.offeredTo(2, 1)
	h.accept(2)
	h.do(Abandoned{contactN(2)})
	h.in(2, WrapUp)
	h.refuse(RefusedState, Abandoned{contactN(2)})
}

// A lost customer is waited for during the queue's grace.
func TestCustomerGrace(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	q.CustomerGrace = 30 * time.Second
	h.serve(q, 1)
	h.at(0)
	h.arrive(1, q)
	h.arrive(2, q)
	h.do(CustomerLost{contactN(1)})
	h.do(CustomerLost{contactN(2)})
	h.accept(1)
	h.at(29.9)
	h.do(CustomerReturned{contactN(2)})
	h.at(30)
	if r := h.in(1, WrapUp); r.CustomerLost != 0 {
		t.Fatalf("after the grace %+v", r)
	}
	h.in(2, Queued)
	h.refuse(RefusedState, CustomerLost{contactN(1)})
	q.CustomerGrace = 0
	h.do(PlanChanged{PlanChange{Queues: []QueuePlan{q}}})
	h.do(CustomerLost{contactN(2)})
	if r := h.in(2, Ended); r.EndWhy != WhyCustomerLost {
		t.Fatalf("ended %+v", r)
	}
}

// A lost desktop gives the pending offer back at once; what the agent owns is kept
// for the grace, then it returns to its place in the queue, wrap-ups end, and the
// agent is signed out.
func TestDesktopLost(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q)
	h.settings(nil)
	h.staff(person(1, 3))
	h.edge(q, 1, 0, 0)
	h.at(0)
	for n := 1; n <= 3; n++ {
		h.arrive(n, q)
		if n < 3 {
			h.accept(n)
		}
	}
	h.finish(2)
	h.do(DesktopLost{agentN(1)})
	h.in(3, Queued)
	h.at(59.9)
	h.in(1, Active)
	h.at(60)
	if r := h.in(1, Queued); r.QueuedAt != doors {
		t.Fatalf("it came back as %+v", r)
	}
	if r := h.in(2, Ended); r.Disposition != reasonN(3) {
		t.Fatalf("ended %+v", r)
	}
	if a := h.agents[1]; a.SignedIn || a.GraceEnds != 0 || a.Domains.Of(Chat).Available {
		t.Fatalf("the agent is %+v", a)
	}
	h.refuse(RefusedUnavailable, DesktopConnected{agentN(1)})
}

// A desktop that is back in time finds everything as it was.
func TestDesktopBack(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1)
	h.at(0)
	h.arrive(1, q)
	h.accept(1)
	h.do(DesktopLost{agentN(1)})
	h.at(30)
	h.do(DesktopConnected{agentN(1)})
	h.at(90)
	h.in(1, Active)
}

// Signing out is refused while there is work, unless forced.
func TestSignedOut(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1, 2)
	h.arrive(1, q)
	h.accept(1)
	h.refuse(RefusedBusy, SignedOut{Agent: agentN(1)})
	h.do(SignedOut{Agent: agentN(1), Force: true})
	h.offeredTo(1, 2)
	h.do(SignedIn{Agent: agentN(1), Reason: reasonN(5)})
	if s := h.agents[1].Domains.Of(Chat); s.Available || s.Reason != reasonN(5) {
		t.Fatalf("signed in as %+v", s)
	}
}

// A queue takes no more arrivals when so many wait in it.
func TestWaitingMax(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	q.WaitingMax = 2
	h.serve(q)
	h.arrive(1, q)
	h.arrive(2, q)
	h.refuse(RefusedFull, Arrived{Contact: contactN(3), Unit: q.Unit, Queue: q.ID, Priority: 1})
	h.do(Abandoned{contactN(1)})
	h.arrive(3, q)
}

// Demands of skills are counted while open contacts have them: the last one that is
// taken is told to people, the next is refused, and there is room again later.
func TestClassesMax(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q)
	arrival := func(n int) Arrived {
		return Arrived{Contact: contactN(n), Unit: q.Unit, Queue: q.ID, Priority: 1, Skills: []SkillLevel{{skillN(n), 1}}}
	}
	alerts := 0
	for n := range ClassesMax {
		h.do(arrival(n + 1))
		alerts += h.alerts(AlertClasses)
	}
	if alerts != 1 {
		t.Fatalf("%d alerts", alerts)
	}
	if r := h.step(arrival(ClassesMax + 1)); r.Code != RefusedClasses {
		t.Fatalf("refused with %d", r.Code)
	}
	h.do(Abandoned{contactN(1)})
	h.do(arrival(ClassesMax + 1))
}

// After a restart deadlines of people move by the gap, offers have their whole time
// again, desktops are absent, and the age of contacts goes on.
func TestRestarted(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	q.WrapUp, q.CustomerGrace = 40*time.Second, 50*time.Second
	h.serve(q, 1, 2)
	h.at(10)
	h.arrive(1, q)
	h.accept(1)
	h.finish(1)
	h.arrive(2, q)
	h.arrive(3, q)
	h.do(CustomerLost{contactN(3)})
	h.at(20)
	h.rebuild()
	h.now = doors + 100_000
	h.do(Restarted{Gap: 80 * time.Second})
	if r := h.in(1, WrapUp); r.Deadline != doors+130_000 {
		t.Fatalf("the wrap-up ends at %d", r.Deadline-doors)
	}
	if r := h.in(2, Offered); r.Deadline != doors+120_000 || r.Offer != 1 || h.out.Effects[0].Kind != Offer {
		t.Fatalf("the offer is %+v", r)
	}
	if r := h.in(3, Queued); r.CustomerLost != doors+140_000 || r.QueuedAt != doors+10_000 {
		t.Fatalf("the contact is %+v", r)
	}
	if a := h.agents[1]; a.GraceEnds != doors+160_000 {
		t.Fatalf("the agent is %+v", a)
	}
	h.do(Accepted{contactN(2), agentN(2), 1})
	h.do(DesktopConnected{agentN(2)})
	h.at(160)
	if h.in(1, Ended); h.agents[1].SignedIn || !h.agents[2].SignedIn {
		t.Fatal("the desktops' grace")
	}
}

// rebuild puts a core made of the rows in place of the one that wrote them.
func (h *hall) rebuild() {
	h.t.Helper()
	var agents []AgentRow
	var contacts []ContactRow
	for _, a := range h.agents {
		agents = append(agents, a)
	}
	for _, r := range h.rows {
		contacts = append(contacts, r)
	}
	d := &day{c: h.c}
	c, err := Rebuild(h.now, d.current(), agents, contacts)
	if err != nil {
		h.t.Fatal(err)
	}
	h.c = c
}

// A clock that went back while the process was down: saved times after now count
// as now, the deadlines with them, and the first Step after it says so, once.
func TestClockBack(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	q.WrapUp = 40 * time.Second
	h.serve(q, 1)
	h.at(1000)
	h.arrive(1, q)
	h.accept(1)
	h.finish(1)
	h.arrive(2, q)
	h.now = doors
	h.rebuild()
	h.do(Restarted{})
	if h.alerts(AlertClockBack) != 1 {
		t.Fatal("nobody is told")
	}
	h.at(39)
	h.do(PriorityChanged{contactN(2), 51})
	if r := h.rows[2]; r.FirstQueued != doors || r.QueuedAt != doors {
		t.Fatalf("the contact is %+v", r)
	}
	h.at(40)
	h.in(1, Ended)
	h.do(Restarted{})
	if h.alerts(AlertClockBack) != 0 {
		t.Fatal("told twice")
	}
}

// Contacts of an agent whom the plan no longer has go back to their queues.
func TestRebuildWithoutAgent(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1)
	h.arrive(1, q)
	h.accept(1)
	var rows []ContactRow
	for _, r := range h.rows {
		rows = append(rows, r)
	}
	c, err := Rebuild(h.now, PlanChange{Queues: []QueuePlan{q}}, nil, rows)
	if err != nil {
		t.Fatal(err)
	}
	h.c = c
	h.do(Restarted{})
	h.in(1, Queued)
	if _, err := Rebuild(h.now, PlanChange{}, nil, rows); err == nil {
		t.Fatal("a contact without its queue is no state")
	}
}

// The time of a Step never runs backward.
func TestTimeNeverBackward(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q)
	h.at(100)
	h.now = doors
	h.arrive(1, q)
	if r := h.rows[1]; r.FirstQueued != doors+100_000 {
		t.Fatalf("first queued at %d", r.FirstQueued-doors)
	}
}

// An agent's own desk goes before the queue's rules and the settings: whether offers
// are accepted at once, when a wrap-up ends by itself, and what an offer without answer
// is a reason for. A queue without wrap-up stays without.
func TestDesk(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	q.WrapUp, q.AutoAccept = 100*time.Second, true
	h.serve(q)
	h.settings(nil)
	p := person(1, 1)
	p.Desk = Desk{Accepts: ByHand, WrapUp: 10 * time.Second, NoAnswer: reasonN(9)}
	h.staff(p)
	h.edge(q, 1, 0, 0)
	h.at(1)
	h.arrive(1, q)
	h.offeredTo(1, 1)
	h.accept(1)
	h.finish(1)
	h.at(10.9)
	h.in(1, WrapUp)
	h.at(11)
	h.in(1, Ended)
	h.arrive(2, q)
	h.at(31)
	h.at(100) // the exclusion is over
	h.in(2, Queued)
	if is := h.c.agents[0].row.Domains.Of(Chat); is.Available || is.Reason != reasonN(9) {
		t.Fatalf("after no answer %+v", is)
	}
	q.AutoAccept, q.NoWrapUp, p.Desk.Accepts = false, true, AtOnce
	h.do(PlanChanged{PlanChange{Queues: []QueuePlan{q}, Agents: []AgentPlan{p}}})
	h.available(1, true)
	h.in(2, Active)
	h.finish(2)
	h.in(2, Ended)
	p.Desk.Accepts = ByHand + 1
	h.refuse(RefusedInvalid, PlanChanged{PlanChange{Agents: []AgentPlan{p}}})
}
