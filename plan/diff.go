package plan

import (
	"reflect"
	"slices"

	"portico/acd"
)

// Diff gives the difference that turns old into new. A nil old is the empty plan.
// Its lists are in the order of ids, so that equal plans give equal differences.
// Where the plans differ in agents alone it costs one comparison of pointers each.
func Diff(old, new *Plan) acd.PlanChange {
	change := acd.PlanChange{Version: new.version}
	if old == nil {
		change.Settings = &new.settings
		old = &Plan{base: &base{}}
	} else if old.settings != new.settings {
		change.Settings = &new.settings
	}
	if old.base != new.base {
		diffQueues(&change, old, new)
	}
	diffAgents(&change, old, new)
	return change
}

func diffQueues(change *acd.PlanChange, old, new *Plan) {
	for id, q := range new.queues {
		if have, ok := old.queues[id]; !ok || !reflect.DeepEqual(have, q) {
			change.Queues = append(change.Queues, q)
		}
	}
	for id := range old.queues {
		if _, ok := new.queues[id]; !ok {
			change.RemovedQueues = append(change.RemovedQueues, id)
		}
	}
	slices.SortFunc(change.Queues, func(a, b acd.QueuePlan) int { return a.ID.Compare(b.ID) })
	slices.SortFunc(change.RemovedQueues, acd.QueueID.Compare)
}

func diffAgents(change *acd.PlanChange, old, new *Plan) {
	var changed []acd.AgentID
	for id, a := range new.agents {
		if old.agents[id] != a {
			changed = append(changed, id)
		}
	}
	for id := range old.agents {
		if new.agents[id] == nil {
			changed = append(changed, id)
			change.RemovedAgents = append(change.RemovedAgents, id)
		}
	}
	slices.SortFunc(changed, acd.AgentID.Compare)
	slices.SortFunc(change.RemovedAgents, acd.AgentID.Compare)
	for _, id := range changed {
		before, after := old.agents[id], new.agents[id]
		if after != nil && (before == nil || !reflect.DeepEqual(before.plan, after.plan)) {
			change.Agents = append(change.Agents, after.plan)
		}
		diffEdges(change, before.sorted(), after.sorted())
	}
}

func (a *agent) sorted() []acd.Edge {
	if a == nil {
		return nil
	}
	return a.edges
}

// diffEdges walks two lists that are ordered by queue side by side.
func diffEdges(change *acd.PlanChange, before, after []acd.Edge) {
	for len(before) > 0 || len(after) > 0 {
		switch {
		case len(after) == 0 || len(before) > 0 && before[0].Queue.Compare(after[0].Queue) < 0:
			gone := acd.EdgeKey{Queue: before[0].Queue, Agent: before[0].Agent}
			change.RemovedEdges = append(change.RemovedEdges, gone)
			before = before[1:]
		case len(before) == 0 || after[0].Queue.Compare(before[0].Queue) < 0:
			change.Edges = append(change.Edges, after[0])
			after = after[1:]
		default:
			if before[0] != after[0] {
				change.Edges = append(change.Edges, after[0])
			}
			before, after = before[1:], after[1:]
		}
	}
}
