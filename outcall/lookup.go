package outcall

import (
	"context"
	"errors"
	"fmt"

	"portico/acd"
	"portico/fault"
	"portico/workflow"
)

var (
	errWrites    = fault.New(fault.Invalid, "lookup_writes", "A look-up may only read. The database refused to let it write.")
	errSignIn    = fault.New(fault.Unavailable, "lookup_sign_in", "The database does not accept this user and password.")
	errNoBase    = fault.New(fault.Unavailable, "lookup_no_database", "The server has no such database.")
	errMayNot    = fault.New(fault.Unavailable, "lookup_may_not", "The database user may not read what the query names.")
	errNoTable   = fault.New(fault.Unavailable, "lookup_no_table", "The database does not know a table, column or function of the query: {message}")
	errSyntax    = fault.New(fault.Unavailable, "lookup_syntax", "The database does not understand the query: {message}")
	errValue     = fault.New(fault.Unavailable, "lookup_value", "A parameter is not of the kind that the database compares it with: {message}")
	errDatabases = fault.New(fault.Unavailable, "lookup_refused", "The database refused: {message}")
	errColumn    = fault.New(fault.Invalid, "lookup_column", "The answer has no column {name}.").On("outputs")
	errNoFile    = fault.New(fault.Unavailable, "lookup_no_file", "There is no such file below the folder lookups of the data folder, or it is no SQLite database.")
	errEncrypt   = fault.New(fault.Unavailable, "lookup_encrypt", "The database server does not encrypt connections. Switch that on there, or choose off.")
)

// row is the first of an answer.
type row struct {
	columns []string
	values  []string
	null    []bool
}

// reader asks one database one question and gives the first row; nil when there is none.
type reader func(ctx context.Context, s statement, values []string) (*row, error)

// lookup makes a look-up.
func (c *Outcall) lookup(ctx context.Context, call Call) (workflow.Result, error) {
	l := call.Lookup
	id, err := idOf[connectionKind](l.Connection)
	if err != nil {
		return workflow.Result{}, err
	}
	to, err := c.o.Connection(ctx, call.Unit, id)
	if err != nil {
		return workflow.Result{}, fmt.Errorf("%w: %w", errMissing, err)
	}
	read, sign, err := c.reader(ctx, call.Unit, to)
	if err != nil {
		return workflow.Result{}, err
	}
	s, err := parseStatement(l.Query, sign)
	if err != nil {
		return workflow.Result{}, err
	}
	values, err := s.values(l.Parameters)
	if err != nil {
		return workflow.Result{}, err
	}
	found, err := read(ctx, s, values)
	if err != nil {
		return workflow.Result{}, err
	}
	if found == nil {
		return workflow.Result{Exit: workflow.ExitNone}, nil
	}
	data, err := found.pick(l.Outputs)
	return workflow.Result{Exit: workflow.ExitFound, Values: data}, err
}

func (c *Outcall) reader(ctx context.Context, unit acd.UnitID, to Connection) (reader, string, error) {
	switch to.Driver {
	case DriverSQLite:
		return c.sqlite(to), "?", nil
	case DriverPostgres:
		password := ""
		if !to.Secret.IsZero() {
			var err error
			if password, err = c.o.Secret(ctx, unit, to.Secret); err != nil {
				return nil, "", fmt.Errorf("%w: %w", errSecret, err)
			}
		}
		return c.postgres(to, password), "$", nil
	}
	return nil, "", errDriver
}

// pick takes columns out of a row. What is null is left out.
func (r *row) pick(wanted []workflow.Column) (map[string]string, error) {
	data := make(map[string]string, len(wanted))
	size := 0
	for _, w := range wanted {
		found := false
		for i, name := range r.columns {
			if name != w.Column {
				continue
			}
			if found = true; !r.null[i] {
				data[w.Key] = clean(r.values[i])
				size += len(r.values[i])
			}
			break
		}
		if !found {
			return nil, filled(errColumn, "name", w.Column)
		}
	}
	if size > AnswerMax {
		return nil, errTooLarge
	}
	return data, nil
}

// TestConnection connects, reads one row that every database has, and says in words
// what is wrong, if anything is.
func (c *Outcall) TestConnection(ctx context.Context, unit acd.UnitID, to Connection) error {
	ctx, cancel := context.WithTimeout(ctx, TimeoutMax)
	defer cancel()
	read, _, err := c.reader(ctx, unit, to)
	if err == nil {
		_, err = read(ctx, statement{text: "select 1"}, nil)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return errTimeout
	}
	return inWords(err)
}
