package webchat

import (
	"net/http"
	"strings"

	"portico/acd"
	"portico/talk"
)

// entryAnswer is what a page needs to know before a chat begins: whether it is open,
// what is asked, and what customers may do.
type entryAnswer struct {
	Unit         acd.UnitID      `json:"unit"`
	Language     string          `json:"language"` // the chat language that will be spoken
	Pages        string          `json:"pages"`    // the folder of the texts of that language
	Tag          string          `json:"tag"`      // BCP 47
	Open         bool            `json:"open"`
	OpensAt      acd.Time        `json:"opens_at,omitempty"`
	OpensTold    bool            `json:"opens_told,omitempty"` // Message says when it opens
	Outside      string          `json:"outside"`              // offline_form, message, accept
	Message      string          `json:"message,omitempty"`
	PreChat      entryForm       `json:"pre_chat"`
	Offline      entryForm       `json:"offline"`
	Attachments  entryFiles      `json:"attachments"`
	Emoticons    []talk.Emoticon `json:"emoticons"`
	Transcript   bool            `json:"transcript"`
	Copies       bool            `json:"transcript_by_mail"`
	Satisfaction bool            `json:"satisfaction"`
	ShowTyped    bool            `json:"show_typed"` // agents see what is being typed
	Waiting      *int            `json:"waiting,omitempty"`
	ExpectedWait int             `json:"expected_wait_s,omitempty"` // absent when it is not known
}

type entryFiles struct {
	Enabled  bool        `json:"enabled"`
	BytesMax int64       `json:"bytes_max"`
	Types    []talk.Line `json:"types"`
}

// getEntry tells a page what a customer finds who comes now. It reads memory alone.
func (c *Chats) getEntry(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	a := arrival{}
	if err := c.route(r.Context(), &a, query.Get("unit"), query.Get("queue"), query.Get("destination")); err != nil {
		c.refuse(w, r, err)
		return
	}
	wish := query.Get("language")
	if wish == "" {
		wish = r.Header.Get("Accept-Language")
	}
	l, o := c.nearest(a.setup, wish), c.openingOf(a.setup, a.queue)
	s := a.setup.Settings
	e := entryAnswer{Unit: a.unit, Language: l.Name, Pages: l.Pages, Tag: c.o.Texts.Tag(l.Pages), Open: o.open, Outside: o.outside,
		PreChat: c.entryForm(s.PreChat, l), Offline: c.entryForm(s.Offline, l),
		Attachments: entryFiles{Enabled: s.Attachments.Enabled, BytesMax: s.Attachments.BytesMax, Types: s.Attachments.Types},
		Emoticons:   l.Emoticons, Transcript: s.Transcript, Copies: c.copies(a.unit), Satisfaction: s.Satisfaction, ShowTyped: s.ShowTyped}
	if e.Emoticons == nil {
		e.Emoticons = []talk.Emoticon{}
	}
	if !o.open {
		e.Message = c.closed(a.setup, l, o)
		if !o.opens.IsZero() {
			e.OpensAt, e.OpensTold = acd.At(o.opens), strings.Contains(e.Message, c.opensAt(l, c.o.Now(), o.opens))
		}
	} else if q, ok := c.o.Picture.Queue(a.unit, a.queue); ok {
		e.Waiting, e.ExpectedWait = &q.Waiting, c.expectedWait(a.unit, a.queue, 0)
	}
	answer(w, http.StatusOK, e)
}
