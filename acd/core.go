// Package acd is the automatic contact distribution: it decides which agent is
// offered which contact, and when. It is a pure state machine. It never reads a
// clock, does I/O, draws a random number, starts a goroutine or takes a lock; it
// imports the standard library only. The hub owns the one Core of a process.
//
// # The rules
//
// The decisions are these, and the independent model of acd/sim checks them:
//
//   - Due = first queued + objective − priority × ageing. Smaller first; ties by
//     first queued, then id. Only a change of priority, queue or plan re-keys.
//   - A contact's step is the last k with QueuedAt + Steps[k] ≤ now. Agents whose
//     edge has First ≤ step may take it. Entering a queue (arrival, end of a hold
//     or a timed wait, transfer, re-queue, reassignment that fell through) sets
//     QueuedAt; a return after RONA, decline or a lost desktop does not.
//   - Able for a domain: signed in, desktop present, available in the domain, no
//     pending offer, load in the domain below its capacity, and for every other
//     domain with load the matrix says Beside or Interrupt. Load counts pending,
//     active and interrupted contacts, and wrap-ups unless their queue frees the
//     slot. A wrap-up that frees its slot counts for nothing.
//   - A contact that arrives, returns, relaxes or leaves a hold is matched by its
//     queue's policy over the able agents that its step admits and that it does
//     not exclude. An agent who becomes able in some domain, or gains an edge,
//     takes the open contact with the smallest due among all domains it is able
//     for; the own list first, by due. One Step brings an agent at most one offer.
//   - When one Step makes several contacts or agents meet, timers are handled by
//     (time, contact id or agent id), and each is matched before the next is handled.
//   - Idle, per domain, is the later of becoming available there and the last
//     assignment there; an assignment is the acceptance, or Picked. Longest idle is
//     the smallest Idle; ties by agent id.
//   - Exclusions hold for 60 s, until the contact's step changes, or until it
//     enters a queue anew. An agent under more than 8 live exclusions becomes
//     unavailable in the domain of the ninth.
//   - An offer that interrupts does so when it is made: every active or wrap-up
//     contact of the agent in a domain whose rule says Interrupt stands until no
//     contact of the interrupting domain is in the agent's hand.
//   - Held contacts wait for one agent, who must stay signed in and available in
//     the domain; when that ends, or the hold's time does, or that agent declines
//     or does not answer, they enter their queue.
//
// After every Step: no able agent beside a queued contact whose step admits that
// agent, unless excluded; no offer made by an agent's own search leaves an open
// contact with a smaller due; load ≤ capacity (but for contacts in hand when a plan
// lowered it, and wrap-ups); and every contact is queued, held, timed, in one
// agent's hand, or ended. A Step that asked to be woken at once (Out.Wake ≤ now)
// because of TimersPerStep or EdgesPerStep is not yet bound by the first two.
package acd

// Out is what one Step produced. It is valid until the next Step of the same
// core: whoever keeps a part of it copies it.
type Out struct {
	// Refusal is set when the event was refused. What was due before the event is
	// done all the same, so the lists may hold something even then; none of it is
	// the event's.
	Refusal  Refusal
	Effects  []Effect
	Contacts []ContactRow // each changed contact once, its state at the end of the Step
	Agents   []AgentRow   // each changed agent once
	Facts    []Fact       // in the order of the transitions
	// Wake is when the core wants to be stepped next though nothing happens; zero
	// means never; not after now means at once.
	Wake Time
}
