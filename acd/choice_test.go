package acd

import (
	"testing"
	"time"
)

// Longest idle: of two free agents the one whose last assignment is longer ago.
// Agent 1 is available since 0 s and was assigned at 10 s, agent 2 is available
// since 5 s and was not assigned: agent 2.
func TestLongestIdle(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1)
	h.at(5)
	h.staff(person(2, 1))
	h.edge(q, 2, 0, 0)
	h.at(10)
	h.arrive(1, q)
	h.offeredTo(1, 1)
	h.whole(1)
	h.arrive(2, q)
	h.offeredTo(2, 2)
}

// Ties in idle time go to the smaller id, whoever came first.
func TestIdleTieByID(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q)
	for _, a := range []int{7, 3, 5} {
		h.staff(person(a, 1))
		h.edge(q, a, 0, 0)
	}
	h.arrive(1, q)
	h.offeredTo(1, 3)
}

// Least occupied: load ÷ capacity now, in sixteenths. Agent 1 has 1 of 2 chats in
// hand (8/16), agent 2 has 1 of 3 (5/16): agent 2, though idle for a shorter time.
// With 2 of 3 (10/16) it is agent 1. When agent 2 is down to nothing it is agent 2.
func TestLeastOccupied(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	q.Policy = LeastOccupied
	h.serve(q)
	h.staff(person(1, 2))
	h.edge(q, 1, 0, 0)
	h.at(1)
	h.staff(person(2, 3))
	h.edge(q, 2, 0, 0)
	for n, agent := range []int{1, 2, 2, 1} { // 0/2 before 0/3 by idle; 0/3; 5/16 before 8/16; 8/16 before 10/16
		h.at(float64(10 + n))
		h.arrive(n+1, q)
		h.offeredTo(n+1, agent)
		h.accept(n + 1)
	}
	for _, n := range []int{2, 3} {
		h.finish(n)
		h.wrap(n)
	}
	h.finish(1)
	h.wrap(1)
	h.at(20)
	h.arrive(5, q) // 0/3 before 8/16
	h.offeredTo(5, 2)
}

// Highest level: the tier is 100 minus the mean level over the skills of the first
// step. Agent 2 with a mean of 90 comes before agent 1 with 80, idle for longer.
func TestHighestLevel(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	q.Policy = HighestLevel
	h.serve(q)
	for i, level := range []uint8{80, 90} {
		h.at(float64(i))
		h.staff(person(i+1, 1))
		h.edge(q, i+1, 0, 100-level)
	}
	h.arrive(1, q)
	h.offeredTo(1, 2)
	h.arrive(2, q)
	h.offeredTo(2, 1)
}

// Preference: the smaller number that an agent carries for the queue; equal ones
// by longest idle. A number changed by the plan counts at once.
func TestPreference(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	q.Policy = Preference
	h.serve(q)
	for a, number := range []uint8{9, 2, 2} {
		h.at(float64(a))
		h.staff(person(a+1, 1))
		h.edge(q, a+1, 0, number)
	}
	h.arrive(1, q)
	h.offeredTo(1, 2)
	h.edge(q, 1, 0, 1)
	h.arrive(2, q)
	h.offeredTo(2, 1)
	h.arrive(3, q)
	h.offeredTo(3, 3)
}

// A policy changed in the plan orders the agents anew.
func TestPolicyChanges(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1, 2)
	h.edge(q, 1, 0, 9)
	h.edge(q, 2, 0, 3)
	q.Policy = Preference
	h.do(PlanChanged{PlanChange{Queues: []QueuePlan{q}}})
	h.arrive(1, q)
	h.offeredTo(1, 2)
}

// Rule 1: due = first queued + objective − priority × 30 s. Ten points are worth
// 300 s: a contact of priority 60 passes all of priority 50 that came at most 300 s
// earlier, and no other. Equal dues leave by first queued, then by id.
func TestDue(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1)
	h.available(1, false)
	h.at(0)
	h.arrivePriority(1, q, 50)
	h.at(10)
	h.arrivePriority(2, q, 50)
	h.at(100)
	h.arrivePriority(5, q, 50)
	h.arrivePriority(4, q, 50)
	h.at(305)
	h.arrivePriority(3, q, 60)
	h.at(310) // due as contact 2
	h.arrivePriority(6, q, 60)
	h.leave(1, 3, 2, 6, 4, 5)
}

// leave checks the order in which all waiting contacts leave to agent 1.
func (h *hall) leave(contacts ...int) {
	h.t.Helper()
	h.available(1, true)
	for _, n := range contacts {
		h.offeredTo(n, 1)
		h.whole(n)
	}
}

// The objective stays in the due after it was missed: a queue of 20 s stays before
// one of 80 s for contacts that came within a minute, however late it is.
func TestObjectiveStays(t *testing.T) {
	h := newHall(t)
	slow, fast := chat(1), chat(2)
	slow.Objective, fast.Objective = 80*time.Second, 20*time.Second
	h.serve(slow, 1)
	h.serve(fast)
	h.edge(fast, 1, 0, 0)
	h.available(1, false)
	h.at(0)
	h.arrive(1, slow)
	h.at(50)
	h.arrive(2, fast)
	h.at(70)
	h.arrive(3, fast)
	h.at(5000)
	h.leave(2, 1, 3)
}

// A change of priority, of the queue's objective or of the ageing re-keys what
// waits, with a row for each.
func TestRekeying(t *testing.T) {
	h := newHall(t)
	a, b := chat(1), chat(2)
	h.serve(a, 1)
	h.serve(b)
	h.edge(b, 1, 0, 0)
	h.available(1, false)
	h.at(0)
	h.arrivePriority(1, a, 50)
	h.at(10)
	h.arrivePriority(2, b, 50)
	h.at(400)
	h.arrivePriority(3, b, 60)
	h.do(PriorityChanged{contactN(2), 90})
	if h.rows[2].Priority != 90 || h.has(FactPriority) != 1 {
		t.Fatal("the change is not told")
	}
	h.leaveFirst(2)
	a.Objective = 200 * time.Second
	h.do(PlanChanged{PlanChange{Queues: []QueuePlan{a}}})
	if want := h.rows[1].FirstQueued.Add(200*time.Second - 50*30*time.Second); h.rows[1].Due != want {
		t.Fatalf("due %d, want %d", h.rows[1].Due, want)
	}
	h.leaveFirst(3)
	h.settings(func(s *Settings) { s.Ageing = 0 })
	if len(h.out.Contacts) != 1 {
		t.Fatalf("%d rows for the one that waits", len(h.out.Contacts))
	}
	h.leaveFirst(1)
}

// leaveFirst lets agent 1 take one contact, which must be this.
func (h *hall) leaveFirst(contact int) {
	h.t.Helper()
	h.available(1, true)
	h.offeredTo(contact, 1)
	h.accept(contact)
	h.available(1, false)
	h.finish(contact)
	h.wrap(contact)
}

// Rule 2: in step k the agents of steps 0 to k may take the contact; the contact
// finds them when its step comes, and counts in its own queue all the time.
func TestStepsWiden(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q)
	h.staff(person(1, 1))
	h.edge(q, 1, 2, 0)
	h.at(5)
	h.arrive(1, q)
	for _, s := range []float64{6, 25, 64.9} {
		h.at(s)
		h.offeredTo(1, 0)
	}
	if wake := h.out.Wake; wake != doors+65_000 {
		t.Fatalf("woken at %d", wake-doors)
	}
	h.at(65)
	h.offeredTo(1, 1)
	if r := h.rows[1]; r.Step != 2 || r.Queue != q.ID {
		t.Fatalf("step %d of queue %s", r.Step, r.Queue)
	}
}

// Rule 3: an agent who becomes able takes by due alone, among all queues and
// domains; only from contacts whose step admits the agent.
func TestAgentTakesByDue(t *testing.T) {
	h := newHall(t)
	q, mail := chat(1), chat(2)
	mail.Domain = Email
	h.serve(q)
	h.serve(mail)
	p := person(1, 1)
	p.Capacity[Email] = 1
	h.staff(p)
	h.available(1, false)
	h.edge(q, 1, 1, 0)
	h.edge(mail, 1, 0, 0)
	h.at(0)
	h.arrive(1, q)
	h.at(1)
	h.arrive(2, mail)
	h.at(2)
	h.available(1, true)
	h.offeredTo(2, 1) // contact 1 is due before, but in step 0
	h.decline(2)
	h.at(20) // now in step 1
	h.offeredTo(1, 1)
}

// A contact with skills of its own goes only to agents who have them at that
// level, whichever side looks; a change of skills counts at once.
func TestOwnSkills(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q)
	for i, level := range []uint8{40, 60, 0} {
		a := i + 1
		p := person(a, 1)
		if level > 0 {
			p.Skills = []SkillLevel{{skillN(1), level}, {skillN(2), 1}}
		}
		h.at(float64(a))
		h.staff(p)
		h.edge(q, a, 0, 0)
	}
	special := func(n int, level uint8) {
		h.do(Arrived{Contact: contactN(n), Unit: unitN(1), Queue: q.ID, Priority: 50, Skills: []SkillLevel{{skillN(1), level}}})
	}
	special(1, 50)
	h.offeredTo(1, 2)
	special(2, 50)
	h.offeredTo(2, 0)
	special(3, 30)
	h.offeredTo(3, 1)
	h.whole(1)
	h.offeredTo(2, 2)
	special(4, 90)
	h.offeredTo(4, 0)
	p := person(3, 1)
	p.Skills = []SkillLevel{{skillN(1), 95}}
	h.do(PlanChanged{PlanChange{Agents: []AgentPlan{p}}})
	h.offeredTo(4, 3)
}
