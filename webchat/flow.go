package webchat

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"portico/acd"
	"portico/fault"
	"portico/hub"
	"portico/store"
	"portico/talk"
	"portico/workflow"
)

// The messages of workflows. What they say, and what they ask a customer, are messages
// of the program's own; what the customer answers is a message of the customer's.

// flowID is the client id of what a workflow said in a visit: the number of the text, or
// one of the words below.
func flowID(visit uint32, what string) string {
	return "flow:" + strconv.FormatUint(uint64(visit), 10) + ":" + what
}

const (
	flowAsk    = "ask"    // it showed a form
	flowOffer  = "offer"  // it asked whether the customer wants to be called back
	flowAnswer = "answer" // the customer answered
)

// spokenBy gives what a workflow said and asked in a visit, in order.
func spokenBy(p *workflow.Passed) []transition {
	var all []transition
	add := func(visit uint32, what, kind, text string) {
		all = append(all, transition{id: flowID(visit, what), kind: kind, text: text, at: p.At})
	}
	for _, s := range p.Say {
		add(s.Visit, strconv.FormatUint(uint64(s.N), 10), kindSays, s.Text)
	}
	if p.Ask != nil {
		add(p.Ask.Visit, flowAsk, kindForm, p.Ask.Text)
	}
	if p.Offer != nil {
		add(p.Offer.Visit, flowOffer, kindOffer, p.Offer.Text)
		all[len(all)-1].offer = p.Offer
	}
	return all
}

// flowed has what workflows said in a durable unit said in the conversations.
func (c *Chats) flowed(change *hub.Change) {
	for i := range change.Flow {
		p := &change.Flow[i]
		for _, t := range spokenBy(p) {
			c.tellTransition(p.Unit, p.Contact, t)
		}
	}
}

// textOf gives the words of a transition; ok is false when nothing is left of a text of
// a workflow, because what it tells is not known now. mu is held.
func (c *conversation) textOf(t transition) (text string, ok bool) {
	if t.id == "" {
		return t.told.text(), true
	}
	text = t.text
	if strings.Contains(text, "{position}") || strings.Contains(text, "{minutes}") {
		wait := -time.Second
		position, _, known := c.chats.o.Picture.Position(c.unit, c.contact)
		if !known {
			position = 0
		} else if p, ok := c.chats.o.Picture.Contact(c.unit, c.contact); ok { // where it waits since this very turn
			if w, ok := c.chats.o.Picture.ExpectedWait(c.unit, p.Queue, position); ok {
				wait = w
			}
		}
		text = workflow.FillWait(text, position, wait)
	}
	if t.offer != nil {
		text = c.promised(text, t.offer)
	}
	return c.chats.Masker(c.unit).Text(text), t.kind != kindSays || strings.TrimSpace(text) != ""
}

// promised says in an offer of a callback when customers are called back, if that is not
// at once: where the company's text has a place for it, else in a sentence behind it.
func (c *conversation) promised(text string, offer *workflow.OfferCallback) string {
	if !offer.Later {
		return workflow.FillOpens(text, "")
	}
	var language string
	if p, ok := c.chats.o.Picture.Contact(c.unit, c.contact); ok {
		language = p.Language
	}
	zone, err := time.LoadLocation(offer.Zone)
	if err != nil {
		zone = c.chats.setup(c.unit).Zone
	}
	l := c.chats.nearest(c.chats.setup(c.unit), language)
	opens := c.chats.opensAt(l, c.chats.o.Now(), offer.From.Std().In(zone))
	if !strings.Contains(text, "{opens}") {
		text += "\n" + c.chats.o.Texts.Text(l.Pages, "chat.callback_opens", nil)
	}
	return workflow.FillOpens(text, opens)
}

// pathOf reads what workflows said in a conversation, in order.
func (c *Chats) pathOf(ctx context.Context, unit acd.UnitID, contact acd.ContactID) ([]workflow.Passed, error) {
	steps, err := c.o.Store.FlowSteps(ctx, unit, contact)
	if err != nil {
		return nil, fmt.Errorf("read the path of a chat: %w", err)
	}
	var all []workflow.Passed
	for _, s := range steps {
		var passed []workflow.Passed
		if err := json.Unmarshal(s.Body, &passed); err != nil {
			return nil, fmt.Errorf("read a step of a chat's path: %w", err)
		}
		all = append(all, passed...)
	}
	return all, nil
}

// between puts what workflows said among what the facts tell, by time. Of what happened
// at the same time the end is told last.
func between(facts []transition, passed []workflow.Passed) []transition {
	all := facts
	for i := range passed {
		all = append(all, spokenBy(&passed[i])...)
	}
	slices.SortStableFunc(all, func(a, b transition) int {
		if a.at != b.at {
			return int(min(max(a.at-b.at, -1), 1))
		}
		last := func(t transition) int {
			if t.kind == kindEnded {
				return 1
			}
			return 0
		}
		return last(a) - last(b)
	})
	return all
}

// customerForm is what a customer is asked by a message of the kind form or offer. An
// offer has no fields: it is answered by yes or no.
type customerForm struct {
	Visit  uint32       `json:"visit"`
	Fields []entryField `json:"fields,omitempty"`
	LeftS  int64        `json:"left_s"` // how long it is still asked; 0: it is over
}

// visitIn reads the visit of a workflow's message.
func visitIn(clientID, what string) (uint32, bool) {
	text, ok := strings.CutPrefix(clientID, "flow:")
	if text, ok = strings.CutSuffix(text, ":"+what); !ok {
		return 0, false
	}
	visit, err := strconv.ParseUint(text, 10, 32)
	return uint32(visit), err == nil
}

// asked is what the path of a chat asks in one visit.
type asked struct {
	ask   *workflow.Ask
	offer *workflow.OfferCallback
}

func (a asked) deadline() acd.Time {
	if a.ask != nil {
		return a.ask.Deadline
	}
	return a.offer.Deadline
}

// askedIn finds what was asked in a visit; ok is false for nothing.
func askedIn(path []workflow.Passed, visit uint32) (a asked, ok bool) {
	for i := range path {
		switch p := &path[i]; {
		case p.Visit != visit:
		case p.Ask != nil:
			a, ok = asked{ask: p.Ask}, true
		case p.Offer != nil:
			a, ok = asked{offer: p.Offer}, true
		}
	}
	return a, ok
}

// formOf gives the form of a message that asks, or nil.
func (c *Chats) formOf(path []workflow.Passed, row *store.Message) *customerForm {
	what := flowAsk
	if row.Kind == kindOffer {
		what = flowOffer
	}
	visit, ok := visitIn(row.ClientID, what)
	if !ok {
		return nil
	}
	a, ok := askedIn(path, visit)
	if !ok {
		return nil
	}
	form := &customerForm{Visit: visit, LeftS: max(0, int64(a.deadline()-acd.At(c.o.Now()))/1000)}
	if a.ask != nil {
		for _, f := range a.ask.Fields {
			choices := make([]talk.Line, len(f.Choices))
			for i, choice := range f.Choices {
				choices[i] = talk.Line(choice)
			}
			form.Fields = append(form.Fields, entryField{Name: f.Key, Kind: f.Kind, Label: f.Label, Required: f.Required, Choices: choices})
		}
	}
	return form
}

// flowAnswerRequest is the body of POST answer: the values of a form, or yes or no.
type flowAnswerRequest struct {
	Visit    uint32            `json:"visit"`
	Fields   map[string]string `json:"fields"`
	Accepted *bool             `json:"accepted"`
}

// postAnswer takes a customer's answer to what a workflow asks. It is taken once: the
// same again gives the first one.
func (c *Chats) postAnswer(w http.ResponseWriter, r *http.Request) {
	unit, contact, err := c.admit(r, bearer(r))
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	var q flowAnswerRequest
	if err := c.readJSON(w, r, bodyMax, &q); err != nil {
		c.refuse(w, r, err)
		return
	}
	if !c.bounds.message(c.addressOf(r)) {
		c.refuse(w, r, errBusy)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), messageWait)
	defer cancel()
	conv := c.pin(unit, contact)
	defer conv.unpin()
	conv.seen()
	m, err := c.answerFlow(ctx, conv, q)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	answer(w, http.StatusOK, messageAnswer{Seq: m.Seq, At: m.At})
}

func (c *Chats) answerFlow(ctx context.Context, conv *conversation, q flowAnswerRequest) (store.Message, error) {
	if c.away.Load() {
		return store.Message{}, errStoreAway
	}
	id := flowID(q.Visit, flowAnswer)
	if old, err := c.o.Store.MessageByClient(ctx, conv.unit, conv.contact, id); err == nil {
		return old, nil
	}
	if err := c.isOpen(conv.unit, conv.contact); err != nil {
		return store.Message{}, err
	}
	path, err := c.pathOf(ctx, conv.unit, conv.contact)
	if err != nil {
		return store.Message{}, err
	}
	a, ok := askedIn(path, q.Visit)
	if !ok || acd.At(c.o.Now()) >= a.deadline() {
		return store.Message{}, errNotAsked
	}
	given, err := c.judge(ctx, conv, a, q)
	if err != nil {
		return store.Message{}, err
	}
	return c.tellAnswer(ctx, conv, store.Message{ClientID: id, Author: store.AuthorCustomer, Kind: kindText, Text: given.text}, given)
}

// given is an answer that was judged: what the workflow is told, and what stands in the
// conversation.
type given struct {
	input workflow.Input
	text  string
	wish  *store.OfflineRequest // to be called back
}

// judge reads an answer by what was asked.
func (c *Chats) judge(ctx context.Context, conv *conversation, a asked, q flowAnswerRequest) (given, error) {
	words := c.sceneOf(ctx, conv.unit, conv.contact)
	say := func(key string) string { return c.o.Texts.Text(words.language.Pages, "chat."+key, nil) }
	if a.offer != nil {
		switch {
		case q.Accepted == nil:
			return given{}, errMandatory.On("accepted")
		case !*q.Accepted:
			return given{input: workflow.Chosen{Visit: q.Visit}, text: say("callback_no")}, nil
		}
		return given{input: workflow.Chosen{Visit: q.Visit, Accepted: true}, text: say("callback_yes"), wish: c.wish(conv, a.offer)}, nil
	}
	values, err := c.filled(conv.unit, a.ask, q.Fields)
	if err != nil {
		return given{}, err
	}
	var lines []string
	for _, f := range a.ask.Fields {
		if value := values[f.Key]; value != "" {
			label := f.Label
			if label == "" {
				label = f.Key
			}
			lines = append(lines, strings.TrimSuffix(label, ":")+": "+value)
		}
	}
	if len(lines) == 0 {
		lines = []string{say("form_empty")}
	}
	return given{input: workflow.Collected{Visit: q.Visit, Values: values}, text: strings.Join(lines, "\n")}, nil
}

// filled judges the values of a form: only its own fields, of their kinds, masked, and
// within the bounds of contact data.
func (c *Chats) filled(unit acd.UnitID, ask *workflow.Ask, fields map[string]string) (map[string]string, error) {
	form := talk.Form{Enabled: true}
	for _, f := range ask.Fields {
		field := talk.Field{Name: f.Key, Kind: f.Kind, Required: f.Required}
		for _, choice := range f.Choices {
			field.Choices = append(field.Choices, talk.Line(choice))
		}
		form.Fields = append(form.Fields, field)
	}
	own := make(map[string]string, len(form.Fields))
	for _, f := range form.Fields {
		own[f.Name] = fields[f.Name]
	}
	values, err := checkForm(form, own)
	if err != nil {
		return nil, err
	}
	values = c.Masker(unit).Map(values)
	size := 0
	for key, value := range values {
		if size += len(key) + len(value); c.setup(unit).Data.Refuse(map[string]string{key: value}) != nil {
			return nil, errWrong.On(key)
		}
	}
	if size > textMax/2 {
		return nil, errWrong.On("fields")
	}
	return values, nil
}

// tellAnswer has the hub take an answer, with its message in the same commit.
func (c *Chats) tellAnswer(ctx context.Context, conv *conversation, row store.Message, g given) (store.Message, error) {
	if g.wish != nil {
		// It is kept before the workflow goes on, which may end the chat: a wish is not lost.
		if _, err := c.keepOffline(ctx, *g.wish); err != nil {
			return store.Message{}, err
		}
	}
	row.Text = c.Masker(conv.unit).Text(row.Text)
	row, known, err := conv.reserve(ctx, row)
	if err != nil || known {
		return row, err
	}
	result := make(chan error, 1)
	if !c.enter() {
		conv.settleBeside(row, errStopping)
		return store.Message{}, errStopping
	}
	go func() { // its message may be saved though nobody waits for it any more
		defer c.running.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askWait)
		defer cancel()
		answer, err := c.o.Hub.Ask(ctx, hub.Command{Lane: hub.Progress, Unit: conv.unit, Riders: []store.Row{row},
			Flow: &hub.FlowInput{Contact: conv.contact, Input: g.input}})
		if err == nil {
			err = answer.Rider
		}
		conv.settleBeside(row, err)
		result <- err
	}()
	select {
	case err = <-result:
	case <-ctx.Done():
		return store.Message{}, errStoreAway
	}
	if f := fault.Of(err); f != nil && f.Code == "too_late" {
		err = errNotAsked
	}
	return row, err
}

// wish is an offline request of somebody who wants to be called back, with what is known
// of the contact.
func (c *Chats) wish(conv *conversation, offer *workflow.OfferCallback) *store.OfflineRequest {
	p, _ := c.o.Picture.Contact(conv.unit, conv.contact)
	data := map[string]string{}
	_ = json.Unmarshal(p.Details, &data) // contact data that is no text says nothing
	row := &store.OfflineRequest{ID: c.o.NewID(), Unit: conv.unit, ClientID: wishID(conv.contact, offer.Visit), At: acd.At(c.o.Now()), Queue: p.Queue,
		Language: short(p.Language), OfflineBody: store.OfflineBody{Kind: store.OfflineCallback, Contact: conv.contact, Name: p.Name,
			Email: data[formEmail], Phone: data[formPhone], Question: p.Caption, Data: data, From: offer.From, Until: offer.Until}}
	delete(data, formEmail)
	delete(data, formPhone)
	return row
}

// wishID is the client id of a wish: the same for the same question.
func wishID(contact acd.ContactID, visit uint32) string {
	return "callback:" + contact.String() + ":" + strconv.FormatUint(uint64(visit), 10)
}

func short(language string) string {
	if utf8.RuneCountInString(language) > languageMax {
		return ""
	}
	return language
}
