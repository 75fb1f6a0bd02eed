package api

import (
	"context"
	"errors"
	"slices"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/picture"
	"portico/store"
)

// scope is whose work a supervisor sees and steers: that of the supervised teams, the own,
// and what is nobody's yet. Nil is everybody's: of administrators, of programs, of agents,
// and of supervisors who supervise no team.
type scope struct {
	names *catalogue
	own   acd.AgentID
	teams []identity.TeamID
}

func (c *catalogue) scopeOf(caller identity.Caller) *scope {
	if caller.User.IsZero() || administers(caller) || !caller.Has(identity.Supervisor) && len(caller.Rights) == 0 {
		return nil
	}
	if teams := c.supervised(caller.Unit, caller.User); len(teams) > 0 {
		return &scope{names: c, own: caller.User, teams: teams}
	}
	return nil
}

// has reports whether an agent's work is in the scope; nobody's is in every one.
func (s *scope) has(agent acd.AgentID) bool {
	return s == nil || agent.IsZero() || agent == s.own || slices.Contains(s.teams, s.names.users[agent].body.Team)
}

// hasContact reports whether an open contact is in the scope: by its owner, by somebody who
// takes part in it, or since it waits for anybody.
func (s *scope) hasContact(c picture.Contact) bool {
	if s.has(c.Agent) {
		return true
	}
	return slices.ContainsFunc(c.Beside, func(p acd.Participation) bool { return s.has(p.Agent) })
}

// sees refuses a supervisor a contact of other teams. What is over is open to whoever is an
// agent too, as to every agent: it is the customer's history.
func (s *Server) sees(ctx context.Context, c call, id acd.ContactID) error {
	scope := s.names().scopeOf(c.caller)
	if scope == nil {
		return nil
	}
	if open, ok := s.picture.Contact(c.unit, id); ok {
		if !scope.hasContact(open) {
			return errOtherTeam
		}
		return nil
	}
	if c.caller.Has(identity.Agent) {
		return nil
	}
	h, err := s.store.History(ctx, c.unit, id)
	switch {
	case errors.Is(err, store.ErrNone): // the operation says that there is none
		return nil
	case err != nil:
		return err
	case !scope.has(h.Agent):
		return errOtherTeam
	}
	return nil
}

// bound refuses a supervisor the work of agents who are not in the own scope.
func (s *Server) bound(c call, agents ...acd.AgentID) error {
	scope := s.names().scopeOf(c.caller)
	for _, id := range agents {
		if !scope.has(id) {
			return errOtherTeam
		}
	}
	return nil
}

// within shows an agent to somebody: of whom is in no team of a supervisor only what every
// colleague needs for a transfer is left.
func (a AgentFigures) within(s *scope) AgentFigures {
	if !s.has(a.Agent) {
		a.OtherTeam, a.Contacts = true, []ContactInHand{}
	}
	return a
}

var errOtherTeam = fault.New(fault.Forbidden, "other_team", "This is the work of a team that you do not supervise.")
