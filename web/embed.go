// Package web holds the built front end: the application for everybody inside the
// company and the customer's widget. It knows nothing of the rest of the program.
package web

import (
	"bytes"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var built embed.FS

// notBuilt is what a browser is told by a program that was built without its pages.
const notBuilt = "This program was built without its pages. Build them with \"make web\" and start it again.\n"

// nonceMark stands in a page wherever the nonce of one answer belongs.
var nonceMark = []byte("__NONCE__")

// Files gives a part of the built front end: "app" or "widget". A part that was
// not built is an empty file system.
func Files(part string) fs.FS {
	sub, err := fs.Sub(built, "dist/"+part)
	if err != nil {
		return emptyFS{}
	}
	return sub
}

type emptyFS struct{}

func (emptyFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// pages are those that are not the application's one: the page of an address, and the
// file that holds it.
var pages = map[string]string{"api/docs": "docs.html"}

// Handler serves the application at the root of a site: files below /assets/ for
// ever (their names hold their hash), /api/docs as the API's own page, everything else
// as index.html. Pages are asked for again each time. It is safe for concurrent use.
func Handler() http.Handler { return handler(Files("app")) }

func handler(files fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "This page can only be read.", http.StatusMethodNotAllowed)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if policy := frames[name]; policy != "" {
			serveFrame(w, r, policy)
			return
		}
		if page := pages[name]; page != "" {
			servePage(w, r, files, page)
			return
		}
		if name != "" && path.Ext(name) != ".html" && fs.ValidPath(name) && serveFile(w, r, files, name) {
			return
		}
		if strings.HasPrefix(name, "assets/") {
			// A page of an earlier release asks for a file that is gone; index.html in
			// its place would be read as a broken script.
			http.Error(w, "There is no such file any more. Load the page again.", http.StatusNotFound)
			return
		}
		servePage(w, r, files, "index.html")
	})
}

// serveFile answers with the named file, pre-compressed where the build made that
// and the browser takes it. It reports false, having written nothing, when there
// is no such file.
func serveFile(w http.ResponseWriter, r *http.Request, files fs.FS, name string) bool {
	head := w.Header()
	body, err := []byte(nil), errors.New("not asked for")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		body, err = fs.ReadFile(files, name+".gz")
	}
	if err == nil {
		head.Set("Content-Encoding", "gzip")
	} else if body, err = fs.ReadFile(files, name); err != nil {
		return false
	}
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	head.Set("Content-Type", kind)
	head.Add("Vary", "Accept-Encoding")
	head.Set("Cache-Control", "public, max-age=3600")
	if strings.HasPrefix(name, "assets/") {
		head.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	write(w, r, body)
	return true
}

// servePage answers with a page that holds a nonce of its own.
func servePage(w http.ResponseWriter, r *http.Request, files fs.FS, name string) {
	page, err := fs.ReadFile(files, name)
	if err != nil {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusServiceUnavailable)
		if r.Method != http.MethodHead {
			_, _ = w.Write([]byte(notBuilt))
		}
		return
	}
	nonce, err := newNonce()
	if err != nil {
		http.Error(w, "The page cannot be made safe just now. Try again.", http.StatusInternalServerError)
		return
	}
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Cache-Control", "no-cache")
	head.Set("Content-Security-Policy", policy(nonce))
	head.Set("Referrer-Policy", "same-origin")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	write(w, r, bytes.ReplaceAll(page, nonceMark, []byte(nonce)))
}

// policy allows what the build made and nothing else. The nonce is for the style
// sheets that the component library writes; no script needs one.
func policy(nonce string) string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self' 'nonce-" + nonce + "'",
		"img-src 'self' data:",
		"font-src 'self'",
		"connect-src 'self'",
		"frame-src 'self'",
		"manifest-src 'self'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
	}, "; ")
}

func newNonce() (string, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("making a nonce: %w", err)
	}
	return base64.RawStdEncoding.EncodeToString(b[:]), nil
}

func write(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	// The browser went away: nobody is left to be told.
	_, _ = w.Write(body)
}
