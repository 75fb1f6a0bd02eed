package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/identity"
	"portico/mint"
	"portico/store"
)

// The console is a socket in the data folder, for the commands of whoever may read
// that folder. A command that needs the store asks the server that has it open;
// when none does, it opens the store itself.
const (
	consoleName = "console.sock"
	consoleMax  = 30 * time.Second
)

// TokenRequest asks for an API token. Unit is a name; empty means DEFAULT, or the
// whole site for a system administrator.
type TokenRequest struct {
	Role identity.Role `json:"role"`
	Unit string        `json:"unit"`
	Name string        `json:"name"`
	Life time.Duration `json:"life"`
}

// TokenMade is a new API token; the secret is shown once.
type TokenMade struct {
	ID        string        `json:"id"`
	Token     string        `json:"token"`
	Role      identity.Role `json:"role"`
	Unit      string        `json:"unit"`
	UnitID    acd.UnitID    `json:"unit_id"`
	ExpiresAt acd.Time      `json:"expires_at"`
}

// Init does the first start of a store that no server has open.
func Init(ctx context.Context, o Options, in identity.FirstStart) (identity.Made, error) {
	p, err := openParts(ctx, o)
	if err != nil {
		return identity.Made{}, err
	}
	made, err := p.gate.Begin(ctx, in)
	return made, errors.Join(err, p.store.Close())
}

// CreateToken makes an API token: through the server that runs on the data folder,
// or, when none does, in the store itself.
func CreateToken(ctx context.Context, o Options, in TokenRequest) (TokenMade, error) {
	ctx, cancel := context.WithTimeout(ctx, consoleMax)
	defer cancel()
	made, err := askConsole(ctx, o.Data, in)
	if !errors.Is(err, errNoConsole) {
		return made, err
	}
	p, err := openParts(ctx, o)
	if err != nil {
		return TokenMade{}, err
	}
	made, err = p.createToken(ctx, in)
	return made, errors.Join(err, p.store.Close())
}

// parts are what commands and the server both begin with.
type parts struct {
	store *store.Store
	key   [store.KeySize]byte
	mint  *mint.Mint
	gate  *identity.Gate
}

func openParts(ctx context.Context, o Options) (*parts, error) {
	o = o.withDefaults()
	if err := os.MkdirAll(o.Data, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	key, err := store.LoadKey(o.Data)
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, store.Options{Dir: o.Data, DSN: o.Store, Log: o.Log, Now: o.Now})
	if err != nil {
		return nil, err
	}
	m := mint.New(s.Core().Site, o.Now)
	gate := identity.New(identity.Options{Store: s, Mint: m, Key: derive(key, "api tokens"), Now: o.Now, Log: o.Log})
	return &parts{store: s, key: key, mint: m, gate: gate}, nil
}

var errNoUnit = fault.New(fault.Missing, "unit_unknown", "There is no business unit of that name.").On("unit")

func (p *parts) createToken(ctx context.Context, in TokenRequest) (TokenMade, error) {
	unit, name := identity.Global, identity.GlobalName
	if in.Role != identity.SystemAdministrator {
		name = in.Unit
		if name == "" {
			name = identity.FirstUnit
		}
		o, err := p.store.ObjectByName(ctx, identity.Global, identity.KindUnit, name)
		if errors.Is(err, store.ErrNone) {
			return TokenMade{}, errNoUnit
		}
		if err != nil {
			return TokenMade{}, fmt.Errorf("looking for the business unit: %w", err)
		}
		unit, name = o.ID, o.Name
	}
	// Whoever may read the data folder may do all that a system administrator may.
	by := identity.Caller{Name: "console", Roles: []identity.Role{identity.SystemAdministrator}, Unit: identity.Global}
	row, secret, err := p.gate.NewToken(by, unit, in.Name, identity.TokenGrant{Role: in.Role}, in.Life)
	if err != nil {
		return TokenMade{}, err
	}
	after, err := json.Marshal(map[string]any{"name": in.Name, "role": in.Role, "expires_at": row.Expires})
	if err != nil {
		return TokenMade{}, fmt.Errorf("noting the change: %w", err)
	}
	audit := store.Audit{ID: p.mint.ID(), Unit: unit, At: row.Created, ByName: by.Name, From: "console",
		Action: "token.create", Object: row.ID, After: after}
	if err := p.store.Save(ctx, store.Unit{Rows: []store.Row{row, audit}}); err != nil {
		return TokenMade{}, fmt.Errorf("saving the token: %w", err)
	}
	return TokenMade{ID: acd.ContactID(row.ID).String(), Token: secret, Role: in.Role, Unit: name, UnitID: unit,
		ExpiresAt: row.Expires}, nil
}

// console serves the socket of the data folder.
type console struct {
	server *http.Server
	done   chan struct{} // closed when the socket's goroutine has ended
}

func (p *parts) listenConsole(data string) (*console, error) {
	path := filepath.Join(data, consoleName)
	// The store's lock is ours, so a socket that is still here is of a process that died.
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("making the console's socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("making the console's socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("making the console's socket: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /tokens", p.answerToken)
	c := &console{&http.Server{Handler: mux, ReadTimeout: consoleMax, WriteTimeout: consoleMax}, make(chan struct{})}
	go func() {
		defer close(c.done)
		c.server.Serve(l) // ends with stop; nobody else closes the socket
	}()
	return c, nil
}

func (c *console) stop(ctx context.Context) {
	if c == nil {
		return
	}
	if c.server.Shutdown(ctx) != nil {
		c.server.Close()
	}
	<-c.done
}

// consoleFault is a refusal on its way to the command that asked.
type consoleFault struct {
	Kind     fault.Kind
	Code     string
	Sentence string
}

func (p *parts) answerToken(w http.ResponseWriter, r *http.Request) {
	var in TokenRequest
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&in)
	var made TokenMade
	if err == nil {
		made, err = p.createToken(r.Context(), in)
	}
	if err != nil {
		said := consoleFault{Kind: fault.Invalid, Code: "console", Sentence: err.Error()}
		if f := fault.Of(err); f != nil {
			said = consoleFault{f.Kind, f.Code, f.Sentence}
		}
		w.WriteHeader(http.StatusUnprocessableEntity)
		json.NewEncoder(w).Encode(said)
		return
	}
	json.NewEncoder(w).Encode(made)
}

// errNoConsole: no server listens in the data folder.
var errNoConsole = errors.New("no server runs on the data folder")

func askConsole(ctx context.Context, data string, in TokenRequest) (TokenMade, error) {
	path := filepath.Join(data, consoleName)
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return TokenMade{}, errNoConsole
	}
	defer conn.Close()
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(context.Context, string, string) (net.Conn, error) { return conn, nil },
	}}
	body, err := json.Marshal(in)
	if err != nil {
		return TokenMade{}, fmt.Errorf("asking the server: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://console/tokens", bytes.NewReader(body))
	if err != nil {
		return TokenMade{}, fmt.Errorf("asking the server: %w", err)
	}
	answer, err := client.Do(r)
	if err != nil {
		return TokenMade{}, fmt.Errorf("asking the server: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		var said consoleFault
		if err := json.NewDecoder(answer.Body).Decode(&said); err != nil {
			return TokenMade{}, fmt.Errorf("reading the server's refusal: %w", err)
		}
		return TokenMade{}, fault.New(said.Kind, said.Code, said.Sentence)
	}
	var made TokenMade
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil {
		return TokenMade{}, fmt.Errorf("reading the server's answer: %w", err)
	}
	return made, nil
}
