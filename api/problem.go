package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"portico/fault"
	"portico/store"
)

// Problem is the one shape of an error answer (RFC 9457).
type Problem struct {
	Status int    `json:"status" doc:"HTTP status"`
	Title  string `json:"title" doc:"the status in words"`
	Code   string `json:"code" doc:"a short lasting name, the key of the sentence's translation"`
	Detail string `json:"detail" doc:"what happened and what to do, in English"`
	Field  string `json:"field,omitempty" doc:"the input that is wrong"`
	// Values fill the places of the translated sentence.
	Values map[string]string `json:"values,omitempty" doc:"what fills the places of the translated sentence"`

	retryAfter int // seconds; 0: no header
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus tells huma the status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457, 3.
func (p *Problem) ContentType(string) string { return problemType }

// GetHeaders tells huma what else the answer carries.
func (p *Problem) GetHeaders() http.Header {
	if p.retryAfter == 0 {
		return nil
	}
	return http.Header{"Retry-After": {strconv.Itoa(p.retryAfter)}}
}

const (
	problemType = "application/problem+json"
	// retryAfter is what a client is told to wait while nothing can be saved.
	retryAfter = 2
)

// The faults of the doors themselves.
var (
	errSignedOut  = fault.New(fault.SignedOut, "signed_out", "You are not signed in, or your session has ended. Sign in again.")
	errForbidden  = fault.New(fault.Forbidden, "forbidden", "Your role does not allow this.")
	errOrigin     = fault.New(fault.Forbidden, "foreign_origin", "The request came from a page of another site and was refused.")
	errMissing    = fault.New(fault.Missing, "not_found", "There is no such thing.")
	errNoUnit     = fault.New(fault.Missing, "unit_unknown", "There is no such business unit.").On("unit")
	errInvalid    = fault.New(fault.Invalid, "invalid", "The input is not valid.")
	errPage       = fault.New(fault.Invalid, "page", "This is not the key of a page. Begin the list anew.").On("after")
	errTooLong    = fault.New(fault.Invalid, "too_long", "The text is too long.")
	errEncoding   = fault.New(fault.Invalid, "encoding", "The text is not valid UTF-8 or holds a character that cannot be kept.")
	errBodyLarge  = fault.New(fault.Invalid, "body_too_large", "The request is too large.")
	errChanged    = fault.New(fault.Conflict, "changed", "Somebody else has changed it meanwhile. Look at the new state, then try again.")
	errNameTaken  = fault.New(fault.Conflict, "name_taken", "The name is in use already. Choose another.").On("name")
	errAway       = fault.New(fault.Unavailable, "store_away", "Nothing can be saved at the moment. Try again shortly.")
	errBusy       = fault.New(fault.TooMany, "busy", "Too much is waiting at the moment. Try again shortly.")
	errStopping   = fault.New(fault.Unavailable, "stopping", "The server is stopping. Try again shortly.")
	errUnexpected = fault.New(fault.Unavailable, "unexpected", "Something unexpected went wrong; it is in the server's log.")
)

// away is the fault of a store that is away, in the store's own words.
func away(h store.Health) *fault.Fault {
	if h.Sentence == "" {
		return errAway
	}
	return fault.New(fault.Unavailable, errAway.Code, h.Sentence)
}

// statusOf turns a fault's kind into an HTTP status; nothing else does.
func statusOf(f *fault.Fault) int {
	if f.Is(errUnexpected) {
		return http.StatusInternalServerError
	}
	switch f.Code {
	case errBodyLarge.Code:
		return http.StatusRequestEntityTooLarge
	case errMethod.Code:
		return http.StatusMethodNotAllowed
	case errMedia.Code:
		return http.StatusUnsupportedMediaType
	}
	switch f.Kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.SignedOut:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Missing:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// faultOf finds what a person is told of an error; errors that are for nobody but
// the log become errUnexpected.
func faultOf(err error) *fault.Fault {
	if f := fault.Of(err); f != nil {
		return f
	}
	switch {
	case errors.Is(err, store.ErrNone):
		return errMissing
	case errors.Is(err, store.ErrPage):
		return errPage
	case errors.Is(err, store.ErrChanged):
		return errChanged
	case errors.Is(err, store.ErrExists):
		return errNameTaken
	case errors.Is(err, store.ErrFull):
		return errBusy
	case errors.Is(err, store.ErrBadUnit):
		return errInvalid
	case errors.Is(err, store.ErrAway), errors.Is(err, store.ErrClosed), errors.Is(err, store.ErrFenced),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return errAway
	}
	return errUnexpected
}

// problem turns an error into its answer and logs what no person is told.
func (s *Server) problem(err error) *Problem {
	f := faultOf(err)
	if f.Is(errUnexpected) {
		s.log.Error("request failed", "err", err)
	}
	return newProblem(f)
}

func newProblem(f *fault.Fault) *Problem {
	p := &Problem{Status: statusOf(f), Code: f.Code, Detail: f.Sentence, Field: f.Field, Values: f.Values}
	p.Title = http.StatusText(p.Status)
	if f.Kind == fault.Unavailable || f.Kind == fault.TooMany {
		p.retryAfter = retryAfter
		if wait, err := strconv.Atoi(f.Values["retry_after_s"]); err == nil {
			p.retryAfter = wait
		}
	}
	return p
}

// write sends a problem where huma is not in between.
func (p *Problem) write(w http.ResponseWriter) {
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	body, err := json.Marshal(p)
	if err != nil {
		slog.Error("problem not encodable", "err", err)
		return
	}
	w.Write(append(body, '\n'))
}

// reshape turns the answers that huma makes by itself, of input that does not fit
// the document, into problems.
func reshape(_ huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := &Problem{Status: m.Status, Title: http.StatusText(m.Status), Code: errInvalid.Code, Detail: errInvalid.Sentence}
	if m.Status == http.StatusInternalServerError {
		p.Code, p.Detail = errUnexpected.Code, errUnexpected.Sentence
		return p, nil
	}
	if len(m.Errors) > 0 && m.Errors[0] != nil {
		first := m.Errors[0]
		p.Field = fieldOf(first.Location)
		p.Detail = errInvalid.Sentence + " " + strings.ToUpper(first.Message[:1]) + first.Message[1:] + "."
		if strings.HasPrefix(first.Message, "expected length <=") {
			p.Code, p.Detail = errTooLong.Code, errTooLong.Sentence
		}
	} else if m.Status == http.StatusRequestEntityTooLarge {
		p.Code, p.Detail = errBodyLarge.Code, errBodyLarge.Sentence
	} else if m.Detail != "" {
		p.Detail = errInvalid.Sentence + " " + strings.ToUpper(m.Detail[:1]) + m.Detail[1:] + "."
	}
	return p, nil
}

// fieldOf gives the input's name as the API spells it: body.steps[0].after_s is
// steps[0].after_s.
func fieldOf(location string) string {
	for _, prefix := range []string{"body.", "query.", "path.", "header.", "cookie."} {
		if rest, ok := strings.CutPrefix(location, prefix); ok {
			return rest
		}
	}
	return location
}
