package plan

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"portico/acd"
	"portico/fault"
)

// Kinds of object, as the store names them.
const (
	KindUnit   = "unit"
	KindSkill  = "skill"
	KindQueue  = "queue"
	KindUser   = "user"
	KindReason = "reason"

	KindSchedule       = "schedule"
	KindExcludedNumber = "excluded_number"
	KindCategory       = "category"
	KindWorkflow       = "workflow"
	KindRelease        = "workflow_release"
)

// Head is what all configured objects have in common.
type Head struct {
	ID   [16]byte
	Unit acd.UnitID
	Name string
}

// The configured objects that routing reads.
type (
	QueueObject struct {
		Head
		Queue
	}
	SkillObject struct{ Head }
	// ReasonObject is a reason of its unit, or, Shared, one that every unit may use.
	ReasonObject struct {
		Head
		Reason
		Shared bool
	}
	// AgentObject is the routing part of a user who is an agent and not disabled.
	AgentObject struct {
		Head
		Agent
	}
)

// Input is everything that routing reads, of all business units. Compile keeps it:
// it must not be changed afterwards.
type Input struct {
	Version  uint64 // ascends with each change
	Settings Settings
	Queues   []QueueObject
	Skills   []SkillObject
	Reasons  []ReasonObject
	Agents   []AgentObject
}

// Plan is a compiled Input. It never changes, so it may be shared.
type Plan struct {
	version uint64
	*base
	agents map[acd.AgentID]*agent
}

// base is all of a plan but the agents. Plans that differ in agents alone share it.
type base struct {
	settings acd.Settings
	objects  []QueueObject
	queues   map[acd.QueueID]acd.QueuePlan
	rules    map[acd.UnitID]*rules
	skills   map[acd.SkillID]acd.UnitID
	reasons  map[acd.ReasonID][]acd.UnitID // built-in ones are in every unit
	shared   map[acd.ReasonID]bool         // every unit's
}

// agent is a compiled agent. It never changes.
type agent struct {
	object AgentObject
	plan   acd.AgentPlan
	edges  []acd.Edge // by queue
}

// Version is that of the Input, or of the last agent's change.
func (p *Plan) Version() uint64 { return p.version }

// Compile makes the plan. It always makes one: an object whose own fields are out
// of range is left out, and a reference to nothing, or to another unit's object,
// admits nobody. The faults say so; each carries the values kind, id, name and unit
// of its object, and Field. Settings that are out of range give way to Defaults.
func Compile(in Input) (*Plan, []*fault.Fault) {
	p := &Plan{
		version: in.Version,
		agents:  make(map[acd.AgentID]*agent, len(in.Agents)),
		base: &base{
			queues:  make(map[acd.QueueID]acd.QueuePlan, len(in.Queues)),
			rules:   make(map[acd.UnitID]*rules),
			skills:  make(map[acd.SkillID]acd.UnitID, len(in.Skills)),
			reasons: make(map[acd.ReasonID][]acd.UnitID, len(in.Reasons)),
			shared:  make(map[acd.ReasonID]bool),
		},
	}
	var faults []*fault.Fault
	if err := in.Settings.Check(); err != nil {
		faults = append(faults, about("settings", Head{}, fault.Of(err)))
		in.Settings = Defaults()
	}
	p.settings = in.Settings.compile()
	for _, s := range in.Skills {
		p.skills[s.ID] = s.Unit
	}
	for _, r := range in.Reasons {
		p.reasons[r.ID] = append(p.reasons[r.ID], r.Unit)
		if r.Shared {
			p.shared[r.ID] = true
		}
	}
	named := make(map[acd.AgentID]acd.UnitID, len(in.Agents))
	for _, a := range in.Agents {
		named[a.ID] = a.Unit
	}
	for _, q := range in.Queues {
		if err := q.Check(); err != nil {
			faults = append(faults, about(KindQueue, q.Head, fault.Of(err)))
			continue
		}
		p.addQueue(q)
	}
	for _, q := range p.objects {
		faults = append(faults, p.queueFaults(q, named)...)
	}
	for _, a := range in.Agents {
		faults = append(faults, p.addAgent(a)...)
	}
	return p, faults
}

// WithAgent gives the plan with one agent added or replaced, without compiling the
// rest anew. Version is the new plan's.
func (p *Plan) WithAgent(version uint64, a AgentObject) (*Plan, []*fault.Fault) {
	next := *p
	next.version = version
	next.agents = maps.Clone(p.agents)
	faults := next.addAgent(a)
	return &next, faults
}

// WithoutAgent gives the plan without an agent.
func (p *Plan) WithoutAgent(version uint64, id acd.AgentID) *Plan {
	next := *p
	next.version = version
	next.agents = maps.Clone(p.agents)
	delete(next.agents, id)
	return &next
}

// WithMinimums gives the plan in which those queues alone have their minimum whose
// schedule is open, as inForce says; the same plan when nothing changes.
func (p *Plan) WithMinimums(version uint64, inForce func(QueueObject) bool) *Plan {
	changed := map[acd.QueueID]acd.QueuePlan{}
	for _, q := range p.objects {
		if q.Minimum.Available == 0 || q.Minimum.Schedule.IsZero() {
			continue
		}
		have := p.queues[q.ID]
		want := have
		want.MinAvailable = 0
		if inForce(q) {
			want.MinAvailable = uint16(q.Minimum.Available)
		}
		if want.MinAvailable != have.MinAvailable {
			changed[q.ID] = want
		}
	}
	if len(changed) == 0 {
		return p
	}
	next, own := *p, *p.base
	own.queues = maps.Clone(p.queues)
	maps.Copy(own.queues, changed)
	next.version, next.base = version, &own
	return &next
}

func (p *base) addQueue(q QueueObject) {
	p.objects = append(p.objects, q)
	p.queues[q.ID] = q.compile()
	r := p.rules[q.Unit]
	if r == nil {
		r = newRules()
		p.rules[q.Unit] = r
	}
	r.add(q)
}

func (p *Plan) addAgent(a AgentObject) []*fault.Fault {
	if err := a.Check(); err != nil {
		delete(p.agents, a.ID)
		return []*fault.Fault{about(KindUser, a.Head, fault.Of(err))}
	}
	var faults []*fault.Fault
	c := &agent{object: a, plan: acd.AgentPlan{ID: a.ID, Unit: a.Unit, Desk: a.Desk}}
	for d, n := range a.Capacity {
		c.plan.Capacity[d] = n
	}
	for i, s := range a.Skills {
		if unit, ok := p.skills[s.Skill]; !ok || unit != a.Unit {
			faults = append(faults, about(KindUser, a.Head, missing(index("skills", i)+".skill", KindSkill)))
			continue
		}
		c.plan.Skills = append(c.plan.Skills, s)
	}
	slices.SortFunc(c.plan.Skills, func(x, y acd.SkillLevel) int { return x.Skill.Compare(y.Skill) })
	for q := range a.Preferences {
		if have, ok := p.queues[q]; !ok || have.Unit != a.Unit {
			faults = append(faults, about(KindUser, a.Head, missing("preferences", KindQueue)))
			break
		}
	}
	if r := p.rules[a.Unit]; r != nil {
		c.edges = r.edges(c)
	}
	p.agents[a.ID] = c
	return faults
}

// queueFaults finds the references of a queue that lead nowhere. Schedules are not
// routing's: whoever keeps them looks.
func (p *Plan) queueFaults(q QueueObject, agents map[acd.AgentID]acd.UnitID) []*fault.Fault {
	var faults []*fault.Fault
	for _, r := range q.References() {
		there := true
		switch r.Kind {
		case KindSkill:
			unit, ok := p.skills[r.ID]
			there = ok && unit == q.Unit
		case KindQueue:
			there = p.queues[r.ID].Unit == q.Unit
		case KindUser:
			unit, ok := agents[r.ID]
			there = ok && unit == q.Unit
		case KindReason:
			there = p.shared[r.ID] || slices.Contains(p.reasons[r.ID], q.Unit)
		}
		if !there {
			faults = append(faults, about(KindQueue, q.Head, missing(r.Field, r.Kind)))
		}
	}
	return faults
}

func missing(field, kind string) *fault.Fault {
	return fault.New(fault.Invalid, "no_such_reference", "This names a "+kind+" that does not exist.").On(field)
}

// about gives a fault the values that name its object.
func about(kind string, h Head, f *fault.Fault) *fault.Fault {
	return f.With("kind", kind).With("id", acd.QueueID(h.ID).String()).With("name", h.Name).With("unit", h.Unit.String())
}

func (q QueueObject) compile() acd.QueuePlan {
	steps := make([]time.Duration, len(q.Steps))
	for k, s := range q.Steps {
		steps[k] = seconds(s.AfterS)
	}
	return acd.QueuePlan{
		ID:              q.ID,
		Unit:            q.Unit,
		Domain:          q.Domain,
		Objective:       seconds(q.ObjectiveS),
		Policy:          policies[q.Policy],
		Steps:           steps,
		OfferTime:       seconds(q.OfferS),
		AutoAccept:      q.AutoAccept,
		WrapUp:          seconds(q.WrapUpS),
		NoWrapUp:        q.NoWrapUp,
		WrapUpFreesSlot: q.WrapUpFreesSlot,
		NoAnswerStays:   q.NoAnswerStays,
		CustomerGrace:   seconds(q.CustomerGraceS),
		WaitingMax:      q.WaitingMax,
		MinAvailable:    uint16(q.Minimum.Available),
	}
}

func (s Settings) compile() acd.Settings {
	out := acd.Settings{
		Ageing:           seconds(s.AgeingS),
		DesktopGrace:     seconds(s.DesktopGraceS),
		NoAnswer:         NoAnswer,
		DeclinedTooOften: DeclinedTooOften,
		SystemEnd:        SystemEnd,
	}
	for active, row := range s.Matrix {
		for offered, word := range row {
			out.Matrix[active][offered] = interruptions[word]
		}
	}
	return out
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// sortedEdges brings edges into the one order in which they are compared.
func sortedEdges(edges []acd.Edge) []acd.Edge {
	slices.SortFunc(edges, func(a, b acd.Edge) int {
		return cmp.Or(a.Queue.Compare(b.Queue), a.Agent.Compare(b.Agent))
	})
	return edges
}

// Queues gives the queues that an agent may serve, by id, each with the first step that
// admits the agent.
func (p *Plan) Queues(agent acd.AgentID) []acd.Edge {
	if a := p.agents[agent]; a != nil {
		return a.edges
	}
	return nil
}
