package api

import (
	"slices"

	"portico/acd"
	"portico/fault"
	"portico/identity"
)

var (
	errPermission = fault.New(fault.Forbidden, "permission", "You do not have the permission for this. An administrator can give it to you.")
	errOtherTeam  = fault.New(fault.Forbidden, "other_team", "This is the work of a team that you do not supervise.")
)

// permissions gives all that a caller may do to the work of others. A token has what
// its role brings.
func (c *catalogue) permissions(caller identity.Caller) []identity.Permission {
	unit := c.units[caller.Unit].body
	if u, ok := c.users[caller.User]; ok && u.body.Permissions != nil {
		return slices.Clone(u.body.Permissions)
	}
	return append([]identity.Permission{}, identity.Permitted(caller.Roles, unit.PickByPermission)...)
}

// bargesIn reports whether a person may come into conversations by their own choice.
func (c *catalogue) bargesIn(user acd.AgentID) bool {
	u := c.users[user]
	return u.body.May(identity.BargeIn, c.units[u.Unit].body)
}

// permit refuses a caller who lacks a permission.
func (s *Server) permit(c call, p identity.Permission) error {
	if !slices.Contains(s.names().permissions(c.caller), p) {
		return errPermission.With("permission", string(p))
	}
	return nil
}

// bound refuses a supervisor the work of agents in teams that are not the supervisor's.
// Who supervises no team steers all of the unit, and so do administrators and tokens.
// The zero agent is nobody, whose work is everybody's.
func (s *Server) bound(c call, agents ...acd.AgentID) error {
	if c.caller.User.IsZero() || c.caller.Has(identity.SystemAdministrator, identity.BusinessAdministrator) {
		return nil
	}
	names := s.names()
	teams := names.supervised(c.unit, c.caller.User)
	if len(teams) == 0 {
		return nil
	}
	for _, id := range agents {
		if !id.IsZero() && id != c.caller.User && !slices.Contains(teams, names.users[id].body.Team) {
			return errOtherTeam
		}
	}
	return nil
}
