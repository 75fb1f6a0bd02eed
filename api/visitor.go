package api

// cookieName is the session's cookie.
const cookieName = "portico_session"

// visitor is what a request carries that may prove who asks.
type visitor struct {
	session string // the secret in the cookie
	token   string // of Authorization: Bearer
	address string // of the peer
	agent   string // User-Agent
	secure  bool   // over TLS
	foreign bool   // sent by a page of another origin
}

type visitorKey struct{}
