package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"portico/acd"
)

const (
	// readTries is how often a read is begun that took longer than Options.ReadMax.
	readTries = 3
	// acquireMax is how long a read waits for a free connection.
	acquireMax = 5 * time.Second
	// PageMax is the most rows that a page holds, whatever is asked for.
	PageMax = 1000
	// chunk is how many rows one transaction of a long read takes.
	chunk = 500
)

// ErrPage is returned for a text that is not the key of a page.
var ErrPage = errors.New("store: not the key of a page")

// limited gives the number of rows of a page.
func limited(limit int) int {
	if limit <= 0 || limit > PageMax {
		return PageMax
	}
	return limit
}

// scanID takes an id as either engine gives it: 16 bytes, text, or null for zero.
type scanID [16]byte

func (id *scanID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*id = scanID{}
		return nil
	case []byte:
		if len(v) == len(id) {
			copy(id[:], v)
			return nil
		}
	case string:
		if b, err := hex.DecodeString(strings.ReplaceAll(v, "-", "")); err == nil && len(b) == len(id) {
			copy(id[:], b)
			return nil
		}
	}
	return fmt.Errorf("not an id: %T", src)
}

// read reads rows in one short transaction and gives each to scan.
func (s *Store) read(ctx context.Context, text string, args []any, scan func(*sql.Rows) error) error {
	waiting, cancel := context.WithTimeout(ctx, acquireMax)
	defer cancel()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-waiting.Done():
		return waiting.Err()
	}
	reading, cancel := context.WithTimeout(ctx, s.readMax)
	defer cancel()
	stmt, err := s.prepared(reading, text)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(reading, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// prepared gives the statement of a text, which the pool prepares on each of its
// connections once. There are as many texts as there are queries in this package.
func (s *Store) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt, ok := s.stmts.Load(text); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := s.engine.reads().PrepareContext(ctx, s.engine.text(text))
	if err != nil {
		return nil, err
	}
	if first, loaded := s.stmts.LoadOrStore(text, stmt); loaded {
		stmt.Close()
		return first.(*sql.Stmt), nil
	}
	return stmt, nil
}

// list reads all rows of a query. A read that was cut off is begun again: on a busy
// machine it may only have been unlucky.
func list[T any](ctx context.Context, s *Store, scan func(*sql.Rows, *T) error, text string, args ...any) ([]T, error) {
	for try := 1; ; try++ {
		var out []T
		err := s.read(ctx, text, args, func(rows *sql.Rows) error {
			var row T
			if err := scan(rows, &row); err != nil {
				return err
			}
			out = append(out, row)
			return nil
		})
		switch {
		case err == nil:
			return out, nil
		case ctx.Err() != nil:
			return nil, fmt.Errorf("reading the store: %w", context.Cause(ctx))
		case try == readTries || !errors.Is(err, context.DeadlineExceeded):
			return nil, fmt.Errorf("%w: %w", ErrAway, err)
		}
	}
}

// one reads the only row of a query, or ErrNone.
func one[T any](ctx context.Context, s *Store, scan func(*sql.Rows, *T) error, text string, args ...any) (T, error) {
	rows, err := list(ctx, s, scan, text, args...)
	if err == nil && len(rows) == 0 {
		err = ErrNone
	}
	if err != nil {
		var none T
		return none, err
	}
	return rows[0], nil
}

func scanNumber(rows *sql.Rows, n *int64) error { return rows.Scan(n) }

// pageKey is where a page of a list ordered by (time, id) goes on.
type pageKey struct {
	at acd.Time
	id [16]byte
}

// String gives the opaque text that the doors hand out.
func (k pageKey) String() string {
	b := binary.BigEndian.AppendUint64(nil, uint64(k.at))
	return base64.RawURLEncoding.EncodeToString(append(b, k.id[:]...))
}

func parsePageKey(text string) (pageKey, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	// The decoder passes over line ends, so that the length of the text counts too.
	if err != nil || len(b) != 24 || len(text) != 32 {
		return pageKey{}, ErrPage
	}
	k := pageKey{at: acd.Time(binary.BigEndian.Uint64(b)), id: [16]byte(b[8:])}
	if k.at < 0 {
		return pageKey{}, ErrPage
	}
	return k, nil
}

// raw lets a JSON column be scanned.
func raw(m *json.RawMessage) *[]byte { return (*[]byte)(m) }

// next gives the key of the page after these rows: empty when they are the last.
// The rows hold one more than the limit when there are more.
func next[T any](rows []T, limit int, key func(T) pageKey) ([]T, string) {
	if len(rows) <= limit {
		return rows, ""
	}
	rows = slices.Clip(rows[:limit])
	return rows, key(rows[limit-1]).String()
}
