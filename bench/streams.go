package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// Streams holds very many desktops and chats open on one server, and does little else:
// what is looked at is the server. It is one process's share of them; a process has its
// own limit of open files.
type Streams struct {
	Door *Door
	Path string // the customers' virtual path
	Unit string // name of the business unit
	Run  string // begins the client ids
	// Members are the agents whose desktops this share opens.
	Members []Member
	// Queue names the queue of a chat, by its number.
	Queue func(i int) string
	// First is the number of this share's first chat.
	First int

	failed     atomic.Int64
	firstError atomic.Value
	accepted   atomic.Int64
	frames     atomic.Int64
	group      sync.WaitGroup
	chats      []chatMade // in order; empty where none was made
}

// Member is an agent who is signed in: a line of what `portico bench sessions` writes.
type Member struct {
	Name    string `json:"name"`
	ID      string `json:"id"`
	Session string `json:"session"`
}

func (m Member) pass() Pass { return Pass("Cookie: portico_session=" + m.Session) }

// streamHands is how many sockets or requests a share has under way at a time.
const streamHands = 64

// Phase is what a share did, and how it went.
type Phase struct {
	Name       string  `json:"name"`
	Done       int64   `json:"done"`
	Failed     int64   `json:"failed"`
	FirstError string  `json:"first_error,omitempty"`
	TookS      float64 `json:"took_s"`
	Accepted   int64   `json:"accepted"` // offers, since the beginning
	Frames     int64   `json:"frames"`   // that the sockets were sent, since the beginning
}

// do does n things, many at a time, and tells how that went.
func (s *Streams) do(ctx context.Context, name string, n int, one func(i int) error) Phase {
	began := time.Now()
	s.failed.Store(0)
	s.firstError = atomic.Value{}
	var next, done atomic.Int64
	var hands sync.WaitGroup
	for range min(streamHands, n) {
		hands.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := one(i); err != nil {
					s.trouble(err)
				} else {
					done.Add(1)
				}
			}
		})
	}
	hands.Wait()
	p := Phase{Name: name, Done: done.Load(), TookS: time.Since(began).Seconds()}
	s.tell(&p)
	return p
}

func (s *Streams) tell(p *Phase) {
	p.Failed, p.Accepted, p.Frames = s.failed.Load(), s.accepted.Load(), s.frames.Load()
	p.FirstError, _ = s.firstError.Load().(string)
}

func (s *Streams) trouble(err error) {
	s.failed.Add(1)
	s.firstError.CompareAndSwap(nil, err.Error())
}

// Desks opens a desktop for each member. It stays open until ctx is over, and accepts
// whatever it is offered.
func (s *Streams) Desks(ctx context.Context) Phase {
	return s.do(ctx, "desktops", len(s.Members), func(i int) error {
		m := s.Members[i]
		socket, err := s.Door.Live(ctx, "/api/v1/live", m.pass())
		if err != nil {
			return err
		}
		if err := tell(ctx, socket, topic{Topic: "agent"}); err != nil {
			socket.CloseNow()
			return err
		}
		ready := make(chan struct{})
		s.group.Go(func() { s.desk(ctx, m, socket, ready) })
		select {
		case <-ready:
			return nil
		case <-time.After(exchangeMax):
			return fmt.Errorf("the desktop of %s was not shown", m.Name)
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// desk reads one desktop's socket; ready is closed at the first snapshot.
func (s *Streams) desk(ctx context.Context, m Member, socket *websocket.Conn, ready chan struct{}) {
	defer socket.CloseNow()
	asked := map[string]uint32{} // offers that were accepted
	for shown := false; ; {
		var f frame
		if err := readFrame(ctx, socket, &f); err != nil {
			if ctx.Err() == nil {
				s.trouble(fmt.Errorf("the desktop of %s: %w", m.Name, err))
			}
			return
		}
		s.frames.Add(1)
		if f.Topic != "agent" || f.Kind != "snapshot" {
			continue
		}
		if !shown {
			shown = true
			close(ready)
		}
		var d Desk
		if err := json.Unmarshal(f.Body, &d); err != nil {
			s.trouble(fmt.Errorf("reading the desk of %s: %w", m.Name, err))
			return
		}
		for _, c := range d.Contacts {
			if c.State == "offered" && asked[c.ID] != c.Offer {
				asked[c.ID] = c.Offer
				s.group.Go(func() { s.accept(ctx, m, c) })
			}
		}
	}
}

func (s *Streams) accept(ctx context.Context, m Member, c DeskContact) {
	err := again(ctx, nil, func() error {
		return s.Door.JSON(ctx, http.MethodPost, "/api/v1/contacts/"+c.ID+"/accept", m.pass(), map[string]any{"offer": c.Offer}, nil)
	})
	if err != nil && ctx.Err() == nil {
		s.trouble(err)
		return
	}
	s.accepted.Add(1)
}

// Available makes all members available.
func (s *Streams) Available(ctx context.Context) Phase {
	return s.do(ctx, "available", len(s.Members), func(i int) error {
		return again(ctx, nil, func() error {
			return s.Door.JSON(ctx, http.MethodPut, "/api/v1/agent/state", s.Members[i].pass(), map[string]any{"available": true}, nil)
		})
	})
}

// Ask makes n chats.
func (s *Streams) Ask(ctx context.Context, n int) Phase {
	s.chats = make([]chatMade, n)
	return s.do(ctx, "chats", n, func(i int) error {
		name := fmt.Sprintf("%s-%d", s.Run, s.First+i)
		body := newChat{ClientID: name, Unit: s.Unit, Queue: s.Queue(s.First + i), Name: name, Caption: "a question of the bench",
			Language: "english", Text: "I have a question."}
		return again(ctx, nil, func() error {
			return s.Door.JSON(ctx, http.MethodPost, s.Path+"/api/chats", "", body, &s.chats[i])
		})
	})
}

// Listen opens a socket for each of the first n chats, as the customers' pages do. It
// stays open until ctx is over.
func (s *Streams) Listen(ctx context.Context, n int) Phase {
	return s.do(ctx, "chat sockets", min(n, len(s.chats)), func(i int) error {
		c := s.chats[i]
		if c.Contact == "" {
			return fmt.Errorf("chat %d was not made", i)
		}
		socket, err := s.Door.Live(ctx, s.Path+"/api/chats/"+c.Contact+"/live?after=0", Bearer(c.Session))
		if err != nil {
			return err
		}
		s.group.Go(func() {
			defer socket.CloseNow()
			for {
				var f frame
				if err := readFrame(ctx, socket, &f); err != nil {
					if ctx.Err() == nil {
						s.trouble(fmt.Errorf("the socket of a chat: %w", err))
					}
					return
				}
				s.frames.Add(1)
			}
		})
		return nil
	})
}

// Hold keeps all open for a time, and tells what was lost meanwhile.
func (s *Streams) Hold(ctx context.Context, most time.Duration) Phase {
	began := time.Now()
	s.failed.Store(0)
	s.firstError = atomic.Value{}
	rest(ctx, most)
	p := Phase{Name: "hold", TookS: time.Since(began).Seconds()}
	s.tell(&p)
	return p
}

// Close waits until all that the share began has ended. Its context must be over.
func (s *Streams) Close() { s.group.Wait() }

// Leave has all customers who asked leave.
func (s *Streams) Leave(ctx context.Context) Phase {
	chats := s.chats
	s.Run = NewRun() // the next ones have names of their own
	return s.do(ctx, "leave", len(chats), func(i int) error {
		if chats[i].Contact == "" {
			return nil
		}
		return again(ctx, nil, func() error {
			return s.Door.JSON(ctx, http.MethodPost, s.Path+"/api/chats/"+chats[i].Contact+"/end", Bearer(chats[i].Session), struct{}{}, nil)
		})
	})
}
