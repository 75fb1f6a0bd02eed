package store_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"portico/acd"
	"portico/store"
)

func audit(unit acd.UnitID, action string) store.Audit {
	return store.Audit{ID: ids.ID(), Unit: unit, At: 5, By: ids.ID(), ByName: "pa", From: "10.0.0.1", Action: action, Object: ids.ID(),
		Before: json.RawMessage(`{"a": 1}`), After: json.RawMessage(`{"a":2}`)}
}

func checkAudit(t testing.TB, s *store.Store, unit acd.UnitID) store.ChainCheck {
	t.Helper()
	got, err := s.CheckAudit(t.Context(), unit)
	must(t, err)
	return got
}

// Whatever is done to the audit log behind the program's back is found, at the first
// entry that is not as it was saved; and nothing that the program does looks so: not a
// unit that is refused or cannot be saved, and not a restart.
func TestAuditLogIsTamperEvident(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		unit, other := unitID(), unitID()
		var entries []store.Audit
		for i := range 6 {
			a := audit(unit, fmt.Sprintf("queue.change%d", i))
			entries = append(entries, a)
			must(t, save(t, s, a, audit(other, "x")))
		}
		taken := store.PutObject{Object: object(unit, "Sales")}
		must(t, save(t, s, taken, audit(unit, "queue.create")))
		if err := save(t, s, store.PutObject{Object: object(unit, "sales")}, audit(unit, "never")); err == nil {
			t.Fatal("a name was taken twice")
		}
		bad := audit(unit, "never")
		bad.ByName = "NUL \x00"
		if err := save(t, s, bad); err == nil {
			t.Fatal("an entry with NUL was saved")
		}
		must(t, s.Close())
		s = open(t, o)
		must(t, save(t, s, audit(unit, "queue.remove"), audit(unit, "queue.create")))
		want(t, "untouched", checkAudit(t, s, unit), store.ChainCheck{Entries: 9})
		want(t, "of another unit", checkAudit(t, s, other), store.ChainCheck{Entries: 6})
		want(t, "of no unit", checkAudit(t, s, unitID()), store.ChainCheck{})

		execBeside(t, o, `create table kept as select * from audit`)
		execBeside(t, o, `create table kept_end as select * from audit_end`)
		for what, test := range map[string]struct {
			sql    string
			number int64
		}{
			"a name is changed":         {`update audit set by_name = 'sa' where action = 'queue.change2'`, 3},
			"what was there is changed": {`update audit set before = '{"a": 3}' where action = 'queue.change4'`, 5},
			"an entry is taken away":    {`delete from audit where action = 'queue.change3'`, 4},
			"the last is taken away":    {`delete from audit where action = 'queue.remove' or action = 'queue.create'`, 7},
			"the end is forged":         {`update audit_end set n = 6`, 7},
			"the end is taken away":     {`delete from audit_end`, 1},
			"two change places":         {`update audit set n = 7 - n where action in ('queue.change2', 'queue.change3')`, 3},
			"one is added before all":   {`update audit set n = 0 where action = 'queue.change0'`, 1},
			"one is moved to this unit": {`update audit set at = at + 1 where action = 'queue.change5'`, 6},
			"all is as it was saved":    {`update audit set n = n`, 0},
		} {
			execBeside(t, o, test.sql)
			got := checkAudit(t, s, unit)
			if got.Bad != (test.number > 0) || got.Number != test.number {
				t.Errorf("%s: found %+v, want entry %d", what, got, test.number)
			}
			for _, text := range []string{`delete from audit`, `insert into audit select * from kept`, `delete from audit_end`,
				`insert into audit_end select * from kept_end`} {
				execBeside(t, o, text)
			}
		}
		want(t, "put back", checkAudit(t, s, unit), store.ChainCheck{Entries: 9})
	})
}

// A person's own objects have names of their own, and are listed with the unit's for
// that person alone, in one order and with nothing left out between pages.
func TestOwnObjects(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		unit, ann, ben := unitID(), acd.AgentID(ids.ID()), acd.AgentID(ids.ID())
		for _, owner := range []acd.AgentID{{}, ann, ben} {
			for _, name := range []string{"Greeting", "Farewell"} {
				v := object(unit, name)
				v.Owner = owner
				must(t, save(t, s, store.PutObject{Object: v}))
			}
		}
		twice := object(unit, "GREETING")
		twice.Owner = ann
		if err := save(t, s, store.PutObject{Object: twice}); err == nil {
			t.Error("a person has a name twice")
		}
		list := func(q store.ObjectQuery) (names []string) {
			t.Helper()
			for {
				page, err := s.Objects(t.Context(), unit, "queue", q)
				must(t, err)
				for _, v := range page {
					whose := map[acd.AgentID]string{{}: "all", ann: "ann", ben: "ben"}[v.Owner]
					names = append(names, v.Name+" "+whose)
				}
				if len(page) < q.Limit {
					return names
				}
				q.After, q.AfterOwner = page[len(page)-1].Name, page[len(page)-1].Owner
			}
		}
		want(t, "the unit's", list(store.ObjectQuery{Limit: 1}), []string{"Farewell all", "Greeting all"})
		want(t, "with Ann's", list(store.ObjectQuery{Owner: ann, Limit: 1}), []string{"Farewell all", "Farewell ann", "Greeting all", "Greeting ann"})
		want(t, "everybody's", len(list(store.ObjectQuery{Everybody: true, Limit: 2})), 6)
		mine, err := s.OwnObjectByName(t.Context(), unit, "queue", ben, "greeting")
		must(t, err)
		want(t, "Ben's", mine.Owner, ben)
		mine.Owner, mine.Version = acd.AgentID{}, 2
		if err := save(t, s, store.PutObject{Object: mine, Expect: 1}); err == nil {
			t.Error("a shared name was taken by what was somebody's own")
		}
		mine.Name = "Good morning"
		must(t, save(t, s, store.PutObject{Object: mine, Expect: 1}))
		want(t, "shared", list(store.ObjectQuery{Limit: 10}), []string{"Farewell all", "Good morning all", "Greeting all"})
	})
}

func object(unit acd.UnitID, name string) store.Object {
	return store.Object{Unit: unit, Kind: "queue", ID: ids.ID(), Name: name, Version: 1, ChangedAt: 1, Body: json.RawMessage(`{}`)}
}
