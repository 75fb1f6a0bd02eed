package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/outcall"
	"portico/phone"
	"portico/plan"
	"portico/schedule"
	"portico/store"
	"portico/talk"
	"portico/threshold"
	"portico/workflow"
)

// catalogue is everything that is configured, decoded, at one moment. It never
// changes: a change makes the next one. Since one process alone writes to a store,
// what it holds is what is saved.
type catalogue struct {
	version  uint64    // of the plan; ascends with each change
	at       time.Time // for which the plan says what minimum is in force
	site     identity.Site
	settings store.Object
	units    map[acd.UnitID]entry[identity.Unit]
	users    map[acd.AgentID]entry[identity.User]
	queues   map[acd.QueueID]entry[plan.Queue]
	skills   map[acd.SkillID]entry[plan.Skill]
	reasons  map[reasonKey]entry[plan.Reason]
	teams    map[identity.TeamID]entry[identity.Team]
	roles    map[identity.RoleID]entry[identity.CustomRole]
	// What conversations read, and routing does not.
	schedules map[plan.ScheduleID]entry[schedule.Schedule]
	languages map[[16]byte]entry[talk.ChatLanguage]
	chats     map[acd.UnitID]entry[talk.ChatSettings] // of units that changed them
	articles  map[[16]byte]entry[talk.Article]
	// What workflows name, and routing does not.
	categories map[[16]byte]entry[plan.Category]
	desks      map[plan.DeskProfileID]entry[plan.DeskProfile]
	// What calls to the outside need.
	secrets     map[[16]byte]entry[outcall.Secret]
	connections map[[16]byte]entry[outcall.Connection]
	functions   map[[16]byte]entry[outcall.Function]
	data        map[acd.UnitID]entry[plan.ContactData] // of units that changed it
	// What e-mail needs.
	mailAccounts map[[16]byte]entry[talk.MailAccount]
	blocked      map[[16]byte]entry[talk.BlockedSender]
	signatures   map[[16]byte]entry[talk.Signature]
	mailUnits    map[acd.UnitID]entry[talk.MailSettings] // of units that changed them
	mail         *talk.MailSetup
	// What the floor is watched by.
	thresholds map[[16]byte]entry[threshold.Threshold]
	watched    map[acd.UnitID][]threshold.Named
	workflows  map[workflow.ID]entry[plan.Workflow]
	flowUses   map[workflow.ID]flowUses
	flows      *workflow.Set // what contacts enter
	plan       *plan.Plan
	talks      map[acd.UnitID]talk.Setup
	zones      map[acd.UnitID]*time.Location
	// What workflows ask of it while contacts pass them.
	hours map[hoursKey]*schedule.Hours
	named map[nameKey][16]byte // queues and schedules by their folded names
}

// reasonKey names a reason: the built-in ones have the same id in every unit.
type reasonKey struct {
	unit acd.UnitID
	id   acd.ReasonID
}

// entry is a configured object with its decoded body.
type entry[T any] struct {
	store.Object
	body T
}

func decode[T any](o store.Object) (entry[T], error) {
	e := entry[T]{Object: o}
	if err := json.Unmarshal(o.Body, &e.body); err != nil {
		return e, fmt.Errorf("reading the %s %q of the unit %s: %w", o.Kind, o.Name, o.Unit, err)
	}
	return e, nil
}

// loadCatalogue reads everything that is configured. The faults are of objects
// that the plan leaves out or that name what does not exist.
func loadCatalogue(ctx context.Context, r Records, version uint64, at time.Time) (*catalogue, []*fault.Fault, error) {
	c := &catalogue{version: version, at: at, units: map[acd.UnitID]entry[identity.Unit]{}, users: map[acd.AgentID]entry[identity.User]{},
		queues: map[acd.QueueID]entry[plan.Queue]{}, skills: map[acd.SkillID]entry[plan.Skill]{},
		reasons: map[reasonKey]entry[plan.Reason]{}, teams: map[identity.TeamID]entry[identity.Team]{}, roles: map[identity.RoleID]entry[identity.CustomRole]{},
		schedules: map[plan.ScheduleID]entry[schedule.Schedule]{}, languages: map[[16]byte]entry[talk.ChatLanguage]{},
		chats: map[acd.UnitID]entry[talk.ChatSettings]{}, categories: map[[16]byte]entry[plan.Category]{},
		desks:   map[plan.DeskProfileID]entry[plan.DeskProfile]{},
		secrets: map[[16]byte]entry[outcall.Secret]{}, connections: map[[16]byte]entry[outcall.Connection]{},
		functions: map[[16]byte]entry[outcall.Function]{}, data: map[acd.UnitID]entry[plan.ContactData]{},
		articles: map[[16]byte]entry[talk.Article]{}, thresholds: map[[16]byte]entry[threshold.Threshold]{}, mailAccounts: map[[16]byte]entry[talk.MailAccount]{},
		blocked: map[[16]byte]entry[talk.BlockedSender]{}, signatures: map[[16]byte]entry[talk.Signature]{},
		mailUnits: map[acd.UnitID]entry[talk.MailSettings]{},
		workflows: map[workflow.ID]entry[plan.Workflow]{}, flowUses: map[workflow.ID]flowUses{}}
	for _, kind := range []store.ObjectKind{identity.KindSite, identity.KindSettings, identity.KindUnit, identity.KindUser,
		identity.KindTeam, identity.KindRole, plan.KindQueue, plan.KindSkill, plan.KindReason, plan.KindSchedule, plan.KindCategory, plan.KindDeskProfile, plan.KindWorkflow, talk.KindLanguage,
		talk.KindSettings, threshold.Kind, plan.KindContactData, outcall.KindSecret, outcall.KindConnection, outcall.KindFunction,
		talk.KindArticle, talk.KindMailAccount, talk.KindBlockedSender, talk.KindSignature, talk.KindMailSettings} {
		all, err := r.AllObjects(ctx, kind)
		if err != nil {
			return nil, nil, fmt.Errorf("reading what is configured: %w", err)
		}
		for _, o := range all {
			if err := c.put(o); err != nil {
				return nil, nil, err
			}
		}
	}
	faults := c.compile()
	c.setUp()
	c.setMail()
	c.watch()
	return c, append(faults, c.setFlows()...), nil
}

// put adds, replaces or takes away an object. It writes to the maps of c, so c must
// own the one of the object's kind (see with).
func (c *catalogue) put(o store.Object) error {
	switch o.Kind {
	case identity.KindSite:
		return json.Unmarshal(o.Body, &c.site)
	case identity.KindSettings:
		c.settings = o
		return nil
	case identity.KindUnit:
		return set(c.units, o.ID, o)
	case identity.KindUser:
		return set(c.users, o.ID, o)
	case plan.KindQueue:
		return set(c.queues, o.ID, o)
	case plan.KindSkill:
		return set(c.skills, o.ID, o)
	case plan.KindReason:
		return set(c.reasons, reasonKey{o.Unit, o.ID}, o)
	case identity.KindTeam:
		return set(c.teams, o.ID, o)
	case identity.KindRole:
		return set(c.roles, o.ID, o)
	case plan.KindSchedule:
		return set(c.schedules, o.ID, o)
	case talk.KindLanguage:
		return set(c.languages, o.ID, o)
	case plan.KindCategory:
		return set(c.categories, o.ID, o)
	case plan.KindDeskProfile:
		return set(c.desks, o.ID, o)
	case plan.KindContactData:
		return set(c.data, o.Unit, o)
	case outcall.KindSecret:
		return set(c.secrets, o.ID, o)
	case outcall.KindConnection:
		return set(c.connections, o.ID, o)
	case outcall.KindFunction:
		return set(c.functions, o.ID, o)
	case plan.KindWorkflow:
		return c.setWorkflow(o)
	case talk.KindSettings:
		return c.setChat(o)
	case talk.KindArticle:
		return set(c.articles, o.ID, o)
	case threshold.Kind:
		return set(c.thresholds, o.ID, o)
	}
	return c.putMail(o)
}

// setChat keeps a unit's chat settings: what was added to them since they were saved
// is as by default.
func (c *catalogue) setChat(o store.Object) error {
	e := entry[talk.ChatSettings]{Object: o, body: talk.Defaults()}
	if err := json.Unmarshal(o.Body, &e.body); err != nil {
		return fmt.Errorf("reading the chat settings of the unit %s: %w", o.Unit, err)
	}
	c.chats[o.Unit] = e
	return nil
}

func set[K comparable, T any](m map[K]entry[T], key K, o store.Object) error {
	if o.Deleted {
		delete(m, key)
		return nil
	}
	e, err := decode[T](o)
	if err == nil {
		m[key] = e
	}
	return err
}

// replanMax is how many users may change until the whole plan is made anew: one user
// costs a copy of the plan's list of agents.
const replanMax = 8

// with gives the next catalogue, with some objects changed, and the faults of its plan.
func (c *catalogue) with(objects ...store.Object) (*catalogue, []*fault.Fault, error) {
	next := *c
	next.version++
	changed := map[store.ObjectKind]int{}
	for _, o := range objects {
		if changed[o.Kind] == 0 {
			next.clone(o.Kind)
		}
		changed[o.Kind]++
		if err := next.put(o); err != nil {
			return nil, nil, err
		}
	}
	any := func(kinds ...store.ObjectKind) bool {
		return slices.ContainsFunc(kinds, func(k store.ObjectKind) bool { return changed[k] > 0 })
	}
	if any(identity.KindSite, identity.KindUnit, plan.KindQueue, plan.KindSchedule, talk.KindLanguage, talk.KindSettings, plan.KindContactData) {
		next.setUp()
	}
	if any(identity.KindUnit, talk.KindMailAccount, talk.KindBlockedSender, talk.KindSignature, talk.KindMailSettings) {
		next.setMail()
	}
	if any(threshold.Kind) {
		next.watch()
	}
	if any(plan.KindWorkflow) {
		next.setFlows()
	}
	if any(identity.KindSettings, identity.KindUnit, plan.KindQueue, plan.KindSkill, plan.KindReason, plan.KindDeskProfile) ||
		changed[identity.KindUser] > replanMax {
		return &next, next.compile(), nil
	}
	if any(plan.KindSchedule) {
		next.plan = next.plan.WithMinimums(next.version, next.inForce)
	}
	var faults []*fault.Fault
	for _, o := range objects {
		if o.Kind == identity.KindUser {
			faults = append(faults, next.replan(o.ID)...)
		}
	}
	return &next, faults, nil
}

func (c *catalogue) clone(kind store.ObjectKind) {
	switch kind {
	case identity.KindUnit:
		c.units = maps.Clone(c.units)
	case identity.KindUser:
		c.users = maps.Clone(c.users)
	case plan.KindQueue:
		c.queues = maps.Clone(c.queues)
	case plan.KindSkill:
		c.skills = maps.Clone(c.skills)
	case plan.KindReason:
		c.reasons = maps.Clone(c.reasons)
	case identity.KindTeam:
		c.teams = maps.Clone(c.teams)
	case identity.KindRole:
		c.roles = maps.Clone(c.roles)
	case plan.KindSchedule:
		c.schedules = maps.Clone(c.schedules)
	case talk.KindLanguage:
		c.languages = maps.Clone(c.languages)
	case plan.KindCategory:
		c.categories = maps.Clone(c.categories)
	case plan.KindDeskProfile:
		c.desks = maps.Clone(c.desks)
	case plan.KindContactData:
		c.data = maps.Clone(c.data)
	case outcall.KindSecret:
		c.secrets = maps.Clone(c.secrets)
	case outcall.KindConnection:
		c.connections = maps.Clone(c.connections)
	case outcall.KindFunction:
		c.functions = maps.Clone(c.functions)
	case plan.KindWorkflow:
		c.workflows, c.flowUses = maps.Clone(c.workflows), maps.Clone(c.flowUses)
	case talk.KindSettings:
		c.chats = maps.Clone(c.chats)
	case talk.KindArticle:
		c.articles = maps.Clone(c.articles)
	case threshold.Kind:
		c.thresholds = maps.Clone(c.thresholds)
	}
	c.cloneMail(kind)
}

// setUp makes anew what conversations read.
func (c *catalogue) setUp() {
	c.zones = make(map[acd.UnitID]*time.Location, len(c.units))
	c.talks = make(map[acd.UnitID]talk.Setup, len(c.units))
	for id, u := range c.units {
		zone, err := time.LoadLocation(u.body.TimeZone)
		if err != nil {
			zone = time.UTC // it was one when it was saved
		}
		setup := talk.Setup{Company: c.site.Company, Zone: zone, Country: phone.Country(u.body.Country, u.body.TimeZone), Pages: u.body.Language, Settings: talk.Defaults(),
			Queues: map[acd.QueueID]talk.Hours{}}
		if own, ok := c.chats[id]; ok {
			setup.Settings = own.body
		}
		setup.Data = c.data[id].body
		c.zones[id], c.talks[id] = zone, setup
	}
	for _, l := range c.languages {
		if setup, ok := c.talks[l.Unit]; ok {
			setup.Languages = append(setup.Languages, talk.Language{Name: l.Name, ChatLanguage: l.body})
			c.talks[l.Unit] = setup
		}
	}
	for _, setup := range c.talks {
		slices.SortFunc(setup.Languages, func(a, b talk.Language) int { return strings.Compare(a.Name, b.Name) })
	}
	for id, q := range c.queues {
		setup, ok := c.talks[q.Unit]
		open, scheduled := c.schedules[q.body.Schedule]
		if ok && scheduled && (open.Unit == q.Unit || shares(open.Object)) {
			setup.Queues[id] = talk.Hours{Schedule: open.body, Outside: cmp.Or(q.body.Outside, plan.OfflineForm)}
		}
	}
	c.setNamed()
}

// setNamed makes anew what workflows ask for by name.
func (c *catalogue) setNamed() {
	c.hours = make(map[hoursKey]*schedule.Hours, len(c.schedules))
	c.named = make(map[nameKey][16]byte, len(c.schedules)+len(c.queues))
	for id, o := range c.schedules {
		c.setHours(o.Unit, id, o.body)
		if shares(o.Object) { // in the time zone of whoever uses it
			for unit := range c.zones {
				c.setHours(unit, id, o.body)
			}
		}
		c.named[nameKey{o.Unit, plan.KindSchedule, store.Fold(o.Name)}] = id
	}
	for id, q := range c.queues {
		c.named[nameKey{q.Unit, plan.KindQueue, store.Fold(q.Name)}] = id
	}
}

// hoursKey names a schedule as it is in a unit's time zone.
type hoursKey struct {
	unit acd.UnitID
	id   [16]byte
}

func (c *catalogue) setHours(unit acd.UnitID, id [16]byte, s schedule.Schedule) {
	if hours, err := schedule.New(s, c.zones[unit]); err == nil { // it was checked when it was saved
		c.hours[hoursKey{unit, id}] = hours
	}
}

// setFlows makes anew what contacts enter.
func (c *catalogue) setFlows() []*fault.Fault {
	all := make([]plan.WorkflowObject, 0, len(c.workflows))
	for _, w := range c.workflows {
		all = append(all, plan.WorkflowObject{Head: w.head(), Workflow: w.body})
	}
	var left []workflow.ID
	var faults []*fault.Fault
	c.flows, left = plan.Flows(c.flows, all)
	for _, id := range left {
		w := c.workflows[id]
		faults = append(faults, errFlowProblems.With("kind", string(w.Kind)).With("name", w.Name).With("unit", w.Unit.String()))
	}
	return faults
}

// watch makes anew what the floor is watched by.
func (c *catalogue) watch() {
	c.watched = map[acd.UnitID][]threshold.Named{}
	for id, t := range c.thresholds {
		if t.body.Alert {
			c.watched[t.Unit] = append(c.watched[t.Unit], threshold.Named{ID: id, Name: t.Name, Threshold: t.body})
		}
	}
}

// compile makes the plan anew.
func (c *catalogue) compile() []*fault.Fault {
	in := plan.Input{Version: c.version, Settings: c.siteSettings()}
	for _, q := range c.queues {
		in.Queues = append(in.Queues, plan.QueueObject{Head: q.head(), Queue: q.body})
	}
	for _, s := range c.skills {
		in.Skills = append(in.Skills, plan.SkillObject{Head: s.head()})
	}
	for _, r := range c.reasons {
		in.Reasons = append(in.Reasons, plan.ReasonObject{Head: r.head(), Reason: r.body, Shared: shares(r.Object)})
	}
	for _, u := range c.users {
		if c.works(u) {
			in.Agents = append(in.Agents, c.routed(u))
		}
	}
	var faults []*fault.Fault
	c.plan, faults = plan.Compile(in)
	c.plan = c.plan.WithMinimums(c.version, c.inForce)
	return faults
}

// replan makes the plan anew where one user changed.
func (c *catalogue) replan(id acd.AgentID) []*fault.Fault {
	var faults []*fault.Fault
	if u, ok := c.users[id]; ok && c.works(u) {
		c.plan, faults = c.plan.WithAgent(c.version, c.routed(u))
	} else {
		c.plan = c.plan.WithoutAgent(c.version, id)
	}
	return faults
}

// routed is what routing reads of a user, with the profile of the desk.
func (c *catalogue) routed(u entry[identity.User]) plan.AgentObject {
	out := plan.AgentObject{Head: u.head(), Agent: u.body.Routed()}
	if own, ok := c.desks[u.body.Desk]; ok && own.Unit == u.Unit {
		out.Desk = own.body.Desk()
	}
	return out
}

// works reports whether routing reads the user.
func (c *catalogue) works(u entry[identity.User]) bool {
	unit, ok := c.units[u.Unit]
	return ok && !unit.body.Disabled && !u.body.Disabled && u.body.Works()
}

// isAgent reports whether a person is an agent, and not a supervisor alone, who takes part
// in what agents do and is not counted among them.
func (c *catalogue) isAgent(id acd.AgentID) bool {
	return identity.Caller{Roles: c.users[id].body.Roles}.Has(identity.Agent)
}

// agentOf reports whether an id is nobody's, or an agent's of the unit.
func (c *catalogue) agentOf(unit acd.UnitID, id acd.AgentID) bool {
	return id.IsZero() || c.users[id].Unit == unit && c.isAgent(id)
}

func (e entry[T]) head() plan.Head { return plan.Head{ID: e.ID, Unit: e.Unit, Name: e.Name} }

// siteSettings are those of the site, or the defaults.
func (c *catalogue) siteSettings() plan.Settings {
	var s plan.Settings
	if len(c.settings.Body) == 0 || json.Unmarshal(c.settings.Body, &s) != nil {
		return plan.Defaults()
	}
	return s
}

// person gives the name of a user; empty for nobody.
func (c *catalogue) person(id acd.AgentID) string { return c.users[id].Name }

// agentName gives a person's whole name as colleagues read it.
func (c *catalogue) agentName(id acd.AgentID) string {
	u, ok := c.users[id]
	if !ok {
		return ""
	}
	return fullName(u.Name, u.body)
}

func fullName(name string, u identity.User) string {
	switch {
	case u.FirstName == "" && u.LastName == "":
		return name
	case u.FirstName == "":
		return u.LastName
	case u.LastName == "":
		return u.FirstName
	}
	return u.FirstName + " " + u.LastName
}

// screenName is what customers see of a person.
func (c *catalogue) screenName(id acd.AgentID) string {
	u, ok := c.users[id]
	switch {
	case !ok:
		return ""
	case u.body.ScreenName != "":
		return u.body.ScreenName
	case u.body.FirstName != "":
		return u.body.FirstName
	}
	return u.Name
}
