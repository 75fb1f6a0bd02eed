package store

import (
	"sync"
	"time"
)

// Health is whether the store can save now.
type Health struct {
	Away     bool
	Since    time.Time // of Away
	Sentence string    // for people: what is wrong; empty when nothing is
	// Lost is set for good once another process owns the store. This one must end.
	Lost bool
}

// cause is who says that the store is away.
type cause uint8

const (
	causeWriter cause = iota // a commit failed
	causeStall               // a commit takes too long
	causeWatch               // the engine's own watch of its server
	causes
)

// health collects what the causes say. Watchers are called under its lock, so that
// they hear the changes in order.
type health struct {
	now func() time.Time

	mu      sync.Mutex
	says    [causes]string
	is      Health
	watches []func(Health)
}

// set notes what a cause says; the empty sentence takes it back.
func (h *health) set(c cause, sentence string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.says[c] = sentence
	if h.is.Lost {
		return
	}
	first := ""
	for _, s := range h.says {
		if first == "" {
			first = s
		}
	}
	away := first != ""
	if away == h.is.Away && first == h.is.Sentence {
		return
	}
	since := h.is.Since
	if away && !h.is.Away {
		since = h.now()
	} else if !away {
		since = time.Time{}
	}
	h.tell(Health{Away: away, Since: since, Sentence: first})
}

// lose says for good that another process owns the store.
func (h *health) lose() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.is.Lost {
		return
	}
	h.tell(Health{Away: true, Since: h.now(), Lost: true,
		Sentence: "Another process owns this store now. This one has stopped saving and must be ended."})
}

func (h *health) tell(is Health) {
	h.is = is
	for _, watch := range h.watches {
		watch(is)
	}
}

func (h *health) read() Health {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.is
}

func (h *health) watch(f func(Health)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watches = append(h.watches, f)
}
