package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// lockClass names our advisory locks among those of other programs.
	lockClass = 0x506f7274
	// heldPatience is how long an opening waits for the lock: the server may not yet
	// have noticed that the process before was killed.
	heldPatience = 2 * time.Second
	// pingEvery is how often the server is asked whether it is there, and pingMax how
	// long its answer may take.
	pingEvery = 500 * time.Millisecond
	pingMax   = time.Second
	// connectMax is how long a connection may take to be made.
	connectMax = 5 * time.Second
	// analyzeEvery is how often tables without statistics are looked for.
	analyzeEvery = 5 * time.Second
	// holdMax is how long an opening may take until it has the lock.
	holdMax = 20 * time.Second
)

// postgresEngine is a database of a PostgreSQL server.
type postgresEngine struct {
	config *pgx.ConnConfig
	site   int64
	answer time.Duration // Options.AnswerMax
	pool   *sql.DB
	lock   *pgx.Conn // holds the advisory lock; the watch owns it once it runs
	log    *slog.Logger

	stop  chan struct{}
	owned sync.WaitGroup
}

func openPostgres(ctx context.Context, o Options) (engine, error) {
	config, err := pgx.ParseConfig(o.DSN)
	if err != nil {
		return nil, fmt.Errorf("reading the address of the store: %w", err)
	}
	config.ConnectTimeout = connectMax
	for name, value := range map[string]string{
		"application_name":   "portico",
		"synchronous_commit": "on",
		// What a broken connection left must not hold its locks for long.
		"idle_in_transaction_session_timeout": "15000",
		"tcp_keepalives_idle":                 "5",
		"tcp_keepalives_interval":             "2",
		"tcp_keepalives_count":                "3",
		"tcp_user_timeout":                    "10000",
		"lock_timeout":                        "5000",
		"jit":                                 "off", // no query here is long enough to gain by it
	} {
		config.RuntimeParams[name] = value
	}
	reading := config.Copy()
	reading.RuntimeParams["default_transaction_read_only"] = "on"
	reading.RuntimeParams["statement_timeout"] = strconv.FormatInt(acquireMax.Milliseconds(), 10)
	e := &postgresEngine{config: config, site: int64(o.Site), answer: o.AnswerMax, pool: stdlib.OpenDB(*reading), log: o.Log,
		stop: make(chan struct{})}
	e.pool.SetMaxOpenConns(readers())
	e.pool.SetMaxIdleConns(readers())
	if err := e.hold(ctx); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// hold takes the advisory lock and checks that the server saves what it says it does.
func (e *postgresEngine) hold(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, holdMax)
	defer cancel()
	if e.lock, err = pgx.ConnectConfig(ctx, e.config); err != nil {
		return fmt.Errorf("connecting to PostgreSQL: %w", err)
	}
	for _, setting := range [...]string{"fsync", "full_page_writes", "synchronous_commit"} {
		var value string
		if err := e.lock.QueryRow(ctx, `show `+setting).Scan(&value); err != nil {
			return fmt.Errorf("reading the server's settings: %w", err)
		}
		if value != "on" {
			return fmt.Errorf("PostgreSQL runs with %s = %s: it would lose what it has confirmed; set it to on", setting, value)
		}
	}
	deadline := time.Now().Add(heldPatience)
	for {
		held, err := e.tryLock(ctx, e.lock)
		if held || err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%w: the database is in use by another portico serve; end that one first", ErrHeld)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (e *postgresEngine) tryLock(ctx context.Context, conn *pgx.Conn) (held bool, err error) {
	err = conn.QueryRow(ctx, `select pg_try_advisory_lock($1::int4, $2::int4)`, lockClass, e.site).Scan(&held)
	if err != nil {
		return false, fmt.Errorf("taking the lock of the store: %w", err)
	}
	return held, nil
}

func (e *postgresEngine) id(id [16]byte) any      { return id }
func (e *postgresEngine) reads() *sql.DB          { return e.pool }
func (e *postgresEngine) text(text string) string { return rebind(text) }
func (e *postgresEngine) using(string) string     { return "" }

// words: a replaced row stays on its page (no index changes), for which there is room.
func (e *postgresEngine) words() []string {
	return []string{"{id}", "uuid", "{json}", "json", "{blob}", "bytea", "{folded}", `text collate "C"`, "{nobody}", "'00000000-0000-0000-0000-000000000000'",
		"{clustered}", "", "{replaced}", " with (fillfactor = 60)", "{by_month}", " partition by range (month)", "{numbered}", "",
		"{word_index}", postgresWords}
}

// postgresWords is the index of the words of mails: GIN over what the column words holds.
const postgresWords = `alter table mail_text add column found tsvector generated always as (array_to_tsvector(string_to_array(words, ' '))) stored;
create index mail_text_found on mail_text using gin (found)`

// mailsWith gives the condition of the mails with a word and with words beginning so, the
// newest first; its places are the match and how many.
func (e *postgresEngine) mailsWith(word string, prefixes []string) (condition, match string) {
	match = `'` + word + `'`
	for _, prefix := range prefixes {
		match += ` & '` + prefix + `':*`
	}
	return `where found @@ cast(? as tsquery) order by contact desc limit ?`, match
}

func (e *postgresEngine) exists(ctx context.Context, table string) (found bool, err error) {
	err = e.lock.QueryRow(ctx, `select to_regclass($1) is not null`, table).Scan(&found)
	return found, err
}

func (e *postgresEngine) script(ctx context.Context, texts ...string) error {
	_, err := e.lock.PgConn().Exec(ctx, "begin;\n"+strings.Join(texts, ";\n")+";\ncommit").ReadAll()
	if err != nil {
		e.lock.Exec(ctx, "rollback")
	}
	return err
}

// start watches the server and the lock.
func (e *postgresEngine) start(s *Store) {
	e.owned.Go(func() {
		tick, analyze := time.NewTicker(pingEvery), time.NewTicker(analyzeEvery)
		defer tick.Stop()
		defer analyze.Stop()
		for {
			select {
			case <-e.stop:
				return
			case <-analyze.C:
				if err := e.analyze(); err != nil {
					e.log.Warn("new tables cannot be analyzed yet", "err", err)
				}
				continue
			case <-tick.C:
			}
			began := time.Now()
			err := e.ping(s)
			switch {
			case err != nil && s.writer.saved.Load() > began.UnixNano() && !errors.Is(err, ErrFenced):
				// Another connection has just saved: the server is there, if slow.
			case errors.Is(err, ErrFenced):
				s.fence(err)
				return
			case err != nil:
				s.health.set(causeWatch, e.sentence(err))
			default:
				s.health.set(causeWatch, "")
			}
		}
	})
}

// ping asks the server for a sign of life over the connection that holds the lock. A
// new connection takes the lock anew and makes sure that nobody had it meanwhile.
func (e *postgresEngine) ping(s *Store) error {
	ctx, cancel := context.WithTimeout(context.Background(), pingMax)
	defer cancel()
	if e.lock != nil {
		if err := e.lock.Ping(ctx); err != nil {
			e.drop()
			return err
		}
		return nil
	}
	conn, err := pgx.ConnectConfig(ctx, e.config)
	if err != nil {
		return err
	}
	held, err := e.tryLock(ctx, conn)
	var epoch uint64
	if err == nil {
		err = conn.QueryRow(ctx, `select epoch from core where site = $1`, e.site).Scan(&epoch)
	}
	if err == nil && epoch != s.core.Epoch {
		err = fmt.Errorf("%w: its epoch is %d, ours was %d", ErrFenced, epoch, s.core.Epoch)
	}
	if err != nil || !held {
		// Not held and our epoch: what is left of our own connection has it still.
		conn.Close(ctx)
		return err
	}
	e.lock = conn
	return nil
}

// analyze gives new tables, such as a month's, their first statistics. The server does
// so by itself, but only after minutes, and plans joins of whole tables until then.
func (e *postgresEngine) analyze() error {
	if e.lock == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), e.answer)
	defer cancel()
	rows, err := e.lock.Query(ctx, `select format('%I.%I', schemaname, relname) from pg_stat_user_tables
		where schemaname = current_schema() and last_analyze is null and last_autoanalyze is null and n_live_tup > 100`)
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) == 0 {
		return err
	}
	_, err = e.lock.Exec(ctx, "analyze "+strings.Join(tables, ", "))
	return err
}

func (e *postgresEngine) drop() {
	if e.lock != nil {
		ctx, cancel := context.WithTimeout(context.Background(), pingMax)
		defer cancel()
		e.lock.Close(ctx)
		e.lock = nil
	}
}

func (e *postgresEngine) close() {
	close(e.stop)
	e.owned.Wait()
	e.pool.Close()
	e.drop()
}

// ofData: classes of SQLSTATE that speak of what was sent.
func (e *postgresEngine) ofData(err error) bool {
	var is *pgconn.PgError
	if errors.As(err, &is) {
		switch is.Code[:2] {
		case "0A", "21", "22", "23", "42", "54":
			return true
		}
		return false
	}
	return errors.Is(err, errEncoding)
}

// errEncoding is an argument that the driver could not encode.
var errEncoding = errors.New("an argument cannot be encoded")

func (e *postgresEngine) sentence(err error) string {
	var is *pgconn.PgError
	var network net.Error
	switch {
	case errors.As(err, &is) && is.Code == "53100":
		return "The disk of PostgreSQL is full. Nothing can be saved until there is room."
	case errors.As(err, &is):
		return "PostgreSQL refuses to work: " + is.Message + ". Nothing can be saved until it does."
	case errors.As(err, &network) && network.Timeout():
		return "PostgreSQL does not answer. Nothing can be saved until it does."
	}
	return "PostgreSQL cannot be reached. Nothing can be saved until it can."
}

// postgresLink is the writer's connection.
type postgresLink struct {
	conn   *pgx.Conn
	answer time.Duration
}

func (e *postgresEngine) dial() (link, error) {
	ctx, cancel := context.WithTimeout(context.Background(), connectMax)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, e.config)
	if err != nil {
		return nil, err
	}
	// All are prepared now: a transaction that has failed would refuse to.
	for i, text := range texts {
		if _, err := conn.Prepare(ctx, statement(i).name(), rebind(text)); err != nil {
			conn.Close(ctx)
			return nil, fmt.Errorf("preparing a statement: %w", err)
		}
	}
	return &postgresLink{conn: conn, answer: e.answer}, nil
}

// name is what the prepared statement is called.
func (s statement) name() string { return "op" + strconv.Itoa(int(s)) }

// exec sends all statements at once and then reads all answers. The deadline ends a
// connection that does not answer; what became of its commit is found out on another.
func (l *postgresLink) exec(ops []op) ([]int64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), l.answer)
	defer cancel()
	var batch pgx.Batch
	for _, o := range ops {
		batch.Queue(o.do.name(), o.args...)
	}
	results := l.conn.SendBatch(ctx, &batch)
	counts := make([]int64, len(ops))
	for i, o := range ops {
		tag, err := results.Exec()
		if err == nil && o.do == opCommit && tag.String() != "COMMIT" {
			err = fmt.Errorf("the commit became a %s", tag)
		}
		if err != nil {
			results.Close()
			return nil, l.judge(err)
		}
		counts[i] = tag.RowsAffected()
	}
	if err := results.Close(); err != nil {
		return nil, l.judge(err)
	}
	return counts, nil
}

// judge marks the errors of the driver's own encoding: the connection stands.
func (l *postgresLink) judge(err error) error {
	var is *pgconn.PgError
	if !errors.As(err, &is) && !l.conn.IsClosed() && strings.Contains(err.Error(), "encode") {
		return fmt.Errorf("%w: %w", errEncoding, err)
	}
	return err
}

func (l *postgresLink) number(query string, args ...any) (n int64, found bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), l.answer)
	defer cancel()
	err = l.conn.QueryRow(ctx, rebind(query), args...).Scan(&n)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, false, nil
	}
	return n, err == nil, err
}

// month makes the partition of a month, and the next one ahead.
func (l *postgresLink) month(m int64) error {
	ctx, cancel := context.WithTimeout(context.Background(), l.answer)
	defer cancel()
	next := m + 1
	if m%100 == 12 {
		next = m + 89
	}
	for _, m := range [...]int64{m, next} {
		_, err := l.conn.Exec(ctx, fmt.Sprintf(
			`create table if not exists fact_%d partition of fact for values from (%d) to (%d)`, m, m, m+1))
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	// dropPatience is how long a drop waits for readers of the facts: the writer waits
	// behind it.
	dropPatience = 250 * time.Millisecond
	// dropTries is how often it is begun, dropPause apart, until it is left for another
	// day: a backup may be reading the table.
	dropTries = 5
	dropPause = time.Second
)

// dropMonths drops partitions, on a connection of its own: it waits for every
// reader, and the transaction of a commit must not.
func (e *postgresEngine) dropMonths(ctx context.Context, epoch uint64, before int64) (bool, error) {
	rows, err := e.pool.QueryContext(ctx, `select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
		where i.inhparent = 'fact'::regclass order by c.relname`)
	if err != nil {
		return true, fmt.Errorf("listing the months: %w", err)
	}
	defer rows.Close()
	var months []int64
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return true, fmt.Errorf("listing the months: %w", err)
		}
		m, err := strconv.ParseInt(strings.TrimPrefix(name, "fact_"), 10, 64)
		if err == nil && m < before {
			months = append(months, m)
		}
	}
	if err := rows.Err(); err != nil {
		return true, fmt.Errorf("listing the months: %w", err)
	}
	rows.Close()
	for _, m := range months {
		if err := e.dropMonth(ctx, epoch, m); err != nil {
			return true, fmt.Errorf("dropping the facts of %d: %w", m, err)
		}
	}
	return true, nil
}

func (e *postgresEngine) dropMonth(ctx context.Context, epoch uint64, m int64) error {
	for try := 1; ; try++ {
		err := e.tryDrop(ctx, epoch, m)
		var is *pgconn.PgError
		if err == nil || try == dropTries || !errors.As(err, &is) || is.Code != "55P03" {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(dropPause):
		}
	}
}

// tryDrop locks core before the facts, as a commit does, so that the two never wait
// for each other, and the epoch cannot move until the month is gone.
func (e *postgresEngine) tryDrop(ctx context.Context, epoch uint64, m int64) error {
	ctx, cancel := context.WithTimeout(ctx, e.answer)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, e.config)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, fmt.Sprintf(`set local lock_timeout = %d`, dropPatience.Milliseconds())); err != nil {
		return err
	}
	var at uint64
	if err := tx.QueryRow(ctx, `select epoch from core where site = $1 for share`, e.site).Scan(&at); err != nil {
		return err
	}
	if at != epoch {
		return fmt.Errorf("%w: its epoch is %d, ours was %d", ErrFenced, at, epoch)
	}
	if _, err := tx.Exec(ctx, fmt.Sprintf(`drop table if exists fact_%d`, m)); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

func (l *postgresLink) close() {
	ctx, cancel := context.WithTimeout(context.Background(), pingMax)
	defer cancel()
	l.conn.Close(ctx)
}
