package plan

import "slices"

// Uses gives the first field of the queue that names an object of the unit, such as
// steps[0].requirements[1], or "". What is used cannot be removed.
func (q Queue) Uses(kind string, id [16]byte) string {
	for k, s := range q.Steps {
		at := index("steps", k)
		switch kind {
		case KindSkill:
			for i, r := range s.Requirements {
				if r.Skill == id {
					return index(at+".requirements", i)
				}
			}
		case KindQueue:
			if i := slices.Index(s.Queues, id); i >= 0 {
				return index(at+".queues", i)
			}
		case KindUser:
			if i := slices.Index(s.Agents, id); i >= 0 {
				return index(at+".agents", i)
			}
		}
	}
	if kind == KindReason {
		if i := slices.Index(q.Dispositions, id); i >= 0 {
			return index("dispositions", i)
		}
	}
	return ""
}

// Uses gives the first field of the agent that names an object of the unit, or "".
func (a Agent) Uses(kind string, id [16]byte) string {
	switch kind {
	case KindSkill:
		for i, s := range a.Skills {
			if s.Skill == id {
				return index("skills", i)
			}
		}
	case KindQueue:
		if _, ok := a.Preferences[id]; ok {
			return "preferences"
		}
	}
	return ""
}
