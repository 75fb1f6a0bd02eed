package outcall

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"portico/workflow"
)

// secret names a secret as a graph does.
func secret(n byte) string { return SecretID{n}.String() }

const short = 150 * time.Millisecond

// A request carries what the workflow says, its idempotency key and its secrets, and
// what the answer holds becomes contact data.
func TestRequest(t *testing.T) {
	h := newHouse(t, "127.0.0.0/8")
	h.secrets[SecretID{9}] = "Bearer s3cret"
	var seen *http.Request
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		seen, body = r, string(raw)
		io.WriteString(w, `{"order":{"state":"sent","items":[{"n":1.50},{"n":2}],"gift":true,"a/b":"x","none":null},"big":12345678901234567890}`)
	}))
	defer server.Close()
	r := h.get(t, workflow.WebCall{Method: "post", URL: server.URL + "/orders?id=4711", Body: `{"id":4711}`,
		Headers: []workflow.CallHeader{{Name: "X-Kind", Value: "gold"}, {Name: "Authorization", Secret: secret(9)}, {Name: "X-Said", Value: "secret:" + secret(9)}},
		Outputs: out("/order/state", "state", "/order/items/0/n", "n", "/order/gift", "gift", "/order/a~1b", "ab", "/order/none", "none", "/order/nothing", "nothing", "/big", "big", "/order/items/1", "item")}, 0)
	want(t, "request", r, workflow.ExitNext, "")
	data := map[string]string{"state": "sent", "n": "1.50", "gift": "true", "ab": "x", "big": "12345678901234567890", "item": `{"n":2}`}
	if !reflect.DeepEqual(r.Values, data) {
		t.Errorf("data %v, want %v", r.Values, data)
	}
	if seen.Method != "POST" || seen.URL.String() != "/orders?id=4711" || body != `{"id":4711}` {
		t.Errorf("asked %s %s %q", seen.Method, seen.URL, body)
	}
	for name, value := range map[string]string{"X-Kind": "gold", "X-Said": "secret:" + secret(9), "Authorization": "Bearer s3cret", "Content-Type": "application/json",
		"Idempotency-Key": "01020000-0000-0000-0000-000000000000-7"} {
		if seen.Header.Get(name) != value {
			t.Errorf("%s: %q, want %q", name, seen.Header.Get(name), value)
		}
	}
}

// What the answer's status says decides: 200 to 299, or what the component lists.
func TestStatus(t *testing.T) {
	h := newHouse(t, "127.0.0.1")
	var status atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(int(status.Load())) }))
	defer server.Close()
	for _, c := range []struct {
		status int
		ok     []int
		exit   workflow.Exit
	}{{200, nil, workflow.ExitNext}, {204, nil, workflow.ExitNext}, {404, nil, workflow.ExitError}, {500, nil, workflow.ExitError}, {404, []int{404}, workflow.ExitNext}, {200, []int{404}, workflow.ExitError}} {
		status.Store(int32(c.status))
		if r := h.get(t, workflow.WebCall{URL: server.URL, OK: c.ok}, 0); r.Exit != c.exit {
			t.Errorf("%d with %v: %s, want %s", c.status, c.ok, r.Exit, c.exit)
		}
	}
}

// Whatever a peer does, the call ends by its deadline, in words, and within the bounds.
func TestHostilePeers(t *testing.T) {
	h := newHouse(t, "127.0.0.1")
	forever := func(conn net.Conn, each string) {
		for {
			if _, err := io.WriteString(conn, each); err != nil {
				return
			}
		}
	}
	for _, c := range []struct {
		name string
		talk func(net.Conn)
		exit workflow.Exit
		code string
	}{
		{"hangs", func(conn net.Conn) { io.Copy(io.Discard, conn) }, workflow.ExitTimeout, "outcall_timeout"},
		{"hangs within the head", func(conn net.Conn) {
			hears(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-")
			io.Copy(io.Discard, conn)
		}, workflow.ExitTimeout, "outcall_timeout"},
		{"drips", func(conn net.Conn) {
			hears(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
			gone := make(chan struct{})
			go func() { io.Copy(io.Discard, conn); close(gone) }()
			for {
				select {
				case <-gone:
					return
				case <-time.After(time.Millisecond):
					io.WriteString(conn, " ")
				}
			}
		}, workflow.ExitTimeout, "outcall_timeout"},
		{"floods", func(conn net.Conn) {
			hears(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
			forever(conn, strings.Repeat("x", 4096))
		}, workflow.ExitError, "outcall_too_large"},
		{"floods the head", func(conn net.Conn) {
			hears(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
			forever(conn, "X-Filler: "+strings.Repeat("x", 1000)+"\r\n")
		}, workflow.ExitError, "outcall_broken"},
		{"informs without end", func(conn net.Conn) {
			hears(conn)
			forever(conn, "HTTP/1.1 103 Early Hints\r\n\r\n")
		}, workflow.ExitError, "outcall_broken"},
		{"promises more than it sends", func(conn net.Conn) {
			hears(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}")
		}, workflow.ExitError, "outcall_broken"},
		{"promises more than there is room for", func(conn net.Conn) {
			hears(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\n")
			forever(conn, strings.Repeat("x", 4096))
		}, workflow.ExitError, "outcall_too_large"},
		{"promises less than nothing", func(conn net.Conn) {
			hears(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}")
		}, workflow.ExitError, "outcall_broken"},
		{"closes at once", func(net.Conn) {}, workflow.ExitError, "outcall_broken"},
		{"closes early", func(conn net.Conn) { hears(conn); io.WriteString(conn, "HTTP/1.1 2") }, workflow.ExitError, "outcall_broken"},
		{"speaks something else", func(conn net.Conn) { io.WriteString(conn, "220 mail.example.com ESMTP\r\n"); hears(conn) }, workflow.ExitError, "outcall_broken"},
		{"breaks a chunk", func(conn net.Conn) {
			hears(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n")
		}, workflow.ExitError, "outcall_broken"},
		{"is no JSON", func(conn net.Conn) {
			hears(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>")
		}, workflow.ExitError, "outcall_not_json"},
		{"nests without end", func(conn net.Conn) {
			hears(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n"+strings.Repeat("[", 60_000))
		}, workflow.ExitError, "outcall_not_json"},
		{"compresses unasked", func(conn net.Conn) {
			hears(conn)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00")
		}, workflow.ExitError, "outcall_not_json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			timeout := TimeoutMax
			if c.exit == workflow.ExitTimeout {
				timeout = short
			}
			r := h.get(t, workflow.WebCall{URL: "http://" + peer(t, c.talk) + "/", Outputs: out("/a", "a")}, timeout)
			want(t, c.name, r, c.exit, c.code)
		})
	}
}

// What no request may be is refused before anybody is asked.
func TestBadRequests(t *testing.T) {
	h := newHouse(t, "127.0.0.1")
	h.secrets[SecretID{1}] = "two\r\nX-Other: lines"
	address := peer(t, func(conn net.Conn) { t.Error("somebody was asked") })
	for _, c := range []struct {
		name string
		w    workflow.WebCall
		code string
	}{
		{"a file", workflow.WebCall{URL: "file:///etc/passwd"}, "outcall_address"},
		{"no host", workflow.WebCall{URL: "http:///x"}, "outcall_address"},
		{"a password in the address", workflow.WebCall{URL: "http://a:b@" + address}, "outcall_address"},
		{"gopher", workflow.WebCall{URL: "gopher://" + address}, "outcall_address"},
		{"nothing", workflow.WebCall{}, "outcall_address"},
		{"a long address", workflow.WebCall{URL: "http://" + address + "/" + strings.Repeat("x", 8000)}, "outcall_address"},
		{"a method", workflow.WebCall{URL: "http://" + address, Method: "CONNECT"}, "outcall_method"},
		{"two lines in a header", workflow.WebCall{URL: "http://" + address, Headers: []workflow.CallHeader{{Name: "X-A", Value: "a\r\nX-B: b"}}}, "outcall_header"},
		{"two lines in a secret", workflow.WebCall{URL: "http://" + address, Headers: []workflow.CallHeader{{Name: "X-A", Secret: secret(1)}}}, "outcall_header"},
		{"a bad name of a header", workflow.WebCall{URL: "http://" + address, Headers: []workflow.CallHeader{{Name: "X A", Value: "a"}}}, "outcall_header"},
		{"a host of its own", workflow.WebCall{URL: "http://" + address, Headers: []workflow.CallHeader{{Name: "host", Value: "inside"}}}, "outcall_header"},
		{"a length of its own", workflow.WebCall{URL: "http://" + address, Headers: []workflow.CallHeader{{Name: "content-LENGTH", Value: "5"}}}, "outcall_header"},
		{"no id of a secret", workflow.WebCall{URL: "http://" + address, Headers: []workflow.CallHeader{{Name: "X-A", Secret: "x"}}}, "outcall_secret"},
		{"a missing secret", workflow.WebCall{URL: "http://" + address, Headers: []workflow.CallHeader{{Name: "X-A", Secret: secret(2)}}}, "outcall_secret"},
		{"a large body", workflow.WebCall{URL: "http://" + address, Body: strings.Repeat("x", RequestMax+1)}, "outcall_request"},
		{"a bad path", workflow.WebCall{URL: "http://" + address, Outputs: out("state", "a")}, "outcall_pointer"},
	} {
		want(t, c.name, h.get(t, c.w, 0), workflow.ExitError, c.code)
	}
}

// Redirections are followed three times, each judged anew; secrets and bodies stay with
// the host that they were meant for.
func TestRedirects(t *testing.T) {
	h := newHouse(t, "*.intern.example.com", "127.0.0.1")
	h.names.set("other.intern.example.com", "127.0.0.1")
	h.names.set("evil.example.com", "10.0.0.1")
	h.secrets[SecretID{1}] = "s3cret"
	hops := 0
	var seen []http.Header
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header)
		to := func(status int, address string) { w.Header().Set("Location", address); w.WriteHeader(status) }
		port := server.URL[strings.LastIndexByte(server.URL, ':'):]
		switch r.URL.Path {
		case "/thrice":
			if hops++; hops <= 3 {
				to(302, "/thrice")
			}
		case "/circle":
			to(302, "/circle")
		case "/inside":
			to(302, "http://evil.example.com/")
		case "/metadata":
			to(302, "http://169.254.169.254/latest/meta-data/")
		case "/file":
			to(302, "file:///etc/passwd")
		case "/password":
			to(302, "http://a:b@other.intern.example.com"+port+"/end")
		case "/other":
			to(302, "http://other.intern.example.com"+port+"/end")
		case "/other-body":
			to(307, "http://other.intern.example.com"+port+"/end")
		case "/same-body":
			to(307, "/end")
		}
	}))
	defer server.Close()
	for _, c := range []struct {
		path, method, body string
		exit               workflow.Exit
		code               string
	}{
		{"/thrice", "GET", "", workflow.ExitNext, ""},
		{"/circle", "GET", "", workflow.ExitError, "outcall_redirects"},
		{"/inside", "GET", "", workflow.ExitError, "outcall_forbidden"},
		{"/metadata", "GET", "", workflow.ExitError, "outcall_forbidden"},
		{"/file", "GET", "", workflow.ExitError, "outcall_redirects"},
		{"/password", "GET", "", workflow.ExitError, "outcall_redirects"},
		{"/other-body", "POST", "{}", workflow.ExitError, "outcall_redirects"},
		{"/same-body", "POST", "{}", workflow.ExitNext, ""},
		{"/other", "GET", "", workflow.ExitNext, ""},
	} {
		seen = nil
		r := h.get(t, workflow.WebCall{Method: c.method, URL: server.URL + c.path, Body: c.body, Headers: []workflow.CallHeader{{Name: "X-Api-Key", Secret: secret(1)}, {Name: "X-Plain", Value: "p"}}}, 0)
		want(t, c.path, r, c.exit, c.code)
	}
	last := seen[len(seen)-1]
	if len(seen) != 2 || last.Get("X-Api-Key") != "" || last.Get("X-Plain") != "p" {
		t.Errorf("the other host was told %v", last)
	}
}

// A certificate that nobody trusts is refused in words.
func TestCertificate(t *testing.T) {
	h := newHouse(t, "127.0.0.1")
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	want(t, "certificate", h.get(t, workflow.WebCall{URL: server.URL}, 0), workflow.ExitError, "outcall_certificate")
}

// Nothing that is logged or answered holds a secret or the query of an address.
func TestSecretsStayInside(t *testing.T) {
	h := newHouse(t, "127.0.0.1")
	h.secrets[SecretID{1}] = "hunter2-of-the-company"
	address := peer(t, func(net.Conn) {})
	h.Take(Call{Call: workflow.Call{Web: &workflow.WebCall{URL: "http://" + address + "/?card=4111", Headers: []workflow.CallHeader{{Name: "Authorization", Secret: secret(1)}}}}})
	r := <-h.results
	want(t, "broken", r, workflow.ExitError, "outcall_broken")
	h.Stop()
	for _, text := range []string{h.log.String(), r.Err.Error()} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, "4111") {
			t.Errorf("it shows in %s", text)
		}
	}
	if !strings.Contains(h.log.String(), "outcall_broken") {
		t.Errorf("the log does not say why: %s", h.log)
	}
}
