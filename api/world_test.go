package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"portico/acd"
	"portico/store"
)

// world is two business units with equal names and data.
type world struct {
	*house
	sa         *client
	east, west *side
}

// side is one of the two units.
type side struct {
	w              *world
	unit           string
	pa             *client            // business administrator
	sv             *client            // supervisor
	agents         map[string]*client // anna, ben, carla
	users          map[string]string  // ids by name
	queues         map[string]string
	skills         map[string]string
	reasons        map[string]string
	team, schedule string
	sockets        []*feed
	n              int
}

func newWorld(t testing.TB) *world {
	w := &world{house: newHouse(t)}
	w.begin()
	w.sa = w.signIn("Global", "sa")
	w.east, w.west = w.side("East"), w.side("West")
	return w
}

// made creates an object in the unit and gives its id.
func (w *world) made(unit, many, name string, body any) string {
	w.t.Helper()
	var o object
	w.sa.in(unit).want(201, "POST", "/"+many, map[string]any{"name": name, "body": body}).into(w.t, &o)
	return o.ID
}

func (w *world) side(name string) *side {
	w.t.Helper()
	s := &side{w: w, agents: map[string]*client{}, users: map[string]string{}, queues: map[string]string{}, skills: map[string]string{},
		reasons: map[string]string{}}
	s.unit = w.made("", "units", name, map[string]any{"time_zone": "Europe/Berlin", "language": "english", "disabled": false})
	s.skills["Support"] = w.made(s.unit, "skills", "Support", map[string]any{})
	s.reasons["Solved"] = w.made(s.unit, "reasons", "Solved", map[string]any{"use": "disposition"})
	s.reasons["Break"] = w.made(s.unit, "reasons", "Break", map[string]any{"use": "unavailable"})
	s.team = w.made(s.unit, "teams", "First", map[string]any{"description": "", "supervisors": []any{}})
	s.schedule = w.made(s.unit, "schedules", "Always", map[string]any{"time_zone": "", "holidays": []any{},
		"week": []any{map[string]any{"day": 0, "from": "00:00", "to": "24:00"}}})
	s.person("pa", nil, "business_administrator")
	s.person("sven", nil, "supervisor")
	for user, level := range map[string]int{"anna": 40, "ben": 90, "carla": 40} {
		s.person(user, []any{map[string]any{"skill": s.skills["Support"], "level": level}}, "agent")
	}
	s.queues["Support"] = w.made(s.unit, "queues", "Support", queue(s.skills["Support"], 80))
	s.queues["Quiet"] = w.made(s.unit, "queues", "Quiet", queue(s.skills["Support"], 100))
	s.pa, s.sv = s.in("pa"), s.in("sven")
	for _, user := range []string{"anna", "ben", "carla"} {
		c := s.in(user)
		s.agents[user] = c
		s.sockets = append(s.sockets, c.live("agent"))
		w.until(user+" is signed in to work", func() bool { return c.desk().SignedIn })
		c.want(200, "PUT", "/agent/state", map[string]any{"available": true})
	}
	return s
}

// queue admits those who have the skill at the level.
func queue(skill string, level int) map[string]any {
	return map[string]any{"domain": "chat", "objective_s": 60, "policy": "longest_idle", "offer_s": 600, "auto_accept": false,
		"wrap_up_s": 600, "no_wrap_up": false, "wrap_up_frees_slot": false, "no_answer_stays": false, "customer_grace_s": 60,
		"preferred_hold_s": 0, "waiting_max": 0, "disposition_needed": false, "cherry_pick": true,
		"steps": []any{map[string]any{"after_s": 0, "requirements": []any{map[string]any{"skill": skill, "level": level}}}}}
}

func account(skills []any, roles ...string) map[string]any {
	if skills == nil {
		skills = []any{}
	}
	return map[string]any{"first_name": "First", "last_name": "Last", "screen_name": "", "roles": roles, "language": "", "disabled": false,
		"agent": map[string]any{"capacity": map[string]any{"chat": 100}, "skills": skills}}
}

func (s *side) person(name string, skills []any, roles ...string) {
	s.w.t.Helper()
	s.users[name] = s.w.made(s.unit, "users", name, account(skills, roles...))
	s.w.sa.in(s.unit).want(204, "PUT", "/users/"+s.users[name]+"/password", map[string]any{"password": password})
}

func (s *side) in(name string) *client {
	s.w.t.Helper()
	if strings.HasPrefix(s.unitName(), "?") {
		s.w.t.Fatal("no such unit")
	}
	return s.w.signIn(s.unitName(), name)
}

func (s *side) unitName() string {
	for name, o := range s.w.sa.objects("units") {
		if o.ID == s.unit {
			return name
		}
	}
	return "?"
}

// settle accepts every offer and has Ben available, so that agents are able again.
func (s *side) settle() {
	s.w.t.Helper()
	s.agents["ben"].want(200, "PUT", "/agent/state", map[string]any{"available": true})
	var page struct{ Items []contact }
	s.pa.want(200, "GET", "/contacts?state=offered", nil).into(s.w.t, &page)
	for _, v := range page.Items {
		for name, id := range s.users {
			if id == v.Agent {
				s.agents[name].want(200, "POST", "/contacts/"+v.ID+"/accept", map[string]any{"offer": v.Offer})
			}
		}
	}
}

// bring makes a new contact and brings it to a state, with Ben from offered on.
func (s *side) bring(state string) contact {
	s.w.t.Helper()
	s.settle()
	s.n++
	name := "Support"
	if state == "queued" {
		name = "Quiet"
	}
	id := s.w.arrive(s.unit, s.queues[name], fmt.Sprintf("c%d", s.n))
	ben := s.agents["ben"]
	if state != "queued" && state != "offered" {
		ben.want(200, "POST", "/contacts/"+id+"/accept", map[string]any{"offer": ben.contact(id).Offer})
		ben.want(201, "POST", "/contacts/"+id+"/messages", map[string]any{"client_id": "m", "text": "Good morning"})
	}
	if state == "wrap_up" || state == "ended" {
		ben.want(200, "POST", "/contacts/"+id+"/finish", nil)
	}
	if state == "ended" {
		ben.want(200, "POST", "/contacts/"+id+"/wrap-up", map[string]any{"client_id": "w"})
	}
	v := s.pa.contact(id)
	if v.State != state {
		s.w.t.Fatalf("the contact is %s, want %s", v.State, state)
	}
	return v
}

// token makes an API token and gives its id and secret.
func (s *side) token(role string) (id, secret string) {
	s.w.t.Helper()
	s.n++
	var made struct {
		Secret string
		Token  struct{ ID string }
	}
	s.pa.want(http.StatusCreated, "POST", "/tokens", map[string]any{"name": fmt.Sprintf("token %d", s.n), "role": role, "expires_in_s": 3600}).into(s.w.t, &made)
	return made.Token.ID, made.Secret
}

// spare makes an object that nothing uses.
func (s *side) spare(many string) object {
	s.w.t.Helper()
	s.n++
	body := bodies[many](s)
	if many == "users" {
		body = account(nil, "agent") // who supervises nothing
	}
	var o object
	s.pa.want(201, "POST", "/"+many, map[string]any{"name": fmt.Sprintf("spare %d", s.n), "body": body}).into(s.w.t, &o)
	return o
}

// alert raises an alert about a queue of the side, as the deliverer of the outbox does.
func (s *side) alert() string {
	s.w.t.Helper()
	a := store.Alert{ID: s.w.mint.ID(), Unit: parse[acd.UnitID](s.w.house, s.unit), Kind: "all_excluded", At: 5,
		Body: fmt.Appendf(nil, `{"code":"all_excluded","contact":%q,"agent":"","queue":%q}`, never(), s.queues["Quiet"])}
	s.w.must(s.w.store.Save(s.w.t.Context(), store.Unit{Rows: []store.Row{a}}))
	s.w.api.Alerted(a)
	return acd.ContactID(a.ID).String()
}

// offline saves what a customer has left and gives its id.
func (s *side) offline() string {
	s.w.t.Helper()
	r := store.OfflineRequest{ID: s.w.mint.ID(), Unit: parse[acd.UnitID](s.w.house, s.unit), ClientID: acd.ContactID(s.w.mint.ID()).String(), At: 5,
		Queue: parse[acd.QueueID](s.w.house, s.queues["Quiet"]), Language: "english", OfflineBody: store.OfflineBody{Email: "carla@example.com"}}
	s.w.must(s.w.store.Save(s.w.t.Context(), store.Unit{Rows: []store.Row{r}}))
	return acd.ContactID(r.ID).String()
}

// rate saves the rating of some contact.
func (s *side) rate() {
	s.w.t.Helper()
	r := store.Rating{Unit: parse[acd.UnitID](s.w.house, s.unit), Contact: acd.ContactID(s.w.mint.ID()), At: acd.At(time.Now()), ChangedAt: 5,
		Queue: parse[acd.QueueID](s.w.house, s.queues["Quiet"]), Agent: parse[acd.AgentID](s.w.house, s.users["ben"]), Score: 4}
	s.w.must(s.w.store.Save(s.w.t.Context(), store.Unit{Rows: []store.Row{r}}))
}
