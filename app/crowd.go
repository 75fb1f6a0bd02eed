package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/store"
)

// crowdLife is how long a session of a load test is good for.
const crowdLife = 24 * time.Hour

// CrowdMember is a made-up agent of a load test, signed in.
type CrowdMember struct {
	Name    string      `json:"name"`
	ID      acd.AgentID `json:"id"`
	Session string      `json:"session"` // the value of the cookie portico_session
}

var errCrowdPrefix = fault.New(fault.Invalid, "invalid", "Name the beginning of the agents' names; it ends with a hyphen.").On("prefix")

// SignInCrowd begins a session for each person of the unit whose name begins with the
// prefix, in order of names, at most so many. It opens the store itself, so no server may
// run on it; whoever may read the data folder may do all that these people may. The
// audit log says it once.
func SignInCrowd(ctx context.Context, o Options, unit, prefix string, most int) ([]CrowdMember, error) {
	if !strings.HasSuffix(prefix, "-") {
		return nil, errCrowdPrefix
	}
	p, err := openParts(ctx, o)
	if err != nil {
		return nil, err
	}
	made, err := p.signInCrowd(ctx, unit, prefix, most)
	return made, errors.Join(err, p.store.Close())
}

func (p *parts) signInCrowd(ctx context.Context, unitName, prefix string, most int) ([]CrowdMember, error) {
	unit, err := p.store.ObjectByName(ctx, identity.Global, identity.KindUnit, unitName)
	if errors.Is(err, store.ErrNone) {
		return nil, errNoUnit
	}
	if err != nil {
		return nil, fmt.Errorf("looking for the business unit: %w", err)
	}
	const page = 500
	var made []CrowdMember
	var at acd.Time // of the last session
	for after := ""; len(made) < most; {
		people, err := p.store.Objects(ctx, unit.ID, identity.KindUser, store.ObjectQuery{After: after, Find: prefix, Limit: page})
		if err != nil {
			return nil, fmt.Errorf("reading the people: %w", err)
		}
		var rows []store.Row
		for _, u := range people {
			if after = u.Name; strings.HasPrefix(u.Name, prefix) && len(made) < most {
				row, secret := p.gate.Enter(unit.ID, u.ID, crowdLife)
				rows, at = append(rows, row), row.Created
				made = append(made, CrowdMember{u.Name, u.ID, secret})
			}
		}
		if len(rows) > 0 {
			if err := p.store.Save(ctx, store.Unit{Rows: rows}); err != nil {
				return nil, fmt.Errorf("saving the sessions: %w", err)
			}
		}
		if len(people) < page {
			break
		}
	}
	return made, p.noteCrowd(ctx, unit.ID, at, prefix, len(made))
}

func (p *parts) noteCrowd(ctx context.Context, unit acd.UnitID, at acd.Time, prefix string, n int) error {
	if n == 0 {
		return nil
	}
	after, err := json.Marshal(map[string]any{"prefix": prefix, "sessions": n})
	if err != nil {
		return fmt.Errorf("noting the change: %w", err)
	}
	audit := store.Audit{ID: p.mint.ID(), Unit: unit, At: at, ByName: "console", From: "console",
		Action: "session.crowd", After: after}
	if err := p.store.Save(ctx, store.Unit{Rows: []store.Row{audit}}); err != nil {
		return fmt.Errorf("noting the sessions: %w", err)
	}
	return nil
}
