package systemtest

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// killsLeast is how many kills one run has on each store; PORTICO_KILLS says otherwise.
const killsLeast = 50

// Whatever was answered or pushed to anybody is there once, in order and with its
// owner, though the process is killed again and again under load, at any moment
// from its first instruction on. Desktops and widgets go on by themselves, and a
// repeated request is answered as it was.
func TestKill(t *testing.T) {
	kills := killsLeast
	if n, err := strconv.Atoi(os.Getenv("PORTICO_KILLS")); err == nil {
		kills = n
	}
	onEachStore(t, func(t *testing.T, store string) {
		ctx := within(t, time.Duration(kills)*15*time.Second+2*time.Minute)
		s := install(t, store, false)
		s.start()
		c := gather(ctx, t, s)
		c.start(ctx)
		seed := uint64(time.Now().UnixNano())
		chance := rand.New(rand.NewPCG(seed, 0))
		t.Logf("seed %d", seed)
		var up time.Duration
		checked, full := 0, 0
		for i := range kills {
			if i%10 == 9 {
				// In the middle of starting up.
				s.kill()
				s.launch()
				rest(time.Duration(chance.Int64N(int64(250 * time.Millisecond))))
				s.kill()
				s.start()
				continue
			}
			ready := time.Now()
			running, cancel := context.WithTimeout(ctx, time.Duration(chance.Int64N(int64(3*time.Second))))
			checked += c.look(running)
			<-running.Done()
			cancel()
			s.alive()
			if i%5 != 0 && c.inTheMiddle() {
				full++
			}
			s.kill()
			up += time.Since(ready)
			s.start()
		}
		for n, chat := range c.log.Chats() {
			if contact, _ := chat.Contact(); n%20 == 0 && contact != "" {
				if err := c.customers.Repeat(ctx, chat); err != nil {
					t.Errorf("%s is refused when it is asked for again: %v", chat.Name, err)
				}
			}
		}
		c.end(ctx)
		if full < kills/2 {
			t.Errorf("only %d of %d kills met %d requests in flight", full, kills, crowdCustomers)
		}
		t.Logf("%d kills, %d of them with %d requests in flight; %.1f s of load with %.0f chats/s and %.0f messages/s answered; %d chats checked after restarts, %d at the end",
			kills, full, crowdCustomers, up.Seconds(), float64(c.made.Load())/up.Seconds(), float64(c.messages.Load())/up.Seconds(), checked, len(c.log.Chats()))
	})
}

// inTheMiddle waits for the next burst, until all its requests are in flight; not
// for long.
func (c *crowd) inTheMiddle() bool {
	for deadline := time.Now().Add(3 * crowdEvery); time.Now().Before(deadline); {
		if c.inFlight.Load() == crowdCustomers {
			return true
		}
		rest(50 * time.Microsecond)
	}
	return false
}

func rest(d time.Duration) { time.Sleep(d) }
