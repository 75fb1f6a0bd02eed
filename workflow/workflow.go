// Package workflow runs the graph of components that a contact passes before and
// while it is queued. It is pure, as the core is: the hub steps it in the same
// turn and saves it in the same commit. The one graph so far is built in:
// start → queue.
package workflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"portico/acd"
)

// VisitsMax is how many nodes one contact may pass; one that passes more is stopped.
const VisitsMax = 1_000

// NodeID names a node within its graph.
type NodeID string

// Node is one component of a graph.
type Node interface{ node() }

type (
	// StartNode is where a contact begins.
	StartNode struct{ Next NodeID }
	// QueueNode sends the contact to the queue that it was addressed to.
	QueueNode struct{}
)

func (StartNode) node() {}
func (QueueNode) node() {}

// Graph is a version of a workflow. It never changes. The zero Version is the
// built-in graph's.
type Graph struct {
	Version uint32
	Start   NodeID
	Nodes   map[NodeID]Node
}

// BuiltIn is the graph of every contact that no other is configured for.
func BuiltIn() *Graph {
	return &Graph{Start: "start", Nodes: map[NodeID]Node{"start": StartNode{Next: "queue"}, "queue": QueueNode{}}}
}

// Contact is what a graph may know of a contact when it arrives.
type Contact struct {
	Queue     acd.QueueID
	Priority  uint8
	Skills    []acd.SkillLevel
	Preferred acd.AgentID
	Hold      time.Duration
}

// Instance is where a contact is in its graph. It is saved with the contact.
type Instance struct {
	Version   uint32            `json:"version"` // of the graph; a contact finishes on the version it entered
	Node      NodeID            `json:"node"`
	Visit     uint32            `json:"visit"` // counts the nodes entered
	Since     acd.Time          `json:"since"` // of Node
	Variables map[string]string `json:"variables,omitempty"`
}

// Command is what an instance asks of the core.
type Command interface{ command() }

// Enqueue brings the contact to a queue; see acd.Arrived.
type Enqueue struct {
	Queue     acd.QueueID
	Priority  uint8
	Skills    []acd.SkillLevel
	Preferred acd.AgentID
	Hold      time.Duration
}

func (Enqueue) command() {}

// The errors of a graph that cannot be run.
var (
	ErrNode = errors.New("workflow: the graph names a node that it does not have")
	ErrLoop = errors.New("workflow: the contact passed too many nodes")
)

// Start brings a contact into a graph and runs it to the first node that asks
// something of the core.
func Start(now acd.Time, g *Graph, c Contact) (Instance, Command, error) {
	in := Instance{Version: g.Version, Since: now, Node: g.Start}
	for {
		if in.Visit++; in.Visit > VisitsMax {
			return in, nil, ErrLoop
		}
		switch n := g.Nodes[in.Node].(type) {
		case StartNode:
			in.Node = n.Next
		case QueueNode:
			return in, Enqueue(c), nil
		default:
			return in, nil, fmt.Errorf("%w: %q", ErrNode, in.Node)
		}
	}
}

// Encode gives the instance as it is saved.
func (in Instance) Encode() (json.RawMessage, error) {
	b, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("encoding a workflow instance: %w", err)
	}
	return b, nil
}

// Decode reads a saved instance.
func Decode(saved json.RawMessage) (Instance, error) {
	var in Instance
	if err := json.Unmarshal(saved, &in); err != nil {
		return in, fmt.Errorf("decoding a workflow instance: %w", err)
	}
	return in, nil
}
