package webchat

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// widgetScript is what a company's page loads, widgetParts the folder of what that
// script loads later, in files that are named by what is in them.
const (
	widgetScript = "widget.js"
	widgetParts  = "parts"
)

// script is a file of the widget, packed once.
type script struct {
	plain, packed []byte
	tag           string // ETag
}

// readWidget reads the widget's scripts by their names; none where there is no widget.
func readWidget(files fs.FS) (map[string]*script, error) {
	scripts := make(map[string]*script)
	if files == nil {
		return scripts, nil
	}
	for _, pattern := range []string{widgetScript, widgetParts + "/*.js"} {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			return nil, fmt.Errorf("look for %s: %w", pattern, err)
		}
		for _, name := range names {
			plain, err := fs.ReadFile(files, name)
			if err != nil {
				return nil, err
			}
			if scripts[path.Base(name)], err = pack(plain); err != nil {
				return nil, fmt.Errorf("pack %s: %w", name, err)
			}
		}
	}
	return scripts, nil
}

func pack(plain []byte) (*script, error) {
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
	c.sendScript(w, r, widgetScript, "no-cache")
}

// getWidgetPart sends what the script loads when it is needed. Its name says what is
// in it, so that browsers may keep it for ever.
func (c *Chats) getWidgetPart(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("part")
	if name == widgetScript { // which changes under its name
		name = ""
	}
	c.sendScript(w, r, name, "public, max-age=31536000, immutable")
}

func (c *Chats) sendScript(w http.ResponseWriter, r *http.Request, name, keep string) {
	s := c.widget[name]
	if s == nil {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		c.errorPage(w, r, "", errPage)
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", keep)
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", s.tag)
	if r.Header.Get("If-None-Match") == s.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := s.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = s.packed
	}
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}
