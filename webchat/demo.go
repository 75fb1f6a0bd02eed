package webchat

import (
	"errors"
	"io/fs"
	"net/http"
)

// getWidget sends the widget's script.
func (c *Chats) getWidget(w http.ResponseWriter, r *http.Request) {
	if c.o.Widget == nil {
		c.errorPage(w, r, "", errPage)
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, r, c.o.Widget, "widget.js")
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
