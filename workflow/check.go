package workflow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Check says what is wrong with a graph, errors and warnings, in the order of its
// nodes. References may be nil: then it is not asked whether what the graph names exists.
func Check(g Graph, refs References) []Problem {
	_, problems := Compile(g, refs)
	return problems
}

// Uses lists what a graph names, as far as its settings can be read.
func Uses(g Graph) []Use {
	b := build(g, nil)
	return b.uses
}

// Compile makes a graph ready to run; the Flow is nil when there is an error among the
// problems.
func Compile(g Graph, refs References) (*Flow, []Problem) {
	b := build(g, refs)
	if b.wired {
		b.walk()
	}
	for _, p := range b.problems {
		if p.Severity == SeverityError {
			return nil, b.problems
		}
	}
	return b.flow, b.problems
}

// Errors gives the problems that keep a graph from being released.
func Errors(problems []Problem) []Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p Problem) bool { return p.Severity != SeverityError })
}

// Size refuses a graph that is too large to be looked at; nil when it is not.
func Size(g Graph) []Problem {
	var out []Problem
	large := func(node NodeID, what string, most int, message string) {
		out = append(out, Problem{Node: node, Code: CodeTooLarge, Severity: SeverityError, Message: fmt.Sprintf(message, most),
			Values: map[string]string{"what": what, "max": fmt.Sprint(most)}})
	}
	if len(g.Nodes) > NodesMax {
		large("", "components", NodesMax, "A workflow has at most %d components.")
	}
	if len(g.Edges) > EdgesMax {
		large("", "connections", EdgesMax, "A workflow has at most %d connections.")
	}
	for _, n := range g.Nodes {
		if len(n.Settings) > SettingsMax {
			large(cutID(n.ID), "settings", SettingsMax>>10, "The settings of one component have at most %d KiB.")
		}
	}
	return out
}

func cutID(id NodeID) NodeID { return NodeID(cut(string(id), 40)) }

// builder makes a Flow of a graph and collects what is wrong.
type builder struct {
	graph    Graph
	refs     References
	flow     *Flow
	problems []Problem
	uses     []Use
	at       NodeID   // whose settings are read
	told     []string // places of a text that its channel fills
	wired    bool     // the graph hangs together well enough to be walked
}

func build(g Graph, refs References) *builder {
	b := &builder{graph: g, refs: refs, told: told, flow: &Flow{nodes: make(map[NodeID]*node, len(g.Nodes))}}
	if b.problems = Size(g); len(b.problems) > 0 {
		return b
	}
	for i := range g.Nodes {
		b.node(&g.Nodes[i])
	}
	b.starts()
	b.edges()
	b.at = ""
	return b
}

// problem notes something wrong with the node at hand. pairs are names and values; what says
// which of the things it is that a code stands for.
func (b *builder) problem(field string, code Code, message string, pairs ...string) {
	p := Problem{Node: b.at, Field: field, Code: code, Message: message, Severity: SeverityError}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		if p.Values == nil {
			p.Values = make(map[string]string)
		}
		p.Values[pairs[i]] = pairs[i+1]
	}
	b.problems = append(b.problems, p)
}

func (b *builder) node(n *Node) {
	b.at = cutID(n.ID)
	if !validID(string(n.ID)) {
		b.problem("id", CodeNode, "The id of a component is 1 to 40 of the signs a–z, 0–9, _ and -.", "what", "id")
		return
	}
	if b.flow.nodes[n.ID] != nil {
		b.problem("id", CodeNode, "There are two components with this id.", "what", "twice")
		return
	}
	if runes(n.Name) > NameMax {
		b.problem("name", CodeRange, fmt.Sprintf("A name has at most %d characters.", NameMax), "max", fmt.Sprint(NameMax), "what", "characters")
	}
	make, ok := makers[n.Kind]
	if !ok {
		b.problem("kind", CodeKind, "There is no such kind of component.", "kind", cut(string(n.Kind), 40))
		return
	}
	out := &node{kind: n.Kind, name: n.Name, exits: map[Exit]NodeID{}}
	settings := n.Settings
	if len(settings) == 0 {
		settings = json.RawMessage("{}")
	}
	out.component = make(b, settings)
	b.flow.nodes[n.ID] = out
}

// validID reports whether a text may name a component or a branch.
func validID(id string) bool {
	if len(id) < 1 || len(id) > 40 {
		return false
	}
	return !strings.ContainsFunc(id, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-'
	})
}

func (b *builder) starts() {
	b.at = ""
	var starts int
	for i := range b.graph.Nodes {
		if n := &b.graph.Nodes[i]; n.Kind == KindStart {
			starts++
			b.flow.start = n.ID
		}
	}
	if starts != 1 {
		b.problem("", CodeNoStart, "A workflow has one start.", "starts", fmt.Sprint(starts))
		return
	}
	b.wired = b.flow.nodes[b.flow.start] != nil
}

// edges connects the exits, and finds those that lead nowhere.
func (b *builder) edges() {
	for i, e := range b.graph.Edges {
		b.at = cutID(e.From)
		field := fmt.Sprintf("edges.%d", i)
		from, to := b.flow.nodes[e.From], b.flow.nodes[e.To]
		switch {
		case from == nil || to == nil:
			b.edge(e, field, "nowhere", "A connection leads from or to a component that there is not.")
		case to.kind == KindStart:
			b.edge(e, field, "start", "No connection leads into the start.")
		case !slices.Contains(b.exits(e.From), e.Exit):
			b.edge(e, field, "exit", "The component has no such exit.")
		case from.exits[e.Exit] != "":
			b.edge(e, field, "twice", "Two connections leave the same exit.")
		default:
			from.exits[e.Exit] = e.To
		}
	}
	for i := range b.graph.Nodes {
		id := b.graph.Nodes[i].ID
		n := b.flow.nodes[id]
		if n == nil {
			continue
		}
		for _, exit := range b.exits(id) {
			if n.exits[exit] == "" && !mayStayOpen(n.kind, exit) {
				b.at = id
				b.edge(Edge{Exit: exit}, "", "", "This exit leads nowhere. Connect it.")
				b.problems[len(b.problems)-1].Code = CodeOpenExit
			}
		}
	}
}

func (b *builder) edge(e Edge, field, what, message string) {
	b.problem(field, CodeEdge, message, "what", what)
	b.problems[len(b.problems)-1].Exit = Exit(cut(string(e.Exit), 40))
}

// mayStayOpen reports whether an exit need not lead anywhere.
func mayStayOpen(k Kind, exit Exit) bool {
	return exit == ExitError || exit == ExitHoliday || exit == ExitNext && ends(k)
}

// exits gives the ways out of a component.
func (b *builder) exits(id NodeID) []Exit {
	n := b.flow.nodes[id]
	if d, ok := n.component.(*decision); ok {
		var out []Exit
		for _, branch := range d.branches {
			out = append(out, branch.exit)
		}
		return append(out, ExitElse, ExitError)
	}
	return exitsOf(n.kind)
}

// Exits gives the ways out of a node, as far as its settings can be read.
func Exits(n Node) []Exit {
	b := build(Graph{Nodes: []Node{n}}, nil)
	if b.flow.nodes[n.ID] == nil {
		return nil
	}
	return b.exits(n.ID)
}

// exitsOf gives the exits of a kind; a decision's branches come before them.
func exitsOf(k Kind) []Exit {
	switch k {
	case KindDecision:
		return []Exit{ExitElse, ExitError}
	case KindSchedule:
		return []Exit{ExitOpen, ExitClosed, ExitHoliday, ExitError}
	case KindMessage:
		return []Exit{ExitNext}
	case KindCollect, KindWebRequest, KindFunction:
		return []Exit{ExitNext, ExitTimeout, ExitError}
	case KindLookup:
		return []Exit{ExitFound, ExitNone, ExitTimeout, ExitError}
	case KindOfferCallback:
		return []Exit{ExitAccepted, ExitDeclined, ExitTimeout, ExitError}
	case KindDisconnect, KindDiscard:
		return nil
	}
	return []Exit{ExitNext, ExitError}
}
