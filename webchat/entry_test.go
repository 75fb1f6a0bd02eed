package webchat

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"portico/acd"
	"portico/dialogue"
	"portico/plan"
	"portico/schedule"
	"portico/store"
	"portico/talk"
)

// customHouse is a house whose company has chat languages, forms and hours of its own.
// What is set in the setup counts from then on.
func customHouse(t *testing.T) (*house, *talk.Setup) {
	h := newHouse(t)
	s := &talk.Setup{Company: "Acme", Zone: time.UTC, Pages: "deutsch", Settings: talk.Defaults(), Queues: map[acd.QueueID]talk.Hours{},
		Languages: []talk.Language{
			{Name: "English", ChatLanguage: talk.ChatLanguage{Pages: "english", Emoticons: []talk.Emoticon{{Code: ":-)", Shows: "🙂"}},
				Messages: map[string]string{"welcome": "Hi {customer}, {company} here for {queue}.", "closed": "Shut until {opens}.", "busy": "{company} is full.",
					"waiting": "Number {position}, {minutes} min.", "idle_warning": "Hello?", "closing": "Bye from {agent}."}}},
			{Name: "Du", ChatLanguage: talk.ChatLanguage{Pages: "deutsch", Messages: map[string]string{"welcome": "Hallo!"}}},
		}}
	h.stop()
	h.setup = func(acd.UnitID) talk.Setup { return *s }
	h.start(h.plan())
	return h, s
}

// shut closes the queue until nine tomorrow.
func (h *house) shut(s *talk.Setup, outside string) {
	tomorrow := time.Now().UTC().AddDate(0, 0, 1)
	s.Queues = map[acd.QueueID]talk.Hours{h.queue: {Outside: outside, Schedule: schedule.Schedule{Holidays: []schedule.Holiday{
		{Name: "open", Date: tomorrow.Format(time.DateOnly), Periods: []schedule.Period{{From: "09:00", To: "10:00"}}}}}}}
}

func decoded[T any](t *testing.T, body string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return v
}

// A page is told what a customer finds who comes now, in a chat language of the unit.
func TestEntry(t *testing.T) {
	h, s := customHouse(t)
	s.Settings.PreChat.Fields = append(s.Settings.PreChat.Fields, talk.Field{Name: "order", Kind: "choice", Required: true, Choices: []talk.Line{"new", "old"},
		Label: map[string]string{"Du": "Deine Bestellung", "English": "Your order"}})
	ask := func(query string) entryAnswer {
		status, body := h.do("GET", "/api/entry?"+query, "", nil)
		if status != http.StatusOK {
			t.Fatalf("entry %s is answered %d %s", query, status, body)
		}
		return decoded[entryAnswer](t, body)
	}
	e := ask("language=english")
	if e.Language != "English" || e.Tag != "en" || !e.Open || e.Message != "" || e.OpensAt != 0 || len(e.Emoticons) != 1 || e.Waiting == nil || *e.Waiting != 0 ||
		!e.Transcript || !e.Satisfaction || e.ShowTyped || e.Attachments.BytesMax != 10<<20 {
		t.Errorf("entry is %+v", e)
	}
	if f := e.PreChat.Fields; len(f) != 4 || f[0].Label != "Your name" || f[3].Label != "Your order" || len(f[3].Choices) != 2 || !f[3].Required {
		t.Errorf("the form is %+v", f)
	}
	for wish, want := range map[string]string{"du": "Du", "de-AT": "Du", "en": "English", "klingon": "Du", "": "Du"} {
		if got := ask("language=" + wish).Language; got != want {
			t.Errorf("who asks for %q is spoken to in %s, want %s", wish, got, want)
		}
	}
	h.shut(s, plan.OfflineForm)
	e = ask("language=English")
	tomorrow := time.Now().UTC().AddDate(0, 0, 1)
	opens := time.Date(tomorrow.Year(), tomorrow.Month(), tomorrow.Day(), 9, 0, 0, 0, time.UTC)
	if e.Open || e.OpensAt != acd.At(opens) || e.Outside != plan.OfflineForm || e.Message != fmt.Sprintf("Shut until on %s, %d %s, at 09:00.", opens.Weekday(), opens.Day(), opens.Month()) {
		t.Errorf("outside the hours entry is %+v", e)
	}
	s.Queues[h.queue] = talk.Hours{Outside: plan.OnlyMessage}
	if e = ask("language=English"); e.Open || e.OpensAt != 0 || e.Message != "We are closed at the moment." {
		t.Errorf("of what never opens entry is %+v", e)
	}
	if status, body := h.do("GET", "/api/entry?queue=Nowhere", "", nil); status != http.StatusUnprocessableEntity || !contains(body, `"field":"queue"`) {
		t.Errorf("an unknown queue is answered %d %s", status, body)
	}
}

// Outside the hours a chat is refused with the time of the next opening; who began
// within them and asks again is let in, and a queue that accepts all takes everybody.
func TestClosed(t *testing.T) {
	h, s := customHouse(t)
	c := h.arrive("Hello")
	h.shut(s, plan.OfflineForm)
	chat := chatRequest{ClientID: "late", Caption: "Hello", Language: "English"}
	status, body := h.do("POST", "/api/chats", "", chat)
	p := decoded[problem](t, body)
	if status != http.StatusConflict || p.Code != 1013 || p.Name != "closed" || !strings.HasPrefix(p.Message, "Shut until on ") || p.Values == nil || p.Values.OpensAt <= acd.At(time.Now()) {
		t.Errorf("outside the hours a chat is answered %d %s", status, body)
	}
	again := chatRequest{ClientID: fmt.Sprintf("chat-%d", chatNumber), Caption: "Hello"}
	if status, body := h.do("POST", "/api/chats", "", again); status != http.StatusCreated || !contains(body, c.contact.String()) {
		t.Errorf("a chat from within the hours is answered %d %s when it is asked for again", status, body)
	}
	h.shut(s, plan.AcceptAll)
	if status, body := h.do("POST", "/api/chats", "", chat); status != http.StatusCreated {
		t.Errorf("a queue that accepts all answers %d %s", status, body)
	}
}

// What a chat says by itself is in the words of the chat language that was chosen,
// filled with what is known; a language of nobody is refused.
func TestChatLanguage(t *testing.T) {
	h, _ := customHouse(t)
	h.ready(h.agents[0])
	status, body := h.do("POST", "/api/chats", "", chatRequest{ClientID: "x", Caption: "Hello", Language: "english", Fields: map[string]string{
		"name": "Carla", "email": "carla@example.com", "question": "Where is it?", "colour": "red"}})
	if status != http.StatusCreated {
		t.Fatalf("a chat is answered %d %s", status, body)
	}
	b := decoded[begun](t, body)
	c := &customer{h: h, contact: b.Contact, session: b.Session}
	agent := h.accept(c.contact)
	h.must(h.ask(acd.Finished{Contact: c.contact, Agent: agent}))
	h.until("the end", func() bool { return len(c.saved()) == 4 })
	_, body = h.do("GET", "/api/chats/"+c.contact.String()+"/messages", c.session, nil)
	var got []string
	for _, m := range decoded[messagesPage](t, body).Items {
		got = append(got, m.Kind+": "+m.Text)
	}
	want := []string{"text: Hello", "welcome: Hi Carla, Acme here for Sales.", "joined: Anna has joined the chat.", "ended: Bye from Anna."}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the conversation reads %q, want %q", got, want)
	}
	p, _ := h.picture.Contact(h.unit, c.contact)
	if data := decoded[map[string]string](t, string(p.Details)); data["email"] != "carla@example.com" || data["colour"] != "red" || p.Name != "Carla" || p.Language != "English" {
		t.Errorf("the contact is %q in %s with %v", p.Name, p.Language, data)
	}
	for _, bad := range []chatRequest{{ClientID: "a", Language: "deutsch"}, {ClientID: "b", Fields: map[string]string{"question": "x", "email": "nobody"}}} {
		if status, body := h.do("POST", "/api/chats", "", bad); status != http.StatusUnprocessableEntity {
			t.Errorf("%+v is answered %d %s", bad, status, body)
		}
	}
	if status, body := h.do("POST", "/api/chats", "", chatRequest{ClientID: "c", Fields: map[string]string{"name": "x"}}); status != http.StatusBadRequest || !contains(body, `"field":"question"`) {
		t.Errorf("a mandatory field that is missing is answered %d %s", status, body)
	}
}

// A text of the company's is not said with a hole in it: where the number is not known,
// the catalogue's words do without.
func TestWordsWithoutHoles(t *testing.T) {
	h, s := customHouse(t)
	l := s.Languages[0]
	for _, test := range []struct {
		kind string
		told told
		want string
	}{
		{kindWaiting, told{Position: 2, WaitS: 61}, "Number 2, 2 min."},
		{kindWaiting, told{Position: 2}, "All our colleagues are talking to other customers. You are number 2 in the queue."},
		{kindWaiting, told{}, "All our colleagues are talking to other customers. Please stay with us: you keep your place."},
		{kindIdle, told{WaitS: 300}, "Hello?"},
		{kindEnded, told{Why: whyIdle}, "This chat has ended because we have not heard from you for a while. Please write to us again at any time."},
		{kindEnded, told{}, "You have left the chat."},
		{kindLeft, told{}, "Our team has left. You are being connected to a colleague."},
	} {
		row := store.Message{Kind: test.kind, Text: test.told.text()}
		if got := h.chats.spoken(scene{language: l, values: map[string]string{}}, &row, ""); got != test.want {
			t.Errorf("%s %+v reads %q, want %q", test.kind, test.told, got, test.want)
		}
	}
}

// What customers leave outside the hours is kept once, as often as it is sent, and
// only when the form is filled in as it must be.
func TestOffline(t *testing.T) {
	h, s := customHouse(t)
	h.shut(s, plan.OfflineForm)
	post := func(change func(*offlineRequest)) (int, string) {
		q := offlineRequest{ClientID: "left", Language: "Du", Fields: map[string]string{"name": " Carla ", "email": "carla@example.com", "question": "Where?", "order": "17"},
			Data: map[string]string{"page": "https://shop.example/"}}
		change(&q)
		return h.do("POST", "/api/offline", "", q)
	}
	status, first := post(func(*offlineRequest) {})
	if status != http.StatusCreated {
		t.Fatalf("what is left is answered %d %s", status, first)
	}
	h.stop()
	h.start(h.plan())
	if status, again := post(func(*offlineRequest) {}); status != http.StatusCreated || again != first {
		t.Errorf("left again it is answered %d %s, first %s", status, again, first)
	}
	rows, _, err := h.store.OfflinePage(t.Context(), h.unit, false, "", 10)
	h.must(err)
	if len(rows) != 1 || rows[0].Name != "Carla" || rows[0].Email != "carla@example.com" || rows[0].Question != "Where?" || rows[0].Language != "Du" ||
		rows[0].Queue != h.queue || fmt.Sprint(rows[0].Fields) != "map[order:17]" || fmt.Sprint(rows[0].Data) != "map[page:https://shop.example/]" {
		t.Errorf("kept is %+v", rows)
	}
	for _, test := range []struct {
		name   string
		change func(*offlineRequest)
		status int
		field  string
	}{
		{"no client id", func(q *offlineRequest) { q.ClientID = "" }, 422, "client_id"},
		{"no address", func(q *offlineRequest) { delete(q.Fields, "email") }, 400, "email"},
		{"blank question", func(q *offlineRequest) { q.Fields["question"] = " \n" }, 400, "question"},
		{"no such address", func(q *offlineRequest) { q.Fields["email"] = "carla" }, 422, "email"},
		{"long name", func(q *offlineRequest) { q.Fields["name"] = strings.Repeat("x", shortMax+1) }, 422, "name"},
		{"NUL", func(q *offlineRequest) { q.Data["x"] = "\x00" }, 422, "data"},
		{"too much", func(q *offlineRequest) { q.Fields["more"] = strings.Repeat("x", requestMax) }, 422, "data"},
		{"queue", func(q *offlineRequest) { q.Queue = "Nowhere" }, 422, "queue"},
	} {
		if status, body := post(test.change); status != test.status || decoded[problem](t, body).Field != test.field {
			t.Errorf("%s: answered %d %s, want %d, field %s", test.name, status, body, test.status, test.field)
		}
	}
	s.Settings.Offline.Enabled = false
	if status, body := post(func(q *offlineRequest) { q.ClientID = "off" }); status != http.StatusNotFound || decoded[problem](t, body).Name != "no_offline" {
		t.Errorf("without a form it is answered %d %s", status, body)
	}
}

// How a customer found the chat is asked once it is over, and may be changed; what is
// kept names queue and agent.
func TestRating(t *testing.T) {
	h, s := customHouse(t)
	h.ready(h.agents[0])
	c := h.arrive("Hello")
	agent := h.accept(c.contact)
	rate := func(score int, comment string) (int, string) {
		return h.do("POST", "/api/chats/"+c.contact.String()+"/satisfaction", c.session, ratingRequest{score, comment})
	}
	if status, body := rate(5, ""); status != http.StatusForbidden || decoded[problem](t, body).Name != "chat_open" {
		t.Errorf("a chat that goes on is rated: %d %s", status, body)
	}
	h.must(h.ask(acd.Finished{Contact: c.contact, Agent: agent}))
	for _, test := range []struct {
		score   int
		comment string
		status  int
	}{{0, "", 422}, {6, "", 422}, {3, strings.Repeat("x", commentMax+1), 422}, {3, "a\x00b", 422}, {2, "slow", 204}, {5, " thank you ", 204}} {
		if status, body := rate(test.score, test.comment); status != test.status {
			t.Errorf("the score %d is answered %d %s", test.score, status, body)
		}
	}
	h.must(h.ask(acd.WrappedUp{Contact: c.contact, Agent: agent}))
	if status, body := rate(4, "thank you"); status != http.StatusNoContent {
		t.Errorf("after the wrap-up a rating is answered %d %s", status, body)
	}
	got, err := h.store.Rating(t.Context(), h.unit, c.contact)
	h.must(err)
	if got.Score != 4 || got.Comment != "thank you" || got.Agent != agent || got.Queue != h.queue {
		t.Errorf("kept is %+v", got)
	}
	s.Settings.Satisfaction = false
	if status, _ := rate(4, ""); status != http.StatusNotFound {
		t.Errorf("where nobody asks, a rating is answered %d", status)
	}
	other := h.arrive("other")
	if status, _ := h.do("POST", "/api/chats/"+c.contact.String()+"/satisfaction", other.session, ratingRequest{1, ""}); status != http.StatusForbidden {
		t.Errorf("another chat's session rates: %d", status)
	}
}

// A customer whose page was closed and who opens the browser again within the grace
// time meets the same chat with the same agent, and both read that they are back.
func TestReturnWithinGrace(t *testing.T) {
	h := newHouse(t)
	h.ready(h.agents[0])
	c := h.arrive("Hello")
	agent := h.accept(c.contact)
	p := c.open(0)
	p.must(func() bool { return len(p.seqs) == 3 })
	p.conn.CloseNow()
	h.until("the page's loss", func() bool {
		row, _ := h.picture.Contact(h.unit, c.contact)
		return row.CustomerLost != 0
	})
	back := c.open(0)
	back.must(func() bool { return len(back.seqs) == 4 && back.state.State == stateActive })
	row, _ := h.picture.Contact(h.unit, c.contact)
	if row.CustomerLost != 0 || row.Agent != agent || row.State != acd.Active {
		t.Errorf("the contact is %+v", row.ContactRow)
	}
	if text := back.texts[3]; text != "returned Welcome back. You are still talking to Anna.Anna" {
		t.Errorf("the page reads %q", text)
	}
	if rows := c.saved(); rows[3].Kind != kindReturned || rows[3].By != agent {
		t.Errorf("kept is %+v", rows[3])
	}
}

// What a customer is typing is shown to agents where the company wants it, masked as
// what is sent, and nowhere else.
func TestTypedText(t *testing.T) {
	h, s := customHouse(t)
	c := h.arrive("Hello")
	frames := make(chan dialogue.Frame, 10)
	defer h.chats.Subscribe(h.unit, c.contact, func(f dialogue.Frame) {
		if f.Typing != nil {
			frames <- f
		}
	})()
	conv := h.chats.pin(h.unit, c.contact)
	defer conv.unpin()
	types := func() string {
		_, err := h.chats.obey(conv, []byte(`{"op":"typing","text":"my card 4111 1111 1111 1111"}`))
		h.must(err)
		return (<-frames).Typing.Text
	}
	if got := types(); got != "" {
		t.Errorf("agents see %q though nobody allowed it", got)
	}
	s.Settings.ShowTyped = true
	if got := types(); !strings.HasPrefix(got, "my card ") || contains(got, "4111 1111 1111") {
		t.Errorf("agents see %q", got)
	}
}
