package api_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

type flowObject struct {
	ID      string
	Name    string
	Version int
	Body    struct {
		Order    int
		Enabled  bool
		Graph    *graph
		Released *flowRelease
	}
}

type graph struct {
	Nodes []struct {
		ID       string
		Kind     string
		Settings map[string]any
	}
	Edges []struct{ From, Exit, To string }
}

type flowRelease struct {
	Number int
	SameAs int `json:"same_as"`
	By     string
	Why    string
	Graph  *graph
}

type pathStep struct {
	WorkflowName     string `json:"workflow_name"`
	Release, Visit   int
	Node, Name, Kind string
	Exit             string
}

func (c *client) path(contact string) (steps []pathStep, nodes string) {
	c.h.t.Helper()
	var v struct{ Steps []pathStep }
	c.want(200, "GET", "/contacts/"+contact+"/path", nil).into(c.h.t, &v)
	var all []string
	for _, s := range v.Steps {
		all = append(all, s.Node+":"+s.Exit)
	}
	return v.Steps, strings.Join(all, " ")
}

// flow makes a workflow of the side, released, and gives it.
func (s *side) flow(name string, nodes, edges []any) flowObject {
	s.w.t.Helper()
	var o flowObject
	s.pa.want(201, "POST", "/workflows", map[string]any{"name": name, "body": map[string]any{"enabled": true,
		"graph": map[string]any{"nodes": nodes, "edges": edges}}}).into(s.w.t, &o)
	s.pa.want(200, "POST", "/workflows/"+o.ID+"/release", map[string]any{"version": o.Version, "why": "First"}).into(s.w.t, &o)
	return o
}

// change puts other settings into a workflow, by its present version.
func (s *side) change(o flowObject, body map[string]any) flowObject {
	s.w.t.Helper()
	var now flowObject
	s.pa.want(200, "PUT", "/workflows/"+o.ID, map[string]any{"name": o.Name, "version": o.Version, "body": body}).into(s.w.t, &now)
	return now
}

// A draft may be unfinished and concerns nobody; only its release does, which needs a
// graph without errors and a reason, and is not changed by changes of the draft. Going
// back is one request and makes a further release, so that the list tells what was in
// force when.
func TestWorkflowReleases(t *testing.T) {
	w := newWorld(t)
	s, pa := w.east, w.east.pa
	var o flowObject
	pa.want(201, "POST", "/workflows", map[string]any{"name": "Hotline", "body": map[string]any{"enabled": true}}).into(t, &o)
	if len(o.Body.Graph.Nodes) != 2 || o.Body.Order != 100 || o.Body.Released != nil {
		t.Fatalf("a new workflow is %+v", o.Body)
	}
	bad := map[string]any{"nodes": []any{node("start", "start", nil), node("q", "queue", map[string]any{"queue": never()})}, "edges": []any{}}
	o = s.change(o, map[string]any{"enabled": true, "graph": bad})
	a := pa.do("POST", "/workflows/"+o.ID+"/release", map[string]any{"version": o.Version, "why": "Try"})
	if a.status != 422 || a.code() != "workflow_problems" || !strings.Contains(a.body, "open_exit") || !strings.Contains(a.body, "reference") {
		t.Errorf("a graph with errors is released: %d %s", a.status, a.body)
	}
	good := map[string]any{"nodes": []any{node("start", "start", nil), node("q", "queue", map[string]any{"queue": s.queues["Quiet"]})},
		"edges": []any{edge("start", "next", "q")}}
	o = s.change(o, map[string]any{"enabled": true, "graph": good})
	if a := pa.do("POST", "/workflows/"+o.ID+"/release", map[string]any{"version": o.Version}); a.status != 422 {
		t.Errorf("released without a reason: %d", a.status)
	}
	if a := pa.do("POST", "/workflows/"+o.ID+"/release", map[string]any{"version": 1, "why": "x"}); a.code() != "changed" {
		t.Errorf("released though somebody has changed it: %s", a.body)
	}
	pa.want(200, "POST", "/workflows/"+o.ID+"/release", map[string]any{"version": o.Version, "why": "To the quiet queue"}).into(t, &o)
	if r := o.Body.Released; r == nil || r.Number != 1 || r.By != "pa" || r.Why != "To the quiet queue" {
		t.Fatalf("released %+v", o.Body.Released)
	}
	first := w.arrive(s.unit, s.queues["Support"], "one")
	if v := pa.contact(first); v.QueueName != "Quiet" {
		t.Errorf("the contact is in %s", v.QueueName)
	}
	good["nodes"].([]any)[1] = node("q", "queue", map[string]any{})
	o = s.change(o, map[string]any{"enabled": true, "graph": good, "released": nil, "description": "Changed"})
	if o.Body.Released == nil || o.Body.Released.Number != 1 {
		t.Errorf("a change of the draft changes the release: %+v", o.Body.Released)
	}
	o = s.change(o, map[string]any{"enabled": true}) // without a graph it stays
	if len(o.Body.Graph.Nodes[1].Settings) != 0 {
		t.Errorf("the draft is %+v", o.Body.Graph)
	}
	if v := pa.contact(w.arrive(s.unit, s.queues["Support"], "two")); v.QueueName != "Quiet" {
		t.Errorf("a draft routes: the contact is in %s", v.QueueName)
	}
	pa.want(200, "POST", "/workflows/"+o.ID+"/release", map[string]any{"version": o.Version, "why": "As addressed"}).into(t, &o)
	if v := pa.contact(w.arrive(s.unit, s.queues["Support"], "three")); v.QueueName != "Support" {
		t.Errorf("after the second release the contact is in %s", v.QueueName)
	}
	if a := pa.do("POST", "/workflows/"+o.ID+"/releases/2/use", map[string]any{"version": o.Version, "why": "x"}); a.code() != "release_in_force" {
		t.Errorf("going back to what is in force: %s", a.body)
	}
	pa.want(200, "POST", "/workflows/"+o.ID+"/releases/1/use", map[string]any{"version": o.Version, "why": "It was better"}).into(t, &o)
	if v := pa.contact(w.arrive(s.unit, s.queues["Support"], "four")); v.QueueName != "Quiet" || o.Body.Released.Number != 3 || o.Body.Released.SameAs != 1 {
		t.Errorf("after going back the contact is in %s, release %+v", v.QueueName, o.Body.Released)
	}
	var page struct {
		Items []flowRelease
		Next  string
	}
	s.sv.want(200, "GET", "/workflows/"+o.ID+"/releases?limit=2", nil).into(t, &page)
	if len(page.Items) != 2 || page.Items[0].Number != 3 || page.Items[1].Number != 2 || page.Items[0].Graph != nil || page.Next == "" {
		t.Errorf("the releases are %+v", page)
	}
	s.sv.want(200, "GET", "/workflows/"+o.ID+"/releases?limit=2&after="+page.Next, nil).into(t, &page)
	if len(page.Items) != 1 || page.Items[0].Number != 1 || page.Next != "" {
		t.Errorf("the last page is %+v", page)
	}
	var old flowRelease
	s.sv.want(200, "GET", "/workflows/"+o.ID+"/releases/1", nil).into(t, &old)
	if old.Graph == nil || old.Graph.Nodes[1].Settings["queue"] != s.queues["Quiet"] {
		t.Errorf("release 1 is %+v", old)
	}
	s.sv.want(404, "GET", "/workflows/"+o.ID+"/releases/9", nil)
	if list := s.agents["ben"].want(200, "GET", "/workflows", nil).body; !strings.Contains(list, "Hotline") || strings.Contains(list, "nodes") {
		t.Errorf("the list is %s", list)
	}
	var diff struct {
		Nodes []struct {
			ID, Change string
			Fields     []struct{ Field string }
		}
		Edges []struct{ From, Change string }
	}
	s.sv.want(200, "GET", "/workflows/"+o.ID+"/compare?from=1&to=2", nil).into(t, &diff)
	if len(diff.Nodes) != 1 || diff.Nodes[0].ID != "q" || diff.Nodes[0].Change != "changed" || diff.Nodes[0].Fields[0].Field != "settings.queue" || len(diff.Edges) != 0 {
		t.Errorf("releases 1 and 2 differ by %+v", diff)
	}
	s.sv.want(200, "GET", "/workflows/"+o.ID+"/compare?from=2&to=draft", nil).into(t, &diff)
	if len(diff.Nodes)+len(diff.Edges) != 0 {
		t.Errorf("release 2 and the draft differ by %+v", diff)
	}
}

// A contact finishes on the release that it entered, also when the program starts anew in
// between: the next release is for those who come.
func TestWorkflowFinishesOnItsRelease(t *testing.T) {
	w := newWorld(t)
	s := w.east
	draw := func(queue string) ([]any, []any) {
		return []any{node("start", "start", nil), node("pause", "wait", map[string]any{"seconds": 3600}), node("q", "queue", map[string]any{"queue": queue})},
			[]any{edge("start", "next", "pause"), edge("pause", "next", "q")}
	}
	nodes, edges := draw(s.queues["Quiet"])
	o := s.flow("Later", nodes, edges)
	old := w.arrive(s.unit, s.queues["Support"], "one")
	if v := s.pa.contact(old); v.State != "routing" {
		t.Errorf("a contact that waits before its queue is %s", v.State)
	}
	nodes, edges = draw(s.queues["Support"])
	o = s.change(o, map[string]any{"enabled": true, "graph": map[string]any{"nodes": nodes, "edges": edges}})
	s.pa.want(200, "POST", "/workflows/"+o.ID+"/release", map[string]any{"version": o.Version, "why": "Second"}).into(t, &o)
	new := w.arrive(s.unit, s.queues["Support"], "two")
	var counts struct {
		Nodes []struct {
			Node       string
			Now, Today int
		}
	}
	s.sv.want(200, "GET", "/workflows/"+o.ID+"/counts", nil).into(t, &counts)
	if i := slices.IndexFunc(counts.Nodes, func(n struct {
		Node       string
		Now, Today int
	}) bool {
		return n.Node == "pause"
	}); i < 0 || counts.Nodes[i].Now != 2 || counts.Nodes[i].Today != 2 {
		t.Errorf("the counts are %+v", counts)
	}
	o = s.change(o, map[string]any{"enabled": false})
	w.mu.Lock()
	w.skew += 2 * time.Hour
	w.mu.Unlock()
	w.restart()
	for id, want := range map[string]string{old: "Quiet", new: "Support"} {
		w.until("the wait is over", func() bool { return w.signedIn(s).contact(id).QueueName == want })
	}
	steps, way := s.pa.path(old)
	if way != "start:next pause:next q:" || steps[1].Release != 1 || steps[1].Kind != "wait" || steps[1].WorkflowName != "Later" {
		t.Errorf("the way was %s, %+v", way, steps)
	}
	if steps, _ := s.pa.path(new); steps[1].Release != 2 {
		t.Errorf("the new contact's way was %+v", steps)
	}
	if v := s.pa.contact(w.arrive(s.unit, s.queues["Support"], "three")); v.QueueName != "Support" {
		t.Errorf("a workflow that is not enabled holds the contact: %+v", v)
	}
}

// signedIn gives the administrator of a side, signed in anew: sessions end with time.
func (w *world) signedIn(s *side) *client {
	if a := s.pa.do("GET", "/session", nil); a.status != 200 {
		s.pa = s.in("pa")
	}
	return s.pa
}

// What a release that contacts enter names cannot be removed, and the refusal says who
// names it; a draft, or a workflow that is not enabled, only warns. One that names what is
// gone cannot be enabled.
func TestWorkflowKeepsWhatItNames(t *testing.T) {
	w := newWorld(t)
	s, pa := w.east, w.east.pa
	hours, desk := s.spare("schedules"), s.spare("queues")
	mark := s.spare("categories")
	o := s.flow("Hours", []any{node("start", "start", nil), node("h", "schedule", map[string]any{"schedule": hours.ID}),
		node("m", "category", map[string]any{"category": mark.ID}), node("q", "queue", map[string]any{"queue": desk.ID}),
		node("d", "decision", map[string]any{"branches": []any{map[string]any{"id": "a", "name": "", "expression": `queue("Quiet").waiting > 5`}}})},
		[]any{edge("start", "next", "h"), edge("h", "open", "m"), edge("h", "closed", "d"), edge("m", "next", "q"), edge("d", "a", "q"), edge("d", "else", "q")})
	for many, id := range map[string]string{"schedules": hours.ID, "queues": desk.ID, "categories": mark.ID} {
		a := pa.do("DELETE", "/"+many+"/"+id+"?version=1", nil)
		if a.status != 409 || a.code() != "in_use" || !strings.Contains(a.body, "workflow Hours") {
			t.Errorf("removing one of %s: %d %s", many, a.status, a.body)
		}
		if uses := pa.want(200, "GET", "/"+many+"/"+id+"/uses", nil).body; !strings.Contains(uses, `"workflow"`) || strings.Contains(uses, "loose") {
			t.Errorf("the uses of one of %s are %s", many, uses)
		}
	}
	if uses := pa.want(200, "GET", "/queues/"+s.queues["Quiet"]+"/uses", nil).body; !strings.Contains(uses, `"workflow"`) {
		t.Errorf("an expression's queue is used by %s", uses)
	}
	o = s.change(o, map[string]any{"enabled": false})
	if uses := pa.want(200, "GET", "/categories/"+mark.ID+"/uses", nil).body; !strings.Contains(uses, `"loose":true`) {
		t.Errorf("the uses are %s", uses)
	}
	pa.want(204, "DELETE", "/categories/"+mark.ID+"?version=1", nil)
	a := pa.do("PUT", "/workflows/"+o.ID, map[string]any{"name": o.Name, "version": o.Version, "body": map[string]any{"enabled": true}})
	if a.status != 422 || a.code() != "workflow_problems" {
		t.Errorf("a workflow that names what is gone is enabled: %d %s", a.status, a.body)
	}
}

// A file names things by name, so that another unit can take it; what that unit lacks is
// told and left blank, and nothing is in force before somebody releases it.
func TestWorkflowFile(t *testing.T) {
	w := newWorld(t)
	east, west := w.east, w.west
	var o object
	east.pa.want(201, "POST", "/workflows", map[string]any{"name": "Moves", "body": map[string]any{"graph": wholeGraph(east)}}).into(t, &o)
	file := east.pa.want(200, "GET", "/workflows/"+o.ID+"/export", nil).body
	for _, name := range []string{`"Support"`, `"Quiet"`, `"Always"`, `"portico-workflow-1"`} {
		if !strings.Contains(file, name) {
			t.Errorf("the file lacks %s: %s", name, file)
		}
	}
	east.absent(t, file)
	var plan struct {
		Applied  bool
		Action   string
		ID       string
		Missing  []struct{ Node, Kind, Name string }
		Problems []struct{ Code string }
	}
	west.pa.want(200, "POST", "/workflows/import?dry_run=true", file).into(t, &plan)
	if plan.Applied || plan.Action != "create" || plan.ID != "" || len(plan.Missing) != 0 || len(plan.Problems) != 0 {
		t.Errorf("the dry run says %+v", plan)
	}
	if len(west.pa.objects("workflows")) != 0 {
		t.Error("a dry run makes a workflow")
	}
	other := strings.ReplaceAll(file, `"Support"`, `"Elsewhere"`)
	plan.Missing = nil
	west.pa.want(200, "POST", "/workflows/import", other).into(t, &plan)
	if !plan.Applied || len(plan.Missing) != 1 || plan.Missing[0].Kind != "queue" || plan.Missing[0].Name != "Elsewhere" || plan.Missing[0].Node != "queue" {
		t.Errorf("the import says %+v", plan)
	}
	var made flowObject
	west.pa.want(200, "GET", "/workflows/"+plan.ID, nil).into(t, &made)
	if made.Body.Released != nil || made.Body.Graph.Nodes[1].Settings["schedule"] != west.schedule || made.Body.Graph.Nodes[2].Settings["queue"] != "" {
		t.Errorf("imported %+v", made.Body.Graph)
	}
	west.pa.want(200, "POST", "/workflows/import", file).into(t, &plan)
	if plan.Action != "change" || plan.ID != made.ID {
		t.Errorf("the second import says %+v", plan)
	}
	if a := west.pa.do("POST", "/workflows/import", strings.Replace(file, `"kind":"schedule"`, `"kind":"nonsense"`, 1)); a.status != 422 {
		t.Errorf("a graph of nonsense is imported: %d %s", a.status, a.body)
	}
}

type rehearsal struct {
	Steps []struct {
		Node, Kind, Exit, Note string
		At                     int64
		Say                    []string
		Ask                    []struct{ Key, Label string }
		Set                    map[string]string
	}
	End struct {
		How       string
		QueueName string `json:"queue_name"`
		AgentName string `json:"agent_name"`
		Priority  int
		Language  string
		Data      map[string]string
		Note      string
	}
	Problems []struct{ Code string }
}

func (r rehearsal) way() string {
	var all []string
	for _, s := range r.Steps {
		all = append(all, s.Node+":"+s.Exit)
	}
	return strings.Join(all, " ")
}

// A test run tells what would be sent for a made-up e-mail, to whom, and what would be
// discarded and why; nothing is sent.
func TestWorkflowRehearsalOfMail(t *testing.T) {
	s := newWorld(t).east
	g := map[string]any{"nodes": []any{
		node("start", "start", map[string]any{"media": []string{"email"}}),
		node("spam", "decision", map[string]any{"branches": []any{map[string]any{"id": "yes", "name": "", "expression": "contact.email.spam"}}}),
		node("drop", "discard", map[string]any{"reason": "Spam from {source}"}),
		node("ack", "acknowledge", map[string]any{"subject": "We have it", "texts": map[string]any{"": "Thanks, {name}"}}),
		node("fwd", "forward", map[string]any{"to": "expert@example.com", "note": "See below"}),
		node("q", "queue", map[string]any{}),
	}, "edges": []any{edge("start", "next", "spam"), edge("spam", "yes", "drop"), edge("spam", "else", "ack"), edge("ack", "next", "fwd"), edge("fwd", "next", "q")}}
	run := func(email map[string]any) rehearsal {
		t.Helper()
		var r rehearsal
		s.pa.want(200, "POST", "/workflows/test", map[string]any{"graph": g, "contact": map[string]any{"medium": "email", "name": "Ida", "source": "ida@example.com",
			"queue": s.queues["Support"], "email": email}}).into(t, &r)
		return r
	}
	r := run(map[string]any{"subject": "Hello"})
	if r.way() != "start:next spam:else ack:next fwd:next q:" || r.Steps[2].Say[0] != "Thanks, Ida" || r.Steps[2].Set["subject"] != "We have it" ||
		r.Steps[3].Set["forward"] != "expert@example.com" || r.Steps[3].Say[0] != "See below" || r.End.How != "queue" {
		t.Errorf("a person's message goes %s; %+v", r.way(), r.Steps)
	}
	if _, told := r.End.Data["email"]; told {
		t.Errorf("the message is told as contact data: %v", r.End.Data)
	}
	r = run(map[string]any{"spam": true})
	if r.way() != "start:next spam:yes drop:" || r.Steps[2].Set["discard"] != "Spam from ida@example.com" || r.End.How != "disconnected" {
		t.Errorf("spam goes %s; %+v", r.way(), r.Steps)
	}
	r = run(map[string]any{"auto": "vacation", "no_reply": "A program wrote it."})
	if len(r.Steps) < 3 || len(r.Steps[2].Say) != 0 || r.Steps[2].Note == "" {
		t.Errorf("a vacation notice is acknowledged: %+v", r.Steps)
	}
}

// A test run passes a made-up contact through the same steps as a real one: in made-up
// time, with what the test says that customers and the outside answer, and without a
// trace in the routing.
func TestWorkflowRehearsal(t *testing.T) {
	w := newWorld(t)
	s := w.east
	texts := func(text string) map[string]any { return map[string]any{"": text, "deutsch": "Guten Tag {name}"} }
	g := map[string]any{"nodes": []any{
		node("start", "start", nil),
		node("hello", "message", map[string]any{"texts": texts("Hello {name}")}),
		node("form", "collect", map[string]any{"texts": texts("Please"), "timeout_s": 120, "fields": []any{
			map[string]any{"key": "order", "label": map[string]any{"": "Order"}, "kind": "text", "required": true}}}),
		node("ask", "web_request", map[string]any{"url": "https://shop.example/orders/{data.order}",
			"outputs": []any{map[string]any{"path": "/state", "key": "state"}}}),
		node("known", "set", map[string]any{"priority": `contact.data["state"] == "late" ? 90 : contact.priority`, "language": "deutsch",
			"data": []any{map[string]any{"key": "seen", "value": `"yes"`}}}),
		node("q", "queue", map[string]any{"queue": s.queues["Quiet"]}),
		node("pause", "wait", map[string]any{"seconds": 300, "texts": texts("Still there, {name}?")}),
		node("offer", "offer_callback", map[string]any{"texts": texts("Call you?")}),
		node("bye", "disconnect", map[string]any{"texts": texts("Bye")}),
		node("down", "queue", map[string]any{}),
	}, "edges": []any{edge("start", "next", "hello"), edge("hello", "next", "form"), edge("form", "next", "ask"), edge("form", "timeout", "down"),
		edge("ask", "next", "known"), edge("ask", "timeout", "down"), edge("ask", "error", "down"), edge("known", "next", "q"), edge("q", "next", "pause"),
		edge("pause", "next", "offer"), edge("offer", "accepted", "bye"), edge("offer", "declined", "pause"), edge("offer", "timeout", "pause")}}
	run := func(more map[string]any) rehearsal {
		t.Helper()
		body := map[string]any{"graph": g, "at": 1_800_000_000_000, "contact": map[string]any{"queue": s.queues["Support"], "name": "Ida", "language": "english"}}
		for key, value := range more {
			body[key] = value
		}
		var r rehearsal
		s.pa.want(200, "POST", "/workflows/test", body).into(t, &r)
		return r
	}
	r := run(map[string]any{"answers": map[string]any{"form": map[string]any{"exit": "next", "data": map[string]any{"order": "4711"}},
		"ask": map[string]any{"exit": "next", "data": map[string]any{"state": "late"}}}})
	if r.way() != "start:next hello:next form:next ask:next known:next q:next pause:next offer:accepted bye:" {
		t.Fatalf("the way is %s; %+v", r.way(), r.End)
	}
	if r.End.How != "disconnected" || r.End.Priority != 90 || r.End.Language != "deutsch" || r.End.Data["order"] != "4711" || r.End.Data["seen"] != "yes" {
		t.Errorf("the end is %+v", r.End)
	}
	if r.Steps[1].Say[0] != "Hello Ida" || r.Steps[6].Say[0] != "Guten Tag Ida" || r.Steps[2].Ask[0].Label != "Order" || r.Steps[2].Set["data.order"] != "4711" ||
		r.Steps[4].Set["priority"] != "90" || r.Steps[4].Set["language"] != "deutsch" {
		t.Errorf("the steps are %+v", r.Steps)
	}
	if passed := r.Steps[6].At - r.Steps[0].At; passed != 300_000 {
		t.Errorf("the wait took %d ms of made-up time", passed)
	}
	if r := run(map[string]any{"answers": map[string]any{"form": map[string]any{"exit": "timeout"}}}); r.way() != "start:next hello:next form:timeout down:" ||
		r.End.How != "queue" || r.End.QueueName != "Support" || r.Steps[2].At != 1_800_000_120_000 {
		t.Errorf("without an answer: %s %+v", r.way(), r.End)
	}
	if r := run(map[string]any{"answers": map[string]any{"ask": map[string]any{"exit": "error"}}}); !strings.Contains(r.way(), "ask:error down:") {
		t.Errorf("with the server down: %s", r.way())
	}
	if r := run(map[string]any{"answers": map[string]any{"offer": map[string]any{"exit": "declined"}}}); r.End.How != "queue" || r.End.QueueName != "Quiet" || r.End.Note == "" {
		t.Errorf("who goes on waiting ends with %+v", r.End)
	}
	g["edges"] = []any{}
	if r := run(nil); len(r.Steps) != 0 || len(r.Problems) == 0 || r.End.How != "stopped" {
		t.Errorf("a graph with errors runs: %+v", r)
	}
	var page struct{ Items []json.RawMessage }
	s.pa.want(200, "GET", "/contacts", nil).into(t, &page)
	if len(page.Items) != 0 {
		t.Errorf("a test leaves %s", page.Items)
	}
}

// The topic of a workflow shows how many contacts are in each component, as they move.
func TestWorkflowTopic(t *testing.T) {
	w := newWorld(t)
	s := w.east
	o := s.flow("Watched", []any{node("start", "start", nil), node("pause", "wait", map[string]any{"seconds": 3600}), node("q", "queue", nil)},
		[]any{edge("start", "next", "pause"), edge("pause", "next", "q")})
	topic := "workflow/" + o.ID
	f := s.sv.live(topic)
	f.until("an empty snapshot", func(v liveFrame) bool { return v.Topic == topic && v.Kind == "snapshot" && string(v.Body) == "[]" })
	w.arrive(s.unit, s.queues["Support"], "one")
	f.until("the contact is counted", func(v liveFrame) bool {
		return v.Topic == topic && strings.Contains(string(v.Body), `{"node":"pause","now":1,"today":1}`)
	})
	agents := s.agents["ben"].live(topic)
	agents.until("a refusal", func(v liveFrame) bool { return v.Topic == topic && v.Kind == "refused" })
}

// What the sample company begins with has nothing wrong, holds nobody up by night or by
// day, and tells and asks who waits for long.
func TestSampleWorkflow(t *testing.T) {
	h := newHouse(t)
	h.begin()
	pa := h.signIn("DEFAULT", "pa")
	var o flowObject
	pa.want(200, "GET", "/workflows/"+pa.objects("workflows")["Sales chats"].ID, nil).into(t, &o)
	if o.Body.Released == nil || !o.Body.Enabled {
		t.Fatalf("the sample's workflow is %+v", o.Body)
	}
	var r rehearsal
	for hour, begin := range map[int64]string{3: "start:next hours:closed late:next urgent:else", 13: "start:next hours:open urgent:else"} {
		at := time.Date(2026, 11, 18, int(hour), 0, 0, 0, time.UTC).UnixMilli()
		pa.want(200, "POST", "/workflows/test", map[string]any{"id": o.ID, "release": 1, "at": at, "contact": map[string]any{"language": "deutsch"},
			"answers": map[string]any{"callback": map[string]any{"exit": "declined"}}}).into(t, &r)
		if want := begin + " line:next calm:next news:next callback:declined patient:"; r.way() != want || len(r.Problems) != 0 || r.End.How != "queue" || r.End.QueueName != "Sales" {
			t.Errorf("at %d o'clock: %s, %+v, %+v", hour, r.way(), r.End, r.Problems)
		}
	}
	for _, step := range r.Steps {
		if step.Node == "news" && (len(step.Say) == 0 || !strings.Contains(step.Say[0], "Nummer 1")) {
			t.Errorf("the news are %q", step.Say)
		}
	}
	var release flowRelease
	pa.want(200, "GET", "/workflows/"+o.ID+"/releases/1", nil).into(t, &release)
	if release.Number != 1 || release.Graph == nil {
		t.Errorf("release 1 is %+v", release)
	}
}

// A category that a workflow assigns is seen with the contact.
func TestWorkflowCategory(t *testing.T) {
	w := newWorld(t)
	s := w.east
	mark := s.spare("categories")
	s.flow("Marked", []any{node("start", "start", nil), node("m", "category", map[string]any{"category": mark.ID}), node("q", "queue", nil)},
		[]any{edge("start", "next", "m"), edge("m", "next", "q")})
	var v struct {
		Category string
		Name     string `json:"category_name"`
		State    string
	}
	s.pa.want(200, "GET", "/contacts/"+w.arrive(s.unit, s.queues["Quiet"], "one"), nil).into(t, &v)
	if v.Category != mark.ID || v.Name != mark.Name || v.State != "queued" {
		t.Errorf("the contact is %+v", v)
	}
}
