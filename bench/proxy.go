package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/coder/websocket"
)

// Harm counts what was done to the exchanges between a bench and a server, or what
// a bench reports of it.
type Harm struct {
	ChatsLost       int `json:"chats_lost"`
	ChatsDoubled    int `json:"chats_duplicated"`
	MessagesLost    int `json:"messages_lost"`
	MessagesDoubled int `json:"messages_duplicated"`
	MessagesSwapped int `json:"messages_reordered"`
	PushesLost      int `json:"pushes_lost"`
	PushesDoubled   int `json:"pushes_duplicated"`
	PushesSwapped   int `json:"pushes_reordered"`
	// Other is what the bench found beside; a proxy does nothing else.
	Other int `json:"other"`
}

// Deed is what a proxy does to one exchange.
type Deed uint8

const (
	Forward Deed = iota // forward it
	Lose                // answer it, or take it, without forwarding
	Double              // forward it twice, as two different ones
	Swap                // forward it after the next one of the same conversation
)

// Harmful is the self-test's proxy: it stands before a server and harms those
// exchanges that its plan names, so that the bench has something to find.
type Harmful struct {
	// Chat, Message and Push choose what is done to the n-th exchange of their kind,
	// counted from 1 for the whole proxy (chats) or for each conversation. Nil: nothing.
	Chat    func(n int) Deed
	Message func(n int) Deed
	Push    func(n int) Deed

	upstream *Door
	listener net.Listener
	server   *http.Server
	forward  *httputil.ReverseProxy
	serving  sync.WaitGroup
	stop     context.CancelFunc
	stopping context.Context

	mu    sync.Mutex
	done  Harm
	chats int
	talks map[string]*harmed
}

// harmed is the state of one conversation.
type harmed struct {
	mu       sync.Mutex // one message at a time
	messages int
	pushes   int
	last     uint64 // highest number that the server answered
	pushed   uint64 // highest number that the server pushed
	held     []byte // a message that was answered and waits for the next one
}

// Start listens on a loopback port of its own before the server at base.
func (p *Harmful) Start(base string) error {
	upstream, err := Open(base)
	if err != nil {
		return err
	}
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return fmt.Errorf("listening for the proxy: %w", err)
	}
	p.upstream, p.talks = upstream, map[string]*harmed{}
	p.stopping, p.stop = context.WithCancel(context.Background())
	quiet := log.New(io.Discard, "", 0)
	p.forward = &httputil.ReverseProxy{ErrorLog: quiet, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: upstream.base.Scheme, Host: upstream.base.Host})
		r.Out.Header.Del("Origin")
	}}
	p.server = &http.Server{Handler: p, ErrorLog: quiet, ReadHeaderTimeout: exchangeMax}
	p.serving.Go(func() { p.server.Serve(p.listener) })
	return nil
}

// URL is where the proxy listens.
func (p *Harmful) URL() string { return "http://" + p.listener.Addr().String() }

// Stop closes all connections and waits for the proxy's goroutines.
func (p *Harmful) Stop() {
	p.stop()
	p.server.Close()
	p.serving.Wait()
	p.upstream.Close()
}

// Done is what was harmed so far.
func (p *Harmful) Done() Harm {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.done
}

var (
	chatPath    = regexp.MustCompile(`/api/chats$`)
	messagePath = regexp.MustCompile(`/api/chats/([^/]+)/messages$`)
	livePath    = regexp.MustCompile(`/api/chats/([^/]+)/live$`)
)

func (p *Harmful) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case r.Method == http.MethodPost && chatPath.MatchString(path):
		p.chat(w, r)
	case r.Method == http.MethodPost && messagePath.MatchString(path):
		p.message(w, r, p.talk(messagePath.FindStringSubmatch(path)[1]))
	case livePath.MatchString(path):
		p.live(w, r, p.talk(livePath.FindStringSubmatch(path)[1]))
	default:
		p.forward.ServeHTTP(w, r)
	}
}

func (p *Harmful) talk(contact string) *harmed {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.talks[contact]
	if t == nil {
		t = &harmed{}
		p.talks[contact] = t
	}
	return t
}

func (p *Harmful) chat(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, answerMax))
	if err != nil {
		http.Error(w, "unreadable", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	p.chats++
	deed := choose(p.Chat, p.chats)
	p.mu.Unlock()
	switch deed {
	case Lose:
		p.count(func(h *Harm) { h.ChatsLost++ })
		answer(w, chatMade{Contact: "00000000-0000-7000-8000-000000000000", Session: "none"})
		return
	case Double:
		if a, err := p.send(r, renamed(body)); err == nil && a.Status < 300 {
			p.count(func(h *Harm) { h.ChatsDoubled++ })
		}
	}
	p.relay(w, r, body)
}

// message handles one message of a conversation. A held one is sent after this one,
// and the numbers that were answered are those that both would have had.
func (p *Harmful) message(w http.ResponseWriter, r *http.Request, t *harmed) {
	body, err := io.ReadAll(io.LimitReader(r.Body, answerMax))
	if err != nil {
		http.Error(w, "unreadable", http.StatusBadRequest)
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.messages++
	deed := choose(p.Message, t.messages)
	switch {
	case t.held != nil:
		held := t.held
		t.held = nil
		if p.numbered(r, t, body) == nil && p.numbered(r, t, held) == nil {
			p.count(func(h *Harm) { h.MessagesSwapped++ })
		}
		answer(w, messageMade{Seq: t.last})
	case deed == Lose:
		p.count(func(h *Harm) { h.MessagesLost++ })
		answer(w, messageMade{Seq: t.last + 1})
	case deed == Swap:
		t.held = body
		answer(w, messageMade{Seq: t.last + 1})
	default:
		err := p.numbered(r, t, body)
		number := t.last
		if err == nil && deed == Double && p.numbered(r, t, renamed(body)) == nil {
			p.count(func(h *Harm) { h.MessagesDoubled++ })
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		answer(w, messageMade{Seq: number})
	}
}

// numbered forwards a message and notes the number that it was given.
func (p *Harmful) numbered(r *http.Request, t *harmed, body []byte) error {
	a, err := p.send(r, body)
	if err == nil {
		err = a.refused(r.URL.Path)
	}
	var made messageMade
	if err == nil {
		err = json.Unmarshal(a.Body, &made)
	}
	t.last = max(t.last, made.Seq)
	return err
}

func (p *Harmful) send(r *http.Request, body []byte) (Answer, error) {
	pass := Pass("")
	if token := r.Header.Get("Authorization"); token != "" {
		pass = Pass("Authorization: " + token)
	}
	return p.upstream.Do(r.Context(), r.Method, r.URL.RequestURI(), pass, body)
}

func (p *Harmful) relay(w http.ResponseWriter, r *http.Request, body []byte) {
	a, err := p.send(r, body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if a.RetryAfter != "" {
		w.Header().Set("Retry-After", a.RetryAfter)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.Status)
	w.Write(a.Body)
}

// live relays a customer's socket frame by frame.
func (p *Harmful) live(w http.ResponseWriter, r *http.Request, t *harmed) {
	ctx, cancel := context.WithCancel(p.stopping)
	defer cancel()
	pass := Pass("")
	if token := r.Header.Get("Authorization"); token != "" {
		pass = Pass("Authorization: " + token)
	}
	var offered []string
	if protocols := r.Header.Get("Sec-WebSocket-Protocol"); protocols != "" {
		offered = strings.Split(strings.ReplaceAll(protocols, " ", ""), ",")
	}
	there, err := p.upstream.Live(ctx, r.URL.RequestURI(), pass, offered...)
	if err != nil {
		var refused *Refused
		status := http.StatusBadGateway
		if errors.As(err, &refused) {
			status = refused.Status
		}
		http.Error(w, err.Error(), status)
		return
	}
	defer there.CloseNow()
	options := &websocket.AcceptOptions{InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled}
	if chosen := there.Subprotocol(); chosen != "" {
		options.Subprotocols = []string{chosen}
	}
	here, err := websocket.Accept(w, r, options)
	if err != nil {
		return
	}
	defer here.CloseNow()
	here.SetReadLimit(frameMax)
	p.serving.Go(func() {
		defer cancel()
		for {
			kind, data, err := here.Read(ctx)
			if err != nil || there.Write(ctx, kind, data) != nil {
				return
			}
		}
	})
	p.pushes(ctx, here, there, t)
}

// pushes relays frames to the customer. Only frames with messages are harmed.
func (p *Harmful) pushes(ctx context.Context, here, there *websocket.Conn, t *harmed) {
	var held []byte
	var heldMessages int
	for {
		kind, data, err := there.Read(ctx)
		if err != nil {
			return
		}
		n, highest := messagesIn(data)
		deed := Forward
		if n > 0 {
			t.mu.Lock()
			t.pushes++
			t.pushed = max(t.pushed, highest)
			deed = choose(p.Push, t.pushes)
			t.mu.Unlock()
		}
		frames := [][]byte{data}
		switch {
		case deed == Lose:
			p.count(func(h *Harm) { h.PushesLost += n })
			frames = nil
		case deed == Swap && held == nil:
			held, heldMessages, frames = data, n, nil
		case deed == Double:
			p.count(func(h *Harm) { h.PushesDoubled += n })
			frames = append(frames, data)
		case held != nil && n > 0:
			p.count(func(h *Harm) { h.PushesSwapped += heldMessages })
			frames, held = append(frames, held), nil
		}
		for _, f := range frames {
			if here.Write(ctx, kind, f) != nil {
				return
			}
		}
	}
}

func (p *Harmful) count(do func(*Harm)) {
	p.mu.Lock()
	do(&p.done)
	p.mu.Unlock()
}

func choose(plan func(int) Deed, n int) Deed {
	if plan == nil {
		return Forward
	}
	return plan(n)
}

// messagesIn gives how many messages a frame holds, and the highest of their numbers.
func messagesIn(data []byte) (n int, highest uint64) {
	var f frame
	var messages []MessageView
	if json.Unmarshal(data, &f) != nil || f.Kind != "messages" || json.Unmarshal(f.Body, &messages) != nil {
		return 0, 0
	}
	for _, m := range messages {
		highest = max(highest, m.Seq)
	}
	return len(messages), highest
}

// caughtUp reports whether the server has pushed all that it was sent in a chat, be
// it that the proxy kept it.
func (p *Harmful) caughtUp(contact string) bool {
	t := p.talk(contact)
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.pushed >= t.last
}

// renamed gives the request another client id.
func renamed(body []byte) []byte {
	var fields map[string]any
	if json.Unmarshal(body, &fields) != nil {
		return body
	}
	fields["client_id"] = fmt.Sprint(fields["client_id"]) + "-again"
	again, err := json.Marshal(fields)
	if err != nil {
		return body
	}
	return again
}

func answer(w http.ResponseWriter, v any) {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(b.Bytes())
}

// harmOf sorts findings as a proxy would have made them.
func harmOf(found []Finding) Harm {
	var h Harm
	for _, f := range found {
		switch f.What + " " + string(f.Kind) {
		case "contact lost":
			h.ChatsLost++
		case "contact duplicated":
			h.ChatsDoubled++
		case "message lost":
			h.MessagesLost++
		case "message duplicated":
			h.MessagesDoubled++
		case "message reordered":
			h.MessagesSwapped++
		case "push lost":
			h.PushesLost++
		case "push duplicated":
			h.PushesDoubled++
		case "push reordered":
			h.PushesSwapped++
		default:
			h.Other++
		}
	}
	return h
}
