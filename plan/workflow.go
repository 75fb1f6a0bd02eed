package plan

import (
	"slices"
	"strconv"

	"portico/acd"
	"portico/workflow"
)

// WorkflowsMax is how many workflows a business unit may have.
const WorkflowsMax = 200

// Workflow is a graph of components that contacts pass before and while they are queued.
// Its name is the object's.
type Workflow struct {
	Description string `json:"description,omitempty"`
	// Order says which comes first where several fit a contact; smaller first, then by name.
	Order   int  `json:"order"`
	Enabled bool `json:"enabled"`
	// Graph is the draft; contacts pass the release.
	Graph workflow.Graph `json:"graph"`
	// Releases counts the releases so far.
	Releases uint32   `json:"releases,omitempty"`
	Released *Release `json:"released,omitempty"`
}

// Release is a graph that contacts pass. It never changes.
type Release struct {
	Number uint32         `json:"number"` // from 1
	At     acd.Time       `json:"at"`
	By     acd.AgentID    `json:"by,omitzero"`
	Why    string         `json:"why"`
	SameAs uint32         `json:"same_as,omitempty"` // the former release whose graph it is again
	Graph  workflow.Graph `json:"graph"`
}

// OrderNormal is the order of a workflow for which none was chosen.
const OrderNormal = 100

// Check gives the fault invalid, with the field, when a value is out of range. A draft may
// be as unfinished as it likes: what is wrong with a graph is told by package workflow.
func (w Workflow) Check() error {
	var c checker
	c.text("description", w.Description, DescriptionMax)
	c.number("order", w.Order, 1, 999)
	c.length("graph.nodes", len(w.Graph.Nodes), workflow.NodesMax)
	c.length("graph.edges", len(w.Graph.Edges), workflow.EdgesMax)
	return c.result()
}

// InForce gives the graph that contacts enter; ok is false when there is none.
func (w Workflow) InForce() (graph workflow.Graph, ok bool) {
	if !w.Enabled || w.Released == nil {
		return workflow.Graph{}, false
	}
	return w.Released.Graph, true
}

// BlankGraph is what a new workflow begins with: from the start to the addressed queue.
func BlankGraph() workflow.Graph {
	return workflow.Graph{
		Nodes: []workflow.Node{
			{ID: "start", Kind: workflow.KindStart, Settings: []byte(`{}`)},
			{ID: "queue", Kind: workflow.KindQueue, X: 320, Settings: []byte(`{}`)},
		},
		Edges: []workflow.Edge{{From: "start", Exit: workflow.ExitNext, To: "queue"}},
	}
}

// ReleaseName names the object that keeps a release of a workflow for ever, so that names
// are in the order of the numbers.
func ReleaseName(id workflow.ID, number uint32) string {
	text := strconv.FormatUint(uint64(number), 10)
	return id.String() + "/" + string(slices.Repeat([]byte{'0'}, max(0, 9-len(text)))) + text
}
