package mailpeer

import (
	"crypto/rand"
	"encoding/json"
	"net"
	"net/http"
	"sync"
	"time"
)

// Client is an application that may have tokens for one user (RFC 6749).
type Client struct {
	TokenURL, ID, Secret, Refresh string
}

// tokens is the authority that gives access tokens, and that Dovecot asks about them.
type tokens struct {
	url     string
	server  *http.Server
	wait    sync.WaitGroup
	mu      sync.Mutex
	clients map[string]client
	valid   map[string]grant
	life    time.Duration
	given   int
}

type client struct{ secret, refresh, user string }

type grant struct {
	user  string
	until time.Time
}

func newTokens() (*tokens, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t := &tokens{url: "http://" + listener.Addr().String(), clients: map[string]client{}, valid: map[string]grant{}, life: time.Hour}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", t.token)
	mux.HandleFunc("GET /tokeninfo", t.info)
	t.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	t.wait.Go(func() { t.server.Serve(listener) })
	return t, nil
}

func (t *tokens) close() {
	t.server.Close()
	t.wait.Wait()
}

// OAuthClient makes an application for a user: by client credentials, and by a
// refresh token.
func (p *Peer) OAuthClient(user string) Client {
	c := Client{TokenURL: p.tokens.url + "/token", ID: "app-" + rand.Text(), Secret: rand.Text(), Refresh: rand.Text()}
	p.tokens.mu.Lock()
	defer p.tokens.mu.Unlock()
	p.tokens.clients[c.ID] = client{c.Secret, c.Refresh, user}
	return c
}

// TokenLife is how long tokens are good that are given from now on.
func (p *Peer) TokenLife(d time.Duration) {
	p.tokens.mu.Lock()
	defer p.tokens.mu.Unlock()
	p.tokens.life = d
}

// Revoke makes all tokens worthless that were given until now.
func (p *Peer) Revoke() {
	p.tokens.mu.Lock()
	defer p.tokens.mu.Unlock()
	p.tokens.valid = map[string]grant{}
}

// TokensGiven counts the tokens that were given.
func (p *Peer) TokensGiven() int {
	p.tokens.mu.Lock()
	defer p.tokens.mu.Unlock()
	return p.tokens.given
}

func (t *tokens) token(w http.ResponseWriter, r *http.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	id, secret := r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	c, known := t.clients[id]
	ok := known && c.secret == secret
	switch r.PostFormValue("grant_type") {
	case "client_credentials":
	case "refresh_token":
		ok = ok && r.PostFormValue("refresh_token") == c.refresh
	default:
		ok = false
	}
	w.Header().Set("Content-Type", "application/json")
	if !ok {
		w.WriteHeader(http.StatusUnauthorized)
		json.NewEncoder(w).Encode(map[string]string{"error": "invalid_client", "error_description": "unknown application or wrong secret"})
		return
	}
	access := rand.Text()
	t.valid[access] = grant{c.user, time.Now().Add(t.life)}
	t.given++
	json.NewEncoder(w).Encode(map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": int(t.life.Seconds())})
}

func (t *tokens) info(w http.ResponseWriter, r *http.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	g, ok := t.valid[r.URL.Query().Get("access_token")]
	w.Header().Set("Content-Type", "application/json")
	if !ok || time.Now().After(g.until) {
		w.WriteHeader(http.StatusUnauthorized)
		json.NewEncoder(w).Encode(map[string]string{"error": "invalid_token"})
		return
	}
	json.NewEncoder(w).Encode(map[string]string{"email": g.user, "active": "yes"})
}
