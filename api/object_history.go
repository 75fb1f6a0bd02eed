package api

import (
	"context"
	"net/http"
	"strconv"

	"portico/acd"
	"portico/fault"
	"portico/store"
)

// Uses is what depends on an object.
type Uses struct {
	Items []Use `json:"items" nullable:"false"`
}

// ObjectVersion is an object as it was.
type ObjectVersion[T any] struct {
	Version   uint32   `json:"version"`
	ChangedAt acd.Time `json:"changed_at"`
	ChangedBy string   `json:"changed_by" doc:"name of the person; empty: the system or an API token"`
	Deleted   bool     `json:"deleted" doc:"this version is the removal"`
	Name      string   `json:"name"`
	Body      T        `json:"body"`
}

type (
	versionsInput struct {
		Scope
		Paging
		ID acd.ID[objectKind] `path:"id"`
	}
	revertInput struct {
		Scope
		Trial
		ID   acd.ID[objectKind] `path:"id"`
		Body struct {
			Version uint32 `json:"version" minimum:"1" doc:"the version that was seen; of a removed object, the removal's"`
			To      uint32 `json:"to" minimum:"1" doc:"the version that it is to be as"`
		}
	}
)

var errNoVersion = fault.New(fault.Missing, "no_such_version", "There is no such version, or it is a removal. Choose another.").On("to")

// registerHistory adds the operations that look at what an object was, and at what needs it.
func (k kind[Stored, Shown]) registerHistory(s *Server) {
	one := "/" + k.many + "/{id}"
	register(s, operation{id: k.one + "-uses", method: http.MethodGet, path: one + "/uses", summary: "What depends on a " + k.words() + "?",
		tag: k.many, roles: k.read}, func(ctx context.Context, c call, in *idInput) (*Answer[Uses], error) {
		return k.usesOf(ctx, s, c, in)
	})
	register(s, operation{id: k.one + "-versions", method: http.MethodGet, path: one + "/versions",
		summary: "List the versions of a " + k.words() + ", newest first; of a removed one too", tag: k.many, roles: k.read},
		func(ctx context.Context, c call, in *versionsInput) (*Answer[Page[ObjectVersion[Shown]]], error) {
			return k.versions(ctx, s, c, in)
		})
	register(s, operation{id: "revert-" + k.one, method: http.MethodPost, path: one + "/revert",
		summary: "Make a " + k.words() + " what it was, or bring a removed one back", tag: k.many, roles: k.change},
		func(ctx context.Context, c call, in *revertInput) (*Answer[Object[Shown]], error) {
			return k.revert(ctx, s, c, in.ID, wish{in.Body.Version, in.Body.To, in.DryRun})
		})
}

func (k kind[Stored, Shown]) usesOf(ctx context.Context, s *Server, c call, in *idInput) (*Answer[Uses], error) {
	o, err := s.store.Object(ctx, k.unit(c), k.name, in.ID)
	if err == nil {
		err = k.visible(c, o)
	}
	if err != nil {
		return nil, err
	}
	uses, err := s.uses(ctx, s.names(), o)
	if err != nil {
		return nil, err
	}
	return &Answer[Uses]{Uses{Items: append([]Use{}, uses...)}}, nil
}

// past gives the versions of an object that the caller may see, the newest first.
func (k kind[Stored, Shown]) past(ctx context.Context, s *Server, c call, id [16]byte) ([]store.Object, error) {
	all, err := s.store.ObjectVersions(ctx, k.unit(c), k.name, id)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, store.ErrNone
	}
	if k.own != nil { // whose it was is not in the history: only what is still there is shown
		o, err := s.store.Object(ctx, k.unit(c), k.name, id)
		if err == nil {
			err = k.visible(c, o)
		}
		if err != nil {
			return nil, err
		}
		all[0].Owner = o.Owner
	}
	return all, nil
}

func (k kind[Stored, Shown]) versions(ctx context.Context, s *Server, c call, in *versionsInput) (*Answer[Page[ObjectVersion[Shown]]], error) {
	all, err := k.past(ctx, s, c, in.ID)
	if err != nil {
		return nil, err
	}
	return versionPage(all, in.Paging, func(o store.Object) (ObjectVersion[Shown], error) {
		body, err := k.decode(o)
		if err != nil {
			return ObjectVersion[Shown]{}, err
		}
		return ObjectVersion[Shown]{Version: o.Version, ChangedAt: o.ChangedAt, ChangedBy: s.names().person(o.ChangedBy), Deleted: o.Deleted,
			Name: o.Name, Body: k.show(o, body)}, nil
	})
}

// versionPage gives a page of versions, which come newest first; the key of a page is the last version shown.
func versionPage[T any](all []store.Object, p Paging, show func(store.Object) (ObjectVersion[T], error)) (*Answer[Page[ObjectVersion[T]]], error) {
	before := uint64(1) << 32
	if p.After != "" {
		n, err := strconv.ParseUint(p.After, 10, 32)
		if err != nil {
			return nil, store.ErrPage
		}
		before = n
	}
	page := Page[ObjectVersion[T]]{Items: []ObjectVersion[T]{}}
	for _, o := range all {
		if uint64(o.Version) >= before {
			continue
		}
		if len(page.Items) == p.Limit {
			page.Next = strconv.FormatUint(uint64(page.Items[p.Limit-1].Version), 10)
			break
		}
		v, err := show(o)
		if err != nil {
			return nil, err
		}
		page.Items = append(page.Items, v)
	}
	return &Answer[Page[ObjectVersion[T]]]{page}, nil
}

// wish is to have an object as it was in version to, dry or for good.
type wish struct {
	seen, to uint32
	dry      bool
}

// revert makes an object what it was in another version.
func (k kind[Stored, Shown]) revert(ctx context.Context, s *Server, c call, id [16]byte, w wish) (*Answer[Object[Shown]], error) {
	var o store.Object
	preview, err := s.tried(ctx, c, w.dry, func(d *draft) error {
		all, err := k.past(ctx, s, c, id)
		if err != nil {
			return err
		}
		now := all[0]
		if now.Version != w.seen {
			return errChanged
		}
		for _, then := range all {
			if then.Version != w.to || then.Deleted {
				continue
			}
			body, err := k.decode(then)
			if err != nil {
				return err
			}
			if k.isBuiltIn(then, body) {
				return errBuiltIn
			}
			o = then
			o.Version, o.Owner = now.Version+1, now.Owner
			return k.save(ctx, d, now, &o, body, "revert")
		}
		return errNoVersion
	})
	if err != nil {
		return nil, err
	}
	return k.answered(s, o, preview)
}
