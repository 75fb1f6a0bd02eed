package plan

import (
	"portico/workflow"
)

// WorkflowObject is a workflow with what all objects have.
type WorkflowObject struct {
	Head
	Workflow
}

// Flows compiles what contacts enter: the releases of the workflows that are enabled. What
// was compiled in before is not compiled again. A release was judged when it was made; one
// that does not compile any more is left out, and its id given.
func Flows(before *workflow.Set, all []WorkflowObject) (set *workflow.Set, left []workflow.ID) {
	entries := make([]workflow.Entry, 0, len(all))
	for _, w := range all {
		graph, ok := w.InForce()
		if !ok {
			continue
		}
		flow := before.Flow(w.ID, w.Released.Number)
		if flow == nil {
			if flow = CompileRelease(w.ID, w.Released.Number, graph); flow == nil {
				left = append(left, w.ID)
				continue
			}
		}
		entries = append(entries, workflow.Entry{Unit: w.Unit, Name: w.Name, Order: w.Order, Enters: true, Flow: flow})
	}
	return workflow.NewSet(entries), left
}

// CompileRelease makes a release ready to run; nil when it has errors. What it names is
// not looked for: a component that finds it gone takes its error exit.
func CompileRelease(id workflow.ID, number uint32, graph workflow.Graph) *workflow.Flow {
	flow, _ := workflow.Compile(graph, nil)
	if flow != nil {
		flow.Workflow, flow.Release = id, number
	}
	return flow
}
