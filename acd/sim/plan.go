package sim

import (
	"cmp"
	"maps"
	"slices"

	"portico/acd"
)

// Plan is the plan as the changes so far have made it.
type Plan struct {
	Version  uint64
	Settings acd.Settings
	Queues   map[acd.QueueID]acd.QueuePlan
	Agents   map[acd.AgentID]acd.AgentPlan
	Edges    map[acd.EdgeKey]acd.Edge
}

// NewPlan makes an empty plan.
func NewPlan() *Plan {
	return &Plan{
		Queues: make(map[acd.QueueID]acd.QueuePlan),
		Agents: make(map[acd.AgentID]acd.AgentPlan),
		Edges:  make(map[acd.EdgeKey]acd.Edge),
	}
}

// Apply makes the change, which must be one that the core took.
func (p *Plan) Apply(c acd.PlanChange) {
	p.Version = c.Version
	if c.Settings != nil {
		p.Settings = *c.Settings
	}
	for _, q := range c.Queues {
		p.Queues[q.ID] = q
	}
	for _, a := range c.Agents {
		p.Agents[a.ID] = a
	}
	for _, e := range c.Edges {
		p.Edges[acd.EdgeKey{Queue: e.Queue, Agent: e.Agent}] = e
	}
	for _, k := range c.RemovedEdges {
		delete(p.Edges, k)
	}
	for _, id := range c.RemovedQueues {
		delete(p.Queues, id)
	}
	for _, id := range c.RemovedAgents {
		delete(p.Agents, id)
	}
	maps.DeleteFunc(p.Edges, func(k acd.EdgeKey, _ acd.Edge) bool {
		_, queue := p.Queues[k.Queue]
		_, agent := p.Agents[k.Agent]
		return !queue || !agent
	})
}

// Whole gives the plan as one change from nothing, as a start hands it to the
// core.
func (p *Plan) Whole() acd.PlanChange {
	settings := p.Settings
	return acd.PlanChange{
		Version:  p.Version,
		Settings: &settings,
		Queues:   sortedBy(p.Queues, func(q acd.QueuePlan) acd.QueueID { return q.ID }),
		Agents:   sortedBy(p.Agents, func(a acd.AgentPlan) acd.AgentID { return a.ID }),
		Edges:    p.edges(),
	}
}

func (p *Plan) clone() *Plan {
	return &Plan{p.Version, p.Settings, maps.Clone(p.Queues), maps.Clone(p.Agents), maps.Clone(p.Edges)}
}

func (p *Plan) edges() []acd.Edge {
	return slices.SortedFunc(maps.Values(p.Edges), func(x, y acd.Edge) int {
		return cmp.Or(x.Queue.Compare(y.Queue), x.Agent.Compare(y.Agent))
	})
}

func sortedBy[K comparable, V any, I interface{ Compare(I) int }](from map[K]V, id func(V) I) []V {
	return slices.SortedFunc(maps.Values(from), func(x, y V) int { return id(x).Compare(id(y)) })
}
