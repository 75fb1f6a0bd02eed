package picture

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"portico/acd"
	"portico/store"
)

// Saver takes the counters that the picture writes back.
type Saver interface {
	Submit(class store.Class, u store.Unit, done func(store.Outcome)) error
}

// saveEvery is how often counters are written back at most.
const saveEvery = time.Second

// writer is the goroutine that writes counters back. One unit is under way at a
// time: a mark must not be saved while counters before it are not.
type writer struct {
	stop   chan struct{}
	done   chan struct{}
	turned chan struct{} // closed when the goroutine that turns the minutes has ended
	err    error         // of the last writing; belongs to the goroutine
}

// Start begins to write the counters back, at most once a second, and to turn the
// minutes: turned, which must not block, is called after each that changed something.
func (p *Picture) Start(s Saver, turned func()) {
	p.writer.stop, p.writer.done, p.writer.turned = make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(p.writer.turned)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if p.Turn() {
					turned()
				}
			case <-p.writer.stop:
				return
			}
		}
	}()
	go func() {
		defer close(p.writer.done)
		tick := time.NewTicker(saveEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.writer.err = p.save(s)
			case <-p.writer.stop:
				p.writer.err = p.save(s)
				return
			}
		}
	}()
}

// Stop writes what is left of the counters and waits for it as long as ctx lasts.
// Counters that are not written back are counted again from the facts at the start.
func (p *Picture) Stop(ctx context.Context) error {
	if p.writer.stop == nil {
		return nil
	}
	close(p.writer.stop)
	<-p.writer.turned
	select {
	case <-p.writer.done:
		return p.writer.err
	case <-ctx.Done():
		return fmt.Errorf("writing counters back: %w", ctx.Err())
	}
}

// save writes the changed counters as one unit with the number of the last batch
// that they hold, and waits until that is certain.
func (p *Picture) save(s Saver) error {
	p.mu.Lock()
	rows := make([]store.Row, 0, len(p.dirty)+len(p.dirtyAgents)+1)
	for key, i := range p.dirty {
		rows = append(rows, i.row(key))
	}
	days := make([]store.Row, 0, len(p.dirtyAgents))
	for _, a := range p.dirtyAgents {
		days = append(days, a.countRow())
	}
	flows := make([]store.Row, 0, len(p.dirtyFlows))
	for f := range p.dirtyFlows {
		flows = append(flows, f.row())
	}
	taken, takenAgents, takenFlows := p.dirty, p.dirtyAgents, p.dirtyFlows
	p.dirtyFlows = make(map[*flowCount]bool)
	p.dirty, p.dirtyAgents = make(map[intervalKey]*interval), make(map[acd.AgentID]*agent)
	mark := store.IntervalMark{Batch: p.version}
	p.mu.Unlock()
	if len(taken)+len(takenAgents)+len(takenFlows) == 0 {
		return nil
	}
	slices.SortFunc(rows, byPlace)
	slices.SortFunc(days, byAgent)
	slices.SortFunc(flows, byComponent)
	rows = append(append(append(rows, days...), flows...), mark)
	saved := make(chan error, 1)
	err := s.Submit(store.Lazy, store.Unit{Rows: rows}, func(o store.Outcome) { saved <- o.Err })
	if err == nil {
		err = <-saved
	}
	if err != nil {
		p.mu.Lock()
		for key, i := range taken {
			if p.dirty[key] == nil { // another one has been unpacked meanwhile, and has more
				p.dirty[key] = i
			}
		}
		maps.Copy(p.dirtyAgents, takenAgents)
		maps.Copy(p.dirtyFlows, takenFlows)
		p.mu.Unlock()
		return fmt.Errorf("writing counters back: %w", err)
	}
	return nil
}

func (i *interval) row(key intervalKey) store.Row {
	c := i.count
	return store.Interval{
		Unit: i.unit, Queue: key.queue, Start: key.start, Offered: c.Offered, Answered: c.Answered, AnsweredInTime: c.InTime,
		Abandoned: c.Abandoned, AbandonedInTime: c.LeftInTime, NotAnswered: c.NotAnswered, WaitMs: c.WaitMs, HandleMs: c.HandleMs,
	}
}

func byPlace(a, b store.Row) int {
	x, y := a.(store.Interval), b.(store.Interval)
	return cmp.Or(x.Queue.Compare(y.Queue), cmp.Compare(x.Start, y.Start))
}

func byAgent(a, b store.Row) int { return a.(store.AgentDay).Agent.Compare(b.(store.AgentDay).Agent) }
