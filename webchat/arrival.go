package webchat

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"time"
	"unicode"

	"portico/acd"
	"portico/fault"
	"portico/hub"
	"portico/mask"
	"portico/phone"
	"portico/store"
	"portico/talk"
)

const (
	// requestMax is how much a request for a chat may hold in all its fields, in bytes.
	requestMax = 64 << 10
	addressMax = 320 // bytes of source and destination
	// nameMax and captionMax are what a contact shows of a name and a question, in
	// characters. Longer ones are whole in the contact data and the first message.
	nameMax         = 1000
	captionMax      = 8000
	priorityDefault = 50
	arrivalWait     = 10 * time.Second
)

// arrival is a request for a chat, from whichever door, with its names resolved.
type arrival struct {
	clientID    string
	unit        acd.UnitID
	queue       acd.QueueID
	priority    uint8
	name        string
	caption     string
	setup       talk.Setup // the unit's
	language    talk.Language
	source      string
	destination string
	data        map[string]string
	text        string // of the first message; empty for none
}

// begun is a chat that exists.
type begun struct {
	Contact acd.ContactID `json:"contact"`
	Session string        `json:"session"`
	After   uint64        `json:"after"`
}

// begin has the hub take a new chat, with its first message in the same commit. The
// same client id gives the same chat.
func (c *Chats) begin(ctx context.Context, a arrival, from netip.Addr) (begun, error) {
	if c.away.Load() {
		return begun{}, errStoreAway
	}
	done, ok := c.bounds.chat(from)
	if !ok {
		return begun{}, errBusy
	}
	defer done()
	a.mask(c.Masker(a.unit))
	a.shorten()
	contact := acd.ContactID(c.o.NewID())
	command := hub.Command{Lane: hub.Arrivals, Unit: a.unit, Arrival: &hub.Arrival{
		Contact: contact, Unit: a.unit, ClientID: a.clientID, Medium: medium, Queue: a.queue, Priority: a.priority,
		Source: a.source, Destination: a.destination, Language: languageKey(a.language), Name: a.name, Caption: a.caption,
	}}
	if len(a.data) > 0 {
		details, err := json.Marshal(a.data)
		if err != nil {
			return begun{}, err
		}
		command.Arrival.Details = details
	}
	if a.text != "" {
		command.Riders = []store.Row{store.Message{Unit: a.unit, Contact: contact, Seq: 1, ClientID: a.clientID,
			At: acd.At(c.o.Now()), Author: store.AuthorCustomer, Kind: kindText, Text: a.text}}
	}
	ctx, cancel := context.WithTimeout(ctx, arrivalWait)
	defer cancel()
	command.Arrival.Customer = c.customerOf(ctx, a)
	answer, err := c.o.Hub.Ask(ctx, command)
	if err != nil {
		return begun{}, err
	}
	if answer.Existing {
		// Programs bring contacts of other media with client ids of theirs: whoever
		// guesses one is not let in.
		old, err := c.o.Store.ContactByClient(ctx, a.unit, a.clientID)
		if err != nil {
			return begun{}, err
		}
		if old.Medium != medium {
			return begun{}, errClientID
		}
		contact = answer.Contact
	}
	return begun{Contact: contact, Session: c.sessions.of(a.unit, contact)}, nil
}

// inWords gives the refusal of a chat because of a bound in the chat language's words.
func (c *Chats) inWords(a arrival, err error) error {
	if f := fault.Of(err); f == nil || codeOf(f) != codeAllocation {
		return err
	}
	return &worded{err: err, message: c.say(a.language, "busy", map[string]string{"company": a.setup.Company, "customer": a.name,
		"queue": ""})}
}

// customerOf finds whose chat it is. Nothing is held up by it: who is not found now can
// be named by an agent.
func (c *Chats) customerOf(ctx context.Context, a arrival) [16]byte {
	country := a.setup.Country
	addresses := append(store.ContactAddresses(phone.International(country, a.source), phone.In(country, a.data)),
		store.ContactAddresses(a.source, a.data)...)
	id, err := c.o.Store.CustomerOf(ctx, a.unit, addresses...)
	if err != nil && !errors.Is(err, store.ErrNone) {
		c.log.Warn("customer not looked up", "err", err)
	}
	return id
}

// mask takes out what must not be kept.
func (a *arrival) mask(m *mask.Masker) {
	for _, text := range []*string{&a.name, &a.caption, &a.text, &a.source, &a.destination} {
		*text = m.Text(*text)
	}
	a.data = m.Map(a.data)
}

// shorten leaves of the name and the caption what a contact can show. Nothing is
// lost: the whole is in the first message, or among the contact data.
func (a *arrival) shorten() {
	keep := func(field, text string, limit int) string {
		short, cut := firstRunes(text, limit)
		if !cut {
			return text
		}
		if text != a.text {
			if a.data == nil {
				a.data = make(map[string]string, 1)
			}
			a.data[field] = text
		}
		return short
	}
	a.name = keep("name", a.name, nameMax)
	a.caption = keep("caption", a.caption, captionMax)
}

// firstRunes gives at most limit characters of a text, an ellipsis being the last of
// one that was cut.
func firstRunes(text string, limit int) (short string, cut bool) {
	n := 0
	end := 0
	for at := range text {
		if n == limit-1 {
			end = at
		}
		if n == limit {
			return text[:end] + "…", true
		}
		n++
	}
	return text, false
}

// isAddress reports whether a source or destination can be kept: UTF-8 without
// control characters, at most 320 bytes.
func isAddress(text string) bool {
	return len(text) <= addressMax && isText(text) && !strings.ContainsFunc(text, unicode.IsControl)
}
