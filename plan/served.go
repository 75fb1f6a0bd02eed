package plan

import "portico/acd"

// Served counts for each queue the agents who may take its contacts, at whichever step.
// A queue that nobody serves is there with 0.
func (p *Plan) Served() map[acd.QueueID]int {
	served := make(map[acd.QueueID]int, len(p.queues))
	for id := range p.queues {
		served[id] = 0
	}
	for _, a := range p.agents {
		for _, e := range a.edges {
			served[e.Queue]++
		}
	}
	return served
}
