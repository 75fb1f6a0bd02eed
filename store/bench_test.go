package store_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"portico/acd"
	"portico/store"
)

// life is the units of a simple contact's life: 13 rows.
func life(unit acd.UnitID, agent acd.AgentID, queue acd.QueueID, n int) []store.Unit {
	id := acd.ContactID(ids.ID())
	at := acd.At(time.Now())
	row := acd.ContactRow{ID: id, Unit: unit, Queue: queue, Domain: acd.Chat, Priority: 50, State: acd.Queued, FirstQueued: at,
		QueuedAt: at, Due: at.Add(20 * time.Second), Since: at}
	open := func(state acd.ContactState) store.Row {
		row.State = state
		return store.OpenContact{ContactRow: row, Workflow: json.RawMessage(`{"at":"queue"}`)}
	}
	fact := func(kind acd.FactKind) store.Row {
		return store.Fact{Fact: acd.Fact{Kind: kind, At: at, Unit: unit, Contact: id, Agent: agent, Queue: queue, Domain: acd.Chat}}
	}
	state := store.AgentState{AgentRow: acd.AgentRow{ID: agent, Unit: unit, SignedIn: true, Since: at,
		Domains: acd.DomainStates{{Domain: acd.Chat, DomainState: acd.DomainState{Available: true, Since: at, Idle: at}}}}}
	contact := store.Contact{ID: id, Unit: unit, Medium: "webchat", At: at, ClientID: fmt.Sprint("client-", n, "-", id),
		Source: "ann@example.com", Language: "english", Name: "Ann O’Neil", Caption: "Where is my parcel?"}
	return []store.Unit{
		{Rows: []store.Row{contact, open(acd.Queued), fact(acd.FactArrived)}},
		{Rows: []store.Row{open(acd.Offered), fact(acd.FactOffered)}},
		{Rows: []store.Row{open(acd.Active), fact(acd.FactAccepted), state}},
		{Rows: []store.Row{open(acd.WrapUp), fact(acd.FactFinished)}},
		{Rows: []store.Row{fact(acd.FactEnded), store.History{ContactRow: row, EndedAt: at}}},
	}
}

// The writer's path with the rows of contacts' lives, as the hub commits them:
// one batch under way, so many lives in each.
func benchmarkLives(b *testing.B, o store.Options, lives int) {
	s := open(b, o)
	unit, queue := acd.UnitID(ids.ID()), acd.QueueID(ids.ID())
	agents := make([]acd.AgentID, 200)
	for i := range agents {
		agents[i] = acd.AgentID(ids.ID())
	}
	n := 0
	b.ResetTimer()
	for range b.N {
		var units []store.Unit
		for range lives {
			units = append(units, life(unit, agents[n%len(agents)], queue, n)...)
			n++
		}
		done := make(chan error, 1)
		s.SubmitHub(units, func(_ uint64, outcomes []store.Outcome) {
			for _, o := range outcomes {
				if o.Err != nil {
					done <- o.Err
					return
				}
			}
			done <- nil
		})
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*13)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "lives/s")
}

func BenchmarkCommitHubSQLite(b *testing.B) {
	for _, lives := range [...]int{1, 20, 200} {
		b.Run(fmt.Sprint("lives=", lives), func(b *testing.B) {
			benchmarkLives(b, store.Options{Dir: b.TempDir(), Log: quiet(b)}, lives)
		})
	}
}

func BenchmarkCommitHubPostgres(b *testing.B) {
	for _, lives := range [...]int{1, 20, 200} {
		b.Run(fmt.Sprint("lives=", lives), func(b *testing.B) {
			benchmarkLives(b, store.Options{Dir: b.TempDir(), DSN: cluster.Database(b), Log: quiet(b)}, lives)
		})
	}
}

// Group commit: 64 conversations of 12 messages, each waiting for its message to be
// durable before the next.
func benchmarkMessages(b *testing.B, o store.Options) {
	s := open(b, o)
	unit := acd.UnitID(ids.ID())
	var group sync.WaitGroup
	const writers = 64
	b.ResetTimer()
	for range writers {
		group.Go(func() {
			m := store.Message{Unit: unit, Contact: acd.ContactID(ids.ID()), Author: store.AuthorCustomer, Kind: "text",
				Text: "Where is my parcel? It was to be here yesterday, and nobody has called me since."}
			for i := range b.N {
				if i%12 == 0 {
					m.Contact = acd.ContactID(ids.ID())
				}
				m.Seq, m.ClientID, m.At = uint64(i+1), fmt.Sprint(i), acd.At(time.Now())
				if err := s.Save(b.Context(), store.Unit{Rows: []store.Row{m}}); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(b.N*writers)/b.Elapsed().Seconds(), "messages/s")
}

func BenchmarkCommitMessagesSQLite(b *testing.B) {
	benchmarkMessages(b, store.Options{Dir: b.TempDir(), Log: quiet(b)})
}

func BenchmarkCommitMessagesPostgres(b *testing.B) {
	benchmarkMessages(b, store.Options{Dir: b.TempDir(), DSN: cluster.Database(b), Log: quiet(b)})
}
