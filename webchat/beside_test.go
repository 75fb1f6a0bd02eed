package webchat

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"portico/acd"
	"portico/dialogue"
	"portico/store"
)

// seen gives what the customer is shown, as kind:text.
func (c *customer) seen() []string {
	c.h.t.Helper()
	status, body := c.h.do("GET", "/api/chats/"+c.contact.String()+"/messages", c.session, nil)
	if status != 200 {
		c.h.t.Fatalf("the messages were answered %d: %s", status, body)
	}
	var page struct{ Items []customerMessage }
	c.h.must(json.Unmarshal([]byte(body), &page))
	var all []string
	for _, m := range page.Items {
		all = append(all, m.Kind+":"+m.Text)
	}
	return all
}

// kinds gives the kinds of all that is saved, in order, with what is told of a line beside.
func (c *customer) kinds() []string {
	var all []string
	for _, m := range c.saved() {
		kind := m.Kind
		if t := toldIn(m.Text); kind == kindBeside {
			kind += " " + t.Role + " " + t.Event
		}
		all = append(all, kind)
	}
	return all
}

// part does something beside the owner and waits for its line.
func (h *house) part(c *customer, event acd.Event, line string) {
	h.t.Helper()
	before := len(c.saved())
	h.must(h.ask(event))
	h.until("the line "+line, func() bool {
		kinds := c.kinds()
		return len(kinds) > before && kinds[len(kinds)-1] == line
	})
}

// A customer reads of those who come into the conversation and go, and of a new owner; of
// advisers, listeners, whispers and invitations nothing is ever seen, in the messages, on
// the socket or in the transcript. Whoever is not heard cannot write to the customer.
func TestCustomersSeeWhoIsHeard(t *testing.T) {
	h := newHouse(t)
	anna, bert := h.agents[0], h.agents[1]
	h.ready(anna)
	c := h.arrive("help")
	h.accept(c.contact)
	h.ready(bert)
	offer := func() uint32 {
		p, _ := h.picture.Contact(h.unit, c.contact)
		return p.Offer
	}
	write := func(agent acd.AgentID, kind, text string) error {
		_, err := h.chats.Send(t.Context(), dialogue.Outgoing{Unit: h.unit, Contact: c.contact, Agent: agent, ClientID: kind + "-" + strings.ReplaceAll(text, " ", "-"), Kind: kind, Text: text})
		return err
	}
	h.must(h.ask(acd.Invited{Contact: c.contact, From: anna, To: bert, Role: acd.Conferenced}))
	h.part(c, acd.Declined{Contact: c.contact, Agent: bert, Offer: offer()}, "beside conferenced declined")
	h.must(h.ask(acd.AgentStateChanged{Agent: bert, Domains: 1 << acd.Chat, Available: true}))

	h.must(h.ask(acd.Invited{Contact: c.contact, From: anna, To: bert, Role: acd.Consulted}))
	h.part(c, acd.Accepted{Contact: c.contact, Agent: bert, Offer: offer()}, "beside consulted joined")
	h.must(write(anna, kindWhisper, "is this covered"))
	h.must(write(bert, kindWhisper, "yes it is"))
	h.must(write(bert, kindNote, "covered until May"))
	for _, kind := range []string{kindText, kindPage, kindFile} {
		if write(bert, kind, "https://example.com") == nil {
			t.Errorf("an adviser sends the customer a %s", kind)
		}
	}
	h.part(c, acd.RoleChanged{Contact: c.contact, Agent: bert, Role: acd.Conferenced}, kindJoined)
	h.must(write(bert, kindText, "hello"))
	h.part(c, acd.HandedOver{Contact: c.contact, From: anna, To: bert, Stay: true}, kindHandedOver)
	h.part(c, acd.Left{Contact: c.contact, Agent: anna, By: bert}, kindParted)
	h.part(c, acd.Joined{Contact: c.contact, Agent: anna, Role: acd.Monitoring}, "beside monitoring joined")
	if write(anna, kindWhisper, "x") == nil {
		t.Error("who listens whispers")
	}
	h.part(c, acd.RoleChanged{Contact: c.contact, Agent: anna, Role: acd.Whispering}, "beside whispering role")
	h.must(write(anna, kindWhisper, "offer a voucher"))
	h.part(c, acd.Left{Contact: c.contact, Agent: anna}, "beside whispering left")
	h.must(h.ask(acd.Joined{Contact: c.contact, Agent: anna, Role: acd.Conferenced}))
	h.part(c, acd.Finished{Contact: c.contact, Agent: bert}, kindEnded)

	want := []string{"text:help", "welcome:", "joined:Anna has joined the chat.", "joined:Bert has joined the chat.", "text:hello",
		"handed_over:Bert is looking after you now.", "parted:Anna has left the chat.", "joined:Anna has joined the chat.", "ended:"}
	seen := c.seen()
	same := len(seen) == len(want)
	for i := 0; same && i < len(want); i++ {
		same = strings.HasPrefix(seen[i], want[i])
	}
	if !same {
		t.Errorf("the customer sees %q, want %q", seen, want)
	}
	if _, transcript := h.do("GET", "/api/chats/"+c.contact.String()+"/transcript", c.session, nil); strings.Contains(transcript, "voucher") ||
		strings.Contains(transcript, "covered") || !strings.Contains(transcript, "hello") {
		t.Errorf("the transcript is %s", transcript)
	}
}

// A conversation that is read anew says of its facts the same lines as the one that was
// there when they happened, so none is said twice and none is missing.
func TestLinesAreTheSameReadAnew(t *testing.T) {
	h := newHouse(t)
	anna, bert := h.agents[0], h.agents[1]
	h.ready(anna)
	c := h.arrive("help")
	h.accept(c.contact)
	h.ready(bert)
	for _, role := range []acd.Role{acd.Conferenced, acd.Consulted} {
		h.must(h.ask(acd.Invited{Contact: c.contact, From: anna, To: bert, Role: role}))
		h.must(h.ask(acd.Left{Contact: c.contact, Agent: bert, By: anna})) // taken back
		h.must(h.ask(acd.Invited{Contact: c.contact, From: anna, To: bert, Role: role}))
		p, _ := h.picture.Contact(h.unit, c.contact)
		h.must(h.ask(acd.Accepted{Contact: c.contact, Agent: bert, Offer: p.Offer}))
		h.must(h.ask(acd.Left{Contact: c.contact, Agent: bert}))
	}
	var before []string
	h.until("the last line", func() bool {
		before = c.kinds()
		return before[len(before)-1] == "beside consulted left"
	})
	h.stop()
	h.start(h.plan())
	conv := h.chats.pin(h.unit, c.contact)
	h.must(conv.load(t.Context()))
	conv.mu.Lock()
	known := conv.last
	conv.mu.Unlock()
	conv.unpin()
	if after := c.kinds(); !slices.Equal(before, after) || known != uint64(len(after)) {
		t.Errorf("before %v, read anew %v", before, after)
	}
	rows, err := h.store.Facts(t.Context(), h.unit, c.contact)
	h.must(err)
	var there attendance
	var told []string
	for _, f := range rows {
		if line, ok := transitionOf(f.Fact, there.meets(f.Fact)); ok && line.kind != kindWelcome {
			kind := line.kind
			if kind == kindBeside {
				kind += " " + line.told.Role + " " + line.told.Event
			}
			told = append(told, kind)
		}
		there.take(f.Fact)
	}
	if said := before[2:]; !slices.Equal(told, said) {
		t.Errorf("the facts tell %v, the conversation says %v", told, said)
	}
}

// Whoever is ended by a supervisor reads that the chat is over, once: while it waits, while
// it is offered, and while an agent talks.
func TestEndedBySupervisor(t *testing.T) {
	h := newHouse(t)
	anna := h.agents[0]
	ended := func(c *customer) (n int) {
		for _, line := range c.seen() {
			if strings.HasPrefix(line, kindEnded+":") {
				n++
			}
		}
		return n
	}
	end := func(c *customer, event acd.Event) {
		t.Helper()
		h.must(h.ask(event))
		h.until("the customer reads that it is over", func() bool { return ended(c) == 1 })
	}
	waits := h.arrive("waits")
	end(waits, acd.Disconnected{Contact: waits.contact, Steered: true})
	if seen := waits.seen(); !strings.HasSuffix(seen[len(seen)-1], "This chat has ended. Thank you for writing to us.") {
		t.Errorf("who waited reads %q", seen)
	}
	h.ready(anna)
	offered := h.arrive("offered")
	end(offered, acd.Disconnected{Contact: offered.contact, Steered: true})
	talks := h.arrive("talks")
	h.accept(talks.contact)
	end(talks, acd.Finished{Contact: talks.contact, Agent: anna, Steered: true})
	h.must(h.ask(acd.WrappedUp{Contact: talks.contact, Agent: anna}))
	h.until("it is over", func() bool { _, open := h.picture.Contact(h.unit, talks.contact); return !open })
	h.stop()
	h.start(h.plan())
	for name, c := range map[string]*customer{"waited": waits, "was offered": offered, "talked": talks} {
		if n := ended(c); n != 1 {
			t.Errorf("who %s reads %d times that it is over: %q", name, n, c.seen())
		}
	}
}

// What a kind of message is to the customer is said for each, and a new kind is nothing
// until somebody says so.
func TestANewKindIsNotForCustomers(t *testing.T) {
	for _, author := range []store.Author{store.AuthorSystem, store.AuthorCustomer, store.AuthorAgent} {
		for _, kind := range []string{kindNote, kindWhisper, kindInvited, kindBeside, kindVoid, "tomorrow"} {
			if isForCustomer(author, kind) {
				t.Errorf("a %s of author %d is shown", kind, author)
			}
		}
	}
}
