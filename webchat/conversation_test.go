package webchat

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"portico/acd"
	"portico/dialogue"
	"portico/hub"
	"portico/store"
)

// A chat's question is its first message, both sides' messages have numbers without
// gaps, and what agents join and leave is said between them.
func TestConversation(t *testing.T) {
	h := newHouse(t)
	h.ready(h.agents[0])
	c := h.arrive("Where is my parcel?")
	agent := h.accept(c.contact)
	if status, a := c.say("m1", "Hello?"); status != http.StatusOK || a.Seq != 4 {
		t.Fatalf("the message was answered %d, number %d", status, a.Seq)
	}
	sent, err := h.chats.Send(t.Context(), dialogue.Outgoing{Unit: h.unit, Contact: c.contact, Agent: agent, ClientID: "a1", Kind: kindText, Text: "Hi"})
	h.must(err)
	if sent.Seq != 5 {
		t.Errorf("the agent's message has number %d", sent.Seq)
	}
	h.must(h.ask(acd.Finished{Contact: c.contact, Agent: agent}))
	h.until("last word", func() bool { return len(c.saved()) == 6 })
	var got []string
	for _, m := range c.saved() {
		got = append(got, fmt.Sprintf("%d %s %s", m.Seq, m.Kind, m.Text))
	}
	want := "[1 text Where is my parcel? 2 welcome  3 joined  4 text Hello? 5 text Hi 6 ended ]"
	if fmt.Sprint(got) != want {
		t.Errorf("the conversation is\n%v, want\n%v", got, want)
	}
}

// A message sent again, at the same time or later, by the same page or after a
// restart, is there once, and every answer is the first one.
func TestRepeats(t *testing.T) {
	h := newHouse(t)
	c := h.arrive("Hello")
	var wait sync.WaitGroup
	answers := make([]uint64, 20)
	for i := range answers {
		wait.Go(func() {
			_, a := c.say("same", "once")
			answers[i] = a.Seq
		})
	}
	wait.Wait()
	plan := h.plan()
	h.stop()
	h.start(plan)
	_, again := c.say("same", "once")
	for _, seq := range append(answers, again.Seq) {
		if seq != 3 {
			t.Fatalf("the answers are %v and after a restart %d, want 3", answers, again.Seq)
		}
	}
	if n := len(c.saved()); n != 3 {
		t.Errorf("%d messages are saved, want 3", n)
	}
	if status, body := h.do("POST", "/api/chats", "", chatRequest{ClientID: fmt.Sprintf("chat-%d", chatNumber), Caption: "Hello"}); status != 201 ||
		!contains(body, c.contact.String()) || !contains(body, c.session) {
		t.Errorf("the chat asked for again is answered %d %s, want the first one", status, body)
	}
}

// Messages of many senders have numbers without gap or double, and each sender's
// are in the order in which they were answered.
func TestOrder(t *testing.T) {
	h := newHouse(t)
	h.ready(h.agents[0])
	c := h.arrive("Hello")
	agent := h.accept(c.contact)
	var wait sync.WaitGroup
	for sender := range 8 {
		wait.Go(func() {
			var last uint64
			for i := range 25 {
				id := fmt.Sprintf("%d-%d", sender, i)
				var seq uint64
				if sender%2 == 0 {
					m, err := h.chats.Send(t.Context(), dialogue.Outgoing{Unit: h.unit, Contact: c.contact, Agent: agent, ClientID: id, Kind: kindText, Text: id})
					if err != nil {
						t.Error(err)
						return
					}
					seq = m.Seq
				} else {
					status, a := c.say(id, id)
					if status != http.StatusOK {
						t.Errorf("%s was answered %d", id, status)
						return
					}
					seq = a.Seq
				}
				if seq <= last {
					t.Errorf("%s has number %d after %d", id, seq, last)
				}
				last = seq
			}
		})
	}
	wait.Wait()
	rows := c.saved()
	if len(rows) != 203 {
		t.Fatalf("%d messages are saved, want 203", len(rows))
	}
	for i, m := range rows {
		if m.Seq != uint64(i+1) {
			t.Fatalf("message %d has number %d", i+1, m.Seq)
		}
	}
}

// What happened to a contact is said once, also when the process ends between the
// commit of the fact and the commit of the message.
func TestTransitionsOnceOverRestart(t *testing.T) {
	h := newHouse(t)
	deaf := false
	h.stop()
	h.wrap = func(s Store) Store { return &dropping{Store: s, drop: &deaf} }
	h.start(h.plan())
	h.ready(h.agents[0])
	c := h.arrive("Hello")
	deaf = true // from here on no message is saved, as if the process had died
	h.acceptAlone(c.contact)
	h.stop()
	h.wrap = nil
	h.start(h.plan())
	for range 3 {
		c.say("m", "Are you there?")
		h.stop()
		h.start(h.plan())
	}
	var kinds []string
	for _, m := range c.saved() {
		kinds = append(kinds, m.Kind)
	}
	if fmt.Sprint(kinds) != "[text welcome joined text]" {
		t.Errorf("the conversation is %v, want joined once", kinds)
	}
}

// dropping takes messages and never saves them while drop is set.
type dropping struct {
	Store
	drop *bool
}

func (d *dropping) Submit(class store.Class, u store.Unit, done func(store.Outcome)) error {
	if *d.drop {
		return nil
	}
	return d.Store.Submit(class, u, done)
}

// A contact that ended refuses text in words, and so does one that another agent
// has; the loser is told who that is.
func TestEndedAndMovedRefuse(t *testing.T) {
	h := newHouse(t)
	h.ready(h.agents[0])
	c := h.arrive("Hello")
	h.accept(c.contact)
	_, err := h.chats.Send(t.Context(), dialogue.Outgoing{Unit: h.unit, Contact: c.contact, Agent: h.agents[1], ClientID: "x", Kind: kindText, Text: "mine"})
	if f := h.chats.faultOf(err); !f.Is(errMoved) || f.Values["agent"] != "Anna" {
		t.Errorf("the other agent is told %v %v, want that Anna has it", err, f.Values)
	}
	if status, body := h.do("POST", "/api/chats/"+c.contact.String()+"/end", c.session, nil); status != http.StatusNoContent {
		t.Fatalf("leaving was answered %d %s", status, body)
	}
	status, body := h.do("POST", "/api/chats/"+c.contact.String()+"/messages", c.session, messageRequest{"late", "still here?"})
	if status != http.StatusForbidden || !contains(body, `"code":1007`) || !contains(body, `"name":"chat_ended"`) {
		t.Errorf("a late message was answered %d %s", status, body)
	}
	_, err = h.chats.Send(t.Context(), dialogue.Outgoing{Unit: h.unit, Contact: c.contact, Agent: h.agents[0], ClientID: "y", Kind: kindText, Text: "bye"})
	if f := h.chats.faultOf(err); !f.Is(errEnded) {
		t.Errorf("the owner's late message was answered %v", err)
	}
	if _, err = h.chats.Send(t.Context(), dialogue.Outgoing{Unit: h.unit, Contact: c.contact, Agent: h.agents[0], ClientID: "z", Kind: kindNote, Text: "a note"}); err != nil {
		t.Errorf("the owner's note in wrap-up was refused: %v", err)
	}
}

// A message that the hub saves with a command has its place in the order: it is told
// once it is durable; refused it leaves no gap; repeated, its command is not done again.
func TestBeside(t *testing.T) {
	h := newHouse(t)
	h.ready(h.agents[0])
	c := h.arrive("Hello")
	agent := h.accept(c.contact)
	note := dialogue.Outgoing{Unit: h.unit, Contact: c.contact, Agent: agent, ClientID: "note", Kind: kindNote, Text: "for later"}
	calls := 0
	finish := func(ctx context.Context, rider store.Row) error {
		calls++
		_, err := h.hub.Ask(ctx, hub.Command{Event: acd.Finished{Contact: c.contact, Agent: agent}, Lane: hub.Progress, Unit: h.unit, Riders: []store.Row{rider}})
		return err
	}
	refuse := func(ctx context.Context, rider store.Row) error {
		_, err := h.hub.Ask(ctx, hub.Command{Event: acd.Finished{Contact: c.contact, Agent: h.agents[1]}, Lane: hub.Progress, Unit: h.unit, Riders: []store.Row{rider}})
		return err
	}
	if _, err := h.chats.Beside(t.Context(), note, refuse); err == nil {
		t.Error("what the hub refused was answered as done")
	}
	var wait sync.WaitGroup
	for i := range 10 {
		wait.Go(func() { c.say(fmt.Sprint("m", i), "meanwhile") })
	}
	first, err := h.chats.Beside(t.Context(), note, finish)
	h.must(err)
	wait.Wait()
	again, err := h.chats.Beside(t.Context(), note, finish)
	if err != nil || again.Seq != first.Seq || calls != 1 {
		t.Errorf("repeated it is answered %d %v after %d, in %d commands", again.Seq, err, first.Seq, calls)
	}
	h.until("the end", func() bool {
		rows := c.saved()
		return rows[len(rows)-1].Kind == kindEnded
	})
	for i, m := range c.saved() {
		if m.Seq != uint64(i+1) {
			t.Fatalf("message %d has number %d", i+1, m.Seq)
		}
	}
}

// A command whose outcome nobody knows may have saved its message: its number is not
// given again before the store was asked.
func TestBesideUnknownOutcome(t *testing.T) {
	h := newHouse(t)
	h.ready(h.agents[0])
	c := h.arrive("Hello")
	agent := h.accept(c.contact)
	note := dialogue.Outgoing{Unit: h.unit, Contact: c.contact, Agent: agent, ClientID: "note", Kind: kindNote, Text: "for later"}
	_, err := h.chats.Beside(t.Context(), note, func(ctx context.Context, rider store.Row) error {
		if err := h.store.Save(ctx, store.Unit{Rows: []store.Row{rider}}); err != nil {
			t.Error(err)
		}
		return errStoreAway
	})
	if err == nil {
		t.Error("an unknown outcome was answered as done")
	}
	if _, a := c.say("m", "next"); a.Seq != 5 {
		t.Errorf("the next message has number %d, want 5", a.Seq)
	}
	again, err := h.chats.Beside(t.Context(), note, func(context.Context, store.Row) error {
		t.Error("a known command is done again")
		return nil
	})
	if err != nil || again.Seq != 4 {
		t.Errorf("the same again is answered %d %v", again.Seq, err)
	}
}

// What listens is told that nothing more will come in the same look as the last word:
// asked a moment later, the answer would be about a word that it has not seen.
func TestTheLastWordComesWithTheSilence(t *testing.T) {
	c := &conversation{}
	c.presence.over = true
	c.keep(store.Message{Seq: 1})
	c.flight = []*message{{row: store.Message{Seq: 2}, certain: make(chan struct{})}}
	if rows, silent, ok := c.since(0); len(rows) != 1 || silent || !ok {
		t.Errorf("with a word under way: %d messages, silent %v, %v", len(rows), silent, ok)
	}
	c.beside, c.flight[0].settled = make(chan struct{}), true
	c.release()
	if rows, silent, _ := c.since(1); len(rows) != 1 || silent {
		t.Errorf("with an answer under way: %d messages, silent %v", len(rows), silent)
	}
	c.beside = nil
	if rows, silent, _ := c.since(0); len(rows) != 2 || !silent {
		t.Errorf("at the end: %d messages, silent %v", len(rows), silent)
	}
	if rows, silent, _ := c.since(2); len(rows) != 0 || !silent {
		t.Errorf("after the end: %d messages, silent %v", len(rows), silent)
	}
}
