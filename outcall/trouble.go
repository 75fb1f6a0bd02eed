package outcall

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"

	"portico/fault"
	"portico/workflow"
)

// What can be wrong with a call, in words for whoever draws the workflow.
var (
	errNoCall    = fault.New(fault.Invalid, "outcall_none", "The component asks nothing. Complete it.")
	errTimeout   = fault.New(fault.Unavailable, "outcall_timeout", "It did not answer in time.")
	errCrowded   = fault.New(fault.TooMany, "outcall_crowded", "Too many calls wait for the same place. It is too slow for what is asked of it.")
	errSpelling  = fault.New(fault.Invalid, "outcall_spelling", "The host is spelled in an unusual way. Write its name, or its address as four decimal numbers.")
	errNoHost    = fault.New(fault.Unavailable, "outcall_no_host", "The host {host} is not known. Look at its spelling.")
	errForbidden = fault.New(fault.Forbidden, "outcall_forbidden",
		"The host {host} is at {address}, which is inside the own network. A system administrator may allow it in the site settings.")
	errNotReached  = fault.New(fault.Unavailable, "outcall_not_reached", "It cannot be reached. Is it running, and may this server connect to it?")
	errCertificate = fault.New(fault.Unavailable, "outcall_certificate", "Its certificate is not valid for this host, or this server does not trust whoever issued it.")
	errBroken      = fault.New(fault.Unavailable, "outcall_broken", "It closed the connection, or its answer could not be understood.")
	errAddress     = fault.New(fault.Invalid, "outcall_address", "The address must begin with http:// or https://, name a host, and hold no name and password.").On("url")
	errMethod      = fault.New(fault.Invalid, "outcall_method", "The method must be GET, POST, PUT, PATCH or DELETE.").On("method")
	errHeader      = fault.New(fault.Invalid, "outcall_header", "The header {name} cannot be sent: its name or value is not allowed there.").On("headers")
	errRequest     = fault.New(fault.Invalid, "outcall_request", "The request is larger than 64 KiB.").On("body")
	errRedirects   = fault.New(fault.Unavailable, "outcall_redirects", "It redirects to where the request may not follow, or more than three times.")
	errTooLarge    = fault.New(fault.Unavailable, "outcall_too_large", "The answer is larger than 64 KiB.")
	errStatus      = fault.New(fault.Unavailable, "outcall_status", "It answered with the status {status}.")
	errNotJSON     = fault.New(fault.Unavailable, "outcall_not_json", "The answer is not JSON, so nothing can be taken out of it.")
	errPointer     = fault.New(fault.Invalid, "outcall_pointer", "A path into the answer is empty, for the whole of it, or begins with a slash: /order/state.").On("outputs")
	errMissing     = fault.New(fault.Unavailable, "outcall_missing", "What the component names is not there any more.")
	errSecret      = fault.New(fault.Unavailable, "outcall_secret", "A secret that it needs is missing, or cannot be read with this server's key.")
)

// filled gives a fault whose sentence has places with the values in them, by pairs of
// name and value.
func filled(f *fault.Fault, pairs ...string) *fault.Fault {
	for i := 0; i+1 < len(pairs); i += 2 {
		f = f.With(pairs[i], pairs[i+1])
		f.Sentence = strings.ReplaceAll(f.Sentence, "{"+pairs[i]+"}", pairs[i+1])
	}
	return f
}

// failed gives the result of a call that came to nothing.
func failed(err error) Result {
	r := Result{Err: inWords(err)}
	r.Exit, r.Note = workflow.ExitError, fault.Of(r.Err).Sentence
	if errors.Is(err, errTimeout) {
		r.Exit = workflow.ExitTimeout
	}
	return r
}

// inWords gives an error that a person can read. What cannot be named so goes along for
// the log.
func inWords(err error) error {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verification *tls.CertificateVerificationError
	switch {
	case fault.Of(err) != nil:
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return errTimeout
	case errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid), errors.As(err, &verification):
		return errors.Join(errCertificate, err)
	}
	return errors.Join(errBroken, err)
}
