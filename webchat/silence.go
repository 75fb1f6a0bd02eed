package webchat

import (
	"context"
	"strconv"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/hub"
	"portico/store"
	"portico/talk"
)

const (
	waitingAfter = 10 * time.Second
	// silentWait is how long after a start nobody is warned or let go: customers come
	// back and send what they have written meanwhile.
	silentWait   = 10 * time.Second
	timerWaiting = "waiting"
	timerIdle    = "idle:" // and the number of the warning
	// loadsAtOnce is how many conversations a sweep has read for their timers.
	loadsAtOnce = 256
)

// silence is how long a customer has said nothing, as the messages tell it: so it is
// the same for every process that reads them.
type silence struct {
	life     acd.Time // the customer's last sign of life, or when the present agent joined
	answered acd.Time // the first answer to the customer's last message; 0: it waits for one
	warned   acd.Time // the last warning; 0: none
	warnings int
	typed    acd.Time // when the customer typed last; not in the messages
}

// take notes one more message of the conversation, in order.
func (s *silence) take(m *store.Message) {
	switch {
	case m.Author == store.AuthorCustomer:
		s.life, s.answered = max(s.life, m.At), 0
	case m.Author == store.AuthorAgent && m.Kind != kindTransferred && isForCustomer(m.Author, m.Kind):
		if s.answered == 0 {
			s.answered = m.At
		}
	case m.Kind == kindJoined, m.Kind == kindHandedOver, m.Kind == kindReturned:
		s.life = max(s.life, m.At)
	case m.Kind == kindIdle:
		s.warned = m.At
		s.warnings++
	}
}

// since gives when the silence began: with the customer's last sign of life, or when
// that was answered first; ok is false while the customer waits for that answer, since
// it is not the customer then who is silent. What agents write after it changes nothing.
func (s *silence) since() (from acd.Time, ok bool) {
	return max(s.life, s.answered, s.typed), s.answered != 0
}

// due says whether the customer is to be warned, or the chat to be ended, at an
// instant. A chat is not ended before its warning was out as long as the settings have
// it between the two.
func (s *silence) due(settings talk.ChatSettings, now acd.Time) (warn, end bool) {
	from, ok := s.since()
	if !ok {
		return false, false
	}
	warnAfter, endAfter := time.Duration(settings.IdleWarningS)*time.Second, time.Duration(settings.IdleEndS)*time.Second
	warned := s.warned > from
	if warnAfter > 0 && !warned {
		return now >= from.Add(warnAfter), false
	}
	if endAfter == 0 {
		return false, false
	}
	ends := from.Add(endAfter)
	if warned && warnAfter > 0 {
		ends = max(ends, s.warned.Add(endAfter-warnAfter))
	}
	return false, now >= ends
}

// timers are what one sweep needs for the timers of all conversations.
type timers struct {
	now    time.Time
	asks   chan struct{}
	setups map[acd.UnitID]talk.Setup
	loads  int // that it may still ask for
}

func (c *Chats) newTimers(now time.Time, asks chan struct{}) *timers {
	t := &timers{now: now, asks: asks, setups: make(map[acd.UnitID]talk.Setup)}
	if len(c.loads) == 0 { // or else those of the last sweep are not read yet
		t.loads = loadsAtOnce
	}
	return t
}

// checkTimers says what is due by time alone. conv.mu is held.
func (c *Chats) checkTimers(conv *conversation, t *timers) {
	p := &conv.presence
	if c.away.Load() || p.over || (!p.talking && !p.waiting) {
		return
	}
	if !conv.loaded {
		if p.talking && t.loads > 0 {
			t.loads--
			c.loadSoon(conv)
		}
		return
	}
	if len(conv.awaiting) > 0 || conv.beside != nil {
		return
	}
	if p.waiting {
		c.checkWaiting(conv, t.now)
		return
	}
	if t.now.Before(c.started.Add(silentWait)) {
		return
	}
	setup, ok := t.setups[conv.unit]
	if !ok {
		setup = c.setup(conv.unit)
		t.setups[conv.unit] = setup
	}
	c.checkSilence(conv, setup.Settings, t)
}

// checkWaiting tells a customer once that all agents are busy.
func (c *Chats) checkWaiting(conv *conversation, now time.Time) {
	if conv.presence.queued == 0 || acd.At(now) < conv.presence.queued.Add(c.waitingAfter) || conv.isKnown("sys:"+timerWaiting) || conv.flowing {
		return
	}
	position, _, ok := c.o.Picture.Position(conv.unit, conv.contact)
	if !ok {
		return
	}
	wait := c.expectedWait(conv.unit, conv.presence.queue, position)
	conv.say(transition{timer: timerWaiting, kind: kindWaiting, at: acd.At(now), told: told{Position: position, WaitS: wait}})
}

// checkSilence warns a customer who has been silent for long, and then ends the chat.
func (c *Chats) checkSilence(conv *conversation, settings talk.ChatSettings, t *timers) {
	now := acd.At(t.now)
	warn, end := conv.silence.due(settings, now)
	switch {
	case warn:
		left := 0
		if settings.IdleEndS > 0 {
			left = settings.IdleEndS - settings.IdleWarningS
		}
		conv.say(transition{timer: timerIdle + strconv.Itoa(conv.silence.warnings+1), kind: kindIdle, at: now, told: told{WaitS: left}})
	case end && !conv.ending && !t.now.Before(conv.presence.notYet):
		select {
		case t.asks <- struct{}{}:
		default:
			return // the next sweep
		}
		conv.ending = true
		owner := conv.presence.agent
		c.running.Go(func() {
			c.endIdle(conv.unit, conv.contact, owner)
			<-t.asks
		})
	}
}

// endIdle has the core end the conversation of a customer who fell silent, unless it
// has moved, or the customer has said something meanwhile.
func (c *Chats) endIdle(unit acd.UnitID, contact acd.ContactID, owner acd.AgentID) {
	conv := c.pin(unit, contact)
	defer conv.unpin()
	conv.mu.Lock()
	_, end := conv.silence.due(c.setup(unit).Settings, acd.At(c.o.Now()))
	end = end && len(conv.flight) == 0
	conv.mu.Unlock()
	var err error
	if end {
		ctx, cancel := context.WithTimeout(c.context, askWait)
		_, err = c.o.Hub.Ask(ctx, hub.Command{Event: acd.Finished{Contact: contact, Agent: owner, Idle: true}, Lane: hub.Progress, Unit: unit})
		cancel()
	}
	conv.mu.Lock()
	defer conv.mu.Unlock()
	conv.ending = false
	if end && err == nil {
		conv.presence.talking = false // the core's row of it is on its way
	}
	if err != nil {
		conv.presence.notYet = c.o.Now().Add(refusedWait)
		if fault.Of(err) == nil && c.context.Err() == nil {
			c.log.Error("silent customer's chat not ended", "contact", contact, "err", err)
		}
	}
}
