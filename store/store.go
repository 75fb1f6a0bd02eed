// Package store keeps what Portico knows: the only SQL of the program, with one
// commit queue, one schema and two engines, SQLite and PostgreSQL. It decides
// nothing. Whatever it has answered is durable; what it cannot save it does not
// answer, and goes on by itself once it can.
//
// One goroutine, the writer, owns everything that is written; docs/architecture.md,
// The commit, says how. Reads go past it, on connections of their own, and see what
// is durable. A Store is safe for concurrent use.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"portico/acd"
)

// Options say which store to open.
type Options struct {
	// Dir is the data folder: lock, portico.db, key file. It is made if missing.
	Dir string
	// DSN is postgres://…; empty means SQLite in Dir.
	DSN string
	// Site is the number of the installation. A store belongs to one site for good.
	Site uint16
	Log  *slog.Logger     // nil: the default one
	Now  func() time.Time // nil: time.Now
	// AnswerMax is how long one answer of PostgreSQL is waited for before the
	// connection is given up and the outcome found out on another. Zero: 10 s.
	AnswerMax time.Duration
	// ReadMax is how long one reader's transaction may take: a long one would keep
	// SQLite's WAL from beginning anew. Zero: 1 s.
	ReadMax time.Duration
}

// Core is the store's own row.
type Core struct {
	Site     uint16
	SiteName string
	Epoch    uint64   // one more at each opening
	Batch    uint64   // number of the last durable commit, as found at the opening
	SavedAt  acd.Time // when that was; zero for a new store
}

// readers is how many connections read.
func readers() int { return max(8, 2*runtime.GOMAXPROCS(0)) }

// engine is what SQLite and PostgreSQL do differently.
type engine interface {
	dialer
	// id gives an id as the engine takes it.
	id([16]byte) any
	// reads is the pool for reading.
	reads() *sql.DB
	// text fits a text with question marks to the engine.
	text(string) string
	// using makes a query take an index where the engine would not choose it by itself.
	using(index string) string
	// script runs texts in one transaction, such as a part of the schema and what notes it.
	script(ctx context.Context, texts ...string) error
	// exists reports whether there is a table.
	exists(ctx context.Context, table string) (bool, error)
	// dropMonths drops the facts of the months before one, whole, where each month is
	// a table of its own; else it reports false, and they are to be deleted.
	dropMonths(ctx context.Context, epoch uint64, before int64) (bool, error)
	// words are the parts of the schema that differ.
	words() []string
	// mailsWith gives the condition of the mails with a word and with words beginning so.
	mailsWith(word string, prefixes []string) (condition, match string)
	// start begins to watch what the engine must watch; the writer runs.
	start(s *Store)
	// close ends the watch, then frees the connections and the lock.
	close()
}

// Store is an open store.
type Store struct {
	engine  engine
	core    Core
	queue   *queue
	health  *health
	writer  *writer
	encoder encoder
	log     *slog.Logger
	now     func() time.Time
	stmts   sync.Map                // text → *sql.Stmt
	ends    map[acd.UnitID]chainEnd // of the audit entries, as found at the opening; then the writer's
	slots   chan struct{}           // one for each connection that reads
	readMax time.Duration           // Options.ReadMax
	removed atomic.Int64            // numbers what is deleted, so that no two are coalesced

	closing chan struct{}
	once    sync.Once
	owned   sync.WaitGroup // writer, stall watch, words
}

// Open takes the lock, brings the schema up to date and begins the next epoch.
// ErrHeld, ErrNewer and others come with words for whoever started the program.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.AnswerMax == 0 {
		o.AnswerMax = 10 * time.Second
	}
	if o.ReadMax == 0 {
		o.ReadMax = time.Second
	}
	dir, err := filepath.Abs(o.Dir) // the engine's address of a file wants a whole path
	if err != nil {
		return nil, fmt.Errorf("finding the data folder: %w", err)
	}
	o.Dir = dir
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	var e engine
	if o.DSN == "" {
		e, err = openSQLite(ctx, o)
	} else {
		e, err = openPostgres(ctx, o)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	s := &Store{
		engine: e, queue: newQueue(), health: &health{now: o.Now}, log: o.Log, now: o.Now,
		encoder: encoder{site: int64(o.Site), id: e.id},
		closing: make(chan struct{}), slots: make(chan struct{}, readers()), readMax: time.Minute,
	}
	if err := s.begin(ctx, o.Site); err != nil {
		e.close()
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	s.readMax = o.ReadMax // nobody waits for an opening that reads for longer
	s.run()
	return s, nil
}

// begin moves the epoch, so that a process that lost its lock saves nothing any
// more, and then brings the schema up to date.
func (s *Store) begin(ctx context.Context, site uint16) error {
	at, err := s.schemaVersion(ctx)
	if err != nil {
		return fmt.Errorf("reading the version of the schema: %w", err)
	}
	if at == 0 {
		if err := s.migrate(ctx, 0, 1); err != nil {
			return err
		}
		at = 1
	}
	if err := s.nextEpoch(ctx, int64(site)); err != nil {
		return err
	}
	if err := s.migrate(ctx, at, len(migrations)); err != nil {
		return err
	}
	c := &s.core
	err = s.engine.reads().QueryRowContext(ctx,
		s.engine.text(`select site, site_name, epoch, batch, saved_at from core where site = ?`), int64(site)).
		Scan(&c.Site, &c.SiteName, &c.Epoch, &c.Batch, &c.SavedAt)
	if err != nil {
		return fmt.Errorf("reading the core: %w", err)
	}
	if s.ends, err = s.chainEnds(ctx); err != nil {
		return fmt.Errorf("reading the ends of the audit log: %w", err)
	}
	return nil
}

// nextEpoch moves the epoch. The writer's link is of no use yet: its statements are
// those of the schema that is still to come.
func (s *Store) nextEpoch(ctx context.Context, site int64) error {
	var other int64
	err := s.engine.reads().QueryRowContext(ctx, s.engine.text(`select site from core where site <> ?`), site).Scan(&other)
	if err == nil {
		return fmt.Errorf("it belongs to site %d, this program runs as site %d", other, site)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("reading the core: %w", err)
	}
	err = s.engine.script(ctx, `update core set epoch = epoch + 1 where site = `+strconv.FormatInt(site, 10))
	if err != nil {
		return fmt.Errorf("moving the epoch: %w", err)
	}
	return nil
}

// fence stops all saving: another process owns the store.
func (s *Store) fence(why error) {
	s.health.lose()
	s.queue.close(why)
}

// run starts what the store owns.
func (s *Store) run() {
	words := make(chan struct{}, 1)
	s.writer = &writer{
		dialer: s.engine, encoder: s.encoder, queue: s.queue, health: s.health, log: s.log, now: s.now,
		epoch: int64(s.core.Epoch), last: s.core.Batch, months: make(map[int64]bool), ends: s.ends, closing: s.closing,
		wrote: func() {
			select {
			case words <- struct{}{}:
			default:
			}
		},
	}
	s.owned.Go(s.writer.run)
	s.owned.Go(s.watchStall)
	s.owned.Go(func() { s.index(words) })
	s.engine.start(s)
}

// watchStall says that the store is away while a commit takes too long.
func (s *Store) watchStall() {
	tick := time.NewTicker(stallMax / 4)
	defer tick.Stop()
	for {
		select {
		case <-s.closing:
			return
		case <-tick.C:
		}
		since := s.writer.since.Load()
		if since != 0 && time.Since(time.Unix(0, since)) > stallMax {
			s.health.set(causeStall, "The store does not answer. Nothing can be saved until it does.")
		} else {
			s.health.set(causeStall, "")
		}
	}
}

// Close takes no more, saves what is queued (unless the store is away: then it is
// answered with ErrClosed), and frees the lock. It may be called more than once.
func (s *Store) Close() error {
	s.once.Do(func() {
		s.queue.close(ErrClosed)
		close(s.closing)
		s.owned.Wait()
		s.stmts.Range(func(_, stmt any) bool {
			stmt.(*sql.Stmt).Close()
			return true
		})
		s.engine.close()
	})
	return nil
}

// Core gives the store's own row as found at the opening, the epoch moved.
func (s *Store) Core() Core { return s.core }

// Health says whether the store can save now.
func (s *Store) Health() Health { return s.health.read() }

// Watch has f called at each change of Health, in order. It must not block and must
// not call the store.
func (s *Store) Watch(f func(Health)) { s.health.watch(f) }

// SubmitHub queues a batch of the hub: a unit for each event, in order, saved in
// one commit. The hub has one under way at a time. done is called once, from the
// writer, when the outcome is certain (by the caller, when the store is closed already);
// it must not block. Once one unit is bad, the units behind it are not saved either:
// they were decided in the belief that it was.
func (s *Store) SubmitHub(units []Unit, done func(batch uint64, outcomes []Outcome)) {
	call := hubCall{units: make([]*work, len(units)), done: done}
	for i, u := range units {
		call.units[i] = s.encoder.unit(Hub, u)
	}
	if err := s.queue.putHub(call); err != nil {
		outcomes := make([]Outcome, len(units))
		for i := range outcomes {
			outcomes[i].Err = err
		}
		done(0, outcomes)
	}
}

// Submit queues a unit of the class Channel or Lazy. done may be nil; it is called
// once, from the writer, when the outcome is certain, and must not block. The error
// means that nothing was queued: ErrFull, ErrClosed, ErrFenced, or ErrBadUnit.
func (s *Store) Submit(class Class, u Unit, done func(Outcome)) error {
	w := s.encoder.unit(class, u)
	switch {
	case w.bad != nil:
		return w.bad
	case class == Hub:
		return fmt.Errorf("%w: the hub submits its batches whole", ErrBadUnit)
	case class == Lazy && (len(w.keys) != len(w.rows) || len(w.guards)+len(w.facts) > 0):
		return fmt.Errorf("%w: a row has no key to be coalesced by", ErrBadUnit)
	}
	if done != nil {
		w.done = append(w.done, done)
	}
	return s.queue.put(w)
}

// Save submits a unit of the class Channel and waits for its outcome. The end of
// ctx ends the waiting with its error, not the saving.
func (s *Store) Save(ctx context.Context, u Unit) error {
	answer := make(chan error, 1)
	if err := s.Submit(Channel, u, func(o Outcome) { answer <- o.Err }); err != nil {
		return err
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return fmt.Errorf("waiting for the commit: %w", context.Cause(ctx))
	}
}
