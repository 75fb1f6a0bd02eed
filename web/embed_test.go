package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func site() http.Handler {
	return handler(fstest.MapFS{
		"index.html":             {Data: []byte(`<meta name="csp-nonce" content="__NONCE__"><div id="root"></div>`)},
		"assets/app-1a2b.js":     {Data: []byte("plain")},
		"assets/app-1a2b.js.gz":  {Data: []byte("packed")},
		"assets/style-9z.css":    {Data: []byte("body{}")},
		"icon.svg":               {Data: []byte("<svg/>")},
		"docs.html":              {Data: []byte(`<meta content="__NONCE__">the API`)},
		"assets/nested/deep.txt": {Data: []byte("deep")},
	})
}

func ask(t *testing.T, h http.Handler, method, target, encoding string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	var b strings.Builder
	if _, err := io.Copy(&b, r.Body); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A file whose name holds its hash is kept for ever, compressed where the browser takes it.
func TestAssetsAreKeptForEver(t *testing.T) {
	for encoding, want := range map[string]string{"gzip, br": "packed", "": "plain"} {
		r := ask(t, site(), "GET", "/assets/app-1a2b.js", encoding)
		if got := body(t, r); got != want {
			t.Errorf("with %q: got %q, want %q", encoding, got, want)
		}
		if got := r.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("with %q: Cache-Control is %q", encoding, got)
		}
		if got := r.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/javascript") {
			t.Errorf("with %q: Content-Type is %q", encoding, got)
		}
	}
}

// A file of an earlier release is gone, and is not answered with a page.
func TestMissingAssetIsNotThePage(t *testing.T) {
	r := ask(t, site(), "GET", "/assets/app-0000.js", "gzip")
	if r.StatusCode != http.StatusNotFound || strings.Contains(body(t, r), "root") {
		t.Errorf("status %d", r.StatusCode)
	}
}

// Every address of the application is its one page, never kept, with a policy
// whose nonce is the page's and is new each time.
func TestRoutesAreThePage(t *testing.T) {
	seen := map[string]bool{}
	for _, target := range []string{"/", "/desk", "/manager/queues/1", "/index.html", "/docs.html", "/api/docs", "/../../etc/passwd", "/%2e%2e/x"} {
		r := ask(t, site(), "GET", target, "gzip")
		page := body(t, r)
		nonce := regexp.MustCompile(`content="([^"]{22})"`).FindStringSubmatch(page)
		if r.StatusCode != http.StatusOK || nonce == nil {
			t.Fatalf("%s: status %d, page %q", target, r.StatusCode, page)
		}
		if seen[nonce[1]] {
			t.Errorf("%s: the nonce was used before", target)
		}
		seen[nonce[1]] = true
		policy := r.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "'nonce-"+nonce[1]+"'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", target, policy)
		}
		if r.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: the page may be kept", target)
		}
	}
}

// The API's page has its own address, and the same policy as all pages.
func TestDocsHaveTheirPage(t *testing.T) {
	if page := body(t, ask(t, site(), "GET", "/api/docs", "gzip")); !strings.Contains(page, "the API") {
		t.Errorf("page %q", page)
	}
	if page := body(t, ask(t, site(), "GET", "/docs.html", "")); strings.Contains(page, "the API") {
		t.Errorf("the file itself is served: %q", page)
	}
}

// A program that was built without its pages says so in a sentence.
func TestNotBuiltSaysSo(t *testing.T) {
	r := ask(t, handler(fstest.MapFS{}), "GET", "/", "")
	if r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body(t, r), "built without its pages") {
		t.Errorf("status %d", r.StatusCode)
	}
}

// The pages are only read.
func TestOnlyReads(t *testing.T) {
	if r := ask(t, site(), "POST", "/", ""); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d", r.StatusCode)
	}
	if r := ask(t, site(), "HEAD", "/desk", ""); r.StatusCode != http.StatusOK || body(t, r) != "" {
		t.Errorf("HEAD: status %d with a body", r.StatusCode)
	}
}
