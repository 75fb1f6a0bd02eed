package plan

import "portico/acd"

// rules are the steps of all queues of one unit, found from the agent's side: by
// what an agent has, so that one agent is compiled without a look at every queue.
type rules struct {
	queues  []QueueObject
	skilled map[acd.SkillID][]rule // under the first of their requirements
	open    []rule                 // steps that admit everybody
	named   map[acd.AgentID][]rule
	shared  map[acd.QueueID][]rule // steps that admit the agents of a queue
}

// rule is a step of the queue with this index.
type rule struct {
	queue int
	step  uint8
}

func newRules() *rules {
	return &rules{
		skilled: make(map[acd.SkillID][]rule),
		named:   make(map[acd.AgentID][]rule),
		shared:  make(map[acd.QueueID][]rule),
	}
}

func (r *rules) add(q QueueObject) {
	for k, s := range q.Steps {
		here := rule{len(r.queues), uint8(k)}
		if len(s.Requirements) > 0 {
			first := s.Requirements[0].Skill
			r.skilled[first] = append(r.skilled[first], here)
		}
		for _, a := range s.Agents {
			r.named[a] = append(r.named[a], here)
		}
		for _, other := range s.Queues {
			r.shared[other] = append(r.shared[other], here)
		}
		if len(s.Requirements) == 0 && len(s.Agents) == 0 && len(s.Queues) == 0 {
			r.open = append(r.open, here)
		}
	}
	r.queues = append(r.queues, q)
}

// search finds the queues of one agent.
type search struct {
	r      *rules
	a      *agent
	levels map[acd.SkillID]uint8
	first  map[int]uint8 // queue's index → first step that admits
}

// edges gives the queues that an agent may serve, each with the first step that
// admits the agent, ordered by queue.
func (r *rules) edges(a *agent) []acd.Edge {
	s := search{r: r, a: a, levels: make(map[acd.SkillID]uint8, len(a.plan.Skills)), first: make(map[int]uint8)}
	for _, have := range a.plan.Skills {
		s.levels[have.Skill] = have.Level
	}
	s.admit(r.open)
	s.admit(r.named[a.plan.ID])
	for _, have := range a.plan.Skills {
		for _, at := range r.skilled[have.Skill] {
			if s.meets(r.queues[at.queue].Steps[at.step].Requirements) {
				s.admitTo(at)
			}
		}
	}
	out := make([]acd.Edge, 0, len(s.first))
	for i, first := range s.first {
		out = append(out, acd.Edge{
			Queue: r.queues[i].ID, Agent: a.plan.ID, First: first, Tier: s.tier(r.queues[i]),
		})
	}
	return sortedEdges(out)
}

func (s *search) admit(at []rule) {
	for _, one := range at {
		s.admitTo(one)
	}
}

// admitTo notes a step that admits the agent. An agent whom a first step admits is
// one of that queue's agents, whom other queues' steps may name; as a queue's first
// step is reached at most once, queues that name each other do no harm.
func (s *search) admitTo(at rule) {
	q := &s.r.queues[at.queue]
	if s.a.plan.Capacity[q.Domain] == 0 {
		return
	}
	have, known := s.first[at.queue]
	if known && have <= at.step {
		return
	}
	s.first[at.queue] = at.step
	if at.step == 0 {
		s.admit(s.r.shared[acd.QueueID(q.ID)])
	}
}

func (s *search) meets(requirements []Requirement) bool {
	for _, need := range requirements {
		if s.levels[need.Skill] < need.Level {
			return false
		}
	}
	return true
}

// tier is the agent's place in the queue's policy; smaller is better.
func (s *search) tier(q QueueObject) uint8 {
	switch policies[q.Policy] {
	case acd.HighestLevel:
		skills := q.Steps[0].Requirements
		if len(skills) == 0 {
			return LevelMax
		}
		sum := 0
		for _, need := range skills {
			sum += int(s.levels[need.Skill])
		}
		return LevelMax - uint8(sum/len(skills))
	case acd.Preference:
		if n := s.a.object.Preferences[acd.QueueID(q.ID)]; n != 0 {
			return n
		}
		return PreferenceNormal
	default:
		return 0
	}
}
