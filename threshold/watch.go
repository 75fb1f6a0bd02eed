package threshold

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"portico/acd"
	"portico/picture"
	"portico/store"
	"portico/workflow"
)

const (
	// watchEvery is how often the figures are looked at.
	watchEvery = time.Second
	// calm is how long a figure must be better before its level falls.
	calm = 10 * time.Second
	// openMax is how many alerts one threshold has at once: when all agents are lost
	// together, nobody needs to read it of each.
	openMax = 50
	// askMax is how long the store is asked about one alert.
	askMax = time.Second
	// kindAlert is that of the outbox's entries that become alerts.
	kindAlert = "alert"
)

// codes are the kinds of the alerts, by level.
var codes = [...]string{Warning: "threshold_warning", Critical: "threshold_critical"}

// Named is a configured threshold.
type Named struct {
	ID   [16]byte
	Name string
	Threshold
}

// Store is what the watcher needs of the store.
type Store interface {
	Submit(class store.Class, u store.Unit, done func(store.Outcome)) error
	Alert(ctx context.Context, unit acd.UnitID, id [16]byte) (store.Alert, error)
	AlertPage(ctx context.Context, unit acd.UnitID, open bool, after string, limit int) ([]store.Alert, string, error)
	OutboxPage(ctx context.Context, after [16]byte, limit int) ([]store.Outbox, error)
}

// Options of a watcher. All are needed.
type Options struct {
	Store   Store
	Picture *picture.Picture
	// Thresholds gives those of all units that raise alerts. It reads memory alone.
	Thresholds func() map[acd.UnitID][]Named
	// Raised is told that an entry is in the outbox, Over that an alert is dealt with.
	// Neither blocks.
	Raised func()
	Over   func(store.Alert)
	NewID  func() [16]byte
	Now    func() time.Time
	Log    *slog.Logger
}

// Watcher judges thresholds once a second and raises each alert once: one for a
// threshold and the queue, agent or component of a workflow whose figure is beyond it. When the level changes, the
// alert is replaced; when the figure has been good for 10 s, it is dealt with.
type Watcher struct {
	o       Options
	mu      sync.Mutex
	answers []func() // of the store, which answers from its own goroutine; done in the next round

	// What follows belongs to the goroutine of Run.
	// states are those that are not good, or have an alert.
	states map[acd.UnitID]map[[16]byte]map[row]*state
	ending []ended
}

// ended is an alert whose figure is good again.
type ended struct {
	unit  acd.UnitID
	id    [16]byte
	tries int
}

// state is how bad a figure of one row is.
type state struct {
	level  Level
	better time.Time // since when the figure is better than the level; zero: it is not
	alert  [16]byte  // that is open; zero: none
	raised Level     // of the alert
	busy   bool      // the store has not yet answered
	seen   bool      // in this round
}

// body is an alert's.
type body struct {
	Code      string        `json:"code"`
	Threshold acd.ID[named] `json:"threshold"`
	Name      string        `json:"name"`
	Table     Table         `json:"table"`
	Measure   Measure       `json:"measure"`
	Above     bool          `json:"above"`
	Value     float64       `json:"value"`
	Limit     int           `json:"limit"`
	Queue     acd.QueueID   `json:"queue,omitzero"`
	Agent     acd.AgentID   `json:"agent,omitzero"`
	// Of a component of a workflow.
	Workflow workflow.ID     `json:"workflow,omitzero"`
	Node     workflow.NodeID `json:"node,omitempty"`
}

// about gives the row of the figure.
func (b body) about() row {
	switch {
	case !b.Workflow.IsZero():
		return row{b.Workflow, b.Node}
	case !b.Agent.IsZero():
		return row{id: b.Agent}
	}
	return row{id: b.Queue}
}

type named struct{}

// New makes a watcher.
func New(o Options) *Watcher {
	return &Watcher{o: o, states: map[acd.UnitID]map[[16]byte]map[row]*state{}}
}

// Load reads which alerts of units are open, so that a restart raises none twice. Call it
// before anything is delivered of the outbox.
func (w *Watcher) Load(ctx context.Context, units []acd.UnitID) error {
	const page = 500
	for _, unit := range units {
		for after := ""; ; {
			rows, next, err := w.o.Store.AlertPage(ctx, unit, true, after, page)
			if err != nil {
				return fmt.Errorf("reading open alerts: %w", err)
			}
			for _, a := range rows {
				w.found(a.Unit, a.ID, a.Body)
			}
			if after = next; next == "" {
				break
			}
		}
	}
	var after [16]byte
	for {
		rows, err := w.o.Store.OutboxPage(ctx, after, page)
		if err != nil {
			return fmt.Errorf("reading the outbox: %w", err)
		}
		for _, e := range rows {
			w.found(e.Unit, e.ID, e.Body)
			after = e.ID
		}
		if len(rows) < page {
			return nil
		}
	}
}

// found takes an alert that is open, if it is a threshold's.
func (w *Watcher) found(unit acd.UnitID, id [16]byte, raw []byte) {
	var b body
	if json.Unmarshal(raw, &b) != nil {
		return
	}
	for level, code := range codes {
		if code != "" && b.Code == code {
			about, states := b.about(), w.of(unit, b.Threshold)
			if old := states[about]; old != nil { // the process ended while one took the place of the other
				w.over(unit, old.alert)
			}
			states[about] = &state{level: Level(level), alert: id, raised: Level(level)}
		}
	}
}

func (w *Watcher) of(unit acd.UnitID, threshold [16]byte) map[row]*state {
	if w.states[unit] == nil {
		w.states[unit] = map[[16]byte]map[row]*state{}
	}
	if w.states[unit][threshold] == nil {
		w.states[unit][threshold] = map[row]*state{}
	}
	return w.states[unit][threshold]
}

// Run watches until ctx ends.
func (w *Watcher) Run(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.round(ctx)
		}
	}
}

// round judges all figures once.
func (w *Watcher) round(ctx context.Context) {
	now := w.o.Now()
	w.mu.Lock()
	answers := w.answers
	w.answers = nil
	w.mu.Unlock()
	for _, answer := range answers {
		answer()
	}
	for unit, all := range w.o.Thresholds() {
		f := &figures{p: w.o.Picture, unit: unit, now: acd.At(now)}
		for i := range all {
			if all[i].Alert {
				f.each(all[i].Threshold, func(about row, value float64) { w.judge(unit, &all[i], about, value, now) })
			}
		}
	}
	for unit, thresholds := range w.states {
		for id, states := range thresholds {
			for about, s := range states {
				if !s.seen { // the figure, its row or the threshold is no more
					w.ease(s, Good, now)
				}
				s.seen = false
				if s.level == Good && !s.busy {
					w.over(unit, s.alert)
					delete(states, about)
				}
			}
			if len(states) == 0 {
				delete(thresholds, id)
			}
		}
	}
	ending := w.ending
	w.ending = nil
	for _, e := range ending {
		w.end(ctx, e)
	}
}

// judge takes one figure.
func (w *Watcher) judge(unit acd.UnitID, t *Named, about row, value float64, now time.Time) {
	level := t.Level(value)
	states := w.states[unit][t.ID]
	s := states[about]
	if s == nil {
		if level == Good || len(states) >= openMax {
			return
		}
		s = &state{}
		w.of(unit, t.ID)[about] = s
	}
	s.seen = true
	if level > s.level {
		s.level, s.better = level, time.Time{}
	} else {
		w.ease(s, t.Eased(s.level, value), now)
	}
	if s.level > Good && s.level != s.raised && !s.busy {
		w.raise(unit, t, about, s, value)
	}
}

// ease lets a level fall once the figure has been better for a while.
func (w *Watcher) ease(s *state, to Level, now time.Time) {
	switch {
	case to >= s.level:
		s.better = time.Time{}
	case s.better.IsZero():
		s.better = now
	case now.Sub(s.better) >= calm:
		s.level, s.better = to, time.Time{}
	}
}

// answered has the next round take what the store said.
func (w *Watcher) answered(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answers = append(w.answers, f)
}

// raise puts an alert into the outbox; the one of another level is over then.
func (w *Watcher) raise(unit acd.UnitID, t *Named, about row, s *state, value float64) {
	b := body{Code: codes[s.level], Threshold: t.ID, Name: t.Name, Table: t.Table, Measure: t.Measure, Above: t.Above, Value: value}
	if b.Limit = *cmp.Or(t.Warn, t.Critical); s.level == Critical {
		b.Limit = *t.Critical
	}
	switch t.Table {
	case Agents:
		b.Agent = about.id
	case Workflow:
		b.Workflow, b.Node = about.id, about.node
	default:
		b.Queue = about.id
	}
	raw, err := json.Marshal(b)
	if err != nil {
		w.o.Log.Error("an alert cannot be written", "err", err, "kind", b.Code)
		return
	}
	level, id := s.level, w.o.NewID()
	entry := store.Outbox{ID: id, Unit: unit, Kind: kindAlert, At: acd.At(w.o.Now()), Body: raw}
	s.busy = true
	err = w.o.Store.Submit(store.Channel, store.Unit{Rows: []store.Row{entry}}, func(o store.Outcome) {
		if o.Err == nil {
			w.o.Raised()
		}
		w.answered(func() {
			s.busy = false
			if o.Err == nil { // else this round tries again
				w.over(unit, s.alert)
				s.alert, s.raised = id, level
			}
		})
	})
	if err != nil {
		s.busy = false
	}
}

// over notes that an alert is to be dealt with.
func (w *Watcher) over(unit acd.UnitID, alert [16]byte) {
	if alert != ([16]byte{}) {
		w.ending = append(w.ending, ended{unit: unit, id: alert})
	}
}

// endMax is in how many rounds an alert that is over is looked for: it may not be
// delivered yet.
const endMax = 600

// end says that an alert is dealt with, unless a person was faster.
func (w *Watcher) end(ctx context.Context, e ended) {
	again := func() {
		if e.tries++; e.tries < endMax {
			w.ending = append(w.ending, e)
		}
	}
	limited, cancel := context.WithTimeout(ctx, askMax)
	a, err := w.o.Store.Alert(limited, e.unit, e.id)
	cancel()
	if err != nil {
		again()
		return
	}
	if a.DoneAt != 0 {
		return
	}
	a.DoneAt = acd.At(w.o.Now())
	done := store.AlertDone{Unit: e.unit, ID: e.id, At: a.DoneAt}
	err = w.o.Store.Submit(store.Channel, store.Unit{Rows: []store.Row{done}}, func(o store.Outcome) {
		switch {
		case o.Err == nil:
			w.o.Over(a)
		case !errors.Is(o.Err, store.ErrChanged):
			w.answered(again)
		}
	})
	if err != nil {
		again()
	}
}
