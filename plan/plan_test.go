package plan

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"portico/acd"
	"portico/fault"
)

var (
	sales = acd.UnitID{15: 1}
	other = acd.UnitID{15: 2}
)

func id(n int) [16]byte { return [16]byte{0: 1, 14: byte(n >> 8), 15: byte(n)} }

func skill(n int) SkillObject { return SkillObject{Head{id(n), sales, fmt.Sprint("skill ", n)}} }

func anAgent(n int, a Agent) AgentObject {
	if a.Capacity == nil {
		a.Capacity = map[acd.Domain]uint8{acd.Chat: 3}
	}
	return AgentObject{Head{id(n), sales, fmt.Sprint("agent ", n)}, a}
}

func aQueue(n int, policy string, steps ...Step) QueueObject {
	return QueueObject{Head{id(n), sales, fmt.Sprint("queue ", n)}, Queue{Domain: acd.Chat, Policy: policy, Steps: steps}}
}

func level(n int, l uint8) acd.SkillLevel { return acd.SkillLevel{Skill: id(n), Level: l} }

func need(after int, r ...Requirement) Step { return Step{AfterS: after, Requirements: r} }

func req(n int, l uint8) Requirement { return Requirement{Skill: id(n), Level: l} }

// edgesOf gives the edges of one agent as "queue:first:tier".
func edgesOf(p *Plan, agent int) []string {
	out := []string{}
	for _, e := range p.agents[id(agent)].edges {
		out = append(out, fmt.Sprintf("%d:%d:%d", e.Queue[15], e.First, e.Tier))
	}
	return out
}

// Each way into a queue: by skills from a later step, by name, by another queue's
// first step, by a step that admits everybody; and never without capacity.
func TestEdges(t *testing.T) {
	skills := []SkillObject{skill(101), skill(102)}
	queues := []QueueObject{
		aQueue(1, "highest_level", need(0, req(101, 80)), need(20, req(101, 50)), Step{AfterS: 60, Queues: []acd.QueueID{id(2)}}),
		aQueue(2, "highest_level", need(0, req(101, 40), req(102, 40))),
		aQueue(3, "preference", Step{}),
		aQueue(4, "longest_idle", Step{Agents: []acd.AgentID{id(201)}}, need(10, req(102, 1))),
	}
	tests := []struct {
		name  string
		agent Agent
		want  []string
	}{
		{"no skill", Agent{}, []string{"3:0:50", "4:0:0"}},
		{"first step", Agent{Skills: []acd.SkillLevel{level(101, 80)}}, []string{"1:0:20", "3:0:50", "4:0:0"}},
		{"second step", Agent{Skills: []acd.SkillLevel{level(101, 79)}}, []string{"1:1:21", "3:0:50", "4:0:0"}},
		{"two skills, mean rounded down", Agent{Skills: []acd.SkillLevel{level(101, 41), level(102, 44)}},
			[]string{"1:2:59", "2:0:58", "3:0:50", "4:0:0"}},
		{"own number", Agent{Preferences: map[acd.QueueID]uint8{id(3): 7}}, []string{"3:0:7", "4:0:0"}},
		{"no capacity", Agent{Capacity: map[acd.Domain]uint8{acd.Voice: 1}, Skills: []acd.SkillLevel{level(101, 90)}}, []string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, faults := Compile(Input{Settings: Defaults(), Skills: skills, Queues: queues, Agents: []AgentObject{anAgent(201, test.agent)}})
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			if got := edgesOf(p, 201); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// Queues whose first steps name each other compile, and share their agents.
func TestEdgesOfQueuesThatNameEachOther(t *testing.T) {
	queues := []QueueObject{
		aQueue(1, "longest_idle", Step{Queues: []acd.QueueID{id(2)}}),
		aQueue(2, "longest_idle", Step{Queues: []acd.QueueID{id(1)}, Agents: []acd.AgentID{id(201)}}),
	}
	p, _ := Compile(Input{Settings: Defaults(), Queues: queues, Agents: []AgentObject{anAgent(201, Agent{}), anAgent(202, Agent{})}})
	if got := edgesOf(p, 201); !reflect.DeepEqual(got, []string{"1:0:0", "2:0:0"}) {
		t.Errorf("the named agent serves %v", got)
	}
	if got := edgesOf(p, 202); len(got) > 0 {
		t.Errorf("nobody named this agent, yet: %v", got)
	}
}

// A shared reason is every unit's.
func TestSharedReason(t *testing.T) {
	q := aQueue(1, "longest_idle", Step{})
	q.Dispositions = []acd.ReasonID{id(301)}
	_, faults := Compile(Input{
		Settings: Defaults(), Queues: []QueueObject{q},
		Reasons: []ReasonObject{{Head: Head{id(301), other, "shared"}, Reason: Reason{Use: Disposition}, Shared: true}},
	})
	if len(faults) > 0 {
		t.Errorf("faults: %v", faults)
	}
}

// Nothing crosses units: a foreign skill, queue or agent admits nobody and is named
// like one that does not exist.
func TestForeignReferences(t *testing.T) {
	foreign := SkillObject{Head{id(101), other, "foreign"}}
	foreignAgent := anAgent(202, Agent{})
	foreignAgent.Unit = other
	foreignQueue := aQueue(2, "longest_idle", Step{})
	foreignQueue.Unit = other
	step := Step{
		Requirements: []Requirement{req(101, 1)},
		Agents:       []acd.AgentID{id(202), id(999)},
		Queues:       []acd.QueueID{id(2), id(998)},
	}
	q := aQueue(1, "longest_idle", step)
	q.Dispositions = []acd.ReasonID{id(301)}
	p, faults := Compile(Input{
		Settings: Defaults(), Skills: []SkillObject{foreign}, Queues: []QueueObject{q, foreignQueue},
		Reasons: []ReasonObject{{Head: Head{id(301), other, "foreign"}, Reason: Reason{Use: Disposition}}},
		Agents:  []AgentObject{anAgent(201, Agent{Skills: []acd.SkillLevel{level(101, 50)}}), foreignAgent},
	})
	var got []string
	for _, f := range faults {
		got = append(got, f.Values["kind"]+" "+f.Values["name"]+" "+f.Field+" "+f.Code)
	}
	want := []string{
		"queue queue 1 steps[0].requirements[0].skill no_such_reference",
		"queue queue 1 steps[0].queues[0] no_such_reference",
		"queue queue 1 steps[0].queues[1] no_such_reference",
		"queue queue 1 steps[0].agents[0] no_such_reference",
		"queue queue 1 steps[0].agents[1] no_such_reference",
		"queue queue 1 dispositions[0] no_such_reference",
		"user agent 201 skills[0].skill no_such_reference",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("faults:\n%q\nwant\n%q", got, want)
	}
	if e := edgesOf(p, 201); len(e) > 0 {
		t.Errorf("a foreign skill gave %v", e)
	}
	if e := edgesOf(p, 202); !reflect.DeepEqual(e, []string{"2:0:0"}) {
		t.Errorf("the foreign agent serves %v, want its own unit's queue alone", e)
	}
}

// Every range is checked, and the fault names the field.
func TestCheck(t *testing.T) {
	good := Queue{Domain: acd.Chat, Policy: "preference", Steps: []Step{{}, {AfterS: 5}}}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	queue := func(change func(*Queue)) error {
		q := good
		q.Steps = append([]Step(nil), good.Steps...)
		change(&q)
		return q.Check()
	}
	settings := Defaults()
	settings.Matrix = map[acd.Domain]map[acd.Domain]string{acd.Voice: {acd.Chat: "maybe"}}
	tests := []struct {
		field string
		err   error
	}{
		{"steps", queue(func(q *Queue) { q.Steps = nil })},
		{"steps", queue(func(q *Queue) { q.Steps = make([]Step, acd.StepsMax+1) })},
		{"steps[0].after_s", queue(func(q *Queue) { q.Steps[0].AfterS = 1 })},
		{"steps[1].after_s", queue(func(q *Queue) { q.Steps[1].AfterS = 0 })},
		{"steps[1].requirements[0].level", queue(func(q *Queue) { q.Steps[1].Requirements = []Requirement{req(1, 101)} })},
		{"steps[1].requirements[1].skill", queue(func(q *Queue) { q.Steps[1].Requirements = []Requirement{req(1, 1), req(1, 2)} })},
		{"policy", queue(func(q *Queue) { q.Policy = "random" })},
		{"domain", queue(func(q *Queue) { q.Domain = acd.DomainsMax })},
		{"objective_s", queue(func(q *Queue) { q.ObjectiveS = -1 })},
		{"offer_s", queue(func(q *Queue) { q.OfferS = OfferMaxS + 1 })},
		{"wrap_up_s", queue(func(q *Queue) { q.WrapUpS = -1 })},
		{"customer_grace_s", queue(func(q *Queue) { q.CustomerGraceS = DaySeconds + 1 })},
		{"waiting_max", queue(func(q *Queue) { q.WaitingMax = -1 })},
		{"skills[0].level", Agent{Skills: []acd.SkillLevel{level(1, 0)}}.Check()},
		{"skills[1].skill", Agent{Skills: []acd.SkillLevel{level(1, 1), level(1, 1)}}.Check()},
		{"capacity", Agent{Capacity: map[acd.Domain]uint8{200: 1}}.Check()},
		{"preferences", Agent{Preferences: map[acd.QueueID]uint8{id(1): 101}}.Check()},
		{"use", Reason{Use: "other"}.Check()},
		{"ageing_s", Settings{AgeingS: -1}.Check()},
		{"matrix", settings.Check()},
	}
	for i, test := range tests {
		f := fault.Of(test.err)
		if f == nil || f.Field != test.field || f.Kind != fault.Invalid {
			t.Errorf("case %d: got %v, want a fault on %s", i, test.err, test.field)
		}
	}
}

// A queue out of range is left out and named; the rest of the plan stands.
func TestBadObjectIsLeftOut(t *testing.T) {
	p, faults := Compile(Input{
		Settings: Settings{AgeingS: -1},
		Queues:   []QueueObject{aQueue(1, "random", Step{}), aQueue(2, "longest_idle", Step{})},
		Agents:   []AgentObject{anAgent(201, Agent{}), anAgent(202, Agent{Skills: []acd.SkillLevel{level(1, 0)}})},
	})
	if len(faults) != 3 || faults[0].Values["kind"] != "settings" || faults[1].Values["name"] != "queue 1" || faults[2].Values["name"] != "agent 202" {
		t.Errorf("faults: %v", faults)
	}
	if p.settings != Defaults().compile() {
		t.Error("settings out of range did not give way to the defaults")
	}
	if got := edgesOf(p, 201); !reflect.DeepEqual(got, []string{"2:0:0"}) {
		t.Errorf("edges %v", got)
	}
	if p.agents[id(202)] != nil {
		t.Error("an agent out of range is in the plan")
	}
}

// What a queue or an agent depends on is named, each with its field.
func TestReferences(t *testing.T) {
	q := aQueue(1, "preference", need(0, req(101, 1)), Step{AfterS: 9, Queues: []acd.QueueID{id(2)}, Agents: []acd.AgentID{id(201)}})
	q.Dispositions, q.Schedule = []acd.ReasonID{id(301)}, id(401)
	a := Agent{Skills: []acd.SkillLevel{level(101, 3)}, Preferences: map[acd.QueueID]uint8{id(2): 1}}
	tests := []struct {
		kind         string
		id           int
		queue, agent string
	}{
		{KindSkill, 101, "steps[0].requirements[0].skill", "skills[0].skill"},
		{KindSkill, 102, "", ""},
		{KindQueue, 2, "steps[1].queues[0]", "preferences"},
		{KindQueue, 101, "", ""},
		{KindUser, 201, "steps[1].agents[0]", ""},
		{KindReason, 301, "dispositions[0]", ""},
		{KindSchedule, 401, "schedule", ""},
	}
	field := func(all []Reference, kind string, id [16]byte) string {
		for _, r := range all {
			if r.Kind == kind && r.ID == id {
				return r.Field
			}
		}
		return ""
	}
	for _, test := range tests {
		if got := field(q.References(), test.kind, id(test.id)); got != test.queue {
			t.Errorf("%s %d: the queue's %q, want %q", test.kind, test.id, got, test.queue)
		}
		if got := field(a.References(), test.kind, id(test.id)); got != test.agent {
			t.Errorf("%s %d: the agent's %q, want %q", test.kind, test.id, got, test.agent)
		}
	}
}

// Names and aliases of a domain are names of the same domain.
func TestDomains(t *testing.T) {
	for name, want := range map[string]acd.Domain{
		"Voice": acd.Voice, "email": acd.Email, "ECE_Email": acd.Email, "ece_chat": acd.Chat, "Chat": acd.Chat, "ECE_Outbound": acd.Outbound,
	} {
		if got, ok := DomainNamed(name); !ok || got != want {
			t.Errorf("%s: %v %v", name, got, ok)
		}
	}
	if _, ok := DomainNamed("Fax"); ok {
		t.Error("there is no domain Fax")
	}
	if err := Defaults().Check(); err != nil {
		t.Error(err)
	}
}

// A difference applied to the old plan gives the new one, whatever changed; and the
// plan changed agent by agent is the plan compiled at once.
func TestDiffAndWithAgent(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 60 {
		before, after := madeUp(r), madeUp(r)
		old, _ := Compile(before)
		next, _ := Compile(after)
		if got, want := applied(applied(empty(), Diff(nil, old)), Diff(old, next)), applied(empty(), Diff(nil, next)); !reflect.DeepEqual(got, want) {
			t.Fatalf("old plus difference is not new:\n%+v\n%+v", got, want)
		}

		before.Agents = nil
		stepwise, _ := Compile(before)
		before.Agents = after.Agents
		whole, _ := Compile(before)
		for i, a := range after.Agents {
			stepwise, _ = stepwise.WithAgent(uint64(i), anAgent(int(a.ID[15])+int(a.ID[14])<<8, Agent{}))
			stepwise, _ = stepwise.WithAgent(uint64(i), a)
		}
		stepwise, _ = stepwise.WithAgent(9, anAgent(999, Agent{}))
		stepwise = stepwise.WithoutAgent(10, id(999))
		if d := Diff(whole, stepwise); len(d.Agents)+len(d.Edges)+len(d.RemovedEdges)+len(d.RemovedAgents) > 0 {
			t.Fatalf("agent by agent is another plan: %+v", d)
		}
	}
}

// The core takes every difference, removals included, and is then the core that was
// given the new plan whole.
func TestCoreTakesDifferences(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 40 {
		core := acd.New(1)
		var last *Plan
		for n := range 5 {
			next, _ := Compile(madeUp(r))
			out := core.Step(acd.Time(n+2), acd.PlanChanged{Change: Diff(last, next)})
			if out.Refusal.Code != acd.NotRefused {
				t.Fatalf("refused: %+v", out.Refusal)
			}
			for out.Wake != 0 && out.Wake <= acd.Time(n+2) {
				out = core.Step(acd.Time(n+2), acd.Ticked{})
			}
			whole, err := acd.Rebuild(acd.Time(n+2), Diff(nil, next), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if core.Digest() != whole.Digest() {
				t.Fatal("the core differs from one that was given the new plan whole")
			}
			last = next
		}
	}
}

// flat is a plan as the core would hold it.
type flat struct {
	settings acd.Settings
	queues   map[acd.QueueID]acd.QueuePlan
	agents   map[acd.AgentID]acd.AgentPlan
	edges    map[acd.EdgeKey]acd.Edge
}

func empty() flat {
	return flat{queues: map[acd.QueueID]acd.QueuePlan{}, agents: map[acd.AgentID]acd.AgentPlan{}, edges: map[acd.EdgeKey]acd.Edge{}}
}

func applied(f flat, c acd.PlanChange) flat {
	if c.Settings != nil {
		f.settings = *c.Settings
	}
	for _, q := range c.Queues {
		f.queues[q.ID] = q
	}
	for _, a := range c.Agents {
		f.agents[a.ID] = a
	}
	for _, e := range c.Edges {
		f.edges[acd.EdgeKey{Queue: e.Queue, Agent: e.Agent}] = e
	}
	for _, k := range c.RemovedEdges {
		delete(f.edges, k)
	}
	for _, q := range c.RemovedQueues {
		delete(f.queues, q)
	}
	for _, a := range c.RemovedAgents {
		delete(f.agents, a)
	}
	return f
}

// madeUp is a small company of which each part is there by chance.
func madeUp(r *rand.Rand) Input {
	in := Input{Settings: Defaults()}
	in.Settings.AgeingS = r.IntN(3)
	for n := range 6 {
		in.Skills = append(in.Skills, skill(100+n))
	}
	policies := []string{"longest_idle", "least_occupied", "highest_level", "preference"}
	for n := range 5 {
		if r.IntN(4) == 0 {
			continue
		}
		var steps []Step
		for k := range 1 + r.IntN(3) {
			s := Step{AfterS: k * 10}
			for _, at := range r.Perm(6)[:r.IntN(3)] {
				s.Requirements = append(s.Requirements, req(100+at, uint8(1+r.IntN(100))))
			}
			if r.IntN(3) == 0 {
				s.Queues = []acd.QueueID{id(1 + r.IntN(5))}
			}
			steps = append(steps, s)
		}
		in.Queues = append(in.Queues, aQueue(1+n, policies[r.IntN(4)], steps...))
	}
	for n := range 8 {
		if r.IntN(4) == 0 {
			continue
		}
		var a Agent
		for _, at := range r.Perm(6)[:r.IntN(4)] {
			a.Skills = append(a.Skills, level(100+at, uint8(1+r.IntN(100))))
		}
		in.Agents = append(in.Agents, anAgent(200+n, a))
	}
	return in
}

// reference is about the largest company: 12,000 agents with 50 of 10,000 skills,
// 4,000 queues of 10 steps; an agent serves 15 queues.
func reference() Input {
	r := rand.New(rand.NewPCG(1, 1))
	zipf := rand.NewZipf(r, 1.1, 50, 9_999)
	in := Input{Settings: Defaults()}
	for n := range 10_000 {
		in.Skills = append(in.Skills, skill(n))
	}
	for n := range 4_000 {
		steps := make([]Step, 10)
		s := r.IntN(10_000)
		for k := range steps {
			steps[k] = need(k*20, req(s, uint8(95-k*8)))
		}
		in.Queues = append(in.Queues, aQueue(n, "highest_level", steps...))
	}
	for n := range 12_000 {
		a := Agent{Capacity: map[acd.Domain]uint8{acd.Chat: 5}}
		seen := map[int]bool{}
		for len(a.Skills) < 50 {
			if s := int(zipf.Uint64()); !seen[s] {
				seen[s] = true
				a.Skills = append(a.Skills, level(s, uint8(1+r.IntN(100))))
			}
		}
		in.Agents = append(in.Agents, anAgent(n, a))
	}
	return in
}

// Compile is a start, Agent the change of one agent's skills with its difference.
func BenchmarkReference(b *testing.B) {
	in := reference()
	p, _ := Compile(in)
	edges := 0
	for _, a := range p.agents {
		edges += len(a.edges)
	}
	b.Run("Compile", func(b *testing.B) {
		for b.Loop() {
			Compile(in)
		}
		b.ReportMetric(float64(edges), "edges")
	})
	b.Run("Agent", func(b *testing.B) {
		n := uint64(0)
		for b.Loop() {
			n++
			a := in.Agents[n%12_000]
			a.Agent.Skills = in.Agents[(n+1)%12_000].Skills
			next, _ := p.WithAgent(n, a)
			Diff(p, next)
		}
	})
}
