package api

import (
	"net/http"
	"slices"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/store"
)

// Custom roles: which right opens which door, and who may hand on what.

// doors are the rights that open the operations of a tag: those that only read, and those
// that change. An empty one opens nothing.
type doors struct{ read, change identity.Right }

// rightsOf has a row for every tag that custom roles may come to. What is not here is for
// built-in roles alone: business units, the site's settings, tokens, and the agent's desk.
var rightsOf = map[string]doors{
	"users": {identity.PeopleRead, identity.PeopleChange}, "teams": {identity.PeopleRead, identity.PeopleChange},
	"desk-profiles": {identity.PeopleRead, identity.PeopleChange}, "roles": {identity.PeopleRead, identity.PeopleChange},
	"queues": {identity.RoutingRead, identity.RoutingChange}, "skills": {identity.RoutingRead, identity.RoutingChange},
	"reasons": {identity.RoutingRead, identity.RoutingChange}, "schedules": {identity.RoutingRead, identity.RoutingChange},
	"categories": {identity.RoutingRead, identity.RoutingChange}, "workflows": {identity.WorkflowsRead, identity.WorkflowsChange},
	"chat-languages": {identity.ChatRead, identity.ChatChange}, "chat-settings": {identity.ChatRead, identity.ChatChange},
	"responses": {identity.ChatRead, identity.ChatChange}, "contact-data": {identity.ChatRead, identity.ChatChange},
	"articles":         {identity.KnowledgeRead, identity.KnowledgeChange},
	"excluded-numbers": {identity.ChatRead, identity.ChatChange},
	"mail-accounts":    {identity.MailRead, identity.MailChange}, "mail-settings": {identity.MailRead, identity.MailChange},
	"signatures": {identity.MailRead, identity.MailChange}, "blocked-senders": {identity.MailRead, identity.MailChange},
	"mail-exceptions": {identity.MailHandle, identity.MailHandle},
	"functions":       {identity.OutsideRead, identity.OutsideChange}, "connections": {identity.OutsideRead, identity.OutsideChange},
	"secrets": {identity.OutsideRead, identity.OutsideChange}, "customers": {identity.CustomersRead, identity.CustomersChange},
	"contacts": {identity.ContactsRead, identity.ContactsSteer}, "agents": {identity.FloorRead, identity.ContactsSteer},
	"messages": {identity.ContactsRead, ""}, "mails": {identity.ContactsRead, ""}, "search": {identity.ContactsRead, ""},
	"real-time": {identity.FloorRead, ""}, "alerts": {identity.FloorRead, identity.FloorChange},
	"thresholds": {identity.FloorRead, identity.FloorChange}, "views": {identity.FloorRead, identity.FloorChange},
	"history": {identity.ReportsRead, ""}, "satisfaction": {identity.ReportsRead, ""},
	"offline-requests": {identity.RequestsHandle, identity.RequestsHandle}, "audit": {identity.AuditRead, ""},
}

// rightsBeside are operations with another right than their tag has.
var rightsBeside = map[string]identity.Right{
	"erase-contact": identity.ContactsErase, "erase-customer": identity.ContactsErase, "read-customer-reach": identity.ContactsErase, "list-erasures": identity.ContactsErase,
	"list-waiting-mails": identity.MailHandle, "try-waiting-mail": identity.MailHandle, "give-up-waiting-mail": identity.MailHandle,
	"day-figures":         identity.ReportsRead,
	"list-mail-approvals": identity.MailHandle, "decide-mail-approval": identity.MailHandle, "read-mail-queue": identity.MailHandle,
	"export-customers": identity.CustomersRemove, "import-customers": identity.CustomersRemove, "bulk-customers": identity.CustomersRemove,
	"remove-customer": identity.CustomersRemove,
}

// right gives the right that opens an operation beside its roles; empty: none does.
func (op operation) right() identity.Right {
	if op.public() || slices.Equal(op.roles, rolesDesk) {
		return "" // what is done at a desk is for who has one
	}
	if right, ok := rightsBeside[op.id]; ok {
		return right
	}
	d := rightsOf[op.tag]
	if op.method == http.MethodGet {
		return d.read
	}
	return d.change
}

// own reports whether an operation is about the session of whoever asks.
func (op operation) own() bool { return op.tag == "session" }

// rights gives what a caller may do by rights: those of built-in roles, and of the custom
// roles of the person, or of the token, as they are now.
func (c *catalogue) rights(caller identity.Caller) []identity.Right {
	return c.rightsBy(caller.Roles, c.customRoles(caller), caller.Unit)
}

// customRoles gives the roles of a caller that the business unit made.
func (c *catalogue) customRoles(caller identity.Caller) []identity.RoleID {
	if caller.Custom.IsZero() {
		return c.users[caller.User].body.CustomRoles
	}
	return []identity.RoleID{caller.Custom}
}

func (c *catalogue) rightsBy(roles []identity.Role, custom []identity.RoleID, unit acd.UnitID) []identity.Right {
	var all []identity.Right
	for _, r := range roles {
		all = append(all, identity.RightsOf(r)...)
	}
	for _, id := range custom {
		if r, ok := c.roles[id]; ok && r.Unit == unit {
			all = append(all, r.body.Rights...)
		}
	}
	return all
}

// permissionsBy gives what a person may do to the work of others: what was said of the
// person, else what the roles bring.
func (c *catalogue) permissionsBy(u identity.User, unit acd.UnitID) []identity.Permission {
	if u.Permissions != nil {
		return slices.Clone(u.Permissions)
	}
	all := append([]identity.Permission{}, identity.Permitted(u.Roles, c.units[unit].body.PickByPermission)...)
	for _, id := range u.CustomRoles {
		if r, ok := c.roles[id]; ok && r.Unit == unit {
			for _, p := range r.body.Permissions {
				if !slices.Contains(all, p) {
					all = append(all, p)
				}
			}
		}
	}
	return all
}

// supervises reports whether a caller sees what is said and done behind customers' backs.
func supervises(c identity.Caller) bool {
	return c.Has(rolesSupervisor...) || c.May(identity.ContactsSteer)
}

// administers reports whether a caller may hand on everything.
func administers(c identity.Caller) bool {
	return c.Has(identity.SystemAdministrator, identity.BusinessAdministrator)
}

var (
	errAbove       = fault.New(fault.Forbidden, "above_you", "This person, or this role, may do more than you. Ask an administrator.")
	errGrants      = fault.New(fault.Forbidden, "grants_more", "You can hand on only what you may do yourself. Ask an administrator.")
	errOwnRights   = fault.New(fault.Forbidden, "own_rights", "Your own account is changed by an administrator.")
	errRoleGlobal  = fault.New(fault.Forbidden, "role_global", "Roles belong to a business unit: choose one first.")
	errSupervision = fault.New(fault.Forbidden, "supervision", "Only an administrator says who supervises a team.").On("body.supervised_teams")
)

// coversUser refuses a caller who is no administrator and has less than a user.
func (c *catalogue) coversUser(by identity.Caller, unit acd.UnitID, u identity.User, refusal error) error {
	if administers(by) {
		return nil
	}
	for _, r := range u.Roles {
		if !by.Has(r) {
			return refusal
		}
	}
	return c.coversRole(by, identity.CustomRole{Rights: c.rightsBy(u.Roles, u.CustomRoles, unit), Permissions: c.permissionsBy(u, unit)}, refusal)
}

// coversRole refuses a caller who is no administrator and has less than a role brings.
func (c *catalogue) coversRole(by identity.Caller, r identity.CustomRole, refusal error) error {
	if administers(by) {
		return nil
	}
	for _, right := range r.Rights {
		if !by.May(right) {
			return refusal
		}
	}
	have := c.permissions(by)
	for _, p := range r.Permissions {
		if !slices.Contains(have, p) {
			return refusal
		}
	}
	return nil
}

// handsOn judges a change of a user by somebody who is no administrator: neither the
// person before nor the person after may do more than who makes the change, the own account
// is another's to change, and so is a team that one does not supervise.
func handsOn(d *draft, before, o store.Object, u identity.User) error {
	by := d.c.caller
	if administers(by) || d.judged {
		return nil
	}
	if err := d.mayTouch(before); err != nil {
		return err
	}
	if u.Supervises != nil && !slices.Equal(u.Supervises, d.now.supervised(o.Unit, o.ID)) {
		return errSupervision
	}
	if teams := d.now.supervised(o.Unit, by.User); len(teams) > 0 && !slices.Contains(teams, u.Team) {
		return errOtherTeam
	}
	return d.now.coversUser(by, o.Unit, u, errGrants)
}

// mayTouch judges whether the caller may change, remove, or give a password to a user as
// the user is now.
func (d *draft) mayTouch(before store.Object) error { return d.s.mayTouch(d.now, d.c, before) }

func (s *Server) mayTouch(now *catalogue, c call, before store.Object) error {
	if administers(c.caller) || before.Version == 0 {
		return nil
	}
	if before.ID == c.caller.User {
		return errOwnRights
	}
	if err := s.bound(c, before.ID); err != nil {
		return err
	}
	return now.coversUser(c.caller, before.Unit, now.users[before.ID].body, errAbove)
}

func (s *Server) customRoles() kind[identity.CustomRole, CustomRole] {
	return kind[identity.CustomRole, CustomRole]{name: identity.KindRole, one: "role", many: "roles", read: rolesBusiness, change: rolesBusiness,
		show: func(_ store.Object, b identity.CustomRole) CustomRole {
			return CustomRole{Description: b.Description, Rights: append([]identity.Right{}, b.Rights...), Permissions: append([]identity.Permission{}, b.Permissions...)}
		},
		keep: func(b CustomRole) identity.CustomRole { return identity.CustomRole(b) },
		check: func(d *draft, before, o store.Object, b *identity.CustomRole) error {
			if o.Unit == identity.Global {
				return errRoleGlobal
			}
			if err := d.coversRoleNow(before); err != nil {
				return err
			}
			if err := d.now.coversRole(d.c.caller, *b, errGrants); err != nil {
				return err
			}
			return onBody(b.Check())
		},
		leaves: (*draft).coversRoleNow,
		then: func(o store.Object) {
			s.feed.recheck(ofUnit(o.Unit))
		}}
}

// coversRoleNow judges whether the caller may change or remove a role as it is.
func (d *draft) coversRoleNow(before store.Object) error {
	if before.Version == 0 {
		return nil
	}
	return d.now.coversRole(d.c.caller, d.now.roles[before.ID].body, errAbove)
}

// CustomRole is what the API shows of a role that a business unit made.
type CustomRole struct {
	Description string                `json:"description" maxLength:"1000"`
	Rights      []identity.Right      `json:"rights" nullable:"false" maxItems:"40" enum:"people.read,people.change,routing.read,routing.change,workflows.read,workflows.change,chat.read,chat.change,knowledge.read,knowledge.change,mail.read,mail.change,mail.handle,outside.read,outside.change,customers.read,customers.change,customers.remove,contacts.read,contacts.steer,contacts.erase,floor.read,floor.change,reports.read,requests.handle,audit.read" doc:"doors that the role opens; nothing else is open to it"`
	Permissions []identity.Permission `json:"permissions" nullable:"false" maxItems:"20" enum:"monitor,whisper,barge_in,take_over,reassign,end,agent_state,agent_skills,override_minimum,mail_queue,erase,pick" doc:"what it brings in the work of others, where a person has no permissions of the own"`
}
