package webchat

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
)

// script is the widget, packed once.
type script struct {
	plain, packed []byte
	tag           string // ETag
}

// readWidget gives nil where there is no widget.
func readWidget(files fs.FS) (*script, error) {
	if files == nil {
		return nil, nil
	}
	plain, err := fs.ReadFile(files, "widget.js")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(plain)
	return &script{plain: plain, packed: packed.Bytes(), tag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}, nil
}

// getWidget sends the widget's script. Browsers ask each time whether it has changed.
func (c *Chats) getWidget(w http.ResponseWriter, r *http.Request) {
	if c.widget == nil {
		c.errorPage(w, r, "", errPage)
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", c.widget.tag)
	if r.Header.Get("If-None-Match") == c.widget.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := c.widget.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = c.widget.packed
	}
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}

// getDemo shows the page with which a newcomer meets the widget, under a strict
// policy: ?unit=, ?queue=, ?language= and ?theme= are handed to the widget.
func (c *Chats) getDemo(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	language := query.Get("language")
	if !c.pages.isLanguage(language) {
		language = c.languageOf(r)
	}
	values := c.values(language)
	values.Unit, values.Queue, values.Theme = query.Get("unit"), query.Get("queue"), query.Get("theme")
	body, err := c.pages.render(language+"/Demo.htm", values)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			c.log.Error("page not shown", "err", err)
		}
		c.errorPage(w, r, language, errPage)
		return
	}
	writePage(w, http.StatusOK, body)
}
