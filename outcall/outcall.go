// Package outcall asks the outside on behalf of workflows: web requests, custom
// functions, and look-ups in databases that may only be read. Every call has a
// deadline of at most TimeoutMax, every answer a bound, and nothing is reached of the
// company's own network but what the site lists. It decides nothing: it tells the hub
// what came of a call.
//
// One Outcall owns its workers. A place is what a call goes to: a host, or a database
// connection. At most PlaceMax calls to one place run at a time and as many as
// PlaceWaitMax wait for it, so that a place that hangs holds up nobody else's.
package outcall

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"portico/acd"
	"portico/fault"
	"portico/workflow"
)

// Bounds of calls.
const (
	// TimeoutMax is how long a call may take in all, waiting for its turn included.
	TimeoutMax = 5 * time.Second
	// AnswerMax is how large the body of an answer, or one row, may be, in bytes.
	AnswerMax = 64 << 10
	// RequestMax is how large the body of a request may be, in bytes; the classic
	// profile has bounds of its own.
	RequestMax = 64 << 10
	// HeadersMax is how large the head of an answer may be, in bytes.
	HeadersMax = 32 << 10
	// RedirectsMax is how many redirections of one request are followed.
	RedirectsMax = 3

	// WorkersMax is how many calls run at a time.
	WorkersMax = 256
	// PlaceMax is how many of them go to one place.
	PlaceMax = 32
	// WaitMax and PlaceWaitMax are how many calls wait for their turn, in all and for
	// one place. More are answered at once as failed.
	WaitMax      = 4096
	PlaceWaitMax = 512
)

// Options of the calls. All fields but Resolver and Own are needed.
type Options struct {
	// Tell takes what came of a call that Take was given. It may wait until ctx ends. After
	// an error it is told again, until it takes it or Stop is called.
	Tell func(ctx context.Context, c Call, r Result) error
	// Secret gives the value of a secret of a business unit.
	Secret func(ctx context.Context, unit acd.UnitID, id SecretID) (string, error)
	// Connection and Function give what administrators registered. An error that is no
	// fault means that it is not there.
	Connection func(ctx context.Context, unit acd.UnitID, id ConnectionID) (Connection, error)
	Function   func(ctx context.Context, unit acd.UnitID, id FunctionID) (Function, error)
	// Allow gives what of the own network may be reached, as it is now.
	Allow func() Allow
	// Lookups is the folder that holds the SQLite files that may be read.
	Lookups string
	Log     *slog.Logger
	// Resolver looks names up; nil: the machine's.
	Resolver Resolver
	// Own gives the machine's own addresses; nil: as the system says.
	Own func() []netip.Addr
}

// Resolver looks up the addresses of a name.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Outcall makes the calls. Its methods are safe for concurrent use.
type Outcall struct {
	o      Options
	client *http.Client
	lanes  lanes

	running sync.WaitGroup
	life    context.Context // of every call that Take was given
	end     context.CancelFunc
}

// New makes an Outcall that has nothing to do yet.
func New(o Options) *Outcall {
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	if o.Own == nil {
		o.Own = interfaceAddresses
	}
	c := &Outcall{o: o, lanes: newLanes()}
	c.life, c.end = context.WithCancel(context.Background())
	c.client = c.newClient()
	return c
}

// Take makes a call as soon as its place has room, and tells what came of it. It does
// not block. What Stop finds unfinished is told to nobody: the call is made again
// after the next start, with the same idempotency key.
func (c *Outcall) Take(call Call) {
	deadline := time.Now().Add(call.timeout())
	ctx, cancel := context.WithDeadline(c.life, deadline)
	c.running.Add(1)
	j := &job{place: call.place(), ctx: ctx, run: func() {
		defer c.running.Done()
		defer cancel()
		c.tell(call, c.perform(ctx, call))
	}, fail: func(err error) {
		defer c.running.Done()
		defer cancel()
		c.tell(call, failed(err))
	}}
	c.lanes.add(j)
}

// Do makes one call at once and gives what came of it: for trials by administrators.
// It waits for its turn as every other does.
func (c *Outcall) Do(ctx context.Context, call Call) Result {
	ctx, cancel := context.WithTimeout(ctx, call.timeout())
	defer cancel()
	done := make(chan Result, 1)
	c.lanes.add(&job{place: call.place(), ctx: ctx, run: func() { done <- c.perform(ctx, call) }, fail: func(err error) { done <- failed(err) }})
	return <-done
}

// Call is Do for whoever speaks as workflows do.
func (c *Outcall) Call(ctx context.Context, unit acd.UnitID, call workflow.Call) workflow.Result {
	return c.Do(ctx, Call{unit, call}).Result
}

// Stop ends the calls under way and waits for all goroutines.
func (c *Outcall) Stop() {
	c.end()
	c.running.Wait()
	c.lanes.wait()
	c.client.CloseIdleConnections()
}

const (
	// tellWait is how long the hub may take to hear of an answer before it is told again.
	tellWait = 30 * time.Second
	// tellPause is how long it is left alone at first after it could not, tellPauseMax at last.
	tellPause    = 100 * time.Millisecond
	tellPauseMax = 5 * time.Second
)

// tell tells what came of a call. What nobody can take now is told again beside, so that the
// worker goes on.
func (c *Outcall) tell(call Call, r Result) {
	if c.life.Err() != nil {
		return // the answer was cut off by Stop, or nobody listens any more
	}
	if r.Err != nil {
		// By its code: the sentence may hold what the outside said of a customer.
		c.o.Log.Warn("a call to the outside failed", "contact", call.Token.Contact, "peer", call.place(), "err", fault.Of(r.Err).Code)
	}
	if err := c.tellOnce(call, r); err != nil && c.life.Err() == nil {
		c.o.Log.Warn("the answer of a call to the outside cannot be taken now; it is told again", "contact", call.Token.Contact,
			"peer", call.place(), "err", err)
		c.running.Go(func() { c.tellAgain(call, r) })
	}
}

func (c *Outcall) tellOnce(call Call, r Result) error {
	ctx, cancel := context.WithTimeout(c.life, tellWait)
	defer cancel()
	return c.o.Tell(ctx, call, r)
}

// tellAgain tells until it is heard, or nobody listens any more: after the next start the
// call is made anew.
func (c *Outcall) tellAgain(call Call, r Result) {
	for pause := tellPause; ; pause = min(2*pause, tellPauseMax) {
		select {
		case <-c.life.Done():
			return
		case <-time.After(pause):
		}
		if c.tellOnce(call, r) == nil {
			return
		}
	}
}

// perform makes a call and judges how it ended.
func (c *Outcall) perform(ctx context.Context, call Call) Result {
	var r Result
	var err error
	switch {
	case call.Web != nil:
		r.Result, err = c.request(ctx, call)
	case call.Function != nil:
		r.Result, err = c.function(ctx, call)
	case call.Lookup != nil:
		r.Result, err = c.lookup(ctx, call)
	default:
		err = errNoCall
	}
	if err == nil {
		return r
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = errTimeout
	}
	return failed(err)
}

// interfaceAddresses are the addresses at which this machine itself is reached.
func interfaceAddresses() []netip.Addr {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var own []netip.Addr
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(n.IP); ok {
				own = append(own, ip.Unmap())
			}
		}
	}
	return own
}
