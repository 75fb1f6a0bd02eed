package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"portico/acd"
	"portico/identity"
	"portico/store"
)

// supervised gives the teams that a person supervises, by name.
func (c *catalogue) supervised(unit acd.UnitID, user acd.AgentID) []identity.TeamID {
	var all []entry[identity.Team]
	for _, t := range c.teams {
		if t.Unit == unit && slices.Contains(t.body.Supervisors, user) {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b entry[identity.Team]) int { return acd.ID[objectKind](a.ID).Compare(b.ID) })
	ids := make([]identity.TeamID, len(all))
	for i, t := range all {
		ids[i] = t.ID
	}
	return ids
}

// superviseTeams changes the teams whose supervisor a user becomes or no longer is.
func (s *Server) superviseTeams(c call, now *catalogue, _, o store.Object, u identity.User) ([]store.Row, error) {
	if u.Supervises == nil {
		return nil, nil
	}
	for i, id := range u.Supervises {
		if _, err := now.object(o.Unit, identity.KindTeam, id); err != nil {
			return nil, errNoReference.On("body.supervised_teams["+strconv.Itoa(i)+"]").With("kind", identity.KindTeam)
		}
	}
	var rows []store.Row
	for id, t := range now.teams {
		has, wants := slices.Contains(t.body.Supervisors, o.ID), slices.Contains(u.Supervises, id)
		if t.Unit != o.Unit || has == wants {
			continue
		}
		next := t.body
		if wants {
			next.Supervisors = append(slices.Clone(next.Supervisors), o.ID)
		} else {
			next.Supervisors = slices.DeleteFunc(slices.Clone(next.Supervisors), func(id acd.AgentID) bool { return id == o.ID })
		}
		if err := next.Check(); err != nil {
			return nil, err
		}
		raw, err := json.Marshal(next)
		if err != nil {
			return nil, fmt.Errorf("encoding the team: %w", err)
		}
		team := t.Object
		team.Version, team.ChangedAt, team.ChangedBy, team.Body = t.Version+1, s.at(), c.caller.User, raw
		rows = append(rows, store.PutObject{Object: team, Expect: t.Version},
			s.audit(c, "team.change", o.Unit, t.ID, t.Body, raw))
	}
	return rows, nil
}
