package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"portico/acd"
	"portico/fault"
	"portico/outcall"
	"portico/plan"
	"portico/store"
	"portico/workflow"
)

var (
	errFlowProblems  = fault.New(fault.Invalid, "workflow_problems", "The workflow has errors: contacts cannot pass it. Mend what is marked, then try again.").On("graph")
	errFlowsMax      = fault.New(fault.TooMany, "too_many_workflows", "A business unit may have at most 200 workflows. Remove one that is not needed.")
	errFlowStructure = fault.New(fault.Invalid, "workflow_structure", "The file holds settings that cannot be read. Take an export as the pattern.").On("graph")
)

func (s *Server) workflows() kind[plan.Workflow, Workflow] {
	k := kind[plan.Workflow, Workflow]{name: plan.KindWorkflow, one: "workflow", many: "workflows", read: rolesSupervisor, change: rolesBusiness,
		show: s.showWorkflow, keep: keepWorkflow, check: checkWorkflow}
	k.list = func() {
		listing, short := k.listing(), k
		listing.roles = rolesEveryone
		short.show = func(o store.Object, w plan.Workflow) Workflow {
			out := s.showWorkflow(o, w)
			out.Graph = nil
			if out.Released != nil {
				out.Released.Graph = nil
			}
			return out
		}
		register(s, listing, func(ctx context.Context, c call, in *listInput) (*Answer[Page[Object[Workflow]]], error) {
			return short.page(ctx, s, c, in.Paging, in.Find, nil)
		})
	}
	return k
}

func (s *Server) showWorkflow(_ store.Object, w plan.Workflow) Workflow {
	out := Workflow{Description: w.Description, Order: w.Order, Enabled: w.Enabled, Graph: &w.Graph, Changed: w.Released == nil || !runsAlike(w.Graph, w.Released.Graph)}
	if w.Released != nil {
		r := s.showRelease(*w.Released)
		out.Released = &r
	}
	return out
}

// runsAlike reports whether two graphs are the same but for where they are drawn.
func runsAlike(a, b workflow.Graph) bool {
	same := func(x, y workflow.Node) bool {
		return x.ID == y.ID && x.Kind == y.Kind && x.Name == y.Name && bytes.Equal(x.Settings, y.Settings)
	}
	return slices.EqualFunc(a.Nodes, b.Nodes, same) && slices.Equal(a.Edges, b.Edges)
}

func (s *Server) showRelease(r plan.Release) WorkflowRelease {
	return WorkflowRelease{Number: int(r.Number), At: r.At, By: s.names().person(r.By), Why: r.Why, SameAs: int(r.SameAs), Graph: &r.Graph}
}

// keepWorkflow takes what may be changed. Without a graph its nodes are nil.
func keepWorkflow(w Workflow) plan.Workflow {
	out := plan.Workflow{Description: w.Description, Order: cmp.Or(w.Order, plan.OrderNormal), Enabled: w.Enabled}
	if w.Graph != nil {
		out.Graph = *w.Graph
	}
	return out
}

// checkWorkflow judges a workflow. A draft may be unfinished; releases are made by their
// own operation, and stay as they are whatever else is changed.
func checkWorkflow(d *draft, before, o store.Object, w *plan.Workflow) error {
	var was plan.Workflow
	if before.Version > 0 {
		if err := json.Unmarshal(before.Body, &was); err != nil {
			return err
		}
	} else if d.workflowsOf(o.Unit) >= plan.WorkflowsMax {
		return errFlowsMax
	}
	switch {
	case w.Graph.Nodes != nil:
	case before.Version > 0:
		w.Graph = was.Graph
	default:
		w.Graph = plan.BlankGraph()
	}
	w.Graph.Edges = append([]workflow.Edge{}, w.Graph.Edges...)
	w.Releases, w.Released = was.Releases, was.Released
	if err := w.Check(); err != nil {
		return onBody(err)
	}
	if graph, ok := w.InForce(); ok && (!was.Enabled || before.Deleted) {
		return refuseErrors(workflow.Check(graph, d.now.references(o.Unit)))
	}
	return nil
}

func (d *draft) workflowsOf(unit acd.UnitID) int {
	n := 0
	for _, w := range d.now.workflows {
		if w.Unit == unit {
			n++
		}
	}
	return n
}

// refuseErrors refuses a graph that has errors.
func refuseErrors(problems []workflow.Problem) error {
	errors := []workflow.Problem{}
	for _, p := range problems {
		if p.Severity == workflow.SeverityError {
			errors = append(errors, p)
		}
	}
	if len(errors) == 0 {
		return nil
	}
	text, err := json.Marshal(errors)
	if err != nil {
		return err
	}
	return errFlowProblems.With("problems", string(text))
}

// references tells package workflow what of a unit exists.
type references struct {
	now  *catalogue
	unit acd.UnitID
}

func (c *catalogue) references(unit acd.UnitID) references { return references{c, unit} }

// refKinds are the kinds of object as workflows name them.
var refKinds = map[workflow.Ref]store.ObjectKind{
	workflow.RefQueue: plan.KindQueue, workflow.RefAgent: plan.KindUser, workflow.RefSkill: plan.KindSkill,
	workflow.RefSchedule: plan.KindSchedule, workflow.RefCategory: plan.KindCategory, workflow.RefFunction: outcall.KindFunction,
	workflow.RefConnection: outcall.KindConnection, workflow.RefSecret: outcall.KindSecret,
}

// Exists reports whether the unit has an object, by its id or its name.
func (r references) Exists(kind workflow.Ref, ref string) bool {
	_, err := r.find(kind, ref)
	return err == nil
}

func (r references) find(kind workflow.Ref, ref string) (store.Object, error) {
	stored, ok := refKinds[kind]
	if !ok || ref == "" {
		return store.Object{}, store.ErrNone
	}
	if id, err := acd.ParseID[objectKind](ref); err == nil {
		return r.now.reachable(r.unit, stored, id)
	}
	return r.now.reachableBy(r.unit, stored, ref)
}
