package webchat

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
)

// What the widget loads later is sent to any page and kept for ever, since its name
// says what is in it; the script itself is asked for each time, under one name alone.
func TestWidgetParts(t *testing.T) {
	h := newHouse(t)
	h.stop()
	h.widget = fstest.MapFS{"widget.js": {Data: []byte("widget()")}, "parts/emoji-1a.js": {Data: []byte("emoji()")}, "parts/notes.txt": {Data: []byte("secret")}}
	h.start(h.plan())
	for path, want := range map[string]int{"/web/widget/emoji-1a.js": 200, "/web/widget/emoji-0b.js": 404, "/web/widget/widget.js": 404,
		"/web/widget/notes.txt": 404, "/web/widget/": 404, "/web/widget/..%2fwidget.js": 404} {
		r, err := h.server.Client().Get(h.server.URL + path)
		h.must(err)
		r.Body.Close()
		if r.StatusCode != want {
			t.Errorf("%s is answered %d, want %d", path, r.StatusCode, want)
		}
		if want != http.StatusOK {
			continue
		}
		for name, part := range map[string]string{"Cache-Control": "immutable", "Access-Control-Allow-Origin": "*", "Content-Type": "text/javascript", "X-Content-Type-Options": "nosniff"} {
			if !strings.Contains(r.Header.Get(name), part) {
				t.Errorf("%s of %s is %q", name, path, r.Header.Get(name))
			}
		}
	}
}
