package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"portico/acd"
	"portico/workflow"
)

func (s *Server) contactPath(ctx context.Context, c call, in *contactInput) (*Answer[ContactPath], error) {
	if _, err := s.contact(ctx, c.unit, in.ID); err != nil {
		return nil, err
	}
	rows, err := s.store.FlowSteps(ctx, c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	out := ContactPath{Steps: []PathStep{}}
	names := &nodeNames{s: s, unit: c.unit, graphs: map[releaseKey]map[workflow.NodeID]workflow.Node{}}
	for _, row := range rows {
		var passed []workflow.Passed
		if err := json.Unmarshal(row.Body, &passed); err != nil {
			return nil, fmt.Errorf("reading the path of the contact %s: %w", in.ID, err)
		}
		for _, p := range passed {
			if n := len(out.Steps); n > 0 && out.Steps[n-1].Visit == int(p.Visit) { // the visit goes on
				step := &out.Steps[n-1]
				step.Exit, step.Note = string(p.Exit), cmp.Or(p.Note, step.Note)
				continue
			}
			node, err := names.node(ctx, releaseKey{row.Workflow, row.Release}, p.Node)
			if err != nil {
				return nil, err
			}
			out.Steps = append(out.Steps, PathStep{Workflow: row.Workflow, WorkflowName: s.names().workflows[row.Workflow].Name,
				Release: int(row.Release), Visit: int(p.Visit), Node: string(p.Node), Name: node.Name,
				Kind: string(cmp.Or(p.Kind, node.Kind)), Exit: string(p.Exit), At: p.At, Note: p.Note})
		}
	}
	return &Answer[ContactPath]{out}, nil
}

// releaseKey names a release of a workflow.
type releaseKey struct {
	workflow [16]byte
	number   uint32
}

// nodeNames finds the components of releases, each release read once.
type nodeNames struct {
	s      *Server
	unit   acd.UnitID
	graphs map[releaseKey]map[workflow.NodeID]workflow.Node
}

// node gives a component; of a release that is not there any more the zero one.
func (n *nodeNames) node(ctx context.Context, key releaseKey, id workflow.NodeID) (workflow.Node, error) {
	graph, read := n.graphs[key]
	if !read {
		r, err := n.s.oneRelease(ctx, n.unit, key.workflow, int(key.number))
		if err != nil && !errors.Is(err, errNoRelease) {
			return workflow.Node{}, err
		}
		graph = make(map[workflow.NodeID]workflow.Node, len(r.Graph.Nodes))
		for _, node := range r.Graph.Nodes {
			graph[node.ID] = node
		}
		n.graphs[key] = graph
	}
	return graph[id], nil
}

func (s *Server) flowCounts(_ context.Context, c call, in *idInput) (*Answer[FlowCounts], error) {
	if _, err := s.flow(c.unit, in.ID); err != nil {
		return nil, err
	}
	return &Answer[FlowCounts]{FlowCounts{Nodes: []FlowCount{}, Now: s.at()}}, nil
}
