package sim

import (
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"

	"portico/acd"
)

// Floor runs a core through a day under the eyes of the model, keeps the rows as
// a store would, and now and then puts a core that was rebuilt from these rows in
// the place of the running one, which goes on beside it as a twin.
type Floor struct {
	Day   *Day
	Model *Model
	// RebuildEvery is after how many events a rebuilt core takes over; 0: never.
	RebuildEvery int
	// Seen, when set, is called with what each Step gave out.
	Seen func(*acd.Out)

	core, twin *acd.Core
	contacts   map[acd.ContactID]acd.ContactRow
	agents     map[acd.AgentID]acd.AgentRow
	steps      int
	sum        uint64 // over everything that came out
}

// drainMax is how many Steps at one time may ask for another at once.
const drainMax = 1_000

// NewFloor makes a day by the dice and hands its plan to a new core.
func NewFloor(dice Dice) (*Floor, error) {
	model := NewModel()
	f := &Floor{
		Day: NewDay(dice, model), Model: model, core: acd.New(dayStart),
		contacts: make(map[acd.ContactID]acd.ContactRow), agents: make(map[acd.AgentID]acd.AgentRow),
	}
	return f, f.step(dayStart, acd.PlanChanged{Change: f.Day.Plan()})
}

// Run makes up events one after another and gives the first error.
func (f *Floor) Run(events int) error {
	for n := range events {
		if err := f.one(n); err != nil {
			return fmt.Errorf("event %d: %w", n, err)
		}
	}
	return nil
}

func (f *Floor) one(n int) error {
	if f.RebuildEvery > 0 && n%f.RebuildEvery == f.RebuildEvery-1 {
		take := f.rebuild
		if f.Day.chance(20) {
			take = f.restart
		}
		if err := take(); err != nil {
			return fmt.Errorf("rebuilding: %w", err)
		}
	}
	now, event := f.Day.Next()
	switch {
	case f.Day.chance(1):
		if err := f.drain(now); err != nil {
			return err
		}
		event = acd.PlanChanged{Change: f.Day.Replan()}
	case f.Day.chance(20):
		if err := f.drain(now); err != nil {
			return err
		}
	}
	return f.step(now, event)
}

// drain steps the core until it has nothing left to do at this time.
func (f *Floor) drain(now acd.Time) error {
	for range drainMax {
		if err := f.step(now, acd.Ticked{}); err != nil {
			return err
		}
		if f.Model.bound {
			return nil
		}
	}
	return errors.New("the core never comes to rest")
}

// step gives an event to the core and to its twin, and what comes out to the
// model and the store.
func (f *Floor) step(now acd.Time, event acd.Event) error {
	f.steps++
	out := f.core.Step(now, event)
	if f.twin != nil {
		if err := f.compare(out, f.twin.Step(now, event)); err != nil {
			return fmt.Errorf("%T at %d: %w", event, now, err)
		}
	}
	if err := f.Model.Check(now, event, out); err != nil {
		return fmt.Errorf("%T%+v at %d: %w\n%s", event, event, now, err, printed(out))
	}
	f.save(out)
	if f.Seen != nil {
		f.Seen(out)
	}
	f.Day.Woken(out.Wake)
	if e, ok := event.(acd.PlanChanged); ok && out.Refusal.Code == acd.NotRefused {
		f.Day.Replanned(e.Change)
	}
	return nil
}

func (f *Floor) compare(out, twin *acd.Out) error {
	if printed(out) != printed(twin) {
		return fmt.Errorf("the rebuilt core differs from its twin:\n%s\n%s", printed(out), printed(twin))
	}
	if f.core.Digest() != f.twin.Digest() {
		return errors.New("the rebuilt core's digest differs from its twin's")
	}
	return nil
}

// printed is everything that a Step gave out, the same text for the same things.
func printed(out *acd.Out) string {
	return fmt.Sprintf("%v %d\n%+v\n%+v\n%+v\n%+v", out.Refusal, out.Wake, out.Effects, out.Contacts, out.Agents, out.Facts)
}

// save does with the rows what a store does.
func (f *Floor) save(out *acd.Out) {
	for _, row := range out.Contacts {
		row.Skills, row.Exclusions, row.Beside = slices.Clone(row.Skills), slices.Clone(row.Exclusions), slices.Clone(row.Beside)
		if f.contacts[row.ID] = row; row.State == acd.Ended {
			delete(f.contacts, row.ID)
		}
	}
	for _, row := range out.Agents {
		row.Domains = slices.Clone(row.Domains)
		f.agents[row.ID] = row
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%x%s%x", f.sum, printed(out), f.core.Digest())
	f.sum = h.Sum64()
}

// rebuild puts a core made from the rows alone in the place of the running one.
func (f *Floor) rebuild() error {
	if err := f.drain(f.Day.now); err != nil {
		return err
	}
	fresh, err := f.fromRows()
	if err != nil {
		return err
	}
	if fresh.Digest() != f.core.Digest() {
		return errors.New("the rebuilt core's digest differs")
	}
	f.core, f.twin = fresh, f.core
	return nil
}

// restart loses the running core and its twin, and a while later goes on with one
// that was made from the rows.
func (f *Floor) restart() error {
	if err := f.drain(f.Day.now); err != nil {
		return err
	}
	gap := f.Day.seconds(0, 1, 20, 300)
	f.Day.now = f.Day.now.Add(gap)
	fresh, err := f.fromRows()
	if err != nil {
		return err
	}
	f.core, f.twin = fresh, nil
	return f.step(f.Day.now, acd.Restarted{Gap: gap})
}

func (f *Floor) fromRows() (*acd.Core, error) {
	maps.DeleteFunc(f.agents, func(id acd.AgentID, _ acd.AgentRow) bool {
		_, stays := f.Model.plan.Agents[id]
		return !stays
	})
	return acd.Rebuild(f.Day.now, f.Model.plan.Whole(),
		sortedBy(f.agents, func(a acd.AgentRow) acd.AgentID { return a.ID }),
		sortedBy(f.contacts, func(c acd.ContactRow) acd.ContactID { return c.ID }))
}

// Sum is a digest of everything that came out so far.
func (f *Floor) Sum() uint64 { return f.sum }
