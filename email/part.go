package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"portico/acd"
	"portico/dialogue"
	"portico/fault"
	"portico/mailbox"
	"portico/store"
)

// partWait is how long a reader may take for the next piece of a part.
const partWait = 30 * time.Second

var errPartGone = fault.New(fault.Missing, "mail_part_gone", "The message is no longer in the mailbox, or the mail server does not answer: what was attached cannot be fetched. Its text is kept here.")

// inlineTypes are shown in the browser; all else is saved to a file.
var inlineTypes = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true}

// ServePart answers a request with a part of a mail that came, as the mailbox has it. An
// error means that nothing was answered yet.
func (c *Channel) ServePart(w http.ResponseWriter, r *http.Request, q dialogue.MailPartRequest) error {
	ctx := r.Context()
	m, err := c.asked(ctx, q)
	if err != nil {
		return err
	}
	part, ok := partOf(m, q.Part)
	if !ok {
		return errUnknown
	}
	body, err := c.harmless(ctx, q.Who, m, part)
	if err != nil {
		return err
	}
	defer body.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(body, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return errPartGone
	}
	head = head[:n]
	kind := strings.ToLower(part.MediaType)
	inline := q.Inline && inlineTypes[kind] && strings.HasPrefix(http.DetectContentType(head), kind)
	if !inline {
		kind = safeType(kind)
	}
	c.give(w, given{contact: q.Contact, name: part.Name, kind: kind, inline: inline}, func(w io.Writer) error {
		if _, err := w.Write(head); err != nil {
			return err
		}
		_, err := io.Copy(w, body)
		return err
	})
	return nil
}

// asked gives the mail that is asked for.
func (c *Channel) asked(ctx context.Context, q dialogue.MailPartRequest) (store.Mail, error) {
	m, err := c.o.Store.Mail(ctx, q.Unit, q.Contact, q.Seq)
	if errors.Is(err, store.ErrNone) {
		return m, errUnknown
	}
	if err != nil {
		return m, fmt.Errorf("reading a mail: %w", err)
	}
	return m, nil
}

// harmless opens a part once it has been looked through.
func (c *Channel) harmless(ctx context.Context, who string, m store.Mail, p store.MailPart) (io.ReadCloser, error) {
	if err := c.look(ctx, who, m, p); err != nil {
		return nil, err
	}
	return c.fetchPart(ctx, who, m, p)
}

// fetchPart opens a part of a mail that came, or the whole message where the part has no path;
// its error is for people.
func (c *Channel) fetchPart(ctx context.Context, who string, m store.Mail, p store.MailPart) (io.ReadCloser, error) {
	if m.Direction != store.MailIn || m.Place.IsGone() {
		return nil, errPartGone
	}
	body, err := c.openPart(ctx, who, m, p)
	if errors.Is(err, mailbox.ErrGone) {
		c.missing(ctx, m)
	}
	if err != nil {
		c.log.Info("a part of a mail is not fetched", "contact", m.Contact, "err", err)
		return nil, errPartGone
	}
	return body, nil
}

// given is something of a mail that a browser gets.
type given struct {
	contact acd.ContactID
	name    string
	kind    string // its media type: one that nothing runs
	inline  bool
}

// give answers a request with what write writes. What cannot be written to its end must
// not pass for the whole.
func (c *Channel) give(w http.ResponseWriter, g given, write func(io.Writer) error) {
	disposition := "attachment"
	if g.inline {
		disposition = "inline"
	}
	h := w.Header()
	h.Set("Content-Type", g.kind)
	h.Set("Content-Disposition", disposition+"; filename*=UTF-8''"+strings.ReplaceAll(url.PathEscape(g.name), "'", "%27"))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "private, no-cache")
	control := http.NewResponseController(w)
	control.SetWriteDeadline(c.o.Now().Add(partWait)) // servers of tests know no deadlines
	if err := write(paced{w, control}); err != nil {
		c.log.Info("a part of a mail was cut short", "contact", g.contact, "err", err)
		panic(http.ErrAbortHandler)
	}
}

// safeType is the type under which a file is saved: never one that a browser would run.
func safeType(kind string) string {
	switch {
	case strings.HasPrefix(kind, "text/html"), strings.Contains(kind, "xml"), strings.Contains(kind, "javascript"), !strings.Contains(kind, "/"),
		strings.ContainsAny(kind, "\r\n"):
		return "application/octet-stream"
	}
	return kind
}

func partOf(m store.Mail, path string) (store.MailPart, bool) {
	for _, p := range m.Parts {
		if p.Part == path && path != "" {
			return p, true
		}
	}
	return store.MailPart{}, false
}

// look has a part looked through where a scanner is configured: the whole of it, before
// the first byte is given.
func (c *Channel) look(ctx context.Context, who string, m store.Mail, p store.MailPart) error {
	if c.o.Files == nil || !c.o.Files.Looks() {
		return nil
	}
	body, err := c.fetchPart(ctx, who, m, p)
	if err != nil {
		return err
	}
	defer body.Close()
	return c.o.Files.Look(ctx, p.Name, body)
}

// paced gives whoever reads a part time for each piece.
type paced struct {
	io.Writer
	control *http.ResponseController
}

func (p paced) Write(b []byte) (int, error) {
	p.control.SetWriteDeadline(time.Now().Add(partWait))
	return p.Writer.Write(b)
}
