package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"portico/acd"
	"portico/fault"
	"portico/plan"
	"portico/store"
	"portico/workflow"
)

var (
	errNoRelease = fault.New(fault.Missing, "no_such_release", "There is no such release of this workflow. Choose another.")
	errInForce   = fault.New(fault.Conflict, "release_in_force", "This release is what contacts pass already.")
)

func (s *Server) checkFlow(_ context.Context, c call, in *checkFlowInput) (*Answer[FlowProblems], error) {
	return &Answer[FlowProblems]{FlowProblems{s.flowProblems(c.unit, in.Body.Graph)}}, nil
}

// flowProblems judges a graph by what the unit has.
func (s *Server) flowProblems(unit acd.UnitID, g workflow.Graph) []workflow.Problem {
	return append([]workflow.Problem{}, workflow.Check(g, s.names().references(unit))...)
}

func (s *Server) releaseFlow(ctx context.Context, c call, in *releaseFlowInput) (*Answer[Object[Workflow]], error) {
	return s.release(ctx, c, in.ID, in.Body, func(_ acd.UnitID, w plan.Workflow) (plan.Release, error) {
		return plan.Release{Graph: w.Graph}, nil
	})
}

func (s *Server) useRelease(ctx context.Context, c call, in *useReleaseInput) (*Answer[Object[Workflow]], error) {
	return s.release(ctx, c, in.ID, in.Body, func(unit acd.UnitID, w plan.Workflow) (plan.Release, error) {
		if w.Released != nil && int(w.Released.Number) == in.Number {
			return plan.Release{}, errInForce
		}
		old, err := s.oneRelease(ctx, unit, in.ID, in.Number)
		return plan.Release{SameAs: old.Number, Graph: old.Graph}, err
	})
}

// release puts a graph in force: contacts that come from now on pass it, those within a
// former release finish there.
func (s *Server) release(ctx context.Context, c call, id [16]byte, in releaseWhy, choose func(acd.UnitID, plan.Workflow) (plan.Release, error)) (*Answer[Object[Workflow]], error) {
	k := s.workflows()
	var o store.Object
	err := s.together(ctx, c, func(d *draft) error {
		before, err := k.seen(ctx, d, id, in.Version)
		if err != nil {
			return err
		}
		w, err := k.decode(before)
		if err != nil {
			return err
		}
		r, err := choose(before.Unit, w)
		if err != nil {
			return err
		}
		if err := refuseErrors(workflow.Check(r.Graph, d.now.references(before.Unit))); err != nil {
			return err
		}
		w.Releases++
		r.Number, r.At, r.By, r.Why = w.Releases, s.at(), c.caller.User, in.Why
		w.Released = &r
		o = before
		o.Version, o.ChangedAt, o.ChangedBy = before.Version+1, r.At, r.By
		if o.Body, err = encode(k.name, w); err != nil {
			return err
		}
		return d.putRelease(before, o, r)
	})
	if err != nil {
		return nil, err
	}
	return k.answer(s, o)
}

// putRelease puts a workflow with a new release into the draft, and the release itself,
// which stays when the workflow goes on: contacts may be within it.
func (d *draft) putRelease(before, o store.Object, r plan.Release) error {
	kept := store.Object{Unit: o.Unit, Kind: plan.KindRelease, ID: d.s.mint.ID(), Name: plan.ReleaseName(o.ID, r.Number), Version: 1,
		ChangedAt: r.At, ChangedBy: r.By}
	var err error
	if kept.Body, err = encode(kept.Kind, r); err != nil {
		return err
	}
	if err := d.add(before, o); err != nil {
		return err
	}
	if err := d.add(store.Object{}, kept); err != nil {
		return err
	}
	d.row(d.s.audit(d.c, "workflow_release.make", o.Unit, o.ID, before.Body, o.Body))
	return nil
}

// oneRelease reads a release of a unit's workflow, also of one that was removed.
func (s *Server) oneRelease(ctx context.Context, unit acd.UnitID, id [16]byte, number int) (plan.Release, error) {
	o, err := s.store.ObjectByName(ctx, unit, plan.KindRelease, plan.ReleaseName(id, uint32(number)))
	if errors.Is(err, store.ErrNone) {
		return plan.Release{}, errNoRelease
	}
	if err != nil {
		return plan.Release{}, err
	}
	return decodeRelease(o)
}

func decodeRelease(o store.Object) (plan.Release, error) {
	var r plan.Release
	if err := json.Unmarshal(o.Body, &r); err != nil {
		return r, fmt.Errorf("reading the release %s: %w", o.Name, err)
	}
	return r, nil
}

func (s *Server) listReleases(ctx context.Context, c call, in *releasesInput) (*Answer[Page[WorkflowRelease]], error) {
	w, err := s.flow(c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	last := int(w.body.Releases)
	if in.After != "" {
		n, err := strconv.Atoi(in.After)
		if err != nil || n < 1 {
			return nil, store.ErrPage
		}
		last = min(last, n-1)
	}
	page := Page[WorkflowRelease]{Items: []WorkflowRelease{}}
	first := max(1, last-in.Limit+1)
	if last < 1 {
		return &Answer[Page[WorkflowRelease]]{page}, nil
	}
	all, err := s.store.Objects(ctx, w.Unit, plan.KindRelease, store.ObjectQuery{After: plan.ReleaseName(w.ID, uint32(first-1)), Limit: last - first + 1})
	if err != nil {
		return nil, err
	}
	for i := len(all) - 1; i >= 0; i-- {
		r, err := decodeRelease(all[i])
		if err != nil {
			return nil, err
		}
		shown := s.showRelease(r)
		shown.Graph = nil
		page.Items = append(page.Items, shown)
	}
	if first > 1 {
		page.Next = strconv.Itoa(first)
	}
	return &Answer[Page[WorkflowRelease]]{page}, nil
}

func (s *Server) readRelease(ctx context.Context, c call, in *readReleaseInput) (*Answer[WorkflowRelease], error) {
	w, err := s.flow(c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	r, err := s.oneRelease(ctx, w.Unit, w.ID, in.Number)
	if err != nil {
		return nil, err
	}
	return &Answer[WorkflowRelease]{s.showRelease(r)}, nil
}

// flow gives a workflow of a unit.
func (s *Server) flow(unit acd.UnitID, id [16]byte) (entry[plan.Workflow], error) {
	w, ok := s.names().workflows[workflow.ID(id)]
	if !ok || w.Unit != unit {
		return w, store.ErrNone
	}
	return w, nil
}

// graphOf gives the graph of a release by its number, or the draft's.
func (s *Server) graphOf(ctx context.Context, w entry[plan.Workflow], which string) (workflow.Graph, error) {
	if which == "draft" {
		return w.body.Graph, nil
	}
	number, err := strconv.Atoi(which)
	if err != nil {
		return workflow.Graph{}, errNoRelease
	}
	r, err := s.oneRelease(ctx, w.Unit, w.ID, number)
	return r.Graph, err
}
