package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"portico/fault"
)

// cookieName is the session's cookie.
const cookieName = "portico_session"

// visitor is what a request carries that may prove who asks.
type visitor struct {
	session string // the secret in the cookie
	token   string // of Authorization: Bearer
	address string // of the peer
	agent   string // User-Agent
	secure  bool   // over TLS
	foreign bool   // an unsafe request of a page of another origin
}

type visitorKey struct{}

func (s *Server) visitor(r *http.Request) visitor {
	v := visitor{agent: r.UserAgent(), secure: r.TLS != nil || s.secure, foreign: s.crossing.Check(r) != nil}
	if rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		v.token = strings.TrimSpace(rest)
	}
	if c, err := r.Cookie(cookieName); err == nil {
		v.session = c.Value
	}
	v.address = s.address(r)
	v.secure = v.secure || s.trusted(peer(r)) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
	if !utf8.ValidString(v.agent) || strings.ContainsRune(v.agent, 0) {
		v.agent = ""
	}
	return v
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}

func (s *Server) trusted(a netip.Addr) bool {
	return slices.ContainsFunc(s.proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// address is where the request came from: the last hop that is no proxy of ours.
func (s *Server) address(r *http.Request) string {
	at := peer(r)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusted(at); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = hop.Unmap()
	}
	if !at.IsValid() {
		return ""
	}
	return at.WithZone("").String()
}

// Handler serves /api/v1, /healthz and /readyz.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.log.Error("request panicked", "err", p, "path", r.URL.Path, "stack", string(debug.Stack()))
			newProblem(errUnexpected).write(w)
		}
	}()
	_, pattern := s.mux.Handler(r)
	if pattern == "" {
		s.noSuchDoor(w, r)
		return
	}
	err := checkAddress(r)
	if err == nil && !s.raw[pattern] {
		err = checkBody(w, r)
	}
	if err != nil {
		s.problem(err).write(w)
		return
	}
	if s.stopping.Load() && strings.HasPrefix(r.URL.Path, prefix) {
		newProblem(errStopping).write(w)
		return
	}
	s.mux.ServeHTTP(w, r.WithContext(withVisitor(r.Context(), s.visitor(r))))
}

var (
	errMethod = fault.New(fault.Invalid, "method", "This address does not take such requests.")
	errMedia  = fault.New(fault.Invalid, "media_type", "Send JSON: Content-Type application/json.")
)

// noSuchDoor answers for a path that nothing serves, or not by this method.
func (s *Server) noSuchDoor(w http.ResponseWriter, r *http.Request) {
	var allow []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := s.mux.Handler(other); pattern != "" {
			allow = append(allow, method)
		}
	}
	if allow == nil {
		newProblem(errMissing).write(w)
		return
	}
	w.Header().Set("Allow", strings.Join(allow, ", "))
	newProblem(errMethod).write(w)
}

// checkAddress refuses what no field could hold: invalid UTF-8, NUL.
func checkAddress(r *http.Request) error {
	if !cleanText(r.URL.Path) {
		return errEncoding
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return errInvalid
	}
	for name, values := range query {
		if !cleanText(name) {
			return errEncoding
		}
		for _, v := range values {
			if !cleanText(v) {
				return errEncoding.On(name)
			}
		}
	}
	return nil
}

// checkBody refuses likewise, and what is too much. The body is read here and once, so
// that nothing is begun for a request that breaks off.
func checkBody(w http.ResponseWriter, r *http.Request) error {
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMax))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return errBodyLarge
	case err != nil:
		return errInvalid
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); len(body) > 0 && kind != "" &&
		!strings.EqualFold(strings.TrimSpace(kind), "application/json") {
		return errMedia
	}
	if !cleanJSON(body) {
		return errEncoding
	}
	return nil
}

// cleanText reports whether a text can be kept: UTF-8 without NUL.
func cleanText(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

// cleanJSON reports whether every string of a JSON text can be kept: valid UTF-8,
// no NUL, and no half of a surrogate pair, neither as it stands nor escaped. A
// decoder would silently replace such halves.
func cleanJSON(body []byte) bool {
	if !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0 {
		return false
	}
	for {
		i := bytes.IndexByte(body, '\\')
		if i < 0 || i+1 >= len(body) {
			return true
		}
		if body[i+1] != 'u' {
			body = body[i+2:]
			continue
		}
		code, ok := escaped(body[i:])
		if !ok { // not JSON; the decoder says so
			return true
		}
		body = body[i+6:]
		switch {
		case code == 0:
			return false
		case utf16.IsSurrogate(code):
			low, ok := escaped(body)
			if !ok || utf16.DecodeRune(code, low) == utf8.RuneError {
				return false
			}
			body = body[6:]
		}
	}
}

// escaped reads \uXXXX at the beginning of b.
func escaped(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	var code rune
	for _, c := range b[2:6] {
		switch {
		case c >= '0' && c <= '9':
			code = code<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			code = code<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			code = code<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return code, true
}

// healthz means that the process lives, and nothing else.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "ok\n")
}

// readyz means that work can be done now.
func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	if s.stopping.Load() {
		newProblem(errStopping).write(w)
		return
	}
	if h := s.health(); h.Away || h.Lost {
		newProblem(away(h)).write(w)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, `{"ready":true}`+"\n")
}
