package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"portico/workflow"
)

func (s *Server) compareFlow(ctx context.Context, c call, in *compareFlowInput) (*Answer[FlowComparison], error) {
	w, err := s.flow(c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	from, err := s.graphOf(ctx, w, in.From)
	if err != nil {
		return nil, faultOf(err).On("from")
	}
	to, err := s.graphOf(ctx, w, in.To)
	if err != nil {
		return nil, faultOf(err).On("to")
	}
	return &Answer[FlowComparison]{compareGraphs(from, to)}, nil
}

// compareGraphs tells how one graph differs from another, by the ids of nodes.
func compareGraphs(from, to workflow.Graph) FlowComparison {
	out := FlowComparison{Nodes: []FlowNodeChange{}, Edges: []FlowEdgeChange{}}
	had, has := map[workflow.NodeID]workflow.Node{}, map[workflow.NodeID]workflow.Node{}
	for _, n := range from.Nodes {
		had[n.ID] = n
	}
	for _, n := range to.Nodes {
		has[n.ID] = n
		before, ok := had[n.ID]
		if !ok {
			out.Nodes = append(out.Nodes, nodeChange(n, "added"))
			continue
		}
		change := nodeChange(n, "changed")
		change.Fields = append(change.Fields, compareNodes(before, n)...)
		if len(change.Fields) == 0 {
			if before.X == n.X && before.Y == n.Y {
				continue
			}
			change.Change = "moved"
		}
		out.Nodes = append(out.Nodes, change)
	}
	for _, n := range from.Nodes {
		if _, ok := has[n.ID]; !ok {
			out.Nodes = append(out.Nodes, nodeChange(n, "removed"))
		}
	}
	slices.SortStableFunc(out.Nodes, func(a, b FlowNodeChange) int { return cmp.Compare(a.ID, b.ID) })
	for _, e := range to.Edges {
		if !slices.Contains(from.Edges, e) {
			out.Edges = append(out.Edges, FlowEdgeChange{e, "added"})
		}
	}
	for _, e := range from.Edges {
		if !slices.Contains(to.Edges, e) {
			out.Edges = append(out.Edges, FlowEdgeChange{e, "removed"})
		}
	}
	return out
}

func nodeChange(n workflow.Node, change string) FlowNodeChange {
	return FlowNodeChange{ID: string(n.ID), Name: n.Name, Kind: string(n.Kind), Change: change, Fields: []FlowFieldChange{}}
}

// compareNodes tells in which fields two nodes are not alike.
func compareNodes(from, to workflow.Node) []FlowFieldChange {
	var all []FlowFieldChange
	compareValues("kind", string(from.Kind), string(to.Kind), &all)
	compareValues("name", from.Name, to.Name, &all)
	compareValues("settings", settingsOf(from), settingsOf(to), &all)
	return all
}

// settingsOf reads a node's settings; what cannot be read stands for itself, as a text.
func settingsOf(n workflow.Node) any {
	var v any = map[string]any{}
	if len(n.Settings) > 0 && json.Unmarshal(n.Settings, &v) != nil {
		return string(n.Settings)
	}
	return v
}

// compareValues adds where two values of JSON are not alike, down to the fields of objects
// and the places of lists.
func compareValues(path string, from, to any, all *[]FlowFieldChange) {
	if was, ok := from.(map[string]any); ok {
		if is, ok := to.(map[string]any); ok {
			keys := maps.Clone(was)
			maps.Copy(keys, is)
			for _, key := range slices.Sorted(maps.Keys(keys)) {
				compareValues(path+"."+key, absent(was, key), absent(is, key), all)
			}
			return
		}
	}
	if was, ok := from.([]any); ok {
		if is, ok := to.([]any); ok {
			for i := range max(len(was), len(is)) {
				var a, b any = missing{}, missing{}
				if i < len(was) {
					a = was[i]
				}
				if i < len(is) {
					b = is[i]
				}
				compareValues(path+"."+strconv.Itoa(i), a, b, all)
			}
			return
		}
	}
	a, b := plainJSON(from), plainJSON(to)
	if !bytes.Equal(a, b) {
		*all = append(*all, FlowFieldChange{Field: path, From: a, To: b})
	}
}

// missing stands for a value that is not there.
type missing struct{}

func absent(object map[string]any, key string) any {
	if v, ok := object[key]; ok {
		return v
	}
	return missing{}
}

func plainJSON(v any) json.RawMessage {
	if _, ok := v.(missing); ok {
		return nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil // it came from JSON
	}
	return text
}
