package store

import (
	"context"
	"embed"
	"fmt"
	"strconv"
	"strings"
)

// schema holds the migrations, one file each, run in the order of their numbers
// from 0001. They only ever go forward, and a released one is never changed.
//
//go:embed schema/*.sql
var schema embed.FS

// migrations are the files of the schema, in their order.
var migrations = [...]string{"0001_foundation.sql", "0002_attachment.sql", "0003_operations.sql", "0004_offline_rating.sql",
	"0005_configuration.sql", "0006_flow.sql", "0007_floor.sql", "0008_email.sql", "0009_mail_text.sql", "0011_erasure.sql"}

// migrate runs the migrations after number from, under the store's lock. The number of
// the last one is in core.schema, moved in the migration's own transaction.
func (s *Store) migrate(ctx context.Context, from, to int) error {
	for at := from + 1; at <= to; at++ {
		text, err := schema.ReadFile("schema/" + migrations[at-1])
		if err != nil {
			return err
		}
		note := `update core set schema = ` + strconv.Itoa(at)
		if at == 1 {
			note = `insert into core (site, epoch, batch, site_name, schema, saved_at) values (` +
				strconv.FormatInt(s.encoder.site, 10) + `, 0, 0, '', 1, 0)`
		}
		script := strings.NewReplacer(s.engine.words()...).Replace(string(text))
		if err := s.engine.script(ctx, script, note); err != nil {
			return fmt.Errorf("migrating to schema %d: %w", at, err)
		}
	}
	return nil
}

// schemaVersion gives the number of the last migration, 0 for an empty store, or
// ErrNewer.
func (s *Store) schemaVersion(ctx context.Context) (int, error) {
	exists, err := s.engine.exists(ctx, "core")
	if err != nil || !exists {
		return 0, err
	}
	var at int
	err = s.engine.reads().QueryRowContext(ctx, `select max(schema) from core`).Scan(&at)
	if err == nil && at > len(migrations) {
		err = fmt.Errorf("%w: it has schema %d, this program knows %d; start the newer program", ErrNewer, at, len(migrations))
	}
	return at, err
}
