package webchat

import (
	"context"
	"errors"
	"time"

	"portico/acd"
	"portico/plan"
	"portico/schedule"
	"portico/store"
	"portico/talk"
)

// opening is what a customer who comes now finds.
type opening struct {
	open    bool
	opens   time.Time // when it opens; zero while it is open, or when that is not known
	outside string    // what becomes of customers while it is closed
}

// openingOf looks at the hours of a queue. One without a schedule is always open, and
// so is one whose schedule cannot be read: a customer too many is better than one lost.
func (c *Chats) openingOf(s talk.Setup, queue acd.QueueID) opening {
	hours, ok := s.Queues[queue]
	if !ok {
		return opening{open: true, outside: plan.AcceptAll}
	}
	if hours.Outside == "" {
		hours.Outside = plan.OfflineForm
	}
	h, err := schedule.New(hours.Schedule, s.Zone)
	if err != nil {
		c.log.Error("opening hours not readable", "queue", queue, "err", err)
		return opening{open: true, outside: hours.Outside}
	}
	now := c.o.Now()
	o := opening{open: h.Open(now), outside: hours.Outside}
	if !o.open {
		if next, ok := h.NextOpening(now); ok {
			o.opens = next.In(h.Zone())
		}
	}
	return o
}

// closed gives what a customer reads outside the hours.
func (c *Chats) closed(s talk.Setup, l talk.Language, o opening) string {
	values := map[string]string{"company": s.Company}
	if !o.opens.IsZero() {
		values["opens"] = c.opensAt(l, c.o.Now(), o.opens)
	}
	return c.say(l, "closed", values)
}

// checkHours refuses a chat outside the hours of its queue, unless it exists already:
// whoever began within them and asks again is let in.
func (c *Chats) checkHours(ctx context.Context, a *arrival) error {
	o := c.openingOf(a.setup, a.queue)
	if o.open || o.outside == plan.AcceptAll {
		return nil
	}
	switch _, err := c.o.Store.ContactByClient(ctx, a.unit, a.clientID); {
	case err == nil:
		return nil
	case !errors.Is(err, store.ErrNone):
		return err
	}
	e := &worded{err: errClosed, message: c.closed(a.setup, a.language, o)}
	if !o.opens.IsZero() {
		e.opens = acd.At(o.opens)
	}
	return e
}
