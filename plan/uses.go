package plan

// Reference is an object of the same unit that an object names. What is named
// cannot be removed.
type Reference struct {
	Field string // of the object that names, such as steps[0].requirements[1].skill
	Kind  string
	ID    [16]byte
}

// References gives all that the queue names.
func (q Queue) References() []Reference {
	var all []Reference
	add := func(field, kind string, id [16]byte) { all = append(all, Reference{field, kind, id}) }
	for k, s := range q.Steps {
		at := index("steps", k)
		for i, r := range s.Requirements {
			add(index(at+".requirements", i)+".skill", KindSkill, r.Skill)
		}
		for i, other := range s.Queues {
			add(index(at+".queues", i), KindQueue, other)
		}
		for i, a := range s.Agents {
			add(index(at+".agents", i), KindUser, a)
		}
	}
	for i, r := range q.Dispositions {
		add(index("dispositions", i), KindReason, r)
	}
	if !q.Schedule.IsZero() {
		add("schedule", KindSchedule, q.Schedule)
	}
	if !q.Minimum.Schedule.IsZero() {
		add("minimum.schedule", KindSchedule, q.Minimum.Schedule)
	}
	return all
}

// References gives all that the agent names.
func (a Agent) References() []Reference {
	var all []Reference
	for i, s := range a.Skills {
		all = append(all, Reference{index("skills", i) + ".skill", KindSkill, s.Skill})
	}
	for q := range a.Preferences {
		all = append(all, Reference{"preferences", KindQueue, q})
	}
	return all
}
