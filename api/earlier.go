package api

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"portico/acd"
	"portico/store"
)

// Bounds of the search for a customer's earlier contacts.
const (
	joinsMax    = 64    // customers that wait for it; beyond that, contacts stay nobody's
	joinScanMax = 2_000 // ended contacts that are looked at, the newest
	joinMax     = 30 * time.Second
)

// earlier finds the earlier contacts of customers who got an address, one customer at a
// time in a goroutine of the feed's, which waits for it.
type earlier struct {
	s    *Server
	wish chan joinWish
	life context.Context // ends when the feed stops: what is under way is given up
	end  context.CancelFunc
}

type joinWish struct {
	call      call
	customer  [16]byte
	addresses map[store.Address]bool // by what they are compared by
}

func newEarlier(s *Server) *earlier {
	j := &earlier{s: s, wish: make(chan joinWish, joinsMax)}
	j.life, j.end = context.WithCancel(context.Background())
	return j
}

// run is the goroutine; it ends with the feed.
func (j *earlier) run() {
	for {
		select {
		case <-j.life.Done():
			return
		case w := <-j.wish:
			if err := j.join(w); err != nil && j.life.Err() == nil {
				j.s.log.Warn("earlier contacts not joined", "err", err)
			}
		}
	}
}

// joinEarlier has the earlier contacts found that came from addresses which the customer
// did not have before. Nobody waits for it, and a full queue is no refusal: an agent can
// say whose a contact is.
func (s *Server) joinEarlier(c call, now, old store.Customer) {
	fresh := map[store.Address]bool{}
	for _, a := range now.Addresses {
		fresh[store.Address{Kind: a.Kind, Value: a.Key()}] = true
	}
	for _, a := range old.Addresses {
		delete(fresh, store.Address{Kind: a.Kind, Value: a.Key()})
	}
	if len(fresh) == 0 {
		return
	}
	select {
	case s.earlier.wish <- joinWish{call: c, customer: now.ID, addresses: fresh}:
	default:
		s.log.Info("earlier contacts not looked for: too many wait for it")
	}
}

func (j *earlier) join(w joinWish) error {
	ctx, cancel := context.WithTimeout(j.life, joinMax)
	defer cancel()
	unit := w.call.unit
	for _, c := range j.s.picture.ContactsSince(unit, 0).Put {
		if c.Customer == [16]byte{} && w.takes(j.s, c.Source, c.Details) {
			if err := j.s.link(ctx, w.call, store.CustomerLink{Unit: unit, Contact: c.ID, Customer: w.customer, At: c.At}); err != nil {
				return err
			}
		}
	}
	seen := 0
	for after := ""; ; {
		rows, next, err := j.s.store.HistoryPage(ctx, unit, after, store.PageMax)
		if err != nil {
			return err
		}
		for _, h := range rows {
			if h.Contact.Customer == [16]byte{} && w.takes(j.s, h.Contact.Source, h.Contact.Details) {
				l := store.CustomerLink{Unit: unit, Contact: acd.ContactID(h.Contact.ID), Customer: w.customer, At: h.Contact.At}
				if err := j.s.link(ctx, w.call, l); err != nil {
					return err
				}
			}
		}
		if seen += len(rows); next == "" || seen >= joinScanMax {
			return nil
		}
		after = next
	}
}

// takes reports whether a contact came from one of the addresses.
func (w joinWish) takes(s *Server, source string, details json.RawMessage) bool {
	var data map[string]any
	if len(details) > 0 && json.Unmarshal(details, &data) != nil {
		return false
	}
	known := map[string]string{}
	for _, name := range []string{"email", "phone"} {
		known[name], _ = data[name].(string)
	}
	return slices.ContainsFunc(addresses(s.names().talks[w.call.unit].Country, source, known), func(a store.Address) bool {
		return w.addresses[store.Address{Kind: a.Kind, Value: a.Key()}]
	})
}
