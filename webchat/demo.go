package webchat

import (
	"errors"
	"io/fs"
	"net/http"
)

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
	if unit, err := c.names.unit(r.Context(), values.Unit); err == nil {
		values.Company = c.setup(unit).Company
	}
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
