package systemtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"portico/bench"
)

// floor is one scenario's own skill, queue, agents and customers on a shared server.
type floor struct {
	t     *testing.T
	ctx   context.Context
	s     *server
	admin *bench.Admin
	log   *bench.Log
	name  string
	skill string
	queue string // id
	desks map[string]*desk
	chats int
}

// newFloor makes a floor whose queue has the body of bench.ChatQueue, changed by change.
func newFloor(t *testing.T, s *server, change func(skill string, q bench.QueueBody)) *floor {
	t.Helper()
	f := prepareFloor(t, s, t.Name(), change)
	f.awaitQueue(f.name)
	return f
}

// prepareFloor is newFloor, but does not wait until the customers' doors know the queue.
func prepareFloor(t *testing.T, s *server, name string, change func(skill string, q bench.QueueBody)) *floor {
	t.Helper()
	f := &floor{t: t, s: s, ctx: within(t, 3*time.Minute), log: bench.NewLog(bench.NewRun()), desks: map[string]*desk{}}
	f.name = strings.ReplaceAll(name, "/", " ")
	f.admin = s.administrator(f.ctx, "DEFAULT")
	var err error
	if f.skill, err = f.admin.Skill(f.ctx, f.name); err != nil {
		t.Fatal(err)
	}
	f.queue = f.addQueue(f.name, f.skill, change)
	return f
}

func (f *floor) awaitQueue(name string) {
	f.t.Helper()
	if err := f.customers(name).AwaitQueue(f.ctx); err != nil {
		f.t.Fatal(err)
	}
}

func (f *floor) addQueue(name, skill string, change func(skill string, q bench.QueueBody)) string {
	f.t.Helper()
	body := bench.ChatQueue(skill, 50)
	if change != nil {
		change(skill, body)
	}
	id, err := f.admin.Queue(f.ctx, name, body)
	if err != nil {
		f.t.Fatal(err)
	}
	return id
}

func (f *floor) customers(queue string) *bench.Customers {
	return &bench.Customers{Door: f.s.door, Log: f.log, Path: "/web", Unit: "DEFAULT", Queue: queue}
}

// ask brings one chat to the floor's queue and gives its contact.
func (f *floor) ask() string {
	f.t.Helper()
	return f.askIn(f.name)
}

func (f *floor) askIn(queue string) string {
	f.t.Helper()
	f.chats++
	customers := f.customers(queue)
	chat := f.log.New(fmt.Sprintf("%s-%d", f.log.Run, f.chats), time.Now())
	if err := customers.Ask(f.ctx, chat); err != nil {
		f.t.Fatal(err)
	}
	contact, _ := chat.Contact()
	return contact
}

// addQueueOf makes a second queue of the floor, of another domain, in which a contact
// waits so many seconds for its preferred agent.
func (f *floor) addQueueOf(domain string, holdS int) string {
	f.t.Helper()
	return f.addQueue(f.name+" "+domain, f.skill, func(_ string, q bench.QueueBody) {
		q["domain"], q["preferred_hold_s"] = domain, holdS
	})
}

// bring brings a contact to a queue of another domain than chat. preferred may be nil.
func (f *floor) bring(queue string, preferred *desk) string {
	f.t.Helper()
	f.chats++
	more := map[string]any{}
	if preferred != nil {
		more["preferred"] = preferred.id
	}
	contact, err := f.admin.Bring(f.ctx, queue, fmt.Sprintf("%s-%d", f.log.Run, f.chats), more)
	if err != nil {
		f.t.Fatal(err)
	}
	return contact
}

// desk makes an agent of a level of the floor's skill, signed in at a desktop and
// not yet available.
func (f *floor) desk(name string, level, capacity int) *desk {
	f.t.Helper()
	return f.deskOf(name, level, map[string]int{"chat": capacity})
}

// deskOf is desk with a capacity for each media routing domain.
func (f *floor) deskOf(name string, level int, capacity map[string]int) *desk {
	f.t.Helper()
	staff, err := f.admin.StaffOf(f.ctx, f.name+" "+name, capacity, map[string]int{f.skill: level})
	if err != nil {
		f.t.Fatal(err)
	}
	d := &desk{f: f, name: name, id: staff.ID, pass: staff.Pass}
	f.desks[d.id] = d
	d.connect()
	f.t.Cleanup(d.lose)
	return d
}

// desk is an agent's desktop.
type desk struct {
	f      *floor
	name   string
	id     string
	pass   bench.Pass
	socket *websocket.Conn
	gone   chan struct{}
}

// connect opens the live feed and waits for the first snapshot of the desk.
func (d *desk) connect() {
	t := d.f.t
	t.Helper()
	socket, err := d.f.s.door.Live(d.f.ctx, "/api/v1/live", d.pass)
	if err != nil {
		t.Fatal(err)
	}
	if err := socket.Write(d.f.ctx, websocket.MessageText, []byte(`{"op":"subscribe","topics":[{"topic":"agent"}]}`)); err != nil {
		t.Fatal(err)
	}
	seen, gone := make(chan struct{}), make(chan struct{})
	d.socket, d.gone = socket, gone
	go func() {
		defer close(gone)
		for first := true; ; {
			_, data, err := socket.Read(d.f.ctx)
			if err != nil {
				return
			}
			var frame struct{ Topic, Kind string }
			if json.Unmarshal(data, &frame) == nil && frame.Topic == "agent" && frame.Kind == "snapshot" && first {
				first = false
				close(seen)
			}
		}
	}()
	select {
	case <-seen:
	case <-gone:
		t.Fatalf("the live feed of %s ended before its first snapshot", d.name)
	}
}

// lose cuts the desktop's connection.
func (d *desk) lose() {
	d.socket.CloseNow()
	<-d.gone
}

func (d *desk) call(method, path string, in, out any) error {
	return d.f.s.door.JSON(d.f.ctx, method, "/api/v1"+path, d.pass, in, out)
}

func (d *desk) must(method, path string, in, out any) {
	d.f.t.Helper()
	if err := d.call(method, path, in, out); err != nil {
		d.f.t.Fatalf("%s: %s %s: %v", d.name, method, path, err)
	}
}

// available makes the agent available, and returns when the millisecond in which
// that happened is over: what comes next is later by the core's clock, too, so that
// who is idle longest is not decided by a tie.
func (d *desk) available() {
	d.f.t.Helper()
	d.must(http.MethodPut, "/agent/state", map[string]any{"available": true}, nil)
	for now := time.Now().UnixMilli(); time.Now().UnixMilli() == now; {
		runtime.Gosched()
	}
}

// do gives a command about a contact; a refusal ends the test.
func (d *desk) do(contact, command string, body map[string]any) {
	d.f.t.Helper()
	if body == nil {
		body = map[string]any{}
	}
	d.must(http.MethodPost, "/contacts/"+contact+"/"+command, body, nil)
}

// refused gives a command that must be refused, and gives the refusal.
func (d *desk) refused(contact, command string, body map[string]any) *bench.Refused {
	d.f.t.Helper()
	err := d.call(http.MethodPost, "/contacts/"+contact+"/"+command, body, nil)
	var r *bench.Refused
	if !errors.As(err, &r) {
		d.f.t.Fatalf("%s: %s was not refused: %v", d.name, command, err)
	}
	return r
}

// hand is what the desk shows of a contact; nil when it is not there.
func (d *desk) hand(contact string) *bench.DeskContact {
	d.f.t.Helper()
	var shown bench.Desk
	d.must(http.MethodGet, "/agent", nil, &shown)
	for i := range shown.Contacts {
		if shown.Contacts[i].ID == contact {
			return &shown.Contacts[i]
		}
	}
	return nil
}

// sees waits until the desk shows the contact in a state.
func (d *desk) sees(contact, state string) bench.DeskContact {
	d.f.t.Helper()
	var c *bench.DeskContact
	eventually(d.f.t, d.name+" sees the contact "+state, func() bool {
		c = d.hand(contact)
		return c != nil && c.State == state
	})
	return *c
}

// accept waits for the offer and accepts it.
func (d *desk) accept(contact string) {
	d.f.t.Helper()
	d.do(contact, "accept", map[string]any{"offer": d.sees(contact, "offered").Offer})
}

func (d *desk) decline(contact string) {
	d.f.t.Helper()
	d.do(contact, "decline", map[string]any{"offer": d.sees(contact, "offered").Offer})
}

// close ends the conversation and its wrap-up.
func (d *desk) close(contact string) {
	d.f.t.Helper()
	d.do(contact, "finish", nil)
	d.do(contact, "wrap-up", map[string]any{"client_id": contact})
}

// is asserts where a contact is now.
func (f *floor) is(contact, state string, owner *desk) {
	f.t.Helper()
	c, err := f.admin.Contact(f.ctx, contact)
	if err != nil {
		f.t.Fatal(err)
	}
	want := ""
	if owner != nil {
		want = owner.id
	}
	if c.State != state || c.Agent != want {
		f.t.Errorf("the contact is %s with %s, want %s with %s", c.State, f.who(c.Agent), state, f.who(want))
	}
}

func (f *floor) who(id string) string {
	if d := f.desks[id]; d != nil {
		return d.name
	}
	return id
}

// facts waits until the contact has as many facts as are wanted, and compares them:
// each is "kind", "kind agent" or "kind agent why" ("kind - why" without an agent),
// with " step N" after an offer beyond the first step.
func (f *floor) facts(contact string, want ...string) {
	f.t.Helper()
	var have []string
	eventually(f.t, fmt.Sprintf("facts %q", want), func() bool {
		facts, err := f.admin.Facts(f.ctx, contact)
		if err != nil {
			f.t.Fatal(err)
		}
		have = have[:0]
		for _, fact := range facts {
			have = append(have, f.told(fact))
		}
		return len(have) >= len(want) || f.t.Failed()
	})
	if strings.Join(have, "\n") != strings.Join(want, "\n") {
		f.t.Errorf("facts\n  %s\nwant\n  %s", strings.Join(have, "\n  "), strings.Join(want, "\n  "))
	}
}

func (f *floor) told(fact bench.FactView) string {
	text := fact.Kind
	if fact.Agent != "" {
		text += " " + f.who(fact.Agent)
	} else if fact.Why != "" {
		text += " -"
	}
	if fact.Why != "" {
		text += " " + fact.Why
	}
	if fact.Kind == "offered" && fact.Step > 0 {
		text += fmt.Sprintf(" step %d", fact.Step)
	}
	return text
}

// isStatus reports whether an error is an answer of that status.
func isStatus(err error, status int) bool {
	var r *bench.Refused
	return errors.As(err, &r) && r.Status == status
}
