package soak

import (
	"container/heap"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/hub"
	"portico/mint"
	"portico/picture"
	"portico/store"
)

// tick is how finely the day is cut: what falls into the same one comes at once.
const tick = 250 * time.Millisecond

// deed is something that a person does at a time.
type deed struct {
	at time.Time
	n  uint64 // of two at the same time the earlier made
	do func(context.Context) error
}

type agenda []deed

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at.Before(a[j].at) || a[i].at.Equal(a[j].at) && a[i].n < a[j].n
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(deed)) }
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	(*a)[len(*a)-1] = deed{}
	*a = (*a)[:len(*a)-1]
	return last
}

// day is a company at work.
type day struct {
	t       *testing.T
	size    size
	store   *store.Store
	hub     *hub.Hub
	picture *picture.Picture
	mint    *mint.Mint

	mu      sync.Mutex // guards what follows: the hub's publisher and the deeds share it
	r       *rand.Rand
	agenda  agenda
	deeds   uint64
	facts   map[acd.FactKind]int
	refused map[string]int
	heap    []float64 // MiB at each full hour
}

// A whole day: nothing is lost, the picture, the facts and the store tell the same, and
// memory in the evening is what it was in the morning.
func TestDay(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d := begin(t, dir)
		d.live()
		d.check()
		d.end()
	})
}

func begin(t *testing.T, dir string) *day {
	d := &day{t: t, size: sizeOf(t), r: rand.New(rand.NewPCG(7, 11)), facts: map[acd.FactKind]int{}, refused: map[string]int{}}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	var err error
	if d.store, err = store.Open(t.Context(), store.Options{Dir: dir, Site: 1, Log: log, Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	d.mint = mint.New(1, time.Now)
	d.picture = picture.New(picture.Options{Now: time.Now})
	plan := d.size.plan(d.r)
	if err := d.picture.Load(t.Context(), d.store, plan); err != nil {
		t.Fatal(err)
	}
	d.hub = hub.New(hub.Options{Store: d.store, Fold: d.picture.Fold, NewID: d.mint.ID, Now: time.Now, Log: log})
	d.hub.Subscribe(d.hear)
	if err := d.hub.Start(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	d.picture.Start(d.store, func() {})
	return d
}

func (d *day) end() {
	if err := d.picture.Stop(context.Background()); err != nil {
		d.t.Error(err)
	}
	if err := d.hub.Stop(context.Background()); err != nil {
		d.t.Error(err)
	}
	if err := d.store.Close(); err != nil {
		d.t.Error(err)
	}
}

// later notes a deed. The caller holds mu.
func (d *day) later(after time.Duration, do func(context.Context) error) {
	d.deeds++
	heap.Push(&d.agenda, deed{time.Now().Add(after), d.deeds, do})
}

// live lets the day pass: contacts all day, agents from before opening to after closing.
func (d *day) live() {
	midnight := time.Now()
	d.mu.Lock()
	for n := range d.size.agents {
		d.later((openFrom-1)*d.size.hour+time.Duration(d.r.Int64N(int64(d.size.hour))), d.beginWork(agentID(n)))
	}
	d.mu.Unlock()
	for hour, n := range d.size.arrivals() {
		// Minute by minute: customers who do not come yet are no memory of the company's.
		minute := d.size.hour / 60
		for m := range 60 {
			d.mu.Lock()
			for range n*(m+1)/60 - n*m/60 {
				d.later(time.Duration(d.r.Int64N(int64(minute))), d.arrive)
			}
			d.mu.Unlock()
			d.until(midnight.Add(time.Duration(hour)*d.size.hour + time.Duration(m+1)*minute))
		}
		d.tell(hour + 1)
	}
	for late := 0; d.open() > 0 && late < 600; late++ { // overtime, until nobody waits
		d.until(time.Now().Add(time.Minute))
	}
	for n := range d.size.agents {
		d.note(d.ask(d.t.Context(), acd.SignedOut{Agent: agentID(n)}))
	}
}

// open is how many contacts are open.
func (d *day) open() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.facts[acd.FactArrived] - d.facts[acd.FactEnded]
}

// until does what is due up to a time, tick by tick; what is due in the same one is asked
// of the hub at the same time.
func (d *day) until(end time.Time) {
	for {
		d.mu.Lock()
		var due []deed
		for len(d.agenda) > 0 && !d.agenda[0].at.After(time.Now()) {
			due = append(due, heap.Pop(&d.agenda).(deed))
		}
		wake := end
		if len(d.agenda) > 0 && d.agenda[0].at.Before(end) {
			wake = d.agenda[0].at
		}
		d.mu.Unlock()
		var group sync.WaitGroup
		for _, x := range due {
			group.Go(func() { d.note(x.do(d.t.Context())) })
		}
		group.Wait()
		if !time.Now().Before(end) {
			return
		}
		if len(due) == 0 {
			time.Sleep(max(tick, time.Until(wake)))
		} else {
			time.Sleep(tick) // what came of it may be due now
		}
	}
}

// note counts refusals: two people who do the same is no error.
func (d *day) note(err error) {
	if err == nil {
		return
	}
	f := fault.Of(err)
	if f == nil {
		d.t.Error(err)
		return
	}
	d.mu.Lock()
	d.refused[f.Code]++
	d.mu.Unlock()
}

func (d *day) ask(ctx context.Context, e acd.Event) error {
	_, err := d.hub.Ask(ctx, hub.Command{Event: e, Lane: hub.Progress, Unit: unit})
	return err
}

func (d *day) exponential(mean time.Duration) time.Duration {
	return time.Duration(d.r.ExpFloat64() * float64(mean))
}

// arrive is a customer: one in ten has little patience.
func (d *day) arrive(ctx context.Context) error {
	d.mu.Lock()
	a := &hub.Arrival{Contact: d.mint.ID(), Unit: unit, Medium: "webchat", Queue: queueID(d.r.IntN(d.size.queues)),
		Priority: uint8(1 + d.r.IntN(100)), Source: "soak", Language: "english", Name: "A customer", Caption: "A question"}
	if d.r.IntN(20) == 0 {
		a.Preferred, a.Hold = agentID(d.r.IntN(d.size.agents)), 20*time.Second
	}
	a.ClientID = fmt.Sprintf("%x", a.Contact[:])
	if d.r.IntN(10) == 0 {
		d.later(d.exponential(time.Minute), func(ctx context.Context) error { return d.ask(ctx, acd.Abandoned{Contact: a.Contact}) })
	}
	d.mu.Unlock()
	_, err := d.hub.Ask(ctx, hub.Command{Arrival: a, Lane: hub.Arrivals, Unit: unit})
	return err
}

func (d *day) beginWork(a acd.AgentID) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, e := range []acd.Event{acd.SignedIn{Agent: a, Reason: away}, acd.DesktopConnected{Agent: a},
			acd.AgentStateChanged{Agent: a, Domains: 1 << acd.Chat, Available: true}} {
			if err := d.ask(ctx, e); err != nil {
				return err
			}
		}
		return nil
	}
}

// hear is told of each durable batch: agents answer what they are offered.
func (d *day) hear(b hub.Batch) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range b.Changes {
		for _, f := range c.Facts {
			d.facts[f.Kind]++
			if f.Kind == acd.FactAgentState && f.N == 0 && f.Reason == noAnswer {
				d.later(time.Minute, func(ctx context.Context) error {
					return d.ask(ctx, acd.AgentStateChanged{Agent: f.Agent, Domains: 1 << acd.Chat, Available: true})
				})
			}
		}
		for _, e := range c.Effects {
			if e.Kind == acd.Offer {
				d.answer(e)
			}
		}
	}
}

// answer is what an agent does about an offer: 2 in 100 decline, 3 do not answer.
func (d *day) answer(e acd.Effect) {
	switch luck := d.r.IntN(100); {
	case luck < 2:
		d.later(5*time.Second, func(ctx context.Context) error {
			return d.ask(ctx, acd.Declined{Contact: e.Contact, Agent: e.Agent, Offer: e.N})
		})
	case luck >= 5:
		d.later(time.Second+d.exponential(3*time.Second), func(ctx context.Context) error {
			if err := d.ask(ctx, acd.Accepted{Contact: e.Contact, Agent: e.Agent, Offer: e.N}); err != nil {
				return err
			}
			d.mu.Lock()
			defer d.mu.Unlock()
			d.later(d.exponential(3*time.Minute), d.goOn(e.Contact, e.Agent))
			return nil
		})
	}
}

// goOn ends a conversation, or, one in ten, gives it to another queue.
func (d *day) goOn(contact acd.ContactID, agent acd.AgentID) func(context.Context) error {
	return func(ctx context.Context) error {
		d.mu.Lock()
		transfer, queue, wrapUp := d.r.IntN(10) == 0, queueID(d.r.IntN(d.size.queues)), d.exponential(20*time.Second)
		d.mu.Unlock()
		if transfer {
			return d.ask(ctx, acd.TransferredToQueue{Contact: contact, From: agent, Queue: queue})
		}
		if err := d.ask(ctx, acd.Finished{Contact: contact, Agent: agent}); err != nil {
			return err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		d.later(wrapUp, func(ctx context.Context) error { return d.ask(ctx, acd.WrappedUp{Contact: contact, Agent: agent}) })
		return nil
	}
}

// memory is what lives on the heap.
func memory() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}
