package webchat

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"portico/acd"
	"portico/plan"
	"portico/store"
	"portico/talk"
	"portico/workflow"
)

// compiled makes a workflow of its components and connections: "from exit to".
func compiled(t testing.TB, nodes []workflow.Node, edges ...string) *workflow.Flow {
	t.Helper()
	g := workflow.Graph{Nodes: nodes}
	for _, e := range edges {
		part := strings.Fields(e)
		g.Edges = append(g.Edges, workflow.Edge{From: workflow.NodeID(part[0]), Exit: workflow.Exit(part[1]), To: workflow.NodeID(part[2])})
	}
	flow, problems := workflow.Compile(g, nil)
	if flow == nil {
		t.Fatal(problems)
	}
	flow.Workflow, flow.Release = workflow.ID{1}, 1
	return flow
}

func node(id string, kind workflow.Kind, settings any) workflow.Node {
	raw, err := json.Marshal(settings)
	if err != nil {
		panic(err)
	}
	return workflow.Node{ID: workflow.NodeID(id), Kind: kind, Name: id, Settings: raw}
}

// asking is a workflow that greets, asks for two things, and offers a callback.
func asking(t testing.TB) *workflow.Flow {
	return compiled(t, []workflow.Node{
		node("start", workflow.KindStart, workflow.StartSettings{}),
		node("hello", workflow.KindMessage, workflow.MessageSettings{Texts: workflow.Texts{"": "Hello {name}.", "deutsch": "Hallo {name}."}}),
		node("form", workflow.KindCollect, workflow.CollectSettings{Texts: workflow.Texts{"": "What is it about?", "deutsch": "Worum geht es?"}, Fields: []workflow.Field{
			{Key: "order", Label: map[string]string{"": "Order", "deutsch": "Bestellung"}, Kind: "text", Required: true},
			{Key: "count", Label: map[string]string{"": "How many?"}, Kind: "number"},
			{Key: "topic", Label: map[string]string{"": "Topic"}, Kind: "choice", Choices: []string{"Delivery", "Invoice"}}}}),
		node("queue", workflow.KindQueue, workflow.QueueSettings{}),
		node("place", workflow.KindMessage, workflow.MessageSettings{Texts: workflow.Texts{"": "You are number {position}.\nAbout {minutes} minutes."}}),
		node("offer", workflow.KindOfferCallback, workflow.OfferCallbackSettings{Texts: workflow.Texts{"": "Shall we call you back?"}, TimeoutS: 600}),
		node("again", workflow.KindQueue, workflow.QueueSettings{}),
		node("bye", workflow.KindDisconnect, workflow.DisconnectSettings{Texts: workflow.Texts{"": "We call you."}}),
	}, "start next hello", "hello next form", "form next queue", "form timeout queue", "queue next place", "place next offer", "offer accepted bye", "offer declined again", "offer timeout again")
}

// begin begins a chat of whoever speaks a language.
func (h *house) begins(language string) *customer {
	h.t.Helper()
	chatNumber++
	status, body := h.do("POST", "/api/chats", "", chatRequest{ClientID: fmt.Sprintf("chat-%d", chatNumber), Name: "Carla", Caption: "Hello?", Language: language})
	if status != http.StatusCreated {
		h.t.Fatalf("a chat was answered %d: %s", status, body)
	}
	c := &customer{h: h}
	var b begun
	h.must(json.Unmarshal([]byte(body), &b))
	c.contact, c.session = b.Contact, b.Session
	return c
}

// shown gives what the customer sees, waiting for a message of the kind.
func (c *customer) shown(kind string) (all []customerMessage) {
	c.h.t.Helper()
	c.h.until("a message of the kind "+kind, func() bool {
		status, body := c.h.do("GET", "/api/chats/"+c.contact.String()+"/messages", c.session, nil)
		var page messagesPage
		if status != http.StatusOK || json.Unmarshal([]byte(body), &page) != nil {
			c.h.t.Fatalf("%d %s", status, body)
		}
		all = page.Items
		return slices.ContainsFunc(all, func(m customerMessage) bool { return m.Kind == kind })
	})
	return all
}

func only(t testing.TB, all []customerMessage, kind string) customerMessage {
	t.Helper()
	var found []customerMessage
	for _, m := range all {
		if m.Kind == kind {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d messages of the kind %s: %+v", len(found), kind, all)
	}
	return found[0]
}

// answers sends an answer and gives the status and what came back.
func (c *customer) answers(q flowAnswerRequest) (int, messageAnswer, problem) {
	c.h.t.Helper()
	status, body := c.h.do("POST", "/api/chats/"+c.contact.String()+"/answer", c.session, q)
	var a messageAnswer
	var p problem
	if status == http.StatusOK {
		c.h.must(json.Unmarshal([]byte(body), &a))
	} else {
		c.h.must(json.Unmarshal([]byte(body), &p))
	}
	return status, a, p
}

func said(all []store.Message, kind string) (texts []string) {
	for _, m := range all {
		if m.Kind == kind {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// A workflow greets in the customer's language, asks, and is answered once; agents see
// question and answer in the conversation and the data at the contact; after a restart
// nothing is said twice; whoever wants to be called back is kept, and the chat ends with
// the workflow's own words.
func TestFlow(t *testing.T) {
	h := newHouseLike(t, &house{flow: asking(t)})
	c := h.begins("deutsch")
	all := c.shown(kindForm)
	form := only(t, all, kindForm)
	if got := only(t, all, kindSays).Text; got != "Hallo Carla." {
		t.Errorf("greeted with %q", got)
	}
	if form.Form == nil || form.Text != "Worum geht es?" || len(form.Form.Fields) != 3 || form.Form.Fields[0].Label != "Bestellung" || form.Form.LeftS < 200 {
		t.Fatalf("asked with %+v", form)
	}
	visit := form.Form.Visit
	for name, fields := range map[string]map[string]string{
		"order": {"count": "1"}, "count": {"order": "1", "count": "many"}, "topic": {"order": "1", "topic": "Other"},
	} {
		if status, _, p := c.answers(flowAnswerRequest{Visit: visit, Fields: fields}); status < 400 || p.Field != name {
			t.Errorf("%v: %d %+v", fields, status, p)
		}
	}
	if status, _, p := c.answers(flowAnswerRequest{Visit: visit + 1, Fields: map[string]string{"order": "1"}}); status != 404 || p.Name != "not_asked" {
		t.Errorf("what nobody asked: %d %+v", status, p)
	}
	h.stop()
	h.start(h.plan()) // the page is loaded anew, and so is the server
	if got := only(t, c.shown(kindForm), kindForm); got.Form == nil || got.Form.Visit != visit {
		t.Fatalf("after a restart %+v", got)
	}
	status, first, p := c.answers(flowAnswerRequest{Visit: visit, Fields: map[string]string{"order": "4111 1111 1111 1111", "count": "2", "evil": "x"}})
	if status != http.StatusOK {
		t.Fatalf("%d %+v", status, p)
	}
	if status, again, _ := c.answers(flowAnswerRequest{Visit: visit, Fields: map[string]string{"order": "another"}}); status != http.StatusOK || again != first {
		t.Errorf("answered twice: %d %+v, at first %+v", status, again, first)
	}
	offer := only(t, c.shown(kindOffer), kindOffer)
	contact, err := h.store.Contact(t.Context(), h.unit, c.contact)
	h.must(err)
	var data map[string]string
	h.must(json.Unmarshal(contact.Details, &data))
	if strings.Contains(data["order"], "4111 1111") || data["count"] != "2" || data["evil"] != "" {
		t.Errorf("data %v", data)
	}
	saved := c.saved()
	answers := said(saved, kindText)
	if text := answers[len(answers)-1]; !strings.HasPrefix(text, "Bestellung: ") || !strings.HasSuffix(text, "\nHow many?: 2") || strings.Contains(text, "1111 1111") {
		t.Errorf("the answer reads %q", text)
	}
	if got := said(saved, kindSays); len(got) != 2 || got[1] != "You are number 1." {
		t.Errorf("said %q", got)
	}
	if status, _, p := c.answers(flowAnswerRequest{Visit: offer.Form.Visit}); status != 400 || p.Field != "accepted" {
		t.Errorf("neither yes nor no: %d %+v", status, p)
	}
	yes := true
	if status, _, p := c.answers(flowAnswerRequest{Visit: offer.Form.Visit, Accepted: &yes}); status != http.StatusOK {
		t.Fatalf("%d %+v", status, p)
	}
	end := c.shown(kindEnded)
	if last := end[len(end)-2:]; last[0].Text != "We call you." || last[1].Kind != kindEnded || strings.Contains(last[1].Text, "Sie haben") {
		t.Errorf("it ends with %+v", last)
	}
	wishes, _, err := h.store.OfflinePage(t.Context(), h.unit, false, "", 10)
	if err != nil || len(wishes) != 1 || wishes[0].Kind != store.OfflineCallback || wishes[0].Contact != c.contact || wishes[0].Name != "Carla" || wishes[0].Data["count"] != "2" {
		t.Errorf("wishes %+v (%v)", wishes, err)
	}
	if status, _, _ := c.answers(flowAnswerRequest{Visit: offer.Form.Visit, Accepted: &yes}); status != http.StatusOK {
		t.Errorf("the same again, at the end: %d", status)
	}
	steps := c.saved()
	ids := map[string]bool{}
	for _, m := range steps {
		if ids[m.ClientID] {
			t.Errorf("%s is there twice", m.ClientID)
		}
		ids[m.ClientID] = true
	}
}

// mute refuses what workflows say, as a process that dies between the two commits.
type mute struct {
	Store
	on *atomic.Bool
}

func (m mute) Submit(class store.Class, u store.Unit, done func(store.Outcome)) error {
	if row, ok := u.Rows[0].(store.Message); ok && m.on.Load() && strings.HasPrefix(row.ClientID, "flow:") {
		return store.ErrFull
	}
	return m.Store.Submit(class, u, done)
}

// What a workflow said and the process could not write is said once after the restart, in
// its place; a customer who comes too late is told so.
func TestFlowIsSaidAfterARestart(t *testing.T) {
	var on atomic.Bool
	on.Store(true)
	clock := &skewed{}
	h := newHouseLike(t, &house{flow: asking(t), now: clock.now, wrap: func(s Store) Store { return mute{s, &on} }})
	c := h.begins("english")
	c.shown(kindWelcome)
	h.until("the step", func() bool {
		steps, err := h.store.FlowSteps(t.Context(), h.unit, c.contact)
		return err == nil && len(steps) > 0
	})
	if got := said(c.saved(), kindSays); len(got) != 0 {
		t.Fatalf("said %q: the test shows nothing", got)
	}
	h.stop()
	on.Store(false)
	h.start(h.plan())
	c.say("wake", "Is anybody there?")
	form := only(t, c.shown(kindForm), kindForm)
	if got := said(c.saved(), kindSays); len(got) != 1 || got[0] != "Hello Carla." {
		t.Errorf("said %q", got)
	}
	clock.set(time.Hour)
	if status, _, p := c.answers(flowAnswerRequest{Visit: form.Form.Visit, Fields: map[string]string{"order": "1"}}); status != 404 || p.Name != "not_asked" {
		t.Errorf("too late: %d %+v", status, p)
	}
	if late := only(t, c.shown(kindForm), kindForm); late.Form.LeftS != 0 {
		t.Errorf("it is still asked for %d s", late.Form.LeftS)
	}
}

// A chat brings no more contact data than its unit allows, by whichever door.
func TestContactDataBounds(t *testing.T) {
	h := newHouseLike(t, &house{setup: func(acd.UnitID) talk.Setup {
		return talk.Setup{Settings: talk.Defaults(), Data: plan.ContactData{Keys: 99, KeyLength: 32, ValueLength: 128}}
	}})
	for name, data := range map[string]map[string]string{"a key": {strings.Repeat("k", 33): "x"}, "a value": {"k": strings.Repeat("ü", 129)}} {
		chatNumber++
		if status, body := h.do("POST", "/api/chats", "", chatRequest{ClientID: fmt.Sprintf("chat-%d", chatNumber), Name: "C", Data: data}); status != 422 || decoded[problem](t, body).Field != "data" {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	chatNumber++
	fits := map[string]string{strings.Repeat("k", 32): strings.Repeat("ü", 128)}
	if status, body := h.do("POST", "/api/chats", "", chatRequest{ClientID: fmt.Sprintf("chat-%d", chatNumber), Name: "C", Data: fits}); status != http.StatusCreated {
		t.Errorf("what fits: %d %s", status, body)
	}
	response, err := h.server.Client().PostForm(h.server.URL+"/web", form("extra", strings.Repeat("x", 129)))
	h.must(err)
	response.Body.Close()
	if response.StatusCode != 422 {
		t.Errorf("the classic door answers %d", response.StatusCode)
	}
}
