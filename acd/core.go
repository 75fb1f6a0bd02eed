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
//     edge has First ≤ step may take it. Relaxing is no transition: it changes no
//     row and makes no fact. Entering a queue (arrival, end of a hold or a timed
//     wait, transfer, re-queue, reassignment that fell through) sets QueuedAt; a
//     return after RONA, decline or a lost desktop does not. QueuedAt is zero, and
//     the step 0, while a contact has not come out of a queue: held, timed, or
//     given to an agent by name. Its return is then an entering.
//   - Able for a domain: signed in, desktop present, available in the domain, no
//     pending offer or invitation, load in the domain below its capacity, and for
//     every other domain with load the matrix says Beside or Interrupt. Load counts
//     pending, active and interrupted contacts, wrap-ups unless their queue frees the
//     slot, and participations, pending or active, of who is consulted or conferenced.
//     A wrap-up that frees its slot counts for nothing, nor does who monitors or
//     whispers.
//   - A contact that arrives, returns, relaxes or leaves a hold is matched by its
//     queue's policy over the able agents that its step admits and that it does
//     not exclude. An agent who becomes able in some domain, or gains an edge,
//     takes the open contact with the smallest due among all domains it is able
//     for; the own list first, by due. One that is accepted at once (AutoAccept)
//     leaves the agent to look on, so one Step brings an agent any number of
//     contacts, but at most one offer that waits for an answer.
//   - When one Step makes several contacts or agents meet, timers are handled by
//     (time, contact id or agent id), and each is matched before the next is handled.
//     Within one event or timer all states change first, then the contacts look for
//     agents, by id, then the agents who became able look for contacts.
//   - Idle, per domain, is the later of becoming available there and the last
//     assignment there; an assignment is the acceptance of an offer or an invitation,
//     Picked, TakenOver, or to be given a contact by HandedOver or as heir. Longest
//     idle is the smallest Idle; ties by agent id.
//   - Exclusions hold for 60 s, until the contact's step changes, or until it
//     enters a queue anew; what enters because an agent did not take it excludes
//     that agent all the same. An agent under more than 8 live exclusions becomes
//     unavailable in the domain of the ninth.
//   - An offer or a pick that interrupts does so when it is made: every active or
//     wrap-up contact of the agent that counts as load in a domain whose rule says
//     Interrupt. It stands while the agent has load in a domain that interrupts its
//     own; if that leaves nothing but standing work (each interrupts the other), the
//     contact that was interrupted last goes on. Its owner may transfer or re-queue
//     it, but not finish it; if its customer leaves, it comes back as a wrap-up.
//   - Held contacts wait for one agent, who must stay signed in and available in
//     the domain; when that ends, or the hold's time does, or that agent declines
//     or does not answer, they enter their queue. A contact brought to an agent who
//     is able then is offered at once.
//   - A contact stays in one domain: it moves between queues of its own only.
//   - A contact that its workflow has is Routing: in no queue, without an age. It is
//     never routed again after its first queue, though its workflow may move it
//     (Placed) from wherever it waits.
//   - Others take part beside an owner who converses, each in one seat. An invitation
//     interrupts as an offer does, and ends as one: RONA makes the agent unavailable,
//     and whoever did not take it is excluded; the contact stays its owner's. The
//     contact does not choose who is invited but for Invited without To.
//   - When the conversation ends, or the contact loses its owner, all others leave,
//     without wrap-up. But an owner who is gone (desktop lost for good, signed out,
//     removed from the plan) is followed by the first conferenced participant who is
//     at a desk, in the order in which they came. A participant who is gone leaves.
//   - A queue's MinAvailable binds what agents and supervisors do about their state,
//     not what happens to them.
//
// After every Step: no able agent beside a queued contact whose step admits that
// agent, unless excluded; no offer made by an agent's own search leaves an open
// contact with a smaller due; load ≤ capacity (but for contacts in hand when a plan
// lowered it, wrap-ups, and what a supervisor chose to join or take over); and every
// contact is with its workflow, queued, held, timed, in one agent's hand, or ended. A Step that asked to be woken at once (Out.Wake ≤ now)
// because of TimersPerStep or EdgesPerStep is not yet bound by the first two.
package acd

// Core is the whole state of routing. It is not safe for concurrent use.
type Core struct {
	now      Time
	settings Settings
	allows   [DomainsMax]uint32 // per active domain: the domains that may be offered beside it
	breaks   [DomainsMax]uint32 // per active domain: the domains whose offers interrupt it

	queues     []queue
	crowded    []uint64 // a bit for each queue in which somebody waits
	queueAt    index
	freeQueues []int32

	agents     []agent
	agentAt    index
	freeAgents []int32

	contacts     []contact
	pos          []int32 // of each contact: its place in the heap of its line, or none
	contactAt    index
	freeContacts []int32

	classes     []class
	classOf     map[string]int32
	freeClasses []int32

	timers  timers
	due     []timer // those of one time, from dueFrom on still to go off
	dueFrom int

	plans []planWork // what is left of the edges of plan changes

	seek    []int32     // contacts to be matched before the event is over
	stirred []int32     // agents whose ability may have changed
	aside   []waiting   // contacts put aside during one search
	passed  []candidate // candidates put aside during one search

	classAlert bool    // the last class but none was just made
	clockBack  bool    // a saved time was clamped
	orphans    []int32 // contacts of agents that the plan did not have at the rebuild
	strangers  []int32 // contacts beside whose owners sit such agents

	step          uint64 // number of the Step, to touch each row once
	searches      uint64 // searches for a partner so far
	out           Out
	touched       []int32
	touchedAgents []int32
}

// New gives a core with an empty plan and the default settings.
func New(now Time) *Core {
	c := &Core{
		now:     max(now, 1),
		queueAt: newIndex(), agentAt: newIndex(), contactAt: newIndex(),
		classOf: map[string]int32{},
	}
	c.timers.base = slotOf(c.now)
	c.configure(&Settings{Ageing: DefaultAgeing, DesktopGrace: DefaultDesktopWait})
	return c
}

// Step tells the core of an event and of the time, and gives what follows from
// them. A time before the last one, or before 1, is taken as the last one. The
// answer is valid until the next Step.
func (c *Core) Step(now Time, ev Event) *Out {
	c.now = max(c.now, now)
	c.begin()
	if len(c.orphans)+len(c.strangers) > 0 {
		c.adopt()
	}
	restart, restarted := ev.(Restarted)
	if restarted {
		c.restarted(restart)
	}
	c.settle()
	budget := c.runTimers(TimersPerStep)
	if !restarted {
		c.out.Refusal = c.apply(ev)
		c.settle()
	}
	c.runTimers(budget)
	c.runPlans(EdgesPerStep)
	c.finish()
	return &c.out
}

// apply does what an event says, or refuses it.
func (c *Core) apply(ev Event) Refusal {
	switch ev := ev.(type) {
	case Arrived:
		return c.arrived(ev)
	case Placed:
		return c.placed(ev)
	case Disconnected:
		return c.disconnected(ev)
	case SkillsChanged:
		return c.skillsChanged(ev)
	case Accepted:
		return c.accepted(ev)
	case Declined:
		return c.declined(ev)
	case Finished:
		return c.finished(ev)
	case Invited:
		return c.invited(ev)
	case Joined:
		return c.joined(ev)
	case RoleChanged:
		return c.roleChanged(ev)
	case Left:
		return c.left(ev)
	case HandedOver:
		return c.handedOver(ev)
	case TakenOver:
		return c.takenOver(ev)
	case WrapUpExtended:
		return c.extended(ev)
	case WrappedUp:
		return c.wrappedUp(ev)
	case Abandoned:
		return c.abandoned(ev)
	case CustomerLost:
		return c.customerLost(ev)
	case CustomerReturned:
		return c.customerReturned(ev)
	case TransferredToQueue:
		return c.toQueue(ev)
	case TransferredToAgent:
		return c.toAgent(ev)
	case Requeued:
		return c.requeued(ev)
	case Reassigned:
		return c.reassigned(ev)
	case Picked:
		return c.picked(ev)
	case PriorityChanged:
		return c.priority(ev)
	case SignedIn:
		return c.signedIn(ev)
	case SignedOut:
		return c.signedOut(ev)
	case AgentStateChanged:
		return c.stateChanged(ev)
	case DesktopConnected:
		return c.desktopConnected(ev)
	case DesktopLost:
		return c.desktopLost(ev)
	case PlanChanged:
		return c.planChanged(&ev.Change)
	}
	return Refusal{} // Ticked brings nothing
}
