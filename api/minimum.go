package api

import (
	"context"
	"time"

	"portico/plan"
	"portico/schedule"
)

// minimumEvery is how often it is looked whether a schedule has opened or closed that a
// minimum of available agents hangs on.
const minimumEvery = time.Second

// inForce reports whether a queue's minimum is in force at the catalogue's moment. A
// schedule that cannot be read is taken for open: too many stay, rather than too few.
func (c *catalogue) inForce(q plan.QueueObject) bool {
	s, ok := c.schedules[q.Minimum.Schedule]
	if !ok || s.Unit != q.Unit && !shares(s.Object) {
		return true
	}
	hours, err := schedule.New(s.body, c.zones[q.Unit])
	return err != nil || hours.Open(c.at)
}

// watchMinimums puts minimums in force and out of force as their schedules open and
// close. It is a goroutine of c.work, and ends with c.rest.
func (c *Configuration) watchMinimums() {
	tick := time.NewTicker(minimumEvery)
	defer tick.Stop()
	for {
		select {
		case <-c.rest:
			return
		case <-tick.C:
			if c.now.Load().later(c.clock()) == nil {
				continue
			}
			ctx, cancel := context.WithTimeout(c.life, answerMax)
			err := c.change(ctx, func(was *catalogue) (proposal, error) {
				next := was.later(c.clock())
				if next == nil {
					next = was
				}
				return proposal{next: next}, nil
			})
			cancel()
			if err != nil {
				c.log.Warn("minimum of agents not changed", "err", err)
			}
		}
	}
}

// later gives the catalogue of a later moment, or nil when the same minimums are in force.
func (c *catalogue) later(at time.Time) *catalogue {
	next := *c
	next.version, next.at = c.version+1, at
	next.plan = c.plan.WithMinimums(next.version, next.inForce)
	if next.plan == c.plan {
		return nil
	}
	return &next
}
