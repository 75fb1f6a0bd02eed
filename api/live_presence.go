package api

import (
	"context"
	"sync"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/plan"
)

// presence tells the hub whose desktop is open. For each agent one goroutine at a
// time tells what is so now, until that is what the hub was told last.
type presence struct {
	feed *feed

	mu      sync.Mutex
	stopped bool
	desks   map[acd.AgentID]*desktop
}

// desktop is an agent's: as it is, and as the hub was told.
type desktop struct {
	unit       acd.UnitID
	open, told bool
	telling    bool
}

// presencePause is how long a hub that cannot be told is left alone.
const presencePause = time.Second

func (p *presence) set(unit acd.UnitID, agent acd.AgentID, open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return // the hub finds all desktops lost when it starts again
	}
	d := p.desks[agent]
	if d == nil {
		d = &desktop{}
		p.desks[agent] = d
	}
	d.unit, d.open = unit, open
	if !d.telling && d.open != d.told {
		d.telling = true
		p.feed.work.Go(func() { p.tell(agent, d) })
	}
}

// tell is the goroutine of one desktop.
func (p *presence) tell(agent acd.AgentID, d *desktop) {
	for {
		p.mu.Lock()
		if d.open == d.told || p.stopped {
			d.telling = false
			if !d.open {
				delete(p.desks, agent)
			}
			p.mu.Unlock()
			return
		}
		open, unit := d.open, d.unit
		p.mu.Unlock()
		if err := p.ask(unit, agent, open); err != nil {
			if f := fault.Of(err); f == nil || f.Kind == fault.Unavailable || f.Kind == fault.TooMany {
				select {
				case <-time.After(presencePause):
					continue
				case <-p.feed.life.Done():
					return
				}
			}
			// The hub knows no such agent, or one who is signed out: nothing to tell.
			p.feed.s.log.Debug("desktop not told", "err", err, "agent", agent)
		}
		p.mu.Lock()
		d.told = open
		p.mu.Unlock()
	}
}

func (p *presence) ask(unit acd.UnitID, agent acd.AgentID, open bool) error {
	ctx, cancel := context.WithTimeout(p.feed.life, answerMax)
	defer cancel()
	s, c := p.feed.s, call{unit: unit}
	if !open {
		_, err := s.ask(ctx, c, acd.DesktopLost{Agent: agent})
		return err
	}
	if _, err := s.ask(ctx, c, acd.SignedIn{Agent: agent, Reason: plan.JustSignedIn}); err != nil {
		return err
	}
	_, err := s.ask(ctx, c, acd.DesktopConnected{Agent: agent})
	return err
}

// stop tells no more.
func (p *presence) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
}
