package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"portico/fault"
	"portico/identity"
	"portico/store"
)

// importMax is how long an import may take until its outcome is durable.
const importMax = 55 * time.Second

const csvType = "text/csv"

// ImportResult says what a file would do, or has done.
type ImportResult struct {
	Applied bool        `json:"applied" doc:"all of it was done; otherwise nothing was"`
	Created int         `json:"created"`
	Changed int         `json:"changed"`
	Same    int         `json:"same"`
	Refused int         `json:"refused"`
	Rows    []ImportRow `json:"rows" nullable:"false"`
}

// ImportRow says what one row does, or what is wrong with it.
type ImportRow struct {
	Line    int    `json:"line" doc:"in the file, from 1"`
	Name    string `json:"name"`
	Action  string `json:"action" enum:"create,change,same,refuse"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	Field   string `json:"field,omitempty" doc:"the column"`
}

type (
	importInput struct {
		Scope
		DryRun  bool   `query:"dry_run" doc:"only say what the file would do"`
		RawBody []byte `contentType:"text/csv"`
	}
	exportOutput struct {
		ContentType string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Body        []byte
	}
)

// registerTable adds the operations that export and import the kind.
func (k kind[Stored, Shown]) registerTable(s *Server) {
	if k.table == nil {
		return
	}
	plural := strings.ReplaceAll(k.many, "-", " ")
	schema := s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Shown](), true, "")
	register(s, operation{id: "export-" + k.many, method: http.MethodGet, path: "/" + k.many + "/export",
		summary: "Export all " + plural + " as a table (CSV)", tag: k.many, roles: k.read, answer: csvType},
		func(ctx context.Context, c call, _ *scopeInput) (*exportOutput, error) {
			return k.export(ctx, s, c)
		})
	register(s, operation{id: "import-" + k.many, method: http.MethodPost, path: "/" + k.many + "/import",
		summary: "Create and change " + plural + " by a table (CSV), all or none", tag: k.many, roles: k.importers(),
		raw: true, bytesMax: csvBytesMax},
		func(ctx context.Context, c call, in *importInput) (*Answer[ImportResult], error) {
			ctx, cancel := context.WithTimeout(ctx, importMax)
			defer cancel()
			return k.importFile(ctx, s, c, in, schema)
		})
}

// importers may import: who may change what is shared.
func (k kind[Stored, Shown]) importers() []identity.Role {
	if k.share != nil {
		return k.share
	}
	return k.change
}

// each visits the objects of the unit as they are saved, by name; nobody's own ones.
func (k kind[Stored, Shown]) each(ctx context.Context, s *Server, c call, visit func(store.Object) error) error {
	q := store.ObjectQuery{Limit: store.PageMax}
	for {
		all, err := s.store.Objects(ctx, k.unit(c), k.name, q)
		if err != nil {
			return err
		}
		for _, o := range all {
			if err := visit(o); err != nil {
				return err
			}
		}
		if len(all) < q.Limit {
			return nil
		}
		q.After = all[len(all)-1].Name
	}
}

func (k kind[Stored, Shown]) export(ctx context.Context, s *Server, c call) (*exportOutput, error) {
	n := &namer{d: s.draft(c, s.names()), unit: k.unit(c)}
	columns := k.table(n)
	heads := []string{"name"}
	for _, col := range columns {
		heads = append(heads, col.name)
	}
	var rows [][]string
	err := k.each(ctx, s, c, func(o store.Object) error {
		body, err := k.decode(o)
		if err != nil {
			return err
		}
		shown, row := k.show(o, body), []string{o.Name}
		for _, col := range columns {
			row = append(row, col.get(n, shown))
		}
		rows = append(rows, row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &exportOutput{ContentType: csvType + "; charset=utf-8", Disposition: `attachment; filename="` + k.many + `.csv"`,
		Body: writeSheet(heads, rows)}, nil
}

func (k kind[Stored, Shown]) importFile(ctx context.Context, s *Server, c call, in *importInput, schema *huma.Schema) (*Answer[ImportResult], error) {
	file, err := readSheet(in.RawBody)
	if err != nil {
		return nil, err
	}
	var result ImportResult
	err = s.configuration.change(ctx, func(was *catalogue) (proposal, error) {
		d := s.draft(c, was)
		d.prepare(k.unit(c))
		t := &tableImport[Stored, Shown]{k: k, n: &namer{d: d, unit: k.unit(c)}, schema: schema, seen: map[string]bool{}}
		if err := t.prepare(ctx, file.columns); err != nil {
			return proposal{}, err
		}
		result = ImportResult{Rows: make([]ImportRow, len(file.rows))}
		ids := make(map[[16]byte]int, len(file.rows))
		for i, row := range file.rows {
			id, err := t.row(ctx, row, &result.Rows[i])
			if err != nil {
				return proposal{}, err
			}
			ids[id] = i
		}
		p, wrong, err := d.proposal()
		if err != nil {
			return proposal{}, err
		}
		for id, err := range wrong {
			result.Rows[ids[id]].refuse(err)
		}
		result.count()
		if result.Refused > 0 || in.DryRun {
			return proposal{}, errNotApplied
		}
		return p, nil
	})
	if err != nil && !errors.Is(err, errNotApplied) {
		return nil, err
	}
	result.Applied = err == nil
	return &Answer[ImportResult]{result}, nil
}

func (r *ImportResult) count() {
	for _, row := range r.Rows {
		switch row.Action {
		case "create":
			r.Created++
		case "change":
			r.Changed++
		case "same":
			r.Same++
		default:
			r.Refused++
		}
	}
}

func (r *ImportRow) refuse(err error) {
	f := faultOf(err)
	r.Action, r.Code, r.Message, r.Field = "refuse", f.Code, f.Sentence, fieldIn(f)
	for _, name := range []string{"name", "words"} {
		if f.Values[name] != "" {
			r.Message += " (" + f.Values[name] + ")"
		}
	}
}

// tableImport turns the rows of one file into changes of a draft.
type tableImport[Stored, Shown any] struct {
	k       kind[Stored, Shown]
	n       *namer
	schema  *huma.Schema
	columns []column[Shown] // those of the file, in its order; the zero one for the name
	name    int             // which column of the file holds it
	saved   map[string]store.Object
	seen    map[string]bool // names of the rows so far, folded
}

// prepare finds the file's columns, and what there is by name.
func (t *tableImport[Stored, Shown]) prepare(ctx context.Context, heads []string) error {
	known := t.k.table(t.n)
	t.columns, t.name = make([]column[Shown], len(heads)), slices.Index(heads, "name")
	if t.name < 0 {
		return errCSVName
	}
	for i, head := range heads {
		at := slices.IndexFunc(known, func(c column[Shown]) bool { return c.name == head })
		if i == t.name {
			continue
		}
		if at < 0 {
			return errCSVColumn.With("column", head)
		}
		t.columns[i] = known[at]
	}
	if !t.k.stored {
		return nil
	}
	t.saved = map[string]store.Object{}
	return t.k.each(ctx, t.n.d.s, t.n.d.c, func(o store.Object) error {
		t.saved[store.Fold(o.Name)] = o
		return nil
	})
}

// row judges one row. The error is of the store; what is wrong with the row is in out.
func (t *tableImport[Stored, Shown]) row(ctx context.Context, in sheetRow, out *ImportRow) (id [16]byte, err error) {
	*out = ImportRow{Line: in.line, Name: strings.TrimSpace(in.cells[t.name])}
	id, out.Action, err = t.change(ctx, in, out.Name)
	if err != nil {
		if f := faultOf(err); f.Kind == fault.Unavailable {
			return id, err
		}
		out.refuse(err)
	}
	return id, nil
}

func (t *tableImport[Stored, Shown]) change(ctx context.Context, in sheetRow, name string) (id [16]byte, action string, err error) {
	if in.err != nil {
		return id, "", in.err
	}
	folded := store.Fold(name)
	if t.seen[folded] {
		return id, "", errTwice.On("name")
	}
	t.seen[folded] = true
	before, err := t.find(name)
	if err != nil && !errors.Is(err, store.ErrNone) {
		return id, "", err
	}
	shown, o := t.k.blank(), store.Object{Unit: t.n.unit, Kind: t.k.name, ID: before.ID, Name: name, Version: before.Version + 1}
	if before.Version == 0 {
		o.ID = t.n.d.s.mint.ID()
	} else {
		body, err := t.k.decode(before)
		if err != nil {
			return id, "", err
		}
		shown = t.k.show(before, body)
	}
	was := t.cells(shown)
	for i, col := range t.columns {
		if i == t.name {
			continue
		}
		if err := col.set(t.n, in.cells[i], &shown); err != nil {
			if f := fault.Of(err); f != nil {
				return id, "", f.On(col.name)
			}
			return id, "", err
		}
	}
	if before.Version > 0 && before.Name == name && slices.Equal(was, t.cells(shown)) {
		return before.ID, "same", nil
	}
	return o.ID, map[bool]string{true: "create", false: "change"}[before.Version == 0], t.save(ctx, before, &o, shown)
}

// find gives the object of a name as it was before the file.
func (t *tableImport[Stored, Shown]) find(name string) (store.Object, error) {
	if !t.k.stored {
		return t.n.d.find(t.n.unit, t.k.name, name)
	}
	if o, ok := t.saved[store.Fold(name)]; ok {
		return o, nil
	}
	return store.Object{}, store.ErrNone
}

func (t *tableImport[Stored, Shown]) cells(shown Shown) []string {
	cells := make([]string, len(t.columns))
	for i, col := range t.columns {
		if i != t.name {
			cells[i] = plainLines(col.get(t.n, shown))
		}
	}
	return cells
}

func (t *tableImport[Stored, Shown]) save(ctx context.Context, before store.Object, o *store.Object, shown Shown) error {
	raw, err := encode(t.k.name, shown)
	if err != nil {
		return err
	}
	var whole any
	if err := json.Unmarshal(raw, &whole); err != nil {
		return fmt.Errorf("reading the %s: %w", t.k.name, err)
	}
	if shown, err = decodeShown[Shown](t.n.d.s, t.schema, whole); err != nil {
		return err
	}
	if before.Version > 0 {
		body, err := t.k.decode(before)
		if err != nil {
			return err
		}
		if t.k.isBuiltIn(before, body) {
			return errBuiltIn
		}
	}
	verb := "change"
	if before.Version == 0 {
		verb = "create"
	}
	return t.k.save(ctx, t.n.d, before, o, t.k.keep(shown), verb)
}
