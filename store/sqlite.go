package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteMin is the first release without the bug that could corrupt a database
// when the WAL was reset.
const sqliteMin = 3_051_003

const (
	pageSize = 4096
	// checkpointAt is how long the WAL grows before its pages are moved to the
	// database, beside the writer.
	checkpointAt = 4 << 20
	// restartAt is how long before the writer waits a moment, so that it begins anew.
	restartAt = 16 << 20
	// checkpointEvery is how often its length is looked at.
	checkpointEvery = 500 * time.Millisecond
)

// sqliteEngine is a database in the data folder.
type sqliteEngine struct {
	path string
	lock *os.File
	log  *slog.Logger

	writes *sql.DB // at most one connection: the writer's
	pool   *sql.DB
	checks *sql.DB // one connection, for checkpoints
	// gate is held during each transaction of the writer, and while the WAL begins anew:
	// SQLite's own waiting would starve behind a busy writer. Who sends into it has it, who
	// receives gives it back: a channel, since SQLite sleeps while it is held, and on a
	// made-up clock nobody wakes who sleeps while another waits for a mutex.
	gate chan struct{}

	stop  chan struct{}
	owned sync.WaitGroup
}

func openSQLite(ctx context.Context, o Options) (engine, error) {
	lock, err := lockFolder(o.Dir)
	if err != nil {
		return nil, err
	}
	e := &sqliteEngine{path: filepath.Join(o.Dir, "portico.db"), lock: lock, log: o.Log, gate: make(chan struct{}, 1), stop: make(chan struct{})}
	if err := e.open(ctx); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// lockFolder takes the folder's lock, which the system frees with the process.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		f.Close()
		return nil, fmt.Errorf("%w: the data folder %s is in use by another portico serve; end that one first",
			ErrHeld, dir)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("locking the data folder %s: %w", dir, err)
	}
	return f, nil
}

func (e *sqliteEngine) open(ctx context.Context) (err error) {
	// The database is made by us for its mode; SQLite gives its other files the same.
	f, err := os.OpenFile(e.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("making the database: %w", err)
	}
	if err := errors.Join(f.Close(), syncDir(filepath.Dir(e.path))); err != nil {
		return fmt.Errorf("making the database: %w", err)
	}
	common := []string{"synchronous(FULL)",
		"wal_autocheckpoint(0)", "temp_store(MEMORY)"}
	if e.checks, err = e.database("rw", 1, append(common, "busy_timeout(250)", "journal_mode(WAL)")); err != nil {
		return err
	}
	var version int
	var name string
	if err := e.checks.QueryRowContext(ctx, `select sqlite_version()`).Scan(&name); err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	var major, minor, patch int
	fmt.Sscanf(name, "%d.%d.%d", &major, &minor, &patch)
	if version = major*1_000_000 + minor*1_000 + patch; version < sqliteMin {
		return fmt.Errorf("SQLite %s is too old", name)
	}
	if e.writes, err = e.database("rw", 1, append(common, "busy_timeout(10000)", "cache_size(-65536)")); err != nil {
		return err
	}
	e.pool, err = e.database("ro", readers(), append(common, "busy_timeout(10000)", "query_only(1)"))
	return err
}

// database opens a pool of so many connections, each with the pragmas.
func (e *sqliteEngine) database(mode string, connections int, pragmas []string) (*sql.DB, error) {
	dsn := url.URL{Scheme: "file", Path: e.path, RawQuery: url.Values{"mode": {mode}, "_pragma": pragmas}.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

func (e *sqliteEngine) id(id [16]byte) any      { return id[:] }
func (e *sqliteEngine) reads() *sql.DB          { return e.pool }
func (e *sqliteEngine) text(text string) string { return text }

// using: without statistics SQLite takes the primary key for cheaper, and walks it all.
func (e *sqliteEngine) using(index string) string { return "indexed by " + index }

func (e *sqliteEngine) words() []string {
	return []string{"{id}", "blob", "{json}", "text", "{blob}", "blob", "{folded}", "text", "{nobody}", "x'00000000000000000000000000000000'",
		"{clustered}", " without rowid", "{replaced}", " without rowid", "{by_month}", " without rowid", "{numbered}", "id integer primary key,",
		"{word_index}", sqliteWords}
}

// sqliteWords is the index of the words of mails: FTS5 over the column words.
const sqliteWords = `create virtual table mail_find using fts5 (words, content = 'mail_text', content_rowid = 'id',
	tokenize = 'unicode61 remove_diacritics 0', detail = none);
create trigger mail_text_read after update of words on mail_text begin
	insert into mail_find (mail_find, rowid, words) select 'delete', old.id, old.words where old.words is not null;
	insert into mail_find (rowid, words) values (new.id, new.words);
end;
create trigger mail_text_gone after delete on mail_text when old.words is not null begin
	insert into mail_find (mail_find, rowid, words) values ('delete', old.id, old.words);
end`

// mailsWith gives the condition of the mails with a word and with words beginning so, the
// newest first; its places are the match and how many.
func (e *sqliteEngine) mailsWith(word string, prefixes []string) (condition, match string) {
	match = `"` + word + `"`
	for _, prefix := range prefixes {
		match += ` AND "` + prefix + `" *`
	}
	return `where id in (select rowid from mail_find where mail_find match ? order by rowid desc limit ?)`, match
}

func (e *sqliteEngine) exists(ctx context.Context, table string) (found bool, err error) {
	err = e.checks.QueryRowContext(ctx, `select count(*) > 0 from sqlite_master where type = 'table' and name = ?`, table).
		Scan(&found)
	return found, err
}

func (e *sqliteEngine) script(ctx context.Context, texts ...string) error {
	tx, err := e.writes.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, text := range texts {
		if _, err := tx.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// start moves the WAL's pages to the database from time to time.
func (e *sqliteEngine) start(*Store) {
	e.owned.Go(func() {
		tick := time.NewTicker(checkpointEvery)
		defer tick.Stop()
		failed := false
		for {
			select {
			case <-e.stop:
				return
			case <-tick.C:
			}
			err := e.checkpoint()
			if err != nil && !failed {
				// The writer meets the same disk and says so; the WAL only grows.
				e.log.Warn("a checkpoint failed", "err", err)
			}
			failed = err != nil
		}
	})
}

func (e *sqliteEngine) checkpoint() error {
	wal, err := os.Stat(e.path + "-wal")
	if err != nil || wal.Size() < checkpointAt {
		return err
	}
	var busy, pages, moved int64
	// PASSIVE waits for nobody. What it leaves is little, so that a RESTART after it
	// holds the writer for a moment only.
	err = e.checks.QueryRow(`pragma wal_checkpoint(PASSIVE)`).Scan(&busy, &pages, &moved)
	if err != nil || pages*pageSize < restartAt {
		return err
	}
	e.gate <- struct{}{}
	defer func() { <-e.gate }()
	_, err = e.checks.Exec(`pragma wal_checkpoint(RESTART)`)
	return err
}

func (e *sqliteEngine) close() {
	close(e.stop)
	e.owned.Wait()
	for _, db := range [...]*sql.DB{e.pool, e.writes, e.checks} {
		if db != nil {
			db.Close() // the last connection moves the WAL into the database
		}
	}
	e.lock.Close()
}

// ofData: all other errors are of the disk or of another process, and may pass.
func (e *sqliteEngine) ofData(err error) bool {
	var is *sqlite.Error
	if !errors.As(err, &is) {
		return false
	}
	switch is.Code() & 0xff {
	case sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH,
		sqlite3.SQLITE_RANGE:
		return true
	}
	return false
}

func (e *sqliteEngine) sentence(err error) string {
	var is *sqlite.Error
	if errors.As(err, &is) && is.Code()&0xff == sqlite3.SQLITE_FULL || errors.Is(err, syscall.ENOSPC) {
		return "The disk with the data folder is full. Nothing can be saved until there is room."
	}
	return "The data folder cannot be written. Nothing can be saved until it can."
}

// sqliteLink is the writer's connection, with its prepared statements.
type sqliteLink struct {
	conn     *sql.Conn
	gate     chan struct{}
	held     bool // the gate, by this link
	prepared [statements]*sql.Stmt
}

func (e *sqliteEngine) dial() (link, error) {
	conn, err := e.writes.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	l := &sqliteLink{conn: conn, gate: e.gate}
	var mode string
	var level int
	err = errors.Join(conn.QueryRowContext(context.Background(), `pragma journal_mode`).Scan(&mode),
		conn.QueryRowContext(context.Background(), `pragma synchronous`).Scan(&level))
	if err == nil && (mode != "wal" || level != 2) {
		err = fmt.Errorf("the database is in mode %s with synchronous %d, not wal with 2", mode, level)
	}
	if err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *sqliteLink) exec(ops []op) ([]int64, error) {
	ctx := context.Background() // a disk's answer cannot be given up
	counts := make([]int64, len(ops))
	for i, o := range ops {
		if o.do.bare() {
			if err := l.bare(ctx, o.do); err != nil {
				return nil, err
			}
			continue
		}
		stmt := l.prepared[o.do]
		if stmt == nil {
			var err error
			if stmt, err = l.conn.PrepareContext(ctx, texts[o.do]); err != nil {
				return nil, err
			}
			l.prepared[o.do] = stmt
		}
		result, err := stmt.ExecContext(ctx, o.args...)
		if err != nil {
			return nil, err
		}
		if counts[i], err = result.RowsAffected(); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// bare runs what frames a transaction.
func (l *sqliteLink) bare(ctx context.Context, do statement) error {
	text := texts[do]
	if do == opBegin {
		text = `begin immediate`
		l.gate <- struct{}{}
		l.held = true
	}
	if _, err := l.conn.ExecContext(ctx, text); err != nil {
		return err
	}
	if do == opCommit || do == opRollback {
		l.pass()
	}
	return nil
}

// pass gives the gate back.
func (l *sqliteLink) pass() {
	if l.held {
		l.held = false
		<-l.gate
	}
}

func (l *sqliteLink) number(query string, args ...any) (n int64, found bool, err error) {
	err = l.conn.QueryRowContext(context.Background(), query, args...).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return n, err == nil, err
}

// dropMonths: one table holds all months.
func (e *sqliteEngine) dropMonths(context.Context, uint64, int64) (bool, error) { return false, nil }

// month: one table holds all months.
func (l *sqliteLink) month(int64) error { return nil }

// close ends the connection for good, so that the next link starts from the disk.
func (l *sqliteLink) close() {
	for _, stmt := range l.prepared {
		if stmt != nil {
			stmt.Close()
		}
	}
	l.conn.Raw(func(any) error { return driver.ErrBadConn })
	l.conn.Close()
	l.pass()
}
