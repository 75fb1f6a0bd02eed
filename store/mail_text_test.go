package store_test

import (
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"portico/acd"
	"portico/store"
)

// mailOf makes a contact with a mail that has words.
func mailOf(unit acd.UnitID, client, subject, text string) []store.Row {
	c := contact(unit, client)
	c.Medium, c.Caption = "email", subject
	m := message(c, 1, client)
	m.Kind, m.Text = "mail", text
	return []store.Row{m, c, openRow(c, acd.Queued), store.Mail{Unit: unit, Contact: c.ID, Seq: 1, Direction: store.MailIn, Subject: subject},
		fact(c, acd.FactArrived, c.At)}
}

// findsOf polls until a search finds so many contacts.
func findsOf(t *testing.T, s *store.Store, unit acd.UnitID, q store.ContactQuery, n int) []store.HistoryRow {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		rows, _, err := s.SearchContacts(t.Context(), unit, q, acd.ContactID{}, 10)
		must(t, err)
		if len(rows) == n {
			return rows
		}
		if time.Now().After(end) {
			t.Fatalf("%+v finds %d contacts, want %d", q, len(rows), n)
		}
	}
}

// The text of a mail is found by the beginnings of its words, however they are written, on
// both engines, and by its own unit alone, whatever a customer writes; what came just
// before the process ended is found by the next.
func TestSearchInMails(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s := open(t, o)
		unit, foreign := unitID(), unitID()
		rows := mailOf(unit, "m1", "Order 4711", "My GRÖSSE is wrong; please send the sandals in 42b. Ça va?")
		must(t, save(t, s, rows...))
		must(t, save(t, s, mailOf(unit, "m2", "Else", "Nothing of that")...))
		// The word that stands for the other unit, in a mail of this one.
		must(t, save(t, s, mailOf(foreign, "m3", "Sly", "sandals u"+hex.EncodeToString(unit[:]))...))
		for _, words := range []string{"größe", "GRÖSSE", "sandals", "sandals 42b", "ça", "4711 sand", "ann sandals", "O’Neil größe"} {
			got := findsOf(t, s, unit, store.ContactQuery{Words: words}, 1)
			want(t, words, got[0].Contact.ID, rows[1].(store.Contact).ID)
		}
		for _, words := range []string{"andals", "sandals zebra", "'; drop", `"`, "sandals*x"} {
			got, _, err := s.SearchContacts(t.Context(), unit, store.ContactQuery{Words: words}, acd.ContactID{}, 10)
			if err != nil || len(got) > 0 {
				t.Errorf("%q finds %d, %v", words, len(got), err)
			}
		}
		findsOf(t, s, foreign, store.ContactQuery{Words: "sandals"}, 1)
		late := mailOf(unit, "m4", "Late", "zebra")
		must(t, save(t, s, late...))
		must(t, s.Close())
		s = open(t, o)
		findsOf(t, s, unit, store.ContactQuery{Words: "zebra"}, 1)
	})
}

// A search is narrowed by time, medium, queue, agent, disposition and customer, each for
// itself, with words or without.
func TestSearchNarrowed(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, unit := open(t, o), unitID()
		open := mailOf(unit, "m1", "First", "sandals")
		must(t, save(t, s, open...))
		c := contact(unit, "c2")
		c.At, c.Caption = open[1].(store.Contact).At.Add(time.Hour), "sandals too"
		row := openRow(c, acd.Ended)
		row.Agent, row.Disposition = agentID(), acd.ReasonID(ids.ID())
		must(t, save(t, s, c, store.History{ContactRow: row.ContactRow, EndedAt: c.At}, fact(c, acd.FactArrived, c.At)))
		first, second := open[1].(store.Contact), c
		for _, test := range []struct {
			what string
			q    store.ContactQuery
			id   acd.ContactID
		}{
			{"from", store.ContactQuery{From: second.At}, second.ID},
			{"until", store.ContactQuery{Until: second.At}, first.ID},
			{"medium", store.ContactQuery{Medium: "email"}, first.ID},
			{"queue", store.ContactQuery{Queue: row.Queue}, second.ID},
			{"agent", store.ContactQuery{Agent: row.Agent}, second.ID},
			{"disposition", store.ContactQuery{Disposition: row.Disposition}, second.ID},
		} {
			for _, words := range []string{"", "sandals"} {
				test.q.Words = words
				got := findsOf(t, s, unit, test.q, 1)
				want(t, test.what+" "+words, got[0].Contact.ID, test.id)
			}
		}
		findsOf(t, s, unit, store.ContactQuery{Words: "sandals"}, 2)
		findsOf(t, s, unit, store.ContactQuery{Customer: ids.ID()}, 0)
		findsOf(t, s, unitID(), store.ContactQuery{Medium: "email"}, 0)
	})
}

// A search that has more than a page goes on where the page before ended: each contact
// once, the newest first, also where most of those that hold the words are another's.
func TestSearchInPages(t *testing.T) {
	engines(t, func(t *testing.T, o store.Options) {
		s, unit, queue := open(t, o), unitID(), acd.QueueID(ids.ID())
		for i := range 9 {
			rows := mailOf(unit, fmt.Sprint("p", i), "sandals", "sandals")
			if i%2 == 0 {
				open := rows[2].(store.OpenContact)
				open.Queue = queue
				rows[2] = open
			}
			must(t, save(t, s, rows...))
		}
		findsOf(t, s, unit, store.ContactQuery{Words: "sandals"}, 9)
		var got []acd.ContactID
		for before, pages := (acd.ContactID{}), 0; ; pages++ {
			rows, next, err := s.SearchContacts(t.Context(), unit, store.ContactQuery{Words: "sandals", Queue: queue}, before, 2)
			must(t, err)
			for _, row := range rows {
				got = append(got, row.Contact.ID)
			}
			if before = next; next.IsZero() {
				break
			}
			if pages > 5 {
				t.Fatal("the pages have no end")
			}
		}
		want(t, "contacts", len(got), 5)
		for i := range got[1:] {
			if got[i].String() <= got[i+1].String() {
				t.Errorf("the order is %v", got)
			}
		}
	})
}
