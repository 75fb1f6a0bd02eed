package workflow

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"portico/acd"
)

// Flow is one release of a workflow, ready to run. It never changes.
type Flow struct {
	// Workflow and Release are given by whoever compiles it for a Set.
	Workflow ID
	Release  uint32

	start  NodeID
	nodes  map[NodeID]*node
	fits   fits
	visits bool // an expression asks how often a component was entered
}

// node is one component, ready to run.
type node struct {
	kind  Kind
	name  string
	exits map[Exit]NodeID
	component
}

// Kind gives what a component is and what it is called; empty when there is no such one.
func (f *Flow) Kind(id NodeID) (kind Kind, name string) {
	if n := f.nodes[id]; n != nil {
		return n.kind, n.name
	}
	return "", ""
}

// Fits reports whether a contact enters by this workflow's start.
func (f *Flow) Fits(c *Contact) bool { return f.fits.contact(c) }

// fits is what a start lets in; an empty list lets in all.
type fits struct {
	media, source, destination, queues []string
}

func (f fits) contact(c *Contact) bool {
	any := func(list []string, match func(string) bool) bool {
		return len(list) == 0 || slices.ContainsFunc(list, match)
	}
	return any(f.media, func(m string) bool { return m == medium(c.Medium) }) &&
		any(f.source, func(p string) bool { return like(p, strings.ToLower(c.Source)) }) &&
		any(f.destination, func(p string) bool { return like(p, strings.ToLower(c.Destination)) }) &&
		any(f.queues, func(q string) bool { return q == c.Queue.String() })
}

// medium gives the name by which graphs call a medium.
func medium(m string) string {
	if m == "webchat" {
		return "chat"
	}
	return m
}

// like matches a pattern with * and ?. It takes time linear in both for each star.
func like(pattern, text string) bool {
	p, t := []rune(pattern), []rune(text)
	star, mark := -1, 0
	for i, j := 0, 0; j < len(t); {
		switch {
		case i < len(p) && (p[i] == '?' || p[i] == t[j]) && p[i] != '*':
			i, j = i+1, j+1
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
		if j == len(t) {
			return strings.Trim(string(p[i:]), "*") == ""
		}
	}
	return strings.Trim(pattern, "*") == ""
}

// Set is what contacts are routed by at one moment: the released workflows of all
// units, and the older releases that open contacts are still in. It never changes; the
// hub is handed a new one.
type Set struct {
	units map[acd.UnitID][]*Flow // in the order in which they are tried
	flows map[release]*Flow
}

type release struct {
	workflow ID
	number   uint32
}

// Entry is one release for a Set.
type Entry struct {
	Unit  acd.UnitID
	Name  string // of the workflow
	Order int    // smaller first
	// Enters: contacts enter this release. The others are there for contacts that are
	// in them.
	Enters bool
	Flow   *Flow
}

// NewSet makes a set. Of one workflow at most one release may be entered.
func NewSet(entries []Entry) *Set {
	s := &Set{units: make(map[acd.UnitID][]*Flow), flows: make(map[release]*Flow, len(entries))}
	ordered := slices.Clone(entries)
	slices.SortStableFunc(ordered, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Name, b.Name), a.Flow.Workflow.Compare(b.Flow.Workflow))
	})
	for _, e := range ordered {
		s.flows[release{e.Flow.Workflow, e.Flow.Release}] = e.Flow
		if e.Enters {
			s.units[e.Unit] = append(s.units[e.Unit], e.Flow)
		}
	}
	return s
}

// Choose gives the workflow that a new contact enters; nil: the built-in one.
func (s *Set) Choose(c *Contact) *Flow {
	if s == nil {
		return nil
	}
	for _, f := range s.units[c.Unit] {
		if f.Fits(c) {
			return f
		}
	}
	return nil
}

// Flow gives a release, or nil.
func (s *Set) Flow(workflow ID, number uint32) *Flow {
	if s == nil {
		return nil
	}
	return s.flows[release{workflow, number}]
}

// Any reports whether contacts of a unit may enter a workflow at all.
func (s *Set) Any(unit acd.UnitID) bool { return s != nil && len(s.units[unit]) > 0 }

func sorted[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
