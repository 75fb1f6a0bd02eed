package workflow

import (
	"encoding/json"
	"strings"
	"testing"
)

func emailContact(t *testing.T, e Email) Contact {
	t.Helper()
	told, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return Contact{ID: [16]byte{7}, Medium: "email", Name: "Eve", Priority: 50, Queue: queueID(1), Data: map[string]string{EmailKey: string(told)}}
}

// What expressions read of an e-mail is what the channel told at its arrival; of other
// media it is empty, and what is no JSON is as if nothing had been told.
func TestEmailExpressions(t *testing.T) {
	e := Email{
		Alias: "Sales@company.example", Sender: "eve@shop.example.com", SenderDomain: "shop.example.com", Subject: "Re: Order 4711", Body: "I want my money back, please.\nMüllers",
		Language: "en", AttachmentNames: []FileName{"Invoice.PDF"}, SpamScore: 1.5, Authenticated: true, NoReply: "",
	}
	tests := []struct {
		expression string
		want       bool
	}{
		{`like(contact.email.alias, "support@*", "sales@*")`, true},
		{`like(contact.email.sender, "*@example.com")`, false},
		{`like(contact.email.sender, "*@*.example.com")`, true},
		{`contact.email.sender_domain == "shop.example.com" and contact.email.authenticated`, true},
		{`mentions(contact.email.subject, "order")`, true},
		{`mentions(contact.email.subject, "ord")`, false},              // a part of a word is none
		{`mentions(contact.email.body, "refund", "Money Back")`, true}, // a row of words
		{`mentions(contact.email.body, "back want")`, false},
		{`mentions(contact.email.body, "müllers")`, true},
		{`mentions(contact.email.body, "")`, false},
		{`contact.email.attachments == 1 and like(contact.email.attachment_names[0], "*.pdf")`, true},
		{`contact.email.language == "en" and contact.email.auto == "" and not contact.email.spam and contact.email.spam_score > 1`, true},
		{`contact.email.answerable`, true},
	}
	for _, tt := range tests {
		compiled, err := compileExpression(tt.expression, true)
		if err != nil {
			t.Errorf("%s: %v", tt.expression, err)
			continue
		}
		r := &run{world: &world{}, contact: emailContact(t, e)}
		if got, err := r.truth(compiled); err != nil || got != tt.want {
			t.Errorf("%s is %v, %v", tt.expression, got, err)
		}
	}
	empty, err := compileExpression(`contact.email.subject == "" and contact.email.attachments == 0`, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Contact{
		{Medium: "webchat", Data: map[string]string{EmailKey: `{"subject":"x"}`}}, {Medium: "email"}, {Medium: "email", Data: map[string]string{EmailKey: "eve@example.com"}},
	} {
		r := &run{world: &world{}, contact: c}
		if got, err := r.truth(empty); err != nil || !got {
			t.Errorf("%+v: something is read of it: %v", c, err)
		}
	}
}

const mailGraph = `
start start
ack acknowledge {"subject":"Re: {caption}","texts":{"":"Hello {name}","deutsch":"Guten Tag {name}"}}
fwd forward {"to":"expert@example.com","note":"{name} asks"}
reply auto_reply {"texts":{"":"Thanks"}}
queue queue
`

const mailEdges = `
start next ack
ack next fwd
fwd next reply
reply next queue
`

// Acknowledgements and forwards are told to the channel, each once; the contact goes on.
func TestAcknowledgeAndForward(t *testing.T) {
	c := emailContact(t, Email{Sender: "eve@example.com"})
	c.Caption, c.Language = "Order\r\nBcc: x", "deutsch"
	s := play(t, drawn(t, mailGraph, mailEdges), nil, c)
	var says []Say
	var forwards []Forward
	for _, p := range s.passed {
		says = append(says, p.Say...)
		if p.Forward != nil {
			forwards = append(forwards, *p.Forward)
		}
	}
	if len(says) != 2 || says[0].Kind != SayAcknowledge || says[0].Text != "Guten Tag Eve" || says[1].Kind != SayAutoReply {
		t.Errorf("it says %+v", says)
	}
	if strings.ContainsAny(says[0].Subject, "\r\n") {
		t.Errorf("a subject makes a line of its own: %q", says[0].Subject)
	}
	if len(forwards) != 1 || forwards[0].To != "expert@example.com" || forwards[0].Note != "Eve asks" {
		t.Errorf("it forwards %+v", forwards)
	}
	if s.in.Queue != queueID(1) {
		t.Errorf("the contact is in queue %v", s.in.Queue)
	}
}

// RFC 3834: what no program may answer is neither acknowledged nor replied to; the path
// says why, and the contact goes on. A sender who had an acknowledgement gets no second.
func TestNoAnswerToPrograms(t *testing.T) {
	for _, e := range []Email{{Auto: "vacation", NoReply: "A program wrote it."}, {Acknowledged: true}} {
		s := play(t, drawn(t, mailGraph, mailEdges), nil, emailContact(t, e))
		for _, p := range s.passed {
			if p.Kind == KindAcknowledge && (len(p.Say) > 0 || p.Note == "" || p.Exit != ExitNext) {
				t.Errorf("%+v: the acknowledgement passed as %+v", e, p)
			}
			if p.Kind == KindAutoReply && (len(p.Say) > 0) != (e.NoReply == "") {
				t.Errorf("%+v: the reply passed as %+v", e, p)
			}
		}
		if s.in.Queue != queueID(1) {
			t.Errorf("%+v: the contact is in queue %v", e, s.in.Queue)
		}
	}
}

// On other media e-mail is neither acknowledged nor forwarded: the error exit is taken.
func TestMailOnOtherMedia(t *testing.T) {
	s := play(t, drawn(t, mailGraph+"oops queue\n", mailEdges+"ack error oops\nfwd error oops\n"), nil, Contact{ID: [16]byte{7}, Medium: "webchat", Queue: queueID(1)})
	for _, p := range s.passed {
		if p.Kind == KindAcknowledge && p.Exit != ExitError || p.Forward != nil {
			t.Errorf("passed %+v", p)
		}
	}
}

// Discarding ends the contact, and the reason stays in its path.
func TestDiscard(t *testing.T) {
	s := play(t, drawn(t, `
start start
is decision {"branches":[{"id":"spam","name":"","expression":"contact.email.spam"}]}
drop discard {"reason":"Spam from {data.shop}"}
queue queue
`, "start next is\nis spam drop\nis else queue\n"), nil, func() Contact {
		c := emailContact(t, Email{Spam: true})
		c.Data["shop"] = "a shop"
		return c
	}())
	last := s.passed[len(s.passed)-1]
	if last.Discard == nil || last.Discard.Reason != "Spam from a shop" || last.Note != last.Discard.Reason || !s.in.Over {
		t.Errorf("it ended with %+v, over %v", last, s.in.Over)
	}
	if len(s.effects) == 0 || s.effects[len(s.effects)-1] != (Disconnect{}) {
		t.Errorf("the core was asked for %+v", s.effects)
	}
}

// What a component for e-mail lacks is told where it is; a path may end in discarding.
func TestMailProblems(t *testing.T) {
	g := drawn(t, `
start start
ack acknowledge {"texts":{}}
fwd forward {"to":"no address"}
two forward {"to":"a@example.com, b@example.com"}
drop discard {}
`, "start next ack\nack next fwd\nfwd next two\ntwo next drop\n")
	got := map[string]Code{}
	for _, p := range Check(g, nil) {
		got[string(p.Node)+" "+p.Field] = p.Code
	}
	want := map[string]Code{"ack texts": CodeRequired, "fwd to": CodeValue, "two to": CodeValue, "drop reason": CodeRequired}
	for at, code := range want {
		if got[at] != code {
			t.Errorf("%s: %q, want %q", at, got[at], code)
		}
	}
	if len(got) != len(want) {
		t.Errorf("problems %v", got)
	}
}

// What people are shown of a contact's data, and what is kept in memory for that, has no
// message in it; all else, and other media's data, stay as they are.
func TestWithoutEmail(t *testing.T) {
	for _, test := range []struct{ medium, details, want string }{
		{"email", `{"email":{"body":"long"},"order":"17"}`, `{"order":"17"}`},
		{"email", `{"email":{"body":"long"}}`, ``},
		{"email", `{"order":"17"}`, `{"order":"17"}`},
		{"email", ``, ``},
		{"webchat", `{"email":"eve@example.com"}`, `{"email":"eve@example.com"}`},
	} {
		if got := WithoutEmail(test.medium, json.RawMessage(test.details)); string(got) != test.want {
			t.Errorf("%s %s: %s", test.medium, test.details, got)
		}
	}
}
