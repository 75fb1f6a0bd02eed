package webchat

import (
	"context"
	"fmt"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/hub"
	"portico/picture"
)

const (
	// socketWait is how long a lost last socket may be a page that loads anew.
	socketWait = 3 * time.Second
	// pollWait is how long a customer without a socket counts as there after a request.
	pollWait = 60 * time.Second
	// returnWait is how long customers have to come back after a start.
	returnWait = 30 * time.Second
	// refusedWait is the pause after the core refused to hear of a customer's presence.
	refusedWait = 10 * time.Second

	sweepEvery    = time.Second
	positionEvery = 5 * time.Second
	idleMax       = 10 * time.Minute // in memory though nobody uses it
	overMax       = 30 * time.Second // the same, once the conversation is over
	presenceAsks  = 64               // presence told to the hub at the same time
	askWait       = 10 * time.Second
)

// presence is what is known of a chat's customer, and what the core was told.
type presence struct {
	lostAt  time.Time // when a customer without a socket counts as lost
	lost    bool      // the core waits for the customer's return
	known   bool      // lost is as the core has it
	asking  bool
	notYet  time.Time // no asking before
	over    bool      // the conversation is: wrap-up or ended
	waiting bool      // for an agent
	talking bool      // with an agent, who is not interrupted
	agent   acd.AgentID
	queue   acd.QueueID
	queued  acd.Time // when it came to its first queue
}

// moved takes what the core says.
func (p *presence) moved(row *acd.ContactRow) {
	p.lost, p.known = row.CustomerLost != 0, true
	p.over = isOver(row)
	p.waiting = isWaiting(row.State)
	p.talking, p.agent, p.queue, p.queued = row.State == acd.Active, row.Agent, row.Queue, row.FirstQueued
}

// isOver reports whether the conversation has ended, also if wrap-up goes on.
func isOver(row *acd.ContactRow) bool {
	return row.State == acd.WrapUp || row.State == acd.Ended || row.State == acd.Interrupted && row.Resume == acd.WrapUp
}

func isWaiting(s acd.ContactState) bool {
	return s == acd.Routing || s == acd.Queued || s == acd.Offered || s == acd.Held || s == acd.Timed
}

// seen notes that the customer asked something.
func (c *conversation) seen() {
	now := c.chats.o.Now()
	c.mu.Lock()
	c.used = now
	if until := now.Add(pollWait); c.presence.lostAt.Before(until) {
		c.presence.lostAt = until
	}
	c.mu.Unlock()
}

// expectCustomers gives the customers of open chats time to come back.
func (c *Chats) expectCustomers(ctx context.Context) error {
	units, err := c.names.units(ctx)
	if err != nil {
		return fmt.Errorf("read the business units: %w", err)
	}
	until := c.o.Now().Add(returnWait)
	for _, unit := range units {
		for after := ""; ; {
			page, err := c.o.Picture.Contacts(unit.id, picture.Filter{Medium: medium}, picture.ByDue, after, pageMax)
			if err != nil {
				return fmt.Errorf("list the open chats: %w", err)
			}
			for i := range page.Items {
				conv := c.pin(unit.id, page.Items[i].ID)
				conv.mu.Lock()
				conv.presence.moved(&page.Items[i].ContactRow)
				conv.presence.lostAt = until
				conv.mu.Unlock()
				conv.unpin()
			}
			if after = page.Next; after == "" {
				break
			}
		}
	}
	return nil
}

// watch tells the hub of customers who went or came back, lets waiting customers
// see their place, says what could not be said, and drops idle conversations.
func (c *Chats) watch() {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	asks := make(chan struct{}, presenceAsks)
	var positions time.Time
	for {
		select {
		case <-c.context.Done():
			return
		case <-tick.C:
		}
		now := c.o.Now()
		look := now.Sub(positions) >= positionEvery
		if look {
			positions = now
		}
		t := c.newTimers(now, asks)
		c.each(func(conv *conversation) {
			conv.mu.Lock()
			defer conv.mu.Unlock()
			if conv.sayAwaiting(); !conv.loaded && (conv.missed || len(conv.awaiting) > 0) {
				c.loadSoon(conv)
			}
			if look && (conv.presence.waiting || !conv.presence.known) {
				for s := range conv.sockets {
					s.wakeUp()
				}
			}
			c.checkPresence(conv, now, asks)
			c.checkTimers(conv, t)
		})
		c.drop(now)
		c.bounds.sweep()
	}
}

// checkPresence starts to tell the hub when what it knows is not so. conv.mu is held.
func (c *Chats) checkPresence(conv *conversation, now time.Time, asks chan struct{}) {
	p := &conv.presence
	lost := len(conv.sockets) == 0 && !now.Before(p.lostAt)
	if p.over || p.asking || now.Before(p.notYet) || (p.known && p.lost == lost) {
		return
	}
	select {
	case asks <- struct{}{}:
	default:
		return // the next sweep
	}
	p.asking = true
	c.running.Go(func() {
		c.tellPresence(conv.unit, conv.contact, lost)
		<-asks
	})
}

// tellPresence tells the core, unless it knows.
func (c *Chats) tellPresence(unit acd.UnitID, contact acd.ContactID, lost bool) {
	conv := c.pin(unit, contact)
	defer conv.unpin()
	row, open := c.o.Picture.Contact(unit, contact)
	var err error
	if open && (row.CustomerLost != 0) != lost && !isOver(&row.ContactRow) {
		event := acd.Event(acd.CustomerReturned{Contact: contact})
		if lost {
			event = acd.CustomerLost{Contact: contact}
		}
		ctx, cancel := context.WithTimeout(c.context, askWait)
		_, err = c.o.Hub.Ask(ctx, hub.Command{Event: event, Lane: hub.Progress, Unit: unit})
		cancel()
	}
	conv.mu.Lock()
	defer conv.mu.Unlock()
	p := &conv.presence
	p.asking = false
	switch {
	case !open:
		p.over = true
	case err != nil:
		p.known, p.notYet = false, c.o.Now().Add(refusedWait)
		if fault.Of(err) == nil {
			c.log.Error("customer's presence not told", "contact", contact, "err", err)
		}
	case isOver(&row.ContactRow):
		p.over = true
	default:
		p.lost, p.known = lost, true
	}
}

// drop forgets conversations that nobody uses; whoever needs one reads it anew.
func (c *Chats) drop(now time.Time) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		for contact, conv := range s.open {
			if conv.pins == 0 && conv.idle(now) {
				delete(s.open, contact)
			}
		}
		s.mu.Unlock()
	}
}

func (c *conversation) idle(now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sockets)+len(c.agents)+len(c.flight)+len(c.awaiting) > 0 || c.beside != nil || c.presence.asking || c.ending {
		return false
	}
	unused := now.Sub(c.used)
	return c.presence.over && unused > overMax || c.presence.lost && unused > idleMax
}
