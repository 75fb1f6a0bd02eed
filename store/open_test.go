package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"go.uber.org/goleak"

	"portico/acd"
	"portico/store"
)

// beside opens the database as another program would.
func beside(t testing.TB, o store.Options) *sql.DB {
	t.Helper()
	driver, dsn := "pgx", o.DSN
	if dsn == "" {
		driver, dsn = "sqlite", filepath.Join(o.Dir, "portico.db")+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, dsn)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

func execBeside(t testing.TB, o store.Options, text string) {
	t.Helper()
	_, err := beside(t, o).Exec(text)
	must(t, err)
}

// A second opening is refused in words, and leaves the first alone; after the first
// is closed it succeeds, with the next epoch and the last batch.
func TestSecondOpenIsRefused(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		second, err := store.Open(t.Context(), o)
		if !errors.Is(err, store.ErrHeld) || !strings.Contains(err.Error(), "end that one first") {
			t.Fatalf("second opening: %v, %v", second, err)
		}
		c := contact(unitID(), "c1")
		must(t, save(t, s, c))
		must(t, s.Close())
		third := open(t, o)
		want(t, "epoch", third.Core().Epoch, s.Core().Epoch+1)
		want(t, "site", third.Core().Site, 7)
		if third.Core().Batch == 0 || third.Core().SavedAt == 0 {
			t.Errorf("core %+v", third.Core())
		}
		_, err = third.Contact(t.Context(), c.Unit, c.ID)
		must(t, err)
	})
}

// A store of a newer schema, or of another site, is refused in words and left as it is.
func TestForeignStoresAreRefused(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		must(t, s.Close())
		other := o
		other.Site = 8
		if _, err := store.Open(t.Context(), other); err == nil || !strings.Contains(err.Error(), "belongs to site 7") {
			t.Errorf("another site: %v", err)
		}
		execBeside(t, o, `update core set schema = 9999`)
		if _, err := store.Open(t.Context(), o); !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "start the newer program") {
			t.Errorf("newer schema: %v", err)
		}
		execBeside(t, o, fmt.Sprint(`update core set schema = `, store.SchemaVersion))
		want(t, "epoch", open(t, o).Core().Epoch, s.Core().Epoch+1)
	})
}

// Opening again and again changes nothing but the epoch.
func TestMigratingAgainChangesNothing(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		for epoch := range uint64(3) {
			s := open(t, o)
			want(t, "epoch", s.Core().Epoch, epoch+1)
			want(t, "batch", s.Core().Batch, uint64(0))
			must(t, s.Close())
		}
		var schema int
		must(t, beside(t, o).QueryRow(`select schema from core`).Scan(&schema))
		want(t, "schema", schema, store.SchemaVersion)
	})
}

// Once another process has moved the epoch, nothing is saved by this one, everybody
// is told, and the health says so for good.
func TestEpochFences(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		heard := make(chan store.Health, 10)
		s.Watch(func(h store.Health) { heard <- h })
		c := contact(unitID(), "c1")
		must(t, save(t, s, c))
		execBeside(t, o, `update core set epoch = epoch + 1`)
		if err := save(t, s, message(c, 1, "m1")); !errors.Is(err, store.ErrFenced) {
			t.Errorf("first unit after the loss: %v", err)
		}
		if err := save(t, s, message(c, 1, "m1")); !errors.Is(err, store.ErrFenced) {
			t.Errorf("later unit: %v", err)
		}
		_, outcomes := hubSubmit(s, []store.Unit{{Rows: []store.Row{fact(c, acd.FactArrived, 5)}}})
		if !errors.Is(outcomes[0].Err, store.ErrFenced) {
			t.Errorf("hub: %v", outcomes[0].Err)
		}
		eventually(t, "the health has changed", func() bool { return t.Failed() || len(heard) > 0 })
		if h := s.Health(); !h.Lost || !h.Away || h.Sentence == "" || !t.Failed() && h != <-heard {
			t.Errorf("health: %+v", h)
		}
		seq, err := s.LastSeq(t.Context(), c.Unit, c.ID)
		must(t, err)
		want(t, "what was saved after the loss", seq, 0)
	})
}

// Two processes that both believe to own a store never both save: the number of the
// batch alone tells them apart, though the epoch were the same.
func TestBatchNumberFences(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		execBeside(t, o, `update core set batch = batch + 1`)
		if err := save(t, s, contact(unitID(), "c1")); !errors.Is(err, store.ErrFenced) {
			t.Errorf("after a foreign batch: %v", err)
		}
	})
}

// The data folder and its files are their owner's alone.
func TestPermissions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, store.Options{Dir: dir, Log: quiet(t)})
	must(t, save(t, s, contact(unitID(), "c1")))
	_, err := store.LoadKey(dir)
	must(t, err)
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		must(t, err)
		info, err := d.Info()
		must(t, err)
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return nil
	}))
	files, err := os.ReadDir(dir)
	must(t, err)
	want(t, "files", texts(files, fs.DirEntry.Name), []string{"key", "lock", "portico.db", "portico.db-shm", "portico.db-wal"})
}

// The key is made once; a damaged one is never replaced.
func TestKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	a, err := store.LoadKey(dir)
	must(t, err)
	b, err := store.LoadKey(dir)
	must(t, err)
	if a != b || a == [store.KeySize]byte{} {
		t.Errorf("keys %x and %x", a, b)
	}
	must(t, os.WriteFile(filepath.Join(dir, "key"), a[:31], 0o600))
	if _, err := store.LoadKey(dir); err == nil || !strings.Contains(err.Error(), "backup") {
		t.Errorf("damaged key: %v", err)
	}
}

// The SQLite that is built in is one without the bug that corrupts a database when
// its WAL begins anew.
func TestSQLiteVersion(t *testing.T) {
	o := store.Options{Dir: t.TempDir()}
	var version string
	var ok bool
	must(t, beside(t, o).QueryRow(`select sqlite_version(), sqlite_version() not in ('3.51.0', '3.51.1', '3.51.2') and
		cast(substr(sqlite_version(), 1, instr(substr(sqlite_version(), 3), '.') + 1) as real) >= 3.51`).Scan(&version, &ok))
	if !ok {
		t.Errorf("SQLite %s", version)
	}
}

// A PostgreSQL that does not save what it confirms is refused in words.
func TestUnsafePostgresIsRefused(t *testing.T) {
	dsn := cluster.Database(t)
	must(t, open(t, store.Options{Dir: t.TempDir(), DSN: dsn, Log: quiet(t)}).Close())
	db := beside(t, store.Options{DSN: dsn})
	var name string
	must(t, db.QueryRow(`select current_database()`).Scan(&name))
	_, err := db.Exec(`alter system set full_page_writes = off`)
	must(t, err)
	defer func() {
		_, err := db.Exec(`alter system reset full_page_writes`)
		must(t, err)
		_, err = db.Exec(`select pg_reload_conf()`)
		must(t, err)
	}()
	_, err = db.Exec(`select pg_reload_conf()`)
	must(t, err)
	eventually(t, "the server has read its settings", func() bool {
		var value string
		must(t, db.QueryRow(`show full_page_writes`).Scan(&value))
		return value == "off"
	})
	_, err = store.Open(t.Context(), store.Options{Dir: t.TempDir(), DSN: dsn, Log: quiet(t)})
	if err == nil || !strings.Contains(err.Error(), "full_page_writes") {
		t.Errorf("opened all the same: %v", err)
	}
}

// A lock connection that breaks is made anew, and the store goes on; when another
// process was faster, this one is fenced, though it has nothing to save.
func TestLostAdvisoryLock(t *testing.T) {
	o := store.Options{Dir: t.TempDir(), DSN: cluster.Database(t), Log: quiet(t)}
	s, db := open(t, o), beside(t, o)
	holder := func() (pid int) {
		err := db.QueryRow(`select pid from pg_locks where locktype = 'advisory' and granted and database =
			(select oid from pg_database where datname = current_database())`).Scan(&pid)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			t.Fatal(err)
		}
		return pid
	}
	first := holder()
	_, err := db.Exec(`select pg_terminate_backend($1)`, first)
	must(t, err)
	eventually(t, "the lock is taken anew", func() bool { pid := holder(); return pid != 0 && pid != first })
	must(t, save(t, s, contact(unitID(), "c1")))
	eventually(t, "it is back", func() bool { return !s.Health().Away })

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var second *store.Store
	for second == nil {
		_, err := db.Exec(`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and database =
			(select oid from pg_database where datname = current_database())`)
		must(t, err)
		second, err = store.Open(ctx, o)
		if err != nil && !errors.Is(err, store.ErrHeld) {
			t.Fatal(err)
		}
	}
	defer second.Close()
	eventually(t, "the first one is fenced", func() bool { return s.Health().Lost })
	if err := save(t, s, contact(unitID(), "c2")); !errors.Is(err, store.ErrFenced) {
		t.Errorf("save: %v", err)
	}
	must(t, save(t, second, contact(unitID(), "c3")))
}

// Nothing that the store started survives its end.
func TestNothingSurvivesClose(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		before := goleak.IgnoreCurrent()
		s := open(t, o)
		must(t, save(t, s, contact(unitID(), "c1")))
		_, err := s.Sessions(t.Context(), unitID(), agentID())
		must(t, err)
		must(t, s.Close())
		goleak.VerifyNone(t, before)
	})
}

// A store that is closed while contacts are still to be indexed says nothing of it:
// the next process goes on.
func TestCloseWhileIndexing(t *testing.T) {
	var log lines
	dir := t.TempDir()
	for i := range 10 {
		s, err := store.Open(t.Context(), store.Options{Dir: dir, Site: 7, Log: slog.New(slog.NewTextHandler(&log, nil))})
		must(t, err)
		c := contact(unitID(), fmt.Sprint("c", i))
		hubSave(t, s, []store.Unit{{Rows: []store.Row{c, fact(c, acd.FactArrived, 5)}}})
		must(t, s.Close())
	}
	if text := log.String(); text != "" {
		t.Errorf("said: %s", text)
	}
}

// lines is a log that may be written to by several.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
