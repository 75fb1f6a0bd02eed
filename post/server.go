// Package post hands one message at a time to a company's mail server by SMTP, and
// says in words what came of it. It also holds what the two protocols of mail have in
// common: how a server is reached, whom to trust, how to sign in, and what to tell a
// person when that fails. It keeps no message: who calls it tries again.
package post

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// TLS says when a connection is encrypted.
type TLS string

// The ways to encrypt.
const (
	Implicit TLS = "implicit" // from the first byte on: RFC 8314
	StartTLS TLS = "starttls" // after a command; never without
	NoTLS    TLS = "none"
)

// Auth says how to sign in.
type Auth string

// The ways to sign in.
const (
	NoAuth   Auth = "none" // SMTP only
	Password Auth = "password"
	XOAuth2  Auth = "xoauth2" // or OAUTHBEARER (RFC 7628), where the server has only that
)

// OAuth is where an access token comes from: by a refresh token when there is one,
// else by client credentials (RFC 6749, 6 and 4.4).
type OAuth struct {
	TokenURL string
	ClientID string
	Secret   string
	Refresh  string
	Scope    string
}

// Server is one server of a company's mail.
type Server struct {
	Host string
	Port int
	TLS  TLS
	Auth Auth
	User string
	// Secret is the password.
	Secret string
	// CAs are certificates in PEM that are trusted besides the system's.
	CAs []byte
	// Pins are SHA-256 fingerprints in hexadecimal, with or without colons, of
	// certificates that are trusted whoever signed them, whatever their name and age.
	Pins []string
}

// String names the server for logs; it holds no secret.
func (s Server) String() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// GoString keeps secrets out of %#v.
func (s Server) GoString() string { return s.String() }

const (
	dialMax      = 15 * time.Second
	handshakeMax = 15 * time.Second
)

// Connect opens a connection, encrypted where TLS is implicit. An error is a *Trouble.
func (s Server) Connect(ctx context.Context) (net.Conn, error) {
	config, err := s.Trust()
	if err != nil {
		return nil, s.Explain(err)
	}
	dialer := net.Dialer{Timeout: dialMax}
	conn, err := dialer.DialContext(ctx, "tcp", s.String())
	if err != nil {
		return nil, s.Explain(err)
	}
	if s.TLS != Implicit {
		return conn, nil
	}
	secured := tls.Client(conn, config)
	ctx, cancel := context.WithTimeout(ctx, handshakeMax)
	defer cancel()
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, s.Explain(err)
	}
	return secured, nil
}

// errPEM: what should be certificates is none.
var errPEM = errors.New("no certificate in the PEM text")

// errPin is no fingerprint.
var errPin = errors.New("a fingerprint has 64 hexadecimal digits")

// Trust is how the server's certificate is checked: by the system's authorities and
// the company's, or by its fingerprint.
func (s Server) Trust() (*tls.Config, error) {
	config := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
	if len(s.CAs) > 0 {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(s.CAs) {
			return nil, errPEM
		}
		config.RootCAs = pool
	}
	if len(s.Pins) == 0 {
		return config, nil
	}
	pins := make([][]byte, len(s.Pins))
	for i, text := range s.Pins {
		pin, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(text), ":", ""))
		if err != nil || len(pin) != sha256.Size {
			return nil, errPin
		}
		pins[i] = pin
	}
	roots := config.RootCAs
	config.InsecureSkipVerify = true // VerifyConnection does it instead
	config.VerifyConnection = func(state tls.ConnectionState) error {
		sum := sha256.Sum256(state.PeerCertificates[0].Raw)
		for _, pin := range pins {
			if subtle.ConstantTimeCompare(pin, sum[:]) == 1 {
				return nil
			}
		}
		return verify(state, s.Host, roots)
	}
	return config, nil
}

// verify is what the standard library does when it is not told to skip it.
func verify(state tls.ConnectionState, host string, roots *x509.CertPool) error {
	between := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: between})
	if err != nil {
		return &tls.CertificateVerificationError{UnverifiedCertificates: state.PeerCertificates, Err: err}
	}
	return nil
}

// Fingerprint is what a pin of the certificate looks like.
func Fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return fmt.Sprintf("%x", sum)
}
