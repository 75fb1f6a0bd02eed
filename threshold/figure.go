package threshold

import (
	"slices"
	"time"

	"portico/acd"
	"portico/picture"
	"portico/workflow"
)

// figures reads the picture of one unit, each table at most once in a round.
type figures struct {
	p    *picture.Picture
	unit acd.UnitID
	now  acd.Time

	queues   []picture.Queue
	agents   []picture.Agent
	contacts []acd.ContactRow
	read     map[Table]bool

	components []picture.Component
}

// row is what a figure is of: a queue, an agent, or a component of a workflow.
type row struct {
	id   [16]byte
	node workflow.NodeID
}

// each gives the figure of every row that a threshold is about: of a queue, of an
// agent, or of a component of a workflow that somebody has entered today. The figure of a queue's contacts is the worst of them.
func (f *figures) each(t Threshold, yield func(about row, value float64)) {
	f.fill(t.Table)
	switch t.Table {
	case Queues:
		for _, q := range f.queues {
			if !t.names(q.ID) {
				continue
			}
			expected := func() (time.Duration, bool) { return f.p.ExpectedWait(f.unit, q.ID, 0) }
			if v, ok := queueFigure(t.Measure, q, f.now, expected); ok {
				yield(row{id: q.ID}, v)
			}
		}
	case Workflow:
		for _, c := range f.components {
			yield(row{c.Workflow, c.Node}, float64(c.Now))
		}
	case Contacts:
		f.worst(t, func(c acd.ContactRow) [16]byte { return c.Queue }, yield)
	case Agents:
		if t.Measure == "handling" || t.Measure == "wrap_up" {
			f.fill(Contacts)
			f.worst(t, func(c acd.ContactRow) [16]byte { return c.Agent }, yield)
			return
		}
		for _, a := range f.agents {
			if v, ok := agentFigure(t.Measure, a, f.now); ok {
				yield(row{id: a.ID}, v)
			}
		}
	}
}

// worst gives the worst figure of the contacts of each queue or agent.
func (f *figures) worst(t Threshold, of func(acd.ContactRow) [16]byte, yield func(about row, value float64)) {
	worst := map[[16]byte]float64{}
	for _, c := range f.contacts {
		v, ok := contactFigure(t.Measure, c, f.now)
		if !ok || t.Table == Contacts && !t.names(c.Queue) {
			continue
		}
		about := of(c)
		if have, known := worst[about]; !known || (v > have) == t.Above {
			worst[about] = v
		}
	}
	for about, v := range worst {
		yield(row{id: about}, v)
	}
}

// names reports whether a threshold is of a queue.
func (t Threshold) names(queue acd.QueueID) bool {
	return len(t.Queues) == 0 || slices.Contains(t.Queues, queue)
}

// fill reads a table of the picture, once.
func (f *figures) fill(table Table) {
	if f.read[table] {
		return
	}
	if f.read == nil {
		f.read = map[Table]bool{}
	}
	f.read[table] = true
	switch table {
	case Queues:
		f.queues = f.p.QueuesSince(f.unit, 0).Put
	case Agents:
		f.agents = f.p.AgentsSince(f.unit, 0).Put
	case Contacts:
		f.contacts = f.p.Open(f.unit)
	case Workflow:
		f.components = f.p.Components(f.unit)
	}
}

// queueFigure gives a figure of a queue; ok is false when there is nothing to measure.
func queueFigure(m Measure, q picture.Queue, now acd.Time, expected func() (time.Duration, bool)) (value float64, ok bool) {
	switch m {
	case "waiting":
		return float64(q.Waiting), true
	case "active":
		return float64(q.Active + q.Interrupted), true
	case "longest_wait":
		if q.WaitingSince == 0 {
			return 0, true
		}
		return now.Sub(q.WaitingSince).Seconds(), true
	case "expected_wait":
		wait, ok := expected()
		return wait.Seconds(), ok
	case "offered_recent":
		return float64(q.Recent.Offered), true
	case "offered_today":
		return float64(q.Today.Offered), true
	case "answered_recent":
		return float64(q.Recent.Answered), true
	case "answered_today":
		return float64(q.Today.Answered), true
	case "abandoned_recent":
		return float64(q.Recent.Abandoned), true
	case "abandoned_today":
		return float64(q.Today.Abandoned), true
	case "abandoned_share_recent":
		return share(q.Recent.Abandoned, q.Recent.Answered+q.Recent.Abandoned)
	case "abandoned_share_today":
		return share(q.Today.Abandoned, q.Today.Answered+q.Today.Abandoned)
	case "level_recent":
		level, ok := q.Recent.Level(picture.LeaversCount)
		return 100 * level, ok
	case "level_today":
		level, ok := q.Today.Level(picture.LeaversCount)
		return 100 * level, ok
	case "mean_wait_recent":
		return meanSeconds(q.Recent.WaitMs, q.Recent.Answered)
	case "mean_wait_today":
		return meanSeconds(q.Today.WaitMs, q.Today.Answered)
	}
	return 0, false
}

// share is in percent.
func share(part, all uint32) (float64, bool) {
	if all == 0 {
		return 0, false
	}
	return 100 * float64(part) / float64(all), true
}

func meanSeconds(ms uint64, n uint32) (float64, bool) {
	if n == 0 {
		return 0, false
	}
	return float64(ms) / float64(n) / 1000, true
}

// contactFigure gives a figure of an open contact.
func contactFigure(m Measure, c acd.ContactRow, now acd.Time) (value float64, ok bool) {
	switch {
	case m == "wait" && (c.State == acd.Queued || c.State == acd.Offered):
		return now.Sub(c.FirstQueued).Seconds(), true
	case m == "handling" && (c.State == acd.Active || c.State == acd.Interrupted), m == "wrap_up" && c.State == acd.WrapUp:
		return now.Sub(c.Since).Seconds(), true
	}
	return 0, false
}

// agentFigure gives a figure of an agent but for those of the contacts in hand.
func agentFigure(m Measure, a picture.Agent, now acd.Time) (value float64, ok bool) {
	switch m {
	case "contacts":
		return float64(len(a.Contacts)), a.SignedIn || len(a.Contacts) > 0
	case "unavailable":
		if !a.SignedIn {
			return 0, false
		}
		var longest time.Duration
		for d, state := range a.Domains.All() {
			if a.Capacity[d] > 0 && !state.Available {
				longest = max(longest, now.Sub(state.Since))
			}
		}
		return longest.Seconds(), true
	}
	return 0, false
}
