package systemtest

import "net/http"

// The scenarios of TestRouting with more than one media routing domain, and with an
// agent whom a contact asks for. The matrix is the first one of every site.

// A contact that asks for an agent is offered to that agent, although another is idle
// longer; while the agent is busy it is held, and comes before what waits in the queue.
func preferredOnArrival(f *floor) {
	mail := f.addQueueOf("email", 60)
	ann, bob := f.deskOf("ann", 100, map[string]int{"email": 1}), f.deskOf("bob", 100, map[string]int{"email": 1})
	ann.available()
	first := f.bring(mail, nil)
	ann.accept(first)
	bob.available()
	c := f.bring(mail, ann)
	f.is(c, "held", ann)
	ann.close(first)
	ann.accept(c) // from now on bob is idle longer
	f.facts(c, "arrived", "held ann preferred", "offered ann preferred", "accepted ann")
	ann.close(c)
	atOnce := f.bring(mail, ann)
	ann.accept(atOnce)
	f.facts(atOnce, "arrived", "offered ann preferred", "accepted ann")
	other := f.bring(mail, nil)
	bob.accept(other)
	f.facts(other, "arrived", "offered bob", "accepted bob")
}

// A contact whose agent stays busy goes to its queue when the queue's hold is over;
// one whose agent is not there does so at once.
func preferredHoldEnds(f *floor) {
	mail := f.addQueueOf("email", 1)
	ann, bob := f.deskOf("ann", 100, map[string]int{"email": 1}), f.deskOf("bob", 100, map[string]int{"email": 2})
	bob.available()
	absent := f.bring(mail, ann)
	bob.accept(absent)
	f.facts(absent, "arrived", "offered bob", "accepted bob")
	ann.available()
	busy := f.bring(mail, ann)
	ann.accept(busy)
	c := f.bring(mail, ann)
	bob.accept(c)
	f.facts(c, "arrived", "held ann preferred", "queued - hold_over", "offered bob", "accepted bob")
}

// A chat is offered over an e-mail, which stands until the chat is over.
func interruption(f *floor) {
	mail := f.addQueueOf("email", 0)
	ann := f.deskOf("ann", 100, map[string]int{"chat": 1, "email": 1})
	ann.available()
	letter := f.bring(mail, nil)
	ann.accept(letter)
	f.is(letter, "active", ann)
	chat := f.ask()
	f.is(letter, "interrupted", ann)
	ann.accept(chat)
	ann.do(chat, "finish", nil)
	f.is(letter, "interrupted", ann) // a wrap-up is work too
	ann.do(chat, "wrap-up", map[string]any{"client_id": chat})
	f.is(letter, "active", ann)
	ann.close(letter)
	f.facts(letter, "arrived", "offered ann", "accepted ann", "interrupted ann", "resumed ann", "finished ann finished", "ended ann wrapped_up")
	f.facts(chat, "arrived", "offered ann", "accepted ann", "finished ann finished", "ended ann wrapped_up")
}

// What the matrix refuses waits, although the agent has room for it, until the work
// that forbids it is over: a call during a chat, and an e-mail during a call.
func refusedByMatrix(f *floor) {
	calls, mail := f.addQueueOf("voice", 0), f.addQueueOf("email", 0)
	ann := f.deskOf("ann", 100, map[string]int{"chat": 1, "voice": 1, "email": 1})
	ann.available()
	chat := f.ask()
	ann.accept(chat)
	call := f.bring(calls, nil)
	f.is(call, "queued", nil)
	ann.close(chat)
	ann.accept(call)
	letter := f.bring(mail, nil)
	f.is(letter, "queued", nil)
	ann.close(call)
	ann.accept(letter)
	f.facts(chat, "arrived", "offered ann", "accepted ann", "finished ann finished", "ended ann wrapped_up")
	f.facts(call, "arrived", "offered ann", "accepted ann", "finished ann finished", "ended ann wrapped_up")
	f.facts(letter, "arrived", "offered ann", "accepted ann")
}

// Each domain has its own capacity: e-mails go beside a chat, as many as there is
// room for, and neither domain takes the other's room.
func capacityAcrossDomains(f *floor) {
	mail := f.addQueueOf("email", 0)
	ann := f.deskOf("ann", 100, map[string]int{"chat": 1, "email": 2})
	ann.available()
	chat := f.ask()
	ann.accept(chat)
	letters := []string{f.bring(mail, nil), f.bring(mail, nil), f.bring(mail, nil)}
	ann.accept(letters[0])
	ann.accept(letters[1])
	second := f.ask()
	f.is(chat, "active", ann)
	f.is(letters[0], "active", ann)
	f.is(letters[1], "active", ann)
	f.is(letters[2], "queued", nil)
	f.is(second, "queued", nil)
	ann.close(letters[0])
	ann.accept(letters[2])
	f.is(second, "queued", nil)
	f.facts(letters[2], "arrived", "offered ann", "accepted ann")
	f.facts(chat, "arrived", "offered ann", "accepted ann")
}

// Nobody declines without end: nine contacts declined within a minute make the agent
// unavailable, and the reason says why. Eight do not.
func nineDeclined(f *floor) {
	ann := f.desk("ann", 100, 1)
	ann.available()
	for n := 1; n <= 9; n++ {
		if !ann.isAvailable() {
			f.t.Fatalf("unavailable after %d declined contacts", n-1)
		}
		c := f.ask()
		ann.decline(c)
		f.is(c, "queued", nil)
		f.facts(c, "arrived", "offered ann", "not_accepted ann declined")
	}
	if ann.isAvailable() {
		f.t.Error("available after nine declined contacts")
	}
	if why, want := ann.reason(), "Declined too often"; why != want {
		f.t.Errorf("unavailable because of %q, want %q", why, want)
	}
	tenth := f.ask()
	f.is(tenth, "queued", nil)
	f.facts(tenth, "arrived")
}

// reason is the name of the reason why the agent takes no chats.
func (d *desk) reason() string {
	d.f.t.Helper()
	var shown struct {
		Domains []struct {
			Domain string `json:"domain"`
			Reason string `json:"reason"`
		} `json:"domains"`
	}
	d.must(http.MethodGet, "/agent", nil, &shown)
	var reasons struct {
		Items []struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"items"`
	}
	d.must(http.MethodGet, "/reasons?limit=500", nil, &reasons)
	for _, state := range shown.Domains {
		for _, r := range reasons.Items {
			if state.Domain == "chat" && r.ID == state.Reason {
				return r.Name
			}
		}
	}
	return ""
}
