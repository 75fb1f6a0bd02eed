package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/store"
)

// AuditEntry says who changed what.
type AuditEntry struct {
	ID     acd.ID[objectKind] `json:"id"`
	At     acd.Time           `json:"at"`
	By     string             `json:"by" doc:"name of the person or the API token"`
	From   string             `json:"from" doc:"network address"`
	Action string             `json:"action" doc:"such as queue.change"`
	Object acd.ID[objectKind] `json:"object,omitzero"`
	Before json.RawMessage    `json:"before,omitempty"`
	After  json.RawMessage    `json:"after,omitempty"`
}

// AuditCheck says whether the audit log is as it was written.
type AuditCheck struct {
	OK      bool  `json:"ok"`
	Entries int64 `json:"entries" doc:"how many were looked at, to the first bad one"`
	// FirstBad is absent while all is well.
	FirstBad *BadEntry `json:"first_bad,omitempty"`
}

// BadEntry is where the audit log is not as it was written.
type BadEntry struct {
	Number int64              `json:"number" doc:"its place in the log, from 1; 1 also when one from before the log was chained is bad"`
	ID     acd.ID[objectKind] `json:"id,omitzero" doc:"absent: the entry is missing"`
	At     acd.Time           `json:"at,omitempty"`
	By     string             `json:"by,omitempty"`
	Action string             `json:"action,omitempty"`
}

// Reverted is what became of an object whose change was undone.
type Reverted struct {
	Kind    string             `json:"kind"`
	ID      acd.ID[objectKind] `json:"id"`
	Name    string             `json:"name"`
	Version uint32             `json:"version"`
	Preview *Preview           `json:"preview,omitempty" doc:"of a dry run"`
}

// AuditFilter says which entries of the audit log are wanted.
type AuditFilter struct {
	Object acd.ID[objectKind] `query:"object"`
	Action string             `query:"action" maxLength:"64" doc:"its beginning: queue. or queue.change"`
	By     string             `query:"by" maxLength:"200" doc:"part of the name"`
	From   int64              `query:"from" minimum:"0" doc:"at this time or later, in milliseconds since 1970 UTC"`
	To     int64              `query:"to" minimum:"0" doc:"earlier than this"`
}

func (f AuditFilter) query() store.AuditQuery {
	return store.AuditQuery{Object: f.Object, Action: f.Action, By: f.By, From: acd.Time(f.From), To: acd.Time(f.To)}
}

type (
	auditInput struct {
		Scope
		Paging
		AuditFilter
	}
	auditExportInput struct {
		Scope
		AuditFilter
	}
	auditRevertInput struct {
		Scope
		Trial
		ID   acd.ID[objectKind] `path:"id"`
		Body struct {
			Version uint32 `json:"version" minimum:"1" doc:"the object's version that was seen; of a removed one, the removal's"`
		}
	}
)

// auditRowsMax is how many entries one export has, the newest of those that are asked for.
const auditRowsMax = 20_000

var (
	errNoBefore = fault.New(fault.Conflict, "nothing_before", "There was nothing before this, so there is nothing to go back to.")
	errNoUndo   = fault.New(fault.Conflict, "not_reversible", "This cannot be undone from here.")
)

func (s *Server) registerAudit() {
	register(s, operation{id: "list-audit", method: http.MethodGet, path: "/audit", summary: "List administrative changes and sign-ins, newest first",
		tag: "audit", roles: rolesBusiness}, s.listAudit)
	register(s, operation{id: "export-audit", method: http.MethodGet, path: "/audit/export",
		summary: "Export administrative changes as a table (CSV), newest first, 20,000 at most", tag: "audit", roles: rolesBusiness, answer: csvType}, s.exportAudit)
	register(s, operation{id: "verify-audit", method: http.MethodGet, path: "/audit/verify",
		summary: "Is the audit log as it was written?", tag: "audit", roles: rolesBusiness}, s.verifyAudit)
	register(s, operation{id: "revert-audit", method: http.MethodPost, path: "/audit/{id}/revert",
		summary: "Undo a change: make its object what it was before", tag: "audit", roles: rolesBusiness}, s.revertAudit)
}

func (s *Server) listAudit(ctx context.Context, c call, in *auditInput) (*Answer[Page[AuditEntry]], error) {
	all, next, err := s.store.AuditPage(ctx, c.unit, in.query(), in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	page := Page[AuditEntry]{Items: make([]AuditEntry, len(all)), Next: next}
	for i, a := range all {
		page.Items[i] = AuditEntry{ID: a.ID, At: a.At, By: a.ByName, From: a.From, Action: a.Action, Object: a.Object,
			Before: hideSealed(a.Action, a.Before), After: hideSealed(a.Action, a.After)}
	}
	return &Answer[Page[AuditEntry]]{page}, nil
}

func (s *Server) exportAudit(ctx context.Context, c call, in *auditExportInput) (*exportOutput, error) {
	var rows [][]string
	for after := ""; ; {
		all, next, err := s.store.AuditPage(ctx, c.unit, in.query(), after, min(store.PageMax, auditRowsMax-len(rows)))
		if err != nil {
			return nil, err
		}
		for _, a := range all {
			rows = append(rows, []string{time.UnixMilli(int64(a.At)).UTC().Format(time.RFC3339Nano), a.ByName, a.From, a.Action,
				acd.ID[objectKind](a.Object).String(), string(hideSealed(a.Action, a.Before)), string(hideSealed(a.Action, a.After))})
		}
		if after = next; after == "" || len(rows) >= auditRowsMax {
			return &exportOutput{ContentType: csvType + "; charset=utf-8", Disposition: `attachment; filename="audit.csv"`,
				Body: writeSheet([]string{"at", "by", "from", "action", "object", "before", "after"}, rows)}, nil
		}
	}
}

func (s *Server) verifyAudit(ctx context.Context, c call, _ *scopeInput) (*Answer[AuditCheck], error) {
	check, err := s.store.CheckAudit(ctx, c.unit)
	if err != nil {
		return nil, err
	}
	out := AuditCheck{OK: !check.Bad, Entries: check.Entries}
	if check.Bad {
		out.FirstBad = &BadEntry{Number: check.Number, ID: check.Entry.ID, At: check.Entry.At, By: check.Entry.ByName, Action: check.Entry.Action}
	}
	return &Answer[AuditCheck]{out}, nil
}

// revertAudit makes an object what it was before an entry.
func (s *Server) revertAudit(ctx context.Context, c call, in *auditRevertInput) (*Answer[Reverted], error) {
	entry, err := s.store.AuditEntry(ctx, c.unit, in.ID)
	if err != nil {
		return nil, err
	}
	if len(entry.Before) == 0 {
		return nil, errNoBefore
	}
	kind, _, _ := strings.Cut(entry.Action, ".")
	undo := s.undo[kind]
	if undo == nil {
		return nil, errNoUndo
	}
	out, err := undo(ctx, c, entry, in.Body.Version, in.DryRun)
	if err != nil {
		return nil, err
	}
	return &Answer[Reverted]{out}, nil
}

// undo makes an object of the kind what it was before an entry.
func (k kind[Stored, Shown]) undo(ctx context.Context, s *Server, c call, entry store.Audit, seen uint32, dry bool) (Reverted, error) {
	all, err := k.past(ctx, s, c, entry.Object)
	if err != nil {
		return Reverted{}, err
	}
	for _, o := range all { // newest first
		if o.ChangedAt <= entry.At && !o.Deleted && string(o.Body) == string(entry.Before) {
			made, err := k.revert(ctx, s, c, entry.Object, wish{seen, o.Version, dry})
			if err != nil {
				return Reverted{}, err
			}
			return Reverted{Kind: string(k.name), ID: made.Body.ID, Name: made.Body.Name, Version: made.Body.Version, Preview: made.Body.Preview}, nil
		}
	}
	return Reverted{}, errNoUndo
}
