package api

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/plan"
	"portico/schedule"
	"portico/store"
	"portico/workflow"
)

// Preview says whom and what a change would hurt, if it were made now.
type Preview struct {
	Harms []Harm `json:"harms" nullable:"false" doc:"empty: nobody would notice at once"`
}

// The kinds of harm.
const (
	harmSignedOff   = "signed_off"
	harmUnavailable = "unavailable"
	harmRerouted    = "rerouted"
	harmRekeyed     = "rekeyed"
	harmUnserved    = "unserved"
	harmClosed      = "closed"
	harmMisnamed    = "misnamed"
)

// harmedMax is how many of those concerned a harm names.
const harmedMax = 50

// Harm is one way in which a change hurts.
type Harm struct {
	What  string   `json:"what" enum:"signed_off,unavailable,rerouted,rekeyed,unserved,closed,misnamed" doc:"people signed off at once; agents who would no longer be available in a media routing domain; contacts in hand that would go back to their queue; queues whose contacts would be put into another order; queues that nobody could take contacts of any more; queues open now that would be closed; workflows whose expressions name it by its old name and would no longer find it"`
	Count int      `json:"count" doc:"how many people, contacts, queues or workflows"`
	Items []Harmed `json:"items" nullable:"false" doc:"the first 50, by name"`
}

// Harmed is a person, a contact, a queue or a workflow that a change hurts.
type Harmed struct {
	ID       acd.ID[objectKind] `json:"id"`
	Name     string             `json:"name"`
	Contacts int                `json:"contacts" doc:"how many open contacts are concerned"`
}

// errHasContacts is the core's own refusal, said before the core is asked.
var errHasContacts = fault.New(fault.Conflict, "in_use", "It still has contacts. Move or end them first.")

// harms gathers what a change from one catalogue to the next would do.
type harms struct {
	s         *Server
	was, next *catalogue
	diff      acd.PlanChange
	by        map[string][]Harmed
}

// preview judges a change by what is going on now. What it names may differ a moment
// later: it informs, and decides nothing. The error is a refusal that the core would give.
func (s *Server) preview(was, next *catalogue) (Preview, error) {
	h := &harms{s: s, was: was, next: next, by: map[string][]Harmed{}}
	if was != next {
		h.diff = plan.Diff(was.plan, next.plan)
		if err := h.refused(); err != nil {
			return Preview{}, err
		}
		h.people()
		h.agents()
		h.queues()
		h.hours()
		h.misnamed()
	}
	out := Preview{Harms: []Harm{}}
	for _, what := range []string{harmSignedOff, harmUnavailable, harmRerouted, harmUnserved, harmClosed, harmMisnamed, harmRekeyed} {
		all := h.by[what]
		if len(all) == 0 {
			continue
		}
		slices.SortFunc(all, func(a, b Harmed) int { return cmp.Or(strings.Compare(a.Name, b.Name), a.ID.Compare(b.ID)) })
		out.Harms = append(out.Harms, Harm{What: what, Count: len(all), Items: all[:min(len(all), harmedMax)]})
	}
	return out, nil
}

func (h *harms) add(what string, id [16]byte, name string, contacts int) {
	h.by[what] = append(h.by[what], Harmed{ID: id, Name: name, Contacts: contacts})
}

// open counts the open contacts of a queue.
func (h *harms) open(id acd.QueueID) int {
	q, ok := h.s.picture.Queue(h.was.queues[id].Unit, id)
	if !ok {
		return 0
	}
	return q.Waiting + q.Held + q.Timed + q.Offered + q.Active + q.Interrupted + q.WrapUp
}

// refused finds what the core would refuse: a queue with contacts stays, in its domain.
func (h *harms) refused() error {
	for _, id := range h.diff.RemovedQueues {
		if h.open(id) > 0 {
			return errHasContacts
		}
	}
	for _, q := range h.diff.Queues {
		if old, ok := h.was.queues[q.ID]; ok && old.body.Domain != q.Domain && h.open(q.ID) > 0 {
			return errHasContacts
		}
	}
	return nil
}

// signsIn reports whether somebody may sign in by the catalogue.
func (c *catalogue) signsIn(u entry[identity.User]) bool {
	unit, ok := c.units[u.Unit]
	return ok && !unit.body.Disabled && !u.body.Disabled && !u.body.SignInOff
}

// people finds those who are signed in and may be so no longer.
func (h *harms) people() {
	var online map[acd.AgentID]bool
	seen := map[acd.AgentID]bool{}
	for id, u := range h.was.users {
		after, ok := h.next.users[id]
		if !h.was.signsIn(u) || ok && h.next.signsIn(after) {
			continue
		}
		if online == nil {
			online = h.s.feed.online()
		}
		agent, _ := h.s.picture.Agent(u.Unit, id)
		if online[id] || agent.SignedIn {
			seen[id] = true
			h.add(harmSignedOff, id, fullName(u.Name, u.body), len(agent.Contacts))
		}
	}
	for _, id := range h.diff.RemovedAgents {
		u := h.was.users[id]
		agent, ok := h.s.picture.Agent(u.Unit, id)
		if !ok {
			continue
		}
		if agent.SignedIn && !seen[id] {
			h.add(harmSignedOff, id, fullName(u.Name, u.body), len(agent.Contacts))
		}
		for _, held := range agent.Contacts {
			if c, ok := h.s.picture.Contact(u.Unit, held); ok && c.State != acd.WrapUp {
				h.add(harmRerouted, held, cmp.Or(c.Name, c.Caption, h.was.queues[c.Queue].Name), 1)
			}
		}
	}
}

// agents finds those who lose a media routing domain in which they are available.
func (h *harms) agents() {
	for _, p := range h.diff.Agents {
		u := h.was.users[p.ID]
		agent, ok := h.s.picture.Agent(u.Unit, p.ID)
		if !ok || !agent.SignedIn {
			continue
		}
		for d, state := range agent.Domains.All() {
			if state.Available && p.Capacity[d] == 0 {
				h.add(harmUnavailable, p.ID, fullName(u.Name, u.body), len(agent.Contacts))
				break
			}
		}
	}
}

// queues finds those that nobody could serve any more, and those whose contacts would
// be put into another order.
func (h *harms) queues() {
	before, after := h.was.plan.Served(), h.next.plan.Served()
	for id, n := range before {
		if left, ok := after[id]; ok && n > 0 && left == 0 {
			h.add(harmUnserved, id, h.was.queues[id].Name, h.open(id))
		}
	}
	all := h.diff.Settings != nil && h.was.siteSettings().AgeingS != h.next.siteSettings().AgeingS
	for id, q := range h.was.queues {
		next, ok := h.next.queues[id]
		if !ok || !all && next.Version == q.Version {
			continue
		}
		if !all && q.body.ObjectiveS == next.body.ObjectiveS && slices.EqualFunc(q.body.Steps, next.body.Steps, sameTime) {
			continue
		}
		if n := h.open(id); n > 0 {
			h.add(harmRekeyed, id, q.Name, n)
		}
	}
}

func sameTime(a, b plan.Step) bool { return a.AfterS == b.AfterS }

// hours finds queues that are open now and would be closed.
func (h *harms) hours() {
	now := time.UnixMilli(int64(h.s.at()))
	for id, q := range h.next.queues {
		if old, ok := h.was.queues[id]; ok && h.was.isOpen(old, now) && !h.next.isOpen(q, now) {
			h.add(harmClosed, id, old.Name, h.open(id))
		}
	}
}

// isOpen reports whether customers of a queue are served at a time, by its hours.
func (c *catalogue) isOpen(q entry[plan.Queue], at time.Time) bool {
	hours, ok := c.talks[q.Unit].Queues[acd.QueueID(q.ID)]
	if !ok || hours.Outside == plan.AcceptAll {
		return true
	}
	open, err := schedule.New(hours.Schedule, c.zones[q.Unit])
	return err != nil || open.Open(at)
}

// misnamed finds workflows whose expressions name a queue or a schedule by a name that it
// would no longer have.
func (h *harms) misnamed() {
	found := map[[16]byte]bool{}
	look := func(kind workflow.Ref, was, next store.Object) {
		if next.Unit != was.Unit || strings.EqualFold(was.Name, next.Name) || h.next.references(was.Unit).Exists(kind, was.Name) {
			return
		}
		for id, uses := range h.next.flowUses {
			w := h.next.workflows[id]
			if w.Unit == was.Unit && slices.ContainsFunc(slices.Concat(uses.draft, uses.released), func(u workflow.Use) bool {
				return u.Kind == kind && strings.EqualFold(u.Ref, was.Name)
			}) && !found[id] {
				found[id] = true
				h.add(harmMisnamed, id, w.Name, 0)
			}
		}
	}
	for id, q := range h.was.queues {
		look(workflow.RefQueue, q.Object, h.next.queues[id].Object)
	}
	for id, s := range h.was.schedules {
		look(workflow.RefSchedule, s.Object, h.next.schedules[id].Object)
	}
}
