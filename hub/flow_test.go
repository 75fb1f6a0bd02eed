package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"portico/acd"
	"portico/workflow"
)

var shop = workflow.ID{15: 51}

// compiled makes a release of a graph: nodes as "id kind settings", edges as "from exit to".
func compiled(t testing.TB, number uint32, nodes, edges string) *workflow.Flow {
	t.Helper()
	var g workflow.Graph
	for line := range strings.Lines(nodes) {
		if f := strings.SplitN(strings.TrimSpace(line), " ", 3); len(f) >= 2 {
			n := workflow.Node{ID: workflow.NodeID(f[0]), Kind: workflow.Kind(f[1]), Settings: json.RawMessage("{}")}
			if len(f) == 3 {
				n.Settings = json.RawMessage(f[2])
			}
			g.Nodes = append(g.Nodes, n)
		}
	}
	for line := range strings.Lines(edges) {
		if f := strings.Fields(line); len(f) == 3 {
			g.Edges = append(g.Edges, workflow.Edge{From: workflow.NodeID(f[0]), Exit: workflow.Exit(f[1]), To: workflow.NodeID(f[2])})
		}
	}
	flow, problems := workflow.Compile(g, nil)
	if flow == nil {
		t.Fatalf("the graph does not compile: %+v", problems)
	}
	flow.Workflow, flow.Release = shop, number
	return flow
}

// entered makes the set in which the contacts of the unit sales enter a release.
func entered(flow *workflow.Flow, older ...*workflow.Flow) *workflow.Set {
	entries := []workflow.Entry{{Unit: sales, Name: "shop", Order: 1, Enters: true, Flow: flow}}
	for _, f := range older {
		entries = append(entries, workflow.Entry{Unit: sales, Name: "shop", Order: 1, Flow: f})
	}
	return workflow.NewSet(entries)
}

// steps gives what was passed of a contact's path, node:exit.
func (d *desk) path(n int) string {
	d.store.mu.Lock()
	defer d.store.mu.Unlock()
	var out []string
	last := uint32(0)
	for _, s := range d.store.steps {
		if s.Contact != contact(n) {
			continue
		}
		if s.N != last+1 {
			d.t.Errorf("step %d of contact %d comes after step %d", s.N, n, last)
		}
		last = s.N
		var passed []workflow.Passed
		if err := json.Unmarshal(s.Body, &passed); err != nil {
			d.t.Fatal(err)
		}
		for _, p := range passed {
			out = append(out, string(p.Node)+":"+string(p.Exit))
		}
	}
	return strings.Join(out, " ")
}

func (d *desk) wantPath(n int, want string) {
	d.t.Helper()
	if got := d.path(n); got != want {
		d.t.Errorf("the path of contact %d is %q, want %q", n, got, want)
	}
}

// passed gives what subscribers were told.
func (d *desk) passed() (out []workflow.Passed) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, b := range d.batches {
		for _, c := range b.Changes {
			out = append(out, c.Flow...)
		}
	}
	return out
}

func (d *desk) tell(n int, input workflow.Input) error {
	_, err := d.hub.Ask(context.Background(), Command{Flow: &FlowInput{contact(n), input}, Lane: Progress, Unit: sales})
	return err
}

// alerts gives the codes in the outbox.
func (d *desk) alerts() (out []string) {
	d.store.mu.Lock()
	defer d.store.mu.Unlock()
	for _, row := range d.store.outbox {
		var a alert
		if err := json.Unmarshal(row.Body, &a); err != nil {
			d.t.Fatal(err)
		}
		out = append(out, a.Code)
	}
	return out
}

// A contact that fits no workflow costs what it cost without any, and one that comes to
// a queue at once costs one row more: its path.
func TestFlowRowBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := start(t, newMemory())
		defer d.stop()
		d.hub.SetFlows(entered(compiled(t, 1, `
			a start {"source":["vip*"]}
			s set {"data":[{"key":"tier","value":"'gold'"}],"priority":"90"}
			q queue`, "a next s\ns next q")))
		d.arrive(1)
		if d.store.rows != 3 {
			t.Errorf("an arrival beside all workflows costs %d rows, want 3", d.store.rows)
		}
		d.store.rows = 0
		a := arrival(2)
		a.Source, a.Details = "VIP 7", json.RawMessage(`{"n":7,"k":"v"}`)
		if _, err := d.hub.Ask(context.Background(), Command{Arrival: a, Unit: sales}); err != nil {
			t.Fatal(err)
		}
		if d.store.rows != 4 {
			t.Errorf("an arrival through a workflow costs %d rows, want 4", d.store.rows)
		}
		d.wantPath(2, "a:next s:next q:")
		if row := d.row(2); row.State != acd.Queued || row.Priority != 90 {
			t.Errorf("the contact is %+v", row)
		}
		if got := string(d.store.known[contact(2)].Details); got != `{"k":"v","n":7,"tier":"gold"}` {
			t.Errorf("its data are %s", got)
		}
		if a.Details[0] != '{' || a.Priority != 50 {
			t.Error("the caller's arrival was changed")
		}
	})
}

// waits is a graph in which a contact is told something every 10 s before it is queued,
// and moves up while it waits there.
const waits = `
	a start
	w wait {"seconds":25,"every_s":10,"texts":{"":"Patience, {name}."}}
	q queue
	v wait {"seconds":30}
	p set {"priority":"99"}`

const waitsEdges = "a next w\nw next q\nq next v\nv next p\np next q"

// Time passes in components as it does for customers: texts, ends of waits and what
// follows come by themselves, before a queue and in it; a restart changes none of that.
func TestFlowTimers(t *testing.T) {
	for _, restarts := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			m := newMemory()
			d := start(t, m)
			flow := compiled(t, 1, waits, waitsEdges)
			d.hub.SetFlows(entered(flow))
			d.arrive(1)
			if row := d.row(1); row.State != acd.Routing || !row.Queue.IsZero() {
				t.Fatalf("the contact is %+v", row)
			}
			again := func() {
				if restarts {
					d.stop()
					d = start(t, m, entered(flow))
				}
			}
			time.Sleep(12 * time.Second)
			again()
			time.Sleep(12 * time.Second)
			synctest.Wait()
			if d.row(1).State != acd.Routing {
				t.Fatal("the contact was queued too early")
			}
			again()
			time.Sleep(2 * time.Second)
			synctest.Wait()
			if row := d.row(1); row.State != acd.Queued || row.Priority != 50 {
				t.Fatalf("the contact is %+v", row)
			}
			again()
			time.Sleep(30 * time.Second)
			synctest.Wait()
			if row := d.row(1); row.Priority != 99 {
				t.Fatalf("the contact is %+v", row)
			}
			d.wantPath(1, "a:next w: w: w: w:next q:next v: v:next p:next q:next v:")
			d.stop()
		})
	}
}

// A workflow waits while an agent is asked, goes on where it was when nobody answered,
// and is over when an agent gives the contact away or has finished with it.
func TestFlowPausesForAgents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := start(t, newMemory())
		defer d.stop()
		d.hub.SetFlows(entered(compiled(t, 1, "a start\nq queue\nv wait {\"seconds\":10}\np set {\"priority\":\"99\"}",
			"a next q\nq next v\nv next p\np next q")))
		d.ready(ada)
		d.arrive(1)
		d.wantPath(1, "a:next q:")
		time.Sleep(15 * time.Second)
		d.wantPath(1, "a:next q:")
		time.Sleep(6 * time.Second) // nobody answered
		synctest.Wait()
		if row := d.row(1); row.State != acd.Queued {
			t.Fatalf("the contact is %+v", row)
		}
		d.wantPath(1, "a:next q: q:next v:")
		d.do(acd.AgentStateChanged{Agent: ada, Domains: chatsOnly, Available: true})
		time.Sleep(70 * time.Second) // the exclusion ends, and it is offered again
		synctest.Wait()
		d.do(acd.AgentStateChanged{Agent: ada, Domains: chatsOnly, Available: true})
		time.Sleep(70 * time.Second)
		synctest.Wait()
		row := d.row(1)
		if row.State != acd.Offered {
			d.do(acd.AgentStateChanged{Agent: ada, Domains: chatsOnly, Available: true})
		}
		d.accept(1)
		before := d.path(1)
		time.Sleep(time.Minute)
		synctest.Wait()
		d.wantPath(1, before)
		d.do(acd.Requeued{Contact: contact(1), From: ada})
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		d.wantPath(1, before)
		if m := d.store.open[contact(1)]; m.Workflow != nil {
			t.Errorf("the workflow is over, and is saved as %s", m.Workflow)
		}
	})
}

const calls = `
	a start
	c web_request {"url":"https://example.com/{name}","timeout_s":3,"outputs":[{"path":"/tier","key":"tier"}]}
	f collect {"fields":[{"key":"order","label":{"":"Order"},"kind":"text"}],"timeout_s":60}
	q queue
	x disconnect`

const callsEdges = "a next c\nc next f\nc timeout q\nf next q\nf timeout x"

// A call is told of once it is durable, its answer is heard once, and by its token only;
// what it brought is saved and seen. No answer is a time-out.
func TestFlowCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := start(t, newMemory())
		defer d.stop()
		d.hub.SetFlows(entered(compiled(t, 1, calls, callsEdges)))
		d.arrive(1)
		synctest.Wait()
		passed := d.passed()
		call := passed[len(passed)-1].Call
		if call == nil || call.Web.URL != "https://example.com/A%20customer" || call.Token.String() != contact(1).String()+"-2" {
			t.Fatalf("passed %+v", passed)
		}
		ok := workflow.Result{Exit: workflow.ExitNext, Values: map[string]string{"tier": "gold", "other": "x"}}
		wantCode(t, d.tell(1, workflow.Answered{Token: workflow.Token{Contact: contact(1), Visit: 1}, Result: ok}), "too_late")
		if err := d.tell(1, workflow.Answered{Token: call.Token, Result: ok}); err != nil {
			t.Fatal(err)
		}
		wantCode(t, d.tell(1, workflow.Answered{Token: call.Token, Result: ok}), "too_late")
		if got := string(d.store.known[contact(1)].Details); got != `{"tier":"gold"}` {
			t.Errorf("the data are %s", got)
		}
		if err := d.tell(1, workflow.Collected{Visit: 3, Values: map[string]string{"order": "17"}}); err != nil {
			t.Fatal(err)
		}
		d.wantPath(1, "a:next c: c:next f: f:next q:")
		wantCode(t, d.tell(2, workflow.Collected{}), "not_found")
		d.arrive(2)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		d.wantPath(2, "a:next c: c:timeout q:")
	})
}

// While the store is away no answer of a call can be taken: the call gets that time back, so
// that an answer which is told again afterwards is heard. Customers' times go on.
func TestFlowCallsInAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		defer d.stop()
		d.hub.SetFlows(entered(compiled(t, 1, calls, callsEdges)))
		d.arrive(1)
		d.arrive(2)
		synctest.Wait()
		token := func(n int) workflow.Token { return workflow.Token{Contact: contact(n), Visit: 2} }
		ok := workflow.Result{Exit: workflow.ExitNext, Values: map[string]string{"tier": "gold"}}
		time.Sleep(2 * time.Second) // of the call's time
		release := m.jam(false)
		go d.try(acd.CustomerLost{Contact: contact(2)}) // what the store hangs at
		time.Sleep(StuckAfter + time.Second)
		_, err := d.hub.Ask(within(time.Second), Command{Flow: &FlowInput{contact(1), workflow.Answered{Token: token(1), Result: ok}}, Lane: Progress, Unit: sales})
		wantCode(t, err, "store_away")
		time.Sleep(time.Minute)
		release()
		synctest.Wait()
		d.wantPath(1, "a:next c: c:next f:")
		time.Sleep(time.Second)
		if err := d.tell(2, workflow.Answered{Token: token(2), Result: ok}); err != nil {
			t.Errorf("an answer after the outage: %v", err)
		}
		d.wantPath(2, "a:next c: c:next f:")
		d.arrive(3)
		time.Sleep(8 * time.Second)
		synctest.Wait()
		d.wantPath(3, "a:next c: c:timeout q:")
	})
}

// After a restart a pending call is told again with its token, and has its whole time;
// the customer's form has what was left of its time. An answer to either is heard.
func TestFlowRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		flow := compiled(t, 1, calls, callsEdges)
		d.hub.SetFlows(entered(flow))
		d.arrive(1)
		d.arrive(2)
		token := workflow.Token{Contact: contact(2), Visit: 2}
		if err := d.tell(2, workflow.Answered{Token: token, Result: workflow.Result{Exit: workflow.ExitNext}}); err != nil {
			t.Fatal(err)
		}
		steps := len(m.steps)
		d.stop()
		time.Sleep(50 * time.Second)
		newer := compiled(t, 2, "a start\nq queue", "a next q")
		d = start(t, m, entered(newer, flow))
		synctest.Wait()
		var told []string
		for _, p := range d.passed() {
			if p.Call != nil {
				told = append(told, p.Call.Token.String())
			}
		}
		if want := []string{contact(1).String() + "-2"}; !slices.Equal(told, want) {
			t.Errorf("told of the calls %v, want %v", told, want)
		}
		if len(m.steps) != steps {
			t.Error("telling it again was written into the path")
		}
		if err := d.tell(1, workflow.Answered{Token: workflow.Token{Contact: contact(1), Visit: 2}, Result: workflow.Result{Exit: workflow.ExitNext}}); err != nil {
			t.Error(err)
		}
		d.wantPath(1, "a:next c: c:next f:")
		d.arrive(3)
		d.wantPath(3, "a:next q:")
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if _, open := m.open[contact(2)]; open {
			t.Error("the customer's time began anew with the restart")
		}
		d.wantPath(2, "a:next c: c:next f: f:timeout x:")
		d.stop()
	})
}

// A contact whose release is gone goes to its queue, with an alert; one that no queue
// takes is refused when it arrives, and never lost after that.
func TestFlowFallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := start(t, m)
		d.hub.SetFlows(entered(compiled(t, 1, waits, waitsEdges)))
		d.arrive(1)
		d.stop()
		d = start(t, m)
		synctest.Wait()
		if row := d.row(1); row.State != acd.Queued || row.Queue != chats {
			t.Errorf("the contact is %+v", row)
		}
		if got := d.alerts(); !slices.Equal(got, []string{"workflow_failed"}) {
			t.Errorf("alerts %v", got)
		}
		full := thePlan().Queues[0]
		full.WaitingMax = 1
		if err := d.hub.SetPlan(context.Background(), acd.PlanChange{Version: 2, Queues: []acd.QueuePlan{full}}); err != nil {
			t.Fatal(err)
		}
		d.hub.SetFlows(entered(compiled(t, 2, "a start\nq queue", "a next q")))
		_, err := d.hub.Ask(context.Background(), Command{Arrival: arrival(2), Unit: sales})
		wantCode(t, err, "busy")
		if _, there := m.known[contact(2)]; there || len(m.steps) != 2 || m.waiting() != 1 {
			t.Errorf("of a refused arrival %d steps are kept", len(m.steps))
		}
		d.hub.SetFlows(entered(compiled(t, 3, "a start\nw wait {\"seconds\":5}\nq queue", "a next w\nw next q")))
		d.arrive(3)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if row := d.row(3); row.State != acd.Queued {
			t.Errorf("the contact that was let in is %+v", row)
		}
		d.wantPath(3, "a:next w: w:next q:error")
		d.stop()
	})
}

// A workflow may end a contact, also in the turn in which it arrives.
func TestFlowDisconnects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := start(t, newMemory())
		defer d.stop()
		d.hub.SetFlows(entered(compiled(t, 1, "a start\nx disconnect {\"texts\":{\"\":\"We are closed.\"}}", "a next x")))
		d.arrive(1)
		if len(d.store.open) != 0 || len(d.store.history) != 1 || d.store.history[0].EndWhy != acd.WhyWorkflow {
			t.Errorf("open %v, history %+v", d.store.open, d.store.history)
		}
		synctest.Wait()
		passed := d.passed()
		if last := passed[len(passed)-1]; len(last.Say) != 1 || last.Say[0].Text != "We are closed." {
			t.Errorf("passed %+v", passed)
		}
		if len(d.store.steps) != 1 {
			t.Errorf("%d steps are saved", len(d.store.steps))
		}
	})
}

// What cannot be done goes the error path, whatever it is: a queue of another unit, one
// that there is not, an agent of another unit.
func TestFlowAsksTheImpossible(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := start(t, newMemory())
		defer d.stop()
		for n, settings := range []string{
			fmt.Sprintf(`{"queue":"%s"}`, foreign), fmt.Sprintf(`{"queue":"%s"}`, acd.QueueID{15: 99}),
		} {
			d.hub.SetFlows(entered(compiled(t, uint32(n+1), "a start\nq queue "+settings+"\nr queue", "a next q\nq error r")))
			d.arrive(n + 1)
			d.wantPath(n+1, "a:next q:error r:")
			if row := d.row(n + 1); row.Queue != chats {
				t.Errorf("the contact is in %v", row.Queue)
			}
		}
		d.hub.SetFlows(entered(compiled(t, 9, fmt.Sprintf("a start\nq queue {\"preferred\":\"agent:%s\"}", stranger), "a next q")))
		d.arrive(9)
		if row := d.row(9); row.State != acd.Queued || !row.Preferred.IsZero() {
			t.Errorf("the contact is %+v", row)
		}
	})
}
