package acd

import (
	"testing"
	"time"
)

// talk lets agent 1 own contact 1, with agents 2 and 3 at their desks.
func talk(t *testing.T) (*hall, QueuePlan) {
	t.Helper()
	h := newHall(t)
	q := chat(1)
	h.serve(q, 1, 2, 3)
	h.settings(nil)
	h.arrive(1, q)
	h.accept(1)
	if h.rows[1].Agent != agentN(1) {
		t.Fatalf("%+v", h.rows[1])
	}
	return h, q
}

// invite lets the owner of contact 1 ask an agent, who accepts.
func (h *hall) invite(to int, role Role) {
	h.t.Helper()
	h.do(Invited{Contact: contactN(1), From: h.rows[1].Agent, To: agentN(to), Role: role})
	beside := h.rows[1].Beside
	h.do(Accepted{contactN(1), agentN(to), beside[len(beside)-1].Offer})
}

// An invitation that is not answered ends as an offer does: the agent becomes
// unavailable, the contact stays its owner's, and for a while it does not go to that
// agent by itself.
func TestInvitationNotAnswered(t *testing.T) {
	h, q := talk(t)
	h.at(10)
	h.do(Invited{Contact: contactN(1), From: agentN(1), Queue: q.ID, Role: Consulted})
	p := h.rows[1].Beside[0]
	if p.Agent != agentN(2) || p.State != Offered || p.By != agentN(1) {
		t.Fatalf("asked %+v", p)
	}
	h.at(30)
	if r := h.in(1, Active); len(r.Beside) != 0 || r.Agent != agentN(1) || r.Exclusions[0].Agent != agentN(2) {
		t.Fatalf("it is %+v", r)
	}
	if h.agents[2].Domains.Of(Chat).Available || h.has(FactLeft) != 1 || h.has(FactNotAccepted) != 0 {
		t.Fatalf("facts %+v", h.out.Facts)
	}
	h.available(2, true)
	h.do(Invited{Contact: contactN(1), From: agentN(1), Queue: q.ID, Role: Consulted})
	if p := h.rows[1].Beside[0]; p.Agent != agentN(3) {
		t.Fatalf("asked %+v", p)
	}
}

// Who is consulted or conferenced has load, who monitors has none.
func TestLoadBeside(t *testing.T) {
	h, q := talk(t)
	h.invite(2, Consulted)
	h.do(Joined{contactN(1), agentN(3), Monitoring})
	h.arrive(2, q)
	h.offeredTo(2, 3)
	h.accept(2)
	h.arrive(3, q)
	h.offeredTo(3, 0)
	h.do(Left{contactN(1), agentN(2), agentN(1)})
	h.offeredTo(3, 2)
}

// The owner's desktop stays lost: the first who is conferenced becomes owner. Of
// those who are only consulted nobody does.
func TestInherited(t *testing.T) {
	for role, heir := range map[Role]AgentID{Conferenced: agentN(2), Consulted: {}} {
		h, _ := talk(t)
		h.invite(2, role)
		h.available(2, false)
		h.available(3, false)
		h.do(DesktopLost{agentN(1)})
		h.at(64)
		if r := h.rows[1]; r.Agent != heir || len(r.Beside) != 0 {
			t.Errorf("role %d: it is %+v", role, r)
		}
	}
}

// A supervisor takes over beyond capacity and without being available, and those
// beside the owner stay.
func TestTakenOver(t *testing.T) {
	h, q := talk(t)
	h.invite(2, Conferenced)
	h.do(PlanChanged{PlanChange{Agents: []AgentPlan{person(9, 0)}}})
	h.do(SignedIn{Agent: agentN(9)})
	h.do(TakenOver{contactN(1), Place{Active, agentN(1)}, agentN(9)})
	if r := h.in(1, Active); r.Agent != agentN(9) || len(r.Beside) != 1 {
		t.Fatalf("it is %+v", r)
	}
	h.arrive(2, q)
	h.do(TakenOver{contactN(2), Place{Offered, h.rows[2].Agent}, agentN(9)})
	if r := h.in(2, Active); r.Agent != agentN(9) {
		t.Fatalf("it is %+v", r)
	}
	h.refuse(RefusedInvalid, TakenOver{contactN(2), Place{Active, agentN(9)}, agentN(9)})
}

// Who leaves the plan while the process is away leaves what they took part in, and
// what they owned goes to who was conferenced.
func TestRebuiltWithoutThem(t *testing.T) {
	h, _ := talk(t)
	h.invite(2, Conferenced)
	h.invite(3, Consulted)
	var agents []AgentRow
	for _, a := range h.agents {
		agents = append(agents, a)
	}
	for gone, want := range map[int]struct{ owner, beside int }{1: {2, 3}, 3: {1, 2}} {
		plan := (&day{c: h.c}).current()
		for i, a := range plan.Agents {
			if a.ID == agentN(gone) {
				plan.Agents = append(plan.Agents[:i:i], plan.Agents[i+1:]...)
			}
		}
		var edges []Edge
		for _, e := range plan.Edges {
			if e.Agent != agentN(gone) {
				edges = append(edges, e)
			}
		}
		plan.Edges = edges
		c, err := Rebuild(h.now, plan, agents, []ContactRow{h.rows[1]})
		if err != nil {
			t.Fatal(err)
		}
		r := c.Step(h.now, Ticked{}).Contacts[0]
		if r.Agent != agentN(want.owner) || len(r.Beside) != 1 || r.Beside[0].Agent != agentN(want.beside) {
			t.Errorf("without agent %d: %+v", gone, r)
		}
	}
}

// A queue keeps its minimum against what agents do, not against what happens to
// them, and a supervisor may overrule it.
func TestMinimum(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	q.MinAvailable = 2
	h.serve(q, 1, 2, 3)
	h.settings(nil)
	away := func(n int) AgentStateChanged {
		return AgentStateChanged{Agent: agentN(n), Domains: 1 << Chat, Reason: reasonN(8)}
	}
	h.do(away(3))
	h.refuse(RefusedMinimum, away(2))
	if r := h.out.Refusal; r.Queue != q.ID || r.Have != 2 || r.Need != 2 {
		t.Fatalf("told %+v", r)
	}
	h.refuse(RefusedMinimum, SignedOut{Agent: agentN(2)})
	h.arrive(1, q)
	h.at(60) // nobody answered
	if h.agents[1].Domains.Of(Chat).Available {
		t.Fatal("agent 1 did not answer")
	}
	force := away(2)
	force.Force = true
	h.do(force)
}

// A workflow has the contact until it places it: the age counts from the first
// queue, and a move keeps it.
func TestPlaced(t *testing.T) {
	h := newHall(t)
	a, b := chat(1), chat(2)
	h.serve(a)
	h.serve(b, 1)
	h.do(Arrived{Contact: contactN(1), Unit: a.Unit, Domain: Chat, Priority: 50})
	h.in(1, Routing)
	h.at(10)
	h.do(Placed{Contact: contactN(1), Queue: a.ID})
	if r := h.in(1, Queued); r.FirstQueued != h.now || r.Queue != a.ID {
		t.Fatalf("it is %+v", r)
	}
	h.at(20)
	h.do(Placed{Contact: contactN(1), Queue: a.ID, Priority: 60}) // keeps its place
	if r := h.in(1, Queued); r.QueuedAt != doors+10_000 || r.Priority != 60 {
		t.Fatalf("it is %+v", r)
	}
	h.do(Placed{Contact: contactN(1), Queue: b.ID})
	h.offeredTo(1, 1)
	if r := h.rows[1]; r.FirstQueued != doors+10_000 || h.has(FactMoved) != 1 {
		t.Fatalf("it is %+v", r)
	}
	h.refuse(RefusedState, Placed{Contact: contactN(1), Queue: a.ID})
	h.refuse(RefusedState, Disconnected{Contact: contactN(1)})
	h.do(Disconnected{Contact: contactN(1), Steered: true})
	if _, open := h.rows[1]; open && h.rows[1].State != Ended {
		t.Fatal("it goes on")
	}
}

// A customer who is lost before any queue is waited for, too.
func TestCustomerLostWhileRouting(t *testing.T) {
	h := newHall(t)
	q := chat(1)
	h.serve(q)
	h.do(Arrived{Contact: contactN(1), Unit: q.Unit, Domain: Chat, Priority: 50})
	h.do(CustomerLost{contactN(1)})
	h.at(RoutingGrace.Seconds() - 0.1)
	h.in(1, Routing)
	h.at((RoutingGrace + time.Second).Seconds())
	if h.has(FactEnded) != 1 {
		t.Fatal("it waits for ever")
	}
}
