package api

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"portico/acd"
	"portico/hub"
	"portico/identity"
	"portico/picture"
	"portico/plan"
	"portico/store"
)

// bigFloor is a unit of 4,000 queues, 2,000 agents and 10,000 open contacts, without
// core and store.
type bigFloor struct {
	s      *Server
	r      *rand.Rand
	now    time.Time
	n      uint64
	unit   acd.UnitID
	queues []acd.QueueID
	agents []acd.AgentID
	open   []acd.ContactRow
	made   uint32
}

func newBigFloor(b *testing.B) *bigFloor {
	f := &bigFloor{r: rand.New(rand.NewPCG(1, 2)), now: time.UnixMilli(1_800_000_000_000), unit: acd.UnitID{1}}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	p := picture.New(picture.Options{Now: func() time.Time { return f.now }})
	names := &catalogue{queues: map[acd.QueueID]entry[plan.Queue]{}, users: map[acd.AgentID]entry[identity.User]{}}
	var change acd.PlanChange
	for n := range 4000 {
		id := acd.QueueID{0: 1, 14: byte(n >> 8), 15: byte(n)}
		f.queues = append(f.queues, id)
		change.Queues = append(change.Queues, acd.QueuePlan{ID: id, Unit: f.unit, Domain: acd.Chat, Objective: 20 * time.Second})
		names.queues[id] = entry[plan.Queue]{Object: store.Object{ID: id, Unit: f.unit, Name: fmt.Sprint("Queue ", n)}, body: plan.Queue{ObjectiveS: 20}}
	}
	for n := range 2000 {
		a := acd.AgentPlan{ID: acd.AgentID{0: 2, 14: byte(n >> 8), 15: byte(n)}, Unit: f.unit}
		a.Capacity[acd.Chat], a.Capacity[acd.Email] = 5, 3
		f.agents = append(f.agents, a.ID)
		change.Agents = append(change.Agents, a)
		names.users[a.ID] = entry[identity.User]{Object: store.Object{ID: a.ID, Unit: f.unit, Name: fmt.Sprint("agent", n)},
			body: identity.User{FirstName: "Grace", LastName: fmt.Sprint("Hopper ", n), Roles: []identity.Role{identity.Agent}}}
	}
	configuration := &Configuration{}
	configuration.now.Store(names)
	f.s = &Server{picture: p, configuration: configuration, log: log, alerts: newAlertBoard(), now: func() time.Time { return f.now }}
	f.s.feed, f.s.earlier = newFeed(f.s), newEarlier(f.s)
	b.Cleanup(func() { f.s.feed.stop(context.Background()) })
	f.fold(hub.Change{Plan: &change})
	for range 10_000 {
		f.fold(f.arrival())
	}
	return f
}

func (f *bigFloor) fold(changes ...hub.Change) {
	f.n++
	for i := range changes {
		changes[i].At = acd.At(f.now)
	}
	f.s.picture.Fold(hub.Batch{N: f.n, Changes: changes})
}

func (f *bigFloor) arrival() hub.Change {
	f.made++
	at := acd.At(f.now)
	row := acd.ContactRow{ID: acd.ContactID{0: 3, 12: byte(f.made >> 24), 13: byte(f.made >> 16), 14: byte(f.made >> 8), 15: byte(f.made)}, Unit: f.unit,
		Queue: f.queues[f.r.IntN(len(f.queues))], Domain: acd.Chat, Priority: 50, State: acd.Queued, FirstQueued: at, QueuedAt: at, Since: at, Due: at}
	f.open = append(f.open, row)
	return hub.Change{Rows: []acd.ContactRow{row}, Arrival: &hub.Arrival{Contact: row.ID, Unit: f.unit, Queue: row.Queue, Medium: "webchat",
		Name: "Ada Lovelace", Caption: "Where is my order?", Language: "english", Source: "https://www.example.com/help"},
		Facts: []acd.Fact{{Kind: acd.FactArrived, At: at, Unit: f.unit, Contact: row.ID, Queue: row.Queue}}}
}

// step is what happens in 0.8 s of a busy floor: 100 contacts come, 100 are accepted, 100
// end, and 40 agents change their state; each in a batch of its own.
func (f *bigFloor) step() {
	f.now = f.now.Add(tableEvery)
	at := acd.At(f.now)
	for range 100 {
		f.fold(f.arrival())
		k := f.r.IntN(len(f.open))
		row := &f.open[k]
		row.State, row.Agent, row.Since, row.AcceptedAt = acd.Active, f.agents[f.r.IntN(len(f.agents))], at, at
		f.fold(hub.Change{Rows: []acd.ContactRow{*row}, Facts: []acd.Fact{{Kind: acd.FactAccepted, At: at, Unit: f.unit, Contact: row.ID, Queue: row.Queue,
			Agent: row.Agent, Took: at.Sub(row.FirstQueued)}}})
		k = f.r.IntN(len(f.open))
		gone := f.open[k]
		gone.State, gone.Since = acd.Ended, at
		f.open[k] = f.open[len(f.open)-1]
		f.open = f.open[:len(f.open)-1]
		f.fold(hub.Change{Rows: []acd.ContactRow{gone}, Facts: []acd.Fact{{Kind: acd.FactEnded, At: at, Unit: f.unit, Contact: gone.ID, Queue: gone.Queue,
			Agent: gone.Agent}}})
	}
	for range 40 {
		f.fold(hub.Change{Agents: []acd.AgentRow{{ID: f.agents[f.r.IntN(len(f.agents))], Unit: f.unit, SignedIn: true, Since: at,
			Domains: acd.DomainStates{{Domain: acd.Chat, DomainState: acd.DomainState{Available: f.r.IntN(2) == 0, Since: at}}}}}})
	}
}

// watcherEnd is a supervisor's end of a socket: it reads and counts.
type watcherEnd struct {
	bytes  *atomic.Int64
	frames *atomic.Int64
}

// watch opens a supervisor's socket of all three tables.
func (f *bigFloor) watch(b *testing.B, address string, end watcherEnd) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	c, _, err := websocket.Dial(context.Background(), "ws://"+address, &websocket.DialOptions{HTTPClient: &http.Client{
		Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return counted{conn, end.bytes}, nil }}}})
	if err != nil {
		b.Fatal(err)
	}
	c.SetReadLimit(1 << 30)
	go func() {
		buffer := make([]byte, 64<<10)
		for {
			_, r, err := c.Reader(context.Background())
			if err != nil {
				return
			}
			for err == nil {
				_, err = r.Read(buffer)
			}
			end.frames.Add(1)
		}
	}()
}

// counted counts what is read of a connection.
type counted struct {
	net.Conn
	bytes *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

// What it costs that supervisors watch a large floor: processor time of server and
// readers together for 0.8 s of the floor's life, and bytes for each supervisor. What
// supervisors see is made and encoded once for all of them.
func BenchmarkSupervisors(b *testing.B) {
	for _, run := range []struct {
		supervisors int
		packed      bool
	}{{0, false}, {1, false}, {1, true}, {50, false}, {50, true}, {200, false}, {200, true}} {
		supervisors, packed := run.supervisors, run.packed
		b.Run(fmt.Sprintf("%d/packed=%v", supervisors, packed), func(b *testing.B) {
			f := newBigFloor(b)
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				conn, err := websocket.Accept(w, r, nil)
				if err != nil {
					b.Error(err)
					return
				}
				k := &socket{feed: f.s.feed, call: call{unit: f.unit}, wake: make(chan struct{}, 1), conn: conn, tables: map[tableKind]*tableState{}}
				for _, kind := range []tableKind{"queues", "agents", "contacts"} {
					k.tables[kind] = &tableState{whole: true, packed: packed}
					f.s.feed.tables.join(k, kind)
				}
				k.write(conn.CloseRead(context.Background()))
				f.s.feed.tables.leave(k)
			}))
			b.Cleanup(web.Close)
			end := watcherEnd{new(atomic.Int64), new(atomic.Int64)}
			for range supervisors {
				f.watch(b, web.Listener.Addr().String(), end)
			}
			settled := func(frames int64) {
				for end.frames.Load() < frames {
					time.Sleep(100 * time.Microsecond)
				}
			}
			frames := int64(3 * supervisors)
			settled(frames)
			first := end.bytes.Load()
			began := processor()
			rounds := 0
			for b.Loop() {
				rounds++
				f.step()
				f.s.feed.tables.deltas()
				frames += int64(3 * supervisors)
				settled(frames)
			}
			spent := processor() - began
			b.ReportMetric(float64(spent.Microseconds())/1000/float64(rounds), "cpu-ms/0.8s")
			if supervisors > 0 {
				b.ReportMetric(float64(end.bytes.Load()-first)/float64(rounds*supervisors)/1024, "KiB/0.8s/supervisor")
				b.ReportMetric(float64(first)/float64(supervisors)/1024/1024, "MiB-first/supervisor")
			}
		})
	}
}

// processor is the processor time that this process has used.
func processor() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
