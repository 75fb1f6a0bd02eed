package outcall

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// lengthMax is how long a text may be that a statement on a SQLite file works with.
const lengthMax = 1 << 20

// sqlite reads of a SQLite file below the folder of look-ups.
func (c *Outcall) sqlite(to Connection) reader {
	return func(ctx context.Context, s statement, values []string) (*row, error) {
		path, err := c.file(to.File)
		if err != nil {
			return nil, err
		}
		db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path,
			RawQuery: "mode=ro&_pragma=query_only(1)&_pragma=trusted_schema(0)&_pragma=busy_timeout(1000)"}).String())
		if err != nil {
			return nil, fmt.Errorf("opening a file: %w", err)
		}
		defer db.Close()
		conn, err := db.Conn(ctx)
		if err != nil {
			return nil, sqliteFault(ctx, err)
		}
		defer conn.Close()
		for limit, to := range map[int]int{lib.SQLITE_LIMIT_LENGTH: lengthMax, lib.SQLITE_LIMIT_ATTACHED: 0} {
			if _, err := sqlite.Limit(conn, limit, to); err != nil {
				return nil, fmt.Errorf("bounding a statement: %w", err)
			}
		}
		arguments := make([]any, len(values))
		for i, v := range values {
			arguments[i] = v
		}
		found, err := firstRow(ctx, conn, s.text, arguments)
		return found, sqliteFault(ctx, err)
	}
}

func firstRow(ctx context.Context, conn *sql.Conn, query string, arguments []any) (*row, error) {
	rows, err := conn.QueryContext(ctx, query, arguments...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil || !rows.Next() {
		return nil, errors.Join(err, rows.Err())
	}
	values := make([]any, len(columns))
	to := make([]any, len(columns))
	for i := range values {
		to[i] = &values[i]
	}
	if err := rows.Scan(to...); err != nil {
		return nil, err
	}
	found := &row{columns: columns}
	for _, v := range values {
		found.values = append(found.values, sqliteText(v))
		found.null = append(found.null, v == nil)
	}
	return found, nil
}

// sqliteText writes a value as the file has it.
func sqliteText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []byte:
		return string(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time: // of a column that was declared as a date
		if v.Equal(v.Truncate(24*time.Hour)) && v.Location() == time.UTC {
			return v.Format(time.DateOnly)
		}
		return v.Format(time.RFC3339)
	}
	return fmt.Sprint(v)
}

// file gives the path of a file below the folder of look-ups, where links lead, too.
func (c *Outcall) file(name string) (string, error) {
	if !filepath.IsLocal(name) {
		return "", errNoFile
	}
	folder, err := filepath.EvalSymlinks(c.o.Lookups)
	if err != nil {
		return "", errNoFile
	}
	path, err := filepath.EvalSymlinks(filepath.Join(folder, name))
	if err != nil {
		return "", errNoFile
	}
	within, err := filepath.Rel(folder, path)
	if err != nil || !filepath.IsLocal(within) {
		return "", errNoFile
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return "", errNoFile
	}
	return filepath.Abs(path)
}

// sqliteFault says what SQLite refused.
func sqliteFault(ctx context.Context, err error) error {
	var of *sqlite.Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case !errors.As(err, &of):
		return err
	}
	switch of.Code() & 0xff {
	case lib.SQLITE_READONLY:
		return errWrites
	case lib.SQLITE_NOTADB, lib.SQLITE_CANTOPEN:
		return errNoFile
	case lib.SQLITE_INTERRUPT, lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return errTimeout
	case lib.SQLITE_TOOBIG, lib.SQLITE_NOMEM:
		return errTooLarge
	case lib.SQLITE_ERROR:
		return filled(errSyntax, "message", of.Error())
	}
	return filled(errDatabases, "message", of.Error())
}
