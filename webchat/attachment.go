package webchat

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
	"portico/store"
)

const (
	// fileKeyLife is how long the address of a file is good. Keys are made for whole
	// quarters of it, so that a page which looks again has the same address and its copy.
	fileKeyLife = time.Hour
	// pieceSendWait is how long a reader may take for the next piece of a file.
	pieceSendWait = 30 * time.Second
	// lookBack is how long after its end a chat's customer may still look at it, fetch its files and
	// its transcript.
	lookBack = 24 * time.Hour
)

// customerFile is a file as customers see it.
type customerFile struct {
	ID        dialogue.AttachmentID `json:"id"`
	Name      string                `json:"name"`
	MediaType string                `json:"media_type"`
	Size      uint64                `json:"size"`
	URL       string                `json:"url"` // below the virtual path; good for fileKeyLife
}

func (c *Chats) customerFile(a store.Attachment) customerFile {
	const step = fileKeyLife / 4
	until := acd.At(c.o.Now().Truncate(step).Add(fileKeyLife + step))
	id := dialogue.AttachmentID(a.ID)
	return customerFile{ID: id, Name: a.Name, MediaType: a.MediaType, Size: a.Size,
		URL: "api/chats/" + a.Contact.String() + "/attachments/" + id.String() + "?key=" + c.sessions.fileKey(a.Unit, a.Contact, a.ID, until)}
}

// filesOf gives the files that messages name, by the number of the message. It asks
// the store only when there are such messages.
func (c *Chats) filesOf(ctx context.Context, unit acd.UnitID, contact acd.ContactID, rows []store.Message) (map[uint64][]store.Attachment, error) {
	first, last := uint64(0), uint64(0)
	for i := range rows {
		if rows[i].Kind != kindFile {
			continue
		}
		if last = rows[i].Seq; first == 0 {
			first = last
		}
	}
	if first == 0 {
		return nil, nil
	}
	all, err := c.o.Store.MessageAttachments(ctx, unit, contact, first, last)
	if err != nil {
		return nil, fmt.Errorf("read the files of messages: %w", err)
	}
	files := make(map[uint64][]store.Attachment, len(all))
	for _, a := range all {
		files[a.Seq] = append(files[a.Seq], a)
	}
	return files, nil
}

type fileAnswer struct {
	Seq        uint64       `json:"seq"`
	At         acd.Time     `json:"at"`
	Attachment customerFile `json:"attachment"`
}

// postFile takes a file of the customer.
func (c *Chats) postFile(w http.ResponseWriter, r *http.Request) {
	unit, contact, err := c.admit(r, bearer(r))
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	query := r.URL.Query()
	u := dialogue.Upload{Unit: unit, Contact: contact, ClientID: query.Get("client_id"), Name: query.Get("name"),
		MediaType: r.Header.Get("Content-Type"), Size: r.ContentLength, Body: r.Body, Until: Until(w)}
	if u.Size < 0 {
		c.refuse(w, r, errFileLength)
		return
	}
	if !c.bounds.message(c.addressOf(r)) {
		c.refuse(w, r, errBusy)
		return
	}
	m, a, err := c.attachOfCustomer(r.Context(), u, c.addressOf(r))
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	answer(w, http.StatusCreated, fileAnswer{Seq: m.Seq, At: m.At, Attachment: c.customerFile(a)})
}

// Until gives what extends the time of a request and of its answer, which a server
// otherwise bounds as if all of them were short. Servers of tests know no deadlines.
func Until(w http.ResponseWriter) func(time.Time) error {
	control := http.NewResponseController(w)
	return func(at time.Time) error {
		return errors.Join(control.SetReadDeadline(at), control.SetWriteDeadline(at.Add(pieceSendWait)))
	}
}

// getFile gives the customer a file, by the key of its address or by the session.
func (c *Chats) getFile(w http.ResponseWriter, r *http.Request) {
	unit, contact, file, err := c.admitToFile(r)
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
	// The page that shows it may be of any origin, as that of the chat.
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	inline := r.URL.Query().Get("inline") == "1"
	if err := c.ServeAttachment(w, r, dialogue.Download{Unit: unit, Contact: contact, Attachment: file, Inline: inline}); err != nil {
		c.refuse(w, r, err)
	}
}

func (c *Chats) admitToFile(r *http.Request) (unit acd.UnitID, contact acd.ContactID, file dialogue.AttachmentID, err error) {
	var id dialogue.AttachmentID
	if contact.UnmarshalText([]byte(r.PathValue("contact"))) != nil || id.UnmarshalText([]byte(r.PathValue("attachment"))) != nil {
		return unit, contact, id, errSession
	}
	if key := r.URL.Query().Get("key"); key != "" {
		unit, ok := c.sessions.openFile(key, contact, id, acd.At(c.o.Now()))
		if !ok {
			return unit, contact, id, errSession
		}
		return unit, contact, id, nil
	}
	unit, contact, err = c.admit(r, bearer(r))
	return unit, contact, id, err
}

// mayLookBack refuses the customer of a chat that ended long ago.
func (c *Chats) mayLookBack(ctx context.Context, unit acd.UnitID, contact acd.ContactID) error {
	if _, open := c.o.Picture.Contact(unit, contact); open {
		return nil
	}
	h, err := c.o.Store.History(ctx, unit, contact)
	if errors.Is(err, store.ErrNone) {
		return errSession
	}
	if err != nil {
		return fmt.Errorf("read when a chat ended: %w", err)
	}
	if h.EndedAt.Add(lookBack) < acd.At(c.o.Now()) {
		return errSession
	}
	return nil
}

// ServeAttachment answers a request with a file of a conversation, or with a part of
// it (RFC 9110, 14). An error means that nothing was answered yet. Nothing in it runs:
// browsers are told to save it, not to guess what it is, and to trust it with nothing.
func (c *Chats) ServeAttachment(w http.ResponseWriter, r *http.Request, d dialogue.Download) error {
	file, err := c.o.Store.OpenAttachment(r.Context(), d.Unit, d.Attachment)
	if errors.Is(err, store.ErrNone) || err == nil && (file.Of.Contact != d.Contact || (file.Of.Seq == 0) != d.Waiting) {
		return errFileUnknown
	}
	if err != nil {
		return fmt.Errorf("open a file: %w", err)
	}
	a := file.Of
	disposition := "attachment"
	if d.Inline && fileTypes[a.MediaType].inline {
		disposition = "inline"
	}
	h := w.Header()
	h.Set("Content-Type", a.MediaType)
	h.Set("Content-Disposition", contentDisposition(disposition, a.Name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("ETag", `"`+dialogue.AttachmentID(a.ID).String()+`"`)
	h.Set("Cache-Control", "private, no-cache")
	until := Until(w)
	http.ServeContent(w, r, "", a.At.Std(), paced{file, func() { until(time.Now().Add(pieceSendWait)) }})
	return nil
}

// paced gives whoever reads a file time for each piece.
type paced struct {
	io.ReadSeeker
	next func()
}

func (p paced) Read(b []byte) (int, error) {
	p.next()
	return p.ReadSeeker.Read(b)
}

// contentDisposition writes the header of RFC 6266, with the name in ASCII for those
// who know no other and as it is for all others (RFC 8187).
func contentDisposition(kind, name string) string {
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, name)
	// A path's segment may hold three signs that a value of RFC 8187 may not.
	extended := strings.NewReplacer(":", "%3A", "=", "%3D", "@", "%40").Replace(url.PathEscape(name))
	return kind + `; filename="` + ascii + `"; filename*=UTF-8''` + extended
}
