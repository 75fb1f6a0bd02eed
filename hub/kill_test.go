package hub

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/store"
)

// mortal is a memory whose process can die: from then on nothing is saved, and the
// commit in flight is saved or not, as it happens.
type mortal struct {
	*memory
	r    *rand.Rand
	mu   sync.Mutex
	dead bool
}

func (m *mortal) SubmitHub(units []store.Unit, done func(uint64, []store.Outcome)) {
	m.mu.Lock()
	delay, survives := time.Duration(m.r.IntN(20))*time.Millisecond, m.r.IntN(2) == 0
	m.mu.Unlock()
	go func() {
		time.Sleep(delay)
		m.mu.Lock()
		dead := m.dead
		m.mu.Unlock()
		if dead && !survives {
			return // done is never called: the process is gone
		}
		n, outcomes := m.save(units)
		if !dead {
			done(n, outcomes)
		}
	}()
}

// customers keep asking for their chat, with the same client id, until they are
// answered; what was answered is noted.
type customers struct {
	mu       sync.Mutex
	hub      *Hub
	answered map[string]acd.ContactID
	minted   int
}

func (c *customers) one(r uint64) {
	rng := rand.New(rand.NewPCG(r, 4))
	id := fmt.Sprint("customer ", r)
	for {
		time.Sleep(time.Duration(rng.IntN(300)) * time.Millisecond)
		c.mu.Lock()
		h := c.hub
		c.minted++
		a := arrival(c.minted)
		c.mu.Unlock()
		a.ClientID = id
		got, err := h.Ask(within(40*time.Millisecond), Command{Arrival: a, Unit: sales,
			Riders: []store.Row{store.Message{Kind: "text", Unit: sales, Contact: a.Contact, Seq: 1, ClientID: id}}})
		if err == nil {
			c.mu.Lock()
			c.answered[id] = got.Contact
			c.mu.Unlock()
			return
		}
		if fault.Of(err).Code != "store_away" {
			panic(err)
		}
	}
}

// The process dies at any moment, again and again. Whoever was answered has exactly
// one contact with its first message; nobody has two; and the order of those who
// wait is that of their due.
func TestKill(t *testing.T) {
	for seed := range uint64(25) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 5))
			rows := newMemory()
			c := &customers{answered: map[string]acd.ContactID{}}
			var m *mortal
			boot := func() {
				m = &mortal{memory: rows, r: rand.New(rand.NewPCG(r.Uint64(), 6))}
				h := New(Options{Store: m, Now: time.Now, Log: quiet(), NewID: func() [16]byte { return [16]byte{1} }})
				if err := h.Start(t.Context(), thePlan()); err != nil {
					t.Fatal(err)
				}
				c.mu.Lock()
				c.hub = h
				c.mu.Unlock()
			}
			boot()
			var all sync.WaitGroup
			for n := range uint64(40) {
				all.Go(func() { c.one(seed*1000 + n) })
			}
			for range 5 {
				time.Sleep(time.Duration(r.IntN(80)) * time.Millisecond)
				m.mu.Lock()
				m.dead = true
				m.mu.Unlock()
				gone, cancel := context.WithCancel(t.Context())
				cancel()
				if err := c.hub.Stop(gone); err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				time.Sleep(20 * time.Millisecond) // the commit in flight comes to its end
				boot()
			}
			all.Wait()
			if err := c.hub.Stop(t.Context()); err != nil {
				t.Error(err)
			}
			rows.judge(t, c)
		})
	}
}

func (m *memory) judge(t *testing.T, c *customers) {
	t.Helper()
	if len(m.known) != 40 || len(m.open) != 40 || len(m.texts) != 40 || len(c.answered) != 40 {
		t.Errorf("%d contacts, %d open, %d messages, %d answered: want 40 of each", len(m.known), len(m.open), len(m.texts), len(c.answered))
	}
	for id, contact := range c.answered {
		if m.known[contact].ClientID != id {
			t.Errorf("%s was answered with %s", id, contact)
		}
	}
	var line []acd.ContactRow
	for _, o := range m.open {
		line = append(line, o.ContactRow)
	}
	slices.SortFunc(line, func(a, b acd.ContactRow) int { return int(a.Due - b.Due) })
	for i := 1; i < len(line); i++ {
		if line[i].FirstQueued < line[i-1].FirstQueued {
			t.Errorf("contact %s came before one that is served before it", line[i].ID)
		}
	}
}
