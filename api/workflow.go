package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"portico/acd"
	"portico/workflow"
)

// Workflow is the graph of components that a contact passes before and while it is
// queued. Its graph is a draft: contacts pass the release.
type Workflow struct {
	Description string           `json:"description,omitempty" maxLength:"1000"`
	Order       int              `json:"order" required:"false" default:"0" minimum:"0" maximum:"999" doc:"contacts enter the first that fits, smaller first, then by name; 0: 100"`
	Enabled     bool             `json:"enabled" required:"false" default:"false" doc:"contacts enter its release; without one it does nothing"`
	Graph       *workflow.Graph  `json:"graph,omitempty" doc:"the draft. Lists leave it out; a change without it leaves it as it is, and a new workflow without it goes from its start to the addressed queue"`
	Released    *WorkflowRelease `json:"released,omitempty" doc:"what contacts enter; absent: nothing was released yet. Lists leave its graph out. In a change it is not read"`
	Changed     bool             `json:"changed" required:"false" default:"false" doc:"the draft is not what was released, places on the canvas apart; also when nothing was. In a change it is not read"`
}

// FlowProblems are what is wrong with a graph.
type FlowProblems struct {
	Problems []workflow.Problem `json:"problems" nullable:"false"`
}

// WorkflowRelease is a graph that contacts pass or passed. It never changes.
type WorkflowRelease struct {
	Number int             `json:"number" doc:"counts from 1"`
	At     acd.Time        `json:"at" doc:"when it was released"`
	By     string          `json:"by" maxLength:"200" doc:"name of the person; empty: the system or an API token"`
	Why    string          `json:"why" maxLength:"1000"`
	SameAs int             `json:"same_as,omitempty" doc:"the former release whose graph this is again; absent: it was the draft"`
	Graph  *workflow.Graph `json:"graph,omitempty" doc:"left out in lists"`
}

// FlowComparison is how one graph differs from another.
type FlowComparison struct {
	Nodes []FlowNodeChange `json:"nodes" nullable:"false" doc:"those that are alike are left out"`
	Edges []FlowEdgeChange `json:"edges" nullable:"false"`
}

// FlowNodeChange is a component that is not alike in two graphs.
type FlowNodeChange struct {
	ID     string            `json:"id"`
	Name   string            `json:"name"`
	Kind   string            `json:"kind"`
	Change string            `json:"change" enum:"added,removed,changed,moved" doc:"moved: it lies elsewhere and does the same"`
	Fields []FlowFieldChange `json:"fields" nullable:"false" doc:"what is not alike"`
}

// FlowFieldChange is a setting that is not alike in two graphs.
type FlowFieldChange struct {
	Field string          `json:"field" doc:"name, kind, or a path within the settings"`
	From  json.RawMessage `json:"from,omitempty" doc:"absent: it was not there"`
	To    json.RawMessage `json:"to,omitempty" doc:"absent: it is not there any more"`
}

// FlowEdgeChange is an edge that one of two graphs lacks.
type FlowEdgeChange struct {
	workflow.Edge
	Change string `json:"change" enum:"added,removed"`
}

// FlowCounts are how many contacts are in each component.
type FlowCounts struct {
	Nodes []FlowCount `json:"nodes" nullable:"false" doc:"those that nobody has entered today are left out"`
	Now   acd.Time    `json:"now" doc:"the server's time"`
}

// FlowCount is how many contacts are in a component, in any release.
type FlowCount struct {
	Node  string `json:"node"`
	Now   int    `json:"now" doc:"contacts that are in it"`
	Today int    `json:"today" doc:"how often it was entered today, in the unit's time zone"`
}

// ContactPath is the way that a contact has gone through workflows.
type ContactPath struct {
	Steps []PathStep `json:"steps" nullable:"false" doc:"oldest first; empty: it went straight to its queue"`
}

// PathStep is one visit of a contact to a component.
type PathStep struct {
	Workflow     acd.ID[objectKind] `json:"workflow"`
	WorkflowName string             `json:"workflow_name"`
	Release      int                `json:"release"`
	Visit        int                `json:"visit" doc:"counts the components that the contact has entered"`
	Node         string             `json:"node"`
	Name         string             `json:"name" doc:"of the component, in that release"`
	Kind         string             `json:"kind"`
	Exit         string             `json:"exit" doc:"empty: it is still there"`
	At           acd.Time           `json:"at"`
	Note         string             `json:"note,omitempty" doc:"what happened, where there is more to say"`
}

// WorkflowFile is a workflow as a file: what its graph names stands there by name,
// so that it can be brought to another business unit or site.
type WorkflowFile struct {
	Format      string         `json:"format" enum:"portico-workflow-1"`
	Name        string         `json:"name" minLength:"1" maxLength:"200"`
	Description string         `json:"description,omitempty" maxLength:"1000"`
	Order       int            `json:"order" required:"false" default:"0" minimum:"0" maximum:"999"`
	Graph       workflow.Graph `json:"graph"`
}

// WorkflowImport says what a file would do, or has done.
type WorkflowImport struct {
	Applied  bool               `json:"applied"`
	Action   string             `json:"action" enum:"create,change" doc:"change: there is one of this name, whose draft is replaced"`
	ID       acd.ID[objectKind] `json:"id,omitzero" doc:"absent as long as it is not created"`
	Name     string             `json:"name"`
	Missing  []FlowMissing      `json:"missing" nullable:"false" doc:"what the file names and the unit does not have; these settings are left blank"`
	Problems []workflow.Problem `json:"problems" nullable:"false" doc:"of the draft as it would be"`
}

// FlowMissing is something that a file names and the business unit does not have.
type FlowMissing struct {
	Node string `json:"node"`
	Kind string `json:"kind" doc:"queue, skill, schedule …"`
	Name string `json:"name"`
}

// FlowTestResult is the way that a made-up contact goes.
type FlowTestResult struct {
	Steps    []FlowTestStep     `json:"steps" nullable:"false"`
	End      FlowTestEnd        `json:"end"`
	Problems []workflow.Problem `json:"problems" nullable:"false" doc:"with errors nothing is run"`
}

// FlowTestStep is one visit of the made-up contact to a component.
type FlowTestStep struct {
	Visit int               `json:"visit"`
	Node  string            `json:"node"`
	Name  string            `json:"name"`
	Kind  string            `json:"kind"`
	Exit  string            `json:"exit" doc:"empty: here it ended"`
	At    acd.Time          `json:"at" doc:"made-up time, when the component was left"`
	Say   []string          `json:"say" nullable:"false" doc:"what the customer is told, in the contact's language"`
	Ask   []FlowQuestion    `json:"ask" nullable:"false" doc:"what the customer is asked"`
	Set   map[string]string `json:"set" nullable:"false" doc:"what was set: priority, language, category, skills, data.key"`
	Note  string            `json:"note,omitempty"`
}

// FlowQuestion is a question to the customer.
type FlowQuestion struct {
	Key      string   `json:"key"`
	Label    string   `json:"label"`
	Kind     string   `json:"kind"`
	Required bool     `json:"required"`
	Choices  []string `json:"choices" nullable:"false"`
}

// FlowTestEnd is how the made-up contact ends up.
type FlowTestEnd struct {
	How       string            `json:"how" enum:"queue,agent,disconnected,stopped" doc:"queue: it waits there for an agent; agent: it waits for one; stopped: the test was broken off"`
	Queue     acd.QueueID       `json:"queue,omitzero"`
	QueueName string            `json:"queue_name,omitempty"`
	Agent     acd.AgentID       `json:"agent,omitzero"`
	AgentName string            `json:"agent_name,omitempty"`
	Priority  int               `json:"priority"`
	Language  string            `json:"language"`
	Skills    []SkillLevel      `json:"skills" nullable:"false"`
	Data      map[string]string `json:"data" nullable:"false"`
	Note      string            `json:"note,omitempty"`
}

type (
	checkFlowInput struct {
		Scope
		Body struct {
			Graph workflow.Graph `json:"graph"`
		}
	}
	releaseFlowInput struct {
		Scope
		ID   acd.ID[objectKind] `path:"id"`
		Body releaseWhy
	}
	useReleaseInput struct {
		Scope
		ID     acd.ID[objectKind] `path:"id"`
		Number int                `path:"number" minimum:"1"`
		Body   releaseWhy
	}
	releaseWhy struct {
		Version uint32 `json:"version" minimum:"1" doc:"the version that was seen"`
		Why     string `json:"why" minLength:"1" maxLength:"1000" doc:"for those who look at it later"`
	}
	readReleaseInput struct {
		Scope
		ID     acd.ID[objectKind] `path:"id"`
		Number int                `path:"number" minimum:"1"`
	}
	releasesInput struct {
		Scope
		Paging
		ID acd.ID[objectKind] `path:"id"`
	}
	compareFlowInput struct {
		Scope
		ID   acd.ID[objectKind] `path:"id"`
		From string             `query:"from" required:"true" pattern:"^(draft|[1-9][0-9]{0,8})$" doc:"number of a release, or draft"`
		To   string             `query:"to" required:"true" pattern:"^(draft|[1-9][0-9]{0,8})$"`
	}
	importFlowInput struct {
		Scope
		DryRun bool `query:"dry_run" doc:"only say what the file would do"`
		Body   WorkflowFile
	}
	testFlowInput struct {
		Scope
		Body FlowTest
	}
	exportFlowOutput struct {
		Disposition string `header:"Content-Disposition"`
		Body        WorkflowFile
	}
)

// FlowTest asks to send a made-up contact through a graph. Time is made up: waits
// pass at once.
type FlowTest struct {
	ID      acd.ID[objectKind] `json:"id,omitzero" doc:"the workflow to test; absent: graph is given"`
	Release int                `json:"release" required:"false" default:"0" minimum:"0" doc:"of the workflow; 0: its draft"`
	Graph   *workflow.Graph    `json:"graph,omitempty" doc:"to test instead of what is saved"`
	Contact FlowTestContact    `json:"contact"`
	At      acd.Time           `json:"at,omitzero" doc:"when it arrives; absent: now"`
	// Answers are what a component is answered: what the customer does, or what comes back from outside.
	Answers map[string]FlowAnswer `json:"answers,omitempty" doc:"by node: the exit that its customer or its call takes, and what comes with it; absent: the first exit"`
	Calls   string                `json:"calls" required:"false" default:"pretend" enum:"pretend,really" doc:"really: requests, functions and look-ups without an answer above are made"`
	AgentS  int                   `json:"agent_s" required:"false" default:"0" minimum:"0" maximum:"86400" doc:"after how long in a queue an agent takes the contact; 0: 10 minutes"`
}

// FlowTestContact is a made-up contact.
type FlowTestContact struct {
	Medium      string                `json:"medium" required:"false" maxLength:"40" default:"webchat"`
	Queue       acd.QueueID           `json:"queue,omitzero" doc:"the one that it is addressed to; absent: the unit's first"`
	Source      string                `json:"source,omitempty" maxLength:"320"`
	Destination string                `json:"destination,omitempty" maxLength:"320"`
	Language    string                `json:"language,omitempty" maxLength:"40"`
	Name        string                `json:"name,omitempty" maxLength:"1000"`
	Caption     string                `json:"caption,omitempty" maxLength:"8000"`
	Priority    int                   `json:"priority" required:"false" default:"0" minimum:"0" maximum:"100" doc:"0: 50"`
	Data        map[string]DetailText `json:"data,omitempty"`
	Email       *workflow.Email       `json:"email,omitempty" doc:"of the medium email: the message"`
}

// FlowAnswer is what a component of a test is answered.
type FlowAnswer struct {
	Exit string                `json:"exit" maxLength:"40"`
	Data map[string]DetailText `json:"data,omitempty" doc:"what the customer fills in, or what the outputs are"`
}

// flowSettings are the settings of each kind of component, by the kind's name: they are
// in the API's document for those who draw and write graphs.
type flowSettings struct {
	Start         workflow.StartSettings         `json:"start"`
	Decision      workflow.DecisionSettings      `json:"decision"`
	Schedule      workflow.ScheduleSettings      `json:"schedule"`
	Set           workflow.SetSettings           `json:"set"`
	Category      workflow.CategorySettings      `json:"category"`
	Message       workflow.MessageSettings       `json:"message"`
	Collect       workflow.CollectSettings       `json:"collect"`
	WebRequest    workflow.WebRequestSettings    `json:"web_request"`
	Function      workflow.FunctionSettings      `json:"function"`
	Lookup        workflow.LookupSettings        `json:"lookup"`
	Queue         workflow.QueueSettings         `json:"queue"`
	Wait          workflow.WaitSettings          `json:"wait"`
	OfferCallback workflow.OfferCallbackSettings `json:"offer_callback"`
	Transfer      workflow.TransferSettings      `json:"transfer"`
	AutoReply     workflow.AutoReplySettings     `json:"auto_reply"`
	Disconnect    workflow.DisconnectSettings    `json:"disconnect"`
	Acknowledge   workflow.AcknowledgeSettings   `json:"acknowledge"`
	Forward       workflow.ForwardSettings       `json:"forward"`
	Discard       workflow.DiscardSettings       `json:"discard"`
}

// kindSchema describes the kinds of component in the API's document.
type kindSchema struct{}

// Schema lists the kinds.
func (kindSchema) Schema(huma.Registry) *huma.Schema {
	schema := &huma.Schema{Type: huma.TypeString}
	for _, k := range workflow.Kinds() {
		schema.Enum = append(schema.Enum, string(k))
	}
	return schema
}

func (s *Server) registerWorkflows() {
	const tag = "workflows"
	k := s.workflows()
	k.register(s)
	op := func(id, method, path, summary string) operation {
		return operation{id: id, method: method, path: "/workflows" + path, summary: summary, tag: tag, roles: rolesBusiness}
	}
	look := func(id, path, summary string) operation {
		o := op(id, http.MethodGet, path, summary)
		o.roles = rolesSupervisor
		return o
	}
	register(s, op("check-workflow", http.MethodPost, "/check", "What is wrong with a graph?"), s.checkFlow)
	register(s, op("test-workflow", http.MethodPost, "/test", "Send a made-up contact through a graph"), s.testFlow)
	register(s, op("import-workflow", http.MethodPost, "/import", "Create a workflow, or replace a draft, by a file"), s.importFlow)
	register(s, op("release-workflow", http.MethodPost, "/{id}/release", "Release the draft: contacts that come from now on pass it"), s.releaseFlow)
	register(s, op("use-workflow-release", http.MethodPost, "/{id}/releases/{number}/use", "Go back: release again what a former release was"), s.useRelease)
	register(s, look("list-workflow-releases", "/{id}/releases", "List the releases of a workflow, newest first"), s.listReleases)
	register(s, look("read-workflow-release", "/{id}/releases/{number}", "Read a release with its graph"), s.readRelease)
	register(s, look("compare-workflow", "/{id}/compare", "How does one release, or the draft, differ from another?"), s.compareFlow)
	register(s, look("export-workflow", "/{id}/export", "Export the draft as a file, with names in place of ids"), s.exportFlow)
	register(s, look("workflow-counts", "/{id}/counts", "How many contacts are in each component?"), s.flowCounts)
	register(s, operation{id: "contact-path", method: http.MethodGet, path: "/contacts/{id}/path",
		summary: "The way that a contact has gone through workflows", tag: "contacts", roles: rolesEveryone}, s.contactPath)
	describeSettings(s.huma.OpenAPI().Components.Schemas)
}

// describeSettings adds the settings of all kinds to the API's document. What is left out
// of them is empty.
func describeSettings(r huma.Registry) {
	known := maps.Clone(r.Map())
	r.Schema(reflect.TypeFor[flowSettings](), true, "FlowSettings")
	for name, schema := range r.Map() {
		if known[name] != nil || name == "FlowSettings" {
			continue
		}
		schema.Required = nil
		for _, field := range schema.Properties {
			field.Nullable = false
		}
	}
}
