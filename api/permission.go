package api

import (
	"slices"

	"portico/acd"
	"portico/fault"
	"portico/identity"
)

var (
	errPermission = fault.New(fault.Forbidden, "permission", "You do not have the permission for this. An administrator can give it to you.")
)

// permissions gives all that a caller may do to the work of others. A token has what
// its role brings.
func (c *catalogue) permissions(caller identity.Caller) []identity.Permission {
	if u, ok := c.users[caller.User]; ok {
		return c.permissionsBy(u.body, caller.Unit)
	}
	return c.permissionsBy(identity.User{Roles: caller.Roles, CustomRoles: c.customRoles(caller)}, caller.Unit)
}

// bargesIn reports whether a person may come into conversations by their own choice.
func (c *catalogue) bargesIn(user acd.AgentID) bool {
	u := c.users[user]
	return slices.Contains(c.permissionsBy(u.body, u.Unit), identity.BargeIn)
}

// permit refuses a caller who lacks a permission.
func (s *Server) permit(c call, p identity.Permission) error {
	if !slices.Contains(s.names().permissions(c.caller), p) {
		return errPermission.With("permission", string(p))
	}
	return nil
}
