package webchat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"portico/acd"
	"portico/hub"
	"portico/store"
	"portico/workflow"
)

const (
	// bodyMax is how large the body of a JSON request may be: the fields' limit and
	// room for their escapes.
	bodyMax = 2 * requestMax
	// bodyWait is how long a body may take to come.
	bodyWait    = 10 * time.Second
	messageWait = 10 * time.Second
)

// Handler serves everything below the virtual path, and nothing else.
func (c *Chats) Handler() http.Handler {
	mux := http.NewServeMux()
	at := func(pattern string, h http.HandlerFunc) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+c.o.Path+path, h)
	}
	api := func(h http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			allowAnyPage(w.Header())
			h(w, r)
		}
	}
	at("GET /api/entry", api(c.getEntry))
	at("POST /api/chats", api(c.createChat))
	at("POST /api/offline", api(c.postOffline))
	at("POST /api/chats/{contact}/answer", api(c.postAnswer))
	at("POST /api/chats/{contact}/satisfaction", api(c.postRating))
	at("POST /api/chats/{contact}/messages", api(c.postMessage))
	at("GET /api/chats/{contact}/messages", api(c.getMessages))
	at("POST /api/chats/{contact}/attachments", api(c.postFile))
	at("GET /api/chats/{contact}/attachments/{attachment}", api(c.getFile))
	at("GET /api/chats/{contact}/transcript", api(c.getTranscript))
	at("POST /api/chats/{contact}/transcript", api(c.postTranscript))
	at("POST /api/chats/{contact}/end", api(c.endChat))
	at("GET /api/chats/{contact}/live", c.serveLive)
	at("GET /api/texts/{language}", api(c.getTexts))
	at("OPTIONS /api/", api(preflight))
	at("GET /widget.js", c.getWidget)
	at("GET /widget/{part}", c.getWidgetPart)
	at("GET /demo", c.getDemo)
	c.handleClassic(mux)
	return mux
}

// allowAnyPage lets a company's pages, whatever their origin, use the JSON doors: a
// customer is known by the session in the header, never by a cookie.
func allowAnyPage(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "Retry-After")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
}

func preflight(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, POST")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

// readJSON reads a body of at most limit bytes into v.
func (c *Chats) readJSON(w http.ResponseWriter, r *http.Request, limit int64, v any) error {
	// A peer that drips its body is cut off. Servers of tests know no deadlines.
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyWait))
	buffer := c.buffers.Get().(*bytes.Buffer)
	defer c.buffers.Put(buffer)
	buffer.Reset()
	if _, err := buffer.ReadFrom(http.MaxBytesReader(w, r.Body, limit)); err != nil {
		return errBody.On("body")
	}
	_ = control.SetReadDeadline(time.Time{})
	if !utf8.Valid(buffer.Bytes()) {
		return errBadText.On("body")
	}
	if err := json.Unmarshal(buffer.Bytes(), v); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) && wrong.Field != "" {
			return errWrong.On(wrong.Field)
		}
		return errBody.On("body")
	}
	return nil
}

// chatRequest is the body of POST chats.
type chatRequest struct {
	ClientID    string            `json:"client_id"`
	Unit        string            `json:"unit"`
	Queue       string            `json:"queue"`
	Name        string            `json:"name"`
	Caption     string            `json:"caption"`
	Language    string            `json:"language"`
	Source      string            `json:"source"`
	Destination string            `json:"destination"`
	Priority    *int              `json:"priority"`
	Data        map[string]string `json:"data"`
	Text        string            `json:"text"`
	// Fields are the values of the form before the chat; nil: the page has none.
	Fields map[string]string `json:"fields"`
}

func (c *Chats) createChat(w http.ResponseWriter, r *http.Request) {
	var q chatRequest
	if err := c.readJSON(w, r, bodyMax, &q); err != nil {
		c.refuse(w, r, err)
		return
	}
	a, err := c.arrivalOf(r.Context(), q)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	begun, err := c.begin(r.Context(), a, c.addressOf(r))
	if err != nil {
		c.refuse(w, r, c.inWords(a, err))
		return
	}
	answer(w, http.StatusCreated, begun)
}

// arrivalOf checks a request, in the order of the classic form's table.
func (c *Chats) arrivalOf(ctx context.Context, q chatRequest) (arrival, error) {
	a := arrival{clientID: q.ClientID, priority: priorityDefault, name: q.Name, caption: q.Caption,
		source: q.Source, destination: q.Destination, data: q.Data, text: q.Text}
	if !isClientID(q.ClientID) {
		return a, errClientID
	}
	if err := c.route(ctx, &a, q.Unit, q.Queue, q.Destination); err != nil {
		return a, err
	}
	if err := c.speak(&a, q.Language); err != nil {
		return a, err
	}
	switch {
	case q.Priority != nil && (*q.Priority < 1 || *q.Priority > acd.PriorityMax):
		return a, errWrong.On("priority")
	case !isText(q.Name):
		return a, errWrong.On("name")
	case !isAddress(q.Source):
		return a, errWrong.On("source")
	case !isAddress(q.Destination):
		return a, errWrong.On("destination")
	case !isText(q.Caption):
		return a, errWrong.On("caption")
	case !isText(q.Text):
		return a, errBadText
	}
	if q.Priority != nil {
		a.priority = uint8(*q.Priority)
	}
	if q.Fields != nil {
		fields, err := checkForm(a.setup.Settings.PreChat, q.Fields)
		if err != nil {
			return a, err
		}
		a.fill(fields)
	}
	if field := tooMuch(&a); field != "" {
		return a, errWrong.On(field)
	}
	if strings.TrimSpace(a.text) == "" {
		a.text = a.caption
	}
	return a, c.checkHours(ctx, &a)
}

// route finds the business unit and the queue of a request.
func (c *Chats) route(ctx context.Context, a *arrival, unit, queue, destination string) (err error) {
	if a.unit, err = c.names.unit(ctx, unit); err != nil {
		return err
	}
	a.setup = c.setup(a.unit)
	a.queue, err = c.names.queue(ctx, a.unit, queue, destination)
	return err
}

// speak finds the chat language of a request; without a name it is the unit's own.
func (c *Chats) speak(a *arrival, name string) error {
	if name == "" {
		a.language = c.nearest(a.setup, "")
		return nil
	}
	var ok bool
	if a.language, ok = c.language(a.setup, name); !ok {
		return errWrong.On("language")
	}
	return nil
}

// tooMuch names what is wrong with the size of a request or with its free fields.
func tooMuch(a *arrival) (field string) {
	size := len(a.name) + len(a.caption) + len(a.text) + len(a.source) + len(a.destination)
	for key, value := range a.data {
		if !isText(key) || !isText(value) {
			return "data"
		}
		size += len(key) + len(value)
	}
	if size > requestMax || a.setup.Data.Refuse(a.data) != nil {
		return "data"
	}
	return ""
}

// admit gives the chat that a request's session opens. Whatever is wrong with it,
// the answer is the same.
func (c *Chats) admit(r *http.Request, session string) (acd.UnitID, acd.ContactID, error) {
	unit, contact, ok := c.sessions.open(session)
	if !ok || contact.String() != r.PathValue("contact") {
		return unit, contact, errSession
	}
	return unit, contact, c.mayLookBack(r.Context(), unit, contact)
}

func bearer(r *http.Request) string {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return ""
	}
	return token
}

type messageRequest struct {
	ClientID string `json:"client_id"`
	Text     string `json:"text"`
}

type messageAnswer struct {
	Seq uint64   `json:"seq"`
	At  acd.Time `json:"at"`
}

func (c *Chats) postMessage(w http.ResponseWriter, r *http.Request) {
	unit, contact, err := c.admit(r, bearer(r))
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	var q messageRequest
	if err := c.readJSON(w, r, 4*textMax, &q); err != nil {
		c.refuse(w, r, err)
		return
	}
	if err := checkText(q.ClientID, q.Text); err != nil {
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
	row := store.Message{ClientID: q.ClientID, Author: store.AuthorCustomer, Kind: kindText, Text: q.Text}
	m, err := conv.send(ctx, row, func() error { return c.isOpen(unit, contact) })
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	answer(w, http.StatusOK, messageAnswer{Seq: m.Seq, At: m.At})
}

// isOpen refuses text for a conversation that is over.
func (c *Chats) isOpen(unit acd.UnitID, contact acd.ContactID) error {
	p, ok := c.o.Picture.Contact(unit, contact)
	if !ok || isOver(&p.ContactRow) {
		return errEnded
	}
	return nil
}

// customerMessage is a message as customers see it. Name is an agent's. Text is in the
// words of the chat language where the program itself speaks.
type customerMessage struct {
	Seq      uint64   `json:"seq"`
	At       acd.Time `json:"at"`
	Author   string   `json:"author"` // customer, agent, system
	Name     string   `json:"name,omitempty"`
	Kind     string   `json:"kind"`
	Text     string   `json:"text,omitempty"`
	ClientID string   `json:"client_id,omitempty"` // of the customer's own
	// Attachments are the files that it names.
	Attachments []customerFile `json:"attachments,omitempty"`
	// Form is what it asks for.
	Form *customerForm `json:"form,omitempty"`
}

var authors = [...]string{store.AuthorSystem: "system", store.AuthorCustomer: "customer", store.AuthorAgent: "agent"}

// forCustomer turns messages of one chat into what its customer sees of them.
func (c *Chats) forCustomer(ctx context.Context, unit acd.UnitID, rows []store.Message) ([]customerMessage, error) {
	var contact acd.ContactID
	if len(rows) > 0 {
		contact = rows[0].Contact
	}
	files, err := c.filesOf(ctx, unit, contact, rows)
	if err != nil {
		return nil, err
	}
	seen := make([]customerMessage, 0, len(rows))
	var path []workflow.Passed
	if slices.ContainsFunc(rows, func(m store.Message) bool { return m.Kind == kindForm || m.Kind == kindOffer }) {
		if path, err = c.pathOf(ctx, unit, contact); err != nil {
			return nil, err
		}
	}
	var s *scene // read when it is needed
	for i := range rows {
		row := &rows[i]
		m := customerMessage{Seq: row.Seq, At: row.At, Author: authors[row.Author], Kind: row.Kind, Text: row.Text}
		if !isForCustomer(row.Author, row.Kind) {
			continue
		}
		own := row.Author == store.AuthorSystem
		switch {
		case row.Author == store.AuthorCustomer:
			m.ClientID = row.ClientID
		case row.Kind == kindTransferred: // its note is for the next agent
			m.Author, own = authors[store.AuthorSystem], true
		}
		if row.Author != store.AuthorCustomer {
			m.Name = c.names.screenName(ctx, unit, row.By)
		}
		if own {
			if s == nil {
				read := c.sceneOf(ctx, unit, row.Contact)
				s = &read
			}
			m.Text = c.spoken(*s, row, m.Name)
			m.Form = c.formOf(path, row)
		}
		for _, a := range files[row.Seq] {
			m.Attachments = append(m.Attachments, c.customerFile(a))
		}
		seen = append(seen, m)
	}
	return seen, nil
}

// messagesPage is the answer of GET messages. After is where to go on from; More
// says that there is more at once.
type messagesPage struct {
	Items []customerMessage `json:"items"`
	After uint64            `json:"after"`
	More  bool              `json:"more"`
}

const customerPageMax = 200

func (c *Chats) getMessages(w http.ResponseWriter, r *http.Request) {
	unit, contact, err := c.admit(r, bearer(r))
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	after, err := afterOf(r)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	if conv := c.pinOpen(contact); conv != nil {
		conv.seen()
		conv.unpin()
	}
	ctx, cancel := context.WithTimeout(r.Context(), messageWait)
	defer cancel()
	rows, err := c.o.Store.Messages(ctx, unit, contact, after, customerPageMax)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	items, err := c.forCustomer(ctx, unit, rows)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	page := messagesPage{Items: items, After: after, More: len(rows) == customerPageMax}
	if len(rows) > 0 {
		page.After = rows[len(rows)-1].Seq
	}
	answer(w, http.StatusOK, page)
}

func afterOf(r *http.Request) (uint64, error) {
	text := r.URL.Query().Get("after")
	if text == "" {
		return 0, nil
	}
	after, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, errWrong.On("after")
	}
	return after, nil
}

// endChat: the customer leaves. A chat that is over already is no error.
func (c *Chats) endChat(w http.ResponseWriter, r *http.Request) {
	unit, contact, err := c.admit(r, bearer(r))
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	if c.away.Load() {
		c.refuse(w, r, errStoreAway)
		return
	}
	if c.isOpen(unit, contact) == nil {
		ctx, cancel := context.WithTimeout(r.Context(), messageWait)
		defer cancel()
		_, err := c.o.Hub.Ask(ctx, hub.Command{Event: acd.Abandoned{Contact: contact}, Lane: hub.Progress, Unit: unit})
		if err != nil && c.isOpen(unit, contact) == nil {
			c.refuse(w, r, err)
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// getTexts gives the widget its words.
func (c *Chats) getTexts(w http.ResponseWriter, r *http.Request) {
	language := r.PathValue("language")
	if !c.o.Texts.Has(language) {
		c.refuse(w, r, errPage)
		return
	}
	words := c.o.Texts.Group(language, "widget.")
	for key, text := range c.o.Texts.Group(language, "chat.") {
		words[key] = text
	}
	w.Header().Set("Cache-Control", "max-age=300")
	answer(w, http.StatusOK, struct {
		Tag   string            `json:"tag"`
		Texts map[string]string `json:"texts"`
	}{c.o.Texts.Tag(language), words})
}

func answer(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil { // none of our answers can fail
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body)
}

// addressOf gives the customer's address: the peer's, or what a trusted proxy says.
func (c *Chats) addressOf(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	address := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && c.isProxy(address); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		address = hop.Unmap()
	}
	return address
}

func (c *Chats) isProxy(address netip.Addr) bool {
	for _, proxy := range c.o.Proxies {
		if proxy.Contains(address) {
			return true
		}
	}
	return false
}
