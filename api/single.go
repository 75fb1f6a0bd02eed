package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/plan"
	"portico/store"
)

// Versioned are settings of which there is one, with the version that a change must name.
type Versioned[T any] struct {
	Version   uint32   `json:"version" doc:"0 until they are changed for the first time"`
	ChangedAt acd.Time `json:"changed_at,omitempty" doc:"milliseconds since 1970 UTC"`
	ChangedBy string   `json:"changed_by,omitempty" maxLength:"200" doc:"name of the person"`
	Settings  T        `json:"settings"`
	Preview   *Preview `json:"preview,omitempty" doc:"of a change with dry_run"`
}

// single describes an object of which a business unit, or the site, has one. It has
// versions and an audit log as other objects have; it is never made or removed.
type single[Shown any] struct {
	kind         store.ObjectKind
	path         string // chat-settings
	words        string // how the business unit chats
	read, change []identity.Role
	// home is whose they are where not of the unit that the caller works in; nil: that unit's.
	home func(call) acd.UnitID
	// have gives what is saved; version 0: nothing is.
	have func(*catalogue, acd.UnitID) store.Object
	// show reads a saved body; an empty one is what counts until something is saved.
	show func(json.RawMessage) (Shown, error)
	// keep judges settings and gives what is saved of them.
	keep func(Shown) (any, error)
	// refs gives what settings name of their unit; nil: nothing.
	refs func(Shown) []plan.Reference
}

type (
	singleInput[Shown any] struct {
		Scope
		Trial
		Body struct {
			Version  uint32 `json:"version" doc:"the version that the change is based on"`
			Settings Shown  `json:"settings"`
		}
	}
	singleVersionsInput struct {
		Scope
		Paging
	}
	singleRevertInput struct {
		Scope
		Trial
		Body struct {
			Version uint32 `json:"version" minimum:"1" doc:"the version that was seen"`
			To      uint32 `json:"to" minimum:"1" doc:"the version that it is to be as"`
		}
	}
)

func (k single[Shown]) register(s *Server) {
	path := "/" + k.path
	register(s, operation{id: "read-" + k.path, method: http.MethodGet, path: path, summary: "Read " + k.words, tag: k.path, roles: k.read},
		func(_ context.Context, c call, _ *scopeInput) (*Answer[Versioned[Shown]], error) {
			return k.answer(s, c, nil)
		})
	register(s, operation{id: "change-" + k.path, method: http.MethodPut, path: path, summary: "Change " + k.words, tag: k.path, roles: k.change},
		func(ctx context.Context, c call, in *singleInput[Shown]) (*Answer[Versioned[Shown]], error) {
			preview, err := s.tried(ctx, c, in.DryRun, func(d *draft) error { return k.save(d, in.Body.Version, in.Body.Settings, "change") })
			if err != nil {
				return nil, err
			}
			return k.answer(s, c, preview)
		})
	register(s, operation{id: k.path + "-versions", method: http.MethodGet, path: path + "/versions",
		summary: "List the versions of " + k.words + ", newest first", tag: k.path, roles: k.read},
		func(ctx context.Context, c call, in *singleVersionsInput) (*Answer[Page[ObjectVersion[Shown]]], error) {
			return k.versions(ctx, s, c, in.Paging)
		})
	register(s, operation{id: "revert-" + k.path, method: http.MethodPost, path: path + "/revert",
		summary: "Have " + k.words + " as it was in another version", tag: k.path, roles: k.change},
		func(ctx context.Context, c call, in *singleRevertInput) (*Answer[Versioned[Shown]], error) {
			preview, err := k.revert(ctx, s, c, wish{in.Body.Version, in.Body.To, in.DryRun})
			if err != nil {
				return nil, err
			}
			return k.answer(s, c, preview)
		})
	s.undo[string(k.kind)] = func(ctx context.Context, c call, entry store.Audit, seen uint32, dry bool) (Reverted, error) {
		return k.undo(ctx, s, c, entry, seen, dry)
	}
}

func (k single[Shown]) unit(c call) acd.UnitID {
	if k.home != nil {
		return k.home(c)
	}
	return c.unit
}

func (k single[Shown]) answer(s *Server, c call, preview *Preview) (*Answer[Versioned[Shown]], error) {
	now := s.names()
	o := k.have(now, k.unit(c))
	settings, err := k.show(o.Body)
	if err != nil {
		return nil, err
	}
	return &Answer[Versioned[Shown]]{Versioned[Shown]{Version: o.Version, ChangedAt: o.ChangedAt, ChangedBy: now.person(o.ChangedBy),
		Settings: settings, Preview: preview}}, nil
}

// save judges settings and puts them into the draft.
func (k single[Shown]) save(d *draft, seen uint32, settings Shown, verb string) error {
	unit := k.unit(d.c)
	before := k.have(d.now, unit)
	if before.Version != seen {
		return errChanged
	}
	body, err := k.keep(settings)
	if err != nil {
		if f := fault.Of(err); f != nil {
			return f.On("settings." + f.Field)
		}
		return err
	}
	if k.refs != nil {
		for _, r := range k.refs(settings) {
			if _, err := d.now.reachable(unit, store.ObjectKind(r.Kind), r.ID); err != nil {
				return errNoReference.On("settings."+r.Field).With("kind", r.Kind)
			}
		}
	}
	raw, err := encode(k.kind, body)
	if err != nil {
		return err
	}
	return d.put(before, store.Object{Unit: unit, Kind: k.kind, ID: unit, Name: string(k.kind), Version: before.Version + 1,
		ChangedAt: d.s.at(), ChangedBy: d.c.caller.User, Body: raw}, verb)
}

func (k single[Shown]) versions(ctx context.Context, s *Server, c call, p Paging) (*Answer[Page[ObjectVersion[Shown]]], error) {
	unit := k.unit(c)
	all, err := s.store.ObjectVersions(ctx, unit, k.kind, unit)
	if err != nil {
		return nil, err
	}
	return versionPage(all, p, func(o store.Object) (ObjectVersion[Shown], error) {
		settings, err := k.show(o.Body)
		return ObjectVersion[Shown]{Version: o.Version, ChangedAt: o.ChangedAt, ChangedBy: s.names().person(o.ChangedBy), Name: o.Name,
			Body: settings}, err
	})
}

func (k single[Shown]) revert(ctx context.Context, s *Server, c call, w wish) (*Preview, error) {
	unit := k.unit(c)
	return s.tried(ctx, c, w.dry, func(d *draft) error {
		all, err := s.store.ObjectVersions(ctx, unit, k.kind, unit)
		if err != nil {
			return err
		}
		for _, then := range all {
			if then.Version != w.to {
				continue
			}
			settings, err := k.show(then.Body)
			if err != nil {
				return err
			}
			return k.save(d, w.seen, settings, "revert")
		}
		return errNoVersion
	})
}

// undo makes the settings what they were before an entry of the audit log.
func (k single[Shown]) undo(ctx context.Context, s *Server, c call, entry store.Audit, seen uint32, dry bool) (Reverted, error) {
	if !c.caller.Has(k.change...) {
		return Reverted{}, errForbidden
	}
	unit := k.unit(c)
	all, err := s.store.ObjectVersions(ctx, unit, k.kind, unit)
	if err != nil {
		return Reverted{}, fmt.Errorf("reading the versions of the %s: %w", k.kind, err)
	}
	for _, o := range all { // newest first
		if o.ChangedAt <= entry.At && string(o.Body) == string(entry.Before) {
			preview, err := k.revert(ctx, s, c, wish{seen, o.Version, dry})
			if err != nil {
				return Reverted{}, err
			}
			now := k.have(s.names(), unit)
			return Reverted{Kind: string(k.kind), ID: now.ID, Name: now.Name, Version: now.Version, Preview: preview}, nil
		}
	}
	return Reverted{}, errNoUndo
}
