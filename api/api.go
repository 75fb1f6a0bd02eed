// Package api is the one HTTP door for people and programs inside the company:
// typed operations with an OpenAPI document, and the live feed. It decides nothing
// about contacts, which is the hub's, and shows what the picture and the store hold.
package api

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"reflect"
	"sync/atomic"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"portico/identity"
)

const (
	prefix = "/api/v1"
	// bodyMax bounds a request's body, in bytes.
	bodyMax = 256 << 10
)

// Server answers the operations.
type Server struct {
	log        *slog.Logger
	huma       huma.API
	mux        *http.ServeMux
	operations []operation
	gate       *identity.Gate
	names      atomic.Pointer[catalogue]
}

// newServer registers all operations; the parts that they work with are set by New.
func newServer() *Server {
	s := &Server{mux: http.NewServeMux()}
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Portico", Version: "1",
				Description: "Ids are UUIDs as text; instants are milliseconds since 1970 UTC (…_at, since), durations whole seconds (…_s). Errors are problems of RFC 9457."},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
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
	s.huma = humago.New(s.mux, config)
	s.registerSession()
	s.registerPeople()
	s.registerConfig()
	s.registerDesk()
	s.registerContacts()
	s.registerMessages()
	s.registerRealTime()
	s.registerHistory()
	for _, unused := range []string{"ErrorModel", "ErrorDetail"} {
		delete(s.huma.OpenAPI().Components.Schemas.Map(), unused)
	}
	return s
}

// problemResponse describes every answer that is not a success.
func (s *Server) problemResponse() *huma.Response {
	schema := s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	return &huma.Response{Description: "A problem (RFC 9457)",
		Content: map[string]*huma.MediaType{problemType: {Schema: schema}}}
}

// OpenAPI builds the API's document without a running server.
func OpenAPI() ([]byte, error) {
	return json.MarshalIndent(newServer().huma.OpenAPI(), "", " ")
}
