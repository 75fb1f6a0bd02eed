package webchat

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"portico/acd"
	"portico/fault"
	"portico/store"
)

// code is what a refused customer is told; it never changes.
type code int

const (
	codeGeneral     code = 1000
	codeNoConnect   code = 1002
	codeBroken      code = 1003
	codeUnreachable code = 1006
	codeSession     code = 1007
	codeJavaScript  code = 1008
	codeMandatory   code = 1010
	codeWrong       code = 1011
	codeInternal    code = 1012
	codeAllocation  code = 1013
)

// statuses gives the one HTTP status of each code.
var statuses = map[code]int{
	codeGeneral:     http.StatusInternalServerError,
	codeNoConnect:   http.StatusBadGateway,
	codeBroken:      http.StatusGatewayTimeout,
	codeUnreachable: http.StatusNotFound,
	codeSession:     http.StatusForbidden,
	codeJavaScript:  http.StatusOK,
	codeMandatory:   http.StatusBadRequest,
	codeWrong:       http.StatusUnprocessableEntity,
	codeInternal:    http.StatusServiceUnavailable,
	codeAllocation:  http.StatusTooManyRequests,
}

// The faults of this channel.
var (
	errUnknown         = fault.New(fault.Missing, "chat_unknown", "There is no such chat.")
	errSession         = fault.New(fault.Forbidden, "session", "This chat is not known here or is over.")
	errEnded           = fault.New(fault.Conflict, "chat_ended", "This chat is over.")
	errMoved           = fault.New(fault.Conflict, "chat_moved", "Somebody else has this chat now.")
	errMandatory       = fault.New(fault.Invalid, "mandatory", "A mandatory field is missing or wrong.")
	errWrong           = fault.New(fault.Invalid, "wrong", "A field has a value that cannot be accepted.")
	errTextEmpty       = fault.New(fault.Invalid, "text_empty", "The message is empty.").On("text")
	errTextLong        = fault.New(fault.Invalid, "text_too_long", "The message is too long.").On("text").With("max", strconv.Itoa(textMax))
	errBadText         = fault.New(fault.Invalid, "text_invalid", "The text holds characters that cannot be stored.").On("text")
	errClientID        = fault.New(fault.Invalid, "client_id", "A client id of 1 to 64 printable characters is needed.").On("client_id")
	errBody            = fault.New(fault.Invalid, "body", "The request is not what this address takes.")
	errTooManyMessages = fault.New(fault.TooMany, "too_many_messages", "This chat holds too many messages.")
	errStoreAway       = fault.New(fault.Unavailable, "store_away", "Nothing can be saved at the moment. Please try again shortly.")
	errBusy            = fault.New(fault.TooMany, "busy", "Too much is going on at the moment. Please try again shortly.")
	errStopping        = fault.New(fault.Unavailable, "stopping", "The server is starting anew. Please try again shortly.")
	errGeneral         = fault.New(0, "general", "Something went wrong. Please try again.")
	errClosed          = fault.New(fault.Conflict, "closed", "We are closed at the moment.")
	errNoOffline       = fault.New(fault.Missing, "no_offline", "Questions cannot be left here.")
	errNoRating        = fault.New(fault.Missing, "no_rating", "There is no such question here.")
	errNotOver         = fault.New(fault.Conflict, "chat_open", "This chat is not over yet.")
	errNotAsked        = fault.New(fault.Missing, "not_asked", "This is no longer asked.")
	errPageAddress     = fault.New(fault.Invalid, "page_address", "A page is sent by its address, which begins with https:// or http://.").On("text")
	errPage            = fault.New(fault.Missing, "page", "This page cannot be reached.")
)

// worded is a refusal in the words of the customer's chat language.
type worded struct {
	err     error
	message string
	opens   acd.Time // when the queue opens; 0: not known, or not what it is about
}

func (w *worded) Error() string { return w.message }
func (w *worded) Unwrap() error { return w.err }

// textMax is how long a message may be, in bytes.
const textMax = 16 << 10

// checkText refuses what cannot be a message or be told apart from others.
func checkText(clientID, text string) error {
	if !isClientID(clientID) {
		return errClientID
	}
	switch {
	case strings.TrimSpace(text) == "":
		return errTextEmpty
	case len(text) > textMax:
		return errTextLong
	case !isText(text):
		return errBadText
	}
	return nil
}

// isClientID reports whether id may be given by a client: what is printable, without
// the names that this program gives itself.
func isClientID(id string) bool {
	if len(id) == 0 || len(id) > 64 || strings.HasPrefix(id, "sys:") || strings.HasPrefix(id, "void:") {
		return false
	}
	for i := range len(id) {
		if id[i] <= ' ' || id[i] > '~' {
			return false
		}
	}
	return true
}

// isText reports whether every store can keep the text.
func isText(text string) bool {
	return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0
}

// faultOf finds what a customer is told of an error; what is for the log alone
// becomes the general fault.
func (c *Chats) faultOf(err error) *fault.Fault {
	if f := fault.Of(err); f != nil {
		return f
	}
	switch {
	case errors.Is(err, store.ErrAway), errors.Is(err, store.ErrClosed), errors.Is(err, store.ErrFenced),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return errStoreAway
	case errors.Is(err, store.ErrFull):
		return errBusy
	}
	c.log.Error("request failed", "err", err)
	return errGeneral
}

// codeOf gives the code of a fault.
func codeOf(f *fault.Fault) code {
	switch {
	case f.Is(errPage), f.Is(errNoOffline), f.Is(errNoRating), f.Is(errNotAsked):
		return codeUnreachable
	case f.Is(errClosed):
		return codeAllocation
	case f.Is(errMandatory):
		return codeMandatory
	}
	switch f.Kind {
	case fault.Invalid:
		return codeWrong
	case fault.Forbidden, fault.Missing, fault.Conflict, fault.SignedOut:
		return codeSession
	case fault.TooMany:
		return codeAllocation
	case fault.Unavailable:
		if f.Code == errBusy.Code {
			return codeAllocation
		}
		return codeInternal
	}
	return codeGeneral
}

// problem is the answer of the JSON doors to what they refuse.
type problem struct {
	Code    code    `json:"code"`
	Name    string  `json:"name"`
	Message string  `json:"message"`
	Field   string  `json:"field,omitempty"`
	Values  *values `json:"values,omitempty"`
}

// values are what a page may make use of in a refusal.
type values struct {
	OpensAt acd.Time `json:"opens_at,omitempty"` // with closed
}

const retryAfter = 2 // seconds

// statusOf gives the HTTP status of a fault: that of its code, but that nobody is to
// come again in a moment when it is closed.
func statusOf(f *fault.Fault) int {
	if f.Is(errClosed) {
		return http.StatusConflict
	}
	return statuses[codeOf(f)]
}

// retryLater asks those to come again for whom that may help.
func retryLater(h http.Header, f *fault.Fault) {
	switch number := codeOf(f); {
	case f.Is(errClosed):
	case number == codeInternal, number == codeAllocation:
		h.Set("Retry-After", strconv.Itoa(retryAfter))
	}
}

// sentence gives what a person reads of a fault.
func (c *Chats) sentence(language string, f *fault.Fault) string {
	values := map[string]string{"field": f.Field}
	for name, value := range f.Values {
		values[name] = value
	}
	key := "fault." + f.Code
	if text := c.o.Texts.Text(language, key, values); text != key {
		return text
	}
	return c.o.Texts.Text(language, "fault."+strconv.Itoa(int(codeOf(f))), values)
}

func (c *Chats) refuse(w http.ResponseWriter, r *http.Request, err error) {
	f := c.faultOf(err)
	number := codeOf(f)
	p := problem{Code: number, Name: f.Code, Message: c.sentence(c.languageOf(r), f), Field: f.Field}
	if own := (*worded)(nil); errors.As(err, &own) {
		p.Message = own.message
		if own.opens != 0 {
			p.Values = &values{OpensAt: own.opens}
		}
	}
	body, err := json.Marshal(p)
	if err != nil {
		c.log.Error("refusal not encodable", "err", err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	retryLater(w.Header(), f)
	w.WriteHeader(statusOf(f))
	w.Write(append(body, '\n'))
}

// languageOf gives the language in which a browser wants to read, english if none
// of its choices is there.
func (c *Chats) languageOf(r *http.Request) string {
	for choice := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(choice), ";")
		tag, _, _ = strings.Cut(tag, "-")
		for _, language := range c.o.Texts.Languages() {
			if strings.EqualFold(tag, c.o.Texts.Tag(language)) {
				return language
			}
		}
	}
	return c.o.Texts.Languages()[0]
}
