package picture

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"portico/acd"
	"portico/fault"
	"portico/hub"
	"portico/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// all gives everything that a picture shows, for comparison.
func all(p *Picture) map[string]any {
	out := map[string]any{"version": p.Version()}
	for _, u := range units {
		for s, name := range map[Sort]string{ByDue: "due", ByFirstQueued: "first"} {
			page, _ := p.Contacts(u, Filter{}, s, "", PageMax)
			out["contacts by "+name+u.String()] = page.Items
		}
		out["queues"+u.String()] = p.QueuesSince(u, 0)
		for _, w := range workflows {
			out["workflow"+u.String()+w.String()], _ = p.FlowCounts(u, w)
		}
		agents := p.AgentsSince(u, 0)
		out["agents"+u.String()] = agents
		for _, a := range agents.Put {
			desk, _ := p.Desk(u, a.ID)
			out["desk"+a.ID.String()] = desk
			out["day"+a.ID.String()], _ = p.AgentDay(u, a.ID)
		}
	}
	return out
}

func differing(a, b map[string]any) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(a)) {
		if !reflect.DeepEqual(a[k], b[k]) {
			out = append(out, k)
		}
	}
	return out
}

// A picture folded from batches equals one read from the store's rows, at any
// moment; counters included, whether they were written back before or not.
func TestFoldEqualsRows(t *testing.T) {
	for seed := range uint64(6) {
		c := newCompany(seed, 7, 9)
		p := c.picture()
		for n := range 120 {
			p.Fold(c.batch(6))
			if n%17 == 3 {
				if err := p.save(&saver{c: c}); err != nil {
					t.Fatal(err)
				}
			}
			if n%10 != 0 {
				continue
			}
			if d := differing(all(p), all(c.picture())); len(d) > 0 {
				t.Fatalf("seed %d, batch %d: folded and read anew differ in %v", seed, n, d)
			}
		}
	}
}

// Today's counters of a queue are those of its facts since midnight in the unit's
// zone, also over midnight and the night in which summer time begins.
func TestCountersEqualFacts(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c := newCompany(5, 6, 4)
	p := New(Options{Now: c.clock, Zone: func(u acd.UnitID) *time.Location {
		if u == sales {
			return berlin
		}
		return nil
	}})
	if err := p.Load(context.Background(), c, c.plan); err != nil {
		t.Fatal(err)
	}
	for n := range 300 {
		p.Fold(c.batch(4))
		if n%10 == 0 {
			c.now = c.now.Add(2 * time.Hour)
		}
		for _, q := range c.plan.Queues {
			zone := time.UTC
			if q.Unit == sales {
				zone = berlin
			}
			y, m, d := c.now.In(zone).Date()
			var want Counters
			for _, f := range c.facts {
				if f.Queue == q.ID && f.At >= acd.At(time.Date(y, m, d, 0, 0, 0, 0, zone)) {
					want.add(counted(f.Fact, q.Objective))
				}
			}
			if got, _ := p.Queue(q.Unit, q.ID); got.Today != want {
				t.Fatalf("batch %d at %v: today %+v, the facts say %+v", n, c.now, got.Today, want)
			}
		}
	}
}

// A unit that changes its time zone has another today from the next batch on.
func TestZoneChanges(t *testing.T) {
	c := newCompany(6, 2, 2)
	c.now = time.Date(2026, 5, 5, 22, 30, 0, 0, time.UTC)
	zone := time.FixedZone("+1", 3600)
	p := New(Options{Now: c.clock, Zone: func(acd.UnitID) *time.Location { return zone }})
	if err := p.Load(context.Background(), c, c.plan); err != nil {
		t.Fatal(err)
	}
	at, q := acd.At(c.now), c.plan.Queues[0]
	p.Fold(hub.Batch{N: 1, Changes: []hub.Change{{At: at, Facts: []acd.Fact{{Kind: acd.FactArrived, At: at, Unit: q.Unit, Queue: q.ID}}}}})
	zone = time.FixedZone("+2", 7200) // where it is tomorrow from 22:00 on
	c.now = c.now.Add(-time.Hour)
	p.Fold(hub.Batch{N: 2, Changes: []hub.Change{{At: at}}})
	if got, _ := p.Queue(q.Unit, q.ID); got.Today.Offered != 1 {
		t.Errorf("an hour after midnight: %+v", got.Today)
	}
	zone = time.FixedZone("-2", -7200)
	p.Fold(hub.Batch{N: 3, Changes: []hub.Change{{At: at.Add(4 * time.Hour)}}})
	if got, _ := p.Queue(q.Unit, q.ID); got.Today.Offered != 0 {
		t.Errorf("on the next day: %+v", got.Today)
	}
}

// What each fact counts as, in which queue.
func TestCounted(t *testing.T) {
	tests := []struct {
		fact acd.Fact
		want Counters
	}{
		{acd.Fact{Kind: acd.FactArrived}, Counters{Offered: 1}},
		{acd.Fact{Kind: acd.FactQueued, Why: acd.WhyHoldOver}, Counters{}},
		{acd.Fact{Kind: acd.FactQueued, Why: acd.WhyNoAnswer}, Counters{}},
		{acd.Fact{Kind: acd.FactAccepted, Took: 20 * time.Second}, Counters{Answered: 1, InTime: 1, WaitMs: 20_000}},
		{acd.Fact{Kind: acd.FactAccepted, Took: 20*time.Second + time.Millisecond}, Counters{Answered: 1, WaitMs: 20_001}},
		{acd.Fact{Kind: acd.FactNotAccepted, Why: acd.WhyNoAnswer}, Counters{NotAnswered: 1}},
		{acd.Fact{Kind: acd.FactNotAccepted, Why: acd.WhyDeclined}, Counters{}},
		{acd.Fact{Kind: acd.FactReturned, Why: acd.WhyDesktopLost}, Counters{Offered: 1}},
		{acd.Fact{Kind: acd.FactReturned, Why: acd.WhyTransferred}, Counters{}},
		{acd.Fact{Kind: acd.FactQueued, Why: acd.WhyTransferred}, Counters{Offered: 1}},
		{acd.Fact{Kind: acd.FactHeld, Why: acd.WhyTransferred}, Counters{Offered: 1}},
		{acd.Fact{Kind: acd.FactOffered, Why: acd.WhyTransferred}, Counters{Offered: 1}},
		{acd.Fact{Kind: acd.FactHeld, Why: acd.WhyPreferred}, Counters{}},
		{acd.Fact{Kind: acd.FactInterrupted, Took: time.Second}, Counters{HandleMs: 1000}},
		{acd.Fact{Kind: acd.FactFinished, Took: time.Second}, Counters{HandleMs: 1000}},
		{acd.Fact{Kind: acd.FactEnded, Agent: acd.AgentID{1}, Why: acd.WhyWrappedUp, Took: time.Second}, Counters{HandleMs: 1000}},
		{acd.Fact{Kind: acd.FactEnded, Agent: acd.AgentID{1}, Why: acd.WhyAbandoned, Took: time.Second}, Counters{HandleMs: 1000}},
		{acd.Fact{Kind: acd.FactEnded, Why: acd.WhyAbandoned, Took: 20 * time.Second}, Counters{Abandoned: 1, LeftInTime: 1}},
		{acd.Fact{Kind: acd.FactEnded, Why: acd.WhyAbandoned, Took: 20*time.Second + time.Millisecond}, Counters{Abandoned: 1}},
	}
	for _, test := range tests {
		if got := counted(test.fact, 20*time.Second); got != test.want {
			t.Errorf("%+v: %+v, want %+v", test.fact, got, test.want)
		}
	}
}

// The variants of the service level, of 100 contacts of which 70 were answered in time, 10
// left in time, and of the others 5 were answered late and 15 left late.
func TestServiceLevel(t *testing.T) {
	c := Counters{Answered: 75, InTime: 70, Abandoned: 25, LeftInTime: 10}
	for v, want := range map[ServiceLevel]float64{LeaversCount: 70. / 100, LeaversIgnored: 70. / 90, LeaversServed: 80. / 100, LeaversLeftOut: 70. / 75} {
		if level, ok := c.Level(v); !ok || level != want {
			t.Errorf("variant %d: %v, want %v", v, level, want)
		}
		if _, ok := (Counters{}).Level(v); ok {
			t.Errorf("variant %d: nothing has a service level", v)
		}
	}
	if _, ok := (Counters{Abandoned: 1, LeftInTime: 1}).Level(LeaversIgnored); ok {
		t.Error("who left in time has a service level that ignores them")
	}
}

// mirror is a client of the live feed: it knows only what it was told.
type mirror[T any, ID comparable] struct {
	version uint64
	rows    map[ID]T
	full    int
}

func (m *mirror[T, ID]) take(c Changes[T, ID], id func(T) ID) {
	if c.Full {
		m.rows = map[ID]T{}
		m.full++
	}
	for _, row := range c.Put {
		m.rows[id(row)] = row
	}
	for _, gone := range c.Gone {
		delete(m.rows, gone)
	}
	m.version = c.Version
}

func byID[T any, ID comparable](rows []T, id func(T) ID) map[ID]T {
	out := map[ID]T{}
	for _, row := range rows {
		out[id(row)] = row
	}
	return out
}

// Whoever applies each delta to the last table holds the table, however seldom it
// is asked for; and within the log nobody gets the whole table twice.
func TestSince(t *testing.T) {
	contactID := func(c Contact) acd.ContactID { return c.ID }
	queueID := func(q Queue) acd.QueueID { return q.ID }
	agentID := func(a Agent) acd.AgentID { return a.ID }
	c := newCompany(11, 7, 9)
	p := c.picture()
	var contacts mirror[Contact, acd.ContactID]
	var queues mirror[Queue, acd.QueueID]
	var agents mirror[Agent, acd.AgentID]
	for n := range 400 {
		p.Fold(c.batch(5))
		if n == 200 {
			gone := acd.PlanChange{RemovedAgents: []acd.AgentID{c.plan.Agents[0].ID}, RemovedQueues: []acd.QueueID{c.plan.Queues[0].ID}}
			c.n++
			p.Fold(hub.Batch{N: c.n, Changes: []hub.Change{{At: acd.At(c.now), Plan: &gone}}})
		}
		p.Turn()
		if c.r.IntN(4) > 0 {
			continue
		}
		contacts.take(p.ContactsSince(sales, contacts.version), contactID)
		queues.take(p.QueuesSince(sales, queues.version), queueID)
		agents.take(p.AgentsSince(sales, agents.version), agentID)
		if want := byID(p.ContactsSince(sales, 0).Put, contactID); !reflect.DeepEqual(contacts.rows, want) {
			t.Fatalf("batch %d: contacts differ", n)
		}
		if want := byID(p.QueuesSince(sales, 0).Put, queueID); !reflect.DeepEqual(queues.rows, want) {
			t.Fatalf("batch %d: queues differ", n)
		}
		if want := byID(p.AgentsSince(sales, 0).Put, agentID); !reflect.DeepEqual(agents.rows, want) {
			t.Fatalf("batch %d: agents differ", n)
		}
	}
	if contacts.full != 1 || queues.full != 1 || agents.full != 1 {
		t.Errorf("whole tables: %d %d %d, want one each", contacts.full, queues.full, agents.full)
	}
}

// A log that was cut answers an old version with the whole table, never with a gap.
func TestLogIsBounded(t *testing.T) {
	var l table[int, int]
	l.begin(10)
	for v := uint64(11); v < 40_000; v++ {
		l.changed(v, int(v%100), 100)
	}
	if len(l.log) > 2*logMin {
		t.Errorf("the log holds %d changes", len(l.log))
	}
	if _, ok := l.since(l.floor - 1); ok {
		t.Error("a version before the log was answered from it")
	}
	if ids, ok := l.since(l.floor); !ok || len(ids) != 100 {
		t.Errorf("from the log's floor on: %d ids, %v", len(ids), ok)
	}
	if ids, ok := l.since(39_998); !ok || !slices.Equal(ids, []int{99}) {
		t.Errorf("the last change: %v", ids)
	}
}

// Pages hold what the filter takes, each contact once, in order, whatever the size.
func TestPages(t *testing.T) {
	c := newCompany(3, 5, 6)
	p := c.picture()
	for range 300 {
		p.Fold(c.batch(5))
	}
	filters := []Filter{
		{}, {Queue: c.plan.Queues[0].ID}, {States: []acd.ContactState{acd.Active}}, {Medium: "email"}, {Text: "LOVELACE"}, {Text: "émilie"},
		{Agent: c.plan.Agents[0].ID}, {Queue: c.plan.Queues[2].ID, States: []acd.ContactState{acd.Queued, acd.Offered}},
		{Queue: c.plan.Queues[2].ID, States: []acd.ContactState{acd.Queued, acd.WrapUp}, Medium: "webchat", Text: "order 1"},
		{Text: "no such words"}, {Queue: acd.QueueID{9}},
	}
	for i, f := range filters {
		for _, s := range []Sort{ByDue, ByFirstQueued} {
			want := c.expected(f, s)
			for _, limit := range []int{1, 7, 500} {
				var got []acd.ContactID
				for after := ""; ; {
					page, err := p.Contacts(sales, f, s, after, limit)
					if err != nil {
						t.Fatal(err)
					}
					for _, c := range page.Items {
						got = append(got, c.ID)
					}
					if after = page.Next; after == "" {
						break
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("filter %d, sort %d, limit %d: %d contacts, want %d", i, s, limit, len(got), len(want))
				}
			}
		}
	}
	for _, bad := range []string{"x", "AAAA", "!!", strings.Repeat("A", 44)} {
		if _, err := p.Contacts(sales, Filter{}, ByDue, bad, 10); fault.Of(err) == nil {
			t.Errorf("the place %q was taken", bad)
		}
	}
}

// A filter that takes hardly any contact costs no more than another: its pages are
// short, but going on leads to every contact that it takes.
func TestShortPages(t *testing.T) {
	p, _ := hundredThousand(2*lookMax + 500)
	last, _ := p.units[sales].byDue.Max()
	pages, found := 0, 0
	for after := ""; ; pages++ {
		page, err := p.Contacts(sales, Filter{Text: last.arrival.caption}, ByDue, after, 10)
		if err != nil {
			t.Fatal(err)
		}
		found += len(page.Items)
		if after = page.Next; after == "" {
			break
		}
	}
	if pages != 2 || found != 1 {
		t.Errorf("%d contacts on %d pages that go on", found, pages)
	}
}

// expected works out a list by brute force.
func (c *company) expected(f Filter, s Sort) []acd.ContactID {
	var rows []acd.ContactRow
	for id, o := range c.open {
		k := c.known[id]
		text := strings.ToLower(k.Name + " " + k.Caption + " " + k.Source)
		hand := o.Agent
		if o.State == acd.Queued || o.State == acd.Timed {
			hand = acd.AgentID{}
		}
		if o.Unit == sales && (f.Queue.IsZero() || o.Queue == f.Queue) && (f.Agent.IsZero() || hand == f.Agent) &&
			(f.Medium == "" || k.Medium == f.Medium) && (len(f.States) == 0 || slices.Contains(f.States, o.State)) &&
			strings.Contains(text, strings.ToLower(f.Text)) {
			rows = append(rows, o.ContactRow)
		}
	}
	slices.SortFunc(rows, func(a, b acd.ContactRow) int {
		if s == ByDue && a.Due != b.Due {
			return int(a.Due - b.Due)
		}
		if a.FirstQueued != b.FirstQueued {
			return int(a.FirstQueued - b.FirstQueued)
		}
		return a.ID.Compare(b.ID)
	})
	var ids []acd.ContactID
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids
}

// A unit sees nothing of another: every question about a foreign id is answered as
// about one that never existed.
func TestUnits(t *testing.T) {
	c := newCompany(2, 4, 4)
	p := c.picture()
	for range 100 {
		p.Fold(c.batch(5))
	}
	foreign := acd.UnitID{15: 99}
	for id, o := range c.open {
		for _, unit := range []acd.UnitID{foreign, sales, service} {
			if unit == o.Unit {
				continue
			}
			if got, ok := p.Contact(unit, id); ok || !reflect.DeepEqual(got, Contact{}) {
				t.Fatal("a foreign contact is shown")
			}
			if n, waiting, ok := p.Position(unit, id); ok || n != 0 || waiting != 0 {
				t.Fatal("a foreign position is shown")
			}
			if page, _ := p.Contacts(unit, Filter{Queue: o.Queue}, ByDue, "", 5); len(page.Items) > 0 {
				t.Fatal("a foreign queue's contacts are shown")
			}
			if page, _ := p.Contacts(unit, Filter{Agent: o.Agent, Queue: o.Queue}, ByDue, "", 5); !o.Agent.IsZero() && len(page.Items) > 0 {
				t.Fatal("a foreign agent's contacts are shown")
			}
		}
	}
	if _, ok := p.Queue(service, c.plan.Queues[0].ID); ok {
		t.Error("a foreign queue is shown")
	}
	if _, ok := p.Agent(service, c.plan.Agents[0].ID); ok {
		t.Error("a foreign agent is shown")
	}
	if _, ok := p.Desk(service, c.plan.Agents[0].ID); ok {
		t.Error("a foreign desk is shown")
	}
	for _, since := range []uint64{0, 1, p.Version()} {
		if d := p.ContactsSince(foreign, since); len(d.Put)+len(d.Gone) > 0 {
			t.Error("a unit that does not exist has contacts")
		}
	}
}

// Positions follow the due order, are the same for 5 s, and who came since stands
// at the end.
func TestPositions(t *testing.T) {
	c := newCompany(1, 1, 1)
	p := c.picture()
	at := acd.At(c.now)
	put := func(n byte, due int, state acd.ContactState) acd.ContactID {
		c.n++
		row := acd.ContactRow{ID: acd.ContactID{n}, Unit: sales, Queue: c.plan.Queues[0].ID, State: state, FirstQueued: at, Due: at + acd.Time(due)}
		p.Fold(hub.Batch{N: c.n, Changes: []hub.Change{{At: at, Rows: []acd.ContactRow{row}}}})
		return row.ID
	}
	want := func(id acd.ContactID, position, waiting int) {
		t.Helper()
		n, w, ok := p.Position(sales, id)
		if n != position || w != waiting || ok != (position > 0) {
			t.Errorf("position %d of %d, %v; want %d of %d", n, w, ok, position, waiting)
		}
	}
	second := put(1, 20, acd.Queued)
	first := put(2, 10, acd.Offered)
	held := put(3, 5, acd.Held)
	want(second, 2, 2)
	want(first, 1, 2)
	want(held, 0, 0)
	late := put(4, 15, acd.Queued) // before second, but nobody is told for 5 s
	want(late, 3, 3)
	want(second, 2, 3)
	c.now = c.now.Add(5 * time.Second)
	want(second, 3, 3)
	want(late, 2, 3)
	put(2, 10, acd.Ended)
	put(4, 15, acd.Active)
	want(second, 1, 1)
	want(late, 0, 0)
}

// Counters go back at most once a second, one unit at a time, with the batch that
// they hold; what fails is written with the next.
func TestSave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCompany(4, 3, 3)
		c.now = time.Now()
		p := c.picture()
		s := &saver{c: c, fail: errors.New("away")}
		p.Start(s, func() {})
		time.Sleep(25 * time.Millisecond) // never at the same moment as the writer
		for range 100 {                   // over more than a quarter of an hour of the company's clock
			p.Fold(c.batch(5))
			time.Sleep(50 * time.Millisecond)
		}
		s.mu.Lock()
		if s.units > 5 || s.units < 4 {
			t.Errorf("%d units in 5 s", s.units)
		}
		if len(c.intervals) > 0 || c.mark != 0 {
			t.Error("a failed unit was saved")
		}
		s.fail = nil
		s.mu.Unlock()
		if err := p.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if c.mark != p.Version() {
			t.Errorf("mark %d, want %d", c.mark, p.Version())
		}
		anew := c.picture()
		anew.revision = p.revision // the minutes that turned are not in the store
		if d := differing(all(p), all(anew)); len(d) > 0 {
			t.Errorf("counters that were written back differ in %v", d)
		}
	})
}

// stuckSaver never says what became of a unit.
type stuckSaver struct{ done func(store.Outcome) }

func (s *stuckSaver) Submit(_ store.Class, _ store.Unit, done func(store.Outcome)) error {
	s.done = done
	return nil
}

// A store that answers nothing holds nobody who stops longer than agreed.
func TestStopWithStuckStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCompany(4, 3, 3)
		p := c.picture()
		for range 10 {
			p.Fold(c.batch(5))
		}
		s := &stuckSaver{}
		p.Start(s, func() {})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if err := p.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
		s.done(store.Outcome{Err: store.ErrClosed})
	})
}

// Readers and the folding hub do not disturb one another (with -race).
func TestConcurrent(t *testing.T) {
	c := newCompany(8, 5, 6)
	p := c.picture()
	p.Fold(c.batch(1))
	batches := make([]hub.Batch, 200)
	for i := range batches {
		batches[i] = c.batch(5)
	}
	at := c.now
	c.now = at
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			since := uint64(0)
			for {
				select {
				case <-stop:
					return
				default:
				}
				page, _ := p.Contacts(sales, Filter{Text: "order"}, ByFirstQueued, "", 20)
				for _, one := range page.Items {
					p.Position(sales, one.ID)
				}
				since = p.ContactsSince(sales, since).Version
				p.QueuesSince(sales, since)
				p.Desk(sales, c.plan.Agents[0].ID)
			}
		})
	}
	for _, b := range batches {
		p.Fold(b)
	}
	close(stop)
	readers.Wait()
}

// Whatever is sent as a place is refused or is one, and says itself again.
func FuzzPlace(f *testing.F) {
	f.Add("")
	f.Add(placeOf(&contact{row: acd.ContactRow{ID: acd.ContactID{1}, Due: -5, FirstQueued: 7}}))
	f.Fuzz(func(t *testing.T, text string) {
		c, err := place(text)
		if err != nil {
			return
		}
		if again, err := place(placeOf(c)); err != nil || again.row.ID != c.row.ID || again.row.Due != c.row.Due || again.row.FirstQueued != c.row.FirstQueued {
			t.Errorf("%q: %v", text, err)
		}
	})
}
