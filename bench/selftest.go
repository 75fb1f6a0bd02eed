package bench

import (
	"context"
	"fmt"
	"time"
)

// SelfReport is what a self-test did to a server's exchanges, and what the bench
// found of it.
type SelfReport struct {
	Planted  Harm      `json:"planted"`
	Reported Harm      `json:"reported"`
	Findings []Finding `json:"findings"`
}

// Exact reports whether the bench found what was planted and nothing else.
func (r *SelfReport) Exact() bool { return r.Planted == r.Reported && r.Planted.all() }

// all reports whether every kind of harm was done.
func (h Harm) all() bool {
	return h.ChatsLost > 0 && h.ChatsDoubled > 0 && h.MessagesLost > 0 && h.MessagesDoubled > 0 &&
		h.MessagesSwapped > 0 && h.PushesLost > 0 && h.PushesDoubled > 0 && h.PushesSwapped > 0
}

// The self-test's load, small and always the same.
const (
	selfChats    = 40
	selfTalks    = 6
	selfMessages = 30
)

// selfHarm is the plan of the self-test's proxy. The last messages of a conversation
// are left alone, so that their arrival shows that all before them came or will not.
func selfHarm() *Harmful {
	return &Harmful{
		Chat: func(n int) Deed {
			switch {
			case n > selfChats:
				return Forward
			case n%10 == 3:
				return Lose
			case n%10 == 7:
				return Double
			}
			return Forward
		},
		Message: func(n int) Deed {
			switch n {
			case 5, 17:
				return Lose
			case 9, 20:
				return Double
			case 12:
				return Swap
			}
			return Forward
		},
		Push: func(n int) Deed {
			switch n {
			case 4:
				return Lose
			case 7:
				return Double
			case 10:
				return Swap
			}
			return Forward
		},
	}
}

// SelfTest runs a small load through a proxy that loses, doubles and swaps known
// requests and pushes, and reports whether the bench found exactly those.
func SelfTest(ctx context.Context, o Options) (*SelfReport, error) {
	o.Mode = Chats
	o.defaults()
	proxy := selfHarm()
	if err := proxy.Start(o.URL); err != nil {
		return nil, err
	}
	defer proxy.Stop()
	o.URL = proxy.URL()
	door, err := Open(o.URL)
	if err != nil {
		return nil, err
	}
	defer door.Close()
	l := &load{Options: o, door: door, chats: newGauge(), messages: newGauge(), offers: newGauge(), lives: newGauge()}
	if err := l.prepare(ctx); err != nil {
		return nil, fmt.Errorf("preparing the server: %w", err)
	}
	for range selfChats {
		l.one(ctx, time.Now())
	}
	for range selfTalks {
		if err := l.selfTalk(ctx, proxy); err != nil {
			return nil, err
		}
	}
	found, err := Check(ctx, l.log, l.log.Chats(), l.admin)
	if err != nil {
		return nil, err
	}
	planted := proxy.Done()
	l.tidy(ctx)
	return &SelfReport{Planted: planted, Reported: harmOf(found), Findings: found}, nil
}

// selfTestMax bounds one conversation of the self-test.
const selfTestMax = 30 * time.Second

// selfTalk has one customer say all the lines and listen to them. Each is pushed
// before the next is said, so that each has a push of its own.
func (l *load) selfTalk(ctx context.Context, proxy *Harmful) error {
	ctx, cancel := context.WithTimeout(ctx, selfTestMax)
	defer cancel()
	c := l.log.New(fmt.Sprintf("%s-%d", l.log.Run, l.made.Add(1)), time.Now())
	if err := l.customers.Ask(ctx, c); err != nil {
		return err
	}
	listening, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.customers.Watch(listening, c)
	}()
	defer func() {
		stop()
		<-ended
	}()
	contact, _ := c.Contact()
	for range selfMessages {
		if err := l.customers.Say(ctx, c); err != nil {
			return err
		}
		if err := until(ctx, func() bool { return proxy.caughtUp(contact) }); err != nil {
			return fmt.Errorf("the server does not push what was said in %s: %w", c.Name, err)
		}
	}
	if err := until(ctx, func() bool { return c.reached(customerSide) }); err != nil {
		return fmt.Errorf("the last message of %s was not pushed: %w", c.Name, err)
	}
	return nil
}

// until waits until a condition holds or ctx is over.
func until(ctx context.Context, holds func() bool) error {
	for !holds() {
		if rest(ctx, time.Millisecond); ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// reached reports whether the last line was pushed to the recipient.
func (c *Chat) reached(to string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, there := c.stream(to).texts[c.lines[len(c.lines)-1].seq]
	return there
}
