package acd

import "slices"

// class is a demand for skills of one's own in one queue. It exists while open
// contacts have it.
type class struct {
	line   line
	queue  int32
	skills []SkillLevel // by id
	key    string
	uses   int
	listed int32 // place among the queue's classes with waiting contacts, or none
}

// listed is a class among those of its queue where somebody waits.
type listed struct {
	class int32
	probe probe // of the first skill that it demands
}

// probe is a skill's two places in a set of 512 bits that tells most agents who
// have not the skill from those who may have it.
type probe struct{ a, b uint16 }

func probeOf(id *SkillID) probe {
	hash := hashOf((*[16]byte)(id))
	return probe{uint16(hash & 511), uint16(hash >> 9 & 511)}
}

// mayHave reports false for an agent who has not the skill.
func (a *agent) mayHave(p probe) bool {
	return a.bloom[p.a>>6]>>(p.a&63)&(a.bloom[p.b>>6]>>(p.b&63))&1 != 0
}

// intern gives the class of a demand, or none where there is no demand. It
// reports false when there are ClassesMax already.
func (c *Core) intern(qi int32, skills []SkillLevel) (int32, bool) {
	if len(skills) == 0 {
		return none, true
	}
	id := c.queues[qi].plan.ID
	key := slices.Clone(id[:])
	for _, s := range skills {
		key = append(append(key, s.Skill[:]...), s.Level)
	}
	if k, ok := c.classOf[string(key)]; ok {
		c.classes[k].uses++
		return k, true
	}
	if len(c.classOf) >= ClassesMax {
		return none, false
	}
	var k int32
	if n := len(c.freeClasses); n > 0 {
		k = c.freeClasses[n-1]
		c.freeClasses = c.freeClasses[:n-1]
	} else {
		k = int32(len(c.classes))
		c.classes = append(c.classes, class{})
	}
	c.classes[k] = class{queue: qi, skills: skills, key: string(key), uses: 1, listed: none}
	c.classes[k].line.reset(len(c.queues[qi].steps()))
	c.classOf[string(key)] = k
	c.classAlert = len(c.classOf) == ClassesMax
	return k, true
}

// alertClasses tells that the last class but none was just made.
func (c *Core) alertClasses(ci int32) {
	if c.classAlert {
		c.classAlert = false
		e := c.effect(Alert, ci, WhyNone)
		e.Alert, e.Agent, e.N, e.Until = AlertClasses, AgentID{}, 0, 0
	}
}

// release ends one use of a class.
func (c *Core) release(k int32) {
	if k == none {
		return
	}
	cl := &c.classes[k]
	if cl.uses--; cl.uses == 0 {
		delete(c.classOf, cl.key)
		c.classes[k] = class{}
		c.freeClasses = append(c.freeClasses, k)
	}
}

// list adds a class to those of its queue where somebody waits.
func (c *Core) list(k int32) {
	if k == none || c.classes[k].listed != none {
		return
	}
	q := &c.queues[c.classes[k].queue]
	c.classes[k].listed = int32(len(q.classes))
	q.classes = append(q.classes, listed{class: k, probe: probeOf(&c.classes[k].skills[0].Skill)})
}

// unlist takes a class out again when nobody waits in it any more.
func (c *Core) unlist(k int32) {
	if k == none || c.classes[k].line.count > 0 {
		return
	}
	q := &c.queues[c.classes[k].queue]
	at, last := c.classes[k].listed, len(q.classes)-1
	moved := q.classes[last]
	q.classes[at] = moved
	c.classes[moved.class].listed = at
	q.classes = q.classes[:last]
	c.classes[k].listed = none
}

// qualifies reports whether an agent has every skill demanded. Both are by id.
func (a *agent) qualifies(demand []SkillLevel) bool {
	for _, d := range demand {
		at, ok := slices.BinarySearchFunc(a.skills, d.Skill, func(s SkillLevel, id SkillID) int { return s.Skill.Compare(id) })
		if !ok || a.skills[at].Level < d.Level {
			return false
		}
	}
	return true
}
