package api

import (
	"slices"
	"strconv"
	"strings"

	"portico/acd"
	"portico/fault"
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
	slices.SortFunc(all, func(a, b entry[identity.Team]) int { return strings.Compare(a.Name, b.Name) })
	ids := make([]identity.TeamID, len(all))
	for i, t := range all {
		ids[i] = t.ID
	}
	return ids
}

// checkTeam judges a team. Who supervises it is for administrators to say: it is a scope.
func checkTeam(d *draft, before, _ store.Object, t *identity.Team) error {
	if !administers(d.c.caller) && !slices.Equal(t.Supervisors, d.now.teams[before.ID].body.Supervisors) {
		return errSupervision.On("body.supervisors")
	}
	return onBody(t.Check())
}

// superviseTeams changes the teams whose supervisor a user becomes or no longer is.
func superviseTeams(d *draft, _, o store.Object, u identity.User) error {
	if u.Supervises == nil {
		return nil
	}
	for i, id := range u.Supervises {
		if _, err := d.now.object(o.Unit, identity.KindTeam, id); err != nil {
			return errNoReference.On("body.supervised_teams["+strconv.Itoa(i)+"]").With("kind", identity.KindTeam)
		}
	}
	var changed []entry[identity.Team]
	for id, t := range d.now.teams {
		if t.Unit == o.Unit && slices.Contains(t.body.Supervisors, o.ID) != slices.Contains(u.Supervises, id) {
			changed = append(changed, t)
		}
	}
	for _, t := range changed {
		next := t.body
		if slices.Contains(u.Supervises, identity.TeamID(t.ID)) {
			next.Supervisors = append(slices.Clone(next.Supervisors), o.ID)
		} else {
			next.Supervisors = slices.DeleteFunc(slices.Clone(next.Supervisors), func(id acd.AgentID) bool { return id == o.ID })
		}
		if err := next.Check(); err != nil {
			return fault.Of(err).On("body.supervised_teams")
		}
		raw, err := encode(identity.KindTeam, next)
		if err != nil {
			return err
		}
		team := t.Object
		team.Version, team.ChangedAt, team.ChangedBy, team.Body = t.Version+1, d.s.at(), d.c.caller.User, raw
		if err := d.put(t.Object, team, "change"); err != nil {
			return err
		}
	}
	return nil
}
