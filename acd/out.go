package acd

// Out is what one Step produced. It is valid until the next Step of the same
// core, and so is everything its rows point to (skills, exclusions, seats, domains):
// whoever keeps a part of it copies it.
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

// begin starts the output of a Step.
func (c *Core) begin() {
	c.step++
	o := &c.out
	o.Refusal, o.Wake = Refusal{}, 0
	o.Effects, o.Facts = o.Effects[:0], o.Facts[:0]
	o.Contacts, o.Agents = o.Contacts[:0], o.Agents[:0]
	c.touched, c.touchedAgents = c.touched[:0], c.touchedAgents[:0]
}

// finish fills the rows and gives back what ended.
func (c *Core) finish() {
	for _, ci := range c.touched {
		ct := &c.contacts[ci]
		c.prune(ct)
		if ct.row.State == Queued {
			ct.row.Step = c.stepOf(ct) // its line may be about to follow
		}
		c.out.Contacts = append(c.out.Contacts, ct.row)
		if ct.row.State == Ended {
			c.forget(ci)
		}
	}
	for _, ai := range c.touchedAgents {
		a := &c.agents[ai]
		c.out.Agents = append(c.out.Agents, a.row)
		if a.removed {
			c.forgetAgent(ai)
		}
	}
	c.out.Wake = c.wake()
}

// touch notes that a contact's row is to be given out.
func (c *Core) touch(ci int32) {
	if ct := &c.contacts[ci]; ct.touched != c.step {
		ct.touched = c.step
		c.touched = append(c.touched, ci)
	}
}

// touchAgent notes that an agent's row is to be given out.
func (c *Core) touchAgent(ai int32) {
	if a := &c.agents[ai]; a.touched != c.step {
		a.touched = c.step
		c.touchedAgents = append(c.touchedAgents, ai)
	}
}

// fact adds a transition of a contact, whose row it notes as changed. The
// caller may fill in more before the next fact.
func (c *Core) fact(kind FactKind, ci int32, why Why) *Fact {
	c.touch(ci)
	row := &c.contacts[ci].row
	c.out.Facts = append(c.out.Facts, Fact{
		Kind: kind, Why: why, Domain: row.Domain, Step: row.Step, At: c.now, Unit: row.Unit,
		Contact: row.ID, Agent: row.Agent, Queue: row.Queue,
	})
	return &c.out.Facts[len(c.out.Facts)-1]
}

// agentFact adds a transition of an agent.
func (c *Core) agentFact(kind FactKind, ai int32, why Why) *Fact {
	c.touchAgent(ai)
	a := &c.agents[ai]
	c.out.Facts = append(c.out.Facts, Fact{Kind: kind, Why: why, At: c.now, Unit: a.row.Unit, Agent: a.id})
	return &c.out.Facts[len(c.out.Facts)-1]
}

// effect adds something for the world to do about a contact.
func (c *Core) effect(kind EffectKind, ci int32, why Why) *Effect {
	row := &c.contacts[ci].row
	c.out.Effects = append(c.out.Effects, Effect{
		Kind: kind, Why: why, Contact: row.ID, Agent: row.Agent, Queue: row.Queue, Unit: row.Unit,
		N: row.Offer, Until: row.Deadline,
	})
	return &c.out.Effects[len(c.out.Effects)-1]
}
