package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/acd"
	"portico/store"
)

// want fails the test when the two differ.
func want[T any](t testing.TB, what string, got, wanted T) {
	t.Helper()
	if !reflect.DeepEqual(got, wanted) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, wanted)
	}
}

// none fails the test unless the answer is ErrNone.
func none[T any](t testing.TB, what string) func(T, error) {
	return func(got T, err error) {
		t.Helper()
		if !errors.Is(err, store.ErrNone) {
			t.Errorf("%s: got %+v, %v; want none", what, got, err)
		}
	}
}

func unitID() acd.UnitID       { return acd.UnitID(ids.ID()) }
func contactID() acd.ContactID { return acd.ContactID(ids.ID()) }
func agentID() acd.AgentID     { return acd.AgentID(ids.ID()) }
func queueID() acd.QueueID     { return acd.QueueID(ids.ID()) }

func contact(unit acd.UnitID, client string) store.Contact {
	return store.Contact{ID: contactID(), Unit: unit, Medium: "webchat", At: 1_700_000_000_123, ClientID: client,
		Source: "ann@example.com", Destination: "shop", Language: "english", Name: "Ann O’Neil 🙂", Caption: "Where is my parcel?",
		Thread: contactID(), Details: json.RawMessage(`{"order": "17",  "b":[1]}`)}
}

func message(c store.Contact, seq uint64, client string) store.Message {
	return store.Message{Unit: c.Unit, Contact: c.ID, Seq: seq, ClientID: client, At: 1_700_000_000_456,
		Author: store.AuthorAgent, By: agentID(), Kind: "text", Text: "Größe: 5 ≤ 6 \\ % _ '"}
}

func openRow(c store.Contact, state acd.ContactState) store.OpenContact {
	return store.OpenContact{ContactRow: acd.ContactRow{ID: c.ID, Unit: c.Unit, Queue: queueID(), Domain: acd.Chat, Priority: 50,
		State: state, Skills: []acd.SkillLevel{}, Due: 77, Exclusions: []acd.Exclusion{{Agent: agentID(), Step: 2, Until: 9}}},
		Workflow: json.RawMessage(`{"at":"queue"}`)}
}

func fact(c store.Contact, kind acd.FactKind, at acd.Time) store.Fact {
	return store.Fact{Fact: acd.Fact{Kind: kind, Why: acd.WhyNoAnswer, Domain: acd.Chat, Step: 3, At: at, Unit: c.Unit,
		Contact: c.ID, Agent: agentID(), Queue: queueID(), Reason: acd.ReasonID(ids.ID()), N: 4_000_000_000,
		Took: 1500 * time.Millisecond}}
}

// What is saved is read back as it was, in both engines, and another unit finds
// nothing with the right ids.
func TestRowsReadBack(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		unit, foreign := unitID(), unitID()
		c := contact(unit, "c1")
		c.Details = json.RawMessage(`{"order": "17",  "b":[1]}`)
		plain := store.Contact{ID: contactID(), Unit: unit, Medium: "webchat", At: 5, ClientID: "c2"}
		m := message(c, 1, "m1")
		row := openRow(c, acd.Queued)
		must(t, save(t, s, m, c, row))
		must(t, save(t, s, plain))

		got, err := s.Contact(ctx, unit, c.ID)
		must(t, err)
		want(t, "contact", got, c)
		got, err = s.ContactByClient(ctx, unit, "c2")
		must(t, err)
		want(t, "contact without what may be missing", got, plain)
		none[store.Contact](t, "foreign contact")(s.Contact(ctx, foreign, c.ID))
		none[store.Contact](t, "foreign client id")(s.ContactByClient(ctx, foreign, "c1"))
		none[store.History](t, "history of an open one")(historyOf(s, t, unit, c.ID))

		open, err := s.OpenContact(ctx, unit, c.ID)
		must(t, err)
		row.Skills = nil
		want(t, "open contact", open, row)
		none[store.OpenContact](t, "foreign open contact")(s.OpenContact(ctx, foreign, c.ID))

		page, err := s.Messages(ctx, unit, c.ID, 0, 10)
		must(t, err)
		want(t, "messages", page, []store.Message{m})
		one, err := s.MessageByClient(ctx, unit, c.ID, "m1")
		must(t, err)
		want(t, "message by client id", one, m)
		none[store.Message](t, "foreign message")(s.MessageByClient(ctx, foreign, c.ID, "m1"))
		for _, ask := range []struct {
			unit acd.UnitID
			seq  uint64
		}{{unit, 1}, {foreign, 0}} {
			seq, err := s.LastSeq(ctx, ask.unit, c.ID)
			must(t, err)
			want(t, "last seq", seq, ask.seq)
		}
	})
}

func historyOf(s *store.Store, t testing.TB, unit acd.UnitID, id acd.ContactID) (store.History, error) {
	h, err := s.History(t.Context(), unit, id)
	return h.History, err
}

// The end of a contact takes its open row away in the same unit.
func TestHistoryTakesThePlaceOfTheOpenContact(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		c := contact(unitID(), "c1")
		row := openRow(c, acd.WrapUp)
		must(t, save(t, s, c, row))
		row.State, row.EndWhy = acd.Ended, acd.WhyWrappedUp
		must(t, save(t, s, store.History{ContactRow: row.ContactRow, EndedAt: 99}))
		none[store.OpenContact](t, "open contact")(s.OpenContact(ctx, c.Unit, c.ID))
		got, err := s.History(ctx, c.Unit, c.ID)
		must(t, err)
		want(t, "contact", got.Contact, c)
		want(t, "state", got.State, acd.Ended)
		want(t, "ended", got.EndedAt, acd.Time(99))
		none[store.HistoryRow](t, "foreign history")(s.History(ctx, unitID(), c.ID))
	})
}

// What people are and hold is replaced by its key, and belongs to a unit.
func TestPeopleReadBack(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		unit, foreign, user := unitID(), unitID(), agentID()
		credential := store.Credential{Unit: unit, User: user, Hash: "$argon2id$…", Failures: 2, LockedTo: 8, At: 7}
		must(t, save(t, s, store.Credential{Unit: unit, User: user, Hash: "old"}, credential))
		gotCredential, err := s.Credential(ctx, unit, user)
		must(t, err)
		want(t, "credential", gotCredential, credential)
		none[store.Credential](t, "foreign credential")(s.Credential(ctx, foreign, user))

		session := store.Session{Key: [32]byte{1, 0xff}, Unit: unit, User: user, Created: 5, Seen: 6, Expires: 9, Address: "::1",
			Agent: "Browser"}
		must(t, save(t, s, session))
		session.Seen = 8
		must(t, save(t, s, session, store.Session{Key: [32]byte{2}, Unit: unit, User: user, Created: 6}))
		gotSession, err := s.Session(ctx, session.Key)
		must(t, err)
		want(t, "session", gotSession, session)
		sessions, err := s.Sessions(ctx, unit, user)
		must(t, err)
		want(t, "sessions", len(sessions), 2)
		want(t, "the newest session is first", sessions[1], session)
		sessions, err = s.Sessions(ctx, foreign, user)
		must(t, err)
		want(t, "foreign sessions", len(sessions), 0)
		must(t, save(t, s, store.SessionEnd{Key: session.Key}))
		none[store.Session](t, "ended session")(s.Session(ctx, session.Key))

		token := store.Token{ID: ids.ID(), Key: [32]byte{9}, Unit: unit, Name: "CRM", Role: "agent", By: user, Created: 1, Expires: 5}
		must(t, save(t, s, token))
		token.Revoked = true
		must(t, save(t, s, token))
		gotToken, err := s.Token(ctx, token.Key)
		must(t, err)
		want(t, "token", gotToken, token)
		none[store.Token](t, "unknown token")(s.Token(ctx, [32]byte{8}))

		state := store.AgentState{AgentRow: acd.AgentRow{ID: user, Unit: unit, SignedIn: true, Since: 3,
			Domains: acd.DomainStates{{Domain: acd.Chat, DomainState: acd.DomainState{Available: true, Since: 4, Idle: 4}}}}}
		must(t, save(t, s, store.AgentState{AgentRow: acd.AgentRow{ID: user, Unit: unit}}, state))
		var states []store.AgentState
		must(t, s.AgentStates(ctx, func(a store.AgentState) error { states = append(states, a); return nil }))
		want(t, "agent states", states, []store.AgentState{state})
	})
}

// Drafts and read marks: the last draft wins, an empty one deletes, the highest
// mark wins.
func TestTrifles(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		c, agent := contact(unitID(), "c1"), agentID()
		lazy := func(row store.Row) {
			t.Helper()
			saved := make(chan error, 1)
			must(t, s.Submit(store.Lazy, store.Unit{Rows: []store.Row{row}}, func(o store.Outcome) { saved <- o.Err }))
			must(t, <-saved)
		}
		draft := store.Draft{Unit: c.Unit, Contact: c.ID, Agent: agent, At: 5, Text: "Dear"}
		lazy(draft)
		draft.Text = "Dear Ann"
		lazy(draft)
		got, err := s.Draft(ctx, c.Unit, c.ID, agent)
		must(t, err)
		want(t, "draft", got, draft)
		none[store.Draft](t, "foreign draft")(s.Draft(ctx, unitID(), c.ID, agent))
		draft.Text = ""
		lazy(draft)
		none[store.Draft](t, "deleted draft")(s.Draft(ctx, c.Unit, c.ID, agent))

		mark := store.ReadMark{Unit: c.Unit, Contact: c.ID, Reader: store.AuthorCustomer, Seq: 9}
		lazy(mark)
		mark.Seq = 4
		lazy(mark)
		marks, err := s.ReadMarks(ctx, c.Unit, c.ID)
		must(t, err)
		mark.Seq = 9
		want(t, "read marks", marks, []store.ReadMark{mark})
		marks, err = s.ReadMarks(ctx, unitID(), c.ID)
		must(t, err)
		want(t, "foreign read marks", len(marks), 0)

		interval := store.Interval{Unit: c.Unit, Queue: queueID(), Start: 900_000, Offered: 3, WaitMs: 1 << 40}
		saved := make(chan error, 1)
		must(t, s.Submit(store.Lazy, store.Unit{Rows: []store.Row{interval, store.IntervalMark{Batch: 12}}},
			func(o store.Outcome) { saved <- o.Err }))
		must(t, <-saved)
		intervals, batch, err := s.Intervals(ctx, 900_000)
		must(t, err)
		want(t, "intervals", intervals, []store.Interval{interval})
		want(t, "interval mark", batch, uint64(12))
		intervals, _, err = s.Intervals(ctx, 900_001)
		must(t, err)
		want(t, "later intervals", len(intervals), 0)
	})
}

// An effect stays in the outbox until it is done.
func TestOutbox(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		a := store.Outbox{ID: ids.ID(), Unit: unitID(), Kind: "alert", At: 4, Body: json.RawMessage(`{"a": 1}`)}
		b := store.Outbox{ID: ids.ID(), Kind: "mail", At: 5}
		must(t, save(t, s, a, b))
		got, err := s.OutboxPage(ctx, [16]byte{}, 10)
		must(t, err)
		want(t, "outbox", got, []store.Outbox{a, b})
		got, err = s.OutboxPage(ctx, a.ID, 10)
		must(t, err)
		want(t, "the page after", got, []store.Outbox{b})
		must(t, save(t, s, store.OutboxDone{ID: a.ID}))
		got, err = s.OutboxPage(ctx, [16]byte{}, 10)
		must(t, err)
		want(t, "what is left", got, []store.Outbox{b})
	})
}

// Names are unique within unit and kind, without case; a change names the version
// that it saw; every version is kept; a deleted object frees its name.
func TestObjects(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		unit, foreign := unitID(), unitID()
		sales := store.Object{Unit: unit, Kind: "queue", ID: ids.ID(), Name: "Größe", ChangedAt: 1, ChangedBy: agentID(),
			Body: json.RawMessage(`{"a": 1}`)}
		must(t, save(t, s, store.PutObject{Object: sales}))
		refused := func(what string, wanted error, put store.PutObject) {
			t.Helper()
			audit := store.Audit{ID: ids.ID(), Unit: unit, Action: "refused"}
			if err := save(t, s, put, audit); !errors.Is(err, wanted) {
				t.Errorf("%s: got %v, want %v", what, err, wanted)
			}
		}
		other := sales
		other.ID, other.Name = ids.ID(), "GRÖSSE"
		refused("the same name in other case", store.ErrExists, store.PutObject{Object: other})
		refused("the same id", store.ErrExists, store.PutObject{Object: sales})
		refused("a change of what never was", store.ErrChanged, store.PutObject{Object: other, Expect: 1})
		other.Name = "Service"
		must(t, save(t, s, store.PutObject{Object: other}))
		stolen := other
		stolen.Name = "größe"
		refused("a name that is taken, by a change", store.ErrExists, store.PutObject{Object: stolen, Expect: 1})
		refused("another version", store.ErrChanged, store.PutObject{Object: other, Expect: 2})
		foreignCopy := sales
		foreignCopy.Unit = foreign
		must(t, save(t, s, store.PutObject{Object: foreignCopy}))
		refused("another unit's object", store.ErrChanged, store.PutObject{
			Object: store.Object{Unit: unitID(), Kind: "queue", ID: sales.ID, Name: "x", Body: sales.Body}, Expect: 1})

		renamed := sales
		renamed.Name, renamed.ChangedAt = "größe", 2
		must(t, save(t, s, store.PutObject{Object: renamed, Expect: 1}))
		renamed.Version = 2
		got, err := s.Object(ctx, unit, "queue", sales.ID)
		must(t, err)
		want(t, "object", got, renamed)
		got, err = s.ObjectByName(ctx, unit, "queue", "GRÖSSE")
		must(t, err)
		want(t, "by name", got, renamed)
		none[store.Object](t, "foreign object")(s.Object(ctx, foreign, "queue", other.ID))
		none[store.Object](t, "another kind")(s.Object(ctx, unit, "skill", sales.ID))
		none[store.Object](t, "foreign name")(s.ObjectByName(ctx, foreign, "queue", "Service"))

		gone := renamed
		gone.Deleted, gone.ChangedAt = true, 3
		must(t, save(t, s, store.PutObject{Object: gone, Expect: 2}))
		none[store.Object](t, "deleted object")(s.Object(ctx, unit, "queue", sales.ID))
		refused("a change of what is deleted", store.ErrChanged, store.PutObject{Object: renamed, Expect: 3})
		must(t, save(t, s, store.PutObject{Object: stolen, Expect: 1}))
		versions, err := s.ObjectVersions(ctx, unit, "queue", sales.ID)
		must(t, err)
		sales.Version, gone.Version = 1, 3
		want(t, "versions", versions, []store.Object{gone, renamed, sales})
		versions, err = s.ObjectVersions(ctx, foreign, "queue", other.ID)
		must(t, err)
		want(t, "foreign versions", len(versions), 0)
		all, err := s.AllObjects(ctx, "queue")
		must(t, err)
		want(t, "all units' objects", len(all), 2)
		audits, _, err := s.AuditPage(ctx, unit, store.AuditQuery{}, "", 100)
		must(t, err)
		want(t, "what a refused unit saved", len(audits), 0)
	})
}

// Contacts are found by the beginnings of their words, in their unit alone.
func TestSearch(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		unit := unitID()
		c := contact(unit, "c1")
		other := contact(unitID(), "c1")
		must(t, save(t, s, c, openRow(c, acd.Queued), fact(c, acd.FactArrived, 5)))
		must(t, save(t, s, other, openRow(other, acd.Queued), fact(other, acd.FactArrived, 5)))
		search := func(words string) []store.HistoryRow {
			t.Helper()
			found, _, err := s.SearchContacts(t.Context(), unit, store.ContactQuery{Words: words}, acd.ContactID{}, 10)
			must(t, err)
			return found
		}
		eventually(t, "the contact is indexed", func() bool { return len(search("o’neil")) == 1 })
		for words, n := range map[string]int{"ANN": 1, "parc wher": 1, "example.com": 1, "parcel zebra": 0, "arcel": 0, "": 0,
			"%": 0, "' or 1=1": 0} {
			want(t, "found by "+words, len(search(words)), n)
		}
		want(t, "it is open", search("ann")[0].EndedAt, 0)
		must(t, save(t, s, store.History{ContactRow: acd.ContactRow{ID: c.ID, Unit: unit, State: acd.Ended}, EndedAt: 9}))
		found := search("ann")
		want(t, "contact", found[0].Contact, c)
		want(t, "it has ended", found[0].EndedAt, 9)
	})
}

// eventually polls a condition; it fails the test after a minute.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

// Every list is paged by key: no row twice, none left out, in order, however long.
func TestPaging(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		const n = 1234
		unit, foreign, agent := unitID(), unitID(), agentID()
		first := contact(unit, "first")
		var units []store.Unit
		for i := range n {
			c := contact(unit, fmt.Sprint("c", i))
			f := fact(c, acd.FactArrived, acd.At(time.Date(2026, 10, 31, 23, 59, 59, 0, time.UTC)).Add(time.Duration(i)*time.Millisecond))
			c2 := contact(foreign, fmt.Sprint("c", i))
			// Many end at the same time, so that the id must tell them apart.
			units = append(units, store.Unit{Rows: []store.Row{c, f,
				store.History{ContactRow: acd.ContactRow{ID: c.ID, Unit: unit}, EndedAt: acd.Time(i / 100)}}},
				store.Unit{Rows: []store.Row{message(first, uint64(i+1), fmt.Sprint("m", i)), c2, openRow(c2, acd.Queued),
					fact(c2, acd.FactArrived, f.At)}})
		}
		hubSave(t, s, units)
		for i := range n {
			must(t, s.Submit(store.Channel, store.Unit{Rows: []store.Row{
				store.PutObject{Object: store.Object{Unit: unit, Kind: "queue", ID: ids.ID(), Name: fmt.Sprintf("Queue %04d", i), Body: json.RawMessage("{}")}},
				store.Audit{ID: ids.ID(), Unit: unit, At: acd.Time(i / 50), By: agent, Action: "queue.create"},
				store.Token{ID: ids.ID(), Key: [32]byte{byte(i), byte(i >> 8)}, Unit: unit},
				store.Outbox{ID: ids.ID(), Kind: "alert"},
				store.AgentState{AgentRow: acd.AgentRow{ID: agentID(), Unit: unit}},
				store.Interval{Unit: unit, Queue: queueID(), Start: acd.Time(i / 100)},
			}}, nil))
		}
		must(t, save(t, s, store.OutboxDone{}))

		pages(t, "history", n, func(after string, limit int) (string, []string) {
			rows, next, err := s.HistoryPage(ctx, unit, after, limit)
			must(t, err)
			return next, texts(rows, func(h store.HistoryRow) string { return fmt.Sprintf("%09d %s", 1e6-h.EndedAt, invert(h.ID)) })
		})
		pages(t, "audit", n, func(after string, limit int) (string, []string) {
			rows, next, err := s.AuditPage(ctx, unit, store.AuditQuery{}, after, limit)
			must(t, err)
			return next, texts(rows, func(a store.Audit) string { return invert(a.ID) })
		})
		pages(t, "tokens", n, func(after string, limit int) (string, []string) {
			rows, err := s.Tokens(ctx, unit, after, limit)
			must(t, err)
			return last(texts(rows, func(v store.Token) string { return acd.ContactID(v.ID).String() }))
		})
		pages(t, "objects", n, func(after string, limit int) (string, []string) {
			rows, err := s.Objects(ctx, unit, "queue", store.ObjectQuery{After: after, Limit: limit, Find: "QUEUE"})
			must(t, err)
			return last(texts(rows, func(v store.Object) string { return v.Name }))
		})
		var seq uint64
		pages(t, "messages", n, func(after string, limit int) (string, []string) {
			rows, err := s.Messages(ctx, unit, first.ID, seq, limit)
			must(t, err)
			seq += uint64(len(rows))
			return last(texts(rows, func(m store.Message) string { return fmt.Sprintf("%09d", m.Seq) }))
		})
		var id [16]byte
		pages(t, "outbox", n, func(after string, limit int) (string, []string) {
			rows, err := s.OutboxPage(ctx, id, limit)
			must(t, err)
			if len(rows) > 0 {
				id = rows[len(rows)-1].ID
			}
			return last(texts(rows, func(v store.Outbox) string { return acd.ContactID(v.ID).String() }))
		})
		var key store.FactKey
		pages(t, "facts", n, func(after string, limit int) (string, []string) {
			rows, err := s.FactsPage(ctx, unit, key, limit)
			must(t, err)
			if len(rows) > 0 {
				key = rows[len(rows)-1].Key
			}
			return last(texts(rows, factText))
		})

		all := func(what string, n int, got []string) {
			t.Helper()
			if len(got) != n || !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != n {
				t.Errorf("%s: %d rows, sorted %v; want %d different ones in order", what, len(got), slices.IsSorted(got), n)
			}
		}
		var got []string
		must(t, s.OpenContacts(ctx, func(o store.OpenContact, c store.Contact) error {
			got = append(got, o.ID.String())
			return nil
		}))
		all("open contacts", n, got)
		got = nil
		must(t, s.AgentStates(ctx, func(a store.AgentState) error { got = append(got, a.ID.String()); return nil }))
		all("agent states", n, got)
		got = nil
		must(t, s.FactsSince(ctx, 0, func(f store.FactRow) error { got = append(got, factText(f)); return nil }))
		all("facts since", 2*n, got)
		rows, _, err := s.Intervals(ctx, 0)
		must(t, err)
		all("intervals", n, texts(rows, func(i store.Interval) string { return fmt.Sprintf("%09d %s", i.Start, i.Queue) }))
		objects, err := s.AllObjects(ctx, "queue")
		must(t, err)
		all("all objects", n, texts(objects, func(v store.Object) string { return acd.ContactID(v.ID).String() }))

		for _, after := range []string{"x", "AAAA", "é", "0193a5c0-7f00-7000-8000-00000000000"} {
			_, _, err := s.HistoryPage(ctx, unit, after, 5)
			_, _, err2 := s.AuditPage(ctx, unit, store.AuditQuery{}, after, 5)
			_, err3 := s.Tokens(ctx, unit, after, 5)
			for _, err := range []error{err, err2, err3} {
				if !errors.Is(err, store.ErrPage) {
					t.Errorf("page after %q: %v", after, err)
				}
			}
		}
	})
}

// pages reads a list page by page and checks that all is there once, in order.
func pages(t *testing.T, what string, n int, page func(after string, limit int) (next string, rows []string)) {
	t.Helper()
	var got []string
	after := ""
	for limit := 1; ; limit = limit%700 + 333 {
		next, rows := page(after, limit)
		if len(rows) > limit {
			t.Fatalf("%s: a page of %d has %d rows", what, limit, len(rows))
		}
		got = append(got, rows...)
		if next == "" {
			break
		}
		after = next
	}
	if len(got) != n || !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != n {
		t.Errorf("%s: %d rows, sorted %v; want %d different ones in order", what, len(got), slices.IsSorted(got), n)
	}
}

func texts[T any](rows []T, text func(T) string) []string {
	var out []string
	for _, row := range rows {
		out = append(out, text(row))
	}
	return out
}

func last(rows []string) (string, []string) {
	if len(rows) == 0 {
		return "", nil
	}
	return rows[len(rows)-1], rows
}

// invert gives a text that sorts ids the other way round.
func invert(id [16]byte) string {
	var b strings.Builder
	for _, x := range id {
		fmt.Fprintf(&b, "%02x", 255-x)
	}
	return b.String()
}

func factText(f store.FactRow) string {
	return fmt.Sprintf("%06d %09d %09d", f.Key.Month, f.Key.Batch, f.Key.N)
}

// hubSave saves units as the hub does, and fails the test unless all are durable.
func hubSave(t testing.TB, s *store.Store, units []store.Unit) uint64 {
	t.Helper()
	batch, outcomes := hubSubmit(s, units)
	for i, o := range outcomes {
		if o.Err != nil || o.Batch != batch {
			t.Fatalf("unit %d: %+v", i, o)
		}
	}
	return batch
}

func hubSubmit(s *store.Store, units []store.Unit) (batch uint64, outcomes []store.Outcome) {
	done := make(chan struct{})
	s.SubmitHub(units, func(n uint64, o []store.Outcome) {
		batch, outcomes = n, o
		close(done)
	})
	<-done
	return batch, outcomes
}

// Facts carry the key of their commit: the month of their own time, the batch, and
// their place in it; a contact's are found by it, in its unit alone.
func TestFacts(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, ctx := open(t, o), t.Context()
		c := contact(unitID(), "c1")
		newYear := acd.At(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
		a, b, d := fact(c, acd.FactArrived, newYear-1), fact(c, acd.FactOffered, newYear), fact(c, acd.FactEnded, newYear+5)
		about := store.Fact{Fact: acd.Fact{Kind: acd.FactSignedIn, At: newYear, Unit: c.Unit, Agent: agentID()}}
		first := hubSave(t, s, []store.Unit{{Rows: []store.Row{a, about}}, {Rows: []store.Row{b}}})
		second := hubSave(t, s, []store.Unit{{Rows: []store.Row{d}}})
		want(t, "batches ascend", second, first+1)
		wanted := []store.FactRow{{store.FactKey{202612, first, 0}, a.Fact}, {store.FactKey{202701, first, 2}, b.Fact},
			{store.FactKey{202701, second, 0}, d.Fact}}
		got, err := s.Facts(ctx, c.Unit, c.ID)
		must(t, err)
		want(t, "facts of the contact", got, wanted)
		got, err = s.Facts(ctx, unitID(), c.ID)
		must(t, err)
		want(t, "foreign facts", len(got), 0)
		got = nil
		must(t, s.FactsSince(ctx, first, func(f store.FactRow) error { got = append(got, f); return nil }))
		want(t, "facts since the first batch", got, wanted[2:])
	})
}

// A reader's transaction that takes too long is cut off, in words.
func TestLongReadIsCutOff(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		o.ReadMax = time.Nanosecond
		s := open(t, o)
		if _, err := s.Contact(t.Context(), unitID(), contactID()); !errors.Is(err, store.ErrAway) {
			t.Errorf("it ended with %v", err)
		}
	})
}
