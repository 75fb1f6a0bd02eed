package hub

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"portico/acd"
	"portico/store"
	"portico/workflow"
)

// memory is a store that keeps rows as the real one does, answers after a delay,
// can get stuck, and can refuse.
type memory struct {
	mu      sync.Mutex
	delay   time.Duration                   // of each commit
	stuck   chan struct{}                   // not nil: no answer before it is closed
	late    bool                            // stuck only after the rows are saved: the outcome is unknown
	refuse  func(u store.Unit) error        // nil: all is good
	lookup  func(ctx context.Context) error // in ContactByClient
	core    store.Core
	open    map[acd.ContactID]store.OpenContact
	known   map[acd.ContactID]store.Contact
	clients map[clientKey]acd.ContactID
	agents  map[acd.AgentID]store.AgentState
	history []store.History
	facts   []store.Fact
	outbox  []store.Outbox
	texts   []store.Message
	steps   []store.FlowStep
	commits []int // units of each
	rows    int
	now     func() time.Time
	order   int // how OpenContacts sorts
}

func newMemory() *memory {
	return &memory{
		open: map[acd.ContactID]store.OpenContact{}, known: map[acd.ContactID]store.Contact{},
		clients: map[clientKey]acd.ContactID{}, agents: map[acd.AgentID]store.AgentState{},
		now: time.Now, core: store.Core{Site: 1, Epoch: 1},
	}
}

func (m *memory) SubmitHub(units []store.Unit, done func(uint64, []store.Outcome)) {
	go func() {
		m.mu.Lock()
		delay := m.delay
		m.mu.Unlock()
		time.Sleep(delay)
		m.mu.Lock()
		stuck, late := m.stuck, m.late
		m.mu.Unlock()
		if stuck != nil && !late {
			<-stuck
		}
		n, outcomes := m.save(units)
		if stuck != nil && late {
			<-stuck
		}
		done(n, outcomes)
	}()
}

func (m *memory) save(units []store.Unit) (uint64, []store.Outcome) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.core.Batch += 2 // others write between
	m.core.SavedAt = acd.At(m.now())
	m.commits = append(m.commits, len(units))
	outcomes := make([]store.Outcome, len(units))
	for i, u := range units {
		outcomes[i].Batch = m.core.Batch
		if m.refuse != nil {
			if outcomes[i].Err = m.refuse(u); outcomes[i].Err != nil {
				continue
			}
		}
		for _, row := range u.Rows {
			if text, ok := row.(store.Message); ok && m.has(text) {
				outcomes[i].Rider = store.ErrExists
				continue
			}
			m.rows++
			m.put(row)
		}
	}
	return m.core.Batch, outcomes
}

// has is the guard of a message.
func (m *memory) has(text store.Message) bool {
	return slices.ContainsFunc(m.texts, func(x store.Message) bool {
		return x.Contact == text.Contact && (x.Seq == text.Seq || x.ClientID == text.ClientID)
	})
}

func (m *memory) put(row store.Row) {
	switch row := row.(type) {
	case store.Contact:
		key := clientKey{row.Unit, row.ClientID}
		if _, twice := m.clients[key]; twice {
			panic("the same client id was saved twice")
		}
		m.clients[key] = row.ID
		m.known[row.ID] = row
	case store.OpenContact:
		m.open[row.ID] = row
	case store.History:
		delete(m.open, row.ID)
		m.history = append(m.history, row)
	case store.AgentState:
		m.agents[row.ID] = row
	case store.Fact:
		m.facts = append(m.facts, row)
	case store.Outbox:
		m.outbox = append(m.outbox, row)
	case store.ReadMark:
	case store.FlowStep:
		m.steps = append(m.steps, row)
	case store.ContactData:
		c := m.known[row.ID]
		c.Language, c.Category, c.Details = row.Language, row.Category, row.Details
		m.known[row.ID] = c
	case store.Message:
		m.texts = append(m.texts, row)
	default:
		panic(fmt.Sprintf("no row for the hub: %T", row))
	}
}

func (m *memory) Core() store.Core {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.core
}

func (m *memory) OpenContacts(_ context.Context, yield func(store.OpenContact, store.Contact) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ids []acd.ContactID
	for id := range m.open {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, acd.ContactID.Compare)
	for _, id := range ids {
		if err := yield(m.open[id], m.known[id]); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) AgentStates(_ context.Context, yield func(store.AgentState) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.agents {
		if err := yield(a); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) ContactByClient(ctx context.Context, unit acd.UnitID, id string) (store.Contact, error) {
	m.mu.Lock()
	lookup := m.lookup
	m.mu.Unlock()
	if lookup != nil {
		if err := lookup(ctx); err != nil {
			return store.Contact{}, err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, ok := m.clients[clientKey{unit, id}]; ok {
		return m.known[c], nil
	}
	return store.Contact{}, store.ErrNone
}

// slow gives each commit a delay from now on.
func (m *memory) slow(delay time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.delay = delay
}

// waiting gives how many contacts are open.
func (m *memory) waiting() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.open)
}

// jam makes the store stuck; the answer lets it go on.
func (m *memory) jam(late bool) (release func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	gate := make(chan struct{})
	m.stuck, m.late = gate, late
	return func() {
		m.mu.Lock()
		m.stuck = nil
		m.mu.Unlock()
		close(gate)
	}
}

// kinds gives how many rows of each type a unit holds.
func kinds(u store.Unit) map[string]int {
	out := map[string]int{}
	for _, row := range u.Rows {
		out[reflect.TypeOf(row).Name()]++
	}
	return out
}

// The rest is a small company: one unit with a queue and two agents, and another.
var (
	sales     = acd.UnitID{15: 1}
	service   = acd.UnitID{15: 2}
	chats     = acd.QueueID{15: 11}
	foreign   = acd.QueueID{15: 12}
	ada       = acd.AgentID{15: 21}
	bob       = acd.AgentID{15: 22}
	stranger  = acd.AgentID{15: 23}
	notReady  = acd.ReasonID{15: 31}
	resolved  = acd.ReasonID{15: 32}
	chatsOnly = uint32(1 << acd.Chat)
)

func thePlan() acd.PlanChange {
	queue := func(id acd.QueueID, unit acd.UnitID) acd.QueuePlan {
		return acd.QueuePlan{ID: id, Unit: unit, Domain: acd.Chat, Objective: 20 * time.Second, Steps: []time.Duration{0},
			OfferTime: 20 * time.Second, CustomerGrace: time.Minute}
	}
	agent := func(id acd.AgentID, unit acd.UnitID) acd.AgentPlan {
		a := acd.AgentPlan{ID: id, Unit: unit}
		a.Capacity[acd.Chat] = 2
		return a
	}
	return acd.PlanChange{
		Version:  1,
		Settings: &acd.Settings{Ageing: 30 * time.Second, DesktopGrace: time.Minute, NoAnswer: notReady, DeclinedTooOften: notReady},
		Queues:   []acd.QueuePlan{queue(chats, sales), queue(foreign, service)},
		Agents:   []acd.AgentPlan{agent(ada, sales), agent(bob, sales), agent(stranger, service)},
		Edges:    []acd.Edge{{Queue: chats, Agent: ada}, {Queue: chats, Agent: bob}, {Queue: foreign, Agent: stranger}},
	}
}

// desk drives a hub as its callers do and notes in which order things are said.
type desk struct {
	t     *testing.T
	hub   *Hub
	store *memory
	ids   int
	pause atomic.Int64 // a subscriber's, so that whoever was answered goes first

	mu      sync.Mutex
	said    []string // fold n, reply, push n
	batches []Batch
}

// start opens a hub on the store; it is stopped when the test ends.
func start(t *testing.T, m *memory, flows ...*workflow.Set) *desk {
	d := &desk{t: t, store: m}
	d.hub = New(Options{
		Store: m, Now: time.Now, Log: quiet(), NewID: func() [16]byte { d.ids++; return [16]byte{1, 15: byte(d.ids)} },
		Fold: func(b Batch) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.said = append(d.said, fmt.Sprint("fold ", b.N))
			d.batches = append(d.batches, b)
		},
	})
	for _, set := range flows {
		d.hub.SetFlows(set)
	}
	d.hub.Subscribe(func(b Batch) {
		time.Sleep(time.Duration(d.pause.Load()))
		d.note(fmt.Sprint("push ", b.N))
	})
	if err := d.hub.Start(t.Context(), thePlan()); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) note(s string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.said = append(d.said, s)
}

// sayings gives what was said so far, folded how many gives the batches folded.
func (d *desk) sayings() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.said)
}

func (d *desk) folded() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.batches)
}

// stop ends the hub in good order.
func (d *desk) stop() {
	d.t.Helper()
	if err := d.hub.Stop(context.Background()); err != nil {
		d.t.Error(err)
	}
}

// do asks for an event of the unit sales and wants it done.
func (d *desk) do(e acd.Event, riders ...store.Row) Answer {
	d.t.Helper()
	a, err := d.hub.Ask(context.Background(), Command{Event: e, Lane: Progress, Unit: sales, Riders: riders})
	if err != nil {
		d.t.Fatalf("%T: %v", e, err)
	}
	return a
}

// try asks and gives the error.
func (d *desk) try(e acd.Event, riders ...store.Row) error {
	_, err := d.hub.Ask(context.Background(), Command{Event: e, Lane: Progress, Unit: sales, Riders: riders})
	return err
}

func contact(n int) acd.ContactID { return acd.ContactID{0: 9, 14: byte(n >> 8), 15: byte(n)} }

func arrival(n int) *Arrival {
	return &Arrival{Contact: contact(n), Unit: sales, ClientID: fmt.Sprint("client ", n), Medium: "webchat", Queue: chats, Priority: 50, Name: "A customer"}
}

func (d *desk) arrive(n int, riders ...store.Row) Answer {
	d.t.Helper()
	a, err := d.hub.Ask(context.Background(), Command{Arrival: arrival(n), Unit: sales, Riders: riders})
	if err != nil {
		d.t.Fatalf("arrival %d: %v", n, err)
	}
	return a
}

// ready signs an agent in, with a desktop, available for chats.
func (d *desk) ready(agents ...acd.AgentID) {
	d.t.Helper()
	for _, a := range agents {
		d.do(acd.SignedIn{Agent: a})
		d.do(acd.DesktopConnected{Agent: a})
		d.do(acd.AgentStateChanged{Agent: a, Domains: chatsOnly, Available: true})
	}
}

// row gives the saved state of a contact.
func (d *desk) row(n int) acd.ContactRow {
	d.t.Helper()
	d.store.mu.Lock()
	defer d.store.mu.Unlock()
	row, ok := d.store.open[contact(n)]
	if !ok {
		d.t.Fatalf("contact %d is not open", n)
	}
	return row.ContactRow
}

// accept has the agent who is offered the contact take it.
func (d *desk) accept(n int) {
	d.t.Helper()
	row := d.row(n)
	if row.State != acd.Offered {
		d.t.Fatalf("contact %d is not offered: state %d", n, row.State)
	}
	d.do(acd.Accepted{Contact: row.ID, Agent: row.Agent, Offer: row.Offer})
}
