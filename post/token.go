package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
)

const (
	tokenMax    = 15 * time.Second // for the answer
	tokenAnswer = 64 << 10         // bytes of it
	// tokenEarly is how long before its end a token is renewed.
	tokenEarly = 2 * time.Minute
)

// Tokens keeps an access token and renews it in time. It is safe for concurrent use;
// those who come while it is renewed wait for the same answer.
type Tokens struct {
	// Rotated is told when the authority gave another refresh token, which is to be
	// kept instead of the old one. It may be nil.
	Rotated func(refresh string)

	oauth  OAuth
	client *http.Client
	now    func() time.Time
	turn   chan struct{} // holds one token: whose turn it is
	mu     sync.Mutex
	access string
	until  time.Time
	renew  time.Time
}

// NewTokens asks nobody yet.
func NewTokens(o OAuth) *Tokens {
	return &Tokens{oauth: o, now: time.Now, turn: make(chan struct{}, 1),
		client: &http.Client{Timeout: tokenMax, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Token gives an access token that is good for a while. An error is a *Trouble.
func (t *Tokens) Token(ctx context.Context) (string, error) {
	if access := t.kept(); access != "" {
		return access, nil
	}
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	if access := t.kept(); access != "" {
		return access, nil
	}
	access, life, err := t.ask(ctx)
	if err != nil {
		// One that is about to end is better than none.
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.access != "" && t.now().Before(t.until) {
			return t.access, nil
		}
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.access, t.until = access, t.now().Add(life)
	t.renew = t.until.Add(-min(tokenEarly, life/2))
	return access, nil
}

func (t *Tokens) kept() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.access != "" && t.now().Before(t.renew) {
		return t.access
	}
	return ""
}

// Drop forgets a token that a server has refused, unless another has come meanwhile.
func (t *Tokens) Drop(access string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.access == access {
		t.access = ""
	}
}

// ask is RFC 6749, 4.4.2 and 6.
func (t *Tokens) ask(ctx context.Context) (access string, life time.Duration, err error) {
	form := url.Values{"client_id": {t.oauth.ClientID}, "client_secret": {t.oauth.Secret}}
	if t.oauth.Refresh != "" {
		form.Set("grant_type", "refresh_token")
		form.Set("refresh_token", t.oauth.Refresh)
	} else {
		form.Set("grant_type", "client_credentials")
	}
	if t.oauth.Scope != "" {
		form.Set("scope", t.oauth.Scope)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.oauth.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", 0, tokenTrouble(NewSay("token_url"), err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	answer, err := t.client.Do(r)
	if err != nil {
		return "", 0, tokenTrouble(NewSay("token_away"), bare(err))
	}
	defer answer.Body.Close()
	var body struct {
		Access      string  `json:"access_token"`
		Refresh     string  `json:"refresh_token"`
		Expires     float64 `json:"expires_in"`
		Error       string  `json:"error"`
		Description string  `json:"error_description"`
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, tokenAnswer))
	if err != nil {
		return "", 0, tokenTrouble(NewSay("token_broken"), err)
	}
	if err := json.Unmarshal(text, &body); err != nil && answer.StatusCode == http.StatusOK {
		return "", 0, tokenTrouble(NewSay("token_other"), err)
	}
	if answer.StatusCode != http.StatusOK || body.Access == "" {
		why := strings.TrimSpace(body.Error + " " + body.Description)
		if why == "" {
			why = answer.Status
		}
		return "", 0, tokenTrouble(NewSay("token_refused", "said", Words(why)), errors.New(why))
	}
	if body.Refresh != "" && body.Refresh != t.oauth.Refresh && t.oauth.Refresh != "" {
		t.oauth.Refresh = body.Refresh // only who has the turn comes here
		if t.Rotated != nil {
			t.Rotated(body.Refresh)
		}
	}
	life = time.Duration(min(max(body.Expires, 0), 86400)) * time.Second
	if life == 0 {
		life = 5 * time.Minute // RFC 6749, 5.1: it may be left out
	}
	return body.Access, life, nil
}

// bare takes the address out of an error of net/http, since it may hold secrets.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func tokenTrouble(said Say, err error) *Trouble {
	return trouble("token_refused", said, fmt.Errorf("getting a token: %w", err))
}

// xoauth2 is Google's and Microsoft's mechanism: it is in no RFC.
type xoauth2 struct {
	user, token string
	refused     string // what the server said
}

func (x *xoauth2) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next is only asked for when the server refuses: it says why, and wants an empty
// answer before it says no.
func (x *xoauth2) Next(challenge []byte) ([]byte, error) {
	x.refused = string(challenge)
	return []byte{}, nil
}

// bearer is OAUTHBEARER that keeps what the server says when it refuses.
type bearer struct {
	sasl.Client
	refused string
}

func (b *bearer) Next(challenge []byte) ([]byte, error) {
	b.refused = string(challenge)
	return []byte{1}, nil // RFC 7628, 3.2.3
}

// Offers reports whether a server has a mechanism.
type Offers func(mechanism string) bool

// Mechanism chooses how to sign in, by what the server offers. The refusal is what the
// server said of a refused token; call it after the attempt. Without a fitting
// mechanism the error is a *Trouble.
func (s Server) Mechanism(ctx context.Context, offers Offers, tokens *Tokens) (c sasl.Client, refusal func() string, err error) {
	refusal = func() string { return "" }
	if s.Auth != XOAuth2 {
		switch {
		case offers(sasl.Plain):
			return sasl.NewPlainClient("", s.User, s.Secret), refusal, nil
		case offers(sasl.Login):
			return sasl.NewLoginClient(s.User, s.Secret), refusal, nil
		}
		return nil, nil, trouble("login_method", NewSay("login_method_password"), nil)
	}
	if tokens == nil {
		return nil, nil, trouble("token_refused", NewSay("token_none"), nil)
	}
	access, err := tokens.Token(ctx)
	if err != nil {
		return nil, nil, err
	}
	if offers("XOAUTH2") {
		x := &xoauth2{user: s.User, token: access}
		return x, func() string { tokens.Drop(access); return x.refused }, nil
	}
	if offers(sasl.OAuthBearer) {
		b := &bearer{Client: sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: s.User, Token: access, Host: s.Host, Port: s.Port})}
		return b, func() string { tokens.Drop(access); return b.refused }, nil
	}
	return nil, nil, trouble("login_method", NewSay("login_method_token"), nil)
}
