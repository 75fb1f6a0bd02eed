package workflow

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"portico/acd"
)

// drawing makes random graphs: any component, any edge, so that most contacts meet
// queues that refuse, calls that nobody answers, circles and dead ends.
type drawing struct{ r *rand.Rand }

func newDrawing(seed uint64) drawing { return drawing{rand.New(rand.NewPCG(seed, 7))} }

func (d drawing) graph() Graph {
	kinds := Kinds()[1:]
	g := Graph{Nodes: []Node{{ID: "start", Kind: KindStart}}}
	for n := range 3 + d.r.IntN(8) {
		kind := kinds[d.r.IntN(len(kinds))]
		g.Nodes = append(g.Nodes, Node{ID: NodeID(fmt.Sprintf("n%d", n)), Kind: kind, Settings: d.settings(kind)})
	}
	to := func() NodeID { return g.Nodes[1+d.r.IntN(len(g.Nodes)-1)].ID }
	for _, n := range g.Nodes {
		for _, exit := range Exits(n) {
			if mayStayOpen(n.Kind, exit) && d.r.IntN(2) == 0 {
				continue
			}
			g.Edges = append(g.Edges, Edge{n.ID, exit, to()})
		}
	}
	return g
}

func (d drawing) pick(of ...string) string { return of[d.r.IntN(len(of))] }

func (d drawing) settings(k Kind) json.RawMessage {
	switch k {
	case KindDecision:
		return json.RawMessage(fmt.Sprintf(`{"branches":[{"id":"yes","name":"","expression":%q}]}`, d.pick(
			"contact.priority > 50", "visits('n0') < 4", "int(contact.data.a) > 3", "queue('Sales').waiting > 2", "open('Hours')", "contact.email.spam",
			"like(contact.email.sender, '*@example.com')", "mentions(contact.email.body, 'refund')")))
	case KindSchedule:
		return json.RawMessage(d.pick(`{"schedule":"Hours"}`, `{"schedule":"gone"}`))
	case KindSet:
		return json.RawMessage(d.pick(`{"priority":"contact.priority + 7"}`, `{"data":[{"key":"a","value":"string(contact.priority)"}]}`,
			`{"skills":[{"skill":"`+id(6)+`","level":50}],"priority":"1"}`, `{"data":[{"key":"b","value":"int(contact.data.a) + 1"}]}`))
	case KindCategory:
		return json.RawMessage(`{"category":"` + id(8) + `"}`)
	case KindMessage:
		return json.RawMessage(`{"texts":{"":"Hello {name} {data.a}"}}`)
	case KindCollect:
		return json.RawMessage(`{"fields":[{"key":"a","label":{"":"A"},"kind":"number"}],"timeout_s":20}`)
	case KindWebRequest:
		return json.RawMessage(`{"url":"https://example.com/{data.a}","timeout_s":2,"outputs":[{"path":"/a","key":"a"}]}`)
	case KindFunction:
		return json.RawMessage(`{"function":"f","inputs":{"x":"{name}"},"outputs":{"y":"a"}}`)
	case KindLookup:
		return json.RawMessage(`{"connection":"c","query":"select 1","parameters":{"p":"` + d.pick("contact.name", "int(contact.data.zz)") + `"},"outputs":[{"column":"a","key":"a"}]}`)
	case KindQueue:
		return json.RawMessage(d.pick(`{}`, `{"queue":"`+id(1)+`"}`, `{"queue":"`+id(2)+`","priority":"80"}`, `{"preferred":"last_agent"}`))
	case KindWait:
		return json.RawMessage(d.pick(`{"seconds":7}`, `{"seconds":33,"every_s":10,"texts":{"":"{position}"}}`))
	case KindOfferCallback:
		return json.RawMessage(`{"timeout_s":9}`)
	case KindTransfer:
		return json.RawMessage(d.pick(`{"to":"queue","queue":"`+id(2)+`"}`, `{"to":"agent","agent":"`+id(3)+`"}`, `{"to":"address","address":"x"}`))
	case KindAutoReply:
		return json.RawMessage(`{"subject":"Re","texts":{"":"Thanks"}}`)
	case KindAcknowledge:
		return json.RawMessage(`{"subject":"{caption}","texts":{"":"It has come"}}`)
	case KindForward:
		return json.RawMessage(`{"to":"a@example.com","note":"{name} wrote"}`)
	case KindDiscard:
		return json.RawMessage(`{"reason":"Spam"}`)
	}
	return json.RawMessage(`{}`)
}

// life is one contact, driven as the hub drives it, by a made-up core that refuses now
// and then. It keeps its own books, and shares no code with Step.
type life struct {
	t       *testing.T
	r       *rand.Rand
	graph   Graph
	flow    *Flow
	world   *world
	now     acd.Time
	in      Instance
	contact Contact
	turns   int

	queued, ended, agent bool
	token                *Token // of the call that waits
	node                 NodeID // where the path is, by the edges
	exit                 Exit   // how it left there, if it did
	said                 map[[2]uint32]bool
	visit                uint32
	alerts               int
}

func (l *life) fatal(format string, args ...any) {
	l.t.Helper()
	l.t.Fatalf(format+"\ninstance %+v", append(args, l.in)...)
}

// tell steps the instance and a twin that was read from what is saved, holds the two
// against each other, checks what came out, and answers the effects.
func (l *life) tell(input Input) bool {
	l.t.Helper()
	l.turns++
	before := l.in
	out := Step(l.now, l.flow, l.in, l.contact, input, l.world)
	saved, err := l.in.Encode()
	if err != nil {
		l.fatal("encoding: %v", err)
	}
	twin, err := Decode(saved)
	if err != nil {
		l.fatal("decoding: %v", err)
	}
	again := Step(l.now, l.flow, twin, l.reread(twin), input, l.world)
	if a, b := shown(l.t, out), shown(l.t, again); a != b {
		l.fatal("%T: the twin that was read decides otherwise:\n%s\n%s", input, a, b)
	}
	if !reflect.DeepEqual(before, l.in) {
		l.fatal("the instance that was handed in was changed")
	}
	if out.Ignored {
		if len(out.Passed)+len(out.Effects) > 0 || !reflect.DeepEqual(out.Instance, l.in) {
			l.fatal("%T was ignored, and did something", input)
		}
		return false
	}
	l.in, l.contact = out.Instance, out.Contact
	_, retold := input.(Restarted)
	for _, p := range out.Passed {
		l.passed(p, retold)
	}
	l.answer(out.Effects)
	return true
}

// reread gives the contact as the hub reads it after a restart.
func (l *life) reread(in Instance) Contact {
	c := l.contact
	c.Queue, c.Customer, c.LastAgent = in.Addressed, in.Customer, in.LastAgent
	return c
}

func shown(t *testing.T, o Outcome) string {
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// passed follows the path by the edges of the drawing.
func (l *life) passed(p Passed, retold bool) {
	l.t.Helper()
	if p.Entered {
		if p.Visit != l.visit+1 || p.Visit > VisitsMax {
			l.fatal("visit %d follows visit %d", p.Visit, l.visit)
		}
		if l.visit > 0 && !l.leads(p.Node) {
			l.fatal("from %s by %q no way leads to %s", l.node, l.exit, p.Node)
		}
		l.visit, l.node, l.exit = p.Visit, p.Node, stay
	}
	if p.Visit != l.visit || p.Node != l.node {
		l.fatal("visit %d of %s while in visit %d of %s", p.Visit, p.Node, l.visit, l.node)
	}
	if l.exit != stay {
		l.fatal("something was passed in %s after it was left", p.Node)
	}
	l.exit = p.Exit
	for _, s := range p.Say {
		if key := [2]uint32{s.Visit, s.N}; s.Visit != p.Visit || l.said[key] {
			l.fatal("text %d of visit %d is said twice", s.N, s.Visit)
		} else {
			l.said[key] = true
		}
	}
	if p.Call != nil {
		if want := (Token{l.contact.ID, l.visit}); p.Call.Token != want {
			l.fatal("call with the token %v, want %v", p.Call.Token, want)
		}
		token := p.Call.Token
		l.token = &token
	}
	if p.Forward != nil {
		if key := [2]uint32{p.Forward.Visit, 0}; l.said[key] || p.Forward.Visit != p.Visit || l.contact.Medium != "email" {
			l.fatal("visit %d forwards twice, or what is no e-mail", p.Visit)
		} else {
			l.said[key] = true
		}
	}
	if p.Discard != nil && !l.in.Over {
		l.fatal("a contact that is discarded goes on")
	}
	if retold && (p.Exit == stay) && len(p.Say) > 0 {
		l.fatal("a restart says something anew")
	}
}

// leads reports whether the drawing has a way: by the exit, by closed for holiday, by the
// error exit of an exit that leads nowhere, or by the start's.
func (l *life) leads(to NodeID) bool {
	edge := func(from NodeID, exit Exit) (NodeID, bool) {
		i := slices.IndexFunc(l.graph.Edges, func(e Edge) bool { return e.From == from && e.Exit == exit })
		if i < 0 {
			return "", false
		}
		return l.graph.Edges[i].To, true
	}
	if at, ok := edge(l.node, l.exit); ok {
		return at == to
	}
	if l.exit == ExitHoliday {
		at, _ := edge(l.node, ExitClosed)
		return at == to
	}
	if at, ok := edge(l.node, ExitError); ok {
		return at == to
	}
	at, _ := edge("start", ExitError)
	return at == to
}

// answer plays the core.
func (l *life) answer(effects []Effect) {
	l.t.Helper()
	var input Input
	for _, e := range effects {
		switch e.(type) {
		case Alert:
			l.alerts++
		case Disconnect:
			l.ended = true
		case Fallback:
			if l.queued {
				l.fatal("a contact in a queue is sent to another")
			}
			if input = Input(Done{}); l.r.IntN(3) == 0 {
				input = Refused{"busy"}
			} else {
				l.queued = true
			}
		default:
			if _, refused := input.(Refused); refused {
				continue
			}
			if input = Input(Done{}); l.r.IntN(4) == 0 {
				input = Refused{"busy"}
			} else if _, placed := e.(Place); placed {
				l.queued = true
			}
		}
	}
	if l.ended {
		return
	}
	l.in.Arrived = true
	if input == nil {
		return
	}
	if l.queued && l.r.IntN(4) == 0 {
		l.agent, l.in.Paused = true, true // it was offered at once
	}
	if l.in.Doing != DoingCore && l.in.Doing != DoingFallback {
		l.fatal("the core is asked while the instance does %q", l.in.Doing)
	}
	if !l.tell(input) {
		l.fatal("the core's answer was ignored")
	}
}

// settled checks what is true between two turns, whatever the graph: the contact is in a
// queue, or over, or something is going to happen to it.
func (l *life) settled() {
	l.t.Helper()
	switch {
	case l.in.Doing == DoingCore:
		l.fatal("an answer of the core is waited for between two turns")
	case l.ended && !l.in.Over:
		l.fatal("the contact was ended and its workflow goes on")
	case l.ended, l.queued, l.in.Paused:
	case l.in.Over:
		l.fatal("the workflow is over, and the contact is in no queue")
	case l.in.Deadline == 0:
		l.fatal("nothing will ever happen to the contact")
	}
	if !l.in.Over && l.queued && l.in.Doing != DoingFallback && l.in.Queue.IsZero() {
		l.fatal("the contact is in a queue that the instance does not know")
	}
	if l.alerts > 2 {
		l.fatal("%d alerts of one contact", l.alerts)
	}
	if l.in.Texts > TextsMax || len(l.contact.Data) > 100 {
		l.fatal("%d texts, %d data", l.in.Texts, len(l.contact.Data))
	}
}

// one lets one thing happen.
func (l *life) one() {
	l.t.Helper()
	l.now = l.now.Add(time.Duration(l.r.IntN(4000)) * time.Millisecond)
	switch l.r.IntN(12) {
	case 0:
		if l.token != nil { // on time, late, or for the second time
			l.result(*l.token)
		}
	case 1:
		if l.token != nil && l.token.Visit > 1 {
			old := Token{l.contact.ID, l.token.Visit - 1}
			if l.tell(Answered{Token: old, Result: Result{Exit: ExitNext}}) {
				l.fatal("an answer with the token of visit %d was heard", old.Visit)
			}
		}
	case 2:
		heard := l.tell(Collected{l.in.Visit, map[string]string{"a": fmt.Sprint(l.r.IntN(9)), "zz": "never asked"}})
		if l.contact.Data["zz"] != "" {
			l.fatal("what no form asks for was kept; heard %v", heard)
		}
	case 3:
		l.tell(Chosen{l.in.Visit, l.r.IntN(2) == 0})
	case 4:
		if l.tell(Collected{l.in.Visit + 1, nil}) || l.tell(Chosen{l.in.Visit - 1, true}) {
			l.fatal("an answer to another visit was heard")
		}
	case 5:
		if l.queued && !l.agent && !l.in.Over {
			l.agent = true
			l.tell(Paused{})
		}
	case 6:
		if l.agent {
			l.agent = false
			l.tell(Resumed{})
		}
	case 7:
		l.tell(Restarted{})
	case 8:
		if l.agent && l.r.IntN(4) == 0 {
			l.tell(Left{})
		}
	default:
		if at := l.in.Deadline; at != 0 && l.r.IntN(2) == 0 {
			l.now = max(l.now, at)
		}
		if asked := l.agent; l.tell(Due{}) && asked {
			l.fatal("a deadline came while an agent was asked")
		}
	}
}

// result answers the call; heard twice it must do nothing the second time.
func (l *life) result(token Token) {
	l.t.Helper()
	waits := l.in.Doing == DoingCall && token.Visit == l.in.Visit && l.in.Exit == stay && !l.in.Over
	r := Result{
		Exit:   []Exit{ExitNext, ExitFound, ExitNone, ExitTimeout, ExitError, "odd"}[l.r.IntN(6)],
		Values: map[string]string{"a": fmt.Sprint(l.r.IntN(9)), "zz": "never asked"},
	}
	if heard := l.tell(Answered{token, r}); heard != waits {
		l.fatal("heard %v, want %v", heard, waits)
	}
	if l.tell(Answered{token, r}) {
		l.fatal("an answer was heard twice")
	}
	if l.contact.Data["zz"] != "" {
		l.fatal("an answer set what the component does not")
	}
}

// Whatever the graph, the core and the outside do: a path follows the drawing, nothing is
// said twice, no answer is heard twice, and no contact is lost. Who is read from the
// store decides as who was not. Seeded; the digest of all outcomes is the same twice.
func TestSimulation(t *testing.T) {
	seeds := uint64(600)
	if testing.Short() {
		seeds = 200
	}
	for seed := range seeds {
		d := newDrawing(seed)
		r, g := d.r, d.graph()
		b := build(g, nil)
		b.flow.Workflow, b.flow.Release = ID{9}, 1
		if len(b.problems) > 0 {
			t.Fatalf("seed %d: the drawing is not whole: %+v", seed, b.problems)
		}
		b.walk()
		c := Contact{ID: acd.ContactID{7}, Medium: d.pick("webchat", "webchat", "email"), Name: "Eve", Priority: 50, Queue: queueID(1)}
		if r.IntN(5) == 0 {
			c.Queue = acd.QueueID{}
		}
		if c.Medium == "email" {
			c.Data = map[string]string{EmailKey: d.pick(`{"sender":"a@example.com","body":"A refund, please"}`, `{"spam":true,"no_reply":"It is spam."}`, `no JSON`, ``)}
		}
		l := &life{
			t: t, r: r, graph: g, flow: b.flow, now: 1_000_000, contact: c, in: Begin(b.flow, c), said: map[[2]uint32]bool{},
			world: &world{hours: map[string]Hours{"Hours": Hours(r.IntN(3))}, queues: map[string]QueueFigures{"Sales": {Waiting: r.IntN(6)}}},
		}
		l.tell(Began{})
		l.settled()
		for range 60 {
			if l.ended {
				break
			}
			l.one()
			l.settled()
		}
	}
}
