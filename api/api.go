// Package api is the one HTTP door for people and programs inside the company:
// typed operations with an OpenAPI document, and the live feed. It decides nothing
// about contacts, which is the hub's, and shows what the picture and the store hold.
package api

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"portico/acd"
	"portico/hub"
	"portico/identity"
	"portico/mint"
	"portico/picture"
	"portico/seal"
	"portico/store"
)

const (
	prefix = "/api/v1"
	// bodyMax bounds a request's body, in bytes.
	bodyMax = 256 << 10
)

// Core is what the API asks of the hub.
type Core interface {
	Ask(ctx context.Context, c hub.Command) (hub.Answer, error)
	Planner
}

// Deps are the parts that the API works with. All are needed but those that say so.
type Deps struct {
	Store         *store.Store
	Core          Core
	Picture       *picture.Picture
	Gate          *identity.Gate
	Configuration *Configuration
	Conversations Conversations
	// Mails is the channel of the contacts that are e-mails.
	Mails Mails
	// Erase is told that somebody is to be erased; it must not block. Nil: it is found later.
	Erase func()
	Mint  *mint.Mint
	Now   func() time.Time
	Log   *slog.Logger
	// Setup is the one-time code while the first start is still to be done; else nil.
	Setup *identity.Code
	// Languages are the folders of the catalogue of texts.
	Languages []string
	// Version is the program's, as people read it.
	Version string
	// Origins are other addresses under which pages of this server are reached, such as
	// https://desk.example.com behind a proxy. May be empty.
	Origins []string
	// Proxies are those whose X-Forwarded-For and X-Forwarded-Proto are believed.
	Proxies []netip.Prefix
	// Seal keeps secrets.
	Seal *seal.Box
	// Outside makes calls to the outside, for those who try connections, functions and
	// workflows.
	Outside Outside
	// Secure says that browsers reach the server over TLS though it does not serve it
	// itself: cookies are then for TLS alone.
	Secure bool
}

// Server answers the operations and serves the live feed.
type Server struct {
	store         *store.Store
	health        func() store.Health
	core          Core
	picture       *picture.Picture
	gate          *identity.Gate
	configuration *Configuration
	conversations Conversations
	mails         Mails
	erase         func()
	mint          *mint.Mint
	now           func() time.Time
	log           *slog.Logger
	setup         atomic.Pointer[identity.Code]
	languages     []string
	version       string
	secure        bool
	proxies       []netip.Prefix
	seal          *seal.Box
	outside       Outside
	world         *World

	huma       huma.API
	mux        *http.ServeMux
	operations []operation
	undo       map[string]func(ctx context.Context, c call, entry store.Audit, seen uint32, dry bool) (Reverted, error) // by kind
	raw        map[string]bool                                                                                          // patterns of the operations whose body is not JSON
	document   []byte
	crossing   *http.CrossOriginProtection
	origins    map[string]bool
	feed       *feed
	alerts     *alertBoard
	earlier    *earlier
	stopping   atomic.Bool
}

// New makes a server. Its hub must be told of Batch before it starts.
func New(d Deps) (*Server, error) {
	s := newServer()
	s.store, s.core, s.picture, s.gate, s.configuration = d.Store, d.Core, d.Picture, d.Gate, d.Configuration
	s.conversations, s.mails, s.mint, s.now, s.log = d.Conversations, d.Mails, d.Mint, d.Now, d.Log
	s.seal, s.outside, s.erase = d.Seal, d.Outside, d.Erase
	if s.erase == nil {
		s.erase = func() {}
	}
	s.languages, s.version, s.secure, s.proxies = d.Languages, d.Version, d.Secure, d.Proxies
	s.health = d.Store.Health
	s.world = NewWorld(d.Configuration, d.Picture, d.Store, d.Now)
	s.setup.Store(d.Setup)
	s.crossing, s.origins = http.NewCrossOriginProtection(), map[string]bool{}
	for _, origin := range d.Origins {
		if err := s.crossing.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("trusting the origin %q: %w", origin, err)
		}
		s.origins[origin] = true
	}
	var err error
	if s.document, err = s.describe(); err != nil {
		return nil, err
	}
	s.configuration.planner, s.configuration.clock = d.Core, d.Now
	s.configuration.work.Go(s.configuration.watchMinimums)
	s.alerts = newAlertBoard()
	s.feed = newFeed(s)
	s.earlier = newEarlier(s)
	s.feed.work.Go(s.earlier.run)
	s.configuration.Watch(s.feed.configured)
	d.Store.Watch(s.feed.storeChanged)
	return s, nil
}

// Batch tells the live feed of a durable batch. It does not block; it is for
// hub.Subscribe.
func (s *Server) Batch(b hub.Batch) { s.feed.batch(b) }

// Stop tells desktops, closes the live feed, and waits for the changes under way;
// ctx bounds the waiting. Requests are refused from then on.
func (s *Server) Stop(ctx context.Context) {
	s.stopping.Store(true)
	s.feed.stop(ctx)
	s.configuration.stop(ctx)
}

// names is what is configured now.
func (s *Server) names() *catalogue { return s.configuration.now.Load() }

// at is now, as the core counts time.
func (s *Server) at() acd.Time { return acd.At(s.now()) }

// newServer registers all operations; the parts that they work with are set by New.
func newServer() *Server {
	s := &Server{mux: http.NewServeMux(), raw: map[string]bool{},
		undo: map[string]func(context.Context, call, store.Audit, uint32, bool) (Reverted, error){}}
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Portico", Version: "1",
				Description: "Ids are UUIDs as text; instants are milliseconds since 1970 UTC (…_at, since), durations whole seconds (…_s). Errors are problems of RFC 9457."},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"session": {Type: "apiKey", In: "cookie", Name: cookieName},
					"token":   {Type: "http", Scheme: "bearer"},
				},
			},
		},
		Formats:       huma.DefaultFormats,
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{reshape},
	}
	describeIDs(config.Components.Schemas)
	s.huma = humago.New(s.mux, config)
	s.registerSession()
	s.registerPeople()
	s.registerConfig()
	s.registerDesk()
	s.registerContacts()
	s.registerAgentSteering()
	s.registerMessages()
	s.registerAttachments()
	s.registerRealTime()
	s.registerHistory()
	s.registerErase()
	s.registerOffline()
	s.registerSatisfaction()
	s.registerDay()
	s.registerAlerts()
	s.registerCustomers()
	s.registerWorkflows()
	s.registerMail()
	for _, unused := range []string{"ErrorModel", "ErrorDetail"} {
		delete(s.huma.OpenAPI().Components.Schemas.Map(), unused)
	}
	s.mux.HandleFunc("GET /healthz", s.healthz)
	s.mux.HandleFunc("GET /readyz", s.readyz)
	s.mux.HandleFunc("GET "+prefix+"/openapi.json", s.serveDocument)
	s.mux.HandleFunc("GET "+livePath, s.serveLive)
	return s
}

// problemResponse describes every answer that is not a success.
func (s *Server) problemResponse() *huma.Response {
	schema := s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	return &huma.Response{Description: "A problem (RFC 9457)",
		Content: map[string]*huma.MediaType{problemType: {Schema: schema}}}
}

// OpenAPI builds the API's document without a running server.
func OpenAPI() ([]byte, error) { return newServer().describe() }

func (s *Server) describe() ([]byte, error) {
	doc, err := json.MarshalIndent(s.huma.OpenAPI(), "", " ")
	if err != nil {
		return nil, fmt.Errorf("describing the API: %w", err)
	}
	return append(doc, '\n'), nil
}

func (s *Server) serveDocument(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/openapi+json")
	w.Write(s.document)
}
