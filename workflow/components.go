package workflow

import (
	"slices"
	"strings"
	"time"

	"portico/acd"
)

// The components that end within their turn, or ask the core.

type start struct{}

func (start) enter(*run) Exit { return ExitNext }

type decision struct{ branches []branch }

type branch struct {
	exit Exit
	when *expression
}

func (d *decision) enter(r *run) Exit {
	for _, b := range d.branches {
		yes, err := r.truth(b.when)
		if err != nil {
			return r.fail("The branch " + string(b.exit) + " cannot be decided: " + err.Error() + ".")
		}
		if yes {
			return b.exit
		}
	}
	return ExitElse
}

type hours struct{ schedule string }

func (h *hours) enter(r *run) Exit {
	says, ok := r.world.Hours(r.contact.Unit, h.schedule, r.now.Std())
	switch {
	case !ok:
		return r.fail("The schedule is not there.")
	case says == HoursOpen:
		return ExitOpen
	case says == HoursHoliday:
		return ExitHoliday
	}
	return ExitClosed
}

type set struct {
	priority *expression
	language *template
	data     []assignment
	skills   []acd.SkillLevel
}

type assignment struct {
	key   string
	value *expression
}

func (s *set) enter(r *run) Exit {
	for _, d := range s.data {
		value, err := r.text(d.value)
		if err != nil {
			return r.fail("The value of " + d.key + " cannot be worked out: " + err.Error() + ".")
		}
		if !r.set(d.key, value) {
			return r.fail("The contact data has no room for " + d.key + ".")
		}
	}
	if s.language != nil {
		if language := cut(printable(strings.TrimSpace(r.render(*s.language, nil))), 35); language != "" {
			r.contact.Language = language
		}
	}
	var effects []Effect
	if s.priority != nil {
		priority, err := r.priority(s.priority)
		if err != nil {
			return r.fail("The priority cannot be worked out: " + err.Error() + ".")
		}
		if priority != r.contact.Priority {
			r.contact.Priority = priority
			effects = append(effects, Prioritise{priority})
		}
	}
	if len(s.skills) > 0 && !slices.Equal(s.skills, r.contact.Skills) {
		r.contact.Skills = slices.Clone(s.skills)
		effects = append(effects, Demand{slices.Clone(s.skills)})
	}
	if len(effects) == 0 || !r.in.Arrived {
		return ExitNext // what the core does not know yet is part of the arrival
	}
	return r.core(effects...)
}

type category struct{ category string }

func (c *category) enter(r *run) Exit {
	r.contact.Category = c.category
	return ExitNext
}

type message struct{ texts map[string]template }

func (m *message) enter(r *run) Exit {
	r.say(SayMessage, "", r.choose(m.texts))
	return ExitNext
}

// choose renders the text for the contact's language.
func (r *run) choose(texts map[string]template) string {
	t, _ := pick(texts, r.contact.Language)
	return r.render(t, nil)
}

type queue struct {
	queue     acd.QueueID // zero: the addressed one
	priority  *expression
	skills    []acd.SkillLevel
	preferred string
	hold      time.Duration
}

func (q *queue) enter(r *run) Exit {
	place := Place{Queue: q.queue, Skills: slices.Clone(q.skills)}
	if place.Queue.IsZero() {
		place.Queue = r.in.Addressed
	}
	if place.Queue.IsZero() {
		return r.fail("The contact was not addressed to any queue.")
	}
	if q.priority != nil {
		priority, err := r.priority(q.priority)
		if err != nil {
			return r.fail("The priority cannot be worked out: " + err.Error() + ".")
		}
		place.Priority = priority
	}
	switch agent, named := strings.CutPrefix(q.preferred, "agent:"); {
	case named:
		place.Preferred, _ = parseID[acd.AgentID](agent)
	case q.preferred == "last_agent":
		place.Preferred = r.in.LastAgent
	case q.preferred == "customer_agent":
		place.Preferred = r.in.Customer.Agent
	}
	return r.place(place, q.hold)
}

// place asks the core for a queue.
func (r *run) place(p Place, hold time.Duration) Exit {
	if !p.Preferred.IsZero() {
		p.Hold = hold
	}
	if p.Priority != 0 {
		r.contact.Priority = p.Priority
	}
	if p.Skills != nil {
		r.contact.Skills = p.Skills
	}
	r.in.Placing = p.Queue
	return r.core(p)
}

type transfer struct {
	to    string
	queue acd.QueueID
	agent acd.AgentID
}

func (t *transfer) enter(r *run) Exit {
	queue := t.queue
	switch t.to {
	case "queue":
	case "agent":
		if queue = r.in.Queue; queue.IsZero() {
			queue = r.in.Addressed
		}
	default:
		return r.fail("A contact is given to a queue or an agent only. An e-mail is sent on by the component that forwards.")
	}
	if queue.IsZero() {
		return r.fail("The contact was not addressed to any queue.")
	}
	return r.place(Place{Queue: queue, Preferred: t.agent}, holdSeconds*time.Second)
}

type autoReply struct {
	subject template
	texts   map[string]template
}

func (a *autoReply) enter(r *run) Exit {
	if why := r.contact.email().NoReply; why != "" {
		r.note = "No automatic reply: " + why
		return ExitNext
	}
	r.say(SayAutoReply, escapeHeader(r.render(a.subject, nil)), r.choose(a.texts))
	return ExitNext
}

type disconnect struct {
	texts    map[string]template
	category string
}

func (d *disconnect) enter(r *run) Exit {
	if d.category != "" {
		r.contact.Category = d.category
	}
	r.say(SayGoodbye, "", r.choose(d.texts))
	r.effects = append(r.effects, Disconnect{})
	r.over()
	return stay
}
