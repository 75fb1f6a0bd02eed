package plan

import (
	"fmt"
	"strconv"

	"portico/acd"
	"portico/fault"
)

// Limits of what may be configured, beside those of package acd.
const (
	DaySeconds       = 24 * 60 * 60
	ObjectiveMaxS    = 30 * DaySeconds
	StepAfterMaxS    = 30 * DaySeconds
	OfferMaxS        = 60 * 60
	WaitingLimit     = 1_000_000
	RequirementsMax  = 16
	StepNamesMax     = 1_000 // agents or queues that one step names
	AgentSkillsMax   = 200
	PreferencesMax   = 4_000
	DispositionsMax  = 500
	MinimumMax       = 10_000 // agents that must stay available
	DescriptionMax   = 1_000  // bytes
	LevelMax         = 100
	PreferenceNormal = 50 // of an agent who has no number for a queue
)

// The policies by their names.
var policies = map[string]acd.Policy{
	"longest_idle":   acd.LongestIdle,
	"least_occupied": acd.LeastOccupied,
	"highest_level":  acd.HighestLevel,
	"preference":     acd.Preference,
}

var interruptions = map[string]acd.Interruption{
	RefuseWork:    acd.Refuse,
	BesideWork:    acd.Beside,
	InterruptWork: acd.Interrupt,
}

// checker keeps the first thing that is wrong.
type checker struct{ err *fault.Fault }

func (c *checker) fail(field, format string, args ...any) {
	if c.err == nil {
		c.err = fault.New(fault.Invalid, "invalid", fmt.Sprintf(format, args...)).On(field)
	}
}

func (c *checker) number(field string, have, least, most int) {
	if have < least || have > most {
		c.fail(field, "The value must be from %d to %d.", least, most)
	}
}

func (c *checker) length(field string, have, most int) {
	if have > most {
		c.fail(field, "There may be at most %d.", most)
	}
}

func (c *checker) text(field, have string, most int) {
	if len(have) > most {
		c.fail(field, "The text may have at most %d bytes.", most)
	}
}

func (c *checker) domain(field string, d acd.Domain) {
	if d >= acd.DomainsMax {
		c.fail(field, "There is no such media routing domain.")
	}
}

// result avoids the typed nil.
func (c *checker) result() error {
	if c.err == nil {
		return nil
	}
	return c.err
}

func index(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

// Check gives the fault invalid, with the field, when a value is out of range.
// References are checked by Compile, which knows what exists.
func (q Queue) Check() error {
	var c checker
	c.text("description", q.Description, DescriptionMax)
	c.domain("domain", q.Domain)
	c.number("objective_s", q.ObjectiveS, 0, ObjectiveMaxS)
	if _, ok := policies[q.Policy]; !ok {
		c.fail("policy", "The policy must be longest_idle, least_occupied, highest_level or preference.")
	}
	c.number("offer_s", q.OfferS, 0, OfferMaxS)
	c.number("wrap_up_s", q.WrapUpS, 0, DaySeconds)
	c.number("customer_grace_s", q.CustomerGraceS, 0, DaySeconds)
	c.number("preferred_hold_s", q.PreferredHoldS, 0, DaySeconds)
	c.number("waiting_max", q.WaitingMax, 0, WaitingLimit)
	c.length("dispositions", len(q.Dispositions), DispositionsMax)
	c.number("minimum.available", q.Minimum.Available, 0, MinimumMax)
	switch q.Outside {
	case "", OfflineForm, OnlyMessage, AcceptAll:
	default:
		c.fail("outside", "Outside the hours there is offline_form, message or accept.")
	}
	if len(q.Steps) == 0 || len(q.Steps) > acd.StepsMax {
		c.fail("steps", "A queue has 1 to %d steps.", acd.StepsMax)
	}
	for k, step := range q.Steps {
		step.check(&c, index("steps", k))
		switch {
		case k == 0 && step.AfterS != 0:
			c.fail(index("steps", k)+".after_s", "The first step is in force at once: after_s must be 0.")
		case k > 0 && step.AfterS <= q.Steps[k-1].AfterS:
			c.fail(index("steps", k)+".after_s", "Each step must come later than the one before.")
		}
	}
	return c.result()
}

func (s Step) check(c *checker, field string) {
	c.number(field+".after_s", s.AfterS, 0, StepAfterMaxS)
	c.length(field+".requirements", len(s.Requirements), RequirementsMax)
	c.length(field+".queues", len(s.Queues), StepNamesMax)
	c.length(field+".agents", len(s.Agents), StepNamesMax)
	seen := make(map[acd.SkillID]bool, len(s.Requirements))
	for i, r := range s.Requirements {
		at := index(field+".requirements", i)
		c.number(at+".level", int(r.Level), 1, LevelMax)
		if seen[r.Skill] {
			c.fail(at+".skill", "A step may require a skill only once.")
		}
		seen[r.Skill] = true
	}
}

// Check gives the fault invalid, with the field, when a value is out of range.
func (a Agent) Check() error {
	var c checker
	for d := range a.Capacity {
		c.domain("capacity", d)
	}
	c.length("skills", len(a.Skills), AgentSkillsMax)
	c.length("preferences", len(a.Preferences), PreferencesMax)
	seen := make(map[acd.SkillID]bool, len(a.Skills))
	for i, s := range a.Skills {
		at := index("skills", i)
		c.number(at+".level", int(s.Level), 1, LevelMax)
		if seen[s.Skill] {
			c.fail(at+".skill", "An agent may have a skill only once.")
		}
		seen[s.Skill] = true
	}
	for _, n := range a.Preferences {
		c.number("preferences", int(n), 1, 100)
	}
	return c.result()
}

// Check gives the fault invalid, with the field, when a value is out of range.
func (r Reason) Check() error {
	var c checker
	if r.Use != Unavailable && r.Use != Disposition {
		c.fail("use", "The use must be unavailable or disposition.")
	}
	c.text("description", r.Description, DescriptionMax)
	return c.result()
}

// Check gives the fault invalid, with the field, when a value is out of range.
func (s Skill) Check() error {
	var c checker
	c.text("description", s.Description, DescriptionMax)
	return c.result()
}

// Check gives the fault invalid, with the field, when a value is out of range.
func (s Settings) Check() error {
	var c checker
	c.number("ageing_s", s.AgeingS, 0, DaySeconds)
	c.number("desktop_grace_s", s.DesktopGraceS, 0, DaySeconds)
	for active, row := range s.Matrix {
		c.domain("matrix", active)
		for offered, word := range row {
			c.domain("matrix", offered)
			if _, ok := interruptions[word]; !ok {
				c.fail("matrix", "A rule must be refuse, beside or interrupt.")
			}
		}
	}
	return c.result()
}
