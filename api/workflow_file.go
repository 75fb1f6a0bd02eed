package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"portico/acd"
	"portico/plan"
	"portico/store"
	"portico/workflow"
)

// flowFormat names the form of a workflow's file.
const flowFormat = "portico-workflow-1"

func (s *Server) exportFlow(_ context.Context, c call, in *idInput) (*exportFlowOutput, error) {
	w, err := s.flow(c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	refs := s.names().references(w.Unit)
	graph, err := rename(w.body.Graph, func(use workflow.Use) (string, bool) {
		o, err := refs.find(use.Kind, use.Ref)
		return o.Name, err == nil
	})
	if err != nil {
		return nil, err
	}
	return &exportFlowOutput{Disposition: `attachment; filename="workflow.json"`, Body: WorkflowFile{Format: flowFormat, Name: w.Name,
		Description: w.body.Description, Order: w.body.Order, Graph: graph}}, nil
}

// rename gives a graph in which what it names outside expressions is named otherwise. A
// reference for which to has nothing stays.
func rename(g workflow.Graph, to func(workflow.Use) (string, bool)) (workflow.Graph, error) {
	uses := map[workflow.NodeID][]workflow.Use{}
	for _, use := range workflow.Uses(g) {
		uses[use.Node] = append(uses[use.Node], use)
	}
	out := workflow.Graph{Nodes: append([]workflow.Node{}, g.Nodes...), Edges: append([]workflow.Edge{}, g.Edges...)}
	for i, n := range out.Nodes {
		if len(uses[n.ID]) == 0 {
			continue
		}
		var settings any
		if err := json.Unmarshal(n.Settings, &settings); err != nil {
			return out, fmt.Errorf("reading the settings of the component %s: %w", n.ID, err)
		}
		for _, use := range uses[n.ID] {
			if name, ok := to(use); ok {
				settings = replaced(settings, strings.Split(use.Field, "."), use.Ref, name)
			}
		}
		raw, err := json.Marshal(settings)
		if err != nil {
			return out, fmt.Errorf("encoding the settings of the component %s: %w", n.ID, err)
		}
		out.Nodes[i].Settings = raw
	}
	return out, nil
}

// replaced puts a name into the place of a reference, which may have its kind in front:
// agent:<id>. A text in which more stands, an expression, stays as it is.
func replaced(v any, path []string, ref, name string) any {
	if len(path) == 0 {
		text, ok := v.(string)
		if !ok {
			return v
		}
		front, rest, found := strings.Cut(text, ":")
		switch {
		case text == ref:
			return name
		case found && rest == ref:
			return front + ":" + name
		}
		return v
	}
	switch v := v.(type) {
	case map[string]any:
		if inner, ok := v[path[0]]; ok {
			v[path[0]] = replaced(inner, path[1:], ref, name)
		}
	case []any:
		if i, err := strconv.Atoi(path[0]); err == nil && i >= 0 && i < len(v) {
			v[i] = replaced(v[i], path[1:], ref, name)
		}
	}
	return v
}

// importFlow makes a workflow of a file, or replaces the draft of the one of its name:
// contacts notice nothing until it is released.
func (s *Server) importFlow(ctx context.Context, c call, in *importFlowInput) (*Answer[WorkflowImport], error) {
	k, file := s.workflows(), in.Body
	var out WorkflowImport
	_, err := s.tried(ctx, c, in.DryRun, func(d *draft) error {
		refs := d.now.references(c.unit)
		out = WorkflowImport{Action: "create", Name: file.Name, Missing: []FlowMissing{}}
		graph, err := rename(file.Graph, func(use workflow.Use) (string, bool) {
			o, err := refs.find(use.Kind, use.Ref)
			if err != nil {
				out.Missing = append(out.Missing, FlowMissing{Node: string(use.Node), Kind: string(use.Kind), Name: use.Ref})
				return "", true
			}
			return acd.ID[objectKind](o.ID).String(), true
		})
		if err != nil {
			return errFlowStructure
		}
		before, err := d.find(c.unit, plan.KindWorkflow, file.Name)
		o := store.Object{Unit: c.unit, Kind: plan.KindWorkflow, ID: s.mint.ID(), Name: file.Name, Version: 1}
		w := plan.Workflow{Enabled: true}
		switch {
		case err == nil:
			out.Action, o = "change", before
			o.Version++
			if w, err = k.decode(before); err != nil {
				return err
			}
		case !errors.Is(err, store.ErrNone):
			return err
		}
		w.Description, w.Graph = file.Description, graph
		if file.Order != 0 {
			w.Order = file.Order
		} else if w.Order == 0 {
			w.Order = plan.OrderNormal
		}
		out.Problems = append([]workflow.Problem{}, workflow.Check(graph, refs)...)
		if !in.DryRun || out.Action == "change" {
			out.ID = o.ID
		}
		return k.save(ctx, d, before, &o, w, out.Action)
	})
	if err != nil {
		return nil, err
	}
	out.Applied = !in.DryRun
	return &Answer[WorkflowImport]{out}, nil
}
