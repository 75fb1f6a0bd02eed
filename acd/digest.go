package acd

import (
	"math/bits"
)

// digest is a running hash of words. Objects are hashed one by one and their
// hashes added up, so that the order in which they lie in memory says nothing.
type digest uint64

func (h *digest) word(words ...uint64) {
	for _, w := range words {
		x := uint64(*h) ^ w
		x *= 0x9e3779b97f4a7c15
		x = bits.RotateLeft64(x, 29)
		*h = digest(x ^ x>>32)
	}
}

func (h *digest) id(id [16]byte) {
	var a, b uint64
	for i := range 8 {
		a, b = a<<8|uint64(id[i]), b<<8|uint64(id[i+8])
	}
	h.word(a, b)
}

func (h *digest) flag(b bool) {
	if b {
		h.word(1)
	} else {
		h.word(0)
	}
}

func (h *digest) skills(skills []SkillLevel) {
	for _, s := range skills {
		h.id(s.Skill)
		h.word(uint64(s.Level))
	}
	h.word(uint64(len(skills)))
}

// Digest is a hash of all that later decisions depend on: settings, queues,
// agents, edges and contacts, as they are at the time of the last Step. It is the
// same for a core and for one that was rebuilt from its plan and rows, unless
// edges of a plan change were still to take effect.
func (c *Core) Digest() uint64 {
	sum := c.digestSettings()
	for qi := range c.queues {
		if q := &c.queues[qi]; len(q.steps()) > 0 {
			sum += c.digestQueue(q)
		}
	}
	for ai := range c.agents {
		if a := &c.agents[ai]; a.live {
			sum += c.digestAgent(a)
		}
	}
	for ci := range c.contacts {
		if ct := &c.contacts[ci]; ct.live {
			sum += c.digestContact(ct)
		}
	}
	var h digest
	for _, w := range c.plans {
		h.word(uint64(len(w.edges)), uint64(len(w.removed)))
	}
	return sum + uint64(h)
}

func (c *Core) digestSettings() uint64 {
	h := digest(1)
	h.word(uint64(c.settings.Ageing), uint64(c.settings.DesktopGrace))
	for d := range c.allows {
		h.word(uint64(c.allows[d])<<32 | uint64(c.breaks[d]))
	}
	h.id(c.settings.NoAnswer)
	h.id(c.settings.DeclinedTooOften)
	h.id(c.settings.SystemEnd)
	return uint64(h)
}

func (c *Core) digestQueue(q *queue) uint64 {
	h := digest(2)
	p := &q.plan
	h.id(p.ID)
	h.id(p.Unit)
	h.word(uint64(p.Domain), uint64(p.Policy), uint64(p.Objective), uint64(p.OfferTime), uint64(p.WrapUp),
		uint64(p.CustomerGrace), uint64(p.WaitingMax), uint64(p.MinAvailable), uint64(q.staff))
	for _, f := range []bool{p.AutoAccept, p.NoWrapUp, p.WrapUpFreesSlot, p.NoAnswerStays} {
		h.flag(f)
	}
	for _, s := range p.Steps {
		h.word(uint64(s))
	}
	h.word(uint64(q.waiting))
	return uint64(h)
}

func (c *Core) digestAgent(a *agent) uint64 {
	h := digest(3)
	h.id(a.id)
	h.id(a.row.Unit)
	h.flag(a.row.SignedIn)
	h.word(uint64(a.row.Since), uint64(a.row.GraceEnds), uint64(a.able))
	for d := range Domain(DomainsMax) {
		if a.domain[d].capacity == 0 && a.domain[d].load == 0 {
			continue
		}
		s := a.row.Domains.Of(d)
		h.word(uint64(d), uint64(a.domain[d].capacity), uint64(a.domain[d].load), uint64(s.Since), uint64(s.Idle), uint64(a.domain[d].idle))
		h.flag(s.Available)
		h.id(s.Reason)
	}
	h.skills(a.skills)
	h.word(uint64(a.plan.Accepts), uint64(a.plan.WrapUp))
	h.id(a.plan.NoAnswer)
	var edges uint64
	for i := range a.edges {
		e := &a.edges[i]
		k := digest(4)
		k.id(c.queues[e.queue].plan.ID)
		k.word(uint64(e.first), uint64(e.tier))
		edges += uint64(k)
	}
	h.word(edges)
	return uint64(h)
}

func (c *Core) digestContact(ct *contact) uint64 {
	h := digest(5)
	r := &ct.row
	for _, id := range [][16]byte{r.ID, r.Unit, r.Queue, r.Agent, r.Preferred} {
		h.id(id)
	}
	step := r.Step
	if r.State == Queued {
		step = c.stepOf(ct)
	}
	h.word(uint64(r.Domain), uint64(r.Priority), uint64(r.State), uint64(step), uint64(r.FirstQueued), uint64(r.QueuedAt),
		uint64(c.dueOf(ct)), uint64(r.Offer), uint64(r.Since), uint64(r.Deadline), uint64(r.Resume), uint64(r.Left),
		uint64(r.CustomerLost), uint64(r.AcceptedAt), uint64(r.FinishedAt))
	h.skills(r.Skills)
	var live uint64
	for _, x := range r.Exclusions {
		if c.holds(ct, x) {
			k := digest(6)
			k.id(x.Agent)
			k.word(uint64(x.Step), uint64(x.Until))
			live += uint64(k)
		}
	}
	h.word(live, uint64(r.Due))
	for _, p := range r.Beside {
		h.id(p.Agent)
		h.id(p.By)
		h.word(uint64(p.Role), uint64(p.State), uint64(p.Offer), uint64(p.Since), uint64(p.Deadline))
	}
	return uint64(h)
}
