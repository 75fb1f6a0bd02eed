package sim

import (
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"portico/acd"
)

// Line is one queue whose customers come by chance (Poisson), each handled for an
// exponential time by one of equal agents: the case for which theory knows the
// answer.
type Line struct {
	Agents   int
	Handling time.Duration // mean
	Patience time.Duration // mean until a customer gives up; 0: never
	Ageing   time.Duration // of the core's settings
	Classes  []Class       // at least one
	Target   time.Duration // what Observed.Within is about
	Warm     int           // customers before the counting begins
	Count    int           // customers counted
}

// Class is a kind of customers.
type Class struct {
	Load     float64 // arrivals per mean handling time
	Priority uint8
}

// Observed is what the customers of a class met, one run long.
type Observed struct {
	Customers, GaveUp int
	Wait              time.Duration // summed over all, those who gave up among them
	Within            int           // who were answered within the target
}

// happening is something that will come about in a run of a Line.
type happening struct {
	at    acd.Time
	kind  int // in this order at the same time
	index int // of the class, or of the customer
	agent acd.AgentID
}

const (
	handled = iota
	gaveUp
	comes
)

type happenings []happening

func (h happenings) Len() int           { return len(h) }
func (h happenings) Less(i, j int) bool { return h[i].at < h[j].at }
func (h happenings) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *happenings) Push(x any)        { *h = append(*h, x.(happening)) }
func (h *happenings) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

type customer struct {
	class    int
	came     acd.Time
	handling time.Duration
	waits    bool
}

// lineRun is a Line on its way.
type lineRun struct {
	Line
	dice      *rand.Rand
	core      *acd.Core
	queue     acd.QueueID
	unit      acd.UnitID
	coming    happenings
	customers []customer
	left      int // customers counted who have not been answered yet
	observed  []Observed
	lastIn    []int // per class (or for all, without ageing) who was answered last
	overtaken int
}

// Run lets the core serve the line once, and tells of each class. Overtaken is how
// often a customer was answered before one who came earlier and was of the same
// class, or without ageing of any.
func (l Line) Run(dice *rand.Rand) (observed []Observed, overtaken int, err error) {
	r := &lineRun{Line: l, dice: dice, left: l.Count, observed: make([]Observed, len(l.Classes)), lastIn: make([]int, len(l.Classes))}
	if err := r.open(); err != nil {
		return nil, 0, err
	}
	for class := range l.Classes {
		r.next(dayStart, class)
	}
	for r.left > 0 {
		if err := r.happen(heap.Pop(&r.coming).(happening)); err != nil {
			return nil, 0, err
		}
	}
	return r.observed, r.overtaken, nil
}

func (r *lineRun) open() error {
	r.unit, r.queue = acd.UnitID{1}, acd.QueueID{2}
	change := acd.PlanChange{
		Version:  1,
		Settings: &acd.Settings{Ageing: r.Ageing, DesktopGrace: time.Minute},
		Queues: []acd.QueuePlan{{
			ID: r.queue, Unit: r.unit, Domain: acd.Voice, Steps: []time.Duration{0}, AutoAccept: true, NoWrapUp: true,
		}},
	}
	for n := range r.Agents {
		a := acd.AgentPlan{ID: acd.AgentID{3, 15: byte(n + 1)}, Unit: r.unit}
		a.Capacity[acd.Voice] = 1
		change.Agents = append(change.Agents, a)
		change.Edges = append(change.Edges, acd.Edge{Queue: r.queue, Agent: a.ID})
	}
	r.core = acd.New(dayStart)
	events := []acd.Event{acd.PlanChanged{Change: change}}
	for _, a := range change.Agents {
		events = append(events, acd.SignedIn{Agent: a.ID}, acd.AgentStateChanged{Agent: a.ID, Domains: 1 << acd.Voice, Available: true})
	}
	for _, e := range events {
		if _, err := r.step(dayStart, e); err != nil {
			return err
		}
	}
	return nil
}

func (r *lineRun) step(now acd.Time, e acd.Event) (*acd.Out, error) {
	out := r.core.Step(now, e)
	if out.Refusal.Code != acd.NotRefused {
		return nil, fmt.Errorf("%T at %d was refused with %d", e, now, out.Refusal.Code)
	}
	return out, nil
}

// about draws an exponential time of the given mean.
func (r *lineRun) about(mean time.Duration) time.Duration {
	return time.Duration(r.dice.ExpFloat64() * float64(mean))
}

// next lets another customer of the class be on the way.
func (r *lineRun) next(now acd.Time, class int) {
	between := time.Duration(float64(r.Handling) / r.Classes[class].Load)
	heap.Push(&r.coming, happening{now.Add(r.about(between)), comes, class, acd.AgentID{}})
}

func contactID(n int) (id acd.ContactID) {
	id[0] = 4
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

func (r *lineRun) happen(h happening) error {
	var event acd.Event
	switch h.kind {
	case comes:
		r.next(h.at, h.index)
		n := len(r.customers)
		r.customers = append(r.customers, customer{h.index, h.at, r.about(r.Handling), true})
		if r.Patience > 0 {
			heap.Push(&r.coming, happening{h.at.Add(r.about(r.Patience)), gaveUp, n, acd.AgentID{}})
		}
		event = acd.Arrived{Contact: contactID(n), Unit: r.unit, Queue: r.queue, Priority: r.Classes[h.index].Priority}
	case gaveUp:
		if !r.customers[h.index].waits {
			return nil
		}
		r.count(h.at, h.index, true)
		event = acd.Abandoned{Contact: contactID(h.index)}
	case handled:
		event = acd.Finished{Contact: contactID(h.index), Agent: h.agent}
	}
	out, err := r.step(h.at, event)
	if err != nil {
		return err
	}
	for _, e := range out.Effects {
		if e.Kind != acd.Assign {
			continue
		}
		n := int(binary.BigEndian.Uint64(e.Contact[8:]))
		if n >= len(r.customers) || !r.customers[n].waits {
			return errors.New("a contact was assigned that does not wait")
		}
		r.count(h.at, n, false)
		heap.Push(&r.coming, happening{h.at.Add(r.customers[n].handling), handled, n, e.Agent})
	}
	return nil
}

// count notes that the wait of a customer is over.
func (r *lineRun) count(now acd.Time, n int, gaveUp bool) {
	c := &r.customers[n]
	c.waits = false
	if !gaveUp {
		lane := c.class
		if r.Ageing == 0 {
			lane = 0
		}
		if n < r.lastIn[lane] {
			r.overtaken++
		}
		r.lastIn[lane] = n
	}
	if n < r.Warm || n >= r.Warm+r.Count {
		return
	}
	r.left--
	o := &r.observed[c.class]
	o.Customers++
	o.Wait += now.Sub(c.came)
	switch {
	case gaveUp:
		o.GaveUp++
	case now.Sub(c.came) <= r.Target:
		o.Within++
	}
}
