package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/phone"
	"portico/store"
)

// customersAtOnce is how many customers of a file are on their way into the store at
// once: a commit of so many is not felt by others.
const customersAtOnce = 64

var (
	errCSVCustomer = fault.New(fault.Invalid, "csv_customer", "There is no customer with this id. Leave the cell empty for a new one.").On("id")
	errCSVTwo      = fault.New(fault.Conflict, "csv_two", "The row holds addresses of two customers.")
)

// customerColumns are those of the table, in its order; id comes before them.
var customerColumns = []column[CustomerBody]{
	textColumn("name", func(b *CustomerBody) *string { return &b.Name }),
	textColumn("company", func(b *CustomerBody) *string { return &b.Company }),
	textColumn("language", func(b *CustomerBody) *string { return &b.Language }),
	addressColumn(store.AddressEmail),
	addressColumn(store.AddressPhone),
	addressColumn(store.AddressOther),
	textColumn("note", func(b *CustomerBody) *string { return &b.Note }),
	{"agent", func(n *namer, c CustomerBody) string { return n.name(identity.KindUser, c.Agent) }, func(n *namer, cell string, b *CustomerBody) error {
		b.Agent = acd.AgentID{}
		name := strings.TrimSpace(cell)
		if name == "" {
			return nil
		}
		id, err := n.id(identity.KindUser, name)
		b.Agent = id
		return err
	}},
	{"fields", func(_ *namer, c CustomerBody) string {
		parts := make([]string, 0, len(c.Fields))
		for field, value := range c.Fields {
			parts = append(parts, inList(field)+":"+inList(string(value)))
		}
		slices.Sort(parts)
		return joinList(';', parts)
	}, func(_ *namer, cell string, b *CustomerBody) error {
		b.Fields = nil
		for _, part := range splitList(';', cell) {
			pair := splitList(':', part)
			if len(pair) == 0 || len(pair) > 2 {
				return errCell.On("fields")
			}
			if b.Fields == nil {
				b.Fields = map[string]DetailText{}
			}
			b.Fields[unescaped(pair[0])] = DetailText(unescaped(strings.Join(pair[1:], "")))
		}
		return nil
	}},
}

// addressColumn holds the addresses of a kind, with ; between them.
func addressColumn(kind string) column[CustomerBody] {
	return column[CustomerBody]{kind, func(_ *namer, c CustomerBody) string {
		var parts []string
		for _, a := range c.Addresses {
			if a.Kind == kind {
				parts = append(parts, inList(a.Value))
			}
		}
		return joinList(';', parts)
	}, func(_ *namer, cell string, b *CustomerBody) error {
		b.Addresses = slices.DeleteFunc(slices.Clone(b.Addresses), func(a CustomerAddress) bool { return a.Kind == kind })
		for _, part := range splitList(';', cell) {
			a := CustomerAddress{Kind: kind, Value: unescaped(part)}
			if store.Address(a).Key() == "" {
				return errCustomerAddress.On(kind)
			}
			b.Addresses = append(b.Addresses, a)
		}
		return nil
	}}
}

func (s *Server) registerCustomerTable() {
	schema := s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[CustomerBody](), true, "")
	register(s, operation{id: "export-customers", method: http.MethodGet, path: "/customers/export", summary: "Export all customers as a table (CSV)",
		tag: "customers", roles: rolesBusiness, answer: csvType}, s.exportCustomers)
	register(s, operation{id: "import-customers", method: http.MethodPost, path: "/customers/import",
		summary: "Create and change customers by a table (CSV); nothing is done while a row is refused", tag: "customers", roles: rolesBusiness,
		raw: true, bytesMax: csvBytesMax}, func(ctx context.Context, c call, in *importInput) (*Answer[ImportResult], error) {
		ctx, cancel := context.WithTimeout(ctx, importMax)
		defer cancel()
		return s.importCustomers(ctx, c, in, schema)
	})
}

func (s *Server) exportCustomers(ctx context.Context, c call, _ *scopeInput) (*exportOutput, error) {
	heads := []string{"id"}
	for _, col := range customerColumns {
		heads = append(heads, col.name)
	}
	var rows [][]string
	names, by := s.names(), s.namer(c)
	for after := ""; ; {
		page, next, err := s.store.CustomerPage(ctx, c.unit, "", after, store.PageMax)
		if err != nil {
			return nil, err
		}
		for _, v := range page {
			shown, row := showCustomer(names, v), []string{acd.ID[objectKind](v.ID).String()}
			for _, col := range customerColumns {
				row = append(row, col.get(by, shown.CustomerBody))
			}
			rows = append(rows, row)
		}
		if after = next; after == "" {
			break
		}
	}
	return &exportOutput{ContentType: csvType + "; charset=utf-8", Disposition: `attachment; filename="customers.csv"`,
		Body: writeSheet(heads, rows)}, nil
}

// customerImport turns the rows of one file into changes of customers.
type customerImport struct {
	s       *Server
	c       call
	schema  *huma.Schema
	columns []column[CustomerBody] // those of the file, in its order; the zero one for the id
	id      int                    // which column of the file holds it; -1: none
	name    int
	whose   map[store.Address]int // line by the addresses of the rows so far, as they are compared
	lines   map[[16]byte]int      // line by the customers that they change
	puts    map[int]store.PutCustomer
	by      *namer
}

// namer knows the people whom customers name.
func (s *Server) namer(c call) *namer {
	d := s.draft(c, s.names())
	d.prepare(c.unit)
	return &namer{d, c.unit}
}

// importCustomers judges the whole file first. Customers are many, so they are saved in
// portions: one that somebody else changes meanwhile is refused alone, and the same
// file again finds the others as they are.
func (s *Server) importCustomers(ctx context.Context, c call, in *importInput, schema *huma.Schema) (*Answer[ImportResult], error) {
	file, err := readSheet(in.RawBody)
	if err != nil {
		return nil, err
	}
	t := &customerImport{s: s, c: c, schema: schema, whose: map[store.Address]int{}, lines: map[[16]byte]int{}, puts: map[int]store.PutCustomer{},
		by: s.namer(c)}
	if err := t.prepare(file.columns); err != nil {
		return nil, err
	}
	result := ImportResult{Rows: make([]ImportRow, len(file.rows))}
	for i, row := range file.rows {
		out := &result.Rows[i]
		*out = ImportRow{Line: row.line, Name: strings.TrimSpace(row.cells[t.name])}
		if out.Action, err = t.row(ctx, i, row); err == nil {
			continue
		}
		if f := faultOf(err); f.Kind == fault.Unavailable {
			return nil, err
		}
		out.refuse(err)
	}
	if result.count(); result.Refused > 0 || in.DryRun {
		return &Answer[ImportResult]{result}, nil
	}
	if err := t.save(ctx, result.Rows); err != nil {
		return nil, err
	}
	result.Created, result.Changed, result.Same, result.Refused = 0, 0, 0, 0
	result.count()
	result.Applied = result.Refused == 0
	return &Answer[ImportResult]{result}, nil
}

func (t *customerImport) prepare(heads []string) error {
	t.columns, t.id, t.name = make([]column[CustomerBody], len(heads)), slices.Index(heads, "id"), slices.Index(heads, "name")
	if t.name < 0 {
		return errCSVName
	}
	for i, head := range heads {
		at := slices.IndexFunc(customerColumns, func(col column[CustomerBody]) bool { return col.name == head })
		if at < 0 && i != t.id {
			return errCSVColumn.With("column", head)
		}
		if at >= 0 {
			t.columns[i] = customerColumns[at]
		}
	}
	return nil
}

// row judges one row and keeps what it changes.
func (t *customerImport) row(ctx context.Context, at int, in sheetRow) (action string, err error) {
	if in.err != nil {
		return "", in.err
	}
	old, err := t.find(ctx, in)
	if err != nil {
		return "", err
	}
	if _, twice := t.lines[old.ID]; twice && old.Version > 0 {
		return "", errTwice.On("name")
	}
	t.lines[old.ID] = in.line
	body := showCustomer(t.s.names(), old).CustomerBody
	for i, col := range t.columns {
		if i == t.id {
			continue
		}
		if err := col.set(t.by, in.cells[i], &body); err != nil {
			return "", err
		}
	}
	if body, err = t.judged(body); err != nil {
		return "", err
	}
	put, err := t.s.customerPut(t.c, body, old)
	if err != nil {
		return "", err
	}
	if err := t.claim(ctx, in, put); err != nil {
		return "", err
	}
	was, is := showCustomer(t.s.names(), old).CustomerBody, showCustomer(t.s.names(), put.Customer).CustomerBody
	was.Note, is.Note = plainLines(was.Note), plainLines(is.Note)
	switch {
	case old.Version == 0:
		t.puts[at] = put
		return "create", nil
	case reflect.DeepEqual(sortedAddresses(was), sortedAddresses(is)):
		return "same", nil
	}
	t.puts[at] = put
	return "change", nil
}

// sortedAddresses brings the addresses into the order of the table's columns.
func sortedAddresses(b CustomerBody) CustomerBody {
	order := []string{store.AddressEmail, store.AddressPhone, store.AddressOther}
	b.Addresses = slices.Clone(b.Addresses)
	slices.SortStableFunc(b.Addresses, func(a, c CustomerAddress) int { return slices.Index(order, a.Kind) - slices.Index(order, c.Kind) })
	return b
}

// judged holds the body against the API's document, as an operation's body is.
func (t *customerImport) judged(body CustomerBody) (CustomerBody, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return body, err
	}
	var whole any
	if err := json.Unmarshal(raw, &whole); err != nil {
		return body, err
	}
	return decodeShown[CustomerBody](t.s, t.schema, whole)
}

// find gives the customer whom a row is about: by the id, else by an address; the zero
// customer for a new one.
func (t *customerImport) find(ctx context.Context, in sheetRow) (store.Customer, error) {
	if t.id >= 0 && strings.TrimSpace(in.cells[t.id]) != "" {
		id, err := acd.ParseID[objectKind](strings.TrimSpace(in.cells[t.id]))
		if err != nil {
			return store.Customer{}, errCSVCustomer
		}
		old, err := t.s.store.Customer(ctx, t.c.unit, id)
		if errors.Is(err, store.ErrNone) {
			err = errCSVCustomer
		}
		return old, err
	}
	var body CustomerBody
	for i, col := range t.columns {
		if i != t.id {
			if err := col.set(t.by, in.cells[i], &body); err != nil {
				return store.Customer{}, err
			}
		}
	}
	var addresses []store.Address
	for _, a := range body.Addresses {
		if a.Kind == store.AddressPhone {
			addresses = append(addresses, store.Address{Kind: a.Kind, Value: phone.International(t.s.names().talks[t.c.unit].Country, a.Value)})
		}
		addresses = append(addresses, store.Address(a))
	}
	id, err := t.s.store.CustomerOf(ctx, t.c.unit, addresses...)
	if errors.Is(err, store.ErrNone) {
		return store.Customer{}, nil
	}
	if err != nil {
		return store.Customer{}, err
	}
	return t.s.store.Customer(ctx, t.c.unit, id)
}

// claim refuses an address that another customer has, or another row wants.
func (t *customerImport) claim(ctx context.Context, in sheetRow, put store.PutCustomer) error {
	for _, a := range put.Customer.Addresses {
		key := store.Address{Kind: a.Kind, Value: a.Key()}
		if line, taken := t.whose[key]; taken && line != in.line {
			return errTwice.On(a.Kind)
		}
		t.whose[key] = in.line
		id, err := t.s.store.CustomerOf(ctx, t.c.unit, a)
		switch {
		case errors.Is(err, store.ErrNone):
		case err != nil:
			return err
		case id != put.Customer.ID:
			return errCSVTwo.On(a.Kind)
		}
	}
	return nil
}

// save saves what the rows change, some at a time, and an entry of the audit.
func (t *customerImport) save(ctx context.Context, rows []ImportRow) error {
	type saved struct {
		row int
		err error
	}
	answers := make(chan saved, len(t.puts))
	flying := 0
	take := func() {
		a := <-answers
		if flying--; a.err != nil {
			rows[a.row].refuse(a.err)
		}
	}
	for at := range rows {
		put, ok := t.puts[at]
		if !ok {
			continue
		}
		if flying == customersAtOnce {
			take()
		}
		if ctx.Err() != nil {
			rows[at].refuse(ctx.Err())
			continue
		}
		err := t.s.store.Submit(store.Channel, store.Unit{Rows: []store.Row{put}}, func(o store.Outcome) { answers <- saved{at, o.Err} })
		if err != nil {
			rows[at].refuse(err)
			continue
		}
		flying++
	}
	for flying > 0 {
		take()
	}
	counts, err := json.Marshal(map[string]int{"rows": len(rows), "saved": len(t.puts)})
	if err != nil {
		return err
	}
	return t.s.store.Save(ctx, store.Unit{Rows: []store.Row{t.s.audit(t.c, "customer.import", t.c.unit, t.c.unit, nil, counts)}})
}
