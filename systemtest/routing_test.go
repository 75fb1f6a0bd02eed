package systemtest

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"portico/bench"
)

// The decisions of routing, each shown by API alone on the running server, with
// the facts that it leaves.
func TestRouting(t *testing.T) {
	s := install(t, "", false)
	s.start()
	ctx := within(t, time.Minute)
	desktopGrace(ctx, t, s, 1)
	steps := func(all ...[2]int) func(string, bench.QueueBody) {
		return func(skill string, q bench.QueueBody) {
			var list []any
			for _, one := range all {
				list = append(list, bench.QueueStep(one[0], skill, one[1]))
			}
			q["steps"] = list
		}
	}
	set := func(name string, value any) func(string, bench.QueueBody) {
		return func(_ string, q bench.QueueBody) { q[name] = value }
	}
	scenarios := []struct {
		name  string
		queue func(skill string, q bench.QueueBody) // how the queue differs
		play  func(*floor)
	}{
		{"life", nil, life},
		{"no answer", set("offer_s", 1), noAnswer},
		{"decline", nil, decline},
		{"exclusion ends with the step", steps([2]int{0, 50}, [2]int{4, 1}), exclusionEnds},
		{"lost desktop while offered", nil, lostWhileOffered},
		{"lost desktop of an owner", nil, lostOwner},
		{"overflow by step", steps([2]int{0, 80}, [2]int{2, 50}), overflow},
		{"nine declined", nil, nineDeclined},
		{"preferred agent", nil, preferred},
		{"preferred on arrival", nil, preferredOnArrival},
		{"preferred hold ends", nil, preferredHoldEnds},
		{"hold ends", nil, holdEnds},
		{"capacity", nil, capacity},
		{"capacity across domains", nil, capacityAcrossDomains},
		{"interruption", nil, interruption},
		{"refused by the matrix", nil, refusedByMatrix},
		{"wrap-up frees the slot", set("wrap_up_frees_slot", true), wrapUpFrees},
		{"transfer to a queue", nil, transferToQueue},
		{"requeue at once", nil, requeueNow},
		{"requeue later", nil, requeueLater},
		{"reassign", steps([2]int{0, 80}), reassign},
		{"pick", set("cherry_pick", true), pick},
		{"priority", nil, priority},
		{"abandon", nil, abandon},
	}
	floors := make([]*floor, len(scenarios))
	for i, scenario := range scenarios {
		floors[i] = prepareFloor(t, s, "Routing "+scenario.name, scenario.queue)
	}
	for i, scenario := range scenarios {
		t.Run(scenario.name, func(t *testing.T) {
			floors[i].t = t
			floors[i].awaitQueue(floors[i].name)
			scenario.play(floors[i])
		})
	}
}

// desktopGrace sets how long a lost desktop's contacts are kept for its agent.
func desktopGrace(ctx context.Context, t *testing.T, s *server, seconds int) {
	t.Helper()
	pass := bench.Bearer(s.token)
	var now struct {
		Version  int            `json:"version"`
		Settings map[string]any `json:"settings"`
	}
	if err := s.door.JSON(ctx, http.MethodGet, "/api/v1/settings", pass, nil, &now); err != nil {
		t.Fatal(err)
	}
	now.Settings["desktop_grace_s"] = seconds
	if err := s.door.JSON(ctx, http.MethodPut, "/api/v1/settings", pass, now, nil); err != nil {
		t.Fatal(err)
	}
}

// A contact is offered to the agent who is able, accepted, finished, wrapped up.
func life(f *floor) {
	ann := f.desk("ann", 100, 1)
	ann.available()
	c := f.ask()
	ann.accept(c)
	f.is(c, "active", ann)
	ann.do(c, "finish", nil)
	f.is(c, "wrap_up", ann)
	ann.do(c, "wrap-up", map[string]any{"client_id": c})
	f.facts(c, "arrived", "offered ann", "accepted ann", "finished ann finished", "ended ann wrapped_up")
}

// RONA: an offer that is not answered goes on to the next agent with its due kept,
// and the one who did not answer is unavailable.
func noAnswer(f *floor) {
	ann, bob := f.desk("ann", 100, 1), f.desk("bob", 100, 1)
	ann.available()
	c := f.ask()
	before := f.due(c)
	ann.sees(c, "offered")
	f.facts(c, "arrived", "offered ann", "not_accepted ann no_answer")
	if after := f.due(c); after != before {
		f.t.Errorf("due moved from %d to %d: it went not back to the head", before, after)
	}
	if ann.isAvailable() {
		f.t.Error("who does not answer stays available")
	}
	bob.available()
	bob.accept(c)
	f.facts(c, "arrived", "offered ann", "not_accepted ann no_answer", "offered bob", "accepted bob")
}

// A declined contact goes to the next agent; who declined stays available.
func decline(f *floor) {
	ann, bob := f.desk("ann", 100, 1), f.desk("bob", 100, 1)
	ann.available()
	c := f.ask()
	ann.sees(c, "offered")
	bob.available()
	ann.decline(c)
	bob.accept(c)
	f.facts(c, "arrived", "offered ann", "not_accepted ann declined", "offered bob", "accepted bob")
	if !ann.isAvailable() {
		f.t.Error("who declines once is not available any more")
	}
}

// A contact keeps away from the agent who declined it, who takes others meanwhile,
// until the contact's step changes.
func exclusionEnds(f *floor) {
	ann := f.desk("ann", 100, 1)
	ann.available()
	first := f.ask()
	ann.decline(first)
	second := f.ask()
	ann.accept(second)
	f.is(first, "queued", nil)
	ann.close(second)
	ann.accept(first)
	f.facts(first, "arrived", "offered ann", "not_accepted ann declined", "offered ann step 1", "accepted ann")
	f.facts(second, "arrived", "offered ann", "accepted ann", "finished ann finished", "ended ann wrapped_up")
}

// A desktop that is lost while it is offered a contact loses the offer at once.
func lostWhileOffered(f *floor) {
	ann, bob := f.desk("ann", 100, 1), f.desk("bob", 100, 1)
	ann.available()
	c := f.ask()
	ann.sees(c, "offered")
	bob.available()
	ann.lose()
	bob.accept(c)
	f.facts(c, "arrived", "offered ann", "not_accepted ann desktop_lost", "offered bob", "accepted bob")
}

// An owner whose desktop stays lost loses the contact after the grace; it goes back
// into its queue with first_queued and due as they were.
func lostOwner(f *floor) {
	ann, bob := f.desk("ann", 100, 1), f.desk("bob", 100, 1)
	ann.available()
	c := f.ask()
	before := f.due(c)
	ann.accept(c)
	ann.lose()
	f.facts(c, "arrived", "offered ann", "accepted ann", "returned ann desktop_lost", "queued - desktop_lost")
	if after := f.due(c); after != before {
		f.t.Errorf("due moved from %d to %d", before, after)
	}
	bob.available()
	bob.accept(c)
	f.is(c, "active", bob)
}

// due gives when the contact is due.
func (f *floor) due(contact string) int64 {
	f.t.Helper()
	var c struct {
		DueAt int64 `json:"due_at"`
	}
	query := url.Values{"unit": {f.admin.UnitID()}}
	if err := f.s.door.JSON(f.ctx, http.MethodGet, "/api/v1/contacts/"+contact+"?"+query.Encode(), bench.Bearer(f.s.token), nil, &c); err != nil {
		f.t.Fatal(err)
	}
	if c.DueAt == 0 {
		f.t.Fatal("the contact has no due")
	}
	return c.DueAt
}

func (d *desk) isAvailable() bool {
	d.f.t.Helper()
	var shown struct {
		Domains []struct {
			Domain    string `json:"domain"`
			Available bool   `json:"available"`
		} `json:"domains"`
	}
	d.must(http.MethodGet, "/agent", nil, &shown)
	for _, state := range shown.Domains {
		if state.Domain == "chat" {
			return state.Available
		}
	}
	d.f.t.Fatalf("%s does not serve chats: %+v", d.name, shown)
	return false
}

// Agents of a lower level join when the contact has waited for their step.
func overflow(f *floor) {
	ann := f.desk("ann", 60, 1)
	ann.available()
	c := f.ask()
	f.is(c, "queued", nil)
	ann.accept(c)
	f.facts(c, "arrived", "offered ann step 1", "accepted ann")
}

// A contact that is given to an agent who is busy waits in that agent's own list,
// and is served from there before the queue.
func preferred(f *floor) {
	ann, bob := f.desk("ann", 100, 1), f.desk("bob", 100, 1)
	ann.available()
	c := f.ask()
	ann.accept(c)
	bob.available()
	other := f.ask()
	bob.accept(other)
	waiting := f.ask()
	ann.do(c, "transfer", map[string]any{"agent": bob.id, "hold_s": 60, "client_id": "t-" + c})
	ann.accept(waiting)
	f.is(c, "held", bob)
	f.ask() // waits in the queue behind
	bob.close(other)
	bob.accept(c)
	f.facts(c, "arrived", "offered ann", "accepted ann", "returned ann transferred", "held bob transferred", "offered bob preferred", "accepted bob")
}

// A hold that ends brings the contact into its queue.
func holdEnds(f *floor) {
	ann, bob, cid := f.desk("ann", 100, 1), f.desk("bob", 100, 1), f.desk("cid", 100, 1)
	ann.available()
	c := f.ask()
	ann.accept(c)
	bob.available()
	bob.accept(f.ask())
	waiting := f.ask()
	ann.do(c, "transfer", map[string]any{"agent": bob.id, "hold_s": 1, "client_id": "t-" + c})
	ann.accept(waiting)
	f.facts(c, "arrived", "offered ann", "accepted ann", "returned ann transferred", "held bob transferred", "queued - hold_over")
	cid.available()
	cid.accept(c)
	f.is(c, "active", cid)
}

// An agent holds no more chats than the capacity, has one offer at a time, and a
// wrap-up holds its slot.
func capacity(f *floor) {
	ann := f.desk("ann", 100, 2)
	ann.available()
	first, second, third := f.ask(), f.ask(), f.ask()
	ann.sees(first, "offered")
	f.is(second, "queued", nil)
	ann.accept(first)
	ann.accept(second)
	f.is(third, "queued", nil)
	ann.do(first, "finish", nil)
	f.is(third, "queued", nil)
	ann.do(first, "wrap-up", map[string]any{"client_id": first})
	ann.accept(third)
	f.facts(third, "arrived", "offered ann", "accepted ann")
}

// A wrap-up holds no slot where the queue says so.
func wrapUpFrees(f *floor) {
	ann := f.desk("ann", 100, 1)
	ann.available()
	first, second := f.ask(), f.ask()
	ann.accept(first)
	f.is(second, "queued", nil)
	ann.do(first, "finish", nil)
	ann.accept(second)
	f.is(first, "wrap_up", ann)
}

// A transfer to a queue keeps first queued, and goes to the agents of that queue.
func transferToQueue(f *floor) {
	skill, err := f.admin.Skill(f.ctx, f.name+" second")
	if err != nil {
		f.t.Fatal(err)
	}
	second := f.addQueue(f.name+" second", skill, nil)
	ann := f.desk("ann", 100, 1)
	first := f.skill
	f.skill = skill
	bob := f.desk("bob", 100, 1)
	f.skill = first
	ann.available()
	bob.available()
	c := f.ask()
	ann.accept(c)
	ann.do(c, "transfer", map[string]any{"queue": second, "client_id": "t-" + c})
	bob.accept(c)
	f.facts(c, "arrived", "offered ann", "accepted ann", "returned ann transferred", "queued - transferred", "offered bob", "accepted bob")
	if is, err := f.admin.Contact(f.ctx, c); err != nil || is.Queue != second {
		f.t.Errorf("the contact is in %s, want %s (%v)", is.Queue, second, err)
	}
}

// A contact that is put back at once goes to whoever is able, with its due.
func requeueNow(f *floor) {
	ann, bob := f.desk("ann", 100, 1), f.desk("bob", 100, 1)
	ann.available()
	c := f.ask()
	before := f.due(c)
	ann.sees(c, "offered")
	bob.available()
	ann.accept(c) // from now on bob is idle longer
	ann.do(c, "requeue", nil)
	bob.accept(c)
	if after := f.due(c); after != before {
		f.t.Errorf("due moved from %d to %d", before, after)
	}
	f.facts(c, "arrived", "offered ann", "accepted ann", "returned ann requeued", "queued - requeued", "offered bob", "accepted bob")
}

// A contact that is put back for later waits for its time, then enters its queue.
func requeueLater(f *floor) {
	ann := f.desk("ann", 100, 1)
	ann.available()
	c := f.ask()
	ann.accept(c)
	until := time.Now().Add(1500 * time.Millisecond).UnixMilli()
	ann.do(c, "requeue", map[string]any{"until_at": until})
	f.is(c, "timed", nil)
	ann.accept(c)
	if now := time.Now().UnixMilli(); now < until {
		f.t.Errorf("offered %d ms before its time", until-now)
	}
	f.facts(c, "arrived", "offered ann", "accepted ann", "returned ann requeued", "timed - requeued", "queued - requeued", "offered ann", "accepted ann")
}

// A supervisor's move goes beyond skills; who expects another place is told where
// the contact is.
func reassign(f *floor) {
	ann := f.desk("ann", 10, 1)
	ann.available()
	c := f.ask()
	path := "/api/v1/contacts/" + c + "/reassign?unit=" + f.admin.UnitID()
	wrong := map[string]any{"agent": ann.id, "expect": map[string]any{"state": "active", "agent": ann.id}}
	if err := f.s.door.JSON(f.ctx, http.MethodPost, path, bench.Bearer(f.s.token), wrong, nil); !isStatus(err, http.StatusConflict) {
		f.t.Errorf("a move from where the contact is not: %v, want 409", err)
	}
	right := map[string]any{"agent": ann.id, "expect": map[string]any{"state": "queued"}}
	if err := f.s.door.JSON(f.ctx, http.MethodPost, path, bench.Bearer(f.s.token), right, nil); err != nil {
		f.t.Fatal(err)
	}
	ann.accept(c)
	f.facts(c, "arrived", "offered ann reassigned", "accepted ann")
}

// An agent picks a waiting contact where the queue allows it; who comes second is
// refused and told who has it.
func pick(f *floor) {
	ann, bob := f.desk("ann", 10, 1), f.desk("bob", 10, 1)
	ann.available()
	bob.available()
	c := f.ask()
	expect := map[string]any{"expect": map[string]any{"state": "queued"}}
	ann.do(c, "pick", expect)
	f.is(c, "active", ann)
	if r := bob.refused(c, "pick", expect); r.Status != http.StatusConflict {
		f.t.Errorf("the second pick is answered %d, want 409: %v", r.Status, r)
	}
	f.facts(c, "arrived", "accepted ann picked")
}

// A contact of higher priority is due earlier, also when it is raised while waiting.
func priority(f *floor) {
	first, second := f.ask(), f.ask()
	path := "/api/v1/contacts/" + second + "/priority?unit=" + f.admin.UnitID()
	if err := f.s.door.JSON(f.ctx, http.MethodPost, path, bench.Bearer(f.s.token), map[string]any{"priority": 100}, nil); err != nil {
		f.t.Fatal(err)
	}
	ann := f.desk("ann", 100, 1)
	ann.available()
	ann.accept(second)
	f.is(first, "queued", nil)
	f.facts(second, "arrived", "priority", "offered ann", "accepted ann")
}

// A customer who leaves while waiting ends the contact; the agent's offer is taken
// back.
func abandon(f *floor) {
	ann := f.desk("ann", 100, 1)
	ann.available()
	c := f.ask()
	ann.sees(c, "offered")
	if err := f.customers(f.name).Leave(f.ctx, f.log.Chats()[0]); err != nil {
		f.t.Fatal(err)
	}
	eventually(f.t, "the offer is taken back", func() bool { return ann.hand(c) == nil })
	f.facts(c, "arrived", "offered ann", "not_accepted ann abandoned", "ended - abandoned")
}
