package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"portico/acd"
	"portico/identity"
	"portico/plan"
	"portico/store"
	"portico/talk"
	"portico/workflow"
)

// Use is an object that depends on another.
type Use struct {
	Kind string             `json:"kind"`
	ID   acd.ID[objectKind] `json:"id"`
	Name string             `json:"name"`
	// Loose ones do not keep the object from being removed.
	Loose bool `json:"loose,omitempty" doc:"a draft names it, or a workflow that is not enabled: it may be removed all the same, and is missed there"`
}

// usesNamed is how many uses a refusal names.
const usesNamed = 20

// uses gives what still needs an object, by kind and name.
func (s *Server) uses(ctx context.Context, now *catalogue, o store.Object) ([]Use, error) {
	var uses []Use
	needs := func(other store.Object, refs []plan.Reference) {
		if (other.Unit == o.Unit || shares(o)) && (other.Kind != o.Kind || other.ID != o.ID) &&
			slices.ContainsFunc(refs, func(r plan.Reference) bool { return r.Kind == string(o.Kind) && r.ID == o.ID }) {
			uses = append(uses, Use{Kind: string(other.Kind), ID: other.ID, Name: now.nameFrom(o.Unit, other)})
		}
	}
	switch o.Kind {
	case identity.KindUnit:
		for _, kind := range []store.ObjectKind{identity.KindUser, plan.KindQueue} {
			for other := range now.all(kind) {
				if other.Unit == acd.UnitID(o.ID) {
					uses = append(uses, Use{Kind: string(kind), ID: other.ID, Name: other.Name})
				}
			}
		}
	case identity.KindRole:
		at := s.at()
		if err := s.eachToken(ctx, o.Unit, func(t store.Token) {
			if identity.GrantOf(t).Custom == identity.RoleID(o.ID) && !t.Revoked && t.Expires > at {
				uses = append(uses, Use{Kind: "token", ID: t.ID, Name: t.Name})
			}
		}); err != nil {
			return nil, err
		}
	case plan.KindQueue:
		if err := s.responses(ctx, o.Unit, func(other store.Object, r talk.Response) { needs(other, r.References()) }); err != nil {
			return nil, err
		}
	}
	uses = append(uses, now.usesInFlows(o)...)
	for _, q := range now.queues {
		needs(q.Object, q.body.References())
	}
	for _, u := range now.users {
		if u.Unit == o.Unit {
			needs(u.Object, u.body.References())
		}
	}
	for _, p := range now.desks {
		needs(p.Object, p.body.References())
	}
	for _, t := range now.teams {
		needs(t.Object, t.body.References())
	}
	for _, c := range now.connections {
		needs(c.Object, c.body.References())
	}
	for _, f := range now.functions {
		needs(f.Object, f.body.References())
	}
	for _, a := range now.articles {
		needs(a.Object, a.body.References())
	}
	for _, t := range now.thresholds {
		needs(t.Object, t.body.References())
	}
	for _, a := range now.mailAccounts {
		needs(a.Object, a.body.References())
	}
	slices.SortFunc(uses, func(a, b Use) int { return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name)) })
	return uses, nil
}

// nameFrom is what an object is called in a unit: another unit's with that unit's name.
func (c *catalogue) nameFrom(unit acd.UnitID, o store.Object) string {
	if o.Unit == unit {
		return o.Name
	}
	return c.units[o.Unit].Name + ": " + o.Name
}

// usesInFlows gives the workflows that name an object.
func (c *catalogue) usesInFlows(o store.Object) []Use {
	var uses []Use
	id := acd.ID[objectKind](o.ID).String()
	names := func(all []workflow.Use) bool {
		return slices.ContainsFunc(all, func(u workflow.Use) bool {
			return refKinds[u.Kind] == o.Kind && (u.Ref == id || strings.EqualFold(u.Ref, o.Name))
		})
	}
	for key, w := range c.workflows {
		if w.Unit != o.Unit && !shares(o) {
			continue
		}
		named := c.flowUses[key]
		if released := names(named.released); released || names(named.draft) {
			uses = append(uses, Use{Kind: plan.KindWorkflow, ID: w.ID, Name: c.nameFrom(o.Unit, w.Object), Loose: !released || !w.body.Enabled})
		}
	}
	return uses
}

// flowUses are what the graphs of a workflow name.
type flowUses struct{ draft, released []workflow.Use }

// setWorkflow keeps a workflow, and what its graphs name.
func (c *catalogue) setWorkflow(o store.Object) error {
	if err := set(c.workflows, o.ID, o); err != nil {
		return err
	}
	delete(c.flowUses, o.ID)
	if w, ok := c.workflows[o.ID]; ok {
		uses := flowUses{draft: workflow.Uses(w.body.Graph)}
		if w.body.Released != nil {
			uses.released = workflow.Uses(w.body.Released.Graph)
		}
		c.flowUses[o.ID] = uses
	}
	return nil
}

// responses walks the standard responses of a unit, everybody's.
func (s *Server) responses(ctx context.Context, unit acd.UnitID, visit func(store.Object, talk.Response)) error {
	const page = 500
	for q := (store.ObjectQuery{Everybody: true, Limit: page}); ; {
		all, err := s.store.Objects(ctx, unit, talk.KindResponse, q)
		if err != nil {
			return fmt.Errorf("reading the responses: %w", err)
		}
		for _, o := range all {
			var r talk.Response
			if err := json.Unmarshal(o.Body, &r); err != nil {
				return fmt.Errorf("reading the response %q: %w", o.Name, err)
			}
			visit(o, r)
		}
		if len(all) < page {
			return nil
		}
		q.After, q.AfterOwner = all[len(all)-1].Name, all[len(all)-1].Owner
	}
}

// inWords names the first uses, such as "queue Sales, user anna".
func inWords(uses []Use) string {
	var b strings.Builder
	for i, u := range uses[:min(len(uses), usesNamed)] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strings.ReplaceAll(u.Kind, "_", " ") + " " + u.Name)
	}
	return b.String()
}
