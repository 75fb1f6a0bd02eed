package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// schema holds the migrations, one file each, run in the order of their numbers
// from 0001. They only ever go forward, and a released one is never changed.
//
//go:embed schema/*.sql
var schema embed.FS

// migrate brings the schema up to date. It runs under the store's lock. The number
// of the last migration is in core.schema, moved in the migration's transaction.
func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Glob(schema, "schema/*.sql")
	if err != nil {
		return err
	}
	at, err := s.schemaVersion(ctx)
	if err != nil {
		return fmt.Errorf("reading the version of the schema: %w", err)
	}
	if at > len(files) {
		return fmt.Errorf("%w: it has schema %d, this program knows up to %d; start the newer program",
			ErrNewer, at, len(files))
	}
	for ; at < len(files); at++ {
		text, err := schema.ReadFile(files[at])
		if err != nil {
			return err
		}
		note := `update core set schema = ` + strconv.Itoa(at+1)
		if at == 0 {
			note = `insert into core (site, epoch, batch, site_name, schema, saved_at) values (` +
				strconv.FormatInt(s.encoder.site, 10) + `, 0, 0, '', 1, 0)`
		}
		script := strings.NewReplacer(s.engine.words()...).Replace(string(text))
		if err := s.engine.script(ctx, script, note); err != nil {
			return fmt.Errorf("migrating to schema %d: %w", at+1, err)
		}
	}
	return nil
}

// schemaVersion gives the number of the last migration; 0 for an empty store.
func (s *Store) schemaVersion(ctx context.Context) (int, error) {
	exists, err := s.engine.exists(ctx, "core")
	if err != nil || !exists {
		return 0, err
	}
	var at int
	err = s.engine.reads().QueryRowContext(ctx, `select max(schema) from core`).Scan(&at)
	return at, err
}
