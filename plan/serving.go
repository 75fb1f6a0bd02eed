package plan

import (
	"slices"

	"portico/acd"
)

// Serving gives the agents who may take a contact of a queue, at whatever step, in no
// order. It looks at all agents: about a millisecond for ten thousand.
func (p *Plan) Serving(queue acd.QueueID) []acd.AgentID {
	var all []acd.AgentID
	for id, a := range p.agents {
		if _, ok := slices.BinarySearchFunc(a.edges, queue, func(e acd.Edge, q acd.QueueID) int { return e.Queue.Compare(q) }); ok {
			all = append(all, id)
		}
	}
	return all
}
