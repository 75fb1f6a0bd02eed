package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"portico/acd"
	"portico/picture"
	"portico/workflow"
)

func (s *Server) contactPath(ctx context.Context, c call, in *contactInput) (*Answer[ContactPath], error) {
	if _, err := s.contact(ctx, c, in.ID); err != nil {
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
	w, err := s.flow(c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	out := FlowCounts{Nodes: []FlowCount{}, Now: s.at()}
	counts, _ := s.picture.FlowCounts(w.Unit, w.ID)
	for _, n := range counts {
		out.Nodes = append(out.Nodes, flowCount(n))
	}
	return &Answer[FlowCounts]{out}, nil
}

func flowCount(c picture.FlowCount) FlowCount {
	return FlowCount{Node: string(c.Node), Now: int(c.Now), Today: int(c.Today)}
}

// flowTopic begins the name of the live topic of a workflow's counts.
const flowTopic = "workflow/"

// flowOfTopic gives the workflow whose counts a topic shows.
func flowOfTopic(topic string) (id workflow.ID, ok bool) {
	rest, ok := strings.CutPrefix(topic, flowTopic)
	return id, ok && id.UnmarshalText([]byte(rest)) == nil && !id.IsZero()
}

// flowRows gives the counts of a workflow for its topic: few rows, most of which change, so
// that they are sent whole; changed is false when they are as they were.
func (s *Server) flowRows(unit acd.UnitID, id workflow.ID, since uint64) (rows []any, version uint64, changed bool) {
	version = s.picture.Revision()
	counts, last := s.picture.FlowCounts(unit, id)
	rows = make([]any, 0, len(counts))
	for _, c := range counts {
		rows = append(rows, flowCount(c))
	}
	return rows, max(version, last), since == 0 || last > since
}
