package workflow

import "slices"

// walk finds what the shape of the graph says: what cannot be reached, what never
// ends, and circles in which nothing waits.
func (b *builder) walk() {
	reached := b.reach([]NodeID{b.flow.start}, func(*node) bool { return true })
	// Who is not in a queue for sure: reached without passing one.
	unqueued := b.reach([]NodeID{b.flow.start}, func(n *node) bool { return !ends(n.kind) })
	// A contact that is in a queue is served, whatever goes on beside: what follows a
	// queue may go on for ever, if something in it waits.
	queued := b.back(func(n *node) bool { return over(n.kind) || ends(n.kind) })
	ending := b.back(func(n *node) bool {
		return over(n.kind) || ends(n.kind) && n.exits[ExitNext] == ""
	})
	pausing := b.back(func(n *node) bool { return pauses(n.kind) })
	for i := range b.graph.Nodes {
		id := b.graph.Nodes[i].ID
		n := b.flow.nodes[id]
		if n == nil || i > 0 && slices.ContainsFunc(b.graph.Nodes[:i], func(o Node) bool { return o.ID == id }) {
			continue
		}
		b.at = id
		switch {
		case !reached[id]:
			b.problem("", CodeUnreachable, "No way leads to this component.")
			b.problems[len(b.problems)-1].Severity = SeverityWarning
		case unqueued[id] && !queued[id]:
			b.problem("", CodeNeverEnds, "From here no way leads to a queue or to an end.")
		case !unqueued[id] && !ending[id] && !pausing[id]:
			b.problem("", CodeNeverEnds, "From here no way leads to an end, and nothing waits.", "what", "queued")
		}
	}
	b.circles(reached)
}

// over reports whether a contact ends in a component.
func over(k Kind) bool { return k == KindDisconnect || k == KindDiscard }

// pauses reports whether time passes in a component.
func pauses(k Kind) bool {
	switch k {
	case KindWait, KindCollect, KindOfferCallback, KindWebRequest, KindFunction, KindLookup:
		return true
	}
	return false
}

// reach gives what can be reached. The exits of a node that on does not hold for are
// not followed, but for its error exit: whoever fails to be queued is not queued.
func (b *builder) reach(from []NodeID, on func(*node) bool) map[NodeID]bool {
	seen := make(map[NodeID]bool, len(b.flow.nodes))
	for len(from) > 0 {
		id := from[len(from)-1]
		from = from[:len(from)-1]
		if seen[id] {
			continue
		}
		seen[id] = true
		n := b.flow.nodes[id]
		for exit, to := range n.exits {
			if on(n) || exit == ExitError {
				from = append(from, to)
			}
		}
	}
	return seen
}

// back gives the nodes from which a way leads to one that is wanted, itself included.
func (b *builder) back(wanted func(*node) bool) map[NodeID]bool {
	into := make(map[NodeID][]NodeID)
	var todo []NodeID
	for id, n := range b.flow.nodes {
		for _, to := range n.exits {
			into[to] = append(into[to], id)
		}
		if wanted(n) {
			todo = append(todo, id)
		}
	}
	seen := make(map[NodeID]bool, len(b.flow.nodes))
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !seen[id] {
			seen[id] = true
			todo = append(todo, into[id]...)
		}
	}
	return seen
}

// circles warns of circles in which nothing waits: they are left by a decision only, or
// by the bound of visits. One without any decision is an error.
func (b *builder) circles(reached map[NodeID]bool) {
	for _, part := range b.components(reached) {
		decides := false
		for _, id := range part {
			n := b.flow.nodes[id]
			decides = decides || n.kind == KindDecision || n.kind == KindSchedule
		}
		b.at = part[0]
		b.problem("", CodeCircle, "The contact goes in a circle here in which nothing waits. Put a wait into it.")
		if decides {
			b.problems[len(b.problems)-1].Severity = SeverityWarning
		}
	}
}

// components gives the strongly connected parts of the graph less the nodes in which
// time passes, each in the order of the graph (Tarjan, 1972; recursion is bounded by
// NodesMax).
func (b *builder) components(reached map[NodeID]bool) [][]NodeID {
	var (
		out   [][]NodeID
		index = make(map[NodeID]int)
		low   = make(map[NodeID]int)
		on    = make(map[NodeID]bool)
		stack []NodeID
		visit func(id NodeID)
	)
	in := func(id NodeID) bool { n := b.flow.nodes[id]; return n != nil && reached[id] && !pauses(n.kind) }
	visit = func(id NodeID) {
		index[id] = len(index) + 1
		low[id] = index[id]
		stack, on[id] = append(stack, id), true
		loop := false
		for _, to := range b.flow.nodes[id].exits {
			switch {
			case !in(to):
			case index[to] == 0:
				visit(to)
				low[id] = min(low[id], low[to])
			case on[to]:
				low[id] = min(low[id], index[to])
			}
			loop = loop || to == id
		}
		if low[id] != index[id] {
			return
		}
		at := slices.Index(stack, id)
		part := slices.Clone(stack[at:])
		for _, of := range part {
			on[of] = false
		}
		stack = stack[:at]
		if len(part) > 1 || loop {
			out = append(out, part)
		}
	}
	for i := range b.graph.Nodes {
		if id := b.graph.Nodes[i].ID; in(id) && index[id] == 0 {
			visit(id)
		}
	}
	order := make(map[NodeID]int, len(b.graph.Nodes))
	for i := range b.graph.Nodes {
		order[b.graph.Nodes[i].ID] = i
	}
	by := func(x, y NodeID) int { return order[x] - order[y] }
	for _, part := range out {
		slices.SortFunc(part, by)
	}
	slices.SortFunc(out, func(x, y []NodeID) int { return by(x[0], y[0]) })
	return out
}
