package bench

import (
	"sort"
	"strings"
	"sync"
	"time"
)

// Customer is the name of the customer as a recipient of pushes; agents are
// recipients by their ids.
const customerSide = "customer"

// Log is what the bench knows of its own: what it sent, what was answered and what
// was pushed to it. It is safe for concurrent use.
type Log struct {
	// Run begins the name of every contact and the text of every message.
	Run string

	mu    sync.Mutex
	chats map[string]*Chat // by name
}

// Chat is all that is known of one chat.
type Chat struct {
	Name string    // the client id, and the customer's name
	Due  time.Time // when it should be sent; latencies count from here

	mu      sync.Mutex
	contact string // as first answered; empty while the outcome is unknown
	session string
	sent    bool
	refused bool               // certainly not made
	lines   []*line            // in order of sending
	streams map[string]*stream // what was pushed, by recipient
	offers  []offered
	deeds   []deed
	wrong   []Finding // contradictions seen on the way
	ended   bool
	done    chan struct{} // closed when the agent's wrap-up was answered, or the chat's end was
}

// line is one message that the bench sent. Its text begins with its name.
type line struct {
	name  string
	by    string // recipient name of the author
	acked bool
	seq   uint64 // as answered; 0 where the answer names none
}

type offered struct {
	agent string
	n     uint32
}

// deed is a command of an agent that was answered.
type deed struct {
	kind  string // accepted, declined, finished, ended: the fact's name
	agent string
}

// stream is what one recipient was pushed of one conversation, over all its
// connections: each resumes after the last entry.
type stream struct {
	texts   map[uint64]string // first word of the text, by seq
	next    uint64            // the next one expected
	missing map[uint64]bool
	doubled int
	late    int
	open    bool // still watched when the run ended
}

// NewLog begins the log of a run. Its name must be new to the server.
func NewLog(run string) *Log { return &Log{Run: run, chats: map[string]*Chat{}} }

// New notes that a chat is about to be asked for.
func (l *Log) New(name string, due time.Time) *Chat {
	c := &Chat{Name: name, Due: due, done: make(chan struct{})}
	l.mu.Lock()
	l.chats[name] = c
	l.mu.Unlock()
	return c
}

// Find gives the chat of a name, or nil.
func (l *Log) Find(name string) *Chat {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.chats[name]
}

// Chats gives all chats by name.
func (l *Log) Chats() []*Chat {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]*Chat, 0, len(l.chats))
	for _, c := range l.chats {
		all = append(all, c)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}

// Made notes the answer to the request for the chat. Every answer must name the
// same contact.
func (c *Chat) Made(contact, session string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.contact != "" && c.contact != contact {
		c.wrong = append(c.wrong, Finding{Kind: Doubled, What: "contact", Chat: c.Name,
			Detail: "the same client id was answered with " + c.contact + " and with " + contact})
		return
	}
	c.contact, c.session = contact, session
}

// Contact gives the contact and the session that were answered, or empty texts.
func (c *Chat) Contact() (contact, session string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.contact, c.session
}

// Refused notes that the chat was refused for certain.
func (c *Chat) Refused() {
	c.mu.Lock()
	c.refused = true
	c.mu.Unlock()
}

func (c *Chat) said(l *line, seq uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.acked && l.seq != seq && l.seq != 0 {
		c.wrong = append(c.wrong, Finding{Kind: Doubled, What: "message", Chat: c.Name,
			Detail: "the same client id was answered with two numbers: " + l.name})
		return
	}
	l.acked, l.seq = true, seq
}

// Pushed notes messages that arrived at a recipient, as they came.
func (c *Chat) Pushed(to string, messages []MessageView) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stream(to)
	for _, m := range messages {
		if had, ok := s.texts[m.Seq]; ok {
			if had != m.mark() {
				c.wrong = append(c.wrong, Finding{Kind: Contradiction, What: "push", Chat: c.Name,
					Detail: to + " was pushed two texts under one number: " + had + " and " + m.mark()})
			}
			s.doubled++
			continue
		}
		s.texts[m.Seq] = m.mark()
		if s.missing[m.Seq] {
			delete(s.missing, m.Seq)
			s.late++
			continue
		}
		for ; s.next < m.Seq; s.next++ {
			s.missing[s.next] = true
		}
		s.next = m.Seq + 1
	}
}

// After gives the number to resume a recipient's stream from.
func (c *Chat) After(to string) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stream(to).next - 1
}

// Watched notes whether a recipient is to be told of everything until the end.
func (c *Chat) Watched(to string, open bool) {
	c.mu.Lock()
	c.stream(to).open = open
	c.mu.Unlock()
}

func (c *Chat) stream(to string) *stream {
	if c.streams == nil {
		c.streams = map[string]*stream{}
	}
	s := c.streams[to]
	if s == nil {
		s = &stream{texts: map[uint64]string{}, next: 1, missing: map[uint64]bool{}}
		c.streams[to] = s
	}
	return s
}

// Offered notes a pushed offer, and reports whether it is the first sight of it.
func (c *Chat) Offered(agent string, n uint32) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.offers {
		if o == (offered{agent, n}) {
			return false
		}
	}
	c.offers = append(c.offers, offered{agent, n})
	return true
}

// Did notes an answered command of an agent by the name of its fact.
func (c *Chat) Did(kind, agent string) {
	c.mu.Lock()
	c.deeds = append(c.deeds, deed{kind, agent})
	c.mu.Unlock()
	if kind == "ended" {
		c.End()
	}
}

// End notes that nothing more is expected of the chat.
func (c *Chat) End() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.ended = true
		close(c.done)
	}
}

// Done is closed when the chat's life is over.
func (c *Chat) Done() <-chan struct{} { return c.done }

// mark is what makes a message the same to whoever is shown it: the name that the
// bench gave it. What the server says by itself it words for each reader; there
// the kind counts.
func (m MessageView) mark() string {
	switch m.Kind {
	case "", "text", "note":
		return firstWord(m.Text)
	}
	return m.Kind
}

// firstWord is the name that the bench gave a message.
func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}
