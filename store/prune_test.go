package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"portico/acd"
	"portico/store"
)

// rowsOf counts the rows of tables.
func rowsOf(t testing.TB, o store.Options, tables ...string) map[string]int {
	t.Helper()
	db, out := beside(t, o), make(map[string]int)
	for _, table := range tables {
		var n int
		must(t, db.QueryRow(`select count(*) from `+table).Scan(&n))
		out[table] = n
	}
	return out
}

// ended gives the rows of a contact that ended at an instant.
func ended(c store.Contact, at acd.Time) store.History {
	return store.History{ContactRow: acd.ContactRow{ID: c.ID, Unit: c.Unit, State: acd.Ended}, EndedAt: at}
}

// Sessions and tokens go once they have expired, trifles once their contact has ended;
// what is in use stays, and so does a token that never expires.
func TestSweep(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		unit := unitID()
		past, late, live := contact(unit, "past"), contact(unit, "late"), contact(unit, "live")
		must(t, save(t, s, past, late, live, ended(past, 50), ended(late, 500), openRow(live, acd.Queued)))
		for i := range 300 { // more than one chunk
			key := [32]byte{byte(i), byte(i >> 8)}
			must(t, s.Submit(store.Channel, store.Unit{Rows: []store.Row{
				store.Session{Key: key, Unit: unit, User: agentID(), Expires: acd.Time(i)},
				store.Token{ID: ids.ID(), Key: key, Unit: unit, Expires: acd.Time(i)},
				store.Draft{Unit: unit, Contact: past.ID, Agent: agentID(), Text: "a"},
			}}, nil))
		}
		for _, c := range []store.Contact{past, late, live} {
			must(t, save(t, s, store.Draft{Unit: unit, Contact: c.ID, Agent: agentID(), Text: "b"},
				store.ReadMark{Unit: unit, Contact: c.ID, Reader: store.AuthorCustomer, Seq: 1}))
		}
		must(t, s.Sweep(ctx, 200))
		want(t, "rows", rowsOf(t, o, "session", "token", "draft", "read_mark"),
			map[string]int{"session": 100, "token": 101, "draft": 2, "read_mark": 2})
		tokens, err := s.Tokens(ctx, unit, "", 1)
		must(t, err)
		want(t, "the token that never expires", tokens[0].Expires, 0)
	})
}

// Contacts that ended before an instant go with all that is theirs, in every unit;
// the others, and the open ones, stay whole.
func TestPruneContacts(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		units := []acd.UnitID{unitID(), unitID()}
		var kept []store.Contact
		for _, unit := range units {
			var batch []store.Unit
			for i := range 150 {
				c := contact(unit, fmt.Sprint("c", i))
				at := acd.Time(i)
				batch = append(batch, store.Unit{Rows: []store.Row{message(c, 1, "m1"), c, fact(c, acd.FactArrived, 5), ended(c, at), passed(c, 1)}})
				if at >= 140 {
					kept = append(kept, c)
				}
			}
			open := contact(unit, "open")
			batch = append(batch, store.Unit{Rows: []store.Row{message(open, 1, "m1"), open, openRow(open, acd.Queued),
				fact(open, acd.FactArrived, 5)}})
			kept = append(kept, open)
			hubSave(t, s, batch)
		}
		long := contact(units[0], "long")
		a, pieces := attached(long, 9)
		upload(t, s, a, pieces)
		must(t, save(t, s, long, ended(long, 1), message(long, 1, "m1"), named(long, 1, a)))
		for seq := uint64(2); seq <= 400; seq++ {
			must(t, s.Submit(store.Channel, store.Unit{Rows: []store.Row{message(long, seq, fmt.Sprint("m", seq)), passed(long, uint32(seq))}}, nil))
		}
		eventually(t, "all contacts are indexed", func() bool {
			found, _, err := s.SearchContacts(ctx, units[1], store.ContactQuery{Words: "ann"}, acd.ContactID{}, 1000)
			must(t, err)
			return len(found) == 151
		})
		must(t, s.Prune(ctx, store.Retention{}))
		want(t, "rows when all is kept", rowsOf(t, o, "contact"), map[string]int{"contact": 303})

		must(t, s.Prune(ctx, store.Retention{Contacts: 140}))
		for _, c := range kept {
			_, err := s.Contact(ctx, c.Unit, c.ID)
			must(t, err)
		}
		var words int
		must(t, beside(t, o).QueryRow(`select count(distinct contact) from word`).Scan(&words))
		want(t, "contacts with words", words, len(kept))
		want(t, "rows", rowsOf(t, o, "contact", "history", "open_contact", "message", "flow_step", "attachment", "attachment_piece"),
			map[string]int{"contact": 22, "history": 20, "open_contact": 2, "message": 22, "flow_step": 20, "attachment": 0, "attachment_piece": 0})
	})
}

// passed is the n-th step of a contact through a workflow.
func passed(c store.Contact, n uint32) store.FlowStep {
	return store.FlowStep{Unit: c.Unit, Contact: c.ID, N: n, At: 5, Workflow: [16]byte{1}, Release: 1, Body: []byte(`[]`)}
}

// Facts go by whole months; the batches go on meanwhile, and after it.
func TestPruneFacts(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		c := contact(unitID(), "c1")
		for month := time.March; month <= time.June; month++ {
			var rows []store.Row
			for range 200 {
				rows = append(rows, fact(c, acd.FactArrived, acd.At(time.Date(2026, month, 15, 0, 0, 0, 0, time.UTC))))
			}
			hubSave(t, s, []store.Unit{{Rows: rows}})
		}
		must(t, s.Prune(ctx, store.Retention{FactMonth: 202605}))
		got := make(map[int64]int)
		must(t, s.FactsSince(ctx, 0, func(f store.FactRow) error { got[f.Key.Month]++; return nil }))
		want(t, "facts by month", got, map[int64]int{202605: 200, 202606: 200})
		must(t, save(t, s, c))
		must(t, s.Prune(ctx, store.Retention{FactMonth: 202605}))
	})
}

// What is in use, or may be asked for again, is not pruned whatever is asked.
func TestPruneKeepsTheLatest(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		now := time.Now()
		next := now.UTC().AddDate(0, 0, 32)
		for _, r := range []store.Retention{{Contacts: acd.At(now)}, {FactMonth: int64(next.Year()*100) + int64(next.Month())}} {
			if err := s.Prune(t.Context(), r); !errors.Is(err, store.ErrRetention) {
				t.Errorf("%+v: %v", r, err)
			}
		}
	})
}

// A process that has lost its store deletes nothing any more.
func TestPruneIsFenced(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		c := contact(unitID(), "c1")
		must(t, save(t, s, c, ended(c, 5)))
		hubSave(t, s, []store.Unit{{Rows: []store.Row{fact(c, acd.FactArrived, acd.At(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)))}}})
		execBeside(t, o, `update core set epoch = epoch + 1`)
		for _, r := range []store.Retention{{FactMonth: 202605}, {Contacts: 100}} {
			if err := s.Prune(t.Context(), r); !errors.Is(err, store.ErrFenced) {
				t.Errorf("%+v: %v", r, err)
			}
		}
		want(t, "rows", rowsOf(t, o, "fact", "history"), map[string]int{"fact": 1, "history": 1})
	})
}

// A long reader of the facts, such as a backup, holds up the drop of a month but no
// commit; once it is over the month goes.
func TestPruneWaitsBesideTheCommits(t *testing.T) {
	s, o := openPostgres(t)
	c := contact(unitID(), "c1")
	hubSave(t, s, []store.Unit{{Rows: []store.Row{fact(c, acd.FactArrived, acd.At(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)))}}})
	backup, err := beside(t, o).Begin()
	must(t, err)
	defer backup.Rollback()
	var n int
	must(t, backup.QueryRow(`select count(*) from fact`).Scan(&n))
	pruned := make(chan error, 1)
	go func() { pruned <- s.Prune(t.Context(), store.Retention{FactMonth: 202605}) }()
	db := beside(t, o)
	eventually(t, "the drop waits", func() bool {
		var waits bool
		must(t, db.QueryRow(`select exists (select 1 from pg_locks l join pg_stat_activity a on a.pid = l.pid
			where not l.granted and a.datname = current_database() and a.query like 'drop table%')`).Scan(&waits))
		return waits || len(pruned) > 0 // it gives up after some tries
	})
	must(t, save(t, s, c))
	want(t, "facts while they are read", rowsOf(t, o, "fact"), map[string]int{"fact": 1})
	must(t, backup.Rollback())
	if err := <-pruned; err != nil {
		must(t, s.Prune(t.Context(), store.Retention{FactMonth: 202605}))
	}
	want(t, "facts", rowsOf(t, o, "fact"), map[string]int{"fact": 0})
}

func openPostgres(t *testing.T) (*store.Store, store.Options) {
	o := store.Options{Dir: t.TempDir(), DSN: cluster.Database(t), Site: 7, Log: quiet(t), ReadMax: patience}
	return open(t, o), o
}
