package webchat

import (
	"context"
	"errors"
	"net/http"
	"unicode/utf8"

	"portico/acd"
	"portico/store"
	"portico/talk"
)

// offlineRequest is the body of POST offline.
type offlineRequest struct {
	ClientID    string            `json:"client_id"`
	Unit        string            `json:"unit"`
	Queue       string            `json:"queue"`
	Destination string            `json:"destination"`
	Language    string            `json:"language"`
	Fields      map[string]string `json:"fields"`
	Data        map[string]string `json:"data"`
}

type offlineAnswer struct {
	ID acd.ID[offlineKind] `json:"id"`
}

type offlineKind struct{}

// postOffline keeps what a customer leaves outside the hours. Whoever filled the form
// in before it opened is not sent away.
func (c *Chats) postOffline(w http.ResponseWriter, r *http.Request) {
	var q offlineRequest
	if err := c.readJSON(w, r, bodyMax, &q); err != nil {
		c.refuse(w, r, err)
		return
	}
	row, err := c.offlineOf(r.Context(), q)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	done, ok := c.bounds.chat(c.addressOf(r))
	if !ok {
		c.refuse(w, r, errBusy)
		return
	}
	defer done()
	id, err := c.keepOffline(r.Context(), row)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	answer(w, http.StatusCreated, offlineAnswer{ID: id})
}

// offlineOf checks a request and makes the row of it.
func (c *Chats) offlineOf(ctx context.Context, q offlineRequest) (store.OfflineRequest, error) {
	var none store.OfflineRequest
	if !isClientID(q.ClientID) {
		return none, errClientID
	}
	a := arrival{data: q.Data}
	if err := c.route(ctx, &a, q.Unit, q.Queue, q.Destination); err != nil {
		return none, err
	}
	form := a.setup.Settings.Offline
	if !form.Enabled {
		return none, errNoOffline
	}
	fields, err := checkForm(form, q.Fields)
	if err != nil {
		return none, err
	}
	size := 0
	for name, text := range fields {
		size += len(name) + len(text)
	}
	if tooMuch(&a) != "" || size > requestMax {
		return none, errWrong.On("data")
	}
	masker := c.Masker(a.unit)
	fields = masker.Map(fields)
	row := store.OfflineRequest{ID: c.o.NewID(), Unit: a.unit, ClientID: q.ClientID, At: acd.At(c.o.Now()), Queue: a.queue,
		Language: languageKey(c.nearest(a.setup, q.Language)), OfflineBody: store.OfflineBody{Name: fields[formName], Email: fields[formEmail],
			Phone: fields[formPhone], Question: fields[formQuestion], Data: masker.Map(q.Data)}}
	for _, known := range []string{formName, formEmail, formPhone, formQuestion} {
		delete(fields, known)
	}
	row.Fields = fields
	return row, nil
}

// keepOffline saves a request once; the same client id again gives the first one.
func (c *Chats) keepOffline(ctx context.Context, row store.OfflineRequest) (acd.ID[offlineKind], error) {
	if c.away.Load() {
		return acd.ID[offlineKind]{}, errStoreAway
	}
	ctx, cancel := context.WithTimeout(ctx, messageWait)
	defer cancel()
	rows := []store.Row{row}
	if c.o.Left != nil {
		rows = append(rows, c.o.Left(row)...)
	}
	err := c.o.Store.Save(ctx, store.Unit{Rows: rows})
	if errors.Is(err, store.ErrExists) {
		row, err = c.o.Store.OfflineByClient(ctx, row.Unit, row.ClientID)
	}
	return row.ID, err
}

// languageMax is how long a name of a language may be that is kept, in characters.
const languageMax = 64

// languageKey gives what is kept of a chat language: its name, or for one that is too
// long its pages, by which it is found again as well as can be.
func languageKey(l talk.Language) string {
	if utf8.RuneCountInString(l.Name) > languageMax {
		return l.Pages
	}
	return l.Name
}
