package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// Limits of one exchange.
const (
	answerMax   = 16 << 20         // bytes of a body that is read
	frameMax    = 4 << 20          // bytes of a WebSocket frame
	exchangeMax = 15 * time.Second // dial, write and read of one request
	importMax   = time.Minute      // the same, of a table that is imported
	idleMax     = 512              // kept connections
)

// Pass is the header line that proves who asks; empty for nobody.
type Pass string

// Bearer is the pass of a token, or of a chat's session.
func Bearer(secret string) Pass { return Pass("Authorization: Bearer " + secret) }

// Door is the way to one server. It keeps connections and is safe for concurrent
// use. It speaks HTTP/1.1 itself, without the goroutines of net/http: client and
// server share the cores in a bench, and what the client burns the server lacks.
type Door struct {
	base   *url.URL
	addr   string
	secure *tls.Config // nil: plain
	idle   chan *link
}

type link struct {
	net.Conn
	in  *bufio.Reader
	out *bufio.Writer
}

// Answer is what came back.
type Answer struct {
	Status     int
	RetryAfter string
	Cookie     string // name=value of the last Set-Cookie
	Body       []byte
}

// Refused is an answer of 400 and above.
type Refused struct {
	Request    string // method and path
	Status     int
	Code       string
	Detail     string
	RetryAfter string
}

func (r *Refused) Error() string {
	return fmt.Sprintf("%s: answered %d %s: %s", r.Request, r.Status, r.Code, r.Detail)
}

// Open makes the door of a server such as http://127.0.0.1:8080.
func Open(base string) (*Door, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("not the address of a server: %q; want http://host:port", base)
	}
	d := &Door{base: u, addr: u.Host, idle: make(chan *link, idleMax)}
	port := "80"
	if u.Scheme == "https" {
		d.secure, port = &tls.Config{ServerName: u.Hostname(), NextProtos: []string{"http/1.1"}}, "443"
	}
	if u.Port() == "" {
		d.addr = net.JoinHostPort(u.Hostname(), port)
	}
	return d, nil
}

// Close closes the kept connections. The door may be used again.
func (d *Door) Close() {
	for {
		select {
		case l := <-d.idle:
			l.Close()
		default:
			return
		}
	}
}

// Do makes one request and reads the whole answer. An error means that the outcome
// is not known; it is never tried again here.
func (d *Door) Do(ctx context.Context, method, path string, pass Pass, body []byte) (Answer, error) {
	return d.do(ctx, method, path, pass, "application/json", body, exchangeMax)
}

// do is Do for a body of any media type, and for at most the time that is given.
func (d *Door) do(ctx context.Context, method, path string, pass Pass, mediaType string, body []byte, most time.Duration) (Answer, error) {
	l, err := d.link(ctx)
	if err != nil {
		return Answer{}, fmt.Errorf("connecting: %w", err)
	}
	deadline := time.Now().Add(most)
	if by, ok := ctx.Deadline(); ok && by.Before(deadline) {
		deadline = by
	}
	if err := l.SetDeadline(deadline); err != nil {
		l.Close()
		return Answer{}, fmt.Errorf("setting the deadline: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { l.Close() })
	a, keep, err := l.exchange(method, path, d.base.Host, pass, mediaType, body)
	if !stop() || !keep || err != nil {
		l.Close()
	} else {
		select {
		case d.idle <- l:
		default:
			l.Close()
		}
	}
	if err != nil {
		return Answer{}, fmt.Errorf("%s %s: %w", method, path, err)
	}
	return a, nil
}

// JSON sends in (nil: no body) and reads the answer into out (nil: dropped). An
// answer of 400 and above is a *Refused.
func (d *Door) JSON(ctx context.Context, method, path string, pass Pass, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("encoding for %s: %w", path, err)
		}
	}
	a, err := d.Do(ctx, method, path, pass, body)
	if err != nil {
		return err
	}
	if err := a.refused(method + " " + path); err != nil {
		return err
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(a.Body, out); err != nil {
		return fmt.Errorf("reading the answer of %s %s: %w", method, path, err)
	}
	return nil
}

func (a Answer) refused(request string) error {
	if a.Status < 400 {
		return nil
	}
	r := &Refused{Request: request, Status: a.Status, RetryAfter: a.RetryAfter}
	var problem struct {
		Code    any    `json:"code"` // a name; at the customers' doors a number, beside the name
		Name    string `json:"name"`
		Detail  string `json:"detail"`
		Message string `json:"message"`
	}
	if json.Unmarshal(a.Body, &problem) == nil && problem.Code != nil {
		r.Code, r.Detail = fmt.Sprint(problem.Code), problem.Detail+problem.Message
		if problem.Name != "" {
			r.Code += " " + problem.Name
		}
	}
	return r
}

// Live opens a WebSocket. Its frames are limited to 4 MiB.
func (d *Door) Live(ctx context.Context, path string, pass Pass, protocols ...string) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, exchangeMax)
	defer cancel()
	header := http.Header{"Origin": {d.base.Scheme + "://" + d.base.Host}}
	if name, value, ok := strings.Cut(string(pass), ": "); ok {
		header.Set(name, value)
	}
	c, response, err := websocket.Dial(ctx, d.base.Scheme+"://"+d.base.Host+path, &websocket.DialOptions{
		HTTPHeader: header, Subprotocols: protocols, CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		if response != nil {
			body, _ := io.ReadAll(io.LimitReader(response.Body, 4096))
			if refused := (Answer{Status: response.StatusCode, RetryAfter: response.Header.Get("Retry-After"), Body: body}).refused("GET " + path); refused != nil {
				return nil, refused
			}
		}
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	c.SetReadLimit(frameMax)
	return c, nil
}

// Later reports whether the same request may succeed when it is made again: the
// outcome is unknown, or the server said that it can do nothing now.
func Later(err error) bool {
	var r *Refused
	if errors.As(err, &r) {
		return r.Status == http.StatusServiceUnavailable || r.Status == http.StatusTooManyRequests
	}
	return err != nil
}

func (d *Door) link(ctx context.Context) (*link, error) {
	select {
	case l := <-d.idle:
		return l, nil
	default:
	}
	dialer := net.Dialer{Timeout: exchangeMax}
	c, err := dialer.DialContext(ctx, "tcp", d.addr)
	if err != nil {
		return nil, err
	}
	if d.secure != nil {
		secured := tls.Client(c, d.secure)
		if err := secured.HandshakeContext(ctx); err != nil {
			c.Close()
			return nil, err
		}
		c = secured
	}
	return &link{Conn: c, in: bufio.NewReaderSize(c, 4096), out: bufio.NewWriterSize(c, 4096)}, nil
}

func (l *link) exchange(method, path, host string, pass Pass, mediaType string, body []byte) (a Answer, keep bool, err error) {
	for _, part := range []string{method, " ", path, " HTTP/1.1\r\nHost: ", host, "\r\n"} {
		l.out.WriteString(part)
	}
	if pass != "" {
		l.out.WriteString(string(pass))
		l.out.WriteString("\r\n")
	}
	if body != nil || method != http.MethodGet {
		l.out.WriteString("Content-Type: ")
		l.out.WriteString(mediaType)
		l.out.WriteString("\r\nContent-Length: ")
		l.out.WriteString(strconv.Itoa(len(body)))
		l.out.WriteString("\r\n")
	}
	l.out.WriteString("\r\n")
	l.out.Write(body)
	if err := l.out.Flush(); err != nil {
		return a, false, err
	}
	return l.answer()
}

var errAnswer = errors.New("not an answer of HTTP/1.1")

// answer reads one response. RFC 9112, 4 and 6.
func (l *link) answer() (a Answer, keep bool, err error) {
	line, err := l.in.ReadSlice('\n')
	if err != nil {
		return a, false, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return a, false, errAnswer
	}
	if a.Status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return a, false, errAnswer
	}
	keep = true
	length, chunked := -1, false
	for {
		line, err = l.in.ReadSlice('\n')
		if err != nil {
			return a, false, err
		}
		name, value, found := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(":"))
		if !found {
			break // the empty line
		}
		value = bytes.TrimSpace(value)
		switch strings.ToLower(string(name)) {
		case "content-length":
			if length, err = strconv.Atoi(string(value)); err != nil || length < 0 || length > answerMax {
				return a, false, errAnswer
			}
		case "transfer-encoding":
			chunked = bytes.EqualFold(value, []byte("chunked"))
		case "connection":
			keep = !bytes.EqualFold(value, []byte("close"))
		case "retry-after":
			a.RetryAfter = string(value)
		case "set-cookie":
			cookie, _, _ := bytes.Cut(value, []byte(";"))
			a.Cookie = string(cookie)
		}
	}
	switch {
	case a.Status == http.StatusNoContent || a.Status == http.StatusNotModified:
	case chunked:
		a.Body, err = l.chunks()
	case length >= 0:
		a.Body = make([]byte, length)
		_, err = io.ReadFull(l.in, a.Body)
	default:
		keep = false
		a.Body, err = io.ReadAll(io.LimitReader(l.in, answerMax))
	}
	return a, keep, err
}

// chunks reads a chunked body. RFC 9112, 7.1.
func (l *link) chunks() ([]byte, error) {
	var body []byte
	for {
		line, err := l.in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		digits, _, _ := strings.Cut(strings.TrimSpace(string(line)), ";")
		size, err := strconv.ParseUint(digits, 16, 31)
		if err != nil || len(body)+int(size) > answerMax {
			return nil, errAnswer
		}
		if size == 0 {
			break
		}
		at := len(body)
		body = append(body, make([]byte, size)...)
		if _, err := io.ReadFull(l.in, body[at:]); err != nil {
			return nil, err
		}
		if _, err := l.in.Discard(2); err != nil {
			return nil, err
		}
	}
	for { // trailers, to the empty line
		line, err := l.in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return body, nil
		}
	}
}
