package outcall

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"portico/workflow"
)

// methods are those that a request may have.
var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// newClient makes the one client of all requests. It knows no proxy, keeps no cookie
// and asks for no compression: what it reads is what came over the line.
func (c *Outcall) newClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            c.dial,
			TLSHandshakeTimeout:    TimeoutMax,
			MaxResponseHeaderBytes: HeadersMax,
			MaxIdleConns:           WorkersMax,
			MaxIdleConnsPerHost:    4,
			IdleConnTimeout:        30 * time.Second,
			DisableCompression:     true,
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: follow,
	}
}

// sensitive holds, in a request's context, the names of the headers that hold secrets.
type sensitive struct{}

// follow judges a redirection; the dialer judges where it leads. Secrets are for the
// host that they were registered for alone, and so is a body.
func follow(next *http.Request, via []*http.Request) error {
	first := via[0]
	switch {
	case len(via) > RedirectsMax, next.URL.User != nil, next.URL.Scheme != "https" && next.URL.Scheme != first.URL.Scheme:
		return errRedirects
	}
	if next.URL.Scheme == first.URL.Scheme && next.URL.Host == first.URL.Host {
		return nil
	}
	if next.Body != nil && next.Body != http.NoBody {
		return errRedirects
	}
	if names, ok := next.Context().Value(sensitive{}).([]string); ok {
		for _, name := range names {
			next.Header.Del(name)
		}
	}
	return nil
}

// request makes a web request and takes the outputs out of its answer.
func (c *Outcall) request(ctx context.Context, call Call) (workflow.Result, error) {
	w := call.Web
	if err := checkOutputs(w.Outputs); err != nil {
		return workflow.Result{}, err
	}
	headers, err := headersOf(w.Headers)
	if err != nil {
		return workflow.Result{}, err
	}
	if len(w.Body) > RequestMax {
		return workflow.Result{}, errRequest
	}
	status, body, _, err := c.ask(ctx, question{call: call, method: w.Method, url: w.URL, headers: headers, body: w.Body})
	if err != nil {
		return workflow.Result{}, err
	}
	if len(w.OK) == 0 && (status < 200 || status > 299) || len(w.OK) > 0 && !slices.Contains(w.OK, status) {
		return workflow.Result{}, filled(errStatus, "status", strconv.Itoa(status))
	}
	data, err := outputs(body, w.Outputs)
	return workflow.Result{Exit: workflow.ExitNext, Values: data}, err
}

// headersOf gives the headers of a graph. Only the graph names secrets, never a text that
// a customer wrote.
func headersOf(all []workflow.CallHeader) ([]Header, error) {
	headers := make([]Header, len(all))
	for i, h := range all {
		headers[i] = Header{Name: h.Name, Value: h.Value}
		if h.Secret == "" {
			continue
		}
		id, err := idOf[secretKind](h.Secret)
		if err != nil {
			return nil, errSecret
		}
		headers[i].Secret = id
	}
	return headers, nil
}

// question is one request, whoever makes it.
type question struct {
	call                         Call
	method, url, body, mediaType string // mediaType empty: as the body looks
	headers                      []Header
}

// ask makes one request and reads its whole answer.
func (c *Outcall) ask(ctx context.Context, q question) (status int, answer []byte, mediaType string, err error) {
	r, err := c.newRequest(ctx, q)
	if err != nil {
		return 0, nil, "", err
	}
	response, err := c.client.Do(r)
	if err != nil {
		// The error of the client names the whole address, which may hold what is
		// nobody else's business.
		var of *url.Error
		if errors.As(err, &of) {
			err = of.Err
		}
		return 0, nil, "", err
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(response.Body, AnswerMax+1))
	switch {
	case len(answer) > AnswerMax:
		return 0, nil, "", errTooLarge
	case err != nil:
		return 0, nil, "", err
	}
	return response.StatusCode, answer, response.Header.Get("Content-Type"), nil
}

func (c *Outcall) newRequest(ctx context.Context, q question) (*http.Request, error) {
	method := strings.ToUpper(q.method)
	if method == "" {
		method = http.MethodGet
	}
	if !slices.Contains(methods, method) {
		return nil, errMethod
	}
	if _, err := parseAddress(q.url); err != nil {
		return nil, err
	}
	var body io.Reader
	head := make(http.Header, len(q.headers)+3)
	head.Set("User-Agent", "Portico")
	if q.body != "" {
		body = strings.NewReader(q.body)
		if q.mediaType == "" {
			q.mediaType = guess(q.body)
		}
		head.Set("Content-Type", q.mediaType)
	}
	secrets, err := c.fill(ctx, head, q)
	if err != nil {
		return nil, err
	}
	head.Set("Idempotency-Key", q.call.Token.String())
	r, err := http.NewRequestWithContext(context.WithValue(ctx, sensitive{}, secrets), method, q.url, body)
	if err != nil {
		return nil, errAddress
	}
	r.Header = head
	return r, nil
}

// fill puts the headers of a question into a head, and names those that hold secrets.
func (c *Outcall) fill(ctx context.Context, head http.Header, q question) (secrets []string, err error) {
	for _, h := range q.headers {
		value := h.Value
		if !h.Secret.IsZero() {
			secret, err := c.o.Secret(ctx, q.call.Unit, h.Secret)
			if err != nil {
				return nil, fmt.Errorf("%w: %w", errSecret, err)
			}
			value += secret
			secrets = append(secrets, h.Name)
		}
		if !isHeader(h.Name, value) {
			return nil, filled(errHeader, "name", h.Name)
		}
		head.Set(h.Name, value)
	}
	return secrets, nil
}

// guess names the type of a body for which no header does.
func guess(body string) string {
	if json.Valid([]byte(body)) {
		return "application/json"
	}
	return "text/plain; charset=utf-8"
}

// addressMax is how long an address may be, in bytes.
const addressMax = 8000

func parseAddress(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || len(address) > addressMax || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Opaque != "" {
		return nil, errAddress
	}
	return u, nil
}

// hostOf names the place of an address: its host and port.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

// ours are the headers that the connection itself needs.
var ours = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization",
	"Te", "Trailer", "Upgrade", "Expect", "Idempotency-Key"}

// isHeader reports whether a request may have the header.
func isHeader(name, value string) bool {
	return httpguts.ValidHeaderFieldName(name) && httpguts.ValidHeaderFieldValue(value) && len(name) <= 128 && len(value) <= 8000 &&
		!slices.Contains(ours, textproto.CanonicalMIMEHeaderKey(name))
}

// outputs takes values out of an answer. What the answer does not have is left out.
func outputs(body []byte, wanted []workflow.Output) (map[string]string, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var answer any
	if err := decoder.Decode(&answer); err != nil {
		return nil, errNotJSON
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errNotJSON
	}
	data := make(map[string]string, len(wanted))
	for _, o := range wanted {
		v, ok, err := at(answer, o.Path)
		if err != nil {
			return nil, err
		}
		if text, is := plainText(v); ok && is {
			data[o.Key] = clean(text)
		}
	}
	return data, nil
}
