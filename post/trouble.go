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

func trouble(code, sentence, hint string, err error) *Trouble {
	return &Trouble{Fault: fault.New(fault.Unavailable, "mail_"+code, sentence), Hint: hint, Err: err}
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
	where := s.Host + ", port " + strconv.Itoa(s.Port)
	switch {
	case errors.Is(err, errPEM):
		return trouble("ca", "The company's certificates cannot be read: the text holds none.", "Paste them in PEM: blocks that begin with -----BEGIN CERTIFICATE-----.", err)
	case errors.Is(err, errPin):
		return trouble("pin", "A pinned certificate's fingerprint is not one of SHA-256.", "Paste its 64 hexadecimal digits.", err)
	case errors.As(err, &name) && name.IsNotFound:
		return trouble("name", "The name "+s.Host+" does not resolve.", "Check the spelling, and whether this machine's name server knows it.", err)
	case errors.As(err, &name):
		return trouble("name", "The name "+s.Host+" cannot be looked up: the name server does not answer.", "Check this machine's name server.", err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return trouble("port", "The port is closed: "+where+".", "Check the port, and whether the server listens there and lets this machine in.", err)
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return trouble("unreachable", "There is no way to "+where+".", "Check the network between this machine and the server.", err)
	case errors.As(err, &record):
		return trouble("no_tls", "The server does not begin with TLS: "+where+".", s.otherTLS(), err)
	case errors.As(err, &alert):
		return trouble("tls", "The server refuses TLS: "+Words(err.Error())+".", "It may know only old versions; TLS 1.2 is needed at least.", err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return trouble("silent", "The server does not answer in time: "+where+".", "Check whether it is overloaded, or a firewall swallows the connection; a port that begins with TLS is silent until TLS begins.", err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		return trouble("hung_up", "The server broke the connection off: "+where+".", "It may be restarting, or not let this machine in.", err)
	}
	return trouble("failed", "The server "+where+" cannot be used: "+Words(err.Error())+".", "", err)
}

// otherTLS guesses from the port what was meant.
func (s Server) otherTLS() string {
	if s.TLS == Implicit {
		return "Choose STARTTLS for this port (usual: 143 and 587), or the port that begins with TLS (usual: 993 and 465)."
	}
	return "Check the TLS mode and the port."
}

// explainCertificate gives nil for other errors.
func (s Server) explainCertificate(err error) *Trouble {
	var (
		failed  *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		named   x509.HostnameError
	)
	pin := ""
	if errors.As(err, &failed) && len(failed.UnverifiedCertificates) > 0 {
		pin = " The certificate's SHA-256 fingerprint is " + Fingerprint(failed.UnverifiedCertificates[0].Raw) + "; pin it only if the mail administrator confirms it."
	}
	say := func(why, hint string) *Trouble {
		return trouble("certificate", "The server's certificate is not trusted: "+why+".", hint+pin, err)
	}
	switch {
	case errors.As(err, &named):
		names := strings.Join(named.Certificate.DNSNames, ", ")
		if names == "" {
			names = "no name at all"
		}
		return say("it is for "+Words(names)+", not for "+s.Host, "Use a name that the certificate is for.")
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return say("it is not valid now: it is from "+invalid.Cert.NotBefore.UTC().Format("2006-01-02")+" to "+invalid.Cert.NotAfter.UTC().Format("2006-01-02"),
			"Have it renewed, and check this machine's clock.")
	case errors.As(err, &unknown):
		if failed != nil && len(failed.UnverifiedCertificates) == 1 {
			if c := failed.UnverifiedCertificates[0]; c.CheckSignatureFrom(c) == nil {
				return say("it is signed by itself", "Pin it, or give the server one of an authority.")
			}
		}
		issuer := "an unknown authority"
		if unknown.Cert != nil && unknown.Cert.Issuer.CommonName != "" {
			issuer = "“" + Words(unknown.Cert.Issuer.CommonName) + "”, which is unknown here"
		}
		return say("its authority is "+issuer, "Add the certificate of the company's authority to the trusted ones.")
	case failed != nil, errors.As(err, &invalid):
		return say(Words(err.Error()), "")
	}
	return nil
}

// LoginRefused is told when a server does not take the login.
func LoginRefused(s Server, said string, err error) *Trouble {
	hint := "Check the user's name and the password."
	if s.Auth == XOAuth2 {
		hint = "Check whether the application may use this mailbox, and its scope."
	}
	sentence := "The server refuses the login of " + s.User + "."
	if said = Words(said); said != "" {
		sentence = "The server refuses the login of " + s.User + ": " + said + "."
	}
	return trouble("login", sentence, hint, err)
}

// NewTrouble is for troubles of a protocol's own: the code is told after mail_.
func NewTrouble(code, sentence, hint string, err error) *Trouble {
	return trouble(code, sentence, hint, err)
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
