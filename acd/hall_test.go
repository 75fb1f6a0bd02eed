package acd

import (
	"slices"
	"testing"
	"time"
)

// hall is a small center for worked examples: contacts, agents and queues have
// numbers, time is in seconds since the doors opened.
type hall struct {
	t      *testing.T
	c      *Core
	now    Time
	out    *Out
	rows   map[int]ContactRow
	agents map[int]AgentRow
}

const doors = Time(1_700_000_000_000)

func newHall(t *testing.T) *hall {
	h := &hall{t: t, now: doors, rows: map[int]ContactRow{}, agents: map[int]AgentRow{}}
	h.c = New(doors)
	return h
}

// chat is a queue as most examples want it.
func chat(n int) QueuePlan {
	return QueuePlan{ID: queueN(n), Unit: unitN(1), Domain: Chat, Steps: []time.Duration{0, 20 * time.Second, 60 * time.Second}}
}

// person is an agent with so much capacity for chat.
func person(n int, chats uint8) AgentPlan {
	p := AgentPlan{ID: agentN(n), Unit: unitN(1)}
	p.Capacity[Chat] = chats
	return p
}

// serve puts a queue in force, with agents of one chat each who serve it from the
// first step on, signed in and available, in this order and a second apart.
func (h *hall) serve(q QueuePlan, agents ...int) {
	h.t.Helper()
	h.do(PlanChanged{PlanChange{Queues: []QueuePlan{q}}})
	for _, a := range agents {
		h.staff(person(a, 1))
		h.edge(q, a, 0, 0)
		h.now += 1000
	}
}

// staff adds an agent who is signed in and available everywhere.
func (h *hall) staff(p AgentPlan) {
	h.t.Helper()
	h.do(PlanChanged{PlanChange{Agents: []AgentPlan{p}}})
	h.do(SignedIn{Agent: p.ID})
	h.do(AgentStateChanged{Agent: p.ID, Domains: 1<<DomainsMax - 1, Available: true})
}

func (h *hall) edge(q QueuePlan, agent int, first, tier uint8) {
	h.t.Helper()
	h.do(PlanChanged{PlanChange{Edges: []Edge{{q.ID, agentN(agent), first, tier}}}})
}

// at sets the clock, and lets what is due happen.
func (h *hall) at(seconds float64) {
	h.t.Helper()
	h.now = doors + Time(seconds*1000)
	h.do(Ticked{})
}

func (h *hall) step(ev Event) Refusal {
	h.out = h.c.Step(h.now, ev)
	for _, r := range h.out.Contacts {
		r.Beside = slices.Clone(r.Beside)
		h.rows[int(r.ID[15])|int(r.ID[14])<<8] = r
	}
	for _, a := range h.out.Agents {
		h.agents[int(a.ID[15])] = a
	}
	return h.out.Refusal
}

// do hands the core an event that it must take.
func (h *hall) do(ev Event) {
	h.t.Helper()
	if r := h.step(ev); r.Code != NotRefused {
		h.t.Fatalf("%T %+v: refused with %d", ev, ev, r.Code)
	}
}

// refuse hands the core an event that it must refuse, leaving no trace.
func (h *hall) refuse(code RefusalCode, ev Event) {
	h.t.Helper()
	before := h.c.Digest()
	if r := h.step(ev); r.Code != code {
		h.t.Errorf("%T %+v: refused with %d, want %d", ev, ev, r.Code, code)
	}
	if len(h.out.Facts)+len(h.out.Effects)+len(h.out.Contacts)+len(h.out.Agents) > 0 || h.c.Digest() != before {
		h.t.Errorf("%T %+v: refused, but left %+v", ev, ev, h.out)
	}
}

func (h *hall) arrive(n int, q QueuePlan) { h.arrivePriority(n, q, 50) }

func (h *hall) arrivePriority(n int, q QueuePlan, priority uint8) {
	h.t.Helper()
	h.do(Arrived{Contact: contactN(n), Unit: q.Unit, Queue: q.ID, Priority: priority})
}

// offeredTo checks which agent a contact is offered to; zero: none, it is queued.
func (h *hall) offeredTo(contact, agent int) {
	h.t.Helper()
	row := h.rows[contact]
	if agent == 0 && row.State != Queued || agent != 0 && (row.State != Offered || row.Agent != agentN(agent)) {
		h.t.Fatalf("contact %d is in state %d with agent %d, want agent %d", contact, row.State, row.Agent[15], agent)
	}
}

func (h *hall) in(contact int, want ContactState) ContactRow {
	h.t.Helper()
	row := h.rows[contact]
	if row.State != want {
		h.t.Fatalf("contact %d is in state %d, want %d", contact, row.State, want)
	}
	return row
}

// accept, decline, finish and wrap are what the agent who has a contact does.
func (h *hall) accept(contact int) {
	h.t.Helper()
	r := h.rows[contact]
	h.do(Accepted{r.ID, r.Agent, r.Offer})
}

func (h *hall) decline(contact int) {
	h.t.Helper()
	r := h.rows[contact]
	h.do(Declined{r.ID, r.Agent, r.Offer})
}

func (h *hall) finish(contact int) {
	h.t.Helper()
	h.do(Finished{Contact: contactN(contact), Agent: h.rows[contact].Agent})
}

func (h *hall) wrap(contact int) {
	h.t.Helper()
	h.do(WrappedUp{Contact: contactN(contact), Agent: h.rows[contact].Agent, Disposition: reasonN(7)})
}

// whole lets a contact be accepted, finished and wrapped up.
func (h *hall) whole(contact int) {
	h.t.Helper()
	h.accept(contact)
	h.finish(contact)
	h.wrap(contact)
}

func (h *hall) available(agent int, yes bool) {
	h.t.Helper()
	h.do(AgentStateChanged{Agent: agentN(agent), Domains: 1<<DomainsMax - 1, Available: yes, Reason: reasonN(4)})
}

// has counts the facts of a kind in the last Step.
func (h *hall) has(kind FactKind) (n int) {
	for _, f := range h.out.Facts {
		if f.Kind == kind {
			n++
		}
	}
	return n
}

func (h *hall) alerts(code AlertCode) (n int) {
	for _, e := range h.out.Effects {
		if e.Kind == Alert && e.Alert == code {
			n++
		}
	}
	return n
}

// settings puts the default settings in force, after a change.
func (h *hall) settings(change func(s *Settings)) {
	h.t.Helper()
	s := Settings{
		Ageing: DefaultAgeing, DesktopGrace: DefaultDesktopWait,
		NoAnswer: reasonN(1), DeclinedTooOften: reasonN(2), SystemEnd: reasonN(3),
	}
	if change != nil {
		change(&s)
	}
	h.do(PlanChanged{PlanChange{Settings: &s}})
}
