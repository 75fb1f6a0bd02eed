package threshold

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"portico/acd"
	"portico/hub"
	"portico/picture"
	"portico/store"
	"portico/workflow"
)

var (
	sales = acd.UnitID{15: 1}
	slow  = acd.QueueID{15: 1}
	quick = acd.QueueID{15: 2}
	anna  = acd.AgentID{15: 9}
)

// floor is a picture that a test moves, with a store that keeps alerts as the real one does.
type floor struct {
	t       *testing.T
	now     time.Time
	n       uint64
	ids     byte
	p       *picture.Picture
	w       *Watcher
	config  []Named
	outbox  []store.Outbox
	alerts  []store.Alert
	away    bool // nothing is saved
	told    []store.Alert
	arrived byte
}

func newFloor(t *testing.T, config ...Named) *floor {
	f := &floor{t: t, now: time.UnixMilli(1_800_000_000_000), config: config}
	f.p = picture.New(picture.Options{Now: f.clock})
	agent := acd.AgentPlan{ID: anna, Unit: sales}
	agent.Capacity[acd.Chat] = 3
	f.fold(hub.Change{Plan: &acd.PlanChange{Agents: []acd.AgentPlan{agent}, Queues: []acd.QueuePlan{
		{ID: slow, Unit: sales, Domain: acd.Chat, Objective: 20 * time.Second}, {ID: quick, Unit: sales, Domain: acd.Chat}}}})
	f.start()
	return f
}

func (f *floor) clock() time.Time { return f.now }

// start makes a watcher, as a start of the program does.
func (f *floor) start() {
	f.w = New(Options{Store: f, Picture: f.p, Raised: func() {}, Over: func(a store.Alert) { f.told = append(f.told, a) }, Now: f.clock,
		Thresholds: func() map[acd.UnitID][]Named { return map[acd.UnitID][]Named{sales: f.config} },
		NewID:      func() [16]byte { f.ids++; return [16]byte{15: f.ids} }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err := f.w.Load(context.Background(), []acd.UnitID{sales}); err != nil {
		f.t.Fatal(err)
	}
}

func (f *floor) fold(changes ...hub.Change) {
	f.n++
	for i := range changes {
		changes[i].At = acd.At(f.now)
	}
	f.p.Fold(hub.Batch{N: f.n, Changes: changes})
}

// arrive has contacts wait in a queue, and leave has the first of all go.
func (f *floor) arrive(queue acd.QueueID, n int) {
	for range n {
		f.arrived++
		at := acd.At(f.now)
		f.fold(hub.Change{Rows: []acd.ContactRow{{ID: acd.ContactID{0: 1, 15: f.arrived}, Unit: sales, Queue: queue, State: acd.Queued, FirstQueued: at, Due: at}}})
	}
}

func (f *floor) leave() {
	row := f.p.Open(sales)[0]
	row.State = acd.Ended
	f.fold(hub.Change{Rows: []acd.ContactRow{row}})
}

// pass lets seconds pass, a round in each.
func (f *floor) pass(seconds int) {
	for range seconds {
		f.now = f.now.Add(time.Second)
		f.w.round(context.Background())
	}
}

// deliver does what the outbox's deliverer does.
func (f *floor) deliver() {
	for _, e := range f.outbox {
		var b body
		if err := json.Unmarshal(e.Body, &b); err != nil {
			f.t.Fatal(err)
		}
		f.alerts = append(f.alerts, store.Alert{ID: e.ID, Unit: e.Unit, Kind: b.Code, Body: e.Body, At: e.At})
	}
	f.outbox = nil
}

// open lists the kinds of the open alerts.
func (f *floor) open() (kinds []string) {
	for _, a := range f.alerts {
		if a.DoneAt == 0 {
			kinds = append(kinds, a.Kind)
		}
	}
	return kinds
}

func (f *floor) want(kinds ...string) {
	f.t.Helper()
	f.deliver()
	if got := f.open(); !slices.Equal(got, kinds) {
		f.t.Errorf("open alerts %v, want %v", got, kinds)
	}
}

func (f *floor) Submit(_ store.Class, u store.Unit, done func(store.Outcome)) error {
	if f.away {
		done(store.Outcome{Err: errors.New("away")})
		return nil
	}
	var err error
	for _, row := range u.Rows {
		switch row := row.(type) {
		case store.Outbox:
			f.outbox = append(f.outbox, row)
		case store.AlertDone:
			i := slices.IndexFunc(f.alerts, func(a store.Alert) bool { return a.ID == row.ID && a.DoneAt == row.Seen })
			if i < 0 {
				err = store.ErrChanged
				continue
			}
			f.alerts[i].DoneAt = row.At
		}
	}
	done(store.Outcome{Err: err})
	return nil
}

func (f *floor) Alert(_ context.Context, unit acd.UnitID, id [16]byte) (store.Alert, error) {
	for _, a := range f.alerts {
		if a.ID == id && a.Unit == unit {
			return a, nil
		}
	}
	return store.Alert{}, store.ErrNone
}

func (f *floor) AlertPage(_ context.Context, unit acd.UnitID, open bool, _ string, _ int) ([]store.Alert, string, error) {
	return slices.DeleteFunc(slices.Clone(f.alerts), func(a store.Alert) bool { return open && a.DoneAt != 0 || a.Unit != unit }), "", nil
}

func (f *floor) OutboxPage(context.Context, [16]byte, int) ([]store.Outbox, error) {
	return f.outbox, nil
}

func waiting(warn, critical int, queues ...acd.QueueID) Named {
	return Named{ID: [16]byte{7}, Name: "Too many", Threshold: Threshold{Table: Queues, Measure: "waiting", Above: true,
		Warn: limit(warn), Critical: limit(critical), Queues: queues, Alert: true}}
}

// An alert is raised once however long a figure is beyond its limit, replaced when the
// level changes, and dealt with by itself 10 s after the figure got better, not before.
func TestRaisedOnceAndCleared(t *testing.T) {
	f := newFloor(t, waiting(2, 4))
	f.arrive(slow, 1)
	f.pass(3)
	f.want()
	f.arrive(slow, 1)
	f.pass(30)
	f.want("threshold_warning")
	f.arrive(slow, 2)
	f.pass(30)
	f.deliver()
	f.pass(2)
	f.want("threshold_critical")
	for range 4 {
		f.leave()
	}
	f.pass(9)
	f.want("threshold_critical")
	f.pass(4)
	f.want()
	if len(f.alerts) != 2 || len(f.told) != 2 {
		t.Errorf("%d alerts were raised, of %d it was said that they are over", len(f.alerts), len(f.told))
	}
	f.arrive(quick, 2)
	f.pass(2)
	f.want("threshold_warning")
}

// A figure that comes and goes about its limit raises one alert, which stays.
func TestHovering(t *testing.T) {
	f := newFloor(t, waiting(2, 9))
	f.arrive(slow, 1)
	for range 20 {
		f.arrive(slow, 1)
		f.pass(2)
		f.leave()
		f.pass(5)
	}
	f.want("threshold_warning")
	if len(f.alerts) != 1 {
		t.Errorf("%d alerts", len(f.alerts))
	}
}

// A restart finds the open alerts, delivered or not: it raises none twice, and clears
// what got better meanwhile. What a person dealt with is not raised again.
func TestRestart(t *testing.T) {
	f := newFloor(t, waiting(2, 9))
	f.arrive(slow, 2)
	f.pass(2)
	f.start() // the alert is in the outbox
	f.pass(5)
	f.want("threshold_warning")
	f.start()
	f.pass(5)
	f.want("threshold_warning")
	f.alerts[0].DoneAt = 1 // by a person
	f.pass(60)
	f.want()
	f.leave()
	f.pass(12)
	f.arrive(slow, 1)
	f.pass(1)
	f.want("threshold_warning")
	f.start()
	f.leave()
	f.pass(12)
	f.want()
}

// While the store is away nothing is raised, and afterwards what then holds.
func TestStoreAway(t *testing.T) {
	f := newFloor(t, waiting(2, 9))
	f.away = true
	f.arrive(slow, 2)
	f.pass(5)
	f.want()
	f.away = false
	f.pass(2)
	f.want("threshold_warning")
	f.away = true
	f.leave()
	f.pass(20)
	f.want("threshold_warning")
	f.away = false
	f.pass(2)
	f.want()
}

// A threshold that is taken away, or names other queues, leaves no alert behind.
func TestThresholdRemoved(t *testing.T) {
	f := newFloor(t, waiting(2, 9))
	f.arrive(slow, 2)
	f.pass(2)
	f.want("threshold_warning")
	f.config = []Named{waiting(2, 9, quick)}
	f.pass(13)
	f.want()
	f.config = []Named{waiting(2, 9, slow)}
	f.pass(2)
	f.want("threshold_warning")
	f.config = nil
	f.pass(13)
	f.want()
}

// Times run by themselves: a wait grows beyond its limit though nothing happens. The
// alert of a queue's contacts, or of an agent, is about the worst of them.
func TestTimes(t *testing.T) {
	f := newFloor(t,
		Named{ID: [16]byte{1}, Threshold: Threshold{Table: Contacts, Measure: "wait", Above: true, Warn: limit(30), Alert: true}},
		Named{ID: [16]byte{2}, Threshold: Threshold{Table: Agents, Measure: "handling", Above: true, Critical: limit(60), Alert: true}},
		Named{ID: [16]byte{3}, Threshold: Threshold{Table: Agents, Measure: "unavailable", Above: true, Warn: limit(100), Alert: true}})
	f.arrive(slow, 3)
	f.pass(29)
	f.want()
	f.pass(1)
	f.want("threshold_warning")
	row := f.p.Open(sales)[0]
	row.State, row.Agent, row.Since = acd.Active, anna, acd.At(f.now)
	f.fold(hub.Change{Rows: []acd.ContactRow{row}, Agents: []acd.AgentRow{{ID: anna, Unit: sales, SignedIn: true, Since: acd.At(f.now),
		Domains: acd.DomainStates{{Domain: acd.Chat, DomainState: acd.DomainState{Since: acd.At(f.now)}}}}}})
	f.pass(60)
	f.want("threshold_warning", "threshold_critical")
	f.pass(40)
	f.want("threshold_warning", "threshold_critical", "threshold_warning")
	var b body
	if err := json.Unmarshal(f.alerts[1].Body, &b); err != nil || b.Agent != anna || b.Value != 60 || b.Limit != 60 {
		t.Errorf("the alert says %+v, %v", b, err)
	}
}

// A component of a workflow in which too many contacts are raises an alert of its own, which a
// restart finds again.
func TestComponents(t *testing.T) {
	f := newFloor(t, Named{ID: [16]byte{4}, Threshold: Threshold{Table: Workflow, Measure: "present", Above: true, Warn: limit(2), Critical: limit(3), Alert: true}})
	shop := workflow.ID{15: 51}
	f.arrive(slow, 3)
	in := func(n int, node workflow.NodeID) {
		f.fold(hub.Change{Places: []hub.FlowPlace{{Unit: sales, Contact: acd.ContactID{0: 1, 15: byte(n)}, Workflow: shop, Node: node}}})
	}
	in(1, "form")
	in(2, "line")
	f.pass(3)
	f.want()
	in(2, "form")
	f.pass(3)
	f.want("threshold_warning")
	f.start()
	in(3, "form")
	f.pass(3)
	f.deliver()
	f.pass(2)
	f.want("threshold_critical")
	var b body
	if err := json.Unmarshal(f.alerts[1].Body, &b); err != nil || b.Workflow != shop || b.Node != "form" || b.Value != 3 || !b.Queue.IsZero() {
		t.Errorf("the alert says %+v, %v", b, err)
	}
	for n := range 3 {
		in(n+1, "")
	}
	f.pass(13)
	f.want()
}

// A round over a large floor: 4,000 queues, 2,000 agents and 10,000 contacts with nine
// thresholds. It is done once a second.
func BenchmarkRound(b *testing.B) {
	f := &floor{now: time.UnixMilli(1_800_000_000_000)}
	f.p = picture.New(picture.Options{Now: f.clock})
	change := acd.PlanChange{}
	for n := range 4000 {
		change.Queues = append(change.Queues, acd.QueuePlan{ID: acd.QueueID{0: 1, 14: byte(n >> 8), 15: byte(n)}, Unit: sales, Domain: acd.Chat})
	}
	for n := range 2000 {
		a := acd.AgentPlan{ID: acd.AgentID{0: 2, 14: byte(n >> 8), 15: byte(n)}, Unit: sales}
		a.Capacity[acd.Chat] = 5
		change.Agents = append(change.Agents, a)
	}
	f.fold(hub.Change{Plan: &change})
	for n := range 10_000 {
		at := acd.At(f.now)
		f.fold(hub.Change{Rows: []acd.ContactRow{{ID: acd.ContactID{0: 3, 14: byte(n >> 8), 15: byte(n)}, Unit: sales,
			Queue: change.Queues[n%4000].ID, State: acd.Queued, FirstQueued: at, Due: at}}})
	}
	for table, of := range map[Table][]Measure{Queues: {"waiting", "longest_wait", "level_recent", "level_today", "expected_wait"},
		Contacts: {"wait"}, Agents: {"contacts", "unavailable", "handling"}} {
		for _, m := range of {
			f.config = append(f.config, Named{ID: [16]byte{byte(len(f.config))}, Threshold: Threshold{Table: table, Measure: m, Above: true,
				Warn: limit(100_000), Alert: true}})
		}
	}
	f.w = New(Options{Store: f, Picture: f.p, Now: f.clock, Thresholds: func() map[acd.UnitID][]Named { return map[acd.UnitID][]Named{sales: f.config} }})
	for b.Loop() {
		row := f.p.Open(sales)[0]
		f.fold(hub.Change{Rows: []acd.ContactRow{row}})
		f.w.round(context.Background())
	}
}
