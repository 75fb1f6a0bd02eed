package webchat

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"portico/acd"
	"portico/identity"
	"portico/plan"
	"portico/store"
)

const (
	objectsLife = 30 * time.Second // how old the known units and queues may be, though nobody said that they changed
	personLife  = 30 * time.Second // how old a screen name may be
	personsMax  = 20_000
)

// namesStore is what names reads.
type namesStore interface {
	AllObjects(ctx context.Context, kind store.ObjectKind) ([]store.Object, error)
	Object(ctx context.Context, unit acd.UnitID, kind store.ObjectKind, id [16]byte) (store.Object, error)
}

// names answers what customers' requests call by name: business units, queues, and
// the screen names of agents. It keeps answers for seconds; when the store does not
// answer it goes on with the old ones.
type names struct {
	store namesStore
	now   func() time.Time

	reading sync.Mutex // held by the one who reads the objects
	mu      sync.Mutex
	objects *objects
	changes int // told so far
	persons map[acd.AgentID]person
}

type objects struct {
	at      time.Time
	changes int // told before it was read
	units   []unitName
	queues  map[acd.UnitID][]queueName // oldest first
}

type unitName struct {
	id   acd.UnitID
	name string
}

type queueName struct {
	id   acd.QueueID
	name string
}

type person struct {
	name string
	at   time.Time
}

func newNames(s namesStore, now func() time.Time) *names {
	return &names{store: s, now: now, persons: make(map[acd.AgentID]person)}
}

// forget has everything read anew: what is configured has changed.
func (n *names) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.changes++
	clear(n.persons)
}

// last gives what was read last, and whether it still holds.
func (n *names) last() (have *objects, changes int, holds bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.objects, n.changes, n.objects != nil && n.objects.changes == n.changes
}

// known gives the units and queues: as they are since the last change that was told,
// and at most objectsLife old, while the store answers; else as they were.
func (n *names) known(ctx context.Context) (*objects, error) {
	have, _, holds := n.last()
	if holds && n.now().Sub(have.at) < objectsLife {
		return have, nil
	}
	if !holds {
		n.reading.Lock()
	} else if !n.reading.TryLock() {
		return have, nil // somebody reads already
	}
	defer n.reading.Unlock()
	have, changes, holds := n.last() // whoever read meanwhile has read for us, too
	if holds && n.now().Sub(have.at) < objectsLife {
		return have, nil
	}
	read, err := n.read(ctx)
	if err != nil {
		if have != nil {
			return have, nil
		}
		return nil, err
	}
	read.changes = changes
	n.mu.Lock()
	n.objects = read
	n.mu.Unlock()
	return read, nil
}

func (n *names) read(ctx context.Context) (*objects, error) {
	o := &objects{at: n.now(), queues: make(map[acd.UnitID][]queueName)}
	units, err := n.store.AllObjects(ctx, plan.KindUnit)
	if err != nil {
		return nil, fmt.Errorf("read the business units: %w", err)
	}
	for _, u := range units {
		var body identity.Unit
		if u.Deleted || json.Unmarshal(u.Body, &body) != nil || body.Disabled {
			continue
		}
		o.units = append(o.units, unitName{id: acd.UnitID(u.ID), name: u.Name})
	}
	queues, err := n.store.AllObjects(ctx, plan.KindQueue)
	if err != nil {
		return nil, fmt.Errorf("read the queues: %w", err)
	}
	for _, q := range queues {
		var body plan.Queue
		if q.Deleted || json.Unmarshal(q.Body, &body) != nil || body.Domain != acd.Chat {
			continue
		}
		list := append(o.queues[q.Unit], queueName{id: acd.QueueID(q.ID), name: q.Name})
		for i := len(list) - 1; i > 0 && list[i].id.Compare(list[i-1].id) < 0; i-- {
			list[i], list[i-1] = list[i-1], list[i]
		}
		o.queues[q.Unit] = list
	}
	return o, nil
}

// units gives all business units in use.
func (n *names) units(ctx context.Context) ([]unitName, error) {
	o, err := n.known(ctx)
	if err != nil {
		return nil, err
	}
	return o.units, nil
}

// writable gives the business units that customers may write to: those with a queue
// for chats.
func (n *names) writable(ctx context.Context) ([]unitName, error) {
	o, err := n.known(ctx)
	if err != nil {
		return nil, err
	}
	var open []unitName
	for _, u := range o.units {
		if len(o.queues[u.id]) > 0 {
			open = append(open, u)
		}
	}
	return open, nil
}

// unit finds the business unit that a request names by name or id; where customers
// may write to one alone, the name is ignored.
func (n *names) unit(ctx context.Context, name string) (acd.UnitID, error) {
	open, err := n.writable(ctx)
	if err != nil {
		return acd.UnitID{}, err
	}
	if len(open) == 1 {
		return open[0].id, nil
	}
	for _, u := range open {
		if strings.EqualFold(u.name, name) || u.id.String() == name {
			return u.id, nil
		}
	}
	if name == "" {
		return acd.UnitID{}, errMandatory.On("unit")
	}
	return acd.UnitID{}, errWrong.On("unit")
}

// queue finds the queue that a request names, by name or id; where it names none,
// the queue called like the destination, or the unit's oldest for chats.
func (n *names) queue(ctx context.Context, unit acd.UnitID, name, destination string) (acd.QueueID, error) {
	o, err := n.known(ctx)
	if err != nil {
		return acd.QueueID{}, err
	}
	queues := o.queues[unit]
	want := name
	if want == "" {
		want = destination
	}
	for _, q := range queues {
		if want != "" && (strings.EqualFold(q.name, want) || q.id.String() == want) {
			return q.id, nil
		}
	}
	if name != "" || len(queues) == 0 {
		return acd.QueueID{}, errWrong.On("queue")
	}
	return queues[0].id, nil
}

// queueName gives the name of a queue for chats; empty when that is not known.
func (n *names) queueName(ctx context.Context, unit acd.UnitID, queue acd.QueueID) string {
	o, err := n.known(ctx)
	if err != nil {
		return ""
	}
	for _, q := range o.queues[unit] {
		if q.id == queue {
			return q.name
		}
	}
	return ""
}

// screenName gives what customers call an agent; empty when that is not known.
func (n *names) screenName(ctx context.Context, unit acd.UnitID, agent acd.AgentID) string {
	if agent.IsZero() {
		return ""
	}
	now := n.now()
	n.mu.Lock()
	p, ok := n.persons[agent]
	n.mu.Unlock()
	if ok && now.Sub(p.at) < personLife {
		return p.name
	}
	object, err := n.store.Object(ctx, unit, plan.KindUser, agent)
	if err != nil {
		return p.name
	}
	var user identity.User
	if json.Unmarshal(object.Body, &user) != nil {
		return p.name
	}
	name := user.ScreenName
	if name == "" {
		name = user.FirstName
	}
	n.mu.Lock()
	if len(n.persons) >= personsMax {
		clear(n.persons)
	}
	n.persons[agent] = person{name: name, at: now}
	n.mu.Unlock()
	return name
}
