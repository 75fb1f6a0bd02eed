package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	mathrand "math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Mode is what a run does.
type Mode string

const (
	// Chats makes chats that nobody answers.
	Chats Mode = "chats"
	// Messages has customers and agents talk in conversations that stay open.
	Messages Mode = "messages"
	// Lives takes chats from the arrival to the end of the wrap-up.
	Lives Mode = "lives"
)

// Options of a run. Zero values mean what each field says.
type Options struct {
	URL  string
	Path string // the customers' virtual path; empty: /web
	// Token is an API token of an administrator. Empty: User signs in with Password.
	Token          string
	User, Password string
	// Unit is the name of the business unit in whose queue the load arrives; empty:
	// DEFAULT.
	Unit string

	Mode     Mode
	Clients  int     // closed loop; 0: 50
	Rate     float64 // arrivals a second, Poisson; 0: closed loop
	Agents   int     // 0: 50
	Capacity int     // chats an agent may hold; 0: 3
	Talk     int     // lines of an agent in each life
	WarmUp   time.Duration
	Duration time.Duration // 0: 10 s
	// ContactsMax ends the run early; 0: 1,000,000.
	ContactsMax int64
	// Drain is how long the run waits at its end for what is under way; 0: 15 s.
	Drain time.Duration
}

// openMax bounds what an open loop has under way. What would go beyond is counted
// as an error: the server no longer keeps up, and waiting longer would not tell more.
const openMax = 4096

// load is one run under way.
type load struct {
	Options
	door      *Door
	log       *Log
	admin     *Admin
	customers *Customers
	team      []*Agent
	byID      map[string]*Agent

	began, from, until time.Time
	made               atomic.Int64
	errors             atomic.Int64
	firstError         atomic.Value
	pushes             atomic.Int64
	unfinished         atomic.Int64
	chats, messages    *gauge
	offers, lives      *gauge
}

// Run puts the load on the server and gives what it measured. The context ends it early.
func Run(ctx context.Context, o Options) (*Report, error) {
	o.defaults()
	door, err := Open(o.URL)
	if err != nil {
		return nil, err
	}
	defer door.Close()
	l := &load{Options: o, door: door, byID: map[string]*Agent{},
		chats: newGauge(), messages: newGauge(), offers: newGauge(), lives: newGauge()}
	if err := l.prepare(ctx); err != nil {
		return nil, fmt.Errorf("preparing the server: %w", err)
	}
	working, stop := context.WithCancel(ctx)
	defer stop()
	var desks sync.WaitGroup
	for _, a := range l.team {
		desks.Go(func() { a.Serve(working) })
	}
	l.drive(ctx)
	stop()
	desks.Wait()
	r, err := l.report(ctx)
	if l.Mode == Chats {
		l.tidy(ctx)
	}
	return r, err
}

// tidyMax bounds the time for taking back what nobody answered.
const tidyMax = time.Minute

// tidy has the customers whom nobody answered leave, so that the next run finds an
// empty queue.
func (l *load) tidy(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, tidyMax)
	defer cancel()
	l.customers.Troubled = nil
	chats := l.log.Chats()
	var group sync.WaitGroup
	for w := range checkers {
		group.Go(func() {
			for i := w; i < len(chats) && ctx.Err() == nil; i += checkers {
				if contact, _ := chats[i].Contact(); contact != "" {
					l.customers.Leave(ctx, chats[i])
				}
			}
		})
	}
	group.Wait()
}

func (o *Options) defaults() {
	if o.Path == "" {
		o.Path = "/web"
	}
	if o.Unit == "" {
		o.Unit = "DEFAULT"
	}
	if o.Clients == 0 {
		o.Clients = 50
	}
	if o.Agents == 0 {
		o.Agents = 50
	}
	if o.Mode == Chats {
		o.Agents = 0
	}
	if o.Capacity == 0 {
		o.Capacity = 3
	}
	if o.Mode == Messages {
		o.Capacity = max(o.Capacity, (o.Clients+o.Agents-1)/o.Agents)
		o.Talk = -1
	}
	if o.Duration == 0 {
		o.Duration = 10 * time.Second
	}
	if o.ContactsMax == 0 {
		o.ContactsMax = 1_000_000
	}
	if o.Drain == 0 {
		o.Drain = 15 * time.Second
	}
}

// NewRun gives a name that no run had before.
func NewRun() string { return "b" + strings.ToLower(rand.Text()[:10]) }

// clockSlack is by how much the server's clock may be behind ours.
const clockSlack = 10 * time.Minute

// prepare makes the queue and the agents. They keep their names from run to run.
func (l *load) prepare(ctx context.Context) error {
	l.log = NewLog(NewRun())
	pass := Bearer(l.Token)
	if l.Token == "" {
		var err error
		if pass, err = SignIn(ctx, l.door, "", l.User, l.Password); err != nil {
			return err
		}
	}
	l.admin = &Admin{Door: l.door, Pass: pass, Since: time.Now().Add(-clockSlack)}
	if err := l.admin.WorkIn(ctx, l.Unit); err != nil {
		return err
	}
	queue := "Bench"
	if l.Mode == Chats {
		queue = "Bench unattended" // no agent has its skill
	}
	skill, err := l.admin.Skill(ctx, queue)
	if err != nil {
		return err
	}
	if l.Mode != Chats {
		if l.team, err = l.admin.Team(ctx, "bench", l.Agents, l.Capacity, map[string]int{skill: 100}); err != nil {
			return err
		}
	}
	body := ChatQueue(skill, 100)
	body["no_answer_stays"] = true
	if _, err = l.admin.Queue(ctx, queue, body); err != nil {
		return err
	}
	l.customers = &Customers{Door: l.door, Log: l.log, Path: l.Path, Unit: l.Unit, Queue: queue, Troubled: l.troubled}
	if err := l.customers.AwaitQueue(ctx); err != nil {
		return err
	}
	for _, a := range l.team {
		a.Log, a.Talk, a.Follow = l.log, l.Talk, l.Mode == Messages
		a.OnOffer, a.Troubled = l.offered, l.troubled
		l.byID[a.ID] = a
	}
	return nil
}

func (l *load) troubled(err error) {
	l.errors.Add(1)
	l.firstError.CompareAndSwap(nil, err.Error())
}

func (l *load) offered(c *Chat, seen time.Time) {
	if l.measured(c.Due) {
		l.offers.add(seen.Sub(c.Due))
	}
}

func (l *load) measured(due time.Time) bool { return !due.Before(l.from) && due.Before(l.until) }

// drive makes the load until the time is over, then waits for what is under way.
func (l *load) drive(ctx context.Context) {
	l.began = time.Now()
	l.from = l.began.Add(l.WarmUp)
	l.until = l.from.Add(l.Duration)
	patient, cancel := context.WithDeadline(ctx, l.until.Add(l.Drain))
	defer cancel()
	switch {
	case l.Mode == Messages:
		l.converse(patient)
	case l.Rate > 0:
		l.arrive(patient)
	default:
		var group sync.WaitGroup
		for range l.Clients {
			group.Go(func() {
				for time.Now().Before(l.until) && patient.Err() == nil && l.made.Load() < l.ContactsMax {
					l.one(patient, time.Now())
				}
			})
		}
		group.Wait()
	}
}

// arrive is the open loop: arrivals come when they are due, whatever the server does.
func (l *load) arrive(ctx context.Context) {
	var group sync.WaitGroup
	defer group.Wait()
	room := make(chan struct{}, openMax)
	for due := time.Now(); due.Before(l.until) && l.made.Load() < l.ContactsMax; {
		due = due.Add(time.Duration(mathrand.ExpFloat64() / l.Rate * float64(time.Second)))
		rest(ctx, time.Until(due))
		if ctx.Err() != nil {
			return
		}
		select {
		case room <- struct{}{}:
			group.Go(func() {
				l.one(ctx, due)
				<-room
			})
		default:
			l.troubled(fmt.Errorf("%d chats are under way: the server does not keep up", openMax))
		}
	}
}

// one takes one chat as far as the mode goes.
func (l *load) one(ctx context.Context, due time.Time) {
	c := l.log.New(fmt.Sprintf("%s-%d", l.log.Run, l.made.Add(1)), due)
	if err := l.customers.Ask(ctx, c); err != nil {
		l.unfinished.Add(1)
		return
	}
	if l.measured(due) {
		l.chats.add(time.Since(due))
	}
	if l.Mode == Chats {
		return
	}
	select {
	case <-c.Done():
		if l.measured(due) {
			l.lives.add(time.Since(due))
		}
	case <-ctx.Done():
		l.unfinished.Add(1)
	}
}

// converse opens one conversation for each client and has both sides talk in turn.
// The customer listens on a socket, the agent on the live feed.
func (l *load) converse(ctx context.Context) {
	listening, stop := context.WithCancel(ctx)
	var talkers, listeners sync.WaitGroup
	for range l.Clients {
		talkers.Go(func() {
			c := l.log.New(fmt.Sprintf("%s-%d", l.log.Run, l.made.Add(1)), time.Now())
			if l.customers.Ask(ctx, c) != nil {
				l.unfinished.Add(1)
				return
			}
			listeners.Go(func() { l.customers.Watch(listening, c) })
			agent := l.awaitAgent(ctx, c)
			if agent == nil {
				l.unfinished.Add(1)
				return
			}
			l.talk(ctx, c, agent)
			until(ctx, func() bool {
				heard, err := c.Heard(ctx, l.admin)
				return heard || err != nil
			})
			if err := agent.Close(ctx, c); err != nil {
				l.troubled(err)
			}
		})
	}
	talkers.Wait()
	stop()
	listeners.Wait()
}

func (l *load) talk(ctx context.Context, c *Chat, agent *Agent) {
	var sent int64
	share := l.Rate / float64(l.Clients)
	for due := time.Now(); due.Before(l.until) && ctx.Err() == nil; sent++ {
		if share > 0 {
			due = due.Add(time.Duration(mathrand.ExpFloat64() / share * float64(time.Second)))
			rest(ctx, time.Until(due))
		} else {
			due = time.Now()
		}
		var err error
		if sent%2 == 0 {
			err = l.customers.Say(ctx, c)
		} else {
			contact, _ := c.Contact()
			err = agent.Say(ctx, contact, c)
		}
		if err == nil && l.measured(due) {
			l.messages.add(time.Since(due))
		}
	}
}

// awaitAgent waits until an agent has accepted the chat.
func (l *load) awaitAgent(ctx context.Context, c *Chat) *Agent {
	for ctx.Err() == nil && time.Now().Before(l.until) {
		if id := c.Owner(); id != "" {
			return l.byID[id]
		}
		rest(ctx, 5*time.Millisecond)
	}
	return nil
}

// Owner gives the id of the agent whose acceptance was answered last, or empty.
func (c *Chat) Owner() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(c.deeds) - 1; i >= 0; i-- {
		if c.deeds[i].kind == "accepted" {
			return c.deeds[i].agent
		}
	}
	return ""
}

func (l *load) report(ctx context.Context) (*Report, error) {
	r := &Report{Mode: string(l.Mode), Loop: "closed", Clients: l.Clients, Agents: l.Agents, Rate: l.Rate,
		DurationS: l.Duration.Seconds(), WarmUpS: l.WarmUp.Seconds(), Errors: l.errors.Load(),
		Unfinished: l.unfinished.Load(), Machine: machine()}
	if l.Rate > 0 {
		r.Loop = "open"
	}
	r.FirstError, _ = l.firstError.Load().(string)
	seconds := math.Max(min(l.Duration.Seconds(), time.Since(l.from).Seconds()), 0.001)
	r.Contacts, r.ChatP50, r.ChatP99 = l.chats.read()
	r.Messages, r.MessageP50, r.MessageP99 = l.messages.read()
	r.Offers, r.OfferP50, r.OfferP99 = l.offers.read()
	r.Lives, r.LifeP50, r.LifeP99 = l.lives.read()
	r.ContactsPS, r.MessagesPS = float64(r.Contacts)/seconds, float64(r.Messages)/seconds
	r.LivesPS, r.OffersPS = float64(r.Lives)/seconds, float64(r.Offers)/seconds
	chats := l.log.Chats()
	for _, c := range chats {
		r.Pushes += c.pushed()
	}
	r.Checked = len(chats)
	found, err := Check(ctx, l.log, chats, l.admin)
	if err != nil {
		return r, errors.Join(errors.New("the run could not be checked"), err)
	}
	r.count(found)
	return r, nil
}

func (c *Chat) pushed() (n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.streams {
		n += int64(len(s.texts))
	}
	return n
}
