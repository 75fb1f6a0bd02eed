package webchat

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	"net/http"
	"strconv"
	"strings"
	texttemplate "text/template"
	"time"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/store"
)

// transcriptPage is how many messages of a transcript are in memory at a time.
const transcriptPage = 200

var errTranscriptOff = fault.New(fault.Invalid, "transcript_off", "No copy of this chat is given.")

// getTranscript gives the customer the conversation as a document.
func (c *Chats) getTranscript(w http.ResponseWriter, r *http.Request) {
	unit, contact, err := c.admit(r, bearer(r))
	if err == nil && !c.setup(unit).Settings.Transcript {
		err = errTranscriptOff
	}
	format := r.URL.Query().Get("format")
	if err == nil && format != "" && format != "text" && format != "html" {
		err = errWrong.On("format")
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	done, ok := c.bounds.download(c.addressOf(r))
	if !ok {
		c.refuse(w, r, errBusy)
		return
	}
	defer done()
	err = c.ServeTranscript(w, r, dialogue.Transcript{Unit: unit, Contact: contact, HTML: format == "html"})
	if err != nil {
		c.refuse(w, r, err)
	}
}

// ServeTranscript answers a request with a conversation as a document that needs
// nothing else to be read: in the contact's language, with times as its business unit
// has them. An error means that nothing was answered yet.
func (c *Chats) ServeTranscript(w http.ResponseWriter, r *http.Request, t dialogue.Transcript) error {
	ctx := r.Context()
	d, err := c.documentOf(ctx, t)
	if err != nil {
		return err
	}
	rows, files, err := c.transcriptRows(ctx, t, 0)
	if err != nil {
		return err
	}
	suffix, media := ".txt", "text/plain; charset=utf-8"
	if t.HTML {
		suffix, media = ".html", "text/html; charset=utf-8"
	}
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Language", d.Tag)
	h.Set("Content-Disposition", contentDisposition("attachment", "chat-"+d.at.Format("2006-01-02-1504")+suffix))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'")
	h.Set("Cache-Control", "no-store")
	until := Until(w)
	d.out = bufio.NewWriterSize(w, 32<<10)
	d.head()
	for err == nil {
		until(time.Now().Add(pieceSendWait))
		for i := range rows {
			c.line(ctx, d, &rows[i], files[rows[i].Seq])
		}
		if len(rows) < transcriptPage {
			d.foot()
			return nil
		}
		rows, files, err = c.transcriptRows(ctx, t, rows[len(rows)-1].Seq)
	}
	c.log.Warn("transcript cut short", "contact", t.Contact, "err", err)
	panic(http.ErrAbortHandler) // a part must not pass for the whole
}

// TranscriptText gives a conversation as a text; more than about 1 MiB of one is cut off.
func (c *Chats) TranscriptText(ctx context.Context, unit acd.UnitID, contact acd.ContactID) (string, error) {
	const most = 1 << 20
	t := dialogue.Transcript{Unit: unit, Contact: contact}
	d, err := c.documentOf(ctx, t)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	d.out = bufio.NewWriter(&text)
	d.head()
	for after := uint64(0); text.Len() < most; {
		rows, files, err := c.transcriptRows(ctx, t, after)
		if err != nil {
			return "", err
		}
		for i := range rows {
			c.line(ctx, d, &rows[i], files[rows[i].Seq])
			after = rows[i].Seq
		}
		if len(rows) < transcriptPage {
			break
		}
	}
	d.foot()
	return text.String(), nil
}

// transcriptRows reads the next messages of a transcript and the files that they name.
func (c *Chats) transcriptRows(ctx context.Context, t dialogue.Transcript, after uint64) ([]store.Message, map[uint64][]store.Attachment, error) {
	rows, err := c.o.Store.Messages(ctx, t.Unit, t.Contact, after, transcriptPage)
	if err != nil {
		return nil, nil, fmt.Errorf("read a conversation: %w", err)
	}
	files, err := c.filesOf(ctx, t.Unit, t.Contact, rows)
	return rows, files, err
}

// document is a transcript on its way out. Its exported fields are the page's.
type document struct {
	dialogue.Transcript
	out      *bufio.Writer
	parts    parts
	scene    scene
	words    func(key string, values ...string) string
	at       time.Time // of the arrival, in the unit's zone
	customer string
	day      string // of the last line

	Tag, Title, Began string
}

// documentOf gathers what a transcript begins with.
func (c *Chats) documentOf(ctx context.Context, t dialogue.Transcript) (*document, error) {
	parts, err := partsOf(t)
	if err != nil {
		return nil, fmt.Errorf("prepare a transcript: %w", err)
	}
	d := &document{Transcript: t, parts: parts, scene: c.sceneOf(ctx, t.Unit, t.Contact)}
	at := acd.Time(0)
	if p, ok := c.o.Picture.Contact(t.Unit, t.Contact); ok {
		at = p.At
	} else {
		h, err := c.o.Store.History(ctx, t.Unit, t.Contact)
		if errors.Is(err, store.ErrNone) {
			return nil, errUnknown
		}
		if err != nil {
			return nil, fmt.Errorf("read a contact: %w", err)
		}
		at = h.Contact.At
	}
	pages := d.scene.language.Pages
	d.words = func(key string, values ...string) string {
		filled := make(map[string]string, len(values)/2)
		for i := 0; i+1 < len(values); i += 2 {
			filled[values[i]] = values[i+1]
		}
		return c.o.Texts.Text(pages, "transcript."+key, filled)
	}
	zone := cmp.Or(c.setup(t.Unit).Zone, time.UTC)
	d.at = at.Std().In(zone)
	d.customer = cmp.Or(d.scene.values["customer"], d.words("customer"))
	d.Tag, d.Title = c.o.Texts.Tag(pages), d.words("title")
	if company := d.scene.values["company"]; company != "" {
		d.Title = d.words("title_company", "company", company)
	}
	d.Began = d.words("began", "date", c.date(d, d.at), "time", d.at.Format("15:04"), "zone", zone.String())
	return d, nil
}

// line is one message as a transcript shows it.
type line struct {
	Kind                 string // customer, agent, system, note
	Day, Time, Who, Text string
	Files                []string
}

// line writes a message, unless it is none of the reader's business.
func (c *Chats) line(ctx context.Context, d *document, row *store.Message, files []store.Attachment) {
	switch {
	case row.Kind == kindNote && d.Notes, row.Kind == kindWhisper && d.Whispers:
	case !isForCustomer(row.Author, row.Kind):
		return
	}
	agent := c.names.screenName(ctx, d.Unit, row.By)
	name := cmp.Or(agent, c.o.Texts.Text(d.scene.language.Pages, "chat.agent", nil))
	at := row.At.Std().In(d.at.Location())
	l := line{Kind: authors[row.Author], Time: at.Format("15:04"), Who: name, Text: row.Text}
	if row.Author == store.AuthorCustomer {
		l.Who = d.customer
	}
	switch row.Kind {
	case kindText, dialogue.KindMail:
	case kindNote:
		l.Kind, l.Who = "note", d.words("note", "name", name)
	case kindWhisper:
		l.Kind, l.Who = "note", d.words("whisper", "name", name)
	case kindPage:
		l.Text = d.words("page", "address", row.Text)
	case kindFile:
		l.Text = ""
		for _, a := range files {
			l.Files = append(l.Files, d.words("file", "name", a.Name, "size", sizeOf(a.Size)))
		}
	default:
		l.Kind, l.Who, l.Text = authors[store.AuthorSystem], "", c.spoken(d.scene, row, agent)
		if row.Kind == kindTransferred && d.Notes && row.Text != "" {
			l.Text += " " + d.words("transfer", "note", row.Text)
		}
	}
	if day := c.date(d, at); day != d.day {
		d.day, l.Day = day, day
	}
	d.write("line", l)
}

// sizeOf writes a file's size as people read it.
func sizeOf(n uint64) string {
	switch {
	case n < 1<<10:
		return strconv.FormatUint(n, 10) + " B"
	case n < 1<<20:
		return strconv.FormatUint((n+1<<9)>>10, 10) + " KB"
	}
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
}

// date writes a day as people of the language do.
func (c *Chats) date(d *document, at time.Time) string {
	word := func(key string, n int) string {
		return c.o.Texts.Text(d.scene.language.Pages, "chat."+key+"_"+strconv.Itoa(n), nil)
	}
	return d.words("date", "weekday", word("weekday", (int(at.Weekday())+6)%7), "day", strconv.Itoa(at.Day()),
		"month", word("month", int(at.Month())), "year", strconv.Itoa(at.Year()))
}

func (d *document) head() { d.write("head", d) }

func (d *document) foot() {
	d.write("foot", d)
	d.out.Flush()
}

// write writes one part. An error is the reader's, who has gone; the server notices.
func (d *document) write(part string, v any) { _ = d.parts.ExecuteTemplate(d.out, part, v) }

// parts is what both kinds of template can do.
type parts interface {
	ExecuteTemplate(w io.Writer, name string, v any) error
}

func partsOf(t dialogue.Transcript) (parts, error) {
	if t.HTML {
		return htmltemplate.New("").Parse(transcriptHTML)
	}
	return texttemplate.New("").Parse(transcriptText)
}

const transcriptText = `{{define "head"}}{{.Title}}
{{.Began}}
{{end}}{{define "line"}}{{with .Day}}
{{.}}
{{end}}{{.Time}}  {{with .Who}}{{.}}: {{end}}{{.Text}}{{range $i, $file := .Files}}{{if $i}}, {{end}}{{$file}}{{end}}
{{end}}{{define "foot"}}{{end}}`

const transcriptHTML = `{{define "head"}}<!doctype html>
<html lang="{{.Tag}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{.Title}}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1rem; margin: 2rem 0 .5rem; border-bottom: 1px solid; }
article { display: grid; grid-template-columns: 3.5rem 1fr; margin: .5rem 0; }
time { font-variant-numeric: tabular-nums; opacity: .75; }
p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.who { font-weight: 600; }
.system p { font-style: italic; }
.note > div { border-inline-start: .25rem solid; padding-inline-start: .75rem; }
</style>
</head>
<body>
<main>
<h1>{{.Title}}</h1>
<p>{{.Began}}</p>
{{end}}{{define "line"}}{{with .Day}}<h2>{{.}}</h2>
{{end}}<article class="{{.Kind}}"><time>{{.Time}}</time><div>{{with .Who}}<p class="who">{{.}}</p>{{end}}{{with .Text}}<p>{{.}}</p>{{end}}{{range .Files}}<p class="file">{{.}}</p>{{end}}</div></article>
{{end}}{{define "foot"}}</main>
</body>
</html>
{{end}}`
