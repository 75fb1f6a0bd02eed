package picture

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"portico/acd"
	"portico/hub"
	"portico/store"
)

// hundredThousand is a picture of so many open contacts in 100 queues of one unit.
func hundredThousand(waiting int) (*Picture, *company) {
	c := newCompany(1, 200, 2000)
	for i := range c.plan.Queues {
		c.plan.Queues[i].Unit = sales
	}
	for i := range c.plan.Agents {
		c.plan.Agents[i].Unit = sales
	}
	p := c.picture()
	for n := 0; n < waiting; n += 100 {
		b := hub.Batch{N: uint64(n + 1)}
		for range 100 {
			q := c.plan.Queues[c.r.IntN(200)]
			a := c.arrival(q)
			c.now = c.now.Add(time.Millisecond)
			at := acd.At(c.now)
			row := acd.ContactRow{ID: a.Contact, Unit: sales, Queue: q.ID, State: acd.Queued, FirstQueued: at, Due: at - acd.Time(c.r.IntN(100))*30_000}
			if c.r.IntN(10) == 0 {
				row.State, row.Agent = acd.Active, c.plan.Agents[c.r.IntN(2000)].ID
			}
			b.Changes = append(b.Changes, hub.Change{At: at, Arrival: a, Rows: []acd.ContactRow{row},
				Facts: []acd.Fact{{Kind: acd.FactArrived, At: at, Unit: sales, Contact: row.ID, Queue: q.ID}}})
		}
		p.Fold(b)
	}
	return p, c
}

// A page of every kind with 1,000 and 100,000 open contacts, while a batch is folded
// between any two; the goal is a p99 below 20 ms.
func BenchmarkPage(b *testing.B) {
	for _, waiting := range []int{1_000, 100_000} {
		p, c := hundredThousand(waiting)
		first, _ := p.Contacts(sales, Filter{}, ByDue, "", 100)
		middle, _ := p.units[sales].byDue.GetAt(waiting / 2)
		from := placeOf(middle)
		tests := []struct {
			name   string
			filter Filter
			after  string
		}{
			{"first", Filter{}, ""}, {"second", Filter{}, first.Next}, {"middle", Filter{}, from},
			{"queue", Filter{Queue: c.plan.Queues[3].ID}, ""}, {"agent", Filter{Agent: c.plan.Agents[3].ID}, ""},
			{"state", Filter{States: []acd.ContactState{acd.Active}}, ""}, {"no-such-state", Filter{States: []acd.ContactState{acd.WrapUp}}, ""},
			{"text", Filter{Text: "grace"}, ""}, {"no-such-text", Filter{Text: "no such words"}, ""},
		}
		for _, test := range tests {
			b.Run(fmt.Sprintf("%d/%s", waiting, test.name), func(b *testing.B) {
				var took []time.Duration
				n := p.Version()
				for b.Loop() {
					b.StopTimer()
					n++
					row := p.contacts[first.Items[int(n)%len(first.Items)].ID].row
					row.Since++
					p.Fold(hub.Batch{N: n, Changes: []hub.Change{{Rows: []acd.ContactRow{row}}}})
					began := time.Now()
					b.StartTimer()
					if _, err := p.Contacts(sales, test.filter, ByDue, test.after, 100); err != nil {
						b.Fatal(err)
					}
					took = append(took, time.Since(began))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			})
		}
	}
}

// Folding one transition among 100,000 open contacts.
func BenchmarkFold(b *testing.B) {
	p, _ := hundredThousand(100_000)
	ids := make([]acd.ContactID, 0, len(p.contacts))
	for id := range p.contacts {
		ids = append(ids, id)
	}
	n := p.Version()
	b.ReportAllocs()
	for b.Loop() {
		n++
		row := p.contacts[ids[int(n*7919)%len(ids)]].row
		row.State = everyone[n%uint64(len(everyone))]
		p.Fold(hub.Batch{N: n, Changes: []hub.Change{{Rows: []acd.ContactRow{row}}}})
	}
}

// A start with 100,000 waiting contacts in SQLite: picture and hub, until it serves.
// The goal is below 5 s.
func BenchmarkStart(b *testing.B) {
	o := newOffice(b, 1)
	for n := 0; n < 100_000; n += 1000 {
		var units []store.Unit
		for i := range 1000 {
			id := acd.ContactID(o.mint.ID())
			at := acd.At(o.clock.now())
			units = append(units, store.Unit{Rows: []store.Row{
				store.Contact{ID: id, Unit: sales, Medium: "webchat", At: at, ClientID: fmt.Sprint(n + i), Name: "Ada", Caption: "Where is it?"},
				store.OpenContact{Workflow: []byte(`{"version":0,"node":"queue","visit":2,"since":1}`), ContactRow: acd.ContactRow{
					ID: id, Unit: sales, Queue: o.queues[i%3], Domain: acd.Chat, Priority: 50, State: acd.Queued, FirstQueued: at, QueuedAt: at, Since: at, Due: at}},
				store.Fact{Fact: acd.Fact{Kind: acd.FactArrived, At: at, Unit: sales, Contact: id, Queue: o.queues[i%3]}},
			}})
		}
		saved := make(chan error, 1)
		o.store.SubmitHub(units, func(_ uint64, outcomes []store.Outcome) { saved <- outcomes[0].Err })
		if err := <-saved; err != nil {
			b.Fatal(err)
		}
	}
	o.close()
	for b.Loop() {
		o.open()
		b.StopTimer()
		o.close()
		b.StartTimer()
	}
}
