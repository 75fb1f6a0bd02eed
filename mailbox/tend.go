package mailbox

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Kinds of alerts.
const (
	AlertAway      = "mail_away"      // the mailbox cannot be read
	AlertQuota     = "mail_quota"     // it is nearly full
	AlertKeepalive = "mail_keepalive" // a test message did not come back
	AlertAside     = "mail_aside"     // a message is not taken, though others are
)

// Alert is something that an administrator should heed, or that it is over.
type Alert struct {
	Account  ID
	Kind     string
	Raised   bool // false: it is over
	Sentence string
}

const (
	tendEvery  = 5 * time.Second
	quotaEvery = 10 * time.Minute
	// quotaPart of the limit is heeded.
	quotaPart = 0.9
	// echoMax is how long a test message may be under way.
	echoMax = 3 * time.Minute
)

// tend looks after what comes by the clock: idle sessions, the quota, the keep-alive,
// alerts.
func (r *runner) tend(ctx context.Context) {
	var quotaAt time.Time
	echoAt := time.Now() // the first one a while after the start
	for sleep(ctx, min(tendEvery, max(r.m.o.AwayMax/4, 10*time.Millisecond))) {
		r.pool.trim()
		now := time.Now()
		if s := r.snapshot(); s.Connected && now.Sub(quotaAt) >= quotaEvery {
			quotaAt = now
			r.readQuota(ctx)
		}
		if every := r.account.Keepalive; every > 0 && r.account.Address != "" && now.Sub(echoAt) >= every {
			echoAt = now
			r.keepAlive(ctx)
		}
		r.heed(now)
	}
}

func (r *runner) readQuota(ctx context.Context) {
	s, err := r.pool.take(ctx, "quota")
	if err != nil {
		return // the state tells of the server already
	}
	q, err := s.quota(ctx)
	r.release(s, err)
	if err == nil {
		r.note(func(s *State) { s.Quota = q })
	}
}

// release gives a session of the pool back, or ends it after an error of its own.
func (r *runner) release(s *session, err error) {
	if alive(err) {
		r.pool.give(s)
		return
	}
	s.close()
	r.pool.give(nil)
}

func (r *runner) keepAlive(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	now := time.Now()
	err := r.m.sendEcho(ctx, &r.account, r.tokens, r.m.echoes.token(r.account.ID, now))
	if err != nil {
		r.log.Warn("the keep-alive cannot be sent", "err", err)
	}
	r.note(func(s *State) { s.EchoSent = now.Truncate(time.Second) })
}

// heed raises and ends alerts. Within a maintenance window none is raised.
func (r *runner) heed(now time.Time) {
	s := r.snapshot()
	wanted := map[string]string{}
	if !s.Connected && now.Sub(s.Since) >= r.m.o.AwayMax {
		wanted[AlertAway] = fmt.Sprintf("The mailbox %s has not been read since %s: %s", r.account.Name, s.Since.UTC().Format("15:04 MST"), s.Error)
	}
	if s.Quota.Limit > 0 && float64(s.Quota.Used) >= quotaPart*float64(s.Quota.Limit) {
		wanted[AlertQuota] = fmt.Sprintf("The mailbox %s is nearly full: %d of %d MiB are used. Soon it takes no more messages.", r.account.Name, s.Quota.Used>>20, s.Quota.Limit>>20)
	}
	if !s.EchoSent.IsZero() && s.EchoSeen.Before(s.EchoSent) && now.Sub(s.EchoSent) >= min(echoMax, max(r.account.Keepalive*9/10, time.Second)) {
		wanted[AlertKeepalive] = fmt.Sprintf("A test message from the mailbox %s to itself has not come back. Customers' messages may not arrive, or ours not go out.", r.account.Name)
	}
	if s.Aside > 0 {
		wanted[AlertAside] = fmt.Sprintf("%d messages of the mailbox %s are not taken in, though others are: %s", s.Aside, r.account.Name, s.Error)
	}
	held := slices.ContainsFunc(r.account.Maintenance, func(w Window) bool { return w.Holds(now) })
	for _, kind := range slices.Sorted(maps.Keys(wanted)) {
		if !r.alerts[kind] && !held {
			r.alerts[kind] = true
			r.m.o.Alert(Alert{r.account.ID, kind, true, wanted[kind]})
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(r.alerts)) {
		if _, still := wanted[kind]; !still && r.alerts[kind] {
			delete(r.alerts, kind)
			r.m.o.Alert(Alert{Account: r.account.ID, Kind: kind, Sentence: "It is over: " + r.account.Name + "."})
		}
	}
}
