package systemtest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"portico/bench"
)

// crowd is a steady load: customers who ask, say two more things and wait, agents
// who take what they are offered, and a few long conversations with a socket on
// either side. All go on by themselves when the server comes back.
type crowd struct {
	t         *testing.T
	log       *bench.Log
	admin     *bench.Admin
	customers *bench.Customers // of those who wait in the queue
	talkers   *bench.Customers // of the long conversations
	team      []*bench.Agent
	partners  []*bench.Agent

	made     atomic.Int64
	messages atomic.Int64 // answered
	inFlight atomic.Int64
	trouble  atomic.Value // what went wrong last
	mu       sync.Mutex
	touched  []*bench.Chat // what the checker has not seen yet, oldest first

	asking  sync.WaitGroup // those who say something
	desks   sync.WaitGroup
	sockets sync.WaitGroup        // of customers
	stop    [3]context.CancelFunc // of each
}

// The size of the load: bursts of 32 customers, often enough for more than 100
// chats and 300 messages a second.
const (
	crowdCustomers = 32
	crowdEvery     = 160 * time.Millisecond
	crowdAgents    = 16
	crowdTalks     = 6
	talkEvery      = 40 * time.Millisecond
)

// gather prepares queues, agents and customers on a running server.
func gather(ctx context.Context, t *testing.T, s *server) *crowd {
	t.Helper()
	c := &crowd{t: t, log: bench.NewLog(bench.NewRun()), admin: s.administrator(ctx, "DEFAULT")}
	c.admin.Since = time.Now().Add(-time.Minute)
	c.team, c.customers = c.staff(ctx, s, "crowd", crowdAgents, 4)
	c.partners, c.talkers = c.staff(ctx, s, "long", crowdTalks, 1)
	for _, a := range c.partners {
		a.Talk, a.Follow = -1, true
	}
	for _, a := range c.team {
		a.Talk, a.Follow = 1, true
	}
	return c
}

func (c *crowd) staff(ctx context.Context, s *server, name string, agents, capacity int) ([]*bench.Agent, *bench.Customers) {
	c.t.Helper()
	skill, err := c.admin.Skill(ctx, name)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.admin.Queue(ctx, name, bench.ChatQueue(skill, 50)); err != nil {
		c.t.Fatal(err)
	}
	team, err := c.admin.Team(ctx, name, agents, capacity, map[string]int{skill: 100})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, a := range team {
		a.Log = c.log
	}
	customers := &bench.Customers{Door: s.door, Log: c.log, Path: "/web", Unit: "DEFAULT", Queue: name,
		Troubled: func(err error) { c.trouble.Store(err.Error()) }}
	if err := customers.AwaitQueue(ctx); err != nil {
		c.t.Fatal(err)
	}
	return team, customers
}

// start begins the load. It goes on until end.
func (c *crowd) start(ctx context.Context) {
	var asking, serving, watching context.Context
	asking, c.stop[0] = context.WithCancel(ctx)
	serving, c.stop[1] = context.WithCancel(ctx)
	watching, c.stop[2] = context.WithCancel(ctx)
	for _, a := range append(append([]*bench.Agent(nil), c.team...), c.partners...) {
		c.desks.Go(func() { a.Serve(serving) })
	}
	var bursts [crowdCustomers]chan struct{}
	for i := range bursts {
		bursts[i] = make(chan struct{}, 1)
		c.asking.Go(func() {
			for range bursts[i] {
				c.ask(ctx, watching, i == 0)
			}
		})
	}
	c.asking.Go(func() {
		beat := time.NewTicker(crowdEvery)
		defer beat.Stop()
		for asking.Err() == nil {
			select {
			case <-beat.C:
			case <-asking.Done():
			}
			for _, b := range bursts {
				select {
				case b <- struct{}{}:
				default: // still at the last one: the server is away
				}
			}
		}
		for _, b := range bursts {
			close(b)
		}
	})
	for range c.partners {
		c.asking.Go(func() { c.talk(ctx, asking, watching) })
	}
}

// ask is one customer of a burst.
func (c *crowd) ask(ctx, watching context.Context, watched bool) {
	chat := c.log.New(fmt.Sprintf("%s-%d", c.log.Run, c.made.Add(1)), time.Now())
	c.inFlight.Add(1)
	defer c.inFlight.Add(-1)
	if c.customers.Ask(ctx, chat) != nil {
		return
	}
	c.messages.Add(1)
	if watched {
		c.sockets.Go(func() { c.customers.Watch(watching, chat) })
	}
	for range 2 {
		if c.customers.Say(ctx, chat) != nil {
			return
		}
		c.messages.Add(1)
	}
	c.touch(chat)
}

// talk is one long conversation: both sides in turn, until asking is over.
func (c *crowd) talk(ctx, asking, watching context.Context) {
	chat := c.log.New(fmt.Sprintf("%s-long-%d", c.log.Run, c.made.Add(1)), time.Now())
	if c.talkers.Ask(ctx, chat) != nil {
		return
	}
	c.sockets.Go(func() { c.talkers.Watch(watching, chat) })
	var agent *bench.Agent
	for agent == nil && ctx.Err() == nil {
		agent = c.partner(chat.Owner())
		time.Sleep(5 * time.Millisecond)
	}
	contact, _ := chat.Contact()
	beat := time.NewTicker(talkEvery)
	defer beat.Stop()
	for n := 0; asking.Err() == nil; n++ {
		var err error
		if n%2 == 0 {
			err = c.talkers.Say(ctx, chat)
		} else {
			err = agent.Say(ctx, contact, chat)
		}
		if err == nil {
			c.messages.Add(1)
		} else if ctx.Err() == nil {
			c.t.Errorf("a line of a long conversation was refused: %v", err)
			return
		}
		if n%25 == 0 {
			c.touch(chat)
		}
		select {
		case <-beat.C:
		case <-asking.Done():
		}
	}
}

func (c *crowd) partner(id string) *bench.Agent {
	for _, a := range c.partners {
		if a.ID == id {
			return a
		}
	}
	return nil
}

func (c *crowd) touch(chat *bench.Chat) {
	c.mu.Lock()
	c.touched = append(c.touched, chat)
	c.mu.Unlock()
}

// untouch gives the chat that was touched last, or nil.
func (c *crowd) untouch() *bench.Chat {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.touched)
	if n == 0 {
		return nil
	}
	chat := c.touched[n-1]
	c.touched = c.touched[:n-1]
	return chat
}

// look checks what was touched, the last first, until nothing is left or ctx is
// over. What could not be read is left for the next time; what is not reached is
// checked at the end.
func (c *crowd) look(ctx context.Context) int {
	const eyes = 3
	var checked atomic.Int64
	var group sync.WaitGroup
	for range eyes {
		group.Go(func() {
			for ctx.Err() == nil {
				chat := c.untouch()
				if chat == nil {
					return
				}
				found, err := bench.CheckOpen(ctx, chat, c.admin)
				if err != nil {
					c.touch(chat)
					return
				}
				for _, f := range found {
					c.t.Errorf("after a restart: %v", f)
				}
				checked.Add(1)
			}
		})
	}
	group.Wait()
	return int(checked.Load())
}

// end ends the load from the outside in: no new questions and what is under way
// comes to its end; both sides hear everything; the agents leave; the customers
// hear the rest. Then all is checked.
func (c *crowd) end(ctx context.Context) {
	c.t.Helper()
	c.stop[0]()
	c.ends(&c.asking, "those who ask")
	c.allHeard(ctx)
	c.stop[1]()
	c.ends(&c.desks, "the agents")
	c.allHeard(ctx)
	c.stop[2]()
	c.ends(&c.sockets, "those who watch")
	book := &factBook{Pages: c.admin, facts: map[string][]bench.FactView{}}
	found, err := bench.Check(ctx, c.log, c.log.Chats(), book)
	if err != nil {
		c.t.Fatal(err)
	}
	book.inOrder(c.t)
	for i, f := range found {
		if i == 20 {
			c.t.Errorf("and %d more", len(found)-i)
			break
		}
		c.t.Error(f)
	}
}

// ends waits for a part of the load, and names what it meets when it does not end.
func (c *crowd) ends(part *sync.WaitGroup, who string) {
	c.t.Helper()
	done := make(chan struct{})
	go func() { // ends with the load, at the latest when the test's context is over
		part.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		trouble, _ := c.trouble.Load().(string)
		c.t.Fatalf("%s do not come to an end: %s", who, trouble)
	}
}

// allHeard waits until what the pages hold was pushed to whoever watches.
func (c *crowd) allHeard(ctx context.Context) {
	c.t.Helper()
	for _, chat := range c.log.Chats() {
		eventually(c.t, "everything that was said in "+chat.Name+" was pushed", func() bool {
			heard, err := chat.Heard(ctx, c.admin)
			if err != nil {
				c.t.Fatal(err)
			}
			return heard
		})
	}
}
