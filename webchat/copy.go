package webchat

import (
	"context"
	"net/http"

	"portico/acd"
	"portico/fault"
	"portico/store"
	"portico/talk"
)

const (
	// copiesMax is how many addresses may be sent the same chat.
	copiesMax = 3
	// copiesKept is how many chats are remembered for it.
	copiesKept = 100_000
	// copyBodyMax is how large the body of a wish for a copy may be, in bytes.
	copyBodyMax = 4 << 10
)

var errCopies = fault.New(fault.TooMany, "copies", "This conversation has been sent to as many addresses as it may be. It can still be downloaded.")

type copyRequest struct {
	Email string `json:"email"`
}

// postTranscript sends the customer the conversation by e-mail, once it is over. Nobody can
// have a text of one's own sent to strangers: an agent must have been there, and a chat goes
// to a few addresses at most.
func (c *Chats) postTranscript(w http.ResponseWriter, r *http.Request) {
	unit, contact, err := c.admit(r, bearer(r))
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	var q copyRequest
	if err := c.readJSON(w, r, copyBodyMax, &q); err != nil {
		c.refuse(w, r, err)
		return
	}
	switch {
	case !c.copies(unit):
		err = errTranscriptOff
	case !talk.IsMailAddress(q.Email):
		err = errWrong.On("email")
	case c.away.Load():
		err = errStoreAway
	case !c.bounds.message(c.addressOf(r)):
		err = errBusy
	default:
		err = c.copy(r.Context(), unit, contact, q.Email)
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// copies reports whether customers of a unit may have their chat sent to them.
func (c *Chats) copies(unit acd.UnitID) bool {
	return c.o.Posts != nil && c.setup(unit).Settings.Transcript && c.o.Posts(unit)
}

func (c *Chats) copy(ctx context.Context, unit acd.UnitID, contact acd.ContactID, to string) error {
	ctx, cancel := context.WithTimeout(ctx, messageWait)
	defer cancel()
	var agent acd.AgentID
	if p, ok := c.o.Picture.Contact(unit, contact); !ok {
		h, err := c.o.Store.History(ctx, unit, contact)
		if err != nil {
			return err
		}
		agent = h.Agent
	} else if !isOver(&p.ContactRow) {
		return errNotOver
	} else {
		agent = p.Agent
	}
	if agent.IsZero() {
		return errTranscriptOff
	}
	if !c.bounds.copy(contact) {
		return errCopies
	}
	return c.o.Store.Save(ctx, store.Unit{Rows: c.o.Copy(unit, contact, to)})
}

// copy takes the right to send a chat to one address more. After a restart the count
// begins anew.
func (b *bounds) copy(contact acd.ContactID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.copies[contact] >= copiesMax {
		return false
	}
	if len(b.copies) >= copiesKept {
		clear(b.copies)
	}
	b.copies[contact]++
	return true
}
