package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// permissions are all there are, written by hand.
var permissions = []string{"monitor", "whisper", "barge_in", "take_over", "reassign", "end", "agent_state", "agent_skills", "override_minimum", "mail_queue", "erase", "pick"}

// permit gives a person just these permissions; nil: as the roles bring it.
func (s *side) permit(name string, all []string) {
	s.w.t.Helper()
	o := s.pa.objects("users")[name]
	var body map[string]any
	if err := json.Unmarshal(o.Body, &body); err != nil {
		s.w.t.Fatal(err)
	}
	delete(body, "permissions")
	if all != nil {
		body["permissions"] = all
	}
	s.pa.want(200, "PUT", "/users/"+o.ID, map[string]any{"name": o.Name, "version": o.Version, "body": body})
}

// Each deed of a supervisor asks for its own permission: with all the others it is refused,
// with that one alone it is done. What the roles bring is all of them but picking.
func TestEachDeedAsksForItsPermission(t *testing.T) {
	w := newWorld(t)
	s := w.east
	sven := s.atWork("sven")
	break_ := s.reasons["Break"]
	on := func(id, verb string) string { return "/contacts/" + id + "/" + verb }
	deeds := []struct {
		permission string
		ask        func() (method, path string, body any, c *client)
	}{
		{"monitor", func() (string, string, any, *client) {
			return "POST", on(s.bring("active").ID, "join"), map[string]any{"role": "monitoring"}, sven
		}},
		{"whisper", func() (string, string, any, *client) {
			return "POST", on(s.bring("active").ID, "join"), map[string]any{"role": "whispering"}, sven
		}},
		{"barge_in", func() (string, string, any, *client) {
			return "POST", on(s.bring("active").ID, "join"), map[string]any{"role": "conferenced"}, sven
		}},
		{"take_over", func() (string, string, any, *client) {
			v := s.bring("active")
			return "POST", on(v.ID, "take-over"), expected(v), sven
		}},
		{"reassign", func() (string, string, any, *client) {
			v := s.bring("active")
			to, _ := s.fresh()
			return "POST", on(v.ID, "reassign"), map[string]any{"agent": to, "expect": expected(v)["expect"]}, sven
		}},
		{"end", func() (string, string, any, *client) {
			v := s.bring("active")
			return "POST", on(v.ID, "end"), expected(v), sven
		}},
		{"agent_state", func() (string, string, any, *client) {
			id, _ := s.fresh()
			return "PUT", "/agents/" + id + "/state", map[string]any{"available": false, "reason": break_}, sven
		}},
		{"agent_state", func() (string, string, any, *client) {
			id, _ := s.fresh()
			return "POST", "/agents/" + id + "/sign-out", map[string]any{}, sven
		}},
		{"agent_skills", func() (string, string, any, *client) {
			return "PUT", "/agents/" + s.spare("users").ID + "/skills", map[string]any{"version": 1, "skills": []any{}}, sven
		}},
		{"agent_skills", func() (string, string, any, *client) {
			return "PUT", "/agents/" + s.spare("users").ID + "/queues", map[string]any{"expect": []any{}, "queues": []any{}}, sven
		}},
		{"override_minimum", func() (string, string, any, *client) {
			return "PUT", "/agent/state", map[string]any{"available": false, "reason": break_, "force": true}, s.agents["anna"]
		}},
		{"mail_queue", func() (string, string, any, *client) {
			return "POST", "/mail-queue/mails/" + s.waits() + "/try", nil, sven
		}},
		{"mail_queue", func() (string, string, any, *client) {
			return "POST", "/mail-queue/mails/" + s.waits() + "/give-up", map[string]any{}, sven
		}},
		{"erase", func() (string, string, any, *client) {
			return "POST", "/customers/" + s.customer().ID + "/erasure", map[string]any{"version": 1}, s.pa
		}},
		{"pick", func() (string, string, any, *client) {
			return "POST", on(s.bring("queued").ID, "pick"), map[string]any{"expect": map[string]any{"state": "queued"}}, s.agents["ben"]
		}},
	}
	for _, d := range deeds {
		method, path, body, c := d.ask()
		who := map[*client]string{sven: "sven", s.agents["anna"]: "anna", s.agents["ben"]: "ben", s.pa: "pa"}[c]
		others := slices.DeleteFunc(slices.Clone(permissions), func(p string) bool { return p == d.permission })
		s.permit(who, others)
		a := c.do(method, path, body)
		if a.status != 403 || a.code() != "permission" || !strings.Contains(a.body, d.permission) {
			t.Errorf("%s %s without %s: %d %s", method, path, d.permission, a.status, a.body)
		}
		s.permit(who, []string{})
		if a := c.do(method, path, body); a.status != 403 {
			t.Errorf("%s %s without any permission: %d", method, path, a.status)
		}
		s.permit(who, []string{d.permission})
		if a := c.do(method, path, body); a.status/100 != 2 {
			t.Errorf("%s %s with %s alone: %d %s", method, path, d.permission, a.status, a.body)
		}
		s.permit(who, nil)
	}
	var me struct {
		User struct{ Permissions []string }
	}
	for who, want := range map[*client][]string{sven: permissions[:10], s.pa: permissions[:11], s.agents["ben"]: {"pick"}} {
		who.want(200, "GET", "/session", nil).into(t, &me)
		if !slices.Equal(me.User.Permissions, want) {
			t.Errorf("the roles bring %v, want %v", me.User.Permissions, want)
		}
	}
}

// Where the unit has picking granted one by one, agents may not by their role.
func TestPickingMayBeGrantedOneByOne(t *testing.T) {
	w := newWorld(t)
	s := w.east
	o := w.sa.objects("units")["East"]
	w.sa.want(200, "PUT", "/units/"+o.ID, map[string]any{"name": o.Name, "version": o.Version,
		"body": map[string]any{"time_zone": "Europe/Berlin", "language": "english", "disabled": false, "pick_by_permission": true}})
	pick := func(id string) answer {
		return s.agents["ben"].do("POST", "/contacts/"+id+"/pick", map[string]any{"expect": map[string]any{"state": "queued"}})
	}
	if a := pick(s.bring("queued").ID); a.code() != "permission" {
		t.Errorf("an agent without the permission: %d %s", a.status, a.body)
	}
	s.permit("ben", []string{"pick"})
	if a := pick(s.bring("queued").ID); a.status != 200 {
		t.Errorf("an agent with the permission: %d %s", a.status, a.body)
	}
}

// A supervisor with teams steers their agents alone; one without any, all of the unit.
func TestTeamsBoundWhomASupervisorSteers(t *testing.T) {
	w := newWorld(t)
	s := w.east
	sven := s.atWork("sven")
	join := func() answer {
		return sven.do("POST", "/contacts/"+s.bring("active").ID+"/join", map[string]any{"role": "monitoring"})
	}
	state := func(agent string) answer {
		return sven.do("PUT", "/agents/"+agent+"/state", map[string]any{"available": true})
	}
	if a := join(); a.status != 200 {
		t.Fatalf("without teams: %d %s", a.status, a.body)
	}
	team := s.pa.objects("teams")["First"]
	s.pa.want(200, "PUT", "/teams/"+team.ID, map[string]any{"name": team.Name, "version": team.Version,
		"body": map[string]any{"description": "", "supervisors": []any{s.users["sven"]}}})
	if a := join(); a.status != 403 || a.code() != "other_team" {
		t.Errorf("a contact of another team's agent: %d %s", a.status, a.body)
	}
	if a := state(s.users["ben"]); a.code() != "other_team" {
		t.Errorf("an agent of another team: %d %s", a.status, a.body)
	}
	o := s.pa.objects("users")["ben"]
	var body map[string]any
	w.must(json.Unmarshal(o.Body, &body))
	body["team"] = s.team
	s.pa.want(200, "PUT", "/users/"+o.ID, map[string]any{"name": o.Name, "version": o.Version, "body": body})
	if a := join(); a.status != 200 {
		t.Errorf("a contact of one's own team's agent: %d %s", a.status, a.body)
	}
	if a := state(s.users["ben"]); a.status != 200 {
		t.Errorf("an agent of one's own team: %d %s", a.status, a.body)
	}
}

// deskOf gives a contact as somebody's desk shows it.
func (c *client) deskOf(id string) contact {
	c.h.t.Helper()
	var d struct{ Contacts []contact }
	c.want(200, "GET", "/agent", nil).into(c.h.t, &d)
	for _, v := range d.Contacts {
		if v.ID == id {
			return v
		}
	}
	return contact{}
}

// An owner consults, brings the adviser into the conversation, and hands over: the invited
// agent is offered it with who asks and why, the desks of both show it, and its repeat
// does nothing twice.
func TestConsultConferenceHandOver(t *testing.T) {
	w := newWorld(t)
	s := w.east
	v := s.bring("active")
	ben := s.agents["ben"]
	guestID, guest := s.fresh()
	invite := map[string]any{"client_id": "invite", "to": guestID, "note": "Is this covered?"}
	ben.want(200, "POST", "/contacts/"+v.ID+"/invite", invite)
	ben.want(200, "POST", "/contacts/"+v.ID+"/invite", invite) // a repeat
	asked := guest.deskOf(v.ID)
	if asked.State != "offered" || asked.Role != "consulted" || len(asked.Participants) != 1 || asked.Participants[0].By != s.users["ben"] {
		t.Fatalf("the invited agent's desk shows %+v", asked)
	}
	if kinds := s.kinds(v.ID); !slices.Contains(kinds, "invited:Is this covered?") {
		t.Errorf("the conversation has %v", kinds)
	}
	if a := guest.do("POST", "/contacts/"+v.ID+"/messages", map[string]any{"client_id": "early", "kind": "whisper", "text": "?"}); a.status == 201 {
		t.Error("who has not accepted writes")
	}
	guest.want(200, "POST", "/contacts/"+v.ID+"/accept", map[string]any{"offer": asked.Offer})
	if a := guest.do("POST", "/contacts/"+v.ID+"/messages", map[string]any{"client_id": "g", "text": "Hello"}); a.code() != "not_to_customer" {
		t.Errorf("an adviser writes to the customer: %d %s", a.status, a.body)
	}
	guest.want(201, "POST", "/contacts/"+v.ID+"/messages", map[string]any{"client_id": "w", "kind": "whisper", "text": "Yes, it is."})
	if a := guest.do("POST", "/contacts/"+v.ID+"/role", map[string]any{"role": "conferenced"}); a.code() != "permission" {
		t.Errorf("a guest comes in uninvited: %d %s", a.status, a.body)
	}
	ben.want(200, "POST", "/contacts/"+v.ID+"/role", map[string]any{"agent": guestID, "role": "conferenced"})
	guest.want(201, "POST", "/contacts/"+v.ID+"/messages", map[string]any{"client_id": "h", "text": "Hello, I am here too."})
	if a := guest.do("POST", "/contacts/"+v.ID+"/finish", nil); a.status != 409 {
		t.Errorf("a guest ends it: %d %s", a.status, a.body)
	}
	ben.want(200, "POST", "/contacts/"+v.ID+"/hand-over", map[string]any{"to": guestID, "stay": true})
	now := guest.deskOf(v.ID)
	if now.Agent != guestID || now.Role != "owner" || ben.deskOf(v.ID).Role != "conferenced" {
		t.Fatalf("after the hand-over: %+v and %+v", now, ben.deskOf(v.ID))
	}
	guest.want(200, "POST", "/contacts/"+v.ID+"/leave", map[string]any{"agent": s.users["ben"]})
	if ben.deskOf(v.ID).ID != "" {
		t.Error("who was sent out still has it")
	}
	if a := ben.do("POST", "/contacts/"+v.ID+"/messages", map[string]any{"client_id": "late", "text": "Bye"}); a.status != 409 {
		t.Errorf("who was sent out writes: %d %s", a.status, a.body)
	}
	guest.want(200, "POST", "/contacts/"+v.ID+"/finish", nil)
}

// kinds are what a supervisor reads of a conversation, as kind:text.
func (s *side) kinds(id string) []string {
	s.w.t.Helper()
	var page struct{ Items []struct{ Kind, Text string } }
	s.sv.want(200, "GET", "/contacts/"+id+"/messages", nil).into(s.w.t, &page)
	var all []string
	for _, m := range page.Items {
		all = append(all, m.Kind+":"+m.Text)
	}
	return all
}

// A supervisor listens in, whispers, barges in, takes over and ends; each is in the audit
// log with how it was, and whispers are read by nobody who does not take part.
func TestASupervisorSteers(t *testing.T) {
	w := newWorld(t)
	s := w.east
	sven, ben := s.atWork("sven"), s.agents["ben"]
	v := s.bring("active")
	at := "/contacts/" + v.ID
	sven.want(200, "POST", at+"/join", map[string]any{"role": "monitoring"})
	for _, kind := range []string{"text", "note", "whisper"} {
		if a := sven.do("POST", at+"/messages", map[string]any{"client_id": kind, "kind": kind, "text": "x"}); a.code() != "not_to_customer" {
			t.Errorf("who listens writes a %s: %d %s", kind, a.status, a.body)
		}
	}
	sven.want(200, "POST", at+"/role", map[string]any{"role": "whispering"})
	feed := s.agents["carla"].live("conversation/" + v.ID)
	sven.want(201, "POST", at+"/messages", map[string]any{"client_id": "w", "kind": "whisper", "text": "Offer a voucher"})
	if a := sven.do("POST", at+"/messages", map[string]any{"client_id": "t", "text": "x"}); a.code() != "not_to_customer" {
		t.Errorf("who whispers writes to the customer: %d %s", a.status, a.body)
	}
	for name, reads := range map[string]bool{"ben": true, "carla": false} {
		if body := s.agents[name].want(200, "GET", at+"/messages", nil).body; strings.Contains(body, "voucher") != reads {
			t.Errorf("%s reads the whisper: %v", name, !reads)
		}
		if body := s.agents[name].want(200, "GET", at+"/transcript", nil).body; strings.Contains(body, "voucher") != reads {
			t.Errorf("%s has the whisper in the transcript: %v", name, !reads)
		}
	}
	sven.want(200, "POST", at+"/role", map[string]any{"role": "conferenced"})
	sven.want(201, "POST", at+"/messages", map[string]any{"client_id": "t2", "text": "Good day, I am the supervisor."})
	for seen := false; !seen; {
		f := feed.until("the supervisor's words", func(v liveFrame) bool { return v.Kind == "messages" })
		if strings.Contains(string(f.Body), "voucher") {
			t.Error("the live feed of somebody who does not take part has the whisper")
		}
		seen = strings.Contains(string(f.Body), "I am the supervisor")
	}
	if a := ben.do("POST", at+"/leave", map[string]any{"agent": s.users["sven"]}); a.status == 200 {
		t.Error("the owner sends a supervisor out")
	}
	if a := sven.do("POST", at+"/take-over", map[string]any{"expect": map[string]any{"state": "queued"}}); a.status != 409 {
		t.Errorf("taking over what is elsewhere: %d %s", a.status, a.body)
	}
	sven.want(200, "POST", at+"/take-over", expected(v))
	if sven.deskOf(v.ID).Role != "owner" || ben.deskOf(v.ID).ID != "" {
		t.Error("taken over, it is not the supervisor's alone")
	}
	sven.want(200, "POST", at+"/end", map[string]any{"expect": map[string]any{"state": "active", "agent": s.users["sven"]}})
	waits := s.bring("queued")
	s.sv.want(200, "POST", "/contacts/"+waits.ID+"/end", expected(waits))
	if got := s.pa.contact(waits.ID).State; got != "ended" {
		t.Errorf("a waiting contact that was ended is %s", got)
	}
	s.audited(v.ID, "contact.monitor", "contact.whisper", "contact.barge_in", "contact.take_over", "contact.end")
	s.audited(waits.ID, "contact.end")
}

// audited demands that these are the entries of an object, in their order, each with how
// it was and what became of it.
func (s *side) audited(object string, actions ...string) {
	s.w.t.Helper()
	var page struct {
		Items []struct {
			Action, By    string
			Before, After json.RawMessage
		}
	}
	kind, _, _ := strings.Cut(actions[0], ".")
	s.pa.want(200, "GET", "/audit?object="+object+"&action="+kind+".", nil).into(s.w.t, &page)
	slices.Reverse(page.Items)
	var have []string
	for _, e := range page.Items {
		have = append(have, e.Action)
		if e.By != "sven" || len(e.Before) < 3 || len(e.After) < 3 {
			s.w.t.Errorf("the entry %s is by %q from %s to %s", e.Action, e.By, e.Before, e.After)
		}
	}
	if !slices.Equal(have, actions) {
		s.w.t.Errorf("the audit log has %v, want %v", have, actions)
	}
}

// An agent whose pause would leave a queue below its minimum is refused, in words; who may
// override does it all the same, and that is in the audit log. A force that is meant for
// the contacts in hand does not stand for the minimum.
func TestAMinimumIsKept(t *testing.T) {
	w := newWorld(t)
	s := w.east
	minimum := func(available int, schedule string) {
		o := s.pa.objects("queues")["Support"]
		var body map[string]any
		w.must(json.Unmarshal(o.Body, &body))
		body["minimum"] = map[string]any{"available": available}
		if schedule != "" {
			body["minimum"] = map[string]any{"available": available, "schedule": schedule}
		}
		s.pa.want(200, "PUT", "/queues/"+o.ID, map[string]any{"name": o.Name, "version": o.Version, "body": body})
	}
	ben := s.agents["ben"] // the only one of the first step
	pause := func(force bool) answer {
		return ben.do("PUT", "/agent/state", map[string]any{"available": false, "reason": s.reasons["Break"], "force": force})
	}
	minimum(1, "")
	a := pause(false)
	var p struct {
		Detail string
		Values map[string]string
	}
	a.into(t, &p)
	if a.status != 409 || a.code() != "minimum" || p.Values["queue_name"] != "Support" || p.Values["need"] != "1" || p.Values["have"] != "1" || !strings.Contains(p.Detail, "Support") {
		t.Fatalf("a pause below the minimum: %d %s", a.status, a.body)
	}
	if a := pause(true); a.code() != "permission" {
		t.Errorf("an agent overrides: %d %s", a.status, a.body)
	}
	for _, force := range []bool{false, true} {
		if a := ben.do("POST", "/agent/sign-out", map[string]any{"force": force}); a.code() != "minimum" {
			t.Errorf("signing out with force %v: %d %s", force, a.status, a.body)
		}
	}
	steer := func(force bool) answer {
		return s.sv.do("PUT", "/agents/"+s.users["ben"]+"/state", map[string]any{"available": false, "reason": s.reasons["Break"], "force": force})
	}
	if a := steer(false); a.code() != "minimum" {
		t.Errorf("a supervisor's change below the minimum: %d %s", a.status, a.body)
	}
	if a := steer(true); a.status != 200 {
		t.Errorf("a supervisor overrides: %d %s", a.status, a.body)
	}
	if ben.desk().Domains[0].Available {
		t.Error("overridden, the agent is still available")
	}
	s.audited(s.users["ben"], "agent.state")

	// A schedule that is closed puts the minimum out of force, and one that opens in force.
	ben.want(200, "PUT", "/agent/state", map[string]any{"available": true})
	closed := w.made(s.unit, "schedules", "Never", map[string]any{"time_zone": "", "week": []any{}, "holidays": []any{}})
	minimum(1, closed)
	if a := pause(false); a.status != 200 {
		t.Errorf("while the schedule is closed: %d %s", a.status, a.body)
	}
	ben.want(200, "PUT", "/agent/state", map[string]any{"available": true})
	o := s.pa.objects("schedules")["Never"]
	week := []any{}
	for day := range 7 {
		week = append(week, map[string]any{"day": day, "from": "00:00", "to": "24:00"})
	}
	s.pa.want(200, "PUT", "/schedules/"+o.ID, map[string]any{"name": o.Name, "version": o.Version,
		"body": map[string]any{"time_zone": "", "week": week, "holidays": []any{}}})
	if a := pause(false); a.code() != "minimum" {
		t.Errorf("while the schedule is open: %d %s", a.status, a.body)
	}
}

// As a schedule opens, its minimum comes in force by itself.
func TestAMinimumFollowsItsSchedule(t *testing.T) {
	w := newWorld(t)
	s := w.east
	opens := w.now().UTC().Add(2 * time.Minute)
	id := w.made(s.unit, "schedules", "Soon", map[string]any{"time_zone": "UTC", "holidays": []any{}, "week": []any{
		map[string]any{"day": (int(opens.Weekday()) + 6) % 7, "from": opens.Format("15:04"), "to": "24:00"}}})
	q := queue(s.skills["Support"], 80)
	q["minimum"] = map[string]any{"available": 1, "schedule": id}
	o := s.pa.objects("queues")["Support"]
	s.pa.want(200, "PUT", "/queues/"+o.ID, map[string]any{"name": o.Name, "version": o.Version, "body": q})
	ben := s.agents["ben"]
	pause := func() answer {
		return ben.do("PUT", "/agent/state", map[string]any{"available": false, "reason": s.reasons["Break"]})
	}
	if a := pause(); a.status != 200 {
		t.Fatalf("before it opens: %d %s", a.status, a.body)
	}
	ben.want(200, "PUT", "/agent/state", map[string]any{"available": true})
	w.mu.Lock()
	w.skew = 3 * time.Minute
	w.mu.Unlock()
	w.until("the minimum is in force", func() bool {
		ben.do("PUT", "/agent/state", map[string]any{"available": true})
		return pause().code() == "minimum"
	})
}

// A supervisor changes the skills and queues of an agent at once; a version or a list that
// somebody else changed meanwhile is refused, and so is what would open or close a queue.
func TestSkillsAndQueuesOfAnAgent(t *testing.T) {
	w := newWorld(t)
	s := w.east
	id := s.users["anna"] // below the level of Support
	version := s.pa.objects("users")["anna"].Version
	skills := map[string]any{"version": version, "skills": []any{map[string]any{"skill": s.skills["Support"], "level": 95}}}
	s.sv.want(200, "PUT", "/agents/"+id+"/skills", skills)
	if a := s.sv.do("PUT", "/agents/"+id+"/skills", skills); a.code() != "changed" {
		t.Errorf("an old version: %d %s", a.status, a.body)
	}
	type served struct {
		Queue, Name string
		Step        int
		Named       bool
	}
	var have struct{ Items []served }
	s.sv.want(200, "GET", "/agents/"+id+"/queues", nil).into(t, &have)
	if len(have.Items) != 1 || have.Items[0] != (served{s.queues["Support"], "Support", 0, false}) {
		t.Fatalf("with the skill the agent serves %+v", have.Items)
	}
	quiet := []any{map[string]any{"queue": s.queues["Quiet"], "step": 0}}
	s.sv.want(200, "PUT", "/agents/"+id+"/queues", map[string]any{"expect": []any{}, "queues": quiet}).into(t, &have)
	if len(have.Items) != 2 || !have.Items[0].Named {
		t.Fatalf("named in Quiet the agent serves %+v", have.Items)
	}
	if a := s.sv.do("PUT", "/agents/"+id+"/queues", map[string]any{"expect": []any{}, "queues": []any{}}); a.code() != "changed" {
		t.Errorf("another list than was seen: %d %s", a.status, a.body)
	}
	s.sv.want(200, "PUT", "/agents/"+id+"/queues", map[string]any{"expect": quiet, "queues": []any{}}).into(t, &have)
	if len(have.Items) != 1 {
		t.Fatalf("named nowhere the agent serves %+v", have.Items)
	}
	open := queue(s.skills["Support"], 1)
	open["steps"] = []any{map[string]any{"after_s": 0}}
	all := w.made(s.unit, "queues", "All", open)
	if a := s.sv.do("PUT", "/agents/"+id+"/queues", map[string]any{"expect": []any{}, "queues": []any{map[string]any{"queue": all, "step": 0}}}); a.code() != "queue_open" {
		t.Errorf("naming one in a queue of everybody's: %d %s", a.status, a.body)
	}
	var page struct{ Items []struct{ Action, By string } }
	s.pa.want(200, "GET", "/audit?object="+id+"&action=user.skills", nil).into(t, &page)
	if len(page.Items) != 1 || page.Items[0].By != "sven" {
		t.Errorf("the audit log has %+v", page.Items)
	}
}

// Who takes part is there after a restart as before, whispers too.
func TestParticipantsOutliveARestart(t *testing.T) {
	w := newWorld(t)
	s := w.east
	v, guest, c := s.talking("conferenced")
	c.want(201, "POST", "/contacts/"+v.ID+"/messages", map[string]any{"client_id": "w", "kind": "whisper", "text": "quietly"})
	before := s.pa.contact(v.ID)
	for _, f := range s.sockets {
		f.close()
	}
	w.restart()
	after := s.pa.contact(v.ID)
	if fmt.Sprint(after.Participants) != fmt.Sprint(before.Participants) || len(after.Participants) != 1 || after.Participants[0].Agent != guest {
		t.Errorf("before %+v, after %+v", before.Participants, after.Participants)
	}
	if !slices.Contains(s.kinds(v.ID), "whisper:quietly") {
		t.Error("the whisper is gone")
	}
}
