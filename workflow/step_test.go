package workflow

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"portico/acd"
)

// world is a made-up one.
type world struct {
	queues map[string]QueueFigures
	hours  map[string]Hours
	limits Limits
}

func (w *world) Zone(acd.UnitID) *time.Location { return time.UTC }
func (w *world) Queue(_ acd.UnitID, ref string) (QueueFigures, bool) {
	q, ok := w.queues[ref]
	return q, ok
}
func (w *world) Hours(_ acd.UnitID, ref string, _ time.Time) (Hours, bool) {
	h, ok := w.hours[ref]
	return h, ok
}
func (w *world) Opening(_ acd.UnitID, ref string, at time.Time) (from, until time.Time, ok bool) {
	if h, ok := w.hours[ref]; !ok || h == HoursHoliday {
		return from, until, false
	} else if h == HoursClosed {
		at = at.Add(time.Hour)
	}
	return at, at.Add(2 * time.Hour), true
}
func (w *world) Limits(acd.UnitID) Limits { return w.limits }

func id(n byte) string { return fmt.Sprintf("00000000-0000-7000-8000-0000000000%02x", n) }

func queueID(n byte) acd.QueueID { q, _ := parseID[acd.QueueID](id(n)); return q }

// drawn makes a graph: nodes as "id kind settings", edges as "from exit to".
func drawn(t testing.TB, nodes, edges string) Graph {
	t.Helper()
	var g Graph
	for line := range strings.Lines(nodes) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		f := strings.SplitN(line, " ", 3)
		n := Node{ID: NodeID(f[0]), Kind: Kind(f[1]), Settings: json.RawMessage("{}")}
		if len(f) == 3 {
			n.Settings = json.RawMessage(f[2])
		}
		g.Nodes = append(g.Nodes, n)
	}
	for line := range strings.Lines(edges) {
		if f := strings.Fields(line); len(f) == 3 {
			g.Edges = append(g.Edges, Edge{NodeID(f[0]), Exit(f[1]), NodeID(f[2])})
		}
	}
	return g
}

// stage plays a hub that grants whatever is asked.
type stage struct {
	t       *testing.T
	now     acd.Time
	flow    *Flow
	world   *world
	in      Instance
	contact Contact
	path    []string // node:exit
	said    []string
	last    Outcome
	passed  []Passed
	effects []Effect
	refuse  string // why the core refuses the next Place
}

func play(t *testing.T, g Graph, w *world, c Contact) *stage {
	t.Helper()
	flow, problems := Compile(g, nil)
	if flow == nil {
		t.Fatalf("the graph does not compile: %+v", problems)
	}
	flow.Workflow, flow.Release = ID{9}, 3
	if w == nil {
		w = &world{}
	}
	c.ID = acd.ContactID{7}
	s := &stage{t: t, now: 1_000_000, flow: flow, world: w, in: Begin(flow, c), contact: c}
	s.tell(Began{})
	return s
}

// tell steps the instance, and answers its effects as the core would.
func (s *stage) tell(input Input) *stage {
	out := Step(s.now, s.flow, s.in, s.contact, input, s.world)
	s.last = out
	s.passed = append(s.passed, out.Passed...)
	s.in, s.contact = out.Instance, out.Contact
	for _, p := range out.Passed {
		if p.Exit != stay {
			s.path = append(s.path, string(p.Node)+":"+string(p.Exit))
		}
		for _, say := range p.Say {
			s.said = append(s.said, say.Text)
		}
	}
	s.effects = append(s.effects, out.Effects...)
	s.in.Arrived = true
	if s.in.Doing == DoingCore || s.in.Doing == DoingFallback && len(out.Effects) > 0 {
		if s.refuse != "" {
			why := s.refuse
			s.refuse = ""
			return s.tell(Refused{why})
		}
		return s.tell(Done{})
	}
	return s
}

// after lets time pass and tells of the deadline.
func (s *stage) after(d time.Duration) *stage {
	s.now = s.now.Add(d)
	return s.tell(Due{})
}

func (s *stage) want(path string) {
	s.t.Helper()
	if got := strings.Join(s.path, " "); got != path {
		s.t.Errorf("path %q, want %q", got, path)
	}
}

func (s *stage) placed() *Place {
	for i := len(s.effects) - 1; i >= 0; i-- {
		if p, ok := s.effects[i].(Place); ok {
			return &p
		}
	}
	return nil
}

// A callback is offered within its hours, which may begin later; without such hours the
// component fails.
func TestOfferedHours(t *testing.T) {
	g := drawn(t, `
		a start
		o offer_callback {"texts":{"":"Call you?\nOpen {opens}."},"schedule":"hours"}
		q queue {"queue":"`+id(1)+`"}
		e queue {"queue":"`+id(2)+`"}`, "a next o\no accepted q\no declined q\no timeout q\no error e")
	c := Contact{Medium: "webchat", Queue: queueID(1)}
	for hours, later := range map[Hours]bool{HoursOpen: false, HoursClosed: true} {
		s := play(t, g, &world{hours: map[string]Hours{"hours": hours}}, c)
		offer := s.last.Passed[len(s.last.Passed)-1].Offer
		if offer == nil || offer.Later != later || offer.From < s.now || offer.Until != offer.From.Add(2*time.Hour) || offer.Text != "Call you?\nOpen {opens}." {
			t.Errorf("offered %+v", offer)
		}
	}
	for _, w := range []*world{{}, {hours: map[string]Hours{"hours": HoursHoliday}}} {
		play(t, g, w, c).want("a:next o:error")
	}
	if got := FillOpens("Call you?\nOpen {opens}.", ""); got != "Call you?" {
		t.Errorf("at any time it reads %q", got)
	}
	bad := drawn(t, `
		a start
		m message {"texts":{"":"Open {opens}."}}
		q queue`, "a next m\nm next q")
	if problems := Check(bad, nil); len(problems) != 1 || problems[0].Code != CodePlace {
		t.Errorf("a message with {opens}: %+v", problems)
	}
}

// A contact goes by the hours, by what is true of it and of the queues, takes what is
// set along, and waits in the queue where it is told about that every so often.
func TestPath(t *testing.T) {
	g := drawn(t, `
		a start {"media":["chat"]}
		b schedule {"schedule":"`+id(5)+`"}
		c decision {"branches":[{"id":"gold","name":"","expression":"contact.data.card == 'gold' and queue('Sales').waiting > 2"}]}
		d set {"priority":"contact.priority + 20","data":[{"key":"k","value":"upper(contact.name)"}],"skills":[{"skill":"`+id(6)+`","level":50}]}
		e message {"texts":{"de":"Hallo {name}","en":"Hello {name}, {data.k}"}}
		q queue {"queue":"`+id(1)+`"}
		w wait {"seconds":60,"every_s":20,"texts":{"":"You are {position}."}}
		x disconnect {"texts":{"en":"Bye"}}
	`, `
		a next b
		b open c
		b closed x
		c gold d
		c else q
		d next e
		e next q
		q next w
		w next x
	`)
	w := &world{hours: map[string]Hours{id(5): HoursOpen}, queues: map[string]QueueFigures{"Sales": {Waiting: 3}}}
	c := Contact{Medium: "webchat", Name: "Eve", Language: "en", Priority: 50, Data: map[string]string{"card": "gold"}}
	s := play(t, g, w, c)
	s.want("a:next b:open c:gold d:next e:next q:next")
	p := s.placed()
	if p == nil || p.Queue != queueID(1) || s.contact.Priority != 70 || len(s.contact.Skills) != 1 || s.contact.Data["k"] != "EVE" {
		t.Fatalf("placed %+v as %+v", p, s.contact)
	}
	if c.Data["k"] != "" {
		t.Error("the contact that was handed in was changed")
	}
	if s.after(20 * time.Second); len(s.said) != 3 || s.said[0] != "Hello Eve, EVE" || s.said[2] != "You are {position}." {
		t.Fatalf("said %q", s.said)
	}
	s.after(15 * time.Second)
	if !s.last.Ignored {
		t.Error("a deadline that has not come did something")
	}
	s.after(60 * time.Second)
	s.want("a:next b:open c:gold d:next e:next q:next w:next")
	if _, end := s.effects[len(s.effects)-1].(Disconnect); !end || !s.in.Over || s.said[len(s.said)-1] != "Bye" {
		t.Errorf("effects %+v said %q", s.effects, s.said)
	}
}

// What a queue refuses goes by the error exit, by the start's without one, and to the
// addressed queue, with an alert, when there is neither. Tried again until a queue takes it.
func TestErrorPaths(t *testing.T) {
	nodes := "a start\nq queue {\"queue\":\"" + id(1) + "\"}\nx disconnect"
	for _, c := range []struct{ edges, path, alert string }{
		{"a next q\nq error x", "a:next q:error", ""},
		{"a next q\na error x", "a:next q:error", "workflow_failed"},
		{"a next q", "a:next q:error", "workflow_failed"},
	} {
		g := drawn(t, nodes, c.edges)
		flow, problems := Compile(g, nil)
		if flow == nil {
			t.Fatal(problems)
		}
		in := Begin(flow, Contact{Queue: queueID(2)})
		w := &world{}
		out := Step(1000, flow, in, Contact{Queue: queueID(2)}, Began{}, w)
		out = Step(1000, flow, out.Instance, out.Contact, Refused{"busy"}, w)
		var alert string
		var fell bool
		for _, e := range out.Effects {
			switch e := e.(type) {
			case Alert:
				alert = string(e.Code)
			case Fallback:
				fell = e.Queue == queueID(2)
			}
		}
		if alert != c.alert || fell != (c.edges == "a next q") {
			t.Errorf("%q: effects %+v", c.edges, out.Effects)
		}
		if !fell {
			continue
		}
		out = Step(1000, flow, out.Instance, out.Contact, Refused{"busy"}, w)
		if out.Instance.Deadline == 0 {
			t.Fatal("a contact that no queue takes is not tried again")
		}
		out = Step(out.Instance.Deadline, flow, out.Instance, out.Contact, Due{}, w)
		if len(out.Effects) != 1 {
			t.Fatalf("effects %+v", out.Effects)
		}
		if out = Step(out.Instance.Deadline, flow, out.Instance, out.Contact, Done{}, w); !out.Instance.Over {
			t.Error("the workflow goes on after it was given up")
		}
	}
}

// A graph that goes in a circle is stopped after a thousand components, with one alert.
func TestLoop(t *testing.T) {
	g := drawn(t, `
		a start
		d decision {"branches":[{"id":"on","name":"","expression":"visits('d') > 0"}]}
		q queue
	`, "a next d\nd on d\nd else q")
	s := play(t, g, nil, Contact{Queue: queueID(1)})
	var alerts int
	for _, e := range s.effects {
		if a, ok := e.(Alert); ok && a.Code == AlertLoop {
			alerts++
		}
	}
	if alerts != 1 || s.in.Visit != VisitsMax || !s.in.Over {
		t.Errorf("alerts %d, visits %d, over %v", alerts, s.in.Visit, s.in.Over)
	}
}

// While somebody is offered the contact nothing goes on; what happened meanwhile is
// followed when it is back, and the workflow is over when an agent has finished.
func TestPause(t *testing.T) {
	g := drawn(t, "a start\nq queue {\"queue\":\""+id(1)+"\"}\nw wait {\"seconds\":10}\nx disconnect", "a next q\nq next w\nw next x")
	s := play(t, g, nil, Contact{})
	s.tell(Paused{}).after(time.Minute)
	s.want("a:next q:next")
	s.tell(Resumed{})
	s.want("a:next q:next w:next")
	s = play(t, g, nil, Contact{})
	s.tell(Paused{}).tell(Left{}).after(time.Minute)
	s.want("a:next q:next")
	if !s.last.Ignored {
		t.Error("a workflow that is over goes on")
	}
}
