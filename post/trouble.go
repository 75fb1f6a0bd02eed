package post

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unicode"

	"portico/fault"
)

// Trouble is what a person is told when a server of the mail cannot be used: what
// happened, and what may help. It unwraps to a *fault.Fault with a lasting code and to
// the error itself.
type Trouble struct {
	Fault *fault.Fault
	// Said is the fault's sentence, to be said in other languages.
	Said Say
	// Hint says what to do; it may be empty.
	Hint string
	// Err is for the log; it may be nil.
	Err error
}

func (t *Trouble) Error() string {
	if t.Err == nil {
		return t.Fault.Sentence
	}
	return t.Fault.Sentence + " (" + t.Err.Error() + ")"
}

// Unwrap gives the fault and the cause.
func (t *Trouble) Unwrap() []error {
	if t.Err == nil {
		return []error{t.Fault}
	}
	return []error{t.Fault, t.Err}
}

func trouble(code string, said Say, err error) *Trouble {
	return &Trouble{Fault: fault.New(fault.Unavailable, "mail_"+code, said.String()), Said: said, Hint: said.Advice(), Err: err}
}

// wordsMax bounds what is repeated of a server's words, in bytes.
const wordsMax = 500

// Words makes what a server said fit to be shown: one line, bounded, without control
// characters and without the dot at its end.
func Words(said string) string {
	said = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(said, " "))
	said = strings.TrimRight(strings.Join(strings.Fields(said), " "), ".")
	if len(said) > wordsMax {
		said = strings.ToValidUTF8(said[:wordsMax], "") + "…"
	}
	return said
}

// Explain turns what went wrong with the connection into words. Trouble stays as it is.
func (s Server) Explain(err error) *Trouble {
	var known *Trouble
	if errors.As(err, &known) {
		return known
	}
	if t := s.explainCertificate(err); t != nil {
		return t
	}
	var (
		name    *net.DNSError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		timeout net.Error
	)
	say := func(code, said string, places ...string) *Trouble {
		return trouble(code, NewSay(said, append(places, "host", s.Host, "port", strconv.Itoa(s.Port))...), err)
	}
	switch {
	case errors.Is(err, errPEM):
		return say("ca", "ca")
	case errors.Is(err, errPin):
		return say("pin", "pin")
	case errors.As(err, &name) && name.IsNotFound:
		return say("name", "name")
	case errors.As(err, &name):
		return say("name", "name_server")
	case errors.Is(err, syscall.ECONNREFUSED):
		return say("port", "port")
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return say("unreachable", "unreachable")
	case errors.As(err, &record) && s.TLS == Implicit: // the port tells what was meant
		return say("no_tls", "no_tls_implicit")
	case errors.As(err, &record):
		return say("no_tls", "no_tls_other")
	case errors.As(err, &alert):
		return say("tls", "tls", "why", Words(err.Error()))
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return say("silent", "silent")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		return say("hung_up", "hung_up")
	}
	return say("failed", "failed", "why", Words(err.Error()))
}

// explainCertificate gives nil for other errors.
func (s Server) explainCertificate(err error) *Trouble {
	var (
		failed  *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		named   x509.HostnameError
	)
	places := []string{"host", s.Host}
	if errors.As(err, &failed) && len(failed.UnverifiedCertificates) > 0 {
		places = append(places, fingerprint, Fingerprint(failed.UnverifiedCertificates[0].Raw))
	}
	say := func(said string, more ...string) *Trouble {
		return trouble("certificate", NewSay(said, append(more, places...)...), err)
	}
	switch {
	case errors.As(err, &named) && len(named.Certificate.DNSNames) == 0:
		return say("certificate_nameless")
	case errors.As(err, &named):
		return say("certificate_name", "names", Words(strings.Join(named.Certificate.DNSNames, ", ")))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return say("certificate_time", "from", invalid.Cert.NotBefore.UTC().Format("2006-01-02"), "to", invalid.Cert.NotAfter.UTC().Format("2006-01-02"))
	case errors.As(err, &unknown):
		if failed != nil && len(failed.UnverifiedCertificates) == 1 {
			if c := failed.UnverifiedCertificates[0]; c.CheckSignatureFrom(c) == nil {
				return say("certificate_self")
			}
		}
		if unknown.Cert != nil && unknown.Cert.Issuer.CommonName != "" {
			return say("certificate_authority", "authority", Words(unknown.Cert.Issuer.CommonName))
		}
		return say("certificate_stranger")
	case failed != nil, errors.As(err, &invalid):
		return say("certificate_other", "why", Words(err.Error()))
	}
	return nil
}

// LoginRefused is told when a server does not take the login.
func LoginRefused(s Server, said string, err error) *Trouble {
	code := "login_password"
	if s.Auth == XOAuth2 {
		code = "login_token"
	}
	if said = Words(said); said == "" {
		code += "_silent"
	}
	return trouble("login", NewSay(code, "user", s.User, "said", said), err)
}

// NewTrouble is for troubles of a protocol's own: the code is told after mail_.
func NewTrouble(code string, said Say, err error) *Trouble {
	return trouble(code, said, err)
}

// Refused is what a server answers that will not take a message.
type Refused struct {
	// Permanent: the same message will be refused again (5xx); otherwise it may be
	// taken later (4xx).
	Permanent bool
	// Code is the reply, and the enhanced status where there is one (RFC 3463): 550 5.1.1.
	Code string
	// Words are the server's own, on one line.
	Words string
	// Step is what was refused: login, sender, recipient, message.
	Step string
	// Address is the one that was refused; empty where it was none.
	Address string
}

func (r *Refused) Error() string {
	kind := "for now"
	if r.Permanent {
		kind = "for good"
	}
	if r.Address != "" {
		return fmt.Sprintf("the mail server refused the %s %s %s: %s %s", r.Step, r.Address, kind, r.Code, r.Words)
	}
	return fmt.Sprintf("the mail server refused the %s %s: %s %s", r.Step, kind, r.Code, r.Words)
}
