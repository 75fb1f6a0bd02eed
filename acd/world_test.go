package acd

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sort"
	"time"
)

// # The reference set
//
// A made-up center, the same for the same seed: 12,000 agents; 4,000 queues of 10
// steps, of which two come within a contact's life (20 s, 60 s) and the others
// after hours; 10,000 skills, 50 an agent, Zipf; 20 domains: 40 % of the queues are
// voice, 20 % e-mail, 20 % chat, the rest spread over 17. Every agent takes calls
// and one to three other domains, together at most 15 contacts; calls interrupt
// e-mail and tasks, nothing comes beside a call. An agent serves 15 queues in the
// mean, log-normal with the 99th percentile at 60, drawn by Zipf so that the
// largest queues have some 3,000 agents; 60 % of the edges admit from the first
// step on. The four policies take turns. Ids are of 16 bytes, version 7.
//
// Of the arrivals 5 % ask for an agent (hold 30 s), 1 % bring a skill of their
// own, 10 % are abandoned; of the offers 2.5 % are declined and 2.5 % not
// answered (the agent is back after 30 s); of the conversations 10 % are
// transferred to another queue. Each thousandth arrival is followed by an edit of
// an agent's skills. Agents accept after 4 s in the mean, talk 240 s, wrap up 30 s.
//
// In "overload" a contact arrives whenever fewer than 100,000 wait; in "balanced"
// whenever fewer contacts than half the agents are in hand.
type reference struct {
	agents, queues, skills, domains int
	degree                          float64 // mean number of queues an agent serves
	waiting                         int     // contacts kept waiting; 0: balanced
}

func referenceSet(waiting int) reference {
	return reference{agents: 12_000, queues: 4_000, skills: 10_000, domains: 20, degree: 15, waiting: waiting}
}

// doing is something that the made-up world will do.
type doing struct {
	at      Time
	seq     uint64
	kind    uint8
	contact ContactID
	agent   AgentID
	queue   QueueID
	offer   uint32
}

const (
	doAccept = iota
	doDecline
	doFinish
	doTransfer
	doWrapUp
	doAbandon
	doReturn // back after RONA
)

// stepped is a Step that was made.
type stepped struct {
	now Time
	ev  Event
}

// world drives a core.
type world struct {
	reference
	r       *rand.Rand
	c       *Core
	now     Time
	wake    Time
	seq     uint64
	todo    []doing
	queueID []QueueID
	domain  []Domain // of each queue
	byQueue map[QueueID]int
	peers   [DomainsMax][]int // queues of each domain
	agentID []AgentID
	plans   []AgentPlan
	serves  [][]int32 // queues of each agent
	inLine  int
	inHand  int
	arrived int
	offers  int
	state   map[ContactID]ContactState
	hash    digest
	steps   int
	tape    []stepped // what was stepped since the last replay, on request
	taping  bool
	allocs  bool
	made    uint64 // allocations in Steps, counted on request
}

func newWorld(ref reference, seed uint64) *world { return startWorld(ref, seed, false) }

func startWorld(ref reference, seed uint64, taping bool) *world {
	w := &world{reference: ref, r: rand.New(rand.NewPCG(seed, 2)), now: 1_760_000_000_000,
		state: map[ContactID]ContactState{}, byQueue: map[QueueID]int{}}
	w.c, w.taping = New(w.now), taping
	w.step(PlanChanged{w.makePlan()})
	for w.wake != 0 && w.wake <= w.now {
		w.step(Ticked{})
	}
	for _, id := range w.agentID {
		w.now += Time(w.r.IntN(3))
		w.step(SignedIn{Agent: id})
		w.step(AgentStateChanged{Agent: id, Domains: math.MaxUint32, Available: true})
	}
	return w
}

func (w *world) id(kind byte) (id [16]byte) {
	w.seq++
	binary.BigEndian.PutUint64(id[:], uint64(w.now)<<16|0x7000|w.seq&0xfff)
	binary.BigEndian.PutUint64(id[8:], w.r.Uint64())
	id[8] = kind
	return id
}

func (w *world) makePlan() PlanChange {
	var s Settings
	s.Ageing, s.DesktopGrace = DefaultAgeing, DefaultDesktopWait
	for a := range w.domains {
		for o := range w.domains {
			switch {
			case Domain(a) == Voice || Domain(a) == Chat && Domain(o) == Voice:
			case Domain(o) == Voice:
				s.Matrix[a][o] = Interrupt
			default:
				s.Matrix[a][o] = Beside
			}
		}
	}
	p := PlanChange{Version: 1, Settings: &s}
	unit := UnitID(w.id(4))
	steps := []time.Duration{0, 20 * time.Second, 60 * time.Second}
	for k := range 7 {
		steps = append(steps, time.Duration(10+k)*time.Hour)
	}
	for q := range w.queues {
		d := []Domain{Voice, Voice, Email, Chat, Domain(3 + q/5%(w.domains-3))}[q%5]
		w.queueID, w.domain = append(w.queueID, w.id(3)), append(w.domain, d)
		w.byQueue[w.queueID[q]], w.peers[d] = q, append(w.peers[d], q)
		p.Queues = append(p.Queues, QueuePlan{
			ID: w.queueID[q], Unit: unit, Domain: d, Objective: time.Duration(20+q%5*20) * time.Second,
			Policy: Policy(q / 5 % 4), Steps: steps, OfferTime: 15 * time.Second, WrapUp: 2 * time.Minute,
		})
	}
	skill := make([]SkillID, w.skills)
	for i := range skill {
		skill[i] = w.id(5)
	}
	popular := rand.NewZipf(w.r, 1.1, 50, uint64(w.skills-1))
	heavy := newWeights(w.queues, 0.62)
	for a := range w.agents {
		w.agentID = append(w.agentID, w.id(2))
		plan := AgentPlan{ID: w.agentID[a], Unit: unit}
		plan.Capacity[Voice] = 1
		for range 1 + w.r.IntN(3) {
			plan.Capacity[1+w.r.IntN(w.domains-1)] = uint8(1 + w.r.IntN(4))
		}
		has := map[SkillID]bool{}
		for len(has) < 50 {
			if s := skill[popular.Uint64()]; !has[s] {
				has[s] = true
				plan.Skills = append(plan.Skills, SkillLevel{s, uint8(1 + w.r.IntN(100))})
			}
		}
		p.Agents = append(p.Agents, plan)
		w.serve(&p, a, heavy)
	}
	w.plans = p.Agents
	return p
}

// serve draws the queues of an agent.
func (w *world) serve(p *PlanChange, a int, heavy weights) {
	const spread = 0.70 // of the logarithm: 15 in the mean, 60 at the 99th percentile
	n := int(math.Round(w.degree * math.Exp(spread*w.r.NormFloat64()-spread*spread/2)))
	n = min(max(n, 1), w.queues/4)
	has := map[int]bool{}
	var serves []int32
	for range 50 * n {
		if len(has) == n {
			break
		}
		q := heavy.draw(w.r)
		if has[q] || p.Agents[a].Capacity[w.domain[q]] == 0 {
			continue
		}
		has[q] = true
		serves = append(serves, int32(q))
		first := max(w.r.IntN(5)-2, 0)
		p.Edges = append(p.Edges, Edge{w.queueID[q], w.agentID[a], uint8(first), uint8(w.r.IntN(20))})
	}
	w.serves = append(w.serves, serves)
}

// weights draws i with the weight (i+1)^-s.
type weights []float64

func newWeights(n int, s float64) weights {
	w, sum := make(weights, n), 0.0
	for i := range w {
		sum += math.Pow(float64(i+1), -s)
		w[i] = sum
	}
	return w
}

func (w weights) draw(r *rand.Rand) int {
	return sort.SearchFloat64s(w, r.Float64()*w[len(w)-1])
}

// step hands the core an event and does what follows.
func (w *world) step(ev Event) {
	var before, after runtime.MemStats
	if w.allocs {
		runtime.ReadMemStats(&before)
	}
	o := w.c.Step(w.now, ev)
	if w.allocs {
		runtime.ReadMemStats(&after)
		w.made += after.Mallocs - before.Mallocs
	}
	if w.taping {
		w.tape = append(w.tape, stepped{w.now, ev})
	}
	w.steps++
	w.wake = o.Wake
	for i := range o.Contacts {
		row := &o.Contacts[i]
		was := w.state[row.ID]
		w.inLine += count(row.State == Queued) - count(was == Queued)
		w.inHand += count(row.State >= Offered && row.State <= WrapUp) - count(was >= Offered && was <= WrapUp)
		if row.State == Ended {
			delete(w.state, row.ID)
		} else {
			w.state[row.ID] = row.State
		}
	}
	for i := range o.Effects {
		w.react(&o.Effects[i])
	}
	for i := range o.Facts {
		if f := &o.Facts[i]; f.Kind == FactNotAccepted && f.Why == WhyNoAnswer {
			w.later(30, doing{kind: doReturn, agent: f.Agent})
		}
	}
	w.hashOut(o)
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// later puts something on the list; the delay is exponential with the mean given
// in seconds.
func (w *world) later(mean float64, d doing) {
	d.at = w.now + 1 + Time(w.r.ExpFloat64()*mean*1000)
	w.seq++
	d.seq = w.seq
	h := append(w.todo, d)
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !d.before(&h[up]) {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = d
	w.todo = h
}

func (d *doing) before(o *doing) bool { return d.at < o.at || d.at == o.at && d.seq < o.seq }

func (w *world) next() doing {
	top := w.todo[0]
	last := len(w.todo) - 1
	d := w.todo[last]
	h := w.todo[:last]
	i := 0
	for {
		low := 2*i + 1
		if low >= last {
			break
		}
		if low+1 < last && h[low+1].before(&h[low]) {
			low++
		}
		if !h[low].before(&d) {
			break
		}
		h[i] = h[low]
		i = low
	}
	if last > 0 {
		h[i] = d
	}
	w.todo = h
	return top
}

func (w *world) react(e *Effect) {
	d := doing{contact: e.Contact, agent: e.Agent, queue: e.Queue, offer: e.N}
	switch e.Kind {
	case Offer:
		w.offers++
		switch x := w.r.IntN(40); x {
		case 0: // no answer
		case 1:
			d.kind = doDecline
			w.later(2, d)
		default:
			d.kind = doAccept
			w.later(4, d)
		}
	case Assign:
		d.kind = doFinish
		if w.r.IntN(10) == 0 {
			d.kind = doTransfer
		}
		w.later(240, d)
	case ResumeWork: // the agent takes up again what was put aside
		d.kind = doFinish
		if w.state[e.Contact] == WrapUp {
			d.kind = doWrapUp
		}
		w.later(60, d)
	case BeginWrapUp:
		d.kind = doWrapUp
		w.later(30, d)
	}
}

// turn lets one thing happen.
func (w *world) turn() {
	if w.waiting > 0 && w.inLine < w.waiting || w.waiting == 0 && w.inHand+w.inLine < w.agents/2 {
		w.arrive()
		return
	}
	if w.wake != 0 && (len(w.todo) == 0 || w.wake <= w.todo[0].at) {
		w.now = max(w.now, w.wake)
		w.step(Ticked{})
		return
	}
	d := w.next()
	if !w.sensible(d.kind, w.state[d.contact]) {
		return
	}
	w.now = max(w.now, d.at)
	switch d.kind {
	case doAccept:
		w.step(Accepted{d.contact, d.agent, d.offer})
	case doDecline:
		w.step(Declined{d.contact, d.agent, d.offer})
	case doFinish:
		w.step(Finished{Contact: d.contact, Agent: d.agent})
	case doTransfer:
		peers := w.peers[w.domain[w.byQueue[d.queue]]]
		w.step(TransferredToQueue{d.contact, d.agent, w.queueID[peers[w.r.IntN(len(peers))]]})
	case doWrapUp:
		w.step(WrappedUp{Contact: d.contact, Agent: d.agent})
	case doAbandon:
		w.step(Abandoned{d.contact})
	case doReturn:
		w.step(AgentStateChanged{Agent: d.agent, Domains: math.MaxUint32, Available: true})
	}
}

// sensible says whether somebody who sees in which state a contact is would do
// this. What became of it meanwhile may have taken it elsewhere.
func (w *world) sensible(kind uint8, s ContactState) bool {
	switch kind {
	case doAccept, doDecline:
		return s == Offered
	case doFinish, doTransfer:
		return s == Active
	case doWrapUp:
		return s == WrapUp
	case doAbandon:
		return s != 0 && s != WrapUp
	}
	return true
}

func (w *world) arrive() {
	w.arrived++
	a := w.r.IntN(w.agents)
	for len(w.serves[a]) == 0 {
		a = w.r.IntN(w.agents)
	}
	ev := Arrived{
		Contact: w.id(1), Unit: w.plans[0].Unit, Queue: w.queueID[w.serves[a][w.r.IntN(len(w.serves[a]))]],
		Priority: uint8(1 + w.r.IntN(10)),
	}
	if w.r.IntN(20) == 0 {
		ev.Preferred, ev.Hold = w.agentID[a], 30*time.Second
	}
	if w.r.IntN(100) == 0 {
		s := w.plans[a].Skills[w.r.IntN(len(w.plans[a].Skills))]
		ev.Skills = []SkillLevel{{s.Skill, s.Level/2 + 1}}
	}
	if w.r.IntN(10) == 0 {
		w.later(200, doing{kind: doAbandon, contact: ev.Contact})
	}
	w.step(ev)
	if w.arrived%1000 == 0 {
		p := &w.plans[w.r.IntN(w.agents)]
		p.Skills = slices.Clone(p.Skills)
		p.Skills[w.r.IntN(len(p.Skills))].Level = uint8(1 + w.r.IntN(100))
		w.step(PlanChanged{PlanChange{Version: uint64(w.arrived), Agents: []AgentPlan{*p}}})
	}
}

// hashOut takes all that a Step produced into the digest.
func (w *world) hashOut(o *Out) {
	h := &w.hash
	h.word(uint64(o.Refusal.Code), uint64(o.Wake), uint64(len(o.Effects)), uint64(len(o.Facts)))
	for i := range o.Effects {
		e := &o.Effects[i]
		h.id(e.Contact)
		h.id(e.Agent)
		h.word(uint64(e.Kind), uint64(e.Why), uint64(e.N), uint64(e.Until))
	}
	for i := range o.Contacts {
		r := &o.Contacts[i]
		h.id(r.ID)
		h.id(r.Agent)
		h.id(r.Queue)
		h.word(uint64(r.State), uint64(r.Step), uint64(r.Due), uint64(r.QueuedAt), uint64(r.Since), uint64(r.Deadline), uint64(r.Offer), uint64(len(r.Exclusions)))
	}
	for i := range o.Agents {
		r := &o.Agents[i]
		h.id(r.ID)
		for d := range Domain(DomainsMax) {
			if s, ok := r.Domains.In(d); ok {
				h.word(uint64(d), uint64(s.Idle), uint64(s.Since))
			}
		}
	}
	for i := range o.Facts {
		f := &o.Facts[i]
		h.id(f.Contact)
		h.id(f.Agent)
		h.word(uint64(f.Kind), uint64(f.Why), uint64(f.At), uint64(f.Took), uint64(f.N))
	}
}

// warm runs a world until it is as full as it is to be, and on for a while.
func (w *world) warm(steps int) *world {
	for n := 0; n < steps || w.inLine < w.waiting*99/100; n++ {
		w.turn()
	}
	return w
}
