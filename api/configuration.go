package api

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/plan"
	"portico/store"
	"portico/talk"
	"portico/threshold"
)

// Records is what the API reads and writes of the store.
type Records interface {
	AllObjects(ctx context.Context, kind store.ObjectKind) ([]store.Object, error)
	Save(ctx context.Context, u store.Unit) error
}

// Planner puts a difference of the plan in force: the hub.
type Planner interface {
	SetPlan(ctx context.Context, change acd.PlanChange) error
}

// Configuration is everything that administrators configured, as it is in force.
// It is loaded before the hub starts, which begins with its plan. It is safe for
// concurrent use.
type Configuration struct {
	records Records
	log     *slog.Logger
	now     atomic.Pointer[catalogue]
	// turn is held by whoever makes a change, so that each change is judged by the
	// outcome of the one before.
	turn    chan struct{}
	planner Planner
	watch   []func() // called after each change
	work    sync.WaitGroup
	life    context.Context // of changes under way: they end when their outcome is certain, or here
	end     context.CancelFunc
	clock   func() time.Time
	rest    chan struct{} // closed when schedules are to be watched no more
	resting sync.Once
}

// LoadConfiguration reads what is configured. What cannot be compiled is logged and
// admits nobody; it never keeps the program from starting.
func LoadConfiguration(ctx context.Context, r Records, log *slog.Logger) (*Configuration, error) {
	first, faults, err := loadCatalogue(ctx, r, 1, time.Now())
	if err != nil {
		return nil, err
	}
	for _, f := range faults {
		log.Warn("left out of the plan", "err", f, "kind", f.Values["kind"], "name", f.Values["name"], "unit", f.Values["unit"])
	}
	c := &Configuration{records: r, log: log, turn: make(chan struct{}, 1), clock: time.Now, rest: make(chan struct{})}
	c.life, c.end = context.WithCancel(context.Background())
	c.now.Store(first)
	return c, nil
}

// Plan is the plan in force.
func (c *Configuration) Plan() *plan.Plan { return c.now.Load().plan }

// Watch has f called after each change, once it is in force and before whoever
// made it is answered. It must be called before anything can change; f must not block.
func (c *Configuration) Watch(f func()) { c.watch = append(c.watch, f) }

// Zone gives the time zone of a business unit, or nil for one that does not exist.
func (c *Configuration) Zone(unit acd.UnitID) *time.Location { return c.now.Load().zones[unit] }

// Congestion gives how many new contacts of a medium a business unit takes in a second;
// 0: as many as come.
func (c *Configuration) Congestion(unit acd.UnitID, medium string) int {
	return c.now.Load().units[unit].body.Congestion[medium]
}

// Thresholds gives, of each unit, the thresholds that raise alerts. It reads memory
// alone; what it gives never changes.
func (c *Configuration) Thresholds() map[acd.UnitID][]threshold.Named { return c.now.Load().watched }

// Units gives the ids of all business units.
func (c *Configuration) Units() []acd.UnitID { return slices.Collect(maps.Keys(c.now.Load().units)) }

// Talk gives what conversations of a business unit need of the configuration, as it
// is now. It reads memory alone. A unit that does not exist has the defaults, and no
// time zone.
func (c *Configuration) Talk(unit acd.UnitID) talk.Setup {
	if setup, ok := c.now.Load().talks[unit]; ok {
		return setup
	}
	return talk.Setup{Settings: talk.Defaults()}
}

// stop waits for the changes under way, or gives them up at the end of ctx.
func (c *Configuration) stop(ctx context.Context) {
	c.resting.Do(func() { close(c.rest) })
	waited := make(chan struct{})
	go func() {
		c.work.Wait()
		close(waited)
	}()
	select {
	case <-waited:
	case <-ctx.Done():
		c.end()
		<-waited
	}
	c.end()
}

// proposal is a change that was judged and may be made.
type proposal struct {
	next *catalogue
	// rows are saved as one unit. Without them something else has saved already.
	rows []store.Row
	// more are saved after them, each as a unit of its own: of a change that is too large
	// for one commit.
	more [][]store.Row
	// then is called when all is in force.
	then func()
}

// change judges and makes one change at a time. It returns when the change is
// durable and in force, so that whoever asked reads it. Once judged, a change is
// made though ctx ends: then the fault is store_away, and the outcome is seen later.
func (c *Configuration) change(ctx context.Context, judge func(*catalogue) (proposal, error)) error {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return errAway
	case <-c.life.Done():
		return errStopping
	}
	p, err := judge(c.now.Load())
	if err != nil {
		<-c.turn
		return err
	}
	done := make(chan error, 1)
	c.work.Go(func() {
		err := c.apply(p)
		<-c.turn
		done <- err
	})
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return errAway
	}
}

// apply puts the plan in force, then saves: the core may refuse a plan, such as one
// without a queue that still has contacts, and nothing is saved that it refused.
func (c *Configuration) apply(p proposal) error {
	old := c.now.Load()
	diff := plan.Diff(old.plan, p.next.plan)
	if err := c.setPlan(diff); err != nil {
		return err
	}
	for i, rows := range append([][]store.Row{p.rows}, p.more...) {
		if len(rows) == 0 {
			continue
		}
		if err := c.records.Save(c.life, store.Unit{Rows: rows}); err != nil {
			if i > 0 {
				return errors.Join(err, c.readBack(p.next))
			}
			if back := c.setPlan(plan.Diff(p.next.plan, old.plan)); back != nil {
				c.log.Error("plan not taken back", "err", errors.Join(err, back))
			}
			return err
		}
	}
	c.now.Store(p.next)
	if p.then != nil {
		p.then()
	}
	if p.next == old {
		return nil // nothing that the running program reads has changed
	}
	for _, f := range c.watch {
		f()
	}
	return nil
}

// readBack puts in force what is saved, of a change whose parts could not all be saved:
// the program was stopped in between.
func (c *Configuration) readBack(tried *catalogue) error {
	saved, _, err := loadCatalogue(c.life, c.records, tried.version+1, c.clock())
	if err != nil {
		return err
	}
	c.now.Store(saved)
	return c.setPlan(plan.Diff(tried.plan, saved.plan))
}

// planMax is longer than any outage that ends well: the outcome must be certain.
const planMax = 24 * time.Hour

func (c *Configuration) setPlan(diff acd.PlanChange) error {
	if empty(diff) {
		return nil
	}
	ctx, cancel := context.WithTimeout(c.life, planMax)
	defer cancel()
	return c.planner.SetPlan(ctx, diff)
}

func empty(d acd.PlanChange) bool {
	return d.Settings == nil && len(d.Queues)+len(d.Agents)+len(d.Edges)+len(d.RemovedEdges)+len(d.RemovedQueues)+
		len(d.RemovedAgents) == 0
}

// reload reads everything anew, after something else has saved objects.
func (c *Configuration) reload(ctx context.Context) error {
	return c.change(ctx, func(old *catalogue) (proposal, error) {
		next, faults, err := loadCatalogue(ctx, c.records, old.version+1, c.clock())
		for _, f := range faults {
			c.log.Warn("left out of the plan", "err", f, "kind", f.Values["kind"], "name", f.Values["name"], "unit", f.Values["unit"])
		}
		return proposal{next: next}, err
	})
}

// faultOn gives the first fault that is of one object, its field as the API spells it.
func faultOn(faults []*fault.Fault, id [16]byte, fieldPrefix string) error {
	for _, f := range faults {
		if f.Values["id"] == acd.QueueID(id).String() {
			g := f.On(fieldPrefix + f.Field)
			g.Values = nil // they name the object, which whoever asked knows
			return g
		}
	}
	return nil
}
