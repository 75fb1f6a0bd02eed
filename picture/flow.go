package picture

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"portico/acd"
	"portico/hub"
	"portico/store"
	"portico/workflow"
)

// FlowAt is where in a workflow a contact is. The empty Node is nowhere.
type FlowAt struct {
	Workflow workflow.ID
	Release  uint32
	Node     workflow.NodeID
	Since    acd.Time
}

// FlowCount is how many contacts are in a component, of whatever release, and how many
// have entered it today, in the unit's time zone; one that came twice counts twice.
type FlowCount struct {
	Node       workflow.NodeID
	Now, Today uint32
}

// flows are the counts of one workflow.
type flows struct {
	version uint64 // of the last change
	counts  map[workflow.NodeID]*flowCount
}

type flowCount struct {
	unit     acd.UnitID
	workflow workflow.ID
	node     workflow.NodeID
	now      uint32
	day      acd.Time // of today: its beginning
	today    uint32
}

// FlowCounts gives the counts of a workflow's components, by id, without those that no
// contact has entered, and the version of their last change: as long as it stays, so do they.
func (p *Picture) FlowCounts(id acd.UnitID, of workflow.ID) (counts []FlowCount, version uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.units[id]
	if u == nil || u.flows[of] == nil {
		return nil, 0
	}
	p.turnDay(u, acd.At(p.o.Now()))
	f := u.flows[of]
	for node, c := range f.counts {
		if n := c.shown(node, u.day.from); n.Now+n.Today > 0 {
			counts = append(counts, n)
		}
	}
	slices.SortFunc(counts, func(a, b FlowCount) int { return strings.Compare(string(a.Node), string(b.Node)) })
	return counts, f.version
}

// Component is a component of some workflow with its count.
type Component struct {
	Workflow workflow.ID
	FlowCount
}

// Components gives the counts of the components of all workflows of a unit, in no order, without
// those that nobody is in and nobody has entered today.
func (p *Picture) Components(id acd.UnitID) []Component {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.units[id]
	if u == nil {
		return nil
	}
	p.turnDay(u, acd.At(p.o.Now()))
	var all []Component
	for of, f := range u.flows {
		for node, c := range f.counts {
			if n := c.shown(node, u.day.from); n.Now+n.Today > 0 {
				all = append(all, Component{of, n})
			}
		}
	}
	return all
}

// shown gives a count as of the day that begins so.
func (c *flowCount) shown(node workflow.NodeID, day acd.Time) FlowCount {
	out := FlowCount{Node: node, Now: c.now}
	if c.day == day {
		out.Today = c.today
	}
	return out
}

// flowCount gives the count of a component, made when it is first seen.
func (p *Picture) flowCount(u *unit, of workflow.ID, node workflow.NodeID) *flowCount {
	f := u.flows[of]
	if f == nil {
		f = &flows{counts: make(map[workflow.NodeID]*flowCount)}
		u.flows[of] = f
	}
	f.version = p.revision
	c := f.counts[node]
	if c == nil {
		c = &flowCount{unit: u.id, workflow: of, node: node}
		f.counts[node] = c
	}
	return c
}

// foldFlow takes what workflows did in one change.
func (p *Picture) foldFlow(c *hub.Change) {
	for _, d := range c.Data {
		p.foldData(d)
	}
	for i := range c.Flow {
		p.entered(&c.Flow[i])
	}
	for _, at := range c.Places {
		p.foldPlace(at)
	}
}

// entered counts a visit that begins today.
func (p *Picture) entered(passed *workflow.Passed) {
	u := p.unit(passed.Unit)
	if !passed.Entered || passed.At < u.day.from || passed.At >= u.day.to {
		return
	}
	c := p.flowCount(u, passed.Workflow, passed.Node)
	if c.day != u.day.from {
		c.day, c.today = u.day.from, 0
	}
	c.today++
	p.dirtyFlows[c] = true
}

// foldPlace takes where a contact is from now on.
func (p *Picture) foldPlace(at hub.FlowPlace) {
	old := p.contacts[at.Contact]
	if old == nil || old.row.Unit != at.Unit {
		return
	}
	u := p.unit(at.Unit)
	p.leaveFlow(u, old)
	c := *old
	c.flow = nil
	if at.Node != "" {
		c.flow = &FlowAt{at.Workflow, at.Release, at.Node, at.Since}
		p.flowCount(u, at.Workflow, at.Node).now++
	}
	p.replace(u, old, &c)
	p.contacts[at.Contact] = &c
	if old.logged != p.revision {
		c.logged = p.revision
		u.contactTable.changed(p.revision, at.Contact, u.byDue.Len())
	}
}

// leaveFlow takes a contact out of the counts.
func (p *Picture) leaveFlow(u *unit, c *contact) {
	if c != nil && c.flow != nil {
		p.flowCount(u, c.flow.Workflow, c.flow.Node).now--
	}
}

// foldData takes what a workflow made of a contact.
func (p *Picture) foldData(d store.ContactData) {
	old := p.contacts[d.ID]
	if old == nil || old.row.Unit != d.Unit {
		return
	}
	is := *old.arrival
	is.language, is.category, is.details = d.Language, d.Category, workflow.WithoutEmail(is.medium, d.Details)
	p.foldContact(old.row, &is)
}

// loadFlow takes where an open contact is.
func (p *Picture) loadFlow(o store.OpenContact) error {
	in, err := workflow.Decode(o.Workflow)
	if err != nil || in.BuiltIn() || in.Over {
		return nil // the hub says what it cannot read
	}
	p.foldPlace(hub.FlowPlace{Unit: o.Unit, Contact: o.ID, Workflow: in.Workflow, Release: in.Release, Node: in.Node, Since: in.Since})
	return nil
}

// loadFlows takes the saved counts, and counts the steps that they do not hold.
func (p *Picture) loadFlows(ctx context.Context, rows Rows, batch uint64) error {
	err := rows.FlowCounts(ctx, func(f store.FlowCount) error {
		u := p.unit(f.Unit)
		if f.Day == u.day.from {
			c := p.flowCount(u, f.Workflow, workflow.NodeID(f.Node))
			c.day, c.today = f.Day, f.Entered
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the counts of workflows: %w", err)
	}
	err = rows.FlowStepsSince(ctx, batch, func(s store.FlowStep) error {
		var passed []workflow.Passed
		if json.Unmarshal(s.Body, &passed) != nil {
			return nil // it was not this program that wrote it
		}
		for i := range passed {
			passed[i].Unit, passed[i].Workflow = s.Unit, s.Workflow
			p.entered(&passed[i])
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the steps of workflows: %w", err)
	}
	return nil
}

func (c *flowCount) row() store.Row {
	return store.FlowCount{Unit: c.unit, Workflow: c.workflow, Node: string(c.node), Day: c.day, Entered: c.today}
}

func byComponent(a, b store.Row) int {
	x, y := a.(store.FlowCount), b.(store.FlowCount)
	return cmp.Or(workflow.ID(x.Workflow).Compare(y.Workflow), cmp.Compare(x.Node, y.Node))
}
