package plan

import (
	"cmp"
	"slices"
	"strings"

	"portico/acd"
)

// Use is an object that depends on another, and the field that says so.
type Use struct {
	Kind  string
	ID    [16]byte
	Name  string
	Field string
}

// Uses gives what depends on an object of a unit: it cannot be removed while
// anything does. Queues come first, then users, each by name; each is named once.
func (p *Plan) Uses(unit acd.UnitID, kind string, id [16]byte) []Use {
	var out []Use
	for _, q := range p.objects {
		if q.Unit == unit && !(kind == KindQueue && q.ID == id) {
			if field := q.use(kind, id); field != "" {
				out = append(out, Use{KindQueue, q.ID, q.Name, field})
			}
		}
	}
	queues := len(out)
	for _, a := range p.agents {
		if a.object.Unit == unit {
			if field := a.object.use(kind, id); field != "" {
				out = append(out, Use{KindUser, a.object.ID, a.object.Name, field})
			}
		}
	}
	byName := func(a, b Use) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), slices.Compare(a.ID[:], b.ID[:]))
	}
	slices.SortFunc(out[:queues], byName)
	slices.SortFunc(out[queues:], byName)
	return out
}

// use gives the first field that names the object, or "".
func (q Queue) use(kind string, id [16]byte) string {
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

// use gives the first field that names the object, or "".
func (a Agent) use(kind string, id [16]byte) string {
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
