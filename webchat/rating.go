package webchat

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"portico/acd"
	"portico/store"
)

const (
	// commentMax is how long the comment of a rating may be, in characters.
	commentMax = 1000
	// ratingBodyMax is how large the body of a rating may be, in bytes.
	ratingBodyMax = 16 << 10
	// ratingLife is how long a rating may be changed.
	ratingLife = 24 * time.Hour
)

type ratingRequest struct {
	Score   int    `json:"score"` // 1 to 5, 5 is best
	Comment string `json:"comment"`
}

// postRating takes how the customer found the conversation, once that is over.
// Another answer takes the place of the first.
func (c *Chats) postRating(w http.ResponseWriter, r *http.Request) {
	unit, contact, err := c.admit(r, bearer(r))
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	var q ratingRequest
	if err := c.readJSON(w, r, ratingBodyMax, &q); err != nil {
		c.refuse(w, r, err)
		return
	}
	q.Comment = strings.TrimSpace(q.Comment)
	switch {
	case q.Score < 1 || q.Score > 5:
		err = errWrong.On("score")
	case !isText(q.Comment) || utf8.RuneCountInString(q.Comment) > commentMax:
		err = errWrong.On("comment")
	case !c.setup(unit).Settings.Satisfaction:
		err = errNoRating
	case c.away.Load():
		err = errStoreAway
	case !c.bounds.message(c.addressOf(r)):
		err = errBusy
	default:
		err = c.rate(r.Context(), unit, contact, q)
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (c *Chats) rate(ctx context.Context, unit acd.UnitID, contact acd.ContactID, q ratingRequest) error {
	ctx, cancel := context.WithTimeout(ctx, messageWait)
	defer cancel()
	now := acd.At(c.o.Now())
	row := store.Rating{Unit: unit, Contact: contact, At: now, ChangedAt: now, Score: uint8(q.Score), Comment: c.Masker(unit).Text(q.Comment)}
	if p, ok := c.o.Picture.Contact(unit, contact); !ok {
		h, err := c.o.Store.History(ctx, unit, contact)
		if err != nil {
			return err
		}
		row.Queue, row.Agent = h.Queue, h.Agent
	} else if !isOver(&p.ContactRow) {
		return errNotOver
	} else {
		row.Queue, row.Agent = p.Queue, p.Agent
	}
	switch old, err := c.o.Store.Rating(ctx, unit, contact); {
	case err == nil && old.At.Add(ratingLife) < now:
		return errSession
	case err != nil && !errors.Is(err, store.ErrNone):
		return err
	}
	return c.o.Store.Save(ctx, store.Unit{Rows: []store.Row{row}})
}
