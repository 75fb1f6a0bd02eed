package bench

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Admin prepares and reads a server with an administrator's pass. It is the Pages
// of the checker.
type Admin struct {
	Door *Door
	Pass Pass
	// Since is the time from which ended contacts are read. Zero: all.
	Since time.Time

	unit, unitName string // see WorkIn; an empty unit is the pass's own
}

type (
	object[T any] struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		Version int    `json:"version"`
		Body    T      `json:"body"`
	}

	// QueueBody is a queue as the API has it. See /api/v1/openapi.json.
	QueueBody map[string]any

	userBody map[string]any
)

// SignIn gives the pass of a person.
func SignIn(ctx context.Context, d *Door, unit, name, password string) (Pass, error) {
	body, err := json.Marshal(map[string]string{"unit": unit, "name": name, "password": password})
	if err != nil {
		return "", err
	}
	a, err := d.Do(ctx, http.MethodPost, "/api/v1/session", "", body)
	if err == nil {
		err = a.refused("POST /api/v1/session")
	}
	if err != nil {
		return "", fmt.Errorf("signing in %s: %w", name, err)
	}
	if a.Cookie == "" {
		return "", fmt.Errorf("signing in %s: the answer holds no session", name)
	}
	return Pass("Cookie: " + a.Cookie), nil
}

// WorkIn chooses the business unit by name. Whoever may not list the units is in
// the own one already.
func (a *Admin) WorkIn(ctx context.Context, name string) error {
	u, err := find[map[string]any](ctx, a, "units", name)
	var refused *Refused
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusForbidden:
	case err != nil:
		return err
	case u == nil:
		return fmt.Errorf("there is no business unit %s", name)
	default:
		a.unit = u.ID
	}
	a.unitName = name
	return nil
}

// NewUnit makes a business unit. It needs a system administrator.
func (a *Admin) NewUnit(ctx context.Context, name string) error {
	_, err := put(ctx, a, "units", name, map[string]any{"time_zone": "UTC", "language": "english", "disabled": false})
	return err
}

// Congestion bounds how many new contacts of a medium the unit of WorkIn takes in a
// second; 0 takes the bound away. It needs a system administrator.
func (a *Admin) Congestion(ctx context.Context, medium string, perSecond int) error {
	have, err := find[map[string]any](ctx, a, "units", a.unitName)
	if err != nil {
		return err
	}
	if have == nil {
		return fmt.Errorf("there is no business unit %s", a.unitName)
	}
	bounds, _ := have.Body["congestion"].(map[string]any)
	if bounds = maps.Clone(bounds); bounds == nil {
		bounds = map[string]any{}
	}
	if bounds[medium] = perSecond; perSecond == 0 {
		delete(bounds, medium)
	}
	have.Body["congestion"] = bounds
	_, err = put(ctx, a, "units", a.unitName, have.Body)
	return err
}

// UnitID is the id of the business unit of WorkIn; empty for the pass's own.
func (a *Admin) UnitID() string { return a.unit }

// ChatQueue is a queue for chats that agents of a level of the skill may take. A
// customer who is lost is waited for during an hour.
func ChatQueue(skill string, level int) QueueBody {
	return QueueBody{"domain": "chat", "objective_s": 20, "policy": "longest_idle", "offer_s": 60, "auto_accept": false,
		"wrap_up_s": 0, "no_wrap_up": false, "wrap_up_frees_slot": false, "no_answer_stays": false, "customer_grace_s": 3600,
		"preferred_hold_s": 0, "waiting_max": 0, "disposition_needed": false, "cherry_pick": false,
		"steps": []any{QueueStep(0, skill, level)}}
}

// QueueStep is a step of a queue that admits agents of a level of the skill.
func QueueStep(afterS int, skill string, level int) map[string]any {
	return map[string]any{"after_s": afterS, "requirements": []any{map[string]any{"skill": skill, "level": level}}}
}

// Queue makes the queue, or changes the one of that name, and gives its id.
func (a *Admin) Queue(ctx context.Context, name string, body QueueBody) (string, error) {
	return put(ctx, a, "queues", name, body)
}

// Skill makes a skill, or finds it, and gives its id.
func (a *Admin) Skill(ctx context.Context, name string) (string, error) {
	return put(ctx, a, "skills", name, map[string]any{"description": ""})
}

// Staff makes or changes an agent with a new password, and signs it in. skills are
// levels by id; capacity is for chat.
func (a *Admin) Staff(ctx context.Context, name string, capacity int, skills map[string]int) (*Agent, error) {
	return a.StaffOf(ctx, name, map[string]int{"chat": capacity}, skills)
}

// StaffOf is Staff with a capacity for each media routing domain.
func (a *Admin) StaffOf(ctx context.Context, name string, capacity, skills map[string]int) (*Agent, error) {
	levels := []map[string]any{}
	for id, level := range skills {
		levels = append(levels, map[string]any{"skill": id, "level": level})
	}
	id, err := put(ctx, a, "users", name, userBody{
		"first_name": "Bench", "last_name": name, "screen_name": name, "roles": []string{"agent"},
		"language": "english", "disabled": false,
		"agent": map[string]any{"capacity": capacity, "skills": levels},
	})
	if err != nil {
		return nil, err
	}
	password := "Bench-" + rand.Text()
	if err := a.json(ctx, http.MethodPut, "/users/"+id+"/password", nil, map[string]any{"password": password}, nil); err != nil {
		return nil, fmt.Errorf("giving %s a password: %w", name, err)
	}
	pass, err := SignIn(ctx, a.Door, a.unitName, name, password)
	if err != nil {
		return nil, err
	}
	return &Agent{Door: a.Door, ID: id, Pass: pass}, nil
}

// Team makes agents called prefix-001 and so on, four at a time.
func (a *Admin) Team(ctx context.Context, prefix string, n, capacity int, skills map[string]int) ([]*Agent, error) {
	const hands = 4
	team, errs := make([]*Agent, n), make([]error, hands)
	var group sync.WaitGroup
	for w := range hands {
		group.Go(func() {
			for i := w; i < n && errs[w] == nil; i += hands {
				team[i], errs[w] = a.Staff(ctx, fmt.Sprintf("%s-%03d", prefix, i+1), capacity, skills)
			}
		})
	}
	group.Wait()
	return team, errors.Join(errs...)
}

// Bring brings a contact to a queue of another domain than chat; more are further
// fields of the request. A repeat with the client id gives the same contact.
func (a *Admin) Bring(ctx context.Context, queue, clientID string, more map[string]any) (contact string, err error) {
	body := map[string]any{"queue": queue, "client_id": clientID}
	maps.Copy(body, more)
	var made struct {
		ID string `json:"id"`
	}
	err = a.json(ctx, http.MethodPost, "/contacts", nil, body, &made)
	return made.ID, err
}

// Contacts reads both lists, open and ended, of contacts that did not end before
// Since. One that ends between the two readings is in both, and told once.
func (a *Admin) Contacts(ctx context.Context, prefix string) ([]ContactView, error) {
	var open, all []ContactView
	err := walk(ctx, a, "/contacts", func(c ContactView) error {
		if strings.HasPrefix(c.Name, prefix) {
			open = append(open, c)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	ended, since := map[string]bool{}, a.Since.UnixMilli()
	err = walk(ctx, a, "/history", func(c ContactView) error {
		if c.EndedAt < since {
			return errEnough
		}
		if strings.HasPrefix(c.Name, prefix) {
			ended[c.ID] = true
			all = append(all, c)
		}
		return nil
	})
	for _, c := range open {
		if !ended[c.ID] {
			all = append(all, c)
		}
	}
	return all, err
}

// Contact reads one contact, open or ended.
func (a *Admin) Contact(ctx context.Context, id string) (ContactView, error) {
	var c ContactView
	err := a.json(ctx, http.MethodGet, "/contacts/"+id, nil, nil, &c)
	return c, err
}

// Messages reads a whole conversation.
func (a *Admin) Messages(ctx context.Context, contact string) ([]MessageView, error) {
	var all []MessageView
	err := walk(ctx, a, "/contacts/"+contact+"/messages", func(m MessageView) error {
		all = append(all, m)
		return nil
	})
	return all, err
}

// Facts reads all facts of a contact.
func (a *Admin) Facts(ctx context.Context, contact string) ([]FactView, error) {
	var all []FactView
	err := walk(ctx, a, "/contacts/"+contact+"/facts", func(f FactView) error {
		all = append(all, f)
		return nil
	})
	return all, err
}

func (a *Admin) json(ctx context.Context, method, path string, query url.Values, in, out any) error {
	if a.unit != "" {
		if query == nil {
			query = url.Values{}
		}
		query.Set("unit", a.unit)
	}
	path = "/api/v1" + path
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return again(ctx, nil, func() error { return a.Door.JSON(ctx, method, path, a.Pass, in, out) })
}

// errEnough ends a walk before its last page.
var errEnough = errors.New("enough")

// pageMax is how many entries one page is asked for.
const pageMax = 500

// pagesMax bounds a walk: a list whose pages never end is an error.
const pagesMax = 100_000

func walk[T any](ctx context.Context, a *Admin, path string, yield func(T) error) error {
	after := ""
	for range pagesMax {
		query := url.Values{"limit": {fmt.Sprint(pageMax)}}
		if after != "" {
			query.Set("after", after)
		}
		var p page[T]
		if err := a.json(ctx, http.MethodGet, path, query, nil, &p); err != nil {
			return fmt.Errorf("reading %s: %w", path, err)
		}
		for _, item := range p.Items {
			if err := yield(item); err != nil {
				if errors.Is(err, errEnough) {
					return nil
				}
				return err
			}
		}
		if p.Next == "" {
			return nil
		}
		after = p.Next
	}
	return fmt.Errorf("reading %s: the pages do not end", path)
}

func find[T any](ctx context.Context, a *Admin, kind, name string) (*object[T], error) {
	var p page[object[T]]
	if err := a.json(ctx, http.MethodGet, "/"+kind, url.Values{"find": {name}, "limit": {fmt.Sprint(pageMax)}}, nil, &p); err != nil {
		return nil, fmt.Errorf("looking for %s in %s: %w", name, kind, err)
	}
	for i := range p.Items {
		if p.Items[i].Name == name {
			return &p.Items[i], nil
		}
	}
	return nil, nil
}

// put makes an object, or changes the one of that name.
func put[T any](ctx context.Context, a *Admin, kind, name string, body T) (string, error) {
	have, err := find[T](ctx, a, kind, name)
	if err != nil {
		return "", err
	}
	var made object[T]
	if have == nil {
		err = a.json(ctx, http.MethodPost, "/"+kind, nil, map[string]any{"name": name, "body": body}, &made)
	} else {
		err = a.json(ctx, http.MethodPut, "/"+kind+"/"+have.ID, nil,
			map[string]any{"name": name, "version": have.Version, "body": body}, &made)
	}
	if err != nil {
		return "", fmt.Errorf("putting %s into %s: %w", name, kind, err)
	}
	return made.ID, nil
}
