package picture

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"portico/acd"
)

// A made-up queue: customers come at a rate that changes, have exponential patience, and
// are served in the order of due by so many agents as there are at the time. One in ten
// is patient without end: what was expected of those is held against how long they really
// waited, since nobody knows how long who left would have waited.
type madeQueue struct {
	name     string
	hours    float64
	rate     func(h float64) float64 // arrivals an hour
	agents   func(h float64) int
	handle   time.Duration // mean of an exponential time
	patience time.Duration // likewise; 0: without end
	urgent   float64       // share of those who are due 10 minutes earlier
}

type madeCustomer struct {
	n       int
	at, due float64 // seconds
	leaves  float64
	patient bool
	told    []float64 // what each estimator expected; NaN: not known
}

// forecaster is an estimator as the picture drives it.
type forecaster interface {
	line(at acd.Time, queued, offered int)
	come(atOnce bool)
	move(at acd.Time)
	leave(at acd.Time)
	rings(took time.Duration)
	accept(waited time.Duration)
	expect(at acd.Time, place int, head time.Duration) (time.Duration, bool)
}

// ring is how long an offer takes, in seconds.
const ring = 4

type outcome struct{ told, waited float64 }

// happening is an event of the made-up queue.
type happening struct {
	at   float64
	kind int // 0: an arrival, 1: an agent is free, 2: somebody's patience ends, 3: look at the number of agents
	who  *madeCustomer
}

type happenings []happening

func (h happenings) Len() int           { return len(h) }
func (h happenings) Less(i, j int) bool { return h[i].at < h[j].at }
func (h happenings) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *happenings) Push(x any)        { *h = append(*h, x.(happening)) }
func (h *happenings) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// run plays the queue and gives, for each estimator, what it told and what came of it.
func (m madeQueue) run(seed uint64, estimators []forecaster) [][]outcome {
	r := rand.New(rand.NewPCG(seed, 77))
	exp := func(mean float64) float64 { return r.ExpFloat64() * mean }
	out := make([][]outcome, len(estimators))
	var events happenings
	var line []*madeCustomer
	busy, n, offered := 0, 0, 0
	clock := func(s float64) acd.Time { return acd.Time(1_800_000_000_000 + int64(s*1000)) }
	heap.Push(&events, happening{at: exp(3600 / m.rate(0))})
	for s := 0.0; s < m.hours*3600; s += 15 {
		heap.Push(&events, happening{at: s, kind: 3})
	}
	tell := func(at float64) {
		for _, e := range estimators {
			e.line(clock(at), len(line), offered)
		}
	}
	serve := func(at float64) {
		for busy < m.agents(at/3600) && len(line) > 0 {
			c := line[0]
			line = line[1:]
			busy++
			offered++
			for _, e := range estimators {
				if at > c.at {
					e.move(clock(at))
				}
			}
			tell(at)
			heap.Push(&events, happening{at: at + ring, kind: 4, who: c})
		}
	}
	accept := func(at float64, c *madeCustomer) {
		offered--
		tell(at)
		heap.Push(&events, happening{at: at + exp(m.handle.Seconds()), kind: 1})
		for i, e := range estimators {
			e.rings(ring * time.Second)
			e.accept(time.Duration((at - c.at) * 1e9))
			if c.patient {
				out[i] = append(out[i], outcome{c.told[i], at - c.at})
			}
		}
	}
	for events.Len() > 0 {
		e := heap.Pop(&events).(happening)
		if e.at > m.hours*3600 {
			break
		}
		switch e.kind {
		case 0:
			heap.Push(&events, happening{at: e.at + exp(3600/m.rate(e.at/3600))})
			n++
			c := &madeCustomer{n: n, at: e.at, due: e.at, patient: r.IntN(10) == 0}
			if r.Float64() < m.urgent {
				c.due -= 600
			}
			place, _ := slices.BinarySearchFunc(line, c, byMadeDue)
			var head time.Duration
			if len(line) > 0 {
				head = time.Duration((e.at - line[0].at) * 1e9)
			}
			for _, est := range estimators {
				wait, ok := est.expect(clock(e.at), offered+place+1, head)
				if !ok {
					c.told = append(c.told, math.NaN())
				} else {
					c.told = append(c.told, wait.Seconds())
				}
			}
			if len(line) == 0 {
				for _, est := range estimators {
					est.come(busy < m.agents(e.at/3600))
				}
			}
			line = slices.Insert(line, place, c)
			tell(e.at)
			if m.patience > 0 && !c.patient {
				heap.Push(&events, happening{at: e.at + exp(m.patience.Seconds()), kind: 2, who: c})
			}
		case 1:
			busy--
		case 4:
			accept(e.at, e.who)
		case 2:
			if i := slices.Index(line, e.who); i >= 0 {
				line = slices.Delete(line, i, i+1)
				tell(e.at)
				for _, est := range estimators {
					est.leave(clock(e.at))
				}
			}
		}
		serve(e.at)
	}
	return out
}

func byMadeDue(a, b *madeCustomer) int {
	if a.due != b.due {
		if a.due < b.due {
			return -1
		}
		return 1
	}
	return a.n - b.n
}

func steady(v float64) func(float64) float64 { return func(float64) float64 { return v } }
func always(n int) func(float64) int         { return func(float64) int { return n } }

// madeQueues are the loads that estimators are compared on.
var madeQueues = []madeQueue{
	{name: "steady, 20 agents", hours: 60, rate: steady(228), agents: always(20), handle: 5 * time.Minute},
	{name: "steady, 3 agents", hours: 200, rate: steady(32), agents: always(3), handle: 5 * time.Minute, patience: 20 * time.Minute},
	{name: "steady, 200 agents", hours: 12, rate: steady(2376), agents: always(200), handle: 5 * time.Minute, patience: 30 * time.Minute},
	{name: "too many, many leave", hours: 60, rate: steady(300), agents: always(20), handle: 5 * time.Minute, patience: 5 * time.Minute},
	{name: "a day with a peak", hours: 72, agents: always(20), handle: 5 * time.Minute, patience: 20 * time.Minute,
		rate: func(h float64) float64 { return 210 + 90*math.Sin(2*math.Pi*h/8) }},
	{name: "lunch: half the agents leave", hours: 72, rate: steady(190), handle: 5 * time.Minute, patience: 15 * time.Minute,
		agents: func(h float64) int {
			if math.Mod(h, 4) >= 2 && math.Mod(h, 4) < 3 {
				return 10
			}
			return 20
		}},
	{name: "bursts: eight times as many in 3 minutes", hours: 72, agents: always(20), handle: 5 * time.Minute, patience: 20 * time.Minute,
		rate: func(h float64) float64 {
			if math.Mod(h, 1) < 0.05 {
				return 1440
			}
			return 180
		}},
	{name: "one in five is urgent", hours: 60, rate: steady(240), agents: always(20), handle: 5 * time.Minute, patience: 20 * time.Minute, urgent: 0.2},
}

// score is how well an estimator did on one load.
type score struct {
	mean, err, relative, bias float64 // seconds; relative: error beside the mean wait
	quartiles                 [4]float64
	known                     float64
}

func scored(all []outcome) score {
	var s score
	slices.SortFunc(all, func(a, b outcome) int {
		if a.waited < b.waited {
			return -1
		}
		return 1
	})
	var known [4]int
	total := 0
	var waited float64
	for i, o := range all {
		s.mean += o.waited / float64(len(all))
		if math.IsNaN(o.told) {
			continue
		}
		q := i * 4 / len(all)
		known[q]++
		total++
		waited += o.waited
		s.err += math.Abs(o.told - o.waited)
		s.bias += o.told - o.waited
		s.quartiles[q] += math.Abs(o.told - o.waited)
	}
	s.known = float64(total) / float64(len(all))
	s.relative = s.err / waited
	s.err /= float64(total)
	s.bias /= float64(total)
	for q := range known {
		s.quartiles[q] /= float64(known[q])
	}
	return s
}

// byPaces, byLines, byHeads and byLasts are the estimators as the picture drives them.
type (
	byLines struct{ movement }
	byHeads struct{ movement }
	// byPaces is what the picture went by before: acceptances and the time in which
	// anybody waited or was offered, both halved every 15 minutes.
	byPaces struct {
		at             acd.Time
		accepted, busy float64
		waiting        bool
	}
)

func (e *byLines) rings(took time.Duration) { e.rang(took) }
func (e *byHeads) rings(took time.Duration) { e.rang(took) }
func (e *byPaces) rings(time.Duration)      {}
func (e *byPaces) come(bool)                {}
func (e *byPaces) move(acd.Time)            {}
func (e *byPaces) leave(acd.Time)           {}
func (e *byPaces) accept(time.Duration)     { e.accepted++ }
func (e *byPaces) line(at acd.Time, queued, offered int) {
	const perMs = math.Ln2 / float64(15*time.Minute/time.Millisecond)
	kept := math.Exp(-float64(at-e.at) * perMs)
	e.accepted *= kept
	e.busy *= kept
	if e.waiting {
		e.busy += (1 - kept) / perMs
	}
	e.at, e.waiting = at, queued+offered > 0
}

func (e *byLines) expect(at acd.Time, place int, _ time.Duration) (time.Duration, bool) {
	return e.byLine(at, place)
}
func (e *byHeads) expect(_ acd.Time, place int, head time.Duration) (time.Duration, bool) {
	return e.byHead(place, head)
}
func (e *byPaces) expect(at acd.Time, place int, _ time.Duration) (time.Duration, bool) {
	now := *e
	if now.line(at, 0, 0); now.accepted < 1 {
		return 0, false
	}
	return time.Duration(float64(place) * now.busy / now.accepted * float64(time.Millisecond)), true
}

// On steady and on shifting loads the line's movement expects waits better than the head
// of the line and than the pace before it, on the average of the loads, and is not far
// off on any: this is why it is the default. docs/performance.md has the table, which the
// test writes with -v.
func TestEstimators(t *testing.T) {
	names := []string{"line", "head", "pace"}
	var mean [3]float64
	for _, m := range madeQueues {
		line, head := byLines{newMovement(0, 0, 0)}, byHeads{newMovement(0, 0, 0)}
		out := m.run(1, []forecaster{&line, &head, &byPaces{}})
		for i, name := range names {
			s := scored(out[i])
			mean[i] += s.relative / float64(len(madeQueues))
			t.Logf("| %s | %s | %.0f | %.0f | %.0f %% | %+.0f | %.0f, %.0f, %.0f, %.0f |", m.name, name, s.mean, s.err, 100*s.relative, s.bias,
				s.quartiles[0], s.quartiles[1], s.quartiles[2], s.quartiles[3])
			if i == 0 && (s.known < 0.97 || s.relative > 0.65 || math.Abs(s.bias) > 0.25*s.mean) {
				t.Errorf("%s: known of %.3f, error %.2f of the wait, bias %.0f s of %.0f s", m.name, s.known, s.relative, s.bias, s.mean)
			}
		}
	}
	t.Logf("mean of the relative errors: line %.3f, head %.3f, pace %.3f", mean[0], mean[1], mean[2])
	if mean[0] > 0.85*mean[2] || mean[0] > 0.85*mean[1] || mean[0] > 0.3 {
		t.Errorf("the line's movement is not clearly better: %.3f, head %.3f, pace %.3f", mean[0], mean[1], mean[2])
	}
}
