package outcall

import (
	"context"
	"slices"
	"sync"
)

// job is one call that is to be made.
type job struct {
	place string
	ctx   context.Context
	run   func()
	fail  func(error) // in place of run
	off   func() bool // takes back the watch over ctx
}

// lanes keep calls apart by where they go. A place that hangs fills its own lane, and
// the other lanes take turns over the workers that it does not hold.
type lanes struct {
	mu      sync.Mutex
	places  map[string]*lane
	turns   []*lane // lanes with waiting jobs that may start one, in order
	running int
	waiting int
	workers *sync.WaitGroup
}

type lane struct {
	place   string
	running int
	waiting []*job
	inTurn  bool
}

func newLanes() lanes {
	return lanes{places: make(map[string]*lane), workers: new(sync.WaitGroup)}
}

// add starts a job, has it wait, or fails it when too many wait.
func (l *lanes) add(j *job) {
	l.mu.Lock()
	p := l.places[j.place]
	if p == nil {
		p = &lane{place: j.place}
		l.places[j.place] = p
	}
	if l.running < WorkersMax && p.running < PlaceMax && len(p.waiting) == 0 {
		l.start(p, j)
		l.mu.Unlock()
		return
	}
	if l.waiting >= WaitMax || len(p.waiting) >= PlaceWaitMax {
		l.mu.Unlock()
		j.fail(errCrowded)
		return
	}
	p.waiting = append(p.waiting, j)
	l.waiting++
	l.enlist(p)
	j.off = context.AfterFunc(j.ctx, func() { l.expire(p, j) }) // in a goroutine of its own
	l.mu.Unlock()
}

// expire fails a job whose time was over before its turn came.
func (l *lanes) expire(p *lane, j *job) {
	l.mu.Lock()
	i := slices.Index(p.waiting, j)
	if i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
		l.waiting--
		l.forget(p)
	}
	l.mu.Unlock()
	if i >= 0 {
		j.fail(errTimeout)
	}
}

// start runs a job in a worker of its own, which goes on with what waits. mu is held.
func (l *lanes) start(p *lane, j *job) {
	p.running++
	l.running++
	l.workers.Go(func() {
		for j != nil {
			j.run()
			p, j = l.next(p)
		}
	})
}

// next ends a job of a lane and gives the one whose turn it is.
func (l *lanes) next(done *lane) (*lane, *job) {
	l.mu.Lock()
	defer l.mu.Unlock()
	done.running--
	l.running--
	l.enlist(done)
	l.forget(done)
	for len(l.turns) > 0 {
		p := l.turns[0]
		l.turns = l.turns[1:]
		p.inTurn = false
		if len(p.waiting) == 0 || p.running >= PlaceMax {
			l.forget(p)
			continue
		}
		j := p.waiting[0]
		p.waiting = p.waiting[1:]
		l.waiting--
		p.running++
		l.running++
		l.enlist(p)
		j.off()
		return p, j
	}
	return nil, nil
}

// enlist puts a lane that may start a job at the end of the turns. mu is held.
func (l *lanes) enlist(p *lane) {
	if !p.inTurn && len(p.waiting) > 0 && p.running < PlaceMax {
		p.inTurn = true
		l.turns = append(l.turns, p)
	}
}

// forget drops a lane that is empty. mu is held.
func (l *lanes) forget(p *lane) {
	if p.running == 0 && len(p.waiting) == 0 && !p.inTurn {
		delete(l.places, p.place)
	}
}

// wait returns when no worker runs.
func (l *lanes) wait() { l.workers.Wait() }
